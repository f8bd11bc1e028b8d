/*
 * Codes of a product (编码): any number of each kind. What a scan does not know is tied to a product by one person and
 * confirmed by another; only then it finds the product. 本位码 and 医保 codes may be shared by packs, a GTIN or a 药品标识码
 * never.
 */
#pragma once
#include "core/word.h"
#include "warehouse/catalogue/catalogue.h"

extern const struct word_title code_kind_titles[]; /* gtin, national, nhsa, platform, site, trace */

/* GTIN, 本位码 and 医保 code of a product are of their shape; the GTIN is not another's. */
MUST_CHECK enum status product_codes_check(struct tx *tx, const struct new_product *p);

struct new_code {
	int64_t product_id;
	const char *kind, *code; /* kind NULL: what the code's shape says */
	int64_t units; /* how many units one code stands for; INT64_MIN or 0: says nothing (a 药品标识码 must say) */
	int64_t multiplier, divider; /* the same as multiplier ÷ divider packs; INT64_MIN or 0: not said */
};
/* A new code, or other units of one of the product's. ALREADY_EXISTS, ALREADY_BOUND to another product, NOT_WHOLE, INVALID_FIELD
 * for a wrong shape. RULE DOMAIN-12.2-code-two-persons
 */
MUST_CHECK enum status code_bind(struct tx *tx, const struct new_code *in, int64_t *id);
/*
 * A code as a list of an authority, a platform or a maker tells it: whoever brings the list ties its codes at once. Other units
 * of one that is there wait for a second person, for stock is counted by them.
 */
enum code_known { CODE_IS_NEW, CODE_IS_SAME, CODE_HAS_OTHER_UNITS };
struct listed_code {
	int64_t product_id, units;
	const char *kind, *code; /* as it is kept */
	enum code_known known;
	bool unique; /* one product only */
};
/* Checks like code_bind and says what is there; writes nothing. A 药品标识码 with other units is ALREADY_BOUND: packs are
 * counted. */
MUST_CHECK enum status code_list_check(struct tx *tx, const struct new_code *in, struct listed_code *out);
/* Ties it, history included; other units of it wait among the bindings. */
MUST_CHECK enum status code_list_put(struct tx *tx, const struct listed_code *in);
/* SAME_PERSON for whoever bound it. */
MUST_CHECK enum status code_confirm(struct tx *tx, int64_t binding_id);
MUST_CHECK enum status code_refuse(struct tx *tx, int64_t binding_id, const char *note);
/* Takes a code off its product; the history keeps it. */
MUST_CHECK enum status code_end(struct tx *tx, int64_t code_id, const char *note);
/* The searchable text of a product, anew from its fields and codes. */
void product_text_refresh(struct tx *tx, int64_t product_id);
