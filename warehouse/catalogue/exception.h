/*
 * 临时采购: a branch asks for so much of a product that its list does not hold (a patient's need, a visiting specialist, an
 * emergency). submitted → approved or rejected → closed. While it is approved, requests for the product pass until the
 * quantity is used up or the day is over. The document goes from the site that asks to the lead.
 */
#pragma once
#include "core/document.h"

struct exception_new {
	int64_t site_id, product_id, units, until_ymd; /* site 0: the user's own */
	const char *cause;                             /* patient, specialist, emergency */
	const char *reference, *note;
};
struct exception_step {
	int64_t version;
	const char *note;
	int64_t units, until_ymd; /* of an approval: INT64_MIN and 0 leave what was asked for */
};
extern const struct doc_kind exception_kind;

/* ALREADY_EXISTS while another of the same site and product waits, or is approved and not used up. */
MUST_CHECK enum status exception_make(struct tx *tx, const struct exception_new *in, struct doc *out);
/*
 * How often the generic name may be bought so in a year, and how often it was; limit -1: as often as needed (shortage and
 * rescue drugs). RULE DOMAIN-12.3-exception-limit
 */
struct exception_count {
	int64_t limit, used;
};
struct exception_count exception_count(struct db *db, struct arena *a, int64_t product_id, const char *drug_name, int32_t ymd);
