/*
 * Dated price facts, and the one function that says what a product may cost on a day.
 * RULE DOMAIN-12.3-listed: no listed price in force = not orderable, never "no limit".
 * RULE DOMAIN-6-ceiling: a price is never above the ceiling in force; insurance prices are no ceiling.
 */
#pragma once
#include "core/write.h"

struct new_price {
	int64_t product_id, price_e4, units_per_pack;
	const char *kind;         /* listed, agreed, selected, insurance */
	int32_t from_ymd, to_ymd; /* to_ymd 0: open */
	const char *source;
};
/* Adds a fact; the same fact again is no fault. An open fact of that kind which began earlier ends the day before. */
void price_put(struct tx *tx, const struct new_price *in, bool *added);

struct price_in_force {
	int64_t price_id, ceiling_e4; /* per units_per_pack */
	int64_t units_per_pack;
	int32_t from_ymd;
	const char *kind, *source;
};
/* NO_LISTED_PRICE where none is in force. */
MUST_CHECK enum status price_on(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct price_in_force *out);
/* OVER_CEILING with the fault told at the field; both prices are per their own pack and compared per unit. */
MUST_CHECK enum status price_check(struct tx *tx, const struct price_in_force *p, int64_t price_e4, int64_t units_per_pack,
                                   const char *product_name, const char *field, int64_t row);
