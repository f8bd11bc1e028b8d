/* Price facts, the rule of a day, and the lists that follow from them: changes, flags, 四同, 价格公示. */
#include "warehouse/price/price.h"
#include "warehouse/price/raise.h"
#include "warehouse/procurement/order.h"

#include "core/money.h"
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/catalogue/catalogue.h"

#include <string.h>

#define PRODUCT_HEAD                                                                                                \
	{"product_id", L_ID, "p.id", "品种编号", NULL}, {"product_code", L_TEXT, "p.code", "品种代码", NULL},       \
	        {"product_name", L_TEXT, "p.name", "品种", NULL}, {"spec", L_TEXT, "p.spec", "规格", NULL},         \
	        {"maker", L_TEXT, "p.maker", "生产企业", NULL}, {"unit_name", L_TEXT, "p.unit_name", "单位", NULL}, \
	{                                                                                                           \
		"pack_name", L_TEXT, "p.pack_name", "包装", NULL                                                    \
	}

/* ---- facts ---- */

#define IN_FORCE "f.from_ymd <= :today_ymd AND (f.to_ymd IS NULL OR f.to_ymd >= :today_ymd)"
#define BEFORE                                                                                                                  \
	"(SELECT b.price_e4 * f.units_per_pack / b.units_per_pack FROM price b WHERE b.product_id = f.product_id AND b.kind = " \
	"f.kind AND b.from_ymd < f.from_ymd AND (b.to_ymd IS NULL OR b.to_ymd >= b.from_ymd) ORDER BY b.from_ymd DESC, b.id "   \
	"DESC LIMIT 1)"
static const struct list_column fact_columns[] = {
        {"id", L_ID, "f.id", "编号", NULL},
        PRODUCT_HEAD,
        {"kind", L_TEXT, "f.kind", "种类", NULL},
        {"kind_title", L_TEXT, "f.kind", "种类名称", price_kinds},
        {"price", L_PRICE, "f.price_e4", "价格", NULL},
        {"units_per_pack", L_INT, "f.units_per_pack", "计价包装数量", NULL},
        {"from_ymd", L_INT, "f.from_ymd", "起始日", NULL},
        {"to_ymd", L_INT, "f.to_ymd", "截止日", NULL},
        {"in_force", L_BOOL, IN_FORCE, "现行", NULL},
        {"price_before", L_PRICE, BEFORE, "原价", NULL},
        {"source", L_TEXT, "f.source", "依据", NULL},
        {"made_at_ms", L_INT, "f.at_ms", "登记时间", NULL},
        {"made_by", L_TEXT, "u.display_name", "登记人", NULL},
        {"end_reason", L_TEXT, "f.end_reason", "截止原因", NULL},
        {"ended_at_ms", L_INT, "f.ended_at_ms", "截止登记时间", NULL},
        {"ended_by", L_TEXT, "eu.display_name", "截止登记人", NULL},
        NO_COLUMN,
};
static const struct list_filter fact_filters[] = {
        {"product_id", L_ID, "f.product_id = :f_product_id_id"},
        {"kind", L_TEXT, "f.kind = :f_kind_t"},
        {"since", L_INT, "f.from_ymd >= :f_since_id"},
        {"until", L_INT, "f.from_ymd <= :f_until_id"},
        NO_FILTER,
};
#define FACT_JOINS                                                                                                              \
	" CROSS JOIN product p ON p.id = f.product_id LEFT JOIN app_user u ON u.id = f.by_user LEFT JOIN app_user eu ON eu.id " \
	"= f.ended_by WHERE "
#define FACTS "price f" FACT_JOINS "1 = 1"
#define FACTS_BY_PIECE BY_PRODUCT_PIECE("price f ON f.product_id = pp.product_id") FACT_JOINS "pp.piece = :piece"
static const struct list_path fact_paths[] = {
        {"q", FACTS_BY_PIECE, {"pp.product_id", "f.id"}, true, NULL},
        {"product_id", FACTS, {"f.id"}, true, &list_few},
        {NULL, FACTS, {"f.id"}, true, NULL},
};
const struct list_spec list_prices = {.name = "prices",
                                      .title = "价格",
                                      .columns = fact_columns,
                                      .filters = fact_filters,
                                      .paths = fact_paths,
                                      .search_expr = "p.search_text"};

/* The same in the order of the days on which they begin. */
static const struct list_filter change_filters[] = {
        {"product_id", L_ID, "+f.product_id = :f_product_id_id"},
        {"kind", L_TEXT, "f.kind = :f_kind_t"},
        {"since", L_INT, "f.from_ymd >= :f_since_id"},
        {"until", L_INT, "f.from_ymd <= :f_until_id"},
        {"raised", L_BOOL, "CASE WHEN f.raised_from IS NOT NULL THEN 1 ELSE 0 END = :f_raised_id"},
        NO_FILTER,
};
/* Listed prices of the last 30 days above the one before them. RULE DOMAIN-6-ceiling-raised */
static const struct list_rule only_raised = {.unless = "0"};
static const struct list_path change_paths[] = {
        {"q", FACTS_BY_PIECE, {"pp.product_id", "f.from_ymd", "f.id"}, true, NULL},
        {"product_id", FACTS " AND f.product_id = :f_product_id_id", {"f.from_ymd", "f.id"}, true, &list_few},
        {"raised",
         FACTS " AND f.raised_from IS NOT NULL AND f.at_ms > " PRICE_RAISE_SINCE " AND " PRICE_HELD("f"),
         {"f.at_ms", "f.id"},
         true,
         &only_raised},
        {NULL, FACTS, {"f.from_ymd", "f.id"}, true, NULL},
};
static const char *const change_served[] = {"since", "until", NULL};
const struct list_spec list_price_changes = {.name = "price-changes",
                                             .title = "价格变动",
                                             .columns = fact_columns,
                                             .filters = change_filters,
                                             .paths = change_paths,
                                             .served = change_served,
                                             .search_expr = "p.search_text"};

enum status price_create(struct exchange *x, struct tx *tx)
{
	const struct price_in *in = x->in;
	struct product p;
	int64_t id = 0;
	tx->action = "price.add";
	/* RULE DOMAIN-12.3-bargaining-group: an agreed price has its group, its quotes and its minutes */
	if (strcmp(in->kind, price_rule_word(PRICE_AGREED)) == 0)
		return tx_fail(tx, ST_INVALID_FIELD, "kind", 0, "议定价由议价单登记, 请新建议价单");
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	const struct new_price fact = {.product_id = p.id,
	                               .price_e4 = in->price_e4,
	                               .units_per_pack = in->units_per_pack > 0 ? in->units_per_pack : p.units_per_pack,
	                               .kind = in->kind,
	                               .from_ymd = (int32_t)in->from_ymd,
	                               .to_ymd = (int32_t)in->to_ymd,
	                               .source = in->source};
	enum status st = price_fact_tell(tx, &fact, &id);
	tx->ref_id = id;
	tx_changed(tx, "prices", 0, 0, id);
	jo_id(&x->o, "id", id);
	return st;
}

enum status price_end(struct exchange *x, struct tx *tx)
{
	const struct price_end_in *in = x->in;
	tx->action = "price.end";
	tx->ref_id = x->id;
	enum status st = price_fact_end(tx, x->id, (int32_t)in->to_ymd, in->reason);
	tx_changed(tx, "prices", 0, 0, x->id);
	jo_id(&x->o, "id", x->id);
	return st;
}

enum status price_withdraw(struct exchange *x, struct tx *tx)
{
	const struct price_withdraw_in *in = x->in;
	tx->action = "price.withdraw";
	tx->ref_id = x->id;
	enum status st = price_fact_withdraw(tx, x->id, in->reason);
	tx_changed(tx, "prices", 0, 0, x->id);
	jo_id(&x->o, "id", x->id);
	return st;
}

/* ---- the rule ---- */

SQL(select_supplier, "SELECT f.supplier_id, s.name FROM price f JOIN supplier s ON s.id = f.supplier_id WHERE f.id = :id");
static const struct list_column bound[] = {COLUMN("supplier_id", L_ID), COLUMN("supplier_name", L_TEXT), NO_COLUMN};

/* Of an agreed price, whose it is. RULE DOMAIN-6-agreed-supplier */
static void put_supplier(struct exchange *x, struct db *db, const struct price_rule *r)
{
	if (r->rule == PRICE_AGREED)
		api_one(x, db, bound, select_supplier, I64(":id", r->price_id));
}

static void put_rule(struct exchange *x, const struct price_rule *r, int64_t units_per_pack)
{
	struct jo *o = &x->o;
	jo_text(o, "rule", price_rule_word(r->rule));
	jo_text(o, "rule_title", price_kinds[r->rule].title);
	jo_text(o, "why", price_rule_why(&x->arena, r, units_per_pack));
	jo_bool(o, "exact", r->exact);
	jo_id(o, "price_id", r->price_id);
	jo_price(o, "price", r->price_e4);
	jo_i64(o, "units_per_pack", r->units_per_pack);
	jo_price(o, "trade_price", price_rule_for(r, units_per_pack));
	jo_i64(o, "from_ymd", r->from_ymd);
	jo_text(o, "source", r->source);
	if (r->listed)
		jo_price(o, "ceiling_price", price_rule_ceiling(r, units_per_pack));
	else
		jo_null(o, "ceiling_price");
}

SQL(select_issue, "SELECT price_e4, units_per_pack, since_ms, adjustment_id FROM issue_price WHERE product_id = :id");

static void put_issue(struct exchange *x, struct db *db)
{
	SCOPED(rows) r = db_query(db, select_issue, I64(":id", x->id));
	if (!rows_next(&r))
		return;
	jo_price(&x->o, "issue_price", col_i64(&r, 0));
	jo_i64(&x->o, "issue_since_ms", col_i64(&r, 2));
	jo_id(&x->o, "issue_adjustment_id", col_i64(&r, 3));
}

const struct query_parameter query_day[] = {{"on_ymd", L_INT, false, "哪一天; 不填为今天"}, {NULL, L_INT, false, NULL}};

enum status price_rule_read(struct exchange *x, struct db *db)
{
	struct product p;
	struct price_rule rule;
	int64_t ymd = query_i64(x, "on_ymd", x->today_ymd);
	if (product_load(db, &x->arena, x->id, &p) != ST_OK)
		return ST_NOT_FOUND;
	enum status st = price_rule_on(db, &x->arena, x->id, (int32_t)ymd, &rule);
	jo_id(&x->o, "product_id", x->id);
	jo_text(&x->o, "product_name", p.name);
	jo_i64(&x->o, "on_ymd", ymd);
	jo_bool(&x->o, "orderable", st == ST_OK);
	if (st != ST_NO_LISTED_PRICE) {
		put_rule(x, &rule, p.units_per_pack);
		put_supplier(x, db, &rule);
	}
	if (st != ST_OK) {
		jo_text(&x->o, "code", status_code(st));
		jo_text(&x->o, "refusal", status_text(st));
	}
	put_issue(x, db);
	return ST_OK;
}

/* ---- 价格公示 ---- */

#define RULE(column) PRICE_RULE(column, "p.id", ":today_ymd")
static const struct list_column public_columns[] = {
        PRODUCT_HEAD,
        {"units_per_pack", L_INT, "p.units_per_pack", "每包装数量", NULL},
        {"approval_no", L_TEXT, "p.approval_no", "批准文号", NULL},
        {"rule", L_TEXT, RULE("kind"), "定价规则", NULL},
        {"rule_title", L_TEXT, RULE("kind"), "定价规则名称", price_kinds},
        {"trade_price", L_PRICE, RULE("price_e4 * p.units_per_pack / pr.units_per_pack"), "采购价格", NULL},
        {"source", L_TEXT, RULE("source"), "依据", NULL},
        {"from_ymd", L_INT, RULE("from_ymd"), "起始日", NULL},
        {"issue_price", L_PRICE, "i.price_e4", "发药价", NULL},
        {"issue_since_ms", L_INT, "i.since_ms", "发药价起始", NULL},
        NO_COLUMN,
};
static const struct list_filter public_filters[] = {
        {"product_code", L_TEXT, "p.code = :f_product_code_t"},
        {"no_issue", L_BOOL, "CASE WHEN i.product_id IS NULL THEN 1 ELSE 0 END = :f_no_issue_id"},
        NO_FILTER,
};
#define ISSUE " LEFT JOIN issue_price i ON i.product_id = p.id WHERE p.active = 1"
static const struct list_path public_paths[] = {
        {"q",
         "product_piece pp CROSS JOIN product p ON p.id = pp.product_id" ISSUE " AND pp.piece = :piece",
         {"pp.product_id"},
         false,
         NULL},
        {"product_code", "product p" ISSUE, {"p.id"}, false, NULL},
        {NULL, "product p" ISSUE, {"p.id"}, false, NULL},
};
const struct list_spec list_price_public = {.name = "price-public",
                                            .title = "价格公示",
                                            .columns = public_columns,
                                            .filters = public_filters,
                                            .paths = public_paths,
                                            .search_expr = "p.search_text"};

/* ---- flags ---- */

#define FLAG_TAIL                                                                                                              \
	{"rule", L_TEXT, "g.rule", "现行规则", NULL}, {"rule_title", L_TEXT, "g.rule", "现行规则名称", price_kinds},           \
	        {"rule_source", L_TEXT, "pf.source", "依据", NULL}, {"rule_from_ymd", L_INT, "pf.from_ymd", "规则起始", NULL}, \
	        {"since_ymd", L_INT, "g.since_ymd", "发现日期", NULL},                                                         \
	{                                                                                                                      \
		NULL, L_INT, NULL, NULL, NULL                                                                                  \
	}
#define RULE_PRICE(of) "g.rule_e4 * " of ".units_per_pack / g.rule_units_per_pack"
#define SCOPE(kind, document)                                                                                        \
	"EXISTS (SELECT 1 FROM app_user me JOIN document_scope s ON s.site_id = me.root_site_id AND s.kind = '" kind \
	"' AND s.document_id = " document " WHERE me.id = :me_id)"
#define FACT " LEFT JOIN price pf ON pf.id = g.price_id"
static const struct list_filter flag_filters[] = {{"product_id", L_ID, "g.product_id = :f_product_id_id"}, NO_FILTER};

static const struct list_column order_flag_columns[] = {
        {"order_line_id", L_ID, "l.id", "订单行", NULL},
        {"order_id", L_ID, "l.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "d.number", "订单", NULL},
        {"order_state", L_TEXT, "d.state", "订单状态", NULL},
        {"order_state_title", L_TEXT, "st.title", "订单状态名称", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"site_name", L_TEXT, "ts.name", "收货单位", NULL},
        PRODUCT_HEAD,
        {"due_units", L_INT, ORDER_LINE_DUE("l"), "未到数量", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "每包装数量", NULL},
        {"price", L_PRICE, "l.price_e4", "订单单价", NULL},
        {"rule_price", L_PRICE, RULE_PRICE("l"), "现行价格", NULL},
        FLAG_TAIL,
};
#define ORDER_FLAGS                                                                                                             \
	"price_flag g CROSS JOIN order_line l ON l.id = g.subject_id JOIN document d ON d.id = l.order_id JOIN document_state " \
	"st ON st.kind = d.kind AND st.state = d.state JOIN purchase_order o ON o.id = l.order_id JOIN supplier sp ON sp.id = " \
	"o.supplier_id JOIN site ts ON ts.id = l.to_site_id JOIN product p ON p.id = l.product_id" FACT                         \
	" WHERE g.subject = 'line' AND l.open = 1 AND " SCOPE("order", "l.order_id")
static const struct list_path order_flag_paths[] = {{NULL, ORDER_FLAGS, {"g.subject_id"}, false, NULL}};
const struct list_spec list_price_flag_orders = {.name = "price-flags/orders",
                                                 .title = "高于现行价格的未到货订单行",
                                                 .columns = order_flag_columns,
                                                 .filters = flag_filters,
                                                 .paths = order_flag_paths};

static const struct list_column stock_flag_columns[] = {
        {"batch_id", L_ID, "b.id", "批次编号", NULL},
        {"lot", L_TEXT, "lo.lot", "批号", NULL},
        {"expiry_ymd", L_INT, "h.expiry_ymd", "有效期", NULL},
        {"site_name", L_TEXT, "si.name", "机构", NULL},
        {"depot_name", L_TEXT, "pl.name", "库房", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        PRODUCT_HEAD,
        {"units", L_INT, "h.units", "数量", NULL},
        {"units_per_pack", L_INT, "b.units_per_pack", "每包装数量", NULL},
        {"price", L_PRICE, "b.price_e4", "进价", NULL},
        {"rule_price", L_PRICE, RULE_PRICE("b"), "现行价格", NULL},
        FLAG_TAIL,
};
#define STOCK_FLAGS                                                                                                              \
	"price_flag g CROSS JOIN batch b ON b.id = g.subject_id CROSS JOIN holding h ON h.batch_id = g.subject_id JOIN lot lo "  \
	"ON lo.id = b.lot_id JOIN place pl ON pl.id = h.place_id LEFT JOIN site si ON si.id = pl.site_id LEFT JOIN supplier sp " \
	"ON sp.id = b.supplier_id JOIN product p ON p.id = g.product_id" FACT                                                    \
	" WHERE g.subject = 'batch' AND EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND up.place_id = "        \
	"h.place_id)"
static const struct list_path stock_flag_paths[] = {
        {NULL, STOCK_FLAGS, {"g.subject_id", "h.place_id", "h.product_id", "h.expiry_ymd", "h.quality_no"}, false, NULL}};
const struct list_spec list_price_flag_stock = {.name = "price-flags/stock",
                                                .title = "高于现行价格的库存",
                                                .columns = stock_flag_columns,
                                                .filters = flag_filters,
                                                .paths = stock_flag_paths};

static const struct list_column receipt_flag_columns[] = {
        {"receipt_line_id", L_ID, "rl.id", "收货行", NULL},
        {"receipt_id", L_ID, "rl.receipt_id", "收货单编号", NULL},
        {"receipt_number", L_TEXT, "d.number", "收货单", NULL},
        {"order_id", L_ID, "l.order_id", "订单编号", NULL},
        PRODUCT_HEAD,
        {"units", L_INT, "rl.units", "数量", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "每包装数量", NULL},
        {"price", L_PRICE, "l.price_e4", "订单单价", NULL},
        {"rule_price", L_PRICE, RULE_PRICE("l"), "审批日价格", NULL},
        {"priced_ymd", L_INT, "l.priced_ymd", "审批日", NULL},
        FLAG_TAIL,
};
#define RECEIPT_FLAGS                                                                                                        \
	"price_flag g CROSS JOIN receipt_line rl ON rl.id = g.subject_id JOIN order_line l ON l.id = rl.order_line_id JOIN " \
	"document d ON d.id = rl.receipt_id JOIN product p ON p.id = g.product_id" FACT                                      \
	" WHERE g.subject = 'receipt' AND " SCOPE("receipt", "rl.receipt_id")
static const struct list_path receipt_flag_paths[] = {{NULL, RECEIPT_FLAGS, {"g.subject_id"}, true, NULL}};
const struct list_spec list_price_flag_receipts = {.name = "price-flags/receipts",
                                                   .title = "收货时发现价格不合规的明细",
                                                   .columns = receipt_flag_columns,
                                                   .filters = flag_filters,
                                                   .paths = receipt_flag_paths};

static const struct list_column issue_flag_columns[] = {
        PRODUCT_HEAD,
        {"units_per_pack", L_INT, "i.units_per_pack", "每包装数量", NULL},
        {"issue_price", L_PRICE, "i.price_e4", "发药价", NULL},
        {"issue_since_ms", L_INT, "i.since_ms", "发药价起始", NULL},
        {"limit_price", L_PRICE, RULE_PRICE("i"), "零差率允许", NULL},
        {"over", L_PRICE, "i.price_e4 - " RULE_PRICE("i"), "高出", NULL},
        {"adjustment_id", L_ID, "i.adjustment_id", "原调价单编号", NULL},
        {"adjustment_number", L_TEXT, "d.number", "原调价单", NULL},
        FLAG_TAIL,
};
static const struct list_path issue_flag_paths[] = {
        {NULL,
         "price_flag g CROSS JOIN issue_price i ON i.product_id = g.subject_id JOIN product p ON p.id = g.product_id LEFT JOIN "
         "document d ON d.id = i.adjustment_id" FACT " WHERE g.subject = 'issue' /*all sites: one price for all*/",
         {"g.subject_id"},
         false,
         NULL}};
const struct list_spec list_price_flag_issue = {.name = "price-flags/issue",
                                                .title = "发药价高于进价的品种",
                                                .columns = issue_flag_columns,
                                                .filters = flag_filters,
                                                .paths = issue_flag_paths};

/* ---- 四同 ---- */

static const struct list_column spread_columns[] = {
        {"drug_id", L_ID, "s.drug_id", "药品编号", NULL},
        {"drug_name", L_TEXT, "d.name", "通用名", NULL},
        {"form", L_TEXT, "d.form", "剂型", NULL},
        {"strength", L_TEXT, "d.strength", "含量规格", NULL},
        PRODUCT_HEAD,
        {"rule", L_TEXT, "s.rule", "定价规则", NULL},
        {"rule_title", L_TEXT, "s.rule", "定价规则名称", price_kinds},
        {"price", L_PRICE, "s.price_e4", "价格", NULL},
        {"units_per_pack", L_INT, "s.units_per_pack", "计价包装数量", NULL},
        {"over_percent", L_INT, "s.over_e4 / 100", "高于最低 (%)", NULL},
        {"lowest_product_id", L_ID, "s.lowest_product_id", "最低价品种编号", NULL},
        {"lowest_code", L_TEXT, "lp.code", "最低价品种代码", NULL},
        {"lowest_spec", L_TEXT, "lp.spec", "最低价规格", NULL},
        NO_COLUMN,
};
static const struct list_filter spread_filters[] = {
        {"drug_id", L_ID, "s.drug_id = :f_drug_id_id"}, {"product_id", L_ID, "+s.product_id = :f_product_id_id"}, NO_FILTER};
#define SPREAD_JOINS                                                                                         \
	" JOIN product p ON p.id = s.product_id JOIN drug d ON d.id = s.drug_id JOIN product lp ON lp.id = " \
	"s.lowest_product_id WHERE "
#define SPREAD "price_spread s" SPREAD_JOINS "1 = 1"
static const struct list_path spread_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("price_spread s ON s.product_id = pp.product_id") SPREAD_JOINS "pp.piece = :piece",
         {"pp.product_id"},
         false,
         NULL},
        {"product_id", SPREAD " AND s.product_id = :f_product_id_id", {"s.drug_id", "s.product_id"}, false, &list_few},
        {NULL, SPREAD, {"s.drug_id", "s.product_id"}, false, NULL},
};
const struct list_spec list_price_spread = {.name = "price-spread",
                                            .title = "四同比价",
                                            .columns = spread_columns,
                                            .filters = spread_filters,
                                            .paths = spread_paths,
                                            .search_expr = "p.search_text"};

/* ---- received purchases ---- */

static const struct word_title paid_kinds[] = {{"receipt", "入库"}, {"return", "退货"}, {NULL, NULL}};
static const struct list_column paid_columns[] = {
        {"id", L_ID, "f.id", "收货行", NULL},
        {"kind_title", L_TEXT, "CASE WHEN f.return_id IS NULL THEN 'receipt' ELSE 'return' END", "类别", paid_kinds},
        {"return_id", L_ID, "f.return_id", "退货单编号", NULL},
        {"ymd", L_INT, "f.ymd", "入库日 (退货日)", NULL},
        {"ym", L_INT, "f.ym", "月份", NULL},
        {"site_id", L_ID, "f.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "si.name", "收货单位", NULL},
        {"order_id", L_ID, "f.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "d.number", "订单", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        PRODUCT_HEAD,
        {"units", L_INT, "f.units", "数量", NULL},
        {"units_per_pack", L_INT, "f.units_per_pack", "每包装数量", NULL},
        {"price", L_PRICE, "f.price_e4", "单价", NULL},
        {"amount", L_FEN, "f.amount_fen", "金额", NULL},
        {"rule", L_TEXT, "f.rule", "定价规则", NULL},
        {"rule_title", L_TEXT, "f.rule", "定价规则名称", price_kinds},
        {"ceiling_price", L_PRICE, "f.ceiling_e4", "限价", NULL},
        {"share_percent", L_INT, "CASE WHEN f.ceiling_e4 IS NULL OR f.return_id IS NOT NULL THEN NULL ELSE f.share_e4 / 100 END",
         "占限价 (%)", NULL},
        {"saved", L_FEN, "f.saved_fen", "低于限价金额", NULL},
        NO_COLUMN,
};
#define NEAR "CASE WHEN f.share_e4 >= 9500 THEN 1 ELSE 0 END"
#define FILED "CASE WHEN f.rule = 'filed' THEN 1 ELSE 0 END"
static const struct list_filter paid_filters[] = {
        {"near", L_BOOL, NEAR " = :f_near_id"},
        {"over", L_BOOL, "CASE WHEN f.share_e4 > 10000 THEN 1 ELSE 0 END = :f_over_id"},
        {"filed", L_BOOL, FILED " = :f_filed_id"},
        {"ym", L_INT, "f.ym = :f_ym_id"},
        {"product_id", L_ID, "f.product_id = :f_product_id_id"},
        {"site_id", L_ID, "us.site_id = :f_site_id_id"},
        NO_FILTER,
};
#define PAID_JOINS                                                                                                           \
	" JOIN site si ON si.id = f.site_id JOIN document d ON d.id = f.order_id JOIN supplier sp ON sp.id = f.supplier_id " \
	"JOIN product p ON p.id = f.product_id WHERE "
#define PAID "user_site us CROSS JOIN price_paid f ON f.site_id = us.site_id" PAID_JOINS "us.user_id = :me_id"
static const struct list_rule only_yes = {.unless = "0"};
static const struct list_path paid_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("price_paid f ON f.product_id = pp.product_id") " CROSS JOIN user_site us ON us.user_id = :me_id AND "
                                                                          "us.site_id = f.site_id" PAID_JOINS "pp.piece = :piece",
         {"pp.product_id", "f.id"},
         true,
         NULL},
        {"near", PAID " AND f.share_e4 >= 9500", {"us.site_id", "f.id"}, true, &only_yes},
        {"filed", PAID " AND f.rule = 'filed'", {"us.site_id", "f.id"}, true, &only_yes},
        {"ym", PAID " AND f.ym = :f_ym_id", {"us.site_id", "f.id"}, true, NULL},
        {"product_id",
         "price_paid f CROSS JOIN user_site us ON us.user_id = :me_id AND us.site_id = f.site_id" PAID_JOINS
         "f.product_id = :f_product_id_id",
         {"f.id"},
         true,
         NULL},
        {NULL, PAID, {"us.site_id", "f.id"}, true, NULL},
};
static const char *const paid_served[] = {"site_id", NULL};
const struct list_spec list_price_paid = {.name = "price-paid",
                                          .title = "采购价格明细",
                                          .columns = paid_columns,
                                          .filters = paid_filters,
                                          .paths = paid_paths,
                                          .served = paid_served,
                                          .search_expr = "p.search_text"};

static const struct list_column saving_columns[] = {
        {"site_id", L_ID, "v.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "si.name", "收货单位", NULL},
        {"ym", L_INT, "v.ym", "月份", NULL},
        {"lines", L_INT, "v.lines", "入库行数", NULL},
        {"amount", L_FEN, "v.amount_fen", "采购金额", NULL},
        {"ceiling_amount", L_FEN, "v.ceiling_fen", "按限价金额", NULL},
        {"unlisted_amount", L_FEN, "v.amount_fen + v.saved_fen - v.ceiling_fen", "其中无限价 (备案) 金额", NULL},
        {"saved", L_FEN, "v.saved_fen", "低于限价金额", NULL},
        NO_COLUMN,
};
static const struct list_filter saving_filters[] = {
        {"site_id", L_ID, "us.site_id = :f_site_id_id"}, {"ym", L_INT, "v.ym = :f_ym_id"}, NO_FILTER};
static const struct list_path saving_paths[] = {
        {NULL,
         "user_site us CROSS JOIN price_saving v ON v.site_id = us.site_id JOIN site si ON si.id = v.site_id WHERE us.user_id = "
         ":me_id",
         {"us.site_id", "v.ym"},
         true,
         NULL}};
const struct list_spec list_price_savings = {.name = "price-savings",
                                             .title = "与限价相比的节约",
                                             .columns = saving_columns,
                                             .filters = saving_filters,
                                             .paths = saving_paths,
                                             .served = paid_served};
