#include "warehouse/procurement/platform_message.h"

#include "core/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINES_MAX 5000

const struct word_title platform_message_kinds[] = {
        {"receipt", "确认收货"}, {"refusal", "拒收"}, {"invoice", "发票"}, {"return", "退货"}, {NULL, NULL}};

/* ---- facts ---- */

#define INTO                                                                                                                    \
	"INSERT INTO platform_report (id, site_id, kind, source_id, document_id, order_line_id, supplier_id, product_id, lot, " \
	"expiry_ymd, units, units_per_pack, price_e4, amount_fen, paper, ymd, again, open) "
#define GOODS " JOIN batch b ON b.id = y.batch_id JOIN lot l ON l.id = b.lot_id "
SQL(tell_receipt, INTO
    "SELECT :id, y.site_id, 'receipt', y.receipt_line_id, y.receipt_id, y.order_line_id, y.supplier_id, y.product_id, l.lot, "
    "l.expiry_ymd, y.units, y.units_per_pack, y.price_e4, y.amount_fen, d.reference, :ymd, 0, 1 FROM payable y" GOODS
    "JOIN document d ON d.id = y.receipt_id WHERE y.receipt_line_id = :source_id /*all sites: the caller has the fact*/");
SQL(tell_invoice,
    INTO "SELECT :id, y.site_id, 'invoice', m.id, m.invoice_id, y.order_line_id, y.supplier_id, y.product_id, l.lot, "
         "l.expiry_ymd, m.units, y.units_per_pack, y.price_e4, m.amount_fen, i.invoice_no, :ymd, 0, 1 FROM invoice_match m JOIN "
         "invoice i ON i.id = m.invoice_id JOIN payable y ON y.id = m.payable_id" GOODS
         "WHERE m.id = :source_id /*all sites: the caller has the fact*/");
/* What came beyond the order has no batch, and perhaps no lot that we know. */
#define OVER "FROM receipt_refused f JOIN receipt r ON r.id = f.receipt_id JOIN order_line ol ON ol.id = f.order_line_id "
SQL(select_over,
    "SELECT f.units, ol.price_e4, ol.units_per_pack " OVER "WHERE f.id = :source_id /*all sites: the caller has the fact*/");
SQL(tell_over,
    INTO "SELECT :id, ol.payer_site_id, 'refusal', f.id, f.receipt_id, f.order_line_id, r.supplier_id, ol.product_id, f.lot, "
         "coalesce((SELECT l.expiry_ymd FROM lot l WHERE l.product_id = ol.product_id AND l.lot = f.lot), 0), f.units, "
         "ol.units_per_pack, ol.price_e4, :amount, f.reason, :ymd, 0, 1 " OVER
         "WHERE f.id = :source_id /*all sites: the caller has the fact*/");
#define REJECTED                                                                                                                 \
	"FROM receipt_line rl JOIN receipt r ON r.id = rl.receipt_id JOIN order_line ol ON ol.id = rl.order_line_id JOIN batch " \
	"b ON b.id = rl.batch_id JOIN lot l ON l.id = b.lot_id "
SQL(select_rejected,
    "SELECT rl.units, b.price_e4, b.units_per_pack " REJECTED "WHERE rl.id = :source_id /*all sites: the caller has the fact*/");
SQL(tell_rejected,
    INTO "SELECT :id, ol.payer_site_id, 'refusal', rl.id, rl.receipt_id, rl.order_line_id, r.supplier_id, b.product_id, l.lot, "
         "l.expiry_ymd, rl.units, b.units_per_pack, b.price_e4, :amount, coalesce(rl.reason, '验收不合格'), :ymd, 0, 1 " REJECTED
         "WHERE rl.id = :source_id /*all sites: the caller has the fact*/");
/* Goods that were never accepted are told where nobody was told of their refusal: the platform knows their order. */
SQL(tell_return, INTO
    "SELECT :id, coalesce(ol.payer_site_id, d.from_site_id), 'return', x.id, x.return_id, rl.order_line_id, r.supplier_id, "
    "b.product_id, l.lot, l.expiry_ymd, x.units, b.units_per_pack, b.price_e4, x.amount_fen, x.reason, :ymd, 0, 1 FROM "
    "supplier_return_line x JOIN supplier_return r ON r.id = x.return_id JOIN document d ON d.id = x.return_id JOIN batch b "
    "ON b.id = x.batch_id JOIN lot l ON l.id = b.lot_id LEFT JOIN receipt_line rl ON rl.id = b.source_line_id LEFT JOIN "
    "order_line ol ON ol.id = rl.order_line_id WHERE x.id = :source_id AND NOT EXISTS (SELECT 1 FROM platform_report t WHERE "
    "t.kind = 'refusal' AND t.source_id = b.source_line_id AND t.again = 0) /*all sites: the caller has the fact*/");

static void tell(struct tx *tx, const struct sql *q, int64_t source_id)
{
	const struct arg args[] = {I64(":id", tx_new_id(tx)), I64(":ymd", tx->today_ymd), I64(":source_id", source_id)};
	db_exec_n(tx, q, args, sizeof args / sizeof *args);
}

void platform_tell_receipt(struct tx *tx, int64_t receipt_line_id)
{
	tell(tx, &tell_receipt, receipt_line_id);
}

static void tell_worth(struct tx *tx, const struct sql *worth, const struct sql *q, int64_t source_id)
{
	int64_t fen = 0;
	SCOPED(rows) r = db_query(tx_db(tx), *worth, I64(":source_id", source_id));
	if (!rows_next(&r) || !amount_fen(col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2), &fen))
		return;
	rows_drop(&r);
	const struct arg args[] = {I64(":id", tx_new_id(tx)), I64(":ymd", tx->today_ymd), I64(":source_id", source_id),
	                           I64(":amount", fen)};
	db_exec_n(tx, q, args, sizeof args / sizeof *args);
}

void platform_tell_over(struct tx *tx, int64_t refused_id)
{
	tell_worth(tx, &select_over, &tell_over, refused_id);
}

void platform_tell_rejected(struct tx *tx, int64_t receipt_line_id)
{
	tell_worth(tx, &select_rejected, &tell_rejected, receipt_line_id);
}

void platform_tell_invoice(struct tx *tx, int64_t invoice_match_id)
{
	tell(tx, &tell_invoice, invoice_match_id);
}

void platform_tell_return(struct tx *tx, int64_t return_line_id)
{
	tell(tx, &tell_return, return_line_id);
}

/* ---- messages ---- */

SQL(next_no, "SELECT coalesce(max(no), 0) + 1 FROM platform_message WHERE kind = :kind_t /*all sites: one row of numbers*/");
SQL(insert_message, "INSERT INTO platform_message (id, kind, no, until_ymd, line_count, amount_fen) VALUES (:id, :kind_t, :no, "
                    ":until_ymd, 0, 0)");
SQL(set_totals, "UPDATE platform_message SET line_count = :count, amount_fen = :fen WHERE id = :id "
                "/*all sites: the caller has the document*/");
SQL(select_waiting, "SELECT r.id, r.amount_fen FROM platform_report r WHERE r.kind = :kind_t AND r.message_id IS NULL AND r.ymd "
                    "<= :until_ymd AND "
                    "(:me_id = 0 OR EXISTS (SELECT 1 FROM user_site us WHERE us.user_id = :me_id AND us.site_id = r.site_id)) "
                    "ORDER BY r.id LIMIT "
                    ":limit");
SQL(take_waiting, "UPDATE platform_report SET message_id = :message_id, n = :n WHERE id = :id /*all sites: chosen by site*/");

static int64_t take_lines(struct tx *tx, int64_t id, const struct platform_message_new *in, int64_t until_ymd)
{
	int64_t n = 0, fen = 0;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_waiting, TEXT(":kind_t", in->kind), I64(":until_ymd", until_ymd), I64(":me_id", tx->me.id),
	             I64(":limit", LINES_MAX));
	while (rows_next(&r)) {
		fen += col_i64(&r, 1);
		db_exec(tx, take_waiting, I64(":message_id", id), I64(":n", ++n), I64(":id", col_i64(&r, 0)));
	}
	db_exec(tx, set_totals, I64(":count", n), I64(":fen", fen), I64(":id", id));
	return n;
}

enum status platform_message_make(struct tx *tx, const struct platform_message_new *in, struct doc *out)
{
	int64_t until = in->until_ymd ? in->until_ymd : tx->today_ymd;
	int64_t site = tx->me.root_site_id ? tx->me.root_site_id : site_root(tx_db(tx));
	tx->action = "platform_message.make";
	const struct doc_head head = {site, 0, NULL, in->note, NULL};
	enum status st = document_make(tx, &platform_message_kind, &head, out);
	if (st != ST_OK)
		return st;
	db_exec(tx, insert_message, I64(":id", out->id), TEXT(":kind_t", in->kind),
	        I64(":no", db_i64(tx_db(tx), 1, next_no, TEXT(":kind_t", in->kind))), I64(":until_ymd", until));
	if (take_lines(tx, out->id, in, until))
		return ST_OK;
	return tx_fail(tx, ST_NO_LINES, "kind", 0, "没有待报送的%s", word_title(platform_message_kinds, in->kind));
}

/* ---- answers ---- */

SQL(select_line, "SELECT id, units, amount_fen FROM platform_report WHERE message_id = :id AND n = :n "
                 "/*all sites: the caller has the document*/");
SQL(put_answer,
    "UPDATE platform_report SET answer = :answer_t, answer_reason = :reason_t, platform_units = :units, platform_fen = :fen, "
    "difference = :difference_t, answered_at_ms = :at_ms, open = :open WHERE id = :id /*all sites: the caller has the "
    "document*/");

static struct arg known(const char *name, int64_t v)
{
	return v == INT64_MIN ? (struct arg){.name = name, .type = ARG_NULL} : arg_i64(name, v);
}

static enum status check_answer(struct tx *tx, const struct platform_answer *in)
{
	if (!in->answer)
		return tx_fail(tx, ST_INVALID_FIELD, "answer", in->row, "回执写作 接受 或 拒绝");
	if (strcmp(in->answer, "refused") == 0 && (!in->reason || !*in->reason))
		return tx_fail(tx, ST_REASON_MISSING, "reason", in->row, "平台拒绝须写明原因");
	return ST_OK;
}

enum status platform_answer_take(struct tx *tx, const struct doc *d, const struct platform_answer *in, bool *differs)
{
	enum status st = check_answer(tx, in);
	if (st != ST_OK)
		return st;
	if (strcmp(d->state, "made") == 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 尚未报送, 不能登记回执", d->number);
	SCOPED(rows) r = db_query(tx_db(tx), select_line, I64(":id", d->id), I64(":n", in->n));
	if (!rows_next(&r))
		return tx_fail(tx, ST_INVALID_FIELD, "n", in->row, "本次报送没有第 %lld 行", (long long)in->n);
	bool refused = strcmp(in->answer, "refused") == 0;
	bool units = in->units != INT64_MIN && in->units != col_i64(&r, 1);
	bool amount = in->fen != INT64_MIN && in->fen != col_i64(&r, 2);
	const char *difference = refused ? "refused" : units ? "units" : amount ? "amount" : NULL;
	*differs = difference != NULL;
	db_exec(tx, put_answer, TEXT(":answer_t", in->answer), TEXT(":reason_t", in->reason), known(":units", in->units),
	        known(":fen", in->fen), TEXT(":difference_t", difference), I64(":at_ms", tx->now_ms), I64(":open", *differs),
	        I64(":id", col_i64(&r, 0)));
	return ST_OK;
}

SQL(count_unanswered, "SELECT count(*) FROM platform_report WHERE message_id = :id AND answer IS NULL "
                      "/*all sites: the caller has the document*/");

enum status platform_answers_end(struct tx *tx, struct doc *d)
{
	tx->action = "platform_message.answer";
	tx->ref_id = d->id;
	tx_changed(tx, "platform-messages", d->from_site_id, 0, d->id);
	if (strcmp(d->state, "sent") == 0 && db_i64(tx_db(tx), 0, count_unanswered, I64(":id", d->id)) == 0)
		return document_follow(tx, d, "answer", NULL);
	document_note(tx, d, "answer", NULL);
	return ST_OK;
}

/* ---- once more ---- */

SQL(select_mine,
    "SELECT r.difference FROM platform_report r WHERE r.id = :id AND r.again = 0 AND EXISTS (SELECT 1 FROM user_site us WHERE "
    "us.user_id = :me_id AND us.site_id = r.site_id)");
SQL(set_again, "UPDATE platform_report SET again = 1, open = 0, answer_reason = coalesce(answer_reason || '; ', '') || :note_t "
               "WHERE id = :id /*all sites: asked before*/");
SQL(insert_again,
    INTO "SELECT :id, r.site_id, r.kind, r.source_id, r.document_id, r.order_line_id, r.supplier_id, r.product_id, r.lot, "
         "r.expiry_ymd, r.units, r.units_per_pack, r.price_e4, r.amount_fen, r.paper, :ymd, 0, 1 FROM platform_report r WHERE "
         "r.id = :source_id /*all sites: asked before*/");

enum status platform_report_again(struct tx *tx, int64_t id, const char *note, int64_t *new_id)
{
	tx->action = "platform_report.again";
	tx->ref_id = id;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_mine, I64(":id", id), I64(":me_id", tx->me.id));
		if (!rows_next(&r))
			return ST_NOT_FOUND;
		if (col_is_null(&r, 0))
			return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "只有被拒绝或平台数据不同的行可以重报");
	}
	if (!note || !*note)
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "重报须写明改了什么");
	*new_id = tx_new_id(tx);
	db_exec(tx, set_again, TEXT(":note_t", note), I64(":id", id));
	db_exec(tx, insert_again, I64(":id", *new_id), I64(":ymd", tx->today_ymd), I64(":source_id", id));
	tx_changed(tx, "platform-messages", 0, 0, id);
	return ST_OK;
}

static const struct doc_state states[] = {
        {"made", "已生成", true}, {"sent", "已报送", true}, {"answered", "已回执", true}, {NULL, NULL, false}};
static const struct doc_step steps[] = {
        {"made", "send", "sent", "已报送平台", PERM_ORDER_EDIT, SIDE_FROM, false, NULL, NULL},
        {"sent", "answer", "answered", "平台回执", PERM_NONE, SIDE_FROM, false, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind platform_message_kind = {
        "platform_message", "平台报送", "BS", "platform-messages", states, steps, "made", NULL};

/* ---- proof ---- */

/* Whatever was accepted since reports are written has its report. */
SQL(missing_report,
    "SELECT y.id FROM payable y WHERE y.id > (SELECT coalesce(min(r.id), 9223372036854775807) FROM platform_report r WHERE "
    "r.kind = "
    "'receipt') AND NOT EXISTS (SELECT 1 FROM platform_report r WHERE r.kind = 'receipt' AND r.source_id = y.receipt_line_id AND "
    "r.again = 0) /*scan: verify*/ /*all sites: verify*/");
/* Whatever was refused since refusals are told has its report. */
#define SINCE "(SELECT coalesce(min(r.id), 9223372036854775807) FROM platform_report r WHERE r.kind = 'refusal')"
#define UNTOLD(id) \
	"NOT EXISTS (SELECT 1 FROM platform_report r WHERE r.kind = 'refusal' AND r.source_id = " id " AND r.again = 0)"
SQL(missing_refusal,
    "SELECT f.id FROM receipt_refused f WHERE f.id > " SINCE
    " AND " UNTOLD("f.id") " UNION ALL SELECT rl.id FROM receipt_line rl WHERE rl.outcome = 'rejected' AND rl.posted = 1 "
                           "AND rl.id > " SINCE " AND " UNTOLD("rl.id") " /*scan: verify*/ /*all sites: verify*/");
SQL(gap_in_numbers, "SELECT max(id) FROM platform_message GROUP BY kind HAVING max(no) <> count(*) OR min(no) <> 1 "
                    "/*scan: verify*/ /*all sites: verify*/");
SQL(wrong_message,
    "SELECT m.id FROM platform_message m LEFT JOIN (SELECT r.message_id AS message_id, count(*) AS lines, max(r.n) AS last, "
    "sum(r.amount_fen) AS fen FROM platform_report r WHERE r.message_id IS NOT NULL GROUP BY r.message_id) AS t ON t.message_id "
    "= "
    "m.id WHERE coalesce(t.lines, 0) <> m.line_count OR coalesce(t.last, 0) <> m.line_count OR coalesce(t.fen, 0) <> "
    "m.amount_fen "
    "/*scan: verify*/ /*all sites: verify*/");
SQL(wrong_open, "SELECT id FROM platform_report WHERE open <> CASE WHEN again = 1 OR (answer IS NOT NULL AND difference IS NULL) "
                "THEN 0 ELSE 1 "
                "END /*scan: verify*/ /*all sites: verify*/");

int64_t platform_message_verify(struct db *db, verify_report *report, void *arg)
{
	static const struct {
		const struct sql *q;
		const char *table, *what;
	} rules[] = {
	        {&missing_report, "payable", "验收入库而没有待报送平台的行"},
	        {&missing_refusal, "receipt", "拒收而没有待报送平台的行"},
	        {&gap_in_numbers, "platform_message", "报送序号不连续"},
	        {&wrong_message, "platform_message", "行数或金额与明细不符"},
	        {&wrong_open, "platform_report", "未了标记与回执不符"},
	};
	char row[64];
	int64_t faults = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		SCOPED(rows) r = db_query_n(db, rules[i].q, NULL, 0);
		for (; rows_next(&r); faults++) {
			snprintf(row, sizeof row, "id %" PRId64, col_i64(&r, 0));
			report(arg, rules[i].table, row, rules[i].what);
		}
	}
	return faults;
}
