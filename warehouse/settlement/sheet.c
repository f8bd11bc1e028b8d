#include "warehouse/settlement/sheet.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/settlement/money.h"
#include "warehouse/settlement/month_close.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct word_title sheet_kinds[] = {{"branch", "分院"}, {"supplier", "供应商"}, {NULL, NULL}};
const struct word_title sheet_reasons[] = {
        {"goods", "调入药品"},    {"goods_back", "调出药品"}, {"invoice", "发票"},           {"payment", "付款"},
        {"payment_back", "退票"}, {"estimate", "暂估"},       {"estimate_back", "暂估冲回"}, {NULL, NULL}};

/* A sheet being made. */
struct work {
	struct tx *tx;
	const struct sheet_new *in;
	int64_t id, n, sum, opening, after_seq, upto_seq;
	int32_t from, to, since_ymd; /* since: entries of earlier days are in the opening */
	bool branch;
};

SQL(select_previous_branch, "SELECT to_ymd, closing_fen, upto_seq FROM sheet WHERE party_site_id = :party_id AND current = 1 AND "
                            "party_site_id IS NOT NULL "
                            "ORDER BY month DESC LIMIT 1 /*all sites: the caller has the branch*/");
SQL(select_previous_supplier, "SELECT to_ymd, closing_fen, upto_seq FROM sheet WHERE supplier_id = :party_id AND current = 1 AND "
                              "supplier_id IS NOT NULL ORDER "
                              "BY month DESC LIMIT 1 /*all sites: the county's supplier*/");
/* What a branch owes is the credit side of its internal account; goods come from the flow, not from the ledger. */
#define OF_BRANCH " FROM money_entry e WHERE e.site_id = :party_id AND e.account = 'internal' AND e.reason <> 'flow' AND "
#define OF_SUPPLIER " FROM money_entry e WHERE e.supplier_id = :party_id AND e.account = 'payable' AND "
/* The first entry of a later day ends the sheet; where the month is not over the write that makes it does. */
#define FIRST_LATER "e.ymd > :to_ymd AND e.seq > :after_seq"
#define BEFORE "e.ymd < :from_ymd AND e.seq <= :upto_seq"
#define WITHIN "e.seq > :after_seq AND e.seq <= :upto_seq AND e.ymd >= :from_ymd ORDER BY e.seq, e.n"
#define FIRST "SELECT min(e.seq)"
#define SUM "SELECT CAST(coalesce(-sum(e.amount_fen), 0) AS BIGINT)"
#define ROWS "SELECT e.seq, e.n, e.ymd, e.document_id, e.reason, -e.amount_fen, coalesce(e.other_site_id, 0)"
SQL(later_branch, FIRST OF_BRANCH FIRST_LATER " /*all sites: the caller has the branch*/");
SQL(later_supplier, FIRST OF_SUPPLIER FIRST_LATER " /*all sites: the county's supplier*/");
SQL(sum_branch, SUM OF_BRANCH BEFORE " /*all sites: the caller has the branch*/");
SQL(sum_supplier, SUM OF_SUPPLIER BEFORE " /*all sites: the county's supplier*/");
SQL(rows_branch, ROWS OF_BRANCH WITHIN " /*all sites: the caller has the branch*/");
SQL(rows_supplier, ROWS OF_SUPPLIER WITHIN " /*all sites: the county's supplier*/");
/* Goods of earlier days that no sheet has are late papers: they come with this one. */
SQL(rows_goods,
    "SELECT f.seq, f.n, f.ymd, m.document_id, f.amount_fen, f.other_site_id, f.units, b.product_id, l.lot FROM site_flow f JOIN "
    "stock_move m ON m.seq = f.seq AND m.n = f.n JOIN batch b ON b.id = m.batch_id JOIN lot l ON l.id = b.lot_id WHERE f.site_id "
    "= "
    ":party_id AND f.ymd <= :to_ymd AND f.settled_by IS NULL ORDER BY f.ymd, f.seq, f.n /*all sites: the caller has the "
    "branch*/");
SQL(insert_line,
    "INSERT INTO sheet_line (sheet_id, n, seq, entry_n, ymd, document_id, product_id, lot, units, other_site_id, reason, "
    "amount_fen) VALUES (:sheet_id, :n, :seq, :entry_n, :ymd, :document_id, :product_id, :lot_t, :units, :other_id, :reason_t, "
    ":fen)");
SQL(take_goods, "UPDATE site_flow SET settled_by = :sheet_id WHERE site_id = :party_id AND ymd <= :to_ymd AND settled_by IS NULL "
                "/*all sites: the caller has the branch*/");
SQL(give_goods, "UPDATE site_flow SET settled_by = NULL WHERE site_id = :party_id AND ymd <= :to_ymd AND settled_by = :sheet_id "
                "/*all sites: the caller has the document*/");

static int64_t party(const struct work *w)
{
	return w->branch ? w->in->site_id : w->in->supplier_id;
}

/* Begins where the sheet before ended; false where there is none. */
static bool go_on_behind(struct work *w)
{
	const struct arg of = I64(":party_id", party(w));
	SCOPED(rows)
	r = db_query_n(tx_db(w->tx), w->branch ? &select_previous_branch : &select_previous_supplier, &of, 1);
	if (!rows_next(&r))
		return false;
	w->from = ymd_add_days((int32_t)col_i64(&r, 0), 1);
	w->opening = col_i64(&r, 1);
	w->after_seq = col_i64(&r, 2);
	return true;
}

/* The sheet before, or what was booked before the first one; and the last write whose entries are in this one. */
static void find_opening(struct work *w)
{
	struct db *db = tx_db(w->tx);
	bool first = !go_on_behind(w);
	const struct arg end[] = {I64(":party_id", party(w)), I64(":to_ymd", w->to), I64(":after_seq", w->after_seq)};
	int64_t later = db_i64_n(db, 0, w->branch ? &later_branch : &later_supplier, end, 3);
	w->upto_seq = later ? later - 1 : w->tx->seq;
	const struct arg before[] = {I64(":party_id", party(w)), I64(":from_ymd", w->from), I64(":upto_seq", w->upto_seq)};
	if (first) {
		w->opening = db_i64_n(db, 0, w->branch ? &sum_branch : &sum_supplier, before, 3);
		w->since_ymd = w->from;
	}
}

static void add_entries(struct work *w)
{
	const struct arg span[] = {I64(":party_id", party(w)), I64(":after_seq", w->after_seq), I64(":upto_seq", w->upto_seq),
	                           I64(":from_ymd", w->since_ymd)};
	SCOPED(rows) r = db_query_n(tx_db(w->tx), w->branch ? &rows_branch : &rows_supplier, span, 4);
	while (rows_next(&r)) {
		w->sum += col_i64(&r, 5);
		db_exec(w->tx, insert_line, I64(":sheet_id", w->id), I64(":n", ++w->n), I64(":seq", col_i64(&r, 0)),
		        I64(":entry_n", col_i64(&r, 1)), I64(":ymd", col_i64(&r, 2)), I64(":document_id", col_i64(&r, 3)),
		        ID(":product_id", 0), TEXT(":lot_t", NULL), ID(":units", 0), ID(":other_id", col_i64(&r, 6)),
		        TEXT(":reason_t", col_text(w->tx->arena, &r, 4)), I64(":fen", col_i64(&r, 5)));
	}
}

static void add_goods(struct work *w)
{
	SCOPED(rows) r = db_query(tx_db(w->tx), rows_goods, I64(":party_id", party(w)), I64(":to_ymd", w->to));
	while (rows_next(&r)) {
		w->sum += col_i64(&r, 4);
		db_exec(w->tx, insert_line, I64(":sheet_id", w->id), I64(":n", ++w->n), I64(":seq", col_i64(&r, 0)),
		        I64(":entry_n", col_i64(&r, 1)), I64(":ymd", col_i64(&r, 2)), I64(":document_id", col_i64(&r, 3)),
		        ID(":product_id", col_i64(&r, 7)), TEXT(":lot_t", col_text(w->tx->arena, &r, 8)),
		        ID(":units", col_i64(&r, 6)), ID(":other_id", col_i64(&r, 5)),
		        TEXT(":reason_t", col_i64(&r, 4) < 0 ? "goods_back" : "goods"), I64(":fen", col_i64(&r, 4)));
	}
	rows_drop(&r);
	db_exec(w->tx, take_goods, I64(":sheet_id", w->id), I64(":party_id", party(w)), I64(":to_ymd", w->to));
}

SQL(select_same_branch,
    "SELECT 1 FROM sheet WHERE party_site_id = :party_id AND month >= :month AND current = 1 AND party_site_id IS "
    "NOT NULL LIMIT 1 /*all sites: the caller has the branch*/");
SQL(select_same_supplier,
    "SELECT 1 FROM sheet WHERE supplier_id = :party_id AND month >= :month AND current = 1 AND supplier_id IS NOT "
    "NULL LIMIT 1 /*all sites: the county's supplier*/");

static enum status check_party(struct work *w, int64_t lead)
{
	struct supplier s;
	struct tx *tx = w->tx;
	if (w->branch && (w->in->site_id == lead || !me_at_site(tx_db(tx), &tx->me, w->in->site_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "请选择一个分院");
	if (!w->branch && supplier_load(tx_db(tx), tx->arena, w->in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	bool there =
	        (w->branch ? db_i64(tx_db(tx), 0, select_same_branch, I64(":party_id", party(w)), I64(":month", w->in->month))
	                   : db_i64(tx_db(tx), 0, select_same_supplier, I64(":party_id", party(w)),
	                            I64(":month", w->in->month))) != 0;
	return there ? tx_fail(tx, ST_ALREADY_EXISTS, "month", 0, "该月或以后的结算单已有, 如需重做请先撤回") : ST_OK;
}

static enum status check_month(struct work *w)
{
	int64_t month = w->in->month;
	if (month % 100 < 1 || month % 100 > 12 || !ymd_is_valid(month * 100 + 1))
		return tx_fail(w->tx, ST_INVALID_FIELD, "month", 0, "月份应为 202611 这样的六位数");
	month_period(tx_db(w->tx), month, &w->from, &w->to);
	return w->to <= w->tx->today_ymd ? ST_OK : tx_fail(w->tx, ST_INVALID_FIELD, "month", 0, "该月还没有到月结日");
}

SQL(insert_sheet,
    "INSERT INTO sheet (id, kind, party_site_id, supplier_id, month, from_ymd, to_ymd, opening_fen, amount_fen, closing_fen, "
    "line_count, current, upto_seq) VALUES (:id, :kind_t, :site_id, :supplier_id, :month, :from_ymd, :to_ymd, :opening, 0, "
    ":opening, 0, 1, :upto_seq)");
SQL(set_totals, "UPDATE sheet SET amount_fen = :fen, closing_fen = opening_fen + :fen, line_count = :count WHERE id = :id "
                "/*all sites: the caller has the document*/");

enum status sheet_make(struct tx *tx, const struct sheet_new *in, struct doc *out)
{
	struct work w = {.tx = tx, .in = in, .branch = strcmp(in->kind, "branch") == 0};
	int64_t lead = site_root(tx_db(tx));
	tx->action = "sheet.make";
	if (!me_at_site(tx_db(tx), &tx->me, lead))
		return tx_fail(tx, ST_FORBIDDEN, NULL, 0, "结算单由牵头机构编制");
	enum status st = check_month(&w);
	if (st == ST_OK)
		st = check_party(&w, lead);
	if (st == ST_OK)
		st = depot_book_settle(tx);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {lead, w.branch ? in->site_id : lead, NULL, in->note, NULL};
	st = document_make(tx, &sheet_kind, &head, out);
	w.id = out->id;
	find_opening(&w);
	db_exec(tx, insert_sheet, I64(":id", w.id), TEXT(":kind_t", in->kind), ID(":site_id", w.branch ? in->site_id : 0),
	        ID(":supplier_id", w.branch ? 0 : in->supplier_id), I64(":month", in->month), I64(":from_ymd", w.from),
	        I64(":to_ymd", w.to), I64(":opening", w.opening), I64(":upto_seq", w.upto_seq));
	add_entries(&w);
	if (w.branch)
		add_goods(&w);
	db_exec(tx, set_totals, I64(":fen", w.sum), I64(":count", w.n), I64(":id", w.id));
	return st;
}

SQL(sum_goods,
    "SELECT l.other_site_id = d.from_site_id, CAST(sum(l.amount_fen) AS BIGINT) FROM sheet_line l JOIN document d ON d.id = "
    "l.sheet_id "
    "JOIN sheet s ON s.id = l.sheet_id WHERE l.sheet_id = :id AND s.kind = 'branch' AND l.product_id IS NOT NULL GROUP BY 1 "
    "/*all sites: the caller has the document*/");

static enum status book_goods(struct tx *tx, struct doc *d, const void *input)
{
	enum status st = ST_OK;
	const struct money_paper paper = {d->id, 0, "flow", 0};
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), sum_goods, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r))
		st = money_post_flow(tx, &paper, d->to_site_id, d->from_site_id, col_i64(&r, 0) != 0, col_i64(&r, 1));
	return st;
}

SQL(set_withdrawn, "UPDATE sheet SET current = 0 WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_to, "SELECT to_ymd FROM sheet WHERE id = :id /*all sites: the caller has the document*/");

SQL(select_newer,
    "SELECT 1 FROM sheet t JOIN sheet o ON o.party_site_id = t.party_site_id AND o.month > t.month AND o.current = 1 AND "
    "o.party_site_id IS NOT NULL WHERE t.id = :id UNION ALL SELECT 1 FROM sheet t JOIN sheet o ON o.supplier_id = t.supplier_id "
    "AND "
    "o.month > t.month AND o.current = 1 AND o.supplier_id IS NOT NULL WHERE t.id = :id LIMIT 1 /*all sites: the caller has the "
    "document*/");

/* RULE DOMAIN-12.3-sheet-once: the next one begins where this one ends. */
static enum status is_newest(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	if (!db_i64(tx_db(tx), 0, select_newer, I64(":id", d->id)))
		return ST_OK;
	return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "之后月份的结算单已编, 只能撤回最近一张; 请先撤回后面的");
}

static enum status withdraw(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_withdrawn, I64(":id", d->id));
	db_exec(tx, give_goods, I64(":party_id", d->to_site_id),
	        I64(":to_ymd", db_i64(tx_db(tx), 0, select_to, I64(":id", d->id))), I64(":sheet_id", d->id));
	return ST_OK;
}

static const struct doc_state states[] = {
        {"issued", "待确认", true}, {"confirmed", "已确认", true}, {"withdrawn", "已撤回", false}, {NULL, NULL, false}};
static const struct doc_step steps[] = {
        {"issued", "confirm", "confirmed", "确认", PERM_SHEET_CONFIRM, SIDE_TO, false, NULL, book_goods},
        {"issued", "withdraw", "withdrawn", "撤回", PERM_SHEET_EDIT, SIDE_FROM, true, is_newest, withdraw},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {{"confirm", "make"}, {NULL, NULL}};
const struct doc_kind sheet_kind = {"sheet", "结算单", "JS", "sheets", states, steps, "issued", two_persons};

/* ---- proof ---- */

#define BOOKED_BRANCH \
	"FROM money_entry e WHERE e.site_id = s.party_site_id AND e.account = 'internal' AND e.reason <> 'flow' AND "
#define BOOKED_SUPPLIER "FROM money_entry e WHERE e.supplier_id = s.supplier_id AND e.account = 'payable' AND "
#define VERIFY " /*scan: verify*/ /*all sites: verify*/"
/* A closing is all that was ever booked for the party by then, with the goods of its sheets. */
SQL(wrong_branch, "SELECT s.id FROM sheet s WHERE s.current = 1 AND s.party_site_id IS NOT NULL AND s.closing_fen <> (SELECT "
                  "coalesce(-sum(e.amount_fen), 0) " BOOKED_BRANCH
                  "e.seq <= s.upto_seq) + (SELECT coalesce(sum(f.amount_fen), 0) FROM site_flow f "
                  "JOIN sheet o ON o.id = f.settled_by WHERE f.site_id = s.party_site_id AND o.month <= s.month)" VERIFY);
SQL(wrong_supplier, "SELECT s.id FROM sheet s WHERE s.current = 1 AND s.supplier_id IS NOT NULL AND s.closing_fen <> (SELECT "
                    "coalesce(-sum(e.amount_fen), 0) " BOOKED_SUPPLIER "e.seq <= s.upto_seq)" VERIFY);
/* Between two sheets of an older program there may be months without one: what was booked in them is in the opening. */
#define BETWEEN "e.ymd > o.to_ymd AND e.ymd < s.from_ymd)"
SQL(wrong_opening,
    "SELECT s.id FROM sheet s JOIN sheet o ON o.kind = s.kind AND o.current = 1 AND (o.party_site_id = s.party_site_id OR "
    "o.supplier_id = s.supplier_id) AND o.month = (SELECT max(x.month) FROM sheet x WHERE x.kind = s.kind AND x.current = 1 AND "
    "(x.party_site_id = s.party_site_id OR x.supplier_id = s.supplier_id) AND x.month < s.month) WHERE s.current = 1 AND "
    "s.opening_fen <> o.closing_fen + CASE WHEN s.supplier_id IS NULL THEN (SELECT coalesce(-sum(e.amount_fen), 0) " BOOKED_BRANCH
            BETWEEN " ELSE (SELECT coalesce(-sum(e.amount_fen), 0) " BOOKED_SUPPLIER BETWEEN " END" VERIFY);
/* The first one begins with what was booked before its days. */
#define BEFORE_ALL "e.ymd < s.from_ymd AND e.seq <= s.upto_seq)"
SQL(wrong_first,
    "SELECT s.id FROM sheet s WHERE s.current = 1 AND NOT EXISTS (SELECT 1 FROM sheet x WHERE x.kind = s.kind AND x.current = 1 "
    "AND "
    "(x.party_site_id = s.party_site_id OR x.supplier_id = s.supplier_id) AND x.month < s.month) AND s.opening_fen <> CASE WHEN "
    "s.supplier_id IS NULL THEN (SELECT coalesce(-sum(e.amount_fen), 0) " BOOKED_BRANCH BEFORE_ALL
    " ELSE (SELECT coalesce(-sum(e.amount_fen), 0) " BOOKED_SUPPLIER BEFORE_ALL " END" VERIFY);
SQL(in_two,
    "SELECT max(s.id) FROM sheet_line l JOIN sheet s ON s.id = l.sheet_id WHERE s.current = 1 GROUP BY s.kind, "
    "s.party_site_id, s.supplier_id, CASE WHEN l.product_id IS NULL THEN 0 ELSE 1 END, l.seq, l.entry_n HAVING count(*) > "
    "1" VERIFY);
/* Goods know the sheet that has them, and it has them. */
SQL(wrong_goods, "SELECT f.settled_by FROM site_flow f JOIN sheet s ON s.id = f.settled_by WHERE s.current = 0 OR "
                 "s.party_site_id <> f.site_id OR "
                 "NOT EXISTS (SELECT 1 FROM sheet_line l WHERE l.sheet_id = s.id AND l.product_id IS NOT NULL AND l.seq = f.seq "
                 "AND l.entry_n = "
                 "f.n)" VERIFY);
SQL(lost_goods, "SELECT l.sheet_id FROM sheet_line l JOIN sheet s ON s.id = l.sheet_id WHERE s.current = 1 AND l.product_id IS "
                "NOT NULL AND NOT "
                "EXISTS (SELECT 1 FROM site_flow f WHERE f.site_id = s.party_site_id AND f.ymd = l.ymd AND f.seq = l.seq AND f.n "
                "= l.entry_n AND "
                "f.settled_by = s.id)" VERIFY);

int64_t sheet_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what), void *arg)
{
	static const struct {
		const struct sql *q;
		const char *what;
	} rules[] = {
	        {&wrong_branch, "期末不等于至此的全部往来与调拨之和"},
	        {&wrong_supplier, "期末不等于至此的全部应付分录之和"},
	        {&wrong_opening, "期初不等于上一张的期末加其间发生额"},
	        {&wrong_first, "首张的期初不等于此前的全部发生额"},
	        {&in_two, "同一笔分录在两张结算单里"},
	        {&wrong_goods, "调拨所记的结算单里没有它"},
	        {&lost_goods, "明细里的调拨不属于这张结算单"},
	};
	char row[64];
	int64_t faults = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "id %" PRId64, col_i64(&r, 0));
			report(arg, "sheet", row, rules[i].what);
		}
	}
	return faults;
}
