/*
 * The gateway's own durable queue: readings get a rising sequence number and stay on disk until the service has
 * acknowledged them; a cut line loses nothing. Bounded by number and age; what had to go is counted and never silent.
 * One SQLite file of its own (it is no store of a consortium), one connection, one thread at a time.
 */
#pragma once
#include "core/status.h"
#include "devices/reading.h"

/* Room for 600 probes a minute over three days; about 200 MB. */
#define SPOOL_ROWS_DEFAULT 2600000
#define SPOOL_AGE_DEFAULT_MS (30LL * 24 * 3600 * 1000)

struct spool_limits {
	int64_t rows;   /* kept at most, 1 or more; 0: the default */
	int64_t age_ms; /* kept at most; 0: the default */
};
struct spool_row {
	int64_t seq;
	struct reading reading;
};
struct spool_counts {
	int64_t waiting;      /* not yet acknowledged */
	int64_t oldest_at_ms; /* of those; 0 without any */
	int64_t dropped;      /* given up unacknowledged since the spool was made */
	int64_t last_seq, acknowledged;
};

struct spool;
/* Opens or makes the file. STORE_UNAVAILABLE with the engine's words in why (damaged, no right, disk full). */
MUST_CHECK enum status spool_open(const char *path, const struct spool_limits *limits, struct spool **out, char why[160]);
/* NULL is allowed. */
void spool_close(struct spool *s);
/* The spool's own name, made at random with the file: with it a sequence number is unique for ever. 33 bytes. */
void spool_id(const struct spool *s, char out[33]);
/*
 * Appends n readings in one transaction; OK means they are on disk. now_ms (wall) decides what is too old. After
 * STORE_UNAVAILABLE nothing of them is kept.
 */
MUST_CHECK enum status spool_append(struct spool *s, const struct reading *readings, size_t n, int64_t now_ms);
/* Up to max unacknowledged rows behind sequence number `after`, in order; how many in *n. */
MUST_CHECK enum status spool_read(struct spool *s, int64_t after, struct spool_row *out, size_t max, size_t *n);
/* Everything up to seq has arrived and may go. Beyond the last one: INVALID_FIELD. Twice is harmless. */
MUST_CHECK enum status spool_acknowledge(struct spool *s, int64_t seq);
MUST_CHECK enum status spool_count(struct spool *s, struct spool_counts *out);
