/* The catalogue's lists: which level holds what, what is said of a drug, who has a 印鉴卡, and papers that wait for somebody. */
#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/exception.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/catalogue/match.h"
#include "warehouse/catalogue/substitute.h"
#include "warehouse/demo/county.h"

#include <stdio.h>
#include <string.h>

#define SOURCE "省级目录文件 (演示)"
#define YEARS_BACK (-400)

/* Antibiotics go down only as far as their grade and the essential list let them. */
static enum level lowest_level(const struct drug *d)
{
	if (strstr(d->flags, "antibiotic=") && (!d->essential || strstr(d->flags, "=special")))
		return LEVEL_COUNTY;
	if (strstr(d->flags, "=restricted") && d->level == LEVEL_VILLAGE)
		return LEVEL_TOWNSHIP;
	return d->level;
}

const char *county_levels(const struct drug *d)
{
	static const char *const lists[LEVEL_COUNT] = {"county", "county;township", "county;township;village"};
	return lists[lowest_level(d)];
}

static void put_flag(struct tx *tx, const struct county *c, const struct item *p, const char *flag, const char *value)
{
	const struct new_flag in = {p->id, flag, value, ymd_add_days(c->options->as_of_ymd, YEARS_BACK), 0, SOURCE, 0};
	product_flag_put(tx, &in);
}

void county_put_flags(struct tx *tx, const struct county *c, const struct item *p)
{
	const struct drug *d = p->drug;
	char name[32], value[32];
	int n = 0;
	for (const char *at = d->flags; sscanf(at, "%31[a-z_]=%31[a-z_AB];%n", name, value, &n) == 2; at += n)
		put_flag(tx, c, p, name, value);
	if (d->essential)
		put_flag(tx, c, p, "essential", "yes");
	if (d->selected && p->first)
		put_flag(tx, c, p, "selected", "yes");
	if (d->storage == STORAGE_COLD)
		put_flag(tx, c, p, "cold_chain", "yes");
	if (d->supply != SUPPLY_PIECES)
		put_flag(tx, c, p, "insurance", d->essential ? "A" : d->row % 11 == 0 ? "C" : "B");
}

static const struct place *first_of(const struct county *c, enum level level)
{
	for (size_t i = 0; i < c->site_count; i++)
		if (c->sites[i].level == level)
			return &c->sites[i];
	return NULL;
}

static enum status put_permit(struct tx *tx, const struct county *c, const struct place *site, const char *kind,
                              const char *number)
{
	int64_t id = 0;
	int32_t as_of = c->options->as_of_ymd;
	const struct new_entitlement in = {.site_id = site->id,
	                                   .kind = kind,
	                                   .number = number,
	                                   .from_ymd = ymd_add_days(as_of, YEARS_BACK),
	                                   .to_ymd = ymd_add_days(as_of, 60),
	                                   .units = INT64_MIN};
	return entitlement_add(tx, &in, &id);
}

static enum status put_permits(struct tx *tx, const struct county *c)
{
	enum status st = ST_OK;
	const struct place *lead = first_of(c, LEVEL_COUNTY), *town = first_of(c, LEVEL_TOWNSHIP);
	if (lead)
		st = put_permit(tx, c, lead, "seal_card", "皖麻精 2025-001 (演示)");
	if (lead && st == ST_OK)
		st = put_permit(tx, c, lead, "toxic", "皖毒 2025-001 (演示)");
	if (lead && st == ST_OK)
		st = put_permit(tx, c, lead, "precursor", "皖易制毒 2025-001 (演示)");
	return town && st == ST_OK ? put_permit(tx, c, town, "seal_card", "皖麻精 2025-014 (演示)") : st;
}

/* Two looks of one kind that have been taken for each other. */
static void put_look_alike(struct tx *tx, const struct county *c)
{
	static const char *const pairs[][2] = {
	        {"阿糖胞苷", "阿糖腺苷"}, {"氯化钾", "氯化钠"}, {"胰岛素", "重组人胰岛素"}, {"地高辛", "地西泮"}};
	for (size_t i = 0; i < c->item_count; i++)
		for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
			if (strncmp(c->items[i].drug->generic, pairs[k][0], strlen(pairs[k][0])) == 0)
				put_flag(tx, c, &c->items[i], "look_alike", pairs[k][1]);
}

/* Somebody wants a drug that is not there yet. */
static enum status put_application(struct tx *tx, const struct place *town)
{
	struct change_field fields[] = {
	        {"name", "艾托格列净片"}, {"drug_name", "艾托格列净片"},        {"form", "片剂"},      {"strength", "5mg"},
	        {"spec", "5mg×14片/盒"},  {"maker", "江淮制药 (演示)"},         {"unit_name", "片"},   {"pack_name", "盒"},
	        {"units_per_pack", "14"}, {"approval_no", "国药准字H20990001"}, {"level.county", "1"}, {"level.township", "1"},
	        {"flag.insurance", "B"},
	};
	struct doc d;
	const struct change_new in = {.what = "admission",
	                              .applicant = "李主任 (演示)",
	                              .reason = "慢性病长期处方需要, 目录内无同类品种 (演示)",
	                              .fields = fields,
	                              .field_count = sizeof fields / sizeof *fields};
	tx->me.root_site_id = town->id;
	enum status st = change_make(tx, &in, &d);
	return st == ST_OK ? document_follow(tx, &d, "submit", NULL) : st;
}

static enum status put_exception(struct tx *tx, const struct county *c, const struct place *town)
{
	struct doc d;
	for (size_t i = 0; i < c->item_count; i++) {
		const struct item *p = &c->items[i];
		const struct exception_new in = {.site_id = town->id,
		                                 .product_id = p->id,
		                                 .units = p->units_per_pack * 10,
		                                 .until_ymd = ymd_add_days(c->options->as_of_ymd, 30),
		                                 .cause = "specialist",
		                                 .note = "上级医院专家每周三坐诊, 患者已在用 (演示)"};
		if (p->drug->level == LEVEL_COUNTY && !p->drug->controlled && !*p->drug->flags &&
		    p->drug->supply == SUPPLY_WESTERN)
			return exception_make(tx, &in, &d);
	}
	return ST_OK;
}

static enum status put_substitute(struct tx *tx, const struct county *c)
{
	int64_t id = 0;
	const struct item *first = NULL;
	for (size_t i = 0; i < c->item_count; i++) {
		const struct item *p = &c->items[i];
		if (strcmp(p->drug->generic, "氯雷他定片") != 0 && strcmp(p->drug->generic, "盐酸西替利嗪片") != 0)
			continue;
		if (first && strcmp(first->drug->generic, p->drug->generic) != 0) {
			const struct new_substitute in = {first->id, p->id, 1, 1,
			                                  1,         0,     0, "药事委员会 2026 年第 3 次会议 (演示)"};
			return substitute_add(tx, &in, &id);
		}
		first = first ? first : p;
	}
	return ST_OK;
}

/* What a township's HIS calls its drugs: some matched, one that nobody knows yet. */
static void put_his_items(struct tx *tx, const struct county *c, const struct place *town)
{
	int64_t done = 0;
	for (size_t i = 0; i < c->item_count && done < 20; i++) {
		const struct item *p = &c->items[i];
		if (p->drug->level != LEVEL_VILLAGE || !p->first)
			continue;
		his_item_put(tx, town->id, arena_printf(tx->arena, "YP%04lld", (long long)++done), p->drug->generic, p->id, 1);
	}
	his_item_wait(tx, town->id, "YP9001", "阿莫西林胶囊 0.25g (院内旧码, 演示)", 0);
	his_item_wait(tx, town->id, "YP9002", "布洛芬片 0.1g*100片 (演示)", 1);
}

static enum status write_lists(struct tx *tx, void *arg)
{
	struct county *c = arg;
	const struct place *town = first_of(c, LEVEL_TOWNSHIP);
	tx->action = "demo.lists";
	put_look_alike(tx, c);
	if (town)
		put_his_items(tx, c, town);
	enum status st = put_permits(tx, c);
	if (st == ST_OK)
		st = put_substitute(tx, c);
	if (st == ST_OK && town)
		st = put_exception(tx, c, town);
	return st == ST_OK && town ? put_application(tx, town) : st;
}

enum status county_write_lists(struct county *c)
{
	return county_run(c, write_lists, c);
}
