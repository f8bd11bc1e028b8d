/* An upgrade that is killed on its way: each step whole or absent, and the next start goes on where it stood. */
#include "core/embed.h"
#include "core/migrate.h"
#include "core/store.h"
#include "core/text.h"

#include "tests/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OLD 3 /* where the old store stands */

static int number_of(const struct embedded *e)
{
	return strncmp(e->name, "schema/0", 8) == 0 ? atoi(e->name + 7) : 0;
}

static void run(struct db *db, const char *script)
{
	CU_ASSERT_EQUAL_FATAL(db_begin(db), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_script(db, script), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_commit(db), ST_OK);
	db_rollback(db);
}

static struct db *must_open(const char *where, enum store_access access)
{
	struct db *db = NULL;
	char why[200] = "";
	for (int i = 0; i < 40 && !db; i++) /* the server may still know the one that was killed */
		if (db_open(where, access, &db, why) != ST_OK)
			usleep(100000);
	if (!db)
		puts(why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(db);
	return db;
}

static void make_old(const char *where)
{
	SCOPED(arena) a = {0};
	struct db *db = must_open(where, STORE_CREATE);
	run(db,
	    db_dialect(db, &a,
	               "CREATE TABLE migration (\n number BIGINT NOT NULL PRIMARY KEY,\n name TEXT NOT NULL,\n at_ms BIGINT NOT "
	               "NULL\n);\n"));
	for (int n = 1; n <= OLD; n++)
		for (const struct embedded *e = embed_table; e < embed_table_end; e++)
			if (number_of(e) == n)
				run(db, db_dialect(db, &a, arena_copy(&a, e->begin, (size_t)(e->end - e->begin))));
	run(db, arena_printf(&a, "INSERT INTO migration (number, name, at_ms) VALUES (%d, 'old', 1);", OLD));
	db_close(db);
}

/* Everything that a store consists of, as words. */
static char *shape_of(struct db *db, struct arena *a)
{
	SCOPED(buf) b = {0};
	db_read_begin(db);
	struct rows r = db_columns(db);
	while (rows_next(&r)) {
		buf_printf(&b, "%s.", col_text(a, &r, 0));
		buf_printf(&b, "%s\n", col_text(a, &r, 1));
	}
	rows_drop(&r);
	(void)!db_read_end(db);
	return arena_string(a, b.data);
}

/* An upgrade in a process of its own, killed after so long; true where it came to its end before. */
static bool upgrade_within(const char *where, useconds_t us)
{
	int status = 0;
	pid_t child = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(child, -1);
	if (child == 0) {
		char why[200] = "";
		struct db *db = NULL;
		_exit(db_open(where, STORE_WRITE, &db, why) == ST_OK && migrate_run(db, 1, why) == ST_OK ? 0 : 1);
	}
	usleep(us);
	kill(child, SIGKILL);
	CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* What a kill left stands at the number it says: the rest runs, on a store that has none of it. */
static void a_killed_upgrade_goes_on(void)
{
	SCOPED(arena) a = {0};
	char why[200] = "", where[512];
	snprintf(where, sizeof where, "%s", test_where("old"));
	make_old(where);
	int kills = 0, on_the_way = 0;
	for (useconds_t us = 5000; !upgrade_within(where, us); us += us / 3) {
		struct db *db = must_open(where, STORE_WRITE);
		int stands = migrate_current(db);
		db_close(db);
		CU_ASSERT_FATAL(stands >= OLD && stands <= migrate_newest() && ++kills < 100);
		on_the_way += stands > OLD;
	}
	printf("  killed %d times, %d of them behind the first step\n", kills, on_the_way);
	CU_ASSERT(kills > 2);
	struct db *db = must_open(where, STORE_WRITE), *new = must_open(test_where("new"), STORE_CREATE);
	CU_ASSERT_EQUAL(migrate_run(db, 1, why), ST_OK);
	CU_ASSERT_EQUAL(migrate_run(new, 1, why), ST_OK);
	CU_ASSERT_EQUAL(migrate_current(db), migrate_newest());
	CU_ASSERT_STRING_EQUAL(shape_of(db, &a), shape_of(new, &a));
	db_close(db);
	db_close(new);
}

static void a_newer_store_is_refused(void)
{
	char why[200] = "";
	struct db *db = must_open(test_where("newer"), STORE_CREATE);
	CU_ASSERT_EQUAL(migrate_run(db, 1, why), ST_OK);
	run(db, "INSERT INTO migration (number, name, at_ms) VALUES (9999, 'later', 1);");
	CU_ASSERT_NOT_EQUAL(migrate_run(db, 1, why), ST_OK);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "请升级程序"));
	db_close(db);
}

SUITE(migrate, {"a_killed_upgrade_goes_on", a_killed_upgrade_goes_on}, {"a_newer_store_is_refused", a_newer_store_is_refused});
