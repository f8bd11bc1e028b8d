/*
 * 特批: a 备选 or 非中选 product may be bought after all. submitted → approved by the chief pharmacist | rejected | cancelled.
 * 备选 needs a supplier that refused or did not answer in time; 非中选 may also be a clinical need. Units bought under an
 * approval do not count against the limit of the non-selected.
 */
#pragma once
#include "core/document.h"
#include "core/word.h"

struct volume_release_new {
	int64_t round_id, product_id, units; /* round 0: the one that runs */
	const char *reason;                  /* refused, timeout, clinical */
	const char *reference, *note;        /* note: what happened, in words; must be there */
};
extern const struct doc_kind volume_release_kind;
extern const struct word_title volume_reasons[];

MUST_CHECK enum status volume_release_make(struct tx *tx, const struct volume_release_new *in, struct doc *out);
