/* 配送勾选: what is ticked on the platform, as its list says or as people keep it. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/partner/tick.h"

enum { PRODUCT, SUPPLIER, PLATFORM, FROM, UNTIL };
static const struct intake_column columns[] = {
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [SUPPLIER] = {.name = "supplier_code", .title = "供应商代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PLATFORM] = {.name = "platform_code", .title = "平台编码", .type = IN_CODE, .need = MAY_LACK, .max = 64},
        [FROM] = {.name = "from_ymd", .title = "起始日期", .type = IN_YMD, .need = MUST_HAVE},
        [UNTIL] = {.name = "until_ymd", .title = "截止日期", .type = IN_YMD, .need = MAY_LACK},
        {.name = NULL},
};
static const char *const ignored[] = {
        "id",    "product_id",  "product_name", "spec",    "maker",    "supplier_id", "supplier_name",
        "state", "state_title", "made_at_ms",   "made_by", "end_note", NULL};

#define TICK                                                                                                             \
	"SELECT p.code, s.code, t.platform_code, t.from_ymd, t.until_ymd FROM platform_tick t JOIN product p ON p.id = " \
	"t.product_id JOIN supplier s ON s.id = t.supplier_id WHERE t.ended_at_ms IS NULL"
SQL(select_one, TICK " AND t.product_id = :product_id AND t.supplier_id = :supplier_id AND t.from_ymd = :from_ymd");
SQL(select_every, TICK " ORDER BY p.code, s.code, t.from_ymd /*scan: export*/");
SQL(change_tick, "UPDATE platform_tick SET platform_code = :code_t, until_ymd = :until_id WHERE product_id = :product_id AND "
                 "supplier_id = :supplier_id AND from_ymd = :from_ymd AND ended_at_ms IS NULL");

static enum status find(struct intake *in, const struct intake_cell *c, struct tick_new *tick)
{
	tick->product_id = product_by_code(tx_db(in->tx), c[PRODUCT].text);
	if (!tick->product_id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "没有代码为 %s 的品种", c[PRODUCT].text);
	tick->supplier_id = supplier_by_code(tx_db(in->tx), c[SUPPLIER].text);
	if (!tick->supplier_id)
		return in_fail(in, SUPPLIER, ST_INVALID_FIELD, "没有代码为 %s 的供应商", c[SUPPLIER].text);
	tick->from_ymd = c[FROM].value;
	return ST_OK;
}

static enum status write(struct intake *in, const struct tick_new *tick, bool known)
{
	int64_t id = 0;
	if (!known)
		return tick_add(in->tx, tick, &id);
	db_exec(in->tx, change_tick, TEXT(":code_t", tick->platform_code), ID(":until_id", tick->until_ymd),
	        I64(":product_id", tick->product_id), I64(":supplier_id", tick->supplier_id), I64(":from_ymd", tick->from_ymd));
	return ST_OK;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct tick_new tick = {0};
	enum status st = find(in, c, &tick);
	if (st != ST_OK)
		return st;
	SCOPED(rows)
	r = db_query(tx_db(in->tx), select_one, I64(":product_id", tick.product_id), I64(":supplier_id", tick.supplier_id),
	             I64(":from_ymd", tick.from_ymd));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	if (c[UNTIL].value && c[UNTIL].value < c[FROM].value)
		return in_fail(in, UNTIL, ST_INVALID_FIELD, "截止日期早于起始日期");
	*change = known ? (differs ? INTAKE_CHANGED : INTAKE_SAME) : INTAKE_ADDED;
	st = intake_claim(in, row, PRODUCT,
	                  arena_printf(in->tx->arena, "%lld %lld %lld", (long long)tick.product_id, (long long)tick.supplier_id,
	                               (long long)tick.from_ymd));
	if (st != ST_OK || row->overtaken || (known && !differs) || in->mode == INTAKE_CHECK)
		return st;
	tick.platform_code = c[PLATFORM].text;
	tick.until_ymd = c[UNTIL].value;
	return write(in, &tick, known);
}

const struct intake_kind intake_platform_ticks = {.name = "platform-ticks",
                                                  .title = "配送勾选",
                                                  .action = "import.platform_ticks",
                                                  .columns = columns,
                                                  .ignored = ignored,
                                                  .shows_ended = true,
                                                  .refuses_first = true,
                                                  .sliced = true,
                                                  .take = take,
                                                  .every = &select_every};
