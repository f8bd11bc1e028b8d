#include "warehouse/partner/partner.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/partner/mandate.h"
#include "warehouse/partner/paper.h"

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

static enum status ask_papers(struct asking *k, const char *owner, int64_t id, const char *name)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(k->db, owner, id, k->q->ymd, states);
	enum paper lock = paper_lock(owner, states);
	if (lock == PAPER_COUNT)
		return ST_OK;
	say(k, "%s 的%s已于 %lld 到期, 不能采购; 请登记新的%s", name, paper_kinds[lock].title, (long long)states[lock].until_ymd,
	    paper_kinds[lock].title);
	return ST_LICENCE_EXPIRED;
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
	st = ask_papers(k, "supplier", s.id, s.name);
	if (st == ST_OK)
		st = mandate_covers(k->db, k->a, k->q, k->why);
	return st == ST_OK ? ask_known(k, partner_is_known(k->db, "supplier", s.id), s.name, "首营企业") : st;
}

/* What one line needs to know, in one statement. */
struct goods {
	int64_t maker_id; /* 0: unknown */
	bool known;       /* first purchase approved */
	bool may_deliver; /* the maker has named no distributors, or this one among them */
	bool papers_hold; /* no paper of the product or its maker is out of its days: nothing to look into */
};

#define OUT_OF_DAYS(kind, id)                                                                        \
	"EXISTS (SELECT 1 FROM qualification q WHERE q.owner_kind = '" kind "' AND q.owner_id = " id \
	" AND q.ended_at_ms IS NULL AND (q.from_ymd > :ymd OR q.until_ymd < :ymd))"
SQL(select_goods,
    "SELECT pm.maker_id, EXISTS (SELECT 1 FROM first_purchase f WHERE f.kind = 'product' AND f.ref_id = p.id), CASE "
    "WHEN " MAKER_CHOSE("pm.maker_id") " THEN CASE WHEN " MAKER_CHOSE_HIM(
            "pm.maker_id", ":supplier_id",
            ":ymd") " THEN 1 ELSE 0 END "
                    "ELSE 1 END, CASE WHEN " OUT_OF_DAYS("product", "p.id") " THEN 0 WHEN " OUT_OF_DAYS(
                            "maker",
                            "pm.maker_id") " THEN 0 ELSE 1 END "
                                           "FROM product p LEFT JOIN product_maker pm ON pm.product_id = p.id WHERE p.id = :id");
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
    "SELECT from_ymd, until_ymd, ended_at_ms, end_note FROM delivery_right WHERE supplier_id = :supplier_id AND maker_id = "
    ":maker_id ORDER BY CASE WHEN ended_at_ms IS NULL THEN 0 ELSE 1 END, coalesce(until_ymd, 99991231) DESC, id DESC LIMIT 1");

/* What became of the right that he had: run out, taken back, not begun; or that he never had one. */
static const char *right_lost(struct asking *k, const struct goods *g)
{
	SCOPED(rows)
	r = db_query(k->db, select_last_right, I64(":supplier_id", k->q->supplier_id), I64(":maker_id", g->maker_id));
	if (!rows_next(&r))
		return "没有登记";
	if (!col_is_null(&r, 2))
		return arena_printf(k->a, "已终止 (%s)", col_text(k->a, &r, 3));
	return col_i64(&r, 0) > k->q->ymd ? arena_printf(k->a, "自 %lld 起才生效", (long long)col_i64(&r, 0))
	                                  : arena_printf(k->a, "已于 %lld 到期", (long long)col_i64(&r, 1));
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

/* RULE GSP-registration: an expired registration stops ordering, unless a pending renewal was allowed. */
static enum status ask_registration(struct asking *k)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(k->db, "product", k->q->product_id, k->q->ymd, states);
	const struct paper_state *s = &states[PAPER_registration];
	if (!s->there || s->valid || s->allowed)
		return ST_OK;
	say(k, "%s 的药品注册证已于 %lld 到期, 不能采购; 再注册已受理的, 请登记受理号并由总药师放行",
	    name_of(k, &select_product_name, k->q->product_id), (long long)s->until_ymd);
	return ST_REGISTRATION_EXPIRED;
}

/* The same questions as select_goods, of all lines at once; whoever has a right is found before it is asked who needs one. */
SQL(select_doubtful,
    "SELECT l.n, l.product_id FROM order_line l LEFT JOIN product_maker pm ON pm.product_id = l.product_id LEFT JOIN "
    "first_purchase f ON f.kind = 'product' AND f.ref_id = l.product_id WHERE l.order_id = :order_id AND l.dropped = 0 AND "
    "(f.ref_id IS NULL OR (NOT " MAKER_CHOSE_HIM("pm.maker_id", ":supplier_id", ":ymd") " AND " MAKER_CHOSE(
            "pm.maker_id") ") OR " OUT_OF_DAYS("maker",
                                               "pm.maker_id") " OR " OUT_OF_DAYS("product",
                                                                                 "l.product_id") ") ORDER BY l.n /*all sites: "
                                                                                                 "the caller has the order*/");
SQL(select_lines,
    "SELECT n, product_id FROM order_line WHERE order_id = :order_id AND dropped = 0 ORDER BY n /*all sites: the caller has the "
    "order*/");

struct rows partner_doubtful(struct db *db, int64_t supplier_id, int64_t order_id, int32_t ymd, bool any_goods)
{
	if (!any_goods)
		return db_query(db, select_lines, I64(":order_id", order_id));
	return db_query(db, select_doubtful, I64(":supplier_id", supplier_id), I64(":ymd", ymd), I64(":order_id", order_id));
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
	};
	return true;
}

static enum status ask_product(struct asking *k)
{
	struct goods g;
	if (!load_goods(k, &g))
		return ST_OK; /* that there is no such product is said by whoever reads the line */
	enum status st = g.known ? ST_OK : ask_known(k, false, name_of(k, &select_product_name, k->q->product_id), "首营品种");
	if (st == ST_OK && g.maker_id && !g.papers_hold)
		st = ask_papers(k, "maker", g.maker_id, name_of(k, &select_maker_name, g.maker_id));
	if (st == ST_OK)
		st = ask_right(k, &g);
	if (st == ST_OK && !k->q->any_goods)
		st = mandate_covers(k->db, k->a, k->q, k->why);
	return st == ST_OK && !g.papers_hold ? ask_registration(k) : st;
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

/* RULE GSP-registration-made: what was made while the registration held may come in after it has run out. */
enum status partner_may_receive(struct db *db, struct arena *a, int64_t product_id, int64_t lot_id, int32_t ymd, const char **why)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(db, "product", product_id, ymd, states);
	const struct paper_state *s = &states[PAPER_registration];
	if (!s->there || s->valid || s->allowed)
		return ST_OK;
	SCOPED(rows) r = db_query(db, select_made, I64(":id", lot_id));
	if (!rows_next(&r) || (col_i64(&r, 0) && col_i64(&r, 0) <= s->until_ymd))
		return ST_OK;
	const char *name = col_text(a, &r, 1), *lot = col_text(a, &r, 2);
	if (col_i64(&r, 0))
		*why = arena_printf(a, "%s 批号 %s 生产于 %lld, 晚于注册证有效期 %lld, 请拒收", name, lot,
		                    (long long)col_i64(&r, 0), (long long)s->until_ymd);
	else
		*why = arena_printf(a, "%s 的注册证已于 %lld 到期, 请填写批号 %s 的生产日期: 到期前生产的可以收货", name,
		                    (long long)s->until_ymd, lot);
	return ST_REGISTRATION_EXPIRED;
}
