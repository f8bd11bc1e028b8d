/*
 * 采购退货: draft → submitted → approved by another person → shipped (handed to the supplier) → settled, or closed with a
 * reason. Lines name batches of that supplier at one depot. RULE DOMAIN-12.3-supplier-return: what was not invoiced yet is
 * simply owed no more; for the rest the supplier's red invoice must come (kind return), and it finds exactly these goods.
 * RULE DOMAIN-12.2-return-scan: packs with codes leave by their codes and not otherwise.
 */
#pragma once
#include "core/document.h"
#include "core/word.h"

struct supplier_return_line_new {
	int64_t batch_id, units;
	const char *quality; /* released, rejected, returned; NULL: released */
	const char *reason;  /* a word of supplier_return_reasons */
	const char *note;    /* NULL: none; must be told where the reason is other */
};
struct supplier_return_new {
	int64_t version; /* of a change only */
	int64_t supplier_id, depot_id;
	const char *reference, *note;
	struct supplier_return_line_new *lines;
	size_t line_count;
};
/* What one scan did. */
struct supplier_return_scan {
	const char *code, *product_name, *lot;
	int64_t line_id, units, scanned_units, wanted_units;
};

extern const struct doc_kind supplier_return_kind;
extern const struct word_title supplier_return_reasons[];

MUST_CHECK enum status supplier_return_make(struct tx *tx, const struct supplier_return_new *in, struct doc *out);
/* Replaces the lines of a draft; supplier and depot stay. */
MUST_CHECK enum status supplier_return_change(struct tx *tx, struct doc *d, const struct supplier_return_new *in);
/* Scans a pack out, once the return is approved. Scanned again by mistake: ALREADY_EXISTS. */
MUST_CHECK enum status supplier_return_scan(struct tx *tx, struct doc *d, const char *code, struct supplier_return_scan *out);

/* A red invoice of kind return has taken back units (positive) of a payable. Settles the returns that waited for it. */
MUST_CHECK enum status supplier_return_red(struct tx *tx, int64_t payable_id, int64_t units, int64_t fen, int64_t invoice_id);
/* The invoice was taken back as wrong: so many units that waited for a red invoice are simply not invoiced any more. */
MUST_CHECK enum status supplier_return_less(struct tx *tx, int64_t payable_id, int64_t units, int64_t invoice_id);
