#include "devices/spool.h"

#include "tests/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW 1700000000000LL
#define DAY 86400000LL

static struct spool *open_in(const char *folder, int64_t rows)
{
	struct spool *s = NULL;
	char path[128], why[160] = "";
	snprintf(path, sizeof path, "%s/spool.db", folder);
	enum status st = spool_open(path, &(struct spool_limits){rows, 10 * DAY}, &s, why);
	if (st != ST_OK)
		printf("  %s\n", why);
	CU_ASSERT_EQUAL_FATAL(st, ST_OK);
	return s;
}

static struct reading reading_of(int32_t device, int64_t at_ms)
{
	return (struct reading){at_ms, device, 450 + device, READING_NO_RH, READING_OK, REASON_NONE};
}

static enum status append(struct spool *s, int32_t first, int32_t n, int64_t at_ms)
{
	struct reading r[64];
	for (int32_t i = 0; i < n; i++)
		r[i] = reading_of(first + i, at_ms);
	return spool_append(s, r, (size_t)n, at_ms);
}

static struct spool_counts counts_of(struct spool *s)
{
	struct spool_counts c;
	CU_ASSERT_EQUAL_FATAL(spool_count(s, &c), ST_OK);
	return c;
}

static void read_in_batches_and_acknowledge(void)
{
	struct spool *s = open_in(test_folder(), 0);
	struct spool_row rows[8];
	size_t n = 0;
	CU_ASSERT_EQUAL(append(s, 1, 5, NOW), ST_OK);
	CU_ASSERT_EQUAL(append(s, 6, 5, NOW + 1), ST_OK);
	CU_ASSERT_EQUAL(spool_read(s, 0, rows, 4, &n), ST_OK);
	CU_ASSERT_TRUE(n == 4 && rows[0].seq == 1 && rows[3].seq == 4 && rows[3].reading.device == 4);
	CU_ASSERT_TRUE(rows[0].reading.temp_c100 == 451 && rows[0].reading.rh_c100 == READING_NO_RH &&
	               rows[0].reading.at_ms == NOW);
	CU_ASSERT_EQUAL(spool_read(s, 0, rows, 4, &n), ST_OK); /* what is not acknowledged comes again */
	CU_ASSERT_TRUE(n == 4 && rows[0].seq == 1);
	CU_ASSERT_EQUAL(spool_acknowledge(s, 4), ST_OK);
	CU_ASSERT_EQUAL(spool_acknowledge(s, 4), ST_OK);
	CU_ASSERT_EQUAL(spool_acknowledge(s, 2), ST_OK);
	CU_ASSERT_EQUAL(spool_acknowledge(s, 11), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(spool_read(s, 0, rows, 8, &n), ST_OK);
	CU_ASSERT_TRUE(n == 6 && rows[0].seq == 5 && rows[5].seq == 10);
	struct spool_counts c = counts_of(s);
	CU_ASSERT_TRUE(c.waiting == 6 && c.last_seq == 10 && c.acknowledged == 4 && c.dropped == 0 && c.oldest_at_ms == NOW);
	spool_close(s);
}

/* Sequence numbers never come twice, also when everything was sent and the process began anew. */
static void numbers_rise_over_restarts(void)
{
	const char *folder = test_folder();
	char first[33], second[33];
	struct spool *s = open_in(folder, 0);
	CU_ASSERT_EQUAL(append(s, 1, 3, NOW), ST_OK);
	CU_ASSERT_EQUAL(spool_acknowledge(s, 3), ST_OK);
	spool_id(s, first);
	spool_close(s);
	s = open_in(folder, 0);
	spool_id(s, second);
	CU_ASSERT_STRING_EQUAL(first, second);
	CU_ASSERT_EQUAL(strlen(first), 32);
	CU_ASSERT_EQUAL(append(s, 9, 1, NOW), ST_OK);
	struct spool_row row;
	size_t n = 0;
	CU_ASSERT_EQUAL(spool_read(s, 0, &row, 1, &n), ST_OK);
	CU_ASSERT_TRUE(n == 1 && row.seq == 4 && row.reading.device == 9);
	spool_close(s);
}

static void too_many_drops_the_oldest_and_counts(void)
{
	struct spool *s = open_in(test_folder(), 10);
	struct spool_row row;
	size_t n = 0;
	for (int i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(append(s, 0, 5, NOW), ST_OK);
	struct spool_counts c = counts_of(s);
	CU_ASSERT_TRUE(c.waiting == 10 && c.dropped == 15 && c.last_seq == 25);
	CU_ASSERT_EQUAL(spool_read(s, 0, &row, 1, &n), ST_OK);
	CU_ASSERT_EQUAL(row.seq, 16);
	spool_close(s);
}

static void too_old_drops_from_the_old_end_only(void)
{
	struct spool *s = open_in(test_folder(), 0);
	CU_ASSERT_EQUAL(append(s, 1, 2, NOW), ST_OK);
	CU_ASSERT_EQUAL(append(s, 3, 2, NOW + 5 * DAY), ST_OK);
	struct reading wrong_clock = reading_of(5, 1000);
	CU_ASSERT_EQUAL(spool_append(s, &wrong_clock, 1, NOW + 5 * DAY), ST_OK);
	CU_ASSERT_EQUAL(counts_of(s).waiting, 5);
	CU_ASSERT_EQUAL(append(s, 6, 1, NOW + 11 * DAY), ST_OK);
	struct spool_counts c = counts_of(s);
	CU_ASSERT_TRUE(c.waiting == 4 && c.dropped == 2 && c.oldest_at_ms == NOW + 5 * DAY);
	CU_ASSERT_EQUAL(append(s, 7, 1, NOW + 100 * DAY), ST_OK);
	c = counts_of(s);
	CU_ASSERT_TRUE(c.waiting == 1 && c.dropped == 6);
	spool_close(s);
}

/* A process killed at any moment: each append it had reported is there, whole, and nothing else. */
static void a_killed_process_loses_no_answer(void)
{
	const char *folder = test_folder();
	for (int round = 0; round < 5; round++) {
		int said[2], last = 0, told = 0;
		CU_ASSERT_EQUAL_FATAL(pipe(said), 0);
		pid_t pid = fork();
		if (pid == 0) {
			struct spool *s = open_in(folder, 0);
			int32_t base = (int32_t)counts_of(s).last_seq;
			for (int32_t i = 0; append(s, base + i * 3, 3, NOW) == ST_OK; i++)
				(void)!write(said[1], &(int){base + i * 3 + 3}, sizeof(int));
			_exit(1);
		}
		close(said[1]);
		for (int i = 0; i < 3 + round * 7; i++)
			if (read(said[0], &told, sizeof told) == sizeof told)
				last = told;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		while (read(said[0], &told, sizeof told) == sizeof told)
			last = told;
		close(said[0]);
		struct spool *s = open_in(folder, 0);
		struct spool_counts c = counts_of(s);
		CU_ASSERT_TRUE(last > 0 && c.last_seq >= last && c.last_seq <= last + 3);
		CU_ASSERT_TRUE(c.last_seq % 3 == 0 && c.waiting == c.last_seq);
		spool_close(s);
	}
}

static void a_damaged_file_is_refused(void)
{
	char path[128], why[160] = "";
	struct spool *s = NULL;
	snprintf(path, sizeof path, "%s/spool.db", test_folder());
	FILE *f = fopen(path, "wb");
	for (int i = 0; i < 4096; i++)
		fputc(i % 251, f);
	fclose(f);
	CU_ASSERT_EQUAL(spool_open(path, &(struct spool_limits){0, 0}, &s, why), ST_STORE_UNAVAILABLE);
	CU_ASSERT_TRUE(s == NULL && why[0]);
	CU_ASSERT_EQUAL(spool_open("/no/such/folder/spool.db", &(struct spool_limits){0, 0}, &s, why), ST_STORE_UNAVAILABLE);
}

SUITE(spool, {"read_in_batches_and_acknowledge", read_in_batches_and_acknowledge},
      {"numbers_rise_over_restarts", numbers_rise_over_restarts},
      {"too_many_drops_the_oldest_and_counts", too_many_drops_the_oldest_and_counts},
      {"too_old_drops_from_the_old_end_only", too_old_drops_from_the_old_end_only},
      {"a_killed_process_loses_no_answer", a_killed_process_loses_no_answer},
      {"a_damaged_file_is_refused", a_damaged_file_is_refused});
