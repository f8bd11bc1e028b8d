#include "warehouse/catalogue/exception.h"

#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/flag.h"

#include <string.h>

SQL(count_year,
    "SELECT count(*) FROM exception WHERE drug_name = :name_t AND counted_year = :year /*all sites: one limit for the "
    "county*/");

struct exception_count exception_count(struct db *db, struct arena *a, int64_t product_id, const char *drug_name, int32_t ymd)
{
	struct exception_count out = {-1, db_i64(db, 0, count_year, TEXT(":name_t", drug_name), I64(":year", ymd / 10000))};
	if (product_flag_on(db, a, product_id, "shortage", ymd) || product_flag_on(db, a, product_id, "rescue", ymd))
		return out;
	out.limit = product_flag_on(db, a, product_id, "antibiotic", ymd) ? catalogue_setting(db, "exceptions_antibiotic", 5)
	                                                                  : catalogue_setting(db, "exceptions_other", 12);
	return out;
}

/* RULE DOMAIN-12.3-monitored: what is on the monitoring list is not bought past the catalogue. */
static enum status check_limit(struct tx *tx, const struct product *p)
{
	struct exception_count count = exception_count(tx_db(tx), tx->arena, p->id, p->drug_name, tx->today_ymd);
	if (product_flag_on(tx_db(tx), tx->arena, p->id, "monitored", tx->today_ymd))
		return tx_fail(tx, ST_LEVEL_FORBIDS, "product_id", 0, "%s 是重点监控药品, 不能临时采购", p->name);
	if (count.limit >= 0 && count.used >= count.limit)
		return tx_fail(tx, ST_OVER_LIMIT, "product_id", 0, "%s 今年已临时采购 %lld 次, 上限 %lld 次; 请提交目录调整申请",
		               p->drug_name, (long long)count.used, (long long)count.limit);
	return ST_OK;
}

/* RULE DOMAIN-12.3-exception-limit: counted once in a year, it lasts no longer than one; what is always needed is for the lists.
 */
static enum status check_until(struct tx *tx, int64_t until_ymd)
{
	int32_t last = ymd_add_days(ymd_add_months(tx->today_ymd, 12), -1);
	if (until_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "有效期不能早于今天");
	if (until_ymd <= last)
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "临时采购最长一年, 有效期不能晚于 %d; 长期需要请提交目录调整申请",
	               (int)last);
}

/* What waits comes first. :id is not asked about; where it is one, only what was approved is. */
SQL(select_unsettled,
    "SELECT d.number, s.state, e.units - e.used_units, e.until_ymd FROM document_scope s JOIN exception e ON e.id = "
    "s.document_id "
    "JOIN document d ON d.id = e.id WHERE s.site_id = :site_id AND s.kind = 'exception' AND s.state IN ('submitted', 'approved') "
    "AND d.from_site_id = :site_id AND e.product_id = :product_id AND e.id <> :id AND (s.state = 'approved' AND e.until_ymd >= "
    ":ymd AND e.units > e.used_units OR s.state = 'submitted' AND :id = 0) ORDER BY s.state DESC, e.id LIMIT 1 "
    "/*all sites: the site that asks*/");

/*
 * RULE DOMAIN-12.3-exception-once: one at a time for a site and a product, or a limit of so many a year says nothing of how
 * much. id: the one that is to be approved; 0: a new one.
 */
static enum status check_unsettled(struct tx *tx, int64_t site_id, const struct product *p, int64_t id)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_unsettled, I64(":site_id", site_id), I64(":product_id", p->id), I64(":id", id),
	             I64(":ymd", tx->today_ymd));
	if (!rows_next(&r))
		return ST_OK;
	const char *number = col_text(tx->arena, &r, 0);
	if (strcmp(col_text(tx->arena, &r, 1), "submitted") == 0)
		return tx_fail(tx, ST_ALREADY_EXISTS, "product_id", 0, "%s 正在办理 %s, 请等批准; 数量不符请先撤回再申请",
		               p->name, number);
	return tx_fail(tx, ST_ALREADY_EXISTS, "product_id", 0,
	               "%s 已批准 %s, 还可请领 %lld %s (到 %lld); 请先请领, 不够时请总药师结束它再申请", p->name, number,
	               (long long)col_i64(&r, 2), p->unit_name, (long long)col_i64(&r, 3));
}

/* An exception is for what the list would refuse, and only for that. */
static enum status check_need(struct tx *tx, int64_t site_id, const struct product *p, int64_t units)
{
	struct ask_answer answer = branch_may_ask(tx_db(tx), tx->arena, site_id, p, units, tx->today_ymd);
	if (answer.st == ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "%s 可直接请领, 不需要临时采购", p->name);
	return answer.exception_helps ? ST_OK : tx_fail(tx, answer.st, "product_id", 0, "%s", answer.why);
}

SQL(insert_exception,
    "INSERT INTO exception (id, product_id, units, used_units, until_ymd, cause, drug_name) VALUES (:id, :product_id, :units, 0, "
    ":until_ymd, :cause_t, :drug_t)");

enum status exception_make(struct tx *tx, const struct exception_new *in, struct doc *out)
{
	struct product p;
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id;
	tx->action = "exception.make";
	tx->refusal_site_id = site;
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK || !p.active)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种或已停用");
	enum status st = check_until(tx, in->until_ymd);
	if (st == ST_OK)
		st = check_unsettled(tx, site, &p, 0);
	if (st == ST_OK)
		st = check_need(tx, site, &p, in->units);
	if (st == ST_OK)
		st = check_limit(tx, &p);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {site, site_root(tx_db(tx)), in->reference, in->note, NULL};
	st = document_make(tx, &exception_kind, &head, out);
	db_exec(tx, insert_exception, I64(":id", out->id), I64(":product_id", p.id), I64(":units", in->units),
	        I64(":until_ymd", in->until_ymd), TEXT(":cause_t", in->cause), TEXT(":drug_t", p.drug_name));
	return st;
}

SQL(select_exception, "SELECT product_id, units FROM exception WHERE id = :id /*all sites: the caller has the document*/");
SQL(approve_exception,
    "UPDATE exception SET units = CASE WHEN :units > 0 THEN :units ELSE units END, until_ymd = CASE WHEN :until_ymd > 0 THEN "
    ":until_ymd ELSE until_ymd END, counted_year = :year WHERE id = :id /*all sites: the caller has the document*/");

static enum status may_approve(struct tx *tx, const struct doc *d, const void *input)
{
	const struct exception_step *in = input;
	struct product p;
	SCOPED(rows) r = db_query(tx_db(tx), select_exception, I64(":id", d->id));
	if (!rows_next(&r) || product_load(tx_db(tx), tx->arena, col_i64(&r, 0), &p) != ST_OK)
		return ST_NOT_FOUND;
	if (in->units != INT64_MIN && (in->units < 1 || in->units > col_i64(&r, 1)))
		return tx_fail(tx, ST_INVALID_FIELD, "units", 0, "批准数量应在 1 到申请的 %lld 之间", (long long)col_i64(&r, 1));
	tx->refusal_site_id = d->from_site_id;
	enum status st = in->until_ymd ? check_until(tx, in->until_ymd) : ST_OK;
	if (st == ST_OK)
		st = check_unsettled(tx, d->from_site_id, &p, d->id);
	return st == ST_OK ? check_limit(tx, &p) : st;
}

static enum status approve(struct tx *tx, struct doc *d, const void *input)
{
	const struct exception_step *in = input;
	db_exec(tx, approve_exception, I64(":units", in->units == INT64_MIN ? 0 : in->units), I64(":until_ymd", in->until_ymd),
	        I64(":year", tx->today_ymd / 10000), I64(":id", d->id));
	return ST_OK;
}

static const struct doc_state states[] = {
        {"submitted", "待批准", true}, {"approved", "已批准", true},   {"closed", "已结束", true},
        {"rejected", "未批准", false}, {"cancelled", "已撤回", false}, {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"submitted", "approve", "approved", "批准", PERM_CATALOGUE_DECIDE, SIDE_TO, false, may_approve, approve},
        {"submitted", "reject", "rejected", "不批准", PERM_CATALOGUE_DECIDE, SIDE_TO, true, NULL, NULL},
        {"submitted", "cancel", "cancelled", "撤回", PERM_CATALOGUE_APPLY, SIDE_FROM, false, NULL, NULL},
        {"approved", "close", "closed", "结束", PERM_CATALOGUE_DECIDE, SIDE_TO, true, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {{"approve", "make"}, {NULL, NULL}};
const struct doc_kind exception_kind = {"exception", "临时采购", "LC", "exceptions", states, steps, "submitted", two_persons};
