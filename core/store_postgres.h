/* What the two files of the PostgreSQL driver share: words (store_postgres_words.c) and the connection (store_postgres.c). */
#pragma once
#include "core/arena.h"

struct pg_words {
	char *text;   /* with $1, $2 … and joins as PostgreSQL wants them */
	char **names; /* of the parameters, with their colon, in the order of their numbers */
	size_t count;
};
/* A statement of the common subset in PostgreSQL's words; all in the arena. */
struct pg_words pg_words_of(struct arena *a, const char *common);
/* A migration in PostgreSQL's words. */
char *pg_dialect(struct arena *a, const char *migration);
