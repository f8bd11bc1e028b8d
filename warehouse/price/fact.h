/*
 * Dated price facts: never overwritten, only ended. Each kind of a product has one that is open; an entry closes the one
 * before, and what it closed opens again where the entry is taken back.
 */
#pragma once
#include "core/write.h"

struct new_price {
	int64_t product_id, price_e4, units_per_pack;
	const char *kind;         /* a word of price_kinds */
	int32_t from_ymd, to_ymd; /* to_ymd 0: open */
	const char *source;
};
/*
 * Adds a fact with its checks; the same fact again is no fault. An open fact of that kind which began earlier ends the day
 * before; an open one before a later one ends the day before that. INVALID_FIELD where the price is not above zero;
 * PRICE_CONFLICT where periods contradict each other; for an agreed price NO_LISTED_PRICE or AGREED_OVER_CEILING by the
 * ceiling of its first day, for a 中选价 SELECTED_OVER_CEILING by those of all its days. *id may be NULL.
 */
MUST_CHECK enum status price_fact_add(struct tx *tx, const struct new_price *in, int64_t *id);
/* The same for what a person tells: PRICE_CONFLICT, too, where the fact stands already with another last day. */
MUST_CHECK enum status price_fact_tell(struct tx *tx, const struct new_price *in, int64_t *id);
/* The same for an agreed price, which is the offer of a supplier: PRICE_CONFLICT, too, where it stands as another's. */
MUST_CHECK enum status price_fact_agree(struct tx *tx, const struct new_price *in, int64_t supplier_id);
/*
 * Ends a fact: to_ymd is its last day, yesterday at the earliest. Before its first day it is taken back: it never held, and
 * the one that its entry closed holds again. reason: kept with it.
 */
MUST_CHECK enum status price_fact_end(struct tx *tx, int64_t id, int32_t to_ymd, const char *reason);
/*
 * Takes a mistyped fact back although its first day has passed: it never held, and the one that its entry closed holds again.
 * RULE DOMAIN-12.3-price-withdrawn: PRICE_RESTS where an order that waits for goods, a receipt of its days, an agreed or a
 * selected price rests on it; told what. WRONG_STATE for kinds that a document writes.
 */
MUST_CHECK enum status price_fact_withdraw(struct tx *tx, int64_t id, const char *reason);
/* Ends what stands of a kind from today on and began between two days: the facts of a round whose product leaves it. */
MUST_CHECK enum status price_facts_end_between(struct tx *tx, int64_t product_id, const char *kind, int32_t from_ymd,
                                               int32_t to_ymd, const char *reason);
/* What a platform lists, as it lists it: without the checks above; the newest of two that begin on a day holds. */
void price_put(struct tx *tx, const struct new_price *in, bool *added);
