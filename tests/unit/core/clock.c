#include "core/clock.h"

#include "tests/harness.h"

#include <string.h>

static void calendar_round_trip(void)
{
	for (int64_t day = -25567; day < 84000; day++) {
		int32_t ymd = ymd_of_days(day);
		CU_ASSERT_FATAL(ymd_is_valid(ymd) && ymd_to_days(ymd) == day);
	}
	CU_ASSERT_EQUAL(ymd_of_days(0), 19700101);
	CU_ASSERT_EQUAL(ymd_to_days(20261121), 20778);
	CU_ASSERT_FALSE(ymd_is_valid(20230229));
	CU_ASSERT_TRUE(ymd_is_valid(20240229));
}

static void business_day_begins_at_utc_16(void)
{
	CU_ASSERT_EQUAL(ymd_of_ms(ymd_begin_ms(20261121)), 20261121);
	CU_ASSERT_EQUAL(ymd_of_ms(ymd_begin_ms(20261121) - 1), 20261120);
	char text[25];
	ms_iso_text(ymd_begin_ms(20261121), text);
	CU_ASSERT_STRING_EQUAL(text, "2026-11-20T16:00:00.000Z");
	ms_local_text(ymd_begin_ms(20261121) + 59999, text);
	CU_ASSERT_STRING_EQUAL(text, "2026-11-21 00:00:59");
}

/* RULE DOMAIN-month-end-expiry */
static void month_only_means_its_last_day(void)
{
	int32_t ymd = 0;
	CU_ASSERT_TRUE(ymd_parse("202702", &ymd) && ymd == 20270228);
	CU_ASSERT_TRUE(ymd_parse("2024-02", &ymd) && ymd == 20240229);
	CU_ASSERT_TRUE(ymd_parse("2026/11/21", &ymd) && ymd == 20261121);
	CU_ASSERT_FALSE(ymd_parse("2026-13-01", &ymd));
	CU_ASSERT_FALSE(ymd_parse("2026112", &ymd));
	CU_ASSERT_FALSE(ymd_parse("", &ymd));
}

/* RULE DESIGN-4-expired */
static void usable_through_the_printed_date(void)
{
	CU_ASSERT_FALSE(ymd_is_expired(20261121, 20261121));
	CU_ASSERT_TRUE(ymd_is_expired(20261120, 20261121));
}

static void months_clip_to_the_last_day(void)
{
	CU_ASSERT_EQUAL(ymd_add_months(20260131, 1), 20260228);
	CU_ASSERT_EQUAL(ymd_add_months(20261130, 3), 20270228);
	CU_ASSERT_EQUAL(ymd_add_months(20260315, -15), 20241215);
}

SUITE(clock, {"calendar_round_trip", calendar_round_trip}, {"business_day_begins_at_utc_16", business_day_begins_at_utc_16},
      {"month_only_means_its_last_day", month_only_means_its_last_day},
      {"usable_through_the_printed_date", usable_through_the_printed_date},
      {"months_clip_to_the_last_day", months_clip_to_the_last_day});
