#include "core/gs1_scan.h"

#include "core/check.h"
#include "core/text.h"

#include <string.h>

/* ---- what comes in ---- */

static const struct gs1_carrier carriers[] = {
        {"]C1", "GS1_128_CCA", CONTENT_GS1, 0}, {"]d2", "DM", CONTENT_GS1, 0},
        {"]Q3", "QR", CONTENT_GS1, 0},          {"]e0", "DataBarExpanded", CONTENT_GS1, 0},
        {"]J1", "DotCode", CONTENT_GS1, 0},     {"]Q1", "QR", CONTENT_PLAIN, 0},
        {"]d1", "DM", CONTENT_PLAIN, 0},        {"]J0", "DotCode", CONTENT_PLAIN, 0},
        {"]E0", "EAN13", CONTENT_EAN, 13},      {"]E4", "EAN8", CONTENT_EAN, 8},
        {"]C0", "Code128", CONTENT_ANY, 0},
};

const struct gs1_carrier *gs1_carrier_of(const char *prefix)
{
	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
		if (memcmp(carriers[i].prefix, prefix, 3) == 0)
			return &carriers[i];
	return NULL;
}

static bool caret_behind_backslashes(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && s[i] == '\\')
		i++;
	return i < n && s[i] == '^';
}

const char *gs1_plain_data(struct arena *a, const char *s, size_t n)
{
	size_t more = caret_behind_backslashes(s, n);
	char *text = arena_alloc(a, n + more + 1);
	text[0] = '\\';
	memcpy(text + more, s, n);
	text[more + n] = '\0';
	return text;
}

/* ---- what goes out ---- */

enum form {
	FORM_MATRIX, /* text or GS1 */
	FORM_GS1,
	FORM_DATABAR, /* one GTIN-14 */
	FORM_DATABAR_LIMITED,
	FORM_EAN,
	FORM_UPCE,
};

struct symbol {
	const char *name;
	enum form form;
	const char *plain, *gs1; /* prefixes */
	size_t digits;
};

static const struct symbol symbols[] = {
        {"QR", FORM_MATRIX, "]Q1", "]Q3", 0},
        {"DM", FORM_MATRIX, "]d1", "]d2", 0},
        {"DotCode", FORM_MATRIX, "]J0", "]J1", 0},
        {"DataBarExpanded", FORM_GS1, NULL, "]e0", 0},
        {"GS1_128_CCA", FORM_GS1, NULL, "]C1", 0},
        {"GS1_128_CCC", FORM_GS1, NULL, "]C1", 0},
        {"DataBarOmni", FORM_DATABAR, NULL, "]e0", 14},
        {"DataBarTruncated", FORM_DATABAR, NULL, "]e0", 14},
        {"DataBarStacked", FORM_DATABAR, NULL, "]e0", 14},
        {"DataBarStackedOmni", FORM_DATABAR, NULL, "]e0", 14},
        {"DataBarLimited", FORM_DATABAR_LIMITED, NULL, "]e0", 14},
        {"UPCA", FORM_EAN, "]E0", NULL, 12},
        {"UPCE", FORM_UPCE, "]E0", NULL, 12},
        {"EAN13", FORM_EAN, "]E0", NULL, 13},
        {"EAN8", FORM_EAN, "]E4", NULL, 8},
};

struct writer {
	struct arena *a;
	const struct symbol *symbol;
	const struct gs1_options *o;
	struct buf *b;
};

/* Appends `^…` in wire form; false where it is no valid message. *open: a separator is due before anything else. */
static bool put_elements(struct writer *w, const char *data, size_t n, bool *open)
{
	struct gs1 *g = arena_alloc(w->a, sizeof *g);
	if (n == 0 || data[0] != '^')
		return false;
	gs1_read_elements(w->a, data + 1, n - 1, true, w->o, g);
	for (size_t i = 1; i < n && !g->error; i++)
		buf_putc(w->b, data[i] == '^' ? GS1_SEPARATOR : data[i]);
	*open = g->count && data[n - 1] != '^' && !gs1_ai_is_fixed(g->fields[g->count - 1].rule);
	return g->error == CE_OK;
}

static bool write_matrix(struct writer *w, const char *data, size_t n)
{
	bool open = false;
	if (data[0] == '^') {
		buf_puts(w->b, w->symbol->gs1);
		return put_elements(w, data, n, &open);
	}
	size_t escape = data[0] == '\\' && caret_behind_backslashes(data, n);
	buf_puts(w->b, w->symbol->plain);
	buf_put(w->b, data + escape, n - escape);
	return true;
}

static bool write_composite(struct writer *w, const char *composite)
{
	bool open = false;
	return !composite || put_elements(w, composite, strlen(composite), &open);
}

/* A linear message and its composite part are one message, sent as a DataBar. */
static bool write_gs1(struct writer *w, const char *data, size_t n, const char *composite)
{
	bool open = false;
	buf_puts(w->b, composite ? "]e0" : w->symbol->gs1);
	if (!put_elements(w, data, n, &open))
		return false;
	if (composite && open)
		buf_putc(w->b, GS1_SEPARATOR);
	return write_composite(w, composite);
}

/* The digits of the one product that this symbol holds, from plain digits or from `^01` with leading zeros. */
static bool product_digits(const struct writer *w, const char *data, size_t n, char digits[15])
{
	size_t want = w->symbol->digits, zeros = 14 - want;
	if (n == 17 && memcmp(data, "^01", 3) == 0 && strspn(data + 3, "0") >= zeros)
		data += 3 + zeros, n = want;
	else if (w->o->add_check_digit)
		want--;
	if (n != want || !digits_only(data, n))
		return false;
	memcpy(digits, data, n);
	if (want < w->symbol->digits)
		digits[n] = check_mod10_digit(digits, n);
	digits[w->symbol->digits] = '\0';
	return check_mod10(digits, w->symbol->digits);
}

/* UPC-E is UPC-A with a run of zeros left out, which must be there. */
static bool zeros_suppressible(const char *upc)
{
	bool three = memcmp(upc + 4, "00", 2) == 0 && upc[3] <= '2' && memcmp(upc + 6, "00", 2) == 0;
	bool two = memcmp(upc + 4, "00", 2) == 0 && memcmp(upc + 6, "000", 3) == 0;
	bool one = upc[5] == '0' && memcmp(upc + 6, "0000", 4) == 0;
	bool none = memcmp(upc + 6, "0000", 4) == 0 && upc[10] >= '5';
	return upc[0] == '0' && (three || two || one || none);
}

static bool write_product(struct writer *w, const char *data, size_t n, const char *composite)
{
	char digits[15] = {0};
	bool databar = w->symbol->form == FORM_DATABAR || w->symbol->form == FORM_DATABAR_LIMITED;
	if (!product_digits(w, data, n, digits))
		return false;
	if ((w->symbol->form == FORM_DATABAR_LIMITED && digits[0] > '1') ||
	    (w->symbol->form == FORM_UPCE && !zeros_suppressible(digits)))
		return false;
	buf_puts(w->b, databar ? "]e001" : w->symbol->plain);
	if (w->symbol->digits == 12)
		buf_putc(w->b, '0');
	buf_puts(w->b, digits);
	if (composite && !databar)
		buf_puts(w->b, "|]e0");
	return write_composite(w, composite);
}

static bool write_symbol(struct writer *w, const char *data)
{
	const char *bar = w->symbol->form == FORM_MATRIX ? NULL : strchr(data, '|');
	size_t n = bar ? (size_t)(bar - data) : strlen(data);
	const char *composite = bar ? bar + 1 : NULL;
	if (w->symbol->form == FORM_MATRIX)
		return write_matrix(w, data, n);
	return w->symbol->form == FORM_GS1 ? write_gs1(w, data, n, composite) : write_product(w, data, n, composite);
}

const char *gs1_scan_text(struct arena *a, const char *symbology, const char *data, const struct gs1_options *o)
{
	SCOPED(buf) b = {0};
	const struct symbol *found = NULL;
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols && !found; i++)
		if (strcmp(symbols[i].name, symbology) == 0)
			found = &symbols[i];
	struct writer w = {a, found, o, &b};
	return found && write_symbol(&w, data) ? arena_copy(a, b.data, b.len) : NULL;
}
