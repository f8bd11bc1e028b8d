/*
 * The money ledger (money_entry): append-only, sealed like the stock ledger. Amounts are fen, debit positive, credit
 * negative. RULE DOMAIN-12.3-balance: every write balances to the fen within each site, and what one site has against
 * another (内部往来) the other has against it. The standing balance and the month's sum are written in the same call.
 */
#pragma once
#include "core/word.h"
#include "core/write.h"

enum account {
	ACCOUNT_STOCK,     /* 库存药品 */
	ACCOUNT_ESTIMATED, /* 应付暂估款, by supplier */
	ACCOUNT_PAYABLE,   /* 应付账款, by supplier */
	ACCOUNT_INTERNAL,  /* 内部往来, by the other site */
	ACCOUNT_BANK,      /* 银行存款 */
	ACCOUNT_FUND,      /* 医保基金直接结算 */
	ACCOUNT_VARIANCE,  /* 采购价差: invoiced less ordered */
	ACCOUNT_CLEARING,  /* 调拨清算: goods between two branches pass the lead */
	ACCOUNT_COUNT
};
/* Words of money_entry.account with their titles, in the order of the enum; ends with word NULL. */
extern const struct word_title money_accounts[];
/* Words of money_entry.reason. */
extern const struct word_title money_reasons[];

/* Why something is booked. paper_ymd: the date on the paper; it may lie in a month that is closed already (marked late). */
struct money_paper {
	int64_t document_id, line_id; /* line 0: none */
	const char *reason;
	int32_t paper_ymd; /* 0: today */
};
struct money_leg {
	int64_t site_id;
	enum account account;
	int64_t supplier_id, other_site_id; /* 0: none */
	int64_t fen;
};

/* Books legs that balance within each site; those of 0 fen are left out. INTERNAL where they do not balance (a bug). */
MUST_CHECK enum status money_post(struct tx *tx, const struct money_paper *paper, const struct money_leg *legs, size_t count);

/* Goods of owner that payer owes: credit is ACCOUNT_PAYABLE or ACCOUNT_ESTIMATED; variance is fen above the goods' value. */
struct money_purchase {
	int64_t owner_site_id, payer_site_id, supplier_id;
	enum account credit;
	int64_t value_fen, variance_fen;
};
MUST_CHECK enum status money_post_purchase(struct tx *tx, const struct money_paper *paper, const struct money_purchase *in);
/* site's debt to a supplier is paid by the central payer (account bank or fund). */
MUST_CHECK enum status money_post_payment(struct tx *tx, const struct money_paper *paper, int64_t site_id, int64_t payer_site_id,
                                          int64_t supplier_id, enum account from, int64_t fen);
/* Goods that a branch got (negative: gave); they are settled with the lead, whoever gave them. */
MUST_CHECK enum status money_post_flow(struct tx *tx, const struct money_paper *paper, int64_t branch_id, int64_t lead_id,
                                       bool with_lead, int64_t fen);

/* Every write balances within each site, internal accounts mirror each other, and the sums are the ledger's. */
int64_t money_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what), void *arg);
