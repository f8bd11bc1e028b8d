/*
 * Spreadsheets (.xlsx) in: the first visible sheet as the CSV that the same rows would be, so that whatever reads CSV reads
 * both. Nothing is held in memory: the sheet streams, shared texts wait in a file without a name.
 *
 * A cell comes out as a person sees it in the sheet: texts letter for letter (00123 keeps its zeros), numbers as plain
 * decimals of at most 15 digits (no 0.30000000000000004), longer ones as 8.1E+19, which codes refuse; cells shown as dates as
 * yyyymmdd, as months yyyymm, with a time of day `yyyy-mm-dd hh:mm:ss`; numbers shown with leading zeros (format 00000) with
 * them. Formulas give the value they had when the file was saved.
 *
 * Files that would blow up are refused: document types and entities, too many parts, texts or columns, more than a bounded
 * multiple of the file's size.
 */
#pragma once
#include "core/csv.h"

struct xlsx;

/* A file of rows, CSV or XLSX, told apart by its first bytes. Begin with {0}. */
struct sheet {
	struct csv_source source; /* what to read */
	struct csv_memory memory;
	struct xlsx *xlsx;
	int fd;
};
/* Bytes and descriptor stay the caller's and must outlive the sheet. folder: for a file without a name.
 * BAD_SHEET where it begins like an XLSX file and is none that we read. */
MUST_CHECK enum status sheet_from_memory(struct sheet *s, const char *bytes, size_t n, const char *folder);
MUST_CHECK enum status sheet_from_file(struct sheet *s, int fd, const char *folder);
void sheet_drop(struct sheet *s);
/* Do the bytes begin as a zip archive does? */
bool sheet_is_xlsx(const char *bytes, size_t n);
