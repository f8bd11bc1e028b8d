#include "warehouse/settlement/setting.h"

#include <string.h>

const struct setting_row settings[SETTING_COUNT] = {
        [SETTING_TOLERANCE_FEN] = {"tolerance_fen", "三单匹配每行允许差额 (分)", 0, 0, 10000},
        [SETTING_PAYMENT_DAYS] = {"payment_days", "验收后付款天数", 30, 1, 180},
        [SETTING_CLOSE_DAY] = {"close_day", "月结日", 25, 1, 28},
        [SETTING_GROWTH_PERCENT] = {"growth_percent", "突增提示 (比前三个月均值, %)", 150, 101, 10000},
        [SETTING_FUND_DIRECT] = {"fund_direct", "集采药品由医保基金直接结算", 1, 0, 1},
};

bool setting_find(const char *name, enum setting *out)
{
	for (int i = 0; i < SETTING_COUNT; i++)
		if (strcmp(settings[i].name, name) == 0) {
			*out = (enum setting)i;
			return true;
		}
	return false;
}

SQL(select_setting, "SELECT value FROM settle_setting WHERE name = :name_t AND from_ymd <= :ymd ORDER BY from_ymd DESC LIMIT 1");
SQL(put_setting, "INSERT INTO settle_setting (name, from_ymd, value, at_ms, by_user) VALUES (:name_t, :from_ymd, :value, :at_ms, "
                 ":by_id) ON CONFLICT (name, from_ymd) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms, by_user = "
                 "excluded.by_user");

int64_t setting_on(struct db *db, enum setting which, int32_t ymd)
{
	return db_i64(db, settings[which].usual, select_setting, TEXT(":name_t", settings[which].name), I64(":ymd", ymd));
}

enum status setting_put(struct tx *tx, const char *name, int64_t value, int32_t from_ymd)
{
	enum setting which = SETTING_COUNT;
	if (!setting_find(name, &which))
		return tx_fail(tx, ST_INVALID_FIELD, "name", 0, "没有名为 %s 的设置", name);
	const struct setting_row *s = &settings[which];
	if (value < s->min || value > s->max)
		return tx_fail(tx, ST_INVALID_FIELD, "value", 0, "%s应在 %lld 与 %lld 之间", s->title, (long long)s->min,
		               (long long)s->max);
	if (from_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0, "设置只能从今天或以后起执行, 过去的账不变");
	tx->action = "setting.put";
	db_exec(tx, put_setting, TEXT(":name_t", name), I64(":from_ymd", from_ymd), I64(":value", value),
	        I64(":at_ms", tx->now_ms), ID(":by_id", tx->me.id));
	return ST_OK;
}
