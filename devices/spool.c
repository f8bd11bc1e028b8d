#include "devices/spool.h"

#include "core/arena.h"
#include "core/text.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT 1 /* PRAGMA user_version */

enum statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	INSERT,
	READ,
	DROP_OLD,
	DROP_MANY,
	DROP_ACKNOWLEDGED,
	ADVANCE,
	LOSE,
	ACKNOWLEDGE,
	COUNT,
	STATEMENTS
};

/* The row of `spool` remembers what deleted rows can no longer tell. */
static const char schema[] =
        "CREATE TABLE IF NOT EXISTS reading (seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, device INTEGER NOT NULL,"
        " temp_c100 INTEGER NOT NULL, rh_c100 INTEGER NOT NULL, status INTEGER NOT NULL, reason INTEGER NOT NULL) STRICT;"
        "CREATE TABLE IF NOT EXISTS spool (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, last_seq INTEGER NOT NULL,"
        " acknowledged INTEGER NOT NULL, dropped INTEGER NOT NULL) STRICT;";

static const char *const texts[STATEMENTS] = {
        [BEGIN] = "BEGIN IMMEDIATE",
        [COMMIT] = "COMMIT",
        [ROLLBACK] = "ROLLBACK",
        [INSERT] = "INSERT INTO reading VALUES ((SELECT last_seq FROM spool) + ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [READ] =
                "SELECT seq, at_ms, device, temp_c100, rh_c100, status, reason FROM reading WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        /* Only from the old end on: one reading with a wrong clock in the middle must not open a hole. */
        [DROP_OLD] = "DELETE FROM reading WHERE seq < (SELECT coalesce(min(seq), (SELECT last_seq + 1 FROM spool)) FROM reading"
                     " WHERE at_ms >= ?1)",
        [DROP_MANY] = "DELETE FROM reading WHERE seq <= (SELECT last_seq FROM spool) - ?1",
        [DROP_ACKNOWLEDGED] = "DELETE FROM reading WHERE seq <= ?1",
        [ADVANCE] = "UPDATE spool SET last_seq = last_seq + ?1",
        [LOSE] = "UPDATE spool SET dropped = dropped + ?1",
        [ACKNOWLEDGE] = "UPDATE spool SET acknowledged = max(acknowledged, ?1) WHERE ?1 <= last_seq",
        /* The numbers in the file have no holes, so nothing needs counting. */
        [COUNT] = "SELECT last_seq + 1 - coalesce((SELECT min(seq) FROM reading), last_seq + 1),"
                  " (SELECT at_ms FROM reading ORDER BY seq LIMIT 1), dropped, last_seq, acknowledged FROM spool",
};

struct spool {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	struct spool_limits limits;
	char name[33];
};

static bool exec(struct spool *s, const char *sql)
{
	return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* Runs a statement without rows; false on an engine's error. changed (or NULL): rows it touched. */
static bool run(struct spool *s, enum statement which, const int64_t *values, int n, int64_t *changed)
{
	sqlite3_stmt *stmt = s->statements[which];
	for (int i = 0; i < n; i++)
		sqlite3_bind_int64(stmt, i + 1, values[i]);
	bool ok = sqlite3_step(stmt) == SQLITE_DONE;
	if (changed)
		*changed = ok ? sqlite3_changes64(s->db) : 0;
	return sqlite3_reset(stmt) == SQLITE_OK && ok;
}

static bool run1(struct spool *s, enum statement which, int64_t value, int64_t *changed)
{
	return run(s, which, &value, 1, changed);
}

static bool read_int(struct spool *s, const char *sql, int64_t *out)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW;
	*out = ok ? sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	return ok;
}

static bool make_name(struct spool *s)
{
	unsigned char random[16];
	char hex[33], sql[160];
	if (sodium_init() < 0)
		return false;
	randombytes_buf(random, sizeof random);
	hex_encode(random, sizeof random, hex);
	snprintf(sql, sizeof sql, "INSERT INTO spool VALUES (1, '%s', 0, 0, 0) ON CONFLICT DO NOTHING", hex);
	return exec(s, sql);
}

static bool read_name(struct spool *s)
{
	sqlite3_stmt *stmt = NULL;
	bool ok = sqlite3_prepare_v2(s->db, "SELECT name FROM spool", -1, &stmt, NULL) == SQLITE_OK &&
	          sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_bytes(stmt, 0) == 32;
	if (ok)
		snprintf(s->name, sizeof s->name, "%s", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return ok;
}

/* FULL: an answer "on disk" has to outlive a power cut. A format of tomorrow is refused. */
static bool prepare(struct spool *s)
{
	int64_t format = 0;
	char mark[48];
	sqlite3_busy_timeout(s->db, 2000);
	if (!exec(s, "PRAGMA journal_mode = WAL") || !exec(s, "PRAGMA synchronous = FULL") ||
	    !read_int(s, "PRAGMA user_version", &format))
		return false;
	snprintf(mark, sizeof mark, "PRAGMA user_version = %d", FORMAT);
	if (format > FORMAT || !exec(s, "BEGIN IMMEDIATE") || !exec(s, schema) || !make_name(s) || !exec(s, mark) ||
	    !exec(s, "COMMIT"))
		return false;
	for (int i = 0; i < STATEMENTS; i++)
		if (sqlite3_prepare_v3(s->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i], NULL) != SQLITE_OK)
			return false;
	return read_name(s);
}

enum status spool_open(const char *path, const struct spool_limits *limits, struct spool **out, char why[160])
{
	struct spool *s = memory_alloc(sizeof *s);
	*s = (struct spool){.limits = {limits->rows > 0 ? limits->rows : SPOOL_ROWS_DEFAULT,
	                               limits->age_ms > 0 ? limits->age_ms : SPOOL_AGE_DEFAULT_MS}};
	*out = NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(path, &s->db, flags, NULL) == SQLITE_OK && prepare(s)) {
		*out = s;
		return ST_OK;
	}
	snprintf(why, 160, "%.100s: %.50s", path, s->db ? sqlite3_errmsg(s->db) : "no memory");
	spool_close(s);
	return ST_STORE_UNAVAILABLE;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s);
}

void spool_id(const struct spool *s, char out[33])
{
	memcpy(out, s->name, sizeof s->name);
}

/* Ends the transaction; a failed commit leaves it open, so it is rolled back. */
static enum status end(struct spool *s, bool ok)
{
	if (ok && run(s, COMMIT, NULL, 0, NULL))
		return ST_OK;
	if (!sqlite3_get_autocommit(s->db))
		(void)!run(s, ROLLBACK, NULL, 0, NULL);
	return ST_STORE_UNAVAILABLE;
}

/* The bounds: age first, then number. What goes here was never acknowledged. */
static bool enforce_limits(struct spool *s, int64_t now_ms)
{
	int64_t old = 0, many = 0;
	return run1(s, DROP_OLD, now_ms - s->limits.age_ms, &old) && run1(s, DROP_MANY, s->limits.rows, &many) &&
	       (old + many == 0 || run1(s, LOSE, old + many, NULL));
}

enum status spool_append(struct spool *s, const struct reading *readings, size_t n, int64_t now_ms)
{
	if (n == 0)
		return ST_OK;
	bool ok = run(s, BEGIN, NULL, 0, NULL);
	for (size_t i = 0; ok && i < n; i++) {
		const struct reading *r = &readings[i];
		ok = run(s, INSERT,
		         (const int64_t[]){(int64_t)i + 1, r->at_ms, r->device, r->temp_c100, r->rh_c100, r->status, r->reason},
		         7, NULL);
	}
	ok = ok && run1(s, ADVANCE, (int64_t)n, NULL) && enforce_limits(s, now_ms);
	return end(s, ok);
}

/* The file may be damaged or another program's: what no reading of ours can be is not passed on. */
static bool take_row(sqlite3_stmt *stmt, struct spool_row *out)
{
	int64_t status = sqlite3_column_int64(stmt, 5), reason = sqlite3_column_int64(stmt, 6);
	if (status < 0 || status >= READING_STATUSES || reason < 0 || reason >= REASON_COUNT)
		return false;
	out->seq = sqlite3_column_int64(stmt, 0);
	out->reading = (struct reading){sqlite3_column_int64(stmt, 1), sqlite3_column_int(stmt, 2), sqlite3_column_int(stmt, 3),
	                                sqlite3_column_int(stmt, 4),   (enum reading_status)status, (enum reading_reason)reason};
	return true;
}

enum status spool_read(struct spool *s, int64_t after, struct spool_row *out, size_t max, size_t *n)
{
	sqlite3_stmt *stmt = s->statements[READ];
	int step = SQLITE_ROW;
	sqlite3_bind_int64(stmt, 1, after);
	sqlite3_bind_int64(stmt, 2, (int64_t)max);
	for (*n = 0; *n < max && (step = sqlite3_step(stmt)) == SQLITE_ROW;)
		*n += take_row(stmt, &out[*n]);
	bool ok = step == SQLITE_ROW || step == SQLITE_DONE;
	sqlite3_reset(stmt);
	return ok ? ST_OK : ST_STORE_UNAVAILABLE;
}

enum status spool_acknowledge(struct spool *s, int64_t seq)
{
	int64_t known = 0;
	bool ok = run(s, BEGIN, NULL, 0, NULL) && run1(s, ACKNOWLEDGE, seq, &known) &&
	          (known == 0 || run1(s, DROP_ACKNOWLEDGED, seq, NULL));
	enum status st = end(s, ok);
	return st == ST_OK && known == 0 ? ST_INVALID_FIELD : st;
}

enum status spool_count(struct spool *s, struct spool_counts *out)
{
	sqlite3_stmt *stmt = s->statements[COUNT];
	bool ok = sqlite3_step(stmt) == SQLITE_ROW;
	*out = (struct spool_counts){0};
	if (ok)
		*out = (struct spool_counts){sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
		                             sqlite3_column_int64(stmt, 2), sqlite3_column_int64(stmt, 3),
		                             sqlite3_column_int64(stmt, 4)};
	sqlite3_reset(stmt);
	return ok ? ST_OK : ST_STORE_UNAVAILABLE;
}
