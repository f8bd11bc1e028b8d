#include "warehouse/allocate.h"

#include <string.h>

const struct word_title allocation_reasons[] = {
        {"expired", "已过有效期"},
        {"held", "已冻结"},
        {"reserved", "已预留给其他单据"},
        {"pending", "待验"},
        {"rejected", "不合格"},
        {"returned", "退货待验"},
        {NULL, NULL},
};

SQL(select_candidates,
    "SELECT h.batch_id, h.quality_no, h.units, h.expiry_ymd, b.lot_id, l.lot, b.price_e4, b.units_per_pack, b.owner_site_id, "
    "(SELECT CAST(coalesce(sum(r.units), 0) AS BIGINT) FROM reservation r WHERE r.place_id = h.place_id AND r.batch_id = "
    "h.batch_id AND "
    "r.state = 'pending'), EXISTS (SELECT 1 FROM hold o WHERE o.lot_id = b.lot_id AND o.released_at_ms IS NULL AND (o.place_id "
    "IS NULL OR "
    "o.place_id = h.place_id)), dp.bin FROM holding h JOIN batch b ON b.id = h.batch_id JOIN lot l ON l.id = b.lot_id LEFT JOIN "
    "depot_product dp ON dp.place_id = h.place_id AND dp.product_id = h.product_id WHERE h.place_id = :place_id AND "
    "h.product_id = :product_id ORDER BY h.expiry_ymd, h.batch_id, h.quality_no /*all sites: the caller checks the site*/");

/* Why a candidate may not be issued; NULL where it may. */
static const char *blocked(enum quality q, int32_t expiry_ymd, int32_t today_ymd, bool held)
{
	if (q != QUALITY_RELEASED)
		return quality_name(q);
	if (ymd_is_expired(expiry_ymd, today_ymd))
		return "expired";
	return held ? "held" : NULL;
}

/* Batches passed over are told up to this number; what is taken always is. */
#define PASSED_OVER_MAX 200

/* A list that grows in an arena. */
struct growing {
	struct arena *a;
	struct allocation_list *list;
	size_t cap, passed_over;
};

static void add(struct growing *g, const struct allocation *item)
{
	struct allocation_list *list = g->list;
	if (item->passed_over && ++g->passed_over > PASSED_OVER_MAX)
		return;
	if (list->count == g->cap) {
		struct allocation *wider = arena_array(g->a, g->cap * 2 + 16, sizeof *wider);
		if (list->count)
			memcpy(wider, list->items, list->count * sizeof *wider);
		list->items = wider;
		g->cap = g->cap * 2 + 16;
	}
	list->items[list->count++] = *item;
}

static void consider(struct growing *g, struct rows *r, int64_t product_id, int32_t today_ymd)
{
	struct allocation_list *list = g->list;
	struct allocation one = {
	        .batch =
	                {
	                        .id = col_i64(r, 0),
	                        .product_id = product_id,
	                        .expiry_ymd = (int32_t)col_i64(r, 3),
	                        .lot_id = col_i64(r, 4),
	                        .lot = col_text(g->a, r, 5),
	                        .price_e4 = col_i64(r, 6),
	                        .units_per_pack = col_i64(r, 7),
	                        .owner_site_id = col_i64(r, 8),
	                },
	        .units = col_i64(r, 2),
	        .bin = col_text(g->a, r, 11),
	};
	int64_t reserved = col_i64(r, 9);
	one.passed_over = blocked((enum quality)col_i64(r, 1), one.batch.expiry_ymd, today_ymd, col_i64(r, 10) != 0);
	if (one.passed_over) {
		add(g, &one);
		return;
	}
	int64_t free_units = one.units - reserved;
	if (reserved > 0) {
		struct allocation promised = one;
		promised.units = reserved;
		promised.passed_over = "reserved";
		add(g, &promised);
	}
	one.units = free_units < list->unmet_units ? free_units : list->unmet_units;
	if (one.units > 0) {
		list->unmet_units -= one.units;
		add(g, &one);
	}
}

void allocate_fefo(struct db *db, struct arena *a, int64_t place_id, int64_t product_id, int64_t units, int32_t today_ymd,
                   struct allocation_list *out)
{
	struct growing g = {.a = a, .list = out};
	*out = (struct allocation_list){.unmet_units = units};
	SCOPED(rows) r = db_query(db, select_candidates, I64(":place_id", place_id), I64(":product_id", product_id));
	while (out->unmet_units > 0 && rows_next(&r))
		consider(&g, &r, product_id, today_ymd);
}

SQL(insert_reservation,
    "INSERT INTO reservation (id, document_id, line_id, place_id, batch_id, units, state, at_ms) VALUES (:id, "
    ":document_id, :line_id, :place_id, :batch_id, :units, 'pending', :at_ms)");
SQL(end_reservations, "UPDATE reservation SET state = :state_t WHERE document_id = :document_id AND state = 'pending' "
                      "/*all sites: the caller has the document*/");

int64_t reserve(struct tx *tx, int64_t document_id, int64_t line_id, int64_t place_id, int64_t batch_id, int64_t units)
{
	int64_t id = tx_new_id(tx);
	db_exec(tx, insert_reservation, I64(":id", id), I64(":document_id", document_id), I64(":line_id", line_id),
	        I64(":place_id", place_id), I64(":batch_id", batch_id), I64(":units", units), I64(":at_ms", tx->now_ms));
	return id;
}

void reserve_end(struct tx *tx, int64_t document_id, const char *state)
{
	db_exec(tx, end_reservations, TEXT(":state_t", state), I64(":document_id", document_id));
}
