#include "warehouse/pack.h"

#include "core/audit.h"
#include "core/text.h"
#include "warehouse/catalogue/catalogue.h"

#include <string.h>

#define SERIAL_SPAN 10000000000000LL /* 10^13: the digits behind the 7 of the identifier */

const struct word_title pack_states[] = {{"announced", "已预告"}, {"here", "在库"}, {"gone", "已出库"}, {NULL, NULL}};
const struct word_title pack_events[] = {
        {"announced", "供应商预告"},
        {"received", "收货待验"},
        {"released", "验收合格"},
        {"rejected", "验收不合格"},
        {"shipped", "配送发出"},
        {"arrived", "分院签收"},
        {"opened", "拆出"},
        {"split", "拆零"},
        {"used", "使用"},
        {"returned", "退回"},
        {"lost", "盘亏"},
        {"broken", "破损"},
        {"opening", "期初"},
        {"found", "盘盈"},
        {"sent_back", "退供应商"},
        {"reversed", "冲销"},
        {NULL, NULL},
};

SQL(select_prefix, "SELECT no, product_id, units, level, confirmed_by FROM trace_prefix WHERE prefix = :prefix_t");
SQL(select_pack_text, "SELECT t.pack_id, p.product_id, p.units, p.level FROM pack_text t LEFT JOIN pack p ON p.id = t.pack_id "
                      "WHERE t.code = :code_t /*all sites: the caller checks*/");
SQL(select_gtin_units, "SELECT product_id, units FROM product_code WHERE code = :code_t AND kind = 'gtin'");

/* A 20-digit code: prefix number and serial make the key. */
static void key_of_digits(struct db *db, struct arena *a, struct pack_key *out)
{
	int64_t serial = 0;
	out->prefix = arena_copy(a, out->code, 7);
	SCOPED(rows) r = db_query(db, select_prefix, TEXT(":prefix_t", out->prefix));
	if (!rows_next(&r) || !text_to_i64(out->code + 7, &serial))
		return;
	out->id = col_i64(&r, 0) * SERIAL_SPAN + serial;
	out->product_id = col_i64(&r, 1);
	out->units = col_i64(&r, 2);
	out->level = col_i64(&r, 3);
	out->confirmed = !col_is_null(&r, 4);
}

/* Known under its letters: as the scan answers spell it, without the marks of a symbol. */
static bool key_of_letters(struct db *db, struct pack_key *out)
{
	SCOPED(rows) known = db_query(db, select_pack_text, TEXT(":code_t", out->code));
	if (!rows_next(&known))
		return false;
	out->confirmed = true;
	out->id = col_i64(&known, 0);
	out->product_id = col_i64(&known, 1);
	out->units = col_i64(&known, 2);
	out->level = col_i64(&known, 3);
	return true;
}

/* A serial of a label: known under its letters, or to be made from what names the product. */
static void key_of_text(struct db *db, struct arena *a, const char *di, struct pack_key *out)
{
	struct product p;
	out->confirmed = true;
	out->level = 1;
	if (key_of_letters(db, out))
		return;
	const char *short_di = di[0] == '0' ? di + 1 : di;
	SCOPED(rows) r = db_query(db, select_gtin_units, TEXT(":code_t", short_di));
	if (rows_next(&r)) {
		out->product_id = col_i64(&r, 0);
		out->units = col_i64(&r, 1);
		if (product_load(db, a, out->product_id, &p) == ST_OK)
			out->level = pack_level_of(&p, out->units);
	}
}

enum status pack_key_of(struct db *db, struct arena *a, const struct code *code, struct pack_key *out)
{
	*out = (struct pack_key){.code = code->trace_code ? code->trace_code : code->input};
	if (!code->trace_code && key_of_letters(db, out))
		return ST_OK;
	if (!code->valid || !code->trace_code)
		return code->kind == CODE_GTIN || code->kind == CODE_NATIONAL || code->kind == CODE_GS1 ? ST_CODE_NOT_TRACE
		                                                                                        : ST_CODE_UNKNOWN;
	if (code->kind == CODE_TRACE)
		key_of_digits(db, a, out);
	else
		key_of_text(db, a, code->di, out);
	return ST_OK;
}

#define PACK_COLUMNS                                                                                                            \
	"id, parent_id, detached_seq, product_id, level, lot_id, batch_id, place_id, units, units_left, order_line_id, state, " \
	"quality"
SQL(select_pack, "SELECT " PACK_COLUMNS " FROM pack WHERE id = :id /*all sites: the caller checks*/");

static void read_pack(struct arena *a, struct rows *r, struct pack *out)
{
	size_t n = 0;
	*out = (struct pack){
	        .id = col_i64(r, 0),
	        .parent_id = col_i64(r, 1),
	        .detached_seq = col_i64(r, 2),
	        .product_id = col_i64(r, 3),
	        .level = col_i64(r, 4),
	        .lot_id = col_i64(r, 5),
	        .batch_id = col_i64(r, 6),
	        .place_id = col_i64(r, 7),
	        .units = col_i64(r, 8),
	        .units_left = col_i64(r, 9),
	        .order_line_id = col_i64(r, 10),
	        .state = col_text(a, r, 11),
	};
	if (!col_is_null(r, 12))
		(void)quality_find(col_peek(r, 12, &n), &out->quality);
}

static bool is_inside(const struct pack *p)
{
	return p->parent_id && !p->detached_seq;
}

static enum status load_plain(struct db *db, struct arena *a, int64_t id, struct pack *out)
{
	SCOPED(rows) r = db_query(db, select_pack, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	read_pack(a, &r, out);
	return ST_OK;
}

enum status pack_load(struct db *db, struct arena *a, int64_t id, struct pack *out)
{
	enum status st = load_plain(db, a, id, out);
	struct pack outer = *out;
	while (st == ST_OK && is_inside(&outer))
		st = load_plain(db, a, outer.parent_id, &outer);
	if (st != ST_OK || outer.id == out->id)
		return st;
	out->lot_id = outer.lot_id ? outer.lot_id : out->lot_id;
	out->batch_id = outer.batch_id;
	out->place_id = outer.place_id;
	out->state = outer.state;
	out->quality = outer.quality;
	return ST_OK;
}

SQL(select_prefix_text, "SELECT prefix FROM trace_prefix WHERE no = :no");
SQL(select_code_text, "SELECT code FROM pack_text WHERE pack_id = :id");

char *pack_code(struct db *db, struct arena *a, int64_t id)
{
	if (id < SERIAL_SPAN)
		return db_text(db, a, select_code_text, I64(":id", id));
	const char *prefix = db_text(db, a, select_prefix_text, I64(":no", id / SERIAL_SPAN));
	return prefix ? arena_printf(a, "%s%013lld", prefix, (long long)(id % SERIAL_SPAN)) : NULL;
}

/* ---- how much one code is ---- */

bool pack_ratio_units(int64_t units_per_pack, struct pack_ratio ratio, int64_t *units)
{
	int64_t whole = 0;
	if (ratio.multiplier < 1 || ratio.divider < 1 || __builtin_mul_overflow(units_per_pack, ratio.multiplier, &whole) ||
	    whole % ratio.divider)
		return false;
	*units = whole / ratio.divider;
	return true;
}

struct pack_ratio pack_ratio_of(int64_t units_per_pack, int64_t units)
{
	int64_t a = units, b = units_per_pack;
	while (b > 0) {
		int64_t rest = a % b;
		a = b;
		b = rest;
	}
	return a > 0 ? (struct pack_ratio){units / a, units_per_pack / a} : (struct pack_ratio){0, 1};
}

enum status pack_units_said(struct tx *tx, int64_t units_per_pack, int64_t said, struct pack_ratio ratio, int64_t *units)
{
	int64_t by_ratio = 0;
	*units = said > 0 ? said : 0;
	if (ratio.multiplier < 1 && ratio.divider < 1)
		return ST_OK;
	ratio.multiplier = ratio.multiplier < 1 ? 1 : ratio.multiplier;
	ratio.divider = ratio.divider < 1 ? 1 : ratio.divider;
	if (!pack_ratio_units(units_per_pack, ratio, &by_ratio))
		return tx_fail(tx, ST_NOT_WHOLE, "divider", 0, "每包装 %lld × %lld ÷ %lld 不是整数, 请核对乘数和除数",
		               (long long)units_per_pack, (long long)ratio.multiplier, (long long)ratio.divider);
	if (*units && *units != by_ratio)
		return tx_fail(tx, ST_INVALID_FIELD, "units", 0, "每码数量 %lld 与乘数, 除数换算的 %lld 不符", (long long)*units,
		               (long long)by_ratio);
	*units = by_ratio;
	return ST_OK;
}

int64_t pack_level_of(const struct product *p, int64_t units)
{
	return units <= p->units_per_pack ? 1 : units >= p->units_per_case ? 3 : units >= p->units_per_box ? 2 : 1;
}

SQL(next_prefix_no, "SELECT coalesce(max(no), 0) + 1 FROM trace_prefix");
SQL(insert_prefix,
    "INSERT INTO trace_prefix (no, prefix, product_id, units, level, bound_by, bound_at_ms, confirmed_by, order_line_id) VALUES "
    "(:no, :prefix_t, :product_id, :units, :level, :by_id, :at_ms, :confirmed_id, :line_id) ON CONFLICT DO NOTHING");
SQL(select_binding, "SELECT product_id, bound_by, confirmed_by FROM trace_prefix WHERE no = :no");
SQL(confirm_prefix, "UPDATE trace_prefix SET confirmed_by = :by_id WHERE no = :no AND confirmed_by IS NULL");

enum status prefix_bind(struct tx *tx, const char *prefix, int64_t product_id, int64_t units, int64_t level,
                        int64_t order_line_id, int64_t confirmed_by, int64_t *no)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_prefix, TEXT(":prefix_t", prefix));
	if (rows_next(&r)) {
		*no = col_i64(&r, 0);
		bool same = col_i64(&r, 1) == product_id && col_i64(&r, 2) == units;
		return same ? ST_OK : tx_fail(tx, ST_ALREADY_BOUND, "code", 0, "药品标识码 %s 已绑定到其他品种或包装", prefix);
	}
	*no = db_i64_n(tx_db(tx), 1, &next_prefix_no, NULL, 0);
	db_exec(tx, insert_prefix, I64(":no", *no), TEXT(":prefix_t", prefix), I64(":product_id", product_id),
	        I64(":units", units), I64(":level", level), ID(":by_id", tx->me.id), I64(":at_ms", tx->now_ms),
	        ID(":confirmed_id", confirmed_by), ID(":line_id", order_line_id));
	return ST_OK;
}

/* RULE DOMAIN-12.2-binding: a new identifier counts once a second person has confirmed it. */
enum status prefix_confirm(struct tx *tx, int64_t no)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_binding, I64(":no", no));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	if (!col_is_null(&r, 2))
		return ST_OK;
	if (col_i64(&r, 1) == tx->me.id)
		return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "标识码绑定须由另一人确认");
	db_exec(tx, confirm_prefix, I64(":by_id", tx->me.id), I64(":no", no));
	return ST_OK;
}

SQL(insert_pack,
    "INSERT INTO pack (id, parent_id, product_id, level, lot_id, state, units, units_left, order_line_id) VALUES (:id, "
    ":parent_id, :product_id, :level, :lot_id, 'announced', :units, :units, :line_id) ON CONFLICT DO NOTHING");
SQL(next_text_id, "SELECT coalesce(max(pack_id), 0) + 1 FROM pack_text");
SQL(insert_pack_text, "INSERT INTO pack_text (code, pack_id) VALUES (:code_t, :id)");

/* The key of a code that is not yet known by its letters. */
static int64_t id_for(struct tx *tx, const struct pack_key *key)
{
	if (key->id)
		return key->id;
	int64_t id = db_i64_n(tx_db(tx), 1, &next_text_id, NULL, 0);
	db_exec(tx, insert_pack_text, TEXT(":code_t", key->code), I64(":id", id));
	return id;
}

static enum status add_pack(struct tx *tx, const struct new_pack *in, int64_t *id)
{
	*id = id_for(tx, in->key);
	int64_t added = db_exec(tx, insert_pack, I64(":id", *id), ID(":parent_id", in->parent_id),
	                        I64(":product_id", in->key->product_id), I64(":level", in->key->level), ID(":lot_id", in->lot_id),
	                        I64(":units", in->units ? in->units : in->key->units), ID(":line_id", in->order_line_id));
	if (added == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "追溯码 %s 已登记", in->key->code);
	return ST_OK;
}

enum status pack_announce(struct tx *tx, const struct new_pack *in)
{
	int64_t id = 0;
	return add_pack(tx, in, &id);
}

static void pack_happened(struct tx *tx, const struct pack *p, const char *event, int64_t to_place, int64_t document_id)
{
	const struct arg row[] = {
	        I64(":pack_id", p->id),    TEXT(":event_t", event),      ID(":from_id", p->place_id),
	        ID(":to_id", to_place),    I64(":units", p->units_left), I64(":document_id", document_id),
	        I64(":at_ms", tx->now_ms), I64(":user_id", tx->me.id),
	};
	audit_row(tx, SEALED_PACK_EVENT, row, sizeof row / sizeof *row);
}

SQL(place_pack,
    "UPDATE pack SET state = 'here', lot_id = :lot_id, batch_id = :batch_id, place_id = :place_id, quality = :quality_t WHERE "
    "id = :id /*all sites: the caller checks*/");

enum status pack_arrive(struct tx *tx, const struct pack_key *key, const struct batch *batch, struct stock_spot at,
                        int64_t document_id)
{
	struct pack p;
	int64_t id = key->id;
	enum status st = key->id ? load_plain(tx_db(tx), tx->arena, key->id, &p) : ST_NOT_FOUND;
	if (st == ST_NOT_FOUND) {
		const struct new_pack in = {.key = key, .lot_id = batch->lot_id};
		if ((st = add_pack(tx, &in, &id)) != ST_OK)
			return st;
		st = load_plain(tx_db(tx), tx->arena, id, &p);
	}
	if (st != ST_OK)
		return st;
	db_exec(tx, place_pack, I64(":lot_id", batch->lot_id), I64(":batch_id", batch->id), I64(":place_id", at.place_id),
	        TEXT(":quality_t", quality_name(at.quality)), I64(":id", id));
	pack_happened(tx, &p, "received", at.place_id, document_id);
	return ST_OK;
}

SQL(move_pack, "UPDATE pack SET place_id = :place_id, quality = :quality_t WHERE id = :id /*all sites: the caller checks*/");
SQL(end_pack, "UPDATE pack SET state = 'gone', place_id = NULL, quality = NULL, units_left = 0 WHERE id = :id /*all sites: the "
              "caller checks*/");
SQL(select_kind, "SELECT kind FROM place WHERE id = :id /*all sites: the ledger*/");

void pack_move(struct tx *tx, const struct pack *p, struct stock_spot to, const char *event, int64_t document_id)
{
	const char *kind = db_text(tx_db(tx), tx->arena, select_kind, I64(":id", to.place_id));
	bool inside = kind && (strcmp(kind, "depot") == 0 || strcmp(kind, "transit") == 0);
	pack_happened(tx, p, event, to.place_id, document_id);
	if (inside)
		db_exec(tx, move_pack, I64(":place_id", to.place_id), TEXT(":quality_t", quality_name(to.quality)),
		        I64(":id", p->id));
	else
		db_exec(tx, end_pack, I64(":id", p->id));
}

SQL(shrink_pack, "UPDATE pack SET units_left = units_left - :units WHERE id = :id /*all sites: the caller checks*/");
SQL(detach_pack, "UPDATE pack SET detached_seq = :seq, state = 'here', lot_id = :lot_id, batch_id = :batch_id, place_id = "
                 ":place_id, quality = "
                 ":quality_t WHERE id = :id /*all sites: the caller checks*/");
SQL(close_empty,
    "UPDATE pack SET state = 'gone', place_id = NULL, quality = NULL WHERE id = :id AND units_left = 0 AND place_id IS NOT NULL "
    "/*all sites: the caller checks*/");

enum status pack_detach(struct tx *tx, struct pack *p, int64_t document_id)
{
	enum status st = pack_load(tx_db(tx), tx->arena, p->id, p);
	if (st != ST_OK || !is_inside(p))
		return st;
	/* what leaves the case leaves every package around it */
	struct pack outer = *p;
	while (is_inside(&outer)) {
		if ((st = load_plain(tx_db(tx), tx->arena, outer.parent_id, &outer)) != ST_OK)
			return st;
		db_exec(tx, shrink_pack, I64(":units", p->units_left), I64(":id", outer.id));
	}
	db_exec(tx, close_empty, I64(":id", outer.id));
	db_exec(tx, detach_pack, I64(":seq", tx->seq), I64(":lot_id", p->lot_id), I64(":batch_id", p->batch_id),
	        I64(":place_id", p->place_id), TEXT(":quality_t", quality_name(p->quality)), I64(":id", p->id));
	p->detached_seq = tx->seq;
	pack_happened(tx, p, "opened", p->place_id, document_id);
	return ST_OK;
}

#define PACKS_AT               \
	"SELECT " PACK_COLUMNS \
	" FROM pack WHERE batch_id = :batch_id AND place_id = :place_id AND quality = :quality_t AND units_left > 0"
/* A pack that somebody has scanned for a shipment or a return lies apart: it is the last to be taken for something else. */
#define IS_PACKED                                                                                                         \
	"EXISTS (SELECT 1 FROM shipment_pack sp JOIN document d ON d.id = sp.shipment_id WHERE sp.pack_id = pack.id AND " \
	"d.state IN ('allocated', 'picked')) OR EXISTS (SELECT 1 FROM supplier_return_pack rp JOIN document d ON d.id = " \
	"rp.return_id WHERE rp.pack_id = pack.id AND d.state = 'approved')"
/* The largest that fits whole, or else the smallest to break. */
#define FITTING PACKS_AT " AND units_left <= :left_units"
#define BREAKABLE PACKS_AT " AND units_left > :left_units"
#define LARGEST " ORDER BY level DESC, id LIMIT 1 /*all sites: the caller checks*/"
#define SMALLEST " ORDER BY level, units_left, id LIMIT 1 /*all sites: the caller checks*/"
SQL(free_fitting, FITTING " AND NOT (" IS_PACKED ")" LARGEST);
SQL(free_breakable, BREAKABLE " AND NOT (" IS_PACKED ")" SMALLEST);
SQL(any_fitting, FITTING LARGEST);
SQL(any_breakable, BREAKABLE SMALLEST);
SQL(select_child,
    "SELECT id FROM pack WHERE parent_id = :id AND detached_seq IS NULL ORDER BY id LIMIT 1 /*all sites: the caller checks*/");

#define AT_ARGS(c)                                                              \
	I64(":batch_id", (c)->batch->id), I64(":place_id", (c)->from.place_id), \
	        TEXT(":quality_t", quality_name((c)->from.quality))

static bool find_pack(struct tx *tx, const struct sql *q, const struct stock_change *c, int64_t left, struct pack *p)
{
	const struct arg args[] = {AT_ARGS(c), I64(":left_units", left)};
	SCOPED(rows) r = db_query_n(tx_db(tx), q, args, sizeof args / sizeof *args);
	bool found = rows_next(&r);
	if (found)
		read_pack(tx->arena, &r, p);
	return found;
}

/* Opens a case by one child, or splits a smallest pack (拆零), whose loose units leave without a code. Answers those. */
static int64_t break_one(struct tx *tx, const struct stock_change *c, const struct pack *p, int64_t left)
{
	struct pack child = {.id = db_i64(tx_db(tx), 0, select_child, I64(":id", p->id))};
	if (child.id)
		return pack_detach(tx, &child, c->document_id) == ST_OK ? 0 : left;
	db_exec(tx, shrink_pack, I64(":units", left), I64(":id", p->id));
	stock_untrace(tx, c->from, c->batch, left);
	struct pack rest = *p;
	rest.units_left -= left;
	pack_happened(tx, &rest, "split", c->from.place_id, c->document_id);
	return left;
}

/* Moves whole packs of together at most `units` and breaks one where needed; answers the units in whole packs. */
static int64_t move_packs(struct tx *tx, const struct stock_change *c, int64_t units, const char *event)
{
	static const struct sql *const fitting[] = {&free_fitting, &any_fitting};
	static const struct sql *const breakable[] = {&free_breakable, &any_breakable};
	int64_t whole = 0, loose = 0;
	struct pack p;
	for (size_t i = 0; i < 2 && whole + loose < units && db_status(tx_db(tx)) == ST_OK;) {
		int64_t left = units - whole - loose;
		if (find_pack(tx, fitting[i], c, left, &p)) {
			pack_move(tx, &p, c->to, event, c->document_id);
			whole += p.units_left;
		} else if (find_pack(tx, breakable[i], c, left, &p)) {
			loose += break_one(tx, c, &p, left);
		} else {
			i++;
		}
	}
	return whole;
}

enum status goods_move(struct tx *tx, const struct stock_change *change, const char *event)
{
	struct stock_change c = *change;
	int64_t here = stock_units(tx_db(tx), c.from.place_id, c.batch, c.from.quality);
	int64_t traced = stock_traced_units(tx_db(tx), c.from.place_id, c.batch, c.from.quality);
	c.traced_units = 0;
	if (here >= c.units && c.units > here - traced)
		c.traced_units = move_packs(tx, &c, c.units - (here - traced), event);
	return stock_book(tx, &c);
}

/* ---- goods that never left ---- */

/* Whole packs of a batch that left in a write, as they left, with the write of the newest thing that happened to each. */
SQL(select_left,
    "SELECT e.pack_id, e.units, (SELECT max(x.seq) FROM pack_event x WHERE x.pack_id = e.pack_id) FROM pack_event e JOIN pack p "
    "ON p.id = e.pack_id WHERE e.seq = :seq AND e.to_place_id = :place_id AND p.batch_id = :batch_id ORDER BY e.n "
    "/*all sites: the caller checks*/");
SQL(revive_pack, "UPDATE pack SET state = 'here', place_id = :place_id, quality = :quality_t, units_left = :units WHERE id = :id "
                 "AND state = 'gone' /*all sites: the caller checks*/");

static enum status revive(struct tx *tx, const struct stock_change *c, struct rows *r, int64_t line)
{
	const int64_t pack_id = col_i64(r, 0), units = col_i64(r, 1);
	const struct pack p = {.id = pack_id, .units_left = units};
	if (col_i64(r, 2) != c->reverses_seq ||
	    db_exec(tx, revive_pack, I64(":place_id", c->to.place_id), TEXT(":quality_t", quality_name(c->to.quality)),
	            I64(":units", units), I64(":id", pack_id)) == 0)
		return tx_fail(tx, ST_CODE_ALREADY_HERE, "lines", line,
		               "第 %lld 行的追溯码 %s 之后又登记过, 不能冲销, 请按实物另行登记", (long long)line,
		               pack_code(tx_db(tx), tx->arena, pack_id));
	pack_happened(tx, &p, "reversed", c->to.place_id, c->document_id);
	return ST_OK;
}

enum status goods_back(struct tx *tx, struct stock_change *c, int64_t line)
{
	enum status st = ST_OK;
	c->traced_units = 0;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_left, I64(":seq", c->reverses_seq), I64(":place_id", c->from.place_id),
	             I64(":batch_id", c->batch->id));
	/* in the order in which they left, so that each move of a batch finds its own behind those of the one before */
	while (st == ST_OK && rows_next(&r)) {
		if (col_i64(&r, 2) == tx->seq)
			continue;
		if (c->traced_units + col_i64(&r, 1) > c->units)
			break;
		st = revive(tx, c, &r, line);
		c->traced_units += col_i64(&r, 1);
	}
	return st;
}
