/*
 * A ceiling that was raised lately (限价上调). Whoever types a ceiling could else pay whatever he likes below it, so that two
 * people stand behind a price that only the raised one allows. RULE DOMAIN-6-ceiling-raised: who entered it neither approves nor
 * countersigns the order.
 */
#pragma once
#include "core/document.h"

/* How long before an order was made an entry counts as lately: 30 days. */
#define PRICE_RAISE_MS (30 * CLOCK_DAY_MS)
/* The same before now, in SQL with :now_ms. */
#define PRICE_RAISE_SINCE ":now_ms - 2592000000"

#define PRICE_HELD(f) "(" f ".to_ymd IS NULL OR " f ".to_ymd >= " f ".from_ymd)"
#define PRICE_EARLIER(b, c) "(" b ".from_ymd < " c ".from_ymd OR (" b ".from_ymd = " c ".from_ymd AND " b ".id < " c ".id))"
#define PRICE_CEILING_OF(b, c) b ".product_id = " c ".product_id AND " b ".kind IN ('listed', " c ".kind) AND " PRICE_HELD(b)
/*
 * The id of the lowest ceiling below the ceiling c (an alias of price) after which c's enterer alone, since :raised_ms, told
 * others up to c: so neither two steps nor a day between hide a raise. NULL: c was not raised.
 */
#define PRICE_RAISED_FROM(c)                                                                                                   \
	"(SELECT b.id FROM price b WHERE " c ".at_ms > :raised_ms AND " PRICE_CEILING_OF("b", c) " AND " PRICE_EARLIER(        \
	        "b", c) " AND b.price_e4 * " c ".units_per_pack < " c                                                          \
	                ".price_e4 * b.units_per_pack AND NOT EXISTS (SELECT 1 FROM price x WHERE " PRICE_CEILING_OF(          \
	                        "x",                                                                                           \
	                        c) " AND " PRICE_EARLIER("b",                                                                  \
	                                                 "x") " AND " PRICE_EARLIER("x",                                       \
	                                                                            c) " AND (x.at_ms <= :raised_ms OR "       \
	                                                                               "coalesce(x.by_user, 0) <> coalesce(" c \
	                                                                               ".by_user, 0))) ORDER BY b.price_e4 * " \
	                                                                               "10000 / b.units_per_pack, b.from_ymd " \
	                                                                               "DESC, b.id DESC LIMIT 1)"

/*
 * May this person approve or countersign the order, by who entered its ceilings of today? SAME_PERSON at every line whose price
 * only what he entered himself allows.
 */
MUST_CHECK enum status price_raise_check(struct tx *tx, const struct doc *order);
