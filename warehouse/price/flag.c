#include "warehouse/price/flag.h"

#include "warehouse/price/issue.h"

#include <string.h>

SQL(insert_turn, "INSERT INTO price_turn (on_ymd, product_id) VALUES (:on_ymd, :product_id) ON CONFLICT DO NOTHING");

void price_turn_put(struct tx *tx, int64_t product_id, int32_t on_ymd)
{
	db_send(tx, insert_turn, I64(":on_ymd", on_ymd > tx->today_ymd ? on_ymd : tx->today_ymd), I64(":product_id", product_id));
}

SQL(drop_flags, "DELETE FROM price_flag WHERE product_id = :product_id AND subject IN ('line', 'batch')");
/* RULE DOMAIN-12.3-falling-ceiling: what was ordered or lies in stock above the rule of today is told. */
SQL(flag_lines,
    "INSERT INTO price_flag (subject, subject_id, product_id, rule, price_id, rule_e4, rule_units_per_pack, since_ymd) SELECT "
    "'line', l.id, l.product_id, :rule_t, :price_id, :rule_e4, :per_pack, :today_ymd FROM order_line l WHERE l.product_id = "
    ":product_id AND l.open = 1 AND +l.dropped = 0 AND (:price_id IS NULL OR l.price_e4 * :per_pack > :rule_e4 * "
    "l.units_per_pack) "
    "/*all sites: a projection; its lists ask*/");
SQL(flag_batches,
    "INSERT INTO price_flag (subject, subject_id, product_id, rule, price_id, rule_e4, rule_units_per_pack, since_ymd) SELECT "
    "DISTINCT 'batch', b.id, b.product_id, :rule_t, :price_id, :rule_e4, :per_pack, :today_ymd FROM holding h JOIN batch b ON "
    "b.id = h.batch_id WHERE h.product_id = :product_id AND b.price_e4 * :per_pack > :rule_e4 * b.units_per_pack "
    "/*all sites: a projection; its lists ask*/");

static void flag_product(struct tx *tx, int64_t product_id)
{
	struct price_rule r;
	enum status st = price_rule_on(tx_db(tx), tx->arena, product_id, tx->today_ymd, &r);
	bool priced = st != ST_NO_LISTED_PRICE;
	/* an agreed price or a 中选价 above the ceiling is none: the ceiling is what counts */
	bool fallen = priced && st != ST_OK;
	const struct arg row[] = {
	        TEXT(":rule_t", !priced  ? NULL
	                        : fallen ? price_rule_word(PRICE_LISTED)
	                                 : price_rule_word(r.rule)),
	        ID(":price_id", fallen ? r.ceiling_price_id : r.price_id),
	        I64(":rule_e4", fallen ? r.ceiling_e4 : r.price_e4),
	        I64(":per_pack", fallen ? r.ceiling_units_per_pack : r.units_per_pack),
	        I64(":today_ymd", tx->today_ymd),
	        I64(":product_id", product_id),
	};
	db_send(tx, drop_flags, I64(":product_id", product_id));
	db_exec_n(tx, &flag_lines, row, sizeof row / sizeof *row);
	if (priced)
		db_exec_n(tx, &flag_batches, row, sizeof row / sizeof *row);
}

SQL(drop_issue_flag, "DELETE FROM price_flag WHERE subject = 'issue' AND subject_id = :product_id");
SQL(flag_issue,
    "INSERT INTO price_flag (subject, subject_id, product_id, rule, price_id, rule_e4, rule_units_per_pack, since_ymd) VALUES "
    "('issue', :product_id, :product_id, :rule_t, :price_id, :rule_e4, :per_pack, :today_ymd) ON CONFLICT (subject, subject_id) "
    "DO "
    "UPDATE SET rule = excluded.rule, price_id = excluded.price_id, rule_e4 = excluded.rule_e4, rule_units_per_pack = "
    "excluded.rule_units_per_pack");

/* RULE DOMAIN-12.3-zero-margin: an issue price that the purchase price has fallen below waits for a 调价单. */
static void flag_issue_price(struct tx *tx, int64_t product_id)
{
	struct price_rule r;
	int64_t issue = 0, issue_per_pack = 1, per_pack = 1;
	if (!price_issue(tx_db(tx), product_id, &issue, &issue_per_pack))
		return;
	int64_t limit = price_issue_limit(tx_db(tx), tx->arena, product_id, tx->today_ymd, &per_pack);
	if (!limit || (__int128)issue * per_pack <= (__int128)limit * issue_per_pack) {
		db_send(tx, drop_issue_flag, I64(":product_id", product_id));
		return;
	}
	bool priced = price_rule_on(tx_db(tx), tx->arena, product_id, tx->today_ymd, &r) != ST_NO_LISTED_PRICE;
	db_send(tx, flag_issue, I64(":product_id", product_id), TEXT(":rule_t", priced ? price_rule_word(r.rule) : NULL),
	        ID(":price_id", priced ? r.price_id : 0), I64(":rule_e4", limit), I64(":per_pack", per_pack),
	        I64(":today_ymd", tx->today_ymd));
}

/* ---- 四同 ---- */

SQL(drop_spread, "DELETE FROM price_spread WHERE drug_id = :drug_id AND maker = :maker_t");
SQL(select_group_of, "SELECT drug_id, maker FROM product WHERE id = :id");
SQL(select_group, "SELECT id FROM product WHERE drug_id = :drug_id AND maker = :maker_t AND active = 1 ORDER BY id");
SQL(insert_spread,
    "INSERT INTO price_spread (product_id, drug_id, maker, rule, price_e4, units_per_pack, lowest_product_id, over_e4) VALUES "
    "(:product_id, :drug_id, :maker_t, :rule_t, :price, :per_pack, :lowest_id, :over)");

#define GROUP_MAX 64
struct priced {
	int64_t product_id;
	struct price_rule rule;
};

static bool cheaper(const struct priced *x, const struct priced *y)
{
	return (__int128)x->rule.price_e4 * y->rule.units_per_pack < (__int128)y->rule.price_e4 * x->rule.units_per_pack;
}

static int64_t over_lowest(const struct priced *x, const struct priced *lowest)
{
	__int128 most = (__int128)x->rule.price_e4 * lowest->rule.units_per_pack * 10000;
	__int128 least = (__int128)lowest->rule.price_e4 * x->rule.units_per_pack;
	return least ? (int64_t)(most / least) - 10000 : 0;
}

static size_t read_group(struct tx *tx, int64_t drug_id, const char *maker, struct priced *out)
{
	size_t n = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_group, I64(":drug_id", drug_id), TEXT(":maker_t", maker));
	while (rows_next(&r) && n < GROUP_MAX) {
		out[n].product_id = col_i64(&r, 0);
		if (price_rule_on(tx_db(tx), tx->arena, out[n].product_id, tx->today_ymd, &out[n].rule) == ST_OK)
			n++;
	}
	return n;
}

/* RULE DOMAIN-6-four-same: the same name, form, strength and maker at different prices per unit. */
static void spread_product(struct tx *tx, int64_t product_id)
{
	struct priced *all = arena_array(tx->arena, GROUP_MAX, sizeof *all);
	size_t lowest = 0;
	bool differ = false;
	SCOPED(rows) r = db_query(tx_db(tx), select_group_of, I64(":id", product_id));
	if (!rows_next(&r))
		return;
	int64_t drug = col_i64(&r, 0);
	const char *maker = col_text(tx->arena, &r, 1);
	size_t n = read_group(tx, drug, maker, all);
	for (size_t i = 1; i < n; i++) {
		differ = differ || cheaper(&all[i], &all[lowest]) || cheaper(&all[lowest], &all[i]);
		lowest = cheaper(&all[i], &all[lowest]) ? i : lowest;
	}
	db_send(tx, drop_spread, I64(":drug_id", drug), TEXT(":maker_t", maker));
	for (size_t i = 0; i < n && differ; i++)
		db_send(tx, insert_spread, I64(":product_id", all[i].product_id), I64(":drug_id", drug), TEXT(":maker_t", maker),
		        TEXT(":rule_t", price_rule_word(all[i].rule.rule)), I64(":price", all[i].rule.price_e4),
		        I64(":per_pack", all[i].rule.units_per_pack), I64(":lowest_id", all[lowest].product_id),
		        I64(":over", over_lowest(&all[i], &all[lowest])));
}

/* ---- turns ---- */

SQL(select_turns,
    "SELECT on_ymd, product_id FROM price_turn WHERE on_ymd <= :today_ymd ORDER BY on_ymd, product_id LIMIT :limit");
SQL(drop_turn, "DELETE FROM price_turn WHERE on_ymd = :on_ymd AND product_id = :product_id");

/* The day that the flags were last looked at as a whole stands where late projections keep how far they have come. */
SQL(select_day, "SELECT seq FROM projection WHERE name = 'price_flag_day'");
SQL(set_day, "INSERT INTO projection (name, seq) VALUES ('price_flag_day', :today_ymd) ON CONFLICT (name) DO UPDATE SET seq = "
             "excluded.seq");

bool price_flags_wait(struct db *db, int32_t today_ymd)
{
	if (db_i64_n(db, 0, &select_day, NULL, 0) < today_ymd)
		return true;
	SCOPED(rows) r = db_query(db, select_turns, I64(":today_ymd", today_ymd), I64(":limit", 1));
	return rows_next(&r);
}

int64_t price_turn_catch_up(struct tx *tx, int64_t limit)
{
	int64_t done = 0;
	struct turn {
		int64_t on_ymd, product_id;
	} *turns = arena_array(tx->arena, (size_t)limit, sizeof *turns);
	SCOPED(rows) r = db_query(tx_db(tx), select_turns, I64(":today_ymd", tx->today_ymd), I64(":limit", limit));
	for (; done < limit && rows_next(&r); done++)
		turns[done] = (struct turn){col_i64(&r, 0), col_i64(&r, 1)};
	rows_drop(&r);
	for (int64_t i = 0; i < done; i++) {
		db_send(tx, drop_turn, I64(":on_ymd", turns[i].on_ymd), I64(":product_id", turns[i].product_id));
		flag_product(tx, turns[i].product_id);
		flag_issue_price(tx, turns[i].product_id);
		spread_product(tx, turns[i].product_id);
	}
	return done;
}

SQL(review_all,
    "INSERT INTO price_turn (on_ymd, product_id) SELECT DISTINCT :today_ymd, product_id FROM price_flag WHERE subject "
    "IN ('line', 'batch', 'issue') /*scan: what is flagged, once a day*/ ON CONFLICT DO NOTHING");

void price_flags_daily(struct tx *tx)
{
	if (db_i64_n(tx_db(tx), 0, &select_day, NULL, 0) >= tx->today_ymd)
		return;
	db_exec(tx, review_all, I64(":today_ymd", tx->today_ymd));
	db_exec(tx, set_day, I64(":today_ymd", tx->today_ymd));
}

/* ---- at the receipt ---- */

SQL(select_line, "SELECT product_id, price_e4, units_per_pack, priced_ymd FROM order_line WHERE id = :id AND priced_ymd IS NOT "
                 "NULL /*all sites: the caller has the order*/");
SQL(flag_receipt,
    "INSERT INTO price_flag (subject, subject_id, product_id, rule, price_id, rule_e4, rule_units_per_pack, since_ymd) VALUES "
    "('receipt', :id, :product_id, :rule_t, :price_id, :rule_e4, :per_pack, :today_ymd) ON CONFLICT DO NOTHING");

void price_flag_receipt(struct tx *tx, int64_t receipt_line_id, int64_t order_line_id)
{
	struct price_rule rule;
	SCOPED(rows) r = db_query(tx_db(tx), select_line, I64(":id", order_line_id));
	if (!rows_next(&r))
		return;
	int64_t product = col_i64(&r, 0);
	/* a batch at this price lies here from now on */
	price_turn_put(tx, product, tx->today_ymd);
	enum status st = price_rule_on(tx_db(tx), tx->arena, product, (int32_t)col_i64(&r, 3), &rule);
	bool priced = st != ST_NO_LISTED_PRICE;
	if (st == ST_OK && price_rule_verdict(&rule, col_i64(&r, 1), col_i64(&r, 2)) == ST_OK)
		return;
	db_send(tx, flag_receipt, I64(":id", receipt_line_id), I64(":product_id", product),
	        TEXT(":rule_t", priced ? price_rule_word(rule.rule) : NULL), ID(":price_id", rule.price_id),
	        I64(":rule_e4", rule.price_e4), I64(":per_pack", rule.units_per_pack), I64(":today_ymd", tx->today_ymd));
}
