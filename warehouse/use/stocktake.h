/*
 * 盘点: a 库存登记 of reason "count" says what lies of which lot; what differs from the books is booked at once as found or lost.
 * A lot is counted at its depot, released goods only (what is promised lies there too). How much of a depot was counted since its
 * last close stands beside its month: nobody is kept from closing, everybody sees. RULE DOMAIN-12.4-counted
 */
#pragma once
#include "core/write.h"

struct stocktake_line {
	int64_t count_id, place_id, n, lot_id, counted_units;
};
/* Released units of a lot at a depot by the books. */
int64_t stocktake_book_units(struct db *db, int64_t place_id, int64_t lot_id);
/* A batch of the lot for what was found of it, the newest one; 0: it never had one. */
int64_t stocktake_batch(struct db *db, int64_t lot_id);
bool stocktake_has(struct db *db, int64_t place_id, int64_t lot_id, int64_t count_id);
void stocktake_begin(struct tx *tx, int64_t count_id, int64_t place_id);
/* book_units: as they were before this line. */
void stocktake_put(struct tx *tx, const struct stocktake_line *line, int64_t book_units);
/* After the last line, with the differences booked. */
void stocktake_end(struct tx *tx, int64_t count_id, int64_t place_id);
/* Its lots count as not counted; what the newest count that stands says of the depot is said anew. */
void stocktake_take_back(struct tx *tx, int64_t count_id, int64_t place_id);
