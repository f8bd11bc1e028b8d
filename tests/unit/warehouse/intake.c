#include "warehouse/intake/intake.h"

#include "core/audit.h"
#include "core/people.h"
#include "tests/harness.h"
#include "warehouse/catalogue.h"
#include "warehouse/demo/demo.h"
#include "warehouse/intake/note.h"
#include "warehouse/intake/usage.h"
#include "warehouse/pack.h"
#include "warehouse/price.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/receipt.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define NOW_MS 1795219200000LL /* 2026-11-21 08:00 in China */

/* A store with its bare lead hospital, and a place for what the last import said. */
struct shop {
	struct clock clock;
	struct writer w;
	struct arena a;
	struct faults faults;
	struct intake_report report;
	int64_t user, lead, depot;
};

static enum status run(struct shop *s, enum status (*job)(struct tx *, void *), void *arg)
{
	s->faults = (struct faults){.arena = &s->a};
	s->clock.fixed_ms += 1000;
	return writer_run_one(&s->w, job, arg, &s->a, &s->faults);
}

static enum status found_job(struct tx *tx, void *arg)
{
	struct shop *s = arg;
	const struct new_site lead = {.code = "X1", .name = "新县医院", .kind = "lead"};
	store_found(tx, "x1", "新县", NULL);
	enum status st = site_add(tx, &lead, &s->lead);
	return st == ST_OK ? depot_add(tx, s->lead, "YK", "药库", "store", &s->depot) : st;
}

static void shop_open(struct shop *s)
{
	char why[200] = "";
	*s = (struct shop){.clock = clock_fixed(NOW_MS)};
	const char *where = arena_printf(&s->a, "sqlite:%s/x1.db", test_folder());
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &s->clock, &s->w, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(run(s, found_job, s), ST_OK);
}

static void shop_drop(struct shop *s)
{
	writer_close(&s->w);
	arena_drop(&s->a);
}

struct import {
	const struct intake_kind *kind;
	const char *text;
	size_t n;
	struct intake_options options;
	void *context;
	struct shop *shop;
	bool dry;
};

static enum status import_job(struct tx *tx, void *arg)
{
	struct import *i = arg;
	struct csv_memory m = {i->text, i->n, 0};
	if (i->shop->user && people_load(tx_db(tx), tx->arena, i->shop->user, &tx->me) != ST_OK)
		return ST_NOT_FOUND;
	enum status st = intake_run(tx, i->kind, csv_from_memory(&m), &i->options, i->context, &i->shop->report);
	return st == ST_OK && i->dry ? ST_IMPORT_REFUSED : st;
}

static enum status import_n(struct shop *s, const struct intake_kind *kind, const char *text, size_t n, bool keep_good, bool dry)
{
	struct import i = {.kind = kind, .text = text, .n = n, .options = {.keep_good = keep_good}, .shop = s, .dry = dry};
	return run(s, import_job, &i);
}

static enum status import(struct shop *s, const struct intake_kind *kind, const char *text)
{
	return import_n(s, kind, text, strlen(text), false, false);
}

static void expect(const struct shop *s, int64_t added, int64_t changed, int64_t unchanged, int64_t refused)
{
	CU_ASSERT_EQUAL(s->report.added, added);
	CU_ASSERT_EQUAL(s->report.changed, changed);
	CU_ASSERT_EQUAL(s->report.unchanged, unchanged);
	CU_ASSERT_EQUAL(s->report.refused_rows, refused);
	for (const struct intake_refused *r = s->report.first; r && s->report.refused_rows != refused; r = r->next)
		printf("  row %lld %s %s %s\n", (long long)r->row, r->field ? r->field : "-", status_code(r->st), r->message);
}

/* Is this row refused at this field for that reason? */
static bool is_refused(const struct shop *s, int64_t row, const char *field, enum status st)
{
	for (const struct intake_refused *r = s->report.first; r; r = r->next)
		if (r->row == row && r->st == st && (field ? r->field && strcmp(r->field, field) == 0 : !r->field))
			return true;
	for (const struct intake_refused *r = s->report.first; r; r = r->next)
		printf("  row %lld %s %s %s\n", (long long)r->row, r->field ? r->field : "-", status_code(r->st), r->message);
	return false;
}

static int64_t ask(struct shop *s, const char *sql)
{
	struct rows r = db_query_text(s->w.db, sql, NULL, 0);
	int64_t v = rows_next(&r) ? col_i64(&r, 0) : -1;
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_status(s->w.db), ST_OK);
	return v;
}

static const char *export(struct shop *s, const struct intake_kind *kind)
{
	struct buf b = {0};
	db_read_begin(s->w.db);
	intake_export(s->w.db, kind, &b);
	CU_ASSERT_EQUAL(db_read_end(s->w.db), ST_OK);
	const char *text = arena_copy(&s->a, b.data, b.len);
	buf_drop(&b);
	return text;
}

#define SITES                                                              \
	"code,name,kind,parent_code,inhabitants,depots\n"                  \
	"C1,一村卫生室,clinic,T1,300,\n"                              \
	"A0,县医院,lead,,90000,YK:药库:store;BY1:内科备用:ward\n" \
	"T1,一镇卫生院,township,A0,12000,\n"
#define SUPPLIERS \
	"code,name,licence_no,licence_until_ymd,phone\nS1,省医药公司,皖A001,2027-12-31,0551-1\nS2,二公司,皖A002,2026/12/31,\n"
#define PRODUCT_HEAD                                                                                                          \
	"code,name,form,spec,maker,unit_name,pack_name,units_per_pack,units_per_box,units_per_case,approval_no,gtin,storage," \
	"traced\n"
#define PRODUCTS                                                                                                                           \
	PRODUCT_HEAD "P1,阿莫西林胶囊,胶囊剂,0.25g×24粒/盒,甲厂,粒,盒,24,240,2400,国药准字H1,6901234567892,常温,1\n" \
	             "P2,\"维生素C片, 含糖\",片剂,0.1g×100片/瓶,乙厂,片,瓶,100,,,,,normal,0\n"
#define CEILINGS "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,12.5,20260101,,省平台\nP2,3.20,20260101,,省平台\n"
#define OPENING                                                             \
	"site_code,depot_code,product_code,lot,made_ymd,expiry_ymd,units\n" \
	"A0,YK,P1,L1,20260105,2028-01-04,2400\nA0,YK,P1,L2,,20270131,48\nT1,YF,P2,V9,,202712,500\n"

static void fill(struct shop *s)
{
	CU_ASSERT_EQUAL_FATAL(import(s, &intake_sites, SITES), ST_OK);
	CU_ASSERT_EQUAL_FATAL(import(s, &intake_suppliers, SUPPLIERS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(import(s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(import(s, &intake_ceilings, CEILINGS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(import(s, &intake_opening, OPENING), ST_OK);
}

/* The bare lead of a new store becomes the file's; rows in any order; depots named or of the kind. */
static void takes_sites(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_sites, SITES), ST_OK);
	expect(&s, 2, 1, 0, 0);
	CU_ASSERT_EQUAL(site_by_code(s.w.db, "A0"), s.lead);
	CU_ASSERT_EQUAL(depot_by_code(s.w.db, s.lead, "YK"), s.depot);
	CU_ASSERT(depot_by_code(s.w.db, s.lead, "BY1") > 0);
	CU_ASSERT_EQUAL(depot_by_code(s.w.db, s.lead, "MZ"), 0);
	CU_ASSERT(depot_by_code(s.w.db, site_by_code(s.w.db, "T1"), "YF") > 0);
	CU_ASSERT(depot_by_code(s.w.db, site_by_code(s.w.db, "C1"), "YG") > 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM site_above"), 6);
	CU_ASSERT_EQUAL(import(&s, &intake_sites, SITES), ST_OK);
	expect(&s, 0, 0, 3, 0);
	CU_ASSERT_EQUAL(import(&s, &intake_sites, "code,name,kind\nT1,一镇中心卫生院,township\n"), ST_OK);
	expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT inhabitants FROM site WHERE name = '一镇中心卫生院'"), 12000);
}

static void refuses_sites(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_sites, SITES), ST_OK);
	CU_ASSERT_EQUAL(import(&s, &intake_sites,
	                       "code,name,kind,parent_code,depots\nT2,二镇,township,ZZ,\nT3,三镇,township,C1,\nT4,四镇,"
	                       "hospital,A0,\nB0,又一家,lead,,\nT5,五镇,township,A0,药库\nT1,一镇,clinic,A0,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "parent_code", ST_NOT_FOUND));
	CU_ASSERT(is_refused(&s, 3, "parent_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 4, "kind", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 5, "kind", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 6, "depots", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 7, "kind", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM site"), 3);
}

static void takes_suppliers(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, SUPPLIERS), ST_OK);
	expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT licence_until_ymd FROM supplier WHERE code = 'S2'"), 20261231);
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, SUPPLIERS), ST_OK);
	expect(&s, 0, 0, 2, 0);
	/* a column that the file lacks stays as it is, an empty cell takes away */
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, "code;name;licence_no;licence_until_ymd\nS1;省医药公司;皖A001;20281231\n"),
	                ST_OK);
	expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM supplier WHERE phone = '0551-1' AND licence_until_ymd = 20281231"), 1);
	CU_ASSERT_EQUAL(
	        import(&s, &intake_suppliers, "code,name,licence_no,licence_until_ymd,phone\nS1,省医药公司,皖A001,20281231,\n"),
	        ST_OK);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM supplier WHERE phone IS NULL"), 2);
}

/* RULE DOMAIN-3-gtin-forms */
static void takes_products(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_products, PRODUCTS), ST_OK);
	expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(product_by_gtin(s.w.db, "06901234567892"), product_by_code(s.w.db, "P1"));
	CU_ASSERT_EQUAL(
	        ask(&s, "SELECT count(*) FROM product WHERE name = '维生素C片, 含糖' AND units_per_case = 100 AND traced = 0"),
	        1);
	CU_ASSERT_EQUAL(import(&s, &intake_products, PRODUCTS), ST_OK);
	expect(&s, 0, 0, 2, 0);
	CU_ASSERT_EQUAL(import(&s, &intake_products,
	                       "code,name,spec,maker,unit_name,pack_name,units_per_pack,warn_days\nP2,\"维生素C片, 含糖\","
	                       "0.1g×100片/瓶,丙厂,片,瓶,100,90\n"),
	                ST_OK);
	expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.maker = '丙厂' AND "
	                        "d.form = '片剂' AND "
	                        "p.warn_days = 90 AND p.traced = 0"),
	                1);
	/* a shorter GTIN is the same product code */
	CU_ASSERT_EQUAL(import(&s, &intake_products,
	                       PRODUCT_HEAD "P1,阿莫西林胶囊,胶囊剂,0.25g×24粒/盒,甲厂,粒,盒,24,240,2400,国药准字H1,"
	                                    "06901234567892,常温,是\n"),
	                ST_OK);
	expect(&s, 0, 0, 1, 0);
}

static void refuses_products(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL(import(&s, &intake_products,
	                       PRODUCT_HEAD "P1,阿莫西林胶囊,胶囊剂,0.25g×24粒/盒,甲厂,粒,盒,12,240,2400,国药准字H1,,,\n"
	                                    "P3,甲,,规格,厂,片,盒,10,,,,6901234567893,,\n"
	                                    "P4,甲,,规格,厂,片,盒,十,,,,,,\n"
	                                    "P5,,,规格,厂,片,盒,10,25,,,,热,\n"
	                                    "P6,甲,,规格,厂,片,盒,10,25,,,,,\n"
	                                    "P7,甲,,规格,厂,片,盒,10,,,,6901234567892,,\n"
	                                    "P8,甲,,规格,厂,片,盒,10,,,,6.90123E+12,,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "units_per_pack", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 3, "gtin", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 4, "units_per_pack", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 5, "name", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 5, "storage", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 6, "units_per_box", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 7, "gtin", ST_ALREADY_EXISTS));
	CU_ASSERT(is_refused(&s, 8, "gtin", ST_INVALID_FIELD));
	expect(&s, 0, 0, 0, 7);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM product"), 2);
}

/* RULE DOMAIN-6-ceiling-dated */
static void takes_ceilings(void)
{
	SCOPED(shop) s;
	SCOPED(arena) a = {0};
	struct price_in_force force;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL(import(&s, &intake_ceilings, CEILINGS), ST_OK);
	expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(import(&s, &intake_ceilings, CEILINGS "P1,11,20260701,,省平台\n"), ST_OK);
	expect(&s, 1, 0, 2, 0);
	CU_ASSERT_EQUAL(price_on(s.w.db, &a, product_by_code(s.w.db, "P1"), 20260630, &force), ST_OK);
	CU_ASSERT_EQUAL(force.ceiling_e4, 125000);
	CU_ASSERT_EQUAL(price_on(s.w.db, &a, product_by_code(s.w.db, "P1"), 20260701, &force), ST_OK);
	CU_ASSERT_EQUAL(force.ceiling_e4, 110000);
	CU_ASSERT_EQUAL(force.units_per_pack, 24);
	/* a correction of the same day counts, the way back needs a new day; an end may be told later */
	CU_ASSERT_EQUAL(import(&s, &intake_ceilings,
	                       "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,10.5,20260701,20271231,省平台\n"),
	                ST_OK);
	expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(import(&s, &intake_ceilings,
	                       "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,11,20260701,,省平台\n"
	                       "P1,10.5,20260701,20270630,省平台\nP9,1,20260701,,省平台\nP2,0,20260701,,省平台\n"
	                       "P2,1,20260701,20260630,省平台\nP2,1.23456,2026-13-01,,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "from_ymd", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 4, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 5, "ceiling_price", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 6, "to_ymd", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 7, "ceiling_price", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 7, "from_ymd", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 7, "source", ST_INVALID_FIELD));
	expect(&s, 0, 1, 0, 5);
}

static void takes_opening_stock(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	fill(&s);
	expect(&s, 3, 0, 0, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM document WHERE kind = 'adjustment'"), 2);
	CU_ASSERT_EQUAL(ask(&s, "SELECT sum(units) FROM holding WHERE quality = 'released'"), 2948);
	CU_ASSERT_EQUAL(ask(&s, "SELECT expiry_ymd FROM lot WHERE lot = 'V9'"), 20271231);
	CU_ASSERT_EQUAL(import(&s, &intake_opening, OPENING), ST_OK);
	expect(&s, 0, 0, 3, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT sum(units) FROM holding"), 2948);
	CU_ASSERT_EQUAL(import(&s, &intake_opening,
	                       "site_code,depot_code,product_code,lot,expiry_ymd,units\nA0,YK,P1,L1,20280104,2399\n"
	                       "A0,YK,P1,L2,20270228,48\nA0,BY1,P1,L1,20280104,24\nA0,BY1,P1,L1,20280104,24\nA0,QQ,P1,L1,"
	                       "20280104,1\nT9,YK,P1,L1,20280104,1\nA0,YK,P7,L1,20280104,1\nA0,YK,P1,L9,20280104,0\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "units", ST_ALREADY_EXISTS));
	CU_ASSERT(is_refused(&s, 3, "expiry_ymd", ST_LOT_CONFLICT));
	CU_ASSERT(is_refused(&s, 5, "lot", ST_ALREADY_EXISTS));
	CU_ASSERT(is_refused(&s, 6, "depot_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 7, "site_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 8, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 9, "units", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(ask(&s, "SELECT sum(units) FROM holding"), 2948);
}

/* Stock that was opened and is used up is not opened again by the same file. */
static void opens_once_even_when_used_up(void)
{
	SCOPED(shop) s;
	struct usage_report usage = {0};
	shop_open(&s);
	fill(&s);
	struct import i = {.kind = &intake_usage,
	                   .context = &usage,
	                   .shop = &s,
	                   .text = "depot_code,item_code,units,lot,reference\nYK,P1,48,L2,R1\n"};
	i.n = strlen(i.text);
	CU_ASSERT_EQUAL(run(&s, import_job, &i), ST_OK);
	CU_ASSERT_EQUAL(usage.booked, 1);
	CU_ASSERT_EQUAL(import(&s, &intake_opening, OPENING), ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 3, "units", ST_ALREADY_EXISTS));
	expect(&s, 0, 0, 2, 1);
}

static void keeps_good_rows_when_asked(void)
{
	static const char text[] = "code,name,licence_no,licence_until_ymd\nS1,甲,1,20271231\nS2,乙,2,never\nS3,丙,3,20271231\n";
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, text), ST_IMPORT_REFUSED);
	expect(&s, 2, 0, 0, 1);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM supplier"), 0);
	CU_ASSERT_EQUAL(import_n(&s, &intake_suppliers, text, strlen(text), true, false), ST_OK);
	expect(&s, 2, 0, 0, 1);
	CU_ASSERT(is_refused(&s, 3, "licence_until_ymd", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM supplier"), 2);
}

/* A dry run tells what would be, and leaves the store and its audit chain as they were. */
static void dry_run_changes_nothing(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	int64_t seq = ask(&s, "SELECT max(seq) FROM audit");
	CU_ASSERT_EQUAL(import_n(&s, &intake_suppliers, SUPPLIERS, strlen(SUPPLIERS), false, true), ST_IMPORT_REFUSED);
	expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM supplier"), 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT max(seq) FROM audit"), seq);
}

static void names_wrong_heads(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, "code,name,licence_nr,licence_until_ymd\nS1,甲,1,20271231\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 1, "licence_no", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 1, "licence_nr", ST_UNKNOWN_FIELD));
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, ""), ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 1, NULL, ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(import(&s, &intake_suppliers, "code,name,licence_no,licence_until_ymd\nS1,\"甲\"x,1,20271231\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, NULL, ST_INVALID_FIELD));
	/* what the list of the API gives beyond them is passed over */
	CU_ASSERT_EQUAL(
	        import(&s, &intake_suppliers, "id,code,name,licence_no,licence_until_ymd,licence_state\n7,S1,甲,1,20271231,ok\n"),
	        ST_OK);
}

/* The guard of formulas is taken off, and text comes back character for character. */
static void reads_gb18030_and_guards(void)
{
	SCOPED(shop) s;
	char gb[400], *out = gb;
	shop_open(&s);
	char *in = arena_string(&s.a, "code,name,licence_no,licence_until_ymd\r\nS1,'=省公司,'-7,20271231\r\n");
	size_t left = strlen(in), room = sizeof gb;
	iconv_t to = iconv_open("GB18030", "UTF-8");
	CU_ASSERT_EQUAL_FATAL(iconv(to, &in, &left, &out, &room), 0);
	iconv_close(to);
	CU_ASSERT_EQUAL(import_n(&s, &intake_suppliers, gb, sizeof gb - room, false, false), ST_OK);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM supplier WHERE name = '=省公司' AND licence_no = '-7'"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(export(&s, &intake_suppliers), "S1,'=省公司,'-7,20271231"));
}

/* What export writes, a new store takes, and writes again letter for letter. */
static void export_comes_back(void)
{
	SCOPED(shop) s;
	SCOPED(shop) t;
	shop_open(&s);
	fill(&s);
	shop_open(&t);
	for (const struct intake_kind *const *k = intake_kinds; *k; k++) {
		const char *text = export(&s, *k);
		CU_ASSERT_EQUAL(import(&t, *k, text), ST_OK);
		CU_ASSERT_STRING_EQUAL(export(&t, *k), text);
		CU_ASSERT_EQUAL(import(&s, *k, text), ST_OK);
		CU_ASSERT_EQUAL(s.report.added + s.report.changed, 0);
		CU_ASSERT(t.report.rows > 0 && t.report.rows == s.report.unchanged);
	}
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
	fill(&s);
	CU_ASSERT_EQUAL(import_n(&s, &intake_opening, text, strlen(text), true, false), ST_OK);
	expect(&s, 2, 0, 0, 2);
	struct import i = {
	        .kind = &intake_usage,
	        .context = &u,
	        .shop = &s,
	        .text = "depot_code,item_code,units,lot,reference\nYK,P1,10,,R1\nYK,P1,999,L2,R1\nYK,P1,9999,,R1\nYK,P2,3,,R1\n"};
	u = (struct usage_report){0};
	i.n = strlen(i.text);
	CU_ASSERT_EQUAL(run(&s, import_job, &i), ST_OK);
	CU_ASSERT(u.booked == 2 && u.waiting == 2 && u.documents == 1);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM stock_move WHERE reason = 'usage'"), 2);
	/* two lots of one item wait as one line that names none */
	CU_ASSERT_EQUAL(ask(&s, "SELECT quantity FROM usage_unmatched WHERE item_code = 'P1' AND lot IS NULL"), 10998);
	db_read_begin(s.w.db);
	CU_ASSERT_EQUAL(audit_verify(s.w.db, NULL, NULL, NULL), 0);
	CU_ASSERT_EQUAL(db_read_end(s.w.db), ST_OK);
}

/* ---- usage ---- */

static enum status usage_import(struct shop *s, const char *text, struct usage_report *usage)
{
	struct import i = {.kind = &intake_usage, .text = text, .n = strlen(text), .context = usage, .shop = s};
	*usage = (struct usage_report){0};
	return run(s, import_job, &i);
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
	fill(&s);
	CU_ASSERT_EQUAL(usage_import(&s, USAGE, &u), ST_OK);
	CU_ASSERT(u.booked == 3 && u.documents == 2 && u.waiting == 3 && u.known == 0);
	/* the line that names L2 takes from it first, the other one gets what FEFO leaves; no match and no stock wait */
	CU_ASSERT_EQUAL(ask(&s, "SELECT sum(units) FROM holding WHERE quality = 'returned'"), 4);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM usage_unmatched WHERE state = 'open'"), 2);
	CU_ASSERT_EQUAL(ask(&s, "SELECT quantity FROM usage_unmatched WHERE item_code = 'HIS7'"), 3);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM usage_unmatched WHERE item_code = 'P2' AND why LIKE '%库存不足%'"), 1);
	CU_ASSERT_EQUAL(usage_import(&s, USAGE, &u), ST_OK);
	CU_ASSERT(u.booked == 0 && u.waiting == 0 && u.known == 6);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM document WHERE reference = 'R1'"), 2);
}

static void matches_what_waited(void)
{
	SCOPED(shop) s;
	struct usage_report u;
	shop_open(&s);
	fill(&s);
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYK,HIS7,2,R1\n", &u), ST_OK);
	CU_ASSERT(u.booked == 0 && u.waiting == 1);
	struct match m = {ask(&s, "SELECT id FROM usage_unmatched"), product_by_code(s.w.db, "P1"), 24000, {0}};
	CU_ASSERT_EQUAL(run(&s, match_job, &m), ST_NOT_ENOUGH_STOCK);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM his_item"), 0);
	m.factor = 24;
	CU_ASSERT_EQUAL(run(&s, match_job, &m), ST_OK);
	CU_ASSERT_EQUAL(ask(&s, "SELECT sum(units) FROM stock_move WHERE reason = 'usage'"), 48);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM usage_unmatched WHERE state = 'matched' AND document_id > 0"), 1);
	CU_ASSERT_EQUAL(run(&s, match_job, &m), ST_WRONG_STATE);
	/* the next day it is known; a return without a lot takes the lot last given */
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYK,HIS7,1,R2\nYK,HIS7,-1,R3\n", &u), ST_OK);
	CU_ASSERT(u.booked == 2 && u.waiting == 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT sum(units) FROM holding WHERE quality = 'returned'"), 24);
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
	fill(&s);
	CU_ASSERT_EQUAL(run(&s, add_user_job, &s), ST_OK);
	CU_ASSERT_EQUAL(
	        usage_import(&s, "site_code,depot_code,item_code,units,reference\n,YF,P2,10,R1\nA0,YK,P1,1,R1\nC1,YG,P1,x,R1\n",
	                     &u),
	        ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 3, "site_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 4, "units", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(usage_import(&s, "depot_code,item_code,units,reference\nYF,P2,10,R1\n", &u), ST_OK);
	CU_ASSERT(u.booked == 1);
	CU_ASSERT_EQUAL(ask(&s, "SELECT units FROM consumption"), 10);
}

/* ---- delivery notes ---- */

struct delivery {
	struct shop *shop;
	struct doc order, receipt;
	const char *text, *map;
	bool keep_good;
	struct note_report note;
	int64_t supplier;
	struct csv_alias aliases[3];
};

static enum status order_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	int64_t no = 0;
	const int64_t p1 = product_by_code(tx_db(tx), "P1"), p2 = product_by_code(tx_db(tx), "P2");
	struct order_line_new lines[] = {{.product_id = p1, .units = 4800, .price_e4 = PRICE_LEFT_OUT},
	                                 {.product_id = p2, .units = 1000, .price_e4 = PRICE_LEFT_OUT}};
	const struct order_new order = {
	        .supplier_id = d->supplier, .buyer_site_id = d->shop->lead, .lines = lines, .line_count = 2};
	enum status st = order_make(tx, &order, &d->order);
	static const int64_t units[] = {24, 240, 2400};
	for (int level = 1; level <= 3 && st == ST_OK; level++)
		st = prefix_bind(tx, arena_printf(tx->arena, "810000%d", level), p1, units[level - 1], level, 0, 1, &no);
	return st;
}

static enum status receipt_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	static const char *const steps[] = {"submit", "approve", "send"};
	enum status st = ST_OK;
	struct doc order = d->order;
	for (size_t i = 0; i < 3 && st == ST_OK; i++) {
		tx->me.id = i == 1 ? 99 : 0; /* another person approves */
		st = document_follow(tx, &order, steps[i], NULL);
	}
	const struct receipt_new receipt = {.order_id = d->order.id, .site_id = d->shop->lead};
	return st == ST_OK ? receipt_make(tx, &receipt, &d->receipt) : st;
}

static enum status note_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	struct csv_memory m = {d->text, strlen(d->text), 0};
	return note_take(tx, &d->receipt, csv_from_memory(&m), d->map, d->keep_good, &d->note, &d->shop->report);
}

static enum status map_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	return column_map_save(tx, d->supplier, d->aliases, 3);
}

static void delivery_begin(struct delivery *d, struct shop *s)
{
	*d = (struct delivery){.shop = s};
	fill(s);
	d->supplier = supplier_by_code(s->w.db, "S1");
	CU_ASSERT_EQUAL_FATAL(run(s, order_job, d), ST_OK);
	CU_ASSERT_EQUAL_FATAL(run(s, receipt_job, d), ST_OK);
}

static enum status take_note(struct delivery *d, const char *text)
{
	d->text = text;
	return run(d->shop, note_job, d);
}

static int64_t announced(struct delivery *d, const char *product)
{
	return ask(
	        d->shop,
	        arena_printf(&d->shop->a,
	                     "SELECT announced_units FROM order_line l JOIN product p ON p.id = l.product_id WHERE p.code = '%s'",
	                     product));
}

/* A case of 2400 in two boxes of 240 would not add up; so many boxes that it does. */
static const char *case_note(struct arena *a, int boxes)
{
	struct buf b = {0};
	buf_puts(&b, "product_code,lot,expiry_ymd,trace_code,parent_code,units\n");
	for (int i = 1; i <= boxes; i++)
		buf_printf(&b, "P1,N1,20281130,8100002%013d,81000030000000000001,\n", i);
	buf_puts(&b, "P1,N1,20281130,81000030000000000001,,\nP1,N1,20281130,81000020000000000099,,\nP2,W1,20281231,,,600\n");
	const char *text = arena_copy(a, b.data, b.len);
	buf_drop(&b);
	return text;
}

/* RULE DOMAIN-2.2-case-holds-children */
static void note_announces_a_case(void)
{
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 9)), ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "parent_code", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM pack"), 0);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	expect(&s, 13, 0, 0, 0);
	CU_ASSERT(d.note.codes == 12 && d.note.lines == 2);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 2640);
	CU_ASSERT_EQUAL(announced(&d, "P2"), 600);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM pack WHERE state = 'announced' AND parent_id IS NOT NULL"), 10);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM stock_move m JOIN batch b ON b.id = m.batch_id JOIN lot l ON l.id = "
	                        "b.lot_id WHERE l.lot = 'N1'"),
	                0);
	int64_t events = ask(&s, "SELECT count(*) FROM document_event");
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	expect(&s, 0, 0, 13, 0);
	CU_ASSERT_EQUAL(ask(&s, "SELECT count(*) FROM document_event"), events);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 2640);
}

static enum status scan_case_job(struct tx *tx, void *arg)
{
	struct delivery *d = arg;
	struct receipt_scan scan;
	const struct receipt_scan_in in = {.code = "81000030000000000001"};
	return receipt_scan(tx, &d->receipt, &in, &scan);
}

/* RULE DOMAIN-12.2-announced: one scan of the announced case brings lot, expiry and all that is inside. */
static void note_feeds_the_scan(void)
{
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	CU_ASSERT_EQUAL(run(&s, scan_case_job, &d), ST_OK);
	CU_ASSERT_EQUAL(ask(&s, "SELECT h.units FROM holding h JOIN batch b ON b.id = h.batch_id JOIN lot l ON l.id = b.lot_id "
	                        "WHERE l.lot = 'N1' AND "
	                        "h.quality = 'pending' AND h.expiry_ymd = 20281130"),
	                2400);
	CU_ASSERT_EQUAL(take_note(&d, case_note(&s.a, 10)), ST_OK);
	expect(&s, 0, 0, 13, 0);
}

/* RULE DOMAIN-12.2-approval-number */
static void note_refuses_by_name(void)
{
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, "product_code,gtin,lot,expiry_ymd,trace_code,parent_code,units,packs,approval_no\n"
	                              ",,N1,20281130,81999990000000000001,,,,\n"                       /* 2 unknown prefix */
	                              ",,N1,20281130,6901234567892,,,,\n"                              /* 3 no pack */
	                              "P2,,N1,20281130,81000010000000000001,,,,\n"                     /* 4 another product */
	                              "P1,,N1,20281130,81000010000000000002,81000030000000000009,,,\n" /* 5 no such case */
	                              "P1,,L2,20290101,,,24,,\n"                       /* 6 known with another expiry */
	                              "P1,,N2,,,,24,,\n"                               /* 7 no expiry */
	                              "P1,,N1,20281130,,,48,1,\n"                      /* 8 units against packs */
	                              "P1,,N1,20281130,,,,1,国药准字H9\n"              /* 9 another approval number */
	                              "P1,,N1,20281130,,,,,\n"                         /* 10 no quantity */
	                              ",6901234567892,N1,20281130,,,,2,国药准字H1\n"), /* 11 fine */
	                ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "trace_code", ST_CODE_UNBOUND));
	CU_ASSERT(is_refused(&s, 3, "trace_code", ST_CODE_NOT_TRACE));
	CU_ASSERT(is_refused(&s, 4, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 5, "parent_code", ST_NOT_FOUND));
	CU_ASSERT(is_refused(&s, 6, "expiry_ymd", ST_LOT_CONFLICT));
	CU_ASSERT(is_refused(&s, 7, "expiry_ymd", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 8, "units", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 9, "approval_no", ST_INVALID_FIELD));
	CU_ASSERT(is_refused(&s, 10, "units", ST_INVALID_FIELD));
	expect(&s, 1, 0, 0, 9);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 0);
}

static void note_uses_saved_columns(void)
{
	static const char text[] = "货号,生产批号,有效期,数量,车牌\nP1,N1,2028/11/30,480,皖A\n";
	SCOPED(shop) s;
	struct delivery d;
	shop_open(&s);
	delivery_begin(&d, &s);
	CU_ASSERT_EQUAL(take_note(&d, text), ST_IMPORT_REFUSED);
	d.aliases[0] = (struct csv_alias){"product_code", "货号"};
	d.aliases[1] = (struct csv_alias){"lot", "生产批号"};
	d.aliases[2] = (struct csv_alias){"lot", "有效期"};
	CU_ASSERT_EQUAL(run(&s, map_job, &d), ST_INVALID_FIELD);
	d.aliases[2] = (struct csv_alias){"expiry_ymd", "有效期"};
	CU_ASSERT_EQUAL(run(&s, map_job, &d), ST_OK);
	CU_ASSERT_EQUAL(take_note(&d, text), ST_IMPORT_REFUSED);
	CU_ASSERT(is_refused(&s, 2, "units", ST_INVALID_FIELD));
	d.map = "product_code:货号,lot:生产批号,expiry_ymd:有效期,units:数量";
	CU_ASSERT_EQUAL(take_note(&d, text), ST_OK);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 480);
	d.map = "units";
	CU_ASSERT_EQUAL(take_note(&d, text), ST_INVALID_FIELD);
	/* a corrected note replaces what was announced */
	d.map = "product_code:货号,lot:生产批号,expiry_ymd:有效期,units:数量";
	CU_ASSERT_EQUAL(take_note(&d, "货号,生产批号,有效期,数量\nP1,N1,2028/11/30,240\n"), ST_OK);
	expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(announced(&d, "P1"), 240);
}

SUITE(intake, {"takes_sites", takes_sites}, {"refuses_sites", refuses_sites}, {"takes_suppliers", takes_suppliers},
      {"takes_products", takes_products}, {"refuses_products", refuses_products}, {"takes_ceilings", takes_ceilings},
      {"takes_opening_stock", takes_opening_stock}, {"opens_once_even_when_used_up", opens_once_even_when_used_up},
      {"keeps_good_rows_when_asked", keeps_good_rows_when_asked}, {"dry_run_changes_nothing", dry_run_changes_nothing},
      {"names_wrong_heads", names_wrong_heads}, {"reads_gb18030_and_guards", reads_gb18030_and_guards},
      {"export_comes_back", export_comes_back}, {"seals_hold_after_refusals", seals_hold_after_refusals},
      {"books_usage_once", books_usage_once}, {"matches_what_waited", matches_what_waited},
      {"usage_stays_at_home", usage_stays_at_home}, {"note_announces_a_case", note_announces_a_case},
      {"note_feeds_the_scan", note_feeds_the_scan}, {"note_refuses_by_name", note_refuses_by_name},
      {"note_uses_saved_columns", note_uses_saved_columns});
