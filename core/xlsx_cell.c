#include "core/xlsx_cell.h"

#include "core/clock.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_SHOWN 15 /* what a spreadsheet shows and keeps exactly */
#define DIGITS_READ 40
#define EXPONENT_MAX 400

/* digits × 10^exponent, without zeros at either end. */
struct decimal {
	bool negative;
	char digits[DIGITS_READ + 1];
	int count, exponent;
};

/* Digits beyond those that we keep only move the exponent. */
static void take_digit(struct decimal *d, char c, bool behind_point)
{
	if (d->count == 0 && c == '0') {
		d->exponent -= behind_point;
	} else if (d->count < DIGITS_READ) {
		d->digits[d->count++] = c;
		d->exponent -= behind_point;
	} else {
		d->exponent += !behind_point;
	}
}

static bool read_exponent(const char *s, struct decimal *d)
{
	bool down = *s == '-';
	s += *s == '-' || *s == '+';
	size_t n = strspn(s, "0123456789");
	if (!n || n > 3 || s[n])
		return false;
	d->exponent += down ? -atoi(s) : atoi(s);
	return abs(d->exponent) <= EXPONENT_MAX;
}

static void drop_zeros(struct decimal *d)
{
	while (d->count && d->digits[d->count - 1] == '0') {
		d->count--;
		d->exponent++;
	}
	if (d->count == 0)
		d->exponent = 0;
	d->digits[d->count] = '\0';
}

static bool read_decimal(const char *s, struct decimal *d)
{
	bool point = false, any = false;
	*d = (struct decimal){.negative = *s == '-'};
	for (s += *s == '-' || *s == '+'; (*s >= '0' && *s <= '9') || (*s == '.' && !point); s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		any = true;
		take_digit(d, *s, point);
	}
	if (!any || (*s && *s != 'E' && *s != 'e') || (*s && !read_exponent(s + 1, d)))
		return false;
	drop_zeros(d);
	return true;
}

/* Half up; a carry through nines gives one digit more. */
static void round_to_shown(struct decimal *d)
{
	if (d->count <= DIGITS_SHOWN)
		return;
	bool up = d->digits[DIGITS_SHOWN] >= '5';
	d->exponent += d->count - DIGITS_SHOWN;
	d->count = DIGITS_SHOWN;
	for (int i = DIGITS_SHOWN - 1; up && i >= 0; i--) {
		up = d->digits[i] == '9';
		d->digits[i] = (char)(up ? '0' : d->digits[i] + 1);
	}
	if (up) {
		memmove(d->digits + 1, d->digits, (size_t)d->count - 1);
		d->digits[0] = '1';
		d->exponent++;
	}
	drop_zeros(d);
}

static void put_scientific(const struct decimal *d, char out[NUMBER_TEXT_MAX])
{
	int exponent = d->exponent + d->count - 1;
	snprintf(out, NUMBER_TEXT_MAX, "%s%c%s%sE%+d", d->negative ? "-" : "", d->digits[0], d->count > 1 ? "." : "",
	         d->digits + 1, exponent);
}

static void put_plain(const struct decimal *d, int zeros, char out[NUMBER_TEXT_MAX])
{
	static const char many[] = "0000000000000000000000000000000000000000";
	const char *sign = d->negative && d->count ? "-" : "";
	int whole = d->count + d->exponent; /* digits before the point */
	if (d->exponent >= 0)
		snprintf(out, NUMBER_TEXT_MAX, "%s%.*s%s%.*s", sign, whole < zeros ? zeros - whole : 0, many,
		         d->count ? d->digits
		         : zeros  ? ""
		                  : "0",
		         d->exponent, many);
	else if (whole > 0)
		snprintf(out, NUMBER_TEXT_MAX, "%s%.*s.%s", sign, whole, d->digits, d->digits + whole);
	else
		snprintf(out, NUMBER_TEXT_MAX, "%s0.%.*s%s", sign, -whole, many, d->digits);
}

/* Whole days and seconds of a serial day, from the digits alone. */
static bool read_serial(const struct decimal *d, int64_t *days, int64_t *seconds)
{
	int64_t fraction = 0, unit = 10000000000;
	int whole = d->count + d->exponent;
	*days = 0;
	if (d->negative || whole > 7)
		return false;
	for (int i = 0; i < whole; i++)
		*days = *days * 10 + (i < d->count ? d->digits[i] - '0' : 0);
	for (int i = whole; i < d->count && unit > 1; i++) {
		unit /= 10;
		fraction += i >= 0 ? (d->digits[i] - '0') * unit : 0;
	}
	*seconds = (fraction * 86400 + 5000000000) / 10000000000;
	*days += *seconds == 86400;
	*seconds %= 86400;
	return true;
}

/* Day 60 is a 29 February 1900 that never was; before it everything is one day off. */
static bool put_date(const struct decimal *d, struct number_style style, bool from_1904, char out[NUMBER_TEXT_MAX])
{
	int64_t days = 0, seconds = 0;
	if (!read_serial(d, &days, &seconds) || (!from_1904 && (days == 60 || days == 0)))
		return false;
	int32_t at =
	        from_1904 ? ymd_add_days(19040101, (int32_t)days) : ymd_add_days(19000101, (int32_t)(days - (days > 60 ? 2 : 1)));
	if (style.as == SHOWN_MONTH)
		snprintf(out, NUMBER_TEXT_MAX, "%06d", at / 100);
	else if (style.as == SHOWN_MOMENT && seconds)
		snprintf(out, NUMBER_TEXT_MAX, "%04d-%02d-%02d %02d:%02d:%02d", at / 10000, at / 100 % 100, at % 100,
		         (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
	else
		snprintf(out, NUMBER_TEXT_MAX, "%08d", at);
	return true;
}

bool number_text(const char *number, struct number_style style, bool from_1904, char out[NUMBER_TEXT_MAX])
{
	struct decimal d;
	if (!read_decimal(number, &d))
		return false;
	if (style.as != SHOWN_PLAIN && put_date(&d, style, from_1904, out))
		return true;
	round_to_shown(&d);
	bool is_long = d.count + d.exponent > DIGITS_SHOWN || d.count + d.exponent < -DIGITS_SHOWN;
	if (is_long)
		put_scientific(&d, out);
	else
		put_plain(&d, style.zeros, out);
	return true;
}

/* ---- styles ---- */

/* ECMA-376 18.8.30, as Chinese Excel shows them. */
struct number_style number_style_builtin(long id)
{
	static const struct {
		long first, last;
		enum shown_as as;
	} known[] = {
	        {14, 16, SHOWN_DAY},   {17, 17, SHOWN_MONTH}, {22, 22, SHOWN_MOMENT}, {27, 27, SHOWN_MONTH},
	        {28, 31, SHOWN_DAY},   {36, 36, SHOWN_MONTH}, {50, 50, SHOWN_MONTH},  {51, 51, SHOWN_DAY},
	        {52, 52, SHOWN_MONTH}, {53, 54, SHOWN_DAY},   {57, 57, SHOWN_MONTH},  {58, 58, SHOWN_DAY},
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (id >= known[i].first && id <= known[i].last)
			return (struct number_style){known[i].as, 0};
	return (struct number_style){SHOWN_PLAIN, 0};
}

/* The letters of a format that mean something: no quoted text, no [Red], nothing escaped, only the part for positive numbers. */
static void bare_letters(const char *format, char *out, size_t max)
{
	size_t n = 0;
	for (const char *p = format; *p && *p != ';' && n + 1 < max; p++) {
		if (*p == '"' || *p == '[') {
			const char *end = strchr(p + 1, *p == '"' ? '"' : ']');
			if (!end)
				break;
			p = end;
		} else if ((*p == '\\' || *p == '_' || *p == '*') && p[1]) {
			p++;
		} else {
			out[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
		}
	}
	out[n] = '\0';
}

struct number_style number_style_of(const char *format)
{
	char letters[128];
	bare_letters(format, letters, sizeof letters);
	size_t zeros = strspn(letters, "0");
	if (zeros > 1 && !letters[zeros])
		return (struct number_style){SHOWN_PLAIN, (int)(zeros > 20 ? 20 : zeros)};
	if (!strchr(letters, 'y'))
		return (struct number_style){SHOWN_PLAIN, 0};
	if (strchr(letters, 'h'))
		return (struct number_style){SHOWN_MOMENT, 0};
	return (struct number_style){strchr(letters, 'd') ? SHOWN_DAY : SHOWN_MONTH, 0};
}
