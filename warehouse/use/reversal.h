/*
 * 冲销: takes back a whole 库存登记. A document of its own, linked to the first, books the exact opposite of each of its moves
 * on the day on which it is taken back; each names the move that it takes back, which can be done once. What was added must
 * still lie there, free. Packs that left whole are here again; those that were split stay so, and what they lost is loose.
 * RULE DOMAIN-12.3-reversal
 */
#pragma once
#include "core/document.h"

/* What the step `reverse` is asked with. */
struct adjustment_step {
	int64_t version;
	const char *note;
};

/*
 * The effect of the step; input: a struct adjustment_step. NOT_ENOUGH_STOCK, LOT_HELD, ALREADY_REVERSED and
 * CODE_ALREADY_HERE name every line that stands in the way.
 */
MUST_CHECK enum status adjustment_reverse(struct tx *tx, struct doc *d, const void *input);
