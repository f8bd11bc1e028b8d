/* What a number of a spreadsheet looks like in the eyes of who filled it in. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* How a style shows a number. */
enum shown_as { SHOWN_PLAIN, SHOWN_DAY, SHOWN_MONTH, SHOWN_MOMENT };
struct number_style {
	enum shown_as as;
	int zeros; /* format 00000: that many digits at least */
};
/* A format that Excel knows by number. */
struct number_style number_style_builtin(long id);
/* A format in words: yyyy-mm-dd, 00000. */
struct number_style number_style_of(const char *format);

#define NUMBER_TEXT_MAX 160
/* The text of a number as it stands in the file (12.5, 1.0000000000000001E-2). False where it is none. */
bool number_text(const char *number, struct number_style style, bool from_1904, char out[NUMBER_TEXT_MAX]);
