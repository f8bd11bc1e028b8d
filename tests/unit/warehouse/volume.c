/* 集采 below the API: imported commitments, the division of an order line, the proof. */
#include "tests/unit/warehouse/shop.h"

#include "warehouse/procurement/order.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/round.h"
#include "warehouse/volume/share.h"

#include <string.h>

#define HEAD "round_code,product_code,site_code,committed_units,opening_units\n"

static enum status found_round(struct tx *tx, void *arg)
{
	struct shop *s = arg;
	int64_t id = 0, version = 1;
	const struct volume_round_new round = {.code = "J9",
	                                       .name = "第九批",
	                                       .from_ymd = 20260101,
	                                       .to_ymd = 20261231,
	                                       .other_pm = INT64_MIN,
	                                       .commit_pm = INT64_MIN,
	                                       .warn_pm = INT64_MIN};
	struct volume_product_new lines[] = {
	        {product_by_code(tx_db(tx), "P1"), "selected", NULL, 100000, INT64_MIN},
	        {product_by_code(tx_db(tx), "P2"), "reserve", NULL, -1, INT64_MIN},
	};
	const struct volume_products_new products = {.version = 1, .lines = lines, .line_count = 2};
	(void)s;
	enum status st = volume_round_make(tx, &round, &id);
	return st == ST_OK ? volume_products_put(tx, id, &products, &version) : st;
}

static void open_round(struct shop *s)
{
	shop_open(s);
	shop_fill(s);
	CU_ASSERT_EQUAL_FATAL(shop_run(s, found_round, s), ST_OK);
}

static void hear(void *arg, const char *table, const char *row, const char *what)
{
	(void)table;
	(void)row;
	(void)what;
	++*(int *)arg;
}

static int64_t faults(struct shop *s)
{
	int heard = 0;
	int64_t n = volume_verify(s->w.db, hear, &heard);
	CU_ASSERT_EQUAL(n, heard);
	return n;
}

/* The file is the whole: only what differs is committed, by one document of each site. RULE DOMAIN-12.3-volume */
static void takes_commitments(void)
{
	static const char text[] = HEAD "J9,P1,A0,2400,240\nJ9,P1,T1,1200,\n";
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, text), ST_OK);
	shop_expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document WHERE kind = 'volume_report' AND state = 'committed'"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM volume_progress"), 3600);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(received_units) FROM volume_progress"), 240);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(paid_fen) FROM volume_progress"), 10000);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, text), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, HEAD "J9,P1,A0,2160,0\n"), ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM volume_commitment"), 3360);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(received_units) FROM volume_progress"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document WHERE kind = 'volume_report'"), 3);
	CU_ASSERT_EQUAL(faults(&s), 0);
}

#define PRODUCTS_HEAD "round_code,product_code,role,price,generic,measure_e3\n"

static void takes_products(void)
{
	SCOPED(shop) s;
	open_round(&s);
	const char *text = shop_export(&s, &intake_volume_products);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "J9,P1,selected,10.00,"));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volume_products, text), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volume_products, "round_code,product_code,role,price\nJ9,P2,中选,3\n"), ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM price WHERE kind = 'selected' AND price_e4 = 30000"), 1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volume_products,
	                            PRODUCTS_HEAD "J8,P1,中选,1,,\nJ9,P7,中选,1,,\nJ9,P1,best,1,,\nJ9,P1,中选,9,另一组,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "round_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "role", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "generic", ST_ALREADY_EXISTS));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM volume_generic"), 2);
}

static void refuses_wrong_commitments(void)
{
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes,
	                            HEAD "J8,P1,A0,1,\nJ9,P9,A0,1,\nJ9,P2,A0,1,\nJ9,P1,T9,1,\nJ9,P1,A0,-1,\nJ9,P1,A0,1,-1\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "round_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "site_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 6, "committed_units", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "opening_units", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM volume_progress"), 0);
}

static void export_comes_back(void)
{
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, HEAD "J9,P1,A0,2400,240\nJ9,P1,T1,1200,0\n"), ST_OK);
	const char *text = shop_export(&s, &intake_volumes);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "J9,P1,A0,2400,240"));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, text), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
	CU_ASSERT_STRING_EQUAL(shop_export(&s, &intake_volumes), text);
}

/* ---- the shares of a line ---- */

struct buying {
	struct shop *shop;
	int64_t units, owner_id, order_id;
};

static enum status buy(struct tx *tx, void *arg)
{
	struct buying *b = arg;
	struct doc d;
	struct order_line_new line = {.product_id = product_by_code(tx_db(tx), "P1"), .units = b->units, .price_e4 = 100000};
	const struct order_new in = {.supplier_id = supplier_by_code(tx_db(tx), "S1"),
	                             .buyer_site_id = site_root(tx_db(tx)),
	                             .owner_site_id = b->owner_id,
	                             .lines = &line,
	                             .line_count = 1};
	enum status st = order_make(tx, &in, &d);
	b->order_id = d.id;
	if (st == ST_OK)
		volume_share_order(tx, d.id); /* as its submission does */
	return st;
}

static int64_t share_at(struct shop *s, const struct buying *b, const char *site)
{
	return shop_ask(s,
	                arena_printf(&s->a,
	                             "SELECT coalesce(sum(v.units), 0) FROM order_line_volume v JOIN order_line l ON l.id = "
	                             "v.order_line_id JOIN site x ON x.id = v.site_id WHERE l.order_id = %lld AND l.dropped = 0 "
	                             "AND x.code = '%s'",
	                             (long long)b->order_id, site));
}

/* RULE DOMAIN-12.3-volume-credit: whole packs, by what is owed; what nobody owes is the receiver's. */
static void a_line_is_divided_by_what_is_owed(void)
{
	static const struct {
		int64_t units, lead, town;
		bool owned_by_clinic;
	} rows[] = {
	        {24, 24, 0, false},                                   /* one pack goes to whoever owes most */
	        {72, 48, 24, false},                                  /* two to one */
	        {75, 51, 24, false},                                  /* less than a pack too */
	        {3600, 2400, 1200, false}, {4800, 3600, 1200, false}, /* the rest is the receiver's */
	        {480, 0, 480, true},                                  /* owned below the township, which has the volume */
	};
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, HEAD "J9,P1,A0,2400,\nJ9,P1,T1,1200,\n"), ST_OK);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buying b = {&s, rows[i].units, rows[i].owned_by_clinic ? site_by_code(s.w.db, "C1") : 0, 0};
		CU_ASSERT_EQUAL_FATAL(shop_run(&s, buy, &b), ST_OK);
		CU_ASSERT_EQUAL(share_at(&s, &b, "A0"), rows[i].lead);
		CU_ASSERT_EQUAL(share_at(&s, &b, "T1"), rows[i].town);
	}
	CU_ASSERT_EQUAL(faults(&s), 0);
}

struct giving {
	int64_t line_id, order_id;
	struct volume_share shares[2];
};

static enum status give(struct tx *tx, void *arg)
{
	struct giving *g = arg;
	tx->action = "test";
	enum status st = volume_share_line(tx, g->line_id, g->shares, 2);
	if (st == ST_OK)
		volume_share_order(tx, g->order_id);
	return st;
}

/* Who planned the order knows better than the rule. */
static void given_shares_stay(void)
{
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, HEAD "J9,P1,A0,2400,\nJ9,P1,T1,1200,\n"), ST_OK);
	struct buying b = {&s, 240, 0, 0};
	CU_ASSERT_EQUAL_FATAL(shop_run(&s, buy, &b), ST_OK);
	struct giving g = {shop_ask(&s, "SELECT max(id) FROM order_line"),
	                   b.order_id,
	                   {{site_by_code(s.w.db, "T1"), 216}, {site_by_code(s.w.db, "A0"), 25}}};
	CU_ASSERT_EQUAL(shop_run(&s, give, &g), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(share_at(&s, &b, "T1"), 72); /* 3.3 of 10 packs, the rest of the division goes to the lead */
	g.shares[1].units = 24;
	CU_ASSERT_EQUAL(shop_run(&s, give, &g), ST_OK);
	CU_ASSERT_EQUAL(share_at(&s, &b, "T1"), 216);
	CU_ASSERT_EQUAL(share_at(&s, &b, "A0"), 24);
}

/* What a site still owes, alone and with everything below it. */
static void owed_is_what_is_left(void)
{
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, HEAD "J9,P1,A0,2400,2640\nJ9,P1,T1,1200,240\n"), ST_OK);
	int64_t p = product_by_code(s.w.db, "P1"), lead = site_by_code(s.w.db, "A0"), town = site_by_code(s.w.db, "T1");
	CU_ASSERT_EQUAL(volume_owed_units(s.w.db, p, town, 20261121), 960);
	/* what the lead has too much of does not serve the township */
	CU_ASSERT_EQUAL(volume_owed_units(s.w.db, p, lead, 20261121), 960);
	CU_ASSERT_EQUAL(volume_owed_units(s.w.db, p, lead, 20270101), 0);
	CU_ASSERT_EQUAL(volume_owed_units(s.w.db, product_by_code(s.w.db, "P2"), lead, 20261121), 0);
	/* 41 days are left: even parts, and all of it at the end */
	CU_ASSERT_EQUAL(volume_owed_in(s.w.db, p, town, 20261121, 10), 235);
	CU_ASSERT_EQUAL(volume_owed_in(s.w.db, p, town, 20261121, 41), 960);
	CU_ASSERT_EQUAL(volume_owed_in(s.w.db, p, town, 20261231, 45), 960);
}

/* The share of the year that is over: one rule in C and in SQL. */
static void elapsed_is_one_rule(void)
{
	static const int32_t days[] = {20251231, 20260101, 20260102, 20260630, 20261230, 20261231, 20270101};
	static const int64_t pm[] = {0, 2, 5, 495, 997, 1000, 1000};
	SCOPED(shop) s;
	open_round(&s);
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		CU_ASSERT_EQUAL(volume_elapsed_pm(ymd_to_days(20260101), ymd_to_days(20261231), ymd_to_days(days[i])), pm[i]);
		const struct arg now = I64(":now_ms", ymd_begin_ms(days[i]) + 3600 * 1000);
		struct rows r = db_query_text(s.w.db, "SELECT " VOLUME_ELAPSED " FROM volume_round r", &now, 1);
		CU_ASSERT_TRUE(rows_next(&r));
		CU_ASSERT_EQUAL(col_i64(&r, 0), pm[i]);
		rows_drop(&r);
	}
}

/* RULE DESIGN-5-verify: every sum that does not re-add is told. */
static void proof_sees_changes(void)
{
	static const char *const changes[] = {
	        "UPDATE volume_progress SET units = units + 1",
	        "UPDATE volume_progress SET received_units = received_units - 1",
	        "UPDATE volume_progress SET used_units = 7",
	        "UPDATE volume_progress SET paid_fen = paid_fen + 1",
	        "UPDATE volume_progress SET listed_fen = 0",
	        "DELETE FROM volume_progress",
	        "UPDATE order_line_volume SET units = units + 1",
	        "UPDATE order_line_volume SET received_units = 1",
	};
	SCOPED(shop) s;
	open_round(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_volumes, HEAD "J9,P1,A0,2400,240\n"), ST_OK);
	struct buying b = {&s, 240, 0, 0};
	CU_ASSERT_EQUAL_FATAL(shop_run(&s, buy, &b), ST_OK);
	CU_ASSERT_EQUAL(faults(&s), 0);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		CU_ASSERT_EQUAL_FATAL(db_begin(s.w.db), ST_OK);
		CU_ASSERT_EQUAL(db_script(s.w.db, changes[i]), ST_OK);
		CU_ASSERT_TRUE(faults(&s) > 0);
		db_rollback(s.w.db);
	}
	CU_ASSERT_EQUAL(faults(&s), 0);
}

SUITE(volume_rules, {"takes_commitments", takes_commitments}, {"takes_products", takes_products},
      {"refuses_wrong_commitments", refuses_wrong_commitments}, {"export_comes_back", export_comes_back},
      {"a_line_is_divided_by_what_is_owed", a_line_is_divided_by_what_is_owed}, {"given_shares_stay", given_shares_stay},
      {"owed_is_what_is_left", owed_is_what_is_left}, {"elapsed_is_one_rule", elapsed_is_one_rule},
      {"proof_sees_changes", proof_sees_changes});
