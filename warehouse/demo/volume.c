/*
 * 集采 of the demo county: one round half a year old with some thirty selected products, the volumes that the lead and the
 * townships committed to, and how far they have come; and a round whose volumes are still being reported. All invented.
 */
#include "core/document.h"
#include "warehouse/demo/county.h"
#include "warehouse/price/price.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/report.h"
#include "warehouse/volume/round.h"

#include <string.h>

#define SELECTED_MAX 30
#define COMING_MAX 12

struct round {
	struct county *county;
	int64_t id;
	const struct item *items[SELECTED_MAX + COMING_MAX];
	size_t count, running; /* the first `running` are of the round that runs */
};

static bool is_new_drug(const struct round *r, const struct item *p)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->items[i]->drug->generic, p->drug->generic) == 0)
			return false;
	return true;
}

/* Everyday western drugs with a listed price, each generic once. */
static void choose(struct round *r, struct db *db, struct arena *a, size_t most)
{
	const struct county *c = r->county;
	for (size_t i = 0; i < c->item_count && r->count < most; i++) {
		const struct item *p = &c->items[i];
		struct price_rule rule;
		struct rng draw = rng_of(c->options->seed, "volume", p->number, 0);
		if (p->first && p->drug->supply == SUPPLY_WESTERN && !p->drug->controlled && p->drug->storage == STORAGE_NORMAL &&
		    rng_chance(&draw, 300) && is_new_drug(r, p) &&
		    price_rule_on(db, a, p->id, c->options->as_of_ymd, &rule) == ST_OK)
			r->items[r->count++] = p;
	}
}

static enum status put_products(struct tx *tx, const struct round *r, int64_t round_id, size_t from, size_t to)
{
	struct volume_product_new *lines = arena_array(tx->arena, SELECTED_MAX, sizeof *lines);
	struct volume_products_new in = {.version = 1, .lines = lines};
	int64_t version = 0;
	for (size_t i = from; i < to; i++) {
		const struct item *p = r->items[i];
		struct rng draw = rng_of(r->county->options->seed, "volume price", p->number, 0);
		int64_t price = p->price_e4 * rng_between(&draw, 35, 75) / 100 / 100 * 100;
		lines[in.line_count++] = (struct volume_product_new){
		        .product_id = p->id, .role = "selected", .price_e4 = price < 100 ? 100 : price, .measure_e3 = INT64_MIN};
	}
	return in.line_count ? volume_products_put(tx, round_id, &in, &version) : ST_OK;
}

/* Packs x 1000 that a site and what is below it use in a mean month. */
static int64_t use_of(const struct county *c, const struct place *site, const struct item *p)
{
	int64_t sum = 0;
	for (size_t d = 0; d < c->depot_count; d++) {
		const struct depot *depot = &c->depots[d];
		bool below =
		        depot->site->parent >= 0 && &c->sites[depot->site->parent] == site && depot->site->level == LEVEL_VILLAGE;
		if ((depot->site == site || below) && county_keeps(c, depot, p))
			sum += county_monthly_packs_e3(depot, p);
	}
	return sum;
}

/* What a site has of one product: committed for the year, and done in its first half, here and there too little. */
static enum status commit_one(struct tx *tx, const struct round *r, const struct doc *d, const struct place *site,
                              const struct item *p)
{
	const struct county *c = r->county;
	struct rng draw = rng_of(c->options->seed, "volume site", site - c->sites, p->number);
	int64_t packs = use_of(c, site, p) * 12 * 8 / 10 / 1000, done = packs * rng_between(&draw, 470, 690) / 1000;
	if (packs == 0)
		return ST_OK;
	if (rng_chance(&draw, 120))
		done = done * rng_between(&draw, 20, 70) / 100;
	enum status st = volume_report_taken_line(tx, d, r->id, site->id, p->id, packs * p->units_per_pack);
	struct volume_fact fact = {.kind = "opening",
	                           .site_id = site->id,
	                           .product_id = p->id,
	                           .units = done * p->units_per_pack,
	                           .document_id = d->id};
	if (st == ST_OK && volume_price(tx_db(tx), r->id, p->id, &fact.price_e4, &fact.units_per_pack))
		volume_count_in(tx, r->id, &fact);
	return st;
}

static enum status commit_site(struct tx *tx, const struct round *r, const struct place *site)
{
	struct doc d;
	enum status st = volume_report_taken(tx, r->id, site->id, "演示: 平台下达的约定采购量", &d);
	for (size_t i = 0; i < r->running && st == ST_OK; i++)
		st = commit_one(tx, r, &d, site, r->items[i]);
	return st;
}

static enum status write_running(struct tx *tx, void *arg)
{
	struct round *r = arg;
	const struct county *c = r->county;
	int32_t from = ymd_add_months(c->options->as_of_ymd / 100 * 100 + 1, -6);
	const struct volume_round_new in = {.code = "YS10",
	                                    .name = "第十批集采 (演示)",
	                                    .from_ymd = from,
	                                    .to_ymd = ymd_add_days(ymd_add_months(from, 12), -1),
	                                    .other_pm = INT64_MIN,
	                                    .commit_pm = INT64_MIN,
	                                    .warn_pm = 150};
	choose(r, tx_db(tx), tx->arena, c->item_count < SELECTED_MAX * 10 ? c->item_count / 10 : SELECTED_MAX);
	r->running = r->count;
	enum status st = volume_round_make(tx, &in, &r->id);
	if (st == ST_OK)
		st = put_products(tx, r, r->id, 0, r->running);
	for (size_t i = 0; i < c->site_count && st == ST_OK; i++)
		if (c->sites[i].level != LEVEL_VILLAGE)
			st = commit_site(tx, r, &c->sites[i]);
	tx->action = "demo.volume";
	return st;
}

static enum status write_coming(struct tx *tx, void *arg)
{
	struct round *r = arg;
	const struct county *c = r->county;
	int64_t id = 0;
	int32_t from = ymd_add_months(c->options->as_of_ymd / 100 * 100 + 1, 2);
	const struct volume_round_new in = {.code = "YS11",
	                                    .name = "第十一批集采 (演示, 报量中)",
	                                    .from_ymd = from,
	                                    .to_ymd = ymd_add_days(ymd_add_months(from, 12), -1),
	                                    .other_pm = INT64_MIN,
	                                    .commit_pm = INT64_MIN,
	                                    .warn_pm = INT64_MIN};
	choose(r, tx_db(tx), tx->arena, r->running + (r->running < COMING_MAX ? r->running : COMING_MAX));
	enum status st = volume_round_make(tx, &in, &id);
	if (st == ST_OK)
		st = put_products(tx, r, id, r->running, r->count);
	tx->action = "demo.volume";
	return st;
}

enum status county_write_volume(struct county *c)
{
	struct round r = {.county = c};
	enum status st = county_run(c, write_running, &r);
	return st == ST_OK ? county_run(c, write_coming, &r) : st;
}
