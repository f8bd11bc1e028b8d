#include "service/fan.h"

#include "core/log.h"
#include "service/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct fan_hall {
	pthread_mutex_t lock;
	pthread_cond_t news;
	pthread_t thread;
	struct fan *waiting;
	bool stopping;
};

/* The lock is held. True for the one who is to answer. */
static bool take_out(struct fan_hall *h, struct fan *f)
{
	struct fan **at = &h->waiting;
	if (f->answered)
		return false;
	f->answered = true;
	while (*at && *at != f)
		at = &(*at)->next;
	if (*at)
		*at = f->next;
	for (size_t i = 0; i < f->count; i++)
		f->parts[i].taken = f->parts[i].finished;
	return true;
}

static void let_go(struct fan_hall *h, struct fan *f)
{
	pthread_mutex_lock(&h->lock);
	bool last = --f->holds == 0;
	pthread_mutex_unlock(&h->lock);
	if (!last)
		return;
	for (size_t i = 0; i < f->count; i++)
		exchange_drop(&f->parts[i].x);
	free(f);
}

static void give_answer(struct fan_hall *h, struct fan *f)
{
	struct exchange *parent = f->parent;
	f->answer(f);
	let_go(h, f);
	parent->next = WORK_DONE;
	parent->done(parent);
}

static void on_part(struct exchange *x)
{
	struct fan_part *part = x->owner;
	struct fan *f = part->fan;
	struct fan_hall *h = x->service->hall;
	pthread_mutex_lock(&h->lock);
	part->finished = true;
	bool mine = --f->left == 0 && take_out(h, f);
	pthread_mutex_unlock(&h->lock);
	if (mine)
		give_answer(h, f);
	let_go(h, f);
}

/* The one whose time ends first; NULL where nobody waits. The lock is held. */
static struct fan *earliest(const struct fan_hall *h)
{
	struct fan *first = h->waiting;
	for (struct fan *f = first; f; f = f->next)
		if (f->deadline_ms < first->deadline_ms)
			first = f;
	return first;
}

static void *hall_main(void *arg)
{
	struct fan_hall *h = arg;
	pthread_mutex_lock(&h->lock);
	while (!h->stopping) {
		struct fan *f = earliest(h);
		if (!f) {
			pthread_cond_wait(&h->news, &h->lock);
		} else if (f->deadline_ms <= clock_monotonic_ms()) {
			bool mine = take_out(h, f);
			pthread_mutex_unlock(&h->lock);
			if (mine)
				give_answer(h, f);
			pthread_mutex_lock(&h->lock);
		} else {
			const struct timespec until = {f->deadline_ms / 1000, (f->deadline_ms % 1000) * 1000000};
			pthread_cond_clockwait(&h->news, &h->lock, CLOCK_MONOTONIC, &until);
		}
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

struct fan_hall *fan_hall_open(void)
{
	struct fan_hall *h = memory_alloc(sizeof *h);
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->news, NULL);
	if (pthread_create(&h->thread, NULL, hall_main, h) == 0)
		return h;
	log_error("no_thread", "of questions to several stores");
	free(h);
	return NULL;
}

void fan_hall_close(struct fan_hall *h)
{
	if (!h)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_signal(&h->news);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->news);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

struct fan *fan_new(struct exchange *parent, int64_t wait_ms, void (*answer)(struct fan *f))
{
	size_t n = parent->service->store_count;
	struct fan *f = memory_alloc(sizeof *f + n * sizeof *f->parts);
	f->parent = parent;
	f->answer = answer;
	f->deadline_ms = clock_monotonic_ms() + wait_ms;
	f->count = f->left = n;
	f->holds = n + 2; /* each part, the answer, and whoever sends */
	for (size_t i = 0; i < n; i++) {
		f->parts[i].fan = f;
		f->parts[i].x.service = parent->service;
		f->parts[i].x.owner = &f->parts[i];
		f->parts[i].x.done = on_part;
	}
	return f;
}

void fan_leave_out(struct fan *f, size_t i)
{
	f->parts[i].left_out = true;
	f->left--;
	f->holds--;
}

void fan_send(struct fan *f)
{
	struct service *s = f->parent->service;
	struct fan_hall *h = s->hall;
	pthread_mutex_lock(&h->lock);
	f->next = h->waiting;
	h->waiting = f;
	pthread_cond_signal(&h->news);
	pthread_mutex_unlock(&h->lock);
	for (size_t i = 0; i < f->count; i++) {
		struct exchange *x = &f->parts[i].x;
		if (f->parts[i].left_out)
			continue;
		enum work work = dispatch_begin(x);
		if (work == WORK_READ)
			queue_submit_apart(s, x);
		else
			queue_submit(s, x, work);
	}
	let_go(h, f);
}
