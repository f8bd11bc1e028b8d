/* Papers of the demo's distributors, makers and some products, who may deliver whose goods, and what is ticked where. All numbers
 * are invented. */
#include "warehouse/catalogue/catalogue.h"

#include "core/attachment.h"
#include "warehouse/demo/county.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/mandate.h"
#include "warehouse/partner/paper.h"
#include "warehouse/partner/tick.h"

#include <string.h>

#define NAMED_MAKERS 3    /* that have named their distributors */
#define WARNED_PRODUCTS 4 /* whose registration runs out soon */
#define RIGHT_DAYS 700
#define RIGHT_SOON_DAYS 24 /* of the first distributor, so that something warns */

#define SCAN "演示扫描件: 此文件只为演示而造, 不是任何真实证照。\n"

static enum status put_scan(struct tx *tx, int64_t paper_id)
{
	int64_t id = 0;
	const struct attachment_new in = {.owner_kind = "qualification",
	                                  .owner_id = paper_id,
	                                  .name = "演示扫描件.txt",
	                                  .bytes = SCAN,
	                                  .n = sizeof SCAN - 1};
	return attachment_put(tx, &in, &id);
}

static enum status put_paper(struct tx *tx, enum paper kind, int64_t owner_id, const char *number, const char *person,
                             int32_t until)
{
	int64_t id = 0;
	const struct paper_new in = {
	        .owner_kind = paper_kinds[kind].owner,
	        .owner_id = owner_id,
	        .kind = paper_kinds[kind].word,
	        .number = number,
	        .person = person,
	        .region = person ? "寿县" : NULL,
	        .until_ymd = until,
	        .counts = true,
	};
	enum status st = paper_add(tx, &in, &id);
	return st == ST_OK ? put_scan(tx, id) : st;
}

SQL(select_licence, "SELECT id FROM qualification WHERE owner_kind = 'supplier' AND owner_id = :id AND kind = 'drug_licence'");

/*
 * All that a first-purchase file needs. A distributor whose licence holds has a mandate that holds too: the demo shows one
 * that is locked, not two.
 */
static enum status write_papers(struct tx *tx, struct county *c, size_t i)
{
	const struct distributor *s = &c->distributors[i];
	int32_t today = c->options->as_of_ymd;
	enum status st = put_scan(tx, db_i64(tx_db(tx), 0, select_licence, I64(":id", s->id)));
	const struct business *business = business_of(s->business);
	for (int k = 0; k < PAPER_COUNT && st == ST_OK; k++) {
		const struct paper_kind *kind = &paper_kinds[k];
		bool mandate = k == PAPER_mandate;
		if (!(kind->first & business->trades) || strcmp(kind->owner, "supplier") != 0 ||
		    strcmp(kind->word, business->licence) == 0 || (mandate && s->mandate_days <= 0))
			continue;
		int64_t days = mandate ? s->mandate_days : s->licence_days + 400;
		st = put_paper(tx, (enum paper)k, s->id, arena_printf(tx->arena, "演示-%s-%d", s->code, k + 1),
		               !mandate ? NULL
		               : i % 2  ? "演示业务员甲"
		                        : "演示业务员乙",
		               kind->dated ? ymd_add_days(today, (int)days) : 0);
	}
	return st;
}

/* The named makers' goods come from everybody whose licence holds, so that whoever tries the demo may order anywhere. */
static enum status name_distributors(struct tx *tx, struct county *c, int64_t maker_id)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < c->distributor_count && st == ST_OK; i++) {
		int64_t id = 0;
		const struct delivery_right_new in = {
		        .supplier_id = c->distributors[i].id,
		        .maker_id = maker_id,
		        .from_ymd = ymd_add_days(c->options->as_of_ymd, -200),
		        .until_ymd = ymd_add_days(c->options->as_of_ymd, i ? RIGHT_DAYS : RIGHT_SOON_DAYS),
		        .region = "寿县"};
		if (c->distributors[i].licence_days > 0)
			st = delivery_right_add(tx, &in, &id);
	}
	return st;
}

SQL(select_makers, "SELECT id FROM maker ORDER BY id DESC LIMIT :most");

static enum status write_makers(struct tx *tx, struct county *c)
{
	int64_t ids[NAMED_MAKERS] = {0};
	size_t n = 0;
	enum status st = ST_OK;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_makers, I64(":most", NAMED_MAKERS));
		while (n < NAMED_MAKERS && rows_next(&r))
			ids[n++] = col_i64(&r, 0);
	}
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		st = put_paper(tx, PAPER_make_licence, ids[i], arena_printf(tx->arena, "演示-皖2020%04zu", i + 1), NULL,
		               ymd_add_days(c->options->as_of_ymd, 60 + (int)i * 300));
		if (st == ST_OK)
			st = name_distributors(tx, c, ids[i]);
	}
	return st;
}

/* Where the county lies, as mandates may name it. */
static enum status put_regions(struct tx *tx)
{
	static const char *const names[] = {"寿县", "淮南市", "安徽省"};
	enum status st = ST_OK;
	for (size_t i = 0; i < sizeof names / sizeof *names && st == ST_OK; i++) {
		int64_t id = 0;
		st = own_region_add(tx, names[i], &id);
	}
	return st;
}

SQL(select_next,
    "SELECT id, owner_id FROM qualification WHERE kind = 'drug_licence' AND ended_at_ms IS NULL AND until_ymd >= :today "
    "ORDER BY until_ymd LIMIT 1");
SQL(select_agreement, "SELECT id, owner_id FROM qualification WHERE kind = 'agreement' AND ended_at_ms IS NULL AND until_ymd >= "
                      ":today ORDER BY until_ymd LIMIT 1");

/* Renewals that wait for quality: the licence that runs out next with its scan, an agreement still without. */
static enum status put_waiting(struct tx *tx, const struct county *c)
{
	const struct sql *const finds[] = {&select_next, &select_agreement};
	const enum paper kinds[] = {PAPER_drug_licence, PAPER_agreement};
	enum status st = ST_OK;
	for (size_t i = 0; i < 2 && st == ST_OK; i++) {
		int64_t id = 0, old = 0, owner = 0;
		{
			SCOPED(rows)
			r = db_query_n(tx_db(tx), finds[i], (const struct arg[]){I64(":today", c->options->as_of_ymd)}, 1);
			if (!rows_next(&r))
				continue;
			old = col_i64(&r, 0);
			owner = col_i64(&r, 1);
		}
		const struct paper_new in = {.owner_kind = "supplier",
		                             .owner_id = owner,
		                             .kind = paper_kinds[kinds[i]].word,
		                             .number = i ? "演示-新协议" : "演示-新证",
		                             .until_ymd = ymd_add_days(c->options->as_of_ymd, 1800),
		                             .replaces_id = old};
		st = paper_add(tx, &in, &id);
		if (st == ST_OK && i == 0)
			st = put_scan(tx, id);
	}
	return st;
}

/* Each product is ticked on the platform at the distributor who brings it, but for the last one. */
static enum status put_ticks(struct tx *tx, const struct county *c)
{
	enum status st = ST_OK;
	for (size_t i = 0; i + 1 < c->item_count && st == ST_OK; i++) {
		const struct item *p = &c->items[i];
		int64_t id = 0;
		const struct tick_new in = {.product_id = p->id,
		                            .supplier_id = p->distributor->id,
		                            .from_ymd = ymd_add_days(c->options->as_of_ymd, -100),
		                            .platform_code = arena_printf(tx->arena, "演示-PS-%s", p->code)};
		st = p->distributor->id ? tick_add(tx, &in, &id) : ST_OK;
	}
	return st;
}

static enum status write_partners(struct tx *tx, void *arg)
{
	struct county *c = arg;
	enum status st = ST_OK;
	tx->action = "demo.partners";
	st = put_regions(tx);
	for (size_t i = 0; i < c->distributor_count && st == ST_OK; i++)
		st = write_papers(tx, c, i);
	if (st == ST_OK)
		st = write_makers(tx, c);
	for (size_t i = 0; i < WARNED_PRODUCTS && i < c->item_count && st == ST_OK; i++)
		st = put_paper(tx, PAPER_registration, c->items[c->item_count - 1 - i].id,
		               arena_printf(tx->arena, "演示-注册证-%zu", i + 1), NULL,
		               ymd_add_days(c->options->as_of_ymd, 20 + (int)i * 25));
	if (st == ST_OK)
		st = put_waiting(tx, c);
	return st == ST_OK ? put_ticks(tx, c) : st;
}

enum status county_write_partners(struct county *c)
{
	return county_run(c, write_partners, c);
}
