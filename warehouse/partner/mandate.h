/*
 * What the mandates (授权委托书) of a supplier's salesmen cover: the areas that they name against those we lie in, and the
 * goods that they name against what is ordered. Orders do not name a salesman, so one valid mandate that covers both is enough.
 */
#pragma once
#include "warehouse/partner/partner.h"

/*
 * Reads the goods that a mandate names (codes of products, generic names, makers, parted by 、 or ; or a new line) into rows
 * of it; nothing, or 全部, is everything. INVALID_FIELD with the part that is none of them.
 */
MUST_CHECK enum status mandate_goods_put(struct tx *tx, int64_t mandate_id, const char *scope);
/*
 * OK where the supplier has no mandate in force (that is the lock's question, partner.h), or one of them covers us and the
 * product (0: any). MANDATE_SCOPE with *why. RULE DOMAIN-12.2-mandate-scope
 */
MUST_CHECK enum status mandate_covers(struct db *db, struct arena *a, const struct partner_question *q, const char **why);
/* One mandate in force; texts in the arena, NULL where the letter says nothing. */
struct mandate {
	const char *person, *region, *scope;
	int64_t until_ymd; /* 0: open */
};
/* The first one that covers us and the product; false: there is none. */
bool mandate_covering(struct db *db, struct arena *a, const struct partner_question *q, struct mandate *out);
/* Does any mandate of the supplier name goods? Where none does, mandate_covers need not be asked for each product. */
bool mandate_names_goods(struct db *db, int64_t supplier_id);

/* An area that we lie in. ALREADY_EXISTS. */
MUST_CHECK enum status own_region_add(struct tx *tx, const char *name, int64_t *id);
/* Where it was the last one, areas are no longer compared. */
MUST_CHECK enum status own_region_end(struct tx *tx, int64_t id);
