#include "core/gs1.h"

#include "core/check.h"
#include "core/gs1_lint.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static const struct gs1_options defaults = {.year = 2026};

/* Says which row failed before the assertion counts it. */
static void expect(bool ok, const char *row, const char *got)
{
	if (!ok)
		printf("  row %s: got %s\n", row, got ? got : "nothing");
	CU_ASSERT(ok);
}

struct row {
	const char *in, *error, *out;
};

typedef void reading(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out);

static void read_wire(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out)
{
	gs1_read_elements(a, s, n, false, o, out);
}

static void check_rows(const struct row *rows, size_t count, reading *read, const struct gs1_options *o)
{
	for (size_t i = 0; i < count; i++) {
		SCOPED(arena) a = {0};
		struct gs1 g;
		read(&a, rows[i].in, strlen(rows[i].in), o, &g);
		expect(strcmp(code_error_code(g.error), rows[i].error) == 0, rows[i].in, code_error_code(g.error));
		expect(strcmp(g.element_string, rows[i].out) == 0, rows[i].in, g.element_string);
		CU_ASSERT_EQUAL(g.count == 0, g.error != CE_OK);
	}
}
#define ROWS(rows) rows, sizeof rows / sizeof *rows

/* RULE DOMAIN-4-separators */
static void wire_form(void)
{
	static const struct row rows[] = {
	        {"01069012345678921729030110LOT1\x1d"
	         "21SN1",
	         "OK", "^01069012345678921729030110LOT1^21SN1"},
	        {"0106901234567892\x1d"
	         "10L",
	         "OK", "^0106901234567892^10L"},
	        {"10L\x1d", "OK", "^10L^"},
	        {"10L\x1d\x1d"
	         "21S",
	         "AI_UNKNOWN", ""},
	        {"0106901234567892891", "AI_UNKNOWN", ""},
	        {"0106901234567891", "INCORRECT_CHECK_DIGIT", ""},
	        {"010690123456789\x1d", "AI_VALUE_TOO_SHORT", ""},
	        {"10", "AI_VALUE_EMPTY", ""},
	        {"10ABCDEFGHIJKLMNOPQRSTU", "AI_VALUE_TOO_LONG", ""},
	        {"10A B", "INVALID_CSET82_CHARACTER", ""},
	        {"10A^21B", "INVALID_CSET82_CHARACTER", ""},
	        {"10A\x1d"
	         "10A",
	         "OK", "^10A^10A"},
	        {"10A\x1d"
	         "10B",
	         "AI_REPEATED", ""},
	        {"1", "AI_UNKNOWN", ""},
	        {"", "AI_NONE", ""},
	};
	check_rows(ROWS(rows), read_wire, &defaults);
}

/* RULE DOMAIN-4-brackets */
static void brackets(void)
{
	static const struct row rows[] = {
	        {"(01)06901234567892(17)290301(10)A/1(21)9", "OK", "^01069012345678921729030110A/1^219"},
	        {"(10)A\\(11)B", "OK", "^10A(11)B"},
	        {"(10)A\\B", "INVALID_CSET82_CHARACTER", ""},
	        {"(10)", "AI_VALUE_EMPTY", ""},
	        {"(10", "AI_BRACKETS", ""},
	        {"10)A", "AI_BRACKETS", ""},
	        {"(89)A", "AI_UNKNOWN", ""},
	        {"(7003)2903012400", "ILLEGAL_HOUR", ""},
	};
	static const struct row tolerant[] = {{"(89)A(10)B", "OK", "^89A^10B"}, {"(1)A", "AI_UNKNOWN", ""}};
	struct gs1_options o = {.year = 2026, .permit_unknown_ais = true};
	check_rows(ROWS(rows), gs1_read_brackets, &defaults);
	check_rows(ROWS(tolerant), gs1_read_brackets, &o);
}

static void brackets_out_and_in_again(void)
{
	SCOPED(arena) a = {0};
	struct gs1 g, again;
	static const char text[] = "(01)06901234567892(10)A\\(B)\\(\\((21)1";
	gs1_read_brackets(&a, text, strlen(text), &defaults, &g);
	CU_ASSERT_STRING_EQUAL(gs1_find(&g, "10")->value, "A(B)((");
	const char *out = gs1_brackets(&a, &g);
	CU_ASSERT_STRING_EQUAL(out, text);
	gs1_read_elements(&a, g.element_string + 1, strlen(g.element_string) - 1, true, &defaults, &again);
	CU_ASSERT_STRING_EQUAL(gs1_brackets(&a, &again), text);
}

/* RULE DOMAIN-4-digital-link */
static void links(void)
{
	static const struct row rows[] = {
	        {"https://yao.example/01/06901234567892/10/L%2F1/21/S1?17=290300&lang=zh", "OK",
	         "^010690123456789210L/1^21S1^17290300"},
	        {"https://yao.example/drug/01/06901234567892", "OK", "^0106901234567892"},
	        {"https://yao.example/01/06901234567892/21/S/10/L", "LINK_BAD_PATH", ""},
	        {"https://yao.example/01/06901234567892/21/S?10=L", "LINK_BAD_ATTRIBUTE", ""},
	        {"https://yao.example/01/06901234567892?21=S", "LINK_BAD_ATTRIBUTE", ""},
	        {"https://yao.example/01/06901234567892?17=290300&17=290300", "LINK_BAD_ATTRIBUTE", ""},
	        {"https://yao.example/01/06901234567892?12345=1", "AI_UNKNOWN", ""},
	        {"https://yao.example/01/6901234567892", "LINK_GTIN_NOT_14", ""},
	        {"https://yao.example/01/06901234567892/10/%zz", "LINK_NOT_A_URI", ""},
	        {"https://yao.example/01/06901234567892/10/A%", "LINK_NOT_A_URI", ""},
	        {"https://yao.example/01/06901234567892/10/", "AI_VALUE_EMPTY", ""},
	        {"https://yao.example/about", "LINK_NO_KEY", ""},
	        {"https:///01/06901234567892", "LINK_NOT_A_URI", ""},
	        {"Https://yao.example/01/06901234567892", "LINK_NOT_A_URI", ""},
	        {"https://yao.example/01/06901234567891", "INCORRECT_CHECK_DIGIT", ""},
	};
	static const struct row padded[] = {{"https://a/01/6901234567892", "OK", "^0106901234567892"}};
	struct gs1_options o = {.year = 2026, .permit_zero_suppressed = true};
	check_rows(ROWS(rows), gs1_read_link, &defaults);
	check_rows(ROWS(padded), gs1_read_link, &o);
}

/* RULE DOMAIN-4-digital-link */
static void links_out(void)
{
	static const struct row rows[] = {
	        {"(17)290301(01)06901234567892(21)S+1(10)L", "", "https://id.gs1.org/01/06901234567892/10/L/21/S%2B1?17=290301"},
	        {"(00)123456789012345675", "", "https://id.gs1.org/00/123456789012345675"},
	        {"(10)L", "", NULL},
	        {"(01)06901234567892(8200)a", "", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(arena) a = {0};
		struct gs1 g;
		gs1_read_brackets(&a, rows[i].in, strlen(rows[i].in), &defaults, &g);
		const char *got = gs1_link(&a, &g, NULL, &defaults);
		expect(rows[i].out ? got && strcmp(got, rows[i].out) == 0 : !got, rows[i].in, got);
	}
}

/* RULE DOMAIN-4-associations */
static void associations(void)
{
	static const struct row rows[] = {
	        {"(01)06901234567892(10)L", "OK", ""},
	        {"(10)L", "AI_MISSING", ""},
	        {"(02)06901234567892(37)3", "AI_MISSING", ""},
	        {"(00)123456789012345675(02)06901234567892(37)3", "OK", ""},
	        {"(01)06901234567892(02)06901234567892", "AI_EXCLUDED", ""},
	        {"(01)06901234567892(21)S(250)X", "OK", ""},
	        {"(01)06901234567892(250)X", "AI_MISSING", ""},
	        {"(01)06901234567892(3100)000001(3101)000001", "AI_EXCLUDED", ""},
	        {"(253)1234567890128(8030)AAAA", "AI_NO_SERIAL_COMPONENT", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(arena) a = {0};
		struct gs1 g;
		gs1_read_brackets(&a, rows[i].in, strlen(rows[i].in), &defaults, &g);
		CU_ASSERT_EQUAL(g.error, CE_OK);
		const char *got = code_error_code(gs1_check_associations(&g));
		expect(strcmp(got, rows[i].error) == 0, rows[i].in, got);
	}
}

/* RULE DOMAIN-4-year-window */
static void two_digit_years(void)
{
	CU_ASSERT_EQUAL(gs1_year(26, 2026), 2026);
	CU_ASSERT_EQUAL(gs1_year(76, 2026), 2076);
	CU_ASSERT_EQUAL(gs1_year(77, 2026), 1977);
	CU_ASSERT_EQUAL(gs1_year(0, 2026), 2000);
	CU_ASSERT_EQUAL(gs1_year(25, 2075), 2125);
	CU_ASSERT_EQUAL(gs1_year(26, 2075), 2026);
	CU_ASSERT_EQUAL(gs1_year(99, 2075), 2099);
}

/* RULE DOMAIN-4-components RULE DOMAIN-4-day-00 */
static void components(void)
{
	static const struct row rows[] = {
	        {"(17)260231", "ILLEGAL_DAY", ""},
	        {"(17)260200", "OK", ""},
	        {"(17)240229", "OK", ""},
	        {"(17)250229", "ILLEGAL_DAY", ""},
	        {"(7003)2602001200", "ILLEGAL_DAY", ""},
	        {"(11)201310", "ILLEGAL_MONTH", ""},
	        {"(422)156", "OK", ""},
	        {"(422)157", "NOT_ISO3166", ""},
	        {"(4307)CN", "OK", ""},
	        {"(7030)999A", "OK", ""},
	        {"(3910)1561", "OK", ""},
	        {"(8007)NO9386011117947", "OK", ""},
	        {"(8007)NO9386011117948", "INCORRECT_IBAN_CHECKSUM", ""},
	        {"(8013)1987654Ad4X4bL5ttr2310c2K", "OK", ""},
	        {"(8030)QUJD", "OK", ""},
	        {"(8030)QUI=", "OK", ""},
	        {"(8030)QQ==", "OK", ""},
	        {"(8030)Q===", "INVALID_CSET64_CHARACTER", ""},
	        {"(8030)QUL=", "INVALID_CSET64_PADDING", ""},
	        {"(423)156840", "OK", ""},
	        {"(423)15684", "AI_VALUE_TOO_SHORT", ""},
	        {"(7241)11", "INVALID_MEDIA_TYPE", ""},
	        {"(7041)PX", "OK", ""},
	        {"(7041)px", "INVALID_PACKAGE_TYPE", ""},
	        {"(7258)2/3", "OK", ""},
	        {"(8011)0", "OK", ""},
	        {"(8008)26010123", "OK", ""},
	        {"(8008)260101235960", "ILLEGAL_SECOND", ""},
	        {"(8110)0123456123456111101235012345678", "COUPON_EXCESS_DATA", ""},
	        {"(8110)01234561234561111012350123456", "OK", ""},
	        {"(8110)0123456123456111101231011012393500606", "OK", ""},
	        {"(8112)0012345612345601234567", "COUPON_EXCESS_DATA", ""},
	        {"(8112)001234561234560123456", "OK", ""},
	        {"(8110)A123456", "NON_DIGIT_CHARACTER", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(arena) a = {0};
		struct gs1 g;
		gs1_read_brackets(&a, rows[i].in, strlen(rows[i].in), &defaults, &g);
		const char *got = code_error_code(g.error);
		expect(strcmp(got, rows[i].error) == 0, rows[i].in, got);
	}
}

/* Every row of the dictionary can be read: each linter it names exists, each AI is found again, ranges do not overlap. */
static void dictionary_is_whole(void)
{
	static const struct gs1_ai all[] = {
#define AI(first, last, flags, parts, needs, excludes, link) {first, last, flags, parts, needs, excludes, link},
#include "core/gs1_ai.def"
#undef AI
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		size_t len = 0;
		const struct gs1_ai *found = gs1_ai_at_start(all[i].last, strlen(all[i].last), &len);
		CU_ASSERT_FATAL(found != NULL);
		CU_ASSERT_EQUAL(len, strlen(all[i].last));
		CU_ASSERT_STRING_EQUAL(found->first, all[i].first);
		CU_ASSERT(gs1_ai_length(found) > 0);
		for (const char *p = all[i].components; (p = strchr(p, ',')) != NULL;) {
			struct lint ignored;
			size_t n = strcspn(++p, ", ");
			expect(gs1_lint(p, n, "", 0, 2026, &ignored), p, "no such linter");
		}
	}
}

/* What a scanner sends, and what it cannot send. */
static void scan_text(void)
{
	static const struct {
		const char *symbol, *data, *scan;
	} rows[] = {
	        {"DM", "^010690123456789210A^21B",
	         "]d2010690123456789210A\x1d"
	         "21B"},
	        {"GS1_128_CCA", "^00123456789012345675", "]C100123456789012345675"},
	        {"GS1_128_CCA", "^00123456789012345670", NULL},
	        {"EAN13", "6901234567892", "]E06901234567892"},
	        {"EAN13", "6901234567893", NULL},
	        {"UPCE", "416000336108", NULL},
	        {"QR", "\\\\text", "]Q1\\\\text"},
	        {"Papyrus", "text", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(arena) a = {0};
		const char *got = gs1_scan_text(&a, rows[i].symbol, rows[i].data, &defaults);
		expect(rows[i].scan ? got && strcmp(got, rows[i].scan) == 0 : !got, rows[i].data, got);
	}
}

static void bounded_number_of_fields(void)
{
	SCOPED(arena) a = {0};
	struct gs1 g;
	char text[4096] = "";
	for (size_t i = 0; i < 4000; i += 4)
		memcpy(text + i, "10A\x1d", 4);
	gs1_read_elements(&a, text, 4000, false, &defaults, &g);
	CU_ASSERT_EQUAL(g.error, CE_AI_TOO_MANY);
	gs1_read_elements(&a, text, GS1_FIELDS_MAX * 4, false, &defaults, &g);
	CU_ASSERT(g.error == CE_OK && g.count == GS1_FIELDS_MAX);
}

SUITE(gs1, {"wire_form", wire_form}, {"brackets", brackets}, {"brackets_out_and_in_again", brackets_out_and_in_again},
      {"links", links}, {"links_out", links_out}, {"associations", associations}, {"two_digit_years", two_digit_years},
      {"components", components}, {"dictionary_is_whole", dictionary_is_whole}, {"scan_text", scan_text},
      {"bounded_number_of_fields", bounded_number_of_fields});
