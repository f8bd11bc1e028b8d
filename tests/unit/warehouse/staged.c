#include "warehouse/intake/staged.h"

#include "core/pairs.h"
#include "tests/unit/warehouse/shop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 1200

/* A host that is the test itself; it may die before its nth write. */
struct host {
	struct shop *shop;
	struct db *db;
	int64_t writes, die_at, budget_us, longest_rows;
	struct staged_host host;
};

static enum status host_write(void *arg, struct write_job *job)
{
	struct host *h = arg;
	if (h->die_at && ++h->writes == h->die_at)
		raise(SIGKILL);
	writer_run(&h->shop->w, (struct write_job *const[]){job}, 1);
	return job->outcome;
}

static int64_t host_budget(void *arg)
{
	return ((struct host *)arg)->budget_us;
}

static void host_open(struct host *h, struct shop *s)
{
	char why[200] = "";
	*h = (struct host){.shop = s, .budget_us = 2000};
	CU_ASSERT_EQUAL_FATAL(db_open(s->w.where, STORE_READ, &h->db, why), ST_OK);
	h->host = (struct staged_host){.db = h->db, .folder = "/tmp", .write = host_write, .budget_us = host_budget, .arg = h};
}

static void host_drop(struct host *h)
{
	db_close(h->db);
}

struct begin {
	struct staged_new new;
	int64_t id;
};

static enum status begin_job(struct tx *tx, void *arg)
{
	struct begin *b = arg;
	b->id = staged_make(tx, &b->new);
	return ST_OK;
}

static int64_t begin(struct shop *s, const struct intake_kind *kind, bool keep_good, bool dry_run)
{
	struct begin b = {.new = {.kind = kind, .file_name = "f.csv", .keep_good = keep_good, .dry_run = dry_run}};
	CU_ASSERT_EQUAL(shop_run(s, begin_job, &b), ST_OK);
	return b.id;
}

/* Reads the file and carries it through as far as it goes by itself. */
static struct staged run(struct host *h, const struct intake_kind *kind, const char *text, bool keep_good, bool dry_run)
{
	struct csv_memory m = {text, strlen(text), 7000};
	struct staged s = {0};
	int64_t id = begin(h->shop, kind, keep_good, dry_run);
	CU_ASSERT_EQUAL(staged_check(&h->host, id, csv_from_memory(&m)), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h->host), ST_OK);
	CU_ASSERT_EQUAL(staged_load(h->db, &h->shop->a, id, &s), ST_OK);
	return s;
}

static void expect(const struct staged *s, const char *state, int64_t added, int64_t changed, int64_t unchanged, int64_t refused)
{
	CU_ASSERT_STRING_EQUAL(s->state, state);
	CU_ASSERT_EQUAL(s->added, added);
	CU_ASSERT_EQUAL(s->changed, changed);
	CU_ASSERT_EQUAL(s->unchanged, unchanged);
	CU_ASSERT_EQUAL(s->refused_rows, refused);
}

/* Some products in the words of a list; what differs between two versions is the maker of every seventh. */
static const char *products(struct arena *a, int rows, const char *maker)
{
	SCOPED(buf) b = {0};
	buf_puts(&b, "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,approval_no\n");
	for (int i = 0; i < rows; i++)
		buf_printf(&b, "K%05d,阿莫西林胶囊%d号,胶囊,0.%dg×24粒/盒,%s,粒,盒,24,国药准字H%08d\n", i, i % 90, i % 9 + 1,
		           i % 7 ? "甲厂" : maker, 20000000 + i);
	return arena_copy(a, b.data, b.len);
}

#define PIECES "SELECT count(*) FROM product_piece WHERE product_id IN (SELECT id FROM product)"

/* RULE DESIGN-3-slices: a long file in many writes gives what the same file gives in one, pieces and all; again, nothing. */
static void gives_what_one_write_gives(void)
{
	SCOPED(shop) s;
	SCOPED(shop) t;
	shop_open(&s);
	shop_open(&t);
	SCOPED(host) h;
	host_open(&h, &s);
	const char *text = products(&s.a, ROWS, "乙厂");
	struct staged done = run(&h, &intake_products, text, false, false);
	expect(&done, "done", ROWS, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&t, &intake_products, text), ST_OK);
	CU_ASSERT_STRING_EQUAL(shop_export(&s, &intake_products), shop_export(&t, &intake_products));
	CU_ASSERT_EQUAL(shop_ask(&s, PIECES), shop_ask(&t, PIECES));
	CU_ASSERT_EQUAL(shop_ask(&s, PIECES), shop_ask(&s, "SELECT count(*) FROM product_piece"));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_slice"), 0);
	done = run(&h, &intake_products, text, false, false);
	expect(&done, "done", 0, 0, ROWS, 0);
	done = run(&h, &intake_products, products(&s.a, ROWS, "丙厂"), false, false);
	expect(&done, "done", 0, (ROWS + 6) / 7, ROWS - (ROWS + 6) / 7, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product WHERE maker = '丙厂'"), (ROWS + 6) / 7);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product WHERE maker = '乙厂'"), 0);
}

struct word {
	enum status (*say)(struct tx *tx, int64_t id);
	int64_t id;
};

static enum status say_job(struct tx *tx, void *arg)
{
	const struct word *w = arg;
	return w->say(tx, w->id);
}

static void dry_run_waits_for_a_word(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = run(&h, &intake_products, products(&s.a, 500, "乙厂"), false, true);
	expect(&done, "ready", 500, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product_piece"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM drug"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_row WHERE outcome = 'added'"), 200);
	struct word drop = {staged_drop, done.id};
	CU_ASSERT_EQUAL(shop_run(&s, say_job, &drop), ST_OK);
	CU_ASSERT_EQUAL(staged_clean(&h.host), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_slice"), 0);
	done = run(&h, &intake_products, products(&s.a, 500, "乙厂"), false, true);
	struct word go = {staged_go, done.id};
	CU_ASSERT_EQUAL(shop_run(&s, say_job, &go), ST_OK);
	CU_ASSERT_EQUAL(shop_run(&s, say_job, &go), ST_WRONG_STATE);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product"), 500);
}

static void refuses_whole_or_keeps_good(void)
{
	static const char bad[] = "code,name,licence_no,licence_until_ymd\nS1,甲,1,20271231\nS2,乙,2,never\nS3,丙,3,20271231\n"
	                          "S1,又一个,4,20271231\n8.12346E+19,丁,5,20271231\n";
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = run(&h, &intake_suppliers, bad, false, false);
	expect(&done, "refused", 2, 0, 0, 3);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_slice"), 0);
	CU_ASSERT_EQUAL(
	        shop_ask(&s, "SELECT row_no FROM import_row WHERE field = 'licence_until_ymd' AND code = 'INVALID_FIELD'"), 3);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT row_no FROM import_row WHERE field = 'code' AND code = 'ALREADY_EXISTS'"), 5);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT row_no FROM import_row WHERE field = 'code' AND code = 'INVALID_FIELD'"), 6);
	done = run(&h, &intake_suppliers, bad, true, false);
	expect(&done, "done", 2, 0, 0, 3);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier"), 2);
	done = run(&h, &intake_suppliers, "code;surname\nA;b\n", false, false);
	CU_ASSERT_STRING_EQUAL(done.state, "refused");
	/* the same in one write */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, bad), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 5, "code", ST_ALREADY_EXISTS));
}

/* What somebody else has written since the check stays, and the import says so. */
static void does_not_overwrite_later_edits(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, SUPPLIERS), ST_OK);
	struct staged done = run(&h, &intake_suppliers,
	                         "code,name,licence_no,licence_until_ymd\nS1,新名,皖A001,20271231\nS2,二公司,皖A009,20261231\n"
	                         "S3,三公司,皖A003,20271231\nS4,四公司,皖A004,20271231\n",
	                         false, true);
	expect(&done, "ready", 2, 2, 0, 0);
	CU_ASSERT_EQUAL(
	        shop_import(&s, &intake_suppliers,
	                    "code,name,licence_no,licence_until_ymd\nS1,他人所改,皖A001,20271231\nS3,他人所加,皖B003,20291231\n"
	                    "S4,四公司,皖A004,20271231\n"),
	        ST_OK);
	struct word go = {staged_go, done.id};
	CU_ASSERT_EQUAL(shop_run(&s, say_job, &go), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	CU_ASSERT_EQUAL(staged_load(h.db, &s.a, done.id, &done), ST_OK);
	CU_ASSERT_STRING_EQUAL(done.state, "done");
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE name IN ('他人所改', '他人所加')"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE licence_no = '皖A009'"), 1);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT row_no FROM import_row WHERE outcome = 'overtaken' ORDER BY row_no LIMIT 1"), 2);
	CU_ASSERT_EQUAL(done.overtaken_rows, 2);
}

/* A product that somebody else has added meanwhile is his, and nothing of ours stays behind. */
static void leaves_nothing_of_a_row_left_out(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = run(&h, &intake_products, products(&s.a, 50, "乙厂"), false, true);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, products(&s.a, 3, "丁厂")), ST_OK);
	struct word go = {staged_go, done.id};
	CU_ASSERT_EQUAL(shop_run(&s, say_job, &go), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	CU_ASSERT_EQUAL(staged_load(h.db, &s.a, done.id, &done), ST_OK);
	CU_ASSERT_EQUAL(done.overtaken_rows, 1); /* the other two say the same */
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product"), 50);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product WHERE maker = '丁厂'"), 1);
	CU_ASSERT_EQUAL(shop_ask(&s, PIECES), shop_ask(&s, "SELECT count(*) FROM product_piece"));
}

/* In a child: opens the store, carries an import through and dies before its nth write. */
static void child_main(const char *where, const char *text, int64_t die_at)
{
	struct shop s = {.clock = clock_fixed(1795219300000LL)};
	struct host h;
	char why[200] = "";
	struct csv_memory m = {text, strlen(text), 7000};
	if (writer_open(where, false, &s.clock, &s.w, why) != ST_OK)
		_exit(3);
	host_open(&h, &s);
	h.budget_us = 300;
	int64_t id = begin(&s, &intake_products, false, false);
	h.die_at = die_at;
	if (staged_check(&h.host, id, csv_from_memory(&m)) == ST_OK && staged_apply_all(&h.host) == ST_OK)
		_exit(0);
	_exit(4);
}

/* After a kill the next process finds nothing of the import, or carries it through: whole or absent. */
static bool killed_at(struct shop *s, const char *where, const char *text, int64_t die_at, bool *whole)
{
	char why[200] = "";
	int how = 0;
	pid_t child = fork();
	if (child == 0)
		child_main(where, text, die_at);
	waitpid(child, &how, 0);
	CU_ASSERT(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
	CU_ASSERT_EQUAL_FATAL(writer_open(where, false, &s->clock, &s->w, why), ST_OK);
	SCOPED(host) h;
	host_open(&h, s);
	CU_ASSERT_EQUAL(staged_clean(&h.host), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	int64_t there = shop_ask(s, "SELECT count(*) FROM product");
	CU_ASSERT(there == 0 || there == ROWS);
	*whole = there == ROWS;
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_slice"), 0);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_job WHERE state NOT IN ('done', 'broken')"), 0);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_job WHERE state = 'done'"), *whole);
	CU_ASSERT_EQUAL(shop_ask(s, PIECES), shop_ask(s, "SELECT count(*) FROM product_piece"));
	return WIFSIGNALED(how);
}

static void killed_is_whole_or_absent(void)
{
	bool whole = false, killed = true;
	int absent = 0, carried = 0;
	for (int64_t die_at = 1, rounds = 0; killed && rounds < 12; die_at += 1 + die_at / 2, rounds++) {
		struct shop s;
		shop_open(&s);
		const char *where = arena_string(&s.a, s.w.where), *text = products(&s.a, ROWS, "乙厂");
		writer_close(&s.w);
		killed = killed_at(&s, where, text, die_at, &whole);
		absent += killed && !whole;
		carried += killed && whole;
		shop_drop(&s);
	}
	CU_ASSERT(absent > 1);
	CU_ASSERT(carried > 3);
}

/* Any file twice: the second time there is nothing to do. Seeds of a fixed row, so that a failure comes again. */
static void any_file_twice_changes_nothing(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	unsigned seed = 1;
	for (int round = 0; round < 12; round++) {
		SCOPED(buf) b = {0};
		buf_puts(&b, "code,name,spec,maker,unit_name,pack_name,units_per_pack,warn_days,traced\n");
		for (int i = 0; i < 60; i++)
			if (rand_r(&seed) % 3)
				buf_printf(&b, "R%d,名%d,规格%d,厂%d,片,盒,10,%d,%d\n", i, rand_r(&seed) % 5, rand_r(&seed) % 5,
				           rand_r(&seed) % 5, rand_r(&seed) % 4 * 30, rand_r(&seed) % 2);
		struct staged first = run(&h, &intake_products, b.data, true, false),
		              again = run(&h, &intake_products, b.data, true, false);
		CU_ASSERT_STRING_EQUAL(first.state, "done");
		expect(&again, "done", 0, 0, first.rows - first.refused_rows, first.refused_rows);
	}
}

static void pairs_come_in_order(void)
{
	struct pairs *p = pairs_new(100, "/tmp");
	struct pair one, last = {INT64_MIN, 0};
	unsigned seed = 5;
	size_t n = 0;
	for (int i = 0; i < 5000; i++)
		pairs_add(p, rand_r(&seed) % 900, rand_r(&seed) % 3);
	CU_ASSERT_EQUAL(pairs_sort(p), ST_OK);
	for (; pairs_next(p, &one); last = one, n++)
		CU_ASSERT(one.first > last.first || (one.first == last.first && one.second > last.second));
	CU_ASSERT(n > 2000 && n <= 2700);
	CU_ASSERT_EQUAL(pairs_status(p), ST_OK);
	pairs_free(p);
}

SUITE(staged, {"gives_what_one_write_gives", gives_what_one_write_gives}, {"dry_run_waits_for_a_word", dry_run_waits_for_a_word},
      {"refuses_whole_or_keeps_good", refuses_whole_or_keeps_good},
      {"does_not_overwrite_later_edits", does_not_overwrite_later_edits},
      {"leaves_nothing_of_a_row_left_out", leaves_nothing_of_a_row_left_out},
      {"killed_is_whole_or_absent", killed_is_whole_or_absent},
      {"any_file_twice_changes_nothing", any_file_twice_changes_nothing}, {"pairs_come_in_order", pairs_come_in_order});
