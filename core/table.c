#include "core/table.h"

#include "core/embed.h"
#include "core/money.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

static void fail(struct table *t, const char *column, const char *why)
{
	if (!t->error[0])
		snprintf(t->error, sizeof t->error, "%s:%d: %s%s%s%s", t->name, t->line, column ? "column " : "",
		         column ? column : "", column ? ": " : "", why);
}

/* Cuts the next line off and copies it; NULL at the end. Comments and empty lines are passed over. */
static char *next_line(struct table *t)
{
	while (t->at < t->end) {
		const char *stop = memchr(t->at, '\n', (size_t)(t->end - t->at));
		size_t n = (size_t)((stop ? stop : t->end) - t->at);
		const char *begin = t->at;
		t->at = stop ? stop + 1 : t->end;
		t->line++;
		if (n && begin[n - 1] == '\r')
			n--;
		if (!n || *begin == '#')
			continue;
		if (!utf8_valid(begin, n)) {
			fail(t, NULL, "not UTF-8");
			return NULL;
		}
		return arena_copy(t->arena, begin, n);
	}
	return NULL;
}

/* Splits a line in place; false where it has too many cells or a control character. */
static bool split(struct table *t, char *line, const char **cells, size_t max, size_t *count)
{
	*count = 0;
	for (char *cell = line; cell;) {
		char *tab = strchr(cell, '\t');
		if (tab)
			*tab++ = 0;
		if (*count == max || text_has_control(cell, false)) {
			fail(t, NULL, *count == max ? "too many cells" : "a control character");
			return false;
		}
		cells[(*count)++] = cell;
		cell = tab;
	}
	return true;
}

/* The place of a column, or column_count. */
static size_t column_find(const struct table *t, const char *column, size_t below)
{
	size_t i = 0;
	while (i < below && strcmp(t->columns[i], column) != 0)
		i++;
	return i;
}

static enum status read_head(struct table *t)
{
	char *line = next_line(t);
	if (!line) {
		fail(t, NULL, "no head line");
		return ST_INVALID_FIELD;
	}
	if (!split(t, line, t->columns, TABLE_COLUMNS_MAX, &t->column_count))
		return ST_INVALID_FIELD;
	for (size_t i = 0; i < t->column_count; i++)
		if (!t->columns[i][0] || column_find(t, t->columns[i], i) < i) {
			fail(t, t->columns[i], "named twice or without a name");
			return ST_INVALID_FIELD;
		}
	return ST_OK;
}

enum status table_open_bytes(struct table *t, struct arena *a, const char *name, const char *bytes, size_t n)
{
	*t = (struct table){.arena = a, .name = arena_string(a, name), .at = bytes, .end = bytes + n};
	return read_head(t);
}

enum status table_open(struct table *t, struct arena *a, const char *name)
{
	const struct embedded *file = embed_find(name);
	if (file)
		return table_open_bytes(t, a, name, file->begin, (size_t)(file->end - file->begin));
	*t = (struct table){.arena = a, .name = arena_string(a, name)};
	fail(t, NULL, "not in the program");
	return ST_NOT_FOUND;
}

bool table_next(struct table *t)
{
	char *line = t->error[0] ? NULL : next_line(t);
	size_t count = 0;
	if (!line || !split(t, line, t->cells, t->column_count, &count))
		return false;
	if (count != t->column_count)
		fail(t, NULL, "too few cells");
	return count == t->column_count;
}

enum status table_end(const struct table *t)
{
	return t->error[0] ? ST_INVALID_FIELD : ST_OK;
}

const char *table_error(const struct table *t)
{
	return t->error;
}

const char *table_text(struct table *t, const char *column)
{
	size_t i = column_find(t, column, t->column_count);
	if (i == t->column_count)
		fail(t, column, "no such column");
	return t->error[0] || !t->cells[i] ? "" : t->cells[i];
}

int64_t table_i64(struct table *t, const char *column, int64_t low, int64_t high)
{
	int64_t value = low;
	if (text_to_i64(table_text(t, column), &value) && value >= low && value <= high)
		return value;
	fail(t, column, "not a whole number within its bounds");
	return low;
}

int64_t table_price_e4(struct table *t, const char *column)
{
	int64_t price_e4 = 0;
	if (!price_parse(table_text(t, column), &price_e4))
		fail(t, column, "not a price in yuan");
	return t->error[0] ? 0 : price_e4;
}

size_t table_word(struct table *t, const char *column, const char *const *words)
{
	const char *cell = table_text(t, column);
	for (size_t i = 0; words[i]; i++)
		if (!strcmp(words[i], cell))
			return i;
	fail(t, column, "not one of the words known");
	return 0;
}

bool table_has(struct table *t, const char *column, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = table_text(t, column); *at;) {
		size_t n = strcspn(at, ",");
		if (n == length && !memcmp(at, word, n))
			return true;
		at += n + (at[n] == ',');
	}
	return false;
}
