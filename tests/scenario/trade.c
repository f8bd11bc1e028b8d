/* What a supplier trades in, what that asks of his file and of an order; ticks; areas of delivery rights; papers by import. */
#include "tests/scenario/world.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL
#define SAYS(...) NULL, {__VA_ARGS__}, NULL
#define NOT(code, ...) code, {__VA_ARGS__}, NULL
#define ORDER(supplier, product) \
	"{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":240}]}"
#define ORDERS(supplier, product, ...)                                               \
	{                                                                            \
		NULL, "buyer", POST, "orders", ORDER(supplier, product), __VA_ARGS__ \
	}

static const struct step any_order[] = {ORDERS("supplier", "amoxicillin", 201, FINE)};

/* A paper of an owner with its scan, entered by the buyer; quality says its word where asked. */
static void paper(struct world *w, const char *owner_kind, const char *owner, const char *kind, const char *until, bool confirmed)
{
	const char *body = arena_printf(
	        &w->arena, "{\"owner_kind\":\"%s\",\"owner_id\":\"%s\",\"kind\":\"%s\",\"number\":\"N\",\"person\":\"张三\"%s%s}",
	        owner_kind, world_value(w, owner), kind, *until ? ",\"until_ymd\":" : "", until);
	int st = world_ask(w, "buyer", POST, "qualifications", body, NULL);
	if (st != 201)
		printf("  %s: %s\n", kind, w->body);
	CU_ASSERT_EQUAL_FATAL(st, 201);
	const char *id = arena_string(&w->arena, world_at(w, "id"));
	const char *scan = arena_printf(&w->arena, "attachments?owner_kind=qualification&owner_id=%s&name=x.pdf", id);
	CU_ASSERT_EQUAL(world_ask(w, "buyer", POST, scan, "%PDF-1.4\n%%EOF\n", NULL), 201);
	const char *confirm = arena_printf(&w->arena, "qualifications/%s/confirm", id);
	if (confirmed)
		CU_ASSERT_EQUAL(world_ask(w, "inspector", POST, confirm, "{}", NULL), 200);
}

/* ---- by import ---- */

#define SUPPLIERS(until) "code,name,licence_no,licence_until_ymd,phone\nG2,乙医药公司,L1," until ",0551-2\n"
#define AGREEMENT(until) "owner_kind,owner_code,kind,number,until_ymd\nsupplier,G5,agreement,X1," until "\n"
static const struct step opening_import[] = {
        {NULL, "central", POST, "imports/qualifications", AGREEMENT("20270101"), 200, SAYS("added=1")},
        {NULL, "central", GET, "waiting-papers", NULL, 200, SAYS("rows#0")},
        ORDERS("calm", "amoxicillin", 201, FINE),
};
static const struct step late_import[] = {
        ORDERS("lapsed", "amoxicillin", 422, NOT("LICENCE_EXPIRED", NULL)),
        {NULL, "central", POST, "imports/suppliers", SUPPLIERS("20991231"), 200, SAYS("changed=1")},
        {NULL, "central", GET, "suppliers/{lapsed}", NULL, 200,
         SAYS("licence_until_ymd=20261120", "phone=0551-2", "may.code=LICENCE_EXPIRED")},
        ORDERS("lapsed", "amoxicillin", 422, NOT("LICENCE_EXPIRED", "~待质量部门确认")),
        /* the same file brings nothing new */
        {NULL, "central", POST, "imports/suppliers", SUPPLIERS("20991231"), 200, SAYS("changed=0", "unchanged=1")},
        {"p", "inspector", GET, "waiting-papers", NULL, 200,
         SAYS("rows#1", "rows.0.until_ymd=20991231", "rows.0.old_until_ymd=20261120")},
        {NULL, "inspector", POST, "qualifications/{p.rows.0.id}/confirm", "{}", 422, NOT("PAPERS_MISSING", NULL)},
        {NULL, "central", POST, "attachments?owner_kind=qualification&owner_id={p.rows.0.id}&name=x.pdf", "%PDF-1.4\n%%EOF\n",
         201, FINE},
        {NULL, "inspector", POST, "qualifications/{p.rows.0.id}/confirm", "{}", 200, FINE},
        {NULL, "central", GET, "suppliers/{lapsed}", NULL, 200, SAYS("licence_until_ymd=20991231", "may.allowed=true")},
        {NULL, "central", POST, "imports/suppliers", SUPPLIERS("20991231"), 200, SAYS("changed=0", "unchanged=1")},
        ORDERS("lapsed", "amoxicillin", 201, FINE),
        /* papers as a file wait as well; the one on file goes on */
        {NULL, "central", POST, "imports/qualifications", AGREEMENT("20991231"), 200, SAYS("changed=1")},
        {NULL, "central", POST, "imports/qualifications", AGREEMENT("20991231"), 200, SAYS("changed=0", "unchanged=1")},
        {NULL, "inspector", GET, "waiting-papers", NULL, 200, SAYS("rows#1", "rows.0.old_until_ymd=20270101")},
        {NULL, "inspector", GET, "expiring-papers", NULL, 200, SAYS("~20270101")},
};

/* RULE GSP-paper-confirmed: what an import says of a licence is a paper that waits, but for the opening of an empty store. */
static void imported_papers_wait(void)
{
	struct world *w = world_new();
	PLAY(w, opening_import);
	PLAY(w, late_import);
	world_end(w);
}

/* ---- files ---- */

#define GOODS_HEAD "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,kind,approval_no,origin,standard,gtin\n"
static const struct step goods[] = {
        {NULL, "central", POST, "imports/products",
         GOODS_HEAD "HC1,一次性注射器,,5ml,器械厂,支,盒,1,consumable,国械注准1,,,6901234000047\n"
                    "YP1,黄芪,,片,饮片厂,0.1g,袋,10,decoction,,甘肃,中国药典2020,\n"
                    "ZJ1,院内止咳合剂,合剂,100ml,县中医院,瓶,瓶,1,preparation,皖药制字Z1,,,\n",
         200, SAYS("added=3")},
        {NULL, "central", POST, "imports/ceilings",
         "product_code,ceiling_price,from_ymd,source\nHC1,1.00,20260101,省平台\nYP1,1.00,20260101,省平台\nZJ1,9.00,20260101,"
         "省平台\n",
         200, SAYS("added=3")},
        {"hs", "central", GET, "products?code=HC1", NULL, 200, FINE},
        {"ys", "central", GET, "products?code=YP1", NULL, 200, FINE},
        {"zs", "central", GET, "products?code=ZJ1", NULL, 200, FINE},
        {"ms", "central", GET, "makers?name=%E9%A5%AE%E7%89%87%E5%8E%82", NULL, 200, SAYS("rows#1")},
};
#define FILE_OF(label, what, field, value)                                                                \
	{label, "buyer", POST, "first-" what, "{\"" field "\":\"{" value "}\"}", 201, FINE},              \
	{                                                                                                 \
		NULL, "buyer", POST, "first-" what "/{" label ".id}/submit", "{\"version\":1}", 200, FINE \
	}
#define APPROVE(what, label, ...)                                                                                \
	{                                                                                                        \
		NULL, "inspector", POST, "first-" what "/{" label ".id}/approve", "{\"version\":2}", __VA_ARGS__ \
	}
static const struct step files[] = {
        {"d", "buyer", POST, "suppliers",
         "{\"code\":\"D1\",\"name\":\"器械公司\",\"licence_no\":\"皖械1\",\"licence_until_ymd\":20281231,\"business\":"
         "\"device\"}",
         201, FINE},
        FILE_OF("fd", "suppliers", "supplier_id", "d.id"),
        APPROVE("suppliers", "fd", 422, NOT("PAPERS_MISSING", "~医疗器械经营许可证", "!药品经营许可证")),
        FILE_OF("fh", "products", "product_id", "hs.rows.0.id"),
        APPROVE("products", "fh", 422, NOT("PAPERS_MISSING", "~医疗器械注册证或备案凭证 (未登记)", "!药品注册证")),
        FILE_OF("fy", "products", "product_id", "ys.rows.0.id"),
        APPROVE("products", "fy", 422,
                NOT("PAPERS_MISSING", "~饮片执行标准", "~生产企业的药品生产许可证", "!药品注册证", "!说明书")),
        FILE_OF("fz", "products", "product_id", "zs.rows.0.id"),
        APPROVE("products", "fz", 422, NOT("PAPERS_MISSING", "~调剂批件", "~医疗机构制剂注册批件", "!药品注册证")),
        ORDERS("d.id", "hs.rows.0.id", 422, NOT("FIRST_PURCHASE", NULL)),
};
static const struct step approved[] = {
        {NULL, "buyer", GET, "papers/supplier/{d.id}", NULL, 200,
         SAYS("missing=null", "!drug_licence", "papers.1.kind=device_licence")},
        APPROVE("suppliers", "fd", 200, FINE),
        APPROVE("products", "fh", 200, FINE),
        APPROVE("products", "fy", 200, FINE),
        APPROVE("products", "fz", 200, FINE),
        /* only what came with the supplier himself has no scan yet, and goes on waiting */
        {NULL, "inspector", GET, "waiting-papers", NULL, 200, SAYS("rows#1", "rows.0.number=皖械1", "rows.0.scans=0")},
        ORDERS("d.id", "hs.rows.0.id", 201, FINE),
        ORDERS("d.id", "amoxicillin", 422, NOT("NOT_IN_BUSINESS", "~医疗器械", "errors.0.field=lines[0].product_id")),
        ORDERS("d.id", "ys.rows.0.id", 422, NOT("NOT_IN_BUSINESS", NULL)),
        ORDERS("supplier", "hs.rows.0.id", 422, NOT("NOT_IN_BUSINESS", "~医用耗材")),
        ORDERS("supplier", "ys.rows.0.id", 201, FINE),
        ORDERS("supplier", "zs.rows.0.id", 201, FINE),
        {NULL, "buyer", GET, "suppliers/{supplier}/may?product_ids={hs.rows.0.id},{amoxicillin}", NULL, 200,
         SAYS("allowed=true", "products.0.code=NOT_IN_BUSINESS", "products.1.allowed=true")},
        /* the trade alone opens nothing: its licence does */
        {NULL, "buyer", PATCH, "suppliers/{supplier}", "{\"business\":\"both\"}", 200, FINE},
        {NULL, "buyer", GET, "suppliers/{supplier}", NULL, 200, SAYS("business=both", "may.allowed=true")},
        ORDERS("supplier", "hs.rows.0.id", 422, NOT("LICENCE_EXPIRED", "~医疗器械经营许可证", "~没有有效的")),
        ORDERS("supplier", "amoxicillin", 201, FINE),
};
/* Another business shows its own licence, or none; the one of before comes back with its business. A file tells nothing new. */
static const struct step other_business[] = {
        {"g", "buyer", POST, "suppliers",
         "{\"code\":\"G30\",\"name\":\"戊公司\",\"licence_no\":\"皖药30\",\"licence_until_ymd\":20281231}", 201, FINE},
        {"gq", "buyer", GET, "qualifications?owner_kind=supplier&owner_id={g.id}", NULL, 200,
         SAYS("rows#1", "rows.0.kind=drug_licence")},
        CONFIRMED("gq.rows.0"),
        {NULL, "buyer", GET, "suppliers/{g.id}", NULL, 200,
         SAYS("licence_no=皖药30", "licence_until_ymd=20281231", "licence_state=ok")},
        {NULL, "buyer", PATCH, "suppliers/{g.id}", "{\"business\":\"device\"}", 200, FINE},
        {NULL, "buyer", GET, "suppliers/{g.id}", NULL, 200,
         SAYS("licence_no=null", "licence_until_ymd=null", "licence_state=none")},
        {NULL, "buyer", GET, "suppliers?code=G30", NULL, 200, SAYS("rows.0.licence_no=null", "rows.0.licence_state=none")},
        {NULL, "central", POST, "imports/suppliers", "code,name,licence_no,licence_until_ymd,business\nG30,戊公司,,,device\n",
         200, SAYS("unchanged=1")},
        {NULL, "central", POST, "imports/suppliers",
         "code,name,licence_no,licence_until_ymd,business\nG30,戊公司,皖药30,20281231,device\n", 200, SAYS("unchanged=1")},
        {NULL, "central", POST, "imports/suppliers", "code,name,licence_no,licence_until_ymd\nG31,己公司,,\n", 422,
         NOT("IMPORT_REFUSED", "~许可证号")},
        {"gd", "buyer", POST, "qualifications",
         "{\"owner_kind\":\"supplier\",\"owner_id\":\"{g.id}\",\"kind\":\"device_licence\",\"number\":\"皖械30\",\"until_ymd\":"
         "20291231}",
         201, FINE},
        {NULL, "buyer", GET, "suppliers/{g.id}", NULL, 200, SAYS("licence_no=null", "licence_state=none")},
        CONFIRMED("gd"),
        {NULL, "buyer", GET, "suppliers/{g.id}", NULL, 200,
         SAYS("licence_no=皖械30", "licence_until_ymd=20291231", "licence_state=ok")},
        {NULL, "buyer", PATCH, "suppliers/{g.id}", "{\"business\":\"both\"}", 200, FINE},
        {NULL, "buyer", GET, "suppliers/{g.id}", NULL, 200, SAYS("licence_no=皖药30", "licence_state=ok")},
};

static void a_business_shows_its_own_licence(void)
{
	struct world *w = world_new();
	PLAY(w, other_business);
	world_end(w);
}

/* The drug licence has run out, the one for devices holds: consumables go on, drugs do not. */
static const struct step apart[] = {
        {NULL, "buyer", PATCH, "suppliers/{lapsed}", "{\"business\":\"both\"}", 200, FINE},
        ORDERS("lapsed", "hs.rows.0.id", 201, FINE),
        ORDERS("lapsed", "amoxicillin", 422, NOT("LICENCE_EXPIRED", "~药品经营许可证")),
        {"mixed", "buyer", POST, "orders",
         "{\"supplier_id\":\"{lapsed}\",\"lines\":[{\"product_id\":\"{hs.rows.0.id}\",\"units\":1},{\"product_id\":\"{glucose}\","
         "\"units\":10}]}",
         422, NOT("LICENCE_EXPIRED", "errors.0.field=lines[1].product_id")},
};
static const struct step maker_lapses[] = {
        /* RULE DOMAIN-12.3-tick: what a hospital makes stands on no platform */
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":1}", 200, FINE},
        ORDERS("supplier", "zs.rows.0.id", 201, FINE),
        ORDERS("supplier", "ys.rows.0.id", 422, NOT("NOT_TICKED", NULL)),
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":0}", 200, FINE},
        {"mk", "buyer", GET, "qualifications?owner_kind=maker&owner_id={ms.rows.0.id}", NULL, 200, SAYS("rows#1")},
        {NULL, "buyer", POST, "qualifications/{mk.rows.0.id}/end", "{\"note\":\"吊销\"}", 200, FINE},
        ORDERS("supplier", "ys.rows.0.id", 422, NOT("LICENCE_EXPIRED", "~药品生产许可证", "~已作废")),
};

/*
 * RULE DOMAIN-12.2-file-kinds, RULE GSP-trade-licence: devices, pieces and preparations have files and locks of their own.
 */
static void files_follow_the_trade(void)
{
	static const char *const supplier[] = {"business_licence", "agreement",     "mandate", "seals",
	                                       "invoice_data",     "device_licence"};
	static const char *const product[][2] = {
	        {"hs.rows.0.id", "device_registration"}, {"hs.rows.0.id", "leaflet"},     {"hs.rows.0.id", "test_report"},
	        {"ys.rows.0.id", "piece_standard"},      {"ys.rows.0.id", "test_report"}, {"zs.rows.0.id", "preparation_permit"},
	        {"zs.rows.0.id", "transfer_permit"},     {"zs.rows.0.id", "leaflet"},     {"zs.rows.0.id", "test_report"}};
	struct world *w = world_new();
	PLAY(w, any_order);
	PLAY(w, goods);
	PLAY(w, files);
	for (size_t i = 0; i < sizeof supplier / sizeof *supplier; i++)
		paper(w, "supplier", "d.id", supplier[i], "20281231", false);
	for (size_t i = 0; i < sizeof product / sizeof *product; i++)
		paper(w, "product", product[i][0], product[i][1], "20281231", false);
	paper(w, "maker", "ms.rows.0.id", "make_licence", "20281231", false);
	PLAY(w, approved);
	paper(w, "supplier", "lapsed", "device_licence", "", true);
	PLAY(w, apart);
	PLAY(w, maker_lapses);
	world_end(w);
}

/* ---- ticks ---- */

#define TICK(product, supplier, more) "{\"product_id\":\"{" product "}\",\"supplier_id\":\"{" supplier "}\"" more "}"
static const struct step ticks[] = {
        ORDERS("supplier", "amoxicillin", 201, FINE),
        {NULL, "buyer", POST, "platform-tick-rule", "{\"asked\":1}", 403, FINE},
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":1,\"from_ymd\":20261120}", 422, NOT("INVALID_FIELD", NULL)},
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":1,\"from_ymd\":20261201}", 200, FINE},
        {NULL, "buyer", GET, "platform-tick-rule", NULL, 200, SAYS("asked=false", "history.0.from_ymd=20261201")},
        {"o", "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":1}", 200, FINE},
        ORDERS("supplier", "glucose", 422,
               NOT("NOT_TICKED", "errors.0.field=lines[0].product_id", "~葡萄糖注射液", "~甲医药公司", "~先在省平台勾选")),
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 422, NOT("NOT_TICKED", NULL)},
        {NULL, "buyer", GET, "suppliers/{supplier}/may?product_ids={glucose}", NULL, 200,
         SAYS("allowed=true", "products.0.code=NOT_TICKED")},
        {"t", "buyer", POST, "platform-ticks", TICK("amoxicillin", "supplier", ",\"platform_code\":\"0012\""), 201,
         SAYS("state=ok")},
        /* what is not yet, or no longer, is not told as one that counts */
        {NULL, "buyer", POST, "platform-ticks", TICK("insulin", "supplier", ",\"from_ymd\":20270101"), 201, SAYS("state=future")},
        {NULL, "buyer", POST, "platform-ticks", TICK("insulin", "last_day", ",\"from_ymd\":20260101,\"until_ymd\":20261120"), 201,
         SAYS("state=expired")},
        {NULL, "buyer", POST, "platform-ticks", TICK("amoxicillin", "supplier", ""), 409, NOT("ALREADY_EXISTS", NULL)},
        {NULL, "buyer", POST, "platform-ticks", TICK("amoxicillin", "supplier", ",\"from_ymd\":20270101,\"until_ymd\":20261231"),
         422, NOT("INVALID_FIELD", NULL)},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "platform-ticks/{t.id}/end", "{\"note\":\"平台取消\"}", 200, SAYS("state=ended")},
        {NULL, "buyer", POST, "platform-ticks/{t.id}/end", "{\"note\":\"再次\"}", 409, NOT("WRONG_STATE", NULL)},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 422, NOT("NOT_TICKED", NULL)},
        /* the platform's list: the same again changes nothing; a tick of another day does not help */
        {NULL, "central", POST, "imports/platform-ticks",
         "product_code,supplier_code,platform_code,from_ymd,until_ymd\nX001,G1,0012,20261121,\nX002,G1,0013,20261201,\n"
         "X002,G5,0014,20260101,20261120\n",
         200, SAYS("added=3")},
        {NULL, "central", POST, "imports/platform-ticks",
         "product_code,supplier_code,platform_code,from_ymd,until_ymd\nX001,G1,0012,20261121,\nX002,G1,0013,20261201,\n", 200,
         SAYS("unchanged=2", "added=0")},
        {NULL, "central", POST, "imports/platform-ticks",
         "product_code,supplier_code,from_ymd\nX009,G1,20261121\nX001,G9,20261121\n", 422, NOT("IMPORT_REFUSED", "~X009", "~G9")},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        ORDERS("supplier", "glucose", 422, NOT("NOT_TICKED", NULL)),
        ORDERS("calm", "glucose", 422, NOT("NOT_TICKED", NULL)),
        {NULL, "buyer", GET, "platform-ticks?product_id={amoxicillin}", NULL, 200,
         SAYS("rows#2", "rows.0.state=ok", "rows.0.platform_code=0012", "rows.1.state=ended")},
        {NULL, "buyer", GET, "platform-ticks?supplier_id={calm}", NULL, 200, SAYS("rows#1", "rows.0.state=expired")},
        {NULL, "village_user", GET, "platform-ticks", NULL, 403, FINE},
        {NULL, "central", GET, "refusals?code=NOT_TICKED", NULL, 200, SAYS("~NOT_TICKED")},
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":0}", 200, FINE},
        ORDERS("supplier", "glucose", 201, FINE),
};
/* What is bought by 备案采购 stands on no platform. */
static const struct step filed[] = {
        {NULL, "chief", POST, "platform-tick-rule", "{\"asked\":1}", 200, FINE},
        {NULL, "chief", POST, "products/{unlisted}/flags",
         "{\"flag\":\"shortage\",\"value\":\"scarce\",\"source\":\"国家短缺药品清单\"}", 200, FINE},
        ORDERS("supplier", "unlisted", 422, NOT("NO_LISTED_PRICE", NULL)),
        {"f", "buyer", POST, "filings",
         "{\"product_id\":\"{unlisted}\",\"reason\":\"shortage\",\"price\":\"30\",\"units\":2400,\"from_ymd\":20261121,\"to_"
         "ymd\":"
         "20261231}",
         201, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "filings/{f.id}/review", "{\"version\":2}", 200, FINE},
        {NULL, "chief", POST, "filings/{f.id}/approve", "{\"version\":3}", 200, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/file", "{\"version\":4,\"filing_no\":\"B1\"}", 200, FINE},
        ORDERS("supplier", "unlisted", 201, FINE),
};

/* RULE DOMAIN-12.3-tick: product and distributor are ticked before the order is written, submitted and approved. */
static void ticked_before_ordered(void)
{
	struct world *w = world_new();
	PLAY(w, ticks);
	PLAY(w, filed);
	world_end(w);
}

/* ---- areas ---- */

#define RIGHT(supplier, region, from)                                                                              \
	{                                                                                                          \
		NULL, "buyer", POST, "delivery-rights",                                                            \
		        "{\"supplier_id\":\"{" supplier "}\",\"maker_id\":\"{ms.rows.0.id}\",\"region\":\"" region \
		        "\",\"from_ymd\":" from "}",                                                               \
		        201, FINE                                                                                  \
	}
static const struct step regions[] = {
        {"ms", "central", GET, "makers", NULL, 200, FINE},
        RIGHT("supplier", "西藏自治区", "20260101"),
        RIGHT("calm", "合肥市，淮南市; 寿 县", "20260101"),
        RIGHT("warned", "全国", "20260101"),
        RIGHT("last_day", "新寿县镇", "20260101"),
        /* nobody has said where we are */
        ORDERS("supplier", "amoxicillin", 201, FINE),
        {NULL, "chief", POST, "own-regions", "{\"name\":\"寿县\"}", 201, FINE},
        ORDERS("supplier", "amoxicillin", 422, NOT("NO_DELIVERY_RIGHT", "~西藏自治区", "~不含本地区")),
        ORDERS("last_day", "amoxicillin", 422, NOT("NO_DELIVERY_RIGHT", NULL)),
        ORDERS("calm", "amoxicillin", 201, FINE),
        ORDERS("warned", "amoxicillin", 201, FINE),
        {NULL, "buyer", GET, "delivery-rights?supplier_id={supplier}", NULL, 200, SAYS("rows.0.state=elsewhere")},
        RIGHT("supplier", "安徽省、寿县", "20260201"),
        ORDERS("supplier", "amoxicillin", 201, FINE),
};

/* RULE DOMAIN-12.3-right-region */
static void rights_are_for_areas(void)
{
	struct world *w = world_new();
	PLAY(w, regions);
	world_end(w);
}

SUITE(trade, {"imported_papers_wait", imported_papers_wait},
      {"a_business_shows_its_own_licence", a_business_shows_its_own_licence}, {"files_follow_the_trade", files_follow_the_trade},
      {"ticked_before_ordered", ticked_before_ordered}, {"rights_are_for_areas", rights_are_for_areas});
