/* The whole proof of one store's file, for the commands verify, backup and restore. */
#pragma once
#include "core/text.h"
#include "core/write.h"

#define VERIFY_WHY_MAX 400
#define VERIFY_HEAD_TEXT (2 * HASH_BYTES + 1)

struct verify_request {
	bool has_expected;
	unsigned char expected[HASH_BYTES]; /* a head that must be in the chain */
};
/*
 * Faults go to stderr row by row. OK; INVALID_FIELD where something disagrees; STORE_UNAVAILABLE or INTERNAL where the file
 * cannot be read as a store. head: the newest entry's hash in hexadecimal. why: a Chinese sentence unless OK.
 */
MUST_CHECK enum status verify_store(const char *where, const char *code, const struct verify_request *q,
                                    char head[VERIFY_HEAD_TEXT], char why[VERIFY_WHY_MAX]);
