/* The catalogue's rules through the API: what the committee decides, what a branch may ask for. */
#include "tests/harness.h"
#include "tests/scenario/world.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/intake/intake.h"

#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define REFUSED(status, code) status, code, {NULL}, NULL

#define NEW_DRUG                                                                                                                    \
	"{\"field\":\"code\",\"value\":\"N001\"},{\"field\":\"name\",\"value\":\"达格列净片\"},{\"field\":\"form\",\"value\":" \
	"\"片剂\"},"                                                                                                              \
	"{\"field\":\"strength\",\"value\":\"10mg\"},{\"field\":\"spec\",\"value\":\"10mg×14片\"},{\"field\":\"maker\","          \
	"\"value\":\"丁厂\"},"                                                                                                    \
	"{\"field\":\"unit_name\",\"value\":\"片\"},{\"field\":\"pack_name\",\"value\":\"盒\"},{\"field\":\"units_per_pack\","    \
	"\"value\":\"14\"},"                                                                                                        \
	"{\"field\":\"approval_no\",\"value\":\"国药准字H20990001\"},{\"field\":\"level.county\",\"value\":\"1\"}"
#define THREE                                                                                                              \
	"{\"name\":\"甲\",\"vote\":\"for\"},{\"name\":\"乙\",\"vote\":\"for\"},{\"name\":\"丙\",\"vote\":\"against\"}," \
	"{\"name\":\"李主任\",\"recused\":true,\"why\":\"申请人\"}"
/* RULE DOMAIN-12.3-minutes */
#define MINUTES(label)                                                                                                     \
	{                                                                                                                  \
		NULL, "chief", POST, "attachments?owner_kind=catalogue_change.minutes&owner_id={" label ".id}&name=m.txt", \
		        "minutes", 201, FINE                                                                               \
	}
#define DECIDE "{\"version\":3,\"meeting_ymd\":20261120,\"minutes\":\"同意\",\"members\":[" THREE "]}"

/* RULE DOMAIN-12.3-committee, RULE DOMAIN-12.3-meeting-day, RULE DOMAIN-6-level-lists: from an application to a product that its
 * level may ask for. */
static const struct step admission_steps[] = {
        {NULL, "east_user", POST, "catalogue-changes",
         "{\"what\":\"admission\",\"applicant\":\"李主任\",\"reason\":\"慢病\",\"fields\":[{\"field\":\"colour\",\"value\":"
         "\"red\"}]}",
         REFUSED(422, "INVALID_FIELD")},
        {"m", "east_user", POST, "catalogue-changes",
         "{\"what\":\"admission\",\"applicant\":\"李主任\",\"reason\":\"慢病\",\"fields\":[" NEW_DRUG "]}", 201, FINE},
        {NULL, "east_user", POST, "catalogue-changes/{m.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "east_user", POST, "catalogue-changes/{m.id}/prepare", "{\"version\":2}", REFUSED(403, "FORBIDDEN")},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/prepare", "{\"version\":2,\"from_ymd\":20261001}",
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/prepare", "{\"version\":2}", 200, FINE},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/execute", "{\"version\":3}", REFUSED(409, "WRONG_STATE")},
        /* who applied has no vote, too few are no committee, no minutes are no decision */
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":20261120,\"minutes\":\"x\",\"members\":[{\"name\":\"李主任\",\"vote\":\"for\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=members[0].name"},
         NULL},
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":20261120,\"minutes\":\"x\",\"members\":[{\"name\":\"甲\",\"vote\":\"for\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=members"},
         NULL},
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":20261120,\"members\":[" THREE "]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=minutes"},
         NULL},
        /* a meeting of another age, or of tomorrow */
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":19000101,\"minutes\":\"同意\",\"members\":[" THREE "]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=meeting_ymd", "~20260823 到 20261121"},
         NULL},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":20260822,\"minutes\":\"同意\",\"members\":[" THREE "]}", REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":20261122,\"minutes\":\"同意\",\"members\":[" THREE "]}", REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/decide",
         "{\"version\":3,\"meeting_ymd\":20260823,\"minutes\":\"同意\",\"members\":[" THREE "]}",
         REFUSED(422, "MINUTES_MISSING")},
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{m.id}/decide",
         DECIDE,
         422,
         "MINUTES_MISSING",
         {"errors.0.field=minutes"},
         NULL},
        /* any other paper is no minutes */
        {NULL, "chief", POST, "attachments?owner_kind=catalogue_change&owner_id={m.id}&name=x.txt", "x", 201, FINE},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/decide", DECIDE, 422, "MINUTES_MISSING", {NULL}, NULL},
        {NULL, "west_user", POST, "attachments?owner_kind=catalogue_change.minutes&owner_id={m.id}&name=m.txt", "m",
         REFUSED(404, "NOT_FOUND")},
        MINUTES("m"),
        {NULL, "chief", POST, "catalogue-changes/{m.id}/decide", DECIDE, 200, NULL, {"state=decided"}, NULL},
        {NULL, "chief", POST, "catalogue-changes/{m.id}/execute", "{\"version\":4}", 200, NULL, {"state=executed"}, NULL},
        {"done", "chief", GET, "catalogue-changes/{m.id}", NULL, 200, NULL, {"members#4", "what=admission"}, NULL},
        {NULL, "chief", GET, "products/{done.product_id}", NULL, 200, NULL, {"levels#1", "levels.0.level=county"}, NULL},
        /* on the county's list only */
        {NULL,
         "east_user",
         POST,
         "requests",
         "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10},{\"product_id\":\"{done.product_id}\",\"units\":14}]}",
         422,
         "NOT_IN_LIST",
         {"errors.0.row=2", "errors.0.field=lines[1].product_id"},
         NULL},
        {NULL, "keeper", POST, "requests", "{\"lines\":[{\"product_id\":\"{done.product_id}\",\"units\":14}]}", 201, FINE},
        /* a change puts it on the township's list from a day on */
        {"c", "east_user", POST, "catalogue-changes",
         "{\"what\":\"change\",\"product_id\":\"{done.product_id}\",\"applicant\":\"王医生\",\"reason\":\"下沉\",\"from_ymd\":"
         "20261125,"
         "\"fields\":[{\"field\":\"level.township\",\"value\":\"1\"},{\"field\":\"maker\",\"value\":\"戊厂\"}]}",
         201, FINE},
        {NULL, "east_user", POST, "catalogue-changes/{c.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "catalogue-changes/{c.id}/prepare", "{\"version\":2}", 200, FINE},
        MINUTES("c"),
        {NULL, "chief", POST, "catalogue-changes/{c.id}/decide", DECIDE, 200, NULL, {"state=decided"}, NULL},
        {NULL, "chief", POST, "catalogue-changes/{c.id}/execute", "{\"version\":4}", 200, NULL, {"state=scheduled"}, NULL},
};
static const struct step on_its_day_steps[] = {
        {NULL, "chief", GET, "catalogue-changes/{c.id}", NULL, 200, NULL, {"state=executed"}, NULL},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{done.product_id}\",\"units\":14}]}", 201, FINE},
        {NULL, "village_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{done.product_id}\",\"units\":14}]}",
         REFUSED(422, "NOT_IN_LIST")},
        {NULL,
         "chief",
         GET,
         "product-history?product_id={done.product_id}",
         NULL,
         200,
         NULL,
         {"rows#3", "~戊厂", "~level.township", "rows.0.from_ymd=20261125"},
         NULL},
        {NULL, "chief", GET, "level-summary", NULL, 200, NULL, {"levels#3", "not_in_county#0"}, NULL},
};

SQL(keep_sessions, "UPDATE session SET ends_at_ms = ends_at_ms + :ms /*scan: a test*/");

/* Days go by; nobody has to sign in again. */
static enum status pass_days(struct tx *tx, void *arg)
{
	tx->action = "test";
	db_exec(tx, keep_sessions, I64(":ms", *(int64_t *)arg));
	return ST_OK;
}

static void days_later(struct world *w, int64_t days)
{
	int64_t ms = days * CLOCK_DAY_MS;
	world_write(w, pass_days, &ms);
	w->service.clock.fixed_ms += ms;
}

static enum status take_due(struct tx *tx, void *arg)
{
	tx->action = "catalogue.day";
	*(int64_t *)arg = change_take_due(tx);
	return ST_OK;
}

/* RULE DOMAIN-12.3-change-on-its-day: not before its day, then once. */
static void committee_admits_a_product(void)
{
	int64_t done = -1;
	struct world *w = world_new();
	PLAY(w, admission_steps);
	world_write(w, take_due, &done);
	CU_ASSERT_EQUAL(done, 0);
	days_later(w, 4);
	world_write(w, take_due, &done);
	CU_ASSERT_EQUAL(done, 1);
	world_write(w, take_due, &done);
	CU_ASSERT_EQUAL(done, 0);
	PLAY(w, on_its_day_steps);
	world_end(w);
}

#define VOTE(n) "{\"version\":" n ",\"meeting_ymd\":20261120,\"minutes\":\"x\",\"members\":["
static const struct step stop_steps[] = {
        {"r", "central", POST, "catalogue-changes",
         "{\"what\":\"replacement\",\"product_id\":\"{amoxicillin}\",\"other_product_id\":\"{glucose}\",\"applicant\":\"采购组\","
         "\"reason\":"
         "\"换代\"}",
         201, FINE},
        {NULL, "central", POST, "catalogue-changes/{r.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "catalogue-changes/{r.id}/prepare", "{\"version\":2}", 200, FINE},
        MINUTES("r"),
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{r.id}/decide",
         VOTE("3") "{\"name\":\"甲\",\"vote\":\"for\"},{\"name\":\"乙\",\"vote\":\"against\"},{\"name\":\"丙\",\"vote\":"
                   "\"abstain\"}]}",
         200,
         NULL,
         {"state=rejected"},
         NULL},
        {"r", "central", POST, "catalogue-changes",
         "{\"what\":\"replacement\",\"product_id\":\"{amoxicillin}\",\"other_product_id\":\"{glucose}\",\"applicant\":\"采购组\","
         "\"reason\":"
         "\"换代\"}",
         201, FINE},
        {NULL, "central", POST, "catalogue-changes/{r.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "catalogue-changes/{r.id}/prepare", "{\"version\":2}", 200, FINE},
        MINUTES("r"),
        {NULL,
         "chief",
         POST,
         "catalogue-changes/{r.id}/decide",
         VOTE("3") "{\"name\":\"甲\",\"vote\":\"for\"},{\"name\":\"乙\",\"vote\":\"for\"},{\"name\":\"丙\",\"vote\":\"abstain\"}]"
                   "}",
         200,
         NULL,
         {"state=decided"},
         NULL},
        {NULL, "chief", POST, "catalogue-changes/{r.id}/execute", "{\"version\":4}", 200, NULL, {"state=executed"}, NULL},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24}]}",
         REFUSED(422, "PRODUCT_STOPPED")},
        {NULL, "east_user", GET, "products/{amoxicillin}", NULL, 200, NULL, {"active=false", "substitutes.0.way=decision"}, NULL},
        {NULL, "chief", POST, "substitutes",
         "{\"product_id\":\"{insulin}\",\"other_id\":\"{insulin}\",\"units\":1,\"other_units\":1,\"decision\":\"x\"}",
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", POST, "substitutes",
         "{\"product_id\":\"{insulin}\",\"other_id\":\"{unlisted}\",\"both_ways\":true,\"units\":1,\"other_units\":10,"
         "\"decision\":\"x\"}",
         201, FINE},
        /* the pair stands once, from whichever side */
        {NULL, "chief", POST, "substitutes",
         "{\"product_id\":\"{insulin}\",\"other_id\":\"{unlisted}\",\"units\":1,\"other_units\":1,\"decision\":\"x\"}",
         REFUSED(409, "ALREADY_EXISTS")},
        {NULL, "chief", POST, "substitutes",
         "{\"product_id\":\"{unlisted}\",\"other_id\":\"{insulin}\",\"units\":1,\"other_units\":1,\"decision\":\"x\"}",
         REFUSED(409, "ALREADY_EXISTS")},
        {NULL,
         "east_user",
         GET,
         "products/{unlisted}",
         NULL,
         200,
         NULL,
         {"substitutes.0.units=10", "substitutes.0.other_units=1"},
         NULL},
        /* found from either side, and ended from today on */
        {"s", "chief", GET, "substitutes?of_id={unlisted}", NULL, 200, NULL, {"rows#1", "rows.0.product_id={insulin}"}, NULL},
        {NULL, "east_user", POST, "substitutes/{s.rows.0.id}/end", "{}", REFUSED(403, "FORBIDDEN")},
        {NULL, "chief", POST, "substitutes/{s.rows.0.id}/end", "{}", 200, FINE},
        {NULL, "chief", POST, "substitutes/{s.rows.0.id}/end", "{}", REFUSED(404, "NOT_FOUND")},
        {NULL, "east_user", GET, "products/{unlisted}", NULL, 200, NULL, {"substitutes#0"}, NULL},
};

/* RULE DOMAIN-6.1-substitute */
static void replacement_leaves_an_heir(void)
{
	struct world *w = world_new();
	PLAY(w, stop_steps);
	world_end(w);
}

/* ---- what a branch may ask for ---- */

static const struct step controlled_steps[] = {
        {NULL, "chief", POST, "products/{insulin}/flags", "{\"flag\":\"controlled\",\"value\":\"narcotic\",\"source\":\"目录\"}",
         200, FINE},
        {NULL, "chief", POST, "products/{insulin}/flags", "{\"flag\":\"controlled\",\"value\":\"strong\",\"source\":\"目录\"}",
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{insulin}\",\"units\":1}]}",
         REFUSED(422, "NO_ENTITLEMENT")},
        {NULL, "chief", POST, "entitlements",
         "{\"site_id\":\"{east}\",\"kind\":\"seal_card\",\"number\":\"K1\",\"from_ymd\":20250101,\"to_ymd\":20261120}", 201,
         FINE},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{insulin}\",\"units\":1}]}",
         REFUSED(422, "NO_ENTITLEMENT")},
        {"k", "chief", POST, "entitlements",
         "{\"site_id\":\"{east}\",\"kind\":\"seal_card\",\"number\":\"K2\",\"from_ymd\":20261121,\"to_ymd\":20261121}", 201,
         FINE},
        {"q", "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{insulin}\",\"units\":1}]}", 201, FINE},
        {NULL, "west_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{insulin}\",\"units\":1}]}",
         REFUSED(422, "NO_ENTITLEMENT")},
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{insulin}\",\"lot\":\"I1\",\"expiry_ymd\":20280101,\"units\":9}]}",
         201, FINE},
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":2}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "chief", POST, "entitlements/{k.id}/end", "{}", 200, FINE},
        /* what was picked while the card held does not leave without one */
        {NULL,
         "central",
         POST,
         "shipments/{s.id}/ship",
         "{\"version\":3,\"seal_no\":\"F1\"}",
         422,
         "NO_ENTITLEMENT",
         {"errors.0.field=lines[0].product_id", "~印鉴卡"},
         NULL},
        {"k2", "chief", POST, "entitlements",
         "{\"site_id\":\"{east}\",\"kind\":\"seal_card\",\"number\":\"K3\",\"from_ymd\":20261121,\"to_ymd\":20261121}", 201,
         FINE},
        {NULL, "central", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F1\"}", 200, FINE},
        {NULL, "chief", POST, "entitlements/{k2.id}/end", "{}", 200, FINE},
        /* looked at again when it is submitted */
        {NULL, "east_user", POST, "requests/{q.id}/submit", "{\"version\":1}", REFUSED(422, "NO_ENTITLEMENT")},
        {NULL, "west_user", GET, "entitlements", NULL, 200, NULL, {"rows#0"}, NULL},
};

/* RULE DOMAIN-12.5-seal-card */
static void controlled_drugs_need_a_card(void)
{
	struct world *w = world_new();
	PLAY(w, controlled_steps);
	world_end(w);
}

#define ASK(user, product, status, code)                                                                                     \
	{                                                                                                                    \
		NULL, user, POST, "requests", "{\"lines\":[{\"product_id\":\"{" product "}\",\"units\":10}]}", status, code, \
		        {NULL}, NULL                                                                                         \
	}
#define FLAG(product, flag, value)                                                                       \
	{                                                                                                \
		NULL, "chief", POST, "products/{" product "}/flags",                                     \
		        "{\"flag\":\"" flag "\",\"value\":\"" value "\",\"source\":\"目录\"}", 200, FINE \
	}
static const struct step antibiotic_steps[] = {
        FLAG("amoxicillin", "antibiotic", "restricted"),
        ASK("east_user", "amoxicillin", 422, "LEVEL_FORBIDS"),
        FLAG("amoxicillin", "essential", "yes"),
        ASK("east_user", "amoxicillin", 201, NULL),
        ASK("village_user", "amoxicillin", 422, "LEVEL_FORBIDS"),
        ASK("keeper", "amoxicillin", 201, NULL),
        FLAG("amoxicillin", "antibiotic", "special"),
        ASK("east_user", "amoxicillin", 422, "LEVEL_FORBIDS"),
        ASK("keeper", "amoxicillin", 201, NULL),
        FLAG("amoxicillin", "antibiotic", "unrestricted"),
        ASK("village_user", "amoxicillin", 201, NULL),
        FLAG("unlisted", "ephedrine", "yes"),
        {NULL, "chief", POST, "catalogue-settings/4/set", "{\"value\":2}", 200, FINE},
        {NULL, "village_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{unlisted}\",\"units\":21}]}",
         REFUSED(422, "OVER_LIMIT")},
        {NULL, "village_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{unlisted}\",\"units\":20}]}", 201, FINE},
        {NULL, "central", POST, "products/{unlisted}/flags", "{\"flag\":\"cold_chain\",\"value\":\"yes\",\"source\":\"x\"}",
         REFUSED(422, "INVALID_FIELD")},
        FLAG("amoxicillin", "high_alert", "A"),
        {NULL,
         "east_user",
         GET,
         "products?code=X001",
         NULL,
         200,
         NULL,
         {"rows.0.high_alert=A", "rows.0.antibiotic=unrestricted", "rows.0.essential=true"},
         NULL},
};

/* RULE DOMAIN-12.3-antibiotic-levels, RULE DOMAIN-12.3-ephedrine, RULE DOMAIN-12.3-cold-flag */
static void grades_bind_the_levels(void)
{
	struct world *w = world_new();
	PLAY(w, antibiotic_steps);
	world_end(w);
}

/* ---- 临时采购 ---- */

static const struct step off_list_steps[] = {
        {"o", "central", POST, "catalogue-changes",
         "{\"what\":\"change\",\"product_id\":\"{glucose}\",\"applicant\":\"王\",\"reason\":\"x\",\"fields\":[{\"field\":\"level."
         "township\","
         "\"value\":\"0\"}]}",
         201, FINE},
        {NULL, "central", POST, "catalogue-changes/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "catalogue-changes/{o.id}/prepare", "{\"version\":2}", 200, FINE},
        MINUTES("o"),
        {NULL, "chief", POST, "catalogue-changes/{o.id}/decide", DECIDE, 200, FINE},
        {NULL, "chief", POST, "catalogue-changes/{o.id}/execute", "{\"version\":4}", 200, FINE},
        {NULL, "chief", POST, "catalogue-settings/2/set", "{\"value\":1}", 200, FINE},
};
#define EXCEPTION(product, units) \
	"{\"product_id\":\"{" product "}\",\"units\":" units ",\"until_ymd\":20261123,\"cause\":\"specialist\"}"
#define LASTING(until) "{\"product_id\":\"{glucose}\",\"units\":9,\"until_ymd\":" until ",\"cause\":\"patient\"}"
static const struct step exception_steps[] = {
        {NULL, "east_user", POST, "exceptions", EXCEPTION("amoxicillin", "20"), REFUSED(422, "INVALID_FIELD")},
        {"x", "east_user", POST, "exceptions", EXCEPTION("glucose", "30"), 201, FINE},
        ASK("east_user", "glucose", 422, "NOT_IN_LIST"),
        {NULL, "east_user", POST, "exceptions/{x.id}/approve", "{\"version\":1}", REFUSED(403, "FORBIDDEN")},
        {NULL, "chief", POST, "exceptions/{x.id}/approve", "{\"version\":1,\"units\":31}", REFUSED(422, "INVALID_FIELD")},
        /* one that counts once lasts a year at most */
        {NULL, "chief", POST, "exceptions/{x.id}/approve", "{\"version\":1,\"until_ymd\":20271121}",
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "east_user", POST, "exceptions", LASTING("20271121"), REFUSED(422, "INVALID_FIELD")},
        {"l", "west_user", POST, "exceptions", LASTING("20271120"), 201, FINE},
        {NULL, "west_user", POST, "exceptions/{l.id}/cancel", "{\"version\":1}", 200, FINE},
        /* one at a time: while it waits, and while there is some of it left */
        {NULL,
         "east_user",
         POST,
         "exceptions",
         EXCEPTION("glucose", "30"),
         409,
         "ALREADY_EXISTS",
         {"errors.0.field=product_id", "~正在办理 {x.number}"},
         NULL},
        {NULL, "chief", POST, "exceptions/{x.id}/approve", "{\"version\":1,\"units\":20}", 200, NULL, {"state=approved"}, NULL},
        {NULL,
         "east_user",
         POST,
         "exceptions",
         EXCEPTION("glucose", "30"),
         409,
         "ALREADY_EXISTS",
         {"~已批准 {x.number}, 还可请领 20 "},
         NULL},
        {NULL, "west_user", GET, "exceptions/{x.id}", NULL, REFUSED(404, "NOT_FOUND")},
        ASK("west_user", "glucose", 422, "NOT_IN_LIST"),
        {"q", "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":20}]}", 201, FINE},
        {NULL, "east_user", POST, "requests/{q.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL,
         "east_user",
         GET,
         "exceptions/{x.id}",
         NULL,
         200,
         NULL,
         {"used_units=20", "counted_this_year=1", "limit_a_year=1"},
         NULL},
        ASK("east_user", "glucose", 422, "NOT_IN_LIST"),
        /* what the centre takes off comes back at once, and is counted again where it puts it back */
        {NULL, "central", POST, "requests/{q.id}/reduce",
         "{\"version\":2,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":12,\"reason\":\"库存紧\"}]}", 200, FINE},
        {NULL, "east_user", GET, "exceptions/{x.id}", NULL, 200, NULL, {"used_units=12"}, NULL},
        {"q2", "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":5}]}", 201, FINE},
        {NULL, "east_user", POST, "requests/{q2.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "requests/{q.id}/reduce",
         "{\"version\":3,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":18,\"reason\":\"到货\"}]}",
         REFUSED(422, "NOT_IN_LIST")},
        {NULL, "central", POST, "requests/{q.id}/reduce",
         "{\"version\":3,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":15,\"reason\":\"到货\"}]}", 200, FINE},
        {NULL, "east_user", GET, "exceptions/{x.id}", NULL, 200, NULL, {"used_units=20"}, NULL},
        {NULL, "central", POST, "requests/{q.id}/reduce",
         "{\"version\":4,\"lines\":[{\"product_id\":\"{glucose}\",\"units\":0,\"reason\":\"没有货\"}]}", 200, FINE},
        {NULL, "east_user", GET, "exceptions/{x.id}", NULL, 200, NULL, {"used_units=5"}, NULL},
        {NULL, "east_user", POST, "requests/{q2.id}/close", "{\"version\":2,\"note\":\"不要了\"}", 200, FINE},
        {NULL, "east_user", POST, "requests/{q.id}/close", "{\"version\":5,\"note\":\"不要了\"}", 200, FINE},
        {NULL, "east_user", GET, "exceptions/{x.id}", NULL, 200, NULL, {"used_units=0"}, NULL},
        ASK("east_user", "glucose", 201, NULL),
        /* one a year, whoever asks */
        {NULL, "west_user", POST, "exceptions", EXCEPTION("glucose", "10"), REFUSED(422, "OVER_LIMIT")},
        FLAG("glucose", "shortage", "scarce"),
        {"y", "west_user", POST, "exceptions", EXCEPTION("glucose", "10"), 201, FINE},
        FLAG("glucose", "monitored", "yes"),
        {NULL, "chief", POST, "exceptions/{y.id}/approve", "{\"version\":1}", REFUSED(422, "LEVEL_FORBIDS")},
};
static const struct step expired_steps[] = {ASK("east_user", "glucose", 422, "NOT_IN_LIST")};

/* RULE DOMAIN-12.3-exception-limit, RULE DOMAIN-12.3-exception-once, RULE DOMAIN-12.3-monitored */
static void exceptions_pass_once(void)
{
	struct world *w = world_new();
	PLAY(w, off_list_steps);
	PLAY(w, exception_steps);
	days_later(w, 3);
	PLAY(w, expired_steps);
	world_end(w);
}

/* ---- kinds ---- */

#define KIND_HEAD "code,name,form,spec,maker,unit_name,pack_name,units_per_pack,kind,approval_no,gtin,standard,levels\n"
static const struct step kind_steps[] = {
        {NULL,
         "central",
         POST,
         "imports/products?dry_run=1",
         KIND_HEAD "V1,流感疫苗,注射剂,0.5ml,厂,支,盒,1,drug,A,,,\n",
         422,
         "IMPORT_REFUSED",
         {"~疫苗由疾控"},
         NULL},
        {NULL,
         "central",
         POST,
         "imports/products?dry_run=1",
         KIND_HEAD "V2,某苗,注射剂,0.5ml,厂,支,盒,1,疫苗,A,,,\n",
         422,
         "IMPORT_REFUSED",
         {"~疫苗由疾控"},
         NULL},
        {NULL,
         "central",
         POST,
         "imports/products?dry_run=1",
         KIND_HEAD "H1,一次性注射器,耗材,5ml,厂,支,盒,1,耗材,,,,\n",
         422,
         NULL,
         {NULL},
         NULL},
        {NULL, "central", POST, "imports/products",
         KIND_HEAD "Z1,院内止咳合剂,合剂,100ml,县医院,瓶,瓶,1,院内制剂,皖药制字Z1,,,county;township\n", 200, FINE},
        {"z", "central", GET, "products?code=Z1", NULL, 200, NULL, {"rows.0.kind=preparation"}, NULL},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{z.rows.0.id}\",\"units\":1}]}",
         REFUSED(422, "NO_ENTITLEMENT")},
        {NULL, "chief", POST, "entitlements",
         "{\"site_id\":\"{east}\",\"kind\":\"preparation\",\"product_id\":\"{z.rows.0.id}\",\"number\":\"T1\",\"from_ymd\":"
         "20261101,\"to_ymd\":20261231,"
         "\"units\":50}",
         201, FINE},
        {"q", "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{z.rows.0.id}\",\"units\":40}]}", 201, FINE},
        {NULL, "east_user", POST, "requests/{q.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{z.rows.0.id}\",\"units\":11}]}",
         REFUSED(422, "OVER_LIMIT")},
        {NULL, "east_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{z.rows.0.id}\",\"units\":10}]}", 201, FINE},
        {NULL, "central", POST, "imports/products",
         KIND_HEAD "Z1,院内止咳合剂,合剂,100ml,中医院,瓶,瓶,1,院内制剂,皖药制字Z1,,,county;township\n", 200, FINE},
        {NULL,
         "central",
         GET,
         "product-history?product_id={z.rows.0.id}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.field=maker", "rows.0.old_value=县医院", "rows.0.new_value=中医院", "rows.0.why=导入"},
         NULL},
        {NULL, "village_user", POST, "requests", "{\"lines\":[{\"product_id\":\"{z.rows.0.id}\",\"units\":10}]}",
         REFUSED(422, "NO_ENTITLEMENT")},
};

/* RULE DOMAIN-12.3-field-history, RULE DOMAIN-12.1-kinds, RULE DOMAIN-12.1-no-vaccines, RULE DOMAIN-12.1-preparation-permit */
static void kinds_have_their_needs(void)
{
	struct world *w = world_new();
	PLAY(w, kind_steps);
	world_end(w);
}

/* ---- 一品两规 ---- */

#define THIRD(code, form, strength, maker)                                                                                        \
	"{\"what\":\"admission\",\"applicant\":\"王\",\"reason\":\"x\",\"fields\":[{\"field\":\"code\",\"value\":\"" code         \
	"\"},{\"field\":\"name\",\"value\":\"阿莫西林" form "\"},{\"field\":\"form\",\"value\":\"" form                           \
	"\"},{\"field\":\"strength\",\"value\":\"" strength "\"},{\"field\":\"spec\",\"value\":\"" strength                       \
	"\"},{\"field\":\"maker\",\"value\":\"" maker "\"},{\"field\":\"unit_name\",\"value\":\"粒\"},{\"field\":\"pack_name\"," \
	"\"value\":\"盒\"},{\"field\":\"units_per_pack\",\"value\":\"10\"},{\"field\":\"approval_no\",\"value\":\"H1\"},{"       \
	"\"field\":"                                                                                                              \
	"\"level.county\",\"value\":\"1\"}]}"
#define ADMIT(label, code, form, strength, maker)                                                                 \
	{label, "central", POST, "catalogue-changes", THIRD(code, form, strength, maker), 201, FINE},             \
	        {NULL, "central", POST, "catalogue-changes/{" label ".id}/submit", "{\"version\":1}", 200, FINE}, \
	{                                                                                                         \
		NULL, "chief", POST, "catalogue-changes/{" label ".id}/prepare", "{\"version\":2}", 200, FINE     \
	}
#define CARRY(label)                                                                                          \
	MINUTES(label), {NULL, "chief", POST, "catalogue-changes/{" label ".id}/decide", DECIDE, 200, FINE},  \
	{                                                                                                     \
		NULL, "chief", POST, "catalogue-changes/{" label ".id}/execute", "{\"version\":4}", 200, FINE \
	}
static const struct step strength_steps[] = {
        /* the world has 阿莫西林胶囊 already */
        ADMIT("a", "A1", "颗粒", "0.125g", "甲厂"),
        CARRY("a"),
        {NULL, "chief", GET, "catalogue-changes/{a.id}", NULL, 200, NULL, {"!一品两规"}, NULL},
        ADMIT("b", "A2", "分散片", "0.5g", "乙厂"),
        {NULL, "chief", GET, "catalogue-changes/{b.id}", NULL, 200, NULL, {"~一品两规"}, NULL},
        /* by needle it is another thing */
        ADMIT("c", "A3", "注射液", "0.5g", "乙厂"),
        {NULL, "chief", GET, "catalogue-changes/{c.id}", NULL, 200, NULL, {"!一品两规"}, NULL},
};

/* RULE DOMAIN-12.3-two-strengths */
static void third_strength_is_told(void)
{
	struct world *w = world_new();
	PLAY(w, strength_steps);
	world_end(w);
}

/* ---- dated flags ---- */

struct flag_days {
	int64_t product;
	struct arena *a;
	bool ok;
};

static enum status flag_days(struct tx *tx, void *arg)
{
	struct flag_days *f = arg;
	struct db *db = tx_db(tx);
	tx->action = "test";
	const struct new_flag first = {f->product, "insurance", "A", 20260101, 0, "2026", 0};
	const struct new_flag second = {f->product, "insurance", "C", 20270101, 20271231, "2027", 0};
	const struct new_flag end = {f->product, "insurance", NULL, 20261201, 0, "x", 0};
	enum status st = product_flag_set(tx, &first);
	if (st == ST_OK)
		st = product_flag_set(tx, &second);
	f->ok = st == ST_OK && !product_flag_on(db, f->a, f->product, "insurance", 20251231) &&
	        strcmp(product_flag_on(db, f->a, f->product, "insurance", 20261231), "A") == 0 &&
	        strcmp(product_flag_on(db, f->a, f->product, "insurance", 20271231), "C") == 0 &&
	        !product_flag_on(db, f->a, f->product, "insurance", 20280101);
	if (st == ST_OK)
		st = product_flag_set(tx, &end);
	f->ok = f->ok && product_flag_on(db, f->a, f->product, "insurance", 20261130) &&
	        !product_flag_on(db, f->a, f->product, "insurance", 20261201) &&
	        !product_flag_on(db, f->a, f->product, "insurance", 20270601);
	return st;
}

static enum status controlled_from_tomorrow(struct tx *tx, void *arg)
{
	const struct new_flag in = {*(int64_t *)arg, "controlled", "narcotic", ymd_add_days(tx->today_ymd, 1), 0, "目录", 0};
	tx->action = "test";
	return product_flag_set(tx, &in);
}

static enum status take_flag_day(struct tx *tx, void *arg)
{
	tx->action = "test";
	*(int64_t *)arg = product_flag_take_day(tx);
	return ST_OK;
}

/* RULE DOMAIN-12.3-dated-flags */
static void flags_hold_by_their_days(void)
{
	struct world *w = world_new();
	struct flag_days f = {.a = &w->arena};
	f.product = world_number(w, "SELECT id FROM product WHERE code = 'X001'");
	world_write(w, flag_days, &f);
	CU_ASSERT_TRUE(f.ok);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM product_history WHERE field = 'flag.insurance'"), 5);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM product_flag WHERE flag = 'insurance'"), 2);
	int64_t changed = -1;
	world_write(w, controlled_from_tomorrow, &f.product);
	world_write(w, take_flag_day, &changed);
	CU_ASSERT_EQUAL(changed, 0);
	days_later(w, 1);
	world_write(w, take_flag_day, &changed);
	CU_ASSERT_EQUAL(changed, 1);
	CU_ASSERT_EQUAL(world_number(w, "SELECT count(*) FROM product WHERE controlled = 'narcotic'"), 1);
	world_write(w, take_flag_day, &changed);
	CU_ASSERT_EQUAL(changed, 0);
	world_end(w);
}

SUITE(catalogue, {"committee_admits_a_product", committee_admits_a_product},
      {"replacement_leaves_an_heir", replacement_leaves_an_heir}, {"controlled_drugs_need_a_card", controlled_drugs_need_a_card},
      {"grades_bind_the_levels", grades_bind_the_levels}, {"exceptions_pass_once", exceptions_pass_once},
      {"kinds_have_their_needs", kinds_have_their_needs}, {"third_strength_is_told", third_strength_is_told},
      {"flags_hold_by_their_days", flags_hold_by_their_days});
