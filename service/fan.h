/*
 * One question to several stores at once. Each store's part is an exchange of its own and goes the way of every request, on
 * its store's own reader; whoever asks is answered when all parts are done or when his time is up, whichever comes first.
 * A part that comes later only tidies up.
 */
#pragma once
#include "service/service.h"

struct fan_part {
	struct exchange x;
	struct fan *fan;
	bool left_out; /* this store is not asked */
	bool finished; /* guarded by the hall */
	bool taken;    /* was done in time: x is whole and the answer may read it */
};

struct fan {
	struct exchange *parent;
	void (*answer)(struct fan *f); /* fills parent's reply; on whatever thread ended the waiting */
	unsigned char token[32];       /* of a login to all of them */
	void *own;                     /* the answer's, in parent's arena */
	int64_t deadline_ms;           /* monotonic */
	size_t count, left, holds;
	bool answered;
	struct fan *next; /* of those that wait */
	struct fan_part parts[];
};

struct fan_hall;

/* The thread that ends the waiting of those whose time is up. NULL where there is none to be had. */
struct fan_hall *fan_hall_open(void);
/* After the queue has stopped: nothing is under way. NULL is nothing. */
void fan_hall_close(struct fan_hall *h);

/* A question with one part per store, its store's exchange begun by the caller. */
struct fan *fan_new(struct exchange *parent, int64_t wait_ms, void (*answer)(struct fan *f));
/* That store is not asked; at least one must be. */
void fan_leave_out(struct fan *f, size_t i);
/* Sends all other parts on their way. The fan is no longer the caller's. */
void fan_send(struct fan *f);
