/*
 * Lists of the authorities and of the house by product (基药, 医保类别, 抗菌药物分级, 高警示 …), with the days on which they
 * hold. A file adds; it never takes a flag away and never changes what is on record.
 */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/intake/intake.h"

#include <string.h>

enum { PRODUCT, FLAG, VALUE, FROM, TO, SOURCE };

static const struct intake_column columns[] = {
        [PRODUCT] = {.name = "product_code", .also = "code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [FLAG] = {.name = "flag", .title = "标识", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [VALUE] = {.name = "value", .title = "值", .type = IN_CODE, .need = MAY_KEEP, .max = 60},
        [FROM] = {.name = "from_ymd", .title = "起始日", .type = IN_YMD, .need = MUST_HAVE},
        [TO] = {.name = "to_ymd", .title = "截止日", .type = IN_YMD, .need = MAY_KEEP},
        [SOURCE] = {.name = "source", .title = "依据", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        {.name = NULL},
};
static const char *const ignored[] = {"id", "product_id", "product_name", "spec", "state", "document_id", NULL};

#define PROJECTION                                                                                                     \
	"SELECT p.code, f.flag, f.value, f.from_ymd, f.to_ymd, f.source FROM product_flag f JOIN product p ON p.id = " \
	"f.product_id WHERE (f.to_ymd IS NULL OR f.to_ymd >= f.from_ymd)"
SQL(select_one,
    PROJECTION " AND f.product_id = :product_id AND f.flag = :flag_t AND f.from_ymd = :from_ymd AND f.value = :value_t LIMIT 1");
SQL(select_every, PROJECTION " ORDER BY p.code, f.flag, f.from_ymd, f.id /*scan: export*/");

static const char *word_by_title(const struct word_title *words, const char *text)
{
	for (const struct word_title *w = words; w && w->word; w++)
		if (strcmp(w->title, text) == 0)
			return w->word;
	return text;
}

/* 基本药物 and essential are the same flag, 甲类 and A the same value; of a flag that is only there or not, an empty value is
 * "yes". */
static enum status read_words(struct intake *in, struct intake_cell *c)
{
	const struct flag_kind *kind = flag_kinds;
	const char *why = NULL;
	while (kind->name && strcmp(kind->name, c[FLAG].text) != 0 && strcmp(kind->title, c[FLAG].text) != 0)
		kind++;
	if (!kind->name)
		return in_fail(in, FLAG, ST_INVALID_FIELD, "没有这个标识: %.40s", c[FLAG].text);
	c[FLAG].text = kind->name;
	if (!c[VALUE].text && kind->values && !kind->values[1].word)
		c[VALUE] = (struct intake_cell){kind->values[0].word, 0, true};
	if (!c[VALUE].text)
		return in_fail(in, VALUE, ST_INVALID_FIELD, "请填写%s的值; 导入不能取消标识", kind->title);
	c[VALUE].text = word_by_title(kind->values, c[VALUE].text);
	return flag_value_fits(in->tx->arena, kind, c[VALUE].text, &why) ? ST_OK
	                                                                 : in_fail(in, VALUE, ST_INVALID_FIELD, "%s", why);
}

/* The same value holds already, from a day before: the file says nothing new. */
static bool holds(struct intake *in, const struct new_flag *flag)
{
	struct db *db = tx_db(in->tx);
	const char *then = product_flag_on(db, in->tx->arena, flag->product_id, flag->flag, flag->from_ymd);
	const char *now = product_flag_on(db, in->tx->arena, flag->product_id, flag->flag, in->tx->today_ymd);
	return !flag->to_ymd && flag->from_ymd <= in->tx->today_ymd && then && now && flag->value &&
	       strcmp(then, flag->value) == 0 && strcmp(now, flag->value) == 0;
}

/*
 * A day of a flag once in a file; and of days before today one row only, for what fills the past may depend on another that does.
 * Rows that are on record count, and are not refused for it.
 */
static enum status claim(struct intake *in, const struct intake_row *row, const struct new_flag *flag, bool known)
{
	struct arena *a = in->tx->arena;
	const char *key = arena_printf(a, "%lld %s", (long long)flag->product_id, flag->flag);
	enum status st = intake_claim(in, row, FROM, arena_printf(a, "%s %d", key, (int)flag->from_ymd));
	if (st != ST_OK || flag->from_ymd >= in->tx->today_ymd)
		return st;
	int64_t other = intake_claim_row(in, row, FLAG, key);
	return other && !known
	               ? in_fail(in, FROM, ST_ALREADY_EXISTS, "与第 %lld 行都早于今天, 请分两个文件导入", (long long)other)
	               : ST_OK;
}

static enum status put(struct intake *in, const struct new_flag *flag)
{
	enum status st = product_flag_check_hand(in->tx, flag);
	if (st == ST_OK && in->mode != INTAKE_CHECK)
		product_flag_put(in->tx, flag);
	return st;
}

/* Only a date or a source may differ in a row that is on record. */
static enum status take_known(struct intake *in, uint64_t differs)
{
	if (!(differs & BIT(TO)))
		return ST_OK;
	return in_fail(in, TO, ST_INVALID_FIELD, "已登记的起止日期不能由导入更改; 请在品种页办理");
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	struct intake_cell *c = row->cells;
	struct db *db = tx_db(in->tx);
	enum status st = read_words(in, c);
	if (st != ST_OK)
		return st;
	int64_t id = product_by_code(db, c[PRODUCT].text);
	if (!id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	SCOPED(rows)
	r = db_query(db, select_one, I64(":product_id", id), TEXT(":flag_t", c[FLAG].text), I64(":from_ymd", c[FROM].value),
	             TEXT(":value_t", c[VALUE].text));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	const struct new_flag flag = {
	        id, c[FLAG].text, c[VALUE].text, (int32_t)c[FROM].value, (int32_t)c[TO].value, c[SOURCE].text, 0};
	*change = known || holds(in, &flag) ? INTAKE_SAME : INTAKE_ADDED;
	st = known ? take_known(in, differs) : ST_OK;
	if (st == ST_OK)
		st = claim(in, row, &flag, *change == INTAKE_SAME);
	return st != ST_OK || row->overtaken || *change == INTAKE_SAME ? st : put(in, &flag);
}

const struct intake_kind intake_product_flags = {.name = "product-flags",
                                                 .title = "品种标识",
                                                 .action = "import.product_flags",
                                                 .columns = columns,
                                                 .ignored = ignored,
                                                 .shows_ended = true,
                                                 .refuses_first = true,
                                                 .sliced = true,
                                                 .take = take,
                                                 .every = &select_every};
