/*
 * 报量: draft → submitted by the site → confirmed by the lead (less only with a reason) → committed | cancelled. What is
 * committed becomes 约定采购量: the confirmed units at the round's rate, on the selected product of the generic, in whole packs.
 */
#pragma once
#include "core/document.h"

struct volume_report_line_new {
	int64_t product_id, units;
	const char *reason; /* of a confirmation of less */
};
struct volume_report_new {
	int64_t version;           /* of a change or step only */
	int64_t round_id, site_id; /* site 0: the user's own */
	const char *reference, *note;
	struct volume_report_line_new *lines; /* of a confirmation: those that are changed */
	size_t line_count;
};
extern const struct doc_kind volume_report_kind;

/* ALREADY_EXISTS where the site has one under way in that round. */
MUST_CHECK enum status volume_report_make(struct tx *tx, const struct volume_report_new *in, struct doc *out);
/* Replaces the lines (if given) of a draft. */
MUST_CHECK enum status volume_report_change(struct tx *tx, struct doc *d, const struct volume_report_new *in);
/* A site's commitments as they were agreed elsewhere (an import): a document in state committed, without lines as yet. */
MUST_CHECK enum status volume_report_taken(struct tx *tx, int64_t round_id, int64_t site_id, const char *note, struct doc *out);
/* One line of it: writes it and commits the difference (signed). */
MUST_CHECK enum status volume_report_taken_line(struct tx *tx, const struct doc *d, int64_t round_id, int64_t site_id,
                                                int64_t product_id, int64_t units);
