/*
 * What an engine must offer to core/store.c, and nobody else: a table of these functions in a file of its own, chosen by
 * the scheme before the colon ("sqlite:PATH", "postgres:CONNINFO").
 */
#pragma once
#include "core/store.h"

enum step { STEP_ROW, STEP_DONE, STEP_ERROR };

struct store_driver {
	const char *scheme;
	enum status (*open)(const char *place, enum store_access access, void **conn, char why[200]);
	void (*close)(void *conn);
	/* Is there a store at this place? Taking it away; giving it another name on the same engine. */
	enum status (*find)(const char *place, bool *there, char why[200]);
	void (*remove)(const char *place);
	/* The place of a store under construction, which nobody takes for a store; in the arena. */
	char *(*unfinished)(struct arena *a, const char *place);
	enum status (*rename)(const char *from, const char *to, char why[200]);
	void *(*prepare)(void *conn, const char *text); /* NULL on an error */
	void (*finalize)(void *stmt);
	void (*reset)(void *stmt); /* also forgets the bound arguments */
	int (*param_count)(void *stmt);
	/* The number of a parameter, from 1; 0 where the statement has no such one. */
	int (*param)(void *stmt, const char *name);
	bool (*bind)(void *stmt, int param, const struct arg *arg);
	enum step (*step)(void *stmt);
	/* A writing statement whose count nobody asks for: an engine across a wire need not wait for its answer. NULL: step. */
	enum step (*step_unasked)(void *stmt);
	/* What is bound will be asked soon; all of that is asked at once, and the answers are kept for the next steps with the
	 * same arguments, until a savepoint or transaction begins or ends. NULL: the engine gains nothing by it. */
	void (*ahead_add)(void *stmt);
	bool (*ahead_ask)(void *stmt);
	/* Between the two, steps of writing statements are only sent; their errors and counts come at the end. NULL: the engine
	 * gains nothing by it. */
	bool (*batch_begin)(void *conn);
	bool (*batch_end)(void *conn, int64_t *changed);
	int64_t (*changes)(void *conn);
	int (*column_count)(void *stmt);
	const char *(*column_name)(void *stmt, int i);
	enum col_kind (*column_kind)(void *stmt, int i);
	int64_t (*column_i64)(void *stmt, int i);
	const char *(*column_bytes)(void *stmt, int i, size_t *n);
	/* Classifies the last error: STORE_UNAVAILABLE, BUSY or INTERNAL. */
	enum status (*error)(void *conn, char why[200]);
	enum status (*script)(void *conn, const char *text);
	bool (*in_transaction)(void *conn);
	void (*checkpoint)(void *conn);
	bool (*log_is_long)(void *conn); /* NULL: never */
	char *(*dialect)(struct arena *a, const char *migration);
	char *(*plan)(void *conn, struct arena *a, const char *text);
	/* A copy into a file, page by page; NULL: row by row (core/copy.h). */
	enum status (*backup)(void *conn, const char *to_path, void (*progress)(void *arg, int done, int total), void *arg);
	/* The same onto an earlier copy, of which only what differs is written; NULL: no file of pages. */
	enum status (*refresh)(void *conn, int fd, const struct page_watch *watch, char why[200]);
	enum status (*check_file)(void *conn, char why[200]);
	/* Around filling an empty store with rows of another: references are held against the rows at the end. */
	enum status (*load_begin)(void *conn);
	enum status (*load_end)(void *conn);
	/* A question: table, column, its common type, place in the primary key (from 1; 0: none), in this order. */
	const char *columns;
	const char *begin_read, *begin_write;
	/* db_begin_alone; NULL: whoever writes is alone in any case. */
	enum status (*begin_alone)(void *conn);
};

extern const struct store_driver store_sqlite, store_postgres;
