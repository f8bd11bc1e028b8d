/*
 * Label and sheet layouts as data: labels/NAME.def, embedded. A layout says where texts, symbols, lines and boxes stand;
 * label_data brings names and values; placing joins both into the marks of one page. Nothing is measured or drawn here
 * (labels/type.h, labels/output.h). All lengths are 0.1 mm from the upper left corner.
 *
 * The file, one thing a line (# begins a comment line):
 *   paper W H "title"                          first line
 *   text X Y W H [options] "template"          shrinks from size= to min=, then is cut with an ellipsis
 *   symbol X Y W H KIND [options] "template"   the largest module that fits, centred; refused below the kind's minimum
 *   fill X Y W H [options]    box X Y W H [thick=N] [options]
 *   rows Y PITCH COUNT  …  end                 elements between are drawn for each row, at most COUNT on a page, Y relative
 * Options: size=N min=N center right bold wrap balance (lines of even length) whole (refused rather
 * than cut) white if=FIELD unless=FIELD.
 * Template: {name} must have a value where the element is drawn, {name?} may be missing; an element whose templates are
 * all empty is not drawn. page, pages and row (its number) are given by the layout itself.
 *
 * A layout with a rows block continues on further pages; in one without, each row is a label of its own whose values
 * stand before those of fields.
 */
#pragma once
#include "labels/symbol.h"

#define LABEL_WHY_MAX SYMBOL_WHY_MAX
#define LABEL_VALUE_MAX 8192 /* bytes of one value */
#define LABEL_ROWS_MAX 10000
/* Pages are laid out on the grid of 203 dpi heads: a dot is 1/8 mm, 0.1 mm is 0.8 dot. */
#define LABEL_DOTS(units) ((units)*4 / 5)

struct label_value {
	const char *name, *text; /* UTF-8; text NULL or "" means missing */
};
struct label_row {
	const struct label_value *values;
	size_t count;
};
struct label_data {
	struct label_row fields;
	const struct label_row *rows;
	size_t row_count;
};

enum element_kind { ELEMENT_TEXT, ELEMENT_SYMBOL, ELEMENT_FILL, ELEMENT_BOX };
enum align { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT };
struct element {
	enum element_kind kind;
	int x, y, w, h;
	int size, min; /* of type: the em, largest and smallest */
	int thick;     /* of a box's border */
	enum align align;
	bool bold, wrap, balance, whole, white;
	bool in_rows;
	enum symbol_kind symbol;
	const char *template;          /* "" for elements without text */
	const char *present, *missing; /* names of if= and unless=, or NULL */
};

struct layout_field {
	const char *name;
	bool in_rows, required; /* required: drawn without any condition */
};
struct layout {
	const char *name, *title;
	int width, height;
	struct element *elements;
	size_t count;
	int rows_y, rows_pitch, rows_per_page; /* rows_per_page 0: no rows block */
	struct layout_field *fields;
	size_t field_count;
};

/* What stands on a page. */
struct mark {
	const struct element *element;
	int y;            /* the element's y, moved to its row */
	const char *text; /* of ELEMENT_TEXT, ready to set */
	struct symbol symbol;
	int module; /* dots of 1/8 mm (203 dpi) per module */
};
struct page {
	struct mark *marks;
	size_t count;
};

/* Reads a layout file's text (the parser alone). INVALID_FIELD with the line's number in why. */
MUST_CHECK enum status layout_parse(struct arena *a, const char *name, const char *text, struct layout *out,
                                    char why[LABEL_WHY_MAX]);
/* The embedded layout of that name; NOT_FOUND where there is none. */
MUST_CHECK enum status layout_load(struct arena *a, const char *name, struct layout *out, char why[LABEL_WHY_MAX]);
/* Calls each(arg, name) for every embedded layout. */
void layout_each(void (*each)(void *arg, const char *name), void *arg);

/* Refuses names that the layout does not know (UNKNOWN_FIELD), control characters, bad UTF-8 and excess (INVALID_FIELD). */
MUST_CHECK enum status layout_check(const struct layout *l, const struct label_data *data, char why[LABEL_WHY_MAX]);
size_t layout_pages(const struct layout *l, const struct label_data *data);
/* The marks of page 0..layout_pages-1 of checked data, in the arena. INVALID_FIELD: a value missing, a symbol impossible. */
MUST_CHECK enum status layout_place(struct arena *a, const struct layout *l, const struct label_data *data, size_t page,
                                    struct page *out, char why[LABEL_WHY_MAX]);
