#include "service/blocks.h"

#include "core/file.h"
#include "core/text.h"
#include "service/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX (2 * BLOCK_HASH)
#define LIST_MAX ((size_t)256 << 20) /* four million blocks */
#define TRAILER "end "
#define BAD_TOLD 20

static const char format_text[] =
        "yaocang-blocks 1\n"
        "\n"
        "Each folder named YYYYMMDD-HHMMSS (time in China) is one copy of all stores. NAME.db is a whole SQLite file.\n"
        "NAME.blocks is a list: lines of head, then one line of 64 hexadecimal digits for each block, in order; its last line\n"
        "is `end` and the SHA-256 of everything before that line. A block lies in blocks/XX/HASH, where XX is the first two\n"
        "digits; its bytes are a plain piece of the file, its name is their SHA-256. Together, in order, they are NAME.db.\n"
        "\n"
        "With the program:     yaocang restore --from COPIES/YYYYMMDD-HHMMSS --data NEW-FOLDER\n"
        "Without the program, in the copy's folder:\n"
        "\n"
        "for h in $(grep -E '^[0-9a-f]{64}$' NAME.blocks); do\n"
        "    echo \"$h  ../blocks/$(printf %.2s $h)/$h\" | sha256sum -c --quiet && cat ../blocks/$(printf %.2s $h)/$h\n"
        "done > NAME.db\n"
        "\n"
        "Never delete in `blocks` by hand: copies share them. A copy's folder may be deleted, or given another name to keep "
        "it.\n";

static enum status cannot(char why[BLOCKS_WHY_MAX], const char *what, const char *path)
{
	snprintf(why, BLOCKS_WHY_MAX, "%s %.250s: %s", what, path, strerror(errno));
	return ST_STORE_UNAVAILABLE;
}

/* ---- lists ---- */

/* Up to 65,536 blocks of each size before the next. */
static size_t block_of(int64_t bytes)
{
	size_t block = BLOCK_LEAST;
	while (block < BLOCK_MOST && bytes > (int64_t)block * 65536)
		block *= 4;
	return block;
}

static struct block_list list_of(struct arena *a, int64_t bytes, size_t block)
{
	struct block_list l = {bytes, block, (size_t)bytes / block + ((size_t)bytes % block != 0), NULL};
	l.hash = arena_array(a, l.count + 1, sizeof *l.hash);
	return l;
}

struct block_list block_list_new(struct arena *a, int64_t bytes)
{
	return list_of(a, bytes, block_of(bytes));
}

size_t block_bytes(const struct block_list *l, size_t i)
{
	size_t left = (size_t)l->bytes - i * l->block;
	return left < l->block ? left : l->block;
}

static enum status read_whole(const char *path, struct buf *out, char why[BLOCKS_WHY_MAX])
{
	char piece[BLOCK_LEAST];
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cannot(why, "不能打开", path);
	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_put(out, piece, (size_t)n);
	enum status st = n < 0 ? cannot(why, "不能读取", path) : ST_OK;
	close(fd);
	return st;
}

static void hash_hex(const void *bytes, size_t n, char out[HEX + 1])
{
	unsigned char hash[BLOCK_HASH];
	crypto_hash_sha256(hash, bytes, n);
	hex_encode(hash, BLOCK_HASH, out);
}

/* The number behind "WORD " at the beginning of a line that ends with a newline; -1 where it is none. */
static int64_t number_of(struct arena *a, const char **at, const char *word)
{
	int64_t v = -1;
	size_t n = strlen(word), end = strcspn(*at, "\n");
	bool right = strncmp(*at, word, n) == 0 && end > n && text_to_i64(arena_copy(a, *at + n, end - n), &v) && v >= 0;
	*at += end + ((*at)[end] == '\n');
	return right ? v : -1;
}

/* The text up to its trailer, cut there; NULL where the two do not fit. */
static char *checked_body(struct buf *text)
{
	char hex[HEX + 1];
	size_t tail = strlen(TRAILER) + HEX + 1;
	char *end = text->len > tail ? text->data + text->len - tail : NULL;
	if (!end || memcmp(end, TRAILER, strlen(TRAILER)) != 0 || end[-1] != '\n')
		return NULL;
	hash_hex(text->data, (size_t)(end - text->data), hex);
	if (memcmp(hex, end + strlen(TRAILER), HEX) != 0)
		return NULL;
	*end = '\0';
	return text->data;
}

static bool parse_list(struct arena *a, struct buf *text, struct block_list *out)
{
	const char *at = checked_body(text);
	if (!at || number_of(a, &at, "yaocang-blocks ") != 1)
		return false;
	at += strcspn(at, "\n") + 1; /* whose it is */
	int64_t bytes = number_of(a, &at, "bytes "), block = number_of(a, &at, "block ");
	if (bytes < 0 || block < BLOCK_LEAST || block > BLOCK_MOST || bytes / block > (int64_t)(LIST_MAX / HEX))
		return false;
	*out = list_of(a, bytes, (size_t)block);
	for (size_t i = 0; i < out->count; i++, at += HEX + 1)
		if (strcspn(at, "\n") != HEX || at[HEX] != '\n' || !hex_decode(arena_copy(a, at, HEX), out->hash[i], BLOCK_HASH))
			return false;
	return *at == '\0';
}

enum status block_list_read(struct arena *a, const char *path, struct block_list *out, char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) own = {0};
	SCOPED(buf) text = {.max = LIST_MAX};
	struct block_list l = {0};
	enum status st = read_whole(path, &text, why);
	if (st != ST_OK)
		return st;
	if (text.over || !parse_list(&own, &text, &l)) {
		snprintf(why, BLOCKS_WHY_MAX, "块清单不完整或已损坏: %.250s", path);
		return ST_INVALID_FIELD;
	}
	*out = list_of(a, l.bytes, l.block);
	memcpy(out->hash, l.hash, l.count * sizeof *l.hash);
	return ST_OK;
}

static enum status write_new(const char *path, const void *bytes, size_t n, char why[BLOCKS_WHY_MAX])
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && file_write_all(fd, bytes, n) && fsync(fd) == 0;
	if (!ok)
		(void)cannot(why, "不能写入", path);
	if (fd >= 0 && close(fd) != 0 && ok)
		return cannot(why, "不能写入", path);
	return ok ? ST_OK : ST_STORE_UNAVAILABLE;
}

enum status block_list_write(const char *path, const char *code, const struct block_list *l, char why[BLOCKS_WHY_MAX])
{
	SCOPED(buf) text = {.max = LIST_MAX};
	char hex[HEX + 1];
	buf_printf(&text, "yaocang-blocks 1\nstore %s\nbytes %lld\nblock %zu\n", code, (long long)l->bytes, l->block);
	for (size_t i = 0; i < l->count; i++) {
		hex_encode(l->hash[i], BLOCK_HASH, hex);
		buf_printf(&text, "%s\n", hex);
	}
	if (text.over) {
		snprintf(why, BLOCKS_WHY_MAX, "%s 的文件太大, 不能分块", code);
		return ST_TOO_LARGE;
	}
	hash_hex(text.data, text.len, hex);
	buf_printf(&text, TRAILER "%s\n", hex);
	return write_new(path, text.data, text.len, why);
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

const char **block_list_codes(struct arena *a, const char *copy, size_t *count)
{
	enum { CODES_MAX = 1000 };
	const char **codes = arena_array(a, CODES_MAX + 1, sizeof *codes);
	size_t end = strlen(BLOCK_LIST_SUFFIX);
	DIR *d = opendir(copy);
	*count = 0;
	for (const struct dirent *e; d && *count < CODES_MAX && (e = readdir(d));) {
		size_t n = strlen(e->d_name);
		if (n <= end || strcmp(e->d_name + n - end, BLOCK_LIST_SUFFIX) != 0)
			continue;
		char *code = arena_copy(a, e->d_name, n - end);
		if (folder_code_is_valid(code))
			codes[(*count)++] = code;
	}
	if (d)
		closedir(d);
	qsort(codes, *count, sizeof *codes, by_text);
	return codes;
}

/* ---- blocks ---- */

static char *part_path(struct arena *a, const char *folder, unsigned part)
{
	return arena_printf(a, "%s/blocks/%02x", folder, part);
}

static char *block_path(struct arena *a, const char *folder, const unsigned char hash[BLOCK_HASH])
{
	char hex[HEX + 1];
	hex_encode(hash, BLOCK_HASH, hex);
	return arena_printf(a, "%s/blocks/%.2s/%s", folder, hex, hex);
}

enum status blocks_prepare(const char *folder, char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) a = {0};
	const char *format = arena_printf(&a, "%s/FORMAT.txt", folder);
	if (access(format, F_OK) == 0)
		return ST_OK;
	for (unsigned part = 0; part < 256; part++) {
		const char *path = part_path(&a, folder, part);
		char reason[FOLDER_WHY_MAX];
		if (folder_make(path, reason) != ST_OK) {
			snprintf(why, BLOCKS_WHY_MAX, "%s", reason);
			return ST_STORE_UNAVAILABLE;
		}
	}
	return write_new(format, format_text, strlen(format_text), why);
}

static int64_t size_of(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 ? info.st_size : -1;
}

bool blocks_has(const char *folder, const unsigned char hash[BLOCK_HASH], size_t n)
{
	SCOPED(arena) a = {0};
	return size_of(block_path(&a, folder, hash)) == (int64_t)n;
}

enum status blocks_put(const char *folder, const void *bytes, size_t n, unsigned char hash[BLOCK_HASH], int64_t *wrote,
                       char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) a = {0};
	crypto_hash_sha256(hash, bytes, n);
	const char *path = block_path(&a, folder, hash), *part = arena_printf(&a, "%s.part", path);
	if (size_of(path) == (int64_t)n)
		return ST_OK;
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && file_write_all(fd, bytes, n);
	if (!ok)
		(void)cannot(why, "不能写入", part);
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (!ok || rename(part, path) != 0) {
		unlink(part);
		return *why ? ST_STORE_UNAVAILABLE : cannot(why, "不能写入", path);
	}
	*wrote += (int64_t)n;
	return ST_OK;
}

/* One call for all: a file at a time would wait for the disk as often as there are blocks. */
enum status blocks_settle(const char *folder, char why[BLOCKS_WHY_MAX])
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st = fd >= 0 && syncfs(fd) == 0 ? ST_OK : cannot(why, "不能写入", folder);
	if (fd >= 0)
		close(fd);
	return st;
}

enum status blocks_get(const char *folder, const unsigned char hash[BLOCK_HASH], void *out, size_t n, char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) a = {0};
	char more = 0;
	unsigned char found[BLOCK_HASH];
	const char *path = block_path(&a, folder, hash);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		snprintf(why, BLOCKS_WHY_MAX, "缺少块 %.300s: %s", path, strerror(errno));
		return ST_INVALID_FIELD;
	}
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* what the disk says, not what memory remembers */
	bool whole = read(fd, out, n) == (ssize_t)n && read(fd, &more, 1) == 0;
	close(fd);
	crypto_hash_sha256(found, out, n);
	if (whole && memcmp(found, hash, BLOCK_HASH) == 0)
		return ST_OK;
	snprintf(why, BLOCKS_WHY_MAX, "块已损坏: %.350s", path);
	return ST_INVALID_FIELD;
}

void blocks_put_aside(const char *folder, const unsigned char hash[BLOCK_HASH])
{
	SCOPED(arena) a = {0};
	const char *path = block_path(&a, folder, hash);
	(void)!rename(path, arena_printf(&a, "%s.bad", path));
}

int64_t blocks_assemble(const char *folder, const struct block_list *l, int fd, const char *told_as)
{
	char bytes[BLOCK_MOST], why[BLOCKS_WHY_MAX] = "";
	int64_t bad = 0;
	for (size_t i = 0; i < l->count; i++) {
		size_t n = block_bytes(l, i);
		if (blocks_get(folder, l->hash[i], bytes, n, why) != ST_OK) {
			if (++bad <= BAD_TOLD)
				fprintf(stderr, "%s: 第 %zu 块 (自 %zu 字节起): %s\n", told_as, i + 1, i * l->block, why);
		} else if (bad == 0 && !file_write_all(fd, bytes, n)) {
			fprintf(stderr, "%s: %s\n", told_as, strerror(errno));
			return -1;
		}
	}
	return bad;
}

/* ---- what goes, and what rots ---- */

/* Hashes that some list names; open addressing, a power of two of places. */
struct hash_set {
	unsigned char (*place)[BLOCK_HASH];
	bool *taken;
	size_t room, count;
};

static void hash_set_drop(struct hash_set *s)
{
	free(s->place);
	free(s->taken);
}

static size_t place_of(const struct hash_set *s, const unsigned char hash[BLOCK_HASH])
{
	size_t at = 0;
	memcpy(&at, hash, sizeof at);
	for (at &= s->room - 1; s->taken[at] && memcmp(s->place[at], hash, BLOCK_HASH) != 0;)
		at = (at + 1) & (s->room - 1);
	return at;
}

static void hash_set_widen(struct hash_set *s)
{
	struct hash_set old = *s;
	s->room = old.room ? old.room * 2 : 4096;
	s->place = memory_alloc(s->room * sizeof *s->place);
	s->taken = memory_alloc(s->room * sizeof *s->taken);
	for (size_t i = 0; i < old.room; i++) {
		if (!old.taken[i])
			continue;
		size_t at = place_of(s, old.place[i]);
		memcpy(s->place[at], old.place[i], BLOCK_HASH);
		s->taken[at] = true;
	}
	hash_set_drop(&old);
}

static void hash_set_add(struct hash_set *s, const unsigned char hash[BLOCK_HASH])
{
	if (2 * s->count >= s->room)
		hash_set_widen(s);
	size_t at = place_of(s, hash);
	s->count += !s->taken[at];
	s->taken[at] = true;
	memcpy(s->place[at], hash, BLOCK_HASH);
}

static enum status add_copy(struct hash_set *s, const char *copy, char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) a = {0};
	size_t count = 0;
	enum status st = ST_OK;
	const char **codes = block_list_codes(&a, copy, &count);
	for (size_t c = 0; st == ST_OK && c < count; c++) {
		SCOPED(arena) own = {0};
		struct block_list l = {0};
		st = block_list_read(&own, arena_printf(&a, "%s/%s" BLOCK_LIST_SUFFIX, copy, codes[c]), &l, why);
		for (size_t i = 0; st == ST_OK && i < l.count; i++)
			hash_set_add(s, l.hash[i]);
	}
	return st;
}

/* Whatever its name: somebody may have given a copy another one, to keep it. What begins with a dot is half made or half gone. */
static enum status add_copies(struct hash_set *s, const char *folder, char why[BLOCKS_WHY_MAX])
{
	SCOPED(arena) a = {0};
	enum status st = ST_OK;
	DIR *d = opendir(folder);
	if (!d)
		return cannot(why, "不能打开", folder);
	errno = 0;
	for (const struct dirent *e; st == ST_OK && (e = readdir(d));)
		if (e->d_name[0] != '.')
			st = add_copy(s, arena_printf(&a, "%s/%s", folder, e->d_name), why);
	closedir(d);
	return st;
}

/* Calls each(arg, path, hash) for every block of one part; hash is NULL for what is no block. */
static enum status each_block(const char *folder, unsigned part,
                              enum status (*each)(void *arg, const char *path, const unsigned char *hash), void *arg)
{
	SCOPED(arena) a = {0};
	enum status st = ST_OK;
	const char *path = part_path(&a, folder, part);
	DIR *d = opendir(path);
	for (const struct dirent *e; st == ST_OK && d && (e = readdir(d));) {
		unsigned char hash[BLOCK_HASH];
		bool block = strlen(e->d_name) == HEX && hex_decode(e->d_name, hash, BLOCK_HASH);
		if (e->d_name[0] != '.')
			st = each(arg, arena_printf(&a, "%s/%s", path, e->d_name), block ? hash : NULL);
	}
	if (d)
		closedir(d);
	return st;
}

struct sweep {
	struct hash_set named;
	size_t gone;
};

static enum status sweep_one(void *arg, const char *path, const unsigned char *hash)
{
	struct sweep *s = arg;
	const char *end = strrchr(path, '.');
	bool half = !hash && end && (strcmp(end, ".part") == 0 || strcmp(end, ".bad") == 0);
	bool unnamed = hash && (s->named.room == 0 || !s->named.taken[place_of(&s->named, hash)]);
	if ((half || unnamed) && unlink(path) == 0)
		s->gone++;
	return ST_OK;
}

enum status blocks_sweep(const char *folder, size_t *gone, char why[BLOCKS_WHY_MAX])
{
	struct sweep s = {0};
	enum status st = add_copies(&s.named, folder, why);
	for (unsigned part = 0; st == ST_OK && part < 256; part++)
		st = each_block(folder, part, sweep_one, &s);
	hash_set_drop(&s.named);
	*gone = s.gone;
	return st;
}

struct look {
	const char *folder;
	char *why;
	bool bad;
};

static enum status look_at_one(void *arg, const char *path, const unsigned char *hash)
{
	struct look *l = arg;
	char bytes[BLOCK_MOST], why[BLOCKS_WHY_MAX] = "";
	int64_t n = size_of(path);
	if (!hash || n < 0 || (n <= BLOCK_MOST && blocks_get(l->folder, hash, bytes, (size_t)n, why) == ST_OK))
		return ST_OK;
	if (!l->bad)
		snprintf(l->why, BLOCKS_WHY_MAX, "块已损坏: %.300s; 已改名为 .bad, 需要它的旧备份不能再恢复", path);
	l->bad = true;
	blocks_put_aside(l->folder, hash);
	return ST_OK;
}

enum status blocks_look_over(const char *folder, unsigned part, char why[BLOCKS_WHY_MAX])
{
	struct look l = {folder, why, false};
	enum status st = each_block(folder, part % 256, look_at_one, &l);
	return l.bad ? ST_INVALID_FIELD : st;
}
