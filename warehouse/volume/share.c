#include "warehouse/volume/share.h"

#include "core/people.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/round.h"

#define SHARES_MAX 500

/* A line as it is to be divided. */
struct line {
	int64_t id, product_id, units, per_pack, to_site_id, owner_site_id, price_e4;
	bool divided, given; /* has shares; has shares told by the plan that sum to it */
};

/* One site's part under way. */
struct part {
	int64_t site_id, owed, units, rest; /* rest: of the division, for the largest remainder */
};

#define LINE                                                                                                                 \
	"SELECT l.id, l.product_id, l.units, l.units_per_pack, l.to_site_id, l.owner_site_id, l.price_e4, (SELECT "          \
	"count(*) FROM order_line_volume s WHERE s.order_line_id = l.id), l.units = (SELECT coalesce(sum(s.units), 0) FROM " \
	"order_line_volume s WHERE s.order_line_id = l.id AND s.given = 1) FROM order_line l WHERE "
SQL(select_line, LINE "l.id = :id /*all sites: the caller has the order*/");
/* Only lines of which a running round has the product: an order without any costs one look. */
SQL(select_lines, LINE "l.order_id = :id AND l.dropped = 0 AND EXISTS (SELECT 1 FROM product p JOIN drug d ON d.id = p.drug_id "
                       "JOIN volume_group g ON g.drug_name = d.name AND g.drug_form = d.form JOIN volume_round r ON r.id = "
                       "g.round_id WHERE p.id = l.product_id AND r.from_ymd <= :ymd AND r.to_ymd >= :ymd) ORDER BY l.n "
                       "/*all sites: the caller has the order*/");
/* What the program divided itself, and what was told for another number of units. */
SQL(clear_order,
    "DELETE FROM order_line_volume WHERE received_units = 0 AND order_line_id IN (SELECT l.id FROM order_line l WHERE "
    "l.order_id = :id) AND (given = 0 OR (SELECT l.units FROM order_line l WHERE l.id = order_line_id) <> (SELECT sum(s.units) "
    "FROM order_line_volume s WHERE s.order_line_id = order_line_volume.order_line_id)) /*all sites: the caller has the order*/");
SQL(clear_shares, "DELETE FROM order_line_volume WHERE order_line_id = :id AND received_units = 0"
                  " /*all sites: the caller has the order*/");
SQL(insert_share, "INSERT INTO order_line_volume (order_line_id, n, site_id, units, received_units, given) VALUES (:id, :n, "
                  ":site_id, :units, 0, :given)");
/* What each site still owes, of the committed product, without what is on order for it; the one that owes most first. */
SQL(select_owing,
    "SELECT o.site_id, o.owed FROM (SELECT v.site_id AS site_id, v.units - v.received_units - (SELECT "
    "CAST(coalesce(sum(" VOLUME_SHARE_DUE(
            "l", "w") "), 0) AS BIGINT) FROM order_line l JOIN order_line_volume w ON w.order_line_id = l.id AND w.site_id = "
                      "v.site_id WHERE l.product_id = :product_id AND l.open = 1 AND l.id <> :line_id) AS owed FROM "
                      "volume_progress v WHERE "
                      "v.round_id = :round_id AND v.product_id = :product_id AND v.units > v.received_units) AS o WHERE o.owed > "
                      "0 ORDER BY "
                      "o.owed DESC, o.site_id /*all sites: the centre buys for all*/");

static struct line read_line(struct rows *r)
{
	return (struct line){col_i64(r, 0), col_i64(r, 1), col_i64(r, 2),     col_i64(r, 3),     col_i64(r, 4),
	                     col_i64(r, 5), col_i64(r, 6), col_i64(r, 7) > 0, col_i64(r, 8) != 0};
}

static void put_share(struct tx *tx, int64_t line_id, int64_t n, const struct volume_share *s, bool given)
{
	db_exec(tx, insert_share, I64(":id", line_id), I64(":n", n), I64(":site_id", s->site_id), I64(":units", s->units),
	        I64(":given", given));
}

static void put_own(struct tx *tx, int64_t line_id, int64_t n, int64_t site_id, int64_t units)
{
	const struct volume_share s = {site_id, units};
	put_share(tx, line_id, n, &s, false);
}

static size_t read_owing(struct tx *tx, int64_t round_id, const struct line *l, struct part *parts)
{
	size_t n = 0;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_owing, I64(":round_id", round_id), I64(":product_id", l->product_id),
	             I64(":line_id", l->id));
	while (n < SHARES_MAX && rows_next(&r))
		parts[n++] = (struct part){.site_id = col_i64(&r, 0), .owed = col_i64(&r, 1)};
	return n;
}

/* units * owed / all without overflow. */
static int64_t part_of(int64_t units, int64_t owed, int64_t all, int64_t *rest)
{
	__int128 product = (__int128)units * owed;
	*rest = (int64_t)(product % all);
	return (int64_t)(product / all);
}

/* Whole packs by the largest remainder; what is less than a pack goes to whoever owes most. */
static void divide(struct part *parts, size_t n, int64_t units, int64_t per_pack, int64_t all)
{
	int64_t packs = units / per_pack, left = packs;
	for (size_t i = 0; i < n; i++) {
		parts[i].units = part_of(packs, parts[i].owed, all, &parts[i].rest) * per_pack;
		left -= parts[i].units / per_pack;
	}
	for (; left > 0; left--) {
		struct part *best = parts;
		for (size_t i = 1; i < n; i++)
			best = parts[i].rest > best->rest ? &parts[i] : best;
		best->units += per_pack;
		best->rest = -1;
	}
	parts[0].units += units % per_pack;
}

/* What comes to the centre: to those who owe, the rest to the receiver. */
static void divide_central(struct tx *tx, int64_t round_id, const struct line *l)
{
	struct part *parts = arena_array(tx->arena, SHARES_MAX, sizeof *parts);
	size_t n = read_owing(tx, round_id, l, parts);
	int64_t all = 0, given = 0, place = 0;
	for (size_t i = 0; i < n; i++)
		all += parts[i].owed;
	int64_t for_owing = l->units < all ? l->units : all;
	if (n > 0)
		divide(parts, n, for_owing, l->per_pack, all);
	for (size_t i = 0; i < n; given += parts[i].units, i++)
		if (parts[i].units > 0)
			put_own(tx, l->id, ++place, parts[i].site_id, parts[i].units);
	if (l->units > given)
		put_own(tx, l->id, ++place, l->to_site_id, l->units - given);
}

static void divide_line(struct tx *tx, const struct line *l)
{
	struct volume_listing listing;
	struct db *db = tx_db(tx);
	int64_t root = site_root(db), branch = l->to_site_id != root ? l->to_site_id : l->owner_site_id;
	if (!volume_listing_on(db, tx->arena, l->product_id, tx->today_ymd, &listing))
		return;
	if (branch != root)
		put_own(tx, l->id, 1, volume_holder(db, listing.round_id, l->product_id, branch), l->units);
	else
		divide_central(tx, listing.round_id, l);
}

void volume_share_order(struct tx *tx, int64_t order_id)
{
	db_exec(tx, clear_order, I64(":id", order_id));
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", order_id), I64(":ymd", tx->today_ymd));
	while (rows_next(&r)) {
		const struct line l = read_line(&r);
		if (!l.given)
			divide_line(tx, &l);
	}
}

enum status volume_share_line(struct tx *tx, int64_t order_line_id, const struct volume_share *shares, size_t count)
{
	int64_t sum = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_line, I64(":id", order_line_id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const struct line l = read_line(&r);
	for (size_t i = 0; i < count; i++)
		sum += shares[i].units;
	if (sum != l.units)
		return tx_fail(tx, ST_INVALID_FIELD, "shares", 0, "各分院数量之和应等于订单行数量");
	db_exec(tx, clear_shares, I64(":id", order_line_id));
	for (size_t i = 0; i < count; i++)
		put_share(tx, order_line_id, (int64_t)i + 1, &shares[i], true);
	return ST_OK;
}

/* ---- receipts ---- */

SQL(select_unfilled, "SELECT n, site_id, units - received_units FROM order_line_volume WHERE order_line_id = :id AND "
                     "received_units < units ORDER BY n /*all sites: the caller has the receipt*/");
SQL(fill_share, "UPDATE order_line_volume SET received_units = received_units + :units WHERE order_line_id = :id AND n = :n"
                " /*all sites: the caller has the receipt*/");

void volume_received(struct tx *tx, int64_t order_line_id, int64_t units, int64_t document_id, int64_t receipt_line_id)
{
	SCOPED(rows) found = db_query(tx_db(tx), select_line, I64(":id", order_line_id));
	if (!rows_next(&found))
		return;
	const struct line l = read_line(&found);
	rows_drop(&found);
	if (!l.divided) /* ordered before its round began */
		divide_line(tx, &l);
	SCOPED(rows) r = db_query(tx_db(tx), select_unfilled, I64(":id", order_line_id));
	while (units > 0 && rows_next(&r)) {
		int64_t room = col_i64(&r, 2), taken = room < units ? room : units;
		const struct volume_fact fact = {"receipt",  col_i64(&r, 1), l.product_id, taken,
		                                 l.price_e4, l.per_pack,     document_id,  receipt_line_id};
		db_exec(tx, fill_share, I64(":units", taken), I64(":id", order_line_id), I64(":n", col_i64(&r, 0)));
		volume_count(tx, &fact);
		units -= taken;
	}
}

/* What a receipt line still has to its credit, site by site, the last one first. */
SQL(select_credits,
    "SELECT c.round_id, c.product_id, c.site_id, CAST(sum(c.units) AS BIGINT), b.price_e4, b.units_per_pack, l.order_line_id "
    "FROM volume_credit c JOIN receipt_line l ON l.id = c.line_id JOIN batch b ON b.id = l.batch_id WHERE c.line_id = :line_id "
    "GROUP BY c.round_id, c.product_id, c.site_id, b.price_e4, b.units_per_pack, l.order_line_id HAVING sum(c.units) > 0 ORDER "
    "BY max(c.id) DESC /*all sites: the caller has the receipt*/");
SQL(select_share_of,
    "SELECT n, received_units FROM order_line_volume WHERE order_line_id = :id AND site_id = :site_id AND received_units > 0 "
    "ORDER BY n DESC /*all sites: the caller has the receipt*/");

/* The shares of that site are open again. */
static void empty_shares(struct tx *tx, int64_t order_line_id, int64_t site_id, int64_t units)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_share_of, I64(":id", order_line_id), I64(":site_id", site_id));
	while (units > 0 && rows_next(&r)) {
		int64_t filled = col_i64(&r, 1), back = filled < units ? filled : units;
		db_exec(tx, fill_share, I64(":units", -back), I64(":id", order_line_id), I64(":n", col_i64(&r, 0)));
		units -= back;
	}
}

void volume_returned(struct tx *tx, int64_t receipt_line_id, int64_t units, int64_t document_id)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_credits, I64(":line_id", receipt_line_id));
	while (units > 0 && rows_next(&r)) {
		int64_t credited = col_i64(&r, 3), back = credited < units ? credited : units;
		const struct volume_fact fact = {"return",       col_i64(&r, 2), col_i64(&r, 1), -back,
		                                 col_i64(&r, 4), col_i64(&r, 5), document_id,    receipt_line_id};
		volume_count_in(tx, col_i64(&r, 0), &fact);
		empty_shares(tx, col_i64(&r, 6), col_i64(&r, 2), back);
		units -= back;
	}
}
