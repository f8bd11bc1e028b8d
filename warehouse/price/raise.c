#include "warehouse/price/raise.h"

#include "core/money.h"
#include "warehouse/price/price.h"

/* The lines, among those under a ceiling that this person entered lately, whose price is above the one before. */
#define CEILING_TODAY                                                                                                          \
	"coalesce(" PRICE_FACT("id", "listed", "l.product_id", ":today_ymd") ", " PRICE_FACT("id", "selected", "l.product_id", \
	                                                                                     ":today_ymd") ")"
#define BEFORE PRICE_RAISED_FROM("c")
SQL(select_own,
    "SELECT l.n, p.name, l.price_e4, b.price_e4 * l.units_per_pack / b.units_per_pack, c.at_ms, c.price_e4 * l.units_per_pack / "
    "c.units_per_pack FROM order_line l CROSS JOIN price c ON c.id = " CEILING_TODAY
    " AND c.by_user = :me_id AND c.at_ms > :raised_ms CROSS JOIN price b ON b.id = " BEFORE
    " AND b.price_e4 * l.units_per_pack < l.price_e4 * b.units_per_pack JOIN product p ON p.id = l.product_id WHERE l.order_id = "
    ":id AND l.dropped = 0 ORDER BY l.n /*all sites: the caller has the order*/");

/* The same where he took back a lower one that another had entered. */
SQL(select_taken_back,
    "SELECT l.n, p.name, l.price_e4, t.price_e4 * l.units_per_pack / t.units_per_pack, t.ended_at_ms FROM order_line l CROSS "
    "JOIN "
    "price t ON t.product_id = l.product_id AND t.kind = 'listed' AND t.to_ymd < t.from_ymd AND t.from_ymd <= :today_ymd AND "
    "t.ended_by = :me_id AND t.ended_at_ms > :raised_ms AND coalesce(t.by_user, 0) <> :me_id AND t.price_e4 * l.units_per_pack < "
    "l.price_e4 * t.units_per_pack JOIN product p ON p.id = l.product_id WHERE l.order_id = :id AND l.dropped = 0 ORDER BY l.n "
    "/*all sites: the caller has the order*/");
enum { R_N, R_PRODUCT, R_PRICE, R_BEFORE, R_AT_MS, R_NOW };

/* The line, the price, and what to do. did: what he did to the ceiling. */
static enum status tell(struct tx *tx, struct rows *r, const char *did)
{
	char asked[32], before[32], at[20];
	const int64_t n = col_i64(r, R_N);
	price_text(col_i64(r, R_PRICE), asked);
	price_text(col_i64(r, R_BEFORE), before);
	ms_local_text(col_i64(r, R_AT_MS), at);
	return tx_fail(tx, ST_SAME_PERSON, tx_line_field(tx, (size_t)n - 1, "price"), n,
	               "%s 单价 %s 元高于限价 %s 元, 这一限价由您本人于 %s %s: 请由别人审批, 或退回改为 %s 元以内",
	               col_text(tx->arena, r, R_PRODUCT), asked, before, at, did, before);
}

static enum status tell_raised(struct tx *tx, struct rows *r)
{
	char now[32];
	price_text(col_i64(r, R_NOW), now);
	return tell(tx, r, arena_printf(tx->arena, "上调到 %s 元", now));
}

enum status price_raise_check(struct tx *tx, const struct doc *order)
{
	enum status st = ST_OK;
	const struct arg args[] = {I64(":today_ymd", tx->today_ymd), I64(":me_id", tx->me.id),
	                           I64(":raised_ms", order->made_at_ms - PRICE_RAISE_MS), I64(":id", order->id)};
	SCOPED(rows) raised = db_query_n(tx_db(tx), &select_own, args, sizeof args / sizeof *args);
	while (rows_next(&raised))
		st = tell_raised(tx, &raised);
	SCOPED(rows) back = db_query_n(tx_db(tx), &select_taken_back, args, sizeof args / sizeof *args);
	while (rows_next(&back))
		st = tell(tx, &back, "撤回");
	return st;
}
