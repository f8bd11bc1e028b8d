#include "warehouse/catalogue/control.h"
#include "warehouse/intake/staged.h"

#include "core/pairs.h"
#include "tests/unit/warehouse/shop.h"
#include "warehouse/intake/usage.h"

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
	const char *watched; /* a question asked after every write; NULL: none */
	int64_t answers[3];  /* 0, all, anything between */
	int64_t all, writes, die_at, budget_us, longest_rows;
	struct staged_host host;
};

static enum status host_write(void *arg, struct write_job *job)
{
	struct host *h = arg;
	if (h->die_at && ++h->writes == h->die_at)
		raise(SIGKILL);
	writer_run(&h->shop->w, (struct write_job *const[]){job}, 1);
	if (h->watched) {
		int64_t n = shop_ask(h->shop, h->watched);
		h->answers[n == 0 ? 0 : n == h->all ? 1 : 2]++;
	}
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

#define LATER                                                                                                                      \
	"code,name,licence_no,licence_until_ymd\nS1,新名,皖A001,20271231\nS2,二公司,皖A009,20261231\nS3,三公司,皖A003," \
	"20271231\nS4,四公司,皖A004,20271231\n"

/* Checks LATER, lets somebody else change three of its suppliers, and says go. */
static struct staged go_too_late(struct host *h, bool keep_good)
{
	struct shop *s = h->shop;
	CU_ASSERT_EQUAL(shop_import(s, &intake_suppliers, SUPPLIERS), ST_OK);
	struct staged done = run(h, &intake_suppliers, LATER, keep_good, true);
	expect(&done, "ready", 2, 2, 0, 0);
	CU_ASSERT_EQUAL(
	        shop_import(s, &intake_suppliers,
	                    "code,name,licence_no,licence_until_ymd\nS1,他人所改,皖A001,20271231\nS3,他人所加,皖B003,20291231\n"
	                    "S4,四公司,皖A004,20271231\n"),
	        ST_OK);
	struct word go = {staged_go, done.id};
	CU_ASSERT_EQUAL(shop_run(s, say_job, &go), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h->host), ST_OK);
	CU_ASSERT_EQUAL(staged_load(h->db, &s->a, done.id, &done), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM supplier WHERE name IN ('他人所改', '他人所加')"), 2);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT row_no FROM import_row WHERE outcome = 'overtaken' ORDER BY row_no LIMIT 1"), 2);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_slice"), 0);
	CU_ASSERT_EQUAL(done.overtaken_rows, 2);
	return done;
}

/* All or nothing: where somebody else has changed one of the rows since the check, nothing is written, and the rows are told. */
static void refuses_what_was_changed_since(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = go_too_late(&h, false);
	CU_ASSERT_STRING_EQUAL(done.state, "refused");
	CU_ASSERT_PTR_NOT_NULL(done.message);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE licence_no = '皖A009'"), 0);
}

/* Bad rows left out: what somebody else has written since the check stays, and the import says so. */
static void does_not_overwrite_later_edits(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = go_too_late(&h, true);
	CU_ASSERT_STRING_EQUAL(done.state, "done");
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE licence_no = '皖A009'"), 1);
}

/* A product that somebody else has added meanwhile is his, and nothing of ours stays behind. */
static void leaves_nothing_of_a_row_left_out(void)
{
	for (int keep_good = 0; keep_good < 2; keep_good++) {
		SCOPED(shop) s;
		shop_open(&s);
		SCOPED(host) h;
		host_open(&h, &s);
		struct staged done = run(&h, &intake_products, products(&s.a, 50, "乙厂"), keep_good, true);
		CU_ASSERT_EQUAL(shop_import(&s, &intake_products, products(&s.a, 3, "丁厂")), ST_OK);
		struct word go = {staged_go, done.id};
		CU_ASSERT_EQUAL(shop_run(&s, say_job, &go), ST_OK);
		CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
		CU_ASSERT_EQUAL(staged_load(h.db, &s.a, done.id, &done), ST_OK);
		CU_ASSERT_EQUAL(done.overtaken_rows, 1); /* the other two say the same */
		CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product"), keep_good ? 50 : 3);
		CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product WHERE maker = '丁厂'"), 1);
		CU_ASSERT_EQUAL(shop_ask(&s, PIECES), shop_ask(&s, "SELECT count(*) FROM product_piece"));
	}
}

/* Somebody is in the way between the comparison and the rows: a small import goes back, and is refused whole. */
static void a_small_one_never_stands_in_part(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct csv_memory m = {.bytes = products(&s.a, 50, "乙厂"), .chunk = 7000};
	m.n = strlen(m.bytes);
	int64_t id = begin(&s, &intake_products, false, false);
	struct staged done;
	CU_ASSERT_EQUAL(staged_check(&h.host, id, csv_from_memory(&m)), ST_OK);
	CU_ASSERT_EQUAL(staged_load(h.db, &s.a, id, &done), ST_OK);
	CU_ASSERT_STRING_EQUAL(done.state, "indexing"); /* nobody else has written, so nothing was compared again */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, products(&s.a, 3, "丁厂")), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	CU_ASSERT_EQUAL(staged_load(h.db, &s.a, id, &done), ST_OK);
	CU_ASSERT_STRING_EQUAL(done.state, "refused");
	CU_ASSERT_EQUAL(done.overtaken_rows, 1);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product"), 3);
	CU_ASSERT_EQUAL(shop_ask(&s, PIECES), shop_ask(&s, "SELECT count(*) FROM product_piece"));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_slice"), 0);
}

/* Few rows are whole or absent to every reader; many appear slice by slice. */
static void few_rows_appear_at_once(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	h.watched = "SELECT count(*) FROM product";
	h.all = 900;
	struct staged done = run(&h, &intake_products, products(&s.a, 900, "乙厂"), false, false);
	expect(&done, "done", 900, 0, 0, 0);
	CU_ASSERT(h.answers[0] > 3 && h.answers[1] > 0 && h.answers[2] == 0);
}

/* ---- kinds that book their rows together ---- */

/* Opening stock of two depots in turn, lots of two products. */
static const char *opening(struct arena *a, int rows)
{
	SCOPED(buf) b = {0};
	buf_puts(&b, "site_code,depot_code,product_code,lot,expiry_ymd,units\n");
	for (int i = 0; i < rows; i++)
		buf_printf(&b, "%s,P%d,B%04d,20300101,%d\n", i % 2 ? "A0,YK" : "T1,YF", i % 3 ? 1 : 2, i, 10 + i);
	return arena_copy(a, b.data, b.len);
}

#define BOOKED "SELECT count(*) FROM stock_move WHERE reason = 'opening'"
#define LYING "SELECT sum(units) FROM holding"

static void fill_without_stock(struct shop *s)
{
	CU_ASSERT_EQUAL(shop_import(s, &intake_sites, SITES), ST_OK);
	CU_ASSERT_EQUAL(shop_import(s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL(shop_import(s, &intake_ceilings, CEILINGS), ST_OK);
}

/* Opening stock in slices gives what one write gives, balances, and comes once. RULE DESIGN-3-slices */
static void opens_stock_in_slices(void)
{
	SCOPED(shop) s;
	SCOPED(shop) t;
	shop_open(&s);
	shop_open(&t);
	fill_without_stock(&s);
	fill_without_stock(&t);
	SCOPED(host) h;
	host_open(&h, &s);
	const char *text = opening(&s.a, 1500);
	struct staged done = run(&h, &intake_opening, text, false, false);
	expect(&done, "done", 1500, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&t, &intake_opening, text), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, BOOKED), 1500);
	CU_ASSERT_EQUAL(shop_ask(&s, LYING), shop_ask(&t, LYING));
	CU_ASSERT_STRING_EQUAL(shop_export(&s, &intake_opening), shop_export(&t, &intake_opening));
	CU_ASSERT(shop_ask(&s, "SELECT count(*) FROM document WHERE kind = 'adjustment'") < 40);
	done = run(&h, &intake_opening, text, false, false);
	expect(&done, "done", 0, 0, 1500, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, BOOKED), 1500);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_slice"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM lot"), shop_ask(&t, "SELECT count(*) FROM lot"));
}

/* A check books nothing; a lot named twice is refused, also across slices; a dry run waits. */
static void checks_opening_stock_without_a_trace(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	fill_without_stock(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	const char *text = arena_printf(&s.a, "%sT1,YF,P2,B0000,20300101,99\nT1,YF,P9,X,20300101,1\n", opening(&s.a, 700));
	struct staged done = run(&h, &intake_opening, text, false, false);
	expect(&done, "refused", 700, 0, 0, 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM lot"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT row_no FROM import_row WHERE field = 'lot' AND code = 'ALREADY_EXISTS'"), 702);
	done = run(&h, &intake_opening, opening(&s.a, 700), false, true);
	expect(&done, "ready", 700, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, BOOKED), 0);
	struct word go = {staged_go, done.id};
	CU_ASSERT_EQUAL(shop_run(&s, say_job, &go), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, BOOKED), 700);
}

/* A day of the HIS: references of several lines, some too long for a batch. */
static const char *usage(struct arena *a, int references)
{
	SCOPED(buf) b = {0};
	buf_puts(&b, "site_code,depot_code,item_code,units,reference\n");
	for (int i = 0; i < references; i++)
		for (int line = 0; line < (i == 7 ? 450 : 3); line++)
			buf_printf(&b, "A0,YK,%s,%d,R%d\n", line == 2 && i % 10 == 0 ? "HIS9" : "P1", 1 + line % 2, i);
	return arena_copy(a, b.data, b.len);
}

/* Usage in slices: every reference once and whole, nothing lost, the second time nothing. RULE DOMAIN-12.1-usage */
static void books_usage_in_slices(void)
{
	SCOPED(shop) s;
	SCOPED(shop) t;
	shop_open(&s);
	shop_open(&t);
	shop_fill(&s);
	shop_fill(&t);
	SCOPED(host) h;
	host_open(&h, &s);
	static const char used[] = "SELECT sum(units) FROM stock_move WHERE reason = 'usage'",
	                  waiting[] = "SELECT count(*) FROM usage_unmatched", adjusted[] = "SELECT count(*) FROM document";
	const char *text = usage(&s.a, 400);
	struct usage_report u = {0};
	struct import one = {.kind = &intake_usage, .text = text, .n = strlen(text), .context = &u, .shop = &t};
	CU_ASSERT_EQUAL(shop_run(&t, shop_import_job, &one), ST_OK);
	struct staged done = run(&h, &intake_usage, text, false, false);
	CU_ASSERT_STRING_EQUAL(done.state, "done");
	CU_ASSERT_EQUAL(done.added + done.changed, done.rows);
	CU_ASSERT_EQUAL(shop_ask(&s, used), shop_ask(&t, used));
	CU_ASSERT_EQUAL(shop_ask(&s, waiting), shop_ask(&t, waiting));
	CU_ASSERT_EQUAL(shop_ask(&s, adjusted), shop_ask(&t, adjusted));
	const int64_t before = shop_ask(&s, adjusted);
	done = run(&h, &intake_usage, text, false, false);
	CU_ASSERT_EQUAL(done.unchanged, done.rows);
	CU_ASSERT_EQUAL(shop_ask(&s, adjusted), before);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_slice"), 0);
}

/* Lines of a reference that stand apart in a long file are refused: the second half would be taken for known. */
static void refuses_a_scattered_reference(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	shop_fill(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = run(&h, &intake_usage, arena_printf(&s.a, "%sA0,YK,P1,1,R3\n", usage(&s.a, 100)), false, false);
	CU_ASSERT_STRING_EQUAL(done.state, "refused");
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM stock_move WHERE reason = 'usage'"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM import_row WHERE field = 'reference'"), 1);
}

/* In a child: opens the store, carries an import through and dies before its nth write. */
static void child_main(const char *where, const struct intake_kind *kind, const char *text, int64_t die_at)
{
	struct shop s = {.clock = clock_fixed(1795219300000LL)};
	struct host h;
	char why[200] = "";
	struct csv_memory m = {text, strlen(text), 7000};
	if (writer_open(where, false, &s.clock, &s.w, why) != ST_OK)
		_exit(3);
	host_open(&h, &s);
	h.budget_us = test_on_postgres() ? 2000 : 300; /* some rows each */
	int64_t id = begin(&s, kind, false, false);
	h.die_at = die_at;
	if (staged_check(&h.host, id, csv_from_memory(&m)) == ST_OK && staged_apply_all(&h.host) == ST_OK)
		_exit(0);
	_exit(4);
}

/* After a kill the next process finds nothing of the import, or carries it through: whole or absent. */
static bool killed_at(struct shop *s, const struct intake_kind *kind, const char *where, const char *text, int64_t die_at,
                      bool *whole)
{
	char why[200] = "";
	int how = 0;
	pid_t child = fork();
	if (child == 0)
		child_main(where, kind, text, die_at);
	waitpid(child, &how, 0);
	CU_ASSERT(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
	CU_ASSERT_EQUAL_FATAL(writer_open(where, false, &s->clock, &s->w, why), ST_OK);
	SCOPED(host) h;
	host_open(&h, s);
	CU_ASSERT_EQUAL(staged_clean(&h.host), ST_OK);
	CU_ASSERT_EQUAL(staged_apply_all(&h.host), ST_OK);
	int64_t there = shop_ask(s, kind == &intake_products ? "SELECT count(*) FROM product" : BOOKED);
	CU_ASSERT(there == 0 || there == ROWS);
	*whole = there == ROWS;
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_slice"), 0);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_job WHERE state NOT IN ('done', 'broken')"), 0);
	CU_ASSERT_EQUAL(shop_ask(s, "SELECT count(*) FROM import_job WHERE state = 'done'"), *whole);
	CU_ASSERT_EQUAL(shop_ask(s, PIECES), shop_ask(s, "SELECT count(*) FROM product_piece"));
	return WIFSIGNALED(how);
}

static void kill_imports(const struct intake_kind *kind, void (*fill)(struct shop *s), const char *(*file)(struct arena *a))
{
	bool whole = false, killed = true;
	int absent = 0, carried = 0;
	for (int64_t die_at = 1, rounds = 0; killed && rounds < 24; die_at += 1 + die_at / 3, rounds++) {
		struct shop s;
		shop_open(&s);
		fill(&s);
		const char *where = arena_string(&s.a, s.w.where), *text = file(&s.a);
		writer_close(&s.w);
		killed = killed_at(&s, kind, where, text, die_at, &whole);
		absent += killed && !whole;
		carried += killed && whole;
		shop_drop(&s);
	}
	CU_ASSERT(absent > 1);
	CU_ASSERT(carried > 1);
}

static void fill_nothing(struct shop *s)
{
	(void)s;
}

static const char *products_file(struct arena *a)
{
	return products(a, ROWS, "乙厂");
}

static const char *opening_file(struct arena *a)
{
	return opening(a, ROWS);
}

static void killed_is_whole_or_absent(void)
{
	kill_imports(&intake_products, fill_nothing, products_file);
}

static void killed_opening_is_whole_or_absent(void)
{
	kill_imports(&intake_opening, fill_without_stock, opening_file);
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

static enum status set_control(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	return catalogue_control_set(tx, tx->today_ymd, NULL);
}

/* RULE DOMAIN-6-change-control: a check in slices asks for the day like any other, and what has no place is told by it. */
static void a_check_knows_the_day(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	SCOPED(host) h;
	host_open(&h, &s);
	struct staged done = run(&h, &intake_products, products(&s.a, 20, "乙厂"), false, false);
	expect(&done, "done", 20, 0, 0, 0);
	done = run(&h, &intake_products,
	           "code,name,form,spec,maker,unit_name,pack_name,units_per_pack\nV1,卡介苗,注射剂,1g,厂,支,盒,1\n", false, true);
	expect(&done, "refused", 0, 0, 0, 1);
	CU_ASSERT_EQUAL(shop_run(&s, set_control, NULL), ST_OK);
	done = run(&h, &intake_products, products(&s.a, 21, "乙厂"), true, true);
	expect(&done, "ready", 0, 0, 20, 1);
	done = run(&h, &intake_products, products(&s.a, 20, "丙厂"), false, false);
	expect(&done, "refused", 0, 0, 17, 3);
	done = run(&h, &intake_product_flags, "product_code,flag,value,from_ymd,source\nK00001,essential,yes,20260101,x\n", false,
	           false);
	expect(&done, "refused", 0, 0, 0, 1);
	done = run(&h, &intake_product_flags, "product_code,flag,value,from_ymd,source\nK00001,insurance,A,20260101,x\n", false,
	           false);
	expect(&done, "done", 1, 0, 0, 0);
	done = run(&h, &intake_product_codes, "product_code,kind,code\nK00001,platform,A-1\nK00002,platform,A-1\n", true, false);
	expect(&done, "done", 1, 0, 0, 1);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product_code WHERE kind = 'platform'"), 1);
}

SUITE(staged, {"a_check_knows_the_day", a_check_knows_the_day}, {"gives_what_one_write_gives", gives_what_one_write_gives},
      {"dry_run_waits_for_a_word", dry_run_waits_for_a_word}, {"refuses_whole_or_keeps_good", refuses_whole_or_keeps_good},
      {"does_not_overwrite_later_edits", does_not_overwrite_later_edits},
      {"leaves_nothing_of_a_row_left_out", leaves_nothing_of_a_row_left_out},
      {"refuses_what_was_changed_since", refuses_what_was_changed_since},
      {"a_small_one_never_stands_in_part", a_small_one_never_stands_in_part},
      {"few_rows_appear_at_once", few_rows_appear_at_once}, {"opens_stock_in_slices", opens_stock_in_slices},
      {"checks_opening_stock_without_a_trace", checks_opening_stock_without_a_trace},
      {"books_usage_in_slices", books_usage_in_slices}, {"refuses_a_scattered_reference", refuses_a_scattered_reference},
      {"killed_is_whole_or_absent", killed_is_whole_or_absent},
      {"killed_opening_is_whole_or_absent", killed_opening_is_whole_or_absent},
      {"any_file_twice_changes_nothing", any_file_twice_changes_nothing}, {"pairs_come_in_order", pairs_come_in_order});
