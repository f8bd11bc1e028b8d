#include "core/store.h"

#include "core/write.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Not declared by SQL(): those are looked at as statements of the program. */
static const struct sql insert_pair = {"INSERT INTO pair (a, b) VALUES (:a, :b_t)", __FILE__, 0};
static const struct sql find_pair = {"SELECT a FROM pair WHERE a = :a AND b = :b_t", __FILE__, 0};
static const struct sql all_pairs = {"SELECT a FROM pair ORDER BY a", __FILE__, 0};
static const struct sql three_from = {"SELECT a, b FROM pair WHERE a >= :a AND b = :b_t ORDER BY a LIMIT 3", __FILE__, 0};
static const struct sql rename_pair = {"UPDATE pair SET b = :b_t WHERE a = :a", __FILE__, 0};
static const struct sql nonsense = {"INSERT INTO pair (a, b) VALUES (1, NULL)", __FILE__, 0};

struct fixture {
	struct db *db;
	struct tx tx;
	char path[512];
};

static void begin_at(struct fixture *f, const char *where)
{
	char why[200] = "";
	CU_ASSERT_EQUAL_FATAL(db_open(where, STORE_CREATE, &f->db, why), ST_OK);
	CU_ASSERT_EQUAL_FATAL(db_script(f->db, "CREATE TABLE pair (a BIGINT, b TEXT NOT NULL)"), ST_OK);
	f->tx = (struct tx){.db = f->db};
}

static void begin(struct fixture *f)
{
	begin_at(f, test_where("pairs"));
}

static int64_t count(struct db *db)
{
	int64_t n = 0;
	SCOPED(rows) r = db_query_n(db, &all_pairs, NULL, 0);
	while (rows_next(&r))
		n++;
	return n;
}

/* A prepared statement remembers where its parameters stand; that must never bind one in another's place. */
static void parameters_are_found_by_name(void)
{
	struct fixture f;
	begin(&f);
	for (int i = 0; i < 4; i++) {
		const struct arg forth[] = {I64(":a", i), TEXT(":b_t", "forth")}, back[] = {TEXT(":b_t", "back"), I64(":a", i)};
		db_exec_n(&f.tx, &insert_pair, i % 2 ? back : forth, 2);
	}
	CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, I64(":a", 2), TEXT(":b_t", "forth")), 2);
	CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, TEXT(":b_t", "back"), I64(":a", 3)), 3);
	CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, I64(":a", 3), TEXT(":b_t", "forth")), -1);
	/* the same bytes at the same address may name something else tomorrow: lists build names as they go */
	char name[8] = ":a";
	const struct arg built[] = {I64(name, 2), TEXT(":b_t", "forth")};
	CU_ASSERT_EQUAL(db_i64_n(f.db, -1, &find_pair, built, 2), 2);
	memcpy(name, ":b_t", 5);
	const struct arg turned[] = {TEXT(name, "forth"), I64(":a", 2)};
	CU_ASSERT_EQUAL(db_i64_n(f.db, -1, &find_pair, turned, 2), 2);
	db_close(f.db);
}

static void a_running_query_leaves_its_statement_to_nobody(void)
{
	struct fixture f;
	int64_t seen = 0;
	begin(&f);
	for (int i = 0; i < 3; i++)
		db_exec_n(&f.tx, &insert_pair, (const struct arg[]){I64(":a", i), TEXT(":b_t", "x")}, 2);
	{
		SCOPED(rows) outer = db_query_n(f.db, &all_pairs, NULL, 0);
		for (; rows_next(&outer); seen++)
			CU_ASSERT_EQUAL(count(f.db), 3);
	}
	CU_ASSERT_EQUAL(seen, 3);
	db_close(f.db);
}

static void a_refused_part_rolls_back_alone(void)
{
	struct fixture f;
	const struct arg row[] = {I64(":a", 7), TEXT(":b_t", "kept")};
	begin(&f);
	for (int round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL(db_begin(f.db), ST_OK);
		CU_ASSERT_EQUAL(db_savepoint(f.db), ST_OK);
		db_exec_n(&f.tx, &insert_pair, row, 2);
		CU_ASSERT_EQUAL(db_savepoint_release(f.db), ST_OK);
		CU_ASSERT_EQUAL(db_savepoint(f.db), ST_OK);
		db_exec_n(&f.tx, &insert_pair, row, 2);
		db_exec_n(&f.tx, &nonsense, NULL, 0);
		CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, I64(":a", 7), TEXT(":b_t", "kept")), -1); /* an error latches */
		CU_ASSERT_NOT_EQUAL(db_status(f.db), ST_OK);
		CU_ASSERT_NOT_EQUAL(db_savepoint_release(f.db), ST_OK);
		db_savepoint_rollback(f.db);
		CU_ASSERT_EQUAL(db_status(f.db), ST_OK);
		CU_ASSERT_EQUAL(db_commit(f.db), ST_OK);
		CU_ASSERT_FALSE(db_in_transaction(f.db));
	}
	db_read_begin(f.db);
	CU_ASSERT_EQUAL(count(f.db), 3);
	CU_ASSERT_EQUAL(db_read_end(f.db), ST_OK);
	db_close(f.db);
}

/* What is sent without waiting for each answer is all there, in order, or none of it. */
static void many_rows_are_all_there_or_none(void)
{
	enum { COUNT = 1000 };
	static struct arg rows[COUNT * 2];
	struct fixture f;
	begin(&f);
	for (int i = 0; i < COUNT; i++) {
		rows[2 * i] = I64(":a", i);
		rows[2 * i + 1] = TEXT(":b_t", "x");
	}
	CU_ASSERT_EQUAL(db_begin(f.db), ST_OK);
	CU_ASSERT_EQUAL(db_exec_rows(&f.tx, &insert_pair, rows, 2, COUNT), COUNT);
	CU_ASSERT_EQUAL(db_savepoint(f.db), ST_OK);
	rows[2 * 700 + 1] = TEXT(":b_t", NULL);
	CU_ASSERT_EQUAL(db_exec_rows(&f.tx, &insert_pair, rows, 2, COUNT), 0);
	CU_ASSERT_EQUAL(db_status(f.db), ST_INTERNAL);
	db_savepoint_rollback(f.db);
	CU_ASSERT_EQUAL(count(f.db), COUNT);
	CU_ASSERT_EQUAL(db_commit(f.db), ST_OK);
	CU_ASSERT_EQUAL(count(f.db), COUNT);
	db_close(f.db);
}

/* How many rows a question answers, and the sum of its first column. */
static int64_t answers_of(struct db *db, int64_t a, const char *b, int64_t *sum)
{
	int64_t n = 0;
	*sum = 0;
	SCOPED(rows) r = db_query(db, three_from, I64(":a", a), TEXT(":b_t", b));
	for (; rows_next(&r); n++)
		*sum += col_i64(&r, 0);
	return n;
}

/* A question that was announced is answered like any other, also the second time, and behind a savepoint from the rows of then.
 */
static void what_was_asked_ahead_is_answered_the_same(void)
{
	static const int64_t from[] = {2, 99, 8, 2, 5};
	struct fixture f;
	int64_t sum = 0;
	begin(&f);
	CU_ASSERT_EQUAL(db_begin(f.db), ST_OK);
	for (int i = 0; i < 10; i++)
		db_exec(&f.tx, insert_pair, I64(":a", i), TEXT(":b_t", i == 3 ? "y" : "x"));
	db_ahead(f.db, three_from, ":a", from, 5, I64(":a", 0), TEXT(":b_t", "x"));
	for (int again = 0; again < 2; again++) {
		CU_ASSERT_EQUAL(answers_of(f.db, 2, "x", &sum), 3);
		CU_ASSERT_EQUAL(sum, 2 + 4 + 5);
		CU_ASSERT_EQUAL(answers_of(f.db, 5, "x", &sum), 3);
		CU_ASSERT_EQUAL(sum, 5 + 6 + 7);
		CU_ASSERT_EQUAL(answers_of(f.db, 99, "x", &sum), 0);
		CU_ASSERT_EQUAL(answers_of(f.db, 8, "x", &sum), 2);
		CU_ASSERT_EQUAL(answers_of(f.db, 2, "y", &sum), 1); /* not what was announced */
		CU_ASSERT_EQUAL(sum, 3);
	}
	db_ahead(f.db, three_from, ":a", from, 5, I64(":a", 0), TEXT(":b_t", "x"));
	CU_ASSERT_EQUAL(db_savepoint(f.db), ST_OK);
	db_send(&f.tx, rename_pair, TEXT(":b_t", "z"), I64(":a", 4));
	CU_ASSERT_EQUAL(answers_of(f.db, 2, "x", &sum), 3);
	CU_ASSERT_EQUAL(sum, 2 + 5 + 6);
	CU_ASSERT_EQUAL(db_commit(f.db), ST_OK);
	db_close(f.db);
}

/* What is sent and not asked about is there for the next question; its error is known at the latest at the savepoint's end. */
static void what_is_sent_is_there_or_fails_its_savepoint(void)
{
	struct fixture f;
	begin(&f);
	CU_ASSERT_EQUAL(db_begin(f.db), ST_OK);
	for (int i = 0; i < 3; i++) {
		db_send(&f.tx, insert_pair, I64(":a", i), TEXT(":b_t", i == 1 ? "" : "sent"));
		db_send(&f.tx, rename_pair, TEXT(":b_t", i == 2 ? "last" : "renamed"), I64(":a", i - 1));
	}
	CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, I64(":a", 0), TEXT(":b_t", "renamed")), 0);
	CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, I64(":a", 1), TEXT(":b_t", "last")), 1);
	CU_ASSERT_EQUAL(db_i64(f.db, -1, find_pair, I64(":a", 2), TEXT(":b_t", "sent")), 2);
	CU_ASSERT_EQUAL(db_savepoint(f.db), ST_OK);
	for (int i = 3; i < 6; i++)
		db_send(&f.tx, insert_pair, I64(":a", i), TEXT(":b_t", i == 4 ? NULL : "x"));
	CU_ASSERT_NOT_EQUAL(db_savepoint_release(f.db), ST_OK);
	db_savepoint_rollback(f.db);
	CU_ASSERT_EQUAL(db_commit(f.db), ST_OK);
	CU_ASSERT_EQUAL(count(f.db), 3);
	db_close(f.db);
}

/* Nobody else writes while somebody does; a reader is let in. */
static void a_second_writer_is_refused_where_the_engine_sees_it(void)
{
	struct fixture f;
	struct db *second = NULL;
	char why[200] = "", where[512];
	if (!test_on_postgres())
		return; /* a file has its folder's lock */
	snprintf(where, sizeof where, "%s", test_where("pairs"));
	begin_at(&f, where);
	CU_ASSERT_EQUAL(db_open(where, STORE_WRITE, &second, why), ST_STORE_UNAVAILABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "正由另一个"));
	CU_ASSERT_EQUAL(db_open(where, STORE_READ, &second, why), ST_OK);
	db_close(second);
	db_close(f.db);
	CU_ASSERT_EQUAL(db_open(where, STORE_WRITE, &second, why), ST_OK);
	db_close(second);
}

/* 80 MB of writes without a pause for a checkpoint: the log is written back on the way. */
static void the_log_does_not_grow_without_end(void)
{
	struct fixture f;
	char log[540];
	static char text[100000];
	struct stat st;
	snprintf(f.path, sizeof f.path, "%s/pairs.db", test_folder());
	snprintf(log, sizeof log, "sqlite:%s", f.path);
	begin_at(&f, log);
	memset(text, 'x', sizeof text - 1);
	for (int i = 0; i < 800; i++) {
		CU_ASSERT_EQUAL_FATAL(db_begin(f.db), ST_OK);
		db_exec_n(&f.tx, &insert_pair, (const struct arg[]){I64(":a", i), TEXT(":b_t", text)}, 2);
		CU_ASSERT_EQUAL_FATAL(db_commit(f.db), ST_OK);
	}
	snprintf(log, sizeof log, "%s-wal", f.path);
	CU_ASSERT_EQUAL(stat(log, &st), 0);
	CU_ASSERT_TRUE(st.st_size < 40L << 20);
	CU_ASSERT_TRUE(db_log_is_long(f.db));
	db_checkpoint(f.db);
	CU_ASSERT_FALSE(db_log_is_long(f.db));
	db_close(f.db);
}

SUITE(store, {"many_rows_are_all_there_or_none", many_rows_are_all_there_or_none},
      {"what_was_asked_ahead_is_answered_the_same", what_was_asked_ahead_is_answered_the_same},
      {"what_is_sent_is_there_or_fails_its_savepoint", what_is_sent_is_there_or_fails_its_savepoint},
      {"a_second_writer_is_refused_where_the_engine_sees_it", a_second_writer_is_refused_where_the_engine_sees_it},
      {"parameters_are_found_by_name", parameters_are_found_by_name},
      {"a_running_query_leaves_its_statement_to_nobody", a_running_query_leaves_its_statement_to_nobody},
      {"a_refused_part_rolls_back_alone", a_refused_part_rolls_back_alone},
      {"the_log_does_not_grow_without_end", the_log_does_not_grow_without_end});
