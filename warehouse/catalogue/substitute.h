/* 可替代品种 by decision: so many units of one are as much as so many of the other. The same generic name needs none. */
#pragma once
#include "warehouse/catalogue/catalogue.h"

struct new_substitute {
	int64_t product_id, other_id, both_ways, units, other_units; /* units: so many of product_id, as many as other_units */
	int64_t from_ymd, to_ymd;                                    /* from 0: today; to 0: open */
	const char *decision;
};
/* INVALID_FIELD where the products are the same, unknown, or the dates the wrong way round; ALREADY_EXISTS where the pair stands.
 * RULE DOMAIN-6.1-substitute */
MUST_CHECK enum status substitute_add(struct tx *tx, const struct new_substitute *in, int64_t *id);
/* Does a pair that says so stand on one of its days? */
bool substitute_stands(struct db *db, const struct new_substitute *in);
MUST_CHECK enum status substitute_end(struct tx *tx, int64_t id);
