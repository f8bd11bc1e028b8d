#include "warehouse/price/paid.h"

#include "core/money.h"
#include "warehouse/price/flag.h"

SQL(select_line,
    "SELECT l.order_id, l.to_site_id, o.supplier_id, l.product_id, l.price_e4, l.units_per_pack, coalesce(l.price_rule, "
    "'listed'), coalesce(l.priced_ymd, :today_ymd) FROM order_line l JOIN purchase_order o ON o.id = l.order_id WHERE l.id = :id "
    "/*all sites: the caller has the order*/");
SQL(insert_paid,
    "INSERT INTO price_paid (id, order_id, site_id, supplier_id, product_id, ymd, ym, units, price_e4, units_per_pack, "
    "amount_fen, rule, ceiling_e4, share_e4, saved_fen) VALUES (:id, :order_id, :site_id, :supplier_id, :product_id, :ymd, :ym, "
    ":units, :price, :per_pack, :amount, :rule_t, :ceiling, :share, :saved) ON CONFLICT DO NOTHING");
SQL(add_saving,
    "INSERT INTO price_saving (site_id, ym, lines, amount_fen, ceiling_fen, saved_fen) VALUES (:site_id, :ym, 1, :amount, "
    ":ceiling, :saved) ON CONFLICT (site_id, ym) DO UPDATE SET lines = price_saving.lines + 1, amount_fen = "
    "price_saving.amount_fen + excluded.amount_fen, ceiling_fen = price_saving.ceiling_fen + excluded.ceiling_fen, saved_fen = "
    "price_saving.saved_fen + excluded.saved_fen");

/* The ceiling of that day for a pack like the line's; 0: no listed price was in force. */
static int64_t ceiling_of(struct tx *tx, int64_t product_id, int32_t ymd, int64_t units_per_pack)
{
	struct price_rule rule;
	if (price_rule_on(tx_db(tx), tx->arena, product_id, ymd, &rule) == ST_NO_LISTED_PRICE || !rule.listed)
		return 0;
	return (int64_t)((__int128)rule.ceiling_e4 * units_per_pack / rule.ceiling_units_per_pack);
}

void price_paid_put(struct tx *tx, int64_t receipt_line_id, int64_t order_line_id, int64_t units)
{
	int64_t amount = 0, most = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_line, I64(":id", order_line_id), I64(":today_ymd", tx->today_ymd));
	if (!rows_next(&r))
		return;
	int64_t price = col_i64(&r, 4), per_pack = col_i64(&r, 5), ym = tx->today_ymd / 100;
	int64_t ceiling = ceiling_of(tx, col_i64(&r, 3), (int32_t)col_i64(&r, 7), per_pack);
	if (!amount_fen(units, price, per_pack, &amount) || !amount_fen(units, ceiling, per_pack, &most))
		return;
	int64_t saved = ceiling ? most - amount : 0;
	int64_t put = db_exec(tx, insert_paid, I64(":id", receipt_line_id), I64(":order_id", col_i64(&r, 0)),
	                      I64(":site_id", col_i64(&r, 1)), I64(":supplier_id", col_i64(&r, 2)),
	                      I64(":product_id", col_i64(&r, 3)), I64(":ymd", tx->today_ymd), I64(":ym", ym),
	                      I64(":units", units), I64(":price", price), I64(":per_pack", per_pack), I64(":amount", amount),
	                      TEXT(":rule_t", col_text(tx->arena, &r, 6)), ID(":ceiling", ceiling),
	                      I64(":share", ceiling ? (int64_t)((__int128)price * 10000 / ceiling) : 0), I64(":saved", saved));
	/* what was last paid is what the issue price follows */
	price_turn_put(tx, col_i64(&r, 3), tx->today_ymd);
	if (put)
		db_exec(tx, add_saving, I64(":site_id", col_i64(&r, 1)), I64(":ym", ym), I64(":amount", amount),
		        I64(":ceiling", most), I64(":saved", saved));
}

SQL(select_paid, "SELECT site_id, price_e4, units_per_pack, coalesce(ceiling_e4, 0) FROM price_paid WHERE id = :id "
                 "/*all sites: the caller has the return*/");
SQL(insert_back,
    "INSERT INTO price_paid (id, order_id, site_id, supplier_id, product_id, ymd, ym, units, price_e4, units_per_pack, "
    "amount_fen, rule, ceiling_e4, share_e4, saved_fen, return_id) SELECT :id, order_id, site_id, supplier_id, product_id, :ymd, "
    ":ym, -:units, price_e4, units_per_pack, -:amount, rule, ceiling_e4, 0, -:saved, :return_id FROM price_paid WHERE id = "
    ":receipt_line_id /*all sites: the caller has the return*/");
SQL(take_saving,
    "INSERT INTO price_saving (site_id, ym, lines, amount_fen, ceiling_fen, saved_fen) VALUES (:site_id, :ym, 0, -:amount, "
    "-:ceiling, -:saved) ON CONFLICT (site_id, ym) DO UPDATE SET amount_fen = price_saving.amount_fen + excluded.amount_fen, "
    "ceiling_fen = price_saving.ceiling_fen + excluded.ceiling_fen, saved_fen = price_saving.saved_fen + excluded.saved_fen");

void price_paid_back(struct tx *tx, int64_t receipt_line_id, const struct price_back *back)
{
	int64_t amount = 0, most = 0, ym = tx->today_ymd / 100;
	SCOPED(rows) r = db_query(tx_db(tx), select_paid, I64(":id", receipt_line_id));
	if (!rows_next(&r))
		return; /* accepted before the reports began */
	int64_t site = col_i64(&r, 0), ceiling = col_i64(&r, 3), per_pack = col_i64(&r, 2);
	if (!amount_fen(back->units, col_i64(&r, 1), per_pack, &amount) || !amount_fen(back->units, ceiling, per_pack, &most))
		return;
	int64_t saved = ceiling ? most - amount : 0;
	rows_drop(&r);
	db_exec(tx, insert_back, I64(":id", back->line_id), I64(":ymd", tx->today_ymd), I64(":ym", ym),
	        I64(":units", back->units), I64(":amount", amount), I64(":saved", saved), I64(":return_id", back->return_id),
	        I64(":receipt_line_id", receipt_line_id));
	db_exec(tx, take_saving, I64(":site_id", site), I64(":ym", ym), I64(":amount", amount), I64(":ceiling", most),
	        I64(":saved", saved));
}
