/*
 * Whose volume an order line is. A line that goes straight to a branch, or is owned by one, is that branch's; what comes to
 * the centre is divided among the sites that still owe, in proportion to what they owe, in whole packs; what nobody owes is
 * the receiver's. Receipts fill the shares in their order, and each filled unit is credited to its site.
 * RULE DOMAIN-12.3-volume-credit: a central order credits the branch's own volume.
 */
#pragma once
#include "core/write.h"

/* SQL: what still comes of share `w` of the open line `l`. Receipts fill the shares in their order, so what the supplier does not
 * bring is missing from the last ones. */
#define VOLUME_SHARE_DUE(l, w)                                                                                                 \
	"(CASE WHEN coalesce(" l ".answered_units, " l ".units) >= " l ".units THEN " w ".units ELSE (SELECT CASE WHEN " l     \
	".answered_units - o.before_units >= " w ".units THEN " w ".units WHEN " l ".answered_units - o.before_units > " w     \
	".received_units THEN " l ".answered_units - o.before_units ELSE " w                                                   \
	".received_units END FROM (SELECT CAST(coalesce(sum(b.units), 0) AS BIGINT) AS before_units FROM order_line_volume b " \
	"WHERE b.order_line_id = " w ".order_line_id AND b.n < " w ".n) AS o) END - " w ".received_units)"

struct volume_share {
	int64_t site_id, units;
};
/* Divides the lines of a submitted order anew: a draft is nobody's yet. Shares that were given and still fit their line stay. */
void volume_share_order(struct tx *tx, int64_t order_id);
/* Gives a line's shares by hand (the plan knows who asked). INVALID_FIELD unless they sum to the line's units. */
MUST_CHECK enum status volume_share_line(struct tx *tx, int64_t order_line_id, const struct volume_share *shares, size_t count);
/* Accepted goods were posted: fills the line's shares and credits their sites. */
void volume_received(struct tx *tx, int64_t order_line_id, int64_t units, int64_t document_id, int64_t receipt_line_id);
/* Posted goods went back to the supplier: takes the credits of that receipt line back, the last one first. */
void volume_returned(struct tx *tx, int64_t receipt_line_id, int64_t units, int64_t document_id);
