/*
 * What the provincial procurement platform says of our orders, line by line, from the file it exports; compared with ours
 * while it is read. What differs stays on a list until a later file agrees. Its file of dispatches (配送) names the lots that
 * are on the road: a receipt of the order expects them. RULE DOMAIN-8-platform-dispatch
 */
#pragma once
#include "core/document.h"

struct platform_row {
	const char *platform_order_no, *order_number, *product_code, *state;
	int64_t packs, price_e4; /* price: -1 where the file has none */
	int64_t row;             /* of the file, for what is refused */
};
/* Takes a row, or replaces what was said before of the same platform order and product. *differs: it is not as we have it. */
MUST_CHECK enum status platform_take(struct tx *tx, const struct platform_row *in, bool *differs);

struct platform_dispatch_row {
	const char *dispatch_no, *order_number, *product_code, *lot;
	int64_t packs, made_ymd, expiry_ymd, sent_ymd; /* dates 0: not told */
};
/* Takes a row, or replaces what was said before of the same dispatch, product and lot; the order line's announced units follow.
 */
MUST_CHECK enum status platform_dispatch_take(struct tx *tx, const struct platform_dispatch_row *in, bool *differs);
