/*
 * Check digits. All take bytes and a length, never allocate, and answer false on anything that is not of the form, so
 * that they may be asked about any input.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* True for n >= 1 decimal digits and nothing else. */
bool digits_only(const char *s, size_t n);
/* The GS1 modulo 10 digit ('0'-'9') that belongs behind n digits. The caller has made sure that they are digits. */
char check_mod10_digit(const char *digits, size_t n);
/* True where the last of n digits is the GS1 modulo 10 check digit of those before it (GTIN, GLN, SSCC, 本位码). */
bool check_mod10(const char *s, size_t n);
/* The longest text (pair not counted) for which the check pair is defined here. */
#define CHECK_PAIR_TEXT_MAX 97
/* Computes the GS1 check character pair (GMN) of n CSET 82 characters, n <= CHECK_PAIR_TEXT_MAX; false otherwise. */
bool check_pair(const char *s, size_t n, char out[2]);
/* The place of a character in CSET 82, or -1. */
int cset82_value(char c);
/* True where an IBAN (upper-case letters and digits) has remainder 1 modulo 97 (ISO 13616). */
bool check_iban(const char *s, size_t n);

/* What a 14-digit 国家药品编码本位码 is worth. */
enum national_verdict {
	NATIONAL_NO,       /* not such a code */
	NATIONAL_DOUBTFUL, /* check digit right, but the tracing platform would flag its digits */
	NATIONAL_YES,
};
/* RULE DOMAIN-1-national-code: 14 digits, 86, 9, company, product, GS1 modulo 10 check digit. */
enum national_verdict national_verdict(const char *s, size_t n);
