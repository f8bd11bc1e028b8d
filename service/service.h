/*
 * The service's own structs: the stores it hosts, one request's life (struct exchange) and the table of routes.
 * A request passes through stages; each names the next kind of work, and a thread of the queue or the caller itself
 * (tests, the simulation) does it. Nothing here knows a socket.
 */
#pragma once
#include "core/clock.h"
#include "core/config.h"
#include "core/write.h"
#include "service/shape.h"

#include <stdatomic.h>

#define MEDIA_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum method { METHOD_GET, METHOD_POST, METHOD_PATCH, METHOD_DELETE, METHOD_COUNT };

/* What a stage still needs. */
enum work {
	WORK_DONE,   /* the reply is complete */
	WORK_READ,   /* a reader connection of the store */
	WORK_WRITE,  /* the store's writer */
	WORK_SLOW,   /* seconds of processor or a child process: password hash, drawing a label */
	WORK_STREAM, /* the connection stays open for events */
	WORK_FAN,    /* several stores, each for itself: service/supervise.h */
};

struct store;
struct service;
struct exchange;
struct list_file;
struct list_spec;

struct request {
	enum method method;
	const char *path;  /* decoded per segment later; begins with '/' */
	const char *query; /* without '?', "" where absent */
	const char *body;
	size_t body_len;
	struct buf *body_owner; /* whose bytes the body is; NULL: the caller's, for as long as the exchange lives */
	const char *cookie, *key, *origin, *host, *forwarded_proto, *content_type, *last_event_id,
	        *accept_encoding; /* NULL where absent */
	bool from_trusted_proxy;
	bool over_limit; /* the body was cut: answer 413 */
};

struct reply {
	int http;
	const char *content_type;
	struct buf body;
	const char *cookie;    /* value of Set-Cookie, or NULL */
	const char *location;  /* of a 3xx, or NULL */
	const char *file_name; /* Content-Disposition, or NULL */
	const char *foreign;   /* a file that somebody brought: its own name; the browser must not trust it. Or NULL */
	const char *encoding;  /* Content-Encoding, or NULL */
	int retry_after_s;     /* 0: no header */
	bool cacheable, page;  /* long caching; Content-Security-Policy */
	const char *constant;  /* bytes that live for ever instead of body */
	size_t constant_len;
};

/* How a route is carried out. */
enum route_kind {
	ROUTE_READ,   /* handler_read inside a snapshot */
	ROUTE_CREATE, /* write, answers 201 */
	ROUTE_STEP,   /* write, answers 200 */
	ROUTE_LIST,   /* the list engine over route->list */
	ROUTE_LOGIN,  /* session.c */
	ROUTE_LOGOUT,
	ROUTE_STREAM,
	ROUTE_IMPORT,  /* a write whose body is no JSON */
	ROUTE_UPLOAD,  /* a write whose body is a file of any type; answers 201 */
	ROUTE_FILE,    /* a read that answers such a file */
	ROUTE_PICTURE, /* a read, then a child process draws */
};

struct route {
	enum method method;
	const char *path; /* below /api/v1/{consortium}/ */
	enum route_kind kind;
	enum permission permission;
	enum status (*read)(struct exchange *x, struct db *db);
	enum status (*write)(struct exchange *x, struct tx *tx);
	const struct list_spec *list;
	const struct list_spec *filters_of;  /* a read that takes the filters of a list */
	const struct query_parameter *query; /* of a read or an import; ends with name NULL. NULL: none */
	const struct shape *in;
	const char *out; /* name of the output in the API document */
	const char *title;
};

#define PATH_PARAMS_MAX 3

struct exchange {
	struct service *service;
	struct request request;
	struct reply reply;
	struct arena arena;
	struct faults faults;
	struct store *store;
	const struct route *route;
	const char *params[PATH_PARAMS_MAX]; /* the {…} segments in order */
	int64_t id;                          /* params[0] as an id, 0 where it is none */
	char request_id[24];
	struct me me;
	unsigned char fingerprint[HASH_BYTES];
	struct jv_document document;
	void *in;           /* the parsed body, of route->in's struct */
	enum status parsed; /* outcome of parsing, told only to those who may ask */
	enum status outcome;
	struct jo o; /* writes into reply.body */
	int64_t now_ms;
	int32_t today_ymd;
	struct write_job job;
	bool replayed, csv, xlsx;
	bool row_keys;            /* a list's rows begin with the key behind which it goes on, for whoever merges lists */
	struct list_file *file;   /* its first page is in the reply, and more come; NULL: the reply is whole */
	int64_t staged_import_id; /* begun by this write: its body goes to the importer */
	enum work next;
	/* a stage's own state */
	const char *password, *stored_hash;
	int64_t login_user_id;
	unsigned char token_hash[HASH_BYTES];
	const unsigned char *token;      /* of a login to several stores at once; NULL: drawn */
	const struct supervise_ask *fan; /* of WORK_FAN */
	const char *render_layout, *render_format;
	struct buf render_input;
	void (*done)(struct exchange *x);
	void *owner; /* the connection */
	struct exchange *queued_next;
	int64_t queued_at_ms;
};

struct store {
	struct service *service;
	char code[33];
	char *name;
	char *where;
	struct writer writer;
	atomic_bool writable;
	atomic_llong committed_seq;
	atomic_llong backup_at_ms;     /* of the last good copy; 0: none yet */
	atomic_llong unsaved_since_ms; /* of the first write that it does not hold; 0: it holds all */
	struct write_lane *lane;
};

/* Counters for /metrics; each is a plain monotonic number. */
struct metrics {
	atomic_llong requests, problems, writes, groups, group_jobs_max, reads, logins, login_failures, refusals, streams;
	atomic_llong group_reruns, group_rerun_us;
	atomic_llong group_sizes[12]; /* a histogram by powers of two */
};

struct service {
	const struct config *config;
	struct clock clock;
	struct store *stores;
	size_t store_count;
	struct queue *queue;
	struct login_guard *guard;
	struct stream_hub *hub;
	struct fan_hall *hall;     /* NULL where no store is asked for another */
	struct importer *importer; /* NULL where nobody carries long imports through */
	struct metrics metrics;
	atomic_bool stopping;
	atomic_ullong request_counter;
	const char *program; /* our own path, for child processes */
	int64_t started_ms;
};

extern const struct route routes[];
extern const size_t route_count;

/* ---- dispatch.c ---- */
/* Prepares an exchange whose request is filled in. Never blocks. Answers the first work. */
enum work dispatch_begin(struct exchange *x);
/* One stage each; answer the next work. */
enum work dispatch_read(struct exchange *x, struct db *db);
enum work dispatch_slow(struct exchange *x);
/* Fills x->job; after the writer ran it call dispatch_written. */
void dispatch_prepare_write(struct exchange *x);
enum work dispatch_written(struct exchange *x);
void exchange_drop(struct exchange *x);
/* All stages on the caller's thread, with his own connections. */
void dispatch_run(struct exchange *x, struct db *db, struct writer *writer);
/* Turns an outcome into problem JSON. */
void reply_problem(struct exchange *x, enum status st);
/* A query parameter, decoded, in the arena; NULL where absent. */
const char *query_get(struct exchange *x, const char *name);
int64_t query_i64(struct exchange *x, const char *name, int64_t missing);
/* Is a parameter or a filter of this name a day (…_ymd, …since, …until)? Such a one must exist in the calendar. */
bool query_is_day(const char *name);
/* Adds a fault and answers st. */
#define x_fail(x, st, field, row, ...) fault_add(&(x)->faults, st, field, row, __VA_ARGS__)
struct store *service_store(struct service *s, const char *code, size_t n);
