#include "service/list_cell.h"

#include "core/money.h"
#include "core/table.h"

#include <stdio.h>
#include <string.h>

void list_put_column(struct jo *o, struct rows *r, int i, const struct list_column *c)
{
	size_t n = 0;
	if (col_is_null(r, i)) {
		jo_null(o, c->name);
		return;
	}
	switch (c->type) {
	case L_ID:
		jo_id(o, c->name, col_i64(r, i));
		return;
	case L_INT:
	case L_INT_OR_NULL:
		jo_i64(o, c->name, col_i64(r, i));
		return;
	case L_PRICE:
		jo_price(o, c->name, col_i64(r, i));
		return;
	case L_FEN:
		jo_fen(o, c->name, col_i64(r, i));
		return;
	case L_BOOL:
		jo_bool(o, c->name, col_i64(r, i) != 0);
		return;
	case L_TEXT:
		jo_text(o, c->name, c->titles ? word_title(c->titles, col_peek(r, i, &n)) : col_peek(r, i, &n));
		return;
	}
}

void list_csv_cell(struct csv_writer *w, struct rows *r, int i, const struct list_column *c)
{
	size_t n = 0;
	char text[32];
	if (col_is_null(r, i)) {
		csv_put_text(w, NULL);
	} else if (c->type == L_TEXT) {
		csv_put_text(w, c->titles ? word_title(c->titles, col_peek(r, i, &n)) : col_peek(r, i, &n));
	} else if (c->type == L_PRICE || c->type == L_FEN) {
		(c->type == L_PRICE ? price_text : fen_text)(col_i64(r, i), text);
		csv_put_number(w, text);
	} else {
		csv_put_i64(w, col_i64(r, i));
	}
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);
	return n >= m && strcmp(s + n - m, end) == 0;
}

/* Numbers of things are texts: a spreadsheet would round them. What a whole number means, its name says. */
void list_sheet_cell(struct sheet_out *s, struct rows *r, int i, const struct list_column *c)
{
	size_t n = 0;
	char text[32];
	if (col_is_null(r, i)) {
		sheet_out_text(s, NULL);
	} else if (c->type == L_TEXT) {
		sheet_out_text(s, c->titles ? word_title(c->titles, col_peek(r, i, &n)) : col_peek(r, i, &n));
	} else if (c->type == L_PRICE || c->type == L_FEN) {
		(c->type == L_PRICE ? price_text : fen_text)(col_i64(r, i), text);
		sheet_out_decimal(s, text, c->type == L_PRICE ? 4 : 2);
	} else if (c->type == L_ID) {
		snprintf(text, sizeof text, "%lld", (long long)col_i64(r, i));
		sheet_out_text(s, text);
	} else if (ends_with(c->name, "_ymd")) {
		sheet_out_ymd(s, col_i64(r, i));
	} else if (ends_with(c->name, "_at_ms")) {
		sheet_out_moment(s, col_i64(r, i));
	} else {
		sheet_out_i64(s, col_i64(r, i));
	}
}
