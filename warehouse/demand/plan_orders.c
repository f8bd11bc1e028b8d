/* What comes into a county plan and what comes of it: the sites' plans, and the orders. */
#include "warehouse/demand/plan.h"

#include "warehouse/demand/plan_inside.h"
#include "warehouse/procurement/order.h"

#include <stdlib.h>
#include <string.h>

#define LINES_A_SLICE 600 /* after so many no further site plan or order is begun */
#define ORDER_LINES_MAX 500

/* ---- the sites' plans ---- */

SQL(select_submitted,
    "SELECT s.document_id FROM document_scope s WHERE s.site_id = :site_id AND s.kind = 'site_plan' AND s.state = "
    "'submitted' ORDER BY s.document_id");
SQL(select_asked_lines, "SELECT id, product_id, units, direct FROM plan_line WHERE plan_id = :id AND units > 0 ORDER BY n "
                        "/*all sites: the plan was submitted to the centre*/");
SQL(take_line,
    "UPDATE plan_line SET taken_line_id = :taker_id WHERE id = :id /*all sites: the plan was submitted to the centre*/");

struct asked {
	int64_t id, product_id, units, direct;
};

static size_t load_asked(struct tx *tx, int64_t plan_id, struct asked **out)
{
	size_t n = 0, room = 0;
	*out = NULL;
	SCOPED(rows) r = db_query(tx_db(tx), select_asked_lines, I64(":id", plan_id));
	while (rows_next(&r)) {
		if (n == room) {
			struct asked *more = arena_array(tx->arena, room = room ? room * 2 : 64, sizeof *more);
			if (n)
				memcpy(more, *out, n * sizeof *more);
			*out = more;
		}
		(*out)[n++] = (struct asked){col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), col_i64(&r, 3)};
	}
	return n;
}

/* What goes straight to the branch is a line of its own; the rest is asked of the centre's line. */
static enum status take_plan(struct tx *tx, const struct doc *d, struct doc *site, size_t *lines)
{
	struct asked *asked;
	size_t n = load_asked(tx, site->id, &asked);
	enum status st = ST_OK;
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		int64_t taker = 0;
		st = plan_line_at(tx, d, asked[i].product_id, asked[i].direct ? site->from_site_id : d->from_site_id, &taker);
		if (st == ST_OK)
			plan_line_ask(tx, d, taker, asked[i].units);
		db_exec(tx, take_line, I64(":taker_id", taker), I64(":id", asked[i].id));
	}
	*lines += n;
	document_link(tx, d->id, site->id);
	return st == ST_OK ? document_follow(tx, site, "take", NULL) : st;
}

enum status plan_collect(struct tx *tx, const struct doc *d, struct plan_slice *out)
{
	int64_t ids[512];
	size_t n = 0, lines = 0;
	*out = (struct plan_slice){0};
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已不是草稿, 不能再并入分院计划", d->number);
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_submitted, I64(":site_id", d->from_site_id));
		while (n < sizeof ids / sizeof *ids && rows_next(&r))
			ids[n++] = col_i64(&r, 0);
	}
	for (; (size_t)out->done < n && lines < LINES_A_SLICE; out->done++) {
		struct doc site;
		enum status st = document_load(tx_db(tx), tx->arena, &tx->me, &site_plan_kind, ids[out->done], &site);
		if (st == ST_OK)
			st = take_plan(tx, d, &site, &lines);
		if (st != ST_OK)
			return st;
	}
	out->left = (int64_t)n - out->done;
	tx->action = "plan.collect";
	tx_changed(tx, "plans", d->from_site_id, 0, d->id);
	return ST_OK;
}

/* ---- orders ---- */

/* Lines of one order in the making: which lines of the plan they are. */
struct batch {
	int64_t supplier_id, to_site_id;
	struct order_line_new lines[ORDER_LINES_MAX];
	int64_t line_ids[ORDER_LINES_MAX], rows[ORDER_LINES_MAX];
	size_t count;
};

/* What is refused is told by the rows of the plan, which is what people look at. */
static void retell(struct tx *tx, const struct batch *b, const struct fault *before)
{
	for (struct fault *f = before ? before->next : tx->faults->first; f; f = f->next) {
		size_t i = f->row > 0 && (size_t)f->row <= b->count ? (size_t)f->row - 1 : 0;
		const char *dot = f->field && strncmp(f->field, "lines[", 6) == 0 ? strchr(f->field, '.') : NULL;
		f->row = b->rows[i];
		f->field = arena_printf(tx->arena, "lines[%lld].%s", (long long)b->rows[i] - 1,
		                        dot        ? dot + 1
		                        : f->field ? f->field
		                                   : "supplier_id");
	}
}

SQL(tie_line,
    "UPDATE plan_line SET order_line_id = (SELECT l.id FROM order_line l WHERE l.order_id = :order_id AND l.n = :n) WHERE "
    "id = :id /*all sites: the caller has the plan*/");

static enum status make_order(struct tx *tx, const struct doc *d, struct batch *b)
{
	struct doc order;
	const struct fault *before = tx->faults->last;
	const struct order_new in = {.supplier_id = b->supplier_id,
	                             .buyer_site_id = d->from_site_id,
	                             .to_site_id = b->to_site_id,
	                             .note = arena_printf(tx->arena, "采购计划 %s", d->number),
	                             .lines = b->lines,
	                             .line_count = b->count};
	enum status st = order_make(tx, &in, &order);
	if (st != ST_OK) {
		retell(tx, b, before);
		return st;
	}
	for (size_t i = 0; i < b->count; i++)
		db_exec(tx, tie_line, I64(":order_id", order.id), I64(":n", (int64_t)i + 1), I64(":id", b->line_ids[i]));
	document_link(tx, d->id, order.id);
	return ST_OK;
}

SQL(select_next_group,
    "SELECT supplier_id, to_site_id FROM plan_line WHERE plan_id = :id AND units > 0 AND order_line_id IS NULL "
    "AND supplier_id IS NOT NULL ORDER BY supplier_id, to_site_id, n LIMIT 1 /*all sites: the caller has the "
    "plan*/");
SQL(select_group,
    "SELECT id, n, product_id, units, price_e4 FROM plan_line WHERE plan_id = :id AND units > 0 AND order_line_id IS "
    "NULL AND supplier_id = :supplier_id AND to_site_id = :to_id ORDER BY n LIMIT :most /*all sites: the caller has "
    "the plan*/");

/* The next order's lines; false where nothing is left. */
static bool next_batch(struct tx *tx, const struct doc *d, struct batch *b)
{
	b->count = 0;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_next_group, I64(":id", d->id));
		if (!rows_next(&r))
			return false;
		b->supplier_id = col_i64(&r, 0);
		b->to_site_id = col_i64(&r, 1);
	}
	SCOPED(rows)
	r = db_query(tx_db(tx), select_group, I64(":id", d->id), I64(":supplier_id", b->supplier_id),
	             I64(":to_id", b->to_site_id), I64(":most", ORDER_LINES_MAX));
	for (; b->count < ORDER_LINES_MAX && rows_next(&r); b->count++) {
		b->line_ids[b->count] = col_i64(&r, 0);
		b->rows[b->count] = col_i64(&r, 1);
		b->lines[b->count] = (struct order_line_new){.product_id = col_i64(&r, 2),
		                                             .units = col_i64(&r, 3),
		                                             .price_e4 = col_is_null(&r, 4) ? PRICE_LEFT_OUT : col_i64(&r, 4)};
	}
	return b->count > 0;
}

SQL(select_without_supplier,
    "SELECT l.n, p.name FROM plan_line l JOIN product p ON p.id = l.product_id WHERE l.plan_id = :id AND l.units > 0 AND "
    "l.order_line_id IS NULL AND l.supplier_id IS NULL ORDER BY l.n /*all sites: the caller has the plan*/");
SQL(count_left, "SELECT count(*) FROM plan_line WHERE plan_id = :id AND units > 0 AND order_line_id IS NULL "
                "/*all sites: the caller has the plan*/");

static enum status may_order(struct tx *tx, const struct doc *d)
{
	enum status st = ST_OK;
	if (!plan_is_open(d))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已生成订单或已关闭", d->number);
	SCOPED(rows) r = db_query(tx_db(tx), select_without_supplier, I64(":id", d->id));
	while (rows_next(&r)) {
		int64_t n = col_i64(&r, 0);
		st = tx_fail(tx, ST_INVALID_FIELD, arena_printf(tx->arena, "lines[%lld].supplier_id", (long long)n - 1), n,
		             "%s 没有选择供应商", col_text(tx->arena, &r, 1));
	}
	if (st == ST_OK && db_i64(tx_db(tx), 0, count_left, I64(":id", d->id)) == 0)
		st = tx_fail(tx, ST_NO_LINES, "lines", 0, "计划没有待生成订单的行, 请先填数量");
	return st;
}

enum status plan_order(struct tx *tx, struct doc *d, int64_t version, struct plan_slice *out)
{
	struct batch *b = arena_alloc(tx->arena, sizeof *b);
	enum status st = may_order(tx, d);
	*out = (struct plan_slice){0};
	for (size_t lines = 0; st == ST_OK && lines < LINES_A_SLICE && next_batch(tx, d, b); lines += b->count) {
		st = make_order(tx, d, b);
		out->done++;
	}
	if (st == ST_OK)
		st = document_step(tx, d, version, "order", NULL, NULL);
	out->left = db_i64(tx_db(tx), 0, count_left, I64(":id", d->id));
	tx->action = "plan.order";
	return st;
}
