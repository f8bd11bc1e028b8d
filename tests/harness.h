/*
 * The small frame around CUnit: suites register themselves, each runs in a process of its own (a crash is one failed
 * suite), one case runs by name (`make test T=clock.month_end`). Use CUnit's assertions inside a case.
 */
#pragma once
#include <CUnit/CUnit.h>
#include <stddef.h>

struct test_case {
	const char *name;
	void (*run)(void);
};
struct test_suite {
	const char *name;
	const struct test_case *cases;
	size_t count;
};

/* SUITE(clock, {"month_end", month_end}, ...) at the end of a test file. */
#define SUITE(suite, ...)                                                                                                     \
	static const struct test_case suite##_cases[] = {__VA_ARGS__};                                                        \
	static const struct test_suite suite##_suite = {#suite, suite##_cases, sizeof suite##_cases / sizeof *suite##_cases}; \
	static const struct test_suite *const suite##_entry __attribute__((used, retain, section("suites"))) = &suite##_suite

/* Says aloud that the running case is skipped, and why; return from the case after it. */
void test_skip(const char *why);
/* The path of a file below the shared data folder, or NULL where it is absent (then skip). Lives until the next call. */
const char *test_data(const char *name);
/* A fresh folder in the temp area, removed when the suite's process ends. Lives until the next call. */
const char *test_folder(void);
/*
 * Where a store of a test may stand: "sqlite:FOLDER/NAME.db" in a fresh folder, or, where YAOCANG_TEST_POSTGRES holds a
 * CONNINFO (tools/postgres.sh), a fresh schema there. Goes away when the case ends. Lives until the next call.
 */
const char *test_where(const char *name);
/* True where test_where is in PostgreSQL. */
int test_on_postgres(void);
/* The whole file as a NUL-terminated string (free it), or NULL. */
char *test_read_file(const char *path);
