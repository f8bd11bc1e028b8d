/*
 * 配送单: draft → allocated → picked → shipped (on the road, in a place of its own) → received. Allocation is FEFO and
 * says which batches it passed over; what is short on arrival becomes a task of the sender (discrepancy).
 */
#pragma once
#include "core/document.h"
#include "warehouse/allocate.h"

struct shipment_line_new {
	int64_t allocation_id;     /* of a step */
	int64_t product_id, units; /* units INT64_MIN: not given */
	const char *reason;
};
struct shipment_new {
	int64_t to_site_id, to_depot_id, from_depot_id, request_id; /* 0: not given */
	const char *reference, *note;
	struct shipment_line_new *lines;
	size_t line_count;
};
struct shipment_step {
	int64_t version;
	const char *note;
	const char *seal_no; /* ship: put on the tote; receive: read off it, and compared. NULL: none */
	struct shipment_line_new *lines;
	size_t line_count;
};
struct shipment_scan {
	const char *kind; /* tote, seal, pack, case */
	const char *code, *product_name, *lot, *message;
	int64_t units, allocation_id, picked_units, wanted_units;
};
extern const struct doc_kind shipment_kind;

MUST_CHECK enum status shipment_make(struct tx *tx, const struct shipment_new *in, struct doc *out);
/* One scan: picking adds a pack; on the road the receiver's tote scan
 * or scan of the seal takes all as sent, a pack scan marks that pack. */
MUST_CHECK enum status shipment_scan(struct tx *tx, struct doc *d, const char *code, struct shipment_scan *out);
