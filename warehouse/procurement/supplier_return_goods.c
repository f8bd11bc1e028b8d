#include "warehouse/procurement/supplier_return_goods.h"

#include "warehouse/allocate.h"
#include "warehouse/pack.h"
#include "warehouse/partner/score.h"
#include "warehouse/price/paid.h"
#include "warehouse/procurement/platform_message.h"
#include "warehouse/settlement/payable.h"
#include "warehouse/settlement/site_goods.h"
#include "warehouse/volume/share.h"

#include <string.h>

/* ---- packs ---- */

SQL(select_for_batch,
    "SELECT l.id, l.units, b.lot_id, o.lot, p.name FROM supplier_return_line l JOIN batch b ON b.id = l.batch_id JOIN lot o ON "
    "o.id = b.lot_id JOIN product p ON p.id = b.product_id WHERE l.return_id = :id AND l.dropped = 0 AND l.batch_id = :batch_id "
    "AND l.quality = :quality_t /*all sites: the caller has the document*/");
SQL(select_scanned_in,
    "SELECT d.number FROM supplier_return_pack sp JOIN document d ON d.id = sp.return_id WHERE sp.pack_id = :pack_id AND d.state "
    "= 'approved' LIMIT 1 /*all sites: the caller has the pack*/");
SQL(select_packed_in,
    "SELECT d.number FROM shipment_pack sp JOIN document d ON d.id = sp.shipment_id WHERE sp.pack_id = :pack_id AND d.state IN "
    "('allocated', 'picked') LIMIT 1 /*all sites: the caller has the pack*/");
SQL(insert_pack,
    "INSERT INTO supplier_return_pack (return_id, pack_id, line_id, at_ms, user_id) VALUES (:id, :pack_id, :line_id, "
    ":at_ms, :user_id)");
SQL(sum_scanned,
    "SELECT CAST(coalesce(sum(p.units_left), 0) AS BIGINT) FROM supplier_return_pack sp JOIN pack p ON p.id = sp.pack_id WHERE "
    "sp.return_id = :id AND sp.line_id = :line_id /*all sites: the caller has the document*/");

static enum status known_pack(struct tx *tx, const char *text, struct pack *p)
{
	struct code code;
	struct pack_key key;
	code_parse(tx->arena, text, strlen(text), tx->today_ymd / 10000, &code);
	enum status st = pack_key_of(tx_db(tx), tx->arena, &code, &key);
	if (st == ST_OK && (!key.id || pack_load(tx_db(tx), tx->arena, key.id, p) != ST_OK))
		st = ST_CODE_UNKNOWN;
	return st == ST_OK ? ST_OK : tx_fail(tx, st, "code", 0, "%s: %s", text, status_text(st));
}

/* Is it here, and does nobody else want it? */
static enum status check_pack(struct tx *tx, const struct pack *p, const char *text, int64_t place_id)
{
	if (strcmp(p->state, "here") != 0)
		return tx_fail(tx, ST_CODE_GONE, "code", 0, "追溯码 %s 不在库", text);
	if (p->place_id != place_id)
		return tx_fail(tx, ST_CODE_ELSEWHERE, "code", 0, "追溯码 %s 在其他库房", text);
	const char *other = db_text(tx_db(tx), tx->arena, select_scanned_in, I64(":pack_id", p->id));
	if (other)
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "追溯码 %s 已扫入退货单 %s", text, other);
	other = db_text(tx_db(tx), tx->arena, select_packed_in, I64(":pack_id", p->id));
	return other ? tx_fail(tx, ST_CODE_ELSEWHERE, "code", 0, "追溯码 %s 已拣入配送单 %s", text, other) : ST_OK;
}

static enum status may_scan(struct tx *tx, const struct doc *d)
{
	if (!me_may(&tx->me, PERM_RETURN_SHIP) || !me_at_site(tx_db(tx), &tx->me, d->from_site_id))
		return ST_FORBIDDEN;
	if (strcmp(d->state, "approved") == 0)
		return ST_OK;
	return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "退货单 %s 是“%s”, 批准后才扫码出库", d->number,
	               document_state_title(d->kind, d->state));
}

enum status supplier_return_scan(struct tx *tx, struct doc *d, const char *text, struct supplier_return_scan *out)
{
	struct pack p = {.state = ""};
	tx->action = "supplier_return.scan";
	tx->ref_id = d->id;
	enum status st = may_scan(tx, d);
	if (st == ST_OK)
		st = known_pack(tx, text, &p);
	if (st == ST_OK)
		st = check_pack(tx, &p, text, supplier_return_spot(tx_db(tx), d->id).place_id);
	if (st != ST_OK)
		return st;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_for_batch, I64(":id", d->id), I64(":batch_id", p.batch_id),
	             TEXT(":quality_t", quality_name(p.quality)));
	if (!rows_next(&r))
		return tx_fail(tx, ST_NOT_ON_ORDER, "code", 0, "本单不退这个批次 (%s)", quality_words[p.quality].title);
	if ((st = pack_detach(tx, &p, d->id)) != ST_OK)
		return st;
	*out = (struct supplier_return_scan){.code = text,
	                                     .product_name = col_text(tx->arena, &r, 4),
	                                     .lot = col_text(tx->arena, &r, 3),
	                                     .line_id = col_i64(&r, 0),
	                                     .units = p.units_left,
	                                     .wanted_units = col_i64(&r, 1)};
	db_exec(tx, insert_pack, I64(":id", d->id), I64(":pack_id", p.id), I64(":line_id", out->line_id),
	        I64(":at_ms", tx->now_ms), I64(":user_id", tx->me.id));
	out->scanned_units = db_i64(tx_db(tx), 0, sum_scanned, I64(":id", d->id), I64(":line_id", out->line_id));
	if (out->scanned_units > out->wanted_units)
		return tx_fail(tx, ST_OVER_ORDERED, "code", 0, "批号 %s 已超出退货数量 %lld", out->lot,
		               (long long)out->wanted_units);
	document_note(tx, d, "scan", text);
	return ST_OK;
}

/* ---- the goods leave ---- */

/* A line on its way out. */
struct line {
	struct tx *tx;
	struct doc *d;
	struct batch batch;
	struct stock_spot from, to;
	int64_t id, n, units;
	bool fault; /* the supplier's */
};

SQL(select_packs, "SELECT pack_id FROM supplier_return_pack WHERE return_id = :id AND line_id = :line_id ORDER BY pack_id "
                  "/*all sites: the caller has the document*/");

/* The scanned packs; one that was moved since is refused. */
static enum status move_packs(struct line *l, int64_t *units)
{
	struct tx *tx = l->tx;
	*units = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_packs, I64(":id", l->d->id), I64(":line_id", l->id));
	while (rows_next(&r)) {
		struct pack p;
		enum status st = pack_load(tx_db(tx), tx->arena, col_i64(&r, 0), &p);
		if (st != ST_OK)
			return st;
		if (strcmp(p.state, "here") != 0 || p.place_id != l->from.place_id || p.batch_id != l->batch.id ||
		    p.quality != l->from.quality)
			return tx_fail(tx, ST_CODE_ELSEWHERE, "code", 0, "扫过的追溯码 %s 已不在原处, 请作废后重办",
			               pack_code(tx_db(tx), tx->arena, p.id));
		pack_move(tx, &p, l->to, "sent_back", l->d->id);
		*units += p.units_left;
	}
	return ST_OK;
}

static enum status book(struct line *l, int64_t units, int64_t traced)
{
	const struct stock_change c = {
	        .batch = &l->batch,
	        .units = units,
	        .traced_units = traced,
	        .from = l->from,
	        .to = l->to,
	        .document_id = l->d->id,
	        .line_id = l->id,
	        .reason = "to_supplier",
	};
	return units ? stock_book(l->tx, &c) : ST_OK;
}

/* RULE DOMAIN-12.2-return-scan: what has codes is scanned. */
static enum status check_loose(struct line *l, int64_t loose)
{
	int64_t here = stock_units(tx_db(l->tx), l->from.place_id, &l->batch, l->from.quality);
	int64_t traced = stock_traced_units(tx_db(l->tx), l->from.place_id, &l->batch, l->from.quality);
	if (loose <= here - traced || here < loose)
		return ST_OK; /* too few at all: the ledger says so */
	return tx_fail(l->tx, ST_CODES_MISSING, "lines", l->n, "批号 %s 还有 %lld 没有扫追溯码", l->batch.lot,
	               (long long)(loose - (here - traced)));
}

static enum status move_goods(struct line *l)
{
	int64_t scanned = 0;
	enum status st = move_packs(l, &scanned);
	if (st == ST_OK)
		st = book(l, scanned, scanned);
	if (st == ST_OK)
		st = check_loose(l, l->units - scanned);
	return st == ST_OK ? book(l, l->units - scanned, 0) : st;
}

SQL(set_money, "UPDATE supplier_return_line SET payable_id = :payable_id, less_units = :less, due_units = :due, back_month = "
               ":month, order_line_id = (SELECT y.order_line_id FROM payable y WHERE y.id = :payable_id) WHERE id = :id "
               "/*all sites: the caller has the document*/");
SQL(select_source, "SELECT source_line_id FROM batch WHERE id = :id");
SQL(select_order_line,
    "SELECT order_line_id FROM supplier_return_line WHERE id = :id /*all sites: the caller has the document*/");

/* Accepted goods that go back are in the figures: what was bought, at what price, and how good it was. */
static void count_back(struct line *l, int64_t source, const struct payable_back *back)
{
	struct tx *tx = l->tx;
	const struct price_back paid = {l->id, l->d->id, l->units};
	db_exec(tx, set_money, I64(":payable_id", back->payable_id), I64(":less", back->less_units), I64(":due", back->due_units),
	        I64(":month", tx->today_ymd / 100), I64(":id", l->id));
	site_goods_return(tx, l->id);
	volume_returned(tx, source, l->units, l->d->id);
	price_paid_back(tx, source, &paid);
	supplier_line_returned(tx, db_i64(tx_db(tx), 0, select_order_line, I64(":id", l->id)), l->units, l->fault);
}

/* Goods that were refused at inspection were never owed, nor counted in any figure but as refused. */
static enum status settle_line(struct line *l)
{
	struct payable_back back = {0};
	int64_t source = db_i64(tx_db(l->tx), 0, select_source, I64(":id", l->batch.id));
	if (!source)
		return ST_OK;
	enum status st = payable_give_back(l->tx, source, l->units, l->d->id, &back);
	if (back.payable_id)
		count_back(l, source, &back);
	if (back.receipt_id)
		document_link(l->tx, l->d->id, back.receipt_id);
	return st;
}

SQL(select_lines,
    "SELECT id, n, batch_id, quality, units, reason FROM supplier_return_line WHERE return_id = :id AND dropped = 0 ORDER BY n "
    "/*all sites: the caller has the document*/");

/* Goods that come too near their expiry before they are used, and other reasons of ours, are not the supplier's doing. */
static bool is_fault(const char *reason)
{
	return strcmp(reason, "quality") == 0 || strcmp(reason, "wrong") == 0 || strcmp(reason, "recall") == 0;
}

enum status supplier_return_ship(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	enum status st = ST_OK;
	const struct supplier_return_spot spot = supplier_return_spot(tx_db(tx), d->id);
	struct line l = {.tx = tx,
	                 .d = d,
	                 .from = {spot.place_id, QUALITY_RELEASED},
	                 .to = {place_outside(tx_db(tx), "supplier"), QUALITY_RELEASED}};
	reserve_end(tx, d->id, "posted");
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		size_t n = 0;
		l.id = col_i64(&r, 0);
		l.n = col_i64(&r, 1);
		l.units = col_i64(&r, 4);
		l.fault = is_fault(col_peek(&r, 5, &n));
		if (!quality_find(col_peek(&r, 3, &n), &l.from.quality))
			return ST_INTERNAL;
		st = batch_load(tx_db(tx), tx->arena, col_i64(&r, 2), &l.batch);
		if (st == ST_OK)
			st = move_goods(&l);
		if (st == ST_OK)
			st = settle_line(&l);
		if (st == ST_OK)
			platform_tell_return(tx, l.id);
	}
	tx_changed(tx, "stock", d->from_site_id, 0, d->id);
	return st;
}

/* ---- what is owed for them ---- */

SQL(select_invoiced,
    "SELECT 1 FROM supplier_return_line l JOIN batch b ON b.id = l.batch_id JOIN payable y ON y.receipt_line_id = "
    "b.source_line_id WHERE l.return_id = :id AND l.dropped = 0 GROUP BY y.id, y.units, y.returned_units, y.invoiced_units "
    "HAVING "
    "sum(l.units) > y.units - y.returned_units - y.invoiced_units LIMIT 1 /*all sites: the caller has the document*/");

enum status supplier_return_owes_nothing(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	return db_i64(tx_db(tx), 0, select_invoiced, I64(":id", d->id)) ? ST_WRONG_STATE : ST_OK;
}

SQL(wait_no_more, "UPDATE supplier_return_line SET due_units = red_units WHERE return_id = :id AND dropped = 0 "
                  "/*all sites: the caller has the document*/");

enum status supplier_return_close(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, wait_no_more, I64(":id", d->id));
	tx_changed(tx, "payables", d->from_site_id, 0, d->id);
	return ST_OK;
}

SQL(select_due, "SELECT id, return_id, due_units - red_units FROM supplier_return_line WHERE payable_id = :payable_id AND "
                "due_units > red_units ORDER BY id /*all sites: the caller has the invoice*/");
SQL(add_red, "UPDATE supplier_return_line SET red_units = red_units + :units, red_fen = red_fen + :fen WHERE id = :id "
             "/*all sites: the caller has the invoice*/");
SQL(due_to_less,
    "UPDATE supplier_return_line SET less_units = less_units + :units, due_units = due_units - :units WHERE id = :id "
    "/*all sites: the caller has the invoice*/");
SQL(still_due, "SELECT 1 FROM supplier_return_line WHERE return_id = :id AND dropped = 0 AND due_units > red_units LIMIT 1 "
               "/*all sites: the caller has the invoice*/");

static enum status settle_if_done(struct tx *tx, int64_t return_id, int64_t invoice_id)
{
	struct doc d;
	const struct me program = {0};
	enum status st = document_load(tx_db(tx), tx->arena, &program, &supplier_return_kind, return_id, &d);
	if (st != ST_OK)
		return st;
	document_link(tx, return_id, invoice_id);
	tx_changed(tx, "supplier-returns", d.from_site_id, 0, return_id);
	return db_i64(tx_db(tx), 0, still_due, I64(":id", return_id)) ? ST_OK : document_follow(tx, &d, "settle", NULL);
}

/* Gives units of a payable to the returns that wait, the oldest first: to their red column, or back to what is simply less. */
static enum status share_out(struct tx *tx, int64_t payable_id, int64_t units, int64_t fen, bool red, int64_t invoice_id)
{
	enum status st = ST_OK;
	int64_t left = units, fen_left = fen;
	SCOPED(rows) r = db_query(tx_db(tx), select_due, I64(":payable_id", payable_id));
	while (st == ST_OK && left > 0 && rows_next(&r)) {
		int64_t part = col_i64(&r, 2) < left ? col_i64(&r, 2) : left;
		int64_t part_fen = part == left ? fen_left : (int64_t)((__int128)fen * part / units);
		left -= part;
		fen_left -= part_fen;
		if (red)
			db_exec(tx, add_red, I64(":units", part), I64(":fen", part_fen), I64(":id", col_i64(&r, 0)));
		else
			db_exec(tx, due_to_less, I64(":units", part), I64(":id", col_i64(&r, 0)));
		st = settle_if_done(tx, col_i64(&r, 1), invoice_id);
	}
	return st;
}

enum status supplier_return_red(struct tx *tx, int64_t payable_id, int64_t units, int64_t fen, int64_t invoice_id)
{
	return share_out(tx, payable_id, units, fen, true, invoice_id);
}

enum status supplier_return_less(struct tx *tx, int64_t payable_id, int64_t units, int64_t invoice_id)
{
	return share_out(tx, payable_id, units, 0, false, invoice_id);
}
