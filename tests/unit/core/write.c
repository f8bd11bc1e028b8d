#include "core/write.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

/* Not declared by SQL(): those are looked at as statements of the program. */
static const struct sql count_leases = {"SELECT count(*) FROM node_lease WHERE taken_at_ms < 100", __FILE__, 0};
static const struct sql insert_lease = {"INSERT INTO node_lease (lease, node, taken_at_ms) VALUES (:lease, 1, 1)", __FILE__, 0};

struct meeting {
	struct db *rival; /* writes in between, as a second service would that does not ask for the lock */
	int runs, rivals, refuse;
	int64_t seen;
};

/* Both ask how many there are and add one: in no order of the two could both have seen none. */
static enum status add_lease(struct tx *tx, void *arg)
{
	struct meeting *m = arg;
	tx->action = "test";
	m->runs++;
	m->seen = db_i64_n(tx_db(tx), -1, &count_leases, NULL, 0);
	if (m->rivals > 0) {
		char script[300];
		snprintf(
		        script, sizeof script,
		        "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE; SELECT count(*) FROM node_lease WHERE taken_at_ms < 100; "
		        "INSERT INTO node_lease VALUES (%d, 1, 1); COMMIT",
		        200 + m->rivals--);
		CU_ASSERT_EQUAL(db_script(m->rival, script), ST_OK);
	}
	db_exec(tx, insert_lease, I64(":lease", 100));
	return m->refuse ? tx_fail(tx, ST_INVALID_FIELD, "x", 0, "不行") : ST_OK;
}

static void a_group_that_met_another_runs_again(void)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct clock clock = clock_fixed(1795219200000LL);
	struct writer w;
	struct meeting m = {NULL, 0, 2, 0, 0};
	char why[200] = "";
	if (!test_on_postgres())
		return; /* a file has one writer in the world */
	char *where = arena_string(&a, test_where("meet"));
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_open(where, STORE_READ, &m.rival, why), ST_OK);
	CU_ASSERT_EQUAL(writer_run_one(&w, add_lease, &m, &a, &faults), ST_OK);
	CU_ASSERT_TRUE(m.runs == 3 && m.seen == 2 && w.reruns == 2 && w.seq == 1);
	CU_ASSERT_TRUE(w.alone_until_us > clock_monotonic_us());
	w.alone_until_us = 0; /* or the rival would wait for us, and we for it */
	/* what was refused is told once, however often it ran */
	m = (struct meeting){m.rival, 0, 0, 1, 0};
	CU_ASSERT_NOT_EQUAL(writer_run_one(&w, add_lease, &m, &a, &faults), ST_OK); /* lease 100 is there */
	CU_ASSERT_EQUAL(db_script(m.rival, "BEGIN READ WRITE; DELETE FROM node_lease WHERE lease = 100; COMMIT"), ST_OK);
	faults = (struct faults){.arena = &a};
	m.rivals = 1;
	CU_ASSERT_EQUAL(db_script(m.rival, "BEGIN READ WRITE; DELETE FROM node_lease WHERE lease > 200; COMMIT"), ST_OK);
	CU_ASSERT_EQUAL(writer_run_one(&w, add_lease, &m, &a, &faults), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(faults.count, 1);
	CU_ASSERT_EQUAL(w.seq, 1);
	db_close(m.rival);
	writer_close(&w);
}

static enum status add_one(struct tx *tx, void *arg)
{
	const int64_t *lease = arg;
	db_exec(tx, insert_lease, I64(":lease", *lease));
	return ST_OK;
}

/* What met another transaction as a group goes on in halves: each job has its own outcome, its own number, its place in the
 * chain. */
static void a_group_that_met_another_goes_on_in_halves(void)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct clock clock = clock_fixed(1795219200000LL);
	struct writer w;
	struct meeting m = {NULL, 0, 2, 0, 0};
	int64_t leases[] = {400, 401, 400};
	char why[200] = "";
	if (!test_on_postgres())
		return;
	char *where = arena_string(&a, test_where("halves"));
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_open(where, STORE_READ, &m.rival, why), ST_OK);
	struct write_job jobs[] = {{.run = add_one, .arg = &leases[0], .arena = &a, .faults = &faults},
	                           {.run = add_lease, .arg = &m, .arena = &a, .faults = &faults},
	                           {.run = add_one, .arg = &leases[1], .arena = &a, .faults = &faults},
	                           {.run = add_one, .arg = &leases[2], .arena = &a, .faults = &faults}};
	writer_run(&w, (struct write_job *const[]){&jobs[0], &jobs[1], &jobs[2], &jobs[3]}, 4);
	CU_ASSERT_TRUE(jobs[0].outcome == ST_OK && jobs[1].outcome == ST_OK && jobs[2].outcome == ST_OK);
	CU_ASSERT_TRUE(jobs[0].seq == 1 && jobs[1].seq == 2 && jobs[2].seq == 3);
	CU_ASSERT_EQUAL(jobs[3].outcome, ST_INTERNAL); /* lease 400 is there */
	CU_ASSERT_TRUE(m.runs == 3 && w.reruns == 2 && w.seq == 3 && w.rerun_us > 0);
	db_close(m.rival);
	writer_close(&w);
}

/* Whether a rival that does not wait could write now. */
static bool rival_may_write(struct db *rival)
{
	bool may = db_script(rival,
	                     "BEGIN READ WRITE; SET LOCAL lock_timeout = '100ms'; INSERT INTO node_lease VALUES (999, 1, 1)") ==
	           ST_OK;
	db_rollback(rival);
	return may;
}

static enum status add_unless_rival(struct tx *tx, void *arg)
{
	struct meeting *m = arg;
	int64_t lease = 1000 + m->runs++;
	m->seen += rival_may_write(m->rival);
	return add_one(tx, &lease);
}

static void alone_is_alone(void)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct clock clock = clock_fixed(1795219200000LL);
	struct writer w;
	struct meeting m = {NULL, 0, 0, 0, 0};
	char why[200] = "";
	if (!test_on_postgres())
		return;
	char *where = arena_string(&a, test_where("alone"));
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_open(where, STORE_READ, &m.rival, why), ST_OK);
	CU_ASSERT_EQUAL(writer_run_one(&w, add_unless_rival, &m, &a, &faults), ST_OK);
	CU_ASSERT_EQUAL(m.seen, 1);
	w.alone_until_us = INT64_MAX;
	CU_ASSERT_EQUAL(writer_run_one(&w, add_unless_rival, &m, &a, &faults), ST_OK);
	CU_ASSERT_TRUE(m.seen == 1 && m.runs == 2 && w.seq == 2);
	CU_ASSERT_TRUE(rival_may_write(m.rival)); /* the lock ends with the transaction */
	db_close(m.rival);
	writer_close(&w);
}

/* Looks at the leases, adds one, takes the one before away. */
static enum status move_lease(struct tx *tx, void *arg)
{
	static const struct sql drop_lease = {"DELETE FROM node_lease WHERE lease = :lease", __FILE__, 0};
	struct meeting *m = arg;
	int64_t lease = 1000 + m->runs++;
	m->seen = db_i64_n(tx_db(tx), -1, &count_leases, NULL, 0);
	db_exec(tx, drop_lease, I64(":lease", lease - 1));
	return add_one(tx, &lease);
}

#define MANY_WRITES 6000

/* The server keeps notes of what finished transactions read while an older one lives, wherever; when they are full, it has
 * new ones refused that met nobody. Only its number of connections times ten is remembered exactly. */
static void a_long_transaction_elsewhere_stops_nobody(void)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct clock clock = clock_fixed(1795219200000LL);
	struct writer w;
	struct db *elsewhere = NULL;
	struct meeting m = {NULL, 0, 0, 0, 0};
	char why[200] = "";
	int asked = 0, done = 0;
	if (!test_on_postgres())
		return;
	char *where = arena_string(&a, test_where("long")), *other = arena_string(&a, test_where("elsewhere"));
	struct writer first;
	CU_ASSERT_EQUAL_FATAL(writer_open(other, true, &clock, &first, why), ST_OK);
	writer_close(&first);
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_open(other, STORE_WRITE, &elsewhere, why), ST_OK);
	CU_ASSERT_EQUAL(db_script(elsewhere, "BEGIN ISOLATION LEVEL SERIALIZABLE; DELETE FROM node_lease"), ST_OK);
	for (int i = 0; i < MANY_WRITES && !w.alone_until_us; i++, asked++)
		done += writer_run_one(&w, move_lease, &m, &a, &faults) == ST_OK;
	for (int i = 0; i < 50; i++, asked++)
		done += writer_run_one(&w, move_lease, &m, &a, &faults) == ST_OK;
	CU_ASSERT_TRUE(done == asked && w.seq == asked);
	CU_ASSERT_TRUE(w.alone_until_us > 0);
	db_rollback(elsewhere);
	db_close(elsewhere);
	writer_close(&w);
}

static enum status add_again(struct tx *tx, void *arg)
{
	(void)arg;
	db_exec(tx, insert_lease, I64(":lease", 300));
	return ST_OK;
}

static enum status add_and_attempt(struct tx *tx, void *arg)
{
	tx->action = "test";
	db_exec(tx, insert_lease, I64(":lease", 300));
	enum status st = tx_attempt(tx, add_again, arg);
	CU_ASSERT_EQUAL(st, ST_INTERNAL);
	return st;
}

/* An error of the engine inside a part takes the whole write with it, also where the engine tells it late. */
static void an_error_in_a_part_leaves_nothing(void)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct clock clock = clock_fixed(1795219200000LL);
	struct writer w;
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(writer_open(test_where("part"), true, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL(writer_run_one(&w, add_and_attempt, NULL, &a, &faults), ST_INTERNAL);
	CU_ASSERT_EQUAL(db_i64_n(w.db, -1, &count_leases, NULL, 0), 0);
	CU_ASSERT_EQUAL(writer_run_one(&w, add_again, NULL, &a, &faults), ST_OK);
	CU_ASSERT_EQUAL(db_i64_n(w.db, -1, &count_leases, NULL, 0), 1);
	CU_ASSERT_EQUAL(w.seq, 1);
	writer_close(&w);
}

static void a_store_that_was_moved_takes_no_writes(void)
{
	SCOPED(arena) a = {0};
	struct clock clock = clock_fixed(1795219200000LL);
	struct writer w;
	char why[200] = "";
	char *where = arena_string(&a, test_where("moved"));
	CU_ASSERT_EQUAL_FATAL(writer_open(where, true, &clock, &w, why), ST_OK);
	CU_ASSERT_EQUAL(db_script(w.db, "INSERT INTO store_info (name, value) VALUES ('moved_to', 'postgres 20261122')"), ST_OK);
	writer_close(&w);
	CU_ASSERT_EQUAL(writer_open(where, false, &clock, &w, why), ST_STORE_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "已迁走"));
}

SUITE(write, {"a_group_that_met_another_runs_again", a_group_that_met_another_runs_again},
      {"a_group_that_met_another_goes_on_in_halves", a_group_that_met_another_goes_on_in_halves},
      {"alone_is_alone", alone_is_alone},
      {"a_long_transaction_elsewhere_stops_nobody", a_long_transaction_elsewhere_stops_nobody},
      {"an_error_in_a_part_leaves_nothing", an_error_in_a_part_leaves_nothing},
      {"a_store_that_was_moved_takes_no_writes", a_store_that_was_moved_takes_no_writes});
