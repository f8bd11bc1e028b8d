/*
 * Spreadsheets (.xlsx) out, row by row, as bytes that may leave while the sheet grows. Texts stay texts (codes keep their
 * zeros), dates are dates, amounts are numbers with a format; what is written so is read back letter for letter
 * (core/xlsx.h). What is more than one sheet holds goes on in the next one, under the same head.
 */
#pragma once
#include "core/status.h"
#include "core/text.h"

#include <stdint.h>

struct sheet_out;
/* Appends to `out`, which the caller may send and empty between rows. heads are copied. Never NULL. */
struct sheet_out *sheet_out_new(struct buf *out, const char *const *heads, size_t n);
/* Cells of the row under way, from left to right. NULL: an empty cell. */
void sheet_out_text(struct sheet_out *s, const char *text);
/* Whole numbers that a spreadsheet would round are written as text. */
void sheet_out_i64(struct sheet_out *s, int64_t v);
/* A decimal made by the program ("12.5"); places: 2, or 4 of which two may be hidden. */
void sheet_out_decimal(struct sheet_out *s, const char *decimal, int places);
/* yyyymmdd; what is no date is written as a number. */
void sheet_out_ymd(struct sheet_out *s, int64_t ymd);
/* An instant, in China's time. */
void sheet_out_moment(struct sheet_out *s, int64_t at_ms);
void sheet_out_end_row(struct sheet_out *s);
/* Ends the file. TOO_LARGE where a text is longer than a cell holds, or the file than an archive. */
MUST_CHECK enum status sheet_out_finish(struct sheet_out *s);
void sheet_out_free(struct sheet_out *s);
