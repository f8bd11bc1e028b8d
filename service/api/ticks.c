/* 配送勾选: which distributor is ticked for which product on the platform, and whether orders ask for it. */
#include "warehouse/partner/tick.h"

#include "service/api/documents.h"
#include "service/inputs.h"

static const struct word_title state_titles[] = {
        {"ok", "有效"}, {"future", "未生效"}, {"expired", "已过期"}, {"ended", "已取消"}, {NULL, NULL}};
#define TICK_STATE                                                                                                        \
	"CASE WHEN t.ended_at_ms IS NOT NULL THEN 'ended' WHEN t.from_ymd > :today_ymd THEN 'future' WHEN t.until_ymd < " \
	":today_ymd THEN 'expired' ELSE 'ok' END"
static const struct list_column columns[] = {
        {"id", L_ID, "t.id", "编号", NULL},
        {"product_id", L_ID, "t.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        PRODUCT_NAMES,
        {"supplier_id", L_ID, "t.supplier_id", "供应商编号", NULL},
        {"supplier_code", L_TEXT, "s.code", "供应商代码", NULL},
        {"supplier_name", L_TEXT, "s.name", "供应商", NULL},
        {"platform_code", L_TEXT, "t.platform_code", "平台编码", NULL},
        {"from_ymd", L_INT, "t.from_ymd", "起始日期", NULL},
        {"until_ymd", L_INT_OR_NULL, "t.until_ymd", "截止日期", NULL},
        {"state", L_TEXT, TICK_STATE, "状态", NULL},
        {"state_title", L_TEXT, TICK_STATE, "状态名称", state_titles},
        {"made_at_ms", L_INT, "t.made_at_ms", "登记时间", NULL},
        {"made_by", L_TEXT, "u.display_name", "登记人", NULL},
        {"end_note", L_TEXT, "t.end_note", "取消原因", NULL},
        NO_COLUMN,
};
static const struct list_filter filters[] = {{"product_id", L_ID, "t.product_id = :f_product_id_id"},
                                             {"supplier_id", L_ID, "t.supplier_id = :f_supplier_id_id"},
                                             NO_FILTER};
#define TICKS                                                                                                                 \
	"platform_tick t JOIN product p ON p.id = t.product_id JOIN supplier s ON s.id = t.supplier_id LEFT JOIN app_user u " \
	"ON u.id = t.made_by WHERE 1 = 1"
static const struct list_path paths[] = {
        {"product_id", TICKS " AND t.product_id = :f_product_id_id", {"t.id"}, true, &list_few},
        {"supplier_id", TICKS, {"t.id"}, true, NULL},
        {NULL, TICKS, {"t.id"}, true, NULL},
};
const struct list_spec list_platform_ticks = {
        .name = "platform-ticks",
        .title = "配送勾选",
        .columns = columns,
        .filters = filters,
        .paths = paths,
        .search_expr = "p.search_text || '\n' || s.name || '\n' || s.code || '\n' || coalesce(t.platform_code, '')"};

SQL(select_state, "SELECT " TICK_STATE " FROM platform_tick t WHERE t.id = :id");

enum status tick_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	tx->action = "platform_tick.add";
	enum status st = tick_add(tx, x->in, &id);
	return api_written(x, st, id,
	                   db_text(tx_db(tx), tx->arena, select_state, I64(":today_ymd", tx->today_ymd), I64(":id", id)));
}

enum status tick_finish(struct exchange *x, struct tx *tx)
{
	const struct end_in *in = x->in;
	tx->action = "platform_tick.end";
	return api_written(x, tick_end(tx, x->id, in->note), x->id, "ended");
}

SQL(select_rules, "SELECT t.from_ymd, t.asked, t.at_ms, u.display_name FROM platform_tick_rule t LEFT JOIN app_user u ON u.id = "
                  "t.by_user ORDER BY t.from_ymd DESC LIMIT 20");
static const struct list_column rule[] = {COLUMN("from_ymd", L_INT), COLUMN("asked", L_BOOL), COLUMN("at_ms", L_INT),
                                          COLUMN("by", L_TEXT), NO_COLUMN};

enum status tick_rule_read(struct exchange *x, struct db *db)
{
	jo_bool(&x->o, "asked", tick_asked(db, x->today_ymd));
	api_rows_n(x, db, "history", rule, &select_rules, NULL, 0);
	return ST_OK;
}

enum status tick_rule_post(struct exchange *x, struct tx *tx)
{
	const struct tick_rule_in *in = x->in;
	tx->action = "platform_tick.rule";
	enum status st = tick_rule_put(tx, in->asked != 0, in->from_ymd ? (int32_t)in->from_ymd : tx->today_ymd);
	return api_written(x, st, tx_new_id(tx), in->asked ? "asked" : "not_asked");
}
