#include "warehouse/intake/usage.h"

#include "core/check.h"
#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/match.h"
#include "warehouse/use/adjustment.h"

#include <stdlib.h>
#include <string.h>

enum { SITE, DEPOT, ITEM, ITEM_NAME, UNITS, LOT, REFERENCE, DAY };
#define UNITS_MAX 1000000000LL
#define CATCH_UP 20000

static const struct intake_column columns[] = {
        [SITE] = {.name = "site_code", .title = "机构代码", .type = IN_CODE, .need = MAY_LACK, .max = 32},
        [DEPOT] = {.name = "depot_code", .title = "库房代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [ITEM] = {.name = "item_code", .title = "HIS 药品编码", .type = IN_CODE, .need = MUST_HAVE, .max = 64},
        [ITEM_NAME] = {.name = "item_name", .title = "HIS 药品名称", .type = IN_TEXT, .need = MAY_LACK, .max = 200},
        [UNITS] = {.name = "units", .title = "数量", .type = IN_INT, .need = MUST_HAVE, .min = -UNITS_MAX, .max = UNITS_MAX},
        [LOT] = {.name = "lot", .title = "批号", .type = IN_CODE, .need = MAY_LACK, .max = 64},
        [REFERENCE] = {.name = "reference", .title = "单据号", .type = IN_CODE, .need = MUST_HAVE, .max = 64},
        [DAY] = {.name = "at_ymd", .title = "日期", .type = IN_YMD, .need = MAY_LACK},
        {.name = NULL},
};

struct usage_line {
	int64_t row, site_id, place_id, product_id; /* product 0: not matched */
	int64_t quantity, units;                    /* of the HIS; in our unit, without sign */
	int64_t day;
	const char *item, *item_name, *lot, *reference, *why; /* why: it waits */
};

SQL(select_item,
    "SELECT product_id, factor FROM his_item WHERE site_id = :site_id AND code = :code_t /*all sites: the caller checks*/");
SQL(select_booked,
    "SELECT 1 FROM document d JOIN adjustment a ON a.id = d.id WHERE d.reference = :reference_t AND d.kind = 'adjustment' AND "
    "a.place_id = :place_id AND a.reason IN ('usage', 'return') LIMIT 1 /*all sites: the caller checks*/");
SQL(select_waited, "SELECT 1 FROM usage_unmatched WHERE place_id = :place_id AND reference = :reference_t LIMIT 1 /*all sites: "
                   "the caller checks*/");
SQL(insert_waiting, "INSERT INTO usage_unmatched (id, site_id, place_id, reference, item_code, item_name, quantity, lot, why, "
                    "at_ms, state) VALUES "
                    "(:id, :site_id, :place_id, :reference_t, :item_t, :name_t, :quantity, :lot_t, :why_t, :at_ms, 'open')");
SQL(grow_waiting, "UPDATE usage_unmatched SET quantity = quantity + :quantity, lot = CASE WHEN lot = :lot_t THEN lot END WHERE "
                  "place_id = :place_id AND reference = :reference_t AND "
                  "item_code = :item_t /*all sites: the caller checks*/");
/* What was last given out there: it is what a patient brings back. */
SQL(select_last_lot,
    "SELECT l.lot FROM move_card c JOIN stock_move m ON m.seq = c.seq AND m.n = c.n JOIN batch b ON b.id = m.batch_id JOIN lot l "
    "ON l.id = b.lot_id WHERE c.product_id = :product_id AND c.place_id = :place_id AND m.reason = 'usage' AND " MOVE_STANDS
    " ORDER BY c.seq DESC, c.n DESC LIMIT 1 /*all sites: the caller checks*/");

/* ---- rows ---- */

static enum status begin(struct intake *in)
{
	if (!in->context)
		in->context = arena_alloc(in->tx->arena, sizeof(struct usage_report));
	while (db_status(tx_db(in->tx)) == ST_OK && stock_card_catch_up(in->tx, CATCH_UP) == CATCH_UP)
		;
	return ST_OK;
}

static void add_line(struct intake *in, const struct usage_line *line)
{
	struct usage_report *u = in->context;
	if (u->count == u->cap) {
		size_t cap = u->cap ? u->cap * 2 : 256;
		struct usage_line *more = arena_array(in->tx->arena, cap, sizeof *more);
		if (u->count)
			memcpy(more, u->lines, u->count * sizeof *more);
		u->lines = more;
		u->cap = cap;
	}
	u->lines[u->count++] = *line;
}

/* RULE DOMAIN-12.1-his-codes: the site's own 对码 first, then the catalogue's code, then the bar code. */
static void match_item(struct intake *in, struct usage_line *line)
{
	struct db *db = tx_db(in->tx);
	int64_t factor = 1;
	SCOPED(rows) r = db_query(db, select_item, I64(":site_id", line->site_id), TEXT(":code_t", line->item));
	if (rows_next(&r)) {
		line->product_id = col_i64(&r, 0);
		factor = col_i64(&r, 1);
	} else {
		line->product_id = product_by_code(db, line->item);
		if (!line->product_id && digits_only(line->item, strlen(line->item)))
			line->product_id = product_by_gtin(db, line->item);
	}
	line->units = llabs(line->quantity) * factor;
	if (!line->product_id)
		line->why = "未对码: 目录中没有这个编码";
}

static enum status find_place(struct intake *in, const struct intake_cell *c, struct usage_line *line)
{
	struct db *db = tx_db(in->tx);
	line->site_id = c[SITE].text ? site_by_code(db, c[SITE].text) : in->tx->me.root_site_id;
	if (!line->site_id && !c[SITE].text)
		line->site_id = site_root(db);
	if (!line->site_id || !me_at_site(db, &in->tx->me, line->site_id))
		return in_fail(in, SITE, ST_INVALID_FIELD, "没有代码为 %s 的机构, 或不在您的管辖范围",
		               c[SITE].text ? c[SITE].text : "");
	line->place_id = depot_by_code(db, line->site_id, c[DEPOT].text);
	return line->place_id ? ST_OK : in_fail(in, DEPOT, ST_INVALID_FIELD, "没有代码为 %s 的库房", c[DEPOT].text);
}

/* A long file is taken some hundred lines at a time, and a reference whole: its lines must stand together. */
static enum status claim_reference(struct intake *in, const struct intake_row *row, const struct usage_line *line)
{
	const struct usage_report *u = in->context;
	const struct usage_line *last = u->count ? &u->lines[u->count - 1] : NULL;
	if (in->mode != INTAKE_CHECK ||
	    (last && last->place_id == line->place_id && strcmp(last->reference, line->reference) == 0))
		return ST_OK;
	int64_t other = intake_claim_row(in, row, REFERENCE,
	                                 arena_printf(in->tx->arena, "%lld %s", (long long)line->place_id, line->reference));
	return other ? in_fail(in, REFERENCE, ST_ALREADY_EXISTS, "单据号 %s 在第 %lld 行已出现, 请把同一单据的行放在一起",
	                       line->reference, (long long)other)
	             : ST_OK;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct usage_line line = {.row = row->row,
	                          .quantity = c[UNITS].value,
	                          .day = c[DAY].value,
	                          .item = c[ITEM].text,
	                          .item_name = c[ITEM_NAME].text,
	                          .lot = c[LOT].text,
	                          .reference = c[REFERENCE].text};
	enum status st = find_place(in, c, &line);
	if (st != ST_OK)
		return st;
	if (line.quantity == 0)
		return in_fail(in, UNITS, ST_INVALID_FIELD, "数量不能为 0");
	st = claim_reference(in, row, &line);
	if (st != ST_OK)
		return st;
	match_item(in, &line);
	add_line(in, &line);
	*change = INTAKE_LATER;
	return ST_OK;
}

static bool same_text(const struct intake_row *x, const struct intake_row *y, int column)
{
	const char *a = x->cells[column].text, *b = y->cells[column].text;
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* A reference is booked once, so all its lines come in one write. */
static bool belongs(const struct intake_row *first, const struct intake_row *second)
{
	return same_text(first, second, SITE) && same_text(first, second, DEPOT) && same_text(first, second, REFERENCE);
}

/* ---- documents ---- */

static int by_reference(const void *left, const void *right)
{
	const struct usage_line *x = left, *y = right;
	if (x->place_id != y->place_id)
		return x->place_id < y->place_id ? -1 : 1;
	int order = strcmp(x->reference, y->reference);
	return order ? order : x->row < y->row ? -1 : x->row > y->row;
}

static bool same_document(const struct usage_line *x, const struct usage_line *y)
{
	return x->place_id == y->place_id && strcmp(x->reference, y->reference) == 0;
}

/* Lines of one depot, reference and direction that are to become one document. */
struct group {
	struct intake *in;
	struct usage_line **lines;
	size_t count;
	const char *reason;
	struct doc doc;
};

static const char *lot_of(struct tx *tx, const struct usage_line *line, bool is_return)
{
	if (line->lot || !is_return)
		return line->lot;
	return db_text(tx_db(tx), tx->arena, select_last_lot, I64(":product_id", line->product_id),
	               I64(":place_id", line->place_id));
}

static enum status make_document(struct tx *tx, void *arg)
{
	struct group *g = arg;
	const struct usage_line *first = g->lines[0];
	const bool is_return = strcmp(g->reason, "return") == 0;
	struct adjustment_new new = {
	        .site_id = first->site_id, .depot_id = first->place_id, .reason = g->reason, .reference = first->reference};
	new.note = first->day ? arena_printf(tx->arena, "HIS 用量 %lld", (long long)first->day) : "HIS 用量";
	new.lines = arena_array(tx->arena, g->count, sizeof *new.lines);
	new.line_count = g->count;
	for (size_t i = 0; i < g->count; i++)
		new.lines[i] = (struct adjustment_line_new){.product_id = g->lines[i]->product_id,
		                                            .units = g->lines[i]->units,
		                                            .lot = lot_of(tx, g->lines[i], is_return)};
	return adjustment_make(tx, &new, &g->doc);
}

static void let_wait(struct usage_line *line, const char *why)
{
	if (!line->why)
		line->why = why;
}

/* Takes those lines out of the group that the booking named; all of them where it named none. */
static void drop_named(struct group *g, const struct faults *faults, enum status st)
{
	size_t kept = 0;
	bool named = false;
	for (const struct fault *f = faults->first; f; f = f->next)
		if (f->row >= 1 && f->row <= (int64_t)g->count) {
			let_wait(g->lines[f->row - 1], f->message);
			named = true;
		}
	for (size_t i = 0; i < g->count; i++) {
		if (!named)
			let_wait(g->lines[i], faults->first ? faults->first->message : status_text(st));
		if (!g->lines[i]->why)
			g->lines[kept++] = g->lines[i];
	}
	g->count = kept;
}

/* Books what can be booked; what cannot keeps its reason. */
static enum status book_group(struct group *g)
{
	struct tx *tx = g->in->tx;
	struct usage_report *u = g->in->context;
	while (g->count) {
		struct faults own = {.arena = tx->arena}, *outer = tx->faults;
		tx->faults = &own;
		enum status st = tx_attempt(tx, make_document, g);
		tx->faults = outer;
		tx->action = g->in->kind->action;
		if (st == ST_STORE_UNAVAILABLE || st == ST_BUSY || st == ST_INTERNAL)
			return st;
		if (st == ST_OK) {
			u->booked += (int64_t)g->count;
			u->documents++;
			return ST_OK;
		}
		drop_named(g, &own, st);
	}
	return ST_OK;
}

static void wait_in_store(struct tx *tx, const struct usage_line *line)
{
	int64_t grown = db_exec(tx, grow_waiting, I64(":quantity", line->quantity), I64(":place_id", line->place_id),
	                        TEXT(":reference_t", line->reference), TEXT(":item_t", line->item), TEXT(":lot_t", line->lot));
	if (grown == 0)
		db_exec(tx, insert_waiting, I64(":id", tx_new_id(tx)), I64(":site_id", line->site_id),
		        I64(":place_id", line->place_id), TEXT(":reference_t", line->reference), TEXT(":item_t", line->item),
		        TEXT(":name_t", line->item_name ? line->item_name : ""), I64(":quantity", line->quantity),
		        TEXT(":lot_t", line->lot), TEXT(":why_t", line->why), I64(":at_ms", tx->now_ms));
}

static bool is_known(struct tx *tx, const struct usage_line *line)
{
	const struct arg args[] = {TEXT(":reference_t", line->reference), I64(":place_id", line->place_id)};
	return db_i64_n(tx_db(tx), 0, &select_booked, args, 2) || db_i64_n(tx_db(tx), 0, &select_waited, args, 2);
}

/* All lines of one depot and reference. */
static enum status take_reference(struct intake *in, struct usage_line *lines, size_t n)
{
	static const char *const reasons[] = {"usage", "return"};
	struct usage_report *u = in->context;
	enum status st = ST_OK;
	if (is_known(in->tx, lines)) {
		u->known += (int64_t)n;
		in->report->unchanged += (int64_t)n;
		return ST_OK;
	}
	for (int back = 0; back < 2 && st == ST_OK; back++) {
		struct group g = {.in = in, .reason = reasons[back]};
		g.lines = arena_array(in->tx->arena, n, sizeof(struct usage_line *));
		/* what names its lot first: the others take what FEFO leaves */
		for (size_t i = 0; i < 2 * n; i++)
			if (!lines[i % n].why && (lines[i % n].quantity < 0) == back && !lines[i % n].lot == (i >= n))
				g.lines[g.count++] = &lines[i % n];
		st = book_group(&g);
	}
	for (size_t i = 0; i < n && st == ST_OK; i++)
		if (lines[i].why) {
			wait_in_store(in->tx, &lines[i]);
			u->waiting++;
		}
	return st;
}

static enum status finish(struct intake *in)
{
	struct usage_report *u = in->context;
	enum status st = ST_OK;
	if (u->count)
		qsort(u->lines, u->count, sizeof *u->lines, by_reference);
	for (size_t i = 0, n; i < u->count && st == ST_OK; i += n) {
		for (n = 1; i + n < u->count && same_document(&u->lines[i], &u->lines[i + n]);)
			n++;
		st = take_reference(in, &u->lines[i], n);
	}
	in->report->added += u->booked;
	if (in->mode == INTAKE_CHECK) /* lines that will wait are work of the import too */
		in->report->changed += u->waiting;
	return st;
}

const struct intake_kind intake_usage = {.name = "usage",
                                         .title = "用量",
                                         .action = "import.usage",
                                         .columns = columns,
                                         .foreign = true,
                                         .sliced = true,
                                         .belongs = belongs,
                                         .begin = begin,
                                         .take = take,
                                         .finish = finish};

/* ---- a line that waited ---- */

SQL(select_waiting,
    "SELECT site_id, place_id, reference, item_code, quantity, lot, state, item_name FROM usage_unmatched WHERE id = :id "
    "/*all sites: checked below*/");
SQL(close_waiting, "UPDATE usage_unmatched SET state = 'matched', document_id = :document_id WHERE id = :id AND state = 'open' "
                   "/*all sites: checked below*/");

static enum status load_waiting(struct tx *tx, int64_t id, struct usage_line *line)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_waiting, I64(":id", id));
	if (!rows_next(&r) || !me_at_site(tx_db(tx), &tx->me, col_i64(&r, 0)))
		return ST_NOT_FOUND;
	*line = (struct usage_line){
	        .site_id = col_i64(&r, 0),
	        .place_id = col_i64(&r, 1),
	        .reference = col_text(tx->arena, &r, 2),
	        .item = col_text(tx->arena, &r, 3),
	        .quantity = col_i64(&r, 4),
	        .lot = col_text(tx->arena, &r, 5),
	        .item_name = col_text(tx->arena, &r, 7),
	};
	if (strcmp(col_text(tx->arena, &r, 6), "open") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "这一行已经对码登记");
	return ST_OK;
}

enum status usage_match(struct tx *tx, int64_t id, int64_t product_id, int64_t factor, struct doc *out)
{
	struct usage_line line;
	struct product product;
	enum status st = load_waiting(tx, id, &line);
	if (st != ST_OK)
		return st;
	if (product_load(tx_db(tx), tx->arena, product_id, &product) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	if (factor < 1 || llabs(line.quantity) > INT64_MAX / 1000000 / factor)
		return tx_fail(tx, ST_INVALID_FIELD, "factor", 0, "换算系数不正确");
	his_item_put(tx, line.site_id, line.item, line.item_name, product_id, factor);
	line.product_id = product_id;
	line.units = llabs(line.quantity) * factor;
	struct usage_line *lines[] = {&line};
	struct group g = {.lines = lines, .count = 1, .reason = line.quantity < 0 ? "return" : "usage"};
	/* quantities of one item that came to nothing together need no document, only their mapping */
	st = line.quantity ? make_document(tx, &g) : ST_OK;
	tx->action = "usage.match";
	tx->ref_id = id;
	*out = g.doc;
	db_exec(tx, close_waiting, ID(":document_id", g.doc.id), I64(":id", id));
	return st;
}
