/*
 * yaocang user: makes an account, gives it a new password, or ends it; also beside a running service. A password is the first
 * line of standard input.
 */
#include "core/text.h"
#include "service/admin.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/options.h"
#include "service/session.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NAME_BYTES_MAX 64
#define ROLES_MAX 16

static const char usage_text[] =
        "usage: yaocang user add NAME --data DIR --consortium CODE --role ROLE [--role ROLE] [--site CODE] [--display NAME]\n"
        "       yaocang user password NAME --data DIR --consortium CODE\n"
        "       yaocang user disable NAME --data DIR --consortium CODE\n"
        "  the password (8 to 200 bytes) is the first line of standard input\n"
        "  ROLE:";

struct options {
	const char *data, *consortium, *site, *display, *roles[ROLES_MAX];
	size_t role_count;
};

static const char *text_of(const struct json *request, const char *name)
{
	size_t n = 0;
	const struct json *v = jv_member(request, name);
	return v && jv_kind(v) == JV_TEXT ? jv_text(v, &n) : NULL;
}

static enum status roles_of(const struct json *request, uint32_t *out)
{
	const struct json *roles = jv_member(request, "roles");
	enum role role = ROLE_admin;
	size_t n = 0;
	*out = 0;
	for (size_t i = 0; roles && jv_kind(roles) == JV_ARRAY && i < jv_count(roles); i++) {
		const struct json *item = jv_item(roles, i);
		if (jv_kind(item) != JV_TEXT || !role_find(jv_text(item, &n), &role))
			return ST_INVALID_FIELD;
		*out |= 1u << role;
	}
	return *out ? ST_OK : ST_INVALID_FIELD;
}

/* Runs in whoever writes the store. The password has been hashed by the command: it never travels. */
enum status admin_user_add(struct tx *tx, const struct json *request, struct buf *result)
{
	(void)result;
	const char *site = text_of(request, "site");
	struct new_user in = {.name = text_of(request, "name"),
	                      .display_name = text_of(request, "display"),
	                      .password_hash = text_of(request, "password_hash")};
	int64_t id = 0;
	if (!in.name || !in.display_name || !in.password_hash || roles_of(request, &in.roles) != ST_OK)
		return ST_BAD_REQUEST;
	in.root_site_id = site ? site_by_code(tx_db(tx), site) : site_root(tx_db(tx));
	if (in.root_site_id == 0)
		return tx_fail(tx, ST_NOT_FOUND, "site", 0, "没有代码为 %s 的机构", site ? site : "");
	return user_add(tx, &in, &id);
}

SQL(select_user, "SELECT id FROM app_user WHERE name = :name_t");
SQL(set_password, "UPDATE app_user SET password_hash = :hash_t WHERE id = :id");
SQL(set_disabled, "UPDATE app_user SET disabled_at_ms = :at_ms WHERE id = :id AND disabled_at_ms IS NULL");
SQL(end_sessions, "DELETE FROM session WHERE user_id = :id");

/* The account of the request, whose open sessions end: neither a thief nor a leaver goes on working. */
static enum status find_user(struct tx *tx, const struct json *request, int64_t *id)
{
	const char *name = text_of(request, "name");
	*id = name ? db_i64(tx_db(tx), 0, select_user, TEXT(":name_t", name)) : 0;
	if (*id == 0)
		return tx_fail(tx, ST_NOT_FOUND, "name", 0, "没有账号 %s", name ? name : "");
	db_exec(tx, end_sessions, I64(":id", *id));
	tx->ref_id = *id;
	return ST_OK;
}

enum status admin_user_password(struct tx *tx, const struct json *request, struct buf *result)
{
	(void)result;
	const char *hash = text_of(request, "password_hash");
	int64_t id = 0;
	if (!hash)
		return ST_BAD_REQUEST;
	enum status st = find_user(tx, request, &id);
	if (st == ST_OK)
		db_exec(tx, set_password, TEXT(":hash_t", hash), I64(":id", id));
	return st;
}

enum status admin_user_disable(struct tx *tx, const struct json *request, struct buf *result)
{
	(void)result;
	int64_t id = 0;
	enum status st = find_user(tx, request, &id);
	if (st == ST_OK)
		db_exec(tx, set_disabled, I64(":at_ms", tx->now_ms), I64(":id", id));
	return st;
}

static const struct action {
	const char *word, *verb;
	bool adds, asks_password;
} actions[] = {
        {"add", "user.add", true, true}, {"password", "user.password", false, true}, {"disable", "user.disable", false, false}};

static const struct action *find_action(const char *word)
{
	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (strcmp(actions[i].word, word) == 0)
			return &actions[i];
	return NULL;
}

static int usage(void)
{
	fputs(usage_text, stderr);
	for (int role = 0; role < ROLE_COUNT; role++)
		fprintf(stderr, " %s", role_name((enum role)role));
	fputc('\n', stderr);
	return EXIT_USAGE;
}

static bool name_is_acceptable(const char *name)
{
	size_t n = strlen(name);
	return n > 0 && n <= NAME_BYTES_MAX && utf8_valid(name, n) && !text_has_control(name, false) && name[0] != ' ' &&
	       name[n - 1] != ' ';
}

static bool check_words(const char *name, const struct options *o)
{
	enum role role = ROLE_admin;
	const char *wrong = NULL, *word = "";
	for (size_t i = 0; i < o->role_count; i++)
		if (!role_find(o->roles[i], &role)) {
			wrong = "不认识的岗位";
			word = o->roles[i];
		}
	if (!name_is_acceptable(name) || (o->display && !name_is_acceptable(o->display)))
		wrong = "账号或姓名应为 1 到 64 字节, 首尾无空格";
	if (!folder_code_is_valid(o->consortium))
		wrong = "医共体代码只能由字母, 数字, - 和 _ 组成, 最多 32 位";
	if (wrong)
		fprintf(stderr, "yaocang user: %s %s\n", wrong, word);
	return !wrong;
}

/* The first line; at a terminal it is not echoed. False where it is no acceptable password. */
static bool read_password(char out[PASSWORD_BYTES_MAX + 3])
{
	struct termios before, silent;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	if (terminal) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		fputs("密码: ", stderr);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	bool got = fgets(out, PASSWORD_BYTES_MAX + 3, stdin) != NULL;
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (got)
		out[strcspn(out, "\r\n")] = '\0';
	return got && password_is_acceptable(out);
}

static void write_members(struct buf *b, const char *name, const char *hash, const struct action *action, const struct options *o)
{
	struct jo out = {b, false};
	jo_text(&out, "name", name);
	if (hash)
		jo_text(&out, "password_hash", hash);
	if (!action->adds)
		return;
	jo_text(&out, "display", o->display ? o->display : name);
	jo_name(&out, "roles");
	jo_open(&out, '[');
	for (size_t i = 0; i < o->role_count; i++)
		jo_text(&out, NULL, o->roles[i]);
	jo_close(&out, ']');
	if (o->site)
		jo_text(&out, "site", o->site);
}

/* The password's hash in the arena; *done says why there is none. */
static const char *ask_hash(struct arena *a, enum exit_status *done)
{
	char password[PASSWORD_BYTES_MAX + 3] = "";
	*done = EXIT_NO;
	if (!read_password(password)) {
		fputs("yaocang user: 密码应为 8 到 200 字节的文字, 写在标准输入的第一行\n", stderr);
		return NULL;
	}
	const char *hash = password_hash(a, password);
	sodium_memzero(password, sizeof password);
	*done = hash ? EXIT_DONE : EXIT_CANNOT;
	if (!hash)
		fputs("yaocang user: 内存不足, 不能计算密码摘要\n", stderr);
	return hash;
}

static int act(const struct action *action, const char *name, const struct options *o)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) members = {.max = ADMIN_LINE_MAX};
	char why[ADMIN_WHY_MAX] = "";
	enum exit_status done = EXIT_DONE;
	const char *hash = action->asks_password ? ask_hash(&a, &done) : NULL;
	if (done != EXIT_DONE)
		return (int)done;
	write_members(&members, name, hash, action, o);
	enum status st = admin_write(o->data, o->consortium, action->verb, members.data, NULL, why);
	if (st != ST_OK)
		fprintf(stderr, "yaocang user: %s\n", why);
	return admin_exit_status(st);
}

static void warn_of_scope(const struct options *o)
{
	for (size_t i = 0; i < o->role_count && !o->site; i++)
		if (strcmp(o->roles[i], "township_pharmacist") == 0 || strcmp(o->roles[i], "clinic") == 0)
			fprintf(stderr, "yaocang user: 注意: 岗位 %s 未指定 --site, 将看到全部机构\n", o->roles[i]);
}

int command_user(int argc, char **argv)
{
	struct options o = {0};
	const char *words[2] = {NULL, NULL};
	size_t count = 0;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &o.data, .required = true},
	        {.name = "consortium", .text = &o.consortium, .required = true},
	        {.name = "role", .list = o.roles, .list_count = &o.role_count, .list_max = ROLES_MAX},
	        {.name = "site", .text = &o.site},
	        {.name = "display", .text = &o.display},
	        {.name = NULL},
	};
	bool right = options_read(argc, argv, slots, words, 2, &count) && count == 2;
	const struct action *action = right ? find_action(words[0]) : NULL;
	if (!action || action->adds != (o.role_count > 0) || (!action->adds && (o.site || o.display)))
		return usage();
	if (!check_words(words[1], &o))
		return EXIT_USAGE;
	warn_of_scope(&o);
	return sodium_init() < 0 ? EXIT_CANNOT : act(action, words[1], &o);
}
