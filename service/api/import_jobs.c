/* Imports that were: who, when, which file, how many rows, and what was said of each; long ones also while they run. */
#include "service/api/documents.h"
#include "service/importer.h"
#include "service/inputs.h"
#include "warehouse/intake/staged.h"

static const struct word_title states[] = {{"checking", "核对中"},      {"ready", "已核对, 待确认"},
                                           {"refused", "有错, 未导入"}, {"comparing", "写入前复核"},
                                           {"indexing", "写入中"},      {"applying", "写入中"},
                                           {"done", "已导入"},          {"broken", "已中断"},
                                           {"dropped", "已放弃"},       {NULL, NULL}};

#define JOB_COLUMNS                                                                                                          \
	{"id", L_ID, "j.id", "编号", NULL}, {"kind", L_TEXT, "j.kind", "种类", NULL},                                        \
	        {"file_name", L_TEXT, "j.file_name", "文件", NULL}, {"user_name", L_TEXT, "u.display_name", "经手人", NULL}, \
	        {"state", L_TEXT, "j.state", "状态", NULL}, {"state_title", L_TEXT, "j.state", "状态名称", states},          \
	        {"keep_good", L_BOOL, "j.keep_good", "跳过错行", NULL}, {"dry_run", L_BOOL, "j.dry_run", "先试", NULL},      \
	        {"rows", L_INT, "j.row_count", "行数", NULL}, {"added", L_INT, "j.added", "新增", NULL},                     \
	        {"changed", L_INT, "j.changed", "修改", NULL}, {"unchanged", L_INT, "j.unchanged", "未变", NULL},            \
	        {"refused_rows", L_INT, "j.refused_rows", "拒绝", NULL},                                                     \
	        {"overtaken_rows", L_INT, "j.overtaken_rows", "他人先改", NULL}, {"total", L_INT, "j.total", "总量", NULL},  \
	        {"done", L_INT, "j.done", "已完成", NULL}, {"message", L_TEXT, "j.message", "说明", NULL},                   \
	        {"made_at_ms", L_INT, "j.made_at_ms", "开始", NULL},                                                         \
	{                                                                                                                    \
		"ended_at_ms", L_INT_OR_NULL, "j.ended_at_ms", "结束", NULL                                                  \
	}
static const struct list_column job_columns[] = {JOB_COLUMNS, NO_COLUMN};
static const struct list_filter job_filters[] = {{"state", L_TEXT, "j.state = :f_state_t"}, NO_FILTER};
#define JOBS "import_job j LEFT JOIN app_user u ON u.id = j.user_id WHERE 1 = 1"
static const struct list_path job_paths[] = {
        {"state", JOBS, {"j.id"}, true, NULL},
        {NULL, JOBS, {"j.id"}, true, NULL},
};
const struct list_spec list_import_jobs = {
        .name = "import-jobs", .title = "导入记录", .columns = job_columns, .filters = job_filters, .paths = job_paths};

SQL(select_job,
    "SELECT j.id, j.kind, j.file_name, u.display_name, j.state, j.state, j.keep_good, j.dry_run, j.row_count, j.added, "
    "j.changed, j.unchanged, j.refused_rows, j.overtaken_rows, j.total, j.done, j.message, j.made_at_ms, j.ended_at_ms "
    "FROM import_job j LEFT JOIN app_user u ON u.id = j.user_id WHERE j.id = :id");

enum status import_job_read(struct exchange *x, struct db *db)
{
	return api_one(x, db, job_columns, select_job, I64(":id", x->id)) ? ST_OK : ST_NOT_FOUND;
}

static enum status answer(struct exchange *x, struct tx *tx, enum status st)
{
	struct staged s;
	if (st == ST_OK)
		st = staged_load(tx_db(tx), tx->arena, x->id, &s);
	if (st != ST_OK)
		return st;
	jo_id(&x->o, "id", s.id);
	jo_text(&x->o, "state", s.state);
	return ST_OK;
}

enum status import_go_post(struct exchange *x, struct tx *tx)
{
	return answer(x, tx, staged_go(tx, x->id));
}

enum status import_drop_post(struct exchange *x, struct tx *tx)
{
	return answer(x, tx, staged_drop(tx, x->id));
}

/* ---- what was said of the rows ---- */

static const struct word_title outcomes[] = {
        {"refused", "拒绝"}, {"added", "新增"}, {"changed", "修改"}, {"overtaken", "他人先改, 未覆盖"}, {NULL, NULL}};
static const struct list_column row_columns[] = {
        {"import_id", L_ID, "r.import_id", "导入编号", NULL},
        {"row", L_INT, "r.row_no", "行", NULL},
        {"outcome", L_TEXT, "r.outcome", "结果", NULL},
        {"outcome_title", L_TEXT, "r.outcome", "结果名称", outcomes},
        {"field", L_TEXT, "r.field", "列", NULL},
        {"code", L_TEXT, "r.code", "代码", NULL},
        {"message", L_TEXT, "r.message", "说明", NULL},
        NO_COLUMN,
};
static const struct list_filter row_filters[] = {
        {"import_id", L_ID, "r.import_id = :f_import_id_id"}, {"outcome", L_TEXT, "r.outcome = :f_outcome_t"}, NO_FILTER};
static const struct list_rule with_outcome = {.also = "outcome"};
static const struct list_path row_paths[] = {
        {"import_id", "import_row r WHERE 1 = 1", {"r.row_no", "r.n"}, false, &with_outcome},
        {"import_id", "import_row r WHERE 1 = 1", {"r.row_no", "r.n"}, false, NULL},
        {NULL, "import_row r WHERE 1 = 1", {"r.import_id", "r.row_no", "r.n"}, true, NULL},
};
const struct list_spec list_import_rows = {
        .name = "import-rows", .title = "导入明细", .columns = row_columns, .filters = row_filters, .paths = row_paths};
