#include "warehouse/intake/cell.h"

#include "core/clock.h"
#include "core/money.h"
#include "core/text.h"

#include <string.h>

#define CELL_MAX 40 /* bytes; nothing that is a date or an amount is longer */

/* ---- dates ---- */

/* Between year, month and day, and what may stand behind the day. */
static const struct signs {
	const char *year, *month, *day;
	bool month_alone; /* 2026.1 may be an amount */
} signs[] = {
        {"/", "/", "", true}, {"-", "-", "", true}, {".", ".", "", false}, {"年", "月", "日", true}, {"年", "月", "号", true},
};

/* Passes over a word; false where it does not stand there. */
static bool passes(const char **p, const char *word)
{
	size_t n = strlen(word);
	if (strncmp(*p, word, n) != 0)
		return false;
	*p += n;
	return true;
}

/* At most `most` digits, at least one. */
static bool take_digits(const char **p, size_t most, int64_t *out)
{
	size_t n = strspn(*p, "0123456789");
	if (n < 1 || n > most)
		return false;
	for (*out = 0; n; n--)
		*out = *out * 10 + (*(*p)++ - '0');
	return true;
}

/* " 0:00", " 13:45:00", "T00:00:00": a spreadsheet's time of day. */
static bool is_time(const char *p)
{
	int64_t part = 0;
	int parts = 0;
	if (*p != ' ' && *p != 'T')
		return false;
	p += 1;
	do {
		if (!take_digits(&p, 2, &part) || part > 59)
			return false;
		parts++;
	} while (parts < 3 && passes(&p, ":"));
	return parts > 1 && !*p;
}

static bool is_end(const char *p)
{
	return !*p || is_time(p);
}

static bool set_ymd(int64_t ymd, int32_t *out)
{
	if (!ymd_is_valid(ymd))
		return false;
	*out = (int32_t)ymd;
	return true;
}

static bool read_signed(const char *text, const struct signs *s, int32_t *out)
{
	const char *p = text;
	int64_t year = 0, month = 0, day = 0;
	if (strspn(p, "0123456789") != 4 || !take_digits(&p, 4, &year) || !passes(&p, s->year) || !take_digits(&p, 2, &month))
		return false;
	bool closed = passes(&p, s->month);
	if (!*p && s->month_alone && closed == (*s->day != '\0')) {
		int64_t first = year * 10000 + month * 100 + 1;
		return ymd_is_valid(first) && set_ymd(ymd_month_end((int32_t)first), out);
	}
	if (!closed || !take_digits(&p, 2, &day))
		return false;
	(void)passes(&p, s->day);
	return is_end(p) && set_ymd(year * 10000 + month * 100 + day, out);
}

/* The number of a day as spreadsheets count from 1899-12-30. */
static bool read_serial(const char *text, int32_t *out)
{
	int64_t n = 0;
	if (!take_digits(&text, 5, &n) || *text || n < SHEET_DAY_FIRST || n > SHEET_DAY_LAST)
		return false;
	*out = ymd_add_days(20000101, (int)(n - SHEET_DAY_FIRST));
	return true;
}

bool cell_ymd(const char *text, int32_t *out)
{
	size_t digits = strspn(text, "0123456789");
	char whole[9];
	if (strlen(text) > CELL_MAX)
		return false;
	if (digits == 8 && is_end(text + 8)) {
		memcpy(whole, text, 8);
		whole[8] = '\0';
		return ymd_parse(whole, out);
	}
	if (ymd_parse(text, out) || read_serial(text, out))
		return true;
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (read_signed(text, &signs[i], out))
			return true;
	return false;
}

/* Of a day: is it told by a year and a month alone? A spreadsheet's number has five digits, 2026/1/5 has three numbers. */
static bool is_month(const char *text)
{
	size_t numbers = 0, digits = 0;
	for (const char *p = text; *(p += strcspn(p, "0123456789")); numbers++) {
		size_t n = strspn(p, "0123456789");
		digits += n;
		p += n;
	}
	return digits <= 6 && (numbers == 2 || (numbers == 1 && digits == 6));
}

bool cell_first_ymd(const char *text, int32_t *out)
{
	if (!cell_ymd(text, out))
		return false;
	if (is_month(text))
		*out -= *out % 100 - 1;
	return true;
}

/* ---- amounts ---- */

/* Thousands stand in threes behind one to three digits; the commas are left out. False where they stand otherwise. */
static bool without_commas(const char *text, char out[CELL_MAX + 1])
{
	const char *p = text;
	size_t n = strspn(p, "0123456789"), put = 0;
	if (strlen(text) > CELL_MAX || n == 0)
		return false;
	memcpy(out, p, n);
	put = n;
	p += n;
	for (bool first = true; passes(&p, ",") || passes(&p, "，"); first = false) {
		if ((first && n > 3) || strspn(p, "0123456789") != 3)
			return false;
		memcpy(out + put, p, 3);
		put += 3;
		p += 3;
	}
	memcpy(out + put, p, strlen(p) + 1);
	return true;
}

bool cell_price(const char *text, int64_t *out_e4)
{
	static const char *const before[] = {"￥", "¥", NULL};
	static const char yuan[] = "元";
	char plain[CELL_MAX + 1], *end;
	for (const char *const *w = before; *w; w++)
		if (passes(&text, *w))
			break;
	text += strspn(text, " ");
	if (!without_commas(text, plain))
		return false;
	end = plain + strlen(plain);
	if ((size_t)(end - plain) >= sizeof yuan && strcmp(end - (sizeof yuan - 1), yuan) == 0)
		end -= sizeof yuan - 1;
	while (end > plain && end[-1] == ' ')
		end--;
	*end = '\0';
	return price_parse(plain, out_e4);
}

bool cell_number(const char *text, int64_t *out)
{
	char plain[CELL_MAX + 2] = "-";
	bool minus = *text == '-';
	if (text_to_i64(text, out))
		return true;
	return without_commas(text + minus, plain + 1) && text_to_i64(plain + !minus, out);
}
