/* A question to a list while it is being built: what service/list.c and service/list_search.c share. */
#pragma once
#include "core/csv.h"
#include "core/search.h"
#include "core/xlsx_out.h"
#include "service/list.h"

#define ARGS_MAX 64
#define MATCHES_AT_ONCE 25    /* rows of a search that are read whole by one statement */
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
	bool all_common; /* no piece of the search is rare */
};

/* Why a row was found. */
struct found {
	enum search_how how;
	const char *text; /* that matched; NULL: nothing was searched */
};

/* A candidate that matches. */
struct match {
	int64_t key;
	struct found found;
};

/* Where rows go. */
struct sink {
	struct jo *o;         /* JSON, or */
	struct csv_writer *w; /* CSV, or */
	struct sheet_out *s;  /* XLSX */
};

/* Writes one page behind k->after; *more tells whether rows are left behind it, and k->after where it goes on. */
MUST_CHECK enum status ask_put_page(struct ask *k, struct db *db, struct sink *to, bool *more);

size_t ask_key_count(const struct list_path *p);
int ask_column_count(const struct list_spec *spec);
void ask_add_arg(struct ask *k, struct arg arg);

/* The rarest piece drives; it stands first. A short look, which tells a rare one from a common one, … */
void ask_rarest_first(struct ask *k, struct db *db);
/* … and a longer one, where all are common and the page is not full. */
void ask_rarest_again(struct ask *k, struct db *db);
/* The last key that a page of a search may reach: so many rows of the driving piece behind k->after. */
void ask_bound_search(struct ask *k, struct db *db, int64_t most);
/* Further conditions of a search: every piece beside the driving one. */
void ask_put_pieces(struct ask *k, struct buf *sql);
/* Is the question answered by way of the pieces' index? */
bool ask_is_driven(const struct ask *k);
/* The condition that a row is one of these. */
void ask_put_matches(struct ask *k, struct buf *sql, const struct match *matches, size_t n);
/* Does a row's text match, a line a part? The text is cut up and must live as long as the answer. */
bool ask_text_matches(struct ask *k, char *text, struct found *out);
/* Why, as members of the row. */
void ask_put_matched(struct ask *k, struct jo *o, struct rows *r, const struct found *found);
