/*
 * PostgreSQL as the engine of a store: one consortium is one schema. "postgres:schema=NAME CONNINFO"; CONNINFO is libpq's
 * own, with several hosts where there are several. A writer holds an advisory lock of its schema for as long as its
 * connection lives, so that one process in the world writes; SERIALIZABLE is the second fence, against whoever does not ask.
 * Readers have read-only snapshots on the same server: what was answered is what is read.
 */
#include "core/store_driver.h"
#include "core/store_postgres.h"
#include "core/text.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX 400 /* answers that the server holds back before we read them */
#define ROWS_MAX 500  /* rows that wait to go as one statement */
#define BYTES_MAX ((size_t)1 << 20)
#define FETCH "2000"

/* ---- statements ---- */

Oid pg_type_of(const char *name)
{
	size_t n = strlen(name);
	const char *end = n > 2 ? name + n - 2 : "";
	return strcmp(end, "_t") == 0 ? OID_TEXT : strcmp(end, "_b") == 0 ? OID_BYTEA : OID_INT8;
}

static enum col_kind kind_of(Oid type)
{
	static const struct {
		Oid type;
		enum col_kind kind;
	} kinds[] = {{OID_INT8, COL_I64},  {OID_INT4, COL_I64},     {OID_INT2, COL_I64},  {OID_BOOL, COL_I64},
	             {OID_TEXT, COL_TEXT}, {OID_VARCHAR, COL_TEXT}, {OID_NAME, COL_TEXT}, {OID_BYTEA, COL_BYTES}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return COL_NULL;
}

/* The first column whose type is none of ours, or -1. */
static int strange_column(const PGresult *shape)
{
	for (int i = 0; i < PQnfields(shape); i++)
		if (kind_of(PQftype(shape, i)) == COL_NULL)
			return i;
	return -1;
}

static void bury(struct pg *p)
{
	if (p->dead.len < 1024 || PQtransactionStatus(p->conn) == PQTRANS_INERROR)
		return;
	(void)!pg_run(p, p->dead.data);
	buf_clear(&p->dead);
}

static bool prepare_words(struct pg_stmt *s)
{
	struct pg *p = s->pg;
	Oid *types = arena_array(&s->arena, s->words.count + 1, sizeof *types);
	for (size_t i = 0; i < s->words.count; i++)
		types[i] = pg_type_of(s->words.names[i]);
	bool sent = PQsendPrepare(p->conn, s->name, s->words.text, (int)s->words.count, types) == 1;
	PGresult *res = sent ? pg_answer(p) : NULL;
	bool ok = pg_is_good(res);
	if (!ok)
		pg_keep_error(p, res);
	PQclear(res);
	if (!ok)
		return false;
	s->shape = PQsendDescribePrepared(p->conn, s->name) == 1 ? pg_answer(p) : NULL;
	ok = pg_is_good(s->shape);
	if (!ok)
		pg_keep_error(p, s->shape);
	return ok;
}

/* A question that reads a whole table for a proof, an export or a copy is not held in memory. */
static bool is_stream(const char *text)
{
	return strstr(text, "/*scan: verify") || strstr(text, "/*scan: export") || strstr(text, "/*scan: copy");
}

static bool only_adds(const char *text)
{
	static const char *const more[] = {"SELECT", "ON CONFLICT", "RETURNING"};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		if (strstr(text, more[i]))
			return false;
	return strncmp(text, "INSERT INTO ", 12) == 0 || strncmp(text, "SAVEPOINT ", 10) == 0;
}

/* Words around a part of a transaction. */
static bool ends_stage(const char *text)
{
	static const char *const words[] = {"BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static void pg_finalize(void *stmt)
{
	struct pg_stmt *s = stmt;
	if (s->pg->adding == s)
		(void)!pg_flush(s->pg); /* an error is the transaction's: the next statement tells it */
	PQclear(s->result);
	if (s->shape && PQstatus(s->pg->conn) == CONNECTION_OK)
		buf_printf(&s->pg->dead, "DEALLOCATE %s;", s->name);
	pg_many_drop(s);
	PQclear(s->shape);
	arena_drop(&s->arena);
	free(s);
}

static void *pg_prepare(void *conn, const char *text)
{
	struct pg *p = conn;
	struct pg_stmt *s = memory_alloc(sizeof *s);
	bury(p);
	*s = (struct pg_stmt){.pg = p, .commits = strcmp(text, "COMMIT") == 0, .ends_stage = ends_stage(text)};
	s->words = pg_words_of(&s->arena, text);
	s->values = arena_array(&s->arena, s->words.count + 1, sizeof *s->values);
	s->lengths = arena_array(&s->arena, s->words.count + 1, sizeof *s->lengths);
	s->formats = arena_array(&s->arena, s->words.count + 1, sizeof *s->formats);
	s->integers = arena_array(&s->arena, s->words.count + 1, sizeof *s->integers);
	snprintf(s->name, sizeof s->name, "s%u", p->next++);
	if (!pg_drain(p) || !prepare_words(s)) {
		pg_finalize(s);
		return NULL;
	}
	s->binary = strange_column(s->shape) < 0;
	s->only_adds = only_adds(text);
	s->streams = PQnfields(s->shape) > 0 && is_stream(text);
	s->scratch = arena_array(&s->arena, (size_t)PQnfields(s->shape) + 1, sizeof *s->scratch);
	pg_many_init(s);
	return s;
}

static int pg_param_count(void *stmt)
{
	return (int)((struct pg_stmt *)stmt)->words.count;
}

static int pg_param(void *stmt, const char *name)
{
	const struct pg_stmt *s = stmt;
	for (size_t i = 0; i < s->words.count; i++)
		if (strcmp(s->words.names[i], name) == 0)
			return (int)i + 1;
	return 0;
}

static bool pg_bind(void *stmt, int i, const struct arg *arg)
{
	struct pg_stmt *s = stmt;
	size_t at = (size_t)i - 1;
	s->formats[at] = 1;
	s->values[at] = NULL;
	if (arg->type == ARG_NULL)
		return true;
	if (arg->type == ARG_I64) {
		s->integers[at] = (int64_t)htobe64((uint64_t)arg->i);
		s->values[at] = (char *)&s->integers[at];
		s->lengths[at] = 8;
		return true;
	}
	s->values[at] = arg->n ? (char *)(uintptr_t)arg->bytes : "";
	s->lengths[at] = (int)arg->n;
	return arg->n <= INT32_MAX;
}

/* Takes an answer; false where it is an error. A COMMIT of a failed transaction is answered with ROLLBACK, not an error. */
static bool take(struct pg_stmt *s, PGresult *res)
{
	struct pg *p = s->pg;
	PQclear(s->result);
	s->view = s->result = res;
	s->row = -1;
	if (!pg_is_good(res)) {
		pg_keep_error(p, res);
		return false;
	}
	if (s->commits && strcmp(PQcmdStatus(res), "COMMIT") != 0) {
		snprintf(p->state, sizeof p->state, "25P02");
		snprintf(p->error, sizeof p->error, "the transaction had failed before");
		return false;
	}
	p->changes = strtoll(PQcmdTuples(res), NULL, 10);
	return true;
}

bool pg_send(struct pg_stmt *s, const char *name, const char *const *values, const int *lengths)
{
	s->pg->stage += s->ends_stage;
	if (PQsendQueryPrepared(s->pg->conn, name, (int)s->words.count, values, lengths, s->formats, s->binary) == 1)
		return true;
	pg_keep_error(s->pg, NULL);
	return false;
}

static bool send(struct pg_stmt *s)
{
	return pg_send(s, s->name, (const char *const *)s->values, s->lengths);
}

/* Behind what was sent before, if anything was, and in one go with it. */
static bool execute(struct pg_stmt *s)
{
	PGresult *ours = NULL;
	if (!pg_flush(s->pg) || !send(s))
		return false;
	if (!s->pg->piped)
		return take(s, pg_answer(s->pg));
	if (pg_collect(s->pg, &ours))
		return take(s, ours);
	PQclear(ours);
	return false;
}

/* ---- questions read piece by piece ---- */

static bool fetch(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	if (!pg_drain(s->pg))
		return false;
	const char *text = arena_printf(&a, "FETCH " FETCH " FROM c_%s", s->name);
	bool sent = PQsendQueryParams(s->pg->conn, text, 0, NULL, NULL, NULL, NULL, s->binary) == 1;
	return take(s, sent ? pg_answer_stream(s->pg) : NULL);
}

static bool open_stream(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	Oid *types = arena_array(&a, s->words.count + 1, sizeof *types);
	for (size_t i = 0; i < s->words.count; i++)
		types[i] = pg_type_of(s->words.names[i]);
	const char *text = arena_printf(&a, "DECLARE c_%s NO SCROLL CURSOR FOR %s", s->name, s->words.text);
	if (!pg_drain(s->pg))
		return false;
	bool sent = PQsendQueryParams(s->pg->conn, text, (int)s->words.count, types, (const char *const *)s->values, s->lengths,
	                              s->formats, s->binary) == 1;
	return take(s, sent ? pg_answer(s->pg) : NULL) && fetch(s);
}

static void close_stream(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	if (PQtransactionStatus(s->pg->conn) == PQTRANS_INTRANS)
		(void)!pg_run(s->pg, arena_printf(&a, "CLOSE c_%s", s->name));
}

static void pg_reset(void *stmt)
{
	struct pg_stmt *s = stmt;
	if (s->streams && s->ran)
		close_stream(s);
	PQclear(s->result);
	s->view = s->result = NULL;
	s->ran = false;
	for (size_t i = 0; i < s->words.count; i++)
		s->values[i] = NULL;
}

/* ---- sent without waiting ---- */

/*
 * A row that is only added (INSERT … VALUES) answers nothing but one row or an error, and an error may as well be told a
 * statement later: the transaction is lost either way, and whoever ends a savepoint asks. So it is sent, and its answer is read
 * with the next one that somebody waits for; rows that follow each other into one table go as one statement. The same serves
 * db_send and db_exec_rows for every statement.
 */
static enum step queue_one(struct pg_stmt *s)
{
	struct pg *p = s->pg;
	p->changes = 1;
	if (p->adding != s && !pg_flush(p))
		return STEP_ERROR;
	if (s->many.text && PQnfields(s->shape) == 0) {
		pg_many_add(s);
		p->adding = s;
		bool more = s->many.count < ROWS_MAX && s->many.bytes < BYTES_MAX;
		return more || pg_flush(p) ? STEP_DONE : STEP_ERROR;
	}
	pg_begin_queue(p);
	if (!send(s))
		return STEP_ERROR;
	return ++p->queued < QUEUE_MAX || pg_drain(p) ? STEP_DONE : STEP_ERROR;
}

static bool under_way(const struct pg *p)
{
	return p->piped || PQtransactionStatus(p->conn) == PQTRANS_INTRANS;
}

static bool may_wait(const struct pg_stmt *s)
{
	return s->pg->batching || (s->only_adds && under_way(s->pg));
}

static bool pg_batch_begin(void *conn)
{
	struct pg *p = conn;
	if (!pg_drain(p))
		return false;
	p->batch_changes = 0;
	p->batching = true;
	return true;
}

static bool pg_batch_end(void *conn, int64_t *changed)
{
	struct pg *p = conn;
	bool ok = pg_drain(p);
	p->batching = false;
	*changed = p->batch_changes;
	return ok;
}

static enum step pg_step(void *stmt)
{
	struct pg_stmt *s = stmt;
	bool first = !s->ran;
	if (first && may_wait(s))
		return queue_one(s);
	s->ran = true;
	if (first && pg_many_find(s, &s->row)) {
		s->view = s->many.kept;
		return s->row >= 0 ? STEP_ROW : STEP_DONE;
	}
	if (s->view && s->view == s->many.kept) {
		s->row = s->row >= 0 ? s->many.next[s->row] : -1;
		return s->row >= 0 ? STEP_ROW : STEP_DONE;
	}
	if (first && !(s->streams ? open_stream(s) : execute(s)))
		return STEP_ERROR;
	if (++s->row < PQntuples(s->result))
		return STEP_ROW;
	if (!s->streams || PQntuples(s->result) == 0)
		return STEP_DONE;
	if (!fetch(s))
		return STEP_ERROR;
	return ++s->row < PQntuples(s->result) ? STEP_ROW : STEP_DONE;
}

static enum step pg_step_unasked(void *stmt)
{
	struct pg_stmt *s = stmt;
	return under_way(s->pg) && PQnfields(s->shape) == 0 ? queue_one(s) : pg_step(s);
}

static void pg_ahead_add(void *stmt)
{
	struct pg_stmt *s = stmt;
	if (s->many.text && s->binary && PQnfields(s->shape) > 0)
		pg_many_add(s);
}

static bool pg_ahead_ask(void *stmt)
{
	struct pg_stmt *s = stmt;
	if (s->many.count > 1 && under_way(s->pg))
		return pg_many_ask(s);
	pg_many_clear(s);
	return true;
}

static int64_t pg_changes(void *conn)
{
	return ((struct pg *)conn)->changes;
}

/* ---- columns ---- */

static int pg_column_count(void *stmt)
{
	return PQnfields(((struct pg_stmt *)stmt)->shape);
}

static const char *pg_column_name(void *stmt, int i)
{
	return PQfname(((struct pg_stmt *)stmt)->shape, i);
}

static enum col_kind pg_column_kind(void *stmt, int i)
{
	const struct pg_stmt *s = stmt;
	enum col_kind kind = kind_of(PQftype(s->shape, i));
	if (PQgetisnull(s->view, s->row, i))
		return COL_NULL;
	return s->binary && kind != COL_NULL ? kind : COL_TEXT;
}

/* Integers come in the order of the network, in one, two, four or eight bytes. */
static int64_t pg_column_i64(void *stmt, int i)
{
	const struct pg_stmt *s = stmt;
	const char *value = PQgetvalue(s->view, s->row, i);
	int n = PQgetlength(s->view, s->row, i);
	if (PQgetisnull(s->view, s->row, i))
		return 0;
	if (!s->binary || kind_of(PQftype(s->shape, i)) != COL_I64)
		return strtoll(value, NULL, 10);
	uint64_t v = n > 0 && n < 8 && (value[0] & 0x80) ? UINT64_MAX : 0;
	for (int k = 0; k < n; k++)
		v = v << 8 | (unsigned char)value[k];
	return (int64_t)v;
}

static const char *pg_column_bytes(void *stmt, int i, size_t *n)
{
	struct pg_stmt *s = stmt;
	*n = (size_t)PQgetlength(s->view, s->row, i);
	if (pg_column_kind(stmt, i) != COL_I64)
		return PQgetvalue(s->view, s->row, i);
	*n = (size_t)snprintf(s->scratch[i], sizeof *s->scratch, "%lld", (long long)pg_column_i64(stmt, i));
	return s->scratch[i];
}

/* ---- the rest ---- */

static bool pg_in_transaction(void *conn)
{
	PGTransactionStatusType st = PQtransactionStatus(((struct pg *)conn)->conn);
	return st == PQTRANS_INTRANS || st == PQTRANS_INERROR || st == PQTRANS_ACTIVE;
}

static void pg_checkpoint(void *conn)
{
	(void)conn; /* the server's own business */
}

/* Only what is wrong: PostgreSQL's plans depend on its rows, so scans are looked for in SQLite's. */
static char *pg_plan(void *conn, struct arena *a, const char *text)
{
	struct pg *p = conn;
	struct pg_stmt *s = pg_prepare(conn, text);
	if (!s)
		return arena_printf(a, "ERROR %s", p->error);
	int strange = strange_column(s->shape);
	char *answer = strange < 0 ? arena_string(a, "")
	                           : arena_printf(a, "ERROR column %s is neither integer, text nor bytes: CAST it",
	                                          PQfname(s->shape, strange));
	pg_finalize(s);
	return answer;
}

const struct store_driver store_postgres = {
        .scheme = "postgres",
        .open = pg_open,
        .close = pg_close,
        .find = pg_find,
        .remove = pg_remove,
        .unfinished = pg_unfinished,
        .rename = pg_rename,
        .prepare = pg_prepare,
        .finalize = pg_finalize,
        .reset = pg_reset,
        .param_count = pg_param_count,
        .param = pg_param,
        .bind = pg_bind,
        .step = pg_step,
        .step_unasked = pg_step_unasked,
        .ahead_add = pg_ahead_add,
        .ahead_ask = pg_ahead_ask,
        .batch_begin = pg_batch_begin,
        .batch_end = pg_batch_end,
        .changes = pg_changes,
        .column_count = pg_column_count,
        .column_name = pg_column_name,
        .column_kind = pg_column_kind,
        .column_i64 = pg_column_i64,
        .column_bytes = pg_column_bytes,
        .error = pg_error,
        .script = pg_script,
        .in_transaction = pg_in_transaction,
        .checkpoint = pg_checkpoint,
        .dialect = pg_dialect,
        .plan = pg_plan,
        .check_file = pg_check_file,
        .load_begin = pg_load_begin,
        .load_end = pg_load_end,
        .columns = "SELECT c.relname, a.attname, CASE WHEN a.atttypid = 20 THEN 'BIGINT' WHEN a.atttypid = 17 THEN 'BYTES' ELSE "
                   "'TEXT' END, CAST(coalesce(array_position(CAST(i.indkey AS smallint[]), a.attnum), -1) + 1 AS BIGINT) FROM "
                   "pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN "
                   "pg_index i ON i.indrelid = c.oid AND i.indisprimary WHERE c.relkind = 'r' AND c.relnamespace = "
                   "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()) ORDER BY CAST(c.relname AS TEXT) COLLATE "
                   "\"C\", a.attnum",
        .begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        .begin_write = "BEGIN ISOLATION LEVEL SERIALIZABLE",
        .begin_alone = pg_begin_alone,
};
