/*
 * 采购计划 (plan): what the centre means to order for a month, by product and receiving site. 分院计划 (site_plan): what a
 * branch asks the centre to order for it. Both are the same sheet of lines.
 *
 * A site plan: draft -> submitted -> taken into the county plan. A county plan: draft -> (ordering) -> ordered, when every
 * line with a quantity has become an order line.
 *
 * Lines are saved in small pieces without a version, like scans: the plan's state decides, and the last one who typed wins.
 */
#pragma once
#include "core/document.h"
#include "warehouse/demand/suggest.h"

struct plan_new {
	int64_t version; /* of a change only */
	int64_t site_id; /* 0: the user's own */
	int64_t ym;      /* yyyymm; INT64_MIN: this month */
	const char *reference, *note;
};
struct plan_line_new {
	int64_t id; /* of a line of this plan; 0: the product's line, made where it is not there */
	int64_t product_id, to_site_id, supplier_id;
	int64_t units;          /* INT64_MIN: as it is */
	int64_t price_e4;       /* -1: as it is */
	int64_t direct;         /* INT64_MIN: as it is */
	int64_t price_in_force; /* 1: forget the typed price */
};
struct plan_lines_new {
	struct plan_line_new *lines;
	size_t line_count;
};

extern const struct doc_kind plan_kind, site_plan_kind;

/* kind: which of the two. */
MUST_CHECK enum status plan_make(struct tx *tx, const struct doc_kind *kind, const struct plan_new *in, struct doc *out);
/* Changes or adds lines; only what is given changes. All or none. */
MUST_CHECK enum status plan_change_lines(struct tx *tx, const struct doc *d, const struct plan_lines_new *in);

/* How far a slice of work on a plan came. */
struct plan_slice {
	int64_t done; /* lines, plans or orders, as the work is */
	int64_t left; /* 0: all is done; else come again */
	int64_t kept; /* of adopting: lines that keep what was typed */
};
/* Looks at the next products of the site: a line for each that is used, kept or asked for, with fresh figures. What was typed
 * stays. begin: from the first product on. */
MUST_CHECK enum status plan_fill(struct tx *tx, const struct doc *d, bool begin, struct plan_slice *out);
/* Every open line takes what is suggested, at once; one on which somebody typed his own quantity keeps it, unless typed_too. */
MUST_CHECK enum status plan_adopt(struct tx *tx, const struct doc *d, bool typed_too, struct plan_slice *out);

#define PLAN_PASTED_MAX 300 /* rows at once: a product that is new to the plan is looked at as a whole */
/* A row copied from a spreadsheet. */
struct plan_pasted {
	const char *what; /* code or name of a product */
	int64_t packs;    /* of the product's own pack */
	int64_t units;    /* beside them */
	int64_t price_e4; /* -1: as it is */
};
struct plan_paste_new {
	struct plan_pasted *rows;
	size_t row_count;
};
/* Why a row was not taken. */
struct plan_refused {
	size_t row; /* from 0 */
	enum status st;
	const char *message; /* in the arena */
};
/*
 * Takes rows onto the plan, products that it does not have yet as new lines. Each row stands alone: what cannot be taken is
 * named in `refused` (room for every row) and changes nothing, the others are on the plan.
 */
MUST_CHECK enum status plan_paste(struct tx *tx, const struct doc *d, const struct plan_paste_new *in, struct plan_slice *out,
                                  struct plan_refused *refused, size_t *refused_count);
/* Takes submitted plans of sites into this county plan. */
MUST_CHECK enum status plan_collect(struct tx *tx, const struct doc *d, struct plan_slice *out);
/*
 * Makes draft orders of the lines that have a quantity and no order yet, one for each supplier and receiver, through
 * order_make, so that every rule of an order holds. A slice is whole or refused; refused lines are named by their row.
 */
MUST_CHECK enum status plan_order(struct tx *tx, struct doc *d, int64_t version, struct plan_slice *out);
