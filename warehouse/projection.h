/*
 * Projections that may come late: what is derived from the ledger and has no say in what may be written. Each keeps its
 * own mark in table projection; a new one gets its line in projection_tidy.
 */
#pragma once
#include "core/write.h"

/* For writer.group_end. RULE DESIGN-7-late-card: under light load they stand with the answer, under load within a second. */
void projection_keep(struct tx *tx, size_t jobs);
/* A slice of what is left, for the idle writer; true where more is left. */
bool projection_tidy(struct tx *tx);
