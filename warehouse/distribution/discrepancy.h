/*
 * 差异单: what a receiver did not get as sent. The goods stay on the road (in the shipment's transit place) until the
 * sender says what became of them. The document goes from the receiver to the sender, whose task it is.
 */
#pragma once
#include "warehouse/stock.h"

#include "core/document.h"

struct discrepancy_new {
	int64_t shipment_id, allocation_id, batch_id, place_id, units;
	int64_t receiver_site_id, sender_site_id;
	const char *reason; /* short, damaged, wrong, warm */
};
struct discrepancy_answer {
	int64_t version;
	const char *outcome, *note; /* found: it arrived after all; returned: came back; lost */
};

extern const struct word_title discrepancy_reasons[];
extern const struct doc_kind discrepancy_kind;

MUST_CHECK enum status discrepancy_open(struct tx *tx, const struct discrepancy_new *in, struct doc *out);
