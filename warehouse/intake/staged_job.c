/* The list of imports, and the steps that somebody takes. */
#include "warehouse/intake/staged_run.h"

#include <string.h>

SQL(insert_job,
    "INSERT INTO import_job (id, kind, file_name, user_id, state, keep_good, dry_run, total, done, row_count, added, "
    "changed, unchanged, refused_rows, overtaken_rows, made_at_ms, ended_at_ms) VALUES (:id, :kind_t, :file_t, "
    ":user_id, :state_t, :keep_good, :dry_run, :total, 0, :row_count, :added, :changed, :unchanged, :refused_rows, 0, "
    ":at_ms, :ended_at_ms)");
SQL(select_job, "SELECT kind, file_name, user_id, state, keep_good, dry_run, total, done, row_count, added, changed, unchanged, "
                "refused_rows, overtaken_rows, message FROM import_job WHERE id = :id");
SQL(insert_row, "INSERT INTO import_row (import_id, outcome, row_no, n, field, code, message) VALUES (:import_id, :outcome_t, "
                ":row_no, :n, :field_t, :code_t, :message_t) ON CONFLICT DO NOTHING");
SQL(update_ready, "UPDATE import_job SET state = :state_t, total = :total, done = 0, message = :message_t, ended_at_ms = "
                  ":ended_at_ms WHERE id = :id AND state = 'ready'");

/* ---- the list of imports ---- */

static int64_t put_job(struct tx *tx, const struct staged_new *in, const char *state, const struct intake_report *r)
{
	int64_t id = tx_new_id(tx);
	bool over = strcmp(state, "done") == 0;
	db_exec(tx, insert_job, I64(":id", id), TEXT(":kind_t", in->kind->name),
	        TEXT(":file_t", in->file_name ? in->file_name : ""), ID(":user_id", in->user_id), TEXT(":state_t", state),
	        I64(":keep_good", in->keep_good), I64(":dry_run", in->dry_run), I64(":total", in->total_bytes),
	        I64(":row_count", r->rows), I64(":added", r->added), I64(":changed", r->changed), I64(":unchanged", r->unchanged),
	        I64(":refused_rows", r->refused_rows), I64(":at_ms", tx->now_ms), ID(":ended_at_ms", over ? tx->now_ms : 0));
	tx_changed(tx, "imports", 0, 0, id);
	return id;
}

int64_t staged_make(struct tx *tx, const struct staged_new *in)
{
	const struct intake_report none = {0};
	tx->action = "import.begin";
	return tx->ref_id = put_job(tx, in, "checking", &none);
}

void staged_note(struct tx *tx, int64_t id, const char *outcome, int64_t n, const struct intake_refused *r)
{
	db_exec(tx, insert_row, I64(":import_id", id), TEXT(":outcome_t", outcome), I64(":row_no", r->row), I64(":n", n),
	        TEXT(":field_t", r->field), TEXT(":code_t", r->st == ST_OK ? NULL : status_code(r->st)),
	        TEXT(":message_t", r->message));
}

void staged_record(struct tx *tx, const struct staged_new *in, const struct intake_report *report)
{
	int64_t id = put_job(tx, in, "done", report), n = 0;
	for (const struct intake_refused *r = report->first; r && n < REFUSED_KEPT; r = r->next)
		staged_note(tx, id, "refused", n++, r);
}

enum status staged_load(struct db *db, struct arena *a, int64_t id, struct staged *out)
{
	SCOPED(rows) r = db_query(db, select_job, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct staged){
	        .id = id,
	        .kind = col_text(a, &r, 0),
	        .file_name = col_text(a, &r, 1),
	        .user_id = col_i64(&r, 2),
	        .state = col_text(a, &r, 3),
	        .keep_good = col_i64(&r, 4),
	        .dry_run = col_i64(&r, 5),
	        .total = col_i64(&r, 6),
	        .done = col_i64(&r, 7),
	        .rows = col_i64(&r, 8),
	        .added = col_i64(&r, 9),
	        .changed = col_i64(&r, 10),
	        .unchanged = col_i64(&r, 11),
	        .refused_rows = col_i64(&r, 12),
	        .overtaken_rows = col_i64(&r, 13),
	        .message = col_text(a, &r, 14),
	};
	return ST_OK;
}

bool staged_stands(const struct staged *s, const char *state)
{
	return strcmp(s->state, state) == 0;
}

bool staged_is_over(const struct staged *s)
{
	static const char *const running[] = {"checking", "comparing", "indexing", "applying"};
	for (size_t i = 0; i < sizeof running / sizeof *running; i++)
		if (staged_stands(s, running[i]))
			return false;
	return true;
}

/* ---- somebody's word ---- */

static enum status from_ready(struct tx *tx, int64_t id, const char *to, const char *action)
{
	struct staged s;
	enum status st = staged_load(tx_db(tx), tx->arena, id, &s);
	if (st != ST_OK)
		return st;
	if (!staged_stands(&s, "ready"))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "这次导入不在等待确认的状态");
	const struct staged after = {.state = to};
	tx->action = action;
	tx->ref_id = id;
	db_exec(tx, update_ready, TEXT(":state_t", to), I64(":total", s.added + s.changed), TEXT(":message_t", NULL),
	        ID(":ended_at_ms", staged_is_over(&after) ? tx->now_ms : 0), I64(":id", id));
	tx_changed(tx, "imports", 0, 0, id);
	return ST_OK;
}

enum status staged_go(struct tx *tx, int64_t id)
{
	return from_ready(tx, id, "comparing", "import.go");
}

enum status staged_drop(struct tx *tx, int64_t id)
{
	return from_ready(tx, id, "dropped", "import.drop");
}
