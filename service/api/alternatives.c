/*
 * What may be given instead of products that are stopped, out of stock or running short at the centre: asked by the search for
 * the rows that it shows.
 */
#include "service/api/documents.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/demand/suggest.h"

#include <stdlib.h>
#include <string.h>

#define ASKED_MAX 50 /* products in one question */

static const struct word_title states[] = {{"ok", "可供"},        {"stopped", "已停用"},  {"out", "中心库缺货"},
                                           {"short", "库存不足"}, {"listed", "列入短缺"}, {NULL, NULL}};

/*
 * Short is what will not last until a delivery comes and safety is kept; listed is what the authorities call short.
 * RULE DOMAIN-6.1-substitute
 */
static const char *state_of(struct exchange *x, struct db *db, const struct product *p, const struct demand_figures *f)
{
	const char *listed = product_flag_on(db, &x->arena, p->id, "shortage", x->today_ymd);
	int64_t needed = f->use.daily_milli * (f->setting.lead_days + f->setting.safety_days);
	if (!p->active)
		return "stopped";
	if (f->stock == 0)
		return "out";
	if ((f->stock + f->transit) * 1000 < needed)
		return "short";
	return listed ? "listed" : "ok";
}

static void put_one(struct exchange *x, struct db *db, int64_t id)
{
	struct product p;
	struct demand_figures f;
	struct jo *o = &x->o;
	if (product_load(db, &x->arena, id, &p) != ST_OK ||
	    demand_figures_load(db, &x->arena, site_root(db), id, x->today_ymd, &f) != ST_OK)
		return;
	const char *state = state_of(x, db, &p, &f);
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_id(o, "product_id", id);
	jo_text(o, "state", state);
	jo_text(o, "state_title", word_title(states, state));
	jo_i64(o, "centre_units", f.stock);
	jo_i64(o, "daily_use_milli", f.use.daily_milli);
	jo_i64(o, "needed_days", f.setting.lead_days + f.setting.safety_days);
	if (strcmp(state, "ok") != 0) {
		api_put_substitutes(x, db, id);
	} else {
		jo_name(o, "substitutes");
		jo_open(o, '[');
		jo_close(o, ']');
	}
	jo_close(o, '}');
}

/* product_ids=1,2,3: a row for each that the catalogue knows. */
enum status alternatives_read(struct exchange *x, struct db *db)
{
	const char *ids = query_get(x, "product_ids");
	jo_name(&x->o, "rows");
	jo_open(&x->o, '[');
	for (int n = 0; ids && *ids && n < ASKED_MAX; n++) {
		char *end = NULL;
		int64_t id = strtoll(ids, &end, 10);
		if (end == ids || id <= 0)
			break;
		put_one(x, db, id);
		ids = end + (*end == ',');
	}
	jo_close(&x->o, ']');
	return ST_OK;
}
