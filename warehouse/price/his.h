/*
 * The HIS of each site takes a new issue price by itself: which sites are asked for a 调价单, and who said that theirs has it.
 * A clinic is asked where it has HIS codes of its own, every other site always. RULE DOMAIN-12.3-price-his
 */
#pragma once
#include "core/document.h"

struct price_adjustment_step {
	int64_t version;
	const char *note;
	int64_t site_id; /* of step confirm: whose HIS; 0: the person's own */
};

/* Asks every site; when the adjustment is approved. */
void price_his_ask(struct tx *tx, int64_t adjustment_id);
/* Nobody is asked any more. */
void price_his_forget(struct tx *tx, int64_t adjustment_id);

/* Guards and effect of step confirm: by people of the site or above it, once; the last one confirms the document. */
enum status price_his_is_last(struct tx *tx, const struct doc *d, const void *input);
enum status price_his_may_confirm(struct tx *tx, const struct doc *d, const void *input);
enum status price_his_confirm(struct tx *tx, struct doc *d, const void *input);
