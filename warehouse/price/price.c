#include "warehouse/price/price.h"

#include "core/money.h"

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

const char *price_rule_why(struct arena *a, const struct price_rule *r, int64_t units_per_pack)
{
	static const char *const ends[PRICE_RULES] = {
	        [PRICE_SELECTED] = "中选品种只能按中选价成交",
	        [PRICE_AGREED] = "已议价, 按议定价成交",
	        [PRICE_LISTED] = "成交价不得高于挂网价",
	        [PRICE_FILED] = "没有挂网价, 按备案采购的限价和限量",
	};
	char price[32];
	price_text(price_rule_for(r, units_per_pack), price);
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
	if ((__int128)out->price_e4 * ceiling->units_per_pack <= (__int128)ceiling->price_e4 * out->units_per_pack)
		return ST_OK;
	return out->rule == PRICE_AGREED ? ST_AGREED_OVER_CEILING : ST_SELECTED_OVER_CEILING;
}

enum status price_rule_refuse(struct tx *tx, enum status st, const struct price_rule *r, const char *product_name,
                              const char *field, int64_t row)
{
	char exact[32], ceiling[32];
	if (st == ST_NO_LISTED_PRICE)
		return tx_fail(tx, st, field, row, "%s 没有现行挂网价, 不能采购; 短缺或急抢救药品请办理备案采购", product_name);
	price_text(r->price_e4, exact);
	price_text(price_rule_ceiling(r, r->units_per_pack), ceiling);
	return tx_fail(tx, st, field, row, "%s %s %s 元高于现行挂网价 %s 元, %s", product_name, price_kinds[r->rule].title, exact,
	               ceiling, st == ST_AGREED_OVER_CEILING ? "须重新议价或终止议定价" : "请核对平台");
}

int64_t price_rule_ceiling(const struct price_rule *r, int64_t units_per_pack)
{
	return (int64_t)((__int128)r->ceiling_e4 * units_per_pack / r->ceiling_units_per_pack);
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

SQL(select_other_supplier, "SELECT s.name FROM price f JOIN purchase_order o ON o.id = :order_id AND o.supplier_id <> "
                           "f.supplier_id JOIN supplier s ON s.id = "
                           "f.supplier_id WHERE f.id = :price_id /*all sites: the caller has the order*/");

enum status price_rule_check_supplier(struct tx *tx, const struct price_rule *r, int64_t order_id, const char *product_name,
                                      const char *field, int64_t row)
{
	if (r->rule != PRICE_AGREED)
		return ST_OK;
	const char *chosen =
	        db_text(tx_db(tx), tx->arena, select_other_supplier, I64(":order_id", order_id), I64(":price_id", r->price_id));
	if (!chosen)
		return ST_OK;
	char price[32];
	price_text(r->price_e4, price);
	return tx_fail(tx, ST_NOT_AGREED_SUPPLIER, field, row,
	               "%s 的议定价 %s 元是 %s 的报价 (%s), 只能向该供应商采购; 改向别家采购须先终止议定价或重新议价",
	               product_name, price, chosen, r->source);
}
