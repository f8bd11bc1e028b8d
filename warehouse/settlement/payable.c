#include "warehouse/settlement/payable.h"

#include "core/money.h"
#include "warehouse/procurement/platform_message.h"
#include "warehouse/settlement/money.h"
#include "warehouse/settlement/setting.h"
#include "warehouse/settlement/site_goods.h"

SQL(select_accepted,
    "SELECT rl.receipt_id, rl.order_line_id, r.supplier_id, ol.payer_site_id, ol.owner_site_id, b.product_id, b.id, rl.units, "
    "b.price_e4, b.units_per_pack, ol.price_e4 >= ol.ceiling_e4, p.maker, coalesce(rl.inspected_at_ms, 0), pl.site_id FROM "
    "receipt_line rl "
    "JOIN receipt r ON r.id = "
    "rl.receipt_id JOIN place pl ON pl.id = r.place_id JOIN order_line ol ON ol.id = rl.order_line_id JOIN batch b ON b.id = "
    "rl.batch_id JOIN product p ON p.id = "
    "b.product_id WHERE rl.id = :id /*all sites: the caller has the receipt*/");
SQL(insert_payable,
    "INSERT INTO payable (id, receipt_line_id, receipt_id, order_line_id, supplier_id, site_id, owner_site_id, product_id, "
    "batch_id, units, price_e4, units_per_pack, amount_fen, accepted_ymd, month, due_ymd, fund, leg1_units, leg3_units, extra, "
    "proven, returned_units, invoiced_units, invoiced_fen, estimated_fen, estimate_id, held_fen, paid_fen, open) VALUES (:id, "
    ":line_id, :receipt_id, :order_line_id, :supplier_id, :site_id, :owner_id, :product_id, :batch_id, :units, :price, "
    ":per_pack, "
    ":amount, :accepted_ymd, :month, :due_ymd, :fund, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 1)");
/* Goods with a selected price in force are 集采 goods. */
SQL(select_selected,
    "SELECT 1 FROM price WHERE product_id = :product_id AND kind = 'selected' AND from_ymd <= :ymd AND (to_ymd IS "
    "NULL OR to_ymd >= :ymd) LIMIT 1");
SQL(count_proof,
    "INSERT INTO proof_month (month, supplier_id, site_id, lines, proven) VALUES (:month, :supplier_id, :site_id, :lines, "
    ":proven) ON CONFLICT (month, supplier_id, site_id) DO UPDATE SET lines = proof_month.lines + excluded.lines, proven = "
    "proof_month.proven + excluded.proven");
SQL(count_bought,
    "INSERT INTO buy_month (month, product_id, units, amount_fen, lines, ceiling_lines) VALUES (:month, :product_id, :units, "
    ":fen, 1, :ceiling) ON CONFLICT (month, product_id) DO UPDATE SET units = buy_month.units + excluded.units, amount_fen = "
    "buy_month.amount_fen + excluded.amount_fen, lines = buy_month.lines + 1, ceiling_lines = buy_month.ceiling_lines + "
    "excluded.ceiling_lines");
SQL(count_total,
    "INSERT INTO buy_total (month, amount_fen, lines) VALUES (:month, :fen, 1) ON CONFLICT (month) DO UPDATE SET amount_fen = "
    "buy_total.amount_fen + excluded.amount_fen, lines = buy_total.lines + 1");
SQL(insert_maker, "INSERT INTO buy_maker (no, name) VALUES (:no, :name_t) ON CONFLICT DO NOTHING");
SQL(select_maker, "SELECT no FROM buy_maker WHERE name = :name_t");
SQL(count_maker,
    "INSERT INTO buy_maker_month (month, maker_no, amount_fen, lines) VALUES (:month, :maker_no, :fen, 1) ON CONFLICT (month, "
    "maker_no) DO UPDATE SET amount_fen = buy_maker_month.amount_fen + excluded.amount_fen, lines = buy_maker_month.lines + 1");

static void count_for_watch(struct tx *tx, int64_t product_id, const char *maker, int64_t units, int64_t fen, bool at_ceiling)
{
	int64_t month = tx->today_ymd / 100;
	db_exec(tx, count_bought, I64(":month", month), I64(":product_id", product_id), I64(":units", units), I64(":fen", fen),
	        I64(":ceiling", at_ceiling));
	db_exec(tx, count_total, I64(":month", month), I64(":fen", fen));
	db_exec(tx, insert_maker, I64(":no", tx_new_id(tx)), TEXT(":name_t", maker));
	int64_t no = db_i64(tx_db(tx), 0, select_maker, TEXT(":name_t", maker));
	db_exec(tx, count_maker, I64(":month", month), I64(":maker_no", no), I64(":fen", fen));
}

SQL(count_back,
    "INSERT INTO buy_month (month, product_id, units, amount_fen, lines, ceiling_lines, returned_units, returned_fen) VALUES "
    "(:month, :product_id, -:units, -:fen, 0, 0, :units, :fen) ON CONFLICT (month, product_id) DO UPDATE SET units = "
    "buy_month.units + excluded.units, amount_fen = buy_month.amount_fen + excluded.amount_fen, returned_units = "
    "buy_month.returned_units + excluded.returned_units, returned_fen = buy_month.returned_fen + excluded.returned_fen");
SQL(total_back, "INSERT INTO buy_total (month, amount_fen, lines) VALUES (:month, -:fen, 0) ON CONFLICT (month) DO UPDATE SET "
                "amount_fen = buy_total.amount_fen + excluded.amount_fen");
SQL(maker_back,
    "INSERT INTO buy_maker_month (month, maker_no, amount_fen, lines, returned_fen) SELECT :month, m.no, -:fen, 0, :fen FROM "
    "product p JOIN buy_maker m ON m.name = p.maker WHERE p.id = :product_id ON CONFLICT (month, maker_no) DO UPDATE SET "
    "amount_fen = buy_maker_month.amount_fen + excluded.amount_fen, returned_fen = buy_maker_month.returned_fen + "
    "excluded.returned_fen");
SQL(select_name, "SELECT maker FROM product WHERE id = :id");

/* RULE DOMAIN-8-watch-returned: what went back is no purchase of the month it went back in. */
static void uncount_for_watch(struct tx *tx, const struct payable *p, int64_t units)
{
	int64_t fen = 0, month = tx->today_ymd / 100;
	if (!amount_fen(units, p->price_e4, p->units_per_pack, &fen))
		return;
	db_exec(tx, count_back, I64(":month", month), I64(":product_id", p->product_id), I64(":units", units), I64(":fen", fen));
	db_exec(tx, total_back, I64(":month", month), I64(":fen", fen));
	db_exec(tx, insert_maker, I64(":no", tx_new_id(tx)),
	        TEXT(":name_t", db_text(tx_db(tx), tx->arena, select_name, I64(":id", p->product_id))));
	db_exec(tx, maker_back, I64(":month", month), I64(":fen", fen), I64(":product_id", p->product_id));
}

static bool fund_pays(struct tx *tx, int64_t product_id)
{
	return setting_on(tx_db(tx), SETTING_FUND_DIRECT, tx->today_ymd) &&
	       db_i64(tx_db(tx), 0, select_selected, I64(":product_id", product_id), I64(":ymd", tx->today_ymd)) != 0;
}

enum status payable_accept(struct tx *tx, int64_t receipt_line_id)
{
	int64_t fen = 0, id = tx_new_id(tx), days = setting_on(tx_db(tx), SETTING_PAYMENT_DAYS, tx->today_ymd);
	SCOPED(rows) r = db_query(tx_db(tx), select_accepted, I64(":id", receipt_line_id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	int64_t supplier = col_i64(&r, 2), payer = col_i64(&r, 3), product = col_i64(&r, 5), units = col_i64(&r, 7);
	/* RULE DOMAIN-6-payment: the days run from the inspection, however long the goods wait to be put on the shelf */
	int64_t inspected_ms = col_i64(&r, 12);
	int32_t accepted_ymd = inspected_ms ? ymd_of_ms(inspected_ms) : tx->today_ymd;
	if (!amount_fen(units, col_i64(&r, 8), col_i64(&r, 9), &fen))
		return tx_fail(tx, ST_INVALID_FIELD, "units", 0, "数量过大");
	db_exec(tx, insert_payable, I64(":id", id), I64(":line_id", receipt_line_id), I64(":receipt_id", col_i64(&r, 0)),
	        I64(":order_line_id", col_i64(&r, 1)), I64(":supplier_id", supplier), I64(":site_id", payer),
	        I64(":owner_id", col_i64(&r, 4)), I64(":product_id", product), I64(":batch_id", col_i64(&r, 6)),
	        I64(":units", units), I64(":price", col_i64(&r, 8)), I64(":per_pack", col_i64(&r, 9)), I64(":amount", fen),
	        I64(":accepted_ymd", accepted_ymd), I64(":month", tx->today_ymd / 100),
	        I64(":due_ymd", ymd_add_days(accepted_ymd, days)), I64(":fund", fund_pays(tx, product)));
	db_exec(tx, count_proof, I64(":month", tx->today_ymd / 100), I64(":supplier_id", supplier), I64(":site_id", payer),
	        I64(":lines", 1), I64(":proven", 0));
	count_for_watch(tx, product, col_text(tx->arena, &r, 11), units, fen, col_i64(&r, 10) != 0);
	const struct site_goods got = {.id = id,
	                               .site_id = col_i64(&r, 13),
	                               .month = tx->today_ymd / 100,
	                               .product_id = product,
	                               .document_id = col_i64(&r, 0),
	                               .supplier_id = supplier,
	                               .source = "bought",
	                               .units = units,
	                               .fen = fen};
	site_goods_book(tx, &got);
	platform_tell_receipt(tx, receipt_line_id);
	tx_changed(tx, "payables", payer, 0, receipt_line_id);
	return ST_OK;
}

SQL(select_payable,
    "SELECT id, supplier_id, site_id, owner_site_id, product_id, units, price_e4, units_per_pack, amount_fen, month, leg1_units, "
    "leg3_units, returned_units, invoiced_units, invoiced_fen, estimated_fen, estimate_id, held_fen, paid_fen, fund, extra, "
    "proven, open, (SELECT CAST(coalesce(sum(r.due_units - r.red_units), 0) AS BIGINT) FROM supplier_return_line r WHERE "
    "r.payable_id = payable.id AND r.due_units > r.red_units), single_units FROM payable WHERE id = :id /*all sites: the caller "
    "has the "
    "invoice or payment*/");

enum status payable_load(struct db *db, int64_t id, struct payable *out)
{
	SCOPED(rows) r = db_query(db, select_payable, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct payable){
	        .id = col_i64(&r, 0),
	        .supplier_id = col_i64(&r, 1),
	        .site_id = col_i64(&r, 2),
	        .owner_site_id = col_i64(&r, 3),
	        .product_id = col_i64(&r, 4),
	        .units = col_i64(&r, 5),
	        .price_e4 = col_i64(&r, 6),
	        .units_per_pack = col_i64(&r, 7),
	        .amount_fen = col_i64(&r, 8),
	        .month = col_i64(&r, 9),
	        .leg1_units = col_i64(&r, 10),
	        .leg3_units = col_i64(&r, 11),
	        .returned_units = col_i64(&r, 12),
	        .invoiced_units = col_i64(&r, 13),
	        .invoiced_fen = col_i64(&r, 14),
	        .estimated_fen = col_i64(&r, 15),
	        .estimate_id = col_i64(&r, 16),
	        .held_fen = col_i64(&r, 17),
	        .paid_fen = col_i64(&r, 18),
	        .fund = col_i64(&r, 19) != 0,
	        .extra = col_i64(&r, 20) != 0,
	        .proven = col_i64(&r, 21) != 0,
	        .open = col_i64(&r, 22) != 0,
	        .due_units = col_i64(&r, 23),
	        .single_units = col_i64(&r, 24),
	};
	return ST_OK;
}

SQL(update_payable,
    "UPDATE payable SET leg1_units = :leg1, leg3_units = :leg3, single_units = :single, extra = :extra, returned_units = "
    ":returned, invoiced_units = "
    ":invoiced, invoiced_fen = :invoiced_fen, estimated_fen = :estimated_fen, estimate_id = :estimate_id, held_fen = :held_fen, "
    "paid_fen = :paid_fen, proven = :proven, open = :open WHERE id = :id /*all sites: the caller has the invoice or payment*/");

/* RULE DOMAIN-6-two-invoices: proof is every leg for every unit that stayed; the extra one where the chain has it. RULE
 * DOMAIN-6-counts-as-maker: what came from somebody who counts as the maker has one leg. */
static bool is_proven(const struct payable *p)
{
	int64_t kept = p->units - p->returned_units;
	return kept > 0 && p->leg1_units + p->single_units >= kept && p->invoiced_units >= kept &&
	       (!p->extra || p->leg3_units + p->single_units >= kept);
}

void payable_store(struct tx *tx, struct payable *p)
{
	bool before = p->proven;
	p->proven = is_proven(p);
	p->open = payable_uninvoiced(p) > 0 || p->invoiced_fen != p->paid_fen;
	db_exec(tx, update_payable, I64(":leg1", p->leg1_units), I64(":leg3", p->leg3_units), I64(":single", p->single_units),
	        I64(":extra", p->extra), I64(":returned", p->returned_units), I64(":invoiced", p->invoiced_units),
	        I64(":invoiced_fen", p->invoiced_fen), I64(":estimated_fen", p->estimated_fen),
	        ID(":estimate_id", p->estimate_id), I64(":held_fen", p->held_fen), I64(":paid_fen", p->paid_fen),
	        I64(":proven", p->proven), I64(":open", p->open), I64(":id", p->id));
	if (before != p->proven)
		db_exec(tx, count_proof, I64(":month", p->month), I64(":supplier_id", p->supplier_id),
		        I64(":site_id", p->site_id), I64(":lines", 0), I64(":proven", p->proven ? 1 : -1));
	tx_changed(tx, "payables", p->site_id, 0, p->id);
}

int64_t payable_uninvoiced(const struct payable *p)
{
	return p->units - p->returned_units - p->invoiced_units;
}

static int64_t fen_at(const struct payable *p, int64_t units, int64_t price_e4)
{
	int64_t fen = 0;
	return amount_fen(units, price_e4, p->units_per_pack, &fen) ? fen : 0;
}

int64_t payable_fen_at(const struct payable *p, int64_t units, int64_t price_e4)
{
	return fen_at(p, p->invoiced_units + units, price_e4) - fen_at(p, p->invoiced_units, price_e4);
}

int64_t payable_expected_fen(const struct payable *p, int64_t units)
{
	return payable_fen_at(p, units, p->price_e4);
}

SQL(insert_estimate_line, "INSERT INTO estimate_line (id, estimate_id, payable_id, amount_fen, reversed_by) VALUES (:id, "
                          ":estimate_id, :payable_id, :fen, NULL)");
SQL(reverse_estimate_line,
    "UPDATE estimate_line SET reversed_by = :document_id WHERE payable_id = :payable_id AND reversed_by IS "
    "NULL /*all sites: the caller has the invoice*/");

static enum status post_estimate(struct tx *tx, const struct payable *p, const struct money_paper *paper, int64_t fen)
{
	const struct money_purchase in = {p->owner_site_id, p->site_id, p->supplier_id, ACCOUNT_ESTIMATED, fen, 0};
	return money_post_purchase(tx, paper, &in);
}

enum status payable_estimate(struct tx *tx, struct payable *p, int64_t document_id, int32_t paper_ymd)
{
	int64_t fen = payable_expected_fen(p, payable_uninvoiced(p));
	const struct money_paper paper = {document_id, p->id, "estimate", paper_ymd};
	if (p->estimated_fen || fen == 0)
		return ST_OK;
	p->estimated_fen = fen;
	p->estimate_id = document_id;
	db_exec(tx, insert_estimate_line, I64(":id", tx_new_id(tx)), I64(":estimate_id", document_id), I64(":payable_id", p->id),
	        I64(":fen", fen));
	payable_store(tx, p);
	return post_estimate(tx, p, &paper, fen);
}

enum status payable_unestimate(struct tx *tx, struct payable *p, int64_t document_id)
{
	const struct money_paper paper = {document_id, p->id, "estimate_back", 0};
	int64_t fen = p->estimated_fen;
	if (fen == 0)
		return ST_OK;
	p->estimated_fen = 0;
	db_exec(tx, reverse_estimate_line, I64(":document_id", document_id), I64(":payable_id", p->id));
	return post_estimate(tx, p, &paper, -fen);
}

/* ---- goods that went back ---- */

SQL(select_by_line, "SELECT id, receipt_id FROM payable WHERE receipt_line_id = :id /*all sites: the caller has the return*/");

enum status payable_give_back(struct tx *tx, int64_t receipt_line_id, int64_t units, int64_t document_id,
                              struct payable_back *out)
{
	struct payable p;
	*out = (struct payable_back){0};
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_by_line, I64(":id", receipt_line_id));
		if (!rows_next(&r))
			return ST_OK;
		out->payable_id = col_i64(&r, 0);
		out->receipt_id = col_i64(&r, 1);
	}
	enum status st = payable_load(tx_db(tx), out->payable_id, &p);
	if (st != ST_OK)
		return st;
	uncount_for_watch(tx, &p, units);
	int64_t open = payable_uninvoiced(&p), estimate = p.estimated_fen ? p.estimate_id : 0;
	out->less_units = units < open ? units : open;
	out->due_units = units - out->less_units;
	if (out->less_units == 0)
		return ST_OK;
	if ((st = payable_unestimate(tx, &p, document_id)) != ST_OK)
		return st;
	p.returned_units += out->less_units;
	payable_store(tx, &p);
	return estimate && payable_uninvoiced(&p) > 0 ? payable_estimate(tx, &p, estimate, 0) : ST_OK;
}

int64_t payable_due_fen(const struct payable *p)
{
	int64_t units = p->due_units < p->invoiced_units ? p->due_units : p->invoiced_units;
	return units ? (int64_t)((__int128)p->invoiced_fen * units / p->invoiced_units) : 0;
}

/* ---- one invoice is proof enough ---- */

SQL(select_unproven, "SELECT y.id FROM product_maker pm JOIN payable y ON y.product_id = pm.product_id AND y.supplier_id = "
                     ":supplier_id AND y.proven "
                     "= 0 WHERE pm.maker_id = :maker_id ORDER BY y.id /*all sites: the county's supplier*/");
#define ITS_INVOICES                                                                                                          \
	"payable_id = :payable_id AND leg = 2 AND single = 0 AND units > 0 AND EXISTS (SELECT 1 FROM invoice i WHERE i.id = " \
	"invoice_match.invoice_id AND i.issued_ymd >= :from_ymd AND i.issued_ymd <= :to_ymd) /*all sites: the county's "      \
	"supplier*/"
SQL(sum_single, "SELECT CAST(coalesce(sum(left_units), 0) AS BIGINT) FROM invoice_match WHERE " ITS_INVOICES);
SQL(set_single, "UPDATE invoice_match SET single = 1 WHERE " ITS_INVOICES);

static enum status count_single(struct tx *tx, int64_t id, const struct payable_single *which)
{
	struct payable p;
	const struct arg args[] = {I64(":payable_id", id), I64(":from_ymd", which->from_ymd), I64(":to_ymd", which->to_ymd)};
	enum status st = payable_load(tx_db(tx), id, &p);
	if (st != ST_OK)
		return st;
	p.single_units += db_i64_n(tx_db(tx), 0, &sum_single, args, sizeof args / sizeof *args);
	if (db_exec_n(tx, &set_single, args, sizeof args / sizeof *args))
		payable_store(tx, &p);
	return ST_OK;
}

enum status payable_prove_single(struct tx *tx, const struct payable_single *which)
{
	enum status st = ST_OK;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_unproven, I64(":supplier_id", which->supplier_id), I64(":maker_id", which->maker_id));
	while (st == ST_OK && rows_next(&r))
		st = count_single(tx, col_i64(&r, 0), which);
	return st;
}
