/*
 * Every statement of the program, prepared against the newest schema: those written down with SQL() and those that the
 * lists can build. None reads a whole table unsaid, none reads what sites own without asking whose it is.
 */
#include "core/embed.h"
#include "core/migrate.h"
#include "service/list.h"

#include "tests/harness.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Floors, not counts: a statement list that the linker lost would make every case pass. */
#define PROGRAM_STATEMENTS_MIN 300
#define LIST_STATEMENTS_MIN 300

/* What may be sorted for a page, because it stays small however long the county works. */
static const struct bounded {
	const char *list, *filter; /* filter "": with any */
} bounded[] = {
        {"sensors", ""},                                   /* tens in a county */
        {"alarms", ""},                                    /* some hundred a year */
        {"platform-differences", ""},                      /* what differs, until it does not */
        {"usage-unmatched", ""},                           /* lines that wait for somebody */
        {"trace/lots", "l.product_id = :f_product_id_id"}, /* lots of one product */
        {"prices", "f.product_id = :f_product_id_id"},     /* price facts of one product */
        {"price-public", "p.code = :f_product_code_t"},    /* one product */
};

struct sight {
	struct arena arena;
	struct db *db;
	const char **owned; /* tables that sites own, ends with NULL */
	size_t seen, faults;
};

static void sight_drop(struct sight *s)
{
	db_close(s->db);
	arena_drop(&s->arena);
}

/* Tables behind a line `-- @site_owned` of the migrations. */
static void read_owned(struct sight *s)
{
	size_t n = 0;
	char table[64];
	s->owned = arena_array(&s->arena, 128, sizeof *s->owned);
	for (const struct embedded *e = embed_table; e < embed_table_end; e++) {
		if (strncmp(e->name, "schema/0", 8) != 0)
			continue;
		for (const char *p = strstr(e->begin, "-- @site_owned\n"); p && n < 127; p = strstr(p + 1, "-- @site_owned\n")) {
			const char *create = strstr(p, "CREATE TABLE ");
			CU_ASSERT_EQUAL_FATAL(create ? sscanf(create, "CREATE TABLE %63[a-z_]", table) : 0, 1);
			s->owned[n++] = arena_string(&s->arena, table);
		}
	}
	CU_ASSERT_TRUE(n >= 30);
}

static void sight_open_at(struct sight *s, const char *where)
{
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(where, STORE_CREATE, &s->db, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(migrate_run(s->db, 1795000000000LL, why), ST_OK);
	read_owned(s);
}

/* Plans are SQLite's: PostgreSQL's depend on the rows that are there. */
static void sight_open(struct sight *s)
{
	sight_open_at(s, arena_printf(&s->arena, "sqlite:%s/s.db", test_folder()));
}

static void fault(struct sight *s, const char *where, const char *what, const char *sql)
{
	s->faults++;
	printf("  %s: %s\n    %.1500s\n", where, what, sql);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* True where the text holds the word, not only as a part of another. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		if ((p == text || !is_word(p[-1])) && !is_word(p[n]))
			return true;
	return false;
}

/* The same as SQL sees it: letters in quotes and comments are no names. */
static char *bare(struct arena *a, const char *text)
{
	char *out = arena_string(a, text);
	for (char *p = out; *p;) {
		char *end = *p == '\'' ? strchr(p + 1, '\'') : strncmp(p, "/*", 2) == 0 ? strstr(p + 2, "*/") : NULL;
		if (!end) {
			p++;
			continue;
		}
		size_t n = (size_t)(end - p) + (*p == '\'' ? 1 : 2);
		memset(p, ' ', n);
		p += n;
	}
	return out;
}

/* ---- the checks of one statement ---- */

static void check_prepares(struct sight *s, const char *where, const char *sql)
{
	const char *plan = db_plan(s->db, &s->arena, sql);
	s->seen++;
	if (strncmp(plan, "ERROR", 5) == 0)
		fault(s, where, plan, sql);
}

/* A list of constants, a common table expression or a query in brackets is no table. */
static bool is_table(const char *name, const char *sql)
{
	char made[2][80];
	int n = (int)strcspn(name, " \n") < 60 ? (int)strcspn(name, " \n") : 60;
	snprintf(made[0], sizeof made[0], "%.*s AS (", n, name);
	snprintf(made[1], sizeof made[1], ") AS %.*s", n, name);
	bool constant = strncmp(name, "CONSTANT", 8) == 0 || name[0] == '(' || isdigit((unsigned char)name[0]);
	return !constant && !strstr(sql, made[0]) && !strstr(sql, made[1]);
}

/* A page read along an index that serves its order ends at the limit; queries inside it have no such end. */
static bool is_page(const char *plan, const char *sql, const char *scan)
{
	const char *inner = strstr(plan, "SUBQUERY");
	return has_word(sql, "LIMIT") && has_word(sql, "ORDER") && !strstr(plan, "TEMP B-TREE FOR ORDER BY") &&
	       (!inner || scan < inner);
}

static void check_scans(struct sight *s, const char *where, const char *sql)
{
	const char *plan = db_plan(s->db, &s->arena, sql);
	if (strstr(sql, "/*scan: "))
		return;
	for (const char *line = plan; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, "SCAN ", 5) == 0 && is_table(line + 5, sql) && !is_page(plan, sql, line)) {
			fault(s, where, plan, sql);
			return;
		}
}

/* What only one engine understands, or understands otherwise. PostgreSQL itself is asked in stage postgres. */
static const char *const foreign_words[] = {
        "INSERT OR",   "rowid",      "ifnull(",   "strftime(", "julianday(", "datetime(", "unixepoch(", "group_concat(",
        "string_agg(", "typeof(",    "GLOB",      "printf(",   "instr(",     "hex(",      "json_",      "greatest(",
        "least(",      "INDEXED BY", "total(",    "::",        "ILIKE",      " LIKE ",    "now()",      "FOR UPDATE",
        "NOT NULL IS", " IS :",      " IS NOT :", " == ",      "random()",   "zeroblob(", "CURRENT_",
};

/* The bracket that closes the one at p. */
static const char *closing(const char *p)
{
	int depth = 0;
	for (; *p; p++) {
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		if (depth == 0)
			break;
	}
	return p;
}

/* max(a, b) of SQLite is greatest(a, b) elsewhere: CASE serves both. */
static bool has_two_arguments(const char *open)
{
	const char *end = closing(open);
	int depth = 0;
	for (const char *p = open; p < end; p++) {
		depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
		if (*p == ',' && depth == 1)
			return true;
	}
	return false;
}

/* A truth is a number only in SQLite: EXISTS (…) = :x and max(a = b) want a CAST or a CASE. */
static bool is_truth_as_number(const char *text, const char *p)
{
	if (strncmp(p, "EXISTS (", 8) == 0 && (p == text || !is_word(p[-1]))) {
		const char *after = closing(p + 7);
		after += *after == ')';
		return strncmp(after, " = ", 3) == 0;
	}
	bool aggregate = strncmp(p, "max(", 4) == 0 || strncmp(p, "sum(", 4) == 0 || strncmp(p, "min(", 4) == 0;
	if (!aggregate || (p > text && is_word(p[-1])))
		return false;
	const char *end = closing(p + 3), *same = strpbrk(p + 4, "=<>");
	return has_two_arguments(p + 3) ||
	       (same && same < end && !memmem(p, (size_t)(end - p), "CASE", 4) && !memmem(p, (size_t)(end - p), "SELECT", 6));
}

static void check_dialect(struct sight *s, const char *where, const char *sql)
{
	const char *text = bare(&s->arena, sql);
	for (size_t i = 0; i < sizeof foreign_words / sizeof *foreign_words; i++)
		if (strstr(text, foreign_words[i])) {
			fault(s, where, foreign_words[i], sql);
			return;
		}
	for (const char *p = text; *p; p++)
		if (is_truth_as_number(text, p)) {
			fault(s, where, "a truth as a number, or max() of two", sql);
			return;
		}
}

/* Rows are added by code that has asked before; whoever reads or changes them by key says so. */
static bool only_inserts(const char *text)
{
	return strncmp(text, "INSERT INTO", 11) == 0 && !has_word(text, "SELECT");
}

static void check_owner(struct sight *s, const char *where, const char *sql)
{
	const char *text = bare(&s->arena, sql);
	if (has_word(text, "me_id") || strstr(sql, "/*all sites: ") || only_inserts(text))
		return;
	for (const char **t = s->owned; *t; t++)
		if (has_word(text, *t)) {
			fault(s, where, *t, sql);
			return;
		}
}

/* ---- every statement ---- */

typedef void check(struct sight *s, const char *where, const char *sql);

static void each_of_program(struct sight *s, check *look)
{
	for (const struct sql *const *q = __start_sql_list; q < __stop_sql_list; q++) {
		char where[200];
		snprintf(where, sizeof where, "%s:%d", (*q)->file, (*q)->line);
		look(s, where, (*q)->text);
	}
}

struct listing {
	struct sight *s;
	check *look;
	const char *name;
};

static void look_at(void *arg, const char *sql)
{
	struct listing *l = arg;
	l->look(l->s, l->name, sql);
}

static void each_of_lists(struct sight *s, check *look)
{
	for (size_t i = 0; i < route_count; i++) {
		SCOPED(arena) a = {0};
		struct listing l = {s, look, routes[i].path};
		if (routes[i].kind == ROUTE_LIST)
			list_each_statement(routes[i].list, &a, look_at, &l);
	}
}

static void each_column_filter(struct sight *s, check *look)
{
	for (size_t i = 0; i < route_count; i++) {
		SCOPED(arena) a = {0};
		struct listing l = {s, look, routes[i].path};
		if (routes[i].kind == ROUTE_LIST)
			list_each_column_filter(routes[i].list, &a, look_at, &l);
	}
}

static void each(check *look)
{
	SCOPED(sight) s = {0};
	sight_open(&s);
	each_of_program(&s, look);
	each_of_lists(&s, look);
	CU_ASSERT_EQUAL(s.faults, 0);
}

static void all_prepare(void)
{
	SCOPED(sight) s = {0};
	sight_open_at(&s, arena_string(&s.arena, test_where("s")));
	each_of_program(&s, check_prepares);
	size_t program = s.seen;
	each_of_lists(&s, check_prepares);
	each_column_filter(&s, check_prepares);
	CU_ASSERT_TRUE(program >= PROGRAM_STATEMENTS_MIN);
	CU_ASSERT_TRUE(s.seen - program >= LIST_STATEMENTS_MIN);
	CU_ASSERT_EQUAL(s.faults, 0);
	printf("  %zu statements of the program, %zu of its lists\n", program, s.seen - program);
}

static void no_table_is_read_whole(void)
{
	each(check_scans);
}

static void what_sites_own_is_asked_for(void)
{
	each(check_owner);
}

static void both_engines_understand(void)
{
	each(check_dialect);
}

static bool is_bounded(const char *list, const char *sql)
{
	for (size_t i = 0; i < sizeof bounded / sizeof *bounded; i++)
		if (strcmp(bounded[i].list, list) == 0 && strstr(sql, bounded[i].filter))
			return true;
	return false;
}

static void look_at_order(void *arg, const char *sql)
{
	struct listing *l = arg;
	const char *plan = db_plan(l->s->db, &l->s->arena, sql);
	l->s->seen++;
	if (strstr(plan, "TEMP B-TREE FOR ORDER BY") && !is_bounded(l->name, sql))
		fault(l->s, l->name, plan, sql);
}

/* Without a driving filter a page comes in key order: the newest hundred of a million cost a hundred. */
static void pages_are_not_sorted(void)
{
	SCOPED(sight) s = {0};
	sight_open(&s);
	for (size_t i = 0; i < route_count; i++) {
		SCOPED(arena) a = {0};
		struct listing l = {&s, NULL, routes[i].path};
		if (routes[i].kind != ROUTE_LIST)
			continue;
		struct list_spec everything = *routes[i].list;
		while (everything.paths->filter)
			everything.paths++;
		list_each_statement(&everything, &a, look_at_order, &l);
	}
	CU_ASSERT_TRUE(s.seen >= 100);
	CU_ASSERT_EQUAL(s.faults, 0);
}

/* The checks themselves see what they are for. */
static void checks_see_faults(void)
{
	static const struct {
		check *look;
		const char *sql;
		size_t faults;
	} rows[] = {
	        {check_prepares, "SELECT nothing FROM site", 1},
	        {check_prepares, "SELECT id FROM site", 0},
	        {check_scans, "SELECT count(*) FROM product WHERE name = :name_t", 1},
	        {check_scans, "SELECT count(*) FROM product WHERE name = :name_t /*scan: a test*/", 0},
	        {check_scans, "SELECT name FROM product WHERE id = :id", 0},
	        {check_scans, "SELECT id FROM product ORDER BY id LIMIT 10", 0},
	        {check_scans, "SELECT id FROM product ORDER BY name LIMIT 10", 1},
	        {check_scans, "SELECT x FROM (SELECT 1 AS x UNION SELECT 2) AS both", 0},
	        {check_dialect, "SELECT ifnull(a, 1) FROM b", 1},
	        {check_dialect, "SELECT 'ifnull(a)' FROM b", 0},
	        {check_dialect, "SELECT max(a, coalesce(b, 1)) FROM b", 1},
	        {check_dialect, "SELECT max(coalesce(b, 1)) FROM b", 0},
	        {check_dialect, "SELECT max(a = 1) FROM b", 1},
	        {check_dialect, "SELECT sum(CASE WHEN a = 1 THEN 1 ELSE 0 END) FROM b", 0},
	        {check_dialect, "SELECT 1 FROM b WHERE EXISTS (SELECT 1 FROM c WHERE (d = 1)) = :x", 1},
	        {check_dialect, "SELECT 1 FROM b WHERE CAST(EXISTS (SELECT 1 FROM c) AS INTEGER) = :x", 0},
	        {check_dialect, "SELECT 1 FROM b WHERE a IS NOT :x", 1},
	        {check_owner, "SELECT units FROM holding WHERE place_id = :id", 1},
	        {check_owner, "UPDATE order_line SET units = 1 WHERE id = :id", 1},
	        {check_owner, "SELECT 'holding' FROM site /*holding*/", 0},
	        {check_owner, "SELECT holding_count FROM site", 0},
	        {check_owner, "SELECT 1 FROM holding h JOIN user_place u ON u.place_id = h.place_id WHERE u.user_id = :me_id", 0},
	        {check_owner, "SELECT units FROM holding /*all sites: a test*/", 0},
	        {check_owner, "INSERT INTO request_line (id) VALUES (:id)", 0},
	        {check_owner, "INSERT INTO request_line (id) SELECT id FROM request", 1},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		SCOPED(sight) s = {0};
		sight_open(&s);
		printf("  (expected) ");
		rows[i].look(&s, "test", rows[i].sql);
		if (s.faults != rows[i].faults)
			printf("row %zu: %zu faults\n", i, s.faults);
		CU_ASSERT_EQUAL(s.faults, rows[i].faults);
	}
}

/* A name twice in a list would bind its filter twice. */
static void columns_have_names_of_their_own(void)
{
	for (size_t i = 0; i < route_count; i++) {
		const struct list_column *columns = routes[i].kind == ROUTE_LIST ? routes[i].list->columns : NULL;
		for (const struct list_column *c = columns; c && c->name; c++)
			for (const struct list_column *before = columns; before < c; before++)
				if (strcmp(before->name, c->name) == 0)
					CU_FAIL("a column name stands twice");
	}
}

SUITE(statements, {"checks_see_faults", checks_see_faults}, {"all_prepare", all_prepare},
      {"no_table_is_read_whole", no_table_is_read_whole}, {"what_sites_own_is_asked_for", what_sites_own_is_asked_for},
      {"both_engines_understand", both_engines_understand}, {"pages_are_not_sorted", pages_are_not_sorted},
      {"columns_have_names_of_their_own", columns_have_names_of_their_own});
