/*
 * FEFO (近效期先出): which batches a depot gives for so many units, and why it passed over others.
 * RULE DESIGN-5-fefo: released, unexpired, not held, not reserved; by expiry, then batch.
 */
#pragma once
#include "warehouse/stock.h"

struct allocation {
	struct batch batch;
	int64_t units;
	const char *passed_over; /* NULL: taken; else expired, held, reserved, pending, rejected, returned */
	const char *bin;         /* of the product in that depot, or NULL */
};
struct allocation_list {
	struct allocation *items;
	size_t count;
	int64_t unmet_units; /* of what was asked */
};
/* Reasons and their titles. */
extern const struct word_title allocation_reasons[];

/* Reads only: changes nothing, reserves nothing. Rows in the arena. */
void allocate_fefo(struct db *db, struct arena *a, int64_t place_id, int64_t product_id, int64_t units, int32_t today_ymd,
                   struct allocation_list *out);

/* Promises units of a batch to a document's line. */
int64_t reserve(struct tx *tx, int64_t document_id, int64_t line_id, int64_t place_id, int64_t batch_id, int64_t units);
/* Ends all promises of a document as posted or voided. */
void reserve_end(struct tx *tx, int64_t document_id, const char *state);
