#include "warehouse/procurement/approval.h"

#include <string.h>

#define SPLIT_DAYS 3
#define ID_MS_SHIFT 22 /* an id begins with its milliseconds (core/ids.h) */

SQL(insert_limit, "INSERT INTO approval_limit (id, role, amount_fen, from_ymd, at_ms, by_user) VALUES (:id, :role_t, :amount, "
                  ":from_ymd, :at_ms, :by_id) ON CONFLICT DO NOTHING");

static bool may_approve(const char *role)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (strcmp(role_name((enum role)i), role) == 0)
			return permission_roles(PERM_ORDER_APPROVE) >> i & 1;
	return false;
}

enum status approval_limit_add(struct tx *tx, const struct approval_limit_new *in, int64_t *id)
{
	int64_t from = in->from_ymd ? in->from_ymd : tx->today_ymd;
	if (!may_approve(in->role))
		return tx_fail(tx, ST_INVALID_FIELD, "role", 0, "这个岗位不审批采购订单");
	if (in->amount_e4 % 100)
		return tx_fail(tx, ST_INVALID_FIELD, "amount", 0, "金额写到分为止");
	if (from < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0, "审批限额只能从今天或以后起用");
	*id = tx_new_id(tx);
	tx->action = "approval_limit.add";
	tx->ref_id = *id;
	int64_t added = db_exec(tx, insert_limit, I64(":id", *id), TEXT(":role_t", in->role), I64(":amount", in->amount_e4 / 100),
	                        I64(":from_ymd", from), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	return added ? ST_OK : tx_fail(tx, ST_ALREADY_EXISTS, "from_ymd", 0, "这个岗位从该日起的限额已登记");
}

SQL(select_limit,
    "SELECT amount_fen FROM approval_limit WHERE role = :role_t AND from_ymd <= :ymd ORDER BY from_ymd DESC LIMIT 1");

static int64_t limit_of_role(struct db *db, int role, int32_t ymd)
{
	return db_i64(db, INT64_MAX, select_limit, TEXT(":role_t", role_name((enum role)role)), I64(":ymd", ymd));
}

int64_t approval_limit_of(struct db *db, const struct me *me, int32_t ymd)
{
	int64_t most = 0;
	if (me->id == 0) /* the program itself */
		return INT64_MAX;
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!(me->roles & permission_roles(PERM_ORDER_APPROVE) >> i << i & 1u << i))
			continue;
		int64_t limit = limit_of_role(db, i, ymd);
		most = limit > most ? limit : most;
	}
	return most;
}

/* The smallest limit of anybody: what an order may be kept below. */
static int64_t least_limit(struct db *db, int32_t ymd)
{
	int64_t least = INT64_MAX;
	for (int i = 0; i < ROLE_COUNT; i++) {
		int64_t limit = permission_roles(PERM_ORDER_APPROVE) >> i & 1 ? limit_of_role(db, i, ymd) : INT64_MAX;
		least = limit < least ? limit : least;
	}
	return least;
}

SQL(select_amount, "SELECT amount_fen FROM purchase_order WHERE id = :id /*all sites: the caller has the document*/");

bool approval_is_enough(struct tx *tx, int64_t order_id)
{
	int64_t amount = db_i64(tx_db(tx), 0, select_amount, I64(":id", order_id));
	/* below every limit, or where there is none, it does not matter who approves */
	return amount <= least_limit(tx_db(tx), tx->today_ymd) || amount <= approval_limit_of(tx_db(tx), &tx->me, tx->today_ymd);
}

/* ---- orders that look split ---- */

/* Other orders of the same buyer, none of which passes the limit by itself: such a one hides nothing. */
#define NEIGHBOURS                                                                                                             \
	"CROSS JOIN purchase_order o ON o.buyer_site_id = me.buyer_site_id AND o.id > :floor_id AND o.id <> me.id AND "        \
	"o.amount_fen <= :limit CROSS JOIN document d ON d.id = o.id AND d.state NOT IN ('draft', 'closed') AND d.made_at_ms " \
	">= :since_ms "
SQL(select_same_day, "SELECT o.id, o.amount_fen FROM purchase_order me " NEIGHBOURS
                     "AND o.supplier_id = me.supplier_id WHERE me.id = :id ORDER BY o.id /*all sites: the same buyer's*/");
/* Of both sides only the lines of what they share; whoever delivers it. Three days of orders are looked at, for an index by
 * product would cost every line of every order a page. */
#define SHARED                                                                                                          \
	"FROM purchase_order me " NEIGHBOURS                                                                            \
	"CROSS JOIN order_line b ON b.order_id = o.id AND b.dropped = 0 AND b.product_id IN (SELECT a.product_id FROM " \
	"order_line a WHERE a.order_id = :id AND a.dropped = 0) WHERE me.id = :id"
SQL(select_same_product,
    "SELECT o.id, CAST(sum(b.amount_fen) AS BIGINT) " SHARED " GROUP BY o.id ORDER BY o.id /*all sites: the same buyer's*/");
SQL(select_shared, "SELECT CAST(coalesce(sum(l.amount_fen), 0) AS BIGINT) FROM order_line l WHERE l.order_id = :id AND "
                   "l.dropped = 0 AND l.product_id IN (SELECT b.product_id " SHARED ") /*all sites: the same buyer's*/");
SQL(insert_flag, "INSERT INTO split_flag (id, order_id, other_id, reason, order_count, sum_fen, limit_fen, at_ms) VALUES (:id, "
                 ":order_id, :other_id, :reason_t, :count, :sum, :limit, :at_ms) ON CONFLICT DO NOTHING");
SQL(insert_part, "INSERT INTO split_part (order_id, flag_id, amount_fen) VALUES (:order_id, :flag_id, :fen)");

/* One way to look: who the neighbours are, and what of the order itself counts with them. */
struct look {
	const char *reason;
	const struct sql *neighbours, *own;
	int64_t since_ms;
};
/* An order and what of it counts; the order that is looked at comes first. */
#define PARTS_MAX 100
struct parts {
	int64_t order_id[PARTS_MAX], fen[PARTS_MAX], sum;
	size_t count;
};

static void take_part(struct parts *p, int64_t order_id, int64_t fen)
{
	p->order_id[p->count] = order_id;
	p->fen[p->count++] = fen;
	p->sum += fen;
}

static void find_parts(struct tx *tx, int64_t order_id, const struct look *look, int64_t limit, struct parts *out)
{
	int64_t floor = tx_new_id(tx) - (SPLIT_DAYS * CLOCK_DAY_MS << ID_MS_SHIFT);
	const struct arg args[] = {I64(":floor_id", floor), I64(":id", order_id), I64(":since_ms", look->since_ms),
	                           I64(":limit", limit)};
	size_t n = look->own == &select_amount ? 0 : sizeof args / sizeof *args;
	take_part(out, order_id,
	          n ? db_i64_n(tx_db(tx), 0, look->own, args, n) : db_i64(tx_db(tx), 0, select_amount, I64(":id", order_id)));
	SCOPED(rows) r = db_query_n(tx_db(tx), look->neighbours, args, sizeof args / sizeof *args);
	while (out->count < PARTS_MAX && rows_next(&r))
		take_part(out, col_i64(&r, 0), col_i64(&r, 1));
}

/* Each of the orders bears the flag, whoever opens which: the rows of the sum. */
static void flag(struct tx *tx, const struct doc *order, const char *reason, const struct parts *p, int64_t limit)
{
	int64_t id = tx_new_id(tx);
	if (!db_exec(tx, insert_flag, I64(":id", id), I64(":order_id", order->id), I64(":other_id", p->order_id[1]),
	             TEXT(":reason_t", reason), I64(":count", (int64_t)p->count), I64(":sum", p->sum), I64(":limit", limit),
	             I64(":at_ms", tx->now_ms)))
		return;
	for (size_t i = 0; i < p->count; i++) {
		db_exec(tx, insert_part, I64(":order_id", p->order_id[i]), I64(":flag_id", id), I64(":fen", p->fen[i]));
		tx_changed(tx, "orders", order->from_site_id, order->to_site_id, p->order_id[i]);
	}
}

void approval_look_for_split(struct tx *tx, const struct doc *order)
{
	int64_t limit = least_limit(tx_db(tx), tx->today_ymd);
	const struct look looks[] = {
	        {"same_day", &select_same_day, &select_amount, ymd_begin_ms(tx->today_ymd)},
	        {"same_product", &select_same_product, &select_shared, tx->now_ms - SPLIT_DAYS * CLOCK_DAY_MS},
	};
	/* an order that passes the limit by itself hides nothing */
	if (limit == INT64_MAX || db_i64(tx_db(tx), 0, select_amount, I64(":id", order->id)) > limit)
		return;
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
		struct parts parts = {.count = 0};
		find_parts(tx, order->id, &looks[i], limit, &parts);
		if (parts.count > 1 && parts.sum > limit)
			flag(tx, order, looks[i].reason, &parts, limit);
	}
}
