/*
 * Cells as people and spreadsheets write them: dates without zeros or with 年月日, the number that a spreadsheet keeps of a day,
 * amounts with a sign of money and thousands apart. What is read of a cell is what was meant or nothing. RULE DESIGN-3-cells
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The days that a spreadsheet's number may mean: 2000-01-01 to 2099-12-31. Anything else is a number, no day. */
#define SHEET_DAY_FIRST 36526
#define SHEET_DAY_LAST 73050

/*
 * 20261121, 2026-11-21, 2026/1/2, 2026-1-2, 2026.1.2, 2026年1月2日, each with a time of day behind it that is passed over; a
 * number of a spreadsheet's day; a month alone (202611, 2026/1, 2026年1月) is its last day. Never a year of two digits.
 */
bool cell_ymd(const char *text, int32_t *out);
/* The same for a day on which something begins: a month alone is its first day. */
bool cell_first_ymd(const char *text, int32_t *out);
/* 1234.5, 1,234.50, ￥3, 3元, ¥1,234.50元: as core/money.h's price_parse. */
bool cell_price(const char *text, int64_t *out_e4);
/* 1200, -1200, 1,200. */
bool cell_number(const char *text, int64_t *out);
