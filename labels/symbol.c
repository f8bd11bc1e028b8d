#include "labels/symbol.h"

#include <qrencode.h>
#include <stdio.h>
#include <string.h>
#include <zint.h>

/* Quiet zones: QR 4, Code 128 10, EAN-13 11 modules (the larger side) by their standards; Data Matrix asks for 1, but
   readers were seen to need 4. */
static const struct {
	const char *name;
	int zint; /* symbology and input mode of libzint; 0: libqrencode */
	int mode;
	int quiet;
	bool linear;
} kinds[SYMBOL_KIND_COUNT] = {
        [SYMBOL_QR] = {"qr", 0, 0, 4, false},
        [SYMBOL_CODE_128] = {"code-128", BARCODE_CODE128, DATA_MODE, 10, true},
        [SYMBOL_GS1_128] = {"gs1-128", BARCODE_GS1_128, GS1_MODE, 10, true},
        [SYMBOL_GS1_DATAMATRIX] = {"gs1-datamatrix", BARCODE_DATAMATRIX, GS1_MODE, 4, false},
        [SYMBOL_EAN_13] = {"ean-13", BARCODE_EANX_CHK, DATA_MODE, 11, true},
};

struct qr_handle {
	QRcode *code;
};

static void qr_handle_drop(struct qr_handle *h)
{
	QRcode_free(h->code);
}

struct zint_handle {
	struct zint_symbol *symbol;
};

static void zint_handle_drop(struct zint_handle *h)
{
	if (h->symbol)
		ZBarcode_Delete(h->symbol);
}

enum symbol_kind symbol_kind_of(const char *name)
{
	int k = 0;
	while (k < SYMBOL_KIND_COUNT && strcmp(kinds[k].name, name) != 0)
		k++;
	return (enum symbol_kind)k;
}

bool symbol_is_gs1(enum symbol_kind kind)
{
	return kinds[kind].mode == GS1_MODE;
}

static enum status refuse(char why[SYMBOL_WHY_MAX], enum symbol_kind kind, const char *reason)
{
	snprintf(why, SYMBOL_WHY_MAX, "条码 %s: %s", kinds[kind].name, reason);
	return ST_INVALID_FIELD;
}

static bool is_printable_ascii(const char *s)
{
	for (; *s; s++)
		if (*s < 0x20 || *s > 0x7e)
			return false;
	return true;
}

static bool is_ean_13(const char *s)
{
	return strlen(s) == 13 && strspn(s, "0123456789") == 13;
}

/*
 * Bracket form to libzint's, which marks identifiers by [ ]: those two are outside GS1's character set, so a literal
 * round bracket stays itself. NULL where the text holds square brackets, or does not begin with an identifier.
 */
static char *gs1_for_zint(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, strlen(s) + 1), *p = out;
	bool inside = false;
	if (*s != '(' || strpbrk(s, "[]"))
		return NULL;
	for (; *s; s++) {
		if (*s == '\\' && s[1] == '(')
			*p++ = *++s;
		else if (*s == '(') {
			if (inside)
				return NULL;
			inside = true;
			*p++ = '[';
		} else if (*s == ')' && inside) {
			inside = false;
			*p++ = ']';
		} else {
			*p++ = *s;
		}
	}
	return inside ? NULL : out;
}

static enum status make_qr(struct arena *a, const char *text, struct symbol *out, char why[SYMBOL_WHY_MAX])
{
	/* Level Q: a quarter of a dirty, scratched tote label may be lost. */
	SCOPED(qr_handle) h = {QRcode_encodeString8bit(text, 0, QR_ECLEVEL_Q)};
	if (!h.code)
		return refuse(why, SYMBOL_QR, "内容无法生成二维码");
	out->width = out->rows = h.code->width;
	size_t n = (size_t)out->width * (size_t)out->width;
	unsigned char *dark = arena_alloc(a, n);
	for (size_t i = 0; i < n; i++)
		dark[i] = h.code->data[i] & 1;
	out->dark = dark;
	return ST_OK;
}

static enum status make_zint(struct arena *a, enum symbol_kind kind, const char *text, struct symbol *out,
                             char why[SYMBOL_WHY_MAX])
{
	SCOPED(zint_handle) h = {ZBarcode_Create()};
	if (!h.symbol)
		return ST_INTERNAL;
	h.symbol->symbology = kinds[kind].zint;
	h.symbol->input_mode = kinds[kind].mode;
	h.symbol->warn_level = WARN_FAIL_ALL;
	if (kind == SYMBOL_GS1_DATAMATRIX)
		h.symbol->option_3 = DM_SQUARE;
	if (ZBarcode_Encode(h.symbol, (const unsigned char *)text, (int)strlen(text)) != 0)
		return refuse(why, kind, h.symbol->errtxt);
	out->width = h.symbol->width;
	out->rows = h.symbol->rows;
	unsigned char *p = arena_array(a, (size_t)out->width, (size_t)out->rows);
	out->dark = p;
	for (int row = 0; row < out->rows; row++)
		for (int x = 0; x < out->width; x++)
			*p++ = h.symbol->encoded_data[row][x >> 3] >> (x & 7) & 1;
	return ST_OK;
}

enum status symbol_make(struct arena *a, enum symbol_kind kind, const char *text, struct symbol *out, char why[SYMBOL_WHY_MAX])
{
	*out = (struct symbol){.quiet = kinds[kind].quiet, .linear = kinds[kind].linear};
	if (!*text || strlen(text) > SYMBOL_TEXT_MAX)
		return refuse(why, kind, *text ? "内容过长" : "内容为空");
	if (!is_printable_ascii(text))
		return refuse(why, kind, "只能含英文字母, 数字和半角符号");
	if (kind == SYMBOL_QR)
		return make_qr(a, text, out, why);
	if (kind == SYMBOL_EAN_13 && !is_ean_13(text))
		return refuse(why, kind, "必须是 13 位数字");
	if (symbol_is_gs1(kind))
		text = gs1_for_zint(a, text);
	return text ? make_zint(a, kind, text, out, why) : refuse(why, kind, "GS1 内容应写作 (01)…(10)…");
}
