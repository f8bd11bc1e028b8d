/*
 * 采购订单: draft → submitted → approved (by another person; above his limit by a third one, in countersigning) → sent →
 * part_received → received → closed. Every line carries who buys, owns, receives and pays, and the price rule
 * (warehouse/price/) it was checked against; a price that the day's rule forbids is refused when the line is written and
 * again when the order is submitted and approved.
 */
#pragma once
#include "core/document.h"

struct order_line_new {
	int64_t id; /* of a line of this draft that stays, changed; 0: a new one */
	int64_t product_id, units;
	int64_t price_e4;                                 /* PRICE_LEFT_OUT: the rule's price */
	int64_t to_site_id, owner_site_id, payer_site_id; /* 0: the order's */
};
#define PRICE_LEFT_OUT (-1)

struct order_new {
	int64_t version; /* of a change only */
	int64_t supplier_id;
	const char *reference, *note;
	int64_t buyer_site_id, to_site_id, owner_site_id, payer_site_id; /* 0: the user's own site */
	const char *urgency;                                             /* ordinary, emergency; NULL: ordinary, or as it is */
	int64_t expected_ymd;                                            /* the agreed day; 0: by urgency, or as it is */
	struct order_line_new *lines;
	size_t line_count;
};

extern const struct doc_kind order_kind;

MUST_CHECK enum status order_make(struct tx *tx, const struct order_new *in, struct doc *out);
/* Replaces supplier (if given) and all lines (if given) of a draft. */
MUST_CHECK enum status order_change(struct tx *tx, struct doc *d, const struct order_new *in);

struct order_line {
	int64_t id, order_id, product_id, units, received_units, price_e4, units_per_pack, to_site_id, owner_site_id,
	        payer_site_id;
	int64_t supplier_id;
	const char *product_name;
};
/* SQL: what still comes of an order's line: what the supplier said that he brings, less what is here; nothing where nobody waits.
 */
#define ORDER_LINE_DUE(l) \
	"(CASE " l ".open WHEN 1 THEN coalesce(" l ".answered_units, " l ".units) - " l ".received_units ELSE 0 END)"
/* NOT_FOUND for an unknown or replaced line. */
MUST_CHECK enum status order_line_load(struct db *db, struct arena *a, int64_t id, struct order_line *out);
/* The order's line for a product that a site receives, with something still due (the first one); 0 without. */
int64_t order_line_for(struct db *db, int64_t order_id, int64_t product_id, int64_t to_site_id);
/* Counts units as received; the caller has made sure that they fit. */
void order_line_receive(struct tx *tx, int64_t line_id, int64_t units);
/* Rejected units are due again, unless the rest was refused or the order is closed. */
MUST_CHECK enum status order_line_give_back(struct tx *tx, int64_t line_id, int64_t units);
/* Lines of which something still comes. */
int64_t order_coming(struct db *db, int64_t id);
/* After a receipt: moves the order to part_received or received. */
MUST_CHECK enum status order_received(struct tx *tx, int64_t order_id);
