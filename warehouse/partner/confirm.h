/*
 * 质量确认: a paper that can lock business counts only once quality, another person than who entered it, has seen its scan.
 * The approval of a first-purchase file is that word for the papers in it. RULE GSP-paper-confirmed
 */
#pragma once
#include "core/write.h"

/*
 * The paper counts from now on, and the one that it renews ends. NOT_FOUND; WRONG_STATE where it does not wait or has run out
 * meanwhile; SAME_PERSON; PAPERS_MISSING without a scan.
 */
MUST_CHECK enum status paper_confirm(struct tx *tx, int64_t id);
/* Quality does not accept it: it ends with the reason and never counted. NOT_FOUND, WRONG_STATE. */
MUST_CHECK enum status paper_turn_down(struct tx *tx, int64_t id, const char *note);
/* May this person approve the file? SAME_PERSON where a paper that waits in it is his own. */
MUST_CHECK enum status papers_approvable(struct tx *tx, const char *owner_kind, int64_t owner_id);
/* Confirms all that waits in the file of an owner and has its scan; for a product those of its maker, too. */
void papers_approve(struct tx *tx, const char *owner_kind, int64_t owner_id);
