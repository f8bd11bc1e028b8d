/* Who keeps what, how much of it is used in a month, and the past year of it. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demand/day_use.h"
#include "warehouse/demo/county.h"

#define MONTHS 12
#define ROWS_A_WRITE 20000

/* Of the use of 100,000 inhabitants: how much falls to the lead hospital, by the lowest level that keeps the drug. */
static const int64_t lead_e3[LEVEL_COUNT] = {1000, 600, 450};
/* The same for a township and a clinic, of their own inhabitants. */
static const int64_t branch_e3[LEVEL_COUNT][LEVEL_COUNT] = {
        [LEVEL_TOWNSHIP] = {0, 400, 420},
        [LEVEL_VILLAGE] = {0, 0, 300},
};
/* How the hospital's use divides among its depots, by the way a drug is given. */
static const int64_t lead_depots_e3[PURPOSE_COUNT][WAY_COUNT] = {
        [FOR_OUTPATIENT] = {690, 150, 0}, [FOR_INPATIENT] = {290, 800, 0}, [FOR_HERBS] = {0, 0, 1000}, [FOR_WARD] = {20, 40, 0}};
/* Of 1000 drugs that a branch might keep, how many it does: of the main product, of further ones. */
static const int64_t keeps_e3[PURPOSE_COUNT][2] = {
        [FOR_WARD] = {150, 30}, [FOR_TOWN_STORE] = {880, 350}, [FOR_TOWN_COUNTER] = {880, 350}, [FOR_CABINET] = {800, 100}};
static const int64_t seasons_e3[SEASON_COUNT][MONTHS] = {
        [SEASON_FLAT] = {1000, 960, 1010, 1000, 1000, 1000, 990, 1000, 1010, 1000, 1010, 1020},
        [SEASON_WINTER] = {1420, 1300, 1120, 920, 800, 720, 680, 700, 840, 980, 1180, 1340},
        [SEASON_SUMMER] = {700, 720, 820, 940, 1100, 1300, 1420, 1380, 1140, 920, 800, 760},
        [SEASON_SPRING] = {860, 1000, 1360, 1440, 1280, 1000, 880, 840, 860, 840, 820, 820},
};

bool county_keeps(const struct county *c, const struct depot *d, const struct item *p)
{
	const struct drug *drug = p->drug;
	/* store and counter of a township keep the same */
	struct rng r = rng_of(c->options->seed, "keeps", d->site - c->sites, p->number);
	if (drug->level < d->site->level)
		return false;
	switch (d->purpose) {
	case FOR_CENTRE:
		return true;
	case FOR_TROLLEY:
		return drug->emergency && p->first && !drug->controlled;
	case FOR_OUTPATIENT:
	case FOR_INPATIENT:
	case FOR_HERBS:
		return lead_depots_e3[d->purpose][drug->way] > 0;
	case FOR_WARD:
		return (drug->emergency && p->first) ||
		       (drug->way != WAY_PIECES && !drug->controlled && rng_chance(&r, keeps_e3[FOR_WARD][!p->first]));
	default:
		return rng_chance(&r, keeps_e3[d->purpose][!p->first]);
	}
}

/* Packs x 1000 that so many inhabitants use in a mean month. */
static int64_t packs_e3(const struct item *p, int64_t inhabitants)
{
	return p->drug->use_per_100k * inhabitants * p->share_e3 / 100000 * p->drug->units_per_pack / p->units_per_pack;
}

int64_t county_monthly_packs_e3(const struct depot *d, const struct item *p)
{
	const struct drug *drug = p->drug;
	int64_t all = packs_e3(p, d->site->inhabitants);
	switch (d->purpose) {
	case FOR_CENTRE:
	case FOR_TOWN_STORE:
		return 0;
	case FOR_TROLLEY:
		return all / 200;
	case FOR_TOWN_COUNTER:
	case FOR_CABINET:
		return all * branch_e3[d->site->level][drug->level] / 1000;
	default:
		return all * lead_e3[drug->level] / 1000 * lead_depots_e3[d->purpose][drug->way] / 1000;
	}
}

int64_t county_total_packs_e3(const struct county *c, const struct item *p)
{
	return packs_e3(p, c->site_count ? c->sites[0].inhabitants : 0);
}

struct year {
	struct county *county;
	size_t item; /* where the next write goes on */
};

static int64_t month_back(int32_t as_of_ymd, int months)
{
	return ymd_add_months(as_of_ymd / 100 * 100 + 1, -months) / 100;
}

/* 演示: the pharmacies of the lead hospital tell their use by day, in the month before this one. */
static bool tells_days(const struct depot *d)
{
	return d->purpose == FOR_OUTPATIENT || d->purpose == FOR_INPATIENT || d->purpose == FOR_HERBS;
}

/* Whole packs over the days with stock of a month: fewer on Saturdays and Sundays. out_from, out_days: of it without stock. */
static void add_days(struct tx *tx, struct rng *r, const struct depot *d, const struct item *p, int32_t begin, int64_t packs,
                     int64_t out_from, int64_t out_days)
{
	int64_t weights[31], sum = 0, seen = 0, given = 0, days = ymd_month_end(begin) % 100;
	for (int64_t i = 0; i < days; i++) {
		bool out = i >= out_from && i < out_from + out_days, weekend = (ymd_to_days(begin) + i + 3) % 7 >= 5;
		sum += weights[i] = out ? 0 : weekend ? rng_between(r, 2, 5) : rng_between(r, 5, 11);
	}
	for (int64_t i = 0; i < days && sum; i++) {
		seen += weights[i];
		int64_t units = packs * seen / sum - given;
		given += units;
		if (units)
			day_use_add(tx, d->id, p->id, ymd_add_days(begin, i), units * p->units_per_pack);
	}
}

static void add_gap(struct tx *tx, const struct depot *d, const struct item *p, int32_t begin, int64_t out_from, int64_t out_days)
{
	int32_t from = ymd_add_days(begin, out_from);
	if (out_days)
		stock_out_keep(tx, d->id, p->id, from, ymd_add_days(from, out_days));
}

/* A month of one product in one depot: season, chance, and now and then days without stock. */
static void add_month(struct tx *tx, const struct county *c, struct rng *r, const struct depot *d, const struct item *p,
                      int64_t mean_e3, int64_t month)
{
	int64_t e3 = mean_e3 * seasons_e3[p->drug->season][month % 100 - 1] / 1000 * rng_between(r, 820, 1180) / 1000;
	int64_t days_out = rng_chance(r, 30) ? rng_between(r, 2, 16) : 0;
	e3 = e3 * (30 - days_out) / 30;
	int64_t packs = e3 / 1000 + (rng_below(r, 1000) < e3 % 1000);
	if (packs || days_out)
		consumption_add(tx, d->id, p->id, month, packs * p->units_per_pack, days_out);
	bool by_day = month == month_back(c->options->as_of_ymd, 1);
	if (tells_days(d) && (by_day || days_out)) {
		struct rng days = rng_of(c->options->seed + month, "days", d->number, p->number);
		int32_t begin = (int32_t)(month * 100 + 1);
		int64_t out_from = rng_below(&days, ymd_month_end(begin) % 100 - days_out);
		add_gap(tx, d, p, begin, out_from, days_out);
		if (by_day)
			add_days(tx, &days, d, p, begin, packs, out_from, days_out);
	}
}

static int64_t add_year(struct tx *tx, const struct county *c, const struct depot *d, const struct item *p)
{
	int64_t mean = county_monthly_packs_e3(d, p);
	struct rng r = rng_of(c->options->seed, "use", d->number, p->number);
	if (mean == 0 || !county_keeps(c, d, p))
		return 0;
	for (int back = MONTHS; back > 0; back--)
		add_month(tx, c, &r, d, p, mean, month_back(c->options->as_of_ymd, back));
	return MONTHS;
}

/* By product first: that is the order of the table's key. */
static enum status write_some(struct tx *tx, void *arg)
{
	struct year *y = arg;
	const struct county *c = y->county;
	tx->action = "demo.consumption";
	for (int64_t rows = 0; y->item < c->item_count && rows < ROWS_A_WRITE; y->item++)
		for (size_t d = 0; d < c->depot_count; d++)
			rows += add_year(tx, c, &c->depots[d], &c->items[y->item]);
	return ST_OK;
}

enum status county_write_use(struct county *c)
{
	struct year y = {c, 0};
	enum status st = ST_OK;
	while (y.item < c->item_count && st == ST_OK)
		st = county_run(c, write_some, &y);
	return st;
}
