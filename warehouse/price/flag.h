/*
 * What a change of price makes of what is ordered and in stock already: open order lines and batches that cost more than
 * the rule of today, issue prices above what 零差率 allows, and products of one drug and maker at different prices (四同). A
 * projection: price_turn names the products whose rule changes on a day, and the writer looks at them again in small slices.
 */
#pragma once
#include "warehouse/price/price.h"

/* Look at the product's flags again, on that day or (where it has come) in the next slice. */
void price_turn_put(struct tx *tx, int64_t product_id, int32_t on_ymd);
/* True where turns of today or before wait, or a new day has begun. */
bool price_flags_wait(struct db *db, int32_t today_ymd);
/* Takes at most `limit` turns; answers how many. */
int64_t price_turn_catch_up(struct tx *tx, int64_t limit);
/* Once a day everything that is flagged is looked at again: what is received or used up goes. */
void price_flags_daily(struct tx *tx);
/*
 * The goods of an order line came: flags the receipt line if the price was not allowed on the day it was approved for,
 * as we know that day's prices now. RULE DOMAIN-12.3-price-at-receipt
 */
void price_flag_receipt(struct tx *tx, int64_t receipt_line_id, int64_t order_line_id);
