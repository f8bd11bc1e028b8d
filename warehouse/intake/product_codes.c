/*
 * Codes of products from lists: 平台编码, 医保编码, further bar codes, 药品标识码 with their multiplier and divider. A file adds
 * codes and says how many units they stand for; it takes none away.
 */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/intake/intake.h"

enum { PRODUCT, KIND, CODE, UNITS, MULTIPLIER, DIVIDER };

static const struct intake_word kinds[] = {
        {"gtin", "商品条码 / UDI-DI"}, {"national", "本位码"},  {"nhsa", "医保编码"}, {"platform", "平台编码"},
        {"site", "院内编码"},          {"trace", "药品标识码"}, {NULL, NULL}};
static const struct intake_column columns[] = {
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [KIND] = {.name = "kind", .title = "编码种类", .type = IN_WORD, .need = MUST_HAVE, .words = kinds},
        [CODE] = {.name = "code", .title = "编码", .type = IN_CODE, .need = MUST_HAVE, .max = 64},
        [UNITS] = {.name = "units", .title = "每码数量", .type = IN_INT, .need = MAY_KEEP, .min = 0, .max = 100000000},
        [MULTIPLIER] = {.name = "multiplier", .title = "乘数", .type = IN_INT, .need = MAY_KEEP, .min = 1, .max = 1000000},
        [DIVIDER] = {.name = "divider", .title = "除数", .type = IN_INT, .need = MAY_KEEP, .min = 1, .max = 1000000},
        {.name = NULL},
};
static const char *const ignored[] = {"id", "product_id", "product_name", "spec", "bound_by", "confirmed_by", "at_ms", NULL};

/* Units alone: multiplier and divider say the same in another way. */
#define NO_RATIO "CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)"
#define LISTED "SELECT p.code, c.kind, c.code, c.units, " NO_RATIO " FROM product_code c JOIN product p ON p.id = c.product_id"
#define PREFIXES \
	"SELECT p.code, 'trace', t.prefix, t.units, " NO_RATIO " FROM trace_prefix t JOIN product p ON p.id = t.product_id"
SQL(select_one, LISTED " WHERE c.code = :code_t AND c.kind = :kind_t AND c.product_id = :product_id");
SQL(select_prefix, PREFIXES " WHERE t.prefix = :code_t AND t.product_id = :product_id AND :kind_t = 'trace'");
SQL(select_every, LISTED " UNION ALL " PREFIXES " ORDER BY 1, 2, 3 /*scan: export*/");

/* What the file does not say of a code that is there stays as it is; so the row is compared before it is checked. */
static bool compare(struct intake *in, struct intake_row *row, int64_t product_id)
{
	const struct arg args[] = {TEXT(":code_t", row->cells[CODE].text), TEXT(":kind_t", row->cells[KIND].text),
	                           I64(":product_id", product_id)};
	const struct sql *const where[] = {&select_one, &select_prefix};
	for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
		SCOPED(rows) r = db_query_n(tx_db(in->tx), where[i], args, 3);
		if (rows_next(&r)) {
			(void)intake_overlay(in, row, &r);
			return true;
		}
	}
	(void)intake_overlay(in, row, NULL);
	return false;
}

static int64_t said(const struct intake_cell *c)
{
	return c->text ? c->value : 0;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	static const enum intake_change changes[] = {
	        [CODE_IS_NEW] = INTAKE_ADDED, [CODE_IS_SAME] = INTAKE_SAME, [CODE_HAS_OTHER_UNITS] = INTAKE_CHANGED};
	const struct intake_cell *c = row->cells;
	struct listed_code code;
	int64_t id = product_by_code(tx_db(in->tx), c[PRODUCT].text);
	if (!id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	bool ratio = c[MULTIPLIER].text || c[DIVIDER].text, told = c[UNITS].text || !ratio;
	bool known = compare(in, row, id);
	const struct new_code given = {
	        id, c[KIND].text, c[CODE].text, told || !known ? said(&c[UNITS]) : 0, said(&c[MULTIPLIER]), said(&c[DIVIDER])};
	enum status st = code_list_check(in->tx, &given, &code);
	*change = changes[st == ST_OK ? code.known : CODE_IS_SAME];
	if (st == ST_OK)
		st = intake_claim(
		        in, row, CODE,
		        arena_printf(in->tx->arena, "%lld %s %s", code.unique ? 0 : (long long)id, code.kind, code.code));
	if (st != ST_OK || row->overtaken || in->mode == INTAKE_CHECK)
		return st;
	return code_list_put(in->tx, &code);
}

const struct intake_kind intake_product_codes = {.name = "product-codes",
                                                 .title = "品种编码",
                                                 .action = "import.product_codes",
                                                 .columns = columns,
                                                 .ignored = ignored,
                                                 .refuses_first = true,
                                                 .sliced = true,
                                                 .take = take,
                                                 .every = &select_every};
