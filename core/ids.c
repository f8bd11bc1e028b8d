#include "core/ids.h"

#define EPOCH_MS 1767225600000LL /* 2026-01-01T00:00:00Z */
#define NODE_BITS 10
#define COUNTER_BITS 12
#define COUNTER_MAX ((1 << COUNTER_BITS) - 1)

struct ids ids_begin(const struct clock *clock, int64_t node, int64_t floor_ms)
{
	int64_t floor = floor_ms > EPOCH_MS ? floor_ms - EPOCH_MS : 0;
	return (struct ids){clock, node & ((1 << NODE_BITS) - 1), floor, -1};
}

int64_t ids_next(struct ids *ids)
{
	int64_t ms = clock_now_ms(ids->clock) - EPOCH_MS;
	if (ms > ids->last_ms) {
		ids->last_ms = ms;
		ids->counter = -1;
	}
	if (++ids->counter > COUNTER_MAX) {
		ids->last_ms++;
		ids->counter = 0;
	}
	return ids->last_ms << (NODE_BITS + COUNTER_BITS) | ids->node << COUNTER_BITS | ids->counter;
}

int64_t id_made_at_ms(int64_t id)
{
	return (id >> (NODE_BITS + COUNTER_BITS)) + EPOCH_MS;
}
