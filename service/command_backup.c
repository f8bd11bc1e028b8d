/*
 * yaocang backup and restore: copies every store of a folder into an absent or empty one, proves each copy and gives it its
 * name only then; with --every, again and again (service/backup.h). A copy is taken inside one read transaction, so it works
 * beside a running service and holds all that was answered before it began.
 */
#include "core/log.h"
#include "core/text.h"
#include "service/backup.h"
#include "service/blocks.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/init.h"
#include "service/options.h"
#include "service/serve.h"
#include "service/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define KEY_FILE_MAX 4096
#define WHOLE_LEAST_S 3600

struct copying {
	const char *command, *from, *to;
	bool prove_first; /* the source too: a damaged backup is not restored over nothing */
	bool show_progress;
};

static enum exit_status complain(const struct copying *c, const char *code, const char *why)
{
	fprintf(stderr, "yaocang %s: %s%s%s\n", c->command, code, *code ? ": " : "", why);
	return EXIT_CANNOT;
}

static void progress(void *arg, int done, int total)
{
	const struct copying *c = arg;
	if (c->show_progress && total > 0)
		fprintf(stderr, "\r%s %3d%%", c->command, (int)((int64_t)done * 100 / total));
}

static enum status copy_file(struct copying *c, const char *code, const char *part, char why[VERIFY_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char reason[200] = "";
	enum status st = db_open(folder_store_where(&a, c->from, code), STORE_READ, &db, reason);
	if (st == ST_OK) {
		st = db_backup(db, part, progress, c);
		db_close(db);
		snprintf(reason, sizeof reason, "复制中断, 磁盘是否已满");
	}
	if (c->show_progress)
		fputc('\n', stderr);
	if (st == ST_OK && file_sync(part) != ST_OK)
		st = ST_STORE_UNAVAILABLE;
	if (st != ST_OK)
		snprintf(why, VERIFY_WHY_MAX, "%s", reason);
	return st;
}

static void remove_part(struct arena *a, const char *part)
{
	static const char *const more[] = {"", "-wal", "-shm", "-journal"};
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		unlink(arena_printf(a, "%s%s", part, more[i]));
}

/* A reader leaves the files of an empty log behind; the copy travels alone. */
static void remove_log(struct arena *a, const char *part)
{
	unlink(arena_printf(a, "%s-wal", part));
	unlink(arena_printf(a, "%s-shm", part));
}

static enum status verified(const char *where, const char *code, char why[VERIFY_WHY_MAX])
{
	const struct verify_request any = {0};
	char head[VERIFY_HEAD_TEXT];
	return verify_store(where, code, &any, head, why);
}

/* A copy that is a list of blocks is put together, and every block held against its name. */
static enum status assemble(struct copying *c, const char *code, const char *list, const char *part, char why[VERIFY_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct block_list l = {0};
	enum status st = block_list_read(&a, list, &l, why);
	if (st != ST_OK)
		return st;
	int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int64_t bad = fd < 0 ? -1
	                     : blocks_assemble(arena_printf(&a, "%s/..", c->from), &l, fd,
	                                       arena_printf(&a, "yaocang %s: %s", c->command, code));
	bool written = fd >= 0 && bad == 0 && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		written = false;
	if (written)
		return ST_OK;
	if (bad > 0)
		snprintf(why, VERIFY_WHY_MAX, "此备份有 %lld 块缺失或已损坏, 请改用另一份备份", (long long)bad);
	else
		snprintf(why, VERIFY_WHY_MAX, "不能写入 %.200s: %s", part, strerror(errno));
	return bad > 0 ? ST_INVALID_FIELD : ST_STORE_UNAVAILABLE;
}

static char *list_path(struct arena *a, const struct copying *c, const char *code)
{
	return arena_printf(a, "%s/%s" BLOCK_LIST_SUFFIX, c->from, code);
}

/* The bytes of a store, from wherever they are. */
static enum status fetch(struct copying *c, const char *code, const char *part, char why[VERIFY_WHY_MAX])
{
	SCOPED(arena) a = {0};
	const char *list = list_path(&a, c, code);
	if (c->prove_first && access(list, F_OK) == 0)
		return assemble(c, code, list, part, why);
	enum status st = c->prove_first ? verified(folder_store_where(&a, c->from, code), code, why) : ST_OK;
	return st == ST_OK ? copy_file(c, code, part, why) : st;
}

static enum exit_status copy_store(struct copying *c, const char *code)
{
	SCOPED(arena) a = {0};
	char why[VERIFY_WHY_MAX] = "";
	const char *part = arena_printf(&a, "%s/%s.part", c->to, code), *whole = folder_store_path(&a, c->to, code);
	enum status st = fetch(c, code, part, why);
	if (st == ST_OK) {
		st = verified(arena_printf(&a, "sqlite:%s", part), code, why);
		remove_log(&a, part);
	}
	if (st == ST_OK && (rename(part, whole) != 0 || folder_sync(c->to) != ST_OK)) {
		snprintf(why, sizeof why, "不能写入 %.200s: %s", whole, strerror(errno));
		st = ST_STORE_UNAVAILABLE;
	}
	if (st == ST_OK)
		return EXIT_DONE;
	remove_part(&a, part);
	complain(c, code, *why ? why : status_text(st));
	return st == ST_INVALID_FIELD ? EXIT_NO : EXIT_CANNOT;
}

/* The gateway's key belongs to the accounts in the stores. */
static enum exit_status copy_key(const struct copying *c)
{
	SCOPED(arena) a = {0};
	char key[KEY_FILE_MAX];
	int from = open(arena_printf(&a, "%s/" DEMO_GATEWAY_KEY, c->from), O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return errno == ENOENT ? EXIT_DONE : complain(c, DEMO_GATEWAY_KEY, strerror(errno));
	ssize_t n = read(from, key, sizeof key);
	close(from);
	int to = open(arena_printf(&a, "%s/" DEMO_GATEWAY_KEY, c->to), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = n >= 0 && to >= 0 && write(to, key, (size_t)n) == n && fsync(to) == 0;
	ok = to >= 0 && close(to) == 0 && ok;
	return ok ? EXIT_DONE : complain(c, DEMO_GATEWAY_KEY, strerror(errno));
}

/* A copy's folder holds whole files, lists of blocks, or both. */
static enum status list_stores(const struct copying *c, struct arena *a, const char ***codes, size_t *count,
                               char why[FOLDER_WHY_MAX])
{
	size_t listed = 0;
	enum status st = folder_list(a, c->from, codes, count, why);
	const char **lists = c->prove_first && st == ST_OK ? block_list_codes(a, c->from, &listed) : NULL;
	if (listed == 0)
		return st;
	const char **all = arena_array(a, *count + listed + 1, sizeof *all);
	memcpy(all, *codes, *count * sizeof *all);
	memcpy(all + *count, lists, listed * sizeof *all);
	*codes = all;
	*count += listed;
	return ST_OK;
}

static int copy_folder(struct copying *c)
{
	SCOPED(arena) a = {0};
	SCOPED(folder_lock) lock = {-1};
	char why[FOLDER_WHY_MAX] = "";
	const char **codes = NULL;
	size_t count = 0;
	enum exit_status done = EXIT_DONE;
	c->show_progress = isatty(STDERR_FILENO);
	if (list_stores(c, &a, &codes, &count, why) != ST_OK)
		return (int)complain(c, "", why);
	if (count == 0)
		return (int)complain(c, c->from, "没有医共体的数据文件 (CODE.db)");
	if (!folder_is_absent_or_empty(c->to))
		return (int)complain(c, c->to, "目标文件夹不是空的; 请给一个不存在或空的文件夹");
	/* held from here on: no service begins on half a folder */
	if (folder_make(c->to, why) != ST_OK || folder_lock_take(c->to, &lock, why) != ST_OK)
		return (int)complain(c, "", why);
	for (size_t i = 0; i < count && done == EXIT_DONE; i++)
		done = copy_store(c, codes[i]);
	if (done == EXIT_DONE)
		done = copy_key(c);
	return (int)done;
}

int backup_folder(const char *from, const char *to)
{
	struct copying c = {.command = "backup", .from = from, .to = to};
	return copy_folder(&c);
}

int backup_store(const char *from, const char *to, const char *code)
{
	struct copying c = {.command = "backup", .from = from, .to = to};
	return (int)copy_store(&c, code);
}

int backup_key(const char *from, const char *to)
{
	const struct copying c = {.command = "backup", .from = from, .to = to};
	return (int)copy_key(&c);
}

int backup_restore(const char *from, const char *to)
{
	struct copying c = {.command = "restore", .from = from, .to = to, .prove_first = true};
	return copy_folder(&c);
}

/* "5m", "90s", "1h"; 0 where it is none. */
static int64_t read_interval(const char *s)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
	SCOPED(arena) a = {0};
	int64_t n = 0;
	size_t end = strlen(s);
	if (end < 2 || !text_to_i64(arena_copy(&a, s, end - 1), &n) || n < 1)
		return 0;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (units[i].unit == s[end - 1])
			return n <= 86400 / units[i].seconds ? n * units[i].seconds : 0;
	return 0;
}

/* True where it is time for the next round, false where we are told to end. */
static bool wait_ms(int64_t ms)
{
	const struct timespec time = {ms / 1000, ms % 1000 * 1000000};
	sigset_t ends;
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	return sigtimedwait(&ends, NULL, &time) < 0;
}

/*
 * A store that is no file of pages is copied as a whole each time: more often than each hour that is no way to keep copies, and
 * its own server has a better one.
 */
static bool may_be_so_often(const char *data, int64_t interval_s)
{
	SCOPED(arena) a = {0};
	const char **codes = NULL;
	char why[FOLDER_WHY_MAX] = "";
	size_t count = 0;
	if (interval_s >= WHOLE_LEAST_S || folder_list(&a, data, &codes, &count, why) != ST_OK)
		return true; /* what cannot be read is told by the round */
	for (size_t i = 0; i < count; i++) {
		if (store_has_pages(folder_store_where(&a, data, codes[i])))
			continue;
		fprintf(stderr,
		        "yaocang backup: %s 在 PostgreSQL 上, 每次都须整库复制, --every 不得短于 1h. 分钟级的备份请用 PostgreSQL "
		        "自己的 "
		        "pg_basebackup 和 WAL 归档 (docs/operations.md, Backup on PostgreSQL)\n",
		        codes[i]);
		return false;
	}
	return true;
}

/* Until it is told to end, which a round under way does first; a round that fails is told, and the next one tries again. */
static int backup_every(const char *data, const char *to, int64_t interval_s)
{
	const struct clock clock = clock_system();
	char why[BACKUP_WHY_MAX];
	serving_block_signals();
	for (int64_t left = 0; wait_ms(left);) {
		int64_t began = clock_monotonic_ms();
		enum backup_went went = backup_round(data, to, &clock, why);
		int64_t took = clock_monotonic_ms() - began;
		if (went == BACKUP_FAILED)
			log_error("backup_failed", "%s", why);
		else if (went == BACKUP_MADE)
			log_info("backup_made", "%s, %lld ms", why, (long long)took);
		left = interval_s * 1000 > took ? interval_s * 1000 - took : 1000;
	}
	return EXIT_DONE;
}

int command_backup(int argc, char **argv)
{
	const char *from = NULL, *to = NULL, *every = NULL;
	const struct option_slot slots[] = {{.name = "data", .text = &from, .required = true},
	                                    {.name = "to", .text = &to, .required = true},
	                                    {.name = "every", .text = &every},
	                                    {.name = NULL}};
	bool right = options_read(argc, argv, slots, NULL, 0, NULL);
	if (!right || (every && read_interval(every) == 0)) {
		fputs("usage: yaocang backup --data DIR --to DEST [--every 5m]\n"
		      "  --every (1s to 24h): goes on making copies DEST/YYYYMMDD-HHMMSS, thinned by age\n",
		      stderr);
		return EXIT_USAGE;
	}
	if (!every)
		return backup_folder(from, to);
	return may_be_so_often(from, read_interval(every)) ? backup_every(from, to, read_interval(every)) : EXIT_USAGE;
}

int command_restore(int argc, char **argv)
{
	const char *from = NULL, *to = NULL;
	const struct option_slot slots[] = {{.name = "from", .text = &from, .required = true},
	                                    {.name = "data", .text = &to, .required = true},
	                                    {.name = NULL}};
	if (!options_read(argc, argv, slots, NULL, 0, NULL)) {
		fputs("usage: yaocang restore --from DEST --data DIR\n", stderr);
		return EXIT_USAGE;
	}
	return backup_restore(from, to);
}
