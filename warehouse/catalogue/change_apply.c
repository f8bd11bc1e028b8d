/* What a 目录调整 does to the catalogue: its fields checked, put together, and made so. */
#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/field.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/catalogue/levels.h"
#include "warehouse/catalogue/substitute.h"

#include "core/search.h"

#include <string.h>

#define FIELDS_MAX 64
#define WARN_DAYS 180
static const char flag_prefix[] = "flag.", level_prefix[] = "level.";

SQL(select_change, "SELECT what, product_id, other_product_id, from_ymd FROM catalogue_change WHERE id = :id"
                   " /*all sites: the caller has the document*/");
SQL(select_fields, "SELECT field, value FROM catalogue_change_field WHERE change_id = :id ORDER BY field"
                   " /*all sites: the caller has the document*/");

enum status change_load(struct db *db, struct arena *a, int64_t id, struct change *out)
{
	struct change_field *fields = arena_array(a, FIELDS_MAX, sizeof *fields);
	SCOPED(rows) r = db_query(db, select_change, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct change){id, col_i64(&r, 1), col_i64(&r, 2), col_text(a, &r, 0), (int32_t)col_i64(&r, 3), fields, 0};
	SCOPED(rows) f = db_query(db, select_fields, I64(":id", id));
	while (out->field_count < FIELDS_MAX && rows_next(&f))
		fields[out->field_count++] = (struct change_field){col_text(a, &f, 0), col_text(a, &f, 1)};
	return ST_OK;
}

/* The rest of a name behind a prefix; NULL where it does not begin so. */
static const char *behind(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);
	return strncmp(name, prefix, n) == 0 ? name + n : NULL;
}

static enum status check_product_field(struct tx *tx, const char *what, const struct change_field *f, const char *at)
{
	const struct product_field *field = product_field_find(f->field);
	struct new_product scratch = {0};
	const char *why = NULL;
	if (!field)
		return tx_fail(tx, ST_INVALID_FIELD, at, 0, "没有这一项: %.40s", f->field);
	if (strcmp(what, "admission") != 0 && (field->fixed || strcmp(field->name, "code") == 0))
		return tx_fail(tx, ST_INVALID_FIELD, at, 0, "%s已固定 (库存按它计数), 不能变更; 请新增品种再替换", field->title);
	if (!product_field_set(tx->arena, field, &scratch, f->value, &why))
		return tx_fail(tx, ST_INVALID_FIELD, at, 0, "%s", why);
	return ST_OK;
}

enum status change_check_field(struct tx *tx, const char *what, const struct change_field *f, const char *at)
{
	const char *flag = behind(f->field, flag_prefix), *level = behind(f->field, level_prefix), *why = NULL;
	if (level) {
		bool is_value = strcmp(f->value, "0") == 0 || strcmp(f->value, "1") == 0;
		return list_level_find(level) && is_value
		               ? ST_OK
		               : tx_fail(tx, ST_INVALID_FIELD, at, 0, "目录级别应为 county, township, village, 值为 0 或 1");
	}
	if (!flag)
		return check_product_field(tx, what, f, at);
	const struct flag_kind *kind = flag_kind_find(flag);
	if (!kind)
		return tx_fail(tx, ST_INVALID_FIELD, at, 0, "没有这个标识: %.40s", flag);
	if (*f->value && !flag_value_fits(tx->arena, kind, f->value, &why))
		return tx_fail(tx, ST_INVALID_FIELD, at, 0, "%s", why);
	return ST_OK;
}

static void set_if_missing(const char **member, const char *value)
{
	if (!*member || !**member)
		*member = value;
}

/* What an admission need not say. */
static void fill_in(struct tx *tx, struct new_product *p)
{
	set_if_missing(&p->drug_name, p->name);
	set_if_missing(&p->storage, "normal");
	if (!p->units_per_box)
		p->units_per_box = p->units_per_pack;
	if (!p->units_per_case)
		p->units_per_case = p->units_per_box;
	p->form = p->form ? p->form : "";
	p->strength = p->strength ? p->strength : "";
	product_class_fill(tx_db(tx), tx->arena, p);
	set_if_missing(&p->kind, product_kind_of_class(p->drug_class));
}

static enum status check_whole(struct tx *tx, const struct new_product *p, bool admission)
{
	static const char *const always[] = {"code", "name", "spec", "maker", "unit_name", "pack_name", NULL};
	enum status st = ST_OK;
	for (const char *const *name = always; *name; name++)
		if (!product_field_get(tx->arena, product_field_find(*name), p))
			st = tx_fail(tx, ST_INVALID_FIELD, *name, 0, "请填写%s", product_field_find(*name)->title);
	if (st != ST_OK)
		return st;
	if (p->units_per_pack < 1 || p->units_per_box % p->units_per_pack || p->units_per_case % p->units_per_pack)
		return tx_fail(tx, ST_INVALID_FIELD, "units_per_pack", 0, "请填写每包装数量, 中包装和件应为它的整数倍");
	if (admission && product_by_code(tx_db(tx), p->code))
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "品种代码 %s 已存在", p->code);
	st = product_codes_check(tx, p);
	return st == ST_OK ? product_kind_check(tx, p, true) : st;
}

/* Meanwhile another decision may have stopped it, or brought it back. */
static enum status check_state(struct tx *tx, const struct change *c)
{
	struct product p;
	bool restore = strcmp(c->what, "restore") == 0;
	enum status st = product_load(tx_db(tx), tx->arena, c->product_id, &p);
	if (st != ST_OK || (p.active != 0) != restore)
		return st;
	return tx_fail(tx, restore ? ST_WRONG_STATE : ST_PRODUCT_STOPPED, NULL, 0, "%s %s", p.name,
	               restore ? "没有停用, 不需要恢复" : "已停用, 请先恢复");
}

enum status change_assemble(struct tx *tx, const struct change *c, struct new_product *out)
{
	bool admission = strcmp(c->what, "admission") == 0;
	const char *why = NULL;
	*out = (struct new_product){.traced = 1, .warn_days = WARN_DAYS};
	enum status st = admission ? ST_OK : product_stored(tx_db(tx), tx->arena, c->product_id, out);
	for (size_t i = 0; i < c->field_count && st == ST_OK; i++) {
		const struct product_field *f = product_field_find(c->fields[i].field);
		if (f && !product_field_set(tx->arena, f, out, c->fields[i].value, &why))
			st = tx_fail(tx, ST_INVALID_FIELD, f->name, 0, "%s", why);
		const char *flag = behind(c->fields[i].field, flag_prefix);
		if (flag && strcmp(flag, "controlled") == 0)
			out->controlled = *c->fields[i].value ? c->fields[i].value : NULL;
	}
	if (st == ST_OK && !admission)
		st = check_state(tx, c);
	if (st != ST_OK)
		return st;
	fill_in(tx, out);
	return check_whole(tx, out, admission);
}

/* ---- what the committee must look at ---- */

/* How a drug is given, as far as 一品两规 asks: by mouth, by needle, otherwise. */
static int way_of(const char *form, const char *name)
{
	static const char *const needle[] = {"注射", "输液", NULL}, *const outside[] = {"软膏", "乳膏", "滴眼", "滴耳",
	                                                                                "喷雾", "气雾", "贴",   "栓",
	                                                                                "凝胶", "吸入", NULL};
	for (const char *const *w = needle; *w; w++)
		if (strstr(form, *w) || strstr(name, *w))
			return 1;
	for (const char *const *w = outside; *w; w++)
		if (strstr(form, *w) || strstr(name, *w))
			return 2;
	return 0;
}

/* The generic name without how it is made up: 注射用头孢曲松钠 and 头孢曲松钠注射液 are one drug. */
static const char *bare_name(struct arena *a, const char *name)
{
	static const char *const ends[] = {"肠溶胶囊", "缓释胶囊", "缓释片", "控释片",   "分散片", "肠溶片", "咀嚼片", "泡腾片",
	                                   "口崩片",   "干混悬剂", "混悬液", "口服溶液", "口服液", "注射液", "颗粒",   "胶囊",
	                                   "滴丸",     "糖浆",     "软膏",   "乳膏",     "滴眼液", "片",     "丸",     NULL};
	static const char needle[] = "注射用";
	size_t skip = strncmp(name, needle, sizeof needle - 1) == 0 ? sizeof needle - 1 : 0, n = strlen(name);
	for (const char *const *e = ends; *e; e++) {
		size_t m = strlen(*e);
		if (n - skip > m && strcmp(name + n - m, *e) == 0)
			return arena_copy(a, name + skip, n - m - skip);
	}
	return arena_string(a, name + skip);
}

SQL(select_alike,
    "SELECT p.id, d.name, d.form, d.strength, p.maker, " FLAG_ON("p.id", "negotiated") ", " FLAG_ON(
            "p.id",
            "selected") " FROM product_piece pp JOIN product p ON p.id = pp.product_id AND p.active = 1 JOIN drug d ON d.id "
                        "= p.drug_id WHERE pp.piece = :piece ORDER BY p.id LIMIT 2000");

struct alike {
	size_t strengths, products;
	const char *names;
};

/* One product more of the same drug, given the same way; one strength of several makers counts once as a strength. */
static void add_alike(struct tx *tx, struct alike *k, struct rows *r)
{
	const char *strength = arena_printf(tx->arena, "|%s %s|", col_text(tx->arena, r, 1), col_text(tx->arena, r, 3));
	k->products++;
	if (k->names && strstr(k->names, strength))
		return;
	k->strengths++;
	k->names = arena_printf(tx->arena, "%s%s", k->names ? k->names : "", strength);
}

static struct alike find_alike(struct tx *tx, const struct new_product *p)
{
	struct alike k = {0, 0, NULL};
	int64_t *pieces = NULL, own = product_by_code(tx_db(tx), p->code);
	const char *bare = bare_name(tx->arena, p->drug_name);
	size_t n = search_query_pieces(tx->arena, bare, &pieces);
	int way = way_of(p->form, p->drug_name);
	if (n == 0)
		return k;
	SCOPED(rows) r = db_query(tx_db(tx), select_alike, I64(":piece", pieces[n / 2]), I64(":today_ymd", tx->today_ymd));
	while (rows_next(&r)) {
		const char *name = col_text(tx->arena, &r, 1), *form = col_text(tx->arena, &r, 2);
		bool apart = !col_is_null(&r, 5) || !col_is_null(&r, 6) || col_i64(&r, 0) == own;
		if (!apart && strcmp(bare_name(tx->arena, name), bare) == 0 && way_of(form, name) == way)
			add_alike(tx, &k, &r);
	}
	return k;
}

SQL(count_antibiotics,
    "SELECT count(DISTINCT d.name) FROM product_flag f JOIN product p ON p.id = f.product_id AND p.active = 1 JOIN drug d ON "
    "d.id = "
    "p.drug_id WHERE f.flag = 'antibiotic' AND f.from_ymd <= :today_ymd AND (f.to_ymd IS NULL OR f.to_ymd >= :today_ymd)");

static const char *flag_given(const struct change *c, const char *name)
{
	for (size_t i = 0; i < c->field_count; i++) {
		const char *flag = behind(c->fields[i].field, flag_prefix);
		if (flag && strcmp(flag, name) == 0 && *c->fields[i].value)
			return c->fields[i].value;
	}
	return NULL;
}

/* What is said of the product once the change holds: as the change says, else as it stands (a product that comes back). */
static const char *flag_after(struct tx *tx, const struct change *c, const char *name)
{
	const char *given = flag_given(c, name);
	return given || !c->product_id ? given : product_flag_on(tx_db(tx), tx->arena, c->product_id, name, tx->today_ymd);
}

/* RULE DOMAIN-12.3-two-strengths: one oral and one injected form, two strengths of each; selected and negotiated ones apart. */
static const char *warn_of_strengths(struct tx *tx, const struct change *c, const struct new_product *p)
{
	struct alike k = find_alike(tx, p);
	if (k.products < 2 || flag_after(tx, c, "selected") || flag_after(tx, c, "negotiated"))
		return NULL;
	return arena_printf(tx->arena, "一品两规: 同通用名、同给药途径已有 %zu 个品种 (%zu 个规格) %s\n", k.products, k.strengths,
	                    k.names);
}

/* Does the change make an antibiotic of what is none yet? */
static bool becomes_antibiotic(struct tx *tx, const struct change *c)
{
	return flag_given(c, "antibiotic") && !product_flag_on(tx_db(tx), tx->arena, c->product_id, "antibiotic", tx->today_ymd);
}

const char *change_warnings(struct tx *tx, const struct change *c, const struct new_product *p)
{
	bool joins = strcmp(c->what, "admission") == 0 || strcmp(c->what, "restore") == 0;
	const char *out = joins ? warn_of_strengths(tx, c, p) : NULL;
	int64_t most = catalogue_setting(tx_db(tx), "antibiotic_kinds", 35);
	int64_t have = db_i64(tx_db(tx), 0, count_antibiotics, I64(":today_ymd", tx->today_ymd));
	if ((joins ? flag_after(tx, c, "antibiotic") != NULL : becomes_antibiotic(tx, c)) && have >= most)
		out = arena_printf(tx->arena, "%s抗菌药物: 目录已有 %lld 个品种, 上限 %lld 个\n", out ? out : "", (long long)have,
		                   (long long)most);
	return out;
}

/* ---- made so ---- */

static enum status apply_flag(struct tx *tx, const struct because *b, int64_t product_id, const char *flag, const char *value)
{
	const struct new_flag in = {product_id, flag, *value ? value : NULL, b->from_ymd, 0, b->why, b->document_id};
	/* the controlled class came with the product */
	return strcmp(flag, "controlled") == 0 ? ST_OK : product_flag_set(tx, &in);
}

static enum status apply_fields(struct tx *tx, const struct change *c, const struct because *b, int64_t product_id)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < c->field_count && st == ST_OK; i++) {
		const struct change_field *f = &c->fields[i];
		const char *flag = behind(f->field, flag_prefix), *level = behind(f->field, level_prefix);
		if (flag)
			st = apply_flag(tx, b, product_id, flag, f->value);
		if (level)
			level_list_put(tx, list_level_find(level), product_id, strcmp(f->value, "1") == 0, b);
	}
	return st;
}

SQL(set_product,
    "UPDATE catalogue_change SET product_id = :product_id WHERE id = :id /*all sites: the caller has the document*/");

static enum status apply_put(struct tx *tx, const struct change *c, const struct because *b)
{
	struct new_product p;
	int64_t id = 0;
	bool added = false;
	enum status st = change_assemble(tx, c, &p);
	p.because = b;
	p.levels = ""; /* the lists that the decision names, no other */
	if (st == ST_OK)
		st = product_put(tx, &p, &id, &added);
	if (st == ST_OK && strcmp(c->what, "restore") == 0)
		product_set_active(tx, id, true, b);
	if (st == ST_OK)
		st = apply_fields(tx, c, b, id);
	if (st == ST_OK)
		db_exec(tx, set_product, I64(":product_id", id), I64(":id", c->id));
	return st;
}

/* Off every list; goods that are there may still be used up. */
static void stop(struct tx *tx, int64_t product_id, int64_t heir_id, const struct because *b)
{
	for (int level = LEVEL_LIST_COUNTY; level <= LEVEL_LIST_VILLAGE; level++) {
		bool held = level_list_holds(tx_db(tx), (enum list_level)level, product_id, b->from_ymd);
		if (held && heir_id)
			level_list_put(tx, (enum list_level)level, heir_id, true, b);
		if (held)
			level_list_put(tx, (enum list_level)level, product_id, false, b);
	}
	product_set_active(tx, product_id, false, b);
}

/* RULE DOMAIN-6-stopped: who was stopped meanwhile takes no other's place on the lists. */
static enum status check_heir(struct tx *tx, const struct change *c)
{
	struct product heir;
	enum status st = product_load(tx_db(tx), tx->arena, c->other_product_id, &heir);
	if (st != ST_OK || heir.active)
		return st;
	return tx_fail(tx, ST_PRODUCT_STOPPED, "other_product_id", 0, "%s 已停用, 不能替换其他品种; 请先恢复它, 或撤销本单",
	               heir.name);
}

static enum status apply_replacement(struct tx *tx, const struct change *c, const struct because *b)
{
	int64_t id = 0;
	enum status st = check_heir(tx, c);
	if (st != ST_OK)
		return st;
	const struct new_substitute in = {c->product_id, c->other_product_id, 0, 1, 1, b->from_ymd, 0, b->why};
	stop(tx, c->product_id, c->other_product_id, b);
	/* how much of the one is as much as the other, people have said before */
	return substitute_stands(tx_db(tx), &in) ? ST_OK : substitute_add(tx, &in, &id);
}

enum status change_apply(struct tx *tx, const struct change *c, const struct doc *d, int32_t from_ymd)
{
	const struct because b = {arena_printf(tx->arena, "目录调整 %s", d->number), d->id, from_ymd};
	bool replaced = strcmp(c->what, "replacement") == 0;
	if (!replaced && strcmp(c->what, "stop") != 0)
		return apply_put(tx, c, &b);
	enum status st = check_state(tx, c);
	if (st != ST_OK || replaced)
		return st == ST_OK ? apply_replacement(tx, c, &b) : st;
	stop(tx, c->product_id, 0, &b);
	return ST_OK;
}
