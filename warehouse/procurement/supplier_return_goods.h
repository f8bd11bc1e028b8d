/* What a 采购退货 does to goods and money: the steps of its kind. */
#pragma once
#include "warehouse/procurement/supplier_return.h"

/* Where a return's goods lie, and whose they were. */
struct supplier_return_spot {
	int64_t supplier_id, place_id;
};
struct supplier_return_spot supplier_return_spot(struct db *db, int64_t id);
/* Nothing of it was invoiced, so no red invoice is to come. */
MUST_CHECK enum status supplier_return_owes_nothing(struct tx *tx, const struct doc *d, const void *input);
/* The goods leave: ledger, packs, what is owed, 集采 progress. */
MUST_CHECK enum status supplier_return_ship(struct tx *tx, struct doc *d, const void *input);
/* Closed without the red invoice: nobody waits for it any more. */
MUST_CHECK enum status supplier_return_close(struct tx *tx, struct doc *d, const void *input);
