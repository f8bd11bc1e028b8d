/* yaocang sql --read-only: one question to a store, answered as a table. The connection cannot write. */
#include "core/store.h"
#include "core/text.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SQL_MAX ((size_t)1 << 20)

static const char usage_text[] = "usage: yaocang sql --read-only --data DIR --consortium CODE [SQL]\n"
                                 "  without SQL, reads one statement from standard input\n";

/* The length of a comment or quoted piece at s, 0 where there is none. */
static size_t quoted_length(const char *s)
{
	if (strncmp(s, "--", 2) == 0)
		return strcspn(s, "\n");
	if (strncmp(s, "/*", 2) == 0) {
		const char *end = strstr(s + 2, "*/");
		return end ? (size_t)(end + 2 - s) : strlen(s);
	}
	if (*s != '\'' && *s != '"' && *s != '`')
		return 0;
	const char *end = strchr(s + 1, *s);
	return end ? (size_t)(end + 1 - s) : strlen(s);
}

/* A parameter has no value here. */
static bool has_parameter(const char *sql)
{
	while (*sql) {
		size_t n = quoted_length(sql);
		if (n == 0 && strchr("?:@$#", *sql))
			return true;
		sql += n ? n : 1;
	}
	return false;
}

static const char *skip_space(const char *s)
{
	for (;;) {
		bool comment = strncmp(s, "--", 2) == 0 || strncmp(s, "/*", 2) == 0;
		if (comment)
			s += quoted_length(s);
		else if (isspace((unsigned char)*s))
			s++;
		else
			return s;
	}
}

/* Where the first statement ends: at its ';' or the text's end. */
static const char *statement_end(const char *sql)
{
	while (*sql && *sql != ';') {
		size_t n = quoted_length(sql);
		sql += n ? n : 1;
	}
	return sql;
}

static bool refuse(const char *what)
{
	fprintf(stderr, "yaocang sql: %s\n", what);
	return false;
}

static bool is_question(const char *sql)
{
	static const char *const words[] = {"SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA"};
	const char *begin = skip_space(sql), *end = statement_end(begin);
	bool known = false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		known = known || (strncasecmp(begin, words[i], n) == 0 && !isalnum((unsigned char)begin[n]));
	}
	if (!known)
		return refuse("只能查询 (SELECT, WITH, VALUES, EXPLAIN, PRAGMA)");
	if (*end && *skip_space(end + 1))
		return refuse("一次只能有一条语句");
	return has_parameter(sql) ? refuse("语句中不能有参数 (? : @ $ #)") : true;
}

/* A cell on one line: control characters as escapes, bytes as hexadecimal. */
static void print_cell(struct rows *r, int i)
{
	size_t n = 0;
	enum col_kind kind = col_kind(r, i);
	if (kind == COL_NULL)
		return;
	if (kind == COL_I64) {
		printf("%lld", (long long)col_i64(r, i));
		return;
	}
	const char *bytes = col_peek(r, i, &n);
	for (size_t k = 0; k < n; k++) {
		unsigned char c = (unsigned char)bytes[k];
		if (kind == COL_BYTES)
			printf("%02x", c);
		else if (c < 0x20 || c == 0x7F || c == '\\')
			printf(c == '\\' ? "\\\\" : "\\x%02x", c);
		else
			putchar(c);
	}
}

static void print_row(struct rows *r, bool names)
{
	for (int i = 0; i < col_count(r); i++) {
		if (i)
			putchar('\t');
		if (names)
			fputs(col_name(r, i), stdout);
		else
			print_cell(r, i);
	}
	putchar('\n');
}

static enum exit_status ask(struct db *db, const char *sql)
{
	bool first = true;
	db_read_begin(db);
	struct rows r = db_query_text(db, sql, NULL, 0);
	while (rows_next(&r)) {
		if (first)
			print_row(&r, true);
		first = false;
		print_row(&r, false);
	}
	rows_drop(&r);
	enum exit_status done = EXIT_DONE;
	if (db_status(db) != ST_OK) {
		fprintf(stderr, "yaocang sql: %s\n", db_error(db));
		done = db_status(db) == ST_STORE_UNAVAILABLE ? EXIT_CANNOT : EXIT_NO;
	}
	(void)!db_read_end(db);
	return fflush(stdout) == 0 && !ferror(stdout) ? done : EXIT_CANNOT;
}

static const char *read_statement(struct arena *a)
{
	SCOPED(buf) in = {.max = SQL_MAX};
	char piece[4096];
	for (size_t n; (n = fread(piece, 1, sizeof piece, stdin)) > 0;)
		buf_put(&in, piece, n);
	return in.over || !in.data || memchr(in.data, '\0', in.len) ? NULL : arena_copy(a, in.data, in.len);
}

int command_sql(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	const char *data = NULL, *consortium = NULL, *sql = NULL;
	bool read_only = false;
	size_t words = 0;
	char why[200] = "";
	struct db *db = NULL;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &data, .required = true},
	        {.name = "consortium", .text = &consortium, .required = true},
	        {.name = "read-only", .flag = &read_only, .required = true},
	        {.name = NULL},
	};
	bool right = options_read(argc, argv, slots, &sql, 1, &words) && folder_code_is_valid(consortium);
	if (right && !words)
		sql = read_statement(&a);
	if (!right || !sql || !is_question(sql)) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (db_open(folder_store_where(&a, data, consortium), STORE_READ, &db, why) != ST_OK) {
		fprintf(stderr, "yaocang sql: 不能打开医共体 %s 的数据: %s\n", consortium, why);
		return EXIT_CANNOT;
	}
	enum exit_status done = ask(db, sql);
	db_close(db);
	return (int)done;
}
