/* Traced packs of the opening stock: whole cases with their boxes and packs, loose boxes, loose packs. */
#include "warehouse/demo/county.h"
#include "warehouse/pack.h"

#define SERIAL_SPAN 10000000000000LL /* 13 digits, see table pack */
#define SERIAL_STEP 7919
#define BRANCH_EVERY 7 /* one of so many products has packs with codes at a branch */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * Two boxes and a few packs from an opened one of every product; what is still due gathers until it makes a whole case of
 * the product at hand.
 */
static struct pack_plan plan_centre(const struct county *c, const struct item *p, int64_t room)
{
	struct pack_plan plan = {0};
	int64_t due = (c->pack_target * p->number + (int64_t)c->item_count - 1) / (int64_t)c->item_count - c->packs_made;
	int64_t per_case = p->units_per_case / p->units_per_pack, per_box = p->units_per_box / p->units_per_pack;
	due = least(due, room);
	if (p->prefix_no[2] && due >= per_case)
		plan.cases = due / per_case;
	due -= plan.cases * per_case;
	if (p->prefix_no[1] && due >= per_box)
		plan.boxes = least(due / per_box, 2);
	due -= plan.boxes * per_box;
	plan.packs = due > 0 ? least(due, 3) : 0;
	return plan;
}

static struct pack_plan plan_branch(const struct county *c, const struct depot *d, const struct item *p, int64_t room)
{
	struct pack_plan plan = {0};
	int64_t per_box = p->units_per_box / p->units_per_pack;
	if ((p->number + (d->site - c->sites)) % BRANCH_EVERY)
		return plan;
	if (p->prefix_no[1] && per_box <= room && d->purpose == FOR_TOWN_STORE) {
		plan.boxes = 1;
		room -= per_box;
	}
	plan.packs = least(room, 3);
	return plan;
}

struct pack_plan county_plan_packs(struct county *c, const struct depot *d, const struct item *p, enum lot_age age, int64_t packs)
{
	struct pack_plan plan = {0};
	if (!p->drug->traced || age == LOT_PAST)
		return plan;
	if (d->purpose == FOR_CENTRE)
		plan = age == LOT_FRESH ? plan_centre(c, p, packs) : (struct pack_plan){.packs = least(packs, 2)};
	else if (d->site->level == LEVEL_TOWNSHIP)
		plan = plan_branch(c, d, p, packs);
	plan.units = plan.cases * p->units_per_case + plan.boxes * p->units_per_box + plan.packs * p->units_per_pack;
	if (d->purpose == FOR_CENTRE)
		c->packs_made += plan.units / p->units_per_pack;
	return plan;
}

struct packing {
	struct tx *tx;
	struct county *county;
	const struct item *item;
	const struct batch *batch;
	struct stock_spot at;
	int64_t document_id;
};

static struct pack_key new_key(const struct packing *k, int level)
{
	const struct item *p = k->item;
	const int64_t units[] = {p->units_per_pack, p->units_per_box, p->units_per_case};
	struct rng r = rng_of(k->county->options->seed, "serial", p->number, level);
	int64_t serial = rng_between(&r, SERIAL_SPAN / 10, SERIAL_SPAN / 2) + ++k->county->serial * SERIAL_STEP;
	char *code = arena_printf(k->tx->arena, "%lld%013lld", (long long)p->prefix_digits[level - 1], (long long)serial);
	return (struct pack_key){
	        .id = p->prefix_no[level - 1] * SERIAL_SPAN + serial,
	        .product_id = p->id,
	        .units = units[level - 1],
	        .level = level,
	        .confirmed = true,
	        .prefix = arena_copy(k->tx->arena, code, 7),
	        .code = code,
	};
}

/* What stands inside a package of that level; 0 for a smallest pack. */
static int inner_level(const struct item *p, int level)
{
	int inner = level - 1;
	while (inner > 0 && !p->prefix_no[inner - 1])
		inner--;
	return inner;
}

/* Announces a package without its contents. */
static enum status announce(const struct packing *k, const struct pack_key *key, int64_t parent_id)
{
	const struct new_pack in = {.key = key, .parent_id = parent_id, .lot_id = k->batch->lot_id};
	return pack_announce(k->tx, &in);
}

/* The contents of a box, or of a case without boxes. */
static enum status announce_packs(const struct packing *k, int64_t parent_id, int64_t count)
{
	enum status st = ST_OK;
	for (; count > 0 && st == ST_OK; count--) {
		struct pack_key pack = new_key(k, 1);
		st = announce(k, &pack, parent_id);
	}
	return st;
}

static enum status announce_contents(const struct packing *k, const struct pack_key *outer)
{
	const struct item *p = k->item;
	int inner = inner_level(p, (int)outer->level);
	enum status st = ST_OK;
	if (inner < 2)
		return inner ? announce_packs(k, outer->id, outer->units / p->units_per_pack) : ST_OK;
	for (int64_t i = 0; i < outer->units / p->units_per_box && st == ST_OK; i++) {
		struct pack_key box = new_key(k, inner);
		st = announce(k, &box, outer->id);
		if (st == ST_OK)
			st = announce_packs(k, box.id, p->units_per_box / p->units_per_pack);
	}
	return st;
}

/* Outermost packages of a level, with all that is inside, put where the batch is. */
static enum status bring(const struct packing *k, int level, int64_t count)
{
	enum status st = ST_OK;
	for (; count > 0 && st == ST_OK; count--) {
		struct pack_key key = new_key(k, level);
		st = announce(k, &key, 0);
		if (st == ST_OK)
			st = announce_contents(k, &key);
		if (st == ST_OK)
			st = pack_arrive(k->tx, &key, k->batch, k->at, k->document_id);
	}
	return st;
}

enum status county_write_packs(struct tx *tx, struct county *c, const struct item *p, const struct batch *batch,
                               const struct pack_plan *plan, struct stock_spot at, int64_t document_id)
{
	const struct packing k = {tx, c, p, batch, at, document_id};
	enum status st = bring(&k, 3, plan->cases);
	if (st == ST_OK)
		st = bring(&k, 2, plan->boxes);
	return st == ST_OK ? bring(&k, 1, plan->packs) : st;
}
