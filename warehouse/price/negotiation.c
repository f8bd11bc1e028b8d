#include "warehouse/price/negotiation.h"

#include "core/attachment.h"
#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/price.h"

#include <string.h>

#define GROUP_MIN 3
#define QUOTES_MIN 2

SQL(insert_head,
    "INSERT INTO negotiation (id, alliance, from_ymd, to_ymd, minutes) VALUES (:id, :alliance_t, :from_ymd, :to_ymd, "
    ":minutes_t)");
SQL(update_head, "UPDATE negotiation SET alliance = :alliance_t, from_ymd = :from_ymd, to_ymd = :to_ymd, minutes = :minutes_t "
                 "WHERE id = :id /*all sites: the caller has the document*/");
SQL(insert_member, "INSERT INTO negotiation_member (id, negotiation_id, n, name, duty, recused, reason) VALUES (:id, "
                   ":negotiation_id, :n, :name_t, :duty_t, :recused, :reason_t)");
SQL(insert_line, "INSERT INTO negotiation_line (id, negotiation_id, n, product_id, units_per_pack, single_reason) VALUES (:id, "
                 ":negotiation_id, :n, :product_id, :per_pack, :single_t)");
SQL(insert_quote,
    "INSERT INTO negotiation_quote (id, line_id, n, supplier_id, price_e4, note, chosen) VALUES (:id, :line_id, :n, "
    ":supplier_id, :price, :note_t, :chosen) ON CONFLICT DO NOTHING");
SQL(drop_members, "DELETE FROM negotiation_member WHERE negotiation_id = :id /*all sites: the caller has the document*/");
SQL(drop_quotes, "DELETE FROM negotiation_quote WHERE line_id IN (SELECT id FROM negotiation_line WHERE negotiation_id = :id) "
                 "/*all sites: the caller has the document*/");
SQL(drop_lines, "DELETE FROM negotiation_line WHERE negotiation_id = :id /*all sites: the caller has the document*/");

static enum status write_quote(struct tx *tx, int64_t line_id, const struct negotiation_quote *q, size_t i, size_t n)
{
	struct supplier s;
	const char *field = arena_printf(tx->arena, "lines[%zu].quotes[%zu].supplier_id", i, n);
	if (supplier_load(tx_db(tx), tx->arena, q->supplier_id, &s) != ST_OK || !s.active)
		return tx_fail(tx, ST_INVALID_FIELD, field, (int64_t)i + 1, "没有这个供应商");
	if (q->price_e4 <= 0)
		return tx_fail(tx, ST_INVALID_FIELD, arena_printf(tx->arena, "lines[%zu].quotes[%zu].price", i, n),
		               (int64_t)i + 1, "%s 的报价须大于 0", s.name);
	int64_t put = db_exec(tx, insert_quote, I64(":id", tx_new_id(tx)), I64(":line_id", line_id), I64(":n", (int64_t)n + 1),
	                      I64(":supplier_id", q->supplier_id), I64(":price", q->price_e4), TEXT(":note_t", q->note),
	                      I64(":chosen", q->chosen));
	return put ? ST_OK : tx_fail(tx, ST_INVALID_FIELD, field, (int64_t)i + 1, "%s 对同一品种报了两次价", s.name);
}

static enum status write_line(struct tx *tx, int64_t id, const struct negotiation_line *in, size_t i)
{
	struct product p;
	int64_t line_id = tx_new_id(tx), chosen = 0;
	enum status st = product_load(tx_db(tx), tx->arena, in->product_id, &p);
	if (st != ST_OK || !p.active)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1,
		               "没有这个品种, 或已停用");
	db_exec(tx, insert_line, I64(":id", line_id), I64(":negotiation_id", id), I64(":n", (int64_t)i + 1),
	        I64(":product_id", p.id), I64(":per_pack", p.units_per_pack), TEXT(":single_t", in->single_reason));
	for (size_t n = 0; n < in->quote_count && st == ST_OK; n++) {
		st = write_quote(tx, line_id, &in->quotes[n], i, n);
		chosen += in->quotes[n].chosen;
	}
	if (st == ST_OK && chosen > 1)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "quotes"), (int64_t)i + 1, "%s 只能选定一个报价",
		               p.name);
	return st;
}

static enum status write_rows(struct tx *tx, int64_t id, const struct negotiation_new *in)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < in->member_count; i++) {
		const struct negotiation_member *m = &in->members[i];
		db_exec(tx, insert_member, I64(":id", tx_new_id(tx)), I64(":negotiation_id", id), I64(":n", (int64_t)i + 1),
		        TEXT(":name_t", m->name), TEXT(":duty_t", m->duty), I64(":recused", m->recused),
		        TEXT(":reason_t", m->reason));
	}
	for (size_t i = 0; i < in->line_count && st == ST_OK; i++)
		st = write_line(tx, id, &in->lines[i], i);
	return st;
}

/* Names become plain, and stand once each. */
static enum status check_members(struct tx *tx, const struct negotiation_new *in)
{
	for (size_t i = 0; i < in->member_count; i++) {
		struct negotiation_member *m = &in->members[i];
		const char *field = arena_printf(tx->arena, "members[%zu].name", i);
		m->name = person_name(tx->arena, m->name);
		if (!*m->name)
			return tx_fail(tx, ST_INVALID_FIELD, field, (int64_t)i + 1, "请填写姓名");
		for (size_t k = 0; k < i; k++)
			if (person_is(in->members[k].name, m->name))
				return tx_fail(tx, ST_INVALID_FIELD, field, (int64_t)i + 1, "%s 与第 %zu 人同名, 每人只列一次",
				               m->name, k + 1);
	}
	return ST_OK;
}

static enum status check_head(struct tx *tx, const struct negotiation_new *in)
{
	enum status st = check_members(tx, in);
	if (st != ST_OK)
		return st;
	if (in->to_ymd && in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日早于起始日");
	for (size_t i = 0; i < in->line_count; i++)
		for (size_t k = 0; k < i; k++)
			if (in->lines[i].product_id == in->lines[k].product_id)
				return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1,
				               "与第 %zu 行是同一品种", k + 1);
	return ST_OK;
}

static void write_head(struct tx *tx, const struct sql *how, int64_t id, const struct negotiation_new *in)
{
	const struct arg row[] = {I64(":id", id), TEXT(":alliance_t", in->alliance), I64(":from_ymd", in->from_ymd),
	                          ID(":to_ymd", in->to_ymd), TEXT(":minutes_t", in->minutes)};
	db_exec_n(tx, how, row, sizeof row / sizeof *row);
}

enum status negotiation_make(struct tx *tx, const struct negotiation_new *in, struct doc *out)
{
	int64_t root = site_root(tx_db(tx));
	const struct doc_head head = {root, root, in->reference, in->note, NULL};
	tx->action = "negotiation.make";
	enum status st = check_head(tx, in);
	if (st == ST_OK)
		st = document_make(tx, &negotiation_kind, &head, out);
	if (st != ST_OK)
		return st;
	write_head(tx, &insert_head, out->id, in);
	return write_rows(tx, out->id, in);
}

enum status negotiation_change(struct tx *tx, struct doc *d, const struct negotiation_new *in)
{
	tx->action = "negotiation.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "议价 %s 已提交, 不能修改", d->number);
	enum status st = check_head(tx, in);
	if (st == ST_OK)
		st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	write_head(tx, &update_head, d->id, in);
	db_exec(tx, drop_quotes, I64(":id", d->id));
	db_exec(tx, drop_lines, I64(":id", d->id));
	db_exec(tx, drop_members, I64(":id", d->id));
	return write_rows(tx, d->id, in);
}

SQL(count_group, "SELECT count(*) FROM negotiation_member WHERE negotiation_id = :id AND recused = 0 "
                 "/*all sites: the caller has the document*/");
SQL(select_recused, "SELECT name FROM negotiation_member WHERE negotiation_id = :id AND recused = 1 "
                    "/*all sites: the caller has the document*/");
SQL(select_head, "SELECT from_ymd, to_ymd, minutes, alliance FROM negotiation WHERE id = :id "
                 "/*all sites: the caller has the document*/");
SQL(select_chosen,
    "SELECT l.n, l.product_id, p.name, l.units_per_pack, q.price_e4, s.name, l.single_reason, (SELECT count(*) FROM "
    "negotiation_quote o WHERE o.line_id = l.id), q.supplier_id FROM negotiation_line l JOIN product p ON p.id = "
    "l.product_id LEFT JOIN negotiation_quote q ON q.line_id = l.id AND q.chosen = 1 LEFT JOIN supplier s ON s.id = "
    "q.supplier_id WHERE l.negotiation_id = :id ORDER BY l.n /*all sites: the caller has the document*/");

/* By the name that the page shows, or the one that he signs in with. */
static bool is_recused(struct tx *tx, const struct doc *d)
{
	const char *shown = tx->me.display_name ? tx->me.display_name : "";
	const char *login = tx->me.name ? tx->me.name : "";
	SCOPED(rows) r = db_query(tx_db(tx), select_recused, I64(":id", d->id));
	while (rows_next(&r)) {
		const char *name = col_text(tx->arena, &r, 0);
		if (person_is(name, shown) || person_is(name, login))
			return true;
	}
	return false;
}

/* RULE DOMAIN-12.3-bargaining-group */
static enum status check_group(struct tx *tx, const struct doc *d)
{
	int64_t n = db_i64(tx_db(tx), 0, count_group, I64(":id", d->id));
	if (n < GROUP_MIN)
		return tx_fail(tx, ST_GROUP_TOO_SMALL, "members", 0, "议价小组回避后只有 %lld 人, 至少应有 %d 人", (long long)n,
		               GROUP_MIN);
	if (is_recused(tx, d))
		return tx_fail(tx, ST_SAME_PERSON, "members", 0, "%s 在本次议价中回避, 不能办理", tx->me.display_name);
	return ST_OK;
}

static enum status check_chosen(struct tx *tx, struct rows *r, int32_t day)
{
	struct price_rule rule;
	int64_t row = col_i64(r, 0);
	const char *name = col_text(tx->arena, r, 2), *field = arena_printf(tx->arena, "lines[%lld].quotes", (long long)row - 1);
	if (col_is_null(r, 4))
		return tx_fail(tx, ST_INVALID_FIELD, field, row, "%s 还没有选定报价", name);
	int64_t quotes = col_i64(r, 7);
	/* RULE DOMAIN-12.3-bargaining-quotes */
	if (quotes < QUOTES_MIN && col_is_null(r, 6))
		return tx_fail(tx, ST_REASON_MISSING, arena_printf(tx->arena, "lines[%lld].single_reason", (long long)row - 1),
		               row, "%s 只有 %lld 家报价, 至少应有 %d 家; 单一来源请写明理由", name, (long long)quotes,
		               QUOTES_MIN);
	enum status st = price_rule_on(tx_db(tx), tx->arena, col_i64(r, 1), day, &rule);
	if (!rule.listed)
		return tx_fail(tx, st == ST_OK ? ST_NO_LISTED_PRICE : st, field, row, "%s 没有现行挂网价, 不能议价", name);
	if ((__int128)col_i64(r, 4) * rule.ceiling_units_per_pack > (__int128)rule.ceiling_e4 * col_i64(r, 3))
		return tx_fail(tx, ST_AGREED_OVER_CEILING, field, row, "%s 选定的报价高于限价", name);
	return ST_OK;
}

static enum status complete(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	size_t lines = 0;
	enum status st = check_group(tx, d);
	SCOPED(rows) head = db_query(tx_db(tx), select_head, I64(":id", d->id));
	if (st != ST_OK || !rows_next(&head))
		return st;
	if (col_is_null(&head, 2))
		return tx_fail(tx, ST_INVALID_FIELD, "minutes", 0, "请填写议价纪要");
	SCOPED(rows) r = db_query(tx_db(tx), select_chosen, I64(":id", d->id));
	for (; st == ST_OK && rows_next(&r); lines++)
		st = check_chosen(tx, &r, (int32_t)col_i64(&head, 0));
	return st == ST_OK && lines == 0 ? tx_fail(tx, ST_NO_LINES, "lines", 0, "议价单没有品种") : st;
}

/* RULE DOMAIN-12.3-minutes */
static enum status decidable(struct tx *tx, const struct doc *d, const void *input)
{
	enum status st = complete(tx, d, input);
	if (st == ST_OK && attachment_count(tx_db(tx), ATTACHMENT_MINUTES("negotiation"), d->id) == 0)
		return tx_fail(tx, ST_MINUTES_MISSING, "minutes", 0, "请先上传议价会议的纪要, 再审定");
	return st;
}

static enum status execute(struct tx *tx, struct doc *d, const void *input)
{
	enum status st = ST_OK;
	(void)input;
	SCOPED(rows) head = db_query(tx_db(tx), select_head, I64(":id", d->id));
	if (!rows_next(&head))
		return ST_NOT_FOUND;
	const char *alliance = col_text(tx->arena, &head, 3);
	SCOPED(rows) r = db_query(tx_db(tx), select_chosen, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		const char *source = arena_printf(tx->arena, "议价 %s %s%s%s", d->number, alliance ? alliance : "",
		                                  alliance ? ", " : "", col_text(tx->arena, &r, 5));
		const struct new_price fact = {.product_id = col_i64(&r, 1),
		                               .price_e4 = col_i64(&r, 4),
		                               .units_per_pack = col_i64(&r, 3),
		                               .kind = price_rule_word(PRICE_AGREED),
		                               .from_ymd = (int32_t)col_i64(&head, 0),
		                               .to_ymd = (int32_t)col_i64(&head, 1),
		                               .source = source};
		st = price_fact_agree(tx, &fact, col_i64(&r, 8));
	}
	tx_changed(tx, "prices", 0, 0, d->id);
	return st;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},      {"submitted", "已提交", true},  {"decided", "已审定", true},
        {"executed", "已执行", true}, {"cancelled", "已作废", false}, {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_PRICE_EDIT, SIDE_ANY, false, complete, NULL},
        {"submitted", "decide", "decided", "审定", PERM_PRICE_DECIDE, SIDE_ANY, false, decidable, NULL},
        {"submitted", "return", "draft", "退回修改", PERM_PRICE_DECIDE, SIDE_ANY, true, NULL, NULL},
        {"decided", "execute", "executed", "执行议定价", PERM_PRICE_EDIT, SIDE_ANY, false, complete, execute},
        {"draft", "cancel", "cancelled", "作废", PERM_PRICE_EDIT, SIDE_ANY, true, NULL, NULL},
        {"decided", "cancel", "cancelled", "作废", PERM_PRICE_DECIDE, SIDE_ANY, true, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {{"decide", "make"}, {"decide", "submit"}, {"decide", "edit"}, {NULL, NULL}};
const struct doc_kind negotiation_kind = {"negotiation", "议价", "YJ", "negotiations", states, steps, "draft", two_persons};
