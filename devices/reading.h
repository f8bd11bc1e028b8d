/*
 * One look at one device, and the bounded queue that carries readings from the threads of the buses to whoever keeps them.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reading_status {
	READING_OK,
	READING_SILENT, /* no answer: nothing is known about the place */
	READING_FAULT,  /* it answers, but what it says is no temperature */
	READING_STATUSES
};
enum reading_reason {
	REASON_NONE,
	REASON_TIMEOUT,
	REASON_NO_CONNECTION,
	REASON_CONNECTION_LOST,
	REASON_GATEWAY,      /* the Modbus gateway says its device does not answer (exceptions 0x0A, 0x0B) */
	REASON_EXCEPTION,    /* any other Modbus exception */
	REASON_WRONG_ANSWER, /* another unit, transaction, function or length than asked */
	REASON_SENTINEL,
	REASON_OUT_OF_RANGE,
	REASON_COUNT
};

/* Humidity that was not measured. */
#define READING_NO_RH INT32_MIN

struct reading {
	int64_t at_ms;     /* wall clock when the answer came (or was given up) */
	int32_t device;    /* the caller's number of the device */
	int32_t temp_c100; /* 1/100 °C; 0 unless status is READING_OK */
	int32_t rh_c100;   /* 1/100 %RH or READING_NO_RH */
	enum reading_status status;
	enum reading_reason reason;
};

/* The status a reason leads to. */
enum reading_status reading_status_of(enum reading_reason reason);
/* "ok", "silent", "fault": names in files and on the wire. */
const char *reading_status_name(enum reading_status status);
/* "timeout", "sentinel" ...; "" for REASON_NONE. */
const char *reading_reason_name(enum reading_reason reason);
/* The reason for people, in Chinese; "" for REASON_NONE. */
const char *reading_reason_text(enum reading_reason reason);
bool reading_status_named(const char *name, enum reading_status *out);
bool reading_reason_named(const char *name, enum reading_reason *out);

/* Many buses push, one thread takes. When it is full the oldest reading is dropped and counted: the present matters more. */
struct reading_queue;
struct reading_queue *reading_queue_new(size_t capacity);
/* Nobody may push or take any more. NULL is allowed. */
void reading_queue_free(struct reading_queue *q);
void reading_queue_push(struct reading_queue *q, const struct reading *r);
/* Takes up to max readings, oldest first; waits at most wait_ms for the first one. Answers how many. */
size_t reading_queue_take(struct reading_queue *q, struct reading *out, size_t max, int64_t wait_ms);
/* Readings lost for want of room since the start. A rising number is an alarm of its own. */
uint64_t reading_queue_dropped(struct reading_queue *q);
