#include "warehouse/volume/rule.h"

#include "warehouse/procurement/order.h"
#include "warehouse/volume/round.h"

#include <string.h>

/* Each product of a generic: what it is, what its strength counts, received, on order elsewhere, in this order, approved. */
SQL(select_products,
    "SELECT p.id, coalesce(vp.role, 'non_selected'), coalesce(m.measure_e3, 1000), (SELECT CAST(coalesce(sum(v.received_units), "
    "0) AS BIGINT) FROM volume_progress v WHERE v.round_id = g.round_id AND v.product_id = p.id), (SELECT "
    "CAST(coalesce(sum(v.units), 0) AS BIGINT) FROM volume_progress v WHERE v.round_id = g.round_id AND v.product_id = p.id), "
    "(SELECT CAST(coalesce(sum(" ORDER_LINE_DUE("l") "), 0) AS BIGINT) FROM order_line l WHERE l.product_id = p.id AND l.open "
                                                     "= 1 AND l.order_id <> :order_id), (SELECT CAST(coalesce(sum(l.units - "
                                                     "l.received_units), 0) AS BIGINT) FROM order_line l "
                                                     "WHERE l.order_id = :order_id AND +l.product_id = p.id AND l.dropped = 0), "
                                                     "(SELECT CAST(coalesce(sum(x.approved_units), 0) "
                                                     "AS "
                                                     "BIGINT) FROM volume_release x WHERE x.product_id = p.id AND x.round_id = "
                                                     "g.round_id) FROM volume_group g JOIN drug d ON "
                                                     "d.name = g.drug_name AND d.form = g.drug_form JOIN product p ON p.drug_id "
                                                     "= d.id LEFT JOIN volume_measure m ON m.generic_id "
                                                     "= g.generic_id AND m.strength = d.strength LEFT JOIN volume_product vp ON "
                                                     "vp.product_id = p.id AND vp.round_id = g.round_id "
                                                     "WHERE g.generic_id = :generic_id /*all sites: the county buys as one*/");

struct bought {
	int64_t product_id, measure_e3, units, committed, approved;
	const char *role;
};

static struct bought read_bought(struct arena *a, struct rows *r)
{
	return (struct bought){.product_id = col_i64(r, 0),
	                       .role = col_text(a, r, 1),
	                       .measure_e3 = col_i64(r, 2),
	                       .units = col_i64(r, 3) + col_i64(r, 5) + col_i64(r, 6),
	                       .committed = col_i64(r, 4),
	                       .approved = col_i64(r, 7)};
}

void volume_share_of_generic(struct db *db, int64_t generic_id, int64_t order_id, struct volume_share_of *out)
{
	SCOPED(arena) a = {0};
	*out = (struct volume_share_of){0};
	SCOPED(rows) r = db_query(db, select_products, I64(":generic_id", generic_id), I64(":order_id", order_id));
	while (rows_next(&r)) {
		const struct bought b = read_bought(&a, &r);
		bool selected = strcmp(b.role, "selected") == 0;
		int64_t free_units = b.units < b.approved ? b.units : b.approved, counted = selected ? b.units : free_units;
		out->selected += counted * b.measure_e3;
		out->other += (b.units - counted) * b.measure_e3;
		out->committed += b.committed * b.measure_e3;
	}
}

int64_t volume_other_pm(const struct volume_share_of *s)
{
	int64_t all = s->selected + s->other;
	return all > 0 ? (int64_t)((__int128)s->other * 1000 / all) : 0;
}

/* One line of the order that names a product of a running round. */
struct named {
	int64_t order_id, product_id, n;
	const char *name;
	struct volume_listing l;
};

static const char *field_of(struct tx *tx, const struct named *x)
{
	return arena_printf(tx->arena, "lines[%lld].product_id", (long long)x->n - 1);
}

SQL(select_maker, "SELECT p.name || ' ' || p.spec || ' (' || p.maker || ')' FROM product p WHERE p.id = :id");

static const char *selected_text(struct tx *tx, const struct named *x)
{
	const char *text = db_text(tx_db(tx), tx->arena, select_maker, I64(":id", volume_selected(tx_db(tx), x->l.generic_id)));
	return text ? text : "(尚无)";
}

static enum status check_reserve(struct tx *tx, const struct named *x)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_products, I64(":generic_id", x->l.generic_id), I64(":order_id", x->order_id));
	while (rows_next(&r)) {
		const struct bought b = read_bought(tx->arena, &r);
		if (b.product_id != x->product_id || b.units <= b.approved)
			continue;
		return tx_fail(tx, ST_RESERVE_CLOSED, field_of(tx, x), x->n,
		               "%s 为备选品种, 中选品种 %s 拒绝供货或超时并经特批后才能采购 (已批 %lld, 共需 %lld)", x->name,
		               selected_text(tx, x), (long long)b.approved, (long long)b.units);
	}
	return ST_OK;
}

static enum status check_share(struct tx *tx, const struct named *x)
{
	struct volume_share_of s;
	struct volume_round round;
	enum status st = volume_round_load(tx_db(tx), tx->arena, x->l.round_id, &round);
	volume_share_of_generic(tx_db(tx), x->l.generic_id, x->order_id, &s);
	if (s.selected < s.committed)
		s.selected = s.committed;
	if (st != ST_OK || (__int128)s.other * 1000 <= (__int128)round.other_pm * (s.selected + s.other))
		return st;
	int64_t pm = volume_other_pm(&s);
	return tx_fail(
	        tx, ST_NON_SELECTED_LIMIT, field_of(tx, x), x->n,
	        "%s 为非中选品种, 首选中选品种 %s; “%s”非中选占比将达 %lld.%lld%%, 超过上限 %lld.%lld%%, 确需采购请先办理特批",
	        x->name, selected_text(tx, x), x->l.generic, (long long)pm / 10, (long long)pm % 10,
	        (long long)round.other_pm / 10, (long long)round.other_pm % 10);
}

/* Lines of a generic of a running round that are not of its selected product. */
SQL(select_lines,
    "SELECT l.product_id, l.n, p.name FROM order_line l JOIN product p ON p.id = l.product_id JOIN drug d ON d.id = p.drug_id "
    "JOIN volume_group g ON g.drug_name = d.name AND g.drug_form = d.form JOIN volume_round r ON r.id = g.round_id LEFT JOIN "
    "volume_product vp ON vp.product_id = p.id AND vp.round_id = r.id WHERE l.order_id = :id AND l.dropped = 0 AND r.from_ymd <= "
    ":ymd AND r.to_ymd >= :ymd AND coalesce(vp.role, 'non_selected') <> 'selected' ORDER BY l.n /*all sites: the caller has the "
    "order*/");

enum status volume_check_order(struct tx *tx, int64_t order_id)
{
	enum status first = ST_OK;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", order_id), I64(":ymd", tx->today_ymd));
	while (rows_next(&r)) {
		struct named x = {order_id, col_i64(&r, 0), col_i64(&r, 1), col_text(tx->arena, &r, 2), {0}};
		if (!volume_listing_on(tx_db(tx), tx->arena, x.product_id, tx->today_ymd, &x.l))
			continue;
		enum status st = strcmp(x.l.role, "reserve") == 0 ? check_reserve(tx, &x) : check_share(tx, &x);
		if (first == ST_OK)
			first = st;
	}
	return first;
}
