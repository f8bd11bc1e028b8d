/*
 * Content tests of GS1 components ("linters"). Each is pure and looks at any bytes; the names are those of the GS1 Barcode
 * Syntax Dictionary, as they stand in core/gs1_ai.def. Source of the rules: that dictionary's published tests, the GS1
 * General Specifications and the North American Coupon guideline.
 */
#pragma once
#include "core/code_error.h"

#include <stdbool.h>
#include <stddef.h>

/* What is wrong (CE_OK: nothing) and which bytes of the component are to blame. */
struct lint {
	enum code_error error;
	size_t at, len;
};

/* Runs the test of that name over n bytes. year: the current year, 2000-2099 (two-digit years are near it).
 * False where no such test exists (out untouched). */
bool gs1_lint(const char *name, size_t name_len, const char *s, size_t n, int year, struct lint *out);
/* The character set of a component type: N digits, X CSET 82, Y CSET 39, Z base64url with padding. */
struct lint gs1_lint_type(char type, const char *s, size_t n);
/* RULE DOMAIN-4-year-window: the year meant by two digits (0-99) when the current year is `year`. */
int gs1_year(int two_digits, int year);

/* Coupons of North America, all digits (core/gs1_coupon.c). */
struct lint gs1_lint_coupon(const char *s, size_t n, int year);
struct lint gs1_lint_positive_offer(const char *s, size_t n);
