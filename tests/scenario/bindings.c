/* Codes through the API: learned by two people, and what a site's HIS calls its drugs. */
#include "tests/harness.h"
#include "tests/scenario/world.h"

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define REFUSED(status, code) status, code, {NULL}, NULL

/* ---- codes ---- */

static const struct step code_steps[] = {
        {"b", "receiver", POST, "code-bindings", "{\"product_id\":\"{glucose}\",\"code\":\"6901234000023\"}", 201, FINE},
        {NULL, "keeper", GET, "scan?code=6901234000023", NULL, 200, NULL, {"!葡萄糖"}, NULL},
        {NULL, "keeper", POST, "code-bindings", "{\"product_id\":\"{insulin}\",\"code\":\"6901234000023\"}",
         REFUSED(409, "ALREADY_EXISTS")},
        {NULL, "receiver", POST, "code-bindings/{b.id}/confirm", "{}", REFUSED(403, "SAME_PERSON")},
        {NULL, "keeper", POST, "code-bindings/{b.id}/confirm", "{}", 200, FINE},
        {NULL, "keeper", POST, "code-bindings/{b.id}/confirm", "{}", REFUSED(409, "WRONG_STATE")},
        {NULL, "keeper", GET, "scan?code=6901234000023", NULL, 200, NULL, {"found.type=product", "~葡萄糖"}, NULL},
        {NULL, "keeper", GET, "products?q=6901234000023", NULL, 200, NULL, {"rows#1", "rows.0.match=code"}, NULL},
        {NULL, "keeper", POST, "code-bindings", "{\"product_id\":\"{insulin}\",\"code\":\"6901234000023\"}",
         REFUSED(409, "ALREADY_BOUND")},
        /* a wrong check digit, a prefix without quantity */
        {NULL, "receiver", POST, "code-bindings", "{\"product_id\":\"{insulin}\",\"kind\":\"gtin\",\"code\":\"6901234000024\"}",
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "receiver", POST, "code-bindings", "{\"product_id\":\"{insulin}\",\"code\":\"81999990000000000017\"}",
         REFUSED(422, "INVALID_FIELD")},
        {"t", "receiver", POST, "code-bindings", "{\"product_id\":\"{insulin}\",\"code\":\"81999990000000000017\",\"units\":1}",
         201, FINE},
        {NULL, "keeper", POST, "code-bindings/{t.id}/confirm", "{}", 200, FINE},
        {NULL,
         "keeper",
         GET,
         "products/{insulin}",
         NULL,
         200,
         NULL,
         {"trace_prefixes.0.prefix=8199999", "trace_prefixes.0.confirmed=true"},
         NULL},
        /* a national code may be shared; a refused one is nothing */
        {"n", "receiver", POST, "code-bindings", "{\"product_id\":\"{insulin}\",\"code\":\"86902551000259\"}", 201, FINE},
        {NULL, "keeper", POST, "code-bindings/{n.id}/confirm", "{}", 200, FINE},
        {"n", "receiver", POST, "code-bindings", "{\"product_id\":\"{glucose}\",\"code\":\"86902551000259\"}", 201, FINE},
        {NULL, "keeper", POST, "code-bindings/{n.id}/refuse", "{}", REFUSED(422, "REASON_MISSING")},
        {NULL, "keeper", POST, "code-bindings/{n.id}/refuse", "{\"note\":\"不是这个\"}", 200, FINE},
        {"c", "keeper", GET, "product-codes?code=6901234000023", NULL, 200, NULL, {"rows#1"}, NULL},
        {NULL, "central", POST, "product-codes/{c.rows.0.id}/end", "{\"note\":\"换包装\"}", 200, FINE},
        {NULL, "keeper", GET, "products?q=6901234000023", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "keeper", GET, "product-history?product_id={glucose}", NULL, 200, NULL, {"rows#2", "rows.0.why=换包装"}, NULL},
};

/* RULE DOMAIN-12.2-code-two-persons, RULE DOMAIN-3.1-code-shapes */
static void codes_are_learned_by_two(void)
{
	struct world *w = world_new();
	PLAY(w, code_steps);
	world_end(w);
}

/* ---- 对码 ---- */

static const struct step match_steps[] = {
        {NULL, "east_user", POST, "imports/usage",
         "site_code,depot_code,item_code,item_name,units,reference\nA01,YK,H77,阿莫西林胶囊 1g*24粒,24,R1\n", 200, FINE},
        {"u", "east_user", GET, "usage-unmatched?state=open", NULL, 200, NULL, {"rows#1"}, NULL},
        {"p",
         "east_user",
         GET,
         "usage-unmatched/{u.rows.0.id}/proposals",
         NULL,
         200,
         NULL,
         {"rows.0.name=阿莫西林胶囊", "~名称相同"},
         NULL},
        {NULL, "west_user", GET, "usage-unmatched/{u.rows.0.id}/proposals", NULL, REFUSED(404, "NOT_FOUND")},
        {NULL, "keeper", POST, "adjustments",
         "{\"site_id\":\"{east}\",\"reason\":\"found\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"L1\",\"expiry_"
         "ymd\":20280101,\"units\":"
         "240}]}",
         201, FINE},
        {NULL, "east_user", POST, "usage-unmatched/{u.rows.0.id}/match",
         "{\"product_id\":\"{p.rows.0.product_id}\",\"factor\":1}", 200, FINE},
        {NULL, "east_user", GET, "usage-unmatched?state=open", NULL, 200, NULL, {"rows#0"}, NULL},
        /* another drug from now on; what it was is kept, and is nobody else's */
        {NULL, "west_user", POST, "his-items",
         "{\"site_id\":\"{east}\",\"item_code\":\"H77\",\"product_id\":\"{glucose}\",\"factor\":2}",
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "east_user", POST, "his-items", "{\"item_code\":\"H77\",\"product_id\":\"{glucose}\",\"factor\":2}", 201, FINE},
        {NULL,
         "east_user",
         GET,
         "his-item-history",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.product_id={amoxicillin}", "rows.0.factor=1"},
         NULL},
        {NULL, "west_user", GET, "his-item-history", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "east_user", GET, "his-items", NULL, 200, NULL, {"rows.0.factor=2", "~阿莫西林胶囊 1g*24粒"}, NULL},
};

/* RULE DOMAIN-12.1-match-proposals, RULE DOMAIN-6.2-linkage */
static void items_are_proposed_by_name(void)
{
	struct world *w = world_new();
	PLAY(w, match_steps);
	world_end(w);
}

SUITE(bindings, {"codes_are_learned_by_two", codes_are_learned_by_two},
      {"items_are_proposed_by_name", items_are_proposed_by_name});
