#include "core/document.h"
#include "service/command.h"
#include "service/service.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static int run(const char *a, const char *b)
{
	char *words[] = {"docs", (char *)(uintptr_t)a, (char *)(uintptr_t)b, NULL};
	return command_docs(b ? 3 : 2, words);
}

/* The whole file as text; written into an own folder of the case. */
static char *written(struct arena *a, const char *folder, const char *name)
{
	const size_t max = (size_t)4 << 20;
	char *text = arena_alloc(a, max);
	FILE *f = fopen(arena_printf(a, "%s/%s", folder, name), "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	size_t n = fread(text, 1, max - 1, f);
	fclose(f);
	CU_ASSERT_TRUE(n > 0 && text[n - 1] == '\n');
	return text;
}

static void every_role_and_permission_is_told(void)
{
	SCOPED(arena) a = {0};
	const char *folder = arena_string(&a, test_folder());
	CU_ASSERT_EQUAL_FATAL(run("--to", folder), EXIT_DONE);
	const char *text = written(&a, folder, "roles.md");
	for (int role = 0; role < ROLE_COUNT; role++)
		CU_ASSERT_PTR_NOT_NULL(
		        strstr(text, arena_printf(&a, "## %s `%s`", role_title((enum role)role), role_name((enum role)role))));
	for (int p = 0; p < PERM_COUNT; p++)
		CU_ASSERT_PTR_NOT_NULL(strstr(text, arena_printf(&a, "| `%s` |", permission_name((enum permission)p))));
	const char *supervisor = strstr(text, "## 监管");
	CU_ASSERT_PTR_NOT_NULL_FATAL(supervisor);
	const char *next = strstr(supervisor + 1, "\n## "), *writes = strstr(supervisor + 1, "办理:");
	CU_ASSERT_PTR_NOT_NULL_FATAL(next);
	CU_ASSERT_TRUE(!writes || writes > next);
}

static void every_step_is_drawn(void)
{
	SCOPED(arena) a = {0};
	const char *folder = arena_string(&a, test_folder());
	CU_ASSERT_EQUAL_FATAL(run("--to", folder), EXIT_DONE);
	const char *text = written(&a, folder, "flows.md");
	for (const struct doc_kind *const *k = document_kinds; *k; k++) {
		const char *section = strstr(text, arena_printf(&a, "## %s `%s`", (*k)->title, (*k)->name));
		CU_ASSERT_PTR_NOT_NULL_FATAL(section);
		for (const struct doc_step *s = (*k)->steps; s->from; s++)
			CU_ASSERT_PTR_NOT_NULL(strstr(section, arena_printf(&a, "\t%s --> %s : %s", s->from, s->to, s->title)));
	}
}

/* Laid out in lines, it is the same JSON. */
static void the_api_description_is_json(void)
{
	SCOPED(arena) a = {0};
	SCOPED(jv_document) d = {0};
	char why[160] = "";
	const char *folder = arena_string(&a, test_folder());
	CU_ASSERT_EQUAL_FATAL(run("--to", folder), EXIT_DONE);
	const char *text = written(&a, folder, "openapi.json");
	CU_ASSERT_EQUAL_FATAL(jv_parse(text, strlen(text), &d, why), ST_OK);
	const struct json *paths = jv_member(d.root, "paths");
	CU_ASSERT_PTR_NOT_NULL_FATAL(paths);
	for (size_t i = 0; i < route_count; i++) {
		/* every step of a document stands by its own name instead */
		bool named = !strstr(routes[i].path, "{action}");
		CU_ASSERT_EQUAL(jv_member(paths, arena_printf(&a, "/api/v1/{consortium}/%s", routes[i].path)) != NULL, named);
	}
}

static void wrong_use_and_no_room(void)
{
	SCOPED(arena) a = {0};
	const char *folder = arena_string(&a, test_folder()), *file = arena_printf(&a, "%s/file", folder);
	fclose(fopen(file, "wb"));
	CU_ASSERT_EQUAL(run("--to", NULL), EXIT_USAGE);
	CU_ASSERT_EQUAL(run("--from", folder), EXIT_USAGE);
	CU_ASSERT_EQUAL(run("--to", file), EXIT_CANNOT);
}

SUITE(docs, {"every_role_and_permission_is_told", every_role_and_permission_is_told},
      {"every_step_is_drawn", every_step_is_drawn}, {"the_api_description_is_json", the_api_description_is_json},
      {"wrong_use_and_no_room", wrong_use_and_no_room});
