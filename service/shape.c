#include "service/shape.h"

#include "core/clock.h"
#include "core/money.h"
#include "core/text.h"

#include <string.h>

struct parser {
	struct faults *faults;
	enum status st;
};

/* Where in the body something stands, as steps from the root; written out only for a fault. */
struct where {
	const struct where *in; /* NULL: the root */
	const char *name;       /* of a member; NULL: an item of a list */
	size_t index;
	int64_t row; /* of the fault, from 1; 0: none */
};

static const char *path_of(struct arena *a, const struct where *w)
{
	if (!w->in)
		return "";
	const char *above = path_of(a, w->in);
	if (!w->name)
		return arena_printf(a, "%s[%zu]", above, w->index);
	return arena_printf(a, "%s%s%s", above, *above ? "." : "", w->name);
}

static enum status bad(struct parser *p, enum status st, const struct where *w, const char *message)
{
	p->st = st;
	return fault_add(p->faults, st, path_of(p->faults->arena, w), w->row, "%s", message);
}

static bool read_id(const struct json *v, int64_t *out)
{
	size_t n = 0;
	if (jv_kind(v) != JV_TEXT)
		return false;
	return text_to_i64(jv_text(v, &n), out) && *out > 0;
}

static bool read_price(const struct json *v, int64_t *out)
{
	size_t n = 0;
	return jv_kind(v) == JV_TEXT && price_parse(jv_text(v, &n), out);
}

static bool read_integer(const struct field *f, const struct json *v, int64_t *out)
{
	if (jv_kind(v) != JV_INTEGER)
		return false;
	*out = jv_integer(v);
	return f->type == F_YMD ? ymd_is_valid(*out) : *out >= f->min && *out <= f->max;
}

static bool read_bool(const struct json *v, int64_t *out)
{
	*out = jv_boolean(v);
	return jv_kind(v) == JV_BOOL;
}

static bool read_text(const struct field *f, const struct json *v, const char **out)
{
	size_t n = 0;
	if (jv_kind(v) != JV_TEXT)
		return false;
	*out = jv_text(v, &n);
	bool fits = utf8_count(*out) <= (size_t)f->max && (n > 0 || !f->required);
	return fits && !text_has_control(*out, f->type == F_NOTE);
}

static bool is_one_of(const char *word, const char *words)
{
	size_t n = strlen(word);
	for (const char *p = words; n && (p = strstr(p, word)); p += n)
		if ((p == words || p[-1] == '|') && (p[n] == '|' || p[n] == '\0'))
			return true;
	return false;
}

static const char *expectation(struct parser *p, const struct field *f)
{
	struct arena *a = p->faults->arena;
	switch (f->type) {
	case F_ID:
		return arena_printf(a, "%s应为编号 (字符串)", f->title);
	case F_INT:
		return arena_printf(a, "%s应为 %lld 到 %lld 的整数", f->title, (long long)f->min, (long long)f->max);
	case F_YMD:
		return arena_printf(a, "%s应为日期, 如 20261121", f->title);
	case F_PRICE:
		return arena_printf(a, "%s应为不超过四位小数的金额 (字符串), 如 \"12.50\"", f->title);
	case F_BOOL:
		return arena_printf(a, "%s应为 true 或 false", f->title);
	case F_WORD:
		return arena_printf(a, "%s应为 %s 之一", f->title, f->words);
	case F_LIST:
	case F_TEXTS:
		return arena_printf(a, "%s应为 %lld 到 %lld 项的列表", f->title, (long long)f->min, (long long)f->max);
	case F_TEXT:
	case F_NOTE:
		break;
	}
	return arena_printf(a, "%s应为不超过 %lld 个字符且不含控制字符的文本%s", f->title, (long long)f->max,
	                    f->required ? ", 不能为空" : "");
}

static void *parse_object(struct parser *p, const struct shape *shape, const struct json *v, const struct where *w);

/* A fault of the whole list belongs to no row. */
static void bad_list(struct parser *p, const struct field *f, const struct where *w)
{
	const struct where whole = {w->in, w->name, w->index, 0};
	bad(p, ST_INVALID_FIELD, &whole, expectation(p, f));
}

static void parse_list(struct parser *p, const struct field *f, const struct json *v, const struct where *w, char *at)
{
	size_t n = jv_count(v), *count = (size_t *)(void *)(at - f->offset + f->count_offset);
	if (jv_kind(v) != JV_ARRAY || n < (size_t)f->min || n > (size_t)f->max) {
		bad_list(p, f, w);
		return;
	}
	char *items = arena_array(p->faults->arena, n, f->items->size);
	for (size_t i = 0; i < n; i++) {
		const struct where one = {w, NULL, i, (int64_t)i + 1};
		void *item = parse_object(p, f->items, jv_item(v, i), &one);
		memcpy(items + i * f->items->size, item, f->items->size);
	}
	*(void **)(void *)at = items;
	*count = n;
}

static void parse_texts(struct parser *p, const struct field *f, const struct json *v, const struct where *w, char *at)
{
	size_t n = jv_count(v), *count = (size_t *)(void *)(at - f->offset + f->count_offset);
	const struct field one = {.title = f->title, .type = F_TEXT, .required = true, .max = 200};
	if (jv_kind(v) != JV_ARRAY || n > (size_t)f->max) {
		bad_list(p, f, w);
		return;
	}
	const char **items = arena_array(p->faults->arena, n, sizeof *items);
	for (size_t i = 0; i < n; i++)
		if (!read_text(&one, jv_item(v, i), &items[i]))
			bad(p, ST_INVALID_FIELD, &(struct where){w, NULL, i, 0}, expectation(p, &one));
	*(const char ***)(void *)at = items;
	*count = n;
}

static bool parse_scalar(struct parser *p, const struct field *f, const struct json *v, char *at)
{
	int64_t *number = (int64_t *)(void *)at;
	const char *text = NULL;
	bool ok = false;
	switch (f->type) {
	case F_ID:
		return read_id(v, number);
	case F_PRICE:
		return read_price(v, number);
	case F_INT:
	case F_YMD:
		return read_integer(f, v, number);
	case F_BOOL:
		return read_bool(v, number);
	case F_TEXT:
	case F_NOTE:
	case F_WORD:
		ok = read_text(f, v, &text) && (f->type != F_WORD || is_one_of(text, f->words));
		*(char **)(void *)at = ok ? arena_string(p->faults->arena, text) : NULL;
		return ok;
	case F_LIST:
	case F_TEXTS:
		break;
	}
	return false;
}

static void set_absent(const struct field *f, char *at)
{
	if (f->type == F_INT)
		*(int64_t *)(void *)at = INT_ABSENT;
	else if (f->type == F_PRICE)
		*(int64_t *)(void *)at = PRICE_ABSENT;
}

static void parse_field(struct parser *p, const struct field *f, const struct json *v, const struct where *w, char *at)
{
	if (!v || (jv_kind(v) == JV_NULL && !f->required)) {
		set_absent(f, at);
		if (f->required)
			bad(p, ST_INVALID_FIELD, w, arena_printf(p->faults->arena, "缺少%s", f->title));
	} else if (f->type == F_LIST) {
		parse_list(p, f, v, w, at);
	} else if (f->type == F_TEXTS) {
		parse_texts(p, f, v, w, at);
	} else if (!parse_scalar(p, f, v, at)) {
		bad(p, ST_INVALID_FIELD, w, expectation(p, f));
	}
}

struct unknown {
	struct parser *p;
	const struct shape *shape;
	const struct where *in;
};

static bool find_unknown(void *arg, const char *name, const struct json *value)
{
	struct unknown *u = arg;
	(void)value;
	for (size_t i = 0; i < u->shape->count; i++)
		if (strcmp(u->shape->fields[i].name, name) == 0)
			return true;
	struct arena *a = u->p->faults->arena;
	const char *shown = utf8_count(name) > 64 ? "…" : name;
	bad(u->p, ST_UNKNOWN_FIELD, &(struct where){u->in, shown, 0, u->in->row}, arena_printf(a, "没有名为 %s 的字段", shown));
	return true;
}

static void *parse_object(struct parser *p, const struct shape *shape, const struct json *v, const struct where *w)
{
	char *out = arena_alloc(p->faults->arena, shape->size);
	if (jv_kind(v) != JV_OBJECT) {
		bad(p, ST_INVALID_FIELD, w, "应为 JSON 对象");
		return out;
	}
	struct unknown u = {p, shape, w};
	jv_each((struct json *)(uintptr_t)v, find_unknown, &u);
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		parse_field(p, f, jv_member(v, f->name), &(struct where){w, f->name, 0, w->row}, out + f->offset);
	}
	return out;
}

enum status shape_parse(const struct shape *shape, const struct json *body, struct faults *f, void **out)
{
	struct parser p = {f, ST_OK};
	*out = parse_object(&p, shape, body, &(struct where){0});
	return p.st;
}
