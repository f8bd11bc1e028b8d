/* 结算单: of branches and suppliers, each row with its entry. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/sheet.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"party_kind", L_TEXT, "t.kind", "对象", NULL},
        {"party_kind_title", L_TEXT, "t.kind", "对象名称", sheet_kinds},
        {"site_id", L_ID, "t.party_site_id", "分院编号", NULL},
        {"supplier_id", L_ID, "t.supplier_id", "供应商编号", NULL},
        {"party", L_TEXT, "coalesce(ps.name, sp.name)", "结算对象", NULL},
        {"month", L_INT, "t.month", "月份", NULL},
        {"from_ymd", L_INT, "t.from_ymd", "起始日", NULL},
        {"to_ymd", L_INT, "t.to_ymd", "截止日", NULL},
        {"opening", L_FEN, "t.opening_fen", "期初应付", NULL},
        {"amount", L_FEN, "t.amount_fen", "本期发生", NULL},
        {"closing", L_FEN, "t.closing_fen", "期末应付", NULL},
        {"lines", L_INT, "t.line_count", "行数", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"month", L_INT, "t.month = :f_month_id"}, NO_FILTER};
#define MORE                                                                                                         \
	"JOIN sheet t ON t.id = d.id LEFT JOIN site ps ON ps.id = t.party_site_id LEFT JOIN supplier sp ON sp.id = " \
	"t.supplier_id"
static const struct list_path paths[] = {DOC_PATHS("sheet", MORE)};
const struct list_spec list_sheets = {.name = "sheets",
                                      .title = "结算单",
                                      .columns = columns,
                                      .filters = filters,
                                      .paths = paths,
                                      .served = doc_served,
                                      .q_as = doc_q};

/* The rows of sheets, so that one sheet is a file that anybody adds up. */
static const struct list_column line_columns[] = {
        {"sheet_id", L_ID, "l.sheet_id", "结算单编号", NULL},
        {"n", L_INT, "l.n", "行号", NULL},
        {"ymd", L_INT, "l.ymd", "日期", NULL},
        {"reason", L_TEXT, "l.reason", "事由", NULL},
        {"reason_title", L_TEXT, "l.reason", "事由名称", sheet_reasons},
        {"document_id", L_ID, "l.document_id", "单据编号", NULL},
        {"document_kind", L_TEXT, "d.kind", "单据类别", NULL},
        {"document_number", L_TEXT, "d.number", "单号", NULL},
        {"reference", L_TEXT, "d.reference", "外部单号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "l.units", "数量", NULL},
        {"other_site_name", L_TEXT, "o.name", "对方机构", NULL},
        {"amount", L_FEN, "l.amount_fen", "金额", NULL},
        /* RULE DOMAIN-12.3-late: of a day before the sheet's, or of a paper whose month was closed already */
        {"late", L_BOOL, "l.ymd < t.from_ymd OR coalesce(e.late, 0) = 1", "跨月补记", NULL},
        NO_COLUMN,
};
static const struct list_filter line_filters[] = {{"sheet_id", L_ID, "l.sheet_id = :f_sheet_id_id"}, NO_FILTER};
#define LINES                                                                                                                    \
	"sheet_line l JOIN sheet t ON t.id = l.sheet_id LEFT JOIN money_entry e ON e.seq = l.seq AND e.n = l.entry_n AND "       \
	"l.product_id IS NULL JOIN document d ON d.id = l.document_id LEFT JOIN product p ON p.id = l.product_id LEFT JOIN "     \
	"site o ON "                                                                                                             \
	"o.id = "                                                                                                                \
	"l.other_site_id WHERE EXISTS (SELECT 1 FROM app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind " \
	"= "                                                                                                                     \
	"'sheet' AND s.document_id = l.sheet_id WHERE u.id = :me_id)"
static const struct list_path line_paths[] = {
        {"sheet_id", LINES " AND l.sheet_id = :f_sheet_id_id", {"l.n"}, false, NULL},
        {NULL, LINES, {"l.sheet_id", "l.n"}, true, NULL},
};
const struct list_spec list_sheet_lines = {
        .name = "sheet-lines", .title = "结算单明细", .columns = line_columns, .filters = line_filters, .paths = line_paths};

SQL(select_head, "SELECT t.kind, t.kind, t.party_site_id, t.supplier_id, coalesce(ps.name, sp.name), t.month, t.from_ymd, "
                 "t.to_ymd, t.opening_fen, "
                 "t.amount_fen, t.closing_fen, t.line_count FROM sheet t LEFT JOIN site ps ON ps.id = t.party_site_id LEFT JOIN "
                 "supplier sp ON sp.id "
                 "= t.supplier_id WHERE t.id = :id /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("party_kind", L_TEXT),
        {"party_kind_title", L_TEXT, NULL, NULL, sheet_kinds},
        COLUMN("site_id", L_ID),
        COLUMN("supplier_id", L_ID),
        COLUMN("party", L_TEXT),
        COLUMN("month", L_INT),
        COLUMN("from_ymd", L_INT),
        COLUMN("to_ymd", L_INT),
        COLUMN("opening", L_FEN),
        COLUMN("amount", L_FEN),
        COLUMN("closing", L_FEN),
        COLUMN("line_count", L_INT),
        NO_COLUMN,
};

enum status sheet_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &sheet_kind, &d);
	if (st != ST_OK)
		return st;
	/* The rows are a list of their own (sheet-lines): a sheet may have thousands. */
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	return ST_OK;
}

enum status sheet_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = sheet_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status sheet_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &sheet_kind, in->version, in->note);
}
