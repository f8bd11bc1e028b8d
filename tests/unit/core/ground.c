#include "core/arena.h"
#include "core/json.h"
#include "core/money.h"
#include "core/people.h"
#include "core/text.h"

#include "tests/harness.h"

#include <string.h>

/* RULE DESIGN-4-amount */
static void amounts_round_half_up_in_one_place(void)
{
	int64_t fen = 0;
	CU_ASSERT_TRUE(amount_fen(24, 125000, 24, &fen) && fen == 1250);
	CU_ASSERT_TRUE(amount_fen(1, 100, 2, &fen) && fen == 1); /* half a fen goes up */
	CU_ASSERT_TRUE(amount_fen(1, 99, 2, &fen) && fen == 0);
	CU_ASSERT_TRUE(amount_fen(10, 123456, 7, &fen) && fen == 1764);
	CU_ASSERT_FALSE(amount_fen(1, 1, 0, &fen));
	CU_ASSERT_FALSE(amount_fen(INT64_MAX, PRICE_E4_MAX, 1, &fen));
}

static void prices_keep_four_decimals(void)
{
	int64_t e4 = 0;
	char text[32];
	CU_ASSERT_TRUE(price_parse("12.3456", &e4) && e4 == 123456);
	CU_ASSERT_TRUE(price_parse("0.5", &e4) && e4 == 5000);
	static const char *const bad[] = {"", ".5", "5.", "1.23456", "-1", "1e3", "1,5", " 1", "99999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_FALSE(price_parse(bad[i], &e4));
	price_text(123400, text);
	CU_ASSERT_STRING_EQUAL(text, "12.34");
	price_text(123456, text);
	CU_ASSERT_STRING_EQUAL(text, "12.3456");
	fen_text(-5, text);
	CU_ASSERT_STRING_EQUAL(text, "-0.05");
}

static void utf8_refuses_what_is_not(void)
{
	CU_ASSERT_TRUE(utf8_valid("阿胶 𠮷", strlen("阿胶 𠮷")));
	CU_ASSERT_FALSE(utf8_valid("\xC0\x80", 2));
	CU_ASSERT_FALSE(utf8_valid("\xED\xA0\x80", 3));
	CU_ASSERT_FALSE(utf8_valid("\xF4\x90\x80\x80", 4));
	CU_ASSERT_FALSE(utf8_valid("\xE9\x98", 2));
	CU_ASSERT_FALSE(utf8_valid("a\0b", 3));
	CU_ASSERT_EQUAL(utf8_count("阿胶a"), 3);
	char out[4];
	CU_ASSERT_TRUE(utf8_put(0x963F, out) == 3 && memcmp(out, "阿", 3) == 0);
	CU_ASSERT_TRUE(utf8_put(0x20BB7, out) == 4 && memcmp(out, "𠮷", 4) == 0);
}

static void json_refuses_doubles_and_depth(void)
{
	char why[160];
	struct jv_document d;
	CU_ASSERT_EQUAL(jv_parse("{\"a\":1,\"a\":2}", 13, &d, why), ST_UNKNOWN_FIELD);
	CU_ASSERT_EQUAL(jv_parse("{\"a\":\"\\u0000\"}", 14, &d, why), ST_BAD_JSON);
	char deep[200];
	memset(deep, '[', sizeof deep);
	CU_ASSERT_EQUAL(jv_parse(deep, sizeof deep, &d, why), ST_BAD_JSON);
	CU_ASSERT_EQUAL_FATAL(jv_parse("{\"id\":9007199254740993}", 23, &d, why), ST_OK);
	CU_ASSERT_EQUAL(jv_integer(jv_member(d.root, "id")), 9007199254740993);
	jv_document_drop(&d);
}

static void json_writes_every_character(void)
{
	SCOPED(buf) b = {0};
	struct jo o = {&b, false};
	jo_open(&o, '{');
	jo_text(&o, "t", "引\"号\\\n\x01");
	jo_id(&o, "id", 9007199254740993);
	jo_price(&o, "p", 5000);
	jo_close(&o, '}');
	CU_ASSERT_STRING_EQUAL(b.data, "{\"t\":\"引\\\"号\\\\\\n\\u0001\",\"id\":\"9007199254740993\",\"p\":\"0.50\"}");
}

static void a_buf_never_passes_its_bound(void)
{
	SCOPED(buf) b = {.max = 10};
	buf_puts(&b, "0123456789");
	CU_ASSERT_FALSE(b.over);
	buf_putc(&b, 'x');
	CU_ASSERT_TRUE(b.over);
	CU_ASSERT_STRING_EQUAL(b.data, "0123456789");
}

/* As many permissions as there are rows: what a person may is what the table says of one of the person's roles. */
static void rights_are_what_the_table_says(void)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct me me = {.id = 1, .roles = 1u << role};
		for (int p = 0; p < PERM_COUNT; p++)
			CU_ASSERT_EQUAL(me_may(&me, (enum permission)p), permission_roles((enum permission)p) >> role & 1);
	}
	const struct me nobody = {.id = 1};
	CU_ASSERT_FALSE(me_may(&nobody, PERM_SESSION));
	CU_ASSERT_TRUE(me_may(&nobody, PERM_NONE));
}

/* RULE DOMAIN-12.3-same-person */
static void a_person_has_one_name(void)
{
	CU_ASSERT_TRUE(person_is("陈静", " 陈　静 "));
	CU_ASSERT_TRUE(person_is("中心药师 陈静", "陈静"));
	CU_ASSERT_TRUE(person_is("陈 静", "中心药师\xc2\xa0陈静"));
	CU_ASSERT_TRUE(person_is("王芳 主任药师", "王 芳"));
	CU_ASSERT_FALSE(person_is("陈静", "陈静怡"));
	CU_ASSERT_FALSE(person_is("中心药师 陈静怡", "陈静"));
	CU_ASSERT_FALSE(person_is("药师陈静", "陈静"));
	CU_ASSERT_FALSE(person_is("甲 乙", "乙"));
	CU_ASSERT_TRUE(person_is("乙", " 乙"));
	CU_ASSERT_FALSE(person_is("", ""));
	CU_ASSERT_FALSE(person_is(" ", "甲"));
	/* width, case, dots, brackets */
	CU_ASSERT_TRUE(person_is("Ｌｉ Ｍｉｎｇ", "li ming"));
	CU_ASSERT_TRUE(person_is("LI MING", "Li　Ming"));
	CU_ASSERT_TRUE(person_is("陈静（药剂科）", "陈静"));
	CU_ASSERT_TRUE(person_is("主任药师(陈静)", "陈 静"));
	CU_ASSERT_TRUE(person_is("买买提・艾力", "主任 买买提·艾力"));
	CU_ASSERT_FALSE(person_is("陈静（药剂科）", "陈敬（药剂科）"));
	CU_ASSERT_FALSE(person_is("（）", "（）"));
	CU_ASSERT_FALSE(person_is("Li Ming", "Li Mingzhu"));
}

static void a_name_is_kept_plain(void)
{
	SCOPED(arena) a = {0};
	CU_ASSERT_STRING_EQUAL(person_name(&a, " 　陈 　静\xc2\xa0"), "陈 静");
	CU_ASSERT_STRING_EQUAL(person_name(&a, "中心药师\t陈静"), "中心药师 陈静");
	CU_ASSERT_STRING_EQUAL(person_name(&a, "　 "), "");
	CU_ASSERT_STRING_EQUAL(person_name(&a, ""), "");
}

SUITE(ground, {"a_person_has_one_name", a_person_has_one_name}, {"a_name_is_kept_plain", a_name_is_kept_plain},
      {"rights_are_what_the_table_says", rights_are_what_the_table_says},
      {"amounts_round_half_up_in_one_place", amounts_round_half_up_in_one_place},
      {"prices_keep_four_decimals", prices_keep_four_decimals}, {"utf8_refuses_what_is_not", utf8_refuses_what_is_not},
      {"json_refuses_doubles_and_depth", json_refuses_doubles_and_depth},
      {"json_writes_every_character", json_writes_every_character},
      {"a_buf_never_passes_its_bound", a_buf_never_passes_its_bound});
