/* The depots behind a suggestion, beside the figures of other resources. */
#pragma once
#include "service/api/api.h"
#include "warehouse/demand/suggest.h"

/* Writes `depots: [ {depot_id, daily_use_milli, …} … ]`. */
void api_put_demand_depots(struct exchange *x, struct db *db, const struct demand_use *u);
