/* 对码: which product a HIS item may be, by its name and strength; and what a site's item was matched to before. */
#pragma once
#include "warehouse/catalogue/catalogue.h"

#define MATCH_PROPOSALS 8
struct match_proposal {
	int64_t product_id, units_per_pack, score;
	const char *name, *spec, *maker, *unit_name, *pack_name, *why;
};
/* The best first; how many, at most MATCH_PROPOSALS. Texts in the arena. RULE DOMAIN-12.1-match-proposals */
size_t match_propose(struct db *db, struct arena *a, const char *item_name, struct match_proposal out[MATCH_PROPOSALS]);
/*
 * Ties a site's item to a product; what it was before is kept, and it waits no longer. The caller has checked site, product and
 * factor.
 */
void his_item_put(struct tx *tx, int64_t site_id, const char *code, const char *item_name, int64_t product_id, int64_t factor);
/* Keeps an item that its site's HIS has and nobody has matched: it waits, before it is ever used. factor 0: not told. */
void his_item_wait(struct tx *tx, int64_t site_id, const char *code, const char *item_name, int64_t factor);
