/*
 * 首营企业审批 and 首营品种审批: the purchase department files whom, or what, it wants to buy for the first time; quality
 * (another person) approves, and only then the first order is possible. Approval refuses with what the file lacks.
 */
#pragma once
#include "core/document.h"

extern const struct doc_kind first_supplier_kind, first_product_kind;

struct first_supplier_new {
	int64_t supplier_id;
	const char *reference, *note; /* may be NULL */
};
struct first_product_new {
	int64_t product_id, supplier_id; /* supplier 0: not said who offers it */
	const char *reference, *note;    /* may be NULL */
};
/* INVALID_FIELD for an unknown one; ALREADY_EXISTS where it is approved or another document about it is open. */
MUST_CHECK enum status first_supplier_make(struct tx *tx, const struct first_supplier_new *in, struct doc *out);
MUST_CHECK enum status first_product_make(struct tx *tx, const struct first_product_new *in, struct doc *out);
