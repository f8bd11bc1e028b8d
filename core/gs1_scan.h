/* Which symbols there are and what a scanner says about them: the three bytes of the AIM symbology identifier. */
#pragma once
#include "core/gs1.h"

enum gs1_content {
	CONTENT_ANY,   /* says nothing about the text */
	CONTENT_PLAIN, /* any text, no FNC1 */
	CONTENT_GS1,   /* an element string, FNC1 at its start not transmitted */
	CONTENT_EAN,   /* digits of one product, a composite part may follow */
};

struct gs1_carrier {
	const char *prefix, *name;
	enum gs1_content content;
	size_t digits; /* CONTENT_EAN */
};

/* The carrier of a prefix such as "]C1" (three bytes), or NULL where it is not one of ours. */
const struct gs1_carrier *gs1_carrier_of(const char *prefix);
/* Text as the GS1 tools write it: a `^` at its start, even behind backslashes, gets one more backslash. */
const char *gs1_plain_data(struct arena *a, const char *s, size_t n);
