#include "service/api/documents.h"
#include "service/inputs.h"

#include <string.h>

static const struct list_column site_columns[] = {
        {"id", L_ID, "s.id", "编号", NULL},
        {"code", L_TEXT, "s.code", "机构代码", NULL},
        {"name", L_TEXT, "s.name", "名称", NULL},
        {"kind", L_TEXT, "s.kind", "类别", NULL},
        {"parent_id", L_ID, "s.parent_id", "上级编号", NULL},
        {"parent_code", L_TEXT, "ps.code", "上级代码", NULL},
        {"inhabitants", L_INT, "s.inhabitants", "服务人口", NULL},
        NO_COLUMN,
};
static const struct list_filter site_filters[] = {{"code", L_TEXT, "s.code = :f_code_t"},
                                                  {"kind", L_TEXT, "s.kind = :f_kind_t"},
                                                  {"parent_id", L_ID, "s.parent_id = :f_parent_id_id"},
                                                  NO_FILTER};
static const struct list_path site_paths[] = {
        {NULL,
         "user_site us JOIN site s ON s.id = us.site_id LEFT JOIN site ps ON ps.id = s.parent_id WHERE us.user_id = :me_id",
         {"us.site_id"},
         false,
         NULL},
};

SQL(select_depots, "SELECT p.id, p.code, p.name, p.depot_kind FROM user_place up JOIN place p ON p.id = up.place_id WHERE "
                   "up.user_id = :me_id AND "
                   "p.site_id = :site_id AND p.kind = 'depot' ORDER BY p.id");
static const struct list_column depot[] = {COLUMN("id", L_ID), COLUMN("code", L_TEXT), COLUMN("name", L_TEXT),
                                           COLUMN("kind", L_TEXT), NO_COLUMN};

static void put_depots(struct exchange *x, struct db *db, struct rows *r)
{
	api_rows(x, db, "depots", depot, select_depots, I64(":me_id", x->me.id), I64(":site_id", col_i64(r, 0)));
}

const struct list_spec list_sites = {.name = "sites",
                                     .title = "机构",
                                     .columns = site_columns,
                                     .filters = site_filters,
                                     .paths = site_paths,
                                     .extra = put_depots,
                                     .search_expr = "s.name || '\n' || s.code"};

enum status site_create(struct exchange *x, struct tx *tx)
{
	const struct site_in *in = x->in;
	int64_t id = 0, depot_id = 0, parent = in->parent_id ? in->parent_id : site_root(tx_db(tx));
	tx->action = "site.make";
	if (!me_at_site(tx_db(tx), &tx->me, parent))
		return tx_fail(tx, ST_INVALID_FIELD, "parent_id", 0, "没有这个上级机构");
	const struct new_site site = {in->code, in->name, in->kind, parent, in->inhabitants == INT_ABSENT ? 0 : in->inhabitants};
	enum status st = site_add(tx, &site, &id);
	bool clinic = strcmp(in->kind, "clinic") == 0;
	if (st == ST_OK)
		st = depot_add(tx, id, clinic ? "YG" : "YK", clinic ? "药柜" : "药库", "store", &depot_id);
	if (st != ST_OK)
		return st;
	tx->ref_id = id;
	jo_id(&x->o, "id", id);
	jo_text(&x->o, "number", in->code);
	jo_text(&x->o, "state", "active");
	jo_i64(&x->o, "version", 1);
	return ST_OK;
}

static const struct list_column user_columns[] = {
        {"id", L_ID, "u.id", "编号", NULL},
        {"name", L_TEXT, "u.name", "用户名", NULL},
        {"display_name", L_TEXT, "u.display_name", "姓名", NULL},
        {"site_id", L_ID, "u.root_site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"made_at_ms", L_INT, "u.made_at_ms", "建立时间", NULL},
        {"disabled", L_BOOL, "u.disabled_at_ms IS NOT NULL", "已停用", NULL},
        NO_COLUMN,
};
static const struct list_filter user_filters[] = {{"name", L_TEXT, "u.name = :f_name_t"}, NO_FILTER};
static const struct list_path user_paths[] = {
        {NULL,
         "app_user u JOIN site s ON s.id = u.root_site_id JOIN user_site us ON us.user_id = :me_id AND us.site_id = "
         "u.root_site_id WHERE 1 = 1",
         {"u.id"},
         false,
         NULL},
};
SQL(select_roles, "SELECT role FROM user_role WHERE user_id = :id ORDER BY role");

static void put_roles(struct exchange *x, struct db *db, struct rows *r)
{
	size_t n = 0;
	jo_name(&x->o, "roles");
	jo_open(&x->o, '[');
	SCOPED(rows) role = db_query(db, select_roles, I64(":id", col_i64(r, 0)));
	while (rows_next(&role))
		jo_text(&x->o, NULL, col_peek(&role, 0, &n));
	jo_close(&x->o, ']');
}

const struct list_spec list_users = {.name = "users",
                                     .title = "账号",
                                     .columns = user_columns,
                                     .filters = user_filters,
                                     .paths = user_paths,
                                     .extra = put_roles,
                                     .search_expr = "u.name || '\n' || u.display_name"};

static enum status read_roles(struct tx *tx, const struct user_in *in, uint32_t *set)
{
	enum role role = ROLE_admin;
	for (size_t i = 0; i < in->role_count; i++) {
		if (!role_find(in->roles[i], &role))
			return tx_fail(tx, ST_INVALID_FIELD, arena_printf(tx->arena, "roles[%zu]", i), 0, "没有这个岗位: %s",
			               in->roles[i]);
		*set |= 1u << role;
	}
	return ST_OK;
}

/*
 * The hash is made here, in the writer, some 20 ms: accounts are made rarely and one by one. Everyday logins hash on the
 * slow threads.
 */
enum status user_create(struct exchange *x, struct tx *tx)
{
	const struct user_in *in = x->in;
	uint32_t roles = 0;
	int64_t id = 0;
	enum status st = read_roles(tx, in, &roles);
	tx->action = "user.make";
	if (st == ST_OK && !password_is_acceptable(in->password))
		st = tx_fail(tx, ST_INVALID_FIELD, "password", 0, "密码至少 8 个字符");
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id;
	if (st == ST_OK && !me_at_site(tx_db(tx), &tx->me, site))
		st = tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构");
	if (st != ST_OK)
		return st;
	const struct new_user user = {in->name, in->display_name ? in->display_name : in->name,
	                              password_hash(tx->arena, in->password), roles, site};
	if (!user.password_hash)
		return ST_BUSY;
	if ((st = user_add(tx, &user, &id)) != ST_OK)
		return st;
	jo_id(&x->o, "id", id);
	jo_text(&x->o, "number", in->name);
	jo_text(&x->o, "state", "active");
	jo_i64(&x->o, "version", 1);
	return ST_OK;
}
