#include "service/backup.h"

#include "core/text.h"
#include "service/blocks.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/init.h"
#include "tests/harness.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* ---- copies that share blocks ---- */

struct yard {
	struct arena a;
	struct clock clock;
	char *data, *to;
	char why[BACKUP_WHY_MAX];
};

static void yard_begin(struct yard *y)
{
	struct clock now = clock_system();
	*y = (struct yard){.clock = clock_fixed(clock_now_ms(&now))};
	y->data = arena_string(&y->a, test_folder());
	y->to = arena_string(&y->a, test_folder());
	CU_ASSERT_EQUAL_FATAL(init_store(&(const struct init_options){.data = y->data,
	                                                              .code = "a",
	                                                              .name = "甲",
	                                                              .demo = true,
	                                                              .scale_e3 = 20,
	                                                              .seed = 1,
	                                                              .as_of_ymd = 20261121},
	                                 y->why),
	                      ST_OK);
}

static void yard_write(struct yard *y)
{
	struct writer w;
	struct faults faults = {.arena = &y->a};
	CU_ASSERT_EQUAL_FATAL(writer_open(folder_store_where(&y->a, y->data, "a"), false, &y->clock, &w, y->why), ST_OK);
	CU_ASSERT_EQUAL(writer_run_one(&w, write_something, NULL, &y->a, &faults), ST_OK);
	writer_close(&w);
}

/* The copy's folder. */
static const char *yard_copy(struct yard *y)
{
	y->clock.fixed_ms += 60000;
	yard_write(y);
	CU_ASSERT_EQUAL_FATAL(backup_round(y->data, y->to, &y->clock, y->why), BACKUP_MADE);
	return arena_printf(&y->a, "%s/%s", y->to, backup_name(&y->a, y->clock.fixed_ms));
}

static int restores(struct yard *y, const char *copy)
{
	char *again = arena_printf(&y->a, "%s/again", test_folder());
	return backup_restore(copy, again);
}

struct count {
	int64_t files, bytes;
};

static struct count blocks_in(struct yard *y)
{
	struct count n = {0};
	for (unsigned part = 0; part < 256; part++) {
		const char *path = arena_printf(&y->a, "%s/blocks/%02x", y->to, part);
		DIR *d = opendir(path);
		for (const struct dirent *e; d && (e = readdir(d));) {
			struct stat info;
			if (e->d_name[0] == '.' || stat(arena_printf(&y->a, "%s/%s", path, e->d_name), &info) != 0)
				continue;
			n.files++;
			n.bytes += info.st_size;
		}
		if (d)
			closedir(d);
	}
	return n;
}

static void twenty_copies_cost_what_changed(void)
{
	enum { COPIES = 20 };
	struct yard y;
	const char *copies[COPIES];
	struct stat store;
	yard_begin(&y);
	copies[0] = yard_copy(&y);
	struct count first = blocks_in(&y);
	CU_ASSERT_EQUAL(stat(folder_store_path(&y.a, y.data, "a"), &store), 0);
	CU_ASSERT_TRUE(first.bytes > 1000000 && first.bytes <= store.st_size + BLOCK_LEAST);
	for (size_t i = 1; i < COPIES; i++)
		copies[i] = yard_copy(&y);
	struct count last = blocks_in(&y);
	/* a write and the record of a copy touch a handful of pages: the audit chain, the store's notes */
	CU_ASSERT_TRUE(last.bytes > first.bytes);
	CU_ASSERT_TRUE(last.bytes - first.bytes < (COPIES - 1) * 12 * (int64_t)BLOCK_LEAST);
	for (size_t i = 0; i < COPIES; i++)
		CU_ASSERT_EQUAL(restores(&y, copies[i]), EXIT_DONE);
	CU_ASSERT_EQUAL(number(y.data, "a", "SELECT count(*) FROM audit WHERE action = 'admin.backup'"), COPIES);
	char *words[] = {"drill", "--from", y.to, "--all", NULL};
	CU_ASSERT_EQUAL(command_drill(4, words), EXIT_DONE);
	arena_drop(&y.a);
}

/* Turns over one bit in the middle of the file. */
static void spoil(const char *path)
{
	FILE *f = fopen(path, "r+b");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fseek(f, 1000, SEEK_SET);
	int c = fgetc(f);
	fseek(f, 1000, SEEK_SET);
	fputc(c ^ 4, f);
	fclose(f);
}

static void a_flipped_bit_is_found_and_named(void)
{
	struct yard y;
	struct block_list l, later;
	char hex[2 * BLOCK_HASH + 1], bytes[BLOCK_LEAST];
	yard_begin(&y);
	const char *copy = yard_copy(&y);
	CU_ASSERT_EQUAL_FATAL(block_list_read(&y.a, arena_printf(&y.a, "%s/a.blocks", copy), &l, y.why), ST_OK);
	hex_encode(l.hash[7], BLOCK_HASH, hex);
	const char *block = arena_printf(&y.a, "%s/blocks/%.2s/%s", y.to, hex, hex);
	spoil(block);
	CU_ASSERT_EQUAL(restores(&y, copy), EXIT_NO);
	CU_ASSERT_EQUAL(blocks_get(y.to, l.hash[7], bytes, BLOCK_LEAST, y.why), ST_INVALID_FIELD);
	CU_ASSERT_PTR_NOT_NULL(strstr(y.why, hex));
	/* looked over, it is put aside, and the next copy has it whole again */
	CU_ASSERT_EQUAL(blocks_look_over(y.to, l.hash[7][0], y.why), ST_INVALID_FIELD);
	CU_ASSERT_PTR_NOT_NULL(strstr(y.why, hex));
	CU_ASSERT_EQUAL(blocks_look_over(y.to, l.hash[7][0], y.why), ST_OK);
	CU_ASSERT_EQUAL(restores(&y, copy), EXIT_NO);
	const char *next = yard_copy(&y);
	CU_ASSERT_EQUAL(restores(&y, next), EXIT_DONE);
	CU_ASSERT_EQUAL_FATAL(block_list_read(&y.a, arena_printf(&y.a, "%s/a.blocks", next), &later, y.why), ST_OK);
	if (memcmp(later.hash[7], l.hash[7], BLOCK_HASH) == 0)
		CU_ASSERT_EQUAL(restores(&y, copy), EXIT_DONE);
	/* one that rots unseen is found where a copy without a working file writes it again, and healed for all */
	hex_encode(later.hash[3], BLOCK_HASH, hex);
	spoil(arena_printf(&y.a, "%s/blocks/%.2s/%s", y.to, hex, hex));
	CU_ASSERT_EQUAL(restores(&y, next), EXIT_NO);
	CU_ASSERT_EQUAL(unlink(arena_printf(&y.a, "%s/.working/a.blocks", y.to)), 0);
	CU_ASSERT_EQUAL(restores(&y, yard_copy(&y)), EXIT_DONE);
	if (blocks_has(y.to, later.hash[3], BLOCK_LEAST))
		CU_ASSERT_EQUAL(restores(&y, next), EXIT_DONE);
	spoil(arena_printf(&y.a, "%s/a.blocks", next));
	CU_ASSERT_EQUAL(restores(&y, next), EXIT_NO);
	arena_drop(&y.a);
}

static void blocks_go_when_nobody_names_them(void)
{
	struct yard y;
	size_t gone = 0;
	yard_begin(&y);
	const char *first = yard_copy(&y), *second = yard_copy(&y), *kept = arena_printf(&y.a, "%s/before the move", y.to);
	struct count both = blocks_in(&y);
	fclose(fopen(arena_printf(&y.a, "%s/blocks/00/half.part", y.to), "w"));
	CU_ASSERT_EQUAL(rename(first, kept), 0);
	CU_ASSERT_EQUAL(blocks_sweep(y.to, &gone, y.why), ST_OK);
	CU_ASSERT_EQUAL(gone, 1); /* the half one: another name for a copy keeps it */
	CU_ASSERT_EQUAL(blocks_in(&y).files, both.files);
	CU_ASSERT_EQUAL(restores(&y, kept), EXIT_DONE);
	spoil(arena_printf(&y.a, "%s/a.blocks", kept));
	CU_ASSERT_EQUAL(unlink(arena_printf(&y.a, "%s/a.blocks", second)), 0);
	CU_ASSERT_EQUAL(blocks_sweep(y.to, &gone, y.why), ST_INVALID_FIELD); /* a list that cannot be read: nothing goes */
	CU_ASSERT_EQUAL(blocks_in(&y).files, both.files);
	CU_ASSERT_EQUAL(unlink(arena_printf(&y.a, "%s/a.blocks", kept)), 0);
	CU_ASSERT_EQUAL(blocks_sweep(y.to, &gone, y.why), ST_OK);
	CU_ASSERT_EQUAL(blocks_in(&y).files, 0);
	const char *third = yard_copy(&y); /* and all of it is written again */
	CU_ASSERT_EQUAL(restores(&y, third), EXIT_DONE);
	arena_drop(&y.a);
}

/* Rounds for half a day, each with a write: thinned, swept, and each copy that is left is whole. */
static void a_day_of_rounds_keeps_what_it_names(void)
{
	struct yard y;
	int64_t *at_ms = NULL;
	yard_begin(&y);
	for (size_t i = 0; i < 30; i++) {
		y.clock.fixed_ms += 24 * 60000;
		(void)yard_copy(&y);
	}
	size_t n = backup_list(&y.a, y.to, &at_ms);
	CU_ASSERT_TRUE(n > 8 && n < 20);
	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL(restores(&y, arena_printf(&y.a, "%s/%s", y.to, backup_name(&y.a, at_ms[i]))), EXIT_DONE);
	arena_drop(&y.a);
}

/* Blocks grow with the file, and a list says how large its own are. */
static void large_files_have_larger_blocks(void)
{
	SCOPED(arena) a = {0};
	struct block_list found;
	char why[BLOCKS_WHY_MAX] = "", *path = arena_printf(&a, "%s/x.blocks", test_folder());
	static const struct {
		int64_t bytes;
		size_t block, count, last;
	} rows[] = {
	        {0, 16384, 0, 0},
	        {1, 16384, 1, 1},
	        {1 << 30, 16384, 65536, 16384},
	        {(1 << 30) + 1, 65536, 16385, 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct block_list l = block_list_new(&a, rows[i].bytes);
		CU_ASSERT_EQUAL(l.block, rows[i].block);
		CU_ASSERT_EQUAL(l.count, rows[i].count);
		CU_ASSERT_TRUE(l.count == 0 || block_bytes(&l, l.count - 1) == rows[i].last);
		CU_ASSERT_EQUAL(block_list_write(path, "x", &l, why), ST_OK);
		CU_ASSERT_EQUAL(block_list_read(&a, path, &found, why), ST_OK);
		CU_ASSERT_TRUE(found.bytes == l.bytes && found.block == l.block && found.count == l.count);
	}
}

static void a_server_has_copies_of_its_own(void)
{
	SCOPED(arena) a = {0};
	char *data = arena_string(&a, test_folder()), *to = arena_string(&a, test_folder());
	FILE *f = fopen(arena_printf(&a, "%s/yaocang.conf", data), "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs("[consortium p]\nstore = postgres:host=192.0.2.1\n", f);
	fclose(f);
	char *words[] = {"backup", "--data", data, "--to", to, "--every", "5m", NULL};
	CU_ASSERT_EQUAL(command_backup(7, words), EXIT_USAGE);
}

SUITE(backup, {"a_name_is_an_instant", a_name_is_an_instant}, {"old_copies_grow_thin", old_copies_grow_thin},
      {"rounds_copy_what_is_new", rounds_copy_what_is_new}, {"twenty_copies_cost_what_changed", twenty_copies_cost_what_changed},
      {"a_flipped_bit_is_found_and_named", a_flipped_bit_is_found_and_named},
      {"blocks_go_when_nobody_names_them", blocks_go_when_nobody_names_them},
      {"a_day_of_rounds_keeps_what_it_names", a_day_of_rounds_keeps_what_it_names},
      {"large_files_have_larger_blocks", large_files_have_larger_blocks},
      {"a_server_has_copies_of_its_own", a_server_has_copies_of_its_own});
