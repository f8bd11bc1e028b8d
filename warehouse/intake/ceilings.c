/* Ceilings (挂网价/限价): dated facts, never overwritten. RULE DOMAIN-6-ceiling-dated */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/intake.h"
#include "warehouse/price/flag.h"

enum { PRODUCT, PRICE, PER_PACK, FROM, TO, SOURCE };

static const struct intake_column columns[] = {
        [PRODUCT] = {.name = "product_code", .also = "code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PRICE] = {.name = "ceiling_price", .also = "price", .title = "限价", .type = IN_PRICE, .need = MUST_HAVE},
        [PER_PACK] =
                {.name = "units_per_pack", .title = "计价包装数量", .type = IN_INT, .need = MAY_KEEP, .min = 1, .max = 1000000},
        [FROM] = {.name = "from_ymd", .also = "ceiling_from_ymd", .title = "起始日", .type = IN_YMD, .need = MUST_HAVE},
        [TO] = {.name = "to_ymd", .title = "截止日", .type = IN_YMD, .need = MAY_KEEP},
        [SOURCE] = {.name = "source", .also = "ceiling_source", .title = "依据", .type = IN_TEXT, .need = MUST_HAVE, .max = 200},
        {.name = NULL},
};
static const char *const ignored[] = {
        "id",        "product_id", "product_name", "name",          "trade_name",     "spec",      "form",    "maker",
        "unit_name", "pack_name",  "approval_no",  "national_code", "nhsa_code",      "gtin",      "storage", "controlled",
        "traced",    "active",     "match",        "units_per_box", "units_per_case", "warn_days", NULL};

#define PROJECTION                                                                                                           \
	"SELECT p.code, r.price_e4, r.units_per_pack, r.from_ymd, r.to_ymd, r.source FROM price r JOIN product p ON p.id = " \
	"r.product_id"
SQL(select_one,
    PROJECTION " WHERE r.product_id = :product_id AND r.kind = 'listed' AND r.from_ymd = :from_ymd AND r.price_e4 = :price");
SQL(select_every, PROJECTION " WHERE r.kind = 'listed' ORDER BY p.code, r.from_ymd, r.id /*scan: export*/");
SQL(select_newest, "SELECT price_e4 FROM price WHERE product_id = :product_id AND kind = 'listed' AND from_ymd = :from_ymd ORDER "
                   "BY id DESC LIMIT 1");
SQL(update_fact,
    "UPDATE price SET to_ymd = :to_ymd, source = :source_t WHERE product_id = :product_id AND kind = 'listed' AND from_ymd = "
    ":from_ymd AND price_e4 = :price");

/* As price_fact_end has it: what was bought in days that are over was bought by the price that held then. last: 0: open. */
static enum status check_end(struct intake *in, const struct intake_cell *c, int64_t last)
{
	int32_t yesterday = ymd_add_days(in->tx->today_ymd, -1);
	if (last && last < yesterday)
		return in_fail(in, TO, ST_INVALID_FIELD, "%s 该限价已于 %lld 截止, 不能再改, 请用新的起始日", c[PRODUCT].text,
		               (long long)last);
	if (c[TO].value && c[TO].value < yesterday)
		return in_fail(in, TO, ST_INVALID_FIELD, "%s 截止日不能早于昨天: 过去的采购已按此价办理", c[PRODUCT].text);
	return ST_OK;
}

/* The fact stands already: only its end and its source may be told better. */
static enum status take_known(struct intake *in, const struct intake_cell *c, int64_t product_id, uint64_t differs, int64_t last,
                              enum intake_change *change)
{
	int64_t newest = db_i64(tx_db(in->tx), 0, select_newest, I64(":product_id", product_id), I64(":from_ymd", c[FROM].value));
	if (newest != c[PRICE].value)
		return in_fail(in, FROM, ST_INVALID_FIELD, "%s 同一起始日已登记了更新的限价, 请用新的起始日", c[PRODUCT].text);
	if (differs & BIT(PER_PACK))
		return in_fail(in, PER_PACK, ST_INVALID_FIELD, "%s 该限价已按另一计价包装登记", c[PRODUCT].text);
	enum status st = differs & BIT(TO) ? check_end(in, c, last) : ST_OK;
	if (st != ST_OK)
		return st;
	*change = differs ? INTAKE_CHANGED : INTAKE_SAME;
	if (differs && in->mode == INTAKE_CHECK)
		return ST_OK;
	if (differs & BIT(TO)) {
		price_turn_put(in->tx, product_id, in->tx->today_ymd);
		price_turn_put(in->tx, product_id, ymd_add_days((int32_t)c[TO].value, 1));
	}
	if (differs)
		db_exec(in->tx, update_fact, ID(":to_ymd", c[TO].value), TEXT(":source_t", c[SOURCE].text),
		        I64(":product_id", product_id), I64(":from_ymd", c[FROM].value), I64(":price", c[PRICE].value));
	return ST_OK;
}

/* One ceiling a product and day: which of two would hold cannot be told from a file. */
static enum status claim(struct intake *in, const struct intake_row *row, int64_t product_id)
{
	struct arena *a = in->tx->arena;
	return intake_claim(in, row, FROM,
	                    arena_printf(a, "%lld %lld", (long long)row->cells[FROM].value, (long long)product_id));
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	const struct intake_cell *c = row->cells;
	struct product product;
	bool added = false;
	int64_t id = product_by_code(tx_db(in->tx), c[PRODUCT].text);
	if (!id || product_load(tx_db(in->tx), in->tx->arena, id, &product) != ST_OK)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	if (c[TO].given && c[TO].value < c[FROM].value)
		return in_fail(in, TO, ST_INVALID_FIELD, "截止日早于起始日");
	SCOPED(rows)
	r = db_query(tx_db(in->tx), select_one, I64(":product_id", id), I64(":from_ymd", c[FROM].value),
	             I64(":price", c[PRICE].value));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	int64_t last = known ? col_i64(&r, TO) : 0;
	rows_drop(&r);
	enum status st = row->overtaken ? ST_OK : known ? take_known(in, c, id, differs, last, change) : ST_OK;
	if (st == ST_OK)
		st = claim(in, row, id);
	if (st != ST_OK || known || row->overtaken)
		return st;
	*change = INTAKE_ADDED;
	if (in->mode == INTAKE_CHECK)
		return ST_OK;
	const struct new_price price = {.product_id = id,
	                                .price_e4 = c[PRICE].value,
	                                .units_per_pack = c[PER_PACK].text ? c[PER_PACK].value : product.units_per_pack,
	                                .kind = "listed",
	                                .from_ymd = (int32_t)c[FROM].value,
	                                .to_ymd = (int32_t)c[TO].value,
	                                .source = c[SOURCE].text};
	price_put(in->tx, &price, &added);
	return ST_OK;
}

const struct intake_kind intake_ceilings = {.name = "ceilings",
                                            .title = "限价",
                                            .action = "import.ceilings",
                                            .columns = columns,
                                            .ignored = ignored,
                                            .refuses_first = true,
                                            .sliced = true,
                                            .take = take,
                                            .every = &select_every};
