/*
 * How distributors kept their word in the weeks before: on time, late, in part, with a rejected line, not at all; a purchase
 * through a filing (备案采购); and two orders of a day that together pass the approval limit. So that score, overdue list and
 * watch list have something to say.
 */
#include "core/attachment.h"
#include "core/money.h"
#include "core/people.h"
#include "warehouse/demo/county.h"
#include "warehouse/price/filing.h"
#include "warehouse/price/price.h"
#include "warehouse/procurement/approval.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/receipt.h"

#include <string.h>

#define LINES 4
#define PACKS 12
#define OTHERS 6 /* goods of a distributor that belong to other stories */
#define HOUR_MS (3600 * 1000LL)

/* What becomes of one order, in days before the county's today. */
struct fate {
	int sent_days, came_days; /* came 0: nothing came yet */
	int percent;              /* of each line that came */
	bool rejects;             /* the first line did not pass */
};
static const struct fate fates[] = {
        {16, 14, 100, false}, {15, 9, 100, false}, {12, 10, 50, false}, {11, 9, 100, true}, {6, 0, 0, false}, {1, 0, 0, false},
};

struct delivery {
	struct county *c;
	const struct distributor *from;
	const struct fate *fate;
	size_t number, count, skip;
	const struct item *items[LINES];
	int64_t units[LINES], order_id;
};

enum status county_on_day(struct county *c, int days_ago, int hour, enum status (*run)(struct tx *tx, void *arg), void *arg)
{
	int64_t now = c->clock->fixed_ms;
	c->clock->fixed_ms = ymd_begin_ms(ymd_add_days(c->options->as_of_ymd, -days_ago)) + hour * HOUR_MS;
	enum status st = county_run(c, run, arg);
	c->clock->fixed_ms = now;
	return st;
}

static enum status follow(struct tx *tx, struct doc *d, const char *const *actions, const void *input)
{
	enum status st = ST_OK;
	for (; st == ST_OK && *actions; actions++)
		st = document_follow(tx, d, *actions, input);
	return st;
}

static bool can_buy(struct tx *tx, const struct delivery *v, const struct item *item)
{
	struct price_rule rule;
	return item->distributor == v->from && !item->drug->controlled &&
	       !(item->drug->flags && strstr(item->drug->flags, "monitored=yes")) &&
	       price_rule_on(tx_db(tx), tx->arena, item->id, tx->today_ymd, &rule) == ST_OK && rule.rule != PRICE_FILED;
}

/* From the last product on, and none of the first ones, which tours and tests buy and which settle.c has invoices for. */
static void find_goods(struct tx *tx, struct delivery *v)
{
	size_t first = 0, passed = 0;
	for (size_t front = 0; first < v->c->item_count && front < OTHERS; first++)
		front += can_buy(tx, v, &v->c->items[first]);
	for (size_t i = v->c->item_count; i-- > first && v->count < LINES;) {
		const struct item *item = &v->c->items[i];
		if (!can_buy(tx, v, item) || passed++ < v->skip)
			continue;
		v->units[v->count] = PACKS * item->units_per_pack;
		v->items[v->count++] = item;
	}
}

static enum status put_order(struct tx *tx, struct delivery *v, struct doc *d)
{
	struct order_line_new lines[LINES] = {{0}};
	const struct order_new in = {.supplier_id = v->from->id,
	                             .note = "演示",
	                             .buyer_site_id = v->c->sites[0].id,
	                             .lines = lines,
	                             .line_count = v->count};
	for (size_t i = 0; i < v->count; i++)
		lines[i] =
		        (struct order_line_new){.product_id = v->items[i]->id, .units = v->units[i], .price_e4 = PRICE_LEFT_OUT};
	enum status st = order_make(tx, &in, d);
	v->order_id = d->id;
	return st;
}

static enum status send(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"submit", "approve", "send", NULL};
	struct delivery *v = arg;
	struct doc d;
	if (!v->count)
		find_goods(tx, v);
	if (!v->count)
		return ST_OK;
	enum status st = put_order(tx, v, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

SQL(select_lines, "SELECT id, units FROM order_line WHERE order_id = :id AND dropped = 0 ORDER BY n /*all sites: demo*/");

static size_t came(struct tx *tx, const struct delivery *v, struct receipt_line_new lines[LINES],
                   struct receipt_line_new verdicts[LINES])
{
	size_t n = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", v->order_id));
	for (; n < v->count && rows_next(&r); n++) {
		int64_t packs = col_i64(&r, 1) / v->items[n]->units_per_pack * v->fate->percent / 100;
		bool bad = v->fate->rejects && n == 0;
		lines[n] = (struct receipt_line_new){.order_line_id = col_i64(&r, 0),
		                                     .lot = arena_printf(tx->arena, "YD%zu%02zu", v->number, n + 1),
		                                     .made_ymd = ymd_add_days(tx->today_ymd, -120),
		                                     .expiry_ymd = ymd_add_days(tx->today_ymd, 610),
		                                     .units = packs * v->items[n]->units_per_pack};
		verdicts[n] = (struct receipt_line_new){.order_line_id = lines[n].order_line_id,
		                                        .outcome = bad ? "rejected" : "accepted",
		                                        .reason = bad ? "外包装破损 (演示)" : NULL};
	}
	return n;
}

#define WAY_RECORD "演示运输温度记录: 全程 3.1-6.8 °C, 每 5 分钟一条。此文件只为演示而造。\n"

enum status county_put_record(struct tx *tx, int64_t receipt_id)
{
	int64_t id = 0;
	const struct attachment_new in = {.owner_kind = receipt_kind.name,
	                                  .owner_id = receipt_id,
	                                  .name = "演示运输温度记录.txt",
	                                  .bytes = WAY_RECORD,
	                                  .n = sizeof WAY_RECORD - 1};
	return attachment_put(tx, &in, &id);
}

static enum status receive(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"inspect", "post", NULL};
	const struct delivery *v = arg;
	struct receipt_line_new lines[LINES] = {{0}}, verdicts[LINES] = {{0}};
	struct doc d;
	size_t n = came(tx, v, lines, verdicts);
	const struct receipt_new in = {.order_id = v->order_id, .note = "演示", .lines = lines, .line_count = n};
	const struct receipt_inspection said = {.lines = verdicts, .line_count = n};
	enum status st = receipt_make(tx, &in, &d);
	if (st == ST_OK)
		st = county_put_record(tx, d.id);
	return st == ST_OK ? follow(tx, &d, actions, &said) : st;
}

static enum status deliver(struct county *c, struct delivery *v)
{
	enum status st = county_on_day(c, v->fate->sent_days, 9, send, v);
	return st == ST_OK && v->order_id && v->fate->came_days ? county_on_day(c, v->fate->came_days, 10, receive, v) : st;
}

enum status county_deliver_on(struct county *c, int sent_days, int came_days)
{
	const struct fate whole = {sent_days, came_days, 100, false};
	struct delivery v = {.c = c, .from = &c->distributors[0], .fate = &whole, .number = 10, .skip = 2 * LINES};
	return deliver(c, &v);
}

/* ---- a purchase through a filing ---- */

/* A product without any price that somebody may deliver. */
static const struct item *unpriced(struct tx *tx, const struct county *c)
{
	struct price_rule rule;
	for (size_t i = 0; i < c->item_count; i++) {
		const struct item *item = &c->items[i];
		if (!item->drug->controlled && item->distributor->licence_days > 0 && item->distributor->mandate_days > 0 &&
		    price_rule_on(tx_db(tx), tx->arena, item->id, tx->today_ymd, &rule) != ST_OK)
			return item;
	}
	return NULL;
}

static enum status open_door(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"submit", "review", "approve", "file", NULL};
	static const struct filing_step step = {.note = "演示", .filing_no = "演示备-2026-001"};
	struct delivery *v = arg;
	struct doc d;
	const struct item *item = unpriced(tx, v->c);
	if (!item)
		return ST_OK;
	v->items[v->count] = item;
	v->units[v->count++] = PACKS * item->units_per_pack;
	v->from = item->distributor;
	const struct filing_new in = {.product_id = item->id,
	                              .supplier_id = item->distributor->id,
	                              .reason = "shortage",
	                              .price_e4 = item->price_e4 / 100 * 100,
	                              .units = 4 * PACKS * item->units_per_pack,
	                              .from_ymd = tx->today_ymd,
	                              .to_ymd = ymd_add_days(tx->today_ymd, 180),
	                              .note = "演示: 短缺药品备案采购"};
	enum status st = filing_make(tx, &in, &d);
	return st == ST_OK ? follow(tx, &d, actions, &step) : st;
}

/* Today, behind the settlement: what it bought has been invoiced by then. */
enum status county_write_filing(struct county *c)
{
	static const struct fate whole = {0, 0, 100, false};
	struct delivery v = {.c = c, .fate = &whole, .number = 9};
	enum status st = county_run(c, open_door, &v);
	if (st == ST_OK && v.count)
		st = county_run(c, send, &v);
	return st == ST_OK && v.order_id ? county_run(c, receive, &v) : st;
}

/* ---- orders that look split ---- */

SQL(select_limit, "SELECT min(amount_fen) FROM approval_limit");

/* Each three fifths of the least limit, which together they pass; they wait for approval. */
static enum status split(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"submit", NULL};
	struct delivery *v = arg;
	struct price_rule rule;
	struct doc d;
	int64_t limit = db_i64_n(tx_db(tx), 0, &select_limit, NULL, 0);
	v->count = 0;
	find_goods(tx, v);
	if (!limit || !v->count)
		return ST_OK;
	v->count = 1;
	enum status st = price_rule_on(tx_db(tx), tx->arena, v->items[0]->id, tx->today_ymd, &rule);
	if (st != ST_OK)
		return st;
	int64_t pack_fen = price_rule_for(&rule, v->items[0]->units_per_pack) / 100;
	v->units[0] = (limit * 3 / 5 / (pack_fen ? pack_fen : 1) + 1) * v->items[0]->units_per_pack;
	st = put_order(tx, v, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

enum status county_write_deliveries(struct county *c)
{
	enum status st = ST_OK;
	size_t told = 0;
	struct delivery last = {.c = c};
	for (size_t i = c->distributor_count; st == ST_OK && i-- > 0 && told < sizeof fates / sizeof *fates;) {
		struct delivery v = {.c = c, .from = &c->distributors[i], .fate = &fates[told], .number = told + 1};
		if (v.from->licence_days < 1 || v.from->mandate_days < 1)
			continue;
		st = deliver(c, &v);
		told += v.count > 0;
		last.from = v.count ? v.from : last.from;
	}
	last.skip = LINES; /* other goods than those that are waited for */
	for (int i = 0; i < 2 && st == ST_OK && last.from; i++)
		st = county_run(c, split, &last);
	return st;
}
