#include "warehouse/projection.h"

#include "warehouse/price/flag.h"
#include "warehouse/stock.h"

#define LIGHT_LOAD 8 /* writes in one commit */
#define SLICE 2000   /* moves */
#define TURNS 100    /* products whose price flags are looked at again */

bool projection_tidy(struct tx *tx)
{
	price_flags_daily(tx);
	bool turns = price_turn_catch_up(tx, TURNS) == TURNS;
	return stock_card_catch_up(tx, SLICE) == SLICE || turns;
}

void projection_keep(struct tx *tx, size_t jobs)
{
	if (jobs <= LIGHT_LOAD)
		(void)projection_tidy(tx);
}
