/*
 * May this supplier deliver this to us today? The one place that answers: order entry, submission and approval ask it, and
 * so does the page before anybody types. Licences that have run out, a first purchase that quality has not approved, a maker
 * whose goods the supplier may not deliver, a registration that has run out, goods that he does not trade in, a distributor
 * who is not ticked for them. RULE GSP-licence-lock
 */
#pragma once
#include "core/write.h"
#include "warehouse/partner/tick.h"

struct partner_question {
	int64_t supplier_id, product_id; /* product 0: the supplier alone */
	int32_t ymd;
	bool supplier_asked; /* the supplier alone was asked about before, in this same write or read: only the product is */
	bool any_goods;      /* told by mandate_names_goods before, in the same: no mandate of his names goods */
};
/*
 * OK; or INVALID_FIELD (no such supplier, or one no longer used), FIRST_PURCHASE, LICENCE_EXPIRED, NOT_IN_BUSINESS,
 * NO_DELIVERY_RIGHT, MANDATE_SCOPE, REGISTRATION_EXPIRED, NOT_TICKED, with the reason in Chinese (in the arena) in *why.
 */
MUST_CHECK enum status partner_may_supply(struct db *db, struct arena *a, const struct partner_question *q, const char **why);
/*
 * One look at all goods of an order: rows of n, product_id of the lines that have to be asked about with partner_may_supply, in
 * their order; mostly none. any_goods as in struct partner_question.
 */
struct rows partner_doubtful(struct db *db, int64_t supplier_id, int64_t order_id, int32_t ymd, bool any_goods);
/*
 * May goods of this lot come in? An expired registration stops what was made after its last day, not what was made before,
 * and a pending renewal that was allowed stops nothing. REGISTRATION_EXPIRED with *why.
 */
MUST_CHECK enum status partner_may_receive(struct db *db, struct arena *a, int64_t product_id, int64_t lot_id, int32_t ymd,
                                           const char **why);

/*
 * The delivery right as SQL conditions, for statements that look for a supplier; the arguments are expressions. A maker that
 * ever named a distributor is delivered by those alone whose right holds on the day, here. RULE DOMAIN-12.3-delivery-right
 */
#define MAKER_CHOSE(maker) "EXISTS (SELECT 1 FROM delivery_right dr WHERE dr.maker_id = " maker ")"
/*
 * RULE DOMAIN-12.3-right-region: a right that names areas is for those; one of ours must be among them (own_region, 全国 is
 * everywhere). Where none of ours is known, or the letter names none, nothing is compared; as mandate.c reads its words.
 */
#define REGION_PARTS(region)                                               \
	"('、' || replace(replace(replace(replace(replace(replace(" region \
	", ' ', ''), '，', '、'), '；', '、'), ',', '、'), ';', '、'), '\n', '、') || '、')"
#define RIGHT_IS_HERE(region)                                                                                         \
	"(coalesce(" region ", '') = '' OR NOT EXISTS (SELECT 1 FROM own_region) OR replace(" REGION_PARTS(           \
	        region) ", '、全国、', '') <> " REGION_PARTS(region) " OR EXISTS (SELECT 1 FROM own_region ow WHERE " \
	                                                             "replace(" REGION_PARTS(                         \
	                                                                     region) ", '、' || "                    \
	                                                                             "replace(ow.name, ' ', "         \
	                                                                             "'') || '、', '') "             \
	                                                                             "<> " REGION_PARTS(              \
	                                                                                     region) " /*scan: a handful*/))"
#define MAKER_CHOSE_HIM(maker, supplier, ymd)                                                                      \
	"EXISTS (SELECT 1 FROM delivery_right dr WHERE dr.maker_id = " maker " AND dr.supplier_id = " supplier     \
	" AND dr.ended_at_ms IS NULL AND dr.from_ymd <= " ymd " AND (dr.until_ymd IS NULL OR dr.until_ymd >= " ymd \
	") AND " RIGHT_IS_HERE("dr.region") ")"
/* Not where ticks are asked for and there is none. RULE DOMAIN-12.3-tick */
#define MAY_DELIVER_PRODUCT(product, supplier, ymd)                                                                   \
	"NOT EXISTS (SELECT 1 FROM product_maker pm WHERE pm.product_id = " product                                   \
	" AND " MAKER_CHOSE("pm.maker_id") " AND NOT " MAKER_CHOSE_HIM(                                               \
	        "pm.maker_id", supplier,                                                                              \
	        ymd) ") AND "                                                                                         \
	             "(coalesce((SELECT tr.asked FROM platform_tick_rule tr WHERE tr.from_ymd <= " ymd                \
	             " ORDER BY tr.from_ymd DESC "                                                                    \
	             "LIMIT 1), 0) = 0 OR " TICKED(product, supplier,                                                 \
	                                           ymd) " OR EXISTS (SELECT 1 FROM product tp WHERE tp.id = " product \
	                                                " AND tp.kind = 'preparation'))"
/* A licence of one of his trades is on file and holds. RULE GSP-trade-licence */
#define SUPPLIER_LICENSED(supplier, ymd)                                                                         \
	"EXISTS (SELECT 1 FROM qualification lq WHERE lq.owner_kind = 'supplier' AND lq.owner_id = " supplier    \
	" AND lq.kind IN ('drug_licence', 'device_licence', 'pieces_licence', 'preparation_licence') AND "       \
	"lq.ended_at_ms IS NULL AND lq.confirmed_at_ms IS NOT NULL AND coalesce(lq.from_ymd, 0) <= " ymd " AND " \
	"coalesce(lq.until_ymd, 99991231) >= " ymd ")"

/* Records that a supplier or product ("supplier", "product") may be bought since now; document 0: opening data. */
void partner_known(struct tx *tx, const char *kind, int64_t id, int64_t document_id);
bool partner_is_known(struct db *db, const char *kind, int64_t id);
/* True until the store's first purchase order: what comes in by then is what the hospital bought from all along. */
bool partner_opening(struct db *db);
