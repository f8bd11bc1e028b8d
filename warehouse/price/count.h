/* The stock of a product as it was behind a write, place by place, from the balances now and the ledger since. */
#pragma once
#include "warehouse/stock.h"

struct price_count_place {
	int64_t place_id, units, cost_fen; /* cost_fen: what its batches were bought for */
};
/* Batches of one supplier that cost more than the price, and by how much he was not asked for before. */
struct price_count_dearer {
	int64_t supplier_id, units, fen;
};
struct price_count {
	int64_t product_id, after_seq;
	int64_t price_e4, units_per_pack; /* the purchase price now, with which what batches cost is compared */
	/* Out; in the write's arena. Only places with units. */
	struct price_count_place *places;
	size_t place_count;
	struct price_count_dearer *dearer; /* by supplier */
	size_t dearer_count;
};
/* Counts inside places (depots, goods on the road), all qualities. */
void price_count_stock(struct tx *tx, struct price_count *c);
