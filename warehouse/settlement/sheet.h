/*
 * 结算单 of a branch or a supplier for a month's book: opening + rows = closing; every row names its entry in the stock or the
 * money ledger, so that anybody can add it up again. RULE DOMAIN-12.3-sheet
 * A branch's rows are the goods it got or gave (at cost: 零差率) and what was booked on 内部往来 for it; confirming it books the
 * goods. issued → confirmed (by the branch; a supplier's by a second person) or withdrawn.
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
MUST_CHECK enum status sheet_make(struct tx *tx, const struct sheet_new *in, struct doc *out);
