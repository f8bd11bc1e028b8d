/* 集采品种: what a round selected, at which price, in which generic. The round itself is made on its page. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/volume/round.h"

#include <string.h>

enum { ROUND, PRODUCT, ROLE, PRICE, GENERIC, MEASURE };

static const struct intake_word roles[] = {{"selected", "中选"}, {"reserve", "备选"}, {"non_selected", "非中选"}, {NULL, NULL}};
static const struct intake_column columns[] = {
        [ROUND] = {.name = "round_code", .title = "批次代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [ROLE] = {.name = "role", .title = "中选情况", .type = IN_WORD, .need = MUST_HAVE, .words = roles},
        [PRICE] = {.name = "price", .title = "中选价", .type = IN_PRICE, .need = MAY_KEEP},
        [GENERIC] = {.name = "generic", .title = "通用名分组", .type = IN_TEXT, .need = MAY_KEEP, .max = 100},
        [MEASURE] = {.name = "measure_e3",
                     .title = "折算系数 (千分之一)",
                     .type = IN_INT,
                     .need = MAY_KEEP,
                     .min = 1,
                     .max = 1000000},
        {.name = NULL},
};

static const char *const ignored[] = {"round_id",  "round_name", "product_id",     "product_name", "spec",       "maker",
                                      "unit_name", "pack_name",  "units_per_pack", "role_title",   "generic_id", NULL};

#define PROJECTION                                                                                                          \
	"SELECT r.code, p.code, vp.role, vp.price_e4, n.name, coalesce(m.measure_e3, 1000) FROM volume_product vp JOIN "    \
	"volume_round r ON r.id = vp.round_id JOIN product p ON p.id = vp.product_id JOIN drug d ON d.id = p.drug_id JOIN " \
	"volume_generic n ON n.id = vp.generic_id LEFT JOIN volume_measure m ON m.generic_id = vp.generic_id AND "          \
	"m.strength = d.strength"
SQL(select_one, PROJECTION " WHERE vp.product_id = :product_id AND vp.round_id = :round_id");
SQL(select_every, PROJECTION " ORDER BY r.code, n.name, p.code /*scan: export*/");

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct db *db = tx_db(in->tx);
	int64_t round = volume_round_by_code(db, c[ROUND].text), product = product_by_code(db, c[PRODUCT].text);
	if (!round)
		return in_fail(in, ROUND, ST_INVALID_FIELD, "没有代码为 %s 的集采批次", c[ROUND].text);
	if (!product)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	SCOPED(rows) r = db_query(db, select_one, I64(":product_id", product), I64(":round_id", round));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	*change = !known ? INTAKE_ADDED : differs ? INTAKE_CHANGED : INTAKE_SAME;
	if (known && !differs)
		return ST_OK;
	const struct volume_product_new line = {.product_id = product,
	                                        .role = c[ROLE].text,
	                                        .generic = c[GENERIC].text,
	                                        .price_e4 = c[PRICE].text ? c[PRICE].value : -1,
	                                        .measure_e3 = c[MEASURE].text ? c[MEASURE].value : INT64_MIN};
	return volume_product_put(in->tx, round, &line);
}

const struct intake_kind intake_volume_products = {.name = "volume-products",
                                                   .title = "集采品种",
                                                   .action = "import.volume_products",
                                                   .columns = columns,
                                                   .ignored = ignored,
                                                   .take = take,
                                                   .every = &select_every};
