#include "warehouse/volume/progress.h"

#include "core/money.h"
#include "core/people.h"
#include "warehouse/volume/round.h"
#include "warehouse/volume/share.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

SQL(insert_row,
    "INSERT INTO volume_progress (round_id, product_id, site_id, generic_id, units, received_units, used_units, paid_fen, "
    "listed_fen) VALUES (:round_id, :product_id, :site_id, :generic_id, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING");
SQL(add_commitment,
    "UPDATE volume_progress SET units = units + :units WHERE round_id = :round_id AND product_id = :product_id AND site_id = "
    ":site_id AND units + :units >= 0 /*all sites: the caller has the document*/");
SQL(insert_commitment,
    "INSERT INTO volume_commitment (id, round_id, product_id, site_id, units, document_id, at_ms) VALUES (:id, :round_id, "
    ":product_id, :site_id, :units, :document_id, :at_ms)");
SQL(insert_credit,
    "INSERT INTO volume_credit (round_id, product_id, site_id, id, kind, units, amount_fen, listed_fen, document_id, line_id, "
    "ymd, at_ms) VALUES (:round_id, :product_id, :site_id, :id, :kind_t, :units, :amount, :listed, :document_id, :line_id, "
    ":ymd, :at_ms)");
SQL(add_received,
    "UPDATE volume_progress SET received_units = received_units + :units, paid_fen = paid_fen + :amount, listed_fen = listed_fen "
    "+ :listed WHERE round_id = :round_id AND product_id = :product_id AND site_id = :site_id /*all sites: a purchase counts "
    "where its volume is*/");
SQL(add_used,
    "UPDATE volume_progress SET used_units = used_units + :units WHERE round_id = :round_id AND product_id = :product_id AND "
    "site_id = :site_id /*all sites: use counts where its volume is*/");

static void ensure_row(struct tx *tx, const struct volume_listing *l, int64_t product_id, int64_t site_id)
{
	db_exec(tx, insert_row, I64(":round_id", l->round_id), I64(":product_id", product_id), I64(":site_id", site_id),
	        I64(":generic_id", l->generic_id));
}

enum status volume_commit(struct tx *tx, int64_t round_id, int64_t product_id, int64_t site_id, int64_t units,
                          int64_t document_id)
{
	struct volume_listing l;
	if (!volume_listing_in(tx_db(tx), tx->arena, round_id, product_id, &l))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "该品种不在本批次中");
	ensure_row(tx, &l, product_id, site_id);
	int64_t rows = db_exec(tx, add_commitment, I64(":units", units), I64(":round_id", round_id),
	                       I64(":product_id", product_id), I64(":site_id", site_id));
	if (rows == 0)
		return tx_fail(tx, ST_WRONG_STATE, "units", 0, "约定采购量不足, 不能再减少");
	db_exec(tx, insert_commitment, I64(":id", tx_new_id(tx)), I64(":round_id", round_id), I64(":product_id", product_id),
	        I64(":site_id", site_id), I64(":units", units), I64(":document_id", document_id), I64(":at_ms", tx->now_ms));
	tx_changed(tx, "volume-rounds", site_id, 0, round_id);
	return ST_OK;
}

/* ---- facts ---- */

SQL(select_listed,
    "SELECT price_e4, units_per_pack FROM price WHERE product_id = :product_id AND kind = 'listed' AND from_ymd <= :ymd AND "
    "(to_ymd IS NULL OR to_ymd >= :ymd) ORDER BY from_ymd DESC, id DESC LIMIT 1");

/* A signed amount, rounded as every other. */
static int64_t amount_of(int64_t units, int64_t price_e4, int64_t units_per_pack)
{
	int64_t fen = 0;
	bool fits = units_per_pack > 0 && amount_fen(units < 0 ? -units : units, price_e4, units_per_pack, &fen);
	return !fits ? 0 : units < 0 ? -fen : fen;
}

static int64_t listed_amount(struct tx *tx, const struct volume_fact *f, int64_t paid)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_listed, I64(":product_id", f->product_id), I64(":ymd", tx->today_ymd));
	return rows_next(&r) ? amount_of(f->units, col_i64(&r, 0), col_i64(&r, 1)) : paid;
}

static bool is_use(const struct volume_fact *f)
{
	return strcmp(f->kind, "use") == 0;
}

static void count(struct tx *tx, const struct volume_listing *l, const struct volume_fact *f)
{
	bool paid_for = f->units_per_pack > 0 && !is_use(f);
	int64_t paid = paid_for ? amount_of(f->units, f->price_e4, f->units_per_pack) : 0;
	int64_t listed = paid_for ? listed_amount(tx, f, paid) : 0;
	ensure_row(tx, l, f->product_id, f->site_id);
	db_exec(tx, insert_credit, I64(":round_id", l->round_id), I64(":product_id", f->product_id), I64(":site_id", f->site_id),
	        I64(":id", tx_new_id(tx)), TEXT(":kind_t", f->kind), I64(":units", f->units), I64(":amount", paid),
	        I64(":listed", listed), I64(":document_id", f->document_id), ID(":line_id", f->line_id),
	        I64(":ymd", tx->today_ymd), I64(":at_ms", tx->now_ms));
	if (is_use(f))
		db_exec(tx, add_used, I64(":units", f->units), I64(":round_id", l->round_id), I64(":product_id", f->product_id),
		        I64(":site_id", f->site_id));
	else
		db_exec(tx, add_received, I64(":units", f->units), I64(":amount", paid), I64(":listed", listed),
		        I64(":round_id", l->round_id), I64(":product_id", f->product_id), I64(":site_id", f->site_id));
	tx_changed(tx, "volume-rounds", f->site_id, 0, l->round_id);
}

void volume_count(struct tx *tx, const struct volume_fact *f)
{
	struct volume_listing l;
	if (f->units && volume_listing_on(tx_db(tx), tx->arena, f->product_id, tx->today_ymd, &l))
		count(tx, &l, f);
}

void volume_count_in(struct tx *tx, int64_t round_id, const struct volume_fact *f)
{
	struct volume_listing l;
	if (f->units && volume_listing_in(tx_db(tx), tx->arena, round_id, f->product_id, &l))
		count(tx, &l, f);
}

/* The nearest site upwards: the one with the most sites above it. */
SQL(select_holder,
    "SELECT a.above_id FROM site_above a JOIN volume_progress v ON v.round_id = :round_id AND v.product_id = :product_id AND "
    "v.site_id = a.above_id JOIN site s ON s.id = a.above_id WHERE a.site_id = :site_id AND v.units > 0 AND (s.parent_id IS NOT "
    "NULL OR s.id = :site_id) ORDER BY (SELECT count(*) FROM site_above b WHERE b.site_id = a.above_id) DESC LIMIT 1 "
    "/*all sites: whose volume it is, is no secret of a site*/");

int64_t volume_holder(struct db *db, int64_t round_id, int64_t product_id, int64_t site_id)
{
	return db_i64(db, site_id, select_holder, I64(":round_id", round_id), I64(":product_id", product_id),
	              I64(":site_id", site_id));
}

void volume_used(struct tx *tx, int64_t place_id, int64_t product_id, int64_t units, int64_t document_id)
{
	volume_used_on(tx, tx->today_ymd, place_id, product_id, units, document_id);
}

void volume_used_on(struct tx *tx, int32_t ymd, int64_t place_id, int64_t product_id, int64_t units, int64_t document_id)
{
	struct volume_listing l;
	if (!units || !volume_listing_on(tx_db(tx), tx->arena, product_id, ymd, &l))
		return;
	int64_t site = volume_holder(tx_db(tx), l.round_id, product_id, depot_site(tx_db(tx), place_id));
	const struct volume_fact fact = {
	        .kind = "use", .site_id = site, .product_id = product_id, .units = units, .document_id = document_id};
	count(tx, &l, &fact);
}

/* ---- where a product stands ---- */

#define BELOW " EXISTS (SELECT 1 FROM site_above a WHERE a.site_id = v.site_id AND a.above_id = :site_id)"
SQL(select_sums,
    "SELECT CAST(coalesce(sum(v.units), 0) AS BIGINT), CAST(coalesce(sum(v.received_units), 0) AS BIGINT), "
    "CAST(coalesce(sum(v.used_units), 0) AS BIGINT) FROM volume_progress v WHERE v.round_id = :round_id AND v.product_id = "
    ":product_id AND" BELOW " /*all sites: the caller checks the site*/");
SQL(select_on_order, "SELECT CAST(coalesce(sum(" VOLUME_SHARE_DUE(
                             "l", "v") "), 0) AS BIGINT) FROM order_line l JOIN order_line_volume v ON "
                                       "v.order_line_id = l.id WHERE l.product_id = :product_id AND l.open = 1 AND" BELOW
                                       " /*all sites: the caller checks the "
                                       "site*/");
/* Owed site by site: what one has too much of does not serve another. */
SQL(select_owed,
    "SELECT CAST(coalesce(sum(o.owed), 0) AS BIGINT) FROM (SELECT v.units - v.received_units - (SELECT "
    "CAST(coalesce(sum(" VOLUME_SHARE_DUE(
            "l", "w") "), 0) AS BIGINT) FROM order_line l JOIN order_line_volume w ON w.order_line_id "
                      "= l.id AND w.site_id = v.site_id WHERE l.product_id = :product_id AND l.open = 1) AS owed FROM "
                      "volume_progress v WHERE "
                      "v.round_id = :round_id AND v.product_id = :product_id AND v.units > v.received_units AND" BELOW
                      ") AS o WHERE o.owed > 0 "
                      "/*all sites: the caller checks the site*/");
SQL(select_product, "SELECT name, maker FROM product WHERE id = :id");

static int64_t owed_in(struct db *db, int64_t round_id, int64_t product_id, int64_t site_id)
{
	return db_i64(db, 0, select_owed, I64(":round_id", round_id), I64(":product_id", product_id), I64(":site_id", site_id));
}

static void read_sums(struct db *db, int64_t product_id, int64_t site_id, struct volume_position *out)
{
	SCOPED(rows)
	r = db_query(db, select_sums, I64(":round_id", out->round_id), I64(":product_id", product_id), I64(":site_id", site_id));
	if (rows_next(&r)) {
		out->committed_units = col_i64(&r, 0);
		out->received_units = col_i64(&r, 1);
		out->used_units = col_i64(&r, 2);
	}
	out->done_units = strcmp(out->basis, "use") == 0 ? out->used_units : out->received_units;
	out->on_order_units = db_i64(db, 0, select_on_order, I64(":product_id", product_id), I64(":site_id", site_id));
	out->owed_units = owed_in(db, out->round_id, product_id, site_id);
}

static void read_selected(struct db *db, struct arena *a, int64_t product_id, struct volume_position *out)
{
	int64_t id = volume_selected(db, out->generic_id);
	if (!id || id == product_id || strcmp(out->role, "selected") == 0)
		return;
	SCOPED(rows) r = db_query(db, select_product, I64(":id", id));
	if (!rows_next(&r))
		return;
	out->selected_id = id;
	out->selected_name = col_text(a, &r, 0);
	out->selected_maker = col_text(a, &r, 1);
}

bool volume_position(struct db *db, struct arena *a, int64_t product_id, int64_t site_id, int32_t ymd,
                     struct volume_position *out)
{
	struct volume_listing l;
	struct volume_round round;
	*out = (struct volume_position){0};
	if (!volume_listing_on(db, a, product_id, ymd, &l) || volume_round_load(db, a, l.round_id, &round) != ST_OK)
		return false;
	*out = (struct volume_position){.round_id = l.round_id,
	                                .generic_id = l.generic_id,
	                                .round = round.name,
	                                .generic = l.generic,
	                                .role = l.role,
	                                .basis = round.basis,
	                                .elapsed_pm = volume_elapsed_pm(round.from_day, round.to_day, ymd_to_days(ymd))};
	read_sums(db, product_id, site_id, out);
	read_selected(db, a, product_id, out);
	return true;
}

int64_t volume_owed_units(struct db *db, int64_t product_id, int64_t site_id, int32_t ymd)
{
	SCOPED(arena) a = {0};
	struct volume_listing l;
	return volume_listing_on(db, &a, product_id, ymd, &l) ? owed_in(db, l.round_id, product_id, site_id) : 0;
}

int64_t volume_owed_in(struct db *db, int64_t product_id, int64_t site_id, int32_t ymd, int64_t days)
{
	SCOPED(arena) a = {0};
	struct volume_listing l;
	struct volume_round round;
	if (!volume_listing_on(db, &a, product_id, ymd, &l) || volume_round_load(db, &a, l.round_id, &round) != ST_OK)
		return 0;
	int64_t left = round.to_day - ymd_to_days(ymd) + 1, owed = owed_in(db, l.round_id, product_id, site_id);
	return days >= left ? owed : (int64_t)(((__int128)owed * days + left - 1) / left);
}

/* ---- proof ---- */

#define OF_ROW "c.round_id = v.round_id AND c.product_id = v.product_id AND c.site_id = v.site_id"
#define SUM_OF(what, table, only) "(SELECT CAST(coalesce(sum(c." what "), 0) AS BIGINT) FROM " table " c WHERE " OF_ROW only ")"
#define BOUGHT " AND c.kind <> 'use'"
#define COMMITTED SUM_OF("units", "volume_commitment", "")
#define RECEIVED SUM_OF("units", "volume_credit", BOUGHT)
#define USED SUM_OF("units", "volume_credit", " AND c.kind = 'use'")
#define PAID SUM_OF("amount_fen", "volume_credit", BOUGHT)
#define LISTED SUM_OF("listed_fen", "volume_credit", BOUGHT)
SQL(wrong_progress,
    "SELECT v.round_id, v.product_id, v.site_id, v.units <> " COMMITTED " FROM volume_progress v WHERE v.units <> " COMMITTED
    " OR v.received_units <> " RECEIVED " OR v.used_units <> " USED " OR v.paid_fen <> " PAID " OR v.listed_fen <> " LISTED
    " /*scan: verify*/ /*all sites: verify*/");
#define HOMELESS(table)                                                                                                     \
	"SELECT c.round_id, c.product_id, c.site_id, 0 FROM " table " c WHERE NOT EXISTS (SELECT 1 FROM volume_progress v " \
	"WHERE " OF_ROW ") /*scan: verify*/ /*all sites: verify*/"
SQL(homeless_commitment, HOMELESS("volume_commitment"));
SQL(homeless_credit, HOMELESS("volume_credit"));
/* More counted for a receipt's line than it has accepted, or received before it was accepted. */
SQL(wrong_receipt,
    "SELECT c.line_id, min(c.product_id), min(c.site_id), 0 FROM volume_credit c LEFT JOIN receipt_line l ON l.id = c.line_id "
    "WHERE c.line_id IS NOT NULL GROUP BY c.line_id, l.units, l.outcome, l.posted HAVING sum(c.units) < 0 OR sum(c.units) > "
    "coalesce(l.units, 0) OR l.outcome <> 'accepted' OR l.posted = 0 /*scan: verify*/ /*all sites: verify*/");
/* The shares of an order line are the line, and what was received on them was accepted on it. */
SQL(wrong_shares,
    "SELECT l.id, l.product_id, l.to_site_id, 0 FROM order_line l JOIN (SELECT s.order_line_id AS line_id, sum(s.units) AS "
    "units, "
    "sum(s.received_units) AS received FROM order_line_volume s GROUP BY s.order_line_id) AS t ON t.line_id = l.id WHERE "
    "l.dropped = 0 AND (t.units <> l.units OR t.received > (SELECT coalesce(sum(x.units), 0) FROM receipt_line x WHERE "
    "x.receipt_id IN (SELECT y.id FROM receipt y WHERE y.order_id = l.order_id) AND x.order_line_id = l.id AND x.outcome = "
    "'accepted' AND x.posted = 1)) /*scan: verify*/ /*all sites: verify*/");

static const struct {
	const struct sql *find;
	const char *table, *what;
} proofs[] = {
        {&wrong_progress, "volume_progress", "约定采购量或进度与其明细之和不符"},
        {&homeless_commitment, "volume_commitment", "约定采购量变动没有对应的进度"},
        {&homeless_credit, "volume_credit", "进度明细没有对应的进度"},
        {&wrong_receipt, "volume_credit", "计入的数量与入库明细不符"},
        {&wrong_shares, "order_line_volume", "订单行的分院约定量与订单行不符"},
};

int64_t volume_verify(struct db *db, verify_report *report, void *arg)
{
	int64_t faults = 0;
	for (size_t i = 0; i < sizeof proofs / sizeof *proofs; i++) {
		SCOPED(rows) r = db_query_n(db, proofs[i].find, NULL, 0);
		for (; rows_next(&r); faults++) {
			char row[80];
			snprintf(row, sizeof row, "%" PRId64 "/%" PRId64 "/%" PRId64, col_i64(&r, 0), col_i64(&r, 1),
			         col_i64(&r, 2));
			report(arg, proofs[i].table, row, proofs[i].what);
		}
	}
	return faults;
}
