#include "core/gs1_lint.h"

#include "core/check.h"

#include <string.h>

/* One component as a test sees it. */
struct component {
	const char *s;
	size_t n;
	int year;
};

static const struct lint fine;

static struct lint wrong(enum code_error e, size_t at, size_t len)
{
	return (struct lint){e, at, len};
}

static struct lint wrong_all(enum code_error e, const struct component *c)
{
	return wrong(e, 0, c->n);
}

/* ---- character sets ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_cset82(char c)
{
	return cset82_value(c) >= 0;
}

static bool is_cset39(char c)
{
	return is_digit(c) || is_upper(c) || c == '#' || c == '-' || c == '/';
}

static bool is_cset64(char c)
{
	return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/* The first byte outside the set is to blame. */
static struct lint each(const struct component *c, bool (*member)(char), enum code_error e)
{
	for (size_t i = 0; i < c->n; i++)
		if (!member(c->s[i]))
			return wrong(e, i, 1);
	return fine;
}

static struct lint lint_digits(const struct component *c)
{
	return each(c, is_digit, CE_NON_DIGIT_CHARACTER);
}

static struct lint lint_cset82(const struct component *c)
{
	return each(c, is_cset82, CE_INVALID_CSET82_CHARACTER);
}

static struct lint lint_cset39(const struct component *c)
{
	return each(c, is_cset39, CE_INVALID_CSET39_CHARACTER);
}

static unsigned base64_value(char c)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	return (unsigned)(strchr(set, c) - set);
}

/* Padding may be left out; where it stands, it fills the last group of four and the bits before it are zero (RFC 4648). */
static struct lint lint_cset64(const struct component *c)
{
	size_t body = c->n, pad = 0;
	while (body > 0 && pad < 2 && c->s[body - 1] == '=')
		body--, pad++;
	struct lint found = each(&(struct component){c->s, body, c->year}, is_cset64, CE_INVALID_CSET64_CHARACTER);
	if (found.error || pad == 0)
		return found;
	unsigned unused_bits = pad == 2 ? 15 : 3;
	bool whole = body > 0 && c->n % 4 == 0 && (base64_value(c->s[body - 1]) & unused_bits) == 0;
	return whole ? fine : wrong(CE_INVALID_CSET64_PADDING, body, pad);
}

/* ---- check digits and company prefixes ---- */

static struct lint lint_csum(const struct component *c)
{
	struct lint found = lint_digits(c);
	if (c->n == 0)
		return wrong_all(CE_TOO_SHORT_FOR_CHECK_DIGIT, c);
	if (found.error)
		return found;
	return check_mod10_digit(c->s, c->n - 1) == c->s[c->n - 1] ? fine : wrong(CE_INCORRECT_CHECK_DIGIT, c->n - 1, 1);
}

static struct lint lint_csumalpha(const struct component *c)
{
	char pair[2];
	if (c->n < 2)
		return wrong_all(CE_TOO_SHORT_FOR_CHECK_PAIR, c);
	if (c->n - 2 > CHECK_PAIR_TEXT_MAX)
		return wrong_all(CE_TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION, c);
	struct lint found = lint_cset82(&(struct component){c->s, c->n - 2, c->year});
	if (found.error)
		return found;
	bool right = check_pair(c->s, c->n - 2, pair) && memcmp(pair, c->s + c->n - 2, 2) == 0;
	return right ? fine : wrong(CE_INCORRECT_CHECK_PAIR, c->n - 2, 2);
}

/* Without GS1's register only the form can be tested: a company prefix begins with four digits. */
static struct lint company_prefix(const struct component *c, size_t from)
{
	if (c->n < from + 4)
		return wrong_all(CE_TOO_SHORT_FOR_GCP, c);
	return digits_only(c->s + from, 4) ? fine : wrong(CE_INVALID_GCP_PREFIX, from, c->n - from);
}

static struct lint lint_gcppos1(const struct component *c)
{
	return company_prefix(c, 0);
}

static struct lint lint_gcppos2(const struct component *c)
{
	return company_prefix(c, 1);
}

/* ---- single values ---- */

static struct lint one_of(const struct component *c, const char *allowed, enum code_error e)
{
	return c->n == 1 && c->s[0] && strchr(allowed, c->s[0]) ? fine : wrong_all(e, c);
}

static struct lint lint_yesno(const struct component *c)
{
	return one_of(c, "01", CE_NOT_ZERO_OR_ONE);
}

static struct lint lint_winding(const struct component *c)
{
	return one_of(c, "019", CE_INVALID_WINDING_DIRECTION);
}

static struct lint lint_iso5218(const struct component *c)
{
	return one_of(c, "0129", CE_INVALID_BIOLOGICAL_SEX_CODE);
}

static struct lint lint_hyphen(const struct component *c)
{
	return one_of(c, "-", CE_NOT_HYPHEN);
}

static struct lint lint_importeridx(const struct component *c)
{
	return c->n == 1 && is_cset64(c->s[0]) ? fine : wrong_all(CE_INVALID_IMPORT_IDX_CHARACTER, c);
}

static struct lint lint_zero(const struct component *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->s[i] != '0')
			return wrong_all(CE_NOT_ZERO, c);
	return c->n ? fine : wrong_all(CE_NOT_ZERO, c);
}

static struct lint lint_nonzero(const struct component *c)
{
	struct lint found = lint_digits(c);
	if (found.error)
		return found;
	return lint_zero(c).error && c->n ? fine : wrong_all(CE_ILLEGAL_ZERO_VALUE, c);
}

static struct lint lint_nozeroprefix(const struct component *c)
{
	return c->n > 1 && c->s[0] == '0' ? wrong(CE_ILLEGAL_ZERO_PREFIX, 0, 1) : fine;
}

static struct lint lint_hasnondigit(const struct component *c)
{
	return c->n && !digits_only(c->s, c->n) ? fine : wrong_all(CE_REQUIRES_NON_DIGIT_CHARACTER, c);
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static struct lint lint_pcenc(const struct component *c)
{
	for (size_t i = 0; i < c->n; i++) {
		size_t left = c->n - i;
		if (c->s[i] == '%' && (left < 3 || !is_hex(c->s[i + 1]) || !is_hex(c->s[i + 2])))
			return wrong(CE_INVALID_PERCENT_SEQUENCE, i, left < 3 ? left : 3);
	}
	return fine;
}

/* ---- dates and times ---- */

/* RULE DOMAIN-4-year-window */
int gs1_year(int two_digits, int year)
{
	int century = year / 100 * 100, ahead = two_digits - year % 100;
	if (ahead >= 51)
		century -= 100;
	else if (ahead <= -50)
		century += 100;
	return century + two_digits;
}

static int number(const char *s, size_t n)
{
	int v = 0;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/* A date whose year has `width` digits; day 00 stands for the month's last day where day0 is set. */
static struct lint date(const struct component *c, size_t width, bool day0)
{
	if (c->n != width + 4)
		return wrong_all(c->n < width + 4 ? CE_DATE_TOO_SHORT : CE_DATE_TOO_LONG, c);
	struct lint found = lint_digits(c);
	if (found.error)
		return found;
	int year = number(c->s, width), month = number(c->s + width, 2), day = number(c->s + width + 2, 2);
	if (width == 2)
		year = gs1_year(year, c->year);
	if (month < 1 || month > 12)
		return wrong(CE_ILLEGAL_MONTH, width, 2);
	bool exists = day <= days_in(year, month) && (day > 0 || day0);
	return exists ? fine : wrong(CE_ILLEGAL_DAY, width + 2, 2);
}

static struct lint lint_yymmdd(const struct component *c)
{
	return date(c, 2, false);
}

/* RULE DOMAIN-4-day-00 */
static struct lint lint_yymmd0(const struct component *c)
{
	return date(c, 2, true);
}

static struct lint lint_yyyymmdd(const struct component *c)
{
	return date(c, 4, false);
}

static struct lint lint_yyyymmd0(const struct component *c)
{
	return date(c, 4, true);
}

static struct lint time_part(const struct component *c, int limit, enum code_error e)
{
	if (c->n != 2)
		return wrong_all(CE_INVALID_LENGTH_FOR_TIME_PART, c);
	struct lint found = lint_digits(c);
	if (found.error)
		return found;
	return number(c->s, 2) < limit ? fine : wrong_all(e, c);
}

static struct lint lint_hh(const struct component *c)
{
	return time_part(c, 24, CE_ILLEGAL_HOUR);
}

static struct lint lint_mi(const struct component *c)
{
	return time_part(c, 60, CE_ILLEGAL_MINUTE);
}

static struct lint lint_ss(const struct component *c)
{
	return time_part(c, 60, CE_ILLEGAL_SECOND);
}

static struct lint lint_hhmi(const struct component *c)
{
	if (c->n != 4)
		return wrong_all(c->n < 4 ? CE_HOUR_WITH_MINUTE_TOO_SHORT : CE_HOUR_WITH_MINUTE_TOO_LONG, c);
	struct lint found = lint_digits(c);
	if (found.error)
		return found;
	if (number(c->s, 2) > 23)
		return wrong(CE_ILLEGAL_HOUR, 0, 2);
	return number(c->s + 2, 2) < 60 ? fine : wrong(CE_ILLEGAL_MINUTE, 2, 2);
}

/* ---- pairs of numbers ---- */

/* The first half of the digits is the piece, the second half the total; equal lengths compare as text. */
static struct lint lint_pieceoftotal(const struct component *c)
{
	size_t half = c->n / 2;
	if (half == 0 || c->n % 2)
		return wrong_all(CE_INVALID_LENGTH_FOR_PIECE_OF_TOTAL, c);
	struct lint found = lint_digits(c);
	if (found.error)
		return found;
	if (!lint_zero(&(struct component){c->s, half, c->year}).error)
		return wrong(CE_ZERO_PIECE_NUMBER, 0, half);
	if (!lint_zero(&(struct component){c->s + half, half, c->year}).error)
		return wrong(CE_ZERO_TOTAL_PIECES, half, half);
	return memcmp(c->s, c->s + half, half) <= 0 ? fine : wrong_all(CE_PIECE_NUMBER_EXCEEDS_TOTAL, c);
}

/* "n/m": n of m, neither beginning with zero. */
static struct lint lint_posinseqslash(const struct component *c)
{
	const char *slash = c->n ? memchr(c->s, '/', c->n) : NULL;
	size_t first = slash ? (size_t)(slash - c->s) : 0, second = slash ? c->n - first - 1 : 0;
	if (!slash || !digits_only(c->s, first) || !digits_only(slash + 1, second))
		return wrong_all(CE_POSITION_IN_SEQUENCE_MALFORMED, c);
	if (c->s[0] == '0')
		return wrong(CE_ILLEGAL_ZERO_PREFIX, 0, first);
	if (slash[1] == '0')
		return wrong(CE_ILLEGAL_ZERO_PREFIX, first + 1, second);
	bool within = first < second || (first == second && memcmp(c->s, slash + 1, first) <= 0);
	return within ? fine : wrong_all(CE_POSITION_EXCEEDS_END, c);
}

/* Ten digits of 1e-7 degrees, from the south pole (latitude) or from 180 W (longitude). */
static struct lint at_most(const struct component *c, const char *limit, enum code_error e)
{
	struct lint found = lint_digits(c);
	if (found.error)
		return found;
	return c->n == strlen(limit) && memcmp(c->s, limit, c->n) <= 0 ? fine : wrong_all(e, c);
}

static struct lint lint_latitude(const struct component *c)
{
	return at_most(c, "1800000000", CE_INVALID_LATITUDE);
}

static struct lint lint_longitude(const struct component *c)
{
	return at_most(c, "3600000000", CE_INVALID_LONGITUDE);
}

/* ---- code lists ---- */

static bool is_country_number(const struct component *c)
{
	static const char list[][4] = {
#define COUNTRY(alpha, digits) digits,
#include "core/iso_codes.def"
#undef COUNTRY
	};
	for (size_t i = 0; c->n == 3 && i < sizeof list / sizeof *list; i++)
		if (memcmp(list[i], c->s, 3) == 0)
			return true;
	return false;
}

static bool is_country_letters(const char *s)
{
	static const char list[][3] = {
#define COUNTRY(alpha, digits) alpha,
#include "core/iso_codes.def"
#undef COUNTRY
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (memcmp(list[i], s, 2) == 0)
			return true;
	return false;
}

static struct lint lint_iso3166(const struct component *c)
{
	return is_country_number(c) ? fine : wrong_all(CE_NOT_ISO3166, c);
}

static struct lint lint_iso3166999(const struct component *c)
{
	bool several = c->n == 3 && memcmp(c->s, "999", 3) == 0;
	return several || is_country_number(c) ? fine : wrong_all(CE_NOT_ISO3166_OR_999, c);
}

static struct lint lint_iso3166alpha2(const struct component *c)
{
	return c->n == 2 && is_country_letters(c->s) ? fine : wrong_all(CE_NOT_ISO3166_ALPHA2, c);
}

static struct lint lint_iso4217(const struct component *c)
{
	static const char list[][4] = {
#define CURRENCY(digits) digits,
#include "core/iso_codes.def"
#undef CURRENCY
	};
	for (size_t i = 0; c->n == 3 && i < sizeof list / sizeof *list; i++)
		if (memcmp(list[i], c->s, 3) == 0)
			return fine;
	return wrong_all(CE_NOT_ISO4217, c);
}

#define IBAN_MIN 15 /* the shortest in use, Norway */

/* Kosovo banks under XK, which ISO 3166 leaves to users. */
static struct lint lint_iban(const struct component *c)
{
	if (c->n < IBAN_MIN)
		return wrong_all(CE_IBAN_TOO_SHORT, c);
	if (!is_country_letters(c->s) && memcmp(c->s, "XK", 2) != 0)
		return wrong(CE_ILLEGAL_IBAN_COUNTRY_CODE, 0, 2);
	for (size_t i = 2; i < c->n; i++)
		if (!is_digit(c->s[i]) && !is_upper(c->s[i]))
			return wrong(CE_INVALID_IBAN_CHARACTER, i, 1);
	return check_iban(c->s, c->n) ? fine : wrong(CE_INCORRECT_IBAN_CHECKSUM, 2, 2);
}

/* 01-10 are kinds of carriers, 80-99 are left to users. */
static struct lint lint_mediatype(const struct component *c)
{
	int v = c->n == 2 && digits_only(c->s, 2) ? number(c->s, 2) : 0;
	return (v >= 1 && v <= 10) || v >= 80 ? fine : wrong_all(CE_INVALID_MEDIA_TYPE, c);
}

/* UN/ECE recommendation 21 grows every year; a receiving pharmacy needs its form only: capital letters and digits. */
static struct lint lint_packagetype(const struct component *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!is_digit(c->s[i]) && !is_upper(c->s[i]))
			return wrong_all(CE_INVALID_PACKAGE_TYPE, c);
	return c->n ? fine : wrong_all(CE_INVALID_PACKAGE_TYPE, c);
}

static struct lint lint_couponcode(const struct component *c)
{
	return gs1_lint_coupon(c->s, c->n, c->year);
}

static struct lint lint_couponposoffer(const struct component *c)
{
	return gs1_lint_positive_offer(c->s, c->n);
}

static const struct {
	const char *name;
	struct lint (*run)(const struct component *c);
} linters[] = {
#define L(name)                    \
	{                          \
#name, lint_##name \
	}
        L(csum),
        L(gcppos1),
        L(gcppos2),
        L(yymmd0),
        L(yymmdd),
        L(iso3166),
        L(iso3166999),
        L(pcenc),
        L(iso4217),
        L(iso3166alpha2),
        L(hhmi),
        L(hh),
        L(mi),
        L(ss),
        L(yesno),
        L(hyphen),
        L(latitude),
        L(longitude),
        L(importeridx),
        L(packagetype),
        L(mediatype),
        L(yyyymmdd),
        L(yyyymmd0),
        L(iso5218),
        L(posinseqslash),
        L(nonzero),
        L(winding),
        L(zero),
        L(iban),
        L(pieceoftotal),
        L(nozeroprefix),
        L(csumalpha),
        L(hasnondigit),
        L(couponcode),
        L(couponposoffer),
        L(cset82),
        L(cset39),
        L(cset64),
        {"csetnumeric", lint_digits},
#undef L
};

bool gs1_lint(const char *name, size_t name_len, const char *s, size_t n, int year, struct lint *out)
{
	for (size_t i = 0; i < sizeof linters / sizeof *linters; i++) {
		if (strlen(linters[i].name) != name_len || memcmp(linters[i].name, name, name_len) != 0)
			continue;
		*out = linters[i].run(&(struct component){s, n, year});
		return true;
	}
	return false;
}

struct lint gs1_lint_type(char type, const char *s, size_t n)
{
	const struct component c = {s, n, 2000};
	return type == 'N' ? lint_digits(&c) : type == 'X' ? lint_cset82(&c) : type == 'Y' ? lint_cset39(&c) : lint_cset64(&c);
}
