/* One column of a row as a member, a cell of a CSV, a cell of a sheet. */
#pragma once
#include "core/csv.h"
#include "core/xlsx_out.h"
#include "service/list.h"

/* list_put_column stands in service/list.h. */
void list_csv_cell(struct csv_writer *w, struct rows *r, int i, const struct list_column *c);
void list_sheet_cell(struct sheet_out *s, struct rows *r, int i, const struct list_column *c);
