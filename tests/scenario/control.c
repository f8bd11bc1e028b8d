/* The catalogue under change control: no side door round the committee, nothing undone, what was stopped and comes back. */
#include "tests/harness.h"
#include "tests/scenario/world.h"

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define REFUSED(status, code) status, code, {NULL}, NULL
#define SHOWS(...) NULL, {__VA_ARGS__}, NULL

/* ---- dated flags ---- */

#define FLAG(who, body, status, code)                                                         \
	{                                                                                     \
		NULL, who, POST, "products/{insulin}/flags", body, status, code, {NULL}, NULL \
	}
#define CLASS(value, days) "{\"flag\":\"controlled\",\"value\":\"" value "\"" days ",\"source\":\"目录\"}"
#define IS_CLASS(value)                                                                                \
	{                                                                                              \
		NULL, "chief", GET, "products?code=X003", NULL, 200, SHOWS("rows.0.controlled=" value) \
	}

static const struct step flag_steps[] = {
        FLAG("central", CLASS("narcotic", ""), 403, "FORBIDDEN"),
        FLAG("chief", CLASS("narcotic", ""), 200, NULL),
        IS_CLASS("narcotic"),
        /* long ago: nothing of today changes, and the days are on record */
        FLAG("chief", CLASS("narcotic", ",\"from_ymd\":19990101,\"to_ymd\":19990102"), 200, NULL),
        IS_CLASS("narcotic"),
        {NULL, "chief", GET, "product-flags?product_id={insulin}", NULL, 200,
         SHOWS("rows#2", "rows.0.state=ok", "rows.1.state=ended")},
        /* what would undo what is on record is refused */
        FLAG("chief", CLASS("", ",\"from_ymd\":19990101"), 422, "INVALID_FIELD"),
        FLAG("chief", CLASS("toxic", ",\"from_ymd\":20250101"), 422, "INVALID_FIELD"),
        FLAG("chief", CLASS("toxic", ",\"from_ymd\":20250101,\"to_ymd\":20270101"), 422, "INVALID_FIELD"),
        FLAG("chief", CLASS("toxic", ",\"from_ymd\":19990102"), 422, "INVALID_FIELD"),
        IS_CLASS("narcotic"),
        /* another class from a day on, then one between: it lasts until then */
        FLAG("chief", CLASS("psychotropic1", ",\"from_ymd\":20270101,\"to_ymd\":20270331"), 200, NULL),
        FLAG("chief", CLASS("toxic", ",\"to_ymd\":20270201"), 422, "INVALID_FIELD"),
        FLAG("chief", CLASS("toxic", ""), 200, NULL),
        IS_CLASS("toxic"),
        {NULL, "chief", GET, "product-flags?product_id={insulin}", NULL, 200,
         SHOWS("rows#4", "rows.0.state=ended", "rows.2.value=psychotropic1", "rows.2.state=later", "rows.3.to_ymd=20261231")},
        /* the end of the bounded one is in the history as well */
        {NULL, "chief", GET, "product-history?product_id={insulin}", NULL, 200,
         SHOWS("rows#6", "rows.0.new_value=toxic", "rows.1.old_value=psychotropic1", "rows.1.from_ymd=20270401",
               "rows.5.new_value=narcotic")},
        /* taken off: what was to come does not come, and every row is still there */
        FLAG("chief", CLASS("", ""), 200, NULL),
        IS_CLASS("null"),
        {NULL, "chief", GET, "product-flags?product_id={insulin}", NULL, 200, SHOWS("rows#4", "!\"state\":\"later\"")},
        {NULL, "chief", GET, "product-history?product_id={insulin}", NULL, 200,
         SHOWS("rows#8", "rows.0.old_value=psychotropic1")},
};

/* RULE DOMAIN-12.3-flags-not-undone */
static void a_flag_never_undoes_another(void)
{
	struct world *w = world_new();
	PLAY(w, flag_steps);
	world_replay(w);
	world_end(w);
}

/* ---- imports ---- */

#define HEAD "code,name,form,strength,spec,maker,unit_name,pack_name,units_per_pack,approval_no"
#define INSULIN "X003,胰岛素注射液,剂,1g,1g,演示药厂,粒,盒,1,国药准字H10000001"
#define IMPORT(head, row, status, code, ...)                                                                        \
	{                                                                                                           \
		NULL, "admin", POST, "imports/products", HEAD head "\n" row "\n", status, code, {__VA_ARGS__}, NULL \
	}
#define LEVELS(check)                                                             \
	{                                                                         \
		NULL, "chief", GET, "products/{insulin}", NULL, 200, SHOWS(check) \
	}

static const struct step import_steps[] = {
        FLAG("chief", CLASS("narcotic", ""), 200, NULL),
        LEVELS("levels#3"),
        /* an empty or absent cell takes nothing away */
        IMPORT(",controlled,levels", INSULIN ",,", 200, NULL, "unchanged=1"),
        IMPORT("", INSULIN, 200, NULL, "unchanged=1"),
        IS_CLASS("narcotic"),
        LEVELS("levels#3"),
        /* before the day a file may load the catalogue */
        IMPORT(",levels", INSULIN ",village;county", 200, NULL, "changed=1"),
        IMPORT(",levels", INSULIN ",county; village", 422, "IMPORT_REFUSED", "~目录级别"),
        LEVELS("levels#2"),
        IMPORT("", "Y1,新药片,片剂,1g,1g,厂,片,盒,1,H1", 200, NULL, "added=1"),
        {NULL, "central", POST, "catalogue-control", "{\"from_ymd\":20261121}", REFUSED(403, "FORBIDDEN")},
        {NULL, "chief", POST, "catalogue-control", "{\"from_ymd\":20261120}", REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", GET, "catalogue-control", NULL, 200, SHOWS("controlled=false")},
        {NULL, "chief", POST, "catalogue-control", "{\"from_ymd\":20261121,\"note\":\"目录已核对\"}", 201, FINE},
        {NULL, "chief", POST, "catalogue-control", "{\"from_ymd\":20261201}", REFUSED(409, "ALREADY_EXISTS")},
        {NULL, "central", GET, "catalogue-control", NULL, 200, SHOWS("controlled=true", "from_ymd=20261121", "set_by=chief")},
        /* from then on it changes codes and the like */
        IMPORT("", "Y2,新药片,片剂,2g,2g,厂,片,盒,1,H1", 422, "IMPORT_REFUSED", "~须经目录调整", "~CATALOGUE_CONTROLLED"),
        IMPORT("", "X003,胰岛素注射液,剂,1g,1g,另一药厂,粒,盒,1,国药准字H10000001", 422, "IMPORT_REFUSED", "~生产企业须经"),
        IMPORT(",controlled", INSULIN ",toxic", 422, "IMPORT_REFUSED", "~特殊管理须经"),
        IMPORT(",levels", INSULIN ",county;village;township", 422, "IMPORT_REFUSED", "~目录级别须经"),
        IMPORT(",levels", INSULIN ",village;county", 200, NULL, "unchanged=1"),
        IMPORT(",gtin", INSULIN ",6901234000023", 200, NULL, "changed=1"),
        FLAG("chief", CLASS("", ""), 422, "CATALOGUE_CONTROLLED"),
        FLAG("chief", "{\"flag\":\"insurance\",\"value\":\"A\",\"source\":\"2026 医保目录\"}", 200, NULL),
        IS_CLASS("narcotic"),
};

/* RULE DOMAIN-6-change-control */
static void no_side_door_round_the_committee(void)
{
	struct world *w = world_new();
	PLAY(w, import_steps);
	world_end(w);
}

/* ---- the committee ---- */

#define PAPER(label)                                                                                                       \
	{                                                                                                                  \
		NULL, "chief", POST, "attachments?owner_kind=catalogue_change.minutes&owner_id={" label ".id}&name=m.txt", \
		        "minutes", 201, FINE                                                                               \
	}
#define VOTED "{\"version\":3,\"meeting_ymd\":20261120,\"minutes\":\"同意\",\"members\":["
#define FOR(name) "{\"name\":\"" name "\",\"vote\":\"for\"}"
#define DECIDE(label, members, status, code, ...)                                                                                \
	{                                                                                                                        \
		NULL, "chief", POST, "catalogue-changes/{" label ".id}/decide", VOTED members "]}", status, code, {__VA_ARGS__}, \
		        NULL                                                                                                     \
	}
#define PREPARED(label, body)                                                                                       \
	{label, "east_user", POST, "catalogue-changes", body, 201, FINE},                                           \
	        {NULL, "east_user", POST, "catalogue-changes/{" label ".id}/submit", "{\"version\":1}", 200, FINE}, \
	        {NULL, "chief", POST, "catalogue-changes/{" label ".id}/prepare", "{\"version\":2}", 200, FINE}, PAPER(label)
#define CARRIED(label)                                                                                                           \
	DECIDE(label, FOR("甲") "," FOR("乙") "," FOR("丙"), 200, NULL, "state=decided"),                                        \
	{                                                                                                                        \
		NULL, "chief", POST, "catalogue-changes/{" label ".id}/execute", "{\"version\":4}", 200, SHOWS("state=executed") \
	}
#define CHANGE(what, more) "{\"what\":\"" what "\",\"product_id\":\"{glucose}\",\"applicant\":\" 陈静\",\"reason\":\"x\"" more "}"
#define FIELD(name, value) "{\"field\":\"" name "\",\"value\":\"" value "\"}"

static const struct step member_steps[] = {
        {NULL, "chief", POST, "catalogue-settings/5/set", "{\"value\":2}", REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", POST, "catalogue-settings/5/set", "{\"value\":3}", 200, FINE},
        PREPARED("m", CHANGE("change", ",\"fields\":[" FIELD("trade_name", "某牌") "]")),
        DECIDE("m", FOR("b") "," FOR("b ") "," FOR(" b"), 422, "INVALID_FIELD", "errors.0.field=members[1].name"),
        DECIDE("m", FOR("王 芳") "," FOR("王　芳") "," FOR("丙"), 422, "INVALID_FIELD", "errors.0.field=members[1].name"),
        DECIDE("m", FOR("甲") "," FOR("乙") "," FOR("陈静 "), 422, "INVALID_FIELD", "errors.0.field=members[2].name"),
        DECIDE("m", FOR("甲") "," FOR("乙") "," FOR("陈 静"), 422, "INVALID_FIELD", "errors.0.field=members[2].name"),
        DECIDE("m", FOR("甲") "," FOR("乙") "," FOR("中心药师 陈静"), 422, "INVALID_FIELD", "errors.0.field=members[2].name"),
        DECIDE("m", FOR("甲") "," FOR("王芳") "," FOR("王 芳 主任"), 422, "INVALID_FIELD", "errors.0.field=members[2].name"),
        DECIDE("m", FOR("甲") "," FOR("乙") "," FOR("　 "), 422, "INVALID_FIELD", "errors.0.field=members[2].name"),
        DECIDE("m", FOR("甲") "," FOR("乙") "," FOR(" 丙  丁 ") ",{\"name\":\"陈静\",\"recused\":true,\"why\":\"申请人\"}", 200,
               NULL, "state=decided"),
        {NULL, "chief", GET, "catalogue-changes/{m.id}", NULL, 200, SHOWS("members#4", "members.2.name=丙 丁")},
};

/* An empty value in a change takes it away, and the history says so. */
static const struct step clear_steps[] = {
        {NULL, "chief", POST, "products/{glucose}/flags", "{\"flag\":\"essential\",\"value\":\"yes\",\"source\":\"x\"}", 200,
         FINE},
        {NULL, "admin", POST, "imports/products",
         "code,name,spec,maker,unit_name,pack_name,units_per_pack,trade_name\nX002,葡萄糖注射液,1g,演示药厂,粒,盒,10,某牌\n", 200,
         SHOWS("changed=1")},
        {NULL, "chief", POST, "catalogue-control", "{\"from_ymd\":20261121}", 201, FINE},
        PREPARED("k", CHANGE("change", ",\"fields\":[" FIELD("trade_name", "") "," FIELD("flag.essential", "") "]")),
        CARRIED("k"),
        {NULL, "central", GET, "products?code=X002", NULL, 200, SHOWS("rows.0.trade_name=null", "rows.0.essential=false")},
        {NULL, "central", GET, "product-history?product_id={glucose}", NULL, 200,
         SHOWS("~\"field\":\"flag.essential\",\"old_value\":\"yes\",\"new_value\":null")},
        /* what becomes an antibiotic counts as one that is admitted */
        {NULL, "chief", POST, "catalogue-settings/3/set", "{\"value\":0}", 200, FINE},
        PREPARED("a", CHANGE("change", ",\"fields\":[" FIELD("flag.antibiotic", "restricted") "]")),
        {NULL, "chief", GET, "catalogue-changes/{a.id}", NULL, 200, SHOWS("~上限 0 个")},
        {NULL, "chief", POST, "catalogue-settings/3/set", "{\"value\":1}", 200, FINE},
        PREPARED("b", CHANGE("change", ",\"fields\":[" FIELD("flag.antibiotic", "restricted") "]")),
        {NULL, "chief", GET, "catalogue-changes/{b.id}", NULL, 200, SHOWS("warnings=null")},
};

/* RULE DOMAIN-12.3-field-history */
static void a_change_takes_away(void)
{
	struct world *w = world_new();
	PLAY(w, clear_steps);
	world_end(w);
}

/* RULE DOMAIN-12.3-committee */
static void each_member_has_one_vote(void)
{
	struct world *w = world_new();
	PLAY(w, member_steps);
	world_end(w);
}

static const struct step stop_steps[] = {
        {NULL, "east_user", POST, "catalogue-changes", CHANGE("restore", ",\"fields\":[" FIELD("level.county", "1") "]"),
         REFUSED(422, "INVALID_FIELD")},
        PREPARED("s", CHANGE("stop", "")),
        CARRIED("s"),
        {NULL, "central", GET, "products?code=X002", NULL, 200, SHOWS("rows.0.active=false")},
        /* a file does not bring it back, neither before the day nor after */
        {NULL,
         "admin",
         POST,
         "imports/products",
         HEAD ",levels\nX002,葡萄糖注射液,剂,1g,1g,演示药厂,粒,盒,10,国药准字H10000001,county\n",
         422,
         "IMPORT_REFUSED",
         {"~PRODUCT_STOPPED", "~恢复"},
         NULL},
        {NULL, "east_user", POST, "catalogue-changes", CHANGE("change", ",\"fields\":[" FIELD("maker", "乙厂") "]"),
         REFUSED(422, "INVALID_FIELD")},
        {NULL, "east_user", POST, "catalogue-changes", CHANGE("restore", ",\"fields\":[" FIELD("maker", "乙厂") "]"),
         REFUSED(422, "INVALID_FIELD")},
        PREPARED("r", CHANGE("restore", ",\"fields\":[" FIELD("level.county", "1") "," FIELD("maker", "乙厂") "]")),
        PREPARED("r2", CHANGE("restore", ",\"fields\":[" FIELD("level.village", "1") "]")),
        DECIDE("r", FOR("甲") "," FOR("乙"), 422, "INVALID_FIELD", NULL),
        CARRIED("r"),
        {NULL, "central", GET, "products/{glucose}", NULL, 200,
         SHOWS("active=true", "levels#1", "levels.0.level=county", "maker=乙厂")},
        {NULL, "central", GET, "product-history?product_id={glucose}", NULL, 200, SHOWS("~\"field\":\"active\"", "~目录调整")},
        /* twice is once */
        DECIDE("r2", FOR("甲") "," FOR("乙") "," FOR("丙"), 200, NULL, "state=decided"),
        {NULL, "chief", POST, "catalogue-changes/{r2.id}/execute", "{\"version\":4}", REFUSED(409, "WRONG_STATE")},
};

/* RULE DOMAIN-6-stopped */
static void what_was_stopped_comes_back_by_the_committee(void)
{
	struct world *w = world_new();
	PLAY(w, stop_steps);
	world_end(w);
}

/* What was decided and is carried out later meets what was stopped meanwhile. */
static const struct step overtaken_steps[] = {
        PREPARED("p", CHANGE("replacement", ",\"other_product_id\":\"{amoxicillin}\"")),
        PREPARED("t", CHANGE("stop", "")),
        PREPARED("u", CHANGE("stop", "")),
        DECIDE("p", FOR("甲") "," FOR("乙") "," FOR("丙"), 200, NULL, "state=decided"),
        DECIDE("u", FOR("甲") "," FOR("乙") "," FOR("丙"), 200, NULL, "state=decided"),
        PREPARED("h", "{\"what\":\"stop\",\"product_id\":\"{amoxicillin}\",\"applicant\":\"陈静\",\"reason\":\"x\"}"),
        CARRIED("h"),
        /* the heir is stopped: nothing of the replacement is carried out */
        {NULL, "chief", POST, "catalogue-changes/{p.id}/execute", "{\"version\":4}", 422, "PRODUCT_STOPPED", {"~已停用"}, NULL},
        {NULL, "central", GET, "products/{glucose}", NULL, 200, SHOWS("active=true")},
        {NULL, "central", GET, "products/{amoxicillin}", NULL, 200, SHOWS("active=false", "levels#0")},
        /* stopped is stopped */
        CARRIED("t"),
        {NULL, "chief", POST, "catalogue-changes/{u.id}/execute", "{\"version\":4}", 422, "PRODUCT_STOPPED", {NULL}, NULL},
};

/* RULE DOMAIN-6-stopped */
static void what_was_stopped_meanwhile_inherits_nothing(void)
{
	struct world *w = world_new();
	PLAY(w, overtaken_steps);
	world_end(w);
}

/* What is stopped meanwhile holds up an order wherever it stands before it is sent, and not the goods that are on their way. */
#define BUY(name)                                                                                                             \
	{                                                                                                                     \
		name, "buyer", POST, "orders",                                                                                \
		        "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}", 201, FINE \
	}
#define MOVE(who, name, action, version, ...)                                                             \
	{                                                                                                 \
		NULL, who, POST, "orders/{" name ".id}/" action, "{\"version\":" version "}", __VA_ARGS__ \
	}
#define SUBMITTED(name) BUY(name), MOVE("buyer", name, "submit", "1", 200, FINE)
#define APPROVED(name) SUBMITTED(name), MOVE("central", name, "approve", "2", 200, FINE)
#define STOPPED 422, "PRODUCT_STOPPED", {"errors.0.field=lines[0].product_id", "~葡萄糖注射液 已停用"}, NULL
static const struct step stopped_order_steps[] = {
        BUY("draft"),
        SUBMITTED("submitted"),
        APPROVED("approved"),
        APPROVED("sent"),
        MOVE("buyer", "sent", "send", "3", 200, FINE),
        PREPARED("s", CHANGE("stop", "")),
        CARRIED("s"),
        MOVE("buyer", "draft", "submit", "1", STOPPED),
        MOVE("central", "submitted", "approve", "2", STOPPED),
        MOVE("buyer", "approved", "send", "3", STOPPED),
        {NULL, "chief", GET, "refusals", NULL, 200,
         SHOWS("rows#3", "rows.0.action=order.send", "rows.1.action=order.approve", "rows.2.action=order.submit")},
        {"v", "buyer", GET, "orders/{sent.id}", NULL, 200, FINE},
        {NULL, "receiver", POST, "receipts",
         "{\"order_id\":\"{sent.id}\",\"lines\":[{\"order_line_id\":\"{v.lines.0.id}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,"
         "\"units\":10}]}",
         201, FINE},
        PREPARED("r", CHANGE("restore", ",\"fields\":[" FIELD("level.county", "1") "]")),
        CARRIED("r"),
        MOVE("buyer", "approved", "send", "3", 200, FINE),
};

/* RULE DOMAIN-6-stopped */
static void what_is_stopped_is_not_bought(void)
{
	struct world *w = world_new();
	PLAY(w, stopped_order_steps);
	world_replay(w);
	world_end(w);
}

/* ---- what has no place, or another unit ---- */

#define VACCINE(name)                                                                                                     \
	{                                                                                                                 \
		NULL, "admin", POST, "imports/products?dry_run=1", HEAD "\nV1," name ",注射剂,1g,1g,厂,支,盒,1,A\n", 422, \
		        "IMPORT_REFUSED", {"~VACCINE_REFUSED", "~疫苗由疾控"}, NULL                                       \
	}
#define PIECE(unit, status, code, check)                                                                               \
	{                                                                                                              \
		NULL, "admin", POST, "imports/products?dry_run=1",                                                     \
		        HEAD ",kind\nP1,黄芪,饮片,统,统,厂," unit ",袋,1000,,decoction\n", status, code, {check}, NULL \
	}
#define WRONG_UNIT(unit) PIECE(unit, 422, "IMPORT_REFUSED", "~最小单位应为 0.1g")
static const struct step kind_steps[] = {
        VACCINE("卡介苗"),
        VACCINE("皮内注射用卡介苗"),
        VACCINE("百白破联合疫苗注射液"),
        VACCINE("吸附破伤风类毒素"),
        {NULL, "admin", POST, "imports/products?dry_run=1", HEAD "\nV1,治疗用卡介苗,注射剂,1g,1g,厂,支,盒,1,A\n", 200,
         SHOWS("added=1")},
        {NULL, "admin", POST, "imports/products?dry_run=1", HEAD "\nV1,破伤风抗毒素,注射剂,1g,1g,厂,支,盒,1,A\n", 200,
         SHOWS("added=1")},
        WRONG_UNIT("克"),
        WRONG_UNIT("g"),
        WRONG_UNIT("G"),
        WRONG_UNIT("ｇ"),
        WRONG_UNIT("1 克"),
        WRONG_UNIT("公克"),
        WRONG_UNIT("kg"),
        WRONG_UNIT("千克"),
        WRONG_UNIT("钱"),
        PIECE("0.1g", 200, NULL, "added=1"),
        PIECE("０.１ｇ", 200, NULL, "added=1"),
        PIECE("0.1克", 200, NULL, "added=1"),
        PIECE("袋", 200, NULL, "added=1"),
};

/* RULE DOMAIN-12.1-no-vaccines, RULE DOMAIN-12.1-kinds */
static void vaccines_and_grams_by_any_name(void)
{
	struct world *w = world_new();
	PLAY(w, kind_steps);
	world_end(w);
}

#define BIND(kind, code, status, what)                                                                                           \
	{                                                                                                                        \
		NULL, "receiver", POST, "code-bindings", "{\"product_id\":\"{glucose}\",\"code\":\"" code "\"" kind "}", status, \
		        what, {NULL}, NULL                                                                                       \
	}
static const struct step misread_steps[] = {
        BIND("", "6901234567893", 422, "INVALID_FIELD"),
        BIND("", "16901234567893", 422, "INVALID_FIELD"),
        BIND("", "690123456789", 422, "INVALID_FIELD"),
        BIND("", "12345678", 422, "INVALID_FIELD"),
        BIND("", "86902551000250", 422, "INVALID_FIELD"),
        BIND(",\"kind\":\"site\"", "6901234567893", 201, NULL),
        BIND("", "6901234567892", 201, NULL),
        BIND("", "YN-00017", 201, NULL),
        BIND("", "1234567", 201, NULL),
};

/* RULE DOMAIN-12.2-misread */
static void a_misread_code_is_not_learned(void)
{
	struct world *w = world_new();
	PLAY(w, misread_steps);
	world_end(w);
}

/* ---- 精二 ---- */

#define ASKS(who, status, code)                                                                                                 \
	{                                                                                                                       \
		NULL, who, POST, "requests", "{\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}", status, code, {NULL}, \
		        NULL                                                                                                    \
	}
#define SHIPS(who, status, code)                                                                                          \
	{                                                                                                                 \
		NULL, who, POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", status, code, {NULL}, NULL \
	}
static const struct step second_class_steps[] = {
        ASKS("village_user", 201, NULL),
        {NULL, "chief", POST, "products/{glucose}/flags", CLASS("psychotropic2", ""), 200, FINE},
        ASKS("village_user", 422, "LEVEL_FORBIDS"),
        ASKS("east_user", 201, NULL),
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":500}]}",
         201, FINE},
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":10}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        SHIPS("keeper", 403, "SAME_PERSON"),
        SHIPS("central", 200, NULL),
        {NULL, "chief", POST, "products/{glucose}/flags", "{\"flag\":\"insurance\",\"value\":\"B\",\"source\":\"x\"}", 200, FINE},
        {NULL, "chief", GET, "level-summary", NULL, 200, SHOWS("levels.0.insurance_a_kinds=0", "levels.0.insurance_b_kinds=1")},
};

/* RULE DOMAIN-12.5-psychotropic2 */
static void second_class_is_not_for_villages(void)
{
	struct world *w = world_new();
	PLAY(w, second_class_steps);
	world_end(w);
}

/* ---- lists brought as files ---- */

#define FILE(who, kind, text, status, code, ...)                                          \
	{                                                                                 \
		NULL, who, POST, "imports/" kind, text, status, code, {__VA_ARGS__}, NULL \
	}
#define HIS "site_code,item_code,item_name,product_code,factor\n"
static const struct step his_steps[] = {
        FILE("east_user", "his-items", HIS "A01,H1,阿莫西林胶囊 1g,X001,24\n,H2,葡萄糖注射液 10支,,\n,X003,胰岛素,,\n", 200, NULL,
             "added=2", "unchanged=1"),
        FILE("east_user", "his-items", HIS "A01,H1,阿莫西林胶囊 1g,X001,24\n,H2,葡萄糖注射液 10支,,\n", 200, NULL, "added=0",
             "unchanged=2"),
        FILE("east_user", "his-items", HIS "A02,H1,x,X001,24\n", 422, "IMPORT_REFUSED", "~管辖范围"),
        FILE("east_user", "his-items", HIS ",H9,,,\n", 422, "IMPORT_REFUSED", "~请填写名称"),
        FILE("east_user", "his-items", HIS ",H9,y,X999,\n", 422, "IMPORT_REFUSED", "~在用品种"),
        FILE("east_user", "his-items", HIS ",H8,y,X001,1\n,H8,y,X002,1\n", 422, "IMPORT_REFUSED", "~重复"),
        {NULL, "west_user", GET, "his-items-open", NULL, 200, SHOWS("rows#0")},
        {"o", "east_user", GET, "his-items-open", NULL, 200, SHOWS("rows#1", "rows.0.item_code=H2")},
        {NULL, "east_user", GET, "today", NULL, 200, SHOWS("~his_items_open")},
        {"p", "east_user", GET, "his-items-open/{o.rows.0.id}/proposals", NULL, 200, SHOWS("rows.0.name=葡萄糖注射液")},
        {NULL, "west_user", GET, "his-items-open/{o.rows.0.id}/proposals", NULL, REFUSED(404, "NOT_FOUND")},
        /* without a product the match stays as it is; another product is kept with what it was */
        FILE("east_user", "his-items", HIS ",H1,,,\n", 200, NULL, "unchanged=1"),
        FILE("east_user", "his-items", HIS ",H1,,X002,\n", 200, NULL, "changed=1"),
        {NULL, "east_user", GET, "his-items", NULL, 200,
         SHOWS("rows#1", "rows.0.product_code=X002", "rows.0.factor=24", "rows.0.site_code=A01")},
        {NULL, "east_user", GET, "his-item-history", NULL, 200, SHOWS("rows#1", "rows.0.product_id={amoxicillin}")},
        {NULL, "east_user", POST, "his-items",
         "{\"item_code\":\"H2\",\"item_name\":\"葡萄糖注射液\",\"product_id\":\"{glucose}\",\"factor\":10}", 201, FINE},
        {NULL, "east_user", GET, "his-items-open", NULL, 200, SHOWS("rows#0")},
};

/* RULE DOMAIN-12.1-his-codes */
static void a_site_brings_its_items(void)
{
	struct world *w = world_new();
	PLAY(w, his_steps);
	world_replay(w);
	world_end(w);
}

#define FLAGS "product_code,flag,value,from_ymd,to_ymd,source\n"
static const struct step list_steps[] = {
        FILE("central", "product-flags", FLAGS "X001,基本药物,,20260101,,2026 基药目录\n", 422, "IMPORT_REFUSED", "~FORBIDDEN"),
        FILE("chief", "product-flags",
             FLAGS "X001,基本药物,,2026/1/1,,2026 基药目录\nX001,insurance,甲类,20260101,,2026 医保目录\n"
                   "X002,抗菌药物分级,限制使用级,20260101,,省目录\nX003,high_alert,A,20260101,2026-12-31,院内\n",
             200, NULL, "added=4"),
        FILE("chief", "product-flags", FLAGS "X001,essential,yes,20260101,,2026 基药目录\nX001,insurance,A,20260601,,x\n", 200,
             NULL, "unchanged=2"),
        FILE("chief", "product-flags", FLAGS "X002,antibiotic,,20261121,,x\n", 422, "IMPORT_REFUSED", "~不能取消"),
        FILE("chief", "product-flags", FLAGS "X002,antibiotic,special,20260501,,x\n", 422, "IMPORT_REFUSED", "~不能倒改"),
        FILE("chief", "product-flags", FLAGS "X002,antibiotic,special,20261201,,x\nX002,antibiotic,restricted,20261201,,x\n", 422,
             "IMPORT_REFUSED", "~重复"),
        FILE("chief", "product-flags",
             FLAGS "X002,shortage,short,20260101,20260131,x\nX002,shortage,scarce,20260301,20260331,x\n", 422, "IMPORT_REFUSED",
             "~都早于今天"),
        FILE("chief", "product-flags", FLAGS "X003,high_alert,A,20260101,20261130,院内\n", 422, "IMPORT_REFUSED",
             "~不能由导入更改"),
        FILE("chief", "product-flags", FLAGS "X003,colour,A,20260101,,x\n", 422, "IMPORT_REFUSED", "~没有这个标识"),
        FILE("chief", "product-flags", FLAGS "X003,cold_chain,yes,20261121,,x\n", 422, "IMPORT_REFUSED", "~冷藏"),
        {NULL, "chief", GET, "products?code=X001", NULL, 200, SHOWS("rows.0.essential=true")},
        /* a month alone begins on its first day and ends on its last */
        FILE("chief", "product-flags", FLAGS "X003,essential,,2026年12月,2027/2,x\n", 200, NULL, "added=1"),
        {NULL, "chief", GET, "product-flags?product_id={insulin}&flag=essential", NULL, 200,
         SHOWS("rows#1", "rows.0.from_ymd=20261201", "rows.0.to_ymd=20270228")},
        {NULL, "chief", POST, "catalogue-control", "{\"from_ymd\":20261121}", 201, FINE},
        FILE("chief", "product-flags", FLAGS "X002,essential,yes,20261121,,x\n", 422, "IMPORT_REFUSED", "~CATALOGUE_CONTROLLED"),
        FILE("central", "product-flags", FLAGS "X002,insurance,乙类,20261121,,x\n", 200, NULL, "added=1"),
};

/* RULE DOMAIN-6-change-control, RULE DOMAIN-12.3-dated-flags */
static void lists_of_flags_come_as_files(void)
{
	struct world *w = world_new();
	PLAY(w, list_steps);
	world_end(w);
}

#define CODES "product_code,kind,code,units,multiplier,divider\n"
static const struct step code_list_steps[] = {
        FILE("central", "product-codes",
             CODES "X002,平台编码,P-77,,,\nX002,gtin,6901234000023,,10,\nX002,药品标识码,8199999,,,2\nX001,trace,8188888,24,,\n",
             200, NULL, "added=4"),
        FILE("central", "product-codes",
             CODES "X002,平台编码,P-77,,,\nX002,gtin,06901234000023,100,,\nX002,药品标识码,8199999,5,,\n", 200, NULL,
             "unchanged=3"),
        {NULL, "keeper", GET, "products?q=P-77", NULL, 200, SHOWS("rows#1", "rows.0.code=X002")},
        {NULL, "keeper", GET, "products/{glucose}", NULL, 200,
         SHOWS("trace_prefixes.0.prefix=8199999", "trace_prefixes.0.units=5", "trace_prefixes.0.confirmed=true")},
        /* what a code counts as is changed by two, by a file as by hand */
        FILE("central", "product-codes", CODES "X002,gtin,6901234000023,10,,\n", 200, NULL, "changed=1"),
        {NULL, "keeper", GET, "product-codes?code=6901234000023", NULL, 200, SHOWS("rows.0.units=100")},
        FILE("central", "product-codes", CODES "X002,gtin,6901234000023,10,,\n", 200, NULL, "unchanged=1"),
        FILE("central", "product-codes", CODES "X002,gtin,6901234000023,20,,\n", 422, "IMPORT_REFUSED", "~正等待另一人确认"),
        {"w", "keeper", GET, "code-bindings?state=open", NULL, 200,
         SHOWS("rows#1", "rows.0.units=10", "rows.0.units_before=100")},
        {NULL, "central", POST, "code-bindings/{w.rows.0.id}/confirm", "{}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "keeper", POST, "code-bindings/{w.rows.0.id}/confirm", "{}", 200, SHOWS("state=confirmed")},
        {NULL, "keeper", GET, "product-codes?code=6901234000023", NULL, 200, SHOWS("rows#1", "rows.0.units=10")},
        {NULL,
         "receiver",
         POST,
         "code-bindings",
         "{\"product_id\":\"{glucose}\",\"code\":\"6901234000023\"}",
         409,
         "ALREADY_EXISTS",
         {NULL},
         NULL},
        {"v", "receiver", POST, "code-bindings", "{\"product_id\":\"{glucose}\",\"code\":\"6901234000023\",\"units\":20}", 201,
         SHOWS("state=open")},
        {NULL, "keeper", POST, "code-bindings/{v.id}/refuse", "{\"note\":\"数过, 是 10\"}", 200, SHOWS("state=refused")},
        {NULL, "keeper", GET, "product-codes?code=6901234000023", NULL, 200, SHOWS("rows.0.units=10")},
        FILE("central", "product-codes", CODES "X001,platform,P-77,,,\n", 422, "IMPORT_REFUSED", "~ALREADY_BOUND"),
        FILE("central", "product-codes", CODES "X001,platform,P-78,,,\nX003,platform,P-78,,,\n", 422, "IMPORT_REFUSED",
             "~ALREADY_BOUND"),
        FILE("central", "product-codes", CODES "X002,trace,8199999,10,,\n", 422, "IMPORT_REFUSED", "~不能改"),
        FILE("central", "product-codes", CODES "X002,trace,8177777,,,3\n", 422, "IMPORT_REFUSED", "~NOT_WHOLE"),
        FILE("central", "product-codes", CODES "X003,trace,8177777,,,\n", 422, "IMPORT_REFUSED", "~代表多少"),
        FILE("central", "product-codes", CODES "X003,gtin,6901234000024,,,\n", 422, "IMPORT_REFUSED", "~校验位"),
        FILE("central", "product-codes", CODES "X003,nhsa,1,,,\n", 422, "IMPORT_REFUSED", NULL),
        {NULL, "keeper", GET, "product-history?product_id={glucose}", NULL, 200,
         SHOWS("rows#4", "~code.platform", "~code.trace", "rows.0.field=code.gtin", "rows.0.old_value=6901234000023 × 100",
               "rows.0.new_value=6901234000023 × 10")},
};

/* RULE DOMAIN-3.1-code-shapes, RULE DOMAIN-12.2-code-two-persons */
static void lists_of_codes_come_as_files(void)
{
	struct world *w = world_new();
	PLAY(w, code_list_steps);
	world_end(w);
}

/* ---- the same search wherever products are listed ---- */

#define NOWHERE(list)                                                                          \
	{                                                                                      \
		NULL, "chief", GET, list "?q=zzzzqqq", NULL, 200, SHOWS("rows#0", "next=null") \
	}
#define FINDS(list, q, rows)                                                     \
	{                                                                        \
		NULL, "chief", GET, list "?q=" q, NULL, 200, SHOWS("rows#" rows) \
	}
static const struct step search_steps[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"L1\",\"expiry_ymd\":20280101,\"units\":"
         "240},{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"expiry_ymd\":20280101,\"units\":240}]}",
         201, FINE},
        {"l", "chief", GET, "stock?lot=G1", NULL, 200, SHOWS("rows#1")},
        {NULL, "chief", POST, "holds", "{\"lot_id\":\"{l.rows.0.lot_id}\",\"reason\":\"x\"}", 201, FINE},
        {NULL, "chief", POST, "products/{amoxicillin}/flags", "{\"flag\":\"essential\",\"value\":\"yes\",\"source\":\"x\"}", 200,
         FINE},
        NOWHERE("products"),
        NOWHERE("prices"),
        NOWHERE("price-changes"),
        NOWHERE("price-paid"),
        NOWHERE("price-spread"),
        NOWHERE("product-history"),
        NOWHERE("product-flags"),
        NOWHERE("product-codes"),
        NOWHERE("level-lists"),
        NOWHERE("holds"),
        NOWHERE("stock"),
        NOWHERE("stock-moves"),
        /* initials, fragments, codes: as in the catalogue */
        FINDS("prices", "amxl", "1"),
        FINDS("price-changes", "阿莫西林", "1"),
        FINDS("product-history", "amxl", "1"),
        FINDS("product-flags", "阿莫", "1"),
        FINDS("product-codes", "6901234000016", "1"),
        FINDS("level-lists", "amxl", "3"),
        FINDS("holds", "ptt", "1"),
        FINDS("holds", "amxl", "0"),
        FINDS("stock", "阿莫西林", "1"),
        FINDS("stock", "X002", "1"),
        FINDS("stock", "G1", "1"),
        FINDS("stock-moves", "amxl", "1"),
        {NULL, "chief", GET, "stock?q=amxl&quality=released", NULL, 200, SHOWS("rows#1", "rows.0.match=initials")},
        {NULL, "chief", GET, "price-changes?product_id={glucose}", NULL, 200, SHOWS("rows#1")},
        /* nobody else's */
        {NULL, "west_user", GET, "stock?q=amxl", NULL, 200, SHOWS("rows#0")},
        /* what cannot be searched says so */
        {NULL, "chief", GET, "catalogue-settings?q=x", NULL, REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", GET, "substitutes?q=x", NULL, REFUSED(422, "INVALID_FIELD")},
        {NULL, "chief", GET, "substitutes?q=", NULL, 200, FINE},
};

/* RULE DESIGN-7-one-search */
static void one_search_everywhere(void)
{
	struct world *w = world_new();
	PLAY(w, search_steps);
	world_end(w);
}

SUITE(control, {"a_flag_never_undoes_another", a_flag_never_undoes_another},
      {"no_side_door_round_the_committee", no_side_door_round_the_committee}, {"a_change_takes_away", a_change_takes_away},
      {"each_member_has_one_vote", each_member_has_one_vote},
      {"what_was_stopped_comes_back_by_the_committee", what_was_stopped_comes_back_by_the_committee},
      {"what_was_stopped_meanwhile_inherits_nothing", what_was_stopped_meanwhile_inherits_nothing},
      {"what_is_stopped_is_not_bought", what_is_stopped_is_not_bought},
      {"vaccines_and_grams_by_any_name", vaccines_and_grams_by_any_name},
      {"a_misread_code_is_not_learned", a_misread_code_is_not_learned},
      {"second_class_is_not_for_villages", second_class_is_not_for_villages},
      {"a_site_brings_its_items", a_site_brings_its_items}, {"lists_of_flags_come_as_files", lists_of_flags_come_as_files},
      {"lists_of_codes_come_as_files", lists_of_codes_come_as_files}, {"one_search_everywhere", one_search_everywhere});
