/*
 * A store copied by what changed. TO/.working/CODE.db is the newest copy as a whole file: the store's pages are held against
 * it inside one read transaction, what differs is written to it, and the blocks in which something differs go to TO/blocks
 * (service/blocks.h). It is also what is proven, and is no copy itself: it may be deleted, and is then made again.
 */
#pragma once
#include "service/blocks.h"

/*
 * The store at `where` into part/CODE.blocks, durable when it returns OK. *wrote is raised by the bytes of new blocks. Proven as
 * a whole (`verify`) each time while that is quick: proofs take at most a tenth of the time. why: the reason, in Chinese.
 */
MUST_CHECK enum status increment_make(const char *to, const char *part, const char *where, const char *code, int64_t now_ms,
                                      int64_t *wrote, char why[BLOCKS_WHY_MAX]);
/* The newest copy of a store as a whole file, in the arena. */
char *increment_file(struct arena *a, const char *to, const char *code);
/* Proves newest copies that are not yet. */
MUST_CHECK enum status increments_prove(const char *to, const char **codes, size_t count, int64_t now_ms,
                                        char why[BLOCKS_WHY_MAX]);
/* Once an hour blocks go that no copy names; each time one of 256 parts of the blocks is read and held against its names. */
MUST_CHECK enum status increments_keep(const char *to, int64_t now_ms, char why[BLOCKS_WHY_MAX]);
