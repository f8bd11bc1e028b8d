#include "warehouse/intake/staged_run.h"

#include <string.h>

SQL(update_state, "UPDATE import_job SET state = :state_t, total = :total, done = 0, message = :message_t, ended_at_ms = "
                  ":ended_at_ms WHERE id = :id AND state = :from_t");
SQL(delete_slices, "DELETE FROM import_slice WHERE import_id = :import_id AND n IN (SELECT s.n FROM import_slice s WHERE "
                   "s.import_id = :import_id ORDER BY s.n LIMIT 20)");
SQL(select_slice, "SELECT n, rows, done FROM import_slice WHERE import_id = :import_id AND n > :n ORDER BY n LIMIT 1");
SQL(select_begun, "SELECT made_at_ms FROM import_job WHERE id = :id");
SQL(select_left, "SELECT min(import_id) FROM import_slice WHERE import_id > :id");

void staged_run_drop(struct staged_run *r)
{
	arena_drop(&r->arena);
}

enum status staged_run_begin(struct staged_run *r, const struct staged_host *host, int64_t id)
{
	*r = (struct staged_run){.host = host};
	db_read_begin(host->db);
	enum status st = staged_load(host->db, &r->arena, id, &r->job);
	if (st == ST_OK && r->job.user_id)
		st = people_load(host->db, &r->arena, r->job.user_id, &r->me);
	r->today_ymd = ymd_of_ms(db_i64(host->db, 0, select_begun, I64(":id", id)));
	enum status engine = db_read_end(host->db);
	if (st == ST_OK && engine == ST_OK)
		r->kind = intake_kind_any(r->job.kind);
	if (engine != ST_OK || st != ST_OK)
		return engine != ST_OK ? engine : st;
	return r->kind ? ST_OK : ST_NOT_FOUND;
}

enum status staged_reload(struct staged_run *r)
{
	db_read_begin(r->host->db);
	enum status st = staged_load(r->host->db, &r->arena, r->job.id, &r->job), engine = db_read_end(r->host->db);
	return engine != ST_OK ? engine : st;
}

bool staged_is_stopped(const struct staged_run *r)
{
	return r->host->stop && r->host->stop(r->host->arg);
}

void staged_tell(const struct staged_run *r, const char *state, int64_t done, int64_t total)
{
	if (r->host->progress)
		r->host->progress(r->host->arg, state, done, total);
}

struct dated {
	struct staged_run *run;
	enum status (*job)(struct tx *tx, void *arg);
	void *arg;
};

/* A check has no write of its own, but asks what holds today. */
static enum status run_dated(struct tx *tx, void *arg)
{
	const struct dated *d = arg;
	d->run->today_ymd = tx->today_ymd;
	return d->job(tx, d->arg);
}

enum status staged_write_in(struct staged_run *r, struct arena *a, enum status (*job)(struct tx *tx, void *arg), void *arg)
{
	struct faults f = {.arena = a};
	struct dated dated = {r, job, arg};
	struct write_job one = {.run = run_dated, .arg = &dated, .arena = a, .faults = &f};
	enum status st = r->host->write(r->host->arg, &one);
	if (st != ST_OK)
		return st;
	r->disturbed = r->disturbed || (r->seq && one.seq != r->seq + 1);
	r->seq = one.seq;
	return ST_OK;
}

enum status staged_write(struct staged_run *r, enum status (*job)(struct tx *tx, void *arg), void *arg)
{
	SCOPED(arena) a = {0};
	return staged_write_in(r, &a, job, arg);
}

void staged_sign(const struct staged_run *r, struct tx *tx)
{
	tx->me = r->me;
	tx->action = r->kind->action;
	tx->ref_id = r->job.id;
}

struct step {
	const struct staged_run *run;
	const char *from, *to, *message;
	int64_t total;
};

static enum status take_step(struct tx *tx, void *arg)
{
	const struct step *s = arg;
	const struct staged after = {.state = s->to};
	staged_sign(s->run, tx);
	db_exec(tx, update_state, TEXT(":state_t", s->to), I64(":total", s->total), TEXT(":message_t", s->message),
	        ID(":ended_at_ms", staged_is_over(&after) ? tx->now_ms : 0), I64(":id", s->run->job.id),
	        TEXT(":from_t", s->from));
	tx_changed(tx, "imports", 0, 0, s->run->job.id);
	return ST_OK;
}

enum status staged_step(struct staged_run *r, const char *from, const char *to, int64_t total, const char *message)
{
	struct step s = {r, from, to, message, total};
	return staged_write(r, take_step, &s);
}

static enum status delete_some(struct tx *tx, void *arg)
{
	const struct staged_run *r = arg;
	staged_sign(r, tx);
	tx->action = "import.clean";
	db_exec(tx, delete_slices, I64(":import_id", r->job.id));
	return ST_OK;
}

enum status staged_clear(struct staged_run *r)
{
	enum status st = ST_OK;
	while (st == ST_OK && !staged_is_stopped(r)) {
		db_read_begin(r->host->db);
		int64_t left = db_i64(r->host->db, 0, select_left, I64(":id", r->job.id - 1));
		if ((st = db_read_end(r->host->db)) != ST_OK || left != r->job.id)
			break;
		st = staged_write(r, delete_some, r);
	}
	return st;
}

const char *staged_why_broken(enum status st)
{
	return st == ST_STOPPING ? "服务停止, 文件未读完, 没有写入任何数据; 请重新导入" : status_text(st);
}

struct intake staged_intake(const struct staged_run *r, struct tx *tx, struct intake_report *report,
                            const struct intake_options *options, enum intake_mode mode)
{
	struct intake in = {.tx = tx, .kind = r->kind, .options = options, .report = report, .mode = mode};
	while (r->kind->columns[in.column_count].name)
		in.column_count++;
	return in;
}

bool staged_is_together(const struct staged_run *r)
{
	return r->kind->finish != NULL;
}

bool staged_slice_read(struct db *db, struct arena *a, int64_t id, int64_t n, struct staged_slice *out)
{
	SCOPED(rows) r = db_query(db, select_slice, I64(":import_id", id), I64(":n", n));
	*out = (struct staged_slice){0};
	if (!rows_next(&r))
		return false;
	const char *bytes = col_peek(&r, 1, &out->length);
	*out = (struct staged_slice){.n = col_i64(&r, 0),
	                             .bytes = arena_copy(a, bytes, out->length),
	                             .length = out->length,
	                             .done = (size_t)col_i64(&r, 2)};
	return true;
}

void staged_note_overtaken(struct tx *tx, int64_t id, int64_t n, const struct intake_refused *first)
{
	n += (int64_t)1 << 40; /* apart from what the check has said of the same row */
	for (const struct intake_refused *f = first; f; f = f->next)
		staged_note(tx, id, "overtaken", n++, f);
}
