/*
 * Dated approvals about invoices, each registered by one person, with its paper scanned, and approved by another:
 * remote: one more invoice (加开一票) for a remote place, never the lead, never without a last day. RULE DOMAIN-6-remote-invoice
 * maker: a supplier counts as a maker (视同生产企业): the maker itself, its only sales company, the sole agent of imported goods;
 * its invoice to us is then the first and the only one. RULE DOMAIN-6-counts-as-maker
 */
#pragma once
#include "core/word.h"
#include "core/write.h"

#define PERMIT_REMOTE "remote"
#define PERMIT_MAKER "maker"
/* owner_kind of the scans */
#define PERMIT_REMOTE_PAPERS "remote_approval"
#define PERMIT_MAKER_PAPERS "maker_permit"

struct permit_new {
	const char *kind;
	int64_t site_id;               /* of a remote one */
	int64_t supplier_id, maker_id; /* of a maker's */
	const char *reason, *paper;    /* reason: of a maker's, word of permit_reasons */
	int64_t from_ymd, to_ymd;      /* last day; 0: open, a maker's only */
};
extern const struct word_title permit_reasons[];
/* INVALID_FIELD for unknown parties, days the wrong way round, the lead as a remote place, or one without a last day. */
MUST_CHECK enum status permit_add(struct tx *tx, const struct permit_new *in, int64_t *id);
/* NOT_FOUND, WRONG_STATE, SAME_PERSON, PAPERS_MISSING without a scan. What a maker's invoices proved already is counted anew. */
MUST_CHECK enum status permit_approve(struct tx *tx, const char *kind, int64_t id);
/* From today on it holds no more; what it carried before stays. NOT_FOUND, WRONG_STATE. */
MUST_CHECK enum status permit_end(struct tx *tx, const char *kind, int64_t id, const char *note);

/* Where a permit t holds on a day, as SQL. */
#define PERMIT_HOLDS(t, ymd)                                                                                            \
	t ".approved_at_ms IS NOT NULL AND " t ".from_ymd <= " ymd " AND (" t ".to_ymd IS NULL OR " t ".to_ymd >= " ymd \
	  ") AND (" t ".ended_ymd IS NULL OR " t ".ended_ymd > " ymd ")"
/* Where t waits for its second person, as SQL. */
#define PERMIT_WAITING "t.approved_at_ms IS NULL AND t.ended_at_ms IS NULL"
/*
 * Where t holds and ends within 90 days, and no other one of the same two goes on after it; as SQL with :today_ymd and :soon_ymd.
 * RULE DOMAIN-6-permit-warning
 */
#define PERMIT_ENDING                                                                                                        \
	"t.approved_at_ms IS NOT NULL AND t.ended_at_ms IS NULL AND t.to_ymd IS NOT NULL AND t.to_ymd >= :today_ymd AND "    \
	"t.to_ymd < :soon_ymd AND NOT EXISTS (SELECT 1 FROM invoice_permit n WHERE n.kind = t.kind AND n.id <> t.id AND "    \
	"n.approved_at_ms IS NOT NULL AND n.ended_at_ms IS NULL AND coalesce(n.site_id, 0) = coalesce(t.site_id, 0) AND "    \
	"coalesce(n.supplier_id, 0) = coalesce(t.supplier_id, 0) AND coalesce(n.maker_id, 0) = coalesce(t.maker_id, 0) AND " \
	"(n.to_ymd IS NULL OR n.to_ymd > t.to_ymd))"
bool permit_remote_on(struct db *db, int64_t site_id, int32_t ymd);
/* Does the supplier count as the maker of the product? */
bool permit_maker_on(struct db *db, int64_t supplier_id, int64_t product_id, int32_t ymd);
