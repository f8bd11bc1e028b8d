#include "labels/output.h"

#include "core/clock.h"
#include "labels/type.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define DOT 1.25 /* of the 203 dpi grid, in units of 0.1 mm */
#define POINTS(units) ((units)*72 / 254.0)
#define PNG_HEAD 33 /* signature and IHDR */

/* The surface, the pen on it, and the setter of its texts. */
struct sheet {
	cairo_surface_t *surface;
	cairo_t *cr;
	struct typesetter type;
};

static void sheet_drop(struct sheet *s)
{
	typesetter_drop(&s->type);
	if (s->cr)
		cairo_destroy(s->cr);
	if (s->surface)
		cairo_surface_destroy(s->surface);
}

static cairo_status_t write_buf(void *arg, const unsigned char *bytes, unsigned n)
{
	struct buf *out = arg;
	buf_put(out, bytes, n);
	return out->over ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static enum status cairo_outcome(cairo_status_t cs, const struct buf *out, char why[LABEL_WHY_MAX])
{
	if (cs == CAIRO_STATUS_SUCCESS && !out->over)
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "%s", out->over ? "图像过大" : cairo_status_to_string(cs));
	return out->over ? ST_TOO_LARGE : ST_INTERNAL;
}

/* A black rectangle with its edges on dots, at least one dot wide and high. */
static void draw_bar(cairo_t *cr, int x, int y, int w, int h)
{
	int left = LABEL_DOTS(x), top = LABEL_DOTS(y), right = LABEL_DOTS(x + w), bottom = LABEL_DOTS(y + h);
	cairo_rectangle(cr, left * DOT, top * DOT, (right > left ? right - left : 1) * DOT,
	                (bottom > top ? bottom - top : 1) * DOT);
	cairo_fill(cr);
}

static void draw_fill(cairo_t *cr, const struct mark *m)
{
	draw_bar(cr, m->element->x, m->y, m->element->w, m->element->h);
}

static void draw_box(cairo_t *cr, const struct mark *m)
{
	const struct element *e = m->element;
	int y = m->y;
	draw_bar(cr, e->x, y, e->w, e->thick);
	draw_bar(cr, e->x, y + e->h - e->thick, e->w, e->thick);
	draw_bar(cr, e->x, y, e->thick, e->h);
	draw_bar(cr, e->x + e->w - e->thick, y, e->thick, e->h);
}

/* One bit a module. cairo's A1 rows are 32-bit words in the machine's own bit order. */
static cairo_surface_t *symbol_mask(const struct symbol *s)
{
	cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A1, s->width, s->rows);
	unsigned char *pixels = cairo_image_surface_get_data(mask);
	int stride = cairo_image_surface_get_stride(mask);
	for (int y = 0; pixels && y < s->rows; y++)
		for (int x = 0; x < s->width; x++) {
			int bit = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? x & 7 : 7 - (x & 7);
			pixels[y * stride + (x >> 3)] |= (unsigned char)(s->dark[y * s->width + x] << bit);
		}
	cairo_surface_mark_dirty(mask);
	return mask;
}

/* Centred in its element, quiet zone included, on whole dots. */
static void draw_symbol(cairo_t *cr, const struct mark *m)
{
	const struct element *e = m->element;
	int high = m->symbol.linear ? LABEL_DOTS(e->h) : m->symbol.rows * m->module;
	int left = LABEL_DOTS(e->x) + (LABEL_DOTS(e->w) - m->symbol.width * m->module) / 2,
	    top = LABEL_DOTS(m->y) + (LABEL_DOTS(e->h) - high) / 2;
	cairo_surface_t *mask = symbol_mask(&m->symbol);
	cairo_pattern_t *pattern = cairo_pattern_create_for_surface(mask);
	cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
	cairo_save(cr);
	cairo_translate(cr, left * DOT, top * DOT);
	cairo_scale(cr, m->module * DOT, high * DOT / m->symbol.rows);
	cairo_mask(cr, pattern);
	cairo_restore(cr);
	cairo_pattern_destroy(pattern);
	cairo_surface_destroy(mask);
}

static enum status draw_text(struct sheet *s, const struct mark *m, char why[LABEL_WHY_MAX])
{
	struct fitted fitted;
	enum status st = typesetter_fit(&s->type, m->element, m->text, &fitted, why);
	if (st == ST_OK)
		typesetter_draw(s->cr, m->element, m->y, &fitted);
	return st;
}

static enum status draw_mark(struct sheet *s, const struct mark *m, char why[LABEL_WHY_MAX])
{
	static void (*const shapes[])(cairo_t * cr, const struct mark *m) = {
	        [ELEMENT_SYMBOL] = draw_symbol, [ELEMENT_FILL] = draw_fill, [ELEMENT_BOX] = draw_box};
	double grey = m->element->white ? 1 : 0;
	cairo_set_source_rgb(s->cr, grey, grey, grey);
	if (m->element->kind == ELEMENT_TEXT)
		return draw_text(s, m, why);
	shapes[m->element->kind](s->cr, m);
	return ST_OK;
}

static enum status draw_page(struct sheet *s, const struct output_request *q, size_t number, char why[LABEL_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct page page;
	enum status st = layout_place(&a, q->layout, q->data, number, &page, why);
	for (size_t i = 0; i < page.count && st == ST_OK; i++)
		st = draw_mark(s, &page.marks[i], why);
	return st;
}

static void describe_pdf(cairo_surface_t *pdf, const struct output_request *q)
{
	char created[25];
	ms_iso_text(q->made_at_ms, created);
	created[19] = 'Z'; /* cairo reads no milliseconds */
	created[20] = '\0';
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_TITLE, q->layout->title);
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATOR, "yaocang");
	cairo_pdf_surface_set_metadata(pdf, CAIRO_PDF_METADATA_CREATE_DATE, created);
}

static void pen_open(struct sheet *s, double scale)
{
	s->cr = cairo_create(s->surface);
	cairo_scale(s->cr, scale, scale);
	cairo_set_antialias(s->cr, CAIRO_ANTIALIAS_NONE);
}

static enum status render_pdf(const struct output_request *q, struct buf *out, char why[LABEL_WHY_MAX])
{
	SCOPED(sheet) s = {0};
	s.surface = cairo_pdf_surface_create_for_stream(write_buf, out, POINTS(q->layout->width), POINTS(q->layout->height));
	describe_pdf(s.surface, q);
	pen_open(&s, POINTS(1));
	enum status st = typesetter_open(&s.type, s.cr, why);
	size_t pages = layout_pages(q->layout, q->data);
	for (size_t i = 0; i < pages && st == ST_OK; i++) {
		st = draw_page(&s, q, i, why);
		cairo_show_page(s.cr);
		if (st == ST_OK)
			st = cairo_outcome(cairo_status(s.cr), out, why);
	}
	cairo_surface_finish(s.surface);
	return st == ST_OK ? cairo_outcome(cairo_surface_status(s.surface), out, why) : st;
}

static void put_u32(unsigned char *p, unsigned long v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (24 - 8 * i));
}

/* Appends the PNG with its resolution, which cairo leaves out: without it a printer driver scales the bars. */
static void put_png(struct buf *out, const struct buf *png)
{
	unsigned char phys[21] = {0, 0, 0, 9, 'p', 'H', 'Y', 's'};
	put_u32(phys + 8, 8000); /* dots a metre */
	put_u32(phys + 12, 8000);
	phys[16] = 1;
	put_u32(phys + 17, crc32(0, phys + 4, 13));
	buf_put(out, png->data, PNG_HEAD);
	buf_put(out, phys, sizeof phys);
	buf_put(out, png->data + PNG_HEAD, png->len - PNG_HEAD);
}

static enum status page_wanted(const struct output_request *q, size_t *page, char why[LABEL_WHY_MAX])
{
	size_t pages = layout_pages(q->layout, q->data);
	*page = q->page ? q->page : 1;
	if (*page <= pages && (q->page || pages == 1))
		return ST_OK;
	snprintf(why, LABEL_WHY_MAX, "共 %zu 页, PNG 一次只输出一页, 请指定页码", pages);
	return ST_INVALID_FIELD;
}

static enum status render_png(const struct output_request *q, struct buf *out, char why[LABEL_WHY_MAX])
{
	size_t page = 0;
	enum status st = page_wanted(q, &page, why);
	if (st != ST_OK)
		return st;
	SCOPED(sheet)
	s = {.surface =
	             cairo_image_surface_create(CAIRO_FORMAT_RGB24, LABEL_DOTS(q->layout->width), LABEL_DOTS(q->layout->height))};
	SCOPED(buf) png = {.max = out->max};
	pen_open(&s, 1 / DOT);
	cairo_set_source_rgb(s.cr, 1, 1, 1);
	cairo_paint(s.cr);
	st = typesetter_open(&s.type, s.cr, why);
	if (st == ST_OK)
		st = draw_page(&s, q, page - 1, why);
	if (st == ST_OK)
		st = cairo_outcome(cairo_status(s.cr), &png, why);
	if (st == ST_OK)
		st = cairo_outcome(cairo_surface_write_to_png_stream(s.surface, write_buf, &png), &png, why);
	if (st == ST_OK)
		put_png(out, &png);
	return st == ST_OK ? cairo_outcome(CAIRO_STATUS_SUCCESS, out, why) : st;
}

enum status output_render(const struct output_request *q, struct buf *out, char why[LABEL_WHY_MAX])
{
	enum status st = layout_check(q->layout, q->data, why);
	if (st != ST_OK)
		return st;
	return q->format == OUTPUT_PDF ? render_pdf(q, out, why) : render_png(q, out, why);
}
