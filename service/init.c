#include "service/init.h"

#include "service/folder.h"
#include "warehouse/demo/demo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A store under construction: not a name that folder_list takes for one. */
static const char *const new_files[] = {"", "-wal", "-shm", "-journal"};

static void remove_new(const char *path)
{
	SCOPED(arena) a = {0};
	for (size_t i = 0; i < sizeof new_files / sizeof *new_files; i++)
		unlink(arena_printf(&a, "%s%s", path, new_files[i]));
}

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

static enum status build(const char *path, const struct init_options *options, char why[INIT_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct init_options o = *options;
	struct clock clock = clock_for(&o);
	struct writer w;
	char reason[200] = "";
	if (writer_open(arena_printf(&a, "sqlite:%s", path), true, &clock, &w, reason) != ST_OK)
		return refuse(why, ST_STORE_UNAVAILABLE, reason);
	enum status st = fill(&w, &clock, &o, why);
	/* closing the only connection writes the log back into the file and takes it away */
	writer_close(&w);
	if (st == ST_OK && access(arena_printf(&a, "%s-wal", path), F_OK) == 0)
		st = refuse(why, ST_STORE_UNAVAILABLE, "数据库日志未能写回, 磁盘是否已满");
	return st;
}

/* Gives the finished file its name. */
static enum status put_in_place(const char *dir, const char *from, const char *to, char why[INIT_WHY_MAX])
{
	if (file_sync(from) == ST_OK && rename(from, to) == 0 && folder_sync(dir) == ST_OK)
		return ST_OK;
	snprintf(why, INIT_WHY_MAX, "不能写入 %.200s: %s", to, strerror(errno));
	return ST_STORE_UNAVAILABLE;
}

enum status init_store(const struct init_options *o, char why[INIT_WHY_MAX])
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) lock = {-1};
	const char *path = arena_printf(&a, "%s/%s.new", o->data, o->code);
	enum status st = folder_make(o->data, why);
	if (st == ST_OK)
		st = folder_lock_take(o->data, &lock, why);
	if (st != ST_OK)
		return st;
	if (access(folder_store_path(&a, o->data, o->code), F_OK) == 0) {
		snprintf(why, INIT_WHY_MAX, "医共体 %s 已存在 (%.200s), 不会覆盖", o->code,
		         folder_store_path(&a, o->data, o->code));
		return ST_ALREADY_EXISTS;
	}
	remove_new(path); /* of an attempt that was cut off */
	st = build(path, o, why);
	if (st == ST_OK)
		st = put_in_place(o->data, path, folder_store_path(&a, o->data, o->code), why);
	if (st != ST_OK)
		remove_new(path);
	return st;
}
