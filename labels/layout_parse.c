#include "labels/layout.h"

#include "core/embed.h"
#include "core/text.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 24
#define FOLDER "labels/"
#define SUFFIX ".def"

struct parser {
	struct arena *arena;
	struct layout *layout;
	bool in_rows, rows_seen;
	size_t cap; /* room for elements */
};

/* One line cut into words; a word in quotes keeps its blanks and is marked. */
struct words {
	char *word[WORDS_MAX];
	bool quoted[WORDS_MAX];
	size_t count;
};

/* The end of a quoted word; "\n" inside becomes a new line. NULL where the quote is not closed. */
static char *unquote(char *p)
{
	char *out = p;
	for (; *p && *p != '"'; p++) {
		if (p[0] == '\\' && p[1] == 'n') {
			*out++ = '\n';
			p++;
		} else {
			*out++ = *p;
		}
	}
	if (*p != '"')
		return NULL;
	*out = '\0';
	return p + 1;
}

static bool split(char *line, struct words *w)
{
	*w = (struct words){0};
	for (char *p = line + strspn(line, " \t"); *p; p += strspn(p, " \t")) {
		if (w->count == WORDS_MAX)
			return false;
		w->quoted[w->count] = *p == '"';
		w->word[w->count++] = *p == '"' ? p + 1 : p;
		if (*p == '"') {
			p = unquote(p + 1);
			if (!p)
				return false;
			continue;
		}
		p += strcspn(p, " \t");
		if (*p)
			*p++ = '\0';
	}
	return true;
}

static bool number(const char *s, int *out)
{
	int64_t v = 0;
	if (!text_to_i64(s, &v) || v < 0 || v > 20000)
		return false;
	*out = (int)v;
	return true;
}

static bool numbers(const struct words *w, size_t first, int *const out[], size_t n)
{
	if (w->count < first + n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (w->quoted[first + i] || !number(w->word[first + i], out[i]))
			return false;
	return true;
}

static const struct {
	const char *name;
	size_t offset;
} flags[] = {{"bold", offsetof(struct element, bold)},
             {"balance", offsetof(struct element, balance)},
             {"wrap", offsetof(struct element, wrap)},
             {"whole", offsetof(struct element, whole)},
             {"white", offsetof(struct element, white)}},
  sizes[] = {{"size=", offsetof(struct element, size)},
             {"min=", offsetof(struct element, min)},
             {"thick=", offsetof(struct element, thick)}},
  names[] = {{"if=", offsetof(struct element, present)}, {"unless=", offsetof(struct element, missing)}};
#define COUNT(table) (sizeof(table) / sizeof *(table))

static void *at(struct element *e, size_t offset)
{
	return (char *)e + offset;
}

static bool option(struct element *e, const char *word)
{
	for (size_t i = 0; i < COUNT(flags); i++)
		if (strcmp(word, flags[i].name) == 0)
			return *(bool *)at(e, flags[i].offset) = true;
	for (size_t i = 0; i < COUNT(sizes); i++)
		if (strncmp(word, sizes[i].name, strlen(sizes[i].name)) == 0)
			return number(word + strlen(sizes[i].name), at(e, sizes[i].offset));
	for (size_t i = 0; i < COUNT(names); i++)
		if (strncmp(word, names[i].name, strlen(names[i].name)) == 0) {
			*(const char **)at(e, names[i].offset) = word + strlen(names[i].name);
			return true;
		}
	static const char *const aligns[] = {[ALIGN_CENTER] = "center", [ALIGN_RIGHT] = "right"};
	for (size_t i = ALIGN_CENTER; i < COUNT(aligns); i++)
		if (strcmp(word, aligns[i]) == 0) {
			e->align = (enum align)i;
			return true;
		}
	e->symbol = symbol_kind_of(word);
	return e->symbol != SYMBOL_KIND_COUNT;
}

/* Remembers a name once; a second, unconditional use makes it required. */
static void note_field(struct parser *p, const char *name, size_t len, bool required, bool in_rows)
{
	struct layout *l = p->layout;
	for (size_t i = 0; i < l->field_count; i++)
		if (strlen(l->fields[i].name) == len && memcmp(l->fields[i].name, name, len) == 0) {
			l->fields[i].required |= required;
			return;
		}
	static const char *const given[] = {"page", "pages", "row"};
	for (size_t i = 0; i < COUNT(given); i++)
		if (strlen(given[i]) == len && memcmp(given[i], name, len) == 0)
			return;
	struct layout_field *more = arena_array(p->arena, l->field_count + 1, sizeof *more);
	if (l->field_count)
		memcpy(more, l->fields, l->field_count * sizeof *more);
	more[l->field_count++] = (struct layout_field){arena_copy(p->arena, name, len), in_rows, required};
	l->fields = more;
}

static bool note_fields(struct parser *p, const struct element *e)
{
	bool always = !e->present && !e->missing;
	for (const char *s = strchr(e->template, '{'); s; s = strchr(s, '{')) {
		size_t len = strcspn(++s, "{}");
		if (s[len] != '}' || len == 0)
			return false;
		bool may_miss = s[len - 1] == '?';
		note_field(p, s, len - may_miss, always && !may_miss, e->in_rows);
	}
	const char *const conditions[] = {e->present, e->missing};
	for (size_t i = 0; i < COUNT(conditions); i++)
		if (conditions[i])
			note_field(p, conditions[i], strlen(conditions[i]), false, e->in_rows);
	return true;
}

/* Inside the paper; a row's element inside its row. */
static bool is_inside(const struct layout *l, const struct element *e)
{
	int height = e->in_rows ? l->rows_pitch : l->height;
	return e->w > 0 && e->h > 0 && e->x + e->w <= l->width && e->y + e->h <= height;
}

static bool is_whole_element(const struct layout *l, const struct element *e)
{
	bool has_text = e->kind == ELEMENT_TEXT || e->kind == ELEMENT_SYMBOL;
	return is_inside(l, e) && has_text == (*e->template != '\0') && (e->kind != ELEMENT_TEXT || e->size > 0) &&
	       e->min <= e->size && (e->kind == ELEMENT_SYMBOL) == (e->symbol != SYMBOL_KIND_COUNT);
}

static void push_element(struct parser *p, const struct element *e)
{
	struct layout *l = p->layout;
	if (l->count == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 32;
		struct element *more = arena_array(p->arena, p->cap, sizeof *more);
		if (l->count)
			memcpy(more, l->elements, l->count * sizeof *more);
		l->elements = more;
	}
	l->elements[l->count++] = *e;
}

static bool read_element(struct parser *p, enum element_kind kind, const struct words *w)
{
	struct element e = {.kind = kind, .in_rows = p->in_rows, .symbol = SYMBOL_KIND_COUNT, .template = "", .thick = 4};
	if (!numbers(w, 1, (int *const[]){&e.x, &e.y, &e.w, &e.h}, 4))
		return false;
	for (size_t i = 5; i < w->count; i++) {
		if (w->quoted[i])
			e.template = w->word[i];
		else if (!option(&e, w->word[i]))
			return false;
	}
	/* Under a third of its size a text says nothing to the reader it was sized for; 1.6 mm is the floor of any reader. */
	if (!e.min)
		e.min = e.size / 3 > 16 ? e.size / 3 : e.size < 16 ? e.size : 16;
	if (!is_whole_element(p->layout, &e) || !note_fields(p, &e))
		return false;
	push_element(p, &e);
	return true;
}

static bool read_paper(struct parser *p, const struct words *w)
{
	struct layout *l = p->layout;
	if (w->count != 4 || !w->quoted[3] || !numbers(w, 1, (int *const[]){&l->width, &l->height}, 2))
		return false;
	l->title = w->word[3];
	return l->width > 0 && l->height > 0;
}

static bool read_rows(struct parser *p, const struct words *w)
{
	struct layout *l = p->layout;
	if (p->rows_seen || w->count != 4)
		return false;
	p->in_rows = p->rows_seen = true;
	return numbers(w, 1, (int *const[]){&l->rows_y, &l->rows_pitch, &l->rows_per_page}, 3) && l->rows_per_page > 0 &&
	       l->rows_y + l->rows_pitch * l->rows_per_page <= l->height;
}

static bool read_line(struct parser *p, char *line)
{
	static const char *const kinds[] = {
	        [ELEMENT_TEXT] = "text", [ELEMENT_SYMBOL] = "symbol", [ELEMENT_FILL] = "fill", [ELEMENT_BOX] = "box"};
	struct words w;
	if (*line == '#')
		return true;
	if (!split(line, &w))
		return false;
	if (w.count == 0)
		return true;
	if (strcmp(w.word[0], "paper") == 0)
		return p->layout->width == 0 && read_paper(p, &w);
	if (p->layout->width == 0)
		return false;
	if (strcmp(w.word[0], "rows") == 0)
		return read_rows(p, &w);
	if (strcmp(w.word[0], "end") == 0 && w.count == 1 && p->in_rows) {
		p->in_rows = false;
		return true;
	}
	for (size_t k = 0; k < COUNT(kinds); k++)
		if (strcmp(w.word[0], kinds[k]) == 0)
			return read_element(p, (enum element_kind)k, &w);
	return false;
}

enum status layout_parse(struct arena *a, const char *name, const char *text, struct layout *out, char why[LABEL_WHY_MAX])
{
	*out = (struct layout){.name = arena_string(a, name)};
	struct parser p = {.arena = a, .layout = out};
	char *line = arena_string(a, text);
	for (int n = 1; line; n++) {
		char *end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		if (!read_line(&p, line)) {
			snprintf(why, LABEL_WHY_MAX, "版式 %s 第 %d 行有误", name, n);
			return ST_INVALID_FIELD;
		}
		line = end;
	}
	if (out->width > 0 && !p.in_rows)
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "版式 %s 不完整", name);
	return ST_INVALID_FIELD;
}

enum status layout_load(struct arena *a, const char *name, struct layout *out, char why[LABEL_WHY_MAX])
{
	const struct embedded *file = embed_find(arena_printf(a, FOLDER "%.32s" SUFFIX, name));
	if (file)
		return layout_parse(a, name, file->begin, out, why);
	snprintf(why, LABEL_WHY_MAX, "没有名为 %.32s 的版式", name);
	return ST_NOT_FOUND;
}

void layout_each(void (*each)(void *arg, const char *name), void *arg)
{
	for (const struct embedded *f = embed_table; f < embed_table_end; f++) {
		size_t len = strlen(f->name), head = strlen(FOLDER), tail = strlen(SUFFIX);
		if (len <= head + tail || strncmp(f->name, FOLDER, head) != 0 || strcmp(f->name + len - tail, SUFFIX) != 0)
			continue;
		SCOPED(arena) a = {0};
		each(arg, arena_copy(&a, f->name + head, len - head - tail));
	}
}
