/*
 * 调价单: a new issue price (发药价/调拨价), one for all branches, from a moment on: draft → submitted → scheduled → effective →
 * confirmed. At the moment the stock of every inside place, goods on the road too, is counted and 调价损益 is booked per
 * place, in one write with the new price, and 补差 is claimed where contracts say so (claim.h); then a file goes to the HIS
 * of each site and its people confirm it (his.h).
 * RULE DOMAIN-12.3-zero-margin: the issue price is above zero, and below the purchase price only with a reason; it is at most
 * that; decoction pieces may carry the margin of the setting, at most 25 %.
 */
#pragma once
#include "core/document.h"

#define DECOCTION_MARGIN_MAX 25

struct price_adjustment_line_new {
	int64_t product_id, price_e4; /* PRICE_FOLLOWS: the purchase price, with the margin where there is one */
	const char *reason;           /* why it lies below the purchase price; may be NULL where it does not */
};
#define PRICE_FOLLOWS (-1)
struct price_adjustment_new {
	int64_t version;         /* of a change only */
	int64_t effective_at_ms; /* INT64_MIN: at once, when approved */
	const char *reference, *note;
	struct price_adjustment_line_new *lines;
	size_t line_count;
};

extern const struct doc_kind price_adjustment_kind;

MUST_CHECK enum status price_adjustment_make(struct tx *tx, const struct price_adjustment_new *in, struct doc *out);
/* Replaces everything in a draft. */
MUST_CHECK enum status price_adjustment_change(struct tx *tx, struct doc *d, const struct price_adjustment_new *in);

/* True where an approved adjustment's moment has come. */
bool price_adjustment_is_due(struct db *db, int64_t now_ms);
/*
 * Lets adjustments whose moment has come take effect, a few at a time, each once. The count is that of the moment: what
 * moved between the moment and this write is taken out of it. RULE DOMAIN-12.3-price-change-count
 */
MUST_CHECK enum status price_adjustments_take_effect(struct tx *tx);

/*
 * The newest write whose goods are sure to have the issue prices of issue_change: everything (INT64_MAX), or where a moment has
 * come and was not counted yet, the last write before it.
 */
int64_t price_known_until(struct db *db, int64_t now_ms);

/* The issue price of today; false where the product never had one. */
bool price_issue(struct db *db, int64_t product_id, int64_t *price_e4, int64_t *units_per_pack);

/* The most that 零差率 allows a product's issue price to be on a day, per pack of the product; 0: nothing says. */
int64_t price_issue_limit(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, int64_t *units_per_pack);

/* Percent that decoction pieces may carry, 0 to 25. */
int64_t price_decoction_margin(struct db *db);
MUST_CHECK enum status price_decoction_margin_set(struct tx *tx, int64_t percent);
