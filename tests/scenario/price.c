/* The unified price through the API: rules of a day, the door of a filing, bargaining, falling ceilings, price changes. */
#include "tests/scenario/price.h"

#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/issue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status turn_job(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test.turn";
	price_flags_daily(tx);
	while (price_turn_catch_up(tx, 7) > 0)
		;
	return ST_OK;
}

void take_turns(struct world *w)
{
	world_write(w, turn_job, NULL);
}

static enum status effect_job(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

void take_effect(struct world *w)
{
	world_write(w, effect_job, NULL);
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
        {NULL,
         "central",
         POST,
         "prices",
         FACT("listed", "glucose", "8", "\"from_ymd\":20261121"),
         201,
         NULL,
         {NULL},
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
        {NULL,
         "central",
         POST,
         "prices/{agreed}/end",
         "{\"to_ymd\":20261101,\"reason\":\"x\"}",
         422,
         "INVALID_FIELD",
         {NULL},
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
        {NULL,
         "central",
         POST,
         "prices/{agreed}/end",
         "{\"to_ymd\":20261201,\"reason\":\"x\"}",
         422,
         "PRICE_CONFLICT",
         {NULL},
         NULL},
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
        /* RULE DOMAIN-12.3-price-taken-back: one that has not begun is taken back, what it closed holds again; it may come again
         */
        {NULL, "central", POST, "prices/{soon.id}/end", "{\"to_ymd\":20261121,\"reason\":\"录错\"}", 200, FINE},
        {NULL, "central", GET, "products/{glucose}/price-rule?on_ymd=20261205", NULL, 200, NULL, {"price=6.00"}, NULL},
        {NULL,
         "central",
         GET,
         "price-changes?since=20261205",
         NULL,
         200,
         NULL,
         {"rows.0.end_reason=录错", "rows.0.ended_by=central"},
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
        /* written by the only one who could review it beside him who approves */
        {"stuck", "central", POST, "filings", FILING, 201, FINE},
        {NULL, "central", POST, "filings/{stuck.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", GET, "filings/{stuck.id}", NULL, 200, NULL, {"reviewers=null"}, NULL},
        {NULL, "chief", POST, "filings/{stuck.id}/review", "{\"version\":2}", 422, "NO_APPROVER_LEFT", {"~由采购员另建"}, NULL},
        {NULL, "chief", POST, "filings/{stuck.id}/return", "{\"version\":2,\"note\":\"另建\"}", 200, FINE},
        {"f", "buyer", POST, "filings", FILING, 201, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/review", "{\"version\":2}", 403, "FORBIDDEN", {NULL}, NULL},
        /* the only one who could approve does not review; who may is told */
        {NULL, "buyer", GET, "filings/{f.id}", NULL, 200, NULL, {"reviewers=central"}, NULL},
        {NULL,
         "chief",
         POST,
         "filings/{f.id}/review",
         "{\"version\":2}",
         422,
         "NO_APPROVER_LEFT",
         {"~请由 central 审核, 您来批准"},
         NULL},
        {NULL, "central", POST, "filings/{f.id}/return", "{\"version\":2,\"note\":\"重审\"}", 200, FINE},
        {NULL, "buyer", POST, "filings/{f.id}/submit", "{\"version\":3}", 200, FINE},
        {NULL, "central", GET, "today", NULL, 200, NULL, {"~备案采购待审核\",\"count\":1"}, NULL},
        {NULL, "central", POST, "filings/{f.id}/review", "{\"version\":4}", 200, FINE},
        {NULL, "central", GET, "today", NULL, 200, NULL, {"~备案采购待审核\",\"count\":0"}, NULL},
        {NULL, "chief", GET, "today", NULL, 200, NULL, {"~备案采购待批准\",\"count\":1"}, NULL},
        {NULL, "chief", POST, "filings/{f.id}/approve", "{\"version\":5}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("unlisted", "10", ""), 422, "NO_LISTED_PRICE", {NULL}, NULL},
        {NULL, "buyer", POST, "filings/{f.id}/file", "{\"version\":6}", 422, "INVALID_FIELD", {"errors.0.field=filing_no"}, NULL},
        {NULL, "buyer", POST, "filings/{f.id}/file", "{\"version\":6,\"filing_no\":\"皖备 2026-11\"}", 200, FINE},
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
        {NULL,
         "central",
         GET,
         "price-savings",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.amount=60.00", "rows.0.ceiling_amount=0.00", "rows.0.unlisted_amount=60.00", "rows.0.saved=0.00"},
         NULL},
        {NULL, "central", GET, "filings/{f.id}", NULL, 200, NULL, {"used_units=20", "orders#3", "filing_no=皖备 2026-11"}, NULL},
        {NULL, "central", POST, "filings/{f.id}/close", "{\"version\":7,\"note\":\"恢复挂网\"}", 200, FINE},
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
        {NULL,
         "central",
         PATCH,
         "negotiations/{n.id}",
         TALK(MEMBERS3 ",{\"name\":\" 甲　\"}", QUOTE("supplier", "11", ",\"chosen\":true")) ",\"version\":1}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=members[3].name"},
         NULL},
        {NULL,
         "central",
         PATCH,
         "negotiations/{n.id}",
         TALK("{\"name\":\"张 三\"},{\"name\":\"张三\"},{\"name\":\"李四\"}",
              QUOTE("supplier", "11", ",\"chosen\":true")) ",\"version\":1}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=members[1].name"},
         NULL},
        {NULL,
         "central",
         PATCH,
         "negotiations/{n.id}",
         TALK(MEMBERS3, QUOTE("supplier", "0", "")) ",\"version\":1}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].quotes[0].price"},
         NULL},
        /* RULE DOMAIN-12.3-bargaining-quotes */
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3, QUOTE("supplier", "13", ",\"chosen\":true")) ",\"version\":1}", 200, FINE},
        {NULL,
         "central",
         POST,
         "negotiations/{n.id}/submit",
         "{\"version\":2}",
         422,
         "REASON_MISSING",
         {"errors.0.field=lines[0].single_reason"},
         NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3 ",{\"name\":\" chief \",\"recused\":true}",
              QUOTE("supplier", "13", ",\"chosen\":true") "," QUOTE("calm", "13.5", "")) ",\"version\":2}",
         200, FINE},
        {NULL, "central", POST, "negotiations/{n.id}/submit", "{\"version\":3}", 422, "AGREED_OVER_CEILING", {NULL}, NULL},
        {NULL, "central", PATCH, "negotiations/{n.id}",
         TALK(MEMBERS3 ",{\"name\":\"药剂科主任 chief \",\"recused\":true}",
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
        {NULL,
         "central",
         GET,
         "price-savings",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.saved=0.00", "rows.0.amount=34.00", "rows.0.unlisted_amount=0.00"},
         NULL},
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

SUITE(price, {"the_rule_of_the_day_and_why", the_rule_of_the_day_and_why},
      {"agreed_prices_and_periods", agreed_prices_and_periods}, {"a_filing_is_the_only_door", a_filing_is_the_only_door},
      {"bargaining_writes_agreed_prices", bargaining_writes_agreed_prices},
      {"a_falling_ceiling_flags_what_is_under_way", a_falling_ceiling_flags_what_is_under_way});
