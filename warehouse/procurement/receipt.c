#include "warehouse/procurement/receipt.h"
#include "warehouse/procurement/platform_message.h"

#include "core/attachment.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/partner/partner.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/paid.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/udi.h"
#include "warehouse/procurement/order.h"
#include "warehouse/volume/share.h"
#include "warehouse/settlement/payable.h"

#include <string.h>

#define CODES_MAX 500

/* Where a receipt's goods go. */
struct target {
	int64_t order_id, supplier_id, place_id, supplier_place_id;
};

SQL(insert_receipt, "INSERT INTO receipt (id, order_id, supplier_id, place_id) VALUES (:id, :order_id, :supplier_id, :place_id)");
SQL(select_receipt,
    "SELECT order_id, supplier_id, place_id FROM receipt WHERE id = :id /*all sites: the caller has the document*/");
SQL(insert_line,
    "INSERT INTO receipt_line (id, receipt_id, order_line_id, batch_id, units, outcome, approval_no, appearance, reason, posted, "
    "udi) VALUES (:id, :receipt_id, :order_line_id, :batch_id, :units, :outcome_t, :approval_t, :appearance_t, :reason_t, 0, "
    ":udi_t)");
SQL(select_same_lot,
    "SELECT rl.id, rl.batch_id, rl.units FROM receipt_line rl JOIN batch b ON b.id = rl.batch_id WHERE rl.receipt_id = "
    ":receipt_id AND rl.order_line_id = :order_line_id AND b.lot_id = :lot_id AND rl.posted = 0 AND rl.inspected_by IS NULL "
    "/*all sites: the caller has the document*/");
SQL(grow_line, "UPDATE receipt_line SET units = units + :units WHERE id = :id /*all sites: the caller has the document*/");
SQL(insert_refused,
    "INSERT INTO receipt_refused (id, receipt_id, order_line_id, lot, units, reason) VALUES (:id, :receipt_id, :order_line_id, "
    ":lot_t, :units, :reason_t)");

static struct target target_of(struct tx *tx, const struct doc *d)
{
	struct target t = {0};
	SCOPED(rows) r = db_query(tx_db(tx), select_receipt, I64(":id", d->id));
	if (rows_next(&r))
		t = (struct target){col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), 0};
	t.supplier_place_id = place_outside(tx_db(tx), "supplier");
	return t;
}

/* A line under way: one order line, one lot. */
struct work {
	struct tx *tx;
	const struct doc *d;
	struct target t;
	struct order_line ol;
	struct batch batch;
	int64_t line_id, line_units;
	size_t index;
};

static char *at(struct work *w, const char *name)
{
	return tx_line_field(w->tx, w->index, name);
}

static int64_t row_of(const struct work *w)
{
	return (int64_t)w->index + 1;
}

static enum status find_order_line(struct work *w, int64_t order_line_id)
{
	enum status st = order_line_load(tx_db(w->tx), w->tx->arena, order_line_id, &w->ol);
	if (st != ST_OK || w->ol.order_id != w->t.order_id)
		return tx_fail(w->tx, ST_NOT_ON_ORDER, at(w, "order_line_id"), row_of(w), "订单中没有这一行");
	if (w->ol.to_site_id != w->d->to_site_id)
		return tx_fail(w->tx, ST_NOT_ON_ORDER, at(w, "order_line_id"), row_of(w),
		               "%s 由另一机构收货 (直送), 不能在此收货", w->ol.product_name);
	return ST_OK;
}

/* RULE GSP-receive-expired: goods past their printed date are refused at the door. */
static enum status check_expiry(struct work *w, int64_t expiry_ymd)
{
	if (!ymd_is_expired((int32_t)expiry_ymd, w->tx->today_ymd))
		return ST_OK;
	return tx_fail(w->tx, ST_EXPIRED, at(w, "expiry_ymd"), row_of(w), "%s 有效期 %lld 已过, 请拒收", w->ol.product_name,
	               (long long)expiry_ymd);
}

/* RULE GSP-registration-made: goods made after the registration ran out are refused at the door. */
static enum status check_registration(struct work *w, int64_t lot_id)
{
	const char *why = NULL;
	struct tx *tx = w->tx;
	enum status st = partner_may_receive(tx_db(tx), tx->arena, w->ol.product_id, lot_id, tx->today_ymd, &why);
	return st == ST_OK ? ST_OK : tx_fail(tx, st, at(w, "made_ymd"), row_of(w), "%s", why);
}

/* The receipt's line for this order line and lot: an open one, or a new one with a batch of its own. */
static enum status open_line(struct work *w, const struct receipt_line_new *in)
{
	int64_t lot_id = 0;
	struct tx *tx = w->tx;
	enum status st = lot_ensure(tx, w->ol.product_id, in->lot, (int32_t)in->made_ymd, (int32_t)in->expiry_ymd, &lot_id);
	if (st == ST_OK)
		st = check_registration(w, lot_id);
	if (st != ST_OK)
		return st;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_same_lot, I64(":receipt_id", w->d->id), I64(":order_line_id", w->ol.id),
	             I64(":lot_id", lot_id));
	if (rows_next(&r)) {
		w->line_id = col_i64(&r, 0);
		w->line_units = col_i64(&r, 2);
		return batch_load(tx_db(tx), tx->arena, col_i64(&r, 1), &w->batch);
	}
	w->line_id = tx_new_id(tx);
	w->line_units = 0;
	const struct new_batch batch = {lot_id,         w->ol.product_id,     w->line_id,         w->t.supplier_id,
	                                w->ol.price_e4, w->ol.units_per_pack, w->ol.owner_site_id};
	return batch_load(tx_db(tx), tx->arena, batch_make(tx, &batch), &w->batch);
}

/* Books units of the line from the supplier to 待验; the caller knows that they fit the order. */
static enum status take_units(struct work *w, const struct receipt_line_new *in, int64_t units, int64_t traced_units)
{
	struct tx *tx = w->tx;
	if (w->line_units == 0) {
		price_flag_receipt(tx, w->line_id, w->ol.id);
		db_exec(tx, insert_line, I64(":id", w->line_id), I64(":receipt_id", w->d->id), I64(":order_line_id", w->ol.id),
		        I64(":batch_id", w->batch.id), I64(":units", units),
		        TEXT(":outcome_t", in->outcome ? in->outcome : "pending"), TEXT(":approval_t", in->approval_no),
		        TEXT(":appearance_t", in->appearance), TEXT(":reason_t", in->reason), TEXT(":udi_t", in->udi));
	} else
		db_exec(tx, grow_line, I64(":units", units), I64(":id", w->line_id));
	w->line_units += units;
	w->ol.received_units += units;
	order_line_receive(tx, w->ol.id, units);
	const struct stock_change c = {
	        .batch = &w->batch,
	        .units = units,
	        .traced_units = traced_units,
	        .from = {w->t.supplier_place_id, QUALITY_PENDING},
	        .to = {w->t.place_id, QUALITY_PENDING},
	        .document_id = w->d->id,
	        .line_id = w->line_id,
	        .reason = "receive",
	};
	return stock_book(tx, &c);
}

static void refuse_units(struct work *w, const char *lot, int64_t units)
{
	int64_t id = tx_new_id(w->tx);
	db_exec(w->tx, insert_refused, I64(":id", id), I64(":receipt_id", w->d->id), I64(":order_line_id", w->ol.id),
	        TEXT(":lot_t", lot), I64(":units", units), TEXT(":reason_t", "超出订单数量"));
	platform_tell_over(w->tx, id);
}

SQL(insert_receipt_pack,
    "INSERT INTO receipt_pack (receipt_id, pack_id, line_id, at_ms, user_id) VALUES (:receipt_id, :pack_id, :line_id, "
    ":at_ms, :user_id) ON CONFLICT DO NOTHING");

static enum status check_pack_state(struct work *w, const struct pack_key *key, const struct pack *p, const char *field)
{
	if (strcmp(p->state, "announced") == 0)
		return ST_OK;
	bool here = strcmp(p->state, "here") == 0;
	return tx_fail(w->tx, here ? ST_CODE_ALREADY_HERE : ST_CODE_GONE, field, row_of(w), "追溯码 %s %s", key->code,
	               here ? "已在库, 不能重复收货" : "已出库或已使用, 不能收货");
}

/* Reads one code and what the store knows of it; *known: the pack exists (announced). */
static enum status read_code(struct work *w, const char *text, const char *field, struct pack_key *key, struct code *code,
                             struct pack *p, bool *known)
{
	struct tx *tx = w->tx;
	code_parse(tx->arena, text, strlen(text), tx->today_ymd / 10000, code);
	enum status st = pack_key_of(tx_db(tx), tx->arena, code, key);
	if (st != ST_OK)
		return tx_fail(tx, st, field, row_of(w), "%s: %s", text, status_text(st));
	if (key->prefix && !key->id)
		return tx_fail(tx, ST_CODE_UNBOUND, field, row_of(w), "新的药品标识码 %s, 请绑定到订单行", key->prefix);
	if (!key->product_id)
		return tx_fail(tx, ST_CODE_UNKNOWN, field, row_of(w), "%s: 目录中没有这个条码的品种", text);
	*known = key->id && pack_load(tx_db(tx), tx->arena, key->id, p) == ST_OK;
	return *known ? check_pack_state(w, key, p, field) : ST_OK;
}

static int64_t pack_units(const struct pack_key *key, const struct pack *p, bool known)
{
	return known ? p->units_left : key->units;
}

static enum status arrive(struct work *w, const struct pack_key *key, bool known, struct pack *p)
{
	enum status st = ST_OK;
	struct tx *tx = w->tx;
	if (known && p->parent_id && !p->detached_seq) {
		/* one box out of an announced case: it arrives alone */
		p->batch_id = w->batch.id;
		st = pack_detach(tx, p, w->d->id);
	}
	if (st == ST_OK)
		st = pack_arrive(tx, key, &w->batch, (struct stock_spot){w->t.place_id, QUALITY_PENDING}, w->d->id);
	int64_t id = key->id;
	struct pack_key again = *key;
	struct code code;
	if (st == ST_OK && !id) { /* a GS1 serial got its number only now */
		code_parse(tx->arena, key->code, strlen(key->code), tx->today_ymd / 10000, &code);
		st = pack_key_of(tx_db(tx), tx->arena, &code, &again);
		id = again.id;
	}
	db_exec(tx, insert_receipt_pack, I64(":receipt_id", w->d->id), I64(":pack_id", id), I64(":line_id", w->line_id),
	        I64(":at_ms", tx->now_ms), I64(":user_id", tx->me.id));
	return st;
}

/* The codes typed or sent with a line; together they hold no more units than the line. */
static enum status take_codes(struct work *w, const struct receipt_line_new *in, int64_t units, int64_t *traced)
{
	*traced = 0;
	for (size_t i = 0; i < in->code_count; i++) {
		struct pack_key key;
		struct code code;
		struct pack p = {0};
		bool known = false;
		const char *field = arena_printf(w->tx->arena, "lines[%zu].codes[%zu]", w->index, i);
		enum status st = read_code(w, in->codes[i], field, &key, &code, &p, &known);
		if (st != ST_OK)
			return st;
		if (key.product_id != w->ol.product_id)
			return tx_fail(w->tx, ST_NOT_ON_ORDER, field, row_of(w), "%s 不是 %s 的追溯码", in->codes[i],
			               w->ol.product_name);
		*traced += pack_units(&key, &p, known);
		if (*traced > units)
			return tx_fail(w->tx, ST_OVER_ORDERED, field, row_of(w), "追溯码合计 %lld, 多于本行数量 %lld",
			               (long long)*traced, (long long)units);
		if ((st = arrive(w, &key, known, &p)) != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status check_typed(struct work *w, const struct receipt_line_new *in)
{
	if (!in->lot || !*in->lot)
		return tx_fail(w->tx, ST_INVALID_FIELD, at(w, "lot"), row_of(w), "请填写批号");
	if (!in->expiry_ymd)
		return tx_fail(w->tx, ST_INVALID_FIELD, at(w, "expiry_ymd"), row_of(w), "请填写有效期");
	if (in->units < 1)
		return tx_fail(w->tx, ST_INVALID_FIELD, at(w, "units"), row_of(w), "请填写数量");
	return check_expiry(w, in->expiry_ymd);
}

/* A label says what nobody needs to type; one with a serial is a code of the line. */
static enum status take_udi(struct work *w, struct receipt_line_new *line, struct udi *udi)
{
	struct udi_line typed = {line->lot, line->made_ymd, line->expiry_ymd};
	if (!line->udi || !*line->udi)
		return ST_OK;
	enum status st = udi_fill(w->tx, line->udi, w->ol.product_id, at(w, "udi"), row_of(w), udi, &typed);
	if (st != ST_OK)
		return st;
	if (udi->serial) {
		const char **codes = arena_array(w->tx->arena, line->code_count + 1, sizeof *codes);
		for (size_t i = 0; i < line->code_count; i++)
			codes[i] = line->codes[i];
		codes[line->code_count++] = line->udi;
		line->codes = codes;
	}
	line->lot = typed.lot;
	line->made_ymd = typed.made_ymd;
	line->expiry_ymd = typed.expiry_ymd;
	line->udi = udi->label;
	return ST_OK;
}

/* One typed line. RULE DOMAIN-12.2-over-delivery: the ordered part is taken, the rest goes on the refusal slip. */
static enum status take_line(struct work *w, const struct receipt_line_new *typed)
{
	int64_t traced = 0;
	struct udi udi = {.label = NULL};
	struct receipt_line_new line = *typed, *in = &line;
	enum status st = find_order_line(w, in->order_line_id);
	if (st == ST_OK)
		st = take_udi(w, in, &udi);
	if (st == ST_OK)
		st = check_typed(w, in);
	if (st != ST_OK)
		return st;
	int64_t due = w->ol.units - w->ol.received_units, taken = in->units < due ? in->units : due;
	if (in->units > taken)
		refuse_units(w, in->lot, in->units - taken);
	if (taken == 0)
		return ST_OK;
	if ((st = open_line(w, in)) != ST_OK)
		return st;
	st = take_codes(w, in, taken, &traced);
	if (st == ST_OK)
		st = udi_check_implant(w->tx, w->ol.product_id, w->ol.product_name, udi.label ? &udi : NULL, traced == taken,
		                       at(w, "udi"), row_of(w));
	return st == ST_OK ? take_units(w, in, taken, traced) : st;
}

static enum status take_lines(struct tx *tx, struct doc *d, const struct target *t, const struct receipt_new *in)
{
	for (size_t i = 0; i < in->line_count; i++) {
		struct work w = {.tx = tx, .d = d, .t = *t, .index = i};
		enum status st = take_line(&w, &in->lines[i]);
		if (st != ST_OK)
			return st;
	}
	return in->line_count ? order_received(tx, t->order_id) : ST_OK;
}

static enum status find_target(struct tx *tx, const struct receipt_new *in, const struct doc *order, int64_t *site_id,
                               struct target *t)
{
	/* a branch takes its own lines of an order that goes elsewhere (直送) without saying so */
	int64_t own = me_at_site(tx_db(tx), &tx->me, order->to_site_id) ? order->to_site_id : tx->me.root_site_id;
	*site_id = in->site_id ? in->site_id : own;
	if (!me_at_site(tx_db(tx), &tx->me, *site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	int64_t place = in->depot_id ? in->depot_id : site_default_depot(tx_db(tx), *site_id);
	if (!place || depot_site(tx_db(tx), place) != *site_id)
		return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "该机构没有这个库房");
	*t = (struct target){order->id, 0, place, place_outside(tx_db(tx), "supplier")};
	return ST_OK;
}

SQL(select_order_supplier, "SELECT supplier_id FROM purchase_order WHERE id = :id /*all sites: the caller has the document*/");

enum status receipt_make(struct tx *tx, const struct receipt_new *in, struct doc *out)
{
	struct doc order;
	struct target t = {0};
	int64_t site_id = 0;
	tx->action = "receipt.make";
	enum status st = document_load(tx_db(tx), tx->arena, &tx->me, &order_kind, in->order_id, &order);
	if (st != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "order_id", 0, "没有这张订单");
	if (strcmp(order.state, "sent") != 0 && strcmp(order.state, "part_received") != 0)
		return tx_fail(tx, ST_WRONG_STATE, "order_id", 0, "订单 %s 是“%s”, 不能收货", order.number,
		               document_state_title(&order_kind, order.state));
	if ((st = find_target(tx, in, &order, &site_id, &t)) != ST_OK)
		return st;
	t.supplier_id = db_i64(tx_db(tx), 0, select_order_supplier, I64(":id", order.id));
	const struct doc_head head = {order.from_site_id, site_id, in->reference, in->note, NULL};
	st = document_make(tx, &receipt_kind, &head, out);
	db_exec(tx, insert_receipt, I64(":id", out->id), I64(":order_id", order.id), I64(":supplier_id", t.supplier_id),
	        I64(":place_id", t.place_id));
	document_link(tx, out->id, order.id);
	return st == ST_OK ? take_lines(tx, out, &t, in) : st;
}

static enum status check_open(struct tx *tx, const struct doc *d)
{
	if (!me_at_site(tx_db(tx), &tx->me, d->to_site_id))
		return ST_FORBIDDEN;
	if (strcmp(d->state, "received") == 0)
		return ST_OK;
	return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "收货单 %s 已验收, 不能再收货", d->number);
}

enum status receipt_add_lines(struct tx *tx, struct doc *d, const struct receipt_new *in)
{
	enum status st = check_open(tx, d);
	tx->action = "receipt.line";
	const struct target t = target_of(tx, d);
	if (st == ST_OK)
		st = take_lines(tx, d, &t, in);
	document_note(tx, d, "line", NULL);
	return st;
}

SQL(select_last_lot,
    "SELECT l.lot, l.expiry_ymd FROM receipt_line rl JOIN batch b ON b.id = rl.batch_id JOIN lot l ON l.id = b.lot_id WHERE "
    "rl.receipt_id = :receipt_id AND rl.order_line_id = :order_line_id ORDER BY rl.id DESC LIMIT 1 "
    "/*all sites: the caller has the document*/");
SQL(select_lot, "SELECT lot, expiry_ymd FROM lot WHERE id = :id");

/* Lot and expiry of a scan: from the announcement, the code, what was typed with it, or the line's last lot. */
static enum status scan_lot(struct work *w, const struct receipt_scan_in *in, const struct code *code, const struct pack *p,
                            bool known, struct receipt_line_new *line)
{
	struct db *db = tx_db(w->tx);
	if (known && p->lot_id) {
		SCOPED(rows) r = db_query(db, select_lot, I64(":id", p->lot_id));
		if (rows_next(&r)) {
			line->lot = col_text(w->tx->arena, &r, 0);
			line->expiry_ymd = col_i64(&r, 1);
		}
	} else if (code->lot && code->expiry_ymd) {
		line->lot = code->lot;
		line->made_ymd = code->made_ymd;
		line->expiry_ymd = code->expiry_ymd;
	} else if (in->lot && *in->lot && in->expiry_ymd) {
		line->lot = in->lot;
		line->expiry_ymd = in->expiry_ymd;
	} else {
		SCOPED(rows) r = db_query(db, select_last_lot, I64(":receipt_id", w->d->id), I64(":order_line_id", w->ol.id));
		if (!rows_next(&r))
			return tx_fail(w->tx, ST_NEEDS_LOT, "lot", 0, "%s: 请录入批号与有效期, 之后同批直接扫码",
			               w->ol.product_name);
		line->lot = col_text(w->tx->arena, &r, 0);
		line->expiry_ymd = col_i64(&r, 1);
	}
	return check_expiry(w, line->expiry_ymd);
}

static void tell(struct work *w, const char *kind, const char *code, int64_t units, const struct receipt_line_new *line,
                 struct receipt_scan *out, const char *message)
{
	*out = (struct receipt_scan){
	        .kind = kind,
	        .code = code,
	        .product_name = w->ol.product_name,
	        .lot = line ? line->lot : NULL,
	        .message = message,
	        .product_id = w->ol.product_id,
	        .order_line_id = w->ol.id,
	        .made_ymd = line ? line->made_ymd : 0,
	        .expiry_ymd = line ? line->expiry_ymd : 0,
	        .units = units,
	        .line_id = w->line_id,
	        .line_units = w->line_units,
	        .order_left_units = w->ol.units - w->ol.received_units,
	};
}

/* A bar code that names a product, or a product and its lot: tells which line it is and what the label says; changes nothing. */
static enum status scan_product(struct work *w, const struct code *code, struct receipt_scan *out)
{
	struct udi udi = {.label = NULL};
	int64_t product = product_by_di(tx_db(w->tx), code->di);
	int64_t line = product ? order_line_for(tx_db(w->tx), w->t.order_id, product, w->d->to_site_id) : 0;
	if (!line)
		return tx_fail(w->tx, product ? ST_NOT_ON_ORDER : ST_CODE_UNKNOWN, "code", 0, "%s: %s", code->input,
		               product ? "订单中没有这个品种" : "目录中没有这个条码");
	enum status st = find_order_line(w, line);
	bool labelled = udi_of(w->tx->arena, code, &udi) && (udi.lot || udi.expiry_ymd);
	const struct receipt_line_new read = {.lot = udi.lot, .made_ymd = udi.made_ymd, .expiry_ymd = udi.expiry_ymd};
	tell(w, "product", code->input, 0, &read, out,
	     labelled ? "UDI 已读出批号和效期, 请录入数量" : "商品条码只表示品种, 请扫追溯码或录入数量");
	out->udi = labelled ? udi.label : NULL;
	return st;
}

static enum status scan_pack(struct work *w, const struct receipt_scan_in *in, struct receipt_scan *out)
{
	struct pack_key key;
	struct code code;
	struct pack p = {0};
	struct udi udi;
	struct receipt_line_new line = {.outcome = NULL};
	bool known = false;
	enum status st = read_code(w, in->code, "code", &key, &code, &p, &known);
	if (st != ST_OK)
		return st;
	int64_t line_id = in->order_line_id ? in->order_line_id : known && p.order_line_id ? p.order_line_id : 0;
	if (!line_id)
		line_id = order_line_for(tx_db(w->tx), w->t.order_id, key.product_id, w->d->to_site_id);
	if ((st = find_order_line(w, line_id)) != ST_OK || (st = scan_lot(w, in, &code, &p, known, &line)) != ST_OK)
		return st;
	line.udi = udi_of(w->tx->arena, &code, &udi) ? udi.label : NULL;
	int64_t units = pack_units(&key, &p, known);
	if (units > w->ol.units - w->ol.received_units) {
		refuse_units(w, line.lot, units);
		tell(w, "refused", key.code, units, &line, out, "超出订单未到数量, 已列入拒收单");
		return ST_OK;
	}
	if ((st = open_line(w, &line)) != ST_OK || (st = arrive(w, &key, known, &p)) != ST_OK)
		return st;
	st = take_units(w, &line, units, units);
	tell(w, key.level > 1 ? "case" : "pack", key.code, units, &line, out, "已收货, 待验");
	out->udi = line.udi;
	out->serial = line.udi ? code.serial : NULL;
	return st == ST_OK ? order_received(w->tx, w->t.order_id) : st;
}

enum status receipt_scan(struct tx *tx, struct doc *d, const struct receipt_scan_in *in, struct receipt_scan *out)
{
	struct work w = {.tx = tx, .d = d, .t = target_of(tx, d)};
	struct code code;
	tx->action = "receipt.scan";
	tx->ref_id = d->id;
	enum status st = check_open(tx, d);
	if (st != ST_OK)
		return st;
	code_parse(tx->arena, in->code, strlen(in->code), tx->today_ymd / 10000, &code);
	bool product_only = code.valid && !code.trace_code && code.di;
	st = product_only ? scan_product(&w, &code, out) : scan_pack(&w, in, out);
	if (st == ST_OK && !product_only)
		document_note(tx, d, "scan", out->code);
	return st;
}

enum status receipt_bind(struct tx *tx, struct doc *d, const struct receipt_binding *in)
{
	struct work w = {.tx = tx, .d = d, .t = target_of(tx, d)};
	struct product p;
	struct code code;
	int64_t no = 0, units = 0;
	tx->action = "receipt.bind";
	enum status st = check_open(tx, d);
	if (st == ST_OK)
		st = find_order_line(&w, in->order_line_id);
	if (st == ST_OK)
		st = product_load(tx_db(tx), tx->arena, w.ol.product_id, &p);
	if (st != ST_OK)
		return st;
	code_parse(tx->arena, in->code, strlen(in->code), tx->today_ymd / 10000, &code);
	if (!code.valid || !code.identifier)
		return tx_fail(tx, ST_CODE_NOT_TRACE, "code", 0, "%s 不是 20 位药品追溯码", in->code);
	st = pack_units_said(tx, p.units_per_pack, in->units_per_code, (struct pack_ratio){in->multiplier, in->divider}, &units);
	if (st == ST_OK && !units)
		return tx_fail(tx, ST_INVALID_FIELD, "units_per_code", 0, "请填写一个追溯码代表多少%s", p.unit_name);
	if (st == ST_OK)
		st = prefix_bind(tx, code.identifier, p.id, units, pack_level_of(&p, units), in->order_line_id, 0, &no);
	if (st == ST_OK)
		document_note(tx, d, "bind", arena_printf(tx->arena, "%s → %s", code.identifier, p.name));
	return st;
}

SQL(select_open_lines,
    "SELECT rl.id, rl.outcome, rl.order_line_id, p.approval_no, p.name, l.lot, b.product_id FROM receipt_line rl JOIN batch b ON "
    "b.id = "
    "rl.batch_id JOIN lot l ON l.id = b.lot_id JOIN product p ON p.id = b.product_id WHERE rl.receipt_id = :id AND rl.posted = 0 "
    "ORDER BY rl.id /*all sites: the caller has the document*/");
SQL(judge_line,
    "UPDATE receipt_line SET outcome = :outcome_t, approval_no = coalesce(:approval_t, approval_no), appearance = "
    "coalesce(:appearance_t, appearance), reason = coalesce(:reason_t, reason), inspected_by = :by_id, inspected_at_ms = :at_ms "
    "WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_unconfirmed, "SELECT no FROM trace_prefix WHERE order_line_id = :line_id AND confirmed_by IS NULL "
                        "/*scan: few bindings wait*/ /*all sites: bindings are for all*/");

/* Accepting a line is the second person's word on the codes that were bound to it. */
static enum status confirm_bindings(struct tx *tx, int64_t order_line_id)
{
	enum status st = ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_unconfirmed, I64(":line_id", order_line_id));
	while (st == ST_OK && rows_next(&r))
		st = prefix_confirm(tx, col_i64(&r, 0));
	return st;
}

/* What the inspector said of this line; NULL where he named lines and this is none of them. */
static const struct receipt_line_new *said_of(const struct receipt_inspection *in, struct rows *r)
{
	for (size_t i = 0; i < in->line_count; i++) {
		const struct receipt_line_new *line = &in->lines[i];
		size_t n = 0;
		bool by_lot = !line->id && line->order_line_id == col_i64(r, 2) &&
		              (!line->lot || strcmp(line->lot, col_peek(r, 5, &n)) == 0);
		if ((line->id && line->id == col_i64(r, 0)) || by_lot)
			return line;
	}
	return NULL;
}

/* RULE GSP-cold-receipt: cold goods are accepted with the record of their way, which is attached to the receipt. */
static enum status check_cold(struct tx *tx, int64_t receipt_id, int64_t product_id, const char *name)
{
	if (!product_flag_on(tx_db(tx), tx->arena, product_id, "cold_chain", tx->today_ymd) ||
	    attachment_count(tx_db(tx), receipt_kind.name, receipt_id) > 0)
		return ST_OK;
	return tx_fail(tx, ST_PAPERS_MISSING, "attachments", 0, "%s 是冷链药品: 请把运输温度记录附到收货单, 再判为合格", name);
}

static enum status judge(struct tx *tx, const struct doc *d, struct rows *r, const struct receipt_line_new *said)
{
	static const struct receipt_line_new as_it_stands = {.outcome = NULL};
	const struct receipt_line_new *line = said ? said : &as_it_stands;
	const char *outcome = line->outcome ? line->outcome : col_text(tx->arena, r, 1);
	const char *approval = col_text(tx->arena, r, 3), *name = col_text(tx->arena, r, 4);
	if (!line->outcome && strcmp(outcome, "pending") == 0)
		outcome = "accepted";
	bool accepted = strcmp(outcome, "accepted") == 0;
	if (accepted && line->approval_no && approval && strcmp(line->approval_no, approval) != 0)
		return tx_fail(tx, ST_INVALID_FIELD, "approval_no", 0, "%s 的批准文号应为 %s, 实物为 %s, 不能判为合格", name,
		               approval, line->approval_no);
	if (strcmp(outcome, "rejected") == 0 && said && !line->reason)
		return tx_fail(tx, ST_REASON_MISSING, "reason", 0, "%s 判为不合格, 请填写原因", name);
	enum status st = accepted ? check_cold(tx, d->id, col_i64(r, 6), name) : ST_OK;
	if (st != ST_OK)
		return st;
	db_exec(tx, judge_line, TEXT(":outcome_t", outcome), TEXT(":approval_t", line->approval_no),
	        TEXT(":appearance_t", line->appearance), TEXT(":reason_t", line->reason), I64(":by_id", tx->me.id),
	        I64(":at_ms", tx->now_ms), I64(":id", col_i64(r, 0)));
	return accepted ? confirm_bindings(tx, col_i64(r, 2)) : ST_OK;
}

static enum status inspect(struct tx *tx, struct doc *d, const void *input)
{
	const struct receipt_inspection *in = input;
	size_t judged = 0, lines = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_open_lines, I64(":id", d->id));
	for (; rows_next(&r); lines++) {
		const struct receipt_line_new *said = said_of(in, &r);
		if (!said && in->line_count)
			continue;
		enum status st = judge(tx, d, &r, said);
		if (st != ST_OK)
			return st;
		judged++;
	}
	if (lines == 0)
		return tx_fail(tx, ST_NO_LINES, "lines", 0, "收货单没有待验的明细");
	return judged ? ST_OK : tx_fail(tx, ST_INVALID_FIELD, "lines", 0, "没有这些明细行");
}

SQL(count_pending,
    "SELECT count(*) FROM receipt_line WHERE receipt_id = :id AND posted = 0 AND (outcome = 'pending' OR inspected_by IS NULL) "
    "/*all sites: the caller has the document*/");
SQL(select_decided,
    "SELECT rl.id, rl.batch_id, rl.units, rl.outcome, rl.order_line_id FROM receipt_line rl WHERE rl.receipt_id = :id AND "
    "rl.posted = 0 AND "
    "rl.outcome <> 'pending' AND rl.inspected_by IS NOT NULL ORDER BY rl.id /*all sites: the caller has the document*/");
SQL(mark_posted, "UPDATE receipt_line SET posted = 1 WHERE id = :id /*all sites: the caller has the document*/");

static enum status all_decided(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	return db_i64(tx_db(tx), 0, count_pending, I64(":id", d->id)) == 0 ? ST_OK : ST_WRONG_STATE;
}

static enum status post_line(struct tx *tx, struct doc *d, const struct target *t, struct rows *r)
{
	struct batch batch;
	enum status st = batch_load(tx_db(tx), tx->arena, col_i64(r, 1), &batch);
	bool accepted = strcmp(col_text(tx->arena, r, 3), "accepted") == 0;
	const struct stock_change c = {
	        .batch = &batch,
	        .units = col_i64(r, 2),
	        .from = {t->place_id, QUALITY_PENDING},
	        .to = {t->place_id, accepted ? QUALITY_RELEASED : QUALITY_REJECTED},
	        .document_id = d->id,
	        .line_id = col_i64(r, 0),
	        .reason = accepted ? "release" : "reject",
	};
	if (st == ST_OK)
		st = goods_move(tx, &c, accepted ? "released" : "rejected");
	db_exec(tx, mark_posted, I64(":id", col_i64(r, 0)));
	if (st == ST_OK && accepted) {
		price_paid_put(tx, col_i64(r, 0), col_i64(r, 4), col_i64(r, 2));
		volume_received(tx, col_i64(r, 4), col_i64(r, 2), d->id, col_i64(r, 0));
		st = payable_accept(tx, col_i64(r, 0));
	}
	if (st == ST_OK && !accepted)
		platform_tell_rejected(tx, col_i64(r, 0));
	return st == ST_OK && !accepted ? order_line_give_back(tx, col_i64(r, 4), col_i64(r, 2)) : st;
}

static enum status post(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	enum status st = ST_OK;
	size_t posted = 0;
	const struct target t = target_of(tx, d);
	SCOPED(rows) r = db_query(tx_db(tx), select_decided, I64(":id", d->id));
	for (; st == ST_OK && rows_next(&r); posted++)
		st = post_line(tx, d, &t, &r);
	if (st == ST_OK && posted == 0)
		return tx_fail(tx, ST_NO_LINES, "lines", 0, "没有已验收而未入库的明细");
	tx_changed(tx, "stock", d->to_site_id, 0, d->id);
	return st;
}

static const struct doc_state states[] = {
        {"received", "已收货待验", true}, {"inspected", "已验收", true}, {"part_posted", "部分入库", false},
        {"posted", "已入库", true},       {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"received", "inspect", "inspected", "验收", PERM_INSPECT, SIDE_TO, false, NULL, inspect},
        {"inspected", "inspect", "inspected", "验收", PERM_INSPECT, SIDE_TO, false, NULL, inspect},
        {"part_posted", "inspect", "part_posted", "验收", PERM_INSPECT, SIDE_TO, false, NULL, inspect},
        {"inspected", "post", "posted", "入库", PERM_RECEIPT_POST, SIDE_TO, false, all_decided, post},
        {"inspected", "post", "part_posted", "入库", PERM_RECEIPT_POST, SIDE_TO, false, NULL, post},
        {"part_posted", "post", "posted", "入库", PERM_RECEIPT_POST, SIDE_TO, false, all_decided, post},
        {"part_posted", "post", "part_posted", "入库", PERM_RECEIPT_POST, SIDE_TO, false, NULL, post},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE GSP-two-persons: whoever received does not inspect. */
static const struct doc_two_persons two_persons[] = {{"inspect", "make"}, {NULL, NULL}};
const struct doc_kind receipt_kind = {"receipt", "收货单", "SH", "receipts", states, steps, "received", two_persons};
