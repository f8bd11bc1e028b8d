/*
 * Login and sessions. A token is 32 random bytes in a cookie; only its hash is stored. Passwords are argon2id, computed
 * on the slow threads (two at once). Five wrong passwords slow that account alone; unknown names look the same.
 */
#pragma once
#include "service/service.h"

#define PASSWORD_BYTES_MAX 200
#define TOKEN_BYTES 32

struct login_in {
	const char *user, *password;
};

/* Counts of wrong passwords by (store, name), in memory. */
struct login_guard *login_guard_new(int64_t lock_ms);
void login_guard_drop(struct login_guard *g);

/* Finds the session of the request's cookie and fills x->me. NOT_SIGNED_IN where there is none. */
MUST_CHECK enum status session_find(struct exchange *x, struct db *db, struct me *me);
/* True where the request carries something that looks like our cookie. */
bool session_has_cookie(const struct exchange *x);

enum work session_login_begin(struct exchange *x);
enum status session_login_read(struct exchange *x, struct db *db);
enum status session_login_slow(struct exchange *x);
enum status session_login_write(struct exchange *x, struct tx *tx);
enum status session_logout(struct exchange *x, struct tx *tx);
/* The value of Set-Cookie, in the arena, for /api/v1/WHERE; token NULL takes the cookie away. */
char *session_cookie(struct exchange *x, const char *where, const unsigned char *token);
/* Who am I: the members of an open object. */
void session_write_json(struct exchange *x, struct db *db);

/* The argon2id string of a password in the arena; takes some 20 ms and 16 MiB. NULL where memory is short. */
char *password_hash(struct arena *a, const char *password);
bool password_verify(const char *hash, const char *password);
/* RULE: 8 to 200 bytes of valid UTF-8. */
bool password_is_acceptable(const char *password);
