#include "service/api/documents.h"
#include "warehouse/pack.h"

#include <string.h>

SQL(select_place,
    "SELECT coalesce(s.name || ' ', '') || p.name, s.name FROM place p LEFT JOIN site s ON s.id = p.site_id WHERE p.id = :id "
    "/*all sites: a pack's life is for all*/");
static const struct list_column place[] = {COLUMN("name", L_TEXT), COLUMN("site_name", L_TEXT), NO_COLUMN};
SQL(select_product,
    "SELECT id, code, name, spec, maker, unit_name, pack_name, units_per_pack, approval_no FROM product WHERE id = :id");
static const struct list_column product[] = {
        COLUMN("id", L_ID),
        COLUMN("code", L_TEXT),
        COLUMN("name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("approval_no", L_TEXT),
        NO_COLUMN,
};
SQL(select_lot, "SELECT id, lot, made_ymd, expiry_ymd FROM lot WHERE id = :id");
static const struct list_column lot[] = {COLUMN("id", L_ID), COLUMN("lot", L_TEXT), COLUMN("made_ymd", L_INT),
                                         COLUMN("expiry_ymd", L_INT), NO_COLUMN};
SQL(select_supplier, "SELECT s.name FROM batch b JOIN supplier s ON s.id = b.supplier_id WHERE b.id = :id");
SQL(select_children, "SELECT id, units_left, detached_seq IS NOT NULL FROM pack WHERE parent_id = :id ORDER BY id LIMIT 50 "
                     "/*all sites: a pack's life is for all*/");
SQL(count_children, "SELECT count(*) FROM pack WHERE parent_id = :id /*all sites: a pack's life is for all*/");
/* Own events, and the parent's from before this pack was taken out. */
SQL(select_events, "SELECT e.seq, e.n, e.at_ms, e.event, e.event, coalesce(fs.name || ' ', '') || fp.name, coalesce(ts.name || ' "
                   "', '') || tp.name, "
                   "e.units, e.document_id, d.number, u.display_name FROM pack_event e LEFT JOIN place fp ON fp.id = "
                   "e.from_place_id LEFT JOIN site fs "
                   "ON fs.id = fp.site_id LEFT JOIN place tp ON tp.id = e.to_place_id LEFT JOIN site ts ON ts.id = tp.site_id "
                   "LEFT JOIN document d ON "
                   "d.id = e.document_id LEFT JOIN app_user u ON u.id = e.user_id WHERE e.pack_id = :id AND e.seq <= :until_seq "
                   "ORDER BY e.seq, e.n "
                   "LIMIT 500 /*all sites: a pack's life is for all*/");
static const struct list_column event[] = {
        COLUMN("seq", L_INT),
        COLUMN("n", L_INT),
        COLUMN("at_ms", L_INT),
        COLUMN("event", L_TEXT),
        {"title", L_TEXT, NULL, NULL, pack_events},
        COLUMN("from", L_TEXT),
        COLUMN("to", L_TEXT),
        COLUMN("units", L_INT),
        COLUMN("document_id", L_ID),
        COLUMN("document_number", L_TEXT),
        COLUMN("by", L_TEXT),
        NO_COLUMN,
};

static void put_events_of(struct exchange *x, struct db *db, int64_t pack_id, int64_t until_seq)
{
	SCOPED(rows) r = db_query(db, select_events, I64(":id", pack_id), I64(":until_seq", until_seq));
	while (rows_next(&r)) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		for (int i = 0; event[i].name; i++)
			list_put_column(&x->o, &r, i, &event[i]);
		jo_text(&x->o, "code", pack_code(db, &x->arena, pack_id));
		jo_close(&x->o, '}');
	}
}

#define DEPTH_MAX 6

/* The packages around this one, outermost first, each until the pack left it; then the pack itself. */
static void put_life(struct exchange *x, struct db *db, const struct pack *p)
{
	struct pack chain[DEPTH_MAX] = {*p};
	int64_t until[DEPTH_MAX] = {INT64_MAX};
	size_t n = 1;
	for (; n < DEPTH_MAX && chain[n - 1].parent_id; n++) {
		if (pack_load(db, &x->arena, chain[n - 1].parent_id, &chain[n]) != ST_OK)
			break;
		int64_t left = chain[n - 1].detached_seq ? chain[n - 1].detached_seq : INT64_MAX;
		until[n] = left < until[n - 1] ? left : until[n - 1];
	}
	jo_name(&x->o, "events");
	jo_open(&x->o, '[');
	for (size_t i = n; i-- > 0;)
		put_events_of(x, db, chain[i].id, until[i]);
	jo_close(&x->o, ']');
	jo_name(&x->o, "parents");
	jo_open(&x->o, '[');
	for (size_t i = 1; i < n; i++) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "code", pack_code(db, &x->arena, chain[i].id));
		jo_i64(&x->o, "level", chain[i].level);
		jo_bool(&x->o, "inside", chain[i - 1].detached_seq == 0);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

static void put_children(struct exchange *x, struct db *db, int64_t id)
{
	jo_name(&x->o, "children");
	jo_open(&x->o, '{');
	jo_i64(&x->o, "count", db_i64(db, 0, count_children, I64(":id", id)));
	jo_name(&x->o, "rows");
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query(db, select_children, I64(":id", id));
	while (rows_next(&r)) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_text(&x->o, "code", pack_code(db, &x->arena, col_i64(&r, 0)));
		jo_i64(&x->o, "units_left", col_i64(&r, 1));
		jo_bool(&x->o, "taken_out", col_i64(&r, 2) != 0);
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
	jo_close(&x->o, '}');
}

static void put_object(struct exchange *x, struct db *db, const char *name, const struct list_column *columns,
                       const struct sql *q, int64_t id)
{
	jo_name(&x->o, name);
	jo_open(&x->o, '{');
	if (id)
		api_one_n(x, db, columns, q, (const struct arg[]){I64(":id", id)}, 1);
	jo_close(&x->o, '}');
}

enum status trace_pack(struct exchange *x, struct db *db)
{
	struct code code;
	struct pack_key key;
	struct pack p;
	code_parse(&x->arena, x->params[0], strlen(x->params[0]), x->today_ymd / 10000, &code);
	if (pack_key_of(db, &x->arena, &code, &key) != ST_OK || !key.id || pack_load(db, &x->arena, key.id, &p) != ST_OK)
		return x_fail(x, ST_NOT_FOUND, "code", 0, "没有登记过这个追溯码");
	struct jo *o = &x->o;
	jo_text(o, "code", key.code);
	jo_text(o, "kind", code_kind_name(code.kind));
	jo_i64(o, "level", p.level);
	jo_text(o, "state", p.state);
	jo_text(o, "state_title", word_title(pack_states, p.state));
	jo_text(o, "quality", p.place_id ? quality_name(p.quality) : NULL);
	jo_i64(o, "units", p.units);
	jo_i64(o, "units_left", p.units_left);
	jo_text(o, "supplier_name", p.batch_id ? db_text(db, &x->arena, select_supplier, I64(":id", p.batch_id)) : NULL);
	put_object(x, db, "product", product, &select_product, p.product_id);
	put_object(x, db, "lot", lot, &select_lot, p.lot_id);
	put_object(x, db, "place", place, &select_place, p.place_id);
	put_children(x, db, p.id);
	put_life(x, db, &p);
	return ST_OK;
}

static const struct list_column lot_columns[] = {
        {"id", L_ID, "l.id", "编号", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        PRODUCT_NAMES,
        {"made_ymd", L_INT, "l.made_ymd", "生产日期", NULL},
        {"expiry_ymd", L_INT, "l.expiry_ymd", "有效期", NULL},
        NO_COLUMN,
};
static const struct list_filter lot_filters[] = {
        {"lot", L_TEXT, "l.lot = :f_lot_t"}, {"product_id", L_ID, "l.product_id = :f_product_id_id"}, NO_FILTER};
static const struct list_path lot_paths[] = {
        {"lot", "lot l JOIN product p ON p.id = l.product_id WHERE 1 = 1", {"l.id"}, false, NULL},
        {"product_id", "lot l JOIN product p ON p.id = l.product_id WHERE 1 = 1", {"l.id"}, false, NULL},
        {NULL, "lot l JOIN product p ON p.id = l.product_id WHERE 1 = 1", {"l.id"}, true, NULL},
};
static const char *const lot_q[] = {"lot", NULL};
const struct list_spec list_lots = {
        .name = "lots", .title = "批号", .columns = lot_columns, .filters = lot_filters, .paths = lot_paths, .q_as = lot_q};

SQL(select_lot_head, "SELECT l.id, l.lot, l.product_id, l.made_ymd, l.expiry_ymd FROM lot l WHERE l.id = :id");
static const struct list_column lot_head[] = {COLUMN("id", L_ID),        COLUMN("lot", L_TEXT),       COLUMN("product_id", L_ID),
                                              COLUMN("made_ymd", L_INT), COLUMN("expiry_ymd", L_INT), NO_COLUMN};
SQL(select_lot_product, "SELECT product_id FROM lot WHERE id = :id");
#define LOT_PLACES                                                                                                              \
	"SELECT s.name, p.name, p.id, h.quality, h.quality, CAST(sum(h.units) AS BIGINT), CAST(sum(h.traced_units) AS BIGINT) " \
	"FROM batch b "                                                                                                         \
	"JOIN holding h ON h.batch_id = b.id JOIN place p ON p.id = h.place_id LEFT JOIN site s ON s.id = p.site_id JOIN "      \
	"user_place up ON "                                                                                                     \
	"up.user_id = :me_id AND up.place_id = h.place_id WHERE b.lot_id = :id AND p.kind "
SQL(select_lot_places, LOT_PLACES "= 'depot' GROUP BY s.name, p.name, p.id, h.quality ORDER BY p.id, h.quality");
SQL(select_lot_transit, LOT_PLACES "= 'transit' GROUP BY s.name, p.name, p.id, h.quality ORDER BY p.id, h.quality");
static const struct list_column places[] = {
        COLUMN("site_name", L_TEXT),
        COLUMN("depot_name", L_TEXT),
        COLUMN("depot_id", L_ID),
        COLUMN("quality", L_TEXT),
        {"quality_title", L_TEXT, NULL, NULL, quality_words},
        COLUMN("units", L_INT),
        COLUMN("traced_units", L_INT),
        NO_COLUMN,
};
#define LOT_MOVES                                                                                                               \
	"FROM batch b JOIN move_card c ON c.product_id = b.product_id JOIN stock_move m ON m.seq = c.seq AND m.n = c.n AND "    \
	"m.batch_id = b.id "                                                                                                    \
	"AND m.to_place_id = c.place_id JOIN place fp ON fp.id = m.from_place_id LEFT JOIN site fs ON fs.id = fp.site_id JOIN " \
	"place tp ON "                                                                                                          \
	"tp.id = m.to_place_id LEFT JOIN site ts ON ts.id = tp.site_id "
SQL(select_lot_flow, "SELECT coalesce(fs.name || ' ', '') || fp.name, coalesce(ts.name || ' ', '') || tp.name, fp.kind, tp.kind, "
                     "CAST(sum(m.units) AS "
                     "BIGINT), min(m.at_ms), max(m.at_ms) " LOT_MOVES
                     "WHERE b.lot_id = :id AND m.from_place_id <> m.to_place_id AND " MOVE_STANDS " GROUP BY fp.id, tp.id, "
                     "fs.name, fp.name, ts.name, tp.name, fp.kind, tp.kind ORDER BY min(m.at_ms) LIMIT 500 "
                     "/*all sites: the lead traces a lot everywhere, others see names only*/");
static const struct list_column flow[] = {
        COLUMN("from", L_TEXT), COLUMN("to", L_TEXT),         COLUMN("from_kind", L_TEXT), COLUMN("to_kind", L_TEXT),
        COLUMN("units", L_INT), COLUMN("first_at_ms", L_INT), COLUMN("last_at_ms", L_INT), NO_COLUMN,
};
SQL(select_lot_gone, "SELECT tp.name, tp.kind, CAST(sum(m.units) AS BIGINT) " LOT_MOVES
                     "WHERE b.lot_id = :id AND tp.kind NOT IN ('depot', 'transit') AND " MOVE_STANDS
                     " GROUP BY tp.id, tp.name, tp.kind ORDER BY tp.id /*all sites: sums over the outside*/");
static const struct list_column gone[] = {COLUMN("to", L_TEXT), COLUMN("kind", L_TEXT), COLUMN("units", L_INT), NO_COLUMN};
SQL(select_lot_documents,
    "SELECT d.id, d.kind, d.number, min(m.at_ms) FROM batch b JOIN move_card c ON c.product_id = b.product_id JOIN stock_move m "
    "ON "
    "m.seq = c.seq AND m.n = c.n AND m.batch_id = b.id AND m.to_place_id = c.place_id JOIN document d ON d.id = m.document_id "
    "JOIN app_user u ON u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = d.kind AND "
    "s.document_id = d.id WHERE b.lot_id = :id GROUP BY d.id, d.kind, d.number ORDER BY min(m.at_ms) LIMIT 200");
static const struct list_column documents[] = {COLUMN("id", L_ID), COLUMN("kind", L_TEXT), COLUMN("number", L_TEXT),
                                               COLUMN("at_ms", L_INT), NO_COLUMN};
SQL(select_lot_holds,
    "SELECT h.id, h.reason, p.name, h.opened_at_ms, h.released_at_ms FROM hold h LEFT JOIN place p ON p.id = h.place_id WHERE "
    "h.lot_id = :id AND h.released_at_ms IS NULL ORDER BY h.id /*all sites: a freeze is for all*/");
static const struct list_column holds[] = {COLUMN("id", L_ID),
                                           COLUMN("reason", L_TEXT),
                                           COLUMN("place_name", L_TEXT),
                                           COLUMN("opened_at_ms", L_INT),
                                           COLUMN("released_at_ms", L_INT),
                                           NO_COLUMN};

enum status trace_lot(struct exchange *x, struct db *db)
{
	int64_t product_id = db_i64(db, 0, select_lot_product, I64(":id", x->id));
	if (!product_id)
		return ST_NOT_FOUND;
	put_object(x, db, "lot", lot_head, &select_lot_head, x->id);
	put_object(x, db, "product", product, &select_product, product_id);
	api_rows(x, db, "places", places, select_lot_places, I64(":me_id", x->me.id), I64(":id", x->id));
	api_rows(x, db, "transit", places, select_lot_transit, I64(":me_id", x->me.id), I64(":id", x->id));
	api_rows(x, db, "gone", gone, select_lot_gone, I64(":id", x->id));
	api_rows(x, db, "flow", flow, select_lot_flow, I64(":id", x->id));
	api_rows(x, db, "documents", documents, select_lot_documents, I64(":me_id", x->me.id), I64(":id", x->id));
	api_rows(x, db, "holds", holds, select_lot_holds, I64(":id", x->id));
	return ST_OK;
}
