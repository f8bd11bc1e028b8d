/* Codes of products, who bound them, and what HIS items may be. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/match.h"

static const struct list_column code_columns[] = {
        {"id", L_ID, "c.id", "编号", NULL},
        {"product_id", L_ID, "c.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"kind", L_TEXT, "c.kind", "编码种类", NULL},
        {"kind_title", L_TEXT, "c.kind", "编码种类名称", code_kind_titles},
        {"code", L_TEXT, "c.code", "编码", NULL},
        {"units", L_INT, "c.units", "每码数量", NULL},
        {"bound_by", L_TEXT, "bu.display_name", "登记人", NULL},
        {"confirmed_by", L_TEXT, "cu.display_name", "确认人", NULL},
        {"at_ms", L_INT_OR_NULL, "c.at_ms", "确认时间", NULL},
        NO_COLUMN,
};
static const struct list_filter code_filters[] = {{"code", L_TEXT, "c.code || '' = :f_code_t"},
                                                  {"product_id", L_ID, "+c.product_id = :f_product_id_id"},
                                                  {"kind", L_TEXT, "c.kind = :f_kind_t"},
                                                  NO_FILTER};
#define CODE_JOINS                                                                                           \
	" CROSS JOIN product p ON p.id = c.product_id LEFT JOIN app_user bu ON bu.id = c.by_user LEFT JOIN " \
	"app_user cu ON cu.id = c.confirmed_by WHERE "
#define CODE_FROM "product_code c" CODE_JOINS "1 = 1"
static const struct list_path code_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("product_code c ON c.product_id = pp.product_id") CODE_JOINS "pp.piece = :piece",
         {"pp.product_id", "c.id"},
         false,
         NULL},
        {"code", CODE_FROM " AND c.code = :f_code_t", {"c.id"}, false, &list_few},
        {"product_id", CODE_FROM " AND c.product_id = :f_product_id_id", {"c.id"}, false, &list_few},
        {NULL, CODE_FROM, {"c.id"}, false, NULL},
};
const struct list_spec list_product_codes = {.name = "product-codes",
                                             .title = "品种编码",
                                             .columns = code_columns,
                                             .filters = code_filters,
                                             .paths = code_paths,
                                             .search_expr = "p.search_text"};

static const struct word_title binding_states[] = {
        {"open", "待确认"}, {"confirmed", "已确认"}, {"refused", "未确认"}, {NULL, NULL}};
/* Of one that waits, where the code is the product's already. */
#define UNITS_BEFORE                                                                                                         \
	"CASE WHEN b.state = 'open' THEN (SELECT c.units FROM product_code c WHERE c.code = b.code AND c.kind = b.kind AND " \
	"c.product_id = b.product_id) END"
static const struct list_column binding_columns[] = {
        {"id", L_ID, "b.id", "编号", NULL},
        {"product_id", L_ID, "b.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        {"kind", L_TEXT, "b.kind", "编码种类", NULL},
        {"kind_title", L_TEXT, "b.kind", "编码种类名称", code_kind_titles},
        {"code", L_TEXT, "b.code", "编码", NULL},
        {"units", L_INT, "b.units", "每码数量", NULL},
        {"units_before", L_INT_OR_NULL, UNITS_BEFORE, "原每码数量", NULL},
        {"units_per_pack", L_INT, "p.units_per_pack", "每包装数量", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"state", L_TEXT, "b.state", "状态", NULL},
        {"state_title", L_TEXT, "b.state", "状态名称", binding_states},
        {"bound_by", L_TEXT, "bu.display_name", "登记人", NULL},
        {"bound_at_ms", L_INT, "b.bound_at_ms", "登记时间", NULL},
        {"closed_by", L_TEXT, "cu.display_name", "办理人", NULL},
        {"closed_at_ms", L_INT_OR_NULL, "b.closed_at_ms", "办理时间", NULL},
        {"note", L_TEXT, "b.note", "说明", NULL},
        NO_COLUMN,
};
static const struct list_filter binding_filters[] = {
        {"state", L_TEXT, "b.state = :f_state_t"}, {"product_id", L_ID, "b.product_id = :f_product_id_id"}, NO_FILTER};
static const struct list_path binding_paths[] = {
        {NULL,
         "code_binding b CROSS JOIN product p ON p.id = b.product_id LEFT JOIN app_user bu ON bu.id = b.bound_by LEFT JOIN "
         "app_user "
         "cu ON cu.id = b.closed_by WHERE 1 = 1",
         {"b.id"},
         true,
         NULL},
};
const struct list_spec list_code_bindings = {.name = "code-bindings",
                                             .title = "编码绑定",
                                             .columns = binding_columns,
                                             .filters = binding_filters,
                                             .paths = binding_paths};

enum status code_binding_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	tx->action = "code.bind";
	enum status st = code_bind(tx, x->in, &id);
	return api_written_to(x, tx, st, id, "open", "products");
}

enum status code_binding_confirm(struct exchange *x, struct tx *tx)
{
	tx->action = "code.confirm";
	return api_written_to(x, tx, code_confirm(tx, x->id), x->id, "confirmed", "products");
}

enum status code_binding_refuse(struct exchange *x, struct tx *tx)
{
	const struct remark_in *in = x->in;
	tx->action = "code.refuse";
	return api_written_to(x, tx, code_refuse(tx, x->id, in->note), x->id, "refused", "products");
}

enum status product_code_end(struct exchange *x, struct tx *tx)
{
	const struct remark_in *in = x->in;
	tx->action = "code.end";
	return api_written_to(x, tx, code_end(tx, x->id, in->note), x->id, "ended", "products");
}

/* ---- 对码: what an item was before, and what it may be ---- */

static const struct list_column item_columns[] = {
        {"id", L_ID, "h.id", "编号", NULL},
        {"site_id", L_ID, "us.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"item_code", L_TEXT, "h.code", "HIS 药品编码", NULL},
        {"product_id", L_ID, "h.product_id", "原品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "原品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"factor", L_INT, "h.factor", "原换算系数", NULL},
        {"by", L_TEXT, "u.display_name", "改动人", NULL},
        {"at_ms", L_INT, "h.at_ms", "改动时间", NULL},
        NO_COLUMN,
};
static const struct list_filter item_filters[] = {
        {"site_id", L_ID, "us.site_id = :f_site_id_id"}, {"item_code", L_TEXT, "h.code = :f_item_code_t"}, NO_FILTER};
static const struct list_path item_paths[] = {
        {NULL,
         "user_site us CROSS JOIN his_item_history h ON h.site_id = us.site_id JOIN site s ON s.id = us.site_id JOIN product p "
         "ON p.id = "
         "h.product_id LEFT JOIN app_user u ON u.id = h.by_user WHERE us.user_id = :me_id",
         {"us.site_id", "h.id"},
         true,
         NULL},
};
const struct list_spec list_his_item_history = {.name = "his-item-history",
                                                .title = "HIS 对码变更记录",
                                                .columns = item_columns,
                                                .filters = item_filters,
                                                .paths = item_paths};

/* What a site's HIS has and nobody has matched, told before it was ever used. */
static const struct list_column open_columns[] = {
        {"id", L_ID, "o.id", "编号", NULL},
        {"site_id", L_ID, "us.site_id", "机构编号", NULL},
        {"site_code", L_TEXT, "s.code", "机构代码", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"item_code", L_TEXT, "o.code", "HIS 药品编码", NULL},
        {"item_name", L_TEXT, "o.item_name", "HIS 药品名称", NULL},
        {"factor", L_INT_OR_NULL, "o.factor", "每 HIS 单位的数量", NULL},
        {"by", L_TEXT, "u.display_name", "登记人", NULL},
        {"at_ms", L_INT, "o.at_ms", "登记时间", NULL},
        NO_COLUMN,
};
static const struct list_filter open_filters[] = {
        {"site_id", L_ID, "us.site_id = :f_site_id_id"}, {"item_code", L_TEXT, "o.code = :f_item_code_t"}, NO_FILTER};
static const struct list_path open_paths[] = {
        {NULL,
         "user_site us CROSS JOIN his_item_open o ON o.site_id = us.site_id JOIN site s ON s.id = us.site_id LEFT JOIN app_user "
         "u "
         "ON u.id = o.by_user WHERE us.user_id = :me_id",
         {"us.site_id", "o.id"},
         false,
         NULL},
};
static const char *const open_served[] = {"site_id", NULL};
static const char *const open_q[] = {"item_code", NULL};
const struct list_spec list_his_items_open = {.name = "his-items-open",
                                              .title = "未对码的 HIS 项目",
                                              .columns = open_columns,
                                              .filters = open_filters,
                                              .paths = open_paths,
                                              .served = open_served,
                                              .q_as = open_q};

SQL(select_used_item,
    "SELECT w.item_name FROM usage_unmatched w JOIN user_site us ON us.user_id = :me_id AND us.site_id = w.site_id WHERE "
    "w.id = :id");
SQL(select_open_item,
    "SELECT o.item_name FROM his_item_open o JOIN user_site us ON us.user_id = :me_id AND us.site_id = o.site_id WHERE "
    "o.id = :id");

static enum status put_proposals(struct exchange *x, struct db *db, const struct sql *item)
{
	struct match_proposal found[MATCH_PROPOSALS];
	const char *name = db_text_n(db, &x->arena, item, (const struct arg[]){I64(":me_id", x->me.id), I64(":id", x->id)}, 2);
	if (!name)
		return ST_NOT_FOUND;
	size_t n = match_propose(db, &x->arena, name, found);
	jo_text(&x->o, "item_name", name);
	jo_name(&x->o, "rows");
	jo_open(&x->o, '[');
	for (size_t i = 0; i < n; i++) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_id(&x->o, "product_id", found[i].product_id);
		jo_text(&x->o, "name", found[i].name);
		jo_text(&x->o, "spec", found[i].spec);
		jo_text(&x->o, "maker", found[i].maker);
		jo_text(&x->o, "unit_name", found[i].unit_name);
		jo_text(&x->o, "pack_name", found[i].pack_name);
		jo_i64(&x->o, "units_per_pack", found[i].units_per_pack);
		jo_text(&x->o, "why", found[i].why);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
	return ST_OK;
}

enum status usage_proposals_read(struct exchange *x, struct db *db)
{
	return put_proposals(x, db, &select_used_item);
}

enum status his_item_proposals_read(struct exchange *x, struct db *db)
{
	return put_proposals(x, db, &select_open_item);
}

/* A mapping before it is needed, or another one from now on; what it was is kept. */
enum status his_item_create(struct exchange *x, struct tx *tx)
{
	const struct his_item_in *in = x->in;
	struct product p;
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id;
	tx->action = "his_item.put";
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK || !p.active)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种或已停用");
	his_item_put(tx, site, in->item_code, in->item_name, p.id, in->factor);
	tx_changed(tx, "imports", site, 0, p.id);
	return api_written(x, ST_OK, p.id, "matched");
}
