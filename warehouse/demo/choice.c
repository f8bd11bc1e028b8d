/* Which drugs of the table the county keeps, from which makers, and in which lots. */
#include "warehouse/demo/county.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRODUCTS_AT_SCALE_1 400
#define DRUGS_AT_SCALE_1 290
#define PRODUCTS_MIN 20

/* Heavier first; the row decides between equals. */
static int by_weight(const void *left, const void *right)
{
	const struct drug *a = *(const struct drug *const *)left, *b = *(const struct drug *const *)right;
	if (a->weight != b->weight)
		return a->weight < b->weight ? 1 : -1;
	return a->row < b->row ? -1 : 1;
}

/* Everyday drugs come first, but what is kept for emergencies or cold or locked must not be lost among them. */
static void weigh(struct county *c, struct drug *d)
{
	struct rng r = rng_of(c->options->seed, "weight", d->row, 0);
	int64_t weight = d->use_per_100k * rng_between(&r, 500, 1500);
	if (d->emergency)
		weight *= 40;
	if (d->controlled)
		weight *= 20;
	if (d->storage == STORAGE_COLD)
		weight *= 8;
	/* kinds of which there are few drugs, so that every depot has something */
	if (d->supply == SUPPLY_PIECES || d->supply == SUPPLY_INFUSION || d->supply == SUPPLY_BIOLOGICAL)
		weight *= 3;
	d->weight = weight;
}

static struct drug **in_order(struct county *c)
{
	struct drug **order = arena_array(c->arena, c->drug_count, sizeof(struct drug *));
	for (size_t i = 0; i < c->drug_count; i++) {
		weigh(c, &c->drugs[i]);
		order[i] = &c->drugs[i];
	}
	qsort(order, c->drug_count, sizeof *order, by_weight);
	return order;
}

static bool name_taken(struct drug *const *order, size_t n, const struct drug *d)
{
	for (size_t i = 0; i < n; i++)
		if (order[i]->products && strcmp(order[i]->generic, d->generic) == 0)
			return true;
	return false;
}

/* One product for each of so many drugs, different names first, then more makers of what is used most. */
static void spread(struct drug **order, size_t drug_count, int64_t drugs, int64_t products)
{
	int64_t taken = 0;
	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < drug_count && taken < drugs; i++) {
			if (order[i]->products || (!again && name_taken(order, i, order[i])))
				continue;
			order[i]->products = 1;
			taken++;
		}
	for (int64_t left = products - taken; left > 0;)
		for (size_t i = 0; i < drug_count && left > 0; i++)
			if (order[i]->products) {
				order[i]->products++;
				left--;
			}
}

struct entrant {
	const struct maker *maker;
	uint64_t best;
};

static int by_best(const void *left, const void *right)
{
	const struct entrant *a = left, *b = right;
	if (a->best != b->best)
		return a->best < b->best ? 1 : -1;
	return a->maker->row < b->maker->row ? -1 : 1;
}

/* The makers of a drug's kind in a drawn order: one ticket for each share, the best ticket counts. Answers how many. */
static size_t draw_makers(const struct county *c, const struct drug *d, struct entrant *out)
{
	size_t n = 0;
	for (size_t i = 0; i < c->maker_count; i++) {
		const struct maker *m = &c->makers[i];
		struct rng r = rng_of(c->options->seed, "maker", d->row, m->row);
		if (!m->makes[d->supply])
			continue;
		out[n] = (struct entrant){m, 0};
		for (int64_t ticket = 0; ticket < m->share; ticket++) {
			uint64_t drawn = rng_next(&r);
			out[n].best = drawn > out[n].best ? drawn : out[n].best;
		}
		n++;
	}
	qsort(out, n, sizeof *out, by_best);
	return n;
}

static const struct distributor *draw_distributor(const struct county *c, const struct item *p)
{
	struct rng r = rng_of(c->options->seed, "distributor", p->number, 0);
	const struct distributor *best = NULL;
	int64_t sum = 0;
	for (size_t i = 0; i < c->distributor_count; i++) {
		const struct distributor *s = &c->distributors[i];
		if (!s->delivers[p->drug->supply])
			continue;
		sum += s->share;
		if (rng_below(&r, sum) < s->share)
			best = s;
	}
	return best;
}

/* Of a price: rounded to whole fen of the pack. */
static int64_t percent_of(int64_t price_e4, int64_t percent)
{
	int64_t fen = price_e4 * percent / 100 / 100;
	return (fen > 0 ? fen : 1) * 100;
}

/* RULE DOMAIN-10-expiry-customs: makers print the expiry date by one of four customs. */
static int32_t expiry_by_custom(int32_t made_ymd, int64_t months, int64_t custom)
{
	int32_t same_day = ymd_add_months(made_ymd, (int)months);
	switch (custom) {
	case 0:
		return same_day;
	case 1:
		return ymd_add_days(same_day, -1);
	case 2:
		return ymd_add_days(same_day / 100 * 100 + 1, -1);
	default:
		return ymd_month_end(same_day);
	}
}

static void draw_lot(const struct county *c, const struct item *p, enum lot_age age, struct demo_lot *out)
{
	/* days from as-of: of making for fresh lots, of expiry for the others */
	static const struct {
		int64_t permille, low, high;
	} ages[LOTS_MAX] = {[LOT_FRESH] = {1000, -150, -20},
	                    [LOT_MIDDLE] = {850, -330, -170},
	                    [LOT_NEAR] = {260, 12, 150},
	                    [LOT_PAST] = {60, -70, -3}};
	struct rng r = rng_of(c->options->seed, "lot", p->number, age);
	int32_t as_of = c->options->as_of_ymd, day = ymd_add_days(as_of, rng_between(&r, ages[age].low, ages[age].high));
	int64_t months = p->drug->shelf_months, custom = p->maker->row % 4;
	*out = (struct demo_lot){0};
	if (!rng_chance(&r, ages[age].permille))
		return;
	out->made_ymd = age >= LOT_NEAR ? ymd_add_months(day, -(int)months) : day;
	out->expiry_ymd = expiry_by_custom(out->made_ymd, months, custom);
	/* a custom may move the date over the line that the lot stands for */
	bool is_past = out->expiry_ymd < as_of;
	if ((age == LOT_PAST) != is_past)
		out->expiry_ymd = day;
	snprintf(out->name, sizeof out->name, custom % 2 ? "%06d%02d" : "%06d%02dA", (int)(out->made_ymd % 1000000),
	         (int)rng_between(&r, 1, 40));
}

static struct item make_item(const struct county *c, const struct drug *d, const struct maker *m, int64_t times, int64_t number)
{
	struct rng r = rng_of(c->options->seed, "price", number, 0);
	struct item p = {.drug = d, .maker = m, .number = number, .units_per_pack = d->units_per_pack * times};
	p.code = arena_printf(c->arena, "YP%05lld", (long long)number);
	p.units_per_box = p.units_per_pack * d->packs_per_box;
	p.units_per_case = p.units_per_box * d->boxes_per_case;
	p.price_e4 = percent_of(d->price_e4 * times, rng_between(&r, 82, 100));
	p.distributor = draw_distributor(c, &p);
	for (int age = 0; age < LOTS_MAX; age++)
		draw_lot(c, &p, (enum lot_age)age, &p.lots[age]);
	return p;
}

/* Two lots of a product may have drawn one name: the later one goes away. */
static void part_lots(struct item *p)
{
	for (int i = 1; i < LOTS_MAX; i++)
		for (int k = 0; k < i; k++)
			if (p->lots[i].expiry_ymd && p->lots[k].expiry_ymd && strcmp(p->lots[i].name, p->lots[k].name) == 0)
				p->lots[i].expiry_ymd = 0;
}

/* What the next of `left` products takes: most of it in a small county, an even part in a large one. */
static int64_t share_of(int64_t rest, size_t left, int64_t times)
{
	if (left == 1)
		return rest;
	return times == 1 ? rest * 6 / 10 : rest / (int64_t)left;
}

/* The products of one drug: the first one has most of its use; a maker that comes again brings a larger pack. */
static void add_items(struct county *c, const struct drug *d)
{
	struct entrant *makers = arena_array(c->arena, c->maker_count, sizeof *makers);
	size_t n = draw_makers(c, d, makers);
	/* ten times the county: ten times the use, and as many main products for each drug */
	int64_t times = c->options->scale_e3 > 1000 ? c->options->scale_e3 / 1000 : 1, rest = 1000 * times;
	for (size_t i = 0; i < d->products && n; i++) {
		struct item *p = &c->items[c->item_count++];
		*p = make_item(c, d, makers[i % n].maker, 1 + (int64_t)(i / n), (int64_t)c->item_count);
		p->first = (int64_t)i < times;
		p->share_e3 = share_of(rest, d->products - i, times);
		rest -= p->share_e3;
		part_lots(p);
	}
}

void county_choose_items(struct county *c)
{
	int64_t scale = c->options->scale_e3, products = PRODUCTS_AT_SCALE_1 * scale / 1000, drugs = DRUGS_AT_SCALE_1;
	struct drug **order = in_order(c);
	if (products < PRODUCTS_MIN)
		products = PRODUCTS_MIN;
	if (scale > 1000)
		drugs = (int64_t)c->drug_count;
	if (drugs > products)
		drugs = products;
	c->items = arena_array(c->arena, (size_t)products, sizeof *c->items);
	spread(order, c->drug_count, drugs, products);
	for (size_t i = 0; i < c->drug_count; i++)
		add_items(c, &c->drugs[i]);
}
