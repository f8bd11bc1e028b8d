/*
 * 请领单: a depot asks the site above it (a ward or a pharmacy of the lead asks the lead's store). draft → submitted →
 * part_shipped → shipped → closed. The centre may reduce a line (核减) with a reason.
 * The document goes from the site that asks to the site that supplies.
 */
#pragma once
#include "core/document.h"

struct request_line_new {
	int64_t id; /* of a line that exists, when reducing */
	int64_t product_id, units;
	const char *reason;
};
struct request_new {
	int64_t version;           /* of a change or step only */
	int64_t site_id, depot_id; /* site 0: the user's own; depot 0: that site's store */
	const char *reference, *note;
	struct request_line_new *lines;
	size_t line_count;
};
extern const struct doc_kind request_kind;

MUST_CHECK enum status request_make(struct tx *tx, const struct request_new *in, struct doc *out);
MUST_CHECK enum status request_change(struct tx *tx, struct doc *d, const struct request_new *in);

struct request_line {
	int64_t id, product_id, units, approved_units, shipped_units, received_units;
};
struct request_lines {
	struct request_line *items;
	size_t count;
	int64_t place_id; /* the depot that asked */
};
void request_lines_load(struct db *db, struct arena *a, int64_t request_id, struct request_lines *out);
/* Units of a line in shipments that have not left yet. */
int64_t request_packing(struct db *db, int64_t request_id, int64_t line_id);
/* Counts what was sent and what arrived; moves the request along. */
MUST_CHECK enum status request_shipped(struct tx *tx, int64_t request_id, int64_t line_id, int64_t units);
void request_arrived(struct tx *tx, int64_t line_id, int64_t units);
MUST_CHECK enum status request_follow(struct tx *tx, int64_t request_id);
