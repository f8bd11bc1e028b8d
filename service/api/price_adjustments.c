#include "core/csv.h"
#include "core/money.h"
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/price/his.h"
#include "warehouse/price/issue.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"effective_at_ms", L_INT, "a.effective_at_ms", "生效时间", NULL},
        {"done_at_ms", L_INT, "a.done_at_ms", "盘点时间", NULL},
        {"lines", L_INT, "a.line_count", "品种数", NULL},
        {"gain", L_FEN, "a.gain_fen", "调价损益", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, NO_FILTER};
static const struct list_path paths[] = {DOC_PATHS("price_adjustment", "JOIN price_adjustment a ON a.id = d.id")};
const struct list_spec list_price_adjustments = {.name = "price-adjustments",
                                                 .title = "调价单",
                                                 .columns = columns,
                                                 .filters = filters,
                                                 .paths = paths,
                                                 .served = doc_served,
                                                 .q_as = doc_q};

SQL(select_head, "SELECT effective_at_ms, done_at_ms, line_count, gain_fen FROM price_adjustment WHERE id = :id "
                 "/*all sites: the caller has the document*/");
static const struct list_column head[] = {COLUMN("effective_at_ms", L_INT), COLUMN("done_at_ms", L_INT),
                                          COLUMN("line_count", L_INT), COLUMN("gain", L_FEN), NO_COLUMN};
SQL(select_lines,
    "SELECT l.id, l.n, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, l.units_per_pack, l.price_e4, l.old_e4, "
    "i.price_e4, l.basis_e4, l.margin_percent, l.units, l.gain_fen, l.claim_units, l.claim_fen, "
    "l.reason FROM price_adjustment_line l JOIN product p ON p.id = l.product_id LEFT JOIN "
    "issue_price i ON i.product_id = l.product_id WHERE l.adjustment_id = :id ORDER BY l.n "
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
        COLUMN("price", L_PRICE),
        COLUMN("old_price", L_PRICE),
        COLUMN("issue_price", L_PRICE),
        COLUMN("basis_price", L_PRICE),
        COLUMN("margin_percent", L_INT),
        COLUMN("units", L_INT),
        COLUMN("gain", L_FEN),
        COLUMN("claim_units", L_INT),
        COLUMN("claim_amount", L_FEN),
        COLUMN("reason", L_TEXT),
        NO_COLUMN,
};

/* Whose HIS is asked, how many of the products have no code there, and who said that it is done. */
SQL(select_his_sites,
    "SELECT s.site_id, si.name, (SELECT count(*) FROM price_adjustment_line l WHERE l.adjustment_id = s.adjustment_id AND NOT "
    "EXISTS (SELECT 1 FROM his_item h WHERE h.product_id = l.product_id AND h.site_id = s.site_id)), s.confirmed_at_ms, "
    "u.display_name, s.note FROM price_adjustment_site s CROSS JOIN user_site us ON us.user_id = :me_id AND us.site_id = "
    "s.site_id "
    "JOIN site si ON si.id = s.site_id LEFT JOIN app_user u ON u.id = s.confirmed_by WHERE s.adjustment_id = :id ORDER BY "
    "s.site_id");
static const struct list_column his_site[] = {COLUMN("site_id", L_ID),
                                              COLUMN("site_name", L_TEXT),
                                              COLUMN("missing_codes", L_INT),
                                              COLUMN("confirmed_at_ms", L_INT_OR_NULL),
                                              COLUMN("confirmed_by", L_TEXT),
                                              COLUMN("note", L_TEXT),
                                              NO_COLUMN};

enum status price_adjustment_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &price_adjustment_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", line, select_lines, I64(":id", d.id));
	api_rows(x, db, "sites", his_site, select_his_sites, I64(":id", d.id), I64(":me_id", x->me.id));
	return ST_OK;
}

enum status price_adjustment_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = price_adjustment_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status price_adjustment_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &price_adjustment_kind, &d);
	if (st == ST_OK)
		st = price_adjustment_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status price_adjustment_step(struct exchange *x, struct tx *tx)
{
	const struct price_adjustment_step *in = x->in;
	return api_step(x, tx, &price_adjustment_kind, in->version, in->note);
}

/* ---- what lay where at the moment ---- */

/* Everybody his own places; the site whose document it is, everything, goods that were on the road too. */
#define MINE                                                                                                                     \
	"EXISTS (SELECT 1 FROM app_user me JOIN document d ON d.id = k.adjustment_id WHERE me.id = :me_id AND (me.root_site_id " \
	"= "                                                                                                                     \
	"d.from_site_id OR EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = me.id AND up.place_id = k.place_id)))"
static const struct list_column stock_columns[] = {
        {"adjustment_id", L_ID, "k.adjustment_id", "调价单编号", NULL},
        {"number", L_TEXT, "d.number", "调价单", NULL},
        {"site_id", L_ID, "pl.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "si.name", "机构", NULL},
        {"depot_id", L_ID, "k.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "pl.name", "库房", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "每包装数量", NULL},
        {"units", L_INT, "k.units", "数量", NULL},
        {"old_price", L_PRICE, "l.old_e4", "原发药价", NULL},
        {"price", L_PRICE, "l.price_e4", "新发药价", NULL},
        {"old_amount", L_FEN, "k.old_fen", "原金额", NULL},
        {"new_amount", L_FEN, "k.new_fen", "新金额", NULL},
        {"gain", L_FEN, "k.gain_fen", "调价损益", NULL},
        NO_COLUMN,
};
static const struct list_filter stock_filters[] = {{"adjustment_id", L_ID, "k.adjustment_id = :f_adjustment_id_id"}, NO_FILTER};
#define STOCK                                                                                                                  \
	"price_adjustment_stock k JOIN price_adjustment_line l ON l.id = k.line_id JOIN document d ON d.id = k.adjustment_id " \
	"JOIN place pl ON pl.id = k.place_id LEFT JOIN site si ON si.id = pl.site_id JOIN product p ON p.id = l.product_id "   \
	"WHERE " MINE
static const struct list_path stock_paths[] = {
        {"adjustment_id", STOCK, {"k.line_id", "k.place_id"}, false, NULL},
        {NULL, STOCK, {"k.line_id", "k.place_id"}, true, NULL},
};
const struct list_spec list_price_adjustment_stock = {.name = "price-adjustment-stock",
                                                      .title = "调价损益",
                                                      .columns = stock_columns,
                                                      .filters = stock_filters,
                                                      .paths = stock_paths};

/* ---- for the HIS ---- */

SQL(select_his,
    "SELECT d.number, a.effective_at_ms, hi.code, hi.factor, p.code, p.name, p.spec, p.unit_name, l.units_per_pack, l.price_e4, "
    "l.old_e4 FROM price_adjustment a JOIN document d ON d.id = a.id JOIN price_adjustment_line l ON l.adjustment_id = a.id JOIN "
    "product p ON p.id = l.product_id LEFT JOIN his_item hi ON hi.site_id = :site_id AND hi.product_id = l.product_id WHERE a.id "
    "= :id ORDER BY l.n, hi.code /*all sites: the caller has the document and asks for his own site*/");

static void put_price(struct csv_writer *w, struct rows *r, int column)
{
	char text[32];
	price_text(col_i64(r, column), text);
	csv_put_number(w, col_is_null(r, column) ? "" : text);
}

/* The price of one unit of the HIS, where its code is known. */
static void put_his_price(struct csv_writer *w, struct rows *r)
{
	char text[32];
	price_text(col_i64(r, 9) * col_i64(r, 3) / col_i64(r, 8), text);
	csv_put_number(w, col_is_null(r, 2) ? "" : text);
}

static void put_his_row(struct csv_writer *w, struct arena *a, struct rows *r)
{
	csv_put_text(w, col_text(a, r, 0));
	char at[20];
	ms_local_text(col_i64(r, 1), at);
	csv_put_text(w, at);
	csv_put_text(w, col_text(a, r, 2));
	for (int i = 4; i <= 7; i++)
		csv_put_text(w, col_text(a, r, i));
	csv_put_i64(w, col_i64(r, 8));
	put_price(w, r, 10);
	put_price(w, r, 9);
	put_his_price(w, r);
	csv_end_row(w);
}

/* The file that a site's HIS takes; a product that the HIS does not know yet has no code. The JSON object that the
 * dispatcher has opened goes elsewhere. */
enum status price_adjustment_his(struct exchange *x, struct db *db)
{
	static const char *const heads[] = {"number",    "effective_at",   "his_code",  "product_code", "product_name", "spec",
	                                    "unit_name", "units_per_pack", "old_price", "price",        "his_price"};
	struct doc d;
	struct csv_writer w;
	int64_t site = query_i64(x, "site_id", x->me.root_site_id);
	enum status st = api_document(x, db, &price_adjustment_kind, &d);
	if (st != ST_OK || !me_at_site(db, &x->me, site))
		return ST_NOT_FOUND;
	x->o = (struct jo){&x->render_input, true};
	buf_clear(&x->reply.body);
	csv_begin(&w, &x->reply.body, heads, sizeof heads / sizeof *heads);
	SCOPED(rows) r = db_query(db, select_his, I64(":site_id", site), I64(":id", d.id));
	while (rows_next(&r))
		put_his_row(&w, &x->arena, &r);
	x->reply.content_type = "text/csv; charset=utf-8";
	x->reply.file_name = arena_printf(&x->arena, "%s.csv", d.number);
	return ST_OK;
}

/* ---- the setting ---- */

enum status price_settings_read(struct exchange *x, struct db *db)
{
	jo_i64(&x->o, "decoction_margin_percent", price_decoction_margin(db));
	return ST_OK;
}

enum status price_settings_post(struct exchange *x, struct tx *tx)
{
	const struct price_settings_in *in = x->in;
	enum status st = price_decoction_margin_set(tx, in->decoction_margin_percent);
	jo_id(&x->o, "id", 1);
	return st;
}
