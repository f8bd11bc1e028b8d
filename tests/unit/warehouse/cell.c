/* Cells as spreadsheets write them. */
#include "tests/harness.h"
#include "warehouse/intake/cell.h"

struct shape {
	const char *text;
	int64_t value; /* 0: refused */
};

static const struct shape days[] = {
        {"20261121", 20261121},
        {"2026-11-21", 20261121},
        {"2026/11/21", 20261121},
        {"2026/1/2", 20260102},
        {"2026-1-2", 20260102},
        {"2026.1.2", 20260102},
        {"2026.01.02", 20260102},
        {"2026/01/2", 20260102},
        {"2026年1月2日", 20260102},
        {"2026年01月02日", 20260102},
        {"2026年1月2号", 20260102},
        {"2026年1月2", 20260102},
        {"2026/1/2 0:00", 20260102},
        {"2026/1/2 13:45:00", 20260102},
        {"2026-01-02T00:00:00", 20260102},
        {"20260102 00:00", 20260102},
        {"2024/2/29", 20240229},
        /* a month is its last day */
        {"202611", 20261130},
        {"2024-02", 20240229},
        {"2024/2", 20240229},
        {"2026年2月", 20260228},
        /* a spreadsheet's number */
        {"46348", 20261122},
        {"36526", 20000101},
        {"73050", 20991231},
        {"36525", 0},
        {"73051", 0},
        {"99999", 0},
        {"46348.5", 0},
        /* no day at all */
        {"2026/13/1", 0},
        {"2026/2/30", 0},
        {"2025年2月29日", 0},
        {"26/1/2", 0},
        {"1/2/2026", 0},
        {"2026/1-2", 0},
        {"2026年1/2", 0},
        {"2026/1/2/3", 0},
        {"2026.1", 0},
        {"2026", 0},
        {"2026/", 0},
        {"2026//2", 0},
        {"2026/1/2x", 0},
        {"2026/1/2 25", 0},
        {"2026/1/2 0:99", 0},
        {"2026/111/2", 0},
        {"", 0},
        {"长期", 0},
        {"-1", 0},
};

static const struct shape prices[] = {
        {"3", 30000},
        {"1234.5", 12345000},
        {"1,234.50", 12345000},
        {"1，234.50", 12345000},
        {"1,345,678.1", 13456781000},
        {"￥3", 30000},
        {"¥3.00", 30000},
        {"￥ 1,234.50", 12345000},
        {"3元", 30000},
        {"3 元", 30000},
        {"￥1,234.5678元", 12345678},
        {"1,23", 0},
        {"1234,567", 0},
        {"1,2345", 0},
        {",123", 0},
        {"1,234,", 0},
        {"1.234,5", 0},
        {"1,234.56789", 0},
        {"元", 0},
        {"￥", 0},
        {"￥￥3", 0},
        {"3元元", 0},
        {"-3", 0},
        {"$3", 0},
        {"", 0},
        {"1,000,000,000,000,000,000,000,000,000,000,000,000", 0},
};

static const struct shape numbers[] = {
        {"1200", 1200}, {"1,200", 1200}, {"-1,200", -1200}, {"1,234,567", 1234567}, {"12,00", 0}, {"1,200.0", 0},
        {"1 200", 0},   {"--1", 0},      {"-", 0},
};

/* RULE DESIGN-3-cells */
static void days_in_every_shape(void)
{
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		int32_t ymd = 0;
		bool ok = cell_ymd(days[i].text, &ymd);
		if (ok != (days[i].value != 0) || (ok && ymd != days[i].value))
			CU_FAIL(days[i].text);
	}
}

static void check_amounts(bool (*read)(const char *, int64_t *), const struct shape *shapes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t v = 0;
		bool ok = read(shapes[i].text, &v);
		if (ok != (shapes[i].value != 0) || (ok && v != shapes[i].value))
			CU_FAIL(shapes[i].text);
	}
}

static void amounts_in_every_shape(void)
{
	check_amounts(cell_price, prices, sizeof prices / sizeof *prices);
	check_amounts(cell_number, numbers, sizeof numbers / sizeof *numbers);
}

/* RULE DESIGN-3-cells */
static void what_begins_in_a_month_begins_on_its_first_day(void)
{
	static const struct {
		const char *text;
		int32_t ymd;
	} cases[] = {
	        {"202602", 20260201},     {"2026-02", 20260201},       {"2026/2", 20260201},    {"2026年2月", 20260201},
	        {"2026-02-28", 20260228}, {"20260228", 20260228},      {"2026.2.28", 20260228}, {"2026/2/28 0:00", 20260228},
	        {"46081", 20260228},      {"20260228 0:00", 20260228}, {"2026-0228", 20260228}, {"2026/2/8", 20260208},
	        {"2026-1-5", 20260105},   {"2026年2月8日", 20260208},  {"2026.1", 0},           {"二月", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int32_t ymd = 0;
		CU_ASSERT_EQUAL(cell_first_ymd(cases[i].text, &ymd), cases[i].ymd != 0);
		CU_ASSERT_TRUE(cases[i].ymd == 0 || ymd == cases[i].ymd);
	}
}

SUITE(cell, {"days_in_every_shape", days_in_every_shape}, {"amounts_in_every_shape", amounts_in_every_shape},
      {"what_begins_in_a_month_begins_on_its_first_day", what_begins_in_a_month_begins_on_its_first_day});
