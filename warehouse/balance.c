#include "warehouse/balance.h"

#include "core/arena.h"

#include <stdlib.h>
#include <string.h>

#define CAP_MIN 1024 /* a power of two */
/* A taken entry stays in its slot under a quality that no key has, so that probing still finds what lies behind it. */
#define TAKEN QUALITY_COUNT

void balances_drop(struct balances *b)
{
	free(b->slots);
	*b = (struct balances){0};
}

static size_t home_of(const struct balances *b, const struct balance_key *key)
{
	uint64_t h =
	        (uint64_t)key->batch * 0x9E3779B97F4A7C15u ^ (uint64_t)key->place * 0xC2B2AE3D27D4EB4Fu ^ (uint64_t)key->quality;
	h = (h ^ (h >> 29)) * 0xBF58476D1CE4E5B9u;
	return (size_t)(h ^ (h >> 32)) & (b->cap - 1);
}

static bool same(const struct balance_key *a, const struct balance_key *c)
{
	return a->batch == c->batch && a->place == c->place && a->quality == c->quality;
}

/* The entry of a key, or the free slot where it would stand. The table is never full. */
static size_t find(const struct balances *b, const struct balance_key *key)
{
	size_t i = home_of(b, key);
	while (b->slots[i].used && !same(&b->slots[i].key, key))
		i = (i + 1) & (b->cap - 1);
	return i;
}

static void grow(struct balances *b)
{
	struct balances larger = {.cap = b->cap ? b->cap * 2 : CAP_MIN, .count = b->count};
	larger.slots = memory_alloc(larger.cap * sizeof *larger.slots);
	memset(larger.slots, 0, larger.cap * sizeof *larger.slots);
	for (size_t i = 0; i < b->cap; i++)
		if (b->slots[i].used)
			larger.slots[find(&larger, &b->slots[i].key)] = b->slots[i];
	free(b->slots);
	*b = larger;
}

/* Empties a slot and moves up what probing would no longer reach. */
static void forget(struct balances *b, size_t hole)
{
	size_t mask = b->cap - 1;
	b->count--;
	b->slots[hole].used = false;
	for (size_t i = (hole + 1) & mask; b->slots[i].used; i = (i + 1) & mask) {
		size_t home = home_of(b, &b->slots[i].key);
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		b->slots[hole] = b->slots[i];
		b->slots[i].used = false;
		hole = i;
	}
}

int64_t balance_add(struct balances *b, const struct balance_key *key, int64_t units)
{
	if (b->count * 2 >= b->cap)
		grow(b);
	size_t i = find(b, key);
	struct balance *s = &b->slots[i];
	if (!s->used) {
		*s = (struct balance){.key = *key, .used = true};
		b->count++;
	}
	int64_t now = s->units += units;
	if (now == 0)
		forget(b, i);
	return now;
}

static struct balance *find_used(struct balances *b, const struct balance_key *key)
{
	struct balance *s = b->cap ? &b->slots[find(b, key)] : NULL;
	return s && s->used ? s : NULL;
}

bool balance_add_traced(struct balances *b, const struct balance_key *key, int64_t units)
{
	struct balance *s = find_used(b, key);
	if (s)
		s->traced += units;
	return s != NULL;
}

const struct balance *balance_take(struct balances *b, const struct balance_key *key)
{
	struct balance *s = find_used(b, key);
	if (s)
		s->key.quality = TAKEN;
	return s;
}

void balances_each(const struct balances *b, void (*each)(void *arg, const struct balance *), void *arg)
{
	for (size_t i = 0; i < b->cap; i++)
		if (b->slots[i].used && b->slots[i].key.quality != TAKEN)
			each(arg, &b->slots[i]);
}
