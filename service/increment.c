#include "service/increment.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/store.h"
#include "service/folder.h"
#include "service/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WORKING ".working"
#define SWEEP_MS (3600 * 1000LL)
#define PROOF_SHARE 10 /* proofs take at most one part of so many of the time */

struct working {
	const char *to, *code, *list; /* list: which blocks the file has; absent while it is being changed */
	char *path;
	int fd;
	struct arena arena;
	struct block_list before;
	unsigned char *changed; /* one per BLOCK_LEAST bytes */
	size_t room;
	char *why;
};

static void working_drop(struct working *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->changed);
	arena_drop(&w->arena);
}

char *increment_file(struct arena *a, const char *to, const char *code)
{
	return arena_printf(a, "%s/" WORKING "/%s.db", to, code);
}

static enum status cannot(const struct working *w, const char *path)
{
	snprintf(w->why, BLOCKS_WHY_MAX, "不能写入 %.250s: %s", path, strerror(errno));
	return ST_STORE_UNAVAILABLE;
}

/* A reader leaves the files of an empty log behind; beside another state of the file they must not lie. */
static void remove_log(struct working *w)
{
	unlink(arena_printf(&w->arena, "%s-wal", w->path));
	unlink(arena_printf(&w->arena, "%s-shm", w->path));
}

/* From here on the file is nobody's copy until it is one again, also after a power cut. */
static enum status working_open(struct working *w)
{
	const char *folder = arena_printf(&w->arena, "%s/" WORKING, w->to);
	char reason[BLOCKS_WHY_MAX] = "";
	w->path = increment_file(&w->arena, w->to, w->code);
	w->list = arena_printf(&w->arena, "%s/%s" BLOCK_LIST_SUFFIX, folder, w->code);
	if (folder_make(folder, w->why) != ST_OK)
		return ST_STORE_UNAVAILABLE;
	remove_log(w);
	bool known = block_list_read(&w->arena, w->list, &w->before, reason) == ST_OK;
	if ((unlink(w->list) != 0 && errno != ENOENT) || folder_sync(folder) != ST_OK)
		return cannot(w, w->list);
	w->fd = open(w->path, O_RDWR | O_CREAT | O_CLOEXEC | (known ? 0 : O_TRUNC), 0600);
	return w->fd >= 0 ? ST_OK : cannot(w, w->path);
}

static void on_change(void *arg, int64_t at, size_t n)
{
	struct working *w = arg;
	size_t first = (size_t)at / BLOCK_LEAST, last = ((size_t)at + n - 1) / BLOCK_LEAST;
	if (last >= w->room) {
		size_t room = 2 * last + 64;
		w->changed = memory_resize(w->changed, room);
		memset(w->changed + w->room, 0, room - w->room);
		w->room = room;
	}
	memset(w->changed + first, 1, last - first + 1);
}

static bool is_changed(const struct working *w, const struct block_list *l, size_t i)
{
	size_t units = l->block / BLOCK_LEAST;
	for (size_t unit = i * units; unit < (i + 1) * units && unit < w->room; unit++)
		if (w->changed[unit])
			return true;
	return false;
}

static bool had_place(const struct working *w, const struct block_list *l, size_t i)
{
	return l->block == w->before.block && i < w->before.count && block_bytes(l, i) == block_bytes(&w->before, i);
}

/* Its block is what it was, and is still there. */
static bool stays(const struct working *w, const struct block_list *l, size_t i)
{
	return had_place(w, l, i) && !is_changed(w, l, i) && blocks_has(w->to, w->before.hash[i], block_bytes(l, i));
}

static bool read_block(const struct working *w, const struct block_list *l, size_t i, char bytes[BLOCK_MOST])
{
	size_t n = block_bytes(l, i);
	return pread(w->fd, bytes, n, (off_t)(i * l->block)) == (ssize_t)n;
}

static enum status put_blocks(struct working *w, struct block_list *l, int64_t *wrote)
{
	char bytes[BLOCK_MOST];
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < l->count; i++) {
		size_t n = block_bytes(l, i);
		if (stays(w, l, i))
			memcpy(l->hash[i], w->before.hash[i], BLOCK_HASH);
		else if (read_block(w, l, i, bytes))
			st = blocks_put(w->to, bytes, n, l->hash[i], wrote, w->why);
		else
			st = cannot(w, w->path);
	}
	return st;
}

/* A block of an earlier copy that rotted, or that a power cut left without its bytes: the store still has them. */
static enum status put_anew(struct working *w, const struct block_list *l, size_t i)
{
	char bytes[BLOCK_MOST];
	unsigned char hash[BLOCK_HASH];
	int64_t wrote = 0;
	size_t n = block_bytes(l, i);
	log_warn("backup_block", "%s", w->why);
	blocks_put_aside(w->to, l->hash[i]);
	if (!read_block(w, l, i, bytes))
		return cannot(w, w->path);
	enum status st = blocks_put(w->to, bytes, n, hash, &wrote, w->why);
	if (st == ST_OK)
		st = blocks_settle(w->to, w->why);
	return st == ST_OK ? blocks_get(w->to, l->hash[i], bytes, n, w->why) : st;
}

/* What was just written is asked of the disk again. */
static enum status read_back(struct working *w, const struct block_list *l)
{
	char bytes[BLOCK_MOST];
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < l->count; i++)
		if ((!had_place(w, l, i) || memcmp(l->hash[i], w->before.hash[i], BLOCK_HASH) != 0) &&
		    blocks_get(w->to, l->hash[i], bytes, block_bytes(l, i), w->why) != ST_OK)
			st = put_anew(w, l, i);
	return st;
}

static enum status refresh(struct working *w, const char *where, struct block_list *l)
{
	struct db *db = NULL;
	struct stat made;
	const struct page_watch watch = {on_change, w};
	enum status st = db_open(where, STORE_READ, &db, w->why);
	if (st != ST_OK)
		return st;
	st = db_refresh(db, w->fd, &watch, w->why);
	db_close(db);
	if (st != ST_OK)
		return st;
	if (fstat(w->fd, &made) != 0)
		return cannot(w, w->path);
	*l = block_list_new(&w->arena, made.st_size);
	return ST_OK;
}

/* ---- the whole proof ---- */

/* When the newest copy that was proven was, how long it took, and whether the newest copy of all is. */
struct proof {
	int64_t at_ms, took_ms, fresh;
};

static char *proof_path(struct working *w)
{
	return arena_printf(&w->arena, "%s/" WORKING "/%s.proof", w->to, w->code);
}

/* Notes that cannot be read or written cost a proof more, nothing else. */
static struct proof proof_read(struct working *w)
{
	struct proof p = {0};
	long long at = 0, took = 0, fresh = 0;
	FILE *f = fopen(proof_path(w), "re");
	char line[100] = "", *end = line;
	if (f && fgets(line, sizeof line, f)) {
		at = strtoll(end, &end, 10);
		took = strtoll(end, &end, 10);
		fresh = strtoll(end, &end, 10);
		p = (struct proof){at, took, fresh};
	}
	if (f)
		fclose(f);
	return p;
}

static void proof_write(struct working *w, const struct proof *p)
{
	FILE *f = fopen(proof_path(w), "we");
	if (!f)
		return;
	fprintf(f, "%lld %lld %lld\n", (long long)p->at_ms, (long long)p->took_ms, (long long)p->fresh);
	fclose(f);
}

static enum status prove(struct working *w, int64_t now_ms)
{
	const struct verify_request any = {0};
	char head[VERIFY_HEAD_TEXT];
	int64_t began = clock_monotonic_ms();
	enum status st = verify_store(arena_printf(&w->arena, "sqlite:%s", w->path), w->code, &any, head, w->why);
	remove_log(w);
	struct proof p = {now_ms, clock_monotonic_ms() - began, st == ST_OK};
	proof_write(w, &p);
	return st;
}

static enum status prove_in_time(struct working *w, int64_t now_ms)
{
	struct proof p = proof_read(w);
	if (p.at_ms > now_ms || now_ms - p.at_ms >= PROOF_SHARE * p.took_ms)
		return prove(w, now_ms);
	p.fresh = 0;
	proof_write(w, &p);
	return ST_OK;
}

enum status increments_prove(const char *to, const char **codes, size_t count, int64_t now_ms, char why[BLOCKS_WHY_MAX])
{
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < count; i++) {
		SCOPED(working) w = {.to = to, .code = codes[i], .fd = -1, .why = why};
		w.path = increment_file(&w.arena, to, codes[i]);
		if (access(w.path, F_OK) == 0 && !proof_read(&w).fresh)
			st = prove(&w, now_ms);
	}
	return st;
}

/* ---- one copy ---- */

enum status increment_make(const char *to, const char *part, const char *where, const char *code, int64_t now_ms, int64_t *wrote,
                           char why[BLOCKS_WHY_MAX])
{
	SCOPED(working) w = {.to = to, .code = code, .fd = -1, .why = why};
	struct block_list l = {0};
	enum status st = blocks_prepare(to, why);
	if (st == ST_OK)
		st = working_open(&w);
	if (st == ST_OK)
		st = refresh(&w, where, &l);
	if (st == ST_OK)
		st = put_blocks(&w, &l, wrote);
	if (st == ST_OK)
		st = blocks_settle(to, why); /* the working file, too */
	if (st == ST_OK)
		st = read_back(&w, &l);
	if (st == ST_OK)
		st = prove_in_time(&w, now_ms);
	if (st == ST_OK)
		st = block_list_write(arena_printf(&w.arena, "%s/%s" BLOCK_LIST_SUFFIX, part, code), code, &l, why);
	return st == ST_OK ? block_list_write(w.list, code, &l, why) : st;
}

/* ---- keeping the blocks ---- */

/* Which part is looked over next, and when the last sweep was. */
struct keeping {
	int64_t part, swept_ms;
};

static struct keeping keeping_read(const char *path)
{
	struct keeping k = {0};
	char line[100] = "", *end = line;
	FILE *f = fopen(path, "re");
	if (f && fgets(line, sizeof line, f)) {
		k.part = strtoll(end, &end, 10);
		k.swept_ms = strtoll(end, &end, 10);
	}
	if (f)
		fclose(f);
	return k;
}

static void keeping_write(const char *path, const struct keeping *k)
{
	FILE *f = fopen(path, "we");
	if (!f)
		return;
	fprintf(f, "%lld %lld\n", (long long)k->part, (long long)k->swept_ms);
	fclose(f);
}

/* A block that rotted was put aside; the next copy finds it missing and writes it again, if the store still has it. */
enum status increments_keep(const char *to, int64_t now_ms, char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) a = {0};
	const char *path = arena_printf(&a, "%s/" WORKING "/keeping", to);
	struct keeping k = keeping_read(path);
	size_t gone = 0;
	enum status st = ST_OK;
	if (access(arena_printf(&a, "%s/blocks", to), F_OK) != 0)
		return ST_OK;
	if (k.swept_ms > now_ms || now_ms - k.swept_ms >= SWEEP_MS) {
		st = blocks_sweep(to, &gone, why);
		k.swept_ms = now_ms;
	}
	if (gone)
		log_info("backup_swept", "%zu blocks", gone);
	if (st == ST_OK)
		st = blocks_look_over(to, (unsigned)(k.part & 255), why);
	k.part++;
	keeping_write(path, &k);
	return st;
}
