#include "devices/logger.h"

#include "core/clock.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text of a real export (free it), or NULL after a word. */
static char *load(const char *name)
{
	char path_name[128];
	snprintf(path_name, sizeof path_name, "coldchain/berlinger/%s", name);
	const char *path = test_data(path_name);
	char *text = path ? test_read_file(path) : NULL;
	if (!text)
		test_skip("no coldchain/berlinger");
	return text;
}

static void fridge_tag_2l(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160], *text = load("FridgeTag_2L__130500109088_202206081014.txt");
	if (!text)
		return;
	CU_ASSERT_EQUAL_FATAL(logger_parse(&a, text, strlen(text), &e, why), ST_OK);
	free(text);
	CU_ASSERT_STRING_EQUAL(e.device, "Q-tag Fridge-tag 2 L");
	CU_ASSERT_STRING_EQUAL(e.serial, "130500109088");
	CU_ASSERT_EQUAL(e.interval_min, 5);
	CU_ASSERT_EQUAL(e.reading_count, 10653);
	CU_ASSERT_EQUAL(e.day_count, 38);
	CU_ASSERT_TRUE(e.rules[0].limit_c100 == 200 && e.rules[0].minutes == 60 && e.rules[1].limit_c100 == 800);
	CU_ASSERT_EQUAL(e.readings[0].at_ms, ymd_begin_ms(20220502) + (4 * 60 + 44) * 60000);
	CU_ASSERT_TRUE(e.readings[0].temp_c100 == 2630 && e.readings[0].flagged && !e.readings[9].flagged);
	const struct logger_day *d = &e.days[2];
	CU_ASSERT_TRUE(d->ymd == 20220606 && d->min_c100 == -720 && d->max_c100 == 3030 && d->mean_c100 == 550);
	CU_ASSERT_TRUE(d->low_minutes == 753 && d->high_minutes == 408 && d->high_alarm_minute == 13 * 60 + 35);
}

/* RULE COLDCHAIN-strict-limits: the device flags 7.9 and 8.1 as we would, and neither 2.0 nor 8.0. */
static void flags_follow_strict_limits(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160], *text = load("FridgeTag_2L__130500109088_202206081014.txt");
	size_t on_limit = 0;
	if (!text)
		return;
	CU_ASSERT_EQUAL_FATAL(logger_parse(&a, text, strlen(text), &e, why), ST_OK);
	free(text);
	for (size_t i = 0; i < e.reading_count; i++) {
		int32_t c100 = e.readings[i].temp_c100;
		on_limit += c100 == 200 || c100 == 800;
		CU_ASSERT_EQUAL(e.readings[i].flagged, c100 < 200 || c100 > 800);
	}
	CU_ASSERT_EQUAL(on_limit, 56);
}

static void summaries_without_readings(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160], *text = load("FridgeTag_2__130400191542_202302140605.txt");
	if (!text)
		return;
	CU_ASSERT_EQUAL_FATAL(logger_parse(&a, text, strlen(text), &e, why), ST_OK);
	free(text);
	CU_ASSERT_TRUE(e.reading_count == 0 && e.day_count == 60 && e.interval_min == LOGGER_NONE);
	CU_ASSERT_TRUE(e.rules[0].limit_c100 == -50 && e.rules[1].minutes == 600);
	CU_ASSERT_TRUE(e.days[0].high_minutes == 366 && e.days[0].low_alarm_minute == LOGGER_NONE);
}

static void q_tag_results(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160], *text = load("QTag_CLm_doc_LR__RCPJ00010_02_202211090128.txt");
	if (!text)
		return;
	CU_ASSERT_EQUAL_FATAL(logger_parse(&a, text, strlen(text), &e, why), ST_OK);
	free(text);
	CU_ASSERT_TRUE(e.reading_count == 124 && e.day_count == 0 && e.interval_min == 10);
	CU_ASSERT_TRUE(e.mkt_c100 == 1050 && e.mean_c100 == 540 && e.mkt_energy_c100 == 8300);
	CU_ASSERT_EQUAL_FATAL(e.alarm_count, 6);
	CU_ASSERT_TRUE(e.alarms[0].rule == 1 && e.alarms[0].ended_ms == 0 && e.alarms[0].minutes == 219);
	CU_ASSERT_TRUE(e.alarms[3].rule == 5 && e.alarms[3].ended_ms - e.alarms[3].begun_ms == 145 * 60000);
	CU_ASSERT_TRUE(e.rules[4].type == 3 && e.rules[5].limit_c100 == 200 && !e.rules[0].set);
}

#define HEAD                                                                                                                     \
	"Device: Q-tag Fridge-tag 2 L\r\nConf:\r\n Temp unit: C\r\n Logging Interval: 5\r\nData:\r\n\tyyyy-MM-dd hh:mm\tT\tOut " \
	"of limits\r\n"

static enum status parse(const char *text, size_t n)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160];
	enum status st = logger_parse(&a, text, n, &e, why);
	CU_ASSERT_EQUAL(st == ST_OK, why[0] == '\0');
	return st;
}

static void hostile_files_are_refused(void)
{
	static const char *const bad[] = {
	        "",
	        "hello",
	        "Device: X\n",
	        HEAD,
	        HEAD "\t2022-05-02 10:46\t26.9\n\t2022-05-02 10:46\t26.9\n",
	        HEAD "\t2022-02-30 10:46\t26.9\n",
	        HEAD "\t2022-05-02 24:00\t26.9\n",
	        HEAD "\t2022-05-02 10:46\tNaN\n",
	        HEAD "\t2022-05-02 10:46\t\n",
	        HEAD "\t2022-05-02 10:46\t999999999999999999\n",
	        HEAD "\t2022-05-02 10:46\n",
	        HEAD "\tx\t1\n",
	        "Device: X\nConf:\n Temp unit: F\n",
	        "Device: X\nConf:\n Logging Interval: -5\n",
	        "Device: X\nConf:\n Alarm:\n  9:\n   T AL: 2.0, t AL: 60\n",
	        "Device: X\nHist:\n  Date: 2022-06-08\n",
	        "Device: X\nHist:\n 1:\n  Date: 2022-06-08\n  Alarm:\n   0:\n    t Acc: 1441\n",
	};
	CU_ASSERT_EQUAL(parse(HEAD "\t2022-05-02 10:46\t26.9\tx\r\n", strlen(HEAD) + 26), ST_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_EQUAL(parse(bad[i], strlen(bad[i])), ST_INVALID_FIELD);
	char nul[] = HEAD "\t2022-05-02 10:46\t26.9\n";
	nul[20] = '\0';
	CU_ASSERT_EQUAL(parse(nul, sizeof nul - 1), ST_INVALID_FIELD);
}

/* Any cut and any single broken byte of a real file: an answer, never a crash (the sanitizers watch). */
static void broken_copies_never_crash(void)
{
	char *text = load("FridgeTag_2L__test.txt");
	if (!text)
		return;
	size_t n = strlen(text);
	for (size_t cut = 0; cut < n; cut += 37)
		(void)!parse(text, cut);
	for (size_t i = 0; i < n; i += 13) {
		char kept = text[i];
		text[i] = (char)(kept ^ (1 << i % 8));
		(void)!parse(text, n);
		text[i] = kept;
	}
	CU_ASSERT_EQUAL(parse(text, n), ST_OK);
	free(text);
}

static void too_large_is_refused_unread(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160];
	CU_ASSERT_EQUAL(logger_parse(&a, "Device: X", LOGGER_FILE_MAX + 1, &e, why), ST_TOO_LARGE);
}

SUITE(logger, {"fridge_tag_2l", fridge_tag_2l}, {"flags_follow_strict_limits", flags_follow_strict_limits},
      {"summaries_without_readings", summaries_without_readings}, {"q_tag_results", q_tag_results},
      {"hostile_files_are_refused", hostile_files_are_refused}, {"broken_copies_never_crash", broken_copies_never_crash},
      {"too_large_is_refused_unread", too_large_is_refused_unread});
