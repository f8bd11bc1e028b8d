/*
 * Reads a table of tab-separated text that the program carries inside itself (schema/demo/…). Lines beginning with '#'
 * and empty lines are passed over; the first other line names the columns; each further one is a row with exactly one
 * cell for each column. UTF-8, no quoting: a cell holds neither tab nor line end nor other control characters.
 *
 *	struct table t;
 *	enum status st = table_open(&t, arena, "schema/demo/makers.tsv");
 *	while (st == ST_OK && table_next(&t)) {
 *		const char *name = table_text(&t, "name");
 *		int64_t share = table_i64(&t, "share", 0, 100);
 *		…
 *	}
 *	if (st != ST_OK || (st = table_end(&t)) != ST_OK)
 *		log it with table_error(&t)
 *
 * A fault is kept: it ends the iteration, later reads give the empty value, and table_end tells it once. So a reader of
 * rows has one check instead of one for each cell. All strings live in the arena.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/status.h"

#define TABLE_COLUMNS_MAX 64

struct table {
	struct arena *arena;
	const char *name; /* for messages */
	const char *at, *end;
	int line; /* of the row at hand, from 1 */
	size_t column_count;
	const char *columns[TABLE_COLUMNS_MAX], *cells[TABLE_COLUMNS_MAX];
	char error[192]; /* empty: no fault so far */
};

/* Opens an embedded file and reads its head. ST_NOT_FOUND: no such file; ST_INVALID_FIELD: no or a bad head. */
MUST_CHECK enum status table_open(struct table *t, struct arena *a, const char *name);
/* The same over n bytes; they must outlive the table. */
MUST_CHECK enum status table_open_bytes(struct table *t, struct arena *a, const char *name, const char *bytes, size_t n);
/* Moves to the next row; false at the end and at a fault. */
bool table_next(struct table *t);
/* ST_OK, or ST_INVALID_FIELD after any fault. */
MUST_CHECK enum status table_end(const struct table *t);
/* "schema/demo/drugs.tsv:17: column shelf_months: …", or "". */
const char *table_error(const struct table *t);

/* The cell of the row at hand; "" is a legal value. A column that the head lacks is a fault. Never NULL. */
const char *table_text(struct table *t, const char *column);
/* A whole number from low to high; anything else is a fault and gives low. */
int64_t table_i64(struct table *t, const char *column, int64_t low, int64_t high);
/* A price in yuan with at most four decimals, in 1/10,000 yuan. */
int64_t table_price_e4(struct table *t, const char *column);
/* One of the words (a NULL ends the list), as its index; anything else is a fault and gives 0. */
size_t table_word(struct table *t, const char *column, const char *const *words);
/* Is the word an element of the comma-separated cell? */
bool table_has(struct table *t, const char *column, const char *word);
