#include "warehouse/stock_verify.h"

#include "warehouse/balance.h"
#include "warehouse/stock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct proof {
	struct db *db;
	verify_report *report;
	void *arg;
	int64_t faults;
	struct balances balances;
};

static void fault(struct proof *p, const char *table, const char *row, const char *what)
{
	p->faults++;
	p->report(p->arg, table, row, what);
}

static bool column_is(struct rows *r, int i, const char *word)
{
	size_t n = 0;
	return !col_is_null(r, i) && strcmp(col_peek(r, i, &n), word) == 0;
}

static bool column_quality(struct rows *r, int i, enum quality *out)
{
	size_t n = 0;
	return !col_is_null(r, i) && quality_find(col_peek(r, i, &n), out);
}

/* ---- the ledger ---- */

SQL(read_moves,
    "SELECT m.seq, m.n, m.batch_id, m.units, m.from_place_id, m.from_quality, f.kind, m.to_place_id, m.to_quality, t.kind, b.id, "
    "d.id FROM stock_move m LEFT JOIN place f ON f.id = m.from_place_id LEFT JOIN place t ON t.id = m.to_place_id LEFT JOIN "
    "batch b "
    "ON b.id = m.batch_id LEFT JOIN document d ON d.id = m.document_id ORDER BY m.seq, m.n /*scan: verify*/ /*all sites: "
    "verify*/");

/* One end of a move: a place (column i) with quality and kind behind it. sign: what the units do there. */
static void prove_end(struct proof *p, struct rows *r, int i, int64_t sign, const char *row)
{
	struct balance_key key = {col_i64(r, 2), col_i64(r, i), 0};
	if (col_is_null(r, i + 2)) {
		fault(p, "stock_move", row, "所指的地点不存在");
		return;
	}
	if (!column_is(r, i + 2, "depot") && !column_is(r, i + 2, "transit"))
		return;
	enum quality quality = QUALITY_PENDING;
	if (!column_quality(r, i + 1, &quality)) {
		fault(p, "stock_move", row, "质量状态不认识");
		return;
	}
	key.quality = quality;
	if (balance_add(&p->balances, &key, sign * col_i64(r, 3)) < 0)
		fault(p, "stock_move", row, "此笔之后结存为负");
}

static void prove_moves(struct proof *p)
{
	char row[64];
	SCOPED(rows) r = db_query_n(p->db, &read_moves, NULL, 0);
	while (rows_next(&r)) {
		snprintf(row, sizeof row, "seq %" PRId64 " n %" PRId64, col_i64(&r, 0), col_i64(&r, 1));
		if (col_is_null(&r, 10) || col_is_null(&r, 11))
			fault(p, "stock_move", row, "所指的批次或单据不存在");
		if (col_i64(&r, 3) <= 0)
			fault(p, "stock_move", row, "数量不是正数");
		prove_end(p, &r, 4, -1, row);
		prove_end(p, &r, 7, 1, row);
	}
}

/* ---- packs ---- */

/*
 * children_units: of all that was ever inside; inside_units: what is left in those that still are. Behind them the last
 * event's goal and kind of place, and whether the pack left its case in the write that it names.
 */
SQL(read_packs,
    "SELECT p.id, p.parent_id, p.detached_seq, p.product_id, p.level, p.lot_id, p.batch_id, p.place_id, p.quality, p.state, "
    "p.units, "
    "p.units_left, b.product_id, b.lot_id, t.product_id, t.level, t.units, o.id, o.lot_id, o.level, o.product_id, "
    "(SELECT CAST(coalesce(sum(c.units), 0) AS BIGINT) FROM pack c WHERE c.parent_id = p.id), "
    "(SELECT CAST(coalesce(sum(c.units_left), 0) AS BIGINT) FROM pack c WHERE c.parent_id = p.id AND c.detached_seq IS NULL), "
    "(SELECT e.to_place_id FROM pack_event e WHERE e.pack_id = p.id ORDER BY e.seq DESC, e.n DESC LIMIT 1), "
    "(SELECT x.event FROM pack_event x WHERE x.pack_id = p.id AND x.seq + 0 = p.detached_seq AND x.event = 'opened' LIMIT 1), "
    "(SELECT g.code FROM pack_text g WHERE g.pack_id = p.id) "
    "FROM pack p LEFT JOIN batch b ON b.id = p.batch_id LEFT JOIN trace_prefix t ON t.no = p.id / 10000000000000 LEFT JOIN pack "
    "o ON o.id = "
    "p.parent_id ORDER BY p.id /*scan: verify*/ /*all sites: verify*/");
enum pack_column {
	P_ID,
	P_PARENT,
	P_DETACHED,
	P_PRODUCT,
	P_LEVEL,
	P_LOT,
	P_BATCH,
	P_PLACE,
	P_QUALITY,
	P_STATE,
	P_UNITS,
	P_LEFT,
	P_BATCH_PRODUCT,
	P_BATCH_LOT,
	P_PREFIX_PRODUCT,
	P_PREFIX_LEVEL,
	P_PREFIX_UNITS,
	P_OUTER,
	P_OUTER_LOT,
	P_OUTER_LEVEL,
	P_OUTER_PRODUCT,
	P_CHILDREN,
	P_INSIDE,
	P_WENT_TO,
	P_OPENED,
	P_TEXT
};

static bool equal(struct rows *r, int a, int b)
{
	return !col_is_null(r, a) && !col_is_null(r, b) && col_i64(r, a) == col_i64(r, b);
}

static bool null_or_equal(struct rows *r, int a, int b)
{
	return col_is_null(r, a) || col_is_null(r, b) || col_i64(r, a) == col_i64(r, b);
}

static bool is_inside(struct rows *r)
{
	return !col_is_null(r, P_PARENT) && col_is_null(r, P_DETACHED);
}

static bool has_children(struct rows *r)
{
	return col_i64(r, P_CHILDREN) > 0;
}

/* What its code says: product, level and size of its prefix, or a text of its own. */
static bool fits_its_code(struct rows *r)
{
	if (col_is_null(r, P_PREFIX_PRODUCT))
		return !col_is_null(r, P_TEXT);
	return equal(r, P_PRODUCT, P_PREFIX_PRODUCT) && equal(r, P_LEVEL, P_PREFIX_LEVEL) &&
	       col_i64(r, P_UNITS) <= col_i64(r, P_PREFIX_UNITS);
}

static bool fits_its_parent(struct rows *r)
{
	if (col_is_null(r, P_PARENT))
		return col_is_null(r, P_DETACHED);
	return equal(r, P_PRODUCT, P_OUTER_PRODUCT) && col_i64(r, P_LEVEL) < col_i64(r, P_OUTER_LEVEL) &&
	       (col_is_null(r, P_DETACHED) || !col_is_null(r, P_OPENED)) &&
	       (!is_inside(r) || null_or_equal(r, P_LOT, P_OUTER_LOT));
}

/* A package is what was put in, less what has left it. One whose contents are not all known may have lost loose units too. */
static bool fits_its_contents(struct rows *r)
{
	int64_t units = col_i64(r, P_UNITS), left = col_i64(r, P_LEFT), children = col_i64(r, P_CHILDREN);
	int64_t expected = units - (children - col_i64(r, P_INSIDE));
	bool gone = column_is(r, P_STATE, "gone");
	if (children > units)
		return false;
	if (!has_children(r))
		return is_inside(r) ? left == units : true;
	if (gone)
		return left == 0;
	return children == units ? left == expected : left <= expected;
}

/* Only an outermost package that is here has place, quality and batch of its own. */
static bool fits_its_state(struct rows *r)
{
	bool nowhere = col_is_null(r, P_PLACE) && col_is_null(r, P_QUALITY);
	if (is_inside(r))
		return nowhere && col_is_null(r, P_BATCH) && column_is(r, P_STATE, "announced");
	if (column_is(r, P_STATE, "announced"))
		return nowhere && col_is_null(r, P_BATCH) && col_i64(r, P_LEFT) == col_i64(r, P_UNITS);
	if (!equal(r, P_PRODUCT, P_BATCH_PRODUCT) || !equal(r, P_LOT, P_BATCH_LOT))
		return false;
	if (column_is(r, P_STATE, "gone"))
		return nowhere && col_i64(r, P_LEFT) == 0;
	return column_is(r, P_STATE, "here") && !col_is_null(r, P_PLACE) && !col_is_null(r, P_QUALITY) && col_i64(r, P_LEFT) > 0;
}

/* Its last event led to where it is. An emptied case has gone without an event of its own. */
static bool fits_its_events(struct rows *r)
{
	if (is_inside(r) || column_is(r, P_STATE, "announced"))
		return col_is_null(r, P_WENT_TO);
	if (column_is(r, P_STATE, "here"))
		return equal(r, P_PLACE, P_WENT_TO);
	return !col_is_null(r, P_WENT_TO);
}

static void prove_pack(struct proof *p, struct rows *r, const char *row)
{
	static const struct {
		bool (*fits)(struct rows *r);
		const char *what;
	} rules[] = {
	        {fits_its_code, "与药品标识码的绑定不符"},           {fits_its_parent, "与所在的大包装不符"},
	        {fits_its_contents, "数量与内装的小包装不符"},       {fits_its_state, "状态, 地点, 质量, 批次互相不符"},
	        {fits_its_events, "所在地点与最后一次流转记录不符"},
	};
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (!rules[i].fits(r))
			fault(p, "pack", row, rules[i].what);
	if (col_is_null(r, P_PLACE))
		return;
	enum quality quality = QUALITY_PENDING;
	bool known = column_quality(r, P_QUALITY, &quality);
	struct balance_key key = {col_i64(r, P_BATCH), col_i64(r, P_PLACE), quality};
	if (!known || !balance_add_traced(&p->balances, &key, col_i64(r, P_LEFT)))
		fault(p, "pack", row, "所在地点没有该批次的结存");
}

static void prove_packs(struct proof *p)
{
	char row[48];
	SCOPED(rows) r = db_query_n(p->db, &read_packs, NULL, 0);
	while (rows_next(&r)) {
		snprintf(row, sizeof row, "id %" PRId64, col_i64(&r, P_ID));
		prove_pack(p, &r, row);
	}
}

/* ---- balances ---- */

SQL(read_holdings,
    "SELECT h.place_id, h.product_id, h.expiry_ymd, h.batch_id, h.quality, h.quality_no, h.units, h.traced_units, b.product_id, "
    "l.expiry_ymd FROM holding h LEFT JOIN batch b ON b.id = h.batch_id LEFT JOIN lot l ON l.id = b.lot_id ORDER BY h.place_id, "
    "h.product_id, h.expiry_ymd, h.batch_id, h.quality_no /*scan: verify*/ /*all sites: verify*/");

static void holding_row(char out[160], const struct balance_key *key)
{
	snprintf(out, 160, "place_id %" PRId64 " batch_id %" PRId64 " quality %s", key->place, key->batch,
	         quality_name(key->quality));
}

static void prove_holding(struct proof *p, struct rows *r)
{
	char row[160];
	enum quality quality = QUALITY_PENDING;
	bool named = column_quality(r, 4, &quality);
	struct balance_key key = {col_i64(r, 3), col_i64(r, 0), quality};
	holding_row(row, &key);
	if (!named || col_i64(r, 5) != (int64_t)quality)
		fault(p, "holding", row, "质量状态与其编号不符");
	if (!equal(r, 1, 8) || !equal(r, 2, 9))
		fault(p, "holding", row, "品种或有效期与批次不符");
	const struct balance *b = balance_take(&p->balances, &key);
	int64_t units = b ? b->units : 0, traced = b ? b->traced : 0;
	if (units != col_i64(r, 6) || !b)
		fault(p, "holding", row, "数量与库存流水的合计不符");
	if (traced != col_i64(r, 7))
		fault(p, "holding", row, "带码数量与在库追溯码的合计不符");
}

static void missing_holding(void *arg, const struct balance *b)
{
	char row[160];
	holding_row(row, &b->key);
	fault(arg, "holding", row, "库存流水有结存, 结存表缺此行");
}

static void prove_holdings(struct proof *p)
{
	SCOPED(rows) r = db_query_n(p->db, &read_holdings, NULL, 0);
	while (rows_next(&r))
		prove_holding(p, &r);
	balances_each(&p->balances, missing_holding, p);
}

SQL(read_sums,
    "SELECT p.id, s.units, s.traced_units, (SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM holding h WHERE h.place_id = "
    "p.id), (SELECT CAST(coalesce(sum(h.traced_units), 0) AS BIGINT) FROM holding h WHERE h.place_id = p.id) FROM place p LEFT "
    "JOIN place_sum s ON s.place_id = p.id ORDER BY p.id /*scan: verify*/ /*all sites: verify*/");
SQL(count_lost_sums,
    "SELECT count(*) FROM place_sum s LEFT JOIN place p ON p.id = s.place_id WHERE p.id IS NULL /*scan: verify*/ "
    "/*all sites: verify*/");

static void prove_sums(struct proof *p)
{
	char row[48];
	SCOPED(rows) r = db_query_n(p->db, &read_sums, NULL, 0);
	while (rows_next(&r)) {
		snprintf(row, sizeof row, "place_id %" PRId64, col_i64(&r, 0));
		if (col_i64(&r, 1) != col_i64(&r, 3) || col_i64(&r, 2) != col_i64(&r, 4))
			fault(p, "place_sum", row, "合计与各批次结存之和不符");
	}
	if (db_i64_n(p->db, 0, &count_lost_sums, NULL, 0))
		fault(p, "place_sum", "place_id", "所指的地点不存在");
}

/* ---- documents ---- */

#define LAST_EVENT " FROM document_event e WHERE e.document_id = d.id ORDER BY e.seq DESC, e.n DESC LIMIT 1)"
#define FIRST_EVENT " FROM document_event e WHERE e.document_id = d.id ORDER BY e.seq, e.n LIMIT 1)"
SQL(read_documents,
    "SELECT d.number, d.state, d.version, d.made_at_ms, d.made_by, (SELECT e.to_state" LAST_EVENT ", (SELECT e.version" LAST_EVENT
    ", (SELECT e.at_ms" FIRST_EVENT ", (SELECT e.user_id" FIRST_EVENT
    ", (SELECT count(*) FROM document_scope s WHERE s.document_id = d.id "
    "AND (s.state <> d.state OR s.kind <> d.kind)) FROM document d ORDER BY d.id /*scan: verify*/ /*all sites: verify*/");

static bool same_text(struct rows *r, int a, int b)
{
	size_t n = 0, m = 0;
	const char *left = col_peek(r, a, &n), *right = col_peek(r, b, &m);
	return !col_is_null(r, b) && n == m && memcmp(left, right, n) == 0;
}

static void prove_documents(struct proof *p)
{
	char row[96];
	size_t n = 0;
	SCOPED(rows) r = db_query_n(p->db, &read_documents, NULL, 0);
	while (rows_next(&r)) {
		snprintf(row, sizeof row, "number %s", col_peek(&r, 0, &n));
		if (!same_text(&r, 1, 5) || !equal(&r, 2, 6))
			fault(p, "document", row, "状态或版本与最后一次办理记录不符");
		if (!equal(&r, 3, 7) || !equal(&r, 4, 8))
			fault(p, "document", row, "制单时间或制单人与第一次办理记录不符");
		if (col_i64(&r, 9))
			fault(p, "document_scope", row, "可见范围中的状态与单据不符");
	}
}

/* RULE DESIGN-5-verify: with audit_verify, every column of sealed rows, balances and pack positions. */
int64_t stock_verify(struct db *db, verify_report *report, void *arg)
{
	struct proof p = {.db = db, .report = report, .arg = arg};
	prove_moves(&p);
	prove_packs(&p);
	prove_holdings(&p);
	prove_sums(&p);
	prove_documents(&p);
	balances_drop(&p.balances);
	return p.faults;
}
