#include "warehouse/settlement/site_goods.h"

#include <inttypes.h>
#include <stdio.h>

SQL(insert_line, "INSERT INTO site_goods_line (id, site_id, month, product_id, source, document_id, supplier_id, other_site_id, "
                 "units, amount_fen) VALUES (:id, :site_id, :month, :product_id, :source_t, :document_id, :supplier_id, "
                 ":other_id, :units, :fen)");
SQL(add_month, "INSERT INTO site_goods_month (month, site_id, product_id, units, amount_fen, lines) VALUES (:month, :site_id, "
               ":product_id, :units, :fen, 1) ON CONFLICT (month, site_id, product_id) DO UPDATE SET units = "
               "site_goods_month.units + excluded.units, amount_fen = site_goods_month.amount_fen + excluded.amount_fen, lines = "
               "site_goods_month.lines + 1");
SQL(add_total, "INSERT INTO site_goods_total (month, site_id, amount_fen) VALUES (:month, :site_id, :fen) ON CONFLICT (month, "
               "site_id) DO UPDATE SET amount_fen = site_goods_total.amount_fen + excluded.amount_fen");

void site_goods_book(struct tx *tx, const struct site_goods *g)
{
	db_send(tx, insert_line, I64(":id", g->id), I64(":site_id", g->site_id), I64(":month", g->month),
	        I64(":product_id", g->product_id), TEXT(":source_t", g->source), I64(":document_id", g->document_id),
	        ID(":supplier_id", g->supplier_id), ID(":other_id", g->other_site_id), I64(":units", g->units),
	        I64(":fen", g->fen));
	db_send(tx, add_month, I64(":month", g->month), I64(":site_id", g->site_id), I64(":product_id", g->product_id),
	        I64(":units", g->units), I64(":fen", g->fen));
	db_send(tx, add_total, I64(":month", g->month), I64(":site_id", g->site_id), I64(":fen", g->fen));
}

SQL(select_return,
    "SELECT p.site_id, x.back_month, b.product_id, x.return_id, r.supplier_id, x.units, x.amount_fen FROM supplier_return_line x "
    "JOIN supplier_return r ON r.id = x.return_id JOIN place p ON p.id = r.place_id JOIN batch b ON b.id = x.batch_id WHERE x.id "
    "= :id /*all sites: the caller has the document*/");

void site_goods_return(struct tx *tx, int64_t line_id)
{
	struct site_goods g = {.id = line_id, .source = "returned"};
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_return, I64(":id", line_id));
		if (!rows_next(&r))
			return;
		g.site_id = col_i64(&r, 0);
		g.month = col_i64(&r, 1);
		g.product_id = col_i64(&r, 2);
		g.document_id = col_i64(&r, 3);
		g.supplier_id = col_i64(&r, 4);
		g.units = -col_i64(&r, 5);
		g.fen = -col_i64(&r, 6);
	}
	site_goods_book(tx, &g);
}

/* ---- proof ---- */

SQL(wrong_lines,
    "SELECT site, month, product FROM (SELECT p.site_id AS site, y.month AS month, y.product_id AS product, y.units AS units, "
    "y.amount_fen AS fen, 1 AS lines FROM payable y JOIN receipt r ON r.id = y.receipt_id JOIN place p ON p.id = r.place_id "
    "UNION "
    "ALL SELECT p.site_id, x.back_month, b.product_id, -x.units, -x.amount_fen, 1 FROM supplier_return_line x JOIN "
    "supplier_return r ON r.id = x.return_id JOIN place p ON p.id = r.place_id JOIN batch b ON b.id = x.batch_id WHERE "
    "x.back_month IS NOT NULL UNION ALL SELECT f.site_id, f.ymd / 100, b.product_id, f.units, f.amount_fen, 1 FROM site_flow f "
    "JOIN stock_move m ON m.seq = f.seq AND m.n = f.n JOIN batch b ON b.id = m.batch_id UNION ALL SELECT site_id, month, "
    "product_id, -units, -amount_fen, -1 FROM site_goods_line) AS joint GROUP BY site, month, product HAVING sum(units) <> 0 OR "
    "sum(fen) <> 0 OR sum(lines) <> 0 /*scan: verify*/ /*all sites: verify*/");
SQL(wrong_months,
    "SELECT site, month, product FROM (SELECT site_id AS site, month, product_id AS product, units, amount_fen AS fen, 1 AS "
    "lines "
    "FROM site_goods_line UNION ALL SELECT site_id, month, product_id, -units, -amount_fen, -lines FROM site_goods_month) AS "
    "joint GROUP BY site, month, product HAVING sum(units) <> 0 OR sum(fen) <> 0 OR sum(lines) <> 0 /*scan: verify*/ "
    "/*all sites: verify*/");
SQL(wrong_totals, "SELECT site, month, 0 FROM (SELECT site_id AS site, month, amount_fen AS fen FROM site_goods_month UNION ALL "
                  "SELECT site_id, "
                  "month, -amount_fen FROM site_goods_total) AS joint GROUP BY site, month HAVING sum(fen) <> 0 /*scan: verify*/ "
                  "/*all sites: verify*/");

int64_t site_goods_verify(struct db *db, verify_report *report, void *arg)
{
	static const struct {
		const struct sql *q;
		const char *table, *what;
	} rules[] = {
	        {&wrong_lines, "site_goods_line", "与入库, 采购退货或机构间调拨不符"},
	        {&wrong_months, "site_goods_month", "与明细的合计不符"},
	        {&wrong_totals, "site_goods_total", "与各品种之和不符"},
	};
	char row[96];
	int64_t faults = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "site_id %" PRId64 " month %" PRId64 " product_id %" PRId64, col_i64(&r, 0),
			         col_i64(&r, 1), col_i64(&r, 2));
			report(arg, rules[i].table, row, rules[i].what);
		}
	}
	return faults;
}
