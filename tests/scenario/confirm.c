/* Papers that are voided, and papers that wait for quality's word. */
#include "tests/scenario/world.h"

#include "tests/harness.h"

#define PLAY(world, steps) world_play(world, steps, sizeof(steps) / sizeof *(steps))
#define GET METHOD_GET
#define POST METHOD_POST
#define FINE NULL, {NULL}, NULL
#define ORDER(supplier, product) \
	"{\"supplier_id\":\"{" supplier "}\",\"lines\":[{\"product_id\":\"{" product "}\",\"units\":240}]}"
#define PDF "%PDF-1.4\n%%EOF\n"
#define PAPER_OF(owner, kind, number, more) \
	"{\"owner_kind\":\"supplier\",\"owner_id\":\"{" owner "}\",\"kind\":\"" kind "\",\"number\":\"" number "\"" more "}"
#define REFUSED(code, words) 422, code, {words}, NULL

/* ---- voided papers ---- */

#define FIRST_OF(label, kind, owner)                                                                            \
	{                                                                                                       \
		label, "buyer", GET, "qualifications?owner_kind=" kind "&owner_id={" owner "}", NULL, 200, FINE \
	}
static const struct step voiding[] = {
        FIRST_OF("q", "supplier", "lapsed"),
        {NULL, "buyer", POST, "orders", ORDER("lapsed", "amoxicillin"), 422, "LICENCE_EXPIRED", {"~已于 20261120 到期"}, NULL},
        {NULL, "buyer", POST, "qualifications/{q.rows.0.id}/end", "{\"note\":\"登记有误\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("lapsed", "amoxicillin"), REFUSED("LICENCE_EXPIRED", "~已作废, 没有有效的")},
        {NULL, "buyer", GET, "suppliers/{lapsed}", NULL, 200, NULL, {"licence_state=none", "may.code=LICENCE_EXPIRED"}, NULL},
        {NULL,
         "buyer",
         GET,
         "papers/supplier/{lapsed}",
         NULL,
         200,
         NULL,
         {"papers.1.kind=drug_licence", "papers.1.lost=true"},
         NULL},
        /* one that held is voided as well; so is one that was never confirmed: that one was never on file */
        FIRST_OF("g", "supplier", "supplier"),
        {"w", "buyer", POST, "qualifications", PAPER_OF("supplier", "agreement", "写错了", ",\"until_ymd\":20280101"), 201, FINE},
        {NULL, "buyer", POST, "qualifications/{w.id}/end", "{\"note\":\"登记有误\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        {NULL, "buyer", POST, "qualifications/{g.rows.0.id}/end", "{\"note\":\"被吊销\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), REFUSED("LICENCE_EXPIRED", "~没有有效的")},
        /* a registration that is voided stops ordering and what comes in */
        {"o", "buyer", POST, "orders", ORDER("calm", "amoxicillin"), 201, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/submit", "{\"version\":1}", 200, FINE},
        {NULL, "chief", POST, "orders/{o.id}/approve", "{\"version\":2}", 200, FINE},
        {NULL, "buyer", POST, "orders/{o.id}/send", "{\"version\":3}", 200, FINE},
        {"ol", "buyer", GET, "orders/{o.id}", NULL, 200, FINE},
        {"r", "buyer", POST, "qualifications",
         "{\"owner_kind\":\"product\",\"owner_id\":\"{amoxicillin}\",\"kind\":\"registration\",\"number\":\"H1\",\"until_ymd\":"
         "20291231}",
         201, FINE},
        CONFIRMED("r"),
        {NULL, "buyer", POST, "orders", ORDER("calm", "amoxicillin"), 201, FINE},
        {NULL, "buyer", POST, "qualifications/{r.id}/end", "{\"note\":\"登记有误\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("calm", "amoxicillin"), REFUSED("REGISTRATION_EXPIRED", "~已作废, 没有有效的")},
        {NULL, "receiver", POST, "receipts",
         "{\"order_id\":\"{o.id}\",\"lines\":[{\"order_line_id\":\"{ol.lines.0.id}\",\"lot\":\"V1\",\"made_ymd\":20260101,"
         "\"expiry_ymd\":20281231,\"units\":24}]}",
         REFUSED("REGISTRATION_EXPIRED", "~已作废")},
};

/* RULE GSP-licence-void: voiding a paper locks, it never opens. */
static void voiding_opens_no_door(void)
{
	struct world *w = world_new();
	PLAY(w, voiding);
	world_end(w);
}

/* ---- what waits for quality ---- */

static const struct step waiting[] = {
        {"n", "buyer", POST, "qualifications", PAPER_OF("lapsed", "drug_licence", "新1", ",\"until_ymd\":20311231"), 201, FINE},
        {NULL, "buyer", POST, "orders", ORDER("lapsed", "amoxicillin"), REFUSED("LICENCE_EXPIRED", "~待质量部门确认")},
        {NULL, "inspector", GET, "waiting-papers", NULL, 200, NULL, {"rows#1", "rows.0.state=waiting", "rows.0.scans=0"}, NULL},
        {NULL, "inspector", GET, "today", NULL, 200, NULL, {"~papers_waiting"}, NULL},
        {NULL, "inspector", POST, "qualifications/{n.id}/confirm", "{}", REFUSED("PAPERS_MISSING", "~扫描件")},
        {NULL, "buyer", POST, "attachments?owner_kind=qualification&owner_id={n.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "buyer", POST, "qualifications/{n.id}/confirm", "{}", 403, FINE},
        {NULL, "buyer", POST, "orders", ORDER("lapsed", "amoxicillin"), 422, "LICENCE_EXPIRED", {NULL}, NULL},
        {NULL, "inspector", POST, "qualifications/{n.id}/confirm", "{}", 200, NULL, {"state=ok", "version=1"}, NULL},
        {NULL, "inspector", POST, "qualifications/{n.id}/confirm", "{}", 409, "WRONG_STATE", {NULL}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("lapsed", "amoxicillin"), 201, FINE},
        {NULL, "inspector", GET, "waiting-papers", NULL, 200, NULL, {"rows#0"}, NULL},
        /* whoever entered it does not confirm it; what is turned down never counted, and the one before it goes on */
        {"c", "chief", POST, "qualifications", PAPER_OF("calm", "agreement", "A1", ",\"until_ymd\":20280101"), 201, FINE},
        {NULL, "chief", POST, "attachments?owner_kind=qualification&owner_id={c.id}&name=x.pdf", PDF, 201, FINE},
        {NULL, "chief", POST, "qualifications/{c.id}/confirm", "{}", 403, "SAME_PERSON", {NULL}, NULL},
        {NULL, "inspector", POST, "qualifications/{c.id}/refuse", "{}", 422, "INVALID_FIELD", {NULL}, NULL},
        {NULL, "inspector", POST, "qualifications/{c.id}/refuse", "{\"note\":\"没有盖章\"}", 200, FINE},
        {NULL, "buyer", POST, "orders", ORDER("calm", "amoxicillin"), 201, FINE},
        /* a renewal that waits leaves the former one in force; another one takes its place; the last ends the first */
        FIRST_OF("g", "supplier", "calm"),
        {"x", "buyer", POST, "qualifications",
         PAPER_OF("calm", "drug_licence", "L8", ",\"until_ymd\":20300101,\"replaces_id\":\"{g.rows.1.id}\""), 201, FINE},
        {NULL, "buyer", GET, "suppliers/{calm}", NULL, 200, NULL, {"licence_no=L1", "licence_until_ymd=20270219"}, NULL},
        {NULL, "buyer", POST, "orders", ORDER("calm", "amoxicillin"), 201, FINE},
        {"y", "buyer", POST, "qualifications",
         PAPER_OF("calm", "drug_licence", "L9", ",\"until_ymd\":20310101,\"replaces_id\":\"{x.id}\""), 201, FINE},
        {NULL,
         "inspector",
         GET,
         "waiting-papers",
         NULL,
         200,
         NULL,
         {"rows#1", "rows.0.number=L9", "rows.0.old_until_ymd=20270219"},
         NULL},
        CONFIRMED("y"),
        {NULL, "buyer", GET, "suppliers/{calm}", NULL, 200, NULL, {"licence_no=L9", "licence_until_ymd=20310101"}, NULL},
        {NULL,
         "buyer",
         GET,
         "qualifications?owner_kind=supplier&owner_id={calm}&kind=drug_licence",
         NULL,
         200,
         NULL,
         {"rows#3", "rows.0.state=ok", "rows.1.state=ended", "rows.2.state=ended"},
         NULL},
};

/* An agreement of next year is confirmed before this year's has run out. */
static const struct step next_year[] = {
        {"a", "buyer", POST, "qualifications", PAPER_OF("supplier", "agreement", "今年", ",\"until_ymd\":20261122"), 201, FINE},
        CONFIRMED("a"),
        {NULL, "central", GET, "expiring-papers", NULL, 200, NULL, {"~今年"}, NULL},
        {"b", "buyer", POST, "qualifications",
         PAPER_OF("supplier", "agreement", "明年", ",\"from_ymd\":20261123,\"until_ymd\":20271122,\"replaces_id\":\"{a.id}\""),
         201, FINE},
        CONFIRMED("b"),
        {NULL, "central", GET, "expiring-papers", NULL, 200, NULL, {"!今年"}, NULL},
        {NULL,
         "buyer",
         GET,
         "qualifications?owner_kind=supplier&owner_id={supplier}&kind=agreement",
         NULL,
         200,
         NULL,
         {"rows.0.state=future", "rows.1.state=urgent"},
         NULL},
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
};
static const struct step this_year[] = {
        {NULL, "buyer", POST, "orders", ORDER("supplier", "amoxicillin"), 201, FINE},
        {NULL,
         "buyer",
         GET,
         "qualifications?owner_kind=supplier&owner_id={supplier}&kind=agreement",
         NULL,
         200,
         NULL,
         {"rows.0.state=ok", "rows.1.state=expired"},
         NULL},
};

/* RULE GSP-paper-confirmed: entered by one, counted once another has seen its scan. */
static void papers_wait_for_quality(void)
{
	struct world *w = world_new();
	PLAY(w, waiting);
	PLAY(w, next_year);
	world_later(w, 48);
	PLAY(w, this_year);
	world_end(w);
}

SUITE(confirm, {"voiding_opens_no_door", voiding_opens_no_door}, {"papers_wait_for_quality", papers_wait_for_quality});
