/* The lists of several stores as one, newest first, page by page: each store's rows stay in their own order. */
#include "core/csv.h"
#include "service/list.h"
#include "service/supervise.h"

#include <string.h>

struct merged_row {
	const struct store *store;
	const char *text; /* the row's members as its store wrote them, without braces */
	size_t n;
	const struct json *row;
	int64_t at_ms;
	const char *key; /* behind which its store's list goes on */
};

/* One store's page. */
struct part_rows {
	struct jv_document document;
	struct merged_row *rows;
	size_t count, next; /* next: the first that is not yet taken */
	const char *end;    /* where its list goes on behind this page; NULL: nowhere */
};

struct merge {
	struct fan *fan;
	struct part_rows *parts;
	struct merged_row **rows;
	size_t count;
};

static const struct supervise_question *question(const struct merge *m)
{
	return m->fan->own;
}

/* Bytes of the object that begins at p; the text is our own and whole. */
static size_t object_bytes(const char *p)
{
	size_t depth = 0;
	bool quoted = false;
	for (size_t i = 0;; i++) {
		if (quoted) {
			quoted = p[i] != '"';
			i += p[i] == '\\';
			continue;
		}
		quoted = p[i] == '"';
		depth += p[i] == '{';
		if (p[i] == '}' && --depth == 0)
			return i + 1;
	}
}

static const char *text_of(const struct json *v)
{
	size_t n = 0;
	return v && jv_kind(v) == JV_TEXT ? jv_text(v, &n) : NULL;
}

/* The key stands first in the row and is ours, not the reader's. */
static struct merged_row take_row(const struct merge *m, size_t i, const char *p, size_t bytes, const struct json *row)
{
	const char *key = text_of(jv_member(row, LIST_ROW_KEY));
	size_t own = strlen("{\"" LIST_ROW_KEY "\":\"\",") + strlen(key ? key : "");
	return (struct merged_row){&m->fan->parent->service->stores[i],
	                           p + own,
	                           bytes - own - 1,
	                           row,
	                           jv_integer(jv_member(row, m->fan->parent->fan->time)),
	                           key};
}

static void gather_part(struct merge *m, size_t i)
{
	struct part_rows *part = &m->parts[i];
	const struct buf *body = &m->fan->parts[i].x.reply.body;
	char why[160] = "";
	if (!supervise_is_well(&m->fan->parts[i]) || jv_parse(body->data, body->len, &part->document, why) != ST_OK)
		return;
	const struct json *rows = jv_member(part->document.root, "rows");
	const char *p = strchr(body->data, '[');
	part->count = jv_count(rows);
	part->end = text_of(jv_member(part->document.root, "next"));
	part->rows = arena_array(&m->fan->parent->arena, part->count + 1, sizeof *part->rows);
	for (size_t r = 0; r < part->count; r++) {
		size_t bytes = object_bytes(++p);
		part->rows[r] = take_row(m, i, p, bytes, jv_item(rows, r));
		p += bytes;
	}
}

/* The store whose next row is the newest; NULL where there is none, or a store must be asked for more before anybody knows. */
static struct part_rows *newest(const struct merge *m)
{
	struct part_rows *found = NULL;
	for (size_t i = 0; i < m->fan->count; i++) {
		struct part_rows *part = &m->parts[i];
		if (part->next == part->count && part->end)
			return NULL;
		if (part->next < part->count && (!found || part->rows[part->next].at_ms > found->rows[found->next].at_ms))
			found = part;
	}
	return found;
}

static void merge(struct merge *m)
{
	struct part_rows *part = NULL;
	size_t limit = (size_t)question(m)->limit;
	m->rows = arena_array(&m->fan->parent->arena, limit + 1, sizeof(struct merged_row *));
	while (m->count < limit && (part = newest(m)))
		m->rows[m->count++] = &part->rows[part->next++];
}

/* Where store i goes on. One that gave no answer is asked again from where it stood. */
static const char *goes_on(const struct merge *m, size_t i)
{
	const struct fan_part *asked = &m->fan->parts[i];
	const struct part_rows *part = &m->parts[i];
	const char *stood = question(m)->marks[i].after;
	if (!asked->left_out && supervise_is_absent(asked))
		return stood;
	if (!supervise_is_well(asked))
		return SUPERVISE_END;
	if (part->next == part->count)
		return part->end ? part->end : SUPERVISE_END;
	return part->next ? part->rows[part->next - 1].key : stood;
}

/* NULL where every store that answered has no more. */
static const char *put_next(const struct merge *m, struct buf *out)
{
	bool more = false;
	for (size_t i = 0; i < m->fan->count; i++) {
		const char *key = goes_on(m, i);
		bool ends = strcmp(key, SUPERVISE_END) == 0;
		more = more || (!ends && supervise_is_well(&m->fan->parts[i]));
		buf_printf(out, "%s%s:%s", i ? "," : "", m->fan->parent->service->stores[i].code, key);
	}
	return more ? out->data : NULL;
}

static void put_json(const struct merge *m)
{
	SCOPED(buf) next = {0};
	struct jo *o = &m->fan->parent->o;
	jo_open(o, '{');
	jo_name(o, "rows");
	jo_open(o, '[');
	for (size_t i = 0; i < m->count; i++) {
		const struct merged_row *r = m->rows[i];
		jo_name(o, NULL);
		jo_open(o, '{');
		supervise_put_name(o, r->store);
		buf_put(o->b, ",", 1);
		buf_put(o->b, r->text, r->n);
		jo_close(o, '}');
	}
	jo_close(o, ']');
	jo_text(o, "next", put_next(m, &next));
	supervise_put_absent(m->fan);
	jo_close(o, '}');
}

static void put_cell(struct csv_writer *w, const struct list_column *c, const struct json *v)
{
	enum jv_kind kind = v ? jv_kind(v) : JV_NULL;
	size_t n = 0;
	if (kind == JV_INTEGER)
		csv_put_i64(w, jv_integer(v));
	else if (kind == JV_BOOL)
		csv_put_i64(w, jv_boolean(v));
	else if (kind == JV_TEXT && c->type != L_TEXT)
		csv_put_number(w, jv_text(v, &n));
	else
		csv_put_text(w, kind == JV_TEXT ? jv_text(v, &n) : NULL);
}

/* A row that says what is missing: a file must not look whole where it is not. */
static void put_words(struct csv_writer *w, const char *code, const char *words, size_t columns)
{
	csv_put_text(w, code);
	csv_put_text(w, words);
	for (size_t c = 2; c < columns; c++)
		csv_put_text(w, NULL);
	csv_end_row(w);
}

static void put_missing(const struct merge *m, struct csv_writer *w, size_t columns)
{
	SCOPED(buf) next = {0};
	for (size_t i = 0; i < m->fan->count; i++) {
		const struct store *store = &m->fan->parent->service->stores[i];
		if (supervise_is_absent(&m->fan->parts[i]))
			put_words(w, store->code, arena_printf(&m->fan->parent->arena, "%s (没有回答)", store->name), columns);
	}
	if (put_next(m, &next))
		put_words(w, NULL, "以下还有, 请按日期分段导出", columns);
}

static void put_csv(const struct merge *m)
{
	struct exchange *x = m->fan->parent;
	const char *heads[64] = {"consortium", "consortium_name"};
	size_t n = 2;
	struct csv_writer w;
	for (const struct list_column *c = x->fan->list->columns; c->name; c++)
		heads[n++] = c->name;
	csv_begin(&w, &x->reply.body, heads, n);
	for (size_t i = 0; i < m->count; i++) {
		csv_put_text(&w, m->rows[i]->store->code);
		csv_put_text(&w, m->rows[i]->store->name);
		for (const struct list_column *c = x->fan->list->columns; c->name; c++)
			put_cell(&w, c, jv_member(m->rows[i]->row, c->name));
		csv_end_row(&w);
	}
	put_missing(m, &w, n);
	x->reply.content_type = "text/csv; charset=utf-8";
	x->reply.file_name = arena_printf(&x->arena, "%s.csv", x->fan->list->name);
}

void supervise_answer_list(struct fan *f)
{
	struct merge m = {.fan = f, .parts = arena_array(&f->parent->arena, f->count + 1, sizeof(struct part_rows))};
	for (size_t i = 0; i < f->count; i++)
		gather_part(&m, i);
	merge(&m);
	(f->parent->csv ? put_csv : put_json)(&m);
	for (size_t i = 0; i < f->count; i++)
		if (m.parts[i].document.root)
			jv_document_drop(&m.parts[i].document);
}
