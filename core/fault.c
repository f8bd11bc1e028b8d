#include "core/fault.h"

#include <stdarg.h>

enum status fault_add(struct faults *f, enum status st, const char *field, int64_t row, const char *format, ...)
{
	if (f->count++ >= FAULTS_MAX)
		return st;
	struct fault *one = arena_alloc(f->arena, sizeof *one);
	va_list args;
	va_start(args, format);
	*one = (struct fault){arena_string(f->arena, field), row, st, arena_vprintf(f->arena, format, args), NULL};
	va_end(args);
	if (f->last)
		f->last->next = one;
	else
		f->first = one;
	f->last = one;
	return st;
}
