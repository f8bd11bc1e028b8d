/*
 * How suppliers keep their word, from facts: every line of a sent order, what came of it, when, and what was rejected.
 * table supplier_line holds the facts, supplier_month their sums by the month of sending; both move in the same commit as
 * the order and the receipt, so a score costs a row and opens its lines.
 */
#pragma once
#include "core/write.h"

/* The order goes out, due by that instant: its lines begin to count. */
void supplier_order_sent(struct tx *tx, int64_t order_id, int64_t due_ms);
/* Units of a line arrived (above 0) or were rejected at the inspection (below 0). Lines sent before this counted are left out. */
void supplier_line_moved(struct tx *tx, int64_t line_id, int64_t units);
/* Accepted units of a line went back to the supplier; fault: he sent them bad or wrong, or they were recalled. */
void supplier_line_returned(struct tx *tx, int64_t line_id, int64_t units, bool fault);
/* Holds the sums against the lines; tells each fault. */
void supplier_score_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what),
                           void *arg);
