/*
 * The thread of `serve` that carries long imports through (warehouse/intake/staged.h): one at a time, in slices that let
 * other writers go first. What an earlier process has left is cleaned up when it starts, and what was decided is continued.
 */
#pragma once
#include "service/service.h"

struct importer;
/* NULL where there is no thread to be had. The queue is running. */
struct importer *importer_start(struct service *s);
/* Leaves what is under way as it stands. */
void importer_stop(struct importer *i);
/* Hands over the file of an import in state checking: bytes, which become the importer's, … */
void importer_take_bytes(struct importer *i, struct store *store, int64_t id, struct buf bytes);
/* … or a file on this machine. */
void importer_take_file(struct importer *i, struct store *store, int64_t id, const char *path);
/* Somebody said go: look at once. */
void importer_wake(struct importer *i);
