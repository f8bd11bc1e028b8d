/*
 * Who is asked next on one bus. Pure: time comes in as monotonic milliseconds.
 * A unit that answers is asked once a period, the units spread over it. A silent one waits 1, 2, 4 .. 300 s (with
 * jitter), never stands before a live one that is due, and all silent ones together get a fifth of the bus's time at most.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCHEDULE_BACKOFF_MAX_MS 300000

struct schedule_unit {
	int64_t due_ms, period_ms;
	uint32_t failures; /* since it last answered */
	bool alive;        /* it answered at the last attempt */
};
struct schedule {
	struct schedule_unit *units; /* the caller's */
	size_t count;
	int64_t credit_ms, credit_at_ms; /* bus time that probes of silent units may use */
	uint64_t random;
};

/* Makes every unit due at once; period_ms of each is set by the caller before. seed: any. */
void schedule_start(struct schedule *s, int64_t now_ms, uint64_t seed);
/* The unit to ask now in *unit and 0, or how long to wait (1 ms or more, at most a minute). */
int64_t schedule_next(struct schedule *s, int64_t now_ms, size_t *unit);
/* The unit was asked from begun_ms to now_ms. */
void schedule_done(struct schedule *s, size_t unit, bool answered, int64_t begun_ms, int64_t now_ms);
/* The unit could not be asked because the whole line is down until then: no fault of its own, and due again at once. */
void schedule_skip(struct schedule *s, size_t unit, int64_t now_ms, int64_t until_ms);
