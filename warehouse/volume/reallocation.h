/*
 * 约定量调剂: committed volume goes from one site to another, with reason. submitted → approved by the chief pharmacist, who
 * did not write it | rejected | cancelled. What was received already does not move. RULE DOMAIN-12.3-volume-reallocation
 */
#pragma once
#include "core/document.h"

struct volume_reallocation_line_new {
	int64_t product_id, units;
};
struct volume_reallocation_new {
	int64_t round_id, from_site_id, to_site_id;
	const char *reference, *note; /* note: why; must be there */
	struct volume_reallocation_line_new *lines;
	size_t line_count;
};
extern const struct doc_kind volume_reallocation_kind;

MUST_CHECK enum status volume_reallocation_make(struct tx *tx, const struct volume_reallocation_new *in, struct doc *out);
