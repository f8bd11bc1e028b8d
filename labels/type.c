#include "labels/type.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAMILIES "Noto Sans CJK SC,WenQuanYi Micro Hei,sans-serif"
/* Tenths of an em: from line to line, and from a line's top to its baseline (a Chinese em square hangs 0.12 em below it). */
#define PITCH 11
#define BASELINE 9

/* One element's last text, set. */
struct setting {
	const struct element *element;
	PangoFontDescription *font;
	PangoLayout *line;
	char *text;
	struct fitted fitted;
};

static PangoLayout *line_new(const struct typesetter *t)
{
	PangoLayout *line = pango_layout_new(t->context);
	pango_layout_set_auto_dir(line, FALSE);
	pango_layout_set_font_description(line, t->font);
	return line;
}

static bool has_chinese_font(const struct typesetter *t)
{
	PangoLayout *line = line_new(t);
	pango_layout_set_text(line, "药", -1);
	bool has = pango_layout_get_unknown_glyphs_count(line) == 0;
	g_object_unref(line);
	return has;
}

enum status typesetter_open(struct typesetter *out, cairo_t *cr, char why[LABEL_WHY_MAX])
{
	/* A font map of its own, which takes its caches along when it goes: the shared one keeps them for ever. */
	PangoFontMap *map = pango_cairo_font_map_new();
	out->context = pango_font_map_create_context(map);
	g_object_unref(map);
	pango_cairo_update_context(cr, out->context);
	out->font = pango_font_description_from_string(FAMILIES);
	cairo_font_options_t *options = cairo_font_options_create();
	/* Without hinting the same text has the same width in PDF and PNG, so that both break alike. */
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(out->context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(out->context, FALSE);
	pango_context_set_base_dir(out->context, PANGO_DIRECTION_LTR);
	if (has_chinese_font(out))
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "没有安装中文字体 (fonts-noto-cjk 或 fonts-wqy-microhei)");
	return ST_INTERNAL;
}

void typesetter_drop(struct typesetter *t)
{
	for (size_t i = 0; i < t->count; i++) {
		g_object_unref(t->settings[i].line);
		pango_font_description_free(t->settings[i].font);
		free(t->settings[i].text);
	}
	free(t->settings);
	if (t->context)
		g_object_unref(t->context);
	if (t->font)
		pango_font_description_free(t->font);
	*t = (struct typesetter){0};
}

/* The element's setting, made where it has none yet. */
static struct setting *setting_of(struct typesetter *t, const struct element *e)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->settings[i].element == e)
			return &t->settings[i];
	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->settings = memory_resize(t->settings, t->cap * sizeof *t->settings);
	}
	struct setting *s = &t->settings[t->count++];
	*s = (struct setting){.element = e, .font = pango_font_description_copy(t->font), .line = line_new(t)};
	pango_font_description_set_weight(s->font, e->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	return s;
}

static void set_size(struct setting *s, int size)
{
	pango_font_description_set_absolute_size(s->font, size * PANGO_SCALE);
	pango_layout_set_font_description(s->line, s->font);
}

static int max_lines(const struct setting *s, int size)
{
	int lines = s->element->h * 10 / (size * PITCH);
	return s->element->wrap && lines > 1 ? lines : 1;
}

/* True where the text, at that size, stays inside the element's rectangle. */
static bool fits(struct setting *s, int size)
{
	int width = 0;
	set_size(s, size);
	pango_layout_get_size(s->line, &width, NULL);
	return size * PITCH <= s->element->h * 10 && width <= s->element->w * PANGO_SCALE &&
	       pango_layout_get_line_count(s->line) <= max_lines(s, size);
}

/* What one line of the width set now could grow to: widths are proportional to the size, as nothing is hinted. */
static int line_estimate(struct setting *s, int size)
{
	int width = 0;
	pango_layout_get_size(s->line, &width, NULL);
	int by_width = width > s->element->w * PANGO_SCALE ? (int)((int64_t)size * s->element->w * PANGO_SCALE / width) : size;
	int by_height = s->element->h * 10 / PITCH;
	return by_width < by_height ? by_width : by_height;
}

/* The largest size in min..max that fits; 0 where none does. Each probe shapes the text anew: few are wanted. */
static int largest(struct setting *s, int min, int max)
{
	if (fits(s, max))
		return max;
	int found = 0, one_line = line_estimate(s, max);
	if (pango_layout_get_width(s->line) < 0) {
		for (int size = one_line; size >= min && size > one_line - 3 && !found; size--)
			found = fits(s, size) ? size : 0;
		return found;
	}
	while (min < max) {
		int middle = (min + max) / 2;
		if (fits(s, middle)) {
			found = middle;
			min = middle + 1;
		} else {
			max = middle;
		}
	}
	return found;
}

static void set_text(struct setting *s, const char *text)
{
	pango_layout_set_ellipsize(s->line, PANGO_ELLIPSIZE_NONE);
	pango_layout_set_height(s->line, -1);
	pango_layout_set_width(s->line, -1);
	pango_layout_set_wrap(s->line, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(s->line, text, -1);
}

/* A lot number or a sentence is read best on one line: only what would lose a third of its size there is wrapped. What
   is `balance`d is to be seen from afar: there the size alone decides. */
static int fit_size(struct setting *s)
{
	const struct element *e = s->element;
	int two_thirds = e->size * 2 / 3, size = 0;
	if (!e->wrap)
		return largest(s, e->min, e->size);
	if (!e->balance)
		size = largest(s, e->min > two_thirds ? e->min : two_thirds, e->size);
	if (size)
		return size;
	pango_layout_set_width(s->line, e->w * PANGO_SCALE);
	return largest(s, e->min, e->size);
}

/* Narrows the lines as far as their number stays: no last line of a single character. */
static void balance(struct setting *s)
{
	int lines = pango_layout_get_line_count(s->line), narrow = s->element->w / lines, wide = s->element->w;
	while (lines > 1 && narrow < wide) {
		int middle = (narrow + wide) / 2;
		pango_layout_set_width(s->line, middle * PANGO_SCALE);
		if (pango_layout_get_line_count(s->line) > lines)
			narrow = middle + 1;
		else
			wide = middle;
	}
	pango_layout_set_width(s->line, wide * PANGO_SCALE);
}

/* At its smallest, with an ellipsis for what does not fit. */
static void cut(struct setting *s)
{
	set_size(s, s->element->min);
	pango_layout_set_width(s->line, s->element->w * PANGO_SCALE);
	pango_layout_set_height(s->line, -max_lines(s, s->element->min));
	pango_layout_set_ellipsize(s->line, PANGO_ELLIPSIZE_END);
}

/* Sets the text at the size it gets; what it answers stands in *out. */
static void fit_text(struct setting *s, const char *text, struct fitted *out)
{
	set_text(s, text);
	out->size = fit_size(s);
	out->cut = !out->size;
	if (out->cut) {
		out->size = s->element->min;
		cut(s);
	} else {
		set_size(s, out->size);
		if (s->element->balance)
			balance(s);
	}
	int lines = pango_layout_get_line_count(s->line), most = max_lines(s, out->size);
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
static const char *blank_character(struct setting *s, int size)
{
	const char *text = pango_layout_get_text(s->line), *blank = NULL;
	for (GSList *l = pango_layout_get_lines_readonly(s->line); l && !blank; l = l->next)
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

/* Sets the text, in other characters where the font leaves one blank. */
static enum status set_anew(struct setting *s, const char *text, char why[LABEL_WHY_MAX])
{
	fit_text(s, text, &s->fitted);
	const char *blank = blank_character(s, s->fitted.size);
	if (blank) {
		SCOPED(buf) other = {0};
		write_otherwise(text, &other);
		fit_text(s, other.data, &s->fitted);
		blank = blank_character(s, s->fitted.size);
	}
	if (!blank)
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "字体里没有这个字: %.*s", (int)(g_utf8_next_char(blank) - blank), blank);
	return ST_INVALID_FIELD;
}

enum status typesetter_fit(struct typesetter *t, const struct element *e, const char *text, struct fitted *out,
                           char why[LABEL_WHY_MAX])
{
	struct setting *s = setting_of(t, e);
	if (!s->text || strcmp(s->text, text) != 0) {
		free(s->text);
		s->text = NULL; /* a text that is refused is not remembered */
		enum status st = set_anew(s, text, why);
		if (st != ST_OK)
			return st;
		s->text = memory_string(text);
		s->fitted.line = s->line;
	}
	*out = s->fitted;
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

void typesetter_draw(cairo_t *cr, const struct element *e, int y, const struct fitted *f)
{
	double pitch = f->size * PITCH / 10.0, top = y + (e->h - pitch * f->lines) / 2;
	for (int i = 0; i < f->lines; i++) {
		PangoLayoutLine *line = pango_layout_get_line_readonly(f->line, i);
		cairo_move_to(cr, line_left(line, e), top + pitch * i + f->size * BASELINE / 10.0);
		pango_cairo_show_layout_line(cr, line);
	}
}
