#include "core/pairs.h"

#include "core/arena.h"
#include "core/file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS_MAX 256
#define PIECE 2048 /* pairs of a run that are read at once */

/* A sorted part: in the file, or (the only one) in memory. */
struct run {
	off_t at, end; /* bytes of the file still to be read */
	struct pair *pairs;
	size_t next, count;
};

struct pairs {
	const char *folder;
	struct pair *held;
	size_t room, held_count, count, run_count;
	int fd;
	off_t written;
	enum status failed;
	struct run runs[RUNS_MAX];
	struct pair last;
	bool begun;
};

struct pairs *pairs_new(size_t room, const char *folder)
{
	struct pairs *p = memory_alloc(sizeof *p);
	p->folder = folder;
	p->room = room;
	p->fd = -1;
	p->held = memory_alloc(room * sizeof *p->held);
	return p;
}

void pairs_free(struct pairs *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->run_count; i++)
		free(p->runs[i].pairs);
	free(p->held);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

static int compare(const struct pair *x, const struct pair *y)
{
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->second > y->second) - (x->second < y->second);
}

static int by_value(const void *left, const void *right)
{
	return compare(left, right);
}

/* What is held becomes a run of the file. */
static void spill(struct pairs *p)
{
	size_t n = p->held_count * sizeof *p->held;
	if (p->fd < 0)
		p->fd = file_without_name(p->folder);
	qsort(p->held, p->held_count, sizeof *p->held, by_value);
	if (p->fd < 0 || p->run_count == RUNS_MAX || !file_write_all(p->fd, p->held, n)) {
		p->failed = ST_STORE_UNAVAILABLE;
	} else {
		p->runs[p->run_count++] = (struct run){.at = p->written, .end = p->written + (off_t)n};
		p->written += (off_t)n;
	}
	p->held_count = 0;
}

void pairs_add(struct pairs *p, int64_t first, int64_t second)
{
	if (p->held_count == p->room)
		spill(p);
	p->held[p->held_count++] = (struct pair){first, second};
	p->count++;
}

enum status pairs_sort(struct pairs *p)
{
	if (p->run_count == 0) {
		qsort(p->held, p->held_count, sizeof *p->held, by_value);
		p->runs[p->run_count++] = (struct run){.pairs = p->held, .count = p->held_count};
		p->held = NULL;
		return p->failed;
	}
	if (p->held_count)
		spill(p);
	free(p->held);
	p->held = NULL;
	for (size_t i = 0; i < p->run_count; i++)
		p->runs[i].pairs = memory_alloc(PIECE * sizeof(struct pair));
	return p->failed;
}

/* The run's next pair, or NULL at its end. */
static const struct pair *peek(struct pairs *p, struct run *r)
{
	if (r->next < r->count)
		return &r->pairs[r->next];
	size_t left = (size_t)(r->end - r->at), n = left < PIECE * sizeof(struct pair) ? left : PIECE * sizeof(struct pair);
	if (!n || p->failed != ST_OK)
		return NULL;
	if (pread(p->fd, r->pairs, n, r->at) != (ssize_t)n) {
		p->failed = ST_STORE_UNAVAILABLE;
		return NULL;
	}
	r->at += (off_t)n;
	r->next = 0;
	r->count = n / sizeof(struct pair);
	return r->pairs;
}

bool pairs_next(struct pairs *p, struct pair *out)
{
	for (;;) {
		struct run *least = NULL;
		const struct pair *best = NULL;
		for (size_t i = 0; i < p->run_count; i++) {
			const struct pair *one = peek(p, &p->runs[i]);
			if (one && (!best || compare(one, best) < 0)) {
				best = one;
				least = &p->runs[i];
			}
		}
		if (!best)
			return false;
		*out = *best;
		least->next++;
		if (p->begun && compare(out, &p->last) == 0)
			continue;
		p->begun = true;
		p->last = *out;
		return true;
	}
}

enum status pairs_status(const struct pairs *p)
{
	return p->failed;
}

size_t pairs_count(const struct pairs *p)
{
	return p->count;
}
