#include "core/migrate.h"

#include "core/embed.h"
#include "core/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "schema/"

/* The number in a migration's name; 0 where the embedded file is none. */
static int number_of(const struct embedded *e)
{
	size_t n = strlen(e->name);
	bool ours = strncmp(e->name, FOLDER, strlen(FOLDER)) == 0 && n > 4 && strcmp(e->name + n - 4, ".sql") == 0;
	return ours ? atoi(e->name + strlen(FOLDER)) : 0;
}

int migrate_newest(void)
{
	int newest = 0;
	for (const struct embedded *e = embed_table; e < embed_table_end; e++)
		newest = number_of(e) > newest ? number_of(e) : newest;
	return newest;
}

int migrate_current(struct db *db)
{
	static const char probe[] = "SELECT count(*) FROM migration"; /* fails on an empty file */
	static const char newest[] = "SELECT coalesce(max(number), 0) FROM migration";
	int current = 0;
	db_read_begin(db);
	struct rows r = db_query_text(db, probe, NULL, 0);
	bool there = rows_next(&r);
	rows_drop(&r);
	if (there) {
		r = db_query_text(db, newest, NULL, 0);
		current = rows_next(&r) ? (int)col_i64(&r, 0) : 0;
		rows_drop(&r);
	}
	(void)!db_read_end(db);
	return current;
}

static const struct embedded *migration(int number)
{
	for (const struct embedded *e = embed_table; e < embed_table_end; e++)
		if (number_of(e) == number)
			return e;
	return NULL;
}

/* One migration and its number, whole or not at all. */
static enum status run_one(struct db *db, const struct embedded *e, int64_t now_ms, char why[200])
{
	SCOPED(arena) a = {0};
	char *text = arena_copy(&a, e->begin, (size_t)(e->end - e->begin));
	char *done = arena_printf(&a, "INSERT INTO migration (number, name, at_ms) VALUES (%d, '%s', %lld)", number_of(e),
	                          e->name, (long long)now_ms);
	enum status st = db_begin(db);
	if (st == ST_OK)
		st = db_script(db, db_dialect(db, &a, text));
	if (st == ST_OK)
		st = db_script(db, done);
	if (st == ST_OK)
		st = db_commit(db);
	if (st != ST_OK)
		snprintf(why, 200, "%.60s: %.130s", e->name, db_error(db));
	db_rollback(db);
	return st;
}

enum status migrate_run(struct db *db, int64_t now_ms, char why[200])
{
	SCOPED(arena) a = {0};
	int current = migrate_current(db), newest = migrate_newest();
	if (current > newest) {
		snprintf(why, 200, "数据库版本 %d 比程序 (%d) 新, 请升级程序", current, newest);
		return ST_INTERNAL;
	}
	enum status st = ST_OK;
	if (current == 0)
		st = db_script(db, db_dialect(db, &a,
		                              "CREATE TABLE IF NOT EXISTS migration (\n number BIGINT NOT NULL PRIMARY KEY,\n"
		                              " name TEXT NOT NULL,\n at_ms BIGINT NOT NULL\n);\n"));
	for (int number = current + 1; st == ST_OK && number <= newest; number++) {
		const struct embedded *e = migration(number);
		if (e)
			st = run_one(db, e, now_ms, why);
	}
	return st;
}
