/* What the month that is closed had: goods came to the centre, went on to the townships, and some of them broke. */
#include "core/document.h"
#include "warehouse/demo/county.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/use/adjustment.h"

#include <string.h>

#define LINES 8
#define STRIDE 31 /* through the catalogue */
#define PACKS 2
#define FIRST_DAYS 18 /* before the last day of the month */
#define DAYS_APART 4

struct story {
	struct county *c;
	const struct place *to;
	int32_t last_ymd; /* of the month */
};

static enum status find_month(struct tx *tx, void *arg)
{
	struct story *s = arg;
	int32_t from = 0;
	month_period(tx_db(tx), ymd_add_months(tx->today_ymd, -1) / 100, &from, &s->last_ymd);
	return ST_OK;
}

/* Goods of which nobody must take special care, and of which no lot has run out since. */
static bool is_plain(const struct item *p)
{
	return !p->drug->controlled && !p->lots[LOT_PAST].expiry_ymd && !(p->drug->flags && strstr(p->drug->flags, "high_alert"));
}

static const struct depot *depot_of(const struct county *c, const struct place *site, enum purpose purpose)
{
	for (size_t i = 0; i < c->depot_count; i++)
		if (c->depots[i].site == site && c->depots[i].purpose == purpose)
			return &c->depots[i];
	return NULL;
}

SQL(select_free,
    "SELECT CAST(coalesce(sum(h.units), 0) AS BIGINT) FROM holding h WHERE h.place_id = :place_id AND h.product_id = "
    ":product_id AND h.quality_no = 1 /*all sites: demo*/");

/* Goods that `from` has enough of and `to` keeps, too, here and there in the catalogue; the first ones belong to tours and tests.
 */
static size_t find_goods(struct tx *tx, const struct county *c, const struct depot *from, const struct depot *to,
                         const struct item *found[LINES])
{
	size_t n = 0;
	for (size_t far = STRIDE; far < c->item_count / 4 * 3 && n < LINES; far += STRIDE) {
		const struct item *p = &c->items[c->item_count - far];
		if (is_plain(p) && county_keeps(c, from, p) && county_keeps(c, to, p) &&
		    db_i64(tx_db(tx), 0, select_free, I64(":place_id", from->id), I64(":product_id", p->id)) >=
		            4 * PACKS * p->units_per_pack)
			found[n++] = p;
	}
	return n;
}

static enum status send(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"allocate", "pick", "ship", "receive", NULL};
	static const struct shipment_step as_sent = {.seal_no = "演示封签"};
	const struct story *s = arg;
	const struct depot *from = depot_of(s->c, &s->c->sites[0], FOR_CENTRE), *to = depot_of(s->c, s->to, FOR_TOWN_STORE);
	const struct item *found[LINES];
	struct shipment_line_new lines[LINES] = {{0}};
	struct shipment_new in = {.to_site_id = s->to->id, .from_depot_id = from->id, .note = "演示", .lines = lines};
	struct doc d;
	in.line_count = to ? find_goods(tx, s->c, from, to, found) : 0;
	for (size_t i = 0; i < in.line_count; i++)
		lines[i] = (struct shipment_line_new){.product_id = found[i]->id, .units = PACKS * found[i]->units_per_pack};
	enum status st = in.line_count ? shipment_make(tx, &in, &d) : ST_OK;
	for (size_t i = 0; in.line_count && st == ST_OK && actions[i]; i++)
		st = document_follow(tx, &d, actions[i], &as_sent);
	return st;
}

SQL(select_lot, "SELECT l.lot FROM holding h JOIN batch b ON b.id = h.batch_id JOIN lot l ON l.id = b.lot_id WHERE h.place_id = "
                ":place_id AND h.product_id = :product_id AND h.quality_no = 1 AND h.units >= :units ORDER BY l.expiry_ymd DESC, "
                "h.batch_id LIMIT 1 /*all sites: demo*/");

/* One pack of each. */
static enum status break_some(struct tx *tx, void *arg)
{
	const struct story *s = arg;
	const struct depot *at = depot_of(s->c, &s->c->sites[0], FOR_CENTRE);
	const struct item *found[LINES];
	struct adjustment_line_new lines[LINES] = {{0}};
	struct adjustment_new in = {
	        .site_id = at->site->id, .depot_id = at->id, .reason = "broken", .note = "演示", .lines = lines};
	struct doc d;
	for (size_t n = find_goods(tx, s->c, at, at, found), i = 0; i < n; i++) {
		const char *lot = db_text(tx_db(tx), tx->arena, select_lot, I64(":place_id", at->id),
		                          I64(":product_id", found[i]->id), I64(":units", found[i]->units_per_pack));
		if (lot)
			lines[in.line_count++] = (struct adjustment_line_new){
			        .product_id = found[i]->id, .units = found[i]->units_per_pack, .lot = lot};
	}
	return in.line_count ? adjustment_make(tx, &in, &d) : ST_OK;
}

static int days_ago(const struct story *s, int days_before_the_end)
{
	return (int)(ymd_to_days(s->c->options->as_of_ymd) - ymd_to_days(s->last_ymd)) + days_before_the_end;
}

static enum status send_to_towns(struct story *s)
{
	enum status st = ST_OK;
	int day = FIRST_DAYS;
	for (size_t i = 0, towns = 0; st == ST_OK && i < s->c->site_count && towns < MONTH_TOWNS; i++) {
		s->to = &s->c->sites[i];
		if (s->to->level != LEVEL_TOWNSHIP)
			continue;
		st = county_on_day(s->c, days_ago(s, day -= DAYS_APART), 9, send, s);
		towns++;
	}
	return st;
}

enum status county_write_month(struct county *c)
{
	struct story s = {.c = c};
	enum status st = county_run(c, find_month, &s);
	if (st == ST_OK)
		st = county_deliver_on(c, days_ago(&s, FIRST_DAYS), days_ago(&s, FIRST_DAYS - 2));
	if (st == ST_OK)
		st = send_to_towns(&s);
	return st == ST_OK ? county_on_day(c, days_ago(&s, 2), 17, break_some, &s) : st;
}
