/* The check of a file, row by row, and the comparison before its rows come into force. */
#include "core/clock.h"
#include "warehouse/intake/slice.h"
#include "warehouse/intake/staged_run.h"

#include <stdlib.h>
#include <string.h>

#define SLICE_BYTES ((size_t)48 << 10)
#define SLICE_MAX ((size_t)8 << 20)
#define BATCH_ROWS 400 /* rows checked in one snapshot */
#define NOTES_MAX 400  /* of one slice */
#define ROWS_MAX 1000000
#define FLUSH_MS 300
#define SAMPLES_KEPT 200 /* of added and of changed rows */

SQL(update_counts,
    "UPDATE import_job SET total = :total, done = :done, row_count = :row_count, added = :added, changed = :changed, unchanged = "
    ":unchanged, refused_rows = :refused_rows WHERE id = :id AND state = 'checking'");
SQL(insert_slice, "INSERT INTO import_slice (import_id, n, rows, done) VALUES (:import_id, :n, :rows_b, 0)");
SQL(set_overtaken, "UPDATE import_job SET done = :done, overtaken_rows = :late WHERE id = :id");

struct note {
	const char *outcome;
	struct intake_refused what;
	int64_t n;
};

/* The slice that is being filled. */
struct stage {
	struct staged_run *run;
	struct intake in;
	struct intake_report report;
	struct buf slice;
	size_t *ids; /* where in the slice a row's id belongs */
	size_t id_count, id_cap;
	struct arena arena; /* of the notes */
	struct note notes[NOTES_MAX];
	size_t note_count;
	int64_t slices, refused_kept, samples[2];
	int64_t flushed_at_ms, read_bytes;
	int64_t faults; /* running number, so that several of one row have a key each */
};

static void stage_drop(struct stage *s)
{
	intake_claims_free(s->in.claims);
	buf_drop(&s->slice);
	free(s->ids);
	arena_drop(&s->arena);
}

static void add_note(struct stage *s, const char *outcome, const struct intake_refused *what)
{
	struct note *n = &s->notes[s->note_count++];
	*n = (struct note){outcome, *what, s->faults++};
	n->what.field = arena_string(&s->arena, what->field);
	n->what.message = arena_string(&s->arena, what->message);
}

static enum status write_stage(struct tx *tx, void *arg)
{
	struct stage *s = arg;
	const int64_t id = s->run->job.id;
	staged_sign(s->run, tx);
	for (size_t i = 0; i < s->id_count; i++)
		slice_set_id(&s->slice, s->ids[i], tx_new_id(tx));
	if (s->slice.len)
		db_exec(tx, insert_slice, I64(":import_id", id), I64(":n", s->slices + 1),
		        BYTES(":rows_b", s->slice.data, s->slice.len));
	for (size_t i = 0; i < s->note_count; i++)
		staged_note(tx, id, s->notes[i].outcome, s->notes[i].n, &s->notes[i].what);
	db_exec(tx, update_counts, I64(":total", s->run->job.total), I64(":done", s->read_bytes),
	        I64(":row_count", s->report.rows), I64(":added", s->report.added), I64(":changed", s->report.changed),
	        I64(":unchanged", s->report.unchanged), I64(":refused_rows", s->report.refused_rows), I64(":id", id));
	return ST_OK;
}

static enum status flush(struct stage *s)
{
	(void)s->run->host->budget_us(s->run->host->arg); /* waits its turn */
	enum status st = staged_write(s->run, write_stage, s);
	s->slices += s->slice.len > 0;
	s->id_count = s->note_count = 0;
	buf_clear(&s->slice);
	arena_drop(&s->arena);
	s->flushed_at_ms = clock_monotonic_ms();
	staged_tell(s->run, "checking", s->read_bytes, s->run->job.total);
	return st;
}

static enum status flush_if_due(struct stage *s)
{
	bool due = s->slice.len >= SLICE_BYTES || s->note_count > NOTES_MAX / 2 ||
	           clock_monotonic_ms() - s->flushed_at_ms > FLUSH_MS;
	if (staged_is_stopped(s->run))
		return ST_STOPPING;
	return due ? flush(s) : ST_OK;
}

static void stage_row(struct stage *s, const struct intake_row *row, enum intake_change change)
{
	size_t id_at = 0;
	slice_put(&s->slice, &s->in, row, &id_at);
	if (change == INTAKE_ADDED) {
		if (s->id_count == s->id_cap) {
			s->id_cap = s->id_cap ? s->id_cap * 2 : 256;
			s->ids = memory_resize(s->ids, s->id_cap * sizeof *s->ids);
		}
		s->ids[s->id_count++] = id_at;
	}
	int64_t *kept = &s->samples[change == INTAKE_ADDED];
	if (*kept == SAMPLES_KEPT || s->note_count == NOTES_MAX)
		return;
	++*kept;
	const struct intake_refused what = {.row = row->row, .st = ST_OK, .message = intake_describe(&s->in, row)};
	add_note(s, change == INTAKE_ADDED ? "added" : "changed", &what);
}

/* Moves what the engine has told of refused rows into the notes of this slice. */
static void keep_refused(struct stage *s)
{
	for (const struct intake_refused *f = s->report.first; f; f = f->next)
		if (s->refused_kept < REFUSED_KEPT && s->note_count < NOTES_MAX) {
			add_note(s, "refused", f);
			s->refused_kept++;
		}
	s->report.first = s->report.last = NULL;
}

static enum status check_row(struct stage *s, struct csv_reader *r, const int *at)
{
	enum intake_change change = INTAKE_SAME;
	bool taken = false;
	struct intake_row *row = intake_record(&s->in, r, at);
	enum status st = row ? intake_take_alone(&s->in, row, &change, &taken) : ST_OK;
	if (taken && change != INTAKE_SAME)
		stage_row(s, row, change);
	keep_refused(s);
	return st;
}

/* Some rows in one snapshot and one arena. */
static enum status check_batch(struct stage *s, struct csv_reader *r, const int *at, bool *more)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct db *db = s->run->host->db;
	struct tx probe = {.arena = &a, .faults = &faults, .me = s->run->me, .today_ymd = s->run->today_ymd, .db = db};
	enum status st = ST_OK;
	s->in.tx = &probe;
	db_read_begin(db);
	for (int i = 0; i < BATCH_ROWS && st == ST_OK && *more && s->slice.len < SLICE_BYTES && s->note_count < NOTES_MAX / 2;
	     i++) {
		st = csv_next(r, more);
		if (st == ST_OK && *more && s->report.rows == ROWS_MAX)
			st = ST_TOO_LARGE;
		if (st == ST_OK && *more)
			st = check_row(s, r, at);
	}
	s->in.tx = NULL;
	enum status engine = db_read_end(db);
	return engine != ST_OK ? engine : st;
}

/* ---- rows that a kind takes together ---- */

/* Rows in the order of the file, not yet taken; the last one may belong to the next batch. */
struct batch {
	struct stage *stage;
	struct intake_row **rows;
	enum intake_change *changes;
	bool *taken;
	size_t n, cap;
	struct intake_report before; /* what was counted before; a write may run again */
};

static void batch_drop(struct batch *b)
{
	free(b->rows);
	free(b->changes);
	free(b->taken);
}

static void batch_add(struct batch *b, struct intake_row *row)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 2 * TOGETHER_ROWS;
		b->rows = memory_resize(b->rows, b->cap * sizeof *b->rows);
		b->changes = memory_resize(b->changes, b->cap * sizeof *b->changes);
		b->taken = memory_resize(b->taken, b->cap * sizeof *b->taken);
	}
	b->rows[b->n++] = row;
}

/* Books the rows as they would be, and takes it back: what books refuses, the check must know. */
static enum status try_batch(struct tx *tx, void *arg)
{
	struct batch *b = arg;
	struct intake *in = &b->stage->in;
	staged_sign(b->stage->run, tx);
	*in->report = b->before;
	in->tx = tx;
	in->context = NULL;
	enum status st = in->kind->begin ? in->kind->begin(in) : ST_OK;
	for (size_t i = 0; i < b->n && st == ST_OK; i++)
		st = intake_take_alone(in, b->rows[i], &b->changes[i], &b->taken[i]);
	if (st == ST_OK)
		st = in->kind->finish(in);
	in->tx = NULL;
	return st == ST_OK ? ST_ALREADY_EXISTS : st;
}

static bool is_refused(const struct intake_report *report, int64_t row)
{
	for (const struct intake_refused *f = report->first; f; f = f->next)
		if (f->row == row)
			return true;
	return false;
}

static enum status check_together(struct batch *b, struct arena *a)
{
	struct stage *s = b->stage;
	b->before = s->report;
	enum status st = b->n ? staged_write_in(s->run, a, try_batch, b) : ST_ALREADY_EXISTS;
	if (st != ST_ALREADY_EXISTS)
		return st == ST_OK ? ST_INTERNAL : st;
	struct tx probe = {.arena = a};
	s->in.tx = &probe; /* what is told of a row wants room */
	for (size_t i = 0; i < b->n; i++)
		if (b->taken[i] && b->changes[i] != INTAKE_SAME && !is_refused(&s->report, b->rows[i]->row))
			stage_row(s, b->rows[i], INTAKE_ADDED);
	s->in.tx = NULL;
	keep_refused(s);
	b->n = 0;
	return s->slice.over ? ST_TOO_LARGE : ST_OK;
}

/* The reader's record, where its cells are right. */
static struct intake_row *record_of(struct stage *s, struct csv_reader *r, const int *at, struct arena *a)
{
	struct faults faults = {.arena = a};
	struct tx probe = {.arena = a, .faults = &faults, .db = s->run->host->db};
	s->in.tx = &probe;
	struct intake_row *row = intake_record(&s->in, r, at);
	s->in.tx = NULL;
	return row;
}

/* Does a batch end before that row? Rows that belong together stay together. */
static bool ends_before(const struct batch *b, const struct intake_row *row)
{
	const struct intake_kind *kind = b->stage->run->kind;
	return b->n >= TOGETHER_ROWS && !(kind->belongs && kind->belongs(b->rows[b->n - 1], row));
}

/* All rows of the file, batch by batch. The arenas change with the batches: the row that begins the next is read anew. */
static enum status check_batches(struct stage *s, struct csv_reader *r, const int *at)
{
	SCOPED(batch) b = {.stage = s};
	bool more = true, held = false;
	enum status st = ST_OK;
	while (st == ST_OK && (more || held)) {
		SCOPED(arena) a = {0};
		for (; st == ST_OK && (held || more); held = false) {
			if (!held)
				st = s->report.rows == ROWS_MAX ? ST_TOO_LARGE : csv_next(r, &more);
			if (st != ST_OK || !more)
				break;
			s->report.rows -= held;
			struct intake_row *row = record_of(s, r, at, &a);
			if (row && (held = ends_before(&b, row)))
				break;
			if (row)
				batch_add(&b, row);
			keep_refused(s);
			st = flush_if_due(s);
		}
		if (st == ST_OK)
			st = check_together(&b, &a);
		if (st == ST_OK)
			st = flush_if_due(s);
	}
	return st;
}

/* Counts what the file gives, for the bar. */
struct counted {
	struct csv_source source;
	int64_t *bytes;
};

static enum status read_counted(void *arg, char *bytes, size_t n, size_t *got)
{
	struct counted *c = arg;
	enum status st = c->source.read(c->source.arg, bytes, n, got);
	if (st == ST_OK)
		*c->bytes += (int64_t)*got;
	return st;
}

static enum status check_head(struct stage *s, struct csv_reader *r, struct csv_source source, int *at)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct tx probe = {.arena = &a, .faults = &faults};
	s->in.tx = &probe;
	enum status st = intake_open(&s->in, r, source, at);
	s->in.tx = NULL;
	keep_refused(s);
	return st;
}

/* All rows; IMPORT_REFUSED where the head is refused. */
static enum status check_rows(struct stage *s, struct csv_source source)
{
	SCOPED(csv_reader) r = {0};
	int at[INTAKE_COLUMNS_MAX] = {0};
	struct counted counted = {source, &s->read_bytes};
	bool more = true;
	enum status st = check_head(s, &r, (struct csv_source){read_counted, &counted}, at);
	if (st == ST_OK && staged_is_together(s->run))
		return check_batches(s, &r, at);
	while (st == ST_OK && more) {
		st = check_batch(s, &r, at, &more);
		if (st == ST_OK)
			st = flush_if_due(s);
	}
	return st;
}

static enum status decide(struct stage *s)
{
	struct staged_run *r = s->run;
	const int64_t work = s->report.added + s->report.changed;
	if (s->report.refused_rows && !r->job.keep_good) {
		enum status st = staged_step(r, "checking", "refused", 0, NULL);
		return st == ST_OK ? staged_clear(r) : st;
	}
	if (r->job.dry_run)
		return staged_step(r, "checking", "ready", work, NULL);
	enum status st = staged_step(r, "checking", !work ? "done" : r->disturbed ? "comparing" : "indexing", work, NULL);
	return st == ST_OK && !work ? staged_clear(r) : st;
}

enum status staged_check(const struct staged_host *host, int64_t id, struct csv_source source)
{
	SCOPED(staged_run) r = {0};
	enum status st = staged_run_begin(&r, host, id);
	if (st != ST_OK || !staged_stands(&r.job, "checking"))
		return st;
	SCOPED(stage) s = {.run = &r, .slice = {.max = SLICE_MAX}};
	const struct intake_options options = {.keep_good = r.job.keep_good};
	s.in = (struct intake){
	        .kind = r.kind, .options = &options, .report = &s.report, .mode = INTAKE_CHECK, .claims = intake_claims_new()};
	st = flush(&s); /* from here on it is known whether anybody else writes */
	if (st == ST_OK)
		st = check_rows(&s, source);
	if (st == ST_OK || st == ST_IMPORT_REFUSED) {
		st = flush(&s);
		return st == ST_OK ? decide(&s) : st;
	}
	/* what cannot be written now is called broken when the store is opened the next time */
	(void)!staged_step(&r, "checking", "broken", 0, staged_why_broken(st));
	(void)!staged_clear(&r);
	return st;
}

/* ---- once more, before the first row comes into force ---- */

struct comparing {
	struct staged_run *run;
	struct intake_report report;
	int64_t done, notes, written_at_ms;
};

/* One row against what is stored now; a refusal is told in the report. */
static enum status compare_row(struct intake *in, struct intake_row *row)
{
	const uint64_t seen = row->seen;
	enum intake_change change = INTAKE_SAME;
	bool taken = false;
	row->seen = 0;
	enum status st = intake_take_alone(in, row, &change, &taken);
	if (taken && change != INTAKE_SAME && row->seen != seen)
		intake_refuse(in, row->row, NULL, ST_STALE_VERSION, "核对之后已被他人修改");
	return st;
}

static enum status write_compared(struct tx *tx, void *arg)
{
	struct comparing *c = arg;
	staged_sign(c->run, tx);
	staged_note_overtaken(tx, c->run->job.id, c->notes, c->report.first);
	db_exec(tx, set_overtaken, I64(":done", c->done), I64(":late", c->report.refused_rows), I64(":id", c->run->job.id));
	return ST_OK;
}

/* One slice in a snapshot of its own; *n is its number, or 0 behind the last. */
static enum status compare_slice(struct comparing *c, int64_t *n)
{
	SCOPED(arena) a = {0};
	struct db *db = c->run->host->db;
	struct faults faults = {.arena = &a};
	const struct intake_options options = {0};
	struct tx probe = {.arena = &a, .faults = &faults, .me = c->run->me, .today_ymd = c->run->today_ymd, .db = db};
	struct intake in = staged_intake(c->run, &probe, &c->report, &options, INTAKE_CHECK);
	struct staged_slice slice;
	struct intake_row row;
	enum status st = ST_OK;
	db_read_begin(db);
	*n = staged_slice_read(db, &a, c->run->job.id, *n, &slice) ? slice.n : 0;
	for (size_t at = 0; st == ST_OK && slice_next(&a, &in, slice.bytes, slice.length, &at, &row); c->done++)
		st = compare_row(&in, &row);
	enum status engine = db_read_end(db);
	const bool due = c->report.first || *n == 0 || clock_monotonic_ms() - c->written_at_ms > FLUSH_MS;
	if (st == ST_OK && engine == ST_OK && due && c->report.refused_rows <= REFUSED_KEPT) {
		st = staged_write(c->run, write_compared, c);
		c->written_at_ms = clock_monotonic_ms();
	}
	for (const struct intake_refused *f = c->report.first; f; f = f->next)
		c->notes++;
	c->report.first = c->report.last = NULL;
	return engine != ST_OK ? engine : st;
}

enum status staged_compare(struct staged_run *r)
{
	struct comparing c = {.run = r};
	const int64_t work = r->job.added + r->job.changed;
	enum status st = ST_OK;
	int64_t n = 0;
	if (r->job.keep_good || staged_is_together(r)) /* what somebody has changed is left out and told */
		return staged_step(r, "comparing", "indexing", work, NULL);
	do {
		(void)r->host->budget_us(r->host->arg); /* waits its turn */
		st = staged_is_stopped(r) ? ST_STOPPING : compare_slice(&c, &n);
		staged_tell(r, "comparing", c.done, work);
	} while (st == ST_OK && n);
	if (st != ST_OK || c.report.refused_rows == 0)
		return st == ST_OK ? staged_step(r, "comparing", "indexing", work, NULL) : st;
	return staged_step(r, "comparing", "refused", 0, "核对之后有数据被他人修改, 没有导入任何数据; 请重新核对后再导入");
}
