/*
 * Setting text in a rectangle by pango: the largest size between the element's limits at which it fits, then a cut with an
 * ellipsis; it never leaves its rectangle. Chinese fonts: Noto Sans CJK SC, else WenQuanYi Micro Hei. Lines stand on an
 * own pitch (1.1 em), because the fonts' own leading differs. Pango is not shared between threads: one typesetter, one
 * thread.
 */
#pragma once
#include "labels/layout.h"

#include <pango/pangocairo.h>

struct fitted {
	int size, lines;
	bool cut;          /* an ellipsis stands for the rest */
	PangoLayout *line; /* the set text; the typesetter's, until it sets another text for the same element */
};
struct setting;
struct typesetter {
	PangoContext *context;
	PangoFontDescription *font;
	struct setting *settings; /* the last text of each element: labels of a batch repeat most of them */
	size_t count, cap;
};

/* A typesetter that draws on cr, whose unit is 0.1 mm; INTERNAL where no Chinese font is installed. */
MUST_CHECK enum status typesetter_open(struct typesetter *out, cairo_t *cr, char why[LABEL_WHY_MAX]);
void typesetter_drop(struct typesetter *t);
/*
 * Sets and measures text for the element (which must outlive the typesetter). INVALID_FIELD where an element marked
 * `whole` would be cut, or the font has no picture of a character.
 */
MUST_CHECK enum status typesetter_fit(struct typesetter *t, const struct element *e, const char *text, struct fitted *out,
                                      char why[LABEL_WHY_MAX]);
/* Draws what was fitted, vertically centred in the element moved to y, in cr's colour. */
void typesetter_draw(cairo_t *cr, const struct element *e, int y, const struct fitted *f);
