#include "warehouse/projection.h"

#include "warehouse/demand/day_use.h"
#include "warehouse/price/flag.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/stock.h"

#define LIGHT_LOAD 8 /* writes in one commit */
#define SLICE 2000   /* moves */
#define TURNS_KEPT 8 /* products whose price flags are looked at again beside somebody's write */
#define TURNS_IDLE 500

static bool take(struct tx *tx, int64_t turns)
{
	price_flags_daily(tx);
	bool more = price_turn_catch_up(tx, turns) == turns;
	more = stock_card_catch_up(tx, SLICE) == SLICE || more;
	more = day_use_catch_up(tx, SLICE) == SLICE || more;
	return depot_book_catch_up(tx, SLICE) == SLICE || more;
}

bool projection_tidy(struct tx *tx)
{
	return take(tx, TURNS_IDLE);
}

void projection_keep(struct tx *tx, size_t jobs)
{
	if (jobs <= LIGHT_LOAD)
		(void)take(tx, TURNS_KEPT);
}
