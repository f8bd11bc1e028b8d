#include "warehouse/price/fact.h"

#include "core/money.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/price.h"

#include <string.h>

#define FOREVER 99991231

/* A fact that ended before it began never held. */
#define NOT_TAKEN_BACK "(to_ymd IS NULL OR to_ymd >= from_ymd)"

SQL(end_earlier, "UPDATE price SET to_ymd = :until_ymd, closed_by = :by_fact_id WHERE product_id = :product_id AND kind = "
                 ":kind_t AND from_ymd "
                 "< :from_ymd AND to_ymd IS NULL");
/* The listed price before, where this one is above it. RULE DOMAIN-6-ceiling-raised */
#define RAISED_FROM                                                                                                             \
	"(SELECT CASE WHEN b.price_e4 * :per_pack < :price * b.units_per_pack THEN b.id END FROM price b WHERE b.product_id = " \
	":product_id AND b.kind = 'listed' AND b.kind = :kind_t AND b.from_ymd <= :from_ymd AND b.id <> :id AND (b.to_ymd IS "  \
	"NULL OR b.to_ymd >= b.from_ymd) ORDER BY b.from_ymd DESC, b.id DESC LIMIT 1)"
SQL(insert_price,
    "INSERT INTO price (id, product_id, kind, price_e4, units_per_pack, from_ymd, to_ymd, source, at_ms, by_user, closed_by, "
    "raised_from) VALUES (:id, :product_id, :kind_t, :price, :per_pack, :from_ymd, :to_ymd, :source_t, :at_ms, :by_id, "
    ":by_fact_id, " RAISED_FROM ") ON CONFLICT DO NOTHING");

/* From its first day on the flags of the product say something else, and again behind its last day. */
static void put_turns(struct tx *tx, int64_t product_id, int32_t from_ymd, int32_t to_ymd)
{
	price_turn_put(tx, product_id, from_ymd);
	if (to_ymd)
		price_turn_put(tx, product_id, ymd_add_days(to_ymd, 1));
}

static void close_earlier(struct tx *tx, const struct new_price *in, int64_t id)
{
	db_exec(tx, end_earlier, I64(":until_ymd", ymd_add_days(in->from_ymd, -1)), I64(":by_fact_id", id),
	        I64(":product_id", in->product_id), TEXT(":kind_t", in->kind), I64(":from_ymd", in->from_ymd));
}

/* The last day of a fact, and which later one made it so (0: nobody). */
struct last_day {
	int32_t ymd;
	int64_t closed_by;
};

static int64_t put(struct tx *tx, const struct new_price *in, struct last_day last)
{
	int64_t id = tx_new_id(tx);
	int64_t rows = db_exec(tx, insert_price, I64(":id", id), I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	                       I64(":price", in->price_e4), I64(":per_pack", in->units_per_pack), I64(":from_ymd", in->from_ymd),
	                       ID(":to_ymd", last.ymd), TEXT(":source_t", in->source), I64(":at_ms", tx->now_ms),
	                       ID(":by_id", tx->me.id), ID(":by_fact_id", last.closed_by));
	if (rows == 0)
		return 0;
	close_earlier(tx, in, id);
	put_turns(tx, in->product_id, in->from_ymd, last.ymd);
	return id;
}

void price_put(struct tx *tx, const struct new_price *in, bool *added)
{
	*added = put(tx, in, (struct last_day){.ymd = in->to_ymd}) != 0;
}

/* ---- what may be entered ---- */

SQL(select_same, "SELECT id, units_per_pack, CASE WHEN " NOT_TAKEN_BACK
                 " THEN 1 ELSE 0 END FROM price WHERE product_id = :product_id AND kind = :kind_t AND from_ymd = :from_ymd AND "
                 "price_e4 = :price");
SQL(select_conflict,
    "SELECT price_e4, from_ymd, to_ymd FROM price WHERE product_id = :product_id AND kind = :kind_t AND " NOT_TAKEN_BACK
    " AND (from_ymd = :from_ymd OR (from_ymd < :from_ymd AND to_ymd >= :from_ymd) OR (from_ymd > :from_ymd AND from_ymd <= "
    ":to_ymd)) ORDER BY from_ymd, id LIMIT 1");
SQL(select_later, "SELECT id, from_ymd FROM price WHERE product_id = :product_id AND kind = :kind_t AND from_ymd > :from_ymd "
                  "AND " NOT_TAKEN_BACK " ORDER BY from_ymd, id LIMIT 1");
/* Whoever tells it again is who stands behind it. */
SQL(reopen,
    "UPDATE price SET to_ymd = :to_ymd, closed_by = :by_fact_id, source = :source_t, at_ms = :at_ms, by_user = :by_id, "
    "supplier_id = NULL, raised_from = " RAISED_FROM ", end_reason = NULL, ended_at_ms = NULL, ended_by = NULL WHERE id = :id");

static enum status check_conflict(struct tx *tx, const struct new_price *in)
{
	char price[32];
	SCOPED(rows)
	r = db_query(tx_db(tx), select_conflict, I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	             I64(":from_ymd", in->from_ymd), I64(":to_ymd", in->to_ymd));
	if (!rows_next(&r))
		return ST_OK;
	price_text(col_i64(&r, 0), price);
	const char *to = col_is_null(&r, 2) ? "长期" : arena_printf(tx->arena, "%lld", (long long)col_i64(&r, 2));
	return tx_fail(tx, ST_PRICE_CONFLICT, "from_ymd", 0, "与已登记的%s %s 元 (%lld 至 %s) 期间矛盾, 请先为它设定截止日",
	               word_title(price_kinds, in->kind), price, (long long)col_i64(&r, 1), to);
}

SQL(select_listed_on,
    "SELECT price_e4, units_per_pack FROM price WHERE product_id = :product_id AND kind = 'listed' AND from_ymd <= :ymd AND "
    "(to_ymd IS NULL OR to_ymd >= :ymd) ORDER BY from_ymd DESC, id DESC LIMIT 1");
/* The days on which another listed price may begin to hold: the first of each, and the one behind the last. */
SQL(select_listed_days,
    "SELECT from_ymd, coalesce(to_ymd, 99991231) FROM price WHERE product_id = :product_id AND kind = 'listed' AND from_ymd <= "
    ":to_ymd AND (to_ymd IS NULL OR to_ymd >= :from_ymd)");

/* Is the fact at most the listed price of a day? *listed false: there is none that day. */
static enum status check_day(struct tx *tx, const struct new_price *in, int32_t ymd, enum status over, bool *listed)
{
	char asked[32], most[32];
	SCOPED(rows)
	r = db_query(tx_db(tx), select_listed_on, I64(":product_id", in->product_id), I64(":ymd", ymd));
	*listed = rows_next(&r);
	if (!*listed || (__int128)in->price_e4 * col_i64(&r, 1) <= (__int128)col_i64(&r, 0) * in->units_per_pack)
		return ST_OK;
	price_text(in->price_e4, asked);
	price_text((int64_t)((__int128)col_i64(&r, 0) * in->units_per_pack / col_i64(&r, 1)), most);
	return tx_fail(tx, over, "price", 0, "%s %s 元高于 %d 的挂网价 %s 元, 请核对平台", word_title(price_kinds, in->kind),
	               asked, ymd, most);
}

/* RULE DOMAIN-6-agreed: an agreed price is never above the ceiling, and there is none without a ceiling. */
static enum status check_agreed(struct tx *tx, const struct new_price *in)
{
	bool listed = false;
	enum status st = check_day(tx, in, in->from_ymd, ST_AGREED_OVER_CEILING, &listed);
	if (listed)
		return st;
	return tx_fail(tx, ST_NO_LISTED_PRICE, "price", 0, "%d 没有现行挂网价, 不能议价", in->from_ymd);
}

/* RULE DOMAIN-12.3-selected-ceiling: a 中选价 is above the listed price on no day of its period. */
static enum status check_selected(struct tx *tx, const struct new_price *in)
{
	bool listed = false;
	int32_t until = in->to_ymd ? in->to_ymd : FOREVER;
	enum status st = check_day(tx, in, in->from_ymd, ST_SELECTED_OVER_CEILING, &listed);
	SCOPED(rows)
	r = db_query(tx_db(tx), select_listed_days, I64(":product_id", in->product_id), I64(":from_ymd", in->from_ymd),
	             I64(":to_ymd", until));
	while (st == ST_OK && rows_next(&r)) {
		int32_t begins = (int32_t)col_i64(&r, 0), ends = (int32_t)col_i64(&r, 1);
		if (begins > in->from_ymd)
			st = check_day(tx, in, begins, ST_SELECTED_OVER_CEILING, &listed);
		if (st == ST_OK && ends < until)
			st = check_day(tx, in, ymd_add_days(ends, 1), ST_SELECTED_OVER_CEILING, &listed);
	}
	return st;
}

static enum status check_ceiling(struct tx *tx, const struct new_price *in)
{
	if (strcmp(in->kind, price_rule_word(PRICE_AGREED)) == 0)
		return check_agreed(tx, in);
	return strcmp(in->kind, price_rule_word(PRICE_SELECTED)) == 0 ? check_selected(tx, in) : ST_OK;
}

/* An open fact before a later one ends the day before that. */
static struct last_day last_day_of(struct tx *tx, const struct new_price *in)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_later, I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	             I64(":from_ymd", in->from_ymd));
	if (in->to_ymd || !rows_next(&r))
		return (struct last_day){.ymd = in->to_ymd};
	return (struct last_day){ymd_add_days((int32_t)col_i64(&r, 1), -1), col_i64(&r, 0)};
}

/* The same fact is known: nothing to do, or one that was taken back stands again. */
static enum status take_known(struct tx *tx, const struct new_price *in, int64_t *id, bool *known)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_same, I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	             I64(":from_ymd", in->from_ymd), I64(":price", in->price_e4));
	*known = rows_next(&r);
	if (!*known)
		return ST_OK;
	*id = col_i64(&r, 0);
	if (col_i64(&r, 1) != in->units_per_pack)
		return tx_fail(tx, ST_PRICE_CONFLICT, "units_per_pack", 0, "该价格已按另一计价包装登记");
	if (col_i64(&r, 2) == 1)
		return ST_OK;
	enum status st = check_conflict(tx, in);
	if (st != ST_OK)
		return st;
	const struct last_day last = last_day_of(tx, in);
	const struct arg row[] = {
	        I64(":id", *id),
	        I64(":product_id", in->product_id),
	        TEXT(":kind_t", in->kind),
	        I64(":price", in->price_e4),
	        I64(":per_pack", in->units_per_pack),
	        I64(":from_ymd", in->from_ymd),
	        ID(":to_ymd", last.ymd),
	        ID(":by_fact_id", last.closed_by),
	        TEXT(":source_t", in->source),
	        I64(":at_ms", tx->now_ms),
	        ID(":by_id", tx->me.id),
	};
	db_exec_n(tx, &reopen, row, sizeof row / sizeof *row);
	close_earlier(tx, in, *id);
	put_turns(tx, in->product_id, in->from_ymd, last.ymd);
	return ST_OK;
}

enum status price_fact_add(struct tx *tx, const struct new_price *in, int64_t *id)
{
	int64_t known_id = 0, *out = id ? id : &known_id;
	bool known = false;
	if (in->price_e4 <= 0)
		return tx_fail(tx, ST_INVALID_FIELD, "price", 0, "%s须大于 0", word_title(price_kinds, in->kind));
	if (in->to_ymd && in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日早于起始日");
	enum status st = check_ceiling(tx, in);
	if (st == ST_OK)
		st = take_known(tx, in, out, &known);
	if (st == ST_OK && !known)
		st = check_conflict(tx, in);
	if (st == ST_OK && !known)
		*out = put(tx, in, last_day_of(tx, in));
	return st;
}

SQL(select_last, "SELECT coalesce(to_ymd, 0), closed_by FROM price WHERE id = :id");

/* An open one may have been closed by a later one. */
enum status price_fact_tell(struct tx *tx, const struct new_price *in, int64_t *id)
{
	enum status st = price_fact_add(tx, in, id);
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query(tx_db(tx), select_last, I64(":id", *id));
	int32_t last = rows_next(&r) ? (int32_t)col_i64(&r, 0) : in->to_ymd;
	if (last == in->to_ymd || (!in->to_ymd && !col_is_null(&r, 1)))
		return ST_OK;
	const char *to = last ? arena_printf(tx->arena, "到 %d 截止", (int)last) : "长期有效";
	return tx_fail(tx, ST_PRICE_CONFLICT, "to_ymd", 0, "该价格已登记, %s; 提前截止请在该价格上办理, 延长请登记新的价格", to);
}

SQL(set_supplier, "UPDATE price SET supplier_id = :supplier_id WHERE id = :id AND coalesce(supplier_id, :supplier_id) = "
                  ":supplier_id");
SQL(select_supplier, "SELECT s.name FROM price f JOIN supplier s ON s.id = f.supplier_id WHERE f.id = :id");

/* RULE DOMAIN-6-agreed-supplier */
enum status price_fact_agree(struct tx *tx, const struct new_price *in, int64_t supplier_id)
{
	int64_t id = 0;
	enum status st = price_fact_tell(tx, in, &id);
	if (st != ST_OK || db_exec(tx, set_supplier, I64(":supplier_id", supplier_id), I64(":id", id)))
		return st;
	return tx_fail(tx, ST_PRICE_CONFLICT, "supplier_id", 0, "该议定价已登记给 %s; 换供应商请先终止它, 新的从终止以后起执行",
	               db_text(tx_db(tx), tx->arena, select_supplier, I64(":id", id)));
}

/* ---- ending ---- */

SQL(select_fact, "SELECT product_id, from_ymd, to_ymd, kind FROM price WHERE id = :id");
SQL(set_end, "UPDATE price SET to_ymd = :to_ymd, closed_by = NULL, end_reason = :reason_t, ended_at_ms = :now_ms, ended_by = "
             ":by_id WHERE id = :id");
SQL(select_closed,
    "SELECT id, from_ymd FROM price WHERE product_id = :product_id AND kind = :kind_t AND closed_by = :by_fact_id");
SQL(set_open, "UPDATE price SET to_ymd = :to_ymd, closed_by = :by_fact_id WHERE id = :id");

/* What the entry of a fact closed holds again: open, or until the next one begins. RULE DOMAIN-12.3-price-taken-back */
static void open_again(struct tx *tx, int64_t product_id, const char *kind, int64_t id)
{
	struct db *db = tx_db(tx);
	SCOPED(rows)
	r = db_query(db, select_closed, I64(":product_id", product_id), TEXT(":kind_t", kind), I64(":by_fact_id", id));
	while (rows_next(&r)) {
		const struct new_price earlier = {.product_id = product_id, .kind = kind, .from_ymd = (int32_t)col_i64(&r, 1)};
		const struct last_day last = last_day_of(tx, &earlier);
		db_exec(tx, set_open, ID(":to_ymd", last.ymd), ID(":by_fact_id", last.closed_by), I64(":id", col_i64(&r, 0)));
		put_turns(tx, product_id, tx->today_ymd, last.ymd);
	}
}

enum status price_fact_end(struct tx *tx, int64_t id, int32_t to_ymd, const char *reason)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_fact, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	int64_t product = col_i64(&r, 0);
	int32_t yesterday = ymd_add_days(tx->today_ymd, -1), begins = (int32_t)col_i64(&r, 1), ends = (int32_t)col_i64(&r, 2);
	const char *kind = col_text(tx->arena, &r, 3);
	if (to_ymd < yesterday)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日不能早于昨天: 过去的采购已按此价办理");
	if (ends && (ends < yesterday || ends < begins))
		return tx_fail(tx, ST_PRICE_CONFLICT, "to_ymd", 0, "该价格已于 %d 截止", ends);
	if (ends && to_ymd > ends)
		return tx_fail(tx, ST_PRICE_CONFLICT, "to_ymd", 0, "该价格到 %d 截止, 不能延长, 请登记新的价格", ends);
	db_exec(tx, set_end, I64(":to_ymd", to_ymd), TEXT(":reason_t", reason), I64(":now_ms", tx->now_ms),
	        ID(":by_id", tx->me.id), I64(":id", id));
	price_turn_put(tx, product, ymd_add_days(to_ymd, 1));
	if (to_ymd < begins)
		open_again(tx, product, kind, id);
	return ST_OK;
}

/* ---- taking back what was mistyped ---- */

SQL(select_lines_on, "SELECT count(*), min(d.number) FROM order_line l JOIN document d ON d.id = l.order_id WHERE l.product_id = "
                     ":product_id AND l.open = 1 AND (l.ceiling_price_id = :id OR l.price_id = :id) /*all sites: a price binds "
                     "all*/");
SQL(select_goods_of,
    "SELECT count(*) FROM lot o JOIN batch b ON b.lot_id = o.id WHERE o.product_id = :product_id AND b.supplier_id "
    "IS NOT NULL AND b.made_at_ms >= :from_ms AND b.made_at_ms < :until_ms");
SQL(select_exact_in, "SELECT kind, source FROM price WHERE product_id = :product_id AND kind IN ('agreed', 'selected') AND "
                     "from_ymd <= :until_ymd AND (to_ymd IS NULL OR (to_ymd >= :from_ymd AND to_ymd >= from_ymd)) LIMIT 1");

struct standing {
	int64_t id, product_id;
	int32_t from_ymd, to_ymd; /* to_ymd 0: open */
	const char *kind;
};

/* What rests on it, in Chinese; NULL: nothing. */
static const char *what_rests(struct tx *tx, const struct standing *f)
{
	struct db *db = tx_db(tx);
	int32_t until = f->to_ymd ? f->to_ymd : FOREVER;
	int64_t until_ms = f->to_ymd ? ymd_begin_ms(ymd_add_days(f->to_ymd, 1)) : INT64_MAX;
	SCOPED(rows) lines = db_query(db, select_lines_on, I64(":product_id", f->product_id), I64(":id", f->id));
	if (rows_next(&lines) && col_i64(&lines, 0))
		return arena_printf(tx->arena, "%lld 行未到货的订单 (如 %s)", (long long)col_i64(&lines, 0),
		                    col_text(tx->arena, &lines, 1));
	int64_t goods = db_i64(db, 0, select_goods_of, I64(":product_id", f->product_id),
	                       I64(":from_ms", ymd_begin_ms(f->from_ymd)), I64(":until_ms", until_ms));
	if (goods)
		return arena_printf(tx->arena, "期间收货 %lld 批", (long long)goods);
	SCOPED(rows)
	exact = db_query(db, select_exact_in, I64(":product_id", f->product_id), I64(":from_ymd", f->from_ymd),
	                 I64(":until_ymd", until));
	return rows_next(&exact) ? arena_printf(tx->arena, "%s (%s)", word_title(price_kinds, col_text(tx->arena, &exact, 0)),
	                                        col_text(tx->arena, &exact, 1))
	                         : NULL;
}

/* Only what people type: the others are written by their documents and rounds. */
static bool is_typed(const char *kind)
{
	return strcmp(kind, "listed") == 0 || strcmp(kind, "insurance") == 0 || strcmp(kind, "reference") == 0;
}

static enum status may_withdraw(struct tx *tx, const struct standing *f)
{
	if (!is_typed(f->kind))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s由单据写入, 请终止它或在原单据上办理",
		               word_title(price_kinds, f->kind));
	if (f->to_ymd && f->to_ymd < f->from_ymd)
		return tx_fail(tx, ST_PRICE_CONFLICT, NULL, 0, "该价格已经撤回");
	const char *rests = strcmp(f->kind, "listed") == 0 ? what_rests(tx, f) : NULL;
	return rests ? tx_fail(tx, ST_PRICE_RESTS, NULL, 0, "已有%s以此价为据, 不能撤回; 可以终止它, 最早到昨天", rests) : ST_OK;
}

enum status price_fact_withdraw(struct tx *tx, int64_t id, const char *reason)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_fact, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const struct standing f = {id, col_i64(&r, 0), (int32_t)col_i64(&r, 1), (int32_t)col_i64(&r, 2),
	                           col_text(tx->arena, &r, 3)};
	enum status st = may_withdraw(tx, &f);
	if (st != ST_OK)
		return st;
	db_exec(tx, set_end, I64(":to_ymd", ymd_add_days(f.from_ymd, -1)), TEXT(":reason_t", reason), I64(":now_ms", tx->now_ms),
	        ID(":by_id", tx->me.id), I64(":id", id));
	price_turn_put(tx, f.product_id, tx->today_ymd);
	open_again(tx, f.product_id, f.kind, id);
	return ST_OK;
}

SQL(select_standing, "SELECT id FROM price WHERE product_id = :product_id AND kind = :kind_t AND from_ymd >= :from_ymd AND "
                     "from_ymd <= :to_ymd AND "
                     "(to_ymd IS NULL OR (to_ymd >= :today_ymd AND to_ymd >= from_ymd)) ORDER BY id");

enum status price_facts_end_between(struct tx *tx, int64_t product_id, const char *kind, int32_t from_ymd, int32_t to_ymd,
                                    const char *reason)
{
	enum status st = ST_OK;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_standing, I64(":product_id", product_id), TEXT(":kind_t", kind),
	             I64(":from_ymd", from_ymd), I64(":to_ymd", to_ymd), I64(":today_ymd", tx->today_ymd));
	while (st == ST_OK && rows_next(&r))
		st = price_fact_end(tx, col_i64(&r, 0), ymd_add_days(tx->today_ymd, -1), reason);
	return st;
}
