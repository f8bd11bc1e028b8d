/*
 * 库存登记: opening stock, usage, losses, finds, returns from patients, counts, booked at once: all lines or none. The hospital's
 * own system posts its dispensing the same way.
 */
#pragma once
#include "core/document.h"
#include "warehouse/stock.h"

struct adjustment_line_new {
	int64_t product_id, units;
	const char *lot;              /* NULL: usage goes by FEFO; others need it */
	int64_t made_ymd, expiry_ymd; /* 0: not given; adding needs expiry where the lot is new */
};
struct adjustment_new {
	int64_t site_id, depot_id; /* site 0: the user's own; depot 0: that site's store */
	const char *reason;        /* opening found return add; usage lost broken take; count says what is there (stocktake.h) */
	const char *reference, *note;
	struct adjustment_line_new *lines;
	size_t line_count;
};
extern const struct doc_kind adjustment_kind;

/* NOT_ENOUGH_STOCK names every line that is short. */
MUST_CHECK enum status adjustment_make(struct tx *tx, const struct adjustment_new *in, struct doc *out);
