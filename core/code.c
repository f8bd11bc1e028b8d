#include "core/code.h"

#include "core/check.h"
#include "core/clock.h"
#include "core/gs1_lint.h"
#include "core/gs1_scan.h"
#include "core/ma.h"
#include "core/text.h"

#include <string.h>

#define TRACE_DIGITS 20
#define TRACE_IDENTIFIER 7

static const struct {
	const char *name, *text;
} kinds[CODE_KIND_COUNT] = {
        [CODE_UNKNOWN] = {"unknown", "未知条码"},
        [CODE_TRACE] = {"trace", "药品追溯码"},
        [CODE_GS1] = {"gs1", "GS1 条码"},
        [CODE_DIGITAL_LINK] = {"digital_link", "GS1 数字链接"},
        [CODE_GTIN] = {"gtin", "商品条码"},
        [CODE_SSCC] = {"sscc", "物流箱码"},
        [CODE_NATIONAL] = {"national", "国家药品编码本位码"},
        [CODE_NHSA] = {"nhsa", "医保编码"},
        [CODE_MA] = {"ma", "MA 码 (UDI)"},
};

const char *code_kind_name(enum code_kind kind)
{
	return kinds[kind].name;
}

const char *code_kind_text(enum code_kind kind)
{
	return kinds[kind].text;
}

/* One scan under test: the bytes behind the symbology prefix. */
struct scan {
	struct arena *a;
	const char *s;
	size_t n;
	const struct gs1_carrier *carrier; /* NULL: no prefix, or none of ours */
	struct gs1_options options;
	struct code *out;
};

static enum gs1_content content_of(const struct scan *s)
{
	return s->carrier ? s->carrier->content : CONTENT_ANY;
}

static bool decide(struct scan *s, enum code_kind kind, enum code_error e)
{
	s->out->kind = kind;
	s->out->error = e;
	s->out->valid = e == CE_OK;
	return true;
}

/* ---- GS1 messages ---- */

/* RULE DOMAIN-4-day-00: day 00 means the last day of the month. The value has passed its date test. */
static int32_t date_of(const char *yymmdd, int year)
{
	int32_t v = 0;
	for (int i = 0; i < 6; i++)
		v = v * 10 + (yymmdd[i] - '0');
	int32_t ymd = gs1_year(v / 10000, year) * 10000 + v % 10000;
	return ymd % 100 ? ymd : ymd_month_end(ymd + 1);
}

static const char *value_of(const struct gs1 *g, const char *ai)
{
	const struct gs1_field *f = gs1_find(g, ai);
	return f ? f->value : NULL;
}

static void take_message(struct scan *s, const struct gs1 *g)
{
	struct code *c = s->out;
	const char *made = value_of(g, "11"), *expiry = value_of(g, "17") ? value_of(g, "17") : value_of(g, "7003");
	c->element_string = c->data = g->element_string;
	c->fields = g->fields;
	c->field_count = g->count;
	c->gtin = c->di = value_of(g, "01");
	c->sscc = value_of(g, "00");
	c->lot = value_of(g, "10");
	c->serial = value_of(g, "21");
	c->made_ymd = made ? date_of(made, gs1_current_year(&s->options)) : 0;
	c->expiry_ymd = expiry ? date_of(expiry, gs1_current_year(&s->options)) : 0;
	if (c->gtin && c->serial)
		c->trace_code = arena_printf(s->a, "01%s21%s", c->gtin, c->serial);
	c->association = gs1_check_associations(g);
}

static bool decide_message(struct scan *s, enum code_kind kind, const struct gs1 *g)
{
	if (!g->error)
		take_message(s, g);
	return decide(s, kind, g->error);
}

/* GS1 by its symbology, by a separator inside, by `^` in FNC1's place, or by brackets. A plain symbol holds GS1 only
 * where the text reads as such: its own prefix has said that there is no FNC1. */
static bool test_gs1(struct scan *s)
{
	bool by_symbology = content_of(s) == CONTENT_GS1, plain = content_of(s) == CONTENT_PLAIN;
	bool caret = s->n && s->s[0] == '^' && !by_symbology && !plain;
	bool brackets = s->n && s->s[0] == '(' && !by_symbology;
	bool separators = s->n && memchr(s->s, GS1_SEPARATOR, s->n) != NULL;
	if (!by_symbology && !caret && !brackets && !separators)
		return false;
	struct gs1 *g = arena_alloc(s->a, sizeof *g);
	size_t start = caret || (s->n && !brackets && s->s[0] == GS1_SEPARATOR && !by_symbology);
	if (brackets)
		gs1_read_brackets(s->a, s->s, s->n, &s->options, g);
	else
		gs1_read_elements(s->a, s->s + start, s->n - start, caret, &s->options, g);
	return plain && g->error ? false : decide_message(s, CODE_GS1, g);
}

static bool test_link(struct scan *s)
{
	static const char *const schemes[] = {"http://", "https://", "HTTP://", "HTTPS://"};
	bool uri = false;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		uri = uri || (s->n >= strlen(schemes[i]) && memcmp(s->s, schemes[i], strlen(schemes[i])) == 0);
	if (!uri)
		return false;
	struct gs1 *g = arena_alloc(s->a, sizeof *g);
	gs1_read_link(s->a, s->s, s->n, &s->options, g);
	bool ordinary = g->error == CE_LINK_NO_KEY || g->error == CE_LINK_NOT_A_URI;
	decide_message(s, ordinary ? CODE_UNKNOWN : CODE_DIGITAL_LINK, g);
	s->out->data = arena_copy(s->a, s->s, s->n);
	return true;
}

/* ---- codes of digits ---- */

/* RULE DOMAIN-2.1-trace-code: 20 digits that begin with 8; the platform's check position is not published. */
static bool test_trace(struct scan *s)
{
	if (s->n != TRACE_DIGITS || s->s[0] != '8' || !digits_only(s->s, s->n))
		return false;
	struct code *c = s->out;
	c->trace_code = arena_copy(s->a, s->s, s->n);
	c->identifier = arena_copy(s->a, s->s, TRACE_IDENTIFIER);
	c->serial = arena_copy(s->a, s->s + TRACE_IDENTIFIER, s->n - TRACE_IDENTIFIER);
	c->controlled = s->s[1] == '9';
	return decide(s, CODE_TRACE, CE_OK);
}

static void take_gtin(struct scan *s, size_t n)
{
	s->out->di = s->out->gtin = arena_printf(s->a, "%.*s%.*s", (int)(14 - n), "00000000000000", (int)n, s->s);
}

/* The symbology says that this is EAN; a composite part may follow behind "|]e0". */
static bool test_ean(struct scan *s)
{
	static const char link[] = "|]e0";
	if (content_of(s) != CONTENT_EAN)
		return false;
	size_t digits = s->carrier->digits, head = digits + strlen(link);
	bool composite = s->n > head && memcmp(s->s + digits, link, strlen(link)) == 0;
	if ((s->n != digits && !composite) || !digits_only(s->s, digits))
		return decide(s, CODE_GTIN, CE_EAN_WRONG_FORM);
	if (!check_mod10(s->s, digits))
		return decide(s, CODE_GTIN, CE_INCORRECT_CHECK_DIGIT);
	struct gs1 *g = arena_alloc(s->a, sizeof *g);
	if (composite) {
		gs1_read_elements(s->a, s->s + head, s->n - head, false, &s->options, g);
		if (decide_message(s, CODE_GTIN, g) && g->error)
			return true;
	}
	take_gtin(s, digits);
	s->out->data =
	        arena_printf(s->a, "%.*s%s%s", (int)digits, s->s, composite ? "|" : "", composite ? g->element_string : "");
	return decide(s, CODE_GTIN, CE_OK);
}

/* RULE DOMAIN-1-national-code; by its prefix, since it would pass as a GTIN-14 too. */
static bool test_national(struct scan *s)
{
	enum national_verdict v = national_verdict(s->s, s->n);
	if (v == NATIONAL_NO)
		return false;
	s->out->doubtful = v == NATIONAL_DOUBTFUL;
	return decide(s, CODE_NATIONAL, CE_OK);
}

static bool product_length(size_t n)
{
	return n == 8 || n == 12 || n == 13 || n == 14;
}

static bool test_gtin(struct scan *s)
{
	if (!product_length(s->n) || !check_mod10(s->s, s->n))
		return false;
	take_gtin(s, s->n);
	return decide(s, CODE_GTIN, CE_OK);
}

static bool test_sscc(struct scan *s)
{
	if (s->n != 18 || !check_mod10(s->s, s->n))
		return false;
	s->out->sscc = arena_copy(s->a, s->s, s->n);
	return decide(s, CODE_SSCC, CE_OK);
}

/* ---- insurance codes ---- */

static bool fits(const char *shape, const char *s, size_t n)
{
	if (strlen(shape) != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9', upper = s[i] >= 'A' && s[i] <= 'Z';
		bool ok = shape[i] == '9' ? digit : shape[i] == 'A' ? upper : shape[i] == '*' ? digit || upper : s[i] == shape[i];
		if (!ok)
			return false;
	}
	return true;
}

/* RULE DOMAIN-3.1-insurance-codes: no check digit is published, so length, first letter and character classes decide.
 * In a shape 9 is a digit, A a capital letter, * either. */
static bool test_nhsa(struct scan *s)
{
	static const char *const shapes[] = {
	        "XA99AAA999A999999999999",     /* 西药: class, name, dosage form, spec and pack, company */
	        "ZA99AAA9999999999999",        /* 中成药: class, name, spec, company */
	        "T*******************",        /* 中药配方颗粒 */
	        "T999999999",                  /* 中药饮片 */
	        "C9999999999999999999",        /* 医用耗材: category, generic name, features, company */
	        "C99999999999999999999999999", /* the same with a running number */
	};
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		if (fits(shapes[i], s->s, s->n))
			return decide(s, CODE_NHSA, CE_OK);
	return false;
}

/* ---- UDI of MA ---- */

static bool test_ma(struct scan *s)
{
	struct ma ma;
	enum code_error e = CE_OK;
	struct code *c = s->out;
	if (content_of(s) == CONTENT_GS1 || !ma_read(s->a, s->s, s->n, gs1_current_year(&s->options), &ma, &e))
		return false;
	c->di = ma.di;
	c->lot = ma.lot;
	c->serial = ma.serial;
	c->made_ymd = ma.made_ymd;
	c->expiry_ymd = ma.expiry_ymd;
	c->data = arena_copy(s->a, s->s, s->n);
	if (c->serial)
		c->trace_code = arena_printf(s->a, "%s.S%s", c->di, c->serial);
	return decide(s, CODE_MA, e);
}

/* ---- the rest ---- */

/* Says what is probably wrong with a code that nearly was one. */
static enum code_error near_miss(const struct scan *s)
{
	bool digits = digits_only(s->s, s->n);
	if (digits && s->s[0] == '8' && (s->n == TRACE_DIGITS - 1 || s->n == TRACE_DIGITS + 1))
		return CE_TRACE_WRONG_LENGTH;
	return digits && (product_length(s->n) || s->n == 18) ? CE_INCORRECT_CHECK_DIGIT : CE_CODE_UNKNOWN_SCHEME;
}

/* A symbol that may hold any text holds it validly, though it says nothing to us. */
static bool test_unknown(struct scan *s)
{
	if (content_of(s) != CONTENT_PLAIN)
		return decide(s, CODE_UNKNOWN, s->n ? near_miss(s) : CE_CODE_EMPTY);
	s->out->data = gs1_plain_data(s->a, s->s, s->n);
	return decide(s, CODE_UNKNOWN, CE_OK);
}

/* Takes "]xx" off the front. */
static void strip_symbology(struct scan *s)
{
	if (s->n < 3 || s->s[0] != ']' || s->s[1] <= ' ' || s->s[2] <= ' ')
		return;
	s->carrier = gs1_carrier_of(s->s);
	s->out->symbology = s->carrier ? s->carrier->name : arena_copy(s->a, s->s, 3);
	s->s += 3;
	s->n -= 3;
}

/* Text that can be shown: UTF-8 without control characters other than the separator. */
static enum code_error bad_bytes(const char *bytes, size_t n)
{
	if (n > CODE_BYTES_MAX)
		return CE_CODE_TOO_LONG;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if ((c < 0x20 && c != GS1_SEPARATOR) || c == 0x7F)
			return CE_CODE_BAD_CHARACTER;
	}
	return utf8_valid(bytes, n) ? CE_OK : CE_CODE_BAD_CHARACTER;
}

/* A copy that is UTF-8 text: each byte that belongs to no character, and NUL, becomes U+FFFD. */
static const char *readable(struct arena *a, const char *bytes, size_t n)
{
	SCOPED(buf) b = {0};
	for (size_t i = 0; i < n;) {
		size_t len = 1;
		while (len <= 4 && i + len <= n && !utf8_valid(bytes + i, len))
			len++;
		bool whole = len <= 4 && i + len <= n;
		buf_puts(&b, whole ? "" : "\xEF\xBF\xBD");
		buf_put(&b, bytes + i, whole ? len : 0);
		i += whole ? len : 1;
	}
	return arena_copy(a, b.data ? b.data : "", b.len);
}

/* RULE DOMAIN-4-order-of-tests; 本位码 stands before GTIN, since it is told by its prefix only. */
void code_parse(struct arena *a, const char *bytes, size_t n, int year, struct code *out)
{
	static bool (*const tests[])(struct scan *) = {test_trace, test_ean,  test_gs1,  test_link, test_national,
	                                               test_gtin,  test_sscc, test_nhsa, test_ma,   test_unknown};
	size_t kept = n < CODE_BYTES_MAX ? n : CODE_BYTES_MAX;
	*out = (struct code){.element_string = "", .input = readable(a, bytes, kept)};
	struct scan s = {a, bytes, n, NULL, {.year = year}, out};
	enum code_error e = bad_bytes(bytes, n);
	if (e) {
		decide(&s, CODE_UNKNOWN, e);
		return;
	}
	strip_symbology(&s);
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		if (tests[i](&s))
			return;
}
