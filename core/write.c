#include "core/write.h"

#include "core/audit.h"
#include "core/log.h"
#include "core/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS_MAX 8
#define RERUN_WAIT_US 500 /* times the square of the try */
#define ALONE_FROM 3      /* from this run on a group has the store to itself */
#define ALONE_US 10000000 /* and so have those behind it, for a while */

SQL(newest_lease, "SELECT lease FROM node_lease ORDER BY lease DESC LIMIT 1");
SQL(take_lease, "INSERT INTO node_lease (lease, node, taken_at_ms) VALUES (:lease, :node, :at_ms)");
SQL(moved_to, "SELECT value FROM store_info WHERE name = 'moved_to'");
SQL(newest_at, "SELECT at_ms FROM audit ORDER BY seq DESC LIMIT 1");
SQL(insert_change, "INSERT INTO change (seq, n, topic, site_id, other_site_id, ref, at_ms) "
                   "VALUES (:seq, :n, :topic_t, :site_id, :other_id, :ref_id, :at_ms)");
SQL(insert_refusal, "INSERT INTO refusal (id, at_ms, user_id, site_id, action, code, detail, seq) "
                    "VALUES (:id, :at_ms, :user_id, :site_id, :action_t, :code_t, :detail_t, :seq)");

struct db *tx_db(struct tx *tx)
{
	return tx->db;
}

int64_t tx_new_id(struct tx *tx)
{
	return ids_next(tx->ids);
}

char *tx_line_field(struct tx *tx, size_t i, const char *name)
{
	return arena_printf(tx->arena, "lines[%zu].%s", i, name);
}

enum status tx_attempt(struct tx *tx, enum status (*part)(struct tx *tx, void *arg), void *arg)
{
	const struct tx before = *tx;
	enum status st = db_savepoint(tx->db);
	if (st != ST_OK)
		return st;
	st = part(tx, arg);
	enum status engine = db_status(tx->db);
	if (st == ST_OK && engine == ST_OK && (engine = db_savepoint_release(tx->db)) == ST_OK)
		return ST_OK;
	db_savepoint_rollback(tx->db);
	*tx = before;
	return engine != ST_OK ? engine : st;
}

void tx_changed(struct tx *tx, const char *topic, int64_t site_id, int64_t other_site_id, int64_t ref)
{
	db_exec(tx, insert_change, I64(":seq", tx->seq), I64(":n", ++tx->change_count), TEXT(":topic_t", topic),
	        ID(":site_id", site_id), ID(":other_id", other_site_id), ID(":ref_id", ref), I64(":at_ms", tx->now_ms));
}

/* A transaction that is no request's: the lease of a node number. */
static enum status lease_node(struct writer *w)
{
	struct tx tx = {.db = w->db};
	int64_t now = clock_now_ms(w->clock);
	enum status st = db_begin(w->db);
	if (st != ST_OK)
		return st;
	int64_t lease = db_i64_n(w->db, 0, &newest_lease, NULL, 0) + 1;
	w->node = lease % 1024;
	db_exec(&tx, take_lease, I64(":lease", lease), I64(":node", w->node), I64(":at_ms", now));
	st = db_commit(w->db);
	db_rollback(w->db);
	return st;
}

/* Reads where the chain stands; after opening and after a commit whose outcome was unknown. */
static void read_head(struct writer *w)
{
	db_read_begin(w->db);
	w->seq = audit_head(w->db, w->head);
	int64_t floor_ms = db_i64_n(w->db, 0, &newest_at, NULL, 0);
	(void)!db_read_end(w->db);
	w->ids = ids_begin(w->clock, w->node, floor_ms + 1);
}

/* A store that was moved away (yaocang copy-store) is fenced: two that take writes would part. */
static enum status refuse_moved(struct db *db, char why[200])
{
	SCOPED(arena) a = {0};
	if (migrate_current(db) == 0)
		return ST_OK;
	db_read_begin(db);
	const char *to = db_text_n(db, &a, &moved_to, NULL, 0);
	if (to)
		snprintf(why, 200, "此库已迁走 (%s), 不再接受写入; 请在配置中改用新库", to);
	enum status st = db_read_end(db);
	return st == ST_OK && to ? ST_STORE_UNAVAILABLE : st;
}

static enum status open_db(struct writer *w, enum store_access access, char why[200])
{
	enum status st = db_open(w->where, access, &w->db, why);
	if (st == ST_OK)
		st = refuse_moved(w->db, why);
	if (st == ST_OK)
		st = migrate_run(w->db, clock_now_ms(w->clock), why);
	if (st == ST_OK) {
		st = lease_node(w);
		snprintf(why, 200, "%s", st == ST_OK ? "" : db_error(w->db));
	}
	if (st != ST_OK) {
		db_close(w->db);
		w->db = NULL;
		return st;
	}
	read_head(w);
	return ST_OK;
}

enum status writer_open(const char *where, bool create, const struct clock *clock, struct writer *out, char why[200])
{
	*out = (struct writer){.where = memory_string(where), .clock = clock, .group_end = NULL};
	enum status st = open_db(out, create ? STORE_CREATE : STORE_WRITE, why);
	if (st != ST_OK)
		writer_close(out);
	return st;
}

void writer_close(struct writer *w)
{
	db_close(w->db);
	free(w->where);
	*w = (struct writer){0};
}

static struct tx tx_begin(struct writer *w, struct write_job *job)
{
	int64_t now = clock_now_ms(w->clock);
	return (struct tx){
	        .arena = job->arena,
	        .faults = job->faults,
	        .now_ms = now,
	        .today_ymd = ymd_of_ms(now),
	        .seq = w->seq + 1,
	        .db = w->db,
	        .ids = &w->ids,
	};
}

/* Keeps a refusal on record as a write of its own. */
static void record_refusal(struct writer *w, struct write_job *job, const struct tx *refused)
{
	struct tx tx = tx_begin(w, job);
	const struct fault *fault = job->faults ? job->faults->first : NULL;
	unsigned char head[HASH_BYTES];
	memcpy(head, w->head, sizeof head);
	tx.me = refused->me;
	tx.action = arena_printf(job->arena, "refused %s", refused->action ? refused->action : "");
	tx.request_id = refused->request_id;
	tx.ref_id = refused->ref_id;
	if (db_savepoint(w->db) != ST_OK)
		return;
	db_exec(&tx, insert_refusal, I64(":id", tx_new_id(&tx)), I64(":at_ms", tx.now_ms), ID(":user_id", tx.me.id),
	        ID(":site_id", refused->refusal_site_id ? refused->refusal_site_id : tx.me.root_site_id),
	        TEXT(":action_t", refused->action ? refused->action : ""), TEXT(":code_t", status_code(job->outcome)),
	        TEXT(":detail_t", fault && fault->message ? fault->message : status_text(job->outcome)), I64(":seq", tx.seq));
	audit_append(&tx, w->node, head);
	if (db_savepoint_release(w->db) != ST_OK) {
		db_savepoint_rollback(w->db);
		return;
	}
	w->seq = tx.seq;
	memcpy(w->head, head, sizeof head);
}

static struct faults said_by(const struct write_job *job)
{
	return job->faults ? *job->faults : (struct faults){0};
}

/* Takes back what a job said since `kept`: it runs again, or the engine failed under it and what it did not find proves nothing.
 */
static void unsay(struct write_job *job, const struct faults *kept)
{
	if (!job->faults)
		return;
	*job->faults = *kept;
	if (kept->last)
		job->faults->last->next = NULL;
}

/*
 * One job in its savepoint. Afterwards the transaction stands, unless the engine itself gave up. False where it met another
 * transaction (BUSY): then the whole group has to run again.
 */
static bool run_job(struct writer *w, struct write_job *job)
{
	struct tx tx = tx_begin(w, job);
	struct faults kept = said_by(job);
	unsigned char head[HASH_BYTES];
	memcpy(head, w->head, sizeof head);
	job->outcome = db_savepoint(w->db);
	if (job->outcome == ST_OK)
		job->outcome = job->run(&tx, job->arg);
	if (job->outcome == ST_OK && db_status(w->db) == ST_OK)
		audit_append(&tx, w->node, head);
	if (db_status(w->db) != ST_OK) {
		job->outcome = db_status(w->db);
		unsay(job, &kept);
		if (job->outcome != ST_BUSY)
			log_error("write_failed", "%s: %s", tx.action ? tx.action : "?", db_error(w->db));
	}
	if (job->outcome == ST_OK)
		job->outcome = db_savepoint_release(w->db);
	if (job->outcome == ST_BUSY)
		return false;
	if (job->outcome != ST_OK) {
		db_savepoint_rollback(w->db);
		if (status_is_recorded(job->outcome) && db_in_transaction(w->db))
			record_refusal(w, job, &tx);
		return db_status(w->db) != ST_BUSY;
	}
	job->seq = w->seq = tx.seq;
	memcpy(w->head, head, sizeof head);
	return true;
}

static void fail_all(struct write_job *const *jobs, size_t n, enum status st)
{
	for (size_t i = 0; i < n; i++)
		jobs[i]->outcome = st;
}

static bool reopen(struct writer *w)
{
	char why[200] = "";
	db_close(w->db);
	w->db = NULL;
	if (open_db(w, STORE_WRITE, why) == ST_OK)
		return true;
	log_error("store_down", "%s", why);
	return false;
}

/* Opens the store again after a commit of unknown outcome; the jobs that said OK are asked for by their keys. */
static void settle(struct writer *w, struct write_job *const *jobs, size_t n)
{
	if (!reopen(w)) {
		fail_all(jobs, n, ST_STORE_UNAVAILABLE);
		return;
	}
	db_read_begin(w->db);
	for (size_t i = 0; i < n; i++) {
		bool was_ok = jobs[i]->outcome == ST_OK;
		if (was_ok && !(jobs[i]->settled && jobs[i]->settled(w->db, jobs[i]->arg)))
			jobs[i]->outcome = ST_STORE_UNAVAILABLE;
	}
	(void)!db_read_end(w->db);
}

/* Projections that may lag; what fails in them fails the group's commit and is settled like any other fault. */
static void end_group(struct writer *w, struct write_job *const *jobs, size_t n)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	struct write_job none = {.arena = &a, .faults = &f};
	size_t succeeded = 0;
	for (size_t i = 0; i < n; i++)
		succeeded += jobs[i]->outcome == ST_OK;
	if (!w->group_end || !succeeded)
		return;
	struct tx tx = tx_begin(w, &none);
	w->group_end(&tx, succeeded);
}

/* How a group went. MET: another transaction was in the way, nothing of it is in the store. */
enum went { WENT, MET, BROKE };

static enum went run_group(struct writer *w, struct write_job *const *jobs, size_t n)
{
	bool alone = clock_monotonic_us() < w->alone_until_us;
	enum status st = alone ? db_begin_alone(w->db) : db_begin(w->db);
	if (st != ST_OK) {
		log_error("begin_failed", "%s", db_error(w->db));
		return st == ST_BUSY ? MET : BROKE;
	}
	for (size_t i = 0; i < n && db_in_transaction(w->db); i++)
		if (!run_job(w, jobs[i]))
			return MET;
	if (!db_in_transaction(w->db)) {
		log_error("group_lost", "the engine ended the transaction: %s", db_error(w->db));
		return BROKE;
	}
	end_group(w, jobs, n);
	st = db_commit(w->db);
	if (st == ST_OK || st == ST_BUSY)
		return st == ST_OK ? WENT : MET;
	log_error("commit_unknown", "%s", db_error(w->db));
	settle(w, jobs, n);
	return WENT;
}

/* What the jobs' faults were before they ran: a job that runs again tells them again. */
static struct faults *keep_faults(struct write_job *const *jobs, size_t n)
{
	struct faults *kept = memory_alloc(n * sizeof *kept);
	for (size_t i = 0; i < n; i++)
		kept[i] = said_by(jobs[i]);
	return kept;
}

static void restore_faults(struct write_job *const *jobs, size_t n, const struct faults *kept)
{
	for (size_t i = 0; i < n; i++)
		unsay(jobs[i], &kept[i]);
}

/* Whoever was in the way may have written: the chain is taken up where it stands now. */
static void take_back(struct writer *w, struct write_job *const *jobs, size_t n, const struct faults *kept)
{
	unsigned char head[HASH_BYTES];
	db_rollback(w->db);
	db_read_begin(w->db);
	int64_t seq = audit_head(w->db, head);
	if (db_read_end(w->db) == ST_OK) {
		w->seq = seq;
		memcpy(w->head, head, sizeof head);
	}
	w->reruns++;
	restore_faults(jobs, n, kept);
}

/* Nothing of the group is in the store: back to where it began, and a moment for whoever was in the way. */
static void give_way(struct writer *w, struct write_job *const *jobs, size_t n, const struct faults *kept, int tries,
                     int64_t began_us)
{
	take_back(w, jobs, n, kept);
	usleep((useconds_t)(tries * tries) * RERUN_WAIT_US);
	w->rerun_us += clock_monotonic_us() - began_us;
}

/* Who met others again and again would meet them all day: a store of which others write, a server whose notes are full. */
static void take_alone(struct writer *w)
{
	log_warn("writer_alone", "another transaction was in the way: %s", db_error(w->db));
	w->alone_until_us = clock_monotonic_us() + ALONE_US;
}

/* A group that met another transaction goes on in halves: the longer one takes, the surer it meets the next. */
static void run_jobs(struct writer *w, struct write_job *const *jobs, size_t n, const struct faults *kept)
{
	char why[200] = "";
	if (!w->db && open_db(w, STORE_WRITE, why) != ST_OK) {
		fail_all(jobs, n, ST_STORE_UNAVAILABLE);
		return;
	}
	int64_t began_us = clock_monotonic_us();
	enum went went = run_group(w, jobs, n);
	if (went == BROKE && reopen(w)) { /* it had not come to its commit: nothing of it is there */
		restore_faults(jobs, n, kept);
		went = run_group(w, jobs, n);
	}
	if (went == MET && n > 1) {
		give_way(w, jobs, n, kept, 1, began_us);
		run_jobs(w, jobs, n / 2, kept);
		run_jobs(w, jobs + n / 2, n - n / 2, kept + n / 2);
		return;
	}
	for (int i = 1; went == MET && i < RUNS_MAX; i++) {
		if (i + 1 == ALONE_FROM)
			take_alone(w);
		give_way(w, jobs, n, kept, i, began_us);
		began_us = clock_monotonic_us();
		went = run_group(w, jobs, n);
	}
	if (went == MET) {
		log_error("group_gave_way", "%d times another transaction was in the way: %s", RUNS_MAX, db_error(w->db));
		take_back(w, jobs, n, kept);
		fail_all(jobs, n, ST_BUSY);
	} else if (went == BROKE) {
		restore_faults(jobs, n, kept);
		fail_all(jobs, n, ST_STORE_UNAVAILABLE);
		if (w->db)
			(void)reopen(w);
	}
}

void writer_run(struct writer *w, struct write_job *const *jobs, size_t n)
{
	struct faults *kept = keep_faults(jobs, n);
	run_jobs(w, jobs, n, kept);
	free(kept);
}

enum status writer_run_one(struct writer *w, enum status (*run)(struct tx *, void *), void *arg, struct arena *a,
                           struct faults *f)
{
	struct write_job job = {.run = run, .arg = arg, .arena = a, .faults = f};
	writer_run(w, (struct write_job *const[]){&job}, 1);
	return job.outcome;
}
