/* The month's money: the wrong invoice, the month's end, the invoice after it, the new price, the payments and the sheets. */
#include "tests/scenario/month.h"

#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

#define NO1 "25342000000012345678"
#define NO2 "25342000000012345679"
#define INVOICE(no, net, gross, capsules, ampoules)                                                                 \
	"\"invoice_no\":\"" no "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261124,\"net\":\"" net \
	"\",\"tax\":\"10.00\",\"gross\":\"" gross "\",\"lines\":[{\"product_id\":\"{amoxicillin}\"," capsules       \
	"},{\"product_id\":\"{glucose}\"," ampoules "}]}"
#define WRONG_UNITS INVOICE(NO1, "173.00", "183.00", "\"units\":264,\"amount\":\"132.00\"", "\"units\":60,\"amount\":\"51.00\"")
#define WRONG_PRICE INVOICE(NO1, "159.80", "169.80", "\"units\":240,\"amount\":\"120.00\"", "\"units\":60,\"amount\":\"49.80\"")
#define THE_REST INVOICE(NO2, "144.00", "154.00", "\"units\":240,\"amount\":\"120.00\"", "\"units\":40,\"amount\":\"34.00\"")
#define BALANCE(account) "money-balances?account=" account

/*
 * The 24th: a box too many is sent back and corrected, 1.20 too little is explained by one and accepted by another person.
 * RULE DOMAIN-6-three-way RULE DOMAIN-12.3-difference
 */
static const struct step wrong_invoice[] = {
        {"i", "finance", POST, "invoices", "{" WRONG_UNITS, 201, SAYS("state=entered")},
        {NULL, "finance", GET, "invoices/{i.id}", NULL, 200,
         SAYS("fits=false", "explainable=false", "lines.0.result=quantity", "lines.0.found_units=240", "lines.1.result=matched")},
        {NULL, "finance", POST, "invoices/{i.id}/match", "{\"version\":1}", 422,
         NOT_AS("MATCH_DIFFERS", "errors.0.field=lines[0].units")},
        {NULL, "finance", POST, "invoices/{i.id}/explain", "{\"version\":1,\"note\":\"x\"}", 422, NOT("MATCH_DIFFERS")},
        {NULL, "finance", PATCH, "invoices/{i.id}", "{\"version\":1," WRONG_PRICE, 200, SAYS("version=2")},
        {NULL, "finance", GET, "invoices/{i.id}", NULL, 200,
         SAYS("fits=false", "explainable=true", "lines.0.result=matched", "lines.1.result=price", "lines.1.expected=51.00")},
        {NULL, "finance", POST, "invoices/{i.id}/match", "{\"version\":2}", 422,
         NOT_AS("MATCH_DIFFERS", "errors.0.field=lines[1].amount")},
        {NULL, "finance", POST, "invoices/{i.id}/explain", "{\"version\":2}", 422, NOT("REASON_MISSING")},
        {NULL, "finance", POST, "invoices/{i.id}/explain", "{\"version\":2,\"note\":\"供应商让利, 合同有约定\"}", 200,
         SAYS("state=disputed")},
        {NULL, "finance", POST, "invoices/{i.id}/accept", "{\"version\":3}", 403, NOT("SAME_PERSON")},
        {NULL, "chief", GET, "today", NULL, 200, SAYS("~invoices_disputed\",\"title\":\"发票差异待确认\",\"count\":1")},
        {NULL, "chief", GET, "board", NULL, 200, SAYS("~invoices_disputed\",\"title\":\"发票差异待确认\",\"count\":1")},
        {NULL, "finance", GET, BALANCE("payable"), NULL, 200, SAYS("rows#0")},
        {NULL, "chief", POST, "invoices/{i.id}/accept", "{\"version\":3}", 200, SAYS("state=matched")},
        {NULL, "finance", GET, BALANCE("payable"), NULL, 200, SAYS("rows#1", "rows.0.amount=-169.80")},
        {NULL, "finance", GET, BALANCE("stock"), NULL, 200, SAYS("rows#1", "rows.0.amount=171.00")},
        {NULL, "finance", GET, BALANCE("variance"), NULL, 200, SAYS("rows#1", "rows.0.amount=-1.20")},
};

/* The 25th: the rest comes, at the price that held when it was ordered; 30 ampoules go to the east. */
static const struct step rest_comes[] = {
        {"r2", "receiver", POST, "receipts",
         "{\"order_id\":\"{ov.id}\",\"lines\":[{\"order_line_id\":\"{ov.lines.0.id}\",\"lot\":\"A2\",\"expiry_ymd\":20280201,"
         "\"units\":240},{\"order_line_id\":\"{ov.lines.1.id}\",\"lot\":\"G2\",\"expiry_ymd\":20280201,\"units\":40}]}",
         201, SAYS("refused#0")},
        {NULL, "inspector", POST, "receipts/{r2.id}/inspect", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "receipts/{r2.id}/post", "{\"version\":2}", 200, SAYS("state=posted")},
        {NULL, "buyer", GET, "orders/{ov.id}", NULL, 200, SAYS("state=received", "overdue=false")},
        {NULL, "buyer", GET, "orders?overdue=1", NULL, 200, SAYS("rows#0")},
        {NULL, "buyer", GET, "price-flags/orders", NULL, 200, SAYS("rows#0")},
        {"s", "keeper", POST, "shipments", "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":30}]}",
         201, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},
        {NULL, "keeper", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F1\"}", 200, FINE},
        {NULL, "east_user", POST, "shipments/{s.id}/receive", "{\"version\":4}", 200, FINE},
};

#define COUNTED(product, lot, units) "{\"product_id\":\"{" product "}\",\"lot\":\"" lot "\",\"units\":" units "}"
#define CLOSE(depot, month) "{\"depot_id\":\"{" depot "}\",\"month\":" month "}"
/*
 * The same day is the month's last: what has no invoice is estimated, every depot closes.
 * RULE DOMAIN-12.3-estimate RULE DOMAIN-12.3-month-close RULE DOMAIN-12.3-month-locked
 */
static const struct step month_end[] = {
        {NULL, "finance", GET, "today", NULL, 200, SAYS("~uninvoiced\",\"title\":\"货到票未到\",\"count\":2")},
        /* RULE DOMAIN-12.3-estimate-due */
        {NULL, "finance", GET, "today", NULL, 200,
         SAYS("~unestimated\",\"title\":\"11 月货到票未到, 未暂估\",\"count\":2", "~/estimates/due?accepted_until=20261125")},
        {NULL, "finance", GET, "estimate-due", NULL, 200, SAYS("month=202611", "to_ymd=20261125", "lines=2", "amount=154.00")},
        {NULL, "finance", GET, "payables?uninvoiced=1&unestimated=1&accepted_until=20261125", NULL, 200, SAYS("rows#2")},
        {"e", "finance", POST, "estimates", "{\"to_ymd\":20261125}", 201, FINE},
        {NULL, "finance", GET, "estimate-due", NULL, 200, SAYS("lines=0", "amount=0.00")},
        {NULL, "finance", GET, "payables?uninvoiced=1&unestimated=1", NULL, 200, SAYS("rows#0")},
        {NULL, "finance", GET, "estimates/{e.id}", NULL, 200, SAYS("amount=154.00", "lines#2")},
        {NULL, "finance", GET, BALANCE("estimated"), NULL, 200, SAYS("rows#1", "rows.0.amount=-154.00")},
        {NULL, "finance", GET, BALANCE("payable"), NULL, 200, SAYS("rows.0.amount=-169.80")},
        /* RULE DOMAIN-12.4-counted: who has not counted is shown, and how much of a depot was */
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, SAYS("rows.0.count_id=null", "rows.0.last_month=null")},
        {"k", "keeper", POST, "adjustments",
         "{\"reason\":\"count\",\"lines\":[" COUNTED("amoxicillin", "A1", "240") "," COUNTED("glucose", "G1", "30") "]}", 201,
         SAYS("lines#0")},
        {NULL, "keeper", GET, "adjustments/{k.id}", NULL, 200,
         SAYS("counts#2", "counts.1.book_units=30", "counts.1.difference_units=0", "covered=2", "lots=4", "differing=0")},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200,
         SAYS("rows.0.count_id={k.id}", "rows.0.counted_lots=2", "rows.0.lots=4", "rows.1.count_id=null")},
        {"k2", "keeper", POST, "adjustments",
         "{\"reason\":\"count\",\"lines\":[" COUNTED("amoxicillin", "A2", "240") "," COUNTED("glucose", "G2", "40") "]}", 201,
         FINE},
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"count\",\"lines\":[" COUNTED("glucose", "G1", "30") "," COUNTED("glucose", "G1", "1") "]}", 422,
         NOT_AS("INVALID_FIELD", "errors.0.field=lines[1].lot")},
        {NULL, "keeper", POST, "adjustments", "{\"reason\":\"usage\",\"lines\":[" COUNTED("glucose", "G1", "0") "]}", 422,
         NOT_AS("INVALID_FIELD", "errors.0.field=lines[0].units")},
        {"c", "keeper", POST, "month-closes", CLOSE("lead_depot", "202611"), 201, SAYS("state=closed")},
        {"ce", "east_user", POST, "month-closes", CLOSE("east_depot", "202611"), 201, FINE},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200,
         SAYS("rows.0.closed=true", "rows.0.count_id={k2.id}", "rows.0.counted_lots=4", "rows.2.closed=false")},
        {"cw", "west_user", POST, "month-closes", CLOSE("west_depot", "202611"), 201, FINE},
        {"cv", "east_user", POST, "month-closes", CLOSE("village_depot", "202611"), 201, FINE},
        {NULL, "keeper", POST, "month-closes", CLOSE("lead_depot", "202611"), 409, NOT("MONTH_CLOSED")},
        {NULL, "keeper", GET, "month-states?month=202611", NULL, 200, SAYS("rows#4", "!\"closed\":false")},
        {NULL, "keeper", GET, "month-closes/{c.id}", NULL, 200,
         SAYS("from_ymd=20261026", "to_ymd=20261125", "lines.0.in=325.00", "lines.0.out=25.50", "lines.0.closing=299.50",
              "lines.0.closing_units=550")},
        {NULL, "east_user", GET, "month-closes/{ce.id}", NULL, 200, SAYS("lines.0.in=25.50", "lines.0.closing=25.50")},
        /* broken after the close of the same day: the next month's, with a mark. RULE DOMAIN-12.3-late */
        {NULL, "keeper", POST, "adjustments",
         "{\"reason\":\"broken\",\"lines\":[{\"product_id\":\"{glucose}\",\"lot\":\"G1\",\"units\":1}]}", 201, FINE},
};

/* The 26th. RULE DOMAIN-12.3-estimate RULE DOMAIN-12.3-late */
static const struct step late_invoice[] = {
        {"j", "finance", POST, "invoices", "{" THE_REST, 201, FINE},
        {NULL, "finance", POST, "invoices/{j.id}/match", "{\"version\":1}", 200, SAYS("state=matched")},
        {NULL, "finance", GET, BALANCE("estimated"), NULL, 200, SAYS("rows#1", "rows.0.amount=0.00")},
        {NULL, "finance", GET, BALANCE("payable"), NULL, 200, SAYS("rows#1", "rows.0.amount=-323.80")},
        {NULL, "finance", GET, BALANCE("stock"), NULL, 200, SAYS("rows.0.amount=325.00")},
        {NULL, "finance", GET, "money-entries?document_id={j.id}", NULL, 200,
         SAYS("rows#8", "rows.0.reason=invoice", "rows.0.late=true", "rows.0.ymd=20261126", "rows.0.paper_ymd=20261124",
              "rows.2.reason=estimate_back", "rows.2.late=false", "rows.2.ymd=20261126")},
        {NULL, "finance", GET, "estimates/{e.id}", NULL, 200,
         SAYS("lines.0.reversed_by_id={j.id}", "lines.1.reversed_by_id={j.id}")},
        {NULL, "finance", GET, "payables?uninvoiced=1", NULL, 200, SAYS("rows#0")},
        {NULL, "east_user", POST, "adjustments", "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":4}]}",
         201, FINE},
        /* a new price for everybody from the 28th on. RULE DOMAIN-12.3-zero-margin */
        {NULL, "central", POST, "price-adjustments",
         "{\"effective_at_ms\":{moment},\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"8.01\"}]}", 422, NOT("OVER_MARGIN")},
        {"a", "central", POST, "price-adjustments",
         "{\"effective_at_ms\":{moment},\"lines\":[{\"product_id\":\"{glucose}\",\"price\":\"8.00\"}]}", 201, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "central", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 403, NOT("FORBIDDEN")},
        {NULL, "chief", POST, "price-adjustments/{a.id}/approve", "{\"version\":2}", 200, SAYS("state=scheduled")},
};
static const struct step before_the_moment[] = {
        {NULL, "central", GET, "price-adjustments/{a.id}", NULL, 200, SAYS("state=scheduled")},
};
/* Between the moment and the count the east goes on using: the count is the moment's all the same. */
static const struct step behind_the_moment[] = {
        {NULL, "east_user", POST, "adjustments", "{\"reason\":\"usage\",\"lines\":[{\"product_id\":\"{glucose}\",\"units\":2}]}",
         201, FINE},
};
/* RULE DOMAIN-12.3-price-change-count */
static const struct step new_price[] = {
        {"av", "central", GET, "price-adjustments/{a.id}", NULL, 200, SAYS("state=effective", "gain=-4.75", "lines.0.units=95")},
        {"as", "central", GET, "price-adjustment-stock?adjustment_id={a.id}", NULL, 200, SAYS("~-1.30", "~\"units\":26")},
        {NULL, "east_user", GET, "price-adjustment-stock?adjustment_id={a.id}", NULL, 200,
         SAYS("rows#1", "rows.0.units=26", "rows.0.old_amount=22.10", "rows.0.new_amount=20.80", "rows.0.gain=-1.30")},
        {NULL, "central", GET, "price-public?product_code=X002", NULL, 200, SAYS("rows.0.issue_price=8.00")},
};

#define PAYMENT "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\"}"
/*
 * The 21st of December, 30 days after the first half came; four days later the second half.
 * RULE DOMAIN-6-payment RULE DOMAIN-12.3-two-approvals
 */
static const struct step not_due_yet[] = {
        {NULL, "buyer", POST, "payments", PAYMENT, 422, NOT("NOTHING_DUE")},
        {NULL, "finance", GET, "payables?due_until=20261220", NULL, 200, SAYS("rows#0")},
        {NULL, "finance", GET, "payables?due_until=20261221", NULL, 200, SAYS("rows#2")},
};
/* On the day behind the due one it stands among what the buyer has to do, and opens what it counts. */
static const struct step late_payment[] = {
        {NULL, "buyer", GET, "today", NULL, 200,
         SAYS("~payables_late\",\"title\":\"逾期未付的应付\",\"count\":2", "~until=20261221")},
        {NULL, "buyer", GET, "payables?unpaid=1&due_until=20261221", NULL, 200, SAYS("rows#2")},
};
static const struct step first_payment[] = {
        {"b", "buyer", POST, "payments", PAYMENT, 201, SAYS("state=made")},
        {NULL, "finance", GET, "payments/{b.id}", NULL, 200, SAYS("amount=169.80", "lines#2")},
        {NULL, "buyer", POST, "payments", PAYMENT, 422, NOT("NOTHING_DUE")},
        {NULL, "buyer", POST, "payments/{b.id}/review", "{\"version\":1}", 403, NOT("FORBIDDEN")},
        /* each waits in the day's work of whoever takes it */
        {NULL, "finance", GET, "today", NULL, 200, SAYS("~payments_made\",\"title\":\"待复核的付款单\",\"count\":1")},
        {NULL, "finance", POST, "payments/{b.id}/review", "{\"version\":1}", 200, FINE},
        {NULL, "finance", POST, "payments/{b.id}/approve", "{\"version\":2}", 403, NOT("SAME_PERSON")},
        {NULL, "chief", GET, "today", NULL, 200, SAYS("~payments_reviewed\",\"title\":\"待审批的付款单\",\"count\":1")},
        {NULL, "chief", GET, "board", NULL, 200, SAYS("~payments_reviewed\",\"title\":\"付款单待审批\",\"count\":1")},
        {NULL, "chief", POST, "payments/{b.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "finance", GET, "today", NULL, 200, SAYS("~payments_approved\",\"title\":\"待付款的付款单\",\"count\":1")},
        {NULL, "finance", POST, "payments/{b.id}/pay", "{\"version\":3,\"note\":\"回单 1\"}", 200, SAYS("state=paid")},
        {NULL, "finance", GET, BALANCE("payable"), NULL, 200, SAYS("rows.0.amount=-154.00")},
        {NULL, "finance", GET, "payables?open=1", NULL, 200,
         SAYS("rows#2", "rows.0.due_ymd=20261225", "rows.1.due_ymd=20261225")},
};
static const struct step second_payment[] = {
        {"b2", "buyer", POST, "payments", PAYMENT, 201, FINE},
        {NULL, "finance", POST, "payments/{b2.id}/review", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "payments/{b2.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "finance", POST, "payments/{b2.id}/pay", "{\"version\":3,\"note\":\"回单 2\"}", 200, SAYS("state=paid")},
        {NULL, "finance", GET, BALANCE("payable"), NULL, 200, SAYS("rows#1", "rows.0.amount=0.00")},
        {NULL, "finance", GET, BALANCE("bank"), NULL, 200, SAYS("rows#1", "rows.0.amount=-323.80")},
        {NULL, "finance", GET, BALANCE("variance"), NULL, 200, SAYS("rows#1", "rows.0.amount=-1.20")},
        {NULL, "finance", GET, "payables?open=1", NULL, 200, SAYS("rows#0")},
        /* the depots' December begins with what was broken after November's close */
        {"c2", "keeper", POST, "month-closes", CLOSE("lead_depot", "202612"), 201, FINE},
        {NULL, "keeper", GET, "month-closes/{c2.id}", NULL, 200,
         SAYS("lines.0.opening=299.50", "lines.0.loss=0.85", "lines.0.closing_units=549", "late_lines=1",
              "lines.0.closing=298.65", "lines.0.issue_price=-3.45", "lines.0.issue_closing=295.20", "lines.0.difference=-3.45")},
        {"ce2", "east_user", POST, "month-closes", CLOSE("east_depot", "202612"), 201, FINE},
        {NULL, "east_user", GET, "month-closes/{ce2.id}", NULL, 200,
         SAYS("lines.0.opening=25.50", "lines.0.closing_units=24", "late_lines=0", "lines.0.issue_price=-1.30",
              "lines.0.closing=20.40", "lines.0.issue_closing=19.20")},
        {NULL, "keeper", GET, "month-close-lines?month=202612", NULL, 200,
         SAYS("rows#2", "rows.0.class_title=西药", "rows.0.difference=-1.20", "rows.1.issue_price=-3.45")},
        {NULL, "keeper", GET, "month-states?month=202612", NULL, 200,
         SAYS("rows.0.closed=true", "rows.0.last_to_ymd=20261225", "rows.2.closed=false", "rows.2.last_to_ymd=20261125")},
};

#define BRANCH(month) "{\"kind\":\"branch\",\"site_id\":\"{east}\",\"month\":" month "}"
#define SUPPLIER(month) "{\"kind\":\"supplier\",\"supplier_id\":\"{supplier}\",\"month\":" month "}"
static const struct step sheets[] = {
        {"t1", "finance", POST, "sheets", BRANCH("202611"), 201, FINE},
        {"t2", "finance", POST, "sheets", BRANCH("202612"), 201, FINE},
        {"u1", "finance", POST, "sheets", SUPPLIER("202611"), 201, FINE},
        {"u2", "finance", POST, "sheets", SUPPLIER("202612"), 201, FINE},
        /* RULE DOMAIN-12.3-late: the invoice of November that came behind its close stands in December's sheet, with a mark */
        {NULL, "finance", GET, "sheet-lines?sheet_id={u1.id}", NULL, 200, SAYS("rows#2", "!\"late\":true")},
        {NULL, "finance", GET, "sheet-lines?sheet_id={u2.id}", NULL, 200, SAYS("rows.0.document_id={j.id}", "rows.0.late=true")},
        {NULL, "finance", POST, "sheets/{t1.id}/confirm", "{\"version\":1}", 403, NOT("SAME_PERSON")},
        {NULL, "east_user", GET, "today", NULL, 200, SAYS("~sheets\",\"title\":\"待确认的结算单\",\"count\":2")},
        {NULL, "east_user", POST, "sheets/{t1.id}/confirm", "{\"version\":1}", 200, SAYS("state=confirmed")},
        {NULL, "finance", GET, BALANCE("internal"), NULL, 200, SAYS("rows#2", "rows.0.amount=25.50", "rows.1.amount=-25.50")},
        {NULL, "finance", GET, BALANCE("stock"), NULL, 200, SAYS("rows#2", "rows.0.amount=299.50", "rows.1.amount=25.50")},
};

/* A count that differs: one ampoule is missing, ten of a lot that nobody knew lie there; the books follow in the same write. */
static const struct step differing_count[] = {
        {NULL, "east_user", POST, "adjustments", "{\"reason\":\"count\",\"lines\":[" COUNTED("glucose", "G9", "10") "]}", 422,
         NOT_AS("INVALID_FIELD", "errors.0.field=lines[0].expiry_ymd")},
        {"kd", "east_user", POST, "adjustments",
         "{\"reason\":\"count\",\"lines\":[" COUNTED("glucose", "G1", "23") ",{\"product_id\":\"{glucose}\",\"lot\":\"G9\","
                                                                            "\"expiry_ymd\":20280601,\"units\":10}]}",
         201, SAYS("lines#2")},
        {NULL, "east_user", GET, "adjustments/{kd.id}", NULL, 200,
         SAYS("counts.0.difference_units=-1", "counts.1.book_units=0", "counts.1.difference_units=10", "covered=2", "lots=2",
              "differing=2")},
        {NULL, "east_user", GET, "stock/total?product_id={glucose}&depot_id={east_depot}", NULL, 200, SAYS("units=33")},
        /* counted behind December's close: January's */
        {NULL, "east_user", GET, "month-states?month=202612", NULL, 200, SAYS("rows.0.closed=true", "rows.0.count_id=null")},
        {NULL, "east_user", GET, "month-states?month=202701", NULL, 200, SAYS("rows.0.count_id={kd.id}", "rows.0.lots=2")},
        {NULL, "east_user", GET, "stock-moves?document_id={kd.id}", NULL, 200, SAYS("rows#2", "~found", "~lost")},
};

/* Fen of "-12.30" at a path of the last answer. */
static int64_t fen_at(struct world *w, const char *path)
{
	const char *text = world_at(w, path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	const char *point = strchr(text, '.');
	CU_ASSERT_PTR_NOT_NULL_FATAL(point);
	int64_t fen = llabs(strtoll(text, NULL, 10)) * 100 + strtoll(point + 1, NULL, 10);
	return *text == '-' ? -fen : fen;
}

/* The sum of a column over the rows of the last answer. */
static int64_t sum_of(struct world *w, const char *column)
{
	int64_t sum = 0;
	const char *path = arena_printf(&w->arena, "rows.0.%s", column);
	CU_ASSERT_STRING_EQUAL(world_at(w, "next"), "null");
	for (int i = 1; world_at(w, path); i++) {
		sum += fen_at(w, path);
		path = arena_printf(&w->arena, "rows.%d.%s", i, column);
	}
	return sum;
}

/* RULE DOMAIN-12.3-re-add: opening, rows and closing of a sheet, added up as anybody may who gets it. */
static void add_up(struct world *w, const char *sheet, int64_t opening, int64_t amount)
{
	const char *id = world_value(w, sheet);
	CU_ASSERT_EQUAL(world_ask(w, "finance", GET, arena_printf(&w->arena, "sheets/%s", id), NULL, NULL), 200);
	CU_ASSERT_EQUAL(fen_at(w, "opening"), opening);
	CU_ASSERT_EQUAL(fen_at(w, "amount"), amount);
	CU_ASSERT_EQUAL(fen_at(w, "closing"), opening + amount);
	CU_ASSERT_EQUAL(world_ask(w, "finance", GET, arena_printf(&w->arena, "sheet-lines?sheet_id=%s", id), NULL, NULL), 200);
	CU_ASSERT_EQUAL(sum_of(w, "amount"), amount);
}

/* One money of the sheet's first line: "" at the purchase price, "issue_" at the issue price, which alone changes. */
static int64_t closing_of(struct world *w, const char *money)
{
	static const struct {
		const char *word;
		int64_t sign;
	} columns[] = {{"opening", 1}, {"in", 1}, {"out", -1}, {"count", 1}, {"loss", -1}, {"rounding", 1}};
	int64_t fen = *money ? fen_at(w, "lines.0.issue_price") : 0;
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		fen += columns[i].sign * fen_at(w, arena_printf(&w->arena, "lines.0.%s%s", money, columns[i].word));
	CU_ASSERT_EQUAL(fen, fen_at(w, arena_printf(&w->arena, "lines.0.%sclosing", money)));
	return fen;
}

/* RULE DOMAIN-12.3-month-close: opening + in − out ± count ± price change − loss ± rounding is the closing. */
static void month_adds_up(struct world *w, const char *close)
{
	const char *id = world_value(w, close);
	CU_ASSERT_EQUAL(world_ask(w, "keeper", GET, arena_printf(&w->arena, "month-closes/%s", id), NULL, NULL), 200);
	int64_t cost = closing_of(w, ""), issue = closing_of(w, "issue_");
	CU_ASSERT_EQUAL(fen_at(w, "lines.0.difference"), issue - cost);
}

/* The lines behind a figure of December: each of them, from the first of the book to its last day. */
static int64_t lines_of(struct world *w, const char *depot, const char *column, const char *amount)
{
	const char *path =
	        arena_printf(&w->arena, "depot-lines?depot_id=%s&from_ymd=20261126&to_ymd=20261225&class=western&column=%s",
	                     world_value(w, depot), column);
	CU_ASSERT_EQUAL(world_ask(w, "keeper", GET, path, NULL, NULL), 200);
	return sum_of(w, amount);
}

/* RULE DOMAIN-12.3-price-change-book: the depot's price column is what the 调价单 counted there, and opens it. */
static void figures_open_their_lines(struct world *w)
{
	CU_ASSERT_EQUAL(lines_of(w, "lead_depot", "price", "issue_amount"), -345);
	CU_ASSERT_STRING_EQUAL(world_at(w, "rows.0.document_number"), world_value(w, "av.number"));
	CU_ASSERT_EQUAL(lines_of(w, "east_depot", "price", "issue_amount"), -130);
	CU_ASSERT_EQUAL(lines_of(w, "lead_depot", "loss", "amount"), -85);
	CU_ASSERT_STRING_EQUAL(world_at(w, "rows.0.late"), "true");
	/* 4 before the moment at what they cost, 2 behind it at the new price */
	CU_ASSERT_EQUAL(lines_of(w, "east_depot", "out", "issue_amount"), -4 * 85 - 2 * 80);
	CU_ASSERT_EQUAL(lines_of(w, "east_depot", "out", "amount"), -6 * 85);
}

static void price_changes(struct world *w)
{
	world_name_id(w, "moment", ymd_begin_ms(20261128));
	PLAY(w, late_invoice);
	month_go_to(w, 20261127);
	month_turn(w);
	PLAY(w, before_the_moment);
	month_go_to(w, 20261128);
	PLAY(w, behind_the_moment);
	month_turn(w);
	month_turn(w);
	PLAY(w, new_price);
	/* what each depot lost is what the whole county lost */
	world_ask(w, "central", GET, arena_printf(&w->arena, "price-adjustment-stock?adjustment_id=%s", world_value(w, "a.id")),
	          NULL, NULL);
	CU_ASSERT_EQUAL(sum_of(w, "gain"), -475);
	CU_ASSERT_EQUAL(sum_of(w, "new_amount") - sum_of(w, "old_amount"), -475);
}

void month_of_money(struct world *w)
{
	PLAY(w, wrong_invoice);
	month_go_to(w, 20261125);
	PLAY(w, rest_comes);
	PLAY(w, month_end);
	month_go_to(w, 20261126);
	price_changes(w);
	month_go_to(w, 20261220);
	PLAY(w, not_due_yet);
	month_go_to(w, 20261222);
	PLAY(w, late_payment);
	month_go_to(w, 20261221);
	PLAY(w, first_payment);
	month_go_to(w, 20261225);
	PLAY(w, second_payment);
	month_adds_up(w, "c.id");
	month_adds_up(w, "ce.id");
	month_adds_up(w, "c2.id");
	month_adds_up(w, "ce2.id");
	figures_open_their_lines(w);
	PLAY(w, sheets);
	PLAY(w, differing_count);
	add_up(w, "t1.id", 0, 2550);
	add_up(w, "t2.id", 2550, 0);
	add_up(w, "u1.id", 0, 16980);
	add_up(w, "u2.id", 16980, -16980);
}
