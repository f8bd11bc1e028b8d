/* Red invoices: what they take back of their originals, and what they may not. */
#include "tests/scenario/settle_steps.h"

#include "tests/harness.h"

#define RED_LINE(units, amount) "{\"product_id\":\"{amoxicillin}\",\"units\":" units ",\"amount\":\"" amount "\"}"
#define RED(kind, sum, lines)                                                                                                  \
	"{\"invoice_no\":\"" NO("0012") "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"" sum   \
	                                "\",\"tax\":\"0\",\"gross\":\"" sum "\",\"red_of_id\":\"{i.id}\",\"red_kind\":\"" kind \
	                                "\",\"lines\":[" lines "]}"
#define RED_REFUSED(kind, sum, lines, ...)                                                                                      \
	{"x", "finance", POST, "invoices", RED(kind, sum, lines), 201, FINE},                                                   \
	        {NULL, "finance", POST, "invoices/{x.id}/match", "{\"version\":1}", 422, "MATCH_DIFFERS", {__VA_ARGS__}, NULL}, \
	{                                                                                                                       \
		NULL, "finance", POST, "invoices/{x.id}/void", "{\"version\":1,\"note\":\"不对\"}", 200, FINE                   \
	}
/* RULE DOMAIN-12.3-red: never more than its original has left, on one line or on two; nor less than the units it calls wrong had
 * cost, for the right invoice would come on top. */
static const struct step reds[] = {
        COME("", "12.00"),
        {"i", "finance", POST, "invoices", INVOICE(NO("0011"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("i", "1"),
        RED_REFUSED("allowance", "500.00", RED_LINE("0", "500.00"), "~500.00", "~120.00"),
        RED_REFUSED("allowance", "240.00", RED_LINE("0", "120.00") "," RED_LINE("0", "120.00"), "errors.0.row=2"),
        RED_REFUSED("correct", "240.00", RED_LINE("240", "120.00") "," RED_LINE("240", "120.00"), "errors.0.row=2"),
        RED_REFUSED("correct", "1.00", RED_LINE("240", "1.00"), "~1.00", "~120.00"),
        RED_REFUSED("correct", "11.99", RED_LINE("24", "11.99"), "~11.99", "~12.00"),
        {"x", "finance", POST, "invoices", RED("correct", "120.00", RED_LINE("24", "12.00") "," RED_LINE("216", "108.00")), 201,
         FINE},
        {NULL, "finance", GET, "invoices/{x.id}", NULL, 200, NULL, {"fits=true"}, NULL},
        MATCH("x", "1"),
        {NULL, "finance", GET, "payables", NULL, 200, NULL, {"rows.0.invoiced=0.00", "rows.0.invoiced_units=0"}, NULL},
        {NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows.0.amount=0.00"}, NULL},
};

/* Two lines of one product at two prices: each is taken back for its own, in whatever order; a red line that gives back more than
 * its units had cost needs a reason and a second person. */
static const struct step reds_of_two_prices[] = {
        COME("", "12.00"),
        {"i", "finance", POST, "invoices",
         "{\"invoice_no\":\"" NO("0021") "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"110.00\","
                                         "\"tax\":\"0\",\"gross\":\"110.00\",\"lines\":[" RED_LINE("120", "60.00") "," RED_LINE(
                                                 "120", "50.00") "]}",
         201, FINE},
        {NULL, "finance", POST, "invoices/{i.id}/explain", "{\"version\":1,\"note\":\"两种结算价\"}", 200, FINE},
        {NULL, "chief", POST, "invoices/{i.id}/accept", "{\"version\":2}", 200, FINE},
        {"x", "finance", POST, "invoices", RED("correct", "50.00", RED_LINE("24", "50.00")), 201, FINE},
        {NULL, "finance", GET, "invoices/{x.id}", NULL, 200, NULL, {"lines.0.result=price", "explainable=true"}, NULL},
        {NULL, "finance", POST, "invoices/{x.id}/match", "{\"version\":1}", 422, "MATCH_DIFFERS", {"~50.00"}, NULL},
        {NULL, "finance", POST, "invoices/{x.id}/void", "{\"version\":1,\"note\":\"不对\"}", 200, FINE},
        /* the second line alone, and part of the first one */
        {"x", "finance", POST, "invoices", RED("correct", "62.00", RED_LINE("120", "50.00") "," RED_LINE("24", "12.00")), 201,
         FINE},
        MATCH("x", "1"),
        {NULL, "finance", GET, "payables", NULL, 200, NULL, {"rows.0.invoiced=48.00", "rows.0.invoiced_units=96"}, NULL},
};

/* An allowance is of all goods of its invoice alike: what came last can still go back for what is left of its price. */
static const struct step allowances[] = {
        COME("", "12.00"),
        COME("", "12.00"),
        {"i", "finance", POST, "invoices",
         "{\"invoice_no\":\"" NO("0041") "\",\"leg\":2,\"supplier_id\":\"{supplier}\",\"issued_ymd\":20261121,\"net\":\"240.00\","
                                         "\"tax\":\"0\",\"gross\":\"240.00\",\"lines\":[" RED_LINE("480", "240.00") "]}",
         201, FINE},
        MATCH("i", "1"),
        {"x", "finance", POST, "invoices", RED("allowance", "48.01", RED_LINE("0", "48.01")), 201, FINE},
        MATCH("x", "1"),
        {NULL,
         "finance",
         GET,
         "payables",
         NULL,
         200,
         NULL,
         {"rows#2", "~\"invoiced\":\"95.99\"", "~\"invoiced\":\"96.00\""},
         NULL},
        {NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows.0.amount=-191.99"}, NULL},
};

static void an_allowance_is_of_all_its_goods(void)
{
	struct world *w = world_new();
	PLAY(w, allowances);
	world_replay(w);
	world_end(w);
}

/* A maker's invoice covers more than came: taken back whole, it proves nothing any more, nor what comes later. */
#define OF_MAKER(no, units, sum, more)                                                                                  \
	"{\"invoice_no\":\"" NO(                                                                                        \
	        no) "\",\"leg\":1,\"supplier_id\":\"{supplier}\",\"issuer\":\"演示药厂\",\"issued_ymd\":20261121," more \
	            "\"net\":\"" sum "\",\"tax\":\"0\",\"gross\":\"" sum "\",\"lines\":[" RED_LINE(units, sum) "]}"
#define ITS_RED "\"red_of_id\":\"{i.id}\",\"red_kind\":\"correct\","
static const struct step reds_of_makers[] = {
        COME("", "12.00"),
        {"i", "finance", POST, "invoices", OF_MAKER("0031", "2400", "1000.00", ""), 201, FINE},
        MATCH("i", "1"),
        COME("", "12.00"),
        MATCH("i", "2"),
        {NULL, "finance", GET, "payables", NULL, 200, NULL, {"rows#2", "rows.0.leg1_units=240", "rows.1.leg1_units=240"}, NULL},
        {NULL,
         "finance",
         GET,
         "invoices/{i.id}",
         NULL,
         200,
         NULL,
         {"lines.0.parts.0.amount=100.00", "lines.0.parts.1.amount=100.00"},
         NULL},
        {"x", "finance", POST, "invoices", OF_MAKER("0032", "2400", "1000.00", ITS_RED), 201, FINE},
        MATCH("x", "1"),
        {NULL, "finance", GET, "payables", NULL, 200, NULL, {"rows.0.leg1_units=0", "rows.1.leg1_units=0"}, NULL},
        NO_MATCH("i", "3", "~没有新的收货可匹配"),
        {"j", "finance", POST, "invoices", OF_MAKER("0033", "2400", "1000.00", ""), 201, FINE},
        MATCH("j", "1"),
        {NULL, "finance", GET, "payables", NULL, 200, NULL, {"rows.0.leg1_units=240", "rows.1.leg1_units=240"}, NULL},
        /* part of it: the rest still proves */
        {"y", "finance", POST, "invoices",
         OF_MAKER("0034", "240", "100.00", "\"red_of_id\":\"{j.id}\",\"red_kind\":\"correct\","), 201, FINE},
        MATCH("y", "1"),
        MATCH("j", "2"),
};

static void a_red_line_takes_back_what_was_paid(void)
{
	struct world *w = world_new();
	PLAY(w, reds);
	world_replay(w);
	world_end(w);
}

static void a_red_line_finds_the_line_at_its_price(void)
{
	struct world *w = world_new();
	PLAY(w, reds_of_two_prices);
	world_replay(w);
	world_end(w);
}

static void a_maker_takes_his_invoice_back(void)
{
	struct world *w = world_new();
	PLAY(w, reds_of_makers);
	world_replay(w);
	world_end(w);
}

SUITE(settle_red, {"a_red_line_takes_back_what_was_paid", a_red_line_takes_back_what_was_paid},
      {"a_red_line_finds_the_line_at_its_price", a_red_line_finds_the_line_at_its_price},
      {"an_allowance_is_of_all_its_goods", an_allowance_is_of_all_its_goods},
      {"a_maker_takes_his_invoice_back", a_maker_takes_his_invoice_back});
