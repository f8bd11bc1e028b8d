/* Corners of the day's work, one short scenario each. */
#include "tests/scenario/world.h"

#include "core/code.h"
#include "tests/harness.h"
#include "warehouse/pack.h"
#include "warehouse/price/price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL

static int64_t id_of(struct world *w, const char *name)
{
	return strtoll(world_value(w, name), NULL, 10);
}

static const struct step found_steps[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":500}]}",
         201, FINE},
        {"q", "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":100}]}", 201, FINE},
        {NULL, "east_user", POST, "requests/{q.id}/submit", "{\"version\":1}", 200, FINE},
};

/* Two people answer the same request at once: what one is packing, the other is not asked to send again. */
static const struct step twice_steps[] = {
        {"a", "keeper", POST, "shipments", "{\"request_id\":\"{q.id}\"}", 201, FINE},
        {NULL, "central", POST, "shipments", "{\"request_id\":\"{q.id}\"}", 422, "NO_LINES", {NULL}, NULL},
        {NULL,
         "central",
         POST,
         "requests/{q.id}/reduce",
         "{\"version\":2,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10,\"reason\":\"晚了\"}]}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
        {NULL, "keeper", POST, "shipments/{a.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "shipments", "{\"request_id\":\"{q.id}\"}", 422, "NO_LINES", {NULL}, NULL},
        {NULL, "keeper", POST, "shipments/{a.id}/cancel", "{\"version\":2}", 200, FINE},
        {"b", "central", POST, "shipments", "{\"request_id\":\"{q.id}\"}", 201, FINE},
        {"ba",
         "central",
         POST,
         "shipments/{b.id}/allocate",
         "{\"version\":1}",
         200,
         NULL,
         {"lines.0.allocations.0.units=100"},
         NULL},
        {NULL, "central", POST, "shipments/{b.id}/pick",
         "{\"version\":2,\"lines\":[{\"allocation_id\":\"{ba.lines.0.allocations.0.id}\",\"units\":60}]}", 200, FINE},
        {NULL, "central", POST, "shipments/{b.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL, "east_user", GET, "requests/{q.id}", NULL, 200, NULL, {"state=part_shipped", "lines.0.shipped_units=60"}, NULL},
        {"c", "central", POST, "shipments", "{\"request_id\":\"{q.id}\"}", 201, FINE},
        {NULL,
         "central",
         POST,
         "shipments/{c.id}/allocate",
         "{\"version\":1}",
         200,
         NULL,
         {"lines.0.allocations.0.units=40"},
         NULL},
        {NULL, "central", POST, "shipments/{c.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{c.id}/pick", "{\"version\":2}", 409, "STALE_VERSION", {NULL}, NULL},
        {NULL, "central", POST, "shipments/{c.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL, "east_user", GET, "requests/{q.id}", NULL, 200, NULL, {"state=shipped"}, NULL},
        {NULL, "central", POST, "shipments", "{\"request_id\":\"{q.id}\"}", 409, "WRONG_STATE", {NULL}, NULL},
};

static void a_request_is_sent_once(void)
{
	struct world *w = world_new();
	PLAY(w, found_steps);
	PLAY(w, twice_steps);
	world_replay(w);
	world_end(w);
}

/* RULE DESIGN-5-fefo: also where more batches are blocked than anybody lists. */
static void good_stock_behind_much_bad(void)
{
	struct world *w = world_new();
	SCOPED(buf) body = {0};
	static const struct step good[] = {
	        {NULL, "keeper", POST, "adjustments",
	         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"GOOD\",\"expiry_ymd\":20280101,"
	         "\"units\":7}]}",
	         201, FINE},
	        {NULL,
	         "keeper",
	         POST,
	         "adjustments",
	         "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":7}]}",
	         201,
	         NULL,
	         {"lines.0.lot=GOOD", "lines.0.units=7", "lines#1"},
	         NULL},
	};
	buf_puts(&body, "{\"reason\":\"opening\",\"lines\":[");
	for (int i = 0; i < 700; i++)
		buf_printf(&body, "%s{\"product_id\":\"%s\",\"lot\":\"OLD%d\",\"expiry_ymd\":20260101,\"units\":1}", i ? "," : "",
		           world_value(w, "glucose"), i);
	buf_puts(&body, "]}");
	CU_ASSERT_EQUAL_FATAL(world_ask(w, "keeper", POST, "adjustments", body.data, NULL), 201);
	PLAY(w, good);
	world_end(w);
}

static enum status put_facts(struct tx *tx, void *arg)
{
	struct world *w = arg;
	bool added = false;
	tx->action = "test";
	const int64_t amoxicillin = id_of(w, "amoxicillin"), glucose = id_of(w, "glucose"), insulin = id_of(w, "insulin");
	const struct new_price facts[] = {
	        {amoxicillin, 230000, 48, "listed", 20261101, 0, "省平台"},   /* per two packs: 11.50 a pack */
	        {amoxicillin, 100000, 24, "listed", 20261122, 0, "省平台"},   /* from tomorrow */
	        {amoxicillin, 10000, 24, "insurance", 20260101, 0, "医保"},   /* no ceiling */
	        {glucose, 80000, 10, "listed", 20261101, 20261121, "省平台"}, /* until today */
	        {insulin, 100000, 1, "listed", 20261101, 20261120, "省平台"}, /* until yesterday */
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		price_put(tx, &facts[i], &added);
	return ST_OK;
}

/* RULE DOMAIN-6-ceiling RULE DOMAIN-12.3-listed: the fact of the day decides, whatever pack it speaks of. */
static const struct step ceiling_steps[] = {
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24,\"price\":\"11.5001\"}]}",
         422,
         "OVER_CEILING",
         {NULL},
         NULL},
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24,\"price\":\"11.5\"},"
         "{\"product_id\":\"{glucose}\",\"units\":10,\"price\":\"8\"}]}",
         201, FINE},
        {NULL, "buyer", GET, "orders/{o.id}", NULL, 200, NULL, {"amount=19.50"}, NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":1,\"price\":\"1\"}]}",
         422,
         "NO_LISTED_PRICE",
         {NULL},
         NULL},
        {NULL, "buyer", POST, "orders",
         "{\"supplier_id\":\"{last_day}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24,\"price\":\"0.01\"}]}", 201,
         FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
};

static void ceilings_have_days_and_packs(void)
{
	struct world *w = world_new();
	world_write(w, put_facts, w);
	PLAY(w, ceiling_steps);
	world_replay(w);
	world_end(w);
}

/* Goods go straight to a branch on the centre's order (直送). */
static const struct step straight_steps[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":50}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov",
         "east_user",
         GET,
         "orders/{o.id}",
         NULL,
         200,
         NULL,
         {"lines.0.to_site_id={east}", "lines.0.owner_site_id={east}", "lines.0.payer_site_id={lead}"},
         NULL},
        {NULL, "west_user", GET, "orders/{o.id}", NULL, 404, "NOT_FOUND", {NULL}, NULL},
        {NULL, "west_user", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 422, "INVALID_FIELD", {NULL}, NULL},
        {"r", "east_user", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"D1\",\"expiry_ymd\":20280101,"
         "\"units\":50}]}",
         201, FINE},
        {NULL, "east_user", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "east_user", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, NULL, {"state=posted"}, NULL},
        {NULL, "east_user", GET, "stock/total?product_id={glucose}&quality=released", NULL, 200, NULL, {"units=50"}, NULL},
        {NULL, "buyer", GET, "orders/{o.id}", NULL, 200, NULL, {"state=received"}, NULL},
};

static void straight_to_a_branch(void)
{
	struct world *w = world_new();
	PLAY(w, straight_steps);
	world_replay(w);
	world_end(w);
}

#define CASE_CODE "81000020000000000001"
#define BOX_CODE(n) "810000100000000000" n

static enum status announce(struct tx *tx, int64_t line, const char *text, int64_t parent)
{
	struct code code;
	struct pack_key key;
	code_parse(tx->arena, text, strlen(text), 2026, &code);
	enum status st = pack_key_of(tx_db(tx), tx->arena, &code, &key);
	const struct new_pack in = {.key = &key, .parent_id = parent, .order_line_id = line};
	return st == ST_OK ? pack_announce(tx, &in) : st;
}

/* A case of three packs, told by the supplier before it came. */
static enum status announce_case(struct tx *tx, void *arg)
{
	static const char *const boxes[] = {BOX_CODE("01"), BOX_CODE("02"), BOX_CODE("03")};
	struct world *w = arg;
	int64_t no[2] = {0}, product = id_of(w, "amoxicillin"), line = id_of(w, "ov.lines.0.id");
	tx->action = "test";
	enum status st = prefix_bind(tx, "8100001", product, 24, 1, 0, 1, &no[0]);
	if (st == ST_OK)
		st = prefix_bind(tx, "8100002", product, 72, 3, 0, 1, &no[1]);
	if (st == ST_OK)
		st = announce(tx, line, CASE_CODE, 0);
	for (size_t i = 0; st == ST_OK && i < 3; i++)
		st = announce(tx, line, boxes[i], no[1] * 10000000000000LL + 1);
	return st;
}

static void supplier_announces(struct world *w)
{
	world_write(w, announce_case, w);
}

static const struct step case_steps[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":96}]}", 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, NULL, {NULL}, supplier_announces},
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/scans",
         "{\"code\":\"" CASE_CODE "\",\"lot\":\"K1\",\"expiry_ymd\":20280101}",
         200,
         NULL,
         {"scan.kind=case", "scan.units=72", "scan.order_left_units=24"},
         NULL},
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/scans",
         "{\"code\":\"" BOX_CODE("02") "\"}",
         422,
         "CODE_ALREADY_HERE",
         {NULL},
         NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {"s", "keeper", POST, "shipments",
         "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24}]}", 201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/scans", "{\"code\":\"" CASE_CODE "\"}", 422, "OVER_ORDERED", {NULL}, NULL},
        {NULL,
         "keeper",
         POST,
         "shipments/{s.id}/scans",
         "{\"code\":\"" BOX_CODE("02") "\"}",
         200,
         NULL,
         {"scan.picked_units=24"},
         NULL},
        {NULL, "keeper", POST, "shipments/{s.id}/scans", "{\"code\":\"" BOX_CODE("03") "\"}", 422, "OVER_ORDERED", {NULL}, NULL},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL,
         "east_user",
         POST,
         "shipments/{s.id}/scans",
         "{\"code\":\"" BOX_CODE("01") "\"}",
         422,
         "CODE_ELSEWHERE",
         {NULL},
         NULL},
        {NULL, "east_user", POST, "shipments/{s.id}/scans", "{\"code\":\"" BOX_CODE("02") "\"}", 200, FINE},
        {NULL, "east_user", POST, "shipments/{s.id}/receive", "{\"version\":4}", 200, FINE},
        {NULL,
         "east_user",
         GET,
         "trace/packs/" BOX_CODE("02"),
         NULL,
         200,
         NULL,
         {"events.0.event=received", "events.1.event=released", "events.2.event=opened", "events.3.event=shipped",
          "events.4.event=arrived", "state=here", "parents.0.code=" CASE_CODE, "parents.0.inside=false"},
         NULL},
        {NULL,
         "keeper",
         GET,
         "trace/packs/" BOX_CODE("01"),
         NULL,
         200,
         NULL,
         {"events#2", "state=here", "parents.0.inside=true"},
         NULL},
        {NULL, "keeper", GET, "trace/packs/" CASE_CODE, NULL, 200, NULL, {"children.count=3", "state=here"}, NULL},
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":48}]}", 201, FINE},
        {NULL, "keeper", GET, "trace/packs/" BOX_CODE("01"), NULL, 200, NULL, {"state=gone"}, NULL},
        {NULL, "keeper", GET, "trace/packs/" CASE_CODE, NULL, 200, NULL, {"state=gone"}, NULL},
};

/* RULE DOMAIN-2.2-case-holds-children: a case moves with what is in it; what is taken out goes its own way. */
static void a_case_and_what_is_in_it(void)
{
	struct world *w = world_new();
	PLAY(w, case_steps);
	world_replay(w);
	world_end(w);
}

/* Two shipments of the same lot are packed at once: what was scanned for one is not sent with the other. */
/* Three boxes of 24, each by its code, ordered and put on the shelf. */
#define BOXES_COME                                                                                                         \
	{"o",                                                                                                              \
	 "buyer",                                                                                                          \
	 POST,                                                                                                             \
	 "orders",                                                                                                         \
	 "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":72}]}",                   \
	 201,                                                                                                              \
	 FINE},                                                                                                            \
	        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},                               \
	        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},                              \
	        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},                                 \
	        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},                                                    \
	        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},                               \
	        {NULL,                                                                                                     \
	         "receiver",                                                                                               \
	         POST,                                                                                                     \
	         "receipts/{r.id}/bindings",                                                                               \
	         "{\"code\":\"" BOX_CODE("01") "\",\"order_line_id\":\"{ov.lines.0.id}\",\"units_per_code\":24}",          \
	         200,                                                                                                      \
	         FINE},                                                                                                    \
	        {NULL,                                                                                                     \
	         "receiver",                                                                                               \
	         POST,                                                                                                     \
	         "receipts/{r.id}/lines",                                                                                  \
	         "{\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"K1\",\"expiry_ymd\":20280101,\"units\":72," \
	         "\"codes\":["                                                                                             \
	         "\"" BOX_CODE("01") "\",\"" BOX_CODE("02") "\",\"" BOX_CODE("03") "\"]}]}",                               \
	         200,                                                                                                      \
	         FINE},                                                                                                    \
	        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},                        \
	{                                                                                                                  \
		NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE                              \
	}
static const struct step scanned_steps[] = {
        BOXES_COME,
        {"a", "keeper", POST, "shipments",
         "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24}]}", 201, FINE},
        {NULL, "keeper", POST, "shipments/{a.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{a.id}/scans", "{\"code\":\"" BOX_CODE("01") "\"}", 200, FINE},
        {"b", "central", POST, "shipments",
         "{\"to_site_id\":\"{west}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":34}]}", 201, FINE},
        {NULL, "central", POST, "shipments/{b.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL,
         "central",
         POST,
         "shipments/{b.id}/scans",
         "{\"code\":\"" BOX_CODE("01") "\"}",
         422,
         "CODE_ELSEWHERE",
         {NULL},
         NULL},
        {NULL, "central", POST, "shipments/{b.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "central", POST, "shipments/{b.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL, "central", POST, "adjustments",
         "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":10}]}", 201, FINE},
        {NULL, "keeper", GET, "trace/packs/" BOX_CODE("01"), NULL, 200, NULL, {"events#2", "state=here", "~released"}, NULL},
        {NULL, "keeper", POST, "shipments/{a.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{a.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL,
         "keeper",
         GET,
         "trace/packs/" BOX_CODE("01"),
         NULL,
         200,
         NULL,
         {"events#3", "events.2.event=shipped", "events.2.document_id={a.id}"},
         NULL},
};

static void scanned_packs_stay_with_their_shipment(void)
{
	struct world *w = world_new();
	PLAY(w, scanned_steps);
	world_end(w);
}

/* ---- two people at what must not be mistaken ---- */

#define GLUCOSE_TO_EAST "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}"
#define FLAG_GLUCOSE(body)                                                       \
	{                                                                        \
		NULL, "chief", POST, "products/{glucose}/flags", body, 200, FINE \
	}
#define PICK_ALONE(name)                                                                                  \
	{name, "keeper", POST, "shipments", GLUCOSE_TO_EAST, 201, FINE},                                  \
	        {NULL, "keeper", POST, "shipments/{" name ".id}/allocate", "{\"version\":1}", 200, FINE}, \
	{                                                                                                 \
		NULL, "keeper", POST, "shipments/{" name ".id}/pick", "{\"version\":2}", 200, FINE        \
	}
#define SHIP(name, who, status, code)                                                                                            \
	{                                                                                                                        \
		NULL, who, POST, "shipments/{" name ".id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", status, code, {NULL}, NULL \
	}

static const struct step high_alert_steps[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":500}]}",
         201, FINE},
        PICK_ALONE("n"),
        SHIP("n", "keeper", 200, NULL),
        FLAG_GLUCOSE("{\"flag\":\"look_alike\",\"value\":\"氯化钠\",\"from_ymd\":20250101,\"source\":\"目录\"}"),
        PICK_ALONE("l"),
        SHIP("l", "keeper", 403, "SAME_PERSON"),
        SHIP("l", "central", 200, NULL),
        FLAG_GLUCOSE("{\"flag\":\"high_alert\",\"value\":\"B\",\"from_ymd\":20250101,\"source\":\"目录\"}"),
        PICK_ALONE("b"),
        SHIP("b", "keeper", 403, "SAME_PERSON"),
        SHIP("b", "central", 200, NULL),
        FLAG_GLUCOSE("{\"flag\":\"high_alert\",\"value\":\"A\",\"source\":\"目录\"}"),
        PICK_ALONE("a"),
        SHIP("a", "keeper", 403, "SAME_PERSON"),
        SHIP("a", "central", 200, NULL),
};

/* RULE DOMAIN-12.3-high-alert: without a code read, what is marked takes two people. */
static void who_picked_high_alert_does_not_ship_it(void)
{
	struct world *w = world_new();
	PLAY(w, high_alert_steps);
	world_end(w);
}

#define FLAG_BOXES(flag, value)                                                                          \
	{                                                                                                \
		NULL, "chief", POST, "products/{amoxicillin}/flags",                                     \
		        "{\"flag\":\"" flag "\",\"value\":\"" value "\",\"source\":\"目录\"}", 200, FINE \
	}
#define PICK_BOXES(name, units)                                                                            \
	{name,                                                                                             \
	 "keeper",                                                                                         \
	 POST,                                                                                             \
	 "shipments",                                                                                      \
	 "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":" units "}]}", \
	 201,                                                                                              \
	 FINE},                                                                                            \
	{                                                                                                  \
		NULL, "keeper", POST, "shipments/{" name ".id}/allocate", "{\"version\":1}", 200, FINE     \
	}
#define SCAN_BOX(name, n)                                                                                          \
	{                                                                                                          \
		NULL, "keeper", POST, "shipments/{" name ".id}/scans", "{\"code\":\"" BOX_CODE(n) "\"}", 200, FINE \
	}
#define PICK(name)                                                                                 \
	{                                                                                          \
		NULL, "keeper", POST, "shipments/{" name ".id}/pick", "{\"version\":2}", 200, FINE \
	}

static const struct step proof_steps[] = {
        BOXES_COME,
        FLAG_BOXES("high_alert", "C"),
        PICK_BOXES("c", "48"),
        SCAN_BOX("c", "01"),
        PICK("c"),
        SHIP("c", "keeper", 200, NULL),
        FLAG_BOXES("high_alert", "B"),
        PICK_BOXES("h", "24"),
        PICK("h"),
        SHIP("h", "keeper", 403, "SAME_PERSON"),
        {NULL, "keeper", POST, "shipments/{h.id}/cancel", "{\"version\":3,\"note\":\"重拣\"}", 200, FINE},
        PICK_BOXES("b", "24"),
        SCAN_BOX("b", "03"),
        PICK("b"),
        SHIP("b", "keeper", 200, NULL),
};

/* RULE DOMAIN-12.3-high-alert: one code of each lot proves level C and what looks alike, every code level B. */
static void a_code_read_is_a_second_look(void)
{
	struct world *w = world_new();
	PLAY(w, proof_steps);
	world_end(w);
}

#define BIN(who, product, bin) \
	who, POST, "bins", "{\"depot_id\":\"{lead_depot}\",\"product_id\":\"{" product "}\",\"bin\":\"" bin "\"}"
static const struct step bin_steps[] = {
        {NULL, BIN("keeper", "glucose", "A01-01"), 201, FINE},
        {NULL, BIN("keeper", "amoxicillin", "A01-01"), 201, FINE},
        {NULL, "keeper", GET, "bins?bin=A01-01", NULL, 200, NULL, {"rows#2", "rows.0.depot_code=YK"}, NULL},
        {NULL, "east_user", GET, "bins", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, BIN("east_user", "glucose", "B1"), 422, "INVALID_FIELD", {"errors.0.field=depot_id"}, NULL},
        {NULL, BIN("buyer", "glucose", "B1"), 403, "FORBIDDEN", {NULL}, NULL},
        FLAG_GLUCOSE("{\"flag\":\"look_alike\",\"value\":\"胰岛素\",\"from_ymd\":20250101,\"source\":\"目录\"}"),
        {NULL, BIN("keeper", "insulin", "A01-01"), 422, "LOOK_ALIKE_TOGETHER", {"errors.0.field=bin", "~葡萄糖"}, NULL},
        {NULL, BIN("keeper", "insulin", "A01-02"), 201, FINE},
        {NULL, BIN("keeper", "glucose", "A01-02"), 422, "LOOK_ALIKE_TOGETHER", {"~胰岛素"}, NULL},
        {NULL, "keeper", POST, "bins", "{\"depot_id\":\"{lead_depot}\",\"product_id\":\"{insulin}\"}", 201, FINE},
        {NULL, BIN("keeper", "glucose", "A01-02"), 201, FINE},
        {NULL, "keeper", GET, "bins?product_id={insulin}", NULL, 200, NULL, {"rows#1", "rows.0.bin=null"}, NULL},
};

/* RULE DOMAIN-12.3-look-alike-apart */
static void look_alikes_lie_apart(void)
{
	struct world *w = world_new();
	PLAY(w, bin_steps);
	world_end(w);
}

SUITE(corners, {"a_request_is_sent_once", a_request_is_sent_once}, {"good_stock_behind_much_bad", good_stock_behind_much_bad},
      {"ceilings_have_days_and_packs", ceilings_have_days_and_packs}, {"straight_to_a_branch", straight_to_a_branch},
      {"a_case_and_what_is_in_it", a_case_and_what_is_in_it},
      {"scanned_packs_stay_with_their_shipment", scanned_packs_stay_with_their_shipment},
      {"who_picked_high_alert_does_not_ship_it", who_picked_high_alert_does_not_ship_it},
      {"a_code_read_is_a_second_look", a_code_read_is_a_second_look}, {"look_alikes_lie_apart", look_alikes_lie_apart});
