#include "warehouse/settlement/depot_book.h"

#include "core/money.h"
#include "warehouse/price/issue.h"
#include "warehouse/settlement/site_goods.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SETTLE_SLICE 5000
#define SETTLE_MAX 200000
#define GOODS_CLASSES_MAX 8

SQL(select_mark, "SELECT seq FROM projection WHERE name = :name_t");
SQL(set_mark, "INSERT INTO projection (name, seq) VALUES (:name_t, :seq) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq");
/* 西药, 中成药, 饮片 (and granules of them), 耗材: what the books of a depot are told apart by. */
#define GOODS_CLASS                                                                                                        \
	"CASE WHEN p.kind = 'consumable' THEN 'consumable' WHEN p.kind IN ('decoction', 'granule') THEN 'decoction' ELSE " \
	"g.class END"
/* Moves behind the mark with what a pack costs: bought for, and issued for by the prices that the books know. */
SQL(select_tail,
    "SELECT m.seq, m.n, m.batch_id, m.units, m.from_place_id, f.kind, f.site_id, m.to_place_id, t.kind, t.site_id, m.reason, "
    "m.at_ms, b.price_e4, b.units_per_pack, " GOODS_CLASS ", coalesce(x.price_e4, b.price_e4), coalesce(x.units_per_pack, "
    "b.units_per_pack), coalesce(o.seq, 0), coalesce(o.at_ms, 0), b.product_id, m.document_id FROM stock_move m JOIN place f ON "
    "f.id = m.from_place_id JOIN "
    "place t ON t.id = m.to_place_id JOIN batch "
    "b "
    "ON b.id = m.batch_id JOIN product p ON p.id = b.product_id JOIN drug g ON g.id = p.drug_id LEFT JOIN issue_change x ON x.no "
    "= "
    "(SELECT max(k.no) FROM issue_change k WHERE k.product_id = b.product_id AND k.no <= :known) LEFT JOIN stock_move o ON o.seq "
    "= m.reverses_seq AND o.n = m.reverses_n WHERE (m.seq, m.n) > (:seq, :n) "
    "AND m.seq <= :upto ORDER BY m.seq, m.n LIMIT :limit /*all sites: projection*/");
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
	M_CLASS,
	M_ISSUE,
	M_ISSUE_PER,
	M_BACK_SEQ, /* the move that this one takes back; 0: none */
	M_BACK_AT,
	M_PRODUCT,
	M_DOCUMENT
};

/* The day on which the depot's newest close before this write ended. */
SQL(closed_until,
    "SELECT CAST(coalesce(max(to_ymd), 0) AS BIGINT) FROM month_close WHERE place_id = :place_id AND close_seq < :seq AND "
    "(reopen_seq IS NULL OR reopen_seq > :seq) /*all sites: projection*/");
SQL(select_value,
    "SELECT units, amount_fen, issue_fen, class FROM depot_value WHERE place_id = :place_id AND batch_id = :batch_id "
    "/*all sites: projection*/");
SQL(put_value,
    "INSERT INTO depot_value (place_id, batch_id, units, amount_fen, issue_fen, class) VALUES (:place_id, :batch_id, :units, "
    ":fen, :issue, :class_t) ON CONFLICT (place_id, batch_id) DO UPDATE SET units = excluded.units, amount_fen = "
    "excluded.amount_fen, issue_fen = excluded.issue_fen");
SQL(drop_value, "DELETE FROM depot_value WHERE place_id = :place_id AND batch_id = :batch_id /*all sites: projection*/");
SQL(add_day,
    "INSERT INTO depot_day (id, place_id, ymd, class, reason, way, units, amount_fen, issue_fen, lines, late) VALUES (:id, "
    ":place_id, :ymd, :class_t, :reason_t, :way, :units, :fen, :issue, :lines, :late) ON CONFLICT (place_id, ymd, class, reason, "
    "way) DO UPDATE SET units = depot_day.units + excluded.units, amount_fen = depot_day.amount_fen + excluded.amount_fen, "
    "issue_fen = depot_day.issue_fen + excluded.issue_fen, lines = depot_day.lines + excluded.lines, late = depot_day.late + "
    "excluded.late");
SQL(add_line, "INSERT INTO depot_line (place_id, ymd, seq, n, way, class, reason, units, amount_fen, rounding_fen, issue_fen, "
              "issue_rounding_fen, lines, late, change_no) VALUES (:place_id, :ymd, :seq, :n, :way, :class_t, :reason_t, :units, "
              ":fen, :rounding, "
              ":issue, :issue_rounding, 1, :late, :change_id)");

/* Fen at the purchase price and at the issue price. */
struct worth {
	int64_t cost, issue;
};
/* One line of a depot's book; units and worth are signed. */
struct entry {
	int64_t place_id, seq, n, way, ymd, late, units, change_no;
	int64_t back_ymd; /* the day in the book of what this line takes back; 0: it takes nothing back */
	struct worth worth, rounding;
	const char *class, *reason;
};

static void put_day(struct tx *tx, const struct entry *e, const char *reason, int64_t way, struct worth worth, bool line)
{
	db_send(tx, add_day, I64(":id", tx_new_id(tx)), I64(":place_id", e->place_id), I64(":ymd", e->ymd),
	        TEXT(":class_t", e->class), TEXT(":reason_t", reason), I64(":way", way), I64(":units", line ? e->units : 0),
	        I64(":fen", worth.cost), I64(":issue", worth.issue), I64(":lines", line), I64(":late", line ? e->late : 0));
}

static int64_t closed_before(struct tx *tx, int64_t place_id, int64_t seq)
{
	return db_i64(tx_db(tx), 0, closed_until, I64(":place_id", place_id), I64(":seq", seq));
}

/* The day of the book for what was written on a day: not before the month that was open then. */
static int64_t book_day(int64_t ymd, int64_t closed)
{
	return ymd <= closed ? ymd_add_days((int32_t)closed, 1) : ymd;
}

/*
 * Writes the line, on its day; change: by how much the worth of what lies there changes. RULE DOMAIN-12.3-late: what is booked
 * after the close goes into the next month, with a mark; so does what takes back a line of a closed month.
 */
static void put_entry(struct tx *tx, struct entry *e, struct worth change)
{
	int64_t closed = closed_before(tx, e->place_id, e->seq);
	e->late = e->ymd <= closed || (e->back_ymd && e->back_ymd <= closed);
	e->ymd = book_day(e->ymd, closed);
	e->rounding = (struct worth){change.cost - e->worth.cost, change.issue - e->worth.issue};
	db_send(tx, add_line, I64(":place_id", e->place_id), I64(":ymd", e->ymd), I64(":seq", e->seq), I64(":n", e->n),
	        I64(":way", e->way), TEXT(":class_t", e->class), TEXT(":reason_t", e->reason), I64(":units", e->units),
	        I64(":fen", e->worth.cost), I64(":rounding", e->rounding.cost), I64(":issue", e->worth.issue),
	        I64(":issue_rounding", e->rounding.issue), I64(":late", e->late), ID(":change_id", e->change_no));
	put_day(tx, e, e->reason, e->way, e->worth, true);
	if (e->rounding.cost || e->rounding.issue)
		put_day(tx, e, "rounding", 0, e->rounding, false);
}

static int64_t fen(int64_t units, int64_t price_e4, int64_t units_per_pack)
{
	int64_t out = 0;
	return amount_fen(units, price_e4, units_per_pack, &out) ? out : 0;
}

static struct worth worth_of(struct rows *m, int64_t units)
{
	return (struct worth){fen(units, col_i64(m, M_PRICE), col_i64(m, M_PER)),
	                      fen(units, col_i64(m, M_ISSUE), col_i64(m, M_ISSUE_PER))};
}

/* What lies of a batch at a depot. */
struct held {
	int64_t units;
	struct worth worth;
	const char *class;
};

static struct held held_at(struct tx *tx, struct rows *m, int64_t place_id)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_value, I64(":place_id", place_id), I64(":batch_id", col_i64(m, M_BATCH)));
	if (!rows_next(&r))
		return (struct held){0, {0, 0}, col_text(tx->arena, m, M_CLASS)};
	return (struct held){col_i64(&r, 0), {col_i64(&r, 1), col_i64(&r, 2)}, col_text(tx->arena, &r, 3)};
}

static void put_held(struct tx *tx, struct rows *m, int64_t place_id, const struct held *h)
{
	if (h->units == 0)
		db_send(tx, drop_value, I64(":place_id", place_id), I64(":batch_id", col_i64(m, M_BATCH)));
	else
		db_send(tx, put_value, I64(":place_id", place_id), I64(":batch_id", col_i64(m, M_BATCH)), I64(":units", h->units),
		        I64(":fen", h->worth.cost), I64(":issue", h->worth.issue), TEXT(":class_t", h->class));
}

static void enter(struct tx *tx, struct rows *m, int64_t place_id, int64_t way)
{
	const struct worth worth = worth_of(m, col_i64(m, M_UNITS));
	const struct held had = held_at(tx, m, place_id);
	struct held now = {had.units + way * col_i64(m, M_UNITS), {0, 0}, had.class};
	struct entry e = {
	        .place_id = place_id,
	        .seq = col_i64(m, M_SEQ),
	        .n = col_i64(m, M_N),
	        .way = way,
	        .ymd = ymd_of_ms(col_i64(m, M_AT)),
	        .units = now.units - had.units,
	        .worth = {way * worth.cost, way * worth.issue},
	        .class = had.class,
	        .reason = col_text(tx->arena, m, M_REASON),
	};
	if (col_i64(m, M_BACK_SEQ))
		e.back_ymd = book_day(ymd_of_ms(col_i64(m, M_BACK_AT)), closed_before(tx, place_id, col_i64(m, M_BACK_SEQ)));
	now.worth = worth_of(m, now.units);
	put_held(tx, m, place_id, &now);
	put_entry(tx, &e, (struct worth){now.worth.cost - had.worth.cost, now.worth.issue - had.worth.issue});
}

SQL(select_sender, "SELECT p.site_id FROM shipment s JOIN place p ON p.id = s.from_place_id WHERE s.transit_place_id = :place_id "
                   "/*all sites: projection*/");
SQL(insert_flow, "INSERT INTO site_flow (site_id, ymd, seq, n, other_site_id, units, amount_fen, settled_by) VALUES (:site_id, "
                 ":ymd, :seq, :n, "
                 ":other_id, :units, :fen, NULL)");

static void flow(struct tx *tx, struct rows *m, int64_t site_id, int64_t other_id, int64_t sign)
{
	const struct site_goods got = {.id = SITE_GOODS_MOVE_ID(col_i64(m, M_SEQ), col_i64(m, M_N), sign < 0),
	                               .site_id = site_id,
	                               .month = ymd_of_ms(col_i64(m, M_AT)) / 100,
	                               .product_id = col_i64(m, M_PRODUCT),
	                               .document_id = col_i64(m, M_DOCUMENT),
	                               .other_site_id = other_id,
	                               .source = "moved",
	                               .units = sign * col_i64(m, M_UNITS),
	                               .fen = sign * worth_of(m, col_i64(m, M_UNITS)).cost};
	db_send(tx, insert_flow, I64(":site_id", site_id), I64(":ymd", ymd_of_ms(col_i64(m, M_AT))),
	        I64(":seq", col_i64(m, M_SEQ)), I64(":n", col_i64(m, M_N)), I64(":other_id", other_id), I64(":units", got.units),
	        I64(":fen", got.fen));
	site_goods_book(tx, &got);
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

/* ---- a new issue price ---- */

struct change {
	int64_t no, product_id, after_seq, at_ms, seq, price_e4, units_per_pack, line_id;
};
SQL(select_change,
    "SELECT no, product_id, after_seq, at_ms, seq, price_e4, units_per_pack, coalesce(line_id, 0) FROM issue_change "
    "WHERE no > :known ORDER BY no LIMIT 1");
SQL(select_stock,
    "SELECT v.place_id, v.class, v.batch_id, v.units, v.issue_fen FROM lot l JOIN batch b ON b.lot_id = l.id JOIN depot_value v "
    "ON "
    "v.batch_id = b.id WHERE l.product_id = :product_id ORDER BY v.place_id, v.class, v.batch_id /*all sites: projection*/");
SQL(set_issue, "UPDATE depot_value SET issue_fen = :issue WHERE place_id = :place_id AND batch_id = :batch_id "
               "/*all sites: projection*/");
SQL(select_gain, "SELECT gain_fen FROM price_adjustment_stock WHERE line_id = :line_id AND place_id = :place_id "
                 "/*all sites: projection*/");

static bool next_change(struct db *db, int64_t known, struct change *out)
{
	SCOPED(rows) r = db_query(db, select_change, I64(":known", known));
	if (!rows_next(&r))
		return false;
	*out = (struct change){col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), col_i64(&r, 3),
	                       col_i64(&r, 4), col_i64(&r, 5), col_i64(&r, 6), col_i64(&r, 7)};
	return true;
}

/* One depot's stock of the product, by class (where the catalogue changed its mind there are two). */
struct stock {
	int64_t place_id, more; /* more: at the new price than before */
	const char *class;
};

/*
 * RULE DOMAIN-12.3-price-change-book: the book takes what the 调价单 counted and booked for the depot, to the fen; gain is what
 * of it is left for this class and the `left` ones behind it.
 */
static void enter_change(struct tx *tx, const struct change *c, const struct stock *s, size_t left, int64_t *gain)
{
	struct entry e = {
	        .place_id = s->place_id,
	        .seq = c->seq,
	        .n = c->no * GOODS_CLASSES_MAX + (int64_t)left,
	        .change_no = c->no,
	        .ymd = ymd_of_ms(c->at_ms),
	        .worth = {0, left ? s->more : *gain},
	        .class = s->class,
	        .reason = "price",
	};
	*gain -= e.worth.issue;
	if (e.worth.issue || s->more)
		put_entry(tx, &e, (struct worth){0, s->more});
}

static void enter_depot(struct tx *tx, const struct change *c, const struct stock *s, size_t count)
{
	if (count == 0)
		return;
	int64_t gain = db_i64(tx_db(tx), 0, select_gain, I64(":line_id", c->line_id), I64(":place_id", s->place_id));
	for (size_t i = 0; i < count; i++)
		enter_change(tx, c, &s[i], count - 1 - i, &gain);
}

/* Every depot's stock of the product is worth the new price from here on. */
static void take_change(struct tx *tx, const struct change *c)
{
	struct stock at[GOODS_CLASSES_MAX];
	size_t n = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_stock, I64(":product_id", c->product_id));
	while (rows_next(&r)) {
		int64_t place = col_i64(&r, 0), now = fen(col_i64(&r, 3), c->price_e4, c->units_per_pack);
		const char *class = col_text(tx->arena, &r, 1);
		if (n && at[n - 1].place_id != place) {
			enter_depot(tx, c, at, n);
			n = 0;
		}
		if (n == 0 || (n < GOODS_CLASSES_MAX && strcmp(at[n - 1].class, class) != 0))
			at[n++] = (struct stock){place, 0, class};
		at[n - 1].more += now - col_i64(&r, 4);
		db_send(tx, set_issue, I64(":issue", now), I64(":place_id", place), I64(":batch_id", col_i64(&r, 2)));
	}
	enter_depot(tx, c, at, n);
	db_send(tx, set_mark, TEXT(":name_t", "depot_book_price"), I64(":seq", c->no));
}

/* Moves up to a write. */
static int64_t take_moves(struct tx *tx, int64_t known, int64_t upto, int64_t limit)
{
	int64_t done = 0, seq = mark(tx_db(tx), "depot_book"), n = mark(tx_db(tx), "depot_book_n");
	SCOPED(rows)
	r = db_query(tx_db(tx), select_tail, I64(":seq", seq), I64(":n", n), I64(":known", known), I64(":upto", upto),
	             I64(":limit", limit));
	for (; rows_next(&r); done++) {
		project(tx, &r);
		seq = col_i64(&r, M_SEQ);
		n = col_i64(&r, M_N);
	}
	if (done) {
		db_send(tx, set_mark, TEXT(":name_t", "depot_book"), I64(":seq", seq));
		db_send(tx, set_mark, TEXT(":name_t", "depot_book_n"), I64(":seq", n));
	}
	return done;
}

int64_t depot_book_catch_up(struct tx *tx, int64_t limit)
{
	int64_t done = 0;
	for (;;) {
		struct change c;
		int64_t known = mark(tx_db(tx), "depot_book_price");
		bool change = next_change(tx_db(tx), known, &c);
		int64_t upto = change ? c.after_seq : price_known_until(tx_db(tx), tx->now_ms);
		done += take_moves(tx, known, upto, limit - done);
		if (!change || done >= limit)
			return done;
		take_change(tx, &c);
		done++;
	}
}

SQL(newest_move, "SELECT seq FROM stock_move ORDER BY seq DESC LIMIT 1 /*all sites: projection*/");

int64_t depot_book_behind(struct db *db)
{
	struct change c;
	int64_t moves = db_i64_n(db, 0, &newest_move, NULL, 0) - mark(db, "depot_book");
	return moves + next_change(db, mark(db, "depot_book_price"), &c);
}

enum status depot_book_settle(struct tx *tx)
{
	int64_t done = 0, slice = SETTLE_SLICE;
	while (db_status(tx_db(tx)) == ST_OK && slice == SETTLE_SLICE && done < SETTLE_MAX) {
		slice = depot_book_catch_up(tx, SETTLE_SLICE);
		done += slice;
	}
	if (done >= SETTLE_MAX)
		return tx_fail(tx, ST_BOOKS_BEHIND, NULL, 0, "库房账还在整理, 请稍后再试");
	if (price_adjustment_is_due(tx_db(tx), tx->now_ms))
		return tx_fail(tx, ST_BOOKS_BEHIND, NULL, 0, "调价单正在清点, 请稍后再试");
	return ST_OK;
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
/* By depot and class: the days add up to what the stock is worth at both prices, and to its units. */
SQL(wrong_sums,
    "SELECT place, CAST(sum(issue) AS BIGINT), CAST(sum(fen) AS BIGINT) FROM (SELECT place_id AS place, class, units, amount_fen "
    "AS fen, issue_fen AS issue FROM depot_day UNION ALL SELECT place_id, class, -units, -amount_fen, -issue_fen FROM "
    "depot_value) "
    "AS joint GROUP BY place, class HAVING sum(fen) <> 0 OR sum(issue) <> 0 OR sum(units) <> 0 /*scan: verify*/ "
    "/*all sites: verify*/");
/* A day is the sum of its lines, rounding a line of its own. */
SQL(wrong_days,
    "SELECT place, ymd, way FROM (SELECT place_id AS place, ymd, class, reason, way, units, amount_fen AS fen, issue_fen AS "
    "issue, "
    "lines, late FROM depot_day UNION ALL SELECT place_id, ymd, class, reason, way, -units, -amount_fen, -issue_fen, -lines, "
    "-late "
    "FROM depot_line UNION ALL SELECT place_id, ymd, class, 'rounding', 0, 0, -rounding_fen, -issue_rounding_fen, 0, 0 FROM "
    "depot_line) AS joint GROUP BY place, ymd, class, reason, way HAVING sum(units) <> 0 OR sum(fen) <> 0 OR sum(issue) <> 0 OR "
    "sum(lines) <> 0 OR sum(late) <> 0 /*scan: verify*/ /*all sites: verify*/");
/* By depot: what the price column says is what the 调价单 booked. RULE DOMAIN-12.3-price-change-book */
SQL(wrong_price,
    "SELECT place, 0, CAST(sum(fen) AS BIGINT) FROM (SELECT place_id AS place, issue_fen AS fen FROM depot_day WHERE reason = "
    "'price' UNION ALL SELECT s.place_id, -s.gain_fen FROM issue_change x JOIN price_adjustment_stock s ON s.line_id = x.line_id "
    "JOIN place p ON p.id = s.place_id WHERE p.kind = 'depot' AND x.no <= (SELECT seq FROM projection WHERE name = "
    "'depot_book_price')) AS joint GROUP BY place HAVING sum(fen) <> 0 /*scan: verify*/ /*all sites: verify*/");
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
    "SELECT v.place_id, v.batch_id, v.units, v.amount_fen, b.price_e4, b.units_per_pack, v.issue_fen, coalesce(x.price_e4, "
    "b.price_e4), coalesce(x.units_per_pack, b.units_per_pack) FROM depot_value v JOIN batch b ON b.id = v.batch_id LEFT JOIN "
    "issue_change x ON x.no = (SELECT max(k.no) FROM issue_change k WHERE k.product_id = b.product_id AND k.no <= (SELECT seq "
    "FROM "
    "projection WHERE name = 'depot_book_price')) /*scan: verify*/ /*all sites: verify*/");
/* Each line of a move at the prices of its moment: what the batch cost, the newest issue price behind which it was written. */
SQL(read_lines,
    "SELECT l.place_id, l.seq, m.units, l.amount_fen, b.price_e4, b.units_per_pack, l.issue_fen, coalesce(x.price_e4, "
    "b.price_e4), "
    "coalesce(x.units_per_pack, b.units_per_pack), l.way FROM depot_line l JOIN stock_move m ON m.seq = l.seq AND m.n = l.n JOIN "
    "batch b ON b.id = m.batch_id LEFT JOIN issue_change x ON x.no = (SELECT max(k.no) FROM issue_change k WHERE k.product_id = "
    "b.product_id AND k.after_seq < l.seq) WHERE l.way <> 0 AND l.seq > 0 /*scan: verify*/ /*all sites: verify*/");

/* Rows of place, key, units, fen, price, per pack, issue fen, issue price, per pack, (way): each amount is units × price. */
static int64_t prove_amounts(struct rows *r, const char *table, const char *what, verify_report *report, void *arg)
{
	char row[96];
	int64_t faults = 0;
	while (rows_next(r)) {
		int64_t way = col_count(r) > 9 ? col_i64(r, 9) : 1, units = col_i64(r, 2);
		if (way * fen(units, col_i64(r, 4), col_i64(r, 5)) == col_i64(r, 3) &&
		    way * fen(units, col_i64(r, 7), col_i64(r, 8)) == col_i64(r, 6))
			continue;
		snprintf(row, sizeof row, "place_id %" PRId64 " %" PRId64, col_i64(r, 0), col_i64(r, 1));
		report(arg, table, row, what);
		faults++;
	}
	return faults;
}

static int64_t prove_worth(struct db *db, verify_report *report, void *arg)
{
	SCOPED(rows) values = db_query_n(db, &read_values, NULL, 0);
	int64_t faults = prove_amounts(&values, "depot_value", "金额不是数量乘以进价或发药价", report, arg);
	SCOPED(rows) lines = db_query_n(db, &read_lines, NULL, 0);
	return faults + prove_amounts(&lines, "depot_line", "金额不是数量乘以当时的进价或发药价", report, arg);
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
	        {&wrong_days, "depot_day", "逐日账与逐笔账的合计不符"},
	        {&wrong_price, "depot_day", "调价与调价单的损益不符"},
	        {&wrong_flow, "site_flow", "调拨双方不相等"},
	};
	char row[96];
	int64_t faults = prove_worth(db, report, arg);
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
