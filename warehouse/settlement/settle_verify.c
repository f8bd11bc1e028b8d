#include "warehouse/settlement/settle_verify.h"

#include "warehouse/procurement/platform_message.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/settlement/money.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/sheet.h"
#include "warehouse/settlement/site_goods.h"

#include <inttypes.h>
#include <stdio.h>

SQL(wrong_invoice,
    "SELECT i.id FROM invoice i JOIN document d ON d.id = i.id WHERE i.net_fen + i.tax_fen <> i.gross_fen OR i.gross_fen <> "
    "(SELECT "
    "coalesce(sum(l.amount_fen), 0) FROM invoice_line l WHERE l.invoice_id = i.id) OR (d.state = 'matched' AND i.leg = 2 AND "
    "i.gross_fen <> (SELECT coalesce(sum(m.amount_fen), 0) FROM invoice_match m WHERE m.invoice_id = i.id)) OR (d.state <> "
    "'matched' AND EXISTS (SELECT 1 FROM invoice_match x WHERE x.invoice_id = i.id)) /*scan: verify*/ /*all sites: verify*/");
SQL(wrong_payable,
    "SELECT y.id FROM payable y JOIN receipt_line rl ON rl.id = y.receipt_line_id WHERE rl.outcome <> 'accepted' OR rl.posted <> "
    "1 OR "
    "rl.units <> y.units OR y.leg1_units <> (SELECT coalesce(sum(m.units), 0) FROM invoice_match m WHERE m.payable_id = y.id AND "
    "m.leg = 1) OR y.leg3_units <> (SELECT coalesce(sum(m.units), 0) FROM invoice_match m WHERE m.payable_id = y.id AND m.leg = "
    "3) OR y.single_units <> (SELECT coalesce(sum(m.left_units), 0) FROM invoice_match m WHERE m.payable_id = y.id AND m.single "
    "= 1) "
    "OR "
    "y.invoiced_units <> (SELECT coalesce(sum(m.units), 0) FROM invoice_match m WHERE m.payable_id = y.id AND m.leg = 2) OR "
    "y.invoiced_fen <> (SELECT coalesce(sum(m.amount_fen), 0) FROM invoice_match m WHERE m.payable_id = y.id AND m.leg = 2) OR "
    "y.estimated_fen <> (SELECT coalesce(sum(e.amount_fen), 0) FROM estimate_line e WHERE e.payable_id = y.id AND e.reversed_by "
    "IS "
    "NULL) OR y.paid_fen <> (SELECT coalesce(sum(p.amount_fen), 0) FROM payment_line p JOIN document d ON d.id = p.payment_id "
    "WHERE "
    "p.payable_id = y.id AND d.state = 'paid') OR y.held_fen <> (SELECT coalesce(sum(p.amount_fen), 0) FROM payment_line p JOIN "
    "document d ON d.id = p.payment_id WHERE p.payable_id = y.id AND d.state IN ('made', 'reviewed', 'approved')) OR y.open <> "
    "CASE "
    "WHEN y.invoiced_units + y.returned_units < y.units OR y.invoiced_fen <> y.paid_fen THEN 1 ELSE 0 END "
    "/*scan: verify*/ /*all sites: verify*/");
/* What came off by returns: without an invoice, or by red ones. */
SQL(wrong_returned,
    "SELECT y.id FROM payable y WHERE y.returned_units <> (SELECT coalesce(sum(r.less_units), 0) FROM supplier_return_line r "
    "WHERE "
    "r.payable_id = y.id) - (SELECT coalesce(sum(m.units), 0) FROM invoice_match m JOIN invoice i ON i.id = m.invoice_id WHERE "
    "m.payable_id = y.id AND m.leg = 2 AND i.red_kind = 'return') /*scan: verify*/ /*all sites: verify*/");
/* A return that has left: the ledger has its units, and it waits as long as a red invoice is missing. */
SQL(wrong_return,
    "SELECT l.id FROM supplier_return_line l JOIN document d ON d.id = l.return_id LEFT JOIN (SELECT m.line_id AS line_id, "
    "sum(m.units) AS units FROM stock_move m WHERE m.reason = 'to_supplier' GROUP BY m.line_id) AS gone ON gone.line_id = l.id "
    "WHERE l.dropped = 0 AND (coalesce(gone.units, 0) <> CASE WHEN d.state IN ('shipped', 'settled', 'closed') THEN l.units ELSE "
    "0 "
    "END OR (l.due_units > l.red_units AND d.state <> 'shipped')) /*scan: verify*/ /*all sites: verify*/");
SQL(missing_payable, "SELECT rl.id FROM receipt_line rl WHERE rl.posted = 1 AND rl.outcome = 'accepted' AND NOT EXISTS (SELECT 1 "
                     "FROM payable y WHERE "
                     "y.receipt_line_id = rl.id) AND rl.inspected_at_ms > :since_ms /*scan: verify*/ /*all sites: verify*/");
SQL(first_payable, "SELECT id FROM payable ORDER BY id LIMIT 1 /*all sites: verify*/");
/* What a site owes a supplier by its payables is what its account says. */
#define OWED(fen, account)                                                                                            \
	"SELECT site, supplier, CAST(sum(fen) AS BIGINT) FROM (SELECT site_id AS site, supplier_id AS supplier, " fen \
	" AS fen FROM payable UNION "                                                                                 \
	"ALL SELECT site_id, supplier_id, amount_fen FROM money_balance WHERE account = '" account                    \
	"') AS joint GROUP BY site, supplier HAVING sum(fen) <> 0 /*scan: verify*/ /*all sites: verify*/"
SQL(wrong_debt, OWED("invoiced_fen - paid_fen", "payable"));
SQL(wrong_estimate, OWED("estimated_fen", "estimated"));
SQL(wrong_payment, "SELECT p.id FROM payment p WHERE (p.amount_fen, p.line_count) <> ((SELECT coalesce(sum(l.amount_fen), 0) "
                   "FROM payment_line l WHERE "
                   "l.payment_id = p.id), (SELECT count(*) FROM payment_line k WHERE k.payment_id = p.id)) /*scan: verify*/ "
                   "/*all sites: verify*/");
SQL(wrong_proof, "SELECT month, supplier, CAST(sum(lines) AS BIGINT) FROM (SELECT month, supplier_id AS supplier, site_id AS "
                 "site, 1 AS lines, "
                 "proven FROM payable "
                 "UNION ALL SELECT month, supplier_id, site_id, -lines, -proven FROM proof_month) AS joint GROUP BY month, "
                 "supplier, site HAVING "
                 "sum(lines) <> 0 OR sum(proven) <> 0 /*scan: verify*/ /*all sites: verify*/");
SQL(wrong_bought,
    "SELECT month, product, CAST(sum(fen) AS BIGINT) FROM (SELECT month, product_id AS product, units, amount_fen AS fen, 1 AS "
    "lines FROM payable UNION ALL SELECT x.back_month, b.product_id, -x.units, -x.amount_fen, 0 FROM supplier_return_line x JOIN "
    "batch b ON b.id = x.batch_id WHERE x.back_month IS NOT NULL "
    "UNION ALL SELECT month, product_id, -units, -amount_fen, -lines FROM buy_month) AS joint GROUP BY month, "
    "product HAVING sum(fen) "
    "<> 0 OR sum(units) <> 0 OR sum(lines) <> 0 /*scan: verify*/ /*all sites: verify*/");
SQL(wrong_back,
    "SELECT month, product, CAST(sum(fen) AS BIGINT) FROM (SELECT x.back_month AS month, b.product_id AS product, x.units AS "
    "units, x.amount_fen AS fen FROM supplier_return_line x JOIN batch b ON b.id = x.batch_id WHERE x.back_month IS NOT NULL "
    "UNION ALL SELECT month, product_id, -returned_units, -returned_fen FROM buy_month) AS joint GROUP BY month, product HAVING "
    "sum(fen) <> 0 OR sum(units) <> 0 /*scan: verify*/ /*all sites: verify*/");
SQL(wrong_saving,
    "SELECT site, month FROM (SELECT site_id AS site, ym AS month, amount_fen AS fen, saved_fen AS saved, CASE WHEN return_id IS "
    "NULL THEN 1 ELSE 0 END AS lines FROM price_paid UNION ALL SELECT site_id, ym, -amount_fen, -saved_fen, -lines FROM "
    "price_saving) AS joint GROUP BY site, month HAVING sum(fen) <> 0 OR sum(saved) <> 0 OR sum(lines) <> 0 /*scan: verify*/ "
    "/*all sites: verify*/");
SQL(wrong_total,
    "SELECT month FROM (SELECT month, amount_fen AS fen, lines FROM buy_month UNION ALL SELECT month, -amount_fen, -lines FROM "
    "buy_total) AS joint GROUP BY month HAVING sum(fen) <> 0 OR sum(lines) <> 0 /*scan: verify*/");
SQL(wrong_sheet,
    "SELECT s.id FROM sheet s WHERE s.closing_fen <> s.opening_fen + s.amount_fen OR (s.amount_fen, s.line_count) <> ((SELECT "
    "coalesce(sum(l.amount_fen), 0) FROM sheet_line l WHERE l.sheet_id = s.id), (SELECT count(*) FROM sheet_line k WHERE "
    "k.sheet_id "
    "= s.id)) /*scan: verify*/ /*all sites: verify*/");
/* Each row is an entry of its ledger, with its amount. */
SQL(wrong_sheet_line,
    "SELECT l.sheet_id FROM sheet_line l JOIN sheet s ON s.id = l.sheet_id WHERE l.amount_fen <> CASE WHEN l.product_id IS NULL "
    "THEN "
    "(SELECT coalesce(-e.amount_fen, 0) FROM money_entry e WHERE e.seq = l.seq AND e.n = l.entry_n) ELSE (SELECT coalesce(sum("
    "f.amount_fen), 0) FROM site_flow f WHERE f.site_id = s.party_site_id AND f.ymd = l.ymd AND f.seq = l.seq AND f.n = "
    "l.entry_n) END "
    "/*scan: verify*/ /*all sites: verify*/");

/* What was accepted before this program kept payables has none. */
static int64_t prove_accepted(struct db *db, verify_report *report, void *arg)
{
	char row[64];
	int64_t faults = 0, first = db_i64_n(db, 0, &first_payable, NULL, 0);
	SCOPED(rows) r = db_query(db, missing_payable, I64(":since_ms", first ? id_made_at_ms(first) : INT64_MAX));
	for (; rows_next(&r); faults++) {
		snprintf(row, sizeof row, "id %" PRId64, col_i64(&r, 0));
		report(arg, "receipt_line", row, "验收入库而没有应付");
	}
	return faults;
}

int64_t settle_verify(struct db *db, verify_report *report, void *arg)
{
	static const struct {
		const struct sql *q;
		const char *table, *what;
	} rules[] = {
	        {&wrong_invoice, "invoice", "价税合计, 明细或匹配行的合计不符"},
	        {&wrong_payable, "payable", "与收货, 发票, 暂估或付款的合计不符"},
	        {&wrong_returned, "payable", "退货数量与退货单和红字发票不符"},
	        {&wrong_return, "supplier_return_line", "与库存流水或单据状态不符"},
	        {&wrong_debt, "payable", "应付与账面余额不符"},
	        {&wrong_estimate, "payable", "暂估与账面余额不符"},
	        {&wrong_payment, "payment", "金额或行数与明细不符"},
	        {&wrong_proof, "proof_month", "两票证明的计数与应付不符"},
	        {&wrong_bought, "buy_month", "月采购合计与应付减退货不符"},
	        {&wrong_back, "buy_month", "月退货合计与退货单不符"},
	        {&wrong_saving, "price_saving", "月节约与入库和退货的明细不符"},
	        {&wrong_total, "buy_total", "月采购总额与各品种之和不符"},
	        {&wrong_sheet, "sheet", "结算单合计与明细不符"},
	        {&wrong_sheet_line, "sheet_line", "与总账分录不符"},
	};
	char row[64];
	int64_t faults = money_verify(db, report, arg) + depot_book_verify(db, report, arg) +
	                 month_close_verify(db, report, arg) + prove_accepted(db, report, arg) +
	                 platform_message_verify(db, report, arg) + sheet_verify(db, report, arg) +
	                 site_goods_verify(db, report, arg);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "id %" PRId64, col_i64(&r, 0));
			report(arg, rules[i].table, row, rules[i].what);
		}
	}
	return faults;
}
