#include "core/gs1.h"

#include "core/check.h"
#include "core/gs1_lint.h"
#include "core/text.h"

#include <string.h>

#define UNKNOWN_VALUE_MAX 90 /* no AI of the dictionary is longer */

int gs1_current_year(const struct gs1_options *o)
{
	return o->year < 2000 ? 2000 : o->year > 2099 ? 2099 : o->year;
}

static enum code_error unknown_value(const char *value, size_t n)
{
	if (n == 0)
		return CE_AI_VALUE_EMPTY;
	return n > UNKNOWN_VALUE_MAX ? CE_AI_VALUE_TOO_LONG : gs1_lint_type('X', value, n).error;
}

enum code_error gs1_add(struct arena *a, struct gs1 *g, const char *ai, size_t ai_len, const char *value, size_t n,
                        const struct gs1_options *o)
{
	const struct gs1_ai *rule = ai_len >= 2 && ai_len <= 4 && digits_only(ai, ai_len) ? gs1_ai_find(ai, ai_len) : NULL;
	bool tolerated = o->permit_unknown_ais && ai_len >= 2 && ai_len <= 4 && digits_only(ai, ai_len);
	if (!rule && !tolerated)
		return CE_AI_UNKNOWN;
	enum code_error e = rule ? gs1_value_check(rule, value, n, gs1_current_year(o)) : unknown_value(value, n);
	if (e)
		return e;
	if (g->count == GS1_FIELDS_MAX)
		return CE_AI_TOO_MANY;
	struct gs1_field *f = &g->fields[g->count++];
	*f = (struct gs1_field){.value = arena_copy(a, value, n), .len = n, .rule = rule};
	memcpy(f->ai, ai, ai_len);
	return CE_OK;
}

static const char *element_string(struct arena *a, const struct gs1 *g)
{
	SCOPED(buf) b = {0};
	for (size_t i = 0; i < g->count; i++) {
		if (i == 0 || !gs1_ai_is_fixed(g->fields[i - 1].rule))
			buf_putc(&b, '^');
		buf_puts(&b, g->fields[i].ai);
		buf_puts(&b, g->fields[i].value);
	}
	return arena_copy(a, b.data ? b.data : "", b.len);
}

void gs1_finish(struct arena *a, struct gs1 *g, enum code_error e)
{
	if (!e)
		e = g->count ? gs1_check_repeats(g) : CE_AI_NONE;
	g->error = e;
	if (e)
		g->count = 0;
	g->element_string = e ? "" : element_string(a, g);
}

const struct gs1_field *gs1_find(const struct gs1 *g, const char *ai)
{
	for (size_t i = 0; i < g->count; i++)
		if (strcmp(g->fields[i].ai, ai) == 0)
			return &g->fields[i];
	return NULL;
}

/* ---- element strings ---- */

static bool is_fnc1(char c, bool caret)
{
	return c == GS1_SEPARATOR || (caret && c == '^');
}

/*
 * Reads the element at s and answers how many bytes it took, with the separator behind it. A value of predefined length
 * ends by itself, any other at the next FNC1; an unknown AI ends the reading, since nobody knows where its value ends.
 * RULE DOMAIN-4-separators
 */
static size_t read_element(struct arena *a, struct gs1 *g, const char *s, size_t n, bool caret, const struct gs1_options *o,
                           enum code_error *e)
{
	size_t ai_len = 0, end = 0;
	const struct gs1_ai *rule = gs1_ai_at_start(s, n, &ai_len);
	if (!rule) {
		*e = CE_AI_UNKNOWN;
		return n;
	}
	size_t limit = gs1_ai_is_fixed(rule) ? ai_len + gs1_ai_length(rule) : n;
	for (end = ai_len; end < n && end < limit && !is_fnc1(s[end], caret);)
		end++;
	*e = gs1_add(a, g, s, ai_len, s + ai_len, end - ai_len, o);
	return end + (end < n && is_fnc1(s[end], caret));
}

/* The message as it came, so that nothing of what was scanned is lost, superfluous separators included. */
static const char *as_scanned(struct arena *a, const char *s, size_t n)
{
	char *text = arena_alloc(a, n + 2);
	text[0] = '^';
	for (size_t i = 0; i < n; i++)
		text[i + 1] = s[i] == GS1_SEPARATOR ? '^' : s[i];
	return text;
}

void gs1_read_elements(struct arena *a, const char *s, size_t n, bool caret, const struct gs1_options *o, struct gs1 *out)
{
	enum code_error e = CE_OK;
	out->count = 0;
	for (size_t at = 0; at < n && !e;)
		at += read_element(a, out, s + at, n - at, caret, o, &e);
	gs1_finish(a, out, e);
	if (!out->error)
		out->element_string = as_scanned(a, s, n);
}

/* ---- bracketed text ---- */

/* Copies the value at s up to the next plain bracket, \( becoming (, and answers how many bytes it spans. */
static size_t read_value(const char *s, size_t n, struct buf *value)
{
	size_t i = 0;
	buf_clear(value);
	for (; i < n && s[i] != '('; i++) {
		i += s[i] == '\\' && i + 1 < n && s[i + 1] == '(';
		buf_putc(value, s[i]);
	}
	return i;
}

/* RULE DOMAIN-4-brackets */
void gs1_read_brackets(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out)
{
	SCOPED(buf) value = {0};
	enum code_error e = CE_OK;
	out->count = 0;
	for (size_t at = 0; at < n && !e;) {
		const char *ai = s + at + 1, *close = memchr(s + at, ')', n - at);
		if (s[at] != '(' || !close) {
			e = CE_AI_BRACKETS;
			break;
		}
		at = (size_t)(close - s) + 1;
		at += read_value(s + at, n - at, &value);
		e = gs1_add(a, out, ai, (size_t)(close - ai), value.data ? value.data : "", value.len, o);
	}
	gs1_finish(a, out, e);
}

const char *gs1_brackets(struct arena *a, const struct gs1 *g)
{
	SCOPED(buf) b = {0};
	for (size_t i = 0; i < g->count; i++) {
		buf_printf(&b, "(%s)", g->fields[i].ai);
		for (const char *c = g->fields[i].value; *c; c++) {
			if (*c == '(')
				buf_putc(&b, '\\');
			buf_putc(&b, *c);
		}
	}
	return arena_copy(a, b.data ? b.data : "", b.len);
}
