#include "core/log.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/json.h"

#include <stdarg.h>
#include <unistd.h>

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	static const char *const levels[] = {"info", "warn", "error"};
	SCOPED(arena) a = {0};
	SCOPED(buf) b = {0};
	struct jo o = {&b, false};
	struct clock wall = clock_system();
	char at[25];
	va_list args;
	va_start(args, format);
	const char *detail = arena_vprintf(&a, format, args);
	va_end(args);
	ms_iso_text(clock_now_ms(&wall), at);
	jo_open(&o, '{');
	jo_text(&o, "at", at);
	jo_text(&o, "level", levels[level]);
	jo_text(&o, "event", event);
	jo_text(&o, "detail", detail);
	jo_close(&o, '}');
	buf_putc(&b, '\n');
	(void)!write(STDERR_FILENO, b.data, b.len);
}
