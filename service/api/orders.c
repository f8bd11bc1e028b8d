#include "service/api/documents.h"
#include "service/api/volumes.h"
#include "service/inputs.h"
#include "warehouse/price/price.h"
#include "warehouse/price/raise.h"
#include "warehouse/procurement/approval.h"
#include "warehouse/procurement/order.h"

#define OVERDUE "CASE WHEN ot.open = 1 AND ot.due_at_ms < :now_ms THEN 1 ELSE 0 END"
static const struct list_column columns[] = {
        DOC_HEAD,
        {"supplier_id", L_ID, "o.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"amount", L_FEN, "o.amount_fen", "金额", NULL},
        {"lines", L_INT, "o.line_count", "明细行数", NULL},
        {"to_site_id", L_ID, "d.to_site_id", "收货单位编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "收货单位", NULL},
        {"urgency", L_TEXT, "ot.urgency", "紧急程度", NULL},
        {"expected_ymd", L_INT, "ot.expected_ymd", "约定到货日期", NULL},
        {"due_at_ms", L_INT, "ot.due_at_ms", "应到货时间", NULL},
        {"overdue", L_BOOL, OVERDUE, "已逾期", NULL},
        {"split", L_BOOL, "EXISTS (SELECT 1 FROM split_part sf WHERE sf.order_id = d.id)", "疑似拆单", NULL},
        DOC_TAIL,
};
/* Asked for an answer whose hour is over. */
#define UNANSWERED "CASE WHEN ot.asking = 1 AND ot.answer_due_at_ms < :now_ms THEN 1 ELSE 0 END"
static const struct list_filter filters[] = {DOC_FILTERS,
                                             {"supplier_id", L_ID, "o.supplier_id = :f_supplier_id_id"},
                                             {"overdue", L_BOOL, OVERDUE " = :f_overdue_id"},
                                             {"due", L_BOOL, "CASE WHEN ot.open = 1 THEN 1 ELSE 0 END = :f_due_id"},
                                             {"unanswered", L_BOOL, UNANSWERED " = :f_unanswered_id"},
                                             {"made_after_ms", L_INT, "d.made_at_ms > :f_made_after_ms_id"},
                                             {"made_until_ms", L_INT, "d.made_at_ms <= :f_made_until_ms_id"},
                                             NO_FILTER};
#define PARTNERS "JOIN supplier sp ON sp.id = o.supplier_id LEFT JOIN site ts ON ts.id = d.to_site_id"
#define TERM " LEFT JOIN order_term ot ON ot.order_id = o.id"
/* Orders that are waited for, late or without an answer are few, and each kind has an index of its own. */
static const struct list_rule few_only = {.unless = "0", .few = true};
#define WAITED_FOR(name, which)                                                                                                 \
	{                                                                                                                       \
		name,                                                                                                           \
		        "app_user u CROSS JOIN order_term ot JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = " \
		        "'order' AND "                                                                                          \
		        "s.document_id = ot.order_id JOIN document d ON d.id = s.document_id JOIN purchase_order o ON o.id = "  \
		        "d.id" DOC_JOINS(PARTNERS) " AND " which,                                                               \
		        {"d.id"}, true, &few_only                                                                               \
	}
static const struct list_path paths[] = {
        WAITED_FOR("overdue", "ot.open = 1 AND ot.due_at_ms < :now_ms"),
        WAITED_FOR("unanswered", "ot.asking = 1 AND ot.answer_due_at_ms < :now_ms"),
        WAITED_FOR("due", "ot.open = 1"),
        {"supplier_id",
         "purchase_order o JOIN app_user u ON u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = "
         "'order' AND s.document_id = o.id JOIN document d ON d.id = o.id" DOC_JOINS(PARTNERS TERM),
         {"o.id"},
         true,
         NULL},
        DOC_PATHS("order", "JOIN purchase_order o ON o.id = d.id " PARTNERS TERM),
};
const struct list_spec list_orders = {.name = "orders",
                                      .title = "采购订单",
                                      .columns = columns,
                                      .filters = filters,
                                      .paths = paths,
                                      .served = doc_served,
                                      .q_as = doc_q};

SQL(select_order,
    "SELECT o.supplier_id, sp.name, o.amount_fen, o.buyer_site_id, b.name, ot.urgency, ot.expected_ymd, ot.due_at_ms, " OVERDUE
    " FROM purchase_order o JOIN supplier sp ON sp.id = o.supplier_id JOIN site b ON b.id = o.buyer_site_id LEFT JOIN order_term "
    "ot "
    "ON ot.order_id = o.id WHERE o.id = :id"
    " /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("supplier_id", L_ID),       COLUMN("supplier_name", L_TEXT),
        COLUMN("amount", L_FEN),           COLUMN("buyer_site_id", L_ID),
        COLUMN("buyer_site_name", L_TEXT), COLUMN("urgency", L_TEXT),
        COLUMN("expected_ymd", L_INT),     COLUMN("due_at_ms", L_INT),
        COLUMN("overdue", L_BOOL),         NO_COLUMN,
};
static const struct word_title split_titles[] = {{"same_day", "同日同供应商"}, {"same_product", "三日内同品种"}, {NULL, NULL}};
/* Of each reason the newest, which counts most; the order that was submitted last bears the first of the others, each of the
 * others the last. */
SQL(select_splits,
    "SELECT f.id, f.reason, f.reason, f.order_count, f.sum_fen, f.limit_fen, m.amount_fen, d.id, d.number FROM split_part m JOIN "
    "split_flag f ON f.id = m.flag_id JOIN document d ON d.id = CASE WHEN f.order_id = :id THEN f.other_id ELSE f.order_id END "
    "WHERE m.order_id = :id AND NOT EXISTS (SELECT 1 FROM split_part k JOIN split_flag g ON g.id = k.flag_id WHERE k.order_id = "
    ":id AND g.reason = f.reason AND g.id > f.id) ORDER BY f.id /*all sites: the caller has the document*/");
static const struct list_column split[] = {COLUMN("id", L_ID),
                                           COLUMN("reason", L_TEXT),
                                           {"reason_title", L_TEXT, NULL, NULL, split_titles},
                                           COLUMN("orders", L_INT),
                                           COLUMN("sum", L_FEN),
                                           COLUMN("limit", L_FEN),
                                           COLUMN("counted", L_FEN),
                                           COLUMN("other_id", L_ID),
                                           COLUMN("other_number", L_TEXT),
                                           NO_COLUMN};
#define STOCK_THERE                                                                                                              \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM place pl JOIN holding h ON h.place_id = pl.id AND h.product_id " \
	"= "                                                                                                                     \
	"l.product_id WHERE pl.site_id = l.to_site_id AND h.quality_no = 1)"
/* Days of stock at the receiver, by the last twelve months' use; NULL where nothing was used. */
SQL(select_lines,
    "SELECT l.id, l.n, l.product_id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, l.units, l.units_per_pack, l.price_e4, "
    "l.amount_fen, l.ceiling_e4, pr.source, pr.from_ymd, l.to_site_id, ts.name, l.owner_site_id, os.name, l.payer_site_id, "
    "ps.name, "
    "l.received_units, " ORDER_LINE_DUE(
            "l") ", l.announced_units, " STOCK_THERE ", " STOCK_THERE
                 " * 365 / (SELECT CAST(sum(c.units) AS BIGINT) FROM place pl JOIN "
                 "consumption c ON c.place_id = pl.id AND c.product_id = l.product_id WHERE "
                 "pl.site_id = l.to_site_id AND c.month >= "
                 ":year_ago_ym "
                 "HAVING sum(c.units) > 0), l.price_rule, l.price_rule, pf.price_e4 * "
                 "l.units_per_pack / pf.units_per_pack, pf.source, "
                 "g.subject_id IS NOT NULL, rb.price_e4 * l.units_per_pack / rb.units_per_pack, "
                 "CASE WHEN rb.id IS NOT NULL THEN pr.at_ms END, ru.display_name, rb.price_e4 * l.units_per_pack < l.price_e4 * "
                 "rb.units_per_pack FROM order_line l LEFT JOIN price pf ON pf.id = "
                 "l.price_id LEFT JOIN price_flag g ON g.subject = "
                 "'line' AND g.subject_id = l.id AND l.open = 1 "
                 "JOIN product p ON p.id = l.product_id JOIN price pr ON pr.id = l.ceiling_price_id "
                 "LEFT JOIN price rb ON rb.id = " PRICE_RAISED_FROM(
                         "pr") " LEFT JOIN app_user ru ON ru.id = pr.by_user AND rb.id IS NOT NULL "
                               "JOIN site ts ON ts.id = l.to_site_id JOIN "
                               "site os ON os.id = l.owner_site_id JOIN site ps ON ps.id = l.payer_site_id WHERE "
                               "l.order_id = :id AND l.dropped = 0 ORDER "
                               "BY "
                               "l.n /*all sites: the caller has the order*/");
static const struct list_column line[] = {
        COLUMN("id", L_ID),
        COLUMN("n", L_INT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("price", L_PRICE),
        COLUMN("amount", L_FEN),
        COLUMN("ceiling_price", L_PRICE),
        COLUMN("ceiling_source", L_TEXT),
        COLUMN("ceiling_from_ymd", L_INT),
        COLUMN("to_site_id", L_ID),
        COLUMN("to_site_name", L_TEXT),
        COLUMN("owner_site_id", L_ID),
        COLUMN("owner_site_name", L_TEXT),
        COLUMN("payer_site_id", L_ID),
        COLUMN("payer_site_name", L_TEXT),
        COLUMN("received_units", L_INT),
        COLUMN("due_units", L_INT),
        COLUMN("announced_units", L_INT),
        COLUMN("stock_units", L_INT),
        COLUMN("days_of_stock", L_INT),
        COLUMN("price_rule", L_TEXT),
        {"price_rule_title", L_TEXT, NULL, NULL, price_kinds},
        COLUMN("rule_price", L_PRICE),
        COLUMN("rule_source", L_TEXT),
        COLUMN("price_flagged", L_BOOL),
        COLUMN("raised_from", L_PRICE), /* the ceiling was raised lately: from what, when, by whom */
        COLUMN("raised_at_ms", L_INT),
        COLUMN("raised_by", L_TEXT),
        COLUMN("raise_needed", L_BOOL), /* the price is above what the ceiling was */
        NO_COLUMN,
};

enum status order_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &order_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_order, I64(":id", d.id), I64(":now_ms", x->now_ms));
	api_rows(x, db, "split_flags", split, select_splits, I64(":id", d.id));
	api_rows(x, db, "lines", line, select_lines, I64(":year_ago_ym", x->today_ymd / 100 - 100),
	         I64(":raised_ms", d.made_at_ms - PRICE_RAISE_MS), I64(":id", d.id));
	api_put_order_volumes(x, db, d.id);
	return ST_OK;
}

/* ---- 审批限额, 疑似拆单 ---- */

static const struct list_column limit_columns[] = {
        {"id", L_ID, "t.id", "编号", NULL},
        {"role", L_TEXT, "t.role", "岗位", NULL},
        {"amount", L_FEN, "t.amount_fen", "限额", NULL},
        {"from_ymd", L_INT, "t.from_ymd", "起用日期", NULL},
        {"at_ms", L_INT, "t.at_ms", "登记时间", NULL},
        {"by", L_TEXT, "u.display_name", "登记人", NULL},
        NO_COLUMN,
};
static const struct list_path limit_paths[] = {
        {NULL, "approval_limit t LEFT JOIN app_user u ON u.id = t.by_user WHERE 1 = 1", {"t.id"}, true, NULL},
};
const struct list_spec list_approval_limits = {
        .name = "approval-limits", .title = "审批限额", .columns = limit_columns, .filters = NULL, .paths = limit_paths};

static const struct list_column split_columns[] = {
        {"id", L_ID, "f.id", "编号", NULL},
        {"order_id", L_ID, "f.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "d.number", "订单", NULL},
        {"order_state", L_TEXT, "st.title", "订单状态", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"reason", L_TEXT, "f.reason", "缘由", NULL},
        {"reason_title", L_TEXT, "f.reason", "缘由名称", split_titles},
        {"orders", L_INT, "f.order_count", "订单数", NULL},
        {"sum", L_FEN, "f.sum_fen", "合计金额", NULL},
        {"limit", L_FEN, "f.limit_fen", "限额", NULL},
        {"other_id", L_ID, "f.other_id", "相关订单编号", NULL},
        {"other_number", L_TEXT, "od.number", "相关订单", NULL},
        {"other_state", L_TEXT, "ost.title", "相关订单状态", NULL},
        {"other_supplier_name", L_TEXT, "osp.name", "相关订单供应商", NULL},
        {"made_by", L_TEXT, "mu.display_name", "编制人", NULL},
        {"at_ms", L_INT, "f.at_ms", "发现时间", NULL},
        NO_COLUMN,
};
static const struct list_path split_paths[] = {
        {NULL,
         "app_user u CROSS JOIN split_flag f CROSS JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND "
         "s.document_id = f.order_id JOIN document d ON d.id = f.order_id JOIN document_state st ON st.kind = d.kind AND "
         "st.state = "
         "d.state JOIN purchase_order o ON o.id = d.id JOIN supplier sp ON sp.id = o.supplier_id JOIN document od ON od.id = "
         "f.other_id JOIN document_state ost ON ost.kind = od.kind AND ost.state = od.state JOIN purchase_order oo ON oo.id = "
         "od.id JOIN supplier osp ON osp.id = oo.supplier_id LEFT JOIN app_user mu ON mu.id = d.made_by WHERE u.id = :me_id",
         {"f.id"},
         true,
         NULL},
};
const struct list_spec list_split_flags = {
        .name = "split-flags", .title = "疑似拆单", .columns = split_columns, .filters = NULL, .paths = split_paths};

/* The orders of a flag: the rows of its sum. */
static const struct list_column part_columns[] = {
        {"flag_id", L_ID, "m.flag_id", "拆单编号", NULL},
        {"order_id", L_ID, "m.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "d.number", "订单", NULL},
        {"order_state", L_TEXT, "st.title", "订单状态", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"to_site_name", L_TEXT, "ts.name", "收货单位", NULL},
        {"reason_title", L_TEXT, "f.reason", "缘由名称", split_titles},
        {"amount", L_FEN, "o.amount_fen", "订单金额", NULL},
        {"counted", L_FEN, "m.amount_fen", "计入金额", NULL},
        {"sum", L_FEN, "f.sum_fen", "合计金额", NULL},
        {"limit", L_FEN, "f.limit_fen", "限额", NULL},
        {"made_by", L_TEXT, "mu.display_name", "编制人", NULL},
        {"made_at_ms", L_INT, "d.made_at_ms", "编制时间", NULL},
        NO_COLUMN,
};
static const struct list_filter part_filters[] = {{"flag_id", L_ID, "m.flag_id = :f_flag_id_id"}, NO_FILTER};
#define PARTS                                                                                                                    \
	"app_user u CROSS JOIN split_part m CROSS JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND " \
	"s.document_id = m.order_id JOIN split_flag f ON f.id = m.flag_id JOIN document d ON d.id = m.order_id JOIN "            \
	"document_state st ON st.kind = d.kind AND st.state = d.state JOIN purchase_order o ON o.id = d.id JOIN supplier sp ON " \
	"sp.id = o.supplier_id LEFT JOIN site ts ON ts.id = d.to_site_id LEFT JOIN app_user mu ON mu.id = d.made_by WHERE u.id " \
	"= :me_id"
static const struct list_path part_paths[] = {
        {"flag_id", PARTS " AND m.flag_id = :f_flag_id_id", {"m.order_id"}, false, NULL},
        {NULL, PARTS, {"m.flag_id", "m.order_id"}, true, NULL},
};
const struct list_spec list_split_orders = {
        .name = "split-orders", .title = "疑似拆单的订单", .columns = part_columns, .filters = part_filters, .paths = part_paths};

enum status approval_limit_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	enum status st = approval_limit_add(tx, x->in, &id);
	return api_written(x, st, id, "set");
}

enum status order_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = order_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status order_patch(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &order_kind, &d);
	if (st == ST_OK)
		st = order_change(tx, &d, x->in);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status order_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &order_kind, in->version, in->note);
}
