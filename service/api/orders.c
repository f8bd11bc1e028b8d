#include "service/api/documents.h"
#include "service/api/volumes.h"
#include "service/inputs.h"
#include "warehouse/procurement/order.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"supplier_id", L_ID, "o.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"amount", L_FEN, "o.amount_fen", "金额", NULL},
        {"lines", L_INT, "o.line_count", "明细行数", NULL},
        {"to_site_id", L_ID, "d.to_site_id", "收货单位编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "收货单位", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"supplier_id", L_ID, "o.supplier_id = :f_supplier_id_id"}, NO_FILTER};
#define PARTNERS "JOIN supplier sp ON sp.id = o.supplier_id LEFT JOIN site ts ON ts.id = d.to_site_id"
static const struct list_path paths[] = {
        {"supplier_id",
         "purchase_order o JOIN app_user u ON u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = "
         "'order' AND s.document_id = o.id JOIN document d ON d.id = o.id" DOC_JOINS(PARTNERS),
         {"o.id"},
         true,
         NULL},
        DOC_PATHS("order", "JOIN purchase_order o ON o.id = d.id " PARTNERS),
};
const struct list_spec list_orders = {.name = "orders",
                                      .title = "采购订单",
                                      .columns = columns,
                                      .filters = filters,
                                      .paths = paths,
                                      .served = doc_served,
                                      .q_as = doc_q};

SQL(select_order,
    "SELECT o.supplier_id, sp.name, o.amount_fen, o.buyer_site_id, b.name FROM purchase_order o JOIN supplier sp ON sp.id = "
    "o.supplier_id JOIN site b ON b.id = o.buyer_site_id WHERE o.id = :id"
    " /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("supplier_id", L_ID),   COLUMN("supplier_name", L_TEXT),   COLUMN("amount", L_FEN),
        COLUMN("buyer_site_id", L_ID), COLUMN("buyer_site_name", L_TEXT), NO_COLUMN,
};
#define STOCK_THERE                                                                                                              \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM place pl JOIN holding h ON h.place_id = pl.id AND h.product_id " \
	"= "                                                                                                                     \
	"l.product_id WHERE pl.site_id = l.to_site_id AND h.quality_no = 1)"
/* Days of stock at the receiver, by the last twelve months' use; NULL where nothing was used. */
SQL(select_lines,
    "SELECT l.id, l.n, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, l.units, l.units_per_pack, l.price_e4, "
    "l.amount_fen, l.ceiling_e4, pr.source, pr.from_ymd, l.to_site_id, ts.name, l.owner_site_id, os.name, l.payer_site_id, "
    "ps.name, "
    "l.received_units, l.announced_units, " STOCK_THERE ", " STOCK_THERE
    " * 365 / (SELECT CAST(sum(c.units) AS BIGINT) FROM place pl JOIN "
    "consumption c ON c.place_id = pl.id AND c.product_id = l.product_id WHERE pl.site_id = l.to_site_id AND c.month >= "
    ":year_ago_ym "
    "HAVING sum(c.units) > 0) FROM order_line l "
    "JOIN product p ON p.id = l.product_id JOIN price pr ON pr.id = l.ceiling_price_id JOIN site ts ON ts.id = l.to_site_id JOIN "
    "site os ON os.id = l.owner_site_id JOIN site ps ON ps.id = l.payer_site_id WHERE l.order_id = :id AND l.dropped = 0 ORDER "
    "BY "
    "l.n /*all sites: the caller has the order*/");
static const struct list_column line[] = {
        COLUMN("id", L_ID),
        COLUMN("n", L_INT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("price", L_PRICE),
        COLUMN("amount", L_FEN),
        COLUMN("ceiling_price", L_PRICE),
        COLUMN("ceiling_source", L_TEXT),
        COLUMN("ceiling_from_ymd", L_INT),
        COLUMN("to_site_id", L_ID),
        COLUMN("to_site_name", L_TEXT),
        COLUMN("owner_site_id", L_ID),
        COLUMN("owner_site_name", L_TEXT),
        COLUMN("payer_site_id", L_ID),
        COLUMN("payer_site_name", L_TEXT),
        COLUMN("received_units", L_INT),
        COLUMN("announced_units", L_INT),
        COLUMN("stock_units", L_INT),
        COLUMN("days_of_stock", L_INT),
        NO_COLUMN,
};

enum status order_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &order_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_order, I64(":id", d.id));
	api_rows(x, db, "lines", line, select_lines, I64(":year_ago_ym", x->today_ymd / 100 - 100), I64(":id", d.id));
	api_put_order_volumes(x, db, d.id);
	return ST_OK;
}

enum status order_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = order_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status order_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &order_kind, &d);
	if (st == ST_OK)
		st = order_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status order_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &order_kind, in->version, in->note);
}
