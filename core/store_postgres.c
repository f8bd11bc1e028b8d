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
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA_MAX 63
#define LOCK_TRIES 25
#define LOCK_WAIT_US 100000
#define BATCH_MAX 400 /* answers that the server holds back before we read them */
#define FETCH "2000"

/* Types of the server that we speak, by their fixed numbers. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_NAME = 19,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_VARCHAR = 1043
};

struct pg {
	PGconn *conn;
	char schema[SCHEMA_MAX + 1];
	unsigned next; /* number of the next statement or cursor */
	int64_t changes;
	bool batching;
	size_t queued; /* answers of a batch not yet read */
	int64_t batch_changes;
	char state[6]; /* SQLSTATE of the last error; "" where the connection itself failed */
	char error[200];
	struct buf dead; /* DEALLOCATE … of statements that nobody uses any more */
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
	int row, binary;
	bool ran, streams, commits;
	char (*scratch)[24]; /* integers as text, one for each column */
};

/* ---- errors ---- */

static void keep_error(struct pg *p, const PGresult *res)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	snprintf(p->state, sizeof p->state, "%s", state ? state : "");
	snprintf(p->error, sizeof p->error, "%s", text ? text : PQerrorMessage(p->conn));
	p->error[strcspn(p->error, "\n")] = '\0';
}

/* 40001 and 40P01: two transactions met, the same again will do. What names the server or its disk is no bug of ours. */
static enum status classify(const struct pg *p)
{
	static const struct {
		const char *state;
		enum status st;
	} classes[] = {
	        {"40", ST_BUSY},
	        {"55P03", ST_BUSY},
	        {"08", ST_STORE_UNAVAILABLE},
	        {"25006", ST_STORE_UNAVAILABLE}, /* the server has become a standby */
	        {"53", ST_STORE_UNAVAILABLE},
	        {"57", ST_STORE_UNAVAILABLE},
	        {"58", ST_STORE_UNAVAILABLE},
	        {"XX001", ST_STORE_UNAVAILABLE},
	        {"XX002", ST_STORE_UNAVAILABLE},
	};
	if (PQstatus(p->conn) != CONNECTION_OK || !p->state[0])
		return ST_STORE_UNAVAILABLE;
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strncmp(p->state, classes[i].state, strlen(classes[i].state)) == 0)
			return classes[i].st;
	return ST_INTERNAL;
}

static enum status pg_error(void *conn, char why[200])
{
	struct pg *p = conn;
	snprintf(why, 200, "%.180s (%s)", p->error, p->state[0] ? p->state : "connection");
	return classify(p);
}

static bool is_good(const PGresult *res)
{
	ExecStatusType st = PQresultStatus(res);
	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;
}

static bool run(struct pg *p, const char *text)
{
	PGresult *res = PQexec(p->conn, text);
	bool ok = is_good(res);
	if (!ok)
		keep_error(p, res);
	PQclear(res);
	return ok;
}

static enum status pg_script(void *conn, const char *text)
{
	return run(conn, text) ? ST_OK : classify(conn);
}

/* ---- the connection ---- */

/* "schema=NAME " in front is ours, the rest is libpq's. */
static const char *split_place(const char *place, char schema[SCHEMA_MAX + 1])
{
	static const char word[] = "schema=";
	schema[0] = '\0';
	if (strncmp(place, word, sizeof word - 1) != 0)
		return place;
	place += sizeof word - 1;
	size_t n = strcspn(place, " ");
	snprintf(schema, SCHEMA_MAX + 1, "%.*s", (int)(n < SCHEMA_MAX ? n : SCHEMA_MAX), place);
	return place + n + (place[n] == ' ');
}

static void hear_nothing(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

/* What CONNINFO does not say: a server that takes writes, and a dead line noticed within seconds. */
static PGconn *dial(const char *info)
{
	static const char *const defaults[][2] = {
	        {"target_session_attrs", "read-write"},
	        {"connect_timeout", "3"},
	        {"keepalives_idle", "5"},
	        {"keepalives_interval", "2"},
	        {"keepalives_count", "3"},
	        {"tcp_user_timeout", "10000"},
	        {"fallback_application_name", "yaocang"},
	};
	enum { COUNT = sizeof defaults / sizeof *defaults };
	const char *names[COUNT + 3], *values[COUNT + 3];
	for (size_t i = 0; i < COUNT; i++) {
		names[i] = defaults[i][0];
		values[i] = defaults[i][1];
	}
	names[COUNT] = "dbname"; /* read as a whole CONNINFO, whose words win over those before it */
	values[COUNT] = info;
	names[COUNT + 1] = "client_encoding";
	values[COUNT + 1] = "UTF8";
	names[COUNT + 2] = values[COUNT + 2] = NULL;
	PGconn *conn = PQconnectdbParams(names, values, 1);
	PQsetNoticeProcessor(conn, hear_nothing, NULL);
	return conn;
}

static void pg_close(void *conn)
{
	struct pg *p = conn;
	PQfinish(p->conn);
	buf_drop(&p->dead);
	free(p);
}

/* The one text that a question answers, in the arena; NULL where it answers none or fails. */
static char *ask(struct pg *p, struct arena *a, const char *text)
{
	PGresult *res = PQexec(p->conn, text);
	char *answer = NULL;
	if (!is_good(res))
		keep_error(p, res);
	else if (PQntuples(res) > 0 && !PQgetisnull(res, 0, 0))
		answer = arena_string(a, PQgetvalue(res, 0, 0));
	PQclear(res);
	return answer;
}

static char *quoted(struct pg *p, struct arena *a, bool name, const char *text)
{
	char *q = name ? PQescapeIdentifier(p->conn, text, strlen(text)) : PQescapeLiteral(p->conn, text, strlen(text));
	char *copy = arena_string(a, q ? q : "''");
	PQfreemem(q);
	return copy;
}

static enum status cannot(char why[200], const char *what)
{
	snprintf(why, 200, "%s", what);
	return ST_STORE_UNAVAILABLE;
}

/* A connection that knows its schema's name and nothing else of it. */
static struct pg *connect_to(const char *place, char why[200])
{
	SCOPED(arena) a = {0};
	struct pg *p = memory_alloc(sizeof *p);
	p->conn = dial(split_place(place, p->schema));
	const char *encoding = PQstatus(p->conn) == CONNECTION_OK ? ask(p, &a, "SHOW server_encoding") : NULL;
	if (!encoding)
		keep_error(p, NULL);
	else if (strcmp(encoding, "UTF8") != 0)
		snprintf(p->error, sizeof p->error, "数据库的编码是 %.20s, 请建立编码为 UTF8 的数据库", encoding);
	else if (!p->schema[0])
		snprintf(p->error, sizeof p->error, "缺少 schema=名称");
	else
		return p;
	(void)cannot(why, p->error);
	pg_close(p);
	return NULL;
}

static bool schema_is_there(struct pg *p)
{
	SCOPED(arena) a = {0};
	const char *text = arena_printf(&a, "SELECT 1 FROM pg_namespace WHERE nspname = %s", quoted(p, &a, false, p->schema));
	return ask(p, &a, text) != NULL;
}

/* Settings of a session; the server, too, lets go of a client that has fallen silent, and with it of the writer's lock. */
static bool settle_in(struct pg *p)
{
	SCOPED(arena) a = {0};
	return run(p,
	           arena_printf(&a,
	                        "SET search_path = %s; SET jit = off; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = "
	                        "2; SET tcp_keepalives_count = 3; SET client_min_messages = warning; "
	                        "SET idle_in_transaction_session_timeout = '10min'",
	                        quoted(p, &a, true, p->schema)));
}

/* One number for each schema of a database. */
static int64_t lock_key(const char *schema)
{
	uint64_t h = 14695981039346656037u;
	for (const char *s = schema; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (int64_t)h;
}

/* A program that just ended may still be known to the server for a moment. */
static enum status take_lock(struct pg *p, char why[200])
{
	SCOPED(arena) a = {0};
	long long key = lock_key(p->schema);
	const char *text = arena_printf(&a, "SELECT pg_try_advisory_lock(%lld)", key);
	for (int i = 0; i < LOCK_TRIES; i++) {
		const char *got = ask(p, &a, text);
		if (!got)
			return cannot(why, p->error);
		if (*got == 't')
			return ST_OK;
		usleep(LOCK_WAIT_US);
	}
	const char *who =
	        ask(p, &a,
	            arena_printf(&a,
	                         "SELECT coalesce(host(s.client_addr), 'local') || ' pid ' || s.pid FROM pg_locks l JOIN "
	                         "pg_stat_activity s ON s.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND "
	                         "((l.classid::bigint << 32) | l.objid::bigint) = %lld",
	                         key));
	snprintf(why, 200, "%s 正由另一个 yaocang 写入 (%s), 同时只能有一个", p->schema, who ? who : "?");
	return ST_STORE_UNAVAILABLE;
}

static enum status prepare_place(struct pg *p, enum store_access access, char why[200])
{
	SCOPED(arena) a = {0};
	if (access == STORE_CREATE && !run(p, arena_printf(&a, "CREATE SCHEMA IF NOT EXISTS %s", quoted(p, &a, true, p->schema))))
		return cannot(why, p->error);
	if (!schema_is_there(p)) {
		snprintf(why, 200, "数据库中没有 %s 的数据", p->schema);
		return ST_STORE_UNAVAILABLE;
	}
	if (!settle_in(p))
		return cannot(why, p->error);
	if (access != STORE_READ)
		return take_lock(p, why);
	return run(p, "SET default_transaction_read_only = on") ? ST_OK : cannot(why, p->error);
}

static enum status pg_open(const char *place, enum store_access access, void **out, char why[200])
{
	struct pg *p = connect_to(place, why);
	if (!p)
		return ST_STORE_UNAVAILABLE;
	enum status st = prepare_place(p, access, why);
	if (st == ST_OK)
		*out = p;
	else
		pg_close(p);
	return st;
}

/* ---- the place of a store ---- */

static enum status pg_find(const char *place, bool *there, char why[200])
{
	struct pg *p = connect_to(place, why);
	if (!p)
		return ST_STORE_UNAVAILABLE;
	*there = schema_is_there(p);
	pg_close(p);
	return ST_OK;
}

static void pg_remove(const char *place)
{
	SCOPED(arena) a = {0};
	char why[200];
	struct pg *p = connect_to(place, why);
	if (!p)
		return;
	(void)!run(p, arena_printf(&a, "DROP SCHEMA IF EXISTS %s CASCADE", quoted(p, &a, true, p->schema)));
	pg_close(p);
}

static char *pg_unfinished(struct arena *a, const char *place)
{
	char schema[SCHEMA_MAX + 1];
	const char *info = split_place(place, schema);
	return arena_printf(a, "schema=%.58s.new %s", schema, info);
}

static enum status pg_rename(const char *from, const char *to, char why[200])
{
	SCOPED(arena) a = {0};
	char name[SCHEMA_MAX + 1];
	struct pg *p = connect_to(from, why);
	if (!p)
		return ST_STORE_UNAVAILABLE;
	split_place(to, name);
	bool ok = run(
	        p, arena_printf(&a, "ALTER SCHEMA %s RENAME TO %s", quoted(p, &a, true, p->schema), quoted(p, &a, true, name)));
	if (!ok)
		(void)cannot(why, p->error);
	pg_close(p);
	return ok ? ST_OK : ST_STORE_UNAVAILABLE;
}

/* ---- statements ---- */

/* The type of a parameter stands in its name: _t text, _b bytes, else integer. */
static Oid type_of(const char *name)
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
	(void)!run(p, p->dead.data);
	buf_clear(&p->dead);
}

static bool prepare_words(struct pg_stmt *s)
{
	struct pg *p = s->pg;
	Oid *types = arena_array(&s->arena, s->words.count + 1, sizeof *types);
	for (size_t i = 0; i < s->words.count; i++)
		types[i] = type_of(s->words.names[i]);
	PGresult *res = PQprepare(p->conn, s->name, s->words.text, (int)s->words.count, types);
	bool ok = is_good(res);
	if (!ok)
		keep_error(p, res);
	PQclear(res);
	if (!ok)
		return false;
	s->shape = PQdescribePrepared(p->conn, s->name);
	ok = is_good(s->shape);
	if (!ok)
		keep_error(p, s->shape);
	return ok;
}

/* A question that reads a whole table for a proof, an export or a copy is not held in memory. */
static bool is_stream(const char *text)
{
	return strstr(text, "/*scan: verify") || strstr(text, "/*scan: export") || strstr(text, "/*scan: copy");
}

static void pg_finalize(void *stmt)
{
	struct pg_stmt *s = stmt;
	PQclear(s->result);
	if (s->shape && PQstatus(s->pg->conn) == CONNECTION_OK)
		buf_printf(&s->pg->dead, "DEALLOCATE %s;", s->name);
	PQclear(s->shape);
	arena_drop(&s->arena);
	free(s);
}

static void *pg_prepare(void *conn, const char *text)
{
	struct pg *p = conn;
	struct pg_stmt *s = memory_alloc(sizeof *s);
	bury(p);
	*s = (struct pg_stmt){.pg = p, .commits = strcmp(text, "COMMIT") == 0};
	s->words = pg_words_of(&s->arena, text);
	s->values = arena_array(&s->arena, s->words.count + 1, sizeof *s->values);
	s->lengths = arena_array(&s->arena, s->words.count + 1, sizeof *s->lengths);
	s->formats = arena_array(&s->arena, s->words.count + 1, sizeof *s->formats);
	s->integers = arena_array(&s->arena, s->words.count + 1, sizeof *s->integers);
	snprintf(s->name, sizeof s->name, "s%u", p->next++);
	if (!prepare_words(s)) {
		pg_finalize(s);
		return NULL;
	}
	s->binary = strange_column(s->shape) < 0;
	s->streams = PQnfields(s->shape) > 0 && is_stream(text);
	s->scratch = arena_array(&s->arena, (size_t)PQnfields(s->shape) + 1, sizeof *s->scratch);
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
	s->result = res;
	s->row = -1;
	if (!is_good(res)) {
		keep_error(p, res);
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

static bool execute(struct pg_stmt *s)
{
	return take(s, PQexecPrepared(s->pg->conn, s->name, (int)s->words.count, (const char *const *)s->values, s->lengths,
	                              s->formats, s->binary));
}

/* ---- questions read piece by piece ---- */

static bool fetch(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	return take(s, PQexecParams(s->pg->conn, arena_printf(&a, "FETCH " FETCH " FROM c_%s", s->name), 0, NULL, NULL, NULL,
	                            NULL, s->binary));
}

static bool open_stream(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	Oid *types = arena_array(&a, s->words.count + 1, sizeof *types);
	for (size_t i = 0; i < s->words.count; i++)
		types[i] = type_of(s->words.names[i]);
	const char *text = arena_printf(&a, "DECLARE c_%s NO SCROLL CURSOR FOR %s", s->name, s->words.text);
	return take(s, PQexecParams(s->pg->conn, text, (int)s->words.count, types, (const char *const *)s->values, s->lengths,
	                            s->formats, s->binary)) &&
	       fetch(s);
}

static void close_stream(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	if (PQtransactionStatus(s->pg->conn) == PQTRANS_INTRANS)
		(void)!run(s->pg, arena_printf(&a, "CLOSE c_%s", s->name));
}

static void pg_reset(void *stmt)
{
	struct pg_stmt *s = stmt;
	if (s->streams && s->ran)
		close_stream(s);
	PQclear(s->result);
	s->result = NULL;
	s->ran = false;
	for (size_t i = 0; i < s->words.count; i++)
		s->values[i] = NULL;
}

/* ---- many rows at once ---- */

/* Reads the answers that are due. */
static bool drain(struct pg *p)
{
	bool ok = PQpipelineSync(p->conn) == 1;
	for (bool synced = false; ok && !synced;) {
		PGresult *res = PQgetResult(p->conn);
		if (!res) {
			ok = PQstatus(p->conn) == CONNECTION_OK;
			continue; /* the end of one statement's answers */
		}
		synced = PQresultStatus(res) == PGRES_PIPELINE_SYNC;
		if (PQresultStatus(res) == PGRES_FATAL_ERROR)
			keep_error(p, res);
		else if (!synced && is_good(res))
			p->batch_changes += strtoll(PQcmdTuples(res), NULL, 10);
		PQclear(res);
	}
	if (!ok)
		keep_error(p, NULL);
	p->queued = 0;
	return ok && !p->error[0];
}

static enum step queue_one(struct pg_stmt *s)
{
	struct pg *p = s->pg;
	if (PQsendQueryPrepared(p->conn, s->name, (int)s->words.count, (const char *const *)s->values, s->lengths, s->formats,
	                        1) != 1) {
		keep_error(p, NULL);
		return STEP_ERROR;
	}
	return ++p->queued < BATCH_MAX || drain(p) ? STEP_DONE : STEP_ERROR;
}

static bool pg_batch_begin(void *conn)
{
	struct pg *p = conn;
	p->batch_changes = 0;
	p->error[0] = p->state[0] = '\0';
	p->batching = PQenterPipelineMode(p->conn) == 1;
	return p->batching;
}

static bool pg_batch_end(void *conn, int64_t *changed)
{
	struct pg *p = conn;
	bool ok = p->queued == 0 ? !p->error[0] : drain(p);
	p->batching = false;
	if (PQexitPipelineMode(p->conn) != 1) {
		keep_error(p, NULL);
		ok = false;
	}
	*changed = p->batch_changes;
	return ok;
}

static enum step pg_step(void *stmt)
{
	struct pg_stmt *s = stmt;
	if (s->pg->batching)
		return queue_one(s);
	bool first = !s->ran;
	s->ran = true;
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
	if (PQgetisnull(s->result, s->row, i))
		return COL_NULL;
	return s->binary && kind != COL_NULL ? kind : COL_TEXT;
}

/* Integers come in the order of the network, in one, two, four or eight bytes. */
static int64_t pg_column_i64(void *stmt, int i)
{
	const struct pg_stmt *s = stmt;
	const char *value = PQgetvalue(s->result, s->row, i);
	int n = PQgetlength(s->result, s->row, i);
	if (PQgetisnull(s->result, s->row, i))
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
	*n = (size_t)PQgetlength(s->result, s->row, i);
	if (pg_column_kind(stmt, i) != COL_I64)
		return PQgetvalue(s->result, s->row, i);
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

/* Rows that point at nothing, rules that were switched off, indexes that are not whole: each as a sentence. */
static enum status pg_check_file(void *conn, char why[200])
{
	static const char texts[] =
	        "SELECT 'SELECT ''a row of ' || c.relname || ' points at no row of ' || f.relname || ''' FROM ' || "
	        "quote_ident(c.relname) || ' c WHERE ' || string_agg('c.' || quote_ident(ca.attname) || ' IS NOT NULL', ' AND ') "
	        "|| ' "
	        "AND NOT EXISTS (SELECT 1 FROM ' || quote_ident(f.relname) || ' f WHERE ' || string_agg('f.' || "
	        "quote_ident(fa.attname) || ' = c.' || quote_ident(ca.attname), ' AND ') || ') LIMIT 1' FROM pg_constraint k "
	        "JOIN "
	        "pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid CROSS JOIN LATERAL unnest(k.conkey, "
	        "k.confkey) AS u (child, parent) JOIN pg_attribute ca ON ca.attrelid = c.oid AND ca.attnum = u.child JOIN "
	        "pg_attribute fa ON fa.attrelid = f.oid AND fa.attnum = u.parent WHERE k.contype = 'f' AND k.connamespace = "
	        "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()) GROUP BY k.oid, c.relname, f.relname UNION ALL "
	        "SELECT 'SELECT ''trigger ' || t.tgname "
	        "|| ' is switched off''' FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgenabled <> 'O' AND "
	        "c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) UNION ALL SELECT 'SELECT "
	        "''index ' || c.relname || ' is not "
	        "valid''' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relnamespace = "
	        "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())";
	SCOPED(arena) a = {0};
	struct pg *p = conn;
	PGresult *res = PQexec(p->conn, texts);
	bool ok = is_good(res);
	const char *fault = NULL;
	why[0] = p->error[0] = '\0';
	for (int i = 0; ok && !fault && i < PQntuples(res); i++) {
		fault = ask(p, &a, PQgetvalue(res, i, 0));
		ok = !p->error[0];
	}
	if (!ok)
		keep_error(p, p->error[0] ? NULL : res);
	PQclear(res);
	if (fault || !ok)
		snprintf(why, 200, "%s", fault ? fault : p->error);
	return ok && !fault ? ST_OK : ST_INTERNAL;
}

/*
 * A copy brings rows in the order of their keys, which is not the order in which they point at each other: references are
 * put aside (and remembered, should we not come to the end) and come back when all is there, which proves every one.
 */
static enum status pg_load_begin(void *conn)
{
	return pg_script(
	        conn,
	        "CREATE TABLE IF NOT EXISTS copy_reference (of TEXT NOT NULL, name TEXT NOT NULL, says TEXT NOT NULL);"
	        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS says FROM "
	        "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.connamespace = "
	        "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()) LOOP "
	        "INSERT INTO copy_reference VALUES (r.relname, r.conname, r.says); "
	        "EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, r.conname); END LOOP; END $$");
}

static enum status pg_load_end(void *conn)
{
	return pg_script(conn,
	                 "DO $$ DECLARE k record; BEGIN FOR k IN SELECT * FROM copy_reference LOOP EXECUTE format('ALTER TABLE "
	                 "%I ADD CONSTRAINT %I %s', k.of, k.name, k.says); END LOOP; END $$; DROP TABLE copy_reference; ANALYZE");
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
};
