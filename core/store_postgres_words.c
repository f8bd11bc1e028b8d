/*
 * What PostgreSQL calls things. A statement: `:name` becomes `$n`, and `CROSS JOIN t ON …`, by which SQLite is told an order
 * of tables, becomes a join whose order PostgreSQL chooses itself. A migration: types and the triggers behind directives.
 */
#include "core/dialect.h"
#include "core/store_postgres.h"

#include <string.h>

#define PARAMETERS_MAX 64

static bool word_is(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && memcmp(s, word, n) == 0;
}

/* Does a condition follow, before another table comes or the clause ends? */
static bool has_condition(const char *s)
{
	static const char *const ends[] = {"JOIN", "LEFT", "INNER", "CROSS", "WHERE", "GROUP", "ORDER", "LIMIT", "UNION"};
	int depth = 0;
	while (*s) {
		size_t quoted = sql_quoted(s), n = quoted ? 0 : sql_word(s);
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		if (depth < 0 || (depth == 0 && word_is(s, n, "ON")))
			return depth == 0;
		for (size_t i = 0; depth == 0 && n && i < sizeof ends / sizeof *ends; i++)
			if (word_is(s, n, ends[i]))
				return false;
		s += quoted ? quoted : n ? n : 1;
	}
	return false;
}

static size_t number_of(struct arena *a, struct pg_words *w, const char *name, size_t n)
{
	for (size_t i = 0; i < w->count; i++)
		if (word_is(name, n, w->names[i]))
			return i + 1;
	if (w->count < PARAMETERS_MAX)
		w->names[w->count++] = arena_copy(a, name, n);
	return w->count;
}

struct pg_words pg_words_of(struct arena *a, const char *common)
{
	static const char cross[] = "CROSS JOIN ";
	struct pg_words w = {NULL, arena_array(a, PARAMETERS_MAX, sizeof *w.names), 0};
	SCOPED(buf) out = {0};
	for (const char *s = common; *s;) {
		size_t quoted = sql_quoted(s), n = quoted ? quoted : sql_word(s);
		if (*s == ':' && sql_word(s + 1)) {
			n = 1 + sql_word(s + 1);
			buf_printf(&out, "$%zu", number_of(a, &w, s, n));
		} else if (strncmp(s, cross, sizeof cross - 1) == 0 && has_condition(s + sizeof cross - 1)) {
			n = strlen("CROSS ");
		} else {
			n = n ? n : 1;
			buf_put(&out, s, n);
		}
		s += n;
	}
	w.text = arena_string(a, out.data ? out.data : "");
	return w;
}

static void put_append_only(struct buf *out, const char *table)
{
	buf_printf(out,
	           "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	           "RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$;\n"
	           "CREATE TRIGGER %s_no_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION refuse_change();\n"
	           "CREATE TRIGGER %s_no_truncate BEFORE TRUNCATE ON %s EXECUTE FUNCTION refuse_change();\n",
	           table, table, table, table);
}

/* A document's state changes only along a row of document_step; other columns that name it are beyond change. */
static void put_steps(struct buf *out, const char *table)
{
	buf_printf(out,
	           "CREATE OR REPLACE FUNCTION %s_check_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	           "IF NOT EXISTS (SELECT 1 FROM document_step s WHERE s.kind = NEW.kind AND s.from_state = OLD.state AND "
	           "s.to_state = "
	           "NEW.state) THEN RAISE EXCEPTION 'no such step'; END IF; RETURN NEW; END $$;\n"
	           "CREATE TRIGGER %s_steps BEFORE UPDATE OF state ON %s FOR EACH ROW WHEN (NEW.state <> OLD.state) "
	           "EXECUTE FUNCTION %s_check_step();\n"
	           "CREATE OR REPLACE FUNCTION %s_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	           "RAISE EXCEPTION 'nothing is deleted'; END $$;\n"
	           "CREATE TRIGGER %s_no_delete BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION %s_refuse();\n"
	           "CREATE TRIGGER %s_no_truncate BEFORE TRUNCATE ON %s EXECUTE FUNCTION %s_refuse();\n",
	           table, table, table, table, table, table, table, table, table, table, table);
}

/* Text is ordered and compared by its bytes, whatever the database was made with. */
char *pg_dialect(struct arena *a, const char *migration)
{
	static const struct dialect_type types[] = {{"BYTES", "BYTEA"}, {"TEXT", "TEXT COLLATE \"C\""}, {NULL, NULL}};
	static const struct dialect ours = {
	        .types = types,
	        .end_of_table = ");",
	        .end_of_clustered = ");",
	        .append_only = put_append_only,
	        .steps = put_steps,
	};
	return dialect_rewrite(a, migration, &ours);
}
