/*
 * 采购退货: goods come, part is refused at inspection, part is found bad later; a return is written, approved by another
 * person, scanned out and shipped; the red invoice finds it, and what is owed is right to the fen.
 */
#include "tests/scenario/world.h"

#include "tests/harness.h"
#include "warehouse/partner/score.h"

#include <stdio.h>

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define PATCH METHOD_PATCH
#define FINE NULL, {NULL}, NULL
#define BOX(last) "810000100000000000" last
#define BLUE "25342000000012345678"
#define RED_NO "25342000000012345679"
#define WRONG "25342000000012345680"
#define AGAIN "25342000000012345681"

/* Three boxes of capsules with codes, three packs of ampoules: one of those is broken. */
static const struct step delivery[] = {
        {"o", "buyer", POST, "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":72},{\"product_id\":\"{glucose}"
         "\",\"units\":30}]}",
         201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ov", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "receiver", POST, "receipts", "{\"order_id\":\"{o.id}\"}", 201, FINE},
        {NULL, "receiver", POST, "receipts/{r.id}/bindings",
         "{\"code\":\"" BOX("01") "\",\"order_line_id\":\"{ov.lines.0.id}\",\"units_per_code\":24}", 200, FINE},
        {NULL, "receiver", POST, "receipts/{r.id}/lines",
         "{\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"K1\",\"expiry_ymd\":20280101,\"units\":72,\"codes\":["
         "\"" BOX("01") "\",\"" BOX("02") "\",\"" BOX("03") "\"]},{\"order_line_id\":\"{ov.lines.1.id}\",\"lot\":\"G1\","
                                                            "\"expiry_ymd\":20280101,\"units\":20},{\"order_line_id\":\"{ov."
                                                            "lines.1.id}\",\"lot\":\"G2\",\"expiry_ymd\":20280101,"
                                                            "\"units\":10}]}",
         200, FINE},
        {"rv", "receiver", GET, "receipts/{r.id}", NULL, 200, NULL, {"lines#3"}, NULL},
        {NULL, "inspector", POST, "receipts/{r.id}/inspect",
         "{\"version\":1,\"lines\":[{\"id\":\"{rv.lines.0.id}\",\"outcome\":\"accepted\"},{\"id\":\"{rv.lines.1.id}\","
         "\"outcome\":"
         "\"accepted\"},{\"id\":\"{rv.lines.2.id}\",\"outcome\":\"rejected\",\"reason\":\"破损\"}]}",
         200, FINE},
        {NULL, "inspector", POST, "receipts/{r.id}/post", "{\"version\":2}", 200, FINE},
        {"i", "finance", POST, "invoices",
         "{\"invoice_no\":\"" BLUE "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"36.00\","
         "\"tax\":\"0\",\"gross\":\"36.00\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"K1\",\"units\":72,\"amount\":"
         "\"36.00\"}]}",
         201, FINE},
        {NULL, "finance", POST, "invoices/{i.id}/match", "{\"version\":1}", 200, FINE},
        {"can",
         "buyer",
         GET,
         "returnable-stock?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.lot=K1", "rows.0.units=72", "rows.0.traced_units=72", "rows.2.quality=rejected",
          "rows.0.receipt_number={rv.number}"},
         NULL},
        {NULL, "buyer", GET, "returnable-stock?supplier_id={calm}", NULL, 200, NULL, {"rows#0"}, NULL},
};

#define LINE(row, units, quality, reason) \
	"{\"batch_id\":\"{can.rows." row ".batch_id}\",\"units\":" units ",\"quality\":\"" quality "\",\"reason\":\"" reason "\"}"
#define RETURN(supplier, lines) "{\"supplier_id\":\"{" supplier "}\",\"lines\":[" lines "]}"
#define THREE                                  \
	LINE("0", "48", "released", "quality") \
	"," LINE("1", "10", "released", "expiry") "," LINE("2", "10", "rejected", "quality")
#define RED(no, of, kind, units, amount)                                                                                \
	"{\"invoice_no\":\"" no "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"" amount \
	"\",\"tax\":\"0\",\"gross\":\"" amount "\",\"red_of_id\":\"" of "\",\"red_kind\":\"" kind                       \
	"\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"K1\",\"units\":" units ",\"amount\":\"" amount "\"}]}"

/* RULE GSP-two-persons */
static const struct step refused[] = {
        {NULL,
         "buyer",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("0", "73", "released", "quality")),
         409,
         "NOT_ENOUGH_STOCK",
         {"errors.0.field=lines[0].units"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("2", "10", "released", "quality")),
         409,
         "NOT_ENOUGH_STOCK",
         {NULL},
         NULL},
        {NULL,
         "buyer",
         POST,
         "supplier-returns",
         RETURN("calm", LINE("0", "24", "released", "quality")),
         422,
         "NOT_FROM_SUPPLIER",
         {"errors.0.field=lines[0].batch_id"},
         NULL},
        {NULL,
         "buyer",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("0", "24", "released", "other")),
         422,
         "REASON_MISSING",
         {NULL},
         NULL},
        {NULL,
         "buyer",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("0", "24", "released", "quality") "," LINE("0", "24", "released", "recall")),
         422,
         "INVALID_FIELD",
         {"errors.0.row=2"},
         NULL},
        {NULL,
         "east_user",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("0", "24", "released", "quality")),
         409,
         "NOT_ENOUGH_STOCK",
         {NULL},
         NULL},
        {NULL,
         "receiver",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("0", "24", "released", "quality")),
         403,
         "FORBIDDEN",
         {NULL},
         NULL},
        {"k", "finance", POST, "invoices", RED(RED_NO, "{i.id}", "return", "48", "24.00"), 201, FINE},
        {NULL, "finance", POST, "invoices/{k.id}/match", "{\"version\":1}", 422, "MATCH_DIFFERS", {"~退货尚未出库"}, NULL},
};

static const struct step approval[] = {
        {"t", "central", POST, "supplier-returns", RETURN("supplier", THREE), 201, NULL, {"state=draft", "~CT-2026"}, NULL},
        {NULL, "central", POST, "supplier-returns/{t.id}/approve", "{\"version\":1}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "central", POST, "supplier-returns/{t.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "supplier-returns/{t.id}/approve", "{\"version\":2}", 403, "SAME_PERSON", {NULL}, NULL},
        /* promised: nobody else gets them */
        {NULL,
         "buyer",
         POST,
         "supplier-returns",
         RETURN("supplier", LINE("0", "25", "released", "quality")),
         409,
         "NOT_ENOUGH_STOCK",
         {NULL},
         NULL},
        {NULL, "chief", POST, "supplier-returns/{t.id}/return", "{\"version\":2,\"note\":\"再核对\"}", 200, FINE},
        {NULL, "central", PATCH, "supplier-returns/{t.id}", "{\"version\":3,\"lines\":[" THREE "]}", 200, FINE},
        {NULL, "central", POST, "supplier-returns/{t.id}/submit", "{\"version\":4}", 200, FINE},
        {NULL, "chief", GET, "today", NULL, 200, NULL, {"~待批准的采购退货"}, NULL},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/scans", "{\"code\":\"" BOX("01") "\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "chief", POST, "supplier-returns/{t.id}/approve", "{\"version\":5}", 200, FINE},
        {NULL,
         "central",
         PATCH,
         "supplier-returns/{t.id}",
         "{\"version\":6,\"lines\":[" THREE "]}",
         409,
         "WRONG_STATE",
         {NULL},
         NULL},
};

/* RULE DOMAIN-12.2-return-scan */
static const struct step shipping[] = {
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":6}", 422, "CODES_MISSING", {"~48"}, NULL},
        {NULL,
         "keeper",
         POST,
         "supplier-returns/{t.id}/scans",
         "{\"code\":\"" BOX("01") "\"}",
         200,
         NULL,
         {"scan.scanned_units=24", "scan.wanted_units=48"},
         NULL},
        {NULL,
         "keeper",
         POST,
         "supplier-returns/{t.id}/scans",
         "{\"code\":\"" BOX("01") "\"}",
         409,
         "ALREADY_EXISTS",
         {NULL},
         NULL},
        {NULL,
         "keeper",
         POST,
         "supplier-returns/{t.id}/scans",
         "{\"code\":\"" BOX("09") "\"}",
         422,
         "CODE_UNKNOWN",
         {NULL},
         NULL},
        {NULL, "receiver", POST, "supplier-returns/{t.id}/scans", "{\"code\":\"" BOX("02") "\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":6}", 422, "CODES_MISSING", {"~24"}, NULL},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/scans", "{\"code\":\"" BOX("02") "\"}", 200, FINE},
        {NULL,
         "keeper",
         POST,
         "supplier-returns/{t.id}/scans",
         "{\"code\":\"" BOX("03") "\"}",
         422,
         "OVER_ORDERED",
         {NULL},
         NULL},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":6}", 200, NULL, {"state=shipped"}, NULL},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":7}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL,
         "keeper",
         GET,
         "trace/packs/" BOX("01"),
         NULL,
         200,
         NULL,
         {"state=gone", "~sent_back", "~退供应商", "~{t.id}"},
         NULL},
        {NULL, "keeper", GET, "trace/packs/" BOX("03"), NULL, 200, NULL, {"state=here"}, NULL},
        {NULL, "keeper", GET, "stock?product_id={amoxicillin}", NULL, 200, NULL, {"rows#1", "rows.0.units=24"}, NULL},
        {NULL, "keeper", GET, "stock?product_id={glucose}", NULL, 200, NULL, {"rows#1", "rows.0.units=10"}, NULL},
        {NULL,
         "keeper",
         GET,
         "stock-moves?document_id={t.id}",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.reason_title=退供应商"},
         NULL},
        {"tv",
         "finance",
         GET,
         "supplier-returns/{t.id}",
         NULL,
         200,
         NULL,
         {"lines.0.due_units=48", "lines.0.less_units=0", "lines.1.less_units=10", "lines.1.due_units=0",
          "lines.2.payable_id=null", "amount=41.00"},
         NULL},
};

/* RULE DOMAIN-12.3-supplier-return */
static const struct step money[] = {
        /* what went back is not paid for, though no red invoice has come */
        {"pay", "buyer", POST, "payments", "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\",\"until_ymd\":20270201}", 201,
         FINE},
        {NULL, "finance", GET, "payments/{pay.id}", NULL, 200, NULL, {"amount=12.00"}, NULL},
        {NULL, "buyer", POST, "payments/{pay.id}/cancel", "{\"version\":1,\"note\":\"等红票\"}", 200, FINE},
        {"big", "finance", POST, "invoices", RED(WRONG, "{i.id}", "return", "72", "36.00"), 201, FINE},
        {NULL, "finance", POST, "invoices/{big.id}/match", "{\"version\":1}", 422, "MATCH_DIFFERS", {"~退货尚未出库"}, NULL},
        {NULL, "finance", POST, "invoices/{big.id}/void", "{\"version\":1,\"note\":\"开错\"}", 200, FINE},
        /* RULE DOMAIN-12.3-red: for less than they had cost only where one says why and another accepts it */
        {"less", "finance", POST, "invoices", RED(WRONG, "{i.id}", "return", "48", "20.00"), 201, FINE},
        {NULL, "finance", GET, "invoices/{less.id}", NULL, 200, NULL, {"lines.0.result=price", "explainable=true"}, NULL},
        {NULL, "finance", POST, "invoices/{less.id}/match", "{\"version\":1}", 422, "MATCH_DIFFERS", {"~20.00"}, NULL},
        {NULL, "finance", POST, "invoices/{less.id}/explain", "{\"version\":1,\"note\":\"近效期折价退\"}", 200, FINE},
        {NULL, "finance", POST, "invoices/{less.id}/accept", "{\"version\":2}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "invoices/{less.id}/return", "{\"version\":2,\"note\":\"按原价退\"}", 200, FINE},
        {NULL, "finance", POST, "invoices/{less.id}/void", "{\"version\":3,\"note\":\"重开\"}", 200, FINE},
        {NULL, "finance", POST, "invoices/{k.id}/match", "{\"version\":1}", 200, FINE},
        {NULL,
         "finance",
         GET,
         "supplier-returns/{t.id}",
         NULL,
         200,
         NULL,
         {"state=settled", "lines.0.red_units=48", "lines.0.red=24.00", "~{k.id}"},
         NULL},
        {NULL,
         "finance",
         GET,
         "payables?product_id={amoxicillin}",
         NULL,
         200,
         NULL,
         {"rows.0.returned_units=48", "rows.0.invoiced=12.00", "rows.0.owed=12.00", "rows.0.uninvoiced=false"},
         NULL},
        {NULL,
         "finance",
         GET,
         "payables?product_id={glucose}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.returned_units=10", "rows.0.units=20", "rows.0.invoiced=0.00", "rows.0.uninvoiced=true"},
         NULL},
        {NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows#1", "rows.0.amount=-12.00"}, NULL},
        {NULL, "finance", GET, "money-balances?account=stock", NULL, 200, NULL, {"rows#1", "rows.0.amount=12.00"}, NULL},
};

/*
 * RULE DOMAIN-6-returned-score, RULE DOMAIN-6-returned-paid, RULE DOMAIN-8-watch-returned: 72 capsules at 36.00 and 20 ampoules
 * stayed of the delivery; 48 capsules were bad (24.00), 10 ampoules too old. What was refused at inspection counts once.
 */
static const struct step figures[] = {
        {NULL,
         "chief",
         GET,
         "watch-products?month=202611",
         NULL,
         200,
         NULL,
         {"rows#2", "~\"amount\":\"12.00\"", "~\"returned\":\"24.00\"", "~\"units\":24", "~\"units\":10"},
         NULL},
        {NULL,
         "chief",
         GET,
         "watch-site-products?month=202611&site_id={lead}",
         NULL,
         200,
         NULL,
         {"rows#2", "~\"amount\":\"12.00\"", "~\"units\":24", "~\"units\":10"},
         NULL},
        {NULL, "chief", GET, "watch-site-lines?source=returned", NULL, 200, NULL, {"~\"amount\":\"-24.00\"", "~退供应商"}, NULL},
        {NULL,
         "chief",
         GET,
         "supplier-return-lines?month=202611",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.1.units=48", "rows.1.amount=24.00", "rows.1.reason=quality", "rows.0.units=10"},
         NULL},
        {NULL, "chief", GET, "supplier-return-lines?month=202611&product_id={amoxicillin}", NULL, 200, NULL, {"rows#1"}, NULL},
        {NULL,
         "chief",
         GET,
         "supplier-return-lines?order_line_id={ov.lines.0.id}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.number={t.number}"},
         NULL},
        {NULL, "chief", GET, "supplier-return-lines?month=202610", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "chief",
         GET,
         "supplier-lines?order_id={o.id}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.1.arrived_units=72", "rows.1.returned_units=48", "rows.1.fault_units=48", "rows.0.rejected_units=10"},
         NULL},
        {NULL,
         "chief",
         GET,
         "supplier-lines?order_id={o.id}",
         NULL,
         200,
         NULL,
         {"rows.0.returned_units=10", "rows.0.fault_units=0"},
         NULL},
        {NULL,
         "chief",
         GET,
         "supplier-scores?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.fault=24.00", "rows.0.fill_permille=861", "rows.0.reject_permille=528", "rows.0.returned=32.50"},
         NULL},
        {NULL,
         "chief",
         GET,
         "price-paid?product_id={amoxicillin}",
         NULL,
         200,
         NULL,
         {"rows#2", "rows.0.units=-48", "rows.0.amount=-24.00", "rows.0.return_id={t.id}", "rows.0.share_percent=null"},
         NULL},
        {NULL, "chief", GET, "price-savings", NULL, 200, NULL, {"rows#1", "rows.0.amount=20.50", "rows.0.lines=2"}, NULL},
        {NULL, "chief", GET, "watch-shares?month=202611", NULL, 200, NULL, {"rows.0.total=20.50"}, NULL},
        {NULL, "chief", GET, "watch-makers?month=202611", NULL, 200, NULL, {"~20.50"}, NULL},
};

static void count_fault(void *arg, const char *table, const char *row, const char *what)
{
	int64_t *faults = arg;
	fprintf(stderr, "%s %s: %s\n", table, row, what);
	(*faults)++;
}

static void goods_go_back(void)
{
	struct world *w = world_new();
	PLAY(w, delivery);
	PLAY(w, refused);
	PLAY(w, approval);
	PLAY(w, shipping);
	PLAY(w, money);
	PLAY(w, figures);
	int64_t faults = 0;
	supplier_score_verify(w->db, count_fault, &faults);
	CU_ASSERT_EQUAL(faults, 0);
	world_replay(w);
	world_end(w);
}

#define ALL_OF_IT "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\",\"until_ymd\":20270201}"
/* Closed without a red invoice; an invoice taken back whole, and a right one for what stayed. */
static const struct step other_ends[] = {
        {"t", "buyer", POST, "supplier-returns", RETURN("supplier", LINE("0", "24", "released", "wrong")), 201, FINE},
        {NULL, "buyer", POST, "supplier-returns/{t.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "supplier-returns/{t.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/scans", "{\"code\":\"" BOX("03") "\"}", 200, FINE},
        /* RULE DOMAIN-12.3-supplier-return: goods that go back while they are being paid for stop the payment */
        {"pay", "buyer", POST, "payments", ALL_OF_IT, 201, FINE},
        {NULL, "finance", GET, "payments/{pay.id}", NULL, 200, NULL, {"amount=36.00"}, NULL},
        {NULL, "finance", POST, "payments/{pay.id}/review", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "supplier-returns/{t.id}/ship", "{\"version\":3}", 200, NULL, {"state=shipped"}, NULL},
        {NULL, "chief", POST, "payments/{pay.id}/approve", "{\"version\":2}", 409, "WRONG_STATE", {"~第 1 行", "~12.00"}, NULL},
        {NULL, "buyer", POST, "payments/{pay.id}/cancel", "{\"version\":2,\"note\":\"有退货\"}", 200, FINE},
        {"pay", "buyer", POST, "payments", ALL_OF_IT, 201, FINE},
        {NULL, "finance", GET, "payments/{pay.id}", NULL, 200, NULL, {"amount=24.00"}, NULL},
        {NULL, "finance", POST, "payments/{pay.id}/review", "{\"version\":1}", 200, FINE},
        {NULL, "buyer", POST, "payments/{pay.id}/cancel", "{\"version\":2,\"note\":\"改日\"}", 200, FINE},
        {NULL, "chief", POST, "supplier-returns/{t.id}/close", "{\"version\":4}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL, "chief", POST, "supplier-returns/{t.id}/close", "{\"version\":4,\"note\":\"供应商换货\"}", 200, FINE},
        {NULL, "finance", GET, "payables?product_id={amoxicillin}", NULL, 200, NULL, {"rows.0.owed=36.00"}, NULL},
        {"u", "buyer", POST, "supplier-returns", RETURN("supplier", LINE("0", "24", "released", "wrong")), 201, FINE},
        {NULL, "buyer", POST, "supplier-returns/{u.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "supplier-returns/{u.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "supplier-returns/{u.id}/scans", "{\"code\":\"" BOX("02") "\"}", 200, FINE},
        {NULL, "keeper", POST, "supplier-returns/{u.id}/ship", "{\"version\":3}", 200, NULL, {"state=shipped"}, NULL},
        {"k", "finance", POST, "invoices", RED(RED_NO, "{i.id}", "correct", "72", "36.00"), 201, FINE},
        /* RULE DOMAIN-12.4-red-under-payment: what is being paid is not taken back until it is said whether the money has left */
        {"pay", "buyer", POST, "payments", ALL_OF_IT, 201, NULL, {NULL}, NULL},
        {"payv", "finance", GET, "payments/{pay.id}", NULL, 200, NULL, {"amount=24.00"}, NULL},
        {NULL, "finance", POST, "invoices/{k.id}/match", "{\"version\":1}", 409, "WRONG_STATE", {"~{payv.number}"}, NULL},
        {NULL, "buyer", POST, "payments/{pay.id}/cancel", "{\"version\":1,\"note\":\"错票\"}", 200, FINE},
        {NULL, "finance", POST, "invoices/{k.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "supplier-returns/{u.id}", NULL, 200, NULL, {"state=settled", "lines.0.less_units=24"}, NULL},
        {"j", "finance", POST, "invoices",
         "{\"invoice_no\":\"" AGAIN "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"24.00\","
         "\"tax\":\"0\",\"gross\":\"24.00\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"lot\":\"K1\",\"units\":48,\"amount\":"
         "\"24.00\"}]}",
         201, FINE},
        {NULL, "finance", POST, "invoices/{j.id}/match", "{\"version\":1}", 200, FINE},
        {NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows.0.amount=-24.00"}, NULL},
        /* nothing was invoiced for the ampoules: nobody waits for a red invoice */
        {"v", "buyer", POST, "supplier-returns", RETURN("supplier", LINE("1", "20", "released", "recall")), 201, FINE},
        /* RULE GSP-two-persons: whoever wrote in it does not approve it */
        {NULL, "central", PATCH, "supplier-returns/{v.id}",
         "{\"version\":1,\"lines\":[" LINE("1", "20", "released", "recall") "]}", 200, FINE},
        {NULL, "buyer", POST, "supplier-returns/{v.id}/submit", "{\"version\":2}", 200, FINE},
        {NULL, "central", POST, "supplier-returns/{v.id}/approve", "{\"version\":3}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "supplier-returns/{v.id}/approve", "{\"version\":3}", 200, FINE},
        {NULL, "keeper", POST, "supplier-returns/{v.id}/ship", "{\"version\":4}", 200, NULL, {"state=settled"}, NULL},
        {NULL, "buyer", GET, "supplier-returns?state=settled", NULL, 200, NULL, {"rows#2"}, NULL},
        {"x", "buyer", POST, "supplier-returns", RETURN("supplier", LINE("2", "10", "rejected", "quality")), 201, FINE},
        {NULL, "buyer", POST, "supplier-returns/{x.id}/cancel", "{\"version\":1,\"note\":\"就地销毁\"}", 200, FINE},
};

static void a_return_ends_in_other_ways(void)
{
	struct world *w = world_new();
	PLAY(w, delivery);
	PLAY(w, other_ends);
	world_replay(w);
	world_end(w);
}

SUITE(supplier_return, {"goods_go_back", goods_go_back}, {"a_return_ends_in_other_ways", a_return_ends_in_other_ways});
