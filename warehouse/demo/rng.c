#include "warehouse/demo/rng.h"

/* splitmix64: every state is good, so names may be mixed in freely. */
static uint64_t mix(uint64_t z)
{
	z += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

struct rng rng_of(int64_t seed, const char *name, int64_t a, int64_t b)
{
	uint64_t state = mix((uint64_t)seed);
	for (; *name; name++)
		state = mix(state ^ (unsigned char)*name);
	state = mix(state ^ (uint64_t)a);
	return (struct rng){mix(state ^ (uint64_t)b)};
}

uint64_t rng_next(struct rng *r)
{
	uint64_t out = mix(r->state);
	r->state += 0x9E3779B97F4A7C15u;
	return out;
}

int64_t rng_below(struct rng *r, int64_t n)
{
	return (int64_t)(rng_next(r) % (uint64_t)n);
}

int64_t rng_between(struct rng *r, int64_t low, int64_t high)
{
	return low + rng_below(r, high - low + 1);
}

int rng_chance(struct rng *r, int64_t permille)
{
	return rng_below(r, 1000) < permille;
}
