#include "warehouse/partner/tick.h"

SQL(find_product, "SELECT id FROM product WHERE id = :id");
SQL(find_supplier, "SELECT id FROM supplier WHERE id = :id");
SQL(insert_tick,
    "INSERT INTO platform_tick (id, product_id, supplier_id, platform_code, from_ymd, until_ymd, made_at_ms, made_by) VALUES "
    "(:id, :product_id, :supplier_id, :code_t, :from_ymd, :until_id, :at_ms, :by_id) ON CONFLICT DO NOTHING");
SQL(select_tick, "SELECT supplier_id, ended_at_ms FROM platform_tick WHERE id = :id");
SQL(end_tick, "UPDATE platform_tick SET ended_at_ms = :at_ms, ended_by = :by_id, end_note = :note_t WHERE id = :id");

static enum status check(struct tx *tx, const struct tick_new *in, int64_t from)
{
	if (!db_i64(tx_db(tx), 0, find_product, I64(":id", in->product_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	if (!db_i64(tx_db(tx), 0, find_supplier, I64(":id", in->supplier_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	if (in->until_ymd && in->until_ymd < from)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "截止日期早于起始日期");
	return ST_OK;
}

enum status tick_add(struct tx *tx, const struct tick_new *in, int64_t *id)
{
	int64_t from = in->from_ymd ? in->from_ymd : tx->today_ymd;
	enum status st = check(tx, in, from);
	if (st != ST_OK)
		return st;
	*id = tx_new_id(tx);
	if (db_exec(tx, insert_tick, I64(":id", *id), I64(":product_id", in->product_id), I64(":supplier_id", in->supplier_id),
	            TEXT(":code_t", in->platform_code), I64(":from_ymd", from), ID(":until_id", in->until_ymd),
	            I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id)) == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "from_ymd", 0, "这个品种与这家供应商在该日已有勾选");
	tx_changed(tx, "partners", 0, 0, in->supplier_id);
	tx->ref_id = *id;
	return ST_OK;
}

enum status tick_end(struct tx *tx, int64_t id, const char *note)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_tick, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	if (!col_is_null(&r, 1))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该勾选已取消");
	int64_t supplier = col_i64(&r, 0);
	rows_drop(&r);
	db_exec(tx, end_tick, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", note), I64(":id", id));
	tx_changed(tx, "partners", 0, 0, supplier);
	tx->ref_id = id;
	return ST_OK;
}

SQL(select_rule, "SELECT asked FROM platform_tick_rule WHERE from_ymd <= :ymd ORDER BY from_ymd DESC LIMIT 1");
SQL(put_rule, "INSERT INTO platform_tick_rule (from_ymd, asked, at_ms, by_user) VALUES (:from_ymd, :asked, :at_ms, :by_id) ON "
              "CONFLICT (from_ymd) DO UPDATE SET asked = excluded.asked, at_ms = excluded.at_ms, by_user = excluded.by_user");

bool tick_asked(struct db *db, int32_t ymd)
{
	return db_i64(db, 0, select_rule, I64(":ymd", ymd)) != 0;
}

enum status tick_rule_put(struct tx *tx, bool asked, int32_t from_ymd)
{
	if (from_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0, "只能从今天或以后起执行");
	db_exec(tx, put_rule, I64(":from_ymd", from_ymd), I64(":asked", asked), I64(":at_ms", tx->now_ms),
	        I64(":by_id", tx->me.id));
	tx_changed(tx, "partners", 0, 0, 0);
	return ST_OK;
}
