/* One staged import under way: what its parts (check, comparison, coming into force, list) share. */
#pragma once
#include "warehouse/intake/staged.h"

#define REFUSED_KEPT 20000 /* refused rows that the report names */
#define TOGETHER_ROWS 100  /* of a kind that books its rows together: what one write takes */

struct staged_run {
	const struct staged_host *host;
	struct staged job;
	const struct intake_kind *kind;
	struct me me;
	struct arena arena; /* as long as the run */
	int64_t seq;        /* of its last write; 0: none yet */
	int32_t today_ymd;  /* of its last write; before it, the day the import was begun */
	bool disturbed;     /* somebody else has written between two of its writes */
};

MUST_CHECK enum status staged_run_begin(struct staged_run *r, const struct staged_host *host, int64_t id);
void staged_run_drop(struct staged_run *r);
/* How the import stands by now. */
MUST_CHECK enum status staged_reload(struct staged_run *r);
bool staged_stands(const struct staged *s, const char *state);
bool staged_is_stopped(const struct staged_run *r);
/* Are its rows taken together, by `finish`? */
bool staged_is_together(const struct staged_run *r);
void staged_tell(const struct staged_run *r, const char *state, int64_t done, int64_t total);

/* One write of the import, in an arena of its own or the caller's. */
MUST_CHECK enum status staged_write(struct staged_run *r, enum status (*job)(struct tx *tx, void *arg), void *arg);
MUST_CHECK enum status staged_write_in(struct staged_run *r, struct arena *a, enum status (*job)(struct tx *tx, void *arg),
                                       void *arg);
/* Every write of an import is its user's. */
void staged_sign(const struct staged_run *r, struct tx *tx);
/* A step of the import's state; nothing happens where it stands elsewhere by now. */
MUST_CHECK enum status staged_step(struct staged_run *r, const char *from, const char *to, int64_t total, const char *message);
/* Takes the slices of an import away that will not come to be. */
MUST_CHECK enum status staged_clear(struct staged_run *r);
const char *staged_why_broken(enum status st);

/* A kind's engine over rows that wait in slices. */
struct intake staged_intake(const struct staged_run *r, struct tx *tx, struct intake_report *report,
                            const struct intake_options *options, enum intake_mode mode);
/* A slice: its bytes in the arena, and how many of them are in force. */
struct staged_slice {
	int64_t n;
	const char *bytes;
	size_t length, done;
};
/* The first slice behind number n; false where there is none. */
bool staged_slice_read(struct db *db, struct arena *a, int64_t id, int64_t n, struct staged_slice *out);

/* Keeps one line of the report. n: apart from the others of that row and outcome. */
void staged_note(struct tx *tx, int64_t id, const char *outcome, int64_t n, const struct intake_refused *r);
void staged_note_overtaken(struct tx *tx, int64_t id, int64_t n, const struct intake_refused *first);

/*
 * All rows against what is stored now, before the first comes into force. Where somebody has changed one since it was checked,
 * an import of all or nothing is refused, and the rows are told. The state says which way it went.
 */
MUST_CHECK enum status staged_compare(struct staged_run *r);
