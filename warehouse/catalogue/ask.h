/*
 * What a branch may ask for, in one question: its level's list, the antibiotic grades, the permissions (印鉴卡 and the
 * like), and the exceptions (临时采购) that let it pass once. A request asks when a line is written and again when it is
 * submitted; who plans or suggests may ask it too.
 */
#pragma once
#include "core/word.h"
#include "warehouse/catalogue/catalogue.h"

struct ask_answer {
	enum status st;         /* OK; NOT_IN_LIST, NO_ENTITLEMENT, LEVEL_FORBIDS, OVER_LIMIT */
	const char *why;        /* for people: what is wrong and what to do */
	int64_t exception_id;   /* the exception that lets it pass; 0: none needed */
	bool exception_helps;   /* refused, but an exception would let it pass */
	int64_t entitlement_id; /* the permission with a limit that it counts against; 0: none */
};
/*
 * May the site ask for so many units of the product on that day? Reads only. RULE DOMAIN-6-level-lists,
 * RULE DOMAIN-12.3-antibiotic-levels, RULE DOMAIN-12.5-seal-card, RULE DOMAIN-12.1-preparation-permit,
 * RULE DOMAIN-12.3-ephedrine
 */
struct ask_answer branch_may_ask(struct db *db, struct arena *a, int64_t site_id, const struct product *p, int64_t units,
                                 int32_t ymd);
/* The same as a check of row `row` (from 1): tells the fault at field. */
MUST_CHECK enum status branch_check_line(struct tx *tx, int64_t site_id, const struct product *p, int64_t units,
                                         const char *field, int64_t row);
/*
 * May the site hold the product at all, whatever brings it: a shipment, a delivery? What the law asks, without lists, quantities
 * and exceptions. RULE DOMAIN-12.5-seal-card
 */
MUST_CHECK enum status branch_check_held(struct tx *tx, int64_t site_id, const struct product *p, const char *field, int64_t row);
/* Counts a submitted line against the exception or permission that it needs. */
MUST_CHECK enum status branch_take(struct tx *tx, int64_t document_id, int64_t site_id, const struct product *p, int64_t units);
/* Of what a request or order counted for the site and the product, `units` came or will come; the rest is given back. */
void branch_keep_only(struct tx *tx, int64_t document_id, int64_t site_id, int64_t product_id, int64_t units);

struct new_entitlement {
	int64_t site_id, product_id; /* product: of a preparation, else 0 */
	const char *kind, *number;
	int64_t from_ymd, to_ymd;
	int64_t units; /* INT64_MIN: no limit */
};
extern const struct word_title entitlement_kinds[];
/* INVALID_FIELD for what does not fit together. */
MUST_CHECK enum status entitlement_add(struct tx *tx, const struct new_entitlement *in, int64_t *id);
/* Ends a permission yesterday. NOT_FOUND also for another site's. */
MUST_CHECK enum status entitlement_end(struct tx *tx, int64_t id);

/* A limit that the county sets for itself (table catalogue_setting). */
int64_t catalogue_setting(struct db *db, const char *name, int64_t missing);
