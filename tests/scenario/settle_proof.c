/*
 * What proves a delivery and what does not, what no explanation lifts, payments that come back, sheets that hold every entry
 * once: each refusal stands beside the same thing done rightly.
 */
#include "tests/scenario/settle_steps.h"

#include "tests/harness.h"
#include "warehouse/price/price.h"
#include "warehouse/settlement/party.h"
#include "warehouse/settlement/sheet.h"

#include <stdlib.h>
#include <string.h>

#define PDF "%PDF-1.4\n%%EOF\n"

/* The clock stands at noon of another day, and everybody signs in again. */
static void go_to(struct world *w, int32_t ymd)
{
	static const char *const people[] = {"central", "buyer", "receiver", "inspector",
	                                     "keeper",  "chief", "finance",  "east_user"};
	w->service.clock.fixed_ms = ymd_begin_ms(ymd) + 12 * 3600 * 1000LL;
	for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
		const char *body = arena_printf(&w->arena, "{\"user\":\"%s\",\"password\":\"a long word 9\"}", people[i]);
		CU_ASSERT_EQUAL(world_ask(w, people[i], POST, "session", body, ""), 200);
	}
}

#define REFUSED(leg, more, ymd, code, ...)                                                                                       \
	{                                                                                                                        \
		NULL, "finance", POST, "invoices", INVOICE(NO("9999"), leg, more, ymd, "120.00"), 422, code, {__VA_ARGS__}, NULL \
	}
/* RULE DOMAIN-6-invoice-parties RULE DOMAIN-6-invoice-day */
static const struct step parties[] = {
        COME("", "12.00"),
        REFUSED("2", "\"issuer\":\"毫不相干贸易有限公司\",", "20261121", "WRONG_PARTY", "errors.0.field=issuer", "~甲医药公司"),
        REFUSED("2", "\"buyer\":\"别家医院\",", "20261121", "WRONG_PARTY", "errors.0.field=buyer", "~别家医院"),
        REFUSED("1", "\"issuer\":\"甲医药公司\",", "20261121", "WRONG_PARTY", "errors.0.field=issuer", "~首票"),
        REFUSED("1", "\"issuer\":\"某二级批发商贸公司\",", "20261121", "WRONG_PARTY", "errors.0.field=issuer", "~演示药厂"),
        REFUSED("1", "", "20261121", "INVALID_FIELD", "errors.0.field=issuer"),
        REFUSED("2", "", "19900101", "INVALID_FIELD", "errors.0.field=issued_ymd"),
        REFUSED("2", "", "20231120", "INVALID_FIELD", "errors.0.field=issued_ymd"),
        REFUSED("2", "", "20261122", "INVALID_FIELD", "errors.0.field=issued_ymd"),
        {NULL, "chief", GET, "refusals", NULL, 200, NULL, {"~WRONG_PARTY"}, NULL},
        {"early", "finance", POST, "invoices", INVOICE(NO("0001"), "2", "", "20251120", "120.00"), 201, FINE},
        NO_MATCH("early", "1", "~远早于订单"),
        {NULL, "finance", POST, "invoices/{early.id}/void", "{\"version\":1,\"note\":\"日期录错\"}", 200, FINE},
        /* the same names as people and printers write them */
        {"i", "finance", POST, "invoices",
         INVOICE(NO("0002"), "2", "\"issuer\":\"甲 医药公司（演示）\",\"buyer\":\"县医院\",", "20251121", "120.00"), 201, FINE},
        MATCH("i", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=0"}, NULL},
        {"m", "finance", POST, "invoices", INVOICE(NO("0003"), "1", "\"issuer\":\"演示药厂\",", "20231121", "100.00"), 201, FINE},
        MATCH("m", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1"}, NULL},
        {"red",
         "finance",
         POST,
         "invoices",
         INVOICE(NO("0004"), "2", "\"red_of_id\":\"{i.id}\",\"red_kind\":\"correct\",", "20251120", "120.00"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=issued_ymd"},
         NULL},
};

static void an_invoice_is_of_its_parties(void)
{
	struct world *w = world_new();
	PLAY(w, parties);
	world_replay(w);
	world_end(w);
}

/* RULE DOMAIN-6-payment: the days run from the inspection, not from the day the goods were put on the shelf. */
static const struct step inspected[] = {BROUGHT("", "12.00")};
static const struct step shelved[] = {
        ON_THE_SHELF,
        {NULL,
         "finance",
         GET,
         "payables",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.accepted_ymd=20261121", "rows.0.due_ymd=20261221"},
         NULL},
};

static void the_days_run_from_the_inspection(void)
{
	struct world *w = world_new();
	PLAY(w, inspected);
	go_to(w, 20261124);
	PLAY(w, shelved);
	world_replay(w);
	world_end(w);
}

static void names_are_compared_as_they_are_meant(void)
{
	struct arena a = {0};
	CU_ASSERT_TRUE(party_same(&a, "安徽（淮南）医药", "安徽(淮南) 医药"));
	CU_ASSERT_TRUE(party_same(&a, "演示·青禾制药", "青禾制药 (演示)"));
	CU_ASSERT_TRUE(party_same(&a, "ＡＢＣ药业", "abc药业"));
	CU_ASSERT_FALSE(party_same(&a, "甲医药公司", "甲医药公司分公司"));
	CU_ASSERT_FALSE(party_same(&a, "甲(南)医药", "甲医药"));
	CU_ASSERT_TRUE(party_is(&a, "91340000MA2N00000X", "甲医药公司", "91340000ma2n00000x"));
	CU_ASSERT_FALSE(party_is(&a, "", "甲医药公司", ""));
	arena_drop(&a);
}

#define EQUAL(supplier, reason, from)                                                             \
	"{\"supplier_id\":\"{" supplier "}\",\"maker_id\":\"{k.rows.0.id}\",\"reason\":\"" reason \
	"\",\"paper\":\"授1\",\"from_ymd\":" from "}"
/* RULE DOMAIN-6-counts-as-maker */
static const struct step equals[] = {
        COME("", "12.00"),
        {"k", "buyer", GET, "makers", NULL, 200, NULL, {"rows#1"}, NULL},
        {"i", "finance", POST, "invoices", INVOICE(NO("0001"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("i", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=0"}, NULL},
        {NULL, "finance", POST, "maker-permits", EQUAL("supplier", "maker", "20260101"), 403, FINE},
        {"e", "chief", POST, "maker-permits", EQUAL("supplier", "maker", "20260101"), 201, NULL, {"state=waiting"}, NULL},
        /* RULE DOMAIN-6-permit-warning: what waits stands in the day of who may approve it */
        {NULL,
         "inspector",
         GET,
         "today",
         NULL,
         200,
         NULL,
         {"~maker_permits\",\"title\":\"待批准的视同生产企业\",\"count\":1", "~/maker-permits?waiting=1"},
         NULL},
        {NULL, "chief", GET, "board", NULL, 200, NULL, {"~maker_permits\",\"title\":\"视同生产企业待批准\",\"count\":1"}, NULL},
        {NULL, "inspector", GET, "maker-permits?waiting=1", NULL, 200, NULL, {"rows#1", "rows.0.id={e.id}"}, NULL},
        {NULL, "buyer", POST, "maker-permits/{e.id}/approve", "{}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "inspector", POST, "maker-permits/{e.id}/approve", "{}", 422, "PAPERS_MISSING", {NULL}, NULL},
        {NULL, "buyer", POST, "attachments?owner_kind=maker_permit&owner_id={e.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "finance", POST, "attachments?owner_kind=remote_approval&owner_id={e.id}&name=x.pdf", PDF, 404, FINE},
        {NULL, "chief", POST, "maker-permits/{e.id}/approve", "{}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "inspector", POST, "maker-permits/{e.id}/approve", "{}", 200, FINE},
        {NULL, "inspector", POST, "maker-permits/{e.id}/approve", "{}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "inspector", GET, "maker-permits?waiting=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "inspector", GET, "maker-permits?ending=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL,
         "buyer",
         GET,
         "maker-permits?supplier_id={supplier}",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.state=ok", "rows.0.scans=1", "rows.0.approved_by=inspector"},
         NULL},
        /* what came before is proven by its one invoice, and so is what comes now */
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1", "rows.0.lines=1"}, NULL},
        REFUSED("1", "\"issuer\":\"甲医药公司\",", "20261121", "WRONG_PARTY", "~视同生产企业"),
        COME("", "12.00"),
        {"j", "finance", POST, "invoices", INVOICE(NO("0002"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("j", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=2", "rows.0.lines=2"}, NULL},
        /* a wrong one that is taken back proves nothing any more */
        {"b", "finance", POST, "invoices",
         INVOICE(NO("0003"), "2", "\"red_of_id\":\"{j.id}\",\"red_kind\":\"correct\",", "20261121", "120.00"), 201, FINE},
        MATCH("b", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1", "rows.0.lines=2"}, NULL},
        /* from the day it ends two invoices are wanted again */
        {NULL, "buyer", POST, "maker-permits/{e.id}/end", "{\"note\":\"代理到期\"}", 200, NULL, {"state=ended"}, NULL},
        {NULL, "buyer", POST, "maker-permits/{e.id}/end", "{\"note\":\"再终止\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {"l", "finance", POST, "invoices", INVOICE(NO("0004"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("l", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1", "rows.0.lines=2"}, NULL},
        /* the maker's only sales company issues the first one to the distributor */
        REFUSED("1", "\"issuer\":\"戊医药公司\",", "20261121", "WRONG_PARTY", "~演示药厂"),
        {"s", "buyer", POST, "maker-permits", EQUAL("calm", "sales", "20260101"), 201, FINE},
        {NULL, "buyer", POST, "attachments?owner_kind=maker_permit&owner_id={s.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "chief", POST, "maker-permits/{s.id}/approve", "{}", 200, FINE},
        {"m", "finance", POST, "invoices", INVOICE(NO("0005"), "1", "\"issuer\":\"戊医药公司\",", "20261121", "100.00"), 201,
         FINE},
        MATCH("m", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=2", "rows.0.lines=2"}, NULL},
};

static void who_counts_as_a_maker_needs_one_invoice(void)
{
	struct world *w = world_new();
	PLAY(w, equals);
	world_replay(w);
	world_end(w);
}

#define APPROVAL(site, to) "{\"site_id\":\"{" site "}\",\"paper\":\"皖1号\",\"from_ymd\":20260101" to "}"
#define AT_VILLAGE "\"site_id\":\"{village}\","
/* RULE DOMAIN-6-remote-invoice RULE DOMAIN-6-chain */
static const struct step remote[] = {
        COME("\"owner_site_id\":\"{village}\",", "12.00"),
        {NULL,
         "finance",
         POST,
         "remote-approvals",
         APPROVAL("lead", ",\"to_ymd\":20261231"),
         422,
         "INVALID_FIELD",
         {"~牵头"},
         NULL},
        {NULL,
         "finance",
         POST,
         "remote-approvals",
         APPROVAL("village", ""),
         422,
         "INVALID_FIELD",
         {"errors.0.field=to_ymd"},
         NULL},
        {"a",
         "finance",
         POST,
         "remote-approvals",
         APPROVAL("village", ",\"to_ymd\":20261231"),
         201,
         NULL,
         {"state=waiting"},
         NULL},
        {NULL, "chief", GET, "today", NULL, 200, NULL, {"~remote_approvals\",\"title\":\"待批准的加开一票\",\"count\":1"}, NULL},
        {NULL, "chief", GET, "remote-approvals?waiting=1", NULL, 200, NULL, {"rows#1", "rows.0.id={a.id}"}, NULL},
        {NULL, "chief", GET, "remote-approvals?ending=1", NULL, 200, NULL, {"rows#0"}, NULL},
        REFUSED("1", AT_VILLAGE "\"issuer\":\"演示药厂\",\"buyer\":\"上级公司\",", "20261121", "EXTRA_INVOICE", NULL),
        {NULL, "finance", POST, "attachments?owner_kind=remote_approval&owner_id={a.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "finance", POST, "remote-approvals/{a.id}/approve", "{}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "chief", POST, "remote-approvals/{a.id}/approve", "{}", 200, FINE},
        /* RULE DOMAIN-6-permit-warning: within 90 days of its end, until another one goes on after it */
        {NULL,
         "chief",
         GET,
         "board",
         NULL,
         200,
         NULL,
         {"~remote_approvals_ending\",\"title\":\"加开一票批准 90 天内到期\",\"count\":1", "~加开一票待批准\",\"count\":0"},
         NULL},
        {NULL, "chief", GET, "remote-approvals?ending=1", NULL, 200, NULL, {"rows#1", "rows.0.id={a.id}"}, NULL},
        {NULL, "chief", GET, "remote-approvals?waiting=0", NULL, 200, NULL, {"rows#1"}, NULL},
        {"n", "finance", POST, "remote-approvals", APPROVAL("village", ",\"to_ymd\":20271231"), 201, FINE},
        {NULL, "finance", POST, "attachments?owner_kind=remote_approval&owner_id={n.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "chief", POST, "remote-approvals/{n.id}/approve", "{}", 200, FINE},
        {NULL, "chief", GET, "remote-approvals?ending=1", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "finance", POST, "remote-approvals/{n.id}/end", "{\"note\":\"登记重复\"}", 200, FINE},
        {NULL, "chief", GET, "remote-approvals?ending=1", NULL, 200, NULL, {"rows#1"}, NULL},
        {"m", "finance", POST, "invoices",
         INVOICE(NO("0001"), "1", AT_VILLAGE "\"issuer\":\"演示药厂\",\"buyer\":\"上级公司\",", "20261121", "100.00"), 201, FINE},
        MATCH("m", "1"),
        {"i", "finance", POST, "invoices", INVOICE(NO("0002"), "2", "\"buyer\":\"李村卫生室\",", "20261121", "120.00"), 201,
         FINE},
        MATCH("i", "1"),
        REFUSED("3", AT_VILLAGE "\"issuer\":\"甲医药公司\",", "20261121", "WRONG_PARTY", "errors.0.field=issuer"),
        REFUSED("3", AT_VILLAGE "\"issuer\":\"上级公司\",\"buyer\":\"第三家\",", "20261121", "WRONG_PARTY",
                "errors.0.field=buyer"),
        {"w", "finance", POST, "invoices",
         INVOICE(NO("0003"), "3", AT_VILLAGE "\"issuer\":\"另一家公司\",", "20261121", "110.00"), 201, FINE},
        NO_MATCH("w", "1", "~首票的购买方"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=0"}, NULL},
        {"x", "finance", POST, "invoices", INVOICE(NO("0004"), "3", AT_VILLAGE "\"issuer\":\"上级公司\",", "20261121", "110.00"),
         201, FINE},
        MATCH("x", "1"),
        {NULL, "finance", GET, "proof", NULL, 200, NULL, {"rows.0.proven=1"}, NULL},
        {NULL, "finance", POST, "remote-approvals/{a.id}/end", "{\"note\":\"公路通了\"}", 200, FINE},
        {NULL, "finance", GET, "remote-approvals", NULL, 200, NULL, {"rows.1.state=ended", "rows.1.end_note=公路通了"}, NULL},
        REFUSED("3", AT_VILLAGE "\"issuer\":\"上级公司\",", "20261121", "EXTRA_INVOICE", NULL),
};

SQL(make_finance,
    "INSERT INTO user_role (user_id, role) SELECT id, 'finance' FROM app_user WHERE name IN ('west_user', 'east_user') "
    "/*scan: a test*/");

static enum status hire(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	db_exec_n(tx, &make_finance, NULL, 0);
	return ST_OK;
}

/* Whoever keeps the money of one township sees what is approved there and below, and counts no more; the watch list too. */
static const struct step scoped[] = {
        {"v", "finance", POST, "remote-approvals", APPROVAL("village", ",\"to_ymd\":20261231"), 201, FINE},
        {NULL, "west_user", GET, "remote-approvals", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "west_user", GET, "today", NULL, 200, NULL, {"~待批准的加开一票\",\"count\":0"}, NULL},
        {NULL, "west_user", GET, "watch-site-shares", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "west_user", GET, "watch-site-products", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "west_user", GET, "watch-site-lines?month=202611&site_id={lead}", NULL, 200, NULL, {"rows#0"}, NULL},
        {NULL, "east_user", GET, "remote-approvals?waiting=1", NULL, 200, NULL, {"rows#1", "rows.0.id={v.id}"}, NULL},
        {NULL, "east_user", GET, "today", NULL, 200, NULL, {"~待批准的加开一票\",\"count\":1"}, NULL},
};

static void a_remote_place_has_its_approval(void)
{
	struct world *w = world_new();
	PLAY(w, remote);
	world_replay(w);
	world_write(w, hire, NULL);
	PLAY(w, scoped);
	world_end(w);
}

#define EXPLAIN(label, version, status, code)                                                                                    \
	{                                                                                                                        \
		NULL, "finance", POST, "invoices/{" label ".id}/explain", "{\"version\":" version ",\"note\":\"因故\"}", status, \
		        code, {NULL}, NULL                                                                                       \
	}
/* Ordered below the ceiling of 12.00 a box. RULE DOMAIN-12.3-ceiling-invoice RULE DOMAIN-12.3-difference */
static const struct step ceilings[] = {
        COME("", "2.88"),
        {"t", "finance", POST, "invoices", INVOICE(NO("0001"), "2", "", "20261121", "288.00"), 201, FINE},
        {NULL,
         "finance",
         POST,
         "invoices/{t.id}/explain",
         "{\"version\":1,\"note\":\"涨价\"}",
         422,
         "MATCH_DIFFERS",
         {"~超过限价", "~红字发票", "~120.00"},
         NULL},
        {NULL, "finance", GET, "invoices/{t.id}", NULL, 200, NULL, {"explainable=false", "lines.0.result=ceiling"}, NULL},
        {NULL, "finance", POST, "invoices/{t.id}/void", "{\"version\":1,\"note\":\"退供应商\"}", 200, FINE},
        {"u", "finance", POST, "invoices", INVOICE(NO("0002"), "2", "", "20261121", "120.01"), 201, FINE},
        EXPLAIN("u", "1", 422, "MATCH_DIFFERS"),
        {NULL, "finance", POST, "invoices/{u.id}/void", "{\"version\":1,\"note\":\"退供应商\"}", 200, FINE},
        {"v", "finance", POST, "invoices", INVOICE(NO("0003"), "2", "", "20261121", "120.00"), 201, FINE},
        EXPLAIN("v", "1", 200, NULL),
        {NULL, "chief", POST, "invoices/{v.id}/accept", "{\"version\":2}", 200, NULL, {"state=matched"}, NULL},
};

/* The selected price, 10.00 a box, is the only one; the listed 12.00 is no help. */
static const struct step exact[] = {
        COME("", "10.00"),
        {"x", "finance", POST, "invoices", INVOICE(NO("0004"), "2", "", "20261121", "110.00"), 201, FINE},
        EXPLAIN("x", "1", 422, "MATCH_DIFFERS"),
        {NULL, "finance", POST, "invoices/{x.id}/void", "{\"version\":1,\"note\":\"退供应商\"}", 200, FINE},
        {"y", "finance", POST, "invoices", INVOICE(NO("0005"), "2", "", "20261121", "100.00"), 201, FINE},
        MATCH("y", "1"),
};

static enum status put_selected(struct tx *tx, void *arg)
{
	bool added = false;
	const struct new_price in = {*(int64_t *)arg, 100000, 24, "selected", 20260101, 0, "集采"};
	tx->action = "test";
	price_put(tx, &in, &added);
	return added ? ST_OK : ST_INTERNAL;
}

static void no_explanation_lifts_a_price_above_the_ceiling(void)
{
	struct world *w = world_new();
	int64_t product = strtoll(world_value(w, "amoxicillin"), NULL, 10);
	PLAY(w, ceilings);
	world_write(w, put_selected, &product);
	PLAY(w, exact);
	world_replay(w);
	world_end(w);
}

#define PAYMENT(more) "{\"supplier_id\":\"{supplier}\",\"channel\":\"bank\",\"until_ymd\":20261231" more "}"
#define PAY(label)                                                                                                   \
	{NULL, "finance", POST, "payments/{" label ".id}/review", "{\"version\":1}", 200, FINE},                     \
	        {NULL, "chief", POST, "payments/{" label ".id}/approve", "{\"version\":2}", 200, FINE},              \
	{                                                                                                            \
		NULL, "finance", POST, "payments/{" label ".id}/pay", "{\"version\":3,\"note\":\"回单\"}", 200, FINE \
	}
#define OWED(fen)                                                                                                     \
	{                                                                                                             \
		NULL, "finance", GET, "money-balances?account=payable", NULL, 200, NULL, {"rows.0.amount=" fen}, NULL \
	}
/* RULE DOMAIN-12.4-payment-returned */
static const struct step bounced[] = {
        COME("", "12.00"),
        COME("", "11.00"),
        {"i", "finance", POST, "invoices", INVOICE(NO("0001"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("i", "1"),
        {"p", "finance", GET, "payables?supplier_id={supplier}&open=1&unpaid=1&fund=0", NULL, 200, NULL, {"rows#1"}, NULL},
        {"q", "finance", GET, "payables?uninvoiced=1", NULL, 200, NULL, {"rows#1"}, NULL},
        /* without an invoice, twice, or of nobody: refused */
        {NULL,
         "buyer",
         POST,
         "payments",
         PAYMENT(",\"payables\":[{\"payable_id\":\"{p.rows.0.id}\"},{\"payable_id\":\"{q.rows.0.id}\"}]"),
         422,
         "INVALID_FIELD",
         {"errors.0.field=payables[1].payable_id"},
         NULL},
        {"j", "finance", POST, "invoices", INVOICE(NO("0002"), "2", "", "20261121", "110.00"), 201, FINE},
        MATCH("j", "1"),
        OWED("-230.00"),
        /* one of the two is left out */
        {"a", "buyer", POST, "payments", PAYMENT(",\"payables\":[{\"payable_id\":\"{q.rows.0.id}\"}]"), 201, FINE},
        {NULL, "finance", GET, "payments/{a.id}", NULL, 200, NULL, {"amount=110.00", "lines#1"}, NULL},
        {NULL,
         "buyer",
         POST,
         "payments",
         PAYMENT(",\"payables\":[{\"payable_id\":\"{q.rows.0.id}\"}]"),
         422,
         "INVALID_FIELD",
         {NULL},
         NULL},
        {NULL, "finance", POST, "payments/{a.id}/return", "{\"version\":1,\"note\":\"x\"}", 409, "WRONG_STATE", {NULL}, NULL},
        PAY("a"),
        OWED("-120.00"),
        /* the bank gives it back */
        {NULL, "buyer", POST, "payments/{a.id}/return", "{\"version\":4,\"note\":\"账号有误\"}", 403, "FORBIDDEN", {NULL}, NULL},
        {NULL, "finance", POST, "payments/{a.id}/return", "{\"version\":4}", 422, "REASON_MISSING", {NULL}, NULL},
        {NULL,
         "finance",
         POST,
         "payments/{a.id}/return",
         "{\"version\":4,\"note\":\"账号有误, 银行退票\"}",
         200,
         NULL,
         {"state=returned"},
         NULL},
        {NULL, "finance", GET, "payments/{a.id}", NULL, 200, NULL, {"returned_ymd=20261121", "paid_ymd=20261121"}, NULL},
        {NULL,
         "finance",
         GET,
         "money-entries?document_id={a.id}",
         NULL,
         200,
         NULL,
         {"rows#4", "rows.0.reason=payment_back"},
         NULL},
        OWED("-230.00"),
        {NULL, "finance", GET, "money-balances?account=bank", NULL, 200, NULL, {"rows.0.amount=0.00"}, NULL},
        {NULL, "finance", POST, "payments/{a.id}/return", "{\"version\":5,\"note\":\"x\"}", 409, "WRONG_STATE", {NULL}, NULL},
        /* what it paid is due again, with all the rest */
        {"b", "buyer", POST, "payments", PAYMENT(""), 201, FINE},
        {NULL, "finance", GET, "payments/{b.id}", NULL, 200, NULL, {"amount=230.00", "lines#2"}, NULL},
        PAY("b"),
        OWED("0.00"),
};

static void a_payment_may_come_back(void)
{
	struct world *w = world_new();
	PLAY(w, bounced);
	world_replay(w);
	world_end(w);
}

static void close_day(struct world *w)
{
	go_to(w, 20261125);
}
static void next_close_day(struct world *w)
{
	go_to(w, 20261225);
}
static void some_day(struct world *w)
{
	go_to(w, 20270126);
}

#define SHEET(kind, party, month) "{\"kind\":\"" kind "\"," party ",\"month\":" month "}"
#define OF_SUPPLIER "\"supplier_id\":\"{supplier}\""
#define OF_EAST "\"site_id\":\"{east}\""
#define SUMS(label, opening, amount, closing)                                            \
	{                                                                                \
		NULL, "finance", GET, "sheets/{" label ".id}", NULL, 200, NULL,          \
		        {"opening=" opening, "amount=" amount, "closing=" closing}, NULL \
	}
#define TO_EAST                                                                                                  \
	{"s",                                                                                                    \
	 "keeper",                                                                                               \
	 POST,                                                                                                   \
	 "shipments",                                                                                            \
	 "{\"to_site_id\":\"{east}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":24}]}",              \
	 201,                                                                                                    \
	 FINE},                                                                                                  \
	        {NULL, "keeper", POST, "shipments/{s.id}/allocate", "{\"version\":1}", 200, FINE},               \
	        {NULL, "keeper", POST, "shipments/{s.id}/pick", "{\"version\":2}", 200, FINE},                   \
	        {NULL, "keeper", POST, "shipments/{s.id}/ship", "{\"version\":3,\"seal_no\":\"F\"}", 200, FINE}, \
	{                                                                                                        \
		NULL, "east_user", POST, "shipments/{s.id}/receive", "{\"version\":4}", 200, FINE                \
	}
/* RULE DOMAIN-12.3-sheet-once */
static const struct step sheets[] = {
        COME("", "12.00"),
        COME("", "12.00"),
        {"i", "finance", POST, "invoices", INVOICE(NO("0001"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("i", "1"),
        TO_EAST,
        /* made on the close day; what is booked after it on the same day is the next one's */
        {"a", "finance", POST, "sheets", SHEET("supplier", OF_SUPPLIER, "202611"), 201, NULL, {NULL}, close_day},
        SUMS("a", "0.00", "120.00", "120.00"),
        {"b", "finance", POST, "sheets", SHEET("branch", OF_EAST, "202611"), 201, FINE},
        SUMS("b", "0.00", "12.00", "12.00"),
        {"j", "finance", POST, "invoices", INVOICE(NO("0002"), "2", "", "20261121", "120.00"), 201, FINE},
        MATCH("j", "1"),
        TO_EAST,
        {"c", "finance", POST, "sheets", SHEET("supplier", OF_SUPPLIER, "202612"), 201, NULL, {NULL}, next_close_day},
        SUMS("c", "120.00", "120.00", "240.00"),
        {"d", "finance", POST, "sheets", SHEET("branch", OF_EAST, "202612"), 201, FINE},
        SUMS("d", "12.00", "12.00", "24.00"),
};

static const struct step sheets_anew[] = {
        /* only the newest one goes */
        {NULL, "finance", POST, "sheets/{a.id}/withdraw", "{\"version\":1,\"note\":\"重做\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "finance", POST, "sheets/{b.id}/withdraw", "{\"version\":1,\"note\":\"重做\"}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "finance", POST, "sheets/{d.id}/withdraw", "{\"version\":1,\"note\":\"重做\"}", 200, FINE},
        {NULL, "finance", POST, "sheets/{b.id}/withdraw", "{\"version\":1,\"note\":\"重做\"}", 200, FINE},
        {NULL, "finance", POST, "sheets/{c.id}/withdraw", "{\"version\":1,\"note\":\"重做\"}", 200, FINE},
        /* made anew, a month left out: it stands in the one that follows */
        {"e", "finance", POST, "sheets", SHEET("branch", OF_EAST, "202701"), 201, NULL, {NULL}, some_day},
        SUMS("e", "0.00", "24.00", "24.00"),
        {"f", "finance", POST, "sheets", SHEET("supplier", OF_SUPPLIER, "202701"), 201, FINE},
        {NULL,
         "finance",
         GET,
         "sheets/{f.id}",
         NULL,
         200,
         NULL,
         {"opening=120.00", "amount=120.00", "from_ymd=20261126", "to_ymd=20270125"},
         NULL},
};

/* What an older program did to a store: a sheet withdrawn below another one, an entry moved between two. */
SQL(lose_sheet, "UPDATE sheet SET current = 0 WHERE id = :id /*all sites: test*/");
SQL(free_goods, "UPDATE site_flow SET settled_by = NULL WHERE settled_by = :id /*scan: test*/ /*all sites: test*/");
SQL(take_goods, "UPDATE site_flow SET settled_by = :id WHERE settled_by IS NOT NULL /*scan: test*/ /*all sites: test*/");
SQL(repeat_line, "INSERT INTO sheet_line SELECT :to_id, n + 100, seq, entry_n, ymd, document_id, product_id, lot, units, "
                 "other_site_id, reason, amount_fen FROM sheet_line WHERE sheet_id = :id /*all sites: test*/");
SQL(cut_off, "UPDATE sheet SET upto_seq = 1 WHERE id = :id /*all sites: test*/");

struct harm {
	const struct sql *q[2];
	const char *sheet, *other;
	int64_t found;
};

static void count(void *arg, const char *table, const char *row, const char *what)
{
	struct harm *h = arg;
	(void)row;
	(void)what;
	h->found += strcmp(table, "sheet") == 0;
}

/* Done, looked at, and taken back with the write. */
static enum status do_harm(struct tx *tx, void *arg)
{
	struct harm *h = arg;
	tx->action = "test";
	for (size_t i = 0; i < 2 && h->q[i]; i++)
		if (h->other)
			db_exec(tx, *h->q[i], I64(":id", strtoll(h->sheet, NULL, 10)),
			        I64(":to_id", strtoll(h->other, NULL, 10)));
		else
			db_exec(tx, *h->q[i], I64(":id", strtoll(h->sheet, NULL, 10)));
	CU_ASSERT_EQUAL(db_status(tx_db(tx)), ST_OK);
	(void)sheet_verify(tx_db(tx), count, h);
	return ST_WRONG_STATE;
}

static void sheets_tell_what_was_done_to_them(struct world *w)
{
	const char *branch = world_value(w, "b.id"), *later = world_value(w, "d.id"), *supplier = world_value(w, "a.id"),
	           *next = world_value(w, "c.id");
	struct harm harms[] = {{.sheet = branch},
	                       {.q = {&lose_sheet, &free_goods}, .sheet = branch},
	                       {.q = {&lose_sheet}, .sheet = supplier},
	                       {.q = {&free_goods}, .sheet = branch},
	                       {.q = {&take_goods}, .sheet = later},
	                       {.q = {&repeat_line}, .sheet = supplier, .other = next},
	                       {.q = {&cut_off}, .sheet = next}};
	for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
		struct faults faults = {.arena = &w->arena};
		CU_ASSERT_EQUAL(writer_run_one(&w->store.writer, do_harm, &harms[i], &w->arena, &faults), ST_WRONG_STATE);
		CU_ASSERT_EQUAL(harms[i].found != 0, i != 0);
	}
}

static void every_entry_is_in_one_sheet(void)
{
	struct world *w = world_new();
	PLAY(w, sheets);
	sheets_tell_what_was_done_to_them(w);
	PLAY(w, sheets_anew);
	world_replay(w);
	world_end(w);
}

SUITE(settle_proof, {"the_days_run_from_the_inspection", the_days_run_from_the_inspection},
      {"an_invoice_is_of_its_parties", an_invoice_is_of_its_parties},
      {"names_are_compared_as_they_are_meant", names_are_compared_as_they_are_meant},
      {"who_counts_as_a_maker_needs_one_invoice", who_counts_as_a_maker_needs_one_invoice},
      {"a_remote_place_has_its_approval", a_remote_place_has_its_approval},
      {"no_explanation_lifts_a_price_above_the_ceiling", no_explanation_lifts_a_price_above_the_ceiling},
      {"a_payment_may_come_back", a_payment_may_come_back}, {"every_entry_is_in_one_sheet", every_entry_is_in_one_sheet});
