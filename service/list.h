/*
 * Every list of the API is a row of data: columns, the ways to reach its rows (each over an index) and its filters. The
 * engine builds the statement from these constant pieces, pages by key, and writes JSON or CSV. A filter that is not
 * given leaves no trace in the statement.
 *
 * The first path whose driving filter was asked for is taken; the path without one comes last and must stand. Keys are
 * integers and unique together; a page's `next` is the last row's keys.
 */
#pragma once
#include "core/word.h"
#include "service/service.h"

enum list_type { L_ID, L_INT, L_TEXT, L_PRICE, L_FEN, L_BOOL, L_INT_OR_NULL };

struct list_column {
	const char *name;
	enum list_type type;
	const char *expr; /* SQL */
	const char *title;
	const struct word_title *titles; /* the stored word is shown by its title */
};

struct list_filter {
	const char *name;
	enum list_type type; /* L_ID, L_INT, L_TEXT or L_BOOL (0/1) */
	const char *where;   /* SQL with the parameter :f_NAME_id / :f_NAME_t, see list.c */
};
/* A filter that no index serves is tried on so many rows of the list for one page; the page may then be short, and its
 * `next` goes on behind them. So the cost of a page does not grow with the data. */
#define LIST_SCAN 1000

/* When a path is taken, and how its rows come. */
struct list_rule {
	const char *also;   /* a second filter that must be given too, or NULL */
	const char *unless; /* a value of the driving filter for which the path is not taken, or NULL */
	bool few;           /* its rows are few: sorted after they are found, instead of read in key order */
};
extern const struct list_rule list_few;

/* A parameter in the address of what is no list. */
struct query_parameter {
	const char *name;
	enum list_type type;
	bool required;
	const char *title;
};

/* FROM of a path named "q": rows found by their product, which the piece drives; joined: "table t ON t.product_id =
 * pp.product_id". */
#define BY_PRODUCT_PIECE(joined) "product_piece pp CROSS JOIN " joined

#define LIST_KEYS_MAX 5
struct list_path {
	const char *filter;              /* the driving filter's name; NULL for the path of everything */
	const char *from;                /* FROM … WHERE with the scope; may use :me_id and the driving filter's parameter */
	const char *keys[LIST_KEYS_MAX]; /* ends with NULL */
	bool newest_first;
	const struct list_rule *rule; /* NULL: none */
};

struct list_spec {
	const char *name, *title;
	const struct list_column *columns; /* ends with name NULL */
	const struct list_filter *filters; /* ends with name NULL */
	const struct list_path *paths;     /* ends with the one whose filter is NULL */
	int64_t scan;                      /* instead of LIST_SCAN, where a row costs much; 0: LIST_SCAN */
	const char *const *served;         /* filters that an index serves on every path, ends with NULL; may be NULL */
	/*
	 * The filters that ?q= stands for where there is no text search: a word like CG-20261121-0007 takes the first, any other
	 * the last. Ends with NULL. Where there is a text search as well, ?q= stands for the first if q_exact finds :q_t.
	 */
	const char *const *q_as;
	const struct sql *q_exact; /* may be NULL */
	/*
	 * SQL of the text that a search looks at, lines of it apart; the path named "q", which comes first, is driven by a piece
	 * of it. NULL without q_as: the list has no ?q=, and refuses it.
	 */
	const char *search_expr;
	/* Parameters that are no filters of rows but of columns (site_id of supply …): names, ends with NULL. May be NULL. */
	const char *const *parameters;
	/* More members of a JSON row (nested rows); called with the row open. May be NULL. */
	void (*extra)(struct exchange *x, struct db *db, struct rows *r);
};

/* The member with which a row begins where x->row_keys asks for it: what ?after= takes. */
#define LIST_ROW_KEY "row_key"
/* Answers a GET of a list, as JSON or (x->csv) as CSV. */
MUST_CHECK enum status list_answer(struct exchange *x, struct db *db, const struct list_spec *spec);
/* One row of sums over what the list's filters choose: select holds the expressions; each(arg, rows) reads them. */
MUST_CHECK enum status list_sum(struct exchange *x, struct db *db, const struct list_spec *spec, const char *select,
                                void (*each)(void *arg, struct rows *r), void *arg);
/* Calls each(arg, sql) for every statement a list can build, for the test that prepares them all. */
void list_each_statement(const struct list_spec *spec, struct arena *a, void (*each)(void *arg, const char *sql), void *arg);
/* The plain list, filtered by each of its columns. */
void list_each_column_filter(const struct list_spec *spec, struct arena *a, void (*each)(void *arg, const char *sql), void *arg);
/* One column's value of the current row as a JSON member. */
void list_put_column(struct jo *o, struct rows *r, int i, const struct list_column *c);
