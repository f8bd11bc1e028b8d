/*
 * A connection to PostgreSQL and the place of a store in it: how it is found, opened, locked for the one writer, renamed, taken
 * away, proven and filled. Statements are in store_postgres.c.
 */
#include "core/store_postgres.h"
#include "core/store_driver.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOCK_TRIES 25
#define SILENCE_MS 12000         /* no statement of ours takes so long */
#define STREAM_SILENCE_MS 600000 /* a scan for a proof or an export may sort a year first */
#define NO_BOUND (-1)            /* a migration may build an index of many years */
#define LOCK_WAIT_US 100000
#define LOCK_TABLES_MS "3000" /* longer than the second after which a vacuum of the server's own gives way */

/* ---- errors ---- */

void pg_keep_error(struct pg *p, const PGresult *res)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	snprintf(p->state, sizeof p->state, "%s", state ? state : "");
	snprintf(p->error, sizeof p->error, "%s", text ? text : PQerrorMessage(p->conn));
	p->error[strcspn(p->error, "\n")] = '\0';
}

/* 40001 and 40P01: two transactions met, the same again will do. What names the server or its disk is no bug of ours. */
enum status pg_classify(const struct pg *p)
{
	static const struct {
		const char *state;
		enum status st;
	} classes[] = {
	        {"40", ST_BUSY},
	        {"53200", ST_BUSY}, /* no room for one more note of what a transaction read: another begin needs none */
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

enum status pg_error(void *conn, char why[200])
{
	struct pg *p = conn;
	snprintf(why, 200, "%.180s (%s)", p->error, p->state[0] ? p->state : "connection");
	return pg_classify(p);
}

bool pg_is_good(const PGresult *res)
{
	ExecStatusType st = PQresultStatus(res);
	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;
}

/*
 * A server that is silent for so long is given up: its socket is closed under libpq. A machine that hangs still acknowledges
 * what it is sent, so no timeout of the line notices; and libpq's own calls that wait (PQexec, PQprepare) would wait for ever.
 */
static void wait_answer(struct pg *p, int silence_ms)
{
	struct pollfd fd = {PQsocket(p->conn), POLLIN, 0};
	while (PQflush(p->conn) == 0 && PQisBusy(p->conn)) {
		int rc = poll(&fd, 1, silence_ms);
		if (rc == 0)
			shutdown(fd.fd, SHUT_RDWR);
		if ((rc < 0 && errno != EINTR) || PQconsumeInput(p->conn) != 1)
			return;
	}
}

static PGresult *answer_within(struct pg *p, int silence_ms)
{
	PGresult *last = NULL;
	for (wait_answer(p, silence_ms);; wait_answer(p, silence_ms)) {
		PGresult *res = PQgetResult(p->conn);
		if (!res)
			return last;
		PQclear(last);
		last = res;
	}
}

PGresult *pg_answer(struct pg *p)
{
	return answer_within(p, SILENCE_MS);
}

PGresult *pg_answer_stream(struct pg *p)
{
	return answer_within(p, STREAM_SILENCE_MS);
}

/* One answer of the queue; an error makes those behind it void, so the first is the one to keep. */
static bool count_answer(struct pg *p, PGresult *res, bool ok)
{
	bool good = pg_is_good(res);
	if (good)
		p->batch_changes += strtoll(PQcmdTuples(res), NULL, 10);
	else if (ok)
		pg_keep_error(p, res);
	PQclear(res);
	return ok && good;
}

bool pg_collect(struct pg *p, PGresult **last)
{
	const bool asked = PQpipelineSync(p->conn) == 1; /* where it cannot even be asked for, no end will come */
	bool ok = asked, synced = false;
	size_t at = 0;
	while (!synced) {
		wait_answer(p, SILENCE_MS);
		PGresult *res = PQgetResult(p->conn);
		if (!res) {
			if (PQstatus(p->conn) != CONNECTION_OK || !asked)
				break;
			at++; /* the end of one statement's answers */
			continue;
		}
		synced = PQresultStatus(res) == PGRES_PIPELINE_SYNC;
		if (synced)
			PQclear(res);
		else if (last && at == p->queued && ok && !*last)
			*last = res;
		else
			ok = count_answer(p, res, ok);
	}
	if (!synced && ok)
		pg_keep_error(p, NULL);
	p->queued = 0;
	p->piped = PQexitPipelineMode(p->conn) != 1 && PQstatus(p->conn) == CONNECTION_OK;
	return ok && synced;
}

bool pg_drain(struct pg *p)
{
	bool sent = pg_flush(p); /* what was sent before is read in any case */
	return (!p->piped || pg_collect(p, NULL)) && sent;
}

void pg_begin_queue(struct pg *p)
{
	p->piped = p->piped || PQenterPipelineMode(p->conn) == 1;
}

static bool starts_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static bool run_within(struct pg *p, const char *text, int silence_ms)
{
	p->stage++;
	if (!pg_drain(p) && !starts_with(text, "ROLLBACK"))
		return false;
	PGresult *res = PQsendQuery(p->conn, text) == 1 ? answer_within(p, silence_ms) : NULL;
	bool ok = pg_is_good(res);
	if (!ok)
		pg_keep_error(p, res);
	PQclear(res);
	return ok;
}

bool pg_run(struct pg *p, const char *text)
{
	return run_within(p, text, SILENCE_MS);
}

enum status pg_script(void *conn, const char *text)
{
	bool quick = starts_with(text, "ROLLBACK") || starts_with(text, "RELEASE");
	return run_within(conn, text, quick ? SILENCE_MS : NO_BOUND) ? ST_OK : pg_classify(conn);
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

void pg_close(void *conn)
{
	struct pg *p = conn;
	PQfinish(p->conn);
	buf_drop(&p->dead);
	free(p);
}

/* The one text that a question answers, in the arena; NULL where it answers none or fails. */
static char *ask_within(struct pg *p, struct arena *a, const char *text, int silence_ms)
{
	PGresult *res = PQsendQuery(p->conn, text) == 1 ? answer_within(p, silence_ms) : NULL;
	char *answer = NULL;
	if (!pg_is_good(res))
		pg_keep_error(p, res);
	else if (PQntuples(res) > 0 && !PQgetisnull(res, 0, 0))
		answer = arena_string(a, PQgetvalue(res, 0, 0));
	PQclear(res);
	return answer;
}

static char *ask(struct pg *p, struct arena *a, const char *text)
{
	return ask_within(p, a, text, SILENCE_MS);
}

/*
 * SERIALIZABLE remembers finished transactions for as long as any older one of the server lives, in whatever schema, and in
 * ever coarser notes: a long one elsewhere can have every write of ours refused as if it had met somebody. With the tables
 * held there is nothing to remember. The lock is the first word of the transaction, so its snapshot sees all that went before.
 */
enum status pg_begin_alone(void *conn)
{
	SCOPED(arena) a = {0};
	struct pg *p = conn;
	const char *tables =
	        ask(p, &a,
	            "SELECT string_agg(quote_ident(relname), ', ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND "
	            "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())");
	if (!tables)
		return pg_classify(p);
	const char *begin = arena_printf(&a,
	                                 "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = " LOCK_TABLES_MS "; "
	                                 "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE",
	                                 tables);
	return pg_run(p, begin) ? ST_OK : pg_classify(p);
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
		pg_keep_error(p, NULL);
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
	return pg_run(
	        p, arena_printf(&a,
	                        "SET search_path = %s; SET jit = off; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = "
	                        "2; SET tcp_keepalives_count = 3; SET client_min_messages = warning; "
	                        "SET idle_in_transaction_session_timeout = '10min'",
	                        quoted(p, &a, true, p->schema)));
}

/*
 * What the writer runs finds its rows by an index (the test of statements sees to it), but PostgreSQL would scan a table while
 * it is small, and go on doing so with the plan it keeps when a morning's orders have filled it. One plan for all values is what
 * SQLite has, too. Filling a store joins whole tables: there it chooses itself.
 */
static const char plan_by_index[] = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; "
                                    "SET plan_cache_mode = force_generic_plan";
static const char plan_freely[] = "RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin; RESET plan_cache_mode";

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
	if (access == STORE_CREATE &&
	    !pg_run(p, arena_printf(&a, "CREATE SCHEMA IF NOT EXISTS %s", quoted(p, &a, true, p->schema))))
		return cannot(why, p->error);
	if (!schema_is_there(p)) {
		snprintf(why, 200, "数据库中没有 %s 的数据", p->schema);
		return ST_STORE_UNAVAILABLE;
	}
	if (!settle_in(p))
		return cannot(why, p->error);
	if (access != STORE_READ)
		return pg_run(p, plan_by_index) ? take_lock(p, why) : cannot(why, p->error);
	return pg_run(p, "SET default_transaction_read_only = on") ? ST_OK : cannot(why, p->error);
}

enum status pg_open(const char *place, enum store_access access, void **out, char why[200])
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

enum status pg_find(const char *place, bool *there, char why[200])
{
	struct pg *p = connect_to(place, why);
	if (!p)
		return ST_STORE_UNAVAILABLE;
	*there = schema_is_there(p);
	pg_close(p);
	return ST_OK;
}

void pg_remove(const char *place)
{
	SCOPED(arena) a = {0};
	char why[200];
	struct pg *p = connect_to(place, why);
	if (!p)
		return;
	(void)!pg_run(p, arena_printf(&a, "DROP SCHEMA IF EXISTS %s CASCADE", quoted(p, &a, true, p->schema)));
	pg_close(p);
}

char *pg_unfinished(struct arena *a, const char *place)
{
	char schema[SCHEMA_MAX + 1];
	const char *info = split_place(place, schema);
	return arena_printf(a, "schema=%.58s.new %s", schema, info);
}

enum status pg_rename(const char *from, const char *to, char why[200])
{
	SCOPED(arena) a = {0};
	char name[SCHEMA_MAX + 1];
	struct pg *p = connect_to(from, why);
	if (!p)
		return ST_STORE_UNAVAILABLE;
	split_place(to, name);
	bool ok = pg_run(
	        p, arena_printf(&a, "ALTER SCHEMA %s RENAME TO %s", quoted(p, &a, true, p->schema), quoted(p, &a, true, name)));
	if (!ok)
		(void)cannot(why, p->error);
	pg_close(p);
	return ok ? ST_OK : ST_STORE_UNAVAILABLE;
}

/* ---- proof and filling ---- */

/* Rows that point at nothing, rules that were switched off, indexes that are not whole: each as a sentence. */
enum status pg_check_file(void *conn, char why[200])
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
	PGresult *res = PQsendQuery(p->conn, texts) == 1 ? pg_answer_stream(p) : NULL;
	bool ok = pg_is_good(res);
	const char *fault = NULL;
	why[0] = p->error[0] = '\0';
	for (int i = 0; ok && !fault && i < PQntuples(res); i++) {
		fault = ask_within(p, &a, PQgetvalue(res, i, 0), STREAM_SILENCE_MS);
		ok = !p->error[0];
	}
	if (!ok)
		pg_keep_error(p, p->error[0] ? NULL : res);
	PQclear(res);
	if (fault || !ok)
		snprintf(why, 200, "%s", fault ? fault : p->error);
	return ok && !fault ? ST_OK : ST_INTERNAL;
}

/*
 * A copy brings rows in the order of their keys, which is not the order in which they point at each other: references are
 * put aside (and remembered, should we not come to the end) and come back when all is there, which proves every one.
 */
enum status pg_load_begin(void *conn)
{
	if (!pg_run(conn, plan_freely))
		return pg_classify(conn);
	return pg_script(
	        conn,
	        "CREATE TABLE IF NOT EXISTS copy_reference (of TEXT NOT NULL, name TEXT NOT NULL, says TEXT NOT NULL);"
	        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT c.relname, k.conname, pg_get_constraintdef(k.oid) AS says FROM "
	        "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.connamespace = "
	        "(SELECT oid FROM pg_namespace WHERE nspname = current_schema()) LOOP "
	        "INSERT INTO copy_reference VALUES (r.relname, r.conname, r.says); "
	        "EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, r.conname); END LOOP; END $$");
}

enum status pg_load_end(void *conn)
{
	enum status st = pg_script(
	        conn, "DO $$ DECLARE k record; BEGIN FOR k IN SELECT * FROM copy_reference LOOP EXECUTE format('ALTER TABLE "
	              "%I ADD CONSTRAINT %I %s', k.of, k.name, k.says); END LOOP; END $$; DROP TABLE copy_reference; ANALYZE");
	return st == ST_OK ? pg_script(conn, plan_by_index) : st;
}
