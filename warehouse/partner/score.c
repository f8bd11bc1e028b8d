#include "warehouse/partner/score.h"

#include "core/clock.h"
#include "core/money.h"

/* One line with what came of it, and the same as parts of its month's sums. */
struct fact {
	int64_t line_id, supplier_id, month, due_at_ms, ordered_units, ordered_fen, ceiling_fen, arrived_units, rejected_units,
	        done_at_ms, returned_units, fault_units;
};

SQL(insert_fact,
    "INSERT INTO supplier_line (line_id, supplier_id, month, order_id, due_at_ms, ordered_units, ordered_fen, ceiling_fen, "
    "arrived_units, rejected_units) VALUES (:line_id, :supplier_id, :month, :order_id, :due_ms, :units, :ordered, :ceiling, 0, "
    "0) "
    "ON CONFLICT DO NOTHING");
SQL(update_fact,
    "UPDATE supplier_line SET arrived_units = :arrived, rejected_units = :rejected, done_at_ms = :done_id, "
    "returned_units = :returned, fault_units = :fault WHERE line_id = :line_id /*all sites: the caller has the order*/");
SQL(select_fact, "SELECT supplier_id, month, due_at_ms, ordered_units, ordered_fen, ceiling_fen, arrived_units, rejected_units, "
                 "coalesce(done_at_ms, 0), returned_units, fault_units FROM supplier_line WHERE line_id = :line_id /*all sites: "
                 "the caller has the order*/");
SQL(add_month,
    "INSERT INTO supplier_month (supplier_id, month, lines, done_lines, on_time_lines, ordered_fen, ceiling_fen, arrived_fen, "
    "rejected_fen, returned_fen, fault_fen) VALUES (:supplier_id, :month, :lines, :done, :on_time, :ordered, :ceiling, :arrived, "
    ":rejected, :returned, :fault) ON CONFLICT "
    "(supplier_id, month) DO UPDATE SET lines = supplier_month.lines + excluded.lines, done_lines = supplier_month.done_lines + "
    "excluded.done_lines, on_time_lines = supplier_month.on_time_lines + excluded.on_time_lines, ordered_fen = "
    "supplier_month.ordered_fen + excluded.ordered_fen, ceiling_fen = supplier_month.ceiling_fen + excluded.ceiling_fen, "
    "arrived_fen = supplier_month.arrived_fen + excluded.arrived_fen, rejected_fen = supplier_month.rejected_fen + "
    "excluded.rejected_fen, returned_fen = supplier_month.returned_fen + excluded.returned_fen, fault_fen = "
    "supplier_month.fault_fen + excluded.fault_fen");

/* The worth of some units of the line; whole lines are exact, parts are cut, always in the same way. */
static int64_t worth(const struct fact *f, int64_t units)
{
	return (int64_t)((__int128)f->ordered_fen * units / f->ordered_units);
}

/* What one line adds to its month. */
struct sums {
	int64_t lines, done, on_time, ordered, ceiling, arrived, rejected, returned, fault;
};

static struct sums sums_of(const struct fact *f)
{
	return (struct sums){
	        1,
	        f->done_at_ms != 0,
	        f->done_at_ms != 0 && f->done_at_ms <= f->due_at_ms,
	        f->ordered_fen,
	        f->ceiling_fen,
	        worth(f, f->arrived_units),
	        worth(f, f->rejected_units),
	        worth(f, f->returned_units),
	        worth(f, f->fault_units),
	};
}

static void add(struct tx *tx, const struct fact *f, const struct sums *before, const struct sums *after)
{
	db_exec(tx, add_month, I64(":supplier_id", f->supplier_id), I64(":month", f->month),
	        I64(":lines", after->lines - before->lines), I64(":done", after->done - before->done),
	        I64(":on_time", after->on_time - before->on_time), I64(":ordered", after->ordered - before->ordered),
	        I64(":ceiling", after->ceiling - before->ceiling), I64(":arrived", after->arrived - before->arrived),
	        I64(":rejected", after->rejected - before->rejected), I64(":returned", after->returned - before->returned),
	        I64(":fault", after->fault - before->fault));
}

SQL(select_lines, "SELECT l.id, o.supplier_id, l.units, l.amount_fen, l.ceiling_e4, l.units_per_pack FROM purchase_order o JOIN "
                  "order_line l ON "
                  "l.order_id = o.id WHERE o.id = :id AND l.dropped = 0 ORDER BY l.n /*all sites: the caller has the order*/");

void supplier_order_sent(struct tx *tx, int64_t order_id, int64_t due_ms)
{
	const struct sums none = {0};
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", order_id));
	while (rows_next(&r)) {
		struct fact f = {.line_id = col_i64(&r, 0),
		                 .supplier_id = col_i64(&r, 1),
		                 .month = tx->today_ymd / 100,
		                 .due_at_ms = due_ms,
		                 .ordered_units = col_i64(&r, 2),
		                 .ordered_fen = col_i64(&r, 3)};
		/* a line that is checked without a ceiling (reported apart) compares with itself */
		if (col_i64(&r, 4) <= 0 || !amount_fen(f.ordered_units, col_i64(&r, 4), col_i64(&r, 5), &f.ceiling_fen))
			f.ceiling_fen = f.ordered_fen;
		if (db_exec(tx, insert_fact, I64(":line_id", f.line_id), I64(":supplier_id", f.supplier_id),
		            I64(":month", f.month), I64(":order_id", order_id), I64(":due_ms", due_ms),
		            I64(":units", f.ordered_units), I64(":ordered", f.ordered_fen), I64(":ceiling", f.ceiling_fen)) == 0)
			continue;
		const struct sums after = sums_of(&f);
		add(tx, &f, &none, &after);
	}
}

static bool load(struct db *db, int64_t line_id, struct fact *f)
{
	SCOPED(rows) r = db_query(db, select_fact, I64(":line_id", line_id));
	if (!rows_next(&r))
		return false;
	*f = (struct fact){line_id,        col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), col_i64(&r, 3), col_i64(&r, 4),
	                   col_i64(&r, 5), col_i64(&r, 6), col_i64(&r, 7), col_i64(&r, 8), col_i64(&r, 9), col_i64(&r, 10)};
	return true;
}

static void store(struct tx *tx, const struct fact *f, const struct sums *before)
{
	const struct sums after = sums_of(f);
	db_exec(tx, update_fact, I64(":arrived", f->arrived_units), I64(":rejected", f->rejected_units),
	        ID(":done_id", f->done_at_ms), I64(":returned", f->returned_units), I64(":fault", f->fault_units),
	        I64(":line_id", f->line_id));
	add(tx, f, before, &after);
}

/* RULE DOMAIN-6.2-delivery-rate: on time is a whole line, accepted, before its hour; what is rejected is due again. */
void supplier_line_moved(struct tx *tx, int64_t line_id, int64_t units)
{
	struct fact f;
	if (!load(tx_db(tx), line_id, &f))
		return;
	const struct sums before = sums_of(&f);
	if (units > 0)
		f.arrived_units += units;
	else
		f.rejected_units -= units;
	bool whole = f.arrived_units - f.rejected_units >= f.ordered_units;
	f.done_at_ms = !whole ? 0 : f.done_at_ms ? f.done_at_ms : tx->now_ms;
	store(tx, &f, &before);
}

/* RULE DOMAIN-6-returned-score: what was delivered stays delivered; what was found bad later is as bad as what was refused. */
void supplier_line_returned(struct tx *tx, int64_t line_id, int64_t units, bool fault)
{
	struct fact f;
	if (!load(tx_db(tx), line_id, &f))
		return;
	const struct sums before = sums_of(&f);
	f.returned_units += units;
	f.fault_units += fault ? units : 0;
	store(tx, &f, &before);
}

SQL(select_differing,
    "SELECT m.supplier_id, m.month FROM supplier_month m JOIN (SELECT supplier_id, month, count(*) AS lines, sum(ordered_fen) AS "
    "ordered_fen, sum(ceiling_fen) AS ceiling_fen, count(done_at_ms) AS done_lines, sum(CASE WHEN done_at_ms <= due_at_ms THEN 1 "
    "ELSE 0 END) AS on_time_lines FROM supplier_line GROUP BY supplier_id, month) AS f ON f.supplier_id = m.supplier_id AND "
    "f.month = m.month WHERE f.lines <> m.lines OR f.ordered_fen <> m.ordered_fen OR f.ceiling_fen <> m.ceiling_fen OR "
    "f.done_lines <> m.done_lines OR f.on_time_lines <> m.on_time_lines /*scan: the whole store is proved*/ "
    "/*all sites: the whole store is proved*/");

SQL(select_unreturned,
    "SELECT f.line_id FROM supplier_line f LEFT JOIN (SELECT x.order_line_id AS line_id, sum(x.units) AS units FROM "
    "supplier_return_line x WHERE x.order_line_id IS NOT NULL GROUP BY x.order_line_id) AS t ON t.line_id = f.line_id WHERE "
    "f.returned_units <> coalesce(t.units, 0) OR f.fault_units > f.returned_units /*scan: the whole store is proved*/ "
    "/*all sites: the whole store is proved*/");

void supplier_score_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what),
                           void *arg)
{
	SCOPED(arena) a = {0};
	SCOPED(rows) r = db_query_n(db, &select_differing, NULL, 0);
	while (rows_next(&r))
		report(arg, "supplier_month", arena_printf(&a, "%lld %lld", (long long)col_i64(&r, 0), (long long)col_i64(&r, 1)),
		       "供应商评分合计与其明细不符");
	SCOPED(rows) back = db_query_n(db, &select_unreturned, NULL, 0);
	while (rows_next(&back))
		report(arg, "supplier_line", arena_printf(&a, "%lld", (long long)col_i64(&back, 0)), "退货数量与采购退货单不符");
}
