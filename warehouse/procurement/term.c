#include "warehouse/procurement/term.h"

#include <string.h>

#define HOUR_MS (3600 * 1000LL)
#define EXPECTED_DAYS_MAX 180
#define ORDINARY_HOURS 72
#define EMERGENCY_HOURS 8
#define ORDINARY_ANSWER_HOURS 24
#define EMERGENCY_ANSWER_HOURS 2

SQL(insert_term,
    "INSERT INTO order_term (order_id, urgency, open, asking) VALUES (:id, 'ordinary', 0, 0) ON CONFLICT DO NOTHING");
SQL(set_term,
    "UPDATE order_term SET urgency = coalesce(:urgency_t, urgency), expected_ymd = coalesce(:expected_ymd, expected_ymd) "
    "WHERE order_id = :id /*all sites: the caller has the document*/");

enum status order_term_put(struct tx *tx, int64_t order_id, const char *urgency, int64_t expected_ymd)
{
	if (expected_ymd && expected_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "expected_ymd", 0, "约定到货日期不能早于今天");
	if (expected_ymd > ymd_add_days(tx->today_ymd, EXPECTED_DAYS_MAX))
		return tx_fail(tx, ST_INVALID_FIELD, "expected_ymd", 0, "约定到货日期不能晚于 %d 天以后", EXPECTED_DAYS_MAX);
	db_send(tx, insert_term, I64(":id", order_id));
	db_send(tx, set_term, TEXT(":urgency_t", urgency), ID(":expected_ymd", expected_ymd), I64(":id", order_id));
	return ST_OK;
}

SQL(select_term, "SELECT urgency, expected_ymd FROM order_term WHERE order_id = :id /*all sites: the caller has the document*/");
SQL(begin_term, "UPDATE order_term SET sent_at_ms = :now_ms, due_at_ms = :due_ms, open = 1, answer_due_at_ms = :answer_ms, "
                "asking = 1 WHERE order_id = :id /*all sites: the "
                "caller has the document*/");
SQL(open_term, "UPDATE order_term SET open = :open, asking = CASE WHEN :open = 1 THEN asking ELSE 0 END WHERE order_id = :id AND "
               "sent_at_ms IS NOT NULL /*all sites: the caller has the "
               "document*/");

/* An emergency is one whatever day was written down. */
static int64_t due_ms(int64_t now_ms, bool emergency, int64_t expected_ymd)
{
	const int64_t target = now_ms + (emergency ? EMERGENCY_HOURS : ORDINARY_HOURS) * HOUR_MS;
	const int64_t agreed = expected_ymd ? ymd_begin_ms(ymd_add_days((int32_t)expected_ymd, 1)) : target;
	return emergency && agreed > target ? target : agreed;
}

int64_t order_term_begin(struct tx *tx, int64_t order_id)
{
	int64_t expected = 0;
	bool emergency = false;
	db_send(tx, insert_term, I64(":id", order_id));
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_term, I64(":id", order_id));
		if (rows_next(&r)) {
			emergency = strcmp(col_text(tx->arena, &r, 0), "emergency") == 0;
			expected = col_i64(&r, 1);
		}
	}
	int64_t due = due_ms(tx->now_ms, emergency, expected);
	int64_t answer = tx->now_ms + (emergency ? EMERGENCY_ANSWER_HOURS : ORDINARY_ANSWER_HOURS) * HOUR_MS;
	db_send(tx, begin_term, I64(":now_ms", tx->now_ms), I64(":due_ms", due), I64(":answer_ms", answer), I64(":id", order_id));
	return due;
}

void order_term_end(struct tx *tx, int64_t order_id)
{
	db_send(tx, open_term, I64(":open", 0), I64(":id", order_id));
}

void order_term_again(struct tx *tx, int64_t order_id)
{
	db_send(tx, open_term, I64(":open", 1), I64(":id", order_id));
}
