#include "devices/reading.h"

#include "core/arena.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const statuses[READING_STATUSES] = {"ok", "silent", "fault"};

static const struct {
	const char *name;
	enum reading_status status;
	const char *text;
} reasons[REASON_COUNT] = {
        [REASON_NONE] = {"", READING_OK, ""},
        [REASON_TIMEOUT] = {"timeout", READING_SILENT, "设备没有应答"},
        [REASON_NO_CONNECTION] = {"no_connection", READING_SILENT, "连接不上采集器"},
        [REASON_CONNECTION_LOST] = {"connection_lost", READING_SILENT, "与采集器的连接中断"},
        [REASON_GATEWAY] = {"gateway", READING_SILENT, "网关报告设备没有应答"},
        [REASON_EXCEPTION] = {"exception", READING_FAULT, "设备拒绝读取"},
        [REASON_WRONG_ANSWER] = {"wrong_answer", READING_FAULT, "应答与请求不符"},
        [REASON_SENTINEL] = {"sentinel", READING_FAULT, "探头断线或故障"},
        [REASON_OUT_OF_RANGE] = {"out_of_range", READING_FAULT, "读数超出探头量程"},
};

enum reading_status reading_status_of(enum reading_reason reason)
{
	return reasons[reason].status;
}

const char *reading_status_name(enum reading_status status)
{
	return statuses[status];
}

const char *reading_reason_name(enum reading_reason reason)
{
	return reasons[reason].name;
}

const char *reading_reason_text(enum reading_reason reason)
{
	return reasons[reason].text;
}

bool reading_status_named(const char *name, enum reading_status *out)
{
	for (int i = 0; i < READING_STATUSES; i++)
		if (strcmp(statuses[i], name) == 0) {
			*out = (enum reading_status)i;
			return true;
		}
	return false;
}

bool reading_reason_named(const char *name, enum reading_reason *out)
{
	for (int i = 0; i < REASON_COUNT; i++)
		if (strcmp(reasons[i].name, name) == 0) {
			*out = (enum reading_reason)i;
			return true;
		}
	return false;
}

struct reading_queue {
	pthread_mutex_t mutex;
	pthread_cond_t filled; /* on the monotonic clock */
	uint64_t dropped;
	size_t capacity, first, count;
	struct reading ring[];
};

struct reading_queue *reading_queue_new(size_t capacity)
{
	struct reading_queue *q = memory_alloc(sizeof *q + capacity * sizeof *q->ring);
	*q = (struct reading_queue){.capacity = capacity};
	pthread_mutex_init(&q->mutex, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&q->filled, &attributes);
	pthread_condattr_destroy(&attributes);
	return q;
}

void reading_queue_free(struct reading_queue *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->filled);
	pthread_mutex_destroy(&q->mutex);
	free(q);
}

void reading_queue_push(struct reading_queue *q, const struct reading *r)
{
	pthread_mutex_lock(&q->mutex);
	if (q->count == q->capacity) {
		q->first = (q->first + 1) % q->capacity;
		q->count--;
		q->dropped++;
	}
	q->ring[(q->first + q->count++) % q->capacity] = *r;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->mutex);
}

static struct timespec after_ms(int64_t wait_ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	int64_t ns = t.tv_nsec + wait_ms % 1000 * 1000000;
	return (struct timespec){t.tv_sec + wait_ms / 1000 + ns / 1000000000, ns % 1000000000};
}

size_t reading_queue_take(struct reading_queue *q, struct reading *out, size_t max, int64_t wait_ms)
{
	struct timespec until = after_ms(wait_ms);
	size_t n = 0;
	pthread_mutex_lock(&q->mutex);
	while (q->count == 0 && wait_ms > 0 && pthread_cond_timedwait(&q->filled, &q->mutex, &until) == 0)
		continue;
	for (; n < max && q->count > 0; n++, q->count--) {
		out[n] = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
	}
	pthread_mutex_unlock(&q->mutex);
	return n;
}

uint64_t reading_queue_dropped(struct reading_queue *q)
{
	pthread_mutex_lock(&q->mutex);
	uint64_t dropped = q->dropped;
	pthread_mutex_unlock(&q->mutex);
	return dropped;
}
