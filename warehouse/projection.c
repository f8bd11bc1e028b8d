#include "warehouse/projection.h"

#include "warehouse/price/flag.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/stock.h"

#define LIGHT_LOAD 8 /* writes in one commit */
#define SLICE 2000   /* moves */
#define TURNS 100    /* products whose price flags are looked at again */

bool projection_tidy(struct tx *tx)
{
	price_flags_daily(tx);
	bool more = price_turn_catch_up(tx, TURNS) == TURNS;
	more = stock_card_catch_up(tx, SLICE) == SLICE || more;
	return depot_book_catch_up(tx, SLICE) == SLICE || more;
}

void projection_keep(struct tx *tx, size_t jobs)
{
	if (jobs <= LIGHT_LOAD)
		(void)projection_tidy(tx);
}
