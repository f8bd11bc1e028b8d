/*
 * How much of a product a site should order, and why. One formula for every page, list and plan; integers only.
 *
 *   daily use  = (units used - of them by long prescriptions) / days that had stock, over the last twelve whole months
 *   season     = the site's use in last year's months of the days ahead, as a share of the whole (0.5 to 2)
 *   expected   = daily use x season x (lead + safety + cover days) + what long prescriptions need in those days
 *   suggestion = the sum of (expected - stock - in transit) over the depots + what branches have asked for - on order, at
 *                least what is owed of a committed volume, rounded up to packs
 *
 * Each depot has its own daily use, expectation and suggestion; what one has too much is taken off what the others lack, for
 * the same site moves it. RULE DOMAIN-8-out-of-stock-days: days without stock are no days without need.
 */
#pragma once
#include "core/write.h"
#include "warehouse/procurement/order.h"

#define DEMAND_MONTHS 13     /* the same month last year up to this one */
#define DEMAND_DEPOTS_MAX 64 /* of one site that keep a product */
#define DEMAND_KNOWN_MAX 256 /* long prescriptions of a product at a site */

/* What was used at one depot in a month. */
struct demand_month {
	int64_t place_id, ym, units, days_out;
};
/* A depot that has been without it since a day. */
struct demand_gap {
	int64_t place_id;
	int32_t from_ymd;
};
/* 长处方 of a depot: so many units in thirty days, both ends counted. */
struct demand_known {
	int64_t place_id, units_30;
	int32_t from_ymd, until_ymd;
};
struct demand_history {
	const struct demand_month *months; /* ordered by depot and month, none before the same month last year */
	const struct demand_gap *gaps;
	const struct demand_known *known;
	size_t month_count, gap_count, known_count;
};

/* One depot's share. The days from..to are the whole months that count; from 0: it never used any. */
struct demand_depot {
	int64_t place_id;
	int32_t from_ymd, to_ymd;
	int64_t units, known_units, stock_days, out_days;
	int64_t daily_milli;
	int64_t long_units, expected;
	int64_t stock, transit;
	int64_t suggest; /* of this depot alone, in whole packs */
};

struct demand_use {
	int64_t daily_milli; /* thousandths of a unit on a day with stock */
	int64_t season_e3;   /* 1000: no season known */
	int64_t units, known_units, stock_days, out_days;
	int64_t long_units;            /* by long prescriptions in the days ahead */
	int64_t expected;              /* in the days ahead, of all depots */
	int64_t months[DEMAND_MONTHS]; /* units of all depots, oldest first; the last is this month so far */
	struct demand_depot depots[DEMAND_DEPOTS_MAX];
	size_t depot_count;
};
/* days_ahead: what is asked for. */
void demand_use_of(const struct demand_history *h, int32_t today_ymd, int64_t days_ahead, struct demand_use *out);
/* Units that so many days will use. */
int64_t demand_expected(int64_t daily_milli, int64_t season_e3, int64_t days);

struct demand_setting {
	int64_t lead_days, safety_days, cover_days;
	const char *round_to; /* pack, box, case */
	int32_t from_ymd;     /* 0: nobody has set anything */
};
/* The setting of a class of drugs at a site on a day; texts in the arena. */
void demand_setting_on(struct db *db, struct arena *a, int64_t site_id, const char *drug_class, int32_t ymd,
                       struct demand_setting *out);

struct demand_figures {
	struct demand_use use;
	struct demand_setting setting;
	int64_t stock, transit, on_order;
	int64_t asked;       /* by the plans of branches; 0 where none was collected */
	int64_t owed;        /* of a committed volume */
	int64_t round_units; /* units of the pack, box or case that is ordered */
};
int64_t demand_days(const struct demand_setting *s);
/* Units to have before anything is taken off. */
int64_t demand_target(const struct demand_figures *f);
/* Never negative; 0 where nothing is needed. */
int64_t demand_suggestion(const struct demand_figures *f);
/* Rounds up to whole packs (boxes, cases). */
int64_t demand_round(int64_t units, int64_t round_units);

/* Everything the suggestion of a product at a site is made of, but what branches asked. NOT_FOUND for an unknown product. */
MUST_CHECK enum status demand_figures_load(struct db *db, struct arena *a, int64_t site_id, int64_t product_id, int32_t today_ymd,
                                           struct demand_figures *out);
/* Who delivered it last and may still, with a valid licence and the maker's right: by the newest order line, or the newest batch;
 * 0 where nobody did. */
int64_t demand_last_supplier(struct db *db, int64_t product_id, int32_t today_ymd);

/* The pieces of the figures for lists: a product's column and a site's parameter go in. */
#define DEMAND_STOCK(product, site)                                                                                            \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM place q JOIN holding h ON h.place_id = q.id AND "              \
	"h.product_id = " product " WHERE q.site_id = " site " AND q.kind = 'depot' AND h.quality_no = 1 AND h.expiry_ymd >= " \
	":today_ymd)"
#define DEMAND_ON_ORDER(product, site)                                                                               \
	"(SELECT CAST(coalesce(sum(" ORDER_LINE_DUE("ol") "), 0) AS BIGINT) FROM order_line ol WHERE ol.product_id " \
	                                                  "= " product " AND ol.to_site_id = " site " AND ol.open = 1)"
/* On the road to the site: its shipments under way, of which there are few, not the product's places, of which there are many. */
#define DEMAND_IN_TRANSIT(product, site)                                                                                       \
	"(SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM document_scope ds JOIN shipment sh ON sh.id = ds.document_id " \
	"JOIN place tp ON tp.id = sh.to_place_id AND tp.site_id = " site                                                       \
	" JOIN holding h ON h.place_id = sh.transit_place_id AND h.product_id = " product " WHERE ds.site_id = " site          \
	" AND ds.kind = 'shipment' AND ds.state = 'shipped')"

/* A new row of 备货参数. */
struct demand_setting_new {
	int64_t site_id;        /* 0: every site */
	const char *drug_class; /* NULL: every class */
	int64_t from_ymd;       /* 0: today */
	int64_t lead_days, safety_days, cover_days;
	const char *round_to, *note; /* NULL: pack; none */
};
MUST_CHECK enum status demand_setting_add(struct tx *tx, const struct demand_setting_new *in, int64_t *id);
