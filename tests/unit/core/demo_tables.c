#include "core/pinyin.h"
#include "core/search.h"
#include "core/table.h"
#include "core/text.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ROWS_MAX 2000

/* The cells of one column (or of two, joined) over all rows of a table. */
struct column {
	size_t n;
	const char *cells[ROWS_MAX];
};

static void open_table(struct table *t, struct arena *a, const char *name)
{
	enum status st = table_open(t, a, name);
	if (st != ST_OK)
		fprintf(stderr, "  %s\n", table_error(t));
	CU_ASSERT_EQUAL_FATAL(st, ST_OK);
}

static void close_table(struct table *t)
{
	enum status st = table_end(t);
	if (st != ST_OK)
		fprintf(stderr, "  %s\n", table_error(t));
	CU_ASSERT_EQUAL(st, ST_OK);
}

static void read_column(struct arena *a, const char *table, const char *first, const char *second, struct column *out)
{
	struct table t;
	open_table(&t, a, table);
	out->n = 0;
	while (table_next(&t) && out->n < ROWS_MAX) {
		const char *more = second ? table_text(&t, second) : "";
		out->cells[out->n++] = arena_printf(a, "%s%s%s", table_text(&t, first), second ? " " : "", more);
	}
	close_table(&t);
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void all_differ(struct column *c)
{
	qsort(c->cells, c->n, sizeof *c->cells, by_text);
	for (size_t i = 0; i + 1 < c->n; i++) {
		if (!strcmp(c->cells[i], c->cells[i + 1]))
			fprintf(stderr, "  twice: %s\n", c->cells[i]);
		CU_ASSERT_STRING_NOT_EQUAL(c->cells[i], c->cells[i + 1]);
	}
}

static bool one_of(const struct column *c, const char *cell)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->cells[i], cell))
			return true;
	return false;
}

static void names_are_unique(void)
{
	static const char *const keys[][3] = {
	        {"schema/demo/drugs.tsv", "generic", "strength"},
	        {"schema/demo/makers.tsv", "code", NULL},
	        {"schema/demo/makers.tsv", "name", NULL},
	        {"schema/demo/suppliers.tsv", "code", NULL},
	        {"schema/demo/suppliers.tsv", "name", NULL},
	        {"schema/demo/suppliers.tsv", "licence_no", NULL},
	        {"schema/demo/sites.tsv", "consortium", "code"},
	        {"schema/demo/sites.tsv", "name", NULL},
	        {"schema/demo/sites.tsv", "consortium", "position"},
	};
	static const size_t least[] = {260, 40, 40, 10, 10, 10, 77, 77, 77};
	for (size_t i = 0; i < COUNT(keys); i++) {
		SCOPED(arena) a = {0};
		struct column c;
		read_column(&a, keys[i][0], keys[i][1], keys[i][2], &c);
		CU_ASSERT_TRUE(c.n >= least[i]);
		all_differ(&c);
	}
}

/* ---- drugs ---- */

static const char *const classes[] = {"西药", "中成药", "饮片", NULL};
static const char *const supplies[] = {"西药", "输液", "生物", "特药", "中成药", "饮片", NULL};
static const char *const units[] = {"片", "粒", "袋", "支", "瓶", "丸", "盒", "贴", "枚", "块", "对", "0.1g", NULL};
static const char *const packs[] = {"盒", "瓶", "支", "袋", "包", NULL};
static const char *const storages[] = {"normal", "cool", "cold", NULL};
static const char *const controls[] = {"", "麻醉", "精一", "精二", "毒性", NULL};
static const char *const seasons[] = {"flat", "winter", "summer", "spring", NULL};
static const char *const levels[] = {"county", "township", "village", NULL};

static void numbers_within_bounds(struct table *t)
{
	int64_t middle = table_i64(t, "packs_per_middle", 1, 20), cases = table_i64(t, "middles_per_case", 1, 100);
	CU_ASSERT_TRUE(middle * cases >= 4 && middle * cases <= 500);
	table_i64(t, "units_per_pack", 1, 10000);
	table_i64(t, "use_per_100k", 1, 20000);
	table_i64(t, "essential", 0, 1);
	table_i64(t, "volume_based", 0, 1);
	table_i64(t, "shelf_months", 12, 60);
	int64_t price_e4 = table_price_e4(t, "price_yuan");
	CU_ASSERT_TRUE(price_e4 >= 10000 && price_e4 <= 50000000);
}

static void words_are_known(struct table *t)
{
	table_word(t, "unit", units);
	table_word(t, "pack", packs);
	table_word(t, "storage", storages);
	table_word(t, "season", seasons);
	table_word(t, "level", levels);
	table_word(t, "supply", supplies);
	CU_ASSERT_TRUE(*table_text(t, "generic") && *table_text(t, "strength") && *table_text(t, "therapy"));
}

/* What a drug is decides who supplies it and whether its packs bear codes. */
static void kinds_agree(struct table *t)
{
	bool pieces = table_word(t, "class", classes) == 2, controlled = table_word(t, "control", controls) > 0;
	bool cold = !strcmp(table_text(t, "storage"), "cold");
	const char *supply = table_text(t, "supply"), *form = table_text(t, "form");
	CU_ASSERT_EQUAL(pieces, !strcmp(form, "饮片"));
	CU_ASSERT_EQUAL(pieces, !table_i64(t, "traced", 0, 1));
	CU_ASSERT_EQUAL(pieces, !strcmp(supply, "饮片"));
	CU_ASSERT_EQUAL(controlled, !strcmp(supply, "特药"));
	if (cold)
		CU_ASSERT_TRUE(!strcmp(supply, "生物") || !strcmp(supply, "特药"));
	if (!strcmp(supply, "输液"))
		CU_ASSERT_TRUE(table_i64(t, "units_per_pack", 1, 10000) == 1 && strstr(table_text(t, "strength"), "ml"));
}

static void every_drug_is_plausible(void)
{
	SCOPED(arena) a = {0};
	struct table t;
	size_t n = 0, cold = 0, controlled = 0, by_class[3] = {0};
	open_table(&t, &a, "schema/demo/drugs.tsv");
	for (; table_next(&t); n++) {
		numbers_within_bounds(&t);
		words_are_known(&t);
		kinds_agree(&t);
		cold += !strcmp(table_text(&t, "storage"), "cold");
		controlled += *table_text(&t, "control") != 0;
		by_class[table_word(&t, "class", classes)]++;
	}
	close_table(&t);
	CU_ASSERT_TRUE(n >= 260 && cold >= 15 && controlled >= 15);
	CU_ASSERT_TRUE(by_class[0] >= 180 && by_class[1] >= 60 && by_class[2] >= 10);
}

/* The dosage form that the end of a generic name tells must be the one in its column. */
static void forms_fit_the_names(void)
{
	static const char *const rows[][2] = {
	        {"肠溶胶囊", "肠溶胶囊"}, {"缓释胶囊", "缓释胶囊"},     {"阴道软胶囊", "阴道软胶囊"}, {"软胶囊", "软胶囊"},
	        {"胶囊", "胶囊剂"},       {"控释片", "控释片"},         {"缓释片", "缓释片"},         {"肠溶片", "肠溶片"},
	        {"分散片", "分散片"},     {"咀嚼片", "咀嚼片"},         {"阴道片", "阴道片"},         {"润喉片", "含片"},
	        {"片", "片剂"},           {"颗粒", "颗粒剂"},           {"乳状注射液", "乳状注射液"}, {"注射液", "注射液"},
	        {"口服液", "合剂"},       {"糖浆", "糖浆剂"},           {"滴丸", "滴丸剂"},           {"胶丸", "软胶囊"},
	        {"丸", "丸剂"},           {"滴眼液", "滴眼液"},         {"乳膏", "乳膏剂"},           {"软膏", "软膏剂"},
	        {"干混悬剂", "干混悬剂"}, {"吸入粉雾剂", "吸入粉雾剂"},
	};
	SCOPED(arena) a = {0};
	struct table t;
	size_t checked = 0;
	open_table(&t, &a, "schema/demo/drugs.tsv");
	while (table_next(&t)) {
		const char *name = table_text(&t, "generic");
		for (size_t i = 0; i < COUNT(rows); i++) {
			size_t length = strlen(rows[i][0]), all = strlen(name);
			if (all < length || strcmp(name + all - length, rows[i][0]) != 0)
				continue;
			CU_ASSERT_STRING_EQUAL(table_text(&t, "form"), rows[i][1]);
			checked++;
			break;
		}
		if (!strncmp(name, "注射用", strlen("注射用")))
			CU_ASSERT_STRING_EQUAL(table_text(&t, "form"), "注射用无菌粉末");
	}
	close_table(&t);
	CU_ASSERT_TRUE(checked > 400);
}

/* ---- makers, suppliers ---- */

static void invented_firms_are_marked(void)
{
	static const char *const tables[] = {"schema/demo/makers.tsv", "schema/demo/suppliers.tsv"};
	for (size_t i = 0; i < COUNT(tables); i++) {
		SCOPED(arena) a = {0};
		struct table t;
		open_table(&t, &a, tables[i]);
		while (table_next(&t)) {
			CU_ASSERT_PTR_EQUAL(strstr(table_text(&t, "name"), "演示·"), table_text(&t, "name"));
			CU_ASSERT_TRUE(table_i64(&t, "share", 1, 100) > 0);
			if (i)
				CU_ASSERT_PTR_NOT_NULL(strstr(table_text(&t, "licence_no"), "演示"));
		}
		close_table(&t);
	}
}

static size_t count_of(struct arena *a, const char *table, const char *column, const char *kind)
{
	struct table t;
	size_t n = 0;
	open_table(&t, a, table);
	while (table_next(&t))
		n += table_has(&t, column, kind);
	close_table(&t);
	return n;
}

static void every_kind_has_makers_and_distributors(void)
{
	for (size_t i = 0; supplies[i]; i++) {
		SCOPED(arena) a = {0};
		CU_ASSERT_TRUE(count_of(&a, "schema/demo/makers.tsv", "makes", supplies[i]) >= 2);
		CU_ASSERT_TRUE(count_of(&a, "schema/demo/suppliers.tsv", "delivers", supplies[i]) >= 2);
	}
}

static void one_licence_has_expired_and_one_is_near(void)
{
	SCOPED(arena) a = {0};
	struct table t;
	size_t n = 0, expired = 0, near = 0;
	open_table(&t, &a, "schema/demo/suppliers.tsv");
	for (; table_next(&t); n++) {
		int64_t days = table_i64(&t, "licence_days", -400, 2000);
		bool cold = table_i64(&t, "cold", 0, 1), special = table_i64(&t, "special", 0, 1);
		expired += days < 0;
		near += days >= 0 && days <= 30;
		CU_ASSERT_TRUE(cold || !table_has(&t, "delivers", "生物"));
		CU_ASSERT_EQUAL(special, table_has(&t, "delivers", "特药"));
		table_i64(&t, "mandate_days", -400, 2000);
		table_i64(&t, "lead_days", 1, 15);
		table_i64(&t, "fill_percent", 50, 100);
	}
	close_table(&t);
	CU_ASSERT_EQUAL(n, 10);
	CU_ASSERT_EQUAL(expired, 1);
	CU_ASSERT_EQUAL(near, 1);
}

/* ---- sites ---- */

struct consortium {
	const char *code;
	int64_t leads, townships, clinics, people, lead_people;
};

static const char *const kinds[] = {"lead", "township", "clinic", NULL};

static void count_site(struct table *t, struct consortium *c)
{
	int64_t people = table_i64(t, "inhabitants", 500, 1000000);
	size_t kind = table_word(t, "kind", kinds);
	c->leads += kind == 0;
	c->townships += kind == 1;
	c->clinics += kind == 2;
	c->people += kind == 1 ? people : 0;
	c->lead_people += kind == 0 ? people : 0;
	CU_ASSERT_EQUAL(*table_text(t, "parent") == 0, kind == 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(table_text(t, "name"), kind == 0 ? "医院" : kind == 1 ? "卫生院" : "村卫生室"));
	table_i64(t, "road_km", 0, 150);
}

static void two_consortia_of_a_county(void)
{
	struct consortium all[] = {{.code = "sxyy"}, {.code = "sxzy"}};
	static const int64_t townships[] = {14, 11};
	SCOPED(arena) a = {0};
	struct table t;
	open_table(&t, &a, "schema/demo/sites.tsv");
	while (table_next(&t)) {
		size_t i = strcmp(table_text(&t, "consortium"), "sxyy") != 0;
		CU_ASSERT_STRING_EQUAL(table_text(&t, "consortium"), all[i].code);
		count_site(&t, &all[i]);
	}
	close_table(&t);
	for (size_t i = 0; i < COUNT(all); i++) {
		CU_ASSERT_EQUAL(all[i].leads, 1);
		CU_ASSERT_EQUAL(all[i].townships, townships[i]);
		CU_ASSERT_EQUAL(all[i].clinics, 2 * townships[i]);
		CU_ASSERT_EQUAL(all[i].people, all[i].lead_people);
	}
}

/* Parents stand before their children, so that a reader can link them in one pass. */
static void parents_stand_first(void)
{
	SCOPED(arena) a = {0};
	struct table t;
	struct column seen = {0};
	open_table(&t, &a, "schema/demo/sites.tsv");
	while (table_next(&t)) {
		const char *store = table_text(&t, "consortium"), *parent = table_text(&t, "parent");
		CU_ASSERT_TRUE(!*parent || one_of(&seen, arena_printf(&a, "%s %s", store, parent)));
		seen.cells[seen.n++] = arena_printf(&a, "%s %s", store, table_text(&t, "code"));
	}
	close_table(&t);
}

/* ---- the names and their search ---- */

static void well_known_names_have_the_right_code(void)
{
	static const char *const rows[][2] = {
	        {"阿胶", "ej"},
	        {"复方阿胶浆", "ffejj"},
	        {"阿莫西林胶囊", "amxljn"},
	        {"盐酸二甲双胍片", "ysejsgp"},
	        {"苯磺酸氨氯地平片", "bhsaldpp"},
	        {"连花清瘟胶囊", "lhqwjn"},
	        {"注射用头孢曲松钠", "zsytbqsn"},
	        {"氯化钠注射液", "lhnzsy"},
	        {"注射用硫酸长春新碱", "zsylsccxj"},
	        {"重组人干扰素α2b注射液", "czrgrsa2bzsy"},
	        {"重酒石酸去甲肾上腺素注射液", "zjssqjssxszsy"},
	        {"人参归脾丸", "rsgpw"},
	        {"参苓白术散", "slbzs"},
	        {"蛤蚧定喘丸", "gjdcw"},
	        {"枸橼酸铋钾颗粒", "jysbjkl"},
	        {"六味地黄丸(浓缩丸)", "lwdhwnsw"},
	        {"单硝酸异山梨酯缓释片", "dxsyslzhsp"},
	        {"薏苡仁", "yyr"},
	        {"藏青果颗粒", "zqgkl"},
	        {"血塞通软胶囊", "xstrjn"},
	        {"盐酸地尔硫䓬片", "ysdelzp"},
	        {"卡托普利片", "ktplp"},
	        {"川芎", "cx"},
	        {"维生素B12注射液", "wssb12zsy"},
	        {"开塞露(含甘油)", "kslhgy"},
	        {"正天丸", "ztw"},
	};
	SCOPED(arena) a = {0};
	struct column names;
	read_column(&a, "schema/demo/drugs.tsv", "generic", NULL, &names);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(one_of(&names, rows[i][0]));
		CU_ASSERT_STRING_EQUAL(pinyin_code(&a, rows[i][0]), rows[i][1]);
	}
}

static bool has_piece(const int64_t *sorted, size_t n, int64_t piece)
{
	for (size_t i = 0; i < n; i++)
		if (sorted[i] == piece)
			return true;
	return false;
}

static void every_name_is_found_by_its_own_code(void)
{
	SCOPED(arena) a = {0};
	struct column names;
	read_column(&a, "schema/demo/drugs.tsv", "generic", NULL, &names);
	for (size_t i = 0; i < names.n; i++) {
		const char *code = pinyin_code(&a, names.cells[i]);
		int64_t *have = NULL, *need = NULL;
		size_t n = search_pieces(&a, names.cells[i], &have), m = search_query_pieces(&a, code, &need);
		CU_ASSERT_TRUE(strlen(code) > 1 && search_matches(names.cells[i], code, NULL));
		for (size_t p = 0; p < m; p++)
			CU_ASSERT_TRUE(has_piece(have, n, need[p]));
	}
}

SUITE(demo_tables, {"names_are_unique", names_are_unique}, {"every_drug_is_plausible", every_drug_is_plausible},
      {"forms_fit_the_names", forms_fit_the_names}, {"invented_firms_are_marked", invented_firms_are_marked},
      {"every_kind_has_makers_and_distributors", every_kind_has_makers_and_distributors},
      {"one_licence_has_expired_and_one_is_near", one_licence_has_expired_and_one_is_near},
      {"two_consortia_of_a_county", two_consortia_of_a_county}, {"parents_stand_first", parents_stand_first},
      {"well_known_names_have_the_right_code", well_known_names_have_the_right_code},
      {"every_name_is_found_by_its_own_code", every_name_is_found_by_its_own_code});
