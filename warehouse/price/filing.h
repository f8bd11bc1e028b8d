/*
 * 备案采购, the only door to a product that no price is listed for (RULE DOMAIN-12.3-filing): draft → submitted → reviewed →
 * approved → filed → closed. Two approvals by two other people; the filing number opens a price fact of kind `filed` with
 * a price limit, a volume limit and a period. What is bought through it is reported apart.
 */
#pragma once
#include "core/document.h"
#include "warehouse/price/price.h"

struct filing_new {
	int64_t version;                 /* of a change only */
	int64_t product_id, supplier_id; /* supplier 0: any */
	const char *reason;              /* shortage, rescue */
	int64_t price_e4, units, from_ymd, to_ymd;
	const char *reference, *note;
};
struct filing_step {
	int64_t version;
	const char *note;
	const char *filing_no; /* of step file */
};

extern const struct doc_kind filing_kind;

MUST_CHECK enum status filing_make(struct tx *tx, const struct filing_new *in, struct doc *out);
/* Replaces everything in a draft. */
MUST_CHECK enum status filing_change(struct tx *tx, struct doc *d, const struct filing_new *in);
/*
 * For an order line priced by a filing: OVER_FILED_UNITS where what is ordered and received through it, this order's
 * lines of the product and `more` units together exceed its limit; INVALID_FIELD where the filing names another supplier.
 * No fault for other rules.
 */
MUST_CHECK enum status filing_check_units(struct tx *tx, const struct price_rule *rule, int64_t order_id, int64_t product_id,
                                          int64_t more, const char *field, int64_t row);
/* Who may review it and leaves somebody to approve it: names in Chinese, in the arena; NULL: nobody. */
const char *filing_reviewers(struct db *db, struct arena *a, const struct doc *d);
