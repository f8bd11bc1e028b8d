/*
 * 暂估入库: goods that were accepted until a day and have no invoice yet are booked at the order's price at month end; the
 * invoice takes the estimate back when it comes. RULE DOMAIN-12.3-estimate
 */
#pragma once
#include "core/document.h"

struct estimate_new {
	int64_t to_ymd, site_id; /* site 0: the user's own and all below */
	const char *note;
};
extern const struct doc_kind estimate_kind;
/* NOTHING_DUE where every accepted line has its invoice or its estimate. */
MUST_CHECK enum status estimate_make(struct tx *tx, const struct estimate_new *in, struct doc *out);
