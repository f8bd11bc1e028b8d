/* Any bytes as a CSV file: every row is bounded and sound, and what was read is written and read again unchanged. */
#include "core/arena.h"
#include "core/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void write_row(const struct csv_reader *r, struct csv_writer *w)
{
	for (size_t i = 0; i < r->head_count; i++)
		csv_put_text(w, csv_cell(r, (int)i));
	csv_end_row(w);
}

/* Reads the copy and compares it with a second reading of the original. */
static void compare(const struct buf *copy, const uint8_t *data, size_t n)
{
	SCOPED(csv_reader) a = {0};
	SCOPED(csv_reader) b = {0};
	struct csv_memory one = {(const char *)data, n, 0}, two = {copy->data, copy->len, 0};
	const char *why;
	bool more_a = true, more_b = true;
	insist(csv_open(&a, csv_from_memory(&one), &why) == ST_OK && csv_open(&b, csv_from_memory(&two), &why) == ST_OK);
	while (more_a) {
		insist(csv_next(&a, &more_a) == ST_OK);
		if (!more_a || a.fault)
			continue;
		insist(csv_next(&b, &more_b) == ST_OK && more_b && !b.fault);
		for (size_t i = 0; i < a.head_count; i++)
			insist(strcmp(csv_cell(&a, (int)i), csv_cell(&b, (int)i)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	SCOPED(csv_reader) r = {0};
	SCOPED(buf) copy = {0};
	struct csv_memory m = {(const char *)data + 1, n - 1, data[0]}; /* the first byte says how it is cut into chunks */
	struct csv_writer w;
	const char *why, *heads[CSV_COLUMNS_MAX], *plain[CSV_COLUMNS_MAX];
	SCOPED(arena) a = {0};
	if (csv_open(&r, csv_from_memory(&m), &why) != ST_OK)
		return 0;
	for (size_t i = 0; i < r.head_count; i++) {
		heads[i] = csv_head(&r, i);
		plain[i] = arena_printf(&a, "column %zu", i);
		insist(utf8_valid(heads[i], strlen(heads[i])) && csv_column(&r, heads[i]) == (heads[i][0] ? (int)i : -1));
	}
	csv_begin(&w, &copy, plain, r.head_count);
	for (bool more = true; csv_next(&r, &more) == ST_OK && more;) {
		insist(r.cell_count <= r.head_count && (!r.fault || r.cell_count == 0));
		for (size_t i = 0; i < r.cell_count; i++)
			insist(utf8_valid(csv_cell(&r, (int)i), r.lengths[i]) && r.lengths[i] <= CSV_CELL_MAX);
		if (!r.fault)
			write_row(&r, &w);
	}
	compare(&copy, data + 1, n - 1);
	return 0;
}
