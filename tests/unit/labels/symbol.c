#include "labels/symbol.h"

#include "tests/harness.h"

#include <string.h>

static enum status make(enum symbol_kind kind, const char *text, struct symbol *out)
{
	SCOPED(arena) a = {0};
	char why[SYMBOL_WHY_MAX] = "";
	enum status st = symbol_make(&a, kind, text, out, why);
	if (st != ST_OK)
		CU_ASSERT_TRUE(strlen(why) > 0 && strlen(why) < SYMBOL_WHY_MAX);
	out->dark = NULL; /* gone with the arena */
	return st;
}

static bool is_refused(enum symbol_kind kind, const char *text)
{
	struct symbol s;
	return make(kind, text, &s) == ST_INVALID_FIELD;
}

static void sizes_are_those_of_the_standards(void)
{
	struct symbol s;
	/* Code C: start, FNC1, ten pairs, check: 13 characters of 11 modules, and 13 of the stop */
	CU_ASSERT_EQUAL_FATAL(make(SYMBOL_GS1_128, "(00)123456789012345675", &s), ST_OK);
	CU_ASSERT_TRUE(s.width == 13 * 11 + 13 && s.rows == 1 && s.linear && s.quiet == 10);
	CU_ASSERT_EQUAL_FATAL(make(SYMBOL_EAN_13, "6901234567892", &s), ST_OK);
	CU_ASSERT_TRUE(s.width == 95 && s.rows == 1 && s.quiet == 11);
	/* version 1 at level Q takes 11 bytes, version 2 takes 20 */
	CU_ASSERT_EQUAL_FATAL(make(SYMBOL_QR, "a2345678901", &s), ST_OK);
	CU_ASSERT_TRUE(s.width == 21 && s.rows == 21 && !s.linear && s.quiet == 4);
	CU_ASSERT_EQUAL_FATAL(make(SYMBOL_QR, "a23456789012", &s), ST_OK);
	CU_ASSERT_EQUAL(s.width, 25);
	CU_ASSERT_EQUAL_FATAL(make(SYMBOL_GS1_DATAMATRIX, "(01)06901234567892(17)271130(10)241105A", &s), ST_OK);
	CU_ASSERT_EQUAL(s.width, s.rows);
}

/* The finder of a QR code stands where it must, so rows and columns are not swapped or mirrored. */
static void qr_has_its_finders(void)
{
	SCOPED(arena) a = {0};
	struct symbol s;
	char why[SYMBOL_WHY_MAX];
	CU_ASSERT_EQUAL_FATAL(symbol_make(&a, SYMBOL_QR, "PS-20261121-0007", &s, why), ST_OK);
	for (int i = 0; i < 7; i++) {
		CU_ASSERT_EQUAL(s.dark[i], 1);
		CU_ASSERT_EQUAL(s.dark[i * s.width], 1);
		CU_ASSERT_EQUAL(s.dark[s.width - 1 - i], 1);
		CU_ASSERT_EQUAL(s.dark[(s.rows - 1 - i) * s.width], 1);
	}
	CU_ASSERT_EQUAL(s.dark[7], 0);
	CU_ASSERT_EQUAL(s.dark[s.width + 1], 0);
}

static void a_wrong_check_digit_is_refused(void)
{
	CU_ASSERT_TRUE(is_refused(SYMBOL_EAN_13, "6901234567893"));
	CU_ASSERT_TRUE(is_refused(SYMBOL_GS1_128, "(00)123456789012345670"));
	CU_ASSERT_TRUE(is_refused(SYMBOL_GS1_DATAMATRIX, "(01)06901234567893(10)A1"));
	CU_ASSERT_FALSE(is_refused(SYMBOL_GS1_DATAMATRIX, "(01)06901234567892(10)A1"));
}

/* libzint only warns of these and draws them */
static void a_warning_is_an_error(void)
{
	CU_ASSERT_TRUE(is_refused(SYMBOL_GS1_DATAMATRIX, "(01)06901234567892(17)271301(10)A1"));
	CU_ASSERT_TRUE(is_refused(SYMBOL_GS1_128, "(00)12345678901234567"));
	CU_ASSERT_TRUE(is_refused(SYMBOL_GS1_128, "(00)12345678901234567A"));
}

static void symbols_carry_ascii_only(void)
{
	static const char *const texts[] = {"药", "A\xc3\xa9", "A\tB", "A\nB", "A\x7f", "\xff", ""};
	for (int kind = 0; kind < SYMBOL_KIND_COUNT; kind++)
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			CU_ASSERT_TRUE(is_refused((enum symbol_kind)kind, texts[i]));
	char text[SYMBOL_TEXT_MAX + 2];
	memset(text, '7', sizeof text);
	text[SYMBOL_TEXT_MAX + 1] = '\0';
	CU_ASSERT_TRUE(is_refused(SYMBOL_QR, text));
	text[SYMBOL_TEXT_MAX] = '\0';
	CU_ASSERT_FALSE(is_refused(SYMBOL_QR, text));
	CU_ASSERT_TRUE(is_refused(SYMBOL_CODE_128, text));
}

static void gs1_text_has_the_bracket_form(void)
{
	static const char *const bad[] = {"0012345678901234567", "(00", "(0(0)1", "[00]123456789012345675", "()1", "(01)",
	                                  "(01)x[10]y"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_TRUE(is_refused(SYMBOL_GS1_128, bad[i]));
	CU_ASSERT_FALSE(is_refused(SYMBOL_GS1_128, "(01)06901234567892(10)A\\(7)"));
	CU_ASSERT_TRUE(is_refused(SYMBOL_EAN_13, "690123456789"));
	CU_ASSERT_TRUE(is_refused(SYMBOL_EAN_13, "6901234567892+12"));
}

static void kinds_go_by_name(void)
{
	CU_ASSERT_EQUAL(symbol_kind_of("gs1-128"), SYMBOL_GS1_128);
	CU_ASSERT_EQUAL(symbol_kind_of("qr"), SYMBOL_QR);
	CU_ASSERT_EQUAL(symbol_kind_of("aztec"), SYMBOL_KIND_COUNT);
	CU_ASSERT_TRUE(symbol_is_gs1(SYMBOL_GS1_DATAMATRIX) && !symbol_is_gs1(SYMBOL_CODE_128));
}

SUITE(symbol, {"sizes_are_those_of_the_standards", sizes_are_those_of_the_standards}, {"qr_has_its_finders", qr_has_its_finders},
      {"a_wrong_check_digit_is_refused", a_wrong_check_digit_is_refused}, {"a_warning_is_an_error", a_warning_is_an_error},
      {"symbols_carry_ascii_only", symbols_carry_ascii_only}, {"gs1_text_has_the_bracket_form", gs1_text_has_the_bracket_form},
      {"kinds_go_by_name", kinds_go_by_name});
