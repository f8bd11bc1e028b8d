/*
 * yaocang scan: says what codes mean, one JSON object a line; codes come as words or one a line on standard input.
 * Reads no store and no network, so that a hand scanner in keyboard mode can be tried out anywhere.
 */
#include "core/clock.h"
#include "core/code.h"
#include "service/command.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "usage: yaocang scan [--year YYYY] [CODE...]\n"
                            "  without CODE, reads one code a line from standard input; a raw GS byte (0x1D) or, in a code that\n"
                            "  begins with ^, the character ^ is FNC1; -- ends the options\n";

struct scanning {
	int year;
	bool any_invalid;
	bool cannot_write;
};

static void answer(struct scanning *s, const char *bytes, size_t n)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) b = {0};
	struct jo o = {&b, false};
	struct code code;
	code_parse(&a, bytes, n, s->year, &code);
	jo_open(&o, '{');
	code_write_json(&code, &o);
	jo_close(&o, '}');
	buf_putc(&b, '\n');
	s->any_invalid = s->any_invalid || !code.valid;
	/* each line at once: the other end may be a person with a scanner */
	bool written = fwrite(b.data, 1, b.len, stdout) == b.len && fflush(stdout) == 0;
	s->cannot_write = s->cannot_write || !written;
}

/* Reads a line of any bytes into out; what exceeds the room is read over, and the length says that it was too long.
 * False at the end of input. */
static bool read_line(FILE *in, char *out, size_t room, size_t *len)
{
	int c = getc(in);
	*len = 0;
	if (c == EOF)
		return false;
	for (; c != EOF && c != '\n'; c = getc(in))
		if (*len < room)
			out[(*len)++] = (char)c;
	if (*len && *len < room && out[*len - 1] == '\r')
		--*len;
	return true;
}

static void answer_lines(struct scanning *s)
{
	char line[CODE_BYTES_MAX + 2];
	size_t n = 0;
	while (!s->cannot_write && read_line(stdin, line, sizeof line, &n))
		answer(s, line, n);
}

static bool read_year(const char *word, int *year)
{
	int64_t v = 0;
	if (!text_to_i64(word, &v) || v < 2000 || v > 2099)
		return false;
	*year = (int)v;
	return true;
}

/* Reads the options in front; answers where the codes begin, or 0 for wrong use. */
static int read_options(int argc, char **argv, struct scanning *s)
{
	int i = 1;
	while (i < argc && strncmp(argv[i], "--", 2) == 0) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1;
		if (strcmp(argv[i], "--year") != 0 || i + 1 == argc || !read_year(argv[i + 1], &s->year))
			return 0;
		i += 2;
	}
	return i;
}

int command_scan(int argc, char **argv)
{
	struct clock clock = clock_system();
	struct scanning s = {ymd_of_ms(clock_now_ms(&clock)) / 10000, false, false};
	int first = read_options(argc, argv, &s);
	if (first == 0) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	for (int i = first; i < argc; i++)
		answer(&s, argv[i], strlen(argv[i]));
	if (first == argc)
		answer_lines(&s);
	if (!s.cannot_write && !ferror(stdin))
		return s.any_invalid ? EXIT_NO : EXIT_DONE;
	fputs("yaocang scan: cannot read or write\n", stderr);
	return EXIT_CANNOT;
}
