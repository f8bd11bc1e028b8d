/*
 * What the purchasing platform is told: received lines, invoices, returns; in files with numbers, nothing twice, nothing
 * missing; and what it answers, line by line.
 */
#include "tests/scenario/world.h"

#include "tests/harness.h"

#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define BLUE "25342000000012345678"
#define RED_NO "25342000000012345679"

static const struct step delivery[] = {
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"receipt\"}", 422, "NO_LINES", {NULL}, NULL},
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30},{\"product_id\":\"{insulin}\","
         "\"units\":4}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"reference\":\"SH-77\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"G1\","
         "\"expiry_ymd\":20280101,\"units\":30},{\"order_line_id\":\"{ov.lines.1.id}\",\"lot\":\"I1\",\"expiry_ymd\":20280101,"
         "\"units\":4}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", GET, "platform-reports?open=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "platform-orders",
         "platform_order_no,order_number,product_code,packs,price,state\nPT-1,{o.number},X002,3,8.50,已下单\n", 200, FINE},
        {NULL,
         "buyer",
         GET,
         "platform-reports?open=1",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.state=waiting", "rows.1.paper=SH-77", "rows.0.kind=receipt"},
         NULL},
        {NULL, "east_user", GET, "platform-reports?open=1", NULL, 200, NULL, {"rows#0"}, NULL},
};

/* RULE DOMAIN-8-platform-report */
static const struct step receipts[] = {
        {NULL, "receiver", POST, "platform-messages", "{\"kind\":\"receipt\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL,
         "buyer",
         POST,
         "platform-messages",
         "{\"kind\":\"receipt\",\"until_ymd\":20261120}",
         422,
         "NO_LINES",
         {NULL},
         NULL},
        {"m", "buyer", POST, "platform-messages", "{\"kind\":\"receipt\"}", 201, NULL, {"state=made"}, NULL},
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"receipt\"}", 422, "NO_LINES", {NULL}, NULL},
        {NULL,
         "buyer",
         GET,
         "platform-messages/{m.id}/out",
         NULL,
         200,
         NULL,
         {"format=yaocang-platform-1", "no=1", "kind=receipt", "amount=145.50", "lines#2", "lines.0.platform_order_no=PT-1",
          "lines.0.order_number={o.number}", "lines.0.units=30"},
         NULL},
        {NULL, "buyer", POST, "platform-messages/{m.id}/answer-file", "n,answer\n1,接受\n", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "buyer", POST, "platform-messages/{m.id}/send", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", GET, "platform-reports?open=1", NULL, 200, NULL, {"rows#2", "rows.0.state=unanswered"}, NULL},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{m.id}/answer-file",
         "n,answer\n1,好\n3,接受\n2,拒绝\n",
         422,
         "INVALID_FIELD",
         {"errors#3", "errors.0.row=2", "errors.1.row=3", "errors.2.row=4"},
         NULL},
        {NULL, "buyer", GET, "platform-reports?open=1", NULL, 200, NULL, {"rows.0.state=unanswered"}, NULL},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{m.id}/answer-file",
         "n,answer,reason,units,amount\n1,接受,,30,￥25.50\n",
         200,
         NULL,
         {"rows=1", "differences=0", "state=sent"},
         NULL},
        {NULL, "buyer", GET, "platform-reports?open=1", NULL, 200, NULL, {"rows#1"}, NULL},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{m.id}/answer-file",
         "n,answer,reason,units,amount\n2,拒绝,无此订单行,,\n",
         200,
         NULL,
         {"rows=1", "differences=1", "state=answered"},
         NULL},
        {"d",
         "buyer",
         GET,
         "platform-reports?open=1",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.state=refused", "rows.0.answer_reason=无此订单行"},
         NULL},
        {NULL, "buyer", POST, "platform-reports/{d.rows.0.id}/again", "{}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL, "buyer", POST, "platform-reports/{d.rows.0.id}/again", "{\"note\":\"平台已补建订单行\"}", 200, FINE},
        {NULL, "buyer", POST, "platform-reports/{d.rows.0.id}/again", "{\"note\":\"再来\"}", 404, "NOT_FOUND", {NULL}, NULL},
        {"m2", "buyer", POST, "platform-messages", "{\"kind\":\"receipt\"}", 201, FINE},
        {NULL,
         "buyer",
         GET,
         "platform-messages/{m2.id}/out",
         NULL,
         200,
         NULL,
         {"no=2", "lines#1", "lines.0.product_code=X003"},
         NULL},
        {NULL, "buyer", POST, "platform-messages/{m2.id}/send", "{\"version\":1}", 200, FINE},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{m2.id}/answer-file",
         "n,answer,units\n1,接受,3\n",
         200,
         NULL,
         {"differences=1", "state=answered"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "platform-reports?open=1",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.state=units", "rows.0.platform_units=3"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{m2.id}/answer-file",
         "n,answer,units\n1,接受,4\n",
         200,
         NULL,
         {"differences=0"},
         NULL},
        {NULL, "buyer", GET, "platform-reports?open=1", NULL, 200, NULL, {"rows#0"}, NULL},
};

static const struct step money[] = {
        {"i", "finance", POST, "invoices",
         "{\"invoice_no\":\"" BLUE "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"25.50\","
         "\"tax\":\"0\",\"gross\":\"25.50\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30,\"amount\":\"25.50\"}]}",
         201, FINE},
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"invoice\"}", 422, "NO_LINES", {NULL}, NULL},
        {NULL, "finance", POST, "invoices/{i.id}/match", "{\"version\":1}", 200, FINE},
        {"can", "buyer", GET, "returnable-stock?product_id={glucose}", NULL, 200, FINE},
        {"t", "buyer", POST, "supplier-returns",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"batch_id\":\"{can.rows.0.batch_id}\",\"units\":10,\"reason\":\"recall\"}]"
         "}",
         201, FINE},
        {NULL, "buyer", POST, "supplier-returns/{t.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "supplier-returns/{t.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"return\"}", 422, "NO_LINES", {NULL}, NULL},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":3}", 200, FINE},
        {"k", "finance", POST, "invoices",
         "{\"invoice_no\":\"" RED_NO
         "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"8.50\",\"tax\":"
         "\"0\",\"gross\":\"8.50\",\"red_of_id\":\"{i.id}\",\"red_kind\":\"return\",\"lines\":[{\"product_id\":\"{glucose}\","
         "\"units\":10,\"amount\":\"8.50\"}]}",
         201, FINE},
        {NULL, "finance", POST, "invoices/{k.id}/match", "{\"version\":1}", 200, FINE},
        {"n", "buyer", POST, "platform-messages", "{\"kind\":\"invoice\"}", 201, FINE},
        {NULL,
         "buyer",
         GET,
         "platform-messages/{n.id}/out",
         NULL,
         200,
         NULL,
         {"no=1", "amount=17.00", "lines#2", "lines.0.paper=" BLUE, "lines.1.paper=" RED_NO, "lines.1.units=-10",
          "lines.1.amount=-8.50"},
         NULL},
        {"b", "buyer", POST, "platform-messages", "{\"kind\":\"return\"}", 201, FINE},
        {NULL,
         "buyer",
         GET,
         "platform-messages/{b.id}/out",
         NULL,
         200,
         NULL,
         {"no=1", "lines#1", "lines.0.paper=recall", "lines.0.document_number={t.number}", "lines.0.amount=8.50"},
         NULL},
        {NULL, "buyer", POST, "platform-messages/{n.id}/send", "{\"version\":1}", 200, FINE},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{n.id}/answer-file",
         "n,answer,amount\n1,接受,25.50\n2,接受,-8.05\n",
         200,
         NULL,
         {"differences=1"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "platform-reports?open=1&kind=invoice",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.state=amount", "rows.0.platform_amount=-8.05"},
         NULL},
        {NULL, "buyer", GET, "platform-messages", NULL, 200, NULL, {"rows#4"}, NULL},
        {NULL, "buyer", GET, "platform-messages?kind=return", NULL, 200, NULL, {"rows#1"}, NULL},
};

static void sheet_says_the_same(struct world *w)
{
	const char *path = arena_printf(&w->arena, "platform-messages/%s/out.xlsx", world_value(w, "n.id"));
	CU_ASSERT_EQUAL(world_ask(w, "buyer", GET, path, NULL, NULL), 200);
	const char *csv = world_sheet(w);
	CU_ASSERT_PTR_EQUAL(strstr(csv, "number,kind,n,platform_order_no,order_number,"), csv);
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, ",invoice,1,PT-1,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, "-10,10,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, "-8.5," RED_NO ",20261121"));
}

/* RULE DOMAIN-8-platform-refusal: what came beyond the order and what the inspection rejected, told once, with its reason. */
static const struct step refusals[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30},{\"product_id\":\"{insulin}\","
         "\"units\":4}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"refusal\"}", 422, "NO_LINES", {NULL}, NULL},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"reference\":\"SH-78\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"G7\","
         "\"expiry_ymd\":20280101,\"units\":37},{\"order_line_id\":\"{ov.lines.1.id}\",\"lot\":\"I7\",\"expiry_ymd\":20280101,"
         "\"units\":4}]}",
         201, FINE},
        {"rv", "receiver", GET, "receipts/{r.id}", NULL, 200, NULL, {"lines#2"}, NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect",
         "{\"version\":1,\"lines\":[{\"id\":\"{rv.lines.0.id}\",\"outcome\":\"accepted\"},{\"id\":\"{rv.lines.1.id}\","
         "\"outcome\":\"rejected\",\"reason\":\"标签脱落\"}]}",
         200, FINE},
        {NULL,
         "buyer",
         GET,
         "platform-reports?open=1",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.kind=refusal", "rows.0.kind_title=拒收", "rows.0.units=7", "rows.0.paper=超出订单数量"},
         NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", GET, "platform-reports?open=1&kind=receipt", NULL, 200, NULL, {"rows#1", "rows.0.units=30"}, NULL},
        {"m", "buyer", POST, "platform-messages", "{\"kind\":\"refusal\"}", 201, FINE},
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"refusal\"}", 422, "NO_LINES", {NULL}, NULL},
        {NULL,
         "buyer",
         GET,
         "platform-messages/{m.id}/out",
         NULL,
         200,
         NULL,
         {"format=yaocang-platform-1", "kind=refusal", "no=1", "lines#2", "lines.0.units=7", "lines.0.lot=G7",
          "lines.0.amount=5.95", "lines.0.document_number={rv.number}"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "platform-messages/{m.id}/out",
         NULL,
         200,
         NULL,
         {"lines.0.expiry_ymd=20280101", "lines.0.order_number={o.number}", "lines.1.units=4", "lines.1.lot=I7",
          "lines.1.amount=120.00", "lines.1.paper=标签脱落"},
         NULL},
        {NULL, "buyer", POST, "platform-messages/{m.id}/send", "{\"version\":1}", 200, FINE},
        {NULL,
         "buyer",
         POST,
         "platform-messages/{m.id}/answer-file",
         "n,answer,reason\n1,接受,\n2,拒绝,数量不符\n",
         200,
         NULL,
         {"differences=1", "state=answered"},
         NULL},
        /* the supplier fetches what was refused: that is no return of goods the platform takes for received */
        {"can",
         "buyer",
         GET,
         "returnable-stock?product_id={insulin}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.quality=rejected"},
         NULL},
        {"t", "buyer", POST, "supplier-returns",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"batch_id\":\"{can.rows.0.batch_id}\",\"units\":4,\"quality\":"
         "\"rejected\",\"reason\":\"quality\"}]}",
         201, FINE},
        {NULL, "buyer", POST, "supplier-returns/{t.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "supplier-returns/{t.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":3}", 200, FINE},
        {NULL, "buyer", POST, "platform-messages", "{\"kind\":\"return\"}", 422, "NO_LINES", {NULL}, NULL},
        /* nor does it count anywhere but as refused */
        {NULL, "chief", GET, "supplier-return-lines", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "chief",
         GET,
         "watch-products?month=202611",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.returned=0.00", "rows.0.units=30"},
         NULL},
        {NULL,
         "chief",
         GET,
         "supplier-scores?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows.0.returned=0.00", "rows.0.rejected=120.00"},
         NULL},
};

static void refusals_are_told(void)
{
	struct world *w = world_new();
	PLAY(w, refusals);
	world_replay(w);
	world_end(w);
}

/* RULE DOMAIN-8-platform-dispatch */
static const struct step dispatch[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30},{\"product_id\":\"{insulin}\","
         "\"units\":4}]}",
         201, FINE},
        {NULL,
         "buyer",
         POST,
         "platform-dispatches",
         "dispatch_no,order_number,product_code,lot,expiry_ymd,packs\nPS1,{o.number},X002,G1,20280101,2\n",
         200,
         NULL,
         {"rows=1", "differences=1"},
         NULL},
        {NULL, "buyer", GET, "platform-dispatches?different=1", NULL, 200, NULL, {"rows#1", "rows.0.difference=not_sent"}, NULL},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {NULL,
         "buyer",
         POST,
         "platform-dispatches",
         "dispatch_no,order_number,product_code,lot,expiry_ymd,packs\nPS1,{o.number},X002,,20280101,2\nPS1,{o.number},X002,G1,"
         "2028-13-01,2\n",
         422,
         "INVALID_FIELD",
         {"errors#2", "errors.0.field=lot", "errors.1.field=expiry_ymd"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "platform-dispatches",
         "dispatch_no,order_number,product_code,lot,expiry_ymd,packs,made_ymd\nPS1,{o.number},X002,G1,2028/1/1,2,2026年1月1日\n"
         "PS1,{o.number},X002,G2,46784,1,\nPS1,{o.number},X003,I1,20280101,5,\nPS1,{o.number},X001,A1,20280101,5,\n",
         200,
         NULL,
         {"rows=4", "differences=2"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "platform-dispatches?different=1",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.difference=unknown_line", "rows.1.difference=over"},
         NULL},
        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},
        {"rv",
         "receiver",
         GET,
         "receipts/{r.id}",
         NULL,
         200,
         NULL,
         {"dispatched#3", "dispatched.0.lot=G1", "dispatched.0.units=20", "dispatched.0.left_units=20",
          "dispatched.0.made_ymd=20260101", "expected.0.announced_units=30"},
         NULL},
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{rv.dispatched.0.order_line_id}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":20}"
         "]}",
         200, FINE},
        {NULL,
         "receiver",
         GET,
         "receipts/{r.id}",
         NULL,
         200,
         NULL,
         {"dispatched.0.left_units=0", "dispatched.1.left_units=10"},
         NULL},
        {NULL, "east_user", GET, "platform-dispatches", NULL, 200, NULL, {"rows#0"}, NULL},
};

static void what_is_on_the_road_is_expected(void)
{
	struct world *w = world_new();
	PLAY(w, dispatch);
	world_replay(w);
	world_end(w);
}

static void the_platform_is_told_once(void)
{
	struct world *w = world_new();
	PLAY(w, delivery);
	PLAY(w, receipts);
	PLAY(w, money);
	sheet_says_the_same(w);
	world_replay(w);
	world_end(w);
}

SUITE(platform_report, {"refusals_are_told", refusals_are_told},
      {"what_is_on_the_road_is_expected", what_is_on_the_road_is_expected},
      {"the_platform_is_told_once", the_platform_is_told_once});
