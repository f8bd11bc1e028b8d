#include "labels/type.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

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

/* What one line of the width set now could grow to: widths are proportional to the size, as nothing is hinted. */
static int line_estimate(struct typesetter *t, const struct element *e, int size)
{
	int width = 0;
	pango_layout_get_size(t->line, &width, NULL);
	int by_width = width > e->w * PANGO_SCALE ? (int)((int64_t)size * e->w * PANGO_SCALE / width) : size;
	int by_height = e->h * 10 / PITCH;
	return by_width < by_height ? by_width : by_height;
}

/* The largest size in min..max that fits; 0 where none does. Each probe shapes the text anew: few are wanted. */
static int largest(struct typesetter *t, const struct element *e, int min, int max)
{
	if (fits(t, e, max))
		return max;
	int found = 0, one_line = line_estimate(t, e, max);
	if (pango_layout_get_width(t->line) < 0) {
		for (int size = one_line; size >= min && size > one_line - 3 && !found; size--)
			found = fits(t, e, size) ? size : 0;
		return found;
	}
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

/* Sets the text at the size it gets; what it answers stands in *out. */
static void fit_text(struct typesetter *t, const struct element *e, const char *text, struct fitted *out)
{
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
}

/* The first character of the run that prints nothing although it should; NULL where there is none. Ink smaller than the
   smallest full stop counts as nothing: where bold is simulated, even an empty glyph claims a speck of em/24. */
static const char *blank_in_run(const char *text, const PangoLayoutRun *run, int size)
{
	const int speck = size * PANGO_SCALE / 16;
	for (int i = 0; i < run->glyphs->num_glyphs; i++) {
		PangoGlyph glyph = run->glyphs->glyphs[i].glyph;
		const char *at = text + run->item->offset + run->glyphs->log_clusters[i];
		if (glyph == PANGO_GLYPH_EMPTY || glyph & PANGO_GLYPH_UNKNOWN_FLAG || g_unichar_isspace(g_utf8_get_char(at)))
			continue;
		PangoRectangle ink;
		pango_font_get_glyph_extents(run->item->analysis.font, glyph, &ink, NULL);
		if (ink.width <= speck && ink.height <= speck && run->glyphs->glyphs[i].geometry.width > 0)
			return at;
	}
	return NULL;
}

/* WenQuanYi Micro Hei claims some characters (℃ Ⅴ Ⅹ) and draws nothing. On a medicine's label that is not a flaw of beauty. */
static const char *blank_character(struct typesetter *t, int size)
{
	const char *text = pango_layout_get_text(t->line), *blank = NULL;
	for (GSList *l = pango_layout_get_lines_readonly(t->line); l && !blank; l = l->next)
		for (GSList *r = ((PangoLayoutLine *)l->data)->runs; r && !blank; r = r->next)
			blank = blank_in_run(text, r->data, size);
	return blank;
}

/* The text with characters that a font leaves blank written in others that look the same. */
static void write_otherwise(const char *text, struct buf *out)
{
	static const char *const others[][2] = {{"℃", "°C"}, {"℉", "°F"}, {"Ⅴ", "V"},
	                                        {"Ⅹ", "X"},  {"∼", "~"},  {"\u212b", "\u00c5"}};
	while (*text) {
		size_t k = 0, count = sizeof others / sizeof *others;
		while (k < count && strncmp(text, others[k][0], strlen(others[k][0])) != 0)
			k++;
		if (k < count)
			buf_puts(out, others[k][1]);
		else
			buf_putc(out, *text);
		text += k < count ? strlen(others[k][0]) : 1;
	}
}

enum status typesetter_fit(struct typesetter *t, const struct element *e, const char *text, struct fitted *out,
                           char why[LABEL_WHY_MAX])
{
	*out = (struct fitted){0};
	fit_text(t, e, text, out);
	const char *blank = blank_character(t, out->size);
	if (blank) {
		SCOPED(buf) other = {0};
		write_otherwise(text, &other);
		fit_text(t, e, other.data, out);
		blank = blank_character(t, out->size);
	}
	if (blank) {
		snprintf(why, LABEL_WHY_MAX, "字体里没有这个字: %.*s", (int)(g_utf8_next_char(blank) - blank), blank);
		return ST_INVALID_FIELD;
	}
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
