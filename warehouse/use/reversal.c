#include "warehouse/use/reversal.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/pack.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/stocktake.h"
#include "warehouse/volume/progress.h"

#include <string.h>

SQL(select_head, "SELECT place_id, reason FROM adjustment WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_moves,
    "SELECT m.seq, m.n, m.batch_id, m.units, m.from_place_id, m.from_quality, m.to_place_id, m.to_quality, m.reason, m.at_ms, "
    "coalesce(al.n, 0), p.name, p.unit_name FROM stock_move m JOIN batch b ON b.id = m.batch_id JOIN product p ON p.id = "
    "b.product_id LEFT JOIN adjustment_line al ON al.id = m.line_id WHERE m.seq IN (SELECT e.seq FROM document_event e WHERE "
    "e.document_id = :id) AND m.document_id = :id ORDER BY m.seq, m.n /*all sites: the caller has the document*/");
enum { M_SEQ, M_N, M_BATCH, M_UNITS, M_FROM, M_FROM_QUALITY, M_TO, M_TO_QUALITY, M_REASON, M_AT, M_LINE, M_PRODUCT, M_UNIT };
SQL(select_reversed, "SELECT 1 FROM stock_move WHERE reverses_seq = :seq AND reverses_n = :n /*all sites: the ledger*/");
SQL(insert_adjustment, "INSERT INTO adjustment (id, place_id, reason) VALUES (:id, :place_id, :reason_t)");
SQL(insert_line, "INSERT INTO adjustment_line (id, adjustment_id, n, product_id, batch_id, units) VALUES (:id, :adjustment_id, "
                 ":n, :product_id, :batch_id, :units)");

/* One move that is taken back. */
struct taken {
	struct tx *tx;
	struct doc *back; /* the reversal */
	struct rows *m;
	int64_t place_id, n;
	struct batch batch;
	const char *reason, *product, *unit;
};

static struct stock_spot spot(struct rows *m, int column)
{
	size_t n = 0;
	struct stock_spot s = {col_i64(m, column), QUALITY_RELEASED};
	(void)quality_find(col_peek(m, column + 1, &n), &s.quality);
	return s;
}

/* What was added must lie there still, free: neither given out, nor promised, nor frozen. */
static enum status may_leave(struct taken *t)
{
	struct tx *tx = t->tx;
	const struct stock_spot at = spot(t->m, M_TO);
	const int64_t line = col_i64(t->m, M_LINE), units = col_i64(t->m, M_UNITS);
	int64_t here = stock_units(tx_db(tx), at.place_id, &t->batch, at.quality);
	int64_t promised = at.quality == QUALITY_RELEASED ? stock_reserved(tx_db(tx), at.place_id, t->batch.id) : 0;
	if (lot_is_held(tx_db(tx), t->batch.lot_id, at.place_id))
		return tx_fail(tx, ST_LOT_HELD, "lines", line, "第 %lld 行 %s 批号 %s 已冻结, 解冻以后才能冲销", (long long)line,
		               t->product, t->batch.lot);
	if (here - promised >= units)
		return ST_OK;
	return tx_fail(tx, ST_NOT_ENOUGH_STOCK, "lines", line,
	               "第 %lld 行 %s 批号 %s 登记了 %lld %s, 现在只有 %lld %s%s可以冲回; 已用出或发出的须先退回",
	               (long long)line, t->product, t->batch.lot, (long long)units, t->unit,
	               (long long)(here > promised ? here - promised : 0), t->unit, promised ? " (其余已预留) " : "");
}

static enum status book_back(struct taken *t)
{
	struct tx *tx = t->tx;
	const struct stock_spot from = spot(t->m, M_TO), to = spot(t->m, M_FROM);
	const bool added = from.place_id == t->place_id;
	struct stock_change c = {
	        .batch = &t->batch,
	        .units = col_i64(t->m, M_UNITS),
	        .from = from,
	        .to = to,
	        .document_id = t->back->id,
	        .line_id = tx_new_id(tx),
	        .reason = t->reason,
	        .reverses_seq = col_i64(t->m, M_SEQ),
	        .reverses_n = col_i64(t->m, M_N),
	};
	enum status st = added ? may_leave(t) : goods_back(tx, &c, col_i64(t->m, M_LINE));
	if (st != ST_OK)
		return st;
	db_exec(tx, insert_line, I64(":id", c.line_id), I64(":adjustment_id", t->back->id), I64(":n", t->n),
	        I64(":product_id", t->batch.product_id), I64(":batch_id", t->batch.id), I64(":units", c.units));
	return added ? goods_move(tx, &c, "reversed") : stock_book(tx, &c);
}

/* Use counts for the month and the round of the day on which it was told. */
static void take_back_use(struct taken *t)
{
	const int32_t day = ymd_of_ms(col_i64(t->m, M_AT));
	const int64_t units = col_i64(t->m, M_UNITS), product = t->batch.product_id;
	if (strcmp(t->reason, "usage") == 0) {
		consumption_add(t->tx, t->place_id, product, day / 100, -units, 0);
		volume_used_on(t->tx, day, t->place_id, product, -units, t->back->id);
	}
	if (strcmp(t->reason, "return") == 0)
		volume_used_on(t->tx, day, t->place_id, product, units, t->back->id);
}

static enum status take_back(struct taken *t)
{
	struct tx *tx = t->tx;
	const int64_t line = col_i64(t->m, M_LINE);
	t->reason = col_text(tx->arena, t->m, M_REASON);
	t->product = col_text(tx->arena, t->m, M_PRODUCT);
	t->unit = col_text(tx->arena, t->m, M_UNIT);
	t->n++;
	enum status st = batch_load(tx_db(tx), tx->arena, col_i64(t->m, M_BATCH), &t->batch);
	if (st != ST_OK)
		return st;
	if (db_i64(tx_db(tx), 0, select_reversed, I64(":seq", col_i64(t->m, M_SEQ)), I64(":n", col_i64(t->m, M_N))))
		return tx_fail(tx, ST_ALREADY_REVERSED, "lines", line, "第 %lld 行 %s 批号 %s 已冲销过, 不能再冲",
		               (long long)line, t->product, t->batch.lot);
	if ((st = book_back(t)) == ST_OK)
		take_back_use(t);
	return st;
}

/* The reversal's own head: the same depot and reason, so that it stands in the same column of the book. */
static enum status make_head(struct tx *tx, const struct doc *d, const char *note, struct taken *t)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_head, I64(":id", d->id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const char *why = arena_printf(tx->arena, "冲销 %s: %s", d->number, note ? note : "");
	const struct doc_head head = {d->from_site_id, d->to_site_id, NULL, why, "reversal"};
	t->place_id = col_i64(&r, 0);
	t->reason = col_text(tx->arena, &r, 1);
	enum status st = document_make(tx, &adjustment_kind, &head, t->back);
	if (st == ST_OK)
		db_exec(tx, insert_adjustment, I64(":id", t->back->id), I64(":place_id", t->place_id),
		        TEXT(":reason_t", t->reason));
	return st;
}

enum status adjustment_reverse(struct tx *tx, struct doc *d, const void *input)
{
	const struct adjustment_step *in = input;
	struct doc back;
	struct taken t = {.tx = tx, .back = &back};
	if (!in || !in->note || !*in->note)
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "冲销须填写原因");
	enum status st = make_head(tx, d, in->note, &t);
	if (st != ST_OK)
		return st;
	const bool counted = strcmp(t.reason, "count") == 0;
	SCOPED(rows) m = db_query(tx_db(tx), select_moves, I64(":id", d->id));
	for (t.m = &m; rows_next(&m);) {
		enum status one = take_back(&t);
		st = st == ST_OK ? one : st;
	}
	if (st != ST_OK)
		return st;
	document_link(tx, d->id, back.id);
	if (counted) {
		stocktake_take_back(tx, d->id, t.place_id);
		tx_changed(tx, "month-closes", d->from_site_id, 0, d->id);
	}
	tx_changed(tx, "stock", d->from_site_id, 0, d->id);
	return ST_OK;
}
