#include "service/session.h"

#include "core/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SESSION_MS (14LL * 3600 * 1000)
#define WRONG_MAX 5
#define GUARD_SLOTS 65536
#define COOKIE_NAME "yaocang_session="
/* One hash takes 16 MiB and about 20 ms; two run at once. */
#define HASH_OPS 3
#define HASH_MEMORY ((size_t)16 << 20)

struct guard_slot {
	uint64_t key;
	int64_t wrong_at_ms;
	int32_t wrong;
};
struct login_guard {
	pthread_mutex_t lock;
	int64_t lock_ms;
	struct guard_slot slots[GUARD_SLOTS];
	unsigned char secret[crypto_shorthash_KEYBYTES];
};

struct login_guard *login_guard_new(int64_t lock_ms)
{
	struct login_guard *g = memory_alloc(sizeof *g);
	pthread_mutex_init(&g->lock, NULL);
	g->lock_ms = lock_ms;
	randombytes_buf(g->secret, sizeof g->secret);
	return g;
}

void login_guard_drop(struct login_guard *g)
{
	if (g)
		pthread_mutex_destroy(&g->lock);
	free(g);
}

static struct guard_slot *guard_slot(struct login_guard *g, const struct exchange *x, const char *user)
{
	SCOPED(buf) b = {0};
	uint64_t key = 0;
	buf_printf(&b, "%s/%s", x->store->code, user);
	crypto_shorthash((unsigned char *)&key, (const unsigned char *)b.data, b.len, g->secret);
	struct guard_slot *slot = &g->slots[key % GUARD_SLOTS];
	if (slot->key != key)
		*slot = (struct guard_slot){.key = key};
	return slot;
}

/* Milliseconds this account must still wait; 0: it may try. */
static int64_t guard_wait_ms(struct exchange *x, const char *user)
{
	struct login_guard *g = x->service->guard;
	pthread_mutex_lock(&g->lock);
	struct guard_slot *slot = guard_slot(g, x, user);
	int64_t wait = slot->wrong >= WRONG_MAX ? slot->wrong_at_ms + g->lock_ms - clock_monotonic_ms() : 0;
	if (slot->wrong >= WRONG_MAX && wait <= 0)
		slot->wrong = 0;
	pthread_mutex_unlock(&g->lock);
	return wait > 0 ? wait : 0;
}

static void guard_note(struct exchange *x, const char *user, bool right)
{
	struct login_guard *g = x->service->guard;
	pthread_mutex_lock(&g->lock);
	struct guard_slot *slot = guard_slot(g, x, user);
	slot->wrong = right ? 0 : slot->wrong + 1;
	slot->wrong_at_ms = clock_monotonic_ms();
	pthread_mutex_unlock(&g->lock);
}

char *password_hash(struct arena *a, const char *password)
{
	char *out = arena_alloc(a, crypto_pwhash_STRBYTES);
	int rc = crypto_pwhash_str_alg(out, password, strlen(password), HASH_OPS, HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
	return rc == 0 ? out : NULL;
}

bool password_verify(const char *hash, const char *password)
{
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

bool password_is_acceptable(const char *password)
{
	size_t n = strlen(password);
	return n >= 8 && n <= PASSWORD_BYTES_MAX && utf8_valid(password, n);
}

/* The hexadecimal token in the cookie header; NULL where there is none of our form. */
static const char *cookie_token(const struct exchange *x)
{
	const char *p = x->request.cookie;
	while (p && (p = strstr(p, COOKIE_NAME))) {
		bool starts = p == x->request.cookie || p[-1] == ' ' || p[-1] == ';';
		p += strlen(COOKIE_NAME);
		if (starts && strspn(p, "0123456789abcdef") == 2 * TOKEN_BYTES)
			return p;
	}
	return NULL;
}

bool session_has_cookie(const struct exchange *x)
{
	return cookie_token(x) != NULL;
}

static bool token_hash_of(const struct exchange *x, unsigned char hash[HASH_BYTES])
{
	char hex[2 * TOKEN_BYTES + 1] = "";
	unsigned char token[TOKEN_BYTES];
	const char *p = cookie_token(x);
	if (!p)
		return false;
	memcpy(hex, p, 2 * TOKEN_BYTES);
	if (!hex_decode(hex, token, TOKEN_BYTES))
		return false;
	crypto_hash_sha256(hash, token, TOKEN_BYTES);
	return true;
}

SQL(select_session,
    "SELECT u.id, u.name, u.display_name, u.root_site_id, s.ends_at_ms, r.role FROM session s JOIN app_user u ON "
    "u.id = s.user_id LEFT JOIN user_role r ON r.user_id = u.id WHERE s.token_hash = :token_b AND u.disabled_at_ms IS NULL");

enum status session_find(struct exchange *x, struct db *db, struct me *me)
{
	enum role role = ROLE_admin;
	if (!token_hash_of(x, x->token_hash))
		return ST_NOT_SIGNED_IN;
	*me = (struct me){0};
	SCOPED(rows) r = db_query(db, select_session, BYTES(":token_b", x->token_hash, HASH_BYTES));
	while (rows_next(&r)) {
		if (col_i64(&r, 4) <= clock_now_ms(&x->service->clock))
			return ST_NOT_SIGNED_IN;
		if (!me->id) {
			me->id = col_i64(&r, 0);
			me->name = col_text(&x->arena, &r, 1);
			me->display_name = col_text(&x->arena, &r, 2);
			me->root_site_id = col_i64(&r, 3);
		}
		size_t n = 0;
		if (!col_is_null(&r, 5) && role_find(col_peek(&r, 5, &n), &role))
			me->roles |= 1u << role;
	}
	return me->id ? ST_OK : ST_NOT_SIGNED_IN;
}

SQL(select_login, "SELECT id, password_hash FROM app_user WHERE name = :name_t AND disabled_at_ms IS NULL");

static const struct login_in *login_of(const struct exchange *x)
{
	return x->in;
}

static enum status slow_down(struct exchange *x, int64_t wait_ms)
{
	x->reply.retry_after_s = (int)(wait_ms / 1000) + 1;
	return x_fail(x, ST_SLOW_DOWN, NULL, 0, "密码错误次数过多, 请 %d 秒后再试", x->reply.retry_after_s);
}

enum status session_login_read(struct exchange *x, struct db *db)
{
	int64_t wait = guard_wait_ms(x, login_of(x)->user);
	if (wait)
		return slow_down(x, wait);
	SCOPED(rows) r = db_query(db, select_login, TEXT(":name_t", login_of(x)->user));
	if (rows_next(&r)) {
		x->login_user_id = col_i64(&r, 0);
		x->stored_hash = col_text(&x->arena, &r, 1);
	}
	return ST_OK;
}

/* An unknown name costs the same work as a wrong password. */
enum status session_login_slow(struct exchange *x)
{
	const struct login_in *in = login_of(x);
	bool right = false;
	if (x->stored_hash)
		right = password_verify(x->stored_hash, in->password);
	else
		(void)password_hash(&x->arena, in->password);
	int64_t wait = guard_wait_ms(x, in->user);
	if (wait)
		return slow_down(x, wait);
	guard_note(x, in->user, right);
	atomic_fetch_add(right ? &x->service->metrics.logins : &x->service->metrics.login_failures, 1);
	return right ? ST_OK : ST_WRONG_PASSWORD;
}

SQL(insert_session,
    "INSERT INTO session (token_hash, user_id, made_at_ms, ends_at_ms) VALUES (:token_b, :user_id, :at_ms, :ends_ms)");
SQL(drop_ended, "DELETE FROM session WHERE user_id = :user_id AND ends_at_ms < :at_ms");
SQL(drop_session, "DELETE FROM session WHERE token_hash = :token_b");

char *session_cookie(struct exchange *x, const char *where, const unsigned char *token)
{
	char hex[2 * TOKEN_BYTES + 1] = "";
	bool https = x->service->config->cookies_always_secure;
	https = https ||
	        (x->request.forwarded_proto && x->request.from_trusted_proxy && strcmp(x->request.forwarded_proto, "https") == 0);
	if (token)
		hex_encode(token, TOKEN_BYTES, hex);
	return arena_printf(&x->arena, COOKIE_NAME "%s; Path=/api/v1/%s; HttpOnly; SameSite=Strict; Max-Age=%lld%s", hex, where,
	                    token ? (long long)(SESSION_MS / 1000) : 0LL, token && https ? "; Secure" : "");
}

enum status session_login_write(struct exchange *x, struct tx *tx)
{
	unsigned char token[TOKEN_BYTES];
	enum status st = people_load(tx_db(tx), &x->arena, x->login_user_id, &x->me);
	if (st != ST_OK)
		return ST_WRONG_PASSWORD;
	if (x->token)
		memcpy(token, x->token, sizeof token);
	else
		randombytes_buf(token, sizeof token);
	crypto_hash_sha256(x->token_hash, token, sizeof token);
	tx->me = x->me;
	tx->action = "session.login";
	tx->ref_id = x->me.id;
	db_exec(tx, drop_ended, I64(":user_id", x->me.id), I64(":at_ms", tx->now_ms));
	db_exec(tx, insert_session, BYTES(":token_b", x->token_hash, HASH_BYTES), I64(":user_id", x->me.id),
	        I64(":at_ms", tx->now_ms), I64(":ends_ms", tx->now_ms + SESSION_MS));
	x->reply.cookie = session_cookie(x, x->store->code, token);
	session_write_json(x, tx_db(tx));
	return ST_OK;
}

enum status session_logout(struct exchange *x, struct tx *tx)
{
	tx->action = "session.logout";
	db_exec(tx, drop_session, BYTES(":token_b", x->token_hash, HASH_BYTES));
	x->reply.cookie = session_cookie(x, x->store->code, NULL);
	jo_bool(&x->o, "signed_out", true);
	return ST_OK;
}

SQL(select_my_sites, "SELECT s.id, s.code, s.name, s.kind, s.parent_id FROM user_site us JOIN site s ON s.id = us.site_id "
                     "WHERE us.user_id = :me_id ORDER BY s.parent_id IS NOT NULL, s.id");
SQL(select_my_depots, "SELECT p.id, p.code, p.name, p.depot_kind FROM user_place up JOIN place p ON p.id = up.place_id "
                      "WHERE up.user_id = :me_id AND p.site_id = :site_id ORDER BY p.id");

static void put_depots(struct exchange *x, struct db *db, int64_t site_id)
{
	jo_name(&x->o, "depots");
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query(db, select_my_depots, I64(":me_id", x->me.id), I64(":site_id", site_id));
	while (rows_next(&r)) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_id(&x->o, "id", col_i64(&r, 0));
		jo_text(&x->o, "code", col_text(&x->arena, &r, 1));
		jo_text(&x->o, "name", col_text(&x->arena, &r, 2));
		jo_text(&x->o, "kind", col_text(&x->arena, &r, 3));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

static void put_sites(struct exchange *x, struct db *db)
{
	jo_name(&x->o, "sites");
	jo_open(&x->o, '[');
	SCOPED(rows) r = db_query(db, select_my_sites, I64(":me_id", x->me.id));
	while (rows_next(&r)) {
		jo_name(&x->o, NULL);
		jo_open(&x->o, '{');
		jo_id(&x->o, "id", col_i64(&r, 0));
		jo_text(&x->o, "code", col_text(&x->arena, &r, 1));
		jo_text(&x->o, "name", col_text(&x->arena, &r, 2));
		jo_text(&x->o, "kind", col_text(&x->arena, &r, 3));
		jo_id(&x->o, "parent_id", col_i64(&r, 4));
		put_depots(x, db, col_i64(&r, 0));
		jo_close(&x->o, '}');
	}
	jo_close(&x->o, ']');
}

void session_write_json(struct exchange *x, struct db *db)
{
	struct jo *o = &x->o;
	jo_text(o, "user", x->me.name);
	jo_text(o, "display_name", x->me.display_name);
	jo_name(o, "roles");
	jo_open(o, '[');
	for (int r = 0; r < ROLE_COUNT; r++)
		if (x->me.roles >> r & 1)
			jo_text(o, NULL, role_name((enum role)r));
	jo_close(o, ']');
	jo_name(o, "permissions");
	jo_open(o, '[');
	for (int p = 0; p < PERM_COUNT; p++)
		if (me_may(&x->me, (enum permission)p))
			jo_text(o, NULL, permission_name((enum permission)p));
	jo_close(o, ']');
	put_sites(x, db);
	jo_id(o, "home_site_id", x->me.root_site_id);
	jo_name(o, "consortium");
	jo_open(o, '{');
	jo_text(o, "code", x->store->code);
	jo_text(o, "name", x->store->name);
	jo_close(o, '}');
	jo_i64(o, "today_ymd", x->today_ymd);
}
