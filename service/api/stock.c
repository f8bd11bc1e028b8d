#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/stock.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/reversal.h"

#define RESERVED                                                                                                               \
	"(SELECT CAST(coalesce(sum(r.units), 0) AS BIGINT) FROM reservation r WHERE r.place_id = h.place_id AND r.batch_id = " \
	"h.batch_id AND "                                                                                                      \
	"r.state = 'pending' AND h.quality_no = 1)"
#define HELD                                                                                                              \
	"EXISTS (SELECT 1 FROM hold o WHERE o.lot_id = b.lot_id AND o.released_at_ms IS NULL AND (o.place_id IS NULL OR " \
	"o.place_id = "                                                                                                   \
	"h.place_id))"

static const struct list_column columns[] = {
        {"product_id", L_ID, "h.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "pr.code", "品种代码", NULL},
        {"product_name", L_TEXT, "pr.name", "品种", NULL},
        {"spec", L_TEXT, "pr.spec", "规格", NULL},
        {"maker", L_TEXT, "pr.maker", "生产企业", NULL},
        {"unit_name", L_TEXT, "pr.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "pr.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "pr.units_per_pack", "每包装数量", NULL},
        {"batch_id", L_ID, "h.batch_id", "批次编号", NULL},
        {"lot_id", L_ID, "b.lot_id", "批号编号", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"made_ymd", L_INT_OR_NULL, "l.made_ymd", "生产日期", NULL},
        {"expiry_ymd", L_INT, "h.expiry_ymd", "有效期", NULL},
        {"expired", L_BOOL, "h.expiry_ymd < :today_ymd", "已过期", NULL},
        {"warn_days", L_INT, "pr.warn_days", "近效期天数", NULL},
        {"site_id", L_ID, "p.site_id", "机构编号", NULL},
        {"site_code", L_TEXT, "si.code", "机构代码", NULL},
        {"site_name", L_TEXT, "si.name", "机构", NULL},
        {"depot_id", L_ID, "h.place_id", "库房编号", NULL},
        {"depot_code", L_TEXT, "p.code", "库房代码", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"bin", L_TEXT, "dp.bin", "货位", NULL},
        {"quality", L_TEXT, "h.quality", "质量状态", NULL},
        {"quality_title", L_TEXT, "h.quality", "质量状态名称", quality_words},
        {"units", L_INT, "h.units", "数量", NULL},
        {"traced_units", L_INT, "h.traced_units", "有追溯码数量", NULL},
        {"reserved_units", L_INT, RESERVED, "预留数量", NULL},
        {"held", L_BOOL, HELD, "已冻结", NULL},
        {"price", L_PRICE, "b.price_e4", "单价", NULL},
        NO_COLUMN,
};
static const struct list_filter filters[] = {
        {"product_id", L_ID, "h.product_id = :f_product_id_id"},
        {"batch_id", L_ID, "h.batch_id = :f_batch_id_id"},
        {"lot_id", L_ID, "b.lot_id = :f_lot_id_id"},
        {"lot", L_TEXT, "l.lot = :f_lot_t"},
        {"expiry_ymd", L_INT, "h.expiry_ymd = :f_expiry_ymd_id"},
        {"site_id", L_ID, "p.site_id = :f_site_id_id"},
        {"depot_id", L_ID, "h.place_id = :f_depot_id_id"},
        {"quality", L_TEXT, "h.quality = :f_quality_t"},
        {"units", L_INT, "h.units = :f_units_id"},
        {"reserved_units", L_INT, RESERVED " = :f_reserved_units_id"},
        {"held", L_BOOL, "CAST(" HELD " AS INTEGER) = :f_held_id"},
        {"expires_until", L_INT, "h.expiry_ymd <= :f_expires_until_id"},
        NO_FILTER,
};
#define DETAILS                                                                                                          \
	" JOIN product pr ON pr.id = h.product_id LEFT JOIN site si ON si.id = p.site_id LEFT JOIN depot_product dp ON " \
	"dp.place_id = h.place_id AND dp.product_id = h.product_id WHERE "
#define BATCH " JOIN batch b ON b.id = h.batch_id JOIN lot l ON l.id = b.lot_id"
/* Asked of each row found, so that the engine starts from the filter's index and not from the user's places. */
#define AND_MINE "EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND up.place_id = h.place_id)"
#define PLACE " JOIN place p ON p.id = h.place_id"
#define FROM_LOT "lot l JOIN batch b ON b.lot_id = l.id JOIN holding h ON h.batch_id = b.id" PLACE DETAILS AND_MINE
#define FROM_HOLDING "holding h" BATCH PLACE DETAILS AND_MINE
/* x reads nothing but the index of what expires where. */
#define FROM_EXPIRING(when)                                                                                                     \
	"user_place up CROSS JOIN holding x ON x.place_id = up.place_id AND x.expiry_ymd " when                                 \
	" CROSS JOIN holding h ON h.place_id = x.place_id AND h.product_id = x.product_id AND h.expiry_ymd = x.expiry_ymd AND " \
	"h.batch_id = x.batch_id AND h.quality_no = x.quality_no" BATCH PLACE DETAILS "up.user_id = :me_id"
#define LOT_KEYS                                                                           \
	{                                                                                  \
		"h.place_id", "h.product_id", "h.expiry_ymd", "h.batch_id", "h.quality_no" \
	}
/* Most goods are released: that answer is read like the whole list, any other one through an index of what is not. */
static const struct list_rule not_released = {.unless = "released", .few = true};
static const struct list_path paths[] = {
        {"q",
         BY_PRODUCT_PIECE("holding h ON h.product_id = pp.product_id") BATCH PLACE DETAILS AND_MINE " AND pp.piece = :piece",
         {"pp.product_id", "h.place_id", "h.expiry_ymd", "h.batch_id", "h.quality_no"},
         false,
         NULL},
        {"batch_id", FROM_HOLDING, {"h.place_id", "h.product_id", "h.expiry_ymd", "h.quality_no"}, false, &list_few},
        {"lot_id", FROM_LOT, LOT_KEYS, false, &list_few},
        {"lot", FROM_LOT, LOT_KEYS, false, &list_few},
        {"product_id", FROM_HOLDING, {"h.place_id", "h.expiry_ymd", "h.batch_id", "h.quality_no"}, false, NULL},
        {"expiry_ymd", FROM_EXPIRING("= :f_expiry_ymd_id"), LOT_KEYS, false, &list_few},
        {"expires_until", FROM_EXPIRING("<= :f_expires_until_id"), LOT_KEYS, false, &list_few},
        {"quality", FROM_HOLDING " AND h.quality <> 'released'", LOT_KEYS, false, &not_released},
        {NULL,
         "user_place up CROSS JOIN place p ON p.id = up.place_id CROSS JOIN holding h ON h.place_id = up.place_id" BATCH DETAILS
         "up.user_id = :me_id",
         {"up.place_id", "h.product_id", "h.expiry_ymd", "h.batch_id", "h.quality_no"},
         false,
         NULL},
};
static const char *const lot_q[] = {"lot", NULL};
SQL(is_lot, "SELECT 1 FROM lot WHERE lot = :q_t LIMIT 1");
static const char *const served[] = {"site_id", "depot_id", NULL};
const struct list_spec list_stock = {.name = "stock",
                                     .title = "库存",
                                     .columns = columns,
                                     .filters = filters,
                                     .paths = paths,
                                     .served = served,
                                     .q_as = lot_q,
                                     .q_exact = &is_lot,
                                     .search_expr = "pr.search_text"};

static void put_total(void *arg, struct rows *r)
{
	struct jo *o = arg;
	jo_i64(o, "units", col_i64(r, 0));
	jo_i64(o, "reserved_units", col_i64(r, 1));
	jo_i64(o, "lots", col_i64(r, 2));
}

enum status stock_total(struct exchange *x, struct db *db)
{
	return list_sum(x, db, &list_stock,
	                "CAST(coalesce(sum(h.units), 0) AS BIGINT), CAST(coalesce(sum(" RESERVED
	                "), 0) AS BIGINT), count(DISTINCT b.lot_id)",
	                put_total, &x->o);
}

static const struct list_column move_columns[] = {
        {"seq", L_INT, "m.seq", "写入序号", NULL},
        {"n", L_INT, "m.n", "行号", NULL},
        {"at_ms", L_INT, "m.at_ms", "时间", NULL},
        {"reason", L_TEXT, "m.reason", "原因", NULL},
        {"reason_title", L_TEXT, "m.reason", "原因名称", stock_reasons},
        {"product_id", L_ID, "b.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "pr.name", "品种", NULL},
        {"unit_name", L_TEXT, "pr.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "pr.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "pr.units_per_pack", "包装数量", NULL},
        {"batch_id", L_ID, "m.batch_id", "批次编号", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "m.units", "数量", NULL},
        {"from", L_TEXT, "coalesce(fs.name || ' ', '') || fp.name", "从", NULL},
        {"from_quality", L_TEXT, "m.from_quality", "从质量状态", quality_words},
        {"to", L_TEXT, "coalesce(ts.name || ' ', '') || tp.name", "到", NULL},
        {"to_quality", L_TEXT, "m.to_quality", "到质量状态", quality_words},
        {"from_depot_id", L_ID, "m.from_place_id", "从库房编号", NULL},
        {"to_depot_id", L_ID, "m.to_place_id", "到库房编号", NULL},
        {"document_id", L_ID, "m.document_id", "单据编号", NULL},
        {"document_number", L_TEXT, "d.number", "单号", NULL},
        {"reversal", L_BOOL, "m.reverses_seq IS NOT NULL", "冲销", NULL},
        {"by", L_TEXT, "u.display_name", "经手人", NULL},
        NO_COLUMN,
};
static const struct list_filter move_filters[] = {
        {"document_id", L_ID, "m.document_id = :f_document_id_id"},
        {"product_id", L_ID, "b.product_id = :f_product_id_id"},
        {"depot_id", L_ID, "(m.from_place_id = :f_depot_id_id OR m.to_place_id = :f_depot_id_id)"},
        {"batch_id", L_ID, "m.batch_id = :f_batch_id_id"},
        {"lot", L_TEXT, "l.lot = :f_lot_t"},
        {"reason", L_TEXT, "m.reason = :f_reason_t"},
        {"from_ms", L_INT, "m.at_ms >= :f_from_ms_id"},
        {"to_ms", L_INT, "m.at_ms < :f_to_ms_id"},
        {"site_id", L_ID,
         "EXISTS (SELECT 1 FROM move_scope sc WHERE sc.site_id = :f_site_id_id AND sc.seq = m.seq AND sc.n = m.n)"},
        NO_FILTER,
};
#define MOVE_JOINS                                                                                                             \
	" JOIN batch b ON b.id = m.batch_id JOIN lot l ON l.id = b.lot_id JOIN product pr ON pr.id = b.product_id JOIN place " \
	"fp ON fp.id = "                                                                                                       \
	"m.from_place_id JOIN place tp ON tp.id = m.to_place_id LEFT JOIN site fs ON fs.id = fp.site_id LEFT JOIN site ts ON " \
	"ts.id = "                                                                                                             \
	"tp.site_id JOIN document d ON d.id = m.document_id LEFT JOIN app_user u ON u.id = m.user_id"
#define MOVE_MINE                                                                                                               \
	" (EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND up.place_id = m.from_place_id) OR EXISTS (SELECT " \
	"1 FROM "                                                                                                               \
	"user_place up WHERE up.user_id = :me_id AND up.place_id = m.to_place_id))"
#define CARD "move_card c JOIN stock_move m ON m.seq = c.seq AND m.n = c.n"
#define OF_BATCH(by)                                                                                                            \
	"batch b0 " by "JOIN move_card c ON c.product_id = b0.product_id JOIN stock_move m ON m.seq = c.seq AND m.n = c.n AND " \
	"m.to_place_id = c.place_id AND m.batch_id = b0.id" MOVE_JOINS " WHERE" MOVE_MINE
#define SCOPED_MOVE " JOIN stock_move m ON m.seq = s.seq AND m.n = s.n"
static const struct list_rule with_depot = {.also = "depot_id"};
static const struct list_path move_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("move_card c ON c.product_id = pp.product_id JOIN stock_move m ON m.seq = c.seq AND m.n = c.n AND "
                          "m.to_place_id = c.place_id") MOVE_JOINS " WHERE pp.piece = :piece AND" MOVE_MINE,
         {"pp.product_id", "c.seq", "c.n"},
         true,
         NULL},
        {"document_id",
         "stock_move m" MOVE_JOINS
         " WHERE m.seq IN (SELECT e.seq FROM document_event e WHERE e.document_id = :f_document_id_id) AND" MOVE_MINE,
         {"m.seq", "m.n"},
         true,
         NULL},
        {"batch_id", OF_BATCH("") " AND b0.id = :f_batch_id_id", {"m.seq", "m.n"}, true, NULL},
        {"lot", OF_BATCH("JOIN lot l0 ON l0.id = b0.lot_id ") " AND l0.lot = :f_lot_t", {"m.seq", "m.n"}, true, NULL},
        {"product_id",
         CARD MOVE_JOINS " WHERE c.product_id = :f_product_id_id AND c.place_id = :f_depot_id_id AND" MOVE_MINE,
         {"c.seq", "c.n"},
         true,
         &with_depot},
        {"product_id",
         CARD " AND m.to_place_id = c.place_id" MOVE_JOINS " WHERE c.product_id = :f_product_id_id AND" MOVE_MINE,
         {"c.seq", "c.n"},
         true,
         NULL},
        {"depot_id", CARD MOVE_JOINS " WHERE c.place_id = :f_depot_id_id AND" MOVE_MINE, {"c.seq", "c.n"}, true, NULL},
        {"site_id",
         "user_site us JOIN move_scope s ON s.site_id = us.site_id" SCOPED_MOVE MOVE_JOINS
         " WHERE us.user_id = :me_id AND us.site_id = :f_site_id_id",
         {"s.seq", "s.n"},
         true,
         NULL},
        {NULL,
         "app_user me JOIN move_scope s ON s.site_id = me.root_site_id" SCOPED_MOVE MOVE_JOINS " WHERE me.id = :me_id",
         {"s.seq", "s.n"},
         true,
         NULL},
};
const struct list_spec list_stock_moves = {.name = "stock-moves",
                                           .title = "库存流水",
                                           .columns = move_columns,
                                           .filters = move_filters,
                                           .paths = move_paths,
                                           .q_as = lot_q,
                                           .q_exact = &is_lot,
                                           .search_expr = "pr.search_text"};

static const struct list_column hold_columns[] = {
        {"id", L_ID, "h.id", "编号", NULL},
        {"lot_id", L_ID, "h.lot_id", "批号编号", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"place_id", L_ID, "h.place_id", "库房编号", NULL},
        {"place_name", L_TEXT, "pl.name", "库房", NULL},
        {"reason", L_TEXT, "h.reason", "原因", NULL},
        {"source", L_TEXT, "h.source", "来源", NULL},
        {"source_id", L_ID, "h.source_id", "来源编号", NULL},
        {"opened_at_ms", L_INT, "h.opened_at_ms", "冻结时间", NULL},
        {"opened_by", L_TEXT, "u.display_name", "冻结人", NULL},
        {"released_at_ms", L_INT, "h.released_at_ms", "解冻时间", NULL},
        {"released_note", L_TEXT, "h.released_note", "解冻依据", NULL},
        NO_COLUMN,
};
static const struct list_filter hold_filters[] = {
        {"lot_id", L_ID, "h.lot_id = :f_lot_id_id"},
        {"open", L_BOOL, "CAST(h.released_at_ms IS NULL AS INTEGER) = :f_open_id"},
        NO_FILTER,
};
#define HOLD_JOINS                                                                                                        \
	" JOIN product p ON p.id = l.product_id LEFT JOIN place pl ON pl.id = h.place_id LEFT JOIN app_user u ON u.id = " \
	"h.opened_by WHERE (h.place_id IS NULL OR EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND "     \
	"up.place_id = h.place_id))"
static const struct list_path hold_paths[] = {
        {"q",
         BY_PRODUCT_PIECE("lot l ON l.product_id = pp.product_id CROSS JOIN hold h ON h.lot_id = l.id") HOLD_JOINS
         " AND pp.piece = :piece",
         {"pp.product_id", "h.id"},
         true,
         NULL},
        {NULL, "hold h JOIN lot l ON l.id = h.lot_id" HOLD_JOINS, {"h.id"}, true, NULL},
};
const struct list_spec list_holds = {.name = "holds",
                                     .title = "冻结",
                                     .columns = hold_columns,
                                     .filters = hold_filters,
                                     .paths = hold_paths,
                                     .search_expr = "p.search_text"};

SQL(insert_hold,
    "INSERT INTO hold (id, lot_id, place_id, reason, source, opened_at_ms, opened_by) SELECT :id, l.id, :place_id, :reason_t, "
    "'manual', :at_ms, :by_id FROM lot l WHERE l.id = :lot_id");
SQL(release_hold,
    "UPDATE hold SET released_at_ms = :at_ms, released_by = :by_id, released_note = :note_t WHERE id = :id AND released_at_ms IS "
    "NULL");

enum status hold_create(struct exchange *x, struct tx *tx)
{
	const struct hold_in *in = x->in;
	int64_t id = tx_new_id(tx);
	tx->action = "hold.open";
	tx->ref_id = id;
	if (in->place_id && !me_at_site(tx_db(tx), &tx->me, depot_site(tx_db(tx), in->place_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "place_id", 0, "没有这个库房");
	int64_t added = db_exec(tx, insert_hold, I64(":id", id), ID(":place_id", in->place_id), TEXT(":reason_t", in->reason),
	                        I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), I64(":lot_id", in->lot_id));
	if (!added)
		return tx_fail(tx, ST_INVALID_FIELD, "lot_id", 0, "没有这个批号");
	tx_changed(tx, "stock", 0, 0, in->lot_id);
	return api_written(x, ST_OK, id, "open");
}

/* RULE COLDCHAIN-judged: one judgement on an excursion is one act, however many lots stood in the place. */
SQL(release_alike, "UPDATE hold SET released_at_ms = :at_ms, released_by = :by_id, released_note = :note_t WHERE source_id = "
                   "(SELECT o.source_id "
                   "FROM hold o WHERE o.id = :id) AND released_at_ms IS NULL");

enum status hold_release(struct exchange *x, struct tx *tx)
{
	const struct hold_release_in *in = x->in;
	tx->action = "hold.release";
	tx->ref_id = x->id;
	int64_t done = db_exec(tx, release_hold, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", in->note),
	                       I64(":id", x->id));
	if (!done)
		return ST_NOT_FOUND;
	if (in->together)
		done += db_exec(tx, release_alike, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", in->note),
		                I64(":id", x->id));
	tx_changed(tx, "stock", 0, 0, x->id);
	jo_id(&x->o, "id", x->id);
	jo_null(&x->o, "number");
	jo_text(&x->o, "state", "released");
	jo_i64(&x->o, "released", done);
	jo_i64(&x->o, "version", 2);
	return ST_OK;
}

static const struct list_column adjustment_columns[] = {
        DOC_HEAD,
        {"site_id", L_ID, "d.from_site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "fs.name", "机构", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"reason", L_TEXT, "a.reason", "原因", NULL},
        {"reason_title", L_TEXT, "a.reason", "原因名称", stock_reasons},
        DOC_TAIL,
};
static const struct list_filter adjustment_filters[] = {DOC_FILTERS,
                                                        {"site_id", L_ID, "d.from_site_id = :f_site_id_id"},
                                                        {"reason", L_TEXT, "a.reason = :f_reason_t"},
                                                        NO_FILTER};
static const struct list_path adjustment_paths[] = {
        DOC_PATHS(
                "adjustment",
                "JOIN adjustment a ON a.id = d.id JOIN place p ON p.id = a.place_id LEFT JOIN site fs ON fs.id = d.from_site_id"),
};
const struct list_spec list_adjustments = {.name = "adjustments",
                                           .title = "库存登记",
                                           .columns = adjustment_columns,
                                           .filters = adjustment_filters,
                                           .paths = adjustment_paths,
                                           .served = doc_served,
                                           .q_as = doc_q};

SQL(select_adjustment,
    "SELECT a.place_id, p.name, a.reason, a.reason FROM adjustment a JOIN place p ON p.id = a.place_id WHERE a.id = :id "
    "/*all sites: the caller has the document*/");
static const struct list_column adjustment_head[] = {
        COLUMN("depot_id", L_ID),
        COLUMN("depot_name", L_TEXT),
        COLUMN("reason", L_TEXT),
        {"reason_title", L_TEXT, NULL, NULL, stock_reasons},
        NO_COLUMN,
};
SQL(select_adjustment_lines,
    "SELECT al.id, al.product_id, p.name, p.spec, p.unit_name, p.pack_name, p.units_per_pack, al.batch_id, l.lot, l.expiry_ymd, "
    "al.units FROM "
    "adjustment_line al JOIN product p ON p.id = al.product_id JOIN batch b ON b.id = al.batch_id JOIN lot l ON l.id = "
    "b.lot_id WHERE al.adjustment_id = :id ORDER BY al.n, al.id /*all sites: the caller has the document*/");
static const struct list_column adjustment_lines[] = {
        COLUMN("id", L_ID),          COLUMN("product_id", L_ID),  COLUMN("product_name", L_TEXT),  COLUMN("spec", L_TEXT),
        COLUMN("unit_name", L_TEXT), COLUMN("pack_name", L_TEXT), COLUMN("units_per_pack", L_INT), COLUMN("batch_id", L_ID),
        COLUMN("lot", L_TEXT),       COLUMN("expiry_ymd", L_INT), COLUMN("units", L_INT),          NO_COLUMN,
};

SQL(select_counted, "SELECT ymd, line_count, differing, lots, covered FROM stock_count WHERE id = :id "
                    "/*all sites: the caller has the document*/");
static const struct list_column counted[] = {COLUMN("counted_ymd", L_INT), COLUMN("counted_lines", L_INT),
                                             COLUMN("differing", L_INT),   COLUMN("lots", L_INT),
                                             COLUMN("covered", L_INT),     NO_COLUMN};
SQL(select_counts, "SELECT k.n, l.product_id, p.name, p.spec, p.unit_name, p.pack_name, p.units_per_pack, l.lot, l.expiry_ymd, "
                   "k.book_units, k.counted_units, k.counted_units - k.book_units FROM stock_count_line k JOIN lot l ON l.id = "
                   "k.lot_id JOIN product p ON p.id = l.product_id WHERE k.count_id = :id ORDER BY k.n "
                   "/*all sites: the caller has the document*/");
static const struct list_column counts[] = {
        COLUMN("n", L_INT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("lot", L_TEXT),
        COLUMN("expiry_ymd", L_INT),
        COLUMN("book_units", L_INT),
        COLUMN("counted_units", L_INT),
        COLUMN("difference_units", L_INT),
        NO_COLUMN,
};

enum status adjustment_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &adjustment_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, adjustment_head, select_adjustment, I64(":id", d.id));
	api_rows(x, db, "lines", adjustment_lines, select_adjustment_lines, I64(":id", d.id));
	api_one(x, db, counted, select_counted, I64(":id", d.id));
	api_rows(x, db, "counts", counts, select_counts, I64(":id", d.id));
	return ST_OK;
}

enum status adjustment_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = adjustment_make(tx, x->in, &d);
	if (st != ST_OK)
		return st;
	document_write_answer(&d, &x->o);
	api_rows(x, tx_db(tx), "lines", adjustment_lines, select_adjustment_lines, I64(":id", d.id));
	return ST_OK;
}

enum status adjustment_step(struct exchange *x, struct tx *tx)
{
	const struct adjustment_step *in = x->in;
	return api_step(x, tx, &adjustment_kind, in->version, in->note);
}
