/*
 * Identifiers: 63 bits = 41 of milliseconds since 2026-01-01 UTC, 10 of node, 12 of counter. They rise, also when the
 * clock falls; the node number is leased from the store at start, so two writers never make the same one.
 */
#pragma once
#include "core/clock.h"

struct ids {
	const struct clock *clock;
	int64_t node;    /* 0..1023 */
	int64_t last_ms; /* since 2026-01-01 */
	int64_t counter;
};

/* floor_ms: no id is made before this instant (UTC), whatever the clock says. */
struct ids ids_begin(const struct clock *clock, int64_t node, int64_t floor_ms);
int64_t ids_next(struct ids *ids);
/* The instant (UTC milliseconds) in an id. */
int64_t id_made_at_ms(int64_t id);
