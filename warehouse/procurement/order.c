#include "warehouse/procurement/order.h"

#include "core/money.h"
#include "warehouse/partner/mandate.h"
#include "warehouse/partner/partner.h"
#include "warehouse/partner/score.h"
#include "warehouse/price/filing.h"
#include "warehouse/price/raise.h"
#include "warehouse/procurement/approval.h"
#include "warehouse/procurement/term.h"
#include "warehouse/volume/rule.h"
#include "warehouse/volume/share.h"
#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/catalogue.h"

#include <string.h>

/* Sites of an order that nobody named are the buyer's own; each line tells them openly. */
struct parties {
	int64_t buyer, to, owner, payer, supplier;
};

SQL(insert_order,
    "INSERT INTO purchase_order (id, supplier_id, buyer_site_id, amount_fen, line_count) VALUES (:id, :supplier_id, :buyer_id, "
    "0, 0)");
SQL(insert_line, "INSERT INTO order_line (id, order_id, n, product_id, units, price_e4, units_per_pack, amount_fen, ceiling_e4, "
                 "ceiling_price_id, to_site_id, owner_site_id, payer_site_id, received_units, announced_units, dropped, open, "
                 "price_rule, price_id, "
                 "priced_ymd) VALUES (:id, :order_id, :n, :product_id, :units, :price, :per_pack, :amount, :ceiling, "
                 ":ceiling_id, :to_id, :owner_id, :payer_id, 0, 0, "
                 "0, 0, :rule_t, :price_id, :today_ymd)");
SQL(change_line, "UPDATE order_line SET n = :n, product_id = :product_id, units = :units, price_e4 = :price, units_per_pack = "
                 ":per_pack, amount_fen "
                 "= :amount, ceiling_e4 = :ceiling, ceiling_price_id = :ceiling_id, to_site_id = :to_id, owner_site_id = "
                 ":owner_id, payer_site_id = "
                 ":payer_id, dropped = 0, off_list = 0, price_rule = :rule_t, price_id = :price_id, priced_ymd = :today_ymd "
                 "WHERE id = :id AND "
                 "order_id = :order_id /*all sites: the caller has the order*/");
SQL(set_amount, "UPDATE purchase_order SET amount_fen = :amount, line_count = :count WHERE id = :id"
                " /*all sites: the caller has the document*/");

/* May he deliver (product 0: anything at all; else only what the product of line i adds)? RULE GSP-licence-lock: no order with a
 * supplier whose licence has run out. */
static enum status check_partner(struct tx *tx, int64_t supplier_id, bool any_goods, int64_t product_id, size_t i, int64_t row)
{
	const struct partner_question q = {supplier_id, product_id, tx->today_ymd, product_id != 0, any_goods};
	const char *why = NULL;
	enum status st = partner_may_supply(tx_db(tx), tx->arena, &q, &why);
	if (st == ST_OK)
		return ST_OK;
	return tx_fail(tx, st, product_id ? tx_line_field(tx, i, "product_id") : "supplier_id", row, "%s", why);
}

static enum status check_supplier(struct tx *tx, int64_t supplier_id)
{
	return check_partner(tx, supplier_id, false, 0, 0, 0);
}

/* May he deliver what stands on the lines? Every refused one is named. */
static enum status check_goods(struct tx *tx, int64_t order_id, int64_t supplier_id)
{
	enum status first = ST_OK;
	bool any_goods = !mandate_names_goods(tx_db(tx), supplier_id);
	SCOPED(rows) r = partner_doubtful(tx_db(tx), supplier_id, order_id, tx->today_ymd, any_goods);
	while (rows_next(&r)) {
		int64_t n = col_i64(&r, 0);
		enum status st = check_partner(tx, supplier_id, any_goods, col_i64(&r, 1), (size_t)n - 1, n);
		if (first == ST_OK)
			first = st;
	}
	return first;
}

static enum status check_site(struct tx *tx, int64_t site_id, const char *field)
{
	if (me_at_site(tx_db(tx), &tx->me, site_id))
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, field, 0, "没有这个机构, 或不在您的管辖范围");
}

static int64_t or_else(int64_t id, int64_t other)
{
	return id ? id : other;
}

/* What a line has and what it costs. */
struct goods {
	int64_t id, units_per_pack, price_e4, more_units; /* more_units: not written yet */
	const char *name;
	struct price_rule rule;
};

/* May the order have it at its price, for as much as it may be bought? RULE DOMAIN-12.3-price-rule */
static enum status check_price(struct tx *tx, const struct doc *d, const struct goods *g, size_t i, int64_t row)
{
	enum status st = price_rule_verdict(&g->rule, g->price_e4, g->units_per_pack);
	if (st != ST_OK)
		return price_rule_refuse_price(tx, st, &g->rule, g->price_e4, g->units_per_pack, g->name,
		                               tx_line_field(tx, i, "price"), row);
	if (g->rule.rule == PRICE_AGREED)
		return price_rule_check_supplier(tx, &g->rule, d->id, g->name, tx_line_field(tx, i, "product_id"), row);
	if (g->rule.rule != PRICE_FILED)
		return ST_OK;
	return filing_check_units(tx, &g->rule, d->id, g->id, g->more_units, tx_line_field(tx, i, "units"), row);
}

static enum status find_rule(struct tx *tx, struct goods *g, size_t i, int64_t row)
{
	enum status st = price_rule_on(tx_db(tx), tx->arena, g->id, tx->today_ymd, &g->rule);
	return st == ST_OK ? ST_OK : price_rule_refuse(tx, st, &g->rule, g->name, tx_line_field(tx, i, "product_id"), row);
}

SQL(select_goods, "SELECT name, units_per_pack, active FROM product WHERE id = :product_id");

/* Product, price and rule of one line. RULE DOMAIN-12.3-listed */
static enum status price_line(struct tx *tx, const struct doc *d, const struct order_line_new *in, size_t i, struct goods *g)
{
	int64_t row = (int64_t)i + 1;
	SCOPED(rows) r = db_query(tx_db(tx), select_goods, I64(":product_id", in->product_id));
	if (!rows_next(&r))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), row, "没有这个品种");
	*g = (struct goods){.id = in->product_id,
	                    .name = col_text(tx->arena, &r, 0),
	                    .units_per_pack = col_i64(&r, 1),
	                    .more_units = in->units};
	if (!col_i64(&r, 2))
		return tx_fail(tx, ST_PRODUCT_STOPPED, tx_line_field(tx, i, "product_id"), row, "%s 已停用", g->name);
	enum status st = find_rule(tx, g, i, row);
	if (st != ST_OK)
		return st;
	if (in->price_e4 == 0)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "price"), row, "%s 单价须大于 0", g->name);
	g->price_e4 = in->price_e4 == PRICE_LEFT_OUT ? price_rule_for(&g->rule, g->units_per_pack) : in->price_e4;
	return check_price(tx, d, g, i, row);
}

/* Sites of one line; the same ones as the line before need not be looked up again. */
static enum status check_parties(struct tx *tx, const struct order_line_new *in, const struct parties *all, struct parties *line)
{
	*line = (struct parties){all->buyer, or_else(in->to_site_id, all->to), or_else(in->owner_site_id, all->owner),
	                         or_else(in->payer_site_id, all->payer), all->supplier};
	enum status st = in->to_site_id ? check_site(tx, line->to, "to_site_id") : ST_OK;
	if (st == ST_OK && in->owner_site_id)
		st = check_site(tx, line->owner, "owner_site_id");
	return st == ST_OK && in->payer_site_id ? check_site(tx, line->payer, "payer_site_id") : st;
}

/* The ceiling of a pack of the line's size; 0: the rule was not found. */
static int64_t ceiling_for(const struct price_rule *r, int64_t units_per_pack)
{
	return r->ceiling_units_per_pack ? r->ceiling_e4 * units_per_pack / r->ceiling_units_per_pack : 0;
}

static enum status write_line(struct tx *tx, struct doc *d, const struct order_line_new *in, size_t i, const struct parties *all,
                              int64_t *total_fen)
{
	struct goods g = {0};
	struct parties line = {0};
	int64_t amount = 0;
	enum status st = price_line(tx, d, in, i, &g);
	if (st == ST_OK)
		st = check_parties(tx, in, all, &line);
	if (st != ST_OK)
		return st;
	if (!amount_fen(in->units, g.price_e4, g.units_per_pack, &amount) ||
	    __builtin_add_overflow(*total_fen, amount, total_fen))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), (int64_t)i + 1, "数量过大");
	const struct arg row[] = {
	        I64(":id", in->id ? in->id : tx_new_id(tx)),
	        I64(":order_id", d->id),
	        I64(":n", (int64_t)i + 1),
	        I64(":product_id", in->product_id),
	        I64(":units", in->units),
	        I64(":price", g.price_e4),
	        I64(":per_pack", g.units_per_pack),
	        I64(":amount", amount),
	        I64(":ceiling", ceiling_for(&g.rule, g.units_per_pack)),
	        I64(":ceiling_id", g.rule.ceiling_price_id),
	        TEXT(":rule_t", price_rule_word(g.rule.rule)),
	        I64(":price_id", g.rule.price_id),
	        I64(":today_ymd", tx->today_ymd),
	        I64(":to_id", line.to),
	        I64(":owner_id", line.owner),
	        I64(":payer_id", line.payer),
	};
	if (db_exec_n(tx, in->id ? &change_line : &insert_line, row, sizeof row / sizeof *row) == 0)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "id"), (int64_t)i + 1, "订单没有这一行");
	if (line.to != d->to_site_id)
		document_show_to(tx, d, line.to);
	return ST_OK;
}

/* Lines whose receiver may not simply have them: what the law binds to a permission or a level, and, where all is asked, whatever
 * goes straight to a branch. */
SQL(select_bound,
    "SELECT l.n, l.product_id, l.units, l.to_site_id, CASE WHEN s.parent_id IS NULL THEN 0 ELSE 1 END FROM order_line l CROSS "
    "JOIN site s ON s.id = l.to_site_id WHERE l.order_id = :id AND l.dropped = 0 AND ((s.parent_id IS NOT NULL AND (:all = 1 OR "
    "EXISTS (SELECT 1 FROM product_flag f WHERE f.product_id = l.product_id AND f.flag = 'antibiotic') OR EXISTS (SELECT 1 FROM "
    "product p WHERE p.id = l.product_id AND p.kind = 'preparation'))) OR EXISTS (SELECT 1 FROM product_flag f WHERE "
    "f.product_id "
    "= l.product_id AND f.flag IN ('controlled', 'precursor'))) ORDER BY l.n /*all sites: the caller has the order*/");
enum { B_N, B_PRODUCT, B_UNITS, B_SITE, B_BRANCH };

static enum status check_receiver(struct tx *tx, struct rows *r, bool all)
{
	struct product p;
	const int64_t n = col_i64(r, B_N), site = col_i64(r, B_SITE);
	const char *field = tx_line_field(tx, (size_t)n - 1, "product_id");
	enum status st = product_load(tx_db(tx), tx->arena, col_i64(r, B_PRODUCT), &p);
	if (st != ST_OK)
		return st;
	return all && col_i64(r, B_BRANCH) ? branch_check_line(tx, site, &p, col_i64(r, B_UNITS), field, n)
	                                   : branch_check_held(tx, site, &p, field, n);
}

/* What an order brings straight to a site is bound as if the site had asked for it; all: lists and exceptions, too, which are
 * asked until the order is counted against them. RULE DOMAIN-12.1-direct, RULE DOMAIN-12.5-seal-card */
static enum status check_receivers(struct tx *tx, int64_t order_id, bool all)
{
	enum status first = ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_bound, I64(":id", order_id), I64(":all", all));
	while (rows_next(&r)) {
		enum status st = check_receiver(tx, &r, all);
		if (first == ST_OK)
			first = st;
	}
	return first;
}

/* Counts what goes straight to branches against their exceptions and permissions. */
static enum status take_receivers(struct tx *tx, int64_t order_id)
{
	enum status st = ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_bound, I64(":id", order_id), I64(":all", 1));
	while (st == ST_OK && rows_next(&r)) {
		struct product p;
		if (col_i64(&r, B_BRANCH) && product_load(tx_db(tx), tx->arena, col_i64(&r, B_PRODUCT), &p) == ST_OK)
			st = branch_take(tx, order_id, col_i64(&r, B_SITE), &p, col_i64(&r, B_UNITS));
	}
	return st;
}

SQL(select_counted,
    "SELECT l.to_site_id, l.product_id, CAST(sum(l.received_units + " ORDER_LINE_DUE(
            "l") ") AS BIGINT) FROM order_line l WHERE l.order_id = :id AND l.dropped = 0 AND (EXISTS (SELECT 1 FROM "
                 "exception_use x WHERE x.request_id = :id AND x.units > 0) OR EXISTS (SELECT 1 FROM entitlement_use y WHERE "
                 "y.request_id = :id AND y.units > 0)) GROUP BY l.to_site_id, l.product_id "
                 "/*all sites: the caller has the order*/");

/* Gives back what was counted and does not come. */
static void release_receivers(struct tx *tx, int64_t order_id)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_counted, I64(":id", order_id));
	while (rows_next(&r))
		branch_keep_only(tx, order_id, col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2));
}

/* What every line will ask for. */
static void ask_ahead(struct tx *tx, const struct order_new *in)
{
	int64_t *products = arena_array(tx->arena, in->line_count + 1, sizeof *products);
	for (size_t i = 0; i < in->line_count; i++)
		products[i] = in->lines[i].product_id;
	db_ahead(tx_db(tx), select_goods, ":product_id", products, in->line_count, I64(":product_id", 0));
	price_rule_ahead(tx_db(tx), products, in->line_count, tx->today_ymd);
}

/* All lines are looked at, so that the answer names every refused one. */
static enum status write_lines(struct tx *tx, struct doc *d, const struct order_new *in, const struct parties *all)
{
	int64_t total = 0;
	enum status first = ST_OK;
	ask_ahead(tx, in);
	for (size_t i = 0; i < in->line_count; i++) {
		enum status st = write_line(tx, d, &in->lines[i], i, all, &total);
		if (first == ST_OK)
			first = st;
	}
	db_send(tx, set_amount, I64(":amount", total), I64(":count", (int64_t)in->line_count), I64(":id", d->id));
	enum status goods = check_goods(tx, d->id, all->supplier);
	enum status receivers = check_receivers(tx, d->id, true);
	if (first == ST_OK)
		first = goods;
	if (first == ST_OK)
		first = receivers;
	return first == ST_OK ? volume_check_order(tx, d->id) : first;
}

static enum status find_parties(struct tx *tx, const struct order_new *in, struct parties *out)
{
	int64_t buyer = or_else(in->buyer_site_id, tx->me.root_site_id), to = or_else(in->to_site_id, buyer);
	*out = (struct parties){buyer, to, or_else(in->owner_site_id, to), or_else(in->payer_site_id, buyer), in->supplier_id};
	/* who is the same as one before need not be looked up again */
	enum status st = check_site(tx, out->buyer, "buyer_site_id");
	if (st == ST_OK && out->to != out->buyer)
		st = check_site(tx, out->to, "to_site_id");
	if (st == ST_OK && out->owner != out->to)
		st = check_site(tx, out->owner, "owner_site_id");
	return st == ST_OK && out->payer != out->buyer ? check_site(tx, out->payer, "payer_site_id") : st;
}

enum status order_make(struct tx *tx, const struct order_new *in, struct doc *out)
{
	struct parties all;
	enum status st = check_supplier(tx, in->supplier_id);
	if (st == ST_OK)
		st = find_parties(tx, in, &all);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {all.buyer, all.to, in->reference, in->note, NULL};
	tx->action = "order.make";
	st = document_make(tx, &order_kind, &head, out);
	db_send(tx, insert_order, I64(":id", out->id), I64(":supplier_id", in->supplier_id), I64(":buyer_id", all.buyer));
	if (st == ST_OK)
		st = order_term_put(tx, out->id, in->urgency, in->expected_ymd);
	return st == ST_OK ? write_lines(tx, out, in, &all) : st;
}

static int64_t order_supplier(struct db *db, int64_t id);

SQL(drop_lines, "UPDATE order_line SET dropped = 1 WHERE order_id = :id AND dropped = 0"
                " /*all sites: the caller has the document*/");
SQL(set_supplier, "UPDATE purchase_order SET supplier_id = :supplier_id WHERE id = :id"
                  " /*all sites: the caller has the document*/");

enum status order_change(struct tx *tx, struct doc *d, const struct order_new *in)
{
	struct parties all = {d->from_site_id, d->to_site_id, or_else(in->owner_site_id, d->to_site_id),
	                      or_else(in->payer_site_id, d->from_site_id),
	                      or_else(in->supplier_id, order_supplier(tx_db(tx), d->id))};
	tx->action = "order.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "订单 %s 已提交, 不能修改", d->number);
	enum status st = in->supplier_id ? check_supplier(tx, in->supplier_id) : ST_OK;
	if (st == ST_OK)
		st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	st = order_term_put(tx, d->id, in->urgency, in->expected_ymd);
	if (st != ST_OK)
		return st;
	if (in->supplier_id)
		db_exec(tx, set_supplier, I64(":supplier_id", in->supplier_id), I64(":id", d->id));
	if (!in->lines)
		return ST_OK;
	db_exec(tx, drop_lines, I64(":id", d->id));
	return write_lines(tx, d, in, &all);
}

SQL(select_lines,
    "SELECT l.product_id, l.price_e4, l.units_per_pack, l.n, p.name, l.id, p.active FROM order_line l JOIN product p ON p.id = "
    "l.product_id WHERE "
    "l.order_id = :id AND l.dropped = 0 ORDER BY l.n /*all sites: the caller has the order*/");

/* RULE DOMAIN-6-stopped: what the committee stopped is not bought, however far the order has come without being sent. */
static enum status check_again(struct tx *tx, const struct doc *d, struct rows *r, size_t i)
{
	struct goods g = {col_i64(r, 0), col_i64(r, 2), col_i64(r, 1), 0, col_text(tx->arena, r, 4), {0}};
	if (!col_i64(r, 6))
		return tx_fail(tx, ST_PRODUCT_STOPPED, tx_line_field(tx, i, "product_id"), col_i64(r, 3), "%s 已停用", g.name);
	enum status st = find_rule(tx, &g, i, col_i64(r, 3));
	return st == ST_OK ? check_price(tx, d, &g, i, col_i64(r, 3)) : st;
}

/* Prices may have changed since the lines were written: looked at again before anybody commits to them. */
static enum status check_prices(struct tx *tx, const struct doc *d)
{
	enum status first = ST_OK;
	size_t lines = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	for (; rows_next(&r); lines++) {
		enum status st = check_again(tx, d, &r, lines);
		if (first == ST_OK)
			first = st;
	}
	if (lines == 0)
		return tx_fail(tx, ST_NO_LINES, "lines", 0, "订单没有明细, 不能提交");
	return first;
}

SQL(set_rule, "UPDATE order_line SET price_rule = :rule_t, price_id = :price_id, priced_ymd = :today_ymd, ceiling_e4 = :ceiling, "
              "ceiling_price_id = :ceiling_id WHERE id = :id /*all sites: the caller has the order*/");

/* The rule that the approval rests on stands on each line, for the receipt and the reports. */
static enum status keep_rules(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	struct price_rule rule;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r))
		if (price_rule_on(tx_db(tx), tx->arena, col_i64(&r, 0), tx->today_ymd, &rule) == ST_OK)
			db_exec(tx, set_rule, TEXT(":rule_t", price_rule_word(rule.rule)), I64(":price_id", rule.price_id),
			        I64(":today_ymd", tx->today_ymd), I64(":ceiling", ceiling_for(&rule, col_i64(&r, 2))),
			        I64(":ceiling_id", rule.ceiling_price_id), I64(":id", col_i64(&r, 5)));
	return ST_OK;
}

/* Prices, papers and the supplier may have changed since the lines were written. */
static enum status look_again(struct tx *tx, const struct doc *d)
{
	int64_t supplier = order_supplier(tx_db(tx), d->id);
	enum status st = check_supplier(tx, supplier);
	if (st != ST_OK)
		return st;
	st = check_prices(tx, d);
	enum status goods = check_goods(tx, d->id, supplier);
	if (st == ST_OK)
		st = goods;
	return st == ST_OK ? volume_check_order(tx, d->id) : st;
}

static enum status may_submit(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	enum status receivers = check_receivers(tx, d->id, true), st = look_again(tx, d);
	return st == ST_OK ? receivers : st;
}

/* From the submission on the receivers' exceptions are counted, and would be asked for twice; what the law binds may have ended.
 */
static enum status may_go_on(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	enum status receivers = check_receivers(tx, d->id, false), st = look_again(tx, d);
	return st == ST_OK ? receivers : st;
}

SQL(select_supplier_id, "SELECT supplier_id FROM purchase_order WHERE id = :id /*all sites: the caller has the document*/");
SQL(count_coming, "SELECT count(*) FROM order_line WHERE order_id = :id AND dropped = 0 AND open = 1"
                  " /*all sites: the caller has the document*/");

static int64_t order_supplier(struct db *db, int64_t id)
{
	return db_i64(db, 0, select_supplier_id, I64(":id", id));
}

int64_t order_coming(struct db *db, int64_t id)
{
	return db_i64(db, 0, count_coming, I64(":id", id));
}

static enum status all_received(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	return order_coming(tx_db(tx), d->id) == 0 ? ST_OK : ST_WRONG_STATE;
}

SQL(set_open, "UPDATE order_line SET open = :open WHERE order_id = :id AND dropped = 0 AND received_units < units "
              "/*all sites: the caller has the document*/");

/* RULE DOMAIN-12.3-off-list: bought although the county's list does not hold it that day. Allowed, and told apart. */
SQL(set_off_list,
    "UPDATE order_line SET off_list = CASE WHEN EXISTS (SELECT 1 FROM level_list v WHERE v.level = 1 AND v.product_id = "
    "order_line.product_id AND v.from_ymd <= :today_ymd AND (v.to_ymd IS NULL OR v.to_ymd >= :today_ymd)) THEN 0 ELSE 1 END "
    "WHERE order_id = :id AND dropped = 0 /*all sites: the caller has the document*/");

/* From submission on the lines are on order for their receivers and for whoever still owes a committed volume, until they are
 * here or nobody waits for them any more. */
static enum status open_lines(struct tx *tx, struct doc *d, const void *input)
{
	db_exec(tx, set_open, I64(":open", 1), I64(":id", d->id));
	volume_share_order(tx, d->id);
	approval_look_for_split(tx, d);
	db_exec(tx, set_off_list, I64(":today_ymd", tx->today_ymd), I64(":id", d->id));
	enum status st = take_receivers(tx, d->id);
	return st == ST_OK ? keep_rules(tx, d, input) : st;
}

SQL(clear_off_list,
    "UPDATE order_line SET off_list = 0 WHERE order_id = :id AND off_list = 1 AND NOT EXISTS (SELECT 1 FROM "
    "order_term t WHERE t.order_id = :id AND t.sent_at_ms IS NOT NULL) /*all sites: the caller has the document*/");

static enum status close_lines(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_open, I64(":open", 0), I64(":id", d->id));
	db_exec(tx, clear_off_list, I64(":id", d->id));
	order_term_end(tx, d->id);
	release_receivers(tx, d->id);
	return ST_OK;
}

/* May this person say that it is bought? RULE DOMAIN-6-ceiling-raised */
static enum status may_decide(struct tx *tx, const struct doc *d, const void *input)
{
	enum status st = may_go_on(tx, d, input);
	return st == ST_OK ? price_raise_check(tx, d) : st;
}

/* Is this person's word enough? Says nothing where it is not: the next step of the same name passes it on. */
static enum status may_approve_alone(struct tx *tx, const struct doc *d, const void *input)
{
	return approval_is_enough(tx, d->id) ? may_decide(tx, d, input) : ST_WRONG_STATE;
}

static enum status may_pass_on(struct tx *tx, const struct doc *d, const void *input)
{
	return tx->faults->first ? tx->faults->first->st : may_decide(tx, d, input);
}

static enum status begin_waiting(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	supplier_order_sent(tx, d->id, order_term_begin(tx, d->id));
	return ST_OK;
}

static enum status end_waiting(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	order_term_end(tx, d->id);
	release_receivers(tx, d->id);
	return ST_OK;
}

static enum status wait_again(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	order_term_again(tx, d->id);
	return ST_OK;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},      {"submitted", "已提交", true}, {"countersigning", "待复审", false},
        {"approved", "已审批", true}, {"sent", "已发送", true},      {"part_received", "部分到货", false},
        {"received", "已到货", true}, {"closed", "已关闭", false},   {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_ORDER_EDIT, SIDE_FROM, false, may_submit, open_lines},
        {"submitted", "approve", "approved", "审批通过", PERM_ORDER_APPROVE, SIDE_FROM, false, may_approve_alone, keep_rules},
        {"submitted", "approve", "countersigning", "审批通过", PERM_ORDER_APPROVE, SIDE_FROM, false, may_pass_on, NULL},
        {"countersigning", "countersign", "approved", "复审通过", PERM_ORDER_COUNTERSIGN, SIDE_FROM, false, may_decide,
         keep_rules},
        {"countersigning", "return", "draft", "退回修改", PERM_ORDER_APPROVE, SIDE_FROM, true, NULL, close_lines},
        {"submitted", "return", "draft", "退回修改", PERM_ORDER_APPROVE, SIDE_FROM, true, NULL, close_lines},
        {"approved", "send", "sent", "发送供应商", PERM_ORDER_EDIT, SIDE_FROM, false, may_go_on, begin_waiting},
        {"approved", "return", "draft", "退回修改", PERM_ORDER_APPROVE, SIDE_FROM, true, NULL, close_lines},
        {"sent", "arrive", "received", "到货", PERM_NONE, SIDE_ANY, false, all_received, end_waiting},
        {"sent", "arrive", "part_received", "到货", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        {"part_received", "arrive", "received", "到货", PERM_NONE, SIDE_ANY, false, all_received, end_waiting},
        {"part_received", "arrive", "part_received", "到货", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        /* goods rejected at the inspection are due again */
        {"received", "reopen", "part_received", "退回待补", PERM_NONE, SIDE_ANY, false, NULL, wait_again},
        {"draft", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {"submitted", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {"countersigning", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {"approved", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {"sent", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {"part_received", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {"received", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, close_lines},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE GSP-two-persons: whoever wrote or submitted an order does not approve it. */
static const struct doc_two_persons two_persons[] = {
        {"approve", "submit"},      {"approve", "make"}, {"countersign", "submit"}, {"countersign", "make"},
        {"countersign", "approve"}, {"approve", "edit"}, {"countersign", "edit"},   {NULL, NULL}};
const struct doc_kind order_kind = {"order", "采购订单", "CG", "orders", states, steps, "draft", two_persons};

SQL(select_line,
    "SELECT l.order_id, l.product_id, l.units, l.received_units, l.price_e4, l.units_per_pack, l.to_site_id, l.owner_site_id, "
    "l.payer_site_id, o.supplier_id, p.name FROM order_line l JOIN purchase_order o ON o.id = l.order_id JOIN product p ON "
    "p.id = l.product_id WHERE l.id = :id AND l.dropped = 0 /*all sites: the caller checks the order*/");
SQL(select_due_line, "SELECT id FROM order_line WHERE order_id = :order_id AND +product_id = :product_id AND to_site_id = :to_id "
                     "AND dropped = 0 ORDER BY "
                     "open DESC, received_units >= units, n LIMIT 1 /*all sites: the caller has the order*/");
SQL(add_received,
    "UPDATE order_line SET received_units = received_units + :units, open = CASE WHEN received_units + :units < "
    "coalesce(answered_units, units) AND EXISTS (SELECT 1 FROM document d WHERE d.id = order_id AND d.state <> 'closed') THEN 1 "
    "ELSE 0 END WHERE id = :id /*all sites: the caller has the document*/");

enum status order_line_load(struct db *db, struct arena *a, int64_t id, struct order_line *out)
{
	SCOPED(rows) r = db_query(db, select_line, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct order_line){
	        .id = id,
	        .order_id = col_i64(&r, 0),
	        .product_id = col_i64(&r, 1),
	        .units = col_i64(&r, 2),
	        .received_units = col_i64(&r, 3),
	        .price_e4 = col_i64(&r, 4),
	        .units_per_pack = col_i64(&r, 5),
	        .to_site_id = col_i64(&r, 6),
	        .owner_site_id = col_i64(&r, 7),
	        .payer_site_id = col_i64(&r, 8),
	        .supplier_id = col_i64(&r, 9),
	        .product_name = col_text(a, &r, 10),
	};
	return ST_OK;
}

int64_t order_line_for(struct db *db, int64_t order_id, int64_t product_id, int64_t to_site_id)
{
	return db_i64(db, 0, select_due_line, I64(":order_id", order_id), I64(":product_id", product_id),
	              I64(":to_id", to_site_id));
}

void order_line_receive(struct tx *tx, int64_t line_id, int64_t units)
{
	db_exec(tx, add_received, I64(":units", units), I64(":id", line_id));
	supplier_line_moved(tx, line_id, units);
}

/* The order as the program itself sees it. */
static enum status load_order(struct tx *tx, int64_t order_id, struct doc *d)
{
	const struct me program = {.id = 0};
	return document_load(tx_db(tx), tx->arena, &program, &order_kind, order_id, d);
}

enum status order_received(struct tx *tx, int64_t order_id)
{
	struct doc d;
	enum status st = load_order(tx, order_id, &d);
	if (st != ST_OK)
		return st;
	/* one more box of many, or more than the supplier said, changes nothing that people could be stale about */
	bool same = strcmp(d.state, "received") == 0 ||
	            (strcmp(d.state, "part_received") == 0 && all_received(tx, &d, NULL) != ST_OK);
	return same ? ST_OK : document_follow(tx, &d, "arrive", NULL);
}

enum status order_line_give_back(struct tx *tx, int64_t line_id, int64_t units)
{
	struct order_line line;
	struct doc d;
	enum status st = order_line_load(tx_db(tx), tx->arena, line_id, &line);
	if (st == ST_OK)
		st = load_order(tx, line.order_id, &d);
	if (st != ST_OK)
		return st;
	order_line_receive(tx, line_id, -units);
	if (!order_coming(tx_db(tx), d.id)) { /* refused or closed meanwhile */
		release_receivers(tx, d.id);
		return ST_OK;
	}
	return strcmp(d.state, "received") == 0 ? document_follow(tx, &d, "reopen", NULL) : ST_OK;
}
