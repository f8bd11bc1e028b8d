#include "tests/harness.h"

#include "core/store.h"

#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct test_suite *const __start_suites[];
extern const struct test_suite *const __stop_suites[];

/* Counts of one suite, in memory shared with its process. */
struct tally {
	unsigned passed, failed, skipped;
	char current[128];
	char folders[64][64];
	unsigned folder_count;
	char schemas[64][512];
	unsigned schema_count, schema_made;
	int skip_now;
};
static struct tally *tally;

void test_skip(const char *why)
{
	printf("  SKIPPED %s: %s\n", tally->current, why);
	tally->skip_now = 1;
}

const char *test_data(const char *name)
{
	static char path[512];
	snprintf(path, sizeof path, "../shared/data/%s", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

const char *test_folder(void)
{
	static char path[64];
	snprintf(path, sizeof path, "%s/yaocang-test-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(path) || tally->folder_count >= 64)
		abort();
	memcpy(tally->folders[tally->folder_count++], path, sizeof path);
	return path;
}

int test_on_postgres(void)
{
	return getenv("YAOCANG_TEST_POSTGRES") != NULL;
}

const char *test_where(const char *name)
{
	static char where[512];
	if (test_on_postgres()) {
		if (tally->schema_count >= 64)
			abort();
		snprintf(where, sizeof where, "postgres:schema=%s-%d-%u %s", name, (int)getpid(), tally->schema_made++,
		         getenv("YAOCANG_TEST_POSTGRES"));
		memcpy(tally->schemas[tally->schema_count++], where, sizeof where);
	} else {
		snprintf(where, sizeof where, "sqlite:%s/%s.db", test_folder(), name);
	}
	return where;
}

static void remove_folders(void)
{
	for (unsigned i = 0; i < tally->schema_count; i++)
		store_remove(tally->schemas[i]);
	tally->schema_count = 0;
	char command[128];
	for (unsigned i = 0; i < tally->folder_count; i++) {
		snprintf(command, sizeof command, "rm -rf '%.60s'", tally->folders[i]);
		(void)!system(command);
	}
	tally->folder_count = 0;
}

char *test_read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	fseek(f, 0, SEEK_END);
	long n = ftell(f);
	rewind(f);
	char *text = calloc(1, (size_t)n + 1);
	if (text && fread(text, 1, (size_t)n, f) != (size_t)n)
		text[0] = '\0';
	fclose(f);
	return text;
}

static void case_begins(const CU_pTest test, const CU_pSuite suite)
{
	snprintf(tally->current, sizeof tally->current, "%s.%s", suite->pName, test->pName);
	tally->skip_now = 0;
}

static void case_ends(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	(void)test;
	(void)suite;
	for (CU_pFailureRecord f = failure; f; f = f->pNext)
		printf("  FAILED %s: %s:%u: %s\n", tally->current, f->strFileName, f->uiLineNumber, f->strCondition);
	*(failure ? &tally->failed : tally->skip_now ? &tally->skipped : &tally->passed) += 1;
	remove_folders();
	fflush(stdout);
}

/* Runs the chosen cases of one suite; called in a process of its own. */
static void run_suite(const struct test_suite *s, const char *only)
{
	CU_initialize_registry();
	CU_pSuite suite = CU_add_suite(s->name, NULL, NULL);
	for (size_t i = 0; i < s->count; i++)
		if (!only || strcmp(only, s->cases[i].name) == 0)
			CU_add_test(suite, s->cases[i].name, s->cases[i].run);
	CU_set_test_start_handler(case_begins);
	CU_set_test_complete_handler(case_ends);
	CU_run_all_tests();
	CU_cleanup_registry();
}

static void fork_suite(const struct test_suite *s, const char *only)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		alarm(600);
		run_suite(s, only);
		fflush(stdout);
		_exit(0);
	}
	int how = 0;
	waitpid(pid, &how, 0);
	if (how != 0) {
		printf("  FAILED %s: the suite's process ended with status %d\n", tally->current, how);
		tally->failed++;
		remove_folders();
	}
}

static int name_suites(void)
{
	for (const struct test_suite *const *s = __start_suites; s < __stop_suites; s++)
		puts((*s)->name);
	return 0;
}

/* Usage: unit [SUITE[.CASE]], or unit --suites for their names */
int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--suites") == 0)
		return name_suites();
	const char *dot = argc > 1 ? strchr(argv[1], '.') : NULL;
	size_t suite_len = argc > 1 ? (dot ? (size_t)(dot - argv[1]) : strlen(argv[1])) : 0;
	tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (const struct test_suite *const *s = __start_suites; s < __stop_suites; s++) {
		if (suite_len && (strlen((*s)->name) != suite_len || strncmp((*s)->name, argv[1], suite_len) != 0))
			continue;
		unsigned passed = tally->passed, failed = tally->failed;
		fork_suite(*s, dot ? dot + 1 : NULL);
		printf("%-24s %u passed, %u failed\n", (*s)->name, tally->passed - passed, tally->failed - failed);
	}
	printf("%u passed, %u failed, %u skipped\n", tally->passed, tally->failed, tally->skipped);
	return tally->failed != 0 || tally->passed + tally->skipped == 0;
}
