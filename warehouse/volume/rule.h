/*
 * What a running round forbids an order: the non-selected of a generic beyond their share, and a 备选 product without an
 * approved reason. Purchases under an approval (warehouse/volume/release.h) do not count as non-selected.
 *
 * Share of a generic in the agreement year, in units of its main strength: non-selected received and on order, against the
 * same of all its products; for the selected ones at least what is committed counts, so that the first box of the year is
 * not a hundred percent.
 */
#pragma once
#include "core/write.h"

struct volume_share_of {
	int64_t selected, committed, other; /* thousandths of units of the main strength; selected: bought, with approved ones */
};
/* order_id: the order whose lines count although it is not submitted; 0: none. */
void volume_share_of_generic(struct db *db, int64_t generic_id, int64_t order_id, struct volume_share_of *out);
/* The non-selected per mille of all that was bought; 0 where nothing was. */
int64_t volume_other_pm(const struct volume_share_of *s);

/*
 * RULE DOMAIN-12.3-volume-share NON_SELECTED_LIMIT, RULE DOMAIN-12.3-volume-reserve RESERVE_CLOSED: both stay on record, at
 * the line's field. Every line is looked at.
 */
MUST_CHECK enum status volume_check_order(struct tx *tx, int64_t order_id);
