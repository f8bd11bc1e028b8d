#include "core/code.h"

#include "core/check.h"
#include "core/clock.h"
#include "core/expiry.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define YEAR 2026

static void expect(bool ok, const char *row, const char *got)
{
	if (!ok)
		printf("  row %s: got %s\n", row, got ? got : "nothing");
	CU_ASSERT(ok);
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static struct code parse(struct arena *a, const char *s)
{
	struct code c;
	code_parse(a, s, strlen(s), YEAR, &c);
	return c;
}

/* RULE DOMAIN-4-order-of-tests */
static void kinds(void)
{
	static const struct {
		const char *in;
		enum code_kind kind;
		const char *error;
	} rows[] = {
	        {"81773220288616423835", CODE_TRACE, "OK"},
	        {"]C081773220288616423835", CODE_TRACE, "OK"},
	        {"]Q181773220288616423835", CODE_TRACE, "OK"},
	        {"]C181773220288616423835", CODE_TRACE, "OK"},
	        {"]C10106901234567892", CODE_GS1, "OK"},
	        {"0106901234567892\x1d"
	         "10A",
	         CODE_GS1, "OK"},
	        {"\x1d"
	         "0106901234567892",
	         CODE_GS1, "OK"},
	        {"^0106901234567892", CODE_GS1, "OK"},
	        {"(01)06901234567892", CODE_GS1, "OK"},
	        {"]Q1(01)06901234567892", CODE_GS1, "OK"},
	        {"]Q1(remark)", CODE_UNKNOWN, "OK"},
	        {"]C1", CODE_GS1, "AI_NONE"},
	        {"]C1^0106901234567892", CODE_GS1, "AI_UNKNOWN"},
	        {"(01)06901234567891", CODE_GS1, "INCORRECT_CHECK_DIGIT"},
	        {"https://a/01/06901234567892", CODE_DIGITAL_LINK, "OK"},
	        {"]d1https://a/01/06901234567892", CODE_DIGITAL_LINK, "OK"},
	        {"https://a/01/06901234567891", CODE_DIGITAL_LINK, "INCORRECT_CHECK_DIGIT"},
	        {"https://a/b", CODE_UNKNOWN, "LINK_NO_KEY"},
	        {"86902551000259", CODE_NATIONAL, "OK"},
	        {"86902551000258", CODE_UNKNOWN, "INCORRECT_CHECK_DIGIT"},
	        {"06901234567892", CODE_GTIN, "OK"},
	        {"6901234567892", CODE_GTIN, "OK"},
	        {"02345673", CODE_GTIN, "OK"},
	        {"6901234567893", CODE_UNKNOWN, "INCORRECT_CHECK_DIGIT"},
	        {"]E06901234567892", CODE_GTIN, "OK"},
	        {"]E06901234567893", CODE_GTIN, "INCORRECT_CHECK_DIGIT"},
	        {"]E0690123456789", CODE_GTIN, "EAN_WRONG_FORM"},
	        {"]E06901234567892|]e089A", CODE_GTIN, "AI_UNKNOWN"},
	        {"123456789012345675", CODE_SSCC, "OK"},
	        {"XJ01CAA040A001010102699", CODE_NHSA, "OK"},
	        {"MA.156.M0.100250.A0120S01", CODE_MA, "OK"},
	        {"]Q1MA.156.M0.100250.A0120S01.L21A.V290301.SX9", CODE_MA, "OK"},
	        {"MA.156.M0.100250.A0120S01.V290231", CODE_MA, "MA_UNIT"},
	        {"MA.156.M0.100250.A0120S01.X1", CODE_MA, "MA_UNIT"},
	        {"MA.156.M0.100250.A0120S01.", CODE_MA, "MA_UNIT"},
	        {"MA.156.M0.100250.A0120S0", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"MA.156.M0.100250.A0120S012", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"MA.156.M1.100250.A0120S01", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"0106901234567892172903011", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"8177322028861642383", CODE_UNKNOWN, "TRACE_WRONG_LENGTH"},
	        {"817732202886164238355", CODE_UNKNOWN, "TRACE_WRONG_LENGTH"},
	        {"8177322028861642383A", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"71773220288616423835", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"周转箱 T-001", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {" 8690255100025", CODE_UNKNOWN, "CODE_UNKNOWN_SCHEME"},
	        {"", CODE_UNKNOWN, "CODE_EMPTY"},
	        {"]C0", CODE_UNKNOWN, "CODE_EMPTY"},
	        {"6901234567892\r", CODE_UNKNOWN, "CODE_BAD_CHARACTER"},
	        {"\xC4\xE3", CODE_UNKNOWN, "CODE_BAD_CHARACTER"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(arena) a = {0};
		struct code c = parse(&a, rows[i].in);
		expect(c.kind == rows[i].kind, rows[i].in, code_kind_name(c.kind));
		expect(same(code_error_code(c.error), rows[i].error), rows[i].in, code_error_code(c.error));
		CU_ASSERT_EQUAL(c.valid, c.error == CE_OK);
	}
}

/* RULE DOMAIN-2.1-trace-code */
static void trace_code(void)
{
	SCOPED(arena) a = {0};
	struct code c = parse(&a, "81773220288616423835");
	CU_ASSERT_STRING_EQUAL(c.trace_code, "81773220288616423835");
	CU_ASSERT_STRING_EQUAL(c.identifier, "8177322");
	CU_ASSERT_STRING_EQUAL(c.serial, "0288616423835");
	CU_ASSERT_FALSE(c.controlled);
	CU_ASSERT_TRUE(parse(&a, "89000010000000000017").controlled);
}

/* RULE DOMAIN-4-day-00 */
static void fields_of_a_pack(void)
{
	SCOPED(arena) a = {0};
	struct code c = parse(&a, "]d2010690123456789217290200"
	                          "10LOT1\x1d"
	                          "21SN1");
	CU_ASSERT_STRING_EQUAL(c.gtin, "06901234567892");
	CU_ASSERT_STRING_EQUAL(c.lot, "LOT1");
	CU_ASSERT_STRING_EQUAL(c.serial, "SN1");
	CU_ASSERT_STRING_EQUAL(c.trace_code, "010690123456789221SN1");
	CU_ASSERT_EQUAL(c.expiry_ymd, 20290228);
	CU_ASSERT_STRING_EQUAL(c.symbology, "DM");
	CU_ASSERT_EQUAL(c.association, CE_OK);
	/* product and batch are not one pack */
	c = parse(&a, "(01)06901234567892(7003)2903011530(10)LOT1");
	CU_ASSERT_PTR_NULL(c.trace_code);
	CU_ASSERT_EQUAL(c.expiry_ymd, 20290301);
	c = parse(&a, "(10)LOT1");
	CU_ASSERT(c.valid && c.association == CE_AI_MISSING);
}

static void products(void)
{
	SCOPED(arena) a = {0};
	CU_ASSERT_STRING_EQUAL(parse(&a, "6901234567892").gtin, "06901234567892");
	CU_ASSERT_STRING_EQUAL(parse(&a, "02345673").gtin, "00000002345673");
	CU_ASSERT_PTR_NULL(parse(&a, "6901234567892").trace_code);
	struct code c = parse(&a, "]E06901234567892|]e010LOT");
	CU_ASSERT_STRING_EQUAL(c.gtin, "06901234567892");
	CU_ASSERT_STRING_EQUAL(c.lot, "LOT");
	CU_ASSERT_STRING_EQUAL(c.data, "6901234567892|^10LOT");
	/* a national code is a product without pack size: no GTIN, no pack */
	c = parse(&a, "86902551000259");
	CU_ASSERT(!c.gtin && !c.trace_code && !c.doubtful);
}

/* RULE DOMAIN-1-national-code */
static void national_codes(void)
{
	CU_ASSERT_EQUAL(national_verdict("86902767000852", 14), NATIONAL_YES);
	CU_ASSERT_EQUAL(national_verdict("86902767000853", 14), NATIONAL_NO);
	CU_ASSERT_EQUAL(national_verdict("85902551000250", 14), NATIONAL_NO);
	CU_ASSERT_EQUAL(national_verdict("86802551000252", 14), NATIONAL_NO);
	CU_ASSERT_EQUAL(national_verdict("8690276700085", 13), NATIONAL_NO);
	CU_ASSERT_EQUAL(national_verdict("86900000000003", 14), NATIONAL_DOUBTFUL);
	char cyclic[15] = "8691234567890";
	cyclic[13] = check_mod10_digit(cyclic, 13);
	CU_ASSERT_EQUAL(national_verdict(cyclic, 14), NATIONAL_DOUBTFUL);
	SCOPED(arena) a = {0};
	struct code c = parse(&a, "86900000000003");
	CU_ASSERT(c.kind == CODE_NATIONAL && c.valid && c.doubtful);
}

/* RULE DOMAIN-3.1-insurance-codes */
static void insurance_codes(void)
{
	static const struct {
		const char *in;
		bool ok;
	} rows[] = {
	        {"XJ01CAA040A001010405611", true},  {"ZG02AAG0401010200001", true},
	        {"T1234567890ABCDEFGHI", true},     {"T001700580", true},
	        {"C0101010011303807555", true},     {"C01010100113038075550000001", true},
	        {"XJ01CAA040A00101010269", false},  {"ZG02AAG0401", false},
	        {"XA10BA02A001010100001", false},   {"C010101001130380755", false},
	        {"xJ01CAA040A001010405611", false}, {"XJ01CAA040A00101040561A", false},
	        {"C010101001130380755500", false},  {"Y0101010011303807555", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(arena) a = {0};
		struct code c = parse(&a, rows[i].in);
		expect((c.kind == CODE_NHSA && c.valid) == rows[i].ok, rows[i].in, code_kind_name(c.kind));
	}
}

static void check_digits(void)
{
	char pair[2];
	CU_ASSERT_EQUAL(check_mod10_digit("690123456789", 12), '2');
	CU_ASSERT_TRUE(check_mod10("123456789012345675", 18));
	CU_ASSERT_FALSE(check_mod10("123456789012345676", 18));
	CU_ASSERT_FALSE(check_mod10("12345678901234567A", 18));
	CU_ASSERT_FALSE(check_mod10("0", 1));
	CU_ASSERT_TRUE(check_pair("1987654Ad4X4bL5ttr2310c", 23, pair) && memcmp(pair, "2K", 2) == 0);
	CU_ASSERT_FALSE(check_pair("a b", 3, pair));
	CU_ASSERT_TRUE(check_iban("GB82WEST12345698765432", 22));
	CU_ASSERT_FALSE(check_iban("GB82WEST12345698765423", 22));
	CU_ASSERT_FALSE(check_iban("", 0));
}

/* RULE DOMAIN-10-expiry-customs */
static void expiry_customs(void)
{
	CU_ASSERT_EQUAL(expiry_custom(20250315, 24, 20270315), EXPIRY_SAME_DAY);
	CU_ASSERT_EQUAL(expiry_custom(20250315, 24, 20270314), EXPIRY_DAY_BEFORE);
	CU_ASSERT_EQUAL(expiry_custom(20250315, 24, 20270228), EXPIRY_PREVIOUS_MONTH_END);
	CU_ASSERT_EQUAL(expiry_custom(20250315, 24, 20270331), EXPIRY_MONTH_END);
	CU_ASSERT_EQUAL(expiry_custom(20250315, 24, 20270424), EXPIRY_NO_CUSTOM);
	CU_ASSERT_EQUAL(expiry_custom(20250315, 24, 20270316), EXPIRY_NO_CUSTOM);
	CU_ASSERT_EQUAL(expiry_custom(20240229, 36, 20270228), EXPIRY_SAME_DAY);
	CU_ASSERT_EQUAL(expiry_custom(20250001, 24, 20270101), EXPIRY_NO_CUSTOM);
	CU_ASSERT_EQUAL(expiry_custom(20250101, 0, 20250101), EXPIRY_NO_CUSTOM);
	CU_ASSERT(strlen(expiry_custom_text(EXPIRY_NO_CUSTOM)) > 0 && strlen(expiry_custom_text(EXPIRY_MONTH_END)) > 0);
}

/* ---- tables of the shared folder ---- */

struct table {
	char *text, *at;
};

static void table_drop(struct table *t)
{
	free(t->text);
}

/* Opens a table behind its head line, or skips the case (text NULL). */
static struct table table_open(const char *name)
{
	const char *path = test_data(name);
	struct table t = {path ? test_read_file(path) : NULL, NULL};
	if (!t.text)
		test_skip("the shared tables are not here");
	for (t.at = t.text; t.at && *t.at == '#';)
		t.at = strchr(t.at, '\n') + 1;
	t.at = t.at ? strchr(t.at, '\n') + 1 : NULL;
	return t;
}

/* Splits the next line into columns (missing ones are ""); false at the end. */
static bool table_next(struct table *t, const char *columns[5])
{
	char *line = t->at ? strsep(&t->at, "\n") : NULL;
	if (!line || !*line)
		return false;
	for (size_t i = 0; i < 5; i++) {
		const char *column = strsep(&line, "\t");
		columns[i] = column ? column : "";
	}
	return true;
}

/* RULE DOMAIN-1-national-code */
static void shared_national_codes(void)
{
	static const struct {
		const char *expect;
		enum national_verdict verdict;
	} words[] = {{"valid", NATIONAL_YES},
	             {"valid-by-checksum", NATIONAL_YES},
	             {"suspicious", NATIONAL_DOUBTFUL},
	             {"invalid", NATIONAL_NO}};
	SCOPED(table) t = table_open("cn/benweima-vectors.tsv");
	const char *row[5];
	while (table_next(&t, row)) {
		SCOPED(arena) a = {0};
		enum national_verdict v = national_verdict(row[0], strlen(row[0]));
		struct code c = parse(&a, row[0]);
		bool known = false;
		for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
			if (strcmp(words[i].expect, row[1]) != 0)
				continue;
			known = true;
			expect(v == words[i].verdict, row[0], row[1]);
			expect((c.kind == CODE_NATIONAL && c.valid) == (v != NATIONAL_NO), row[0], code_kind_name(c.kind));
		}
		expect(known, row[0], row[1]);
	}
}

static void shared_gtins(void)
{
	SCOPED(table) t = table_open("cn/gtin-vectors.tsv");
	const char *row[5];
	while (table_next(&t, row)) {
		SCOPED(arena) a = {0};
		struct code c = parse(&a, row[0]);
		enum code_kind kind = strncmp(row[1], "SSCC", 4) == 0 ? CODE_SSCC : CODE_GTIN;
		bool valid = strcmp(row[2], "valid") == 0;
		expect((c.valid && c.kind == kind) == valid, row[0], code_error_code(c.error));
	}
}

/* RULE DOMAIN-10-expiry-customs */
static void shared_expiry_customs(void)
{
	static const struct {
		const char *words;
		enum expiry_custom custom;
	} rules[] = {{"same day", EXPIRY_SAME_DAY},
	             {"day before", EXPIRY_DAY_BEFORE},
	             {"last day of previous month", EXPIRY_PREVIOUS_MONTH_END},
	             {"last day of that month", EXPIRY_MONTH_END},
	             {"none of the four rules", EXPIRY_NO_CUSTOM}};
	SCOPED(table) t = table_open("cn/expiry-derivation-vectors.tsv");
	const char *row[5];
	while (table_next(&t, row)) {
		int32_t produced = 0, labelled = 0;
		bool known = false;
		CU_ASSERT_FATAL(ymd_parse(row[0], &produced) && ymd_parse(row[2], &labelled));
		enum expiry_custom got = expiry_custom(produced, atoi(row[1]), labelled);
		CU_ASSERT_EQUAL(got != EXPIRY_NO_CUSTOM, strcmp(row[3], "accept") == 0);
		for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
			if (strcmp(rules[i].words, row[4]) == 0) {
				known = true;
				expect(got == rules[i].custom, row[2], expiry_custom_text(got));
			}
		}
		expect(known, row[2], row[4]);
	}
}

/* The mixed table spells GS1 codes with blanks, pluses and <GS>. */
static void spelled(const char *s, char out[256])
{
	size_t n = 0;
	bool gs1 = strncmp(s, "]C1", 3) == 0 || strncmp(s, "01 ", 3) == 0;
	if (gs1 && *s != ']')
		n = (size_t)snprintf(out, 256, "]C1");
	for (; *s && n < 255; s++) {
		if (gs1 && strncmp(s, "<GS>", 4) == 0) {
			out[n++] = GS1_SEPARATOR;
			s += 3;
		} else if (!gs1 || (*s != ' ' && *s != '+')) {
			out[n++] = *s;
		}
	}
	out[n] = '\0';
}

static bool mixed_row_holds(const struct code *c, const char *kind, const char *words)
{
	if (strncmp(kind, "nhsa", 4) == 0) {
		bool refused = strncmp(words, "reject", 6) == 0 || strncmp(words, "prefix", 6) == 0;
		return (c->kind == CODE_NHSA && c->valid) == !refused;
	}
	if (strncmp(words, "accept as GS1", 13) == 0)
		return c->kind == CODE_GS1 && c->trace_code;
	if (strncmp(words, "accept", 6) == 0)
		return c->kind == CODE_TRACE && c->valid &&
		       c->controlled == (strstr(words, "89") != NULL || strstr(words, "特药"));
	if (strncmp(words, "product/batch only", 18) == 0)
		return c->kind == CODE_GS1 && c->valid && !c->trace_code && c->gtin && c->lot;
	if (strstr(words, "product bar code only"))
		return c->kind == CODE_GTIN && c->valid && !c->trace_code;
	return c->kind == CODE_UNKNOWN && !c->valid;
}

/* RULE DOMAIN-4-order-of-tests RULE DOMAIN-2.1-trace-code RULE DOMAIN-3.1-insurance-codes */
static void shared_mixed_codes(void)
{
	SCOPED(table) t = table_open("cn/mixed-code-format-vectors.tsv");
	const char *row[5];
	while (table_next(&t, row)) {
		SCOPED(arena) a = {0};
		char text[256];
		spelled(row[1], text);
		struct code c = parse(&a, text);
		expect(mixed_row_holds(&c, row[0], row[3]), row[1], code_kind_name(c.kind));
	}
}

/* ---- the answer, and any bytes at all ---- */

static void json_answer(void)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) b = {0};
	struct jo o = {&b, false};
	struct code c = parse(&a, "(01)06901234567892(10)A\"B(10)A\"B(17)290301");
	jo_open(&o, '{');
	code_write_json(&c, &o);
	jo_close(&o, '}');
	CU_ASSERT_STRING_EQUAL(b.data, "{\"input\":\"(01)06901234567892(10)A\\\"B(10)A\\\"B(17)290301\",\"valid\":true,"
	                               "\"kind\":\"gs1\",\"element_string\":\"^010690123456789210A\\\"B^10A\\\"B^17290301\","
	                               "\"fields\":{\"01\":\"06901234567892\",\"10\":\"A\\\"B\",\"17\":\"290301\"},"
	                               "\"gtin\":\"06901234567892\",\"lot\":\"A\\\"B\",\"expiry_ymd\":20290301,"
	                               "\"data\":\"^010690123456789210A\\\"B^10A\\\"B^17290301\"}");
}

static const char *answer_to(struct arena *a, const char *scan)
{
	SCOPED(buf) b = {0};
	struct jo o = {&b, false};
	struct code c = parse(a, scan);
	jo_open(&o, '{');
	code_write_json(&c, &o);
	jo_close(&o, '}');
	return arena_copy(a, b.data, b.len);
}

static void json_answer_says_what_people_must_mind(void)
{
	SCOPED(arena) a = {0};
	CU_ASSERT_PTR_NOT_NULL(strstr(answer_to(&a, "89000010000000000017"), "\"controlled\":true"));
	CU_ASSERT_PTR_NULL(strstr(answer_to(&a, "81000010000000000017"), "\"controlled\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer_to(&a, "86900000000003"), "\"doubtful\":true"));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer_to(&a, "(10)L"), "\"association\":\"AI_MISSING\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(answer_to(&a, "6901234567893"), "\"error\":\"INCORRECT_CHECK_DIGIT\""));
	for (unsigned k = 0; k < CODE_KIND_COUNT; k++)
		CU_ASSERT(strlen(code_kind_name((enum code_kind)k)) > 0 && strlen(code_kind_text((enum code_kind)k)) > 0);
}

static void bounds(void)
{
	SCOPED(arena) a = {0};
	struct code c;
	char *big = arena_alloc(&a, CODE_BYTES_MAX + 2);
	memset(big, '8', CODE_BYTES_MAX + 1);
	code_parse(&a, big, CODE_BYTES_MAX + 1, YEAR, &c);
	CU_ASSERT(c.error == CE_CODE_TOO_LONG && strlen(c.input) == CODE_BYTES_MAX);
	code_parse(&a, big, CODE_BYTES_MAX, YEAR, &c);
	CU_ASSERT(c.error == CE_CODE_UNKNOWN_SCHEME);
	code_parse(&a, "8\0x", 3, YEAR, &c);
	CU_ASSERT(c.error == CE_CODE_BAD_CHARACTER);
	CU_ASSERT_STRING_EQUAL(c.input, "8\xEF\xBF\xBDx");
	code_parse(&a, "中\xE4\xB8z", 6, YEAR, &c);
	CU_ASSERT_STRING_EQUAL(c.input, "中\xEF\xBF\xBD\xEF\xBF\xBDz");
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static size_t mutate(char *s, size_t n, size_t room, uint64_t *state)
{
	static const char spice[] = "()^\\]\x1d/?=&%|+#0189\0\xff";
	for (uint64_t times = 1 + next_random(state) % 4; times--;) {
		size_t at = next_random(state) % (n + 1);
		uint64_t how = next_random(state) % 3;
		char c = spice[next_random(state) % (sizeof spice - 1)];
		if (how == 0 && n < room) {
			memmove(s + at + 1, s + at, n - at);
			s[at] = c;
			n++;
		} else if (how == 1 && at < n) {
			memmove(s + at, s + at + 1, n - at - 1);
			n--;
		} else if (at < n) {
			s[at] = c;
		}
	}
	return n;
}

/* What holds for any scan: verdict and error agree, the answer is JSON of bounded size, and what was read as a GS1 message
 * is read the same again from the element string and from the bracketed text. */
static void check_invariants(struct arena *a, const struct code *c, size_t n)
{
	SCOPED(buf) b = {.max = 64 + 32 * (n + 64)};
	SCOPED(jv_document) document = {NULL};
	struct jo o = {&b, false};
	char why[160];
	jo_open(&o, '{');
	code_write_json(c, &o);
	jo_close(&o, '}');
	CU_ASSERT_FATAL(!b.over && jv_parse(b.data, b.len, &document, why) == ST_OK);
	CU_ASSERT_FATAL(c->valid == (c->error == CE_OK) && (c->field_count == 0 || c->valid));
	CU_ASSERT_FATAL((c->element_string[0] == '^') == (c->field_count > 0));
	if (c->field_count == 0)
		return;
	struct gs1_options options = {.year = YEAR};
	struct gs1 first, second;
	gs1_read_elements(a, c->element_string + 1, strlen(c->element_string) - 1, true, &options, &first);
	CU_ASSERT_FATAL(first.error == CE_OK && first.count == c->field_count);
	const char *text = gs1_brackets(a, &first);
	gs1_read_brackets(a, text, strlen(text), &options, &second);
	CU_ASSERT_FATAL(second.error == CE_OK && second.count == first.count);
	for (size_t i = 0; i < first.count; i++)
		CU_ASSERT_FATAL(same(first.fields[i].value, second.fields[i].value) && same(first.fields[i].ai, c->fields[i].ai));
}

static void any_bytes(void)
{
	static const char *const seeds[] = {
	        "81773220288616423835",
	        "]d20106901234567892172903011\x1d"
	        "0A",
	        "^010690123456789217290301"
	        "10A^21B",
	        "(01)06901234567892(10)A\\(B(21)C(3103)000123",
	        "https://a.example/01/06901234567892/10/A%2F/21/B?17=290300&99=x",
	        "]E02112345678900|]e099COMPOSITE\x1d"
	        "98XYZ",
	        "]Q1\\\\^text",
	        "86902551000259",
	        "XJ01CAA040A001010102699",
	        "(8110)0123456123456111101231011012393500606",
	        "(8007)NO9386011117947(415)2112345678900",
	        "药品 (01)",
	};
	uint64_t state = 20261121;
	size_t valid = 0;
	for (size_t round = 0; round < 24000; round++) {
		SCOPED(arena) a = {0};
		const char *seed = seeds[round % (sizeof seeds / sizeof *seeds)];
		char text[256];
		struct code c;
		memcpy(text, seed, strlen(seed));
		size_t n = mutate(text, strlen(seed), sizeof text, &state);
		char *exact = memory_alloc(n); /* its own block, so that a read past the end is seen by the sanitizer */
		memcpy(exact, text, n);
		code_parse(&a, exact, n, YEAR, &c);
		free(exact);
		check_invariants(&a, &c, n);
		valid += c.valid;
	}
	CU_ASSERT(valid > 1000 && valid < 23000);
}

SUITE(code, {"kinds", kinds}, {"trace_code", trace_code}, {"fields_of_a_pack", fields_of_a_pack}, {"products", products},
      {"national_codes", national_codes}, {"insurance_codes", insurance_codes}, {"check_digits", check_digits},
      {"expiry_customs", expiry_customs}, {"shared_national_codes", shared_national_codes}, {"shared_gtins", shared_gtins},
      {"shared_expiry_customs", shared_expiry_customs}, {"shared_mixed_codes", shared_mixed_codes}, {"json_answer", json_answer},
      {"json_answer_says_what_people_must_mind", json_answer_says_what_people_must_mind}, {"bounds", bounds},
      {"any_bytes", any_bytes});
