/*
 * 长处方 on file: what the patients of a depot who get long prescriptions will need of a product, as one figure for thirty days
 * with a first and a last day. Known demand, which the suggestion adds as it is and takes out of the use it would otherwise
 * foretell from. No patient stands here: who keeps the prescriptions adds them up, by hand or by import.
 */
#pragma once
#include "core/write.h"

#define LONG_DAYS_MAX 84 /* twelve weeks */

struct long_demand_new {
	int64_t place_id; /* a depot */
	int64_t product_id;
	int64_t units_30;            /* in thirty days */
	int64_t from_ymd, until_ymd; /* both counted; from 0: today */
	const char *source, *note;   /* source: who told it */
};
struct long_demand_change {
	int64_t units_30;  /* INT64_MIN: as it is */
	int64_t until_ymd; /* 0: as it is */
	const char *note;  /* NULL: as it is */
};

/*
 * RULE DOMAIN-12.5-long-prescription: at most twelve weeks, longer ones are registered anew; never for special drugs.
 * INVALID_FIELD names the field; ALREADY_EXISTS where the same source has told the same depot's figure from the same day.
 */
MUST_CHECK enum status long_demand_add(struct tx *tx, const struct long_demand_new *in, int64_t *id);
/* Changes the figure or its last day (yesterday: it ends now). NOT_FOUND for another site's. */
MUST_CHECK enum status long_demand_set(struct tx *tx, int64_t id, const struct long_demand_change *in);
