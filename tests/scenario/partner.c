/* Partners: who may deliver what, since when and until when, and how they kept their word. */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/partner/partner.h"
#include "warehouse/partner/score.h"
#include "warehouse/price/price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL
#define ORDER(supplier, product) \
	"{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":240}]}"
#define PDF "%PDF-1.4\n%%EOF\n"

/* ---- papers ---- */

#define PAPER_OF(owner, kind, number, more) \
	"{\"owner_kind\":\"supplier\",\"owner_id\":\"{" owner "}\",\"kind\":\"" kind "\",\"number\":\"" number "\"" more "}"

static const struct step lock_later[] = {
        {"bl", "buyer", POST, "qualifications", PAPER_OF("supplier", "business_licence", "91", ",\"until_ymd\":20261121"), 201,
         FINE},
        CONFIRMED("bl"),
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
};
static const struct step locking[] = {
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("supplier", "amoxicillin"),
         422,
         "LICENCE_EXPIRED",
         {"~营业执照", "~20261121"},
         NULL},
        {NULL, "central", GET, "expiring-papers", NULL, 200, NULL, {"~已过期", "~营业执照"}, NULL},
        {NULL,
         "buyer",
         GET,
         "suppliers/{supplier}/may?product_ids={amoxicillin}",
         NULL,
         200,
         NULL,
         {"allowed=false", "code=LICENCE_EXPIRED", "products.0.allowed=false"},
         NULL},
        /* only the owner's own paper of the same kind can be renewed */
        {NULL,
         "buyer",
         POST,
         "qualifications",
         PAPER_OF("calm", "business_licence", "92", ",\"replaces_id\":\"{bl.id}\""),
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {"b2", "buyer", POST, "qualifications", PAPER_OF("supplier", "business_licence", "91", ",\"replaces_id\":\"{bl.id}\""),
         201, FINE},
        CONFIRMED("b2"),
        {"o", "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        {"s1", "buyer", POST, "qualifications",
         PAPER_OF("supplier", "mandate", "S1", ",\"until_ymd\":20261122,\"person\":\"张三\",\"region\":\"寿县\""), 201, FINE},
        CONFIRMED("s1"),
};
static const struct step locking_on[] = {
        /* it runs out between entry and submission */
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 422, "LICENCE_EXPIRED", {"~授权委托书"}, NULL},
        {"s2", "buyer", POST, "qualifications",
         PAPER_OF("supplier", "mandate", "S2", ",\"until_ymd\":20271101,\"person\":\"李四\""), 201, FINE},
        CONFIRMED("s2"),
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        /* and between submission and approval: only the one that has run out is left */
        {NULL, "buyer", POST, "qualifications/{s2.id}/end", "{\"note\":\"业务员离职\"}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 422, "LICENCE_EXPIRED", {"~授权委托书"}, NULL},
        {NULL, "central", GET, "refusals", NULL, 200, NULL, {"rows#3", "rows.0.code=LICENCE_EXPIRED"}, NULL},
};

/* RULE GSP-licence-lock: every locking paper counts, and any valid one of its kind is enough. */
static void papers_lock(void)
{
	struct world *w = world_new();
	PLAY(w, lock_later);
	world_later(w, 24);
	PLAY(w, locking);
	world_later(w, 24);
	PLAY(w, locking_on);
	world_end(w);
}

/* ---- warnings ---- */

static const struct step warned[] = {
        {NULL,
         "central",
         GET,
         "expiring-papers",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.state=expired", "rows.1.state=urgent", "rows.2.state=soon"},
         NULL},
        {NULL, "village_user", GET, "expiring-papers", NULL, 403, FINE},
        /* the licence column of the supplier follows his papers */
        {"n", "buyer", POST, "qualifications",
         "{\"owner_kind\":\"supplier\",\"owner_id\":\"{lapsed}\",\"kind\":\"drug_licence\",\"number\":\"新1\",\"until_ymd\":"
         "20311231}",
         201, FINE},
        CONFIRMED("n"),
        {NULL,
         "buyer",
         GET,
         "suppliers/{lapsed}",
         NULL,
         200,
         NULL,
         {"licence_no=新1", "licence_until_ymd=20311231", "licence_state=ok", "may.allowed=true"},
         NULL},
        {NULL, "buyer", POST, "orders", ORDER("lapsed", "amoxicillin"), 201, FINE},
};

/* RULE GSP-licence-warning: 90 days before, 30 days before, and when it is past. */
static void papers_warn(void)
{
	struct world *w = world_new();
	PLAY(w, warned);
	world_end(w);
}

/* ---- first purchases ---- */

static void attach(struct world *w, const char *paper)
{
	const char *path = arena_printf(&w->arena, "attachments?owner_kind=qualification&owner_id=%s&name=x.pdf", paper);
	CU_ASSERT_EQUAL(world_ask(w, "buyer", POST, path, PDF, NULL), 201);
}

/* Registers a paper and, where asked, its scan. */
static void file_paper(struct world *w, const char *owner_kind, const char *owner, const char *kind, bool scan)
{
	const char *body =
	        arena_printf(&w->arena,
	                     "{\"owner_kind\":\"%s\",\"owner_id\":\"%s\",\"kind\":\"%s\",\"number\":\"N\",\"until_ymd\":20281231,"
	                     "\"person\":\"张三\"}",
	                     owner_kind, world_value(w, owner), kind);
	if (world_ask(w, "buyer", POST, "qualifications", body, NULL) != 201) {
		printf("  %s\n", w->body);
		CU_FAIL("paper");
		return;
	}
	if (scan)
		attach(w, world_at(w, "id"));
}

static const struct step new_supplier[] = {
        {"n", "buyer", POST, "suppliers",
         "{\"code\":\"NEW1\",\"name\":\"新医药公司\",\"licence_no\":\"皖AA1\",\"licence_until_ymd\":20281231,\"contact\":"
         "\"王五\"}",
         201, FINE},
        {NULL,
         "buyer",
         POST,
         "suppliers",
         "{\"code\":\"NEW1\",\"name\":\"又一家\",\"licence_no\":\"皖AA1\",\"licence_until_ymd\":20281231}",
         409,
         "ALREADY_EXISTS",
         {NULL},
         NULL},
        {NULL, "buyer", GET, "suppliers?code=NEW1", NULL, 200, NULL, {"rows.0.approved=false", "rows.0.contact=王五"}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("n.id", "amoxicillin"), 422, "FIRST_PURCHASE", {"~首营企业"}, NULL},
        {"f", "buyer", POST, "first-suppliers", "{\"supplier_id\":\"{n.id}\"}", 201, FINE},
        {NULL, "central", POST, "first-suppliers", "{\"supplier_id\":\"{n.id}\"}", 409, "ALREADY_EXISTS", {NULL}, NULL},
        {NULL, "buyer", POST, "first-suppliers", "{\"supplier_id\":\"{supplier}\"}", 409, "ALREADY_EXISTS", {NULL}, NULL},
        {NULL, "buyer", POST, "first-suppliers/{f.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "first-suppliers/{f.id}/approve", "{\"version\":2}", 403, FINE},
        {NULL,
         "inspector",
         POST,
         "first-suppliers/{f.id}/approve",
         "{\"version\":2}",
         422,
         "PAPERS_MISSING",
         {"~营业执照 (未登记)", "~药品经营许可证 (没有扫描件)", "~质量保证协议"},
         NULL},
};
static const struct step complete_supplier[] = {
        {NULL, "inspector", GET, "first-suppliers/{f.id}", NULL, 200, NULL, {"missing=null", "state=submitted"}, NULL},
        {NULL, "inspector", POST, "first-suppliers/{f.id}/approve", "{\"version\":2}", 200, NULL, {"state=approved"}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("n.id", "amoxicillin"), 201, FINE},
        {NULL, "buyer", GET, "suppliers/{n.id}", NULL, 200, NULL, {"approved=true", "may.allowed=true"}, NULL},
};
static const struct step own_file[] = {
        {"m", "chief", POST, "suppliers",
         "{\"code\":\"NEW2\",\"name\":\"自报公司\",\"licence_no\":\"皖AA2\",\"licence_until_ymd\":20281231}", 201, FINE},
        {"g", "chief", POST, "first-suppliers", "{\"supplier_id\":\"{m.id}\"}", 201, FINE},
        {NULL, "buyer", POST, "first-suppliers/{g.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "first-suppliers/{g.id}/approve", "{\"version\":2}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "inspector", POST, "first-suppliers/{g.id}/refuse", "{\"version\":2}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL,
         "inspector",
         POST,
         "first-suppliers/{g.id}/refuse",
         "{\"version\":2,\"note\":\"信用不良\"}",
         200,
         NULL,
         {"state=refused"},
         NULL},
        {NULL, "chief", POST, "orders", ORDER("m.id", "amoxicillin"), 403, FINE},
        {NULL, "buyer", POST, "orders", ORDER("m.id", "amoxicillin"), 422, "FIRST_PURCHASE", {NULL}, NULL},
};

/* RULE DOMAIN-12.2-first-purchase: blocked until quality, another person, approves a complete file. */
static void a_new_supplier_is_filed_first(void)
{
	static const char *const papers[] = {"business_licence", "agreement", "mandate", "seals", "invoice_data"};
	struct world *w = world_new();
	PLAY(w, new_supplier);
	for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
		file_paper(w, "supplier", "n.id", papers[i], true);
	world_ask(w, "buyer", GET,
	          arena_printf(&w->arena, "qualifications?owner_kind=supplier&owner_id=%s&kind=drug_licence",
	                       world_value(w, "n.id")),
	          NULL, NULL);
	attach(w, world_at(w, "rows.0.id"));
	PLAY(w, complete_supplier);
	PLAY(w, own_file);
	world_end(w);
}

static enum status put_late_product(struct tx *tx, void *arg)
{
	struct world *w = arg;
	int64_t id = 0;
	bool added = false;
	const struct new_product in = {
	        .code = "LATE",
	        .drug_name = "新药",
	        .form = "片剂",
	        .strength = "1mg",
	        .drug_class = "western",
	        .name = "新药片",
	        .spec = "1mg×24",
	        .maker = "后来药厂",
	        .unit_name = "片",
	        .pack_name = "盒",
	        .units_per_pack = 24,
	        .units_per_box = 240,
	        .units_per_case = 2400,
	        .storage = "normal",
	        .warn_days = 180,
	};
	enum status st = product_put(tx, &in, &id, &added);
	const struct new_price price = {id, 100000, 24, "listed", 20260101, 0, "省平台"};
	if (st == ST_OK)
		price_put(tx, &price, &added);
	world_name_id(w, "late", id);
	return st;
}

static const struct step any_order[] = {{NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE}};
static const struct step late_product[] = {
        {NULL,
         "central",
         GET,
         "makers?name=%E5%90%8E%E6%9D%A5%E8%8D%AF%E5%8E%82",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.products=1"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("supplier", "late"),
         422,
         "FIRST_PURCHASE",
         {"~首营品种", "errors.0.field=lines[0].product_id"},
         NULL},
        {"f", "buyer", POST, "first-products", "{\"product_id\":\"{late}\",\"supplier_id\":\"{supplier}\"}", 201, FINE},
        {NULL, "buyer", POST, "first-products/{f.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL,
         "chief",
         POST,
         "first-products/{f.id}/approve",
         "{\"version\":2}",
         422,
         "PAPERS_MISSING",
         {"~药品注册证 (未登记)"},
         NULL},
};
static const struct step late_approved[] = {
        {NULL, "chief", POST, "first-products/{f.id}/approve", "{\"version\":2}", 200, NULL, {"state=approved"}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "late"), 201, FINE},
};

/* What came before the first order is opening data and known; what comes later is filed. RULE DOMAIN-12.2-first-purchase */
static void a_new_product_is_filed_first(void)
{
	struct world *w = world_new();
	CU_ASSERT_TRUE(partner_opening(w->db));
	PLAY(w, any_order);
	CU_ASSERT_FALSE(partner_opening(w->db));
	world_write(w, put_late_product, w);
	PLAY(w, late_product);
	file_paper(w, "product", "late", "registration", true);
	file_paper(w, "product", "late", "leaflet", true);
	file_paper(w, "product", "late", "test_report", true);
	PLAY(w, late_approved);
	world_end(w);
}

/* ---- who may deliver whose goods ---- */

static const struct step rights[] = {
        {"ms", "central", GET, "makers", NULL, 200, NULL, {"rows#1", "rows.0.name=演示药厂", "rows.0.distributors=0"}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        {"r", "buyer", POST, "delivery-rights",
         "{\"supplier_id\":\"{calm}\",\"maker_id\":\"{ms.rows.0.id}\",\"region\":\"寿县\",\"from_ymd\":20260101,\"until_ymd\":"
         "20261231}",
         201, FINE},
        {NULL,
         "buyer",
         POST,
         "delivery-rights",
         "{\"supplier_id\":\"{calm}\",\"maker_id\":\"{ms.rows.0.id}\",\"from_ymd\":20260101}",
         409,
         "ALREADY_EXISTS",
         {NULL},
         NULL},
        {NULL,
         "buyer",
         POST,
         "delivery-rights",
         "{\"supplier_id\":\"1\",\"maker_id\":\"{ms.rows.0.id}\",\"from_ymd\":20260101}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 422, "NO_DELIVERY_RIGHT", {"~演示药厂"}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("calm", "amoxicillin"), 201, FINE},
        {NULL, "buyer", POST, "delivery-rights/{r.id}/end", "{\"note\":\"企业收回授权\"}", 200, FINE},
        {NULL, "buyer", POST, "delivery-rights/{r.id}/end", "{\"note\":\"再次\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("calm", "amoxicillin"), 422, "NO_DELIVERY_RIGHT", {NULL}, NULL},
        {NULL, "buyer", POST, "delivery-rights",
         "{\"supplier_id\":\"{supplier}\",\"maker_id\":\"{ms.rows.0.id}\",\"from_ymd\":20261122}", 201, FINE},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 422, "NO_DELIVERY_RIGHT", {NULL}, NULL},
        {NULL,
         "central",
         GET,
         "delivery-rights?maker_id={ms.rows.0.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.state=future", "rows.1.state=ended"},
         NULL},
        {NULL, "buyer", POST, "makers", "{\"name\":\"演示药厂\"}", 409, "ALREADY_EXISTS", {NULL}, NULL},
        {"mk", "buyer", POST, "makers", "{\"name\":\"另一药厂\"}", 201, FINE},
        {NULL, "buyer", PATCH, "makers/{mk.id}", "{\"phone\":\"0551\"}", 200, FINE},
        {NULL, "buyer", GET, "makers/{mk.id}", NULL, 200, NULL, {"phone=0551", "active=true"}, NULL},
};

/* RULE DOMAIN-12.3-delivery-right: once a maker has named a distributor, the others are out; by days. */
static void makers_choose_their_distributors(void)
{
	struct world *w = world_new();
	PLAY(w, rights);
	world_end(w);
}

/* ---- registrations ---- */

#define SENT(label, version_from)                                                                     \
	{NULL, "buyer", POST, "orders/{" label ".id}/submit", "{\"version\":1}", 200, FINE},          \
	        {NULL, "chief", POST, "orders/{" label ".id}/approve", "{\"version\":2}", 200, FINE}, \
	        {NULL, "buyer", POST, "orders/{" label ".id}/send", "{\"version\":3}", 200, FINE},    \
	{                                                                                             \
		label "l", "buyer", GET, "orders/{" label ".id}", NULL, 200, FINE                     \
	}
#define GOODS(label, lot, made)                                                                                                \
	"{\"order_id\":\"{" label ".id}\",\"lines\":[{\"order_line_id\":\"{" label "l.lines.0.id}\",\"lot\":\"" lot "\"," made \
	"\"expiry_ymd\":20281231,\"units\":24}]}"

static const struct step registrations[] = {
        {"q", "buyer", POST, "qualifications",
         "{\"owner_kind\":\"product\",\"owner_id\":\"{amoxicillin}\",\"kind\":\"registration\",\"number\":\"国药准字H1\",\"until_"
         "ymd\":20261121}",
         201, FINE},
        CONFIRMED("q"),
        {"o", "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        SENT("o", 1),
};
static const struct step registration_gone[] = {
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 422, "REGISTRATION_EXPIRED", {"~注册证"}, NULL},
        {NULL,
         "receiver",
         POST,
         "receipts",
         GOODS("o", "A1", "\"made_ymd\":20261122,"),
         422,
         "REGISTRATION_EXPIRED",
         {"~请拒收"},
         NULL},
        {NULL, "receiver", POST, "receipts", GOODS("o", "A2", ""), 422, "REGISTRATION_EXPIRED", {"~生产日期"}, NULL},
        {NULL, "receiver", POST, "receipts", GOODS("o", "A3", "\"made_ymd\":20261121,"), 201, FINE},
        {NULL, "chief", POST, "qualifications/{q.id}/allow", "{\"note\":\"已受理\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL,
         "buyer",
         POST,
         "qualifications/{q.id}/renewal",
         "{\"number\":\"CXHB26001\",\"ymd\":20290101}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL, "buyer", POST, "qualifications/{q.id}/renewal", "{\"number\":\"CXHB26001\",\"ymd\":20261101}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 422, "REGISTRATION_EXPIRED", {NULL}, NULL},
        {NULL, "buyer", POST, "qualifications/{q.id}/allow", "{\"note\":\"已受理\"}", 403, FINE},
        {NULL, "chief", POST, "qualifications/{q.id}/allow", "{\"note\":\"受理通知书已核\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        {NULL, "receiver", POST, "receipts", GOODS("o", "A1", "\"made_ymd\":20261122,"), 201, FINE},
        {NULL,
         "central",
         GET,
         "qualifications?owner_kind=product&owner_id={amoxicillin}",
         NULL,
         200,
         NULL,
         {"rows.0.renewal_no=CXHB26001", "rows.0.allowed_by=chief", "rows.0.allowed_note=受理通知书已核"},
         NULL},
};

/* RULE GSP-registration, RULE GSP-registration-made, RULE GSP-renewal-pending */
static void a_registration_runs_out(void)
{
	struct world *w = world_new();
	PLAY(w, registrations);
	world_later(w, 24); /* the day after its last day */
	PLAY(w, registration_gone);
	world_end(w);
}

/* ---- scores ---- */

static const struct step scored[] = {
        {"o", "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        SENT("o", 1),
        {"p", "buyer", POST, "orders", ORDER("supplier", "glucose"), 201, FINE},
        SENT("p", 1),
        {NULL,
         "central",
         GET,
         "supplier-scores?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows.0.lines=2", "rows.0.done_lines=0", "rows.0.on_time_permille=null", "rows.0.fill_permille=0",
          "rows.0.price_permille=1000"},
         NULL},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"lot\":\"S1\",\"expiry_ymd\":20281231,"
         "\"units\":240}]}",
         201, FINE},
        {NULL,
         "central",
         GET,
         "supplier-scores?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows.0.done_lines=1", "rows.0.on_time_permille=1000", "rows.0.arrived=120.00"},
         NULL},
        /* half of it is not good: due again */
        {NULL, "inspector", POST, "receipts/{r.id}/inspect",
         "{\"version\":1,\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"lot\":\"S1\",\"outcome\":\"rejected\",\"reason\":"
         "\"破损\"}]}",
         200, FINE},
        {NULL, "keeper", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {NULL,
         "central",
         GET,
         "supplier-scores?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows.0.done_lines=0", "rows.0.rejected=120.00", "rows.0.reject_permille=1000", "rows.0.fill_permille=0"},
         NULL},
};
static const struct step late[] = {
        {NULL, "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"lot\":\"S2\",\"expiry_ymd\":20281231,"
         "\"units\":240}]}",
         201, FINE},
        {NULL,
         "central",
         GET,
         "supplier-scores?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows.0.done_lines=1", "rows.0.on_time_lines=0"},
         NULL},
        {NULL,
         "central",
         GET,
         "supplier-lines?supplier_id={supplier}&month=202611",
         NULL,
         200,
         NULL,
         {"rows#2", "~late", "~overdue", "~逾期未到齐"},
         NULL},
        {NULL, "east_user", GET, "supplier-lines", NULL, 403, FINE},
};

static void count_fault(void *arg, const char *table, const char *row, const char *what)
{
	printf("  %s %s %s\n", table, row, what);
	++*(int *)arg;
}

/* RULE DOMAIN-6.2-delivery-rate: from what was ordered, came, and was rejected; not from an opinion. */
static void scores_come_from_facts(void)
{
	struct world *w = world_new();
	int faults = 0;
	PLAY(w, scored);
	world_later(w, 73);
	PLAY(w, late);
	supplier_score_verify(w->db, count_fault, &faults);
	CU_ASSERT_EQUAL(faults, 0);
	world_end(w);
}

/* ---- what a paper is taken for ---- */

#define SCAN "%PDF-1.4\n%%EOF\n"
#define ATTACH(label, kind, id, more, bytes, status, code)                                                                     \
	{                                                                                                                      \
		label, "buyer", METHOD_POST, "attachments?owner_kind=" kind "&owner_id={" id ".id}&name=" more, bytes, status, \
		        code, {NULL}, NULL                                                                                     \
	}
/* RULE GSP-paper-confirmed */
static const struct step scan_steps[] = {
        {"q",
         "buyer",
         METHOD_POST,
         "qualifications",
         "{\"owner_kind\":\"supplier\",\"owner_id\":\"{supplier}\",\"kind\":\"agreement\",\"number\":\"Z9\",\"until_ymd\":"
         "20281231}",
         201,
         NULL,
         {NULL},
         NULL},
        ATTACH("s", "qualification", "q", "x.pdf", SCAN, 201, NULL),
        /* before it is looked at a better one may take its place */
        ATTACH("t", "qualification", "q", "y.pdf&replaces={s.id}", SCAN "1", 201, NULL),
        {NULL, "inspector", METHOD_POST, "qualifications/{q.id}/confirm", "{}", 200, NULL, {NULL}, NULL},
        ATTACH(NULL, "qualification", "q", "z.pdf&replaces={t.id}", SCAN "2", 409, "WRONG_STATE"),
        ATTACH(NULL, "qualification", "q", "z.pdf", SCAN "2", 201, NULL),
};

static void a_confirmed_scan_stays(void)
{
	struct world *w = world_new();
	world_play(w, scan_steps, sizeof scan_steps / sizeof *scan_steps);
	world_end(w);
}

#define SUPPLIERS(number, business)                                                                                           \
	{                                                                                                                     \
		NULL, "admin", METHOD_POST, "imports/suppliers",                                                              \
		        "code,name,licence_no,licence_until_ymd,phone,business\nG1,甲医药公司," number ",20301231,," business \
		        "\n",                                                                                                 \
		        200, NULL, {"changed=1"}, NULL                                                                        \
	}
#define WAIT(count, ...)                                                                                         \
	{                                                                                                        \
		NULL, "buyer", METHOD_GET, "waiting-papers", NULL, 200, NULL, {"rows#" count, __VA_ARGS__}, NULL \
	}
/* RULE GSP-trade-licence: a licence for drugs is none for devices, whatever a file says of the business. */
static const struct step business_steps[] = {
        {NULL,
         "buyer",
         METHOD_POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24,\"price\":\"12\"}]}",
         201,
         NULL,
         {NULL},
         NULL},
        SUPPLIERS("L1", "device"),
        WAIT("0", NULL),
        SUPPLIERS("器械9", "device"),
        WAIT("1", "rows.0.kind=device_licence", "rows.0.number=器械9"),
};

static void another_business_is_no_licence(void)
{
	struct world *w = world_new();
	world_play(w, business_steps, sizeof business_steps / sizeof *business_steps);
	world_end(w);
}

SUITE(partner, {"papers_lock", papers_lock}, {"papers_warn", papers_warn},
      {"a_new_supplier_is_filed_first", a_new_supplier_is_filed_first},
      {"a_new_product_is_filed_first", a_new_product_is_filed_first},
      {"makers_choose_their_distributors", makers_choose_their_distributors},
      {"a_registration_runs_out", a_registration_runs_out}, {"scores_come_from_facts", scores_come_from_facts},
      {"a_confirmed_scan_stays", a_confirmed_scan_stays}, {"another_business_is_no_licence", another_business_is_no_licence});
