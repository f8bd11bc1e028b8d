/*
 * Received and accepted purchases with the rule and the ceiling of the day they were approved for: the rows of the price
 * reports (above and near the ceiling, savings, purchases by filing), and their sums per month and receiver.
 */
#pragma once
#include "warehouse/price/price.h"

/* A receipt line was accepted with so many units; once is enough. */
void price_paid_put(struct tx *tx, int64_t receipt_line_id, int64_t order_line_id, int64_t units);
