/*
 * 资质: the papers of suppliers, makers and products. What kinds there are, which are needed before the first purchase and
 * which lock business once they have run out stands in paper.def. A paper holds through its last day. The scan is an
 * attachment of the paper (owner_kind "qualification"). Nothing is deleted: a renewed paper is a new row, the old one ends.
 */
#pragma once
#include "core/json.h"
#include "core/write.h"

enum paper {
#define PAPER(word, owner, title, first, locks, dated, scanned) PAPER_##word,
#include "warehouse/partner/paper.def"
#undef PAPER
	PAPER_COUNT
};
struct paper_kind {
	const char *word, *owner, *title;
	bool first, locks, dated, scanned;
};
extern const struct paper_kind paper_kinds[PAPER_COUNT];

struct paper_new {
	const char *owner_kind, *kind, *number, *person, *region, *scope, *note; /* the last four may be NULL */
	int64_t owner_id, from_ymd, until_ymd;                                   /* days 0: none */
	int64_t replaces_id;                                                     /* the paper that this renews; 0: none */
};
/* INVALID_FIELD where kind and owner do not fit, a day is missing or wrong, or the replaced paper is another's. */
MUST_CHECK enum status paper_add(struct tx *tx, const struct paper_new *in, int64_t *id);
/* Takes a paper out of force, with the reason. NOT_FOUND, WRONG_STATE where it has ended already. */
MUST_CHECK enum status paper_end(struct tx *tx, int64_t id, const char *note);
/* 再注册受理: the authority has taken up the renewal of a registration, under this number on that day. */
MUST_CHECK enum status paper_renewal(struct tx *tx, int64_t id, const char *number, int64_t ymd);
/* The chief pharmacist lets ordering go on while that renewal is pending; the reason stays on the paper. */
MUST_CHECK enum status paper_allow(struct tx *tx, int64_t id, const char *note);
/* Brings the drug licence among a supplier's papers up to what an import says of it. */
MUST_CHECK enum status paper_licence(struct tx *tx, int64_t supplier_id, const char *number, int64_t until_ymd);

/* How one kind of paper of an owner stands on a day. */
struct paper_state {
	bool there, valid, scanned; /* a paper in force exists; … and holds on the day; … and its scan is attached */
	bool allowed;               /* a renewal is pending and ordering was allowed */
	int64_t until_ymd;          /* the latest last day; 0: none there */
};
void paper_states(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct paper_state out[PAPER_COUNT]);
/* The first kind that locks this owner on the day; PAPER_COUNT where nothing does. RULE GSP-licence-lock */
enum paper paper_lock(const char *owner_kind, const struct paper_state states[PAPER_COUNT]);
/* What an owner's file lacks for the first purchase, in words ("营业执照 (未登记)、…"); NULL where it is complete. */
const char *paper_missing(struct db *db, struct arena *a, const char *owner_kind, int64_t owner_id, int32_t ymd);
/* Writes `name: [ {kind, title, needed, locks, there, valid, scanned, until_ymd} … ]`, a row per kind of that owner. */
void paper_write_json(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct jo *o, const char *name);
