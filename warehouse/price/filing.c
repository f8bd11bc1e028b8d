#include "warehouse/price/filing.h"

#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"

#include <string.h>

SQL(insert_filing,
    "INSERT INTO filing (id, product_id, supplier_id, reason, price_e4, units_per_pack, units, from_ymd, to_ymd) VALUES (:id, "
    ":product_id, :supplier_id, :reason_t, :price, :per_pack, :units, :from_ymd, :to_ymd)");
SQL(update_filing,
    "UPDATE filing SET product_id = :product_id, supplier_id = :supplier_id, reason = :reason_t, price_e4 = :price, "
    "units_per_pack = :per_pack, units = :units, from_ymd = :from_ymd, to_ymd = :to_ymd WHERE id = :id "
    "/*all sites: the caller has the document*/");

static enum status check(struct tx *tx, const struct filing_new *in, struct product *p)
{
	struct supplier s;
	struct price_rule rule;
	if (product_load(tx_db(tx), tx->arena, in->product_id, p) != ST_OK || !p->active)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种, 或已停用");
	if (in->supplier_id && (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK || !s.active))
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	if (in->price_e4 <= 0)
		return tx_fail(tx, ST_INVALID_FIELD, "price", 0, "备案限价须大于 0");
	if (in->to_ymd < in->from_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "截止日早于起始日");
	if (in->to_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "备案期间已经过去");
	/* RULE DOMAIN-12.3-filing: the door is for what is short or saves lives, by the dated lists. */
	bool listed = product_flag_on(tx_db(tx), tx->arena, in->product_id, in->reason, tx->today_ymd) != NULL;
	if (price_rule_on(tx_db(tx), tx->arena, in->product_id, (int32_t)in->from_ymd, &rule) == ST_NO_LISTED_PRICE)
		return listed ? ST_OK
		              : tx_fail(tx, ST_NOT_SHORT, "reason", 0,
		                        "%s 没有列入%s, 不能以此备案采购; 请先在品种标识中登记依据", p->name,
		                        flag_kind_find(in->reason)->title);
	return tx_fail(tx, ST_ALREADY_PRICED, "product_id", 0, "%s 在 %lld 有现行价格, 不能备案采购: %s", p->name,
	               (long long)in->from_ymd, price_rule_why(tx->arena, &rule, p->units_per_pack));
}

static void write(struct tx *tx, const struct sql *how, int64_t id, const struct filing_new *in, const struct product *p)
{
	const struct arg row[] = {
	        I64(":id", id),
	        I64(":product_id", in->product_id),
	        ID(":supplier_id", in->supplier_id),
	        TEXT(":reason_t", in->reason),
	        I64(":price", in->price_e4),
	        I64(":per_pack", p->units_per_pack),
	        I64(":units", in->units),
	        I64(":from_ymd", in->from_ymd),
	        I64(":to_ymd", in->to_ymd),
	};
	db_exec_n(tx, how, row, sizeof row / sizeof *row);
}

enum status filing_make(struct tx *tx, const struct filing_new *in, struct doc *out)
{
	struct product p;
	int64_t root = site_root(tx_db(tx));
	const struct doc_head head = {root, tx->me.root_site_id, in->reference, in->note, NULL};
	tx->action = "filing.make";
	enum status st = check(tx, in, &p);
	if (st == ST_OK)
		st = document_make(tx, &filing_kind, &head, out);
	if (st == ST_OK)
		write(tx, &insert_filing, out->id, in, &p);
	return st;
}

enum status filing_change(struct tx *tx, struct doc *d, const struct filing_new *in)
{
	struct product p;
	tx->action = "filing.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "备案采购 %s 已提交, 不能修改", d->number);
	enum status st = check(tx, in, &p);
	if (st == ST_OK)
		st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	write(tx, &update_filing, d->id, in, &p);
	return ST_OK;
}

SQL(select_filing,
    "SELECT product_id, supplier_id, reason, price_e4, units, from_ymd, to_ymd, price_id, units_per_pack FROM filing "
    "WHERE id = :id /*all sites: the caller has the document*/");
SQL(set_filed,
    "UPDATE filing SET filing_no = :no_t, price_id = :price_id WHERE id = :id /*all sites: the caller has the document*/");

static int64_t load(struct tx *tx, int64_t id, struct filing_new *out, int64_t *per_pack)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_filing, I64(":id", id));
	if (!rows_next(&r))
		return 0;
	*out = (struct filing_new){.product_id = col_i64(&r, 0),
	                           .supplier_id = col_i64(&r, 1),
	                           .reason = col_text(tx->arena, &r, 2),
	                           .price_e4 = col_i64(&r, 3),
	                           .units = col_i64(&r, 4),
	                           .from_ymd = col_i64(&r, 5),
	                           .to_ymd = col_i64(&r, 6)};
	*per_pack = col_i64(&r, 8);
	return col_i64(&r, 7);
}

/* Whoever approves looks again: a price may have been listed meanwhile. */
static enum status still_needed(struct tx *tx, const struct doc *d, const void *input)
{
	struct filing_new f = {0};
	struct product p;
	int64_t per_pack = 0;
	(void)input;
	load(tx, d->id, &f, &per_pack);
	return check(tx, &f, &p);
}

/* Whoever wrote or submitted it takes no part in its two approvals (two_persons, below). */
static bool is_free(struct db *db, const struct doc *d, int64_t user_id)
{
	return !document_needs_other(db, d, "review", user_id);
}

/* Is there somebody who may approve what this person has reviewed? */
static bool leaves_one(struct db *db, const struct doc *d, const struct person *approvers, size_t count, int64_t reviewer_id)
{
	for (size_t i = 0; i < count; i++)
		if (approvers[i].id != reviewer_id && is_free(db, d, approvers[i].id))
			return true;
	return false;
}

const char *filing_reviewers(struct db *db, struct arena *a, const struct doc *d)
{
	struct person *approvers, *reviewers;
	const char *names = NULL;
	size_t approver_count = people_who_may(db, a, d->from_site_id, PERM_PRICE_DECIDE, &approvers);
	size_t count = people_who_may(db, a, d->from_site_id, PERM_PRICE_EDIT, &reviewers);
	for (size_t i = 0; i < count; i++)
		if (is_free(db, d, reviewers[i].id) && leaves_one(db, d, approvers, approver_count, reviewers[i].id))
			names = arena_printf(a, "%s%s%s", names ? names : "", names ? "、" : "", reviewers[i].name);
	return names;
}

/* RULE DOMAIN-12.3-filing: who alone could approve does not review, or nobody is left for the second signature. */
static enum status may_review(struct tx *tx, const struct doc *d, const void *input)
{
	struct person *approvers;
	size_t count = people_who_may(tx_db(tx), tx->arena, d->from_site_id, PERM_PRICE_DECIDE, &approvers);
	enum status st = still_needed(tx, d, input);
	if (st != ST_OK || tx->me.id == 0 || leaves_one(tx_db(tx), d, approvers, count, tx->me.id))
		return st;
	const char *names = filing_reviewers(tx_db(tx), tx->arena, d);
	if (names)
		return tx_fail(tx, ST_NO_APPROVER_LEFT, NULL, 0,
		               "审核和批准须是两个人, 都不是编制人; 您审核后就没有人能批准: 请由 %s 审核, 您来批准", names);
	return tx_fail(
	        tx, ST_NO_APPROVER_LEFT, NULL, 0,
	        "审核和批准须是两个人, 都不是编制人; 您审核后就没有人能批准, 也没有别人能审核: 请退回, 由采购员另建这份备案");
}

static enum status may_file(struct tx *tx, const struct doc *d, const void *input)
{
	const struct filing_step *in = input;
	if (!in->filing_no || !*in->filing_no)
		return tx_fail(tx, ST_INVALID_FIELD, "filing_no", 0, "请填写备案号");
	return still_needed(tx, d, input);
}

static enum status file(struct tx *tx, struct doc *d, const void *input)
{
	const struct filing_step *in = input;
	struct filing_new f = {0};
	int64_t per_pack = 1, price_id = 0;
	load(tx, d->id, &f, &per_pack);
	const struct new_price fact = {.product_id = f.product_id,
	                               .price_e4 = f.price_e4,
	                               .units_per_pack = per_pack,
	                               .kind = price_rule_word(PRICE_FILED),
	                               .from_ymd = (int32_t)(f.from_ymd > tx->today_ymd ? f.from_ymd : tx->today_ymd),
	                               .to_ymd = (int32_t)f.to_ymd,
	                               .source = arena_printf(tx->arena, "备案 %s (%s)", in->filing_no, d->number)};
	enum status st = price_fact_add(tx, &fact, &price_id);
	if (st == ST_OK)
		db_exec(tx, set_filed, TEXT(":no_t", in->filing_no), I64(":price_id", price_id), I64(":id", d->id));
	tx_changed(tx, "prices", 0, 0, d->id);
	return st;
}

/* The door is shut from today on. */
static enum status end_price(struct tx *tx, struct doc *d, const void *input)
{
	struct filing_new f = {0};
	int64_t per_pack = 1, price_id = load(tx, d->id, &f, &per_pack);
	int32_t yesterday = ymd_add_days(tx->today_ymd, -1);
	(void)input;
	if (!price_id || f.to_ymd < yesterday)
		return ST_OK;
	tx_changed(tx, "prices", 0, 0, d->id);
	return price_fact_end(tx, price_id, yesterday, arena_printf(tx->arena, "备案采购 %s 终止", d->number));
}

SQL(select_limit, "SELECT units FROM filing WHERE price_id = :price_id /*all sites: the limit binds all*/");
SQL(sum_committed,
    "SELECT CAST(coalesce(sum(CASE WHEN open = 1 THEN units ELSE received_units END), 0) AS BIGINT) FROM order_line WHERE "
    "price_rule = 'filed' AND price_id = :price_id AND dropped = 0 AND order_id <> :order_id /*all sites: the limit binds all*/");
SQL(select_other_supplier,
    "SELECT s.name FROM filing f JOIN purchase_order o ON o.id = :order_id AND o.supplier_id <> f.supplier_id JOIN supplier s ON "
    "s.id = f.supplier_id WHERE f.price_id = :price_id /*all sites: the caller has the order*/");
SQL(sum_own, "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM order_line WHERE order_id = :order_id AND +product_id = "
             ":product_id AND dropped = 0 /*all sites: the caller has the order*/");

/* RULE DOMAIN-12.3-filing */
enum status filing_check_units(struct tx *tx, const struct price_rule *rule, int64_t order_id, int64_t product_id, int64_t more,
                               const char *field, int64_t row)
{
	if (rule->rule != PRICE_FILED || !rule->price_id)
		return ST_OK;
	struct db *db = tx_db(tx);
	const char *bound =
	        db_text(db, tx->arena, select_other_supplier, I64(":order_id", order_id), I64(":price_id", rule->price_id));
	if (bound)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", row, "%s 只限向 %s 采购", rule->source, bound);
	int64_t limit = db_i64(db, 0, select_limit, I64(":price_id", rule->price_id));
	int64_t others = db_i64(db, 0, sum_committed, I64(":price_id", rule->price_id), I64(":order_id", order_id));
	int64_t own = db_i64(db, 0, sum_own, I64(":order_id", order_id), I64(":product_id", product_id)) + more;
	if (others + own <= limit)
		return ST_OK;
	return tx_fail(tx, ST_OVER_FILED_UNITS, field, row, "%s 限量 %lld, 其他订单已用 %lld, 本单 %lld", rule->source,
	               (long long)limit, (long long)others, (long long)own);
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},   {"submitted", "已提交", true}, {"reviewed", "已审核", true}, {"approved", "已批准", true},
        {"filed", "已备案", true}, {"closed", "已终止", false},   {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_ORDER_EDIT, SIDE_ANY, false, still_needed, NULL},
        {"submitted", "review", "reviewed", "审核", PERM_PRICE_EDIT, SIDE_ANY, false, may_review, NULL},
        {"reviewed", "approve", "approved", "批准", PERM_PRICE_DECIDE, SIDE_ANY, false, still_needed, NULL},
        {"approved", "file", "filed", "登记备案号", PERM_ORDER_EDIT, SIDE_ANY, false, may_file, file},
        {"submitted", "return", "draft", "退回修改", PERM_PRICE_EDIT, SIDE_ANY, true, NULL, NULL},
        {"reviewed", "return", "draft", "退回修改", PERM_PRICE_DECIDE, SIDE_ANY, true, NULL, NULL},
        {"draft", "close", "closed", "作废", PERM_ORDER_EDIT, SIDE_ANY, true, NULL, NULL},
        {"approved", "close", "closed", "终止", PERM_PRICE_EDIT, SIDE_ANY, true, NULL, NULL},
        {"filed", "close", "closed", "终止", PERM_PRICE_EDIT, SIDE_ANY, true, NULL, end_price},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE DOMAIN-12.3-filing: two approvals by two people, neither of whom asked for it. */
static const struct doc_two_persons two_persons[] = {{"review", "make"},  {"review", "submit"},  {"approve", "review"},
                                                     {"approve", "make"}, {"approve", "submit"}, {"review", "edit"},
                                                     {"approve", "edit"}, {NULL, NULL}};
const struct doc_kind filing_kind = {"filing", "备案采购", "BA", "filings", states, steps, "draft", two_persons};
