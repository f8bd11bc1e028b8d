/*
 * 审批限额: what a role may approve alone, by dated amounts. An order above the approver's limit needs the chief
 * pharmacist of the lead hospital as well. Without a limit in force every order is approved as ever.
 * RULE DOMAIN-8-approval-limit: large sums are approved by the lead hospital.
 * RULE DOMAIN-8-split-orders: orders that only together pass a limit are flagged.
 */
#pragma once
#include "core/document.h"

struct approval_limit_new {
	const char *role;
	int64_t amount_e4; /* yuan in 1/10,000, as the API writes money; whole fen */
	int64_t from_ymd;  /* 0: today */
};
MUST_CHECK enum status approval_limit_add(struct tx *tx, const struct approval_limit_new *in, int64_t *id);

/* What this person may approve alone in fen; INT64_MAX: any sum. */
int64_t approval_limit_of(struct db *db, const struct me *me, int32_t ymd);
/* May this person approve the order alone? */
bool approval_is_enough(struct tx *tx, int64_t order_id);
/* Looks at an order that is being submitted beside its buyer's others: of the same supplier on the same day with all they order,
 * and whoever supplies it, of the same product within three days, with the lines of what they share. */
void approval_look_for_split(struct tx *tx, const struct doc *order);
