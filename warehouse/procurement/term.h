/*
 * When an order is due. An ordinary order is due 72 hours after it was sent, unless a day was agreed; an emergency 8 hours, and
 * a later day moves nothing.
 * RULE DOMAIN-8-delivery-hours: 72 h ordinary, 8 h emergency.
 */
#pragma once
#include "core/write.h"

/* urgency NULL: ordinary, or as it is; expected_ymd 0: none, or as it is. INVALID_FIELD for a day that is past or too far. */
MUST_CHECK enum status order_term_put(struct tx *tx, int64_t order_id, const char *urgency, int64_t expected_ymd);
/* The order was sent: the clock runs. Answers the instant by which it should be here. */
int64_t order_term_begin(struct tx *tx, int64_t order_id);
/* Nothing is waited for any more, or again. */
void order_term_end(struct tx *tx, int64_t order_id);
void order_term_again(struct tx *tx, int64_t order_id);
