/* Suppliers (供应商). */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"

enum { CODE, NAME, LICENCE, UNTIL, PHONE };

static const struct intake_column columns[] = {
        [CODE] = {.name = "code", .title = "供应商代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [NAME] = {.name = "name", .title = "名称", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        [LICENCE] = {.name = "licence_no", .title = "药品经营许可证号", .type = IN_TEXT, .need = MUST_HAVE, .max = 64},
        [UNTIL] = {.name = "licence_until_ymd", .title = "许可证有效期至", .type = IN_YMD, .need = MUST_HAVE},
        [PHONE] = {.name = "phone", .title = "电话", .type = IN_TEXT, .need = MAY_LACK, .max = 64},
        {.name = NULL},
};
static const char *const ignored[] = {"id", "licence_state", "active", "match", "approved", "credit_code", "contact", NULL};

#define PROJECTION "SELECT code, name, licence_no, licence_until_ymd, phone FROM supplier"
SQL(select_one, PROJECTION " WHERE code = :code_t");
SQL(select_every, PROJECTION " ORDER BY code /*scan: export*/");

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	int64_t id = 0;
	bool added = false;
	SCOPED(rows) r = db_query(tx_db(in->tx), select_one, TEXT(":code_t", c[CODE].text));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	*change = known ? (differs ? INTAKE_CHANGED : INTAKE_SAME) : INTAKE_ADDED;
	enum status st = intake_claim(in, row, CODE, c[CODE].text);
	if (st != ST_OK || row->overtaken || (known && !differs) || in->mode == INTAKE_CHECK)
		return st;
	const struct new_supplier supplier = {c[CODE].text, c[NAME].text, c[LICENCE].text, c[PHONE].text, c[UNTIL].value};
	return supplier_put(in->tx, &supplier, &id, &added);
}

const struct intake_kind intake_suppliers = {.name = "suppliers",
                                             .title = "供应商",
                                             .action = "import.suppliers",
                                             .columns = columns,
                                             .ignored = ignored,
                                             .refuses_first = true,
                                             .sliced = true,
                                             .take = take,
                                             .every = &select_every};
