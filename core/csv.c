#include "core/csv.h"

#include "core/arena.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define RAW_SIZE ((size_t)32 << 10)
#define TEXT_SIZE (RAW_SIZE * 4)
/* Stands in the decoded text for bytes that were no character; no valid UTF-8 contains it. */
#define BAD_BYTE ((char)0xFF)

enum encoding { UNDECIDED, UTF8, OTHER };
enum place { CELL_BEGIN, BARE, QUOTED, QUOTE_CLOSED };

/* The file as it passes by: raw bytes as read, then decoded text, then the state of the row's parser. */
struct csv_block {
	struct csv_source source;
	enum encoding encoding;
	iconv_t decoder; /* valid where encoding is OTHER */
	bool begun, ended;
	char raw[RAW_SIZE];
	size_t raw_len;
	char text[TEXT_SIZE];
	size_t at, len;
	char separator;
	enum place place;
	bool after_cr;    /* the row before ended in CR: an LF now belongs to it */
	bool quoted_cell; /* the cell under way, or one before it in this row, had quotes */
	size_t cell_begin;
};

static enum status read_memory(void *arg, char *bytes, size_t n, size_t *got)
{
	struct csv_memory *m = arg;
	*got = m->n < n ? m->n : n;
	if (m->chunk && *got > m->chunk)
		*got = m->chunk;
	if (*got)
		memcpy(bytes, m->bytes, *got);
	m->bytes += *got;
	m->n -= *got;
	return ST_OK;
}

struct csv_source csv_from_memory(struct csv_memory *m)
{
	return (struct csv_source){read_memory, m};
}

static enum status read_file(void *arg, char *bytes, size_t n, size_t *got)
{
	ssize_t r;
	do
		r = read(*(const int *)arg, bytes, n);
	while (r < 0 && errno == EINTR);
	*got = r > 0 ? (size_t)r : 0;
	return r < 0 ? ST_STORE_UNAVAILABLE : ST_OK;
}

struct csv_source csv_from_file(const int *fd)
{
	return (struct csv_source){read_file, (void *)(uintptr_t)fd};
}

const char *csv_fault_text(enum csv_fault fault)
{
	static const char *const texts[] = {
	        [CSV_FINE] = "正确",
	        [CSV_BAD_BYTES] = "含有无法识别的字符, 请另存为 UTF-8 编码的 CSV",
	        [CSV_BAD_QUOTE] = "引号不成对",
	        [CSV_CELL_TOO_LONG] = "单元格内容过长 (超过 64 KiB)",
	        [CSV_ROW_TOO_LONG] = "整行内容过长 (超过 1 MiB)",
	        [CSV_TOO_MANY_CELLS] = "列数多于表头, 内容中的逗号可能没有加引号",
	};
	return texts[fault];
}

/* Length of the character at s (n bytes left) if it is well-formed UTF-8, else 0. */
static size_t character_at(const char *s, size_t n)
{
	unsigned char c = (unsigned char)*s;
	size_t len = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	return len <= n && utf8_valid(s, len) ? len : 0;
}

/*
 * Whether bytes beyond ASCII look like UTF-8. Chinese in GB18030 read as UTF-8 is broken at nearly every character, so
 * a file where most characters are sound is UTF-8 with damage, whose rows are better reported than misread.
 * Two-byte characters other than signs like ° × µ Ω speak against UTF-8: they would be Cyrillic or Hebrew, but are the
 * bytes of words like 药 or 联通 in GB18030.
 */
static bool looks_like_utf8(const char *s, size_t n, bool whole)
{
	size_t sound = 0, broken = 0;
	for (size_t i = 0; i < n;) {
		if ((unsigned char)s[i] < 0x80) {
			i++;
			continue;
		}
		size_t len = character_at(s + i, n - i);
		if (!len && !whole && n - i < 4)
			break; /* cut by the end of the block */
		bool likely = len >= 3 || (len == 2 && strchr("\xC2\xC3\xCE\xCF", s[i]));
		sound += likely;
		broken += !likely;
		i += len ? len : 1;
	}
	return sound > broken || broken == 0;
}

static bool all_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

/* Settles on a decoder by the name of iconv; NULL: the text is UTF-8 as it stands. Skips mark bytes of BOM. */
static void choose(struct csv_block *b, const char *name, size_t mark)
{
	b->raw_len -= mark;
	memmove(b->raw, b->raw + mark, b->raw_len);
	b->encoding = UTF8;
	if (!name)
		return;
	b->decoder = iconv_open("UTF-8", name);
	/* A system without the table leaves UTF-8, and the rows are reported as unreadable. */
	if (b->decoder != (iconv_t)-1)
		b->encoding = OTHER;
}

/* Decides the encoding at the begin of the file by its BOM, else at the first block that is not plain ASCII. */
static void decide(struct csv_block *b)
{
	static const struct {
		const char *bytes, *name;
		size_t len;
	} marks[] = {{"\xEF\xBB\xBF", NULL, 3}, {"\xFF\xFE", "UTF-16LE", 2}, {"\xFE\xFF", "UTF-16BE", 2}};
	for (size_t i = 0; !b->begun && i < sizeof marks / sizeof *marks; i++)
		if (b->raw_len >= marks[i].len && memcmp(b->raw, marks[i].bytes, marks[i].len) == 0) {
			choose(b, marks[i].name, marks[i].len);
			break;
		}
	b->begun = true;
	if (b->encoding == UNDECIDED && !all_ascii(b->raw, b->raw_len))
		choose(b, looks_like_utf8(b->raw, b->raw_len, b->ended) ? NULL : "GB18030", 0);
}

/* Raw bytes become text; an incomplete character at the end waits for the next block. */
static void decode(struct csv_block *b)
{
	if (b->encoding != OTHER) {
		memcpy(b->text, b->raw, b->raw_len);
		b->len = b->raw_len;
		b->raw_len = 0;
		return;
	}
	char *in = b->raw, *out = b->text;
	size_t left = b->raw_len, room = TEXT_SIZE;
	while (left && iconv(b->decoder, &in, &left, &out, &room) == (size_t)-1) {
		if (errno == E2BIG || (errno == EINVAL && !b->ended))
			break;
		*out++ = BAD_BYTE;
		room--;
		in++;
		left--;
	}
	memmove(b->raw, in, left);
	b->raw_len = left;
	b->len = (size_t)(out - b->text);
}

/* Brings new text; at the end of the file len stays 0. */
static enum status fill(struct csv_block *b)
{
	b->at = b->len = 0;
	while (!b->len && !b->ended) {
		size_t got = 1;
		while (got && b->raw_len < RAW_SIZE) {
			enum status st = b->source.read(b->source.arg, b->raw + b->raw_len, RAW_SIZE - b->raw_len, &got);
			if (st != ST_OK)
				return st;
			b->raw_len += got;
		}
		b->ended = got == 0;
		decide(b);
		decode(b);
	}
	return ST_OK;
}

/* The separator that stands most often in the first line with anything in it, outside quotes; a comma where none does. */
static char find_separator(const char *s, size_t n)
{
	static const char candidates[] = ",\t;";
	size_t seen[3] = {0};
	bool quoted = false, any = false;
	for (size_t i = 0; i < n && (quoted || !any || (s[i] != '\n' && s[i] != '\r')); i++) {
		const char *c = s[i] ? strchr(candidates, s[i]) : NULL;
		any = any || (s[i] != '\n' && s[i] != '\r');
		quoted = s[i] == '"' ? !quoted : quoted;
		if (c && !quoted)
			seen[c - candidates]++;
	}
	size_t best = 0;
	for (size_t i = 1; i < 3; i++)
		best = seen[i] > seen[best] ? i : best;
	return candidates[best];
}

static void set_fault(struct csv_reader *r, enum csv_fault fault)
{
	if (r->fault == CSV_FINE)
		r->fault = fault;
}

/* Appends to the cell under way, within its bounds. */
static void put(struct csv_reader *r, const char *s, size_t n)
{
	if (r->line.len - r->block->cell_begin + n > CSV_CELL_MAX)
		set_fault(r, CSV_CELL_TOO_LONG);
	else
		buf_put(&r->line, s, n);
	if (r->line.over)
		set_fault(r, CSV_ROW_TOO_LONG);
}

static bool starts_formula(char c)
{
	return c && strchr("=+-@\t\r", c);
}

/* Takes off what was put around a cell for the sake of spreadsheets: the guard ', or ="..." around a code. */
static void unwrap(struct csv_reader *r, size_t cell)
{
	char *s = r->line.data + r->cells[cell];
	uint32_t n = r->lengths[cell];
	if (s[0] == '\'' && starts_formula(s[strspn(s, "'")])) {
		r->cells[cell]++;
		r->lengths[cell]--;
	} else if (n >= 3 && s[0] == '=' && s[1] == '"' && memchr(s + 2, '"', n - 2) == s + n - 1) {
		s[n - 1] = '\0';
		r->cells[cell] += 2;
		r->lengths[cell] -= 3;
	}
}

static void end_cell(struct csv_reader *r)
{
	struct csv_block *b = r->block;
	size_t n = r->line.len - b->cell_begin;
	bool extra = r->head_count && r->cell_count >= r->head_count;
	if (r->cell_count >= CSV_COLUMNS_MAX || (extra && n))
		set_fault(r, CSV_TOO_MANY_CELLS);
	else if (!extra) {
		r->cells[r->cell_count] = (uint32_t)b->cell_begin;
		r->lengths[r->cell_count++] = (uint32_t)n;
		buf_putc(&r->line, '\0');
	}
	b->cell_begin = r->line.len;
	b->place = CELL_BEGIN;
}

/* Number of bytes from s that need no decision in this place. */
static size_t plain_run(const struct csv_block *b, const char *s, size_t n)
{
	size_t i = 0;
	if (b->place == QUOTED) {
		const char *quote = memchr(s, '"', n);
		return quote ? (size_t)(quote - s) : n;
	}
	while (b->place == BARE && i < n && s[i] != b->separator && s[i] != '\n' && s[i] != '\r')
		i++;
	return i;
}

/* One byte that decides something. True where it ends the row. */
static bool step(struct csv_reader *r, char c)
{
	struct csv_block *b = r->block;
	if (b->place == QUOTED) { /* only ever called for a quote here */
		b->place = QUOTE_CLOSED;
		return false;
	}
	if (c == b->separator || c == '\n' || c == '\r') {
		end_cell(r);
		b->after_cr = c == '\r';
		return c != b->separator;
	}
	if (c == '"' && b->place != BARE) {
		if (b->place == QUOTE_CLOSED) /* two quotes are one */
			put(r, &c, 1);
		b->place = QUOTED;
		b->quoted_cell = true;
	} else if (b->place == CELL_BEGIN) {
		put(r, &c, 1);
		b->place = BARE;
	} else if (c != ' ') {
		set_fault(r, CSV_BAD_QUOTE);
	}
	return false;
}

/* Consumes text up to the end of a row or of the block; true at the end of a row. */
static bool scan(struct csv_reader *r)
{
	struct csv_block *b = r->block;
	while (b->at < b->len) {
		char c = b->text[b->at];
		bool second_half = b->after_cr && c == '\n';
		b->after_cr = false;
		if (second_half) {
			b->at++;
			continue;
		}
		size_t run = plain_run(b, b->text + b->at, b->len - b->at);
		if (run) {
			put(r, b->text + b->at, run);
			b->at += run;
		} else if (b->at++, step(r, c)) {
			return true;
		}
	}
	return false;
}

static void begin_row(struct csv_reader *r)
{
	buf_clear(&r->line);
	r->cell_count = 0;
	r->fault = CSV_FINE;
	r->block->cell_begin = 0;
	r->block->quoted_cell = false;
	r->block->place = CELL_BEGIN;
}

/* Reads one record, blank or not; *more false where the file has no further one. */
static enum status read_record(struct csv_reader *r, bool *more)
{
	struct csv_block *b = r->block;
	bool any = false, done = false;
	begin_row(r);
	while (!done) {
		if (b->at == b->len) {
			enum status st = fill(b);
			if (st != ST_OK)
				return st;
			if (!b->len)
				break;
		}
		bool was_cr = b->after_cr;
		size_t from = b->at;
		done = scan(r);
		any = any || b->at - from > (was_cr && b->text[from] == '\n' ? 1U : 0U);
	}
	if (!done && any) { /* the last line has no end */
		if (b->place == QUOTED)
			set_fault(r, CSV_BAD_QUOTE);
		end_cell(r);
	}
	*more = any;
	r->row += any;
	return ST_OK;
}

static bool is_blank(const struct csv_reader *r)
{
	for (size_t i = 0; i < r->cell_count; i++)
		if (r->lengths[i])
			return false;
	return !r->block->quoted_cell && r->fault == CSV_FINE;
}

/* Holds the cells against their encoding and takes their wrappings off. */
static void finish_row(struct csv_reader *r)
{
	for (size_t i = 0; i < r->cell_count && r->fault == CSV_FINE; i++) {
		if (!utf8_valid(r->line.data + r->cells[i], r->lengths[i]))
			set_fault(r, CSV_BAD_BYTES);
		else
			unwrap(r, i);
	}
	if (r->fault != CSV_FINE)
		r->cell_count = 0; /* what is there is not to be trusted, and may lack its NUL */
}

enum status csv_next(struct csv_reader *r, bool *more)
{
	do {
		enum status st = read_record(r, more);
		if (st != ST_OK)
			return st;
	} while (*more && is_blank(r));
	finish_row(r);
	return ST_OK;
}

/* A name without the blanks (also the ideographic one) around it; *n: in its bytes, out those of the name. */
static const char *trimmed(const char *s, size_t *n)
{
	static const char wide[] = "\xE3\x80\x80";
	for (;;) {
		size_t cut = *n && strchr(" \t\r\n", s[0]) ? 1 : *n >= 3 && memcmp(s, wide, 3) == 0 ? 3 : 0;
		size_t tail = *n > cut && strchr(" \t\r\n", s[*n - 1])            ? 1
		              : *n >= cut + 3 && memcmp(s + *n - 3, wide, 3) == 0 ? 3
		                                                                  : 0;
		if (!cut && !tail)
			return s;
		s += cut;
		*n -= cut + tail;
	}
}

static int find_head(const struct csv_reader *r, const char *name)
{
	size_t n = strlen(name);
	const char *wanted = trimmed(name, &n);
	for (size_t i = 0; n && i < r->head_count; i++)
		if (strlen(csv_head(r, i)) == n && strncasecmp(csv_head(r, i), wanted, n) == 0)
			return (int)i;
	return -1;
}

/* Keeps the head's names apart from the rows to come; false where one stands twice. */
static bool keep_heads(struct csv_reader *r)
{
	for (size_t i = 0; i < r->cell_count; i++) {
		size_t n = r->lengths[i];
		const char *name = trimmed(r->line.data + r->cells[i], &n);
		r->head_at[i] = (uint32_t)r->heads.len;
		buf_put(&r->heads, name, n);
		buf_putc(&r->heads, '\0');
		if (n && find_head(r, r->heads.data + r->head_at[i]) >= 0)
			return false;
		r->head_count = i + 1;
	}
	return true;
}

enum status csv_open(struct csv_reader *r, struct csv_source source, const char **why)
{
	bool more = false;
	*r = (struct csv_reader){.line = {.max = CSV_ROW_MAX}, .heads = {.max = CSV_ROW_MAX + CSV_COLUMNS_MAX}};
	*why = "";
	r->block = memory_alloc(sizeof *r->block);
	*r->block = (struct csv_block){.source = source};
	enum status st = fill(r->block);
	if (st != ST_OK)
		return st;
	r->block->separator = find_separator(r->block->text, r->block->len);
	st = csv_next(r, &more);
	if (st != ST_OK)
		return st;
	if (!more)
		*why = "文件是空的, 没有表头";
	else if (r->fault != CSV_FINE)
		*why = csv_fault_text(r->fault);
	else if (!keep_heads(r))
		*why = "表头中有重复的列名";
	return **why ? ST_INVALID_FIELD : ST_OK;
}

void csv_use_aliases(struct csv_reader *r, const struct csv_alias *aliases, size_t n)
{
	r->aliases = aliases;
	r->alias_count = n;
}

void csv_reader_drop(struct csv_reader *r)
{
	if (r->block && r->block->encoding == OTHER)
		iconv_close(r->block->decoder);
	free(r->block);
	buf_drop(&r->line);
	buf_drop(&r->heads);
	*r = (struct csv_reader){0};
}

int csv_column(const struct csv_reader *r, const char *field)
{
	for (size_t i = 0; i < r->alias_count; i++)
		if (strcmp(r->aliases[i].field, field) == 0)
			return find_head(r, r->aliases[i].column);
	return find_head(r, field);
}

const char *csv_head(const struct csv_reader *r, size_t column)
{
	return r->heads.data + r->head_at[column];
}

const char *csv_cell(const struct csv_reader *r, int column)
{
	return column >= 0 && (size_t)column < r->cell_count ? r->line.data + r->cells[column] : "";
}

/* Begins a cell: a comma before all but the first. */
static void begin_cell(struct csv_writer *w)
{
	if (w->cells++)
		buf_putc(w->out, ',');
	else
		w->begin = w->out->len;
}

void csv_begin(struct csv_writer *w, struct buf *out, const char *const *heads, size_t n)
{
	*w = (struct csv_writer){.out = out};
	buf_puts(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < n; i++)
		csv_put_text(w, heads[i]);
	csv_end_row(w);
}

void csv_put_text(struct csv_writer *w, const char *s)
{
	begin_cell(w);
	s = s ? s : "";
	const char *guard = starts_formula(s[strspn(s, "'")]) ? "'" : "";
	if (!strpbrk(s, ",;\t\"\r\n")) {
		buf_puts(w->out, guard);
		buf_puts(w->out, s);
		return;
	}
	buf_putc(w->out, '"');
	buf_puts(w->out, guard);
	for (size_t run; *s; s += run) {
		run = strcspn(s + 1, "\"") + 1;
		if (*s == '"')
			buf_putc(w->out, '"');
		buf_put(w->out, s, run);
	}
	buf_putc(w->out, '"');
}

void csv_put_i64(struct csv_writer *w, int64_t v)
{
	begin_cell(w);
	buf_put_i64(w->out, v);
}

void csv_put_number(struct csv_writer *w, const char *decimal)
{
	begin_cell(w);
	buf_puts(w->out, decimal);
}

void csv_end_row(struct csv_writer *w)
{
	size_t commas = w->cells ? w->cells - 1 : 0;
	/* A row of empty cells would be read as a blank line. */
	if (w->cells && w->out->len == w->begin + commas) {
		w->out->len = w->begin;
		buf_puts(w->out, "\"\"");
		while (commas--)
			buf_putc(w->out, ',');
	}
	buf_puts(w->out, "\r\n");
	w->cells = 0;
}
