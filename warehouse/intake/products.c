/* Products (品规) of the unified catalogue, with their codes. Units once given are fixed: stock is counted in them. */
#include "warehouse/catalogue/control.h"
#include "warehouse/catalogue/field.h"
#include "warehouse/catalogue/levels.h"
#include "warehouse/intake/intake.h"

#include <string.h>

#define WARN_DAYS 180

enum {
	CODE,
	NAME,
	DRUG,
	FORM,
	STRENGTH,
	CLASS,
	TRADE,
	SPEC,
	MAKER,
	UNIT,
	PACK,
	PER_PACK,
	PER_BOX,
	PER_CASE,
	APPROVAL,
	STORAGE,
	CONTROLLED,
	TRACED,
	GTIN,
	NATIONAL,
	NHSA,
	WARN,
	KIND,
	ORIGIN,
	STANDARD,
	LEVELS
};

static const struct intake_word classes[] = {{"western", "西药"}, {"patent", "中成药"}, {"decoction", "饮片"}, {NULL, NULL}};
static const struct intake_word storages[] = {{"normal", "常温"}, {"cool", "阴凉"}, {"cold", "冷藏"}, {NULL, NULL}};
static const struct intake_word controls[] = {
        {"narcotic", "麻醉药品"},    {"psychotropic1", "第一类精神药品"}, {"psychotropic2", "第二类精神药品"},
        {"toxic", "医疗用毒性药品"}, {"radioactive", "放射性药品"},       {NULL, NULL}};

/* vaccine is a word so that the refusal can say why. */
static const struct intake_word kinds[] = {{"drug", "药品"},
                                           {"decoction", "中药饮片"},
                                           {"granule", "配方颗粒"},
                                           {"preparation", "院内制剂"},
                                           {"consumable", "医用耗材"},
                                           {"vaccine", "疫苗"},
                                           {NULL, NULL}};

#define A_TEXT(id, label, needed, most)                                                  \
	{                                                                                \
		.name = id, .title = label, .type = IN_TEXT, .need = needed, .max = most \
	}
#define A_NUMBER(id, label, needed, least, most)                                                      \
	{                                                                                             \
		.name = id, .title = label, .type = IN_INT, .need = needed, .min = least, .max = most \
	}
#define A_WORD(id, label, needed, list)                                                    \
	{                                                                                  \
		.name = id, .title = label, .type = IN_WORD, .need = needed, .words = list \
	}
static const struct intake_column columns[] = {
        [CODE] = {.name = "code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [NAME] = A_TEXT("name", "名称", MUST_HAVE, 100),
        [DRUG] = A_TEXT("drug_name", "通用名", MAY_KEEP, 100),
        [FORM] = A_TEXT("form", "剂型", MAY_KEEP, 40),
        [STRENGTH] = A_TEXT("strength", "含量规格", MAY_KEEP, 60),
        [CLASS] = A_WORD("drug_class", "类别", MAY_KEEP, classes),
        [TRADE] = A_TEXT("trade_name", "商品名", MAY_LACK, 60),
        [SPEC] = A_TEXT("spec", "规格", MUST_HAVE, 100),
        [MAKER] = A_TEXT("maker", "生产企业", MUST_HAVE, 100),
        [UNIT] = A_TEXT("unit_name", "最小单位", MUST_HAVE, 10),
        [PACK] = A_TEXT("pack_name", "包装单位", MUST_HAVE, 10),
        [PER_PACK] = A_NUMBER("units_per_pack", "每包装数量", MUST_HAVE, 1, 1000000),
        [PER_BOX] = A_NUMBER("units_per_box", "每中包装数量", MAY_KEEP, 1, 100000000),
        [PER_CASE] = A_NUMBER("units_per_case", "每件数量", MAY_KEEP, 1, 100000000),
        [APPROVAL] = A_TEXT("approval_no", "批准文号", MAY_LACK, 40),
        [STORAGE] = A_WORD("storage", "储存条件", MAY_KEEP, storages),
        [CONTROLLED] = A_WORD("controlled", "特殊管理", MAY_KEEP, controls),
        [TRACED] = {.name = "traced", .title = "有无追溯码", .type = IN_BOOL, .need = MAY_KEEP},
        [GTIN] = {.name = "gtin", .title = "商品条码", .type = IN_GTIN, .need = MAY_LACK},
        [NATIONAL] = {.name = "national_code", .title = "本位码", .type = IN_NATIONAL, .need = MAY_LACK},
        [NHSA] = {.name = "nhsa_code", .title = "医保编码", .type = IN_NHSA, .need = MAY_LACK},
        [WARN] = A_NUMBER("warn_days", "近效期预警天数", MAY_KEEP, 0, 3650),
        [KIND] = A_WORD("kind", "品种类别", MAY_KEEP, kinds),
        [ORIGIN] = A_TEXT("origin", "产地", MAY_LACK, 60),
        [STANDARD] = A_TEXT("standard", "执行标准", MAY_LACK, 60),
        [LEVELS] = A_TEXT("levels", "目录级别", MAY_KEEP, 40), /* county;township;village */
        {.name = NULL},
};
static const char *const ignored[] = {
        "id",         "drug_id",    "active",        "ceiling_price", "ceiling_source",   "ceiling_from_ymd",
        "match",      "pinyin",     "storage_title", "price",         "kind_title",       "high_alert",
        "look_alike", "antibiotic", "essential",     "price_rule",    "price_rule_title", "trade_price",
        NULL};

#define A_CODE(kind) "(SELECT min(c.code) FROM product_code c WHERE c.product_id = p.id AND c.kind = '" kind "')"
#define ON_LIST(level, word)                                                  \
	"CASE WHEN EXISTS (SELECT 1 FROM level_list l WHERE l.level = " level \
	" AND l.product_id = p.id AND l.to_ymd IS NULL) THEN '" word "' ELSE '' END"
#define PROJECTION                                                                                                                                                                  \
	"SELECT p.code, p.name, d.name, d.form, d.strength, d.class, p.trade_name, p.spec, p.maker, p.unit_name, p.pack_name, "                                                     \
	"p.units_per_pack, p.units_per_box, p.units_per_case, p.approval_no, p.storage, p.controlled, p.traced, " A_CODE("gtin") ", " A_CODE("national") ", " A_CODE(               \
	        "nhsa") ", p.warn_days, p.kind, p.origin, p.standard, " ON_LIST("1",                                                                                                \
	                                                                        "county;") " || " ON_LIST("2",                                                                      \
	                                                                                                  "township;") " ||"                                                        \
	                                                                                                               " " ON_LIST(                                                 \
	                                                                                                                       "3",                                                 \
	                                                                                                                       "village;") " FROM product p JOIN drug d ON d.id = " \
	                                                                                                                                   "p.drug_id"
SQL(select_one, PROJECTION " WHERE p.code = :code_t");
SQL(select_every, PROJECTION " ORDER BY p.code /*scan: export*/");

static const uint64_t fixed = BIT(UNIT) | BIT(PER_PACK) | BIT(PER_BOX) | BIT(PER_CASE);

static enum status refuse_fixed(struct intake *in, uint64_t differs)
{
	int column = 0;
	while (!(differs & fixed & BIT(column)))
		column++;
	return in_fail(in, column, ST_INVALID_FIELD, "%s已固定 (库存按它计数), 不能修改; 换包装请另建品种",
	               in->kind->columns[column].title);
}

static const char *word_of(const char *class)
{
	const struct intake_word *w = classes;
	while (w->word && strcmp(w->word, class) != 0)
		w++;
	return w->word ? w->title : class;
}

static const char *text_or(const struct intake_cell *c, const char *missing)
{
	return c->text ? c->text : missing;
}

static int64_t number_or(const struct intake_cell *c, int64_t missing)
{
	return c->text ? c->value : missing;
}

/*
 * "county;township;village" in any number and order, as the export writes it. An empty cell names nothing: it stays as it is.
 */
static enum status read_levels(struct intake *in, struct intake_cell *cell)
{
	SCOPED(buf) b = {0};
	bool named[LEVEL_LIST_VILLAGE + 1] = {false};
	for (const char *p = cell->text; p && *p; p += strcspn(p, ";"), p += *p == ';') {
		char *word = arena_copy(in->tx->arena, p, strcspn(p, ";"));
		enum list_level level = list_level_find(word);
		if (*word && level == LEVEL_NONE)
			return in_fail(in, LEVELS, ST_INVALID_FIELD, "目录级别应为 county;township;village 中的几个: %.40s",
			               word);
		named[level] = true;
	}
	for (int i = LEVEL_LIST_COUNTY; i <= LEVEL_LIST_VILLAGE; i++)
		if (named[i])
			buf_printf(&b, "%s;", list_level_word((enum list_level)i));
	cell->given = cell->given && b.len;
	cell->text = b.len ? arena_string(in->tx->arena, b.data) : NULL;
	return ST_OK;
}

static struct new_product product_of(const struct intake_row *row)
{
	const struct intake_cell *c = row->cells;
	return (struct new_product){
	        .id = row->id,
	        .code = c[CODE].text,
	        .drug_name = text_or(&c[DRUG], c[NAME].text),
	        .form = text_or(&c[FORM], ""),
	        .strength = text_or(&c[STRENGTH], c[SPEC].text),
	        .drug_class = c[CLASS].text,
	        .name = c[NAME].text,
	        .trade_name = c[TRADE].text,
	        .spec = c[SPEC].text,
	        .maker = c[MAKER].text,
	        .unit_name = c[UNIT].text,
	        .pack_name = c[PACK].text,
	        .units_per_pack = c[PER_PACK].value,
	        .units_per_box = number_or(&c[PER_BOX], c[PER_PACK].value),
	        .units_per_case = number_or(&c[PER_CASE], number_or(&c[PER_BOX], c[PER_PACK].value)),
	        .approval_no = c[APPROVAL].text,
	        .storage = text_or(&c[STORAGE], "normal"),
	        .controlled = c[CONTROLLED].text,
	        .traced = number_or(&c[TRACED], 1),
	        .warn_days = number_or(&c[WARN], WARN_DAYS),
	        .gtin = c[GTIN].text,
	        .national_code = c[NATIONAL].text,
	        .nhsa_code = c[NHSA].text,
	        .kind = c[KIND].text,
	        .origin = c[ORIGIN].text,
	        .standard = c[STANDARD].text,
	        .levels = c[LEVELS].text,
	};
}

/* Its search pieces, which nobody finds before the product itself is there. */
static void ahead(struct intake *in, const struct intake_row *row, struct pairs *out)
{
	const struct new_product product = product_of(row);
	product_pieces(in->tx->arena, &product, row->id, out);
}

static enum status claim(struct intake *in, const struct intake_row *row)
{
	const struct intake_cell *c = row->cells;
	int64_t other = c[GTIN].text ? product_by_gtin(tx_db(in->tx), c[GTIN].text) : 0;
	if (other && other != product_by_code(tx_db(in->tx), c[CODE].text))
		return in_fail(in, GTIN, ST_ALREADY_EXISTS, "商品条码 %s 已属于另一品种", c[GTIN].text);
	enum status st = intake_claim(in, row, CODE, c[CODE].text);
	return st == ST_OK ? intake_claim(in, row, GTIN, c[GTIN].text) : st;
}

/* RULE DOMAIN-12.3-drug-class: a row cannot change the class of other products behind their backs. */
static enum status check_class(struct intake *in, const struct new_product *p)
{
	struct db *db = tx_db(in->tx);
	const char *other = drug_class_conflict(db, in->tx->arena, p, product_by_code(db, p->code));
	if (!other)
		return ST_OK;
	return in_fail(in, CLASS, ST_INVALID_FIELD,
	               "类别是通用名、剂型、规格相同的品种共有的: %s 的其他品种都是%s; 改类别请走目录调整", p->drug_name,
	               word_of(other));
}

/* What the committee decides. Codes, names of packs, warnings and the like are the house's own. */
static const uint64_t governed = BIT(NAME) | BIT(DRUG) | BIT(FORM) | BIT(STRENGTH) | BIT(CLASS) | BIT(SPEC) | BIT(MAKER) |
                                 BIT(APPROVAL) | BIT(STORAGE) | BIT(CONTROLLED) | BIT(KIND) | BIT(ORIGIN) | BIT(STANDARD) |
                                 BIT(LEVELS);

/* RULE DOMAIN-6-change-control: a file admits nothing and changes nothing that the committee decides. */
static enum status check_control(struct intake *in, bool known, uint64_t differs)
{
	int column = 0;
	if ((known && !(differs & governed)) || !catalogue_is_controlled(tx_db(in->tx), in->tx->today_ymd))
		return ST_OK;
	if (!known)
		return in_fail(in, CODE, ST_CATALOGUE_CONTROLLED, "目录已启用, 新增品种须经目录调整 (药事委员会), 不能导入");
	while (!(differs & governed & BIT(column)))
		column++;
	return in_fail(in, column, ST_CATALOGUE_CONTROLLED, "目录已启用, %s须经目录调整 (药事委员会), 不能导入",
	               in->kind->columns[column].title);
}

SQL(select_stopped, "SELECT 1 FROM product WHERE code = :code_t AND active = 0");

/* RULE DOMAIN-6-stopped: what was stopped comes back by a 目录调整 (恢复), not by standing in a file. */
static enum status check_stopped(struct intake *in, const struct intake_row *row, uint64_t differs)
{
	const char *code = row->cells[CODE].text;
	if (!(differs & BIT(LEVELS)) || !db_i64(tx_db(in->tx), 0, select_stopped, TEXT(":code_t", code)))
		return ST_OK;
	return in_fail(in, LEVELS, ST_PRODUCT_STOPPED, "%s 已停用, 不能列入目录; 请先以目录调整恢复", code);
}

static enum status check_packs(struct intake *in, const struct new_product *p)
{
	if (p->units_per_box % p->units_per_pack == 0 && p->units_per_case % p->units_per_pack == 0)
		return ST_OK;
	return in_fail(in, p->units_per_box % p->units_per_pack ? PER_BOX : PER_CASE, ST_INVALID_FIELD,
	               "应为每包装数量 %lld 的整数倍", (long long)p->units_per_pack);
}

/* The question that product_put asks before it writes; a check does not come so far. */
static enum status check_kind(struct intake *in, const struct new_product *given)
{
	struct new_product p = *given;
	product_class_fill(tx_db(in->tx), in->tx->arena, &p);
	if (!p.kind)
		p.kind = product_kind_of_class(p.drug_class);
	return product_kind_check(in->tx, &p, false);
}

static enum status put(struct intake *in, const struct intake_row *row, bool levels_differ)
{
	int64_t id = 0;
	bool added = false;
	const struct new_product product = product_of(row);
	enum status st = check_packs(in, &product);
	if (st == ST_OK && in->mode == INTAKE_CHECK)
		st = check_kind(in, &product);
	if (st == ST_OK)
		st = check_class(in, &product);
	if (st == ST_OK)
		st = claim(in, row);
	if (st != ST_OK || in->mode == INTAKE_CHECK)
		return st;
	st = product_put(in->tx, &product, &id, &added);
	if (st == ST_OK && !added && levels_differ)
		level_list_sync(in->tx, id, product.levels, NULL);
	return st;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	enum status st = read_levels(in, &row->cells[LEVELS]);
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query(tx_db(in->tx), select_one, TEXT(":code_t", row->cells[CODE].text));
	bool known = rows_next(&r);
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	*change = known ? (differs ? INTAKE_CHANGED : INTAKE_SAME) : INTAKE_ADDED;
	if (known && differs & fixed)
		return refuse_fixed(in, differs);
	if (row->overtaken || (known && !differs))
		return row->overtaken ? ST_OK : intake_claim(in, row, CODE, row->cells[CODE].text);
	st = known ? check_stopped(in, row, differs) : ST_OK;
	if (st == ST_OK)
		st = check_control(in, known, differs);
	return st == ST_OK ? put(in, row, (differs & BIT(LEVELS)) != 0) : st;
}

const struct intake_kind intake_products = {.name = "products",
                                            .title = "品种",
                                            .action = "import.products",
                                            .columns = columns,
                                            .ignored = ignored,
                                            .refuses_first = true,
                                            .sliced = true,
                                            .take = take,
                                            .ahead = ahead,
                                            .every = &select_every};
