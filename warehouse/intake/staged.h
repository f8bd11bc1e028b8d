/*
 * Long imports. The file is read once, in memory that does not grow with it, and checked on a connection that cannot write;
 * rows that change something wait in slices under the import's number, where nobody sees them. One small write then decides:
 * from there on the import is carried through, also after a crash. Before it, nothing has happened.
 *
 *   checking → refused | ready (a dry run) | comparing | indexing (nobody else has written meanwhile)
 *   ready → comparing (staged_go) | dropped (staged_drop);  checking → broken, where the program ended
 *   comparing → refused | indexing → applying → done
 *
 * All or nothing: every row is compared once more before the first comes into force, and one that somebody has changed since
 * its check refuses the whole. A thousand rows then come into force in one write, whole or absent to every reader; more come
 * slice by slice. Who changes a row in those seconds is later than the import: his row stays and is told as overtaken, as all
 * such rows are where bad ones are to be left out. Kinds whose rows are booked together (opening stock, usage) are checked
 * by booking them and taking that back, a hundred at a time.
 * RULE DESIGN-3-slices: no write of an import holds the writer for long.
 */
#pragma once
#include "warehouse/intake/intake.h"

/* Who runs an import: the service's importer, a command, a test. */
struct staged_host {
	struct db *db;      /* reads; of the caller's thread */
	const char *folder; /* for files without a name */
	/* Runs one job on the store's writer and waits. */
	enum status (*write)(void *arg, struct write_job *job);
	/* How long the next write may take, in microseconds; may wait to let others go first. */
	int64_t (*budget_us)(void *arg);
	/* True where the work is to be left as it stands. May be NULL. */
	bool (*stop)(void *arg);
	/* Tells how far it is. May be NULL. */
	void (*progress)(void *arg, const char *state, int64_t done, int64_t total);
	void *arg;
};

struct staged_new {
	const struct intake_kind *kind;
	const char *file_name;
	int64_t user_id, total_bytes;
	bool keep_good, dry_run;
};
/* Begins an import: its row, in state checking. Answers its number. */
int64_t staged_make(struct tx *tx, const struct staged_new *in);
/* Keeps an import on the list that was done in one write. */
void staged_record(struct tx *tx, const struct staged_new *in, const struct intake_report *report);

/* One import as it stands; texts in the arena. */
struct staged {
	int64_t id, user_id, keep_good, dry_run, total, done, rows, added, changed, unchanged, refused_rows, overtaken_rows;
	const char *kind, *file_name, *state, *message;
};
MUST_CHECK enum status staged_load(struct db *db, struct arena *a, int64_t id, struct staged *out);
/* Is there nothing more to be done for it, or only by somebody's word? */
bool staged_is_over(const struct staged *s);

/* Reads and checks the file of an import, and stages what it changes. OK also where it is refused: the state tells. */
MUST_CHECK enum status staged_check(const struct staged_host *host, int64_t id, struct csv_source source);
/* The file of an import in state checking cannot be read at all. */
MUST_CHECK enum status staged_break(const struct staged_host *host, int64_t id, enum status why);
/* Somebody's word: a checked import goes on (WRONG_STATE where it is not ready), or is dropped. */
MUST_CHECK enum status staged_go(struct tx *tx, int64_t id);
MUST_CHECK enum status staged_drop(struct tx *tx, int64_t id);
/* Carries a decided import through. OK also where it is done already. */
MUST_CHECK enum status staged_apply(const struct staged_host *host, int64_t id);
/* What an earlier process left: checks under way are broken. Then everything that is decided is carried through. */
MUST_CHECK enum status staged_clean(const struct staged_host *host);
MUST_CHECK enum status staged_apply_all(const struct staged_host *host);
