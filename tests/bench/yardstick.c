/*
 * What the machine gives without us: bare libmicrohttpd, and bare libmicrohttpd + SQLite with group commit.
 *
 *   yardstick PORT                          GET anything: a fixed answer, from the HTTP thread
 *   yardstick PORT STORE.db USER SITE       POST anything: the rows of one order, in a copy of one of our stores
 *
 * It knows no session, no right, no rule, no replay; it believes the body and fills the hashes with zeroes. What it
 * writes are the rows of `POST orders` in the same tables with the same indexes (run.py counts them on both sides), by
 * one thread that commits whatever waits at once, WAL and synchronous=FULL, and answers after the commit.
 */
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BODY_MAX ((size_t)1 << 20)
#define DAY_YMD 20991231
#define HASH_BYTES 32

enum insert { NUMBER, DOCUMENT, SCOPE, EVENT, CHANGE, ORDER, LINE, AUDIT, ANSWER, BEGIN, COMMIT, ROLLBACK, STATEMENTS };
static const char *const statements[STATEMENTS] = {
        [NUMBER] = "INSERT INTO number_counter (prefix, ymd, last) VALUES ('CG', ?, 1) ON CONFLICT (prefix, ymd) DO UPDATE SET "
                   "last = number_counter.last + 1 RETURNING last",
        [DOCUMENT] =
                "INSERT INTO document (id, kind, number, state, version, from_site_id, to_site_id, made_at_ms, made_by) VALUES "
                "(?, 'order', ?, 'draft', 1, ?, ?, ?, ?)",
        [SCOPE] = "INSERT INTO document_scope (site_id, kind, document_id, state) VALUES (?, 'order', ?, 'draft')",
        [EVENT] =
                "INSERT INTO document_event (seq, n, document_id, action, from_state, to_state, version, at_ms, user_id) VALUES "
                "(?, 1, ?, 'make', '', 'draft', 1, ?, ?)",
        [CHANGE] = "INSERT INTO change (seq, n, topic, site_id, other_site_id, ref, at_ms) VALUES (?, 1, 'orders', ?, ?, ?, ?)",
        [ORDER] = "INSERT INTO purchase_order (id, supplier_id, buyer_site_id, amount_fen, line_count) VALUES (?, ?, ?, ?, ?)",
        [LINE] = "INSERT INTO order_line (id, order_id, n, product_id, units, price_e4, units_per_pack, amount_fen, ceiling_e4, "
                 "ceiling_price_id, to_site_id, owner_site_id, payer_site_id, received_units, announced_units, dropped, open) "
                 "VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)",
        [AUDIT] = "INSERT INTO audit (seq, node, at_ms, user_id, action, ref_id, request_id, row_count, rows_hash, seal_version, "
                  "previous_hash, hash) VALUES (?, 1, ?, ?, 'order.make', ?, '12345', 1, ?, 1, ?, ?)",
        [ANSWER] = "INSERT INTO idempotency (user_id, key, fingerprint, http, answer, at_ms) VALUES (?, ?, ?, 201, ?, ?)",
        [BEGIN] = "BEGIN IMMEDIATE",
        [COMMIT] = "COMMIT",
        [ROLLBACK] = "ROLLBACK",
};

/* One order on its way. */
struct call {
	struct MHD_Connection *connection;
	const char *key;
	char *body;
	size_t len;
	bool queued;
	unsigned http;
	char answer[200];
	struct call *next;
};

struct writer {
	sqlite3 *db;
	sqlite3_stmt *stmt[STATEMENTS];
	int64_t user_id, site_id, next_id, seq;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t ready;
	struct call *first, **last;
	bool stopping;
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Runs a statement over integers; texts and bytes were bound before. */
static bool run(sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE || code == SQLITE_ROW;
}

static void put(sqlite3_stmt *stmt, int at, int64_t v)
{
	sqlite3_bind_int64(stmt, at, v);
}

static void bind_zeroes(sqlite3_stmt *stmt, int at)
{
	static const char zeroes[HASH_BYTES];
	sqlite3_bind_blob(stmt, at, zeroes, HASH_BYTES, SQLITE_STATIC);
}

/* The number behind the next `"name":`, quoted or not, times scale (a decimal fraction's digits); moves *p behind it. */
static bool take(const char **p, const char *name, int64_t scale, int64_t *out)
{
	const char *at = strstr(*p, name);
	char *end = NULL;
	if (!at)
		return false;
	at += strlen(name);
	at += *at == '"';
	*out = strtoll(at, &end, 10) * scale;
	for (at = end + (*end == '.'); *end == '.' && *at >= '0' && *at <= '9' && scale >= 10; at++)
		*out += (*at - '0') * (scale /= 10);
	*p = at;
	return true;
}

static bool write_lines(struct writer *w, const char *body, int64_t order_id, int64_t *amount, int64_t *count)
{
	sqlite3_stmt *s = w->stmt[LINE];
	int64_t product = 0, units = 0, price = 0;
	while (take(&body, "\"product_id\":", 1, &product) && take(&body, "\"units\":", 1, &units) &&
	       take(&body, "\"price\":", 10000, &price)) {
		int64_t line_amount = units * price / 100;
		*amount += line_amount;
		const int64_t values[] = {w->next_id++, order_id, ++*count, product,    units,      price,
		                          line_amount,  price,    product,  w->site_id, w->site_id, w->site_id};
		for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
			put(s, i + 1, values[i]);
		if (!run(s))
			return false;
	}
	return *count > 0;
}

static bool write_document(struct writer *w, int64_t id, int64_t now, char number[40])
{
	sqlite3_stmt *s = w->stmt[NUMBER];
	put(s, 1, DAY_YMD);
	bool ok = sqlite3_step(s) == SQLITE_ROW;
	snprintf(number, 40, "CG-%d-%04lld", DAY_YMD, (long long)sqlite3_column_int64(s, 0));
	sqlite3_reset(s);
	s = w->stmt[DOCUMENT];
	put(s, 1, id);
	sqlite3_bind_text(s, 2, number, -1, SQLITE_STATIC);
	put(s, 3, w->site_id);
	put(s, 4, w->site_id);
	put(s, 5, now);
	put(s, 6, w->user_id);
	ok = ok && run(s);
	s = w->stmt[SCOPE];
	put(s, 1, w->site_id);
	put(s, 2, id);
	return ok && run(s);
}

static bool write_traces(struct writer *w, int64_t id, int64_t now)
{
	sqlite3_stmt *s = w->stmt[EVENT];
	put(s, 1, w->seq);
	put(s, 2, id);
	put(s, 3, now);
	put(s, 4, w->user_id);
	bool ok = run(s);
	s = w->stmt[CHANGE];
	put(s, 1, w->seq);
	put(s, 2, w->site_id);
	put(s, 3, w->site_id);
	put(s, 4, id);
	put(s, 5, now);
	ok = ok && run(s);
	s = w->stmt[AUDIT];
	put(s, 1, w->seq);
	put(s, 2, now);
	put(s, 3, w->user_id);
	put(s, 4, id);
	bind_zeroes(s, 5);
	bind_zeroes(s, 6);
	bind_zeroes(s, 7);
	return ok && run(s);
}

static bool write_answer(struct writer *w, struct call *c, int64_t id, const char *number, int64_t now)
{
	sqlite3_stmt *s = w->stmt[ANSWER];
	snprintf(c->answer, sizeof c->answer,
	         "{\"id\":\"%lld\",\"number\":\"%s\",\"state\":\"draft\",\"version\":1,\"seq\":%lld}", (long long)id, number,
	         (long long)w->seq);
	put(s, 1, w->user_id);
	sqlite3_bind_text(s, 2, c->key, -1, SQLITE_STATIC);
	bind_zeroes(s, 3);
	sqlite3_bind_text(s, 4, c->answer, -1, SQLITE_STATIC);
	put(s, 5, now);
	c->http = 201;
	return run(s);
}

static bool write_order(struct writer *w, struct call *c)
{
	int64_t now = now_ms(), id = w->next_id++, supplier = 0, amount = 0, count = 0;
	const char *body = c->body ? c->body : "";
	char number[40];
	w->seq++;
	if (!c->key || !take(&body, "\"supplier_id\":", 1, &supplier) || !write_document(w, id, now, number))
		return false;
	if (!write_lines(w, body, id, &amount, &count))
		return false;
	sqlite3_stmt *s = w->stmt[ORDER];
	const int64_t values[] = {id, supplier, w->site_id, amount, count};
	for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
		put(s, i + 1, values[i]);
	return run(s) && write_traces(w, id, now) && write_answer(w, c, id, number, now);
}

/* One transaction; a single bad order fails them all, since it stands for a program that never meets one. */
static void write_group(struct writer *w, struct call *group)
{
	bool ok = run(w->stmt[BEGIN]);
	for (struct call *c = group; c && ok; c = c->next)
		ok = write_order(w, c);
	ok = ok && run(w->stmt[COMMIT]);
	if (!ok) {
		fprintf(stderr, "yardstick: %s\n", sqlite3_errmsg(w->db));
		run(w->stmt[ROLLBACK]);
	}
	for (struct call *c = group, *next = NULL; c; c = next) {
		next = c->next;
		c->http = ok ? c->http : 500;
		MHD_resume_connection(c->connection); /* from here on the HTTP thread owns it */
	}
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;
	pthread_mutex_lock(&w->lock);
	while (!w->stopping) {
		if (!w->first) {
			pthread_cond_wait(&w->ready, &w->lock);
			continue;
		}
		struct call *group = w->first;
		w->first = NULL;
		w->last = &w->first;
		pthread_mutex_unlock(&w->lock);
		write_group(w, group);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void push(struct writer *w, struct call *c)
{
	pthread_mutex_lock(&w->lock);
	*w->last = c;
	w->last = &c->next;
	pthread_cond_signal(&w->ready);
	pthread_mutex_unlock(&w->lock);
}

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned http, const char *text, enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, mode);
	MHD_add_response_header(response, "Content-Type", "application/json");
	enum MHD_Result done = MHD_queue_response(connection, http, response);
	MHD_destroy_response(response);
	return done;
}

static bool gather(struct call *c, const char *upload, size_t n)
{
	char *body = c->len + n < BODY_MAX ? realloc(c->body, c->len + n + 1) : NULL;
	if (!body)
		return false;
	memcpy(body + c->len, upload, n);
	c->body = body;
	c->len += n;
	body[c->len] = '\0';
	return true;
}

static enum MHD_Result on_order(struct writer *w, struct call *c, const char *upload, size_t *upload_size)
{
	if (*upload_size) {
		bool ok = gather(c, upload, *upload_size);
		*upload_size = 0;
		return ok ? MHD_YES : MHD_NO;
	}
	if (!c->queued) {
		c->queued = true;
		c->key = MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, "Idempotency-Key");
		MHD_suspend_connection(c->connection);
		push(w, c);
		return MHD_YES;
	}
	return c->http ? reply(c->connection, c->http, c->answer, MHD_RESPMEM_MUST_COPY) : MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct writer *w = cls;
	(void)url;
	(void)version;
	if (strcmp(method, "POST") != 0 && *state)
		return reply(connection, 200, "{\"ok\":true,\"writable\":true}", MHD_RESPMEM_PERSISTENT);
	if (*state)
		return on_order(w, *state, upload, upload_size);
	/* To answer in the first call would close the connection; w itself marks that a GET was here before. */
	struct call *c = strcmp(method, "POST") == 0 && w->db ? calloc(1, sizeof *c) : NULL;
	if (c)
		c->connection = connection;
	*state = c ? (void *)c : (void *)w;
	return c || strcmp(method, "GET") == 0 ? MHD_YES : MHD_NO;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct call *c = *state == cls ? NULL : *state;
	(void)connection;
	(void)why;
	if (!c)
		return;
	free(c->body);
	free(c);
	*state = NULL;
}

static int64_t ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t v = 0;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return v;
}

static bool open_store(struct writer *w, const char *path)
{
	bool ok = sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	          sqlite3_exec(w->db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000", NULL, NULL,
	                       NULL) == SQLITE_OK;
	for (int i = 0; i < STATEMENTS && ok; i++)
		ok = sqlite3_prepare_v3(w->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &w->stmt[i], NULL) == SQLITE_OK;
	if (!ok) {
		fprintf(stderr, "yardstick: %s: %s\n", path, sqlite3_errmsg(w->db));
		return false;
	}
	w->seq = ask(w->db, "SELECT max(seq) FROM audit");
	w->next_id = ask(w->db, "SELECT max(id) FROM document") + ((int64_t)1 << 40);
	return true;
}

static void close_store(struct writer *w)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(w->stmt[i]);
	sqlite3_close(w->db);
}

static void stop_writer(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->ready);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
}

/* Serves until SIGTERM; the callers hang up before. */
static bool serve(struct writer *w, uint16_t port)
{
	sigset_t ends;
	int sig = 0;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	bool writing = w->db && pthread_create(&w->thread, NULL, writer_main, w) == 0;
	struct MHD_Daemon *d =
	        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | (w->db ? MHD_ALLOW_SUSPEND_RESUME : 0), port, NULL,
	                         NULL, on_request, w, MHD_OPTION_NOTIFY_COMPLETED, on_completed, w, MHD_OPTION_END);
	if (d)
		sigwait(&ends, &sig);
	else
		fprintf(stderr, "yardstick: port %u is taken\n", port);
	if (writing)
		stop_writer(w);
	if (d)
		MHD_stop_daemon(d);
	return d != NULL;
}

int main(int argc, char **argv)
{
	struct writer w = {.lock = PTHREAD_MUTEX_INITIALIZER, .ready = PTHREAD_COND_INITIALIZER};
	w.last = &w.first;
	if (argc != 2 && argc != 5) {
		fprintf(stderr, "usage: yardstick PORT [STORE.db USER_ID SITE_ID]\n");
		return 2;
	}
	if (argc == 5) {
		w.user_id = strtoll(argv[3], NULL, 10);
		w.site_id = strtoll(argv[4], NULL, 10);
		if (!open_store(&w, argv[2]))
			return 3;
	}
	bool served = serve(&w, (uint16_t)strtoul(argv[1], NULL, 10));
	if (w.db)
		close_store(&w);
	return served ? 0 : 3;
}
