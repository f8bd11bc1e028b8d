#include "warehouse/catalogue/substitute.h"

SQL(insert_substitute,
    "INSERT INTO substitute (id, product_id, other_id, both_ways, units, other_units, from_ymd, to_ymd, decision, by_user, "
    "at_ms) "
    "VALUES (:id, :product_id, :other_id, :both, :units, :other_units, :from_ymd, :to_ymd, :decision_t, :by_id, :at_ms)");
SQL(end_substitute, "UPDATE substitute SET to_ymd = :to_ymd WHERE id = :id AND (to_ymd IS NULL OR to_ymd > :to_ymd)");

SQL(select_pair,
    "SELECT 1 FROM substitute WHERE product_id = :product_id AND other_id = :other_id AND coalesce(to_ymd, 99991231) >= "
    ":from_ymd "
    "AND from_ymd <= :to_ymd UNION ALL SELECT 1 FROM substitute WHERE product_id = :other_id AND other_id = :product_id AND "
    "(both_ways = 1 OR :both = 1) AND coalesce(to_ymd, 99991231) >= :from_ymd AND from_ymd <= :to_ymd LIMIT 1");

bool substitute_stands(struct db *db, const struct new_substitute *in)
{
	return db_i64(db, 0, select_pair, I64(":product_id", in->product_id), I64(":other_id", in->other_id),
	              I64(":from_ymd", in->from_ymd), I64(":to_ymd", in->to_ymd ? in->to_ymd : 99991231),
	              I64(":both", in->both_ways)) != 0;
}

enum status substitute_add(struct tx *tx, const struct new_substitute *in, int64_t *id)
{
	struct product p;
	int64_t from = in->from_ymd ? in->from_ymd : tx->today_ymd;
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	if (in->other_id == in->product_id || product_load(tx_db(tx), tx->arena, in->other_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "other_id", 0, "请选择另一个品种");
	if (in->to_ymd && in->to_ymd < from)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日期早于起始日期");
	struct new_substitute dated = *in;
	dated.from_ymd = (int32_t)from;
	if (substitute_stands(tx_db(tx), &dated))
		return tx_fail(tx, ST_ALREADY_EXISTS, "other_id", 0, "这两个品种的替代已登记, 要改换算比例请先终止原来的");
	*id = tx_new_id(tx);
	db_exec(tx, insert_substitute, I64(":id", *id), I64(":product_id", in->product_id), I64(":other_id", in->other_id),
	        I64(":both", in->both_ways), I64(":units", in->units), I64(":other_units", in->other_units),
	        I64(":from_ymd", from), ID(":to_ymd", in->to_ymd), TEXT(":decision_t", in->decision), ID(":by_id", tx->me.id),
	        I64(":at_ms", tx->now_ms));
	return ST_OK;
}

enum status substitute_end(struct tx *tx, int64_t id)
{
	return db_exec(tx, end_substitute, I64(":to_ymd", ymd_add_days(tx->today_ymd, -1)), I64(":id", id)) ? ST_OK
	                                                                                                    : ST_NOT_FOUND;
}
