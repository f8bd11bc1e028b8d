/*
 * What the files of the PostgreSQL driver share: statements (store_postgres.c), the connection and the place of a store
 * (store_postgres_connect.c), words (store_postgres_words.c).
 */
#pragma once
#include "core/store.h"
#include "core/text.h"

#include <libpq-fe.h>

#define SCHEMA_MAX 63

struct pg {
	PGconn *conn;
	char schema[SCHEMA_MAX + 1];
	unsigned next; /* number of the next statement or cursor */
	int64_t changes;
	bool batching; /* between batch_begin and batch_end */
	bool piped;    /* something was sent whose answers are not yet read: queued of them */
	size_t queued;
	int64_t batch_changes;
	char state[6]; /* SQLSTATE of the last error; "" where the connection itself failed */
	char error[200];
	struct buf dead; /* DEALLOCATE … of statements that nobody uses any more */
};

/* ---- the connection ---- */
/* Keeps the words of an error: the answer's, or, where res is NULL, the connection's. */
void pg_keep_error(struct pg *p, const PGresult *res);
bool pg_is_good(const PGresult *res);
/* Runs words that answer nothing; false with the error kept. */
bool pg_run(struct pg *p, const char *text);
/* Waits for the one answer of what was sent; the last, as PQexec has it. A server that is silent too long is given up. */
PGresult *pg_answer(struct pg *p);
/* The same for a scan, which may take minutes. */
PGresult *pg_answer_stream(struct pg *p);
/* Reads all answers that are due; where `last` is not NULL, one more was sent behind the queue and its answer goes there. */
bool pg_collect(struct pg *p, PGresult **last);
/* The same without one more; false where one of them is an error, which is kept. True at once where nothing is due. */
bool pg_drain(struct pg *p);
enum status pg_classify(const struct pg *p);
/* What the driver's table offers (core/store_driver.h). */
enum status pg_error(void *conn, char why[200]);
enum status pg_script(void *conn, const char *text);
enum status pg_open(const char *place, enum store_access access, void **out, char why[200]);
void pg_close(void *conn);
enum status pg_find(const char *place, bool *there, char why[200]);
void pg_remove(const char *place);
char *pg_unfinished(struct arena *a, const char *place);
enum status pg_rename(const char *from, const char *to, char why[200]);
enum status pg_check_file(void *conn, char why[200]);
enum status pg_load_begin(void *conn);
enum status pg_load_end(void *conn);

/* ---- words ---- */

struct pg_words {
	char *text;   /* with $1, $2 … and joins as PostgreSQL wants them */
	char **names; /* of the parameters, with their colon, in the order of their numbers */
	size_t count;
};
/* A statement of the common subset in PostgreSQL's words; all in the arena. */
struct pg_words pg_words_of(struct arena *a, const char *common);
/* A migration in PostgreSQL's words. */
char *pg_dialect(struct arena *a, const char *migration);
