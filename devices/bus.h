/*
 * One thread that asks the units of one line and pushes what it finds into a queue. It never gives up: a dead line or
 * unit yields a reading of status READING_SILENT at once, then at most one a period, and is picked up again when it answers.
 */
#pragma once
#include "core/clock.h"
#include "core/status.h"
#include "devices/profile.h"
#include "devices/reading.h"

#define BUS_UNITS_MAX 247

struct bus_unit {
	int32_t device;                /* the caller's number, comes back in struct reading */
	uint8_t unit;                  /* Modbus address 1..247 */
	int32_t period_ms;             /* 200 ms or more; GSP wants 60,000 or less (RULE GSP-附录3-5) */
	const struct profile *profile; /* outlives the bus */
};
struct bus_settings {
	const char *address; /* as line_address_parse reads it */
	const struct bus_unit *units;
	size_t count;                /* 1..BUS_UNITS_MAX */
	const struct clock *clock;   /* wall time for the records; outlives the bus */
	struct reading_queue *queue; /* outlives the bus */
	uint64_t seed;               /* of the jitter */
};
/* What a bus did since its start; for the metrics. */
struct bus_counts {
	uint64_t requests, answers, timeouts, faults, connects;
	uint32_t silent_units; /* now */
	bool connected;
};

struct bus;
/* INVALID_FIELD on a bad address or unit, INTERNAL where no thread can be had. The line need not be there. */
MUST_CHECK enum status bus_start(const struct bus_settings *settings, struct bus **out);
/* Ends the thread (within the longest timeout of a request) and frees the bus. NULL is allowed. */
void bus_stop(struct bus *b);
struct bus_counts bus_read_counts(struct bus *b);
