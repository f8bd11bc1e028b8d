/*
 * /api/v1/-/…: one person's view over several consortia. He has an account in each of them, by the same name and
 * password; a session opened here stands in every store where both fit, under one token, and each store decides by
 * itself what he may see. A store that is late or down is named in the answer; the others' rows come without it.
 */
#pragma once
#include "service/fan.h"

/* What may be asked of several stores. Ends with path NULL. */
struct supervise_ask {
	const char *path; /* below /api/v1/-/ */
	enum method method;
	const char *route, *query; /* of each store; the query ends with '&' or is empty */
	int64_t wait_ms;
	const struct list_spec *list;          /* NULL: not a list */
	const char *time;                      /* the column by which rows of several stores are merged, newest first */
	const struct query_parameter *filters; /* of a list; ends with name NULL */
	const char *title;
};
extern const struct supervise_ask supervise_asks[];
/* The route that each store answers. */
const struct route *supervise_route(const struct supervise_ask *ask);

/* OK where rest (behind the dash) is asked of the stores; x->fan then says what. NOT_FOUND, METHOD_NOT_ALLOWED. */
MUST_CHECK enum status supervise_find(struct exchange *x, const char *rest);
/* Asks them; calls x->done() in the end. */
void supervise_send(struct exchange *x);

/* ---- between supervise.c and supervise_rows.c ---- */

#define SUPERVISE_END "end" /* instead of a key: nothing is left of that store */

/* Where the list goes on in each store. */
struct supervise_mark {
	bool asked;
	const char *after; /* a key of its list, "" at the beginning */
};
struct supervise_question {
	int64_t limit;
	const char *more;             /* of each store's query, ends with '&' or is empty */
	struct supervise_mark *marks; /* one per store */
};
bool supervise_is_well(const struct fan_part *part);
/* An account that is not there is no news; a store that does not answer is. */
bool supervise_is_absent(const struct fan_part *part);
void supervise_put_name(struct jo *o, const struct store *store);
/* The member `absent`. */
void supervise_put_absent(const struct fan *f);
/* Writes the merged list as JSON or CSV; fan->own is the question. */
void supervise_answer_list(struct fan *f);
