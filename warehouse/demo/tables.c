#include "warehouse/demo/county.h"

#include "core/table.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX 4000

static const char *const supply_words[] = {"西药", "输液", "生物", "特药", "中成药", "饮片", NULL};
static const char *const season_words[] = {"flat", "winter", "summer", "spring", NULL};
static const char *const level_words[] = {"county", "township", "village", NULL};
static const char *const storage_words[] = {"normal", "cool", "cold", NULL};
static const char *const class_words[] = {"西药", "中成药", "饮片", NULL};
static const char *const class_names[] = {"western", "patent", "decoction"};
static const char *const control_words[] = {"", "麻醉", "精一", "精二", "毒性", NULL};
static const char *const control_names[] = {NULL, "narcotic", "psychotropic1", "psychotropic2", "toxic"};
static const char *const kind_words[] = {"lead", "township", "clinic", NULL};

static enum way way_of(const struct drug *d)
{
	if (d->supply == SUPPLY_PIECES)
		return WAY_PIECES;
	return strstr(d->form, "注射") || d->supply == SUPPLY_INFUSION ? WAY_INJECTION : WAY_ORAL;
}

/* The marks of a row as flags of the catalogue. */
static const char *flags_of(struct table *t)
{
	static const char *const marks[][2] = {
	        {"非限制", "antibiotic=unrestricted;"},
	        {"限制", "antibiotic=restricted;"},
	        {"特殊", "antibiotic=special;"},
	        {"高警示", "high_alert=B;"},
	        {"急救", "rescue=yes;"},
	        {"易短缺", "shortage=scarce;"},
	        {"易制毒", "precursor=yes;"},
	        {"含麻", "ephedrine=yes;"},
	        {"国谈", "negotiated=yes;"},
	        {"重点监控", "monitored=yes;"},
	};
	const char *out = "";
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (table_has(t, "marks", marks[i][0]))
			out = arena_printf(t->arena, "%s%s", out, marks[i][1]);
	return out;
}

static void read_drug(struct table *t, void *row, int64_t n)
{
	struct drug *d = row;
	*d = (struct drug){
	        .generic = table_text(t, "generic"),
	        .form = table_text(t, "form"),
	        .strength = table_text(t, "strength"),
	        .drug_class = class_names[table_word(t, "class", class_words)],
	        .unit = table_text(t, "unit"),
	        .pack = table_text(t, "pack"),
	        .controlled = control_names[table_word(t, "control", control_words)],
	        .supply = (enum supply)table_word(t, "supply", supply_words),
	        .season = (enum season)table_word(t, "season", season_words),
	        .level = (enum level)table_word(t, "level", level_words),
	        .storage = (enum storage)table_word(t, "storage", storage_words),
	        .units_per_pack = table_i64(t, "units_per_pack", 1, 10000),
	        .packs_per_box = table_i64(t, "packs_per_middle", 1, 1000),
	        .boxes_per_case = table_i64(t, "middles_per_case", 1, 1000),
	        .price_e4 = table_price_e4(t, "price_yuan"),
	        .use_per_100k = table_i64(t, "use_per_100k", 1, 20000),
	        .shelf_months = table_i64(t, "shelf_months", 6, 120),
	        .traced = table_i64(t, "traced", 0, 1) == 1,
	        .emergency = table_has(t, "marks", "急救"),
	        .essential = table_i64(t, "essential", 0, 1) == 1,
	        .selected = table_i64(t, "volume_based", 0, 1) == 1,
	        .flags = flags_of(t),
	        .row = n,
	};
	d->way = way_of(d);
}

static void read_kinds(struct table *t, const char *column, bool out[SUPPLY_COUNT])
{
	for (size_t i = 0; i < SUPPLY_COUNT; i++)
		out[i] = table_has(t, column, supply_words[i]);
}

static void read_maker(struct table *t, void *row, int64_t n)
{
	struct maker *m = row;
	*m = (struct maker){.name = table_text(t, "name"), .share = table_i64(t, "share", 1, 1000), .row = n};
	read_kinds(t, "makes", m->makes);
}

static void read_distributor(struct table *t, void *row, int64_t n)
{
	struct distributor *s = row;
	(void)n;
	*s = (struct distributor){
	        .code = table_text(t, "code"),
	        .name = table_text(t, "name"),
	        .licence_no = table_text(t, "licence_no"),
	        .licence_days = table_i64(t, "licence_days", -4000, 4000),
	        .mandate_days = table_i64(t, "mandate_days", -4000, 4000),
	        .share = table_i64(t, "share", 1, 1000),
	        .business = table_text(t, "business"),
	};
	read_kinds(t, "delivers", s->delivers);
}

/* Reads every row of a table into an array of rows of `size` bytes. */
static enum status read_rows(struct county *c, const char *name, size_t size, void (*read)(struct table *, void *, int64_t),
                             void **out, size_t *count)
{
	struct table t;
	char *rows = arena_array(c->arena, ROWS_MAX, size);
	enum status st = table_open(&t, c->arena, name);
	*count = 0;
	for (; st == ST_OK && *count < ROWS_MAX && table_next(&t); ++*count)
		read(&t, rows + *count * size, (int64_t)*count);
	if (st == ST_OK)
		st = table_end(&t);
	if (st != ST_OK)
		snprintf(c->why, DEMO_WHY_MAX, "演示数据表: %s", table_error(&t));
	*out = rows;
	return st;
}

static int64_t site_index(const struct county *c, const char *code)
{
	for (size_t i = 0; i < c->site_count; i++)
		if (strcmp(c->sites[i].code, code) == 0)
			return (int64_t)i;
	return -1;
}

static void read_site(struct county *c, struct table *t)
{
	struct place *s = &c->sites[c->site_count];
	size_t kind = table_word(t, "kind", kind_words);
	*s = (struct place){
	        .code = table_text(t, "code"),
	        .name = table_text(t, "name"),
	        .kind = kind_words[kind],
	        .parent = site_index(c, table_text(t, "parent")),
	        .inhabitants = table_i64(t, "inhabitants", 0, 10000000),
	        .level = (enum level)kind,
	};
	c->site_count++;
}

/* The sites of the consortium; a code that the table does not know gets those of the first one, under its own name. */
static enum status read_sites(struct county *c)
{
	static const char name[] = "schema/demo/sites.tsv", shape[] = "sxyy";
	for (int own = 1; own >= 0 && c->site_count == 0; own--) {
		struct table t;
		const char *code = own ? c->options->code : shape;
		c->sites = arena_array(c->arena, ROWS_MAX, sizeof *c->sites);
		enum status st = table_open(&t, c->arena, name);
		while (st == ST_OK && c->site_count < ROWS_MAX && table_next(&t))
			if (strcmp(table_text(&t, "consortium"), code) == 0)
				read_site(c, &t);
		if (st == ST_OK)
			st = table_end(&t);
		if (st != ST_OK) {
			snprintf(c->why, DEMO_WHY_MAX, "演示数据表: %s", table_error(&t));
			return st;
		}
		if (!own && c->site_count)
			c->sites[0].name = c->options->name;
	}
	return ST_OK;
}

enum status county_read_tables(struct county *c)
{
	void *rows = NULL;
	enum status st = read_rows(c, "schema/demo/drugs.tsv", sizeof *c->drugs, read_drug, &rows, &c->drug_count);
	c->drugs = rows;
	if (st == ST_OK)
		st = read_rows(c, "schema/demo/makers.tsv", sizeof *c->makers, read_maker, &rows, &c->maker_count);
	c->makers = rows;
	if (st == ST_OK)
		st = read_rows(c, "schema/demo/suppliers.tsv", sizeof *c->distributors, read_distributor, &rows,
		               &c->distributor_count);
	c->distributors = rows;
	return st == ST_OK ? read_sites(c) : st;
}
