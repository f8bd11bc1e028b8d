#include "core/json.h"

#include "core/money.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 32

static const json_t *real(const struct json *v)
{
	return (const json_t *)(const void *)v;
}

static const struct json *ours(const json_t *v)
{
	return (const struct json *)(const void *)v;
}

/* jansson's own bound on nesting is 2,048; ours is what a shape may need. */
static bool too_deep(const char *bytes, size_t n)
{
	int depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < n && depth <= DEPTH_MAX; i++) {
		char c = bytes[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted)
			depth += (c == '{' || c == '[') - (c == '}' || c == ']');
	}
	return depth > DEPTH_MAX;
}

enum status jv_parse(const char *bytes, size_t n, struct jv_document *out, char why[160])
{
	json_error_t error;
	out->root = NULL;
	if (too_deep(bytes, n)) {
		snprintf(why, 160, "JSON 嵌套过深");
		return ST_BAD_JSON;
	}
	out->root = (struct json *)(void *)json_loadb(bytes, n, JSON_REJECT_DUPLICATES, &error);
	if (out->root)
		return ST_OK;
	bool twice = json_error_code(&error) == json_error_duplicate_key;
	snprintf(why, 160, "%s (第 %d 行第 %d 列)", twice ? "字段重复" : "JSON 语法错误", error.line, error.column);
	return twice ? ST_UNKNOWN_FIELD : ST_BAD_JSON;
}

void jv_document_drop(struct jv_document *d)
{
	json_decref((json_t *)(void *)d->root);
	d->root = NULL;
}

enum jv_kind jv_kind(const struct json *v)
{
	static const enum jv_kind kinds[] = {
	        [JSON_OBJECT] = JV_OBJECT, [JSON_ARRAY] = JV_ARRAY, [JSON_STRING] = JV_TEXT, [JSON_INTEGER] = JV_INTEGER,
	        [JSON_REAL] = JV_REAL,     [JSON_TRUE] = JV_BOOL,   [JSON_FALSE] = JV_BOOL,  [JSON_NULL] = JV_NULL,
	};
	return v ? kinds[json_typeof(real(v))] : JV_NULL;
}

int64_t jv_integer(const struct json *v)
{
	return json_integer_value(real(v));
}

bool jv_boolean(const struct json *v)
{
	return json_is_true(real(v));
}

const char *jv_text(const struct json *v, size_t *len)
{
	*len = json_string_length(real(v));
	return json_string_value(real(v));
}

size_t jv_count(const struct json *v)
{
	return json_array_size(real(v));
}

const struct json *jv_item(const struct json *array, size_t i)
{
	return ours(json_array_get(real(array), i));
}

const struct json *jv_member(const struct json *object, const char *name)
{
	return ours(json_object_get(real(object), name));
}

void jv_each(struct json *object, bool (*each)(void *arg, const char *name, const struct json *value), void *arg)
{
	json_t *o = (json_t *)(void *)object;
	for (void *i = json_object_iter(o); i; i = json_object_iter_next(o, i))
		if (!each(arg, json_object_iter_key(i), ours(json_object_iter_value(i))))
			return;
}

void jo_name(struct jo *o, const char *name)
{
	if (o->comma)
		buf_putc(o->b, ',');
	o->comma = true;
	if (name) {
		buf_putc(o->b, '"');
		buf_puts(o->b, name);
		buf_put(o->b, "\":", 2);
	}
}

void jo_open(struct jo *o, char bracket)
{
	buf_putc(o->b, bracket);
	o->comma = false;
}

void jo_close(struct jo *o, char bracket)
{
	buf_putc(o->b, bracket);
	o->comma = true;
}

/* Writes s as a JSON string; runs without anything to escape go out in one piece. */
static void put_string(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	while (*s) {
		size_t plain = 0;
		while ((unsigned char)s[plain] >= 0x20 && s[plain] != '"' && s[plain] != '\\')
			plain++;
		buf_put(b, s, plain);
		s += plain;
		if (*s == '"' || *s == '\\')
			buf_put(b, (char[]){'\\', *s}, 2);
		else if (*s == '\n')
			buf_put(b, "\\n", 2);
		else if (*s)
			buf_printf(b, "\\u%04x", (unsigned char)*s);
		if (*s)
			s++;
	}
	buf_putc(b, '"');
}

void jo_i64(struct jo *o, const char *name, int64_t v)
{
	jo_name(o, name);
	buf_put_i64(o->b, v);
}

void jo_null(struct jo *o, const char *name)
{
	jo_name(o, name);
	buf_put(o->b, "null", 4);
}

void jo_id(struct jo *o, const char *name, int64_t id)
{
	if (!id) {
		jo_null(o, name);
		return;
	}
	jo_name(o, name);
	buf_putc(o->b, '"');
	buf_put_i64(o->b, id);
	buf_putc(o->b, '"');
}

void jo_text(struct jo *o, const char *name, const char *s)
{
	if (!s) {
		jo_null(o, name);
		return;
	}
	jo_name(o, name);
	put_string(o->b, s);
}

void jo_bool(struct jo *o, const char *name, bool v)
{
	jo_name(o, name);
	buf_puts(o->b, v ? "true" : "false");
}

void jo_price(struct jo *o, const char *name, int64_t price_e4)
{
	char text[32];
	price_text(price_e4, text);
	jo_text(o, name, text);
}

void jo_fen(struct jo *o, const char *name, int64_t fen)
{
	char text[32];
	fen_text(fen, text);
	jo_text(o, name, text);
}

void jo_raw(struct jo *o, const char *name, const char *json, size_t n)
{
	jo_name(o, name);
	buf_put(o->b, json, n);
}
