/*
 * Migrations and statements are written once, in the words that both engines share. This file turns a migration into an
 * engine's own words with that engine's table of differences; core/store_ENGINE.c holds the table and nobody else knows it.
 */
#pragma once
#include "core/text.h"

struct arena;

/* A type as the migrations say it, and as the engine does. */
struct dialect_type {
	const char *common, *ours;
};
struct dialect {
	const struct dialect_type *types; /* ends with common NULL */
	/* What ends a table's definition; clustered: `-- @clustered` stood before it (rows stored in key order). */
	const char *end_of_table, *end_of_clustered;
	/* `-- @append_only TABLE`: rows never change. `-- @steps TABLE`: its state changes only along a row of document_step. */
	void (*append_only)(struct buf *out, const char *table);
	void (*steps)(struct buf *out, const char *table);
};

/* Directives stand alone on a line; a table's definition ends with a line `);`. The result is in the arena. */
char *dialect_rewrite(struct arena *a, const char *migration, const struct dialect *d);
/* The length of a quoted text or a comment that begins at s; 0 where none does. */
size_t sql_quoted(const char *s);
/* The length of a word (letters, digits, _) that begins at s. */
size_t sql_word(const char *s);
