/*
 * SQLite as the engine of a store. Exactly one connection in the world writes and checkpoints a file (SQLite 3.40's
 * WAL-reset bug): whoever opens with STORE_WRITE holds the folder's lock, every other connection is read-only.
 */
#include "core/dialect.h"
#include "core/store_driver.h"
#include "core/store_sqlite_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_WAIT_MS 5000
#define LOG_LONG_PAGES 1000 /* written back when nobody waits for a write: some 2 ms */
#define LOG_MOST_PAGES 8192 /* written back whoever waits: some 20 ms */

static enum status classify(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ST_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ST_BUSY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_NOMEM:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_PROTOCOL:
		return ST_STORE_UNAVAILABLE;
	default:
		return ST_INTERNAL;
	}
}

static enum status lite_error(void *conn, char why[200])
{
	int code = sqlite3_extended_errcode(conn);
	snprintf(why, 200, "%s (%d)", sqlite3_errmsg(conn), code);
	enum status st = classify(code);
	return st == ST_OK ? ST_INTERNAL : st;
}

static enum status lite_script(void *conn, const char *text)
{
	return sqlite3_exec(conn, text, NULL, NULL, NULL) == SQLITE_OK ? ST_OK : classify(sqlite3_extended_errcode(conn));
}

/* After each commit: how long the log is now. A log without end would slow every read down and the next start. */
static int note_log(void *arg, sqlite3 *conn, const char *schema, int pages)
{
	int *log_pages = arg;
	*log_pages = pages;
	if (pages >= LOG_MOST_PAGES)
		sqlite3_wal_checkpoint_v2(conn, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

/* The log is as long as the writer's hook was told last; only the hook's own argument remembers it. NULL: a reader. */
static int *log_pages_of(sqlite3 *conn)
{
	int *log_pages = sqlite3_wal_hook(conn, NULL, NULL);
	if (log_pages)
		sqlite3_wal_hook(conn, note_log, log_pages);
	return log_pages;
}

static bool lite_log_is_long(void *conn)
{
	const int *log_pages = log_pages_of(conn);
	return log_pages && *log_pages >= LOG_LONG_PAGES;
}

/* Settings of one connection; WAL with a full fsync per commit. The writer's checkpoints come in its pauses (note_log). */
static enum status configure(sqlite3 *conn, enum store_access access)
{
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_busy_timeout(conn, BUSY_WAIT_MS);
	if (access == STORE_READ)
		return lite_script(conn, "PRAGMA query_only=1; PRAGMA cache_size=-1500; PRAGMA temp_store=2");
	enum status st = lite_script(conn, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=1;"
	                                   "PRAGMA cache_size=-8000; PRAGMA temp_store=2");
	if (st == ST_OK)
		sqlite3_wal_hook(conn, note_log, memory_alloc(sizeof(int)));
	return st;
}

/* A file that is no store of ours, or is cut short, is told apart from an empty new one by reading its head. */
static enum status touch(sqlite3 *conn, char why[200])
{
	enum status st = lite_script(conn, "SELECT count(*) FROM sqlite_schema");
	if (st != ST_OK)
		snprintf(why, 200, "%s", sqlite3_errmsg(conn));
	return st == ST_OK ? ST_OK : ST_STORE_UNAVAILABLE;
}

static void lite_close(void *conn)
{
	if (conn)
		free(sqlite3_wal_hook(conn, NULL, NULL));
	sqlite3_close(conn);
}

static enum status lite_open(const char *place, enum store_access access, void **out, char why[200])
{
	static const int flags[] = {
	        [STORE_READ] = SQLITE_OPEN_READONLY,
	        [STORE_WRITE] = SQLITE_OPEN_READWRITE,
	        [STORE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};
	sqlite3 *conn = NULL;
	/* Without its count of bytes an allocation takes no lock of the whole process; refused, and done, once a store is open.
	 */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	int code = sqlite3_open_v2(place, &conn, flags[access] | SQLITE_OPEN_NOMUTEX, NULL);
	if (conn)
		sqlite3_wal_hook(conn, NULL, NULL); /* the engine's own: its argument is none of ours */
	enum status st = code == SQLITE_OK ? configure(conn, access) : ST_STORE_UNAVAILABLE;
	if (st == ST_OK)
		st = touch(conn, why);
	else
		snprintf(why, 200, "%s: %s", place, conn ? sqlite3_errmsg(conn) : sqlite3_errstr(code));
	if (st != ST_OK) {
		lite_close(conn);
		return ST_STORE_UNAVAILABLE;
	}
	*out = conn;
	return ST_OK;
}

static enum status lite_find(const char *place, bool *there, char why[200])
{
	struct stat info;
	why[0] = '\0';
	*there = stat(place, &info) == 0 && S_ISREG(info.st_mode);
	return ST_OK;
}

static void lite_remove(const char *place)
{
	static const char *const files[] = {"", "-wal", "-shm", "-journal"};
	SCOPED(arena) a = {0};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		unlink(arena_printf(&a, "%s%s", place, files[i]));
}

/* DIR/CODE.db is made as DIR/CODE.new. */
static char *lite_unfinished(struct arena *a, const char *place)
{
	size_t n = strlen(place);
	if (n > 3 && strcmp(place + n - 3, ".db") == 0)
		n -= 3;
	return arena_printf(a, "%.*s.new", (int)n, place);
}

static bool sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A log that stays behind holds what the file does not: the last connection writes it back, unless the disk is full. */
static enum status lite_rename(const char *from, const char *to, char why[200])
{
	SCOPED(arena) a = {0};
	char *folder = arena_string(&a, to), *slash = strrchr(folder, '/');
	if (slash)
		slash[1] = '\0';
	if (access(arena_printf(&a, "%s-wal", from), F_OK) == 0) {
		snprintf(why, 200, "数据库日志未能写回, 磁盘是否已满");
		return ST_STORE_UNAVAILABLE;
	}
	if (sync_path(from) && rename(from, to) == 0 && sync_path(slash ? folder : "."))
		return ST_OK;
	snprintf(why, 200, "不能写入 %.150s: %s", to, strerror(errno));
	return ST_STORE_UNAVAILABLE;
}

static void *lite_prepare(void *conn, const char *text)
{
	sqlite3_stmt *stmt = NULL;
	sqlite3_prepare_v3(conn, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
	return stmt;
}

static void lite_finalize(void *stmt)
{
	sqlite3_finalize(stmt);
}

static void lite_reset(void *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

static int lite_param_count(void *stmt)
{
	return sqlite3_bind_parameter_count(stmt);
}

static int lite_param(void *stmt, const char *name)
{
	return sqlite3_bind_parameter_index(stmt, name);
}

static bool lite_bind(void *stmt, int i, const struct arg *arg)
{
	switch (arg->type) {
	case ARG_I64:
		return sqlite3_bind_int64(stmt, i, arg->i) == SQLITE_OK;
	case ARG_TEXT:
		return sqlite3_bind_text64(stmt, i, arg->bytes, arg->n, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
	case ARG_BYTES:
		return sqlite3_bind_blob64(stmt, i, arg->bytes, arg->n, SQLITE_STATIC) == SQLITE_OK;
	case ARG_NULL:
		return sqlite3_bind_null(stmt, i) == SQLITE_OK;
	}
	return false;
}

static enum step lite_step(void *stmt)
{
	int code = sqlite3_step(stmt);
	return code == SQLITE_ROW ? STEP_ROW : code == SQLITE_DONE ? STEP_DONE : STEP_ERROR;
}

static int64_t lite_changes(void *conn)
{
	return sqlite3_changes64(conn);
}

static int lite_column_count(void *stmt)
{
	return sqlite3_column_count(stmt);
}

static const char *lite_column_name(void *stmt, int i)
{
	return sqlite3_column_name(stmt, i);
}

static enum col_kind lite_column_kind(void *stmt, int i)
{
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		return COL_I64;
	case SQLITE_TEXT:
		return COL_TEXT;
	case SQLITE_BLOB:
		return COL_BYTES;
	default:
		return COL_NULL;
	}
}

static int64_t lite_column_i64(void *stmt, int i)
{
	return sqlite3_column_int64(stmt, i);
}

static const char *lite_column_bytes(void *stmt, int i, size_t *n)
{
	bool is_text = sqlite3_column_type(stmt, i) == SQLITE_TEXT; /* only text is NUL-terminated */
	const void *p = is_text ? (const void *)sqlite3_column_text(stmt, i) : sqlite3_column_blob(stmt, i);
	*n = (size_t)sqlite3_column_bytes(stmt, i);
	return p ? p : "";
}

static bool lite_in_transaction(void *conn)
{
	return !sqlite3_get_autocommit(conn);
}

/* What readers still need stays; whether that is much is asked again after the next commit. */
static void lite_checkpoint(void *conn)
{
	int *log_pages = log_pages_of(conn);
	if (log_pages)
		*log_pages = 0;
	sqlite3_wal_checkpoint_v2(conn, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static char *lite_plan(void *conn, struct arena *a, const char *text)
{
	SCOPED(buf) plan = {0};
	sqlite3_stmt *stmt = NULL;
	char *query = arena_printf(a, "EXPLAIN QUERY PLAN %s", text);
	if (sqlite3_prepare_v2(conn, query, -1, &stmt, NULL) != SQLITE_OK)
		return arena_printf(a, "ERROR %s", sqlite3_errmsg(conn));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		buf_printf(&plan, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
	return arena_string(a, plan.data ? plan.data : "");
}

/* Rows that point at nothing, in any table. */
static enum status check_references(void *conn, char why[200])
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(conn, "PRAGMA foreign_key_check", -1, &stmt, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		snprintf(why, 200, "table %s, row %lld points at no row of %s", (const char *)sqlite3_column_text(stmt, 0),
		         (long long)sqlite3_column_int64(stmt, 1), (const char *)sqlite3_column_text(stmt, 2));
	else if (code != SQLITE_DONE)
		snprintf(why, 200, "%s", sqlite3_errmsg(conn));
	sqlite3_finalize(stmt);
	return code == SQLITE_DONE ? ST_OK : ST_INTERNAL;
}

static enum status lite_check_file(void *conn, char why[200])
{
	sqlite3_stmt *stmt = NULL;
	why[0] = '\0';
	if (sqlite3_prepare_v2(conn, "PRAGMA integrity_check(1)", -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		snprintf(why, 200, "%s", (const char *)sqlite3_column_text(stmt, 0));
	else
		snprintf(why, 200, "%s", sqlite3_errmsg(conn));
	sqlite3_finalize(stmt);
	return strcmp(why, "ok") == 0 ? check_references(conn, why) : ST_INTERNAL;
}

/* The common dialect's types and what SQLite calls them in a STRICT table. */
static const struct dialect_type types[] = {{"BIGINT", "INTEGER"}, {"BYTES", "BLOB"}, {NULL, NULL}};

static void put_append_only(struct buf *out, const char *table)
{
	static const char *const verbs[] = {"UPDATE", "DELETE"};
	for (size_t i = 0; i < 2; i++)
		buf_printf(out, "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN SELECT RAISE(ABORT, '%s is append-only'); END;\n",
		           table, i ? "delete" : "update", verbs[i], table, table);
}

/* A document's state changes only along a row of document_step; other columns that name it are beyond change. */
static void put_steps(struct buf *out, const char *table)
{
	buf_printf(
	        out,
	        "CREATE TRIGGER %s_steps BEFORE UPDATE OF state ON %s WHEN NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM "
	        "document_step s WHERE s.kind = NEW.kind AND s.from_state = OLD.state AND s.to_state = NEW.state) "
	        "BEGIN SELECT RAISE(ABORT, 'no such step'); END;\n"
	        "CREATE TRIGGER %s_no_delete BEFORE DELETE ON %s BEGIN SELECT RAISE(ABORT, 'nothing is deleted'); END;\n",
	        table, table, table, table);
}

static char *lite_dialect(struct arena *a, const char *migration)
{
	static const struct dialect ours = {
	        .types = types,
	        .end_of_table = ") STRICT;",
	        .end_of_clustered = ") STRICT, WITHOUT ROWID;",
	        .append_only = put_append_only,
	        .steps = put_steps,
	};
	return dialect_rewrite(a, migration, &ours);
}

static enum status lite_load_begin(void *conn)
{
	return lite_script(conn, "PRAGMA foreign_keys=0");
}

static enum status lite_load_end(void *conn)
{
	char why[200];
	enum status st = lite_script(conn, "PRAGMA foreign_keys=1");
	return st == ST_OK ? check_references(conn, why) : st;
}

const struct store_driver store_sqlite = {
        .scheme = "sqlite",
        .open = lite_open,
        .close = lite_close,
        .find = lite_find,
        .remove = lite_remove,
        .unfinished = lite_unfinished,
        .rename = lite_rename,
        .prepare = lite_prepare,
        .finalize = lite_finalize,
        .reset = lite_reset,
        .param_count = lite_param_count,
        .param = lite_param,
        .bind = lite_bind,
        .step = lite_step,
        .changes = lite_changes,
        .column_count = lite_column_count,
        .column_name = lite_column_name,
        .column_kind = lite_column_kind,
        .column_i64 = lite_column_i64,
        .column_bytes = lite_column_bytes,
        .error = lite_error,
        .script = lite_script,
        .in_transaction = lite_in_transaction,
        .checkpoint = lite_checkpoint,
        .log_is_long = lite_log_is_long,
        .dialect = lite_dialect,
        .plan = lite_plan,
        .backup = lite_backup,
        .refresh = lite_refresh,
        .check_file = lite_check_file,
        .load_begin = lite_load_begin,
        .load_end = lite_load_end,
        .columns =
                "SELECT m.name, c.name, CASE c.type WHEN 'INTEGER' THEN 'BIGINT' WHEN 'BLOB' THEN 'BYTES' ELSE 'TEXT' END, c.pk "
                "FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid",
        .begin_read = "BEGIN",
        .begin_write = "BEGIN IMMEDIATE",
};
