/* A listed price falls: what lies in stock dearer is claimed from the distributor whose contract gives it, by a 调价单; and one
 * that nobody has followed yet. */
#include "warehouse/demo/county.h"

#include "warehouse/price/claim.h"
#include "warehouse/price/issue.h"
#include "warehouse/price/price.h"

#define FALLING 2
#define FALL_PERCENT 10
#define CONTRACTS 3

struct fall {
	struct county *c;
	const struct item *items[FALLING];
	struct price_rule rules[FALLING];
	size_t count;
};

/* Goods with an issue price that only the listed price binds. */
static void find_goods(struct tx *tx, struct fall *f)
{
	for (size_t i = 0; i < f->c->item_count && f->count < FALLING; i++) {
		const struct item *item = &f->c->items[i];
		struct price_rule *rule = &f->rules[f->count];
		int64_t price = 0, per_pack = 0;
		if (price_issue(tx_db(tx), item->id, &price, &per_pack) &&
		    price_rule_on(tx_db(tx), tx->arena, item->id, tx->today_ymd, rule) == ST_OK && rule->rule == PRICE_LISTED &&
		    rule->from_ymd < tx->today_ymd)
			f->items[f->count++] = item;
	}
}

/* Contracts with distributors, by turns without and with the clause; with it where something is to be claimed. */
static enum status put_clauses(struct tx *tx, void *arg)
{
	struct fall *f = arg;
	enum status st = ST_OK;
	int64_t id = 0;
	find_goods(tx, f);
	const struct distributor *dearer = f->count ? f->items[0]->distributor : NULL;
	for (size_t i = 0; st == ST_OK && i < f->c->distributor_count; i++) {
		const struct distributor *of = &f->c->distributors[i];
		const struct price_clause_new in = {of->id, tx->today_ymd / 10000 * 10000 + 101, of == dearer || i % 2,
		                                    "演示: 年度供货合同第 8 条"};
		if (of == dearer || i < CONTRACTS)
			st = price_clause_add(tx, &in, &id);
	}
	return st;
}

static enum status fall_one(struct tx *tx, const struct fall *f, size_t i)
{
	const struct new_price in = {.product_id = f->items[i]->id,
	                             .price_e4 = f->rules[i].price_e4 * (100 - FALL_PERCENT) / 100,
	                             .units_per_pack = f->rules[i].units_per_pack,
	                             .kind = "listed",
	                             .from_ymd = tx->today_ymd,
	                             .source = "演示: 平台下调"};
	return in.price_e4 > 0 ? price_fact_add(tx, &in, NULL) : ST_OK;
}

static enum status follow_first(struct tx *tx, const struct fall *f)
{
	static const char *const actions[] = {"submit", "approve"};
	struct doc d;
	struct price_adjustment_line_new line = {.product_id = f->items[0]->id, .price_e4 = PRICE_FOLLOWS};
	const struct price_adjustment_new in = {
	        .effective_at_ms = INT64_MIN, .note = "演示: 随挂网价下调", .lines = &line, .line_count = 1};
	enum status st = price_adjustment_make(tx, &in, &d);
	for (size_t i = 0; st == ST_OK && i < sizeof actions / sizeof *actions; i++)
		st = document_follow(tx, &d, actions[i], NULL);
	return st;
}

static enum status prices_fall(struct tx *tx, void *arg)
{
	struct fall *f = arg;
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < f->count; i++)
		st = fall_one(tx, f, i);
	return st == ST_OK && f->count ? follow_first(tx, f) : st;
}

static enum status take_effect(struct tx *tx, void *arg)
{
	(void)arg;
	return price_adjustments_take_effect(tx);
}

enum status county_write_prices(struct county *c)
{
	struct fall f = {.c = c};
	enum status st = county_run(c, put_clauses, &f);
	if (st == ST_OK)
		st = county_run(c, prices_fall, &f);
	return st == ST_OK ? county_run(c, take_effect, c) : st;
}
