/* 配送关系 and 资质: what the purchase department keeps in tables. A changed paper is a new one that takes the old one's place.
 */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/paper.h"
#include "warehouse/partner/partner.h"

#include <string.h>

/* ---- delivery rights ---- */

enum { SUPPLIER, MAKER, REGION, FROM, UNTIL };
static const struct intake_column right_columns[] = {
        [SUPPLIER] = {.name = "supplier_code", .title = "供应商代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [MAKER] = {.name = "maker_name", .title = "生产企业", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        [REGION] = {.name = "region", .title = "区域", .type = IN_TEXT, .need = MAY_LACK, .max = 100},
        [FROM] = {.name = "from_ymd", .title = "起始日期", .type = IN_YMD, .need = MUST_HAVE},
        [UNTIL] = {.name = "until_ymd", .title = "截止日期", .type = IN_YMD, .need = MAY_LACK},
        {.name = NULL},
};
static const char *const right_ignored[] = {"id",         "supplier_id", "supplier_name", "maker_id", "state", "state_title",
                                            "made_at_ms", "made_by",     "end_note",      "scans",    NULL};

#define RIGHT                                                                                                       \
	"SELECT s.code, m.name, d.region, d.from_ymd, d.until_ymd FROM delivery_right d JOIN supplier s ON s.id = " \
	"d.supplier_id JOIN maker m ON m.id = d.maker_id WHERE d.ended_at_ms IS NULL"
SQL(select_right, RIGHT " AND d.supplier_id = :supplier_id AND d.maker_id = :maker_id AND d.from_ymd = :from_ymd");
SQL(every_right, RIGHT " ORDER BY s.code, m.name, d.from_ymd /*scan: export*/");
SQL(find_maker, "SELECT id FROM maker WHERE name = :name_t");
SQL(change_right, "UPDATE delivery_right SET region = :region_t, until_ymd = :until_id WHERE supplier_id = :supplier_id AND "
                  "maker_id = :maker_id "
                  "AND from_ymd = :from_ymd AND ended_at_ms IS NULL");

static enum status take_right(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct db *db = tx_db(in->tx);
	struct delivery_right_new right = {.supplier_id = supplier_by_code(db, c[SUPPLIER].text), .from_ymd = c[FROM].value};
	int64_t id = 0;
	if (!right.supplier_id)
		return in_fail(in, SUPPLIER, ST_INVALID_FIELD, "没有代码为 %s 的供应商", c[SUPPLIER].text);
	right.maker_id = db_i64(db, 0, find_maker, TEXT(":name_t", c[MAKER].text));
	if (!right.maker_id)
		return in_fail(in, MAKER, ST_INVALID_FIELD, "没有名为 %s 的生产企业", c[MAKER].text);
	SCOPED(rows)
	r = db_query(db, select_right, I64(":supplier_id", right.supplier_id), I64(":maker_id", right.maker_id),
	             I64(":from_ymd", right.from_ymd));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	if (c[UNTIL].value && c[UNTIL].value < c[FROM].value)
		return in_fail(in, UNTIL, ST_INVALID_FIELD, "截止日期早于起始日期");
	right.until_ymd = c[UNTIL].value;
	right.region = c[REGION].text;
	*change = known ? (differs ? INTAKE_CHANGED : INTAKE_SAME) : INTAKE_ADDED;
	if (!known)
		return delivery_right_add(in->tx, &right, &id);
	if (differs)
		db_exec(in->tx, change_right, TEXT(":region_t", right.region), ID(":until_id", right.until_ymd),
		        I64(":supplier_id", right.supplier_id), I64(":maker_id", right.maker_id),
		        I64(":from_ymd", right.from_ymd));
	return ST_OK;
}

const struct intake_kind intake_delivery_rights = {.name = "delivery-rights",
                                                   .title = "配送关系",
                                                   .action = "import.delivery_rights",
                                                   .columns = right_columns,
                                                   .ignored = right_ignored,
                                                   .shows_ended = true,
                                                   .refuses_first = true,
                                                   .take = take_right,
                                                   .every = &every_right};

/* ---- papers ---- */

enum { OWNER_KIND, OWNER_CODE, KIND, NUMBER, VALID_FROM, VALID_UNTIL, PERSON, WHERE, SCOPE, NOTE };
static const struct intake_word owner_words[] = {
        {"supplier", "供应商"}, {"maker", "生产企业"}, {"product", "品种"}, {NULL, NULL}};
static const struct intake_word kind_words[] = {
#define PAPER(word, owner, title, of, first, locks, dated, scanned) {#word, title},
#include "warehouse/partner/paper.def"
#undef PAPER
        {NULL, NULL},
};
static const struct intake_column paper_columns[] = {
        [OWNER_KIND] = {.name = "owner_kind", .title = "对象类别", .type = IN_WORD, .need = MUST_HAVE, .words = owner_words},
        [OWNER_CODE] = {.name = "owner_code", .title = "对象代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [KIND] = {.name = "kind", .title = "资质种类", .type = IN_WORD, .need = MUST_HAVE, .words = kind_words},
        [NUMBER] = {.name = "number", .title = "证书编号", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        [VALID_FROM] = {.name = "from_ymd", .title = "起始日期", .type = IN_YMD, .need = MAY_LACK},
        [VALID_UNTIL] = {.name = "until_ymd", .title = "有效期至", .type = IN_YMD, .need = MAY_LACK},
        [PERSON] = {.name = "person", .title = "被授权人", .type = IN_TEXT, .need = MAY_LACK, .max = 64},
        [WHERE] = {.name = "region", .title = "授权区域", .type = IN_TEXT, .need = MAY_LACK, .max = 100},
        [SCOPE] = {.name = "scope", .title = "授权品种", .type = IN_TEXT, .need = MAY_LACK, .max = 500},
        [NOTE] = {.name = "note", .title = "备注", .type = IN_TEXT, .need = MAY_LACK, .max = 500},
        {.name = NULL},
};

static const char *const paper_ignored[] = {"id",         "owner_id",        "owner_name",    "state",         "scans",
                                            "renewal_no", "renewal_ymd",     "allowed_at_ms", "allowed_by",    "allowed_note",
                                            "made_at_ms", "made_by",         "ended_at_ms",   "end_note",      "replaced_by",
                                            "match",      "confirmed_at_ms", "confirmed_by",  "old_until_ymd", NULL};

#define PAPER_ROW                                                                                                             \
	"SELECT q.owner_kind, coalesce(s.code, m.code, p.code), q.kind, q.number, q.from_ymd, q.until_ymd, q.person, "        \
	"q.region, q.scope, q.note, q.id FROM qualification q LEFT JOIN supplier s ON q.owner_kind = 'supplier' AND s.id = "  \
	"q.owner_id LEFT JOIN maker m ON q.owner_kind = 'maker' AND m.id = q.owner_id LEFT JOIN product p ON q.owner_kind = " \
	"'product' AND p.id = q.owner_id WHERE q.ended_at_ms IS NULL"
SQL(select_paper,
    PAPER_ROW " AND q.owner_kind = :owner_t AND q.owner_id = :owner_id AND q.kind = :kind_t AND q.number = :number_t "
              "ORDER BY CASE WHEN coalesce(q.until_ymd, 0) = :until_ymd THEN 0 ELSE 1 END, q.id DESC LIMIT 1");
SQL(every_paper,
    "SELECT q.owner_kind, coalesce(s.code, m.code, p.code) AS code, q.kind, q.number, q.from_ymd, q.until_ymd, q.person, "
    "q.region, "
    "q.scope, q.note FROM qualification q LEFT JOIN supplier s ON q.owner_kind = 'supplier' AND s.id = q.owner_id LEFT JOIN "
    "maker m "
    "ON q.owner_kind = 'maker' AND m.id = q.owner_id LEFT JOIN product p ON q.owner_kind = 'product' AND p.id = q.owner_id WHERE "
    "q.ended_at_ms IS NULL ORDER BY q.owner_kind, code, q.kind, q.number, q.id /*scan: export*/");
SQL(find_maker_code, "SELECT id FROM maker WHERE code = :code_t");

static int64_t find_owner(struct db *db, const char *kind, const char *code)
{
	if (strcmp(kind, "supplier") == 0)
		return supplier_by_code(db, code);
	return strcmp(kind, "maker") == 0 ? db_i64(db, 0, find_maker_code, TEXT(":code_t", code)) : product_by_code(db, code);
}

static enum status take_paper(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	int64_t old = 0, id = 0, owner = find_owner(tx_db(in->tx), c[OWNER_KIND].text, c[OWNER_CODE].text);
	if (!owner)
		return in_fail(in, OWNER_CODE, ST_INVALID_FIELD, "没有代码为 %s 的对象", c[OWNER_CODE].text);
	SCOPED(rows)
	r = db_query(tx_db(in->tx), select_paper, TEXT(":owner_t", c[OWNER_KIND].text), I64(":owner_id", owner),
	             TEXT(":kind_t", c[KIND].text), TEXT(":number_t", c[NUMBER].text), I64(":until_ymd", c[VALID_UNTIL].value));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	old = known ? col_i64(&r, NOTE + 1) : 0;
	rows_drop(&r);
	*change = known ? (differs ? INTAKE_CHANGED : INTAKE_SAME) : INTAKE_ADDED;
	if (known && !differs)
		return ST_OK;
	const struct paper_new paper = {.owner_kind = c[OWNER_KIND].text,
	                                .owner_id = owner,
	                                .kind = c[KIND].text,
	                                .number = c[NUMBER].text,
	                                .from_ymd = c[VALID_FROM].value,
	                                .until_ymd = c[VALID_UNTIL].value,
	                                .person = c[PERSON].text,
	                                .region = c[WHERE].text,
	                                .scope = c[SCOPE].text,
	                                .note = c[NOTE].text,
	                                .replaces_id = old,
	                                .counts = partner_opening(tx_db(in->tx))};
	return paper_add(in->tx, &paper, &id);
}

const struct intake_kind intake_qualifications = {.name = "qualifications",
                                                  .title = "资质",
                                                  .action = "import.qualifications",
                                                  .columns = paper_columns,
                                                  .ignored = paper_ignored,
                                                  .shows_ended = true,
                                                  .refuses_first = false,
                                                  .take = take_paper,
                                                  .every = &every_paper};
