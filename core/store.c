#include "core/store.h"

#include "core/copy.h"
#include "core/store_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_SLOTS 2048 /* a power of two, well above the number of statements in the program */

/* A parameter as a caller named it last. */
struct param {
	char *name;
	int number;
	enum arg_type type;
};
struct cached {
	const struct sql *key;
	void *stmt;
	struct param *params; /* as many as the statement has; NULL before the first use */
	bool busy;            /* a query on it is running */
};

/* Statements built from constant pieces (lists with their filters), found again by their text. */
#define TEXT_SLOTS 128
struct cached_text {
	char *text;
	struct sql sql;
};

struct db {
	const struct store_driver *driver;
	void *conn;
	char *where;
	enum store_access access;
	enum status failed; /* the first error since the transaction began, or ST_OK */
	char error[200];
	struct cached cache[CACHE_SLOTS];
	struct cached_text texts[TEXT_SLOTS];
};

static const struct store_driver *const drivers[] = {&store_sqlite, &store_postgres};

struct arg arg_i64(const char *name, int64_t v)
{
	return (struct arg){name, ARG_I64, v, NULL, 0};
}

struct arg arg_id(const char *name, int64_t id)
{
	return (struct arg){name, id ? ARG_I64 : ARG_NULL, id, NULL, 0};
}

struct arg arg_text(const char *name, const char *s)
{
	return (struct arg){name, s ? ARG_TEXT : ARG_NULL, 0, s, s ? strlen(s) : 0};
}

struct arg arg_bytes(const char *name, const void *p, size_t n)
{
	return (struct arg){name, p ? ARG_BYTES : ARG_NULL, 0, p, n};
}

/* The engine before the colon and the place behind it; NULL where we have no such engine. */
static const struct store_driver *driver_of(const char *where, const char **place)
{
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
		size_t n = strlen(drivers[i]->scheme);
		*place = where + n + 1;
		if (strncmp(where, drivers[i]->scheme, n) == 0 && where[n] == ':')
			return drivers[i];
	}
	return NULL;
}

static enum status no_engine(const char *where, char why[200])
{
	snprintf(why, 200, "没有这种数据库引擎: %.*s (只有 sqlite: 和 postgres:)", (int)strcspn(where, ":"), where);
	return ST_STORE_UNAVAILABLE;
}

enum status db_open(const char *where, enum store_access access, struct db **out, char why[200])
{
	const char *place = NULL;
	const struct store_driver *driver = driver_of(where, &place);
	void *conn = NULL;
	*out = NULL;
	if (!driver)
		return no_engine(where, why);
	enum status st = driver->open(place, access, &conn, why);
	if (st != ST_OK)
		return st;
	struct db *db = memory_alloc(sizeof *db);
	db->driver = driver;
	db->conn = conn;
	db->where = memory_string(where);
	db->access = access;
	*out = db;
	return ST_OK;
}

enum status store_find(const char *where, bool *there, char why[200])
{
	const char *place = NULL;
	const struct store_driver *driver = driver_of(where, &place);
	*there = false;
	return driver ? driver->find(place, there, why) : no_engine(where, why);
}

void store_remove(const char *where)
{
	const char *place = NULL;
	const struct store_driver *driver = driver_of(where, &place);
	if (driver)
		driver->remove(place);
}

char *store_unfinished(struct arena *a, const char *where)
{
	const char *place = NULL;
	const struct store_driver *driver = driver_of(where, &place);
	return driver ? arena_printf(a, "%s:%s", driver->scheme, driver->unfinished(a, place)) : arena_string(a, where);
}

enum status store_rename(const char *from, const char *to, char why[200])
{
	const char *old = NULL, *new = NULL;
	const struct store_driver *driver = driver_of(from, &old);
	if (!driver || driver != driver_of(to, &new))
		return no_engine(to, why);
	return driver->rename(old, new, why);
}

static void cached_drop(struct db *db, struct cached *c)
{
	if (!c->stmt)
		return;
	for (int i = 0; c->params && i < db->driver->param_count(c->stmt); i++)
		free(c->params[i].name);
	free(c->params);
	db->driver->finalize(c->stmt);
}

static void drop_statements(struct db *db)
{
	for (size_t i = 0; i < CACHE_SLOTS; i++) {
		cached_drop(db, &db->cache[i]);
		db->cache[i] = (struct cached){.key = NULL};
	}
}

void db_close(struct db *db)
{
	if (!db)
		return;
	drop_statements(db);
	for (size_t i = 0; i < TEXT_SLOTS; i++)
		free(db->texts[i].text);
	if (db->conn)
		db->driver->close(db->conn);
	free(db->where);
	free(db);
}

/* Takes the engine's last error; the first one stays. */
static void latch(struct db *db)
{
	if (db->failed == ST_OK)
		db->failed = db->driver->error(db->conn, db->error);
}

enum status db_status(const struct db *db)
{
	return db->failed;
}

const char *db_error(const struct db *db)
{
	return db->error;
}

static struct cached *cache_slot(struct db *db, const struct sql *q)
{
	size_t i = ((uintptr_t)q >> 3) * 0x9E3779B1u & (CACHE_SLOTS - 1);
	while (db->cache[i].key && db->cache[i].key != q)
		i = (i + 1) & (CACHE_SLOTS - 1);
	return &db->cache[i];
}

/* The type of a parameter stands in its name: _t text, _b bytes, else integer. */
static enum arg_type type_of_name(const char *name)
{
	size_t n = strlen(name);
	const char *end = n > 2 ? name + n - 2 : "";
	return strcmp(end, "_t") == 0 ? ARG_TEXT : strcmp(end, "_b") == 0 ? ARG_BYTES : ARG_I64;
}

/* Arguments that are not the statement's parameters are a bug of ours: told in the log, and the transaction fails with it;
 * the service lives on. */
static void latch_bug(struct db *db, const struct sql *q, const char *name)
{
	if (db->failed != ST_OK)
		return;
	db->failed = ST_INTERNAL;
	snprintf(db->error, sizeof db->error, "%s:%d: argument %s", q ? q->file : "list", q ? q->line : 0, name);
}

static bool bind_one(struct db *db, void *stmt, int number, enum arg_type type, const struct arg *arg)
{
	bool fits = arg->type == ARG_NULL || arg->type == type;
	return fits && number > 0 && db->driver->bind(stmt, number, arg);
}

/* The engine looks a name up letter by letter; a caller names the same parameters in the same order every time. */
static const struct param *param_at(struct db *db, struct cached *c, size_t i, size_t n, const char *name)
{
	if (!c->params)
		c->params = memory_alloc(n * sizeof *c->params);
	struct param *p = &c->params[i];
	if (p->name && strcmp(p->name, name) == 0)
		return p;
	free(p->name);
	*p = (struct param){memory_string(name), db->driver->param(c->stmt, name), type_of_name(name)};
	return p;
}

/* c: where the statement is cached, or NULL. */
static void bind_all(struct db *db, struct cached *c, struct rows *r, const struct arg *args, size_t n)
{
	size_t wanted = (size_t)db->driver->param_count(r->handle);
	if (wanted != n)
		latch_bug(db, r->sql, "count");
	for (size_t i = 0; i < wanted && wanted == n; i++) {
		const struct param *p = c ? param_at(db, c, i, wanted, args[i].name) : NULL;
		int number = p ? p->number : db->driver->param(r->handle, args[i].name);
		if (!bind_one(db, r->handle, number, p ? p->type : type_of_name(args[i].name), &args[i]))
			latch_bug(db, r->sql, args[i].name);
	}
}

/* A prepared statement for q: the cached one, or one of its own where that one is running. */
static struct rows rows_prepare(struct db *db, const struct sql *q)
{
	struct rows r = {db, NULL, q, false};
	if (db->failed != ST_OK)
		return r;
	struct cached *slot = cache_slot(db, q);
	if (slot->busy || !slot->stmt)
		r.handle = db->driver->prepare(db->conn, q->text);
	if (slot->busy) {
		r.own = true;
	} else {
		if (!slot->stmt)
			*slot = (struct cached){.key = r.handle ? q : NULL, .stmt = r.handle};
		r.handle = slot->stmt;
		slot->busy = r.handle != NULL;
	}
	if (!r.handle)
		latch(db);
	return r;
}

struct rows db_query_n(struct db *db, const struct sql *q, const struct arg *args, size_t n)
{
	struct rows r = rows_prepare(db, q);
	if (r.handle)
		bind_all(db, r.own ? NULL : cache_slot(db, q), &r, args, n);
	return r;
}

/* The cache's own struct sql for a text; NULL where its slot belongs to another text. */
static const struct sql *text_slot(struct db *db, const char *text)
{
	uint32_t h = 2166136261u;
	for (const char *p = text; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	struct cached_text *slot = &db->texts[h % TEXT_SLOTS];
	if (!slot->text) {
		slot->text = memory_string(text);
		slot->sql = (struct sql){slot->text, "list", 0};
	}
	return strcmp(slot->text, text) == 0 ? &slot->sql : NULL;
}

struct rows db_query_text(struct db *db, const char *sql_text, const struct arg *args, size_t n)
{
	const struct sql *q = text_slot(db, sql_text);
	struct rows r = {db, NULL, NULL, true};
	if (q)
		return db_query_n(db, q, args, n);
	if (db->failed != ST_OK)
		return r;
	r.handle = db->driver->prepare(db->conn, sql_text);
	if (r.handle)
		bind_all(db, NULL, &r, args, n);
	else
		latch(db);
	return r;
}

bool rows_next(struct rows *r)
{
	if (!r->handle || r->db->failed != ST_OK)
		return false;
	enum step step = r->db->driver->step(r->handle);
	if (step == STEP_ERROR)
		latch(r->db);
	return step == STEP_ROW;
}

void rows_drop(struct rows *r)
{
	if (!r->handle)
		return;
	if (r->own) {
		r->db->driver->finalize(r->handle);
	} else {
		r->db->driver->reset(r->handle);
		cache_slot(r->db, r->sql)->busy = false;
	}
	r->handle = NULL;
}

int64_t col_i64(struct rows *r, int i)
{
	return r->db->driver->column_i64(r->handle, i);
}

enum col_kind col_kind(struct rows *r, int i)
{
	return r->db->driver->column_kind(r->handle, i);
}

bool col_is_null(struct rows *r, int i)
{
	return col_kind(r, i) == COL_NULL;
}

const char *col_peek(struct rows *r, int i, size_t *n)
{
	return r->db->driver->column_bytes(r->handle, i, n);
}

char *col_text(struct arena *a, struct rows *r, int i)
{
	size_t n = 0;
	if (col_is_null(r, i))
		return NULL;
	const char *bytes = col_peek(r, i, &n);
	return arena_copy(a, bytes, n);
}

int col_count(struct rows *r)
{
	return r->db->driver->column_count(r->handle);
}

const char *col_name(struct rows *r, int i)
{
	return r->db->driver->column_name(r->handle, i);
}

int64_t db_i64_n(struct db *db, int64_t missing, const struct sql *q, const struct arg *args, size_t n)
{
	SCOPED(rows) r = db_query_n(db, q, args, n);
	return rows_next(&r) && !col_is_null(&r, 0) ? col_i64(&r, 0) : missing;
}

char *db_text_n(struct db *db, struct arena *a, const struct sql *q, const struct arg *args, size_t n)
{
	SCOPED(rows) r = db_query_n(db, q, args, n);
	return rows_next(&r) ? col_text(a, &r, 0) : NULL;
}

int64_t db_exec_n(struct tx *tx, const struct sql *q, const struct arg *args, size_t n)
{
	struct db *db = tx_db(tx);
	SCOPED(rows) r = db_query_n(db, q, args, n);
	while (rows_next(&r))
		;
	return db->failed == ST_OK ? db->driver->changes(db->conn) : 0;
}

void db_send_n(struct tx *tx, const struct sql *q, const struct arg *args, size_t n)
{
	struct db *db = tx_db(tx);
	if (!db->driver->step_unasked) {
		(void)db_exec_n(tx, q, args, n);
		return;
	}
	SCOPED(rows) r = db_query_n(db, q, args, n);
	if (r.handle && db->failed == ST_OK && db->driver->step_unasked(r.handle) == STEP_ERROR)
		latch(db);
}

#define AHEAD_ARGS 8

void db_ahead_n(struct db *db, const struct sql *q, const char *each, const int64_t *values, size_t count, const struct arg *args,
                size_t n)
{
	struct arg row[AHEAD_ARGS];
	if (!db->driver->ahead_add || n > AHEAD_ARGS)
		return;
	SCOPED(rows) r = rows_prepare(db, q);
	for (size_t i = 0; i < count && r.handle && !r.own; i++) {
		for (size_t k = 0; k < n; k++)
			row[k] = strcmp(args[k].name, each) == 0 ? arg_i64(args[k].name, values[i]) : args[k];
		bind_all(db, cache_slot(db, q), &r, row, n);
		db->driver->ahead_add(r.handle);
	}
	if (r.handle && !r.own && db->failed == ST_OK && !db->driver->ahead_ask(r.handle))
		latch(db);
}

int64_t db_exec_rows(struct tx *tx, const struct sql *q, const struct arg *rows, size_t width, size_t count)
{
	struct db *db = tx_db(tx);
	/* the first row prepares, too, which is not to be done while others are under way */
	int64_t changed = count ? db_exec_n(tx, q, rows, width) : 0, rest = 0;
	bool batch = count > 2 && db->failed == ST_OK && db->driver->batch_begin && db->driver->batch_begin(db->conn);
	for (size_t i = 1; i < count; i++)
		rest += db_exec_n(tx, q, rows + i * width, width);
	if (batch && !db->driver->batch_end(db->conn, &rest))
		latch(db);
	return db->failed == ST_OK ? changed + rest : 0;
}

static enum status run(struct db *db, const char *text)
{
	enum status st = db->driver->script(db->conn, text);
	if (st != ST_OK)
		latch(db);
	return st;
}

/* The words around a transaction come with every request: prepared once, like any statement. */
static enum status run_word(struct db *db, const char *text)
{
	const struct sql *q = db->failed == ST_OK ? text_slot(db, text) : NULL;
	if (!q)
		return run(db, text);
	SCOPED(rows) r = db_query_n(db, q, NULL, 0);
	(void)rows_next(&r);
	return db->failed;
}

/* A server that was away, or another that took its place: a reader has lost nothing and asks anew. */
static bool reconnect(struct db *db)
{
	const char *place = NULL;
	void *conn = NULL;
	char why[200];
	if (!driver_of(db->where, &place) || db->driver->open(place, STORE_READ, &conn, why) != ST_OK)
		return false;
	drop_statements(db);
	db->driver->close(db->conn);
	db->conn = conn;
	db->failed = ST_OK;
	db->error[0] = '\0';
	return true;
}

void db_read_begin(struct db *db)
{
	db->failed = ST_OK;
	db->error[0] = '\0';
	enum status st = run_word(db, db->driver->begin_read);
	if (st == ST_STORE_UNAVAILABLE && db->access == STORE_READ && reconnect(db))
		(void)!run_word(db, db->driver->begin_read);
}

enum status db_read_end(struct db *db)
{
	enum status st = db->failed;
	if (db->driver->in_transaction(db->conn))
		(void)!run_word(db, "ROLLBACK");
	db->failed = ST_OK;
	return st;
}

enum status db_begin(struct db *db)
{
	db->failed = ST_OK;
	db->error[0] = '\0';
	return run_word(db, db->driver->begin_write);
}

enum status db_begin_alone(struct db *db)
{
	if (!db->driver->begin_alone)
		return db_begin(db);
	db->failed = ST_OK;
	db->error[0] = '\0';
	enum status st = db->driver->begin_alone(db->conn);
	if (st != ST_OK)
		latch(db);
	return st;
}

enum status db_commit(struct db *db)
{
	return db->failed != ST_OK ? db->failed : run_word(db, "COMMIT");
}

void db_rollback(struct db *db)
{
	if (db->driver->in_transaction(db->conn))
		(void)!db->driver->script(db->conn, "ROLLBACK");
	db->failed = ST_OK;
}

enum status db_savepoint(struct db *db)
{
	return run_word(db, "SAVEPOINT request");
}

enum status db_savepoint_release(struct db *db)
{
	return db->failed != ST_OK ? db->failed : run_word(db, "RELEASE request");
}

void db_savepoint_rollback(struct db *db)
{
	if (!db->driver->in_transaction(db->conn))
		return;
	if (db->driver->script(db->conn, "ROLLBACK TO request") == ST_OK &&
	    db->driver->script(db->conn, "RELEASE request") == ST_OK)
		db->failed = ST_OK;
}

bool db_in_transaction(const struct db *db)
{
	return db->driver->in_transaction(db->conn);
}

void db_checkpoint(struct db *db)
{
	db->driver->checkpoint(db->conn);
}

bool db_log_is_long(struct db *db)
{
	return db->driver->log_is_long && db->driver->log_is_long(db->conn);
}

enum status db_script(struct db *db, const char *text)
{
	return run(db, text);
}

char *db_dialect(struct db *db, struct arena *a, const char *migration)
{
	return db->driver->dialect(a, migration);
}

enum status db_load_begin(struct db *db)
{
	enum status st = db->driver->load_begin(db->conn);
	if (st != ST_OK)
		latch(db);
	return st;
}

enum status db_load_end(struct db *db)
{
	enum status st = db->driver->load_end(db->conn);
	if (st != ST_OK)
		latch(db);
	return st;
}

struct rows db_columns(struct db *db)
{
	return db_query_text(db, db->driver->columns, NULL, 0);
}

char *db_plan(struct db *db, struct arena *a, const char *sql_text)
{
	return db->driver->plan(db->conn, a, sql_text);
}

enum status db_backup(struct db *db, const char *to_path, void (*progress)(void *arg, int done, int total), void *arg)
{
	SCOPED(arena) a = {0};
	char why[200] = "";
	const struct copy_progress told = {progress, arg};
	if (db->driver->backup)
		return db->driver->backup(db->conn, to_path, progress, arg);
	db_read_begin(db);
	enum status st = copy_store(db, arena_printf(&a, "sqlite:%s", to_path), &told, why), read = db_read_end(db);
	return st == ST_OK ? read : st;
}

bool store_has_pages(const char *where)
{
	const char *place = NULL;
	const struct store_driver *driver = driver_of(where, &place);
	return driver && driver->refresh;
}

enum status db_refresh(struct db *db, int fd, const struct page_watch *watch, char why[200])
{
	return db->driver->refresh(db->conn, fd, watch, why);
}

enum status db_check_file(struct db *db, char why[200])
{
	return db->driver->check_file(db->conn, why);
}
