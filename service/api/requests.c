#include "service/api/documents.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/distribution/request.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"site_id", L_ID, "d.from_site_id", "请领单位编号", NULL},
        {"site_name", L_TEXT, "fs.name", "请领单位", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"to_site_id", L_ID, "d.to_site_id", "供货单位编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "供货单位", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"site_id", L_ID, "d.from_site_id = :f_site_id_id"}, NO_FILTER};
#define MORE                                                                                                                     \
	"JOIN request r ON r.id = d.id JOIN place p ON p.id = r.place_id LEFT JOIN site fs ON fs.id = d.from_site_id LEFT JOIN " \
	"site ts ON "                                                                                                            \
	"ts.id = d.to_site_id"
static const struct list_path paths[] = {DOC_PATHS("request", MORE)};
const struct list_spec list_requests = {.name = "requests",
                                        .title = "请领单",
                                        .columns = columns,
                                        .filters = filters,
                                        .paths = paths,
                                        .served = doc_served,
                                        .q_as = doc_q};

SQL(select_head, "SELECT d.from_site_id, r.place_id, p.name FROM request r JOIN document d ON d.id = r.id JOIN place p ON p.id = "
                 "r.place_id WHERE "
                 "r.id = :id /*all sites: the caller has the document*/");
static const struct list_column head[] = {COLUMN("site_id", L_ID), COLUMN("depot_id", L_ID), COLUMN("depot_name", L_TEXT),
                                          NO_COLUMN};

#define RELEASED_AT(site)                                                                                                        \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM place q JOIN holding h ON h.place_id = q.id AND h.product_id = " \
	"l.product_id WHERE q.site_id = " site " AND h.quality_no = 1 AND h.expiry_ymd >= :today_ymd)"
SQL(select_lines,
    "SELECT l.id, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, l.units, l.approved_units, "
    "l.reduce_reason, l.shipped_units, l.received_units, " RELEASED_AT("d.to_site_id") ", " RELEASED_AT(
            "d.from_site_id") ", " FLAG_ON("p.id", "high_alert") ", " FLAG_ON("p.id",
                                                                              "look_alike") " FROM document d JOIN request_line "
                                                                                            "l ON l.request_id = d.id JOIN "
                                                                                            "product p ON p.id = l.product_id "
                                                                                            "WHERE d.id = :id AND l.dropped = "
                                                                                            "0 ORDER BY l.n /*all sites: the "
                                                                                            "caller has the document*/");
static const struct list_column lines[] = {
        COLUMN("id", L_ID),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("units", L_INT),
        COLUMN("approved_units", L_INT),
        COLUMN("reduce_reason", L_TEXT),
        COLUMN("shipped_units", L_INT),
        COLUMN("received_units", L_INT),
        COLUMN("centre_stock_units", L_INT),
        COLUMN("site_stock_units", L_INT),
        COLUMN("high_alert", L_TEXT),
        COLUMN("look_alike", L_TEXT),
        NO_COLUMN,
};

enum status request_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &request_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", lines, select_lines, I64(":id", d.id), I64(":today_ymd", x->today_ymd));
	return ST_OK;
}

enum status request_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = request_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status request_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &request_kind, &d);
	if (st == ST_OK)
		st = request_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status request_step(struct exchange *x, struct tx *tx)
{
	const struct request_new *in = x->in;
	return api_step(x, tx, &request_kind, in->version, in->note);
}
