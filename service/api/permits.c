/* Approvals about invoices: one more invoice for remote places, suppliers that count as makers. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/permit.h"

static const struct word_title state_titles[] = {{"waiting", "待批准"}, {"ok", "有效"},      {"future", "未生效"},
                                                 {"expired", "已过期"}, {"ended", "已终止"}, {NULL, NULL}};
#define STATE                                                                                                              \
	"CASE WHEN t.ended_at_ms IS NOT NULL THEN 'ended' WHEN t.approved_at_ms IS NULL THEN 'waiting' WHEN t.from_ymd > " \
	":today_ymd THEN 'future' WHEN t.to_ymd < :today_ymd THEN 'expired' ELSE 'ok' END"
#define LIFE(papers)                                                                                                       \
	{"paper", L_TEXT, "t.paper", "批准文号", NULL}, {"from_ymd", L_INT, "t.from_ymd", "起始日", NULL},                 \
	        {"to_ymd", L_INT_OR_NULL, "t.to_ymd", "截止日", NULL}, {"state", L_TEXT, STATE, "状态", NULL},             \
	        {"state_title", L_TEXT, STATE, "状态名称", state_titles}, {"at_ms", L_INT, "t.at_ms", "登记时间", NULL},   \
	        {"by", L_TEXT, "u.display_name", "登记人", NULL},                                                          \
	        {"by_me", L_BOOL, "CAST(t.by_user = :me_id AS INTEGER) = 1", "本人登记", NULL},                            \
	        {"approved_at_ms", L_INT_OR_NULL, "t.approved_at_ms", "批准时间", NULL},                                   \
	        {"approved_by", L_TEXT, "v.display_name", "批准人", NULL},                                                 \
	        {"ended_ymd", L_INT_OR_NULL, "t.ended_ymd", "终止日", NULL},                                               \
	        {"end_note", L_TEXT, "t.end_note", "终止原因", NULL},                                                      \
	{                                                                                                                  \
		"scans", L_INT,                                                                                            \
		        "(SELECT count(*) FROM attachment a WHERE a.owner_kind = '" papers                                 \
		        "' AND a.owner_id = t.id AND a.replaced_at_ms IS NULL /*all sites: papers about invoices are for " \
		        "all*/)",                                                                                          \
		        "扫描件数", NULL                                                                                   \
	}
#define PEOPLE "LEFT JOIN app_user u ON u.id = t.by_user LEFT JOIN app_user v ON v.id = t.approved_by "

static const struct list_column remote_columns[] = {
        {"id", L_ID, "t.id", "编号", NULL},
        {"site_id", L_ID, "t.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        LIFE(PERMIT_REMOTE_PAPERS),
        NO_COLUMN,
};
#define WAITING_OR_ENDING                                                               \
	{"waiting", L_BOOL, "CAST((" PERMIT_WAITING ") AS INTEGER) = :f_waiting_id"},   \
	{                                                                               \
		"ending", L_BOOL, "CAST((" PERMIT_ENDING ") AS INTEGER) = :f_ending_id" \
	}
static const struct list_rule unless_no = {.unless = "0"};
/* What waits has an index, and what ends another, the soonest first. */
#define PERMIT_PATHS(rows)                                                                       \
	{"waiting", rows " AND " PERMIT_WAITING, {"t.id"}, true, &unless_no},                    \
	        {"ending", rows " AND " PERMIT_ENDING, {"t.to_ymd", "t.id"}, false, &unless_no}, \
	{                                                                                        \
		NULL, rows, {"t.id"}, true, NULL                                                 \
	}
static const struct list_filter remote_filters[] = {{"site_id", L_ID, "t.site_id = :f_site_id_id"}, WAITING_OR_ENDING, NO_FILTER};
#define REMOTES                                                                                                     \
	"invoice_permit t JOIN site s ON s.id = t.site_id " PEOPLE "WHERE t.kind = '" PERMIT_REMOTE "' AND EXISTS " \
	"(SELECT 1 FROM user_site us WHERE us.user_id = :me_id AND us.site_id = t.site_id)"
static const struct list_path remote_paths[] = {PERMIT_PATHS(REMOTES)};
const struct list_spec list_remote_approvals = {.name = "remote-approvals",
                                                .title = "加开一票批准",
                                                .columns = remote_columns,
                                                .filters = remote_filters,
                                                .paths = remote_paths};

static const struct list_column maker_columns[] = {
        {"id", L_ID, "t.id", "编号", NULL},
        {"supplier_id", L_ID, "t.supplier_id", "供应商编号", NULL},
        {"supplier_code", L_TEXT, "s.code", "供应商代码", NULL},
        {"supplier_name", L_TEXT, "s.name", "供应商", NULL},
        {"maker_id", L_ID, "t.maker_id", "生产企业编号", NULL},
        {"maker_name", L_TEXT, "m.name", "生产企业", NULL},
        {"reason", L_TEXT, "t.reason", "理由", NULL},
        {"reason_title", L_TEXT, "t.reason", "理由名称", permit_reasons},
        LIFE(PERMIT_MAKER_PAPERS),
        NO_COLUMN,
};
#define MAKERS "invoice_permit t JOIN supplier s ON s.id = t.supplier_id JOIN maker m ON m.id = t.maker_id " PEOPLE "WHERE "
static const struct list_filter maker_filters[] = {
        {"supplier_id", L_ID, "+t.supplier_id = :f_supplier_id_id"}, WAITING_OR_ENDING, NO_FILTER};
static const struct list_path maker_paths[] = {
        {"supplier_id", MAKERS "t.supplier_id = :f_supplier_id_id", {"t.id"}, true, NULL},
        PERMIT_PATHS(MAKERS "t.kind = '" PERMIT_MAKER "'"),
};
const struct list_spec list_maker_permits = {.name = "maker-permits",
                                             .title = "视同生产企业",
                                             .columns = maker_columns,
                                             .filters = maker_filters,
                                             .paths = maker_paths};

static enum status create(struct exchange *x, struct tx *tx, const char *kind)
{
	struct permit_new in = *(const struct permit_new *)x->in;
	int64_t id = 0;
	in.kind = kind;
	enum status st = permit_add(tx, &in, &id);
	return api_written(x, st, id, "waiting");
}

static enum status finish(struct exchange *x, struct tx *tx, const char *kind)
{
	const struct end_in *in = x->in;
	return api_written(x, permit_end(tx, kind, x->id, in->note), x->id, "ended");
}

enum status remote_approval_create(struct exchange *x, struct tx *tx)
{
	return create(x, tx, PERMIT_REMOTE);
}

enum status remote_approval_approve(struct exchange *x, struct tx *tx)
{
	return api_written(x, permit_approve(tx, PERMIT_REMOTE, x->id), x->id, "approved");
}

enum status remote_approval_finish(struct exchange *x, struct tx *tx)
{
	return finish(x, tx, PERMIT_REMOTE);
}

enum status maker_permit_create(struct exchange *x, struct tx *tx)
{
	return create(x, tx, PERMIT_MAKER);
}

enum status maker_permit_approve(struct exchange *x, struct tx *tx)
{
	return api_written(x, permit_approve(tx, PERMIT_MAKER, x->id), x->id, "approved");
}

enum status maker_permit_finish(struct exchange *x, struct tx *tx)
{
	return finish(x, tx, PERMIT_MAKER);
}
