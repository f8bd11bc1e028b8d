#include "warehouse/settlement/month_close.h"

#include "warehouse/settlement/depot_book.h"
#include "warehouse/settlement/setting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct word_title goods_classes[] = {
        {"western", "西药"}, {"patent", "中成药"}, {"decoction", "饮片"}, {"consumable", "耗材"}, {NULL, NULL}};

int64_t month_next(int64_t month)
{
	return month % 100 == 12 ? month + 89 : month + 1;
}

static int64_t month_before(int64_t month)
{
	return month % 100 == 1 ? month - 89 : month - 1;
}

void month_period(struct db *db, int64_t month, int32_t *from_ymd, int32_t *to_ymd)
{
	int32_t first = (int32_t)(month * 100 + 1), before = (int32_t)(month_before(month) * 100 + 1);
	*to_ymd = first - 1 + (int32_t)setting_on(db, SETTING_CLOSE_DAY, first);
	*from_ymd = ymd_add_days(before - 1 + (int32_t)setting_on(db, SETTING_CLOSE_DAY, before), 1);
}

int64_t month_ended(struct db *db, int32_t today_ymd, int32_t *to_ymd)
{
	int64_t month = today_ymd / 100;
	int32_t from = 0;
	for (month_period(db, month, &from, to_ymd); *to_ymd > today_ymd; month_period(db, month, &from, to_ymd))
		month = month_before(month);
	return month;
}

/* The columns of the book, in the order of the page; in between stand their words (BOOK_COLUMN). */
enum column { OPENING, IN, OUT, COUNTED, PRICE, LOSS, ROUNDING, CLOSING, COLUMNS };
static const struct {
	const char *word;
	int64_t sign; /* 1: what comes makes the figure larger; -1: a figure of what leaves, written positive */
} book_columns[COLUMNS] = {{"opening", 1}, {"in", 1},    {"out", -1},     {"count", 1},
                           {"price", 1},   {"loss", -1}, {"rounding", 1}, {"closing", 1}};
const struct word_title book_column_titles[] = {{"in", "收入"},   {"out", "发出"},      {"count", "盘盈亏"}, {"price", "调价"},
                                                {"loss", "报损"}, {"rounding", "尾差"}, {NULL, NULL}};

/* One class of goods of the month's book: units, fen at the purchase price, fen at the issue price. */
struct figure {
	int64_t units, cost, issue;
};
struct line {
	char class[24];
	struct figure at[COLUMNS];
};
#define CLASSES_MAX 16
struct book {
	struct line lines[CLASSES_MAX];
	size_t count;
	int64_t late;
};

static struct line *line_of(struct book *b, const char *class)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->lines[i].class, class) == 0)
			return &b->lines[i];
	struct line *line = &b->lines[b->count < CLASSES_MAX ? b->count++ : CLASSES_MAX - 1];
	snprintf(line->class, sizeof line->class, "%s", class);
	return line;
}

SQL(select_last,
    "SELECT id, month, to_ymd FROM month_close WHERE place_id = :place_id AND current = 1 ORDER BY to_ymd DESC LIMIT 1 "
    "/*all sites: the caller has the depot*/");
SQL(select_closing,
    "SELECT class, 'opening', closing_units, closing_fen, issue_closing_fen, 0 FROM month_close_line WHERE close_id "
    "= :id /*all sites: the caller has the depot*/");
SQL(select_before, "SELECT class, 'opening', CAST(sum(units) AS BIGINT), CAST(sum(amount_fen) AS BIGINT), CAST(sum(issue_fen) AS "
                   "BIGINT), 0 FROM depot_day WHERE place_id = :place_id AND ymd < :from_ymd GROUP BY class "
                   "/*all sites: the caller has the depot*/");
SQL(select_days,
    "SELECT y.class, " BOOK_COLUMN ", CAST(sum(y.units) AS BIGINT), CAST(sum(y.amount_fen) AS BIGINT), "
    "CAST(sum(y.issue_fen) AS BIGINT), CAST(sum(y.late) AS BIGINT) FROM depot_day y WHERE y.place_id = :place_id AND "
    "y.ymd >= :from_ymd AND y.ymd <= :to_ymd GROUP BY y.class, " BOOK_COLUMN " /*all sites: the caller has the depot*/");

static enum column column_of(const char *word)
{
	enum column i = OPENING;
	while (i < CLOSING && strcmp(book_columns[i].word, word) != 0)
		i++;
	return i;
}

/* What the figure adds to the closing, or takes back. */
static void add(struct figure *to, int64_t sign, const struct figure *f)
{
	to->units += sign * f->units;
	to->cost += sign * f->cost;
	to->issue += sign * f->issue;
}

/* Rows of class, column, units, fen, fen at the issue price, late lines. */
static void add_rows(struct book *b, struct rows *r)
{
	while (rows_next(r)) {
		size_t n = 0;
		struct line *line = line_of(b, col_peek(r, 0, &n));
		enum column column = column_of(col_peek(r, 1, &n));
		const struct figure f = {col_i64(r, 2), col_i64(r, 3), col_i64(r, 4)};
		add(&line->at[column], book_columns[column].sign, &f);
		add(&line->at[CLOSING], 1, &f);
		b->late += col_i64(r, 5);
	}
}

SQL(insert_line,
    "INSERT INTO month_close_line (close_id, no, class, opening_units, in_units, out_units, count_units, loss_units, "
    "closing_units, "
    "opening_fen, in_fen, out_fen, count_fen, loss_fen, rounding_fen, closing_fen, issue_opening_fen, issue_in_fen, "
    "issue_out_fen, issue_count_fen, price_fen, issue_loss_fen, issue_rounding_fen, issue_closing_fen) VALUES (:id, :no, "
    ":class_t, "
    ":opening_units, :in_units, :out_units, :count_units, :loss_units, :closing_units, :opening, :in, :out, :count, :loss, "
    ":rounding, :closing, :issue_opening, :issue_in, :issue_out, :issue_count, :issue_price, :issue_loss, :issue_rounding, "
    ":issue_closing)");

/* Its place among the titles; a class without one stands behind them. */
static int64_t class_no(const char *class, size_t i)
{
	int64_t no = 1;
	for (const struct word_title *t = goods_classes; t->word; t++, no++)
		if (strcmp(t->word, class) == 0)
			return no;
	return no + (int64_t)i;
}

static void write_lines(struct tx *tx, int64_t id, const struct book *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct figure *f = b->lines[i].at;
		db_exec(tx, insert_line, I64(":id", id), I64(":no", class_no(b->lines[i].class, i)),
		        TEXT(":class_t", b->lines[i].class), I64(":opening_units", f[OPENING].units),
		        I64(":in_units", f[IN].units), I64(":out_units", f[OUT].units), I64(":count_units", f[COUNTED].units),
		        I64(":loss_units", f[LOSS].units), I64(":closing_units", f[CLOSING].units),
		        I64(":opening", f[OPENING].cost), I64(":in", f[IN].cost), I64(":out", f[OUT].cost),
		        I64(":count", f[COUNTED].cost), I64(":loss", f[LOSS].cost), I64(":rounding", f[ROUNDING].cost),
		        I64(":closing", f[CLOSING].cost), I64(":issue_opening", f[OPENING].issue), I64(":issue_in", f[IN].issue),
		        I64(":issue_out", f[OUT].issue), I64(":issue_count", f[COUNTED].issue),
		        I64(":issue_price", f[PRICE].issue), I64(":issue_loss", f[LOSS].issue),
		        I64(":issue_rounding", f[ROUNDING].issue), I64(":issue_closing", f[CLOSING].issue));
	}
}

struct last {
	int64_t id, month;
	int32_t to_ymd;
};

static struct last last_of(struct db *db, int64_t place_id)
{
	struct last last = {0};
	SCOPED(rows) r = db_query(db, select_last, I64(":place_id", place_id));
	if (rows_next(&r))
		last = (struct last){col_i64(&r, 0), col_i64(&r, 1), (int32_t)col_i64(&r, 2)};
	return last;
}

static enum status check_month(struct tx *tx, int64_t month, const struct last *last, int32_t to_ymd)
{
	char day[11];
	if (month % 100 < 1 || month % 100 > 12 || !ymd_is_valid(month * 100 + 1))
		return tx_fail(tx, ST_INVALID_FIELD, "month", 0, "月份应为 202611 这样的六位数");
	if (last->id && month <= last->month)
		return tx_fail(tx, ST_MONTH_CLOSED, "month", 0, "该库房 %lld 月已结账", (long long)month);
	if (last->id && month != month_next(last->month))
		return tx_fail(tx, ST_INVALID_FIELD, "month", 0, "请先结 %lld 月", (long long)month_next(last->month));
	ymd_text(to_ymd, day);
	return to_ymd <= tx->today_ymd ? ST_OK : tx_fail(tx, ST_INVALID_FIELD, "month", 0, "月结日 %s 未到", day);
}

SQL(select_earlier, "SELECT CAST(coalesce(min(ymd), 0) AS BIGINT) FROM depot_day WHERE place_id = :place_id AND ymd < :from_ymd "
                    "AND reason NOT IN " BOOK_BEGINNINGS " /*all sites: the caller has the depot*/");

/* RULE DOMAIN-12.3-first-close: months go into the first opening only where somebody says so. */
static enum status check_earlier(struct tx *tx, const struct month_close_new *in, const struct last *last, int32_t from_ymd)
{
	char since[11], from[11];
	if (last->id || in->earlier_in_opening)
		return ST_OK;
	int64_t first = db_i64(tx_db(tx), 0, select_earlier, I64(":place_id", in->depot_id), I64(":from_ymd", from_ymd));
	if (!first)
		return ST_OK;
	ymd_text((int32_t)first, since);
	ymd_text(from_ymd, from);
	return tx_fail(
	        tx, ST_EARLIER_OPEN, "month", 0,
	        "该库房从未结账, 本次从 %s 起算; 自 %s 起更早的收发将并入期初, 不再单独月结. 请先结更早的月份, 或确认并入期初",
	        from, since);
}

SQL(insert_close,
    "INSERT INTO month_close (id, place_id, month, from_ymd, to_ymd, current, close_seq, reopen_seq, late_lines) VALUES (:id, "
    ":place_id, :month, :from_ymd, :to_ymd, 1, :seq, NULL, :late)");

static void read_book(struct db *db, int64_t place_id, const struct last *last, int32_t from_ymd, int32_t to_ymd,
                      struct book *out)
{
	SCOPED(rows)
	opening = last->id ? db_query(db, select_closing, I64(":id", last->id))
	                   : db_query(db, select_before, I64(":place_id", place_id), I64(":from_ymd", from_ymd));
	add_rows(out, &opening);
	SCOPED(rows)
	r = db_query(db, select_days, I64(":place_id", place_id), I64(":from_ymd", from_ymd), I64(":to_ymd", to_ymd));
	add_rows(out, &r);
}

enum status month_close_make(struct tx *tx, const struct month_close_new *in, struct doc *out)
{
	struct book book = {.count = 0};
	int32_t from = 0, to = 0;
	int64_t site = depot_site(tx_db(tx), in->depot_id);
	tx->action = "month_close.make";
	if (!site || !me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "没有这个库房, 或不在您的管辖范围");
	struct last last = last_of(tx_db(tx), in->depot_id);
	month_period(tx_db(tx), in->month, &from, &to);
	if (last.id)
		from = ymd_add_days(last.to_ymd, 1);
	enum status st = check_month(tx, in->month, &last, to);
	if (st == ST_OK)
		st = depot_book_settle(tx);
	if (st == ST_OK)
		st = check_earlier(tx, in, &last, from);
	if (st != ST_OK)
		return st;
	read_book(tx_db(tx), in->depot_id, &last, from, to, &book);
	const struct doc_head head = {site, 0, NULL, in->note, NULL};
	st = document_make(tx, &month_close_kind, &head, out);
	db_exec(tx, insert_close, I64(":id", out->id), I64(":place_id", in->depot_id), I64(":month", in->month),
	        I64(":from_ymd", from), I64(":to_ymd", to), I64(":seq", tx->seq), I64(":late", book.late));
	write_lines(tx, out->id, &book);
	if (last.id)
		document_link(tx, out->id, last.id);
	return st;
}

SQL(select_newer, "SELECT 1 FROM month_close c JOIN month_close o ON o.place_id = c.place_id AND o.to_ymd > c.to_ymd AND "
                  "o.current = 1 WHERE c.id = "
                  ":id LIMIT 1 /*all sites: the caller has the document*/");
SQL(set_reopened,
    "UPDATE month_close SET current = 0, reopen_seq = :seq WHERE id = :id /*all sites: the caller has the document*/");

static enum status is_newest(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	if (!db_i64(tx_db(tx), 0, select_newer, I64(":id", d->id)))
		return ST_OK;
	return tx_fail(tx, ST_MONTH_CLOSED, NULL, 0, "之后的月份已结账, 只能重开最近一个月");
}

static enum status reopen(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_reopened, I64(":seq", tx->seq), I64(":id", d->id));
	return ST_OK;
}

static const struct doc_state states[] = {{"closed", "已结账", true}, {"reopened", "已重开", false}, {NULL, NULL, false}};
static const struct doc_step steps[] = {
        {"closed", "reopen", "reopened", "重开", PERM_MONTH_REOPEN, SIDE_FROM, true, is_newest, reopen},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind month_close_kind = {"month_close", "月结单", "JZ", "month-closes", states, steps, "closed", NULL};

/* ---- proof ---- */

SQL(wrong_lines, "SELECT close_id FROM month_close_line WHERE closing_units <> opening_units + in_units - out_units + "
                 "count_units - loss_units OR "
                 "closing_fen <> opening_fen + in_fen - out_fen + count_fen - loss_fen + rounding_fen OR issue_closing_fen <> "
                 "issue_opening_fen "
                 "+ issue_in_fen - issue_out_fen + issue_count_fen + price_fen - issue_loss_fen + issue_rounding_fen "
                 "/*scan: verify*/ /*all sites: verify*/");
#define OF_CLOSE_BEFORE(column) \
	"coalesce((SELECT k." column " FROM month_close_line k WHERE k.close_id = o.id AND k.class = l.class), 0)"
SQL(wrong_opening,
    "SELECT l.close_id FROM month_close c JOIN month_close_line l ON l.close_id = c.id JOIN month_close o ON o.place_id = "
    "c.place_id AND o.current = 1 AND o.to_ymd = (SELECT max(x.to_ymd) FROM month_close x WHERE x.place_id = c.place_id AND "
    "x.current = 1 AND x.to_ymd < c.to_ymd) WHERE c.current = 1 AND (l.opening_units, l.opening_fen, l.issue_opening_fen) <> "
    "(" OF_CLOSE_BEFORE("closing_units") ", " OF_CLOSE_BEFORE("closing_fen") ", " OF_CLOSE_BEFORE(
            "issue_closing_fen") ") "
                                 "/*scan: verify*/ /*all sites: verify*/");
/* A close and the days behind it. */
#define OF_DAYS(column)                                                                                                    \
	"(SELECT coalesce(sum(d." column "), 0) FROM depot_day d WHERE d.place_id = c.place_id AND d.ymd <= c.to_ymd AND " \
	"d.class = l.class)"
SQL(wrong_closing,
    "SELECT l.close_id FROM month_close c JOIN month_close_line l ON l.close_id = c.id WHERE c.current = 1 AND (l.closing_units, "
    "l.closing_fen, l.issue_closing_fen) <> (" OF_DAYS("units") ", " OF_DAYS("amount_fen") ", " OF_DAYS(
            "issue_fen") ") "
                         "/*scan: verify*/ /*all sites: verify*/");

int64_t month_close_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what),
                           void *arg)
{
	static const struct {
		const struct sql *q;
		const char *what;
	} rules[] = {
	        {&wrong_lines, "期初加减各栏不等于期末"},
	        {&wrong_opening, "期初不等于上月期末"},
	        {&wrong_closing, "期末与逐日账的合计不符"},
	};
	char row[64];
	int64_t faults = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "close_id %" PRId64, col_i64(&r, 0));
			report(arg, "month_close_line", row, rules[i].what);
		}
	}
	return faults;
}
