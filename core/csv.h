/*
 * CSV in and out (lists, imports).
 * Reading streams: memory stays flat whatever the size of the file. What people in China really send is understood:
 * UTF-8 with and without BOM, GB18030 (Excel's own "CSV"), UTF-16 with BOM (Excel's "Unicode text"); comma, tab or
 * semicolon, chosen by the head line; RFC 4180 quotes; any line end; ="00123" (a code saved from losing its zeros).
 * Cells come out as UTF-8, character for character, with one exception that undoes what the writer did: see below.
 *
 * Formula guard: a spreadsheet runs cells that begin with = + - @ tab or CR. The writer puts a ' before such text; the
 * reader takes one ' off where only ' stand before one of these. Text that itself begins so ('=x) gets one more '
 * and is thus read back exactly.
 */
#pragma once
#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_CELL_MAX ((size_t)64 << 10) /* bytes of UTF-8 */
#define CSV_ROW_MAX ((size_t)1 << 20)
#define CSV_COLUMNS_MAX 256

/* Where bytes come from. read: up to n bytes into bytes, *got = 0 at the end; any other status ends the reading. */
struct csv_source {
	enum status (*read)(void *arg, char *bytes, size_t n, size_t *got);
	void *arg;
};
/* A source over bytes in memory, which must outlive the reader, as must this struct. */
struct csv_memory {
	const char *bytes;
	size_t n, chunk; /* chunk 0: as much as asked for */
};
struct csv_source csv_from_memory(struct csv_memory *m);
/* A source over an open file; the descriptor stays the caller's. An error of the system is STORE_UNAVAILABLE. */
struct csv_source csv_from_file(const int *fd);

/* What is wrong with one row; the rows behind it are still read. */
enum csv_fault {
	CSV_FINE,
	CSV_BAD_BYTES,      /* not a character of the file's encoding, or NUL */
	CSV_BAD_QUOTE,      /* text behind a closing quote, or a quote never closed */
	CSV_CELL_TOO_LONG,  /* over CSV_CELL_MAX */
	CSV_ROW_TOO_LONG,   /* over CSV_ROW_MAX */
	CSV_TOO_MANY_CELLS, /* more than the head line has columns, and not empty: mostly a comma without quotes */
};
/* A Chinese sentence for people; never NULL. */
const char *csv_fault_text(enum csv_fault fault);

/* Which column of the file holds a field, where people name their columns otherwise. */
struct csv_alias {
	const char *field, *column;
};

struct csv_block;
struct csv_reader {
	int64_t row; /* of the current row, as a spreadsheet counts: every record, blank ones too, the first is 1 */
	enum csv_fault fault;
	size_t cell_count, head_count;
	/* the reader's own business */
	struct csv_block *block;
	struct buf line, heads;
	uint32_t cells[CSV_COLUMNS_MAX], lengths[CSV_COLUMNS_MAX];
	uint32_t head_at[CSV_COLUMNS_MAX];
	const struct csv_alias *aliases;
	size_t alias_count;
};

/*
 * Reads the head line. INVALID_FIELD where there is none, or where it is damaged or has a name twice (*why: a Chinese
 * sentence, static); else what the source says. Drop the reader also after an error.
 */
MUST_CHECK enum status csv_open(struct csv_reader *r, struct csv_source source, const char **why);
/* From here on csv_column finds a field by its alias first; the aliases must outlive the reader. */
void csv_use_aliases(struct csv_reader *r, const struct csv_alias *aliases, size_t n);
/* The next row that is not blank; *more false at the end. A row with a fault has no cells. */
MUST_CHECK enum status csv_next(struct csv_reader *r, bool *more);
void csv_reader_drop(struct csv_reader *r);

/* Column of a field, -1 where the file has none. Names are compared trimmed, ASCII letters without case. */
int csv_column(const struct csv_reader *r, const char *field);
/* Name of a column, trimmed. */
const char *csv_head(const struct csv_reader *r, size_t column);
/* Text of a cell of the current row, valid until csv_next; "" where the row is shorter or column is -1. */
const char *csv_cell(const struct csv_reader *r, int column);

/* Writes rows into a buf; the caller may send and empty the buf between rows. */
struct csv_writer {
	struct buf *out;
	size_t begin, cells; /* of the row under way */
};
/* The BOM (Excel takes UTF-8 for GBK without it) and the head line. */
void csv_begin(struct csv_writer *w, struct buf *out, const char *const *heads, size_t n);
/* NULL is written as an empty cell. */
void csv_put_text(struct csv_writer *w, const char *s);
void csv_put_i64(struct csv_writer *w, int64_t v);
/* A decimal number made by the program ("-12.50"), which needs no guard. */
void csv_put_number(struct csv_writer *w, const char *decimal);
void csv_end_row(struct csv_writer *w);
