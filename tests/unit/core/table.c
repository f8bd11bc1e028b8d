#include "core/table.h"

#include "tests/harness.h"

#include <string.h>

#define OPEN(t, a, text) table_open_bytes(t, a, "mem.tsv", text, sizeof(text) - 1)

static void rows_by_the_names_of_columns(void)
{
	static const char *const words[] = {"warm", "cold", NULL};
	SCOPED(arena) a = {0};
	struct table t;
	CU_ASSERT_EQUAL_FATAL(
	        OPEN(&t, &a, "# head\n\nname\tn\tprice\tplace\tmarks\r\n甲\t7\t12.5\tcold\ta,bc\r\n# x\n乙\t-7\t0\twarm\t"),
	        ST_OK);
	CU_ASSERT_TRUE_FATAL(table_next(&t));
	CU_ASSERT_EQUAL(t.line, 4);
	CU_ASSERT_STRING_EQUAL(table_text(&t, "name"), "甲");
	CU_ASSERT_EQUAL(table_i64(&t, "n", -9, 9), 7);
	CU_ASSERT_EQUAL(table_price_e4(&t, "price"), 125000);
	CU_ASSERT_EQUAL(table_word(&t, "place", words), 1);
	CU_ASSERT_TRUE(table_has(&t, "marks", "bc") && table_has(&t, "marks", "a"));
	CU_ASSERT_FALSE(table_has(&t, "marks", "b") || table_has(&t, "marks", ""));
	CU_ASSERT_TRUE_FATAL(table_next(&t));
	CU_ASSERT_EQUAL(t.line, 6);
	CU_ASSERT_EQUAL(table_i64(&t, "n", -9, 9), -7);
	CU_ASSERT_STRING_EQUAL(table_text(&t, "marks"), "");
	CU_ASSERT_FALSE(table_next(&t));
	CU_ASSERT_EQUAL(table_end(&t), ST_OK);
	CU_ASSERT_STRING_EQUAL(table_error(&t), "");
}

static void bad_heads_are_refused(void)
{
	SCOPED(arena) a = {0};
	struct table t;
	CU_ASSERT_EQUAL(OPEN(&t, &a, ""), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(OPEN(&t, &a, "# only\n"), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(OPEN(&t, &a, "a\tb\ta\n"), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(OPEN(&t, &a, "a\t\tb\n"), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(OPEN(&t, &a, "a\t\xC3\x28\n"), ST_INVALID_FIELD);
	CU_ASSERT_FALSE(table_next(&t));
	char wide[2 * TABLE_COLUMNS_MAX + 4];
	memset(wide, '\t', sizeof wide);
	CU_ASSERT_EQUAL(table_open_bytes(&t, &a, "wide", wide, sizeof wide), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(table_open(&t, &a, "schema/demo/none.tsv"), ST_NOT_FOUND);
	CU_ASSERT_STRING_EQUAL(table_error(&t), "schema/demo/none.tsv:0: not in the program");
	CU_ASSERT_FALSE(table_next(&t));
}

/* Reads one row of the columns a and n; the error that is left. */
static const char *fault(struct arena *a, struct table *t, const char *text)
{
	static const char *const words[] = {"x", NULL};
	CU_ASSERT_EQUAL_FATAL(table_open_bytes(t, a, "mem.tsv", text, strlen(text)), ST_OK);
	while (table_next(t)) {
		table_word(t, "a", words);
		table_i64(t, "n", 1, 9);
	}
	CU_ASSERT_EQUAL(table_end(t), table_error(t)[0] ? ST_INVALID_FIELD : ST_OK);
	return table_error(t);
}

static void faults_tell_their_line(void)
{
	static const char *const rows[][2] = {
	        {"a\tn\nx\t5\n", ""},
	        {"a\tn\nx\n", "mem.tsv:2: too few cells"},
	        {"a\tn\n\nx\t5\nx\t5\t6\n", "mem.tsv:4: too many cells"},
	        {"a\tn\nx\t10\n", "mem.tsv:2: column n: not a whole number within its bounds"},
	        {"a\tn\nx\t5.0\n", "mem.tsv:2: column n: not a whole number within its bounds"},
	        {"a\tn\nx\t99999999999999999999\n", "mem.tsv:2: column n: not a whole number within its bounds"},
	        {"a\tn\ny\t5\n", "mem.tsv:2: column a: not one of the words known"},
	        {"a\tm\nx\t5\n", "mem.tsv:2: column n: no such column"},
	        {"a\tn\nx\t5\xFF\n", "mem.tsv:2: not UTF-8"},
	        {"a\tn\nx\x01\t5\n", "mem.tsv:2: a control character"},
	};
	SCOPED(arena) a = {0};
	struct table t;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CU_ASSERT_STRING_EQUAL(fault(&a, &t, rows[i][0]), rows[i][1]);
}

SUITE(table, {"rows_by_the_names_of_columns", rows_by_the_names_of_columns}, {"bad_heads_are_refused", bad_heads_are_refused},
      {"faults_tell_their_line", faults_tell_their_line});
