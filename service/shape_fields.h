/*
 * What a row of fields is written with. One row: type, name in JSON, member of the struct, required or not, bounds, Chinese
 * title. T is the struct of the shape at hand. Included by service/shapes.c and its neighbours only.
 */
#pragma once
#include "service/inputs.h"
#include "service/shape.h"

#include <stddef.h>

#define MUST true
#define MAY false
#define UNITS_MAX 1000000000LL
#define LINES_MAX 2000
#define MS_MAX 4102444800000LL /* 2100-01-01 */

/* Names and rows carry the struct in T; the compiler checks that a member has the width its type writes. */
#define WIDE(member) (offsetof(T, member) + 0 * sizeof(char[sizeof((T){0}.member) == 8 ? 1 : -1]))
#define SCALAR(json, text, kind, need, member) .name = json, .title = text, .type = kind, .required = need, .offset = WIDE(member)
#define FIELD_ID(json, member, need, text)             \
	{                                              \
		SCALAR(json, text, F_ID, need, member) \
	}
#define FIELD_INT(json, member, need, low, high, text)                           \
	{                                                                        \
		SCALAR(json, text, F_INT, need, member), .min = low, .max = high \
	}
#define FIELD_YMD(json, member, need, text)             \
	{                                               \
		SCALAR(json, text, F_YMD, need, member) \
	}
#define FIELD_BOOL(json, member, need, text)             \
	{                                                \
		SCALAR(json, text, F_BOOL, need, member) \
	}
#define FIELD_PRICE(json, member, need, text)             \
	{                                                 \
		SCALAR(json, text, F_PRICE, need, member) \
	}
#define FIELD_TEXT(json, member, need, high, text)                    \
	{                                                             \
		SCALAR(json, text, F_TEXT, need, member), .max = high \
	}
#define FIELD_NOTE(json, member, need, high, text)                    \
	{                                                             \
		SCALAR(json, text, F_NOTE, need, member), .max = high \
	}
#define FIELD_WORD(json, member, need, list, text)                                 \
	{                                                                          \
		SCALAR(json, text, F_WORD, need, member), .max = 64, .words = list \
	}
#define FIELD_LIST(json, member, counter, need, low, high, of, text)                                              \
	{                                                                                                         \
		SCALAR(json, text, F_LIST, need, member), .min = low, .max = high, .count_offset = WIDE(counter), \
		                                          .items = &shape_##of                                    \
	}
#define FIELD_TEXTS(json, member, counter, need, low, high, text)                                                 \
	{                                                                                                         \
		SCALAR(json, text, F_TEXTS, need, member), .min = low, .max = high, .count_offset = WIDE(counter) \
	}
#define SHAPE_OF(id) const struct shape shape_##id = {#id, sizeof(T), id##_fields, sizeof id##_fields / sizeof *id##_fields}

#define REFERENCE FIELD_TEXT("reference", reference, MAY, 64, "外部单号")
#define NOTE FIELD_NOTE("note", note, MAY, 2000, "备注")
#define VERSION FIELD_INT("version", version, MUST, 1, INT64_MAX - 1, "版本")
