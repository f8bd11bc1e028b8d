/*
 * 约定采购量 and what was done for it: one row per round, product and site (volume_progress), the sum of its changes
 * (volume_commitment) and of its facts (volume_credit), all three written together and only here. Units are smallest units.
 * Products of a round's generics that nobody committed to are counted too: the share of the non-selected is made from them.
 */
#pragma once
#include "core/audit.h"
#include "core/write.h"

/*
 * Changes a site's commitment by so many units (signed), in the name of a document. INVALID_FIELD where the product is not
 * in the round, WRONG_STATE where it would fall below zero.
 */
MUST_CHECK enum status volume_commit(struct tx *tx, int64_t round_id, int64_t product_id, int64_t site_id, int64_t units,
                                     int64_t document_id);

/* What happened to a product that may be of a round. */
struct volume_fact {
	const char *kind;                   /* receipt, return, use, opening */
	int64_t site_id, product_id, units; /* units signed */
	int64_t price_e4, units_per_pack;   /* paid; 0: nothing was paid */
	int64_t document_id, line_id;       /* line 0: none */
};
/* Counts it for the round that runs today; nothing where none has the product. */
void volume_count(struct tx *tx, const struct volume_fact *f);
/* The same for one round, whatever the day: what was done before this program kept count. */
void volume_count_in(struct tx *tx, int64_t round_id, const struct volume_fact *f);

/* Units used (or, negative, brought back) at a depot: counted for its site or the one above it that has the volume. */
void volume_used(struct tx *tx, int64_t place_id, int64_t product_id, int64_t units, int64_t document_id);
/* The same for the round of an earlier day: a use that is taken back. */
void volume_used_on(struct tx *tx, int32_t ymd, int64_t place_id, int64_t product_id, int64_t units, int64_t document_id);
/*
 * The site whose volume a site's purchase or use is: itself or the nearest one above it with a commitment; the lead's volume
 * is the lead's alone. Without any commitment the site itself.
 */
int64_t volume_holder(struct db *db, int64_t round_id, int64_t product_id, int64_t site_id);

/* How a product stands for a site and everything below it, in the round that runs on a day. */
struct volume_position {
	int64_t round_id, generic_id;
	const char *round, *generic, *role, *basis; /* in the arena */
	int64_t committed_units, received_units, used_units, done_units, on_order_units;
	int64_t owed_units; /* committed, neither received nor on order */
	int64_t elapsed_pm;
	int64_t selected_id; /* the product to be bought first; 0: it is this one, or there is none */
	const char *selected_name, *selected_maker;
};
/* False where no running round has the product. */
bool volume_position(struct db *db, struct arena *a, int64_t product_id, int64_t site_id, int32_t ymd,
                     struct volume_position *out);
/* The committed volume that a site and those below it still have to buy; 0 without. For the suggestion of the order sheet. */
int64_t volume_owed_units(struct db *db, int64_t product_id, int64_t site_id, int32_t ymd);
/* What of it falls on so many days from that day on, if the rest of the agreement year takes even parts; rounded up. */
int64_t volume_owed_in(struct db *db, int64_t product_id, int64_t site_id, int32_t ymd, int64_t days);

/* Adds everything up again. Answers the number of faults, each told to report. The caller asks db_status. */
int64_t volume_verify(struct db *db, verify_report *report, void *arg);
