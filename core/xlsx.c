#include "core/xlsx.h"

#include "core/arena.h"
#include "core/file.h"
#include "core/xlsx_cell.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define PARTS_MAX 10000
#define STEP 16384 /* bytes of XML at a time */
#define GROWTH 60  /* what all parts may hold together, against the size of the file */
#define GROWTH_FREE ((uint64_t)64 << 20)
#define SHARED_MAX 20000000
#define STYLES_MAX 65536
#define FORMATS_MAX 4096
#define ROWS_MAX 1048576
#define COLUMNS_MAX 16384
#define COLUMNS_FILLED 1024 /* no table for an import is wider */
#define SHEET_PATH_MAX 512

enum cell_kind { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL };

struct format {
	long id;
	struct number_style style;
};

/* Texts that cells share: in a file, one behind the other; where each begins stands in memory. */
struct shared {
	int fd;
	uint64_t *begins;
	size_t count, cap;
	uint64_t length;
	struct buf pending; /* not yet in the file */
	char *last;         /* the text read last, and its number */
	size_t last_at, last_room;
};

struct xlsx {
	zip_t *zip;
	uint64_t budget; /* bytes of XML that may still be read */
	const char *folder;
	bool from_1904, failed;
	struct shared shared;
	struct number_style *styles;
	size_t style_count;
	struct format *formats;
	size_t format_count;
	char relation[64], sheet_path[SHEET_PATH_MAX];
	/* the sheet under way */
	zip_file_t *part;
	XML_Parser parser;
	struct buf out;
	size_t out_at;
	struct csv_writer writer;
	bool ended, begun;
	/* the row and cell under way */
	int64_t rows;
	size_t columns, wanted_column;
	size_t empty; /* cells of the row that are empty and not yet written */
	enum cell_kind kind;
	size_t style;
	struct buf text;
	bool takes_text, in_cell, in_phonetic, in_xfs;
};

static void fail(struct xlsx *x)
{
	x->failed = true;
	if (x->parser)
		XML_StopParser(x->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes && *attributes; attributes += 2) {
		const char *local = strrchr(attributes[0], ':');
		if (strcmp(local ? local + 1 : attributes[0], name) == 0)
			return attributes[1];
	}
	return NULL;
}

/* The name of an element without its prefix. */
static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');
	return colon ? colon + 1 : name;
}

static bool is(const char *name, const char *wanted)
{
	return strcmp(local_name(name), wanted) == 0;
}

/* ---- parts ---- */

static void refuse_document_type(void *arg, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	fail(arg);
}

static XML_Parser parser_new(struct xlsx *x, XML_StartElementHandler start, XML_EndElementHandler end,
                             XML_CharacterDataHandler text)
{
	XML_Parser p = XML_ParserCreate(NULL);
	XML_SetUserData(p, x);
	XML_SetElementHandler(p, start, end);
	XML_SetCharacterDataHandler(p, text);
	XML_SetStartDoctypeDeclHandler(p, refuse_document_type);
	return p;
}

/* The next piece of a part into its parser; false at the end and after a fault. */
static bool feed(struct xlsx *x, zip_file_t *part)
{
	void *room = XML_GetBuffer(x->parser, STEP);
	zip_int64_t n = room ? zip_fread(part, room, STEP) : -1;
	if (n < 0 || (uint64_t)n > x->budget) {
		fail(x);
		return false;
	}
	x->budget -= (uint64_t)n;
	if (XML_ParseBuffer(x->parser, (int)n, n == 0) != XML_STATUS_OK)
		x->failed = true;
	return n > 0 && !x->failed;
}

/* A whole part. False where it is not there. */
static bool read_part(struct xlsx *x, const char *path, XML_StartElementHandler start, XML_EndElementHandler end,
                      XML_CharacterDataHandler text)
{
	zip_file_t *part = zip_fopen(x->zip, path, ZIP_FL_NOCASE);
	if (!part)
		return false;
	x->parser = parser_new(x, start, end, text);
	while (feed(x, part))
		;
	XML_ParserFree(x->parser);
	x->parser = NULL;
	zip_fclose(part);
	return true;
}

/* ---- the workbook: which sheet ---- */

static void on_workbook(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xlsx *x = arg;
	const char *value = attribute(attributes, "date1904");
	if (is(name, "workbookPr") && value)
		x->from_1904 = strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
	if (!is(name, "sheet") || *x->relation)
		return;
	const char *state = attribute(attributes, "state"), *id = NULL;
	for (const char **a = attributes; *a; a += 2)
		if (strchr(a[0], ':') && is(a[0], "id"))
			id = a[1];
	if (id && (!state || strcmp(state, "visible") == 0))
		snprintf(x->relation, sizeof x->relation, "%s", id);
}

static void on_relation(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xlsx *x = arg;
	const char *id = attribute(attributes, "Id"), *target = attribute(attributes, "Target");
	if (is(name, "Relationship") && id && target && strcmp(id, x->relation) == 0)
		snprintf(x->sheet_path, sizeof x->sheet_path, "%s%s", *target == '/' ? "" : "xl/", target + (*target == '/'));
}

/* ---- styles ---- */

static struct number_style style_of_format(const struct xlsx *x, long id)
{
	for (size_t i = 0; i < x->format_count; i++)
		if (x->formats[i].id == id)
			return x->formats[i].style;
	return number_style_builtin(id);
}

static void on_style(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xlsx *x = arg;
	const char *id = attribute(attributes, "numFmtId"), *format = attribute(attributes, "formatCode");
	if (is(name, "cellXfs"))
		x->in_xfs = true;
	if (is(name, "numFmt") && id && format && x->format_count < FORMATS_MAX) {
		if (!x->formats)
			x->formats = memory_alloc(FORMATS_MAX * sizeof *x->formats);
		x->formats[x->format_count++] = (struct format){strtol(id, NULL, 10), number_style_of(format)};
	}
	if (!is(name, "xf") || !x->in_xfs || x->style_count == STYLES_MAX)
		return;
	if (!x->styles)
		x->styles = memory_alloc(STYLES_MAX * sizeof *x->styles);
	x->styles[x->style_count++] = style_of_format(x, id ? strtol(id, NULL, 10) : 0);
}

static void on_style_end(void *arg, const XML_Char *name)
{
	struct xlsx *x = arg;
	if (is(name, "cellXfs"))
		x->in_xfs = false;
}

/* ---- texts ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _x000D_ stands for a character that XML cannot hold, _x005F_ for an underline before such a sequence. */
static bool is_escape(const char *s, uint32_t *c)
{
	if (s[0] != '_' || s[1] != 'x')
		return false;
	*c = 0;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(s[i]);
		if (digit < 0)
			return false;
		*c = *c * 16 + (uint32_t)digit;
	}
	return s[6] == '_';
}

static void unescape(struct buf *b)
{
	size_t to = 0;
	if (!b->data)
		return;
	for (size_t from = 0; from < b->len;) {
		uint32_t c = 0;
		bool escape = is_escape(b->data + from, &c) && c && (c < 0xD800 || c > 0xDFFF);
		if (escape)
			to += utf8_put(c, b->data + to);
		else
			b->data[to++] = b->data[from];
		from += escape ? 7 : 1;
	}
	b->len = to;
	b->data[to] = '\0';
}

static void on_text(void *arg, const XML_Char *s, int n)
{
	struct xlsx *x = arg;
	if (x->takes_text && !x->in_phonetic)
		buf_put(&x->text, s, (size_t)n);
}

static void shared_write(struct xlsx *x)
{
	struct shared *s = &x->shared;
	if (s->fd < 0)
		s->fd = file_without_name(x->folder);
	if (s->fd < 0 || !s->pending.data || !file_write_all(s->fd, s->pending.data, s->pending.len))
		fail(x);
	buf_clear(&s->pending);
}

static void shared_add(struct xlsx *x)
{
	struct shared *s = &x->shared;
	if (s->count == SHARED_MAX || x->text.over) {
		fail(x);
		return;
	}
	if (s->count + 1 >= s->cap) {
		s->cap = s->cap ? s->cap * 2 : 1024;
		s->begins = memory_resize(s->begins, s->cap * sizeof *s->begins);
	}
	unescape(&x->text);
	s->begins[s->count++] = s->length;
	s->length += x->text.len;
	s->begins[s->count] = s->length;
	buf_put(&s->pending, x->text.data ? x->text.data : "", x->text.len);
	if (s->pending.len > ((size_t)256 << 10))
		shared_write(x);
}

static void on_shared(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xlsx *x = arg;
	(void)attributes;
	if (is(name, "si"))
		buf_clear(&x->text);
	x->takes_text = x->takes_text || is(name, "t");
	x->in_phonetic = x->in_phonetic || is(name, "rPh");
}

static void on_shared_end(void *arg, const XML_Char *name)
{
	struct xlsx *x = arg;
	if (is(name, "t"))
		x->takes_text = false;
	if (is(name, "rPh"))
		x->in_phonetic = false;
	if (is(name, "si"))
		shared_add(x);
}

/* A shared text by its number; NULL where there is none. Valid until the next one. */
static const char *shared_get(struct shared *s, size_t i)
{
	if (i >= s->count)
		return NULL;
	size_t n = (size_t)(s->begins[i + 1] - s->begins[i]);
	if (s->last && s->last_at == i)
		return s->last;
	if (!s->last || n + 1 > s->last_room) {
		s->last_room = n + 256;
		s->last = memory_resize(s->last, s->last_room);
	}
	s->last_at = i;
	s->last[n] = '\0';
	return n == 0 || pread(s->fd, s->last, n, (off_t)s->begins[i]) == (ssize_t)n ? s->last : NULL;
}

/* ---- the sheet ---- */

/* The column of a reference like AB12, from 0; COLUMNS_MAX where there is none. */
static size_t column_of(const char *reference)
{
	size_t column = 0;
	const char *p = reference;
	for (; p && *p >= 'A' && *p <= 'Z' && column <= COLUMNS_MAX; p++)
		column = column * 26 + (size_t)(*p - 'A' + 1);
	return p && p > reference && column <= COLUMNS_MAX ? column - 1 : COLUMNS_MAX;
}

static void begin_row(struct xlsx *x, const char **attributes)
{
	const char *number = attribute(attributes, "r");
	int64_t row = x->rows + 1;
	if (number && (!text_to_i64(number, &row) || row <= x->rows || row > ROWS_MAX)) {
		fail(x);
		return;
	}
	for (; x->rows + 1 < row; x->rows++)
		buf_puts(&x->out, "\r\n"); /* rows that the sheet does not name are empty ones */
	x->rows = row;
	x->columns = x->empty = 0;
}

static void begin_cell(struct xlsx *x, const char **attributes)
{
	static const struct {
		const char *name;
		enum cell_kind kind;
	} kinds[] = {{"s", CELL_SHARED},       {"b", CELL_BOOL}, {"str", CELL_TEXT},
	             {"inlineStr", CELL_TEXT}, {"e", CELL_TEXT}, {"d", CELL_TEXT}};
	const char *type = attribute(attributes, "t"), *style = attribute(attributes, "s"), *at = attribute(attributes, "r");
	x->kind = CELL_NUMBER;
	for (size_t i = 0; type && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(type, kinds[i].name) == 0)
			x->kind = kinds[i].kind;
	x->style = style ? (size_t)strtoul(style, NULL, 10) : 0;
	x->wanted_column = at ? column_of(at) : x->columns;
	if (x->wanted_column < x->columns || x->wanted_column >= COLUMNS_MAX)
		fail(x);
	buf_clear(&x->text);
	x->in_cell = true;
}

static const char *cell_text(struct xlsx *x, char number[NUMBER_TEXT_MAX])
{
	const struct number_style plain = {SHOWN_PLAIN, 0};
	const char *text = x->text.data ? x->text.data : "";
	int64_t i = 0;
	if (!x->text.len || x->kind == CELL_BOOL)
		return text;
	if (x->kind == CELL_SHARED)
		return text_to_i64(text, &i) && i >= 0 ? shared_get(&x->shared, (size_t)i) : NULL;
	if (x->kind == CELL_TEXT) {
		unescape(&x->text);
		return x->text.data;
	}
	return number_text(text, x->style < x->style_count ? x->styles[x->style] : plain, x->from_1904, number) ? number : text;
}

/* Cells that the row leaves out are empty; those behind the last text are not written. */
static void end_cell(struct xlsx *x)
{
	char number[NUMBER_TEXT_MAX];
	const char *text = cell_text(x, number);
	x->in_cell = false;
	if (!text) {
		fail(x);
		return;
	}
	x->empty += x->wanted_column - x->columns;
	x->columns = x->wanted_column + 1;
	if (!*text) {
		x->empty++;
		return;
	}
	if (x->columns > COLUMNS_FILLED)
		fail(x);
	for (; x->empty && !x->failed; x->empty--)
		csv_put_text(&x->writer, NULL);
	csv_put_text(&x->writer, text);
}

static void on_sheet(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct xlsx *x = arg;
	if (is(name, "row"))
		begin_row(x, attributes);
	else if (is(name, "c"))
		begin_cell(x, attributes);
	else if (x->in_cell && (is(name, "v") || is(name, "t")))
		x->takes_text = true;
	else if (is(name, "rPh"))
		x->in_phonetic = true;
}

static void on_sheet_end(void *arg, const XML_Char *name)
{
	struct xlsx *x = arg;
	if (is(name, "v") || is(name, "t"))
		x->takes_text = false;
	else if (is(name, "rPh"))
		x->in_phonetic = false;
	else if (is(name, "c"))
		end_cell(x);
	else if (is(name, "row"))
		csv_end_row(&x->writer);
	if (x->out.over)
		fail(x);
}

static void begin_sheet(struct xlsx *x)
{
	x->begun = true;
	x->part = zip_fopen(x->zip, x->sheet_path, ZIP_FL_NOCASE);
	if (!x->part) {
		x->failed = true;
		return;
	}
	x->writer = (struct csv_writer){.out = &x->out};
	buf_puts(&x->out, "\xEF\xBB\xBF"); /* whoever reads it need not guess */
	x->takes_text = false;
	x->parser = parser_new(x, on_sheet, on_sheet_end, on_text);
}

static enum status sheet_read(void *arg, char *bytes, size_t n, size_t *got)
{
	struct xlsx *x = arg;
	if (!x->begun)
		begin_sheet(x);
	while (x->out_at == x->out.len && !x->ended && !x->failed) {
		x->out.len = x->out_at = 0;
		x->ended = !feed(x, x->part);
	}
	if (x->failed)
		return ST_BAD_SHEET;
	*got = x->out.len - x->out_at < n ? x->out.len - x->out_at : n;
	memcpy(bytes, x->out.data ? x->out.data + x->out_at : "", *got);
	x->out_at += *got;
	return ST_OK;
}

/* ---- opening ---- */

static bool read_book(struct xlsx *x)
{
	snprintf(x->sheet_path, sizeof x->sheet_path, "xl/worksheets/sheet1.xml");
	bool there = read_part(x, "xl/workbook.xml", on_workbook, NULL, NULL) && *x->relation &&
	             read_part(x, "xl/_rels/workbook.xml.rels", on_relation, NULL, NULL);
	if (!there || x->failed)
		return false;
	read_part(x, "xl/styles.xml", on_style, on_style_end, NULL);
	x->text.max = CSV_CELL_MAX * 2;
	x->shared.pending.max = (size_t)1 << 20;
	read_part(x, "xl/sharedStrings.xml", on_shared, on_shared_end, on_text);
	if (x->shared.pending.len)
		shared_write(x);
	return !x->failed;
}

static void xlsx_close(struct xlsx *x)
{
	if (x->parser)
		XML_ParserFree(x->parser);
	if (x->part)
		zip_fclose(x->part);
	if (x->zip)
		zip_discard(x->zip);
	if (x->shared.fd >= 0)
		close(x->shared.fd);
	free(x->shared.begins);
	free(x->shared.last);
	buf_drop(&x->shared.pending);
	buf_drop(&x->text);
	buf_drop(&x->out);
	free(x->styles);
	free(x->formats);
	free(x);
}

static enum status open_book(struct sheet *s, zip_t *zip, uint64_t size, const char *folder)
{
	struct xlsx *x = memory_alloc(sizeof *x);
	*x = (struct xlsx){.zip = zip, .budget = GROWTH_FREE + size * GROWTH, .folder = folder, .shared = {.fd = -1}};
	if (zip_get_num_entries(zip, 0) > PARTS_MAX || !read_book(x)) {
		xlsx_close(x);
		return ST_BAD_SHEET;
	}
	s->xlsx = x;
	s->source = (struct csv_source){sheet_read, x};
	return ST_OK;
}

bool sheet_is_xlsx(const char *bytes, size_t n)
{
	return n >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

enum status sheet_from_memory(struct sheet *s, const char *bytes, size_t n, const char *folder)
{
	*s = (struct sheet){.memory = {bytes, n, 0}, .fd = -1};
	s->source = csv_from_memory(&s->memory);
	if (!sheet_is_xlsx(bytes, n))
		return ST_OK;
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *source = zip_source_buffer_create(bytes, n, 0, &error);
	zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
	zip_error_fini(&error);
	if (zip)
		return open_book(s, zip, n, folder);
	if (source)
		zip_source_free(source);
	return ST_BAD_SHEET;
}

enum status sheet_from_file(struct sheet *s, int fd, const char *folder)
{
	char begin[4];
	*s = (struct sheet){.fd = fd};
	s->source = csv_from_file(&s->fd);
	ssize_t n = pread(fd, begin, sizeof begin, 0);
	if (n < 0 || !sheet_is_xlsx(begin, (size_t)n))
		return ST_OK;
	const off_t size = lseek(fd, 0, SEEK_END);
	int own = dup(fd), error = 0;
	zip_t *zip = own >= 0 && lseek(fd, 0, SEEK_SET) == 0 ? zip_fdopen(own, 0, &error) : NULL;
	if (zip)
		return open_book(s, zip, (uint64_t)size, folder);
	if (own >= 0)
		close(own);
	return ST_BAD_SHEET;
}

void sheet_drop(struct sheet *s)
{
	if (s->xlsx)
		xlsx_close(s->xlsx);
	s->xlsx = NULL;
}
