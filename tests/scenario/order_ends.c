/* How an order ends: looked at again before it is sent, partly refused, closed with a delivery under inspection, urgent with a
 * day far off; whom it may go to straight; and how it meets the platform's own rows. */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/catalogue/levels.h"

#include <stdlib.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define REFUSED(status, code) status, code, {NULL}, NULL
#define ORDER(name, body)                                      \
	{                                                      \
		name, "buyer", POST, "orders", body, 201, FINE \
	}
#define STEP(who, name, action, version)                                                                \
	{                                                                                               \
		NULL, who, POST, "orders/{" name ".id}/" action, "{\"version\":" version "}", 200, FINE \
	}
#define TO_SENT(name) STEP("buyer", name, "submit", "1"), STEP("chief", name, "approve", "2"), STEP("buyer", name, "send", "3")
#define GLUCOSE(units) "{\"product_id\":\"{glucose}\",\"units\":" units "}"
#define OF_GLUCOSE(units) "{\"supplier_id\":\"{supplier}\",\"lines\":[" GLUCOSE(units) "]}"
#define SHOWS(path, ...)                                                       \
	{                                                                      \
		NULL, "buyer", GET, path, NULL, 200, NULL, {__VA_ARGS__}, NULL \
	}
#define RECEIVE(name, order, units)                                                                \
	{                                                                                          \
		name, "receiver", POST, "receipts",                                                \
		        "{\"order_id\":\"{" order ".id}\",\"lines\":[{\"order_line_id\":\"{" order \
		        "v.lines.0.id}\",\"lot\":\"G1\","                                          \
		        "\"expiry_ymd\":20280101,\"units\":" units "}]}",                          \
		        201, FINE                                                                  \
	}

static const struct step sent_steps[] = {
        {"f", "central", POST, "prices",
         "{\"product_id\":\"{unlisted}\",\"kind\":\"listed\",\"price\":\"5.00\",\"from_ymd\":20260101,\"source\":\"平台\"}", 201,
         FINE},
        ORDER("o", "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{unlisted}\",\"units\":10}]}"),
        STEP("buyer", "o", "submit", "1"),
        STEP("chief", "o", "approve", "2"),
        {NULL, "central", POST, "prices",
         "{\"product_id\":\"{unlisted}\",\"kind\":\"listed\",\"price\":\"4.00\",\"from_ymd\":20261121,\"source\":\"平台\"}", 201,
         FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", REFUSED(422, "OVER_CEILING")},
        SHOWS("orders/{o.id}", "state=approved"),
        {NULL, "chief", POST, "orders/{o.id}/return", "{\"version\":3,\"note\":\"限价下调\"}", 200, FINE},
        SHOWS("supply/{unlisted}", "values.on_order_units=0"),
};

/* RULE DOMAIN-12.3-price-rule: what was approved yesterday is not bought above today's ceiling. */
static void a_price_that_fell_stops_the_sending(void)
{
	struct world *w = world_new();
	PLAY(w, sent_steps);
	world_end(w);
}

static const struct step part_steps[] = {
        ORDER("o", "{\"supplier_id\":\"{supplier}\",\"lines\":[" GLUCOSE("30") ",{\"product_id\":\"{insulin}\",\"units\":5}]}"),
        TO_SENT("o"),
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/answers",
         "{\"lines\":[{\"n\":1,\"answer\":\"accepted\",\"units\":20,\"promised_ymd\":20261123}]}", 200, FINE},
        SHOWS("supply/{glucose}", "values.on_order_units=20"),
        RECEIVE("r", "o", "20"),
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        SHOWS("supply/{glucose}", "values.on_order_units=0"),
        SHOWS("order-lines?due=1&order_id={o.id}", "rows#2", "rows.0.due_units=0", "rows.1.due_units=5"),
        {NULL, "buyer", POST, "orders/{o.id}/answers", "{\"lines\":[{\"n\":2,\"answer\":\"refused\",\"reason\":\"断货\"}]}", 200,
         FINE},
        SHOWS("orders/{o.id}", "state=received"),
        SHOWS("order-lines?due=1", "rows#0"),
        ORDER("n", OF_GLUCOSE("10")),
        TO_SENT("n"),
        {NULL, "buyer", POST, "orders/{n.id}/answers", "{\"lines\":[{\"n\":1,\"answer\":\"refused\",\"reason\":\"断货\"}]}", 200,
         FINE},
        SHOWS("orders/{n.id}", "state=sent"),
        SHOWS("order-lines?due=1", "rows#0"),
};

/* RULE DOMAIN-8-supplier-answer: what does not come is not on order, and does not keep the order waiting. */
static void what_is_refused_is_not_waited_for(void)
{
	struct world *w = world_new();
	PLAY(w, part_steps);
	world_end(w);
}

#define ANSWER(order, n, said)                                                                                          \
	{                                                                                                               \
		NULL, "buyer", POST, "orders/{" order ".id}/answers", "{\"lines\":[{\"n\":" n "," said "}]}", 200, FINE \
	}
#define NO "\"answer\":\"refused\",\"reason\":\"断货\""
#define YES(units) "\"answer\":\"accepted\",\"units\":" units
static const struct step after_all_steps[] = {
        ORDER("o", OF_GLUCOSE("30")), TO_SENT("o"),
        ANSWER("o", "1", NO),         SHOWS("order-lines?due=1", "rows#0"),
        ANSWER("o", "1", YES("30")),  SHOWS("order-lines?due=1", "rows#1", "rows.0.due_units=30"),
};

/* RULE DOMAIN-8-supplier-answer: what comes after all is waited for again. */
static void a_refusal_taken_back_is_waited_for(void)
{
	struct world *w = world_new();
	PLAY(w, after_all_steps);
	world_end(w);
}

#define MORE(receipt, order, units)                                                                  \
	{                                                                                            \
		NULL, "receiver", POST, "receipts/{" receipt ".id}/lines",                           \
		        "{\"lines\":[{\"order_line_id\":\"{" order "v.lines.0.id}\",\"lot\":\"G1\"," \
		        "\"expiry_ymd\":20280101,\"units\":" units "}]}",                            \
		        200, FINE                                                                    \
	}
static const struct step beyond_steps[] = {
        ORDER("o", OF_GLUCOSE("30")),
        TO_SENT("o"),
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        ANSWER("o", "1", YES("20")),
        RECEIVE("r", "o", "20"),
        SHOWS("orders/{o.id}", "state=received", "lines.0.due_units=0"),
        MORE("r", "o", "25"),
        SHOWS("orders/{o.id}", "state=received", "lines.0.received_units=30"),
};

/* RULE DOMAIN-12.2-over-delivery: nothing is waited for, yet what was ordered is taken, and what is beyond it refused. */
static void more_than_was_answered_is_taken(void)
{
	struct world *w = world_new();
	PLAY(w, beyond_steps);
	CU_ASSERT_EQUAL(world_number(w, "SELECT sum(units) FROM receipt_refused"), 15);
	world_end(w);
}

static const struct step nothing_steps[] = {
        ORDER("o", OF_GLUCOSE("30")),
        TO_SENT("o"),
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        RECEIVE("r", "o", "10"),
        ANSWER("o", "1", NO),
        {NULL, "inspector", POST, "receipts/{r.id}/inspect",
         "{\"version\":1,\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"outcome\":\"rejected\",\"reason\":\"破损\"}]}", 200,
         FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        SHOWS("orders/{o.id}", "state=received", "lines.0.received_units=0"),
        SHOWS("order-lines?due=1", "rows#0"),
};

/* RULE DOMAIN-8-supplier-answer: goods rejected after the rest was refused do not open the order again. */
static void what_was_refused_does_not_come_again(void)
{
	struct world *w = world_new();
	PLAY(w, nothing_steps);
	world_end(w);
}

static const struct step scan_steps[] = {
        ORDER("o",
              "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24},{\"product_id\":\"{"
              "amoxicillin}\",\"units\":48}]}"),
        TO_SENT("o"),
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        ANSWER("o", "1", NO),
        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/scans",
         "{\"code\":\"6901234000016\"}",
         200,
         NULL,
         {"scan.order_line_id={ov.lines.1.id}"},
         NULL},
};

/* RULE DOMAIN-8-supplier-answer: of two lines of one product, goods come for the one that was not refused. */
static void goods_come_for_the_line_that_waits(void)
{
	struct world *w = world_new();
	PLAY(w, scan_steps);
	world_end(w);
}

static const struct step closed_steps[] = {
        ORDER("o", OF_GLUCOSE("120")),
        TO_SENT("o"),
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        RECEIVE("r", "o", "60"),
        {NULL, "buyer", POST, "orders/{o.id}/close", "{\"version\":5,\"note\":\"不再等\"}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect",
         "{\"version\":1,\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"outcome\":\"rejected\",\"reason\":\"破损\"}]}", 200,
         FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        SHOWS("supply/{glucose}", "values.on_order_units=0"),
        SHOWS("orders/{o.id}", "state=closed"),
};

/* Goods rejected after the order was closed are waited for by nobody. */
static void a_closed_order_waits_for_nothing(void)
{
	struct world *w = world_new();
	PLAY(w, closed_steps);
	world_end(w);
}

static const struct step urgent_steps[] = {
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10,\"price\":\"0.00\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].price"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"expected_ymd\":20991231,\"lines\":[" GLUCOSE("10") "]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=expected_ymd"},
         NULL},
        ORDER("u", "{\"supplier_id\":\"{supplier}\",\"urgency\":\"emergency\",\"expected_ymd\":20261220,\"lines\":[" GLUCOSE(
                           "10") "]}"),
        TO_SENT("u"),
        ORDER("p", "{\"supplier_id\":\"{supplier}\",\"expected_ymd\":20261220,\"lines\":[" GLUCOSE("10") "]}"),
        TO_SENT("p"),
};

/* RULE DOMAIN-8-delivery-hours: a day written down does not make an emergency wait. */
static void an_emergency_is_due_in_hours(void)
{
	struct world *w = world_new();
	PLAY(w, urgent_steps);
	CU_ASSERT_EQUAL(
	        world_number(w,
	                     "SELECT count(*) FROM order_term WHERE urgency = 'emergency' AND due_at_ms - sent_at_ms = 28800000"),
	        1);
	CU_ASSERT_EQUAL(
	        world_number(w,
	                     "SELECT count(*) FROM order_term WHERE urgency = 'ordinary' AND due_at_ms - sent_at_ms > 259200000"),
	        1);
	world_end(w);
}

#define INSULIN_TO(site) \
	"{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":4,\"to_site_id\":\"{" site "}\"}]}"
#define CARD(name, site)                                                                                          \
	{                                                                                                         \
		name, "chief", POST, "entitlements",                                                              \
		        "{\"site_id\":\"{" site                                                                   \
		        "}\",\"kind\":\"seal_card\",\"number\":\"K\",\"from_ymd\":20250101,\"to_ymd\":20271231}", \
		        201, FINE                                                                                 \
	}
static const struct step bound_steps[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{insulin}\",\"lot\":\"I1\",\"expiry_ymd\":20280101,\"units\":50}]}",
         201, FINE},
        {NULL, "chief", POST, "products/{insulin}/flags", "{\"flag\":\"controlled\",\"value\":\"narcotic\",\"source\":\"目录\"}",
         200, FINE},
        {NULL, "buyer", POST, "orders", INSULIN_TO("lead"), REFUSED(422, "NO_ENTITLEMENT")},
        CARD("k", "lead"),
        ORDER("l", INSULIN_TO("lead")),
        {NULL,
         "buyer",
         POST,
         "orders",
         INSULIN_TO("east"),
         422,
         "NO_ENTITLEMENT",
         {"errors.0.field=lines[0].product_id", "errors.0.row=1"},
         NULL},
        CARD("e", "east"),
        ORDER("o", INSULIN_TO("east")),
        {NULL, "chief", POST, "entitlements/{e.id}/end", "{}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", REFUSED(422, "NO_ENTITLEMENT")},
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":4}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", REFUSED(422, "NO_ENTITLEMENT")},
        CARD("f", "east"),
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
};

/* RULE DOMAIN-12.5-seal-card, RULE DOMAIN-12.1-direct: whichever way it is to come. */
static void controlled_goods_go_only_to_who_may_hold_them(void)
{
	struct world *w = world_new();
	PLAY(w, bound_steps);
	world_end(w);
}

static enum status leave_the_lists(struct tx *tx, void *arg)
{
	const struct because why = {.why = "停用"};
	level_list_put(tx, LEVEL_LIST_COUNTY, *(int64_t *)arg, false, &why);
	return ST_OK;
}

static void glucose_leaves_the_lists(struct world *w)
{
	int64_t id = strtoll(world_value(w, "glucose"), NULL, 10);
	world_write(w, leave_the_lists, &id);
}

static const struct step off_steps[] = {
        ORDER("a", OF_GLUCOSE("10")),
        STEP("buyer", "a", "submit", "1"),
        SHOWS("order-lines?off_list=1", "rows#0"),

        {"b", "buyer", POST, "orders", OF_GLUCOSE("20"), 201, NULL, {NULL}, glucose_leaves_the_lists},
        STEP("buyer", "b", "submit", "1"),
        SHOWS("order-lines?off_list=1", "rows#1", "rows.0.units=20", "rows.0.off_list=true"),
        {NULL, "east_user", GET, "order-lines?off_list=1", NULL, 200, NULL, {"rows#0"}, NULL},
        /* the line holds something else, and was not submitted again */
        {"bv", "buyer", GET, "orders/{b.id}", NULL, 200, FINE},
        {NULL, "chief", POST, "orders/{b.id}/return", "{\"version\":2,\"note\":\"换药\"}", 200, FINE},
        SHOWS("order-lines?off_list=1", "rows#0"),
        {NULL, "buyer", METHOD_PATCH, "orders/{b.id}",
         "{\"version\":3,\"lines\":[{\"id\":\"{bv.lines.0.id}\",\"product_id\":\"{insulin}\",\"units\":3}]}", 200, FINE},
        SHOWS("order-lines?off_list=1", "rows#0"),
};

/* RULE DOMAIN-12.3-off-list */
static void what_no_list_holds_is_told_apart(void)
{
	struct world *w = world_new();
	PLAY(w, off_steps);
	world_end(w);
}

#define FILE_OF(rows) "platform_order_no,order_number,product_code,packs,price,state\n" rows
static const struct step platform_steps[] = {
        ORDER("o", "{\"supplier_id\":\"{supplier}\",\"lines\":[" GLUCOSE(
                           "100") ",{\"product_id\":\"{glucose}\",\"units\":200,\"to_site_id\":\"{"
                                  "east}\"},{\"product_id\":\"{insulin}\",\"units\":3}]}"),
        TO_SENT("o"),
        SHOWS("order-lines?due=1&on_platform=0", "rows#3"),
        {NULL,
         "buyer",
         POST,
         "platform-orders",
         FILE_OF("PT-1,{o.number},X002,20,8.50,已下单\nPT-2,{o.number},X002,10,8.50,已下单\n"),
         200,
         NULL,
         {"rows=2", "differences=0"},
         NULL},
        SHOWS("platform-differences", "rows#0"),
        SHOWS("order-lines?due=1&on_platform=0", "rows#1", "rows.0.product_code=X003"),
        {NULL,
         "buyer",
         POST,
         "platform-orders",
         FILE_OF("PT-1,{o.number},X002,20,8.50,已下单\nPT-2,{o.number},X002,15,8.50,已下单\n"),
         200,
         NULL,
         {"rows=2", "differences=1"},
         NULL},
        SHOWS("platform-differences", "rows#1", "rows.0.our_packs=10", "rows.0.platform_packs=15"),
};

/* RULE DOMAIN-12.3-platform: each row of the platform stands for one line of ours, and what it lacks is told, too. */
static void two_receivers_of_one_product_are_two_rows(void)
{
	struct world *w = world_new();
	PLAY(w, platform_steps);
	world_end(w);
}

SUITE(order_ends, {"a_price_that_fell_stops_the_sending", a_price_that_fell_stops_the_sending},
      {"what_is_refused_is_not_waited_for", what_is_refused_is_not_waited_for},
      {"a_refusal_taken_back_is_waited_for", a_refusal_taken_back_is_waited_for},
      {"more_than_was_answered_is_taken", more_than_was_answered_is_taken},
      {"what_was_refused_does_not_come_again", what_was_refused_does_not_come_again},
      {"goods_come_for_the_line_that_waits", goods_come_for_the_line_that_waits},
      {"a_closed_order_waits_for_nothing", a_closed_order_waits_for_nothing},
      {"an_emergency_is_due_in_hours", an_emergency_is_due_in_hours},
      {"controlled_goods_go_only_to_who_may_hold_them", controlled_goods_go_only_to_who_may_hold_them},
      {"what_no_list_holds_is_told_apart", what_no_list_holds_is_told_apart},
      {"two_receivers_of_one_product_are_two_rows", two_receivers_of_one_product_are_two_rows});
