#include "warehouse/intake/staged.h"

#include "core/clock.h"
#include "core/pairs.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/intake/slice.h"
#include "warehouse/intake/staged_run.h"

#include <stdlib.h>
#include <string.h>

#define WHOLE_ROWS 1000 /* so many come into force in one write */
#define WHOLE_TRIES 3
#define PAIRS_HELD 1000000 /* 16 MB */
#define PAIRS_CHUNK 20000
#define PAIRS_OF_ROW 8192
#define READY_DAYS 7

SQL(update_done, "UPDATE import_job SET done = :done, total = :total WHERE id = :id");
SQL(add_done, "UPDATE import_job SET done = done + :done, overtaken_rows = overtaken_rows + :late WHERE id = :id");
SQL(update_slice, "UPDATE import_slice SET done = :done WHERE import_id = :import_id AND n = :n");
SQL(delete_slice, "DELETE FROM import_slice WHERE import_id = :import_id AND n = :n");
SQL(select_by_state, "SELECT id FROM import_job WHERE state = :state_t AND id > :id ORDER BY id LIMIT 1");
SQL(select_old_ready,
    "SELECT id FROM import_job WHERE state = 'ready' AND made_at_ms < :before_ms AND id > :id ORDER BY id LIMIT 1");
SQL(select_left, "SELECT min(import_id) FROM import_slice WHERE import_id > :id");

/* ---- what may stand before the rows do ---- */

struct indexing {
	struct staged_run *run;
	struct pairs *pairs;
	struct pair *chunk;
	size_t at, reached, count; /* in the chunk */
	int64_t budget_us, written;
};

/* One slice's pieces into the pairs; *n is its number, or 0 behind the last. */
static enum status gather(struct staged_run *r, struct pairs *pairs, int64_t *n)
{
	SCOPED(arena) a = {0};
	struct intake_report report = {0};
	const struct intake_options options = {0};
	struct tx probe = {.arena = &a, .db = r->host->db};
	struct intake in = staged_intake(r, &probe, &report, &options, INTAKE_APPLY);
	struct staged_slice slice;
	struct intake_row row;
	size_t at = 0;
	db_read_begin(r->host->db);
	*n = staged_slice_read(r->host->db, &a, r->job.id, *n, &slice) ? slice.n : 0;
	while (slice_next(&a, &in, slice.bytes, slice.length, &at, &row))
		if (row.id)
			r->kind->ahead(&in, &row, pairs);
	return db_read_end(r->host->db);
}

/* As many pairs of the chunk as the time allows, from `at` on; a repeated run does the same again. */
static enum status write_pairs(struct tx *tx, void *arg)
{
	struct indexing *x = arg;
	const int64_t begin = clock_monotonic_us();
	staged_sign(x->run, tx);
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
		if (staged_is_stopped(x->run))
			return ST_STOPPING;
		x->budget_us = x->run->host->budget_us(x->run->host->arg);
		st = staged_write(x->run, write_pairs, x);
		x->written += (int64_t)(x->reached - x->at);
		x->at = x->reached;
		staged_tell(x->run, "indexing", x->written, (int64_t)pairs_count(x->pairs));
	}
	return st == ST_OK ? pairs_status(x->pairs) : st;
}

/* From the first slice on again, where an earlier process was cut off: what stands already stays. */
static enum status make_index(struct staged_run *r)
{
	struct indexing x = {.run = r, .pairs = pairs_new(PAIRS_HELD, r->host->folder)};
	x.chunk = memory_alloc(PAIRS_CHUNK * sizeof *x.chunk);
	enum status st = ST_OK;
	int64_t n = 0;
	do {
		st = staged_is_stopped(r) ? ST_STOPPING : gather(r, x.pairs, &n);
	} while (st == ST_OK && n);
	if (st == ST_OK)
		st = write_index(&x);
	pairs_free(x.pairs);
	free(x.chunk);
	return st;
}

/* ---- rows come into force ---- */

struct applying {
	struct staged_run *run;
	int64_t budget_us, together, rows; /* together: rows that are booked at once */
	bool left;                         /* there are more slices */
};

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

/* Rows of a slice from *at on, each for itself, as many as the time allows. */
static enum status apply_rows(struct applying *x, struct intake *in, const struct staged_slice *slice, size_t *at)
{
	const int64_t begin = clock_monotonic_us();
	enum status st = ST_OK;
	struct intake_row row;
	for (size_t before = *at; st == ST_OK && slice_next(in->tx->arena, in, slice->bytes, slice->length, at, &row);
	     before = *at) {
		enum intake_change change = INTAKE_SAME;
		bool taken = false;
		st = intake_take_alone(in, &row, &change, &taken);
		if (st == ST_OK && change != INTAKE_ADDED)
			st = take_back(in, slice->bytes, slice->length, before);
		in->report->rows++;
		if (clock_monotonic_us() - begin > x->budget_us)
			break;
	}
	return st;
}

/* Is the row at `at` one that must come with the one before it? */
static bool belongs(struct intake *in, const struct staged_slice *slice, size_t at, const struct intake_row *before)
{
	struct intake_row next;
	return in->kind->belongs && slice_next(in->tx->arena, in, slice->bytes, slice->length, &at, &next) &&
	       in->kind->belongs(before, &next);
}

/* Rows of a slice from *at on that are booked together. */
static enum status apply_together(const struct applying *x, struct intake *in, const struct staged_slice *slice, size_t *at)
{
	enum status st = in->kind->begin ? in->kind->begin(in) : ST_OK;
	struct intake_row row;
	while (st == ST_OK && slice_next(in->tx->arena, in, slice->bytes, slice->length, at, &row)) {
		enum intake_change change = INTAKE_SAME;
		bool taken = false;
		st = intake_take_alone(in, &row, &change, &taken);
		if (++in->report->rows >= x->together && !belongs(in, slice, *at, &row))
			break;
	}
	return st == ST_OK ? in->kind->finish(in) : st;
}

/* What it can of the first slice; x->left tells whether there was one. */
static enum status apply_slice(struct applying *x, struct tx *tx, int64_t *late)
{
	struct intake_report report = {0};
	const struct intake_options options = {.keep_good = true};
	const int64_t id = x->run->job.id;
	struct staged_slice slice;
	staged_sign(x->run, tx);
	x->left = staged_slice_read(tx_db(tx), tx->arena, id, 0, &slice);
	if (!x->left)
		return ST_OK;
	size_t at = slice.done;
	struct intake in = staged_intake(x->run, tx, &report, &options, INTAKE_APPLY);
	enum status st = staged_is_together(x->run) ? apply_together(x, &in, &slice, &at) : apply_rows(x, &in, &slice, &at);
	staged_note_overtaken(tx, id, 0, report.first);
	if (at >= slice.length)
		db_exec(tx, delete_slice, I64(":import_id", id), I64(":n", slice.n));
	else
		db_exec(tx, update_slice, I64(":done", (int64_t)at), I64(":import_id", id), I64(":n", slice.n));
	db_exec(tx, add_done, I64(":done", report.rows), I64(":late", report.refused_rows), I64(":id", id));
	staged_sign(x->run, tx); /* what the rows did has its own name */
	x->rows += report.rows;
	*late += report.refused_rows;
	return st;
}

static enum status apply_some(struct tx *tx, void *arg)
{
	struct applying *x = arg;
	int64_t late = 0;
	x->rows = 0;
	return apply_slice(x, tx, &late);
}

/* All slices, so that readers see the import whole or not at all. STALE_VERSION where one of its rows cannot be as it was
 * checked. */
static enum status apply_whole(struct tx *tx, void *arg)
{
	struct applying *x = arg;
	int64_t late = 0;
	enum status st = ST_OK;
	x->rows = 0;
	do
		st = apply_slice(x, tx, &late);
	while (st == ST_OK && x->left);
	return st == ST_OK && late && !x->run->job.keep_good ? ST_STALE_VERSION : st;
}

static enum status apply_slices(struct staged_run *r)
{
	struct applying x = {.run = r, .together = TOGETHER_ROWS, .left = true};
	const int64_t total = r->job.added + r->job.changed;
	int64_t done = staged_stands(&r->job, "applying") ? r->job.done : 0;
	enum status st = ST_OK;
	while (st == ST_OK && x.left) {
		if (staged_is_stopped(r))
			return ST_STOPPING;
		x.budget_us = r->host->budget_us(r->host->arg);
		st = staged_write(r, apply_some, &x);
		done += x.rows;
		staged_tell(r, "applying", done, total);
	}
	return st;
}

static bool is_small(const struct staged_run *r)
{
	return r->job.added + r->job.changed <= WHOLE_ROWS;
}

/* A small import that was refused at its last comparison may have its pieces in the index already. */
static enum status drop_pieces(struct tx *tx, void *arg)
{
	struct staged_run *r = arg;
	struct intake_report report = {0};
	const struct intake_options options = {0};
	struct intake in = staged_intake(r, tx, &report, &options, INTAKE_APPLY);
	struct staged_slice slice = {0};
	enum status st = ST_OK;
	staged_sign(r, tx);
	while (st == ST_OK && staged_slice_read(tx_db(tx), tx->arena, r->job.id, slice.n, &slice)) {
		struct intake_row row;
		for (size_t at = 0, before = 0; st == ST_OK && slice_next(tx->arena, &in, slice.bytes, slice.length, &at, &row);
		     before = at)
			st = take_back(&in, slice.bytes, slice.length, before);
	}
	return st;
}

static enum status compare(struct staged_run *r)
{
	enum status st = staged_compare(r);
	if (st == ST_OK)
		st = staged_reload(r);
	if (st != ST_OK || !staged_stands(&r->job, "refused"))
		return st;
	if (is_small(r) && r->kind->ahead)
		st = staged_write(r, drop_pieces, r);
	return st == ST_OK ? staged_clear(r) : st;
}

static enum status index_ahead(struct staged_run *r)
{
	enum status st = r->kind->ahead ? make_index(r) : ST_OK;
	if (st == ST_OK)
		st = staged_step(r, "indexing", "applying", r->job.added + r->job.changed, NULL);
	return st == ST_OK ? staged_reload(r) : st;
}

/* Few rows at once; more, slice by slice. A small one that somebody was in the way of is compared once more. */
static enum status come_into_force(struct staged_run *r, int tries)
{
	struct applying x = {.run = r, .budget_us = INT64_MAX, .together = INT64_MAX};
	const int64_t total = r->job.added + r->job.changed;
	enum status st = is_small(r) && tries < WHOLE_TRIES ? staged_write(r, apply_whole, &x) : apply_slices(r);
	if (st == ST_STALE_VERSION)
		st = staged_step(r, "applying", "comparing", total, NULL);
	else if (st == ST_OK)
		st = staged_step(r, "applying", "done", total, NULL);
	return st == ST_OK ? staged_reload(r) : st;
}

enum status staged_apply(const struct staged_host *host, int64_t id)
{
	SCOPED(staged_run) r = {0};
	enum status st = staged_run_begin(&r, host, id);
	for (int tries = 0; st == ST_OK && !staged_is_over(&r.job) && !staged_stands(&r.job, "checking");) {
		if (staged_stands(&r.job, "comparing"))
			st = compare(&r);
		else if (staged_stands(&r.job, "indexing"))
			st = index_ahead(&r);
		else
			st = come_into_force(&r, tries++);
	}
	return st;
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
	SCOPED(staged_run) r = {0};
	enum status st = staged_run_begin(&r, host, id);
	return st == ST_OK ? staged_step(&r, "checking", "broken", 0, staged_why_broken(why)) : st;
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
		SCOPED(staged_run) r = {0};
		st = staged_run_begin(&r, host, id);
		if (st == ST_OK && staged_is_over(&r.job) && !staged_stands(&r.job, "ready"))
			st = staged_clear(&r);
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
		struct staged_run r = {.host = host};
		if (!id || st != ST_OK)
			break;
		st = staged_write(&r, drop_old, &id);
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
	static const char *const states[] = {"applying", "indexing", "comparing"};
	enum status st = ST_OK;
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		for (int64_t id = 0; st == ST_OK && (id = next_in(host, states[i], id, &st));)
			st = staged_apply(host, id);
	return st;
}
