/* Brings a store to the newest schema: schema/NNNN_name.sql in order, each in one transaction with its number inside. */
#pragma once
#include "core/store.h"

/* The number of the newest migration in the program. */
int migrate_newest(void);
/* The number a store stands at; 0 for an empty file. */
int migrate_current(struct db *db);
/* Runs what is missing. A store newer than the program is refused (INTERNAL, why says what to do). */
MUST_CHECK enum status migrate_run(struct db *db, int64_t now_ms, char why[200]);
