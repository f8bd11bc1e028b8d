/* 分级目录, 标识, 许可, 限额: what each level holds, what is said of products, and who may have what. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/control.h"
#include "warehouse/catalogue/field.h"
#include "warehouse/catalogue/flag.h"

#include <string.h>

#define IN_FORCE(alias) alias ".from_ymd <= :today_ymd AND (" alias ".to_ymd IS NULL OR " alias ".to_ymd >= :today_ymd)"
static const struct word_title level_titles[] = {{"county", "县级"}, {"township", "乡镇"}, {"village", "村级"}, {NULL, NULL}};
#define LEVEL_WORD "CASE l.level WHEN 1 THEN 'county' WHEN 2 THEN 'township' ELSE 'village' END"
#define LEVEL_OF(parameter) "CASE " parameter " WHEN 'county' THEN 1 WHEN 'township' THEN 2 WHEN 'village' THEN 3 ELSE 0 END"
#define ON_LEVEL(n) \
	"EXISTS (SELECT 1 FROM level_list c WHERE c.level = " n " AND c.product_id = l.product_id AND " IN_FORCE("c") ")"

static const struct list_column level_columns[] = {
        {"level", L_TEXT, LEVEL_WORD, "级别", NULL},
        {"level_title", L_TEXT, LEVEL_WORD, "级别名称", level_titles},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"code", L_TEXT, "p.code", "品种代码", NULL},
        {"name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"maker", L_TEXT, "p.maker", "生产企业", NULL},
        {"kind", L_TEXT, "p.kind", "品种类别", NULL},
        {"kind_title", L_TEXT, "p.kind", "品种类别名称", product_kind_titles},
        {"essential", L_BOOL, FLAG_ON("p.id", "essential") " IS NOT NULL", "基本药物", NULL},
        {"insurance", L_TEXT, FLAG_ON("p.id", "insurance"), "医保类别", NULL},
        {"antibiotic", L_TEXT, FLAG_ON("p.id", "antibiotic"), "抗菌药物分级", NULL},
        {"high_alert", L_TEXT, FLAG_ON("p.id", "high_alert"), "高警示", NULL},
        {"look_alike", L_TEXT, FLAG_ON("p.id", "look_alike"), "听似看似", NULL},
        {"in_county", L_BOOL, ON_LEVEL("1"), "在县级目录", NULL},
        {"in_township", L_BOOL, ON_LEVEL("2"), "在乡镇目录", NULL},
        {"in_village", L_BOOL, ON_LEVEL("3"), "在村级目录", NULL},
        {"from_ymd", L_INT, "l.from_ymd", "起始日期", NULL},
        {"to_ymd", L_INT_OR_NULL, "l.to_ymd", "截止日期", NULL},
        {"document_id", L_ID, "l.document_id", "依据单据", NULL},
        NO_COLUMN,
};
static const struct list_filter level_filters[] = {{"level", L_TEXT, "l.level = " LEVEL_OF(":f_level_t")},
                                                   {"product_id", L_ID, "+l.product_id = :f_product_id_id"},
                                                   NO_FILTER};
#define LEVEL_FROM "level_list l CROSS JOIN product p ON p.id = l.product_id WHERE " IN_FORCE("l")
static const struct list_path level_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("level_list l ON l.product_id = pp.product_id") " CROSS JOIN product p ON p.id = l.product_id WHERE "
                                                                          "pp.piece = :piece AND " IN_FORCE("l"),
         {"pp.product_id", "l.level", "l.from_ymd"},
         false,
         NULL},
        {"product_id", LEVEL_FROM " AND l.product_id = :f_product_id_id", {"l.product_id", "l.level", "l.from_ymd"}, false, NULL},
        {"level", LEVEL_FROM, {"l.level", "l.product_id", "l.from_ymd"}, false, NULL},
        {NULL, LEVEL_FROM, {"l.level", "l.product_id", "l.from_ymd"}, false, NULL},
};
const struct list_spec list_level_lists = {.name = "level-lists",
                                           .title = "分级目录",
                                           .columns = level_columns,
                                           .filters = level_filters,
                                           .paths = level_paths,
                                           .search_expr = "p.search_text"};

/* ---- linkage ---- */

/* Distinct generic names of a list, in all and with a mark. RULE DOMAIN-6.2-linkage */
#define KINDS(level, more)                                                                                                     \
	"(SELECT count(DISTINCT d.name) FROM level_list l JOIN product p ON p.id = l.product_id AND p.active = 1 JOIN drug d " \
	"ON d.id "                                                                                                             \
	"= p.drug_id WHERE l.level = " level " AND " IN_FORCE("l") more ")"
#define LINKED                                                                                                                \
	" AND EXISTS (SELECT 1 FROM drug cd JOIN product cp ON cp.drug_id = cd.id JOIN level_list c ON c.product_id = cp.id " \
	"AND "                                                                                                                \
	"c.level = 1 AND " IN_FORCE("c") " WHERE cd.name = d.name)"
#define OF_CLASS(level, value) KINDS(level, " AND " FLAG_ON("p.id", "insurance") " = '" value "'")
#define LEVEL_ROW(level, word, target)                                                                                          \
	"SELECT '" word "', '" word                                                                                             \
	"', (SELECT count(*) FROM level_list l JOIN product p ON p.id = l.product_id AND p.active = 1 "                         \
	"WHERE l.level = " level " AND " IN_FORCE("l") "), " KINDS(level, "") ", " KINDS(                                       \
	        level,                                                                                                          \
	        " AND " FLAG_ON("p.id",                                                                                         \
	                        "essential") " IS NOT NULL") ", " target                                                        \
	                                                     ", " OF_CLASS(level, "A") ", " OF_CLASS(level, "B") ", " OF_CLASS( \
	                                                             level, "C") ", " KINDS(level, LINKED)
SQL(select_summary, LEVEL_ROW("1", "county", "80") " UNION ALL " LEVEL_ROW("2", "township", "90") " UNION ALL " LEVEL_ROW(
                            "3", "village", "NULL") " /*scan: the lists themselves, some thousand rows*/");
static const struct list_column summary[] = {COLUMN("level", L_TEXT),
                                             {"level_title", L_TEXT, NULL, NULL, level_titles},
                                             COLUMN("products", L_INT),
                                             COLUMN("kinds", L_INT),
                                             COLUMN("essential_kinds", L_INT),
                                             COLUMN("essential_target_percent", L_INT_OR_NULL),
                                             COLUMN("insurance_a_kinds", L_INT),
                                             COLUMN("insurance_b_kinds", L_INT),
                                             COLUMN("off_insurance_kinds", L_INT),
                                             COLUMN("linked_kinds", L_INT),
                                             NO_COLUMN};
SQL(select_unlinked,
    "SELECT l.product_id, p.code, p.name, p.spec FROM level_list l JOIN product p ON p.id = l.product_id AND p.active = 1 JOIN "
    "drug "
    "d ON d.id = p.drug_id WHERE l.level = 2 AND " IN_FORCE("l") " AND NOT (1 = 1" LINKED ") ORDER BY p.code LIMIT 500 "
                                                                 "/*scan: the township list*/");
static const struct list_column unlinked[] = {COLUMN("product_id", L_ID), COLUMN("code", L_TEXT), COLUMN("name", L_TEXT),
                                              COLUMN("spec", L_TEXT), NO_COLUMN};

enum status level_summary_read(struct exchange *x, struct db *db)
{
	jo_text(&x->o, "formula",
	        "衔接率 = 乡镇目录中同时在县级目录的通用名数 ÷ 乡镇目录通用名数; 基本药物占比 = 基本药物通用名数 ÷ 通用名数");
	api_rows(x, db, "levels", summary, select_summary, I64(":today_ymd", x->today_ymd));
	api_rows(x, db, "not_in_county", unlinked, select_unlinked, I64(":today_ymd", x->today_ymd));
	return ST_OK;
}

/* ---- flags ---- */

/* What ended before it began was taken back. */
#define FLAG_STATE                                                                                                              \
	"CASE WHEN f.to_ymd < f.from_ymd OR f.to_ymd < :today_ymd THEN 'ended' WHEN f.from_ymd > :today_ymd THEN 'later' ELSE " \
	"'ok' END"
static const struct word_title flag_states[] = {{"ok", "有效"}, {"later", "未到"}, {"ended", "已结束"}, {NULL, NULL}};
static const struct list_column flag_columns[] = {
        {"id", L_ID, "f.id", "编号", NULL},
        {"product_id", L_ID, "f.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"flag", L_TEXT, "f.flag", "标识", NULL},
        {"value", L_TEXT, "f.value", "值", NULL},
        {"from_ymd", L_INT, "f.from_ymd", "起始日期", NULL},
        {"to_ymd", L_INT_OR_NULL, "f.to_ymd", "截止日期", NULL},
        {"state", L_TEXT, FLAG_STATE, "状态", NULL},
        {"state_title", L_TEXT, FLAG_STATE, "状态名称", flag_states},
        {"source", L_TEXT, "f.source", "依据", NULL},
        {"document_id", L_ID, "f.document_id", "依据单据", NULL},
        NO_COLUMN,
};
static const struct list_filter flag_filters[] = {{"flag", L_TEXT, "f.flag || '' = :f_flag_t"},
                                                  {"product_id", L_ID, "+f.product_id = :f_product_id_id"},
                                                  {"value", L_TEXT, "f.value = :f_value_t"},
                                                  NO_FILTER};
#define FLAG_JOINS " CROSS JOIN product p ON p.id = f.product_id WHERE "
#define FLAG_FROM "product_flag f" FLAG_JOINS "1 = 1"
static const struct list_path flag_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("product_flag f ON f.product_id = pp.product_id") FLAG_JOINS "pp.piece = :piece",
         {"pp.product_id", "f.id"},
         false,
         NULL},
        {"product_id", FLAG_FROM " AND f.product_id = :f_product_id_id", {"f.id"}, false, &list_few},
        {"flag", FLAG_FROM " AND f.flag = :f_flag_t", {"f.product_id", "f.from_ymd"}, false, NULL},
        {NULL, FLAG_FROM, {"f.id"}, false, NULL},
};
const struct list_spec list_product_flags = {.name = "product-flags",
                                             .title = "品种标识",
                                             .columns = flag_columns,
                                             .filters = flag_filters,
                                             .paths = flag_paths,
                                             .search_expr = "p.search_text"};

static const struct list_column kind_row[] = {COLUMN("word", L_TEXT), COLUMN("title", L_TEXT), NO_COLUMN};

static void put_words(struct jo *o, const struct word_title *words)
{
	jo_name(o, "values");
	jo_open(o, '[');
	for (const struct word_title *w = words; w && w->word; w++) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_text(o, kind_row[0].name, w->word);
		jo_text(o, kind_row[1].name, w->title);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/* What may be said of a product, and what it does. */
enum status flag_kinds_read(struct exchange *x, struct db *db)
{
	struct jo *o = &x->o;
	(void)db;
	jo_name(o, "flags");
	jo_open(o, '[');
	for (const struct flag_kind *k = flag_kinds; k->name; k++) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_text(o, "flag", k->name);
		jo_text(o, "title", k->title);
		jo_text(o, "rule", k->rule);
		jo_bool(o, "governed", k->governed);
		put_words(o, k->values);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	return ST_OK;
}

enum status product_flag_post(struct exchange *x, struct tx *tx)
{
	const struct flag_in *in = x->in;
	int32_t from = in->from_ymd ? (int32_t)in->from_ymd : tx->today_ymd;
	const char *value = in->value && *in->value ? in->value : NULL;
	const struct new_flag flag = {x->id, in->flag, value, from, (int32_t)in->to_ymd, in->source, 0};
	tx->action = "product.flag";
	tx->ref_id = x->id;
	enum status st = product_flag_by_hand(tx, &flag);
	if (st != ST_OK)
		return st;
	tx_changed(tx, "products", 0, 0, x->id);
	jo_id(&x->o, "id", x->id);
	jo_text(&x->o, "state", in->flag);
	return ST_OK;
}

/* ---- permissions of sites ---- */

#define PERMIT_STATE "CASE WHEN e.to_ymd < :today_ymd THEN 'expired' WHEN e.to_ymd < :soon_ymd THEN 'soon' ELSE 'ok' END"
static const struct word_title permit_states[] = {{"ok", "有效"}, {"soon", "将到期"}, {"expired", "已过期"}, {NULL, NULL}};
static const struct list_column permit_columns[] = {
        {"id", L_ID, "e.id", "编号", NULL},
        {"site_id", L_ID, "e.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"kind", L_TEXT, "e.kind", "许可", NULL},
        {"kind_title", L_TEXT, "e.kind", "许可名称", entitlement_kinds},
        {"product_id", L_ID, "e.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"number", L_TEXT, "e.number", "证号", NULL},
        {"from_ymd", L_INT, "e.from_ymd", "起始日期", NULL},
        {"to_ymd", L_INT, "e.to_ymd", "截止日期", NULL},
        {"units", L_INT_OR_NULL, "e.units", "限量", NULL},
        {"used_units", L_INT,
         "(SELECT CAST(coalesce(sum(u.units), 0) AS BIGINT) FROM entitlement_use u WHERE u.entitlement_id = e.id)", "已请领",
         NULL},
        {"state", L_TEXT, PERMIT_STATE, "状态", NULL},
        {"state_title", L_TEXT, PERMIT_STATE, "状态名称", permit_states},
        NO_COLUMN,
};
static const struct list_filter permit_filters[] = {
        {"kind", L_TEXT, "e.kind = :f_kind_t"}, {"site_id", L_ID, "+e.site_id = :f_site_id_id"}, NO_FILTER};
static const struct list_path permit_paths[] = {
        {NULL,
         "entitlement e CROSS JOIN user_site us ON us.user_id = :me_id AND us.site_id = e.site_id JOIN site s ON s.id = "
         "e.site_id LEFT "
         "JOIN product p ON p.id = e.product_id WHERE 1 = 1",
         {"e.id"},
         true,
         NULL},
};
const struct list_spec list_entitlements = {
        .name = "entitlements", .title = "机构许可", .columns = permit_columns, .filters = permit_filters, .paths = permit_paths};

enum status entitlement_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	tx->action = "entitlement.make";
	enum status st = entitlement_add(tx, x->in, &id);
	return api_written_to(x, tx, st, id, "open", "products");
}

enum status entitlement_end_post(struct exchange *x, struct tx *tx)
{
	tx->action = "entitlement.end";
	enum status st = entitlement_end(tx, x->id);
	return api_written_to(x, tx, st, x->id, "ended", "products");
}

/* ---- limits ---- */

static const struct list_column setting_columns[] = {
        {"id", L_ID, "s.id", "编号", NULL},
        {"name", L_TEXT, "s.name", "名称", NULL},
        {"title", L_TEXT, "s.title", "限额", NULL},
        {"value", L_INT, "s.value", "值", NULL},
        NO_COLUMN,
};
static const struct list_filter no_filters[] = {NO_FILTER};
static const struct list_path setting_paths[] = {{NULL, "catalogue_setting s WHERE 1 = 1", {"s.id"}, false, NULL}};
const struct list_spec list_catalogue_settings = {.name = "catalogue-settings",
                                                  .title = "目录限额",
                                                  .columns = setting_columns,
                                                  .filters = no_filters,
                                                  .paths = setting_paths};

/* ---- 目录启用日 ---- */

SQL(select_control, "SELECT c.from_ymd, u.display_name, c.at_ms, c.note FROM catalogue_control c LEFT JOIN app_user u ON u.id = "
                    "c.by_user WHERE c.id = :id");
static const struct list_column control_row[] = {COLUMN("from_ymd", L_INT_OR_NULL), COLUMN("set_by", L_TEXT),
                                                 COLUMN("at_ms", L_INT_OR_NULL), COLUMN("note", L_TEXT), NO_COLUMN};

/* controlled: is the catalogue under change control today? The rest is absent until somebody has set the day. */
enum status catalogue_control_read(struct exchange *x, struct db *db)
{
	jo_bool(&x->o, "controlled", catalogue_is_controlled(db, x->today_ymd));
	api_one(x, db, control_row, select_control, I64(":id", 1));
	return ST_OK;
}

enum status catalogue_control_create(struct exchange *x, struct tx *tx)
{
	const struct control_in *in = x->in;
	tx->action = "catalogue.control";
	enum status st = catalogue_control_set(tx, (int32_t)in->from_ymd, in->note);
	return api_written_to(x, tx, st, 1, "set", "products");
}

SQL(set_setting, "UPDATE catalogue_setting SET value = :value WHERE id = :id");

#define COMMITTEE_MIN 3
SQL(is_of_committee, "SELECT 1 FROM catalogue_setting WHERE id = :id AND name = 'members_min'");

enum status catalogue_setting_post(struct exchange *x, struct tx *tx)
{
	const struct limit_in *in = x->in;
	tx->action = "catalogue.setting";
	/* RULE DOMAIN-12.3-committee: a county may ask for more of them, not for fewer */
	if (in->value < COMMITTEE_MIN && db_i64(tx_db(tx), 0, is_of_committee, I64(":id", x->id)))
		return tx_fail(tx, ST_INVALID_FIELD, "value", 0, "委员会表决人数下限不能少于 %d 人", COMMITTEE_MIN);
	if (!db_exec(tx, set_setting, I64(":value", in->value), I64(":id", x->id)))
		return ST_NOT_FOUND;
	return api_written_to(x, tx, ST_OK, x->id, "set", "products");
}
