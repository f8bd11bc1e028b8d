#include "service/list.h"

#include "core/csv.h"
#include "core/money.h"
#include "core/search.h"
#include "core/table.h"

#include <stdio.h>
#include <string.h>

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 10000
#define ARGS_MAX 24
#define CSV_PAGE 5000
#define SEARCH_SCAN_MAX 20000 /* candidates looked at for one page; beyond that the page is shorter */

/* One question to a list, being built. */
struct ask {
	struct exchange *x;
	const struct list_spec *spec;
	const struct list_path *path;
	struct arg args[ARGS_MAX];
	size_t arg_count;
	const char *q;
	int64_t *pieces;
	size_t piece_count;
	int64_t limit;
	int64_t after[LIST_KEYS_MAX];
	bool has_after;
	int64_t until[LIST_KEYS_MAX]; /* the last key that this page may look at */
	bool has_until;
};

static size_t key_count(const struct list_path *p)
{
	size_t n = 0;
	while (n < LIST_KEYS_MAX && p->keys[n])
		n++;
	return n;
}

static const struct list_path *find_path(const struct list_spec *spec, const char *filter)
{
	const struct list_path *p = spec->paths;
	while (p->filter && (!filter || strcmp(p->filter, filter) != 0))
		p++;
	return p;
}

static const struct list_filter *find_filter(const struct list_spec *spec, const char *name)
{
	for (const struct list_filter *f = spec->filters; f && f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

/* The condition by which a column filters exactly. A truth is a number to the one engine and none to the other. */
static const char *column_where(struct arena *a, const struct list_column *c)
{
	if (c->type == L_BOOL)
		return arena_printf(a, "CAST((%s) AS INTEGER) = :f_%s_id", c->expr, c->name);
	return arena_printf(a, "(%s) = :f_%s_%s", c->expr, c->name, c->type == L_TEXT ? "t" : "id");
}

/* Every column filters exactly too, beside the filters that have a way of their own. */
static const struct list_filter *column_filter(struct ask *k, const char *name)
{
	for (const struct list_column *c = k->spec->columns; c->name; c++) {
		if (strcmp(c->name, name) != 0)
			continue;
		struct list_filter *f = arena_alloc(&k->x->arena, sizeof *f);
		*f = (struct list_filter){c->name, c->type, column_where(&k->x->arena, c)};
		return f;
	}
	return NULL;
}

static bool is_parameter(const struct list_spec *spec, const char *name)
{
	static const char *const common[] = {"q", "limit", "after", NULL};
	for (const char *const *p = common; *p; p++)
		if (strcmp(*p, name) == 0)
			return true;
	for (const char *const *p = spec->parameters; p && *p; p++)
		if (strcmp(*p, name) == 0)
			return true;
	return find_filter(spec, name) != NULL;
}

/* A filter nobody knows would silently answer too much. */
static enum status check_names(struct ask *k)
{
	for (const char *p = k->x->request.query; *p; p += strcspn(p, "&"), p += *p == '&') {
		const char *name = arena_copy(&k->x->arena, p, strcspn(p, "=&"));
		if (*name && !is_parameter(k->spec, name) && !column_filter(k, name))
			return x_fail(k->x, ST_UNKNOWN_FIELD, name, 0, "%s没有名为 %s 的筛选条件", k->spec->title, name);
	}
	return ST_OK;
}

static void add_arg(struct ask *k, struct arg arg)
{
	if (k->arg_count < ARGS_MAX)
		k->args[k->arg_count++] = arg;
}

static bool parse_bool(const char *value, int64_t *out)
{
	*out = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
	return *out || strcmp(value, "0") == 0 || strcmp(value, "false") == 0;
}

/* "12.50" of an amount in fen. */
static bool parse_fen(const char *value, int64_t *out)
{
	bool ok = price_parse(value, out) && *out % 100 == 0;
	*out /= 100;
	return ok;
}

/* The value of a filter as an argument; false where the text is none. */
static bool filter_arg(struct ask *k, const struct list_filter *f, const char *value, struct arg *out)
{
	if (f->type == L_TEXT) {
		*out = arg_text(arena_printf(&k->x->arena, ":f_%s_t", f->name), value);
		return true;
	}
	*out = arg_i64(arena_printf(&k->x->arena, ":f_%s_id", f->name), 0);
	if (f->type == L_BOOL)
		return parse_bool(value, &out->i);
	if (f->type == L_PRICE)
		return price_parse(value, &out->i);
	return f->type == L_FEN ? parse_fen(value, &out->i) : text_to_i64(value, &out->i);
}

static void put_select(struct buf *sql, const struct list_spec *spec, const struct list_path *path)
{
	buf_puts(sql, "SELECT ");
	for (const struct list_column *c = spec->columns; c->name; c++)
		buf_printf(sql, "%s%s", c == spec->columns ? "" : ", ", c->expr);
	for (size_t i = 0; i < key_count(path); i++)
		buf_printf(sql, ", %s", path->keys[i]);
	if (spec->search_expr)
		buf_printf(sql, ", %s", spec->search_expr);
	buf_printf(sql, " FROM %s", path->from);
}

const struct list_rule list_few = {.few = true};
static const struct list_rule no_rule = {.few = false};

static const struct list_rule *rule_of(const struct list_path *p)
{
	return p->rule ? p->rule : &no_rule;
}

/* (keys) OP (:NAME0, …) */
static void put_bound(struct buf *sql, const struct list_path *path, const char *operator, const char * name)
{
	size_t n = key_count(path);
	buf_puts(sql, n > 1 ? " AND (" : " AND ");
	for (size_t i = 0; i < n; i++)
		buf_printf(sql, "%s%s", i ? ", " : "", path->keys[i]);
	buf_printf(sql, "%s %s %s", n > 1 ? ")" : "", operator, n> 1 ? "(" : "");
	for (size_t i = 0; i < n; i++)
		buf_printf(sql, "%s:%s%zu", i ? ", " : "", name, i);
	buf_puts(sql, n > 1 ? ")" : "");
}

static void put_keyset(struct buf *sql, const struct list_path *path)
{
	put_bound(sql, path, path->newest_first ? "<" : ">", "after");
}

/* The plus keeps the engine from walking the whole list in order to spare a sort of few rows. */
static void put_order(struct buf *sql, const struct list_path *path, const char *limit)
{
	buf_puts(sql, " ORDER BY ");
	for (size_t i = 0; i < key_count(path); i++)
		buf_printf(sql, "%s%s%s%s", i ? ", " : "", rule_of(path)->few ? "+" : "", path->keys[i],
		           path->newest_first ? " DESC" : "");
	buf_printf(sql, " LIMIT %s", limit);
}

static bool rule_allows(struct ask *k, const struct list_path *p)
{
	const struct list_rule *rule = rule_of(p);
	const char *value = query_get(k->x, p->filter);
	bool excepted = rule->unless && value && strcmp(value, rule->unless) == 0;
	return !excepted && (!rule->also || query_get(k->x, rule->also));
}

/* Chooses the path: the search first, then the first given filter that drives one. */
static void choose_path(struct ask *k)
{
	k->path = find_path(k->spec, NULL);
	for (const struct list_path *p = k->spec->paths; p->filter; p++) {
		bool is_search = strcmp(p->filter, "q") == 0;
		if (!rule_allows(k, p))
			continue;
		if (is_search ? k->piece_count > 0 : query_get(k->x, p->filter) != NULL) {
			k->path = p;
			return;
		}
	}
}

static enum status put_filter(struct ask *k, struct buf *sql, const struct list_filter *f)
{
	struct arg arg;
	const char *value = query_get(k->x, f->name);
	if (!value)
		return ST_OK;
	if (!filter_arg(k, f, value, &arg))
		return x_fail(k->x, ST_INVALID_FIELD, f->name, 0, "筛选条件 %s 的值不正确", f->name);
	add_arg(k, arg);
	buf_printf(sql, " AND %s", f->where);
	return ST_OK;
}

/* Does an index of the path serve this filter? */
static bool is_served(const struct ask *k, const struct list_filter *f)
{
	const char *also = rule_of(k->path)->also;
	for (const char *const *name = k->spec->served; name && *name; name++)
		if (strcmp(f->name, *name) == 0)
			return true;
	return (k->path->filter && strcmp(f->name, k->path->filter) == 0) || (also && strcmp(f->name, also) == 0);
}

enum which { SERVED_FILTERS, ALL_FILTERS };

static enum status put_filters(struct ask *k, struct buf *sql, enum which which)
{
	enum status st = ST_OK;
	for (const struct list_filter *f = k->spec->filters; st == ST_OK && f && f->name; f++)
		if (which == ALL_FILTERS || is_served(k, f))
			st = put_filter(k, sql, f);
	for (const struct list_column *c = k->spec->columns; st == ST_OK && which == ALL_FILTERS && c->name; c++)
		if (!is_parameter(k->spec, c->name) && query_get(k->x, c->name))
			st = put_filter(k, sql, column_filter(k, c->name));
	return st;
}

static bool has_unserved(struct ask *k)
{
	for (const struct list_filter *f = k->spec->filters; f && f->name; f++)
		if (!is_served(k, f) && query_get(k->x, f->name))
			return true;
	for (const struct list_column *c = k->spec->columns; c->name; c++)
		if (!is_parameter(k->spec, c->name) && query_get(k->x, c->name))
			return true;
	return false;
}

/* Parameters of columns are always bound where the statement has them; a site left out is the user's own. */
static void bind_parameters(struct ask *k, const char *sql)
{
	for (const char *const *p = k->spec->parameters; p && *p; p++) {
		const char *name = arena_printf(&k->x->arena, ":p_%s", *p);
		if (strstr(sql, name))
			add_arg(k, arg_i64(name, query_i64(k->x, *p, k->x->me.root_site_id)));
	}
	if (strstr(sql, ":me_id"))
		add_arg(k, I64(":me_id", k->x->me.id));
	if (strstr(sql, ":today_ymd"))
		add_arg(k, I64(":today_ymd", k->x->today_ymd));
	if (strstr(sql, ":soon_ymd")) /* RULE GSP-licence-warning: 90 days before */
		add_arg(k, I64(":soon_ymd", ymd_add_days(k->x->today_ymd, 90)));
	if (strstr(sql, ":now_ms"))
		add_arg(k, I64(":now_ms", k->x->now_ms));
	if (strstr(sql, ":piece"))
		add_arg(k, I64(":piece", k->piece_count ? k->pieces[0] : 0));
}

static const char *const after_names[] = {":after0", ":after1", ":after2", ":after3", ":after4"};
static const char *const until_names[] = {":until0", ":until1", ":until2", ":until3", ":until4"};

static void add_keys(struct ask *k, const char *const *names, const int64_t *keys)
{
	for (size_t i = 0; i < key_count(k->path); i++)
		add_arg(k, I64(names[i], keys[i]));
}

static void put_after(struct ask *k, struct buf *sql)
{
	if (!k->has_after)
		return;
	put_keyset(sql, k->path);
	add_keys(k, after_names, k->after);
}

/* The key LIST_SCAN rows on, where a filter is asked for that no index serves and the list goes on so far. */
static enum status find_until(struct ask *k, struct db *db)
{
	SCOPED(buf) sql = {0};
	k->has_until = false;
	if (k->q || rule_of(k->path)->few || !has_unserved(k))
		return ST_OK;
	k->arg_count = 0;
	buf_puts(&sql, "SELECT ");
	for (size_t i = 0; i < key_count(k->path); i++)
		buf_printf(&sql, "%s%s", i ? ", " : "", k->path->keys[i]);
	buf_printf(&sql, " FROM %s", k->path->from);
	enum status st = put_filters(k, &sql, SERVED_FILTERS);
	put_after(k, &sql);
	put_order(&sql, k->path, "1 OFFSET :scan");
	bind_parameters(k, sql.data);
	add_arg(k, I64(":scan", k->spec->scan ? k->spec->scan : LIST_SCAN));
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query_text(db, sql.data, k->args, k->arg_count);
	k->has_until = rows_next(&r);
	for (size_t i = 0; k->has_until && i < key_count(k->path); i++)
		k->until[i] = col_i64(&r, (int)i);
	return ST_OK;
}

static enum status build(struct ask *k, struct buf *sql)
{
	k->arg_count = 0;
	put_select(sql, k->spec, k->path);
	enum status st = put_filters(k, sql, ALL_FILTERS);
	if (st != ST_OK)
		return st;
	put_after(k, sql);
	if (k->has_until) {
		put_bound(sql, k->path, k->path->newest_first ? ">=" : "<=", "until");
		add_keys(k, until_names, k->until);
	}
	put_order(sql, k->path, ":limit");
	bind_parameters(k, sql->data);
	add_arg(k, I64(":limit", k->q ? SEARCH_SCAN_MAX : k->limit + 1));
	return ST_OK;
}

/* "12.-3.4" into numbers; false where it is no key of this path. */
static bool parse_after(struct ask *k, const char *text)
{
	size_t n = key_count(k->path);
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(text, ".");
		char *part = arena_copy(&k->x->arena, text, len);
		if (!text_to_i64(part, &k->after[i]))
			return false;
		text += len;
		if (i + 1 < n && *text++ != '.')
			return false;
	}
	k->has_after = true;
	return *text == '\0';
}

SQL(count_piece, "SELECT count(*) FROM (SELECT 1 FROM product_piece WHERE piece = :piece LIMIT 300) AS few");

/* The rarest piece drives; it stands first. */
static void rarest_first(struct ask *k, struct db *db)
{
	int64_t least = INT64_MAX;
	for (size_t i = 0; i < k->piece_count && i < 16; i++) {
		int64_t n = db_i64(db, 0, count_piece, I64(":piece", k->pieces[i]));
		if (n < least) {
			int64_t first = k->pieces[0];
			k->pieces[0] = k->pieces[i];
			k->pieces[i] = first;
			least = n;
		}
		if (least == 0)
			return;
	}
}

/* A column's site must be one of the user's own. */
static enum status check_site(struct ask *k, struct db *db)
{
	int64_t site = k->spec->parameters && query_get(k->x, "site_id") ? query_i64(k->x, "site_id", 0) : k->x->me.root_site_id;
	return me_at_site(db, &k->x->me, site) ? ST_OK : ST_NOT_FOUND;
}

/* True for what looks like a running number: two letters, a hyphen, a date. */
static bool is_number(const char *q)
{
	return strspn(q, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2 && q[2] == '-' && strspn(q + 3, "0123456789") == 8;
}

/* ?q= of a list without text search becomes the filter it stands for. */
static void take_q_as_filter(struct ask *k)
{
	const char *const *names = k->spec->q_as;
	const char *name = names && names[0] ? names[0] : NULL;
	if (name && names[1] && !is_number(k->q))
		name = names[1];
	const char *raw = strstr(k->x->request.query, "q=");
	if (name && raw)
		k->x->request.query =
		        arena_printf(&k->x->arena, "%s&%s=%.*s", k->x->request.query, name, (int)strcspn(raw + 2, "&"), raw + 2);
	k->q = NULL;
}

static enum status prepare(struct ask *k, struct db *db)
{
	enum status st = check_names(k);
	if (st == ST_OK)
		st = check_site(k, db);
	if (st != ST_OK)
		return st;
	k->limit = query_get(k->x, "limit") ? query_i64(k->x, "limit", 0) : LIMIT_DEFAULT;
	if (k->limit < 1 || k->limit > LIMIT_MAX)
		return x_fail(k->x, ST_INVALID_FIELD, "limit", 0, "limit 应为 1 到 %d", LIMIT_MAX);
	k->q = query_get(k->x, "q");
	if (k->q && !*k->q)
		k->q = NULL;
	if (k->q && !k->spec->search_expr)
		take_q_as_filter(k);
	if (k->q) {
		k->piece_count = search_query_pieces(&k->x->arena, k->q, &k->pieces);
		if (k->piece_count && strcmp(k->spec->paths->filter ? k->spec->paths->filter : "", "q") == 0)
			rarest_first(k, db);
	}
	choose_path(k);
	const char *after = query_get(k->x, "after");
	if (after && *after && !parse_after(k, after))
		return x_fail(k->x, ST_INVALID_FIELD, "after", 0, "翻页标记不正确");
	return ST_OK;
}

void list_put_column(struct jo *o, struct rows *r, int i, const struct list_column *c)
{
	size_t n = 0;
	if (col_is_null(r, i)) {
		jo_null(o, c->name);
		return;
	}
	switch (c->type) {
	case L_ID:
		jo_id(o, c->name, col_i64(r, i));
		return;
	case L_INT:
	case L_INT_OR_NULL:
		jo_i64(o, c->name, col_i64(r, i));
		return;
	case L_PRICE:
		jo_price(o, c->name, col_i64(r, i));
		return;
	case L_FEN:
		jo_fen(o, c->name, col_i64(r, i));
		return;
	case L_BOOL:
		jo_bool(o, c->name, col_i64(r, i) != 0);
		return;
	case L_TEXT:
		jo_text(o, c->name, c->titles ? word_title(c->titles, col_peek(r, i, &n)) : col_peek(r, i, &n));
		return;
	}
}

static void csv_column_value(struct csv_writer *w, struct rows *r, int i, const struct list_column *c)
{
	size_t n = 0;
	char text[32];
	if (col_is_null(r, i)) {
		csv_put_text(w, NULL);
	} else if (c->type == L_TEXT) {
		csv_put_text(w, c->titles ? word_title(c->titles, col_peek(r, i, &n)) : col_peek(r, i, &n));
	} else if (c->type == L_PRICE || c->type == L_FEN) {
		(c->type == L_PRICE ? price_text : fen_text)(col_i64(r, i), text);
		csv_put_number(w, text);
	} else {
		csv_put_i64(w, col_i64(r, i));
	}
}

static int column_count(const struct list_spec *spec)
{
	int n = 0;
	while (spec->columns[n].name)
		n++;
	return n;
}

/* Does this row's text match the search? Its text stands behind the keys, one line a part. */
static bool row_matches(struct ask *k, struct rows *r, enum search_how *how)
{
	const char *texts[32];
	size_t n = 0;
	SCOPED(arena) a = {0};
	int column = column_count(k->spec) + (int)key_count(k->path);
	char *text = col_text(&a, r, column);
	while (text && n < sizeof texts / sizeof *texts) {
		texts[n++] = text;
		text = strchr(text, '\n');
		if (text)
			*text++ = '\0';
	}
	return search_matches_any(texts, n, k->q, how);
}

static void remember_key(struct ask *k, struct rows *r)
{
	int first = column_count(k->spec);
	for (size_t i = 0; i < key_count(k->path); i++)
		k->after[i] = col_i64(r, first + (int)i);
}

struct sink {
	struct jo *o;         /* JSON, or */
	struct csv_writer *w; /* CSV */
};

static void put_row(struct ask *k, struct rows *r, struct sink *to, enum search_how how)
{
	static const char *const hows[] = {"code", "fragment", "initials"};
	int i = 0;
	if (to->o) {
		jo_name(to->o, NULL);
		jo_open(to->o, '{');
	}
	for (const struct list_column *c = k->spec->columns; c->name; c++, i++) {
		if (to->o)
			list_put_column(to->o, r, i, c);
		else
			csv_column_value(to->w, r, i, c);
	}
	if (to->o) {
		if (k->spec->extra)
			k->spec->extra(k->x, r->db, r);
		if (k->spec->search_expr)
			jo_text(to->o, "match", k->q ? hows[how] : NULL);
		jo_close(to->o, '}');
	} else {
		csv_end_row(to->w);
	}
}

/* Writes one page; *more tells whether rows are left behind it. */
static enum status put_page(struct ask *k, struct db *db, struct sink *to, bool *more)
{
	SCOPED(buf) sql = {0};
	int64_t put = 0, seen = 0;
	*more = false;
	enum status st = find_until(k, db);
	if (st == ST_OK)
		st = build(k, &sql);
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query_text(db, sql.data, k->args, k->arg_count);
	while (!*more && rows_next(&r)) {
		enum search_how how = SEARCH_FRAGMENT;
		if (put == k->limit || ++seen == SEARCH_SCAN_MAX) {
			*more = true;
		} else if (!k->q || row_matches(k, &r, &how)) {
			put_row(k, &r, to, how);
			put++;
			remember_key(k, &r);
		}
	}
	if (!*more && k->has_until) {
		memcpy(k->after, k->until, sizeof k->after);
		*more = true;
	}
	return ST_OK;
}

static void put_next(struct ask *k, bool more)
{
	SCOPED(buf) next = {0};
	for (size_t i = 0; i < key_count(k->path); i++)
		buf_printf(&next, "%s%lld", i ? "." : "", (long long)k->after[i]);
	jo_text(&k->x->o, "next", more ? next.data : NULL);
}

static enum status answer_json(struct ask *k, struct db *db)
{
	struct jo *o = &k->x->o;
	struct sink to = {o, NULL};
	bool more = false;
	jo_open(o, '{');
	jo_name(o, "rows");
	jo_open(o, '[');
	bool nothing = k->q && k->piece_count == 0;
	enum status st = nothing ? ST_OK : put_page(k, db, &to, &more);
	jo_close(o, ']');
	put_next(k, more);
	jo_close(o, '}');
	return k->x->reply.body.over ? ST_TOO_LARGE : st;
}

/* Page by page, each in a snapshot of its own: a long export holds none open. */
static enum status answer_csv(struct ask *k, struct db *db)
{
	struct csv_writer w;
	struct sink to = {NULL, &w};
	const char *heads[64];
	size_t n = 0;
	bool more = true;
	for (const struct list_column *c = k->spec->columns; c->name && n < 64; c++)
		heads[n++] = c->name;
	csv_begin(&w, &k->x->reply.body, heads, n);
	k->limit = CSV_PAGE;
	enum status st = ST_OK;
	while (st == ST_OK && more && !k->x->reply.body.over) {
		st = put_page(k, db, &to, &more);
		k->has_after = true;
		if (more && db_status(db) == ST_OK) {
			(void)!db_read_end(db);
			db_read_begin(db);
		}
	}
	k->x->reply.content_type = "text/csv; charset=utf-8";
	k->x->reply.file_name = arena_printf(&k->x->arena, "%s.csv", k->spec->name);
	return k->x->reply.body.over ? ST_TOO_LARGE : st;
}

enum status list_answer(struct exchange *x, struct db *db, const struct list_spec *spec)
{
	struct ask k = {.x = x, .spec = spec, .path = spec->paths};
	enum status st = prepare(&k, db);
	if (st != ST_OK)
		return st;
	return x->csv ? answer_csv(&k, db) : answer_json(&k, db);
}

enum status list_sum(struct exchange *x, struct db *db, const struct list_spec *spec, const char *select,
                     void (*each)(void *arg, struct rows *r), void *arg)
{
	struct ask k = {.x = x, .spec = spec, .path = spec->paths};
	SCOPED(buf) sql = {0};
	enum status st = check_names(&k);
	if (st != ST_OK)
		return st;
	choose_path(&k);
	buf_printf(&sql, "SELECT %s FROM %s", select, k.path->from);
	if ((st = put_filters(&k, &sql, ALL_FILTERS)) != ST_OK)
		return st;
	bind_parameters(&k, sql.data);
	SCOPED(rows) r = db_query_text(db, sql.data, k.args, k.arg_count);
	if (rows_next(&r))
		each(arg, &r);
	return ST_OK;
}

/* path × (no further filter, or each single one) × (first page, next page). */
void list_each_statement(const struct list_spec *spec, struct arena *a, void (*each)(void *arg, const char *sql), void *arg)
{
	static const struct list_filter none[] = {{NULL, L_INT, NULL}};
	for (const struct list_path *p = spec->paths;; p++) {
		const struct list_filter *own = p->filter ? find_filter(spec, p->filter) : NULL;
		const struct list_filter *also = rule_of(p)->also ? find_filter(spec, rule_of(p)->also) : NULL;
		const struct list_filter *f = spec->filters ? spec->filters : none;
		for (;; f++) {
			struct buf sql = {0};
			put_select(&sql, spec, p);
			if (own)
				buf_printf(&sql, " AND %s", own->where);
			if (also)
				buf_printf(&sql, " AND %s", also->where);
			if (f->name && f != own && f != also)
				buf_printf(&sql, " AND %s", f->where);
			struct buf next = {0};
			buf_puts(&next, sql.data);
			put_order(&sql, p, ":limit");
			put_keyset(&next, p);
			put_order(&next, p, ":limit");
			each(arg, arena_string(a, sql.data));
			each(arg, arena_string(a, next.data));
			buf_drop(&sql);
			buf_drop(&next);
			if (!f->name)
				break;
		}
		if (!p->filter)
			break;
	}
}

void list_each_column_filter(const struct list_spec *spec, struct arena *a, void (*each)(void *arg, const char *sql), void *arg)
{
	const struct list_path *p = find_path(spec, NULL);
	for (const struct list_column *c = spec->columns; c->name; c++) {
		struct buf sql = {0};
		put_select(&sql, spec, p);
		buf_printf(&sql, " AND %s", column_where(a, c));
		put_order(&sql, p, ":limit");
		each(arg, arena_string(a, sql.data));
		buf_drop(&sql);
	}
}
