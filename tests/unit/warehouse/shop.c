#include "tests/unit/warehouse/shop.h"

#include <stdio.h>

#define NOW_MS 1795219200000LL /* 2026-11-21 08:00 in China */

enum status shop_run(struct shop *s, enum status (*job)(struct tx *, void *), void *arg)
{
	s->faults = (struct faults){.arena = &s->a};
	s->clock.fixed_ms += 1000;
	return writer_run_one(&s->w, job, arg, &s->a, &s->faults);
}

static enum status found_job(struct tx *tx, void *arg)
{
	struct shop *s = arg;
	const struct new_site lead = {.code = "X1", .name = "新县医院", .kind = "lead"};
	store_found(tx, "x1", "新县", NULL);
	enum status st = site_add(tx, &lead, &s->lead);
	return st == ST_OK ? depot_add(tx, s->lead, "YK", "药库", "store", &s->depot) : st;
}

void shop_open(struct shop *s)
{
	char why[200] = "";
	*s = (struct shop){.clock = clock_fixed(NOW_MS)};
	const char *where = arena_string(&s->a, test_where("x1"));
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &s->clock, &s->w, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_run(s, found_job, s), ST_OK);
}

void shop_drop(struct shop *s)
{
	writer_close(&s->w);
	arena_drop(&s->a);
}

enum status shop_import_job(struct tx *tx, void *arg)
{
	struct import *i = arg;
	struct csv_memory m = {i->text, i->n, 0};
	if (i->shop->user && people_load(tx_db(tx), tx->arena, i->shop->user, &tx->me) != ST_OK)
		return ST_NOT_FOUND;
	enum status st = intake_run(tx, i->kind, csv_from_memory(&m), &i->options, i->context, &i->shop->report);
	return st == ST_OK && i->dry ? ST_IMPORT_REFUSED : st;
}

enum status shop_import_n(struct shop *s, const struct intake_kind *kind, const char *text, size_t n, bool keep_good, bool dry)
{
	struct import i = {.kind = kind, .text = text, .n = n, .options = {.keep_good = keep_good}, .shop = s, .dry = dry};
	return shop_run(s, shop_import_job, &i);
}

enum status shop_import(struct shop *s, const struct intake_kind *kind, const char *text)
{
	return shop_import_n(s, kind, text, strlen(text), false, false);
}

void shop_expect(const struct shop *s, int64_t added, int64_t changed, int64_t unchanged, int64_t refused)
{
	CU_ASSERT_EQUAL(s->report.added, added);
	CU_ASSERT_EQUAL(s->report.changed, changed);
	CU_ASSERT_EQUAL(s->report.unchanged, unchanged);
	CU_ASSERT_EQUAL(s->report.refused_rows, refused);
	for (const struct intake_refused *r = s->report.first; r && s->report.refused_rows != refused; r = r->next)
		printf("  row %lld %s %s %s\n", (long long)r->row, r->field ? r->field : "-", status_code(r->st), r->message);
}

bool shop_refused(const struct shop *s, int64_t row, const char *field, enum status st)
{
	for (const struct intake_refused *r = s->report.first; r; r = r->next)
		if (r->row == row && r->st == st && (field ? r->field && strcmp(r->field, field) == 0 : !r->field))
			return true;
	for (const struct intake_refused *r = s->report.first; r; r = r->next)
		printf("  row %lld %s %s %s\n", (long long)r->row, r->field ? r->field : "-", status_code(r->st), r->message);
	return false;
}

int64_t shop_ask(struct shop *s, const char *sql)
{
	struct rows r = db_query_text(s->w.db, sql, NULL, 0);
	int64_t v = rows_next(&r) ? col_i64(&r, 0) : -1;
	rows_drop(&r);
	CU_ASSERT_EQUAL(db_status(s->w.db), ST_OK);
	return v;
}

const char *shop_export(struct shop *s, const struct intake_kind *kind)
{
	struct buf b = {0};
	db_read_begin(s->w.db);
	intake_export(s->w.db, kind, &b, NULL, NULL);
	CU_ASSERT_EQUAL(db_read_end(s->w.db), ST_OK);
	const char *text = arena_copy(&s->a, b.data, b.len);
	buf_drop(&b);
	return text;
}

void shop_fill(struct shop *s)
{
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_sites, SITES), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_suppliers, SUPPLIERS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_products, PRODUCTS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_ceilings, CEILINGS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_delivery_rights, RIGHTS_OF_TWO), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_platform_ticks, TICKS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_invoices, INVOICES), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_long_demands, LONG_DEMANDS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_bins, BINS), ST_OK);
	CU_ASSERT_EQUAL_FATAL(shop_import(s, &intake_opening, OPENING), ST_OK);
}
