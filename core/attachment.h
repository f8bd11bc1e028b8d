/*
 * Attached papers (附件): scans of licences, mandates, invoices, minutes. A file belongs to one thing, named by a kind and
 * an id: a document ("order", 7) or anything else that has rows ("supplier", 7). Its content is kept once per SHA-256, in
 * chunks; it is never deleted, a newer file takes its place and the old one stays with the date. The type is what the
 * bytes say, never what the sender says. Whoever calls has asked whether the person may see, or add to, the owner.
 */
#pragma once
#include "core/json.h"
#include "core/write.h"

/* The owner of a document's minutes: papers apart from its others, seen and added by the same people. */
#define ATTACHMENT_MINUTES(kind) kind ".minutes"
#define ATTACHMENT_MAX ((size_t)20 << 20)
#define ATTACHMENT_CHUNK ((size_t)64 << 10)
#define ATTACHMENT_NAME_MAX 100 /* characters */

struct attachment_new {
	const char *owner_kind;
	int64_t owner_id;
	const char *name;
	const void *bytes;
	size_t n;
	int64_t replaces_id; /* the older file of the same owner whose place this takes; 0: none */
};
struct attachment {
	int64_t id, owner_id, content_id, bytes, at_ms, replaced_at_ms; /* replaced_at_ms 0: in force */
	const char *owner_kind, *name, *type;
};

/* The media type that the bytes are, or NULL where it is none of those that may be attached. */
const char *attachment_type(const void *bytes, size_t n);
/*
 * Attaches a file. The same content under the same name at the same owner is the same attachment: *id is the one there.
 * WRONG_MEDIA for a type that may not be attached, TOO_LARGE, INVALID_FIELD for a name or a replaced file that cannot be.
 */
MUST_CHECK enum status attachment_put(struct tx *tx, const struct attachment_new *in, int64_t *id);
/* The SHA-256 of an attachment's content as hex in the arena; NULL for an unknown one. */
const char *attachment_hash(struct db *db, struct arena *a, int64_t id);
/* NOT_FOUND for an unknown one. Texts in the arena. */
MUST_CHECK enum status attachment_load(struct db *db, struct arena *a, int64_t id, struct attachment *out);
/* Calls each(arg, bytes, n) with one chunk after the other. */
void attachment_read(struct db *db, int64_t content_id, void (*each)(void *arg, const void *bytes, size_t n), void *arg);
/* How many files in force the owner has. */
int64_t attachment_count(struct db *db, const char *owner_kind, int64_t owner_id);
/* Writes `name: [ {id, name, type, bytes, sha256, at_ms, by, replaced_at_ms, replaced_by} … ]`, newest first, replaced ones too.
 */
void attachment_write_json(struct db *db, struct arena *a, const char *owner_kind, int64_t owner_id, struct jo *o,
                           const char *name);
/* Reads every content and compares it with its hash; tells each fault. */
void attachment_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what), void *arg);
