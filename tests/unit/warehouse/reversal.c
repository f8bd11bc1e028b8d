/* 冲销 below the API: stock, days of use, volume and packs are as before, once, and only where the goods still lie there. */
#include "tests/unit/warehouse/shop.h"
#include "warehouse/demand/day_use.h"
#include "warehouse/pack.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/stock_verify.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/reversal.h"

struct act {
	struct shop *s;
	const char *reason, *lot;
	int64_t product, units, id;
};

static enum status act_job(struct tx *tx, void *arg)
{
	struct act *a = arg;
	struct doc d;
	struct adjustment_line_new line = {.product_id = a->product, .units = a->units, .lot = a->lot, .expiry_ymd = 20280104};
	const struct adjustment_new in = {
	        .site_id = a->s->lead, .depot_id = a->s->depot, .reason = a->reason, .lines = &line, .line_count = 1};
	enum status st = adjustment_make(tx, &in, &d);
	a->id = st == ST_OK ? d.id : 0;
	return st;
}

static int64_t act(struct shop *s, const char *reason, const char *lot, int64_t units)
{
	struct act a = {s, reason, lot, product_by_code(s->w.db, "P1"), units, 0};
	CU_ASSERT_EQUAL_FATAL(shop_run(s, act_job, &a), ST_OK);
	return a.id;
}

static enum status reverse_job(struct tx *tx, void *arg)
{
	const struct adjustment_step in = {1, "录错"};
	struct doc d;
	tx->action = "test";
	enum status st = document_load(tx_db(tx), tx->arena, &tx->me, &adjustment_kind, *(int64_t *)arg, &d);
	return st == ST_OK ? document_follow(tx, &d, "reverse", &in) : st;
}

static enum status reverse(struct shop *s, int64_t id)
{
	return shop_run(s, reverse_job, &id);
}

static enum status catch_up_job(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	while (day_use_catch_up(tx, 3) == 3)
		continue;
	return depot_book_settle(tx);
}

static void tell(void *arg, const char *table, const char *row, const char *what)
{
	(void)arg;
	printf("  %s %s %s\n", table, row, what);
}

static void proved(struct shop *s)
{
	CU_ASSERT_EQUAL(shop_run(s, catch_up_job, NULL), ST_OK);
	db_read_begin(s->w.db);
	CU_ASSERT_EQUAL(day_use_verify(s->w.db, tell, NULL), 0);
	CU_ASSERT_EQUAL(depot_book_verify(s->w.db, tell, NULL), 0);
	CU_ASSERT_EQUAL(stock_verify(s->w.db, tell, NULL), 0);
	CU_ASSERT_EQUAL(db_read_end(s->w.db), ST_OK);
}

#define STOCK "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM holding"
#define VALUE "SELECT CAST(coalesce(sum(amount_fen), 0) AS BIGINT) FROM depot_value"
#define BOOKED "SELECT CAST(sum(amount_fen) AS BIGINT) FROM depot_day WHERE way <> 0 AND reason = "
#define OPENING_LINE "site_code,depot_code,product_code,lot,expiry_ymd,units\nX1,YK,P1,L1,20280104,100\n"

static void open_with_hundred(struct shop *s)
{
	shop_open(s);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_opening, OPENING_LINE), ST_OK);
}

/* RULE DOMAIN-12.3-reversal: use that is taken back days later is gone from its own day, and the books are as before. */
static void use_is_taken_back_on_its_day(void)
{
	SCOPED(shop) s;
	struct use_day days[USE_DAYS_MAX];
	open_with_hundred(&s);
	proved(&s);
	const int64_t value = shop_ask(&s, VALUE), product = product_by_code(s.w.db, "P1");
	int64_t wrong = act(&s, "usage", NULL, 40), right = act(&s, "usage", NULL, 5);
	proved(&s);
	s.clock.fixed_ms += 12 * CLOCK_DAY_MS; /* 3 December */
	CU_ASSERT_EQUAL(reverse(&s, wrong), ST_OK);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 95);
	CU_ASSERT_EQUAL(use_days(s.w.db, s.depot, product, 20261121, 20261203, days), 13);
	CU_ASSERT(days[0].units == 5 && days[12].units == 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT units FROM consumption WHERE month = 202611"), 5);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM consumption WHERE month = 202612 AND units <> 0"), 0);
	CU_ASSERT_EQUAL(reverse(&s, wrong), ST_WRONG_STATE);
	CU_ASSERT_EQUAL(reverse(&s, shop_ask(&s, "SELECT id FROM document WHERE state = 'reversal'")), ST_WRONG_STATE);
	CU_ASSERT_EQUAL(reverse(&s, right), ST_OK);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 100);
	CU_ASSERT_EQUAL(shop_ask(&s, VALUE), value);
	CU_ASSERT_EQUAL(shop_ask(&s, BOOKED "'usage'"), 0);
	/* each move is the opposite of the one that it names */
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM stock_move r JOIN stock_move m ON m.seq = r.reverses_seq AND m.n = "
	                             "r.reverses_n WHERE m.batch_id = r.batch_id AND m.units = r.units AND m.from_place_id = "
	                             "r.to_place_id AND m.to_place_id = r.from_place_id AND m.reason = r.reason"),
	                2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document_link"), 4);
}

/* What a patient brought back, taken back, is no use. */
static void a_return_that_was_none(void)
{
	SCOPED(shop) s;
	open_with_hundred(&s);
	int64_t used = act(&s, "usage", NULL, 10), back = act(&s, "return", "L1", 4);
	CU_ASSERT_EQUAL(reverse(&s, back), ST_OK);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 90);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT CAST(sum(units) AS BIGINT) FROM day_use"), 10);
	CU_ASSERT_EQUAL(reverse(&s, used), ST_OK);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT CAST(sum(units) AS BIGINT) FROM day_use"), 0);
}

/* What was added and has gone since, or is frozen, cannot be taken back; the refusal names the line and changes nothing. */
static void what_left_is_not_taken_back(void)
{
	SCOPED(shop) s;
	open_with_hundred(&s);
	int64_t opening = shop_ask(&s, "SELECT id FROM adjustment"), used = act(&s, "usage", NULL, 1);
	CU_ASSERT_EQUAL(reverse(&s, opening), ST_NOT_ENOUGH_STOCK);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.faults.first);
	CU_ASSERT_EQUAL(s.faults.first->row, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.faults.first->message, "L1"));
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 99);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document WHERE state <> 'posted'"), 0);
	CU_ASSERT_EQUAL(reverse(&s, used), ST_OK);
	int64_t found = act(&s, "found", "L1", 7);
	CU_ASSERT_EQUAL(reverse(&s, found), ST_OK);
	CU_ASSERT_EQUAL(reverse(&s, opening), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 0);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, VALUE), 0);
	/* the lot may be opened anew, once */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_opening, OPENING_LINE), ST_OK);
	shop_expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 100);
	proved(&s);
}

/* Two packs of 24 with codes, in a batch of their own. */
static enum status packs_job(struct tx *tx, void *arg)
{
	struct shop *s = arg;
	struct batch batch;
	struct doc d = {.id = 0};
	int64_t no = 0, lot = 0, product = product_by_code(tx_db(tx), "P1");
	const struct doc_head head = {s->lead, s->lead, NULL, NULL, NULL};
	const struct stock_spot here = {s->depot, QUALITY_RELEASED};
	tx->action = "test";
	enum status st = prefix_bind(tx, "8100001", product, 24, 1, 0, 1, &no);
	if (st == ST_OK)
		st = lot_ensure(tx, product, "K1", 0, 20270104, &lot);
	const struct new_batch new = {lot, product, 0, 0, 120000, 24, s->lead};
	if (st == ST_OK)
		st = batch_load(tx_db(tx), tx->arena, batch_make(tx, &new), &batch);
	if (st == ST_OK)
		st = document_make(tx, &adjustment_kind, &head, &d);
	const struct stock_change c = {.batch = &batch,
	                               .units = 48,
	                               .traced_units = 48,
	                               .from = {place_outside(tx_db(tx), "opening"), QUALITY_RELEASED},
	                               .to = here,
	                               .document_id = d.id,
	                               .reason = "opening"};
	if (st == ST_OK)
		st = stock_book(tx, &c);
	for (int64_t i = 1; st == ST_OK && i <= 2; i++) {
		const struct pack_key key = {.id = no * 10000000000000LL + i, .product_id = product, .units = 24, .level = 1};
		st = pack_arrive(tx, &key, &batch, here, d.id);
	}
	return st;
}

/* A pack that left whole is here again with its code; one that was split stays so, and its units are loose. */
static void packs_come_back(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL_FATAL(shop_import(&s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_run(&s, packs_job, &s), ST_OK);
	proved(&s);
	int64_t used = act(&s, "usage", NULL, 30);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM pack WHERE state = 'gone'"), 1);
	CU_ASSERT_EQUAL(reverse(&s, used), ST_OK);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 48);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT traced_units FROM holding"), 42);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT CAST(sum(units_left) AS BIGINT) FROM pack WHERE state = 'here'"), 42);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM pack_event WHERE event = 'reversed'"), 1);
	/* six loose, a whole pack, and all of it back */
	used = act(&s, "usage", NULL, 48);
	CU_ASSERT_EQUAL(shop_ask(&s, STOCK), 0);
	CU_ASSERT_EQUAL(reverse(&s, used), ST_OK);
	proved(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT traced_units FROM holding"), 42);
}

SUITE(reversal, {"use_is_taken_back_on_its_day", use_is_taken_back_on_its_day},
      {"a_return_that_was_none", a_return_that_was_none}, {"what_left_is_not_taken_back", what_left_is_not_taken_back},
      {"packs_come_back", packs_come_back});
