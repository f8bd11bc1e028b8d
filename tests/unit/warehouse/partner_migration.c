/* An older store is taken along: its suppliers and makers become partners, its months get their totals, its books the issue
 * price. */
#include "core/embed.h"
#include "core/migrate.h"
#include "core/store.h"

#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

#define PARTNERS 7 /* the migrations under test */
#define TOTALS 14
#define MONEYS 15
#define RETURNS 19
#define CONFIRMED_PAPERS 22
#define PROOFS 23

#define OLD_PURCHASE                                                                                                             \
	"INSERT INTO batch (id, lot_id, product_id, price_e4, units_per_pack, made_at_ms) VALUES (5, 4, 1, 120000, 10, 1);"      \
	"INSERT INTO payable (id, receipt_line_id, receipt_id, order_line_id, supplier_id, site_id, owner_site_id, product_id, " \
	"batch_id, units, price_e4, units_per_pack, amount_fen, accepted_ymd, month, due_ymd, fund, leg1_units, leg3_units, "    \
	"extra, proven, returned_units, invoiced_units, invoiced_fen, estimated_fen, held_fen, paid_fen, open) VALUES (6, 8, "   \
	"2, 7, 11, 1, 1, 1, 5, 100, 120000, 10, 12000, 20261020, 202610, 20261120, 0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 1);"        \
	"INSERT INTO supplier_line (line_id, supplier_id, month, order_id, due_at_ms, ordered_units, ordered_fen, "              \
	"ceiling_fen, arrived_units, rejected_units) VALUES (7, 11, 202610, 1, 1, 100, 12000, 15000, 105, 5);"                   \
	"INSERT INTO supplier_month (supplier_id, month, lines, done_lines, on_time_lines, ordered_fen, ceiling_fen, "           \
	"arrived_fen, rejected_fen) VALUES (11, 202610, 1, 0, 0, 12000, 15000, 12600, 600);"                                     \
	"INSERT INTO price_paid (id, order_id, site_id, supplier_id, product_id, ymd, ym, units, price_e4, units_per_pack, "     \
	"amount_fen, rule, ceiling_e4, share_e4, saved_fen) VALUES (8, 1, 1, 11, 1, 20261020, 202610, 100, 120000, 10, "         \
	"12000, 'listed', 150000, 8000, 3000);"                                                                                  \
	"INSERT INTO price_saving (site_id, ym, lines, amount_fen, ceiling_fen, saved_fen) VALUES (1, 202610, 1, 12000, "        \
	"15000, 3000);"                                                                                                          \
	"INSERT INTO buy_month (month, product_id, units, amount_fen, lines, ceiling_lines) VALUES (202610, 1, 100, 12000, 1, "  \
	"0);"                                                                                                                    \
	"INSERT INTO buy_total (month, amount_fen, lines) VALUES (202610, 12000, 1);"                                            \
	"INSERT INTO buy_maker (no, name) VALUES (3, '甲厂');"                                                                 \
	"INSERT INTO buy_maker_month (month, maker_no, amount_fen, lines) VALUES (202610, 3, 12000, 1);"
#define GONE(id, units, fen, reason, payable)                                                                                \
	"INSERT INTO supplier_return_line (id, return_id, n, batch_id, quality, units, amount_fen, reason, dropped, "        \
	"payable_id, less_units, due_units, red_units, red_fen) VALUES (" id ", 9, " id ", 5, 'released', " units ", " fen   \
	", '" reason "', 0, " payable ", 0, 0, 0, 0);"                                                                       \
	"INSERT INTO platform_report (id, site_id, kind, source_id, document_id, supplier_id, product_id, lot, expiry_ymd, " \
	"units, units_per_pack, price_e4, amount_fen, ymd, again, open) VALUES (" id ", 1, 'return', " id                    \
	", 9, 11, 1, 'L', 20280101, " units ", 10, 120000, " fen ", 20261103, 0, 1);"
#define OLD_RETURNS \
	GONE("21", "20", "2400", "quality", "6") GONE("22", "10", "1200", "expiry", "6") GONE("23", "5", "600", "quality", "NULL")

static void run(struct db *db, const char *script)
{
	CU_ASSERT_EQUAL_FATAL(db_begin(db), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_script(db, script), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_commit(db), ST_OK);
	db_rollback(db);
}

static int number_of(const struct embedded *e)
{
	return strncmp(e->name, "schema/0", 8) == 0 ? atoi(e->name + 7) : 0;
}

/* The store as it was, by the migrations before this one, with two suppliers and five products. */
static void build_old(struct db *db, struct arena *a, int before)
{
	run(db, "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, at_ms INTEGER NOT NULL);");
	for (int n = 1; n < before; n++)
		for (const struct embedded *e = embed_table; e < embed_table_end; e++)
			if (number_of(e) == n)
				run(db, db_dialect(db, a, arena_copy(a, e->begin, (size_t)(e->end - e->begin))));
	run(db, arena_printf(a, "INSERT INTO migration (number, name, at_ms) VALUES (%d, 'old', 1);", before - 1));
	run(db, "INSERT INTO drug (id, name, form, strength, class) VALUES (1, 'd', 'f', 's', 'western');"
	        "INSERT INTO supplier (id, code, name, licence_no, licence_until_ymd, active) VALUES (11, 'S1', 's1', 'L1', "
	        "20271231, 1),"
	        " (12, 'S2', 's2', 'L2', 20250101, 1);");
	for (int i = 1; i <= 5; i++)
		run(db,
		    arena_printf(
		            a,
		            "INSERT INTO product (id, code, drug_id, name, spec, maker, unit_name, pack_name, units_per_pack, "
		            "units_per_box, units_per_case, storage, traced, active, warn_days, search_text) VALUES (%d, 'P%d', "
		            "1, "
		            "'p', 's', '%s', 'u', 'b', 1, 1, 1, 'normal', 0, 1, 180, 'p');",
		            i, i,
		            i == 5  ? ""
		            : i % 2 ? "甲厂"
		                    : "乙厂"));
}

static int64_t number(struct db *db, const char *sql)
{
	struct rows r = db_query_text(db, sql, NULL, 0);
	int64_t v = rows_next(&r) ? col_i64(&r, 0) : -1;
	rows_drop(&r);
	return v;
}

/* RULE DOMAIN-12.2-first-purchase: whom an older store bought from stays known; words become makers; licences become papers. */
static void an_older_store_is_taken_along(void)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/old.db", test_folder()), STORE_CREATE, &db, why), ST_OK);
	build_old(db, &a, PARTNERS);
	CU_ASSERT_EQUAL(migrate_run(db, 1795000000000LL, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM maker"), 2);
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM maker WHERE code IN ('SC1', 'SC2')"), 2);
	CU_ASSERT_EQUAL(number(db, "SELECT last FROM number_counter WHERE prefix = 'SC'"), 2);
	CU_ASSERT_EQUAL(
	        number(db, "SELECT count(*) FROM product_maker pm JOIN maker m ON m.id = pm.maker_id JOIN product p ON p.id = "
	                   "pm.product_id AND p.maker = m.name"),
	        4);
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM first_purchase WHERE source = 'before'"), 7);
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM qualification q JOIN supplier s ON s.id = q.owner_id AND s.licence_no = "
	                           "q.number AND s.licence_until_ymd = q.until_ymd WHERE q.kind = 'drug_licence'"),
	                2);
	db_close(db);
}

/* RULE DOMAIN-8-watch-share: what was bought before counts in the month it came. */
static void months_get_their_totals(void)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/months.db", test_folder()), STORE_CREATE, &db, why), ST_OK);
	build_old(db, &a, TOTALS);
	run(db, "INSERT INTO buy_month (month, product_id, units, amount_fen, lines, ceiling_lines) VALUES (202610, 1, 5, 500, "
	        "1, 0), "
	        "(202610, 2, 7, 250, 2, 1), (202611, 1, 1, 100, 1, 0);");
	CU_ASSERT_EQUAL(migrate_run(db, 1795000000000LL, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	CU_ASSERT_EQUAL(number(db, "SELECT amount_fen FROM buy_total WHERE month = 202610 AND lines = 3"), 750);
	CU_ASSERT_EQUAL(number(db, "SELECT amount_fen FROM buy_total WHERE month = 202611 AND lines = 1"), 100);
	db_close(db);
}

/*
 * RULE DOMAIN-8-watch-returned: 30 of 100 units that came at 12.00 for ten went back (20 bad, 10 too old) before returns counted;
 * 5 more that were refused at inspection went back too, and count nowhere.
 */
static void returns_of_before_count(void)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/returns.db", test_folder()), STORE_CREATE, &db, why), ST_OK);
	build_old(db, &a, RETURNS);
	CU_ASSERT_EQUAL(db_script(db, "PRAGMA foreign_keys = OFF"), ST_OK);
	run(db, OLD_PURCHASE);
	run(db, OLD_RETURNS);
	run(db, "INSERT INTO place (id, kind, site_id, code, name) VALUES (21, 'depot', 1, 'YK', 'y');"
	        "INSERT INTO receipt (id, order_id, supplier_id, place_id) VALUES (2, 1, 11, 21);"
	        "INSERT INTO supplier_return (id, supplier_id, place_id, amount_fen, line_count) VALUES (9, 11, 21, 3600, 3);");
	CU_ASSERT_EQUAL(migrate_run(db, 1795000000000LL, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM supplier_return_line WHERE back_month = 202611 AND order_line_id = 7"),
	                2);
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM supplier_return_line WHERE back_month IS NULL"), 1);
	CU_ASSERT_EQUAL(number(db, "SELECT returned_units * 1000 + fault_units FROM supplier_line"), 30020);
	CU_ASSERT_EQUAL(number(db, "SELECT returned_fen * 10000 + fault_fen FROM supplier_month"), 36002400);
	CU_ASSERT_EQUAL(number(db, "SELECT sum(units) * 100000 + sum(amount_fen) FROM price_paid WHERE return_id = 9"), -3003600);
	CU_ASSERT_EQUAL(
	        number(db, "SELECT sum(saved_fen) FROM price_paid WHERE return_id = 9 AND ymd = 20261103 AND share_e4 = 0"),
	        -900);
	CU_ASSERT_EQUAL(
	        number(db, "SELECT amount_fen FROM price_saving WHERE ym = 202611 AND saved_fen = -900 AND ceiling_fen = -4500"),
	        -3600);
	CU_ASSERT_EQUAL(number(db, "SELECT amount_fen FROM price_saving WHERE ym = 202610"), 12000);
	CU_ASSERT_EQUAL(
	        number(db, "SELECT amount_fen FROM buy_month WHERE month = 202611 AND units = -30 AND returned_units = 30"),
	        -3600);
	CU_ASSERT_EQUAL(number(db, "SELECT amount_fen FROM buy_month WHERE month = 202610 AND returned_fen = 0"), 12000);
	CU_ASSERT_EQUAL(number(db, "SELECT amount_fen FROM buy_total WHERE month = 202611 AND lines = 0"), -3600);
	CU_ASSERT_EQUAL(number(db, "SELECT amount_fen FROM buy_maker_month WHERE month = 202611 AND maker_no = 3"), -3600);
	/* RULE DOMAIN-12.3-site-shares */
	CU_ASSERT_EQUAL(number(db, "SELECT sum(amount_fen) FROM site_goods_total WHERE month = 202611"), -3600);
	CU_ASSERT_EQUAL(number(db, "SELECT sum(amount_fen) FROM site_goods_month WHERE month = 202610 AND lines = 1"), 12000);
	db_close(db);
}

/* What lies here is taken over at the issue price on a day that is not closed; every day of before is a line. */
static void books_get_the_issue_price(void)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/old.db", test_folder()), STORE_CREATE, &db, why), ST_OK);
	build_old(db, &a, MONEYS);
	run(db,
	    "INSERT INTO site (id, code, name, kind, inhabitants) VALUES (1, 'L', 'l', 'lead', 1);"
	    "INSERT INTO place (id, kind, site_id, code, name) VALUES (21, 'depot', 1, 'YK', 'y');"
	    "INSERT INTO document_state (kind, state, title) VALUES ('month_close', 'closed', 'c');"
	    "INSERT INTO document (id, kind, number, state, version, from_site_id, made_at_ms, made_by) VALUES (31, "
	    "'month_close', "
	    "'YJ-1', 'closed', 1, 1, 1, 5);"
	    "INSERT INTO month_close (id, place_id, month, from_ymd, to_ymd, current, close_seq, late_lines) VALUES (31, 21, "
	    "202611, "
	    "20261026, 20261125, 1, 9, 0);"
	    "INSERT INTO month_close_line (close_id, class, opening_units, opening_fen, in_units, in_fen, out_units, out_fen, "
	    "count_units, count_fen, loss_units, loss_fen, price_fen, rounding_fen, closing_units, closing_fen) VALUES (31, "
	    "'western', 0, 0, 30, 2550, 0, 0, 0, 0, 0, 0, 0, 1, 30, 2551);"
	    "INSERT INTO lot (id, product_id, lot, expiry_ymd) VALUES (41, 1, 'A', 20290101);"
	    "INSERT INTO batch (id, lot_id, product_id, price_e4, units_per_pack, made_at_ms) VALUES (51, 41, 1, 85000, 10, 1);"
	    "INSERT INTO issue_price (product_id, price_e4, units_per_pack, since_ms, adjustment_id) VALUES (1, 80050, 10, 1, 1);"
	    "INSERT INTO depot_value (place_id, batch_id, units, amount_fen) VALUES (21, 51, 30, 2551);"
	    "INSERT INTO depot_day (id, place_id, ymd, class, reason, way, units, amount_fen, lines, late) VALUES (61, 21, "
	    "20261120, "
	    "'western', 'receive', 1, 30, 2550, 2, 0), (62, 21, 20261120, 'western', 'rounding', 0, 0, 1, 0, 0);");
	CU_ASSERT_EQUAL(migrate_run(db, 1795000000000LL, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	/* 30 × 8.005 / 10 = 24.015, half up */
	CU_ASSERT_EQUAL(number(db, "SELECT issue_fen FROM depot_value WHERE class = 'western'"), 2402);
	CU_ASSERT_EQUAL(number(db, "SELECT issue_fen FROM depot_day WHERE reason = 'begin' AND ymd = 20261126"), 2402 - 2551);
	CU_ASSERT_EQUAL(number(db, "SELECT sum(issue_fen) FROM depot_day"), 2402);
	CU_ASSERT_EQUAL(number(db, "SELECT issue_closing_fen FROM month_close_line WHERE no = 1 AND issue_rounding_fen = 1"),
	                2551);
	CU_ASSERT_EQUAL(number(db, "SELECT sum(issue_fen + issue_rounding_fen) FROM depot_line"), 2402);
	CU_ASSERT_EQUAL(number(db, "SELECT sum(lines) FROM depot_line"), 2);
	CU_ASSERT_EQUAL(number(db, "SELECT seq FROM projection WHERE name = 'depot_book_price'"), 1);
	db_close(db);
}

/*
 * RULE GSP-paper-confirmed: papers of before count as confirmed. RULE GSP-trade-licence: who has been delivering consumables
 * trades in them.
 */
static void papers_of_before_count(void)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/papers.db", test_folder()), STORE_CREATE, &db, why), ST_OK);
	build_old(db, &a, CONFIRMED_PAPERS);
	CU_ASSERT_EQUAL(db_script(db, "PRAGMA foreign_keys = OFF"), ST_OK);
	run(db,
	    "UPDATE product SET kind = 'consumable' WHERE id = 5;"
	    "INSERT INTO qualification (id, owner_kind, owner_id, kind, number, until_ymd, made_at_ms, made_by) VALUES (71, "
	    "'supplier', 11, 'drug_licence', 'L1', 20271231, 0, 0);"
	    "INSERT INTO qualification (id, owner_kind, owner_id, kind, number, made_at_ms, made_by, ended_at_ms) VALUES (72, "
	    "'supplier', 12, 'agreement', 'X', 5, 1, 9);"
	    "INSERT INTO purchase_order (id, supplier_id, buyer_site_id, amount_fen, line_count) VALUES (81, 11, 1, 1, 1);"
	    "INSERT INTO order_line (id, order_id, n, product_id, units, price_e4, units_per_pack, amount_fen, ceiling_e4, "
	    "ceiling_price_id, to_site_id, owner_site_id, payer_site_id, received_units, announced_units, dropped, open, "
	    "price_rule, price_id, priced_ymd) VALUES (91, 81, 1, 5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 'listed', 1, "
	    "20260101);");
	CU_ASSERT_EQUAL(migrate_run(db, 1795000000000LL, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM qualification WHERE confirmed_at_ms IS NULL"), 0);
	CU_ASSERT_EQUAL(number(db, "SELECT count(*) FROM qualification WHERE confirmed_at_ms = made_at_ms AND id IN (71, 72)"),
	                2);
	CU_ASSERT_EQUAL(number(db, "SELECT id FROM supplier WHERE business = 'both'"), 11);
	CU_ASSERT_EQUAL(number(db, "SELECT id FROM supplier WHERE business = 'drug'"), 12);
	db_close(db);
}

#define OLD_ENTRY(seq, ymd)                                                                                                 \
	"INSERT INTO money_entry (seq, n, site_id, account, supplier_id, amount_fen, document_id, reason, ymd, paper_ymd, " \
	"late, "                                                                                                            \
	"at_ms, user_id) VALUES (" seq ", 1, 1, 'payable', 11, -100, 9, 'invoice', " ymd ", " ymd ", 0, 1, 1);"
#define OLD_SHEET(id, seq)                                                                                                      \
	"INSERT INTO document_event (seq, n, document_id, action, from_state, to_state, version, at_ms, user_id) VALUES (" seq  \
	", 1, " id ", 'make', '', 'issued', 1, 1, 1);"                                                                          \
	"INSERT INTO sheet (id, kind, supplier_id, month, from_ymd, to_ymd, opening_fen, amount_fen, closing_fen, line_count, " \
	"current) VALUES (" id ", 'supplier', 11, 202610, 20260926, 20261025, 0, 100, 100, 1, 0);"

/* RULE DOMAIN-12.3-sheet-once: an older sheet ends with the write that made it, or before the next day's first entry.
 * RULE DOMAIN-6-remote-invoice: what one person had approved alone waits for a second one. */
static void older_sheets_know_where_they_end(void)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/proofs.db", test_folder()), STORE_CREATE, &db, why), ST_OK);
	build_old(db, &a, PROOFS);
	CU_ASSERT_EQUAL(db_script(db, "PRAGMA foreign_keys = OFF"), ST_OK);
	run(db,
	    OLD_ENTRY("40", "20261020") OLD_ENTRY("60", "20261025") OLD_ENTRY("70", "20261026") OLD_SHEET("100", "50") OLD_SHEET(
	            "101", "80") "INSERT INTO remote_approval (id, site_id, paper, from_ymd, at_ms, by_user) VALUES (5, 1, "
	                         "'皖1号', 20260101, 1, 1);");
	CU_ASSERT_EQUAL(migrate_run(db, 1795000000000LL, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	CU_ASSERT_EQUAL(number(db, "SELECT upto_seq FROM sheet WHERE id = 100"), 50);
	CU_ASSERT_EQUAL(number(db, "SELECT upto_seq FROM sheet WHERE id = 101"), 69);
	CU_ASSERT_EQUAL(
	        number(db, "SELECT count(*) FROM invoice_permit WHERE id = 5 AND kind = 'remote' AND approved_at_ms IS NULL"), 1);
	CU_ASSERT_EQUAL(db_status(db), ST_OK);
	db_close(db);
}

SUITE(partner_migration, {"papers_of_before_count", papers_of_before_count}, {"returns_of_before_count", returns_of_before_count},
      {"an_older_store_is_taken_along", an_older_store_is_taken_along}, {"months_get_their_totals", months_get_their_totals},
      {"books_get_the_issue_price", books_get_the_issue_price},
      {"older_sheets_know_where_they_end", older_sheets_know_where_they_end});
