/*
 * What a depot used of a product day by day, and on which days it had none: a projection of the ledger, built a little behind
 * it by the idle writer like the stock card. A day is without stock where not one released unit lay there from its beginning
 * to its end.
 *
 * RULE DOMAIN-8-out-of-stock-days: such days are counted one by one, the first GAP_DAYS_MAX of a gap: after three months
 * nobody waits for it any more. Those of gaps that are over stand in table consumption, by month.
 */
#pragma once
#include "core/audit.h"
#include "core/write.h"

#define GAP_DAYS_MAX 90

/* Projects at most `limit` moves; answers how many. */
int64_t day_use_catch_up(struct tx *tx, int64_t limit);

/* Books whole days without stock, from the first one to the day on which goods came; by the program and the demo. */
void stock_out_add(struct tx *tx, int64_t place_id, int64_t product_id, int32_t from_ymd, int32_t to_ymd);
/* The same without counting them in the months, where they are counted already. */
void stock_out_keep(struct tx *tx, int64_t place_id, int64_t product_id, int32_t from_ymd, int32_t to_ymd);
void day_use_add(struct tx *tx, int64_t place_id, int64_t product_id, int32_t ymd, int64_t units);

struct use_day {
	int32_t ymd;
	int64_t units;
	bool out;
};
#define USE_DAYS_MAX 400
/* The days from one to another, both counted, at most USE_DAYS_MAX; answers how many. */
size_t use_days(struct db *db, int64_t place_id, int64_t product_id, int32_t from_ymd, int32_t to_ymd,
                struct use_day out[USE_DAYS_MAX]);

/* The days agree with the ledger as far as they have come. Answers the number of faults. */
int64_t day_use_verify(struct db *db, verify_report *report, void *arg);
