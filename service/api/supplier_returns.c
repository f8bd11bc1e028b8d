/* 采购退货: the documents, and what may go back. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/procurement/supplier_return.h"
#include "warehouse/stock.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"supplier_id", L_ID, "r.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"site_id", L_ID, "d.from_site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "fs.name", "机构", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"lines", L_INT, "r.line_count", "行数", NULL},
        {"amount", L_FEN, "r.amount_fen", "金额", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS,
                                             {"supplier_id", L_ID, "r.supplier_id = :f_supplier_id_id"},
                                             {"site_id", L_ID, "d.from_site_id = :f_site_id_id"},
                                             NO_FILTER};
#define MORE                                                                                                                 \
	"JOIN supplier_return r ON r.id = d.id JOIN supplier sp ON sp.id = r.supplier_id JOIN place p ON p.id = r.place_id " \
	"LEFT JOIN site fs ON fs.id = d.from_site_id"
static const struct list_path paths[] = {DOC_PATHS("supplier_return", MORE)};
const struct list_spec list_supplier_returns = {.name = "supplier-returns",
                                                .title = "采购退货单",
                                                .columns = columns,
                                                .filters = filters,
                                                .paths = paths,
                                                .served = doc_served,
                                                .q_as = doc_q};

/* ---- what went back: the rows behind the watch list and the scores ---- */

static const struct list_column back_columns[] = {
        {"id", L_ID, "x.id", "明细行", NULL},
        {"return_id", L_ID, "x.return_id", "退货单编号", NULL},
        {"number", L_TEXT, "d.number", "退货单", NULL},
        {"month", L_INT, "x.back_month", "退货月份", NULL},
        {"supplier_id", L_ID, "r.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "s.name", "供应商", NULL},
        {"order_line_id", L_ID, "x.order_line_id", "订单行", NULL},
        {"product_id", L_ID, "b.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        PRODUCT_NAMES,
        PACK_COLUMNS,
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "x.units", "退货数量", NULL},
        {"amount", L_FEN, "x.amount_fen", "退货金额", NULL},
        {"reason", L_TEXT, "x.reason", "原因", NULL},
        {"reason_title", L_TEXT, "x.reason", "原因名称", supplier_return_reasons},
        {"note", L_TEXT, "x.note", "说明", NULL},
        NO_COLUMN,
};
static const struct list_filter back_filters[] = {{"month", L_INT, "+x.back_month = :f_month_id"},
                                                  {"product_id", L_ID, "b.product_id = :f_product_id_id"},
                                                  {"supplier_id", L_ID, "r.supplier_id = :f_supplier_id_id"},
                                                  {"order_line_id", L_ID, "+x.order_line_id = :f_order_line_id_id"},
                                                  NO_FILTER};
/* Only accepted goods that have gone: what was refused at the inspection stands on its receipt. */
#define BACK                                                                                                                     \
	"supplier_return_line x CROSS JOIN app_user u ON u.id = :me_id CROSS JOIN document_scope sc ON sc.site_id = "            \
	"u.root_site_id AND sc.kind = 'supplier_return' AND sc.document_id = x.return_id CROSS JOIN document d ON d.id = "       \
	"x.return_id CROSS JOIN supplier_return r ON r.id = x.return_id CROSS JOIN batch b ON b.id = x.batch_id CROSS JOIN lot " \
	"l ON l.id = b.lot_id CROSS JOIN product p ON p.id = b.product_id CROSS JOIN supplier s ON s.id = r.supplier_id WHERE "  \
	"x.back_month IS NOT NULL"
static const struct list_path back_paths[] = {
        {"order_line_id", BACK " AND x.order_line_id = :f_order_line_id_id", {"x.id"}, true, NULL},
        {"month", BACK " AND x.back_month = :f_month_id", {"x.id"}, true, NULL},
        {NULL, BACK, {"x.back_month", "x.id"}, true, NULL},
};
const struct list_spec list_supplier_return_lines = {.name = "supplier-return-lines",
                                                     .title = "采购退货明细",
                                                     .columns = back_columns,
                                                     .filters = back_filters,
                                                     .paths = back_paths};

/* ---- what may go back ---- */

#define FREE                                                                                                                \
	"h.units - CASE WHEN h.quality_no = 1 THEN (SELECT CAST(coalesce(sum(rv.units), 0) AS BIGINT) FROM reservation rv " \
	"WHERE rv.place_id = h.place_id AND rv.batch_id = h.batch_id AND rv.state = 'pending') ELSE 0 END"
static const struct list_column stock_columns[] = {
        {"batch_id", L_ID, "h.batch_id", "批次编号", NULL},
        {"product_id", L_ID, "h.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "pr.code", "品种代码", NULL},
        {"product_name", L_TEXT, "pr.name", "品种", NULL},
        {"spec", L_TEXT, "pr.spec", "规格", NULL},
        {"maker", L_TEXT, "pr.maker", "生产企业", NULL},
        {"unit_name", L_TEXT, "pr.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "pr.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "pr.units_per_pack", "每包装数量", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"expiry_ymd", L_INT, "h.expiry_ymd", "有效期", NULL},
        {"warn_days", L_INT, "pr.warn_days", "近效期天数", NULL},
        {"quality", L_TEXT, "h.quality", "质量状态", NULL},
        {"quality_title", L_TEXT, "h.quality", "质量状态名称", quality_words},
        {"units", L_INT, FREE, "可退数量", NULL},
        {"traced_units", L_INT, "h.traced_units", "有追溯码数量", NULL},
        {"price", L_PRICE, "b.price_e4", "进价", NULL},
        {"price_units", L_INT, "b.units_per_pack", "进价的单位数", NULL},
        {"depot_id", L_ID, "h.place_id", "库房编号", NULL},
        {"supplier_id", L_ID, "b.supplier_id", "供应商编号", NULL},
        {"receipt_id", L_ID, "rl.receipt_id", "收货单编号", NULL},
        {"receipt_number", L_TEXT, "rd.number", "收货单", NULL},
        NO_COLUMN,
};
static const struct list_filter stock_filters[] = {
        {"depot_id", L_ID, "h.place_id = :f_depot_id_id"},
        {"supplier_id", L_ID, "b.supplier_id = :f_supplier_id_id"},
        {"product_id", L_ID, "h.product_id = :f_product_id_id"},
        {"receipt_id", L_ID, "rl.receipt_id = :f_receipt_id_id"},
        NO_FILTER,
};
static const struct list_path stock_paths[] = {
        {NULL,
         "user_place up CROSS JOIN holding h ON h.place_id = up.place_id JOIN batch b ON b.id = h.batch_id JOIN lot l ON l.id = "
         "b.lot_id JOIN product pr ON pr.id = h.product_id JOIN place pl ON pl.id = h.place_id LEFT JOIN receipt_line rl ON "
         "rl.id = b.source_line_id LEFT JOIN document rd ON rd.id = rl.receipt_id WHERE up.user_id = :me_id AND pl.kind = "
         "'depot' AND h.quality <> 'pending' AND b.supplier_id IS NOT NULL",
         {"up.place_id", "h.product_id", "h.expiry_ymd", "h.batch_id", "h.quality_no"},
         false,
         NULL},
};
static const char *const stock_served[] = {"depot_id", NULL};
/* A depot has some thousands of rows: one page is to hold all that came from one supplier. */
const struct list_spec list_returnable_stock = {.name = "returnable-stock",
                                                .title = "可退库存",
                                                .columns = stock_columns,
                                                .filters = stock_filters,
                                                .paths = stock_paths,
                                                .served = stock_served,
                                                .scan = 20000};

/* ---- one return ---- */

SQL(select_head,
    "SELECT r.supplier_id, sp.name, d.from_site_id, fs.name, r.place_id, p.name, r.amount_fen, r.line_count FROM supplier_return "
    "r JOIN document d ON d.id = r.id JOIN supplier sp ON sp.id = r.supplier_id JOIN place p ON p.id = r.place_id LEFT JOIN site "
    "fs ON fs.id = d.from_site_id WHERE r.id = :id /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("supplier_id", L_ID), COLUMN("supplier_name", L_TEXT), COLUMN("site_id", L_ID),
        COLUMN("site_name", L_TEXT), COLUMN("depot_id", L_ID),        COLUMN("depot_name", L_TEXT),
        COLUMN("amount", L_FEN),     COLUMN("line_count", L_INT),     NO_COLUMN,
};
SQL(select_lines,
    "SELECT l.id, l.n, l.batch_id, b.product_id, p.code, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, "
    "o.lot, o.expiry_ymd, l.quality, l.quality, l.units, coalesce(h.units, 0), coalesce(h.traced_units, 0), (SELECT "
    "CAST(coalesce(sum(k.units), 0) AS BIGINT) FROM supplier_return_pack sp JOIN pack k ON k.id = sp.pack_id WHERE sp.return_id "
    "= "
    "l.return_id AND sp.line_id = l.id), b.price_e4, b.units_per_pack, l.amount_fen, l.reason, l.reason, l.note, l.payable_id, "
    "rl.receipt_id, rd.number, l.less_units, l.due_units, l.red_units, l.red_fen FROM supplier_return_line l JOIN "
    "supplier_return r ON r.id = l.return_id JOIN batch b ON b.id = l.batch_id JOIN lot o ON o.id = b.lot_id JOIN product p ON "
    "p.id = b.product_id LEFT JOIN holding h ON h.batch_id = b.id AND h.place_id = r.place_id AND h.quality = l.quality LEFT "
    "JOIN "
    "receipt_line rl ON rl.id = b.source_line_id LEFT JOIN document rd ON rd.id = rl.receipt_id WHERE l.return_id = :id AND "
    "l.dropped = 0 ORDER BY l.n /*all sites: the caller has the document*/");
static const struct list_column lines[] = {
        COLUMN("id", L_ID),
        COLUMN("n", L_INT),
        COLUMN("batch_id", L_ID),
        COLUMN("product_id", L_ID),
        COLUMN("product_code", L_TEXT),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("lot", L_TEXT),
        COLUMN("expiry_ymd", L_INT),
        COLUMN("quality", L_TEXT),
        {"quality_title", L_TEXT, NULL, NULL, quality_words},
        COLUMN("units", L_INT),
        COLUMN("stock_units", L_INT),
        COLUMN("traced_units", L_INT),
        COLUMN("scanned_units", L_INT),
        COLUMN("price", L_PRICE),
        COLUMN("price_units", L_INT),
        COLUMN("amount", L_FEN),
        COLUMN("reason", L_TEXT),
        {"reason_title", L_TEXT, NULL, NULL, supplier_return_reasons},
        COLUMN("note", L_TEXT),
        COLUMN("payable_id", L_ID),
        COLUMN("receipt_id", L_ID),
        COLUMN("receipt_number", L_TEXT),
        COLUMN("less_units", L_INT),
        COLUMN("due_units", L_INT),
        COLUMN("red_units", L_INT),
        COLUMN("red", L_FEN),
        NO_COLUMN,
};

enum status supplier_return_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &supplier_return_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", lines, select_lines, I64(":id", d.id));
	return ST_OK;
}

enum status supplier_return_create(struct exchange *x, struct tx *tx)
{
	struct doc d = {0};
	enum status st = supplier_return_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status supplier_return_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &supplier_return_kind, &d);
	if (st == ST_OK)
		st = supplier_return_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status supplier_return_scan_post(struct exchange *x, struct tx *tx)
{
	struct doc d;
	struct supplier_return_scan s = {0};
	const struct scan_in *in = x->in;
	enum status st = api_document(x, tx_db(tx), &supplier_return_kind, &d);
	if (st == ST_OK)
		st = supplier_return_scan(tx, &d, in->code, &s);
	if (st != ST_OK)
		return st;
	document_write_answer(&d, &x->o);
	jo_name(&x->o, "scan");
	jo_open(&x->o, '{');
	jo_text(&x->o, "kind", "pack");
	jo_text(&x->o, "code", s.code);
	jo_text(&x->o, "product_name", s.product_name);
	jo_text(&x->o, "lot", s.lot);
	jo_i64(&x->o, "units", s.units);
	jo_id(&x->o, "line_id", s.line_id);
	jo_i64(&x->o, "scanned_units", s.scanned_units);
	jo_i64(&x->o, "wanted_units", s.wanted_units);
	jo_text(&x->o, "message", "已扫出");
	jo_close(&x->o, '}');
	return ST_OK;
}

enum status supplier_return_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &supplier_return_kind, in->version, in->note);
}
