#include "service/queue.h"

#include "core/log.h"
#include "service/supervise.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GROUP_MAX 512
#define SLOW_THREADS 2
#define WAITING_MAX 20000
#define WAL_IDLE_MS 1000
#define YIELDS 4

/*
 * Exchanges in order of arrival. Whoever finds none counts himself asleep and waits for a post; whoever brings one posts
 * for one sleeper, if there is any: a queue in full swing costs no system call. (A condition variable costs three.)
 */
struct fifo {
	pthread_mutex_t lock;
	sem_t wakes;
	struct exchange *first, *last;
	size_t count;
	size_t asleep; /* threads that wait and for whom nobody posted yet */
	bool stopping;
};

struct write_lane {
	struct fifo fifo;
	pthread_t thread;
	struct store *store;
	struct command_job *commands; /* jobs of queue_write, guarded by the fifo's lock */
	int64_t idle_at_ms;
	bool dirty; /* something was committed since the last checkpoint */
};

/* A job that no exchange carries; lives on its caller's stack. */
struct command_job {
	struct write_job *job;
	bool finished;
	pthread_cond_t done;
	struct command_job *next;
};

struct reader {
	pthread_t thread;
	struct service *service;
	struct fifo *from;
	struct db **dbs; /* one per store, opened when first needed */
};

/* Reads of one store alone: what asks several stores must not wait for one of them on everybody's readers. */
struct apart {
	struct fifo fifo;
	struct reader reader;
};

struct queue {
	struct fifo reads, slow;
	struct reader *readers;
	struct apart *apart; /* one per store */
	size_t apart_count;
	size_t reader_count, slow_count;
	pthread_t slow_threads[SLOW_THREADS];
	struct queue_hooks hooks; /* set before the threads begin, never changed */
};

static void fifo_init(struct fifo *f)
{
	*f = (struct fifo){0};
	pthread_mutex_init(&f->lock, NULL);
	sem_init(&f->wakes, 0, 0);
}

static void fifo_drop(struct fifo *f)
{
	pthread_mutex_destroy(&f->lock);
	sem_destroy(&f->wakes);
}

/* Lets go of the lock and wakes up to n sleepers: in this order, since they want the lock at once. */
static void fifo_unlock_and_wake(struct fifo *f, size_t n)
{
	size_t wakes = n < f->asleep ? n : f->asleep;
	f->asleep -= wakes;
	pthread_mutex_unlock(&f->lock);
	while (wakes--)
		sem_post(&f->wakes);
}

/* Waits to be woken, at most until the given moment (NULL: for ever). The lock is held, but not while waiting. */
static void fifo_sleep(struct fifo *f, const struct timespec *until)
{
	f->asleep++;
	pthread_mutex_unlock(&f->lock);
	int rc = until ? sem_clockwait(&f->wakes, CLOCK_MONOTONIC, until) : sem_wait(&f->wakes);
	pthread_mutex_lock(&f->lock);
	if (rc != 0 && f->asleep > 0) /* nobody woke us; a post that is under way only ends the next sleep early */
		f->asleep--;
}

static bool fifo_push(struct fifo *f, struct exchange *x)
{
	pthread_mutex_lock(&f->lock);
	bool room = f->count < WAITING_MAX;
	if (room) {
		x->queued_next = NULL;
		*(f->last ? &f->last->queued_next : &f->first) = x;
		f->last = x;
		f->count++;
	}
	fifo_unlock_and_wake(f, room);
	return room;
}

/* The lock is held. */
static struct exchange *fifo_take(struct fifo *f)
{
	struct exchange *x = f->first;
	if (!x)
		return NULL;
	f->first = x->queued_next;
	if (!f->first)
		f->last = NULL;
	f->count--;
	return x;
}

/* Waits for the next; NULL when the queue has stopped and is empty. */
static struct exchange *fifo_wait(struct fifo *f)
{
	pthread_mutex_lock(&f->lock);
	/* Under load the next one is microseconds away; to sleep and be woken costs more than to let others go first. */
	for (int i = 0; i < YIELDS && !f->first && !f->stopping; i++) {
		pthread_mutex_unlock(&f->lock);
		sched_yield();
		pthread_mutex_lock(&f->lock);
	}
	while (!f->first && !f->stopping)
		fifo_sleep(f, NULL);
	struct exchange *x = fifo_take(f);
	pthread_mutex_unlock(&f->lock);
	return x;
}

static void fifo_stop(struct fifo *f)
{
	pthread_mutex_lock(&f->lock);
	f->stopping = true;
	fifo_unlock_and_wake(f, SIZE_MAX);
}

void queue_submit(struct service *s, struct exchange *x, enum work work)
{
	bool taken = true;
	x->next = work;
	if (work == WORK_READ)
		taken = fifo_push(&s->queue->reads, x);
	else if (work == WORK_SLOW)
		taken = fifo_push(&s->queue->slow, x);
	else if (work == WORK_WRITE)
		taken = fifo_push(&x->store->lane->fifo, x);
	else if (work == WORK_FAN)
		supervise_send(x);
	else
		x->done(x);
	if (!taken) {
		reply_problem(x, ST_BUSY);
		x->next = WORK_DONE;
		x->done(x);
	}
}

void queue_submit_apart(struct service *s, struct exchange *x)
{
	x->next = WORK_READ;
	if (fifo_push(&s->queue->apart[x->store - s->stores].fifo, x))
		return;
	reply_problem(x, ST_BUSY);
	x->next = WORK_DONE;
	x->done(x);
}

/* The reader's connection to a store; NULL while the store cannot be opened. */
static struct db *reader_db(struct reader *r, struct store *store)
{
	char why[200] = "";
	struct db **slot = &r->dbs[store - r->service->stores];
	if (!*slot && db_open(store->where, STORE_READ, slot, why) != ST_OK)
		log_error("reader_cannot_open", "%s: %s", store->code, why);
	return *slot;
}

static void *reader_main(void *arg)
{
	struct reader *r = arg;
	struct exchange *x = NULL;
	while ((x = fifo_wait(r->from))) {
		struct db *db = reader_db(r, x->store);
		enum work next = WORK_DONE;
		if (db)
			next = dispatch_read(x, db);
		else
			reply_problem(x, ST_STORE_UNAVAILABLE);
		/* a connection that failed is opened anew: the file may have been replaced under it */
		if (db && (x->outcome == ST_STORE_UNAVAILABLE || x->outcome == ST_INTERNAL)) {
			db_close(db);
			r->dbs[x->store - r->service->stores] = NULL;
		}
		queue_submit(r->service, x, next);
	}
	for (size_t i = 0; i < r->service->store_count; i++)
		db_close(r->dbs[i]);
	free(r->dbs);
	return NULL;
}

static void *slow_main(void *arg)
{
	struct service *s = arg;
	struct exchange *x = NULL;
	while ((x = fifo_wait(&s->queue->slow)))
		queue_submit(s, x, dispatch_slow(x));
	return NULL;
}

struct group {
	struct write_job *jobs[GROUP_MAX];
	struct exchange *exchanges[GROUP_MAX];
	struct command_job *commands[GROUP_MAX];
	size_t n;
};

/* Takes what waits, commands first. The lock is held. */
static void group_take(struct write_lane *lane, struct group *g)
{
	g->n = 0;
	for (; lane->commands && g->n < GROUP_MAX; lane->commands = lane->commands->next) {
		g->exchanges[g->n] = NULL;
		g->commands[g->n] = lane->commands;
		g->jobs[g->n++] = lane->commands->job;
	}
	for (struct exchange *x = NULL; g->n < GROUP_MAX && (x = fifo_take(&lane->fifo));) {
		dispatch_prepare_write(x);
		g->exchanges[g->n] = x;
		g->commands[g->n] = NULL;
		g->jobs[g->n++] = &x->job;
	}
}

static void count_group(struct metrics *m, size_t n)
{
	size_t bucket = 0;
	while (((size_t)1 << bucket) < n && bucket + 1 < sizeof m->group_sizes / sizeof *m->group_sizes)
		bucket++;
	atomic_fetch_add(&m->groups, 1);
	atomic_fetch_add(&m->group_sizes[bucket], 1);
	if ((long long)n > atomic_load(&m->group_jobs_max))
		atomic_store(&m->group_jobs_max, (long long)n);
}

static void count_reruns(struct metrics *m, const struct writer *w, int64_t reruns, int64_t rerun_us)
{
	atomic_fetch_add(&m->group_reruns, w->reruns - reruns);
	atomic_fetch_add(&m->group_rerun_us, w->rerun_us - rerun_us);
}

static void group_answer(struct write_lane *lane, struct group *g)
{
	struct service *s = lane->store->service;
	for (size_t i = 0; i < g->n; i++) {
		if (g->exchanges[i]) {
			queue_submit(s, g->exchanges[i], dispatch_written(g->exchanges[i]));
			continue;
		}
		pthread_mutex_lock(&lane->fifo.lock);
		g->commands[i]->finished = true;
		pthread_cond_signal(&g->commands[i]->done);
		pthread_mutex_unlock(&lane->fifo.lock);
	}
}

static void run_group(struct write_lane *lane, struct group *g)
{
	struct store *store = lane->store;
	if (store->service->queue->hooks.before && store->writer.db)
		store->service->queue->hooks.before(store);
	int64_t reruns = store->writer.reruns, rerun_us = store->writer.rerun_us;
	writer_run(&store->writer, g->jobs, g->n);
	count_reruns(&store->service->metrics, &store->writer, reruns, rerun_us);
	bool writable = store->writer.db != NULL;
	for (size_t i = 0; i < g->n; i++)
		writable = writable && g->jobs[i]->outcome != ST_STORE_UNAVAILABLE;
	atomic_store(&store->writable, writable);
	int64_t before = atomic_load(&store->committed_seq);
	if (store->writer.seq > before) {
		atomic_store(&store->committed_seq, store->writer.seq);
		lane->dirty = true;
		if (store->service->queue->hooks.committed)
			store->service->queue->hooks.committed(store, store->writer.seq);
	}
	count_group(&store->service->metrics, g->n);
	group_answer(lane, g);
}

static enum status touch_store(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "store.probe";
	return ST_OK;
}

/* Asks a store that refused a write whether it takes one again. */
static void probe(struct write_lane *lane)
{
	SCOPED(arena) a = {0};
	struct faults f = {.arena = &a};
	if (atomic_load(&lane->store->writable))
		return;
	if (writer_run_one(&lane->store->writer, touch_store, NULL, &a, &f) == ST_OK) {
		atomic_store(&lane->store->writable, true);
		atomic_store(&lane->store->committed_seq, lane->store->writer.seq);
		log_info("store_writable_again", "%s", lane->store->code);
	}
}

/* Nothing waits: probe a store that was down, tidy up, write the log back. */
static void rest(struct write_lane *lane)
{
	struct store *store = lane->store;
	int64_t now = clock_monotonic_ms();
	if (now - lane->idle_at_ms < WAL_IDLE_MS)
		return;
	lane->idle_at_ms = now;
	probe(lane);
	if (store->service->queue->hooks.idle && store->writer.db)
		store->service->queue->hooks.idle(store);
	if (lane->dirty && store->writer.db) {
		db_checkpoint(store->writer.db);
		lane->dirty = false;
	}
}

/* A long log is written back in the first moment in which nobody waits. The lock is held; false where nothing was to do. */
static bool write_back(struct write_lane *lane)
{
	struct db *db = lane->store->writer.db;
	if (!lane->dirty || !db || !db_log_is_long(db))
		return false;
	pthread_mutex_unlock(&lane->fifo.lock);
	db_checkpoint(db);
	pthread_mutex_lock(&lane->fifo.lock);
	return true;
}

/* Waits at most a second. The lock is held. */
static void lane_wait(struct write_lane *lane)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	fifo_sleep(&lane->fifo, &until);
}

static void *writer_main(void *arg)
{
	struct write_lane *lane = arg;
	struct group *g = memory_alloc(sizeof *g);
	for (bool running = true; running;) {
		pthread_mutex_lock(&lane->fifo.lock);
		if (!lane->fifo.first && !lane->commands && !lane->fifo.stopping && !write_back(lane))
			lane_wait(lane);
		group_take(lane, g);
		running = g->n > 0 || !lane->fifo.stopping;
		pthread_mutex_unlock(&lane->fifo.lock);
		if (g->n)
			run_group(lane, g);
		else if (running)
			rest(lane);
	}
	free(g);
	return NULL;
}

enum status queue_write(struct store *store, struct write_job *job)
{
	struct write_lane *lane = store->lane;
	struct command_job c = {.job = job};
	pthread_cond_init(&c.done, NULL);
	pthread_mutex_lock(&lane->fifo.lock);
	struct command_job **end = &lane->commands;
	while (*end)
		end = &(*end)->next;
	*end = &c;
	fifo_unlock_and_wake(&lane->fifo, 1);
	pthread_mutex_lock(&lane->fifo.lock);
	while (!c.finished)
		pthread_cond_wait(&c.done, &lane->fifo.lock);
	pthread_mutex_unlock(&lane->fifo.lock);
	pthread_cond_destroy(&c.done);
	return job->outcome;
}

static void start_lanes(struct service *s)
{
	for (size_t i = 0; i < s->store_count; i++) {
		struct write_lane *lane = memory_alloc(sizeof *lane);
		fifo_init(&lane->fifo);
		lane->store = &s->stores[i];
		s->stores[i].lane = lane;
		atomic_store(&s->stores[i].writable, true);
		atomic_store(&s->stores[i].committed_seq, s->stores[i].writer.seq);
		if (pthread_create(&lane->thread, NULL, writer_main, lane) != 0)
			log_error("no_thread", "writer of %s", s->stores[i].code);
	}
}

static bool start_reader(struct service *s, struct reader *r, struct fifo *from)
{
	*r = (struct reader){.service = s, .from = from, .dbs = memory_alloc(s->store_count * sizeof(struct db *))};
	if (pthread_create(&r->thread, NULL, reader_main, r) == 0)
		return true;
	free(r->dbs);
	return false;
}

static bool start_apart(struct service *s)
{
	struct queue *q = s->queue;
	q->apart = memory_alloc(s->store_count * sizeof *q->apart);
	for (; q->apart_count < s->store_count; q->apart_count++) {
		struct apart *one = &q->apart[q->apart_count];
		fifo_init(&one->fifo);
		if (!start_reader(s, &one->reader, &one->fifo)) {
			fifo_drop(&one->fifo);
			return false;
		}
	}
	return true;
}

static void stop_apart(struct queue *q)
{
	for (size_t i = 0; i < q->apart_count; i++)
		fifo_stop(&q->apart[i].fifo);
	for (size_t i = 0; i < q->apart_count; i++) {
		pthread_join(q->apart[i].reader.thread, NULL);
		fifo_drop(&q->apart[i].fifo);
	}
	free(q->apart);
}

enum status queue_start(struct service *s, int readers, const struct queue_hooks *hooks)
{
	struct queue *q = memory_alloc(sizeof *q);
	s->queue = q;
	q->hooks = *hooks;
	fifo_init(&q->reads);
	fifo_init(&q->slow);
	start_lanes(s);
	q->readers = memory_alloc((size_t)readers * sizeof *q->readers);
	for (int i = 0; i < readers; i++) {
		if (!start_reader(s, &q->readers[i], &q->reads))
			return ST_BUSY;
		q->reader_count++;
	}
	if (!start_apart(s))
		return ST_BUSY;
	for (; q->slow_count < SLOW_THREADS; q->slow_count++)
		if (pthread_create(&q->slow_threads[q->slow_count], NULL, slow_main, s) != 0)
			return ST_BUSY;
	return ST_OK;
}

/* Slow work may still hand over to a writer, so the writers end last. */
void queue_stop(struct service *s)
{
	struct queue *q = s->queue;
	fifo_stop(&q->reads);
	for (size_t i = 0; i < q->reader_count; i++)
		pthread_join(q->readers[i].thread, NULL);
	stop_apart(q);
	fifo_stop(&q->slow);
	for (size_t i = 0; i < q->slow_count; i++)
		pthread_join(q->slow_threads[i], NULL);
	for (size_t i = 0; i < s->store_count; i++) {
		struct write_lane *lane = s->stores[i].lane;
		fifo_stop(&lane->fifo);
		pthread_join(lane->thread, NULL);
		fifo_drop(&lane->fifo);
		free(lane);
	}
	fifo_drop(&q->reads);
	fifo_drop(&q->slow);
	free(q->readers);
	free(q);
	s->queue = NULL;
}
