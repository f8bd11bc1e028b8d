#include "warehouse/procurement/answer.h"

#include "warehouse/procurement/order.h"
#include "warehouse/procurement/term.h"

#include <string.h>

SQL(find_line_n,
    "SELECT id FROM order_line WHERE order_id = :order_id AND n = :n AND dropped = 0 /*all sites: the caller has the "
    "order*/");
SQL(select_units,
    "SELECT units FROM order_line WHERE id = :id AND order_id = :order_id AND dropped = 0 /*all sites: the caller has the "
    "order*/");
SQL(put_answer,
    "INSERT INTO order_answer (line_id, order_id, answer, units, reason, promised_ymd, from_file, at_ms, by_user) VALUES (:id, "
    ":order_id, :answer_t, :units, :reason_t, :promised_ymd, :from_file, :at_ms, :by_id) ON CONFLICT (line_id) DO UPDATE SET "
    "answer = "
    "excluded.answer, units = excluded.units, reason = excluded.reason, promised_ymd = excluded.promised_ymd, from_file = "
    "excluded.from_file, at_ms = excluded.at_ms, by_user = excluded.by_user");
SQL(set_line_open,
    "UPDATE order_line SET answered_units = :units, open = CASE WHEN received_units < :units THEN 1 ELSE 0 END WHERE id = :id "
    "/*all sites: the caller has the order*/");
SQL(count_unanswered, "SELECT count(*) FROM order_line l LEFT JOIN order_answer a ON a.line_id = l.id WHERE l.order_id = :id AND "
                      "l.dropped = 0 AND a.line_id IS NULL /*all sites: the caller has the order*/");
SQL(end_asking, "UPDATE order_term SET asking = 0 WHERE order_id = :id /*all sites: the caller has the order*/");

static enum status take_one(struct tx *tx, const struct doc *d, const struct order_answer_new *in, size_t i, bool from_file)
{
	int64_t row = (int64_t)i + 1, id = in->line_id;
	bool refused = strcmp(in->answer, "refused") == 0;
	if (!id && in->n != INT64_MIN)
		id = db_i64(tx_db(tx), 0, find_line_n, I64(":order_id", d->id), I64(":n", in->n));
	int64_t ordered = db_i64(tx_db(tx), -1, select_units, I64(":id", id), I64(":order_id", d->id));
	int64_t units = refused ? 0 : in->units == INT64_MIN ? ordered : in->units;
	if (ordered < 0)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "line_id"), row, "订单没有这一行");
	if (refused && (!in->reason || !*in->reason))
		return tx_fail(tx, ST_REASON_MISSING, tx_line_field(tx, i, "reason"), row, "供应商拒绝须写明原因");
	if (!refused && (units < 1 || units > ordered))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), row, "答复数量应在 1 到 %lld 之间",
		               (long long)ordered);
	db_exec(tx, put_answer, I64(":id", id), I64(":order_id", d->id), TEXT(":answer_t", in->answer), I64(":units", units),
	        TEXT(":reason_t", in->reason), ID(":promised_ymd", in->promised_ymd), I64(":from_file", from_file),
	        I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	db_exec(tx, set_line_open, I64(":units", units), I64(":id", id));
	return ST_OK;
}

/* What was refused is waited for no more: an order of which all else is here has arrived; one of which nothing is, is closed by
 * people, with their reason. */
static enum status nothing_comes(struct tx *tx, const struct doc *d)
{
	if (order_coming(tx_db(tx), d->id)) {
		order_term_again(tx, d->id); /* what was refused may come after all */
		return ST_OK;
	}
	if (strcmp(d->state, "part_received") == 0)
		return order_received(tx, d->id);
	order_term_end(tx, d->id);
	return ST_OK;
}

enum status order_answers_take(struct tx *tx, const struct doc *d, const struct order_answers_new *in, bool from_file)
{
	enum status first = ST_OK;
	if (strcmp(d->state, "sent") != 0 && strcmp(d->state, "part_received") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "订单 %s 未发送或已了结, 不能登记答复", d->number);
	for (size_t i = 0; i < in->line_count; i++) {
		enum status st = take_one(tx, d, &in->lines[i], i, from_file);
		first = first == ST_OK ? st : first;
	}
	if (first != ST_OK)
		return first;
	if (db_i64(tx_db(tx), 0, count_unanswered, I64(":id", d->id)) == 0)
		db_exec(tx, end_asking, I64(":id", d->id));
	tx->action = "order.answer";
	tx->ref_id = d->id;
	document_note(tx, d, "answer", from_file ? "供应商答复 (文件)" : "供应商答复");
	tx_changed(tx, "orders", d->from_site_id, d->to_site_id, d->id);
	return nothing_comes(tx, d);
}
