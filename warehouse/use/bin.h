/*
 * 货位: where a depot keeps a product; the pick list goes by it, and its label is scanned. RULE DOMAIN-12.3-look-alike-apart: two
 * products that are taken for each other do not lie in one bin.
 */
#pragma once
#include "core/write.h"

struct bin_new {
	int64_t place_id, product_id; /* a depot of the user's */
	const char *bin;              /* NULL or empty: none */
};
/* INVALID_FIELD for another's depot or an unknown product; LOOK_ALIKE_TOGETHER names what lies there. */
MUST_CHECK enum status bin_put(struct tx *tx, const struct bin_new *in);
