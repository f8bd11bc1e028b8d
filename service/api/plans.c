/* 采购计划 and 分院计划: one sheet, two kinds of documents. */
#include "service/api/documents.h"
#include "service/api/volumes.h"
#include "service/inputs.h"
#include "warehouse/demand/plan.h"

#include <string.h>

#define PLAN_COLUMNS                                                                                               \
	DOC_HEAD, {"ym", L_INT, "pl.ym", "月份", NULL}, {"site_id", L_ID, "d.from_site_id", "编制单位编号", NULL}, \
	        {"site_name", L_TEXT, "fs.name", "编制单位", NULL}, {"lines", L_INT, "pl.last_n", "明细行数", NULL}, DOC_TAIL
#define PLAN_JOINS "JOIN demand_plan pl ON pl.id = d.id JOIN site fs ON fs.id = d.from_site_id"
static const struct list_column columns[] = {PLAN_COLUMNS};
static const struct list_filter filters[] = {
        DOC_FILTERS, {"ym", L_INT, "pl.ym = :f_ym_id"}, {"site_id", L_ID, "d.from_site_id = :f_site_id_id"}, NO_FILTER};
static const struct list_path paths[] = {DOC_PATHS("plan", PLAN_JOINS)};
static const struct list_path site_paths[] = {DOC_PATHS("site_plan", PLAN_JOINS)};
const struct list_spec list_plans = {.name = "plans",
                                     .title = "采购计划",
                                     .columns = columns,
                                     .filters = filters,
                                     .paths = paths,
                                     .served = doc_served,
                                     .q_as = doc_q};
const struct list_spec list_site_plans = {.name = "site-plans",
                                          .title = "分院计划",
                                          .columns = columns,
                                          .filters = filters,
                                          .paths = site_paths,
                                          .served = doc_served,
                                          .q_as = doc_q};

/* ---- lines ---- */

static const struct list_column line_columns[] = {
        {"id", L_ID, "l.id", "编号", NULL},
        {"plan_id", L_ID, "l.plan_id", "计划编号", NULL},
        {"n", L_INT, "l.n", "行号", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"maker", L_TEXT, "p.maker", "生产企业", NULL},
        PACK_COLUMNS,
        {"to_site_id", L_ID, "l.to_site_id", "收货单位编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "收货单位", NULL},
        {"supplier_id", L_ID, "l.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"direct", L_BOOL, "l.direct", "直送", NULL},
        {"stock_units", L_INT, "l.stock_units", "库存", NULL},
        {"transit_units", L_INT, "l.transit_units", "在途", NULL},
        {"on_order_units", L_INT, "l.on_order_units", "已订未到", NULL},
        {"asked_units", L_INT, "l.asked_units", "分院所需", NULL},
        {"owed_units", L_INT, "l.owed_units", "约定量未完成", NULL},
        {"daily_use_milli", L_INT, "l.daily_milli", "日均用量 (千分之一)", NULL},
        {"season_e3", L_INT, "l.season_e3", "季节系数 (千分之一)", NULL},
        {"months", L_TEXT, "l.months", "近十二个月用量", NULL},
        {"long_units", L_INT, "l.long_units", "长处方", NULL},
        {"expected_units", L_INT, "l.expected_units", "预计用量", NULL},
        {"suggest_units", L_INT, "l.suggest_units", "建议数量", NULL},
        {"figured_ymd", L_INT, "l.figured_ymd", "取数日期", NULL},
        {"units", L_INT, "l.units", "订购数量", NULL},
        {"typed", L_BOOL, "l.typed", "手填", NULL},
        {"price", L_PRICE, "l.price_e4", "单价", NULL},
        {"ceiling_price", L_PRICE, "c.price_e4 * p.units_per_pack / c.units_per_pack", "限价", NULL},
        {"ceiling_source", L_TEXT, "c.source", "限价来源", NULL},
        {"ceiling_from_ymd", L_INT, "c.from_ymd", "限价起始", NULL},
        {"order_id", L_ID, "ol.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "od.number", "订单", NULL},
        {"order_state", L_TEXT, "ost.title", "订单状态", NULL},
        {"taken", L_BOOL, "CASE WHEN l.taken_line_id IS NULL THEN 0 ELSE 1 END", "已并入", NULL},
        NO_COLUMN,
};
static const struct list_filter line_filters[] = {
        {"plan_id", L_ID, "l.plan_id = :f_plan_id_id"},
        {"needed", L_BOOL, "CASE WHEN l.suggest_units > 0 OR l.units > 0 THEN 1 ELSE 0 END = :f_needed_id"},
        NO_FILTER,
};
/* The ceiling in force by the same rule as warehouse/price.c. */
#define LINE_JOINS                                                                                                           \
	" JOIN product p ON p.id = l.product_id JOIN site ts ON ts.id = l.to_site_id LEFT JOIN supplier sp ON sp.id = "      \
	"l.supplier_id LEFT JOIN price c ON c.id = (SELECT c2.id FROM price c2 WHERE c2.product_id = l.product_id AND "      \
	"c2.kind = 'listed' AND c2.from_ymd <= :today_ymd AND (c2.to_ymd IS NULL OR c2.to_ymd >= :today_ymd) ORDER BY "      \
	"c2.from_ymd DESC, c2.id DESC LIMIT 1) LEFT JOIN order_line ol ON ol.id = l.order_line_id LEFT JOIN document od ON " \
	"od.id = ol.order_id LEFT JOIN document_state ost ON ost.kind = od.kind AND ost.state = od.state WHERE u.id = :me_id"
static const struct list_path line_paths[] = {
        {"plan_id",
         "document_scope s JOIN app_user u ON u.id = :me_id AND s.site_id = u.root_site_id JOIN plan_line l ON l.plan_id = "
         "s.document_id" LINE_JOINS " AND s.document_id = :f_plan_id_id AND s.kind IN ('plan', 'site_plan')",
         {"l.n"},
         false,
         NULL},
        {NULL,
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'plan' JOIN plan_line l ON l.plan_id = "
         "s.document_id" LINE_JOINS,
         {"s.document_id", "l.n"},
         false,
         NULL},
};
const struct list_spec list_plan_lines = {.name = "plan-lines",
                                          .title = "计划明细",
                                          .columns = line_columns,
                                          .filters = line_filters,
                                          .paths = line_paths,
                                          .scan = 3000};

/* ---- the depots of the lines ---- */

static const struct list_column share_columns[] = {
        {"plan_id", L_ID, "l.plan_id", "计划编号", NULL},
        {"line_id", L_ID, "l.id", "明细行编号", NULL},
        {"n", L_INT, "l.n", "行号", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"maker", L_TEXT, "p.maker", "生产企业", NULL},
        PACK_COLUMNS,
        {"depot_id", L_ID, "k.place_id", "库房编号", NULL},
        {"site_name", L_TEXT, "ks.name", "机构", NULL},
        {"depot_name", L_TEXT, "kp.name", "库房", NULL},
        {"used_units", L_INT, "k.used_units", "用量", NULL},
        {"known_units", L_INT, "k.known_units", "其中长处方", NULL},
        {"stock_days", L_INT, "k.stock_days", "有货天数", NULL},
        {"out_days", L_INT, "k.out_days", "缺货天数", NULL},
        {"daily_use_milli", L_INT, "k.daily_milli", "日均用量 (千分之一)", NULL},
        {"long_units", L_INT, "k.long_units", "长处方需求", NULL},
        {"expected_units", L_INT, "k.expected_units", "预计用量", NULL},
        {"stock_units", L_INT, "k.stock_units", "库存", NULL},
        {"transit_units", L_INT, "k.transit_units", "在途", NULL},
        {"suggest_units", L_INT, "k.suggest_units", "本库应补", NULL},
        {"figured_ymd", L_INT, "l.figured_ymd", "取数日期", NULL},
        NO_COLUMN,
};
static const struct list_filter share_filters[] = {
        {"plan_id", L_ID, "l.plan_id = :f_plan_id_id"},
        {"depot_id", L_ID, "k.place_id = :f_depot_id_id"},
        {"needed", L_BOOL, "CASE WHEN k.suggest_units > 0 THEN 1 ELSE 0 END = :f_needed_id"},
        NO_FILTER,
};
#define SHARE_JOINS                                                                                                          \
	"JOIN plan_line l ON l.plan_id = s.document_id JOIN plan_line_depot k ON k.line_id = l.id JOIN product p ON p.id = " \
	"l.product_id JOIN place kp ON kp.id = k.place_id JOIN site ks ON ks.id = kp.site_id WHERE u.id = :me_id"
static const struct list_path share_paths[] = {
        {"plan_id",
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id " SHARE_JOINS
         " AND s.document_id = :f_plan_id_id AND s.kind IN ('plan', 'site_plan')",
         {"l.n", "k.place_id"},
         false,
         NULL},
        {NULL,
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'plan' " SHARE_JOINS,
         {"s.document_id", "l.n", "k.place_id"},
         false,
         NULL},
};
const struct list_spec list_plan_line_depots = {.name = "plan-line-depots",
                                                .title = "各库房建议",
                                                .columns = share_columns,
                                                .filters = share_filters,
                                                .paths = share_paths,
                                                .scan = 3000};

SQL(select_plan_of, "SELECT plan_id FROM plan_line WHERE id = :id /*all sites: the plan is asked for next*/");
SQL(select_line,
    "SELECT l.product_id, l.to_site_id, l.asked_units, l.owed_units, l.on_order_units, l.stock_units, l.transit_units, "
    "l.daily_milli, l.season_e3, l.days, l.long_units, l.expected_units, l.round_units, l.suggest_units, l.figured_ymd FROM "
    "plan_line l WHERE l.id = :id /*all sites: the caller has the plan*/");
static const struct list_column one_line[] = {COLUMN("product_id", L_ID),      COLUMN("to_site_id", L_ID),
                                              COLUMN("asked_units", L_INT),    COLUMN("owed_units", L_INT),
                                              COLUMN("on_order_units", L_INT), COLUMN("stock_units", L_INT),
                                              COLUMN("transit_units", L_INT),  COLUMN("daily_use_milli", L_INT),
                                              COLUMN("season_e3", L_INT),      COLUMN("days", L_INT),
                                              COLUMN("long_units", L_INT),     COLUMN("expected_units", L_INT),
                                              COLUMN("round_units", L_INT),    COLUMN("suggest_units", L_INT),
                                              COLUMN("figured_ymd", L_INT),    NO_COLUMN};
SQL(select_line_depots,
    "SELECT k.place_id, q.name, k.used_units, k.known_units, k.stock_days, k.out_days, k.daily_milli, k.long_units, "
    "k.expected_units, k.stock_units, k.transit_units, k.suggest_units FROM plan_line_depot k JOIN place q ON q.id = k.place_id "
    "WHERE k.line_id = :id ORDER BY k.place_id /*all sites: the caller has the plan*/");
static const struct list_column line_depot[] = {COLUMN("depot_id", L_ID),
                                                COLUMN("depot_name", L_TEXT),
                                                COLUMN("used_units", L_INT),
                                                COLUMN("known_units", L_INT),
                                                COLUMN("stock_days", L_INT),
                                                COLUMN("out_days", L_INT),
                                                COLUMN("daily_use_milli", L_INT),
                                                COLUMN("long_units", L_INT),
                                                COLUMN("expected_units", L_INT),
                                                COLUMN("stock_units", L_INT),
                                                COLUMN("transit_units", L_INT),
                                                COLUMN("suggest_units", L_INT),
                                                NO_COLUMN};
SQL(select_asks,
    "SELECT d.id, d.number, s.id, s.name, l.units, l.direct FROM plan_line l JOIN document d ON d.id = l.plan_id JOIN "
    "site s ON s.id = d.from_site_id WHERE l.taken_line_id = :id ORDER BY s.name /*all sites: the caller has the plan "
    "that took them*/");
static const struct list_column ask[] = {COLUMN("plan_id", L_ID),
                                         COLUMN("number", L_TEXT),
                                         COLUMN("site_id", L_ID),
                                         COLUMN("site_name", L_TEXT),
                                         COLUMN("units", L_INT),
                                         COLUMN("direct", L_BOOL),
                                         NO_COLUMN};

/* What a line's suggestion was made of on its day, depot by depot, and who asked for what. */
enum status plan_line_read(struct exchange *x, struct db *db)
{
	struct doc d;
	int64_t plan = db_i64(db, 0, select_plan_of, I64(":id", x->id));
	if (!plan || document_load(db, &x->arena, &x->me, NULL, plan, &d) != ST_OK)
		return ST_NOT_FOUND;
	jo_id(&x->o, "plan_id", plan);
	api_one(x, db, one_line, select_line, I64(":id", x->id));
	api_rows(x, db, "depots", line_depot, select_line_depots, I64(":id", x->id));
	api_rows(x, db, "asks", ask, select_asks, I64(":id", x->id));
	return ST_OK;
}

/* ---- one plan ---- */

SQL(select_head,
    "SELECT pl.ym, pl.last_n, d.from_site_id, fs.name, (SELECT count(*) FROM plan_line l WHERE l.plan_id = d.id AND l.units > "
    "0), "
    "(SELECT count(*) FROM plan_line l WHERE l.plan_id = d.id AND l.units > 0 AND l.order_line_id IS NULL), (SELECT count(*) "
    "FROM "
    "document_scope s WHERE s.site_id = d.from_site_id AND s.kind = 'site_plan' AND s.state = 'submitted') FROM demand_plan pl "
    "JOIN document d ON d.id = pl.id JOIN site fs ON fs.id = d.from_site_id WHERE pl.id = :id /*all sites: the caller has the "
    "document*/");
static const struct list_column head[] = {
        COLUMN("ym", L_INT),
        COLUMN("lines", L_INT),
        COLUMN("site_id", L_ID),
        COLUMN("site_name", L_TEXT),
        COLUMN("chosen", L_INT),
        COLUMN("to_order", L_INT),
        COLUMN("site_plans_waiting", L_INT),
        NO_COLUMN,
};

static enum status read_plan(struct exchange *x, struct db *db, const struct doc_kind *kind)
{
	struct doc d;
	enum status st = api_document(x, db, kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	return ST_OK;
}

enum status plan_read(struct exchange *x, struct db *db)
{
	return read_plan(x, db, &plan_kind);
}

enum status site_plan_read(struct exchange *x, struct db *db)
{
	return read_plan(x, db, &site_plan_kind);
}

static enum status create(struct exchange *x, struct tx *tx, const struct doc_kind *kind)
{
	struct doc d;
	enum status st = plan_make(tx, kind, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status plan_create(struct exchange *x, struct tx *tx)
{
	return create(x, tx, &plan_kind);
}

enum status site_plan_create(struct exchange *x, struct tx *tx)
{
	return create(x, tx, &site_plan_kind);
}

static enum status change_lines(struct exchange *x, struct tx *tx, const struct doc_kind *kind)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), kind, &d);
	if (st == ST_OK)
		st = plan_change_lines(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status plan_lines_patch(struct exchange *x, struct tx *tx)
{
	return change_lines(x, tx, &plan_kind);
}

enum status site_plan_lines_patch(struct exchange *x, struct tx *tx)
{
	return change_lines(x, tx, &site_plan_kind);
}

static void put_slice(struct jo *o, const struct doc *d, const struct plan_slice *slice)
{
	document_write_answer(d, o);
	jo_i64(o, "done", slice->done);
	jo_i64(o, "left", slice->left);
}

static enum status fill(struct exchange *x, struct tx *tx, const struct doc_kind *kind)
{
	struct doc d;
	struct plan_slice slice = {0};
	const struct plan_fill_in *in = x->in;
	enum status st = api_document(x, tx_db(tx), kind, &d);
	if (st == ST_OK)
		st = plan_fill(tx, &d, in->begin != 0, &slice);
	if (st == ST_OK)
		put_slice(&x->o, &d, &slice);
	return st;
}

enum status plan_fill_post(struct exchange *x, struct tx *tx)
{
	return fill(x, tx, &plan_kind);
}

enum status site_plan_fill_post(struct exchange *x, struct tx *tx)
{
	return fill(x, tx, &site_plan_kind);
}

enum status plan_collect_post(struct exchange *x, struct tx *tx)
{
	struct doc d;
	struct plan_slice slice = {0};
	enum status st = api_document(x, tx_db(tx), &plan_kind, &d);
	if (st == ST_OK)
		st = plan_collect(tx, &d, &slice);
	if (st == ST_OK)
		put_slice(&x->o, &d, &slice);
	return st;
}

static enum status adopt(struct exchange *x, struct tx *tx, const struct doc_kind *kind)
{
	struct doc d;
	struct plan_slice slice = {0};
	const struct plan_adopt_in *in = x->in;
	enum status st = api_document(x, tx_db(tx), kind, &d);
	if (st == ST_OK)
		st = plan_adopt(tx, &d, in->typed_too != 0, &slice);
	if (st != ST_OK)
		return st;
	put_slice(&x->o, &d, &slice);
	jo_i64(&x->o, "kept", slice.kept);
	return ST_OK;
}

enum status plan_adopt_post(struct exchange *x, struct tx *tx)
{
	return adopt(x, tx, &plan_kind);
}

enum status site_plan_adopt_post(struct exchange *x, struct tx *tx)
{
	return adopt(x, tx, &site_plan_kind);
}

static void put_refused(struct exchange *x, const struct plan_refused *refused, size_t count)
{
	struct jo *o = &x->o;
	jo_name(o, "refused");
	jo_open(o, '[');
	for (size_t i = 0; i < count; i++) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_i64(o, "row", (int64_t)refused[i].row + 1);
		jo_text(o, "code", status_code(refused[i].st));
		jo_text(o, "message", refused[i].message);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

static enum status paste(struct exchange *x, struct tx *tx, const struct doc_kind *kind)
{
	struct doc d;
	struct plan_slice slice = {0};
	struct plan_refused refused[PLAN_PASTED_MAX];
	size_t count = 0;
	enum status st = api_document(x, tx_db(tx), kind, &d);
	if (st == ST_OK)
		st = plan_paste(tx, &d, x->in, &slice, refused, &count);
	if (st != ST_OK)
		return st;
	put_slice(&x->o, &d, &slice);
	put_refused(x, refused, count);
	return ST_OK;
}

enum status plan_paste_post(struct exchange *x, struct tx *tx)
{
	return paste(x, tx, &plan_kind);
}

enum status site_plan_paste_post(struct exchange *x, struct tx *tx)
{
	return paste(x, tx, &site_plan_kind);
}

/* The step that makes orders does so in slices and says how far it came. */
static enum status make_orders(struct exchange *x, struct tx *tx, int64_t version)
{
	struct doc d;
	struct plan_slice slice = {0};
	enum status st = api_document(x, tx_db(tx), &plan_kind, &d);
	if (st == ST_OK && !me_may(&tx->me, PERM_ORDER_EDIT))
		return ST_FORBIDDEN;
	if (st == ST_OK)
		st = plan_order(tx, &d, version, &slice);
	if (st == ST_OK)
		put_slice(&x->o, &d, &slice);
	return st;
}

enum status plan_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	if (strcmp(api_action(x), "order") == 0)
		return make_orders(x, tx, in->version);
	return api_step(x, tx, &plan_kind, in->version, in->note);
}

enum status site_plan_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &site_plan_kind, in->version, in->note);
}

/* ---- 集采 ---- */

SQL(select_volume_lines,
    "SELECT l.id, l.product_id, l.to_site_id FROM plan_line l WHERE l.plan_id = :id AND EXISTS (SELECT 1 FROM volume_product v "
    "WHERE v.product_id = l.product_id) ORDER BY l.n /*all sites: the caller has the plan*/");

/* Beside the sheet and not in it, so that the sheet stands at once. */
static enum status read_volumes(struct exchange *x, struct db *db, const struct doc_kind *kind)
{
	struct doc d;
	struct jo *o = &x->o;
	enum status st = api_document(x, db, kind, &d);
	if (st != ST_OK)
		return st;
	jo_name(o, "lines");
	jo_open(o, '[');
	SCOPED(rows) r = db_query(db, select_volume_lines, I64(":id", d.id));
	while (rows_next(&r)) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_id(o, "line_id", col_i64(&r, 0));
		api_put_volume(x, db, col_i64(&r, 1), col_i64(&r, 2));
		jo_close(o, '}');
	}
	jo_close(o, ']');
	return ST_OK;
}

enum status plan_volumes_read(struct exchange *x, struct db *db)
{
	return read_volumes(x, db, &plan_kind);
}

enum status site_plan_volumes_read(struct exchange *x, struct db *db)
{
	return read_volumes(x, db, &site_plan_kind);
}

/* ---- 备货参数 ---- */

static const struct list_column setting_columns[] = {
        {"id", L_ID, "t.id", "编号", NULL},
        {"site_id", L_ID, "t.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"drug_class", L_TEXT, "t.drug_class", "类别", NULL},
        {"from_ymd", L_INT, "t.from_ymd", "起用日期", NULL},
        {"lead_days", L_INT, "t.lead_days", "到货天数", NULL},
        {"safety_days", L_INT, "t.safety_days", "安全天数", NULL},
        {"cover_days", L_INT, "t.cover_days", "备货天数", NULL},
        {"round_to", L_TEXT, "t.round_to", "取整", NULL},
        {"note", L_TEXT, "t.note", "备注", NULL},
        {"at_ms", L_INT, "t.at_ms", "登记时间", NULL},
        {"by", L_TEXT, "u.display_name", "登记人", NULL},
        NO_COLUMN,
};
static const struct list_path setting_paths[] = {
        {NULL,
         "demand_setting t LEFT JOIN site s ON s.id = t.site_id LEFT JOIN app_user u ON u.id = t.by_user WHERE 1 = 1",
         {"t.id"},
         true,
         NULL},
};
const struct list_spec list_demand_settings = {
        .name = "demand-settings", .title = "备货参数", .columns = setting_columns, .filters = NULL, .paths = setting_paths};

enum status demand_setting_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	enum status st = demand_setting_add(tx, x->in, &id);
	return api_written(x, st, id, "set");
}
