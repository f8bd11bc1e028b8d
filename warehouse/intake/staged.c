#include "warehouse/intake/staged.h"

#include "core/clock.h"
#include "core/pairs.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/slice.h"
#include "warehouse/intake/staged_job.h"

#include <stdlib.h>
#include <string.h>

#define SLICE_BYTES ((size_t)48 << 10)
#define BATCH_ROWS 400 /* rows checked in one snapshot */
#define NOTES_MAX 400  /* of one slice */
#define ROWS_MAX 1000000
#define FLUSH_MS 300
#define SAMPLES_KEPT 200   /* of added and of changed rows */
#define PAIRS_HELD 1000000 /* 16 MB */
#define PAIRS_CHUNK 20000
#define PAIRS_OF_ROW 8192
#define READY_DAYS 7

SQL(update_counts,
    "UPDATE import_job SET total = :total, done = :done, row_count = :row_count, added = :added, changed = :changed, unchanged = "
    ":unchanged, refused_rows = :refused_rows WHERE id = :id AND state = 'checking'");
SQL(update_state, "UPDATE import_job SET state = :state_t, total = :total, done = 0, message = :message_t, ended_at_ms = "
                  ":ended_at_ms WHERE id = :id AND state = :from_t");
SQL(update_done, "UPDATE import_job SET done = :done, total = :total WHERE id = :id");
SQL(add_done, "UPDATE import_job SET done = done + :done, overtaken_rows = overtaken_rows + :late WHERE id = :id");
SQL(insert_slice, "INSERT INTO import_slice (import_id, n, rows, done) VALUES (:import_id, :n, :rows_b, 0)");
SQL(select_slice, "SELECT n, rows, done FROM import_slice WHERE import_id = :import_id AND n > :n ORDER BY n LIMIT 1");
SQL(update_slice, "UPDATE import_slice SET done = :done WHERE import_id = :import_id AND n = :n");
SQL(delete_slice, "DELETE FROM import_slice WHERE import_id = :import_id AND n = :n");
SQL(delete_slices, "DELETE FROM import_slice WHERE import_id = :import_id AND n IN (SELECT s.n FROM import_slice s WHERE "
                   "s.import_id = :import_id ORDER BY s.n LIMIT 20)");
SQL(select_by_state, "SELECT id FROM import_job WHERE state = :state_t AND id > :id ORDER BY id LIMIT 1");
SQL(select_old_ready,
    "SELECT id FROM import_job WHERE state = 'ready' AND made_at_ms < :before_ms AND id > :id ORDER BY id LIMIT 1");
SQL(select_left, "SELECT min(import_id) FROM import_slice WHERE import_id > :id");

/* ---- a run ---- */

struct run {
	const struct staged_host *host;
	struct staged job;
	const struct intake_kind *kind;
	struct me me;
	struct arena arena; /* as long as the run */
};

static void run_drop(struct run *r)
{
	arena_drop(&r->arena);
}

static enum status run_begin(struct run *r, const struct staged_host *host, int64_t id)
{
	*r = (struct run){.host = host};
	db_read_begin(host->db);
	enum status st = staged_load(host->db, &r->arena, id, &r->job);
	if (st == ST_OK && r->job.user_id)
		st = people_load(host->db, &r->arena, r->job.user_id, &r->me);
	enum status engine = db_read_end(host->db);
	if (st == ST_OK && engine == ST_OK)
		r->kind = intake_kind_find(r->job.kind);
	if (engine != ST_OK || st != ST_OK)
		return engine != ST_OK ? engine : st;
	return r->kind ? ST_OK : ST_NOT_FOUND;
}

static bool is_stopped(const struct run *r)
{
	return r->host->stop && r->host->stop(r->host->arg);
}

static void tell(const struct run *r, const char *state, int64_t done, int64_t total)
{
	if (r->host->progress)
		r->host->progress(r->host->arg, state, done, total);
}

static enum status write_job(const struct run *r, enum status (*job)(struct tx *tx, void *arg), void *arg)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	struct write_job one = {.run = job, .arg = arg, .arena = &a, .faults = &f};
	return r->host->write(r->host->arg, &one);
}

/* Every write of an import is its user's. */
static void sign(const struct run *r, struct tx *tx)
{
	tx->me = r->me;
	tx->action = r->kind->action;
	tx->ref_id = r->job.id;
}

struct step {
	const struct run *run;
	const char *from, *to, *message;
	int64_t total;
};

/* A step of the import's state; nothing happens where it stands elsewhere by now. */
static enum status take_step(struct tx *tx, void *arg)
{
	const struct step *s = arg;
	const struct staged after = {.state = s->to};
	sign(s->run, tx);
	db_exec(tx, update_state, TEXT(":state_t", s->to), I64(":total", s->total), TEXT(":message_t", s->message),
	        ID(":ended_at_ms", staged_is_over(&after) ? tx->now_ms : 0), I64(":id", s->run->job.id),
	        TEXT(":from_t", s->from));
	tx_changed(tx, "imports", 0, 0, s->run->job.id);
	return ST_OK;
}

static enum status step(const struct run *r, const char *from, const char *to, int64_t total, const char *message)
{
	struct step s = {r, from, to, message, total};
	return write_job(r, take_step, &s);
}

/* ---- checking ---- */

struct note {
	const char *outcome;
	struct intake_refused what;
	int64_t n;
};

/* The slice that is being filled. */
struct stage {
	struct run *run;
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
	sign(s->run, tx);
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
	enum status st = write_job(s->run, write_stage, s);
	s->slices += s->slice.len > 0;
	s->id_count = s->note_count = 0;
	buf_clear(&s->slice);
	arena_drop(&s->arena);
	s->flushed_at_ms = clock_monotonic_ms();
	tell(s->run, "checking", s->read_bytes, s->run->job.total);
	return st;
}

static enum status flush_if_due(struct stage *s)
{
	bool due = s->slice.len >= SLICE_BYTES || s->note_count > NOTES_MAX / 2 ||
	           clock_monotonic_ms() - s->flushed_at_ms > FLUSH_MS;
	if (is_stopped(s->run))
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
	struct tx probe = {.arena = &a, .faults = &faults, .me = s->run->me, .db = db};
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
	while (st == ST_OK && more) {
		st = check_batch(s, &r, at, &more);
		if (st == ST_OK)
			st = flush_if_due(s);
	}
	return st;
}

static enum status delete_some(struct tx *tx, void *arg)
{
	const struct run *r = arg;
	sign(r, tx);
	tx->action = "import.clean";
	db_exec(tx, delete_slices, I64(":import_id", r->job.id));
	return ST_OK;
}

/* Takes the slices of an import away that will not come to be. */
static enum status clear(struct run *r)
{
	enum status st = ST_OK;
	while (st == ST_OK && !is_stopped(r)) {
		db_read_begin(r->host->db);
		int64_t left = db_i64(r->host->db, 0, select_left, I64(":id", r->job.id - 1));
		if ((st = db_read_end(r->host->db)) != ST_OK || left != r->job.id)
			break;
		st = write_job(r, delete_some, r);
	}
	return st;
}

static enum status decide(struct stage *s)
{
	struct run *r = s->run;
	const int64_t work = s->report.added + s->report.changed;
	if (s->report.refused_rows && !r->job.keep_good) {
		enum status st = step(r, "checking", "refused", 0, NULL);
		return st == ST_OK ? clear(r) : st;
	}
	if (r->job.dry_run)
		return step(r, "checking", "ready", work, NULL);
	return step(r, "checking", work ? "indexing" : "done", work, NULL);
}

static const char *why_broken(enum status st)
{
	return st == ST_STOPPING ? "服务停止, 文件未读完, 没有写入任何数据; 请重新导入" : status_text(st);
}

enum status staged_check(const struct staged_host *host, int64_t id, struct csv_source source)
{
	SCOPED(run) r = {0};
	enum status st = run_begin(&r, host, id);
	if (st != ST_OK || !staged_stands(&r.job, "checking"))
		return st;
	SCOPED(stage) s = {.run = &r, .slice = {.max = (size_t)8 << 20}};
	const struct intake_options options = {.keep_good = r.job.keep_good};
	s.in = (struct intake){
	        .kind = r.kind, .options = &options, .report = &s.report, .mode = INTAKE_CHECK, .claims = intake_claims_new()};
	st = check_rows(&s, source);
	if (st == ST_OK || st == ST_IMPORT_REFUSED) {
		st = flush(&s);
		return st == ST_OK ? decide(&s) : st;
	}
	/* what cannot be written now is called broken when the store is opened the next time */
	(void)!step(&r, "checking", "broken", 0, why_broken(st));
	(void)!clear(&r);
	return st;
}

/* ---- what may stand before the rows do ---- */

struct indexing {
	const struct run *run;
	struct pairs *pairs;
	struct pair *chunk;
	size_t at, reached, count; /* in the chunk */
	int64_t budget_us, written;
};

static struct intake intake_of(const struct run *r, struct tx *tx, struct intake_report *report,
                               const struct intake_options *options)
{
	struct intake in = {.tx = tx, .kind = r->kind, .options = options, .report = report, .mode = INTAKE_APPLY};
	while (r->kind->columns[in.column_count].name)
		in.column_count++;
	return in;
}

/* One slice's pieces into the pairs; *n is its number, or 0 behind the last. */
static enum status gather(const struct run *r, struct pairs *pairs, int64_t *n)
{
	SCOPED(arena) a = {0};
	struct intake_report report = {0};
	const struct intake_options options = {0};
	struct tx probe = {.arena = &a, .db = r->host->db};
	struct intake in = intake_of(r, &probe, &report, &options);
	struct intake_row row;
	size_t length = 0, at = 0;
	db_read_begin(r->host->db);
	struct rows rows = db_query(r->host->db, select_slice, I64(":import_id", r->job.id), I64(":n", *n));
	bool there = rows_next(&rows);
	*n = there ? col_i64(&rows, 0) : 0;
	const char *bytes = there ? col_peek(&rows, 1, &length) : "";
	while (slice_next(&a, &in, bytes, length, &at, &row))
		if (row.id)
			r->kind->ahead(&in, &row, pairs);
	rows_drop(&rows);
	return db_read_end(r->host->db);
}

/* As many pairs of the chunk as the time allows, from `at` on; a repeated run does the same again. */
static enum status write_pairs(struct tx *tx, void *arg)
{
	struct indexing *x = arg;
	const int64_t begin = clock_monotonic_us();
	sign(x->run, tx);
	for (x->reached = x->at; x->reached < x->count;) {
		product_pieces_put(tx, x->chunk[x->reached].first, x->chunk[x->reached].second);
		if (++x->reached % 64 == 0 && clock_monotonic_us() - begin > x->budget_us)
			break;
	}
	db_exec(tx, update_done, I64(":done", x->written + (int64_t)(x->reached - x->at)),
	        I64(":total", (int64_t)pairs_count(x->pairs)), I64(":id", x->run->job.id));
	return ST_OK;
}

/* Fills the chunk once it is written; false at the end. */
static bool fill_chunk(struct indexing *x)
{
	if (x->at < x->count)
		return true;
	for (x->at = x->count = 0; x->count < PAIRS_CHUNK && pairs_next(x->pairs, &x->chunk[x->count]);)
		x->count++;
	return x->count > 0;
}

static enum status write_index(struct indexing *x)
{
	enum status st = pairs_sort(x->pairs);
	while (st == ST_OK && fill_chunk(x)) {
		if (is_stopped(x->run))
			return ST_STOPPING;
		x->budget_us = x->run->host->budget_us(x->run->host->arg);
		st = write_job(x->run, write_pairs, x);
		x->written += (int64_t)(x->reached - x->at);
		x->at = x->reached;
		tell(x->run, "indexing", x->written, (int64_t)pairs_count(x->pairs));
	}
	return st == ST_OK ? pairs_status(x->pairs) : st;
}

/* From the first slice on again, where an earlier process was cut off: what stands already stays. */
static enum status make_index(const struct run *r)
{
	struct indexing x = {.run = r, .pairs = pairs_new(PAIRS_HELD, r->host->folder)};
	x.chunk = memory_alloc(PAIRS_CHUNK * sizeof *x.chunk);
	enum status st = ST_OK;
	int64_t n = 0;
	do {
		st = is_stopped(r) ? ST_STOPPING : gather(r, x.pairs, &n);
	} while (st == ST_OK && n);
	if (st == ST_OK)
		st = write_index(&x);
	pairs_free(x.pairs);
	free(x.chunk);
	return st;
}

/* ---- rows come into force ---- */

struct applying {
	const struct run *run;
	int64_t budget_us, rows;
	bool left; /* there are more slices */
};

static void keep_overtaken(struct tx *tx, int64_t id, const struct intake_report *report)
{
	int64_t n = (int64_t)1 << 40; /* apart from what the check has said of the same row */
	for (const struct intake_refused *f = report->first; f; f = f->next)
		staged_note(tx, id, "overtaken", n++, f);
}

/* What stands already of a row that was left out. The row is read anew: what was stored has filled its empty cells. */
static enum status take_back(struct intake *in, const char *bytes, size_t length, size_t at)
{
	struct intake_row row;
	struct pair one;
	if (!in->kind->ahead || !slice_next(in->tx->arena, in, bytes, length, &at, &row) || !row.id)
		return ST_OK;
	struct pairs *pairs = pairs_new(PAIRS_OF_ROW, "/tmp");
	in->kind->ahead(in, &row, pairs);
	enum status st = pairs_sort(pairs);
	while (st == ST_OK && pairs_next(pairs, &one))
		product_pieces_drop(in->tx, one.first, one.second);
	pairs_free(pairs);
	return st;
}

/* Rows of a slice from *at on, as many as the time allows. */
static enum status apply_rows(struct applying *x, struct intake *in, const char *bytes, size_t length, size_t *at)
{
	const int64_t begin = clock_monotonic_us();
	enum status st = ST_OK;
	struct intake_row row;
	for (size_t before = *at; st == ST_OK && slice_next(in->tx->arena, in, bytes, length, at, &row); before = *at) {
		enum intake_change change = INTAKE_SAME;
		bool taken = false;
		st = intake_take_alone(in, &row, &change, &taken);
		if (st == ST_OK && change != INTAKE_ADDED)
			st = take_back(in, bytes, length, before);
		in->report->rows++;
		if (clock_monotonic_us() - begin > x->budget_us)
			break;
	}
	return st;
}

static enum status apply_some(struct tx *tx, void *arg)
{
	struct applying *x = arg;
	struct intake_report report = {0};
	const struct intake_options options = {0};
	const int64_t id = x->run->job.id;
	size_t length = 0, at = 0;
	sign(x->run, tx);
	SCOPED(rows) r = db_query(tx_db(tx), select_slice, I64(":import_id", id), I64(":n", 0));
	x->left = rows_next(&r);
	x->rows = 0;
	if (!x->left)
		return ST_OK;
	const int64_t n = col_i64(&r, 0);
	const char *peek = col_peek(&r, 1, &length);
	const char *bytes = arena_copy(tx->arena, peek, length);
	at = (size_t)col_i64(&r, 2);
	rows_drop(&r);
	struct intake in = intake_of(x->run, tx, &report, &options);
	enum status st = apply_rows(x, &in, bytes, length, &at);
	keep_overtaken(tx, id, &report);
	if (at >= length)
		db_exec(tx, delete_slice, I64(":import_id", id), I64(":n", n));
	else
		db_exec(tx, update_slice, I64(":done", (int64_t)at), I64(":import_id", id), I64(":n", n));
	db_exec(tx, add_done, I64(":done", report.rows), I64(":late", report.refused_rows), I64(":id", id));
	sign(x->run, tx); /* what the rows did has its own name */
	x->rows = report.rows;
	return st;
}

static enum status apply_slices(const struct run *r)
{
	struct applying x = {.run = r, .left = true};
	const int64_t total = r->job.added + r->job.changed;
	int64_t done = staged_stands(&r->job, "applying") ? r->job.done : 0;
	enum status st = ST_OK;
	while (st == ST_OK && x.left) {
		if (is_stopped(r))
			return ST_STOPPING;
		x.budget_us = r->host->budget_us(r->host->arg);
		st = write_job(r, apply_some, &x);
		done += x.rows;
		tell(r, "applying", done, total);
	}
	return st;
}

enum status staged_apply(const struct staged_host *host, int64_t id)
{
	SCOPED(run) r = {0};
	enum status st = run_begin(&r, host, id);
	const int64_t total = r.job.added + r.job.changed;
	if (st != ST_OK || (!staged_stands(&r.job, "indexing") && !staged_stands(&r.job, "applying")))
		return st;
	if (staged_stands(&r.job, "indexing")) {
		st = r.kind->ahead ? make_index(&r) : ST_OK;
		if (st == ST_OK)
			st = step(&r, "indexing", "applying", total, NULL);
	}
	if (st == ST_OK)
		st = apply_slices(&r);
	return st == ST_OK ? step(&r, "applying", "done", total, NULL) : st;
}

/* ---- what was left ---- */

/* The next import in a state behind `after`; 0: none. */
static int64_t next_in(const struct staged_host *host, const char *state, int64_t after, enum status *st)
{
	db_read_begin(host->db);
	int64_t id = db_i64(host->db, 0, select_by_state, TEXT(":state_t", state), I64(":id", after));
	*st = db_read_end(host->db);
	return id;
}

enum status staged_break(const struct staged_host *host, int64_t id, enum status why)
{
	SCOPED(run) r = {0};
	enum status st = run_begin(&r, host, id);
	return st == ST_OK ? step(&r, "checking", "broken", 0, why_broken(why)) : st;
}

/* Slices of imports that nothing will come of: refused, broken, dropped. */
static enum status clear_left(const struct staged_host *host)
{
	enum status st = ST_OK;
	for (int64_t id = 0; st == ST_OK;) {
		db_read_begin(host->db);
		id = db_i64(host->db, 0, select_left, I64(":id", id));
		st = db_read_end(host->db);
		if (!id || st != ST_OK)
			break;
		SCOPED(run) r = {0};
		st = run_begin(&r, host, id);
		if (st == ST_OK && staged_is_over(&r.job) && !staged_stands(&r.job, "ready"))
			st = clear(&r);
	}
	return st;
}

static enum status drop_old(struct tx *tx, void *arg)
{
	return staged_drop(tx, *(const int64_t *)arg);
}

/* Checked long ago, and nobody said go: what it was compared with is history. */
static enum status forget_old(const struct staged_host *host)
{
	const int64_t days_ms = (int64_t)READY_DAYS * 86400 * 1000;
	struct clock clock = clock_system();
	enum status st = ST_OK;
	for (int64_t id = 0; st == ST_OK;) {
		db_read_begin(host->db);
		id = db_i64(host->db, 0, select_old_ready, I64(":before_ms", clock_now_ms(&clock) - days_ms), I64(":id", id));
		st = db_read_end(host->db);
		const struct run r = {.host = host};
		if (!id || st != ST_OK)
			break;
		st = write_job(&r, drop_old, &id);
	}
	return st;
}

enum status staged_clean(const struct staged_host *host)
{
	enum status st = ST_OK;
	for (int64_t id = 0; st == ST_OK && (id = next_in(host, "checking", id, &st));)
		st = staged_break(host, id, ST_STOPPING);
	if (st == ST_OK)
		st = forget_old(host);
	return st == ST_OK ? clear_left(host) : st;
}

enum status staged_apply_all(const struct staged_host *host)
{
	static const char *const states[] = {"applying", "indexing"};
	enum status st = ST_OK;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		for (int64_t id = 0; st == ST_OK && (id = next_in(host, states[i], id, &st));)
			st = staged_apply(host, id);
	return st;
}
