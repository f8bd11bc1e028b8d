/* 资质: the papers of partners and products, those that run out, and what a first-purchase file still lacks. */
#include "warehouse/partner/paper.h"

#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/partner/confirm.h"
#include "warehouse/partner/partner.h"

#include <string.h>

static const struct word_title kind_titles[] = {
#define PAPER(word, owner, title, of, first, locks, dated, scanned) {#word, title},
#include "warehouse/partner/paper.def"
#undef PAPER
        {NULL, NULL},
};
static const struct word_title owner_titles[] = {
        {"supplier", "供应商"}, {"maker", "生产企业"}, {"product", "品种"}, {NULL, NULL}};
static const struct word_title state_titles[] = {
        {"ok", "有效"},      {"soon", "90 天内到期"},   {"urgent", "30 天内到期"}, {"expired", "已过期"},
        {"ended", "已失效"}, {"waiting", "待质量确认"}, {"future", "未生效"},      {NULL, NULL}};
#define PAPER_STATE                                                                                                         \
	"CASE WHEN q.ended_at_ms IS NOT NULL THEN 'ended' WHEN q.confirmed_at_ms IS NULL THEN 'waiting' WHEN q.from_ymd > " \
	":today_ymd THEN 'future' WHEN q.until_ymd < :today_ymd THEN 'expired' WHEN q.until_ymd < "                         \
	":urgent_ymd THEN 'urgent' WHEN q.until_ymd < :soon_ymd THEN 'soon' ELSE 'ok' END"
static const struct list_column columns[] = {
        {"id", L_ID, "q.id", "编号", NULL},
        {"owner_kind", L_TEXT, "q.owner_kind", "对象类别", NULL},
        {"owner_kind_title", L_TEXT, "q.owner_kind", "对象类别名称", owner_titles},
        {"owner_id", L_ID, "q.owner_id", "对象编号", NULL},
        {"owner_code", L_TEXT, "coalesce(s.code, m.code, p.code)", "对象代码", NULL},
        {"owner_name", L_TEXT, "coalesce(s.name, m.name, p.name || ' ' || p.spec)", "对象", NULL},
        {"kind", L_TEXT, "q.kind", "种类", NULL},
        {"kind_title", L_TEXT, "q.kind", "种类名称", kind_titles},
        {"number", L_TEXT, "q.number", "证书编号", NULL},
        {"from_ymd", L_INT_OR_NULL, "q.from_ymd", "起始日期", NULL},
        {"until_ymd", L_INT_OR_NULL, "q.until_ymd", "有效期至", NULL},
        {"state", L_TEXT, PAPER_STATE, "状态", NULL},
        {"state_title", L_TEXT, PAPER_STATE, "状态名称", state_titles},
        {"person", L_TEXT, "q.person", "被授权人", NULL},
        {"region", L_TEXT, "q.region", "授权区域", NULL},
        {"scope", L_TEXT, "q.scope", "授权品种", NULL},
        {"note", L_TEXT, "q.note", "备注", NULL},
        {"scans", L_INT,
         "(SELECT count(*) FROM attachment a WHERE a.owner_kind = 'qualification' AND a.owner_id = q.id AND a.replaced_at_ms IS "
         "NULL /*all sites: papers of partners are for all*/)",
         "扫描件数", NULL},
        {"renewal_no", L_TEXT, "q.renewal_no", "再注册受理号", NULL},
        {"renewal_ymd", L_INT_OR_NULL, "q.renewal_ymd", "受理日期", NULL},
        {"allowed_at_ms", L_INT_OR_NULL, "q.allowed_at_ms", "放行时间", NULL},
        {"allowed_by", L_TEXT, "au.display_name", "放行人", NULL},
        {"allowed_note", L_TEXT, "q.allowed_note", "放行理由", NULL},
        {"made_at_ms", L_INT, "q.made_at_ms", "登记时间", NULL},
        {"made_by", L_TEXT, "mu.display_name", "登记人", NULL},
        {"confirmed_at_ms", L_INT_OR_NULL, "q.confirmed_at_ms", "确认时间", NULL},
        {"confirmed_by", L_TEXT, "cu.display_name", "确认人", NULL},
        {"old_until_ymd", L_INT_OR_NULL, "ro.until_ymd", "原有效期至", NULL},
        {"ended_at_ms", L_INT_OR_NULL, "q.ended_at_ms", "失效时间", NULL},
        {"end_note", L_TEXT, "q.end_note", "作废原因", NULL},
        {"replaced_by", L_ID, "q.replaced_by", "替换为", NULL},
        NO_COLUMN,
};
static const struct list_filter filters[] = {{"owner_kind", L_TEXT, "q.owner_kind || '' = :f_owner_kind_t"},
                                             {"owner_id", L_ID, "q.owner_id = :f_owner_id_id"},
                                             {"kind", L_TEXT, "q.kind = :f_kind_t"},
                                             NO_FILTER};
#define PAPERS                                                                                                           \
	"qualification q LEFT JOIN supplier s ON q.owner_kind = 'supplier' AND s.id = q.owner_id LEFT JOIN maker m ON "  \
	"q.owner_kind = 'maker' AND m.id = q.owner_id LEFT JOIN product p ON q.owner_kind = 'product' AND p.id = "       \
	"q.owner_id LEFT JOIN app_user mu ON mu.id = q.made_by LEFT JOIN app_user au ON au.id = q.allowed_by LEFT JOIN " \
	"app_user cu ON cu.id "                                                                                          \
	"= q.confirmed_by LEFT JOIN qualification ro ON ro.id = q.replaces_id"
/* Only both together are driven by the index of owners; alone, a filter is tried row by row, the newest first. */
static const struct list_rule of_owner = {.also = "owner_id", .few = true};
static const struct list_path paths[] = {
        {"owner_kind", PAPERS " WHERE q.owner_kind = :f_owner_kind_t AND q.owner_id = :f_owner_id_id", {"q.id"}, true, &of_owner},
        {NULL, PAPERS " WHERE 1 = 1", {"q.id"}, true, NULL},
};
const struct list_spec list_qualifications = {
        .name = "qualifications", .title = "资质", .columns = columns, .filters = filters, .paths = paths};

/* RULE GSP-licence-warning: 90 and 30 days before the last day, and what is past, the soonest first. */
static const struct list_path expiring_paths[] = {
        {NULL,
         PAPERS " WHERE q.ended_at_ms IS NULL AND q.until_ymd IS NOT NULL AND q.confirmed_at_ms IS NOT NULL AND q.until_ymd < "
                ":soon_ymd AND " PAPER_NOT_FOLLOWED,
         {"q.until_ymd", "q.id"},
         false,
         NULL},
};
const struct list_spec list_expiring_papers = {
        .name = "expiring-papers", .title = "到期资质", .columns = columns, .filters = filters, .paths = expiring_paths};

/* RULE GSP-paper-confirmed: what waits for quality, the newest first. */
static const struct list_path waiting_paths[] = {
        {NULL, PAPERS " WHERE q.confirmed_at_ms IS NULL AND q.ended_at_ms IS NULL", {"q.id"}, true, NULL},
};
const struct list_spec list_waiting_papers = {
        .name = "waiting-papers", .title = "待确认资质", .columns = columns, .filters = filters, .paths = waiting_paths};

SQL(select_state,
    "SELECT CASE WHEN ended_at_ms IS NOT NULL THEN 'ended' WHEN confirmed_at_ms IS NULL THEN 'waiting' ELSE 'ok' END "
    "FROM qualification WHERE id = :id");

static enum status answer(struct exchange *x, struct tx *tx, int64_t id, enum status st)
{
	return st == ST_OK ? api_written(x, st, id, db_text(tx_db(tx), tx->arena, select_state, I64(":id", id))) : st;
}

enum status qualification_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	tx->action = "qualification.add";
	enum status st = paper_add(tx, x->in, &id);
	return answer(x, tx, id, st);
}

enum status qualification_finish(struct exchange *x, struct tx *tx)
{
	const struct end_in *in = x->in;
	tx->action = "qualification.end";
	return answer(x, tx, x->id, paper_end(tx, x->id, in->note));
}

enum status qualification_confirm(struct exchange *x, struct tx *tx)
{
	tx->action = "qualification.confirm";
	return answer(x, tx, x->id, paper_confirm(tx, x->id));
}

enum status qualification_refuse(struct exchange *x, struct tx *tx)
{
	const struct end_in *in = x->in;
	tx->action = "qualification.refuse";
	return answer(x, tx, x->id, paper_turn_down(tx, x->id, in->note));
}

enum status qualification_renewal(struct exchange *x, struct tx *tx)
{
	const struct renewal_in *in = x->in;
	tx->action = "qualification.renewal";
	return answer(x, tx, x->id, paper_renewal(tx, x->id, in->number, in->ymd));
}

enum status qualification_allow(struct exchange *x, struct tx *tx)
{
	const struct end_in *in = x->in;
	tx->action = "qualification.allow";
	return answer(x, tx, x->id, paper_allow(tx, x->id, in->note));
}

/* What is needed of one owner and how it stands: papers/supplier/7. */
enum status papers_read(struct exchange *x, struct db *db)
{
	const char *kind = x->params[0];
	int64_t id = 0;
	if (!word_title(owner_titles, kind) || !text_to_i64(x->params[1], &id) || id <= 0)
		return ST_NOT_FOUND;
	const char *missing = paper_missing(db, &x->arena, kind, id, x->today_ymd);
	jo_bool(&x->o, "approved", partner_is_known(db, kind, id));
	jo_text(&x->o, "missing", missing);
	paper_write_json(db, kind, id, x->today_ymd, &x->o, "papers");
	return ST_OK;
}
