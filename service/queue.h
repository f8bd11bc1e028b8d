/*
 * The threads of `serve`: readers (each with a read-only connection per store), one writer per store with group commit,
 * and two slow threads (password hashes, drawings). An exchange travels between them until its work is DONE, then its
 * done() is called on whatever thread finished it.
 */
#pragma once
#include "service/service.h"

/* What the writer's thread calls besides its jobs; each may be NULL. */
struct queue_hooks {
	/* After each commit: wakes the event stream. */
	void (*committed)(struct store *store, int64_t seq);
	/* When there is nothing to do, at most once a second: housekeeping in small pieces. */
	void (*idle)(struct store *store);
	/* Before each group of writes, with the store open: what must have happened by now. */
	void (*before)(struct store *store);
};

/* Starts all threads; the stores' writers are open. */
MUST_CHECK enum status queue_start(struct service *s, int readers, const struct queue_hooks *hooks);
/* Hands an exchange over for its next work; WORK_DONE and WORK_STREAM call done() at once. */
void queue_submit(struct service *s, struct exchange *x, enum work work);
/* A read on its store's own reader, whose waiting keeps nobody else; calls done() in the end. */
void queue_submit_apart(struct service *s, struct exchange *x);
/* Takes no more, finishes what was taken, ends the threads. */
void queue_stop(struct service *s);
/* Runs one job on a store's writer from another thread (an administrator's command) and waits. */
enum status queue_write(struct store *store, struct write_job *job);
