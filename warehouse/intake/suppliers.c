/* Suppliers (供应商). */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/partner/paper.h"

enum { CODE, NAME, LICENCE, UNTIL, PHONE, BUSINESS };

static const struct intake_word business_words[] = {{"drug", "药品"},
                                                    {"device", "医疗器械"},
                                                    {"both", "药品和医疗器械"},
                                                    {"pieces", "中药饮片生产企业"},
                                                    {"preparation", "医疗机构 (制剂调剂)"},
                                                    {NULL, NULL}};

static const struct intake_column columns[] = {
        [CODE] = {.name = "code", .title = "供应商代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [NAME] = {.name = "name", .title = "名称", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        [LICENCE] = {.name = "licence_no", .title = "许可证号", .type = IN_TEXT, .need = MAY_KEEP, .max = 64},
        [UNTIL] = {.name = "licence_until_ymd", .title = "许可证有效期至", .type = IN_YMD, .need = MAY_KEEP},
        [PHONE] = {.name = "phone", .title = "电话", .type = IN_TEXT, .need = MAY_LACK, .max = 64},
        [BUSINESS] = {.name = "business", .title = "经营类别", .type = IN_WORD, .need = MAY_KEEP, .words = business_words},
        {.name = NULL},
};
static const char *const ignored[] = {"id",          "licence_state", "active",         "match", "approved",
                                      "credit_code", "contact",       "business_title", NULL};

#define PROJECTION "SELECT code, name, NULLIF(licence_no, ''), NULLIF(licence_until_ymd, 0), phone, business FROM supplier"
SQL(select_one, PROJECTION " WHERE code = :code_t");
SQL(select_every, PROJECTION " ORDER BY code /*scan: export*/");

/* RULE GSP-paper-confirmed: another licence is a paper that waits for quality; until then the old one stands on the supplier. The
 * file that brought it brings nothing new. */
#define LICENCE_BITS ((uint64_t)1 << LICENCE | (uint64_t)1 << UNTIL)

/* A licence is told whole; only one who is known may have none for his business. */
static enum status check_licence(struct intake *in, const struct intake_cell *c, bool known)
{
	if (known && !c[LICENCE].text && !c[UNTIL].text)
		return ST_OK;
	if (!c[LICENCE].text)
		return in_fail(in, LICENCE, ST_INVALID_FIELD, "请填写许可证号");
	return c[UNTIL].text ? ST_OK : in_fail(in, UNTIL, ST_INVALID_FIELD, "请填写许可证有效期至");
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	int64_t id = 0;
	bool added = false;
	SCOPED(rows) r = db_query(tx_db(in->tx), select_one, TEXT(":code_t", c[CODE].text));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	if (known && differs & LICENCE_BITS &&
	    paper_licence_waits(tx_db(in->tx), supplier_by_code(tx_db(in->tx), c[CODE].text), c[LICENCE].text, c[UNTIL].value))
		differs &= ~LICENCE_BITS;
	*change = known ? (differs ? INTAKE_CHANGED : INTAKE_SAME) : INTAKE_ADDED;
	enum status st = check_licence(in, c, known);
	if (st == ST_OK)
		st = intake_claim(in, row, CODE, c[CODE].text);
	if (st != ST_OK || row->overtaken || (known && !differs) || in->mode == INTAKE_CHECK)
		return st;
	const struct new_supplier supplier = {c[CODE].text,  c[NAME].text,   c[LICENCE].text,
	                                      c[PHONE].text, c[UNTIL].value, c[BUSINESS].text};
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
