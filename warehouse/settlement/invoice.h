/*
 * 发票: of the legs maker → distributor (1), distributor → us (2) and, for approved remote places only, one extra (3).
 * entered → matched; with differences entered → disputed (finance says why) → matched (another person accepts).
 * RULE DOMAIN-12.3-invoice-number: the number of a 数电票 has 20 digits and is entered once.
 * RULE DOMAIN-6-invoice-parties: who must have issued it to whom stands in party.h. RULE DOMAIN-6-invoice-day: not after today,
 * not before what it takes back, not older than claims live; when it is matched, not long before the order (match.h). A 红字发票
 * names the invoice it takes back; its figures are typed as they stand on paper without sign, stored negative.
 */
#pragma once
#include "core/document.h"
#include "core/word.h"

#define LEG_MAKER 1
#define LEG_OURS 2
#define LEG_EXTRA 3
#define INVOICE_NO_DIGITS 20

struct invoice_line_new {
	int64_t product_id;
	const char *lot;         /* NULL: any */
	int64_t receipt_line_id; /* 0: found by product and lot */
	int64_t units;           /* 0 only where a red invoice grants an allowance */
	int64_t price_e4;        /* PRICE_ABSENT: from the amount's own line, for the eye only */
	int64_t units_per_pack;  /* not above 0: the product's */
	int64_t amount_e4;       /* with tax, whole fen; PRICE_ABSENT: units × price */
};
struct invoice_new {
	int64_t version; /* of a change only */
	const char *invoice_no;
	int64_t leg, supplier_id, site_id; /* site 0: the user's own */
	const char *issuer, *buyer;        /* NULL: the supplier, the site; must be told where they are neither */
	int64_t issued_ymd;
	int64_t net_e4, tax_e4, gross_e4;
	int64_t red_of_id;    /* 0: an ordinary one */
	const char *red_kind; /* correct, return, allowance */
	const char *note;
	struct invoice_line_new *lines;
	size_t line_count;
};

extern const struct doc_kind invoice_kind;
extern const struct word_title invoice_red_kinds[];

MUST_CHECK enum status invoice_make(struct tx *tx, const struct invoice_new *in, struct doc *out);
/* Replaces everything of an entered invoice. */
MUST_CHECK enum status invoice_change(struct tx *tx, struct doc *d, const struct invoice_new *in);

struct invoice {
	int64_t id, leg, supplier_id, site_id, gross_fen, red_of;
	int32_t issued_ymd;
	const char *red_kind, *issuer, *buyer, *supplier_name; /* red_kind NULL: not red */
	bool by_supplier, to_supplier;                         /* issuer or buyer is the supplier */
	int64_t buyer_site_id;                                 /* of our leg: the site that the buyer's name means; 0: none */
};
MUST_CHECK enum status invoice_load(struct db *db, struct arena *a, int64_t id, struct invoice *out);
/* 0 where there is none. */
int64_t invoice_by_no(struct db *db, const char *invoice_no);
