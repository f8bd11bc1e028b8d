/*
 * 资质: the papers of suppliers, makers and products. What kinds there are, which are needed before the first purchase and
 * which lock business once they have run out stands in paper.def. A paper holds through its last day. The scan is an
 * attachment of the paper (owner_kind "qualification"). Nothing is deleted: a renewed paper is a new row, the old one ends.
 */
#pragma once
#include "core/json.h"
#include "core/write.h"
#include "warehouse/partner/trade.h"

enum paper_locks { LOCKS_NEVER, LOCKS_ONCE, LOCKS_MADE, LOCKS_ALWAYS }; /* paper.def */
enum paper {
#define PAPER(word, owner, title, of, first, locks, dated, scanned) PAPER_##word,
#include "warehouse/partner/paper.def"
#undef PAPER
	PAPER_COUNT
};
struct paper_kind {
	const char *word, *owner, *title;
	unsigned of, first; /* trades or kinds of goods, by owner */
	enum paper_locks locks;
	bool dated, scanned;
};
extern const struct paper_kind paper_kinds[PAPER_COUNT];

struct paper_new {
	const char *owner_kind, *kind, *number, *person, *region, *scope, *note; /* the last four may be NULL */
	int64_t owner_id, from_ymd, until_ymd;                                   /* days 0: none */
	int64_t replaces_id;                                                     /* the paper that this renews; 0: none */
	bool counts;                                                             /* opening data: counts without anybody's word */
};
/*
 * A paper that locks waits for quality (confirm.h); until then the one that it renews goes on counting.
 * INVALID_FIELD where kind and owner do not fit, a day is missing or wrong, or the replaced paper is another's.
 */
MUST_CHECK enum status paper_add(struct tx *tx, const struct paper_new *in, int64_t *id);
/* Takes a paper out of force, with the reason; where it was the only valid one of a kind that locks, business stops.
 * NOT_FOUND, WRONG_STATE where it has ended already. */
MUST_CHECK enum status paper_end(struct tx *tx, int64_t id, const char *note);
/* 再注册受理: the authority has taken up the renewal of a registration, under this number on that day. */
MUST_CHECK enum status paper_renewal(struct tx *tx, int64_t id, const char *number, int64_t ymd);
/* The chief pharmacist lets ordering go on while that renewal is pending; the reason stays on the paper. */
MUST_CHECK enum status paper_allow(struct tx *tx, int64_t id, const char *note);
/*
 * Brings the licence of a supplier's business up to what a file says of it: a difference is a new paper that renews the one on
 * file. counts as in struct paper_new.
 */
MUST_CHECK enum status paper_licence(struct tx *tx, int64_t supplier_id, const char *number, int64_t until_ymd, bool counts);
/* Does such a licence of his wait for quality, or is it on file for another business? Then a file tells nothing new. */
bool paper_licence_waits(struct db *db, int64_t supplier_id, const char *number, int64_t until_ymd);
/*
 * Makes the columns on the supplier say what the licence of his business among his papers says; empty ('' and 0) where none of
 * his was told for that business.
 */
void paper_licence_sync(struct tx *tx, int64_t supplier_id);

/* How one kind of paper of an owner stands on a day. Only what quality has confirmed is on file. */
struct paper_state {
	bool on_file, there, valid;             /* one ever was; one is in force; … and holds on the day */
	bool waiting;                           /* one that holds on the day waits for quality */
	bool allowed;                           /* a renewal is pending and ordering was allowed */
	bool filed, filed_valid, filed_scanned; /* as there and valid, waiting ones too; … and its scan is attached */
	int64_t until_ymd;                      /* the latest last day of those in force; 0: none there */
	int64_t held_ymd;                       /* the same of those that were renewed as well; of none that was voided */
};
void paper_states(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct paper_state out[PAPER_COUNT]);
/* Nothing goes on after it: no confirmed one renews it and begins in time; q is the row. For warnings. */
#define PAPER_NOT_FOLLOWED                                                                                                      \
	"NOT EXISTS (SELECT 1 FROM qualification n WHERE n.owner_kind = q.owner_kind AND n.owner_id = q.owner_id AND n.kind = " \
	"q.kind AND n.replaces_id = q.id AND n.confirmed_at_ms IS NOT NULL AND n.ended_at_ms IS NULL)"
/* The first kind for these trades or goods that locks this owner on the day; PAPER_COUNT where nothing does. LOCKS_MADE is
 * asked apart (paper_registration). RULE GSP-licence-lock */
enum paper paper_lock(const char *owner_kind, const struct paper_state states[PAPER_COUNT], unsigned bits);
/* The same for the registration of goods of that kind; a pending renewal that was allowed locks nothing. RULE GSP-registration */
enum paper paper_registration(const struct paper_state states[PAPER_COUNT], unsigned bits);
/* What is the matter with a kind that locks: "已于 20260101 到期", "已作废, 没有有效的", … */
const char *paper_trouble(struct arena *a, const struct paper_state *s, int32_t ymd);
/*
 * What an owner's file lacks for the first purchase, in words ("营业执照 (未登记)、…"); NULL where it is complete. Papers that
 * wait count: the approval is quality's word on them. A product's file asks for its maker's papers, too.
 */
const char *paper_missing(struct db *db, struct arena *a, const char *owner_kind, int64_t owner_id, int32_t ymd);
/* Writes `name: [ {kind, title, needed, locks, there, valid, waiting, lost, scanned, missing} … ]`, a row for each kind that
 * concerns that owner. */
void paper_write_json(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct jo *o, const char *name);
