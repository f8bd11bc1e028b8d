#include "warehouse/demand/suggest.h"
#include "warehouse/partner/partner.h"
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

/* One depot: from its first month on, months without a row are months without use. This month counts only for a drug that came
 * in it: what was used lately may not have been told yet. */
static size_t take_depot(const struct demand_month *m, size_t count, int32_t today_ymd, int64_t days_ahead,
                         struct demand_use *out, struct span *season)
{
	struct span all = {0, 0};
	int64_t first = m->ym, out_days = 0;
	size_t n = 0;
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
		all.units += units;
		all.days += days;
		out_days += without;
		if (is_ahead(ym, today_ymd, days_ahead)) {
			season->units += units;
			season->days += days;
		}
	}
	out->daily_milli += all.units * 1000 / at_least(all.days, STOCK_DAYS_MIN);
	out->units += all.units;
	out->stock_days += all.days;
	out->out_days += out_days;
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

void demand_use_of(const struct demand_month *months, size_t count, int32_t today_ymd, int64_t days_ahead, struct demand_use *out)
{
	struct span season = {0, 0};
	size_t depots = 0;
	*out = (struct demand_use){.season_e3 = 1000};
	for (size_t i = 0; i < count; depots++)
		i += take_depot(&months[i], count - i, today_ymd, days_ahead, out, &season);
	out->season_e3 = season_e3(out, &season, depots);
}

int64_t demand_days(const struct demand_setting *s)
{
	return s->lead_days + s->safety_days + s->cover_days;
}

int64_t demand_target(const struct demand_figures *f)
{
	return f->use.daily_milli * f->use.season_e3 / 1000 * demand_days(&f->setting) / 1000 + f->asked;
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

#define DEPOTS_MAX 64 /* of one site that used a product */
SQL(select_months,
    "SELECT c.place_id, c.month, c.units, c.days_out FROM place q JOIN consumption c ON c.place_id = q.id AND c.product_id = "
    ":product_id WHERE q.site_id = :site_id AND c.month >= :from_ym ORDER BY c.place_id, c.month /*all sites: the caller checks "
    "the site*/");

static void load_use(struct db *db, int64_t site_id, int64_t product_id, int32_t today_ymd, int64_t days_ahead,
                     struct demand_use *out)
{
	struct demand_month months[DEPOTS_MAX * DEMAND_MONTHS];
	size_t n = 0;
	SCOPED(rows)
	r = db_query(db, select_months, I64(":product_id", product_id), I64(":site_id", site_id),
	             I64(":from_ym", today_ymd / 100 - 100));
	while (n < sizeof months / sizeof *months && rows_next(&r))
		months[n++] = (struct demand_month){col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), col_i64(&r, 3)};
	demand_use_of(months, n, today_ymd, days_ahead, out);
}

SQL(select_figures, "SELECT d.class, p.units_per_pack, p.units_per_box, p.units_per_case, "
    /* what is here, on the road and on order */
    DEMAND_STOCK("p.id", ":site_id") ", " DEMAND_IN_TRANSIT("p.id", ":site_id") ", " DEMAND_ON_ORDER(
            "p.id", ":site_id") " FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.id = :product_id /*all sites: the "
                                "caller checks the site*/");

enum status demand_figures_load(struct db *db, struct arena *a, int64_t site_id, int64_t product_id, int32_t today_ymd,
                                struct demand_figures *out)
{
	SCOPED(rows)
	r = db_query(db, select_figures, I64(":product_id", product_id), I64(":site_id", site_id), I64(":today_ymd", today_ymd));
	*out = (struct demand_figures){.round_units = 1};
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	demand_setting_on(db, a, site_id, col_text(a, &r, 0), today_ymd, &out->setting);
	bool box = strcmp(out->setting.round_to, "box") == 0, whole = strcmp(out->setting.round_to, "case") == 0;
	out->round_units = col_i64(&r, whole ? 3 : box ? 2 : 1);
	out->stock = col_i64(&r, 4);
	out->transit = col_i64(&r, 5);
	out->on_order = col_i64(&r, 6);
	out->owed = volume_owed_in(db, product_id, site_id, today_ymd, demand_days(&out->setting));
	load_use(db, site_id, product_id, today_ymd, demand_days(&out->setting), &out->use);
	return ST_OK;
}

/* Whom the maker did not choose is not proposed: the order would be refused. RULE DOMAIN-12.3-delivery-right */
#define MAY_DELIVER \
	"s.active = 1 AND s.licence_until_ymd >= :today_ymd AND " MAY_DELIVER_PRODUCT(":product_id", "s.id", ":today_ymd")
SQL(select_last_open,
    "SELECT o.supplier_id FROM order_line l JOIN purchase_order o ON o.id = l.order_id JOIN supplier s ON s.id = "
    "o.supplier_id AND " MAY_DELIVER " WHERE l.product_id = :product_id AND l.open = 1 ORDER BY l.id DESC LIMIT 1 "
    "/*all sites: a supplier is no site's secret*/");
SQL(select_last_batch,
    "SELECT b.supplier_id FROM lot l JOIN batch b ON b.lot_id = l.id JOIN supplier s ON s.id = b.supplier_id AND " MAY_DELIVER
    " WHERE l.product_id = :product_id ORDER BY b.id DESC LIMIT 1");

int64_t demand_last_supplier(struct db *db, int64_t product_id, int32_t today_ymd)
{
	int64_t id = db_i64(db, 0, select_last_open, I64(":product_id", product_id), I64(":today_ymd", today_ymd));
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
