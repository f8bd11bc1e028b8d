/* The county in memory, on its way into the store: what the tables say and what was drawn. Inside of warehouse/demo/ only. */
#pragma once
#include "warehouse/demo/demo.h"
#include "warehouse/demo/rng.h"
#include "warehouse/stock.h"

enum supply { SUPPLY_WESTERN, SUPPLY_INFUSION, SUPPLY_BIOLOGICAL, SUPPLY_SPECIAL, SUPPLY_PATENT, SUPPLY_PIECES, SUPPLY_COUNT };
enum season { SEASON_FLAT, SEASON_WINTER, SEASON_SUMMER, SEASON_SPRING, SEASON_COUNT };
enum level { LEVEL_COUNTY, LEVEL_TOWNSHIP, LEVEL_VILLAGE, LEVEL_COUNT };
enum storage { STORAGE_NORMAL, STORAGE_COOL, STORAGE_COLD, STORAGE_COUNT };
/* How a product is given, which decides the depots that keep it. */
enum way { WAY_ORAL, WAY_INJECTION, WAY_PIECES, WAY_COUNT };

struct drug {
	const char *generic, *form, *strength, *drug_class, *unit, *pack, *controlled; /* controlled NULL: not */
	enum supply supply;
	enum season season;
	enum level level;
	enum storage storage;
	enum way way;
	int64_t units_per_pack, packs_per_box, boxes_per_case, price_e4, use_per_100k, shelf_months;
	bool traced, emergency, essential, selected; /* selected: 中选 */
	const char *flags;                           /* "antibiotic=restricted;high_alert=B" for warehouse/catalogue/flag.h */
	int64_t row;                                 /* in the table, from 0 */
	int64_t weight;                              /* for the choice */
	size_t products;                             /* how many makers are taken */
};

struct maker {
	const char *name;
	bool makes[SUPPLY_COUNT];
	int64_t share, row;
};

struct distributor {
	const char *code, *name, *licence_no, *business;
	bool delivers[SUPPLY_COUNT];
	int64_t licence_days, mandate_days, share, id;
};

#define LOTS_MAX 4
#define MONTH_TOWNS 3 /* townships that got goods in the month that is closed */
enum lot_age { LOT_FRESH, LOT_MIDDLE, LOT_NEAR, LOT_PAST };
struct demo_lot {
	char name[16];
	int32_t made_ymd, expiry_ymd; /* expiry 0: the product has no such lot */
	int64_t id;
};

struct item {
	const struct drug *drug;
	const struct maker *maker;
	const struct distributor *distributor;
	const char *code;
	int64_t number;   /* from 1 */
	int64_t share_e3; /* of the drug's use; in a larger county its use grows with the scale */
	bool first;       /* a main product of the drug */
	int64_t units_per_pack, units_per_box, units_per_case, price_e4, id;
	int64_t cost_e4;                        /* what a pack in stock was bought for (opening.c) */
	int64_t prefix_no[3], prefix_digits[3]; /* by level - 1; no 0: no such level */
	struct demo_lot lots[LOTS_MAX];
};

struct place {
	const char *code, *name, *kind;
	int64_t parent, inhabitants, id; /* parent: index of the site, -1 for the lead */
	enum level level;
};

/* What a depot is for. */
enum purpose {
	FOR_CENTRE, /* 药库 of the lead hospital */
	FOR_OUTPATIENT,
	FOR_INPATIENT,
	FOR_HERBS,
	FOR_WARD,
	FOR_TROLLEY,
	FOR_TOWN_STORE,
	FOR_TOWN_COUNTER,
	FOR_CABINET,
	PURPOSE_COUNT
};
struct depot {
	const struct place *site;
	enum purpose purpose;
	int64_t number, id;
};

struct county {
	struct arena *arena;
	const struct demo_options *options;
	struct writer *writer;
	struct clock *clock;
	struct drug *drugs;
	struct maker *makers;
	struct distributor *distributors;
	struct item *items;
	struct place *sites;
	struct depot *depots;
	size_t drug_count, maker_count, distributor_count, item_count, site_count, depot_count;
	int64_t pack_target, packs_made, serial;
	char *why;
};

/* tables.c: reads schema/demo. */
MUST_CHECK enum status county_read_tables(struct county *c);
/* choice.c: which drugs, from which makers, in which lots. */
void county_choose_items(struct county *c);
/* places.c */
MUST_CHECK enum status county_write_places(struct county *c);
int64_t county_depot(const struct county *c, const struct place *site, enum purpose purpose);
/* catalogue.c: suppliers, products with their codes, listed prices. */
MUST_CHECK enum status county_write_catalogue(struct county *c);
/* partners.c: papers, delivery rights; behind the catalogue. */
MUST_CHECK enum status county_write_partners(struct county *c);
/* lists.c: the lowest list that holds a product, what is said of it, permissions of sites, papers that wait for somebody. */
const char *county_levels(const struct drug *d);
void county_put_flags(struct tx *tx, const struct county *c, const struct item *p);
MUST_CHECK enum status county_write_lists(struct county *c);
/* use.c: does the depot keep the product, how many packs (x 1000) does it use in a mean month; and the year's rows. */
bool county_keeps(const struct county *c, const struct depot *d, const struct item *p);
int64_t county_monthly_packs_e3(const struct depot *d, const struct item *p);
/* The same of everybody whom the centre supplies. */
int64_t county_total_packs_e3(const struct county *c, const struct item *p);
MUST_CHECK enum status county_write_use(struct county *c);
/* demand.c: plans of townships that wait for the centre, and the rules of ordering. */
MUST_CHECK enum status county_write_demand(struct county *c);
/* volume.c: rounds of 集采 with committed volumes. */
MUST_CHECK enum status county_write_volume(struct county *c);
/* opening.c: opening stock and bins, with packs. */
MUST_CHECK enum status county_write_opening(struct county *c);
/* month.c: what happened in the month whose books are closed. */
MUST_CHECK enum status county_write_month(struct county *c);
/* deliveries.c: one that came whole, so many days ago. */
MUST_CHECK enum status county_deliver_on(struct county *c, int sent_days, int came_days);
/* deliveries.c: how distributors kept their word in the weeks before. */
MUST_CHECK enum status county_write_deliveries(struct county *c);
/* The record of the way that cold goods bring, attached to a receipt. */
MUST_CHECK enum status county_put_record(struct tx *tx, int64_t receipt_id);
/* The same file: a purchase through 备案采购. */
MUST_CHECK enum status county_write_filing(struct county *c);
/* consumables.c: 医用耗材 with UDI, and an order of them that is on its way. */
MUST_CHECK enum status county_write_consumables(struct county *c);
/* prices.c: contracts with 补差, a listed price that falls, what follows it. */
MUST_CHECK enum status county_write_prices(struct county *c);
/* settle.c: purchases with invoices and payments, last month's books. */
MUST_CHECK enum status county_write_settlement(struct county *c);
/* packs.c: which packages of a line get codes (in all `units`), then the packages. packs: what the line has. */
struct pack_plan {
	int64_t cases, boxes, packs, units;
};
struct pack_plan county_plan_packs(struct county *c, const struct depot *d, const struct item *p, enum lot_age age,
                                   int64_t packs);
MUST_CHECK enum status county_write_packs(struct tx *tx, struct county *c, const struct item *p, const struct batch *batch,
                                          const struct pack_plan *plan, struct stock_spot at, int64_t document_id);

/* Runs one write; the clock rises by a millisecond before it. Faults end in c->why. */
MUST_CHECK enum status county_run(struct county *c, enum status (*run)(struct tx *tx, void *arg), void *arg);
/* The same at an hour of a day before the county's today. */
MUST_CHECK enum status county_on_day(struct county *c, int days_ago, int hour, enum status (*run)(struct tx *tx, void *arg),
                                     void *arg);
