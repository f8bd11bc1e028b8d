/* What labels and papers say: UDI of consumables and implants, ratios of trace codes, mandates, rights that run out. */
#include "tests/harness.h"
#include "tests/scenario/world.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/partner/paper.h"
#include "warehouse/price/price.h"

#include <stdio.h>
#include <stdlib.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define SAYS(...) NULL, {__VA_ARGS__}, NULL
#define REFUSED(status, code) status, code, {NULL}, NULL
#define SENT(label)                                                                                   \
	{NULL, "buyer", POST, "orders/{" label ".id}/submit", "{\"version\":1}", 200, FINE},          \
	        {NULL, "chief", POST, "orders/{" label ".id}/approve", "{\"version\":2}", 200, FINE}, \
	        {NULL, "buyer", POST, "orders/{" label ".id}/send", "{\"version\":3}", 200, FINE},    \
	{                                                                                             \
		label "l", "buyer", GET, "orders/{" label ".id}", NULL, 200, FINE                     \
	}

/* ---- UDI ---- */

#define STENT_DI "06901234000023"
#define SCREW_DI "06901234000030"
#define SYRINGE_DI "06901234000047"
#define MA_DI "MA.156.M0.100152.10000021"

struct goods {
	const char *name, *code, *gtin;
	bool implant;
};

/* Consumables come from him who trades in them. RULE GSP-trade-licence */
static enum status trade_in_devices(struct tx *tx, struct world *w)
{
	int64_t id = 0;
	bool added = false;
	const struct new_supplier supplier = {
	        .code = "G1", .name = "甲医药公司", .licence_no = "L1", .licence_until_ymd = 20301231, .business = "both"};
	const struct paper_new licence = {.owner_kind = "supplier",
	                                  .owner_id = strtoll(world_value(w, "supplier"), NULL, 10),
	                                  .kind = "device_licence",
	                                  .number = "皖械经营许1",
	                                  .counts = true};
	enum status st = supplier_put(tx, &supplier, &id, &added);
	return st == ST_OK ? paper_add(tx, &licence, &id) : st;
}

static enum status put_consumables(struct tx *tx, void *arg)
{
	static const struct goods all[] = {{"stent", "H001", "6901234000023", true},
	                                   {"screw", "H002", "6901234000030", true},
	                                   {"syringe", "H003", "6901234000047", false}};
	struct world *w = arg;
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof all / sizeof *all; i++) {
		int64_t id = 0;
		bool added = false;
		const struct new_product in = {.code = all[i].code,
		                               .drug_name = all[i].name,
		                               .form = "",
		                               .strength = "1",
		                               .kind = "consumable",
		                               .name = all[i].name,
		                               .spec = "1",
		                               .maker = "演示器械厂",
		                               .unit_name = "个",
		                               .pack_name = "个",
		                               .units_per_pack = 1,
		                               .units_per_box = 1,
		                               .units_per_case = 1,
		                               .approval_no = "国械注准20263130001",
		                               .storage = "normal",
		                               .traced = all[i].implant,
		                               .warn_days = 90,
		                               .gtin = all[i].gtin};
		const struct new_flag flag = {.flag = "implant", .value = "yes", .from_ymd = 20260101, .source = "高值耗材目录"};
		struct new_flag mine = flag;
		st = product_put(tx, &in, &id, &added);
		mine.product_id = id;
		if (st == ST_OK && all[i].implant)
			st = product_flag_set(tx, &mine);
		const struct new_price price = {id, 1000000, 1, "listed", 20260101, 0, "省平台"};
		if (st == ST_OK)
			price_put(tx, &price, &added);
		world_name_id(w, all[i].name, id);
	}
	return st == ST_OK ? trade_in_devices(tx, w) : st;
}

static const struct step udi_order[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{stent}\",\"units\":3},{\"product_id\":\"{screw}\","
         "\"units\":"
         "20},{\"product_id\":\"{syringe}\",\"units\":100}]}",
         201, FINE},
        SENT("o"),
        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},
};
static const struct step udi_steps[] = {
        /* a label with a serial fills lot, dates and serial; day 00 is the month's last day */
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/scans",
         "{\"code\":\"]d201" STENT_DI "11260105172912001 0LOT\"}",
         422,
         NULL,
         {NULL},
         NULL},
        {NULL, "receiver", POST, "receipts/{r.id}/scans", "{\"code\":\"(01)" STENT_DI "(11)260105(17)291200(10)A7(21)SN-1\"}",
         200,
         SAYS("scan.kind=pack", "scan.lot=A7", "scan.made_ymd=20260105", "scan.expiry_ymd=20291231", "scan.serial=SN-1",
              "scan.units=1", "scan.udi=(01)" STENT_DI "(11)260105(17)291200(10)A7(21)SN-1")},
        {NULL, "receiver", POST, "receipts/{r.id}/scans", "{\"code\":\"(01)" STENT_DI "(11)260105(17)291200(10)A7(21)SN-1\"}",
         REFUSED(422, "CODE_ALREADY_HERE")},
        /* an implant that is typed, or whose pieces are not all scanned, stays outside */
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"lot\":\"A7\",\"expiry_ymd\":20291231,\"units\":1}]}",
         422,
         "NEEDS_UDI",
         {"errors.0.field=lines[0].udi", "~植入"},
         NULL},
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"udi\":\"(01)" STENT_DI "(17)291200(10)A7(21)SN-2\",\"units\":2}]}",
         REFUSED(422, "NEEDS_UDI")},
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"udi\":\"(01)" STENT_DI "(17)291200(10)A7(21)SN-2\",\"units\":1}]}",
         200, FINE},
        /* a lot's label comes in by the line, and says what nobody typed */
        {NULL, "receiver", POST, "receipts/{r.id}/scans", "{\"code\":\"(01)" SCREW_DI "(17)281130(10)S9\"}", 200,
         SAYS("scan.kind=product", "scan.lot=S9", "scan.expiry_ymd=20281130", "scan.units=0",
              "scan.order_line_id={ol.lines.1.id}", "scan.udi=(01)" SCREW_DI "(17)281130(10)S9")},
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.1.id}\",\"udi\":\"(01)" SCREW_DI "(17)281130(10)S9\",\"units\":20}]}", 200,
         FINE},
        /* another product's label, another lot than typed, no label at all */
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.2.id}\",\"udi\":\"(01)" SCREW_DI "(17)281130(10)S9\",\"units\":20}]}",
         REFUSED(422, "NOT_ON_ORDER")},
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.2.id}\",\"lot\":\"X\",\"udi\":\"(01)" SYRINGE_DI
         "(17)281130(10)Y\",\"units\":20}]}",
         422,
         "INVALID_FIELD",
         {"~UDI 的批号是 Y"},
         NULL},
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.2.id}\",\"udi\":\"MA.156.M0.100152\",\"units\":20}]}",
         REFUSED(422, "CODE_UNKNOWN")},
        /* what is no implant may be typed */
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ol.lines.2.id}\",\"lot\":\"Z1\",\"expiry_ymd\":20281130,\"units\":60}]}", 200, FINE},
        {NULL, "inspector", GET, "receipts/{r.id}", NULL, 200,
         SAYS("lines#3", "lines.0.codes=2", "lines.1.udi=(01)" SCREW_DI "(17)281130(10)S9", "lines.2.udi=null",
              "expected.0.implant=true", "expected.2.implant=false")},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
        /* a piece has its own life */
        {NULL, "keeper", GET, "trace/packs/01" STENT_DI "21SN-2", NULL, 200, SAYS("~SN-2")},
        /* another agency's label: its DI is bound by two people, and says as much from then on */
        {"r2", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},
        {NULL, "receiver", POST, "receipts/{r2.id}/scans", "{\"code\":\"" MA_DI ".LB7.V291231.SX1\"}",
         REFUSED(422, "CODE_UNKNOWN")},
        {"b", "central", POST, "code-bindings", "{\"product_id\":\"{stent}\",\"code\":\"" MA_DI ".LB7.V291231.SX1\"}", 201, FINE},
        {NULL, "chief", POST, "code-bindings/{b.id}/confirm", "{}", 200, FINE},
        {NULL, "receiver", POST, "receipts/{r2.id}/scans", "{\"code\":\"" MA_DI ".LB7.V291231.SX1\"}", 200,
         SAYS("scan.kind=pack", "scan.lot=B7", "scan.expiry_ymd=20291231", "scan.serial=X1", "scan.units=1",
              "scan.udi=" MA_DI ".LB7.V291231.SX1")},
        {NULL, "receiver", POST, "receipts/{r2.id}/scans", "{\"code\":\"" MA_DI ".SX1.LB7\"}", REFUSED(422, "CODE_ALREADY_HERE")},
        {NULL, "keeper", GET, "trace/packs/" MA_DI ".SX1", NULL, 200, SAYS("~X1")},
        {NULL, "keeper", GET, "products?q=" MA_DI, NULL, 200, SAYS("rows#1", "rows.0.code=H001")},
        {NULL,
         "chief",
         POST,
         "products/{amoxicillin}/flags",
         "{\"flag\":\"implant\",\"value\":\"yes\",\"source\":\"x\"}",
         422,
         "INVALID_FIELD",
         {"~不是医用耗材"},
         NULL},
};

/* RULE DOMAIN-12.1-udi, RULE DOMAIN-12.1-implant: a label fills the line; an implant comes in with its label or not at all. */
static void labels_fill_the_line(void)
{
	struct world *w = world_new();
	world_write(w, put_consumables, w);
	PLAY(w, udi_order);
	PLAY(w, udi_steps);
	world_end(w);
}

/* ---- cold goods ---- */

static enum status make_cold(struct tx *tx, void *arg)
{
	struct world *w = arg;
	struct new_product p;
	int64_t id = strtoll(world_value(w, "insulin"), NULL, 10);
	bool added = false;
	const struct new_flag flag = {id, "cold_chain", "yes", 20260101, 0, "说明书", 0};
	enum status st = product_stored(tx_db(tx), tx->arena, id, &p);
	p.storage = "cold";
	if (st == ST_OK)
		st = product_put(tx, &p, &id, &added);
	return st == ST_OK ? product_flag_set(tx, &flag) : st;
}

static const struct step cold_steps[] = {
        {"o", "buyer", POST, "orders", "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{insulin}\",\"units\":10}]}",
         201, FINE},
        SENT("o"),
        {"r", "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"lot\":\"C1\",\"expiry_ymd\":20281231,"
         "\"units\":10}]}",
         201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 422, "PAPERS_MISSING", {"~运输温度记录"}, NULL},
        {NULL, "receiver", POST, "attachments?owner_kind=receipt&owner_id={r.id}&name=t.pdf", "%PDF-1.4\n%%EOF\n", 201, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect", "{\"version\":1}", 200, FINE},
};

/* RULE GSP-cold-receipt */
static void cold_goods_bring_their_record(void)
{
	struct world *w = world_new();
	world_write(w, make_cold, w);
	PLAY(w, cold_steps);
	world_end(w);
}

/* ---- ratios ---- */

static const struct step ratio_steps[] = {
        /* ten packs of 24 in one code; the code of a half pack; a seventh of a pack is nothing */
        {"b", "receiver", POST, "code-bindings",
         "{\"product_id\":\"{amoxicillin}\",\"code\":\"81000010000000000011\",\"multiplier\":10}", 201, FINE},
        {NULL,
         "receiver",
         POST,
         "code-bindings",
         "{\"product_id\":\"{amoxicillin}\",\"code\":\"81000020000000000011\",\"divider\":7}",
         422,
         "NOT_WHOLE",
         {"errors.0.field=divider", "~24 × 1 ÷ 7"},
         NULL},
        {NULL, "receiver", POST, "code-bindings",
         "{\"product_id\":\"{amoxicillin}\",\"code\":\"81000020000000000011\",\"multiplier\":1,\"divider\":2,\"units\":24}",
         REFUSED(422, "INVALID_FIELD")},
        {"h", "receiver", POST, "code-bindings",
         "{\"product_id\":\"{amoxicillin}\",\"code\":\"81000020000000000011\",\"multiplier\":1,\"divider\":2,\"units\":12}", 201,
         FINE},
        {NULL, "keeper", POST, "code-bindings/{b.id}/confirm", "{}", 200, FINE},
        {NULL, "keeper", POST, "code-bindings/{h.id}/confirm", "{}", 200, FINE},
        {NULL, "keeper", GET, "products/{amoxicillin}", NULL, 200,
         SAYS("trace_prefixes.0.units=240", "trace_prefixes.0.multiplier=10", "trace_prefixes.0.divider=1",
              "trace_prefixes.0.level=2", "trace_prefixes.1.units=12", "trace_prefixes.1.multiplier=1",
              "trace_prefixes.1.divider=2")},
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":264},{\"product_id\":\"{insulin}"
         "\","
         "\"units\":10}]}",
         201, FINE},
        SENT("o"),
        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},
        {NULL, "receiver", POST, "receipts/{r.id}/scans",
         "{\"code\":\"81000010000000000011\",\"lot\":\"L1\",\"expiry_ymd\":20281231}", 200,
         SAYS("scan.units=240", "scan.kind=case", "scan.order_left_units=24")},
        {NULL, "receiver", POST, "receipts/{r.id}/scans", "{\"code\":\"81000020000000000011\"}", 200,
         SAYS("scan.units=12", "scan.kind=pack", "scan.order_left_units=12")},
        /* learned on the spot, by the same rule */
        {NULL, "receiver", POST, "receipts/{r.id}/bindings",
         "{\"code\":\"81000030000000000011\",\"order_line_id\":\"{ol.lines.1.id}\",\"divider\":3}", REFUSED(422, "NOT_WHOLE")},
        {NULL,
         "receiver",
         POST,
         "receipts/{r.id}/bindings",
         "{\"code\":\"81000030000000000011\",\"order_line_id\":\"{ol.lines.1.id}\"}",
         422,
         "INVALID_FIELD",
         {"errors.0.field=units_per_code"},
         NULL},
        {NULL, "receiver", POST, "receipts/{r.id}/bindings",
         "{\"code\":\"81000030000000000011\",\"order_line_id\":\"{ol.lines.1.id}\",\"multiplier\":5}", 200, FINE},
        {NULL, "receiver", GET, "receipts/{r.id}", NULL, 200,
         SAYS("bindings.0.units_per_code=5", "bindings.0.multiplier=5", "bindings.0.divider=1")},
};

/* RULE DOMAIN-2.1-prefix-ratio: a code is multiplier ÷ divider packs, in whole units or not at all. */
static void codes_convert_exactly(void)
{
	struct world *w = world_new();
	PLAY(w, ratio_steps);
	world_end(w);
}

/* ---- mandates ---- */

#define MANDATE(number, region, scope)                                                                       \
	"{\"owner_kind\":\"supplier\",\"owner_id\":\"{supplier}\",\"kind\":\"mandate\",\"number\":\"" number \
	"\",\"until_ymd\":20271101,\"person\":\"张三\",\"region\":\"" region "\",\"scope\":\"" scope "\"}"
#define ORDER(product) "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":240}]}"

static const struct step mandate_steps[] = {
        {NULL,
         "buyer",
         POST,
         "qualifications",
         MANDATE("M0", "", "本公司好药"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=scope", "~本公司好药"},
         NULL},
        {"m", "buyer", POST, "qualifications", MANDATE("M1", "合肥市、六安市", "X001;胰岛素注射液"), 201, FINE},
        CONFIRMED("m"),
        /* nobody has said where we are: the areas are not compared, the goods are */
        {"o", "buyer", POST, "orders", ORDER("amoxicillin"), 201, FINE},
        {NULL, "buyer", POST, "orders", ORDER("insulin"), 201, FINE},
        {NULL,
         "buyer",
         POST,
         "orders",
         ORDER("glucose"),
         422,
         "MANDATE_SCOPE",
         {"errors.0.field=lines[0].product_id", "~张三", "~X001"},
         NULL},
        {NULL, "buyer", GET, "suppliers/{supplier}/may?product_ids={glucose},{amoxicillin}", NULL, 200,
         SAYS("allowed=true", "products.0.allowed=false", "products.0.code=MANDATE_SCOPE", "products.0.mandate=null",
              "products.1.allowed=true", "products.1.mandate.person=张三", "products.1.mandate.until_ymd=20271101",
              "products.1.ticked=false")},
        /* which areas are ours is no buyer's to say: with the last one the check would end */
        {NULL, "buyer", POST, "own-regions", "{\"name\":\"合肥市\"}", REFUSED(403, "FORBIDDEN")},
        {"g", "chief", POST, "own-regions", "{\"name\":\"寿县\"}", 201, FINE},
        {NULL, "chief", POST, "own-regions", "{\"name\":\"寿县\"}", REFUSED(409, "ALREADY_EXISTS")},
        {NULL, "buyer", POST, "orders", ORDER("amoxicillin"), 422, "MANDATE_SCOPE", {"~合肥市", "~本地区"}, NULL},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", REFUSED(422, "MANDATE_SCOPE")},
        /* another salesman's mandate is enough; all of a maker, in the whole country */
        {"n", "buyer", POST, "qualifications", MANDATE("M2", "全国", "演示药厂"), 201, FINE},
        CONFIRMED("n"),
        {NULL, "buyer", POST, "orders", ORDER("glucose"), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "qualifications/{n.id}/end", "{\"note\":\"离职\"}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", REFUSED(422, "MANDATE_SCOPE")},
        {NULL, "buyer", POST, "own-regions/{g.id}/end", "{}", REFUSED(403, "FORBIDDEN")},
        {NULL, "chief", POST, "own-regions/{g.id}/end", "{}", 200, FINE},
        {NULL, "buyer", GET, "own-regions", NULL, 200, SAYS("rows#0")},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "central", GET, "refusals", NULL, 200, SAYS("rows.0.code=MANDATE_SCOPE")},
};

/* No area is registered that nobody would look at. */
static void areas_are_counted(void)
{
	struct world *w = world_new();
	for (int i = 1; i <= 17; i++)
		CU_ASSERT_EQUAL(world_ask(w, "chief", METHOD_POST, "own-regions",
		                          arena_printf(&w->arena, "{\"name\":\"第%d镇\"}", i), NULL),
		                i <= 16 ? 201 : 422);
	world_end(w);
}

/* RULE DOMAIN-12.3-cover, RULE DOMAIN-12.2-mandate-scope: what no valid mandate of the supplier covers is not ordered, submitted
 * or approved. */
static void mandates_have_bounds(void)
{
	struct world *w = world_new();
	PLAY(w, mandate_steps);
	world_end(w);
}

/* ---- rights that run out ---- */

#define RIGHT(supplier, from, until) \
	"{\"supplier_id\":\"{" supplier "}\",\"maker_id\":\"{ms.rows.0.id}\",\"from_ymd\":" from ",\"until_ymd\":" until "}"

static const struct step right_steps[] = {
        {"ms", "central", GET, "makers", NULL, 200, FINE},
        {"a", "buyer", POST, "delivery-rights", RIGHT("supplier", "20250101", "20261120"), 201, FINE},
        {NULL, "buyer", POST, "delivery-rights", RIGHT("calm", "20250101", "20261210"), 201, FINE},
        {NULL, "buyer", POST, "delivery-rights", RIGHT("last_day", "20250101", "20270210"), 201, FINE},
        {NULL, "buyer", POST, "delivery-rights", RIGHT("warned", "20250101", "20271231"), 201, FINE},
        {NULL, "central", GET, "expiring-rights", NULL, 200,
         SAYS("rows#3", "rows.0.state=expired", "rows.1.state=urgent", "rows.2.state=soon", "rows.0.supplier_name=甲医药公司")},
        /* locked at expiry, and it says since when */
        {NULL, "buyer", POST, "orders", ORDER("amoxicillin"), 422, "NO_DELIVERY_RIGHT", {"~已于 20261120 到期"}, NULL},
        {NULL, "buyer", GET, "suppliers/{supplier}/may?product_ids={amoxicillin}", NULL, 200,
         SAYS("products.0.code=NO_DELIVERY_RIGHT", "~已于 20261120 到期")},
        /* a renewed one warns nobody and opens the door */
        {NULL, "buyer", POST, "delivery-rights", RIGHT("supplier", "20261121", "20281231"), 201, FINE},
        {NULL, "central", GET, "expiring-rights", NULL, 200, SAYS("rows#2")},
        {NULL, "buyer", POST, "orders", ORDER("amoxicillin"), 201, FINE},
        {NULL, "village_user", GET, "expiring-rights", NULL, 403, FINE},
        {NULL, "buyer", POST, "attachments?owner_kind=delivery_right&owner_id={a.id}&name=x.pdf", "%PDF-1.4\n%%EOF\n", 201, FINE},
        {NULL, "buyer", GET, "delivery-rights?supplier_id={supplier}", NULL, 200, SAYS("rows#2", "rows.1.scans=1")},
};

/* RULE GSP-right-warning, RULE DOMAIN-12.3-delivery-right */
static void rights_warn_and_lock(void)
{
	struct world *w = world_new();
	PLAY(w, right_steps);
	world_end(w);
}

/* ---- the door of what is short ---- */

#define FILING(reason)                                                                                                       \
	"{\"product_id\":\"{unlisted}\",\"reason\":\"" reason "\",\"price\":\"30\",\"units\":20,\"from_ymd\":20261121,\"to_" \
	"ymd\":20261231}"
static const struct step short_steps[] = {
        {NULL, "buyer", POST, "filings", FILING("rescue"), 422, "NOT_SHORT", {"errors.0.field=reason", "~急抢救药"}, NULL},
        {NULL, "chief", POST, "products/{unlisted}/flags",
         "{\"flag\":\"shortage\",\"value\":\"scarce\",\"source\":\"国家短缺药品清单\"}", 200, FINE},
        {NULL, "buyer", POST, "filings", FILING("rescue"), REFUSED(422, "NOT_SHORT")},
        {NULL, "buyer", POST, "filings", FILING("shortage"), 201, FINE},
};

/* RULE DOMAIN-12.3-filing: what no list calls short or life-saving has no door at all. */
static void a_list_is_the_key(void)
{
	struct world *w = world_new();
	PLAY(w, short_steps);
	world_end(w);
}

/* ---- instead ---- */

static const struct step instead_steps[] = {
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"found\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"L1\",\"expiry_ymd\":20280101,\"units\":100}]}",
         201, FINE},
        {NULL, "chief", POST, "substitutes",
         "{\"product_id\":\"{amoxicillin}\",\"other_id\":\"{glucose}\",\"units\":24,\"other_units\":10,\"both_ways\":false,"
         "\"decision\":\"药事会 3 号\"}",
         201, FINE},
        {NULL, "east_user", GET, "alternatives?product_ids={amoxicillin},{glucose},17", NULL, 200,
         SAYS("rows#2", "rows.0.state=out", "rows.0.substitutes.0.way=decision", "rows.0.substitutes.0.centre_units=100",
              "rows.1.state=ok", "rows.1.substitutes#0")},
        {NULL, "central", GET, "products?q=amxl", NULL, 200,
         SAYS("rows#1", "rows.0.matched.how=initials", "rows.0.matched.field=name", "rows.0.matched.marks#2",
              "rows.0.matched.marks.0=0", "rows.0.matched.marks.1=4")},
        {NULL, "central", GET, "products?q=6901234000016", NULL, 200,
         SAYS("rows.0.matched.how=code", "rows.0.matched.marks.1=13")},
};

/* RULE DOMAIN-6.1-substitute */
static void search_offers_what_is_there(void)
{
	struct world *w = world_new();
	PLAY(w, instead_steps);
	world_end(w);
}

SUITE(marks, {"a_list_is_the_key", a_list_is_the_key}, {"cold_goods_bring_their_record", cold_goods_bring_their_record},
      {"labels_fill_the_line", labels_fill_the_line}, {"codes_convert_exactly", codes_convert_exactly},
      {"mandates_have_bounds", mandates_have_bounds}, {"areas_are_counted", areas_are_counted},
      {"rights_warn_and_lock", rights_warn_and_lock}, {"search_offers_what_is_there", search_offers_what_is_there});
