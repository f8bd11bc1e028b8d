#include "warehouse/partner/partner.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/partner/mandate.h"
#include "warehouse/partner/paper.h"
#include "warehouse/partner/tick.h"
#include "warehouse/price/price.h"

/* ---- the first purchase ---- */

SQL(insert_known,
    "INSERT INTO first_purchase (kind, ref_id, source, document_id, at_ms, by_user) VALUES (:kind_t, :id, :source_t, "
    ":document_id, :at_ms, :by_id) ON CONFLICT DO NOTHING");
SQL(select_known, "SELECT 1 FROM first_purchase WHERE kind = :kind_t AND ref_id = :id");
SQL(select_any_order, "SELECT 1 FROM purchase_order LIMIT 1 /*scan: one row*/ /*all sites: is there any*/");

void partner_known(struct tx *tx, const char *kind, int64_t id, int64_t document_id)
{
	db_exec(tx, insert_known, TEXT(":kind_t", kind), I64(":id", id), TEXT(":source_t", document_id ? "document" : "opening"),
	        ID(":document_id", document_id), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
}

bool partner_is_known(struct db *db, const char *kind, int64_t id)
{
	return db_i64(db, 0, select_known, TEXT(":kind_t", kind), I64(":id", id)) != 0;
}

bool partner_opening(struct db *db)
{
	return db_i64_n(db, 0, &select_any_order, NULL, 0) == 0;
}

/* ---- the question ---- */

struct asking {
	struct db *db;
	struct arena *a;
	const struct partner_question *q;
	const char **why;
};

#define say(k, ...) (*(k)->why = arena_printf((k)->a, __VA_ARGS__))

static enum status say_locked(struct asking *k, const struct paper_state states[PAPER_COUNT], enum paper lock, const char *name)
{
	const char *title = paper_kinds[lock].title;
	say(k, "%s 的%s%s, 不能采购; 请登记新的%s并由质量部门确认", name, title, paper_trouble(k->a, &states[lock], k->q->ymd),
	    title);
	return ST_LICENCE_EXPIRED;
}

static enum status ask_maker(struct asking *k, int64_t id, unsigned bit, const char *name)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(k->db, "maker", id, k->q->ymd, states);
	enum paper lock = paper_lock("maker", states, bit);
	return lock == PAPER_COUNT ? ST_OK : say_locked(k, states, lock, name);
}

/* Which of these trades no paper of his locks; *lock: the first that locks one. */
static unsigned free_trades(const struct paper_state states[PAPER_COUNT], unsigned trades, enum paper *lock)
{
	unsigned free = 0;
	*lock = PAPER_COUNT;
	for (unsigned t = 1; t <= TRADE_ANY; t <<= 1) {
		enum paper found = t & trades ? paper_lock("supplier", states, t) : PAPER_COUNT;
		if (found != PAPER_COUNT && *lock == PAPER_COUNT)
			*lock = found;
		if ((t & trades) && found == PAPER_COUNT)
			free |= t;
	}
	return free;
}

/*
 * RULE GSP-trade-licence: goods come from him who trades in them, and each trade stands on its own licence: one of those trades
 * must be free of locks.
 */
static enum status ask_trades(struct asking *k, unsigned trades, const char *name)
{
	struct paper_state states[PAPER_COUNT];
	enum paper lock;
	paper_states(k->db, "supplier", k->q->supplier_id, k->q->ymd, states);
	return free_trades(states, trades, &lock) || lock == PAPER_COUNT ? ST_OK : say_locked(k, states, lock, name);
}

/* RULE DOMAIN-12.2-first-purchase: nothing is ordered before quality has approved the file. */
static enum status ask_known(struct asking *k, bool known, const char *name, const char *title)
{
	if (known)
		return ST_OK;
	say(k, "%s 尚未通过%s审批, 不能采购; 请先建立%s资料并由质量部门批准", name, title, title);
	return ST_FIRST_PURCHASE;
}

static enum status ask_supplier(struct asking *k)
{
	struct supplier s;
	enum status st = supplier_load(k->db, k->a, k->q->supplier_id, &s);
	if (st != ST_OK) {
		say(k, "没有这个供应商");
		return ST_INVALID_FIELD;
	}
	if (!s.active) {
		say(k, "供应商 %s 已停用", s.name);
		return ST_INVALID_FIELD;
	}
	st = ask_known(k, partner_is_known(k->db, "supplier", s.id), s.name, "首营企业");
	if (st == ST_OK)
		st = ask_trades(k, business_of(s.business)->trades, s.name);
	return st == ST_OK ? mandate_covers(k->db, k->a, k->q, k->why) : st;
}

/* What one line needs to know, in one statement. */
struct goods {
	int64_t maker_id; /* 0: unknown */
	bool known;       /* first purchase approved */
	bool may_deliver; /* the maker has named no distributors, or this one among them */
	bool papers_hold; /* each paper on file of the product or its maker has a valid one of its kind: nothing to look into */
	bool ticked;      /* on the platform, or nobody asks */
	const struct goods_kind *kind;
	const struct business *business; /* of the supplier */
};

/* A kind on file without a valid paper. */
#define PAPERS_LACK(kind, id)                                                                                            \
	"EXISTS (SELECT 1 FROM qualification q WHERE q.owner_kind = '" kind "' AND q.owner_id = " id                     \
	" AND q.confirmed_at_ms IS NOT NULL AND NOT EXISTS (SELECT 1 FROM qualification v WHERE v.owner_kind = '" kind   \
	"' AND v.owner_id = " id " AND v.kind = q.kind AND v.confirmed_at_ms IS NOT NULL AND v.ended_at_ms IS NULL AND " \
	"coalesce(v.from_ymd, 0) <= :ymd AND coalesce(v.until_ymd, 99991231) >= :ymd))"
/* Each as a condition, so that the statements below read as what they ask. */
#define CHOSE_HIM MAKER_CHOSE_HIM("pm.maker_id", ":supplier_id", ":ymd")
#define CHOSE_OTHERS "(NOT " CHOSE_HIM " AND " MAKER_CHOSE("pm.maker_id") ")"
#define LACKING(product) "(" PAPERS_LACK("maker", "pm.maker_id") " OR " PAPERS_LACK("product", product) ")"
#define IS_TICKED(product) TICKED(product, ":supplier_id", ":ymd")

SQL(select_goods,
    "SELECT pm.maker_id, EXISTS (SELECT 1 FROM first_purchase f WHERE f.kind = 'product' AND f.ref_id = p.id), CASE "
    "WHEN " CHOSE_OTHERS " THEN 0 ELSE 1 END, CASE WHEN " LACKING("p.id") " THEN 0 ELSE 1 END, CASE WHEN " IS_TICKED(
            "p.id") " THEN 1 "
                    "ELSE 0 END, p.kind, (SELECT s.business FROM supplier s WHERE s.id = :supplier_id) FROM product p LEFT JOIN "
                    "product_maker pm "
                    "ON pm.product_id = p.id WHERE p.id = :id");
SQL(select_supplier_name, "SELECT name FROM supplier WHERE id = :id");
SQL(select_maker_name, "SELECT name FROM maker WHERE id = :id");
SQL(select_product_name, "SELECT name FROM product WHERE id = :id");

/* Asked for only where something has to be said about him. */
static const char *name_of(struct asking *k, const struct sql *select, int64_t id)
{
	const struct arg arg = I64(":id", id);
	const char *name = db_text_n(k->db, k->a, select, &arg, 1);
	return name ? name : "?";
}

SQL(select_last_right,
    "SELECT from_ymd, until_ymd, ended_at_ms, end_note, region FROM delivery_right WHERE supplier_id = :supplier_id AND maker_id "
    "= "
    ":maker_id ORDER BY CASE WHEN ended_at_ms IS NULL THEN 0 ELSE 1 END, coalesce(until_ymd, 99991231) DESC, id DESC LIMIT 1");

/* What became of the right that he had: run out, taken back, not begun, for elsewhere; or that he never had one. */
static const char *right_lost(struct asking *k, const struct goods *g)
{
	SCOPED(rows)
	r = db_query(k->db, select_last_right, I64(":supplier_id", k->q->supplier_id), I64(":maker_id", g->maker_id));
	if (!rows_next(&r))
		return "没有登记";
	if (!col_is_null(&r, 2))
		return arena_printf(k->a, "已终止 (%s)", col_text(k->a, &r, 3));
	if (col_i64(&r, 0) > k->q->ymd)
		return arena_printf(k->a, "自 %lld 起才生效", (long long)col_i64(&r, 0));
	if (!col_is_null(&r, 1) && col_i64(&r, 1) < k->q->ymd)
		return arena_printf(k->a, "已于 %lld 到期", (long long)col_i64(&r, 1));
	return arena_printf(k->a, "的区域是 %s, 不含本地区", col_text(k->a, &r, 4));
}

/* RULE DOMAIN-12.3-delivery-right: a maker that has named its distributors is delivered by those alone. */
static enum status ask_right(struct asking *k, const struct goods *g)
{
	if (g->may_deliver)
		return ST_OK;
	say(k, "%s 对 %s 的配送关系%s, 不能采购其产品", name_of(k, &select_supplier_name, k->q->supplier_id),
	    name_of(k, &select_maker_name, g->maker_id), right_lost(k, g));
	return ST_NO_DELIVERY_RIGHT;
}

/* RULE GSP-registration: an expired or voided registration stops ordering, unless a pending renewal was allowed. */
static enum status ask_product_papers(struct asking *k, unsigned bit)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(k->db, "product", k->q->product_id, k->q->ymd, states);
	enum paper lock = paper_lock("product", states, bit), made = paper_registration(states, bit);
	if (lock != PAPER_COUNT)
		return say_locked(k, states, lock, name_of(k, &select_product_name, k->q->product_id));
	if (made == PAPER_COUNT)
		return ST_OK;
	say(k, "%s 的%s%s, 不能采购; 请登记新的并由质量部门确认, 再注册已受理的请登记受理号并由总药师放行",
	    name_of(k, &select_product_name, k->q->product_id), paper_kinds[made].title,
	    paper_trouble(k->a, &states[made], k->q->ymd));
	return ST_REGISTRATION_EXPIRED;
}

/* RULE GSP-trade-licence */
static enum status ask_trade(struct asking *k, const struct goods *g)
{
	unsigned trades = g->business->trades & g->kind->trades;
	if (trades == g->business->trades)
		return ST_OK; /* asked of the supplier alone */
	if (trades)
		return ask_trades(k, trades, name_of(k, &select_supplier_name, k->q->supplier_id));
	say(k, "%s 的经营类别是%s, 不能供应%s %s; 类别登记有误的请在供应商页面修改, 并登记相应的许可证",
	    name_of(k, &select_supplier_name, k->q->supplier_id), g->business->title, g->kind->title,
	    name_of(k, &select_product_name, k->q->product_id));
	return ST_NOT_IN_BUSINESS;
}

/* RULE DOMAIN-12.3-tick: what is bought by 备案采购, and what hospitals make, stands on no platform and is not asked for. */
static enum status ask_tick(struct asking *k, const struct goods *g)
{
	struct price_rule rule;
	if (g->ticked || g->kind->bit == GOODS_PREPARATION || !tick_asked(k->db, k->q->ymd) ||
	    price_rule_on(k->db, k->a, k->q->product_id, k->q->ymd, &rule) == ST_NO_LISTED_PRICE || rule.rule == PRICE_FILED)
		return ST_OK;
	say(k, "平台上没有勾选 %s 由 %s 配送, 不能采购; 请先在省平台勾选, 再在 配送勾选 登记或导入",
	    name_of(k, &select_product_name, k->q->product_id), name_of(k, &select_supplier_name, k->q->supplier_id));
	return ST_NOT_TICKED;
}

/*
 * The same questions as select_goods, of all lines at once; whoever has a right is found before it is asked who needs one.
 * fine: the kinds of goods for which the supplier has a trade without a lock. ticks 1: ticks are asked for.
 */
#define KIND_NOT_HIS "(:fine & " GOODS_BIT("p.kind") ") = 0"
SQL(select_doubtful,
    "SELECT l.n, l.product_id FROM order_line l JOIN product p ON p.id = l.product_id LEFT JOIN product_maker pm ON "
    "pm.product_id = l.product_id LEFT JOIN first_purchase f ON f.kind = 'product' AND f.ref_id = l.product_id WHERE l.order_id "
    "= "
    ":order_id AND l.dropped = 0 AND (f.ref_id IS NULL OR " KIND_NOT_HIS " OR (:ticks = 1 AND NOT " IS_TICKED(
            "l.product_id") ") "
                            "OR " CHOSE_OTHERS
                            " OR " LACKING("l.product_id") ") ORDER BY l.n /*all sites: the caller has the order*/");
SQL(select_lines,
    "SELECT n, product_id FROM order_line WHERE order_id = :order_id AND dropped = 0 ORDER BY n /*all sites: the caller has the "
    "order*/");

SQL(select_business, "SELECT business FROM supplier WHERE id = :id");

/* The kinds of goods that nothing about the supplier himself stops. */
static int64_t fine_goods(struct db *db, int64_t supplier_id, int32_t ymd)
{
	SCOPED(arena) a = {0};
	struct paper_state states[PAPER_COUNT];
	enum paper lock;
	int64_t fine = 0;
	paper_states(db, "supplier", supplier_id, ymd, states);
	unsigned trades = business_of(db_text(db, &a, select_business, I64(":id", supplier_id)))->trades;
	unsigned free = free_trades(states, trades, &lock);
	for (const struct goods_kind *g = goods_kinds; g->word; g++)
		fine |= g->trades & free ? g->bit : 0;
	return fine;
}

struct rows partner_doubtful(struct db *db, int64_t supplier_id, int64_t order_id, int32_t ymd, bool any_goods)
{
	if (!any_goods)
		return db_query(db, select_lines, I64(":order_id", order_id));
	return db_query(db, select_doubtful, I64(":supplier_id", supplier_id), I64(":ymd", ymd), I64(":order_id", order_id),
	                I64(":fine", fine_goods(db, supplier_id, ymd)), I64(":ticks", tick_asked(db, ymd)));
}

static bool load_goods(struct asking *k, struct goods *g)
{
	SCOPED(rows)
	r = db_query(k->db, select_goods, I64(":supplier_id", k->q->supplier_id), I64(":ymd", k->q->ymd),
	             I64(":id", k->q->product_id));
	if (!rows_next(&r))
		return false;
	*g = (struct goods){
	        .maker_id = col_i64(&r, 0),
	        .known = col_i64(&r, 1) != 0,
	        .may_deliver = col_i64(&r, 2) != 0,
	        .papers_hold = col_i64(&r, 3) != 0,
	        .ticked = col_i64(&r, 4) != 0,
	        .kind = goods_kind_of(col_text(k->a, &r, 5)),
	        .business = business_of(col_text(k->a, &r, 6)),
	};
	return true;
}

static enum status ask_product(struct asking *k)
{
	struct goods g;
	if (!load_goods(k, &g))
		return ST_OK; /* that there is no such product is said by whoever reads the line */
	enum status st = g.known ? ST_OK : ask_known(k, false, name_of(k, &select_product_name, k->q->product_id), "首营品种");
	if (st == ST_OK)
		st = ask_trade(k, &g);
	if (st == ST_OK && g.maker_id && !g.papers_hold)
		st = ask_maker(k, g.maker_id, g.kind->bit, name_of(k, &select_maker_name, g.maker_id));
	if (st == ST_OK)
		st = ask_right(k, &g);
	if (st == ST_OK && !k->q->any_goods)
		st = mandate_covers(k->db, k->a, k->q, k->why);
	if (st == ST_OK && !g.papers_hold)
		st = ask_product_papers(k, g.kind->bit);
	return st == ST_OK ? ask_tick(k, &g) : st;
}

enum status partner_may_supply(struct db *db, struct arena *a, const struct partner_question *q, const char **why)
{
	struct asking k = {db, a, q, why};
	*why = NULL;
	enum status st = q->supplier_asked ? ST_OK : ask_supplier(&k);
	return st == ST_OK && q->product_id ? ask_product(&k) : st;
}

SQL(select_made,
    "SELECT coalesce(l.made_ymd, 0), p.name, l.lot FROM lot l JOIN product p ON p.id = l.product_id WHERE l.id = :id");
SQL(select_kind, "SELECT kind FROM product WHERE id = :id");

/* RULE GSP-registration-made: what was made while the registration held may come in after it has run out. */
enum status partner_may_receive(struct db *db, struct arena *a, int64_t product_id, int64_t lot_id, int32_t ymd, const char **why)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(db, "product", product_id, ymd, states);
	enum paper lock = paper_registration(states, goods_kind_of(db_text(db, a, select_kind, I64(":id", product_id)))->bit);
	if (lock == PAPER_COUNT)
		return ST_OK;
	int64_t held = states[lock].held_ymd;
	const char *title = paper_kinds[lock].title;
	SCOPED(rows) r = db_query(db, select_made, I64(":id", lot_id));
	if (!rows_next(&r) || (col_i64(&r, 0) && col_i64(&r, 0) <= held))
		return ST_OK;
	const char *name = col_text(a, &r, 1), *lot = col_text(a, &r, 2);
	if (!held)
		*why = arena_printf(a, "%s 的%s已作废, 没有有效的, 批号 %s 请拒收或暂存; 登记新的并由质量部门确认后再收货", name,
		                    title, lot);
	else if (col_i64(&r, 0))
		*why = arena_printf(a, "%s 批号 %s 生产于 %lld, 晚于%s有效期 %lld, 请拒收", name, lot, (long long)col_i64(&r, 0),
		                    title, (long long)held);
	else
		*why = arena_printf(a, "%s 的%s已于 %lld 到期, 请填写批号 %s 的生产日期: 到期前生产的可以收货", name, title,
		                    (long long)held, lot);
	return ST_REGISTRATION_EXPIRED;
}
