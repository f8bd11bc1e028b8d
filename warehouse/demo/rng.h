/* Random numbers that belong to a seed and a name, so that one more draw in one place changes nothing elsewhere. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};
/* A stream of its own for each (seed, name, a, b). */
struct rng rng_of(int64_t seed, const char *name, int64_t a, int64_t b);
uint64_t rng_next(struct rng *r);
/* 0 .. n-1; n > 0. */
int64_t rng_below(struct rng *r, int64_t n);
/* low .. high, both inside. */
int64_t rng_between(struct rng *r, int64_t low, int64_t high);
/* True in `permille` of 1000 draws. */
int rng_chance(struct rng *r, int64_t permille);
