/*
 * 集采批次: an agreement year with its generics, the products that were selected for them, and its rules. A drug belongs to
 * one running round at a time. Shares are per mille, days yyyymmdd, prices per pricing pack in 1/10,000 yuan.
 * RULE DOMAIN-12.3-volume: rounds, commitments of sites, selected / reserve / non-selected, progress, reallocation.
 */
#pragma once
#include "core/word.h"
#include "core/write.h"

struct volume_round_new {
	int64_t version; /* of a change only */
	const char *code, *name, *basis;
	int64_t from_ymd, to_ymd;             /* a change leaves them as they are */
	int64_t other_pm, commit_pm, warn_pm; /* INT64_MIN: the usual ones, or as they are */
	const char *reason;                   /* of a change; may be NULL where none is asked for */
};
/* ALREADY_EXISTS where the code is taken; INVALID_FIELD for dates in the wrong order or too far apart. */
MUST_CHECK enum status volume_round_make(struct tx *tx, const struct volume_round_new *in, int64_t *id);
/*
 * Name, basis and rules. STALE_VERSION where somebody changed it meanwhile. RULE DOMAIN-12.3-volume-rule-change: once the
 * round runs, FORBIDDEN and REASON_MISSING for basis, share and rate (warehouse/volume/change.h).
 */
MUST_CHECK enum status volume_round_change(struct tx *tx, int64_t id, const struct volume_round_new *in, int64_t *version);

struct volume_product_new {
	int64_t product_id;
	const char *role;    /* selected, reserve, non_selected */
	const char *generic; /* NULL: name and form of its drug */
	int64_t price_e4;    /* -1: none; a selected product must have one */
	int64_t measure_e3;  /* 折算系数 of its strength × 1000; INT64_MIN: 1000, or as it is */
};
struct volume_products_new {
	int64_t version;
	const char *reason; /* may be NULL where no committed generic changes */
	struct volume_product_new *lines;
	size_t line_count;
};
/*
 * Puts products into a round, with their generic and their 中选价 as a dated price fact, which ends where the product is
 * selected no more. ALREADY_EXISTS where the drug is in another round of the same days or in another generic of this one;
 * FORBIDDEN for a price without the right to prices, and for a role of a committed generic (REASON_MISSING too).
 */
MUST_CHECK enum status volume_products_put(struct tx *tx, int64_t round_id, const struct volume_products_new *in,
                                           int64_t *version);

/* One product of a file: faults name the plain fields. */
MUST_CHECK enum status volume_product_put(struct tx *tx, int64_t round_id, const struct volume_product_new *in);

struct volume_round {
	int64_t id, from_day, to_day, other_pm, commit_pm, warn_pm, version;
	int32_t from_ymd, to_ymd;
	const char *code, *name, *basis;
};
/* NOT_FOUND for an unknown one; texts in the arena. */
MUST_CHECK enum status volume_round_load(struct db *db, struct arena *a, int64_t id, struct volume_round *out);
int64_t volume_round_by_code(struct db *db, const char *code);

/* What a product is in a round. */
struct volume_listing {
	int64_t round_id, generic_id, measure_e3;
	const char *role; /* non_selected for every product of the generic that nobody named */
	const char *generic;
};
/* In one round; false where its drug is not in it. */
bool volume_listing_in(struct db *db, struct arena *a, int64_t round_id, int64_t product_id, struct volume_listing *out);
/* In the round that runs on a day; false where there is none. */
bool volume_listing_on(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct volume_listing *out);
/* The selected product of a generic (the first one where there are several strengths); 0 without. */
int64_t volume_selected(struct db *db, int64_t generic_id);
/* The 中选价 (备选价) of a product in a round; false where none was told. */
bool volume_price(struct db *db, int64_t round_id, int64_t product_id, int64_t *price_e4, int64_t *units_per_pack);

extern const struct word_title volume_roles[], volume_bases[];

/* How much of the agreement year is over on a day, per mille: its first day counts. */
int64_t volume_elapsed_pm(int64_t from_day, int64_t to_day, int64_t day);
/* The same in SQL, with a round as `r` and the time as :now_ms. */
#define VOLUME_TODAY "((:now_ms + 28800000) / 86400000)"
#define VOLUME_ELAPSED                                                                                                    \
	"(CASE WHEN " VOLUME_TODAY " < r.from_day THEN 0 WHEN " VOLUME_TODAY " >= r.to_day THEN 1000 ELSE (" VOLUME_TODAY \
	" - r.from_day + 1) * 1000 / (r.to_day - r.from_day + 1) END)"
