#include "service/supervise.h"

#include "service/api/api.h"
#include "service/list.h"
#include "service/queue.h"
#include "service/session.h"

#include <stdlib.h>
#include <string.h>

#define READ_MS 2000
#define FILE_MS 15000
#define LOGIN_MS 10000 /* a hash in each store takes its 20 ms, two at once */
#define ROWS_DEFAULT 100
#define ROWS_MAX 1000
#define FILE_ROWS 10000 /* of a CSV */

#define OF_ALL                                                                                                          \
	{"limit", L_INT, false, "行数"}, {"after", L_TEXT, false, "翻页标记"},                                          \
	        {"consortium", L_TEXT, false, "医共体代码, 以逗号分隔"}, {"from_ymd", L_INT, false, "自某日 yyyymmdd"}, \
	{                                                                                                               \
		"to_ymd", L_INT, false, "至某日 yyyymmdd"                                                            \
	}
#define NO_MORE                          \
	{                                \
		NULL, L_INT, false, NULL \
	}
static const struct query_parameter of_documents[] = {OF_ALL, {"state", L_TEXT, false, "状态"}, NO_MORE};
static const struct query_parameter of_refusals[] = {OF_ALL, NO_MORE};

const struct supervise_ask supervise_asks[] = {
        {"session", METHOD_GET, "session", "", READ_MS, NULL, NULL, NULL, "我在各医共体是谁"},
        {"session", METHOD_POST, "session", "", LOGIN_MS, NULL, NULL, NULL, "登录账号相符的所有医共体"},
        {"session", METHOD_DELETE, "session", "", LOGIN_MS, NULL, NULL, NULL, "从所有医共体退出"},
        {"overview", METHOD_GET, "board", "", READ_MS, NULL, NULL, NULL, "各医共体工作台"},
        {"orders", METHOD_GET, "orders", "", READ_MS, &list_orders, "made_at_ms", of_documents, "各医共体采购订单"},
        {"shortages", METHOD_GET, "shortages", "open=1&", READ_MS, &list_shortages, "made_at_ms", of_documents,
         "各医共体未了结的缺药登记"},
        {"refusals", METHOD_GET, "refusals", "ceiling=1&", READ_MS, &list_refusals, "at_ms", of_refusals,
         "各医共体因超限价被拒绝的操作"},
        {NULL, METHOD_GET, NULL, NULL, 0, NULL, NULL, NULL, NULL},
};

const struct route *supervise_route(const struct supervise_ask *ask)
{
	for (size_t i = 0; i < route_count; i++)
		if (routes[i].method == ask->method && strcmp(routes[i].path, ask->route) == 0)
			return &routes[i];
	return NULL;
}

static bool is_session(const struct exchange *x)
{
	return strcmp(x->fan->path, "session") == 0;
}

static bool path_is(const char *rest, const struct supervise_ask *ask, bool *csv)
{
	size_t n = strlen(ask->path);
	if (strncmp(rest, ask->path, n) != 0)
		return false;
	*csv = strcmp(rest + n, ".csv") == 0;
	return rest[n] == '\0' || (*csv && ask->list);
}

enum status supervise_find(struct exchange *x, const char *rest)
{
	enum status st = ST_NOT_FOUND;
	for (const struct supervise_ask *ask = supervise_asks; *rest == '/' && ask->path; ask++) {
		bool csv = false;
		if (!path_is(rest + 1, ask, &csv))
			continue;
		st = ST_METHOD_NOT_ALLOWED;
		if (ask->method != x->request.method)
			continue;
		x->fan = ask;
		x->csv = csv;
		return ST_OK;
	}
	return st;
}

/* ---- the question ---- */

static bool may_be_asked(const struct supervise_ask *ask, const char *name)
{
	for (const struct query_parameter *q = ask->filters; q && q->name; q++)
		if (strcmp(q->name, name) == 0)
			return true;
	return false;
}

/* As of every address: what is not known, not to be read or given twice is refused. */
static enum status check_names(struct exchange *x)
{
	const char *query = x->request.query;
	for (const char *p = query; *p; p += strcspn(p, "&"), p += *p == '&') {
		const char *name = arena_copy(&x->arena, p, strcspn(p, "=&"));
		if (!*name)
			continue;
		if (!may_be_asked(x->fan, name))
			return x_fail(x, ST_UNKNOWN_FIELD, name, 0, "地址中没有参数 %s", name);
		if (!query_get(x, name))
			return x_fail(x, ST_BAD_REQUEST, name, 0, "地址中的参数不能解读");
		for (const char *q = query; q < p; q += strcspn(q, "&") + 1)
			if (strcspn(q, "=&") == strlen(name) && strncmp(q, name, strlen(name)) == 0)
				return x_fail(x, ST_UNKNOWN_FIELD, name, 0, "参数重复");
	}
	return ST_OK;
}

static enum status wrong(struct exchange *x, const char *name, const char *what)
{
	return x_fail(x, ST_INVALID_FIELD, name, 0, "%s", what);
}

static enum status read_limit(struct exchange *x, int64_t *limit)
{
	int64_t most = x->csv ? FILE_ROWS : ROWS_MAX;
	*limit = query_get(x, "limit") ? query_i64(x, "limit", 0) : x->csv ? FILE_ROWS : ROWS_DEFAULT;
	if (*limit >= 1 && *limit <= most)
		return ST_OK;
	return x_fail(x, ST_INVALID_FIELD, "limit", 0, "limit 应为 1 到 %lld", (long long)most);
}

/* A day as the moment that a list's filter takes; both ends belong to the span. */
static enum status put_day(struct exchange *x, struct buf *out, const char *name, const char *filter, int64_t add_ms)
{
	int64_t ymd = query_i64(x, name, 0);
	if (!query_get(x, name))
		return ST_OK;
	if (ymd < 20000101 || ymd > 20991231 || !ymd_is_valid((int32_t)ymd))
		return wrong(x, name, "日期应写作 yyyymmdd");
	buf_printf(out, "%s=%lld&", filter, (long long)(ymd_begin_ms((int32_t)ymd) + add_ms - 1));
	return ST_OK;
}

static enum status put_state(struct exchange *x, struct buf *out)
{
	const char *state = may_be_asked(x->fan, "state") ? query_get(x, "state") : NULL;
	if (!state)
		return ST_OK;
	if (!*state || strspn(state, "abcdefghijklmnopqrstuvwxyz_") != strlen(state))
		return wrong(x, "state", "没有这种状态");
	buf_printf(out, "state=%s&", state);
	return ST_OK;
}

/* The next piece of a text up to a comma, in the arena; NULL at the end. */
static const char *next_piece(struct exchange *x, const char **at)
{
	size_t n = strcspn(*at, ",");
	if (!**at)
		return NULL;
	const char *piece = arena_copy(&x->arena, *at, n);
	*at += n + ((*at)[n] == ',');
	return piece;
}

/* Without the parameter all are asked. */
static enum status read_consortia(struct exchange *x, struct supervise_mark *marks)
{
	const struct service *s = x->service;
	const char *codes = query_get(x, "consortium"), *code = NULL;
	for (size_t i = 0; i < s->store_count; i++)
		marks[i] = (struct supervise_mark){!codes, ""};
	while (codes && (code = next_piece(x, &codes))) {
		const struct store *store = service_store(x->service, code, strlen(code));
		if (!store)
			return wrong(x, "consortium", "没有这个医共体");
		marks[store - s->stores].asked = true;
	}
	return ST_OK;
}

/* "CODE:KEY,CODE:end,…": a key is read by the list of its store, and refused there. */
static bool read_mark(struct exchange *x, const char *piece, struct supervise_mark *marks)
{
	size_t n = strcspn(piece, ":");
	const struct store *store = service_store(x->service, piece, n);
	if (!store || piece[n] != ':')
		return false;
	const char *key = piece + n + 1;
	struct supervise_mark *mark = &marks[store - x->service->stores];
	mark->after = key;
	mark->asked = mark->asked && strcmp(key, SUPERVISE_END) != 0;
	return strcmp(key, SUPERVISE_END) == 0 || strspn(key, "0123456789.-") == strlen(key);
}

/* Stores that the mark does not name came later: they have no rows in what is being paged. */
static enum status read_after(struct exchange *x, struct supervise_mark *marks)
{
	const char *after = query_get(x, "after"), *piece = NULL;
	if (!after || !*after)
		return ST_OK;
	for (size_t i = 0; i < x->service->store_count; i++)
		marks[i].after = SUPERVISE_END;
	while ((piece = next_piece(x, &after)))
		if (!read_mark(x, piece, marks))
			return wrong(x, "after", "翻页标记不正确");
	for (size_t i = 0; i < x->service->store_count; i++)
		marks[i].asked = marks[i].asked && strcmp(marks[i].after, SUPERVISE_END) != 0;
	return ST_OK;
}

static bool somebody_is_asked(const struct exchange *x, const struct supervise_mark *marks)
{
	for (size_t i = 0; i < x->service->store_count; i++)
		if (marks[i].asked)
			return true;
	return false;
}

static enum status read_question(struct exchange *x, struct supervise_question *q)
{
	SCOPED(buf) more = {0};
	enum status st = check_names(x);
	q->marks = arena_array(&x->arena, x->service->store_count + 1, sizeof *q->marks);
	if (st == ST_OK)
		st = read_limit(x, &q->limit);
	if (st == ST_OK)
		st = read_consortia(x, q->marks);
	if (st == ST_OK)
		st = read_after(x, q->marks);
	if (st == ST_OK && !somebody_is_asked(x, q->marks))
		st = wrong(x, query_get(x, "after") ? "after" : "consortium", "没有可查的医共体");
	buf_puts(&more, x->fan->query);
	if (st == ST_OK)
		st = put_state(x, &more);
	if (st == ST_OK)
		st = put_day(x, &more, "from_ymd", "made_after_ms", 0);
	if (st == ST_OK)
		st = put_day(x, &more, "to_ymd", "made_until_ms", CLOCK_DAY_MS);
	q->more = arena_string(&x->arena, more.data ? more.data : "");
	return st;
}

/* ---- the stores ---- */

static const char *kept(struct arena *a, const char *s)
{
	return s ? arena_string(a, s) : NULL;
}

/* The part's own request: what the browser sent, for its store alone. It may live longer than the browser's. */
static void ask_store(const struct exchange *x, struct fan *f, size_t i, const struct supervise_question *q)
{
	struct exchange *part = &f->parts[i].x;
	struct arena *a = &part->arena;
	const struct request *r = &x->request;
	const struct supervise_mark *mark = &q->marks[i];
	part->row_keys = x->fan->list != NULL;
	part->token = f->token;
	part->request = (struct request){
	        .method = r->method,
	        .path = arena_printf(a, "/api/v1/%s/%s", x->service->stores[i].code, x->fan->route),
	        .query = x->fan->list ? arena_printf(a, "%slimit=%lld&after=%s", q->more, (long long)q->limit, mark->after) : "",
	        .body = arena_copy(a, r->body, r->body_len),
	        .body_len = r->body_len,
	        .over_limit = r->over_limit,
	        .cookie = kept(a, r->cookie),
	        .origin = kept(a, r->origin),
	        .host = kept(a, r->host),
	        .content_type = kept(a, r->content_type),
	};
}

bool supervise_is_well(const struct fan_part *part)
{
	return part->taken && part->x.reply.http < 300;
}

bool supervise_is_absent(const struct fan_part *part)
{
	if (part->left_out)
		return false;
	return !part->taken || (part->x.reply.http >= 300 && part->x.reply.http != 401);
}

static bool is_refusal(const struct fan_part *part)
{
	return part->taken && part->x.reply.http >= 400 && part->x.reply.http < 500 && part->x.reply.http != 401;
}

void supervise_put_name(struct jo *o, const struct store *store)
{
	jo_text(o, "consortium", store->code);
	jo_text(o, "consortium_name", store->name);
}

static const struct store *store_of(const struct fan *f, size_t i)
{
	return &f->parent->service->stores[i];
}

void supervise_put_absent(const struct fan *f)
{
	struct jo *o = &f->parent->o;
	jo_name(o, "absent");
	jo_open(o, '[');
	for (size_t i = 0; i < f->count; i++) {
		const struct fan_part *part = &f->parts[i];
		if (!supervise_is_absent(part))
			continue;
		enum status st = part->x.outcome == ST_OK ? ST_STORE_UNAVAILABLE : part->x.outcome;
		jo_name(o, NULL);
		jo_open(o, '{');
		supervise_put_name(o, store_of(f, i));
		jo_text(o, "code", part->taken ? status_code(st) : "LATE");
		jo_text(o, "why", part->taken ? status_text(st) : "没有及时回答");
		jo_close(o, '}');
	}
	jo_close(o, ']');
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
		if (!supervise_is_well(&f->parts[i]))
			continue;
		jo_name(o, NULL);
		jo_open(o, '{');
		supervise_put_name(o, store_of(f, i));
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
	supervise_put_absent(f);
	jo_close(o, '}');
}

/* Nobody let him in: a refusal stands for all; NULL where somebody did, and where nobody said anything. */
static const struct fan_part *refusal_of(const struct fan *f)
{
	const struct fan_part *unknown = NULL, *refused = NULL;
	for (size_t i = 0; i < f->count; i++) {
		const struct fan_part *part = &f->parts[i];
		if (supervise_is_well(part))
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

static bool somebody_supervise_is_well(const struct fan *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (supervise_is_well(&f->parts[i]))
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
	if (is_session(x) && !somebody_supervise_is_well(f)) {
		reply_problem(x, ST_STORE_UNAVAILABLE);
		return;
	}
	x->reply.http = 200;
	(x->fan->list ? supervise_answer_list : answer_each)(f);
	if (x->fan->method == METHOD_POST)
		x->reply.cookie = session_cookie(x, "-", f->token);
	else if (x->fan->method == METHOD_DELETE)
		x->reply.cookie = session_cookie(x, "-", NULL);
	if (x->reply.body.over)
		reply_problem(x, ST_TOO_LARGE);
}

void supervise_send(struct exchange *x)
{
	struct supervise_question *q = arena_alloc(&x->arena, sizeof *q);
	enum status st = read_question(x, q);
	if (st != ST_OK) {
		reply_problem(x, st);
		x->next = WORK_DONE;
		x->done(x);
		return;
	}
	struct fan *f = fan_new(x, x->csv ? FILE_MS : x->fan->wait_ms, answer);
	f->own = q;
	randombytes_buf(f->token, sizeof f->token);
	for (size_t i = 0; i < f->count; i++) {
		if (q->marks[i].asked)
			ask_store(x, f, i, q);
		else
			fan_leave_out(f, i);
	}
	fan_send(f);
}
