#include "warehouse/catalogue/control.h"

#define AHEAD_MAX 366 /* days */

SQL(select_from, "SELECT from_ymd FROM catalogue_control WHERE id = :id");
SQL(insert_control,
    "INSERT INTO catalogue_control (id, from_ymd, by_user, at_ms, note) VALUES (1, :from_ymd, :by_id, :at_ms, :note_t)");

int32_t catalogue_control_from(struct db *db)
{
	return (int32_t)db_i64(db, 0, select_from, I64(":id", 1));
}

bool catalogue_is_controlled(struct db *db, int32_t ymd)
{
	int32_t from = catalogue_control_from(db);
	return from && from <= ymd;
}

enum status catalogue_control_set(struct tx *tx, int32_t from_ymd, const char *note)
{
	int32_t set = catalogue_control_from(tx_db(tx));
	if (set)
		return tx_fail(tx, ST_ALREADY_EXISTS, "from_ymd", 0, "目录启用日已定为 %d, 不能更改", (int)set);
	if (from_ymd < tx->today_ymd || from_ymd > ymd_add_days(tx->today_ymd, AHEAD_MAX))
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0, "目录启用日应为今天或今后一年之内");
	db_exec(tx, insert_control, I64(":from_ymd", from_ymd), I64(":by_id", tx->me.id), I64(":at_ms", tx->now_ms),
	        TEXT(":note_t", note));
	return ST_OK;
}
