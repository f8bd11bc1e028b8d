/*
 * Usage (用药) as the hospital's own system (HIS) tells it, a CSV a day: matched lines of one depot and reference become one
 * adjustment each for what was given and what came back; what cannot be matched or booked waits, visibly.
 * RULE DOMAIN-12.1-usage: a reference is booked once in a depot, and no line disappears.
 */
#pragma once
#include "core/document.h"
#include "warehouse/intake/intake.h"

/* What became of the lines. The context of an import of this kind; zero it before. */
struct usage_report {
	int64_t booked;  /* lines in documents */
	int64_t waiting; /* lines that wait for somebody */
	int64_t known;   /* lines of a reference that this depot has told before */
	int64_t documents;
	struct usage_line *lines;
	size_t count, cap;
};
extern const struct intake_kind intake_usage;

/*
 * Books a waiting line as so many units of a product for each HIS unit, and remembers that for its site. NOT_FOUND also for
 * another site's line, WRONG_STATE where it was booked before, or what the booking says.
 */
MUST_CHECK enum status usage_match(struct tx *tx, int64_t id, int64_t product_id, int64_t factor, struct doc *out);
