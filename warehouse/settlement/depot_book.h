/*
 * The books of the depots (depot_day, its lines in depot_line, depot_value) and the goods that changed the site (site_flow):
 * projections of the stock ledger, built a little behind it by the idle writer like the stock card. Two moneys: units × what the
 * batch cost, and units × the issue price in force at the move's write (what the batch cost where the product has none). A new
 * issue price is entered between two moves, with the 调价损益 that its 调价单 booked for the depot. Each line is rounded by
 * itself; what the value of the stock differs from the sum of lines stands in reason "rounding", so that opening + in − out … =
 * closing to the fen, at both prices. RULE DOMAIN-12.3-month-close
 */
#pragma once
#include "core/audit.h"

/* Projects at most `limit` moves and prices; answers how many. */
int64_t depot_book_catch_up(struct tx *tx, int64_t limit);
/* All of them, inside a write that needs the books whole; BOOKS_BEHIND where the service is far behind or a price is being
 * counted. */
MUST_CHECK enum status depot_book_settle(struct tx *tx);
/* How far the books are behind the ledger; 0: not at all. */
int64_t depot_book_behind(struct db *db);
/* The books agree with the ledger as far as they have come. */
int64_t depot_book_verify(struct db *db, verify_report *report, void *arg);
