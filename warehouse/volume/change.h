/*
 * What is changed in a round after it was made, with its reason, for good. RULE DOMAIN-12.3-volume-rule-change: a rule that
 * binds somebody already (basis, share and rate of a running round; role and measure of a product of a committed generic)
 * is changed only by who may approve exceptions, and with a reason: not by who is bound by it.
 */
#pragma once
#include "core/word.h"
#include "core/write.h"

struct volume_change {
	int64_t product_id;         /* 0: a rule of the whole round */
	const char *what;           /* a word of volume_change_words */
	const char *before, *after; /* words; NULL: numbers */
	int64_t before_no, after_no;
};
extern const struct word_title volume_change_words[];

/* Keeps a change; nothing where it changes nothing. binding: FORBIDDEN without the right, REASON_MISSING without a reason. */
MUST_CHECK enum status volume_change_take(struct tx *tx, int64_t round_id, const struct volume_change *c, bool binding,
                                          const char *reason);
/* Has some site a 约定采购量 of the generic? */
bool volume_generic_committed(struct db *db, int64_t generic_id);
