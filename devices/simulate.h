/*
 * A Modbus TCP server of sensors that behave and misbehave: the other side of devices/bus.c, for demo and tests. It
 * answers from the same profile data, on plain sockets, because a server made of libmodbus cannot lie. One thread, one
 * poll loop, called step by step.
 *
 * The story of a run: every unit swings around 4.5 °C with its compressor and the door is opened now and then; unit 1 leaves the
 * range after three minutes and comes back four minutes later; unit 2 stays calm; unit 3 falls silent for a minute.
 */
#pragma once
#include "core/status.h"
#include "devices/coldchain.h"
#include "devices/frame.h"
#include "devices/profile.h"

#define SIMULATE_UNITS_MAX 247
#define SIMULATE_CLIENTS_MAX 64

enum simulate_fault {
	SIMULATE_NONE,
	SIMULATE_SILENCE,           /* no answer */
	SIMULATE_LATE,              /* the answer comes 1.5 s too late */
	SIMULATE_WRONG_UNIT,        /* the answer names another unit */
	SIMULATE_WRONG_TRANSACTION, /* the answer names another transaction */
	SIMULATE_EXCEPTION,         /* exception 4, the device failed */
	SIMULATE_GATEWAY,           /* exception 11, as a gateway says it */
	SIMULATE_TRUNCATED,         /* half an answer, then nothing */
	SIMULATE_DRIP,              /* one byte each 300 ms */
	SIMULATE_RESET,             /* the connection is reset */
	SIMULATE_STUCK,             /* the value stands still */
	SIMULATE_SENTINEL,          /* the profile's "no value" pattern */
	SIMULATE_FAULTS
};

struct simulate_settings {
	const char *address;                          /* "127.0.0.1:0" */
	const struct profile *profile;                /* outlives the simulator */
	uint8_t units;                                /* 1..247: units 1..n answer, others are silent */
	int64_t excursion_after_ms, excursion_for_ms; /* of unit 1; for 0: none */
	int64_t silence_after_ms, silence_for_ms;     /* of unit 3; for 0: none */
	const struct coldchain_sample *replay;        /* played by every unit instead of the curve, again and again; or NULL */
	size_t replay_count;
	int32_t replay_period_s; /* of the file: after two periods without a reading the units are silent */
	int32_t speed;           /* of replay and curve, 1..100000 */
};

struct simulator;
/* The settings of the story above, on port 0 of loopback. */
struct simulate_settings simulate_defaults(const struct profile *profile);
/* INVALID_FIELD on bad settings, STORE_UNAVAILABLE where the port is not to be had; why: 160 bytes. */
MUST_CHECK enum status simulate_open(const struct simulate_settings *settings, struct simulator **out, char why[160]);
void simulate_close(struct simulator *sim);
/* Where it listens: "127.0.0.1:40123" (32 bytes). */
void simulate_address(const struct simulator *sim, char out[32]);
/* Serves whoever asks, for at most wait_ms. more_fd (or -1) ends the wait; the answer is whether it can be read. */
bool simulate_step(struct simulator *sim, int64_t wait_ms, int more_fd);
/* "fault UNIT KIND SECONDS" (kind "none" ends one), or "at SECONDS fault ...", counted from now. INVALID_FIELD otherwise. */
MUST_CHECK enum status simulate_command(struct simulator *sim, const char *line);
/* Requests answered and not answered since the start. */
uint64_t simulate_requests(const struct simulator *sim);

/* The curve of a unit, elapsed_ms after the start. Pure. */
int32_t simulate_curve_c100(const struct simulate_settings *s, uint8_t unit, int64_t elapsed_ms);
/*
 * The whole answer to one whole request frame of n bytes at now_ms (monotonic), faults left aside: its length, or 0 for
 * silence. out has FRAME_MAX bytes.
 */
size_t simulate_answer(struct simulator *sim, const uint8_t *adu, size_t n, int64_t now_ms, uint8_t *out);
