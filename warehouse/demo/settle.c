/*
 * Some purchases of the lead hospital that have come, with their invoices: one supplier paid, one with invoices of both legs
 * and a payment under way, one with a wrong price that finance has explained, one without invoice; an issue price that follows
 * what was paid, last month's books closed, and one depot counted for this month.
 */
#include "core/attachment.h"
#include "core/money.h"
#include "core/people.h"
#include "warehouse/demo/county.h"
#include "warehouse/price/issue.h"
#include "warehouse/price/price.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/receipt.h"
#include "warehouse/procurement/supplier_return.h"
#include "warehouse/settlement/depot_book.h"
#include "warehouse/settlement/estimate.h"
#include "warehouse/settlement/invoice.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/payment.h"
#include "warehouse/settlement/permit.h"
#include "warehouse/settlement/sheet.h"
#include "warehouse/use/adjustment.h"

#include <string.h>

#define SUPPLIERS 4
#define LINES 5
#define PACKS 20

/* What one supplier brings, and what becomes of it. */
struct purchase {
	struct county *c;
	const struct distributor *from;
	const struct item *items[LINES];
	size_t count, number;
	int64_t order_id, receipt_id;
	struct order_line_new lines[LINES];
	int64_t fen[LINES];
};

static int64_t lead_of(const struct county *c)
{
	return c->sites[0].id;
}

/* Steps of the story, in its own name: no person, no two persons. */
static enum status follow(struct tx *tx, struct doc *d, const char *const *actions, const void *input)
{
	enum status st = ST_OK;
	for (; st == ST_OK && *actions; actions++)
		st = document_follow(tx, d, *actions, input);
	return st;
}

static bool is_monitored(const struct item *item)
{
	return item->drug->flags && strstr(item->drug->flags, "monitored=yes");
}

static void find_some(struct tx *tx, struct purchase *p, bool monitored)
{
	struct price_rule rule;
	for (size_t i = 0; i < p->c->item_count && p->count < LINES; i++) {
		const struct item *item = &p->c->items[i];
		if (item->distributor != p->from || item->drug->controlled || is_monitored(item) != monitored ||
		    price_rule_on(tx_db(tx), tx->arena, item->id, tx->today_ymd, &rule) != ST_OK)
			continue;
		p->lines[p->count] = (struct order_line_new){
		        .product_id = item->id, .units = PACKS * item->units_per_pack, .price_e4 = PRICE_LEFT_OUT};
		p->items[p->count++] = item;
	}
}

/* What it delivers and has a price today: what is under watch first, so that there is something to be seen. */
static void find_goods(struct tx *tx, struct purchase *p)
{
	find_some(tx, p, true);
	find_some(tx, p, false);
}

static enum status order(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"submit", "approve", "send", NULL};
	struct purchase *p = arg;
	struct doc d;
	int64_t lead = lead_of(p->c);
	find_goods(tx, p);
	if (p->count == 0)
		return ST_OK;
	const struct order_new in = {
	        .supplier_id = p->from->id, .note = "演示", .buyer_site_id = lead, .lines = p->lines, .line_count = p->count};
	enum status st = order_make(tx, &in, &d);
	p->order_id = d.id;
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

SQL(select_lines, "SELECT id, amount_fen FROM order_line WHERE order_id = :id AND dropped = 0 ORDER BY n /*all sites: demo*/");

static enum status receive(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"inspect", "post", NULL};
	static const struct receipt_inspection fine = {.line_count = 0};
	struct purchase *p = arg;
	struct doc d;
	struct receipt_line_new lines[LINES] = {{0}};
	struct receipt_new in = {.order_id = p->order_id, .note = "演示", .lines = lines};
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", p->order_id));
	for (; in.line_count < p->count && rows_next(&r); in.line_count++) {
		const struct item *item = p->items[in.line_count];
		p->fen[in.line_count] = col_i64(&r, 1);
		lines[in.line_count] = (struct receipt_line_new){
		        .order_line_id = col_i64(&r, 0),
		        .lot = arena_printf(tx->arena, "YS%zu%02zu", p->number, in.line_count + 1),
		        .expiry_ymd = ymd_add_days(tx->today_ymd, 600),
		        .units = PACKS * item->units_per_pack,
		};
	}
	rows_drop(&r);
	enum status st = receipt_make(tx, &in, &d);
	if (st == ST_OK)
		st = county_put_record(tx, d.id);
	p->receipt_id = d.id;
	return st == ST_OK ? follow(tx, &d, actions, &fine) : st;
}

/* The supplier's invoice over all lines, `less` fen too little on the first one; or a maker's over the goods that are his. */
static enum status invoice(struct tx *tx, const struct purchase *p, const struct maker *maker, int64_t less, struct doc *d)
{
	struct invoice_line_new lines[LINES] = {{0}};
	int64_t gross = 0, leg = maker ? LEG_MAKER : LEG_OURS;
	size_t count = 0, first = LINES;
	for (size_t i = 0; i < p->count; i++) {
		int64_t fen = p->fen[i] - (i ? 0 : less);
		if (maker && p->items[i]->maker != maker)
			continue;
		first = first < i ? first : i;
		lines[count++] = (struct invoice_line_new){.product_id = p->items[i]->id,
		                                           .units = PACKS * p->items[i]->units_per_pack,
		                                           .price_e4 = PRICE_LEFT_OUT,
		                                           .amount_e4 = fen * 100};
		gross += fen;
	}
	int64_t tax = gross * 13 / 113;
	const struct invoice_new in = {
	        .invoice_no = arena_printf(tx->arena, "26000000000000000%zu%zu%d", p->number, first, (int)leg),
	        .leg = leg,
	        .supplier_id = p->from->id,
	        .site_id = lead_of(p->c),
	        .issuer = maker ? maker->name : NULL,
	        .issued_ymd = tx->today_ymd,
	        .net_e4 = (gross - tax) * 100,
	        .tax_e4 = tax * 100,
	        .gross_e4 = gross * 100,
	        .note = "演示",
	        .lines = lines,
	        .line_count = count,
	};
	return invoice_make(tx, &in, d);
}

static enum status matched_invoice(struct tx *tx, const struct purchase *p, const struct maker *maker)
{
	static const char *const actions[] = {"match", NULL};
	struct doc d;
	enum status st = invoice(tx, p, maker, 0, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

static enum status pay(struct tx *tx, const struct purchase *p, const char *const *actions)
{
	struct doc d;
	const struct payment_new in = {
	        .supplier_id = p->from->id, .channel = "bank", .until_ymd = ymd_add_days(tx->today_ymd, 60), .note = "演示"};
	enum status st = payment_make(tx, &in, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

SQL(select_batch, "SELECT batch_id, units FROM receipt_line WHERE receipt_id = :id ORDER BY id LIMIT 1 /*all sites: demo*/");

/* Two packs go back, invoiced and paid as they are: the supplier's red invoice is on its way. */
static enum status send_back(struct tx *tx, const struct purchase *p)
{
	static const char *const actions[] = {"submit", "approve", "ship", NULL};
	struct doc d;
	SCOPED(rows) r = db_query(tx_db(tx), select_batch, I64(":id", p->receipt_id));
	if (!rows_next(&r))
		return ST_OK;
	struct supplier_return_line_new line = {.batch_id = col_i64(&r, 0),
	                                        .units = 2 * col_i64(&r, 1) / PACKS,
	                                        .reason = "quality",
	                                        .note = "外包装破损 (演示)"};
	rows_drop(&r);
	const struct supplier_return_new in = {
	        .supplier_id = p->from->id, .depot_id = p->c->depots[0].id, .note = "演示", .lines = &line, .line_count = 1};
	enum status st = supplier_return_make(tx, &in, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

static enum status paid(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"review", "approve", "pay", NULL};
	enum status st = matched_invoice(tx, arg, NULL);
	if (st == ST_OK)
		st = pay(tx, arg, actions);
	return st == ST_OK ? send_back(tx, arg) : st;
}

/* One from each maker of what came. */
static enum status first_legs(struct tx *tx, const struct purchase *p)
{
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < p->count; i++) {
		bool told = false;
		for (size_t j = 0; j < i; j++)
			told = told || p->items[j]->maker == p->items[i]->maker;
		if (!told)
			st = matched_invoice(tx, p, p->items[i]->maker);
	}
	return st;
}

static enum status under_way(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"review", NULL};
	enum status st = first_legs(tx, arg);
	if (st == ST_OK)
		st = matched_invoice(tx, arg, NULL);
	return st == ST_OK ? pay(tx, arg, actions) : st;
}

static enum status disputed(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"explain", NULL};
	struct doc d;
	enum status st = invoice(tx, arg, NULL, 100, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

static enum status without_invoice(struct tx *tx, void *arg)
{
	(void)tx;
	(void)arg;
	return ST_OK;
}

/* What the last supplier brought is issued everywhere for what it costs today. */
static enum status new_prices(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"submit", "approve", NULL};
	struct purchase *p = arg;
	struct doc d;
	struct price_adjustment_line_new lines[LINES] = {{0}};
	for (size_t i = 0; i < p->count; i++)
		lines[i] = (struct price_adjustment_line_new){.product_id = p->items[i]->id, .price_e4 = PRICE_FOLLOWS};
	const struct price_adjustment_new in = {
	        .effective_at_ms = INT64_MIN, .note = "演示", .lines = lines, .line_count = p->count};
	enum status st = price_adjustment_make(tx, &in, &d);
	return st == ST_OK ? follow(tx, &d, actions, NULL) : st;
}

static enum status prices_hold(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

SQL(select_lots,
    "SELECT l.product_id, l.lot, CAST(sum(h.units) AS BIGINT) FROM holding h JOIN batch b ON b.id = h.batch_id JOIN lot l ON "
    "l.id = "
    "b.lot_id WHERE h.place_id = :place_id AND h.quality_no = 1 GROUP BY l.product_id, l.lot ORDER BY l.product_id, l.lot LIMIT "
    ":limit /*all sites: demo*/");
#define COUNTED_MAX 200

/* The lead's last depot is counted, and everything is there. */
static enum status count_depot(struct tx *tx, void *arg)
{
	struct county *c = arg;
	struct doc d;
	struct adjustment_line_new lines[COUNTED_MAX] = {{0}};
	struct adjustment_new in = {.reason = "count", .note = "演示", .lines = lines};
	for (size_t i = 0; i < c->depot_count; i++)
		if (c->depots[i].site == &c->sites[0])
			in.depot_id = c->depots[i].id;
	SCOPED(rows) r = db_query(tx_db(tx), select_lots, I64(":place_id", in.depot_id), I64(":limit", COUNTED_MAX));
	for (; in.line_count < COUNTED_MAX && rows_next(&r); in.line_count++)
		lines[in.line_count] = (struct adjustment_line_new){
		        .product_id = col_i64(&r, 0), .lot = col_text(tx->arena, &r, 1), .units = col_i64(&r, 2)};
	rows_drop(&r);
	in.site_id = lead_of(c);
	return in.line_count ? adjustment_make(tx, &in, &d) : ST_OK;
}

/* The lead's depots closed the month before. */
static enum status close_books(struct tx *tx, void *arg)
{
	struct county *c = arg;
	enum status st = ST_OK;
	int32_t day = ymd_add_months(tx->today_ymd, -1);
	for (size_t i = 0; st == ST_OK && i < c->depot_count; i++) {
		struct doc d;
		const struct month_close_new in = {c->depots[i].id, day / 100, "演示", 1};
		if (c->depots[i].site == &c->sites[0])
			st = month_close_make(tx, &in, &d);
	}
	return st;
}

/* What the last township that got goods in that month (month.c) has to settle with the lead: issued, not yet confirmed. */
static enum status settle_town(struct tx *tx, void *arg)
{
	const struct county *c = arg;
	struct sheet_new in = {.kind = "branch", .month = ymd_add_months(tx->today_ymd, -1) / 100, .note = "演示"};
	struct doc d;
	for (size_t i = 0, towns = 0; i < c->site_count && towns < MONTH_TOWNS; i++) {
		towns += c->sites[i].level == LEVEL_TOWNSHIP;
		in.site_id = c->sites[i].level == LEVEL_TOWNSHIP ? c->sites[i].id : in.site_id;
	}
	return in.site_id ? sheet_make(tx, &in, &d) : ST_OK;
}

#define BOOKS_PIECE 100000
#define BOOKS_AT_ONCE_E3 5000 /* scale up to which closing a month brings the books up by itself */

static enum status bring_up(struct tx *tx, void *more)
{
	*(bool *)more = depot_book_catch_up(tx, BOOKS_PIECE) == BOOKS_PIECE;
	return ST_OK;
}

/* Nobody closes a month while the books are far behind: in a service they never are, a large county is there at once. */
static enum status bring_books_up(struct county *c)
{
	enum status st = ST_OK;
	for (bool more = c->options->scale_e3 > BOOKS_AT_ONCE_E3; st == ST_OK && more;)
		st = county_run(c, bring_up, &more);
	return st;
}

#define SCAN "演示扫描件: 此文件只为演示而造, 不是任何真实文件。\n"

/* Registered, with its scan; a second person has not approved it yet. */
static enum status put_permit(struct tx *tx, const struct permit_new *in, const char *papers)
{
	int64_t id = 0, scan = 0;
	enum status st = permit_add(tx, in, &id);
	const struct attachment_new paper = {
	        .owner_kind = papers, .owner_id = id, .name = "演示扫描件.txt", .bytes = SCAN, .n = sizeof SCAN - 1};
	return st == ST_OK ? attachment_put(tx, &paper, &scan) : st;
}

SQL(select_maker, "SELECT id FROM maker WHERE name = :name_t");

/* One more invoice for the last village, and a distributor that says it is the sole agent of a maker. */
static enum status permits(struct tx *tx, void *arg)
{
	struct county *c = arg;
	const struct item *item = &c->items[c->item_count - 1];
	const struct permit_new remote = {.kind = PERMIT_REMOTE,
	                                  .site_id = c->sites[c->site_count - 1].id,
	                                  .paper = "演示〔2026〕1号",
	                                  .from_ymd = tx->today_ymd,
	                                  .to_ymd = ymd_add_months(tx->today_ymd, 12)};
	const struct permit_new maker = {.kind = PERMIT_MAKER,
	                                 .supplier_id = item->distributor->id,
	                                 .maker_id = db_i64(tx_db(tx), 0, select_maker, TEXT(":name_t", item->maker->name)),
	                                 .reason = "import",
	                                 .paper = "演示总代理授权书",
	                                 .from_ymd = tx->today_ymd};
	enum status st = put_permit(tx, &remote, PERMIT_REMOTE_PAPERS);
	return st == ST_OK ? put_permit(tx, &maker, PERMIT_MAKER_PAPERS) : st;
}

enum status county_write_settlement(struct county *c)
{
	static enum status (*const fates[SUPPLIERS])(struct tx * tx, void *arg) = {paid, under_way, disputed, without_invoice};
	enum status st = ST_OK;
	size_t told = 0;
	for (size_t i = 0; st == ST_OK && i < c->distributor_count && told < SUPPLIERS; i++) {
		struct purchase p = {.c = c, .from = &c->distributors[i], .number = told + 1};
		if (c->distributors[i].licence_days < 1)
			continue;
		st = county_run(c, order, &p);
		if (st == ST_OK && p.count == 0)
			continue;
		if (st == ST_OK)
			st = county_run(c, receive, &p);
		if (st == ST_OK)
			st = county_run(c, fates[told++], &p);
		if (st == ST_OK && told == SUPPLIERS)
			st = county_run(c, new_prices, &p);
	}
	if (st == ST_OK)
		st = county_run(c, permits, c);
	if (st == ST_OK)
		st = county_run(c, prices_hold, c);
	if (st == ST_OK)
		st = bring_books_up(c);
	if (st == ST_OK)
		st = county_run(c, close_books, c);
	if (st == ST_OK)
		st = county_run(c, settle_town, c);
	return st == ST_OK ? county_run(c, count_depot, c) : st;
}
