#include "tests/unit/warehouse/shop.h"
#include "warehouse/price/price.h"

#include <iconv.h>

/* The bare lead of a new store becomes the file's; rows in any order; depots named or of the kind. */
static void takes_sites(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_sites, SITES), ST_OK);
	shop_expect(&s, 2, 1, 0, 0);
	CU_ASSERT_EQUAL(site_by_code(s.w.db, "A0"), s.lead);
	CU_ASSERT_EQUAL(depot_by_code(s.w.db, s.lead, "YK"), s.depot);
	CU_ASSERT(depot_by_code(s.w.db, s.lead, "BY1") > 0);
	CU_ASSERT_EQUAL(depot_by_code(s.w.db, s.lead, "MZ"), 0);
	CU_ASSERT(depot_by_code(s.w.db, site_by_code(s.w.db, "T1"), "YF") > 0);
	CU_ASSERT(depot_by_code(s.w.db, site_by_code(s.w.db, "C1"), "YG") > 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM site_above"), 6);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_sites, SITES), ST_OK);
	shop_expect(&s, 0, 0, 3, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_sites, "code,name,kind\nT1,一镇中心卫生院,township\n"), ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT inhabitants FROM site WHERE name = '一镇中心卫生院'"), 12000);
}

static void refuses_sites(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_sites, SITES), ST_OK);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_sites,
	                            "code,name,kind,parent_code,depots\nT2,二镇,township,ZZ,\nT3,三镇,township,C1,\nT4,四镇,"
	                            "hospital,A0,\nB0,又一家,lead,,\nT5,五镇,township,A0,药库\nT1,一镇,clinic,A0,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "parent_code", ST_NOT_FOUND));
	CU_ASSERT(shop_refused(&s, 3, "parent_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "kind", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "kind", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 6, "depots", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "kind", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM site"), 3);
}

static void takes_suppliers(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, SUPPLIERS), ST_OK);
	shop_expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT licence_until_ymd FROM supplier WHERE code = 'S2'"), 20261231);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, SUPPLIERS), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
	/* a column that the file lacks stays as it is, an empty cell takes away */
	CU_ASSERT_EQUAL(
	        shop_import(&s, &intake_suppliers, "code;name;licence_no;licence_until_ymd\nS1;省医药公司;皖A001;20281231\n"),
	        ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE phone = '0551-1' AND licence_until_ymd = 20281231"), 1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers,
	                            "code,name,licence_no,licence_until_ymd,phone\nS1,省医药公司,皖A001,20281231,\n"),
	                ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE phone IS NULL"), 2);
}

/* RULE DOMAIN-3-gtin-forms */
static void takes_products(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, PRODUCTS), ST_OK);
	shop_expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(product_by_gtin(s.w.db, "06901234567892"), product_by_code(s.w.db, "P1"));
	CU_ASSERT_EQUAL(
	        shop_ask(&s,
	                 "SELECT count(*) FROM product WHERE name = '维生素C片, 含糖' AND units_per_case = 100 AND traced = 0"),
	        1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, PRODUCTS), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products,
	                            "code,name,spec,maker,unit_name,pack_name,units_per_pack,warn_days\nP2,\"维生素C片, 含糖\","
	                            "0.1g×100片/瓶,丙厂,片,瓶,100,90\n"),
	                ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.maker = '丙厂' AND "
	                             "d.form = '片剂' AND "
	                             "p.warn_days = 90 AND p.traced = 0"),
	                1);
	/* a shorter GTIN is the same product code */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products,
	                            PRODUCT_HEAD "P1,阿莫西林胶囊,胶囊剂,0.25g×24粒/盒,甲厂,粒,盒,24,240,2400,国药准字H1,"
	                                         "06901234567892,常温,是\n"),
	                ST_OK);
	shop_expect(&s, 0, 0, 1, 0);
}

static void refuses_products(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products,
	                            PRODUCT_HEAD "P1,阿莫西林胶囊,胶囊剂,0.25g×24粒/盒,甲厂,粒,盒,12,240,2400,国药准字H1,,,\n"
	                                         "P3,甲,,规格,厂,片,盒,10,,,,6901234567893,,\n"
	                                         "P4,甲,,规格,厂,片,盒,十,,,,,,\n"
	                                         "P5,,,规格,厂,片,盒,10,25,,,,热,\n"
	                                         "P6,甲,,规格,厂,片,盒,10,25,,,,,\n"
	                                         "P7,甲,,规格,厂,片,盒,10,,,,6901234567892,,\n"
	                                         "P8,甲,,规格,厂,片,盒,10,,,,6.90123E+12,,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "units_per_pack", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "gtin", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "units_per_pack", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "name", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "storage", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 6, "units_per_box", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "gtin", ST_ALREADY_EXISTS));
	CU_ASSERT(shop_refused(&s, 8, "gtin", ST_INVALID_FIELD));
	shop_expect(&s, 0, 0, 0, 7);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product"), 2);
}

/* RULE DOMAIN-6-ceiling-dated */
static void takes_ceilings(void)
{
	SCOPED(shop) s;
	SCOPED(arena) a = {0};
	struct price_rule force;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_ceilings, CEILINGS), ST_OK);
	shop_expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_ceilings, CEILINGS "P1,11,20260701,,省平台\n"), ST_OK);
	shop_expect(&s, 1, 0, 2, 0);
	CU_ASSERT_EQUAL(price_rule_on(s.w.db, &a, product_by_code(s.w.db, "P1"), 20260630, &force), ST_OK);
	CU_ASSERT_EQUAL(force.price_e4, 125000);
	CU_ASSERT_EQUAL(price_rule_on(s.w.db, &a, product_by_code(s.w.db, "P1"), 20260701, &force), ST_OK);
	CU_ASSERT_EQUAL(force.price_e4, 110000);
	CU_ASSERT_EQUAL(force.units_per_pack, 24);
	/* a correction of the same day counts, the way back needs a new day; an end may be told later */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_ceilings,
	                            "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,10.5,20260701,20271231,省平台\n"),
	                ST_OK);
	shop_expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_ceilings,
	                            "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,11,20260701,,省平台\n"
	                            "P1,10.5,20260701,20270630,省平台\nP9,1,20260701,,省平台\nP2,0,20260701,,省平台\n"
	                            "P2,1,20260701,20260630,省平台\nP2,1.23456,2026-13-01,,\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "from_ymd", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 5, "ceiling_price", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 6, "to_ymd", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "ceiling_price", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "from_ymd", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "source", ST_INVALID_FIELD));
	shop_expect(&s, 0, 1, 0, 5);
	/* days that are over stay as they were: neither ended in the past nor brought back from there */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_ceilings,
	                            "product_code,ceiling_price,from_ymd,to_ymd,source\nP1,10.5,20260701,20260801,省平台\n"
	                            "P1,12.5,20260101,20271231,省平台\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "to_ymd", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "to_ymd", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(price_rule_on(s.w.db, &a, product_by_code(s.w.db, "P1"), 20260901, &force), ST_OK);
}

static void takes_opening_stock(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	shop_fill(&s);
	shop_expect(&s, 3, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM document WHERE kind = 'adjustment'"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM holding WHERE quality = 'released'"), 2948);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT expiry_ymd FROM lot WHERE lot = 'V9'"), 20271231);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_opening, OPENING), ST_OK);
	shop_expect(&s, 0, 0, 3, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM holding"), 2948);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_opening,
	                            "site_code,depot_code,product_code,lot,expiry_ymd,units\nA0,YK,P1,L1,20280104,2399\n"
	                            "A0,YK,P1,L2,20270228,48\nA0,BY1,P1,L1,20280104,24\nA0,BY1,P1,L1,20280104,24\nA0,QQ,P1,L1,"
	                            "20280104,1\nT9,YK,P1,L1,20280104,1\nA0,YK,P7,L1,20280104,1\nA0,YK,P1,L9,20280104,0\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "units", ST_ALREADY_EXISTS));
	CU_ASSERT(shop_refused(&s, 3, "expiry_ymd", ST_LOT_CONFLICT));
	CU_ASSERT(shop_refused(&s, 5, "lot", ST_ALREADY_EXISTS));
	CU_ASSERT(shop_refused(&s, 6, "depot_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 7, "site_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 8, "product_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 9, "units", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT sum(units) FROM holding"), 2948);
}

static void keeps_good_rows_when_asked(void)
{
	static const char text[] = "code,name,licence_no,licence_until_ymd\nS1,甲,1,20271231\nS2,乙,2,never\nS3,丙,3,20271231\n";
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, text), ST_IMPORT_REFUSED);
	shop_expect(&s, 2, 0, 0, 1);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier"), 0);
	CU_ASSERT_EQUAL(shop_import_n(&s, &intake_suppliers, text, strlen(text), true, false), ST_OK);
	shop_expect(&s, 2, 0, 0, 1);
	CU_ASSERT(shop_refused(&s, 3, "licence_until_ymd", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier"), 2);
}

/* A dry run tells what would be, and leaves the store and its audit chain as they were. */
static void dry_run_changes_nothing(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	int64_t seq = shop_ask(&s, "SELECT max(seq) FROM audit");
	CU_ASSERT_EQUAL(shop_import_n(&s, &intake_suppliers, SUPPLIERS, strlen(SUPPLIERS), false, true), ST_IMPORT_REFUSED);
	shop_expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier"), 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT max(seq) FROM audit"), seq);
}

static void names_wrong_heads(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, "code,nane,licence_no,licence_until_ymd\nS1,甲,1,20271231\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 1, "name", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 1, "nane", ST_UNKNOWN_FIELD));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, ""), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 1, NULL, ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, "code,name,licence_no,licence_until_ymd\nS1,\"甲\"x,1,20271231\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, NULL, ST_INVALID_FIELD));
	/* what the list of the API gives beyond them is passed over */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers,
	                            "id,code,name,licence_no,licence_until_ymd,licence_state\n7,S1,甲,1,20271231,ok\n"),
	                ST_OK);
}

/* A file may name its columns as people do: each kind's template does, and is taken as it is. */
static void takes_titles_as_heads(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, "供应商代码,名称,许可证号,licence_until_ymd\nS1,甲,1,20271231\n"),
	                ST_OK);
	shop_expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_suppliers, "供应商代码,名字,许可证号,licence_until_ymd\nS2,乙,1,20271231\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 1, "name", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 1, "名字", ST_UNKNOWN_FIELD));
	for (const struct intake_kind *const *k = intake_kinds; *k; k++) {
		SCOPED(buf) b = {0};
		intake_template(*k, &b);
		CU_ASSERT(b.len && strstr(b.data, (*k)->columns[0].title) != NULL);
		CU_ASSERT_EQUAL(shop_import_n(&s, *k, b.data, b.len, false, false), ST_OK);
		shop_expect(&s, 0, 0, 0, 0);
		for (const struct intake_column *c = (*k)->columns; c->name; c++)
			for (const struct intake_column *d = (*k)->columns; d != c; d++)
				CU_ASSERT(strcmp(c->title, d->title) != 0);
	}
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
	CU_ASSERT_EQUAL(shop_import_n(&s, &intake_suppliers, gb, sizeof gb - room, false, false), ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM supplier WHERE name = '=省公司' AND licence_no = '-7'"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(shop_export(&s, &intake_suppliers), "S1,'=省公司,'-7,20271231"));
}

#define PRICES                                                                                                                       \
	"product_code,kind,price,from_ymd,to_ymd,source\nP1,中选价,8,20261101,20261231,集采\nP1,insurance,9,20260101,,医保\n" \
	"P2,reference,3,20261101,,联盟\n"

/* As 议价 writes it. */
static enum status agree(struct tx *tx, void *arg)
{
	const struct new_price in = {.product_id = product_by_code(tx_db(tx), "P1"),
	                             .price_e4 = 100000,
	                             .units_per_pack = 24,
	                             .kind = "agreed",
	                             .from_ymd = 20261101,
	                             .source = "议价 YJ-1"};
	(void)arg;
	tx->action = "test";
	return price_fact_add(tx, &in, NULL);
}

/* RULE DOMAIN-12.3-bargaining-group: agreed prices come from 议价; the row that an export holds is known, any other refused. */
static void knows_agreed_prices(void)
{
	SCOPED(shop) s;
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(writer_run_one(&s.w, agree, NULL, &a, &f), ST_OK);
	const char *csv = shop_export(&s, &intake_prices);
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, "P1,agreed,10"));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_prices, csv), ST_OK);
	CU_ASSERT_EQUAL(s.report.added + s.report.changed + s.report.refused_rows, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_prices,
	                            "product_code,kind,price,from_ymd,to_ymd,source\nP1,agreed,10,20261101,20261231,议价 YJ-1\n"
	                            "P1,agreed,9,20261201,,x\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT_TRUE(shop_refused(&s, 2, "kind", ST_INVALID_FIELD));
	CU_ASSERT_TRUE(shop_refused(&s, 3, "kind", ST_INVALID_FIELD));
}

static void takes_prices_of_every_kind(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_prices, PRICES), ST_OK);
	shop_expect(&s, 3, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_prices, PRICES), ST_OK);
	shop_expect(&s, 0, 0, 3, 0);
	CU_ASSERT_EQUAL(
	        shop_import(&s, &intake_prices,
	                    "product_code,kind,price,from_ymd,source\nP2,selected,3.21,20261115,x\nP1,selected,7,20261115,x\n"
	                    "P2,filed,1,20261101,x\nP2,agreed,1,20261101,x\n"),
	        ST_IMPORT_REFUSED);
	CU_ASSERT_TRUE(shop_refused(&s, 2, "price", ST_SELECTED_OVER_CEILING));
	CU_ASSERT_TRUE(shop_refused(&s, 3, "from_ymd", ST_PRICE_CONFLICT));
	CU_ASSERT_TRUE(shop_refused(&s, 4, "kind", ST_INVALID_FIELD));
	CU_ASSERT_TRUE(shop_refused(&s, 5, "kind", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM price WHERE kind <> 'listed'"), 3);
	/* what depends on a row further down waits for it */
	CU_ASSERT_EQUAL(
	        shop_import(&s, &intake_prices,
	                    "product_code,kind,price,from_ymd,source\nP1,selected,13,20270115,x\nP1,listed,14,20270101,x\n"),
	        ST_OK);
	shop_expect(&s, 2, 0, 0, 0);
}

/* Rows of one number are one invoice; known rows change nothing, strange ones are refused with it. */
static void takes_invoices(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM invoice"), 3);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT gross_fen FROM invoice WHERE red_of IS NOT NULL"), -500);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT price_e4 FROM invoice_line WHERE amount_fen = 500"), 50000);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, INVOICES), ST_OK);
	shop_expect(&s, 0, 0, 4, 0);
#define HEAD "invoice_no,leg,supplier_code,issued_ymd,net,gross,product_code,units,amount\n"
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, HEAD "25342000000000000001,2,S1,20260105,30,30,P2,7,5\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "invoice_no", ST_ALREADY_EXISTS));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, HEAD "25342000000000000009,2,S1,20260105,30,30,P2,7,5\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, NULL, ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, HEAD "25342000000000000009,2,S7,20260105,5,5,P2,7,5\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "supplier_code", ST_INVALID_FIELD));
#undef HEAD
	/* RULE DOMAIN-6-invoice-parties: a first leg says who has issued it, and that is its maker; ours may leave it to the
	 * supplier */
#define HEAD "invoice_no,leg,supplier_code,issuer,buyer,issued_ymd,net,gross,product_code,units,amount\n25342000000000000009,"
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, HEAD "1,S1,乙批发,,20260105,5,5,P1,7,5\n"), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, NULL, ST_WRONG_PARTY));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, HEAD "1,S1,,,20260105,5,5,P1,7,5\n"), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, NULL, ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_import(&s, &intake_invoices, HEAD "2,S1,,别家医院,20260105,5,5,P1,7,5\n"), ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, NULL, ST_WRONG_PARTY));
#undef HEAD
}

/* What export writes, a new store takes, and writes again letter for letter. */
static void export_comes_back(void)
{
	SCOPED(shop) s;
	SCOPED(shop) t;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM audit WHERE action = 'import.bins'"), 1);
	CU_ASSERT_EQUAL_FATAL(shop_import(&s, &intake_his_items, HIS_ITEMS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(&s, &intake_product_flags, PRODUCT_FLAGS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(&s, &intake_product_codes, PRODUCT_CODES), ST_OK);
	shop_open(&t);
	for (const struct intake_kind *const *k = intake_kinds; *k; k++) {
		if (*k == &intake_volumes ||
		    *k == &intake_volume_products) /* need a round, which no file makes: tests/unit/warehouse/volume.c */
			continue;
		const char *text = shop_export(&s, *k);
		CU_ASSERT_EQUAL(shop_import(&t, *k, text), ST_OK);
		CU_ASSERT_STRING_EQUAL(shop_export(&t, *k), text);
		CU_ASSERT_EQUAL(shop_import(&s, *k, text), ST_OK);
		CU_ASSERT_EQUAL(s.report.added + s.report.changed, 0);
		CU_ASSERT(t.report.rows > 0 && t.report.rows == s.report.unchanged);
	}
}

#define CLASS_HEAD "code,name,drug_name,form,strength,drug_class,spec,maker,unit_name,pack_name,units_per_pack\n"
#define CLASS_ROW(code, class) code ",双黄连片,双黄连片,片剂,0.5g," class ",0.5g×12片/盒,甲厂,片,盒,12\n"

/* RULE DOMAIN-12.3-drug-class: the same file again changes nothing; what would turn other products is refused with the reason. */
static void a_class_is_the_drugs(void)
{
	SCOPED(shop) s;
	shop_open(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, CLASS_HEAD CLASS_ROW("Z1", "西药")), ST_OK);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, CLASS_HEAD CLASS_ROW("Z1", "中成药")), ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM drug WHERE class = 'patent'"), 1);
	CU_ASSERT_EQUAL(shop_ask(&s,
	                         "SELECT count(*) FROM product_history WHERE field = 'drug_class' AND old_value = 'western' AND "
	                         "new_value = 'patent'"),
	                1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, CLASS_HEAD CLASS_ROW("Z1", "中成药")), ST_OK);
	shop_expect(&s, 0, 0, 1, 0);
	/* a second product of the drug: named like it, or not named at all; another class is refused, new or known */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, CLASS_HEAD CLASS_ROW("Z2", "")), ST_OK);
	shop_expect(&s, 1, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, CLASS_HEAD CLASS_ROW("Z2", "西药") CLASS_ROW("Z3", "西药")),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "drug_class", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "drug_class", ST_INVALID_FIELD));
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM drug WHERE class = 'western'"), 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_products, CLASS_HEAD CLASS_ROW("Z1", "中成药") CLASS_ROW("Z2", "中成药")), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
}

SUITE(intake, {"a_class_is_the_drugs", a_class_is_the_drugs}, {"takes_sites", takes_sites}, {"refuses_sites", refuses_sites},
      {"takes_suppliers", takes_suppliers}, {"takes_products", takes_products}, {"refuses_products", refuses_products},
      {"takes_ceilings", takes_ceilings}, {"takes_prices_of_every_kind", takes_prices_of_every_kind},
      {"knows_agreed_prices", knows_agreed_prices}, {"takes_opening_stock", takes_opening_stock},
      {"takes_invoices", takes_invoices}, {"keeps_good_rows_when_asked", keeps_good_rows_when_asked},
      {"dry_run_changes_nothing", dry_run_changes_nothing}, {"names_wrong_heads", names_wrong_heads},
      {"takes_titles_as_heads", takes_titles_as_heads}, {"reads_gb18030_and_guards", reads_gb18030_and_guards},
      {"export_comes_back", export_comes_back});
