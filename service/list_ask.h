/* A question to a list while it is being built: what service/list.c and service/list_search.c share. */
#pragma once
#include "core/search.h"
#include "service/list.h"

#define ARGS_MAX 32
#define SEARCH_PIECES_ASKED 6 /* of a query, the driving one among them */

/* One question to a list, being built. */
struct ask {
	struct exchange *x;
	const struct list_spec *spec;
	const struct list_path *path;
	struct arg args[ARGS_MAX];
	size_t arg_count;
	const char *q;
	int64_t *pieces;
	size_t piece_count;
	int64_t limit;
	int64_t after[LIST_KEYS_MAX];
	bool has_after;
	int64_t until[LIST_KEYS_MAX]; /* the last key that this page may look at */
	bool has_until;
};

/* Why a row was found. */
struct found {
	enum search_how how;
	const char *text; /* that matched; NULL: nothing was searched */
};

size_t ask_key_count(const struct list_path *p);
int ask_column_count(const struct list_spec *spec);
void ask_add_arg(struct ask *k, struct arg arg);

/* The rarest piece drives; it stands first. */
void ask_rarest_first(struct ask *k, struct db *db);
/* The last key that a page of a search may reach, so that a common word costs no more than a rare one. */
void ask_bound_search(struct ask *k, struct db *db);
/* Further conditions of a search: every piece beside the driving one. */
void ask_put_pieces(struct ask *k, struct buf *sql);
/* Does this row's text match? It stands behind the keys, a line a part. */
bool ask_row_matches(struct ask *k, struct arena *a, struct rows *r, struct found *out);
/* Why, as members of the row. */
void ask_put_matched(struct ask *k, struct jo *o, struct rows *r, const struct found *found);
