#include "warehouse/use/adjustment.h"

#include "warehouse/allocate.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/pack.h"
#include "warehouse/price/price.h"
#include "warehouse/use/reversal.h"
#include "warehouse/use/stocktake.h"
#include "warehouse/volume/progress.h"

#include <string.h>

/* What each reason does. */
static const struct reason {
	const char *word, *outside, *event;
	bool adds, fefo, consumes; /* fefo: only what may be issued, chosen by the program where no lot is named */
	enum quality quality;
	bool counts; /* says what is there; the difference is found or lost */
} reasons[] = {
        {"opening", "opening", "opening", true, false, false, QUALITY_RELEASED, false},
        {"found", "found", "found", true, false, false, QUALITY_RELEASED, false},
        {"return", "patient", "returned", true, false, false, QUALITY_RETURNED, false},
        {"usage", "patient", "used", false, true, true, QUALITY_RELEASED, false},
        {"lost", "loss", "lost", false, false, false, QUALITY_RELEASED, false},
        {"broken", "loss", "broken", false, false, false, QUALITY_RELEASED, false},
        {"count", "loss", "count", false, false, false, QUALITY_RELEASED, true},
};

static const struct reason *find_reason(const char *word)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(reasons[i].word, word) == 0)
			return &reasons[i];
	return NULL;
}

/* One line under way. */
struct work {
	struct tx *tx;
	const struct doc *d;
	const struct reason *reason;
	const struct adjustment_line_new *in;
	struct product product;
	int64_t site_id, place_id, outside_id, booked;
	size_t index;
};

static char *at(struct work *w, const char *name)
{
	return tx_line_field(w->tx, w->index, name);
}

SQL(insert_adjustment, "INSERT INTO adjustment (id, place_id, reason) VALUES (:id, :place_id, :reason_t)");
SQL(insert_line, "INSERT INTO adjustment_line (id, adjustment_id, n, product_id, batch_id, units) VALUES (:id, :adjustment_id, "
                 ":n, :product_id, "
                 ":batch_id, :units)");
SQL(select_lot, "SELECT id, expiry_ymd FROM lot WHERE product_id = :product_id AND lot = :lot_t");
SQL(select_lot_stock,
    "SELECT b.id, h.units FROM batch b JOIN holding h ON h.batch_id = b.id WHERE b.lot_id = :lot_id AND h.place_id = :place_id "
    "AND h.quality_no = :quality ORDER BY b.id /*all sites: the caller checks the site*/");

static enum status book(struct work *w, const struct batch *batch, int64_t units)
{
	struct tx *tx = w->tx;
	int64_t line_id = tx_new_id(tx);
	const struct stock_spot here = {w->place_id, w->reason->quality}, out = {w->outside_id, QUALITY_RELEASED};
	const struct stock_change c = {
	        .batch = batch,
	        .units = units,
	        .from = w->reason->adds ? out : here,
	        .to = w->reason->adds ? here : out,
	        .document_id = w->d->id,
	        .line_id = line_id,
	        .reason = w->reason->word,
	};
	db_exec(tx, insert_line, I64(":id", line_id), I64(":adjustment_id", w->d->id), I64(":n", ++w->booked),
	        I64(":product_id", w->product.id), I64(":batch_id", batch->id), I64(":units", units));
	return w->reason->adds ? stock_book(tx, &c) : goods_move(tx, &c, w->reason->event);
}

/* Goods that appear: a batch of their own, at the price in force (0 where there is none). */
static enum status add(struct work *w)
{
	struct tx *tx = w->tx;
	struct price_rule rule;
	struct batch batch;
	int64_t lot_id = 0, expiry = w->in->expiry_ymd;
	int64_t known = db_i64(tx_db(tx), 0, select_lot, I64(":product_id", w->product.id), TEXT(":lot_t", w->in->lot));
	if (!expiry && known) {
		SCOPED(rows) r = db_query(tx_db(tx), select_lot, I64(":product_id", w->product.id), TEXT(":lot_t", w->in->lot));
		expiry = rows_next(&r) ? col_i64(&r, 1) : 0;
	}
	if (!expiry)
		return tx_fail(tx, ST_INVALID_FIELD, at(w, "expiry_ymd"), (int64_t)w->index + 1, "请填写有效期");
	enum status st = lot_ensure(tx, w->product.id, w->in->lot, (int32_t)w->in->made_ymd, (int32_t)expiry, &lot_id);
	if (st != ST_OK)
		return st;
	if (price_rule_on(tx_db(tx), tx->arena, w->product.id, tx->today_ymd, &rule) == ST_NO_LISTED_PRICE)
		rule = (struct price_rule){.units_per_pack = w->product.units_per_pack};
	const struct new_batch in = {lot_id, w->product.id, 0, 0, rule.price_e4, rule.units_per_pack, w->site_id};
	st = batch_load(tx_db(tx), tx->arena, batch_make(tx, &in), &batch);
	return st == ST_OK ? book(w, &batch, w->in->units) : st;
}

static enum status not_enough(struct work *w, int64_t missing)
{
	return tx_fail(w->tx, ST_NOT_ENOUGH_STOCK, at(w, "units"), (int64_t)w->index + 1, "%s%s%s 可用库存不足, 还差 %lld %s",
	               w->product.name, w->in->lot ? " 批号 " : "", w->in->lot ? w->in->lot : "", (long long)missing,
	               w->product.unit_name);
}

/* By FEFO: only what may be issued. */
static enum status take_fefo(struct work *w)
{
	struct allocation_list list;
	allocate_fefo(tx_db(w->tx), w->tx->arena, w->place_id, w->product.id, w->in->units, w->tx->today_ymd, &list);
	if (list.unmet_units)
		return not_enough(w, list.unmet_units);
	for (size_t i = 0; i < list.count; i++) {
		enum status st = list.items[i].passed_over ? ST_OK : book(w, &list.items[i].batch, list.items[i].units);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status may_use(struct work *w, int64_t lot_id, int64_t expiry_ymd)
{
	if (!w->reason->fefo)
		return ST_OK;
	if (ymd_is_expired((int32_t)expiry_ymd, w->tx->today_ymd))
		return tx_fail(w->tx, ST_EXPIRED, at(w, "lot"), (int64_t)w->index + 1, "%s 批号 %s 已过有效期", w->product.name,
		               w->in->lot);
	if (lot_is_held(tx_db(w->tx), lot_id, w->place_id))
		return tx_fail(w->tx, ST_LOT_HELD, at(w, "lot"), (int64_t)w->index + 1, "%s 批号 %s 已冻结", w->product.name,
		               w->in->lot);
	return ST_OK;
}

/* From a named lot: its batches in the order they came, without what is promised to documents. */
static enum status take_lot(struct work *w)
{
	struct tx *tx = w->tx;
	int64_t left = w->in->units;
	SCOPED(rows) lot = db_query(tx_db(tx), select_lot, I64(":product_id", w->product.id), TEXT(":lot_t", w->in->lot));
	if (!rows_next(&lot))
		return not_enough(w, left);
	enum status st = may_use(w, col_i64(&lot, 0), col_i64(&lot, 1));
	SCOPED(rows)
	r = db_query(tx_db(tx), select_lot_stock, I64(":lot_id", col_i64(&lot, 0)), I64(":place_id", w->place_id),
	             I64(":quality", w->reason->quality));
	while (st == ST_OK && left > 0 && rows_next(&r)) {
		struct batch batch;
		int64_t free_units = col_i64(&r, 1) - stock_reserved(tx_db(tx), w->place_id, col_i64(&r, 0));
		int64_t units = free_units < left ? free_units : left;
		if (units <= 0)
			continue;
		st = batch_load(tx_db(tx), tx->arena, col_i64(&r, 0), &batch);
		if (st == ST_OK)
			st = book(w, &batch, units);
		left -= units;
	}
	return st == ST_OK && left > 0 ? not_enough(w, left) : st;
}

/* More than the books say: goods of the lot as it last came, or of a lot that was not known. */
static enum status find_more(struct work *w, int64_t lot_id)
{
	struct batch batch;
	int64_t id = lot_id ? stocktake_batch(tx_db(w->tx), lot_id) : 0;
	if (!id)
		return add(w);
	enum status st = batch_load(tx_db(w->tx), w->tx->arena, id, &batch);
	return st == ST_OK ? book(w, &batch, w->in->units) : st;
}

/* Books what differs, under the reason that it then has. */
static enum status book_difference(struct work *w, int64_t lot_id, int64_t units)
{
	struct work half = *w;
	struct adjustment_line_new line = *w->in;
	if (units == 0)
		return ST_OK;
	line.units = units > 0 ? units : -units;
	half.in = &line;
	half.reason = find_reason(units > 0 ? "found" : "lost");
	half.outside_id = place_outside(tx_db(w->tx), half.reason->outside);
	enum status st = units > 0 ? find_more(&half, lot_id) : take_lot(&half);
	w->booked = half.booked;
	return st;
}

/* RULE DOMAIN-12.4-counted */
static enum status count_line(struct work *w)
{
	struct tx *tx = w->tx;
	struct db *db = tx_db(tx);
	int64_t lot = db_i64(db, 0, select_lot, I64(":product_id", w->product.id), TEXT(":lot_t", w->in->lot));
	if (!lot && w->in->units == 0)
		return tx_fail(tx, ST_INVALID_FIELD, at(w, "lot"), (int64_t)w->index + 1, "%s 没有批号 %s", w->product.name,
		               w->in->lot);
	if (lot && stocktake_has(db, w->place_id, lot, w->d->id))
		return tx_fail(tx, ST_INVALID_FIELD, at(w, "lot"), (int64_t)w->index + 1, "%s 批号 %s 在前面已盘过, 请合并成一行",
		               w->product.name, w->in->lot);
	int64_t book_units = lot ? stocktake_book_units(db, w->place_id, lot) : 0;
	enum status st = book_difference(w, lot, w->in->units - book_units);
	if (st != ST_OK)
		return st;
	const struct stocktake_line line = {
	        .count_id = w->d->id,
	        .place_id = w->place_id,
	        .n = (int64_t)w->index + 1,
	        .lot_id = lot ? lot : db_i64(db, 0, select_lot, I64(":product_id", w->product.id), TEXT(":lot_t", w->in->lot)),
	        .counted_units = w->in->units,
	};
	stocktake_put(tx, &line, book_units);
	return st;
}

static enum status book_line(struct work *w)
{
	struct tx *tx = w->tx;
	enum status st = product_load(tx_db(tx), tx->arena, w->in->product_id, &w->product);
	if (st != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, at(w, "product_id"), (int64_t)w->index + 1, "没有这个品种");
	bool lot_given = w->in->lot && *w->in->lot;
	if (!lot_given && !w->reason->fefo)
		return tx_fail(tx, ST_INVALID_FIELD, at(w, "lot"), (int64_t)w->index + 1, "请填写批号");
	if (w->in->units < 1 && !w->reason->counts)
		return tx_fail(tx, ST_INVALID_FIELD, at(w, "units"), (int64_t)w->index + 1, "数量应大于 0");
	if (w->reason->counts)
		st = count_line(w);
	else if (w->reason->adds)
		st = add(w);
	else
		st = lot_given ? take_lot(w) : take_fefo(w);
	if (st == ST_OK && w->reason->consumes)
		consumption_add(tx, w->place_id, w->product.id, tx->today_ymd / 100, w->in->units, 0);
	if (st == ST_OK && (w->reason->consumes || strcmp(w->reason->word, "return") == 0))
		volume_used(tx, w->place_id, w->product.id, w->reason->consumes ? w->in->units : -w->in->units, w->d->id);
	return st;
}

static enum status find_place(struct tx *tx, const struct adjustment_new *in, int64_t *site_id, int64_t *place_id)
{
	*site_id = in->site_id ? in->site_id : in->depot_id ? depot_site(tx_db(tx), in->depot_id) : tx->me.root_site_id;
	if (!*site_id || !me_at_site(tx_db(tx), &tx->me, *site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	*place_id = in->depot_id ? in->depot_id : site_default_depot(tx_db(tx), *site_id);
	if (*place_id && depot_site(tx_db(tx), *place_id) == *site_id)
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "该机构没有这个库房");
}

enum status adjustment_make(struct tx *tx, const struct adjustment_new *in, struct doc *out)
{
	int64_t site = 0, place = 0;
	tx->action = "adjustment.make";
	const struct reason *reason = find_reason(in->reason);
	if (!reason)
		return tx_fail(tx, ST_INVALID_FIELD, "reason", 0, "没有这种登记原因");
	enum status st = find_place(tx, in, &site, &place);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {site, site, in->reference, in->note, NULL};
	st = document_make(tx, &adjustment_kind, &head, out);
	db_exec(tx, insert_adjustment, I64(":id", out->id), I64(":place_id", place), TEXT(":reason_t", reason->word));
	struct work w = {.tx = tx,
	                 .d = out,
	                 .reason = reason,
	                 .site_id = site,
	                 .place_id = place,
	                 .outside_id = place_outside(tx_db(tx), reason->outside)};
	if (reason->counts)
		stocktake_begin(tx, out->id, place);
	for (w.index = 0; w.index < in->line_count; w.index++) {
		w.in = &in->lines[w.index];
		enum status line = book_line(&w);
		if (line != ST_OK && st == ST_OK)
			st = line;
	}
	if (reason->counts) {
		stocktake_end(tx, out->id, place);
		tx_changed(tx, "month-closes", site, 0, out->id);
	}
	tx_changed(tx, "stock", site, 0, out->id);
	return st;
}

/* No chain: a reversal never was, nor will be, registered like the others. */
static const struct doc_state states[] = {
        {"posted", "已登记", false},
        {"reversed", "已冲销", false},
        {"reversal", "冲销单", false}, /* what takes back another one; itself for good */
        {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"posted", "reverse", "reversed", "冲销", PERM_ADJUST, SIDE_FROM, true, NULL, adjustment_reverse},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind adjustment_kind = {"adjustment", "库存登记", "DJ", "adjustments", states, steps, "posted", NULL};
