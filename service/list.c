#include "service/list.h"

#include "core/csv.h"
#include "core/money.h"
#include "core/search.h"
#include "core/table.h"
#include "service/list_ask.h"
#include "service/list_cell.h"
#include "service/list_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 10000
#define SEARCH_SCAN_MAX 1000 /* candidates looked at for one page; beyond that the page is shorter */
#define DRIVEN_FIRST 400     /* rows of the driving piece that a page of a search walks over; a common word is content */
#define DRIVEN_MORE 3600     /* further ones, where the page is not full by then */

size_t ask_key_count(const struct list_path *p)
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

void ask_add_arg(struct ask *k, struct arg arg)
{
	if (k->arg_count < ARGS_MAX)
		k->args[k->arg_count++] = arg;
}

static bool parse_bool(const char *value, int64_t *out)
{
	*out = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
	return *out || strcmp(value, "0") == 0 || strcmp(value, "false") == 0;
}

/* "12.50" or "-12.50" of an amount in fen. */
static bool parse_fen(const char *value, int64_t *out)
{
	bool negative = *value == '-';
	const char *digits = value + negative, *point = strchr(digits, '.');
	size_t whole = strspn(digits, "0123456789"), cents = point ? strspn(point + 1, "0123456789") : 0;
	if (whole == 0 || whole > 15 ||
	    (point ? point != digits + whole || cents < 1 || cents > 2 || point[1 + cents] : digits[whole] != '\0'))
		return false;
	*out = 0;
	for (const char *p = digits; *p; p++)
		*out = *p == '.' ? *out : *out * 10 + (*p - '0');
	*out *= (!point ? 100 : cents == 1 ? 10 : 1) * (negative ? -1 : 1);
	return true;
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
	if (f->type == L_FEN)
		return parse_fen(value, &out->i);
	return text_to_i64(value, &out->i) && (!query_is_day(f->name) || ymd_is_valid(out->i));
}

/* Of a search: the key and the text that is looked at. */
static void put_select_text(struct buf *sql, const struct list_spec *spec, const struct list_path *path)
{
	buf_printf(sql, "SELECT %s, %s FROM %s", path->keys[0], spec->search_expr, path->from);
}

static void put_select(struct buf *sql, const struct list_spec *spec, const struct list_path *path)
{
	buf_puts(sql, "SELECT ");
	for (const struct list_column *c = spec->columns; c->name; c++)
		buf_printf(sql, "%s%s", c == spec->columns ? "" : ", ", c->expr);
	for (size_t i = 0; i < ask_key_count(path); i++)
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
	size_t n = ask_key_count(path);
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
	for (size_t i = 0; i < ask_key_count(path); i++)
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
	ask_add_arg(k, arg);
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
			ask_add_arg(k, arg_i64(name, query_i64(k->x, *p, k->x->me.root_site_id)));
	}
	if (strstr(sql, ":me_id"))
		ask_add_arg(k, I64(":me_id", k->x->me.id));
	if (strstr(sql, ":today_ymd"))
		ask_add_arg(k, I64(":today_ymd", k->x->today_ymd));
	if (strstr(sql, ":soon_ymd")) /* RULE GSP-licence-warning: 90 days before */
		ask_add_arg(k, I64(":soon_ymd", ymd_add_days(k->x->today_ymd, 90)));
	if (strstr(sql, ":urgent_ymd")) /* RULE GSP-licence-warning: and again 30 days before */
		ask_add_arg(k, I64(":urgent_ymd", ymd_add_days(k->x->today_ymd, 30)));
	if (strstr(sql, ":now_ms"))
		ask_add_arg(k, I64(":now_ms", k->x->now_ms));
	if (strstr(sql, ":piece"))
		ask_add_arg(k, I64(":piece", k->piece_count ? k->pieces[0] : 0));
}

static const char *const after_names[] = {":after0", ":after1", ":after2", ":after3", ":after4"};
static const char *const until_names[] = {":until0", ":until1", ":until2", ":until3", ":until4"};

static void add_keys(struct ask *k, const char *const *names, const int64_t *keys)
{
	for (size_t i = 0; i < ask_key_count(k->path); i++)
		ask_add_arg(k, I64(names[i], keys[i]));
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
	for (size_t i = 0; i < ask_key_count(k->path); i++)
		buf_printf(&sql, "%s%s", i ? ", " : "", k->path->keys[i]);
	buf_printf(&sql, " FROM %s", k->path->from);
	enum status st = put_filters(k, &sql, SERVED_FILTERS);
	put_after(k, &sql);
	put_order(&sql, k->path, "1 OFFSET :scan");
	bind_parameters(k, sql.data);
	ask_add_arg(k, I64(":scan", k->spec->scan ? k->spec->scan : LIST_SCAN));
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query_text(db, sql.data, k->args, k->arg_count);
	k->has_until = rows_next(&r);
	for (size_t i = 0; k->has_until && i < ask_key_count(k->path); i++)
		k->until[i] = col_i64(&r, (int)i);
	return ST_OK;
}

static enum status build(struct ask *k, struct buf *sql)
{
	k->arg_count = 0;
	(ask_is_driven(k) ? put_select_text : put_select)(sql, k->spec, k->path);
	enum status st = put_filters(k, sql, ALL_FILTERS);
	if (st != ST_OK)
		return st;
	put_after(k, sql);
	if (k->q)
		ask_put_pieces(k, sql);
	if (k->has_until) {
		put_bound(sql, k->path, k->path->newest_first ? ">=" : "<=", "until");
		add_keys(k, until_names, k->until);
	}
	put_order(sql, k->path, ":limit");
	bind_parameters(k, sql->data);
	ask_add_arg(k, I64(":limit", k->q ? SEARCH_SCAN_MAX : k->limit + 1));
	return ST_OK;
}

/* "12.-3.4" into numbers; false where it is no key of this path. */
static bool parse_after(struct ask *k, const char *text)
{
	size_t n = ask_key_count(k->path);
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

/*
 * RULE DESIGN-7-one-search: ?q= is the catalogue's search wherever products are listed, stands for a filter, or is refused.
 * Is the word exactly what the first filter of q_as asks for, a lot among products?
 */
static bool is_exact(const struct ask *k, struct db *db)
{
	return k->spec->q_exact && db_i64_n(db, 0, k->spec->q_exact, (const struct arg[]){TEXT(":q_t", k->q)}, 1) != 0;
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
	if (k->q && !k->spec->search_expr && !k->spec->q_as)
		return x_fail(k->x, ST_INVALID_FIELD, "q", 0, "%s不能按文字查找, 请用筛选条件", k->spec->title);
	if (k->q && (!k->spec->search_expr || is_exact(k, db)))
		take_q_as_filter(k);
	if (k->q) {
		k->piece_count = search_query_pieces(&k->x->arena, k->q, &k->pieces);
		if (k->piece_count && strcmp(k->spec->paths->filter ? k->spec->paths->filter : "", "q") == 0)
			ask_rarest_first(k, db);
	}
	choose_path(k);
	const char *after = query_get(k->x, "after");
	if (after && *after && !parse_after(k, after))
		return x_fail(k->x, ST_INVALID_FIELD, "after", 0, "翻页标记不正确");
	return ST_OK;
}

static void remember_key(struct ask *k, struct rows *r)
{
	int first = ask_column_count(k->spec);
	for (size_t i = 0; i < ask_key_count(k->path); i++)
		k->after[i] = col_i64(r, first + (int)i);
}

/* The last row's keys as ?after= takes them. */
static void put_keys(struct ask *k, struct buf *out)
{
	for (size_t i = 0; i < ask_key_count(k->path); i++)
		buf_printf(out, "%s%lld", i ? "." : "", (long long)k->after[i]);
}

static void put_row_key(struct ask *k, struct jo *o)
{
	SCOPED(buf) key = {0};
	put_keys(k, &key);
	jo_text(o, LIST_ROW_KEY, key.data);
}

static void put_row(struct ask *k, struct rows *r, struct sink *to, const struct found *found)
{
	int i = 0;
	if (to->o) {
		jo_name(to->o, NULL);
		jo_open(to->o, '{');
	}
	if (to->o && k->x->row_keys)
		put_row_key(k, to->o);
	for (const struct list_column *c = k->spec->columns; c->name; c++, i++) {
		if (to->o)
			list_put_column(to->o, r, i, c);
		else if (to->w)
			list_csv_cell(to->w, r, i, c);
		else
			list_sheet_cell(to->s, r, i, c);
	}
	if (to->o) {
		if (k->spec->extra)
			k->spec->extra(k->x, r->db, r);
		if (k->spec->search_expr)
			ask_put_matched(k, to->o, r, found);
		jo_close(to->o, '}');
	} else if (to->w) {
		csv_end_row(to->w);
	} else {
		sheet_out_end_row(to->s);
	}
}

/* What a search has found for its page. */
struct hits {
	struct match *match;
	size_t n;
	int64_t seen;
	struct arena arena; /* of their texts */
};

/* Candidates by their texts alone, over at most so many rows of the driving piece. */
static enum status find_matches(struct ask *k, struct db *db, int64_t most, struct hits *h, bool *more)
{
	SCOPED(buf) sql = {0};
	ask_bound_search(k, db, most);
	enum status st = build(k, &sql);
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query_text(db, sql.data, k->args, k->arg_count);
	while (rows_next(&r)) {
		SCOPED(arena) row = {0};
		struct match one = {.key = col_i64(&r, 0)};
		*more = (int64_t)h->n == k->limit || ++h->seen == SEARCH_SCAN_MAX;
		if (*more)
			return ST_OK;
		k->after[0] = one.key;
		if (!ask_text_matches(k, col_text(&row, &r, 1), &one.found))
			continue;
		one.found.text = arena_string(&h->arena, one.found.text);
		h->match[h->n++] = one;
	}
	if (k->has_until)
		k->after[0] = k->until[0];
	k->has_after = true;
	return ST_OK;
}

/* Rows of some matches; they come in the matches' order. */
static enum status put_matches(struct ask *k, struct db *db, struct sink *to, const struct match *matches, size_t n)
{
	SCOPED(buf) sql = {0};
	size_t i = 0;
	const int64_t after = k->after[0];
	k->arg_count = 0;
	put_select(&sql, k->spec, k->path);
	ask_put_matches(k, &sql, matches, n);
	put_order(&sql, k->path, ":limit");
	bind_parameters(k, sql.data);
	ask_add_arg(k, I64(":limit", (int64_t)n));
	SCOPED(rows) r = db_query_text(db, sql.data, k->args, k->arg_count);
	for (; rows_next(&r); i++) {
		const int64_t key = col_i64(&r, ask_column_count(k->spec));
		while (i < n && matches[i].key != key)
			i++;
		k->after[0] = key; /* what a row tells of where it stands */
		if (i < n)
			put_row(k, &r, to, &matches[i].found);
	}
	k->after[0] = after;
	return ST_OK;
}

/*
 * A search by pieces. A common word has thousands of candidates, and what a list tells of a row (prices, flags) costs more
 * than a look at its text: so texts decide first, and only what matches is read whole. A common word's page is full after
 * few candidates; where it is not, it pays to ask which piece is the rarest, and to go farther.
 */
static enum status put_search(struct ask *k, struct db *db, struct sink *to, bool *more)
{
	struct hits h = {.match = memory_alloc((size_t)k->limit * sizeof *h.match)};
	enum status st = find_matches(k, db, DRIVEN_FIRST, &h, more);
	if (st == ST_OK && !*more && k->has_until) {
		ask_rarest_again(k, db);
		st = find_matches(k, db, DRIVEN_MORE, &h, more);
	}
	*more = *more || k->has_until;
	for (size_t i = 0; i < h.n && st == ST_OK; i += MATCHES_AT_ONCE)
		st = put_matches(k, db, to, h.match + i, h.n - i < MATCHES_AT_ONCE ? h.n - i : MATCHES_AT_ONCE);
	arena_drop(&h.arena);
	free(h.match);
	return st;
}

static enum status put_rows(struct ask *k, struct db *db, struct sink *to, const char *sql, bool *more)
{
	int64_t put = 0, seen = 0;
	const int text = ask_column_count(k->spec) + (int)ask_key_count(k->path);
	SCOPED(rows) r = db_query_text(db, sql, k->args, k->arg_count);
	while (!*more && rows_next(&r)) {
		SCOPED(arena) a = {0};
		struct found found = {SEARCH_FRAGMENT, NULL};
		*more = put == k->limit || (k->q && ++seen == SEARCH_SCAN_MAX);
		if (*more)
			break;
		remember_key(k, &r);
		if (!k->q || ask_text_matches(k, col_text(&a, &r, text), &found)) {
			put_row(k, &r, to, &found);
			put++;
		}
	}
	return ST_OK;
}

enum status ask_put_page(struct ask *k, struct db *db, struct sink *to, bool *more)
{
	SCOPED(buf) sql = {0};
	*more = false;
	if (k->q && !k->piece_count)
		return ST_OK; /* nothing that anybody could look for */
	if (ask_is_driven(k))
		return put_search(k, db, to, more);
	enum status st = find_until(k, db);
	if (st == ST_OK)
		st = build(k, &sql);
	if (st == ST_OK)
		st = put_rows(k, db, to, sql.data, more);
	if (!*more && k->has_until) {
		memcpy(k->after, k->until, sizeof k->after);
		*more = true;
	}
	return st;
}

static void put_next(struct ask *k, bool more)
{
	SCOPED(buf) next = {0};
	put_keys(k, &next);
	jo_text(&k->x->o, "next", more ? next.data : NULL);
}

static enum status answer_json(struct ask *k, struct db *db)
{
	struct jo *o = &k->x->o;
	struct sink to = {.o = o};
	bool more = false;
	jo_open(o, '{');
	jo_name(o, "rows");
	jo_open(o, '[');
	enum status st = ask_put_page(k, db, &to, &more);
	jo_close(o, ']');
	put_next(k, more);
	jo_close(o, '}');
	return k->x->reply.body.over ? ST_TOO_LARGE : st;
}

enum status list_answer(struct exchange *x, struct db *db, const struct list_spec *spec)
{
	struct ask k = {.x = x, .spec = spec, .path = spec->paths};
	if (x->file)
		return list_file_next(x, db);
	enum status st = prepare(&k, db);
	if (st != ST_OK)
		return st;
	return x->csv || x->xlsx ? list_file_begin(&k, db) : answer_json(&k, db);
}

enum status list_sum(struct exchange *x, struct db *db, const struct list_spec *spec, const char *select,
                     void (*each)(void *arg, struct rows *r), void *arg)
{
	struct ask k = {.x = x, .spec = spec, .path = spec->paths};
	SCOPED(buf) sql = {0};
	enum status st = check_names(&k);
	if (st == ST_OK && query_get(x, "q"))
		st = x_fail(x, ST_INVALID_FIELD, "q", 0, "合计不能按文字查找, 请用筛选条件");
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
