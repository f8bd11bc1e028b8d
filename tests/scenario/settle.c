/*
 * Two months of settlement: partial delivery, wrong invoice, red invoice, an invoice after month end, payment by two people,
 * the depots' books and the sheets. At the end every write is sent once more, and the store is proved.
 */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/price/price.h"

#include <stdlib.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define SAYS(...) NULL, {__VA_ARGS__}, NULL
#define NOT(code) code, {NULL}, NULL
#define FINE NULL, {NULL}, NULL
#define NO1 "25342000000012345678"
#define NO2 "25342000000012345679"
#define NO3 "25342000000012345680"
#define NO4 "25342000000012345681"
#define NO5 "25342000000012345682"
#define PDF "%PDF-1.4\n%%EOF\n"

/* The clock stands at noon of another day, and everybody signs in again. */
static void go_to(struct world *w, int32_t ymd)
{
	static const char *const people[] = {"central", "buyer", "receiver", "inspector",
	                                     "keeper",  "chief", "finance",  "east_user"};
	w->service.clock.fixed_ms = ymd_begin_ms(ymd) + 12 * 3600 * 1000LL;
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		const char *body = arena_printf(&w->arena, "{\"user\":\"%s\",\"password\":\"a long word 9\"}", people[i]);
		CU_ASSERT_EQUAL(world_ask(w, people[i], POST, "session", body, ""), 200);
	}
}
static void close_day(struct world *w)
{
	go_to(w, 20261125);
}
static void day_after(struct world *w)
{
	go_to(w, 20261126);
}
static void next_close_day(struct world *w)
{
	go_to(w, 20261225);
}

/* 480 capsules and 100 ampoules ordered; half of the capsules and all ampoules come. RULE DOMAIN-6-payment */
static const struct step delivery[] = {
        {"o", "central", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":480},{\"product_id\":\"{glucose}"
         "\",\"units\":100}]}",
         201, FINE},
        {NULL, "central", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "central", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A1\",\"expiry_ymd\":20280101,"
         "\"units\":240},"
         "{\"order_line_id\":\"{ov.lines.1.id}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":100}]}",
         201, FINE},
        {NULL, "finance", GET, "payables", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {"p", "finance", GET, "payables", NULL, 200,
         SAYS("rows#2", "rows.1.amount=120.00", "rows.0.amount=85.00", "rows.0.due_ymd=20261221", "rows.0.uninvoiced=true",
              "rows.0.fund=false")},
        {NULL, "east_user", GET, "payables", NULL, 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "finance", GET, "proof", NULL, 200, SAYS("rows#1", "rows.0.lines=2", "rows.0.proven=0", "rows.0.percent=0")},
};

#define LINES(amount)                                                                                      \
	"\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"A1\",\"units\":240,\"price\":\"12.00\"},{" \
	"\"product_id\":\"{glucose}\",\"units\":100,\"amount\":\"" amount "\"}]}"
#define HEAD(no, gross) \
	"\"invoice_no\":\"" no "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"200.00\"," gross
/* RULE DOMAIN-12.3-invoice-number RULE DOMAIN-12.3-invoice-sum RULE DOMAIN-6-three-way RULE DOMAIN-12.3-difference */
static const struct step wrong_invoice[] = {
        {NULL,
         "finance",
         POST,
         "invoices",
         "{" HEAD("2534200000001234567", "\"tax\":\"4.00\",\"gross\":\"204.00\",") LINES("84.00"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=invoice_no"},
         NULL},
        {NULL,
         "finance",
         POST,
         "invoices",
         "{" HEAD(NO1, "\"tax\":\"5.00\",\"gross\":\"204.00\",") LINES("84.00"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=gross"},
         NULL},
        {NULL,
         "finance",
         POST,
         "invoices",
         "{" HEAD(NO1, "\"tax\":\"4.00\",\"gross\":\"204.00\",") LINES("83.00"),
         422,
         "INVALID_FIELD",
         {"~204.00"},
         NULL},
        {"i", "finance", POST, "invoices", "{" HEAD(NO1, "\"tax\":\"4.00\",\"gross\":\"204.00\",") LINES("84.00"), 201,
         SAYS("state=entered")},
        {NULL, "buyer", POST, "invoices", "{" HEAD(NO1, "\"tax\":\"4.00\",\"gross\":\"204.00\",") LINES("84.00"), 409,
         NOT("ALREADY_EXISTS")},
        {NULL, "finance", GET, "invoices/{i.id}", NULL, 200,
         SAYS("fits=false", "explainable=true", "lines.0.result=matched", "lines.1.result=price", "lines.1.expected=85.00",
              "lines.0.parts.0.receipt_number={rn.number}")},
        {NULL,
         "finance",
         POST,
         "invoices/{i.id}/match",
         "{\"version\":1}",
         422,
         "MATCH_DIFFERS",
         {"errors.0.field=lines[1].amount"},
         NULL},
        {NULL, "buyer", POST, "invoices/{i.id}/explain", "{\"version\":1,\"note\":\"涨价\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "finance", POST, "invoices/{i.id}/explain", "{\"version\":1}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL, "finance", POST, "invoices/{i.id}/explain", "{\"version\":1,\"note\":\"供应商让利一元\"}", 200,
         SAYS("state=disputed")},
        {NULL, "finance", POST, "invoices/{i.id}/accept", "{\"version\":2}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "invoices/{i.id}/return", "{\"version\":2,\"note\":\"请供应商重开\"}", 200, SAYS("state=entered")},
        {NULL, "finance", PATCH, "invoices/{i.id}",
         "{\"version\":3," HEAD(NO1, "\"tax\":\"5.00\",\"gross\":\"205.00\",") LINES("85.00"), 200, SAYS("version=4")},
        {NULL, "finance", GET, "invoices/{i.id}", NULL, 200, NULL, {"fits=true"}, NULL},
        {NULL, "finance", POST, "invoices/{i.id}/match", "{\"version\":4}", 200, NULL, {"state=matched"}, NULL},
        {NULL, "finance", PATCH, "invoices/{i.id}",
         "{\"version\":5," HEAD(NO1, "\"tax\":\"5.00\",\"gross\":\"205.00\",") LINES("85.00"), 409, NOT("WRONG_STATE")},
        {NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows#1", "rows.0.amount=-205.00"}, NULL},
        {NULL, "finance", GET, "money-balances?account=stock", NULL, 200, NULL, {"rows#1", "rows.0.amount=205.00"}, NULL},
        {NULL, "finance", GET, "payables?uninvoiced=1", NULL, 200, NULL, {"rows#0"}, NULL},
};

#define MAKER(buyer)                                                                                                         \
	"{\"invoice_no\":\"" NO2 "\",\"leg\":1,\"supplier_id\":\"{supplier}\",\"issuer\":\"演示药厂\"," buyer                \
	"\"issued_ymd\":20261101,\"net\":\"900.00\",\"tax\":\"100.00\",\"gross\":\"1000.00\",\"lines\":[{\"product_id\":\"{" \
	"amoxicillin}\","                                                                                                    \
	"\"units\":2400,\"amount\":\"1000.00\"}]}"
/* RULE DOMAIN-6-two-invoices RULE DOMAIN-6-remote-invoice */
static const struct step both_legs[] = {
        {NULL, "finance", POST, "invoices", MAKER("\"buyer\":\"别家医药公司\","), 422, "EXTRA_INVOICE", {NULL}, NULL},
        {"m", "finance", POST, "invoices", MAKER(""), 201, FINE},
        {NULL, "finance", GET, "invoices/{m.id}", NULL, 200, NULL, {"fits=true", "lines.0.found_units=240"}, NULL},
        {NULL, "finance", POST, "invoices/{m.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1", "rows.0.unproven=1", "rows.0.percent=50"}, NULL},
        {NULL, "finance", GET, "payables?proven=0", NULL, 200, NULL, {"rows#1", "rows.0.amount=85.00"}, NULL},
        {NULL, "finance", POST, "invoices/{m.id}/match", "{\"version\":2}", 422, "MATCH_DIFFERS", {NULL}, NULL},
        {"a", "finance", POST, "remote-approvals",
         "{\"site_id\":\"{village}\",\"paper\":\"皖药采〔2026〕1号\",\"from_ymd\":20260101,\"to_ymd\":20261231}", 201, FINE},
        {NULL, "chief", POST, "remote-approvals/{a.id}/approve", "{}", 422, "PAPERS_MISSING", {"~扫描件"}, NULL},
        {NULL, "finance", POST, "attachments?owner_kind=remote_approval&owner_id={a.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "finance", POST, "remote-approvals/{a.id}/approve", "{}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "remote-approvals/{a.id}/approve", "{}", 200, FINE},
        {"x", "finance", POST, "invoices",
         "{\"invoice_no\":\"" NO5
         "\",\"leg\":3,\"site_id\":\"{village}\",\"supplier_id\":\"{supplier}\",\"issuer\":\"别家医药公司\","
         "\"issued_ymd\":20261101,\"net\":\"9.00\",\"tax\":\"1.00\",\"gross\":\"10.00\",\"lines\":[{\"product_id\":\"{"
         "amoxicillin}\","
         "\"units\":24,\"amount\":\"10.00\"}]}",
         201, FINE},
        {NULL, "finance", POST, "invoices/{x.id}/match", "{\"version\":1}", 422, "MATCH_DIFFERS", {"~尚未收货"}, NULL},
        {NULL, "finance", POST, "invoices/{x.id}/void", "{\"version\":1,\"note\":\"村卫生室没有收到\"}", 200, SAYS("state=void")},
};

/* The other capsules come, and goods go to the east; the depots close. RULE DOMAIN-12.3-month-close RULE DOMAIN-12.3-month-locked
 */
static const struct step month_end[] = {
        {"r2", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A2\",\"expiry_ymd\":20280201,"
         "\"units\":240}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r2.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r2.id}/post", "{\"version\":2}", 200, FINE},
        {NULL, "finance", POST, "invoices/{m.id}/match", "{\"version\":2}", 200, NULL, {"state=matched"}, NULL},
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":33}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL, "east_user", POST, "shipments/{s.id}/receive", "{\"version\":4}", 200, FINE},
        {NULL,
         "keeper",
         POST,
         "month-closes",
         "{\"depot_id\":\"{lead_depot}\",\"month\":202611}",
         422,
         "INVALID_FIELD",
         {"~未到"},
         NULL},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, NULL, {"rows#4", "rows.0.closed=false"}, close_day},
        {"c", "keeper", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202611}", 201, SAYS("state=closed")},
        {NULL, "keeper", GET, "month-closes/{c.id}", NULL, 200,
         SAYS("lines#1", "lines.0.in=325.00", "lines.0.out=28.05", "lines.0.closing=296.95", "lines.0.closing_units=547",
              "lines.0.rounding=0.00", "from_ymd=20261026")},
        {NULL, "keeper", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202611}", 409, NOT("MONTH_CLOSED")},
        {NULL, "east_user", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202612}", 422, NOT("INVALID_FIELD")},
        {NULL, "keeper", POST, "month-closes/{c.id}/reopen", "{\"version\":1,\"note\":\"x\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "month-closes/{c.id}/reopen", "{\"version\":1}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL, "chief", POST, "month-closes/{c.id}/reopen", "{\"version\":1,\"note\":\"漏记一笔破损\"}", 200,
         SAYS("state=reopened")},
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"broken\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"units\":1}]}", 201, FINE},
        {"c2", "keeper", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202611}", 201, FINE},
        {NULL, "keeper", GET, "month-closes/{c2.id}", NULL, 200, NULL, {"lines.0.loss=0.85", "lines.0.closing=296.10"}, NULL},
        /* after the close of the same day: the next month's, with a mark. RULE DOMAIN-12.3-late */
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"broken\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"units\":1}]}", 201, FINE},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, NULL, {"rows.0.closed=true", "rows.1.closed=false"}, NULL},
};

/* RULE DOMAIN-12.3-estimate RULE DOMAIN-12.3-late */
static const struct step after_month_end[] = {
        {NULL, "buyer", POST, "estimates", "{\"to_ymd\":20261125}", 403, "FORBIDDEN", {NULL}, day_after},
        {"e", "finance", POST, "estimates", "{\"to_ymd\":20261125}", 201, FINE},
        {NULL, "finance", GET, "estimates/{e.id}", NULL, 200, NULL, {"amount=120.00", "lines#1"}, NULL},
        {NULL, "finance", POST, "estimates", "{\"to_ymd\":20261125}", 422, "NOTHING_DUE", {NULL}, NULL},
        {NULL, "finance", GET, "money-balances?account=estimated", NULL, 200, NULL, {"rows.0.amount=-120.00"}, NULL},
        {"j", "finance", POST, "invoices",
         "{\"invoice_no\":\"" NO3
         "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261124,\"net\":\"110.00\",\"tax\":\"10.00\","
         "\"gross\":\"120.00\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"A2\",\"units\":240,\"amount\":\"120.00\"}]"
         "}",
         201, FINE},
        {NULL, "finance", POST, "invoices/{j.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "money-balances?account=estimated", NULL, 200, NULL, {"rows.0.amount=0.00"}, NULL},
        {NULL, "finance", GET, "money-entries?document_id={j.id}", NULL, 200,
         SAYS("rows#4", "rows.0.late=true", "rows.0.reason=invoice")},
        {NULL, "finance", GET, "estimates/{e.id}", NULL, 200, NULL, {"lines.0.reversed_by_id={j.id}"}, NULL},
};

#define RED(kind, units, amount)                                                                                         \
	"{\"invoice_no\":\"" NO4 "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261126,\"net\":\"" amount \
	"\",\"tax\":\"0\",\"gross\":\"" amount "\",\"red_of_id\":\"{j.id}\",\"red_kind\":\"" kind                        \
	"\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":" units ",\"amount\":\"" amount "\"}]}"
/* RULE DOMAIN-12.3-red RULE DOMAIN-12.3-two-approvals */
static const struct step red_and_payment[] = {
        {NULL,
         "finance",
         POST,
         "invoices",
         RED("allowance", "24", "5.00"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].units"},
         NULL},
        {"k", "finance", POST, "invoices", RED("allowance", "0", "5.00"), 201, FINE},
        {NULL, "finance", POST, "invoices/{k.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "money-balances?account=variance", NULL, 200, NULL, {"rows.0.amount=-5.00"}, NULL},
        {NULL, "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\"}", 422, NOT("NOTHING_DUE")},
        {NULL, "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"fund\",\"until_ymd\":20261231}", 422,
         NOT("NOTHING_DUE")},
        {"b", "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\",\"until_ymd\":20261231}", 201,
         FINE},
        {NULL, "finance", GET, "payments/{b.id}", NULL, 200, NULL, {"amount=320.00", "lines#3"}, NULL},
        {NULL, "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\",\"until_ymd\":20261231}", 422,
         NOT("NOTHING_DUE")},
        {NULL, "buyer", POST, "payments/{b.id}/review", "{\"version\":1}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "finance", POST, "payments/{b.id}/review", "{\"version\":1}", 200, FINE},
        {NULL, "finance", POST, "payments/{b.id}/approve", "{\"version\":2}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "finance", POST, "payments/{b.id}/pay", "{\"version\":2,\"note\":\"回单 1\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "chief", POST, "payments/{b.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "finance", POST, "payments/{b.id}/pay", "{\"version\":3}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL, "finance", POST, "payments/{b.id}/pay", "{\"version\":3,\"note\":\"回单 1\"}", 200, NULL, {"state=paid"}, NULL},
        {NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows.0.amount=0.00"}, NULL},
        {NULL, "finance", GET, "payables?open=1", NULL, 200, NULL, {"rows#0"}, NULL},
};

/* RULE DOMAIN-12.3-sheet RULE DOMAIN-12.3-balance */
static const struct step sheets[] = {
        {NULL, "finance", POST, "sheets", "{\"kind\":\"branch\",\"site_id\":\"{lead}\",\"month\":202611}", 422,
         NOT("INVALID_FIELD")},
        {NULL,
         "finance",
         POST,
         "sheets",
         "{\"kind\":\"branch\",\"site_id\":\"{east}\",\"month\":202612}",
         422,
         "INVALID_FIELD",
         {"~月结日"},
         NULL},
        {"t", "finance", POST, "sheets", "{\"kind\":\"branch\",\"site_id\":\"{east}\",\"month\":202611}", 201, FINE},
        {NULL, "east_user", GET, "sheets/{t.id}", NULL, 200, NULL, {"opening=0.00", "amount=28.05", "closing=28.05"}, NULL},
        {NULL, "east_user", GET, "sheet-lines?sheet_id={t.id}", NULL, 200,
         SAYS("rows#1", "rows.0.units=33", "rows.0.amount=28.05")},
        {NULL, "finance", POST, "sheets/{t.id}/confirm", "{\"version\":1}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "finance", POST, "sheets", "{\"kind\":\"branch\",\"site_id\":\"{east}\",\"month\":202611}", 409,
         NOT("ALREADY_EXISTS")},
        {NULL, "east_user", POST, "sheets/{t.id}/confirm", "{\"version\":1}", 200, NULL, {"state=confirmed"}, NULL},
        {NULL, "finance", GET, "money-balances?account=internal", NULL, 200,
         SAYS("rows#2", "rows.0.amount=28.05", "rows.1.amount=-28.05")},
        {"u", "finance", POST, "sheets", "{\"kind\":\"supplier\",\"supplier_id\":\"{supplier}\",\"month\":202611}", 201, FINE},
        {NULL, "finance", GET, "sheets/{u.id}", NULL, 200, NULL, {"opening=0.00", "amount=205.00", "closing=205.00"}, NULL},
        {NULL, "finance", POST, "sheets/{u.id}/withdraw", "{\"version\":1,\"note\":\"重做\"}", 200, FINE},
        {"v", "finance", POST, "sheets", "{\"kind\":\"supplier\",\"supplier_id\":\"{supplier}\",\"month\":202611}", 201, FINE},
        {"v2",
         "finance",
         POST,
         "sheets",
         "{\"kind\":\"supplier\",\"supplier_id\":\"{supplier}\",\"month\":202612}",
         201,
         NULL,
         {NULL},
         next_close_day},
        {NULL, "finance", GET, "sheets/{v2.id}", NULL, 200,
         SAYS("opening=205.00", "amount=-205.00", "closing=0.00", "line_count=5")},
        {"c3", "keeper", POST, "month-closes", "{\"depot_id\":\"{lead_depot}\",\"month\":202612}", 201, FINE},
        /* RULE DOMAIN-12.3-first-close: the east closed nothing in November, and does not lose it unseen */
        {NULL, "east_user", GET, "month-states?month=202612", NULL, 200,
         SAYS("~\"ends_ymd\":20261225,\"after_ymd\":20261125,\"earlier\":true")},
        {NULL, "east_user", GET, "month-states?month=202611", NULL, 200,
         SAYS("~\"ends_ymd\":20261125,\"after_ymd\":20261025,\"earlier\":false", "!\"earlier\":true")},
        {NULL,
         "east_user",
         POST,
         "month-closes",
         "{\"depot_id\":\"{east_depot}\",\"month\":202612}",
         409,
         "EARLIER_OPEN",
         {"~2026-11-26", "~期初"},
         NULL},
        {"ce", "east_user", POST, "month-closes", "{\"depot_id\":\"{east_depot}\",\"month\":202612,\"earlier_in_opening\":true}",
         201, FINE},
        {NULL, "east_user", GET, "month-closes/{ce.id}", NULL, 200, NULL, {"from_ymd=20261126", "lines.0.opening=28.05"}, NULL},
        {NULL, "east_user", GET, "month-states?month=202612", NULL, 200, NULL, {"!\"earlier\":true"}, NULL},
        {NULL, "keeper", GET, "month-closes/{c3.id}", NULL, 200,
         SAYS("lines.0.opening=296.10", "lines.0.loss=0.85", "late_lines=1")},
        {NULL, "chief", POST, "month-closes/{c2.id}/reopen", "{\"version\":1,\"note\":\"晚了\"}", 409, NOT("MONTH_CLOSED")},
};

/* RULE DOMAIN-8-watch */
static const struct step watch[] = {
        {NULL, "chief", GET, "watch-products?month=202611", NULL, 200,
         SAYS("rows#2", "rows.0.amount=240.00", "rows.0.ceiling_lines=2", "rows.0.at_ceiling=true", "rows.0.single_source=true",
              "rows.0.growth_percent=null")},
        {NULL, "chief", GET, "watch-makers?month=202611", NULL, 200, NULL, {"rows#1", "rows.0.amount=325.00"}, NULL},
        /* RULE DOMAIN-8-watch-share: a flag counts in the months it held; nothing was under watch */
        {NULL, "chief", POST, "products/{amoxicillin}/flags",
         "{\"flag\":\"antibiotic\",\"value\":\"unrestricted\",\"from_ymd\":20261130,\"source\":\"省目录\"}", 200, FINE},
        {NULL, "chief", GET, "watch-shares?month=202611", NULL, 200,
         SAYS("rows#2", "rows.0.kind=antibiotic", "rows.0.amount=240.00", "rows.0.total=325.00", "rows.0.share_permille=738",
              "rows.0.products=1", "rows.1.kind=monitored", "rows.1.share_permille=0")},
        {NULL, "chief", GET, "watch-products?month=202611&flag=antibiotic", NULL, 200,
         SAYS("rows#1", "rows.0.product_id={amoxicillin}")},
        {NULL, "chief", GET, "watch-products?month=202611&flag=monitored", NULL, 200, NULL, {"rows#0"}, NULL},
        /* RULE DOMAIN-12.3-site-shares */
        {NULL, "chief", GET, "watch-site-shares?month=202611&kind=antibiotic", NULL, 200,
         SAYS("rows#2", "rows.0.site_id={east}", "rows.0.total=28.05", "rows.0.share_permille=0", "rows.1.site_id={lead}",
              "rows.1.amount=240.00", "rows.1.total=296.95", "rows.1.share_permille=808")},
        {NULL, "chief", GET, "watch-site-products?month=202611&site_id={lead}", NULL, 200,
         SAYS("rows#2", "rows.0.product_id={amoxicillin}", "rows.0.amount=240.00", "rows.1.amount=56.95")},
        {NULL, "chief", GET, "watch-site-products?month=202611&site_id={east}&flag=antibiotic", NULL, 200, SAYS("rows#0")},
        {NULL, "chief", GET, "watch-site-lines?month=202611&site_id={lead}&product_id={glucose}", NULL, 200,
         SAYS("~\"amount\":\"85.00\"", "~\"amount\":\"-28.05\"", "~城东卫生院", "~机构间调拨")},
        {NULL, "chief", GET, "watch-site-lines?month=202611&site_id={east}", NULL, 200,
         SAYS("rows#1", "rows.0.source=moved", "rows.0.units=33", "rows.0.document_kind=shipment")},
        {NULL, "east_user", GET, "watch-site-shares", NULL, 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "products/{amoxicillin}/flags",
         "{\"flag\":\"antibiotic\",\"value\":\"unrestricted\",\"from_ymd\":20261201,\"source\":\"省目录\"}", 200, FINE},
        {NULL, "chief", GET, "watch-shares?kind=antibiotic", NULL, 200, NULL, {"~738"}, NULL},
        {NULL, "east_user", GET, "watch-shares", NULL, 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "settle-settings", "{\"name\":\"tolerance_fen\",\"value\":99999}", 422, NOT("INVALID_FIELD")},
        {NULL, "chief", POST, "settle-settings", "{\"name\":\"payment_days\",\"value\":60,\"from_ymd\":20260101}", 422,
         NOT("INVALID_FIELD")},
        {NULL, "chief", POST, "settle-settings", "{\"name\":\"payment_days\",\"value\":60}", 200, FINE},
        {NULL, "chief", GET, "settle-settings", NULL, 200, NULL, {"settings.1.value=60"}, NULL},
};

/* RULE DOMAIN-12.3-re-add */
static void two_months_of_settlement(void)
{
	static const struct step number[] = {{"rn", "receiver", GET, "receipts/{r.id}", NULL, 200, FINE}};
	struct world *w = world_new();
	PLAY(w, delivery);
	PLAY(w, number);
	PLAY(w, wrong_invoice);
	PLAY(w, both_legs);
	PLAY(w, month_end);
	PLAY(w, after_month_end);
	PLAY(w, red_and_payment);
	PLAY(w, sheets);
	PLAY(w, watch);
	world_replay(w);
	world_end(w);
}

/* The alliance's price holds for insulin from today on. */
static enum status put_selected(struct tx *tx, void *arg)
{
	bool added = false;
	const struct new_price in = {*(int64_t *)arg, 300000, 1, "selected", 20260101, 0, "集采"};
	tx->action = "test";
	price_put(tx, &in, &added);
	return added ? ST_OK : ST_INTERNAL;
}

#define INSULIN(no, leg, issuer)                                                                                    \
	"{\"invoice_no\":\"" no "\",\"leg\":" leg ",\"supplier_id\":\"{supplier}\"," issuer                         \
	"\"issued_ymd\":20261121,\"net\":\"300.00\",\"tax\":\"0\",\"gross\":\"300.00\",\"lines\":[{\"product_id\":" \
	"\"{insulin}\",\"units\":10,\"amount\":\"300.00\"}]}"
/* The village's goods, by a chain of three invoices that was approved. RULE DOMAIN-6-fund-direct RULE DOMAIN-6-remote-invoice */
static const struct step selected[] = {
        {"o", "central", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"owner_site_id\":\"{village}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":10}]"
         "}",
         201, FINE},
        {NULL, "central", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "central", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"I1\",\"expiry_ymd\":20280101,"
         "\"units\":10}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {NULL, "finance", GET, "payables", NULL, 200, SAYS("rows#1", "rows.0.fund=true", "rows.0.owner_site_name=李村卫生室")},
        {NULL, "finance", POST, "remote-approvals",
         "{\"site_id\":\"{village}\",\"paper\":\"1号\",\"from_ymd\":20260101,\"to_ymd\":20251231}", 422, NOT("INVALID_FIELD")},
        {"a", "finance", POST, "remote-approvals",
         "{\"site_id\":\"{village}\",\"paper\":\"1号\",\"from_ymd\":20260101,\"to_ymd\":20261231}", 201, FINE},
        {NULL, "finance", POST, "attachments?owner_kind=remote_approval&owner_id={a.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "chief", POST, "remote-approvals/{a.id}/approve", "{}", 200, FINE},
        {"m", "finance", POST, "invoices",
         INSULIN(NO1, "1", "\"site_id\":\"{village}\",\"issuer\":\"演示药厂\",\"buyer\":\"上级公司\","), 201, FINE},
        {NULL, "finance", POST, "invoices/{m.id}/match", "{\"version\":1}", 200, FINE},
        {"i", "finance", POST, "invoices", INSULIN(NO2, "2", ""), 201, FINE},
        {NULL, "finance", POST, "invoices/{i.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=0"}, NULL},
        {"x", "finance", POST, "invoices", INSULIN(NO3, "3", "\"site_id\":\"{village}\",\"issuer\":\"上级公司\","), 201, FINE},
        {NULL, "finance", POST, "invoices/{x.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1", "rows.0.percent=100"}, NULL},
        {NULL, "finance", GET, "money-balances?account=internal", NULL, 200,
         SAYS("rows#2", "rows.0.amount=300.00", "rows.1.amount=-300.00")},
        {NULL, "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\",\"until_ymd\":20271231}", 422,
         NOT("NOTHING_DUE")},
        {"b", "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"fund\",\"until_ymd\":20271231}", 201,
         FINE},
        {NULL, "finance", POST, "payments/{b.id}/review", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "payments/{b.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "finance", POST, "payments/{b.id}/pay", "{\"version\":3,\"note\":\"医保局拨付\"}", 200, FINE},
        {NULL, "finance", GET, "money-balances?account=fund", NULL, 200, NULL, {"rows#1", "rows.0.amount=-300.00"}, NULL},
        {NULL, "finance", GET, "money-balances?account=bank", NULL, 200, NULL, {"rows#0"}, NULL},
};

static void selected_goods_are_paid_by_the_fund(void)
{
	struct world *w = world_new();
	int64_t insulin = strtoll(world_value(w, "insulin"), NULL, 10);
	world_write(w, put_selected, &insulin);
	PLAY(w, selected);
	world_replay(w);
	world_end(w);
}

SUITE(settle, {"two_months_of_settlement", two_months_of_settlement},
      {"selected_goods_are_paid_by_the_fund", selected_goods_are_paid_by_the_fund});
