/*
 * A store's rows, table by table, without knowing what they mean: copied into a store of the other engine (or the same), or
 * read for comparison. Both stores stand at the same migration.
 */
#pragma once
#include "core/store.h"

struct copy_column {
	const char *name;
	enum arg_type type;
	int64_t key; /* place in the primary key from 1, or 0 */
};
struct copy_table {
	const char *name;
	struct copy_column *columns;
	size_t count;
};
struct copy_tables {
	struct copy_table *tables; /* in the order of their names */
	size_t count;
};
/* The tables that hold the store's own rows, in the arena; asked inside a read. */
struct copy_tables copy_tables_of(struct db *db, struct arena *a);
/* The statement that reads a table in the order of its key, from row `:skip` (0: the first) on. */
char *copy_select(struct arena *a, const struct copy_table *t);

struct copy_progress {
	void (*tell)(void *arg, int done, int total); /* may be NULL; in permille */
	void *arg;
};
/*
 * Fills `to` (open for writing, migrated, empty or half filled by a copy that was cut off) with the rows of `from`, in pieces
 * that are committed one by one. seq: the newest write of `from`; half a copy of another is begun again. Nobody writes to
 * `from` meanwhile, or the caller holds a snapshot of it (db_read_begin). why: in Chinese or the engine's words unless OK.
 */
MUST_CHECK enum status copy_rows(struct db *from, struct db *to, int64_t seq, const struct copy_progress *progress,
                                 char why[200]);
/* The same into a new store at `to`, which is made, filled and closed. from: inside a read. */
MUST_CHECK enum status copy_store(struct db *from, const char *to, const struct copy_progress *progress, char why[200]);
