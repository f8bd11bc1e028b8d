/*
 * Register maps of devices: data files (devices/profiles/NAME.ini, embedded in the program), each with its source and
 * a flag that says whether it was ever checked against real hardware. Half of the public maps are wrong, so the map is
 * never code. A file that holds an unknown or doubled key is refused.
 */
#pragma once
#include "core/status.h"
#include "devices/codec.h"

enum profile_point_kind { PROFILE_TEMPERATURE, PROFILE_HUMIDITY, PROFILE_POINTS };
enum framing { FRAMING_TCP, FRAMING_RTU, FRAMING_RTU_OVER_TCP, FRAMINGS };

struct profile_point {
	bool set;
	uint8_t function; /* 3 holding, 4 input registers */
	uint16_t address; /* as it goes over the wire, 0-based */
	struct codec codec;
};
/* Registers read in one request. */
struct profile_block {
	uint8_t function;
	uint16_t address, count;
};

struct profile {
	char name[40];    /* of the file, [a-z0-9-] */
	char title[96];   /* for people, Chinese */
	char source[180]; /* where the map comes from */
	bool verified;    /* checked against real hardware */
	enum framing framing;
	int32_t baud;   /* serial only */
	char parity;    /* N, E, O */
	int32_t unit;   /* the address the device leaves the factory with, 1..247 */
	int32_t gap_ms; /* silence before each request */
	int32_t timeout_ms;
	int32_t max_registers;                       /* per request */
	struct profile_point points[PROFILE_POINTS]; /* the temperature is always set */
	struct profile_block blocks[PROFILE_POINTS]; /* all points in as few requests as the device allows */
	unsigned block_count;
};

/* Bytes of a profile file that we believe. */
#define PROFILE_FILE_MAX 8192

/* Reads a profile; INVALID_FIELD with a sentence in why otherwise. */
MUST_CHECK enum status profile_parse(const char *text, size_t n, struct profile *out, char why[160]);
/* The embedded profile of that name; NOT_FOUND where there is none. */
MUST_CHECK enum status profile_load(const char *name, struct profile *out, char why[160]);
