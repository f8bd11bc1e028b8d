/*
 * What each site got in a month, for the supervisor: what was accepted in its depots, and what came from other sites, less what
 * went back to suppliers and to other sites; at what the batches cost. The lead buys for all and sends on what it does not keep,
 * so the sites add up to what the county bought. Lines, their sums by product, and by month: written with the payable and the
 * return, and for goods between sites with site_flow by the depot books. RULE DOMAIN-12.3-site-shares
 */
#pragma once
#include "core/audit.h"

/* The id of a line of goods between sites: below every id of a document, one for either side of a move. */
#define SITE_GOODS_MOVE_ID(seq, n, out) (((seq)*1000000 + (n)) * 2 + (out))

struct site_goods {
	int64_t id, site_id, month, product_id, document_id;
	int64_t supplier_id, other_site_id; /* whose goods they were or became; the other is 0 */
	const char *source;                 /* bought, returned, moved */
	int64_t units, fen;                 /* negative: they left */
};
void site_goods_book(struct tx *tx, const struct site_goods *g);
/* A line of a 采购退货单 that has left with goods that had been accepted. */
void site_goods_return(struct tx *tx, int64_t line_id);
int64_t site_goods_verify(struct db *db, verify_report *report, void *arg);
