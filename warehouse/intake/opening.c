/*
 * Opening stock (期初库存): one document for each depot (of a long file, for some hundred rows of it). A lot is opened in a depot
 * once: where it lies there already with the same units nothing happens, with others the row is refused, and so it is where it
 * was opened and is used up.
 */
#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/use/adjustment.h"

#include <stdlib.h>
#include <string.h>

enum { SITE, DEPOT, PRODUCT, LOT, MADE, EXPIRY, UNITS };
#define UNITS_MAX 1000000000000LL
#define CATCH_UP 20000

static const struct intake_column columns[] = {
        [SITE] = {.name = "site_code", .title = "机构代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [DEPOT] = {.name = "depot_code", .title = "库房代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [LOT] = {.name = "lot", .title = "批号", .type = IN_CODE, .need = MUST_HAVE, .max = 64},
        [MADE] = {.name = "made_ymd", .title = "生产日期", .type = IN_YMD, .need = MAY_LACK},
        [EXPIRY] = {.name = "expiry_ymd", .title = "有效期至", .type = IN_YMD, .need = MUST_HAVE},
        [UNITS] = {.name = "units", .title = "数量", .type = IN_INT, .need = MUST_HAVE, .min = 1, .max = UNITS_MAX},
        {.name = NULL},
};
static const char *const ignored[] = {"id",          "product_id",  "product_name",   "spec",         "maker",
                                      "unit_name",   "pack_name",   "units_per_pack", "batch_id",     "lot_id",
                                      "site_id",     "site_name",   "depot_id",       "depot_name",   "bin",
                                      "expiry_days", "expiry_warn", "expired",        "quality",      "reserved_units",
                                      "held",        "price",       "warn_days",      "traced_units", NULL};

/* What lies there and may be used: rejected goods and those not yet inspected are no opening stock of another store. */
SQL(select_every, "SELECT s.code, pl.code, p.code, l.lot, min(l.made_ymd), h.expiry_ymd, CAST(sum(h.units) AS BIGINT) FROM "
                  "holding h JOIN place pl ON pl.id = "
                  "h.place_id JOIN site s ON s.id = pl.site_id JOIN product p ON p.id = h.product_id JOIN batch b ON b.id = "
                  "h.batch_id JOIN lot l ON "
                  "l.id = b.lot_id WHERE h.quality_no = 1 AND pl.kind = 'depot' GROUP BY s.code, pl.code, p.code, l.lot, "
                  "h.expiry_ymd ORDER BY s.code, "
                  "pl.code, p.code, l.lot /*scan: export*/ /*all sites: export*/");
SQL(sum_held, "SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM holding h JOIN batch b ON b.id = h.batch_id WHERE "
              "h.place_id = :place_id "
              "AND h.product_id = :product_id AND b.lot_id = :lot_id /*all sites: the caller checks the site*/");
SQL(select_opened,
    "SELECT 1 FROM move_card c JOIN stock_move m ON m.seq = c.seq AND m.n = c.n JOIN batch b ON b.id = m.batch_id WHERE "
    "c.product_id = :product_id AND c.place_id = :place_id AND m.reason = 'opening' AND b.lot_id = :lot_id AND " MOVE_STANDS
    " LIMIT 1 /*all sites: the caller checks the site*/");

/* A row that will be a line of its depot's document. */
struct item {
	int64_t row, site_id, place_id, product_id, lot_id, units;
	const char *lot;
	int64_t made_ymd, expiry_ymd;
};
struct opening {
	struct item *items;
	size_t count, cap;
};

/* The stock card tells what was opened before; it may be a little behind. */
static enum status begin(struct intake *in)
{
	in->context = arena_alloc(in->tx->arena, sizeof(struct opening));
	while (db_status(tx_db(in->tx)) == ST_OK && stock_card_catch_up(in->tx, CATCH_UP) == CATCH_UP)
		;
	return ST_OK;
}

static void add_item(struct intake *in, struct opening *o, const struct item *item)
{
	if (o->count == o->cap) {
		size_t cap = o->cap ? o->cap * 2 : 256;
		struct item *more = arena_array(in->tx->arena, cap, sizeof *more);
		if (o->count)
			memcpy(more, o->items, o->count * sizeof *more);
		o->items = more;
		o->cap = cap;
	}
	o->items[o->count++] = *item;
}

static enum status find_place(struct intake *in, const struct intake_cell *c, struct item *item)
{
	struct db *db = tx_db(in->tx);
	item->site_id = site_by_code(db, c[SITE].text);
	if (!item->site_id || !me_at_site(db, &in->tx->me, item->site_id))
		return in_fail(in, SITE, ST_INVALID_FIELD, "没有代码为 %s 的机构, 或不在您的管辖范围", c[SITE].text);
	item->place_id = depot_by_code(db, item->site_id, c[DEPOT].text);
	if (!item->place_id)
		return in_fail(in, DEPOT, ST_INVALID_FIELD, "机构 %s 没有代码为 %s 的库房", c[SITE].text, c[DEPOT].text);
	item->product_id = product_by_code(db, c[PRODUCT].text);
	if (!item->product_id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	return ST_OK;
}

#define LOT_ARGS(item) I64(":place_id", (item)->place_id), I64(":product_id", (item)->product_id), I64(":lot_id", (item)->lot_id)

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct item item = {.row = row->row,
	                    .units = c[UNITS].value,
	                    .lot = c[LOT].text,
	                    .made_ymd = c[MADE].value,
	                    .expiry_ymd = c[EXPIRY].value};
	enum status st = find_place(in, c, &item);
	if (st == ST_OK && item.made_ymd > item.expiry_ymd)
		return in_fail(in, MADE, ST_INVALID_FIELD, "生产日期晚于有效期");
	if (st == ST_OK)
		st = lot_ensure(in->tx, item.product_id, item.lot, (int32_t)item.made_ymd, (int32_t)item.expiry_ymd,
		                &item.lot_id);
	if (st != ST_OK)
		return st;
	st = intake_claim(
	        in, row, LOT,
	        arena_printf(in->tx->arena, "%lld %lld %s", (long long)item.place_id, (long long)item.product_id, item.lot));
	if (st != ST_OK)
		return st;
	int64_t held = db_i64(tx_db(in->tx), 0, sum_held, LOT_ARGS(&item));
	bool opened = db_i64(tx_db(in->tx), 0, select_opened, LOT_ARGS(&item)) != 0;
	if (held == item.units)
		return ST_OK;
	if (held || opened)
		return in_fail(in, UNITS, ST_ALREADY_EXISTS, "%s 批号 %s 在该库房已登记, 现存 %lld; 差额请用盘盈或盘亏登记",
		               c[PRODUCT].text, item.lot, (long long)held);
	add_item(in, in->context, &item);
	*change = INTAKE_LATER;
	return ST_OK;
}

static int by_place(const void *left, const void *right)
{
	const struct item *x = left, *y = right;
	const int64_t keys[][2] = {
	        {x->place_id, y->place_id}, {x->product_id, y->product_id}, {x->lot_id, y->lot_id}, {x->row, y->row}};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	return 0;
}

struct document {
	struct intake *in;
	struct item *items;
	size_t count;
};

static enum status make_document(struct tx *tx, void *arg)
{
	const struct document *d = arg;
	struct doc doc;
	struct adjustment_new new = {
	        .site_id = d->items->site_id, .depot_id = d->items->place_id, .reason = "opening", .note = "期初库存导入"};
	new.lines = arena_array(tx->arena, d->count, sizeof *new.lines);
	new.line_count = d->count;
	for (size_t i = 0; i < d->count; i++) {
		const struct item *x = &d->items[i];
		new.lines[i] = (struct adjustment_line_new){x->product_id, x->units, x->lot, x->made_ymd, x->expiry_ymd};
	}
	return adjustment_make(tx, &new, &doc);
}

/* One depot: its document, or all its rows refused. */
static enum status book_depot(struct document *d)
{
	struct tx *tx = d->in->tx;
	struct faults own = {.arena = tx->arena}, *outer = tx->faults;
	tx->faults = &own;
	enum status st = tx_attempt(tx, make_document, d);
	tx->faults = outer;
	const char *action = d->in->kind->action;
	tx->action = action;
	if (st == ST_OK)
		d->in->report->added += (int64_t)d->count;
	if (st == ST_OK || st == ST_STORE_UNAVAILABLE || st == ST_BUSY || st == ST_INTERNAL)
		return st;
	for (size_t i = 0; i < d->count; i++)
		intake_refuse(d->in, d->items[i].row, NULL, st, own.first ? own.first->message : status_text(st));
	return ST_OK;
}

static enum status finish(struct intake *in)
{
	struct opening *o = in->context;
	enum status st = ST_OK;
	if (!o->count)
		return ST_OK;
	qsort(o->items, o->count, sizeof *o->items, by_place);
	for (size_t i = 0, n; i < o->count && st == ST_OK; i += n) {
		for (n = 1; i + n < o->count && o->items[i + n].place_id == o->items[i].place_id;)
			n++;
		struct document d = {in, &o->items[i], n};
		st = book_depot(&d);
	}
	return st;
}

const struct intake_kind intake_opening = {.name = "opening-stock",
                                           .title = "期初库存",
                                           .action = "import.opening",
                                           .columns = columns,
                                           .ignored = ignored,
                                           .sliced = true,
                                           .begin = begin,
                                           .take = take,
                                           .finish = finish,
                                           .every = &select_every};
