/*
 * Writing. One writer per store takes a group of jobs, runs each in a savepoint of one transaction, seals each with an
 * audit entry, commits once and then tells each its outcome: OK means it is on disk. A job is a function that may run
 * again (where another transaction was in the way, the whole group does) and has no effect outside the store. A refused job is
 * rolled back alone; if its status says RECORD, a row in table refusal is kept in the same commit.
 */
#pragma once
#include "core/fault.h"
#include "core/ids.h"
#include "core/people.h"
#include "core/store.h"

#include <sodium.h>

#define HASH_BYTES 32

/* The tables whose rows are sealed by the audit entry of their write (core/audit.c holds their columns). */
enum sealed { SEALED_DOCUMENT_EVENT, SEALED_STOCK_MOVE, SEALED_PACK_EVENT, SEALED_MONEY_ENTRY, SEALED_COUNT };

/* What a write in progress knows. Fields above the line are for everybody, those below for core/. */
struct tx {
	struct arena *arena; /* lives as long as the job */
	struct faults *faults;
	struct me me; /* me.id 0: the program itself */
	int64_t now_ms;
	int32_t today_ymd;
	int64_t seq;        /* the number of this write */
	const char *action; /* for the audit: "order.submit" */
	const char *request_id;
	int64_t ref_id; /* the object written to, for the audit */
	int64_t refusal_site_id;
	/* ---- */
	struct db *db;
	struct ids *ids;
	crypto_hash_sha256_state sealed[SEALED_COUNT];
	int64_t sealed_count[SEALED_COUNT];
	int64_t change_count;
};

struct write_job {
	enum status (*run)(struct tx *tx, void *arg);
	/* After a commit of unknown outcome: is this job's work in the store? NULL: never. */
	bool (*settled)(struct db *db, void *arg);
	void *arg;
	struct arena *arena;
	struct faults *faults;
	enum status outcome;
	int64_t seq; /* of the write, where outcome is OK */
};

struct writer {
	/* Called at the end of each group, inside its transaction, with the number of jobs that succeeded; may be NULL.
	 * Keeps late projections close behind where the load is light. */
	void (*group_end)(struct tx *tx, size_t jobs);
	char *where;
	struct db *db; /* NULL while the store is down */
	const struct clock *clock;
	struct ids ids;
	int64_t node;
	int64_t seq;            /* last committed */
	int64_t reruns;         /* groups that ran again because another transaction was in the way */
	int64_t rerun_us;       /* lost by that: what those runs took, and the waits behind them */
	int64_t alone_until_us; /* on the monotonic clock: until then groups have the store to themselves */
	unsigned char head[HASH_BYTES];
};

/* Opens for writing, migrates, takes a node number. The caller holds the folder's lock. */
MUST_CHECK enum status writer_open(const char *where, bool create, const struct clock *clock, struct writer *out, char why[200]);
void writer_close(struct writer *w);
/* Runs one group; every job has its outcome afterwards. A store that is down is opened again first. */
void writer_run(struct writer *w, struct write_job *const *jobs, size_t n);
/* One job alone, for commands and tests. */
enum status writer_run_one(struct writer *w, enum status (*run)(struct tx *, void *), void *arg, struct arena *a,
                           struct faults *f);

/*
 * A part of a write that may be refused alone: what it wrote, and its sealed rows, are taken back unless it answers OK.
 * Faults stay. Any other status than the part's own is the engine's, and then the whole write is lost.
 */
MUST_CHECK enum status tx_attempt(struct tx *tx, enum status (*part)(struct tx *tx, void *arg), void *arg);
int64_t tx_new_id(struct tx *tx);
/* Tells the event stream that something under a topic changed; sites 0: everybody. */
void tx_changed(struct tx *tx, const char *topic, int64_t site_id, int64_t other_site_id, int64_t ref);
/* "lines[i].name", as a fault names the field of a line; in the arena. */
char *tx_line_field(struct tx *tx, size_t i, const char *name);
#define tx_fail(tx, st, field, row, ...) fault_add((tx)->faults, st, field, row, __VA_ARGS__)
