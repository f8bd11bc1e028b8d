/*
 * What a scan means: 药品追溯码, GS1 message, Digital Link, UDI of MA, product bar code, 本位码 or 医保码. A pure parser: no
 * store, no I/O, no clock; it cannot fail, it can only find the code not valid. Whether the code is known here, and where the
 * pack is, is somebody else's question.
 */
#pragma once
#include "core/gs1.h"
#include "core/json.h"

#include <stdint.h>

#define CODE_BYTES_MAX 4096

enum code_kind {
	CODE_UNKNOWN,      /* kept as text: a tote, a document number, another maker's scheme */
	CODE_TRACE,        /* 20-digit 药品追溯码 */
	CODE_GS1,          /* element string or bracketed text */
	CODE_DIGITAL_LINK, /* GS1 Digital Link URI */
	CODE_GTIN,         /* a product only, never one pack */
	CODE_SSCC,         /* 18 digits of a shipping box */
	CODE_NATIONAL,     /* 14-digit 国家药品编码本位码: holder and product, no pack size */
	CODE_NHSA,         /* 医保编码 */
	CODE_MA,           /* UDI of the agency MA (core/ma.h) */
	CODE_KIND_COUNT
};

/* All text is NUL-terminated memory of the arena, or NULL where absent. */
struct code {
	enum code_kind kind;
	bool valid;
	const char *input;          /* as scanned; bytes that no text can hold are replaced, TOO_LONG is cut */
	const char *symbology;      /* "QR", "DM", "GS1_128_CCA", "EAN13" …, the bare prefix for others; NULL without prefix */
	const char *data;           /* what the symbol holds: element string, link, or plain text in GS1's spelling */
	const char *element_string; /* `^` is FNC1; "" where it is no GS1 message */
	const struct gs1_field *fields;
	size_t field_count;
	const char *gtin;            /* 14 digits */
	const char *di;              /* what names the product: the GTIN, or the 25 characters of MA */
	const char *sscc;            /* 18 digits */
	const char *lot;             /* (10) */
	const char *serial;          /* (21), or the 13 digits behind the identifier of a trace code */
	const char *trace_code;      /* what one pack is known by: 20 digits, or "01<gtin>21<serial>", "<di of MA>.S<serial>" */
	const char *identifier;      /* 药品标识码, the first 7 digits of a trace code */
	int32_t made_ymd;            /* (11); 0 where absent */
	int32_t expiry_ymd;          /* (17) or (7003); 0 where absent */
	bool controlled;             /* trace code 89…: 特药, wants the controlled flow */
	bool doubtful;               /* the tracing platform would flag these digits */
	enum code_error error;       /* why not valid */
	enum code_error association; /* a GS1 message alone lacks or mixes AIs; it stays valid, since another carrier on the
	                                same box may hold the rest */
};

/* Reads n bytes of one scan, with or without symbology prefix. year: the current year, for two-digit years.
 * RULE DOMAIN-4-order-of-tests */
void code_parse(struct arena *a, const char *bytes, size_t n, int year, struct code *out);
/* "trace", "gs1", "digital_link", "gtin", "sscc", "national", "nhsa", "unknown". */
const char *code_kind_name(enum code_kind kind);
/* The Chinese name of the kind. */
const char *code_kind_text(enum code_kind kind);
/* The members of the scan answer, without the braces around them (core/code_json.c). */
void code_write_json(const struct code *c, struct jo *o);
