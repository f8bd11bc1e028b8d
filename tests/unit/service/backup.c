#include "service/backup.h"

#include "service/command.h"
#include "service/folder.h"
#include "service/init.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NOW 1795219200000LL /* 2026-11-21 08:00 in China */
#define HOUR (3600 * 1000LL)

static void a_name_is_an_instant(void)
{
	SCOPED(arena) a = {0};
	int64_t *at_ms = NULL;
	const char *dir = arena_string(&a, test_folder());
	CU_ASSERT_STRING_EQUAL(backup_name(&a, NOW + 5000), "20261121-080005");
	mkdir(arena_printf(&a, "%s/20261121-080005", dir), 0700);
	mkdir(arena_printf(&a, "%s/20261120-235959", dir), 0700);
	mkdir(arena_printf(&a, "%s/.part", dir), 0700);
	mkdir(arena_printf(&a, "%s/notes", dir), 0700);
	mkdir(arena_printf(&a, "%s/20261399-000000", dir), 0700);
	CU_ASSERT_EQUAL_FATAL(backup_list(&a, dir, &at_ms), 2);
	CU_ASSERT_EQUAL(at_ms[0], NOW + 5000);
	CU_ASSERT_EQUAL(at_ms[1], NOW - 8 * HOUR - 1000);
}

/* One copy each five minutes for a hundred days, thinned after each: what stays is dense near and thin far away. */
static void old_copies_grow_thin(void)
{
	enum { COUNT = 100 * 288, MAX = 400 };
	static int64_t kept[MAX];
	bool stays[MAX];
	size_t n = 0, near = 0, days = 0;
	for (int64_t i = 0; i < COUNT; i++) {
		int64_t now = NOW + i * 300000;
		memmove(kept + 1, kept, n * sizeof *kept);
		kept[0] = now;
		CU_ASSERT_TRUE_FATAL(++n < MAX);
		backup_thin(kept, n, now, stays);
		size_t left = 0;
		for (size_t k = 0; k < n; k++)
			if (stays[k])
				kept[left++] = kept[k];
		n = left;
	}
	int64_t now = kept[0];
	for (size_t i = 0; i < n; i++) {
		near += now - kept[i] < 2 * HOUR;
		days += now - kept[i] < 31 * CLOCK_DAY_MS && now - kept[i] >= 2 * CLOCK_DAY_MS;
	}
	CU_ASSERT_EQUAL(near, 24);
	CU_ASSERT_TRUE(days >= 28 && days <= 30);
	CU_ASSERT_TRUE(n < 24 + 48 + 31 + 6);
	CU_ASSERT_TRUE(now - kept[n - 1] > 40 * CLOCK_DAY_MS); /* of the months before */
}

static int64_t number(const char *dir, const char *code, const char *sql)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(folder_store_where(&a, dir, code), STORE_READ, &db, why), ST_OK);
	db_read_begin(db);
	struct rows r = db_query_text(db, sql, NULL, 0);
	int64_t n = rows_next(&r) ? col_i64(&r, 0) : -1;
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_read_end(db), ST_OK);
	db_close(db);
	return n;
}

static void look(struct store *s, const char *dir, const char *code)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(folder_store_where(&a, dir, code), STORE_READ, &db, why), ST_OK);
	backup_look(s, db);
	db_close(db);
}

static enum status write_something(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	return ST_OK;
}

static void rounds_copy_what_is_new(void)
{
	SCOPED(arena) a = {0};
	struct clock clock = clock_system();
	struct store s = {.code = "a"};
	struct writer w;
	struct faults faults = {.arena = &a};
	char why[BACKUP_WHY_MAX], *data = arena_string(&a, test_folder()), *to = arena_string(&a, test_folder());
	int64_t *at_ms = NULL;
	CU_ASSERT_EQUAL_FATAL(init_store(&(const struct init_options){.data = data, .code = "a", .name = "甲"}, why), ST_OK);
	look(&s, data, "a");
	clock = clock_fixed(clock_now_ms(&clock));
	CU_ASSERT_EQUAL(backup_age_s(&s, clock.fixed_ms), -1);
	CU_ASSERT_EQUAL(backup_round(data, to, &clock, why), BACKUP_MADE);
	clock.fixed_ms += 60000;
	CU_ASSERT_EQUAL(backup_round(data, to, &clock, why), BACKUP_NOTHING_NEW);
	look(&s, data, "a");
	CU_ASSERT_EQUAL(backup_age_s(&s, clock.fixed_ms), 60);
	CU_ASSERT_EQUAL(backup_loss_s(&s, clock.fixed_ms), 0);
	CU_ASSERT_EQUAL(number(data, "a", "SELECT count(*) FROM audit WHERE action = 'admin.backup'"), 1);
	CU_ASSERT_EQUAL_FATAL(writer_open(folder_store_where(&a, data, "a"), false, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL(writer_run_one(&w, write_something, NULL, &a, &faults), ST_OK);
	writer_close(&w);
	clock.fixed_ms += 90000;
	look(&s, data, "a");
	CU_ASSERT_EQUAL(backup_loss_s(&s, clock.fixed_ms), 90);
	CU_ASSERT_EQUAL(backup_round(data, to, &clock, why), BACKUP_MADE);
	CU_ASSERT_EQUAL(backup_list(&a, to, &at_ms), 2);
	look(&s, data, "a");
	CU_ASSERT_EQUAL(backup_loss_s(&s, clock.fixed_ms), 0);
	char *words[] = {"drill", "--from", to, NULL};
	CU_ASSERT_EQUAL(command_drill(3, words), EXIT_DONE);
	/* a store that does not prove makes no copy, and the older ones stay */
	FILE *f = fopen(folder_store_path(&a, data, "a"), "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fclose(f);
	CU_ASSERT_EQUAL(backup_round(data, to, &clock, why), BACKUP_FAILED);
	CU_ASSERT_EQUAL(backup_list(&a, to, &at_ms), 2);
	char *once[] = {"backup", "--data", data, "--to", to, "--every", "5x", NULL};
	CU_ASSERT_EQUAL(command_backup(7, once), EXIT_USAGE);
}

SUITE(backup, {"a_name_is_an_instant", a_name_is_an_instant}, {"old_copies_grow_thin", old_copies_grow_thin},
      {"rounds_copy_what_is_new", rounds_copy_what_is_new});
