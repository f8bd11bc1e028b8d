/* Suppliers, products with every code they are found by, and what they may cost. */
#include "warehouse/catalogue/catalogue.h"

#include "core/gs1.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/demo/county.h"
#include "warehouse/pack.h"
#include "warehouse/price/price.h"

#include <inttypes.h>
#include <string.h>

#define CHUNK 500
#define PRICE_SOURCE "安徽省药品集中采购平台 (演示)"
/* Bindings of the demo were seen by two people who have no account: the program stands for them. */
#define CONFIRMED_BY_PROGRAM 1

static enum status write_distributors(struct tx *tx, void *arg)
{
	struct county *c = arg;
	enum status st = ST_OK;
	tx->action = "demo.suppliers";
	for (size_t i = 0; i < c->distributor_count && st == ST_OK; i++) {
		struct distributor *s = &c->distributors[i];
		const struct new_supplier in = {
		        .code = s->code,
		        .name = s->name,
		        .licence_no = s->licence_no,
		        .phone = arena_printf(tx->arena, "0554-555%04zu", 1001 + i),
		        .licence_until_ymd = ymd_add_days(c->options->as_of_ymd, s->licence_days),
		        .business = s->business,
		};
		bool added = false;
		st = supplier_put(tx, &in, &s->id, &added);
	}
	return st;
}

/* The digits with their GS1 check digit behind. */
static const char *with_check(struct arena *a, const char *digits)
{
	int sum = 0;
	size_t n = strlen(digits);
	for (size_t i = 0; i < n; i++)
		sum += (digits[n - 1 - i] - '0') * (i % 2 ? 1 : 3);
	return arena_printf(a, "%s%d", digits, (10 - sum % 10) % 10);
}

/* 国药准字 with H, Z or S, a year and a running number; decoction pieces have none. */
static const char *approval_number(struct arena *a, const struct item *p)
{
	static const char letters[SUPPLY_COUNT] = {'H', 'H', 'S', 'H', 'Z', 0};
	const struct drug *d = p->drug;
	int64_t year = 1990 + (d->row * 7 + p->maker->row * 3) % 34, running = (d->row * 53 + p->maker->row * 1009) % 9000 + 1000;
	return letters[d->supply]
	               ? arena_printf(a, "国药准字%c%04lld%04lld", letters[d->supply], (long long)year, (long long)running)
	               : NULL;
}

/* RULE DOMAIN-3.1-insurance-codes: the shapes of 西药, 中成药 and 饮片. */
static const char *insurance_code(struct arena *a, const struct item *p)
{
	static const char classes[] = "ABCDGHJLMNPRSV";
	const struct drug *d = p->drug;
	char first = classes[d->row % (int64_t)(sizeof classes - 1)];
	int group = (int)(d->row % 16 + 1), maker = (int)(p->maker->row + 2001), running = (int)(d->row % 9000);
	if (d->supply == SUPPLY_PIECES)
		return arena_printf(a, "T%09d", (int)(1700000 + d->row * 100 + p->maker->row));
	if (d->supply == SUPPLY_PATENT)
		return arena_printf(a, "Z%c%02dAA%c%04d%04d%05d", first, group, 'A' + (int)(d->row % 26), running,
		                    (int)(p->units_per_pack % 10000), maker);
	return arena_printf(a, "X%c%02dAB%c%03dA%03d%02d%02d%05d", first, group, 'A' + (int)(d->row % 26), running % 1000,
	                    (int)(d->row / 26), (int)(d->row % 97) + 1, (int)(p->units_per_pack % 97), maker);
}

static const char *spec_of(struct arena *a, const struct item *p)
{
	const struct drug *d = p->drug;
	if (strcmp(d->unit, "0.1g") == 0)
		return arena_printf(a, "%s %lldg/%s", d->strength, (long long)(p->units_per_pack / 10), d->pack);
	return arena_printf(a, "%s×%lld%s/%s", d->strength, (long long)p->units_per_pack, d->unit, d->pack);
}

#define OPENED_DAYS (-400) /* the catalogue is older than what was bought */
static enum status put_product(struct tx *tx, const struct county *c, struct item *p)
{
	struct arena *a = tx->arena;
	const struct drug *d = p->drug;
	const int64_t company = 20011 + p->maker->row * 37, holder = 50001 + p->maker->row, kind = d->row * 10 + 7;
	const struct because opened = {"演示: 启用时的目录", 0, ymd_add_days(c->options->as_of_ymd, OPENED_DAYS)};
	bool added = false;
	const struct new_product in = {
	        .because = &opened,
	        .code = p->code,
	        .drug_name = d->generic,
	        .form = d->form,
	        .strength = d->strength,
	        .drug_class = d->drug_class,
	        .name = d->generic,
	        .spec = spec_of(a, p),
	        .maker = p->maker->name,
	        .unit_name = d->unit,
	        .pack_name = d->pack,
	        .units_per_pack = p->units_per_pack,
	        .units_per_box = p->units_per_box,
	        .units_per_case = p->units_per_case,
	        .approval_no = approval_number(a, p),
	        .storage = (const char *const[]){"normal", "cool", "cold"}[d->storage],
	        .controlled = d->controlled,
	        .traced = d->traced,
	        .warn_days = d->shelf_months <= 18 ? 90 : 180,
	        .gtin = with_check(a, arena_printf(a, "69%05" PRId64 "%05" PRId64, company, p->number)),
	        .national_code = with_check(a, arena_printf(a, "869%05" PRId64 "%05" PRId64, holder, kind)),
	        .nhsa_code = insurance_code(a, p),
	        .origin = d->supply == SUPPLY_PIECES ? "安徽亳州 (演示)" : NULL,
	        .standard = d->supply == SUPPLY_PIECES ? "《中国药典》2025 年版一部 (演示)" : NULL,
	        .levels = county_levels(d),
	};
	enum status st = product_put(tx, &in, &p->id, &added);
	if (st == ST_OK)
		county_put_flags(tx, c, p);
	return st;
}

/* A 药品标识码 for each level that the product has; 89 stands for controlled drugs. RULE DOMAIN-2.1-trace-code */
static enum status bind_prefixes(struct tx *tx, struct item *p)
{
	const int64_t units[] = {p->units_per_pack, p->units_per_box, p->units_per_case};
	enum status st = ST_OK;
	for (int level = 1; level <= 3 && p->drug->traced && st == ST_OK; level++) {
		if (level > 1 && units[level - 1] == units[level - 2])
			continue;
		int64_t digits = (p->drug->controlled ? 8900000 : 8100000) + p->number * 3 + level - 1;
		p->prefix_digits[level - 1] = digits;
		st = prefix_bind(tx, arena_printf(tx->arena, "%lld", (long long)digits), p->id, units[level - 1], level, 0,
		                 CONFIRMED_BY_PROGRAM, &p->prefix_no[level - 1]);
	}
	return st;
}

static void put_listed(struct tx *tx, const struct item *p, int64_t price_e4, int32_t from_ymd)
{
	bool added = false;
	const struct new_price in = {.product_id = p->id,
	                             .price_e4 = price_e4 / 100 * 100,
	                             .units_per_pack = p->units_per_pack,
	                             .kind = "listed",
	                             .from_ymd = from_ymd,
	                             .source = PRICE_SOURCE};
	price_put(tx, &in, &added);
}

/* What the platform lists: a few products not at all, some once dearer, some soon cheaper. */
static void put_prices(struct tx *tx, const struct county *c, const struct item *p)
{
	struct rng r = rng_of(c->options->seed, "listed", p->number, 0);
	int32_t as_of = c->options->as_of_ymd;
	int64_t ceiling = p->price_e4 * rng_between(&r, 102, 118) / 100;
	bool listed = !rng_chance(&r, 20), was_dearer = rng_chance(&r, 150), falls_soon = rng_chance(&r, 50);
	int64_t before = rng_between(&r, 108, 135), after = rng_between(&r, 70, 92);
	int32_t from = ymd_add_days(as_of, -rng_between(&r, 40, 420));
	if (!listed && p->number > 3) {
		/* without a listed price there is only the door of 备案采购, and it is for what is short */
		product_flag_put(tx, &(const struct new_flag){p->id, "shortage", "short", ymd_add_days(as_of, -100), 0,
		                                              "国家短缺药品清单 (演示)", 0});
		return;
	}
	if (was_dearer)
		put_listed(tx, p, ceiling * before / 100, ymd_add_days(from, -rng_between(&r, 200, 500)));
	put_listed(tx, p, ceiling, from);
	if (falls_soon)
		put_listed(tx, p, ceiling * after / 100, ymd_add_days(as_of, rng_between(&r, 5, 25)));
}

static void put_fact(struct tx *tx, const struct item *p, const char *kind, int64_t price_e4, int32_t from_ymd,
                     const char *source)
{
	bool added = false;
	const struct new_price in = {.product_id = p->id,
	                             .price_e4 = price_e4 / 100 * 100,
	                             .units_per_pack = p->units_per_pack,
	                             .kind = kind,
	                             .from_ymd = from_ymd,
	                             .source = source};
	price_put(tx, &in, &added);
}

/* Behind the first products, which tours and tests buy at their ceiling: some 中选, some bargained for, insurance standards. */
#define PLAIN_PRODUCTS 60
static void put_other_prices(struct tx *tx, const struct county *c, const struct item *p)
{
	struct rng r = rng_of(c->options->seed, "price-kinds", p->number, 0);
	int32_t from = ymd_add_days(c->options->as_of_ymd, -rng_between(&r, 10, 300));
	int64_t percent = rng_between(&r, 70, 90), lot = rng_between(&r, 0, 99);
	if (p->number <= PLAIN_PRODUCTS)
		return;
	if (lot < 2)
		put_fact(tx, p, "selected", p->price_e4 * percent / 100, from, "国家集采 第九批 (演示)");
	else if (lot < 4)
		put_fact(tx, p, "agreed", p->price_e4 * (percent + 10) / 100, from, "皖北联盟议价 (演示)");
	if (lot % 3 == 0)
		put_fact(tx, p, "insurance", p->price_e4, from, "省医保局 (演示)");
}

struct chunk {
	struct county *county;
	size_t from, to;
};

static enum status write_items(struct tx *tx, void *arg)
{
	struct chunk *k = arg;
	enum status st = ST_OK;
	tx->action = "demo.products";
	for (size_t i = k->from; i < k->to && st == ST_OK; i++) {
		struct item *p = &k->county->items[i];
		st = put_product(tx, k->county, p);
		if (st == ST_OK)
			st = bind_prefixes(tx, p);
		if (st == ST_OK)
			put_prices(tx, k->county, p);
		if (st == ST_OK)
			put_other_prices(tx, k->county, p);
	}
	return st;
}

enum status county_write_catalogue(struct county *c)
{
	enum status st = county_run(c, write_distributors, c);
	for (size_t from = 0; from < c->item_count && st == ST_OK; from += CHUNK) {
		struct chunk k = {c, from, from + CHUNK < c->item_count ? from + CHUNK : c->item_count};
		st = county_run(c, write_items, &k);
	}
	return st;
}
