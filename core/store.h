/*
 * The store: one consortium, one SQLite file or one PostgreSQL schema. Nothing above this header knows the engine.
 *
 * Two handles let the compiler enforce the rule of transactions: whoever only reads takes `struct db *`, whoever writes
 * takes `struct tx *`, and a tx exists only inside a write (core/write.h). Statements are written beside the function
 * that runs them, as SQL(name, "…"), in the common subset of both engines, and bound by name with typed arguments:
 * `:x_t` is text, `:x_b` bytes, every other name a 63-bit integer.
 *
 * Errors of the engine latch: after the first one every further call on that connection answers it and does nothing,
 * until the transaction ends. So a loop over rows needs no error branch: whoever ends the transaction asks db_status().
 * A handle belongs to one thread at a time.
 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct tx;

/* A statement with a life of its own: its address is the key of each connection's statement cache. */
struct sql {
	const char *text;
	const char *file;
	int line;
};

/* Declares a statement and lists it for the test that prepares every statement of the program. */
#define SQL(sql_name, sql_text)                                            \
	static const struct sql sql_name = {sql_text, __FILE__, __LINE__}; \
	static const struct sql *const sql_name##_entry __attribute__((used, retain, section("sql_list"))) = &sql_name
/* The bounds of that list. */
extern const struct sql *const __start_sql_list[];
extern const struct sql *const __stop_sql_list[];

enum arg_type { ARG_I64, ARG_TEXT, ARG_BYTES, ARG_NULL };
struct arg {
	const char *name; /* with its colon */
	enum arg_type type;
	int64_t i;
	const void *bytes; /* must live until the statement is stepped to its end */
	size_t n;
};
struct arg arg_i64(const char *name, int64_t v);
struct arg arg_id(const char *name, int64_t id);      /* 0 becomes NULL */
struct arg arg_text(const char *name, const char *s); /* NULL becomes NULL */
struct arg arg_bytes(const char *name, const void *p, size_t n);
#define I64(name, v) arg_i64(name, v)
#define ID(name, v) arg_id(name, v)
#define TEXT(name, s) arg_text(name, s)
#define BYTES(name, p, n) arg_bytes(name, p, n)

/* A running query. Rows' text and bytes live until the next row. */
struct rows {
	struct db *db;
	void *handle; /* the driver's statement; NULL where preparing failed */
	const struct sql *sql;
	bool own; /* prepared for this use only, not cached */
};

/* Starts a query; its arguments are checked against the statement's parameters (a mismatch is a bug: INTERNAL, told in the log).
 */
#define db_query(db, q, ...) \
	db_query_n(db, &(q), (const struct arg[]){__VA_ARGS__}, sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
struct rows db_query_n(struct db *db, const struct sql *q, const struct arg *args, size_t n);
/* The next row; false at the end and after an error (db_status tells which). */
bool rows_next(struct rows *r);
void rows_drop(struct rows *r);
int64_t col_i64(struct rows *r, int i); /* NULL reads 0 */
bool col_is_null(struct rows *r, int i);
/* A copy in the arena; NULL stays NULL. */
char *col_text(struct arena *a, struct rows *r, int i);
/* The row's own bytes, until the next row. */
const char *col_peek(struct rows *r, int i, size_t *n);
enum col_kind { COL_NULL, COL_I64, COL_TEXT, COL_BYTES };
enum col_kind col_kind(struct rows *r, int i);
int col_count(struct rows *r);
const char *col_name(struct rows *r, int i);

/* One integer of one row; `missing` where there is no row or NULL. */
#define db_i64(db, missing, q, ...)                                    \
	db_i64_n(db, missing, &(q), (const struct arg[]){__VA_ARGS__}, \
	         sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
int64_t db_i64_n(struct db *db, int64_t missing, const struct sql *q, const struct arg *args, size_t n);
/* One text of one row in the arena, or NULL. */
#define db_text(db, a, q, ...) \
	db_text_n(db, a, &(q), (const struct arg[]){__VA_ARGS__}, sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
char *db_text_n(struct db *db, struct arena *a, const struct sql *q, const struct arg *args, size_t n);

/*
 * Tells that a question will be asked soon, with argument `each` taking these values one by one, and that nothing is written
 * before which would change an answer. An engine across a wire fetches all answers at once and hands each out once; they are
 * forgotten where a savepoint begins or ends. SQLite does nothing. Whoever asks need not know that it was told.
 */
#define db_ahead(db, q, each, values, count, ...)                                    \
	db_ahead_n(db, &(q), each, values, count, (const struct arg[]){__VA_ARGS__}, \
	           sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
void db_ahead_n(struct db *db, const struct sql *q, const char *each, const int64_t *values, size_t count, const struct arg *args,
                size_t n);

/* Runs a writing statement to its end and answers the number of rows it changed (0 after an error; see db_status). */
#define db_exec(tx, q, ...) \
	db_exec_n(tx, &(q), (const struct arg[]){__VA_ARGS__}, sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
int64_t db_exec_n(struct tx *tx, const struct sql *q, const struct arg *args, size_t n);
/* The same where nobody needs the number: the engine may tell an error only with the next statement that is waited for. */
#define db_send(tx, q, ...) \
	db_send_n(tx, &(q), (const struct arg[]){__VA_ARGS__}, sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
void db_send_n(struct tx *tx, const struct sql *q, const struct arg *args, size_t n);
/* The same statement for many rows: rows[i] holds `width` arguments. SQLite loops, PostgreSQL sends them
 * without waiting for each answer. */
int64_t db_exec_rows(struct tx *tx, const struct sql *q, const struct arg *rows, size_t width, size_t count);

/* OK, or the engine's error of this transaction as STORE_UNAVAILABLE (down, full, I/O), BUSY (retry), INTERNAL (a bug). */
enum status db_status(const struct db *db);
/* The first error in the engine's words, for the log; "" without one. */
const char *db_error(const struct db *db);
/* The reading side of a write. */
struct db *tx_db(struct tx *tx);

/* How to open a store. */
enum store_access { STORE_READ, STORE_WRITE, STORE_CREATE };
/*
 * A connection. where: "sqlite:PATH" or "postgres:schema=NAME CONNINFO" (CONNINFO: libpq's). STORE_UNAVAILABLE where the store
 * is missing, damaged, not to be reached, or already written by somebody else; why says it in Chinese or the engine's words.
 */
MUST_CHECK enum status db_open(const char *where, enum store_access access, struct db **out, char why[200]);
void db_close(struct db *db);
/* Is there a store? STORE_UNAVAILABLE where that cannot be told. */
MUST_CHECK enum status store_find(const char *where, bool *there, char why[200]);
/* Takes a store away with everything in it; nothing where there is none. */
void store_remove(const char *where);
/* Where a store is made, to be renamed when it is whole; in the arena. */
char *store_unfinished(struct arena *a, const char *where);
/* Gives a closed store another name on the same engine, for good. */
MUST_CHECK enum status store_rename(const char *from, const char *to, char why[200]);

/* A read snapshot: everything between sees one state. db_read_end answers db_status and clears it. */
void db_read_begin(struct db *db);
enum status db_read_end(struct db *db);

/* What only core/write.c, core/migrate.c and tests use. */
MUST_CHECK enum status db_begin(struct db *db);
/*
 * The same, but nobody else can write into the store until it ends: it waits for those who do and then meets nobody, where
 * db_begin may meet them again and again. BUSY where they take longer than some seconds.
 */
MUST_CHECK enum status db_begin_alone(struct db *db);
/* OK: on disk. STORE_UNAVAILABLE: outcome unknown, close and open again, then ask the idempotency keys. */
MUST_CHECK enum status db_commit(struct db *db);
void db_rollback(struct db *db);
MUST_CHECK enum status db_savepoint(struct db *db);
MUST_CHECK enum status db_savepoint_release(struct db *db);
/* Rolls back to the savepoint and clears a latched error if the transaction still stands. */
void db_savepoint_rollback(struct db *db);
/* False once the engine has ended the transaction by itself (disk full, I/O error). */
bool db_in_transaction(const struct db *db);
/* Writes the log back into the file as far as readers allow; only the one writer calls it. */
void db_checkpoint(struct db *db);
/* The log has grown so far that writing it back is worth a moment in which nobody waits for a write. */
bool db_log_is_long(struct db *db);
/* A script of several statements (migrations). */
MUST_CHECK enum status db_script(struct db *db, const char *text);
/* Rewrites a migration from the common dialect into the engine's: types, table options, trigger directives. */
char *db_dialect(struct db *db, struct arena *a, const char *migration);
/* Around filling an empty store with another's rows: references need not hold in between, and do at the end or INTERNAL. */
MUST_CHECK enum status db_load_begin(struct db *db);
MUST_CHECK enum status db_load_end(struct db *db);
/* Every column of the store: table, name, type (BIGINT, TEXT, BYTES), place in the primary key from 1 or 0. */
struct rows db_columns(struct db *db);
/* The plan of a statement, one line a step, in the arena; used by the test that refuses full scans. */
char *db_plan(struct db *db, struct arena *a, const char *sql_text);
/* Prepares a text that is no SQL() constant (built from constant pieces); bound and stepped like any other. */
struct rows db_query_text(struct db *db, const char *sql_text, const struct arg *args, size_t n);
/* Copies the whole store into a new file of SQLite's while others read and write. */
MUST_CHECK enum status db_backup(struct db *db, const char *to_path, void (*progress)(void *arg, int done, int total), void *arg);
/*
 * The same onto an open file that holds an earlier copy, or is empty: only what differs is written, and changed() hears where.
 * After an error the file is no copy until a later call succeeds. Only for a store that is a file of pages.
 */
struct page_watch {
	void (*changed)(void *arg, int64_t at, size_t n);
	void *arg;
};
/* Is the store at this place such a one? Nothing is opened. */
bool store_has_pages(const char *where);
MUST_CHECK enum status db_refresh(struct db *db, int fd, const struct page_watch *watch, char why[200]);
/* The engine's own check of the file's structure; INTERNAL with the first fault in why. */
MUST_CHECK enum status db_check_file(struct db *db, char why[200]);
