/*
 * What a product consists of, as data: the fields of struct new_product by name, with their bounds, and for each kind
 * (品种类别) those that it must have. The same rows check an import, an admission and a change, and write the history.
 */
#pragma once
#include "core/word.h"
#include "warehouse/catalogue/catalogue.h"

#include <stddef.h>

struct product_field {
	const char *name, *title;
	size_t offset;
	bool number;
	bool fixed;                     /* stock is counted by it: never changed once there */
	int64_t min, max;               /* of a number; max characters of a text */
	const struct word_title *words; /* NULL: any text */
};
extern const struct product_field product_fields[]; /* ends with name NULL */
const struct product_field *product_field_find(const char *name);
/* A field of a product as text; NULL where there is none. Texts in the arena. */
const char *product_field_get(struct arena *a, const struct product_field *f, const struct new_product *p);
/* Sets a field from text. False, with the reason in words, where the text is none of its values. */
bool product_field_set(struct arena *a, const struct product_field *f, struct new_product *p, const char *text, const char **why);

struct product_kind {
	const char *name, *title;
	const char *approval_title;         /* what its approval_no is called */
	const char *const *needs;           /* names of fields, ends with NULL */
	const char *const *admission_needs; /* what old lists may lack, but nothing new */
	const char *refused;                /* why this kind has no place in the catalogue; NULL: it has */
};
extern const struct product_kind product_kinds[]; /* ends with name NULL */
extern const struct word_title product_kind_titles[];
/* NULL for an unknown word. */
const struct product_kind *product_kind_find(const char *name);
/* The kind that a class of drug stands for where nobody named one. */
const char *product_kind_of_class(const char *drug_class);
/*
 * INVALID_FIELD with every field that the kind lacks; VACCINE_REFUSED for what the centre does not keep.
 * RULE DOMAIN-12.1-kinds, RULE DOMAIN-12.1-no-vaccines
 */
MUST_CHECK enum status product_kind_check(struct tx *tx, const struct new_product *p, bool admission);
