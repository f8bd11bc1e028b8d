#include "core/text.h"
#include "service/init.h"
#include "service/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEY_BYTES 24

const char demo_password[] = "yaocang2026";

const struct demo_account demo_accounts[] = {
        {"admin", "系统管理员 高工", ROLE_admin, 0, false},
        {"zhongxin", "中心药师 陈静", ROLE_central_pharmacist, 0, false},
        {"caigou", "采购员 周航", ROLE_buyer, 0, false},
        {"shouhuo", "收货员 吴桐", ROLE_receiver, 0, false},
        {"yanshou", "验收员 郑敏", ROLE_inspector, 0, false},
        {"baoguan", "保管员 孙力", ROLE_keeper, 0, false},
        {"zongyaoshi", "总药师 方远", ROLE_chief_pharmacist, 0, false},
        {"caiwu", "财务 何琳", ROLE_finance, 0, false},
        {"jianguan", "监管 许宁", ROLE_supervisor, 0, false},
        {"fenyuan", "分院药师 李梅", ROLE_township_pharmacist, 1, false},
        {"fenyuan2", "分院药师 张勇", ROLE_township_pharmacist, 2, false},
        {"cunyi", "村医 刘顺", ROLE_clinic, 1, true},
        {NULL, NULL, ROLE_COUNT, 0, false},
};

SQL(select_user_name, "SELECT id FROM app_user WHERE name = :name_t");
SQL(set_password, "UPDATE app_user SET password_hash = :hash_t WHERE id = :id");
SQL(nth_township,
    "SELECT id FROM site WHERE parent_id = (SELECT id FROM site WHERE parent_id IS NULL) ORDER BY code LIMIT 1 OFFSET :n "
    "/*scan: a few hundred sites, once*/");
SQL(first_clinic, "SELECT id FROM site WHERE parent_id = :parent_id ORDER BY code LIMIT 1 /*scan: a few hundred sites, once*/");

/* The site of an account; the lead hospital where the county has no such township. */
static int64_t site_of(struct db *db, const struct demo_account *a)
{
	int64_t root = site_root(db), site = root;
	if (a->township)
		site = db_i64(db, root, nth_township, I64(":n", a->township - 1));
	return a->clinic ? db_i64(db, site, first_clinic, I64(":parent_id", site)) : site;
}

struct hashes {
	const char *hash, *gateway_hash; /* gateway_hash NULL: its password stays */
};

static enum status put_gateway(struct tx *tx, const char *hash)
{
	int64_t id = db_i64(tx_db(tx), 0, select_user_name, TEXT(":name_t", DEMO_GATEWAY_ACCOUNT));
	const struct new_user in = {DEMO_GATEWAY_ACCOUNT, "冷链网关", hash, 1u << ROLE_device, site_root(tx_db(tx))};
	if (!hash)
		return ST_OK;
	if (id) {
		db_exec(tx, set_password, TEXT(":hash_t", hash), I64(":id", id));
		return ST_OK;
	}
	return user_add(tx, &in, &id);
}

static enum status put_accounts(struct tx *tx, void *arg)
{
	const struct hashes *w = arg;
	enum status st = ST_OK;
	tx->action = "demo.accounts";
	for (const struct demo_account *a = demo_accounts; a->name && st == ST_OK; a++) {
		const struct new_user in = {a->name, a->display_name, w->hash, 1u << a->role, site_of(tx_db(tx), a)};
		int64_t id = db_i64(tx_db(tx), 0, select_user_name, TEXT(":name_t", a->name));
		if (id == 0)
			st = user_add(tx, &in, &id);
	}
	return st == ST_OK ? put_gateway(tx, w->gateway_hash) : st;
}

/* Reads the first line of the key file. */
static bool read_key(const char *path, char out[2 * KEY_BYTES + 1])
{
	FILE *f = fopen(path, "re");
	bool ok = f && fgets(out, 2 * KEY_BYTES + 1, f) && strlen(out) == 2 * (size_t)KEY_BYTES;
	if (f)
		fclose(f);
	return ok;
}

/* A new key under its name only once it is whole. */
static bool write_key(struct arena *a, const char *path, char out[2 * KEY_BYTES + 1])
{
	unsigned char key[KEY_BYTES];
	const char *part = arena_printf(a, "%s.new", path);
	randombytes_buf(key, sizeof key);
	hex_encode(key, sizeof key, out);
	unlink(part);
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool ok = write(fd, out, 2 * (size_t)KEY_BYTES) == 2 * KEY_BYTES && write(fd, "\n", 1) == 1 && fsync(fd) == 0;
	return close(fd) == 0 && ok && rename(part, path) == 0;
}

/* The stores of one folder share the key, so an existing one counts for a store that lacks the account. */
static bool gateway_needs(struct db *db)
{
	db_read_begin(db);
	bool there = db_i64(db, 0, select_user_name, TEXT(":name_t", DEMO_GATEWAY_ACCOUNT)) != 0;
	return db_read_end(db) == ST_OK && !there;
}

enum status demo_accounts_make(struct writer *w, const char *data, char why[INIT_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	char key[2 * KEY_BYTES + 1] = "";
	const char *path = arena_printf(&a, "%s/" DEMO_GATEWAY_KEY, data);
	bool had_key = read_key(path, key);
	if (!had_key && !write_key(&a, path, key)) {
		snprintf(why, INIT_WHY_MAX, "不能写入 %.200s: %s", path, strerror(errno));
		return ST_STORE_UNAVAILABLE;
	}
	struct hashes work = {.hash = password_hash(&a, demo_password)};
	bool set = !had_key || gateway_needs(w->db);
	if (set)
		work.gateway_hash = password_hash(&a, key);
	sodium_memzero(key, sizeof key);
	if (!work.hash || (set && !work.gateway_hash)) {
		snprintf(why, INIT_WHY_MAX, "内存不足, 不能计算密码摘要");
		return ST_STORE_UNAVAILABLE;
	}
	enum status st = writer_run_one(w, put_accounts, &work, &a, &faults);
	if (st != ST_OK)
		snprintf(why, INIT_WHY_MAX, "%s",
		         faults.first && faults.first->message ? faults.first->message : status_text(st));
	return st;
}
