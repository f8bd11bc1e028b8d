/*
 * A whole month of purchasing, told through the people who do it: the township asks, the county plans and orders, half of it
 * comes, the ceiling falls, a licence runs out, the supplier is late, his invoice is wrong, the month is closed, another
 * invoice comes after it, the price changes, and everything is paid. At the end every write is sent once more, and the store
 * is proved.
 */
#include "tests/scenario/month.h"

#include "tests/harness.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/issue.h"

void month_go_to(struct world *w, int32_t ymd)
{
	static const char *const people[] = {"central", "buyer",   "receiver",  "inspector", "keeper",
	                                     "chief",   "finance", "east_user", "west_user", "village_user"};
	w->service.clock.fixed_ms = ymd_begin_ms(ymd) + 12 * 3600 * 1000LL;
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		const char *body = arena_printf(&w->arena, "{\"user\":\"%s\",\"password\":\"a long word 9\"}", people[i]);
		CU_ASSERT_EQUAL_FATAL(world_ask(w, people[i], POST, "session", body, ""), 200);
	}
}

static enum status turn(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test.turn";
	price_flags_daily(tx);
	while (price_turn_catch_up(tx, 7) > 0)
		;
	return price_adjustments_take_effect(tx);
}

void month_turn(struct world *w)
{
	world_write(w, turn, NULL);
}

/* The 21st: what the east asks for is taken into the county's plan, and the plan becomes an order. RULE GSP-two-persons */
static const struct step plan[] = {
        {"sp", "east_user", POST, "site-plans", "{\"ym\":202612}", 201, SAYS("state=draft")},
        {NULL, "east_user", PATCH, "site-plans/{sp.id}/lines",
         "{\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":96},{\"product_id\":\"{glucose}\",\"units\":30}]}", 200, FINE},
        {"p", "central", POST, "plans", "{\"ym\":202612}", 201, SAYS("state=draft")},
        {NULL, "east_user", POST, "site-plans/{sp.id}/submit", "{\"version\":1}", 200, SAYS("state=submitted")},
        {NULL, "central", POST, "plans/{p.id}/collect", "{}", 200, SAYS("done=1", "left=0")},
        {NULL, "east_user", GET, "site-plans/{sp.id}", NULL, 200, SAYS("state=taken")},
        {"l", "central", GET, "plan-lines?plan_id={p.id}", NULL, 200,
         SAYS("rows#2", "rows.0.asked_units=96", "rows.1.asked_units=30")},
        /* what everybody needs, from one supplier */
        {NULL, "central", PATCH, "plans/{p.id}/lines",
         "{\"lines\":[{\"id\":\"{l.rows.0.id}\",\"units\":480,\"supplier_id\":\"{supplier}\"},{\"id\":\"{l.rows.1.id}\","
         "\"units\":"
         "100,\"supplier_id\":\"{supplier}\"}]}",
         200, FINE},
        {NULL, "keeper", POST, "plans/{p.id}/order", "{\"version\":1}", 403, NOT("FORBIDDEN")},
        {NULL, "central", POST, "plans/{p.id}/order", "{\"version\":1}", 200, SAYS("state=ordered", "done=1", "left=0")},
        {"o", "central", GET, "orders", NULL, 200, SAYS("rows#1", "rows.0.lines=2", "rows.0.amount=325.00")},
        {NULL, "central", POST, "orders/{o.rows.0.id}/submit", "{\"version\":1}", 200, SAYS("state=submitted")},
        {NULL, "central", POST, "orders/{o.rows.0.id}/approve", "{\"version\":2}", 403, NOT("SAME_PERSON")},
        {NULL, "chief", POST, "orders/{o.rows.0.id}/approve", "{\"version\":2}", 200, SAYS("state=approved")},
        {NULL, "buyer", POST, "orders/{o.rows.0.id}/send", "{\"version\":3}", 200, SAYS("state=sent")},
        {"ov", "central", GET, "orders/{o.rows.0.id}", NULL, 200,
         SAYS("lines#2", "lines.0.units=480", "lines.0.price=12.00", "lines.1.units=100", "lines.1.price=8.50", "~{p.number}")},
};

/* Half of the capsules and 60 of 100 ampoules come the same day. RULE DOMAIN-12.2-two-acts */
static const struct step half_comes[] = {
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{ov.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A1\",\"expiry_ymd\":20280101,"
         "\"units\":240},{\"order_line_id\":\"{ov.lines.1.id}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":60}]}",
         201, SAYS("state=received")},
        {NULL, "receiver", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 403, NOT("FORBIDDEN")},
        {NULL, "keeper", POST, "receipts/{r.id}/post", "{\"version\":1}", 409, NOT("WRONG_STATE")},
        {NULL, "central", GET, "stock/total?product_id={glucose}&quality=released", NULL, 200, SAYS("units=0")},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, SAYS("state=inspected")},
        {NULL, "keeper", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, SAYS("state=posted")},
        {NULL, "central", GET, "stock/total?product_id={glucose}&quality=released", NULL, 200, SAYS("units=60")},
        {NULL, "buyer", GET, "orders/{ov.id}", NULL, 200,
         SAYS("state=part_received", "overdue=false", "lines.0.received_units=240", "lines.1.received_units=60")},
        {NULL, "finance", GET, "payables", NULL, 200,
         SAYS("rows#2", "rows.0.amount=51.00", "rows.1.amount=120.00", "rows.0.due_ymd=20261221", "rows.1.uninvoiced=true")},
};

#define DRAFT(supplier, product, units, price) \
	"{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":" units price "}]}"
/* Two drafts lie overnight: one at today's ceiling, one of a supplier whose licence ends today. */
static const struct step overnight[] = {
        {"g", "buyer", POST, "orders", DRAFT("calm", "glucose", "50", ",\"price\":\"8.50\""), 201, FINE},
        {"n", "buyer", POST, "orders", DRAFT("last_day", "insulin", "10", ""), 201, FINE},
        {NULL, "chief", POST, "imports/ceilings", "product_code,ceiling_price,from_ymd,source\nX002,8.00,20261122,省平台调价\n",
         200, FINE},
        {NULL, "buyer", GET, "products/{glucose}/price-rule", NULL, 200, SAYS("trade_price=8.50")},
        {NULL, "buyer", GET, "price-flags/orders", NULL, 200, SAYS("rows#0")},
};

/* The 22nd. RULE DOMAIN-6-ceiling RULE DOMAIN-12.3-falling-ceiling */
static const struct step ceiling_falls[] = {
        {NULL, "buyer", GET, "products/{glucose}/price-rule", NULL, 200, SAYS("trade_price=8.00")},
        {NULL, "buyer", POST, "orders/{g.id}/submit", "{\"version\":1}", 422,
         NOT_AS("OVER_CEILING", "errors.0.field=lines[0].price", "errors.0.row=1")},
        {NULL, "buyer", PATCH, "orders/{g.id}", "{\"version\":1,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":50}]}", 200,
         SAYS("version=2")},
        {NULL, "buyer", POST, "orders/{g.id}/submit", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", GET, "orders/{g.id}", NULL, 200,
         SAYS("lines.0.price=8.00", "amount=40.00", "lines.0.price_flagged=false")},
        /* what was sent at the old price, and what was bought at it */
        {NULL, "buyer", GET, "price-flags/orders", NULL, 200,
         SAYS("rows#1", "rows.0.price=8.50", "rows.0.rule_price=8.00", "rows.0.due_units=40", "~{ov.number}")},
        {NULL, "buyer", GET, "orders/{ov.id}", NULL, 200, SAYS("lines.0.price_flagged=false", "lines.1.price_flagged=true")},
        {NULL, "keeper", GET, "price-flags/stock", NULL, 200, SAYS("rows#1", "rows.0.units=60", "~G1")},
        {NULL, "east_user", GET, "price-flags/stock", NULL, 200, SAYS("rows#0")},
        {NULL, "chief", GET, "refusals?code=OVER_CEILING", NULL, 200, SAYS("rows#1")},
};

/* RULE GSP-licence-lock: from the day after its last day the supplier gets no order, and the refusal stays on record. */
static const struct step licence_ends[] = {
        {NULL, "buyer", GET, "suppliers/{last_day}", NULL, 200, SAYS("licence_state=expired", "may.allowed=false")},
        {NULL, "buyer", POST, "orders/{n.id}/submit", "{\"version\":1}", 422, NOT("LICENCE_EXPIRED")},
        {NULL, "buyer", POST, "orders", DRAFT("last_day", "insulin", "10", ""), 422, NOT("LICENCE_EXPIRED")},
        {NULL, "chief", GET, "refusals?code=LICENCE_EXPIRED", NULL, 200, SAYS("rows#2")},
        {"q", "buyer", POST, "qualifications",
         "{\"owner_kind\":\"supplier\",\"owner_id\":\"{last_day}\",\"kind\":\"drug_licence\",\"number\":\"L2\",\"until_ymd\":"
         "20311121}",
         201, FINE},
        CONFIRMED("q"),
        {NULL, "buyer", GET, "suppliers/{last_day}", NULL, 200, SAYS("licence_until_ymd=20311121", "may.allowed=true")},
        {NULL, "buyer", POST, "orders/{n.id}/submit", "{\"version\":1}", 200, SAYS("state=submitted")},
        {NULL, "buyer", POST, "orders", DRAFT("last_day", "insulin", "10", ""), 201, FINE},
};

static const struct step not_yet_late[] = {
        {NULL, "buyer", GET, "orders?overdue=1", NULL, 200, SAYS("rows#0")},
};
/* The 24th, more than 72 hours after it was sent. RULE DOMAIN-8-delivery-hours */
static const struct step late[] = {
        {NULL, "buyer", GET, "orders?overdue=1", NULL, 200, SAYS("rows#1", "rows.0.id={ov.id}", "rows.0.state=part_received")},
        {NULL, "buyer", GET, "orders/{ov.id}", NULL, 200, SAYS("overdue=true")},
};

static void a_month_of_the_county(void)
{
	struct world *w = world_new();
	PLAY(w, plan);
	PLAY(w, half_comes);
	PLAY(w, overnight);
	month_go_to(w, 20261122);
	month_turn(w);
	PLAY(w, ceiling_falls);
	PLAY(w, licence_ends);
	month_go_to(w, 20261123);
	PLAY(w, not_yet_late);
	month_go_to(w, 20261124);
	PLAY(w, late);
	month_of_money(w);
	world_replay(w);
	world_end(w);
}

SUITE(month, {"a_month_of_the_county", a_month_of_the_county});
