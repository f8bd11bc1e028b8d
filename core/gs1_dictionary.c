#include "core/gs1.h"

#include "core/gs1_lint.h"

#include <string.h>

static const struct gs1_ai dictionary[] = {
#define AI(first, last, flags, components, needs, excludes, link) {first, last, flags, components, needs, excludes, link},
#include "core/gs1_ai.def"
#undef AI
};

const struct gs1_ai *gs1_ai_find(const char *ai, size_t len)
{
	for (size_t i = 0; i < sizeof dictionary / sizeof *dictionary; i++) {
		const struct gs1_ai *row = &dictionary[i];
		if (strlen(row->first) == len && memcmp(ai, row->first, len) >= 0 && memcmp(ai, row->last, len) <= 0)
			return row;
	}
	return NULL;
}

/* No AI is the beginning of another, so the first length that fits is the only one. */
const struct gs1_ai *gs1_ai_at_start(const char *s, size_t n, size_t *len)
{
	const struct gs1_ai *row = NULL;
	for (*len = 2; *len <= 4 && *len <= n && !row; ++*len)
		row = gs1_ai_find(s, *len);
	--*len;
	return row;
}

bool gs1_ai_is_fixed(const struct gs1_ai *rule)
{
	return rule && strchr(rule->flags, '*');
}

bool gs1_ai_is_attribute(const struct gs1_ai *rule)
{
	return rule && strchr(rule->flags, '?');
}

/* One component of a specification, e.g. "N13,csum,gcppos1" or "[X..17]". */
struct component {
	char type;
	size_t min, max;
	const char *linters; /* ",csum,gcppos1", up to linters_end */
	const char *linters_end;
};

static size_t read_size(const char **s)
{
	size_t v = 0;
	while (**s >= '0' && **s <= '9')
		v = v * 10 + (size_t)(*(*s)++ - '0');
	return v;
}

/* Reads the component at *spec and moves behind it; false at the end. */
static bool next_component(const char **spec, struct component *c)
{
	const char *s = *spec + strspn(*spec, " ");
	if (!*s)
		return false;
	bool optional = *s == '[';
	s += optional;
	c->type = *s++;
	bool variable = strncmp(s, "..", 2) == 0;
	s += variable ? 2 : 0;
	c->max = read_size(&s);
	c->min = optional ? 0 : variable ? 1 : c->max;
	s += optional;
	c->linters = s;
	c->linters_end = *spec = s + strcspn(s, " ");
	/* an optional part of fixed size is there whole or not at all; the caller skips it where the value is used up */
	if (optional && !variable)
		c->min = c->max;
	return true;
}

size_t gs1_ai_length(const struct gs1_ai *rule)
{
	struct component c;
	size_t n = 0;
	for (const char *spec = rule->components; next_component(&spec, &c);)
		n += c.max;
	return n;
}

static enum code_error lint_component(const struct component *c, const char *s, size_t n, int year)
{
	struct lint found = gs1_lint_type(c->type, s, n);
	for (const char *name = c->linters; name < c->linters_end && !found.error;) {
		size_t len = strcspn(++name, ", ");
		gs1_lint(name, len, s, n, year, &found);
		name += len;
	}
	return found.error;
}

static bool is_optional(const char *spec)
{
	return spec[strspn(spec, " ")] == '[';
}

/* RULE DOMAIN-4-components */
enum code_error gs1_value_check(const struct gs1_ai *rule, const char *value, size_t n, int year)
{
	struct component c;
	if (n == 0)
		return CE_AI_VALUE_EMPTY;
	for (const char *spec = rule->components;;) {
		bool skip = is_optional(spec) && n == 0;
		if (!next_component(&spec, &c))
			break;
		if (skip)
			continue;
		size_t len = n < c.max ? n : c.max;
		if (len < c.min)
			return CE_AI_VALUE_TOO_SHORT;
		enum code_error e = lint_component(&c, value, len, year);
		if (e)
			return e;
		value += len;
		n -= len;
	}
	return n ? CE_AI_VALUE_TOO_LONG : CE_OK;
}
