#include "core/arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES 8192u

struct arena_block {
	struct arena_block *older;
	_Alignas(max_align_t) unsigned char bytes[];
};

_Noreturn static void memory_fail(size_t n)
{
	char line[96];
	int len = snprintf(line, sizeof line, "{\"level\":\"error\",\"event\":\"out_of_memory\",\"bytes\":%zu}\n", n);
	if (len > 0)
		(void)!write(STDERR_FILENO, line, (size_t)len);
	_exit(3);
}

void *memory_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);
	if (!p)
		memory_fail(n);
	return p;
}

void *memory_resize(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);
	if (!p)
		memory_fail(n);
	return p;
}

char *memory_string(const char *s)
{
	size_t n = strlen(s) + 1;
	return memcpy(memory_alloc(n), s, n);
}

static void *block_push(struct arena *a, size_t cap)
{
	struct arena_block *b = memory_alloc(sizeof *b + cap);
	b->older = a->blocks;
	a->blocks = b;
	a->cap = cap;
	a->used = 0;
	return b->bytes;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	if (n > SIZE_MAX / 2)
		memory_fail(n);
	n = (n + align - 1) & ~(align - 1);
	if (!a->blocks || a->cap - a->used < n)
		block_push(a, n > BLOCK_BYTES ? n : BLOCK_BYTES);
	void *p = a->blocks->bytes + a->used;
	a->used += n;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n = 0;
	if (__builtin_mul_overflow(count, size, &n))
		memory_fail(SIZE_MAX);
	return arena_alloc(a, n);
}

char *arena_copy(struct arena *a, const char *bytes, size_t n)
{
	char *s = arena_alloc(a, n + 1);
	if (n)
		memcpy(s, bytes, n);
	return s;
}

char *arena_string(struct arena *a, const char *s)
{
	return s ? arena_copy(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
	char small[128]; /* most fit, and need no second run */
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(small, sizeof small, format, args);
	char *s = arena_alloc(a, (size_t)(n < 0 ? 0 : n) + 1);
	if (n > 0 && (size_t)n < sizeof small)
		memcpy(s, small, (size_t)n);
	else if (n > 0)
		vsnprintf(s, (size_t)n + 1, format, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *s = arena_vprintf(a, format, args);
	va_end(args);
	return s;
}

void arena_drop(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *older = a->blocks->older;
		free(a->blocks);
		a->blocks = older;
	}
	a->used = a->cap = 0;
}
