#include "labels/type.h"

#include <stdio.h>

#define FAMILIES "Noto Sans CJK SC,WenQuanYi Micro Hei,sans-serif"
/* Tenths of an em: from line to line, and from a line's top to its baseline (a Chinese em square hangs 0.12 em below it). */
#define PITCH 11
#define BASELINE 9

static bool has_chinese_font(struct typesetter *t)
{
	pango_layout_set_text(t->line, "药", -1);
	return pango_layout_get_unknown_glyphs_count(t->line) == 0;
}

enum status typesetter_open(struct typesetter *out, cairo_t *cr, char why[LABEL_WHY_MAX])
{
	out->line = pango_cairo_create_layout(cr);
	out->font = pango_font_description_from_string(FAMILIES);
	PangoContext *context = pango_layout_get_context(out->line);
	cairo_font_options_t *options = cairo_font_options_create();
	/* Without hinting the same text has the same width in PDF and PNG, so that both break alike. */
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
	pango_layout_set_auto_dir(out->line, FALSE);
	pango_layout_set_font_description(out->line, out->font);
	if (has_chinese_font(out))
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "没有安装中文字体 (fonts-noto-cjk 或 fonts-wqy-microhei)");
	return ST_INTERNAL;
}

void typesetter_drop(struct typesetter *t)
{
	if (t->line)
		g_object_unref(t->line);
	if (t->font)
		pango_font_description_free(t->font);
	*t = (struct typesetter){0};
}

static void set_size(struct typesetter *t, int size)
{
	pango_font_description_set_absolute_size(t->font, size * PANGO_SCALE);
	pango_layout_set_font_description(t->line, t->font);
}

static int max_lines(const struct element *e, int size)
{
	int lines = e->h * 10 / (size * PITCH);
	return e->wrap && lines > 1 ? lines : 1;
}

/* True where the text, at that size, stays inside the element's rectangle. */
static bool fits(struct typesetter *t, const struct element *e, int size)
{
	int width = 0;
	set_size(t, size);
	pango_layout_get_size(t->line, &width, NULL);
	return size * PITCH <= e->h * 10 && width <= e->w * PANGO_SCALE &&
	       pango_layout_get_line_count(t->line) <= max_lines(e, size);
}

/* The largest size in min..max that fits; 0 where none does. Each probe shapes the text anew, hence the halving. */
static int largest(struct typesetter *t, const struct element *e, int min, int max)
{
	if (fits(t, e, max))
		return max;
	int found = 0;
	while (min < max) {
		int middle = (min + max) / 2;
		if (fits(t, e, middle)) {
			found = middle;
			min = middle + 1;
		} else {
			max = middle;
		}
	}
	return found;
}

static void set_text(struct typesetter *t, const struct element *e, const char *text)
{
	pango_font_description_set_weight(t->font, e->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_ellipsize(t->line, PANGO_ELLIPSIZE_NONE);
	pango_layout_set_height(t->line, -1);
	pango_layout_set_width(t->line, -1);
	pango_layout_set_wrap(t->line, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(t->line, text, -1);
}

/* A lot number or a sentence is read best on one line: only what would lose a third of its size there is wrapped. What
   is `balance`d is to be seen from afar: there the size alone decides. */
static int fit_size(struct typesetter *t, const struct element *e)
{
	int two_thirds = e->size * 2 / 3, size = 0;
	if (!e->wrap)
		return largest(t, e, e->min, e->size);
	if (!e->balance)
		size = largest(t, e, e->min > two_thirds ? e->min : two_thirds, e->size);
	if (size)
		return size;
	pango_layout_set_width(t->line, e->w * PANGO_SCALE);
	return largest(t, e, e->min, e->size);
}

/* Narrows the lines as far as their number stays: no last line of a single character. */
static void balance(struct typesetter *t, const struct element *e)
{
	int lines = pango_layout_get_line_count(t->line), narrow = e->w / lines, wide = e->w;
	while (narrow < wide) {
		int middle = (narrow + wide) / 2;
		pango_layout_set_width(t->line, middle * PANGO_SCALE);
		if (pango_layout_get_line_count(t->line) > lines)
			narrow = middle + 1;
		else
			wide = middle;
	}
	pango_layout_set_width(t->line, wide * PANGO_SCALE);
}

/* At its smallest, with an ellipsis for what does not fit. */
static void cut(struct typesetter *t, const struct element *e)
{
	set_size(t, e->min);
	pango_layout_set_width(t->line, e->w * PANGO_SCALE);
	pango_layout_set_height(t->line, -max_lines(e, e->min));
	pango_layout_set_ellipsize(t->line, PANGO_ELLIPSIZE_END);
}

enum status typesetter_fit(struct typesetter *t, const struct element *e, const char *text, struct fitted *out,
                           char why[LABEL_WHY_MAX])
{
	*out = (struct fitted){0};
	set_text(t, e, text);
	out->size = fit_size(t, e);
	out->cut = !out->size;
	if (out->cut) {
		out->size = e->min;
		cut(t, e);
	} else {
		set_size(t, out->size);
		if (e->balance)
			balance(t, e);
	}
	int lines = pango_layout_get_line_count(t->line), most = max_lines(e, out->size);
	out->lines = lines < most ? lines : most;
	if (!out->cut || !e->whole)
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "内容过长, 不能截断: %.60s", text);
	return ST_INVALID_FIELD;
}

static double line_left(PangoLayoutLine *line, const struct element *e)
{
	PangoRectangle logical;
	pango_layout_line_get_extents(line, NULL, &logical);
	double rest = e->w - (double)logical.width / PANGO_SCALE;
	return e->x + (e->align == ALIGN_LEFT ? 0 : e->align == ALIGN_RIGHT ? rest : rest / 2);
}

void typesetter_draw(struct typesetter *t, cairo_t *cr, const struct element *e, int y, const struct fitted *f)
{
	double pitch = f->size * PITCH / 10.0, top = y + (e->h - pitch * f->lines) / 2;
	for (int i = 0; i < f->lines; i++) {
		PangoLayoutLine *line = pango_layout_get_line_readonly(t->line, i);
		cairo_move_to(cr, line_left(line, e), top + pitch * i + f->size * BASELINE / 10);
		pango_cairo_show_layout_line(cr, line);
	}
}
