#include "service/api/demand.h"
#include "service/api/documents.h"
#include "warehouse/demand/suggest.h"
#include "warehouse/price/price.h"
#include "service/api/volumes.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/field.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/pack.h"

/* The ceiling in force today, and what the price rule says (warehouse/price/). */
#define CEILING(column) PRICE_FACT(column, "listed", "p.id", ":today_ymd")
#define RULE(column) PRICE_RULE(column, "p.id", ":today_ymd")
#define PRODUCT_COLUMNS                                                                                                         \
	{"id", L_ID, "p.id", "编号", NULL}, {"code", L_TEXT, "p.code", "品种代码", NULL},                                       \
	        {"name", L_TEXT, "p.name", "通用名", NULL}, {"trade_name", L_TEXT, "p.trade_name", "商品名", NULL},             \
	        {"form", L_TEXT, "d.form", "剂型", NULL}, {"strength", L_TEXT, "d.strength", "含量规格", NULL},                 \
	        {"spec", L_TEXT, "p.spec", "规格", NULL}, {"maker", L_TEXT, "p.maker", "生产企业", NULL},                       \
	        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL}, {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},         \
	        {"units_per_pack", L_INT, "p.units_per_pack", "每包装数量", NULL},                                              \
	        {"units_per_box", L_INT, "p.units_per_box", "中包装数量", NULL},                                                \
	        {"units_per_case", L_INT, "p.units_per_case", "件装数量", NULL},                                                \
	        {"approval_no", L_TEXT, "p.approval_no", "批准文号", NULL}, {"storage", L_TEXT, "p.storage", "储存条件", NULL}, \
	        {"controlled", L_TEXT, "p.controlled", "特殊管理", NULL}, {"traced", L_BOOL, "p.traced", "有追溯码", NULL},     \
	        {"active", L_BOOL, "p.active", "在用", NULL},                                                                   \
	        {"ceiling_price", L_PRICE, CEILING("price_e4 * p.units_per_pack / pf.units_per_pack"), "限价", NULL},           \
	        {"ceiling_source", L_TEXT, CEILING("source"), "限价来源", NULL},                                                \
	        {"ceiling_from_ymd", L_INT, CEILING("from_ymd"), "限价起始", NULL},                                             \
	        {"price_rule", L_TEXT, RULE("kind"), "定价规则", NULL},                                                         \
	        {"price_rule_title", L_TEXT, RULE("kind"), "定价规则名称", price_kinds},                                        \
	{                                                                                                                       \
		"trade_price", L_PRICE, RULE("price_e4 * p.units_per_pack / pr.units_per_pack"), "成交价格", NULL               \
	}

/* What people must see wherever they choose or pick a drug. */
static const struct list_column columns[] = {PRODUCT_COLUMNS,
                                             {"kind", L_TEXT, "p.kind", "品种类别", NULL},
                                             {"kind_title", L_TEXT, "p.kind", "品种类别名称", product_kind_titles},
                                             {"high_alert", L_TEXT, FLAG_ON("p.id", "high_alert"), "高警示", NULL},
                                             {"look_alike", L_TEXT, FLAG_ON("p.id", "look_alike"), "听似看似", NULL},
                                             {"antibiotic", L_TEXT, FLAG_ON("p.id", "antibiotic"), "抗菌药物分级", NULL},
                                             {"essential", L_BOOL, FLAG_ON("p.id", "essential") " IS NOT NULL", "基本药物", NULL},
                                             NO_COLUMN};
static const struct list_filter filters[] = {
        {"code", L_TEXT, "p.code = :f_code_t"},
        {"active", L_BOOL, "p.active = :f_active_id"},
        {"storage", L_TEXT, "p.storage = :f_storage_t"},
        {"id", L_ID, "p.id = :f_id_id"},
        NO_FILTER,
};
static const struct list_filter product_filters[] = {
        {"code", L_TEXT, "p.code = :f_code_t"},
        {"active", L_BOOL, "p.active = :f_active_id"},
        {"storage", L_TEXT, "p.storage = :f_storage_t"},
        {"kind", L_TEXT, "p.kind = :f_kind_t"},
        {"id", L_ID, "p.id = :f_id_id"},
        NO_FILTER,
};
#define BY_PIECE \
	"product_piece pp CROSS JOIN product p ON p.id = pp.product_id JOIN drug d ON d.id = p.drug_id WHERE pp.piece = :piece"
#define ALL "product p JOIN drug d ON d.id = p.drug_id WHERE 1 = 1"
static const struct list_path paths[] = {
        {"q", BY_PIECE, {"pp.product_id"}, false, NULL}, {"code", ALL, {"p.id"}, false, NULL}, {"id", ALL, {"p.id"}, false, NULL},
        {"active", ALL, {"p.id"}, false, NULL},          {NULL, ALL, {"p.id"}, false, NULL},
};
const struct list_spec list_products = {.name = "products",
                                        .title = "品种",
                                        .columns = columns,
                                        .filters = product_filters,
                                        .paths = paths,
                                        .search_expr = "p.search_text"};

/* The last twelve months' use, and the mean days without stock of the depots that used it. */
#define USED(what)                                                                                            \
	"(SELECT CAST(coalesce(" what                                                                         \
	", 0) AS BIGINT) FROM place q JOIN consumption c ON c.place_id = q.id AND c.product_id = p.id WHERE " \
	"q.site_id = :p_site_id AND c.month >= :today_ymd / 100 - 100)"
#define USE_UNITS USED("sum(c.units)")
#define OUT_DAYS USED("sum(c.days_out) / nullif(count(DISTINCT c.place_id), 0)")
static const struct list_column supply_columns[] = {
        PRODUCT_COLUMNS,
        {"price_source", L_TEXT, RULE("source"), "价格依据", NULL},
        {"price_from_ymd", L_INT, RULE("from_ymd"), "价格起始", NULL},
        {"stock_units", L_INT, DEMAND_STOCK("p.id", ":p_site_id"), "库存", NULL},
        {"transit_units", L_INT, DEMAND_IN_TRANSIT("p.id", ":p_site_id"), "在途", NULL},
        {"on_order_units", L_INT, DEMAND_ON_ORDER("p.id", ":p_site_id"), "在订", NULL},
        {"use_units_year", L_INT, USE_UNITS, "年用量", NULL},
        {"out_days_year", L_INT, OUT_DAYS, "年断货天数", NULL},
        NO_COLUMN,
};
/* Figures of one site, so that site must be the caller's to see; another's has no rows. */
#define MY_SITE " JOIN user_site us ON us.user_id = :me_id AND us.site_id = :p_site_id"
#define SUPPLY_BY_PIECE                                                                                         \
	"product_piece pp CROSS JOIN product p ON p.id = pp.product_id JOIN drug d ON d.id = p.drug_id" MY_SITE \
	" WHERE pp.piece = :piece"
#define SUPPLY_ALL "product p JOIN drug d ON d.id = p.drug_id" MY_SITE " WHERE 1 = 1"
static const struct list_path supply_paths[] = {
        {"q", SUPPLY_BY_PIECE, {"pp.product_id"}, false, NULL},
        {"code", SUPPLY_ALL, {"p.id"}, false, NULL},
        {"id", SUPPLY_ALL, {"p.id"}, false, NULL},
        {"active", SUPPLY_ALL, {"p.id"}, false, NULL},
        {NULL, SUPPLY_ALL, {"p.id"}, false, NULL},
};
static const char *const supply_parameters[] = {"site_id", NULL};

static void put_days(struct exchange *x, struct db *db, struct rows *r);
const struct list_spec list_supply = {
        .name = "supply",
        .title = "采购参考",
        .columns = supply_columns,
        .filters = filters,
        .paths = supply_paths,
        .search_expr = "p.search_text",
        .parameters = supply_parameters,
        .extra = put_days,
        .scan = 300,
};

static void put_suggestion(struct jo *o, const struct demand_figures *f)
{
	jo_i64(o, "daily_use_milli", f->use.daily_milli);
	if (f->use.daily_milli > 0)
		jo_i64(o, "days_of_stock", f->stock * 1000 / f->use.daily_milli);
	else
		jo_null(o, "days_of_stock");
	jo_i64(o, "suggest_units", demand_suggestion(f));
}

static void put_days(struct exchange *x, struct db *db, struct rows *r)
{
	struct demand_figures f;
	if (demand_figures_load(db, &x->arena, query_i64(x, "site_id", x->me.root_site_id), col_i64(r, 0), x->today_ymd, &f) ==
	    ST_OK)
		put_suggestion(&x->o, &f);
	api_put_volume(x, db, col_i64(r, 0), query_i64(x, "site_id", x->me.root_site_id));
}

SQL(select_drug, "SELECT name, unit_name, units_per_pack FROM product WHERE id = :id");
SQL(select_months, "SELECT c.month, CAST(sum(c.units) AS BIGINT), CAST(sum(c.days_out) AS BIGINT) FROM place q JOIN consumption "
                   "c ON c.place_id = "
                   "q.id AND c.product_id = :id WHERE q.site_id = :site_id GROUP BY c.month ORDER BY c.month /*all sites: the "
                   "caller checks the site*/");
static const struct list_column month[] = {COLUMN("ym", L_INT), COLUMN("units", L_INT), COLUMN("days_out", L_INT), NO_COLUMN};

static void put_values(struct exchange *x, const struct demand_figures *f, int64_t per_pack)
{
	struct jo *o = &x->o;
	jo_name(o, "values");
	jo_open(o, '{');
	jo_i64(o, "use_units_year", f->use.units);
	jo_i64(o, "known_units", f->use.known_units);
	jo_i64(o, "stock_days", f->use.stock_days);
	jo_i64(o, "out_days_year", f->use.out_days);
	jo_i64(o, "season_e3", f->use.season_e3);
	jo_i64(o, "lead_days", f->setting.lead_days);
	jo_i64(o, "safety_days", f->setting.safety_days);
	jo_i64(o, "cover_days", f->setting.cover_days);
	jo_i64(o, "long_units", f->use.long_units);
	jo_i64(o, "expected_units", f->use.expected);
	jo_i64(o, "asked_units", f->asked);
	jo_i64(o, "target_units", demand_target(f));
	jo_i64(o, "stock_units", f->stock);
	jo_i64(o, "transit_units", f->transit);
	jo_i64(o, "on_order_units", f->on_order);
	jo_i64(o, "owed_units", f->owed);
	jo_i64(o, "units_per_pack", per_pack);
	jo_i64(o, "round_units", f->round_units);
	put_suggestion(o, f);
	jo_close(o, '}');
}

const struct query_parameter query_supply[] = {{"site_id", L_ID, false, "机构; 不填为本机构"},
                                               {"asked_units", L_INT, false, "分院所需数量, 计入目标"},
                                               {NULL, L_INT, false, NULL}};

#define UNITS_MAX 1000000000LL

/* Why so much: the formula with its values, depot by depot, and the months behind it. asked_units: what branches asked for, of a
 * plan's line. */
enum status supply_read(struct exchange *x, struct db *db)
{
	struct demand_figures f;
	struct jo *o = &x->o;
	int64_t site = query_i64(x, "site_id", x->me.root_site_id), asked = query_i64(x, "asked_units", 0);
	if (!me_at_site(db, &x->me, site) || demand_figures_load(db, &x->arena, site, x->id, x->today_ymd, &f) != ST_OK)
		return ST_NOT_FOUND;
	SCOPED(rows) r = db_query(db, select_drug, I64(":id", x->id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	f.asked = asked < 0 ? 0 : asked > UNITS_MAX ? UNITS_MAX : asked;
	jo_text(o, "product_name", col_text(&x->arena, &r, 0));
	jo_text(o, "unit_name", col_text(&x->arena, &r, 1));
	jo_text(o, "formula",
	        "各库房相加: (用量 − 其中长处方) ÷ 有货天数 × 季节系数 × (到货 + 安全 + 备货天数) + 长处方 − 库存 − 在途; "
	        "再加分院所需, 减已订未到, 不少于约定采购量未完成部分, 按包装向上取整");
	put_values(x, &f, col_i64(&r, 2));
	api_put_demand_depots(x, db, &f.use);
	api_rows(x, db, "months", month, select_months, I64(":id", x->id), I64(":site_id", site));
	return ST_OK;
}

#define PRODUCT_BY_ID                                                                                                                       \
	"SELECT p.id, p.code, p.name, p.trade_name, d.form, d.strength, p.spec, p.maker, p.unit_name, p.pack_name, "                        \
	"p.units_per_pack, "                                                                                                                \
	"p.units_per_box, p.units_per_case, p.approval_no, p.storage, p.controlled, p.traced, p.active, " CEILING("price_e4") ", " CEILING( \
	        "source") ", " CEILING("from_ymd") ", " RULE("kind") ", " RULE("kind") ", " RULE("price_e4 * p.units_per_pack "             \
	                                                                                         "/ pr.units_per_pack") " FROM "            \
	                                                                                                                "produc"            \
	                                                                                                                "t p "              \
	                                                                                                                "JOIN "             \
	                                                                                                                "drug "             \
	                                                                                                                "d ON "             \
	                                                                                                                "d.id "             \
	                                                                                                                "= "                \
	                                                                                                                "p."                \
	                                                                                                                "drug_"             \
	                                                                                                                "id "               \
	                                                                                                                "WHERE "            \
	                                                                                                                "p.id "             \
	                                                                                                                "= :id"
SQL(select_product, PRODUCT_BY_ID);
static const struct list_column product_columns[] = {PRODUCT_COLUMNS, NO_COLUMN};
SQL(select_more, "SELECT p.kind, p.kind, p.origin, p.standard, p.warn_days FROM product p WHERE p.id = :id");
static const struct list_column more[] = {COLUMN("kind", L_TEXT),     {"kind_title", L_TEXT, NULL, NULL, product_kind_titles},
                                          COLUMN("origin", L_TEXT),   COLUMN("standard", L_TEXT),
                                          COLUMN("warn_days", L_INT), NO_COLUMN};
SQL(select_codes,
    "SELECT c.id, c.kind, c.kind, c.code, c.units, bu.display_name, cu.display_name, c.at_ms FROM product_code c LEFT "
    "JOIN app_user bu ON bu.id = c.by_user LEFT JOIN app_user cu ON cu.id = c.confirmed_by WHERE c.product_id = :id "
    "ORDER BY c.kind, c.code");
static const struct list_column code[] = {COLUMN("id", L_ID),
                                          COLUMN("kind", L_TEXT),
                                          {"kind_title", L_TEXT, NULL, NULL, code_kind_titles},
                                          COLUMN("code", L_TEXT),
                                          COLUMN("units", L_INT),
                                          COLUMN("bound_by", L_TEXT),
                                          COLUMN("confirmed_by", L_TEXT),
                                          COLUMN("at_ms", L_INT_OR_NULL),
                                          NO_COLUMN};
SQL(select_prefixes,
    "SELECT t.prefix, t.units, " PACK_RATIO("t.units", "p.units_per_pack") ", t.level, t.confirmed_by IS NOT NULL FROM "
                                                                           "trace_prefix t JOIN product p ON p.id = t.product_id "
                                                                           "WHERE t.product_id = :id ORDER BY t.prefix");
static const struct list_column prefix[] = {COLUMN("prefix", L_TEXT),
                                            COLUMN("units", L_INT),
                                            COLUMN("multiplier", L_INT),
                                            COLUMN("divider", L_INT),
                                            COLUMN("level", L_INT),
                                            COLUMN("confirmed", L_BOOL),
                                            NO_COLUMN};
SQL(select_prices,
    "SELECT id, kind, kind, price_e4, units_per_pack, from_ymd, to_ymd, source FROM price WHERE product_id = :id ORDER BY "
    "kind, from_ymd DESC");
static const struct list_column price[] = {
        COLUMN("id", L_ID),       COLUMN("kind", L_TEXT),          {"kind_title", L_TEXT, NULL, NULL, price_kinds},
        COLUMN("price", L_PRICE), COLUMN("units_per_pack", L_INT), COLUMN("from_ymd", L_INT),
        COLUMN("to_ymd", L_INT),  COLUMN("source", L_TEXT),        NO_COLUMN};
SQL(select_stock, "SELECT s.id, s.name, p.id, p.name, CAST(sum(h.units) AS BIGINT) FROM user_place up JOIN holding h ON "
                  "h.place_id = up.place_id AND "
                  "h.product_id = :id JOIN place p ON p.id = h.place_id LEFT JOIN site s ON s.id = p.site_id WHERE up.user_id = "
                  ":me_id GROUP BY s.id, "
                  "s.name, p.id, p.name ORDER BY s.id, p.id");
static const struct list_column stock[] = {COLUMN("site_id", L_ID),      COLUMN("site_name", L_TEXT), COLUMN("depot_id", L_ID),
                                           COLUMN("depot_name", L_TEXT), COLUMN("units", L_INT),      NO_COLUMN};

SQL(select_flags,
    "SELECT flag, value, from_ymd, to_ymd, source, from_ymd <= :today_ymd AND (to_ymd IS NULL OR to_ymd >= :today_ymd) "
    "FROM product_flag WHERE product_id = :id ORDER BY flag, from_ymd DESC");
static const struct list_column flag[] = {COLUMN("flag", L_TEXT),
                                          COLUMN("value", L_TEXT),
                                          COLUMN("from_ymd", L_INT),
                                          COLUMN("to_ymd", L_INT_OR_NULL),
                                          COLUMN("source", L_TEXT),
                                          COLUMN("in_force", L_BOOL),
                                          NO_COLUMN};
SQL(select_levels,
    "SELECT CASE level WHEN 1 THEN 'county' WHEN 2 THEN 'township' ELSE 'village' END, from_ymd, to_ymd, document_id, "
    "from_ymd <= :today_ymd AND (to_ymd IS NULL OR to_ymd >= :today_ymd) FROM level_list WHERE product_id = :id ORDER BY "
    "level, from_ymd DESC");
static const struct list_column level[] = {COLUMN("level", L_TEXT),         COLUMN("from_ymd", L_INT),
                                           COLUMN("to_ymd", L_INT_OR_NULL), COLUMN("document_id", L_ID),
                                           COLUMN("in_force", L_BOOL),      NO_COLUMN};

/* The same generic name, stopped ones left out; what was selected stands first. */
#define HAS_UNITS                                                                                                                \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM place q JOIN holding h ON h.place_id = q.id AND h.product_id = " \
	"p.id WHERE q.site_id = :root_id AND h.quality_no = 1 AND h.expiry_ymd >= :today_ymd)"
#define SUBSTITUTE "p.id, p.code, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, " HAS_UNITS
SQL(select_substitutes,
    "SELECT 'generic' AS way, 'generic', " SUBSTITUTE ", 1, 1, NULL AS decision, CASE WHEN " FLAG_ON(
            "p.id",
            "selected") " IS NOT NULL THEN 1 ELSE 0 END AS chosen FROM product mine JOIN drug md ON md.id = mine.drug_id JOIN "
                        "drug d ON d.name = "
                        "md.name JOIN product p ON p.drug_id = d.id AND p.active = 1 AND p.id <> mine.id WHERE mine.id = :id "
                        "UNION ALL SELECT 'decision', 'decision', " SUBSTITUTE
                        ", b.units, b.other_units, b.decision, 0 FROM substitute b "
                        "JOIN product p ON p.id = b.other_id AND p.active = 1 WHERE b.product_id = :id AND b.from_ymd <= "
                        ":today_ymd AND (b.to_ymd IS NULL OR b.to_ymd >= :today_ymd) UNION ALL SELECT 'decision', "
                        "'decision', " SUBSTITUTE
                        ", b.other_units, b.units, b.decision, 0 FROM substitute b JOIN product p ON p.id = b.product_id AND "
                        "p.active = 1 WHERE b.other_id = :id AND b.both_ways = 1 AND b.from_ymd <= :today_ymd AND (b.to_ymd IS "
                        "NULL OR b.to_ymd >= :today_ymd) ORDER BY chosen DESC, way DESC LIMIT 50 /*all sites: what the centre "
                        "has*/");
static const struct word_title substitute_ways[] = {{"generic", "同通用名"}, {"decision", "按决定"}, {NULL, NULL}};
static const struct list_column substitute[] = {COLUMN("way", L_TEXT),         {"way_title", L_TEXT, NULL, NULL, substitute_ways},
                                                COLUMN("product_id", L_ID),    COLUMN("code", L_TEXT),
                                                COLUMN("name", L_TEXT),        COLUMN("spec", L_TEXT),
                                                COLUMN("maker", L_TEXT),       COLUMN("unit_name", L_TEXT),
                                                COLUMN("pack_name", L_TEXT),   COLUMN("units_per_pack", L_INT),
                                                COLUMN("centre_units", L_INT), COLUMN("units", L_INT),
                                                COLUMN("other_units", L_INT),  COLUMN("decision", L_TEXT),
                                                COLUMN("selected", L_BOOL),    NO_COLUMN};

void api_put_substitutes(struct exchange *x, struct db *db, int64_t product_id)
{
	api_rows(x, db, "substitutes", substitute, select_substitutes, I64(":id", product_id), I64(":root_id", site_root(db)),
	         I64(":today_ymd", x->today_ymd));
}

enum status product_read(struct exchange *x, struct db *db)
{
	if (!api_one(x, db, product_columns, select_product, I64(":id", x->id), I64(":today_ymd", x->today_ymd)))
		return ST_NOT_FOUND;
	api_one(x, db, more, select_more, I64(":id", x->id));
	api_rows(x, db, "flags", flag, select_flags, I64(":id", x->id), I64(":today_ymd", x->today_ymd));
	api_rows(x, db, "levels", level, select_levels, I64(":id", x->id), I64(":today_ymd", x->today_ymd));
	api_put_substitutes(x, db, x->id);
	api_rows(x, db, "codes", code, select_codes, I64(":id", x->id));
	api_rows(x, db, "trace_prefixes", prefix, select_prefixes, I64(":id", x->id));
	api_rows(x, db, "prices", price, select_prices, I64(":id", x->id));
	api_rows(x, db, "stock", stock, select_stock, I64(":id", x->id), I64(":me_id", x->me.id));
	return ST_OK;
}
