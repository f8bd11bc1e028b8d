#include "core/xlsx_out.h"

#include "core/arena.h"
#include "core/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define EXACT_MAX 999999999999999LL /* fifteen digits */
#define ROWS_MAX 1048576u

struct sheet_out {
	struct arena arena;
	char *path;
	lxw_workbook *book;
	lxw_worksheet *sheet;
	lxw_format *day, *moment, *amount, *price, *text;
	lxw_row_t row;
	lxw_col_t column;
	bool too_large;
};

static lxw_format *format(struct sheet_out *s, const char *code)
{
	lxw_format *f = workbook_add_format(s->book);
	format_set_num_format(f, code);
	return f;
}

struct sheet_out *sheet_out_new(const char *folder, const char *const *heads, size_t n)
{
	struct sheet_out *s = memory_alloc(sizeof *s);
	s->path = arena_printf(&s->arena, "%s/.yaocang-sheet-XXXXXX", folder);
	int fd = mkostemp(s->path, O_CLOEXEC);
	if (fd < 0) {
		arena_drop(&s->arena);
		free(s);
		return NULL;
	}
	close(fd);
	lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = arena_string(&s->arena, folder)};
	s->book = workbook_new_opt(s->path, &options);
	s->sheet = workbook_add_worksheet(s->book, NULL);
	s->day = format(s, "yyyy-mm-dd");
	s->moment = format(s, "yyyy-mm-dd hh:mm:ss");
	s->amount = format(s, "0.00");
	s->price = format(s, "0.00##");
	s->text = format(s, "@");
	worksheet_freeze_panes(s->sheet, 1, 0);
	for (size_t i = 0; i < n; i++)
		sheet_out_text(s, heads[i]);
	sheet_out_end_row(s);
	return s;
}

static bool is_escape(const char *s)
{
	return s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 && s[6] == '_';
}

/* _x0041_ would be read as the letter that it names. */
static const char *escaped(struct arena *a, const char *text)
{
	SCOPED(buf) b = {0};
	if (!strstr(text, "_x"))
		return text;
	for (; *text; text++) {
		if (is_escape(text))
			buf_puts(&b, "_x005F");
		buf_putc(&b, *text);
	}
	return arena_string(a, b.data ? b.data : "");
}

void sheet_out_text(struct sheet_out *s, const char *text)
{
	SCOPED(arena) a = {0};
	if (text && *text &&
	    worksheet_write_string(s->sheet, s->row, s->column, escaped(&a, text), s->text) ==
	            LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
		s->too_large = true;
	s->column++;
}

/* A spreadsheet's numbers are binary, but up to fifteen digits come back as they were. */
static void put_number(struct sheet_out *s, const char *decimal, lxw_format *f)
{
	worksheet_write_number(s->sheet, s->row, s->column++, strtod(decimal, NULL), f);
}

void sheet_out_i64(struct sheet_out *s, int64_t v)
{
	SCOPED(arena) a = {0};
	const char *text = arena_printf(&a, "%lld", (long long)v);
	if (v > EXACT_MAX || v < -EXACT_MAX)
		sheet_out_text(s, text);
	else
		put_number(s, text, NULL);
}

void sheet_out_decimal(struct sheet_out *s, const char *decimal, int places)
{
	if (strlen(decimal) > 16)
		sheet_out_text(s, decimal);
	else
		put_number(s, decimal, places == 2 ? s->amount : s->price);
}

void sheet_out_ymd(struct sheet_out *s, int64_t ymd)
{
	if (!ymd_is_valid(ymd)) {
		sheet_out_i64(s, ymd);
		return;
	}
	lxw_datetime at = {.year = (int)(ymd / 10000), .month = (int)(ymd / 100 % 100), .day = (int)(ymd % 100)};
	worksheet_write_datetime(s->sheet, s->row, s->column++, &at, s->day);
}

void sheet_out_moment(struct sheet_out *s, int64_t at_ms)
{
	const int32_t ymd = ymd_of_ms(at_ms);
	const int seconds = (int)((at_ms - ymd_begin_ms(ymd)) / 1000);
	lxw_datetime at = {.year = ymd / 10000,
	                   .month = ymd / 100 % 100,
	                   .day = ymd % 100,
	                   .hour = seconds / 3600,
	                   .min = seconds / 60 % 60,
	                   .sec = seconds % 60};
	worksheet_write_datetime(s->sheet, s->row, s->column++, &at, s->moment);
}

void sheet_out_end_row(struct sheet_out *s)
{
	s->column = 0;
	if (++s->row > ROWS_MAX)
		s->too_large = true;
}

static bool append_file(const char *path, struct buf *out)
{
	char bytes[65536];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, bytes, sizeof bytes)) > 0)
		buf_put(out, bytes, (size_t)n);
	if (fd >= 0)
		close(fd);
	return n == 0;
}

enum status sheet_out_finish(struct sheet_out *s, struct buf *out)
{
	enum status st = workbook_close(s->book) == LXW_NO_ERROR ? ST_OK : ST_STORE_UNAVAILABLE;
	if (st == ST_OK && s->too_large)
		st = ST_TOO_LARGE;
	if (st == ST_OK && !append_file(s->path, out))
		st = ST_STORE_UNAVAILABLE;
	unlink(s->path);
	arena_drop(&s->arena);
	free(s);
	return st;
}
