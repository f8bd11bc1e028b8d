#include "core/clock.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t read_system(const struct clock *c)
{
	(void)c;
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t read_fixed(const struct clock *c)
{
	return c->fixed_ms;
}

struct clock clock_system(void)
{
	return (struct clock){read_system, 0};
}

struct clock clock_fixed(int64_t at_ms)
{
	return (struct clock){read_fixed, at_ms};
}

int64_t clock_now_ms(const struct clock *c)
{
	return c->now_ms(c);
}

int64_t clock_monotonic_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int64_t year, int64_t month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return days[month - 1] + (month == 2 && is_leap(year));
}

bool ymd_is_valid(int64_t ymd)
{
	int64_t year = ymd / 10000, month = ymd / 100 % 100, day = ymd % 100;
	return year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
}

/* Counts days by years that begin in March, so that the leap day comes last. */
int64_t ymd_to_days(int32_t ymd)
{
	int64_t year = ymd / 10000, month = ymd / 100 % 100, day = ymd % 100;
	year -= month <= 2;
	int64_t era = floor_div(year, 400), of_era = year - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int32_t ymd_of_days(int64_t days)
{
	days += 719468;
	int64_t era = floor_div(days, 146097), rest = days - era * 146097;
	int64_t of_era = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t of_year = rest - (365 * of_era + of_era / 4 - of_era / 100);
	int64_t march_month = (5 * of_year + 2) / 153;
	int64_t day = of_year - (153 * march_month + 2) / 5 + 1;
	int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
	int64_t year = of_era + era * 400 + (month <= 2);
	return (int32_t)(year * 10000 + month * 100 + day);
}

int32_t ymd_of_ms(int64_t at_ms)
{
	return ymd_of_days(floor_div(at_ms + CLOCK_CHINA_OFFSET_MS, CLOCK_DAY_MS));
}

int64_t ymd_begin_ms(int32_t ymd)
{
	return ymd_to_days(ymd) * CLOCK_DAY_MS - CLOCK_CHINA_OFFSET_MS;
}

int32_t ymd_add_days(int32_t ymd, int64_t days)
{
	return ymd_of_days(ymd_to_days(ymd) + days);
}

int32_t ymd_add_months(int32_t ymd, int months)
{
	int64_t index = (int64_t)(ymd / 10000) * 12 + ymd / 100 % 100 - 1 + months;
	int64_t year = floor_div(index, 12), month = index - year * 12 + 1;
	int64_t day = ymd % 100, last = month_days(year, month);
	return (int32_t)(year * 10000 + month * 100 + (day < last ? day : last));
}

int32_t ymd_month_end(int32_t ymd)
{
	return ymd / 100 * 100 + month_days(ymd / 10000, ymd / 100 % 100);
}

void ymd_text(int32_t ymd, char out[11])
{
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)ymd / 10000 % 10000, (unsigned)ymd / 100 % 100, (unsigned)ymd % 100);
}

bool ymd_parse(const char *s, int32_t *out)
{
	char digits[9];
	size_t n = 0;
	for (const char *p = s; *p; p++) {
		bool separator = (*p == '-' || *p == '/') && (p - s == 4 || p - s == 7);
		if (separator)
			continue;
		if (*p < '0' || *p > '9' || n == 8)
			return false;
		digits[n++] = *p;
	}
	digits[n] = '\0';
	int64_t v = 0;
	if ((n != 8 && n != 6) || !text_to_i64(digits, &v))
		return false;
	if (n == 6 && ymd_is_valid(v * 100 + 1))
		v = ymd_month_end((int32_t)(v * 100 + 1));
	if (!ymd_is_valid(v))
		return false;
	*out = (int32_t)v;
	return true;
}

bool ymd_is_expired(int32_t expiry_ymd, int32_t today_ymd)
{
	return expiry_ymd < today_ymd;
}

/* Splits an instant, shifted by offset_ms, into date and time of day. */
static void split(int64_t at_ms, int64_t offset_ms, int32_t *ymd, unsigned *ms_of_day)
{
	int64_t days = floor_div(at_ms + offset_ms, CLOCK_DAY_MS);
	*ymd = ymd_of_days(days);
	*ms_of_day = (unsigned)(at_ms + offset_ms - days * CLOCK_DAY_MS);
}

void ms_iso_text(int64_t at_ms, char out[25])
{
	int32_t ymd = 0;
	unsigned ms = 0;
	split(at_ms, 0, &ymd, &ms);
	ymd_text(ymd, out);
	snprintf(out + 10, 15, "T%02u:%02u:%02u.%03uZ", ms / 3600000 % 24, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

void ms_local_text(int64_t at_ms, char out[20])
{
	int32_t ymd = 0;
	unsigned ms = 0;
	split(at_ms, CLOCK_CHINA_OFFSET_MS, &ymd, &ms);
	ymd_text(ymd, out);
	snprintf(out + 10, 10, " %02u:%02u:%02u", ms / 3600000 % 24, ms / 60000 % 60, ms / 1000 % 60);
}
