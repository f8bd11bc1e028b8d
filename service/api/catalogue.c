#include "service/api/documents.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/field.h"
#include "warehouse/catalogue/flag.h"

/* The ceiling in force today, by the same rule as warehouse/price.c. */
#define CEILING(column)                                                                                                     \
	"(SELECT c." column                                                                                                 \
	" FROM price c WHERE c.product_id = p.id AND c.kind = 'listed' AND c.from_ymd <= :today_ymd AND (c.to_ymd IS NULL " \
	"OR c.to_ymd >= :today_ymd) ORDER BY c.from_ymd DESC, c.id DESC LIMIT 1)"
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
	        {"active", L_BOOL, "p.active", "在用", NULL}, {"ceiling_price", L_PRICE, CEILING("price_e4"), "限价", NULL},    \
	        {"ceiling_source", L_TEXT, CEILING("source"), "限价来源", NULL},                                                \
	{                                                                                                                       \
		"ceiling_from_ymd", L_INT, CEILING("from_ymd"), "限价起始", NULL                                                \
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
        {"q", BY_PIECE, {"pp.product_id"}, false, NULL},
        {"code", ALL, {"p.id"}, false, NULL},
        {"id", ALL, {"p.id"}, false, NULL},
        {NULL, ALL, {"p.id"}, false, NULL},
};
const struct list_spec list_products = {.name = "products",
                                        .title = "品种",
                                        .columns = columns,
                                        .filters = product_filters,
                                        .paths = paths,
                                        .search_expr = "p.search_text"};

#define AT_SITE                                                                                                                \
	" FROM place q JOIN holding h ON h.place_id = q.id AND h.product_id = p.id WHERE q.site_id = :p_site_id AND q.kind = " \
	"'depot'"
/* The last twelve months' use, and the mean days without stock of the depots that used it. */
#define USED(what)                                                                                            \
	"(SELECT CAST(coalesce(" what                                                                         \
	", 0) AS BIGINT) FROM place q JOIN consumption c ON c.place_id = q.id AND c.product_id = p.id WHERE " \
	"q.site_id = :p_site_id AND c.month >= :today_ymd / 100 - 100)"
#define USE_UNITS USED("sum(c.units)")
#define OUT_DAYS USED("sum(c.days_out) / nullif(count(DISTINCT c.place_id), 0)")
#define STOCK "(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT)" AT_SITE " AND h.quality_no = 1 AND h.expiry_ymd >= :today_ymd)"
#define ON_ORDER                                                                                                                \
	"(SELECT CAST(coalesce(sum(ol.units - ol.received_units), 0) AS BIGINT) FROM order_line ol WHERE ol.product_id = p.id " \
	"AND ol.to_site_id = :p_site_id AND ol.open = 1)"
/* On the road to the site: its shipments under way, of which there are few, not the product's places, of which there are many. */
#define IN_TRANSIT                                                                                                             \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM document_scope ds JOIN shipment sh ON sh.id = ds.document_id " \
	"JOIN place tp ON tp.id = sh.to_place_id AND tp.site_id = :p_site_id JOIN holding h ON h.place_id = "                  \
	"sh.transit_place_id "                                                                                                 \
	"AND h.product_id = p.id WHERE ds.site_id = :p_site_id AND ds.kind = 'shipment' AND ds.state = 'shipped')"
static const struct list_column supply_columns[] = {
        PRODUCT_COLUMNS,
        {"stock_units", L_INT, STOCK, "库存", NULL},
        {"transit_units", L_INT, IN_TRANSIT, "在途", NULL},
        {"on_order_units", L_INT, ON_ORDER, "在订", NULL},
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

/* Days of stock wished for by the suggestion: lead time, safety and a month of cover. Ours, until the plan has settings. */
#define COVER_DAYS 45

struct supply {
	int64_t stock, transit, on_order, use_year, out_days, units_per_pack;
};

/* Daily use in thousandths of a unit over the days that had stock; a product out of stock all year counts a month. */
static int64_t daily_milli(const struct supply *s)
{
	int64_t days = 365 - s->out_days;
	return s->use_year * 1000 / (days < 30 ? 30 : days);
}

static int64_t suggestion(const struct supply *s)
{
	int64_t need = daily_milli(s) * COVER_DAYS / 1000 - s->stock - s->transit - s->on_order;
	if (need <= 0)
		return 0;
	return (need + s->units_per_pack - 1) / s->units_per_pack * s->units_per_pack;
}

static void put_supply(struct jo *o, const struct supply *s)
{
	int64_t daily = daily_milli(s);
	jo_i64(o, "daily_use_milli", daily);
	if (daily > 0)
		jo_i64(o, "days_of_stock", s->stock * 1000 / daily);
	else
		jo_null(o, "days_of_stock");
	jo_i64(o, "suggest_units", suggestion(s));
}

static void put_days(struct exchange *x, struct db *db, struct rows *r)
{
	const int first = (int)(sizeof supply_columns / sizeof *supply_columns) - 6;
	const struct supply s = {col_i64(r, first),     col_i64(r, first + 1), col_i64(r, first + 2),
	                         col_i64(r, first + 3), col_i64(r, first + 4), col_i64(r, 10)};
	(void)db;
	put_supply(&x->o, &s);
}

SQL(select_supply, "SELECT p.name, p.unit_name, p.units_per_pack, " STOCK ", " IN_TRANSIT ", " ON_ORDER ", " USE_UNITS
                   ", " OUT_DAYS " FROM product p WHERE p.id = :id /*all sites: the caller checks the site*/");
SQL(select_months, "SELECT c.month, CAST(sum(c.units) AS BIGINT), CAST(sum(c.days_out) AS BIGINT) FROM place q JOIN consumption "
                   "c ON c.place_id = "
                   "q.id AND c.product_id = :id WHERE q.site_id = :site_id GROUP BY c.month ORDER BY c.month /*all sites: the "
                   "caller checks the site*/");
static const struct list_column month[] = {COLUMN("ym", L_INT), COLUMN("units", L_INT), COLUMN("days_out", L_INT), NO_COLUMN};

const struct query_parameter query_site[] = {{"site_id", L_ID, false, "机构; 不填为本机构"}, {NULL, L_INT, false, NULL}};

/* Why so much: the formula with its values, and the months behind it. */
enum status supply_read(struct exchange *x, struct db *db)
{
	int64_t site = query_i64(x, "site_id", x->me.root_site_id);
	if (!me_at_site(db, &x->me, site))
		return ST_NOT_FOUND;
	SCOPED(rows) r = db_query(db, select_supply, I64(":id", x->id), I64(":p_site_id", site), I64(":today_ymd", x->today_ymd));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const struct supply s = {col_i64(&r, 3), col_i64(&r, 4), col_i64(&r, 5), col_i64(&r, 6), col_i64(&r, 7), col_i64(&r, 2)};
	struct jo *o = &x->o;
	jo_text(o, "product_name", col_text(&x->arena, &r, 0));
	jo_text(o, "unit_name", col_text(&x->arena, &r, 1));
	jo_text(o, "formula", "日均用量 × 备货天数 − 库存 − 在途 − 在订, 按包装向上取整; 日均用量已扣除断货天数");
	jo_name(o, "values");
	jo_open(o, '{');
	jo_i64(o, "use_units_year", s.use_year);
	jo_i64(o, "out_days_year", s.out_days);
	jo_i64(o, "cover_days", COVER_DAYS);
	jo_i64(o, "stock_units", s.stock);
	jo_i64(o, "transit_units", s.transit);
	jo_i64(o, "on_order_units", s.on_order);
	jo_i64(o, "units_per_pack", s.units_per_pack);
	put_supply(o, &s);
	jo_close(o, '}');
	api_rows(x, db, "months", month, select_months, I64(":id", x->id), I64(":site_id", site));
	return ST_OK;
}

#define PRODUCT_BY_ID                                                                                                          \
	"SELECT p.id, p.code, p.name, p.trade_name, d.form, d.strength, p.spec, p.maker, p.unit_name, p.pack_name, "           \
	"p.units_per_pack, "                                                                                                   \
	"p.units_per_box, p.units_per_case, p.approval_no, p.storage, p.controlled, p.traced, p.active, " CEILING(             \
	        "price_e4") ", " CEILING("source") ", " CEILING("from_ymd") " FROM product p JOIN drug d ON d.id = p.drug_id " \
	                                                                    "WHERE p.id = :id"
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
    "SELECT prefix, units, level, confirmed_by IS NOT NULL FROM trace_prefix WHERE product_id = :id ORDER BY prefix");
static const struct list_column prefix[] = {COLUMN("prefix", L_TEXT), COLUMN("units", L_INT), COLUMN("level", L_INT),
                                            COLUMN("confirmed", L_BOOL), NO_COLUMN};
SQL(select_prices, "SELECT kind, price_e4, units_per_pack, from_ymd, to_ymd, source FROM price WHERE product_id = :id ORDER BY "
                   "kind, from_ymd DESC");
static const struct list_column price[] = {COLUMN("kind", L_TEXT),
                                           COLUMN("price", L_PRICE),
                                           COLUMN("units_per_pack", L_INT),
                                           COLUMN("from_ymd", L_INT),
                                           COLUMN("to_ymd", L_INT),
                                           COLUMN("source", L_TEXT),
                                           NO_COLUMN};
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
    "SELECT 'generic' AS way, 'generic', " SUBSTITUTE ", 1, 1, NULL AS decision, " FLAG_ON(
            "p.id",
            "selected") " IS NOT NULL AS chosen FROM product mine JOIN drug md ON md.id = mine.drug_id JOIN drug d ON d.name = "
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

static const struct word_title licence_titles[] = {{"ok", "有效"}, {"soon", "即将到期"}, {"expired", "已过期"}, {NULL, NULL}};
#define LICENCE_STATE                                                                                                           \
	"CASE WHEN s.licence_until_ymd < :today_ymd THEN 'expired' WHEN s.licence_until_ymd < :soon_ymd THEN 'soon' ELSE 'ok' " \
	"END"
static const struct list_column supplier_columns[] = {
        {"id", L_ID, "s.id", "编号", NULL},
        {"code", L_TEXT, "s.code", "供应商代码", NULL},
        {"name", L_TEXT, "s.name", "名称", NULL},
        {"licence_no", L_TEXT, "s.licence_no", "许可证号", NULL},
        {"licence_until_ymd", L_INT, "s.licence_until_ymd", "许可证有效期至", NULL},
        {"licence_state", L_TEXT, LICENCE_STATE, "许可证状态", NULL},
        {"licence_state_title", L_TEXT, LICENCE_STATE, "许可证状态名称", licence_titles},
        {"phone", L_TEXT, "s.phone", "电话", NULL},
        {"active", L_BOOL, "s.active", "在用", NULL},
        NO_COLUMN,
};
static const struct list_filter supplier_filters[] = {{"code", L_TEXT, "s.code = :f_code_t"}, NO_FILTER};
static const struct list_path supplier_paths[] = {
        {"code", "supplier s WHERE 1 = 1", {"s.id"}, false, NULL},
        {NULL, "supplier s WHERE 1 = 1", {"s.id"}, false, NULL},
};
const struct list_spec list_suppliers = {.name = "suppliers",
                                         .title = "供应商",
                                         .columns = supplier_columns,
                                         .filters = supplier_filters,
                                         .paths = supplier_paths,
                                         .search_expr = "s.name || '\n' || s.code"};
