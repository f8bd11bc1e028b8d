/*
 * 缺药登记: 登记 → 核实 → 调剂 / 采购 / 替代 / 无法供应(已告知) → 到货通知 → 取药. Each state has a deadline, and the case is
 * tied to the request, transfer or order that will end it. RULE DOMAIN-12.5-shortage
 * The document goes from the site that lacks the drug to the lead.
 */
#pragma once
#include "core/document.h"

struct shortage_new {
	int64_t site_id, product_id, units, needed_ymd; /* product 0: drug_text; needed 0: not said */
	const char *drug_text, *unit_name, *urgency, *reason, *patient_name, *patient_phone, *reference, *note;
};
struct shortage_step {
	int64_t version, link_document_id; /* 0: none */
	const char *note;
};
extern const struct doc_kind shortage_kind;

MUST_CHECK enum status shortage_make(struct tx *tx, const struct shortage_new *in, struct doc *out);
