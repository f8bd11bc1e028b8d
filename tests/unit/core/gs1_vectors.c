/* The published GS1 vectors, read from the shared data folder; skipped aloud where it is absent. The rules they prove have
 * vectors of our own in gs1.c. */
#include "core/code.h"
#include "core/gs1_lint.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR 2026

struct vectors {
	struct jv_document document;
	const struct json *rows;
};

static void vectors_drop(struct vectors *v)
{
	jv_document_drop(&v->document);
}

/* Opens one group, or skips the case; rows is NULL then. */
static struct vectors vectors_open(const char *file, const char *group)
{
	struct vectors v = {{NULL}, NULL};
	char why[160];
	const char *path = test_data(file);
	char *text = path ? test_read_file(path) : NULL;
	if (!text) {
		test_skip("the shared GS1 vectors are not here");
		return v;
	}
	CU_ASSERT_EQUAL_FATAL(jv_parse(text, strlen(text), &v.document, why), ST_OK);
	free(text);
	v.rows = jv_member(jv_member(v.document.root, "vectors"), group);
	CU_ASSERT_FATAL(v.rows != NULL && jv_count(v.rows) > 0);
	return v;
}

static const char *text_of(const struct json *row, const char *name)
{
	size_t len = 0;
	const struct json *v = jv_member(row, name);
	return v && jv_kind(v) == JV_TEXT ? jv_text(v, &len) : NULL;
}

static bool truth_of(const struct json *row, const char *name)
{
	return jv_boolean(jv_member(row, name));
}

/* Says which vector failed before the assertion counts it. */
static void expect(bool ok, const char *vector, const char *got)
{
	if (!ok)
		printf("  vector %s: got %s\n", vector, got ? got : "nothing");
	CU_ASSERT(ok);
}

static struct gs1_options options_of(const struct json *row)
{
	const struct json *settings = jv_member(row, "settings");
	struct gs1_options o = {.year = YEAR};
	if (!settings)
		return o;
	o.permit_unknown_ais = truth_of(settings, "PermitUnknownAIs");
	o.permit_zero_suppressed = truth_of(settings, "PermitZeroSuppressedGTINinDLuris");
	o.add_check_digit = truth_of(settings, "AddCheckDigit");
	const struct json *strict = jv_member(settings, "validate_UNKNOWN_AI_NOT_DL_ATTR");
	o.unknown_ai_as_attribute = strict && !jv_boolean(strict);
	return o;
}

#define EACH(v, row)                                                   \
	for (size_t i_ = 0; (v).rows && i_ < jv_count((v).rows); i_++) \
		for (const struct json *row = jv_item((v).rows, i_); row; row = NULL)

typedef void reading(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out);

static void read_caret(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out)
{
	out->error = CE_AI_NONE;
	out->element_string = "";
	if (n && s[0] == '^')
		gs1_read_elements(a, s + 1, n - 1, true, o, out);
}

static void check_reading(const char *group, const char *input, reading *read)
{
	SCOPED(vectors) v = vectors_open("gs1/gs1-engine-vectors.json", group);
	EACH(v, row)
	{
		SCOPED(arena) a = {0};
		struct gs1 g = {0};
		struct gs1_options o = options_of(row);
		const char *s = text_of(row, input), *want = text_of(row, "element_string");
		bool valid = truth_of(row, "valid");
		read(&a, s, strlen(s), &o, &g);
		expect((g.error == CE_OK) == valid, s, code_error_code(g.error));
		expect(strcmp(g.element_string, valid ? want : "") == 0, s, g.element_string);
	}
}

static void bracketed(void)
{
	check_reading("bracketed_to_element_string", "bracketed", gs1_read_brackets);
}

static void element_strings(void)
{
	check_reading("element_string_valid", "element_string", read_caret);
}

static void links_in(void)
{
	check_reading("digital_link_to_element_string", "uri", gs1_read_link);
}

static void lint_by_ai(void)
{
	SCOPED(vectors) v = vectors_open("gs1/gs1-engine-vectors.json", "lint_by_ai");
	EACH(v, row)
	{
		SCOPED(arena) a = {0};
		struct gs1 g = {0};
		struct gs1_options o = options_of(row);
		const char *s = text_of(row, "bracketed");
		gs1_read_brackets(&a, s, strlen(s), &o, &g);
		const char *got = code_error_code(g.error);
		expect(strcmp(text_of(row, "lint") + strlen("GS1_LINTER_"), got) == 0, s, got);
	}
}

static void scans_in(void)
{
	SCOPED(vectors) v = vectors_open("gs1/gs1-engine-vectors.json", "scan_data_in");
	EACH(v, row)
	{
		SCOPED(arena) a = {0};
		struct code c;
		const char *s = text_of(row, "scan");
		code_parse(&a, s, strlen(s), YEAR, &c);
		expect(c.valid == truth_of(row, "valid"), s, code_error_code(c.error));
		if (!truth_of(row, "valid"))
			continue;
		expect(c.data && strcmp(c.data, text_of(row, "data")) == 0, s, c.data);
		expect(strcmp(c.symbology, text_of(row, "symbology")) == 0, s, c.symbology);
	}
}

static void scans_out(void)
{
	SCOPED(vectors) v = vectors_open("gs1/gs1-engine-vectors.json", "scan_data_out");
	EACH(v, row)
	{
		SCOPED(arena) a = {0};
		struct gs1_options o = options_of(row);
		const char *data = text_of(row, "data"), *want = text_of(row, "scan");
		const char *got = gs1_scan_text(&a, text_of(row, "symbology"), data, &o);
		expect(want ? got && strcmp(got, want) == 0 : !got, data, got);
	}
}

static void associations(void)
{
	static const struct {
		const char *rule;
		enum code_error (*check)(const struct gs1 *);
	} checks[] = {{"repeat", gs1_check_repeats},
	              {"ex", gs1_check_excludes},
	              {"req", gs1_check_needs},
	              {"digsig", gs1_check_signature}};
	SCOPED(vectors) v = vectors_open("gs1/gs1-engine-vectors.json", "ai_association_rules");
	EACH(v, row)
	{
		SCOPED(arena) a = {0};
		struct gs1 g = {0};
		struct gs1_options o = options_of(row);
		const char *s = text_of(row, "bracketed");
		gs1_read_brackets(&a, s, strlen(s), &o, &g);
		enum code_error e = g.error;
		for (size_t k = 0; k < sizeof checks / sizeof *checks && !e; k++)
			if (strcmp(checks[k].rule, text_of(row, "rule")) == 0)
				e = checks[k].check(&g);
		bool about_rule = e == CE_OK || (e >= CE_AI_REPEATED && e <= CE_AI_NO_SERIAL_COMPONENT);
		expect(about_rule && (e == CE_OK) == truth_of(row, "valid"), s, code_error_code(e));
	}
}

static void links_out(void)
{
	SCOPED(vectors) v = vectors_open("gs1/gs1-engine-vectors.json", "element_string_to_digital_link");
	EACH(v, row)
	{
		SCOPED(arena) a = {0};
		struct gs1 g = {0};
		struct gs1_options o = options_of(row);
		const char *s = text_of(row, "bracketed");
		gs1_read_brackets(&a, s, strlen(s), &o, &g);
		const char *got = gs1_link(&a, &g, text_of(row, "stem"), &o);
		expect(g.error == CE_OK, s, code_error_code(g.error));
		expect(truth_of(row, "valid") ? got && strcmp(got, text_of(row, "uri")) == 0 : !got, s, got);
	}
}

/* The component with asterisks around the bytes to blame, as the vectors mark them. */
static const char *marked(struct arena *a, const char *s, const struct lint *found)
{
	return arena_printf(a, "%.*s*%.*s*%s", (int)found->at, s, (int)found->len, s + found->at, s + found->at + found->len);
}

/* The file spells single bytes as the code points U+0000-U+00FF. */
static const char *as_bytes(struct arena *a, const char *utf8)
{
	char *bytes = utf8 ? arena_alloc(a, strlen(utf8) + 1) : NULL, *at = bytes;
	for (uint32_t c = 0; utf8 && (c = utf8_next(&utf8)) != 0;)
		*at++ = (char)c;
	return bytes;
}

static void check_linter(const char *name, const struct json *rows)
{
	/* these two vectors each want an answer of GS1's online register; without it only the form is tested, and it is right */
	bool needs_register = strncmp(name, "gcppos", 6) == 0;
	for (size_t i = 0; i < jv_count(rows); i++) {
		SCOPED(arena) a = {0};
		const struct json *row = jv_item(rows, i);
		const char *s = as_bytes(&a, text_of(row, "in")), *error = text_of(row, "error");
		const char *blame = as_bytes(&a, text_of(row, "marked"));
		struct lint found = {CE_OK, 0, 0};
		expect(gs1_lint(name, strlen(name), s, strlen(s), YEAR, &found), name, "no such linter");
		const char *want = error && !needs_register ? error + strlen("GS1_LINTER_") : "OK";
		expect(strcmp(code_error_code(found.error), want) == 0, s, code_error_code(found.error));
		if (blame && !needs_register)
			expect(strcmp(marked(&a, s, &found), blame) == 0, s, marked(&a, s, &found));
	}
}

static bool each_linter(void *count, const char *name, const struct json *rows)
{
	check_linter(name, rows);
	*(size_t *)count += jv_count(rows);
	return true;
}

static void linters(void)
{
	SCOPED(vectors) v = vectors_open("gs1/gs1-linter-vectors.json", "csum");
	size_t count = 0;
	if (!v.rows)
		return;
	jv_each((struct json *)(void *)(uintptr_t)jv_member(v.document.root, "vectors"), each_linter, &count);
	CU_ASSERT(count > 1000);
}

SUITE(gs1_vectors, {"bracketed", bracketed}, {"element_strings", element_strings}, {"links_in", links_in},
      {"links_out", links_out}, {"lint_by_ai", lint_by_ai}, {"scans_in", scans_in}, {"scans_out", scans_out},
      {"associations", associations}, {"linters", linters});
