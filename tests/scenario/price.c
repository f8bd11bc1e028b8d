/* The unified price through the API: rules of a day, the door of a filing, bargaining, falling ceilings, price changes. */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/issue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL
#define FACT(kind, product, price, dates) \
	"{\"kind\":\"" kind "\",\"product_id\":\"{" product "}\",\"price\":\"" price "\"," dates ",\"source\":\"测试\"}"
#define ORDER(product, units, price) \
	"{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":" units price "}]}"

static enum status turn_job(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test.turn";
	price_flags_daily(tx);
	while (price_turn_catch_up(tx, 7) > 0)
		;
	return ST_OK;
}

static void take_turns(struct world *w)
{
	world_write(w, turn_job, NULL);
}

/* An agreed price as its document writes it, named {agreed}. */
static enum status agree_job(struct tx *tx, void *arg)
{
	const struct new_price *in = arg;
	int64_t id = 0;
	tx->action = "test.agreed";
	enum status st = price_fact_add(tx, in, &id);
	return st;
}

static void agree(struct world *w, const char *product, int64_t price_e4, int64_t units_per_pack)
{
	struct new_price in = {.product_id = strtoll(world_value(w, product), NULL, 10),
	                       .price_e4 = price_e4,
	                       .units_per_pack = units_per_pack,
	                       .kind = "agreed",
	                       .from_ymd = 20261101,
	                       .source = "议价"};
	world_write(w, agree_job, &in);
	world_name_id(w, "agreed", world_number(w, "SELECT id FROM price WHERE kind = 'agreed' ORDER BY id DESC LIMIT 1"));
}

static void agree_on_amoxicillin(struct world *w)
{
	agree(w, "amoxicillin", 100000, 24);
}

static void agree_on_glucose(struct world *w)
{
	agree(w, "glucose", 85000, 10);
}

/* ---- the rule ---- */

/* RULE DOMAIN-12.3-price-rule RULE DOMAIN-12.3-listed */
static const struct step rule_steps[] = {
        {NULL,
         "buyer",
         GET,
         "products/{amoxicillin}/price-rule",
         NULL,
         200,
         NULL,
         {"rule=listed", "exact=false", "trade_price=12.00", "orderable=true"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "products/{unlisted}/price-rule",
         NULL,
         200,
         NULL,
         {"orderable=false", "code=NO_LISTED_PRICE"},
         NULL},
        /* insurance and reference prices bind nobody */
        {NULL, "central", POST, "prices", FACT("insurance", "amoxicillin", "9", "\"from_ymd\":20260101"), 201, FINE},
        {NULL, "central", POST, "prices", FACT("reference", "unlisted", "9", "\"from_ymd\":20260101"), 201, FINE},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("unlisted", "10", ",\"price\":\"1\""),
         422,
         "NO_LISTED_PRICE",
         {"errors.0.field=lines[0].product_id"},
         NULL},
        {NULL, "buyer", POST, "orders", ORDER("amoxicillin", "24", ",\"price\":\"11\""), 201, FINE},
        /* agreed: not above the ceiling, not without one, then exactly */
        {NULL,
         "buyer",
         POST,
         "prices",
         FACT("agreed", "amoxicillin", "10", "\"from_ymd\":20261101"),
         403,
         "FORBIDDEN",
         {NULL},
         NULL},
        /* RULE DOMAIN-12.3-bargaining-group: by its document alone */
        {NULL,
         "central",
         POST,
         "prices",
         FACT("agreed", "amoxicillin", "10", "\"from_ymd\":20261101"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=kind"},
         NULL},
        {NULL,
         "central",
         POST,
         "imports/prices",
         "product_code,kind,price,from_ymd,source\nX001,agreed,10,20261101,x\n",
         422,
         "IMPORT_REFUSED",
         {"~议定价由议价单登记"},
         NULL},
        /* no price is nothing */
        {NULL,
         "central",
         POST,
         "prices",
         FACT("reference", "amoxicillin", "0.00", "\"from_ymd\":20261101"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=price"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("amoxicillin", "24", ",\"price\":\"9.99\""),
         422,
         "NOT_AGREED_PRICE",
         {"errors.0.field=lines[0].price"},
         agree_on_amoxicillin},
        {"o", "buyer", POST, "orders", ORDER("amoxicillin", "24", ""), 201, FINE},
        {NULL,
         "buyer",
         GET,
         "orders/{o.id}",
         NULL,
         200,
         NULL,
         {"lines.0.price=10.00", "lines.0.price_rule=agreed", "lines.0.ceiling_price=12.00", "lines.0.rule_price=10.00"},
         NULL},
        /* selected goes before it, exactly; the order waiting with the old price goes no further */
        {NULL, "central", POST, "prices", FACT("selected", "amoxicillin", "8", "\"from_ymd\":20261121"), 201, FINE},
        {NULL,
         "buyer",
         POST,
         "orders/{o.id}/submit",
         "{\"version\":1}",
         422,
         "NOT_SELECTED_PRICE",
         {"errors.0.field=lines[0].price"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("amoxicillin", "24", ",\"price\":\"7.9999\""),
         422,
         "NOT_SELECTED_PRICE",
         {NULL},
         NULL},
        {NULL, "buyer", POST, "orders", ORDER("amoxicillin", "24", ",\"price\":\"8\""), 201, FINE},
        {NULL, "central", GET, "refusals?code=NOT_SELECTED_PRICE", NULL, 200, NULL, {"rows#2"}, NULL},
        /* dated questions */
        {NULL, "central", GET, "products/{amoxicillin}/price-rule?on_ymd=20261120", NULL, 200, NULL, {"rule=agreed"}, NULL},
        {NULL, "central", GET, "products/{amoxicillin}/price-rule?on_ymd=20261031", NULL, 200, NULL, {"rule=listed"}, NULL},
        {NULL, "central", GET, "prices?product_id={amoxicillin}", NULL, 200, NULL, {"rows#4"}, NULL},
};

/* RULE DOMAIN-6-agreed: when the ceiling falls below the agreed price nothing is ordered until somebody acts. */
static const struct step fallen_steps[] = {
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "8", "\"from_ymd\":20261121"), 201, NULL, {NULL},
         agree_on_glucose},
        {NULL, "buyer", POST, "orders", ORDER("glucose", "10", ""), 422, "AGREED_OVER_CEILING", {NULL}, NULL},
        {NULL,
         "central",
         GET,
         "products/{glucose}/price-rule",
         NULL,
         200,
         NULL,
         {"orderable=false", "rule=agreed", "code=AGREED_OVER_CEILING"},
         NULL},
        {NULL, "central", POST, "prices/{agreed}/end", "{\"to_ymd\":20261101,\"reason\":\"x\"}", 422, "INVALID_FIELD", {NULL},
         NULL},
        {NULL,
         "central",
         POST,
         "prices/{agreed}/end",
         "{\"to_ymd\":20261120}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=reason"},
         NULL},
        {NULL, "central", POST, "prices/{agreed}/end", "{\"to_ymd\":20261120,\"reason\":\"限价下调\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("glucose", "10", ""), 201, FINE},
        {NULL, "central", POST, "prices/{agreed}/end", "{\"to_ymd\":20261201,\"reason\":\"x\"}", 422, "PRICE_CONFLICT", {NULL}, NULL},
        /* periods that contradict each other */
        {NULL,
         "central",
         POST,
         "prices",
         FACT("listed", "glucose", "7", "\"from_ymd\":20261121"),
         422,
         "PRICE_CONFLICT",
         {NULL},
         NULL},
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
        {NULL,
         "central",
         POST,
         "prices",
         FACT("listed", "glucose", "7", "\"from_ymd\":20261115"),
         422,
         "PRICE_CONFLICT",
         {NULL},
         NULL},
        {NULL,
         "central",
         POST,
         "prices",
         FACT("selected", "glucose", "7", "\"from_ymd\":20261205,\"to_ymd\":20261201"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=to_ymd"},
         NULL},
        {"soon", "central", POST, "prices", FACT("selected", "glucose", "7", "\"from_ymd\":20261205"), 201, FINE},
        {NULL,
         "central",
         POST,
         "prices",
         FACT("selected", "glucose", "6", "\"from_ymd\":20261201,\"to_ymd\":20261206"),
         422,
         "PRICE_CONFLICT",
         {NULL},
         NULL},
        /* open before a later one: it ends the day before */
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "6", "\"from_ymd\":20261201"), 201, FINE},
        {NULL, "central", GET, "products/{glucose}/price-rule?on_ymd=20261204", NULL, 200, NULL, {"price=6.00"}, NULL},
        {NULL, "central", GET, "products/{glucose}/price-rule?on_ymd=20261205", NULL, 200, NULL, {"price=7.00"}, NULL},
        /* RULE DOMAIN-12.3-price-taken-back: one that has not begun is taken back, what it closed holds again; it may come again */
        {NULL, "central", POST, "prices/{soon.id}/end", "{\"to_ymd\":20261121,\"reason\":\"录错\"}", 200, FINE},
        {NULL, "central", GET, "products/{glucose}/price-rule?on_ymd=20261205", NULL, 200, NULL, {"price=6.00"}, NULL},
        {NULL, "central", GET, "price-changes?since=20261205", NULL, 200, NULL, {"rows.0.end_reason=录错", "rows.0.ended_by=central"},
         NULL},
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "7", "\"from_ymd\":20261205"), 201, FINE},
        {NULL, "central", GET, "products/{glucose}/price-rule?on_ymd=20261205", NULL, 200, NULL, {"price=7.00"}, NULL},
        {NULL,
         "central",
         GET,
         "price-changes?since=20261122&until=20261203",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.price=6.00"},
         NULL},
};

static void the_rule_of_the_day_and_why(void)
{
	struct world *w = world_new();
	PLAY(w, rule_steps);
	world_replay(w);
	world_end(w);
}

static void agreed_prices_and_periods(void)
{
	struct world *w = world_new();
	PLAY(w, fallen_steps);
	world_end(w);
}

/* ---- 备案采购 ---- */

#define FILING                                                                                                               \
	"{\"product_id\":\"{unlisted}\",\"supplier_id\":\"{supplier}\",\"reason\":\"rescue\",\"price\":\"30\",\"units\":20," \
	"\"from_ymd\":20261101,\"to_ymd\":"                                                                                  \
	"20261231}"
/* RULE DOMAIN-12.3-filing */
static const struct step filing_steps[] = {
        {NULL,
         "buyer",
         POST,
         "filings",
         "{\"product_id\":\"{glucose}\",\"reason\":\"rescue\",\"price\":\"1\",\"units\":9,\"from_ymd\":20261121,\"to_ymd\":"
         "20261130}",
         422,
         "ALREADY_PRICED",
         {NULL},
         NULL},
        {NULL, "receiver", POST, "filings", FILING, 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "products/{unlisted}/flags",
         "{\"flag\":\"rescue\",\"value\":\"yes\",\"source\":\"县急抢救药目录\"}", 200, FINE},
};
static const struct step filing_walk[] = {
        {"f", "buyer", POST, "filings", FILING, 201, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/review", "{\"version\":2}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "filings/{f.id}/review", "{\"version\":2}", 200, FINE},
        {NULL, "chief", POST, "filings/{f.id}/approve", "{\"version\":3}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "filings/{f.id}/return", "{\"version\":3,\"note\":\"重审\"}", 200, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/submit", "{\"version\":4}", 200, FINE},
        {NULL, "central", POST, "filings/{f.id}/review", "{\"version\":5}", 200, FINE},
        {NULL, "chief", POST, "filings/{f.id}/approve", "{\"version\":6}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("unlisted", "10", ""), 422, "NO_LISTED_PRICE", {NULL}, NULL},
        {NULL, "buyer", POST, "filings/{f.id}/file", "{\"version\":7}", 422, "INVALID_FIELD", {"errors.0.field=filing_no"}, NULL},
        {NULL, "buyer", POST, "filings/{f.id}/file", "{\"version\":7,\"filing_no\":\"皖备 2026-11\"}", 200, FINE},
        {NULL,
         "buyer",
         GET,
         "products/{unlisted}/price-rule",
         NULL,
         200,
         NULL,
         {"rule=filed", "exact=false", "ceiling_price=null"},
         NULL},
        {NULL, "buyer", POST, "orders", ORDER("unlisted", "10", ",\"price\":\"3.01\""), 201, FINE},
        {NULL, "buyer", POST, "orders", ORDER("unlisted", "10", ",\"price\":\"30.01\""), 422, "OVER_CEILING", {NULL}, NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("unlisted", "30", ""),
         422,
         "OVER_FILED_UNITS",
         {"errors.0.field=lines[0].units"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{calm}\",\"lines\":[{\"product_id\":\"{unlisted}\",\"units\":10}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=supplier_id"},
         NULL},
        {"o", "buyer", POST, "orders", ORDER("unlisted", "20", ""), 201, FINE},
        {"p", "buyer", POST, "orders", ORDER("unlisted", "10", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "orders/{p.id}/submit", "{\"version\":1}", 422, "OVER_FILED_UNITS", {NULL}, NULL},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, NULL, {"lines.0.price_rule=filed"}, NULL},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"U1\",\"expiry_ymd\":20280101,"
         "\"units\":20}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {NULL,
         "central",
         GET,
         "price-paid?filed=1",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.amount=60.00", "rows.0.ceiling_price=null", "rows.0.saved=0.00"},
         NULL},
        {NULL, "central", GET, "filings/{f.id}", NULL, 200, NULL, {"used_units=20", "orders#3", "filing_no=皖备 2026-11"}, NULL},
        {NULL, "central", POST, "filings/{f.id}/close", "{\"version\":8,\"note\":\"恢复挂网\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("unlisted", "10", ""), 422, "NO_LISTED_PRICE", {NULL}, NULL},
};

static void a_filing_is_the_only_door(void)
{
	struct world *w = world_new();
	PLAY(w, filing_steps);
	PLAY(w, filing_walk);
	world_end(w);
}

/* ---- 议价 ---- */

#define MEMBERS3 "{\"name\":\"甲\"},{\"name\":\"乙\"},{\"name\":\"丙\"}"
#define TALK(members, quotes)                                                                                             \
	"{\"from_ymd\":20261121,\"alliance\":\"皖北联盟\",\"minutes\":\"三轮报价\",\"members\":[" members "],\"lines\":[" \
	"{\"product_id\":\"{amoxicillin}\",\"quotes\":[" quotes "]}]"
#define QUOTE(supplier, price, more) "{\"supplier_id\":\"{" supplier "}\",\"price\":\"" price "\"" more "}"
/* RULE DOMAIN-12.3-bargaining-group */
static const struct step talk_steps[] = {
        {NULL,
         "central",
         POST,
         "negotiations",
         TALK(MEMBERS3, QUOTE("supplier", "11", "") "," QUOTE("supplier", "10", "")) "}",
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {"n", "central", POST, "negotiations",
         TALK("{\"name\":\"甲\"},{\"name\":\"乙\"},{\"name\":\"丙\",\"recused\":true,\"reason\":\"亲属\"}",
              QUOTE("supplier", "11", ",\"chosen\":true") "," QUOTE("calm", "11.5", "")) "}",
         201, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/submit", "{\"version\":1}", 422, "GROUP_TOO_SMALL", {NULL}, NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3 ",{\"name\":\" 甲　\"}", QUOTE("supplier", "11", ",\"chosen\":true")) ",\"version\":1}", 422,
         "INVALID_FIELD", {"errors.0.field=members[3].name"}, NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK("{\"name\":\"张 三\"},{\"name\":\"张三\"},{\"name\":\"李四\"}", QUOTE("supplier", "11", ",\"chosen\":true"))
         ",\"version\":1}", 422, "INVALID_FIELD", {"errors.0.field=members[1].name"}, NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}", TALK(MEMBERS3, QUOTE("supplier", "0", "")) ",\"version\":1}", 422,
         "INVALID_FIELD", {"errors.0.field=lines[0].quotes[0].price"}, NULL},
        /* RULE DOMAIN-12.3-bargaining-quotes */
        {NULL, "central", PATCH, "negotiations/{n.id}", TALK(MEMBERS3, QUOTE("supplier", "13", ",\"chosen\":true")) ",\"version\":1}",
         200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/submit", "{\"version\":2}", 422, "REASON_MISSING",
         {"errors.0.field=lines[0].single_reason"}, NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3 ",{\"name\":\" chief \",\"recused\":true}",
              QUOTE("supplier", "13", ",\"chosen\":true") "," QUOTE("calm", "13.5", "")) ",\"version\":2}",
         200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/submit", "{\"version\":3}", 422, "AGREED_OVER_CEILING", {NULL}, NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3 ",{\"name\":\" chief \",\"recused\":true}",
              QUOTE("supplier", "11", ",\"chosen\":true") "," QUOTE("calm", "11.5", "")) ",\"version\":3}",
         200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/submit", "{\"version\":4}", 200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/decide", "{\"version\":5}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "chief", POST, "negotiations/{n.id}/decide", "{\"version\":5}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "negotiations/{n.id}/return", "{\"version\":5,\"note\":\"改名单\"}", 200, FINE},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3, QUOTE("supplier", "11", ",\"chosen\":true") "," QUOTE("calm", "11.5", "")) ",\"version\":6}", 200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/submit", "{\"version\":7}", 200, FINE},
        /* RULE DOMAIN-12.3-minutes */
        {NULL, "chief", POST, "negotiations/{n.id}/decide", "{\"version\":8}", 422, "MINUTES_MISSING", {NULL}, NULL},
        {NULL, "central", POST, "attachments?owner_kind=negotiation.minutes&owner_id={n.id}&name=m.txt", "minutes", 201, FINE},
        {NULL, "chief", POST, "negotiations/{n.id}/decide", "{\"version\":8}", 200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/execute", "{\"version\":9}", 200, FINE},

        {NULL,
         "central",
         GET,
         "negotiations/{n.id}",
         NULL,
         200,
         NULL,
         {"state=executed", "members#3", "quotes#2", "lines.0.ceiling_price=12.00", "quotes.0.chosen=true"},
         NULL},
        {NULL,
         "buyer",
         GET,
         "products/{amoxicillin}/price-rule",
         NULL,
         200,
         NULL,
         {"rule=agreed", "price=11.00", "exact=true"},
         NULL},
};

static void bargaining_writes_agreed_prices(void)
{
	struct world *w = world_new();
	PLAY(w, talk_steps);
	world_replay(w);
	world_end(w);
}

/* ---- a falling ceiling ---- */

static const struct step before_fall[] = {
        {"o", "buyer", POST, "orders", ORDER("glucose", "100", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, NULL, {"lines.0.price_flagged=false"}, NULL},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"U1\",\"expiry_ymd\":20280101,"
         "\"units\":40}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {NULL, "central", GET, "price-savings", NULL, 200, NULL, {"rows#1", "rows.0.saved=0.00", "rows.0.amount=34.00"}, NULL},
        {NULL, "central", GET, "price-paid?near=1", NULL, 200, NULL, {"rows#1", "rows.0.share_percent=100"}, NULL},
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
};
/* RULE DOMAIN-12.3-falling-ceiling RULE DOMAIN-12.3-price-at-receipt */
static const struct step after_fall[] = {
        {NULL,
         "buyer",
         GET,
         "price-flags/orders",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.price=8.50", "rows.0.rule_price=8.00", "rows.0.due_units=60"},
         NULL},
        {NULL, "buyer", GET, "orders/{o.id}", NULL, 200, NULL, {"lines.0.price_flagged=true"}, NULL},
        {NULL, "keeper", GET, "price-flags/stock", NULL, 200, NULL, {"rows#1", "rows.0.units=40"}, NULL},
        {NULL, "east_user", GET, "price-flags/stock", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "buyer", GET, "today", NULL, 200, NULL, {"~price_lines\",\"title\":\"高于现行价格的订单行\",\"count\":1"}, NULL},
        /* the order was right on its day: the rest comes in; nothing says otherwise */
        {NULL, "keeper", GET, "price-flags/receipts", NULL, 200, NULL, {"rows#0"}, NULL},
        /* but the province says now that 7.00 held from the first of the month on */
        {NULL, "chief", POST, "imports/ceilings", "product_code,ceiling_price,from_ymd,source\nX002,7.00,20261121,更正\n", 200,
         FINE},
        {"r2", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"U2\",\"expiry_ymd\":20280101,"
         "\"units\":60}]}",
         201, FINE},
        {NULL, "keeper", GET, "price-flags/receipts", NULL, 200, NULL, {"rows#1", "rows.0.rule_price=7.00"}, NULL},
        {NULL, "buyer", GET, "price-flags/orders", NULL, 200, NULL, {"rows#0"}, NULL},
};

static void a_falling_ceiling_flags_what_is_under_way(void)
{
	struct world *w = world_new();
	PLAY(w, before_fall);
	take_turns(w);
	PLAY(w, after_fall);
	take_turns(w);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM price_flag WHERE subject = 'batch'"), 2);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM price_flag WHERE subject = 'line'"), 0);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM price_turn WHERE on_ymd <= 20261121"), 0);
	world_end(w);
}

/* ---- 调价单 ---- */

static enum status effect_job(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

static const struct step stock_steps[] = {
        {"o", "buyer", POST, "orders", ORDER("glucose", "100", ""), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"U1\",\"expiry_ymd\":20280101,"
         "\"units\":100}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        /* 30 on the road to the east, 70 here */
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE},
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
        /* RULE DOMAIN-12.3-price-claim: what the contract of that day says */
        {NULL, "receiver", POST, "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20260101,\"given\":true,\"source\":\"合同\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "central", POST, "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20260101,\"given\":true,\"source\":\"2026 年合同第 8 条\"}", 201, FINE},
        {NULL, "central", POST, "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20260101,\"given\":false,\"source\":\"x\"}", 409, "ALREADY_EXISTS", {NULL}, NULL},
        {NULL, "central", POST, "price-clauses",
         "{\"supplier_id\":\"{supplier}\",\"from_ymd\":20261122,\"given\":false,\"source\":\"补充协议\"}", 201, FINE},
        {NULL, "central", GET, "price-clauses?supplier_id={supplier}", NULL, 200, NULL,
         {"rows#2", "rows.0.given=false", "rows.1.source=2026 年合同第 8 条"}, NULL},
};
#define CHANGE(price, more) \
	"{\"effective_at_ms\":{moment},\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"" price "\"" more "}]"
/* RULE DOMAIN-12.3-zero-margin */
static const struct step change_steps[] = {
        {NULL,
         "central",
         POST,
         "price-adjustments",
         CHANGE("8.01", "") "}",
         422,
         "OVER_MARGIN",
         {"errors.0.field=lines[0].price"},
         NULL},
        {"a", "central", POST, "price-adjustments", CHANGE("8", "") "}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "east_user", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"state=scheduled"}, NULL},
        /* nobody takes the step by hand */
        {NULL, "chief", POST, "price-adjustments/{a.id}/take_effect", "{\"version\":3}", 404, "NOT_FOUND", {NULL}, NULL},
};
/* Behind the moment goods move on before the program comes to count. */
static const struct step meanwhile[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"broken\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":5,\"lot\":\"U1\"}]}", 201, FINE},
        {NULL, "east_user", POST, "shipments/{s.id}/receive", "{\"version\":4}", 200, FINE},
};
static const struct step afterwards[] = {
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"state=effective", "gain=-5.00", "lines.0.units=100", "lines.0.claim_units=100", "lines.0.claim_amount=5.00"},
         NULL},
        {NULL,
         "central",
         GET,
         "price-adjustment-stock?adjustment_id={a.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.units=70", "rows.0.gain=-3.50", "rows.1.units=30", "rows.1.old_amount=25.50",
          "rows.1.new_amount=24.00"},
         NULL},
        {NULL, "east_user", GET, "price-adjustment-stock?adjustment_id={a.id}", NULL, 200, NULL, {"!U1"}, NULL},
        {"claims",
         "finance",
         GET,
         "price-claims?state=open",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.amount=5.00", "rows.0.units=100", "rows.0.supplier_id={supplier}"},
         NULL},
        {NULL, "east_user", GET, "price-claims", NULL, 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "finance", POST, "price-claims/{claims.rows.0.id}/waive", "{\"version\":1,\"note\":\"x\"}", 403, "FORBIDDEN", {NULL},
         NULL},
        {NULL, "chief", POST, "price-claims/{claims.rows.0.id}/waive", "{\"version\":1}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL,
         "central",
         GET,
         "price-public?product_code=X002",
         NULL,
         200,
         NULL,
         {"rows.0.issue_price=8.00", "rows.0.rule=selected"},
         NULL},
        /* RULE DOMAIN-12.3-price-his: each site for itself, the centre for all; the last one confirms the document */
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"sites#3", "sites.0.site_id={lead}", "sites.0.missing_codes=1", "sites.1.confirmed_at_ms=null"},
         NULL},
        {NULL, "east_user", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"sites#1", "sites.0.site_id={east}"}, NULL},
        {NULL, "east_user", GET, "today", NULL, 200, NULL, {"~adjustments_effective"}, NULL},
        {NULL, "buyer", POST, "price-adjustments/{a.id}/confirm", "{\"version\":4}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "east_user", POST, "price-adjustments/{a.id}/confirm", "{\"version\":4,\"site_id\":\"{west}\"}", 403, "FORBIDDEN",
         {"errors.0.field=site_id"}, NULL},
        {NULL, "east_user", POST, "price-adjustments/{a.id}/confirm", "{\"version\":4,\"note\":\"HIS 已更新\"}", 200, NULL,
         {"state=effective", "version=5"}, NULL},
        {NULL, "east_user", POST, "price-adjustments/{a.id}/confirm", "{\"version\":5}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "central", POST, "price-adjustments/{a.id}/confirm", "{\"version\":5}", 200, NULL, {"state=effective"}, NULL},
        {NULL, "central", POST, "price-adjustments/{a.id}/confirm", "{\"version\":6,\"site_id\":\"{west}\"}", 200, NULL,
         {"state=confirmed"}, NULL},
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"sites.1.confirmed_by=east_user"}, NULL},
        /* a second change starts from the issue price, not from what the batches cost */
        {NULL,
         "central",
         POST,
         "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"0.00\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].price"},
         NULL},
        {NULL,
         "central",
         POST,
         "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"7.5\"}]}",
         422,
         "REASON_MISSING",
         {"errors.0.field=lines[0].reason"},
         NULL},
        {"b", "central", POST, "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"7.5\",\"reason\":\"供应商让利\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{b.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{b.id}/approve", "{\"version\":2}", 200, FINE},
};

/* RULE DOMAIN-12.3-zero-margin: the purchase price falls below the issue price: told, prepared, gone. */
static const struct step issue_before[] = {
        {NULL, "central", GET, "price-flags/issue", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "7", "\"from_ymd\":20261121"), 201, FINE},
};
static const struct step issue_flagged[] = {
        {NULL,
         "central",
         GET,
         "price-flags/issue",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.issue_price=7.50", "rows.0.limit_price=7.00", "rows.0.over=0.50", "rows.0.adjustment_number={b.number}"},
         NULL},
        {NULL, "central", GET, "today", NULL, 200, NULL, {"~price_issue\",\"title\":\"发药价高于进价的品种\",\"count\":1"}, NULL},
        {"c", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{glucose}\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{c.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{c.id}/approve", "{\"version\":2}", 200, FINE},
};
static const struct step issue_after[] = {
        {NULL, "central", GET, "price-public?product_code=X002", NULL, 200, NULL, {"rows.0.issue_price=7.00"}, NULL},
        {NULL, "central", GET, "price-flags/issue", NULL, 200, NULL, {"rows#0"}, NULL},
};

/* RULE DOMAIN-12.3-price-change-count */
static void stock_is_counted_at_the_moment_and_once(void)
{
	struct world *w = world_new();
	PLAY(w, stock_steps);
	/* steps move the clock by a second each: the moment lies behind the approval and before the moves */
	world_name_id(w, "moment", w->service.clock.fixed_ms + 7500);
	PLAY(w, change_steps);
	CU_ASSERT_FALSE(price_adjustment_is_due(w->store.writer.db, w->service.clock.fixed_ms));
	w->service.clock.fixed_ms += 500;
	PLAY(w, meanwhile);
	CU_ASSERT_TRUE(price_adjustment_is_due(w->store.writer.db, w->service.clock.fixed_ms));
	world_write(w, effect_job, NULL);
	world_write(w, effect_job, NULL);
	CU_ASSERT_EQUAL(world_ask(w, "east_user", GET,
	                          arena_printf(&w->arena, "price-adjustments/%s/his.csv", world_value(w, "a.id")), NULL, NULL),
	                200);
	CU_ASSERT_PTR_NOT_NULL(strstr(w->body, "X002"));
	CU_ASSERT_PTR_NOT_NULL(strstr(w->body, ",8.00,"));
	PLAY(w, afterwards);
	world_write(w, effect_job, NULL);
	CU_ASSERT_EQUAL(world_number(w, "SELECT gain_fen FROM price_adjustment ORDER BY id DESC LIMIT 1"), -475);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM price_adjustment_stock"), 4);
	CU_ASSERT_EQUAL(world_number(w, "SELECT price_e4 FROM issue_price"), 75000);
	take_turns(w);
	PLAY(w, issue_before);
	take_turns(w);
	PLAY(w, issue_flagged);
	world_write(w, effect_job, NULL);
	take_turns(w);
	PLAY(w, issue_after);
	world_end(w);
}

/* ---- 补差 ---- */

#define BOUGHT(label, supplier, units)                                                                                           \
	{label, "buyer", POST, "orders", "{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":" units "}]}", \
	 201,   FINE},                                                                                                           \
	        {NULL, "buyer", POST, "orders/{" label ".id}/submit", "{\"version\":1}", 200, FINE},                             \
	        {NULL, "central", POST, "orders/{" label ".id}/approve", "{\"version\":2}", 200, FINE},                          \
	        {NULL, "buyer", POST, "orders/{" label ".id}/send", "{\"version\":3}", 200, FINE},                               \
	        {label "v", "buyer", GET, "orders/{" label ".id}", NULL, 200, FINE},                                             \
	        {label "r", "receiver", POST, "receipts",                                                                        \
	         "{\"order_id\":\"{" label ".id}\",\"lines\":[{\"order_line_id\":\"{" label "v.lines.0.id}\",\"lot\":\"" label            \
	         "\",\"expiry_ymd\":20280101,\"units\":" units "}]}",                                                             \
	         201, FINE},                                                                                                     \
	        {NULL, "inspector", POST, "receipts/{" label "r.id}/inspect", "{\"version\":1}", 200, FINE},                     \
	{                                                                                                                        \
		NULL, "inspector", POST, "receipts/{" label "r.id}/post", "{\"version\":2}", 200, FINE                           \
	}
#define CLAUSE(supplier, given)                                                                                           \
	{NULL, "central", POST, "price-clauses",                                                                          \
	 "{\"supplier_id\":\"{" supplier "}\",\"from_ymd\":20260101,\"given\":" given ",\"source\":\"合同第 8 条\"}", 201, FINE}
/* RULE DOMAIN-12.3-price-claim: from every supplier whose contract gives it, and from no other. */
static const struct step claim_steps[] = {
        BOUGHT("one", "supplier", "100"),
        BOUGHT("two", "calm", "50"),
        BOUGHT("three", "warned", "20"),
        CLAUSE("supplier", "true"),
        CLAUSE("calm", "true"),
        CLAUSE("warned", "false"),
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "8", "\"from_ymd\":20261121"), 201, FINE},
        {"a", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{glucose}\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 200, FINE},
};
#define INVOICE(no, gross, more)                                                                                           \
	"{\"invoice_no\":\"" no "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"" gross              \
	"\",\"tax\":\"0\",\"gross\":\"" gross "\"," more "\"lines\":[{\"product_id\":\"{glucose}\",\"amount\":\"" gross "\",\"units\":"
static const struct step claimed_steps[] = {
        {"c",
         "finance",
         GET,
         "price-claims?adjustment_id={a.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.1.supplier_id={supplier}", "rows.1.amount=5.00", "rows.1.units=100", "rows.0.supplier_id={calm}",
          "rows.0.amount=2.50", "rows.0.state=open"},
         NULL},
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"lines.0.claim_units=150", "lines.0.claim_amount=7.50"},
         NULL},
        {NULL, "finance", GET, "today", NULL, 200, NULL, {"~price_claims\",\"title\":\"未了结的调价补差\",\"count\":2"}, NULL},
        {"blue", "finance", POST, "invoices", INVOICE("25342000000012345671", "85.00", "") "100}]}", 201, FINE},
        {NULL, "finance", POST, "invoices/{blue.id}/match", "{\"version\":1}", 200, FINE},
        {"red", "finance", POST, "invoices",
         INVOICE("25342000000012345672", "5.00", "\"red_of_id\":\"{blue.id}\",\"red_kind\":\"allowance\",") "0}]}", 201, FINE},
        {NULL, "finance", POST, "price-claims/{c.rows.1.id}/settle", "{\"version\":1,\"invoice_id\":\"{blue.id}\"}", 422,
         "INVALID_FIELD", {"errors.0.field=invoice_id"}, NULL},
        {NULL, "finance", POST, "price-claims/{c.rows.1.id}/settle", "{\"version\":1,\"invoice_id\":\"{red.id}\"}", 422,
         "INVALID_FIELD", {"~不是已匹配入账的补差红字发票"}, NULL},
        {NULL, "finance", POST, "invoices/{red.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", POST, "price-claims/{c.rows.0.id}/settle", "{\"version\":1,\"invoice_id\":\"{red.id}\"}", 422,
         "INVALID_FIELD", {"~不是该供应商的发票"}, NULL},
        {NULL, "finance", POST, "price-claims/{c.rows.1.id}/settle", "{\"version\":2,\"invoice_id\":\"{red.id}\"}", 409,
         "STALE_VERSION", {NULL}, NULL},
        {NULL, "finance", POST, "price-claims/{c.rows.1.id}/settle", "{\"version\":1,\"invoice_id\":\"{red.id}\"}", 200, NULL,
         {"state=settled", "version=2"}, NULL},
        {NULL, "finance", POST, "price-claims/{c.rows.1.id}/settle", "{\"version\":2,\"invoice_id\":\"{red.id}\"}", 409,
         "WRONG_STATE", {NULL}, NULL},
        {NULL, "chief", POST, "price-claims/{c.rows.0.id}/waive", "{\"version\":1,\"note\":\"金额小, 双方同意\"}", 200, NULL,
         {"state=waived"}, NULL},
        {NULL, "finance", GET, "price-claims?state=open", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "finance", GET, "price-claims?state=settled", NULL, 200, NULL,
         {"rows#1", "rows.0.invoice_no=25342000000012345672", "rows.0.settled_by=finance"}, NULL},
};

static void every_supplier_pays_by_his_contract(void)
{
	struct world *w = world_new();
	PLAY(w, claim_steps);
	world_write(w, effect_job, NULL);
	PLAY(w, claimed_steps);
	world_replay(w);
	world_end(w);
}

/* ---- 四同, and the margin of decoction pieces ---- */

static enum status more_products(struct tx *tx, void *arg)
{
	struct world *w = arg;
	int64_t id = 0;
	bool added = false;
	struct new_product in = {.code = "X012",
	                         .drug_name = "葡萄糖注射液",
	                         .form = "剂",
	                         .strength = "1g",
	                         .drug_class = "western",
	                         .name = "葡萄糖注射液",
	                         .spec = "1g×20",
	                         .maker = "演示药厂",
	                         .unit_name = "粒",
	                         .pack_name = "盒",
	                         .units_per_pack = 20,
	                         .units_per_box = 200,
	                         .units_per_case = 2000,
	                         .storage = "normal",
	                         .warn_days = 180};
	tx->action = "test.products";
	enum status st = product_put(tx, &in, &id, &added);
	world_name_id(w, "twenty", id);
	in.code = "X013";
	in.drug_name = in.name = "黄芪";
	in.drug_class = "decoction";
	if (st == ST_OK)
		st = product_put(tx, &in, &id, &added);
	world_name_id(w, "huangqi", id);
	return st;
}

/* RULE DOMAIN-6-four-same RULE DOMAIN-12.3-zero-margin */
static const struct step spread_steps[] = {
        /* 17.00 for twenty is 8.50 for ten: the same price */
        {"t", "central", POST, "prices", FACT("listed", "twenty", "17", "\"from_ymd\":20261101"), 201, FINE},
        {NULL, "central", GET, "price-spread", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "central", POST, "prices", FACT("selected", "twenty", "10", "\"from_ymd\":20261101"), 201, FINE},
        {NULL,
         "central",
         GET,
         "price-spread",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.over_percent=70", "rows.0.lowest_code=X012", "rows.1.over_percent=0", "rows.1.rule=selected"},
         NULL},
        {NULL, "central", POST, "prices", FACT("listed", "huangqi", "10", "\"from_ymd\":20261101"), 201, FINE},
        {NULL, "central", POST, "price-settings", "{\"decoction_margin_percent\":26}", 422, "INVALID_FIELD", {NULL}, NULL},
        {NULL, "buyer", POST, "price-settings", "{\"decoction_margin_percent\":20}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "central", POST, "price-settings", "{\"decoction_margin_percent\":20}", 200, FINE},
        {NULL, "central", GET, "price-settings", NULL, 200, NULL, {"decoction_margin_percent=20"}, NULL},
        {NULL,
         "central",
         POST,
         "price-adjustments",
         "{\"lines\":[{\"product_id\":\"{huangqi}\",\"price\":\"12.01\"}]}",
         422,
         "OVER_MARGIN",
         {NULL},
         NULL},
        {"a", "central", POST, "price-adjustments", "{\"lines\":[{\"product_id\":\"{huangqi}\"},{\"product_id\":\"{glucose}\"}]}",
         201, FINE},
        {NULL,
         "central",
         GET,
         "price-adjustments/{a.id}",
         NULL,
         200,
         NULL,
         {"lines.0.price=12.00", "lines.0.margin_percent=20", "lines.1.price=8.50", "lines.1.margin_percent=0"},
         NULL},
        {NULL,
         "central",
         PATCH,
         "price-adjustments/{a.id}",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{unlisted}\"}]}",
         422,
         "NO_LISTED_PRICE",
         {NULL},
         NULL},
        {NULL, "central", PATCH, "price-adjustments/{a.id}",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{huangqi}\",\"price\":\"11\"}]}", 200, FINE},
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, NULL, {"lines#1", "lines.0.price=11.00"}, NULL},
};

static void the_same_drug_at_two_prices_and_the_margin_of_pieces(void)
{
	struct world *w = world_new();
	world_write(w, more_products, w);
	PLAY(w, spread_steps);
	world_end(w);
}

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
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "0.86", "\"units_per_pack\":1,\"from_ymd\":20261121"), 422,
         "SELECTED_OVER_CEILING", {NULL}, NULL},
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
        {NULL, "central", POST, "prices", FACT("selected", "glucose", "8.3", "\"from_ymd\":20261121"), 422,
         "SELECTED_OVER_CEILING", {NULL}, NULL},
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
        {NULL, "buyer", POST, "orders", ORDER("glucose", "10", ""), 422, "SELECTED_OVER_CEILING",
         {"errors.0.field=lines[0].product_id", "~中选价 8.20 元高于现行挂网价 7.99 元, 请核对平台"}, NULL},
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
        {NULL, "central", POST, "prices/{low.id}/end", "{\"to_ymd\":20261120,\"reason\":\"再来\"}", 422, "PRICE_CONFLICT", {NULL},
         NULL},
        {NULL, "central", GET, "products/{glucose}/price-rule", NULL, 200, NULL, {"orderable=true", "ceiling_price=8.50"}, NULL},
        {NULL, "central", POST, "orders/{p.id}/approve", "{\"version\":2}", 200, FINE},
        /* the ceiling of another pack: 0.84 a unit is 8.40 for ten, everywhere */
        {NULL, "central", POST, "prices", FACT("listed", "glucose", "0.84", "\"units_per_pack\":1,\"from_ymd\":20261121"), 201,
         FINE},
        {NULL, "central", GET, "products/{glucose}/price-rule", NULL, 200, NULL, {"ceiling_price=8.40", "trade_price=8.20"}, NULL},
        {NULL, "central", GET, "products?code=X002", NULL, 200, NULL, {"rows.0.ceiling_price=8.40", "rows.0.trade_price=8.20"},
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
        {NULL, "central", GET, "prices?product_id={amoxicillin}", NULL, 200, NULL,
         {"rows#3", "rows.0.to_ymd=null", "rows.0.end_reason=null", "rows.2.to_ymd=20291231"}, NULL},
};

static void what_is_taken_back_leaves_no_gap(void)
{
	struct world *w = world_new();
	PLAY(w, back_steps);
	world_end(w);
}

SUITE(price, {"the_rule_of_the_day_and_why", the_rule_of_the_day_and_why},
      {"agreed_prices_and_periods", agreed_prices_and_periods}, {"a_filing_is_the_only_door", a_filing_is_the_only_door},
      {"bargaining_writes_agreed_prices", bargaining_writes_agreed_prices},
      {"a_falling_ceiling_flags_what_is_under_way", a_falling_ceiling_flags_what_is_under_way},
      {"stock_is_counted_at_the_moment_and_once", stock_is_counted_at_the_moment_and_once},
      {"every_supplier_pays_by_his_contract", every_supplier_pays_by_his_contract},
      {"a_selected_price_is_held_to_the_ceiling", a_selected_price_is_held_to_the_ceiling},
      {"what_is_taken_back_leaves_no_gap", what_is_taken_back_leaves_no_gap},
      {"the_same_drug_at_two_prices_and_the_margin_of_pieces", the_same_drug_at_two_prices_and_the_margin_of_pieces});
