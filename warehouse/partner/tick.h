/*
 * 配送勾选: before anything is ordered on the platform, the distributor is ticked for the product there. A tick is a fact with
 * its days and the platform's code; orders ask for it from the day on which the county says so.
 */
#pragma once
#include "core/write.h"

struct tick_new {
	int64_t product_id, supplier_id, from_ymd, until_ymd; /* from 0: today; until 0: open */
	const char *platform_code;                            /* may be NULL */
};
/* INVALID_FIELD, ALREADY_EXISTS where the same two have one that begins on that day. */
MUST_CHECK enum status tick_add(struct tx *tx, const struct tick_new *in, int64_t *id);
/* Takes a tick back, with the reason. NOT_FOUND, WRONG_STATE. */
MUST_CHECK enum status tick_end(struct tx *tx, int64_t id, const char *note);

/* Do orders ask for it on that day? Nobody having said so, they do not. */
bool tick_asked(struct db *db, int32_t ymd);
/* From a day on (today or later) they do, or do not. INVALID_FIELD. */
MUST_CHECK enum status tick_rule_put(struct tx *tx, bool asked, int32_t from_ymd);

/* As an SQL condition; the arguments are expressions. */
#define TICKED(product, supplier, ymd)                                                                            \
	"EXISTS (SELECT 1 FROM platform_tick tk WHERE tk.product_id = " product " AND tk.supplier_id = " supplier \
	" AND tk.ended_at_ms IS NULL AND tk.from_ymd <= " ymd " AND (tk.until_ymd IS NULL OR tk.until_ymd >= " ymd "))"
