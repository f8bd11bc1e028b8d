#include "warehouse/procurement/supplier_return.h"

#include "core/money.h"
#include "warehouse/allocate.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/procurement/supplier_return_goods.h"
#include "warehouse/stock.h"

#include <string.h>

const struct word_title supplier_return_reasons[] = {{"quality", "质量"}, {"expiry", "近效期"}, {"wrong", "错发"},
                                                     {"recall", "召回"},  {"other", "其他"},    {NULL, NULL}};

SQL(insert_return, "INSERT INTO supplier_return (id, supplier_id, place_id, amount_fen, line_count) VALUES (:id, :supplier_id, "
                   ":place_id, 0, 0)");
SQL(set_totals, "UPDATE supplier_return SET amount_fen = :fen, line_count = :count WHERE id = :id "
                "/*all sites: the caller has the document*/");
SQL(select_return, "SELECT supplier_id, place_id FROM supplier_return WHERE id = :id /*all sites: the caller has the document*/");
SQL(drop_lines, "UPDATE supplier_return_line SET dropped = 1 WHERE return_id = :id /*all sites: the caller has the document*/");
SQL(insert_line,
    "INSERT INTO supplier_return_line (id, return_id, n, batch_id, quality, units, amount_fen, reason, note, dropped, "
    "payable_id, "
    "less_units, due_units, red_units, red_fen) VALUES (:id, :return_id, :n, :batch_id, :quality_t, :units, :fen, :reason_t, "
    ":note_t, 0, NULL, 0, 0, 0, 0)");

struct supplier_return_spot supplier_return_spot(struct db *db, int64_t id)
{
	struct supplier_return_spot s = {0, 0};
	SCOPED(rows) r = db_query(db, select_return, I64(":id", id));
	if (rows_next(&r))
		s = (struct supplier_return_spot){col_i64(&r, 0), col_i64(&r, 1)};
	return s;
}

/* A return being written. */
struct work {
	struct tx *tx;
	const struct supplier_return_new *in;
	struct supplier_return_spot spot;
	int64_t id, fen;
};

/* Units of that batch and quality that nobody else was promised. */
static int64_t free_units(struct tx *tx, int64_t place_id, const struct batch *b, enum quality q)
{
	int64_t units = stock_units(tx_db(tx), place_id, b, q);
	return q == QUALITY_RELEASED ? units - stock_reserved(tx_db(tx), place_id, b->id) : units;
}

static enum status check_stock(struct tx *tx, size_t i, int64_t place_id, const struct batch *b, enum quality q, int64_t units)
{
	int64_t have = free_units(tx, place_id, b, q);
	if (units <= have)
		return ST_OK;
	return tx_fail(tx, ST_NOT_ENOUGH_STOCK, tx_line_field(tx, i, "units"), (int64_t)i + 1,
	               "批号 %s (%s) 可退 %lld, 要退 %lld", b->lot, quality_words[q].title, (long long)(have > 0 ? have : 0),
	               (long long)units);
}

/* One batch and quality stands on one line. */
static bool stands_before(const struct supplier_return_new *in, size_t i, enum quality q)
{
	enum quality other = QUALITY_RELEASED;
	for (size_t k = 0; k < i; k++)
		if (in->lines[k].batch_id == in->lines[i].batch_id &&
		    quality_find(in->lines[k].quality ? in->lines[k].quality : "released", &other) && other == q)
			return true;
	return false;
}

static enum status check_line(struct work *w, size_t i, struct batch *b, enum quality *q)
{
	struct tx *tx = w->tx;
	const struct supplier_return_line_new *line = &w->in->lines[i];
	int64_t row = (int64_t)i + 1;
	*q = QUALITY_RELEASED;
	if (batch_load(tx_db(tx), tx->arena, line->batch_id, b) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "batch_id"), row, "没有这个批次");
	if (b->supplier_id != w->spot.supplier_id)
		return tx_fail(tx, ST_NOT_FROM_SUPPLIER, tx_line_field(tx, i, "batch_id"), row, "批号 %s 不是该供应商供的货",
		               b->lot);
	if (line->quality && (!quality_find(line->quality, q) || *q == QUALITY_PENDING))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "quality"), row,
		               "待验的货请在收货单上验收, 不合格后再退");
	if (stands_before(w->in, i, *q))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "batch_id"), row, "批号 %s 写了两行, 请合并", b->lot);
	if (strcmp(line->reason, "other") == 0 && (!line->note || !*line->note))
		return tx_fail(tx, ST_REASON_MISSING, tx_line_field(tx, i, "note"), row, "原因选“其他”时请说明");
	return check_stock(tx, i, w->spot.place_id, b, *q, line->units);
}

static enum status write_line(struct work *w, size_t i)
{
	struct batch b;
	enum quality q;
	int64_t fen = 0;
	struct tx *tx = w->tx;
	const struct supplier_return_line_new *line = &w->in->lines[i];
	enum status st = check_line(w, i, &b, &q);
	if (st != ST_OK)
		return st;
	if (!amount_fen(line->units, b.price_e4, b.units_per_pack, &fen))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), (int64_t)i + 1, "数量过大");
	w->fen += fen;
	db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":return_id", w->id), I64(":n", (int64_t)i + 1),
	        I64(":batch_id", b.id), TEXT(":quality_t", quality_name(q)), I64(":units", line->units), I64(":fen", fen),
	        TEXT(":reason_t", line->reason), TEXT(":note_t", line->note));
	return ST_OK;
}

static enum status write_lines(struct work *w)
{
	enum status first = ST_OK;
	for (size_t i = 0; i < w->in->line_count; i++) {
		enum status st = write_line(w, i);
		first = first == ST_OK ? st : first;
	}
	db_exec(w->tx, set_totals, I64(":fen", w->fen), I64(":count", (int64_t)w->in->line_count), I64(":id", w->id));
	return first;
}

enum status supplier_return_make(struct tx *tx, const struct supplier_return_new *in, struct doc *out)
{
	struct supplier s;
	tx->action = "supplier_return.make";
	if (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	int64_t place = in->depot_id ? in->depot_id : site_default_depot(tx_db(tx), tx->me.root_site_id);
	int64_t site = place ? depot_site(tx_db(tx), place) : 0;
	if (!site || !me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "没有这个库房, 或不在您的管辖范围");
	struct work w = {.tx = tx, .in = in, .spot = {in->supplier_id, place}};
	const struct doc_head head = {site, 0, in->reference, in->note, NULL};
	enum status st = document_make(tx, &supplier_return_kind, &head, out);
	w.id = out->id;
	db_exec(tx, insert_return, I64(":id", w.id), I64(":supplier_id", in->supplier_id), I64(":place_id", place));
	return st == ST_OK ? write_lines(&w) : st;
}

enum status supplier_return_change(struct tx *tx, struct doc *d, const struct supplier_return_new *in)
{
	struct work w = {.tx = tx, .in = in, .spot = supplier_return_spot(tx_db(tx), d->id), .id = d->id};
	tx->action = "supplier_return.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "退货单 %s 已提交, 不能修改", d->number);
	enum status st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	if (in->line_count == 0)
		return ST_OK;
	db_exec(tx, drop_lines, I64(":id", d->id));
	return write_lines(&w);
}

/* ---- steps ---- */

SQL(select_lines,
    "SELECT id, batch_id, quality, units FROM supplier_return_line WHERE return_id = :id AND dropped = 0 ORDER BY n "
    "/*all sites: the caller has the document*/");

/* What was written in the draft may have been used since. */
static enum status still_there(struct tx *tx, const struct doc *d, const void *input)
{
	enum status first = ST_OK;
	(void)input;
	const struct supplier_return_spot spot = supplier_return_spot(tx_db(tx), d->id);
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	for (size_t i = 0; rows_next(&r); i++) {
		struct batch b;
		size_t n = 0;
		enum quality q = QUALITY_RELEASED;
		enum status st = batch_load(tx_db(tx), tx->arena, col_i64(&r, 1), &b);
		if (st == ST_OK && quality_find(col_peek(&r, 2, &n), &q))
			st = check_stock(tx, i, spot.place_id, &b, q, col_i64(&r, 3));
		first = first == ST_OK ? st : first;
	}
	return first;
}

/* From here on nobody else is promised them. */
static enum status promise(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	const struct supplier_return_spot spot = supplier_return_spot(tx_db(tx), d->id);
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r)) {
		size_t n = 0;
		if (strcmp(col_peek(&r, 2, &n), quality_name(QUALITY_RELEASED)) == 0)
			reserve(tx, d->id, col_i64(&r, 0), spot.place_id, col_i64(&r, 1), col_i64(&r, 3));
	}
	return ST_OK;
}

SQL(forget_packs, "DELETE FROM supplier_return_pack WHERE return_id = :id /*all sites: the caller has the document*/");

static enum status give_up(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	reserve_end(tx, d->id, "voided");
	db_exec(tx, forget_packs, I64(":id", d->id));
	tx_changed(tx, "stock", d->from_site_id, 0, d->id);
	return ST_OK;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},           {"submitted", "已提交", true}, {"approved", "已批准", true},
        {"shipped", "已出库待红票", true}, {"settled", "已结清", true},   {"closed", "已结案", false},
        {"cancelled", "已作废", false},    {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_RETURN_EDIT, SIDE_FROM, false, still_there, promise},
        {"submitted", "approve", "approved", "批准", PERM_RETURN_APPROVE, SIDE_FROM, false, NULL, NULL},
        {"approved", "ship", "settled", "退货出库", PERM_RETURN_SHIP, SIDE_FROM, false, supplier_return_owes_nothing,
         supplier_return_ship},
        {"approved", "ship", "shipped", "退货出库", PERM_RETURN_SHIP, SIDE_FROM, false, NULL, supplier_return_ship},
        {"shipped", "settle", "settled", "红票到齐", PERM_NONE, SIDE_FROM, false, NULL, NULL},
        {"shipped", "close", "closed", "结案", PERM_RETURN_APPROVE, SIDE_FROM, true, NULL, supplier_return_close},
        {"submitted", "return", "draft", "退回修改", PERM_RETURN_APPROVE, SIDE_FROM, true, NULL, give_up},
        {"draft", "cancel", "cancelled", "作废", PERM_RETURN_EDIT, SIDE_FROM, true, NULL, NULL},
        {"approved", "cancel", "cancelled", "作废", PERM_RETURN_APPROVE, SIDE_FROM, true, NULL, give_up},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE GSP-two-persons: whoever asks for a return does not approve it. */
static const struct doc_two_persons two_persons[] = {
        {"approve", "make"}, {"approve", "submit"}, {"approve", "edit"}, {NULL, NULL}};
const struct doc_kind supplier_return_kind = {"supplier_return", "采购退货单", "CT", "supplier-returns", states, steps,
                                              "draft",           two_persons};
