/* What two townships ask for next month, and the rules the centre orders by (演示). */
#include "warehouse/demand/plan.h"
#include "warehouse/demo/county.h"
#include "warehouse/procurement/approval.h"

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

enum status county_write_demand(struct county *c)
{
	int asking = 0;
	enum status st = ST_OK;
	for (size_t i = 0; i < c->site_count && asking < ASKING_SITES && st == ST_OK; i++) {
		if (c->sites[i].level != LEVEL_TOWNSHIP)
			continue;
		st = write_plan(c, &c->sites[i]);
		asking++;
	}
	return st == ST_OK ? county_run(c, write_rules, NULL) : st;
}
