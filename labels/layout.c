#include "labels/layout.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* What a template's names mean at one place: the row's values stand before the fields. */
struct scope {
	const struct label_row *row; /* NULL outside rows */
	const struct label_row *fields;
	char page[24], pages[24], row_number[24];
};

struct placing {
	struct arena *arena;
	const struct layout *layout;
	struct page *page;
	size_t cap;
	char *why;
};

static const struct layout_field *field_of(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->field_count; i++)
		if (strcmp(l->fields[i].name, name) == 0)
			return &l->fields[i];
	return NULL;
}

static enum status check_value(const struct layout *l, const struct label_value *v, char why[LABEL_WHY_MAX])
{
	if (!field_of(l, v->name)) {
		snprintf(why, LABEL_WHY_MAX, "版式 %s 没有字段 %.40s", l->name, v->name);
		return ST_UNKNOWN_FIELD;
	}
	size_t n = v->text ? strlen(v->text) : 0;
	if (n <= LABEL_VALUE_MAX && (n == 0 || (utf8_valid(v->text, n) && !text_has_control(v->text, true))))
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "字段 %.40s %s", v->name, n > LABEL_VALUE_MAX ? "过长" : "含有不能打印的字符");
	return ST_INVALID_FIELD;
}

static enum status check_row(const struct layout *l, const struct label_row *row, char why[LABEL_WHY_MAX])
{
	enum status st = ST_OK;
	for (size_t i = 0; i < row->count && st == ST_OK; i++)
		st = check_value(l, &row->values[i], why);
	return st;
}

enum status layout_check(const struct layout *l, const struct label_data *data, char why[LABEL_WHY_MAX])
{
	if (data->row_count > LABEL_ROWS_MAX) {
		snprintf(why, LABEL_WHY_MAX, "行数超过 %d", LABEL_ROWS_MAX);
		return ST_INVALID_FIELD;
	}
	enum status st = check_row(l, &data->fields, why);
	for (size_t i = 0; i < data->row_count && st == ST_OK; i++)
		st = check_row(l, &data->rows[i], why);
	return st;
}

size_t layout_pages(const struct layout *l, const struct label_data *data)
{
	size_t per_page = l->rows_per_page ? (size_t)l->rows_per_page : 1;
	return data->row_count ? (data->row_count + per_page - 1) / per_page : 1;
}

static const char *value_in(const struct label_row *row, const char *name, size_t len)
{
	for (size_t i = 0; row && i < row->count; i++)
		if (strlen(row->values[i].name) == len && memcmp(row->values[i].name, name, len) == 0)
			return row->values[i].text && *row->values[i].text ? row->values[i].text : NULL;
	return NULL;
}

/* NULL where the name has no value. */
static const char *value_of(const struct scope *s, const char *name, size_t len)
{
	const struct label_value given[] = {{"page", s->page}, {"pages", s->pages}, {"row", s->row_number}};
	const char *text = value_in(s->row, name, len);
	if (!text)
		text = value_in(s->fields, name, len);
	return text ? text : value_in(&(struct label_row){given, sizeof given / sizeof *given}, name, len);
}

/* A value in a GS1 symbol must not open an identifier of its own. */
static void put_value(struct buf *out, const char *value, bool gs1)
{
	for (const char *s = value; *s; s++) {
		if (gs1 && *s == '(')
			buf_putc(out, '\\');
		buf_putc(out, *s);
	}
}

/* Fills the template; *text is "" where it has names and none of them has a value. */
static enum status fill(struct placing *p, const struct element *e, const struct scope *scope, const char **text)
{
	SCOPED(buf) out = {0};
	bool gs1 = e->kind == ELEMENT_SYMBOL && symbol_is_gs1(e->symbol);
	size_t named = 0, filled = 0;
	for (const char *s = e->template; *s;) {
		size_t plain = strcspn(s, "{");
		buf_put(&out, s, plain);
		s += plain;
		if (!*s)
			break;
		size_t len = strcspn(++s, "}"), name = len - (s[len - 1] == '?');
		const char *value = value_of(scope, s, name);
		if (!value && name == len) {
			snprintf(p->why, LABEL_WHY_MAX, "缺少字段 %.*s", (int)name, s);
			return ST_INVALID_FIELD;
		}
		named++;
		filled += value != NULL;
		put_value(&out, value ? value : "", gs1);
		s += len + 1;
	}
	*text = named && !filled ? "" : arena_copy(p->arena, out.data, out.len);
	return ST_OK;
}

/* The largest module that fits, in whole dots: a thermal head cannot print half a dot, and rounding ruins the ratios. */
static enum status fit_symbol(struct placing *p, struct mark *m)
{
	const struct element *e = m->element;
	int across = LABEL_DOTS(e->w) / (m->symbol.width + 2 * m->symbol.quiet);
	int down = m->symbol.linear ? across : LABEL_DOTS(e->h) / (m->symbol.rows + 2 * m->symbol.quiet);
	m->module = across < down ? across : down;
	/* Hand scanners read 0.25 mm bars and 0.25 mm cells of a clean print; less is a gamble. */
	if (m->module >= 2)
		return ST_OK;
	snprintf(p->why, LABEL_WHY_MAX, "条码内容过长, 标签上放不下");
	return ST_INVALID_FIELD;
}

/* A second line is only for those who wrap; elsewhere a new line is a blank. */
static const char *one_line(struct arena *a, const char *text)
{
	char *copy = arena_string(a, text);
	for (char *s = copy + strcspn(copy, "\n\t"); *s; s += strcspn(s, "\n\t"))
		*s = ' ';
	return copy;
}

static void push_mark(struct placing *p, const struct mark *m)
{
	if (p->page->count == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 32;
		struct mark *more = arena_array(p->arena, p->cap, sizeof *more);
		if (p->page->count)
			memcpy(more, p->page->marks, p->page->count * sizeof *more);
		p->page->marks = more;
	}
	p->page->marks[p->page->count++] = *m;
}

static enum status place_element(struct placing *p, const struct element *e, const struct scope *scope, int top)
{
	struct mark m = {.element = e, .y = top + e->y, .text = ""};
	if ((e->present && !value_of(scope, e->present, strlen(e->present))) ||
	    (e->missing && value_of(scope, e->missing, strlen(e->missing))))
		return ST_OK;
	enum status st = *e->template ? fill(p, e, scope, &m.text) : ST_OK;
	if (st != ST_OK || (*e->template && !*m.text))
		return st;
	if (e->kind == ELEMENT_TEXT && !e->wrap)
		m.text = one_line(p->arena, m.text);
	if (e->kind == ELEMENT_SYMBOL) {
		st = symbol_make(p->arena, e->symbol, m.text, &m.symbol, p->why);
		if (st == ST_OK)
			st = fit_symbol(p, &m);
	}
	if (st == ST_OK)
		push_mark(p, &m);
	return st;
}

/* All elements of the page (rows == false) or of one row. */
static enum status place_all(struct placing *p, const struct scope *scope, bool rows, int top)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < p->layout->count && st == ST_OK; i++)
		if (p->layout->elements[i].in_rows == rows)
			st = place_element(p, &p->layout->elements[i], scope, top);
	return st;
}

enum status layout_place(struct arena *a, const struct layout *l, const struct label_data *data, size_t page, struct page *out,
                         char why[LABEL_WHY_MAX])
{
	struct placing p = {.arena = a, .layout = l, .page = out, .why = why};
	struct scope scope = {.fields = &data->fields};
	size_t per_page = l->rows_per_page ? (size_t)l->rows_per_page : 1, first = page * per_page;
	*out = (struct page){0};
	snprintf(scope.page, sizeof scope.page, "%zu", page + 1);
	snprintf(scope.pages, sizeof scope.pages, "%zu", layout_pages(l, data));
	if (!l->rows_per_page && data->row_count)
		scope.row = &data->rows[page];
	enum status st = place_all(&p, &scope, false, 0);
	for (size_t i = 0; l->rows_per_page && i < per_page && first + i < data->row_count && st == ST_OK; i++) {
		scope.row = &data->rows[first + i];
		snprintf(scope.row_number, sizeof scope.row_number, "%zu", first + i + 1);
		st = place_all(&p, &scope, true, l->rows_y + (int)i * l->rows_pitch);
	}
	return st;
}
