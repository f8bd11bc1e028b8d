/* 集采 from the report to the credit of a branch, and what the rules of a round refuse. */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/price.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/round.h"
#include "warehouse/volume/share.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define NOTHING_ELSE {NULL}, NULL

static enum status put_rival(struct tx *tx, struct world *w, const char *name, const char *code, const char *strength)
{
	int64_t id = 0;
	bool added = false;
	const struct new_product in = {
	        .code = code,
	        .drug_name = "阿莫西林胶囊",
	        .form = "剂",
	        .strength = strength,
	        .drug_class = "western",
	        .name = "阿莫西林胶囊",
	        .spec = strength,
	        .maker = name,
	        .unit_name = "粒",
	        .pack_name = "盒",
	        .units_per_pack = 24,
	        .units_per_box = 240,
	        .units_per_case = 2400,
	        .storage = "normal",
	        .warn_days = 180,
	};
	enum status st = product_put(tx, &in, &id, &added);
	const struct new_price price = {id, 100000, 24, "listed", 20260101, 0, "省平台"};
	price_put(tx, &price, &added);
	world_name_id(w, name, id);
	return st;
}

/* Two more makers of the same drug, and the double strength of one of them. */
static enum status put_rivals(struct tx *tx, void *arg)
{
	tx->action = "test";
	enum status st = put_rival(tx, arg, "spare", "V01", "1g");
	if (st == ST_OK)
		st = put_rival(tx, arg, "other", "V02", "1g");
	return st == ST_OK ? put_rival(tx, arg, "double", "V03", "2g") : st;
}

static const struct step round_steps[] = {
        {NULL, "east_user", POST, "volume-rounds",
         "{\"code\":\"J9\",\"name\":\"第九批\",\"from_ymd\":20260601,\"to_ymd\":20270531}", 403, "FORBIDDEN", NOTHING_ELSE},
        {NULL, "chief", POST, "volume-rounds", "{\"code\":\"J9\",\"name\":\"第九批\",\"from_ymd\":20260601,\"to_ymd\":20260531}",
         422, "INVALID_FIELD", NOTHING_ELSE},
        {"r", "chief", POST, "volume-rounds",
         "{\"code\":\"J9\",\"name\":\"第九批\",\"from_ymd\":20260601,\"to_ymd\":20270531,\"other_pm\":200,\"commit_pm\":800}",
         201, FINE},
        {NULL, "chief", POST, "volume-rounds", "{\"code\":\"J9\",\"name\":\"再来\",\"from_ymd\":20260601,\"to_ymd\":20270531}",
         409, "ALREADY_EXISTS", NOTHING_ELSE},
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{amoxicillin}\",\"role\":\"selected\"}]}", 422, "INVALID_FIELD",
         NOTHING_ELSE},
        {"rp", "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{amoxicillin}\",\"role\":\"selected\",\"price\":\"10\"},"
         "{\"product_id\":\"{spare}\",\"role\":\"reserve\",\"price\":\"10\"},"
         "{\"product_id\":\"{double}\",\"role\":\"non_selected\",\"measure_e3\":2000}]}",
         200, FINE},
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{glucose}\",\"role\":\"selected\",\"price\":\"8\"}]}", 409, "STALE_VERSION",
         NOTHING_ELSE},
        /* RULE DOMAIN-12.3-selected-price */
        {NULL, "chief", GET, "products/{amoxicillin}", NULL, 200, NULL, {"prices.1.kind=selected", "prices.1.price=10.00"}, NULL},
        /* RULE DOMAIN-12.3-volume-one-round */
        {"s", "chief", POST, "volume-rounds", "{\"code\":\"J10\",\"name\":\"第十批\",\"from_ymd\":20270501,\"to_ymd\":20280430}",
         201, FINE},
        {NULL, "chief", POST, "volume-rounds/{s.id}/products",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{other}\",\"role\":\"selected\",\"price\":\"9\"}]}", 409, "ALREADY_EXISTS",
         NOTHING_ELSE},
        {"rv",
         "east_user",
         GET,
         "volume-rounds/{r.id}",
         NULL,
         200,
         NULL,
         {"generics#1", "products#3", "products.0.role=selected", "elapsed_pm=476", "state=running"},
         NULL},
};

/* RULE DOMAIN-12.3-volume-report */
static const struct step report_steps[] = {
        {NULL, "east_user", POST, "volume-reports",
         "{\"round_id\":\"{r.id}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":100}]}", 422, "INVALID_FIELD",
         NOTHING_ELSE},
        {NULL, "east_user", POST, "volume-reports",
         "{\"round_id\":\"{r.id}\",\"site_id\":\"{west}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":100}]}", 422,
         "INVALID_FIELD", NOTHING_ELSE},
        {"sheet", "east_user", GET, "volume-rounds/{r.id}/sheet", NULL, 200, NULL, {"rows#3", "rows.0.role=selected"}, NULL},
        {"e", "east_user", POST, "volume-reports",
         "{\"round_id\":\"{r.id}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":2400},"
         "{\"product_id\":\"{double}\",\"units\":600}]}",
         201, FINE},
        {NULL, "east_user", POST, "volume-reports",
         "{\"round_id\":\"{r.id}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":1}]}", 409, "ALREADY_EXISTS",
         NOTHING_ELSE},
        {NULL, "west_user", GET, "volume-reports/{e.id}", NULL, 404, "NOT_FOUND", NOTHING_ELSE},
        {NULL, "east_user", POST, "volume-reports/{e.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "east_user", POST, "volume-reports/{e.id}/confirm", "{\"version\":2}", 403, "FORBIDDEN", NOTHING_ELSE},
        {NULL, "central", POST, "volume-reports/{e.id}/confirm",
         "{\"version\":2,\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":1800}]}", 422, "REASON_MISSING", NOTHING_ELSE},
        {NULL, "central", POST, "volume-reports/{e.id}/confirm",
         "{\"version\":2,\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":1800,\"reason\":\"高于上年用量\"}]}", 200, FINE},
        {NULL, "central", POST, "volume-reports/{e.id}/commit", "{\"version\":3}", 200, NULL, {"state=committed"}, NULL},
        /* (1800 + 600 doubles) x 0.8 in packs of 24: 60 + 40 packs */
        {NULL,
         "east_user",
         GET,
         "volume-progress",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.committed_units=2400", "rows.0.done_units=0", "rows.0.behind=true", "rows.0.short_units=2400"},
         NULL},
        {"w", "west_user", POST, "volume-reports",
         "{\"round_id\":\"{r.id}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":1500}]}", 201, FINE},
        {NULL, "west_user", POST, "volume-reports/{w.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "volume-reports/{w.id}/confirm", "{\"version\":2}", 200, FINE},
        {NULL, "central", POST, "volume-reports/{w.id}/commit", "{\"version\":3}", 200, FINE},
        {NULL, "chief", GET, "volume-progress?round_id={r.id}&behind=1", NULL, 200, NULL, {"rows#2"}, NULL},
        {NULL, "chief", GET, "board", NULL, 200, NULL, {"~volume_behind"}, NULL},
};

/* RULE DOMAIN-12.3-volume-credit: a central order credits the branches, in proportion to what they still owe. */
static const struct step central_steps[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":720,\"price\":\"10\"}]}", 201,
         FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {"ov",
         "buyer",
         GET,
         "orders/{o.id}",
         NULL,
         200,
         NULL,
         {"volumes#1", "volumes.0.role=selected", "volumes.0.shares#2", "volumes.0.shares.0.site_id={east}",
          "volumes.0.shares.0.units=480", "volumes.0.shares.1.units=240"},
         NULL},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {NULL,
         "chief",
         GET,
         "supply?site_id={east}&code=X001",
         NULL,
         200,
         NULL,
         {"rows.0.volume.committed_units=2400", "rows.0.volume.on_order_units=480", "rows.0.volume.owed_units=1920"},
         NULL},
        /* what the supplier does not bring is on order for nobody: the first share is filled first */
        {NULL, "buyer", POST, "orders/{o.id}/answers", "{\"lines\":[{\"n\":1,\"answer\":\"accepted\",\"units\":528}]}", 200,
         FINE},
        {NULL,
         "chief",
         GET,
         "supply?site_id={east}&code=X001",
         NULL,
         200,
         NULL,
         {"rows.0.volume.on_order_units=480", "rows.0.volume.owed_units=1920"},
         NULL},
        {NULL,
         "chief",
         GET,
         "supply?site_id={west}&code=X001",
         NULL,
         200,
         NULL,
         {"rows.0.volume.on_order_units=48", "rows.0.volume.owed_units=1152"},
         NULL},
        {NULL, "chief", GET, "volume-progress?round_id={r.id}", NULL, 200, NULL, {"rows.1.on_order_units=48"}, NULL},
        {NULL, "buyer", POST, "orders/{o.id}/answers", "{\"lines\":[{\"n\":1,\"answer\":\"accepted\"}]}", 200, FINE},
        {"g", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A1\",\"expiry_ymd\":20280101,"
         "\"units\":600},{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A2\",\"expiry_ymd\":20280101,\"units\":120}]}",
         201, FINE},
        {"gv", "receiver", GET, "receipts/{g.id}", NULL, 200, FINE},
        /* what was only unloaded counts for nobody */
        {NULL, "chief", GET, "volume-credits", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "inspector", POST, "receipts/{g.id}/inspect",
         "{\"version\":1,\"lines\":[{\"id\":\"{gv.lines.0.id}\",\"outcome\":\"accepted\"},"
         "{\"id\":\"{gv.lines.1.id}\",\"outcome\":\"rejected\",\"reason\":\"破损\"}]}",
         200, FINE},
        {NULL, "receiver", POST, "receipts/{g.id}/post", "{\"version\":2}", 200, FINE},
        {NULL,
         "chief",
         GET,
         "volume-progress?round_id={r.id}",
         NULL,
         200,
         NULL,
         {"rows.0.site_id={east}", "rows.0.received_units=480", "rows.1.received_units=120", "rows.0.paid_amount=200.00",
          "rows.0.listed_amount=240.00"},
         NULL},
        {NULL,
         "east_user",
         GET,
         "volume-credits?round_id={r.id}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.units=480", "rows.0.document_kind=receipt"},
         NULL},
        {NULL,
         "chief",
         GET,
         "volume-rounds/{r.id}",
         NULL,
         200,
         NULL,
         {"total.committed_amount=1500.00", "total.paid_amount=250.00", "total.saved_amount=50.00", "sites#2"},
         NULL},
        /* straight to a branch: that branch's, whatever the others owe */
        {"d", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"to_site_id\":\"{west}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24,"
         "\"price\":\"10\"}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{d.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL,
         "buyer",
         GET,
         "orders/{d.id}",
         NULL,
         200,
         NULL,
         {"volumes.0.shares#1", "volumes.0.shares.0.site_id={west}", "volumes.0.shares.0.units=24"},
         NULL},
};

/* RULE DOMAIN-12.3-volume-share RULE DOMAIN-12.3-volume-reserve: 2400 + 1200 committed, a fifth of the whole may be others'. */
static const struct step rule_steps[] = {
        {"n", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{other}\",\"units\":480,\"price\":\"9\"}]}", 201, FINE},
        {NULL,
         "buyer",
         GET,
         "orders/{n.id}",
         NULL,
         200,
         NULL,
         {"volumes.0.role=non_selected", "volumes.0.selected_id={amoxicillin}"},
         NULL},
        {NULL, "buyer", POST, "orders/{n.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL,
         "buyer",
         POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{double}\",\"units\":240,\"price\":\"9\"}]}",
         422,
         "NON_SELECTED_LIMIT",
         {"errors.0.field=lines[0].product_id"},
         NULL},
        {NULL, "chief", GET, "refusals?code=NON_SELECTED_LIMIT", NULL, 200, NULL, {"rows#1"}, NULL},
        {NULL, "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{spare}\",\"units\":24,\"price\":\"9\"}]}", 422,
         "RESERVE_CLOSED", NOTHING_ELSE},
        {NULL, "buyer", POST, "volume-releases",
         "{\"product_id\":\"{spare}\",\"units\":48,\"reason\":\"clinical\",\"note\":\"医生要\"}", 422, "INVALID_FIELD",
         NOTHING_ELSE},
        {NULL, "buyer", POST, "volume-releases", "{\"product_id\":\"{spare}\",\"units\":48,\"reason\":\"refused\"}", 422,
         "REASON_MISSING", NOTHING_ELSE},
        {"f", "buyer", POST, "volume-releases",
         "{\"product_id\":\"{spare}\",\"units\":48,\"reason\":\"refused\",\"note\":\"10 月 3 日回函不能供货\"}", 201, FINE},
        {NULL, "central", POST, "volume-releases/{f.id}/approve", "{\"version\":1}", 403, "FORBIDDEN", NOTHING_ELSE},
        {NULL, "chief", POST, "volume-releases/{f.id}/approve", "{\"version\":1}", 200, FINE},
        {"p", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{spare}\",\"units\":48,\"price\":\"9\"}]}", 201, FINE},
        {NULL, "buyer", POST, "orders/{p.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{spare}\",\"units\":24,\"price\":\"9\"}]}", 422,
         "RESERVE_CLOSED", NOTHING_ELSE},
        {"f2", "buyer", POST, "volume-releases",
         "{\"product_id\":\"{double}\",\"units\":240,\"reason\":\"clinical\",\"note\":\"儿科剂量\"}", 201, FINE},
        {NULL, "chief", POST, "volume-releases/{f2.id}/approve", "{\"version\":1}", 200, FINE},
        {"dd", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{double}\",\"units\":240,\"price\":\"9\"}]}", 201, FINE},
        {NULL, "buyer", POST, "orders/{dd.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{dd.id}/approve", "{\"version\":2}", 200, FINE},
};

/* RULE DOMAIN-12.3-volume-reallocation: only what is not received moves, and another one approves. */
static const struct step move_steps[] = {
        {NULL, "central", POST, "volume-reallocations",
         "{\"round_id\":\"{r.id}\",\"from_site_id\":\"{east}\",\"to_site_id\":\"{west}\",\"lines\":[{\"product_id\":"
         "\"{amoxicillin}\",\"units\":240}]}",
         422, "REASON_MISSING", NOTHING_ELSE},
        {"m", "chief", POST, "volume-reallocations",
         "{\"round_id\":\"{r.id}\",\"from_site_id\":\"{east}\",\"to_site_id\":\"{west}\",\"note\":\"病人转走\",\"lines\":[{"
         "\"product_id\":\"{amoxicillin}\",\"units\":1920}]}",
         201, FINE},
        {NULL, "chief", POST, "volume-reallocations/{m.id}/approve", "{\"version\":1}", 403, "SAME_PERSON", NOTHING_ELSE},
        {NULL, "chief", POST, "volume-reallocations/{m.id}/reject", "{\"version\":1,\"note\":\"改由他人提出\"}", 200, FINE},
        {"m1", "central", POST, "volume-reallocations",
         "{\"round_id\":\"{r.id}\",\"from_site_id\":\"{east}\",\"to_site_id\":\"{west}\",\"note\":\"病人转走\",\"lines\":[{"
         "\"product_id\":\"{amoxicillin}\",\"units\":1921}]}",
         201, FINE},
        {NULL,
         "chief",
         POST,
         "volume-reallocations/{m1.id}/approve",
         "{\"version\":1}",
         409,
         "WRONG_STATE",
         {"errors.0.field=lines[0].units"},
         NULL},
        {"m2", "central", POST, "volume-reallocations",
         "{\"round_id\":\"{r.id}\",\"from_site_id\":\"{east}\",\"to_site_id\":\"{west}\",\"note\":\"病人转走\",\"lines\":[{"
         "\"product_id\":\"{amoxicillin}\",\"units\":240}]}",
         201, FINE},
        {NULL, "chief", POST, "volume-reallocations/{m2.id}/approve", "{\"version\":1}", 200, NULL, {"state=approved"}, NULL},
        {NULL,
         "chief",
         GET,
         "volume-progress?round_id={r.id}",
         NULL,
         200,
         NULL,
         {"rows.0.committed_units=2160", "rows.1.committed_units=1440"},
         NULL},
        {NULL, "west_user", GET, "volume-reallocations/{m2.id}", NULL, 200, NULL, {"lines.0.units=240"}, NULL},
        {NULL, "chief", GET, "volume-commitments?round_id={r.id}&site_id={east}", NULL, 200, NULL, {"rows.2.units=-240"}, NULL},
};

/* Use counts for the site, and what comes back does not. */
static const struct step use_steps[] = {
        {NULL, "chief", METHOD_PATCH, "volume-rounds/{r.id}", "{\"version\":2,\"basis\":\"use\",\"reason\":\"省局口径\"}", 200,
         FINE},
        {NULL, "east_user", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"U1\",\"expiry_ymd\":20280101,\"units\":99}"
         "]}",
         201, FINE},
        {NULL, "east_user", POST, "adjustments",
         "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":30}]}", 201, FINE},
        {NULL, "east_user", POST, "adjustments",
         "{\"reason\":\"return\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"U1\",\"units\":6}]}", 201, FINE},
        {NULL, "east_user", GET, "volume-progress", NULL, 200, NULL, {"rows.0.done_units=24", "rows.0.used_units=24"}, NULL},
        /* what is taken back was never used, or never brought back */
        {"wrong", "east_user", POST, "adjustments",
         "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":8}]}", 201, FINE},
        {"none", "east_user", POST, "adjustments",
         "{\"reason\":\"return\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"U1\",\"units\":3}]}", 201, FINE},
        {NULL, "east_user", GET, "volume-progress", NULL, 200, NULL, {"rows.0.used_units=29"}, NULL},
        {NULL, "east_user", POST, "adjustments/{wrong.id}/reverse", "{\"version\":1,\"note\":\"录错\"}", 200, FINE},
        {NULL, "east_user", POST, "adjustments/{none.id}/reverse", "{\"version\":1,\"note\":\"录错\"}", 200, FINE},
        {NULL, "east_user", GET, "volume-progress", NULL, 200, NULL, {"rows.0.used_units=24"}, NULL},
};

/* RULE DOMAIN-12.3-volume-rule-change: who is bound by a rule does not turn it off. */
static const struct step bound_steps[] = {
        {NULL,
         "buyer",
         METHOD_PATCH,
         "volume-rounds/{r.id}",
         "{\"version\":3,\"other_pm\":1000,\"reason\":\"x\"}",
         403,
         "FORBIDDEN",
         {"errors.0.field=other_pm"},
         NULL},
        {NULL,
         "chief",
         METHOD_PATCH,
         "volume-rounds/{r.id}",
         "{\"version\":3,\"commit_pm\":1000}",
         422,
         "REASON_MISSING",
         {"errors.0.field=reason"},
         NULL},
        {NULL, "buyer", METHOD_PATCH, "volume-rounds/{r.id}", "{\"version\":3,\"warn_pm\":150}", 200, FINE},
        {NULL, "chief", METHOD_PATCH, "volume-rounds/{r.id}", "{\"version\":4,\"other_pm\":250,\"reason\":\"医保局文件\"}", 200,
         FINE},
        {NULL,
         "buyer",
         POST,
         "volume-rounds/{r.id}/products",
         "{\"version\":5,\"lines\":[{\"product_id\":\"{other}\",\"role\":\"selected\",\"price\":\"10\"}]}",
         403,
         "FORBIDDEN",
         {"errors.0.field=lines[0].price"},
         NULL},
        {NULL,
         "central",
         POST,
         "volume-rounds/{r.id}/products",
         "{\"version\":5,\"reason\":\"x\",\"lines\":[{\"product_id\":\"{other}\",\"role\":\"selected\",\"price\":\"10\"}]}",
         403,
         "FORBIDDEN",
         {"errors.0.field=role"},
         NULL},
        {NULL,
         "central",
         POST,
         "volume-rounds/{r.id}/products",
         "{\"version\":5,\"reason\":\"x\",\"lines\":[{\"product_id\":\"{double}\",\"role\":\"non_selected\",\"measure_e3\":1}]}",
         403,
         "FORBIDDEN",
         {"errors.0.field=measure_e3"},
         NULL},
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":5,\"lines\":[{\"product_id\":\"{amoxicillin}\",\"role\":\"non_selected\"}]}", 422, "REASON_MISSING",
         NOTHING_ELSE},
        {NULL, "central", POST, "imports/volume-products", "round_code,product_code,role\nJ9,X001,non_selected\n", 422,
         "IMPORT_REFUSED", NOTHING_ELSE},
        /* RULE DOMAIN-12.3-selected-ceiling */
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":5,\"reason\":\"x\",\"lines\":[{\"product_id\":\"{other}\",\"role\":\"selected\",\"price\":\"10.01\"}]}",
         422, "SELECTED_OVER_CEILING", NOTHING_ELSE},
        {NULL,
         "chief",
         POST,
         "volume-rounds/{r.id}/products",
         "{\"version\":5,\"reason\":\"x\",\"lines\":[{\"product_id\":\"{spare}\",\"role\":\"reserve\",\"price\":\"0\"}]}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=lines[0].price"},
         NULL},
        /* the 中选价 ends with the role, and comes again with it */
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":5,\"reason\":\"企业被取消中选\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"role\":\"non_selected\"}]}",
         200, FINE},
        {NULL, "buyer", GET, "products/{amoxicillin}/price-rule", NULL, 200, NULL, {"rule=listed", "price=12.00"}, NULL},
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":6,\"reason\":\"更正\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"role\":\"selected\",\"price\":\"10\"}"
         "]}",
         200, FINE},
        {NULL, "buyer", GET, "products/{amoxicillin}/price-rule", NULL, 200, NULL, {"rule=selected", "price=10.00"}, NULL},
        {NULL,
         "buyer",
         GET,
         "volume-changes?round_id={r.id}",
         NULL,
         200,
         NULL,
         {"rows#5", "rows.0.reason=更正", "rows.1.new_value_title=非中选", "rows.1.product_id={amoxicillin}",
          "rows.2.what=other_pm", "rows.2.old_value=200", "rows.2.made_by=chief"},
         NULL},
};

/* RULE DOMAIN-12.3-volume */
static void from_report_to_credit(void)
{
	struct world *w = world_new();
	world_write(w, put_rivals, w);
	PLAY(w, round_steps);
	PLAY(w, report_steps);
	PLAY(w, central_steps);
	PLAY(w, rule_steps);
	PLAY(w, move_steps);
	PLAY(w, use_steps);
	PLAY(w, bound_steps);
	world_replay(w);
	world_end(w);
}

/* ---- random orders, receipts and returns: what is credited is what was received ---- */

#define ORDERS_MAX 40
#define PACK 24

struct county {
	struct world *w;
	uint64_t state;
	int64_t received, ordered; /* of the product, posted and accepted, less what went back */
	int orders, returned;
};

static int64_t draw(struct county *c, int64_t below)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return (int64_t)(c->state >> 1) % below;
}

static void must(struct county *c, const char *user, const char *path, const char *body)
{
	int http = world_ask(c->w, user, METHOD_POST, path, body, NULL);
	if (http >= 300)
		printf("  %s %s\n    %d %s\n", path, body, http, c->w->body);
	CU_ASSERT_TRUE_FATAL(http < 300);
}

#define TEXT_(...) arena_printf(&c->w->arena, __VA_ARGS__)

static const char *at(struct county *c, const char *path)
{
	const char *text = world_at(c->w, path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	return arena_string(&c->w->arena, text);
}

/* An order to the centre or straight to a branch; now and then received in two receipts, a part of them rejected. */
static void order_some(struct county *c)
{
	static const char *const sites[] = {"lead", "lead", "east", "west"};
	static const char *const users[] = {"receiver", "receiver", "east_user", "west_user"};
	int to = (int)draw(c, 4);
	int64_t units = (draw(c, 30) + 1) * PACK + draw(c, 3), taken = draw(c, units) + 1;
	bool rejected = draw(c, 4) == 0;
	must(c, "buyer", "orders",
	     TEXT_("{\"supplier_id\":\"%s\",\"to_site_id\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":%lld,\"price\":"
	           "\"10\"}]}",
	           world_value(c->w, "supplier"), world_value(c->w, sites[to]), world_value(c->w, "amoxicillin"),
	           (long long)units));
	const char *order = at(c, "id");
	must(c, "buyer", TEXT_("orders/%s/submit", order), "{\"version\":1}");
	must(c, "chief", TEXT_("orders/%s/approve", order), "{\"version\":2}");
	must(c, "buyer", TEXT_("orders/%s/send", order), "{\"version\":3}");
	CU_ASSERT_EQUAL_FATAL(world_ask(c->w, "buyer", METHOD_GET, TEXT_("orders/%s", order), NULL, NULL), 200);
	const char *line = at(c, "lines.0.id");
	must(c, users[to], "receipts",
	     TEXT_("{\"order_id\":\"%s\",\"site_id\":\"%s\",\"lines\":[{\"order_line_id\":\"%s\",\"lot\":\"R%d\",\"expiry_ymd\":"
	           "20280101,"
	           "\"units\":%lld}]}",
	           order, world_value(c->w, sites[to]), line, c->orders, (long long)taken));
	const char *receipt = at(c, "id");
	must(c, "inspector", TEXT_("receipts/%s/inspect", receipt),
	     rejected ? TEXT_("{\"version\":1,\"lines\":[{\"order_line_id\":\"%s\",\"outcome\":\"rejected\",\"reason\":\"破损\"}]"
	                      "}",
	                      line)
	              : "{\"version\":1}");
	must(c, "central", TEXT_("receipts/%s/post", receipt), "{\"version\":2}");
	c->received += rejected ? 0 : taken;
	c->ordered += units;
	c->orders++;
}

struct going_back {
	int64_t line_id, units, document_id;
};

static enum status send_back(struct tx *tx, void *arg)
{
	const struct going_back *b = arg;
	tx->action = "test";
	volume_returned(tx, b->line_id, b->units, b->document_id);
	return ST_OK;
}

static void return_some(struct county *c)
{
	static const char credited[] =
	        " FROM (SELECT c.line_id AS id, CAST(sum(c.units) AS BIGINT) AS units, max(c.document_id) AS document FROM "
	        "volume_credit c WHERE c.line_id IS NOT NULL GROUP BY c.line_id HAVING sum(c.units) > 0) AS credited";
	int64_t lines = world_number(c->w, TEXT_("SELECT count(*)%s", credited));
	if (lines == 0)
		return;
	int64_t nth = draw(c, lines);
	const char *one = TEXT_("%s ORDER BY id LIMIT 1 OFFSET %lld", credited, (long long)nth);
	struct going_back b = {world_number(c->w, TEXT_("SELECT id%s", one)), world_number(c->w, TEXT_("SELECT units%s", one)),
	                       world_number(c->w, TEXT_("SELECT document%s", one))};
	b.units = draw(c, b.units) + 1;
	world_write(c->w, send_back, &b);
	c->received -= b.units;
	c->returned++;
}

static void check_credits(struct county *c)
{
	CU_ASSERT_EQUAL(world_number(c->w, "SELECT CAST(coalesce(sum(received_units), 0) AS BIGINT) FROM volume_progress"),
	                c->received);
	CU_ASSERT_EQUAL(world_number(c->w, "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM volume_credit"), c->received);
	CU_ASSERT_EQUAL(world_number(c->w, "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM order_line_volume"), c->ordered);
	CU_ASSERT_EQUAL(world_number(c->w, "SELECT CAST(coalesce(sum(received_units), 0) AS BIGINT) FROM order_line_volume"),
	                c->received);
	/* nobody's goods were counted for a branch beyond its volume while another one still waited for them: the centre's share
	 * goes to those who owe */
	CU_ASSERT_EQUAL(world_number(c->w, "SELECT count(*) FROM volume_progress WHERE received_units < 0 OR units < 0"), 0);
}

/* RULE DOMAIN-12.3-volume-credit: the credits of any orders, receipts and returns are what was received. */
static void credits_are_what_was_received(void)
{
	struct county c = {.w = world_new()};
	const char *seed = getenv("YAOCANG_SEED");
	c.state = seed ? strtoull(seed, NULL, 10) : randombytes_random();
	printf("  YAOCANG_SEED=%llu\n", (unsigned long long)c.state);
	fflush(stdout);
	c.state = c.state * 2654435769u + 1;
	world_write(c.w, put_rivals, c.w);
	PLAY(c.w, round_steps);
	PLAY(c.w, report_steps);
	while (c.orders < ORDERS_MAX) {
		if (draw(&c, 3) == 0)
			return_some(&c);
		else
			order_some(&c);
		check_credits(&c);
	}
	CU_ASSERT_TRUE(c.returned > 0);
	world_end(c.w);
}

/* A 中选价 that was told before, without an end, holds as long as the round and no longer. RULE DOMAIN-12.3-selected-price */
static const struct step told_before[] = {
        {NULL, "central", POST, "prices",
         "{\"kind\":\"selected\",\"product_id\":\"{amoxicillin}\",\"price\":\"10\",\"from_ymd\":20260601,\"source\":\"文件\"}",
         201, FINE},
        {"r", "chief", POST, "volume-rounds", "{\"code\":\"J9\",\"name\":\"第九批\",\"from_ymd\":20260601,\"to_ymd\":20270531}",
         201, FINE},
        {NULL, "chief", POST, "volume-rounds/{r.id}/products",
         "{\"version\":1,\"lines\":[{\"product_id\":\"{amoxicillin}\",\"role\":\"selected\",\"price\":\"10\"}]}", 200, FINE},
        {NULL,
         "central",
         GET,
         "prices?product_id={amoxicillin}&kind=selected",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.to_ymd=20270531"},
         NULL},
};

static void a_selected_price_ends_with_its_round(void)
{
	struct world *w = world_new();
	PLAY(w, told_before);
	world_replay(w);
	world_end(w);
}

SUITE(volume, {"from_report_to_credit", from_report_to_credit}, {"credits_are_what_was_received", credits_are_what_was_received},
      {"a_selected_price_ends_with_its_round", a_selected_price_ends_with_its_round});
