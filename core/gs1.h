/*
 * GS1 syntax: element strings as carriers transmit them, bracketed text as people write it, Digital Link URIs, and the
 * conversion between them. Pure: bytes in, arena memory out, no I/O. In element strings of this interface `^` stands for
 * FNC1: one at the start, one behind each variable-length value that another AI follows.
 *
 * Every input is hostile; callers bound it (CODE_BYTES_MAX). A gs1 message that is not valid has no fields and an empty
 * element string.
 */
#pragma once
#include "core/arena.h"
#include "core/code_error.h"

#include <stdbool.h>
#include <stddef.h>

#define GS1_FIELDS_MAX 128
#define GS1_SEPARATOR '\x1d' /* what FNC1 becomes on the wire */

/* Zero is the scanner's default but for the year. */
struct gs1_options {
	int year;                     /* current year, 2000-2099, decides two-digit years; outside it is clipped */
	bool permit_unknown_ais;      /* bracketed text and links only: unknown AIs are variable-length CSET 82 */
	bool permit_zero_suppressed;  /* links may hold a GTIN of 8, 12 or 13 digits */
	bool unknown_ai_as_attribute; /* unknown AIs may stand in a link's query */
	bool add_check_digit;         /* gs1_scan_text: data of EAN and UPC come without check digit */
};

/* One row of the dictionary (core/gs1_ai.def). */
struct gs1_ai {
	const char *first, *last, *flags, *components, *needs, *excludes, *link;
};

struct gs1_field {
	char ai[5];
	const char *value; /* NUL-terminated */
	size_t len;
	const struct gs1_ai *rule; /* NULL for an unknown AI */
};

struct gs1 {
	enum code_error error;
	struct gs1_field fields[GS1_FIELDS_MAX]; /* in the order of the message */
	size_t count;
	const char *element_string; /* "" unless valid */
};

/* ---- dictionary ---- */
/* The row of an AI of len characters, or NULL. */
const struct gs1_ai *gs1_ai_find(const char *ai, size_t len);
/* The row of the AI that s begins with, *len its length; NULL where none does. */
const struct gs1_ai *gs1_ai_at_start(const char *s, size_t n, size_t *len);
/* True where no FNC1 is needed behind the value. */
bool gs1_ai_is_fixed(const struct gs1_ai *rule);
/* True where the AI may stand in the query of a Digital Link. */
bool gs1_ai_is_attribute(const struct gs1_ai *rule);
/* The exact number of characters of a predefined-length AI. */
size_t gs1_ai_length(const struct gs1_ai *rule);
/* Tests a value against its components: lengths, character sets, linters. RULE DOMAIN-4-components */
enum code_error gs1_value_check(const struct gs1_ai *rule, const char *value, size_t n, int year);

/* ---- reading ---- */
/* What stands behind the first FNC1, both `^` (where caret is set) and 0x1D being FNC1; s itself has no leading one.
 * element_string keeps superfluous separators. Same AI twice with another value is an error. */
void gs1_read_elements(struct arena *a, const char *s, size_t n, bool caret, const struct gs1_options *o, struct gs1 *out);
/* "(01)…(10)…"; a bracket inside a value is written \( */
void gs1_read_brackets(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out);
/* http(s)://host/…/01/{gtin}/10/{lot}?17=… ; error LINK_NO_KEY where it is an ordinary address. */
void gs1_read_link(struct arena *a, const char *s, size_t n, const struct gs1_options *o, struct gs1 *out);
/* The field of an AI, or NULL. */
const struct gs1_field *gs1_find(const struct gs1 *g, const char *ai);

/* ---- rules between AIs (RULE DOMAIN-4-associations); CE_OK or the finding ---- */
enum code_error gs1_check_repeats(const struct gs1 *g);
enum code_error gs1_check_excludes(const struct gs1 *g);
enum code_error gs1_check_needs(const struct gs1 *g);
/* A digital signature (8030) wants the serial part of 253, 255 and 8003. */
enum code_error gs1_check_signature(const struct gs1 *g);
/* All of them, in this order. */
enum code_error gs1_check_associations(const struct gs1 *g);

/* ---- writing ---- */
/* Bracketed text of a valid message, for labels. */
const char *gs1_brackets(struct arena *a, const struct gs1 *g);
/* Digital Link of a valid message; stem NULL means https://id.gs1.org. NULL where the message has no key or holds an AI
 * that no link can carry. */
const char *gs1_link(struct arena *a, const struct gs1 *g, const char *stem, const struct gs1_options *o);
/* What a scanner would send for a symbol ("QR", "DM", "EAN13" …, core/gs1_scan.c) with this data (`^…` for GS1 data, else
 * text; `|` before a composite part). NULL where the symbol cannot hold it. */
const char *gs1_scan_text(struct arena *a, const char *symbology, const char *data, const struct gs1_options *o);

/* ---- for the files of this parser ---- */
/* Appends a field; the value is copied. Says what is wrong with it (also AI_TOO_MANY). */
enum code_error gs1_add(struct arena *a, struct gs1 *g, const char *ai, size_t ai_len, const char *value, size_t n,
                        const struct gs1_options *o);
/* Writes g->element_string from the fields, or clears the message if e is an error; keeps e. */
void gs1_finish(struct arena *a, struct gs1 *g, enum code_error e);
int gs1_current_year(const struct gs1_options *o);
