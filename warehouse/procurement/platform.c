#include "warehouse/procurement/platform.h"

#include "warehouse/catalogue/catalogue.h"

#include <string.h>

/* Our line, where we have it, and how it stands. */
struct ours {
	int64_t order_id, line_id, site_id, units, price_e4, per_pack, product_id;
	const char *state;
};

SQL(find_order,
    "SELECT d.id, d.state, d.from_site_id FROM document d JOIN user_site us ON us.site_id = d.from_site_id AND us.user_id = "
    ":me_id WHERE d.number = :number_t AND d.kind = 'order'");
SQL(find_by_any_code, "SELECT product_id FROM product_code WHERE code = :code_t ORDER BY product_id LIMIT 1");
/* Lines of one product for several receivers: the one of that size, then one that no other row of the platform stands for.
 * RULE DOMAIN-12.3-platform */
SQL(find_line,
    "SELECT l.id, l.units, l.price_e4, l.units_per_pack FROM order_line l WHERE l.order_id = :order_id AND +l.product_id = "
    ":product_id AND l.dropped = 0 ORDER BY CASE WHEN EXISTS (SELECT 1 FROM platform_line x WHERE x.order_line_id = l.id AND NOT "
    "(x.platform_order_no = :platform_t AND x.product_code = :code_t)) THEN 2 ELSE 0 END + CASE WHEN l.units = :packs * "
    "l.units_per_pack THEN 0 ELSE 1 END, l.n LIMIT 1 /*all sites: the order is the user's*/");
/* The same of a dispatch: the line it was told of before, then one with room for so much. */
SQL(find_dispatched,
    "SELECT l.id, l.units, l.price_e4, l.units_per_pack FROM order_line l LEFT JOIN platform_dispatch x ON x.order_line_id = "
    "l.id "
    "AND x.dispatch_no = :platform_t AND x.order_number = :number_t AND x.product_code = :code_t AND x.lot = :lot_t WHERE "
    "l.order_id = :order_id AND +l.product_id = :product_id AND l.dropped = 0 ORDER BY CASE WHEN x.id IS NOT NULL THEN 0 WHEN "
    "l.announced_units + :packs * l.units_per_pack <= coalesce(l.answered_units, l.units) THEN 1 ELSE 2 END, l.n LIMIT 1 /*all "
    "sites: the order is the "
    "user's*/");

/* What a row of the platform says of itself; lot: of a dispatch, else NULL. */
struct told {
	const char *platform_no, *order_number, *product_code, *lot;
	int64_t packs;
};

static void find_ours(struct tx *tx, const struct told *in, struct ours *out)
{
	*out = (struct ours){.site_id = tx->me.root_site_id, .per_pack = 1};
	out->product_id = product_by_code(tx_db(tx), in->product_code);
	if (!out->product_id)
		out->product_id = db_i64(tx_db(tx), 0, find_by_any_code, TEXT(":code_t", in->product_code));
	{
		SCOPED(rows) r = db_query(tx_db(tx), find_order, I64(":me_id", tx->me.id), TEXT(":number_t", in->order_number));
		if (!rows_next(&r))
			return;
		out->order_id = col_i64(&r, 0);
		out->state = col_text(tx->arena, &r, 1);
		out->site_id = col_i64(&r, 2);
	}
	const struct arg asked[] = {
	        I64(":order_id", out->order_id),
	        I64(":product_id", out->product_id),
	        TEXT(":platform_t", in->platform_no),
	        TEXT(":code_t", in->product_code),
	        I64(":packs", in->packs),
	        TEXT(":number_t", in->order_number),
	        TEXT(":lot_t", in->lot),
	};
	const size_t count = sizeof asked / sizeof *asked;
	SCOPED(rows)
	r = in->lot ? db_query_n(tx_db(tx), &find_dispatched, asked, count) : db_query_n(tx_db(tx), &find_line, asked, count - 2);
	if (!rows_next(&r))
		return;
	out->line_id = col_i64(&r, 0);
	out->units = col_i64(&r, 1);
	out->price_e4 = col_i64(&r, 2);
	out->per_pack = col_i64(&r, 3);
}

/* Has this order left us? */
static bool is_out(const char *state)
{
	return strcmp(state, "sent") == 0 || strcmp(state, "part_received") == 0 || strcmp(state, "received") == 0;
}

/* The first thing on which the two sides differ; NULL where they agree. */
static const char *difference(const struct platform_row *in, const struct ours *o)
{
	if (!o->order_id)
		return "unknown_order";
	if (!o->line_id)
		return "unknown_line";
	if (in->packs * o->per_pack != o->units)
		return "units";
	if (in->price_e4 >= 0 && in->price_e4 != o->price_e4)
		return "price";
	bool over = strstr(in->state, "撤") || strstr(in->state, "拒") || strstr(in->state, "关闭") || strstr(in->state, "取消");
	return over == is_out(o->state) ? "state" : NULL;
}

SQL(put_line,
    "INSERT INTO platform_line (id, site_id, platform_order_no, order_number, product_code, order_id, order_line_id, state, "
    "packs, "
    "price_e4, difference, at_ms, by_user) VALUES (:id, :site_id, :platform_t, :number_t, :code_t, :order_id, :line_id, "
    ":state_t, "
    ":packs, :price, :difference_t, :at_ms, :by_id) ON CONFLICT (platform_order_no, product_code) DO UPDATE SET site_id = "
    "excluded.site_id, order_number = excluded.order_number, order_id = excluded.order_id, order_line_id = "
    "excluded.order_line_id, "
    "state = excluded.state, packs = excluded.packs, price_e4 = excluded.price_e4, difference = excluded.difference, at_ms = "
    "excluded.at_ms, by_user = excluded.by_user");

enum status platform_take(struct tx *tx, const struct platform_row *in, bool *differs)
{
	struct ours o;
	const struct told told = {in->platform_order_no, in->order_number, in->product_code, NULL, in->packs};
	find_ours(tx, &told, &o);
	const char *what = difference(in, &o);
	*differs = what != NULL;
	db_exec(tx, put_line, I64(":id", tx_new_id(tx)), I64(":site_id", o.site_id), TEXT(":platform_t", in->platform_order_no),
	        TEXT(":number_t", in->order_number), TEXT(":code_t", in->product_code), ID(":order_id", o.order_id),
	        ID(":line_id", o.line_id), TEXT(":state_t", in->state), I64(":packs", in->packs),
	        in->price_e4 < 0 ? (struct arg){.name = ":price", .type = ARG_NULL} : I64(":price", in->price_e4),
	        TEXT(":difference_t", what), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	return ST_OK;
}

/* ---- dispatches ---- */

SQL(put_dispatch,
    "INSERT INTO platform_dispatch (id, site_id, dispatch_no, order_number, product_code, lot, made_ymd, expiry_ymd, packs, "
    "order_id, order_line_id, units, sent_ymd, difference, at_ms, by_user) VALUES (:id, :site_id, :dispatch_t, :number_t, "
    ":code_t, "
    ":lot_t, :made_ymd, :expiry_ymd, :packs, :order_id, :line_id, :units, :sent_ymd, :difference_t, :at_ms, :by_id) ON CONFLICT "
    "(dispatch_no, order_number, product_code, lot) DO UPDATE SET site_id = excluded.site_id, made_ymd = excluded.made_ymd, "
    "expiry_ymd = excluded.expiry_ymd, packs = excluded.packs, order_id = excluded.order_id, order_line_id = "
    "excluded.order_line_id, units = excluded.units, sent_ymd = excluded.sent_ymd, difference = excluded.difference, at_ms = "
    "excluded.at_ms, by_user = excluded.by_user");
/* All that is on the road for a line, without this row. */
SQL(sum_dispatched,
    "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM platform_dispatch WHERE order_line_id = :line_id AND NOT (dispatch_no = "
    ":dispatch_t AND order_number = :number_t AND product_code = :code_t AND lot = :lot_t) /*all sites: the order is the "
    "user's*/");
SQL(set_announced, "UPDATE order_line SET announced_units = :units WHERE id = :line_id /*all sites: the order is the user's*/");

enum status platform_dispatch_take(struct tx *tx, const struct platform_dispatch_row *in, bool *differs)
{
	struct ours o;
	const struct told told = {in->dispatch_no, in->order_number, in->product_code, in->lot, in->packs};
	find_ours(tx, &told, &o);
	int64_t units = o.line_id ? in->packs * o.per_pack : 0;
	int64_t all = !o.line_id ? 0
	                         : units + db_i64(tx_db(tx), 0, sum_dispatched, I64(":line_id", o.line_id),
	                                          TEXT(":dispatch_t", in->dispatch_no), TEXT(":number_t", in->order_number),
	                                          TEXT(":code_t", in->product_code), TEXT(":lot_t", in->lot));
	const char *what = !o.order_id        ? "unknown_order"
	                   : !o.line_id       ? "unknown_line"
	                   : !is_out(o.state) ? "not_sent"
	                   : all > o.units    ? "over"
	                                      : NULL;
	*differs = what != NULL;
	db_exec(tx, put_dispatch, I64(":id", tx_new_id(tx)), I64(":site_id", o.site_id), TEXT(":dispatch_t", in->dispatch_no),
	        TEXT(":number_t", in->order_number), TEXT(":code_t", in->product_code), TEXT(":lot_t", in->lot),
	        ID(":made_ymd", in->made_ymd), I64(":expiry_ymd", in->expiry_ymd), I64(":packs", in->packs),
	        ID(":order_id", o.order_id), ID(":line_id", o.line_id), I64(":units", units), ID(":sent_ymd", in->sent_ymd),
	        TEXT(":difference_t", what), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	if (o.line_id && is_out(o.state))
		db_exec(tx, set_announced, I64(":units", all), I64(":line_id", o.line_id));
	return ST_OK;
}
