#include "core/zip_out.h"

#include "core/arena.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define CHUNK ((size_t)32 << 10)
#define VERSION 20        /* deflate */
#define SIZES_BEHIND 0x08 /* flag: checksum and sizes follow the data */
#define METHOD_DEFLATE 8
#define DAY_NONE 0x21 /* 1980-01-01: the same rows make the same bytes */

struct entry {
	const char *name;
	uint64_t at, packed, plain;
	uint32_t crc;
};

struct zip_out {
	struct buf *out;
	struct entry *entries;
	size_t count, cap;
	uint64_t sent; /* bytes of the archive so far, also those that the caller has taken away */
	z_stream deflate;
	unsigned char chunk[CHUNK];
};

struct zip_out *zip_out_new(struct buf *out)
{
	struct zip_out *z = memory_alloc(sizeof *z);
	z->out = out;
	/* raw: a zip entry has no zlib head. Lack of memory ends the process everywhere here. */
	if (deflateInit2(&z->deflate, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	return z;
}

static void send(struct zip_out *z, const void *bytes, size_t n)
{
	buf_put(z->out, bytes, n);
	z->sent += n;
}

/* Little-endian, as the format has it. */
static void send_number(struct zip_out *z, uint64_t v, size_t bytes)
{
	unsigned char out[8];
	for (size_t i = 0; i < bytes; i++)
		out[i] = (unsigned char)(v >> 8 * i);
	send(z, out, bytes);
}

/* What the head before an entry and its line in the directory have in common. */
static void send_head(struct zip_out *z, const struct entry *e, bool known)
{
	send_number(z, VERSION, 2);
	send_number(z, SIZES_BEHIND, 2);
	send_number(z, METHOD_DEFLATE, 2);
	send_number(z, 0, 2);
	send_number(z, DAY_NONE, 2);
	send_number(z, known ? e->crc : 0, 4);
	send_number(z, known ? e->packed : 0, 4);
	send_number(z, known ? e->plain : 0, 4);
	send_number(z, strlen(e->name), 2);
	send_number(z, 0, 2);
}

static struct entry *last(struct zip_out *z)
{
	return &z->entries[z->count - 1];
}

void zip_out_begin(struct zip_out *z, const char *name)
{
	if (z->count == z->cap) {
		z->cap = z->cap ? z->cap * 2 : 8;
		z->entries = memory_resize(z->entries, z->cap * sizeof *z->entries);
	}
	z->entries[z->count++] = (struct entry){.name = name, .at = z->sent, .crc = (uint32_t)crc32(0, NULL, 0)};
	deflateReset(&z->deflate);
	send_number(z, 0x04034B50, 4);
	send_head(z, last(z), false);
	send(z, name, strlen(name));
}

static void pack(struct zip_out *z, int flush)
{
	size_t n;
	do {
		z->deflate.next_out = z->chunk;
		z->deflate.avail_out = CHUNK;
		(void)deflate(&z->deflate, flush);
		n = CHUNK - z->deflate.avail_out;
		send(z, z->chunk, n);
		last(z)->packed += n;
	} while (n == CHUNK);
}

void zip_out_put(struct zip_out *z, const void *bytes, size_t n)
{
	struct entry *e = last(z);
	e->crc = (uint32_t)crc32_z(e->crc, bytes, n);
	e->plain += n;
	z->deflate.next_in = (z_const Bytef *)(uintptr_t)bytes;
	z->deflate.avail_in = (uInt)n; /* whoever writes rows hands over some KiB at a time */
	pack(z, Z_NO_FLUSH);
}

void zip_out_end(struct zip_out *z)
{
	const struct entry *e = last(z);
	pack(z, Z_FINISH);
	send_number(z, 0x08074B50, 4);
	send_number(z, e->crc, 4);
	send_number(z, e->packed, 4);
	send_number(z, e->plain, 4);
}

bool zip_out_finish(struct zip_out *z)
{
	const uint64_t directory = z->sent;
	bool fits = directory <= UINT32_MAX;
	for (size_t i = 0; i < z->count; i++) {
		const struct entry *e = &z->entries[i];
		fits = fits && e->plain <= UINT32_MAX;
		send_number(z, 0x02014B50, 4);
		send_number(z, VERSION, 2);
		send_head(z, e, true);
		send_number(z, 0, 8); /* no comment, one disk, no attributes */
		send_number(z, 0, 2);
		send_number(z, e->at, 4);
		send(z, e->name, strlen(e->name));
	}
	const uint64_t length = z->sent - directory;
	send_number(z, 0x06054B50, 4);
	send_number(z, 0, 4);
	send_number(z, z->count, 2);
	send_number(z, z->count, 2);
	send_number(z, length, 4);
	send_number(z, directory, 4);
	send_number(z, 0, 2);
	return fits;
}

void zip_out_free(struct zip_out *z)
{
	deflateEnd(&z->deflate);
	free(z->entries);
	free(z);
}
