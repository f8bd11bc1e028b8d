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

#define NEIGHBOURS                                                                                                               \
	"SELECT count(*), CAST(coalesce(sum(o.amount_fen), 0) AS BIGINT), min(o.id) FROM purchase_order me JOIN purchase_order " \
	"o ON "                                                                                                                  \
	"o.supplier_id = me.supplier_id AND o.id > :floor_id AND o.id <> me.id AND o.buyer_site_id = me.buyer_site_id JOIN "     \
	"document d "                                                                                                            \
	"ON d.id = o.id AND d.state NOT IN ('draft', 'closed') WHERE me.id = :id"
SQL(select_same_day, NEIGHBOURS " AND d.made_at_ms >= :since_ms /*all sites: the same buyer's*/");
SQL(select_same_product, NEIGHBOURS
    " AND EXISTS (SELECT 1 FROM order_line a JOIN order_line b ON b.order_id = o.id AND b.dropped = 0 AND +b.product_id = "
    "a.product_id WHERE a.order_id = me.id AND a.dropped = 0) AND d.made_at_ms >= :since_ms /*all sites: the same "
    "buyer's*/");
SQL(insert_flag, "INSERT INTO split_flag (id, order_id, other_id, reason, order_count, sum_fen, limit_fen, at_ms) VALUES (:id, "
                 ":order_id, :other_id, :reason_t, :count, :sum, :limit, :at_ms) ON CONFLICT DO NOTHING");

static void look(struct tx *tx, const struct doc *order, const struct sql *q, const char *reason, int64_t since_ms, int64_t limit)
{
	int64_t amount = db_i64(tx_db(tx), 0, select_amount, I64(":id", order->id)), count = 0, sum = 0, other = 0;
	int64_t floor = tx_new_id(tx) - (SPLIT_DAYS * CLOCK_DAY_MS << ID_MS_SHIFT);
	{
		const struct arg args[] = {I64(":floor_id", floor), I64(":id", order->id), I64(":since_ms", since_ms)};
		SCOPED(rows) r = db_query_n(tx_db(tx), q, args, sizeof args / sizeof *args);
		if (rows_next(&r)) {
			count = col_i64(&r, 0);
			sum = col_i64(&r, 1) + amount;
			other = col_i64(&r, 2);
		}
	}
	/* an order that passes the limit by itself hides nothing */
	if (count == 0 || amount > limit || sum <= limit)
		return;
	db_exec(tx, insert_flag, I64(":id", tx_new_id(tx)), I64(":order_id", order->id), I64(":other_id", other),
	        TEXT(":reason_t", reason), I64(":count", count + 1), I64(":sum", sum), I64(":limit", limit),
	        I64(":at_ms", tx->now_ms));
}

void approval_look_for_split(struct tx *tx, const struct doc *order)
{
	int64_t limit = least_limit(tx_db(tx), tx->today_ymd);
	if (limit == INT64_MAX)
		return;
	look(tx, order, &select_same_day, "same_day", ymd_begin_ms(tx->today_ymd), limit);
	look(tx, order, &select_same_product, "same_product", tx->now_ms - SPLIT_DAYS * CLOCK_DAY_MS, limit);
}
