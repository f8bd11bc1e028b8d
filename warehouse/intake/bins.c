/* 货位: where each depot keeps its products. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/use/bin.h"

enum { SITE, DEPOT, PRODUCT, BIN };

static const struct intake_column columns[] = {
        [SITE] = {.name = "site_code", .title = "机构代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [DEPOT] = {.name = "depot_code", .title = "库房代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [BIN] = {.name = "bin", .title = "货位", .type = IN_CODE, .need = MAY_LACK, .max = 32},
        {.name = NULL},
};
static const char *const ignored[] = {"site_id",      "site_name", "depot_id", "depot_name", "product_id",
                                      "product_name", "spec",      "maker",    "look_alike", NULL};

#define PROJECTION                                                                                                           \
	"SELECT s.code, q.code, p.code, k.bin FROM depot_product k JOIN place q ON q.id = k.place_id JOIN site s ON s.id = " \
	"q.site_id JOIN product p ON p.id = k.product_id"
SQL(select_one, PROJECTION " WHERE k.place_id = :place_id AND k.product_id = :product_id /*all sites: the depot is checked*/");
SQL(select_every, PROJECTION " ORDER BY s.code, q.code, p.code /*scan: export*/ /*all sites: export*/");

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct db *db = tx_db(in->tx);
	int64_t site = site_by_code(db, c[SITE].text), place = site ? depot_by_code(db, site, c[DEPOT].text) : 0;
	int64_t product = product_by_code(db, c[PRODUCT].text);
	if (!site || !me_at_site(db, &in->tx->me, site))
		return in_fail(in, SITE, ST_INVALID_FIELD, "没有代码为 %s 的机构, 或不在您的管辖范围", c[SITE].text);
	if (!place)
		return in_fail(in, DEPOT, ST_INVALID_FIELD, "该机构没有代码为 %s 的库房", c[DEPOT].text);
	if (!product)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	SCOPED(rows) r = db_query(db, select_one, I64(":place_id", place), I64(":product_id", product));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	*change = !known ? INTAKE_ADDED : differs ? INTAKE_CHANGED : INTAKE_SAME;
	const struct bin_new bin = {place, product, c[BIN].text};
	enum status st = known && !differs ? ST_OK : bin_put(in->tx, &bin);
	in->tx->action = in->kind->action; /* of the file, not of each row */
	return st;
}

const struct intake_kind intake_bins = {.name = "bins",
                                        .title = "货位",
                                        .action = "import.bins",
                                        .columns = columns,
                                        .ignored = ignored,
                                        .refuses_first = true,
                                        .take = take,
                                        .every = &select_every};
