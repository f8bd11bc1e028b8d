#include "devices/bus.h"

#include "core/arena.h"
#include "core/log.h"
#include "devices/line.h"
#include "devices/schedule.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PERIOD_MIN_MS 200
#define RECONNECT_MAX_MS 30000

/* What was last pushed about a unit, so that repeated failures do not fill the queue. */
struct last_word {
	int64_t at_ms; /* monotonic */
	enum reading_reason reason;
};

struct bus {
	pthread_t thread;
	pthread_mutex_t mutex; /* guards stop and counts */
	pthread_cond_t wake;
	bool stop;
	struct bus_counts counts;

	/* the thread's own */
	char name[96];
	struct line *line;
	struct schedule schedule;
	struct bus_unit *units;
	struct last_word *words;
	size_t unit_count;
	const struct clock *clock;
	struct reading_queue *queue;
	int64_t last_request_ms, reconnect_at_ms;
	uint32_t connect_failures;
};

static bool should_stop(struct bus *b)
{
	pthread_mutex_lock(&b->mutex);
	bool stop = b->stop;
	pthread_mutex_unlock(&b->mutex);
	return stop;
}

/* Sleeps until the monotonic instant or until the bus is stopped. */
static void sleep_until(struct bus *b, int64_t until_ms)
{
	struct timespec t = {until_ms / 1000, until_ms % 1000 * 1000000};
	pthread_mutex_lock(&b->mutex);
	while (!b->stop && pthread_cond_timedwait(&b->wake, &b->mutex, &t) == 0)
		continue;
	pthread_mutex_unlock(&b->mutex);
}

static void count_request(struct bus *b, enum reading_reason reason)
{
	enum reading_status status = reading_status_of(reason);
	uint32_t silent = 0;
	for (size_t i = 0; i < b->unit_count; i++)
		silent += !b->schedule.units[i].alive;
	pthread_mutex_lock(&b->mutex);
	b->counts.requests++;
	b->counts.answers += status != READING_SILENT;
	b->counts.timeouts += reason == REASON_TIMEOUT;
	b->counts.faults += status == READING_FAULT;
	b->counts.silent_units = silent;
	b->counts.connected = line_is_open(b->line);
	pthread_mutex_unlock(&b->mutex);
}

/* The circuit breaker of the line: 1, 2, 4 .. 30 s between attempts. */
static bool connect_line(struct bus *b, const struct profile *p)
{
	int64_t now = clock_monotonic_ms();
	if (line_still_open(b->line))
		return true;
	if (now < b->reconnect_at_ms)
		return false;
	if (line_open(b->line, p->timeout_ms) == REASON_NONE) {
		if (b->connect_failures)
			log_info("bus_connected", "%s after %u failures", b->name, b->connect_failures);
		b->connect_failures = 0;
		pthread_mutex_lock(&b->mutex);
		b->counts.connects++;
		pthread_mutex_unlock(&b->mutex);
		return true;
	}
	int64_t pause = b->connect_failures > 5 ? RECONNECT_MAX_MS : 1000LL << b->connect_failures;
	b->reconnect_at_ms = clock_monotonic_ms() + (pause < RECONNECT_MAX_MS ? pause : RECONNECT_MAX_MS);
	if (b->connect_failures++ == 0)
		log_warn("bus_unreachable", "%s", b->name);
	return false;
}

/* The pause that a device needs between frames; libmodbus keeps none. */
static void keep_gap(struct bus *b, const struct profile *p)
{
	if (p->gap_ms > 0 && clock_monotonic_ms() < b->last_request_ms + p->gap_ms)
		sleep_until(b, b->last_request_ms + p->gap_ms);
}

static enum reading_reason read_block(struct bus *b, const struct bus_unit *u, const struct profile_block *block, uint16_t *words)
{
	keep_gap(b, u->profile);
	struct frame_request q = {0, u->unit, block->function, block->address, block->count};
	enum reading_reason reason = line_read(b->line, &q, u->profile->timeout_ms, words);
	b->last_request_ms = clock_monotonic_ms();
	return reason;
}

static const enum reading_reason reason_of_codec[] = {
        [CODEC_OK] = REASON_NONE, [CODEC_SENTINEL] = REASON_SENTINEL, [CODEC_OUT_OF_RANGE] = REASON_OUT_OF_RANGE};

/* Takes the points that lie in this block; the temperature's fate is the reading's. */
static enum reading_reason take_points(const struct profile *p, const struct profile_block *block, const uint16_t *words,
                                       struct reading *r)
{
	int32_t *const values[PROFILE_POINTS] = {&r->temp_c100, &r->rh_c100};
	enum reading_reason reason = REASON_NONE;
	for (unsigned i = 0; i < PROFILE_POINTS; i++) {
		const struct profile_point *point = &p->points[i];
		bool inside = point->set && point->function == block->function && point->address >= block->address &&
		              point->address + codec_words(point->codec.type) <= (unsigned)block->address + block->count;
		if (!inside)
			continue;
		enum codec_result result = codec_decode(&point->codec, words + (point->address - block->address), values[i]);
		if (i == PROFILE_TEMPERATURE)
			reason = reason_of_codec[result];
	}
	return reason;
}

/* Humidity alone may fail: the reading then stands without it. */
static void read_unit(struct bus *b, const struct bus_unit *u, struct reading *r)
{
	uint16_t words[FRAME_REGISTERS_MAX];
	*r = (struct reading){.device = u->device, .rh_c100 = READING_NO_RH};
	for (unsigned i = 0; i < u->profile->block_count; i++) {
		enum reading_reason reason = read_block(b, u, &u->profile->blocks[i], words);
		if (reason == REASON_NONE)
			reason = take_points(u->profile, &u->profile->blocks[i], words, r);
		if (i == 0)
			r->reason = reason;
		if (reason != REASON_NONE)
			break;
	}
	r->status = reading_status_of(r->reason);
	r->at_ms = clock_now_ms(b->clock);
}

/* Silence is told when it begins, when its reason changes, and then once a period, however often the unit is probed. */
static void push(struct bus *b, size_t i, const struct reading *r)
{
	struct last_word *w = &b->words[i];
	int64_t now = clock_monotonic_ms();
	if (r->status == READING_SILENT && w->reason == r->reason && now - w->at_ms < b->units[i].period_ms)
		return;
	*w = (struct last_word){now, r->reason};
	reading_queue_push(b->queue, r);
}

static void ask(struct bus *b, size_t i)
{
	const struct bus_unit *u = &b->units[i];
	struct reading r = {
	        .device = u->device, .rh_c100 = READING_NO_RH, .status = READING_SILENT, .reason = REASON_NO_CONNECTION};
	int64_t begun = clock_monotonic_ms();
	if (connect_line(b, u->profile)) {
		read_unit(b, u, &r);
		schedule_done(&b->schedule, i, r.status != READING_SILENT, begun, clock_monotonic_ms());
	} else {
		r.at_ms = clock_now_ms(b->clock);
		schedule_skip(&b->schedule, i, clock_monotonic_ms(), b->reconnect_at_ms);
	}
	count_request(b, r.reason);
	push(b, i, &r);
}

static void *run(void *arg)
{
	struct bus *b = arg;
	size_t unit = 0;
	while (!should_stop(b)) {
		int64_t now = clock_monotonic_ms();
		int64_t wait = schedule_next(&b->schedule, now, &unit);
		if (wait > 0)
			sleep_until(b, now + wait);
		else
			ask(b, unit);
	}
	return NULL;
}

/* No signal is handled in a bus's thread: a broken pipe is an errno there. */
static bool start_thread(struct bus *b)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool ok = pthread_create(&b->thread, NULL, run, b) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ok;
}

static bool units_are_valid(const struct bus_settings *s)
{
	if (s->count == 0 || s->count > BUS_UNITS_MAX)
		return false;
	for (size_t i = 0; i < s->count; i++)
		if (s->units[i].unit < 1 || s->units[i].unit > 247 || s->units[i].period_ms < PERIOD_MIN_MS ||
		    !s->units[i].profile)
			return false;
	return true;
}

static void bus_free(struct bus *b)
{
	line_free(b->line);
	pthread_cond_destroy(&b->wake);
	pthread_mutex_destroy(&b->mutex);
	free(b->schedule.units);
	free(b->words);
	free(b->units);
	free(b);
}

static struct bus *bus_new(const struct bus_settings *s, const struct line_address *address)
{
	struct bus *b = memory_alloc(sizeof *b);
	*b = (struct bus){.unit_count = s->count, .clock = s->clock, .queue = s->queue};
	strncpy(b->name, s->address, sizeof b->name - 1);
	b->line = line_new(address);
	b->units = memory_alloc(s->count * sizeof *b->units);
	memcpy(b->units, s->units, s->count * sizeof *b->units);
	b->words = memory_alloc(s->count * sizeof *b->words);
	memset(b->words, 0, s->count * sizeof *b->words);
	b->schedule = (struct schedule){.units = memory_alloc(s->count * sizeof(struct schedule_unit)), .count = s->count};
	for (size_t i = 0; i < s->count; i++)
		b->schedule.units[i].period_ms = s->units[i].period_ms;
	schedule_start(&b->schedule, clock_monotonic_ms(), s->seed);
	pthread_mutex_init(&b->mutex, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&b->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	return b;
}

enum status bus_start(const struct bus_settings *settings, struct bus **out)
{
	struct line_address address;
	*out = NULL;
	if (!units_are_valid(settings))
		return ST_INVALID_FIELD;
	enum status st = line_address_parse(settings->address, &address);
	if (st != ST_OK)
		return st;
	struct bus *b = bus_new(settings, &address);
	if (!start_thread(b)) {
		bus_free(b);
		return ST_INTERNAL;
	}
	*out = b;
	return ST_OK;
}

void bus_stop(struct bus *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->mutex);
	b->stop = true;
	pthread_cond_signal(&b->wake);
	pthread_mutex_unlock(&b->mutex);
	pthread_join(b->thread, NULL);
	bus_free(b);
}

struct bus_counts bus_read_counts(struct bus *b)
{
	pthread_mutex_lock(&b->mutex);
	struct bus_counts counts = b->counts;
	pthread_mutex_unlock(&b->mutex);
	return counts;
}
