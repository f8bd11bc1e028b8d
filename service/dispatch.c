/*
 * The one way every request goes: match, origin and key, session, permission, body, transaction, handler, answer.
 * No socket and no thread: the queue, the tests and the simulation call the stages.
 */
#include "core/document.h"
#include "core/log.h"
#include "service/front.h"
#include "service/importer.h"
#include "service/list.h"
#include "service/list_file.h"
#include "service/session.h"
#include "service/supervise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API "/api/v1/"
#define SEGMENTS_MAX 8
#define KEY_MAX 128
#define QUERY_MAX 64 /* parameters in one address */

struct path {
	char *segment[SEGMENTS_MAX];
	size_t count;
};

/* Percent-decodes n bytes; NULL for a bad escape, a NUL or bytes that are no UTF-8. */
static char *decode(struct arena *a, const char *s, size_t n, bool plus)
{
	char *out = arena_alloc(a, n + 1);
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		char c = plus && s[i] == '+' ? ' ' : s[i];
		if (s[i] == '%') {
			unsigned char byte = 0;
			if (i + 2 >= n || !hex_decode((char[]){s[i + 1], s[i + 2], '\0'}, &byte, 1))
				return NULL;
			c = (char)byte;
			i += 2;
		}
		out[len++] = c;
	}
	return utf8_valid(out, len) ? out : NULL;
}

static bool split_path(struct exchange *x, const char *path, struct path *out)
{
	while (*path == '/') {
		size_t n = strcspn(++path, "/");
		if (out->count == SEGMENTS_MAX)
			return false;
		char *segment = decode(&x->arena, path, n, false);
		if (!segment || !*segment)
			return false;
		out->segment[out->count++] = segment;
		path += n;
	}
	return out->count > 0;
}

const char *query_get(struct exchange *x, const char *name)
{
	size_t wanted = strlen(name);
	for (const char *p = x->request.query; *p; p += *p == '&') {
		size_t n = strcspn(p, "&"), key = strcspn(p, "=&");
		if (key == wanted && memcmp(p, name, key) == 0)
			return key == n ? "" : decode(&x->arena, p + key + 1, n - key - 1, true);
		p += n;
	}
	return NULL;
}

int64_t query_i64(struct exchange *x, const char *name, int64_t missing)
{
	int64_t v = 0;
	const char *text = query_get(x, name);
	return text && text_to_i64(text, &v) ? v : missing;
}

/* Compares a route's path with the segments and collects its {…} parameters. */
static bool path_matches(struct exchange *x, const char *pattern, const struct path *p)
{
	size_t params = 0, i = 0;
	for (; *pattern && i < p->count; i++) {
		size_t n = strcspn(pattern, "/");
		if (*pattern == '{' && params < PATH_PARAMS_MAX)
			x->params[params++] = p->segment[i];
		else if (strlen(p->segment[i]) != n || memcmp(pattern, p->segment[i], n) != 0)
			return false;
		pattern += n + (pattern[n] == '/');
	}
	return !*pattern && i == p->count;
}

/* A list answers under its own path and under that path with .csv or .xlsx behind. */
static bool take_suffix(const struct path *p, const char *suffix)
{
	char *last = p->segment[p->count - 1];
	size_t n = strlen(last), end = strlen(suffix);
	if (n <= end || strcmp(last + n - end, suffix) != 0)
		return false;
	last[n - end] = '\0';
	return true;
}

static enum status find_route(struct exchange *x, const struct path *p)
{
	enum status st = ST_NOT_FOUND;
	for (size_t i = 0; i < route_count; i++) {
		if (!path_matches(x, routes[i].path, p))
			continue;
		st = ST_METHOD_NOT_ALLOWED;
		if (routes[i].method != x->request.method)
			continue;
		x->route = &routes[i];
		return ST_OK;
	}
	return st;
}

static enum status match(struct exchange *x, const struct path *p)
{
	enum status st = find_route(x, p);
	if (st == ST_OK || x->request.method != METHOD_GET)
		return st;
	x->csv = take_suffix(p, ".csv");
	x->xlsx = !x->csv && take_suffix(p, ".xlsx");
	if ((!x->csv && !x->xlsx) || find_route(x, p) != ST_OK || x->route->kind != ROUTE_LIST)
		return st;
	return ST_OK;
}

struct store *service_store(struct service *s, const char *code, size_t n)
{
	for (size_t i = 0; i < s->store_count; i++)
		if (strlen(s->stores[i].code) == n && memcmp(s->stores[i].code, code, n) == 0)
			return &s->stores[i];
	return NULL;
}

static bool is_write(const struct exchange *x)
{
	return x->request.method != METHOD_GET;
}

/* RULE DESIGN-7a-origin: a browser tells where a write comes from; only our own page may. */
static bool origin_is_ours(const struct request *r)
{
	if (!r->origin)
		return true;
	const char *host = strstr(r->origin, "://");
	return host && r->host && strcmp(host + 3, r->host) == 0;
}

static bool key_is_valid(const char *key)
{
	size_t n = strlen(key);
	for (const char *p = key; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return n >= 1 && n <= KEY_MAX;
}

static bool needs_key(const struct exchange *x)
{
	return is_write(x) && x->route->kind != ROUTE_LOGIN && x->route->kind != ROUTE_LOGOUT;
}

static bool is_media(const char *type, const char *wanted)
{
	size_t n = strlen(wanted);
	return type && strncasecmp(type, wanted, n) == 0 && (type[n] == '\0' || strchr("; \t", type[n]));
}

static bool media_fits(const struct exchange *x)
{
	const char *type = x->request.content_type;
	if (x->route->kind == ROUTE_UPLOAD || (x->request.body_len == 0 && x->route->kind != ROUTE_IMPORT))
		return true; /* what is uploaded is known by its bytes, not by what the sender calls it */
	if (x->route->kind == ROUTE_IMPORT)
		return is_media(type, "text/csv") || is_media(type, MEDIA_XLSX);
	return is_media(type, "application/json");
}

static bool named_before(const char *query, const char *at, size_t n)
{
	for (const char *p = query; p < at; p += strcspn(p, "&") + 1)
		if (strcspn(p, "=&") == n && memcmp(p, at, n) == 0)
			return true;
	return false;
}

/* Lists look at their own; a stream and a write have none that would change the answer. */
static bool may_be_asked(const struct route *r, const char *name)
{
	bool fixed = r->kind == ROUTE_READ || r->kind == ROUTE_PICTURE || r->kind == ROUTE_IMPORT || r->kind == ROUTE_UPLOAD ||
	             r->kind == ROUTE_FILE;
	if (!fixed || r->filters_of)
		return true;
	for (const struct query_parameter *q = r->query; q && q->name; q++)
		if (strcmp(q->name, name) == 0)
			return true;
	return false;
}

bool query_is_day(const char *name)
{
	static const char *const ends[] = {"_ymd", "since", "until"};
	size_t n = strlen(name);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n >= strlen(ends[i]) && strcmp(name + n - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

static const struct query_parameter *find_parameter(const struct exchange *x, const char *name)
{
	for (const struct query_parameter *q = x->route->query; q && q->name; q++)
		if (strcmp(q->name, name) == 0)
			return q;
	return NULL;
}

/* A number or a day that is none would silently be taken as left out. One without a value is left out. */
static enum status check_value(struct exchange *x, const char *name)
{
	int64_t v = 0;
	const struct query_parameter *q = find_parameter(x, name);
	const char *text = q && (q->type == L_ID || q->type == L_INT) ? query_get(x, name) : NULL;
	if (!text || !*text)
		return ST_OK;
	bool number = text_to_i64(text, &v);
	if (query_is_day(name) && !(number && ymd_is_valid(v)))
		return x_fail(x, ST_INVALID_FIELD, name, 0, "%s 不是一个日期, 日期写作 yyyymmdd", text);
	return number ? ST_OK : x_fail(x, ST_INVALID_FIELD, name, 0, "%s 不是一个整数", text);
}

/* A filter that cannot be read, or is given twice, would silently answer too much. */
static enum status check_query(struct exchange *x)
{
	const char *query = x->request.query;
	size_t count = 0;
	for (const char *p = query; *p; p += *p == '&') {
		size_t n = strcspn(p, "&"), name = strcspn(p, "=&");
		if (++count > QUERY_MAX || !decode(&x->arena, p, n, true))
			return x_fail(x, ST_BAD_REQUEST, NULL, 0, "地址中的参数不能解读");
		if (name && named_before(query, p, name))
			return x_fail(x, ST_UNKNOWN_FIELD, arena_copy(&x->arena, p, name), 0, "参数重复");
		if (name && !may_be_asked(x->route, arena_copy(&x->arena, p, name)))
			return x_fail(x, ST_UNKNOWN_FIELD, arena_copy(&x->arena, p, name), 0, "地址中没有这个参数");
		enum status st = name ? check_value(x, arena_copy(&x->arena, p, name)) : ST_OK;
		if (st != ST_OK)
			return st;
		p += n;
	}
	return ST_OK;
}

/* What can be said before anybody is asked who he is. */
static enum status check_head(struct exchange *x)
{
	if (x->request.over_limit)
		return ST_TOO_LARGE;
	if (is_write(x) && !origin_is_ours(&x->request))
		return ST_FOREIGN_ORIGIN;
	if (x->route->permission != PERM_NONE && !session_has_cookie(x))
		return ST_NOT_SIGNED_IN;
	if (needs_key(x) && (!x->request.key || !key_is_valid(x->request.key)))
		return ST_KEY_MISSING;
	if (is_write(x) && !media_fits(x))
		return ST_WRONG_MEDIA;
	return check_query(x);
}

static enum status parse_body(struct exchange *x)
{
	char why[160] = "";
	if (!x->route->in)
		return ST_OK;
	bool empty = x->request.body_len == 0;
	enum status st = jv_parse(empty ? "{}" : x->request.body, empty ? 2 : x->request.body_len, &x->document, why);
	if (st != ST_OK)
		return x_fail(x, st, NULL, 0, "%s", why);
	return shape_parse(x->route->in, x->document.root, &x->faults, &x->in);
}

static void take_fingerprint(struct exchange *x)
{
	static const char *const methods[] = {"GET", "POST", "PATCH", "DELETE"};
	crypto_hash_sha256_state h;
	const char *parts[] = {methods[x->request.method], " ", x->request.path, "?", x->request.query, "\n"};
	crypto_hash_sha256_init(&h);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		crypto_hash_sha256_update(&h, (const unsigned char *)parts[i], strlen(parts[i]));
	crypto_hash_sha256_update(&h, (const unsigned char *)x->request.body, x->request.body_len);
	crypto_hash_sha256_final(&h, x->fingerprint);
}

static enum work finish(struct exchange *x, enum status st)
{
	x->outcome = st;
	if (st != ST_OK)
		reply_problem(x, st);
	return WORK_DONE;
}

static enum work begin_route(struct exchange *x)
{
	enum status st = check_head(x);
	if (st != ST_OK)
		return finish(x, st);
	x->id = x->params[0] && text_to_i64(x->params[0], &x->id) && x->id > 0 ? x->id : 0;
	x->parsed = parse_body(x);
	if (x->route->kind == ROUTE_LOGIN)
		return x->parsed == ST_OK ? WORK_READ : finish(x, x->parsed);
	if (needs_key(x))
		take_fingerprint(x);
	return is_write(x) ? WORK_WRITE : WORK_READ;
}

enum work dispatch_begin(struct exchange *x)
{
	struct path p = {{0}, 0};
	x->faults.arena = &x->arena;
	x->o = (struct jo){&x->reply.body, false};
	x->now_ms = clock_now_ms(&x->service->clock);
	x->today_ymd = ymd_of_ms(x->now_ms);
	snprintf(x->request_id, sizeof x->request_id, "%llx",
	         (unsigned long long)atomic_fetch_add(&x->service->request_counter, 1));
	atomic_fetch_add(&x->service->metrics.requests, 1);
	if (strncmp(x->request.path, API, strlen(API)) != 0)
		return finish(x, front_answer(x));
	const char *rest = x->request.path + strlen(API);
	size_t code = strcspn(rest, "/");
	if (code == 1 && rest[0] == '-') {
		enum status found = supervise_find(x, rest + code);
		if (found == ST_OK)
			return WORK_FAN;
		return finish(x, found == ST_NOT_FOUND ? front_consortia(x, rest + code) : found);
	}
	x->store = service_store(x->service, rest, code);
	if (!x->store || !split_path(x, rest + code, &p))
		return finish(x, ST_NOT_FOUND);
	enum status st = match(x, &p);
	return st == ST_OK ? begin_route(x) : finish(x, st);
}

/* What a request needs: the route's right, and a document's step the step's own, before anybody reads the body. */
static enum status check_rights(const struct exchange *x, const struct me *me)
{
	if (!me_may(me, x->route->permission))
		return ST_FORBIDDEN;
	const struct doc_kind *kind = strstr(x->route->path, "{action}") ? document_kind_of_path(x->route->path) : NULL;
	if (!kind || !x->params[1])
		return ST_OK;
	enum permission step = document_action_permission(kind, x->params[1]);
	if (step == PERM_NONE)
		return ST_NOT_FOUND;
	return me_may(me, step) ? ST_OK : ST_FORBIDDEN;
}

static enum status admit(struct exchange *x, struct db *db, struct me *me)
{
	enum status st = session_find(x, db, me);
	return st == ST_OK ? check_rights(x, me) : st;
}

/* A GET's answer inside one snapshot. */
static enum status read_once(struct exchange *x, struct db *db)
{
	enum status st = admit(x, db, &x->me);
	if (st == ST_OK && x->route->kind == ROUTE_LIST)
		return list_answer(x, db, x->route->list);
	if (st == ST_OK && x->parsed != ST_OK)
		st = x->parsed;
	if (st != ST_OK || !x->route->read)
		return st;
	bool json = x->route->kind != ROUTE_PICTURE && x->route->kind != ROUTE_FILE;
	if (json)
		jo_open(&x->o, '{');
	st = x->route->read(x, db);
	if (json)
		jo_close(&x->o, '}');
	return st;
}

enum work dispatch_read(struct exchange *x, struct db *db)
{
	atomic_fetch_add(&x->service->metrics.reads, 1);
	db_read_begin(db);
	enum status st = x->route->kind == ROUTE_LOGIN ? session_login_read(x, db) : read_once(x, db);
	if (db_status(db) != ST_OK)
		log_error("read_failed", "%s: %s", x->route->path, db_error(db));
	enum status engine = db_read_end(db);
	st = engine != ST_OK ? engine : st;
	if (st != ST_OK)
		return finish(x, st);
	if (x->route->kind == ROUTE_LOGIN || x->route->kind == ROUTE_PICTURE)
		return WORK_SLOW;
	return x->route->kind == ROUTE_STREAM ? WORK_STREAM : finish(x, ST_OK);
}

enum work dispatch_slow(struct exchange *x)
{
	enum status st = x->route->kind == ROUTE_LOGIN ? session_login_slow(x) : front_render(x);
	if (st == ST_OK && x->route->kind == ROUTE_LOGIN)
		return WORK_WRITE;
	return finish(x, st);
}

SQL(select_answer, "SELECT fingerprint, http, answer FROM idempotency WHERE user_id = :user_id AND key = :key_t");
SQL(insert_answer,
    "INSERT INTO idempotency (user_id, key, fingerprint, http, answer, at_ms) VALUES (:user_id, :key_t, :fingerprint_b, "
    ":http, :answer_t, :at_ms)");

/* The first answer under this key, if there is one: NOT_FOUND, OK (replayed) or KEY_REUSED. */
static enum status replay(struct exchange *x, struct db *db)
{
	size_t n = 0;
	SCOPED(rows) r = db_query(db, select_answer, I64(":user_id", x->me.id), TEXT(":key_t", x->request.key));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const char *fingerprint = col_peek(&r, 0, &n);
	if (n != HASH_BYTES || memcmp(fingerprint, x->fingerprint, HASH_BYTES) != 0)
		return ST_KEY_REUSED;
	const char *answer = col_peek(&r, 2, &n);
	buf_clear(&x->reply.body);
	buf_put(&x->reply.body, answer, n);
	x->reply.http = (int)col_i64(&r, 1);
	x->replayed = true;
	return ST_OK;
}

static enum status handle(struct exchange *x, struct tx *tx)
{
	if (x->parsed != ST_OK)
		return x->parsed;
	jo_open(&x->o, '{');
	enum status st = x->route->kind == ROUTE_LOGIN ? session_login_write(x, tx) : x->route->write(x, tx);
	jo_i64(&x->o, "seq", tx->seq);
	jo_close(&x->o, '}');
	bool made = x->route->kind == ROUTE_CREATE || x->route->kind == ROUTE_UPLOAD;
	x->reply.http = x->staged_import_id ? 202 : made ? 201 : 200;
	return st;
}

/* Runs inside the writer's savepoint, perhaps more than once: begins by forgetting an earlier try. */
static enum status run_write(struct tx *tx, void *arg)
{
	struct exchange *x = arg;
	enum status st = ST_OK;
	buf_clear(&x->reply.body);
	x->o = (struct jo){&x->reply.body, false};
	x->staged_import_id = 0;
	tx->request_id = x->request_id;
	tx->action = x->route->path;
	if (x->route->kind == ROUTE_LOGIN)
		return handle(x, tx);
	if ((st = admit(x, tx_db(tx), &x->me)) != ST_OK)
		return st;
	tx->me = x->me;
	if (!needs_key(x))
		return handle(x, tx);
	st = replay(x, tx_db(tx));
	if (st != ST_NOT_FOUND)
		return st == ST_OK ? ST_ALREADY_EXISTS : st; /* a replay writes nothing: roll back, see dispatch_written */
	if ((st = handle(x, tx)) != ST_OK)
		return st;
	if (x->reply.body.over)
		return ST_TOO_LARGE;
	db_exec(tx, insert_answer, I64(":user_id", x->me.id), TEXT(":key_t", x->request.key),
	        BYTES(":fingerprint_b", x->fingerprint, HASH_BYTES), I64(":http", x->reply.http),
	        TEXT(":answer_t", x->reply.body.data), I64(":at_ms", tx->now_ms));
	return ST_OK;
}

static bool is_settled(struct db *db, void *arg)
{
	struct exchange *x = arg;
	return needs_key(x) && replay(x, db) == ST_OK;
}

void dispatch_prepare_write(struct exchange *x)
{
	x->job = (struct write_job){.run = run_write, .settled = is_settled, .arg = x, .arena = &x->arena, .faults = &x->faults};
}

/* The body of a long import to whom it waits for: the bytes themselves where they can be had. */
static void hand_over(struct exchange *x)
{
	struct request *r = &x->request;
	struct buf bytes = {.max = SIZE_MAX};
	if (r->body_owner) {
		bytes = *r->body_owner;
		*r->body_owner = (struct buf){0};
		r->body = "";
		r->body_len = 0;
	} else {
		buf_put(&bytes, r->body, r->body_len);
	}
	importer_take_bytes(x->service->importer, x->store, x->staged_import_id, bytes);
}

enum work dispatch_written(struct exchange *x)
{
	enum status st = x->job.outcome;
	atomic_fetch_add(&x->service->metrics.writes, 1);
	if (st == ST_OK && x->staged_import_id)
		hand_over(x);
	if (x->replayed && st == ST_ALREADY_EXISTS)
		st = ST_OK;
	if (st != ST_OK)
		x->reply.cookie = NULL;
	if (st != ST_OK && status_is_recorded(st))
		atomic_fetch_add(&x->service->metrics.refusals, 1);
	return finish(x, st);
}

static void put_faults(const struct exchange *x, struct jo *o, const char *name)
{
	jo_name(o, name);
	jo_open(o, '[');
	for (const struct fault *f = x->faults.first; f; f = f->next) {
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_text(o, "field", f->field);
		if (f->row)
			jo_i64(o, "row", f->row);
		else
			jo_null(o, "row");
		jo_text(o, "code", status_code(f->st));
		jo_text(o, "message", f->message);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

void reply_problem(struct exchange *x, enum status st)
{
	struct reply *r = &x->reply;
	atomic_fetch_add(&x->service->metrics.problems, 1);
	x->outcome = st;
	if (x->file)
		return; /* its head is on the way: whoever sends it breaks off */
	buf_clear(&r->body);
	x->o = (struct jo){&r->body, false};
	r->http = status_http(st);
	r->content_type = "application/problem+json";
	r->file_name = r->encoding = r->foreign = NULL;
	r->constant = NULL;
	struct jo *o = &x->o;
	jo_open(o, '{');
	jo_i64(o, "status", r->http);
	jo_text(o, "code", status_code(st));
	jo_text(o, "title", status_text(st));
	jo_text(o, "detail", x->faults.first ? x->faults.first->message : status_text(st));
	jo_text(o, "request_id", x->request_id);
	put_faults(x, o, "errors");
	if (st == ST_IMPORT_REFUSED) {
		jo_i64(o, "added", 0);
		jo_i64(o, "changed", 0);
		put_faults(x, o, "refused");
	}
	jo_close(o, '}');
}

void exchange_drop(struct exchange *x)
{
	list_file_drop(x->file);
	if (x->document.root)
		jv_document_drop(&x->document);
	buf_drop(&x->reply.body);
	buf_drop(&x->render_input);
	arena_drop(&x->arena);
}

void dispatch_run(struct exchange *x, struct db *db, struct writer *writer)
{
	enum work work = dispatch_begin(x);
	while (work == WORK_READ || work == WORK_WRITE || work == WORK_SLOW) {
		if (work == WORK_READ) {
			work = dispatch_read(x, db);
		} else if (work == WORK_SLOW) {
			work = dispatch_slow(x);
		} else {
			dispatch_prepare_write(x);
			writer_run(writer, (struct write_job *const[]){&x->job}, 1);
			work = dispatch_written(x);
		}
		if (work == WORK_DONE && x->file && x->outcome == ST_OK)
			work = WORK_READ; /* the next page of a file */
	}
}
