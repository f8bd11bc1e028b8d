#include "warehouse/intake/slice.h"

#include <string.h>

enum { NOT_GIVEN, GIVEN_NONE, GIVEN };

/* Length, row, id, seen; then for each column a byte and, where it is given, value, length and text. All little-endian, as
 * are the machines that this runs on. */
#define HEAD_BYTES (4 + 8 + 8 + 8)

static void put_u32(struct buf *out, size_t v)
{
	uint32_t n = (uint32_t)v;
	buf_put(out, &n, sizeof n);
}

void slice_put(struct buf *out, const struct intake *in, const struct intake_row *row, size_t *id_at)
{
	const size_t begin = out->len;
	put_u32(out, 0);
	buf_put(out, &row->row, sizeof row->row);
	*id_at = out->len;
	buf_put(out, &row->id, sizeof row->id);
	buf_put(out, &row->seen, sizeof row->seen);
	for (size_t i = 0; i < in->column_count; i++) {
		const struct intake_cell *c = &row->cells[i];
		buf_putc(out, (char)(!c->given ? NOT_GIVEN : c->text ? GIVEN : GIVEN_NONE));
		if (!c->given || !c->text)
			continue;
		buf_put(out, &c->value, sizeof c->value);
		put_u32(out, strlen(c->text));
		buf_puts(out, c->text);
	}
	if (out->over)
		return;
	uint32_t length = (uint32_t)(out->len - begin);
	memcpy(out->data + begin, &length, sizeof length);
}

void slice_set_id(struct buf *slice, size_t id_at, int64_t id)
{
	memcpy(slice->data + id_at, &id, sizeof id);
}

/* What is left of one row. */
struct cursor {
	const char *p;
	size_t left;
};

static bool get(struct cursor *c, void *out, size_t n)
{
	if (c->left < n)
		return false;
	memcpy(out, c->p, n);
	c->p += n;
	c->left -= n;
	return true;
}

static bool get_cell(struct arena *a, struct cursor *c, struct intake_cell *cell)
{
	char how = NOT_GIVEN;
	uint32_t n = 0;
	if (!get(c, &how, 1))
		return false;
	cell->given = how != NOT_GIVEN;
	if (how != GIVEN)
		return true;
	if (!get(c, &cell->value, sizeof cell->value) || !get(c, &n, sizeof n) || c->left < n)
		return false;
	cell->text = arena_copy(a, c->p, n);
	c->p += n;
	c->left -= n;
	return true;
}

bool slice_next(struct arena *a, const struct intake *in, const char *bytes, size_t n, size_t *at, struct intake_row *out)
{
	uint32_t length = 0;
	if (*at >= n || n - *at < HEAD_BYTES)
		return false;
	memcpy(&length, bytes + *at, sizeof length);
	if (length < HEAD_BYTES || length > n - *at)
		return false;
	struct cursor c = {bytes + *at + sizeof length, length - sizeof length};
	*out = (struct intake_row){.cells = arena_array(a, in->column_count, sizeof *out->cells)};
	bool sound =
	        get(&c, &out->row, sizeof out->row) && get(&c, &out->id, sizeof out->id) && get(&c, &out->seen, sizeof out->seen);
	for (size_t i = 0; sound && i < in->column_count; i++)
		sound = get_cell(a, &c, &out->cells[i]);
	*at += length;
	return sound;
}
