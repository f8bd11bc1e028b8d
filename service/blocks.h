/*
 * Copies that share what is the same. A store's file is cut into blocks, each a plain file named by its SHA-256
 * below FOLDER/blocks; a copy is a list of them. A block is written once, is never changed, and goes when no list in any
 * folder beside `blocks` names it any more. FOLDER/FORMAT.txt tells a stranger how to put a store together without this
 * program. Nothing here knows what a block means.
 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_LEAST 16384
#define BLOCK_MOST 262144
#define BLOCK_HASH 32
#define BLOCKS_WHY_MAX 400
#define BLOCK_LIST_SUFFIX ".blocks"

/* The blocks of one store's file, in order; only the last may be short. */
struct block_list {
	int64_t bytes;
	size_t block; /* bytes of each: small while the file is, so that a small write costs little; larger, so that there are not
	                 too many */
	size_t count;
	unsigned char (*hash)[BLOCK_HASH];
};
/* An empty list for a file of so many bytes, in the arena. */
struct block_list block_list_new(struct arena *a, int64_t bytes);
size_t block_bytes(const struct block_list *l, size_t i);
/* The list in a file: INVALID_FIELD where it is not whole, with a Chinese sentence in why. */
MUST_CHECK enum status block_list_read(struct arena *a, const char *path, struct block_list *out, char why[BLOCKS_WHY_MAX]);
/* A new file, on disk when it returns. */
MUST_CHECK enum status block_list_write(const char *path, const char *code, const struct block_list *l, char why[BLOCKS_WHY_MAX]);
/* The codes of the lists in a copy's folder, rising, NULL at the end, in the arena. */
const char **block_list_codes(struct arena *a, const char *copy, size_t *count);

/* Makes FOLDER/blocks and FORMAT.txt where they are missing. */
MUST_CHECK enum status blocks_prepare(const char *folder, char why[BLOCKS_WHY_MAX]);
/* Is there a block of this name and size? Its bytes are not looked at. */
bool blocks_has(const char *folder, const unsigned char hash[BLOCK_HASH], size_t n);
/* Puts a block where it is missing; *wrote is raised by its bytes. It may be lost until blocks_settle. */
MUST_CHECK enum status blocks_put(const char *folder, const void *bytes, size_t n, unsigned char hash[BLOCK_HASH], int64_t *wrote,
                                  char why[BLOCKS_WHY_MAX]);
/* What was put is durable, names included. */
MUST_CHECK enum status blocks_settle(const char *folder, char why[BLOCKS_WHY_MAX]);
/* Reads a block of n bytes and holds it against its hash: INVALID_FIELD, and named, where it is another or missing. */
MUST_CHECK enum status blocks_get(const char *folder, const unsigned char hash[BLOCK_HASH], void *out, size_t n,
                                  char why[BLOCKS_WHY_MAX]);
/* Gives a block that is not what its name says another one (HASH.bad), so that the name is free again. */
void blocks_put_aside(const char *folder, const unsigned char hash[BLOCK_HASH]);
/* Puts the file of a list together at an open, empty file; every bad block is named on stderr. The number of them, or -1 where
 * the file cannot be written. */
int64_t blocks_assemble(const char *folder, const struct block_list *l, int fd, const char *told_as);

/*
 * Takes away blocks that no list names; nothing goes while any list cannot be read. *gone: how many. Only one process may
 * write to the folder.
 */
MUST_CHECK enum status blocks_sweep(const char *folder, size_t *gone, char why[BLOCKS_WHY_MAX]);
/* Reads one of 256 parts of the blocks; a bad one is put aside (HASH.bad) and named: INVALID_FIELD. */
MUST_CHECK enum status blocks_look_over(const char *folder, unsigned part, char why[BLOCKS_WHY_MAX]);
