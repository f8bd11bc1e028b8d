/*
 * Shapes: one row per field of a request's body gives the parser into a C struct, the message of a refusal and the
 * schema of the API document (service/shapes.def). Unknown and doubled fields are refused; text comes through character
 * for character or not at all.
 */
#pragma once
#include "core/fault.h"
#include "core/json.h"

enum field_type {
	F_ID,    /* "123" → int64_t, 0 where absent */
	F_INT,   /* integer → int64_t, INT_ABSENT where absent */
	F_YMD,   /* yyyymmdd → int64_t, 0 where absent */
	F_PRICE, /* "12.34" → int64_t e4, PRICE_ABSENT where absent */
	F_BOOL,  /* → int64_t 0/1, 0 where absent */
	F_TEXT,  /* one line, max characters → const char *, NULL where absent */
	F_NOTE,  /* several lines */
	F_WORD,  /* one of the words in `words` ("a|b|c") → const char * */
	F_LIST,  /* array of objects → array of structs and a size_t count */
	F_TEXTS, /* array of texts → const char ** and a size_t count */
};
#define INT_ABSENT INT64_MIN
#define PRICE_ABSENT (-1)

struct shape;
struct field {
	const char *name, *title;
	enum field_type type;
	bool required;
	int64_t min, max; /* integers: bounds; texts: max characters; lists: least and most items */
	size_t offset, count_offset;
	const struct shape *items; /* F_LIST */
	const char *words;         /* F_WORD */
};
struct shape {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t count;
};

/*
 * Reads an object into a zeroed struct of shape->size in the arena of f. Every fault is told, up to FAULTS_MAX, with the
 * field's path ("lines[3].price"). UNKNOWN_FIELD or INVALID_FIELD; *out is whole only on OK.
 */
MUST_CHECK enum status shape_parse(const struct shape *shape, const struct json *body, struct faults *f, void **out);

#define SHAPE(name) extern const struct shape shape_##name;
#include "service/shapes.list"
#undef SHAPE
