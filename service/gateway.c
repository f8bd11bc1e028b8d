#include "service/gateway.h"

#include "core/json.h"
#include "core/log.h"
#include "devices/spool.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define BATCH_MAX 500
#define TAKE_MAX 256
#define TAKE_WAIT_MS 200
#define QUEUE_MAX 8192 /* readings while the service is slow to answer or the disk to write */
#define HTTP_TIMEOUT_MS 15000
#define BACKOFF_MIN_MS 1000
#define BACKOFF_MAX_MS 60000
#define GATHER_MAX_MS 15000
#define COMPLAIN_MS 600000 /* the same complaint at most so often */
/* What the service believes of a reading; a probe that says more is not believed here either. */
#define TEMP_BEYOND 30000
#define RH_BEYOND 10000

struct gateway {
	const struct gateway_settings *settings;
	struct clock clock;
	int stop_fd;
	struct reading_queue *queue;
	struct bus *buses[GATEWAY_BUSES_MAX];
	struct spool *spool;
	struct reading taken[TAKE_MAX]; /* from the queue, not yet on disk */
	size_t taken_count;
	struct spool_row rows[BATCH_MAX];
	char cookie[128];               /* "" while not signed in */
	int64_t send_at_ms, backoff_ms; /* monotonic */
	const char *complaint;          /* the last one, NULL: all is well */
	int64_t complained_at_ms;
	uint64_t dropped; /* readings lost, as last told */
};

int32_t gateway_device(const char *code)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (; *code; code++)
		hash = (hash ^ (unsigned char)*code) * 16777619u;
	return (int32_t)(hash & 0x7fffffff);
}

/* Says that something is wrong, but not again and again. */
static void complain(struct gateway *g, const char *what, const char *detail)
{
	int64_t now = clock_monotonic_ms();
	if (g->complaint && strcmp(g->complaint, what) == 0 && now - g->complained_at_ms < COMPLAIN_MS)
		return;
	g->complaint = what;
	g->complained_at_ms = now;
	log_warn(what, "%s", detail);
}

static bool stop_asked(const struct gateway *g)
{
	struct pollfd fd = {.fd = g->stop_fd, .events = POLLIN};
	return poll(&fd, 1, 0) > 0;
}

/* ---- queue to spool ---- */

/* Readings wait in memory while the disk refuses them; when the queue overflows it counts what is lost. */
static void keep(struct gateway *g, int64_t wait_ms)
{
	if (g->taken_count == 0)
		g->taken_count = reading_queue_take(g->queue, g->taken, TAKE_MAX, wait_ms);
	if (g->taken_count == 0)
		return;
	if (spool_append(g->spool, g->taken, g->taken_count, clock_now_ms(&g->clock)) != ST_OK) {
		complain(g, "gateway_spool_refuses", g->settings->spool);
		(void)poll(NULL, 0, (int)TAKE_WAIT_MS);
		return;
	}
	g->taken_count = 0;
}

/* A rising number of lost readings is an alarm of its own. */
static void tell_losses(struct gateway *g)
{
	struct spool_counts counts;
	if (spool_count(g->spool, &counts) != ST_OK)
		return;
	uint64_t dropped = reading_queue_dropped(g->queue) + (uint64_t)counts.dropped;
	if (dropped > g->dropped)
		log_error("gateway_readings_lost", "%llu lost so far, %lld wait", (unsigned long long)dropped,
		          (long long)counts.waiting);
	g->dropped = dropped;
}

/* ---- spool to service ---- */

static const char *code_of(const struct gateway *g, int32_t device)
{
	for (size_t i = 0; i < g->settings->sensor_count; i++)
		if (g->settings->sensors[i].device == device)
			return g->settings->sensors[i].code;
	return NULL;
}

static void put_reading(struct jo *o, const char *code, const struct spool_row *row)
{
	const struct reading *r = &row->reading;
	bool believed = r->temp_c100 >= -TEMP_BEYOND && r->temp_c100 <= TEMP_BEYOND;
	enum reading_status status = r->status == READING_OK && !believed ? READING_FAULT : r->status;
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_text(o, "sensor", code);
	jo_i64(o, "seq", row->seq);
	jo_i64(o, "at_ms", r->at_ms);
	if (status == READING_OK)
		jo_i64(o, "temp_c100", r->temp_c100);
	if (status == READING_OK && r->rh_c100 >= 0 && r->rh_c100 <= RH_BEYOND)
		jo_i64(o, "rh_c100", r->rh_c100);
	jo_text(o, "status", reading_status_name(status));
	jo_close(o, '}');
}

/*
 * The rows as a body; how many went in. Rows of a sensor that stands in the settings no more cannot be named: they are
 * given up aloud. Rows from before 1970 come of a clock without a battery, and the service would refuse the whole batch.
 */
static size_t write_batch(struct gateway *g, struct buf *body, size_t n)
{
	char name[33];
	size_t written = 0;
	struct jo o = {body, false};
	spool_id(g->spool, name);
	jo_open(&o, '{');
	jo_text(&o, "gateway", name);
	jo_name(&o, "readings");
	jo_open(&o, '[');
	for (size_t i = 0; i < n; i++) {
		const char *code = code_of(g, g->rows[i].reading.device);
		if (code && g->rows[i].reading.at_ms >= 0) {
			put_reading(&o, code, &g->rows[i]);
			written++;
		}
	}
	jo_close(&o, ']');
	jo_close(&o, '}');
	if (written < n)
		log_error("gateway_readings_given_up", "%zu: their sensors are not in the settings, or they carry no time",
		          n - written);
	return written;
}

/* The key of a batch: the same rows come under the same key, others never do. */
static const char *key_of(struct gateway *g, struct arena *a, const struct buf *body)
{
	char name[33], hex[33];
	unsigned char hash[16];
	spool_id(g->spool, name);
	crypto_generichash(hash, sizeof hash, (const unsigned char *)body->data, body->len, NULL, 0);
	hex_encode(hash, sizeof hash, hex);
	return arena_printf(a, "%s-%lld-%s", name, (long long)g->rows[0].seq, hex);
}

static enum status post(struct gateway *g, struct arena *a, const char *resource, const char *key, const struct buf *body,
                        struct http_answer *out)
{
	const struct http_post what = {
	        .path = arena_printf(a, "/api/v1/%s/%s", g->settings->consortium, resource),
	        .cookie = g->cookie[0] ? g->cookie : NULL,
	        .key = key,
	        .body = body->data,
	        .body_len = body->len,
	        .timeout_ms = HTTP_TIMEOUT_MS,
	        .stop_fd = g->stop_fd,
	};
	return http_post(a, &g->settings->service, &what, out);
}

static enum status sign_in(struct gateway *g, struct arena *a)
{
	SCOPED(buf) body = {0};
	struct jo o = {&body, false};
	struct http_answer answer;
	if (g->cookie[0])
		return ST_OK;
	jo_open(&o, '{');
	jo_text(&o, "user", g->settings->user);
	jo_text(&o, "password", g->settings->password);
	jo_close(&o, '}');
	enum status st = post(g, a, "session", NULL, &body, &answer);
	if (st == ST_OK && (answer.status != 200 || !answer.cookie || strlen(answer.cookie) >= sizeof g->cookie)) {
		complain(g, "gateway_login_refused", arena_printf(a, "status %d", answer.status));
		return ST_NOT_SIGNED_IN;
	}
	if (st == ST_OK)
		snprintf(g->cookie, sizeof g->cookie, "%s", answer.cookie);
	return st;
}

static size_t count_of(const struct json *root, const char *name)
{
	const struct json *list = jv_kind(root) == JV_OBJECT ? jv_member(root, name) : NULL;
	return list && jv_kind(list) == JV_ARRAY ? jv_count(list) : 0;
}

/* The service took the batch, but perhaps not every reading of it. */
static void tell_refused(struct gateway *g, const struct http_answer *answer)
{
	char why[160], text[160];
	struct jv_document d;
	if (jv_parse(answer->body, answer->body_len, &d, why) != ST_OK)
		return;
	size_t unknown = count_of(d.root, "unknown"), refused = count_of(d.root, "refused");
	snprintf(text, sizeof text, "%zu sensors are not known to the service, %zu readings lie ahead of its clock", unknown,
	         refused);
	if (unknown || refused)
		complain(g, "gateway_not_taken", text);
	else
		g->complaint = NULL;
	jv_document_drop(&d);
}

/* Sends rows[0..n). OK: the service has them on disk, or nothing of them could be sent at all. */
static enum status send_rows(struct gateway *g, struct arena *a, size_t n)
{
	SCOPED(buf) body = {0};
	struct http_answer answer;
	if (write_batch(g, &body, n) == 0)
		return ST_OK;
	const char *key = key_of(g, a, &body);
	enum status st = sign_in(g, a);
	if (st == ST_OK)
		st = post(g, a, "devices/readings", key, &body, &answer);
	if (st != ST_OK)
		return st;
	if (answer.status == 200) {
		tell_refused(g, &answer);
		return ST_OK;
	}
	if (answer.status == 401) {
		g->cookie[0] = '\0';
		return ST_NOT_SIGNED_IN;
	}
	complain(g, "gateway_batch_refused", arena_printf(a, "status %d", answer.status));
	return ST_STORE_UNAVAILABLE;
}

/* Readings are gathered a little, so that a county's gateways do not write each second; a quarter of the period is enough. */
static int64_t gather_ms(const struct gateway *g)
{
	int64_t ms = g->settings->period_ms / 4;
	return ms < GATHER_MAX_MS ? ms : GATHER_MAX_MS;
}

static void wait_longer(struct gateway *g, int64_t now_ms)
{
	int64_t doubled = g->backoff_ms * 2;
	g->backoff_ms = doubled < BACKOFF_MIN_MS ? BACKOFF_MIN_MS : doubled > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : doubled;
	/* thirty gateways do not come back in the same second */
	g->send_at_ms = now_ms + g->backoff_ms / 2 + (int64_t)randombytes_uniform((uint32_t)g->backoff_ms / 2 + 1);
}

/* One batch, if it is time. A session that has ended is renewed at once; anything else waits longer and longer. */
static void forward(struct gateway *g)
{
	SCOPED(arena) a = {0};
	size_t n = 0;
	int64_t now = clock_monotonic_ms();
	if (now < g->send_at_ms)
		return;
	if (spool_read(g->spool, 0, g->rows, BATCH_MAX, &n) != ST_OK) {
		complain(g, "gateway_spool_unreadable", g->settings->spool);
		wait_longer(g, now);
		return;
	}
	g->send_at_ms = now + gather_ms(g);
	if (n == 0)
		return;
	bool signed_in = g->cookie[0] != '\0';
	enum status st = send_rows(g, &a, n);
	if (st == ST_NOT_SIGNED_IN && signed_in)
		st = send_rows(g, &a, n);
	if (st == ST_OK)
		st = spool_acknowledge(g->spool, g->rows[n - 1].seq);
	if (st == ST_OK) {
		g->backoff_ms = 0;
		g->send_at_ms = n == BATCH_MAX ? now : g->send_at_ms;
	} else if (st != ST_STOPPING) {
		complain(g, "gateway_service_away", status_code(st));
		wait_longer(g, clock_monotonic_ms());
	}
	tell_losses(g);
}

/* ---- the whole ---- */

static enum status start_bus(struct gateway *g, size_t bus)
{
	struct bus_unit units[BUS_UNITS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < g->settings->sensor_count; i++) {
		const struct gateway_sensor *s = &g->settings->sensors[i];
		if (s->bus == bus && n == BUS_UNITS_MAX)
			return ST_INVALID_FIELD;
		if (s->bus == bus)
			units[n++] = (struct bus_unit){s->device, s->unit, g->settings->period_ms, s->profile};
	}
	const struct bus_settings settings = {g->settings->buses[bus], units, n, &g->clock, g->queue, randombytes_random()};
	return bus_start(&settings, &g->buses[bus]);
}

static enum status start(struct gateway *g, char why[GATEWAY_WHY_MAX])
{
	enum status st = spool_open(g->settings->spool, &(struct spool_limits){0, 0}, &g->spool, why);
	for (size_t i = 0; i < g->settings->bus_count && st == ST_OK; i++) {
		st = start_bus(g, i);
		if (st != ST_OK)
			snprintf(why, GATEWAY_WHY_MAX, "总线或其探头不正确: %.100s", g->settings->buses[i]);
	}
	return st;
}

/* What the buses have pushed goes to disk before the end. */
static void stop(struct gateway *g)
{
	for (size_t i = 0; i < GATEWAY_BUSES_MAX; i++)
		bus_stop(g->buses[i]);
	for (int tries = 0; g->spool && tries < QUEUE_MAX / TAKE_MAX + 2; tries++)
		keep(g, 0);
	spool_close(g->spool);
	reading_queue_free(g->queue);
}

enum status gateway_run(const struct gateway_settings *s, int stop_fd, char why[GATEWAY_WHY_MAX])
{
	SCOPED(arena) a = {0};
	struct gateway *g = arena_alloc(&a, sizeof *g);
	g->settings = s;
	g->clock = clock_system();
	g->stop_fd = stop_fd;
	g->queue = reading_queue_new(QUEUE_MAX);
	enum status st = start(g, why);
	while (st == ST_OK && !stop_asked(g)) {
		keep(g, TAKE_WAIT_MS);
		forward(g);
	}
	stop(g);
	return st;
}
