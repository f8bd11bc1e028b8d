#include "warehouse/catalogue/change.h"

#include "core/attachment.h"
#include "core/people.h"
#include "warehouse/catalogue/ask.h"

#include <string.h>

#define MEETING_BEFORE_DAYS 90

SQL(insert_change,
    "INSERT INTO catalogue_change (id, what, product_id, other_product_id, applicant, reason, from_ymd, due) VALUES "
    "(:id, :what_t, :product_id, :other_id, :applicant_t, :reason_t, :from_ymd, 0)");
SQL(insert_field, "INSERT INTO catalogue_change_field (change_id, field, value) VALUES (:id, :field_t, :value_t) ON CONFLICT "
                  "(change_id, field) DO UPDATE SET value = excluded.value /*all sites: the caller has the document*/");
SQL(drop_fields, "DELETE FROM catalogue_change_field WHERE change_id = :id /*all sites: the caller has the document*/");
SQL(edit_change,
    "UPDATE catalogue_change SET applicant = coalesce(:applicant_t, applicant), reason = coalesce(:reason_t, reason), "
    "from_ymd = coalesce(:from_ymd, from_ymd) WHERE id = :id /*all sites: the caller has the document*/");

static enum status write_fields(struct tx *tx, int64_t id, const char *what, const struct change_field *fields, size_t n)
{
	enum status first = ST_OK;
	for (size_t i = 0; i < n; i++) {
		char *at = arena_printf(tx->arena, "fields[%zu].value", i);
		const struct change_field field = {fields[i].field, fields[i].value ? fields[i].value : ""};
		enum status st = change_check_field(tx, what, &field, at);
		if (first == ST_OK)
			first = st;
		db_exec(tx, insert_field, I64(":id", id), TEXT(":field_t", field.field), TEXT(":value_t", field.value));
	}
	return first;
}

/* Which products each kind of change names, in use or stopped, and whether it says what is to be written. */
static const struct kind_of_change {
	const char *what;
	bool product, stopped, other, fields;
	const char *product_wanted; /* for people */
} whats[] = {
        {"admission", false, false, false, true, "新增不指定已有品种"},
        {"change", true, false, false, true, "请选择在用的品种"},
        {"stop", true, false, false, false, "请选择在用的品种"},
        {"replacement", true, false, true, false, "请选择在用的品种"},
        {"restore", true, true, false, true, "请选择已停用的品种"},
};

static const struct kind_of_change *kind_of(const char *what)
{
	size_t i = 0;
	while (i + 1 < sizeof whats / sizeof *whats && strcmp(whats[i].what, what) != 0)
		i++;
	return &whats[i];
}

static bool is_there(struct tx *tx, int64_t product_id, bool active)
{
	struct product p;
	return product_load(tx_db(tx), tx->arena, product_id, &p) == ST_OK && (p.active != 0) == active;
}

/* RULE DOMAIN-6-stopped: a stopped product comes back on the lists that the decision names. */
static bool names_list(const struct change_new *in)
{
	for (size_t i = 0; i < in->field_count; i++)
		if (strncmp(in->fields[i].field, "level.", sizeof "level." - 1) == 0 && in->fields[i].value &&
		    strcmp(in->fields[i].value, "1") == 0)
			return true;
	return false;
}

static enum status check_products(struct tx *tx, const struct change_new *in)
{
	const struct kind_of_change *k = kind_of(in->what);
	if (k->product != (in->product_id != 0) || (in->product_id && !is_there(tx, in->product_id, !k->stopped)))
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "%s", k->product_wanted);
	if (k->other != (in->other_product_id != 0) ||
	    (in->other_product_id && (in->other_product_id == in->product_id || !is_there(tx, in->other_product_id, true))))
		return tx_fail(tx, ST_INVALID_FIELD, "other_product_id", 0,
		               k->other ? "请选择替换它的在用品种" : "只有替换才指定第二个品种");
	if (k->fields != (in->field_count > 0))
		return tx_fail(tx, ST_INVALID_FIELD, "fields", 0, k->fields ? "请填写要登记的内容" : "停用和替换不改内容");
	if (k->stopped && !names_list(in))
		return tx_fail(tx, ST_INVALID_FIELD, "fields", 0, "请写明恢复后列入哪一级目录 (县级、乡镇、村级)");
	return ST_OK;
}

enum status change_make(struct tx *tx, const struct change_new *in, struct doc *out)
{
	tx->action = "catalogue_change.make";
	enum status st = check_products(tx, in);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {tx->me.root_site_id, site_root(tx_db(tx)), in->reference, in->note, NULL};
	st = document_make(tx, &catalogue_change_kind, &head, out);
	db_exec(tx, insert_change, I64(":id", out->id), TEXT(":what_t", in->what), ID(":product_id", in->product_id),
	        ID(":other_id", in->other_product_id), TEXT(":applicant_t", in->applicant), TEXT(":reason_t", in->reason),
	        ID(":from_ymd", in->from_ymd));
	return st == ST_OK ? write_fields(tx, out->id, in->what, in->fields, in->field_count) : st;
}

enum status change_edit(struct tx *tx, struct doc *d, const struct change_new *in)
{
	struct change c;
	bool draft = strcmp(d->state, "draft") == 0, submitted = strcmp(d->state, "submitted") == 0;
	tx->action = "catalogue_change.edit";
	if (!draft && !(submitted && me_may(&tx->me, PERM_CATALOGUE_DECIDE)))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已提交, 只有总药师在拟办前可以补充", d->number);
	enum status st = change_load(tx_db(tx), tx->arena, d->id, &c);
	if (st == ST_OK)
		st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	db_exec(tx, edit_change, TEXT(":applicant_t", in->applicant), TEXT(":reason_t", in->reason),
	        ID(":from_ymd", in->from_ymd), I64(":id", d->id));
	if (!in->fields)
		return ST_OK;
	db_exec(tx, drop_fields, I64(":id", d->id));
	return write_fields(tx, d->id, c.what, in->fields, in->field_count);
}

/* ---- prepared ---- */

SQL(set_prepared, "UPDATE catalogue_change SET from_ymd = :from_ymd, warnings = :warnings_t WHERE id = :id"
                  " /*all sites: the caller has the document*/");

static bool has_fields(const struct change *c)
{
	return kind_of(c->what)->fields;
}

static enum status may_prepare(struct tx *tx, const struct doc *d, const void *input)
{
	const struct change_step *in = input;
	struct change c;
	struct new_product p;
	enum status st = change_load(tx_db(tx), tx->arena, d->id, &c);
	if (st == ST_OK && in->from_ymd && in->from_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "from_ymd", 0, "生效日期不能早于今天");
	return st == ST_OK && has_fields(&c) ? change_assemble(tx, &c, &p) : st;
}

static enum status prepare(struct tx *tx, struct doc *d, const void *input)
{
	const struct change_step *in = input;
	struct change c;
	struct new_product p;
	enum status st = change_load(tx_db(tx), tx->arena, d->id, &c);
	if (st == ST_OK && has_fields(&c))
		st = change_assemble(tx, &c, &p);
	if (st != ST_OK)
		return st;
	db_exec(tx, set_prepared, ID(":from_ymd", in->from_ymd ? in->from_ymd : c.from_ymd),
	        TEXT(":warnings_t", has_fields(&c) ? change_warnings(tx, &c, &p) : NULL), I64(":id", d->id));
	return ST_OK;
}

/* ---- the committee ---- */

SQL(drop_members, "DELETE FROM catalogue_member WHERE change_id = :id /*all sites: the caller has the document*/");
SQL(insert_member, "INSERT INTO catalogue_member (change_id, n, name, recused, vote, why) VALUES (:id, :n, :name_t, :recused, "
                   ":vote_t, :why_t)");
SQL(set_decided, "UPDATE catalogue_change SET meeting_ymd = :meeting_ymd, minutes = :minutes_t WHERE id = :id"
                 " /*all sites: the caller has the document*/");
SQL(select_applicant, "SELECT applicant FROM catalogue_change WHERE id = :id /*all sites: the caller has the document*/");

struct votes {
	const char *field, *wrong; /* wrong NULL: a valid vote */
	int64_t voting, in_favour;
};

static const char *member_fault(struct arena *a, const struct change_step *in, size_t i, const char *applicant)
{
	const struct committee_member *m = &in->members[i];
	if (!*person_name(a, m->name))
		return "请填写委员姓名";
	for (size_t j = 0; j < i; j++)
		if (person_is(in->members[j].name, m->name))
			return "同一委员填写了两次";
	if (m->recused)
		return m->vote ? "回避的委员不能表决" : !m->why || !*m->why ? "请填写回避原因" : NULL;
	if (applicant && person_is(applicant, m->name))
		return "申请人应当回避";
	return m->vote ? NULL : "请填写表决意见";
}

/*
 * RULE DOMAIN-12.3-meeting-day: the paper may come after the meeting, but not after the next one, and a committee meets every
 * quarter.
 */
static const char *meeting_fault(struct tx *tx, const struct doc *d, int64_t meeting_ymd)
{
	int32_t made = ymd_of_ms(d->made_at_ms), first = ymd_add_days(made, -MEETING_BEFORE_DAYS);
	if (meeting_ymd >= first && meeting_ymd <= tx->today_ymd)
		return NULL;
	return arena_printf(tx->arena, "会议日期应在 %d 到 %d 之间 (申请编制日 %d 之前最多 %d 天, 不晚于今天)", (int)first,
	                    (int)tx->today_ymd, (int)made, MEETING_BEFORE_DAYS);
}

/* RULE DOMAIN-12.3-committee RULE DOMAIN-12.3-minutes: who is recused or applied has no vote, enough members vote, more than half
 * are in favour. */
static struct votes count_votes(struct tx *tx, const struct doc *d, const struct change_step *in)
{
	struct votes v = {0};
	const char *applicant = db_text(tx_db(tx), tx->arena, select_applicant, I64(":id", d->id));
	int64_t least = catalogue_setting(tx_db(tx), "members_min", 3);
	for (size_t i = 0; i < in->member_count && !v.wrong; i++) {
		v.field = arena_printf(tx->arena, "members[%zu].name", i);
		v.wrong = member_fault(tx->arena, in, i, applicant);
		v.voting += !in->members[i].recused;
		v.in_favour += !in->members[i].recused && in->members[i].vote && strcmp(in->members[i].vote, "for") == 0;
	}
	if (v.wrong)
		return v;
	if (v.voting < least)
		return (struct votes){"members", arena_printf(tx->arena, "表决委员不足 %lld 人 (回避的不计)", (long long)least),
		                      0, 0};
	const char *day = meeting_fault(tx, d, in->meeting_ymd);
	if (day)
		return (struct votes){"meeting_ymd", day, 0, 0};
	if (!in->minutes || !*in->minutes)
		return (struct votes){"minutes", "请填写会议纪要", 0, 0};
	return v;
}

static bool has_minutes(struct tx *tx, const struct doc *d)
{
	return attachment_count(tx_db(tx), ATTACHMENT_MINUTES("catalogue_change"), d->id) > 0;
}

static enum status is_carried(struct tx *tx, const struct doc *d, const void *input)
{
	struct votes v = count_votes(tx, d, input);
	return !v.wrong && has_minutes(tx, d) && v.in_favour * 2 > v.voting ? ST_OK : ST_WRONG_STATE;
}

static enum status is_voted(struct tx *tx, const struct doc *d, const void *input)
{
	struct votes v = count_votes(tx, d, input);
	if (v.wrong)
		return tx_fail(tx, ST_INVALID_FIELD, v.field, 0, "%s", v.wrong);
	if (!has_minutes(tx, d))
		return tx_fail(tx, ST_MINUTES_MISSING, "minutes", 0, "请先上传委员会的会议纪要, 再登记表决");
	return ST_OK;
}

static enum status keep_votes(struct tx *tx, struct doc *d, const void *input)
{
	const struct change_step *in = input;
	db_exec(tx, drop_members, I64(":id", d->id));
	for (size_t i = 0; i < in->member_count; i++) {
		const struct committee_member *m = &in->members[i];
		db_exec(tx, insert_member, I64(":id", d->id), I64(":n", (int64_t)i + 1),
		        TEXT(":name_t", person_name(tx->arena, m->name)), I64(":recused", m->recused), TEXT(":vote_t", m->vote),
		        TEXT(":why_t", m->why));
	}
	db_exec(tx, set_decided, I64(":meeting_ymd", in->meeting_ymd), TEXT(":minutes_t", in->minutes), I64(":id", d->id));
	return ST_OK;
}

/* ---- carried out ---- */

SQL(set_due, "UPDATE catalogue_change SET due = :due, from_ymd = :from_ymd WHERE id = :id"
             " /*all sites: the caller has the document*/");

static enum status is_due(struct tx *tx, const struct doc *d, const void *input)
{
	struct change c;
	(void)input;
	enum status st = change_load(tx_db(tx), tx->arena, d->id, &c);
	return st == ST_OK && c.from_ymd > tx->today_ymd ? ST_WRONG_STATE : st;
}

static enum status carry_out(struct tx *tx, struct doc *d, const void *input)
{
	struct change c;
	bool waited = strcmp(d->state, "scheduled") == 0;
	(void)input;
	enum status st = change_load(tx_db(tx), tx->arena, d->id, &c);
	if (st != ST_OK)
		return st;
	/* nothing holds from before somebody carried it out */
	int32_t from = waited ? c.from_ymd : tx->today_ymd;
	st = change_apply(tx, &c, d, from);
	db_exec(tx, set_due, I64(":due", 0), I64(":from_ymd", from), I64(":id", d->id));
	tx_changed(tx, "products", 0, 0, 0);
	return st;
}

static enum status wait_for_day(struct tx *tx, struct doc *d, const void *input)
{
	struct change c;
	(void)input;
	enum status st = change_load(tx_db(tx), tx->arena, d->id, &c);
	if (st == ST_OK)
		db_exec(tx, set_due, I64(":due", 1), I64(":from_ymd", c.from_ymd), I64(":id", d->id));
	return st;
}

static enum status forget_day(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_due, I64(":due", 0), ID(":from_ymd", 0), I64(":id", d->id));
	return ST_OK;
}

SQL(select_due, "SELECT id FROM catalogue_change WHERE due = 1 AND from_ymd <= :today_ymd ORDER BY from_ymd, id LIMIT 100"
                " /*all sites: the program itself*/");

static enum status take_one(struct tx *tx, void *arg)
{
	struct doc d;
	const struct me program = {.id = 0};
	enum status st = document_load(tx_db(tx), tx->arena, &program, &catalogue_change_kind, *(int64_t *)arg, &d);
	return st == ST_OK ? document_follow(tx, &d, "carry_out", NULL) : st;
}

/* What can no longer be carried out goes back to the 总药师, and is not tried again by itself. */
static void hold_one(struct tx *tx, int64_t id)
{
	struct doc d;
	const struct me program = {.id = 0};
	const char *why = tx->faults->first ? tx->faults->first->message : "未能生效";
	if (document_load(tx_db(tx), tx->arena, &program, &catalogue_change_kind, id, &d) != ST_OK)
		return;
	document_note(tx, &d, "hold", why);
	(void)!document_follow(tx, &d, "hold", NULL);
}

int64_t change_take_due(struct tx *tx)
{
	int64_t ids[100], done = 0;
	size_t n = 0;
	SCOPED(rows) r = db_query(tx_db(tx), select_due, I64(":today_ymd", tx->today_ymd));
	while (n < sizeof ids / sizeof *ids && rows_next(&r))
		ids[n++] = col_i64(&r, 0);
	rows_drop(&r);
	for (size_t i = 0; i < n; i++) {
		bool ok = tx_attempt(tx, take_one, &ids[i]) == ST_OK;
		done += ok;
		if (!ok)
			hold_one(tx, ids[i]);
	}
	return done;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},       {"submitted", "已申请", true},  {"prepared", "待表决", true},
        {"decided", "已通过", true},   {"scheduled", "待生效", false}, {"executed", "已执行", true},
        {"rejected", "未通过", false}, {"revoked", "已撤销", false},   {"cancelled", "已撤回", false},
        {NULL, NULL, false},
};
#define APPLY PERM_CATALOGUE_APPLY, SIDE_FROM
#define DECIDE PERM_CATALOGUE_DECIDE, SIDE_TO
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交申请", APPLY, false, NULL, NULL},
        {"draft", "cancel", "cancelled", "撤回", APPLY, false, NULL, NULL},
        {"submitted", "prepare", "prepared", "拟办, 交委员会", DECIDE, false, may_prepare, prepare},
        {"submitted", "return", "draft", "退回补充", DECIDE, true, NULL, NULL},
        {"prepared", "decide", "decided", "登记表决", DECIDE, false, is_carried, keep_votes},
        {"prepared", "decide", "rejected", "登记表决", DECIDE, false, is_voted, keep_votes},
        {"prepared", "return", "submitted", "退回拟办", DECIDE, true, NULL, NULL},
        {"decided", "execute", "executed", "执行", DECIDE, false, is_due, carry_out},
        {"decided", "execute", "scheduled", "执行", DECIDE, false, NULL, wait_for_day},
        {"decided", "revoke", "revoked", "撤销", DECIDE, true, NULL, NULL},
        {"scheduled", "carry_out", "executed", "到日生效", PERM_NONE, SIDE_ANY, false, is_due, carry_out},
        {"scheduled", "hold", "decided", "到日未能生效", PERM_NONE, SIDE_ANY, false, NULL, forget_day},
        {"scheduled", "revoke", "revoked", "撤销", DECIDE, true, NULL, forget_day},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {{"prepare", "make"}, {"prepare", "submit"}, {NULL, NULL}};
const struct doc_kind catalogue_change_kind = {"catalogue_change", "目录调整", "MT", "catalogue-changes", states, steps, "draft",
                                               two_persons};
