/*
 * 三单匹配: which parts of which receipt lines an invoice's lines pay for (or, of the other legs, prove), line by line to
 * the fen. RULE DOMAIN-6-three-way: a line matches where its units are found among accepted receipts and its amount differs
 * from the order's by no more than the tolerance in force (usually 0). RULE DOMAIN-12.3-ceiling-invoice: no explanation lifts a
 * price above the ceiling that held when the order was written, nor above the 中选 or agreed price at which alone it could be
 * written. RULE DOMAIN-6-invoice-day: an invoice to us is at most a year older than the order (goods are paid in advance, but not
 * further), a first leg at most three (goods lie at a distributor within their shelf life).
 */
#pragma once
#include "core/word.h"
#include "warehouse/settlement/invoice.h"
#include "warehouse/settlement/payable.h"

enum match_result {
	MATCH_FINE,
	MATCH_PRICE,      /* 价格不符 */
	MATCH_CEILING,    /* above the ceiling of the order's day; without one above the order's price */
	MATCH_QUANTITY,   /* 数量多于收货 */
	MATCH_NO_RECEIPT, /* 尚未收货 */
	MATCH_NO_RETURN,  /* 退货尚未出库 */
	MATCH_TOO_EARLY,  /* 开票日期远早于订单 */
	MATCH_CHAIN,      /* the first and the extra invoice do not join */
	MATCH_RED,        /* a red line takes back more than is left, or leaves money standing for units it takes back */
	MATCH_RESULT_COUNT
};
extern const struct word_title match_results[];

struct match_part {
	int64_t line_id, payable_id, source_id; /* source: the match row that a red invoice takes back, else 0 */
	int64_t units, expected_fen, amount_fen;
	int64_t limit_fen; /* at the ceiling; of our leg */
	bool single;       /* proves these units alone */
};
struct match_line {
	int64_t id, units, amount_fen;
	int64_t found_units, expected_fen, limit_fen;
	int64_t back_fen; /* of a red line: what its original has for it, positive */
	bool over, too_early, broken_chain;
	enum match_result result;
};
/* In the arena. */
struct match {
	struct match_line *lines;
	size_t line_count;
	struct match_part *parts;
	size_t part_count, part_cap;
	int64_t tolerance_fen;
	bool fine;      /* every line matches */
	bool explained; /* nothing but prices differ: finance may say why */
};
/* Looks without changing anything. */
MUST_CHECK enum status match_find(struct db *db, struct arena *a, const struct invoice *invoice, int32_t today_ymd,
                                  struct match *out);
/* Writes the match rows; our own leg is booked: estimates are taken back, the payable and the money ledger change. */
MUST_CHECK enum status match_post(struct tx *tx, const struct doc *d, const struct invoice *invoice, const struct match *m);
