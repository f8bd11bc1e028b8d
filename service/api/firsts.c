/* 首营企业审批 and 首营品种审批 over HTTP. */
#include "warehouse/partner/first.h"

#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/partner/paper.h"

/* ---- suppliers ---- */

static const struct list_column supplier_columns[] = {
        DOC_HEAD,
        {"supplier_id", L_ID, "f.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        DOC_TAIL,
};
static const struct list_filter supplier_filters[] = {
        DOC_FILTERS, {"supplier_id", L_ID, "f.supplier_id = :f_supplier_id_id"}, NO_FILTER};
static const struct list_path supplier_paths[] = {
        DOC_PATHS("first_supplier", "JOIN first_supplier f ON f.id = d.id JOIN supplier sp ON sp.id = f.supplier_id"),
};
const struct list_spec list_first_suppliers = {.name = "first-suppliers",
                                               .title = "首营企业审批",
                                               .columns = supplier_columns,
                                               .filters = supplier_filters,
                                               .paths = supplier_paths,
                                               .served = doc_served,
                                               .q_as = doc_q};

SQL(select_first_supplier, "SELECT f.supplier_id, sp.name, sp.code, NULLIF(sp.licence_no, '') FROM first_supplier f JOIN "
                           "supplier sp ON sp.id = f.supplier_id WHERE "
                           "f.id = :id /*all sites: the caller has the document*/");
static const struct list_column supplier_head[] = {COLUMN("supplier_id", L_ID), COLUMN("supplier_name", L_TEXT),
                                                   COLUMN("supplier_code", L_TEXT), COLUMN("licence_no", L_TEXT), NO_COLUMN};
SQL(select_supplier_id, "SELECT supplier_id FROM first_supplier WHERE id = :id /*all sites: the caller has the document*/");

/* What the file lacks is told while there is something to mend. */
static void put_file(struct exchange *x, struct db *db, const char *kind, int64_t id)
{
	jo_text(&x->o, "missing", paper_missing(db, &x->arena, kind, id, x->today_ymd));
	paper_write_json(db, kind, id, x->today_ymd, &x->o, "papers");
}

enum status first_supplier_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &first_supplier_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, supplier_head, select_first_supplier, I64(":id", d.id));
	put_file(x, db, "supplier", db_i64(db, 0, select_supplier_id, I64(":id", d.id)));
	return ST_OK;
}

enum status first_supplier_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = first_supplier_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status first_supplier_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &first_supplier_kind, in->version, in->note);
}

/* ---- products ---- */

static const struct list_column product_columns[] = {
        DOC_HEAD,
        {"product_id", L_ID, "f.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        {"supplier_id", L_ID, "f.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        DOC_TAIL,
};
static const struct list_filter product_filters[] = {
        DOC_FILTERS, {"product_id", L_ID, "f.product_id = :f_product_id_id"}, NO_FILTER};
static const struct list_path product_paths[] = {
        DOC_PATHS("first_product",
                  "JOIN first_product f ON f.id = d.id JOIN product p ON p.id = f.product_id LEFT JOIN supplier sp "
                  "ON sp.id = f.supplier_id"),
};
const struct list_spec list_first_products = {.name = "first-products",
                                              .title = "首营品种审批",
                                              .columns = product_columns,
                                              .filters = product_filters,
                                              .paths = product_paths,
                                              .served = doc_served,
                                              .q_as = doc_q};

SQL(select_first_product,
    "SELECT f.product_id, p.name, p.spec, p.maker, p.approval_no, f.supplier_id, sp.name FROM first_product f JOIN product p ON "
    "p.id = f.product_id LEFT JOIN supplier sp ON sp.id = f.supplier_id WHERE f.id = :id /*all sites: the caller has the "
    "document*/");
static const struct list_column product_head[] = {
        COLUMN("product_id", L_ID),    COLUMN("product_name", L_TEXT), COLUMN("spec", L_TEXT),          COLUMN("maker", L_TEXT),
        COLUMN("approval_no", L_TEXT), COLUMN("supplier_id", L_ID),    COLUMN("supplier_name", L_TEXT), NO_COLUMN};
SQL(select_product_id, "SELECT product_id FROM first_product WHERE id = :id /*all sites: the caller has the document*/");

enum status first_product_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &first_product_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, product_head, select_first_product, I64(":id", d.id));
	put_file(x, db, "product", db_i64(db, 0, select_product_id, I64(":id", d.id)));
	return ST_OK;
}

enum status first_product_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = first_product_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status first_product_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &first_product_kind, in->version, in->note);
}
