/*
 * 付款单: what is due to one supplier, with invoices matched, paid by the one central payer.
 * made → reviewed → approved → paid; cancelled gives back what it held, and so does returned (退票: the bank gave the money
 * back), by entries of its own: what it paid is due again. RULE DOMAIN-12.4-payment-returned RULE DOMAIN-12.3-two-approvals:
 * whoever made it does not review it, and neither of the two approves it. RULE DOMAIN-6-fund-direct: goods that the insurance
 * fund pays directly go through payments of their own.
 */
#pragma once
#include "core/document.h"
#include "core/word.h"

struct payment_choice {
	int64_t payable_id;
};
struct payment_new {
	int64_t supplier_id;
	const char *channel; /* bank, fund */
	int64_t until_ymd;   /* due until then; 0: today */
	const char *note;
	struct payment_choice *payables; /* which of the due ones; none: all */
	size_t payable_count;
};
extern const struct doc_kind payment_kind;
extern const struct word_title payment_channels[];
/* INVALID_FIELD for a chosen one that is not due here; NOTHING_DUE where nothing is due or the sum is not positive (red invoices
 * outweigh). */
MUST_CHECK enum status payment_make(struct tx *tx, const struct payment_new *in, struct doc *out);
