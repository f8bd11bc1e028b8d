/* The kinds of files that `yaocang import` and the page take. */
#include "warehouse/intake/intake.h"
#include "warehouse/intake/usage.h"

#include <string.h>

const struct intake_kind *const intake_kinds[] = {
        &intake_sites,           &intake_suppliers,      &intake_products,
        &intake_ceilings,        &intake_opening,        &intake_delivery_rights,
        &intake_qualifications,  &intake_platform_ticks, &intake_prices,
        &intake_volume_products, &intake_volumes,        &intake_invoices,
        &intake_long_demands,    &intake_bins,           &intake_his_items,
        &intake_product_flags,   &intake_product_codes,  NULL,
};

const struct intake_kind *intake_kind_find(const char *name)
{
	for (const struct intake_kind *const *k = intake_kinds; *k; k++)
		if (strcmp((*k)->name, name) == 0)
			return *k;
	return NULL;
}

const struct intake_kind *intake_kind_any(const char *name)
{
	return strcmp(name, intake_usage.name) == 0 ? &intake_usage : intake_kind_find(name);
}
