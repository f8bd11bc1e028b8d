/*
 * yaocang drill: the restore drill in one command, here or on another machine. Takes the newest copy of a folder of copies (or
 * one copy), restores it beside, proves it, opens it as the service would, and says what is in it and how long it took.
 */
#include "core/audit.h"
#include "core/text.h"
#include "service/backup.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/options.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage_text[] = "usage: yaocang drill --from COPIES [--data DIR | --all]\n"
                                 "  COPIES: a folder of copies (the newest is taken) or one copy; --data keeps what was "
                                 "restored; --all: each copy in turn\n"
                                 "  without --data it is restored below $TMPDIR, else /tmp, and taken away again\n";

SQL(newest_write, "SELECT at_ms FROM audit ORDER BY seq DESC LIMIT 1");

static void remove_folder(const char *path)
{
	SCOPED(arena) a = {0};
	DIR *d = opendir(path);
	for (const struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.')
			unlink(arena_printf(&a, "%s/%s", path, e->d_name));
	if (d)
		closedir(d);
	rmdir(path);
}

/* A writer's opening is what tells that the service could go on with it. */
static bool opens(struct arena *a, const char *data, const char *code)
{
	const struct clock clock = clock_system();
	struct writer w;
	char why[200] = "", text[20];
	unsigned char head[HASH_BYTES];
	char hex[2 * HASH_BYTES + 1];
	if (writer_open(folder_store_where(a, data, code), false, &clock, &w, why) != ST_OK) {
		fprintf(stderr, "yaocang drill: %s: %s\n", code, why);
		return false;
	}
	db_read_begin(w.db);
	int64_t seq = audit_head(w.db, head), at_ms = db_i64_n(w.db, 0, &newest_write, NULL, 0);
	bool ok = db_read_end(w.db) == ST_OK;
	writer_close(&w);
	hex_encode(head, HASH_BYTES, hex);
	ms_local_text(at_ms, text);
	printf("%s: 最后一次写入 %s (第 %lld 次), 链首 %s\n", code, text, (long long)seq, hex);
	return ok;
}

/* One copy, restored to `data`. */
static int drill(struct arena *a, const char *copy, const char *data)
{
	int64_t began = clock_monotonic_ms();
	const char **codes = NULL;
	char why[FOLDER_WHY_MAX] = "";
	size_t count = 0;
	printf("演练: %s\n", copy);
	int done = backup_restore(copy, data);
	if (done != EXIT_DONE)
		return done;
	if (folder_list(a, data, &codes, &count, why) != ST_OK) {
		fprintf(stderr, "yaocang drill: %s\n", why);
		return EXIT_CANNOT;
	}
	for (size_t i = 0; i < count; i++)
		if (!opens(a, data, codes[i]))
			return EXIT_CANNOT;
	printf("恢复并核对 %zu 个医共体, 用时 %.1f 秒\n", count, (double)(clock_monotonic_ms() - began) / 1000);
	return EXIT_DONE;
}

static int drill_beside(struct arena *a, const char *copy)
{
	const char *place = getenv("TMPDIR");
	char *made = arena_printf(a, "%s/yaocang-drill-XXXXXX", place && *place ? place : "/tmp");
	if (!mkdtemp(made)) {
		perror("yaocang drill: /tmp");
		return EXIT_CANNOT;
	}
	int done = drill(a, copy, made);
	remove_folder(made);
	return done;
}

/* The newest copy, or with --all every one of them; the worst outcome counts. */
static int drill_copies(struct arena *a, const char *from, const char *data, bool all)
{
	int64_t *at_ms = NULL;
	size_t n = backup_list(a, from, &at_ms);
	int worst = EXIT_DONE;
	if (n == 0)
		return data ? drill(a, from, data) : drill_beside(a, from);
	for (size_t i = 0; i < (all ? n : 1); i++) {
		const char *copy = arena_printf(a, "%s/%s", from, backup_name(a, at_ms[i]));
		int done = data ? drill(a, copy, data) : drill_beside(a, copy);
		worst = done > worst ? done : worst;
	}
	return worst;
}

int command_drill(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	const char *from = NULL, *data = NULL;
	bool all = false;
	const struct option_slot slots[] = {{.name = "from", .text = &from, .required = true},
	                                    {.name = "data", .text = &data},
	                                    {.name = "all", .flag = &all},
	                                    {.name = NULL}};
	if (!options_read(argc, argv, slots, NULL, 0, NULL) || (all && data)) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	int done = drill_copies(&a, from, data, all);
	return fflush(stdout) == 0 ? done : EXIT_CANNOT;
}
