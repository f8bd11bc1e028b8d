/* Running balances by batch, place and quality, in memory: a hash table that forgets what has come back to nothing. */
#pragma once
#include "warehouse/stock.h"

struct balance_key {
	int64_t batch, place;
	enum quality quality;
};
struct balance {
	struct balance_key key;
	bool used;
	int64_t units, traced;
};
/* Begin with zeroes; owns its memory. */
struct balances {
	struct balance *slots;
	size_t cap, count;
};
void balances_drop(struct balances *b);
/* Adds (or takes) units and answers the new balance; at zero the entry goes away. */
int64_t balance_add(struct balances *b, const struct balance_key *key, int64_t units);
/* Adds to the units in packs of an existing balance; false where there is none. */
bool balance_add_traced(struct balances *b, const struct balance_key *key, int64_t units);
/* The balance, marked as taken so that balances_each passes over it and nobody takes it twice; NULL where there is none. */
const struct balance *balance_take(struct balances *b, const struct balance_key *key);
/* Every balance that was not taken. */
void balances_each(const struct balances *b, void (*each)(void *arg, const struct balance *), void *arg);
