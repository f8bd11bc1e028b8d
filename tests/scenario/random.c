/*
 * Random work against a simple model of a warehouse. The model is a table of (batch, place, quality) with units; it foretells
 * which batches FEFO takes, what is refused and every balance. Seed: YAOCANG_SEED, else drawn; it is printed.
 */
#include "tests/scenario/world.h"

#include "core/copy.h"
#include "tests/harness.h"
#include "warehouse/price/issue.h"
#include "warehouse/price/price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS 800
#define BATCHES_MAX 500
#define SPOTS_MAX 2000
#define PICKS_MAX 64
#define OPEN_MAX 6
#define PACK 24

enum where { LEAD, EAST, WEST, ROAD, PLACES };
enum kind { RELEASED, PENDING, REJECTED, RETURNED };
static const char *const users[] = {"keeper", "east_user", "west_user"};
static const char *const depots[] = {"lead_depot", "east_depot", "west_depot"};
static const char *const towns[] = {"lead", "east", "west"};
static const char *const products[] = {"amoxicillin", "glucose"};

/* In the order they were made, which is the order of their ids. */
struct made {
	int product, lot;
};
struct lot {
	int32_t expiry_ymd;
	int product, holds;
	const char *hold_id; /* of the open one */
};
struct spot {
	int batch;
	enum where place;
	enum kind kind;
	int64_t units, reserved;
};
struct pick {
	struct spot *spot;
	int64_t units;
	const char *allocation;
};
/* A shipment under way; several are packed at the same time. */
struct open {
	const char *id;
	int to, stage, count; /* stage 0 allocated, 1 picked, 2 on the road */
	struct pick picks[PICKS_MAX];
};
struct model {
	struct world *w;
	struct open open[OPEN_MAX];
	int open_count;
	uint64_t state;
	struct made batches[BATCHES_MAX];
	struct lot lots[BATCHES_MAX];
	struct spot spots[SPOTS_MAX];
	int batch_count, lot_count, spot_count;
	int64_t serial;
	int32_t today;
	int done[8];
};

static int64_t draw(struct model *m, int64_t below)
{
	m->state ^= m->state << 13;
	m->state ^= m->state >> 7;
	m->state ^= m->state << 17;
	return (int64_t)(m->state >> 1) % below;
}

static struct spot *spot_of(struct model *m, int batch, enum where place, enum kind kind)
{
	for (int i = 0; i < m->spot_count; i++)
		if (m->spots[i].batch == batch && m->spots[i].place == place && m->spots[i].kind == kind)
			return &m->spots[i];
	CU_ASSERT_TRUE_FATAL(m->spot_count < SPOTS_MAX);
	m->spots[m->spot_count] = (struct spot){batch, place, kind, 0, 0};
	return &m->spots[m->spot_count++];
}

static const struct lot *lot_of(const struct model *m, const struct spot *s)
{
	return &m->lots[m->batches[s->batch].lot];
}

/* A new lot, or now and then an old one again as another batch. */
static int new_batch(struct model *m, int product)
{
	int lot = m->lot_count;
	CU_ASSERT_TRUE_FATAL(m->batch_count < BATCHES_MAX);
	for (int i = 0; i < m->lot_count && draw(m, 3) == 0; i++)
		if (m->lots[i].product == product)
			lot = i;
	if (lot == m->lot_count)
		m->lots[m->lot_count++] = (struct lot){ymd_add_days(m->today, draw(m, 40)), product, 0, NULL};
	m->batches[m->batch_count] = (struct made){product, lot};
	return m->batch_count++;
}

static bool comes_before(const struct model *m, const struct spot *a, const struct spot *b)
{
	int32_t x = lot_of(m, a)->expiry_ymd, y = lot_of(m, b)->expiry_ymd;
	return x != y ? x < y : a->batch < b->batch;
}

static bool may_go(const struct model *m, const struct spot *s, bool fefo)
{
	const struct lot *l = lot_of(m, s);
	return s->kind == RELEASED && s->units > s->reserved && (!fefo || (l->expiry_ymd >= m->today && l->holds == 0));
}

/* RULE DESIGN-5-fefo: what the program must take; the answer is what is left unmet. lot < 0: any. */
static int64_t foretell(struct model *m, enum where place, int product, int lot, int64_t units, struct pick *picks, int *count)
{
	bool taken[SPOTS_MAX] = {false};
	for (*count = 0; units > 0 && *count < PICKS_MAX;) {
		struct spot *best = NULL;
		for (int i = 0; i < m->spot_count; i++) {
			struct spot *s = &m->spots[i];
			const struct made *b = &m->batches[s->batch];
			if (!taken[i] && s->place == place && b->product == product && (lot < 0 || b->lot == lot) &&
			    may_go(m, s, lot < 0) && (!best || comes_before(m, s, best)))
				best = s;
		}
		if (!best)
			return units;
		int64_t free_units = best->units - best->reserved, take = free_units < units ? free_units : units;
		taken[best - m->spots] = true;
		picks[(*count)++] = (struct pick){best, take, NULL};
		units -= take;
	}
	return units;
}

/* ---- asking ---- */

static int ask(struct model *m, int user, const char *path, const char *body)
{
	int http = world_ask(m->w, users[user], METHOD_POST, path, body, NULL);
	if (http >= 500)
		printf("  %s %s\n    %d %s\n", path, body, http, m->w->body);
	CU_ASSERT_TRUE_FATAL(http < 500);
	return http;
}

static void must(struct model *m, int user, const char *path, const char *body)
{
	int http = ask(m, user, path, body);
	if (http >= 300)
		printf("  %s %s\n    %d %s\n", path, body, http, m->w->body);
	CU_ASSERT_TRUE_FATAL(http < 300);
}

#define TEXT_(...) arena_printf(&m->w->arena, __VA_ARGS__)

static const char *at(struct model *m, const char *path)
{
	const char *text = world_at(m->w, path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	return text;
}

static char *lot_name(struct model *m, int lot)
{
	return TEXT_("R%03d", lot);
}

static int64_t number_at(struct model *m, const char *path)
{
	return strtoll(at(m, path), NULL, 10);
}

/* The rows "PREFIX.N.lot/units" of the answer are those foretold, and no more. */
static void same_picks(struct model *m, const char *prefix, const struct pick *picks, int count)
{
	for (int i = 0; i < count; i++) {
		CU_ASSERT_STRING_EQUAL(at(m, TEXT_("%s.%d.lot", prefix, i)), lot_name(m, m->batches[picks[i].spot->batch].lot));
		CU_ASSERT_EQUAL(number_at(m, TEXT_("%s.%d.units", prefix, i)), picks[i].units);
	}
	CU_ASSERT_PTR_NULL(world_at(m->w, TEXT_("%s.%d", prefix, count)));
}

static void same_total(struct model *m, const char *query, int64_t units)
{
	CU_ASSERT_EQUAL(world_ask(m->w, "central", METHOD_GET, TEXT_("stock/total?%s", query), NULL, NULL), 200);
	if (number_at(m, "units") != units)
		printf("  %s: %s, foretold %lld\n", query, m->w->body, (long long)units);
	CU_ASSERT_EQUAL_FATAL(number_at(m, "units"), units);
}

static void check_balances(struct model *m)
{
	for (int product = 0; product < 2; product++) {
		const char *id = world_value(m->w, products[product]);
		int64_t all = 0;
		for (enum where place = LEAD; place < PLACES; place++) {
			int64_t here = 0, released = 0;
			for (int i = 0; i < m->spot_count; i++) {
				bool ours = m->spots[i].place == place && m->batches[m->spots[i].batch].product == product;
				here += ours ? m->spots[i].units : 0;
				released += ours && m->spots[i].kind == RELEASED ? m->spots[i].units : 0;
			}
			all += here;
			if (place == ROAD)
				continue;
			const char *depot = world_value(m->w, depots[place]);
			same_total(m, TEXT_("product_id=%s&depot_id=%s", id, depot), here);
			same_total(m, TEXT_("product_id=%s&depot_id=%s&quality=released", id, depot), released);
		}
		same_total(m, TEXT_("product_id=%s", id), all);
	}
}

/* ---- the work ---- */

static void add_goods(struct model *m)
{
	int place = (int)draw(m, 3), product = (int)draw(m, 2), batch = new_batch(m, product);
	int64_t units = 1 + draw(m, 200);
	int lot = m->batches[batch].lot;
	must(m, place, "adjustments",
	     TEXT_("{\"reason\":\"opening\",\"lines\":[{\"product_id\":\"%s\",\"lot\":\"%s\",\"expiry_ymd\":%d,\"units\":%lld}]}",
	           world_value(m->w, products[product]), lot_name(m, lot), m->lots[lot].expiry_ymd, (long long)units));
	spot_of(m, batch, (enum where)place, RELEASED)->units += units;
	m->done[0]++;
}

static void take_goods(struct model *m, bool fefo)
{
	struct pick picks[PICKS_MAX];
	int count = 0, place = (int)draw(m, 3), product = (int)draw(m, 2);
	int lot = !fefo && m->lot_count ? (int)draw(m, m->lot_count) : -1;
	int64_t units = 1 + draw(m, 150);
	product = lot >= 0 ? m->lots[lot].product : product;
	int64_t unmet = foretell(m, (enum where)place, product, lot, units, picks, &count);
	const char *named = lot >= 0 ? TEXT_(",\"lot\":\"%s\"", lot_name(m, lot)) : "";
	int http = ask(m, place, "adjustments",
	               TEXT_("{\"reason\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":%lld%s}]}",
	                     lot >= 0 ? "broken" : "usage", world_value(m->w, products[product]), (long long)units, named));
	CU_ASSERT_EQUAL_FATAL(http, unmet ? 409 : 201);
	if (unmet)
		return;
	const char *id = TEXT_("%s", at(m, "id"));
	if (fefo)
		same_picks(m, "lines", picks, count);
	if (draw(m, 4) == 0) {
		must(m, place, TEXT_("adjustments/%s/reverse", id), "{\"version\":1,\"note\":\"录错\"}");
		return;
	}
	for (int i = 0; i < count; i++)
		picks[i].spot->units -= picks[i].units;
	m->done[fefo ? 1 : 2]++;
}

static void hold_or_release(struct model *m)
{
	if (m->lot_count == 0)
		return;
	int lot = (int)draw(m, m->lot_count);
	struct lot *l = &m->lots[lot];
	if (l->holds) {
		CU_ASSERT_EQUAL(world_ask(m->w, "inspector", METHOD_POST, TEXT_("holds/%s/release", l->hold_id),
		                          "{\"note\":\"复核\"}", NULL),
		                200);
		l->holds = 0;
		return;
	}
	world_ask(m->w, "inspector", METHOD_GET, TEXT_("trace/lots?lot=%s", lot_name(m, lot)), NULL, NULL);
	const char *id = world_at(m->w, "rows.0.id");
	if (!id)
		return;
	CU_ASSERT_EQUAL(
	        world_ask(m->w, "inspector", METHOD_POST, "holds", TEXT_("{\"lot_id\":\"%s\",\"reason\":\"可疑\"}", id), NULL),
	        201);
	l->hold_id = at(m, "id");
	l->holds = 1;
	m->done[3]++;
}

/* A scan may be right or wrong; it never moves what it should not, and it never breaks anything. */
static void scan_something(struct model *m, const char *shipment, int user)
{
	if (m->serial && draw(m, 2))
		ask(m, user, TEXT_("shipments/%s/scans", shipment),
		    TEXT_("{\"code\":\"8100001%013lld\"}", (long long)(1 + draw(m, m->serial))));
}

static void arrive(struct model *m, const char *shipment, int to, struct pick *picks, int count)
{
	int short_one = draw(m, 3) == 0 ? (int)draw(m, count) : -1;
	int64_t missing = short_one >= 0 ? 1 + draw(m, picks[short_one].units) : 0;
	const char *lines = missing ? TEXT_(",\"lines\":[{\"allocation_id\":\"%s\",\"units\":%lld,\"reason\":\"short\"}]",
	                                    picks[short_one].allocation, (long long)(picks[short_one].units - missing))
	                            : "";
	must(m, to, TEXT_("shipments/%s/receive", shipment), TEXT_("{\"version\":4%s}", lines));
	for (int i = 0; i < count; i++) {
		int64_t units = picks[i].units - (i == short_one ? missing : 0);
		spot_of(m, picks[i].spot->batch, ROAD, RELEASED)->units -= units;
		spot_of(m, picks[i].spot->batch, (enum where)to, RELEASED)->units += units;
	}
	if (!missing)
		return;
	static const char *const outcomes[] = {"lost", "returned", "found"};
	int outcome = (int)draw(m, 3), batch = picks[short_one].spot->batch;
	check_balances(m);
	CU_ASSERT_EQUAL(world_ask(m->w, "central", METHOD_GET, "discrepancies?state=open", NULL, NULL), 200);
	CU_ASSERT_EQUAL(number_at(m, "rows.0.units"), missing);
	must(m, 0, TEXT_("discrepancies/%s/resolve", at(m, "rows.0.id")),
	     TEXT_("{\"version\":1,\"outcome\":\"%s\",\"note\":\"已查\"}", outcomes[outcome]));
	spot_of(m, batch, ROAD, RELEASED)->units -= missing;
	if (outcome == 1)
		spot_of(m, batch, LEAD, RETURNED)->units += missing;
	if (outcome == 2)
		spot_of(m, batch, (enum where)to, RELEASED)->units += missing;
	m->done[4]++;
}

static void reserve_all(struct pick *picks, int count, int sign)
{
	for (int i = 0; i < count; i++)
		picks[i].spot->reserved += sign * picks[i].units;
}

static void close_one(struct model *m, struct open *o)
{
	*o = m->open[--m->open_count];
}

static void cancel(struct model *m, struct open *o)
{
	must(m, 0, TEXT_("shipments/%s/cancel", o->id), TEXT_("{\"version\":%d}", o->stage + 2));
	reserve_all(o->picks, o->count, -1);
	close_one(m, o);
}

/* RULE GSP-86-doubtful: between allocation and departure a lot may have been frozen or run out. */
static bool may_leave(const struct model *m, const struct open *o)
{
	for (int i = 0; i < o->count; i++)
		if (lot_of(m, o->picks[i].spot)->holds || lot_of(m, o->picks[i].spot)->expiry_ymd < m->today)
			return false;
	return true;
}

/* What was scanned for a shipment leaves with it, whatever else was taken from that lot meanwhile. */
static void check_scanned(struct model *m, const struct open *o)
{
	CU_ASSERT_EQUAL_FATAL(
	        world_number(m->w,
	                     TEXT_("SELECT count(*) FROM shipment_pack sp JOIN pack p ON p.id = sp.pack_id JOIN shipment s ON "
	                           "s.id = sp.shipment_id WHERE s.id = %s AND p.place_id IS DISTINCT FROM s.transit_place_id",
	                           o->id)),
	        0);
}

static void leave(struct model *m, struct open *o)
{
	bool fine = may_leave(m, o);
	int http = ask(m, 0, TEXT_("shipments/%s/ship", o->id), "{\"version\":3,\"seal_no\":\"F\"}");
	CU_ASSERT_EQUAL_FATAL(http, fine ? 200 : 422);
	if (!fine) {
		cancel(m, o);
		return;
	}
	check_scanned(m, o);
	reserve_all(o->picks, o->count, -1);
	for (int i = 0; i < o->count; i++) {
		o->picks[i].spot->units -= o->picks[i].units;
		spot_of(m, o->picks[i].spot->batch, ROAD, RELEASED)->units += o->picks[i].units;
	}
	o->stage = 2;
}

/* One step of one of the shipments under way. */
static void go_on(struct model *m)
{
	if (m->open_count == 0)
		return;
	struct open *o = &m->open[draw(m, m->open_count)];
	for (int i = (int)draw(m, 4); i > 0; i--)
		scan_something(m, o->id, o->stage == 2 ? o->to : 0);
	if (o->stage < 2 && draw(m, 8) == 0) {
		cancel(m, o);
	} else if (o->stage == 0) {
		must(m, 0, TEXT_("shipments/%s/pick", o->id), "{\"version\":2}");
		o->stage = 1;
	} else if (o->stage == 1) {
		leave(m, o);
	} else {
		arrive(m, o->id, o->to, o->picks, o->count);
		close_one(m, o);
		m->done[5]++;
	}
}

static void ship_goods(struct model *m)
{
	struct open *o = &m->open[m->open_count];
	int product = (int)draw(m, 2);
	int64_t units = 1 + draw(m, 150);
	if (m->open_count == OPEN_MAX)
		return;
	o->to = 1 + (int)draw(m, 2);
	o->stage = 0;
	must(m, 0, "shipments",
	     TEXT_("{\"to_site_id\":\"%s\",\"lines\":[{\"product_id\":\"%s\",\"units\":%lld}]}", world_value(m->w, towns[o->to]),
	           world_value(m->w, products[product]), (long long)units));
	o->id = at(m, "id");
	int64_t unmet = foretell(m, LEAD, product, -1, units, o->picks, &o->count);
	int http = ask(m, 0, TEXT_("shipments/%s/allocate", o->id), "{\"version\":1}");
	CU_ASSERT_EQUAL_FATAL(http, unmet == units ? 409 : 200);
	if (http != 200)
		return;
	CU_ASSERT_EQUAL(number_at(m, "unmet_units"), unmet);
	same_picks(m, "lines.0.allocations", o->picks, o->count);
	for (int i = 0; i < o->count; i++)
		o->picks[i].allocation = at(m, TEXT_("lines.0.allocations.%d.id", i));
	reserve_all(o->picks, o->count, 1);
	m->open_count++;
}

/* Some packs of a lot come in with their codes and some loose goods with them; then somebody judges them. */
static void receive_goods(struct model *m)
{
	static const char *const outcomes[] = {"accepted", "pending", "rejected"};
	static const enum kind kinds[] = {RELEASED, PENDING, REJECTED};
	SCOPED(buf) codes = {0};
	int64_t packs = 1 + draw(m, 5), units = packs * PACK + draw(m, 30);
	int batch = new_batch(m, 0), lot = m->batches[batch].lot, outcome = (int)draw(m, 3);
	for (int64_t i = 0; i < packs; i++)
		buf_printf(&codes, "%s\"8100001%013lld\"", i ? "," : "", (long long)++m->serial);
	CU_ASSERT_EQUAL_FATAL(
	        world_ask(m->w, "receiver", METHOD_POST, "receipts",
	                  TEXT_("{\"order_id\":\"%s\",\"lines\":[{\"order_line_id\":\"%s\",\"lot\":\"%s\",\"expiry_ymd\":%d,"
	                        "\"units\":%lld,\"codes\":[%s]}]}",
	                        world_value(m->w, "order"), world_value(m->w, "order_line"), lot_name(m, lot),
	                        m->lots[lot].expiry_ymd, (long long)units, codes.data),
	                  NULL),
	        m->lots[lot].expiry_ymd < m->today ? 422 : 201);
	if (m->w->http != 201) { /* an old lot has run out: nothing came in, and nothing of it stays */
		m->batch_count--;
		m->serial -= packs;
		return;
	}
	const char *id = at(m, "id");
	CU_ASSERT_EQUAL_FATAL(
	        world_ask(m->w, "inspector", METHOD_POST, TEXT_("receipts/%s/inspect", id),
	                  TEXT_("{\"version\":1,\"lines\":[{\"order_line_id\":\"%s\",\"outcome\":\"%s\",\"reason\":\"见记录\"}]}",
	                        world_value(m->w, "order_line"), outcomes[outcome]),
	                  NULL),
	        200);
	int http = world_ask(m->w, "inspector", METHOD_POST, TEXT_("receipts/%s/post", id), "{\"version\":2}", NULL);
	CU_ASSERT_EQUAL_FATAL(http, outcome == 1 ? 422 : 200);
	spot_of(m, batch, LEAD, kinds[outcome])->units += units;
	m->done[6]++;
}

static enum status count_prices(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

/* A new issue price, counted in every depot and entered in its book; the model knows no money, verify and the other engine do. */
static void change_price(struct model *m)
{
	const char *body = TEXT_("{\"lines\":[{\"product_id\":\"%s\",\"price\":\"%lld.%02lld\",\"reason\":\"让利\"}]}",
	                         world_value(m->w, products[draw(m, 2)]), (long long)draw(m, 8), (long long)draw(m, 99) + 1);
	CU_ASSERT_EQUAL_FATAL(world_ask(m->w, "central", METHOD_POST, "price-adjustments", body, NULL), 201);
	const char *id = TEXT_("%s", at(m, "id"));
	CU_ASSERT_EQUAL_FATAL(
	        world_ask(m->w, "central", METHOD_POST, TEXT_("price-adjustments/%s/submit", id), "{\"version\":1}", NULL), 200);
	CU_ASSERT_EQUAL_FATAL(
	        world_ask(m->w, "chief", METHOD_POST, TEXT_("price-adjustments/%s/approve", id), "{\"version\":2}", NULL), 200);
	world_write(m->w, count_prices, NULL);
}

static void next_day(struct model *m)
{
	if (draw(m, 2))
		change_price(m);
	m->w->service.clock.fixed_ms += 24 * 3600 * 1000LL;
	m->today = ymd_of_ms(m->w->service.clock.fixed_ms);
	m->done[7]++;
}

/* An order that never fills, with a confirmed 药品标识码 for its product; sessions live longer than the test's days. */
static enum status put_ground(struct tx *tx, void *arg)
{
	struct world *w = arg;
	tx->action = "test";
	SCOPED(rows)
	r = db_query_text(
	        tx_db(tx),
	        arena_printf(tx->arena,
	                     "INSERT INTO trace_prefix (no, prefix, product_id, units, level, bound_at_ms, confirmed_by) "
	                     "VALUES (1, '8100001', %s, 24, 1, 1, 1)",
	                     world_value(w, "amoxicillin")),
	        NULL, 0);
	(void)!rows_next(&r);
	SCOPED(rows) s = db_query_text(tx_db(tx), "UPDATE session SET ends_at_ms = 4000000000000", NULL, 0);
	(void)!rows_next(&s);
	return ST_OK;
}

static const struct step ground_steps[] = {
        {"po",
         "central",
         METHOD_POST,
         "orders",
         "{\"supplier_id\":\"{supplier}\",\"lines\":[{\"product_id\":\"{amoxicillin}\",\"units\":100000000}]}",
         201,
         NULL,
         {NULL},
         NULL},
        {NULL, "central", METHOD_POST, "orders/{po.id}/submit", "{\"version\":1}", 200, NULL, {NULL}, NULL},
        {NULL, "chief", METHOD_POST, "orders/{po.id}/approve", "{\"version\":2}", 200, NULL, {NULL}, NULL},
        {NULL, "central", METHOD_POST, "orders/{po.id}/send", "{\"version\":3}", 200, NULL, {NULL}, NULL},
        {"pv", "central", METHOD_GET, "orders/{po.id}", NULL, 200, NULL, {NULL}, NULL},
};

static void one_operation(struct model *m)
{
	int64_t n = draw(m, 100);
	if (n < 15)
		add_goods(m);
	else if (n < 32)
		take_goods(m, true);
	else if (n < 38)
		take_goods(m, false);
	else if (n < 44)
		hold_or_release(m);
	else if (n < 57)
		ship_goods(m);
	else if (n < 87)
		go_on(m);
	else if (n < 97)
		receive_goods(m);
	else
		next_day(m);
}

#define INSIDE "(SELECT id FROM place WHERE kind IN ('depot', 'transit'))"

/* What came in and has not gone out is here, batch by batch. */
static void check_ledger(struct model *m)
{
	CU_ASSERT_EQUAL(world_number(m->w,
	                             "SELECT count(*) FROM batch b WHERE (SELECT coalesce(sum(units), 0) FROM holding h WHERE "
	                             "h.batch_id = b.id) <> (SELECT coalesce(sum(CASE WHEN m.to_place_id IN " INSIDE
	                             " THEN m.units ELSE 0 END - CASE WHEN m.from_place_id IN " INSIDE
	                             " THEN m.units ELSE 0 END), 0) FROM stock_move m WHERE m.batch_id = b.id)"),
	                0);
	CU_ASSERT_EQUAL(
	        world_number(m->w, "SELECT count(*) FROM holding WHERE units <= 0 OR traced_units > units OR traced_units < 0"),
	        0);
}

static bool all_kinds_done(const struct model *m)
{
	for (int i = 0; i < 8; i++)
		if (m->done[i] == 0)
			return false;
	return true;
}

static uint64_t draw_seed(void)
{
	const char *said = getenv("YAOCANG_SEED");
	uint64_t seed = said ? strtoull(said, NULL, 10) : randombytes_random();
	printf("  YAOCANG_SEED=%llu\n", (unsigned long long)seed);
	fflush(stdout);
	return seed;
}

/*
 * The ground and a number of operations at a place; the store stays open. until_all: the story goes on until each kind of
 * operation has succeeded once.
 */
static struct model *work(const char *where, uint64_t seed, int operations, bool until_all)
{
	struct model *m = memory_alloc(sizeof *m);
	m->state = seed * 2654435769u + 1;
	m->w = world_new_at(where);
	m->today = ymd_of_ms(m->w->service.clock.fixed_ms);
	world_write(m->w, put_ground, m->w);
	world_play(m->w, ground_steps, sizeof ground_steps / sizeof *ground_steps);
	world_name(m->w, "order", world_value(m->w, "po.id"));
	world_name(m->w, "order_line", world_value(m->w, "pv.lines.0.id"));
	for (int i = 0; i < operations || (until_all && i < 4 * operations && !all_kinds_done(m)); i++) {
		one_operation(m);
		check_balances(m);
	}
	return m;
}

static void a_model_foretells_everything(void)
{
	struct model *m = work(test_where("xian"), draw_seed(), OPERATIONS, true);
	CU_ASSERT_TRUE(all_kinds_done(m));
	check_ledger(m);
	world_end(m->w);
	free(m);
}

/* What a place of its own draws: passwords have salt, sessions a token. */
static bool is_drawn(const char *table, const char *column)
{
	return strcmp(table, "session") == 0 || strcmp(column, "password_hash") == 0;
}

static bool same_cell(struct rows *a, struct rows *b, int i)
{
	size_t n = 0, k = 0;
	if (col_kind(a, i) != col_kind(b, i))
		return false;
	const char *left = col_is_null(a, i) ? "" : col_peek(a, i, &n), *right = col_is_null(b, i) ? "" : col_peek(b, i, &k);
	return n == k && memcmp(left, right, n) == 0;
}

/* Row for row in the order of the key; the answer is their number. */
static int64_t same_rows(struct arena *a, struct db *left, struct db *right, const struct copy_table *t)
{
	const struct arg none[] = {I64(":skip", 0)};
	int64_t count = 0;
	SCOPED(rows) l = db_query_text(left, copy_select(a, t), none, 1);
	SCOPED(rows) r = db_query_text(right, copy_select(a, t), none, 1);
	for (;; count++) {
		bool more = rows_next(&l), same = rows_next(&r) == more;
		for (size_t i = 0; more && same && i < t->count; i++)
			if (!is_drawn(t->name, t->columns[i].name) && !same_cell(&l, &r, (int)i)) {
				printf("  %s, row %lld: %s differs\n", t->name, (long long)count, t->columns[i].name);
				same = false;
			}
		CU_ASSERT_TRUE_FATAL(same);
		if (!more)
			return count;
	}
}

/* The same work on both engines: every table, down to the seals of the audit chain. */
static void two_engines_end_in_the_same_rows(void)
{
	SCOPED(arena) a = {0};
	int64_t rows = 0;
	if (!test_on_postgres())
		return; /* stage postgres */
	uint64_t seed = draw_seed();
	struct model *file = work(arena_printf(&a, "sqlite:%s/xian.db", test_folder()), seed, OPERATIONS / 2, false);
	struct model *server = work(test_where("xian"), seed, OPERATIONS / 2, false);
	struct db *left = file->w->db, *right = server->w->db;
	db_read_begin(left);
	db_read_begin(right);
	struct copy_tables all = copy_tables_of(left, &a), also = copy_tables_of(right, &a);
	CU_ASSERT_TRUE_FATAL(all.count == also.count && all.count > 40);
	for (size_t i = 0; i < all.count; i++)
		rows += same_rows(&a, left, right, &all.tables[i]);
	CU_ASSERT_TRUE(rows > 2000);
	CU_ASSERT_EQUAL(db_read_end(left), ST_OK);
	CU_ASSERT_EQUAL(db_read_end(right), ST_OK);
	printf("  %lld rows of %zu tables are the same\n", (long long)rows, all.count);
	world_end(file->w);
	world_end(server->w);
	free(file);
	free(server);
}

SUITE(random, {"two_engines_end_in_the_same_rows", two_engines_end_in_the_same_rows},
      {"a_model_foretells_everything", a_model_foretells_everything});
