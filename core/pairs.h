/*
 * Any number of pairs of integers in rising order, in bounded memory: what does not fit is sorted in runs, which wait in a
 * file without a name and are merged while they are read.
 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pair {
	int64_t first, second;
};
struct pairs;

/* room: pairs kept in memory (16 bytes each). folder: where the file goes if one is needed; must live as long. Never NULL. */
struct pairs *pairs_new(size_t room, const char *folder);
void pairs_free(struct pairs *p);
void pairs_add(struct pairs *p, int64_t first, int64_t second);
/* Ends the adding. STORE_UNAVAILABLE where the file could not be written. */
MUST_CHECK enum status pairs_sort(struct pairs *p);
/* The next pair in order, equal ones once; false at the end and where the file cannot be read (see pairs_status). */
bool pairs_next(struct pairs *p, struct pair *out);
enum status pairs_status(const struct pairs *p);
size_t pairs_count(const struct pairs *p);
