/*
 * Whose volume an order line is. A line that goes straight to a branch, or is owned by one, is that branch's; what comes to
 * the centre is divided among the sites that still owe, in proportion to what they owe, in whole packs; what nobody owes is
 * the receiver's. Receipts fill the shares in their order, and each filled unit is credited to its site.
 * RULE DOMAIN-12.3-volume-credit: a central order credits the branch's own volume.
 */
#pragma once
#include "core/write.h"

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
