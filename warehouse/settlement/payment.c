#include "warehouse/settlement/payment.h"

#include "core/money.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/settlement/money.h"
#include "warehouse/settlement/payable.h"

#include <string.h>

const struct word_title payment_channels[] = {{"bank", "银行转账"}, {"fund", "医保基金直接结算"}, {NULL, NULL}};

SQL(insert_payment,
    "INSERT INTO payment (id, supplier_id, payer_site_id, channel, until_ymd, amount_fen, line_count, paid_ymd) VALUES (:id, "
    ":supplier_id, :payer_id, :channel_t, :until_ymd, 0, 0, NULL)");
SQL(insert_line,
    "INSERT INTO payment_line (id, payment_id, payable_id, amount_fen) VALUES (:id, :payment_id, :payable_id, :fen)");
SQL(set_totals,
    "UPDATE payment SET amount_fen = :fen, line_count = :count WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_due,
    "SELECT y.id, y.invoiced_fen - y.paid_fen - y.held_fen FROM payable y WHERE y.supplier_id = :supplier_id AND y.open = 1 AND "
    "(y.due_ymd <= :until_ymd OR y.invoiced_fen < y.paid_fen + y.held_fen) AND y.fund = :fund AND y.invoiced_fen <> y.paid_fen + "
    "y.held_fen AND (:me_id = 0 OR EXISTS (SELECT 1 FROM user_site us WHERE us.user_id = :me_id AND us.site_id = y.site_id)) "
    "ORDER BY y.id");

/* A payment being made: what it has taken so far, and which of the chosen ones were among what is due. */
struct taking {
	struct tx *tx;
	const struct doc *d;
	const struct payment_new *in;
	bool *met;
	int64_t count, total;
};

static bool is_chosen(struct taking *k, int64_t payable_id)
{
	bool chosen = k->in->payable_count == 0;
	for (size_t i = 0; i < k->in->payable_count; i++)
		if (k->in->payables[i].payable_id == payable_id)
			chosen = k->met[i] = true;
	return chosen;
}

static enum status take_one(struct taking *k, int64_t payable_id, int64_t fen)
{
	struct payable p;
	enum status st = payable_load(tx_db(k->tx), payable_id, &p);
	if (st != ST_OK)
		return st;
	/* RULE DOMAIN-12.3-supplier-return: goods that went back are not paid for while their red invoice is on its way */
	if (fen > 0)
		fen = fen > payable_due_fen(&p) ? fen - payable_due_fen(&p) : 0;
	if (fen == 0)
		return ST_OK;
	p.held_fen += fen;
	k->total += fen;
	k->count++;
	payable_store(k->tx, &p);
	db_exec(k->tx, insert_line, I64(":id", tx_new_id(k->tx)), I64(":payment_id", k->d->id), I64(":payable_id", p.id),
	        I64(":fen", fen));
	return ST_OK;
}

static enum status check_choice(struct taking *k)
{
	for (size_t i = 0; i < k->in->payable_count; i++)
		if (!k->met[i])
			return tx_fail(k->tx, ST_INVALID_FIELD, arena_printf(k->tx->arena, "payables[%zu].payable_id", i),
			               (int64_t)i + 1,
			               "第 %zu 条应付不在可付之列: 不是该供应商和渠道的, 未到期, 发票未匹配, 或已在付款中",
			               i + 1);
	return ST_OK;
}

/* Takes every due row, or the chosen ones of them; also what red invoices made the supplier owe us. */
static enum status take_due(struct tx *tx, const struct doc *d, const struct payment_new *in, int64_t until_ymd)
{
	struct taking k = {.tx = tx, .d = d, .in = in, .met = arena_array(tx->arena, in->payable_count, sizeof *k.met)};
	bool fund = strcmp(in->channel, "fund") == 0;
	enum status st = ST_OK;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_due, I64(":supplier_id", in->supplier_id), I64(":until_ymd", until_ymd),
	             I64(":fund", fund), I64(":me_id", tx->me.id));
	while (st == ST_OK && rows_next(&r))
		if (is_chosen(&k, col_i64(&r, 0)))
			st = take_one(&k, col_i64(&r, 0), col_i64(&r, 1));
	if (st == ST_OK)
		st = check_choice(&k);
	if (st != ST_OK)
		return st;
	db_exec(tx, set_totals, I64(":fen", k.total), I64(":count", k.count), I64(":id", d->id));
	if (k.total > 0)
		return ST_OK;
	return tx_fail(tx, ST_NOTHING_DUE, "supplier_id", 0,
	               k.count ? "红字发票多于应付, 没有可付的款" : "该供应商没有到期且发票已匹配的应付款");
}

enum status payment_make(struct tx *tx, const struct payment_new *in, struct doc *out)
{
	struct supplier s;
	tx->action = "payment.make";
	int64_t until = in->until_ymd ? in->until_ymd : tx->today_ymd, payer = site_root(tx_db(tx));
	if (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	if (!me_at_site(tx_db(tx), &tx->me, payer))
		return tx_fail(tx, ST_FORBIDDEN, NULL, 0, "药款由牵头机构统一支付");
	const struct doc_head head = {payer, 0, NULL, in->note, NULL};
	enum status st = document_make(tx, &payment_kind, &head, out);
	db_exec(tx, insert_payment, I64(":id", out->id), I64(":supplier_id", in->supplier_id), I64(":payer_id", payer),
	        TEXT(":channel_t", in->channel), I64(":until_ymd", until));
	return st == ST_OK ? take_due(tx, out, in, until) : st;
}

SQL(select_lines,
    "SELECT l.payable_id, l.amount_fen, p.channel, p.payer_site_id FROM payment p JOIN payment_line l ON l.payment_id "
    "= p.id WHERE p.id = :id ORDER BY l.id /*all sites: the caller has the document*/");
SQL(set_paid, "UPDATE payment SET paid_ymd = :ymd WHERE id = :id /*all sites: the caller has the document*/");

/* What becomes of the lines: booked, given back before anything was booked, booked back. */
enum fate { PAID, LEFT, RETURNED };

static enum status end_lines(struct tx *tx, const struct doc *d, enum fate fate)
{
	enum status st = ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		struct payable p;
		size_t n = 0;
		int64_t fen = col_i64(&r, 1), booked = fate == PAID ? fen : fate == RETURNED ? -fen : 0;
		enum account from = strcmp(col_peek(&r, 2, &n), "fund") == 0 ? ACCOUNT_FUND : ACCOUNT_BANK;
		if ((st = payable_load(tx_db(tx), col_i64(&r, 0), &p)) != ST_OK)
			return st;
		const struct money_paper paper = {d->id, p.id, fate == PAID ? "payment" : "payment_back", 0};
		p.held_fen -= fate == RETURNED ? 0 : fen;
		p.paid_fen += booked;
		payable_store(tx, &p);
		if (booked)
			st = money_post_payment(tx, &paper, p.site_id, from == ACCOUNT_FUND ? p.site_id : col_i64(&r, 3),
			                        p.supplier_id, from, booked);
	}
	return st;
}

static enum status pay(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_paid, I64(":ymd", tx->today_ymd), I64(":id", d->id));
	return end_lines(tx, d, PAID);
}

static enum status give_back(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	return end_lines(tx, d, LEFT);
}

/* RULE DOMAIN-12.3-supplier-return: asked again before anybody agrees, goods may have gone back since it was made. */
static enum status still_owed(struct tx *tx, const struct doc *d, const void *input)
{
	enum status first = ST_OK;
	int64_t row = 0;
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r)) {
		struct payable p;
		char due[32];
		enum status st = payable_load(tx_db(tx), col_i64(&r, 0), &p);
		if (st != ST_OK)
			return st;
		row++;
		if (col_i64(&r, 1) <= 0 || p.paid_fen + p.held_fen <= p.invoiced_fen - payable_due_fen(&p))
			continue;
		fen_text(payable_due_fen(&p), due);
		first = tx_fail(tx, ST_WRONG_STATE, tx_line_field(tx, (size_t)row - 1, "amount"), row,
		                "第 %lld 行的货已退供应商, 待红字发票 %s 元: 请撤销本付款单, 重新编制", (long long)row, due);
	}
	return first;
}

SQL(set_returned, "UPDATE payment SET returned_ymd = :ymd WHERE id = :id /*all sites: the caller has the document*/");

/* RULE DOMAIN-12.4-payment-returned: by entries of its own on this day; what was booked stays as it was. */
static enum status take_money_back(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_returned, I64(":ymd", tx->today_ymd), I64(":id", d->id));
	return end_lines(tx, d, RETURNED);
}

static const struct doc_state states[] = {
        {"made", "待复核", true},      {"reviewed", "待审批", true},   {"approved", "待付款", true}, {"paid", "已付款", true},
        {"returned", "已退票", false}, {"cancelled", "已撤销", false}, {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"made", "review", "reviewed", "复核", PERM_PAYMENT_REVIEW, SIDE_FROM, false, still_owed, NULL},
        {"reviewed", "approve", "approved", "审批", PERM_PAYMENT_APPROVE, SIDE_FROM, false, still_owed, NULL},
        {"approved", "pay", "paid", "登记付款", PERM_PAYMENT_REVIEW, SIDE_FROM, true, NULL, pay},
        {"paid", "return", "returned", "登记退票", PERM_PAYMENT_REVIEW, SIDE_FROM, true, NULL, take_money_back},
        {"made", "cancel", "cancelled", "撤销", PERM_PAYMENT_EDIT, SIDE_FROM, true, NULL, give_back},
        {"reviewed", "cancel", "cancelled", "撤销", PERM_PAYMENT_EDIT, SIDE_FROM, true, NULL, give_back},
        {"approved", "cancel", "cancelled", "撤销", PERM_PAYMENT_EDIT, SIDE_FROM, true, NULL, give_back},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {
        {"review", "make"}, {"approve", "review"}, {"approve", "make"}, {NULL, NULL}};
const struct doc_kind payment_kind = {"payment", "付款单", "FK", "payments", states, steps, "made", two_persons};
