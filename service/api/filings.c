#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/price/filing.h"

#include <string.h>

static const struct word_title reasons[] = {{"shortage", "短缺药品"}, {"rescue", "急抢救药品"}, {NULL, NULL}};

#define USED                                                                                                                     \
	"(SELECT CAST(coalesce(sum(CASE WHEN l.open = 1 THEN l.units ELSE l.received_units END), 0) AS BIGINT) FROM order_line " \
	"l WHERE l.price_rule = 'filed' AND l.price_id = f.price_id AND l.dropped = 0)"
static const struct list_column columns[] = {
        DOC_HEAD,
        {"product_id", L_ID, "f.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"reason", L_TEXT, "f.reason", "事由", NULL},
        {"reason_title", L_TEXT, "f.reason", "事由名称", reasons},
        {"price", L_PRICE, "f.price_e4", "限价", NULL},
        {"units_per_pack", L_INT, "f.units_per_pack", "每包装数量", NULL},
        {"units", L_INT, "f.units", "限量", NULL},
        {"used_units", L_INT, USED, "已订数量", NULL},
        {"from_ymd", L_INT, "f.from_ymd", "起始日", NULL},
        {"to_ymd", L_INT, "f.to_ymd", "截止日", NULL},
        {"filing_no", L_TEXT, "f.filing_no", "备案号", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"product_id", L_ID, "f.product_id = :f_product_id_id"}, NO_FILTER};
static const struct list_path paths[] = {
        DOC_PATHS("filing", "JOIN filing f ON f.id = d.id JOIN product p ON p.id = f.product_id LEFT JOIN supplier sp ON sp.id = "
                            "f.supplier_id"),
};
const struct list_spec list_filings = {.name = "filings",
                                       .title = "备案采购",
                                       .columns = columns,
                                       .filters = filters,
                                       .paths = paths,
                                       .served = doc_served,
                                       .q_as = doc_q};

SQL(select_filing,
    "SELECT f.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, f.supplier_id, sp.name, f.reason, f.reason, "
    "f.price_e4, f.units_per_pack, f.units, " USED ", f.from_ymd, f.to_ymd, f.filing_no FROM filing f JOIN product p ON p.id = "
    "f.product_id LEFT JOIN supplier sp ON sp.id = f.supplier_id WHERE f.id = :id /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("product_id", L_ID),  COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),      COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT), COLUMN("pack_name", L_TEXT),
        COLUMN("supplier_id", L_ID), COLUMN("supplier_name", L_TEXT),
        COLUMN("reason", L_TEXT),    {"reason_title", L_TEXT, NULL, NULL, reasons},
        COLUMN("price", L_PRICE),    COLUMN("units_per_pack", L_INT),
        COLUMN("units", L_INT),      COLUMN("used_units", L_INT),
        COLUMN("from_ymd", L_INT),   COLUMN("to_ymd", L_INT),
        COLUMN("filing_no", L_TEXT), NO_COLUMN,
};
SQL(select_orders,
    "SELECT l.order_id, d.number, st.title, l.units, l.received_units, l.price_e4, l.amount_fen, ts.name FROM filing f JOIN "
    "order_line l ON l.price_id = f.price_id AND l.price_rule = 'filed' AND l.dropped = 0 JOIN document d ON d.id = l.order_id "
    "JOIN document_state st ON st.kind = d.kind AND st.state = d.state JOIN site ts ON ts.id = l.to_site_id JOIN app_user u ON "
    "u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND s.document_id = l.order_id WHERE "
    "f.id = :id ORDER BY l.order_id, l.n");
static const struct list_column order[] = {
        COLUMN("order_id", L_ID), COLUMN("number", L_TEXT),        COLUMN("state_title", L_TEXT),
        COLUMN("units", L_INT),   COLUMN("received_units", L_INT), COLUMN("price", L_PRICE),
        COLUMN("amount", L_FEN),  COLUMN("to_site_name", L_TEXT),  NO_COLUMN,
};

enum status filing_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &filing_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_filing, I64(":id", d.id));
	api_rows(x, db, "orders", order, select_orders, I64(":id", d.id), I64(":me_id", x->me.id));
	if (strcmp(d.state, "draft") == 0 || strcmp(d.state, "submitted") == 0)
		jo_text(&x->o, "reviewers", filing_reviewers(db, &x->arena, &d));
	return ST_OK;
}

enum status filing_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = filing_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status filing_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &filing_kind, &d);
	if (st == ST_OK)
		st = filing_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status filing_step(struct exchange *x, struct tx *tx)
{
	const struct filing_step *in = x->in;
	return api_step(x, tx, &filing_kind, in->version, in->note);
}
