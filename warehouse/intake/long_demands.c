/* 长处方需求: what long prescriptions need, by depot and product; told by the clinic that keeps them. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demand/long_demand.h"
#include "warehouse/intake/intake.h"

enum { SITE, DEPOT, PRODUCT, UNITS, FROM, UNTIL, SOURCE, REMARK };

static const struct intake_column columns[] = {
        [SITE] = {.name = "site_code", .title = "机构代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [DEPOT] = {.name = "depot_code", .title = "库房代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [UNITS] = {.name = "units_30", .title = "每30天用量", .type = IN_INT, .need = MUST_HAVE, .min = 1, .max = 1000000000},
        [FROM] = {.name = "from_ymd", .title = "起始日", .type = IN_YMD, .need = MUST_HAVE},
        [UNTIL] = {.name = "until_ymd", .title = "截止日", .type = IN_YMD, .need = MUST_HAVE},
        [SOURCE] = {.name = "source", .title = "来源", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        [REMARK] = {.name = "note", .title = "备注", .type = IN_TEXT, .need = MAY_KEEP, .max = 500},
        {.name = NULL},
};
static const char *const ignored[] = {"id",           "site_id", "site_name", "depot_id",  "depot_name", "product_id",
                                      "product_name", "spec",    "maker",     "unit_name", "pack_name",  "units_per_pack",
                                      "days_left",    "at_ms",   "by",        NULL};

#define PROJECTION                                                                                                            \
	"SELECT s.code, q.code, p.code, k.units_30, k.from_ymd, k.until_ymd, k.source, k.note, k.id FROM long_demand k JOIN " \
	"place q ON q.id = k.place_id JOIN site s ON s.id = q.site_id JOIN product p ON p.id = k.product_id"
SQL(select_one, PROJECTION " WHERE k.product_id = :product_id AND k.place_id = :place_id AND k.from_ymd = :from_ymd AND k.source "
                           "= :source_t /*all sites: the depot is checked*/");
SQL(select_every, PROJECTION " ORDER BY s.code, q.code, p.code, k.from_ymd, k.id /*scan: export*/ /*all sites: export*/");

static enum status find(struct intake *in, const struct intake_cell *c, int64_t *place_id, int64_t *product_id)
{
	struct db *db = tx_db(in->tx);
	int64_t site = site_by_code(db, c[SITE].text);
	if (!site || !me_at_site(db, &in->tx->me, site))
		return in_fail(in, SITE, ST_INVALID_FIELD, "没有代码为 %s 的机构, 或不在您的管辖范围", c[SITE].text);
	*place_id = depot_by_code(db, site, c[DEPOT].text);
	if (!*place_id)
		return in_fail(in, DEPOT, ST_INVALID_FIELD, "该机构没有代码为 %s 的库房", c[DEPOT].text);
	*product_id = product_by_code(db, c[PRODUCT].text);
	if (!*product_id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	return ST_OK;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	int64_t place = 0, product = 0;
	enum status st = find(in, c, &place, &product);
	if (st != ST_OK)
		return st;
	SCOPED(rows)
	r = db_query(tx_db(in->tx), select_one, I64(":product_id", product), I64(":place_id", place),
	             I64(":from_ymd", c[FROM].value), TEXT(":source_t", c[SOURCE].text));
	bool known = rows_next(&r);
	int64_t id = known ? col_i64(&r, 8) : 0;
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	*change = !known ? INTAKE_ADDED : differs ? INTAKE_CHANGED : INTAKE_SAME;
	if (known && !differs)
		return ST_OK;
	const struct long_demand_change new_figure = {c[UNITS].value, c[UNTIL].value, c[REMARK].text};
	const struct long_demand_new new_row = {place,          product,        c[UNITS].value, c[FROM].value,
	                                        c[UNTIL].value, c[SOURCE].text, c[REMARK].text};
	return known ? long_demand_set(in->tx, id, &new_figure) : long_demand_add(in->tx, &new_row, &id);
}

const struct intake_kind intake_long_demands = {.name = "long-demands",
                                                .title = "长处方需求",
                                                .action = "import.long_demands",
                                                .columns = columns,
                                                .ignored = ignored,
                                                .refuses_first = true,
                                                .take = take,
                                                .every = &select_every};
