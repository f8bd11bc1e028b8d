/* What the files of the plan share. Inside of warehouse/demand/ only. */
#pragma once
#include "warehouse/demand/plan.h"

/* A line of this plan for a product and receiver, made where it is not there; its figures are those of today. */
MUST_CHECK enum status plan_line_at(struct tx *tx, const struct doc *d, int64_t product_id, int64_t to_site_id, int64_t *id);
/* Counts what a site plan asks for on a line and suggests anew. */
void plan_line_ask(struct tx *tx, const struct doc *d, int64_t line_id, int64_t units);
/* True where lines of the plan may still change. */
bool plan_is_open(const struct doc *d);
