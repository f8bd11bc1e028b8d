#include "warehouse/catalogue/match.h"

#include "core/search.h"
#include "core/text.h"

#include <ctype.h>
#include <string.h>

#define NAME_MIN 2 /* characters that a name must keep to be looked for */
#define NUMBERS_MAX 8

/* The name in front of strength and pack: up to the first blank, bracket or digit. */
static char *bare_name(struct arena *a, const char *item)
{
	static const char *const ends[] = {" ", "\t", "(", "（", "[", "【", "\xE3\x80\x80", NULL};
	size_t n = strcspn(item, "0123456789");
	for (const char *const *e = ends; *e; e++) {
		const char *at = strstr(item, *e);
		if (at && (size_t)(at - item) < n)
			n = (size_t)(at - item);
	}
	return arena_copy(a, item, n);
}

/* The numbers of a text, as it writes them: "0.25g*24粒" has 0.25 and 24. */
static size_t numbers_in(struct arena *a, const char *text, const char *out[NUMBERS_MAX])
{
	size_t n = 0;
	while (n < NUMBERS_MAX && *(text += strcspn(text, "0123456789"))) {
		size_t len = strspn(text, "0123456789.");
		while (len && text[len - 1] == '.')
			len--;
		out[n++] = arena_copy(a, text, len);
		text += len;
	}
	return n;
}

static int64_t shared_numbers(struct arena *a, const char *item, const char *spec)
{
	const char *mine[NUMBERS_MAX], *theirs[NUMBERS_MAX];
	size_t n = numbers_in(a, item, mine), m = numbers_in(a, spec, theirs);
	int64_t shared = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < m; j++)
			if (strcmp(mine[i], theirs[j]) == 0) {
				shared++;
				break;
			}
	return shared;
}

/* Better ones first; the list is short. */
static size_t insert(struct match_proposal *out, size_t n, const struct match_proposal *one)
{
	size_t at = n < MATCH_PROPOSALS ? n : MATCH_PROPOSALS - 1;
	if (n == MATCH_PROPOSALS && out[at].score >= one->score)
		return n;
	while (at > 0 && out[at - 1].score < one->score) {
		out[at] = out[at - 1];
		at--;
	}
	out[at] = *one;
	return n < MATCH_PROPOSALS ? n + 1 : n;
}

SQL(select_candidates,
    "SELECT p.id, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack FROM product_piece pp JOIN "
    "product p ON p.id = pp.product_id AND p.active = 1 WHERE pp.piece = :piece ORDER BY p.id LIMIT 500");

static const char *why_of(struct arena *a, bool same_name, int64_t numbers, bool maker)
{
	return arena_printf(a, "%s%s%s", same_name ? "名称相同" : "名称相近", numbers ? ", 规格数字相符" : "",
	                    maker ? ", 生产企业相符" : "");
}

static size_t find_by(struct db *db, struct arena *a, const char *item, const char *name, struct match_proposal *out)
{
	int64_t *pieces = NULL;
	size_t n = search_query_pieces(a, name, &pieces), found = 0;
	if (n == 0)
		return 0;
	SCOPED(rows) r = db_query(db, select_candidates, I64(":piece", pieces[n / 2]));
	while (rows_next(&r)) {
		struct match_proposal one = {.product_id = col_i64(&r, 0),
		                             .name = col_text(a, &r, 1),
		                             .spec = col_text(a, &r, 2),
		                             .maker = col_text(a, &r, 3),
		                             .unit_name = col_text(a, &r, 4),
		                             .pack_name = col_text(a, &r, 5),
		                             .units_per_pack = col_i64(&r, 6)};
		if (!search_matches(one.name, name, NULL))
			continue;
		bool same = strcmp(one.name, name) == 0, maker = strstr(item, one.maker) != NULL;
		int64_t numbers = shared_numbers(a, item, one.spec);
		one.score = (same ? 100 : 0) + numbers * 10 + (maker ? 15 : 0);
		one.why = why_of(a, same, numbers, maker);
		found = insert(out, found, &one);
	}
	return found;
}

/* The name without its last character. */
static void shorten(char *name)
{
	size_t n = strlen(name);
	while (n && ((unsigned char)name[n - 1] & 0xC0) == 0x80)
		n--;
	name[n ? n - 1 : 0] = '\0';
}

size_t match_propose(struct db *db, struct arena *a, const char *item_name, struct match_proposal out[MATCH_PROPOSALS])
{
	size_t n = 0;
	for (char *name = bare_name(a, item_name); n == 0 && utf8_count(name) >= NAME_MIN; shorten(name))
		n = find_by(db, a, item_name, name, out);
	return n;
}

SQL(select_item,
    "SELECT product_id, factor FROM his_item WHERE site_id = :site_id AND code = :code_t /*all sites: the caller checks*/");
SQL(keep_item,
    "INSERT INTO his_item_history (id, site_id, code, product_id, factor, by_user, at_ms) VALUES (:id, :site_id, :code_t, "
    ":product_id, :factor, :by_id, :at_ms)");
SQL(put_item,
    "INSERT INTO his_item (site_id, code, product_id, factor, id, item_name, at_ms, by_user) VALUES (:site_id, :code_t, "
    ":product_id, :factor, :id, :name_t, :at_ms, :by_id) ON CONFLICT (site_id, code) DO UPDATE SET product_id = "
    "excluded.product_id, factor = excluded.factor, item_name = coalesce(excluded.item_name, his_item.item_name), at_ms = "
    "excluded.at_ms, by_user = "
    "excluded.by_user /*all sites: the caller checks*/");

SQL(drop_open, "DELETE FROM his_item_open WHERE site_id = :site_id AND code = :code_t /*all sites: the caller checks*/");
SQL(put_open,
    "INSERT INTO his_item_open (id, site_id, code, item_name, factor, by_user, at_ms) VALUES (:id, :site_id, :code_t, :name_t, "
    ":factor, :by_id, :at_ms) ON CONFLICT (site_id, code) DO UPDATE SET item_name = excluded.item_name, factor = "
    "excluded.factor, "
    "by_user = excluded.by_user, at_ms = excluded.at_ms /*all sites: the caller checks*/");

void his_item_wait(struct tx *tx, int64_t site_id, const char *code, const char *item_name, int64_t factor)
{
	db_exec(tx, put_open, I64(":id", tx_new_id(tx)), I64(":site_id", site_id), TEXT(":code_t", code),
	        TEXT(":name_t", item_name), ID(":factor", factor), ID(":by_id", tx->me.id), I64(":at_ms", tx->now_ms));
}

void his_item_put(struct tx *tx, int64_t site_id, const char *code, const char *item_name, int64_t product_id, int64_t factor)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_item, I64(":site_id", site_id), TEXT(":code_t", code));
	bool known = rows_next(&r);
	int64_t old_product = known ? col_i64(&r, 0) : 0, old_factor = known ? col_i64(&r, 1) : 0;
	rows_drop(&r);
	if (known && (old_product != product_id || old_factor != factor))
		db_exec(tx, keep_item, I64(":id", tx_new_id(tx)), I64(":site_id", site_id), TEXT(":code_t", code),
		        I64(":product_id", old_product), I64(":factor", old_factor), ID(":by_id", tx->me.id),
		        I64(":at_ms", tx->now_ms));
	db_exec(tx, put_item, I64(":site_id", site_id), TEXT(":code_t", code), I64(":product_id", product_id),
	        I64(":factor", factor), I64(":id", tx_new_id(tx)), TEXT(":name_t", item_name), I64(":at_ms", tx->now_ms),
	        ID(":by_id", tx->me.id));
	db_exec(tx, drop_open, I64(":site_id", site_id), TEXT(":code_t", code));
}
