#include "core/audit.h"
#include "tests/unit/warehouse/shop.h"
#include "warehouse/intake/usage.h"

static enum status usage_import(struct shop *s, const char *text, struct usage_report *usage)
{
	struct import i = {.kind = &intake_usage, .text = text, .n = strlen(text), .context = usage, .shop = s};
	*usage = (struct usage_report){0};
	return shop_run(s, shop_import_job, &i);
}

struct match {
	int64_t id, product, factor;
	struct doc doc;
};

static enum status match_job(struct tx *tx, void *arg)
{
	struct match *m = arg;
	return usage_match(tx, m->id, m->product, m->factor, &m->doc);
}

#define USAGE                                                                                                                             \
	"depot_code,item_code,item_name,units,lot,reference,处方号\nYK,P1,阿莫西林,30,,R1,a\nYK,6901234567892,阿莫西林,20,L2," \
	"R1,b\n"                                                                                                                          \
	"YK,HIS7,阿莫西林盒,2,,R1,c\nYK,HIS7,阿莫西林盒,1,,R1,d\nYK,P1,阿莫西林,-4,L2,R1,e\nYK,P2,维C,5,,R2,f\n"

/* RULE DOMAIN-12.1-usage RULE DOMAIN-12.1-his-codes */
static void books_usage_once(void)
{
	SCOPED(shop) s;
	struct usage_report u;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(usage_import(&s, USAGE, &u), ST_OK);
	CU_ASSERT(u.booked == 3 && u.documents == 2 && u.waiting == 3 && u.known == 0);
	/* the line that names L2 takes from it first, the other one gets what FEFO leaves; no match and no stock wait */
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM holding WHERE quality = 'returned'"), 4);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM usage_unmatched WHERE state = 'open'"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT quantity FROM usage_unmatched WHERE item_code = 'HIS7'"), 3);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM usage_unmatched WHERE item_code = 'P2' AND why LIKE '%库存不足%'"), 1);
	CU_ASSERT_EQUAL(usage_import(&s, USAGE, &u), ST_OK);
	CU_ASSERT(u.booked == 0 && u.waiting == 0 && u.known == 6);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document WHERE reference = 'R1'"), 2);
}

static void matches_what_waited(void)
{
	SCOPED(shop) s;
	struct usage_report u;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYK,HIS7,2,R1\n", &u), ST_OK);
	CU_ASSERT(u.booked == 0 && u.waiting == 1);
	struct match m = {shop_ask(&s, "SELECT id FROM usage_unmatched"), product_by_code(s.w.db, "P1"), 24000, {0}};
	CU_ASSERT_EQUAL(shop_run(&s, match_job, &m), ST_NOT_ENOUGH_STOCK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM his_item"), 0);
	m.factor = 24;
	CU_ASSERT_EQUAL(shop_run(&s, match_job, &m), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM stock_move WHERE reason = 'usage'"), 48);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM usage_unmatched WHERE state = 'matched' AND document_id > 0"), 1);
	CU_ASSERT_EQUAL(shop_run(&s, match_job, &m), ST_WRONG_STATE);
	/* the next day it is known; a return without a lot takes the lot last given */
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYK,HIS7,1,R2\nYK,HIS7,-1,R3\n", &u), ST_OK);
	CU_ASSERT(u.booked == 2 && u.waiting == 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM holding WHERE quality = 'returned'"), 24);
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYK,HIS7,2,R1\n", &u), ST_OK);
	CU_ASSERT(u.booked == 0 && u.known == 1);
}

static enum status add_user_job(struct tx *tx, void *arg)
{
	struct shop *s = arg;
	const struct new_user in = {.name = "town",
	                            .display_name = "镇",
	                            .password_hash = "-",
	                            .roles = 1u << ROLE_township_pharmacist,
	                            .root_site_id = site_by_code(tx_db(tx), "T1")};
	return user_add(tx, &in, &s->user);
}

/* A branch books its own depots only. */
static void usage_stays_at_home(void)
{
	SCOPED(shop) s;
	struct usage_report u;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_run(&s, add_user_job, &s), ST_OK);
	CU_ASSERT_EQUAL(
	        usage_import(&s, "site_code,depot_code,item_code,units,reference\n,YF,P2,10,R1\nA0,YK,P1,1,R1\nC1,YG,P1,x,R1\n",
	                     &u),
	        ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 3, "site_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "units", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYF,P2,10,R1\n", &u), ST_OK);
	CU_ASSERT(u.booked == 1);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT units FROM consumption"), 10);
}

/* Stock that was opened and is used up is not opened again by the same file. */
static void opens_once_even_when_used_up(void)
{
	SCOPED(shop) s;
	struct usage_report usage = {0};
	shop_open(&s);
	shop_fill(&s);
	struct import i = {.kind = &intake_usage,
	                   .context = &usage,
	                   .shop = &s,
	                   .text = "depot_code,item_code,units,lot,reference\nYK,P1,48,L2,R1\n"};
	i.n = strlen(i.text);
	CU_ASSERT_EQUAL(shop_run(&s, shop_import_job, &i), ST_OK);
	CU_ASSERT_EQUAL(usage.booked, 1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_opening, OPENING), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 3, "units", ST_ALREADY_EXISTS));
	shop_expect(&s, 0, 0, 2, 1);
}

/* Parts that were refused leave no trace in the seals. */
static void seals_hold_after_refusals(void)
{
	SCOPED(shop) s;
	struct usage_report u;
	static const char text[] =
	        "site_code,depot_code,product_code,lot,expiry_ymd,units\nA0,YK,P2,K1,20280104,10\nA0,YK,P2,K2,20280104,0\n"
	        "A0,YK,P1,L1,20280105,10\nA0,BY1,P2,K1,20280104,7\n";
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_import_n(&s, &intake_opening, text, strlen(text), true, false), ST_OK);
	shop_expect(&s, 2, 0, 0, 2);
	struct import i = {
	        .kind = &intake_usage,
	        .context = &u,
	        .shop = &s,
	        .text = "depot_code,item_code,units,lot,reference\nYK,P1,10,,R1\nYK,P1,999,L2,R1\nYK,P1,9999,,R1\nYK,P2,3,,R1\n"};
	u = (struct usage_report){0};
	i.n = strlen(i.text);
	CU_ASSERT_EQUAL(shop_run(&s, shop_import_job, &i), ST_OK);
	CU_ASSERT(u.booked == 2 && u.waiting == 2 && u.documents == 1);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM stock_move WHERE reason = 'usage'"), 2);
	/* two lots of one item wait as one line that names none */
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT quantity FROM usage_unmatched WHERE item_code = 'P1' AND lot IS NULL"), 10998);
	db_read_begin(s.w.db);
	CU_ASSERT_EQUAL(audit_verify(s.w.db, NULL, NULL, NULL), 0);
	CU_ASSERT_EQUAL(db_read_end(s.w.db), ST_OK);
}

SUITE(usage, {"books_usage_once", books_usage_once}, {"matches_what_waited", matches_what_waited},
      {"usage_stays_at_home", usage_stays_at_home}, {"opens_once_even_when_used_up", opens_once_even_when_used_up},
      {"seals_hold_after_refusals", seals_hold_after_refusals});
