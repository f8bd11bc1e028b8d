#include "service/api/documents.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/pack.h"
#include "warehouse/procurement/receipt.h"

#include <string.h>

static const struct list_column columns[] = {
        DOC_HEAD,
        {"order_id", L_ID, "r.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "od.number", "订单号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"site_id", L_ID, "d.to_site_id", "收货单位编号", NULL},
        {"site_name", L_TEXT, "ts.name", "收货单位", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS,
                                             {"order_id", L_ID, "r.order_id = :f_order_id_id"},
                                             {"site_id", L_ID, "d.to_site_id = :f_site_id_id"},
                                             NO_FILTER};
#define MORE                                                                                                                   \
	"JOIN receipt r ON r.id = d.id JOIN document od ON od.id = r.order_id JOIN supplier sp ON sp.id = r.supplier_id JOIN " \
	"place p ON "                                                                                                          \
	"p.id = r.place_id LEFT JOIN site ts ON ts.id = d.to_site_id"
static const struct list_path paths[] = {DOC_PATHS("receipt", MORE)};
const struct list_spec list_receipts = {.name = "receipts",
                                        .title = "收货单",
                                        .columns = columns,
                                        .filters = filters,
                                        .paths = paths,
                                        .served = doc_served,
                                        .q_as = doc_q};

SQL(select_head,
    "SELECT r.order_id, od.number, r.supplier_id, sp.name, d.to_site_id, r.place_id, p.name FROM receipt r JOIN document d ON "
    "d.id "
    "= r.id JOIN document od ON od.id = r.order_id JOIN supplier sp ON sp.id = r.supplier_id JOIN place p ON p.id = r.place_id "
    "WHERE r.id = :id /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("order_id", L_ID), COLUMN("order_number", L_TEXT), COLUMN("supplier_id", L_ID),  COLUMN("supplier_name", L_TEXT),
        COLUMN("site_id", L_ID),  COLUMN("depot_id", L_ID),       COLUMN("depot_name", L_TEXT), NO_COLUMN,
};
SQL(select_lines,
    "SELECT rl.id, rl.order_line_id, b.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, "
    "p.approval_no, b.id, l.id, l.lot, l.made_ymd, l.expiry_ymd, rl.units, (SELECT count(*) FROM receipt_pack rp WHERE "
    "rp.receipt_id = rl.receipt_id AND rp.line_id = rl.id), rl.outcome, rl.outcome, rl.approval_no, rl.appearance, rl.reason, "
    "u.display_name, rl.posted, rl.udi FROM receipt_line rl JOIN batch b ON b.id = rl.batch_id JOIN lot l ON l.id = b.lot_id "
    "JOIN "
    "product p ON "
    "p.id = b.product_id LEFT JOIN app_user u ON u.id = rl.inspected_by WHERE rl.receipt_id = :id ORDER BY rl.id "
    "/*all sites: the caller has the document*/");
static const struct word_title outcome_titles[] = {
        {"accepted", "合格"}, {"pending", "待验"}, {"rejected", "不合格"}, {NULL, NULL}};
static const struct list_column lines[] = {
        COLUMN("id", L_ID),
        COLUMN("order_line_id", L_ID),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("catalogue_approval_no", L_TEXT),
        COLUMN("batch_id", L_ID),
        COLUMN("lot_id", L_ID),
        COLUMN("lot", L_TEXT),
        COLUMN("made_ymd", L_INT),
        COLUMN("expiry_ymd", L_INT),
        COLUMN("units", L_INT),
        COLUMN("codes", L_INT),
        COLUMN("outcome", L_TEXT),
        {"outcome_title", L_TEXT, NULL, NULL, outcome_titles},
        COLUMN("approval_no", L_TEXT),
        COLUMN("appearance", L_TEXT),
        COLUMN("reason", L_TEXT),
        COLUMN("inspected_by", L_TEXT),
        COLUMN("posted", L_BOOL),
        COLUMN("udi", L_TEXT),
        NO_COLUMN,
};
SQL(select_expected,
    "SELECT l.id, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, p.traced, " FLAG_ON(
            "p.id", "implant") " IS NOT NULL, l.units, "
                               "l.received_units, l.units - l.received_units, l.announced_units FROM receipt r JOIN order_line l "
                               "ON l.order_id = r.order_id "
                               "JOIN product p ON p.id = l.product_id WHERE r.id = :id AND l.dropped = 0 ORDER BY l.n "
                               "/*all sites: the caller has the document*/");
static const struct list_column expected[] = {
        COLUMN("order_line_id", L_ID), COLUMN("product_id", L_ID),       COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),        COLUMN("maker", L_TEXT),          COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),   COLUMN("units_per_pack", L_INT),  COLUMN("traced", L_BOOL),
        COLUMN("implant", L_BOOL),     COLUMN("ordered_units", L_INT),   COLUMN("received_units", L_INT),
        COLUMN("left_units", L_INT),   COLUMN("announced_units", L_INT), NO_COLUMN,
};
/* What the distributor says is on the road for this order, and how much of each lot has not come yet. */
SQL(select_dispatched,
    "SELECT x.order_line_id, x.dispatch_no, x.lot, x.made_ymd, x.expiry_ymd, x.units, x.units - (SELECT "
    "CAST(coalesce(sum(rl.units), "
    "0) AS BIGINT) FROM receipt o JOIN receipt_line rl ON rl.receipt_id = o.id AND rl.order_line_id = x.order_line_id JOIN batch "
    "b "
    "ON b.id = rl.batch_id JOIN lot l ON l.id = b.lot_id WHERE o.order_id = x.order_id AND l.lot = x.lot) FROM receipt r JOIN "
    "document d ON d.id = r.id JOIN platform_dispatch x ON x.order_id = r.order_id JOIN order_line ol ON ol.id = x.order_line_id "
    "AND ol.to_site_id = d.to_site_id WHERE r.id = :id ORDER BY x.id /*all sites: the caller has the document*/");
static const struct list_column dispatched[] = {
        COLUMN("order_line_id", L_ID), COLUMN("dispatch_no", L_TEXT), COLUMN("lot", L_TEXT),       COLUMN("made_ymd", L_INT),
        COLUMN("expiry_ymd", L_INT),   COLUMN("units", L_INT),        COLUMN("left_units", L_INT), NO_COLUMN,
};
SQL(select_refused, "SELECT f.order_line_id, p.name, p.unit_name, p.pack_name, p.units_per_pack, f.lot, f.units, f.reason FROM "
                    "receipt_refused f JOIN order_line l ON l.id = f.order_line_id JOIN product p ON p.id = l.product_id WHERE "
                    "f.receipt_id = :id ORDER BY f.id "
                    "/*all sites: the caller has the document*/");
static const struct list_column refused[] = {
        COLUMN("order_line_id", L_ID), COLUMN("product_name", L_TEXT),  COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),   COLUMN("units_per_pack", L_INT), COLUMN("lot", L_TEXT),
        COLUMN("units", L_INT),        COLUMN("reason", L_TEXT),        NO_COLUMN,
};
SQL(select_bindings,
    "SELECT t.prefix, p.name, p.unit_name, p.pack_name, p.units_per_pack, t.units, " PACK_RATIO(
            "t.units",
            "p.units_per_pack") ", t.confirmed_by IS NOT NULL, u.display_name "
                                "FROM receipt r JOIN order_line l ON l.order_id = r.order_id JOIN trace_prefix t ON t.product_id "
                                "= l.product_id AND "
                                "t.order_line_id = l.id JOIN product p ON p.id = "
                                "t.product_id LEFT JOIN app_user u ON u.id = t.bound_by WHERE r.id = :id ORDER BY t.no "
                                "/*all sites: the caller has the document*/");
static const struct list_column bindings[] = {
        COLUMN("prefix", L_TEXT),
        COLUMN("product_name", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("units_per_code", L_INT),
        COLUMN("multiplier", L_INT),
        COLUMN("divider", L_INT),
        COLUMN("confirmed", L_BOOL),
        COLUMN("by", L_TEXT),
        NO_COLUMN,
};
SQL(select_scans, "SELECT e.note, e.at_ms, u.display_name FROM document_event e LEFT JOIN app_user u ON u.id = e.user_id WHERE "
                  "e.document_id = :id "
                  "AND e.action = 'scan' ORDER BY e.seq DESC, e.n DESC LIMIT 50 /*all sites: the caller has the document*/");
static const struct list_column scans[] = {COLUMN("code", L_TEXT), COLUMN("at_ms", L_INT), COLUMN("by", L_TEXT), NO_COLUMN};

/* What a scanned code stands for, as far as the store knows it by now. */
static void put_scanned(struct exchange *x, struct db *db, const char *text)
{
	struct code code;
	struct pack_key key = {0};
	struct pack pack = {0};
	struct product product;
	code_parse(&x->arena, text, strlen(text), x->today_ymd / 10000, &code);
	if (code.trace_code && pack_key_of(db, &x->arena, &code, &key) == ST_OK && key.id)
		(void)!pack_load(db, &x->arena, key.id, &pack);
	int64_t product_id = pack.id ? pack.product_id : key.product_id;
	if (!product_id && code.di)
		product_id = product_by_di(db, code.di);
	if (!product_id || product_load(db, &x->arena, product_id, &product) != ST_OK)
		return;
	jo_id(&x->o, "product_id", product_id);
	jo_text(&x->o, "product_name", product.name);
	jo_text(&x->o, "unit_name", product.unit_name);
	jo_text(&x->o, "pack_name", product.pack_name);
	jo_i64(&x->o, "units_per_pack", product.units_per_pack);
	jo_i64(&x->o, "units", pack.id ? pack.units : key.units);
	jo_text(&x->o, "lot", code.lot);
}

static void put_scans(struct exchange *x, struct db *db, int64_t id)
{
	jo_name(&x->o, "scans");
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query(db, select_scans, I64(":id", id));
	while (rows_next(&r)) {
		const char *text = col_text(&x->arena, &r, 0);
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		for (int i = 0; scans[i].name; i++)
			list_put_column(&x->o, &r, i, &scans[i]);
		if (text)
			put_scanned(x, db, text);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

enum status receipt_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &receipt_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", lines, select_lines, I64(":id", d.id));
	api_rows(x, db, "expected", expected, select_expected, I64(":id", d.id), I64(":today_ymd", x->today_ymd));
	api_rows(x, db, "dispatched", dispatched, select_dispatched, I64(":id", d.id));
	api_rows(x, db, "refused", refused, select_refused, I64(":id", d.id));
	api_rows(x, db, "bindings", bindings, select_bindings, I64(":id", d.id));
	put_scans(x, db, d.id);
	return ST_OK;
}

/* What a write on a receipt answers: the document, and what was refused of it so far. */
static enum status answer(struct exchange *x, struct tx *tx, enum status st, const struct doc *d)
{
	if (st != ST_OK)
		return st;
	document_write_answer(d, &x->o);
	api_rows(x, tx_db(tx), "refused", refused, select_refused, I64(":id", d->id));
	return ST_OK;
}

enum status receipt_create(struct exchange *x, struct tx *tx)
{
	struct doc d = {0};
	enum status st = receipt_make(tx, x->in, &d);
	return answer(x, tx, st, &d);
}

enum status receipt_lines_add(struct exchange *x, struct tx *tx)
{
	struct doc d = {0};
	enum status st = api_document(x, tx_db(tx), &receipt_kind, &d);
	if (st == ST_OK)
		st = receipt_add_lines(tx, &d, x->in);
	return answer(x, tx, st, &d);
}

static void put_scan(struct jo *o, const struct receipt_scan *s)
{
	jo_name(o, "scan");
	jo_open(o, '{');
	jo_text(o, "kind", s->kind);
	jo_text(o, "code", s->code);
	jo_id(o, "product_id", s->product_id);
	jo_text(o, "product_name", s->product_name);
	jo_text(o, "lot", s->lot);
	jo_i64(o, "made_ymd", s->made_ymd);
	jo_i64(o, "expiry_ymd", s->expiry_ymd);
	jo_text(o, "serial", s->serial);
	jo_text(o, "udi", s->udi);
	jo_i64(o, "units", s->units);
	jo_id(o, "order_line_id", s->order_line_id);
	jo_id(o, "line_id", s->line_id);
	jo_i64(o, "line_units", s->line_units);
	jo_i64(o, "order_left_units", s->order_left_units);
	jo_text(o, "message", s->message);
	jo_close(o, '}');
}

enum status receipt_scan_post(struct exchange *x, struct tx *tx)
{
	struct doc d;
	struct receipt_scan s = {0};
	enum status st = api_document(x, tx_db(tx), &receipt_kind, &d);
	if (st == ST_OK)
		st = receipt_scan(tx, &d, x->in, &s);
	if (st != ST_OK)
		return st;
	document_write_answer(&d, &x->o);
	put_scan(&x->o, &s);
	return ST_OK;
}

enum status receipt_bind_post(struct exchange *x, struct tx *tx)
{
	struct doc d = {0};
	enum status st = api_document(x, tx_db(tx), &receipt_kind, &d);
	if (st == ST_OK)
		st = receipt_bind(tx, &d, x->in);
	return answer(x, tx, st, &d);
}

enum status receipt_step(struct exchange *x, struct tx *tx)
{
	const struct receipt_inspection *in = x->in;
	return api_step(x, tx, &receipt_kind, in->version, in->note);
}
