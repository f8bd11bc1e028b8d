/*
 * Any bytes as a spreadsheet: as the whole file (first byte 0), or as the sheet, the shared texts or the styles of a sound
 * one. The file is refused or gives rows that the CSV reader reads to the end; numbers and formats never overrun.
 */
#include "core/xlsx.h"

#include "core/arena.h"
#include "core/xlsx_cell.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void read_all(const char *bytes, size_t n)
{
	SCOPED(sheet) s = {.fd = -1};
	SCOPED(csv_reader) r = {0};
	const char *why = NULL;
	bool more = true;
	if (sheet_from_memory(&s, bytes, n, "/tmp") != ST_OK || csv_open(&r, s.source, &why) != ST_OK)
		return;
	for (int64_t row = r.row; csv_next(&r, &more) == ST_OK && more; row = r.row)
		insist(r.row > row && (r.fault != CSV_FINE || r.cell_count <= CSV_COLUMNS_MAX));
}

static void add(zip_t *zip, const char *name, const void *bytes, size_t n)
{
	zip_source_t *source = zip_source_buffer(zip, bytes, n, 0);
	insist(source && zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

static void read_part(int which, const uint8_t *data, size_t n)
{
	static const char book[] = "<workbook xmlns:r='x'><sheets><sheet r:id='a'/></sheets></workbook>";
	static const char relations[] = "<x><Relationship Id='a' Target='worksheets/sheet1.xml'/></x>";
	static const char sheet[] = "<x><row><c t='s'><v>0</v></c><c s='1'><v>46347.5</v></c><c s='2'><v>7</v></c></row></x>";
	static const char *const names[] = {"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"};
	zip_error_t error;
	zip_error_init(&error);
	zip_source_t *file = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *zip = zip_open_from_source(file, ZIP_TRUNCATE, &error);
	insist(zip != NULL);
	zip_source_keep(file);
	add(zip, "xl/workbook.xml", book, sizeof book - 1);
	add(zip, "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1);
	for (int i = 0; i < 3; i++) {
		if (i == which)
			add(zip, names[i], data, n);
		else if (i == 0)
			add(zip, names[i], sheet, sizeof sheet - 1);
	}
	for (zip_int64_t i = 0; i < zip_get_num_entries(zip, 0); i++)
		zip_set_file_compression(zip, (zip_uint64_t)i, ZIP_CM_STORE, 0);
	insist(zip_close(zip) == 0 && zip_source_open(file) == 0);
	char *bytes = malloc(n + 4096);
	zip_int64_t size = zip_source_read(file, bytes, n + 4096);
	insist(size > 0);
	read_all(bytes, (size_t)size);
	free(bytes);
	zip_source_close(file);
	zip_source_free(file);
	zip_error_fini(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	SCOPED(arena) a = {0};
	char out[NUMBER_TEXT_MAX];
	if (n == 0 || n > 20000)
		return 0;
	const char *text = arena_copy(&a, (const char *)data + 1, n - 1);
	const struct number_style style = number_style_of(text);
	(void)number_text(text, style, data[0] & 1, out);
	if (data[0] % 4 == 0)
		read_all((const char *)data + 1, n - 1);
	else
		read_part(data[0] % 4 - 1, data + 1, n - 1);
	return 0;
}
