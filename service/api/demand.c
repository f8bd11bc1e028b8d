/* What the suggestion is made of: daily use by depot, and what long prescriptions will need. */
#include "service/api/demand.h"

#include "service/api/documents.h"
#include "warehouse/demand/day_use.h"
#include "warehouse/demand/long_demand.h"

/* ---- 长处方需求 ---- */

static const struct list_column long_columns[] = {
        {"id", L_ID, "k.id", "编号", NULL},
        {"site_id", L_ID, "q.site_id", "机构编号", NULL},
        {"site_code", L_TEXT, "s.code", "机构代码", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"depot_id", L_ID, "k.place_id", "库房编号", NULL},
        {"depot_code", L_TEXT, "q.code", "库房代码", NULL},
        {"depot_name", L_TEXT, "q.name", "库房", NULL},
        {"product_id", L_ID, "k.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"maker", L_TEXT, "p.maker", "生产企业", NULL},
        PACK_COLUMNS,
        {"units_30", L_INT, "k.units_30", "每30天用量", NULL},
        {"from_ymd", L_INT, "k.from_ymd", "起始日", NULL},
        {"until_ymd", L_INT, "k.until_ymd", "截止日", NULL},
        {"source", L_TEXT, "k.source", "来源", NULL},
        {"note", L_TEXT, "k.note", "备注", NULL},
        {"at_ms", L_INT, "k.at_ms", "登记时间", NULL},
        {"by", L_TEXT, "u.display_name", "登记人", NULL},
        NO_COLUMN,
};
static const struct list_filter long_filters[] = {
        {"product_id", L_ID, "k.product_id = :f_product_id_id"},
        {"depot_id", L_ID, "k.place_id = :f_depot_id_id"},
        {"site_id", L_ID, "q.site_id = :f_site_id_id"},
        {"active", L_BOOL, "CASE WHEN k.until_ymd >= :today_ymd THEN 1 ELSE 0 END = :f_active_id"},
        NO_FILTER,
};
#define LONG_JOINS                                                                                                            \
	" JOIN place q ON q.id = k.place_id JOIN site s ON s.id = q.site_id JOIN product p ON p.id = k.product_id LEFT JOIN " \
	"app_user u ON u.id = k.by_user WHERE "
#define MINE(place) "EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND up.place_id = " place ")"
static const struct list_path long_paths[] = {
        {"product_id",
         "long_demand k" LONG_JOINS MINE("k.place_id") " AND k.product_id = :f_product_id_id",
         {"k.id"},
         false,
         &list_few},
        {"depot_id", "long_demand k" LONG_JOINS MINE("k.place_id") " AND k.place_id = :f_depot_id_id", {"k.id"}, true, NULL},
        {NULL,
         "user_place me CROSS JOIN long_demand k ON k.place_id = me.place_id" LONG_JOINS "me.user_id = :me_id",
         {"me.place_id", "k.id"},
         false,
         NULL},
};
const struct list_spec list_long_demands = {
        .name = "long-demands", .title = "长处方需求", .columns = long_columns, .filters = long_filters, .paths = long_paths};

static enum status put_answer(struct exchange *x, int64_t id, enum status st)
{
	return api_written(x, st, id, "set");
}

enum status long_demand_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	enum status st = long_demand_add(tx, x->in, &id);
	return put_answer(x, id, st);
}

enum status long_demand_patch(struct exchange *x, struct tx *tx)
{
	return put_answer(x, x->id, long_demand_set(tx, x->id, x->in));
}

/* ---- daily use ---- */

static const struct list_column day_columns[] = {
        {"product_id", L_ID, "y.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"depot_id", L_ID, "y.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "q.name", "库房", NULL},
        {"ymd", L_INT, "y.ymd", "日期", NULL},
        {"units", L_INT, "y.units", "用量", NULL},
        NO_COLUMN,
};
static const struct list_filter day_filters[] = {
        {"product_id", L_ID, "y.product_id = :f_product_id_id"}, {"depot_id", L_ID, "y.place_id = :f_depot_id_id"}, NO_FILTER};
#define DAY_FROM                                                                                                      \
	"day_use y CROSS JOIN place q ON q.id = y.place_id JOIN site s ON s.id = q.site_id JOIN product p ON p.id = " \
	"y.product_id WHERE " MINE("y.place_id")
static const struct list_rule with_depot = {.also = "depot_id"};
static const struct list_path day_paths[] = {
        {"product_id",
         DAY_FROM " AND y.product_id = :f_product_id_id AND y.place_id = :f_depot_id_id",
         {"y.ymd"},
         true,
         &with_depot},
        {"product_id", DAY_FROM " AND y.product_id = :f_product_id_id", {"y.place_id", "y.ymd"}, false, NULL},
        {NULL, DAY_FROM, {"y.product_id", "y.place_id", "y.ymd"}, false, NULL},
};
const struct list_spec list_use_days = {
        .name = "use-days", .title = "逐日用量", .columns = day_columns, .filters = day_filters, .paths = day_paths};

const struct query_parameter query_supply_days[] = {{"depot_id", L_ID, false, "库房; 不填为本机构默认库房"},
                                                    {NULL, L_INT, false, NULL}};

SQL(select_depot,
    "SELECT q.name, s.id, s.name FROM user_place up JOIN place q ON q.id = up.place_id JOIN site s ON s.id = q.site_id "
    "WHERE up.user_id = :me_id AND q.id = :id AND q.kind = 'depot'");
static const struct list_column depot_columns[] = {COLUMN("depot_name", L_TEXT), COLUMN("site_id", L_ID),
                                                   COLUMN("site_name", L_TEXT), NO_COLUMN};
SQL(select_depot_months,
    "SELECT month, units, days_out FROM consumption WHERE product_id = :id AND place_id = :place_id AND month "
    ">= :from_ym ORDER BY month");
static const struct list_column month_columns[] = {COLUMN("ym", L_INT), COLUMN("units", L_INT), COLUMN("days_out", L_INT),
                                                   NO_COLUMN};

SQL(select_first_move, "SELECT first_ymd FROM depot_stand WHERE product_id = :id AND place_id = :place_id /*all sites: the depot "
                       "was checked*/");

/* The days behind a depot's daily use, from the same month of last year to today; its months tell what no day
 * tells. Days before ledger_from_ymd (0: all of them) are history without movements. */
enum status supply_days_read(struct exchange *x, struct db *db)
{
	struct use_day days[USE_DAYS_MAX];
	struct jo *o = &x->o;
	int64_t depot = query_i64(x, "depot_id", site_default_depot(db, x->me.root_site_id));
	int32_t from = ymd_add_months(x->today_ymd / 100 * 100 + 1, -12);
	if (!api_one(x, db, depot_columns, select_depot, I64(":me_id", x->me.id), I64(":id", depot)))
		return ST_NOT_FOUND;
	jo_id(o, "depot_id", depot);
	jo_i64(o, "from_ymd", from);
	jo_i64(o, "to_ymd", x->today_ymd);
	jo_i64(o, "ledger_from_ymd", db_i64(db, 0, select_first_move, I64(":id", x->id), I64(":place_id", depot)));
	jo_name(o, "days");
	jo_open(o, '[');
	size_t count = use_days(db, depot, x->id, from, x->today_ymd, days);
	for (size_t i = 0; i < count; i++) {
		if (!days[i].units && !days[i].out)
			continue;
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_i64(o, "ymd", days[i].ymd);
		jo_i64(o, "units", days[i].units);
		jo_bool(o, "out", days[i].out);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	api_rows(x, db, "months", month_columns, select_depot_months, I64(":id", x->id), I64(":place_id", depot),
	         I64(":from_ym", from / 100));
	return ST_OK;
}

/* ---- the depots behind a suggestion ---- */

SQL(select_depot_name, "SELECT name FROM place WHERE id = :id");

void api_put_demand_depots(struct exchange *x, struct db *db, const struct demand_use *u)
{
	struct jo *o = &x->o;
	jo_name(o, "depots");
	jo_open(o, '[');
	for (size_t i = 0; i < u->depot_count; i++) {
		const struct demand_depot *d = &u->depots[i];
		if (!d->units && !d->stock && !d->transit && !d->long_units)
			continue;
		SCOPED(rows) r = db_query(db, select_depot_name, I64(":id", d->place_id));
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_id(o, "depot_id", d->place_id);
		jo_text(o, "depot_name", rows_next(&r) ? col_text(&x->arena, &r, 0) : "");
		jo_i64(o, "used_units", d->units);
		jo_i64(o, "known_units", d->known_units);
		jo_i64(o, "stock_days", d->stock_days);
		jo_i64(o, "out_days", d->out_days);
		jo_i64(o, "daily_use_milli", d->daily_milli);
		jo_i64(o, "long_units", d->long_units);
		jo_i64(o, "expected_units", d->expected);
		jo_i64(o, "stock_units", d->stock);
		jo_i64(o, "transit_units", d->transit);
		jo_i64(o, "suggest_units", d->suggest);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}
