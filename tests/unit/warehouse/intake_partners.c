/* Delivery rights and papers as files: taken, taken again without a change, refused by row, and what export writes. */
#include "tests/unit/warehouse/shop.h"

#define RIGHTS "supplier_code,maker_name,region,from_ymd,until_ymd\nS1,甲厂,寿县,20260101,20261231\nS2,甲厂,,20260101,\n"
#define PAPERS                                                                                                                                \
	"owner_kind,owner_code,kind,number,from_ymd,until_ymd,person,region,scope,note\n"                                                     \
	"supplier,S1,business_licence,91A,,,,,,\n供应商,S1,销售人员授权委托书,W1,20260101,20271231,张三,寿县,全部品种,\n" \
	"product,P1,registration,国药准字H1,,20280101,,,,\n"

static void rights_come_and_go(void)
{
	struct shop s;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_delivery_rights, RIGHTS), ST_OK);
	shop_expect(&s, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_delivery_rights, RIGHTS), ST_OK);
	shop_expect(&s, 0, 0, 2, 0);
	const char *out = shop_export(&s, &intake_delivery_rights);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_delivery_rights, out), ST_OK);
	shop_expect(&s, 0, 0, 4, 0); /* with the shop's own */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_delivery_rights,
	                            "supplier_code,maker_name,from_ymd,until_ymd\nS2,甲厂,20260101,20270630\n"),
	                ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM delivery_right WHERE until_ymd = 20270630"), 1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_delivery_rights,
	                            "supplier_code,maker_name,from_ymd,until_ymd\nS9,甲厂,20260101,\nS1,无此厂,20260101,\n"
	                            "S1,乙厂,20260101,20250101\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "supplier_code", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "maker_name", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 4, "until_ymd", ST_INVALID_FIELD));
	shop_drop(&s);
}

/* RULE GSP-licence-lock: a paper that an import prolongs is a new one, the old one stays with its end. */
static void papers_come_and_are_renewed(void)
{
	struct shop s;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_qualifications, PAPERS), ST_OK);
	shop_expect(&s, 3, 0, 0, 0);
	const char *out = shop_export(&s, &intake_qualifications);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_qualifications, out), ST_OK);
	shop_expect(&s, 0, 0, 5, 0); /* with the licences of both suppliers */
	CU_ASSERT_EQUAL(shop_import(&s, &intake_qualifications,
	                            "owner_kind,owner_code,kind,number,until_ymd\nsupplier,S2,drug_licence,皖A002,20311231\n"),
	                ST_OK);
	shop_expect(&s, 0, 1, 0, 0);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT licence_until_ymd FROM supplier WHERE code = 'S2'"), 20311231);
	CU_ASSERT_EQUAL(
	        shop_ask(&s, "SELECT count(*) FROM qualification WHERE ended_at_ms IS NOT NULL AND replaced_by IS NOT NULL"), 1);
	CU_ASSERT_EQUAL(shop_import(&s, &intake_qualifications,
	                            "owner_kind,owner_code,kind,number\nsupplier,S1,registration,X\nsupplier,S1,agreement,X\n"),
	                ST_IMPORT_REFUSED);
	CU_ASSERT(shop_refused(&s, 2, "kind", ST_INVALID_FIELD));
	CU_ASSERT(shop_refused(&s, 3, "until_ymd", ST_INVALID_FIELD));
	shop_drop(&s);
}

/* Makers come with the products; a product whose words change belongs to another. */
static void makers_come_with_products(void)
{
	struct shop s;
	shop_open(&s);
	shop_fill(&s);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM maker"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM product_maker"), 2);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(*) FROM first_purchase WHERE source = 'opening'"), 4);
	CU_ASSERT_EQUAL(
	        shop_import(
	                &s, &intake_products,
	                "code,name,spec,maker,unit_name,pack_name,units_per_pack\nP1,阿莫西林胶囊,0.25g×24粒/盒,乙厂,粒,盒,24\n"),
	        ST_OK);
	CU_ASSERT_EQUAL(shop_ask(&s, "SELECT count(DISTINCT maker_id) FROM product_maker"), 1);
	shop_drop(&s);
}

SUITE(intake_partners, {"rights_come_and_go", rights_come_and_go}, {"papers_come_and_are_renewed", papers_come_and_are_renewed},
      {"makers_come_with_products", makers_come_with_products});
