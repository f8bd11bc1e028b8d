/* yaocang user add: makes an account, also beside a running service; the password is the first line of standard input. */
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

static void write_members(struct buf *b, const char *name, const char *hash, const struct options *o)
{
	struct jo out = {b, false};
	jo_text(&out, "name", name);
	jo_text(&out, "display", o->display ? o->display : name);
	jo_text(&out, "password_hash", hash);
	jo_name(&out, "roles");
	jo_open(&out, '[');
	for (size_t i = 0; i < o->role_count; i++)
		jo_text(&out, NULL, o->roles[i]);
	jo_close(&out, ']');
	if (o->site)
		jo_text(&out, "site", o->site);
}

static int add(const char *name, const struct options *o)
{
	SCOPED(arena) a = {0};
	SCOPED(buf) members = {.max = ADMIN_LINE_MAX};
	char password[PASSWORD_BYTES_MAX + 3] = "", why[ADMIN_WHY_MAX] = "";
	if (!read_password(password)) {
		fputs("yaocang user: 密码应为 8 到 200 字节的文字, 写在标准输入的第一行\n", stderr);
		return EXIT_NO;
	}
	const char *hash = password_hash(&a, password);
	sodium_memzero(password, sizeof password);
	if (!hash) {
		fputs("yaocang user: 内存不足, 不能计算密码摘要\n", stderr);
		return EXIT_CANNOT;
	}
	write_members(&members, name, hash, o);
	enum status st = admin_write(o->data, o->consortium, "user.add", members.data, NULL, why);
	if (st != ST_OK)
		fprintf(stderr, "yaocang user: %s\n", why);
	return admin_exit_status(st);
}

int command_user(int argc, char **argv)
{
	struct options o = {0};
	const char *words[2] = {NULL, NULL};
	size_t count = 0;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &o.data, .required = true},
	        {.name = "consortium", .text = &o.consortium, .required = true},
	        {.name = "role", .list = o.roles, .list_count = &o.role_count, .list_max = ROLES_MAX, .required = true},
	        {.name = "site", .text = &o.site},
	        {.name = "display", .text = &o.display},
	        {.name = NULL},
	};
	if (!options_read(argc, argv, slots, words, 2, &count) || count != 2 || strcmp(words[0], "add") != 0)
		return usage();
	if (!check_words(words[1], &o))
		return EXIT_USAGE;
	if (!o.site)
		for (size_t i = 0; i < o.role_count; i++)
			if (strcmp(o.roles[i], "township_pharmacist") == 0 || strcmp(o.roles[i], "clinic") == 0)
				fprintf(stderr, "yaocang user: 注意: 岗位 %s 未指定 --site, 将看到全部机构\n", o.roles[i]);
	return sodium_init() < 0 ? EXIT_CANNOT : add(words[1], &o);
}
