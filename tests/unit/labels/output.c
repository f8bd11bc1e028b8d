#include "labels/output.h"

#include "labels/type.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define LONG_NAME "注射用头孢哌酮钠舒巴坦钠国家组织药品集中采购第七批中选品种复方制剂"

/* A small sheet to measure on, with a typesetter. */
struct desk {
	cairo_surface_t *surface;
	cairo_t *cr;
	struct typesetter type;
};

static void desk_drop(struct desk *d)
{
	typesetter_drop(&d->type);
	cairo_destroy(d->cr);
	cairo_surface_destroy(d->surface);
}

static bool desk_open(struct desk *d)
{
	char why[LABEL_WHY_MAX];
	d->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 400, 200);
	d->cr = cairo_create(d->surface);
	cairo_set_source_rgb(d->cr, 1, 1, 1);
	cairo_paint(d->cr);
	cairo_set_source_rgb(d->cr, 0, 0, 0);
	return typesetter_open(&d->type, d->cr, why) == ST_OK;
}

static const uint32_t *pixel(const struct desk *d, int x, int y)
{
	const unsigned char *row = cairo_image_surface_get_data(d->surface) + y * cairo_image_surface_get_stride(d->surface);
	return (const uint32_t *)(const void *)row + x;
}

/* Number of pixels with ink outside the element, and inside it by *inside. */
static int ink_outside(struct desk *d, const struct element *e, int *inside)
{
	int outside = 0;
	*inside = 0;
	cairo_surface_flush(d->surface);
	for (int y = 0; y < 200; y++)
		for (int x = 0; x < 400; x++) {
			if ((*pixel(d, x, y) & 0xffffff) == 0xffffff)
				continue;
			bool within = x >= e->x && x < e->x + e->w && y >= e->y && y < e->y + e->h;
			*(within ? inside : &outside) += 1;
		}
	return outside;
}

static struct fitted fit(const struct element *e, const char *text, int *inside)
{
	SCOPED(desk) d = {0};
	struct fitted f = {0};
	char why[LABEL_WHY_MAX];
	CU_ASSERT_TRUE_FATAL(desk_open(&d));
	CU_ASSERT_EQUAL(typesetter_fit(&d.type, e, text, &f, why), ST_OK);
	typesetter_draw(d.cr, e, e->y, &f);
	CU_ASSERT_EQUAL(ink_outside(&d, e, inside), 0);
	CU_ASSERT_TRUE(*inside > 0);
	return f;
}

static void text_shrinks_then_is_cut_and_never_leaves_its_place(void)
{
	const struct element line = {.x = 100, .y = 80, .w = 200, .h = 40, .size = 36, .min = 16};
	int ink = 0, more = 0;
	struct fitted f = fit(&line, "药房", &ink);
	CU_ASSERT_TRUE(f.size == 36 && f.lines == 1 && !f.cut);
	f = fit(&line, "石桥镇中心卫生院", &ink);
	CU_ASSERT_TRUE(f.size < 36 && f.size >= 16 && f.lines == 1 && !f.cut);
	f = fit(&line, LONG_NAME, &ink);
	CU_ASSERT_TRUE(f.size == 16 && f.lines == 1 && f.cut);
	f = fit(&line, LONG_NAME LONG_NAME LONG_NAME, &more);
	CU_ASSERT_TRUE(f.cut && more == ink); /* what is cut adds nothing */
}

static void wrapped_text_takes_the_lines_that_fit(void)
{
	const struct element block = {.x = 100, .y = 50, .w = 200, .h = 100, .size = 40, .min = 16, .wrap = true};
	int ink = 0;
	struct fitted f = fit(&block, LONG_NAME, &ink);
	CU_ASSERT_TRUE(f.lines > 1 && !f.cut && f.size > 16 && f.size * 11 * f.lines <= 1000);
	f = fit(&block, LONG_NAME LONG_NAME LONG_NAME LONG_NAME, &ink);
	CU_ASSERT_TRUE(f.cut && f.size == 16 && f.lines == 5);
	f = fit(&block, "一\n二\n三\n四\n五\n六\n七\n八\n九", &ink);
	CU_ASSERT_TRUE(f.lines <= 5);
	f = fit(&block, "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii", &ink);
	CU_ASSERT_FALSE(f.cut);
}

static void balanced_lines_have_even_length(void)
{
	struct element block = {.x = 100, .y = 50, .w = 200, .h = 100, .size = 45, .min = 16, .wrap = true, .balance = true};
	SCOPED(desk) d = {0};
	struct fitted f;
	char why[LABEL_WHY_MAX];
	CU_ASSERT_TRUE_FATAL(desk_open(&d));
	CU_ASSERT_EQUAL(typesetter_fit(&d.type, &block, "石桥中心医院", &f, why), ST_OK);
	CU_ASSERT_TRUE(f.size == 45 && f.lines == 2);
	CU_ASSERT_EQUAL(pango_layout_get_line_readonly(f.line, 0)->length, 9); /* three and three, not four and two */
}

static void what_must_stay_whole_is_refused_rather_than_cut(void)
{
	const struct element e = {.x = 0, .y = 0, .w = 100, .h = 30, .size = 26, .min = 20, .whole = true};
	SCOPED(desk) d = {0};
	struct fitted f;
	char why[LABEL_WHY_MAX] = "";
	CU_ASSERT_TRUE_FATAL(desk_open(&d));
	CU_ASSERT_EQUAL(typesetter_fit(&d.type, &e, "FQ001", &f, why), ST_OK);
	CU_ASSERT_EQUAL(typesetter_fit(&d.type, &e, "FQ00123456789", &f, why), ST_INVALID_FIELD);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "FQ00123456789"));
}

static const struct label_value bin_values[] = {{"bin", "A-01-03-2"}, {"code", "W:A-01-03-2"}, {"depot", "中心药库"}};

static enum status render(const struct label_data *data, enum output_format format, size_t page, size_t max, struct buf *out)
{
	SCOPED(arena) a = {0};
	struct layout l;
	char why[LABEL_WHY_MAX] = "";
	CU_ASSERT_EQUAL_FATAL(layout_load(&a, "bin", &l, why), ST_OK);
	*out = (struct buf){.max = max};
	return output_render(&(struct output_request){&l, data, format, page, 1795248000000}, out, why);
}

static void the_same_input_gives_the_same_bytes(void)
{
	for (int format = OUTPUT_PDF; format <= OUTPUT_PNG; format++) {
		SCOPED(buf) one = {0};
		SCOPED(buf) two = {0};
		const struct label_data data = {.fields = {bin_values, 3}};
		CU_ASSERT_EQUAL_FATAL(render(&data, (enum output_format)format, 0, 0, &one), ST_OK);
		CU_ASSERT_EQUAL_FATAL(render(&data, (enum output_format)format, 0, 0, &two), ST_OK);
		CU_ASSERT_TRUE(one.len > 1000 && one.len == two.len && memcmp(one.data, two.data, one.len) == 0);
		CU_ASSERT_EQUAL(memcmp(one.data, format == OUTPUT_PDF ? "%PDF-" : "\x89PNG\r", 5), 0);
	}
}

/* 203 dpi: 80 x 30 mm are 640 x 240 dots, and the file says 8,000 dots a metre. */
static void a_png_knows_its_size(void)
{
	SCOPED(buf) png = {0};
	CU_ASSERT_EQUAL_FATAL(render(&(struct label_data){.fields = {bin_values, 3}}, OUTPUT_PNG, 0, 0, &png), ST_OK);
	CU_ASSERT_EQUAL(memcmp(png.data + 16, "\0\0\x02\x80\0\0\0\xf0", 8), 0);
	CU_ASSERT_EQUAL(memcmp(png.data + 33, "\0\0\0\x09pHYs\0\0\x1f\x40\0\0\x1f\x40\x01", 17), 0);
}

static void a_png_shows_one_page(void)
{
	const struct label_row rows[] = {{bin_values, 3}, {bin_values, 3}};
	const struct label_data data = {.rows = rows, .row_count = 2};
	static const enum status by_page[] = {ST_INVALID_FIELD, ST_OK, ST_OK, ST_INVALID_FIELD};
	for (size_t page = 0; page < 4; page++) {
		SCOPED(buf) png = {0};
		CU_ASSERT_EQUAL(render(&data, OUTPUT_PNG, page, 0, &png), by_page[page]);
	}
}

static void a_picture_past_its_bound_is_refused(void)
{
	const struct label_data data = {.fields = {bin_values, 3}};
	for (int format = OUTPUT_PDF; format <= OUTPUT_PNG; format++) {
		SCOPED(buf) out = {0};
		CU_ASSERT_EQUAL(render(&data, (enum output_format)format, 0, 900, &out), ST_TOO_LARGE);
	}
}

SUITE(output, {"text_shrinks_then_is_cut_and_never_leaves_its_place", text_shrinks_then_is_cut_and_never_leaves_its_place},
      {"wrapped_text_takes_the_lines_that_fit", wrapped_text_takes_the_lines_that_fit},
      {"balanced_lines_have_even_length", balanced_lines_have_even_length},
      {"what_must_stay_whole_is_refused_rather_than_cut", what_must_stay_whole_is_refused_rather_than_cut},
      {"the_same_input_gives_the_same_bytes", the_same_input_gives_the_same_bytes},
      {"a_png_knows_its_size", a_png_knows_its_size}, {"a_png_shows_one_page", a_png_shows_one_page},
      {"a_picture_past_its_bound_is_refused", a_picture_past_its_bound_is_refused});
