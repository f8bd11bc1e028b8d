/* 发票: of all legs, with the three-way match line by line. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/match.h"

#include <string.h>

static const struct word_title leg_titles[] = {{"1", "生产→配送"}, {"2", "配送→本院"}, {"3", "加开一票"}, {NULL, NULL}};

static const struct list_column columns[] = {
        DOC_HEAD,
        {"invoice_no", L_TEXT, "i.invoice_no", "发票号码", NULL},
        {"leg", L_INT, "i.leg", "票次", NULL},
        {"leg_title", L_TEXT, "CAST(i.leg AS TEXT)", "票次名称", leg_titles},
        {"supplier_id", L_ID, "i.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"issuer", L_TEXT, "i.issuer", "开票方", NULL},
        {"buyer", L_TEXT, "i.buyer", "购买方", NULL},
        {"issued_ymd", L_INT, "i.issued_ymd", "开票日期", NULL},
        {"net", L_FEN, "i.net_fen", "不含税金额", NULL},
        {"tax", L_FEN, "i.tax_fen", "税额", NULL},
        {"gross", L_FEN, "i.gross_fen", "价税合计", NULL},
        {"red", L_BOOL, "i.red_of IS NOT NULL", "红字", NULL},
        {"red_of_id", L_ID, "i.red_of", "原发票编号", NULL},
        {"lines", L_INT, "i.line_count", "明细行数", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"supplier_id", L_ID, "i.supplier_id = :f_supplier_id_id"}, NO_FILTER};
#define MORE "JOIN invoice i ON i.id = d.id JOIN supplier sp ON sp.id = i.supplier_id"
static const struct list_path paths[] = {DOC_PATHS("invoice", MORE)};
const struct list_spec list_invoices = {.name = "invoices",
                                        .title = "发票",
                                        .columns = columns,
                                        .filters = filters,
                                        .paths = paths,
                                        .served = doc_served,
                                        .q_as = doc_q};

/*
 * The lines of invoices as the import takes them: whole rows with the invoice's own figures, a red invoice's without its sign
 * (the import finds it by the number of the one it takes back). What was voided is not there.
 */
static const struct list_column whole_columns[] = {
        {"id", L_ID, "l.id", "明细行", NULL},
        {"invoice_id", L_ID, "i.id", "发票编号", NULL},
        {"state", L_TEXT, "d.state", "状态", NULL},
        {"invoice_no", L_TEXT, "i.invoice_no", "发票号码", NULL},
        {"leg", L_INT, "i.leg", "票次", NULL},
        {"supplier_code", L_TEXT, "sp.code", "供应商代码", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"issuer", L_TEXT, "i.issuer", "开票方", NULL},
        {"buyer", L_TEXT, "i.buyer", "购买方", NULL},
        {"issued_ymd", L_INT, "i.issued_ymd", "开票日期", NULL},
        {"net", L_FEN, "abs(i.net_fen)", "不含税金额", NULL},
        {"tax", L_FEN, "abs(i.tax_fen)", "税额", NULL},
        {"gross", L_FEN, "abs(i.gross_fen)", "价税合计", NULL},
        {"red", L_BOOL, "i.red_of IS NOT NULL", "红字", NULL},
        {"red_of_no", L_TEXT, "o.invoice_no", "原发票号码", NULL},
        {"red_kind", L_TEXT, "i.red_kind", "冲红原因", NULL},
        {"red_kind_title", L_TEXT, "i.red_kind", "冲红原因名称", invoice_red_kinds},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        PRODUCT_NAMES,
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "abs(l.units)", "数量", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "计价包装数量", NULL},
        {"price", L_PRICE, "nullif(l.price_e4, 0)", "含税单价", NULL},
        {"amount", L_FEN, "abs(l.amount_fen)", "行价税合计", NULL},
        NO_COLUMN,
};
static const struct list_filter whole_filters[] = {
        {"supplier_id", L_ID, "i.supplier_id = :f_supplier_id_id"}, {"leg", L_INT, "i.leg = :f_leg_id"}, NO_FILTER};
static const struct list_path whole_paths[] = {
        {NULL,
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'invoice' JOIN invoice i ON i.id = "
         "s.document_id JOIN document d ON d.id = i.id JOIN supplier sp ON sp.id = i.supplier_id JOIN invoice_line l ON "
         "l.invoice_id = i.id JOIN product p ON p.id = l.product_id LEFT JOIN invoice o ON o.id = i.red_of WHERE u.id = :me_id "
         "AND d.state <> 'void'",
         {"s.document_id", "l.n"},
         true,
         NULL}};
const struct list_spec list_invoice_lines = {
        .name = "invoice-lines", .title = "发票明细", .columns = whole_columns, .filters = whole_filters, .paths = whole_paths};

SQL(select_head,
    "SELECT i.invoice_no, i.leg, CAST(i.leg AS TEXT), i.supplier_id, sp.name, d.from_site_id, i.issuer, i.buyer, i.issued_ymd, "
    "i.net_fen, i.tax_fen, i.gross_fen, i.red_of, (SELECT o.invoice_no FROM invoice o WHERE o.id = i.red_of), i.red_kind, "
    "i.red_kind FROM invoice i JOIN document d ON d.id = i.id JOIN supplier sp ON sp.id = i.supplier_id WHERE i.id = :id "
    "/*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("invoice_no", L_TEXT),
        COLUMN("leg", L_INT),
        {"leg_title", L_TEXT, NULL, NULL, leg_titles},
        COLUMN("supplier_id", L_ID),
        COLUMN("supplier_name", L_TEXT),
        COLUMN("site_id", L_ID),
        COLUMN("issuer", L_TEXT),
        COLUMN("buyer", L_TEXT),
        COLUMN("issued_ymd", L_INT),
        COLUMN("net", L_FEN),
        COLUMN("tax", L_FEN),
        COLUMN("gross", L_FEN),
        COLUMN("red_of_id", L_ID),
        COLUMN("red_of_no", L_TEXT),
        COLUMN("red_kind", L_TEXT),
        {"red_kind_title", L_TEXT, NULL, NULL, invoice_red_kinds},
        NO_COLUMN,
};
SQL(select_lines,
    "SELECT l.id, l.n, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, l.lot, l.units, l.units_per_pack, "
    "l.price_e4, l.amount_fen FROM invoice_line l JOIN product p ON p.id = l.product_id WHERE l.invoice_id = :id ORDER BY l.n "
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
        COLUMN("lot", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("price", L_PRICE),
        COLUMN("amount", L_FEN),
        NO_COLUMN,
};
SQL(select_part,
    "SELECT y.id, y.receipt_id, rd.number, ol.order_id, od.number, l.lot, y.units, y.accepted_ymd, ol.units, ol.price_e4, "
    "ol.units_per_pack, y.invoiced_units FROM payable y JOIN document rd ON rd.id = y.receipt_id JOIN order_line ol ON ol.id = "
    "y.order_line_id JOIN document od ON od.id = ol.order_id JOIN batch b ON b.id = y.batch_id JOIN lot l ON l.id = b.lot_id "
    "WHERE "
    "y.id = :id /*all sites: the caller has the document*/");
static const struct list_column part_columns[] = {
        COLUMN("payable_id", L_ID),
        COLUMN("receipt_id", L_ID),
        COLUMN("receipt_number", L_TEXT),
        COLUMN("order_id", L_ID),
        COLUMN("order_number", L_TEXT),
        COLUMN("lot", L_TEXT),
        COLUMN("accepted_units", L_INT),
        COLUMN("accepted_ymd", L_INT),
        COLUMN("ordered_units", L_INT),
        COLUMN("order_price", L_PRICE),
        COLUMN("units_per_pack", L_INT),
        COLUMN("invoiced_units", L_INT),
        NO_COLUMN,
};

static void put_part(struct exchange *x, struct db *db, const struct match_part *part)
{
	jo_name(&x->o, NULL);
	jo_open(&x->o, '{');
	api_one(x, db, part_columns, select_part, I64(":id", part->payable_id));
	jo_i64(&x->o, "units", part->units);
	jo_fen(&x->o, "expected", part->expected_fen);
	jo_fen(&x->o, "amount", part->amount_fen);
	jo_close(&x->o, '}');
}

static void put_result(struct exchange *x, struct db *db, const struct match *m, int64_t line_id)
{
	for (size_t i = 0; i < m->line_count; i++)
		if (m->lines[i].id == line_id) {
			jo_text(&x->o, "result", match_results[m->lines[i].result].word);
			jo_text(&x->o, "result_title", match_results[m->lines[i].result].title);
			jo_i64(&x->o, "found_units", m->lines[i].found_units);
			jo_fen(&x->o, "expected", m->lines[i].expected_fen);
		}
	jo_name(&x->o, "parts");
	jo_open(&x->o, '[');
	for (size_t i = 0; i < m->part_count; i++)
		if (m->parts[i].line_id == line_id)
			put_part(x, db, &m->parts[i]);
	jo_close(&x->o, ']');
}

static void put_lines(struct exchange *x, struct db *db, int64_t id, const struct match *m)
{
	jo_name(&x->o, "lines");
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query(db, select_lines, I64(":id", id));
	while (rows_next(&r)) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		for (int i = 0; line[i].name; i++)
			list_put_column(&x->o, &r, i, &line[i]);
		put_result(x, db, m, col_i64(&r, 0));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

SQL(select_stored,
    "SELECT invoice_line_id, payable_id, units, expected_fen, amount_fen FROM invoice_match WHERE invoice_id = :id ORDER BY id "
    "/*all sites: the caller has the document*/");
SQL(count_stored, "SELECT count(*) FROM invoice_match WHERE invoice_id = :id /*all sites: the caller has the document*/");

/* What was booked, in the form of a look at what could be. */
static void stored_match(struct db *db, struct arena *a, int64_t id, struct match *m)
{
	size_t count = (size_t)db_i64(db, 0, count_stored, I64(":id", id));
	*m = (struct match){.fine = true};
	m->lines = arena_array(a, count, sizeof *m->lines);
	m->parts = arena_array(a, count, sizeof *m->parts);
	SCOPED(rows) r = db_query(db, select_stored, I64(":id", id));
	while (rows_next(&r)) {
		struct match_part *part = &m->parts[m->part_count++];
		struct match_line *last = m->line_count ? &m->lines[m->line_count - 1] : NULL;
		*part = (struct match_part){.line_id = col_i64(&r, 0),
		                            .payable_id = col_i64(&r, 1),
		                            .units = col_i64(&r, 2),
		                            .expected_fen = col_i64(&r, 3),
		                            .amount_fen = col_i64(&r, 4)};
		if (!last || last->id != part->line_id) {
			last = &m->lines[m->line_count++];
			*last = (struct match_line){.id = part->line_id, .result = MATCH_FINE};
		}
		last->found_units += part->units;
		last->expected_fen += part->expected_fen;
	}
}

enum status invoice_read(struct exchange *x, struct db *db)
{
	struct doc d;
	struct invoice invoice;
	struct match m = {.fine = false};
	enum status st = api_document(x, db, &invoice_kind, &d);
	if (st == ST_OK)
		st = invoice_load(db, &x->arena, d.id, &invoice);
	if (st != ST_OK)
		return st;
	bool open = strcmp(d.state, "entered") == 0 || strcmp(d.state, "disputed") == 0;
	if (!open)
		stored_match(db, &x->arena, d.id, &m);
	else if ((st = match_find(db, &x->arena, &invoice, x->today_ymd, &m)) != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	jo_bool(&x->o, "fits", m.fine);
	jo_bool(&x->o, "explainable", open && m.explained && !m.fine);
	jo_fen(&x->o, "tolerance", m.tolerance_fen);
	put_lines(x, db, d.id, &m);
	return ST_OK;
}

enum status invoice_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = invoice_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status invoice_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &invoice_kind, &d);
	if (st == ST_OK)
		st = invoice_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status invoice_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &invoice_kind, in->version, in->note);
}
