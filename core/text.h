/*
 * Growing bytes (struct buf), each born with an upper bound, and small questions about UTF-8 text.
 * A buf owns its memory; buf_drop frees it. Lack of memory ends the process (core/arena.h); passing the bound sets
 * `over` and drops what does not fit, so that a writer checks once, at the end.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* NUL-terminated whenever not NULL; the NUL is not counted */
	size_t len, cap;
	size_t max; /* 0: BUF_MAX_DEFAULT */
	bool over;
};
#define BUF_MAX_DEFAULT ((size_t)256 << 20)

void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_put_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Empties without freeing. */
void buf_clear(struct buf *b);
void buf_drop(struct buf *b);

/* True for well-formed UTF-8 (no surrogates, no overlong forms) without NUL. */
bool utf8_valid(const char *s, size_t n);
/* Number of code points of valid UTF-8. */
size_t utf8_count(const char *s);
/* The bytes of a blank at s, of ASCII, of typesetters or of Chinese text; 0: none. */
size_t text_blank_at(const char *s);
/* Decodes the code point at *s (valid UTF-8) and moves *s behind it; 0 at the end. */
uint32_t utf8_next(const char **s);
/* Writes the code point as UTF-8 into out (room for 4) and returns its length. */
size_t utf8_put(uint32_t c, char out[4]);
/* True for a control character that no human text holds (tab and newline are allowed if multiline). */
bool text_has_control(const char *s, bool multiline);
/* Parses a whole decimal integer; false on anything else, also on overflow. */
bool text_to_i64(const char *s, int64_t *out);
/* Lower-case hexadecimal of n bytes into out (2n+1). */
void hex_encode(const unsigned char *bytes, size_t n, char *out);
bool hex_decode(const char *hex, unsigned char *out, size_t n);
