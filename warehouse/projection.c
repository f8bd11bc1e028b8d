#include "warehouse/projection.h"

#include "warehouse/settlement/depot_book.h"
#include "warehouse/stock.h"

#define LIGHT_LOAD 8 /* writes in one commit */
#define SLICE 2000   /* moves */

bool projection_tidy(struct tx *tx)
{
	bool more = stock_card_catch_up(tx, SLICE) == SLICE;
	return depot_book_catch_up(tx, SLICE) == SLICE || more;
}

void projection_keep(struct tx *tx, size_t jobs)
{
	if (jobs <= LIGHT_LOAD)
		(void)projection_tidy(tx);
}
