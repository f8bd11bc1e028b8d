#include "core/xlsx_out.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/zip_out.h"

#include <stdlib.h>
#include <string.h>

#define EXACT_MAX 999999999999999LL /* fifteen digits */
#define DECIMAL_MAX 16              /* characters, the point among them */
#define ROWS_MAX 1048576u           /* of a sheet */
#define TEXT_MAX 32767              /* UTF-16 units of a cell */
#define HELD ((size_t)16 << 10)     /* of XML, before it is packed */

/* The formats of xl/styles.xml, in their order there. */
enum style { STYLE_NONE, STYLE_TEXT, STYLE_DAY, STYLE_MOMENT, STYLE_AMOUNT, STYLE_PRICE };

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATIONS "http://schemas.openxmlformats.org/package/2006/relationships"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml."

/* Every .xml that is not named here is a sheet: how many there will be is not known when the file begins. */
static const char types[] =
        XML "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
            "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            "<Default Extension=\"xml\" ContentType=\"" TYPE "worksheet+xml\"/>"
            "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" TYPE "sheet.main+xml\"/>"
            "<Override PartName=\"/xl/styles.xml\" ContentType=\"" TYPE "styles+xml\"/></Types>";
static const char root[] = XML "<Relationships xmlns=\"" RELATIONS "\"><Relationship Id=\"rId1\" Type=\"" OFFICE
                               "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char styles[] =
        XML "<styleSheet xmlns=\"" MAIN "\"><numFmts count=\"3\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>"
            "<numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm:ss\"/><numFmt numFmtId=\"166\" formatCode=\"0.00##\"/>"
            "</numFmts><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
            "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/>"
            "</fill></fills><borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
            "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
            "<cellXfs count=\"6\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
            "<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
            "<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
            "<xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
            "<xf numFmtId=\"2\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
            "<xf numFmtId=\"166\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>"
            "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";
/* The head line stays in sight. */
static const char sheet_begin[] =
        XML "<worksheet xmlns=\"" MAIN "\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
            "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetData>\n";
static const char sheet_end[] = "</sheetData></worksheet>";

struct sheet_out {
	struct arena arena;
	struct zip_out *zip;
	struct buf xml; /* not yet packed */
	const char **heads;
	size_t head_count;
	uint32_t row; /* of the sheet, from 1: the one under way */
	int column, sheets;
	bool open; /* the row has begun in the XML */
	bool too_large;
};

static void pack(struct sheet_out *s)
{
	if (s->xml.len)
		zip_out_put(s->zip, s->xml.data, s->xml.len);
	buf_clear(&s->xml);
}

static void put_part(struct sheet_out *s, const char *name, const char *text)
{
	zip_out_begin(s->zip, name);
	buf_puts(&s->xml, text);
	pack(s);
	zip_out_end(s->zip);
}

static void open_row(struct sheet_out *s)
{
	if (!s->open)
		buf_printf(&s->xml, "<row r=\"%u\">", s->row);
	s->open = true;
}

static void begin_sheet(struct sheet_out *s)
{
	zip_out_begin(s->zip, arena_printf(&s->arena, "xl/worksheets/sheet%d.xml", ++s->sheets));
	buf_puts(&s->xml, sheet_begin);
	s->row = 1;
	for (size_t i = 0; i < s->head_count; i++)
		sheet_out_text(s, s->heads[i]);
	sheet_out_end_row(s);
}

static void end_sheet(struct sheet_out *s)
{
	buf_puts(&s->xml, sheet_end);
	pack(s);
	zip_out_end(s->zip);
}

struct sheet_out *sheet_out_new(struct buf *out, const char *const *heads, size_t n)
{
	struct sheet_out *s = memory_alloc(sizeof *s);
	s->zip = zip_out_new(out);
	s->heads = arena_array(&s->arena, n, sizeof *s->heads);
	s->head_count = n;
	for (size_t i = 0; i < n; i++)
		s->heads[i] = arena_string(&s->arena, heads[i]);
	put_part(s, "[Content_Types].xml", types);
	put_part(s, "_rels/.rels", root);
	put_part(s, "xl/styles.xml", styles);
	begin_sheet(s);
	return s;
}

/* ---- cells ---- */

/* A1, Z1, AA1: the place of the cell. */
static void begin_cell(struct sheet_out *s, enum style style)
{
	char letters[8];
	size_t at = sizeof letters;
	letters[--at] = '\0';
	for (int c = ++s->column; c > 0 && at > 0; c = (c - 1) / 26)
		letters[--at] = (char)('A' + (c - 1) % 26);
	open_row(s);
	buf_printf(&s->xml, "<c r=\"%s%u\"", letters + at, s->row);
	if (style != STYLE_NONE)
		buf_printf(&s->xml, " s=\"%d\"", (int)style);
}

static bool is_escape(const char *s)
{
	return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 && s[6] == '_';
}

/* What XML cannot hold is written by its number, and what looks like that (_x0041_) gets its underscore by number. */
static void put_character(struct buf *out, uint32_t c)
{
	char bytes[4];
	if ((c < 0x20 && c != '\t' && c != '\n') || c == 0xFFFE || c == 0xFFFF)
		buf_printf(out, "_x%04X_", (unsigned)c);
	else if (c == '&' || c == '<' || c == '>')
		buf_puts(out, c == '&' ? "&amp;" : c == '<' ? "&lt;" : "&gt;");
	else
		buf_put(out, bytes, utf8_put(c, bytes));
}

/* Bytes of plain text that need no look at each of them. */
static size_t plain_run(const char *text)
{
	size_t n = 0;
	for (unsigned char c; (c = (unsigned char)text[n]) >= 0x20 && c != '&' && c != '<' && c != '>' && c != '_' && c != 0xEF;)
		n++;
	return n;
}

static void put_escaped(struct buf *out, const char *text)
{
	while (*text) {
		size_t n = plain_run(text);
		buf_put(out, text, n);
		text += n;
		if (is_escape(text))
			buf_puts(out, "_x005F");
		if (*text)
			put_character(out, utf8_next(&text));
	}
}

void sheet_out_text(struct sheet_out *s, const char *text)
{
	if (!text || !*text) {
		s->column++;
		return;
	}
	if (utf8_count(text) > TEXT_MAX)
		s->too_large = true;
	begin_cell(s, STYLE_TEXT);
	buf_puts(&s->xml, " t=\"inlineStr\"><is><t xml:space=\"preserve\">");
	put_escaped(&s->xml, text);
	buf_puts(&s->xml, "</t></is></c>");
}

/* A spreadsheet's numbers are binary, but up to fifteen digits come back as they were. */
static void put_number(struct sheet_out *s, const char *decimal, enum style style)
{
	begin_cell(s, style);
	buf_printf(&s->xml, "><v>%s</v></c>", decimal);
}

void sheet_out_i64(struct sheet_out *s, int64_t v)
{
	SCOPED(arena) a = {0};
	const char *text = arena_printf(&a, "%lld", (long long)v);
	if (v > EXACT_MAX || v < -EXACT_MAX)
		sheet_out_text(s, text);
	else
		put_number(s, text, STYLE_NONE);
}

void sheet_out_decimal(struct sheet_out *s, const char *decimal, int places)
{
	if (strlen(decimal) > DECIMAL_MAX)
		sheet_out_text(s, decimal);
	else
		put_number(s, decimal, places == 2 ? STYLE_AMOUNT : STYLE_PRICE);
}

/* Days as a spreadsheet counts them; right from March 1900 on. */
static long long serial_of(int32_t ymd)
{
	return ymd_to_days(ymd) - ymd_to_days(19700101) + 25569;
}

void sheet_out_ymd(struct sheet_out *s, int64_t ymd)
{
	SCOPED(arena) a = {0};
	if (ymd_is_valid(ymd) && ymd > 19000301)
		put_number(s, arena_printf(&a, "%lld", serial_of((int32_t)ymd)), STYLE_DAY);
	else
		sheet_out_i64(s, ymd);
}

void sheet_out_moment(struct sheet_out *s, int64_t at_ms)
{
	SCOPED(arena) a = {0};
	const int32_t ymd = ymd_of_ms(at_ms);
	const int64_t seconds = (at_ms - ymd_begin_ms(ymd)) / 1000;
	const long long part = (seconds * 10000000000 + 43200) / 86400; /* of the day, in ten digits */
	put_number(s, arena_printf(&a, "%lld.%010lld", serial_of(ymd), part), STYLE_MOMENT);
}

void sheet_out_end_row(struct sheet_out *s)
{
	open_row(s);
	buf_puts(&s->xml, "</row>\n");
	s->open = false;
	s->column = 0;
	if (s->xml.len > HELD)
		pack(s);
	if (s->row++ == ROWS_MAX) {
		end_sheet(s);
		begin_sheet(s);
	}
}

/* ---- the end ---- */

static void put_book(struct sheet_out *s)
{
	SCOPED(buf) book = {0};
	SCOPED(buf) relations = {0};
	buf_puts(&book, XML "<workbook xmlns=\"" MAIN "\" xmlns:r=\"" OFFICE "\"><sheets>");
	buf_puts(&relations, XML "<Relationships xmlns=\"" RELATIONS "\"><Relationship Id=\"rId0\" Type=\"" OFFICE
	                         "/styles\" Target=\"styles.xml\"/>");
	for (int i = 1; i <= s->sheets; i++) {
		buf_printf(&book, "<sheet name=\"Sheet%d\" sheetId=\"%d\" r:id=\"rId%d\"/>", i, i, i);
		buf_printf(&relations,
		           "<Relationship Id=\"rId%d\" Type=\"" OFFICE "/worksheet\" Target=\"worksheets/sheet%d.xml\"/>", i, i);
	}
	buf_puts(&book, "</sheets></workbook>");
	buf_puts(&relations, "</Relationships>");
	put_part(s, "xl/workbook.xml", book.data);
	put_part(s, "xl/_rels/workbook.xml.rels", relations.data);
}

enum status sheet_out_finish(struct sheet_out *s)
{
	end_sheet(s);
	put_book(s);
	return zip_out_finish(s->zip) && !s->too_large ? ST_OK : ST_TOO_LARGE;
}

void sheet_out_free(struct sheet_out *s)
{
	zip_out_free(s->zip);
	buf_drop(&s->xml);
	arena_drop(&s->arena);
	free(s);
}
