#include "warehouse/catalogue/field.h"

#include "core/text.h"

#include <string.h>

static const struct word_title classes[] = {{"western", "西药"}, {"patent", "中成药"}, {"decoction", "饮片"}, {NULL, NULL}};
static const struct word_title storages[] = {{"normal", "常温"}, {"cool", "阴凉"}, {"cold", "冷藏"}, {NULL, NULL}};
const struct word_title product_kind_titles[] = {{"drug", "药品"},
                                                 {"decoction", "中药饮片"},
                                                 {"granule", "配方颗粒"},
                                                 {"preparation", "院内制剂"},
                                                 {"consumable", "医用耗材"},
                                                 {"vaccine", "疫苗"},
                                                 {NULL, NULL}};

#define AT(member) .offset = offsetof(struct new_product, member)
#define A_TEXT(id, label, member, most)                             \
	{                                                           \
		.name = id, .title = label, AT(member), .max = most \
	}
#define A_WORD(id, label, member, list)                                          \
	{                                                                        \
		.name = id, .title = label, AT(member), .max = 32, .words = list \
	}
#define A_NUMBER(id, label, member, low, high, is_fixed)                                                           \
	{                                                                                                          \
		.name = id, .title = label, AT(member), .number = true, .fixed = is_fixed, .min = low, .max = high \
	}
const struct product_field product_fields[] = {
        A_TEXT("code", "品种代码", code, 32),
        A_TEXT("name", "名称", name, 100),
        A_TEXT("drug_name", "通用名", drug_name, 100),
        A_TEXT("form", "剂型", form, 40),
        A_TEXT("strength", "含量规格", strength, 60),
        A_WORD("drug_class", "类别", drug_class, classes),
        A_WORD("kind", "品种类别", kind, product_kind_titles),
        A_TEXT("trade_name", "商品名", trade_name, 60),
        A_TEXT("spec", "规格", spec, 100),
        A_TEXT("maker", "生产企业", maker, 100),
        {.name = "unit_name", .title = "最小单位", AT(unit_name), .fixed = true, .max = 10},
        A_TEXT("pack_name", "包装单位", pack_name, 10),
        A_NUMBER("units_per_pack", "每包装数量", units_per_pack, 1, 1000000, true),
        A_NUMBER("units_per_box", "每中包装数量", units_per_box, 1, 100000000, true),
        A_NUMBER("units_per_case", "每件数量", units_per_case, 1, 100000000, true),
        A_TEXT("approval_no", "批准文号", approval_no, 40),
        A_WORD("storage", "储存条件", storage, storages),
        A_NUMBER("traced", "有无追溯码", traced, 0, 1, false),
        A_NUMBER("warn_days", "近效期预警天数", warn_days, 0, 3650, false),
        A_TEXT("origin", "产地", origin, 60),
        A_TEXT("standard", "执行标准", standard, 60),
        A_TEXT("gtin", "商品条码", gtin, 14),
        A_TEXT("national_code", "本位码", national_code, 14),
        A_TEXT("nhsa_code", "医保编码", nhsa_code, 30),
        {.name = NULL},
};

const struct product_field *product_field_find(const char *name)
{
	for (const struct product_field *f = product_fields; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static const char **text_of(const struct product_field *f, struct new_product *p)
{
	return (const char **)(void *)((char *)p + f->offset);
}

static int64_t *number_of(const struct product_field *f, struct new_product *p)
{
	return (int64_t *)(void *)((char *)p + f->offset);
}

const char *product_field_get(struct arena *a, const struct product_field *f, const struct new_product *p)
{
	struct new_product copy = *p;
	if (f->number)
		return arena_printf(a, "%lld", (long long)*number_of(f, &copy));
	const char *text = *text_of(f, &copy);
	return text && *text ? text : NULL;
}

static bool has_word(const struct word_title *words, const char *text)
{
	while (words->word && strcmp(words->word, text) != 0)
		words++;
	return words->word != NULL;
}

static bool set_number(struct arena *a, const struct product_field *f, int64_t *out, const char *text, const char **why)
{
	if (text_to_i64(text, out) && *out >= f->min && *out <= f->max)
		return true;
	*why = arena_printf(a, "%s应为 %lld 到 %lld 的整数", f->title, (long long)f->min, (long long)f->max);
	return false;
}

bool product_field_set(struct arena *a, const struct product_field *f, struct new_product *p, const char *text, const char **why)
{
	if (f->number)
		return set_number(a, f, number_of(f, p), text, why);
	if (utf8_count(text) > (size_t)f->max || text_has_control(text, false)) {
		*why = arena_printf(a, "%s应不超过 %lld 个字符", f->title, (long long)f->max);
		return false;
	}
	if (f->words && !has_word(f->words, text)) {
		*why = arena_printf(a, "%s没有这一类: %.40s", f->title, text);
		return false;
	}
	*text_of(f, p) = *text ? arena_string(a, text) : NULL;
	return true;
}

/* ---- kinds ---- */

static const char *const drug_needs[] = {"approval_no", "form", "strength", NULL};
static const char *const piece_needs[] = {"origin", "standard", NULL};
static const char *const granule_needs[] = {"standard", NULL};
static const char *const preparation_needs[] = {"approval_no", "form", NULL};
static const char *const consumable_needs[] = {"approval_no", "gtin", NULL};
static const char *const nothing[] = {NULL};

const struct product_kind product_kinds[] = {
        {"drug", "药品", "批准文号", nothing, drug_needs, NULL},
        {"decoction", "中药饮片", "批准文号", nothing, piece_needs, NULL},
        {"granule", "配方颗粒", "备案号", granule_needs, granule_needs, NULL},
        {"preparation", "院内制剂", "制剂批准文号或备案号", preparation_needs, preparation_needs, NULL},
        {"consumable", "医用耗材", "注册证或备案凭证号", consumable_needs, consumable_needs, NULL},
        {"vaccine", "疫苗", "批准文号", nothing, nothing, "疫苗由疾控机构供应和管理, 不进入医共体药品目录; 请联系县疾控中心"},
        {NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct product_kind *product_kind_find(const char *name)
{
	for (const struct product_kind *k = product_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

const char *product_kind_of_class(const char *drug_class)
{
	return drug_class && strcmp(drug_class, "decoction") == 0 ? "decoction" : "drug";
}

/* What is a vaccine by its name, wherever in it the word stands; but: words that make it something else. */
static const struct {
	const char *word, *but;
} vaccine_words[] = {
        {"疫苗", NULL},
        {"卡介苗", "治疗用"}, /* into the bladder, against cancer */
        {"类毒素", NULL},
};

static bool names_vaccine(const char *name)
{
	for (size_t i = 0; name && i < sizeof vaccine_words / sizeof *vaccine_words; i++)
		if (strstr(name, vaccine_words[i].word) && !(vaccine_words[i].but && strstr(name, vaccine_words[i].but)))
			return true;
	return false;
}

/* Full-width letters, digits and stops as plain ones, small, without spaces: how a unit may be spelt makes no difference. */
static void plain_unit(const char *text, char *out, size_t cap)
{
	size_t n = 0;
	for (const unsigned char *p = (const unsigned char *)text; *p && n + 1 < cap; p++) {
		unsigned char c = *p;
		if (c == 0xEF && (p[1] == 0xBC || p[1] == 0xBD) && p[2]) {
			c = (unsigned char)(p[1] == 0xBC ? p[2] - 0x60 : p[2] - 0x20);
			p += 2;
		}
		if (c != ' ' && c != '\t')
			out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
	}
	out[n] = '\0';
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);
	return n >= m && strcmp(text + n - m, end) == 0;
}

/* What is weighed counts in 0.1 g: quantities are integers. */
static bool weighs_otherwise(const struct new_product *p)
{
	static const char *const right[] = {"0.1g", "0.1克", NULL};
	static const char *const weights[] = {"g", "克", "gram", "grams", "gm", "斤", "两", "钱", NULL};
	char unit[64];
	if (strcmp(p->kind, "decoction") != 0 || !p->unit_name)
		return false;
	plain_unit(p->unit_name, unit, sizeof unit);
	for (const char *const *w = right; *w; w++)
		if (strcmp(unit, *w) == 0)
			return false;
	for (const char *const *w = weights; *w; w++)
		if (ends_in(unit, *w))
			return true;
	return false;
}

static const char *title_in(const struct product_kind *kind, const struct product_field *f)
{
	if (strcmp(f->name, "approval_no") == 0)
		return kind->approval_title;
	return strcmp(f->name, "gtin") == 0 && strcmp(kind->name, "consumable") == 0 ? "UDI-DI" : f->title;
}

enum status product_kind_check(struct tx *tx, const struct new_product *p, bool admission)
{
	enum status st = ST_OK;
	const struct product_kind *kind = product_kind_find(p->kind);
	if (!kind)
		return tx_fail(tx, ST_INVALID_FIELD, "kind", 0, "没有这一品种类别: %.40s", p->kind);
	if (kind->refused || names_vaccine(p->name) || names_vaccine(p->drug_name))
		return tx_fail(tx, ST_VACCINE_REFUSED, "kind", 0, "%s", product_kind_find("vaccine")->refused);
	for (const char *const *need = admission ? kind->admission_needs : kind->needs; *need; need++) {
		const struct product_field *f = product_field_find(*need);
		if (!product_field_get(tx->arena, f, p))
			st = tx_fail(tx, ST_INVALID_FIELD, f->name, 0, "%s须填写%s", kind->title, title_in(kind, f));
	}
	if (weighs_otherwise(p))
		st = tx_fail(tx, ST_INVALID_FIELD, "unit_name", 0, "中药饮片按 0.1g 计数, 最小单位应为 0.1g, 不能为 %s",
		             p->unit_name);
	return st;
}
