/*
 * 平台报送: what the purchasing platform must learn from us: received lines, what was refused, matched invoices, returned goods.
 * The row is written with the fact, so none is missing; a message takes what waits, and has a number without gaps per kind. made
 * → sent → answered, line by line from the platform's file. RULE DOMAIN-8-platform-report
 */
#pragma once
#include "core/audit.h"
#include "core/document.h"
#include "core/word.h"

extern const struct doc_kind platform_message_kind;
extern const struct word_title platform_message_kinds[];

/* The facts. Called where they happen, with the receipt line, the row of invoice_match, the line of the return. */
void platform_tell_receipt(struct tx *tx, int64_t receipt_line_id);
/*
 * RULE DOMAIN-8-platform-refusal: refused at the door, beyond the order (the row of receipt_refused); by the inspection (the
 * line).
 */
void platform_tell_over(struct tx *tx, int64_t refused_id);
void platform_tell_rejected(struct tx *tx, int64_t receipt_line_id);
void platform_tell_invoice(struct tx *tx, int64_t invoice_match_id);
void platform_tell_return(struct tx *tx, int64_t return_line_id);

struct platform_message_new {
	const char *kind, *note;
	int64_t until_ymd; /* 0: today */
};
/* Takes what waits, at most 5,000 lines. NO_LINES where nothing does. */
MUST_CHECK enum status platform_message_make(struct tx *tx, const struct platform_message_new *in, struct doc *out);

struct platform_answer {
	int64_t row, n;     /* row: of the file; n: of the message */
	const char *answer; /* accepted, refused; NULL: not understood */
	const char *reason; /* of a refusal */
	int64_t units, fen; /* what the platform has; INT64_MIN: it does not say */
};
/* The platform's word on one line; the last one counts. */
MUST_CHECK enum status platform_answer_take(struct tx *tx, const struct doc *d, const struct platform_answer *in, bool *differs);
/* After all rows of an answer: the message is answered once every line is. */
MUST_CHECK enum status platform_answers_end(struct tx *tx, struct doc *d);
/* Tells a line anew that was refused or that the platform has differently. */
MUST_CHECK enum status platform_report_again(struct tx *tx, int64_t id, const char *note, int64_t *new_id);

int64_t platform_message_verify(struct db *db, verify_report *report, void *arg);
