/* 目录调整, 临时采购, 替代品种 and the history of products. */
#include "service/api/documents.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/exception.h"
#include "warehouse/catalogue/substitute.h"

#include <string.h>

static const struct word_title what_titles[] = {{"admission", "新增"},   {"change", "变更"},  {"stop", "停用"},
                                                {"replacement", "替换"}, {"restore", "恢复"}, {NULL, NULL}};
static const struct list_column change_columns[] = {
        DOC_HEAD,
        {"what", L_TEXT, "c.what", "类型", NULL},
        {"what_title", L_TEXT, "c.what", "类型名称", what_titles},
        {"product_id", L_ID, "c.product_id", "品种编号", NULL},
        {"product_name", L_TEXT,
         "coalesce(p.name, (SELECT cf.value FROM catalogue_change_field cf WHERE cf.change_id = c.id AND cf.field = 'name'))",
         "品种", NULL},
        {"spec", L_TEXT,
         "coalesce(p.spec, (SELECT cf.value FROM catalogue_change_field cf WHERE cf.change_id = c.id AND cf.field = 'spec'))",
         "规格", NULL},
        {"other_product_id", L_ID, "c.other_product_id", "替换为编号", NULL},
        {"other_product_name", L_TEXT, "op.name", "替换为", NULL},
        {"applicant", L_TEXT, "c.applicant", "申请人", NULL},
        {"reason", L_TEXT, "c.reason", "理由", NULL},
        {"from_ymd", L_INT_OR_NULL, "c.from_ymd", "生效日期", NULL},
        {"meeting_ymd", L_INT_OR_NULL, "c.meeting_ymd", "会议日期", NULL},
        DOC_TAIL,
};
static const struct list_filter change_filters[] = {
        DOC_FILTERS, {"what", L_TEXT, "c.what = :f_what_t"}, {"product_id", L_ID, "c.product_id = :f_product_id_id"}, NO_FILTER};
#define CHANGE_MORE                                                                                                          \
	"JOIN catalogue_change c ON c.id = d.id LEFT JOIN product p ON p.id = c.product_id LEFT JOIN product op ON op.id = " \
	"c.other_product_id"
static const struct list_path change_paths[] = {DOC_PATHS("catalogue_change", CHANGE_MORE)};
const struct list_spec list_catalogue_changes = {.name = "catalogue-changes",
                                                 .title = "目录调整",
                                                 .columns = change_columns,
                                                 .filters = change_filters,
                                                 .paths = change_paths,
                                                 .served = doc_served,
                                                 .q_as = doc_q};

SQL(select_change,
    "SELECT c.what, c.what, c.product_id, p.name, p.spec, c.other_product_id, op.name, c.applicant, c.reason, c.from_ymd, "
    "c.warnings, "
    "c.meeting_ymd, c.minutes FROM catalogue_change c LEFT JOIN product p ON p.id = c.product_id LEFT JOIN product op ON op.id = "
    "c.other_product_id WHERE c.id = :id /*all sites: the caller has the document*/");
static const struct list_column change_head[] = {
        COLUMN("what", L_TEXT),
        {"what_title", L_TEXT, NULL, NULL, what_titles},
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("other_product_id", L_ID),
        COLUMN("other_product_name", L_TEXT),
        COLUMN("applicant", L_TEXT),
        COLUMN("reason", L_TEXT),
        COLUMN("from_ymd", L_INT_OR_NULL),
        COLUMN("warnings", L_TEXT),
        COLUMN("meeting_ymd", L_INT_OR_NULL),
        COLUMN("minutes", L_TEXT),
        NO_COLUMN,
};
SQL(select_fields, "SELECT field, value FROM catalogue_change_field WHERE change_id = :id ORDER BY field"
                   " /*all sites: the caller has the document*/");
static const struct list_column field_row[] = {COLUMN("field", L_TEXT), COLUMN("value", L_TEXT), NO_COLUMN};
SQL(select_members, "SELECT name, recused = 1, vote, why FROM catalogue_member WHERE change_id = :id ORDER BY n"
                    " /*all sites: the caller has the document*/");
static const struct list_column member_row[] = {COLUMN("name", L_TEXT), COLUMN("recused", L_BOOL), COLUMN("vote", L_TEXT),
                                                COLUMN("why", L_TEXT), NO_COLUMN};

enum status catalogue_change_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &catalogue_change_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, change_head, select_change, I64(":id", d.id));
	api_rows(x, db, "fields", field_row, select_fields, I64(":id", d.id));
	api_rows(x, db, "members", member_row, select_members, I64(":id", d.id));
	return ST_OK;
}

enum status catalogue_change_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = change_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status catalogue_change_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &catalogue_change_kind, &d);
	if (st == ST_OK)
		st = change_edit(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status catalogue_change_step(struct exchange *x, struct tx *tx)
{
	const struct change_step *in = x->in;
	return api_step(x, tx, &catalogue_change_kind, in->version, in->note);
}

/* ---- 临时采购 ---- */

static const struct word_title cause_titles[] = {
        {"patient", "患者用药需要"}, {"specialist", "外聘专家坐诊"}, {"emergency", "急救抢救"}, {NULL, NULL}};
static const struct list_column exception_columns[] = {
        DOC_HEAD,
        {"site_id", L_ID, "d.from_site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "fs.name", "机构", NULL},
        {"product_id", L_ID, "e.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        PACK_COLUMNS,
        {"units", L_INT, "e.units", "数量", NULL},
        {"used_units", L_INT, "e.used_units", "已请领", NULL},
        {"until_ymd", L_INT, "e.until_ymd", "有效期至", NULL},
        {"cause", L_TEXT, "e.cause", "事由", NULL},
        {"cause_title", L_TEXT, "e.cause", "事由名称", cause_titles},
        {"usable", L_BOOL, "d.state = 'approved' AND e.until_ymd >= :today_ymd AND e.used_units < e.units", "可请领", NULL},
        DOC_TAIL,
};
static const struct list_filter exception_filters[] = {DOC_FILTERS,
                                                       {"site_id", L_ID, "d.from_site_id = :f_site_id_id"},
                                                       {"product_id", L_ID, "e.product_id = :f_product_id_id"},
                                                       NO_FILTER};
#define EXCEPTION_MORE \
	"JOIN exception e ON e.id = d.id JOIN product p ON p.id = e.product_id LEFT JOIN site fs ON fs.id = d.from_site_id"
static const struct list_path exception_paths[] = {DOC_PATHS("exception", EXCEPTION_MORE)};
const struct list_spec list_exceptions = {.name = "exceptions",
                                          .title = "临时采购",
                                          .columns = exception_columns,
                                          .filters = exception_filters,
                                          .paths = exception_paths,
                                          .served = doc_served,
                                          .q_as = doc_q};

SQL(select_exception, "SELECT d.from_site_id, fs.name, e.product_id, p.name, p.spec, p.unit_name, p.pack_name, p.units_per_pack, "
                      "e.units, e.used_units, "
                      "e.until_ymd, e.cause, e.cause, d.state = 'approved' AND e.until_ymd >= :today_ymd AND e.used_units < "
                      "e.units, e.drug_name FROM "
                      "exception e JOIN document d ON d.id = e.id JOIN product p ON p.id = e.product_id LEFT JOIN site fs ON "
                      "fs.id = d.from_site_id "
                      "WHERE e.id = :id /*all sites: the caller has the document*/");
static const struct list_column exception_head[] = {
        COLUMN("site_id", L_ID),
        COLUMN("site_name", L_TEXT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("units", L_INT),
        COLUMN("used_units", L_INT),
        COLUMN("until_ymd", L_INT),
        COLUMN("cause", L_TEXT),
        {"cause_title", L_TEXT, NULL, NULL, cause_titles},
        COLUMN("usable", L_BOOL),
        COLUMN("drug_name", L_TEXT),
        NO_COLUMN,
};
SQL(select_counted,
    "SELECT e.id, d.number, s.name, d.made_at_ms FROM exception me JOIN exception e ON e.drug_name = me.drug_name AND "
    "e.counted_year = "
    ":year JOIN document d ON d.id = e.id JOIN site s ON s.id = d.from_site_id WHERE me.id = :id ORDER BY e.id LIMIT 100"
    " /*all sites: one limit for the county*/");
static const struct list_column counted[] = {COLUMN("id", L_ID), COLUMN("number", L_TEXT), COLUMN("site_name", L_TEXT),
                                             COLUMN("made_at_ms", L_INT), NO_COLUMN};
SQL(select_product,
    "SELECT e.product_id, e.drug_name FROM exception e WHERE e.id = :id /*all sites: the caller has the document*/");

/* How often this generic name was bought so this year, against its limit; the rows behind the number. */
static void put_count(struct exchange *x, struct db *db, int64_t id)
{
	SCOPED(rows) r = db_query(db, select_product, I64(":id", id));
	if (!rows_next(&r))
		return;
	struct exception_count c = exception_count(db, &x->arena, col_i64(&r, 0), col_text(&x->arena, &r, 1), x->today_ymd);
	jo_i64(&x->o, "counted_this_year", c.used);
	if (c.limit < 0)
		jo_null(&x->o, "limit_a_year");
	else
		jo_i64(&x->o, "limit_a_year", c.limit);
	api_rows(x, db, "counted", counted, select_counted, I64(":year", x->today_ymd / 10000), I64(":id", id));
}

enum status exception_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &exception_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, exception_head, select_exception, I64(":today_ymd", x->today_ymd), I64(":id", d.id));
	put_count(x, db, d.id);
	return ST_OK;
}

enum status exception_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = exception_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status exception_step(struct exchange *x, struct tx *tx)
{
	const struct exception_step *in = x->in;
	return api_step(x, tx, &exception_kind, in->version, in->note);
}

/* ---- substitutes ---- */

static const struct list_column substitute_columns[] = {
        {"id", L_ID, "b.id", "编号", NULL},
        {"product_id", L_ID, "b.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"units", L_INT, "b.units", "数量", NULL},
        {"other_id", L_ID, "b.other_id", "替代品种编号", NULL},
        {"other_name", L_TEXT, "o.name", "替代品种", NULL},
        {"other_spec", L_TEXT, "o.spec", "替代品种规格", NULL},
        {"other_units", L_INT, "b.other_units", "替代数量", NULL},
        {"both_ways", L_BOOL, "b.both_ways", "可互换", NULL},
        {"from_ymd", L_INT, "b.from_ymd", "起始日期", NULL},
        {"to_ymd", L_INT_OR_NULL, "b.to_ymd", "截止日期", NULL},
        {"decision", L_TEXT, "b.decision", "依据", NULL},
        NO_COLUMN,
};
static const struct list_filter substitute_filters[] = {
        {"product_id", L_ID, "+b.product_id = :f_product_id_id"},
        {"of_id", L_ID, "(+b.product_id = :f_of_id_id OR +b.other_id = :f_of_id_id)"}, /* on either side */
        NO_FILTER};
static const struct list_path substitute_paths[] = {
        {NULL,
         "substitute b CROSS JOIN product p ON p.id = b.product_id JOIN product o ON o.id = b.other_id WHERE 1 = 1",
         {"b.id"},
         true,
         NULL},
};
const struct list_spec list_substitutes = {.name = "substitutes",
                                           .title = "替代品种",
                                           .columns = substitute_columns,
                                           .filters = substitute_filters,
                                           .paths = substitute_paths};

enum status substitute_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	tx->action = "substitute.make";
	enum status st = substitute_add(tx, x->in, &id);
	return api_written_to(x, tx, st, id, "open", "products");
}

enum status substitute_end_post(struct exchange *x, struct tx *tx)
{
	tx->action = "substitute.end";
	return api_written_to(x, tx, substitute_end(tx, x->id), x->id, "ended", "products");
}

/* ---- history ---- */

static const struct list_column history_columns[] = {
        {"id", L_ID, "h.id", "编号", NULL},
        {"product_id", L_ID, "h.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"field", L_TEXT, "h.field", "项目", NULL},
        {"old_value", L_TEXT, "h.old_value", "原值", NULL},
        {"new_value", L_TEXT, "h.new_value", "新值", NULL},
        {"from_ymd", L_INT, "h.from_ymd", "生效日期", NULL},
        {"at_ms", L_INT, "h.at_ms", "时间", NULL},
        {"by", L_TEXT, "u.display_name", "办理人", NULL},
        {"why", L_TEXT, "h.why", "依据", NULL},
        {"document_id", L_ID, "h.document_id", "依据单据", NULL},
        NO_COLUMN,
};
static const struct list_filter history_filters[] = {{"product_id", L_ID, "+h.product_id = :f_product_id_id"}, NO_FILTER};
#define HISTORY_JOINS " CROSS JOIN product p ON p.id = h.product_id LEFT JOIN app_user u ON u.id = h.by_user WHERE "
#define HISTORY_FROM "product_history h" HISTORY_JOINS "1 = 1"
static const struct list_path history_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("product_history h ON h.product_id = pp.product_id") HISTORY_JOINS "pp.piece = :piece",
         {"pp.product_id", "h.id"},
         true,
         NULL},
        {"product_id", HISTORY_FROM " AND h.product_id = :f_product_id_id", {"h.id"}, true, NULL},
        {NULL, HISTORY_FROM, {"h.id"}, true, NULL},
};
const struct list_spec list_product_history = {.name = "product-history",
                                               .title = "品种变更记录",
                                               .columns = history_columns,
                                               .filters = history_filters,
                                               .paths = history_paths,
                                               .search_expr = "p.search_text"};
