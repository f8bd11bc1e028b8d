#include "service/folder.h"

#include "core/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_NAME "yaocang.lock"
#define SUFFIX ".db"
#define CONFIG_NAME "yaocang.conf"

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool folder_code_is_valid(const char *code)
{
	size_t n = strlen(code);
	if (n == 0 || n > FOLDER_CODE_MAX || !is_alnum(code[0]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_alnum(code[i]) && code[i] != '-' && code[i] != '_')
			return false;
	return true;
}

char *folder_store_path(struct arena *a, const char *dir, const char *code)
{
	return arena_printf(a, "%s/%s" SUFFIX, dir, code);
}

enum status folder_config(struct arena *a, const char *dir, struct config *out, char why[FOLDER_WHY_MAX])
{
	const char *path = arena_printf(a, "%s/" CONFIG_NAME, dir);
	char reason[CONFIG_WHY_MAX] = "";
	config_defaults(out);
	if (access(path, F_OK) != 0)
		return ST_OK;
	enum status st = config_load(a, path, out, reason);
	if (st != ST_OK)
		snprintf(why, FOLDER_WHY_MAX, "%.100s %.200s", path, reason);
	return st;
}

char *folder_where_by(struct arena *a, const struct config *c, const char *dir, const char *code)
{
	static const char server[] = "postgres:";
	const char *said = config_store(c, code);
	if (!said || strcmp(said, "sqlite") == 0)
		return arena_printf(a, "sqlite:%s/%s" SUFFIX, dir, code);
	bool unnamed = strncmp(said, server, sizeof server - 1) == 0 && strncmp(said + sizeof server - 1, "schema=", 7) != 0;
	return unnamed ? arena_printf(a, "%sschema=%s %s", server, code, said + sizeof server - 1) : arena_string(a, said);
}

/* Settings that cannot be read answer a place that no engine takes and that names the fault. */
char *folder_store_where(struct arena *a, const char *dir, const char *code)
{
	struct config c;
	char why[FOLDER_WHY_MAX] = "";
	return folder_config(a, dir, &c, why) == ST_OK ? folder_where_by(a, &c, dir, code) : arena_string(a, why);
}

bool folder_has_store(const char *dir, const char *code)
{
	SCOPED(arena) a = {0};
	char why[200];
	bool there = false;
	return store_find(folder_store_where(&a, dir, code), &there, why) == ST_OK && there;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The code in a file's name, or NULL where it is no store's. */
static char *code_of(struct arena *a, const char *name)
{
	size_t n = strlen(name), end = strlen(SUFFIX);
	char *code = n > end && strcmp(name + n - end, SUFFIX) == 0 ? arena_copy(a, name, n - end) : NULL;
	return code && folder_code_is_valid(code) ? code : NULL;
}

static enum status cannot(char why[FOLDER_WHY_MAX], const char *what, const char *path)
{
	snprintf(why, FOLDER_WHY_MAX, "%s %.200s: %s", what, path, strerror(errno));
	return ST_STORE_UNAVAILABLE;
}

static bool has_code(const char *const *codes, size_t count, const char *code)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

enum status folder_list(struct arena *a, const char *dir, const char ***codes, size_t *count, char why[FOLDER_WHY_MAX])
{
	struct config c;
	enum status st = folder_config(a, dir, &c, why);
	return st == ST_OK ? folder_list_by(a, &c, dir, codes, count, why) : st;
}

enum status folder_list_by(struct arena *a, const struct config *c, const char *dir, const char ***codes, size_t *count,
                           char why[FOLDER_WHY_MAX])
{
	DIR *d = opendir(dir);
	size_t cap = 16 + c->consortium_count;
	*count = 0;
	*codes = arena_array(a, cap + 1, sizeof **codes);
	if (!d)
		return cannot(why, "不能打开数据文件夹", dir);
	for (size_t i = 0; i < c->consortium_count; i++) /* said to be a file that is not there yet: init has not been run */
		if (strcmp(c->consortia[i].store, "sqlite") != 0)
			(*codes)[(*count)++] = c->consortia[i].code;
	for (const struct dirent *e; (e = readdir(d));) {
		char *code = code_of(a, e->d_name);
		if (!code || has_code(*codes, *count, code))
			continue;
		if (*count == cap) {
			const char **more = arena_array(a, cap * 2 + 1, sizeof *more);
			memcpy(more, *codes, cap * sizeof *more);
			*codes = more;
			cap *= 2;
		}
		(*codes)[(*count)++] = code;
	}
	closedir(d);
	qsort(*codes, *count, sizeof **codes, by_text);
	return ST_OK;
}

enum status folder_make(const char *dir, char why[FOLDER_WHY_MAX])
{
	SCOPED(arena) a = {0};
	char *path = arena_string(&a, dir);
	struct stat info;
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return cannot(why, "不能建立文件夹", path);
		*p = '/';
	}
	/* inhabitants' and staff data: nobody but the service's own account reads it */
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return cannot(why, "不能建立文件夹", path);
	errno = ENOTDIR;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? ST_OK : cannot(why, "不是文件夹", path);
}

enum status folder_lock_take(const char *dir, struct folder_lock *out, char why[FOLDER_WHY_MAX])
{
	SCOPED(arena) a = {0};
	const char *path = arena_printf(&a, "%s/" LOCK_NAME, dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	out->fd = -1;
	if (fd < 0)
		return cannot(why, "不能写入", path);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		bool held = errno == EWOULDBLOCK;
		enum status st = held ? ST_BUSY : cannot(why, "不能锁定", path);
		if (held)
			snprintf(why, FOLDER_WHY_MAX, "数据文件夹 %.200s 正由 yaocang serve 或另一个命令使用", dir);
		close(fd);
		return st;
	}
	out->fd = fd;
	return ST_OK;
}

void folder_lock_drop(struct folder_lock *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

bool folder_is_absent_or_empty(const char *dir)
{
	DIR *d = opendir(dir);
	bool empty = true;
	if (!d)
		return errno == ENOENT;
	for (const struct dirent *e; empty && (e = readdir(d));)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	closedir(d);
	return empty;
}

static enum status sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return ST_STORE_UNAVAILABLE;
	enum status st = fsync(fd) == 0 ? ST_OK : ST_STORE_UNAVAILABLE;
	close(fd);
	return st;
}

enum status folder_sync(const char *dir)
{
	return sync_path(dir, O_RDONLY | O_DIRECTORY);
}

enum status file_sync(const char *path)
{
	return sync_path(path, O_RDONLY);
}
