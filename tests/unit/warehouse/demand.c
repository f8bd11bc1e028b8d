/* The formula of the suggestion: what was used, the season, what is coming, whole packs. */
#include "tests/unit/warehouse/shop.h"
#include "warehouse/demand/suggest.h"
#include "warehouse/partner/maker.h"

#include <stdlib.h>

#define TODAY 20261121

static void use_of(const struct demand_month *m, size_t n, struct demand_use *out)
{
	const struct demand_history h = {.months = m, .month_count = n};
	demand_use_of(&h, TODAY, 45, out);
}

static void expect_use(struct demand_figures *f)
{
	f->use.expected = demand_expected(f->use.daily_milli, f->use.season_e3, demand_days(&f->setting));
}

static struct demand_figures figures(int64_t daily_milli, int64_t per_pack)
{
	struct demand_figures f = {.round_units = per_pack, .setting = {3, 12, 30, "pack", 0}};
	f.use.daily_milli = daily_milli;
	f.use.season_e3 = 1000;
	expect_use(&f);
	return f;
}

/* Twelve whole months of one depot, so many units and days without stock in each. */
static size_t year_of(struct demand_month *m, int64_t place, int64_t units, int64_t days_out)
{
	int64_t ym = 202511;
	for (size_t i = 0; i < 12; i++, ym = ym % 100 == 12 ? ym + 89 : ym + 1)
		m[i] = (struct demand_month){place, ym, units, days_out};
	return 12;
}

/* RULE DOMAIN-8-out-of-stock-days */
static void days_without_stock_are_no_days_without_need(void)
{
	struct demand_month m[DEMAND_MONTHS];
	struct demand_use full, short_of_it;
	size_t n = year_of(m, 1, 300, 0);
	use_of(m, n, &full);
	CU_ASSERT_EQUAL(full.stock_days, 365);
	CU_ASSERT_EQUAL(full.daily_milli, 3600 * 1000 / 365);
	n = year_of(m, 1, 150, 15);
	use_of(m, n, &short_of_it);
	CU_ASSERT_EQUAL(short_of_it.out_days, 180);
	CU_ASSERT_EQUAL(short_of_it.stock_days, 365 - 180);
	CU_ASSERT_EQUAL(short_of_it.daily_milli, 1800 * 1000 / 185);
	/* out nearly all year: what little there was counts a month, not a day */
	n = year_of(m, 1, 0, 31);
	m[0].units = 60;
	use_of(m, n, &full);
	CU_ASSERT_EQUAL(full.daily_milli, 60 * 1000 / 30);
}

/* A depot's rate is its own: the ward that was out does not lend its days to the pharmacy that was not. */
static void depots_add_up(void)
{
	struct demand_month m[2 * DEMAND_MONTHS];
	struct demand_use u;
	size_t n = year_of(m, 1, 386, 0);
	n += year_of(m + n, 2, 386, 0);
	for (size_t i = 12; i < n; i++)
		m[i].days_out = 10;
	use_of(m, n, &u);
	CU_ASSERT_EQUAL(u.daily_milli, 12 * 386 * 1000 / 365 + 12 * 386 * 1000 / 245);
	CU_ASSERT_EQUAL(u.months[0], 772);
	CU_ASSERT_EQUAL(u.months[DEMAND_MONTHS - 1], 0);
}

/* Each has its own figure and its own suggestion, and their sum is the site's. A depot that only keeps stock is no depot that
 * used nothing. */
static void each_depot_has_its_own(void)
{
	struct demand_month m[2 * DEMAND_MONTHS + 1];
	struct demand_use u;
	size_t n = year_of(m, 1, 300, 0);
	n += year_of(m + n, 2, 30, 0);
	m[n++] = (struct demand_month){3, 202608, 0, 20};
	use_of(m, n, &u);
	CU_ASSERT_EQUAL_FATAL(u.depot_count, 3);
	CU_ASSERT_EQUAL(u.depots[0].daily_milli, 3600 * 1000 / 365);
	CU_ASSERT_EQUAL(u.depots[1].daily_milli, 360 * 1000 / 365);
	CU_ASSERT(u.depots[0].from_ymd == 20251101 && u.depots[0].to_ymd == 20261031);
	CU_ASSERT_EQUAL(u.depots[2].daily_milli, 0);
	CU_ASSERT_EQUAL(u.stock_days, 2 * 365);
	CU_ASSERT_EQUAL(u.out_days, 0);
	CU_ASSERT_EQUAL(u.expected, u.depots[0].expected + u.depots[1].expected);
	CU_ASSERT_EQUAL(u.depots[0].expected, demand_expected(u.depots[0].daily_milli, u.season_e3, 45));
}

/* RULE DOMAIN-8-out-of-stock-days: what is out since the tenth of August has been missed for ninety days, no longer. */
static void a_gap_that_is_open_counts(void)
{
	struct demand_month m[DEMAND_MONTHS];
	struct demand_use u;
	const struct demand_gap recent = {1, 20261022}, old = {1, 20260101}, elsewhere = {9, 20260101};
	struct demand_history h = {.months = m, .month_count = year_of(m, 1, 300, 0), .gaps = &recent, .gap_count = 1};
	demand_use_of(&h, TODAY, 45, &u);
	CU_ASSERT_EQUAL(u.out_days, 10); /* this month does not count */
	CU_ASSERT_EQUAL(u.daily_milli, 3600 * 1000 / 355);
	h.gaps = &old;
	demand_use_of(&h, TODAY, 45, &u);
	CU_ASSERT_EQUAL(u.out_days, 90);
	h.gaps = &elsewhere;
	demand_use_of(&h, TODAY, 45, &u);
	CU_ASSERT_EQUAL(u.out_days, 0);
}

/* RULE DOMAIN-12.5-long-prescription: known demand is added as it is, and was no chance while it lasted. */
static void long_prescriptions_are_known(void)
{
	struct demand_month m[DEMAND_MONTHS];
	struct demand_use without, with;
	const struct demand_known ahead = {1, 300, 20261201, 20270131}, past = {1, 300, 20260901, 20261123},
	                          all = {1, 9000, 20251101, 20261031}, alone = {7, 31, 20261121, 20261121};
	struct demand_history h = {.months = m, .month_count = year_of(m, 1, 300, 0)};
	demand_use_of(&h, TODAY, 45, &without);
	h.known_count = 1;
	h.known = &ahead; /* 45 days end on 4 January: 35 of them */
	demand_use_of(&h, TODAY, 45, &with);
	CU_ASSERT_EQUAL(with.long_units, 350);
	CU_ASSERT_EQUAL(with.expected, without.expected + 350);
	h.known = &past; /* 61 days of September and October, three to come */
	demand_use_of(&h, TODAY, 45, &with);
	CU_ASSERT(with.long_units == 30 && with.known_units == 610);
	CU_ASSERT_EQUAL(with.daily_milli, (3600 - 610) * 1000 / 365);
	h.known = &all;
	demand_use_of(&h, TODAY, 45, &with);
	CU_ASSERT(with.daily_milli == 0 && with.known_units == 3600);
	h.known = &alone; /* a depot that used none yet; a part of a unit is a unit */
	demand_use_of(&h, TODAY, 45, &with);
	CU_ASSERT(with.long_units == 2 && with.depot_count == 2 && with.depots[1].expected == 2);
}

/* A drug that came two months ago is not spread over a year. */
static void new_drugs_count_from_their_first_month(void)
{
	const struct demand_month m[] = {{1, 202610, 310, 0}, {1, 202611, 210, 0}};
	struct demand_use u;
	use_of(m, 2, &u);
	CU_ASSERT_EQUAL(u.stock_days, 31);
	CU_ASSERT_EQUAL(u.daily_milli, 10000);
	CU_ASSERT_EQUAL(u.months[DEMAND_MONTHS - 1], 210);
	CU_ASSERT_EQUAL(u.season_e3, 1000);
	use_of(&m[1], 1, &u);
	CU_ASSERT_EQUAL(u.daily_milli, 7000); /* 21 days so far count as thirty */
	use_of(NULL, 0, &u);
	CU_ASSERT(u.daily_milli == 0 && u.season_e3 == 1000);
}

/* RULE DOMAIN-8-season */
static void the_season_is_last_year_s(void)
{
	struct demand_month m[DEMAND_MONTHS];
	struct demand_use u;
	size_t n = year_of(m, 1, 300, 0);
	m[0].units = m[1].units = m[2].units = 450; /* last year's November, December, January */
	use_of(m, n, &u);
	CU_ASSERT(u.season_e3 > 1300 && u.season_e3 < 1500);
	m[0].units = m[1].units = m[2].units = 100000;
	use_of(m, n, &u);
	CU_ASSERT_EQUAL(u.season_e3, 2000);
	m[0].units = m[1].units = m[2].units = 0;
	use_of(m, n, &u);
	CU_ASSERT_EQUAL(u.season_e3, 500);
	struct demand_figures f = figures(10000, 1);
	f.use.season_e3 = 1500;
	expect_use(&f);
	CU_ASSERT_EQUAL(demand_suggestion(&f), 675);
}

static void what_is_there_and_coming_is_taken_off(void)
{
	struct demand_figures f = figures(10000, 24);
	CU_ASSERT_EQUAL(demand_suggestion(&f), 456); /* 450 in whole packs */
	f.stock = 100;
	f.transit = 20;
	f.on_order = 30;
	CU_ASSERT_EQUAL(demand_suggestion(&f), 312);
	f.asked = 100;
	CU_ASSERT_EQUAL(demand_suggestion(&f), 408);
	f.on_order = 1000;
	CU_ASSERT_EQUAL(demand_suggestion(&f), 0);
	f.owed = 50; /* a committed volume is bought, needed or not */
	CU_ASSERT_EQUAL(demand_suggestion(&f), 72);
}

static void rounds_to_pack_box_and_case(void)
{
	CU_ASSERT_EQUAL(demand_round(0, 24), 0);
	CU_ASSERT_EQUAL(demand_round(1, 24), 24);
	CU_ASSERT_EQUAL(demand_round(24, 24), 24);
	CU_ASSERT_EQUAL(demand_round(25, 240), 240);
	CU_ASSERT_EQUAL(demand_round(7, 0), 7);
}

/* Whatever the figures: never negative, in whole packs, and never beyond what is wanted but for the last pack. */
static void never_too_much(void)
{
	srandom(20261121);
	for (int i = 0; i < 20000; i++) {
		struct demand_figures f = figures(random() % 100000, 1 + random() % 300);
		f.setting = (struct demand_setting){random() % 10, random() % 30, 1 + random() % 90, "pack", 0};
		f.use.season_e3 = 500 + random() % 1501;
		expect_use(&f);
		f.stock = random() % 5000;
		f.transit = random() % 1000;
		f.on_order = random() % 3000;
		f.asked = random() % 2000;
		f.owed = random() % 4 ? 0 : random() % 1000;
		int64_t n = demand_suggestion(&f), there = f.stock + f.transit + f.on_order;
		int64_t wanted = demand_target(&f) - there > f.owed ? demand_target(&f) - there : f.owed;
		if (n < 0 || n % f.round_units || (n > 0 && n >= wanted + f.round_units) || n < wanted)
			CU_FAIL("a suggestion out of bounds");
	}
	CU_PASS("20,000 suggestions");
}

static enum status add_settings(struct tx *tx, void *arg)
{
	const struct shop *s = arg;
	const struct demand_setting_new rows[] = {
	        {.lead_days = 1, .safety_days = 2, .cover_days = 3},
	        {.drug_class = "patent", .lead_days = 4, .safety_days = 5, .cover_days = 6, .round_to = "box"},
	        {.site_id = s->lead, .lead_days = 7, .safety_days = 8, .cover_days = 9, .round_to = "case"},
	        {.site_id = s->lead, .from_ymd = 20991231, .lead_days = 9, .safety_days = 9, .cover_days = 9},
	};
	int64_t id = 0;
	enum status st = ST_OK;
	for (size_t i = 0; i < sizeof rows / sizeof *rows && st == ST_OK; i++)
		st = demand_setting_add(tx, &rows[i], &id);
	return st;
}

/* RULE DOMAIN-8-lead-time: the nearest setting that has begun; 45 days until there is one. */
static void the_nearest_setting_counts(void)
{
	SCOPED(shop) s;
	struct demand_setting set;
	struct demand_figures f;
	shop_open(&s);
	shop_fill(&s);
	demand_setting_on(s.w.db, &s.a, s.lead, "western", TODAY, &set);
	CU_ASSERT_EQUAL(demand_days(&set), 45);
	CU_ASSERT_EQUAL(shop_run(&s, add_settings, &s), ST_OK);
	int32_t today = ymd_of_ms(clock_now_ms(&s.clock));
	int64_t town = site_by_code(s.w.db, "T1");
	demand_setting_on(s.w.db, &s.a, town, "western", today, &set);
	CU_ASSERT(demand_days(&set) == 6 && strcmp(set.round_to, "pack") == 0);
	demand_setting_on(s.w.db, &s.a, town, "patent", today, &set);
	CU_ASSERT(demand_days(&set) == 15 && strcmp(set.round_to, "box") == 0);
	demand_setting_on(s.w.db, &s.a, s.lead, "patent", today, &set);
	CU_ASSERT(demand_days(&set) == 24 && strcmp(set.round_to, "case") == 0);
	CU_ASSERT_EQUAL(demand_figures_load(s.w.db, &s.a, s.lead, product_by_code(s.w.db, "P1"), today, &f), ST_OK);
	CU_ASSERT(f.stock == 2448 && f.round_units == 2400);
	CU_ASSERT_EQUAL(demand_figures_load(s.w.db, &s.a, s.lead, 1, today, &f), ST_NOT_FOUND);
}

SQL(maker_of, "SELECT maker_id FROM product_maker WHERE product_id = :id");
SQL(set_supplier, "UPDATE batch SET supplier_id = :supplier_id WHERE lot_id IN (SELECT id FROM lot WHERE product_id = :id) /*all "
                  "sites: a test*/");
struct last {
	int64_t product, first, second;
	int64_t right; /* 0: name the second supplier; else: end this right */
};

static enum status first_delivered(struct tx *tx, void *arg)
{
	struct last *l = arg;
	return db_exec(tx, set_supplier, I64(":supplier_id", l->first), I64(":id", l->product)) ? ST_OK : ST_NOT_FOUND;
}

static enum status name_or_end(struct tx *tx, void *arg)
{
	struct last *l = arg;
	if (l->right)
		return delivery_right_end(tx, l->right, "收回");
	const struct delivery_right_new in = {
	        .supplier_id = l->second,
	        .maker_id = db_i64(tx_db(tx), 0, maker_of, I64(":id", l->product)),
	        .from_ymd = tx->today_ymd,
	};
	return delivery_right_add(tx, &in, &l->right);
}

/* RULE DOMAIN-12.3-delivery-right */
static void nobody_is_proposed_whom_the_maker_did_not_choose(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	shop_fill(&s);
	int32_t today = ymd_of_ms(clock_now_ms(&s.clock));
	struct last l = {.product = product_by_code(s.w.db, "P1")};
	l.first = shop_ask(&s, "SELECT id FROM supplier WHERE code = 'S1'");
	l.second = shop_ask(&s, "SELECT id FROM supplier WHERE code = 'S2'");
	CU_ASSERT_EQUAL(shop_run(&s, first_delivered, &l), ST_OK);
	CU_ASSERT_EQUAL(demand_last_supplier(s.w.db, l.product, today), l.first);
	CU_ASSERT_EQUAL(shop_run(&s, name_or_end, &l), ST_OK);
	CU_ASSERT_EQUAL(demand_last_supplier(s.w.db, l.product, today), 0);
	/* a maker that named its distributors and took the last one back is delivered by nobody */
	CU_ASSERT_EQUAL(shop_run(&s, name_or_end, &l), ST_OK);
	CU_ASSERT_EQUAL(demand_last_supplier(s.w.db, l.product, today), 0);
	l.right = 0;
	l.second = l.first;
	CU_ASSERT_EQUAL(shop_run(&s, name_or_end, &l), ST_OK);
	CU_ASSERT_EQUAL(demand_last_supplier(s.w.db, l.product, today), l.first);
}

SUITE(demand, {"days_without_stock_are_no_days_without_need", days_without_stock_are_no_days_without_need},
      {"depots_add_up", depots_add_up}, {"each_depot_has_its_own", each_depot_has_its_own},
      {"a_gap_that_is_open_counts", a_gap_that_is_open_counts}, {"long_prescriptions_are_known", long_prescriptions_are_known},
      {"new_drugs_count_from_their_first_month", new_drugs_count_from_their_first_month},
      {"the_season_is_last_year_s", the_season_is_last_year_s},
      {"what_is_there_and_coming_is_taken_off", what_is_there_and_coming_is_taken_off},
      {"rounds_to_pack_box_and_case", rounds_to_pack_box_and_case}, {"never_too_much", never_too_much},
      {"the_nearest_setting_counts", the_nearest_setting_counts},
      {"nobody_is_proposed_whom_the_maker_did_not_choose", nobody_is_proposed_whom_the_maker_did_not_choose});
