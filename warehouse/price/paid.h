/*
 * Received and accepted purchases with the rule and the ceiling of the day they were approved for: the rows of the price
 * reports (above and near the ceiling, savings, purchases by filing), and their sums per month and receiver.
 */
#pragma once
#include "warehouse/price/price.h"

/* A receipt line was accepted with so many units; once is enough. */
void price_paid_put(struct tx *tx, int64_t receipt_line_id, int64_t order_line_id, int64_t units);
/* Units that go back to the supplier on a line of a return. */
struct price_back {
	int64_t line_id, return_id, units;
};
/* Accepted units of a receipt line went back: a row of its own in today's month, all negative. RULE DOMAIN-6-returned-paid */
void price_paid_back(struct tx *tx, int64_t receipt_line_id, const struct price_back *back);
