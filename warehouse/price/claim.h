/*
 * 补差: where the contract with a supplier says so, what lies in stock dearer than the new issue price is claimed from him
 * when a 调价单 takes effect, product by product. A claim is open until a red invoice for 补差 of that supplier settles it, or
 * somebody waives it with a reason. RULE DOMAIN-12.3-price-claim
 */
#pragma once
#include "core/write.h"

/* What a contract says from a day on: 补差 (given 1) or none. */
struct price_clause_new {
	int64_t supplier_id, from_ymd, given;
	const char *source;
};
/* INVALID_FIELD for an unknown supplier; ALREADY_EXISTS where the same is told for that day; else the newest holds. */
MUST_CHECK enum status price_clause_add(struct tx *tx, const struct price_clause_new *in, int64_t *id);
/* Does the contract of that day give it? No clause: no. */
bool price_clause_on(struct db *db, int64_t supplier_id, int32_t ymd);

struct price_claim {
	int64_t line_id, adjustment_id, supplier_id, product_id, units, amount_fen;
};
void price_claim_put(struct tx *tx, const struct price_claim *c);

struct price_claim_settle {
	int64_t version, invoice_id;
	const char *note;
};
/*
 * Settles an open claim. INVALID_FIELD where the invoice is no booked red one for 补差 of this supplier, or has not so much left
 * beside the claims that it settles already; WRONG_STATE where the claim is not open.
 */
MUST_CHECK enum status price_claim_settle(struct tx *tx, int64_t id, const struct price_claim_settle *in);
/* Gives an open claim up; reason needed. */
MUST_CHECK enum status price_claim_waive(struct tx *tx, int64_t id, int64_t version, const char *reason);
