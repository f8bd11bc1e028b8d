#include "warehouse/partner/mandate.h"

#include "core/text.h"

#include <string.h>

#define REGIONS_MAX 16
#define PART_MAX 100

/* ---- lists that people type ---- */

static const char *const parting[] = {"、", "，", "；", ",", ";", "\n"};

/* The length of a separator at s; 0: none stands there. */
static size_t parts_at(const char *s)
{
	for (size_t i = 0; i < sizeof parting / sizeof *parting; i++)
		if (strncmp(s, parting[i], strlen(parting[i])) == 0)
			return strlen(parting[i]);
	return 0;
}

/* The next part without blanks around it, *s moved behind it; NULL at the end. Empty parts are passed over. */
static const char *next_part(struct arena *a, const char **s)
{
	while (*s && **s) {
		const char *begin = *s, *end = begin;
		while (*end && !parts_at(end))
			end++;
		*s = end + parts_at(end);
		while (begin < end && *begin == ' ')
			begin++;
		while (end > begin && end[-1] == ' ')
			end--;
		if (end > begin)
			return arena_copy(a, begin, (size_t)(end - begin));
	}
	return NULL;
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(*words, word) != 0)
		words++;
	return *words != NULL;
}

static const char *const everything[] = {"全部", "全部品种", "全品种", "所有品种", NULL};
static const char *const everywhere[] = {"全国", NULL};

/* ---- the goods of a mandate ---- */

SQL(insert_product, "INSERT INTO mandate_goods (mandate_id, kind, ref_id) SELECT :mandate_id, 'product', id FROM product WHERE "
                    "code = :name_t ON CONFLICT DO NOTHING");
SQL(insert_drug, "INSERT INTO mandate_goods (mandate_id, kind, ref_id) SELECT :mandate_id, 'drug', id FROM drug WHERE name = "
                 ":name_t ON CONFLICT DO NOTHING");
SQL(insert_maker, "INSERT INTO mandate_goods (mandate_id, kind, ref_id) SELECT :mandate_id, 'maker', id FROM maker WHERE name = "
                  ":name_t ON CONFLICT DO NOTHING");
SQL(drop_goods, "DELETE FROM mandate_goods WHERE mandate_id = :mandate_id");

static int64_t put_part(struct tx *tx, int64_t mandate_id, const char *part)
{
	static const struct sql *const kinds[] = {&insert_product, &insert_drug, &insert_maker};
	const struct arg args[] = {I64(":mandate_id", mandate_id), TEXT(":name_t", part)};
	int64_t rows = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		rows += db_exec_n(tx, kinds[i], args, 2);
	return rows;
}

enum status mandate_goods_put(struct tx *tx, int64_t mandate_id, const char *scope)
{
	const char *part = NULL;
	while ((part = next_part(tx->arena, &scope)) != NULL) {
		if (is_one_of(part, everything)) {
			db_exec(tx, drop_goods, I64(":mandate_id", mandate_id));
			return ST_OK;
		}
		if (utf8_count(part) > PART_MAX || put_part(tx, mandate_id, part) == 0)
			return tx_fail(tx, ST_INVALID_FIELD, "scope", 0,
			               "授权品种 “%.120s” 不是品种代码、通用名或生产企业名称; 不限品种的请不填或写 “全部”", part);
	}
	return ST_OK;
}

/* ---- where we are ---- */

SQL(select_regions, "SELECT name FROM own_region ORDER BY id LIMIT 16 /*scan: a handful*/");
SQL(insert_region,
    "INSERT INTO own_region (id, name, at_ms, by_user) VALUES (:id, :name_t, :at_ms, :by_id) ON CONFLICT DO NOTHING");
SQL(count_regions, "SELECT count(*) FROM own_region /*scan: a handful*/");
SQL(drop_region, "DELETE FROM own_region WHERE id = :id");

enum status own_region_add(struct tx *tx, const char *name, int64_t *id)
{
	/* more would not be looked at */
	if (db_i64_n(tx_db(tx), 0, &count_regions, NULL, 0) >= REGIONS_MAX)
		return tx_fail(tx, ST_INVALID_FIELD, "name", 0, "本地区最多登记 %d 个名称, 请先取消不用的", REGIONS_MAX);
	*id = tx_new_id(tx);
	return db_exec(tx, insert_region, I64(":id", *id), TEXT(":name_t", name), I64(":at_ms", tx->now_ms),
	               I64(":by_id", tx->me.id))
	               ? ST_OK
	               : tx_fail(tx, ST_ALREADY_EXISTS, "name", 0, "%s 已登记", name);
}

enum status own_region_end(struct tx *tx, int64_t id)
{
	return db_exec(tx, drop_region, I64(":id", id)) ? ST_OK : ST_NOT_FOUND;
}

/* names: the areas that we lie in, ends with NULL; none: nothing to compare with. */
static bool region_covers(struct arena *a, const char *region, const char *const *names)
{
	const char *part = NULL;
	if (!region || !*region || !*names)
		return true;
	while ((part = next_part(a, &region)) != NULL)
		if (is_one_of(part, names) || is_one_of(part, everywhere))
			return true;
	return false;
}

/* ---- the question ---- */

/* Goods: 1 where the mandate names none, or names these. */
SQL(select_mandates,
    "SELECT q.person, q.region, q.scope, CASE WHEN NOT EXISTS (SELECT 1 FROM mandate_goods g WHERE g.mandate_id = q.id) THEN 1 "
    "WHEN EXISTS (SELECT 1 FROM product p JOIN mandate_goods g ON g.mandate_id = q.id AND (g.kind = 'product' AND g.ref_id = "
    "p.id "
    "OR g.kind = 'drug' AND g.ref_id = p.drug_id) WHERE p.id = :product_id) THEN 1 WHEN EXISTS (SELECT 1 FROM product_maker pm "
    "JOIN mandate_goods g ON g.mandate_id = q.id AND g.kind = 'maker' AND g.ref_id = pm.maker_id WHERE pm.product_id = "
    ":product_id) THEN 1 ELSE 0 END, q.until_ymd FROM qualification q WHERE q.owner_kind = 'supplier' AND q.owner_id = "
    ":supplier_id AND "
    "q.kind "
    "= 'mandate' AND q.ended_at_ms IS NULL AND q.confirmed_at_ms IS NOT NULL AND coalesce(q.from_ymd, 0) <= :ymd AND "
    "coalesce(q.until_ymd, 99991231) >= :ymd ORDER "
    "BY q.id");

static void load_regions(struct db *db, struct arena *a, const char *names[REGIONS_MAX + 1])
{
	size_t n = 0;
	SCOPED(rows) r = db_query_n(db, &select_regions, NULL, 0);
	while (n < REGIONS_MAX && rows_next(&r))
		names[n++] = col_text(a, &r, 0);
	names[n] = NULL;
}

static const char *why_not(struct arena *a, const struct mandate *m, bool here)
{
	const char *person = m->person ? m->person : "";
	return here ? arena_printf(a, "销售人员 %s 的授权委托书只包括: %s; 不含该品种, 不能采购", person,
	                           m->scope ? m->scope : "")
	            : arena_printf(a, "销售人员 %s 的授权区域是 %s, 不含本地区, 不能采购", person, m->region ? m->region : "");
}

static struct mandate read_mandate(struct arena *a, struct rows *r)
{
	return (struct mandate){col_text(a, r, 0), col_text(a, r, 1), col_text(a, r, 2), col_i64(r, 4)};
}

/* The first mandate that covers what is asked, in *out; *why: what is wrong with the first one where none does, NULL without any.
 */
static bool find_covering(struct db *db, struct arena *a, const struct partner_question *q, struct mandate *out, const char **why)
{
	const char *names[REGIONS_MAX + 1];
	*why = NULL;
	load_regions(db, a, names);
	SCOPED(rows)
	r = db_query(db, select_mandates, I64(":product_id", q->product_id), I64(":supplier_id", q->supplier_id),
	             I64(":ymd", q->ymd));
	while (rows_next(&r)) {
		*out = read_mandate(a, &r);
		bool here = region_covers(a, out->region, names);
		if (here && (!q->product_id || col_i64(&r, 3)))
			return true;
		*why = *why && !here ? *why : why_not(a, out, here);
	}
	return false;
}

bool mandate_covering(struct db *db, struct arena *a, const struct partner_question *q, struct mandate *out)
{
	const char *why = NULL;
	return find_covering(db, a, q, out, &why);
}

enum status mandate_covers(struct db *db, struct arena *a, const struct partner_question *q, const char **why)
{
	const char *wrong = NULL;
	struct mandate found;
	if (find_covering(db, a, q, &found, &wrong) || !wrong)
		return ST_OK;
	*why = wrong;
	return ST_MANDATE_SCOPE;
}

SQL(select_any_goods,
    "SELECT 1 FROM qualification q JOIN mandate_goods g ON g.mandate_id = q.id WHERE q.owner_kind = 'supplier' AND "
    "q.owner_id = :supplier_id AND q.kind = 'mandate' AND q.ended_at_ms IS NULL AND q.confirmed_at_ms IS NOT NULL LIMIT 1");

bool mandate_names_goods(struct db *db, int64_t supplier_id)
{
	return db_i64(db, 0, select_any_goods, I64(":supplier_id", supplier_id)) != 0;
}
