/*
 * 应付: one row for each accepted receipt line, owed by the line's payer, due some days after acceptance
 * (RULE DOMAIN-6-payment). It knows what has been invoiced, estimated, held in payments and paid, and whether every leg of
 * the invoices is proven (RULE DOMAIN-6-two-invoices); an invoice of somebody who counts as the maker is both
 * (DOMAIN-6-counts-as-maker).
 */
#pragma once
#include "core/write.h"

/* A receipt line was accepted and posted: what is owed arises. Called by warehouse/procurement/receipt.c. */
MUST_CHECK enum status payable_accept(struct tx *tx, int64_t receipt_line_id);

struct payable {
	int64_t id, supplier_id, site_id, owner_site_id, product_id, units, price_e4, units_per_pack, amount_fen;
	int64_t month, leg1_units, leg3_units, single_units, returned_units, invoiced_units, invoiced_fen, estimated_fen,
	        estimate_id, held_fen, paid_fen;
	int64_t due_units; /* gone back and invoiced: a red invoice must come for them */
	bool fund, extra, proven, open;
};
MUST_CHECK enum status payable_load(struct db *db, int64_t id, struct payable *out);
/* Writes what changed, with open, proven and the counts of proof. */
void payable_store(struct tx *tx, struct payable *p);
/* Invoices to us of these days count as the maker's own from now on: what they cover is proven by them alone. */
struct payable_single {
	int64_t supplier_id, maker_id;
	int32_t from_ymd, to_ymd;
};
MUST_CHECK enum status payable_prove_single(struct tx *tx, const struct payable_single *which);
/* What a return of goods did to what is owed; payable_id 0: nothing was owed for them. */
struct payable_back {
	int64_t payable_id, receipt_id, less_units, due_units;
};
/* Units of a receipt line went back: the month has bought so much less; what was not invoiced yet is owed no more, for the rest a
 * red invoice must come. */
MUST_CHECK enum status payable_give_back(struct tx *tx, int64_t receipt_line_id, int64_t units, int64_t document_id,
                                         struct payable_back *out);
/* What the units cost for which a red invoice must still come: nobody pays that meanwhile. */
int64_t payable_due_fen(const struct payable *p);
/* Units that no invoice of our own leg covers yet. */
int64_t payable_uninvoiced(const struct payable *p);
/* The order's amount of the next `units` without invoice; parts of a line add up to the whole line exactly. */
int64_t payable_expected_fen(const struct payable *p, int64_t units);
/* The same at another price of the line's pricing pack. */
int64_t payable_fen_at(const struct payable *p, int64_t units, int64_t price_e4);
/* Books the estimate of a payable that has none (document: the estimate), or takes back one that stands (an invoice came). */
MUST_CHECK enum status payable_estimate(struct tx *tx, struct payable *p, int64_t document_id, int32_t paper_ymd);
MUST_CHECK enum status payable_unestimate(struct tx *tx, struct payable *p, int64_t document_id);
