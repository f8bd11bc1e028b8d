/* What two townships ask for next month, and the rules the centre orders by (演示). */
#include "warehouse/demand/long_demand.h"
#include "warehouse/demand/plan.h"
#include "warehouse/demo/county.h"
#include "warehouse/procurement/approval.h"

#include <string.h>

#define ASKING_SITES 2
#define DEMO_LIMIT_E4 (200000LL * 10000) /* 20 万元 */

static enum status write_rules(struct tx *tx, void *arg)
{
	const struct demand_setting_new rows[] = {
	        {.lead_days = 3, .safety_days = 12, .cover_days = 30, .note = "演示"},
	        {.drug_class = "decoction", .lead_days = 5, .safety_days = 10, .cover_days = 45, .note = "演示"},
	};
	const struct approval_limit_new limit = {.role = "central_pharmacist", .amount_e4 = DEMO_LIMIT_E4};
	int64_t id = 0;
	enum status st = ST_OK;
	(void)arg;
	for (size_t i = 0; i < sizeof rows / sizeof *rows && st == ST_OK; i++)
		st = demand_setting_add(tx, &rows[i], &id);
	return st == ST_OK ? approval_limit_add(tx, &limit, &id) : st;
}

struct asking {
	const struct place *site;
	struct doc doc;
	int64_t left;
};

static enum status begin_plan(struct tx *tx, void *arg)
{
	struct asking *a = arg;
	const struct plan_new in = {
	        .site_id = a->site->id, .ym = ymd_add_months(tx->today_ymd, 1) / 100, .note = "演示: 分院计划"};
	return plan_make(tx, &site_plan_kind, &in, &a->doc);
}

static enum status fill_plan(struct tx *tx, void *arg)
{
	struct asking *a = arg;
	struct plan_slice slice;
	enum status st = plan_fill(tx, &a->doc, false, &slice);
	a->left = slice.left;
	return st;
}

SQL(adopt_all, "UPDATE plan_line SET units = suggest_units WHERE plan_id = :id /*all sites: the demo's own plan*/");

static enum status submit_plan(struct tx *tx, void *arg)
{
	struct asking *a = arg;
	tx->action = "demo.plan";
	int64_t lines = db_exec(tx, adopt_all, I64(":id", a->doc.id));
	return lines ? document_follow(tx, &a->doc, "submit", NULL) : ST_OK;
}

static enum status write_plan(struct county *c, const struct place *site)
{
	/* the document's texts live as long as the write that made it: the arena of the whole county keeps what is used on */
	struct asking a = {.site = site, .left = 1};
	enum status st = county_run(c, begin_plan, &a);
	a.doc.number = "";
	a.doc.state = "draft";
	while (st == ST_OK && a.left)
		st = county_run(c, fill_plan, &a);
	return st == ST_OK ? county_run(c, submit_plan, &a) : st;
}

/* 长处方 of the chronic diseases' clinic, and of the first township's. */
static const struct {
	const char *generic;
	int64_t packs; /* in thirty days */
	int64_t days;
	bool town;
} long_ones[] = {
        {"苯磺酸氨氯地平片", 60, 83, false}, {"缬沙坦胶囊", 28, 56, false},      {"阿托伐他汀钙片", 45, 83, false},
        {"盐酸二甲双胍片", 36, 27, false},   {"苯磺酸氨氯地平片", 15, 55, true}, {"盐酸二甲双胍缓释片", 12, 83, true},
};

static const struct item *item_of(const struct county *c, const char *generic)
{
	for (size_t i = 0; i < c->item_count; i++)
		if (c->items[i].first && strcmp(c->items[i].drug->generic, generic) == 0)
			return &c->items[i];
	return NULL;
}

static enum status write_long(struct tx *tx, void *arg)
{
	const struct county *c = arg;
	const struct place *town = NULL;
	enum status st = ST_OK;
	for (size_t i = 0; i < c->site_count && !town; i++)
		town = c->sites[i].level == LEVEL_TOWNSHIP ? &c->sites[i] : NULL;
	for (size_t i = 0; i < sizeof long_ones / sizeof *long_ones && st == ST_OK; i++) {
		const struct item *p = item_of(c, long_ones[i].generic);
		int64_t depot = !long_ones[i].town ? county_depot(c, &c->sites[0], FOR_OUTPATIENT)
		                : town             ? county_depot(c, town, FOR_TOWN_COUNTER)
		                                   : 0;
		int64_t id = 0;
		const struct long_demand_new in = {.place_id = depot,
		                                   .product_id = p ? p->id : 0,
		                                   .units_30 = p ? long_ones[i].packs * p->units_per_pack : 0,
		                                   .until_ymd = ymd_add_days(tx->today_ymd, long_ones[i].days),
		                                   .source = "演示: 慢病门诊",
		                                   .note = "长处方合计, 不含患者信息"};
		if (p && depot)
			st = long_demand_add(tx, &in, &id);
	}
	return st;
}

enum status county_write_demand(struct county *c)
{
	int asking = 0;
	enum status st = county_run(c, write_long, c);
	for (size_t i = 0; i < c->site_count && asking < ASKING_SITES && st == ST_OK; i++) {
		if (c->sites[i].level != LEVEL_TOWNSHIP)
			continue;
		st = write_plan(c, &c->sites[i]);
		asking++;
	}
	return st == ST_OK ? county_run(c, write_rules, NULL) : st;
}
