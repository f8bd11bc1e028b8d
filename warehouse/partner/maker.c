#include "warehouse/partner/maker.h"

SQL(next_code,
    "INSERT INTO number_counter (prefix, ymd, last) VALUES ('SC', 0, 1) ON CONFLICT (prefix, ymd) DO UPDATE SET last = "
    "number_counter.last + 1 RETURNING last");
SQL(insert_maker,
    "INSERT INTO maker (id, code, name, credit_code, phone, active) VALUES (:id, :code_t, :name_t, :credit_t, :phone_t, 1) ON "
    "CONFLICT DO NOTHING");
SQL(select_by_name, "SELECT id FROM maker WHERE name = :name_t");
SQL(select_by_code, "SELECT id FROM maker WHERE code = :code_t");
SQL(put_product_maker,
    "INSERT INTO product_maker (product_id, maker_id) VALUES (:product_id, :maker_id) ON CONFLICT (product_id) "
    "DO UPDATE SET maker_id = excluded.maker_id");

static void insert(struct tx *tx, const struct maker_new *in, int64_t *id)
{
	const char *code = in->code;
	/* a running code may have been given by hand before */
	while (!code || (code != in->code && db_i64(tx_db(tx), 0, select_by_code, TEXT(":code_t", code))))
		code = arena_printf(tx->arena, "SC%lld", (long long)db_i64_n(tx_db(tx), 0, &next_code, NULL, 0));
	*id = tx_new_id(tx);
	db_exec(tx, insert_maker, I64(":id", *id), TEXT(":code_t", code), TEXT(":name_t", in->name),
	        TEXT(":credit_t", in->credit_code), TEXT(":phone_t", in->phone));
}

enum status maker_make(struct tx *tx, const struct maker_new *in, int64_t *id)
{
	if (db_i64(tx_db(tx), 0, select_by_name, TEXT(":name_t", in->name)))
		return tx_fail(tx, ST_ALREADY_EXISTS, "name", 0, "已有名为 %s 的生产企业", in->name);
	if (in->code && db_i64(tx_db(tx), 0, select_by_code, TEXT(":code_t", in->code)))
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "编码 %s 已属于另一生产企业", in->code);
	insert(tx, in, id);
	tx_changed(tx, "partners", 0, 0, *id);
	tx->ref_id = *id;
	return ST_OK;
}

void maker_of_product(struct tx *tx, int64_t product_id, const char *words)
{
	if (!words || !*words)
		return;
	int64_t id = db_i64(tx_db(tx), 0, select_by_name, TEXT(":name_t", words));
	if (!id)
		insert(tx, &(const struct maker_new){.name = words}, &id);
	db_exec(tx, put_product_maker, I64(":product_id", product_id), I64(":maker_id", id));
}

SQL(find_supplier, "SELECT id FROM supplier WHERE id = :id");
SQL(find_maker, "SELECT id FROM maker WHERE id = :id");
SQL(insert_right,
    "INSERT INTO delivery_right (id, supplier_id, maker_id, region, from_ymd, until_ymd, made_at_ms, made_by) VALUES "
    "(:id, :supplier_id, :maker_id, :region_t, :from_ymd, :until_id, :at_ms, :by_id) ON CONFLICT DO NOTHING");
SQL(select_right, "SELECT ended_at_ms IS NOT NULL, supplier_id FROM delivery_right WHERE id = :id");
SQL(end_right, "UPDATE delivery_right SET ended_at_ms = :at_ms, ended_by = :by_id, end_note = :note_t WHERE id = :id");

enum status delivery_right_add(struct tx *tx, const struct delivery_right_new *in, int64_t *id)
{
	if (!db_i64(tx_db(tx), 0, find_supplier, I64(":id", in->supplier_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	if (!db_i64(tx_db(tx), 0, find_maker, I64(":id", in->maker_id)))
		return tx_fail(tx, ST_INVALID_FIELD, "maker_id", 0, "没有这个生产企业");
	if (in->until_ymd && in->until_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "截止日期早于起始日期");
	*id = tx_new_id(tx);
	if (db_exec(tx, insert_right, I64(":id", *id), I64(":supplier_id", in->supplier_id), I64(":maker_id", in->maker_id),
	            TEXT(":region_t", in->region), I64(":from_ymd", in->from_ymd), ID(":until_id", in->until_ymd),
	            I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id)) == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "from_ymd", 0, "这家供应商与这家企业的配送关系在该日已登记");
	tx_changed(tx, "partners", 0, 0, in->supplier_id);
	tx->ref_id = *id;
	return ST_OK;
}

enum status delivery_right_end(struct tx *tx, int64_t id, const char *note)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_right, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	if (col_i64(&r, 0))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该配送关系已终止");
	int64_t supplier = col_i64(&r, 1);
	rows_drop(&r);
	db_exec(tx, end_right, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", note), I64(":id", id));
	tx_changed(tx, "partners", 0, 0, supplier);
	tx->ref_id = id;
	return ST_OK;
}
