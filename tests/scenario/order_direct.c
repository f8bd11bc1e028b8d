/* What goes straight to branches is counted against their exceptions while it comes, and what does not come is given back. */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/catalogue/levels.h"

#include <stdlib.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define REFUSED(status, code) status, code, {NULL}, NULL
#define EXCEPTION(name, user, units)                                                                           \
	{name,                                                                                                 \
	 user,                                                                                                 \
	 POST,                                                                                                 \
	 "exceptions",                                                                                         \
	 "{\"product_id\":\"{glucose}\",\"units\":" units ",\"until_ymd\":20261123,\"cause\":\"specialist\"}", \
	 201,                                                                                                  \
	 FINE},                                                                                                \
	{                                                                                                      \
		NULL, "chief", POST, "exceptions/{" name ".id}/approve", "{\"version\":1}", 200, FINE          \
	}
#define TO(site, units) "{\"product_id\":\"{glucose}\",\"units\":" units ",\"to_site_id\":\"{" site "}\"}"
#define SUBMITTED(name, lines)                                                                                \
	{name, "buyer", POST, "orders", "{\"supplier_id\":\"{supplier}\",\"lines\":[" lines "]}", 201, FINE}, \
	        {NULL, "buyer", POST, "orders/{" name ".id}/submit", "{\"version\":1}", 200, FINE},           \
	{                                                                                                     \
		name "v", "buyer", GET, "orders/{" name ".id}", NULL, 200, FINE                               \
	}
#define SENT(name, lines)                                                                                            \
	SUBMITTED(name, lines), {NULL, "chief", POST, "orders/{" name ".id}/approve", "{\"version\":2}", 200, FINE}, \
	{                                                                                                            \
		NULL, "buyer", POST, "orders/{" name ".id}/send", "{\"version\":3}", 200, FINE                       \
	}
#define RECEIVED(name, user, order, line, units)                                                                   \
	{                                                                                                          \
		name, user, POST, "receipts",                                                                      \
		        "{\"order_id\":\"{" order ".id}\",\"lines\":[{\"order_line_id\":\"{" order "v.lines." line \
		        ".id}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":" units "}]}",                    \
		        201, FINE                                                                                  \
	}
#define REJECTED(name, order, line)                                                                  \
	{NULL,                                                                                       \
	 "inspector",                                                                                \
	 POST,                                                                                       \
	 "receipts/{" name ".id}/inspect",                                                           \
	 "{\"version\":1,\"lines\":[{\"order_line_id\":\"{" order "v.lines." line                    \
	 ".id}\",\"outcome\":\"rejected\",\"reason\":\"破损\"}]}",                                   \
	 200,                                                                                        \
	 FINE},                                                                                      \
	{                                                                                            \
		NULL, "inspector", POST, "receipts/{" name ".id}/post", "{\"version\":2}", 200, FINE \
	}
#define CLOSED(name, version)                                                                                                 \
	{                                                                                                                     \
		NULL, "buyer", POST, "orders/{" name ".id}/close", "{\"version\":" version ",\"note\":\"不再等\"}", 200, FINE \
	}
#define REFUSES(name, n)                                                                                    \
	{                                                                                                   \
		NULL, "buyer", POST, "orders/{" name ".id}/answers",                                        \
		        "{\"lines\":[{\"n\":" n ",\"answer\":\"refused\",\"reason\":\"断货\"}]}", 200, FINE \
	}
#define USED(exception, units)                                                                                    \
	{                                                                                                         \
		NULL, "chief", GET, "exceptions/{" exception ".id}", NULL, 200, NULL, {"used_units=" units}, NULL \
	}

static enum status leave_the_list(struct tx *tx, void *arg)
{
	const struct because why = {.why = "停用"};
	level_list_put(tx, LEVEL_LIST_TOWNSHIP, *(int64_t *)arg, false, &why);
	return ST_OK;
}

/* No township may have glucose without an exception. */
static struct world *bound_world(void)
{
	struct world *w = world_new();
	int64_t id = strtoll(world_value(w, "glucose"), NULL, 10);
	world_write(w, leave_the_list, &id);
	return w;
}

static const struct step two_steps[] = {
        EXCEPTION("x", "east_user", "30"),
        EXCEPTION("y", "west_user", "100"),
        SENT("o", TO("east", "30") "," TO("west", "50")),
        USED("x", "30"),
        USED("y", "50"),
        RECEIVED("r", "east_user", "o", "0", "30"),
        CLOSED("o", "5"),
        USED("x", "30"),
        USED("y", "0"),
};

/* RULE DOMAIN-12.1-direct: what came to one branch is not given back because another's did not come. */
static void each_branch_keeps_its_own_count(void)
{
	struct world *w = bound_world();
	PLAY(w, two_steps);
	world_end(w);
}

static const struct step again_steps[] = {
        EXCEPTION("x", "east_user", "60"),
        SUBMITTED("o", TO("east", "20") "," TO("east", "30")),
        USED("x", "50"),
        {NULL, "chief", POST, "orders/{o.id}/return", "{\"version\":2,\"note\":\"改量\"}", 200, FINE},
        USED("x", "0"),
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":3}", 200, FINE},
        USED("x", "50"),
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":4}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":5}", 200, FINE},
        RECEIVED("r", "east_user", "o", "1", "10"),
        CLOSED("o", "7"),
        USED("x", "10"),
        REJECTED("r", "o", "1"),
        USED("x", "0"),
};

/* RULE DOMAIN-12.1-direct: two lines of one product, returned, submitted again, closed with a delivery that is then rejected. */
static void what_does_not_come_is_given_back(void)
{
	struct world *w = bound_world();
	PLAY(w, again_steps);
	world_end(w);
}

static const struct step refused_steps[] = {
        EXCEPTION("x", "east_user", "30"),
        EXCEPTION("y", "west_user", "50"),
        SENT("o", TO("east", "30") "," TO("west", "50")),
        RECEIVED("r", "east_user", "o", "0", "30"),
        REFUSES("o", "2"),
        {NULL, "buyer", GET, "orders/{o.id}", NULL, 200, NULL, {"state=received"}, NULL},
        USED("x", "30"),
        USED("y", "0"),
        /* what is rejected is due again, and counted until nobody waits for it */
        REJECTED("r", "o", "0"),
        USED("x", "30"),
        CLOSED("o", "7"),
        USED("x", "0"),
};

/* RULE DOMAIN-12.1-direct: what the supplier refuses is free again when all else is here. */
static void what_is_refused_is_given_back(void)
{
	struct world *w = bound_world();
	PLAY(w, refused_steps);
	world_end(w);
}

#define INSULIN_TO_EAST \
	"{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":4,\"to_site_id\":\"{east}\"}]}"
static const struct step card_steps[] = {
        {NULL, "chief", POST, "products/{insulin}/flags", "{\"flag\":\"controlled\",\"value\":\"narcotic\",\"source\":\"目录\"}",
         200, FINE},
        {"k", "chief", POST, "entitlements",
         "{\"site_id\":\"{east}\",\"kind\":\"seal_card\",\"number\":\"K\",\"from_ymd\":20250101,\"to_ymd\":20271231}", 201, FINE},
        {"a", "buyer", POST, "orders", INSULIN_TO_EAST, 201, FINE},
        {NULL, "buyer", POST, "orders/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {"b", "buyer", POST, "orders", INSULIN_TO_EAST, 201, FINE},
        {NULL, "buyer", POST, "orders/{b.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{b.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "chief", POST, "entitlements/{k.id}/end", "{}", 200, FINE},
        {NULL, "chief", POST, "orders/{a.id}/approve", "{\"version\":2}", REFUSED(422, "NO_ENTITLEMENT")},
        {NULL, "buyer", POST, "orders/{b.id}/send", "{\"version\":3}", REFUSED(422, "NO_ENTITLEMENT")},
};

/* RULE DOMAIN-12.5-seal-card: a card that ended between the submission and the sending. */
static void a_card_that_ended_stops_the_sending(void)
{
	struct world *w = world_new();
	PLAY(w, card_steps);
	world_end(w);
}

SUITE(order_direct, {"each_branch_keeps_its_own_count", each_branch_keeps_its_own_count},
      {"what_does_not_come_is_given_back", what_does_not_come_is_given_back},
      {"what_is_refused_is_given_back", what_is_refused_is_given_back},
      {"a_card_that_ended_stops_the_sending", a_card_that_ended_stops_the_sending});
