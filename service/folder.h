/*
 * The data folder: DIR/CODE.db is one consortium, unless DIR/yaocang.conf (core/config.h) says that its store stands
 * elsewhere; DIR/yaocang.lock is held by whoever writes (the service, or a command while nobody serves). Codes are letters,
 * digits, '-' and '_', at most 32, and begin with a letter or digit.
 */
#pragma once
#include "core/arena.h"
#include "core/config.h"

#include <stdbool.h>
#include <stddef.h>

#define FOLDER_CODE_MAX 32
#define FOLDER_WHY_MAX 320

/* A held lock; folder_lock_drop lets it go, and so does the end of the process. Begin with {-1}. */
struct folder_lock {
	int fd;
};

bool folder_code_is_valid(const char *code);
/* The settings in DIR/yaocang.conf; what holds without a file where there is none. Texts are in the arena. */
MUST_CHECK enum status folder_config(struct arena *a, const char *dir, struct config *out, char why[FOLDER_WHY_MAX]);
/* "DIR/CODE.db", whether there is such a file or not; in the arena. */
char *folder_store_path(struct arena *a, const char *dir, const char *code);
/*
 * Where core/store.h finds the store of a consortium, in the arena: as the settings say it, else DIR/CODE.db. A store in
 * PostgreSQL has the schema CODE unless its CONNINFO begins with another (`schema=NAME`).
 */
char *folder_store_where(struct arena *a, const char *dir, const char *code);
char *folder_where_by(struct arena *a, const struct config *c, const char *dir, const char *code);
bool folder_has_store(const char *dir, const char *code);
/* The codes of all stores in rising order, NULL at the end. STORE_UNAVAILABLE with a Chinese sentence in why. */
MUST_CHECK enum status folder_list(struct arena *a, const char *dir, const char ***codes, size_t *count,
                                   char why[FOLDER_WHY_MAX]);
MUST_CHECK enum status folder_list_by(struct arena *a, const struct config *c, const char *dir, const char ***codes,
                                      size_t *count, char why[FOLDER_WHY_MAX]);
/* Makes the folder (and those above it) where it is missing. */
MUST_CHECK enum status folder_make(const char *dir, char why[FOLDER_WHY_MAX]);
/* BUSY where somebody else holds it, STORE_UNAVAILABLE where the folder is not to be written. Never waits. */
MUST_CHECK enum status folder_lock_take(const char *dir, struct folder_lock *out, char why[FOLDER_WHY_MAX]);
void folder_lock_drop(struct folder_lock *l);
/* True where the folder does not exist or holds nothing. */
bool folder_is_absent_or_empty(const char *dir);
/* Makes names in the folder durable after a rename. */
MUST_CHECK enum status folder_sync(const char *dir);
/* The same for the bytes of one file. */
MUST_CHECK enum status file_sync(const char *path);
