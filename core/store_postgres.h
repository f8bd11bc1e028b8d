/*
 * What the files of the PostgreSQL driver share: statements (store_postgres.c), the same for many rows of arguments at once
 * (store_postgres_many.c), the connection and the place of a store (store_postgres_connect.c), words (store_postgres_words.c).
 */
#pragma once
#include "core/store.h"
#include "core/text.h"

#include <libpq-fe.h>

#define SCHEMA_MAX 63

/* Types of the server that we speak, by their fixed numbers. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_NAME = 19,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_BYTEA_ARRAY = 1001,
	OID_TEXT_ARRAY = 1009,
	OID_INT8_ARRAY = 1016,
	OID_VARCHAR = 1043
};

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
	struct buf dead;        /* DEALLOCATE … of statements that nobody uses any more */
	struct pg_stmt *adding; /* its rows wait to go out in one statement; NULL: none */
	unsigned stage;         /* grows where a savepoint or transaction begins or ends: answers kept before are void */
};

struct pg_words {
	char *text;   /* with $1, $2 … and joins as PostgreSQL wants them */
	char **names; /* of the parameters, with their colon, in the order of their numbers */
	size_t count;
};

/* A statement over arrays, one for each parameter: many rows of arguments in one execution. */
struct pg_many {
	char *text;          /* NULL where the statement has no such form */
	char name[16];       /* "" until it is prepared */
	struct buf *columns; /* the arrays as they go over the wire */
	struct buf offsets;  /* size_t: where each row's values stand in them */
	size_t count, bytes;
	PGresult *kept; /* of a question: the answers, their last column being the row that is answered, from 1 */
	int *first;     /* of each row its first answer, -1 none, SERVED where it was handed out */
	int *next;      /* of each answer the next of the same row, or -1 */
	size_t at;      /* the row that is probably asked for next */
	unsigned stage;
};

struct pg_stmt {
	struct pg *pg;
	struct arena arena;
	char name[16];
	struct pg_words words;
	char **values;
	int *lengths, *formats;
	int64_t *integers; /* in the order of the wire */
	PGresult *shape;   /* what the columns are */
	PGresult *result;
	const PGresult *view; /* where the rows are read: result, or many.kept */
	int row, binary;
	bool ran, streams, commits, ends_stage, only_adds;
	char (*scratch)[24]; /* integers as text, one for each column */
	struct pg_many many;
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
enum status pg_begin_alone(void *conn);
enum status pg_open(const char *place, enum store_access access, void **out, char why[200]);
void pg_close(void *conn);
enum status pg_find(const char *place, bool *there, char why[200]);
void pg_remove(const char *place);
char *pg_unfinished(struct arena *a, const char *place);
enum status pg_rename(const char *from, const char *to, char why[200]);
enum status pg_check_file(void *conn, char why[200]);
enum status pg_load_begin(void *conn);
enum status pg_load_end(void *conn);

/* ---- many rows ---- */
/* The form for many rows of a statement that adds one row, or asks; leaves many.text NULL where there is none. */
void pg_many_init(struct pg_stmt *s);
void pg_many_drop(struct pg_stmt *s);
/* Appends what is bound as one more row. */
void pg_many_add(struct pg_stmt *s);
void pg_many_clear(struct pg_stmt *s);
/* Sends the rows that wait in p->adding, without waiting for an answer; true where none wait. */
bool pg_flush(struct pg *p);
/* Asks for all rows at once and keeps the answers. */
bool pg_many_ask(struct pg_stmt *s);
/* The answer to what is bound, where it was kept: its first row (-1: it has none) in *row. Handed out once. */
bool pg_many_find(struct pg_stmt *s, int *row);
/* Sends a prepared statement in the binary format; false where that cannot be. */
bool pg_send(struct pg_stmt *s, const char *name, const char *const *values, const int *lengths);
/* From now on statements are sent without waiting. */
void pg_begin_queue(struct pg *p);
/* The type of a parameter stands in its name: _t text, _b bytes, else integer. */
Oid pg_type_of(const char *name);

/* ---- words ---- */

/* A statement of the common subset in PostgreSQL's words; all in the arena. */
struct pg_words pg_words_of(struct arena *a, const char *common);
/* A migration in PostgreSQL's words. */
char *pg_dialect(struct arena *a, const char *migration);
