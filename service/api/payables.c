/* 应付, 两票 proof, 暂估, the money ledger and its settings. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/estimate.h"
#include "warehouse/settlement/invoice.h"
#include "warehouse/settlement/money.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/setting.h"

#define UNINVOICED "y.invoiced_units + y.returned_units < y.units"
#define OWED "y.invoiced_fen - y.paid_fen"
#define MINE(site) "EXISTS (SELECT 1 FROM user_site us WHERE us.user_id = :me_id AND us.site_id = " site ")"

static const struct list_column columns[] = {
        {"id", L_ID, "y.id", "编号", NULL},
        {"receipt_id", L_ID, "y.receipt_id", "收货单编号", NULL},
        {"receipt_number", L_TEXT, "rd.number", "收货单", NULL},
        {"order_id", L_ID, "ol.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "od.number", "订单", NULL},
        {"supplier_id", L_ID, "y.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"site_id", L_ID, "y.site_id", "付款单位编号", NULL},
        {"site_name", L_TEXT, "ps.name", "付款单位", NULL},
        {"owner_site_id", L_ID, "y.owner_site_id", "货主编号", NULL},
        {"owner_site_name", L_TEXT, "os.name", "货主", NULL},
        {"product_id", L_ID, "y.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "y.units", "验收数量", NULL},
        {"units_per_pack", L_INT, "y.units_per_pack", "计价包装数量", NULL},
        {"price", L_PRICE, "y.price_e4", "单价", NULL},
        {"amount", L_FEN, "y.amount_fen", "订单金额", NULL},
        {"accepted_ymd", L_INT, "y.accepted_ymd", "验收日", NULL},
        {"month", L_INT, "y.month", "验收月", NULL},
        {"due_ymd", L_INT, "y.due_ymd", "应付日", NULL},
        {"overdue", L_BOOL, "y.open = 1 AND y.due_ymd < :today_ymd", "已逾期", NULL},
        {"fund", L_BOOL, "y.fund = 1", "医保基金直接结算", NULL},
        {"leg1_units", L_INT, "y.leg1_units", "首票数量", NULL},
        {"single_units", L_INT, "y.single_units", "一票即证数量", NULL},
        {"invoiced_units", L_INT, "y.invoiced_units", "已票数量", NULL},
        {"returned_units", L_INT, "y.returned_units", "已退数量", NULL},
        {"invoiced", L_FEN, "y.invoiced_fen", "发票金额", NULL},
        {"estimated", L_FEN, "y.estimated_fen", "暂估", NULL},
        {"held", L_FEN, "y.held_fen", "付款中", NULL},
        {"paid", L_FEN, "y.paid_fen", "已付", NULL},
        {"owed", L_FEN, OWED, "未付", NULL},
        {"uninvoiced", L_BOOL, UNINVOICED, "货到票未到", NULL},
        {"proven", L_BOOL, "y.proven = 1", "两票齐全", NULL},
        {"open", L_BOOL, "y.open = 1", "未了结", NULL},
        NO_COLUMN,
};
static const struct list_filter filters[] = {
        {"receipt_id", L_ID, "+y.receipt_id = :f_receipt_id_id"},
        {"product_id", L_ID, "+y.product_id = :f_product_id_id"},
        {"supplier_id", L_ID, "+y.supplier_id = :f_supplier_id_id"},
        {"month", L_INT, "y.month = :f_month_id"},
        {"due_until", L_INT, "+y.due_ymd <= :f_due_until_id"},
        {"proven", L_BOOL, "+y.proven = :f_proven_id"},
        {"uninvoiced", L_BOOL, "CAST(" UNINVOICED " AS INTEGER) = :f_uninvoiced_id"},
        {"unestimated", L_BOOL, "CAST(y.estimated_fen = 0 AND y.amount_fen > 0 AS INTEGER) = :f_unestimated_id"},
        {"accepted_until", L_INT, "+y.accepted_ymd <= :f_accepted_until_id"},
        {"site_id", L_ID, "+y.site_id = :f_site_id_id"},
        {"open", L_BOOL, "+y.open = :f_open_id"},
        {"fund", L_BOOL, "+y.fund = :f_fund_id"},
        {"unpaid", L_BOOL, "CAST(y.invoiced_fen <> y.paid_fen + y.held_fen AS INTEGER) = :f_unpaid_id"},
        NO_FILTER,
};
#define DETAILS                                                                                                                  \
	" JOIN document rd ON rd.id = y.receipt_id JOIN order_line ol ON ol.id = y.order_line_id JOIN document od ON od.id = "   \
	"ol.order_id JOIN supplier sp ON sp.id = y.supplier_id JOIN site ps ON ps.id = y.site_id JOIN site os ON os.id = "       \
	"y.owner_site_id JOIN product p ON p.id = y.product_id JOIN batch b ON b.id = y.batch_id JOIN lot l ON l.id = b.lot_id " \
	"WHERE "
#define ROWS "payable y" DETAILS MINE("y.site_id")
static const struct list_rule with_month = {.also = "month"}, unless_yes = {.unless = "1"}, unless_no = {.unless = "0"};
static const struct list_path paths[] = {
        {"receipt_id", ROWS " AND y.receipt_id = :f_receipt_id_id", {"y.id"}, true, &list_few},
        {"product_id", ROWS " AND y.product_id = :f_product_id_id AND y.month = :f_month_id", {"y.id"}, true, &with_month},
        {"product_id", ROWS " AND y.product_id = :f_product_id_id", {"y.month", "y.id"}, true, NULL},
        {"supplier_id", ROWS " AND y.supplier_id = :f_supplier_id_id AND y.month = :f_month_id", {"y.id"}, true, &with_month},
        {"supplier_id", ROWS " AND y.supplier_id = :f_supplier_id_id", {"y.month", "y.id"}, true, NULL},
        {"due_until", ROWS " AND y.open = 1 AND y.due_ymd <= :f_due_until_id", {"y.due_ymd", "y.id"}, false, NULL},
        {"uninvoiced", ROWS " AND " UNINVOICED, {"y.id"}, true, &unless_no},
        {"proven", ROWS " AND y.proven = 0", {"y.id"}, true, &unless_yes},
        {NULL, ROWS, {"y.id"}, true, NULL},
};
const struct list_spec list_payables = {
        .name = "payables", .title = "应付款", .columns = columns, .filters = filters, .paths = paths};

/* ---- one payable: all that stands behind its figures ---- */

SQL(may_see, "SELECT y.id FROM payable y WHERE y.id = :id AND " MINE("y.site_id"));
SQL(select_one,
    "SELECT y.id, y.receipt_id, rd.number, y.supplier_id, sp.name, y.site_id, ps.name, y.product_id, p.name, p.spec, y.units, "
    "y.amount_fen, y.accepted_ymd, y.due_ymd, y.fund, y.leg1_units, y.leg3_units, y.extra, y.proven, y.invoiced_units, "
    "y.invoiced_fen, y.estimated_fen, y.held_fen, y.paid_fen, y.open, y.single_units, y.returned_units, p.units_per_pack, "
    "p.unit_name, p.pack_name FROM payable y JOIN document rd ON rd.id = "
    "y.receipt_id "
    "JOIN "
    "supplier sp ON sp.id = y.supplier_id JOIN site ps ON ps.id = y.site_id JOIN product p ON p.id = y.product_id WHERE y.id = "
    ":id "
    "/*all sites: the caller asked*/");
static const struct list_column one[] = {
        COLUMN("id", L_ID),
        COLUMN("receipt_id", L_ID),
        COLUMN("receipt_number", L_TEXT),
        COLUMN("supplier_id", L_ID),
        COLUMN("supplier_name", L_TEXT),
        COLUMN("site_id", L_ID),
        COLUMN("site_name", L_TEXT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("amount", L_FEN),
        COLUMN("accepted_ymd", L_INT),
        COLUMN("due_ymd", L_INT),
        COLUMN("fund", L_BOOL),
        COLUMN("leg1_units", L_INT),
        COLUMN("leg3_units", L_INT),
        COLUMN("extra", L_BOOL),
        COLUMN("proven", L_BOOL),
        COLUMN("invoiced_units", L_INT),
        COLUMN("invoiced", L_FEN),
        COLUMN("estimated", L_FEN),
        COLUMN("held", L_FEN),
        COLUMN("paid", L_FEN),
        COLUMN("open", L_BOOL),
        COLUMN("single_units", L_INT),
        COLUMN("returned_units", L_INT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        NO_COLUMN,
};
SQL(select_invoices,
    "SELECT m.invoice_id, i.invoice_no, m.leg, i.issuer, i.issued_ymd, m.units, m.expected_fen, m.amount_fen FROM invoice_match "
    "m "
    "JOIN invoice i ON i.id = m.invoice_id WHERE m.payable_id = :id ORDER BY m.id /*all sites: the caller asked*/");
static const struct list_column invoices[] = {
        COLUMN("invoice_id", L_ID), COLUMN("invoice_no", L_TEXT), COLUMN("leg", L_INT),
        COLUMN("issuer", L_TEXT),   COLUMN("issued_ymd", L_INT),  COLUMN("units", L_INT),
        COLUMN("expected", L_FEN),  COLUMN("amount", L_FEN),      NO_COLUMN,
};
SQL(select_estimates,
    "SELECT e.estimate_id, d.number, e.amount_fen, e.reversed_by, r.number FROM estimate_line e JOIN document d ON d.id = "
    "e.estimate_id LEFT JOIN document r ON r.id = e.reversed_by WHERE e.payable_id = :id ORDER BY e.id "
    "/*all sites: the caller asked*/");
static const struct list_column estimates[] = {
        COLUMN("estimate_id", L_ID),
        COLUMN("number", L_TEXT),
        COLUMN("amount", L_FEN),
        COLUMN("reversed_by_id", L_ID),
        COLUMN("reversed_by_number", L_TEXT),
        NO_COLUMN,
};
SQL(select_payments, "SELECT l.payment_id, d.number, d.state, st.title, l.amount_fen FROM payment_line l JOIN document d ON d.id "
                     "= l.payment_id JOIN "
                     "document_state st ON st.kind = d.kind AND st.state = d.state WHERE l.payable_id = :id ORDER BY l.id "
                     "/*all sites: the caller asked*/");
static const struct list_column payments[] = {
        COLUMN("payment_id", L_ID),    COLUMN("number", L_TEXT), COLUMN("state", L_TEXT),
        COLUMN("state_title", L_TEXT), COLUMN("amount", L_FEN),  NO_COLUMN,
};

enum status payable_read(struct exchange *x, struct db *db)
{
	if (!db_i64(db, 0, may_see, I64(":id", x->id), I64(":me_id", x->me.id)))
		return ST_NOT_FOUND;
	api_one(x, db, one, select_one, I64(":id", x->id));
	api_rows(x, db, "invoices", invoices, select_invoices, I64(":id", x->id));
	api_rows(x, db, "estimates", estimates, select_estimates, I64(":id", x->id));
	api_rows(x, db, "payments", payments, select_payments, I64(":id", x->id));
	return ST_OK;
}

/* ---- proof ---- */

static const struct list_column proof_columns[] = {
        {"month", L_INT, "pm.month", "验收月", NULL},
        {"supplier_id", L_ID, "pm.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"site_id", L_ID, "pm.site_id", "付款单位编号", NULL},
        {"site_name", L_TEXT, "s.name", "付款单位", NULL},
        {"lines", L_INT, "pm.lines", "验收批次", NULL},
        {"proven", L_INT, "pm.proven", "两票齐全批次", NULL},
        {"unproven", L_INT, "pm.lines - pm.proven", "缺票批次", NULL},
        {"percent", L_INT, "pm.proven * 100 / pm.lines", "证明率 (%)", NULL},
        NO_COLUMN,
};
static const struct list_filter proof_filters[] = {
        {"month", L_INT, "pm.month = :f_month_id"}, {"supplier_id", L_ID, "pm.supplier_id = :f_supplier_id_id"}, NO_FILTER};
static const struct list_path proof_paths[] = {
        {NULL,
         "proof_month pm JOIN supplier sp ON sp.id = pm.supplier_id JOIN site s ON s.id = pm.site_id WHERE " MINE("pm.site_id"),
         {"pm.month", "pm.supplier_id", "pm.site_id"},
         true,
         NULL}};
static const char *const proof_served[] = {"month", NULL};
const struct list_spec list_proof = {.name = "proof",
                                     .title = "两票证明率",
                                     .columns = proof_columns,
                                     .filters = proof_filters,
                                     .paths = proof_paths,
                                     .served = proof_served};

/* ---- the money ledger ---- */

static const struct list_column entry_columns[] = {
        {"seq", L_INT, "e.seq", "写入序号", NULL},
        {"n", L_INT, "e.n", "行号", NULL},
        {"ymd", L_INT, "e.ymd", "记账日", NULL},
        {"paper_ymd", L_INT, "e.paper_ymd", "单据日期", NULL},
        {"late", L_BOOL, "e.late = 1", "跨月补记", NULL},
        {"site_id", L_ID, "e.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"account", L_TEXT, "e.account", "科目", NULL},
        {"account_title", L_TEXT, "e.account", "科目名称", money_accounts},
        {"supplier_id", L_ID, "e.supplier_id", "供应商编号", NULL},
        {"party", L_TEXT, "coalesce(sp.name, o.name)", "往来单位", NULL},
        {"amount", L_FEN, "e.amount_fen", "金额 (借正贷负)", NULL},
        {"reason", L_TEXT, "e.reason", "事由", NULL},
        {"reason_title", L_TEXT, "e.reason", "事由名称", money_reasons},
        {"document_id", L_ID, "e.document_id", "单据编号", NULL},
        {"document_number", L_TEXT, "d.number", "单号", NULL},
        {"by", L_TEXT, "u.display_name", "经手人", NULL},
        NO_COLUMN,
};
static const struct list_filter entry_filters[] = {
        {"document_id", L_ID, "+e.document_id = :f_document_id_id"},
        {"supplier_id", L_ID, "+e.supplier_id = :f_supplier_id_id"},
        {"site_id", L_ID, "+e.site_id = :f_site_id_id"},
        {"account", L_TEXT, "e.account = :f_account_t"},
        {"other_site_id", L_ID, "e.other_site_id = :f_other_site_id_id"},
        NO_FILTER,
};
#define ENTRIES                                                                                                          \
	"money_entry e JOIN site s ON s.id = e.site_id LEFT JOIN supplier sp ON sp.id = e.supplier_id LEFT JOIN site o " \
	"ON o.id = e.other_site_id JOIN document d ON d.id = e.document_id LEFT JOIN app_user u ON u.id = e.user_id "    \
	"WHERE " MINE("e.site_id")
static const struct list_rule with_account = {.also = "account"};
static const struct list_path entry_paths[] = {
        {"document_id", ENTRIES " AND e.document_id = :f_document_id_id", {"e.seq", "e.n"}, true, NULL},
        {"supplier_id",
         ENTRIES " AND e.supplier_id = :f_supplier_id_id AND e.account = :f_account_t",
         {"e.ymd", "e.seq", "e.n"},
         true,
         &with_account},
        {"site_id",
         ENTRIES " AND e.site_id = :f_site_id_id AND e.account = :f_account_t",
         {"e.ymd", "e.seq", "e.n"},
         true,
         &with_account},
        {NULL, ENTRIES, {"e.seq", "e.n"}, true, NULL},
};
const struct list_spec list_money_entries = {
        .name = "money-entries", .title = "往来明细账", .columns = entry_columns, .filters = entry_filters, .paths = entry_paths};

static const struct list_column balance_columns[] = {
        {"site_id", L_ID, "b.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"account", L_TEXT, "b.account", "科目", NULL},
        {"account_title", L_TEXT, "b.account", "科目名称", money_accounts},
        {"supplier_id", L_ID, "nullif(b.supplier_id, 0)", "供应商编号", NULL},
        {"other_site_id", L_ID, "nullif(b.other_site_id, 0)", "往来机构编号", NULL},
        {"party", L_TEXT, "coalesce(sp.name, o.name)", "往来单位", NULL},
        {"amount", L_FEN, "b.amount_fen", "余额 (借正贷负)", NULL},
        NO_COLUMN,
};
static const struct list_filter balance_filters[] = {
        {"account", L_TEXT, "b.account = :f_account_t"}, {"site_id", L_ID, "b.site_id = :f_site_id_id"}, NO_FILTER};
static const struct list_path balance_paths[] = {
        {NULL,
         "user_site us CROSS JOIN money_balance b ON b.site_id = us.site_id JOIN site s ON s.id = b.site_id LEFT JOIN supplier "
         "sp ON "
         "sp.id = b.supplier_id LEFT JOIN site o ON o.id = b.other_site_id WHERE us.user_id = :me_id",
         {"us.site_id", "b.account_no", "b.supplier_id", "b.other_site_id"},
         false,
         NULL}};
const struct list_spec list_money_balances = {.name = "money-balances",
                                              .title = "往来余额",
                                              .columns = balance_columns,
                                              .filters = balance_filters,
                                              .paths = balance_paths};

/* ---- 暂估 ---- */

static const struct list_column estimate_columns[] = {
        DOC_HEAD,
        {"to_ymd", L_INT, "e.to_ymd", "暂估至", NULL},
        {"lines", L_INT, "e.line_count", "行数", NULL},
        {"amount", L_FEN, "e.amount_fen", "暂估金额", NULL},
        DOC_TAIL,
};
static const struct list_filter estimate_filters[] = {DOC_FILTERS, NO_FILTER};
static const struct list_path estimate_paths[] = {DOC_PATHS("estimate", "JOIN estimate e ON e.id = d.id")};
const struct list_spec list_estimates = {.name = "estimates",
                                         .title = "暂估单",
                                         .columns = estimate_columns,
                                         .filters = estimate_filters,
                                         .paths = estimate_paths,
                                         .served = doc_served,
                                         .q_as = doc_q};

/* Of the newest month that is over: what has neither invoice nor estimate. RULE DOMAIN-12.3-estimate-due */
SQL(select_due,
    "SELECT count(*), CAST(coalesce(sum(y.amount_fen), 0) AS BIGINT) FROM payable y JOIN user_site us ON us.site_id = y.site_id "
    "AND us.user_id = :me_id WHERE y.invoiced_units + y.returned_units < y.units AND y.estimated_fen = 0 AND y.amount_fen > 0 "
    "AND "
    "y.accepted_ymd <= :to_ymd /*scan: only rows without invoice, by their own index*/");

enum status estimate_due_read(struct exchange *x, struct db *db)
{
	int32_t to = 0;
	jo_i64(&x->o, "month", month_ended(db, x->today_ymd, &to));
	jo_i64(&x->o, "to_ymd", to);
	SCOPED(rows) r = db_query(db, select_due, I64(":me_id", x->me.id), I64(":to_ymd", to));
	bool there = rows_next(&r);
	jo_i64(&x->o, "lines", there ? col_i64(&r, 0) : 0);
	jo_fen(&x->o, "amount", there ? col_i64(&r, 1) : 0);
	return ST_OK;
}

SQL(select_estimate, "SELECT to_ymd, amount_fen FROM estimate WHERE id = :id /*all sites: the caller has the document*/");
static const struct list_column estimate_head[] = {COLUMN("to_ymd", L_INT), COLUMN("amount", L_FEN), NO_COLUMN};
SQL(select_estimate_lines,
    "SELECT e.id, e.payable_id, y.receipt_id, rd.number, sp.name, p.name, p.spec, p.unit_name, p.pack_name, p.units_per_pack, "
    "y.units, "
    "e.amount_fen, e.reversed_by, r.number FROM estimate_line e JOIN payable y ON y.id = e.payable_id JOIN document rd ON rd.id "
    "= "
    "y.receipt_id JOIN supplier sp ON sp.id = y.supplier_id JOIN product p ON p.id = y.product_id LEFT JOIN document r ON r.id = "
    "e.reversed_by WHERE e.estimate_id = :id ORDER BY e.id /*all sites: the caller has the document*/");
static const struct list_column estimate_lines[] = {
        COLUMN("id", L_ID),
        COLUMN("payable_id", L_ID),
        COLUMN("receipt_id", L_ID),
        COLUMN("receipt_number", L_TEXT),
        COLUMN("supplier_name", L_TEXT),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("units", L_INT),
        COLUMN("amount", L_FEN),
        COLUMN("reversed_by_id", L_ID),
        COLUMN("reversed_by_number", L_TEXT),
        NO_COLUMN,
};

enum status estimate_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &estimate_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, estimate_head, select_estimate, I64(":id", d.id));
	api_rows(x, db, "lines", estimate_lines, select_estimate_lines, I64(":id", d.id));
	return ST_OK;
}

enum status estimate_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = estimate_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

/* ---- settings ---- */

SQL(select_history,
    "SELECT h.from_ymd, h.value, h.at_ms, u.display_name FROM settle_setting h LEFT JOIN app_user u ON u.id = h.by_user "
    "WHERE h.name = :name_t ORDER BY h.from_ymd DESC LIMIT 20");
static const struct list_column history[] = {COLUMN("from_ymd", L_INT), COLUMN("value", L_INT), COLUMN("at_ms", L_INT),
                                             COLUMN("by", L_TEXT), NO_COLUMN};

enum status settle_settings_read(struct exchange *x, struct db *db)
{
	jo_name(&x->o, "settings");
	jo_open(&x->o, '[');
	for (int i = 0; i < SETTING_COUNT; i++) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "name", settings[i].name);
		jo_text(&x->o, "title", settings[i].title);
		jo_i64(&x->o, "value", setting_on(db, (enum setting)i, x->today_ymd));
		jo_i64(&x->o, "usual", settings[i].usual);
		jo_i64(&x->o, "min", settings[i].min);
		jo_i64(&x->o, "max", settings[i].max);
		api_rows(x, db, "history", history, select_history, TEXT(":name_t", settings[i].name));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
	return ST_OK;
}

enum status settle_setting_put(struct exchange *x, struct tx *tx)
{
	const struct setting_in *in = x->in;
	enum status st = setting_put(tx, in->name, in->value, in->from_ymd ? (int32_t)in->from_ymd : tx->today_ymd);
	int64_t id = tx_new_id(tx);
	return api_written(x, st, id, "in_force");
}
