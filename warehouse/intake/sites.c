/*
 * Sites (机构) and their depots. A new site gets the depots named in its row, or else those its kind always has. The first
 * row without a parent names the lead hospital: in a store that has only its bare lead, it becomes that one.
 */
#include "core/people.h"
#include "warehouse/intake/intake.h"

#include <string.h>

enum { CODE, NAME, KIND, PARENT, INHABITANTS, DEPOTS };

static const struct intake_word kinds[] = {
        {"lead", "牵头医院"}, {"township", "乡镇卫生院"}, {"clinic", "村卫生室"}, {NULL, NULL}};
static const struct intake_column columns[] = {
        [CODE] = {.name = "code", .title = "机构代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [NAME] = {.name = "name", .title = "名称", .type = IN_TEXT, .need = MUST_HAVE, .max = 100},
        [KIND] = {.name = "kind", .title = "类别", .type = IN_WORD, .need = MUST_HAVE, .words = kinds},
        [PARENT] = {.name = "parent_code", .title = "上级机构代码", .type = IN_CODE, .need = MAY_KEEP, .max = 32},
        [INHABITANTS] = {.name = "inhabitants", .title = "服务人口", .type = IN_INT, .need = MAY_KEEP, .max = 10000000},
        [DEPOTS] = {.name = "depots", .title = "库房", .type = IN_TEXT, .need = MAY_KEEP, .max = 1000},
        {.name = NULL},
};
static const char *const ignored[] = {"id", "parent_id", "parent_name", NULL};

struct room {
	const char *site_kind, *code, *name, *kind;
};
static const struct room rooms[] = {
        {"lead", "YK", "药库", "store"},     {"lead", "MZ", "门诊药房", "outpatient"}, {"lead", "ZY", "住院药房", "inpatient"},
        {"lead", "ZYF", "中药房", "herbal"}, {"township", "YK", "药库", "store"},      {"township", "YF", "药房", "outpatient"},
        {"clinic", "YG", "药柜", "store"},
};
static const char *const depot_kinds[] = {"store", "outpatient", "inpatient", "herbal", "ward", "trolley", NULL};

#define PROJECTION "SELECT s.code, s.name, s.kind, p.code, s.inhabitants, s.id FROM site s LEFT JOIN site p ON p.id = s.parent_id"
SQL(select_one, PROJECTION " WHERE s.code = :code_t /*all sites: import*/");
SQL(select_every, PROJECTION " ORDER BY (SELECT count(*) FROM site_above a WHERE a.site_id = s.id), s.code /*scan: export*/ "
                             "/*all sites: export*/");
SQL(count_sites, "SELECT count(*) FROM (SELECT 1 FROM site LIMIT 2) AS few /*scan: two rows*/ /*all sites: import*/");
SQL(update_site,
    "UPDATE site SET code = :code_t, name = :name_t, inhabitants = :inhabitants WHERE id = :id /*all sites: import*/");
SQL(select_kind, "SELECT kind FROM site WHERE id = :id /*all sites: import*/");

SQL(select_depots,
    "SELECT code, name, depot_kind FROM place WHERE site_id = :site_id AND kind = 'depot' ORDER BY id /*all sites: export*/");

static const char *depots_of(struct db *db, struct arena *a, int64_t site_id)
{
	SCOPED(buf) b = {0};
	SCOPED(rows) r = db_query(db, select_depots, I64(":site_id", site_id));
	while (rows_next(&r))
		buf_printf(&b, "%s%s:%s:%s", b.len ? ";" : "", col_text(a, &r, 0), col_text(a, &r, 1), col_text(a, &r, 2));
	return arena_copy(a, b.data ? b.data : "", b.len);
}

static const char *text(const struct intake_row *row, int column)
{
	return row->cells[column].text;
}

static enum status add_depot(struct intake *in, int64_t site_id, const char *code, const char *name, const char *kind,
                             bool *added)
{
	int64_t id = 0;
	if (depot_by_code(tx_db(in->tx), site_id, code))
		return ST_OK;
	*added = true;
	return depot_add(in->tx, site_id, code, name, kind, &id);
}

static bool is_depot_kind(const char *kind)
{
	for (const char *const *k = depot_kinds; *k; k++)
		if (strcmp(*k, kind) == 0)
			return true;
	return false;
}

/* "YK:药库:store": code, name, kind. */
static enum status add_written(struct intake *in, int64_t site_id, char *one, bool *added)
{
	char *name = strchr(one, ':'), *kind = name ? strchr(name + 1, ':') : NULL;
	if (!kind || name == one || kind == name + 1 || !is_depot_kind(kind + 1) || name - one > 32)
		return in_fail(in, DEPOTS, ST_INVALID_FIELD,
		               "库房应写成 代码:名称:类别, 用分号隔开, 类别为 store outpatient inpatient "
		               "herbal ward trolley 之一: %.60s",
		               one);
	*name = *kind = '\0';
	return add_depot(in, site_id, one, name + 1, kind + 1, added);
}

static enum status add_depots(struct intake *in, int64_t site_id, const struct intake_row *row, bool *added)
{
	enum status st = ST_OK;
	char *list = arena_string(in->tx->arena, text(row, DEPOTS));
	for (size_t i = 0; !list && i < sizeof rooms / sizeof *rooms && st == ST_OK; i++)
		if (strcmp(rooms[i].site_kind, text(row, KIND)) == 0)
			st = add_depot(in, site_id, rooms[i].code, rooms[i].name, rooms[i].kind, added);
	while (list && *list && st == ST_OK) {
		size_t n = strcspn(list, ";");
		char *one = arena_copy(in->tx->arena, list, n);
		list += n + (list[n] == ';');
		if (*one)
			st = add_written(in, site_id, one, added);
	}
	return st;
}

static void update(struct intake *in, int64_t id, const struct intake_row *row)
{
	db_exec(in->tx, update_site, TEXT(":code_t", text(row, CODE)), TEXT(":name_t", text(row, NAME)),
	        I64(":inhabitants", row->cells[INHABITANTS].value), I64(":id", id));
}

/* The lead hospital: the bare one of a new store takes its code and name. */
static enum status take_lead(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	bool added = false;
	int64_t id = site_root(tx_db(in->tx));
	if (id && db_i64_n(tx_db(in->tx), 0, &count_sites, NULL, 0) > 1)
		return in_fail(in, KIND, ST_INVALID_FIELD, "已有牵头医院, 不能再加一家");
	if (id)
		update(in, id, row);
	const struct new_site site = {text(row, CODE), text(row, NAME), "lead", 0, row->cells[INHABITANTS].value};
	enum status st = id ? ST_OK : site_add(in->tx, &site, &id);
	*change = INTAKE_CHANGED;
	return st == ST_OK ? add_depots(in, id, row, &added) : st;
}

static enum status find_parent(struct intake *in, const struct intake_row *row, int64_t *id)
{
	struct db *db = tx_db(in->tx);
	if (!text(row, PARENT))
		return in_fail(in, PARENT, ST_INVALID_FIELD, "请填写上级机构代码");
	*id = site_by_code(db, text(row, PARENT));
	if (!*id)
		return in_fail(in, PARENT, ST_NOT_FOUND, "没有代码为 %s 的机构", text(row, PARENT));
	if (!me_at_site(db, &in->tx->me, *id))
		return in_fail(in, PARENT, ST_FORBIDDEN, "机构 %s 不在您的管辖范围", text(row, PARENT));
	const char *kind = db_text(db, in->tx->arena, select_kind, I64(":id", *id));
	if (strcmp(kind, "clinic") == 0 || (strcmp(kind, "township") == 0 && strcmp(text(row, KIND), "clinic") != 0))
		return in_fail(in, PARENT, ST_INVALID_FIELD, "%s 不能是它的上级机构", text(row, PARENT));
	return ST_OK;
}

static enum status take_new(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	int64_t parent = 0, id = 0;
	bool added = false;
	if (strcmp(text(row, KIND), "lead") == 0)
		return take_lead(in, row, change);
	enum status st = find_parent(in, row, &parent);
	if (st != ST_OK)
		return st;
	const struct new_site site = {text(row, CODE), text(row, NAME), text(row, KIND), parent, row->cells[INHABITANTS].value};
	*change = INTAKE_ADDED;
	st = site_add(in->tx, &site, &id);
	return st == ST_OK ? add_depots(in, id, row, &added) : st;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	bool added = false;
	int64_t id = site_by_code(tx_db(in->tx), text(row, CODE));
	if (text(row, DEPOTS) && text(row, DEPOTS)[0] == '[') /* the API's JSON in a list's CSV */
		row->cells[DEPOTS] = (struct intake_cell){0};
	if (!id)
		return take_new(in, row, change);
	if (!me_at_site(tx_db(in->tx), &in->tx->me, id))
		return in_fail(in, CODE, ST_FORBIDDEN, "机构 %s 不在您的管辖范围", text(row, CODE));
	bool depots = row->cells[DEPOTS].given;
	SCOPED(rows) r = db_query(tx_db(in->tx), select_one, TEXT(":code_t", text(row, CODE)));
	uint64_t differs = intake_overlay(in, row, rows_next(&r) ? &r : NULL);
	rows_drop(&r);
	if (differs & (BIT(KIND) | BIT(PARENT)))
		return in_fail(in, differs & BIT(KIND) ? KIND : PARENT, ST_INVALID_FIELD, "机构 %s 的类别和上级不能由导入修改",
		               text(row, CODE));
	enum status st = depots ? add_depots(in, id, row, &added) : ST_OK;
	if (st == ST_OK && differs & (BIT(NAME) | BIT(INHABITANTS)))
		update(in, id, row);
	*change = added || differs & (BIT(NAME) | BIT(INHABITANTS)) ? INTAKE_CHANGED : INTAKE_SAME;
	return st;
}

const struct intake_kind intake_sites = {.name = "sites",
                                         .title = "机构",
                                         .action = "import.sites",
                                         .columns = columns,
                                         .ignored = ignored,
                                         .take = take,
                                         .every = &select_every,
                                         .derived = DEPOTS,
                                         .derive = depots_of};
