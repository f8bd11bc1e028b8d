#include "service/stream.h"

#include "core/log.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LAG_MAX ((size_t)256 << 10)
#define PING_MS 15000
#define CATCH_UP_MAX 5000
#define ROUND_MS 20

struct subscriber {
	struct stream_hub *hub;
	struct store *store;
	struct MHD_Connection *connection;
	int64_t seq; /* everything up to here was handed over */
	int64_t *sites;
	size_t site_count;
	struct buf pending;
	bool suspended, ended;
	int64_t pinged_at_ms;
	struct subscriber *next, **link;
};

struct stream_hub {
	struct service *service;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	struct subscriber *subscribers;
	struct db **dbs;
	bool stopping, news;
};

SQL(select_site_ids, "SELECT site_id FROM user_site WHERE user_id = :me_id ORDER BY site_id");
SQL(select_changes,
    "SELECT seq, topic, site_id, other_site_id, ref FROM change WHERE seq > :after_seq AND seq <= :to_seq ORDER BY seq, n "
    "LIMIT :limit /*all sites: filtered for each subscriber*/");

/* The sites come with the request's read; they travel in the exchange's render_input as raw integers. */
enum status stream_read(struct exchange *x, struct db *db)
{
	SCOPED(rows) r = db_query(db, select_site_ids, I64(":me_id", x->me.id));
	buf_clear(&x->render_input);
	while (rows_next(&r)) {
		int64_t id = col_i64(&r, 0);
		buf_put(&x->render_input, &id, sizeof id);
	}
	buf_clear(&x->reply.body);
	return ST_OK;
}

/* The hub's lock is held. */
static void hand_over(struct subscriber *s)
{
	if (s->suspended && (s->pending.len || s->ended)) {
		s->suspended = false;
		MHD_resume_connection(s->connection);
	}
}

static bool concerns(const struct subscriber *s, int64_t site)
{
	for (size_t low = 0, high = s->site_count; low < high;) {
		size_t middle = (low + high) / 2;
		if (s->sites[middle] == site)
			return true;
		if (s->sites[middle] < site)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* One committed change, as it goes to whom it concerns. */
struct news {
	int64_t seq, site, other, ref;
	const char *topic;
};
struct bulletin {
	struct news *items;
	size_t count;
	int64_t from, to; /* holds every change after `from` up to `to` */
};

static void put_event(struct subscriber *s, const struct news *e)
{
	bool for_all = e->site == 0 && e->other == 0;
	if (e->seq <= s->seq || (!for_all && !concerns(s, e->site) && !concerns(s, e->other)))
		return;
	struct jo o = {&s->pending, false};
	buf_printf(&s->pending, "id: %lld\ndata: ", (long long)e->seq);
	jo_open(&o, '{');
	jo_i64(&o, "seq", e->seq);
	jo_text(&o, "topic", e->topic);
	jo_id(&o, "ref", e->ref);
	jo_close(&o, '}');
	buf_puts(&s->pending, "\n\n");
	if (s->pending.len > LAG_MAX)
		s->ended = true;
}

static struct db *hub_db(struct stream_hub *hub, struct store *store)
{
	char why[200] = "";
	struct db **slot = &hub->dbs[store - hub->service->stores];
	if (!*slot && db_open(store->where, STORE_READ, slot, why) != ST_OK)
		log_error("stream_cannot_open", "%s: %s", store->code, why);
	return *slot;
}

/* Reads a store's changes after `from`, without the hub's lock: the HTTP thread never waits for a disk. */
static void read_news(struct stream_hub *hub, struct store *store, struct arena *a, struct bulletin *b)
{
	b->to = atomic_load(&store->committed_seq);
	struct db *db = b->to > b->from ? hub_db(hub, store) : NULL;
	if (!db) {
		b->to = b->from;
		return;
	}
	b->items = arena_array(a, CATCH_UP_MAX, sizeof *b->items);
	db_read_begin(db);
	struct rows r =
	        db_query(db, select_changes, I64(":after_seq", b->from), I64(":to_seq", b->to), I64(":limit", CATCH_UP_MAX));
	while (rows_next(&r))
		b->items[b->count++] =
		        (struct news){col_i64(&r, 0), col_i64(&r, 2), col_i64(&r, 3), col_i64(&r, 4), col_text(a, &r, 1)};
	rows_drop(&r);
	if (db_read_end(db) != ST_OK)
		*b = (struct bulletin){.from = b->from, .to = b->from};
	else if (b->count == CATCH_UP_MAX) /* the last write may be cut: it is read again */
		b->to = b->items[b->count - 1].seq - 1;
}

/* The lock is held. */
static int64_t least_seen(const struct stream_hub *hub, const struct store *store)
{
	int64_t least = INT64_MAX;
	for (const struct subscriber *s = hub->subscribers; s; s = s->next)
		if (s->store == store && s->seq < least)
			least = s->seq;
	return least;
}

/* The lock is held. */
static void tell(struct stream_hub *hub, const struct store *store, const struct bulletin *b)
{
	int64_t now = clock_monotonic_ms();
	for (struct subscriber *s = hub->subscribers; s; s = s->next) {
		if (s->store != store)
			continue;
		for (size_t i = 0; s->seq >= b->from && i < b->count && b->items[i].seq <= b->to; i++)
			put_event(s, &b->items[i]);
		if (s->seq >= b->from && b->to > s->seq)
			s->seq = b->to;
		if (now - s->pinged_at_ms > PING_MS) {
			buf_puts(&s->pending, ": alive\n\n");
			s->pinged_at_ms = now;
		}
		hand_over(s);
	}
}

static void serve_store(struct stream_hub *hub, struct store *store)
{
	SCOPED(arena) a = {0};
	struct bulletin b = {0};
	pthread_mutex_lock(&hub->lock);
	b.from = least_seen(hub, store);
	pthread_mutex_unlock(&hub->lock);
	if (b.from == INT64_MAX)
		return;
	read_news(hub, store, &a, &b);
	pthread_mutex_lock(&hub->lock);
	tell(hub, store, &b);
	pthread_mutex_unlock(&hub->lock);
}

/* Waits for news, at most a second; true when the hub ends. */
static bool wait_for_news(struct stream_hub *hub)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 1;
	pthread_mutex_lock(&hub->lock);
	if (!hub->news && !hub->stopping)
		pthread_cond_timedwait(&hub->wake, &hub->lock, &until);
	hub->news = false;
	bool stopping = hub->stopping;
	pthread_mutex_unlock(&hub->lock);
	return stopping;
}

/* Many commits a second become a few rounds. */
static void *stream_main(void *arg)
{
	struct stream_hub *hub = arg;
	while (!wait_for_news(hub)) {
		for (size_t i = 0; i < hub->service->store_count; i++)
			serve_store(hub, &hub->service->stores[i]);
		usleep(ROUND_MS * 1000);
	}
	return NULL;
}

struct stream_hub *stream_start(struct service *s)
{
	pthread_condattr_t attr;
	struct stream_hub *hub = memory_alloc(sizeof *hub);
	hub->service = s;
	hub->dbs = memory_alloc((s->store_count + 1) * sizeof *hub->dbs);
	pthread_mutex_init(&hub->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&hub->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&hub->thread, NULL, stream_main, hub) != 0) {
		free(hub->dbs);
		free(hub);
		return NULL;
	}
	return hub;
}

void stream_committed(struct store *store, int64_t seq)
{
	struct stream_hub *hub = store->service->hub;
	(void)seq;
	if (!hub || pthread_mutex_trylock(&hub->lock) != 0)
		return; /* the thread is at work and looks again within a second */
	hub->news = true;
	pthread_cond_signal(&hub->wake);
	pthread_mutex_unlock(&hub->lock);
}

void stream_stop(struct stream_hub *hub)
{
	if (!hub)
		return;
	pthread_mutex_lock(&hub->lock);
	hub->stopping = true;
	pthread_cond_signal(&hub->wake);
	for (struct subscriber *s = hub->subscribers; s; s = s->next) {
		s->ended = true;
		hand_over(s);
	}
	pthread_mutex_unlock(&hub->lock);
	pthread_join(hub->thread, NULL);
}

void stream_drop(struct stream_hub *hub)
{
	for (size_t i = 0; i < hub->service->store_count; i++)
		db_close(hub->dbs[i]);
	pthread_mutex_destroy(&hub->lock);
	pthread_cond_destroy(&hub->wake);
	free(hub->dbs);
	free(hub);
}

struct subscriber *stream_subscribe(struct stream_hub *hub, struct exchange *x, struct MHD_Connection *connection)
{
	int64_t last = 0;
	struct subscriber *s = memory_alloc(sizeof *s);
	s->hub = hub;
	s->store = x->store;
	s->connection = connection;
	s->site_count = x->render_input.len / sizeof(int64_t);
	s->sites = memory_alloc(x->render_input.len);
	if (x->render_input.len)
		memcpy(s->sites, x->render_input.data, x->render_input.len);
	s->seq = atomic_load(&x->store->committed_seq);
	if (x->request.last_event_id && text_to_i64(x->request.last_event_id, &last) && last >= 0 && last < s->seq)
		s->seq = last;
	s->pinged_at_ms = clock_monotonic_ms();
	buf_printf(&s->pending, "retry: 2000\n: seq %lld\n\n", (long long)s->seq);
	atomic_fetch_add(&x->service->metrics.streams, 1);
	pthread_mutex_lock(&hub->lock);
	s->ended = hub->stopping;
	s->next = hub->subscribers;
	s->link = &hub->subscribers;
	if (s->next)
		s->next->link = &s->next;
	hub->subscribers = s;
	hub->news = true;
	pthread_cond_signal(&hub->wake);
	pthread_mutex_unlock(&hub->lock);
	return s;
}

void stream_unsubscribe(struct stream_hub *hub, struct subscriber *s)
{
	pthread_mutex_lock(&hub->lock);
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	pthread_mutex_unlock(&hub->lock);
	buf_drop(&s->pending);
	free(s->sites);
	free(s);
}

/* libmicrohttpd asks for more bytes: what is pending, or sleep until there is something. */
static ssize_t give(void *cls, uint64_t position, char *to, size_t max)
{
	struct subscriber *s = cls;
	(void)position;
	pthread_mutex_lock(&s->hub->lock);
	size_t n = s->pending.len < max ? s->pending.len : max;
	if (n) {
		memcpy(to, s->pending.data, n);
		memmove(s->pending.data, s->pending.data + n, s->pending.len - n);
		s->pending.len -= n;
	} else if (!s->ended) {
		s->suspended = true;
		MHD_suspend_connection(s->connection);
	}
	bool over = n == 0 && s->ended;
	pthread_mutex_unlock(&s->hub->lock);
	return over ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

struct MHD_Response *stream_response(struct subscriber *s)
{
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, give, s, NULL);
}
