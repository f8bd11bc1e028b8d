/* Price facts of every kind (中选价, 议定价, 挂网价, 医保支付标准, 参考价) with their dates. RULE DOMAIN-12.3-price-rule */
#include "warehouse/price/price.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/price/flag.h"

#include <string.h>

enum { PRODUCT, KIND, PRICE, PER_PACK, FROM, TO, SOURCE };

/* A filed and an agreed price are known where they stand in the list; their doors are documents (备案采购, 议价). */
static const struct intake_word kinds[] = {{"listed", "挂网价"},
                                           {"agreed", "议定价"},
                                           {"selected", "中选价"},
                                           {"reference", "参考价"},
                                           {"insurance", "医保支付标准"},
                                           {"filed", "备案价"},
                                           {NULL, NULL}};
static const struct intake_column columns[] = {
        [PRODUCT] = {.name = "product_code", .also = "code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [KIND] = {.name = "kind", .title = "种类", .type = IN_WORD, .need = MUST_HAVE, .words = kinds},
        [PRICE] = {.name = "price", .title = "价格", .type = IN_PRICE, .need = MUST_HAVE},
        [PER_PACK] =
                {.name = "units_per_pack", .title = "计价包装数量", .type = IN_INT, .need = MAY_KEEP, .min = 1, .max = 1000000},
        [FROM] = {.name = "from_ymd", .title = "起始日", .type = IN_YMD, .need = MUST_HAVE},
        [TO] = {.name = "to_ymd", .title = "截止日", .type = IN_YMD, .need = MAY_KEEP},
        [SOURCE] = {.name = "source", .title = "依据", .type = IN_TEXT, .need = MUST_HAVE, .max = 200},
        {.name = NULL},
};
static const char *const ignored[] = {
        "id",       "product_id",   "product_name", "spec",    "maker",      "unit_name",   "pack_name", "kind_title",
        "in_force", "price_before", "made_at_ms",   "made_by", "end_reason", "ended_at_ms", "ended_by",  NULL};

#define PROJECTION                                                                                                               \
	"SELECT p.code, r.kind, r.price_e4, r.units_per_pack, r.from_ymd, r.to_ymd, r.source, r.id FROM price r JOIN product p " \
	"ON p.id = r.product_id"
SQL(select_one,
    PROJECTION " WHERE r.product_id = :product_id AND r.kind = :kind_t AND r.from_ymd = :from_ymd AND r.price_e4 = :price");
SQL(select_every, PROJECTION " WHERE r.kind <> 'filed' ORDER BY p.code, r.kind, r.from_ymd, r.id /*scan: export*/");
SQL(set_source, "UPDATE price SET source = :source_t WHERE id = :id");

/* The fact stands already: only its end and its source may be told better. */
static enum status take_known(struct intake *in, const struct intake_cell *c, int64_t id, uint64_t differs,
                              enum intake_change *change)
{
	if (differs & BIT(PER_PACK))
		return in_fail(in, PER_PACK, ST_PRICE_CONFLICT, "%s 该价格已按另一计价包装登记", c[PRODUCT].text);
	*change = differs ? INTAKE_CHANGED : INTAKE_SAME;
	enum status st = differs & BIT(TO) ? price_fact_end(in->tx, id, (int32_t)c[TO].value, "导入") : ST_OK;
	if (st == ST_OK && differs & BIT(SOURCE))
		db_exec(in->tx, set_source, TEXT(":source_t", c[SOURCE].text), I64(":id", id));
	return st;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct product product;
	int64_t id = product_by_code(tx_db(in->tx), c[PRODUCT].text);
	if (!id || product_load(tx_db(in->tx), in->tx->arena, id, &product) != ST_OK)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	SCOPED(rows)
	r = db_query(tx_db(in->tx), select_one, I64(":product_id", id), TEXT(":kind_t", c[KIND].text),
	             I64(":from_ymd", c[FROM].value), I64(":price", c[PRICE].value));
	bool known = rows_next(&r);
	int64_t known_id = known ? col_i64(&r, 7) : 0;
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	bool filed = strcmp(c[KIND].text, "filed") == 0, agreed = strcmp(c[KIND].text, "agreed") == 0;
	if ((filed || agreed) && (!known || differs))
		return in_fail(in, KIND, ST_INVALID_FIELD, "%s由%s单登记, 不能导入", filed ? "备案价" : "议定价",
		               filed ? "备案采购" : "议价");
	if (known)
		return take_known(in, c, known_id, differs, change);
	const struct new_price price = {.product_id = id,
	                                .price_e4 = c[PRICE].value,
	                                .units_per_pack = c[PER_PACK].text ? c[PER_PACK].value : product.units_per_pack,
	                                .kind = c[KIND].text,
	                                .from_ymd = (int32_t)c[FROM].value,
	                                .to_ymd = (int32_t)c[TO].value,
	                                .source = c[SOURCE].text};
	*change = INTAKE_ADDED;
	enum status st = price_fact_add(in->tx, &price, NULL);
	/* a ceiling or an end further down in the file may make room for it */
	bool later = st == ST_SELECTED_OVER_CEILING || st == ST_PRICE_CONFLICT;
	return later ? ST_NOT_FOUND : st;
}

const struct intake_kind intake_prices = {.name = "prices",
                                          .title = "价格",
                                          .action = "import.prices",
                                          .columns = columns,
                                          .ignored = ignored,
                                          .refuses_first = false,
                                          .take = take,
                                          .every = &select_every};
