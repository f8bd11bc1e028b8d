#include "service/supervise.h"

#include "core/csv.h"
#include "service/api/api.h"
#include "service/list.h"
#include "service/queue.h"
#include "service/session.h"

#include <stdlib.h>
#include <string.h>

#define READ_MS 2000
#define LOGIN_MS 10000 /* a hash in each store takes its 20 ms, two at once */
#define ROWS_DEFAULT 100
#define ROWS_MAX 1000

struct supervise_ask {
	const char *path;
	enum method method;
	const char *route, *query; /* of each store */
	int64_t wait_ms;
	const struct list_spec *list; /* NULL: not a list */
	const char *time;             /* the column by which rows of several stores are merged, newest first */
};

static const struct supervise_ask asks[] = {
        {"session", METHOD_GET, "session", "", READ_MS, NULL, NULL},
        {"session", METHOD_POST, "session", "", LOGIN_MS, NULL, NULL},
        {"session", METHOD_DELETE, "session", "", LOGIN_MS, NULL, NULL},
        {"overview", METHOD_GET, "board", "", READ_MS, NULL, NULL},
        {"orders", METHOD_GET, "orders", "", READ_MS, &list_orders, "made_at_ms"},
        {"shortages", METHOD_GET, "shortages", "open=1&", READ_MS, &list_shortages, "made_at_ms"},
        {"refusals", METHOD_GET, "refusals", "code=OVER_CEILING&", READ_MS, &list_refusals, "at_ms"},
};

static bool is_session(const struct exchange *x)
{
	return strcmp(x->fan->path, "session") == 0;
}

static bool path_is(const char *rest, const char *path, bool *csv)
{
	size_t n = strlen(path);
	if (strncmp(rest, path, n) != 0)
		return false;
	*csv = strcmp(rest + n, ".csv") == 0;
	return rest[n] == '\0' || *csv;
}

bool supervise_find(struct exchange *x, const char *rest)
{
	for (size_t i = 0; *rest == '/' && i < sizeof asks / sizeof *asks; i++) {
		bool csv = false;
		if (asks[i].method != x->request.method || !path_is(rest + 1, asks[i].path, &csv) || (csv && !asks[i].list))
			continue;
		x->fan = &asks[i];
		x->csv = csv;
		return true;
	}
	return false;
}

/* The one parameter of a list is how many rows; nothing else has any. */
static bool query_is_known(const struct exchange *x)
{
	const char *query = x->request.query;
	return !*query || (x->fan->list && strncmp(query, "limit=", 6) == 0 && !strchr(query, '&'));
}

static const char *kept(struct arena *a, const char *s)
{
	return s ? arena_string(a, s) : NULL;
}

/* The part's own request: what the browser sent, for its store alone. It may live longer than the browser's. */
static void ask_store(const struct exchange *x, struct fan *f, size_t i, int64_t limit)
{
	struct exchange *part = &f->parts[i].x;
	struct arena *a = &part->arena;
	const struct request *r = &x->request;
	part->token = f->token;
	part->request = (struct request){
	        .method = r->method,
	        .path = arena_printf(a, "/api/v1/%s/%s", x->service->stores[i].code, x->fan->route),
	        .query = x->fan->list ? arena_printf(a, "%slimit=%lld", x->fan->query, (long long)limit) : "",
	        .body = arena_copy(a, r->body, r->body_len),
	        .body_len = r->body_len,
	        .over_limit = r->over_limit,
	        .cookie = kept(a, r->cookie),
	        .origin = kept(a, r->origin),
	        .host = kept(a, r->host),
	        .content_type = kept(a, r->content_type),
	};
}

static bool is_well(const struct fan_part *part)
{
	return part->taken && part->x.reply.http < 300;
}

/* An account that is not there is no news; a store that does not answer is. */
static bool is_absent(const struct fan_part *part)
{
	return !part->taken || (part->x.reply.http >= 300 && part->x.reply.http != 401);
}

static bool is_refusal(const struct fan_part *part)
{
	return part->taken && part->x.reply.http >= 400 && part->x.reply.http < 500 && part->x.reply.http != 401;
}

static void put_name(struct jo *o, const struct store *store)
{
	jo_text(o, "consortium", store->code);
	jo_text(o, "consortium_name", store->name);
}

static const struct store *store_of(const struct fan *f, size_t i)
{
	return &f->parent->service->stores[i];
}

static void put_absent(const struct fan *f)
{
	struct jo *o = &f->parent->o;
	jo_name(o, "absent");
	jo_open(o, '[');
	for (size_t i = 0; i < f->count; i++) {
		const struct fan_part *part = &f->parts[i];
		if (!is_absent(part))
			continue;
		enum status st = part->x.outcome == ST_OK ? ST_STORE_UNAVAILABLE : part->x.outcome;
		jo_name(o, NULL);
		jo_open(o, '{');
		put_name(o, store_of(f, i));
		jo_text(o, "code", part->taken ? status_code(st) : "LATE");
		jo_text(o, "why", part->taken ? status_text(st) : "没有及时回答");
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/* ---- rows of several stores ---- */
struct merged_row {
	const struct store *store;
	const char *text; /* the row as its store wrote it */
	size_t n;
	const struct json *row;
	int64_t at_ms;
};

struct merge {
	struct fan *fan;
	struct jv_document *documents; /* one per part */
	struct merged_row *rows;
	size_t count;
	bool more;
};

/* Bytes of the object that begins at p; the text is our own and whole. */
static size_t object_bytes(const char *p)
{
	size_t depth = 0;
	bool quoted = false;
	for (size_t i = 0;; i++) {
		if (quoted) {
			quoted = p[i] != '"';
			i += p[i] == '\\';
			continue;
		}
		quoted = p[i] == '"';
		depth += p[i] == '{';
		if (p[i] == '}' && --depth == 0)
			return i + 1;
	}
}

static void gather_part(struct merge *m, size_t i, size_t *room)
{
	const struct buf *body = &m->fan->parts[i].x.reply.body;
	char why[160] = "";
	if (!is_well(&m->fan->parts[i]) || jv_parse(body->data, body->len, &m->documents[i], why) != ST_OK)
		return;
	const struct json *rows = jv_member(m->documents[i].root, "rows"), *next = jv_member(m->documents[i].root, "next");
	const char *p = strchr(body->data, '[');
	size_t n = jv_count(rows);
	m->more = m->more || (next && jv_kind(next) != JV_NULL);
	if (m->count + n > *room) {
		*room = (m->count + n) * 2;
		struct merged_row *wider = arena_array(&m->fan->parent->arena, *room, sizeof *wider);
		if (m->count)
			memcpy(wider, m->rows, m->count * sizeof *wider);
		m->rows = wider;
	}
	for (size_t r = 0; r < n; r++) {
		const struct json *row = jv_item(rows, r);
		size_t bytes = object_bytes(++p);
		m->rows[m->count++] = (struct merged_row){store_of(m->fan, i), p, bytes, row,
		                                          jv_integer(jv_member(row, m->fan->parent->fan->time))};
		p += bytes;
	}
}

static int by_time(const void *a, const void *b)
{
	const struct merged_row *x = a, *y = b;
	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? 1 : -1;
	return strcmp(x->store->code, y->store->code);
}

static void put_json(const struct merge *m, struct jo *o)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct merged_row *r = &m->rows[i];
		jo_name(o, NULL);
		jo_open(o, '{');
		put_name(o, r->store);
		buf_put(o->b, ",", 1);
		buf_put(o->b, r->text + 1, r->n - 2);
		jo_close(o, '}');
	}
}

static void put_cell(struct csv_writer *w, const struct list_column *c, const struct json *v)
{
	enum jv_kind kind = v ? jv_kind(v) : JV_NULL;
	size_t n = 0;
	if (kind == JV_INTEGER)
		csv_put_i64(w, jv_integer(v));
	else if (kind == JV_BOOL)
		csv_put_i64(w, jv_boolean(v));
	else if (kind == JV_TEXT && c->type != L_TEXT)
		csv_put_number(w, jv_text(v, &n));
	else
		csv_put_text(w, kind == JV_TEXT ? jv_text(v, &n) : NULL);
}

/* A store that did not answer has a row that says so: a file must not look whole where it is not. */
static void put_absent_rows(const struct fan *f, struct csv_writer *w, size_t columns)
{
	for (size_t i = 0; i < f->count; i++) {
		if (!is_absent(&f->parts[i]))
			continue;
		csv_put_text(w, store_of(f, i)->code);
		csv_put_text(w, arena_printf(&f->parent->arena, "%s (没有回答)", store_of(f, i)->name));
		for (size_t c = 2; c < columns; c++)
			csv_put_text(w, NULL);
		csv_end_row(w);
	}
}

static void put_csv(const struct merge *m)
{
	struct exchange *x = m->fan->parent;
	const char *heads[64] = {"consortium", "consortium_name"};
	size_t n = 2;
	struct csv_writer w;
	for (const struct list_column *c = x->fan->list->columns; c->name; c++)
		heads[n++] = c->name;
	csv_begin(&w, &x->reply.body, heads, n);
	for (size_t i = 0; i < m->count; i++) {
		csv_put_text(&w, m->rows[i].store->code);
		csv_put_text(&w, m->rows[i].store->name);
		for (const struct list_column *c = x->fan->list->columns; c->name; c++)
			put_cell(&w, c, jv_member(m->rows[i].row, c->name));
		csv_end_row(&w);
	}
	put_absent_rows(m->fan, &w, n);
	x->reply.content_type = "text/csv; charset=utf-8";
	x->reply.file_name = arena_printf(&x->arena, "%s.csv", x->fan->list->name);
}

static void answer_list(struct fan *f)
{
	struct exchange *x = f->parent;
	struct merge m = {.fan = f, .documents = arena_array(&x->arena, f->count, sizeof *m.documents)};
	size_t room = 0;
	for (size_t i = 0; i < f->count; i++)
		gather_part(&m, i, &room);
	if (m.count)
		qsort(m.rows, m.count, sizeof *m.rows, by_time);
	if (x->csv) {
		put_csv(&m);
	} else {
		jo_open(&x->o, '{');
		jo_name(&x->o, "rows");
		jo_open(&x->o, '[');
		put_json(&m, &x->o);
		jo_close(&x->o, ']');
		jo_bool(&x->o, "more", m.more);
		put_absent(f);
		jo_close(&x->o, '}');
	}
	for (size_t i = 0; i < f->count; i++)
		if (m.documents[i].root)
			jv_document_drop(&m.documents[i]);
}

/* What each store answered, whole, under its name; of a session only who one is there. */
static void answer_each(struct fan *f)
{
	struct exchange *x = f->parent;
	struct jo *o = &x->o;
	jo_open(o, '{');
	jo_name(o, "rows");
	jo_open(o, '[');
	for (size_t i = 0; i < f->count; i++) {
		const struct exchange *part = &f->parts[i].x;
		if (!is_well(&f->parts[i]))
			continue;
		jo_name(o, NULL);
		jo_open(o, '{');
		put_name(o, store_of(f, i));
		if (is_session(x)) {
			jo_text(o, "user", part->me.name);
			jo_text(o, "display_name", part->me.display_name);
		} else {
			buf_put(o->b, ",", 1);
			buf_put(o->b, part->reply.body.data + 1, part->reply.body.len - 2);
		}
		jo_close(o, '}');
	}
	jo_close(o, ']');
	put_absent(f);
	jo_close(o, '}');
}

/* Nobody let him in: a refusal stands for all; NULL where somebody did, and where nobody said anything. */
static const struct fan_part *refusal_of(const struct fan *f)
{
	const struct fan_part *unknown = NULL, *refused = NULL;
	for (size_t i = 0; i < f->count; i++) {
		const struct fan_part *part = &f->parts[i];
		if (is_well(part))
			return NULL;
		refused = !refused && is_refusal(part) ? part : refused;
		unknown = part->taken && part->x.reply.http == 401 ? part : unknown;
	}
	return refused ? refused : unknown;
}

static void forward(struct exchange *x, const struct reply *from)
{
	x->reply.http = from->http;
	x->reply.content_type = from->content_type;
	x->reply.retry_after_s = from->retry_after_s;
	buf_put(&x->reply.body, from->body.data, from->body.len);
}

static bool somebody_is_well(const struct fan *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (is_well(&f->parts[i]))
			return true;
	return false;
}

static void answer(struct fan *f)
{
	struct exchange *x = f->parent;
	const struct fan_part *refusal = refusal_of(f);
	if (refusal) {
		forward(x, &refusal->x.reply);
		return;
	}
	if (is_session(x) && !somebody_is_well(f)) {
		reply_problem(x, ST_STORE_UNAVAILABLE);
		return;
	}
	x->reply.http = 200;
	(x->fan->list ? answer_list : answer_each)(f);
	if (x->fan->method == METHOD_POST)
		x->reply.cookie = session_cookie(x, "-", f->token);
	else if (x->fan->method == METHOD_DELETE)
		x->reply.cookie = session_cookie(x, "-", NULL);
	if (x->reply.body.over)
		reply_problem(x, ST_TOO_LARGE);
}

void supervise_send(struct exchange *x)
{
	int64_t limit = !*x->request.query ? ROWS_DEFAULT : query_is_known(x) ? query_i64(x, "limit", 0) : 0;
	if (limit < 1 || limit > ROWS_MAX) {
		reply_problem(x, x_fail(x, ST_UNKNOWN_FIELD, "limit", 0, "地址中只能有 limit, 1 到 %d", ROWS_MAX));
		x->next = WORK_DONE;
		x->done(x);
		return;
	}
	struct fan *f = fan_new(x, x->fan->wait_ms, answer);
	randombytes_buf(f->token, sizeof f->token);
	for (size_t i = 0; i < f->count; i++)
		ask_store(x, f, i, limit);
	fan_send(f);
}
