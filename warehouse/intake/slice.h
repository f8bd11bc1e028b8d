/*
 * Checked rows of an import as bytes: how they wait in table import_slice. A row begins with its length, so that a reader
 * goes on where the last write stopped.
 */
#pragma once
#include "core/text.h"
#include "warehouse/intake/intake.h"

/* Appends a row. *id_at is where slice_set_id writes the id that the row's thing will have. */
void slice_put(struct buf *out, const struct intake *in, const struct intake_row *row, size_t *id_at);
void slice_set_id(struct buf *slice, size_t id_at, int64_t id);
/* The row at *at, in the arena; moves *at behind it. False at the end, and for bytes that are no row. */
bool slice_next(struct arena *a, const struct intake *in, const char *bytes, size_t n, size_t *at, struct intake_row *out);
