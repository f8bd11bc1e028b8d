/*
 * 结算单 of a branch or a supplier for a month's book: opening + rows = closing; every row names its entry in the stock or the
 * money ledger, so that anybody can add it up again. RULE DOMAIN-12.3-sheet
 * A branch's rows are the goods it got or gave (at cost: 零差率) and what was booked on 内部往来 for it; confirming it books the
 * goods. Every entry of its party stands in exactly one sheet, or in the opening of the first one: a sheet has what was booked
 * behind the sheet before it, up to the write that makes it, so that what is booked later on its last day is the next one's. Only
 * the newest one is withdrawn. RULE DOMAIN-12.3-sheet-once issued → confirmed (by the branch; a supplier's by a second person) or
 * withdrawn.
 */
#pragma once
#include "core/document.h"
#include "core/word.h"

struct sheet_new {
	const char *kind;                    /* branch, supplier */
	int64_t site_id, supplier_id, month; /* one of both; yyyymm */
	const char *note;
};
extern const struct doc_kind sheet_kind;
extern const struct word_title sheet_kinds[];
/* Words of sheet_line.reason that are not the money ledger's. */
extern const struct word_title sheet_reasons[];
/* The chain of every party's sheets adds up, and no entry stands in two of them. */
int64_t sheet_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what), void *arg);
MUST_CHECK enum status sheet_make(struct tx *tx, const struct sheet_new *in, struct doc *out);
