#include "warehouse/settlement/money.h"

#include "core/audit.h"

#include <inttypes.h>
#include <stdio.h>

const struct word_title money_accounts[] = {
        [ACCOUNT_STOCK] = {"stock", "库存药品"},
        [ACCOUNT_ESTIMATED] = {"estimated", "应付暂估款"},
        [ACCOUNT_PAYABLE] = {"payable", "应付账款"},
        [ACCOUNT_INTERNAL] = {"internal", "内部往来"},
        [ACCOUNT_BANK] = {"bank", "银行存款"},
        [ACCOUNT_FUND] = {"fund", "医保基金直接结算"},
        [ACCOUNT_VARIANCE] = {"variance", "采购价差"},
        [ACCOUNT_CLEARING] = {"clearing", "调拨清算"},
        [ACCOUNT_COUNT] = {NULL, NULL},
};
const struct word_title money_reasons[] = {
        {"estimate", "暂估入库"},
        {"estimate_back", "暂估冲回"},
        {"invoice", "发票入账"},
        {"payment", "付款"},
        {"flow", "调拨结算"},
        {"payment_back", "退票"},
        {NULL, NULL},
};

#define LEGS_MAX 8

/* A site's newest closed month ends on this day: papers dated until then come late. */
SQL(closed_until,
    "SELECT CAST(coalesce(max(c.to_ymd), 0) AS BIGINT) FROM place p JOIN month_close c ON c.place_id = p.id AND c.to_ymd >= "
    ":ymd WHERE p.site_id = :site_id AND c.current = 1 /*all sites: the ledger*/");
SQL(add_balance,
    "INSERT INTO money_balance (site_id, account, account_no, supplier_id, other_site_id, amount_fen) VALUES (:site_id, "
    ":account_t, :account_no, :supplier_id, :other_id, :fen) ON CONFLICT (site_id, account_no, supplier_id, other_site_id) DO "
    "UPDATE SET amount_fen = money_balance.amount_fen + excluded.amount_fen");
SQL(add_month,
    "INSERT INTO money_month (site_id, account, supplier_id, other_site_id, month, amount_fen) VALUES (:site_id, :account_t, "
    ":supplier_id, :other_id, :month, :fen) ON CONFLICT (site_id, account, supplier_id, other_site_id, month) DO UPDATE SET "
    "amount_fen = money_month.amount_fen + excluded.amount_fen");

static void book(struct tx *tx, const struct money_paper *paper, const struct money_leg *leg)
{
	int32_t ymd = paper->paper_ymd ? paper->paper_ymd : tx->today_ymd;
	const char *account = money_accounts[leg->account].word;
	/* RULE DOMAIN-12.3-late: a paper of a closed month goes into the open one, with a mark. */
	bool late = db_i64(tx_db(tx), 0, closed_until, I64(":site_id", leg->site_id), I64(":ymd", ymd)) >= ymd;
	const struct arg row[] = {
	        I64(":site_id", leg->site_id),
	        TEXT(":account_t", account),
	        ID(":supplier_id", leg->supplier_id),
	        ID(":other_id", leg->other_site_id),
	        I64(":fen", leg->fen),
	        I64(":document_id", paper->document_id),
	        ID(":line_id", paper->line_id),
	        TEXT(":reason_t", paper->reason),
	        I64(":ymd", tx->today_ymd),
	        I64(":paper_ymd", ymd),
	        I64(":late", late),
	        I64(":at_ms", tx->now_ms),
	        I64(":user_id", tx->me.id),
	};
	audit_row(tx, SEALED_MONEY_ENTRY, row, sizeof row / sizeof *row);
	db_exec(tx, add_balance, I64(":site_id", leg->site_id), TEXT(":account_t", account), I64(":account_no", leg->account),
	        I64(":supplier_id", leg->supplier_id), I64(":other_id", leg->other_site_id), I64(":fen", leg->fen));
	db_exec(tx, add_month, I64(":site_id", leg->site_id), TEXT(":account_t", account), I64(":supplier_id", leg->supplier_id),
	        I64(":other_id", leg->other_site_id), I64(":month", tx->today_ymd / 100), I64(":fen", leg->fen));
}

static bool balances_by_site(const struct money_leg *legs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t sum = 0;
		for (size_t j = 0; j < count; j++)
			sum += legs[j].site_id == legs[i].site_id ? legs[j].fen : 0;
		if (sum != 0)
			return false;
	}
	return true;
}

enum status money_post(struct tx *tx, const struct money_paper *paper, const struct money_leg *legs, size_t count)
{
	if (!balances_by_site(legs, count))
		return tx_fail(tx, ST_INTERNAL, NULL, 0, "记账不平, 未入账");
	for (size_t i = 0; i < count; i++)
		if (legs[i].fen)
			book(tx, paper, &legs[i]);
	return ST_OK;
}

enum status money_post_purchase(struct tx *tx, const struct money_paper *paper, const struct money_purchase *in)
{
	int64_t owed = in->value_fen + in->variance_fen, owner = in->owner_site_id, payer = in->payer_site_id;
	bool one = owner == payer;
	const struct money_leg legs[] = {
	        {owner, ACCOUNT_STOCK, 0, 0, in->value_fen},          {owner, ACCOUNT_VARIANCE, 0, 0, in->variance_fen},
	        {owner, ACCOUNT_INTERNAL, 0, payer, one ? 0 : -owed}, {payer, ACCOUNT_INTERNAL, 0, owner, one ? 0 : owed},
	        {payer, in->credit, in->supplier_id, 0, -owed},
	};
	return money_post(tx, paper, legs, sizeof legs / sizeof *legs);
}

enum status money_post_payment(struct tx *tx, const struct money_paper *paper, int64_t site_id, int64_t payer_site_id,
                               int64_t supplier_id, enum account from, int64_t fen)
{
	bool one = site_id == payer_site_id;
	const struct money_leg legs[] = {
	        {site_id, ACCOUNT_PAYABLE, supplier_id, 0, fen},
	        {site_id, ACCOUNT_INTERNAL, 0, payer_site_id, one ? 0 : -fen},
	        {payer_site_id, ACCOUNT_INTERNAL, 0, site_id, one ? 0 : fen},
	        {payer_site_id, from, 0, 0, -fen},
	};
	return money_post(tx, paper, legs, sizeof legs / sizeof *legs);
}

enum status money_post_flow(struct tx *tx, const struct money_paper *paper, int64_t branch_id, int64_t lead_id, bool with_lead,
                            int64_t fen)
{
	const struct money_leg legs[] = {
	        {branch_id, ACCOUNT_STOCK, 0, 0, fen},
	        {branch_id, ACCOUNT_INTERNAL, 0, lead_id, -fen},
	        {lead_id, ACCOUNT_INTERNAL, 0, branch_id, fen},
	        {lead_id, with_lead ? ACCOUNT_STOCK : ACCOUNT_CLEARING, 0, 0, -fen},
	};
	return money_post(tx, paper, legs, sizeof legs / sizeof *legs);
}

/* ---- proof ---- */

SQL(unbalanced, "SELECT seq, site_id, 0, 0, CAST(sum(amount_fen) AS BIGINT) FROM money_entry GROUP BY seq, site_id HAVING "
                "sum(amount_fen) <> 0 "
                "/*scan: verify*/ /*all sites: verify*/");
SQL(one_sided,
    "SELECT a.seq, a.site_id, a.other_site_id, 0, CAST(sum(a.amount_fen) AS BIGINT) FROM money_entry a WHERE a.account = "
    "'internal' GROUP BY "
    "a.seq, a.site_id, a.other_site_id HAVING sum(a.amount_fen) <> -(SELECT coalesce(sum(b.amount_fen), 0) FROM money_entry b "
    "WHERE b.seq = a.seq AND b.account = 'internal' AND b.site_id = a.other_site_id AND b.other_site_id = a.site_id) "
    "/*scan: verify*/ /*all sites: verify*/");
#define ENTRIES                                                                                                                 \
	"SELECT site_id, account, coalesce(supplier_id, 0) AS supplier, coalesce(other_site_id, 0) AS other, ymd / 100 AS ym, " \
	"amount_fen AS fen FROM money_entry"
SQL(wrong_month, "SELECT ym, site_id, supplier, other, CAST(sum(fen) AS BIGINT) FROM (" ENTRIES
                 " UNION ALL SELECT site_id, account, supplier_id, other_site_id, month, "
                 "-amount_fen FROM money_month) AS joint GROUP BY ym, site_id, account, supplier, other HAVING sum(fen) <> 0 "
                 "/*scan: verify*/ /*all sites: verify*/");
SQL(wrong_balance, "SELECT 0, site_id, supplier, other, CAST(sum(fen) AS BIGINT) FROM (" ENTRIES
                   " UNION ALL SELECT site_id, account, supplier_id, other_site_id, 0, "
                   "-amount_fen FROM money_balance) AS joint GROUP BY site_id, account, supplier, other HAVING sum(fen) <> 0 "
                   "/*scan: verify*/ /*all sites: verify*/");

int64_t money_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what), void *arg)
{
	static const struct {
		const struct sql *q;
		const char *table, *what;
	} rules[] = {
	        {&unbalanced, "money_entry", "本笔在该机构借贷不平"},
	        {&one_sided, "money_entry", "内部往来双方不相等"},
	        {&wrong_month, "money_month", "月合计与总账分录不符"},
	        {&wrong_balance, "money_balance", "余额与总账分录不符"},
	};
	int64_t faults = 0;
	char row[128];
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row,
			         "%" PRId64 " site %" PRId64 " supplier %" PRId64 " other %" PRId64 " fen %" PRId64,
			         col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), col_i64(&r, 3), col_i64(&r, 4));
			report(arg, rules[i].table, row, rules[i].what);
		}
	}
	return faults;
}
