/* Daily use and days without stock as the ledger tells them, and the register of long prescriptions. */
#include "tests/unit/warehouse/shop.h"
#include "warehouse/demand/day_use.h"
#include "warehouse/demand/long_demand.h"
#include "warehouse/demand/suggest.h"
#include "warehouse/use/adjustment.h"

#include <stdlib.h>

/* Units given to patients, or found again, at the lead's store. */
struct act {
	struct shop *s;
	int64_t product, units;
	const char *reason, *lot;
};

static enum status act_job(struct tx *tx, void *arg)
{
	const struct act *a = arg;
	struct doc d;
	struct adjustment_line_new line = {.product_id = a->product, .units = a->units, .lot = a->lot, .expiry_ymd = 20280104};
	const struct adjustment_new in = {
	        .site_id = a->s->lead, .depot_id = a->s->depot, .reason = a->reason, .lines = &line, .line_count = 1};
	return adjustment_make(tx, &in, &d);
}

static enum status catch_up_job(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	while (day_use_catch_up(tx, 3) == 3)
		continue;
	return ST_OK;
}

static void tell(void *arg, const char *table, const char *row, const char *what)
{
	(void)arg;
	printf("  %s %s %s\n", table, row, what);
}

static void caught_up(struct shop *s)
{
	CU_ASSERT_EQUAL(shop_run(s, catch_up_job, NULL), ST_OK);
	db_read_begin(s->w.db);
	CU_ASSERT_EQUAL(day_use_verify(s->w.db, tell, NULL), 0);
	CU_ASSERT_EQUAL(db_read_end(s->w.db), ST_OK);
}

static void days_pass(struct shop *s, int64_t days)
{
	s->clock.fixed_ms += days * CLOCK_DAY_MS;
}

/* The store of the catalogue's first product, but with one lot and few units; the depot of the demo shop's lead. */
static void open_with(struct shop *s, struct act *a)
{
	shop_open(s);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_opening,
	                                  "site_code,depot_code,product_code,lot,expiry_ymd,units\nX1,YK,P1,L1,20280104,100\n"),
	                      ST_OK);
	*a = (struct act){.s = s, .product = product_by_code(s->w.db, "P1"), .units = 40, .reason = "usage"};
}

/* RULE DOMAIN-8-out-of-stock-days: whole days only, counted one by one, by month. */
static void whole_days_without_stock_are_counted(void)
{
	SCOPED(shop) s;
	struct act a;
	struct use_day days[USE_DAYS_MAX];
	open_with(&s, &a); /* 21 November */
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK);
	days_pass(&s, 1);
	a.units = 60;
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK); /* the last ones, on the 22nd */
	caught_up(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT out_from_ymd FROM depot_stand"), 20261123);
	days_pass(&s, 11); /* 3 December */
	a = (struct act){&s, a.product, 30, "found", "L1"};
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK);
	caught_up(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT days_out FROM consumption WHERE month = 202611"), 8);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT days_out FROM consumption WHERE month = 202612"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT units FROM consumption WHERE month = 202611"), 100);
	size_t n = use_days(s.w.db, s.depot, a.product, 20261121, 20261204, days);
	CU_ASSERT_EQUAL_FATAL(n, 14);
	CU_ASSERT(days[0].units == 40 && days[1].units == 60 && !days[1].out);
	CU_ASSERT(days[2].out && days[11].out && !days[12].out && days[11].ymd == 20261202);
	/* out and back on the same day, or the next, is no day without */
	a = (struct act){&s, a.product, 30, "usage", NULL};
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK);
	days_pass(&s, 1);
	a = (struct act){&s, a.product, 30, "found", "L1"};
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK);
	caught_up(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM stock_out"), 1);
	/* half a year without: ninety days of it count */
	a = (struct act){&s, a.product, 30, "usage", NULL};
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK);
	days_pass(&s, 180);
	a = (struct act){&s, a.product, 30, "found", "L1"};
	CU_ASSERT_EQUAL(shop_run(&s, act_job, &a), ST_OK);
	caught_up(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT CAST(sum(days_out) AS BIGINT) FROM consumption"), 10 + GAP_DAYS_MAX);
}

/* Whatever is given and found on whatever day: the days are those of a diary kept beside it. */
static void days_are_as_a_diary_tells(void)
{
	enum { DAYS = 120 };
	SCOPED(shop) s;
	struct act a;
	struct use_day days[USE_DAYS_MAX];
	int64_t used[DAYS] = {0}, stock = 100;
	bool had[DAYS] = {false};
	open_with(&s, &a);
	srandom(20261121);
	for (int day = 0; day < DAYS; day++) {
		had[day] = stock > 0;
		for (int64_t n = random() % 3; n > 0; n--) {
			bool give = stock > 0 && random() % 4;
			int64_t units = give ? 1 + random() % stock : 1 + random() % 5;
			if (!give && random() % 5)
				continue;
			a = (struct act){&s, a.product, units, give ? "usage" : "found", give ? NULL : "L1"};
			CU_ASSERT_EQUAL_FATAL(shop_run(&s, act_job, &a), ST_OK);
			stock += give ? -units : units;
			used[day] += give ? units : 0;
			had[day] = true;
		}
		if (random() % 7 == 0)
			caught_up(&s);
		days_pass(&s, 1);
	}
	caught_up(&s);
	size_t n = use_days(s.w.db, s.depot, a.product, 20261121, ymd_add_days(20261121, DAYS - 1), days);
	CU_ASSERT_EQUAL_FATAL(n, DAYS);
	for (size_t i = 0; i < n; i++)
		if (days[i].units != used[i] || days[i].out == had[i])
			CU_FAIL("a day that was otherwise");
}

struct register_job {
	struct long_demand_new in;
	struct long_demand_change change;
	int64_t id;
};

static enum status add_job(struct tx *tx, void *arg)
{
	struct register_job *j = arg;
	return long_demand_add(tx, &j->in, &j->id);
}

static enum status set_job(struct tx *tx, void *arg)
{
	struct register_job *j = arg;
	return long_demand_set(tx, j->id, &j->change);
}

/* RULE DOMAIN-12.5-long-prescription: twelve weeks, no special drugs, one figure of one source from a day. */
static void the_register_keeps_its_rules(void)
{
	SCOPED(shop) s;
	struct demand_figures f;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products,
	                            "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,storage,traced,controlled\n"
	                            "P9,吗啡,片剂,10mg,丙厂,片,盒,10,常温,0,麻醉药品\n"),
	                ST_OK);
	struct register_job j = {.in = {.place_id = s.depot,
	                                .product_id = product_by_code(s.w.db, "P1"),
	                                .units_30 = 90,
	                                .until_ymd = 20270212,
	                                .source = "慢病门诊"}};
	CU_ASSERT_EQUAL(shop_run(&s, add_job, &j), ST_OK); /* 84 days from 21 November */
	CU_ASSERT_EQUAL(shop_run(&s, add_job, &j), ST_ALREADY_EXISTS);
	j.in.source = "HIS";
	j.in.until_ymd = 20270213;
	CU_ASSERT_EQUAL(shop_run(&s, add_job, &j), ST_INVALID_FIELD);
	j.in.until_ymd = 20261120;
	CU_ASSERT_EQUAL(shop_run(&s, add_job, &j), ST_INVALID_FIELD);
	j.in.until_ymd = 20261221;
	j.in.product_id = product_by_code(s.w.db, "P9");
	CU_ASSERT_EQUAL(shop_run(&s, add_job, &j), ST_INVALID_FIELD);
	j.in.place_id = s.lead;
	CU_ASSERT_EQUAL(shop_run(&s, add_job, &j), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(demand_figures_load(s.w.db, &s.a, s.lead, product_by_code(s.w.db, "P1"), 20261121, &f), ST_OK);
	CU_ASSERT(f.use.long_units == 135 && f.use.expected == 135 && f.stock == 2448);
	CU_ASSERT_EQUAL(f.use.depots[0].suggest, 0);
	j.change = (struct long_demand_change){.units_30 = INT64_MIN, .until_ymd = 20261205};
	CU_ASSERT_EQUAL(shop_run(&s, set_job, &j), ST_OK);
	CU_ASSERT_EQUAL(demand_figures_load(s.w.db, &s.a, s.lead, product_by_code(s.w.db, "P1"), 20261121, &f), ST_OK);
	CU_ASSERT_EQUAL(f.use.long_units, 45);
	j.change.until_ymd = 20261119;
	CU_ASSERT_EQUAL(shop_run(&s, set_job, &j), ST_INVALID_FIELD);
	/* a file: known rows change, refused rows name their field */
	CU_ASSERT_EQUAL(
	        shop_import(&s, &intake_long_demands,
	                    "site_code,depot_code,product_code,units_30,from_ymd,until_ymd,source\nT1,YF,P2,80,20261101,20261231,"
	                    "慢病门诊\nT1,YF,P1,80,20261101,20261231,慢病门诊\n"),
	        ST_OK);
	shop_expect(&s, 1, 1, 0, 0);
	CU_ASSERT_EQUAL(
	        shop_import(&s, &intake_long_demands,
	                    "site_code,depot_code,product_code,units_30,from_ymd,until_ymd,source\nT1,XX,P2,80,20261101,20261231,"
	                    "a\nT1,YF,P2,80,20261101,20270331,a\n"),
	        ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "depot_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "until_ymd", ST_INVALID_FIELD));
}

SUITE(day_use, {"whole_days_without_stock_are_counted", whole_days_without_stock_are_counted},
      {"days_are_as_a_diary_tells", days_are_as_a_diary_tells}, {"the_register_keeps_its_rules", the_register_keeps_its_rules});
