/*
 * The chain of seals. Every write leaves one audit entry with a hash over each sealed row it wrote (fixed column list,
 * versioned) and the hash of the entry before it; verify recomputes all of it.
 */
#pragma once
#include "core/write.h"

#define SEAL_VERSION 1

/*
 * Inserts a row of a sealed table and feeds it to this write's seal. args: every column after seq and n, in the order
 * of the table's column list; seq and n are filled in here. Answers n.
 */
int64_t audit_row(struct tx *tx, enum sealed table, const struct arg *args, size_t count);
/* Appends this write's entry; head is the chain's last hash and becomes the new one. */
void audit_append(struct tx *tx, int64_t node, unsigned char head[HASH_BYTES]);
/* The newest entry: seq (0 for an empty chain) and hash. */
int64_t audit_head(struct db *db, unsigned char head[HASH_BYTES]);

/* Told one fault: which table, which row, what. */
typedef void verify_report(void *arg, const char *table, const char *row, const char *what);
/*
 * Recomputes the whole chain and every sealed row; answers the number of faults. expected (may be NULL): a head printed
 * earlier that must be found in the chain.
 */
int64_t audit_verify(struct db *db, const unsigned char *expected, verify_report *report, void *arg);
