#include "service/importer.h"

#include "core/log.h"
#include "core/xlsx.h"
#include "service/queue.h"
#include "warehouse/intake/staged.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 500   /* how often to look for what was decided */
#define QUIET_MS 1500 /* nobody else wrote for so long: slices may be longer */
#define LONG_US 50000
#define SHORT_US 1200
#define PAUSE_MAX_US 20000

/* A file that waits for its check. */
struct waiting {
	struct store *store;
	int64_t id;
	struct buf bytes;
	char *path; /* NULL: the bytes are it */
	struct waiting *next;
};

/* How the thread reaches one store. */
struct door {
	struct importer *importer;
	struct store *store;
	struct db *db; /* opened when first needed */
	bool tidy;     /* nothing is left of an earlier process or failure */
};

struct importer {
	struct service *service;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct waiting *first; /* guarded by the lock */
	struct door *doors;
	atomic_bool stopping;
	long long others;     /* writes of everybody else, when last looked at */
	int64_t others_at_ms; /* when that number last rose */
	int64_t slice_us;     /* what the last write of ours took */
};

/* ---- as a host of imports ---- */

static enum status write_one(void *arg, struct write_job *job)
{
	struct door *d = arg;
	const int64_t begin = clock_monotonic_us();
	enum status st = queue_write(d->store, job);
	d->importer->slice_us = clock_monotonic_us() - begin;
	return st;
}

/* While others write: short slices, and as long a pause as the last one took. */
static int64_t budget_us(void *arg)
{
	struct importer *i = ((struct door *)arg)->importer;
	const long long others = atomic_load(&i->service->metrics.writes);
	const int64_t now = clock_monotonic_ms();
	if (others != i->others) {
		i->others = others;
		i->others_at_ms = now;
	}
	if (now - i->others_at_ms > QUIET_MS)
		return LONG_US;
	usleep((useconds_t)(i->slice_us < PAUSE_MAX_US ? i->slice_us : PAUSE_MAX_US));
	return SHORT_US;
}

static bool is_stopping(void *arg)
{
	return atomic_load(&((struct door *)arg)->importer->stopping);
}

static bool open_door(struct door *d)
{
	char why[200] = "";
	if (d->db)
		return true;
	if (db_open(d->store->where, STORE_READ, &d->db, why) != ST_OK)
		log_error("importer_cannot_open", "%s: %s", d->store->code, why);
	return d->db != NULL;
}

static struct staged_host host_of(struct door *d)
{
	return (struct staged_host){.db = d->db,
	                            .folder = d->importer->service->config->data,
	                            .write = write_one,
	                            .budget_us = budget_us,
	                            .stop = is_stopping,
	                            .arg = d};
}

/* ---- the thread ---- */

static void waiting_free(struct waiting *w)
{
	buf_drop(&w->bytes);
	free(w->path);
	free(w);
}

static struct waiting *take_waiting(struct importer *i)
{
	pthread_mutex_lock(&i->lock);
	struct waiting *w = i->first;
	if (w)
		i->first = w->next;
	pthread_mutex_unlock(&i->lock);
	return w;
}

static void check(struct door *d, struct waiting *w)
{
	const struct staged_host host = host_of(d);
	int fd = w->path ? open(w->path, O_RDONLY | O_CLOEXEC) : -1;
	SCOPED(sheet) sheet = {.fd = -1};
	enum status st = w->path ? ST_STORE_UNAVAILABLE : sheet_from_memory(&sheet, w->bytes.data, w->bytes.len, host.folder);
	if (fd >= 0)
		st = sheet_from_file(&sheet, fd, host.folder);
	st = st == ST_OK ? staged_check(&host, w->id, sheet.source) : staged_break(&host, w->id, st);
	if (st != ST_OK) {
		d->tidy = false;
		log_info("import", "%s: import %lld ended with %s", d->store->code, (long long)w->id, status_code(st));
	}
	sheet_drop(&sheet);
	sheet = (struct sheet){.fd = -1};
	if (fd >= 0)
		close(fd);
}

static void check_waiting(struct importer *i)
{
	for (struct waiting *w = NULL; !atomic_load(&i->stopping) && (w = take_waiting(i));) {
		struct door *d = &i->doors[w->store - i->service->stores];
		if (open_door(d))
			check(d, w);
		waiting_free(w);
	}
}

static bool has_waiting(struct importer *i)
{
	pthread_mutex_lock(&i->lock);
	bool any = i->first != NULL;
	pthread_mutex_unlock(&i->lock);
	return any;
}

static void carry_through(struct importer *i, struct door *d)
{
	if (!atomic_load(&d->store->writable) || !open_door(d))
		return;
	const struct staged_host host = host_of(d);
	enum status st = ST_OK;
	if (!d->tidy && !has_waiting(i)) {
		st = staged_clean(&host);
		d->tidy = st == ST_OK;
	}
	if (st == ST_OK)
		st = staged_apply_all(&host);
	if (st == ST_OK || st == ST_STOPPING)
		return;
	log_error("import_failed", "%s: %s; it will be continued", d->store->code, status_code(st));
	db_close(d->db); /* the file may have been replaced under it */
	d->db = NULL;
}

static void rest(struct importer *i)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&i->lock);
	if (!i->first && !atomic_load(&i->stopping))
		pthread_cond_timedwait(&i->wake, &i->lock, &until);
	pthread_mutex_unlock(&i->lock);
}

static void *importer_main(void *arg)
{
	struct importer *i = arg;
	while (!atomic_load(&i->stopping)) {
		check_waiting(i);
		for (size_t s = 0; s < i->service->store_count && !atomic_load(&i->stopping); s++)
			carry_through(i, &i->doors[s]);
		rest(i);
	}
	return NULL;
}

/* What an earlier process was checking is over; before any request can begin something new. */
static void clean(struct importer *i)
{
	for (size_t s = 0; s < i->service->store_count; s++) {
		struct door *d = &i->doors[s];
		*d = (struct door){.importer = i, .store = &i->service->stores[s]};
		if (!open_door(d))
			continue;
		const struct staged_host host = host_of(d);
		d->tidy = staged_clean(&host) == ST_OK;
	}
}

struct importer *importer_start(struct service *s)
{
	pthread_condattr_t attr;
	struct importer *i = memory_alloc(sizeof *i);
	i->service = s;
	i->doors = memory_alloc((s->store_count + 1) * sizeof *i->doors);
	pthread_mutex_init(&i->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&i->wake, &attr);
	pthread_condattr_destroy(&attr);
	clean(i);
	if (pthread_create(&i->thread, NULL, importer_main, i) == 0)
		return i;
	free(i->doors);
	free(i);
	return NULL;
}

void importer_stop(struct importer *i)
{
	if (!i)
		return;
	atomic_store(&i->stopping, true);
	importer_wake(i);
	pthread_join(i->thread, NULL);
	for (struct waiting *w = NULL; (w = take_waiting(i));)
		waiting_free(w);
	for (size_t s = 0; s < i->service->store_count; s++)
		db_close(i->doors[s].db);
	pthread_mutex_destroy(&i->lock);
	pthread_cond_destroy(&i->wake);
	free(i->doors);
	free(i);
}

static void put_waiting(struct importer *i, struct waiting *w)
{
	pthread_mutex_lock(&i->lock);
	struct waiting **end = &i->first;
	while (*end)
		end = &(*end)->next;
	*end = w;
	pthread_cond_signal(&i->wake);
	pthread_mutex_unlock(&i->lock);
}

void importer_take_bytes(struct importer *i, struct store *store, int64_t id, struct buf bytes)
{
	struct waiting *w = memory_alloc(sizeof *w);
	*w = (struct waiting){.store = store, .id = id, .bytes = bytes};
	put_waiting(i, w);
}

void importer_take_file(struct importer *i, struct store *store, int64_t id, const char *path)
{
	struct waiting *w = memory_alloc(sizeof *w);
	*w = (struct waiting){.store = store, .id = id, .path = memory_string(path)};
	put_waiting(i, w);
}

void importer_wake(struct importer *i)
{
	pthread_mutex_lock(&i->lock);
	pthread_cond_signal(&i->wake);
	pthread_mutex_unlock(&i->lock);
}
