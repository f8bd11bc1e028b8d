/* A month's plan: what branches ask, what the program suggests, what is typed, and the orders that come of it. */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"

#include <stdlib.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL

static int64_t id_of(struct world *w, const char *name)
{
	return strtoll(world_value(w, name), NULL, 10);
}

/* The lead hospital used 386 capsules a month through the year, and was out of glucose for half of October. */
static enum status put_use(struct tx *tx, void *arg)
{
	struct world *w = arg;
	tx->action = "test";
	for (int64_t ym = 202511, i = 0; i < 12; i++, ym = ym % 100 == 12 ? ym + 89 : ym + 1)
		consumption_add(tx, id_of(w, "lead_depot"), id_of(w, "amoxicillin"), ym, 386, 0);
	consumption_add(tx, id_of(w, "lead_depot"), id_of(w, "glucose"), 202610, 160, 15);
	return ST_OK;
}

static const struct step site_steps[] = {
        {NULL, "east_user", POST, "plans", "{}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "central", POST, "site-plans", "{}", 422, "INVALID_FIELD", {"errors.0.field=site_id"}, NULL},
        {"sp", "east_user", POST, "site-plans", "{\"ym\":202612}", 201, NULL, {"state=draft"}, NULL},
        {NULL, "east_user", POST, "site-plans/{sp.id}/submit", "{\"version\":1}", 422, "NO_LINES", {NULL}, NULL},
        {NULL, "east_user", PATCH, "site-plans/{sp.id}/lines",
         "{\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":48},{\"product_id\":\"{insulin}\",\"units\":7,\"direct\":1}]}",
         200, FINE},
        {NULL,
         "east_user",
         PATCH,
         "site-plans/{sp.id}/lines",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10,\"to_site_id\":\"{west}\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].to_site_id"},
         NULL},
        {NULL,
         "west_user",
         PATCH,
         "site-plans/{sp.id}/lines",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}",
         404,
         "NOT_FOUND",
         {NULL},
         NULL},
        {NULL, "west_user", GET, "plan-lines?plan_id={sp.id}", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "east_user", POST, "site-plans/{sp.id}/submit", "{\"version\":1}", 200, NULL, {"state=submitted"}, NULL},
        {NULL,
         "east_user",
         PATCH,
         "site-plans/{sp.id}/lines",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
        {NULL, "central", POST, "site-plans/{sp.id}/return", "{\"version\":2,\"note\":\"太少\"}", 200, FINE},
        {NULL, "east_user", PATCH, "site-plans/{sp.id}/lines", "{\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":96}]}",
         200, FINE},
        {NULL, "east_user", POST, "site-plans/{sp.id}/submit", "{\"version\":3}", 200, FINE},
};

/* RULE DOMAIN-8-out-of-stock-days: 160 units on 16 days of October, which count as a month. */
static const struct step plan_steps[] = {
        {"p", "central", POST, "plans", "{\"ym\":202612}", 201, NULL, {"state=draft", "version=1"}, NULL},
        {NULL, "central", POST, "plans/{p.id}/fill", "{\"begin\":true}", 200, NULL, {"done=2", "left=0"}, NULL},
        {"l",
         "central",
         GET,
         "plan-lines?plan_id={p.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.daily_use_milli=12690", "rows.0.suggest_units=576", "rows.1.daily_use_milli=5333",
          "rows.1.suggest_units=240", "rows.0.months=386 386 386 386 386 386 386 386 386 386 386 386"},
         NULL},
        {NULL,
         "central",
         GET,
         "supply/{amoxicillin}",
         NULL,
         200,
         NULL,
         {"values.suggest_units=576", "values.cover_days=30"},
         NULL},
        {NULL, "central", POST, "plans/{p.id}/collect", "{}", 200, NULL, {"done=1", "left=0"}, NULL},
        {NULL, "central", POST, "plans/{p.id}/collect", "{}", 200, NULL, {"done=0", "left=0"}, NULL},
        {NULL, "east_user", GET, "site-plans/{sp.id}", NULL, 200, NULL, {"state=taken"}, NULL},
        {"l",
         "central",
         GET,
         "plan-lines?plan_id={p.id}",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.asked_units=96", "rows.0.suggest_units=672", "rows.2.to_site_id={east}", "rows.2.suggest_units=7"},
         NULL},
        {NULL, "central", GET, "plan-lines/{l.rows.0.id}", NULL, 200, NULL, {"asks#1", "asks.0.units=96"}, NULL},
        {NULL, "west_user", GET, "plan-lines/{l.rows.0.id}", NULL, 404, "NOT_FOUND", {NULL}, NULL},
};

static const struct step typed_steps[] = {
        {NULL, "central", POST, "plans/{p.id}/order", "{\"version\":1}", 422, "NO_LINES", {NULL}, NULL},
        {NULL, "central", PATCH, "plans/{p.id}/lines",
         "{\"lines\":[{\"id\":\"{l.rows.0.id}\",\"units\":648},{\"id\":\"{l.rows.1.id}\",\"units\":200},{\"id\":\"{l.rows.2.id}"
         "\","
         "\"units\":7}]}",
         200, FINE},
        {NULL,
         "central",
         POST,
         "plans/{p.id}/order",
         "{\"version\":1}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].supplier_id", "errors.2.row=3"},
         NULL},
        {NULL, "central", PATCH, "plans/{p.id}/lines",
         "{\"lines\":[{\"id\":\"{l.rows.0.id}\",\"supplier_id\":\"{supplier}\"},{\"id\":\"{l.rows.1.id}\",\"supplier_id\":"
         "\"{lapsed}\"},{\"id\":\"{l.rows.2.id}\",\"supplier_id\":\"{supplier}\"}]}",
         200, FINE},
        /* refused in the plan's own rows, and nothing is made */
        {NULL,
         "central",
         POST,
         "plans/{p.id}/order",
         "{\"version\":1}",
         422,
         "LICENCE_EXPIRED",
         {"errors.0.field=lines[1].supplier_id", "errors.0.row=2"},
         NULL},
        {NULL, "central", GET, "orders", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "central", PATCH, "plans/{p.id}/lines",
         "{\"lines\":[{\"id\":\"{l.rows.1.id}\",\"supplier_id\":\"{calm}\",\"price\":\"8.51\"}]}", 200, FINE},
        {NULL,
         "central",
         POST,
         "plans/{p.id}/order",
         "{\"version\":1}",
         422,
         "OVER_CEILING",
         {"errors.0.field=lines[1].price", "errors.0.row=2"},
         NULL},
        {NULL, "central", PATCH, "plans/{p.id}/lines", "{\"lines\":[{\"id\":\"{l.rows.1.id}\",\"price_in_force\":true}]}", 200,
         FINE},
        {NULL, "central", POST, "plans/{p.id}/order", "{\"version\":7}", 409, "STALE_VERSION", {NULL}, NULL},
        {NULL, "keeper", POST, "plans/{p.id}/order", "{\"version\":1}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "central", POST, "plans/{p.id}/order", "{\"version\":1}", 200, NULL, {"state=ordered", "done=3", "left=0"}, NULL},
        {NULL, "central", GET, "orders", NULL, 200, NULL, {"rows#3", "rows.0.lines=1"}, NULL},
        {"l", "central", GET, "plan-lines?plan_id={p.id}", NULL, 200, NULL, {"~CG-20261121-", "rows.0.order_state=草稿"}, NULL},
        {NULL,
         "central",
         GET,
         "orders/{l.rows.2.order_id}",
         NULL,
         200,
         NULL,
         {"lines.0.to_site_id={east}", "lines.0.units=7", "supplier_id={supplier}"},
         NULL},
        {NULL, "central", GET, "plans/{p.id}", NULL, 200, NULL, {"related#4", "to_order=0", "chosen=3"}, NULL},
        {NULL,
         "central",
         PATCH,
         "plans/{p.id}/lines",
         "{\"lines\":[{\"id\":\"{l.rows.0.id}\",\"units\":24}]}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
};

static void from_asking_to_orders(void)
{
	struct world *w = world_new();
	world_write(w, put_use, w);
	PLAY(w, site_steps);
	PLAY(w, plan_steps);
	PLAY(w, typed_steps);
	world_replay(w);
	world_end(w);
}

/* A plan that is given up gives the sites' plans back. */
static const struct step given_up_steps[] = {
        {"sp", "east_user", POST, "site-plans", "{}", 201, NULL, {"state=draft"}, NULL},
        {NULL, "east_user", PATCH, "site-plans/{sp.id}/lines", "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}", 200,
         FINE},
        {NULL, "east_user", POST, "site-plans/{sp.id}/submit", "{\"version\":1}", 200, FINE},
        {"p", "central", POST, "plans", "{}", 201, FINE},
        {NULL, "central", POST, "plans/{p.id}/collect", "{}", 200, NULL, {"done=1"}, NULL},
        {NULL, "central", POST, "plans/{p.id}/close", "{\"version\":1,\"note\":\"重来\"}", 200, FINE},
        {NULL, "central", GET, "site-plans/{sp.id}", NULL, 200, NULL, {"state=submitted"}, NULL},
        {"p2", "central", POST, "plans", "{}", 201, FINE},
        {NULL, "central", POST, "plans/{p2.id}/collect", "{}", 200, NULL, {"done=1"}, NULL},
        {NULL, "central", GET, "plan-lines?plan_id={p2.id}", NULL, 200, NULL, {"rows#1", "rows.0.asked_units=10"}, NULL},
};

static void a_plan_given_up_lets_go(void)
{
	struct world *w = world_new();
	PLAY(w, given_up_steps);
	world_end(w);
}

/* What is known of long prescriptions, by the branch for itself and no other. RULE DOMAIN-12.5-long-prescription */
static const struct step long_steps[] = {
        {"k",
         "east_user",
         POST,
         "long-demands",
         "{\"depot_id\":\"{east_depot}\",\"product_id\":\"{glucose}\",\"units_30\":40,\"until_ymd\":20270104,\"source\":"
         "\"慢病\"}",
         201,
         NULL,
         {"state=set"},
         NULL},
        {NULL,
         "east_user",
         POST,
         "long-demands",
         "{\"depot_id\":\"{west_depot}\",\"product_id\":\"{glucose}\",\"units_30\":40,\"until_ymd\":20270104,\"source\":"
         "\"慢病\"}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=depot_id"},
         NULL},
        {NULL, "west_user", PATCH, "long-demands/{k.id}", "{\"units_30\":1}", 404, "NOT_FOUND", {NULL}, NULL},
        {NULL, "west_user", GET, "long-demands", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "east_user", GET, "long-demands?active=1", NULL, 200, NULL, {"rows#1", "rows.0.units_30=40"}, NULL},
        {NULL,
         "east_user",
         GET,
         "supply/{glucose}",
         NULL,
         200,
         NULL,
         {"values.long_units=60", "values.suggest_units=60", "depots#1", "depots.0.depot_id={east_depot}",
          "depots.0.long_units=60"},
         NULL},
        {NULL, "east_user", PATCH, "long-demands/{k.id}", "{\"until_ymd\":20261130}", 200, FINE},
        {NULL, "east_user", GET, "supply/{glucose}", NULL, 200, NULL, {"values.long_units=14", "values.suggest_units=20"}, NULL},
        {NULL, "east_user", GET, "supply/{glucose}/days?depot_id={west_depot}", NULL, 404, "NOT_FOUND", {NULL}, NULL},
        {NULL,
         "central",
         GET,
         "supply/{glucose}/days?depot_id={lead_depot}",
         NULL,
         200,
         NULL,
         {"days#0", "months#1", "months.0.days_out=15", "from_ymd=20251101", "to_ymd=20261121"},
         NULL},
};

/* All rows at once, what was typed stays; rows from a spreadsheet are taken or refused alone. */
static const struct step adopt_steps[] = {
        {"p", "central", POST, "plans", "{}", 201, FINE},
        {NULL, "central", POST, "plans/{p.id}/fill", "{\"begin\":true}", 200, NULL, {"done=2", "left=0"}, NULL},
        {"l",
         "central",
         GET,
         "plan-lines?plan_id={p.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.suggest_units=576", "rows.1.suggest_units=240", "rows.0.typed=false"},
         NULL},
        {NULL,
         "central",
         GET,
         "plan-lines/{l.rows.1.id}",
         NULL,
         200,
         NULL,
         {"depots#1", "depots.0.depot_id={lead_depot}", "depots.0.out_days=15", "depots.0.stock_days=16",
          "depots.0.suggest_units=240", "expected_units=239", "suggest_units=240"},
         NULL},
        {NULL, "central", PATCH, "plans/{p.id}/lines", "{\"lines\":[{\"id\":\"{l.rows.1.id}\",\"units\":200}]}", 200, FINE},
        {NULL,
         "central",
         GET,
         "plan-line-depots?plan_id={p.id}&needed=1&depot_id={lead_depot}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.suggest_units=576", "rows.1.out_days=15"},
         NULL},
        {NULL, "west_user", GET, "plan-line-depots?plan_id={p.id}", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "keeper", POST, "plans/{p.id}/adopt", "{}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "central", POST, "plans/{p.id}/adopt", "{}", 200, NULL, {"done=1", "kept=1"}, NULL},
        {NULL, "central", POST, "plans/{p.id}/adopt", "{}", 200, NULL, {"done=0", "kept=1"}, NULL},
        {NULL,
         "central",
         GET,
         "plan-lines?plan_id={p.id}",
         NULL,
         200,
         NULL,
         {"rows.0.units=576", "rows.1.units=200", "rows.1.typed=true"},
         NULL},
        {NULL, "central", POST, "plans/{p.id}/adopt", "{\"typed_too\":true}", 200, NULL, {"done=1", "kept=0"}, NULL},
        {NULL,
         "central",
         POST,
         "plans/{p.id}/paste",
         "{\"rows\":[{\"what\":\"X003\",\"packs\":4,\"units\":0,\"price\":\"29.5\"},{\"what\":\"X999\",\"packs\":1,\"units\":0},{"
         "\"what\":\"阿莫西林胶囊\",\"packs\":3,\"units\":6}]}",
         200,
         NULL,
         {"done=2", "refused#1", "refused.0.row=2", "refused.0.code=INVALID_FIELD", "~X999"},
         NULL},
        {"l",
         "central",
         GET,
         "plan-lines?plan_id={p.id}",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.units=78", "rows.0.typed=true", "rows.2.product_id={insulin}", "rows.2.units=4",
          "rows.2.price=29.50"},
         NULL},
        {NULL, "central", GET, "plans/{p.id}/volumes", NULL, 200, NULL, {"lines#0"}, NULL},
        {NULL, "central", PATCH, "plans/{p.id}/lines",
         "{\"lines\":[{\"id\":\"{l.rows.0.id}\",\"supplier_id\":\"{supplier}\"},{\"id\":\"{l.rows.1.id}\",\"supplier_id\":\"{"
         "calm}\"},{"
         "\"id\":\"{l.rows.2.id}\",\"supplier_id\":\"{supplier}\"}]}",
         200, FINE},
        {NULL, "central", POST, "plans/{p.id}/order", "{\"version\":1}", 200, NULL, {"state=ordered", "done=2"}, NULL},
        {NULL, "central", POST, "plans/{p.id}/adopt", "{}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL,
         "central",
         POST,
         "plans/{p.id}/paste",
         "{\"rows\":[{\"what\":\"X003\",\"packs\":4,\"units\":0}]}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
};

static void adopted_pasted_and_known(void)
{
	struct world *w = world_new();
	world_write(w, put_use, w);
	PLAY(w, long_steps);
	PLAY(w, adopt_steps);
	world_replay(w);
	world_end(w);
}

SUITE(plan, {"from_asking_to_orders", from_asking_to_orders}, {"adopted_pasted_and_known", adopted_pasted_and_known},
      {"a_plan_given_up_lets_go", a_plan_given_up_lets_go});
