#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/distribution/discrepancy.h"
#include "warehouse/distribution/shipment.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"from_site_id", L_ID, "d.from_site_id", "发出单位编号", NULL},
        {"from_site_name", L_TEXT, "fs.name", "发出单位", NULL},
        {"to_site_id", L_ID, "d.to_site_id", "接收单位编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "接收单位", NULL},
        {"to_depot_name", L_TEXT, "tp.name", "接收库房", NULL},
        {"tote_code", L_TEXT, "sh.tote_code", "周转箱号", NULL},
        {"seal_no", L_TEXT, "sh.seal_no", "封签号", NULL},
        {"request_id", L_ID, "sh.request_id", "请领单编号", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS,
                                             {"request_id", L_ID, "sh.request_id = :f_request_id_id"},
                                             {"tote_code", L_TEXT, "sh.tote_code = :f_tote_code_t"},
                                             NO_FILTER};
#define MORE                                                                                                                    \
	"JOIN shipment sh ON sh.id = d.id JOIN place tp ON tp.id = sh.to_place_id LEFT JOIN site fs ON fs.id = d.from_site_id " \
	"LEFT JOIN "                                                                                                            \
	"site ts ON ts.id = d.to_site_id"
static const struct list_path paths[] = {DOC_PATHS("shipment", MORE)};
const struct list_spec list_shipments = {.name = "shipments",
                                         .title = "配送单",
                                         .columns = columns,
                                         .filters = filters,
                                         .paths = paths,
                                         .served = doc_served,
                                         .q_as = doc_q};

SQL(select_head, "SELECT sh.from_place_id, fp.name, sh.to_place_id, tp.name, sh.seal_no, sh.tote_code, sh.request_id, rd.number, "
                 "(SELECT count(*) "
                 "FROM shipment_pack sp WHERE sp.shipment_id = sh.id) FROM shipment sh JOIN place fp ON fp.id = sh.from_place_id "
                 "JOIN place tp ON "
                 "tp.id = sh.to_place_id LEFT JOIN document rd ON rd.id = sh.request_id WHERE sh.id = :id /*all sites: the "
                 "caller has the document*/");
static const struct list_column head[] = {
        COLUMN("from_depot_id", L_ID), COLUMN("from_depot_name", L_TEXT),
        COLUMN("to_depot_id", L_ID),   COLUMN("to_depot_name", L_TEXT),
        COLUMN("seal_no", L_TEXT),     COLUMN("tote_code", L_TEXT),
        COLUMN("request_id", L_ID),    COLUMN("request_number", L_TEXT),
        COLUMN("packs", L_INT),        NO_COLUMN,
};
SQL(select_lines,
    "SELECT l.id, l.n, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, p.storage, l.units, "
    "l.unmet_units, " FLAG_ON("p.id", "high_alert") ", " FLAG_ON(
            "p.id",
            "look_alike") " FROM shipment_line l JOIN product p ON p.id = l.product_id WHERE l.shipment_id = :id ORDER BY l.n "
                          "/*all sites: the caller has the document*/");
static const struct list_column line[] = {
        COLUMN("id", L_ID),
        COLUMN("n", L_INT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("storage", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("unmet_units", L_INT),
        COLUMN("high_alert", L_TEXT),
        COLUMN("look_alike", L_TEXT),
        NO_COLUMN,
};
SQL(select_allocations,
    "SELECT a.id, a.batch_id, l.id, l.lot, l.expiry_ymd, a.units, a.picked_units, a.received_units, dp.bin, (SELECT count(*) "
    "FROM "
    "shipment_pack sp WHERE sp.shipment_id = a.shipment_id AND sp.allocation_id = a.id) FROM shipment_allocation a JOIN batch b "
    "ON b.id = a.batch_id JOIN lot l ON l.id = b.lot_id JOIN shipment sh ON sh.id = a.shipment_id LEFT JOIN depot_product dp ON "
    "dp.place_id = sh.from_place_id AND dp.product_id = b.product_id WHERE a.shipment_id = :id AND a.line_id = :line_id ORDER BY "
    "a.id /*all sites: the caller has the document*/");
static const struct list_column allocations[] = {
        COLUMN("id", L_ID),
        COLUMN("batch_id", L_ID),
        COLUMN("lot_id", L_ID),
        COLUMN("lot", L_TEXT),
        COLUMN("expiry_ymd", L_INT),
        COLUMN("units", L_INT),
        COLUMN("picked_units", L_INT),
        COLUMN("received_units", L_INT),
        COLUMN("bin", L_TEXT),
        COLUMN("packs", L_INT),
        NO_COLUMN,
};
SQL(select_passed,
    "SELECT o.batch_id, l.lot, l.expiry_ymd, o.units, o.reason, o.reason FROM shipment_passed_over o JOIN batch b ON b.id = "
    "o.batch_id JOIN lot l ON l.id = b.lot_id WHERE o.shipment_id = :id AND o.line_id = :line_id ORDER BY o.id "
    "/*all sites: the caller has the document*/");
static const struct list_column passed[] = {
        COLUMN("batch_id", L_ID),
        COLUMN("lot", L_TEXT),
        COLUMN("expiry_ymd", L_INT),
        COLUMN("units", L_INT),
        COLUMN("reason", L_TEXT),
        {"reason_title", L_TEXT, NULL, NULL, allocation_reasons},
        NO_COLUMN,
};

static void put_lines(struct exchange *x, struct db *db, int64_t id)
{
	jo_name(&x->o, "lines");
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query(db, select_lines, I64(":id", id), I64(":today_ymd", x->today_ymd));
	while (rows_next(&r)) {
		int64_t line_id = col_i64(&r, 0);
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		for (int i = 0; line[i].name; i++)
			list_put_column(&x->o, &r, i, &line[i]);
		api_rows(x, db, "allocations", allocations, select_allocations, I64(":id", id), I64(":line_id", line_id));
		api_rows(x, db, "passed_over", passed, select_passed, I64(":id", id), I64(":line_id", line_id));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

enum status shipment_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &shipment_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	put_lines(x, db, d.id);
	return ST_OK;
}

SQL(select_unmet, "SELECT CAST(coalesce(sum(unmet_units), 0) AS BIGINT) FROM shipment_line WHERE shipment_id = :id"
                  " /*all sites: the caller has the document*/");

static void put_answer(struct exchange *x, struct tx *tx, const struct doc *d)
{
	document_write_answer(d, &x->o);
	put_lines(x, tx_db(tx), d->id);
	jo_i64(&x->o, "unmet_units", db_i64(tx_db(tx), 0, select_unmet, I64(":id", d->id)));
}

enum status shipment_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = shipment_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status shipment_step(struct exchange *x, struct tx *tx)
{
	struct doc d;
	const struct shipment_step *in = x->in;
	enum status st = api_document(x, tx_db(tx), &shipment_kind, &d);
	if (st == ST_OK)
		st = document_step(tx, &d, in->version, api_action(x), in->note, in);
	if (st == ST_OK)
		put_answer(x, tx, &d);
	return st;
}

enum status shipment_scan_post(struct exchange *x, struct tx *tx)
{
	struct doc d;
	struct shipment_scan s = {0};
	const struct scan_in *in = x->in;
	enum status st = api_document(x, tx_db(tx), &shipment_kind, &d);
	if (st == ST_OK)
		st = shipment_scan(tx, &d, in->code, &s);
	if (st != ST_OK)
		return st;
	struct jo *o = &x->o;
	document_write_answer(&d, o);
	jo_name(o, "scan");
	jo_open(o, '{');
	jo_text(o, "kind", s.kind);
	jo_text(o, "code", s.code);
	jo_text(o, "product_name", s.product_name);
	jo_text(o, "lot", s.lot);
	jo_i64(o, "units", s.units);
	jo_id(o, "allocation_id", s.allocation_id);
	jo_i64(o, "picked_units", s.picked_units);
	jo_i64(o, "wanted_units", s.wanted_units);
	jo_text(o, "message", s.message);
	jo_close(o, '}');
	return ST_OK;
}

static const struct list_column task_columns[] = {
        DOC_HEAD,
        {"shipment_id", L_ID, "x.shipment_id", "配送单编号", NULL},
        {"shipment_number", L_TEXT, "sd.number", "配送单号", NULL},
        {"from_site_name", L_TEXT, "fs.name", "接收单位", NULL},
        {"to_site_name", L_TEXT, "ts.name", "发出单位", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "p.units_per_pack", "包装数量", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "x.units", "数量", NULL},
        {"reason", L_TEXT, "x.reason", "原因", NULL},
        {"reason_title", L_TEXT, "x.reason", "原因名称", discrepancy_reasons},
        {"outcome", L_TEXT, "x.outcome", "处理结果", NULL},
        DOC_TAIL,
};
static const struct list_filter task_filters[] = {
        DOC_FILTERS, {"shipment_id", L_ID, "x.shipment_id = :f_shipment_id_id"}, NO_FILTER};
#define TASK_MORE                                                                                                                \
	"JOIN discrepancy x ON x.id = d.id JOIN document sd ON sd.id = x.shipment_id JOIN batch b ON b.id = x.batch_id JOIN "    \
	"lot l ON l.id = "                                                                                                       \
	"b.lot_id JOIN product p ON p.id = b.product_id LEFT JOIN site fs ON fs.id = d.from_site_id LEFT JOIN site ts ON ts.id " \
	"= d.to_site_id"
static const struct list_path task_paths[] = {DOC_PATHS("discrepancy", TASK_MORE)};
const struct list_spec list_discrepancies = {.name = "discrepancies",
                                             .title = "差异单",
                                             .columns = task_columns,
                                             .filters = task_filters,
                                             .paths = task_paths,
                                             .served = doc_served,
                                             .q_as = doc_q};

SQL(select_task, "SELECT x.shipment_id, sd.number, p.name, p.unit_name, p.pack_name, p.units_per_pack, l.lot, l.expiry_ymd, "
                 "x.units, x.reason, x.reason, "
                 "x.outcome FROM discrepancy x "
                 "JOIN document sd ON sd.id = x.shipment_id JOIN batch b ON b.id = x.batch_id JOIN lot l ON l.id = b.lot_id JOIN "
                 "product p ON p.id = "
                 "b.product_id WHERE x.id = :id /*all sites: the caller has the document*/");
static const struct list_column task[] = {
        COLUMN("shipment_id", L_ID),
        COLUMN("shipment_number", L_TEXT),
        COLUMN("product_name", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("lot", L_TEXT),
        COLUMN("expiry_ymd", L_INT),
        COLUMN("units", L_INT),
        COLUMN("reason", L_TEXT),
        {"reason_title", L_TEXT, NULL, NULL, discrepancy_reasons},
        COLUMN("outcome", L_TEXT),
        NO_COLUMN,
};

enum status discrepancy_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &discrepancy_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, task, select_task, I64(":id", d.id));
	return ST_OK;
}

enum status discrepancy_step(struct exchange *x, struct tx *tx)
{
	const struct discrepancy_answer *in = x->in;
	return api_step(x, tx, &discrepancy_kind, in->version, in->note);
}
