#include "warehouse/demo/county.h"

#include "core/document.h"

#include <stdio.h>

/* A little over 20,000, since the last case may not come together. */
#define PACKS_AT_SCALE_1 21000

SQL(insert_info, "INSERT INTO store_info (name, value) VALUES (:name_t, :value_t)");

static void put_info(struct tx *tx, const char *name, const char *value)
{
	db_exec(tx, insert_info, TEXT(":name_t", name), TEXT(":value_t", value));
}

static void put_number(struct tx *tx, const char *name, int64_t value)
{
	put_info(tx, name, arena_printf(tx->arena, "%lld", (long long)value));
}

void store_found(struct tx *tx, const char *code, const char *name, const struct demo_options *demo)
{
	static const char *const outside[][2] = {
	        {"supplier", "供应商"}, {"patient", "患者"}, {"loss", "报损"}, {"found", "盘盈"}, {"opening", "期初"}};
	put_info(tx, "code", code);
	put_info(tx, "name", name);
	put_number(tx, "made_at_ms", tx->now_ms);
	if (demo) {
		put_number(tx, "demo_scale_e3", demo->scale_e3);
		put_number(tx, "demo_seed", demo->seed);
		put_number(tx, "demo_as_of_ymd", demo->as_of_ymd);
	}
	document_register(tx);
	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
		place_add(tx, outside[i][0], 0, outside[i][0], outside[i][1]);
}

enum status county_run(struct county *c, enum status (*run)(struct tx *tx, void *arg), void *arg)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	c->clock->fixed_ms++;
	enum status st = writer_run_one(c->writer, run, arg, &a, &faults);
	if (st == ST_STORE_UNAVAILABLE)
		snprintf(c->why, DEMO_WHY_MAX, "不能写入数据文件, 磁盘是否已满");
	else if (st != ST_OK)
		snprintf(c->why, DEMO_WHY_MAX, "%s",
		         faults.first && faults.first->message ? faults.first->message : status_text(st));
	return st;
}

int64_t demo_begins_ms(const struct demo_options *o)
{
	return ymd_begin_ms(o->as_of_ymd);
}

enum status demo_make(struct writer *w, struct clock *clock, const struct demo_options *o, char why[DEMO_WHY_MAX])
{
	static enum status (*const stages[])(struct county * c) = {
	        county_write_places,      county_write_catalogue,  county_write_lists,      county_write_partners,
	        county_write_volume,      county_write_opening,    county_write_use,        county_write_demand,
	        county_write_month,       county_write_deliveries, county_write_settlement, county_write_filing,
	        county_write_consumables, county_write_prices,
	};
	SCOPED(arena) a = {0};
	struct county c = {.arena = &a, .options = o, .writer = w, .clock = clock, .why = why};
	c.pack_target = PACKS_AT_SCALE_1 * o->scale_e3 / 1000;
	enum status st = county_read_tables(&c);
	if (st == ST_OK)
		county_choose_items(&c);
	for (size_t i = 0; i < sizeof stages / sizeof *stages && st == ST_OK; i++) {
		st = stages[i](&c);
		if (w->db)
			db_checkpoint(w->db);
	}
	return st;
}
