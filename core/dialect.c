#include "core/dialect.h"

#include "core/arena.h"

#include <stdio.h>
#include <string.h>

static bool is_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

size_t sql_word(const char *s)
{
	size_t n = 0;
	while (is_word(s[n]))
		n++;
	return n;
}

size_t sql_quoted(const char *s)
{
	if (strncmp(s, "--", 2) == 0)
		return strcspn(s, "\n");
	const char *end = NULL;
	if (strncmp(s, "/*", 2) == 0) {
		end = strstr(s + 2, "*/");
		return end ? (size_t)(end + 2 - s) : strlen(s);
	}
	if (*s != '\'' && *s != '"')
		return 0;
	end = strchr(s + 1, *s);
	return end ? (size_t)(end + 1 - s) : strlen(s);
}

static const char *our_type(const struct dialect *d, const char *word, size_t n)
{
	for (const struct dialect_type *t = d->types; t->common; t++)
		if (n == strlen(t->common) && memcmp(word, t->common, n) == 0)
			return t->ours;
	return NULL;
}

/* A type behind AS is a cast's: there the common word serves every engine. */
static void put_line(struct buf *out, const char *line, size_t n, const struct dialect *d)
{
	bool cast = false;
	for (size_t i = 0; i < n;) {
		size_t word = sql_word(line + i), quoted = word ? 0 : sql_quoted(line + i);
		size_t length = word ? word : quoted ? quoted : 1;
		length = length < n - i ? length : n - i;
		const char *put = word && !cast ? our_type(d, line + i, word) : NULL;
		if (put)
			buf_puts(out, put);
		else
			buf_put(out, line + i, length);
		if (word || quoted)
			cast = word == 2 && memcmp(line + i, "AS", 2) == 0;
		i += length;
	}
	buf_putc(out, '\n');
}

char *dialect_rewrite(struct arena *a, const char *migration, const struct dialect *d)
{
	SCOPED(buf) out = {0};
	bool clustered = false;
	char table[64];
	for (const char *line = migration; *line;) {
		size_t n = strcspn(line, "\n");
		if (strncmp(line, "-- @clustered", 13) == 0)
			clustered = true;
		else if (sscanf(line, "-- @append_only %63[a-z_]", table) == 1)
			d->append_only(&out, table);
		else if (sscanf(line, "-- @steps %63[a-z_]", table) == 1)
			d->steps(&out, table);
		else if (n == 2 && memcmp(line, ");", 2) == 0) {
			buf_printf(&out, "%s\n", clustered ? d->end_of_clustered : d->end_of_table);
			clustered = false;
		} else {
			put_line(&out, line, n, d);
		}
		line += n + (line[n] == '\n');
	}
	return arena_string(a, out.data ? out.data : "");
}
