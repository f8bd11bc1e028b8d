#include "core/ma.h"

#include "core/check.h"
#include "core/clock.h"
#include "core/gs1_lint.h"
#include "core/text.h"

#include <stddef.h>
#include <string.h>

/* a: letter or digit; 9: digit; the rest stands for itself. */
static const char di_shape[] = "MA.999.M0.aaaaaa.aaaaaaaa";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool fits(char shape, char c)
{
	return shape == 'a' ? is_letter_or_digit(c) : shape == '9' ? is_digit(c) : shape == c;
}

static bool begins_as_di(const char *s, size_t n)
{
	for (size_t i = 0; i < MA_DI_CHARS; i++)
		if (i >= n || !fits(di_shape[i], s[i]))
			return false;
	return true;
}

bool ma_is_di(const char *s, size_t n)
{
	return n == MA_DI_CHARS && begins_as_di(s, n);
}

/* 20290301 or 290301; 0: no date. */
static int32_t date_of(const char *s, size_t n, int year)
{
	int32_t v = 0;
	if ((n != 6 && n != 8) || !digits_only(s, n))
		return 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	if (n == 6)
		v = gs1_year(v / 10000, year) * 10000 + v % 10000;
	return ymd_is_valid(v) ? v : 0;
}

/* Where the text or the day behind a letter goes. */
static const struct unit {
	char letter;
	bool day;
	size_t at;
} units[] = {
        {'L', false, offsetof(struct ma, lot)},       {'S', false, offsetof(struct ma, serial)},
        {'D', false, offsetof(struct ma, sterile)},   {'M', true, offsetof(struct ma, made_ymd)},
        {'V', true, offsetof(struct ma, expiry_ymd)}, {'E', true, offsetof(struct ma, expiry_ymd)},
};

static const struct unit *unit_of(char letter)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].letter == letter)
			return &units[i];
	return NULL;
}

/* One unit, behind its stop; what the label says twice is taken as it stands first. */
static bool take_unit(struct arena *a, const char *s, size_t n, int year, struct ma *out)
{
	const struct unit *u = n > 1 ? unit_of(s[0]) : NULL;
	if (!u)
		return false;
	char *field = (char *)out + u->at;
	if (u->day) {
		int32_t ymd = date_of(s + 1, n - 1, year), had = 0;
		memcpy(&had, field, sizeof had);
		if (!had)
			memcpy(field, &ymd, sizeof ymd);
		return ymd != 0;
	}
	const char *text = NULL;
	memcpy(&text, field, sizeof text);
	if (!text) {
		text = arena_copy(a, s + 1, n - 1);
		memcpy(field, &text, sizeof text);
	}
	return true;
}

bool ma_read(struct arena *a, const char *s, size_t n, int year, struct ma *out, enum code_error *error)
{
	*out = (struct ma){.di = NULL};
	if (!begins_as_di(s, n) || (n > MA_DI_CHARS && s[MA_DI_CHARS] != '.'))
		return false;
	out->di = arena_copy(a, s, MA_DI_CHARS);
	*error = CE_OK;
	for (size_t at = MA_DI_CHARS; at < n;) {
		const char *unit = s + at + 1, *stop = memchr(unit, '.', n - at - 1);
		size_t len = stop ? (size_t)(stop - unit) : n - at - 1;
		if (!take_unit(a, unit, len, year, out))
			*error = CE_MA_UNIT;
		at += 1 + len;
	}
	return true;
}
