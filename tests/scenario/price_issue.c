/* The issue price: 调价单 counted at its moment, the HIS of each site, 补差 by contract, 四同 and the margin of pieces. */
#include "tests/scenario/price.h"

#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/issue.h"

#include <string.h>

/* ---- 调价单 ---- */

static const struct step stock_steps[] = {
        {"o", "buyer", POST, "orders", ORDER("glucose", "100", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"U1\",\"expiry_ymd\":20280101,"
         "\"units\":100}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        /* 30 on the road to the east, 70 here */
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
        /* RULE DOMAIN-12.3-price-claim: what the contract of that day says */
        {NULL,
         "receiver",
         POST,
         "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20260101,\"given\":true,\"source\":\"合同\"}",
         403,
         "FORBIDDEN",
         {NULL},
         NULL},
        {NULL, "central", POST, "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20260101,\"given\":true,\"source\":\"2026 年合同第 8 条\"}", 201, FINE},
        {NULL,
         "central",
         POST,
         "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20260101,\"given\":true,\"source\":\"x\"}",
         409,
         "ALREADY_EXISTS",
         {NULL},
         NULL},
        {NULL, "central", POST, "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20261122,\"given\":false,\"source\":\"补充协议\"}", 201, FINE},
        {NULL,
         "central",
         GET,
         "price-clauses?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.given=false", "rows.1.source=2026 年合同第 8 条"},
         NULL},
};
#define CHANGE(price, more) \
	"{\"effective_at_ms\":{moment},\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"" price "\"" more "}]"
/* RULE DOMAIN-12.3-zero-margin */
static const struct step change_steps[] = {
        {NULL,
         "central",
         POST,
         "price-adjustments",
         CHANGE("8.01", "") "}",
         422,
         "OVER_MARGIN",
         {"errors.0.field=lines[0].price"},
         NULL},
        {"a", "central", POST, "price-adjustments", CHANGE("8", "") "}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "east_user", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"state=scheduled"}, NULL},
        /* nobody takes the step by hand */
        {NULL, "chief", POST, "price-adjustments/{a.id}/take_effect", "{\"version\":3}", 404, "NOT_FOUND", {NULL}, NULL},
};
/* Behind the moment goods move on before the program comes to count. */
static const struct step meanwhile[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"broken\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":5,\"lot\":\"U1\"}]}", 201, FINE},
        {NULL, "east_user", POST, "shipments/{s.id}/receive", "{\"version\":4}", 200, FINE},
};
static const struct step afterwards[] = {
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"state=effective", "gain=-5.00", "lines.0.units=100", "lines.0.claim_units=100", "lines.0.claim_amount=5.00"},
         NULL},
        {NULL,
         "central",
         GET,
         "price-adjustment-stock?adjustment_id={a.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.units=70", "rows.0.gain=-3.50", "rows.1.units=30", "rows.1.old_amount=25.50",
          "rows.1.new_amount=24.00"},
         NULL},
        {NULL, "east_user", GET, "price-adjustment-stock?adjustment_id={a.id}", NULL, 200, NULL, {"!U1"}, NULL},
        {"claims",
         "finance",
         GET,
         "price-claims?state=open",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.amount=5.00", "rows.0.units=100", "rows.0.supplier_id={supplier}"},
         NULL},
        {NULL, "east_user", GET, "price-claims", NULL, 403, "FORBIDDEN", {NULL}, NULL},
        {NULL,
         "finance",
         POST,
         "price-claims/{claims.rows.0.id}/waive",
         "{\"version\":1,\"note\":\"x\"}",
         403,
         "FORBIDDEN",
         {NULL},
         NULL},
        {NULL, "chief", POST, "price-claims/{claims.rows.0.id}/waive", "{\"version\":1}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL,
         "central",
         GET,
         "price-public?product_code=X002",
         NULL,
         200,
         NULL,
         {"rows.0.issue_price=8.00", "rows.0.rule=selected"},
         NULL},
        {NULL, "central", GET, "price-public?no_issue=1", NULL, 200, NULL, {"!\"X002\"", "~\"issue_price\":null"}, NULL},
        {NULL, "central", GET, "price-public?no_issue=0", NULL, 200, NULL, {"~\"X002\"", "!\"issue_price\":null"}, NULL},
        /* RULE DOMAIN-12.3-price-his: each site for itself, the centre for all; the last one confirms the document */
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"sites#3", "sites.0.site_id={lead}", "sites.0.missing_codes=1", "sites.1.confirmed_at_ms=null"},
         NULL},
        {NULL, "east_user", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"sites#1", "sites.0.site_id={east}"}, NULL},
        {NULL, "east_user", GET, "today", NULL, 200, NULL, {"~adjustments_effective"}, NULL},
        {NULL, "buyer", POST, "price-adjustments/{a.id}/confirm", "{\"version\":4}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL,
         "east_user",
         POST,
         "price-adjustments/{a.id}/confirm",
         "{\"version\":4,\"site_id\":\"{west}\"}",
         403,
         "FORBIDDEN",
         {"errors.0.field=site_id"},
         NULL},
        {NULL,
         "east_user",
         POST,
         "price-adjustments/{a.id}/confirm",
         "{\"version\":4,\"note\":\"HIS 已更新\"}",
         200,
         NULL,
         {"state=effective", "version=5"},
         NULL},
        {NULL, "east_user", POST, "price-adjustments/{a.id}/confirm", "{\"version\":5}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "central", POST, "price-adjustments/{a.id}/confirm", "{\"version\":5}", 200, NULL, {"state=effective"}, NULL},
        {NULL,
         "central",
         POST,
         "price-adjustments/{a.id}/confirm",
         "{\"version\":6,\"site_id\":\"{west}\"}",
         200,
         NULL,
         {"state=confirmed"},
         NULL},
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"sites.1.confirmed_by=east_user"}, NULL},
        /* a second change starts from the issue price, not from what the batches cost */
        {NULL,
         "central",
         POST,
         "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"0.00\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].price"},
         NULL},
        {NULL,
         "central",
         POST,
         "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"7.5\"}]}",
         422,
         "REASON_MISSING",
         {"errors.0.field=lines[0].reason"},
         NULL},
        {"b", "central", POST, "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"7.5\",\"reason\":\"供应商让利\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{b.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{b.id}/approve", "{\"version\":2}", 200, FINE},
};

/* RULE DOMAIN-12.3-zero-margin: the purchase price falls below the issue price: told, prepared, gone. */
static const struct step issue_before[] = {
        {NULL, "central", GET, "price-flags/issue", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "7", "\"from_ymd\":20261121"), 201, FINE},
};
static const struct step issue_flagged[] = {
        {NULL,
         "central",
         GET,
         "price-flags/issue",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.issue_price=7.50", "rows.0.limit_price=7.00", "rows.0.over=0.50",
          "rows.0.adjustment_number={b.number}"},
         NULL},
        {NULL, "central", GET, "today", NULL, 200, NULL, {"~price_issue\",\"title\":\"发药价高于进价的品种\",\"count\":1"}, NULL},
        {"c", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{glucose}\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{c.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{c.id}/approve", "{\"version\":2}", 200, FINE},
};
static const struct step issue_after[] = {
        {NULL, "central", GET, "price-public?product_code=X002", NULL, 200, NULL, {"rows.0.issue_price=7.00"}, NULL},
        {NULL, "central", GET, "price-flags/issue", NULL, 200, NULL, {"rows#0"}, NULL},
};

/* RULE DOMAIN-12.3-price-change-count */
static void stock_is_counted_at_the_moment_and_once(void)
{
	struct world *w = world_new();
	PLAY(w, stock_steps);
	/* steps move the clock by a second each: the moment lies behind the approval and before the moves */
	world_name_id(w, "moment", w->service.clock.fixed_ms + 7500);
	PLAY(w, change_steps);
	CU_ASSERT_FALSE(price_adjustment_is_due(w->store.writer.db, w->service.clock.fixed_ms));
	w->service.clock.fixed_ms += 500;
	PLAY(w, meanwhile);
	CU_ASSERT_TRUE(price_adjustment_is_due(w->store.writer.db, w->service.clock.fixed_ms));
	take_effect(w);
	take_effect(w);
	CU_ASSERT_EQUAL(world_ask(w, "east_user", GET,
	                          arena_printf(&w->arena, "price-adjustments/%s/his.csv", world_value(w, "a.id")), NULL, NULL),
	                200);
	CU_ASSERT_PTR_NOT_NULL(strstr(w->body, "X002"));
	CU_ASSERT_PTR_NOT_NULL(strstr(w->body, ",8.00,"));
	PLAY(w, afterwards);
	take_effect(w);
	CU_ASSERT_EQUAL(world_number(w, "SELECT gain_fen FROM price_adjustment ORDER BY id DESC LIMIT 1"), -475);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM price_adjustment_stock"), 4);
	CU_ASSERT_EQUAL(world_number(w, "SELECT price_e4 FROM issue_price"), 75000);
	take_turns(w);
	PLAY(w, issue_before);
	take_turns(w);
	PLAY(w, issue_flagged);
	take_effect(w);
	take_turns(w);
	PLAY(w, issue_after);
	world_end(w);
}

/* ---- 补差 ---- */

#define BOUGHT(label, supplier, units)                                                                                         \
	{label,                                                                                                                \
	 "buyer",                                                                                                              \
	 POST,                                                                                                                 \
	 "orders",                                                                                                             \
	 "{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":" units "}]}",                \
	 201,                                                                                                                  \
	 FINE},                                                                                                                \
	        {NULL, "buyer", POST, "orders/{" label ".id}/submit", "{\"version\":1}", 200, FINE},                           \
	        {NULL, "central", POST, "orders/{" label ".id}/approve", "{\"version\":2}", 200, FINE},                        \
	        {NULL, "buyer", POST, "orders/{" label ".id}/send", "{\"version\":3}", 200, FINE},                             \
	        {label "v", "buyer", GET, "orders/{" label ".id}", NULL, 200, FINE},                                           \
	        {label "r",                                                                                                    \
	         "receiver",                                                                                                   \
	         POST,                                                                                                         \
	         "receipts",                                                                                                   \
	         "{\"order_id\":\"{" label ".id}\",\"lines\":[{\"order_line_id\":\"{" label "v.lines.0.id}\",\"lot\":\"" label \
	         "\",\"expiry_ymd\":20280101,\"units\":" units "}]}",                                                          \
	         201,                                                                                                          \
	         FINE},                                                                                                        \
	        {NULL, "inspector", POST, "receipts/{" label "r.id}/inspect", "{\"version\":1}", 200, FINE},                   \
	{                                                                                                                      \
		NULL, "inspector", POST, "receipts/{" label "r.id}/post", "{\"version\":2}", 200, FINE                         \
	}
#define CLAUSE(supplier, given)                                                                      \
	{                                                                                            \
		NULL, "central", POST, "price-clauses",                                              \
		        "{\"supplier_id\":\"{" supplier "}\",\"from_ymd\":20260101,\"given\":" given \
		        ",\"source\":\"合同第 8 条\"}",                                              \
		        201, FINE                                                                    \
	}
/* RULE DOMAIN-12.3-price-claim: from every supplier whose contract gives it, and from no other. */
static const struct step claim_steps[] = {
        BOUGHT("one", "supplier", "100"),
        BOUGHT("two", "calm", "50"),
        BOUGHT("three", "warned", "20"),
        CLAUSE("supplier", "true"),
        CLAUSE("calm", "true"),
        CLAUSE("warned", "false"),
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
        {"a", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{glucose}\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 200, FINE},
};
#define INVOICE(no, gross, more)                                                                                        \
	"{\"invoice_no\":\"" no "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"" gross  \
	"\",\"tax\":\"0\",\"gross\":\"" gross "\"," more "\"lines\":[{\"product_id\":\"{glucose}\",\"amount\":\"" gross \
	"\",\"units\":"
#define OF_MAKER(no, gross, more)                                                                                       \
	"{\"invoice_no\":\"" no                                                                                         \
	"\",\"leg\":1,\"supplier_id\":\"{supplier}\",\"issuer\":\"演示药厂\",\"issued_ymd\":20261121,\"net\":\"" gross  \
	"\",\"tax\":\"0\",\"gross\":\"" gross "\"," more "\"lines\":[{\"product_id\":\"{glucose}\",\"amount\":\"" gross \
	"\",\"units\":"
static const struct step claimed_steps[] = {
        {"c",
         "finance",
         GET,
         "price-claims?adjustment_id={a.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.1.supplier_id={supplier}", "rows.1.amount=5.00", "rows.1.units=100", "rows.0.supplier_id={calm}",
          "rows.0.amount=2.50", "rows.0.state=open"},
         NULL},
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"lines.0.claim_units=150", "lines.0.claim_amount=7.50"},
         NULL},
        {NULL, "finance", GET, "today", NULL, 200, NULL, {"~price_claims\",\"title\":\"未了结的调价补差\",\"count\":2"}, NULL},
        {"blue", "finance", POST, "invoices", INVOICE("25342000000012345671", "85.00", "") "100}]}", 201, FINE},
        {NULL, "finance", POST, "invoices/{blue.id}/match", "{\"version\":1}", 200, FINE},
        {"red", "finance", POST, "invoices",
         INVOICE("25342000000012345672", "5.00", "\"red_of_id\":\"{blue.id}\",\"red_kind\":\"allowance\",") "0}]}", 201, FINE},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.1.id}/settle",
         "{\"version\":1,\"invoice_id\":\"{blue.id}\"}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=invoice_id"},
         NULL},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.1.id}/settle",
         "{\"version\":1,\"invoice_id\":\"{red.id}\"}",
         422,
         "INVALID_FIELD",
         {"~不是已匹配入账的补差红字发票"},
         NULL},
        {NULL, "finance", POST, "invoices/{red.id}/match", "{\"version\":1}", 200, FINE},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.0.id}/settle",
         "{\"version\":1,\"invoice_id\":\"{red.id}\"}",
         422,
         "INVALID_FIELD",
         {"~不是该供应商的发票"},
         NULL},
        /* what the maker allows the supplier is no money of ours */
        {"first", "finance", POST, "invoices", OF_MAKER("25342000000012345673", "80.00", "") "100}]}", 201, FINE},
        {NULL, "finance", POST, "invoices/{first.id}/match", "{\"version\":1}", 200, FINE},
        {"theirs", "finance", POST, "invoices",
         OF_MAKER("25342000000012345674", "5.00", "\"red_of_id\":\"{first.id}\",\"red_kind\":\"allowance\",") "0}]}", 201, FINE},
        {NULL, "finance", POST, "invoices/{theirs.id}/match", "{\"version\":1}", 200, FINE},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.1.id}/settle",
         "{\"version\":1,\"invoice_id\":\"{theirs.id}\"}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=invoice_id", "~不是本院这一票"},
         NULL},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.1.id}/settle",
         "{\"version\":2,\"invoice_id\":\"{red.id}\"}",
         409,
         "STALE_VERSION",
         {NULL},
         NULL},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.1.id}/settle",
         "{\"version\":1,\"invoice_id\":\"{red.id}\"}",
         200,
         NULL,
         {"state=settled", "version=2"},
         NULL},
        {NULL,
         "finance",
         POST,
         "price-claims/{c.rows.1.id}/settle",
         "{\"version\":2,\"invoice_id\":\"{red.id}\"}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
        {NULL,
         "chief",
         POST,
         "price-claims/{c.rows.0.id}/waive",
         "{\"version\":1,\"note\":\"金额小, 双方同意\"}",
         200,
         NULL,
         {"state=waived"},
         NULL},
        {NULL, "finance", GET, "price-claims?state=open", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "finance",
         GET,
         "price-claims?state=settled",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.invoice_no=25342000000012345672", "rows.0.settled_by=finance"},
         NULL},
};

static void every_supplier_pays_by_his_contract(void)
{
	struct world *w = world_new();
	PLAY(w, claim_steps);
	take_effect(w);
	PLAY(w, claimed_steps);
	world_replay(w);
	world_end(w);
}

/* The price falls once more: what a supplier was asked for once is not asked for again. RULE DOMAIN-12.3-price-claim */
static const struct step fallen_again[] = {
        BOUGHT("four", "supplier", "10"),
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "7", "\"from_ymd\":20261122"), 201, FINE},
        {"b", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{glucose}\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{b.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{b.id}/approve", "{\"version\":2}", 200, FINE},
};
static const struct step claimed_again[] = {
        {NULL,
         "central",
         GET,
         "price-claims?adjustment_id={b.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.1.supplier_id={supplier}", "rows.1.units=110", "rows.1.amount=11.00", "rows.0.supplier_id={calm}",
          "rows.0.units=50", "rows.0.amount=5.00"},
         NULL},
};

static void no_fall_is_claimed_twice(void)
{
	struct world *w = world_new();
	PLAY(w, claim_steps);
	take_effect(w);
	world_later(w, 24);
	PLAY(w, fallen_again);
	take_effect(w);
	PLAY(w, claimed_again);
	world_end(w);
}

/* Below the purchase price by the county's own choice: no supplier has become cheaper, none pays for it. */
static const struct step own_choice[] = {
        BOUGHT("one", "supplier", "100"),
        CLAUSE("supplier", "true"),
        {"a", "central", POST, "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"5\",\"reason\":\"便民\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 200, FINE},
};
static const struct step not_claimed[] = {
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"gain=-35.00", "lines.0.claim_units=0"}, NULL},
        {NULL, "central", GET, "price-claims?adjustment_id={a.id}", NULL, 200, NULL, {"rows#0"}, NULL},
        /* the purchase price falls too: that much is claimed, whatever the issue price is */
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
        {"b", "central", POST, "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"6\",\"reason\":\"便民\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{b.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{b.id}/approve", "{\"version\":2}", 200, FINE},
};
static const struct step claimed_by_basis[] = {
        {NULL,
         "central",
         GET,
         "price-claims?adjustment_id={b.id}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.amount=5.00", "rows.0.basis=8.00", "rows.0.price=6.00"},
         NULL},
};

static void what_the_county_gives_away_is_not_claimed(void)
{
	struct world *w = world_new();
	PLAY(w, own_choice);
	take_effect(w);
	PLAY(w, not_claimed);
	take_effect(w);
	PLAY(w, claimed_by_basis);
	world_end(w);
}

/* ---- 四同, and the margin of decoction pieces ---- */

static enum status more_products(struct tx *tx, void *arg)
{
	struct world *w = arg;
	int64_t id = 0;
	bool added = false;
	struct new_product in = {.code = "X012",
	                         .drug_name = "葡萄糖注射液",
	                         .form = "剂",
	                         .strength = "1g",
	                         .drug_class = "western",
	                         .name = "葡萄糖注射液",
	                         .spec = "1g×20",
	                         .maker = "演示药厂",
	                         .unit_name = "粒",
	                         .pack_name = "盒",
	                         .units_per_pack = 20,
	                         .units_per_box = 200,
	                         .units_per_case = 2000,
	                         .storage = "normal",
	                         .warn_days = 180};
	tx->action = "test.products";
	enum status st = product_put(tx, &in, &id, &added);
	world_name_id(w, "twenty", id);
	in.code = "X013";
	in.drug_name = in.name = "黄芪";
	in.drug_class = "decoction";
	if (st == ST_OK)
		st = product_put(tx, &in, &id, &added);
	world_name_id(w, "huangqi", id);
	return st;
}

/* RULE DOMAIN-6-four-same RULE DOMAIN-12.3-zero-margin */
static const struct step spread_steps[] = {
        /* 17.00 for twenty is 8.50 for ten: the same price */
        {"t", "central", POST, "prices", FACT("listed", "twenty", "17", "\"from_ymd\":20261101"), 201, FINE},
        {NULL, "central", GET, "price-spread", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "central", POST, "prices", FACT("selected", "twenty", "10", "\"from_ymd\":20261101"), 201, FINE},
        {NULL,
         "central",
         GET,
         "price-spread",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.over_percent=70", "rows.0.lowest_code=X012", "rows.1.over_percent=0", "rows.1.rule=selected"},
         NULL},
        {NULL, "central", POST, "prices", FACT("listed", "huangqi", "10", "\"from_ymd\":20261101"), 201, FINE},
        {NULL, "central", POST, "price-settings", "{\"decoction_margin_percent\":26}", 422, "INVALID_FIELD", {NULL}, NULL},
        {NULL, "buyer", POST, "price-settings", "{\"decoction_margin_percent\":20}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "central", POST, "price-settings", "{\"decoction_margin_percent\":20}", 200, FINE},
        {NULL, "central", GET, "price-settings", NULL, 200, NULL, {"decoction_margin_percent=20"}, NULL},
        {NULL,
         "central",
         POST,
         "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{huangqi}\",\"price\":\"12.01\"}]}",
         422,
         "OVER_MARGIN",
         {NULL},
         NULL},
        {"a", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{huangqi}\"},{\"product_id\":\"{glucose}\"}]}",
         201, FINE},
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"lines.0.price=12.00", "lines.0.margin_percent=20", "lines.1.price=8.50", "lines.1.margin_percent=0"},
         NULL},
        {NULL,
         "central",
         PATCH,
         "price-adjustments/{a.id}",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{unlisted}\"}]}",
         422,
         "NO_LISTED_PRICE",
         {NULL},
         NULL},
        {NULL, "central", PATCH, "price-adjustments/{a.id}",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{huangqi}\",\"price\":\"11\"}]}", 200, FINE},
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"lines#1", "lines.0.price=11.00"}, NULL},
};

static void the_same_drug_at_two_prices_and_the_margin_of_pieces(void)
{
	struct world *w = world_new();
	world_write(w, more_products, w);
	PLAY(w, spread_steps);
	world_end(w);
}

SUITE(price_issue, {"stock_is_counted_at_the_moment_and_once", stock_is_counted_at_the_moment_and_once},
      {"every_supplier_pays_by_his_contract", every_supplier_pays_by_his_contract},
      {"no_fall_is_claimed_twice", no_fall_is_claimed_twice},
      {"what_the_county_gives_away_is_not_claimed", what_the_county_gives_away_is_not_claimed},
      {"the_same_drug_at_two_prices_and_the_margin_of_pieces", the_same_drug_at_two_prices_and_the_margin_of_pieces});
