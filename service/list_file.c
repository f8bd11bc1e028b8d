#include "service/list_file.h"

#include <stdlib.h>

#define FILE_PAGE 500 /* rows */
#define HEADS_MAX 64

struct list_file {
	struct ask ask;
	struct csv_writer csv;
	struct sheet_out *sheet; /* NULL: CSV */
};

void list_file_drop(struct list_file *f)
{
	if (f && f->sheet)
		sheet_out_free(f->sheet);
	free(f);
}

static enum status put_page(struct list_file *f, struct db *db, bool *more)
{
	struct sink to = {.w = f->sheet ? NULL : &f->csv, .s = f->sheet};
	enum status st = ask_put_page(&f->ask, db, &to, more);
	f->ask.has_after = true;
	if (st == ST_OK && !*more && f->sheet)
		st = sheet_out_finish(f->sheet);
	return st == ST_OK && f->ask.x->reply.body.over ? ST_TOO_LARGE : st;
}

static struct list_file *begin_file(const struct ask *k)
{
	const char *heads[HEADS_MAX];
	size_t n = 0;
	struct reply *r = &k->x->reply;
	struct list_file *f = memory_alloc(sizeof *f);
	for (const struct list_column *c = k->spec->columns; c->name && n < HEADS_MAX; c++)
		heads[n++] = c->name;
	f->ask = *k;
	f->ask.limit = FILE_PAGE;
	if (k->x->xlsx)
		f->sheet = sheet_out_new(&r->body, heads, n);
	else
		csv_begin(&f->csv, &r->body, heads, n);
	r->content_type = k->x->xlsx ? MEDIA_XLSX : "text/csv; charset=utf-8";
	r->file_name = arena_printf(&k->x->arena, "%s.%s", k->spec->name, k->x->xlsx ? "xlsx" : "csv");
	return f;
}

enum status list_file_begin(const struct ask *k, struct db *db)
{
	bool more = false;
	struct list_file *f = begin_file(k);
	enum status st = put_page(f, db, &more);
	if (st == ST_OK && db_status(db) == ST_OK && more)
		k->x->file = f;
	else
		list_file_drop(f);
	return st;
}

enum status list_file_next(struct exchange *x, struct db *db)
{
	bool more = false;
	enum status st = put_page(x->file, db, &more);
	if (st != ST_OK || more)
		return st;
	list_file_drop(x->file);
	x->file = NULL;
	return ST_OK;
}
