#include "warehouse/use/stocktake.h"

SQL(select_book,
    "SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM batch b JOIN holding h ON h.batch_id = b.id WHERE b.lot_id = "
    ":lot_id AND h.place_id = :place_id AND h.quality_no = 1 /*all sites: the caller checks the site*/");
SQL(select_batch, "SELECT id FROM batch WHERE lot_id = :lot_id ORDER BY id DESC LIMIT 1");
SQL(select_line,
    "SELECT 1 FROM stock_count_line WHERE place_id = :place_id AND lot_id = :lot_id AND count_id = :count_id LIMIT 1 "
    "/*all sites: the caller checks the site*/");
SQL(insert_count,
    "INSERT INTO stock_count (id, place_id, ymd, line_count, differing, lots, covered) VALUES (:id, :place_id, :ymd, 0, "
    "0, 0, 0)");
SQL(insert_line, "INSERT INTO stock_count_line (count_id, n, place_id, lot_id, book_units, counted_units) VALUES (:count_id, :n, "
                 ":place_id, :lot_id, :book, :counted)");
SQL(set_count, "UPDATE stock_count SET line_count = (SELECT count(*) FROM stock_count_line l WHERE l.count_id = :id), differing "
               "= (SELECT count(*) "
               "FROM stock_count_line k WHERE k.count_id = :id AND k.book_units <> k.counted_units), lots = :lots, covered = "
               ":covered WHERE id = "
               ":id /*all sites: the caller checks the site*/");
SQL(select_lots, "SELECT count(DISTINCT b.lot_id) FROM holding h JOIN batch b ON b.id = h.batch_id WHERE h.place_id = :place_id "
                 "AND h.quality_no = 1 "
                 "AND h.units > 0 /*all sites: the caller checks the site*/");
SQL(select_covered, "SELECT count(DISTINCT b.lot_id) FROM holding h JOIN batch b ON b.id = h.batch_id WHERE h.place_id = "
                    ":place_id AND h.quality_no = 1 "
                    "AND h.units > 0 AND EXISTS (SELECT 1 FROM stock_count_line l WHERE l.place_id = :place_id AND l.lot_id = "
                    "b.lot_id AND l.count_id > "
                    ":close_id AND NOT EXISTS (SELECT 1 FROM document d WHERE d.id = l.count_id AND (d.state = 'reversed' OR "
                    "d.id = :but_id))) /*all sites: the caller checks the site*/");
SQL(select_close, "SELECT id FROM month_close WHERE place_id = :place_id AND current = 1 ORDER BY to_ymd DESC LIMIT 1 "
                  "/*all sites: the caller checks the site*/");

int64_t stocktake_book_units(struct db *db, int64_t place_id, int64_t lot_id)
{
	return db_i64(db, 0, select_book, I64(":place_id", place_id), I64(":lot_id", lot_id));
}

int64_t stocktake_batch(struct db *db, int64_t lot_id)
{
	return db_i64(db, 0, select_batch, I64(":lot_id", lot_id));
}

bool stocktake_has(struct db *db, int64_t place_id, int64_t lot_id, int64_t count_id)
{
	return db_i64(db, 0, select_line, I64(":place_id", place_id), I64(":lot_id", lot_id), I64(":count_id", count_id)) != 0;
}

void stocktake_begin(struct tx *tx, int64_t count_id, int64_t place_id)
{
	db_exec(tx, insert_count, I64(":id", count_id), I64(":place_id", place_id), I64(":ymd", tx->today_ymd));
}

void stocktake_put(struct tx *tx, const struct stocktake_line *l, int64_t book_units)
{
	db_exec(tx, insert_line, I64(":count_id", l->count_id), I64(":n", l->n), I64(":place_id", l->place_id),
	        I64(":lot_id", l->lot_id), I64(":book", book_units), I64(":counted", l->counted_units));
}

/* but_id: a count that is just being taken back; 0: none. */
static void summarise(struct tx *tx, int64_t count_id, int64_t place_id, int64_t close_id, int64_t but_id)
{
	struct db *db = tx_db(tx);
	int64_t covered =
	        db_i64(db, 0, select_covered, I64(":place_id", place_id), I64(":close_id", close_id), I64(":but_id", but_id));
	db_exec(tx, set_count, I64(":id", count_id), I64(":lots", db_i64(db, 0, select_lots, I64(":place_id", place_id))),
	        I64(":covered", covered));
}

void stocktake_end(struct tx *tx, int64_t count_id, int64_t place_id)
{
	summarise(tx, count_id, place_id, db_i64(tx_db(tx), 0, select_close, I64(":place_id", place_id)), 0);
}

SQL(select_newest,
    "SELECT c.id FROM stock_count c WHERE c.place_id = :place_id AND c.id > :close_id AND c.id <> :but_id AND NOT EXISTS (SELECT "
    "1 FROM document d WHERE d.id = c.id AND d.state = 'reversed') ORDER BY c.id DESC LIMIT 1 "
    "/*all sites: the caller checks the site*/");

void stocktake_take_back(struct tx *tx, int64_t count_id, int64_t place_id)
{
	int64_t close = db_i64(tx_db(tx), 0, select_close, I64(":place_id", place_id));
	int64_t newest = db_i64(tx_db(tx), 0, select_newest, I64(":place_id", place_id), I64(":close_id", close),
	                        I64(":but_id", count_id));
	if (newest)
		summarise(tx, newest, place_id, close, count_id);
}
