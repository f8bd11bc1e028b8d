#include "warehouse/settlement/depot_book.h"

#include "core/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SETTLE_SLICE 5000
#define SETTLE_MAX 200000

SQL(select_mark, "SELECT seq FROM projection WHERE name = :name_t");
SQL(set_mark, "INSERT INTO projection (name, seq) VALUES (:name_t, :seq) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq");
SQL(select_tail,
    "SELECT m.seq, m.n, m.batch_id, m.units, m.from_place_id, f.kind, f.site_id, m.to_place_id, t.kind, t.site_id, m.reason, "
    "m.at_ms, b.price_e4, b.units_per_pack, g.class FROM stock_move m JOIN place f ON f.id = m.from_place_id JOIN place t ON "
    "t.id = "
    "m.to_place_id JOIN batch b ON b.id = m.batch_id JOIN product p ON p.id = b.product_id JOIN drug g ON g.id = p.drug_id WHERE "
    "(m.seq, m.n) > (:seq, :n) ORDER BY m.seq, m.n LIMIT :limit /*all sites: projection*/");
enum {
	M_SEQ,
	M_N,
	M_BATCH,
	M_UNITS,
	M_FROM,
	M_FROM_KIND,
	M_FROM_SITE,
	M_TO,
	M_TO_KIND,
	M_TO_SITE,
	M_REASON,
	M_AT,
	M_PRICE,
	M_PER,
	M_CLASS
};

/* The day on which the depot's newest close before this write ended. */
SQL(closed_until,
    "SELECT CAST(coalesce(max(to_ymd), 0) AS BIGINT) FROM month_close WHERE place_id = :place_id AND close_seq < :seq AND "
    "(reopen_seq IS NULL OR reopen_seq > :seq) /*all sites: projection*/");
SQL(select_value, "SELECT units, amount_fen FROM depot_value WHERE place_id = :place_id AND batch_id = :batch_id "
                  "/*all sites: projection*/");
SQL(put_value,
    "INSERT INTO depot_value (place_id, batch_id, units, amount_fen) VALUES (:place_id, :batch_id, :units, :fen) ON CONFLICT "
    "(place_id, batch_id) DO UPDATE SET units = excluded.units, amount_fen = excluded.amount_fen");
SQL(drop_value, "DELETE FROM depot_value WHERE place_id = :place_id AND batch_id = :batch_id /*all sites: projection*/");
SQL(add_day,
    "INSERT INTO depot_day (id, place_id, ymd, class, reason, way, units, amount_fen, lines, late) VALUES (:id, :place_id, :ymd, "
    ":class_t, "
    ":reason_t, :way, :units, :fen, :lines, :late) ON CONFLICT (place_id, ymd, class, reason, way) DO UPDATE SET units = "
    "depot_day.units + excluded.units, amount_fen = depot_day.amount_fen + excluded.amount_fen, lines = depot_day.lines + "
    "excluded.lines, late = depot_day.late + excluded.late");

/* One end of a move. */
struct entry {
	int64_t place_id, way, ymd, fen, late;
	const char *class, *reason;
};

static void put_day(struct tx *tx, const struct entry *e, const char *reason, int64_t way, int64_t units, int64_t fen,
                    int64_t lines)
{
	db_exec(tx, add_day, I64(":id", tx_new_id(tx)), I64(":place_id", e->place_id), I64(":ymd", e->ymd),
	        TEXT(":class_t", e->class), TEXT(":reason_t", reason), I64(":way", way), I64(":units", units), I64(":fen", fen),
	        I64(":lines", lines), I64(":late", lines ? e->late : 0));
}

/* The fen by which the value of the depot's stock of this batch changes. */
static int64_t revalue(struct tx *tx, struct rows *m, int64_t place_id, int64_t units)
{
	int64_t had = 0, value = 0, fen = 0, batch = col_i64(m, M_BATCH);
	SCOPED(rows) r = db_query(tx_db(tx), select_value, I64(":place_id", place_id), I64(":batch_id", batch));
	if (rows_next(&r)) {
		had = col_i64(&r, 0);
		value = col_i64(&r, 1);
	}
	if (!amount_fen(had + units, col_i64(m, M_PRICE), col_i64(m, M_PER), &fen))
		fen = 0;
	if (had + units == 0)
		db_exec(tx, drop_value, I64(":place_id", place_id), I64(":batch_id", batch));
	else
		db_exec(tx, put_value, I64(":place_id", place_id), I64(":batch_id", batch), I64(":units", had + units),
		        I64(":fen", fen));
	return fen - value;
}

static int64_t fen_of(struct rows *m)
{
	int64_t fen = 0;
	return amount_fen(col_i64(m, M_UNITS), col_i64(m, M_PRICE), col_i64(m, M_PER), &fen) ? fen : 0;
}

/* RULE DOMAIN-12.3-late: what is booked after the close goes into the next month, with a mark. */
static void enter(struct tx *tx, struct rows *m, int64_t place_id, int64_t way)
{
	int32_t day = ymd_of_ms(col_i64(m, M_AT));
	int64_t closed = db_i64(tx_db(tx), 0, closed_until, I64(":place_id", place_id), I64(":seq", col_i64(m, M_SEQ)));
	struct entry e = {
	        place_id, way, day, fen_of(m), day <= closed, col_text(tx->arena, m, M_CLASS), col_text(tx->arena, m, M_REASON)};
	if (e.late)
		e.ymd = ymd_add_days((int32_t)closed, 1);
	int64_t change = revalue(tx, m, place_id, way * col_i64(m, M_UNITS));
	put_day(tx, &e, e.reason, way, way * col_i64(m, M_UNITS), way * e.fen, 1);
	if (change != way * e.fen)
		put_day(tx, &e, "rounding", 0, 0, change - way * e.fen, 0);
}

SQL(select_sender, "SELECT p.site_id FROM shipment s JOIN place p ON p.id = s.from_place_id WHERE s.transit_place_id = :place_id "
                   "/*all sites: projection*/");
SQL(insert_flow, "INSERT INTO site_flow (site_id, ymd, seq, n, other_site_id, units, amount_fen, settled_by) VALUES (:site_id, "
                 ":ymd, :seq, :n, "
                 ":other_id, :units, :fen, NULL)");

static void flow(struct tx *tx, struct rows *m, int64_t site_id, int64_t other_id, int64_t sign)
{
	db_exec(tx, insert_flow, I64(":site_id", site_id), I64(":ymd", ymd_of_ms(col_i64(m, M_AT))),
	        I64(":seq", col_i64(m, M_SEQ)), I64(":n", col_i64(m, M_N)), I64(":other_id", other_id),
	        I64(":units", sign * col_i64(m, M_UNITS)), I64(":fen", sign * fen_of(m)));
}

static bool is(struct rows *m, int column, const char *kind)
{
	size_t n = 0;
	return strcmp(col_peek(m, column, &n), kind) == 0;
}

/* Goods that come off the road at another site than the one that sent them. */
static void flow_between_sites(struct tx *tx, struct rows *m)
{
	if (!is(m, M_FROM_KIND, "transit") || !is(m, M_TO_KIND, "depot"))
		return;
	int64_t to = col_i64(m, M_TO_SITE), from = db_i64(tx_db(tx), to, select_sender, I64(":place_id", col_i64(m, M_FROM)));
	if (from == to)
		return;
	flow(tx, m, to, from, 1);
	flow(tx, m, from, to, -1);
}

static void project(struct tx *tx, struct rows *m)
{
	if (col_i64(m, M_FROM) == col_i64(m, M_TO))
		return;
	if (is(m, M_FROM_KIND, "depot"))
		enter(tx, m, col_i64(m, M_FROM), -1);
	if (is(m, M_TO_KIND, "depot"))
		enter(tx, m, col_i64(m, M_TO), 1);
	flow_between_sites(tx, m);
}

static int64_t mark(struct db *db, const char *name)
{
	return db_i64(db, 0, select_mark, TEXT(":name_t", name));
}

int64_t depot_book_catch_up(struct tx *tx, int64_t limit)
{
	int64_t done = 0, seq = mark(tx_db(tx), "depot_book"), n = mark(tx_db(tx), "depot_book_n");
	SCOPED(rows) r = db_query(tx_db(tx), select_tail, I64(":seq", seq), I64(":n", n), I64(":limit", limit));
	for (; rows_next(&r); done++) {
		project(tx, &r);
		seq = col_i64(&r, M_SEQ);
		n = col_i64(&r, M_N);
	}
	if (done) {
		db_exec(tx, set_mark, TEXT(":name_t", "depot_book"), I64(":seq", seq));
		db_exec(tx, set_mark, TEXT(":name_t", "depot_book_n"), I64(":seq", n));
	}
	return done;
}

SQL(newest_move, "SELECT seq FROM stock_move ORDER BY seq DESC LIMIT 1 /*all sites: projection*/");

int64_t depot_book_behind(struct db *db)
{
	return db_i64_n(db, 0, &newest_move, NULL, 0) - mark(db, "depot_book");
}

enum status depot_book_settle(struct tx *tx)
{
	int64_t done = 0, slice = SETTLE_SLICE;
	while (db_status(tx_db(tx)) == ST_OK && slice == SETTLE_SLICE && done < SETTLE_MAX) {
		slice = depot_book_catch_up(tx, SETTLE_SLICE);
		done += slice;
	}
	return done < SETTLE_MAX ? ST_OK : tx_fail(tx, ST_BUSY, NULL, 0, "库房账还在整理, 请稍后再试");
}

/* ---- proof ---- */

#define UPTO "(m.seq < s.seq OR (m.seq = s.seq AND m.n <= x.seq))"
#define MARKS \
	"(SELECT seq FROM projection WHERE name = 'depot_book') s, (SELECT seq FROM projection WHERE name = 'depot_book_n') x"
/* Units by depot and batch: the ledger up to the mark against the book. */
SQL(wrong_units,
    "SELECT place, batch, CAST(sum(units) AS BIGINT) FROM (SELECT m.to_place_id AS place, m.batch_id AS batch, m.units AS units "
    "FROM " MARKS ", stock_move m JOIN place p ON p.id = m.to_place_id WHERE p.kind = 'depot' AND " UPTO
    " UNION ALL SELECT m.from_place_id, m.batch_id, -m.units FROM " MARKS ", stock_move m JOIN place p ON p.id = "
    "m.from_place_id WHERE p.kind = 'depot' AND " UPTO
    " UNION ALL SELECT place_id, batch_id, -units FROM depot_value) AS joint GROUP BY place, batch HAVING sum(units) <> 0 "
    "/*scan: verify*/ /*all sites: verify*/");
/* By depot and class: the days add up to what the stock is worth, and to its units. */
SQL(wrong_sums,
    "SELECT place, 0, CAST(sum(fen) AS BIGINT) FROM (SELECT place_id AS place, class, units, amount_fen AS fen FROM depot_day "
    "UNION ALL SELECT "
    "v.place_id, g.class, -v.units, -v.amount_fen FROM depot_value v JOIN batch b ON b.id = v.batch_id JOIN product p ON p.id = "
    "b.product_id JOIN drug g ON g.id = p.drug_id) AS joint GROUP BY place, class HAVING sum(fen) <> 0 OR sum(units) <> 0 "
    "/*scan: verify*/ /*all sites: verify*/");
/* By depot, reason and direction: lines of the ledger against lines of the days. */
SQL(wrong_lines,
    "SELECT place, way, CAST(sum(lines) AS BIGINT) FROM (SELECT m.to_place_id AS place, m.reason AS reason, 1 AS way, 1 AS "
    "lines, m.units AS "
    "units "
    "FROM " MARKS ", stock_move m JOIN place p ON p.id = m.to_place_id WHERE p.kind = 'depot' AND m.from_place_id <> "
    "m.to_place_id AND " UPTO " UNION ALL SELECT m.from_place_id, m.reason, -1, 1, -m.units FROM " MARKS
    ", stock_move m JOIN place p ON p.id = m.from_place_id WHERE p.kind = 'depot' AND m.from_place_id <> m.to_place_id AND " UPTO
    " UNION ALL SELECT place_id, reason, way, -lines, -units FROM depot_day WHERE way <> 0) AS joint GROUP BY place, reason, way "
    "HAVING sum(lines) <> 0 OR sum(units) <> 0 /*scan: verify*/ /*all sites: verify*/");
/* What one site gave the other got. */
SQL(wrong_flow, "SELECT seq, n, CAST(sum(amount_fen) AS BIGINT) FROM site_flow GROUP BY seq, n HAVING sum(amount_fen) <> 0 OR "
                "sum(units) <> 0 OR "
                "count(*) <> 2 "
                "/*scan: verify*/ /*all sites: verify*/");
SQL(read_values,
    "SELECT v.place_id, v.batch_id, v.units, v.amount_fen, b.price_e4, b.units_per_pack FROM depot_value v JOIN batch b ON "
    "b.id = v.batch_id /*scan: verify*/ /*all sites: verify*/");

static int64_t prove_values(struct db *db, verify_report *report, void *arg)
{
	char row[96];
	int64_t faults = 0, fen = 0;
	SCOPED(rows) r = db_query_n(db, &read_values, NULL, 0);
	while (rows_next(&r)) {
		if (amount_fen(col_i64(&r, 2), col_i64(&r, 4), col_i64(&r, 5), &fen) && fen == col_i64(&r, 3))
			continue;
		snprintf(row, sizeof row, "place_id %" PRId64 " batch_id %" PRId64, col_i64(&r, 0), col_i64(&r, 1));
		report(arg, "depot_value", row, "金额不是数量乘以进价");
		faults++;
	}
	return faults;
}

int64_t depot_book_verify(struct db *db, verify_report *report, void *arg)
{
	static const struct {
		const struct sql *q;
		const char *table, *what;
	} rules[] = {
	        {&wrong_units, "depot_value", "数量与库存流水不符"},
	        {&wrong_sums, "depot_day", "逐日账的合计与结存不符"},
	        {&wrong_lines, "depot_day", "逐日账与库存流水的笔数或数量不符"},
	        {&wrong_flow, "site_flow", "调拨双方不相等"},
	};
	char row[96];
	int64_t faults = prove_values(db, report, arg);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "%" PRId64 " %" PRId64 " (%" PRId64 ")", col_i64(&r, 0), col_i64(&r, 1),
			         col_i64(&r, 2));
			report(arg, rules[i].table, row, rules[i].what);
		}
	}
	return faults;
}
