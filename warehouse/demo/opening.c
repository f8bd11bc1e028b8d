/* Opening stock (期初库存) of every depot: some lots near their end, some past it, a few products out of stock; and bins. */
#include "core/document.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demo/county.h"
#include "warehouse/price/price.h"

#include <inttypes.h>

#define LINES_A_DOCUMENT 300
#define DAYS_BACK 75 /* before the month whose books are closed begins */

/* How long the stock lasts, how many products of 1000 have none, and the least that lies there, in packs. */
static const struct {
	int64_t days, empty_e3, least_packs;
} cover[PURPOSE_COUNT] = {
        [FOR_CENTRE] = {45, 30, 12},    [FOR_OUTPATIENT] = {10, 30, 2},   [FOR_INPATIENT] = {10, 30, 2},
        [FOR_HERBS] = {20, 30, 2},      [FOR_WARD] = {7, 20, 1},          [FOR_TROLLEY] = {15, 0, 1},
        [FOR_TOWN_STORE] = {30, 50, 2}, [FOR_TOWN_COUNTER] = {10, 50, 1}, [FOR_CABINET] = {20, 90, 1},
};
/* Of 1000 depots' lines, how many have the lot, and how much of the stock it makes; the rest is the fresh lot. */
static const struct {
	int64_t has_e3, part_e3;
} lot_parts[2][LOTS_MAX] = {
        {[LOT_MIDDLE] = {800, 550}, [LOT_NEAR] = {350, 200}, [LOT_PAST] = {120, 60}},
        {[LOT_MIDDLE] = {1000, 320}, [LOT_NEAR] = {1000, 130}, [LOT_PAST] = {1000, 10}}, /* the centre */
};

static int64_t wanted_packs(const struct county *c, const struct depot *d, const struct item *p)
{
	struct rng r = rng_of(c->options->seed, "stock", d->number, p->number);
	struct depot user = *d;
	if (d->purpose == FOR_TOWN_STORE)
		user.purpose = FOR_TOWN_COUNTER;
	int64_t month_e3 = d->purpose == FOR_CENTRE ? county_total_packs_e3(c, p) : county_monthly_packs_e3(&user, p);
	int64_t packs = month_e3 * cover[d->purpose].days / 30 * rng_between(&r, 600, 1400) / 1000 / 1000;
	if (rng_chance(&r, cover[d->purpose].empty_e3))
		return 0;
	if (d->purpose == FOR_WARD || d->purpose == FOR_TROLLEY)
		packs = packs > 6 ? 6 : packs;
	return packs > cover[d->purpose].least_packs ? packs : cover[d->purpose].least_packs;
}

static void divide(const struct county *c, const struct depot *d, const struct item *p, int64_t packs, int64_t out[LOTS_MAX])
{
	struct rng r = rng_of(c->options->seed, "parts", d->number, p->number);
	int centre = d->purpose == FOR_CENTRE;
	int64_t left = packs;
	for (int age = LOT_PAST; age > LOT_FRESH; age--) {
		int64_t part = (packs * lot_parts[centre][age].part_e3 + 999) / 1000;
		bool has = rng_chance(&r, lot_parts[centre][age].has_e3) && p->lots[age].expiry_ymd;
		out[age] = has ? (part < left ? part : left) : 0;
		left -= out[age];
	}
	out[LOT_FRESH] = left;
}

/* Shelves in walking order: the zone says how cold it is. */
static const char *bin_of(struct arena *a, const struct depot *d, const struct item *p)
{
	static const char *const zones[STORAGE_COUNT] = {"A", "Y", "L"};
	int64_t n = p->number - 1, rack = n / 80 + 1, board = n / 10 % 8 + 1, box = n % 10 + 1;
	int64_t cabinet = n / 100 % 4 + 1, drawer = n % 100 / 4 + 1;
	if (d->site->level == LEVEL_VILLAGE)
		return arena_printf(a, "G%" PRId64 "-%02" PRId64, cabinet, drawer);
	return arena_printf(a, "%s%02" PRId64 "-%02" PRId64 "-%02" PRId64, zones[p->drug->storage], rack, board, box);
}

struct opening {
	struct county *county;
	const struct depot *depot;
	size_t item; /* where the next document goes on */
	struct doc doc;
	int64_t lines;
};

SQL(insert_adjustment, "INSERT INTO adjustment (id, place_id, reason) VALUES (:id, :place_id, 'opening')");
SQL(insert_line,
    "INSERT INTO adjustment_line (id, adjustment_id, n, product_id, batch_id, units) VALUES (:id, :adjustment_id, :n, "
    ":product_id, :batch_id, :units)");

static enum status begin_document(struct tx *tx, struct opening *o)
{
	const struct doc_kind *kind = document_kind_find("adjustment");
	const struct doc_head head = {
	        .from_site_id = o->depot->site->id, .to_site_id = o->depot->site->id, .note = "演示: 期初库存"};
	if (!kind)
		return ST_INTERNAL;
	enum status st = document_make(tx, kind, &head, &o->doc);
	if (st == ST_OK)
		db_exec(tx, insert_adjustment, I64(":id", o->doc.id), I64(":place_id", o->depot->id));
	o->lines = 0;
	return st;
}

static enum status make_batch(struct tx *tx, const struct opening *o, struct item *p, struct demo_lot *lot, int64_t line_id,
                              struct batch *out)
{
	enum status st = lot_ensure(tx, p->id, lot->name, lot->made_ymd, lot->expiry_ymd, &lot->id);
	const struct new_batch in = {
	        .lot_id = lot->id,
	        .product_id = p->id,
	        .source_line_id = line_id,
	        .supplier_id = p->distributor ? p->distributor->id : 0,
	        .price_e4 = p->cost_e4,
	        .units_per_pack = p->units_per_pack,
	        .owner_site_id = o->depot->site->id,
	};
	if (st != ST_OK)
		return st;
	*out = (struct batch){.id = batch_make(tx, &in),
	                      .lot_id = lot->id,
	                      .product_id = p->id,
	                      .expiry_ymd = lot->expiry_ymd,
	                      .lot = lot->name};
	return ST_OK;
}

static enum status add_line(struct tx *tx, struct opening *o, struct item *p, enum lot_age age, int64_t packs)
{
	struct batch batch;
	int64_t line_id = tx_new_id(tx), units = packs * p->units_per_pack;
	enum status st = make_batch(tx, o, p, &p->lots[age], line_id, &batch);
	if (st != ST_OK)
		return st;
	const struct pack_plan plan = county_plan_packs(o->county, o->depot, p, age, packs);
	const struct stock_change change = {
	        .batch = &batch,
	        .units = units,
	        .traced_units = plan.units,
	        .from = {place_outside(tx_db(tx), "opening"), QUALITY_RELEASED},
	        .to = {o->depot->id, QUALITY_RELEASED},
	        .document_id = o->doc.id,
	        .line_id = line_id,
	        .reason = "opening",
	};
	db_exec(tx, insert_line, I64(":id", line_id), I64(":adjustment_id", o->doc.id), I64(":n", ++o->lines),
	        I64(":product_id", p->id), I64(":batch_id", batch.id), I64(":units", units));
	if ((st = stock_book(tx, &change)) != ST_OK)
		return st;
	return county_write_packs(tx, o->county, p, &batch, &plan, change.to, o->doc.id);
}

static enum status add_item(struct tx *tx, struct opening *o, struct item *p)
{
	int64_t parts[LOTS_MAX] = {0}, packs = wanted_packs(o->county, o->depot, p);
	enum status st = ST_OK;
	depot_product_put(tx, o->depot->id, p->id, bin_of(tx->arena, o->depot, p));
	if (packs)
		divide(o->county, o->depot, p, packs, parts);
	for (int age = 0; age < LOTS_MAX && st == ST_OK; age++)
		if (parts[age])
			st = add_line(tx, o, p, (enum lot_age)age, parts[age]);
	return st;
}

/* One document: one write, so that its moves stand under one seal. */
static enum status write_document(struct tx *tx, void *arg)
{
	struct opening *o = arg;
	struct county *c = o->county;
	tx->action = "demo.opening";
	enum status st = begin_document(tx, o);
	for (; st == ST_OK && o->item < c->item_count && o->lines < LINES_A_DOCUMENT; o->item++)
		if (county_keeps(c, o->depot, &c->items[o->item]))
			st = add_item(tx, o, &c->items[o->item]);
	return st;
}

static bool keeps_more(const struct opening *o)
{
	for (size_t i = o->item; i < o->county->item_count; i++)
		if (county_keeps(o->county, o->depot, &o->county->items[i]))
			return true;
	return false;
}

/* Stores were counted before the month that is closed; depots whose use of that month was taken over, today. */
static bool begins_early(const struct depot *d)
{
	return d->purpose == FOR_CENTRE || d->purpose == FOR_TOWN_STORE;
}

/* What a pack of each was bought for: what the rule of the day lets it cost, if that is less than what it would. */
static enum status find_costs(struct tx *tx, void *arg)
{
	struct county *c = arg;
	for (size_t i = 0; i < c->item_count; i++) {
		struct item *p = &c->items[i];
		struct price_rule rule;
		p->cost_e4 = p->price_e4;
		if (price_rule_on(tx_db(tx), tx->arena, p->id, tx->today_ymd, &rule) == ST_OK &&
		    price_rule_for(&rule, p->units_per_pack) < p->cost_e4)
			p->cost_e4 = price_rule_for(&rule, p->units_per_pack);
	}
	return ST_OK;
}

enum status county_write_opening(struct county *c)
{
	enum status st = county_run(c, find_costs, c);
	for (size_t d = 0; d < c->depot_count && st == ST_OK; d++) {
		struct opening o = {.county = c, .depot = &c->depots[d]};
		while (st == ST_OK && keeps_more(&o))
			st = begins_early(o.depot) ? county_on_day(c, DAYS_BACK, 8, write_document, &o)
			                           : county_run(c, write_document, &o);
	}
	return st;
}
