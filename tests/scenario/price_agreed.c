/* An agreed price belongs to the supplier whose quote was chosen, and to the days that were agreed. */
#include "tests/scenario/price.h"

#include "tests/harness.h"

#define QUOTE(supplier, price, chosen) "{\"supplier_id\":\"{" supplier "}\",\"price\":\"" price "\",\"chosen\":" chosen "}"
#define BARGAIN(days, quotes)                                                                                            \
	"{\"from_ymd\":20261121," days "\"minutes\":\"m\",\"members\":[{\"name\":\"甲\"},{\"name\":\"乙\"},{\"name\":" \
	"\"丙\"}],\"lines\":[{\"product_id\":\"{glucose}\",\"quotes\":[" quotes "]}]}"
#define MINUTES(label) "attachments?owner_kind=negotiation.minutes&owner_id={" label ".id}&name=m.txt"
#define DECIDED(label, body)                                                                                                \
	{label, "central", POST, "negotiations", body, 201, FINE}, {NULL, "central", POST, MINUTES(label), "m", 201, FINE}, \
	        {NULL, "central", POST, "negotiations/{" label ".id}/submit", "{\"version\":1}", 200, FINE},                \
	{                                                                                                                   \
		NULL, "chief", POST, "negotiations/{" label ".id}/decide", "{\"version\":2}", 200, FINE                     \
	}
#define ORDER_AT(supplier) \
	"{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10,\"price\":\"1\"}]}"
#define FIRST QUOTE("supplier", "1", "true") "," QUOTE("calm", "2", "false")

/* RULE DOMAIN-6-agreed-supplier */
static const struct step chosen_steps[] = {
        {"before", "buyer", POST, "orders", ORDER_AT("calm"), 201, FINE},
        DECIDED("n", BARGAIN("", FIRST)),
        {NULL, "central", POST, "negotiations/{n.id}/execute", "{\"version\":3}", 200, FINE},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER_AT("calm"),
         422,
         "NOT_AGREED_SUPPLIER",
         {"errors.0.field=lines[0].product_id", "~葡萄糖注射液 的议定价 1.00 元是 甲医药公司 的报价", "~终止议定价或重新议价"},
         NULL},
        /* one that was written before goes no further */
        {NULL, "buyer", POST, "orders/{before.id}/submit", "{\"version\":1}", 422, "NOT_AGREED_SUPPLIER", {NULL}, NULL},
        {"o", "buyer", POST, "orders", ORDER_AT("supplier"), 201, FINE},
        {NULL, "buyer", PATCH, "orders/{o.id}", "{\"version\":1,\"supplier_id\":\"{calm}\"}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":2}", 422, "NOT_AGREED_SUPPLIER", {NULL}, NULL},
        {NULL, "buyer", PATCH, "orders/{o.id}", "{\"version\":2,\"supplier_id\":\"{supplier}\"}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":3}", 200, FINE},
        {NULL, "chief", GET, "refusals?code=NOT_AGREED_SUPPLIER", NULL, 200, NULL, {"rows#3"}, NULL},
        {NULL,
         "buyer",
         GET,
         "products/{glucose}/price-rule",
         NULL,
         200,
         NULL,
         {"rule=agreed", "supplier_name=甲医药公司", "supplier_id={supplier}"},
         NULL},
        /* a plan proposes him */
        {"plan", "central", POST, "plans", "{\"ym\":202612}", 201, FINE},
        {NULL, "central", PATCH, "plans/{plan.id}/lines", "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}", 200, FINE},
        {NULL,
         "central",
         GET,
         "plan-lines?plan_id={plan.id}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.supplier_id={supplier}"},
         NULL},
};

/* RULE DOMAIN-12.3-price-rule: the same price and first day with another end, or for another supplier, is not lost quietly. */
static const struct step twice_steps[] = {
        DECIDED("n", BARGAIN("", FIRST)),
        {NULL, "central", POST, "negotiations/{n.id}/execute", "{\"version\":3}", 200, FINE},
        DECIDED("shorter", BARGAIN("\"to_ymd\":20261231,", FIRST)),
        {NULL,
         "central",
         POST,
         "negotiations/{shorter.id}/execute",
         "{\"version\":3}",
         422,
         "PRICE_CONFLICT",
         {"errors.0.field=to_ymd", "~该价格已登记, 长期有效"},
         NULL},
        {NULL, "central", GET, "negotiations/{shorter.id}", NULL, 200, NULL, {"state=decided"}, NULL},
        DECIDED("other", BARGAIN("", QUOTE("supplier", "2", "false") "," QUOTE("calm", "1", "true"))),
        {NULL,
         "central",
         POST,
         "negotiations/{other.id}/execute",
         "{\"version\":3}",
         422,
         "PRICE_CONFLICT",
         {"errors.0.field=supplier_id", "~已登记给 甲医药公司"},
         NULL},
        /* taken back it may be told anew, of another */
        {"facts", "central", GET, "prices?product_id={glucose}&kind=agreed", NULL, 200, NULL, {"rows#1"}, NULL},
        {NULL, "central", POST, "prices/{facts.rows.0.id}/end", "{\"to_ymd\":20261120,\"reason\":\"换供应商\"}", 200, FINE},
        {NULL, "central", POST, "negotiations/{other.id}/execute", "{\"version\":3}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER_AT("calm"), 201, FINE},
        {NULL, "buyer", POST, "orders", ORDER_AT("supplier"), 422, "NOT_AGREED_SUPPLIER", {"~戊医药公司"}, NULL},
};

static void an_agreed_price_is_its_suppliers(void)
{
	struct world *w = world_new();
	PLAY(w, chosen_steps);
	world_replay(w);
	world_end(w);
}

static void what_was_agreed_is_not_lost(void)
{
	struct world *w = world_new();
	PLAY(w, twice_steps);
	world_end(w);
}

SUITE(price_agreed, {"an_agreed_price_is_its_suppliers", an_agreed_price_is_its_suppliers},
      {"what_was_agreed_is_not_lost", what_was_agreed_is_not_lost});
