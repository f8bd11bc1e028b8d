/* How a product stands in the running round, beside the figures of other resources. */
#pragma once
#include "service/api/api.h"

/* Writes `volume: {…}` of a product for a site and those below it; null where no running round has the product. */
void api_put_volume(struct exchange *x, struct db *db, int64_t product_id, int64_t site_id);
/* Writes `volumes: [ {n, product_id, …, shares: […]} … ]` of an order's lines that a running round has. */
void api_put_order_volumes(struct exchange *x, struct db *db, int64_t order_id);

/* A row of volume_progress `v` in round `r`: what counts as done, and whether it lies behind the time. */
#define VOLUME_DONE "(CASE r.basis WHEN 'use' THEN v.used_units ELSE v.received_units END)"
#define VOLUME_BEHIND                                                                                                      \
	"(r.to_ymd >= :today_ymd AND r.from_ymd <= :today_ymd AND v.units > " VOLUME_DONE " AND " VOLUME_DONE " * 1000 < " \
	"v.units * (" VOLUME_ELAPSED " - r.warn_pm))"
