/*
 * The demo county: two consortia of 寿县 with their sites, catalogue, prices, opening stock in lots, traced packs and a year
 * of consumption, made from one seed. The same options give the same rows, ids and stamps. Makers, suppliers, prices and
 * numbers are invented and marked 演示.
 */
#pragma once
#include "core/write.h"

/* 1000 = scale 1: 400 products, 20,000 smallest traced packs. */
#define DEMO_SCALE_MIN_E3 1
#define DEMO_SCALE_MAX_E3 50000
#define DEMO_WHY_MAX 320

struct demo_options {
	const char *code,
	        *name; /* of the consortium; codes of schema/demo/sites.tsv choose its sites, any other takes sxyy's shape */
	int64_t scale_e3;
	int64_t seed;
	int32_t as_of_ymd; /* "today" of the county: it stands at the beginning of that day */
};

/* The instant from which the county's clock rises, a millisecond each write. */
int64_t demo_begins_ms(const struct demo_options *o);
/*
 * Fills an empty store. clock is the one the writer was opened with; it is moved on. Whatever the outcome, a store that is
 * not ST_OK is of no use and goes away with its file. why: one sentence.
 */
MUST_CHECK enum status demo_make(struct writer *w, struct clock *clock, const struct demo_options *o, char why[DEMO_WHY_MAX]);

/*
 * What every store needs before its first site: its name, the tables of documents, the outside places. demo: NULL, or what
 * the county was made from.
 */
void store_found(struct tx *tx, const char *code, const char *name, const struct demo_options *demo);

/* A sensor of the simulator: unit N of profile DEMO_SENSOR_PROFILE is sensor demo_sensors[N - 1]. Ends with code NULL. */
#define DEMO_SENSOR_PROFILE "fridge"
struct demo_sensor {
	const char *code, *name;
	int site;          /* 0: the lead hospital, 1...: the townships in order */
	const char *depot; /* code */
};
extern const struct demo_sensor demo_sensors[];
