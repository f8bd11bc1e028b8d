#include "warehouse/demo/county.h"

#include <string.h>

static const struct {
	const char *code, *name, *kind;
	enum level level; /* of the site that has it */
} rooms[PURPOSE_COUNT] = {
        [FOR_CENTRE] = {"YK", "药库", "store", LEVEL_COUNTY},
        [FOR_OUTPATIENT] = {"MZ", "门诊药房", "outpatient", LEVEL_COUNTY},
        [FOR_INPATIENT] = {"ZY", "住院药房", "inpatient", LEVEL_COUNTY},
        [FOR_HERBS] = {"ZYF", "中药房", "herbal", LEVEL_COUNTY},
        [FOR_WARD] = {"BY1", "内科一病区备用药", "ward", LEVEL_COUNTY},
        [FOR_TROLLEY] = {"QJ1", "急诊科抢救车", "trolley", LEVEL_COUNTY},
        [FOR_TOWN_STORE] = {"YK", "药库", "store", LEVEL_TOWNSHIP},
        [FOR_TOWN_COUNTER] = {"YF", "药房", "outpatient", LEVEL_TOWNSHIP},
        [FOR_CABINET] = {"YG", "药柜", "store", LEVEL_VILLAGE},
};

const struct demo_sensor demo_sensors[] = {
        {"LK-A00-1", "中心药库冷库 1 号探头", 0, "YK"},
        {"LK-A00-2", "中心药库冷库 2 号探头", 0, "YK"},
        {"LK-A01-1", "卫生院药库冰箱 (一)", 1, "YK"},
        {"LK-A02-1", "卫生院药库冰箱 (二)", 2, "YK"},
        {NULL, NULL, 0, NULL},
};

int64_t county_depot(const struct county *c, const struct place *site, enum purpose purpose)
{
	for (size_t i = 0; i < c->depot_count; i++)
		if (c->depots[i].site == site && c->depots[i].purpose == purpose)
			return c->depots[i].id;
	return 0;
}

static enum status add_depots(struct tx *tx, struct county *c, const struct place *site)
{
	enum status st = ST_OK;
	for (int i = 0; i < PURPOSE_COUNT && st == ST_OK; i++) {
		struct depot *d = &c->depots[c->depot_count];
		if (rooms[i].level != site->level)
			continue;
		*d = (struct depot){site, (enum purpose)i, (int64_t)c->depot_count, 0};
		st = depot_add(tx, site->id, rooms[i].code, rooms[i].name, rooms[i].kind, &d->id);
		c->depot_count++;
	}
	return st;
}

SQL(insert_sensor,
    "INSERT INTO sensor (id, code, name, site_id, place_id, profile, low_c100, high_c100, delay_s, silence_s) VALUES (:id, "
    ":code_t, :name_t, :site_id, :place_id, :profile_t, 200, 800, 60, 120)");

/* The n-th township (from 1), or the lead for 0; NULL where there are not so many. */
static const struct place *site_number(const struct county *c, int n)
{
	for (size_t i = 0; i < c->site_count; i++)
		if (c->sites[i].level != LEVEL_VILLAGE && n-- == 0)
			return &c->sites[i];
	return NULL;
}

static void add_sensors(struct tx *tx, const struct county *c)
{
	for (const struct demo_sensor *s = demo_sensors; s->code; s++) {
		const struct place *site = site_number(c, s->site);
		if (!site)
			continue;
		const char *name = s->site ? arena_printf(tx->arena, "%s%s", site->name, s->name + strlen("卫生院")) : s->name;
		db_exec(tx, insert_sensor, I64(":id", tx_new_id(tx)), TEXT(":code_t", s->code), TEXT(":name_t", name),
		        I64(":site_id", site->id), I64(":place_id", depot_by_code(tx_db(tx), site->id, s->depot)),
		        TEXT(":profile_t", DEMO_SENSOR_PROFILE));
	}
}

static enum status write_places(struct tx *tx, void *arg)
{
	struct county *c = arg;
	enum status st = ST_OK;
	tx->action = "demo.places";
	store_found(tx, c->options->code, c->options->name, c->options);
	c->depots = arena_array(c->arena, c->site_count * PURPOSE_COUNT, sizeof *c->depots);
	c->depot_count = 0;
	for (size_t i = 0; i < c->site_count && st == ST_OK; i++) {
		struct place *s = &c->sites[i];
		const struct new_site in = {s->code, s->name, s->kind, s->parent < 0 ? 0 : c->sites[s->parent].id,
		                            s->inhabitants};
		st = site_add(tx, &in, &s->id);
		if (st == ST_OK)
			st = add_depots(tx, c, s);
	}
	if (st == ST_OK)
		add_sensors(tx, c);
	return st;
}

enum status county_write_places(struct county *c)
{
	return county_run(c, write_places, c);
}
