#include "warehouse/demand/suggest.h"
#include "warehouse/demand/day_use.h"
#include "warehouse/partner/partner.h"
#include "warehouse/price/price.h"
#include "warehouse/volume/progress.h"

#include <string.h>

/* Fewer days with stock than these say nothing certain: a drug that was out all year, or came last week, counts a month. */
#define STOCK_DAYS_MIN 30
/* A season is believed where the year is nearly whole and the months ahead have been seen. */
#define SEASON_YEAR_DAYS_MIN 270
#define SEASON_DAYS_MIN 15
#define SEASON_LEAST_E3 500
#define SEASON_MOST_E3 2000

static int32_t month_begin(int64_t ym)
{
	return (int32_t)(ym * 100 + 1);
}

/* Days of a month that have passed. */
static int64_t days_of(int64_t ym, int32_t today_ymd)
{
	return ym == today_ymd / 100 ? today_ymd % 100 : ymd_month_end(month_begin(ym)) % 100;
}

static int64_t months_between(int64_t from_ym, int64_t to_ym)
{
	return (to_ym / 100 - from_ym / 100) * 12 + to_ym % 100 - from_ym % 100;
}

static int64_t at_least(int64_t n, int64_t least)
{
	return n < least ? least : n;
}

/* Is this one of last year's months of the days ahead? */
static bool is_ahead(int64_t ym, int32_t today_ymd, int64_t days_ahead)
{
	int64_t next_year = ym + 100;
	return next_year >= today_ymd / 100 && next_year <= ymd_add_days(today_ymd, days_ahead) / 100;
}

/* Units and days with stock of some months. */
struct span {
	int64_t units, days;
};

/* The depot's share, made where it is not there; NULL where there is no room for one more. */
static struct demand_depot *depot_of(struct demand_use *u, int64_t place_id)
{
	for (size_t i = 0; i < u->depot_count; i++)
		if (u->depots[i].place_id == place_id)
			return &u->depots[i];
	if (u->depot_count == DEMAND_DEPOTS_MAX)
		return NULL;
	u->depots[u->depot_count] = (struct demand_depot){.place_id = place_id};
	return &u->depots[u->depot_count++];
}

/* Days that are both in one stretch and in the other; both ends counted. */
static int64_t days_in_both(int32_t from, int32_t until, int32_t other_from, int32_t other_until)
{
	int32_t begin = from > other_from ? from : other_from, end = until < other_until ? until : other_until;
	return end < begin ? 0 : ymd_to_days(end) - ymd_to_days(begin) + 1;
}

/* One depot: from its first month on, months without a row are months without use. This month counts only for a drug that came
 * in it: what was used lately may not have been told yet. */
static size_t take_depot(const struct demand_month *m, size_t count, int32_t today_ymd, int64_t days_ahead,
                         struct demand_use *out, struct span *season)
{
	struct demand_depot none = {0}, *d = depot_of(out, m->place_id);
	struct span ahead = {0, 0};
	int64_t first = m->ym;
	size_t n = 0;
	d = d ? d : &none;
	d->from_ymd = month_begin(first);
	for (int64_t ym = first; ym <= today_ymd / 100; ym = ymd_add_months(month_begin(ym), 1) / 100) {
		bool there = n < count && m[n].place_id == m->place_id && m[n].ym == ym;
		int64_t units = there ? m[n].units : 0, without = there ? m[n].days_out : 0;
		int64_t days = at_least(days_of(ym, today_ymd) - without, 0);
		int64_t place = DEMAND_MONTHS - 1 - months_between(ym, today_ymd / 100);
		n += there;
		if (place >= 0)
			out->months[place] += units;
		if (ym == today_ymd / 100 && ym != first)
			break;
		d->to_ymd = ym == today_ymd / 100 ? today_ymd : ymd_month_end(month_begin(ym));
		d->units += units;
		d->stock_days += days;
		d->out_days += without;
		if (is_ahead(ym, today_ymd, days_ahead)) {
			ahead.units += units;
			ahead.days += days;
		}
	}
	season->units += ahead.units;
	season->days += d->units ? ahead.days : 0;
	return n ? n : 1;
}

/* RULE DOMAIN-8-season: the same months of last year. */
static int64_t season_e3(const struct demand_use *u, const struct span *s, size_t depots)
{
	if (!depots || !u->units || u->stock_days < SEASON_YEAR_DAYS_MIN * (int64_t)depots ||
	    s->days < SEASON_DAYS_MIN * (int64_t)depots)
		return 1000;
	/* (s.units / s.days) / (units / stock_days), the division by the larger number last */
	int64_t e3 = s->units * 1000 / s->days * u->stock_days / u->units;
	return e3 < SEASON_LEAST_E3 ? SEASON_LEAST_E3 : e3 > SEASON_MOST_E3 ? SEASON_MOST_E3 : e3;
}

/* A gap that is still open has no days in the months yet. */
static void take_gap(const struct demand_gap *g, int32_t today_ymd, struct demand_use *out)
{
	struct demand_depot *d = depot_of(out, g->place_id);
	if (!d || !d->from_ymd)
		return;
	int32_t last = ymd_add_days(g->from_ymd, GAP_DAYS_MAX - 1), yesterday = ymd_add_days(today_ymd, -1);
	int64_t days = days_in_both(g->from_ymd, last < yesterday ? last : yesterday, d->from_ymd, d->to_ymd);
	d->out_days += days;
	d->stock_days = at_least(d->stock_days - days, 0);
}

/* RULE DOMAIN-12.5-long-prescription: what is known is counted as known and not as use a second time. */
static void take_known(const struct demand_known *k, int32_t today_ymd, int64_t days_ahead, struct demand_use *out)
{
	struct demand_depot *d = depot_of(out, k->place_id);
	if (!d)
		return;
	int32_t last_ahead = ymd_add_days(today_ymd, days_ahead - 1);
	d->long_units += (k->units_30 * days_in_both(k->from_ymd, k->until_ymd, today_ymd, last_ahead) + 29) / 30;
	if (d->from_ymd)
		d->known_units += k->units_30 * days_in_both(k->from_ymd, k->until_ymd, d->from_ymd, d->to_ymd) / 30;
	if (d->known_units > d->units)
		d->known_units = d->units;
}

/* Depots that used any add up; one that only keeps stock has no days to count. */
static size_t add_up(struct demand_use *u)
{
	size_t depots = 0;
	for (size_t i = 0; i < u->depot_count; i++) {
		const struct demand_depot *d = &u->depots[i];
		u->long_units += d->long_units;
		if (!d->units)
			continue;
		u->units += d->units;
		u->known_units += d->known_units;
		u->stock_days += d->stock_days;
		u->out_days += d->out_days;
		depots++;
	}
	return depots;
}

int64_t demand_expected(int64_t daily_milli, int64_t season, int64_t days)
{
	return daily_milli * season / 1000 * days / 1000;
}

void demand_use_of(const struct demand_history *h, int32_t today_ymd, int64_t days_ahead, struct demand_use *out)
{
	struct span season = {0, 0};
	*out = (struct demand_use){.season_e3 = 1000};
	for (size_t i = 0; i < h->month_count;)
		i += take_depot(&h->months[i], h->month_count - i, today_ymd, days_ahead, out, &season);
	for (size_t i = 0; i < h->gap_count; i++)
		take_gap(&h->gaps[i], today_ymd, out);
	for (size_t i = 0; i < h->known_count; i++)
		take_known(&h->known[i], today_ymd, days_ahead, out);
	size_t depots = add_up(out);
	out->season_e3 = season_e3(out, &season, depots);
	for (size_t i = 0; i < out->depot_count; i++) {
		struct demand_depot *d = &out->depots[i];
		d->daily_milli = (d->units - d->known_units) * 1000 / at_least(d->stock_days, STOCK_DAYS_MIN);
		d->expected = demand_expected(d->daily_milli, out->season_e3, days_ahead) + d->long_units;
		out->daily_milli += d->daily_milli;
		out->expected += d->expected;
	}
}

int64_t demand_days(const struct demand_setting *s)
{
	return s->lead_days + s->safety_days + s->cover_days;
}

int64_t demand_target(const struct demand_figures *f)
{
	return f->use.expected + f->asked;
}

int64_t demand_round(int64_t units, int64_t round_units)
{
	int64_t step = at_least(round_units, 1);
	return (units + step - 1) / step * step;
}

int64_t demand_suggestion(const struct demand_figures *f)
{
	int64_t need = demand_target(f) - f->stock - f->transit - f->on_order;
	return demand_round(at_least(need, at_least(f->owed, 0)), f->round_units);
}

/* ---- from the store ---- */

/* RULE DOMAIN-8-lead-time: three days for the delivery (72 hours), twelve in reserve, a month to live on; until somebody sets
 * his own. */
static const struct demand_setting unset = {3, 12, 30, "pack", 0};

SQL(select_setting,
    "SELECT lead_days, safety_days, cover_days, round_to, from_ymd FROM demand_setting WHERE from_ymd <= :today_ymd AND (site_id "
    "IS NULL OR site_id = :site_id) AND (drug_class IS NULL OR drug_class = :class_t) ORDER BY CASE WHEN site_id IS NULL THEN 1 "
    "ELSE 0 END, CASE WHEN drug_class IS NULL THEN 1 ELSE 0 END, from_ymd DESC, id DESC LIMIT 1 /*scan: a few settings*/");

void demand_setting_on(struct db *db, struct arena *a, int64_t site_id, const char *drug_class, int32_t ymd,
                       struct demand_setting *out)
{
	SCOPED(rows)
	r = db_query(db, select_setting, I64(":today_ymd", ymd), I64(":site_id", site_id), TEXT(":class_t", drug_class));
	*out = unset;
	if (rows_next(&r))
		*out = (struct demand_setting){.lead_days = col_i64(&r, 0),
		                               .safety_days = col_i64(&r, 1),
		                               .cover_days = col_i64(&r, 2),
		                               .round_to = col_text(a, &r, 3),
		                               .from_ymd = (int32_t)col_i64(&r, 4)};
}

SQL(select_months,
    "SELECT c.place_id, c.month, c.units, c.days_out FROM place q JOIN consumption c ON c.place_id = q.id AND c.product_id = "
    ":product_id WHERE q.site_id = :site_id AND c.month >= :from_ym ORDER BY c.place_id, c.month /*all sites: the caller checks "
    "the site*/");
SQL(select_gaps,
    "SELECT h.place_id, h.out_from_ymd FROM place q JOIN depot_stand h ON h.place_id = q.id AND h.product_id = :product_id WHERE "
    "q.site_id = :site_id AND h.out_from_ymd < :today_ymd /*all sites: the caller checks the site*/");
SQL(select_known,
    "SELECT k.place_id, k.units_30, k.from_ymd, k.until_ymd FROM place q JOIN long_demand k ON k.place_id = q.id AND "
    "k.product_id = :product_id WHERE q.site_id = :site_id AND k.until_ymd >= :from_ymd ORDER BY k.place_id, k.id /*all sites: "
    "the caller checks the site*/");

static size_t load_months(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd, struct demand_month *out)
{
	size_t n = 0;
	SCOPED(rows)
	r = db_query(db, select_months, I64(":product_id", product_id), I64(":site_id", site_id),
	             I64(":from_ym", today_ymd / 100 - 100));
	for (; n < DEMAND_DEPOTS_MAX * DEMAND_MONTHS && rows_next(&r); n++)
		out[n] = (struct demand_month){col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), col_i64(&r, 3)};
	return n;
}

static size_t load_gaps(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd, struct demand_gap *out)
{
	size_t n = 0;
	SCOPED(rows)
	r = db_query(db, select_gaps, I64(":product_id", product_id), I64(":site_id", site_id), I64(":today_ymd", today_ymd));
	for (; n < DEMAND_DEPOTS_MAX && rows_next(&r); n++)
		out[n] = (struct demand_gap){col_i64(&r, 0), (int32_t)col_i64(&r, 1)};
	return n;
}

static size_t load_known(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd, struct demand_known *out)
{
	size_t n = 0;
	SCOPED(rows)
	r = db_query(db, select_known, I64(":product_id", product_id), I64(":site_id", site_id),
	             I64(":from_ymd", ymd_add_months(today_ymd, -DEMAND_MONTHS)));
	for (; n < DEMAND_KNOWN_MAX && rows_next(&r); n++)
		out[n] = (struct demand_known){col_i64(&r, 0), col_i64(&r, 1), (int32_t)col_i64(&r, 2), (int32_t)col_i64(&r, 3)};
	return n;
}

static void load_use(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd, int64_t days_ahead,
                     struct demand_use *out)
{
	struct demand_month months[DEMAND_DEPOTS_MAX * DEMAND_MONTHS];
	struct demand_gap gaps[DEMAND_DEPOTS_MAX];
	struct demand_known known[DEMAND_KNOWN_MAX];
	const struct demand_history h = {.months = months,
	                                 .gaps = gaps,
	                                 .known = known,
	                                 .month_count = load_months(db, site_id, product_id, today_ymd, months),
	                                 .gap_count = load_gaps(db, site_id, product_id, today_ymd, gaps),
	                                 .known_count = load_known(db, site_id, product_id, today_ymd, known)};
	demand_use_of(&h, today_ymd, days_ahead, out);
}

SQL(select_stock,
    "SELECT q.id, CAST(sum(h.units) AS BIGINT) FROM place q JOIN holding h ON h.place_id = q.id AND h.product_id = :product_id "
    "WHERE q.site_id = :site_id AND q.kind = 'depot' AND h.quality_no = 1 AND h.expiry_ymd >= :today_ymd GROUP BY q.id /*all "
    "sites: the caller checks the site*/");
SQL(select_transit,
    "SELECT tp.id, CAST(sum(h.units) AS BIGINT) FROM document_scope ds JOIN shipment sh ON sh.id = ds.document_id JOIN place tp "
    "ON tp.id = sh.to_place_id AND tp.site_id = :site_id JOIN holding h ON h.place_id = sh.transit_place_id AND h.product_id = "
    ":product_id WHERE ds.site_id = :site_id AND ds.kind = 'shipment' AND ds.state = 'shipped' GROUP BY tp.id /*all sites: the "
    "caller checks the site*/");

/* What each depot has and awaits. What lies in more depots than there is room for counts all the same. */
static void load_stock(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd, struct demand_figures *out)
{
	struct demand_depot none = {0}, *d;
	SCOPED(rows)
	r = db_query(db, select_stock, I64(":product_id", product_id), I64(":site_id", site_id), I64(":today_ymd", today_ymd));
	for (; rows_next(&r); out->stock += col_i64(&r, 1)) {
		d = depot_of(&out->use, col_i64(&r, 0));
		(d ? d : &none)->stock = col_i64(&r, 1);
	}
	SCOPED(rows) t = db_query(db, select_transit, I64(":product_id", product_id), I64(":site_id", site_id));
	for (; rows_next(&t); out->transit += col_i64(&t, 1)) {
		d = depot_of(&out->use, col_i64(&t, 0));
		(d ? d : &none)->transit = col_i64(&t, 1);
	}
	for (size_t i = 0; i < out->use.depot_count; i++) {
		d = &out->use.depots[i];
		d->suggest = demand_round(at_least(d->expected - d->stock - d->transit, 0), out->round_units);
	}
}

SQL(select_figures, "SELECT d.class, p.units_per_pack, p.units_per_box, p.units_per_case, " DEMAND_ON_ORDER(
                            "p.id", ":site_id") " FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.id = :product_id "
                                                "/*all sites: the caller checks the site*/");

enum status demand_figures_load(struct db *db, struct arena *a, int64_t site_id, int64_t product_id, int32_t today_ymd,
                                struct demand_figures *out)
{
	SCOPED(rows)
	r = db_query(db, select_figures, I64(":product_id", product_id), I64(":site_id", site_id));
	*out = (struct demand_figures){.round_units = 1};
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	demand_setting_on(db, a, site_id, col_text(a, &r, 0), today_ymd, &out->setting);
	bool box = strcmp(out->setting.round_to, "box") == 0, whole = strcmp(out->setting.round_to, "case") == 0;
	out->round_units = col_i64(&r, whole ? 3 : box ? 2 : 1);
	out->on_order = col_i64(&r, 4);
	out->owed = volume_owed_in(db, product_id, site_id, today_ymd, demand_days(&out->setting));
	load_use(db, site_id, product_id, today_ymd, demand_days(&out->setting), &out->use);
	load_stock(db, site_id, product_id, today_ymd, out);
	return ST_OK;
}

/* Whom the maker did not choose is not proposed: the order would be refused. RULE DOMAIN-12.3-delivery-right */
#define MAY_DELIVER                                                                                                    \
	"s.active = 1 AND " SUPPLIER_LICENSED("s.id", ":today_ymd") " AND " MAY_DELIVER_PRODUCT(":product_id", "s.id", \
	                                                                                        ":today_ymd")
/* Whose quote was chosen: the others would be refused. RULE DOMAIN-6-agreed-supplier */
SQL(select_agreed, "SELECT f.supplier_id FROM price f JOIN supplier s ON s.id = f.supplier_id AND " MAY_DELIVER
                   " WHERE f.id = " PRICE_RULE_ID(":product_id", ":today_ymd") " AND f.kind = 'agreed'");
SQL(select_last_open,
    "SELECT o.supplier_id FROM order_line l JOIN purchase_order o ON o.id = l.order_id JOIN supplier s ON s.id = "
    "o.supplier_id AND " MAY_DELIVER " WHERE l.product_id = :product_id AND l.open = 1 ORDER BY l.id DESC LIMIT 1 "
    "/*all sites: a supplier is no site's secret*/");
SQL(select_last_batch,
    "SELECT b.supplier_id FROM lot l JOIN batch b ON b.lot_id = l.id JOIN supplier s ON s.id = b.supplier_id AND " MAY_DELIVER
    " WHERE l.product_id = :product_id ORDER BY b.id DESC LIMIT 1");

int64_t demand_last_supplier(struct db *db, int64_t product_id, int32_t today_ymd)
{
	int64_t id = db_i64(db, 0, select_agreed, I64(":product_id", product_id), I64(":today_ymd", today_ymd));
	if (!id)
		id = db_i64(db, 0, select_last_open, I64(":product_id", product_id), I64(":today_ymd", today_ymd));
	return id ? id : db_i64(db, 0, select_last_batch, I64(":product_id", product_id), I64(":today_ymd", today_ymd));
}

SQL(insert_setting,
    "INSERT INTO demand_setting (id, site_id, drug_class, from_ymd, lead_days, safety_days, cover_days, round_to, "
    "note, at_ms, by_user) VALUES (:id, :site_id, :class_t, :from_ymd, :lead, :safety, :cover, :round_t, :note_t, "
    ":at_ms, :by_id)");

enum status demand_setting_add(struct tx *tx, const struct demand_setting_new *in, int64_t *id)
{
	int64_t from = in->from_ymd ? in->from_ymd : tx->today_ymd;
	if (in->site_id && !me_at_site(tx_db(tx), &tx->me, in->site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (from < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0, "备货参数只能从今天或以后起用");
	*id = tx_new_id(tx);
	db_exec(tx, insert_setting, I64(":id", *id), ID(":site_id", in->site_id), TEXT(":class_t", in->drug_class),
	        I64(":from_ymd", from), I64(":lead", in->lead_days), I64(":safety", in->safety_days),
	        I64(":cover", in->cover_days), TEXT(":round_t", in->round_to ? in->round_to : "pack"), TEXT(":note_t", in->note),
	        I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	tx->action = "demand.setting";
	tx->ref_id = *id;
	tx_changed(tx, "plans", 0, 0, *id);
	return ST_OK;
}
