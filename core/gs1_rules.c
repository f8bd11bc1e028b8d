/* Rules between the AIs of one message. RULE DOMAIN-4-associations */
#include "core/gs1.h"

#include <string.h>

/* True where an AI matches a pattern such as 01 or 31nn (n: any digit). */
static bool matches(const char *ai, const char *pattern, size_t len)
{
	if (strlen(ai) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (pattern[i] != 'n' && pattern[i] != ai[i])
			return false;
	return true;
}

/* Any AI of the message that matches, other than `self` (NULL: none excepted). */
static bool present(const struct gs1 *g, const char *pattern, size_t len, const char *self)
{
	for (size_t i = 0; i < g->count; i++)
		if (matches(g->fields[i].ai, pattern, len) && (!self || strcmp(g->fields[i].ai, self) != 0))
			return true;
	return false;
}

enum code_error gs1_check_repeats(const struct gs1 *g)
{
	for (size_t i = 1; i < g->count; i++) {
		const struct gs1_field *first = gs1_find(g, g->fields[i].ai);
		if (strcmp(first->value, g->fields[i].value) != 0)
			return CE_AI_REPEATED;
	}
	return CE_OK;
}

static bool excludes_one(const struct gs1 *g, const struct gs1_field *f)
{
	for (const char *p = f->rule ? f->rule->excludes : ""; *p;) {
		size_t len = strcspn(p, ",");
		if (present(g, p, len, f->ai))
			return true;
		p += len + (p[len] == ',');
	}
	return false;
}

enum code_error gs1_check_excludes(const struct gs1 *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (excludes_one(g, &g->fields[i]))
			return CE_AI_EXCLUDED;
	return CE_OK;
}

/* True where every AI of the group "01+21" of len bytes is there. */
static bool group_present(const struct gs1 *g, const char *group, size_t len)
{
	bool all = true;
	for (size_t at = 0; at < len;) {
		size_t n = strcspn(group + at, "+,");
		all = all && present(g, group + at, n, NULL);
		at += n + 1;
	}
	return all;
}

static bool needs_met(const struct gs1 *g, const struct gs1_field *f)
{
	const char *p = f->rule ? f->rule->needs : "";
	bool met = *p == '\0';
	while (*p && !met) {
		size_t len = strcspn(p, ",");
		met = group_present(g, p, len);
		p += len + (p[len] == ',');
	}
	return met;
}

enum code_error gs1_check_needs(const struct gs1 *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (!needs_met(g, &g->fields[i]))
			return CE_AI_MISSING;
	return CE_OK;
}

enum code_error gs1_check_signature(const struct gs1 *g)
{
	static const struct {
		const char *ai;
		size_t bare; /* length without the serial part */
	} keys[] = {{"253", 13}, {"255", 13}, {"8003", 14}};
	for (size_t i = 0; gs1_find(g, "8030") && i < sizeof keys / sizeof *keys; i++) {
		const struct gs1_field *f = gs1_find(g, keys[i].ai);
		if (f && f->len == keys[i].bare)
			return CE_AI_NO_SERIAL_COMPONENT;
	}
	return CE_OK;
}

enum code_error gs1_check_associations(const struct gs1 *g)
{
	static enum code_error (*const checks[])(const struct gs1 *) = {gs1_check_repeats, gs1_check_excludes, gs1_check_needs,
	                                                                gs1_check_signature};
	enum code_error e = CE_OK;
	for (size_t i = 0; i < sizeof checks / sizeof *checks && !e; i++)
		e = checks[i](g);
	return e;
}
