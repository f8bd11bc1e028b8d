#include "warehouse/demand/long_demand.h"

#include "warehouse/catalogue/catalogue.h"

SQL(insert_demand, "INSERT INTO long_demand (id, place_id, product_id, units_30, from_ymd, until_ymd, source, note, at_ms, "
                   "by_user) VALUES (:id, "
                   ":place_id, :product_id, :units, :from_ymd, :until_ymd, :source_t, :note_t, :at_ms, :by_id)");
SQL(find_demand, "SELECT id FROM long_demand WHERE product_id = :product_id AND place_id = :place_id AND from_ymd = :from_ymd "
                 "AND source = :source_t /*all sites: the caller checks the depot*/");

static enum status dates(struct tx *tx, int64_t from, int64_t until)
{
	if (until < from)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "截止日早于起始日");
	if (ymd_to_days((int32_t)until) - ymd_to_days((int32_t)from) >= LONG_DAYS_MAX)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "长处方最长 12 周, 更长的到期后再登记一行");
	return ST_OK;
}

static enum status may_prescribe(struct tx *tx, int64_t product_id)
{
	struct product p;
	if (product_load(tx_db(tx), tx->arena, product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	if (!p.active)
		return tx_fail(tx, ST_PRODUCT_STOPPED, "product_id", 0, "%s 已停用", p.name);
	if (p.controlled && *p.controlled)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "%s 是特殊管理药品, 不得开长处方", p.name);
	return ST_OK;
}

enum status long_demand_add(struct tx *tx, const struct long_demand_new *in, int64_t *id)
{
	int64_t from = in->from_ymd ? in->from_ymd : tx->today_ymd;
	int64_t site = depot_site(tx_db(tx), in->place_id);
	if (!site || !me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "没有这个库房, 或不在您的管辖范围");
	enum status st = may_prescribe(tx, in->product_id);
	if (st == ST_OK)
		st = dates(tx, from, in->until_ymd);
	if (st != ST_OK)
		return st;
	if (db_i64(tx_db(tx), 0, find_demand, I64(":product_id", in->product_id), I64(":place_id", in->place_id),
	           I64(":from_ymd", from), TEXT(":source_t", in->source)))
		return tx_fail(tx, ST_ALREADY_EXISTS, "from_ymd", 0, "该库房此品种从这一天起已有同一来源的长处方, 请修改那一行");
	*id = tx_new_id(tx);
	db_exec(tx, insert_demand, I64(":id", *id), I64(":place_id", in->place_id), I64(":product_id", in->product_id),
	        I64(":units", in->units_30), I64(":from_ymd", from), I64(":until_ymd", in->until_ymd),
	        TEXT(":source_t", in->source), TEXT(":note_t", in->note), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	tx->action = "long_demand.add";
	tx->ref_id = *id;
	tx_changed(tx, "plans", site, 0, *id);
	return ST_OK;
}

SQL(select_demand, "SELECT k.from_ymd, k.until_ymd, p.site_id FROM long_demand k JOIN place p ON p.id = k.place_id WHERE k.id = "
                   ":id /*all sites: the site is checked next*/");
SQL(update_demand,
    "UPDATE long_demand SET units_30 = CASE WHEN :units < 0 THEN units_30 ELSE :units END, until_ymd = :until_ymd, note = "
    "coalesce(:note_t, note), at_ms = :at_ms, by_user = :by_id WHERE id = :id /*all sites: the site was checked*/");

enum status long_demand_set(struct tx *tx, int64_t id, const struct long_demand_change *in)
{
	int64_t from = 0, until = 0, site = 0;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_demand, I64(":id", id));
		if (rows_next(&r)) {
			from = col_i64(&r, 0);
			until = in->until_ymd ? in->until_ymd : col_i64(&r, 1);
			site = col_i64(&r, 2);
		}
	}
	if (!site || !me_at_site(tx_db(tx), &tx->me, site))
		return ST_NOT_FOUND;
	enum status st = dates(tx, from, until);
	if (st != ST_OK)
		return st;
	db_exec(tx, update_demand, I64(":units", in->units_30), I64(":until_ymd", until), TEXT(":note_t", in->note),
	        I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), I64(":id", id));
	tx->action = "long_demand.set";
	tx->ref_id = id;
	tx_changed(tx, "plans", site, 0, id);
	return ST_OK;
}
