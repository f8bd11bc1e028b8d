/*
 * 约定采购量 as it was agreed on the platform, and what was done of it before this program kept count. The numbers of the file
 * are the whole; what differs from the store is committed in the name of one 报量单 per round and site, made by the import.
 */
#include "warehouse/intake/intake.h"

#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/report.h"
#include "warehouse/volume/round.h"

#include <string.h>

enum { ROUND, PRODUCT, SITE, UNITS, OPENING };

static const struct intake_column columns[] = {
        [ROUND] = {.name = "round_code", .title = "批次代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [SITE] = {.name = "site_code", .title = "机构代码", .type = IN_CODE, .need = MUST_HAVE, .max = 32},
        [UNITS] = {.name = "committed_units", .title = "约定采购量", .type = IN_INT, .need = MUST_HAVE, .max = 1000000000},
        [OPENING] = {.name = "opening_units", .title = "启用前已完成", .type = IN_INT, .need = MAY_KEEP, .max = 1000000000},
        {.name = NULL},
};

static const char *const ignored[] = {
        "round_id",       "round_name", "generic_id",  "generic",        "product_id", "product_name",   "spec",
        "maker",          "unit_name",  "pack_name",   "units_per_pack", "role",       "site_id",        "site_name",
        "received_units", "used_units", "done_units",  "done_pm",        "elapsed_pm", "on_order_units", "projected_units",
        "short_units",    "behind",     "paid_amount", "listed_amount",  NULL};

#define OPENED                                                                                                      \
	"(SELECT CAST(coalesce(sum(c.units), 0) AS BIGINT) FROM volume_credit c WHERE c.round_id = v.round_id AND " \
	"c.product_id = v.product_id AND c.site_id = v.site_id AND c.kind = 'opening')"
#define PROJECTION                                                                                                 \
	"SELECT r.code, p.code, s.code, v.units, " OPENED " FROM volume_progress v JOIN volume_round r ON r.id = " \
	"v.round_id JOIN product p ON p.id = v.product_id JOIN site s ON s.id = v.site_id WHERE "
SQL(select_one, PROJECTION "v.round_id = :round_id AND v.product_id = :product_id AND v.site_id = :site_id /*all sites: the "
                           "import checks the site*/");
SQL(select_every, PROJECTION "v.units > 0 ORDER BY r.code, p.code, s.code /*scan: export*/ /*all sites: export*/");

/* The document that this import made for a round and a site. */
struct made {
	int64_t round_id;
	struct doc doc;
	struct made *next;
};
struct papers {
	struct made *first;
};

static enum status begin(struct intake *in)
{
	in->context = arena_alloc(in->tx->arena, sizeof(struct papers));
	return ST_OK;
}

static enum status paper_for(struct intake *in, int64_t round_id, int64_t site_id, struct doc **out)
{
	struct papers *papers = in->context;
	for (struct made *m = papers->first; m; m = m->next)
		if (m->round_id == round_id && m->doc.from_site_id == site_id) {
			*out = &m->doc;
			return ST_OK;
		}
	struct made *m = arena_alloc(in->tx->arena, sizeof *m);
	enum status st = volume_report_taken(in->tx, round_id, site_id, "导入约定采购量", &m->doc);
	*m = (struct made){round_id, m->doc, papers->first};
	if (st == ST_OK)
		papers->first = m;
	*out = &m->doc;
	return st;
}

/* What a row names. */
struct target {
	int64_t round_id, product_id, site_id;
};

static enum status find_target(struct intake *in, const struct intake_cell *c, struct target *t)
{
	struct db *db = tx_db(in->tx);
	struct volume_listing l;
	*t = (struct target){volume_round_by_code(db, c[ROUND].text), product_by_code(db, c[PRODUCT].text),
	                     site_by_code(db, c[SITE].text)};
	if (!t->round_id)
		return in_fail(in, ROUND, ST_INVALID_FIELD, "没有代码为 %s 的集采批次", c[ROUND].text);
	if (!t->product_id)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "目录中没有代码为 %s 的品种", c[PRODUCT].text);
	if (!volume_listing_in(db, in->tx->arena, t->round_id, t->product_id, &l) || strcmp(l.role, "selected") != 0)
		return in_fail(in, PRODUCT, ST_INVALID_FIELD, "%s 不是该批次的中选品种", c[PRODUCT].text);
	if (!t->site_id || !me_at_site(db, &in->tx->me, t->site_id))
		return in_fail(in, SITE, ST_INVALID_FIELD, "没有代码为 %s 的机构, 或不在您的管辖范围", c[SITE].text);
	return ST_OK;
}

static void open_with(struct intake *in, const struct target *t, const struct doc *d, int64_t units)
{
	struct volume_fact fact = {"opening", t->site_id, t->product_id, units, 0, 0, d->id, 0};
	if (volume_price(tx_db(in->tx), t->round_id, t->product_id, &fact.price_e4, &fact.units_per_pack))
		volume_count_in(in->tx, t->round_id, &fact);
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	struct target t;
	struct doc *paper = NULL;
	enum status st = find_target(in, row->cells, &t);
	if (st != ST_OK)
		return st;
	SCOPED(rows)
	r = db_query(tx_db(in->tx), select_one, I64(":round_id", t.round_id), I64(":product_id", t.product_id),
	             I64(":site_id", t.site_id));
	bool known = rows_next(&r);
	int64_t units = known ? col_i64(&r, 3) : 0, opening = known ? col_i64(&r, 4) : 0;
	uint64_t differs = intake_overlay(in, row, known ? &r : NULL);
	rows_drop(&r);
	*change = !known ? INTAKE_ADDED : differs ? INTAKE_CHANGED : INTAKE_SAME;
	if (known && !differs)
		return ST_OK;
	st = paper_for(in, t.round_id, t.site_id, &paper);
	if (st == ST_OK && (!known || row->cells[UNITS].value != units))
		st = volume_report_taken_line(in->tx, paper, t.round_id, t.site_id, t.product_id,
		                              row->cells[UNITS].value - units);
	if (st == ST_OK && row->cells[OPENING].text)
		open_with(in, &t, paper, row->cells[OPENING].value - opening);
	return st;
}

const struct intake_kind intake_volumes = {.name = "volume-commitments",
                                           .title = "约定采购量",
                                           .action = "import.volumes",
                                           .columns = columns,
                                           .ignored = ignored,
                                           .refuses_first = true,
                                           .begin = begin,
                                           .take = take,
                                           .every = &select_every};
