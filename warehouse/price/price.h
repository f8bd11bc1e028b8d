/*
 * The one function that says which rule prices a product on a day, and why, from the dated facts of fact.h.
 *
 * RULE DOMAIN-12.3-price-rule, in this order: a 中选 product (selected) trades exactly at its 中选价; one that was bargained
 * for (agreed) exactly at that price; neither is ever above the ceiling; any other at the listed price (挂网价/限价) or
 * below. 医保支付标准 (insurance) and reference prices are stored and bind nobody.
 * RULE DOMAIN-12.3-listed: nothing of these in force = not orderable, never "no limit"; the only door is a 备案采购 (filed).
 */
#pragma once
#include "core/word.h"
#include "core/write.h"
#include "warehouse/price/fact.h"

/* Words of price.kind with their titles; the first PRICE_RULES of them price orders, in the order of the rule. */
extern const struct word_title price_kinds[];

enum price_rule_kind { PRICE_SELECTED, PRICE_AGREED, PRICE_LISTED, PRICE_FILED, PRICE_RULES };
struct price_rule {
	enum price_rule_kind rule;
	int64_t price_id, price_e4, units_per_pack; /* the fact that prices: exact, or the most */
	/* The listed price in force; where none is, the fact above itself. */
	int64_t ceiling_price_id, ceiling_e4, ceiling_units_per_pack;
	bool exact, listed;       /* listed: a listed price is in force */
	int32_t from_ymd, to_ymd; /* of the fact; to_ymd 0: open */
	const char *source;       /* in the arena */
};
/*
 * NO_LISTED_PRICE where nothing prices the product (*out is zeroes); AGREED_OVER_CEILING, SELECTED_OVER_CEILING where the
 * ceiling has fallen below the agreed price or the 中选价 (*out is filled): none of them may be ordered.
 * RULE DOMAIN-12.3-selected-ceiling
 */
MUST_CHECK enum status price_rule_on(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct price_rule *out);
/* The rules of these products will be asked for now, one by one (db_ahead). */
void price_rule_ahead(struct db *db, const int64_t *products, size_t count, int32_t ymd);
/* Tells at the field why price_rule_on refused; answers st. */
enum status price_rule_refuse(struct tx *tx, enum status st, const struct price_rule *r, const char *product_name,
                              const char *field, int64_t row);
/* Which price holds for a pack of so many units and what it binds to: one Chinese sentence, in the arena. */
const char *price_rule_why(struct arena *a, const struct price_rule *r, int64_t units_per_pack);
/* The price of a pack of so many units by the rule: exactly this, or at most this. Never rounded up. */
int64_t price_rule_for(const struct price_rule *r, int64_t units_per_pack);
/* The ceiling of a pack of so many units; only of a rule that was found. */
int64_t price_rule_ceiling(const struct price_rule *r, int64_t units_per_pack);
/* Does the rule allow this price? Told without a fault: ST_OK, OVER_CEILING, NOT_SELECTED_PRICE, NOT_AGREED_PRICE. */
enum status price_rule_verdict(const struct price_rule *r, int64_t price_e4, int64_t units_per_pack);
/* Tells at the field why the verdict refused a price; answers st. */
enum status price_rule_refuse_price(struct tx *tx, enum status st, const struct price_rule *r, int64_t price_e4,
                                    int64_t units_per_pack, const char *product_name, const char *field, int64_t row);
/* RULE DOMAIN-6-agreed-supplier: an agreed price is the offer of the supplier whose quote was chosen, and binds the product to
 * him. NOT_AGREED_SUPPLIER, told at the field, where the order's is another. */
MUST_CHECK enum status price_rule_check_supplier(struct tx *tx, const struct price_rule *r, int64_t order_id,
                                                 const char *product_name, const char *field, int64_t row);
const char *price_rule_word(enum price_rule_kind rule);

/* ---- the rule as SQL, for lists; says the same as price_rule_on (a test compares them) ---- */
/* A column of the newest fact of a kind in force on a day. product, day: SQL expressions. */
#define PRICE_FACT(column, kind, product, day)                                                                                   \
	"(SELECT pf." column " FROM price pf WHERE pf.product_id = " product " AND pf.kind = '" kind "' AND pf.from_ymd <= " day \
	" AND (pf.to_ymd IS NULL OR pf.to_ymd >= " day ") ORDER BY pf.from_ymd DESC, pf.id DESC LIMIT 1)"
/* The id of the fact that prices the product; NULL: none. */
#define PRICE_RULE_ID(product, day)                                                                                         \
	"coalesce(" PRICE_FACT("id", "selected", product, day) ", CASE WHEN " PRICE_FACT(                                   \
	        "id", "listed", product,                                                                                    \
	        day) " IS NOT NULL THEN coalesce(" PRICE_FACT("id", "agreed", product,                                      \
	                                                      day) ", " PRICE_FACT("id", "listed", product,                 \
	                                                                           day) ") END, " PRICE_FACT("id", "filed", \
	                                                                                                     product, day) ")"
/* A column of that fact. */
#define PRICE_RULE(column, product, day) "(SELECT pr." column " FROM price pr WHERE pr.id = " PRICE_RULE_ID(product, day) ")"
