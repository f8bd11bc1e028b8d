/* Large orders, orders cut small, orders that are late. */
#include "tests/scenario/world.h"

#include "core/clock.h"
#include "core/store.h"
#include "core/write.h"
#include "tests/harness.h"

#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL
#define ORDER(units) "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":" units "}]}"

/* RULE DOMAIN-8-approval-limit */
static const struct step large_steps[] = {
        {NULL,
         "central",
         POST,
         "approval-limits",
         "{\"role\":\"central_pharmacist\",\"amount\":\"100\"}",
         403,
         "FORBIDDEN",
         {NULL},
         NULL},
        {NULL, "chief", POST, "approval-limits", "{\"role\":\"buyer\",\"amount\":\"100\"}", 422, "INVALID_FIELD", {NULL}, NULL},
        {NULL,
         "chief",
         POST,
         "approval-limits",
         "{\"role\":\"central_pharmacist\",\"amount\":\"100.001\"}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL,
         "chief",
         POST,
         "approval-limits",
         "{\"role\":\"central_pharmacist\",\"amount\":\"100\",\"from_ymd\":20261120}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL, "chief", POST, "approval-limits", "{\"role\":\"central_pharmacist\",\"amount\":\"100\"}", 201, FINE},
        {NULL,
         "chief",
         POST,
         "approval-limits",
         "{\"role\":\"central_pharmacist\",\"amount\":\"200\"}",
         409,
         "ALREADY_EXISTS",
         {NULL},
         NULL},
        /* up to the limit as ever */
        {"s", "buyer", POST, "orders", ORDER("110"), 201, FINE},
        {NULL, "buyer", POST, "orders/{s.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{s.id}/approve", "{\"version\":2}", 200, NULL, {"state=approved"}, NULL},
        /* above it: a third person */
        {"l", "buyer", POST, "orders", "{\"supplier_id\":\"{calm}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":200}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{l.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{l.id}/approve", "{\"version\":2}", 200, NULL, {"state=countersigning"}, NULL},
        {NULL, "buyer", POST, "orders/{l.id}/send", "{\"version\":3}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "central", POST, "orders/{l.id}/countersign", "{\"version\":3}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", GET, "today", NULL, 200, NULL, {"~orders_countersigning"}, NULL},
        {NULL, "chief", POST, "orders/{l.id}/countersign", "{\"version\":3}", 200, NULL, {"state=approved"}, NULL},
        {NULL, "buyer", POST, "orders/{l.id}/send", "{\"version\":4}", 200, FINE},
        /* the chief's own word is enough for any sum, but not twice */
        {"c", "buyer", POST, "orders", "{\"supplier_id\":\"{warned}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":200}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{c.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{c.id}/approve", "{\"version\":2}", 200, NULL, {"state=approved"}, NULL},
};

#define CHANGED(version, units) "{\"version\":" version ",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":" units "}]}"
/* Whoever wrote a line of it, whenever that was, does not approve it. RULE GSP-two-persons */
static const struct step edited_steps[] = {
        {"w", "buyer", POST, "orders", ORDER("10"), 201, FINE},
        {NULL, "central", PATCH, "orders/{w.id}", CHANGED("1", "1000"), 200, FINE},
        {NULL, "buyer", PATCH, "orders/{w.id}", CHANGED("2", "990"), 200, FINE},
        {NULL, "buyer", POST, "orders/{w.id}/submit", "{\"version\":3}", 200, FINE},
        {NULL, "central", GET, "orders/{w.id}", NULL, 200, NULL, {"actions.0.action=approve", "actions.0.allowed=false"}, NULL},
        {NULL, "central", POST, "orders/{w.id}/approve", "{\"version\":4}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "orders/{w.id}/approve", "{\"version\":4}", 200, NULL, {"state=approved"}, NULL},
};

static void who_wrote_in_an_order_does_not_approve_it(void)
{
	struct world *w = world_new();
	PLAY(w, edited_steps);
	world_replay(w);
	world_end(w);
}

static void large_orders_need_the_chief(void)
{
	struct world *w = world_new();
	PLAY(w, large_steps);
	world_replay(w);
	world_end(w);
}

#define ORDER_FROM(supplier, lines) "{\"supplier_id\":\"{" supplier "}\",\"lines\":[" lines "]}"
#define GLUCOSE(units) "{\"product_id\":\"{glucose}\",\"units\":" units "}"
#define INSULIN(units) "{\"product_id\":\"{insulin}\",\"units\":" units "}"
#define SUBMIT(order) NULL, "buyer", POST, "orders/{" order ".id}/submit", "{\"version\":1}", 200, FINE
#define LIMIT_100 NULL, "chief", POST, "approval-limits", "{\"role\":\"central_pharmacist\",\"amount\":\"100\"}", 201, FINE
/* RULE DOMAIN-8-split-orders: 93.50 and 93.50 where 100 is the limit, to one supplier on one day, or to two of one product. */
static const struct step split_steps[] = {
        {LIMIT_100},
        {"a", "buyer", POST, "orders", ORDER_FROM("supplier", GLUCOSE("110")), 201, FINE},
        {SUBMIT("a")},
        {NULL, "chief", GET, "split-flags", NULL, 200, NULL, {"rows#0"}, NULL},
        {"o", "buyer", POST, "orders", ORDER_FROM("calm", GLUCOSE("110")), 201, FINE},
        {SUBMIT("o")},
        {"f",
         "chief",
         GET,
         "split-flags",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.reason=same_product", "rows.0.order_id={o.id}", "rows.0.other_id={a.id}", "rows.0.sum=187.00",
          "rows.0.supplier_name=戊医药公司", "rows.0.other_supplier_name=甲医药公司"},
         NULL},
        /* both show it */
        {NULL,
         "central",
         GET,
         "orders/{o.id}",
         NULL,
         200,
         NULL,
         {"split_flags#1", "split_flags.0.other_id={a.id}", "split_flags.0.reason_title=三日内同品种"},
         NULL},
        {NULL, "central", GET, "orders/{a.id}", NULL, 200, NULL, {"split_flags#1", "split_flags.0.other_id={o.id}"}, NULL},
        {"b", "buyer", POST, "orders", ORDER_FROM("supplier", GLUCOSE("110")), 201, FINE},
        {SUBMIT("b")},
        {NULL,
         "chief",
         GET,
         "split-flags",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.sum=280.50", "rows.0.orders=3", "rows.0.limit=100.00", "rows.1.reason=same_day", "rows.1.sum=187.00",
          "rows.1.order_id={b.id}", "rows.1.other_id={a.id}"},
         NULL},
        {NULL, "central", GET, "orders/{b.id}", NULL, 200, NULL, {"split_flags#2", "split_flags.0.orders=2"}, NULL},
        {NULL,
         "central",
         GET,
         "orders/{o.id}",
         NULL,
         200,
         NULL,
         {"split_flags#1", "split_flags.0.other_id={b.id}", "split_flags.0.orders=3"},
         NULL},
        {NULL, "central", GET, "orders?supplier_id={calm}", NULL, 200, NULL, {"rows#1", "rows.0.split=true"}, NULL},
        {NULL,
         "chief",
         GET,
         "split-orders?flag_id={f.rows.0.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.order_id={a.id}", "rows.0.counted=93.50", "rows.1.order_id={o.id}", "rows.1.sum=187.00"},
         NULL},
        {NULL, "east_user", GET, "split-flags", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "east_user", GET, "split-orders", NULL, 200, NULL, {"rows#0"}, NULL},
};

/* Only what two orders share counts, and none of them may pass the limit by itself. */
static const struct step unsplit_steps[] = {
        {LIMIT_100},   {"a", "buyer", POST, "orders", ORDER_FROM("supplier", GLUCOSE("10") "," INSULIN("3")), 201, FINE},
        {SUBMIT("a")}, {"b", "buyer", POST, "orders", ORDER_FROM("calm", GLUCOSE("100")), 201, FINE},
        {SUBMIT("b")}, {"c", "buyer", POST, "orders", ORDER_FROM("warned", INSULIN("9")), 201, FINE},
        {SUBMIT("c")}, {NULL, "chief", GET, "split-flags", NULL, 200, NULL, {"rows#0"}, NULL},
};

static void cut_orders_are_seen(void)
{
	struct world *w = world_new();
	PLAY(w, split_steps);
	world_replay(w);
	world_end(w);
}

static void what_orders_do_not_share_is_not_counted(void)
{
	struct world *w = world_new();
	PLAY(w, unsplit_steps);
	world_end(w);
}

static void nine_hours_later(struct world *w)
{
	w->service.clock.fixed_ms += 9 * 3600 * 1000LL;
}

SQL(stay_signed_in, "UPDATE session SET ends_at_ms = ends_at_ms + :more_ms /*scan: a test*/");

static enum status stay(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	db_exec(tx, stay_signed_in, I64(":more_ms", 4 * CLOCK_DAY_MS));
	return ST_OK;
}

static void three_days_later(struct world *w)
{
	world_write(w, stay, NULL);
	w->service.clock.fixed_ms += 72 * 3600 * 1000LL;
}

/* RULE DOMAIN-8-delivery-hours */
static const struct step late_steps[] = {
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"expected_ymd\":20261120,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=expected_ymd"},
         NULL},
        {"e", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"urgency\":\"emergency\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{e.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{e.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{e.id}/send", "{\"version\":3}", 200, FINE},
        {"o", "buyer", POST, "orders", ORDER("10"), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {NULL, "buyer", GET, "orders?overdue=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "buyer",
         GET,
         "orders?overdue=1",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.id={e.id}", "rows.0.overdue=true"},
         nine_hours_later},
        {NULL, "buyer", GET, "today", NULL, 200, NULL, {"~逾期未到"}, NULL},
        {NULL, "buyer", GET, "orders?overdue=1", NULL, 200, NULL, {"rows#2"}, three_days_later},
        {NULL, "buyer", POST, "orders/{e.id}/close", "{\"version\":4,\"note\":\"供应商无货\"}", 200, FINE},
        {NULL, "buyer", GET, "orders?overdue=1", NULL, 200, NULL, {"rows#1", "rows.0.id={o.id}"}, NULL},
        {NULL, "east_user", GET, "orders?overdue=1", NULL, 200, NULL, {"rows#0"}, NULL},
};

static void late_orders_are_told(void)
{
	struct world *w = world_new();
	PLAY(w, late_steps);
	world_end(w);
}

/* RULE DOMAIN-8-supplier-answer: accepted, refused with a reason, or late; a refused line is not on order. */
static const struct step answer_steps[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10},{\"product_id\":\"{insulin}\","
         "\"units\":5}]}",
         201, FINE},
        {NULL, "buyer", GET, "orders/{o.id}/out", NULL, 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {"out",
         "buyer",
         GET,
         "orders/{o.id}/out",
         NULL,
         200,
         NULL,
         {"format=yaocang-order-1", "lines#2", "lines.0.product_code=X002", "lines.0.price=8.50", "supplier_code=G1"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders/{o.id}/answers",
         "{\"lines\":[{\"n\":1,\"answer\":\"accepted\"}]}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {NULL, "buyer", GET, "order-lines?unanswered=1", NULL, 200, NULL, {"rows#2", "rows.0.answer=waiting"}, NULL},
        {NULL, "buyer", GET, "order-lines?unanswered=1", NULL, 200, NULL, {"rows#2", "rows.0.answer=late"}, three_days_later},
        /* a card opens what it counts */
        {NULL,
         "buyer",
         GET,
         "today",
         NULL,
         200,
         NULL,
         {"~供应商超时未答复\",\"count\":1,\"level\":\"bad\",\"path\":\"/orders?unanswered=1"},
         NULL},
        {NULL, "buyer", GET, "orders?unanswered=1", NULL, 200, NULL, {"rows#1", "rows.0.id={o.id}"}, NULL},
        {NULL,
         "receiver",
         GET,
         "today",
         NULL,
         200,
         NULL,
         {"~待到货\",\"count\":1,\"level\":\"info\",\"path\":\"/orders?due=1"},
         NULL},
        {NULL, "receiver", GET, "orders?due=1", NULL, 200, NULL, {"rows#1", "rows.0.id={o.id}"}, NULL},
        {NULL, "receiver", GET, "orders?due=0&state=sent", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "east_user", GET, "order-lines?order_id={o.id}", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "buyer",
         POST,
         "orders/{o.id}/answers",
         "{\"lines\":[{\"n\":1,\"answer\":\"refused\"}]}",
         422,
         "REASON_MISSING",
         {"errors.0.field=lines[0].reason"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders/{o.id}/answers",
         "{\"lines\":[{\"n\":1,\"answer\":\"accepted\",\"units\":11}]}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL, "buyer", GET, "supply/{glucose}", NULL, 200, NULL, {"values.on_order_units=10"}, NULL},
        {NULL, "buyer", POST, "orders/{o.id}/answers",
         "{\"lines\":[{\"line_id\":\"{out.lines.0.line_id}\",\"answer\":\"refused\",\"reason\":\"断货\"},{\"n\":2,\"answer\":"
         "\"accepted\",\"promised_ymd\":20261125}]}",
         200, FINE},
        {NULL, "buyer", GET, "supply/{glucose}", NULL, 200, NULL, {"values.on_order_units=0"}, NULL},
        {NULL, "buyer", GET, "order-lines?unanswered=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "buyer", GET, "orders?unanswered=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "buyer",
         GET,
         "order-lines?order_id={o.id}",
         NULL,
         200,
         NULL,
         {"rows.0.answer=refused", "rows.0.answer_reason=断货", "rows.1.answer=accepted", "rows.1.answer_units=5"},
         NULL},
        {NULL, "buyer", POST, "orders/{o.id}/answers", "{\"lines\":[{\"n\":1,\"answer\":\"accepted\",\"units\":10}]}", 200, FINE},
        {NULL, "buyer", GET, "supply/{glucose}", NULL, 200, NULL, {"values.on_order_units=10"}, NULL},
};

/* What the JSON says, a row a line. */
static void sheet_says_the_same(struct world *w)
{
	const char *path = arena_printf(&w->arena, "orders/%s/out.xlsx", world_value(w, "o.id"));
	CU_ASSERT_EQUAL(world_ask(w, "buyer", GET, path, NULL, NULL), 200);
	const char *csv = world_sheet(w);
	CU_ASSERT_PTR_EQUAL(strstr(csv, "number,ymd,note,buyer_code,buyer_name,supplier_code,supplier_name,order_amount,"), csv);
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, "line_id,n,product_code,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, arena_printf(&w->arena, "%s,20261121,", world_value(w, "o.number"))));
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, arena_printf(&w->arena, ",%s,1,X002,", world_value(w, "out.lines.0.line_id"))));
	CU_ASSERT_PTR_NOT_NULL(strstr(csv, ",8.5,8.5,A00,"));
}

static void suppliers_answer_line_by_line(void)
{
	struct world *w = world_new();
	PLAY(w, answer_steps);
	sheet_says_the_same(w);
	world_replay(w);
	world_end(w);
}

SUITE(approval, {"suppliers_answer_line_by_line", suppliers_answer_line_by_line},
      {"large_orders_need_the_chief", large_orders_need_the_chief}, {"cut_orders_are_seen", cut_orders_are_seen},
      {"what_orders_do_not_share_is_not_counted", what_orders_do_not_share_is_not_counted},
      {"late_orders_are_told", late_orders_are_told},
      {"who_wrote_in_an_order_does_not_approve_it", who_wrote_in_an_order_does_not_approve_it});
