#include "warehouse/price/price.h"

#include "core/money.h"
#include "warehouse/price/flag.h"

#include <string.h>

const struct word_title price_kinds[] = {
        [PRICE_SELECTED] = {"selected", "中选价"},
        [PRICE_AGREED] = {"agreed", "议定价"},
        [PRICE_LISTED] = {"listed", "挂网价"},
        [PRICE_FILED] = {"filed", "备案价"},
        {"insurance", "医保支付标准"},
        {"reference", "参考价"},
        {NULL, NULL},
};

const char *price_rule_word(enum price_rule_kind rule)
{
	return price_kinds[rule].word;
}

/* ---- facts ---- */

SQL(end_earlier,
    "UPDATE price SET to_ymd = :until_ymd WHERE product_id = :product_id AND kind = :kind_t AND from_ymd < :from_ymd AND to_ymd "
    "IS NULL");
SQL(insert_price,
    "INSERT INTO price (id, product_id, kind, price_e4, units_per_pack, from_ymd, to_ymd, source, at_ms, by_user) VALUES (:id, "
    ":product_id, :kind_t, :price, :per_pack, :from_ymd, :to_ymd, :source_t, :at_ms, :by_id) ON CONFLICT DO NOTHING");

/* From its first day on the flags of the product say something else, and again behind its last day. */
static void put_turns(struct tx *tx, int64_t product_id, int32_t from_ymd, int32_t to_ymd)
{
	price_turn_put(tx, product_id, from_ymd);
	if (to_ymd)
		price_turn_put(tx, product_id, ymd_add_days(to_ymd, 1));
}

static int64_t put(struct tx *tx, const struct new_price *in, int32_t to_ymd)
{
	int64_t id = tx_new_id(tx);
	int64_t rows =
	        db_exec(tx, insert_price, I64(":id", id), I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	                I64(":price", in->price_e4), I64(":per_pack", in->units_per_pack), I64(":from_ymd", in->from_ymd),
	                ID(":to_ymd", to_ymd), TEXT(":source_t", in->source), I64(":at_ms", tx->now_ms), ID(":by_id", tx->me.id));
	if (rows == 0)
		return 0;
	db_exec(tx, end_earlier, I64(":until_ymd", ymd_add_days(in->from_ymd, -1)), I64(":product_id", in->product_id),
	        TEXT(":kind_t", in->kind), I64(":from_ymd", in->from_ymd));
	put_turns(tx, in->product_id, in->from_ymd, to_ymd);
	return id;
}

void price_put(struct tx *tx, const struct new_price *in, bool *added)
{
	*added = put(tx, in, in->to_ymd) != 0;
}

/* A fact that ended before it began never held. */
#define NOT_TAKEN_BACK "(to_ymd IS NULL OR to_ymd >= from_ymd)"
SQL(select_same, "SELECT id, units_per_pack, to_ymd, CASE WHEN " NOT_TAKEN_BACK
                 " THEN 1 ELSE 0 END FROM price WHERE product_id = :product_id AND kind = :kind_t AND from_ymd = :from_ymd AND "
                 "price_e4 = :price");
SQL(select_conflict,
    "SELECT price_e4, from_ymd, to_ymd FROM price WHERE product_id = :product_id AND kind = :kind_t AND " NOT_TAKEN_BACK
    " AND (from_ymd = :from_ymd OR (from_ymd < :from_ymd AND to_ymd >= :from_ymd) OR (from_ymd > :from_ymd AND from_ymd <= "
    ":to_ymd)) ORDER BY from_ymd, id LIMIT 1");
SQL(select_later,
    "SELECT from_ymd FROM price WHERE product_id = :product_id AND kind = :kind_t AND from_ymd > :from_ymd AND " NOT_TAKEN_BACK
    " ORDER BY from_ymd LIMIT 1");
SQL(set_end, "UPDATE price SET to_ymd = :to_ymd WHERE id = :id");
SQL(reopen, "UPDATE price SET to_ymd = :to_ymd, source = :source_t WHERE id = :id");

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

/* RULE DOMAIN-6-agreed: an agreed price is never above the ceiling, and there is none without a ceiling. */
static enum status check_agreed(struct tx *tx, const struct new_price *in)
{
	struct price_rule ceiling = {.units_per_pack = 1};
	char asked[32], most[32];
	if (strcmp(in->kind, price_rule_word(PRICE_AGREED)) != 0)
		return ST_OK;
	enum status st = price_rule_on(tx_db(tx), tx->arena, in->product_id, in->from_ymd, &ceiling);
	if (!ceiling.listed)
		return tx_fail(tx, st == ST_OK ? ST_NO_LISTED_PRICE : st, "price", 0, "%d 没有现行挂网价, 不能议价",
		               in->from_ymd);
	if ((__int128)in->price_e4 * ceiling.ceiling_units_per_pack <= (__int128)ceiling.ceiling_e4 * in->units_per_pack)
		return ST_OK;
	price_text(in->price_e4, asked);
	price_text(ceiling.ceiling_e4, most);
	return tx_fail(tx, ST_AGREED_OVER_CEILING, "price", 0, "议定价 %s 元高于 %d 的限价 %s 元", asked, in->from_ymd, most);
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
	if (col_i64(&r, 3) == 1)
		return ST_OK;
	enum status st = check_conflict(tx, in);
	if (st == ST_OK) {
		db_exec(tx, reopen, ID(":to_ymd", in->to_ymd), TEXT(":source_t", in->source), I64(":id", *id));
		put_turns(tx, in->product_id, in->from_ymd, in->to_ymd);
	}
	return st;
}

enum status price_fact_add(struct tx *tx, const struct new_price *in, int64_t *id)
{
	int64_t known_id = 0, *out = id ? id : &known_id;
	bool known = false;
	if (in->to_ymd && in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日早于起始日");
	enum status st = check_agreed(tx, in);
	if (st == ST_OK)
		st = take_known(tx, in, out, &known);
	if (st == ST_OK && !known)
		st = check_conflict(tx, in);
	if (st != ST_OK || known)
		return st;
	int64_t later = db_i64(tx_db(tx), 0, select_later, I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	                       I64(":from_ymd", in->from_ymd));
	*out = put(tx, in, later && !in->to_ymd ? ymd_add_days((int32_t)later, -1) : in->to_ymd);
	return ST_OK;
}

SQL(select_fact, "SELECT product_id, from_ymd, to_ymd, kind FROM price WHERE id = :id");

enum status price_fact_end(struct tx *tx, int64_t id, int32_t to_ymd)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_fact, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	int32_t yesterday = ymd_add_days(tx->today_ymd, -1), ends = (int32_t)col_i64(&r, 2);
	if (to_ymd < yesterday)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日不能早于昨天: 过去的采购已按此价办理");
	if (ends && ends < yesterday)
		return tx_fail(tx, ST_PRICE_CONFLICT, "to_ymd", 0, "该价格已于 %d 截止", ends);
	if (ends && to_ymd > ends)
		return tx_fail(tx, ST_PRICE_CONFLICT, "to_ymd", 0, "该价格到 %d 截止, 不能延长, 请登记新的价格", ends);
	db_exec(tx, set_end, I64(":to_ymd", to_ymd), I64(":id", id));
	price_turn_put(tx, col_i64(&r, 0), ymd_add_days(to_ymd, 1));
	return ST_OK;
}

/* ---- the rule ---- */

/* All that is in force; a product has few facts, so that one look at them is less than a search for each kind. */
SQL(select_in_force,
    "SELECT id, price_e4, units_per_pack, from_ymd, to_ymd, source, kind FROM price WHERE product_id = :product_id AND from_ymd "
    "<= :ymd AND (to_ymd IS NULL OR to_ymd >= :ymd)");

/* PRICE_RULES for a kind that prices nothing. */
static enum price_rule_kind rule_of(const char *kind, size_t n)
{
	int i = 0;
	while (i < PRICE_RULES && (strncmp(price_kinds[i].word, kind, n) != 0 || price_kinds[i].word[n]))
		i++;
	return (enum price_rule_kind)i;
}

static struct price_rule read_fact(struct arena *a, struct rows *r, enum price_rule_kind kind)
{
	return (struct price_rule){
	        .rule = kind,
	        .price_id = col_i64(r, 0),
	        .price_e4 = col_i64(r, 1),
	        .units_per_pack = col_i64(r, 2),
	        .ceiling_units_per_pack = 1,
	        .exact = kind == PRICE_SELECTED || kind == PRICE_AGREED,
	        .from_ymd = (int32_t)col_i64(r, 3),
	        .to_ymd = (int32_t)col_i64(r, 4),
	        .source = col_text(a, r, 5),
	};
}

static bool is_newer(const struct price_rule *f, const struct price_rule *than)
{
	return f->from_ymd != than->from_ymd ? f->from_ymd > than->from_ymd : f->price_id > than->price_id;
}

/* The newest of each kind that is in force that day; price_id 0: none. */
static void read_facts(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct price_rule facts[PRICE_RULES])
{
	memset(facts, 0, PRICE_RULES * sizeof *facts);
	SCOPED(rows) r = db_query(db, select_in_force, I64(":product_id", product_id), I64(":ymd", ymd));
	while (rows_next(&r)) {
		size_t n = 0;
		const char *word = col_peek(&r, 6, &n);
		enum price_rule_kind kind = rule_of(word, n);
		if (kind == PRICE_RULES)
			continue;
		const struct price_rule f = read_fact(a, &r, kind);
		if (is_newer(&f, &facts[kind]))
			facts[kind] = f;
	}
}

void price_rule_ahead(struct db *db, const int64_t *products, size_t count, int32_t ymd)
{
	db_ahead(db, select_in_force, ":product_id", products, count, I64(":product_id", 0), I64(":ymd", ymd));
}

/* The first that holds; an agreed price holds only under a listed one. The same as PRICE_RULE_ID. */
static const struct price_rule *first_fact(const struct price_rule facts[PRICE_RULES])
{
	for (int k = 0; k < PRICE_RULES; k++)
		if (facts[k].price_id && (k != PRICE_AGREED || facts[PRICE_LISTED].price_id))
			return &facts[k];
	return NULL;
}

const char *price_rule_why(struct arena *a, const struct price_rule *r)
{
	static const char *const ends[PRICE_RULES] = {
	        [PRICE_SELECTED] = "中选品种只能按中选价成交",
	        [PRICE_AGREED] = "已议价, 按议定价成交",
	        [PRICE_LISTED] = "成交价不得高于挂网价",
	        [PRICE_FILED] = "没有挂网价, 按备案采购的限价和限量",
	};
	char price[32];
	price_text(r->price_e4, price);
	return arena_printf(a, "%s %s 元 (%s, %04d-%02d-%02d 起执行): %s", price_kinds[r->rule].title, price, r->source,
	                    r->from_ymd / 10000, r->from_ymd / 100 % 100, r->from_ymd % 100, ends[r->rule]);
}

enum status price_rule_on(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct price_rule *out)
{
	struct price_rule facts[PRICE_RULES];
	read_facts(db, a, product_id, ymd, facts);
	const struct price_rule *fact = first_fact(facts);
	*out = (struct price_rule){.units_per_pack = 1, .ceiling_units_per_pack = 1};
	if (!fact)
		return ST_NO_LISTED_PRICE;
	*out = *fact;
	out->listed = facts[PRICE_LISTED].price_id != 0;
	const struct price_rule *ceiling = out->listed ? &facts[PRICE_LISTED] : fact;
	out->ceiling_price_id = ceiling->price_id;
	out->ceiling_e4 = ceiling->price_e4;
	out->ceiling_units_per_pack = ceiling->units_per_pack;
	bool over = out->rule == PRICE_AGREED &&
	            (__int128)out->price_e4 * ceiling->units_per_pack > (__int128)ceiling->price_e4 * out->units_per_pack;
	return over ? ST_AGREED_OVER_CEILING : ST_OK;
}

enum status price_rule_refuse(struct tx *tx, enum status st, const struct price_rule *r, const char *product_name,
                              const char *field, int64_t row)
{
	char agreed[32], ceiling[32];
	if (st == ST_NO_LISTED_PRICE)
		return tx_fail(tx, st, field, row, "%s 没有现行挂网价, 不能采购; 短缺或急抢救药品请办理备案采购", product_name);
	price_text(r->price_e4, agreed);
	price_text(r->ceiling_e4, ceiling);
	return tx_fail(tx, st, field, row, "%s 议定价 %s 元高于现行限价 %s 元, 须重新议价或终止议定价", product_name, agreed,
	               ceiling);
}

int64_t price_rule_for(const struct price_rule *r, int64_t units_per_pack)
{
	return (int64_t)((__int128)r->price_e4 * units_per_pack / r->units_per_pack);
}

/* RULE DOMAIN-6-ceiling: never above the ceiling in force, whatever pack each of them speaks of. */
enum status price_rule_verdict(const struct price_rule *r, int64_t price_e4, int64_t units_per_pack)
{
	static const enum status over[PRICE_RULES] = {
	        [PRICE_SELECTED] = ST_NOT_SELECTED_PRICE,
	        [PRICE_AGREED] = ST_NOT_AGREED_PRICE,
	        [PRICE_LISTED] = ST_OVER_CEILING,
	        [PRICE_FILED] = ST_OVER_CEILING,
	};
	int64_t by_rule = price_rule_for(r, units_per_pack);
	bool allowed = r->exact ? price_e4 == by_rule : price_e4 <= by_rule;
	return allowed ? ST_OK : over[r->rule];
}

enum status price_rule_refuse_price(struct tx *tx, enum status st, const struct price_rule *r, int64_t price_e4,
                                    int64_t units_per_pack, const char *product_name, const char *field, int64_t row)
{
	char asked[32], by_rule[32];
	price_text(price_e4, asked);
	price_text(price_rule_for(r, units_per_pack), by_rule);
	if (r->exact)
		return tx_fail(tx, st, field, row, "%s 单价应为%s %s 元, 不是 %s 元 (%s, %d 起执行)", product_name,
		               price_kinds[r->rule].title, by_rule, asked, r->source, r->from_ymd);
	return tx_fail(tx, st, field, row, "%s 单价 %s 元高于现行限价 %s 元 (%s, %d 起执行)", product_name, asked, by_rule,
	               r->source, r->from_ymd);
}
