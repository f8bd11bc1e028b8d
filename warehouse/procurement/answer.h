/*
 * What the supplier says to each line of an order that was sent: accepted, or refused with a reason. Who says nothing within
 * 24 hours (2 for an emergency) is late. A refused line is not on order any more; accepted later, it is again.
 * RULE DOMAIN-8-supplier-answer
 */
#pragma once
#include "core/document.h"

struct order_answer_new {
	int64_t line_id;    /* 0: by n */
	int64_t n;          /* of the line on the order; INT64_MIN: not given */
	const char *answer; /* accepted, refused */
	const char *reason; /* of a refusal */
	int64_t units;      /* the supplier will send; INT64_MIN: all */
	int64_t promised_ymd;
};
struct order_answers_new {
	struct order_answer_new *lines;
	size_t line_count;
};
/* All or none; the last answer to a line counts. from_file: told by a file of the supplier. */
MUST_CHECK enum status order_answers_take(struct tx *tx, const struct doc *d, const struct order_answers_new *in, bool from_file);
