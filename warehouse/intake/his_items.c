/*
 * 对码 as a site brings it: what its HIS calls a drug, which product that is, and how many of our units one of the HIS is. A row
 * without a product is an item that waits to be matched, before it is ever used.
 */
#include "core/check.h"
#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/match.h"
#include "warehouse/intake/intake.h"

#include <string.h>

enum { SITE, ITEM, NAME, PRODUCT, FACTOR };

static const struct intake_column columns[] = {
        [SITE] = {.name = "site_code", .title = "机构代码", .type = IN_CODE, .need = MAY_KEEP, .max = 32},
        [ITEM] = {.name = "item_code", .title = "HIS 药品编码", .type = IN_CODE, .need = MUST_HAVE, .max = 64},
        [NAME] = {.name = "item_name", .title = "HIS 药品名称", .type = IN_TEXT, .need = MAY_KEEP, .max = 200},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MAY_KEEP, .max = 32},
        [FACTOR] = {.name = "factor", .title = "每 HIS 单位的数量", .type = IN_INT, .need = MAY_KEEP, .min = 1, .max = 1000000},
        {.name = NULL},
};
static const char *const ignored[] = {"id",        "site_id",   "site_name",     "product_id", "product_name", "spec",
                                      "unit_name", "nhsa_code", "platform_code", "at_ms",      "by",           NULL};

#define MATCHED                                                                                                                \
	"SELECT s.code, i.code, i.item_name, p.code, i.factor FROM his_item i JOIN site s ON s.id = i.site_id JOIN product p " \
	"ON "                                                                                                                  \
	"p.id = i.product_id"
#define WAITING \
	"SELECT s.code, o.code, o.item_name, CAST(NULL AS TEXT), o.factor FROM his_item_open o JOIN site s ON s.id = o.site_id"
SQL(select_matched, MATCHED " WHERE i.site_id = :site_id AND i.code = :code_t /*all sites: the import checks the site*/");
SQL(select_waiting, WAITING " WHERE o.site_id = :site_id AND o.code = :code_t /*all sites: the import checks the site*/");
SQL(select_every, MATCHED " UNION ALL " WAITING " ORDER BY 1, 2 /*scan: export*/ /*all sites: export*/");

static enum status find_site(struct intake *in, const struct intake_cell *c, int64_t *site_id)
{
	struct db *db = tx_db(in->tx);
	*site_id = c[SITE].text ? site_by_code(db, c[SITE].text) : in->tx->me.root_site_id;
	if (!*site_id && !c[SITE].text)
		*site_id = site_root(db);
	if (*site_id && me_at_site(db, &in->tx->me, *site_id))
		return ST_OK;
	return in_fail(in, SITE, ST_INVALID_FIELD, "没有代码为 %s 的机构, 或不在您的管辖范围", c[SITE].text ? c[SITE].text : "");
}

/* Compares with what is stored of the item, matched or waiting; *known tells whether there is anything. */
static uint64_t compare(struct intake *in, struct intake_row *row, int64_t site_id, bool *known)
{
	const struct arg args[] = {I64(":site_id", site_id), TEXT(":code_t", row->cells[ITEM].text)};
	const struct sql *const where[] = {&select_matched, &select_waiting};
	for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
		SCOPED(rows) r = db_query_n(tx_db(in->tx), where[i], args, 2);
		*known = rows_next(&r);
		if (*known)
			return intake_overlay(in, row, &r);
	}
	return intake_overlay(in, row, NULL);
}

/* RULE DOMAIN-12.1-his-codes: an item that bears the catalogue's own code, or a bar code, needs no 对码. */
static bool speaks_for_itself(struct db *db, const char *item)
{
	return product_by_code(db, item) || (digits_only(item, strlen(item)) && product_by_gtin(db, item));
}

static enum status check_product(struct intake *in, const struct intake_cell *c, int64_t *product_id)
{
	struct product p;
	*product_id = product_by_code(tx_db(in->tx), c[PRODUCT].text);
	if (*product_id && product_load(tx_db(in->tx), in->tx->arena, *product_id, &p) == ST_OK && p.active)
		return ST_OK;
	return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的在用品种", c[PRODUCT].text);
}

static enum status put(struct intake *in, const struct intake_row *row, int64_t site_id)
{
	const struct intake_cell *c = row->cells;
	int64_t product_id = 0, factor = c[FACTOR].text ? c[FACTOR].value : 0;
	enum status st = ST_OK;
	if (c[PRODUCT].text)
		st = check_product(in, c, &product_id);
	else if (!c[NAME].text)
		st = in_fail(in, NAME, ST_INVALID_FIELD, "没有对码的项目请填写名称, 以便对码");
	if (st == ST_OK)
		st = intake_claim(in, row, ITEM, arena_printf(in->tx->arena, "%lld %s", (long long)site_id, c[ITEM].text));
	if (st != ST_OK || in->mode == INTAKE_CHECK)
		return st;
	if (product_id)
		his_item_put(in->tx, site_id, c[ITEM].text, c[NAME].text, product_id, factor ? factor : 1);
	else
		his_item_wait(in->tx, site_id, c[ITEM].text, c[NAME].text, factor);
	return ST_OK;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	int64_t site_id = 0;
	bool known = false;
	enum status st = find_site(in, row->cells, &site_id);
	if (st != ST_OK)
		return st;
	uint64_t differs = compare(in, row, site_id, &known);
	bool itself = !known && !row->cells[PRODUCT].text && speaks_for_itself(tx_db(in->tx), row->cells[ITEM].text);
	*change = itself || (known && !differs) ? INTAKE_SAME : known ? INTAKE_CHANGED : INTAKE_ADDED;
	return row->overtaken || *change == INTAKE_SAME ? ST_OK : put(in, row, site_id);
}

const struct intake_kind intake_his_items = {.name = "his-items",
                                             .title = "HIS 对码",
                                             .action = "import.his_items",
                                             .columns = columns,
                                             .ignored = ignored,
                                             .refuses_first = true,
                                             .sliced = true,
                                             .take = take,
                                             .every = &select_every};
