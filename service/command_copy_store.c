/*
 * yaocang copy-store FROM TO: moves a consortium to another place, also of the other engine. FROM and TO as core/store.h
 * names them: sqlite:PATH, postgres:schema=NAME CONNINFO. Both ends are proven, FROM takes no more writes afterwards, and TO
 * has its name only then. Cut off at any moment, the same words go on where it stood.
 */
#include "core/audit.h"
#include "core/copy.h"
#include "core/migrate.h"
#include "core/text.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/options.h"
#include "service/verify.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage_text[] = "usage: yaocang copy-store FROM TO\n"
                                 "  FROM, TO: sqlite:PATH or \"postgres:schema=NAME CONNINFO\"; TO must not exist\n";

struct moving {
	const char *from, *to, *made; /* made: where TO stands while it is not whole */
	struct db *source;            /* open for writing all the while, so that nobody else writes */
	struct arena arena;
	bool show;
	char why[VERIFY_WHY_MAX];
};

static void moving_drop(struct moving *m)
{
	db_close(m->source);
	arena_drop(&m->arena);
}

static enum status refuse(struct moving *m, enum status st, const char *what)
{
	snprintf(m->why, sizeof m->why, "%s", what);
	return st;
}

static void progress(void *arg, int done, int total)
{
	const struct moving *m = arg;
	int percent = (int)((int64_t)done * 100 / total);
	if (!m->show)
		return;
	fprintf(stderr, "\rcopy-store [");
	for (int i = 0; i < 40; i++)
		fputc(i * 100 < percent * 40 ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%%", percent);
}

/* A file's folder is locked, as whoever serves it would. */
static enum status lock_folder(struct moving *m, const char *where, struct folder_lock *lock)
{
	static const char file[] = "sqlite:";
	if (strncmp(where, file, sizeof file - 1) != 0)
		return ST_OK;
	char *dir = arena_string(&m->arena, where + sizeof file - 1), *slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	return folder_lock_take(slash ? dir : ".", lock, m->why);
}

SQL(copy_code, "SELECT value FROM store_info WHERE name = 'code'");

struct ends {
	int64_t seq;
	char head[VERIFY_HEAD_TEXT];
	const char *code;
};

static enum status look_at_source(struct moving *m, struct ends *e)
{
	unsigned char head[HASH_BYTES];
	char why[200] = "";
	bool there = false;
	enum status st = store_find(m->from, &there, why);
	if (st == ST_OK && !there)
		return refuse(m, ST_NOT_FOUND, "FROM 处没有数据");
	if (st == ST_OK)
		st = db_open(m->from, STORE_WRITE, &m->source, why);
	if (st != ST_OK)
		return refuse(m, st, why);
	if (migrate_current(m->source) != migrate_newest())
		return refuse(m, ST_INTERNAL, "FROM 的数据库版本与程序不同, 请先用本程序启动一次服务");
	db_read_begin(m->source);
	e->seq = audit_head(m->source, head);
	e->code = db_text_n(m->source, &m->arena, &copy_code, NULL, 0);
	hex_encode(head, HASH_BYTES, e->head);
	st = db_read_end(m->source);
	return st == ST_OK && !e->code ? refuse(m, ST_INVALID_FIELD, "FROM 不是药仓的数据") : st;
}

/* Proves one end; its chain must end where the source's does. */
static enum status prove(struct moving *m, const char *where, const struct ends *e)
{
	const struct verify_request any = {0};
	char head[VERIFY_HEAD_TEXT];
	enum status st = verify_store(where, e->code, &any, head, m->why);
	if (st == ST_OK && strcmp(head, e->head) != 0)
		return refuse(m, ST_INVALID_FIELD, "两端的审计链不同");
	return st;
}

static enum status fill(struct moving *m)
{
	const struct copy_progress told = {progress, m};
	char why[200] = "";
	db_read_begin(m->source);
	enum status st = copy_store(m->source, m->made, &told, why), read = db_read_end(m->source);
	if (m->show)
		fputc('\n', stderr);
	st = st == ST_OK ? read : st;
	return st == ST_OK ? st : refuse(m, st, why);
}

/* From here on FROM refuses every writer (core/write.c). */
static enum status fence(struct moving *m)
{
	const struct clock clock = clock_system();
	int64_t now = clock_now_ms(&clock);
	size_t scheme = strcspn(m->to, ":");
	enum status st = db_script(m->source, "DELETE FROM store_info WHERE name = 'moved_to'");
	if (st == ST_OK)
		st = db_script(m->source,
		               arena_printf(&m->arena, "INSERT INTO store_info (name, value) VALUES ('moved_to', '%.*s %d')",
		                            (int)scheme, m->to, ymd_of_ms(now)));
	return st == ST_OK ? st : refuse(m, st, db_error(m->source));
}

/* A second run on a source that was fenced before the new place had its name brought the fence along. */
static enum status unfence_copy(struct moving *m)
{
	struct db *db = NULL;
	char why[200] = "";
	enum status st = db_open(m->made, STORE_WRITE, &db, why);
	if (st == ST_OK)
		st = db_script(db, "DELETE FROM store_info WHERE name = 'moved_to'");
	db_close(db);
	return st == ST_OK ? st : refuse(m, st, why);
}

static enum status move(struct moving *m)
{
	struct ends e = {0};
	char why[200] = "";
	bool there = false;
	enum status st = look_at_source(m, &e);
	if (st == ST_OK && store_find(m->to, &there, why) != ST_OK)
		return refuse(m, ST_STORE_UNAVAILABLE, why);
	if (st == ST_OK && there)
		return refuse(m, ST_ALREADY_EXISTS, "TO 处已有数据, 不会覆盖");
	if (st == ST_OK)
		st = fill(m);
	if (st == ST_OK)
		st = prove(m, m->from, &e);
	if (st == ST_OK)
		st = prove(m, m->made, &e);
	if (st == ST_OK)
		st = unfence_copy(m);
	if (st == ST_OK)
		st = fence(m);
	if (st == ST_OK && (st = store_rename(m->made, m->to, why)) != ST_OK)
		return refuse(m, st, why);
	return st;
}

int command_copy_store(int argc, char **argv)
{
	SCOPED(moving) m = {.show = isatty(STDERR_FILENO)};
	SCOPED(folder_lock) from = {-1};
	SCOPED(folder_lock) to = {-1};
	const char *words[2] = {NULL, NULL};
	size_t count = 0;
	const struct option_slot slots[] = {{.name = NULL}};
	if (!options_read(argc, argv, slots, words, 2, &count) || count != 2 || strcmp(words[0], words[1]) == 0) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	m.from = words[0];
	m.to = words[1];
	m.made = store_unfinished(&m.arena, m.to);
	enum status st = lock_folder(&m, m.from, &from);
	if (st == ST_OK)
		st = lock_folder(&m, m.to, &to);
	if (st == ST_BUSY && from.fd >= 0) /* both ends in one folder */
		st = ST_OK;
	if (st == ST_OK)
		st = move(&m);
	if (st == ST_OK) {
		printf("已迁移并核对两端; 原库不再接受写入, 请在配置中改用新库\n");
		return EXIT_DONE;
	}
	fprintf(stderr, "yaocang copy-store: %s\n", m.why[0] ? m.why : status_text(st));
	return st == ST_INVALID_FIELD ? EXIT_NO : EXIT_CANNOT;
}
