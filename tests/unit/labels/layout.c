#include "labels/layout.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char small[] = "# a comment\n"
                            "paper 500 400 \"小标签\"\n"
                            "text 10 10 480 60 size=50 min=20 bold right \"{name} ({unit?})\"\n"
                            "text 10 80 480 40 size=30 wrap \"{note?}\"\n"
                            "fill 10 130 480 4 if=cold\n"
                            "symbol 10 140 480 80 code-128 unless=sscc \"{number}\"\n"
                            "symbol 0 140 500 80 gs1-128 if=sscc \"(00){sscc}\"\n";
static const char table[] = "paper 500 400 \"表\"\n"
                            "text 10 10 300 30 size=20 \"{title} {page}/{pages}\"\n"
                            "rows 100 50 3\n"
                            "text 10 5 40 40 size=20 \"{row}\"\n"
                            "text 60 5 400 40 size=20 \"{item}\"\n"
                            "end\n";

/* The first page's (page) marks of the layout with these pairs name, value, …, NULL. */
static enum status place(struct arena *a, const char *text, const struct label_data *data, size_t page, struct page *out)
{
	struct layout *l = arena_alloc(a, sizeof *l);
	char why[LABEL_WHY_MAX] = "";
	CU_ASSERT_EQUAL_FATAL(layout_parse(a, "test", text, l, why), ST_OK);
	enum status st = layout_check(l, data, why);
	if (st == ST_OK)
		st = layout_place(a, l, data, page, out, why);
	CU_ASSERT_EQUAL(st == ST_OK, !*why);
	return st;
}

static bool is_bad_layout(const char *text)
{
	SCOPED(arena) a = {0};
	struct layout l;
	char why[LABEL_WHY_MAX];
	return layout_parse(&a, "test", text, &l, why) == ST_INVALID_FIELD;
}

static void place_or_count_fields(void *arg, const char *name)
{
	SCOPED(arena) a = {0};
	struct layout l;
	char why[LABEL_WHY_MAX] = "";
	CU_ASSERT_EQUAL(layout_load(&a, name, &l, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(why, "");
	CU_ASSERT_TRUE(l.count > 0 && l.field_count > 0 && l.width > 0);
	++*(int *)arg;
}

static void every_embedded_layout_reads(void)
{
	SCOPED(arena) a = {0};
	struct layout l;
	char why[LABEL_WHY_MAX];
	int count = 0;
	layout_each(place_or_count_fields, &count);
	CU_ASSERT_TRUE(count >= 6);
	static const char *const unknown[] = {"nothing", "", "../schema/0001_ground", "tote.def"};
	for (size_t i = 0; i < COUNT(unknown); i++)
		CU_ASSERT_EQUAL(layout_load(&a, unknown[i], &l, why), ST_NOT_FOUND);
}

static void a_broken_layout_is_refused(void)
{
	static const char *const bad[] = {
	        "",
	        "text 1 1 5 5 size=4 \"x\"\n",
	        "paper 0 0 \"x\"\n",
	        "paper 100 100 \"x\npaper 100 100 \"x\"\n",
	        "paper 100 100 \"x\"\npaper 100 100 \"x\"\n",
	        "paper 100 100 \"x\"\ntext 1 1 100 5 size=4 \"outside\"\n",
	        "paper 100 100 \"x\"\ntext 1 1 50 5 \"no size\"\n",
	        "paper 100 100 \"x\"\ntext 1 1 50 5 size=4\n",
	        "paper 100 100 \"x\"\ntext 1 1 50 5 size=4 \"{open\"\n",
	        "paper 100 100 \"x\"\ntext 1 1 50 5 size=4 huge \"x\"\n",
	        "paper 100 100 \"x\"\ntext 1 1 50 -5 size=4 \"x\"\n",
	        "paper 100 100 \"x\"\nsymbol 1 1 50 50 \"no kind\"\n",
	        "paper 100 100 \"x\"\nfill 1 1 50 50 \"text\"\n",
	        "paper 100 100 \"x\"\ncircle 1 1 50 50\n",
	        "paper 100 100 \"x\"\nrows 10 50 2\n",
	        "paper 100 100 \"x\"\nrows 10 20 2\ntext 1 15 50 10 size=4 \"leaves its row\"\nend\n",
	        "paper 100 100 \"x\"\nend\n",
	};
	for (size_t i = 0; i < COUNT(bad); i++)
		CU_ASSERT_TRUE(is_bad_layout(bad[i]));
	CU_ASSERT_FALSE(is_bad_layout(small));
	CU_ASSERT_FALSE(is_bad_layout(table));
}

static void names_become_values(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value values[] = {{"name", "阿莫西林"}, {"number", "PS-1"}, {"unit", "盒"}};
	CU_ASSERT_EQUAL_FATAL(place(&a, small, &(struct label_data){.fields = {values, 3}}, 0, &page), ST_OK);
	CU_ASSERT_EQUAL_FATAL(page.count, 2); /* no note, not cold */
	CU_ASSERT_STRING_EQUAL(page.marks[0].text, "阿莫西林 (盒)");
	CU_ASSERT_TRUE(page.marks[0].element->bold && page.marks[0].element->align == ALIGN_RIGHT);
	CU_ASSERT_EQUAL(page.marks[1].element->symbol, SYMBOL_CODE_128);
	CU_ASSERT_STRING_EQUAL(page.marks[1].text, "PS-1");
	CU_ASSERT_EQUAL_FATAL(place(&a, small, &(struct label_data){.fields = {values, 2}}, 0, &page), ST_OK);
	CU_ASSERT_STRING_EQUAL(page.marks[0].text, "阿莫西林 ()");
}

static void a_missing_value_is_refused(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value none[] = {{"number", "PS-1"}}, empty[] = {{"number", "PS-1"}, {"name", ""}};
	CU_ASSERT_EQUAL(place(&a, small, &(struct label_data){.fields = {none, 1}}, 0, &page), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(place(&a, small, &(struct label_data){.fields = {empty, 2}}, 0, &page), ST_INVALID_FIELD);
}

static void unknown_names_and_control_characters_are_refused(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	static char huge[LABEL_VALUE_MAX + 2];
	memset(huge, 'x', sizeof huge - 1);
	const struct {
		const char *name, *text;
		enum status st;
	} cases[] = {{"nam", "x", ST_UNKNOWN_FIELD},         {"note", "a\x01", ST_INVALID_FIELD},
	             {"note", "\xe8\x8d", ST_INVALID_FIELD}, {"note", huge, ST_INVALID_FIELD},
	             {"page", "7", ST_UNKNOWN_FIELD},        {"note", "a\nb", ST_OK}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct label_value v[] = {{"name", "x"}, {"number", "1"}, {cases[i].name, cases[i].text}};
		CU_ASSERT_EQUAL(place(&a, small, &(struct label_data){.fields = {v, 3}}, 0, &page), cases[i].st);
	}
}

static void conditions_choose_elements(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value v[] = {{"name", "x"}, {"cold", "1"}, {"sscc", "123456789012345675"}};
	CU_ASSERT_EQUAL_FATAL(place(&a, small, &(struct label_data){.fields = {v, 3}}, 0, &page), ST_OK);
	CU_ASSERT_EQUAL_FATAL(page.count, 3);
	CU_ASSERT_EQUAL(page.marks[1].element->kind, ELEMENT_FILL);
	CU_ASSERT_EQUAL(page.marks[2].element->symbol, SYMBOL_GS1_128);
	/* 50 mm are 400 dots: 176 modules with their quiet zones fit twice */
	CU_ASSERT_EQUAL(page.marks[2].module, 2);
}

/* A value must not smuggle a further identifier into a GS1 symbol. */
static void a_bracket_in_a_value_stays_a_bracket(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value v[] = {{"name", "x"}, {"sscc", "123456789012345675(10)LOT"}};
	CU_ASSERT_EQUAL(place(&a, small, &(struct label_data){.fields = {v, 2}}, 0, &page), ST_INVALID_FIELD);
}

static void a_symbol_too_long_for_its_place_is_refused(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value fits[] = {{"name", "x"}, {"number", "ABCDEFGHIJKL"}};
	const struct label_value large[] = {{"name", "x"}, {"number", "ABCDEFGHIJKLM"}};
	CU_ASSERT_EQUAL(place(&a, small, &(struct label_data){.fields = {fits, 2}}, 0, &page), ST_OK);
	CU_ASSERT_EQUAL(place(&a, small, &(struct label_data){.fields = {large, 2}}, 0, &page), ST_INVALID_FIELD);
}

static void rows_repeat_and_continue_on_the_next_page(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value title[] = {{"title", "单"}};
	struct label_value item[4][1];
	struct label_row rows[4];
	for (int i = 0; i < 4; i++) {
		item[i][0] = (struct label_value){"item", arena_printf(&a, "药%d", i + 1)};
		rows[i] = (struct label_row){item[i], 1};
	}
	const struct label_data data = {{title, 1}, rows, 4};
	CU_ASSERT_EQUAL_FATAL(place(&a, table, &data, 0, &page), ST_OK);
	CU_ASSERT_EQUAL_FATAL(page.count, 7);
	CU_ASSERT_STRING_EQUAL(page.marks[0].text, "单 1/2");
	CU_ASSERT_TRUE(page.marks[1].y == 105 && page.marks[5].y == 205);
	CU_ASSERT_STRING_EQUAL(page.marks[6].text, "药3");
	CU_ASSERT_EQUAL_FATAL(place(&a, table, &data, 1, &page), ST_OK);
	CU_ASSERT_EQUAL_FATAL(page.count, 3);
	CU_ASSERT_STRING_EQUAL(page.marks[0].text, "单 2/2");
	CU_ASSERT_STRING_EQUAL(page.marks[1].text, "4");
	CU_ASSERT_EQUAL(page.marks[1].y, 105);
}

static void without_a_block_each_row_is_a_label(void)
{
	SCOPED(arena) a = {0};
	struct page page;
	const struct label_value common[] = {{"name", "共同"}, {"number", "N-0"}}, own[] = {{"number", "N-2"}};
	const struct label_row rows[] = {{NULL, 0}, {own, 1}};
	const struct label_data data = {{common, 2}, rows, 2};
	CU_ASSERT_EQUAL_FATAL(place(&a, small, &data, 0, &page), ST_OK);
	CU_ASSERT_STRING_EQUAL(page.marks[1].text, "N-0");
	CU_ASSERT_EQUAL_FATAL(place(&a, small, &data, 1, &page), ST_OK);
	CU_ASSERT_STRING_EQUAL(page.marks[0].text, "共同 ()");
	CU_ASSERT_STRING_EQUAL(page.marks[1].text, "N-2");
}

SUITE(layout, {"every_embedded_layout_reads", every_embedded_layout_reads},
      {"a_broken_layout_is_refused", a_broken_layout_is_refused}, {"names_become_values", names_become_values},
      {"a_missing_value_is_refused", a_missing_value_is_refused},
      {"unknown_names_and_control_characters_are_refused", unknown_names_and_control_characters_are_refused},
      {"conditions_choose_elements", conditions_choose_elements},
      {"a_bracket_in_a_value_stays_a_bracket", a_bracket_in_a_value_stays_a_bracket},
      {"a_symbol_too_long_for_its_place_is_refused", a_symbol_too_long_for_its_place_is_refused},
      {"rows_repeat_and_continue_on_the_next_page", rows_repeat_and_continue_on_the_next_page},
      {"without_a_block_each_row_is_a_label", without_a_block_each_row_is_a_label});
