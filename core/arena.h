/*
 * Memory that lives as long as one piece of work (a request, a command) and is released in one place.
 * Bytes are zeroed and aligned for any type. Lack of memory ends the process with exit status 3 after a log line,
 * so no caller carries a branch for it; every size that comes from outside is bounded before it reaches this file.
 * An arena belongs to one thread at a time.
 */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Releases a struct through its NAME_drop function on every way out of the scope; always initialise it. */
#define SCOPED(type) __attribute__((cleanup(type##_drop))) struct type

struct arena_block;
struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used, cap;           /* of the newest block */
};

/* n zeroed bytes, valid until arena_drop. n may be 0. */
void *arena_alloc(struct arena *a, size_t n);
/* count elements of size bytes; the product is checked. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* A NUL-terminated copy of n bytes. */
char *arena_copy(struct arena *a, const char *bytes, size_t n);
/* A copy of a string; NULL stays NULL. */
char *arena_string(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Frees all; the arena may be used again. */
void arena_drop(struct arena *a);

/* Plain memory for things that outlive a request; free() releases it. Never NULL. */
void *memory_alloc(size_t n);
void *memory_resize(void *old, size_t n);
char *memory_string(const char *s);
