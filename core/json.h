/*
 * JSON in and out. Reading goes through jansson (duplicate names, bad UTF-8, NUL and numbers beyond 64 bits refused) and
 * is seen only by core/json.c; writing streams into a buf without a tree. Identifiers and money leave as strings.
 */
#pragma once
#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* jv_ = a JSON value read, jo_ = JSON output (jansson itself owns the prefix json_). */
/* A value inside a parsed document; lives as long as the document. */
struct json;
struct jv_document {
	struct json *root;
};
enum jv_kind { JV_NULL, JV_BOOL, JV_INTEGER, JV_REAL, JV_TEXT, JV_ARRAY, JV_OBJECT };

/* BAD_JSON where the bytes are no JSON; UNKNOWN_FIELD where an object has a name twice. why: one sentence, 160 bytes. */
MUST_CHECK enum status jv_parse(const char *bytes, size_t n, struct jv_document *out, char why[160]);
void jv_document_drop(struct jv_document *d);

enum jv_kind jv_kind(const struct json *v);
int64_t jv_integer(const struct json *v);
bool jv_boolean(const struct json *v);
/* Bytes of a string; valid UTF-8 without NUL, NUL-terminated. */
const char *jv_text(const struct json *v, size_t *len);
size_t jv_count(const struct json *v);
const struct json *jv_item(const struct json *array, size_t i);
/* NULL where the object has no such member. */
const struct json *jv_member(const struct json *object, const char *name);
/* Calls each(arg, name, value) for every member until it answers false. */
void jv_each(struct json *object, bool (*each)(void *arg, const char *name, const struct json *value), void *arg);

/* A writer: commas are its business, nesting the caller's. */
struct jo {
	struct buf *b;
	bool comma;
};
void jo_open(struct jo *o, char bracket);  /* '{' or '[' */
void jo_close(struct jo *o, char bracket); /* '}' or ']' */
/* name NULL inside an array. */
void jo_name(struct jo *o, const char *name);
void jo_i64(struct jo *o, const char *name, int64_t v);
/* An identifier, as a string; null where id is 0. */
void jo_id(struct jo *o, const char *name, int64_t id);
void jo_text(struct jo *o, const char *name, const char *s); /* NULL becomes null */
void jo_bool(struct jo *o, const char *name, bool v);
void jo_null(struct jo *o, const char *name);
void jo_price(struct jo *o, const char *name, int64_t price_e4);
void jo_fen(struct jo *o, const char *name, int64_t fen);
/* Text that is JSON already. */
void jo_raw(struct jo *o, const char *name, const char *json, size_t n);
