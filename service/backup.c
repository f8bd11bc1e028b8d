#include "service/backup.h"

#include "core/audit.h"
#include "core/text.h"
#include "service/admin.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/increment.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUR_MS (3600 * 1000LL)
#define COPIES_MAX 4096
#define PART ".part"
#define GONE ".gone"
#define VERB "backup"

SQL(select_info, "SELECT value FROM store_info WHERE name = :name_t");
SQL(set_info, "INSERT INTO store_info (name, value) VALUES (:name_t, :value_t) ON CONFLICT (name) DO UPDATE SET value = "
              "excluded.value");
SQL(first_after, "SELECT at_ms FROM audit WHERE seq > :seq AND action <> 'admin." VERB "' ORDER BY seq LIMIT 1");

static int64_t info(struct db *db, const char *name)
{
	SCOPED(arena) a = {0};
	int64_t v = 0;
	const char *text = db_text(db, &a, select_info, TEXT(":name_t", name));
	return text && text_to_i64(text, &v) ? v : 0;
}

/* ---- names and ages ---- */

char *backup_name(struct arena *a, int64_t at_ms)
{
	int64_t s = (at_ms + CLOCK_CHINA_OFFSET_MS) / 1000 % 86400;
	return arena_printf(a, "%d-%02d%02d%02d", ymd_of_ms(at_ms), (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

/* The instant in a copy's name; 0 where it is none. */
static int64_t instant_of(const char *name)
{
	int32_t ymd = 0;
	int64_t hms = 0;
	SCOPED(arena) a = {0};
	if (strlen(name) != 15 || name[8] != '-' || !ymd_parse(arena_copy(&a, name, 8), &ymd) || !text_to_i64(name + 9, &hms))
		return 0;
	return ymd_begin_ms(ymd) + (hms / 10000 * 3600 + hms / 100 % 100 * 60 + hms % 100) * 1000;
}

static int newest_first(const void *left, const void *right)
{
	int64_t l = *(const int64_t *)left, r = *(const int64_t *)right;
	return (l < r) - (l > r);
}

size_t backup_list(struct arena *a, const char *dir, int64_t **at_ms)
{
	DIR *d = opendir(dir);
	size_t n = 0;
	*at_ms = arena_array(a, COPIES_MAX, sizeof **at_ms);
	for (const struct dirent *e; d && n < COPIES_MAX && (e = readdir(d));) {
		int64_t at = instant_of(e->d_name);
		if (at)
			(*at_ms)[n++] = at;
	}
	if (d)
		closedir(d);
	qsort(*at_ms, n, sizeof **at_ms, newest_first);
	return n;
}

/* Copies of one number are of one hour, day or month. */
static int64_t bucket_of(int64_t at_ms, int64_t now_ms)
{
	int64_t age = now_ms - at_ms, local = at_ms + CLOCK_CHINA_OFFSET_MS;
	if (age < 2 * HOUR_MS)
		return at_ms;
	if (age < 2 * CLOCK_DAY_MS)
		return local / HOUR_MS;
	return age < 31 * CLOCK_DAY_MS ? -local / CLOCK_DAY_MS : -ymd_of_ms(at_ms) / 100 - 1000000;
}

void backup_thin(const int64_t *at_ms, size_t n, int64_t now_ms, bool *stays)
{
	for (size_t i = 0; i < n; i++)
		stays[i] = i == 0 || bucket_of(at_ms[i], now_ms) != bucket_of(at_ms[i - 1], now_ms);
}

/* ---- one round ---- */

struct round {
	const char *data, *to, *part; /* part: the copy that is being made */
	int64_t now_ms, wrote;
	char *why;
};

static void remove_copy(const char *path)
{
	SCOPED(arena) a = {0};
	DIR *d = opendir(path);
	for (const struct dirent *e; d && (e = readdir(d));)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			unlink(arena_printf(&a, "%s/%s", path, e->d_name));
	if (d)
		closedir(d);
	rmdir(path);
}

/* A copy loses its name first: one that is half gone is none. */
static void put_away(const char *to, const char *name)
{
	SCOPED(arena) a = {0};
	const char *gone = arena_printf(&a, "%s/" GONE, to);
	remove_copy(gone);
	if (rename(arena_printf(&a, "%s/%s", to, name), gone) == 0 && folder_sync(to) == ST_OK)
		remove_copy(gone);
}

static void thin(const char *to, int64_t now_ms)
{
	SCOPED(arena) a = {0};
	int64_t *at_ms = NULL;
	size_t n = backup_list(&a, to, &at_ms);
	bool *stays = arena_array(&a, n + 1, sizeof *stays);
	backup_thin(at_ms, n, now_ms, stays);
	for (size_t i = 0; i < n; i++)
		if (!stays[i])
			put_away(to, backup_name(&a, at_ms[i]));
}

/* Only the record of the last copy has been written since. */
static bool nothing_new(const char *where)
{
	struct db *db = NULL;
	char why[200];
	bool same = false;
	if (db_open(where, STORE_READ, &db, why) != ST_OK)
		return false;
	db_read_begin(db);
	int64_t copied = info(db, "backup_seq");
	same = copied > 0 && db_i64(db, 0, first_after, I64(":seq", copied)) == 0;
	same = db_read_end(db) == ST_OK && same;
	db_close(db);
	return same;
}

static bool all_the_same(struct arena *a, const char *data, const char **codes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!nothing_new(folder_store_where(a, data, codes[i])))
			return false;
	return count > 0;
}

enum status admin_backup(struct tx *tx, const struct json *request, struct buf *result)
{
	static const char *const names[] = {"backup_seq", "backup_at_ms"};
	size_t n = 0;
	(void)result;
	for (size_t i = 0; i < 2; i++) {
		const struct json *v = jv_member(request, names[i]);
		if (!v || jv_kind(v) != JV_TEXT)
			return ST_BAD_REQUEST;
		db_exec(tx, set_info, TEXT(":name_t", names[i]), TEXT(":value_t", jv_text(v, &n)));
	}
	return ST_OK;
}

/* The newest write that a copy holds; -1 where it cannot be read. */
static int64_t seq_of(const char *path, char why[BACKUP_WHY_MAX])
{
	SCOPED(arena) a = {0};
	unsigned char head[HASH_BYTES];
	struct db *db = NULL;
	if (db_open(arena_printf(&a, "sqlite:%s", path), STORE_READ, &db, why) != ST_OK)
		return -1;
	db_read_begin(db);
	int64_t seq = audit_head(db, head);
	enum status st = db_read_end(db);
	db_close(db);
	/* a reader leaves the files of an empty log behind */
	unlink(arena_printf(&a, "%s-wal", path));
	unlink(arena_printf(&a, "%s-shm", path));
	return st == ST_OK ? seq : -1;
}

/* The store is told which of its writes the copy holds, and its audit chain that there is one. */
static enum status record(const struct round *r, const char *code, int64_t seq)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) members = {0};
	struct jo o = {&members, false};
	jo_text(&o, "backup_seq", arena_printf(&a, "%lld", (long long)seq));
	jo_text(&o, "backup_at_ms", arena_printf(&a, "%lld", (long long)r->now_ms));
	return admin_write(r->data, code, VERB, members.data, NULL, r->why);
}

/* One store into the copy that is being made; answers its newest write in it, -1 with a reason otherwise. */
static int64_t copy_one(struct round *r, const char *code)
{
	SCOPED(arena) a = {0};
	const char *where = folder_store_where(&a, r->data, code);
	if (store_has_pages(where)) {
		if (increment_make(r->to, r->part, where, code, r->now_ms, &r->wrote, r->why) != ST_OK)
			return -1;
		return seq_of(increment_file(&a, r->to, code), r->why);
	}
	const char *file = folder_store_path(&a, r->part, code);
	struct stat made;
	if (backup_store(r->data, r->part, code) != EXIT_DONE)
		return -1;
	r->wrote += stat(file, &made) == 0 ? made.st_size : 0;
	return seq_of(file, r->why);
}

static enum backup_went failed(char why[BACKUP_WHY_MAX], const char *what)
{
	if (!why[0])
		snprintf(why, BACKUP_WHY_MAX, "%s: %s", what, strerror(errno));
	return BACKUP_FAILED;
}

/* All stores, then the name: what has a name is whole and on disk. */
static enum backup_went make_copy(struct round *r, const char **codes, size_t count, int64_t *seqs)
{
	SCOPED(arena) a = {0};
	const char *whole = arena_printf(&a, "%s/%s", r->to, backup_name(&a, r->now_ms));
	remove_copy(r->part); /* of a round that was cut off */
	if (folder_make(r->part, r->why) != ST_OK)
		return BACKUP_FAILED;
	for (size_t i = 0; i < count; i++)
		if ((seqs[i] = copy_one(r, codes[i])) < 0)
			return failed(r->why, "复制或核对失败, 见上");
	if (backup_key(r->data, r->part) != EXIT_DONE || folder_sync(r->part) != ST_OK)
		return failed(r->why, r->part);
	if (rename(r->part, whole) != 0 || folder_sync(r->to) != ST_OK)
		return failed(r->why, whole);
	return BACKUP_MADE;
}

/* A name is a second's: the first one from now on that no copy has. */
static int64_t free_second(int64_t now_ms, const int64_t *newest_first_ms, size_t n)
{
	int64_t free_ms = now_ms / 1000 * 1000;
	for (size_t i = n; i-- > 0;)
		if (newest_first_ms[i] == free_ms)
			free_ms += 1000;
	return free_ms == now_ms / 1000 * 1000 ? now_ms : free_ms;
}

static enum backup_went round_of(struct round *r)
{
	SCOPED(arena) a = {0};
	const char **codes = NULL;
	size_t count = 0, copies = 0;
	int64_t *at_ms = NULL;
	if (folder_list(&a, r->data, &codes, &count, r->why) != ST_OK)
		return BACKUP_FAILED;
	if ((copies = backup_list(&a, r->to, &at_ms)) > 0 && all_the_same(&a, r->data, codes, count)) {
		bool proven = increments_prove(r->to, codes, count, r->now_ms, r->why) == ST_OK;
		return proven && increments_keep(r->to, r->now_ms, r->why) == ST_OK ? BACKUP_NOTHING_NEW : BACKUP_FAILED;
	}
	r->now_ms = free_second(r->now_ms, at_ms, copies);
	int64_t *seqs = arena_array(&a, count + 1, sizeof *seqs);
	if (make_copy(r, codes, count, seqs) != BACKUP_MADE)
		return BACKUP_FAILED;
	for (size_t i = 0; i < count; i++)
		if (record(r, codes[i], seqs[i]) != ST_OK)
			return failed(r->why, "备份已完成, 但不能记录");
	thin(r->to, r->now_ms);
	return increments_keep(r->to, r->now_ms, r->why) == ST_OK ? BACKUP_MADE : BACKUP_FAILED;
}

enum backup_went backup_round(const char *data, const char *to, const struct clock *clock, char why[BACKUP_WHY_MAX])
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) lock = {-1};
	struct round r = {data, to, arena_printf(&a, "%s/" PART, to), clock_now_ms(clock), 0, why};
	why[0] = '\0';
	if (folder_make(to, why) != ST_OK || folder_lock_take(to, &lock, why) != ST_OK)
		return failed(why, to);
	remove_copy(arena_printf(&a, "%s/" GONE, to));
	enum backup_went went = round_of(&r);
	if (went == BACKUP_MADE)
		snprintf(why, BACKUP_WHY_MAX, "%s, 新写 %lld KB", backup_name(&a, r.now_ms), (long long)(r.wrote + 1023) / 1024);
	return went;
}

/* ---- what the service says of it ---- */

void backup_look(struct store *store, struct db *db)
{
	db_read_begin(db);
	int64_t seq = info(db, "backup_seq"), at_ms = info(db, "backup_at_ms");
	int64_t first = db_i64(db, 0, first_after, I64(":seq", seq));
	if (db_read_end(db) != ST_OK)
		return;
	atomic_store(&store->backup_at_ms, at_ms);
	atomic_store(&store->unsaved_since_ms, first);
}

int64_t backup_age_s(struct store *store, int64_t now_ms)
{
	int64_t at_ms = atomic_load(&store->backup_at_ms);
	return at_ms ? (now_ms - at_ms) / 1000 : -1;
}

int64_t backup_loss_s(struct store *store, int64_t now_ms)
{
	int64_t since = atomic_load(&store->unsaved_since_ms);
	return since ? (now_ms - since) / 1000 : 0;
}
