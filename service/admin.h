/*
 * Administrators' writes. A command that writes to a store asks admin_write(): where nobody serves the folder, it takes the
 * folder's lock and runs the verb itself; beside a running service it sends the same request over DATA/admin.sock (0600,
 * one line of JSON each way), and the service's writer runs it. So both ways do the same in the same words.
 */
#pragma once
#include "core/write.h"
#include "service/service.h"

#define ADMIN_LINE_MAX ((size_t)256 << 10)
#define ADMIN_WHY_MAX 400

/* The service's side: a thread that answers on the socket. NULL with a log line where the socket is not to be had. */
struct admin;
struct admin *admin_start(struct service *s);
void admin_stop(struct admin *a);

/*
 * What an administrator may ask for. request: an object with the verb's own members. result: empty; the verb may write one
 * JSON value into it, which reaches the command whatever the outcome.
 */
struct admin_verb {
	const char *name;
	enum status (*run)(struct tx *tx, const struct json *request, struct buf *result);
	/* In a service, once that write is on disk: what the verb wrote comes along. May be NULL. */
	void (*after)(struct service *s, struct store *store, const struct json *request, const struct json *result);
};
extern const struct admin_verb admin_verbs[];                                              /* ends with name NULL */
enum status admin_user_add(struct tx *tx, const struct json *request, struct buf *result); /* service/command_user.c */
enum status admin_user_password(struct tx *tx, const struct json *request, struct buf *result);
enum status admin_user_disable(struct tx *tx, const struct json *request, struct buf *result);
enum status admin_backup(struct tx *tx, const struct json *request, struct buf *result); /* service/backup.c */
enum status admin_import(struct tx *tx, const struct json *request, struct buf *result); /* service/command_import.c */
enum status admin_import_begin(struct tx *tx, const struct json *request, struct buf *result);
void admin_import_begun(struct service *s, struct store *store, const struct json *request, const struct json *result);

/*
 * Runs a verb on a store. members: JSON members without braces, such as `"name":"wang"`. result: gets what the verb wrote;
 * may be NULL. why: a Chinese sentence where the answer is not OK. STORE_UNAVAILABLE where folder or store cannot be opened,
 * else what the verb says.
 */
MUST_CHECK enum status admin_write(const char *data, const char *consortium, const char *verb, const char *members,
                                   struct buf *result, char why[ADMIN_WHY_MAX]);
/* The exit status of a command for an outcome: what cannot be done is not what the data refuses. */
int admin_exit_status(enum status st);
