/* Copies of a SQLite store, page by page, inside one read transaction: writers neither wait nor make the copy start again. */
#pragma once
#include "core/store_driver.h"

/* Into a new file. */
enum status lite_backup(void *conn, const char *to_path, void (*progress)(void *arg, int done, int total), void *arg);
/* Onto a file that holds an earlier copy, or is empty: only pages that differ are written and told. */
enum status lite_refresh(void *conn, int fd, const struct page_watch *watch, char why[200]);
