/*
 * Machine-readable symbols: text in, dark and light modules out. QR comes from libqrencode (8-bit mode), the rest from
 * libzint. Printed codes carry printable ASCII only (no reader agrees with another on encodings), at most
 * SYMBOL_TEXT_MAX bytes. A mere warning of libzint (a wrong check digit, month 13) is an error here: it would print.
 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

#define SYMBOL_TEXT_MAX 512
#define SYMBOL_WHY_MAX 160

enum symbol_kind { SYMBOL_QR, SYMBOL_CODE_128, SYMBOL_GS1_128, SYMBOL_GS1_DATAMATRIX, SYMBOL_EAN_13, SYMBOL_KIND_COUNT };

struct symbol {
	int width, rows;           /* in modules, quiet zone not counted; a linear symbol has one row */
	int quiet;                 /* modules that must stay white to the left and right, of a matrix also above and below */
	bool linear;               /* the one row is stretched to any height */
	const unsigned char *dark; /* rows * width bytes, 1 = dark; lives in the arena */
};

/* The kind of that name (qr, code-128, gs1-128, gs1-datamatrix, ean-13), or SYMBOL_KIND_COUNT. */
enum symbol_kind symbol_kind_of(const char *name);
/* True where the text is GS1's bracket form, e.g. "(01)06901234567892(10)A\(7": a literal bracket is written "\(". */
bool symbol_is_gs1(enum symbol_kind kind);
/* INVALID_FIELD where the text may not or cannot become that symbol; why gets one sentence for people. */
MUST_CHECK enum status symbol_make(struct arena *a, enum symbol_kind kind, const char *text, struct symbol *out,
                                   char why[SYMBOL_WHY_MAX]);
