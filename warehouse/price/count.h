/* The stock of a product as it was behind a write, place by place, from the balances now and the ledger since. */
#pragma once
#include "warehouse/stock.h"

struct price_count_place {
	int64_t place_id, units, cost_fen; /* cost_fen: what its batches were bought for */
};
struct price_count {
	int64_t product_id, after_seq;
	/* What a supplier owes where a batch of his was dearer than this price; supplier 0: nobody. */
	int64_t claim_supplier_id, price_e4, units_per_pack;
	/* Out; in the write's arena. Only places with units. */
	struct price_count_place *places;
	size_t place_count;
	int64_t claim_units, claim_fen;
};
/* Counts inside places (depots, goods on the road), all qualities. */
void price_count_stock(struct tx *tx, struct price_count *c);
