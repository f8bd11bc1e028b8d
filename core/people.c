#include "core/people.h"

#include "core/text.h"
#include "core/write.h"

#include <string.h>

enum { /* R_name: the bit of a role */
#define ROLE(name, title) R_##name = 1 << ROLE_##name,
#include "core/people.def"
#undef ROLE
};

static const struct {
	const char *name, *title;
} roles[] = {
#define ROLE(name, title) {#name, title},
#include "core/people.def"
#undef ROLE
};

static const struct {
	const char *name, *title;
	uint32_t roles;
} permissions[] = {
#define PERMISSION(name, title, roles) {#name, title, roles},
#include "core/people.def"
#undef PERMISSION
};

const char *role_name(enum role role)
{
	return roles[role].name;
}

const char *role_title(enum role role)
{
	return roles[role].title;
}

bool role_find(const char *name, enum role *out)
{
	for (int i = 0; i < ROLE_COUNT; i++)
		if (strcmp(roles[i].name, name) == 0) {
			*out = (enum role)i;
			return true;
		}
	return false;
}

const char *permission_name(enum permission p)
{
	return p < PERM_COUNT ? permissions[p].name : "NONE";
}

const char *permission_title(enum permission p)
{
	return p < PERM_COUNT ? permissions[p].title : "无需登录";
}

uint32_t permission_roles(enum permission p)
{
	return p < PERM_COUNT ? permissions[p].roles : ~0u;
}

bool me_may(const struct me *me, enum permission p)
{
	return p == PERM_NONE || (permission_roles(p) & me->roles) != 0;
}

SQL(select_user_site, "SELECT 1 FROM user_site WHERE user_id = :me_id AND site_id = :site_id");
SQL(select_user, "SELECT name, display_name, root_site_id FROM app_user WHERE id = :id AND disabled_at_ms IS NULL");
SQL(select_roles, "SELECT role FROM user_role WHERE user_id = :id");

bool me_at_site(struct db *db, const struct me *me, int64_t site_id)
{
	return me->id == 0 || db_i64(db, 0, select_user_site, I64(":me_id", me->id), I64(":site_id", site_id)) != 0;
}

static uint32_t roles_of(struct db *db, struct arena *a, int64_t user_id)
{
	uint32_t set = 0;
	enum role role = ROLE_admin;
	SCOPED(rows) r = db_query(db, select_roles, I64(":id", user_id));
	while (rows_next(&r))
		if (role_find(col_text(a, &r, 0), &role))
			set |= 1u << role;
	return set;
}

enum status people_load(struct db *db, struct arena *a, int64_t user_id, struct me *me)
{
	SCOPED(rows) r = db_query(db, select_user, I64(":id", user_id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*me = (struct me){.id = user_id, .root_site_id = col_i64(&r, 2)};
	me->name = col_text(a, &r, 0);
	me->display_name = col_text(a, &r, 1);
	me->roles = roles_of(db, a, user_id);
	return ST_OK;
}

#define PEOPLE_MAX 200
SQL(select_people,
    "SELECT u.id, u.display_name, r.role FROM app_user u JOIN user_role r ON r.user_id = u.id WHERE u.root_site_id = "
    ":site_id AND u.disabled_at_ms IS NULL ORDER BY u.id /*scan: some hundred users*/");

size_t people_who_may(struct db *db, struct arena *a, int64_t site_id, enum permission p, struct person **out)
{
	size_t n = 0;
	*out = arena_array(a, PEOPLE_MAX, sizeof **out);
	SCOPED(rows) r = db_query(db, select_people, I64(":site_id", site_id));
	while (n < PEOPLE_MAX && rows_next(&r)) {
		enum role role;
		bool may = role_find(col_text(a, &r, 2), &role) && permission_roles(p) >> role & 1;
		if (may && (n == 0 || (*out)[n - 1].id != col_i64(&r, 0)))
			(*out)[n++] = (struct person){col_i64(&r, 0), col_text(a, &r, 1)};
	}
	return n;
}

SQL(insert_site,
    "INSERT INTO site (id, code, name, kind, parent_id, inhabitants) VALUES (:id, :code_t, :name_t, :kind_t, :parent_id, "
    ":inhabitants) ON CONFLICT DO NOTHING");
SQL(insert_above, "INSERT INTO site_above (site_id, above_id) SELECT :id, above_id FROM site_above WHERE site_id = :parent_id "
                  "UNION ALL SELECT :id, :id FROM store_info WHERE name = 'code'");
SQL(insert_user_site, "INSERT INTO user_site (user_id, site_id) SELECT u.id, :id FROM app_user u JOIN site_above a ON "
                      "a.above_id = u.root_site_id WHERE a.site_id = :id ON CONFLICT DO NOTHING /*scan: a new site, few users*/");

enum status site_add(struct tx *tx, const struct new_site *in, int64_t *id)
{
	*id = tx_new_id(tx);
	int64_t added = db_exec(tx, insert_site, I64(":id", *id), TEXT(":code_t", in->code), TEXT(":name_t", in->name),
	                        TEXT(":kind_t", in->kind), ID(":parent_id", in->parent_id), I64(":inhabitants", in->inhabitants));
	if (added == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "机构代码 %s 已存在", in->code);
	db_exec(tx, insert_above, I64(":id", *id), ID(":parent_id", in->parent_id));
	db_exec(tx, insert_user_site, I64(":id", *id));
	return ST_OK;
}

SQL(insert_place,
    "INSERT INTO place (id, kind, site_id, code, name, depot_kind) VALUES (:id, :kind_t, :site_id, :code_t, :name_t, "
    ":depot_kind_t) ON CONFLICT DO NOTHING");
SQL(insert_user_place, "INSERT INTO user_place (user_id, place_id) SELECT user_id, :id FROM user_site WHERE site_id = :site_id "
                       "ON CONFLICT DO NOTHING /*scan: a new depot, few users*/ /*all sites: keeps the closure*/");

enum status depot_add(struct tx *tx, int64_t site_id, const char *code, const char *name, const char *kind, int64_t *id)
{
	*id = tx_new_id(tx);
	int64_t added = db_exec(tx, insert_place, I64(":id", *id), TEXT(":kind_t", "depot"), I64(":site_id", site_id),
	                        TEXT(":code_t", code), TEXT(":name_t", name), TEXT(":depot_kind_t", kind));
	if (added == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "库房代码 %s 已存在", code);
	db_exec(tx, insert_user_place, I64(":id", *id), I64(":site_id", site_id));
	return ST_OK;
}

int64_t place_add(struct tx *tx, const char *kind, int64_t site_id, const char *code, const char *name)
{
	int64_t id = tx_new_id(tx);
	db_exec(tx, insert_place, I64(":id", id), TEXT(":kind_t", kind), ID(":site_id", site_id), TEXT(":code_t", code),
	        TEXT(":name_t", name), TEXT(":depot_kind_t", NULL));
	return id;
}

SQL(show_place, "INSERT INTO user_place (user_id, place_id) SELECT user_id, :id FROM user_site WHERE site_id = :site_id OR "
                "site_id = :other_id "
                "ON CONFLICT DO NOTHING /*scan: some hundred users*/ /*all sites: keeps the closure*/");
SQL(hide_place, "DELETE FROM user_place WHERE place_id = :id AND NOT EXISTS (SELECT 1 FROM holding h WHERE h.place_id = :id) "
                "/*scan: some hundred users*/ /*all sites: keeps the closure*/");

void place_show(struct tx *tx, int64_t place_id, int64_t site_id, int64_t other_site_id)
{
	db_exec(tx, show_place, I64(":id", place_id), I64(":site_id", site_id), I64(":other_id", other_site_id));
}

void place_hide_if_empty(struct tx *tx, int64_t place_id)
{
	db_exec(tx, hide_place, I64(":id", place_id));
}

SQL(select_site, "SELECT id FROM site WHERE code = :code_t");
SQL(select_root, "SELECT id FROM site WHERE parent_id IS NULL /*scan: a few hundred sites*/");
SQL(select_default_depot,
    "SELECT id FROM place WHERE site_id = :site_id AND kind = 'depot' ORDER BY depot_kind <> 'store', code LIMIT 1 "
    "/*all sites: the caller checks the site*/");
SQL(select_depot, "SELECT id FROM place WHERE site_id = :site_id AND code = :code_t AND kind = 'depot' "
                  "/*all sites: the caller checks the site*/");
SQL(select_depot_site, "SELECT site_id FROM place WHERE id = :id AND kind = 'depot' /*all sites: the caller checks the site*/");
SQL(select_outside, "SELECT id FROM place WHERE site_id IS NULL AND kind = :kind_t /*all sites: outside places*/");

int64_t site_by_code(struct db *db, const char *code)
{
	return db_i64(db, 0, select_site, TEXT(":code_t", code));
}

int64_t site_root(struct db *db)
{
	return db_i64_n(db, 0, &select_root, NULL, 0);
}

int64_t site_default_depot(struct db *db, int64_t site_id)
{
	return db_i64(db, 0, select_default_depot, I64(":site_id", site_id));
}

int64_t depot_by_code(struct db *db, int64_t site_id, const char *code)
{
	return db_i64(db, 0, select_depot, I64(":site_id", site_id), TEXT(":code_t", code));
}

int64_t depot_site(struct db *db, int64_t place_id)
{
	return db_i64(db, 0, select_depot_site, I64(":id", place_id));
}

int64_t place_outside(struct db *db, const char *kind)
{
	return db_i64(db, 0, select_outside, TEXT(":kind_t", kind));
}

SQL(insert_user, "INSERT INTO app_user (id, name, display_name, password_hash, root_site_id, made_at_ms) VALUES (:id, :name_t, "
                 ":display_t, :hash_t, :site_id, :at_ms) ON CONFLICT DO NOTHING");
SQL(insert_role, "INSERT INTO user_role (user_id, role) VALUES (:id, :role_t)");
SQL(insert_my_sites, "INSERT INTO user_site (user_id, site_id) SELECT :id, site_id FROM site_above WHERE above_id = :site_id "
                     "/*scan: a new user, few sites*/");
SQL(insert_my_places, "INSERT INTO user_place (user_id, place_id) SELECT us.user_id, p.id FROM user_site us JOIN place p ON "
                      "p.site_id = us.site_id WHERE us.user_id = :id AND p.kind = 'depot' /*all sites: keeps the closure*/");

enum status user_add(struct tx *tx, const struct new_user *in, int64_t *id)
{
	*id = tx_new_id(tx);
	int64_t added = db_exec(tx, insert_user, I64(":id", *id), TEXT(":name_t", in->name), TEXT(":display_t", in->display_name),
	                        TEXT(":hash_t", in->password_hash), I64(":site_id", in->root_site_id), I64(":at_ms", tx->now_ms));
	if (added == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "name", 0, "账号 %s 已存在", in->name);
	for (int role = 0; role < ROLE_COUNT; role++)
		if (in->roles >> role & 1)
			db_exec(tx, insert_role, I64(":id", *id), TEXT(":role_t", role_name((enum role)role)));
	db_exec(tx, insert_my_sites, I64(":id", *id), I64(":site_id", in->root_site_id));
	db_exec(tx, insert_my_places, I64(":id", *id));
	tx->ref_id = *id;
	return ST_OK;
}

/* ---- names of people ---- */

char *person_name(struct arena *a, const char *name)
{
	char *out = arena_alloc(a, strlen(name) + 1);
	size_t n = 0, blank = 0;
	for (bool waits = false; *name; name += blank ? blank : 1) {
		blank = text_blank_at(name);
		waits = waits || blank;
		if (blank)
			continue;
		if (waits && n)
			out[n++] = ' ';
		out[n++] = *name;
		waits = false;
	}
	out[n] = 0;
	return out;
}

/* One letter as it is compared: full-width as ASCII, small, any middle dot as one; a bracket parts words like a blank. */
static uint32_t plain_letter(uint32_t c)
{
	static const uint32_t dots[] = {0x2022, 0x2027, 0x30FB, 0xFF65};
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
		if (c == dots[i])
			return 0xB7;
	if (c == '(' || c == ')' || c == 0x3000 || c == 0xA0)
		return ' ';
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static void put_plain(struct buf *b, const char *name)
{
	char letter[5] = {0};
	for (uint32_t c; (c = utf8_next(&name)) != 0;) {
		letter[utf8_put(plain_letter(c), letter)] = 0;
		buf_puts(b, letter);
	}
}

static const char *behind_blanks(const char *s)
{
	for (size_t n; (n = text_blank_at(s)) != 0;)
		s += n;
	return s;
}

/* Do the words from here on say that name, the last of them to its end? Which must say nothing behind it where all is asked. */
static bool begins_with(const char *words, const char *name, bool all)
{
	for (name = behind_blanks(name); *name; name = behind_blanks(name + 1)) {
		words = behind_blanks(words);
		if (*words++ != *name)
			return false;
	}
	return !*behind_blanks(words) || (!all && text_blank_at(words));
}

/* A name of one character is no word to look for within another. */
static bool has_name(const char *words, const char *name)
{
	size_t n = 0;
	for (const char *p = behind_blanks(name); *p; p = behind_blanks(p + 1))
		n += (*p & 0xC0) != 0x80;
	bool found = n > 0 && begins_with(words, name, true), begins = true;
	for (; n > 1 && *words && !found; words += text_blank_at(words) ? text_blank_at(words) : 1) {
		found = begins && begins_with(words, name, false);
		begins = text_blank_at(words) != 0;
	}
	return found;
}

/* RULE DOMAIN-12.3-same-person */
bool person_is(const char *one, const char *other)
{
	SCOPED(buf) a = {0};
	SCOPED(buf) b = {0};
	put_plain(&a, one);
	put_plain(&b, other);
	return a.len && b.len && (has_name(a.data, b.data) || has_name(b.data, a.data));
}
