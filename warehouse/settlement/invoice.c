#include "warehouse/settlement/invoice.h"

#include "core/check.h"
#include "core/money.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/settlement/match.h"
#include "warehouse/settlement/party.h"
#include "warehouse/settlement/payable.h"

#include <string.h>

#define NOT_GIVEN (-1)

const struct word_title invoice_red_kinds[] = {{"correct", "错票冲红"}, {"return", "退货"}, {"allowance", "补差"}, {NULL, NULL}};

SQL(select_by_no, "SELECT id FROM invoice WHERE invoice_no = :no_t /*all sites: numbers are unique*/");
SQL(select_site_name, "SELECT name FROM site WHERE id = :id");
SQL(select_invoice,
    "SELECT i.id, i.leg, i.supplier_id, d.from_site_id, i.gross_fen, coalesce(i.red_of, 0), i.issued_ymd, i.red_kind, i.buyer, "
    "s.name, i.issuer, s.credit_code FROM invoice i JOIN document d ON d.id = i.id JOIN supplier s ON s.id = i.supplier_id WHERE "
    "i.id = :id "
    "/*all sites: the caller has the document*/");

int64_t invoice_by_no(struct db *db, const char *invoice_no)
{
	return db_i64(db, 0, select_by_no, TEXT(":no_t", invoice_no));
}

enum status invoice_load(struct db *db, struct arena *a, int64_t id, struct invoice *out)
{
	SCOPED(rows) r = db_query(db, select_invoice, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct invoice){
	        .id = col_i64(&r, 0),
	        .leg = col_i64(&r, 1),
	        .supplier_id = col_i64(&r, 2),
	        .site_id = col_i64(&r, 3),
	        .gross_fen = col_i64(&r, 4),
	        .red_of = col_i64(&r, 5),
	        .issued_ymd = (int32_t)col_i64(&r, 6),
	        .red_kind = col_text(a, &r, 7),
	        .buyer = col_text(a, &r, 8),
	        .supplier_name = col_text(a, &r, 9),
	        .issuer = col_text(a, &r, 10),
	};
	const char *code = col_text(a, &r, 11);
	out->by_supplier = party_is(a, out->issuer, out->supplier_name, code);
	out->to_supplier = party_is(a, out->buyer, out->supplier_name, code);
	rows_drop(&r);
	out->buyer_site_id = out->leg == LEG_OURS ? party_site(db, a, out->buyer, out->site_id) : 0;
	return ST_OK;
}

/* An invoice being written: what was typed, checked and completed. */
struct work {
	struct tx *tx;
	const struct invoice_new *in;
	int64_t id, site_id, sign;
	const char *issuer, *buyer;
	int64_t net, tax, gross, sum;
};

static enum status whole_fen(struct work *w, int64_t e4, const char *field, int64_t row, int64_t *out)
{
	*out = e4 / 100;
	return e4 % 100 == 0 ? ST_OK : tx_fail(w->tx, ST_INVALID_FIELD, field, row, "金额最多到分");
}

static enum status check_number(struct work *w)
{
	const char *no = w->in->invoice_no;
	if (strlen(no) != INVOICE_NO_DIGITS || !digits_only(no, INVOICE_NO_DIGITS))
		return tx_fail(w->tx, ST_INVALID_FIELD, "invoice_no", 0, "数电票号码应为 20 位数字");
	int64_t known = invoice_by_no(tx_db(w->tx), no);
	if (known && known != w->id)
		return tx_fail(w->tx, ST_ALREADY_EXISTS, "invoice_no", 0, "发票 %s 已登记, 不能重复", no);
	return ST_OK;
}

/* A claim for money is heard for three years (诉讼时效): an older date is a slip of the pen, or a debt to be talked about first.
 */
#define ISSUED_YEARS 3

/* RULE DOMAIN-6-invoice-day */
static enum status check_day(struct work *w)
{
	if (w->in->issued_ymd > w->tx->today_ymd)
		return tx_fail(w->tx, ST_INVALID_FIELD, "issued_ymd", 0, "开票日期晚于今天");
	if (w->in->issued_ymd < ymd_add_months(w->tx->today_ymd, -12 * ISSUED_YEARS))
		return tx_fail(w->tx, ST_INVALID_FIELD, "issued_ymd", 0,
		               "开票日期早于 %d 年前, 请核对; 确系旧账的, 请供应商换开发票", ISSUED_YEARS);
	return ST_OK;
}

/* Who is not told is the supplier, or the site: that the paper says so is what the person says who enters it. */
static enum status complete_parties(struct work *w)
{
	struct supplier supplier;
	const struct invoice_new *in = w->in;
	struct tx *tx = w->tx;
	if (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &supplier) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	w->site_id = in->site_id ? in->site_id : w->site_id ? w->site_id : tx->me.root_site_id;
	if (!me_at_site(tx_db(tx), &tx->me, w->site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	bool ours = in->leg == LEG_OURS;
	w->issuer = in->issuer ? in->issuer : ours ? supplier.name : NULL;
	w->buyer = in->buyer ? in->buyer
	           : ours    ? db_text(tx_db(tx), tx->arena, select_site_name, I64(":id", w->site_id))
	                     : supplier.name;
	if (!w->issuer)
		return tx_fail(tx, ST_INVALID_FIELD, "issuer", 0,
		               in->leg == LEG_MAKER ? "请填写开票方: 票面上的生产企业" : "请填写开票方: 票面上的上级配送企业");
	return ST_OK;
}

static enum status check_red(struct work *w)
{
	struct invoice original;
	const struct invoice_new *in = w->in;
	w->sign = in->red_of_id ? -1 : 1;
	if (!in->red_of_id)
		return in->red_kind ? tx_fail(w->tx, ST_INVALID_FIELD, "red_of_id", 0, "红字发票须指明原发票") : ST_OK;
	if (!in->red_kind)
		return tx_fail(w->tx, ST_INVALID_FIELD, "red_kind", 0, "请选择冲红原因: 错票, 退货或补差");
	if (invoice_load(tx_db(w->tx), w->tx->arena, in->red_of_id, &original) != ST_OK ||
	    !me_at_site(tx_db(w->tx), &w->tx->me, original.site_id))
		return tx_fail(w->tx, ST_INVALID_FIELD, "red_of_id", 0, "没有这张原发票");
	if (original.red_of || original.supplier_id != in->supplier_id || original.leg != in->leg)
		return tx_fail(w->tx, ST_INVALID_FIELD, "red_of_id", 0, "原发票须是同一供应商同一票次的蓝字发票");
	if (in->issued_ymd < original.issued_ymd)
		return tx_fail(w->tx, ST_INVALID_FIELD, "issued_ymd", 0, "红字发票的开票日期早于原发票");
	return ST_OK;
}

/* RULE DOMAIN-12.3-invoice-sum: net and tax make the gross, and so do the lines, to the fen. */
static enum status check_amounts(struct work *w)
{
	const struct invoice_new *in = w->in;
	enum status st = whole_fen(w, in->net_e4, "net", 0, &w->net);
	if (st == ST_OK)
		st = whole_fen(w, in->tax_e4, "tax", 0, &w->tax);
	if (st == ST_OK)
		st = whole_fen(w, in->gross_e4, "gross", 0, &w->gross);
	if (st == ST_OK && (w->gross == 0 || w->net + w->tax != w->gross))
		return tx_fail(w->tx, ST_INVALID_FIELD, "gross", 0, "不含税金额加税额应等于价税合计");
	return st;
}

static enum status check_sum(struct work *w)
{
	char lines[32], gross[32];
	fen_text(w->sum, lines);
	fen_text(w->gross, gross);
	if (w->sum == w->gross)
		return ST_OK;
	return tx_fail(w->tx, ST_INVALID_FIELD, "gross", 0, "明细合计 %s 元, 与价税合计 %s 元不符", lines, gross);
}

SQL(insert_line,
    "INSERT INTO invoice_line (id, invoice_id, n, product_id, lot, receipt_line_id, units, price_e4, units_per_pack, amount_fen) "
    "VALUES (:id, :invoice_id, :n, :product_id, :lot_t, :receipt_line_id, :units, :price, :per_pack, :fen)");
SQL(drop_lines, "DELETE FROM invoice_line WHERE invoice_id = :id /*all sites: the caller has the document*/");

static enum status line_amount(struct work *w, size_t i, int64_t per_pack, int64_t *fen)
{
	const struct invoice_line_new *line = &w->in->lines[i];
	int64_t row = (int64_t)i + 1;
	if (line->amount_e4 != NOT_GIVEN)
		return whole_fen(w, line->amount_e4, tx_line_field(w->tx, i, "amount"), row, fen);
	if (line->price_e4 == NOT_GIVEN || !amount_fen(line->units, line->price_e4, per_pack, fen))
		return tx_fail(w->tx, ST_INVALID_FIELD, tx_line_field(w->tx, i, "amount"), row, "请填写金额");
	return ST_OK;
}

/* What the amount makes a pack cost, where nobody typed it. */
static int64_t price_of(int64_t fen, int64_t units, int64_t per_pack)
{
	return units ? (int64_t)((__int128)fen * 100 * per_pack / units) : 0;
}

static enum status write_line(struct work *w, size_t i)
{
	struct product p;
	int64_t fen = 0, row = (int64_t)i + 1;
	struct tx *tx = w->tx;
	const struct invoice_line_new *line = &w->in->lines[i];
	bool allowance = w->in->red_kind && strcmp(w->in->red_kind, "allowance") == 0;
	if (product_load(tx_db(tx), tx->arena, line->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), row, "没有这个品种");
	if (allowance ? line->units != 0 : line->units < 1)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), row,
		               allowance ? "补差的红字发票数量应为 0" : "请填写数量");
	int64_t per_pack = line->units_per_pack > 0 ? line->units_per_pack : p.units_per_pack;
	enum status st = line_amount(w, i, per_pack, &fen);
	if (st != ST_OK)
		return st;
	if (__builtin_add_overflow(w->sum, fen, &w->sum))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "amount"), row, "金额过大");
	int64_t price = line->price_e4 != NOT_GIVEN ? line->price_e4 : price_of(fen, line->units, per_pack);
	db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":invoice_id", w->id), I64(":n", row),
	        I64(":product_id", line->product_id), TEXT(":lot_t", line->lot && *line->lot ? line->lot : NULL),
	        ID(":receipt_line_id", line->receipt_line_id), I64(":units", w->sign * line->units), I64(":price", price),
	        I64(":per_pack", per_pack), I64(":fen", w->sign * fen));
	return ST_OK;
}

static enum status write_lines(struct work *w)
{
	enum status first = ST_OK;
	for (size_t i = 0; i < w->in->line_count; i++) {
		enum status st = write_line(w, i);
		first = first == ST_OK ? st : first;
	}
	return first == ST_OK ? check_sum(w) : first;
}

/* Head and lines as they are written now. */
static enum status check_whole(struct work *w)
{
	struct invoice invoice;
	enum status st = write_lines(w);
	if (st == ST_OK)
		st = invoice_load(tx_db(w->tx), w->tx->arena, w->id, &invoice);
	return st == ST_OK ? party_check(w->tx, &invoice) : st;
}

static enum status check_head(struct work *w)
{
	enum status st = check_number(w);
	if (st == ST_OK)
		st = check_day(w);
	if (st == ST_OK)
		st = complete_parties(w);
	if (st == ST_OK)
		st = check_red(w);
	return st == ST_OK ? check_amounts(w) : st;
}

#define HEAD_ARGS(w)                                                                                                             \
	I64(":id", (w)->id), TEXT(":no_t", (w)->in->invoice_no), I64(":leg", (w)->in->leg),                                      \
	        I64(":supplier_id", (w)->in->supplier_id), TEXT(":issuer_t", (w)->issuer), TEXT(":buyer_t", (w)->buyer),         \
	        I64(":issued_ymd", (w)->in->issued_ymd), I64(":net", (w)->sign *(w)->net), I64(":tax", (w)->sign *(w)->tax),     \
	        I64(":gross", (w)->sign *(w)->gross), ID(":red_of", (w)->in->red_of_id), TEXT(":red_kind_t", (w)->in->red_kind), \
	        I64(":count", (int64_t)(w)->in->line_count)
SQL(insert_invoice,
    "INSERT INTO invoice (id, invoice_no, leg, supplier_id, issuer, buyer, issued_ymd, net_fen, tax_fen, gross_fen, red_of, "
    "red_kind, line_count) VALUES (:id, :no_t, :leg, :supplier_id, :issuer_t, :buyer_t, :issued_ymd, :net, :tax, :gross, "
    ":red_of, "
    ":red_kind_t, :count)");
SQL(update_invoice,
    "UPDATE invoice SET invoice_no = :no_t, leg = :leg, supplier_id = :supplier_id, issuer = :issuer_t, buyer = :buyer_t, "
    "issued_ymd = :issued_ymd, net_fen = :net, tax_fen = :tax, gross_fen = :gross, red_of = :red_of, red_kind = :red_kind_t, "
    "line_count = :count WHERE id = :id /*all sites: the caller has the document*/");

enum status invoice_make(struct tx *tx, const struct invoice_new *in, struct doc *out)
{
	struct work w = {.tx = tx, .in = in};
	tx->action = "invoice.make";
	enum status st = check_head(&w);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {w.site_id, 0, in->invoice_no, in->note, NULL};
	st = document_make(tx, &invoice_kind, &head, out);
	w.id = out->id;
	db_exec(tx, insert_invoice, HEAD_ARGS(&w));
	if (in->red_of_id)
		document_link(tx, out->id, in->red_of_id);
	return st == ST_OK ? check_whole(&w) : st;
}

enum status invoice_change(struct tx *tx, struct doc *d, const struct invoice_new *in)
{
	struct work w = {.tx = tx, .in = in, .id = d->id, .site_id = d->from_site_id};
	tx->action = "invoice.edit";
	if (strcmp(d->state, "entered") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "发票 %s 已匹配或作废, 不能修改", d->number);
	if (in->site_id && in->site_id != d->from_site_id)
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "购买方机构不能修改, 请作废后重新登记");
	enum status st = check_head(&w);
	if (st == ST_OK)
		st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->invoice_no, in->note);
	db_exec(tx, update_invoice, HEAD_ARGS(&w));
	db_exec(tx, drop_lines, I64(":id", d->id));
	return check_whole(&w);
}

/* ---- steps ---- */

static enum status look(struct tx *tx, const struct doc *d, struct invoice *invoice, struct match *m)
{
	enum status st = invoice_load(tx_db(tx), tx->arena, d->id, invoice);
	return st == ST_OK ? match_find(tx_db(tx), tx->arena, invoice, tx->today_ymd, m) : st;
}

/* The same for a guard: what was entered before the rule of parties held, or before an approval ended, is asked again. */
static enum status look_again(struct tx *tx, const struct doc *d, struct invoice *invoice, struct match *m)
{
	enum status st = look(tx, d, invoice, m);
	return st == ST_OK ? party_check(tx, invoice) : st;
}

/* Names each line that does not match. */
static enum status tell_differences(struct tx *tx, const struct match *m)
{
	for (size_t i = 0; i < m->line_count; i++) {
		const struct match_line *line = &m->lines[i];
		char asked[32], due[32], limit[32];
		fen_text(line->amount_fen, asked);
		fen_text(line->expected_fen, due);
		fen_text(line->limit_fen, limit);
		if (line->result == MATCH_PRICE)
			tx_fail(tx, ST_MATCH_DIFFERS, tx_line_field(tx, i, "amount"), (int64_t)i + 1, "发票 %s 元, 订单 %s 元",
			        asked, due);
		else if (line->result == MATCH_CEILING)
			tx_fail(tx, ST_MATCH_DIFFERS, tx_line_field(tx, i, "amount"), (int64_t)i + 1,
			        "发票 %s 元超过限价, 最多 %s 元 (订单 %s 元), 不能说明后入账; 请供应商开红字发票重开", asked,
			        limit, due);
		else if (line->result == MATCH_RED) {
			fen_text(-line->amount_fen, asked);
			fen_text(line->back_fen, due);
			tx_fail(tx, ST_MATCH_DIFFERS, tx_line_field(tx, i, "amount"), (int64_t)i + 1,
			        "红字 %s 元, 原票这些数量应冲 %s 元", asked, due);
		} else if (line->result == MATCH_TOO_EARLY || line->result == MATCH_CHAIN)
			tx_fail(tx, ST_MATCH_DIFFERS, line->result == MATCH_CHAIN ? "issuer" : "issued_ymd", (int64_t)i + 1,
			        "%s: %s", match_results[line->result].title,
			        line->result == MATCH_CHAIN ? "首票的购买方须是加开一票的开票方"
			                                    : "本院一票最早在下单前一年, 首票最早在前三年");
		else if (line->result != MATCH_FINE)
			tx_fail(tx, ST_MATCH_DIFFERS, tx_line_field(tx, i, "units"), (int64_t)i + 1, "%s: 发票 %lld, 可匹配 %lld",
			        match_results[line->result].title, (long long)line->units, (long long)line->found_units);
	}
	return ST_MATCH_DIFFERS;
}

SQL(select_paying,
    "SELECT d.number FROM payment_line l JOIN document d ON d.id = l.payment_id AND d.state IN ('made', 'reviewed', "
    "'approved') WHERE l.payable_id = :payable_id AND l.amount_fen > 0 ORDER BY l.id LIMIT 1 /*all sites: the caller "
    "has the invoice*/");

static int64_t taken_back(const struct match *m, int64_t payable_id)
{
	int64_t fen = 0;
	for (size_t i = 0; i < m->part_count; i++)
		fen -= m->parts[i].payable_id == payable_id ? m->parts[i].amount_fen : 0;
	return fen;
}

/* RULE DOMAIN-12.4-red-under-payment: no payment under way pays what a red invoice took back. Whoever pays says first whether the
 * money has left: then the supplier owes it; else the payment is cancelled and made anew. */
static enum status check_paying(struct tx *tx, const struct match *m)
{
	for (size_t i = 0; i < m->part_count; i++) {
		struct payable p;
		enum status st = payable_load(tx_db(tx), m->parts[i].payable_id, &p);
		if (st != ST_OK)
			return st;
		if (p.held_fen <= 0 || p.paid_fen + p.held_fen <= p.invoiced_fen - taken_back(m, p.id))
			continue;
		const char *number = db_text(tx_db(tx), tx->arena, select_paying, I64(":payable_id", p.id));
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0,
		               "付款单 %s 正在付原发票的款: 请先登记付款或撤销该付款单, 再匹配红字发票", number ? number : "");
	}
	return ST_OK;
}

static enum status may_match(struct tx *tx, const struct doc *d, const void *input)
{
	struct invoice invoice;
	struct match m;
	(void)input;
	enum status st = look_again(tx, d, &invoice, &m);
	if (st == ST_OK && !m.fine)
		return tell_differences(tx, &m);
	return st == ST_OK && invoice.red_of && invoice.leg == LEG_OURS ? check_paying(tx, &m) : st;
}

/* RULE DOMAIN-12.3-difference: a price may differ for a reason that finance tells and another person accepts; goods that are
 * not here are never paid for. */
static enum status may_explain(struct tx *tx, const struct doc *d, const void *input)
{
	struct invoice invoice;
	struct match m;
	(void)input;
	enum status st = look_again(tx, d, &invoice, &m);
	if (st == ST_OK && m.fine)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "发票没有差异, 请直接匹配");
	return st != ST_OK || m.explained ? st : tell_differences(tx, &m);
}

static enum status may_accept(struct tx *tx, const struct doc *d, const void *input)
{
	struct invoice invoice;
	struct match m;
	(void)input;
	enum status st = look_again(tx, d, &invoice, &m);
	if (st == ST_OK && !m.explained)
		return tell_differences(tx, &m);
	return st == ST_OK && invoice.red_of && invoice.leg == LEG_OURS ? check_paying(tx, &m) : st;
}

static enum status post(struct tx *tx, struct doc *d, const void *input)
{
	struct invoice invoice;
	struct match m;
	(void)input;
	enum status st = look(tx, d, &invoice, &m);
	return st == ST_OK ? match_post(tx, d, &invoice, &m) : st;
}

/* The maker's invoice may prove what came since. */
static enum status may_match_more(struct tx *tx, const struct doc *d, const void *input)
{
	struct invoice invoice;
	struct match m;
	(void)input;
	enum status st = look_again(tx, d, &invoice, &m);
	if (st == ST_OK && (invoice.leg == LEG_OURS || invoice.red_of))
		return ST_WRONG_STATE;
	return st == ST_OK && m.part_count == 0 ? tx_fail(tx, ST_MATCH_DIFFERS, NULL, 0, "没有新的收货可匹配") : st;
}

/* A void paper gives its number back, so that it can be entered rightly. */
SQL(free_number, "UPDATE invoice SET invoice_no = invoice_no || '/' || CAST(id AS TEXT) WHERE id = :id "
                 "/*all sites: the caller has the document*/");

static enum status give_number_back(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, free_number, I64(":id", d->id));
	return ST_OK;
}

static const struct doc_state states[] = {
        {"entered", "已录入", true},
        {"disputed", "差异待确认", false},
        {"matched", "已匹配入账", true},
        {"void", "已作废", false},
        {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"entered", "match", "matched", "三单匹配", PERM_INVOICE_EDIT, SIDE_FROM, false, may_match, post},
        {"matched", "match", "matched", "再次匹配", PERM_INVOICE_EDIT, SIDE_FROM, false, may_match_more, post},
        {"entered", "explain", "disputed", "说明差异", PERM_INVOICE_EXPLAIN, SIDE_FROM, true, may_explain, NULL},
        {"disputed", "accept", "matched", "确认差异并入账", PERM_INVOICE_ACCEPT, SIDE_FROM, false, may_accept, post},
        {"disputed", "return", "entered", "退回", PERM_INVOICE_ACCEPT, SIDE_FROM, true, NULL, NULL},
        {"entered", "void", "void", "作废", PERM_INVOICE_EDIT, SIDE_FROM, true, NULL, give_number_back},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE GSP-two-persons: whoever explained a difference does not accept it. */
static const struct doc_two_persons two_persons[] = {{"accept", "explain"}, {NULL, NULL}};
const struct doc_kind invoice_kind = {"invoice", "发票", "FP", "invoices", states, steps, "entered", two_persons};
