/* What waits for whom: the task cards of 今日 and the chief pharmacist's board. Every figure names the list it counts. */
#include "service/api/coldchain.h"
#include "service/api/documents.h"
#include "service/api/volumes.h"
#include "warehouse/partner/paper.h"
#include "warehouse/price/raise.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/permit.h"
#include "warehouse/volume/round.h"

#include "core/audit.h"

#include <stdio.h>
#include <string.h>

/* One figure: counted by a statement, opened as a list of the page. */
struct figure {
	const char *key, *title, *level, *path;
	enum permission permission;
	const struct sql *count;
};

#define COUNT_DOCUMENTS(kind, state)                                                                              \
	"SELECT count(*) FROM app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = '" kind \
	"' AND s.state IN (" state ") WHERE u.id = :me_id"
SQL(count_orders_draft, COUNT_DOCUMENTS("order", "'draft'"));
SQL(count_orders_submitted, COUNT_DOCUMENTS("order", "'submitted'"));
SQL(count_orders_approved, COUNT_DOCUMENTS("order", "'approved'"));
SQL(count_orders_due, COUNT_DOCUMENTS("order", "'sent', 'part_received'"));
SQL(count_orders_countersigning, COUNT_DOCUMENTS("order", "'countersigning'"));
SQL(count_orders_late,
    "SELECT count(*) FROM app_user u JOIN order_term ot ON ot.open = 1 AND ot.due_at_ms < :now_ms JOIN document_scope s ON "
    "s.site_id = u.root_site_id AND s.kind = 'order' AND s.document_id = ot.order_id WHERE u.id = :me_id");
SQL(count_unanswered, "SELECT count(*) FROM app_user u JOIN order_term ot ON ot.asking = 1 AND ot.answer_due_at_ms < :now_ms "
                      "JOIN document_scope s ON "
                      "s.site_id = u.root_site_id AND s.kind = 'order' AND s.document_id = ot.order_id WHERE u.id = :me_id");
SQL(count_site_plans, COUNT_DOCUMENTS("site_plan", "'submitted'"));
SQL(count_splits,
    "SELECT count(*) FROM app_user u JOIN split_flag f ON f.at_ms > :since_ms JOIN document_scope s ON s.site_id = "
    "u.root_site_id AND s.kind = 'order' AND s.document_id = f.order_id WHERE u.id = :me_id /*scan: flags are few*/");
SQL(count_receipts_received, COUNT_DOCUMENTS("receipt", "'received'"));
SQL(count_receipts_inspected, COUNT_DOCUMENTS("receipt", "'inspected'"));
SQL(count_receipts_part, COUNT_DOCUMENTS("receipt", "'part_posted'"));
SQL(count_requests_submitted, COUNT_DOCUMENTS("request", "'submitted'"));
SQL(count_requests_part, COUNT_DOCUMENTS("request", "'part_shipped'"));
SQL(count_shipments_draft, COUNT_DOCUMENTS("shipment", "'draft'"));
SQL(count_shipments_allocated, COUNT_DOCUMENTS("shipment", "'allocated'"));
SQL(count_shipments_picked, COUNT_DOCUMENTS("shipment", "'picked'"));
SQL(count_shipments_road, COUNT_DOCUMENTS("shipment", "'shipped'"));
SQL(count_discrepancies, COUNT_DOCUMENTS("discrepancy", "'open'"));
SQL(count_shortages,
    COUNT_DOCUMENTS("shortage", "'registered', 'verified', 'transferring', 'purchasing', 'substituted', 'arrived'"));
SQL(count_changes, COUNT_DOCUMENTS("catalogue_change", "'submitted'"));
SQL(count_votes, COUNT_DOCUMENTS("catalogue_change", "'prepared'"));
SQL(count_scheduled, COUNT_DOCUMENTS("catalogue_change", "'scheduled'"));
SQL(count_permits,
    "SELECT count(*) FROM user_site us JOIN entitlement e ON e.site_id = us.site_id AND e.to_ymd >= :today_ymd AND "
    "e.to_ymd < :soon_ymd WHERE us.user_id = :me_id");
SQL(count_exceptions, COUNT_DOCUMENTS("exception", "'submitted'"));
SQL(count_bindings, "SELECT count(*) FROM code_binding b WHERE b.state = 'open' AND b.bound_by <> :me_id");
SQL(count_overdue,
    "SELECT count(*) FROM app_user u JOIN shortage sh ON sh.open = 1 AND sh.due_at_ms < :now_ms JOIN document_scope s ON "
    "s.site_id = u.root_site_id AND s.kind = 'shortage' AND s.document_id = sh.id WHERE u.id = :me_id");
SQL(count_unmatched,
    "SELECT count(*) FROM user_site us JOIN usage_unmatched m ON m.site_id = us.site_id AND m.state = 'open' WHERE us.user_id = "
    ":me_id");
SQL(count_open_items,
    "SELECT count(*) FROM user_site us JOIN his_item_open o ON o.site_id = us.site_id WHERE us.user_id = :me_id");
SQL(count_alarms, "SELECT count(*) FROM user_site us JOIN alarm a ON a.site_id = us.site_id AND a.state IN ('active', "
                  "'returned') WHERE us.user_id = :me_id");
SQL(count_expiring,
    "SELECT count(*) FROM user_place up CROSS JOIN holding h ON h.place_id = up.place_id AND h.expiry_ymd < :soon_ymd WHERE "
    "up.user_id = :me_id AND h.quality_no = 1");
SQL(count_expired,
    "SELECT count(*) FROM user_place up CROSS JOIN holding h ON h.place_id = up.place_id AND h.expiry_ymd < :today_ymd WHERE "
    "up.user_id = :me_id");
SQL(count_refusals, "SELECT count(*) FROM user_site us CROSS JOIN refusal r ON r.site_id = us.site_id AND r.at_ms > :since_ms "
                    "WHERE us.user_id = :me_id");
/* Papers, and delivery rights that no other one of the same two goes on after. */
SQL(count_papers,
    "SELECT (SELECT count(*) FROM qualification q WHERE q.ended_at_ms IS NULL AND q.confirmed_at_ms IS NOT NULL AND q.until_ymd "
    "IS NOT NULL AND q.until_ymd < :soon_ymd AND " PAPER_NOT_FOLLOWED ") + "
    "(SELECT count(*) FROM delivery_right d WHERE d.ended_at_ms IS NULL AND d.until_ymd IS NOT NULL AND d.until_ymd < :soon_ymd "
    "AND NOT EXISTS (SELECT 1 FROM delivery_right e WHERE e.maker_id = d.maker_id AND e.supplier_id = d.supplier_id AND "
    "e.ended_at_ms IS NULL AND e.id <> d.id AND (e.until_ymd IS NULL OR e.until_ymd > d.until_ymd)))");
/* Whoever entered one does not confirm it, yet sees that it waits. */
SQL(count_waiting, "SELECT count(*) FROM qualification WHERE confirmed_at_ms IS NULL AND ended_at_ms IS NULL /*scan: what waits "
                   "has an index of its own*/");
SQL(count_first_suppliers, COUNT_DOCUMENTS("first_supplier", "'submitted'"));
SQL(count_first_products, COUNT_DOCUMENTS("first_product", "'submitted'"));
SQL(count_held, "SELECT count(DISTINCT lot_id) FROM hold WHERE released_at_ms IS NULL /*scan: open holds*/ /*all sites: a freeze "
                "is for all*/");

SQL(count_price_lines,
    "SELECT count(*) FROM app_user u JOIN price_flag g ON g.subject = 'line' JOIN order_line l ON l.id = g.subject_id AND l.open "
    "= "
    "1 JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND s.document_id = l.order_id WHERE u.id = "
    ":me_id");
SQL(count_price_stock,
    "SELECT count(DISTINCT g.subject_id) FROM price_flag g JOIN holding h ON h.batch_id = g.subject_id JOIN user_place up ON "
    "up.place_id = h.place_id AND up.user_id = :me_id WHERE g.subject = 'batch'");
SQL(count_price_issue, "SELECT count(*) FROM price_flag WHERE subject = 'issue'");
SQL(count_price_coming, "SELECT count(*) FROM price WHERE from_ymd > :today_ymd AND from_ymd < :soon_ymd AND (to_ymd IS "
                        "NULL OR to_ymd >= from_ymd)");
SQL(count_price_raised,
    "SELECT count(*) FROM price f WHERE f.raised_from IS NOT NULL AND f.at_ms > " PRICE_RAISE_SINCE " AND " PRICE_HELD("f"));
SQL(count_filings, COUNT_DOCUMENTS("filing", "'submitted'"));
SQL(count_filings_reviewed, COUNT_DOCUMENTS("filing", "'reviewed'"));
SQL(count_negotiations, COUNT_DOCUMENTS("negotiation", "'submitted'"));
SQL(count_adjustments, COUNT_DOCUMENTS("price_adjustment", "'submitted'"));
/* Sites whose HIS has not taken a price that holds. */
SQL(count_unconfirmed,
    "SELECT count(*) FROM user_site us JOIN price_adjustment_site s ON s.site_id = us.site_id AND s.confirmed_at_ms IS NULL JOIN "
    "document d ON d.id = s.adjustment_id AND d.state = 'effective' WHERE us.user_id = :me_id");
SQL(count_claims, "SELECT count(*) FROM supplier_claim c JOIN document d ON d.id = c.adjustment_id JOIN app_user u ON u.id = "
                  ":me_id AND u.root_site_id = d.from_site_id WHERE c.state = 'open' /*all sites: the lead's own*/");

SQL(count_volume_reports, COUNT_DOCUMENTS("volume_report", "'submitted'"));
SQL(count_reallocations, COUNT_DOCUMENTS("volume_reallocation", "'submitted'"));
SQL(count_releases, COUNT_DOCUMENTS("volume_release", "'submitted'"));
SQL(count_volume_behind,
    "SELECT count(*) FROM user_site us JOIN volume_progress v ON v.site_id = us.site_id JOIN volume_round r ON r.id = v.round_id "
    "WHERE us.user_id = :me_id AND " VOLUME_BEHIND);

SQL(count_returns_submitted, COUNT_DOCUMENTS("supplier_return", "'submitted'"));
SQL(count_returns_approved, COUNT_DOCUMENTS("supplier_return", "'approved'"));
SQL(count_returns_shipped, COUNT_DOCUMENTS("supplier_return", "'shipped'"));
/* Until yesterday; a county that tells the platform nothing has ever more of them, so counted to a thousand. */
SQL(count_platform_open,
    "SELECT count(*) FROM (SELECT r.id FROM user_site us JOIN platform_report r ON r.site_id = us.site_id AND r.open = 1 WHERE "
    "us.user_id = :me_id AND r.ymd < :today_ymd LIMIT 1000) AS found");

SQL(count_invoices_entered, COUNT_DOCUMENTS("invoice", "'entered'"));
SQL(count_invoices_disputed, COUNT_DOCUMENTS("invoice", "'disputed'"));
SQL(count_payments_made, COUNT_DOCUMENTS("payment", "'made'"));
SQL(count_payments_reviewed, COUNT_DOCUMENTS("payment", "'reviewed'"));
SQL(count_payments_approved, COUNT_DOCUMENTS("payment", "'approved'"));
SQL(count_sheets, COUNT_DOCUMENTS("sheet", "'issued'"));
SQL(count_payables_late, "SELECT count(*) FROM payable y JOIN user_site us ON us.site_id = y.site_id AND us.user_id = :me_id "
                         "WHERE y.open = 1 AND y.due_ymd < :today_ymd AND y.invoiced_fen <> y.paid_fen + y.held_fen");
/* Counted to a thousand, as above. */
SQL(count_uninvoiced,
    "SELECT count(*) FROM (SELECT y.id FROM payable y JOIN user_site us ON us.site_id = y.site_id AND us.user_id "
    "= :me_id WHERE y.invoiced_units + y.returned_units < y.units LIMIT 1000) AS found /*scan: only rows without "
    "invoice, by their own index*/");
/* Approvals about invoices. */
#define REMOTE_PERMITS                                                                                                     \
	"SELECT count(*) FROM invoice_permit t JOIN user_site us ON us.site_id = t.site_id AND us.user_id = :me_id WHERE " \
	"t.kind = '" PERMIT_REMOTE "' AND "
#define MAKER_PERMITS "SELECT count(*) FROM invoice_permit t WHERE t.kind = '" PERMIT_MAKER "' AND "
SQL(count_remote_waiting, REMOTE_PERMITS PERMIT_WAITING);
SQL(count_remote_ending, REMOTE_PERMITS PERMIT_ENDING);
SQL(count_maker_waiting, MAKER_PERMITS PERMIT_WAITING);
SQL(count_maker_ending, MAKER_PERMITS PERMIT_ENDING);

/* Of the newest month that is over. RULE DOMAIN-12.3-estimate-due */
SQL(count_unestimated,
    "SELECT count(*) FROM (SELECT y.id FROM payable y JOIN user_site us ON us.site_id = y.site_id AND us.user_id = :me_id WHERE "
    "y.invoiced_units + y.returned_units < y.units AND y.estimated_fen = 0 AND y.amount_fen > 0 AND y.accepted_ymd <= :ended_ymd "
    "LIMIT 1000) AS found /*scan: only rows without invoice, by their own index*/");

static const struct figure cards[] = {
        {"orders_draft", "待提交的采购订单", "info", "/orders?state=draft", PERM_ORDER_EDIT, &count_orders_draft},
        {"orders_submitted", "待审批的采购订单", "warn", "/orders?state=submitted", PERM_ORDER_APPROVE, &count_orders_submitted},
        {"orders_countersigning", "待复审的大额订单", "warn", "/orders?state=countersigning", PERM_ORDER_COUNTERSIGN,
         &count_orders_countersigning},
        {"orders_late", "逾期未到的订单", "bad", "/orders?overdue=1", PERM_ORDER_EDIT, &count_orders_late},
        {"orders_unanswered", "供应商超时未答复", "bad", "/orders?unanswered=1", PERM_ORDER_EDIT, &count_unanswered},
        {"site_plans", "待并入的分院计划", "warn", "/site-plans?state=submitted", PERM_ORDER_EDIT, &count_site_plans},
        {"orders_approved", "待发送的采购订单", "warn", "/orders?state=approved", PERM_ORDER_EDIT, &count_orders_approved},
        {"orders_due", "待到货", "info", "/orders?due=1", PERM_RECEIVE, &count_orders_due},
        {"receipts_received", "待验收", "warn", "/receipts?state=received", PERM_INSPECT, &count_receipts_received},
        {"receipts_inspected", "待入库", "warn", "/receipts?state=inspected", PERM_RECEIPT_POST, &count_receipts_inspected},
        {"receipts_part", "部分入库, 余下待入库", "warn", "/receipts?state=part_posted", PERM_RECEIPT_POST, &count_receipts_part},
        {"returns_submitted", "待批准的采购退货", "warn", "/supplier-returns?state=submitted", PERM_RETURN_APPROVE,
         &count_returns_submitted},
        {"returns_approved", "待出库的采购退货", "warn", "/supplier-returns?state=approved", PERM_RETURN_SHIP,
         &count_returns_approved},
        {"returns_shipped", "待红字发票的采购退货", "info", "/supplier-returns?state=shipped", PERM_INVOICE_EDIT,
         &count_returns_shipped},
        {"platform_open", "平台尚未接受的收货, 发票, 退货", "warn", "/platform-differences/reports", PERM_ORDER_EDIT,
         &count_platform_open},
        {"requests_submitted", "待配送的请领", "warn", "/requests?state=submitted", PERM_SHIP, &count_requests_submitted},
        {"requests_part", "部分发出的请领", "warn", "/requests?state=part_shipped", PERM_SHIP, &count_requests_part},
        {"shipments_draft", "待配货", "info", "/shipments?state=draft", PERM_SHIP, &count_shipments_draft},
        {"shipments_allocated", "待拣货", "info", "/shipments?state=allocated", PERM_SHIP, &count_shipments_allocated},
        {"shipments_picked", "待发出", "info", "/shipments?state=picked", PERM_SHIP, &count_shipments_picked},
        {"shipments_road", "在途待签收", "warn", "/shipments?state=shipped", PERM_SHIPMENT_RECEIVE, &count_shipments_road},
        {"discrepancies", "待处理差异", "bad", "/discrepancies?state=open", PERM_TASK_ACT, &count_discrepancies},
        {"shortages", "未了结缺药", "warn", "/shortages?open=1", PERM_SHORTAGE_READ, &count_shortages},
        {"unmatched", "HIS 未匹配明细", "bad", "/usage-unmatched?state=open", PERM_USAGE_IMPORT, &count_unmatched},
        {"his_items_open", "未对码的 HIS 项目", "warn", "/his-items-open", PERM_USAGE_IMPORT, &count_open_items},
        {"catalogue_changes", "待拟办的目录调整", "warn", "/catalogue-changes?state=submitted", PERM_CATALOGUE_DECIDE,
         &count_changes},
        {"exceptions", "待批准的临时采购", "warn", "/exceptions?state=submitted", PERM_CATALOGUE_DECIDE, &count_exceptions},
        {"code_bindings", "待确认的编码", "warn", "/code-bindings?state=open", PERM_CODE_BIND, &count_bindings},
        {"alarms", "冷链报警", "bad", "/alarms?open=1", PERM_COLDCHAIN_ACT, &count_alarms},
        {"expiring", "近效期 (90 天内)", "warn", "/stock?quality=released&expires_until={soon}", PERM_STOCK_READ,
         &count_expiring},
        {"papers", "资质已过期或 90 天内到期", "warn", "/expiring-papers", PERM_PARTNER_EDIT, &count_papers},
        {"papers_waiting", "资质待质量确认", "warn", "/waiting-papers", PERM_PARTNER_APPROVE, &count_waiting},
        {"first_suppliers", "首营企业待审批", "warn", "/first-suppliers?state=submitted", PERM_PARTNER_APPROVE,
         &count_first_suppliers},
        {"first_products", "首营品种待审批", "warn", "/first-products?state=submitted", PERM_PARTNER_APPROVE,
         &count_first_products},
        {"maker_permits", "待批准的视同生产企业", "warn", "/maker-permits?waiting=1", PERM_PARTNER_APPROVE, &count_maker_waiting},
        {"remote_approvals", "待批准的加开一票", "warn", "/remote-approvals?waiting=1", PERM_SETTLE_ADMIN, &count_remote_waiting},
        {"price_lines", "高于现行价格的订单行", "bad", "/price-flags", PERM_ORDER_EDIT, &count_price_lines},
        {"price_issue", "发药价高于进价的品种", "bad", "/price-flags/issue", PERM_PRICE_EDIT, &count_price_issue},
        {"price_coming", "即将执行的价格", "info", "/price-changes?since={next}", PERM_PRICE_EDIT, &count_price_coming},
        {"filings", "备案采购待审核", "warn", "/filings?state=submitted", PERM_PRICE_EDIT, &count_filings},
        {"filings_reviewed", "备案采购待批准", "warn", "/filings?state=reviewed", PERM_PRICE_DECIDE, &count_filings_reviewed},
        {"adjustments_effective", "调价待 HIS 执行 (按机构)", "warn", "/price-adjustments?state=effective", PERM_PRICE_CONFIRM,
         &count_unconfirmed},
        {"price_claims", "未了结的调价补差", "info", "/price-claims?state=open", PERM_INVOICE_EDIT, &count_claims},
        {"invoices_entered", "待匹配的发票", "info", "/invoices?state=entered", PERM_INVOICE_EDIT, &count_invoices_entered},
        {"invoices_disputed", "发票差异待确认", "warn", "/invoices?state=disputed", PERM_INVOICE_ACCEPT,
         &count_invoices_disputed},
        {"uninvoiced", "货到票未到", "info", "/payables?uninvoiced=1", PERM_ESTIMATE_EDIT, &count_uninvoiced},
        {"unestimated", "{month} 月货到票未到, 未暂估", "warn", "/estimates/due?accepted_until={ended}", PERM_ESTIMATE_EDIT,
         &count_unestimated},
        {"payables_late", "逾期未付的应付", "bad", "/payables?unpaid=1&due_until={past}", PERM_PAYMENT_EDIT,
         &count_payables_late},
        {"payments_made", "待复核的付款单", "warn", "/payments?state=made", PERM_PAYMENT_REVIEW, &count_payments_made},
        {"payments_reviewed", "待审批的付款单", "warn", "/payments?state=reviewed", PERM_PAYMENT_APPROVE,
         &count_payments_reviewed},
        {"payments_approved", "待付款的付款单", "warn", "/payments?state=approved", PERM_PAYMENT_REVIEW,
         &count_payments_approved},
        {"sheets", "待确认的结算单", "info", "/sheets?state=issued", PERM_SHEET_CONFIRM, &count_sheets},
        {"volume_reports", "待确认的报量", "info", "/volume-reports?state=submitted", PERM_VOLUME_CONFIRM, &count_volume_reports},
        {"volume_behind", "集采进度落后", "warn", "/volume-progress?behind=1", PERM_VOLUME_READ, &count_volume_behind},
        {NULL, NULL, NULL, NULL, PERM_NONE, NULL},
};

/* The last day of the newest month that is over. */
static int32_t ended(struct exchange *x, struct db *db)
{
	int32_t to = 0;
	(void)month_ended(db, x->today_ymd, &to);
	return to;
}

/* Binds only what the statement asks for. */
static int64_t count(struct exchange *x, struct db *db, const struct sql *q)
{
	struct arg args[8];
	size_t n = 0;
	if (strstr(q->text, ":me_id"))
		args[n++] = I64(":me_id", x->me.id);
	if (strstr(q->text, ":now_ms"))
		args[n++] = I64(":now_ms", x->now_ms);
	if (strstr(q->text, ":since_ms"))
		args[n++] = I64(":since_ms", x->now_ms - 7 * CLOCK_DAY_MS);
	if (strstr(q->text, ":soon_ymd"))
		args[n++] = I64(":soon_ymd", ymd_add_days(x->today_ymd, 90));
	if (strstr(q->text, ":today_ymd"))
		args[n++] = I64(":today_ymd", x->today_ymd);
	if (strstr(q->text, ":ended_ymd"))
		args[n++] = I64(":ended_ymd", ended(x, db));
	return db_i64_n(db, 0, q, args, n);
}

/* A path or title with dates in it: {soon} the last day of the 90, {past} yesterday, {next} tomorrow, {ended} the last day of the
 * newest month that is over, {month} that month of the year. */
static const char *dated(struct exchange *x, struct db *db, const char *path)
{
	const char *brace = strchr(path, '{');
	if (!brace)
		return path;
	if (strncmp(brace, "{ended}", 7) == 0)
		return arena_printf(&x->arena, "%.*s%d", (int)(brace - path), path, ended(x, db));
	if (strncmp(brace, "{month}", 7) == 0)
		return arena_printf(&x->arena, "%.*s%d%s", (int)(brace - path), path, ended(x, db) / 100 % 100, brace + 7);
	int64_t days = strncmp(brace, "{soon}", 6) == 0 ? 89 : strncmp(brace, "{next}", 6) == 0 ? 1 : -1;
	return arena_printf(&x->arena, "%.*s%d", (int)(brace - path), path, ymd_add_days(x->today_ymd, days));
}

static void put_figures(struct exchange *x, struct db *db, const char *name, const struct figure *f)
{
	jo_name(&x->o, name);
	jo_open(&x->o, '[');
	for (; f->key; f++) {
		if (!me_may(&x->me, f->permission))
			continue;
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "key", f->key);
		jo_text(&x->o, "title", dated(x, db, f->title));
		jo_i64(&x->o, "count", count(x, db, f->count));
		jo_text(&x->o, "level", f->level);
		jo_text(&x->o, "path", dated(x, db, f->path));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

enum status today_read(struct exchange *x, struct db *db)
{
	jo_i64(&x->o, "today_ymd", x->today_ymd);
	put_figures(x, db, "cards", cards);
	return ST_OK;
}

#define END                                             \
	{                                               \
		NULL, NULL, NULL, NULL, PERM_NONE, NULL \
	}
static const struct figure decide[] = {
        {"orders_submitted", "采购订单待审批", "warn", "/orders?state=submitted", PERM_REPORT_READ, &count_orders_submitted},
        {"orders_countersigning", "大额订单待复审", "warn", "/orders?state=countersigning", PERM_REPORT_READ,
         &count_orders_countersigning},
        {"catalogue_changes", "目录调整待拟办", "warn", "/catalogue-changes?state=submitted", PERM_REPORT_READ, &count_changes},
        {"catalogue_votes", "目录调整待表决", "info", "/catalogue-changes?state=prepared", PERM_REPORT_READ, &count_votes},
        {"exceptions", "临时采购待批准", "warn", "/exceptions?state=submitted", PERM_REPORT_READ, &count_exceptions},
        {"papers_waiting", "资质待质量确认", "warn", "/waiting-papers", PERM_REPORT_READ, &count_waiting},
        {"maker_permits", "视同生产企业待批准", "warn", "/maker-permits?waiting=1", PERM_REPORT_READ, &count_maker_waiting},
        {"remote_approvals", "加开一票待批准", "warn", "/remote-approvals?waiting=1", PERM_REPORT_READ, &count_remote_waiting},
        {"held", "冻结批号待判定", "warn", "/holds?open=1", PERM_REPORT_READ, &count_held},
        {"shortages", "缺药待处理", "warn", "/shortages?open=1", PERM_REPORT_READ, &count_shortages},
        {"negotiations", "议价待审定", "warn", "/negotiations?state=submitted", PERM_REPORT_READ, &count_negotiations},
        {"adjustments", "调价单待批准", "warn", "/price-adjustments?state=submitted", PERM_REPORT_READ, &count_adjustments},
        {"filings", "备案采购待审核", "warn", "/filings?state=submitted", PERM_REPORT_READ, &count_filings},
        {"filings_reviewed", "备案采购待批准", "warn", "/filings?state=reviewed", PERM_REPORT_READ, &count_filings_reviewed},
        {"invoices_disputed", "发票差异待确认", "warn", "/invoices?state=disputed", PERM_REPORT_READ, &count_invoices_disputed},
        {"payments_reviewed", "付款单待审批", "warn", "/payments?state=reviewed", PERM_REPORT_READ, &count_payments_reviewed},
        {"volume_releases", "集采特批待批准", "warn", "/volume-releases?state=submitted", PERM_REPORT_READ, &count_releases},
        {"volume_reallocations", "约定量调剂待批准", "warn", "/volume-reallocations?state=submitted", PERM_REPORT_READ,
         &count_reallocations},
        {"discrepancies", "配送差异待处理", "bad", "/discrepancies?state=open", PERM_REPORT_READ, &count_discrepancies},
        END,
};
static const struct figure wrong[] = {
        {"overdue", "缺药超期未办", "bad", "/shortages?overdue=1", PERM_REPORT_READ, &count_overdue},
        {"refusals", "一周内被拒绝的操作", "bad", "/refusals", PERM_REPORT_READ, &count_refusals},
        {"orders_late", "订单逾期未到", "bad", "/orders?overdue=1", PERM_REPORT_READ, &count_orders_late},
        {"payables_late", "应付逾期未付", "bad", "/payables?unpaid=1&due_until={past}", PERM_REPORT_READ, &count_payables_late},
        {"splits", "一周内疑似拆单", "bad", "/split-flags", PERM_REPORT_READ, &count_splits},
        {"expired", "在库已过期批次", "bad", "/stock?expires_until={past}", PERM_REPORT_READ, &count_expired},
        {"price_raised", "限价上调 (30 天内)", "warn", "/price-changes?raised=1", PERM_REPORT_READ, &count_price_raised},
        {"price_lines", "高于现行价格的订单行", "bad", "/price-flags", PERM_REPORT_READ, &count_price_lines},
        {"price_stock", "高于现行价格的库存批次", "warn", "/price-flags/stock", PERM_REPORT_READ, &count_price_stock},
        {"price_issue", "发药价高于进价的品种", "bad", "/price-flags/issue", PERM_REPORT_READ, &count_price_issue},
        {"alarms", "冷链报警", "bad", "/alarms?open=1", PERM_REPORT_READ, &count_alarms},
        {"unmatched", "HIS 未匹配明细", "bad", "/usage-unmatched?state=open", PERM_REPORT_READ, &count_unmatched},
        END,
};
static const struct figure coming[] = {
        {"expiring", "90 天内到期批次", "warn", "/stock?quality=released&expires_until={soon}", PERM_REPORT_READ,
         &count_expiring},
        {"permits", "机构许可将到期", "warn", "/entitlements?state=soon", PERM_REPORT_READ, &count_permits},
        {"scheduled", "待生效的目录调整", "info", "/catalogue-changes?state=scheduled", PERM_REPORT_READ, &count_scheduled},
        {"licences", "证照与资质到期", "warn", "/expiring-papers", PERM_PARTNER_READ, &count_papers},
        {"maker_permits_ending", "视同生产企业 90 天内到期", "warn", "/maker-permits?ending=1", PERM_PARTNER_READ,
         &count_maker_ending},
        {"remote_approvals_ending", "加开一票批准 90 天内到期", "warn", "/remote-approvals?ending=1", PERM_SETTLE_READ,
         &count_remote_ending},
        {"price_coming", "即将执行的价格", "info", "/price-changes?since={next}", PERM_REPORT_READ, &count_price_coming},
        {"volume_behind", "集采进度落后, 年末恐有缺口", "warn", "/volume-progress?behind=1", PERM_REPORT_READ,
         &count_volume_behind},
        {"orders_due", "未到货订单", "info", "/orders?due=1", PERM_REPORT_READ, &count_orders_due},
        {"road", "在途配送", "info", "/shipments?state=shipped", PERM_REPORT_READ, &count_shipments_road},
        END,
};

/* Open shortages by age in hours. */
static const struct {
	const char *bucket, *title;
	int64_t from, to;
} ages[] = {{"0-24", "24 小时内", 0, 24},
            {"24-72", "1-3 天", 24, 72},
            {"72-168", "3-7 天", 72, 168},
            {"168-", "7 天以上", 168, 1000000}};
SQL(count_age, "SELECT count(*) FROM app_user u JOIN shortage sh ON sh.open = 1 JOIN document d ON d.id = sh.id JOIN "
               "document_scope s ON s.site_id = "
               "u.root_site_id AND s.kind = 'shortage' AND s.document_id = sh.id WHERE u.id = :me_id AND d.made_at_ms <= "
               ":newest_ms AND d.made_at_ms > "
               ":oldest_ms");

static void put_shortages(struct exchange *x, struct db *db)
{
	jo_name(&x->o, "shortages");
	jo_open(&x->o, '{');
	jo_name(&x->o, "by_age");
	jo_open(&x->o, '[');
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "bucket", ages[i].bucket);
		int64_t newest = x->now_ms - ages[i].from * 3600000, oldest = x->now_ms - ages[i].to * 3600000;
		jo_text(&x->o, "title", ages[i].title);
		jo_i64(&x->o, "count",
		       db_i64(db, 0, count_age, I64(":me_id", x->me.id), I64(":newest_ms", newest), I64(":oldest_ms", oldest)));
		jo_text(&x->o, "path",
		        arena_printf(&x->arena, "/shortages?open=1&made_after_ms=%lld&made_until_ms=%lld", (long long)oldest,
		                     (long long)newest));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
	jo_i64(&x->o, "open", count(x, db, &count_shortages));
	jo_i64(&x->o, "overdue", count(x, db, &count_overdue));
	jo_close(&x->o, '}');
}

/* How much of each site's stock stands in packs with codes. */
SQL(select_coverage,
    "SELECT s.id, s.name, CAST(coalesce(sum(t.units), 0) AS BIGINT), CAST(coalesce(sum(t.traced_units), 0) AS "
    "BIGINT) FROM user_site us JOIN site s ON s.id = us.site_id JOIN place p ON p.site_id = s.id AND p.kind = "
    "'depot' LEFT JOIN place_sum t ON t.place_id = p.id WHERE us.user_id = :me_id GROUP BY s.id, s.name ORDER BY "
    "s.id");
static const struct list_column coverage[] = {COLUMN("site_id", L_ID), COLUMN("site_name", L_TEXT), COLUMN("units", L_INT),
                                              COLUMN("traced_units", L_INT), NO_COLUMN};
SQL(select_coldchain, "SELECT s.id, s.name, t.name, s.last_c100, s.last_at_ms, " SENSOR_STATE
                      " FROM user_site us JOIN sensor s ON s.site_id = us.site_id "
                      "JOIN site t ON t.id = s.site_id WHERE us.user_id = :me_id ORDER BY s.id LIMIT 200");
static const struct list_column coldchain[] = {COLUMN("sensor_id", L_ID),
                                               COLUMN("name", L_TEXT),
                                               COLUMN("site_name", L_TEXT),
                                               COLUMN("value_c100", L_INT),
                                               COLUMN("at_ms", L_INT),
                                               COLUMN("state", L_TEXT),
                                               NO_COLUMN};

enum status board_read(struct exchange *x, struct db *db)
{
	put_shortages(x, db);
	put_figures(x, db, "decide", decide);
	put_figures(x, db, "wrong", wrong);
	put_figures(x, db, "coming", coming);
	api_rows(x, db, "coverage", coverage, select_coverage, I64(":me_id", x->me.id));
	api_rows(x, db, "coldchain", coldchain, select_coldchain, I64(":now_ms", x->now_ms), I64(":me_id", x->me.id));
	return ST_OK;
}

static const struct list_column refusal_columns[] = {
        {"id", L_ID, "r.id", "编号", NULL},
        {"at_ms", L_INT, "r.at_ms", "时间", NULL},
        {"by", L_TEXT, "u.display_name", "操作人", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"action", L_TEXT, "r.action", "操作", NULL},
        {"code", L_TEXT, "r.code", "原因代码", NULL},
        {"detail", L_TEXT, "r.detail", "说明", NULL},
        NO_COLUMN,
};
static const struct list_filter refusal_filters[] = {{"code", L_TEXT, "r.code = :f_code_t"},
                                                     {"ceiling", L_INT,
                                                      ":f_ceiling_id = 1 AND r.code IN ('OVER_CEILING', 'AGREED_OVER_CEILING', "
                                                      "'SELECTED_OVER_CEILING')"},
                                                     {"made_after_ms", L_INT, "r.at_ms > :f_made_after_ms_id"},
                                                     {"made_until_ms", L_INT, "r.at_ms <= :f_made_until_ms_id"},
                                                     NO_FILTER};
static const struct list_path refusal_paths[] = {
        {NULL,
         "refusal r CROSS JOIN user_site us ON us.user_id = :me_id AND us.site_id = r.site_id LEFT JOIN app_user u ON u.id = "
         "r.user_id "
         "LEFT JOIN site s ON "
         "s.id = r.site_id WHERE 1 = 1",
         {"r.id"},
         true,
         NULL},
};
const struct list_spec list_refusals = {
        .name = "refusals", .title = "拒绝记录", .columns = refusal_columns, .filters = refusal_filters, .paths = refusal_paths};

SQL(select_audit_at, "SELECT at_ms FROM audit WHERE seq = :seq");

enum status audit_head_read(struct exchange *x, struct db *db)
{
	unsigned char head[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];
	int64_t seq = audit_head(db, head);
	hex_encode(head, sizeof head, hex);
	jo_i64(&x->o, "seq", seq);
	jo_text(&x->o, "hash", hex);
	jo_i64(&x->o, "at_ms", db_i64(db, 0, select_audit_at, I64(":seq", seq)));
	return ST_OK;
}
