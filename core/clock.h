/*
 * Time. Instants are UTC milliseconds since 1970 (`_at_ms`); business dates are yyyymmdd integers (`_ymd`) at a fixed
 * offset from UTC (China: +8 h), never by libc time zones. The clock is injected, so that tests and the simulation
 * rule it; the system clock reads wall time through libc.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clock {
	int64_t (*now_ms)(const struct clock *);
	int64_t fixed_ms; /* what a clock_fixed answers */
};

#define CLOCK_CHINA_OFFSET_MS (8 * 3600 * 1000LL)
#define CLOCK_DAY_MS (24 * 3600 * 1000LL)

/* The wall clock of the machine. */
struct clock clock_system(void);
/* A clock that stands at one instant until fixed_ms is changed. */
struct clock clock_fixed(int64_t at_ms);
int64_t clock_now_ms(const struct clock *c);
/* Milliseconds that never fall back, for intervals and scheduling only. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* The business date of an instant. */
int32_t ymd_of_ms(int64_t at_ms);
/* The instant at which a business date begins. */
int64_t ymd_begin_ms(int32_t ymd);
/* True for a date that exists, years 1900-2199. */
bool ymd_is_valid(int64_t ymd);
/* Days since 1970-01-01 and back. */
int64_t ymd_to_days(int32_t ymd);
int32_t ymd_of_days(int64_t days);
int32_t ymd_add_days(int32_t ymd, int64_t days);
/* The same day n months on; clipped to that month's last day. */
int32_t ymd_add_months(int32_t ymd, int months);
/* The last day of the month of ymd. */
int32_t ymd_month_end(int32_t ymd);
/* "2026-11-21" into out (11 bytes). */
void ymd_text(int32_t ymd, char out[11]);
/* Reads 20261121, 2026-11-21, 2026/11/21 or 202611 (last day of that month). RULE DOMAIN-month-end-expiry */
bool ymd_parse(const char *s, int32_t *out);
/* A drug may be used through its printed expiry date. RULE DESIGN-4-expired */
bool ymd_is_expired(int32_t expiry_ymd, int32_t today_ymd);
/* "2026-11-21T08:30:05.123Z" into out (25 bytes). */
void ms_iso_text(int64_t at_ms, char out[25]);
/* "2026-11-21 16:30:05" of business time into out (20 bytes). */
void ms_local_text(int64_t at_ms, char out[20]);
