#include "warehouse/stock.h"

#include "core/audit.h"

#include <assert.h>
#include <string.h>

/* In the order of enum quality. */
const struct word_title quality_words[] = {
        [QUALITY_PENDING] = {"pending", "待验"},
        [QUALITY_RELEASED] = {"released", "合格"},
        [QUALITY_REJECTED] = {"rejected", "不合格"},
        [QUALITY_RETURNED] = {"returned", "退货待验"},
        [QUALITY_COUNT] = {NULL, NULL},
};

const struct word_title stock_reasons[] = {
        {"opening", "期初"}, {"receive", "收货"}, {"release", "验收合格"}, {"reject", "验收不合格"},    {"ship", "发出"},
        {"arrive", "签收"},  {"cancel", "撤销"},  {"found", "盘盈"},       {"usage", "用药"},           {"lost", "盘亏"},
        {"broken", "破损"},  {"return", "退药"},  {"returned", "退回"},    {"to_supplier", "退供应商"}, {"count", "盘点"},
        {NULL, NULL},
};

const char *quality_name(enum quality q)
{
	return quality_words[q].word;
}

bool quality_find(const char *name, enum quality *out)
{
	for (int q = 0; q < QUALITY_COUNT; q++)
		if (strcmp(quality_words[q].word, name) == 0) {
			*out = (enum quality)q;
			return true;
		}
	return false;
}

SQL(select_lot, "SELECT id, expiry_ymd FROM lot WHERE product_id = :product_id AND lot = :lot_t");
SQL(insert_lot,
    "INSERT INTO lot (id, product_id, lot, made_ymd, expiry_ymd) VALUES (:id, :product_id, :lot_t, :made_ymd, :expiry_ymd)");

enum status lot_ensure(struct tx *tx, int64_t product_id, const char *lot, int32_t made_ymd, int32_t expiry_ymd, int64_t *id)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_lot, I64(":product_id", product_id), TEXT(":lot_t", lot));
	if (rows_next(&r)) {
		*id = col_i64(&r, 0);
		if (col_i64(&r, 1) == expiry_ymd)
			return ST_OK;
		return tx_fail(tx, ST_LOT_CONFLICT, "expiry_ymd", 0, "批号 %s 已登记有效期 %lld, 与 %d 不同, 请核对实物", lot,
		               (long long)col_i64(&r, 1), expiry_ymd);
	}
	*id = tx_new_id(tx);
	db_exec(tx, insert_lot, I64(":id", *id), I64(":product_id", product_id), TEXT(":lot_t", lot), ID(":made_ymd", made_ymd),
	        I64(":expiry_ymd", expiry_ymd));
	return ST_OK;
}

SQL(insert_batch,
    "INSERT INTO batch (id, lot_id, product_id, source_line_id, supplier_id, price_e4, units_per_pack, owner_site_id, "
    "made_at_ms) VALUES (:id, :lot_id, :product_id, :line_id, :supplier_id, :price, :per_pack, :owner_id, :at_ms)");

int64_t batch_make(struct tx *tx, const struct new_batch *in)
{
	int64_t id = tx_new_id(tx);
	db_exec(tx, insert_batch, I64(":id", id), I64(":lot_id", in->lot_id), I64(":product_id", in->product_id),
	        ID(":line_id", in->source_line_id), ID(":supplier_id", in->supplier_id), I64(":price", in->price_e4),
	        I64(":per_pack", in->units_per_pack), ID(":owner_id", in->owner_site_id), I64(":at_ms", tx->now_ms));
	return id;
}

SQL(select_batch,
    "SELECT b.lot_id, b.product_id, b.price_e4, b.units_per_pack, b.owner_site_id, b.supplier_id, l.expiry_ymd, l.made_ymd, "
    "l.lot FROM batch b JOIN lot l ON l.id = b.lot_id WHERE b.id = :id");

enum status batch_load(struct db *db, struct arena *a, int64_t id, struct batch *out)
{
	SCOPED(rows) r = db_query(db, select_batch, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct batch){
	        .id = id,
	        .lot_id = col_i64(&r, 0),
	        .product_id = col_i64(&r, 1),
	        .price_e4 = col_i64(&r, 2),
	        .units_per_pack = col_i64(&r, 3),
	        .owner_site_id = col_i64(&r, 4),
	        .supplier_id = col_i64(&r, 5),
	        .expiry_ymd = (int32_t)col_i64(&r, 6),
	        .made_ymd = (int32_t)col_i64(&r, 7),
	        .lot = col_text(a, &r, 8),
	};
	return ST_OK;
}

SQL(select_place, "SELECT kind, site_id FROM place WHERE id = :id /*all sites: the ledger*/");

/* Inside places keep a balance. Answers the site, 0 for an outside place. */
static bool place_is_inside(struct db *db, int64_t place_id, int64_t *site_id)
{
	size_t n = 0;
	SCOPED(rows) r = db_query(db, select_place, I64(":id", place_id));
	if (!rows_next(&r))
		return false;
	const char *kind = col_peek(&r, 0, &n);
	*site_id = col_i64(&r, 1);
	return strcmp(kind, "depot") == 0 || strcmp(kind, "transit") == 0;
}

#define AT_HOLDING                                                                                                     \
	"place_id = :place_id AND product_id = :product_id AND expiry_ymd = :expiry_ymd AND batch_id = :batch_id AND " \
	"quality_no = :quality"
SQL(take_holding, "UPDATE holding SET units = units - :units, traced_units = traced_units - :traced WHERE " AT_HOLDING
                  " AND traced_units >= :traced AND units - traced_units >= :units - :traced /*all sites: the ledger*/");
SQL(drop_empty, "DELETE FROM holding WHERE " AT_HOLDING " AND units = 0 /*all sites: the ledger*/");
SQL(put_holding,
    "INSERT INTO holding (place_id, product_id, expiry_ymd, batch_id, quality, quality_no, units, traced_units) VALUES "
    "(:place_id, :product_id, :expiry_ymd, :batch_id, :name_t, :quality, :units, :traced) ON CONFLICT (place_id, product_id, "
    "expiry_ymd, batch_id, quality_no) DO UPDATE SET units = holding.units + excluded.units, "
    "traced_units = holding.traced_units + excluded.traced_units");

SQL(add_to_sum,
    "INSERT INTO place_sum (place_id, units, traced_units) VALUES (:place_id, :units, :traced) ON CONFLICT (place_id) DO UPDATE "
    "SET units = place_sum.units + excluded.units, traced_units = place_sum.traced_units + excluded.traced_units");
SQL(take_from_sum,
    "UPDATE place_sum SET units = units - :units, traced_units = traced_units - :traced WHERE place_id = :place_id "
    "/*all sites: the ledger*/");

#define SPOT_ARGS(spot, batch)                                                                                                \
	I64(":place_id", (spot)->place_id), I64(":product_id", (batch)->product_id), I64(":expiry_ymd", (batch)->expiry_ymd), \
	        I64(":batch_id", (batch)->id), I64(":quality", (spot)->quality)

static enum status take(struct tx *tx, const struct stock_change *c)
{
	int64_t taken = db_exec(tx, take_holding, SPOT_ARGS(&c->from, c->batch), I64(":units", c->units),
	                        I64(":traced", c->traced_units));
	if (taken == 0)
		return tx_fail(tx, ST_NOT_ENOUGH_STOCK, "units", 0, "批号 %s 库存不足 %lld", c->batch->lot, (long long)c->units);
	db_send(tx, drop_empty, SPOT_ARGS(&c->from, c->batch));
	db_send(tx, take_from_sum, I64(":place_id", c->from.place_id), I64(":units", c->units), I64(":traced", c->traced_units));
	return ST_OK;
}

static void put(struct tx *tx, const struct stock_change *c)
{
	db_send(tx, put_holding, SPOT_ARGS(&c->to, c->batch), TEXT(":name_t", quality_name(c->to.quality)),
	        I64(":units", c->units), I64(":traced", c->traced_units));
	db_send(tx, add_to_sum, I64(":place_id", c->to.place_id), I64(":units", c->units), I64(":traced", c->traced_units));
}

static void append_move(struct tx *tx, const struct stock_change *c)
{
	const struct arg row[] = {
	        I64(":batch_id", c->batch->id),      I64(":units", c->units),
	        I64(":from_id", c->from.place_id),   TEXT(":from_quality_t", quality_name(c->from.quality)),
	        I64(":to_id", c->to.place_id),       TEXT(":to_quality_t", quality_name(c->to.quality)),
	        I64(":document_id", c->document_id), ID(":line_id", c->line_id),
	        TEXT(":reason_t", c->reason),        I64(":at_ms", tx->now_ms),
	        I64(":user_id", tx->me.id),          ID(":reverses_seq", c->reverses_seq),
	        ID(":reverses_n", c->reverses_n),
	};
	audit_row(tx, SEALED_STOCK_MOVE, row, sizeof row / sizeof *row);
}

enum status stock_book(struct tx *tx, const struct stock_change *c)
{
	int64_t from_site = 0, to_site = 0;
	bool from_inside = place_is_inside(tx_db(tx), c->from.place_id, &from_site);
	bool to_inside = place_is_inside(tx_db(tx), c->to.place_id, &to_site);
	assert(c->units > 0 && c->traced_units >= 0 && c->traced_units <= c->units);
	enum status st = from_inside ? take(tx, c) : ST_OK;
	if (st != ST_OK)
		return st;
	if (to_inside)
		put(tx, c);
	append_move(tx, c);
	return ST_OK;
}

SQL(untrace_holding, "UPDATE holding SET traced_units = traced_units - :units WHERE " AT_HOLDING " /*all sites: the ledger*/");

void stock_untrace(struct tx *tx, struct stock_spot spot, const struct batch *batch, int64_t units)
{
	db_exec(tx, untrace_holding, SPOT_ARGS(&spot, batch), I64(":units", units));
	db_send(tx, take_from_sum, I64(":place_id", spot.place_id), I64(":units", 0), I64(":traced", units));
}

SQL(select_units, "SELECT units, traced_units FROM holding WHERE " AT_HOLDING " /*all sites: the ledger*/");

int64_t stock_units(struct db *db, int64_t place_id, const struct batch *batch, enum quality q)
{
	const struct stock_spot spot = {place_id, q};
	return db_i64(db, 0, select_units, SPOT_ARGS(&spot, batch));
}

int64_t stock_traced_units(struct db *db, int64_t place_id, const struct batch *batch, enum quality q)
{
	const struct stock_spot spot = {place_id, q};
	SCOPED(rows) r = db_query(db, select_units, SPOT_ARGS(&spot, batch));
	return rows_next(&r) ? col_i64(&r, 1) : 0;
}

SQL(sum_reserved,
    "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM reservation WHERE place_id = :place_id AND batch_id = :batch_id AND "
    "state = 'pending' /*all sites: the ledger*/");

int64_t stock_reserved(struct db *db, int64_t place_id, int64_t batch_id)
{
	return db_i64(db, 0, sum_reserved, I64(":place_id", place_id), I64(":batch_id", batch_id));
}

SQL(select_hold,
    "SELECT 1 FROM hold WHERE lot_id = :lot_id AND released_at_ms IS NULL AND (place_id IS NULL OR place_id = :place_id) "
    "LIMIT 1 /*all sites: the ledger*/");

bool lot_is_held(struct db *db, int64_t lot_id, int64_t place_id)
{
	return db_i64(db, 0, select_hold, I64(":lot_id", lot_id), I64(":place_id", place_id)) != 0;
}

/* RULE DESIGN-5-issuable: released, unexpired, under no open hold, and not promised. */
#define ISSUABLE                                                                                                                 \
	"SELECT CAST(coalesce(sum(h.units - (SELECT coalesce(sum(r.units), 0) FROM reservation r WHERE r.place_id = h.place_id " \
	"AND "                                                                                                                   \
	"r.batch_id = h.batch_id AND r.state = 'pending')), 0) AS BIGINT) FROM "
#define IS_ISSUABLE                                                                                                        \
	"h.quality_no = 1 AND h.expiry_ymd >= :today_ymd AND NOT EXISTS (SELECT 1 FROM hold o JOIN batch b ON b.lot_id = " \
	"o.lot_id "                                                                                                        \
	"WHERE b.id = h.batch_id AND o.released_at_ms IS NULL AND (o.place_id IS NULL OR o.place_id = h.place_id))"
SQL(sum_issuable, ISSUABLE "holding h WHERE h.place_id = :place_id AND h.product_id = :product_id AND " IS_ISSUABLE
                           " /*all sites: the caller checks the site*/");
SQL(sum_site, ISSUABLE
    "place p JOIN holding h ON h.place_id = p.id WHERE p.site_id = :site_id AND h.product_id = :product_id AND " IS_ISSUABLE
    " /*all sites: the caller checks the site*/");

int64_t stock_issuable(struct db *db, int64_t place_id, int64_t product_id, int32_t today_ymd)
{
	return db_i64(db, 0, sum_issuable, I64(":place_id", place_id), I64(":product_id", product_id),
	              I64(":today_ymd", today_ymd));
}

int64_t stock_at_site(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd)
{
	return db_i64(db, 0, sum_site, I64(":site_id", site_id), I64(":product_id", product_id), I64(":today_ymd", today_ymd));
}

SQL(select_watermark, "SELECT seq FROM projection WHERE name = 'move_card'");
SQL(set_watermark,
    "INSERT INTO projection (name, seq) VALUES ('move_card', :seq) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq");
SQL(select_tail,
    "SELECT m.seq, m.n, b.product_id, m.from_place_id, m.to_place_id FROM stock_move m JOIN batch b ON b.id = m.batch_id "
    "WHERE m.seq > :after_seq ORDER BY m.seq, m.n LIMIT :limit /*all sites: projection*/");
SQL(insert_card,
    "INSERT INTO move_card (product_id, place_id, seq, n) VALUES (:product_id, :place_id, :seq, :n) ON CONFLICT DO NOTHING");

SQL(insert_scope,
    "INSERT INTO move_scope (site_id, seq, n) SELECT DISTINCT a.above_id, CAST(:seq AS BIGINT), CAST(:n AS BIGINT) FROM place p "
    "JOIN site_above a ON a.site_id = p.site_id WHERE p.id IN (:from_id, :to_id) ON CONFLICT DO NOTHING "
    "/*all sites: projection*/");

static void put_card(struct tx *tx, struct rows *r, int place_column)
{
	db_send(tx, insert_card, I64(":product_id", col_i64(r, 2)), I64(":place_id", col_i64(r, place_column)),
	        I64(":seq", col_i64(r, 0)), I64(":n", col_i64(r, 1)));
}

int64_t stock_card_catch_up(struct tx *tx, int64_t limit)
{
	int64_t done = 0, last = db_i64_n(tx_db(tx), 0, &select_watermark, NULL, 0), whole = last;
	SCOPED(rows) r = db_query(tx_db(tx), select_tail, I64(":after_seq", last), I64(":limit", limit));
	while (rows_next(&r)) {
		if (col_i64(&r, 0) != last)
			whole = last;
		last = col_i64(&r, 0);
		put_card(tx, &r, 3);
		put_card(tx, &r, 4);
		db_send(tx, insert_scope, I64(":seq", last), I64(":n", col_i64(&r, 1)), I64(":from_id", col_i64(&r, 3)),
		        I64(":to_id", col_i64(&r, 4)));
		done++;
	}
	/* a write cut by the limit is taken again next time */
	int64_t to = done < limit ? last : whole;
	if (done)
		db_send(tx, set_watermark, I64(":seq", to));
	return done;
}
