/*
 * A list as a file, CSV or XLSX, of any length: the first page is answered like everything else, and whoever sends it asks for
 * the next one when it is gone. Each page is a read of its own, so a slow reader holds neither a connection to the store
 * nor a snapshot, and memory holds one page.
 */
#pragma once
#include "service/list_ask.h"

/* The first page into the reply. x->file stands afterwards where more pages come. */
MUST_CHECK enum status list_file_begin(const struct ask *k, struct db *db);
/* Appends the next page to the reply; x->file is NULL behind the last. */
MUST_CHECK enum status list_file_next(struct exchange *x, struct db *db);
void list_file_drop(struct list_file *f);
