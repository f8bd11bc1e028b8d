#include "core/store_sqlite_copy.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEP_PAGES 256
#define PAGE_MAX 65536

static enum status copy_pages(sqlite3 *from, sqlite3 *to, void (*progress)(void *arg, int done, int total), void *arg)
{
	bool began = sqlite3_exec(from, "BEGIN; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_backup *copy = began ? sqlite3_backup_init(to, "main", from, "main") : NULL;
	int code = copy ? SQLITE_OK : SQLITE_ERROR;
	while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED) {
		code = sqlite3_backup_step(copy, STEP_PAGES);
		if (progress)
			progress(arg, sqlite3_backup_pagecount(copy) - sqlite3_backup_remaining(copy),
			         sqlite3_backup_pagecount(copy));
	}
	if (copy && sqlite3_backup_finish(copy) != SQLITE_OK)
		code = SQLITE_ERROR;
	sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
	return code == SQLITE_DONE ? ST_OK : ST_STORE_UNAVAILABLE;
}

enum status lite_backup(void *conn, const char *to_path, void (*progress)(void *arg, int done, int total), void *arg)
{
	sqlite3 *to = NULL;
	enum status st = sqlite3_open(to_path, &to) == SQLITE_OK ? copy_pages(conn, to, progress, arg) : ST_STORE_UNAVAILABLE;
	return sqlite3_close(to) == SQLITE_OK ? st : ST_STORE_UNAVAILABLE;
}

/*
 * The target of a refresh as a file system of one file. To SQLite the file begins empty, so that it never trusts what lies
 * there; what it writes is held against what lies there, and only differences reach the disk.
 */
struct target {
	sqlite3_vfs vfs;
	char name[40];
	int fd;
	int64_t size; /* as SQLite sees it */
	const struct page_watch *watch;
	int error;
};
struct target_file {
	sqlite3_file base;
	struct target *target;
};

static struct target *target_of(sqlite3_file *f)
{
	return ((struct target_file *)f)->target;
}

static int file_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	struct target *t = target_of(f);
	int64_t there = t->size - at < 0 ? 0 : t->size - at < n ? t->size - at : n;
	memset(out, 0, (size_t)n);
	if (pread(t->fd, out, (size_t)there, at) != there)
		return SQLITE_IOERR_READ;
	return there == n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static bool lies_there(int fd, const void *bytes, size_t n, int64_t at)
{
	char old[PAGE_MAX];
	return n <= sizeof old && pread(fd, old, n, at) == (ssize_t)n && memcmp(old, bytes, n) == 0;
}

static int file_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	struct target *t = target_of(f);
	if (!lies_there(t->fd, bytes, (size_t)n, at)) {
		ssize_t done = pwrite(t->fd, bytes, (size_t)n, at);
		if (done != n) {
			t->error = done < 0 ? errno : ENOSPC;
			return SQLITE_IOERR_WRITE;
		}
		t->watch->changed(t->watch->arg, at, (size_t)n);
	}
	t->size = at + n > t->size ? at + n : t->size;
	return SQLITE_OK;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	target_of(f)->size = size;
	return SQLITE_OK;
}

static int file_sync_nothing(sqlite3_file *f, int flags)
{
	(void)f, (void)flags;
	return SQLITE_OK; /* whoever asked for the refresh syncs once, at the end */
}

static int file_size(sqlite3_file *f, sqlite3_int64 *out)
{
	*out = target_of(f)->size;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *f, int level)
{
	(void)f, (void)level;
	return SQLITE_OK;
}

static int file_check_lock(sqlite3_file *f, int *out)
{
	(void)f;
	*out = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *f, int what, void *arg)
{
	(void)f, (void)what, (void)arg;
	return SQLITE_NOTFOUND;
}

static int file_sector(sqlite3_file *f)
{
	(void)f;
	return 4096;
}

static int file_traits(sqlite3_file *f)
{
	(void)f;
	return 0;
}

static const sqlite3_io_methods file_methods = {
        .iVersion = 1,
        .xClose = file_close,
        .xRead = file_read,
        .xWrite = file_write,
        .xTruncate = file_truncate,
        .xSync = file_sync_nothing,
        .xFileSize = file_size,
        .xLock = file_lock,
        .xUnlock = file_lock,
        .xCheckReservedLock = file_check_lock,
        .xFileControl = file_control,
        .xSectorSize = file_sector,
        .xDeviceCharacteristics = file_traits,
};

static int target_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
	(void)name;
	f->pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN; /* no journal: what is cut off is begun again */
	((struct target_file *)f)->target = (struct target *)vfs;
	f->pMethods = &file_methods;
	if (out_flags)
		*out_flags = flags;
	return SQLITE_OK;
}

static int target_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs, (void)name, (void)sync;
	return SQLITE_OK;
}

static int target_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	(void)vfs, (void)name, (void)flags;
	*out = 0;
	return SQLITE_OK;
}

static int target_path(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
	(void)vfs;
	sqlite3_snprintf(n, out, "%s", name);
	return SQLITE_OK;
}

/* The default's clock and chance, which a file of our own does not need to bring. */
static void target_begin(struct target *t, int fd, const struct page_watch *watch)
{
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	*t = (struct target){.vfs = *usual, .fd = fd, .watch = watch};
	snprintf(t->name, sizeof t->name, "yaocang-%p", (void *)t);
	t->vfs.iVersion = 1;
	t->vfs.szOsFile = (int)sizeof(struct target_file);
	t->vfs.pNext = NULL;
	t->vfs.zName = t->name;
	t->vfs.xOpen = target_open;
	t->vfs.xDelete = target_delete;
	t->vfs.xAccess = target_access;
	t->vfs.xFullPathname = target_path;
}

static enum status refresh(sqlite3 *from, struct target *t)
{
	sqlite3 *to = NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	enum status st = ST_STORE_UNAVAILABLE;
	if (sqlite3_open_v2("target", &to, flags, t->name) == SQLITE_OK &&
	    sqlite3_exec(to, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000", NULL, NULL, NULL) ==
	            SQLITE_OK)
		st = copy_pages(from, to, NULL, NULL);
	sqlite3_close(to);
	if (st == ST_OK && ftruncate(t->fd, t->size) != 0)
		t->error = errno;
	return t->error ? ST_STORE_UNAVAILABLE : st;
}

enum status lite_refresh(void *conn, int fd, const struct page_watch *watch, char why[200])
{
	struct target t;
	target_begin(&t, fd, watch);
	if (sqlite3_vfs_register(&t.vfs, 0) != SQLITE_OK) {
		snprintf(why, 200, "SQLite");
		return ST_INTERNAL;
	}
	enum status st = refresh(conn, &t);
	sqlite3_vfs_unregister(&t.vfs);
	if (st != ST_OK)
		snprintf(why, 200, "%s", t.error ? strerror(t.error) : sqlite3_errmsg(conn));
	return st;
}
