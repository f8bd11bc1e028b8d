/* Price facts: the 中选价 under the ceiling, and what is taken back. */
#include "tests/scenario/price.h"

#include "tests/harness.h"

/* ---- the 中选价 under the ceiling; what is taken back ---- */

/* RULE DOMAIN-12.3-selected-ceiling */
static const struct step selected_steps[] = {
        {NULL,
         "central",
         POST,
         "prices",
         FACT("selected", "glucose", "8.51", "\"from_ymd\":20261121"),
         422,
         "SELECTED_OVER_CEILING",
         {"errors.0.field=price"},
         NULL},
        /* 0.86 a unit is 8.60 for ten */
        {NULL,
         "central",
         POST,
         "prices",
         FACT("selected", "glucose", "0.86", "\"units_per_pack\":1,\"from_ymd\":20261121"),
         422,
         "SELECTED_OVER_CEILING",
         {NULL},
         NULL},
        {NULL,
         "central",
         POST,
         "imports/prices",
         "product_code,kind,price,from_ymd,source\nX002,selected,9999,20261121,x\n",
         422,
         "IMPORT_REFUSED",
         {"~SELECTED_OVER_CEILING"},
         NULL},
        /* a ceiling that is told to fall counts too */
        {"soon", "central", POST, "prices", FACT("listed", "glucose", "8.2", "\"from_ymd\":20261201"), 201, FINE},
        {NULL,
         "central",
         POST,
         "prices",
         FACT("selected", "glucose", "8.3", "\"from_ymd\":20261121"),
         422,
         "SELECTED_OVER_CEILING",
         {NULL},
         NULL},
        {"fact", "central", POST, "prices", FACT("selected", "glucose", "8.2", "\"from_ymd\":20261121"), 201, FINE},
        {NULL, "central", GET, "refusals?code=SELECTED_OVER_CEILING", NULL, 200, NULL, {"rows#3"}, NULL},
        {"o", "buyer", POST, "orders", ORDER("glucose", "100", ""), 201, FINE},
        {"p", "buyer", POST, "orders", ORDER("glucose", "10", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{p.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        /* it is a mistake: taken back, the one before stands again, and a fall today */
        {NULL, "central", POST, "prices/{soon.id}/end", "{\"to_ymd\":20261121,\"reason\":\"平台更正\"}", 200, FINE},
        {"low", "central", POST, "prices", FACT("listed", "glucose", "7.99", "\"from_ymd\":20261121"), 201, FINE},
};
static const struct step selected_fallen[] = {
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("glucose", "10", ""),
         422,
         "SELECTED_OVER_CEILING",
         {"errors.0.field=lines[0].product_id", "~中选价 8.20 元高于现行挂网价 7.99 元, 请核对平台"},
         NULL},
        {NULL, "central", POST, "orders/{p.id}/approve", "{\"version\":2}", 422, "SELECTED_OVER_CEILING", {NULL}, NULL},
        {NULL,
         "buyer",
         GET,
         "products/{glucose}/price-rule",
         NULL,
         200,
         NULL,
         {"orderable=false", "rule=selected", "code=SELECTED_OVER_CEILING", "ceiling_price=7.99"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "price-flags/orders",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.rule=listed", "rows.0.rule_price=7.99", "rows.0.price=8.20"},
         NULL},
        /* RULE DOMAIN-12.3-price-taken-back: mistyped, from its own first day: 8.50 holds again */
        {NULL, "central", POST, "prices/{low.id}/end", "{\"to_ymd\":20261120,\"reason\":\"录错\"}", 200, FINE},
        {NULL,
         "central",
         POST,
         "prices/{low.id}/end",
         "{\"to_ymd\":20261120,\"reason\":\"再来\"}",
         422,
         "PRICE_CONFLICT",
         {NULL},
         NULL},
        {NULL, "central", GET, "products/{glucose}/price-rule", NULL, 200, NULL, {"orderable=true", "ceiling_price=8.50"}, NULL},
        {NULL, "central", POST, "orders/{p.id}/approve", "{\"version\":2}", 200, FINE},
        /* the ceiling of another pack: 0.84 a unit is 8.40 for ten, everywhere */
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "0.84", "\"units_per_pack\":1,\"from_ymd\":20261121"), 201,
         FINE},
        {NULL,
         "central",
         GET,
         "products/{glucose}/price-rule",
         NULL,
         200,
         NULL,
         {"ceiling_price=8.40", "trade_price=8.20", "~中选价 8.20 元"},
         NULL},
        {NULL,
         "central",
         GET,
         "products?code=X002",
         NULL,
         200,
         NULL,
         {"rows.0.ceiling_price=8.40", "rows.0.trade_price=8.20"},
         NULL},
};

static void a_selected_price_is_held_to_the_ceiling(void)
{
	struct world *w = world_new();
	PLAY(w, selected_steps);
	take_turns(w);
	PLAY(w, selected_fallen);
	world_replay(w);
	world_end(w);
}

/* RULE DOMAIN-12.3-price-taken-back: whatever was entered between, what is left prices the day as if the rest never was. */
static const struct step back_steps[] = {
        {"slip", "central", POST, "prices", FACT("listed", "amoxicillin", "1.23", "\"from_ymd\":20261121"), 201, FINE},
        {"far", "central", POST, "prices", FACT("listed", "amoxicillin", "11", "\"from_ymd\":20300101"), 201, FINE},
        {NULL, "central", POST, "prices/{slip.id}/end", "{\"to_ymd\":20261120,\"reason\":\"录错\"}", 200, FINE},
        {NULL, "buyer", GET, "products/{amoxicillin}/price-rule", NULL, 200, NULL, {"price=12.00"}, NULL},
        {NULL, "buyer", GET, "products/{amoxicillin}/price-rule?on_ymd=20291231", NULL, 200, NULL, {"price=12.00"}, NULL},
        {NULL, "buyer", GET, "products/{amoxicillin}/price-rule?on_ymd=20300101", NULL, 200, NULL, {"price=11.00"}, NULL},
        {NULL, "central", POST, "prices/{far.id}/end", "{\"to_ymd\":20261121,\"reason\":\"年份录错\"}", 200, FINE},
        {NULL, "buyer", GET, "products/{amoxicillin}/price-rule?on_ymd=20300101", NULL, 200, NULL, {"price=12.00"}, NULL},
        {NULL, "central", GET, "prices?product_id={amoxicillin}", NULL, 200, NULL, {"rows#3", "rows.2.to_ymd=null"}, NULL},
        /* it comes again, and closes again */
        {NULL, "central", POST, "prices", FACT("listed", "amoxicillin", "11", "\"from_ymd\":20300101"), 201, FINE},
        {NULL,
         "central",
         GET,
         "prices?product_id={amoxicillin}",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.to_ymd=null", "rows.0.end_reason=null", "rows.2.to_ymd=20291231"},
         NULL},
};

static void what_is_taken_back_leaves_no_gap(void)
{
	struct world *w = world_new();
	PLAY(w, back_steps);
	world_end(w);
}

/* ---- what is told twice ---- */

#define TOLD(dates, ...)                                                                                       \
	{                                                                                                      \
		NULL, "central", POST, "prices", FACT("reference", "glucose", "8.4", dates), __VA_ARGS__, NULL \
	}
/* RULE DOMAIN-12.3-price-rule: the same fact once more is no news; with another last day it is, and is not lost quietly. */
static const struct step twice_steps[] = {
        {"fact", "central", POST, "prices", FACT("reference", "glucose", "8.4", "\"from_ymd\":20261121"), 201, FINE},
        TOLD("\"from_ymd\":20261121", 201, NULL, {"id={fact.id}"}),
        TOLD("\"from_ymd\":20261121,\"to_ymd\":20261231", 422, "PRICE_CONFLICT", {"errors.0.field=to_ymd", "~长期"}),
        {NULL, "central", POST, "prices/{fact.id}/end", "{\"to_ymd\":20261231,\"reason\":\"到期\"}", 200, FINE},
        TOLD("\"from_ymd\":20261121,\"to_ymd\":20261231", 201, NULL, {"id={fact.id}"}),
        TOLD("\"from_ymd\":20261121,\"to_ymd\":20270131", 422, "PRICE_CONFLICT", {"~20261231"}),
};

static void another_last_day_is_not_lost(void)
{
	struct world *w = world_new();
	PLAY(w, twice_steps);
	world_end(w);
}

/* RULE DOMAIN-12.3-price-withdrawn: a first day mistyped into the past, found after days. */
static const struct step past_steps[] = {
        {"slip", "central", POST, "prices", FACT("listed", "glucose", "6", "\"from_ymd\":20260201"), 201, FINE},
        {NULL,
         "central",
         POST,
         "prices/{slip.id}/end",
         "{\"to_ymd\":20260131,\"reason\":\"录错\"}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL, "central", POST, "prices/{slip.id}/withdraw", "{\"reason\":\"录错\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "prices/{slip.id}/withdraw", "{}", 422, "INVALID_FIELD", {"errors.0.field=reason"}, NULL},
        /* nothing may rest on it: an order that waits, … */
        {"o", "buyer", POST, "orders", ORDER("glucose", "10", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL,
         "chief",
         POST,
         "prices/{slip.id}/withdraw",
         "{\"reason\":\"录错\"}",
         422,
         "PRICE_RESTS",
         {"~1 行未到货的订单 (如 CG-"},
         NULL},
        {NULL, "buyer", POST, "orders/{o.id}/close", "{\"version\":2,\"note\":\"价格录错\"}", 200, FINE},
        /* … a 中选价 under it */
        {"chosen", "central", POST, "prices", FACT("selected", "glucose", "5", "\"from_ymd\":20261121"), 201, FINE},
        {NULL, "chief", POST, "prices/{slip.id}/withdraw", "{\"reason\":\"录错\"}", 422, "PRICE_RESTS", {"~中选价 (测试)"}, NULL},
        {NULL, "chief", POST, "prices/{chosen.id}/withdraw", "{\"reason\":\"录错\"}", 409, "WRONG_STATE", {"~请终止它"}, NULL},
        {NULL, "central", POST, "prices/{chosen.id}/end", "{\"to_ymd\":20261120,\"reason\":\"录错\"}", 200, FINE},
        {NULL, "chief", POST, "prices/{slip.id}/withdraw", "{\"reason\":\"起始日录错\"}", 200, FINE},
        {NULL, "chief", POST, "prices/{slip.id}/withdraw", "{\"reason\":\"再来\"}", 422, "PRICE_CONFLICT", {NULL}, NULL},
        {NULL, "buyer", GET, "products/{glucose}/price-rule?on_ymd=20260615", NULL, 200, NULL, {"price=8.50"}, NULL},
        {NULL, "buyer", GET, "products/{glucose}/price-rule", NULL, 200, NULL, {"price=8.50"}, NULL},
        {NULL,
         "buyer",
         GET,
         "price-changes?product_id={glucose}&kind=listed",
         NULL,
         200,
         NULL,
         {"rows.0.end_reason=起始日录错", "rows.0.ended_by=chief", "rows.1.to_ymd=null"},
         NULL},
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "6", "\"from_ymd\":20261201"), 201, FINE},
};
/* Goods that came under it. */
static const struct step past_goods[] = {
        {"slip", "central", POST, "prices", FACT("listed", "amoxicillin", "11", "\"from_ymd\":20260201"), 201, FINE},
        {"o", "buyer", POST, "orders", ORDER("amoxicillin", "24", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"L1\",\"expiry_ymd\":20280101,"
         "\"units\":24}]}",
         201, FINE},
        {NULL, "chief", POST, "prices/{slip.id}/withdraw", "{\"reason\":\"录错\"}", 422, "PRICE_RESTS", {"~期间收货 1 批"}, NULL},
};

static void what_was_mistyped_into_the_past_is_taken_back(void)
{
	struct world *w = world_new();
	PLAY(w, past_steps);
	PLAY(w, past_goods);
	world_replay(w);
	world_end(w);
}

/* A day that is none is said to be none, and not taken for another. */
#define NO_DAY(path, field)                                                                           \
	{                                                                                             \
		NULL, "buyer", GET, path, NULL, 422, "INVALID_FIELD", {"errors.0.field=" field}, NULL \
	}
static const struct step day_steps[] = {
        NO_DAY("products/{glucose}/price-rule?on_ymd=20261399", "on_ymd"),
        NO_DAY("products/{glucose}/price-rule?on_ymd=20260230", "on_ymd"),
        NO_DAY("products/{glucose}/price-rule?on_ymd=abc", "on_ymd"),
        NO_DAY("supply/{glucose}/days?depot_id=abc", "depot_id"),
        NO_DAY("price-changes?from_ymd=20260230", "from_ymd"),
        NO_DAY("price-changes?since=20260230", "since"),
        NO_DAY("stock?expires_until=20261399", "expires_until"),
        {NULL, "buyer", GET, "products/{glucose}/price-rule?on_ymd=", NULL, 200, NULL, {"on_ymd=20261121"}, NULL},
        {NULL, "buyer", GET, "products/{glucose}/price-rule?on_ymd=20260228", NULL, 200, NULL, {"on_ymd=20260228"}, NULL},
};

static void a_day_must_exist(void)
{
	struct world *w = world_new();
	PLAY(w, day_steps);
	world_end(w);
}

SUITE(price_facts, {"a_selected_price_is_held_to_the_ceiling", a_selected_price_is_held_to_the_ceiling},
      {"what_is_taken_back_leaves_no_gap", what_is_taken_back_leaves_no_gap},
      {"another_last_day_is_not_lost", another_last_day_is_not_lost}, {"a_day_must_exist", a_day_must_exist},
      {"what_was_mistyped_into_the_past_is_taken_back", what_was_mistyped_into_the_past_is_taken_back});
