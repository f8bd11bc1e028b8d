#include "warehouse/demand/day_use.h"

#include "warehouse/catalogue/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

SQL(select_mark, "SELECT seq FROM projection WHERE name = :name_t");
SQL(set_mark, "INSERT INTO projection (name, seq) VALUES (:name_t, :seq) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq");
SQL(select_tail,
    "SELECT m.seq, m.n, b.product_id, m.units, m.at_ms, m.from_place_id, f.kind, m.from_quality, m.to_place_id, t.kind, "
    "m.to_quality, coalesce(m.reverses_seq, 0), coalesce(o.at_ms, 0) FROM stock_move m JOIN batch b ON b.id = m.batch_id JOIN "
    "place "
    "f ON f.id = m.from_place_id JOIN place t ON t.id = m.to_place_id LEFT JOIN stock_move o ON o.seq = m.reverses_seq AND o.n = "
    "m.reverses_n WHERE (m.seq, m.n) > (:seq, :n) ORDER BY m.seq, m.n LIMIT :limit /*all sites: projection*/");
enum {
	M_SEQ,
	M_N,
	M_PRODUCT,
	M_UNITS,
	M_AT,
	M_FROM,
	M_FROM_KIND,
	M_FROM_QUALITY,
	M_TO,
	M_TO_KIND,
	M_TO_QUALITY,
	M_BACK,
	M_BACK_AT
};

SQL(add_day, "INSERT INTO day_use (product_id, place_id, ymd, units) VALUES (:product_id, :place_id, :ymd, :units) ON CONFLICT "
             "(product_id, place_id, ymd) DO UPDATE SET units = day_use.units + excluded.units /*all sites: projection*/");
SQL(add_stand,
    "INSERT INTO depot_stand (product_id, place_id, units, first_ymd, out_from_ymd) VALUES (:product_id, :place_id, :units, "
    ":ymd, NULL) ON CONFLICT (product_id, place_id) DO UPDATE SET units = depot_stand.units + excluded.units RETURNING units, "
    "out_from_ymd /*all sites: projection*/");
SQL(set_out, "UPDATE depot_stand SET out_from_ymd = :from_ymd WHERE product_id = :product_id AND place_id = :place_id /*all "
             "sites: projection*/");
SQL(insert_out, "INSERT INTO stock_out (product_id, place_id, from_ymd, to_ymd) VALUES (:product_id, :place_id, :from_ymd, "
                ":to_ymd) ON CONFLICT DO NOTHING /*all sites: projection*/");

void day_use_add(struct tx *tx, int64_t place_id, int64_t product_id, int32_t ymd, int64_t units)
{
	db_exec(tx, add_day, I64(":product_id", product_id), I64(":place_id", place_id), I64(":ymd", ymd), I64(":units", units));
}

void stock_out_keep(struct tx *tx, int64_t place_id, int64_t product_id, int32_t from_ymd, int32_t to_ymd)
{
	db_exec(tx, insert_out, I64(":product_id", product_id), I64(":place_id", place_id), I64(":from_ymd", from_ymd),
	        I64(":to_ymd", to_ymd));
}

/* RULE DOMAIN-8-out-of-stock-days */
void stock_out_add(struct tx *tx, int64_t place_id, int64_t product_id, int32_t from_ymd, int32_t to_ymd)
{
	int64_t day = ymd_to_days(from_ymd), end = ymd_to_days(to_ymd);
	stock_out_keep(tx, place_id, product_id, from_ymd, to_ymd);
	if (end > day + GAP_DAYS_MAX)
		end = day + GAP_DAYS_MAX;
	while (day < end) {
		int32_t ymd = ymd_of_days(day);
		int64_t next = ymd_to_days(ymd_month_end(ymd)) + 1, until = next < end ? next : end;
		consumption_add(tx, place_id, product_id, ymd / 100, 0, until - day);
		day = until;
	}
}

/* One end of a move: so many released units more (or fewer) in a depot. */
static void move_stand(struct tx *tx, struct rows *m, int64_t place_id, int64_t units)
{
	int64_t product = col_i64(m, M_PRODUCT), now = 0, out_from = 0;
	int32_t day = ymd_of_ms(col_i64(m, M_AT));
	{
		SCOPED(rows)
		r = db_query(tx_db(tx), add_stand, I64(":product_id", product), I64(":place_id", place_id), I64(":units", units),
		             I64(":ymd", day));
		if (!rows_next(&r))
			return;
		now = col_i64(&r, 0);
		out_from = col_i64(&r, 1);
	}
	if (now <= 0 && !out_from)
		db_exec(tx, set_out, I64(":from_ymd", ymd_add_days(day, 1)), I64(":product_id", product),
		        I64(":place_id", place_id));
	if (now > 0 && out_from) {
		if (out_from < day)
			stock_out_add(tx, place_id, product, (int32_t)out_from, day);
		db_exec(tx, set_out, ID(":from_ymd", 0), I64(":product_id", product), I64(":place_id", place_id));
	}
}

static bool is(struct rows *m, int column, const char *word)
{
	size_t n = 0;
	return strcmp(col_peek(m, column, &n), word) == 0;
}

/* What went to patients counts on its day; taken back, it was never used on that day. RULE DOMAIN-12.3-reversal */
static void count_use(struct tx *tx, struct rows *m)
{
	const bool back = col_i64(m, M_BACK) != 0;
	const int depot = back ? M_TO : M_FROM, patient = back ? M_FROM_KIND : M_TO_KIND;
	if (is(m, back ? M_TO_KIND : M_FROM_KIND, "depot") && is(m, patient, "patient"))
		day_use_add(tx, col_i64(m, depot), col_i64(m, M_PRODUCT), ymd_of_ms(col_i64(m, back ? M_BACK_AT : M_AT)),
		            back ? -col_i64(m, M_UNITS) : col_i64(m, M_UNITS));
}

static void project(struct tx *tx, struct rows *m)
{
	bool out = is(m, M_FROM_KIND, "depot") && is(m, M_FROM_QUALITY, "released");
	bool in = is(m, M_TO_KIND, "depot") && is(m, M_TO_QUALITY, "released");
	count_use(tx, m);
	if (out && in && col_i64(m, M_FROM) == col_i64(m, M_TO))
		return;
	if (out)
		move_stand(tx, m, col_i64(m, M_FROM), -col_i64(m, M_UNITS));
	if (in)
		move_stand(tx, m, col_i64(m, M_TO), col_i64(m, M_UNITS));
}

static int64_t mark(struct db *db, const char *name)
{
	return db_i64(db, 0, select_mark, TEXT(":name_t", name));
}

int64_t day_use_catch_up(struct tx *tx, int64_t limit)
{
	int64_t done = 0, seq = mark(tx_db(tx), "day_use"), n = mark(tx_db(tx), "day_use_n");
	SCOPED(rows) r = db_query(tx_db(tx), select_tail, I64(":seq", seq), I64(":n", n), I64(":limit", limit));
	for (; rows_next(&r); done++) {
		project(tx, &r);
		seq = col_i64(&r, M_SEQ);
		n = col_i64(&r, M_N);
	}
	if (done) {
		db_exec(tx, set_mark, TEXT(":name_t", "day_use"), I64(":seq", seq));
		db_exec(tx, set_mark, TEXT(":name_t", "day_use_n"), I64(":seq", n));
	}
	return done;
}

/* ---- the days of one product at one depot ---- */

SQL(select_days,
    "SELECT ymd, units FROM day_use WHERE product_id = :product_id AND place_id = :place_id AND ymd >= :from_ymd AND "
    "ymd <= :to_ymd ORDER BY ymd /*all sites: the caller checks the depot*/");
/* Gaps that are over, and the one that is not. */
SQL(select_outs,
    "SELECT from_ymd, to_ymd FROM stock_out WHERE product_id = :product_id AND place_id = :place_id AND from_ymd <= :to_ymd AND "
    "to_ymd > :from_ymd UNION ALL SELECT out_from_ymd, :end_ymd FROM depot_stand WHERE product_id = :product_id AND place_id = "
    ":place_id AND out_from_ymd <= :to_ymd /*all sites: the caller checks the depot*/");

size_t use_days(struct db *db, int64_t place_id, int64_t product_id, int32_t from_ymd, int32_t to_ymd,
                struct use_day out[USE_DAYS_MAX])
{
	const int64_t first = ymd_to_days(from_ymd), end = ymd_to_days(to_ymd) + 1;
	int64_t count = end - first < 0 ? 0 : end - first > USE_DAYS_MAX ? USE_DAYS_MAX : end - first;
	for (int64_t i = 0; i < count; i++)
		out[i] = (struct use_day){ymd_of_days(first + i), 0, false};
	SCOPED(rows)
	r = db_query(db, select_days, I64(":product_id", product_id), I64(":place_id", place_id), I64(":from_ymd", from_ymd),
	             I64(":to_ymd", to_ymd));
	while (rows_next(&r)) {
		int64_t i = ymd_to_days((int32_t)col_i64(&r, 0)) - first;
		if (i >= 0 && i < count)
			out[i].units = col_i64(&r, 1);
	}
	SCOPED(rows)
	g = db_query(db, select_outs, I64(":product_id", product_id), I64(":place_id", place_id), I64(":from_ymd", from_ymd),
	             I64(":to_ymd", to_ymd), I64(":end_ymd", ymd_add_days(to_ymd, 1)));
	while (rows_next(&g)) {
		int64_t i = ymd_to_days((int32_t)col_i64(&g, 0)) - first, over = ymd_to_days((int32_t)col_i64(&g, 1)) - first;
		for (i = i < 0 ? 0 : i; i < over && i < count; i++)
			out[i].out = true;
	}
	return (size_t)count;
}

/* ---- proof ---- */

#define UPTO "(m.seq < s.seq OR (m.seq = s.seq AND m.n <= x.seq))"
#define MARKS "(SELECT seq FROM projection WHERE name = 'day_use') s, (SELECT seq FROM projection WHERE name = 'day_use_n') x"
#define MOVES MARKS ", stock_move m JOIN batch b ON b.id = m.batch_id "
SQL(wrong_use,
    "SELECT product, place, CAST(sum(units) AS BIGINT) FROM (SELECT b.product_id AS product, m.from_place_id AS place, m.units "
    "AS units FROM " MOVES "JOIN place f ON f.id = m.from_place_id AND f.kind = 'depot' JOIN place t ON t.id = m.to_place_id AND "
    "t.kind = 'patient' WHERE m.reverses_seq IS NULL AND " UPTO
    " UNION ALL SELECT b.product_id, m.to_place_id, -m.units FROM " MOVES
    "JOIN place f ON f.id = m.from_place_id AND f.kind = 'patient' JOIN place t ON t.id = m.to_place_id AND t.kind = 'depot' "
    "WHERE m.reverses_seq IS NOT NULL AND " UPTO
    " UNION ALL SELECT d.product_id, d.place_id, -d.units FROM day_use d JOIN depot_stand h ON h.product_id = d.product_id AND "
    "h.place_id = d.place_id AND d.ymd >= h.first_ymd) AS joint GROUP BY product, place HAVING sum(units) <> 0 /*scan: "
    "verify*/ /*all sites: verify*/");
SQL(wrong_stand,
    "SELECT product, place, CAST(sum(units) AS BIGINT) FROM (SELECT b.product_id AS product, m.to_place_id AS place, m.units AS "
    "units FROM " MOVES "JOIN place t ON t.id = m.to_place_id AND t.kind = 'depot' WHERE m.to_quality = 'released' AND " UPTO
    " UNION ALL SELECT b.product_id, m.from_place_id, -m.units FROM " MOVES
    "JOIN place f ON f.id = m.from_place_id AND f.kind = 'depot' WHERE m.from_quality = 'released' AND " UPTO
    " UNION ALL SELECT product_id, place_id, -units FROM depot_stand) AS joint GROUP BY product, place HAVING sum(units) <> 0 "
    "/*scan: verify*/ /*all sites: verify*/");

int64_t day_use_verify(struct db *db, verify_report *report, void *arg)
{
	static const struct {
		const struct sql *q;
		const char *table, *what;
	} rules[] = {{&wrong_use, "day_use", "逐日用量与库存流水不符"}, {&wrong_stand, "depot_stand", "库房结存与库存流水不符"}};
	char row[96];
	int64_t faults = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "product_id %" PRId64 " place_id %" PRId64 " (%" PRId64 ")", col_i64(&r, 0),
			         col_i64(&r, 1), col_i64(&r, 2));
			report(arg, rules[i].table, row, rules[i].what);
		}
	}
	return faults;
}
