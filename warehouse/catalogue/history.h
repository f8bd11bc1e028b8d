/* What changed in a product: who, when, why, and from which day it holds. Rows are never changed. */
#pragma once
#include "warehouse/catalogue/catalogue.h"

/* Nothing is written where old and new are the same; either may be NULL. because NULL: an import. */
void product_history_add(struct tx *tx, int64_t product_id, const char *field, const char *old_value, const char *new_value,
                         const struct because *because);
