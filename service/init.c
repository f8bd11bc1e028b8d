#include "service/init.h"

#include "service/folder.h"
#include "warehouse/demo/demo.h"

#include <stdio.h>
#include <string.h>

static enum status refuse(char why[INIT_WHY_MAX], enum status st, const char *text)
{
	snprintf(why, INIT_WHY_MAX, "%s", text);
	return st;
}

/* A consortium with its lead hospital and that one's store, and nothing else. */
static enum status fill_plain(struct tx *tx, void *arg)
{
	const struct init_options *o = arg;
	const struct new_site lead = {.code = o->code, .name = o->name, .kind = "lead"};
	int64_t site = 0, depot = 0;
	tx->action = "init";
	store_found(tx, o->code, o->name, NULL);
	enum status st = site_add(tx, &lead, &site);
	return st == ST_OK ? depot_add(tx, site, "YK", "药库", "store", &depot) : st;
}

static enum status fill(struct writer *w, struct clock *clock, struct init_options *o, char why[INIT_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	if (o->demo) {
		const struct demo_options demo = {o->code, o->name, o->scale_e3, o->seed, o->as_of_ymd};
		return demo_make(w, clock, &demo, why);
	}
	enum status st = writer_run_one(w, fill_plain, o, &a, &faults);
	return st == ST_OK ? st
	                   : refuse(why, st, st == ST_STORE_UNAVAILABLE ? "不能写入数据文件, 磁盘是否已满" : status_text(st));
}

static struct clock clock_for(const struct init_options *o)
{
	const struct demo_options demo = {.as_of_ymd = o->as_of_ymd};
	return o->demo ? clock_fixed(demo_begins_ms(&demo)) : clock_system();
}

static enum status build(const char *where, const struct init_options *options, char why[INIT_WHY_MAX])
{
	struct init_options o = *options;
	struct clock clock = clock_for(&o);
	struct writer w;
	char reason[200] = "";
	if (writer_open(where, true, &clock, &w, reason) != ST_OK)
		return refuse(why, ST_STORE_UNAVAILABLE, reason);
	enum status st = fill(&w, &clock, &o, why);
	writer_close(&w);
	return st;
}

/* Made under another name, which it keeps until it is whole. */
static enum status make(const struct init_options *o, const char *where, char why[INIT_WHY_MAX])
{
	SCOPED(arena) a = {0};
	char reason[200] = "";
	const char *made = store_unfinished(&a, where);
	store_remove(made); /* of an attempt that was cut off */
	enum status st = build(made, o, why);
	if (st == ST_OK && (st = store_rename(made, where, reason)) != ST_OK)
		(void)refuse(why, st, reason);
	if (st != ST_OK)
		store_remove(made);
	return st;
}

enum status init_store(const struct init_options *o, char why[INIT_WHY_MAX])
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) lock = {-1};
	char reason[200] = "";
	bool there = false;
	enum status st = folder_make(o->data, why);
	if (st == ST_OK)
		st = folder_lock_take(o->data, &lock, why);
	if (st != ST_OK)
		return st;
	const char *where = folder_store_where(&a, o->data, o->code);
	if (store_find(where, &there, reason) != ST_OK)
		return refuse(why, ST_STORE_UNAVAILABLE, reason);
	if (there) {
		snprintf(why, INIT_WHY_MAX, "医共体 %s 已存在 (%.200s), 不会覆盖", o->code, o->data);
		return ST_ALREADY_EXISTS;
	}
	return make(o, where, why);
}
