/*
 * 月结: a depot's book of one month, ending on the month's close day: opening + in − out ± count ± price change − loss +
 * rounding = closing, by class of goods, in units, fen at the purchase price (进价金额) and fen at the issue price (发药价金额);
 * what they differ by is the 进销差价. Only the issue price changes, so only the second money has a price change. RULE
 * DOMAIN-12.3-month-close. Closed once, in order; only the chief reopens the newest one, with a reason, and a new document closes
 * it again. RULE DOMAIN-12.3-month-locked
 */
#pragma once
#include "core/document.h"
#include "core/word.h"

struct month_close_new {
	int64_t depot_id, month; /* yyyymm */
	const char *note;
	/* 1: of a depot that never closed, what moved before the month's first day may stand in its opening, closed by nobody */
	int64_t earlier_in_opening;
};
/* Reasons in a depot's book that are a beginning and no movement, as SQL. */
#define BOOK_BEGINNINGS "('opening', 'begin')"
/* The newest month whose last day has come; to_ymd: that day. */
int64_t month_ended(struct db *db, int32_t today_ymd, int32_t *to_ymd);
extern const struct doc_kind month_close_kind;
extern const struct word_title goods_classes[];
/*
 * In which column of the book a row y of depot_day or depot_line stands, as SQL, and the columns' titles. What a reversal takes
 * back stands in the column in which it was, with the other sign. RULE DOMAIN-12.3-reversal
 */
#define BOOK_COLUMN                                                                                                             \
	"CASE y.reason WHEN 'found' THEN 'count' WHEN 'lost' THEN 'count' WHEN 'broken' THEN 'loss' WHEN 'price' THEN 'price' " \
	"WHEN 'begin' THEN 'price' WHEN 'rounding' THEN 'rounding' WHEN 'usage' THEN 'out' WHEN 'opening' THEN 'in' WHEN "      \
	"'return' THEN 'in' ELSE CASE y.way WHEN 1 THEN 'in' ELSE 'out' END END"
extern const struct word_title book_column_titles[];
/* The first and last day of a month's book (month: yyyymm of the last day). */
void month_period(struct db *db, int64_t month, int32_t *from_ymd, int32_t *to_ymd);
/* The month after yyyymm. */
int64_t month_next(int64_t month);
MUST_CHECK enum status month_close_make(struct tx *tx, const struct month_close_new *in, struct doc *out);
/* Every stored close adds up and begins where the one before ended. */
int64_t month_close_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what),
                           void *arg);
