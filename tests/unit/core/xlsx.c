#include "core/xlsx.h"

#include "core/arena.h"
#include "core/xlsx_cell.h"
#include "core/xlsx_out.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

struct part {
	const char *name, *text;
};

#define BOOK                                                                                                             \
	{"xl/workbook.xml", "<workbook xmlns:r='x'><sheets><sheet name='a' state='hidden' sheetId='1' r:id='rId1'/>"     \
	                    "<sheet name='b' sheetId='2' r:id='rId2'/></sheets></workbook>"},                            \
	{                                                                                                                \
		"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/>"  \
		                              "<Relationship Id='rId2' Target='worksheets/sheet2.xml'/></Relationships>" \
	}
#define STYLES                                                                                                              \
	{                                                                                                                   \
		"xl/styles.xml",                                                                                            \
		        "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='yyyy\"年\"m\"月\"d\"日\"'/>"            \
		        "<numFmt numFmtId='171' formatCode='0000000'/><numFmt numFmtId='172' formatCode='[$-804]yyyy-mm'/>" \
		        "<numFmt numFmtId='173' formatCode='yyyy-mm-dd hh:mm'/></numFmts><cellStyleXfs><xf numFmtId='14'/>" \
		        "</cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='170'/>"                 \
		        "<xf numFmtId='171'/><xf numFmtId='172'/><xf numFmtId='173'/></cellXfs></styleSheet>"               \
	}

/* A file of these parts; free() the bytes. */
static char *make_file(const struct part *parts, size_t count, size_t *n)
{
	char path[300];
	snprintf(path, sizeof path, "%s/x.xlsx", test_folder());
	int error = 0;
	zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(zip);
	for (size_t i = 0; i < count; i++) {
		zip_source_t *source = zip_source_buffer(zip, parts[i].text, strlen(parts[i].text), 0);
		CU_ASSERT(zip_file_add(zip, parts[i].name, source, ZIP_FL_ENC_UTF_8) >= 0);
	}
	CU_ASSERT_EQUAL_FATAL(zip_close(zip), 0);
	FILE *f = fopen(path, "rbe");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	char *bytes = malloc(1 << 20);
	*n = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return bytes;
}

/* The whole sheet as CSV in the arena, without its byte order mark; NULL where it is refused. */
static const char *read_all(struct arena *a, const char *bytes, size_t n)
{
	SCOPED(sheet) s = {.fd = -1};
	SCOPED(buf) b = {0};
	char piece[100];
	size_t got = 1;
	enum status st = sheet_from_memory(&s, bytes, n, "/tmp");
	while (st == ST_OK && got) {
		st = s.source.read(s.source.arg, piece, sizeof piece, &got);
		if (st == ST_OK)
			buf_put(&b, piece, got);
	}
	if (st != ST_OK)
		CU_ASSERT_EQUAL(st, ST_BAD_SHEET);
	return st == ST_OK ? arena_string(a, b.len > 3 ? b.data + 3 : "") : NULL;
}

static const char *read_sheet(struct arena *a, const char *sheet, const char *shared)
{
	size_t n = 0;
	const struct part parts[] = {BOOK,
	                             STYLES,
	                             {"xl/worksheets/sheet1.xml", "<worksheet/>"},
	                             {"xl/worksheets/sheet2.xml", sheet},
	                             {"xl/sharedStrings.xml", shared}};
	char *bytes = make_file(parts, sizeof parts / sizeof *parts, &n);
	const char *text = read_all(a, bytes, n);
	free(bytes);
	return text;
}

#define NO_SHARED "<sst/>"

/* What a person sees is what an import gets. */
static void reads_what_is_shown(void)
{
	SCOPED(arena) a = {0};
	const char *text = read_sheet(
	        &a,
	        "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' "
	        "t='inlineStr'><is><t>丙</t></is></c></row>"
	        "<row r='3'><c r='A3' t='s'><v>1</v></c><c r='B3'><v>0.1</v></c><c r='C3'><v>12.300000000000001</v></c>"
	        "<c r='D3' s='1'><v>46347</v></c><c r='E3' s='2'><v>46347</v></c><c r='F3' s='3'><v>123</v></c>"
	        "<c r='G3' s='4'><v>46347</v></c><c r='H3' s='5'><v>46347.5</v></c><c r='I3' t='b'><v>1</v></c>"
	        "<c r='J3' t='str'><f>A1</f><v>=x</v></c><c r='K3'><v>8.1234567890123456E19</v></c><c r='L3'/></row>"
	        "</sheetData></worksheet>",
	        "<sst><si><t>甲</t></si><si><r><t>00</t></r><r><t xml:space='preserve'> 7</t></r><rPh><t>x</t></rPh></si></sst>");
	CU_ASSERT_STRING_EQUAL(text, "甲,,丙\r\n\r\n00 7,0.1,12.3,20261121,20261121,0000123,202611,2026-11-21 12:00:00,1,'=x,"
	                             "8.12345678901235E+19\r\n");
}

static void reads_numbers(void)
{
	static const struct {
		const char *number, *text;
	} cases[] = {{"0", "0"},
	             {"-0", "0"},
	             {"6901234567892", "6901234567892"},
	             {"6.901234567892E12", "6901234567892"},
	             {"1E-3", "0.001"},
	             {"0.30000000000000004", "0.3"},
	             {"99999999999999999", "1E+17"},
	             {"-12.50", "-12.5"},
	             {"1.0000000000000001E-2", "0.01"},
	             {"123456789012345", "123456789012345"},
	             {"1234567890123456", "1.23456789012346E+15"},
	             {"0.99999999999999999", "1"}};
	char out[NUMBER_TEXT_MAX];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CU_ASSERT(number_text(cases[i].number, (struct number_style){SHOWN_PLAIN, 0}, false, out));
		CU_ASSERT_STRING_EQUAL(out, cases[i].text);
	}
	CU_ASSERT_FALSE(number_text("", (struct number_style){SHOWN_PLAIN, 0}, false, out));
	CU_ASSERT_FALSE(number_text("1e9999", (struct number_style){SHOWN_PLAIN, 0}, false, out));
	CU_ASSERT_FALSE(number_text("abc", (struct number_style){SHOWN_PLAIN, 0}, false, out));
	CU_ASSERT(number_text("1", (struct number_style){SHOWN_DAY, 0}, false, out) && strcmp(out, "19000101") == 0);
	CU_ASSERT(number_text("59", (struct number_style){SHOWN_DAY, 0}, false, out) && strcmp(out, "19000228") == 0);
	CU_ASSERT(number_text("61", (struct number_style){SHOWN_DAY, 0}, false, out) && strcmp(out, "19000301") == 0);
	CU_ASSERT(number_text("44885", (struct number_style){SHOWN_DAY, 0}, true, out) && strcmp(out, "20261121") == 0);
}

static void refuses_what_would_blow_up(void)
{
	SCOPED(arena) a = {0};
	CU_ASSERT_PTR_NULL(read_sheet(&a,
	                              "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]><worksheet><sheetData>"
	                              "<row><c t='str'><v>&b;</v></c></row></sheetData></worksheet>",
	                              NO_SHARED));
	CU_ASSERT_PTR_NULL(read_sheet(&a, "<worksheet><sheetData><row r='2'/><row r='1'/></sheetData></worksheet>", NO_SHARED));
	CU_ASSERT_PTR_NULL(read_sheet(&a, "<worksheet><sheetData><row r='9999999999'/></sheetData></worksheet>", NO_SHARED));
	CU_ASSERT_PTR_NULL(read_sheet(&a, "<worksheet><row><c r='XFD1' t='str'><v>a</v></c></row></worksheet>", NO_SHARED));
	CU_ASSERT_PTR_NULL(read_sheet(&a, "<worksheet><row><c t='s'><v>7</v></c></row></worksheet>", NO_SHARED));
	CU_ASSERT_PTR_NULL(read_sheet(&a, "<worksheet><row>", NO_SHARED));
	CU_ASSERT_PTR_NULL(read_all(&a, "PK\3\4 and nothing more", 22));
}

/* A small file of many zeros: the bound is met, whatever the parts hold. */
static void bounds_what_is_unpacked(void)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) b = {.max = (size_t)200 << 20};
	size_t n = 0;
	buf_puts(&b, "<worksheet><sheetData>");
	static const char row[] =
	        "<row><c t='str'><v>                                                                </v></c></row>";
	while (b.len < (size_t)120 << 20)
		buf_puts(&b, row);
	buf_puts(&b, "</sheetData></worksheet>");
	const struct part parts[] = {BOOK, {"xl/worksheets/sheet2.xml", b.data}};
	char *bytes = make_file(parts, sizeof parts / sizeof *parts, &n);
	CU_ASSERT_PTR_NULL(read_all(&a, bytes, n));
	free(bytes);
}

/* Codes, prices, dates and odd texts: letter for letter through a spreadsheet. */
static void comes_back_letter_for_letter(void)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) file = {0};
	static const char *const heads[] = {"code", "price", "day", "count", "text"};
	static const char *const prices[] = {"12.5", "0.0001", "99999999.9999", "3.2", "0.1"};
	static const char *const texts[] = {"00123", "=1+1", "a_x0041_b", "两\n行", "\"引号\", 逗号;"};
	struct sheet_out *s = sheet_out_new(&file, heads, 5);
	for (int i = 0; i < 5; i++) {
		sheet_out_text(s, i == 4 ? NULL : "81234567890123456789");
		sheet_out_decimal(s, prices[i], 4);
		sheet_out_ymd(s, 20260228 + i * 10000);
		sheet_out_i64(s, i == 3 ? 123456789012345678 : i);
		sheet_out_text(s, texts[i]);
		sheet_out_end_row(s);
	}
	CU_ASSERT_EQUAL(sheet_out_finish(s), ST_OK);
	sheet_out_free(s);
	CU_ASSERT(sheet_is_xlsx(file.data, file.len));
	CU_ASSERT_STRING_EQUAL(read_all(&a, file.data, file.len),
	                       "code,price,day,count,text\r\n"
	                       "81234567890123456789,12.5,20260228,0,00123\r\n"
	                       "81234567890123456789,0.0001,20270228,1,'=1+1\r\n"
	                       "81234567890123456789,99999999.9999,20280228,2,a_x0041_b\r\n"
	                       "81234567890123456789,3.2,20290228,123456789012345678,\"两\n行\"\r\n"
	                       ",0.1,20300228,4,\"\"\"引号\"\", 逗号;\"\r\n");
}

/* Row 1,048,577 has no place in a sheet; the file goes on in a second one, and may be taken away while it grows. */
static void goes_on_in_a_second_sheet(void)
{
	SCOPED(buf) file = {0};
	static const char *const heads[] = {"n"};
	struct sheet_out *s = sheet_out_new(&file, heads, 1);
	size_t most = 0;
	for (int i = 0; i < 1048580; i++) {
		sheet_out_i64(s, i);
		sheet_out_end_row(s);
		most = file.len > most ? file.len : most;
		if (i < 1048570)
			buf_clear(&file);
	}
	CU_ASSERT_EQUAL(sheet_out_finish(s), ST_OK);
	sheet_out_free(s);
	CU_ASSERT(most < 256 << 10);
	CU_ASSERT_PTR_NOT_NULL(memmem(file.data, file.len, "xl/worksheets/sheet2.xml", 24));
	CU_ASSERT_PTR_NULL(memmem(file.data, file.len, "xl/worksheets/sheet3.xml", 24));
}

/* What no cell holds is told, and not cut. */
static void refuses_a_text_that_no_cell_holds(void)
{
	SCOPED(buf) file = {0};
	SCOPED(buf) text = {0};
	static const char *const heads[] = {"n"};
	struct sheet_out *s = sheet_out_new(&file, heads, 1);
	for (int i = 0; i < 32768; i++)
		buf_puts(&text, "药");
	sheet_out_text(s, text.data);
	sheet_out_end_row(s);
	CU_ASSERT_EQUAL(sheet_out_finish(s), ST_TOO_LARGE);
	sheet_out_free(s);
}

SUITE(xlsx, {"reads_what_is_shown", reads_what_is_shown}, {"reads_numbers", reads_numbers},
      {"refuses_what_would_blow_up", refuses_what_would_blow_up}, {"bounds_what_is_unpacked", bounds_what_is_unpacked},
      {"comes_back_letter_for_letter", comes_back_letter_for_letter}, {"goes_on_in_a_second_sheet", goes_on_in_a_second_sheet},
      {"refuses_a_text_that_no_cell_holds", refuses_a_text_that_no_cell_holds});
