#include "core/copy.h"

#include "core/audit.h"
#include "core/migrate.h"
#include "core/text.h"
#include "core/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 2000 /* rows in one transaction */
#define TABLES_MAX 256
#define COLUMNS_MAX 64
/* Rows that are about the copy and the store itself. */
static const char *const own[] = {"migration", "copy_progress", "copy_reference"};

static bool is_own(const char *table)
{
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(own[i], table) == 0)
			return true;
	return false;
}

static enum arg_type type_of(const char *type)
{
	return strcmp(type, "BIGINT") == 0 ? ARG_I64 : strcmp(type, "BYTES") == 0 ? ARG_BYTES : ARG_TEXT;
}

struct copy_tables copy_tables_of(struct db *db, struct arena *a)
{
	struct copy_tables all = {arena_array(a, TABLES_MAX, sizeof *all.tables), 0};
	struct copy_table *t = NULL;
	SCOPED(rows) r = db_columns(db);
	while (rows_next(&r)) {
		const char *name = col_text(a, &r, 0);
		if (is_own(name) || all.count == TABLES_MAX)
			continue;
		if (!t || strcmp(t->name, name) != 0) {
			t = &all.tables[all.count++];
			*t = (struct copy_table){name, arena_array(a, COLUMNS_MAX, sizeof *t->columns), 0};
		}
		if (t->count < COLUMNS_MAX)
			t->columns[t->count++] =
			        (struct copy_column){col_text(a, &r, 1), type_of(col_text(a, &r, 2)), col_i64(&r, 3)};
	}
	return all;
}

static void put_columns(struct buf *out, const struct copy_table *t)
{
	for (size_t i = 0; i < t->count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", t->columns[i].name);
}

char *copy_select(struct arena *a, const struct copy_table *t)
{
	SCOPED(buf) sql = {0};
	buf_puts(&sql, "SELECT ");
	put_columns(&sql, t);
	buf_printf(&sql, " FROM %s ORDER BY ", t->name);
	int64_t n = 0;
	for (int64_t key = 1; key <= (int64_t)t->count; key++)
		for (size_t i = 0; i < t->count; i++)
			if (t->columns[i].key == key)
				buf_printf(&sql, "%s%s", n++ ? ", " : "", t->columns[i].name);
	buf_puts(&sql, n ? "" : "1");
	buf_puts(&sql, " LIMIT 9223372036854775807 OFFSET :skip /*scan: copy*/");
	return arena_string(a, sql.data);
}

/* Its address is the key of a statement cache: it lives as long as the copy. */
static const struct sql *insert_of(struct arena *a, const struct copy_table *t, const char **names)
{
	static const char *const ends[] = {[ARG_I64] = "", [ARG_TEXT] = "_t", [ARG_BYTES] = "_b", [ARG_NULL] = ""};
	SCOPED(buf) text = {0};
	struct sql *q = arena_alloc(a, sizeof *q);
	buf_printf(&text, "INSERT INTO %s (", t->name);
	put_columns(&text, t);
	buf_puts(&text, ") VALUES (");
	for (size_t i = 0; i < t->count; i++) {
		names[i] = arena_printf(a, ":c%zu%s", i, ends[t->columns[i].type]);
		buf_printf(&text, "%s%s", i ? ", " : "", names[i]);
	}
	buf_puts(&text, ")");
	*q = (struct sql){arena_string(a, text.data), __FILE__, __LINE__};
	return q;
}

static struct arg argument(struct arena *a, struct rows *r, size_t i, const char *name)
{
	size_t n = 0;
	enum col_kind kind = col_kind(r, (int)i);
	if (kind == COL_NULL)
		return (struct arg){name, ARG_NULL, 0, NULL, 0};
	if (kind == COL_I64)
		return arg_i64(name, col_i64(r, (int)i));
	const char *bytes = col_peek(r, (int)i, &n);
	return (struct arg){name, kind == COL_TEXT ? ARG_TEXT : ARG_BYTES, 0, arena_copy(a, bytes, n), n};
}

/* ---- how far a copy has come, in the store that is being filled ---- */

static const struct sql select_done = {"SELECT done FROM copy_progress WHERE name = :name_t", __FILE__, __LINE__};
static const struct sql insert_done = {"INSERT INTO copy_progress (name, done) VALUES (:name_t, :done)", __FILE__, __LINE__};
static const struct sql update_done = {"UPDATE copy_progress SET done = :done WHERE name = :name_t", __FILE__, __LINE__};

static int64_t done_of(struct db *to, const char *name)
{
	return db_i64(to, -1, select_done, TEXT(":name_t", name));
}

static void set_done(struct tx *tx, const char *name, int64_t done)
{
	if (db_exec(tx, update_done, TEXT(":name_t", name), I64(":done", done)) == 0)
		db_exec(tx, insert_done, TEXT(":name_t", name), I64(":done", done));
}

/* ---- the copy ---- */

struct copying {
	struct db *from, *to;
	struct arena arena;
	const struct copy_progress *progress;
	int64_t done, total;
	char *why;
};

static void copying_drop(struct copying *c)
{
	arena_drop(&c->arena);
}

static void tell(struct copying *c)
{
	if (c->progress && c->progress->tell && c->total)
		c->progress->tell(c->progress->arg, (int)(c->done * 1000 / c->total), 1000);
}

static enum status broken(struct copying *c, const struct db *db)
{
	enum status st = db_status(db);
	if (st != ST_OK)
		snprintf(c->why, 200, "%s", db_error(db));
	return st;
}

/* Up to PIECE rows in one transaction of the store that is filled; *got says how many. */
static enum status copy_piece(struct copying *c, const struct copy_table *t, const struct sql *insert, const char *const *names,
                              struct rows *r, int64_t before, size_t *got)
{
	SCOPED(arena) a = {0};
	struct tx tx = {.db = c->to};
	struct arg *args = arena_array(&a, PIECE * t->count, sizeof *args);
	for (*got = 0; *got < PIECE && rows_next(r); ++*got)
		for (size_t i = 0; i < t->count; i++)
			args[*got * t->count + i] = argument(&a, r, i, names[i]);
	enum status st = broken(c, c->from);
	if (st == ST_OK && (st = db_begin(c->to)) == ST_OK) {
		db_exec_rows(&tx, insert, args, t->count, *got);
		set_done(&tx, t->name, before + (int64_t)*got);
		st = db_commit(c->to);
	}
	if (st != ST_OK && !c->why[0])
		snprintf(c->why, 200, "%.40s: %.150s", t->name, db_error(c->to));
	db_rollback(c->to);
	return st;
}

/* What a migration put there itself is in the other store, too. */
static enum status empty_table(struct copying *c, const struct copy_table *t)
{
	enum status st = db_script(c->to, arena_printf(&c->arena, "DELETE FROM %s", t->name));
	if (st != ST_OK)
		snprintf(c->why, 200, "%.40s: %.150s", t->name, db_error(c->to));
	return st;
}

static enum status copy_table(struct copying *c, const struct copy_table *t)
{
	const char *names[COLUMNS_MAX];
	const struct sql *insert = insert_of(&c->arena, t, names);
	int64_t done = done_of(c->to, t->name);
	size_t got = PIECE;
	enum status st = done < 0 ? empty_table(c, t) : ST_OK;
	done = done < 0 ? 0 : done;
	c->done += done;
	struct rows r = db_query_text(c->from, copy_select(&c->arena, t), (const struct arg[]){I64(":skip", done)}, 1);
	while (st == ST_OK && got == PIECE) {
		st = copy_piece(c, t, insert, names, &r, done, &got);
		done += (int64_t)got;
		c->done += (int64_t)got;
		tell(c);
	}
	rows_drop(&r);
	return st;
}

static int64_t count_rows(struct db *db, struct arena *a, const struct copy_table *t)
{
	SCOPED(rows) r = db_query_text(db, arena_printf(a, "SELECT count(*) FROM %s", t->name), NULL, 0);
	return rows_next(&r) ? col_i64(&r, 0) : 0;
}

/* The copy's own table; half a copy of what the store was earlier is of no use. */
static enum status begin_copy(struct copying *c, int64_t seq, const struct copy_tables *all)
{
	enum status st = db_script(
	        c->to, "CREATE TABLE IF NOT EXISTS copy_progress (name TEXT NOT NULL PRIMARY KEY, done BIGINT NOT NULL)");
	int64_t was = st == ST_OK ? done_of(c->to, "seq") : 0;
	if (st == ST_OK && was >= 0 && was != seq) {
		snprintf(c->why, 200, "目标中有一次未完成的复制, 其后原库又有写入; 请删除目标中的半成品后再来");
		return ST_INTERNAL;
	}
	for (size_t i = 0; i < all->count; i++)
		c->total += count_rows(c->from, &c->arena, &all->tables[i]);
	if (st == ST_OK)
		st = db_load_begin(c->to);
	if (st == ST_OK && was < 0) {
		struct tx tx = {.db = c->to};
		set_done(&tx, "seq", seq);
		st = broken(c, c->to);
	}
	return st;
}

enum status copy_rows(struct db *from, struct db *to, int64_t seq, const struct copy_progress *progress, char why[200])
{
	SCOPED(copying) c = {.from = from, .to = to, .progress = progress, .why = why};
	why[0] = '\0';
	struct copy_tables all = copy_tables_of(from, &c.arena);
	enum status st = broken(&c, from);
	if (st == ST_OK)
		st = begin_copy(&c, seq, &all);
	for (size_t i = 0; st == ST_OK && i < all.count; i++)
		st = copy_table(&c, &all.tables[i]);
	if (st == ST_OK)
		st = db_load_end(to);
	if (st == ST_OK)
		st = db_script(to, "DROP TABLE copy_progress");
	if (st != ST_OK && !why[0])
		snprintf(why, 200, "%.190s", db_error(to));
	return st;
}

enum status copy_store(struct db *from, const char *to, const struct copy_progress *progress, char why[200])
{
	struct db *db = NULL;
	unsigned char head[HASH_BYTES];
	const struct clock clock = clock_system();
	enum status st = db_open(to, STORE_CREATE, &db, why);
	if (st == ST_OK)
		st = migrate_run(db, clock_now_ms(&clock), why);
	if (st == ST_OK)
		st = copy_rows(from, db, audit_head(from, head), progress, why);
	db_close(db);
	return st;
}
