#include "core/audit.h"
#include "core/code.h"
#include "core/document.h"
#include "core/table.h"
#include "warehouse/demo/demo.h"
#include "warehouse/stock_verify.h"
#include "warehouse/use/adjustment.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define AS_OF 20261121
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A county in a folder of its own, open for writing. */
struct fixture {
	struct arena arena;
	struct clock clock;
	struct writer writer;
	enum status made;
};

static void fixture_drop(struct fixture *f)
{
	writer_close(&f->writer);
	arena_drop(&f->arena);
}

static void fixture_make(struct fixture *f, const char *code, int64_t scale_e3, int64_t seed)
{
	const struct demo_options o = {code, "演示医共体", scale_e3, seed, AS_OF};
	char why[DEMO_WHY_MAX] = "";
	f->clock = clock_fixed(demo_begins_ms(&o));
	const char *where = arena_printf(&f->arena, "sqlite:%s/x.db", test_folder());
	f->made = writer_open(where, true, &f->clock, &f->writer, why);
	CU_ASSERT_EQUAL_FATAL(f->made, ST_OK);
	f->made = demo_make(&f->writer, &f->clock, &o, why);
	if (f->made != ST_OK)
		fprintf(stderr, "  %s\n", why);
	CU_ASSERT_EQUAL_FATAL(f->made, ST_OK);
}

static int64_t number(struct db *db, const char *sql)
{
	db_read_begin(db);
	struct rows r = db_query_text(db, sql, NULL, 0);
	int64_t n = rows_next(&r) ? col_i64(&r, 0) : -1;
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_read_end(db), ST_OK);
	return n;
}

/* ---- the same options give the same county ---- */

static void hash_rows(struct db *db, const char *sql, crypto_hash_sha256_state *h)
{
	struct rows r = db_query_text(db, sql, NULL, 0);
	while (rows_next(&r))
		for (int i = 0; i < col_count(&r); i++) {
			size_t n = 0;
			int64_t v = col_kind(&r, i) == COL_I64 ? col_i64(&r, i) : (int64_t)col_kind(&r, i);
			const char *bytes =
			        col_kind(&r, i) == COL_TEXT || col_kind(&r, i) == COL_BYTES ? col_peek(&r, i, &n) : "";
			crypto_hash_sha256_update(h, (const unsigned char *)&v, sizeof v);
			crypto_hash_sha256_update(h, (const unsigned char *)bytes, n);
		}
	rows_drop(&r);
}

/* Over every row of every table, in the order of their first column. */
static void hash_county(struct fixture *f, unsigned char out[HASH_BYTES])
{
	crypto_hash_sha256_state h;
	struct db *db = f->writer.db;
	crypto_hash_sha256_init(&h);
	db_read_begin(db);
	struct rows t = db_query_text(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", NULL, 0);
	int tables = 0;
	for (; rows_next(&t); tables++)
		hash_rows(db, arena_printf(&f->arena, "SELECT * FROM %s ORDER BY 1, 2", col_text(&f->arena, &t, 0)), &h);
	rows_drop(&t);
	CU_ASSERT_TRUE(tables > 40);
	CU_ASSERT_EQUAL(db_read_end(db), ST_OK);
	crypto_hash_sha256_final(&h, out);
}

static void hash_of(const char *code, int64_t scale_e3, int64_t seed, unsigned char out[HASH_BYTES])
{
	SCOPED(fixture) f = {0};
	fixture_make(&f, code, scale_e3, seed);
	hash_county(&f, out);
}

static void same_options_give_the_same_county(void)
{
	unsigned char first[HASH_BYTES], again[HASH_BYTES], seed[HASH_BYTES], code[HASH_BYTES];
	hash_of("sxyy", 20, 7, first);
	hash_of("sxyy", 20, 7, again);
	hash_of("sxyy", 20, 8, seed);
	hash_of("sxzy", 20, 7, code);
	CU_ASSERT_EQUAL(memcmp(first, again, HASH_BYTES), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(first, seed, HASH_BYTES), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(first, code, HASH_BYTES), 0);
}

/* ---- what a county has ---- */

static void expect(struct db *db, const char *sql, int64_t low, int64_t high)
{
	int64_t n = number(db, sql);
	if (n < low || n > high)
		fprintf(stderr, "  %lld not in %lld..%lld: %s\n", (long long)n, (long long)low, (long long)high, sql);
	CU_ASSERT_TRUE(n >= low && n <= high);
}

static void every_code_is_sound(struct fixture *f, const char *sql, enum code_kind kind, size_t least)
{
	size_t n = 0;
	struct rows r = db_query_text(f->writer.db, sql, NULL, 0);
	for (; rows_next(&r); n++) {
		struct code code;
		const char *text = col_text(&f->arena, &r, 0);
		code_parse(&f->arena, text, strlen(text), 2026, &code);
		if (!code.valid || code.kind != kind)
			fprintf(stderr, "  %s is no %s\n", text, code_kind_name(kind));
		CU_ASSERT_TRUE(code.valid && code.kind == kind);
	}
	rows_drop(&r);
	CU_ASSERT_TRUE(n >= least);
}

static int64_t faults_of(struct db *db, verify_report *report, void *arg)
{
	db_read_begin(db);
	int64_t n = audit_verify(db, NULL, report, arg) + stock_verify(db, report, arg);
	CU_ASSERT_EQUAL(db_status(db), ST_OK);
	(void)!db_read_end(db);
	return n;
}

static void say(void *arg, const char *table, const char *row, const char *what)
{
	(void)arg;
	fprintf(stderr, "  %s %s: %s\n", table, row, what);
}

static void a_county_at_scale_one(void)
{
	static const struct {
		const char *sql;
		int64_t low, high;
	} rows[] = {
	        {"SELECT count(DISTINCT name) FROM drug", 250, 600},
	        {"SELECT count(*) FROM product WHERE kind <> 'consumable'", 400, 400},
	        {"SELECT count(*) FROM product WHERE kind = 'consumable'", 3, 3},
	        {"SELECT count(*) FROM (SELECT drug_id FROM product GROUP BY drug_id HAVING count(DISTINCT maker) > 1)", 50, 400},
	        {"SELECT count(*) FROM product WHERE maker NOT LIKE '演示·%'", 0, 0},
	        {"SELECT count(*) FROM product WHERE storage = 'cold'", 5, 100},
	        {"SELECT count(*) FROM product WHERE controlled IS NOT NULL", 5, 100},
	        {"SELECT count(*) FROM product p JOIN drug d ON d.id = p.drug_id WHERE (p.approval_no IS NULL OR p.approval_no "
	         "NOT GLOB "
	         "'国药准字[HZS][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]') AND d.class <> 'decoction' AND p.kind <> 'consumable'",
	         0, 0},
	        {"SELECT count(*) FROM supplier WHERE licence_no LIKE '演示-%'", 10, 10},
	        {"SELECT count(*) FROM site", 43, 43},
	        {"SELECT count(*) FROM place WHERE kind = 'depot'", 6 + 14 * 2 + 28, 6 + 14 * 2 + 28},
	        {"SELECT count(*) FROM price WHERE source NOT LIKE '%演示%'", 0, 0},
	        {"SELECT count(*) FROM product p WHERE NOT EXISTS (SELECT 1 FROM price r WHERE r.product_id = p.id)", 2, 20},
	        {"SELECT count(*) FROM price a JOIN price b ON b.product_id = a.product_id AND b.from_ymd > a.from_ymd AND "
	         "b.from_ymd <= 20261121 "
	         "WHERE b.price_e4 < a.price_e4 AND a.to_ymd IS NOT NULL",
	         20, 120},
	        {"SELECT count(*) FROM price WHERE from_ymd BETWEEN 20261122 AND 20261231", 5, 60},
	        {"SELECT count(*) FROM holding WHERE expiry_ymd < 20261121", 10, 2000},
	        {"SELECT count(*) FROM holding WHERE expiry_ymd BETWEEN 20261121 AND 20270221", 10, 4000},
	        {"SELECT count(*) FROM pack WHERE level = 1", 20000, 40000},
	        {"SELECT count(*) FROM pack a JOIN pack b ON b.id = a.parent_id JOIN pack c ON c.id = b.parent_id WHERE a.level "
	         "= 1 AND c.level = 3",
	         10000, 40000},
	        {"SELECT count(DISTINCT month) FROM consumption", 12, 12},
	        {"SELECT min(month) FROM consumption", 202511, 202511},
	        {"SELECT max(month) FROM consumption", 202610, 202610},
	        {"SELECT count(*) FROM consumption WHERE days_out > 0", 500, 20000},
	        {"SELECT count(*) FROM app_user", 0, 0},
	        {"SELECT count(*) FROM sensor", 4, 4},
	        {"SELECT count(*) FROM depot_product WHERE bin IS NULL", 0, 0},
	        {"SELECT count(*) FROM document WHERE kind NOT IN ('catalogue_change', 'exception') AND (kind, "
	         "state) NOT IN (VALUES ('adjustment', 'posted'), ('price_adjustment', 'effective'), ('site_plan', "
	         "'submitted'), ('volume_report', 'committed'), ('order', 'received'), ('order', 'part_received'), ('order', "
	         "'sent'), "
	         "('order', 'submitted'), ('filing', 'filed'), ('receipt', 'posted'), ('invoice', "
	         "'matched'), ('invoice', 'disputed'), ('month_close', 'closed'), ('sheet', 'issued'), ('payment', 'paid'), "
	         "('payment', 'reviewed'), "
	         "('supplier_return', 'shipped'), ('shipment', 'received'))",
	         0, 0},
	        {"SELECT count(*) FROM document WHERE kind = 'site_plan'", 2, 2},
	        {"SELECT count(*) FROM supplier_month", 6, 12},
	        {"SELECT count(*) FROM supplier_month WHERE rejected_fen > 0", 1, 3},
	        {"SELECT count(*) FROM supplier_line WHERE done_at_ms > due_at_ms", 3, 8},
	        {"SELECT count(*) FROM order_term WHERE open = 1 AND due_at_ms < 1795190400000", 2, 4},
	        {"SELECT count(*) FROM split_flag WHERE reason = 'same_day'", 1, 3},
	};
	SCOPED(fixture) f = {0};
	int64_t before = clock_monotonic_ms();
	fixture_make(&f, "sxyy", 1000, 1);
	printf("  county at scale 1: %lld ms\n", (long long)(clock_monotonic_ms() - before));
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(f.writer.db, rows[i].sql, rows[i].low, rows[i].high);
	every_code_is_sound(&f, "SELECT code FROM product_code WHERE kind = 'gtin'", CODE_GTIN, 403);
	every_code_is_sound(&f, "SELECT code FROM product_code WHERE kind = 'national'", CODE_NATIONAL, 400);
	every_code_is_sound(&f, "SELECT code FROM product_code WHERE kind = 'nhsa'", CODE_NHSA, 400);
	every_code_is_sound(&f,
	                    "SELECT t.prefix || substr('0000000000000' || p.id % 10000000000000, -13) FROM pack p JOIN "
	                    "trace_prefix t ON t.no = "
	                    "p.id / 10000000000000",
	                    CODE_TRACE, 20000);
	CU_ASSERT_EQUAL(faults_of(f.writer.db, say, NULL), 0);
}

/* A winter drug is used more in winter than in summer, a summer drug the other way round. */
static void use_follows_the_seasons(void)
{
	static const struct {
		const char *drug;
		bool winter;
	} rows[] = {{"阿莫西林胶囊", true}, {"藿香正气口服液", false}};
	SCOPED(fixture) f = {0};
	fixture_make(&f, "sxyy", 1000, 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *sql = "SELECT coalesce(sum(c.units), 0) FROM consumption c JOIN product p ON p.id = c.product_id "
		                  "JOIN drug d ON d.id = "
		                  "p.drug_id WHERE d.name = '%s' AND c.month %% 100 IN (%s)";
		int64_t cold = number(f.writer.db, arena_printf(&f.arena, sql, rows[i].drug, "12, 1, 2"));
		int64_t warm = number(f.writer.db, arena_printf(&f.arena, sql, rows[i].drug, "6, 7, 8"));
		CU_ASSERT_TRUE(cold > 0 && warm > 0 && (rows[i].winter ? cold * 10 > warm * 13 : warm * 10 > cold * 13));
	}
}

/* ---- verify sees every change ---- */

struct heard {
	int64_t count;
	char table[64];
};

static void hear(void *arg, const char *table, const char *row, const char *what)
{
	struct heard *h = arg;
	(void)row;
	(void)what;
	if (h->count++ == 0)
		snprintf(h->table, sizeof h->table, "%s", table);
}

/* Packs that were taken out of their cases, used, and broken, so that every kind of row stands in the tables. */
static enum status use_some(struct tx *tx, void *arg)
{
	static const char *const reasons[] = {"usage", "lost"};
	struct doc d;
	enum status st = ST_OK;
	(void)arg;
	struct rows r = db_query_text(
	        tx_db(tx),
	        "SELECT h.product_id, h.place_id, l.lot, h.traced_units, h.units, p.site_id, pr.units_per_pack FROM holding h "
	        "JOIN "
	        "batch b ON b.id = h.batch_id JOIN lot l ON l.id = b.lot_id JOIN place p ON p.id = h.place_id JOIN product pr ON "
	        "pr.id = h.product_id WHERE h.traced_units > pr.units_per_pack * 20 AND h.expiry_ymd > 20261201 AND "
	        "pr.units_per_pack "
	        "> 1 ORDER BY h.batch_id LIMIT 4",
	        NULL, 0);
	for (int i = 0; st == ST_OK && rows_next(&r); i++) {
		/* all loose units, three whole packs and half a pack */
		int64_t units = col_i64(&r, 4) - col_i64(&r, 3) + col_i64(&r, 6) * 3 + 1;
		struct adjustment_line_new line = {
		        .product_id = col_i64(&r, 0), .units = units, .lot = col_text(tx->arena, &r, 2)};
		const struct adjustment_new in = {.site_id = col_i64(&r, 5),
		                                  .depot_id = col_i64(&r, 1),
		                                  .reason = reasons[i % 2],
		                                  .lines = &line,
		                                  .line_count = 1};
		st = adjustment_make(tx, &in, &d);
	}
	rows_drop(&r);
	return st;
}

/* Runs a change inside a transaction that is taken back; answers what verify said, or -1 where the engine refused it. */
static int64_t faults_after(struct db *db, const char *change, struct heard *h)
{
	*h = (struct heard){0};
	CU_ASSERT_EQUAL_FATAL(db_begin(db), ST_OK);
	int64_t n = db_script(db, change) == ST_OK ? 0 : -1;
	if (n == 0)
		n = audit_verify(db, NULL, hear, h) + stock_verify(db, hear, h);
	db_rollback(db);
	return n;
}

/* The triggers that stand in the way of a forger are the first thing he takes away. */
static void drop_triggers(struct fixture *f)
{
	struct db *db = f->writer.db;
	SCOPED(buf) script = {0};
	struct rows r = db_query_text(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger'", NULL, 0);
	while (rows_next(&r))
		buf_printf(&script, "DROP TRIGGER %s;", col_text(&f->arena, &r, 0));
	rows_drop(&r);
	CU_ASSERT_PTR_NOT_NULL_FATAL(script.data);
	CU_ASSERT_EQUAL_FATAL(db_script(db, "PRAGMA foreign_keys=0; PRAGMA ignore_check_constraints=1"), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_script(db, script.data), ST_OK);
}

/* Changes one column of one row to what another row has, or to what no row has. */
static const char *change_of(struct arena *a, const char *table, const char *column, const char *where, bool strange)
{
	if (!strange)
		return arena_printf(a,
		                    "UPDATE %s SET %s = (SELECT o.%s FROM %s o WHERE o.%s IS NOT (SELECT w.%s FROM %s w WHERE "
		                    "%s) LIMIT 1) WHERE %s "
		                    "AND EXISTS (SELECT 1 FROM %s o WHERE o.%s IS NOT (SELECT w.%s FROM %s w WHERE %s))",
		                    table, column, column, table, column, column, table, where, where, table, column, column,
		                    table, where);
	return arena_printf(
	        a,
	        "UPDATE %s SET %s = CASE typeof(%s) WHEN 'integer' THEN %s + 1000003 WHEN 'text' THEN %s || 'x' WHEN 'blob' THEN "
	        "zeroblob(length(%s) + 1) ELSE (SELECT CASE (SELECT type FROM pragma_table_info('%s') WHERE name = '%s') WHEN "
	        "'TEXT' THEN "
	        "'x' WHEN 'BLOB' THEN x'00' ELSE 1 END) END WHERE %s",
	        table, column, column, column, column, column, table, column, where);
}

/* but: names of columns that are left out, between blanks, or NULL. */
static bool left_out(const char *but, const char *name)
{
	char word[64];
	snprintf(word, sizeof word, " %s ", name);
	return but && strstr(but, word);
}

static void every_column_of(struct fixture *f, const char *table, const char *where, const char *but)
{
	struct db *db = f->writer.db;
	const char *names[32];
	int count = 0, noticed = 0, asked = 0;
	struct rows r = db_query_text(db, arena_printf(&f->arena, "SELECT name FROM pragma_table_info('%s')", table), NULL, 0);
	while (rows_next(&r) && count < 32)
		names[count++] = col_text(&f->arena, &r, 0);
	rows_drop(&r);
	CU_ASSERT_TRUE(count > 2);
	if (number(db, arena_printf(&f->arena, "SELECT count(*) FROM %s WHERE %s", table, where)) != 1) {
		fprintf(stderr, "  no row in %s where %s\n", table, where);
		CU_FAIL("no row to change");
		return;
	}
	for (int i = 0; i < count; i++) {
		int seen = 0;
		for (int strange = 0; strange < 2 && !left_out(but, names[i]); strange++) {
			struct heard h;
			int64_t before = number(db, "SELECT total_changes()");
			int64_t n = faults_after(db, change_of(&f->arena, table, names[i], where, strange), &h);
			bool changed = number(db, "SELECT total_changes()") > before;
			if (n == 0 && changed)
				fprintf(stderr, "  %s.%s (%s) changed where %s: not seen\n", table, names[i],
				        strange ? "strange" : "other", where);
			CU_ASSERT_TRUE(n != 0 || !changed);
			seen += n > 0;
		}
		if (seen == 0 && !left_out(but, names[i]))
			fprintf(stderr, "  %s.%s was never changed where %s\n", table, names[i], where);
		asked += !left_out(but, names[i]);
		noticed += seen > 0;
	}
	/* every column at least once: one of the two changes may collide with another key and be refused by the engine */
	CU_ASSERT_EQUAL(noticed, asked);
}

/* RULE DESIGN-5-verify: every column of every sealed row, the balances and the pack positions. */
static void verify_sees_every_column(void)
{
#define ROW_AT(table, order) "(seq, n) = (SELECT seq, n FROM " table " ORDER BY " order " LIMIT 1)"
#define PACK_WHERE(condition) "id = (SELECT id FROM pack WHERE " condition " ORDER BY id LIMIT 1)"
#define HOLDING_AT(condition)                                                                                     \
	"(place_id, batch_id, quality_no) = (SELECT place_id, batch_id, quality_no FROM holding WHERE " condition \
	" ORDER BY place_id DESC, product_id DESC LIMIT 1)"
/* For which order a pack was announced says nothing about where it is. */
#define NOT_A_POSITION " order_line_id "
	static const struct {
		const char *table, *where, *but;
	} rows[] = {
	        {"stock_move", ROW_AT("stock_move", "seq DESC, n DESC"), NULL},
	        {"stock_move", ROW_AT("stock_move", "seq, n"), NULL},
	        {"document_event", ROW_AT("document_event", "seq DESC, n DESC"), NULL},
	        {"document_event", ROW_AT("document_event", "seq, n"), NULL},
	        {"pack_event", ROW_AT("pack_event", "seq DESC, n DESC"), NULL},
	        {"pack_event", ROW_AT("pack_event", "seq, n"), NULL},
	        {"audit", "seq = (SELECT max(seq) FROM audit)", NULL},
	        {"audit", "seq = 3", NULL},
	        {"money_entry", "seq = (SELECT min(seq) FROM money_entry) AND n = 1", NULL},
	        {"holding", HOLDING_AT("traced_units > 0"), NULL},
	        {"holding", HOLDING_AT("traced_units = 0"), NULL},
	        {"place_sum", "place_id = (SELECT min(place_id) FROM place_sum WHERE traced_units > 0)", NULL},
	        {"pack", PACK_WHERE("place_id IS NOT NULL AND level = 1 AND parent_id IS NULL"), NOT_A_POSITION},
	        {"pack", PACK_WHERE("place_id IS NOT NULL AND level > 1 AND units_left = units"), NOT_A_POSITION},
	        {"pack", PACK_WHERE("place_id IS NOT NULL AND level > 1 AND units_left < units"), NOT_A_POSITION},
	        {"pack", PACK_WHERE("place_id IS NOT NULL AND detached_seq IS NOT NULL"), NOT_A_POSITION},
	        /* what was never outside of its case has no event that names it */
	        {"pack", PACK_WHERE("parent_id IS NOT NULL AND level = 1 AND state = 'announced'"), NOT_A_POSITION "id "},
	        {"pack", PACK_WHERE("state = 'gone'"), NOT_A_POSITION},
	};
	SCOPED(fixture) f = {0};
	struct faults faults = {.arena = &f.arena};
	fixture_make(&f, "sxyy", 20, 3);
	f.clock.fixed_ms += 1000;
	CU_ASSERT_EQUAL_FATAL(writer_run_one(&f.writer, use_some, NULL, &f.arena, &faults), ST_OK);
	CU_ASSERT_EQUAL_FATAL(faults_of(f.writer.db, say, NULL), 0);
	drop_triggers(&f);
	for (size_t i = 0; i < COUNT(rows); i++)
		every_column_of(&f, rows[i].table, rows[i].where, rows[i].but);
	CU_ASSERT_EQUAL(faults_of(f.writer.db, say, NULL), 0);
}

/* What stands in a row too many, or lacks. */
static void verify_sees_missing_and_added_rows(void)
{
	static const char *const changes[] = {
	        "DELETE FROM stock_move WHERE (seq, n) = (SELECT seq, n FROM stock_move LIMIT 1)",
	        "DELETE FROM document_event WHERE seq = (SELECT max(seq) FROM document_event)",
	        "DELETE FROM pack_event WHERE seq = (SELECT min(seq) FROM pack_event)",
	        "DELETE FROM audit WHERE seq = 5",
	        "DELETE FROM holding WHERE batch_id = (SELECT max(batch_id) FROM holding)",
	        "DELETE FROM place_sum WHERE place_id = (SELECT min(place_id) FROM place_sum WHERE units > 0)",
	        "INSERT INTO place_sum (place_id, units, traced_units) VALUES (7, 0, 0)",
	        "DELETE FROM pack WHERE id = (SELECT id FROM pack WHERE place_id IS NOT NULL LIMIT 1)",
	        "DELETE FROM place WHERE id = (SELECT to_place_id FROM stock_move LIMIT 1)",
	        "DELETE FROM batch WHERE id = (SELECT batch_id FROM stock_move LIMIT 1)",
	        "DELETE FROM document WHERE id = (SELECT document_id FROM stock_move LIMIT 1)",
	        "UPDATE document SET state = 'x' WHERE id = (SELECT max(id) FROM document)",
	        "UPDATE document SET version = 9 WHERE id = (SELECT max(id) FROM document)",
	        "UPDATE document SET made_by = 9 WHERE id = (SELECT max(id) FROM document)",
	        "UPDATE lot SET expiry_ymd = expiry_ymd + 10000 WHERE id = (SELECT lot_id FROM batch LIMIT 1)",
	        "INSERT INTO holding SELECT place_id, product_id, expiry_ymd, batch_id, 'rejected', 2, 5, 0 FROM holding LIMIT 1",
	        "INSERT INTO stock_move SELECT 1, 1, batch_id, units, from_place_id, from_quality, to_place_id, to_quality, "
	        "document_id, line_id, "
	        "reason, at_ms, user_id, NULL, NULL FROM stock_move LIMIT 1",
	        "INSERT INTO document_event SELECT 999999, 1, document_id, action, from_state, to_state, version, at_ms, "
	        "user_id, note FROM "
	        "document_event LIMIT 1",
	};
	SCOPED(fixture) f = {0};
	fixture_make(&f, "sxyy", 20, 3);
	drop_triggers(&f);
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct heard h;
		int64_t n = faults_after(f.writer.db, changes[i], &h);
		if (n <= 0)
			fprintf(stderr, "  %lld: %s\n", (long long)n, changes[i]);
		CU_ASSERT_TRUE(n > 0);
	}
}

/* RULE DESIGN-5-head: a tail that was cut off leaves a sound chain; only a head that was printed elsewhere tells. */
static void a_cut_tail_shows_with_the_head(void)
{
	SCOPED(fixture) f = {0};
	struct db *db = NULL;
	unsigned char head[HASH_BYTES];
	struct heard h = {0};
	fixture_make(&f, "sxyy", 20, 3);
	db = f.writer.db;
	drop_triggers(&f);
	audit_head(db, head);
	CU_ASSERT_EQUAL(audit_verify(db, head, hear, &h), 0);
	CU_ASSERT_EQUAL_FATAL(
	        db_script(db, "DELETE FROM document_event WHERE seq = (SELECT max(seq) FROM audit); DELETE FROM audit WHERE "
	                      "seq = (SELECT max(seq) FROM audit)"),
	        ST_OK);
	CU_ASSERT_EQUAL(audit_verify(db, NULL, hear, &h), 0);
	CU_ASSERT_EQUAL(audit_verify(db, head, hear, &h), 1);
}

SUITE(demo, {"same_options_give_the_same_county", same_options_give_the_same_county},
      {"a_county_at_scale_one", a_county_at_scale_one}, {"use_follows_the_seasons", use_follows_the_seasons},
      {"verify_sees_every_column", verify_sees_every_column},
      {"verify_sees_missing_and_added_rows", verify_sees_missing_and_added_rows},
      {"a_cut_tail_shows_with_the_head", a_cut_tail_shows_with_the_head});
