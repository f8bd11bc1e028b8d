#include "service/http.h"

#include "core/attachment.h"
#include "core/log.h"
#include "service/queue.h"
#include "service/stream.h"

#include <ctype.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX ((size_t)1 << 20)
#define IMPORT_MAX ((size_t)64 << 20)
#define IDLE_S 25
#define PATIENCE_MS 27000
#define BODY_STEP 2048 /* at least that much of a body must come within PATIENCE_MS */
#define STOP_MS 10000
#define FILE_PIECE ((size_t)64 << 10)
#define CONNECTION_MEMORY ((size_t)16 << 10) /* of head and pieces of the body; zeroed for every request */

/* What a connection is waiting for; the sweeper ends those that send nothing useful. */
enum phase { PHASE_HEAD, PHASE_BODY, PHASE_BUSY };
struct watch {
	int fd;
	enum phase phase;
	int64_t since_ms;
	size_t bytes;
	struct watch *next, **link;
};

struct http {
	struct service *service;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock; /* of the watches */
	struct watch *watches;
	pthread_t sweeper;
	atomic_bool stopping;
	atomic_long active;
};

/* One request on a connection. */
struct call {
	struct exchange x;
	struct http *http;
	struct MHD_Connection *connection;
	char *uri;
	struct buf body;
	enum status refused;                         /* decided from the head alone */
	bool begun, submitted, finished, unreadable; /* unreadable: the body cannot be waited for */
	struct subscriber *subscriber;
	size_t sent; /* of the body, where it is a page of a file */
};

/* The raw request target, before anything is decoded; called first for each request. */
static void *on_uri(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct http *h = cls;
	struct call *c = memory_alloc(sizeof *c);
	c->http = h;
	c->connection = connection;
	c->uri = memory_string(uri);
	c->x.service = h->service;
	atomic_fetch_add(&h->active, 1);
	return c;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
	struct http *h = cls;
	struct call *c = *state;
	(void)why;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct watch *w = info ? info->socket_context : NULL;
	if (w) {
		pthread_mutex_lock(&h->lock);
		w->phase = PHASE_HEAD;
		w->since_ms = clock_monotonic_ms();
		pthread_mutex_unlock(&h->lock);
	}
	if (!c)
		return;
	if (c->subscriber)
		stream_unsubscribe(h->service->hub, c->subscriber);
	exchange_drop(&c->x);
	buf_drop(&c->body);
	free(c->uri);
	free(c);
	*state = NULL;
	atomic_fetch_sub(&h->active, 1);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http *h = cls;
	struct watch *w = *context;
	pthread_mutex_lock(&h->lock);
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		w = memory_alloc(sizeof *w);
		w->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		w->since_ms = clock_monotonic_ms();
		w->next = h->watches;
		w->link = &h->watches;
		if (w->next)
			w->next->link = &w->next;
		h->watches = w;
		*context = w;
	} else if (w) {
		*w->link = w->next;
		if (w->next)
			w->next->link = w->link;
		free(w);
		*context = NULL;
	}
	pthread_mutex_unlock(&h->lock);
}

static void set_phase(struct call *c, enum phase phase, size_t bytes)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct watch *w = info ? info->socket_context : NULL;
	if (!w)
		return;
	pthread_mutex_lock(&c->http->lock);
	w->bytes += bytes;
	if (w->phase != phase || w->bytes >= BODY_STEP) {
		w->phase = phase;
		w->since_ms = clock_monotonic_ms();
		w->bytes = 0;
	}
	pthread_mutex_unlock(&c->http->lock);
}

/* Ends connections that hold a place and send nothing useful: a head or a step of the body must come in time. */
static void *sweep(void *arg)
{
	struct http *h = arg;
	while (!atomic_load(&h->stopping)) {
		usleep(500000);
		int64_t now = clock_monotonic_ms();
		pthread_mutex_lock(&h->lock);
		for (struct watch *w = h->watches; w; w = w->next)
			if (w->phase != PHASE_BUSY && now - w->since_ms > PATIENCE_MS)
				shutdown(w->fd, SHUT_RDWR);
		pthread_mutex_unlock(&h->lock);
	}
	return NULL;
}

struct head {
	struct request *r;
	int content_lengths, encodings, hosts;
	bool bad, unreadable; /* unreadable: a body whose end nobody here can tell */
};

/* A field's name is letters, digits and some marks; its value has no control bytes but the tab. */
static bool field_is_clean(const char *name, size_t name_size, const char *value, size_t value_size)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < name_size; i++)
		if (!isalnum((unsigned char)name[i]) && (!name[i] || !strchr(marks, name[i])))
			return false;
	for (size_t i = 0; i < value_size; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7F)
			return false;
	return name_size > 0;
}

/* Most names differ in their first letter. */
static bool same_name(const char *a, const char *b)
{
	return ((a[0] ^ b[0]) & ~0x20) == 0 && strcasecmp(a, b) == 0;
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
                                 size_t value_size)
{
	struct head *head = cls;
	struct request *r = head->r;
	static const struct {
		const char *name;
		size_t at; /* of a const char * in struct request */
	} wanted[] = {
	        {"Cookie", offsetof(struct request, cookie)},
	        {"Idempotency-Key", offsetof(struct request, key)},
	        {"Origin", offsetof(struct request, origin)},
	        {"Host", offsetof(struct request, host)},
	        {"X-Forwarded-Proto", offsetof(struct request, forwarded_proto)},
	        {"Content-Type", offsetof(struct request, content_type)},
	        {"Last-Event-ID", offsetof(struct request, last_event_id)},
	        {"Accept-Encoding", offsetof(struct request, accept_encoding)},
	};
	(void)kind;
	head->bad = head->bad || !field_is_clean(name, name_size, value, value_size);
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (same_name(name, wanted[i].name))
			*(const char **)(void *)((char *)r + wanted[i].at) = value ? value : "";
	head->hosts += same_name(name, "Host");
	head->content_lengths += same_name(name, "Content-Length");
	if (same_name(name, "Transfer-Encoding")) {
		head->encodings++;
		head->unreadable = !value || strcasecmp(value, "chunked") != 0;
	}
	return MHD_YES;
}

/* libmicrohttpd 0.9.75 lets through heads that two readers may understand differently; we do not. */
static bool head_is_clean(const struct head *head, const char *uri)
{
	bool ambiguous = head->content_lengths > 1 || head->encodings > 1 || (head->content_lengths && head->encodings);
	for (const char *p = uri; *p; p++)
		if ((unsigned char)*p <= 0x20 || *p == 0x7F)
			return false;
	return !head->bad && !head->unreadable && !ambiguous && head->hosts <= 1 && uri[0] == '/';
}

static bool find_method(const char *name, enum method *out)
{
	static const struct {
		const char *name;
		enum method method;
	} methods[] = {{"GET", METHOD_GET},
	               {"HEAD", METHOD_GET},
	               {"POST", METHOD_POST},
	               {"PATCH", METHOD_PATCH},
	               {"DELETE", METHOD_DELETE}};
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(name, methods[i].name) == 0) {
			*out = methods[i].method;
			return true;
		}
	return false;
}

static size_t body_limit(const struct call *c)
{
	const char *path = c->x.request.path;
	if (strstr(path, "/attachments"))
		return ATTACHMENT_MAX;
	return strstr(path, "/imports/") || strstr(path, "/delivery-note") ? IMPORT_MAX : BODY_MAX;
}

static void split_uri(struct call *c)
{
	char *mark = strchr(c->uri, '?');
	if (mark)
		*mark = '\0';
	c->x.request.path = c->uri;
	c->x.request.query = mark ? mark + 1 : "";
}

/* Looks at the head once it is whole. */
static void begin_call(struct call *c, const char *method)
{
	struct request *r = &c->x.request;
	struct head head = {.r = r};
	c->begun = true;
	MHD_get_connection_values_n(c->connection, MHD_HEADER_KIND, on_header, &head);
	bool clean = head_is_clean(&head, c->uri);
	c->unreadable = head.unreadable;
	split_uri(c);
	if (!clean)
		c->refused = ST_BAD_REQUEST;
	else if (!find_method(method, &r->method))
		c->refused = ST_METHOD_NOT_ALLOWED;
	const union MHD_ConnectionInfo *peer = MHD_get_connection_info(c->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	r->from_trusted_proxy = peer && config_trusts(c->http->service->config, peer->client_addr);
	const char *length = MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, "Content-Length");
	int64_t n = 0;
	if (length && (!text_to_i64(length, &n) || n < 0))
		c->refused = ST_BAD_REQUEST;
	if (n > (int64_t)body_limit(c))
		c->refused = ST_TOO_LARGE;
	c->body.max = body_limit(c);
	set_phase(c, PHASE_BODY, 0);
}

/*
 * A file that somebody brought must not become a page of ours: no script, no frame, no address of ours. Pictures are
 * shown where they are, all else is handed to the desk. The name is UTF-8, escaped, with a plain one for old programs.
 */
static void add_foreign(struct MHD_Response *response, const struct reply *r)
{
	SCOPED(buf) b = {0};
	bool shown = r->content_type && strncmp(r->content_type, "image/", 6) == 0;
	buf_printf(&b, "%s; filename=\"file\"; filename*=UTF-8''", shown ? "inline" : "attachment");
	for (const unsigned char *p = (const unsigned char *)r->foreign; *p; p++)
		if (isalnum(*p) || strchr("-._", *p))
			buf_putc(&b, (char)*p);
		else
			buf_printf(&b, "%%%02X", *p);
	MHD_add_response_header(response, "Content-Disposition", b.data);
	MHD_add_response_header(response, "Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'");
}

static void add_headers(struct call *c, struct MHD_Response *response)
{
	const struct reply *r = &c->x.reply;
	char number[16];
	MHD_add_response_header(response, "Content-Type", r->content_type ? r->content_type : "application/json");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Cache-Control",
	                        r->cacheable ? "public, max-age=31536000, immutable"
	                        : r->page    ? "no-cache"
	                                     : "no-store");
	if (r->page)
		MHD_add_response_header(response, "Referrer-Policy", "same-origin");
	if (r->page)
		MHD_add_response_header(response, "Content-Security-Policy",
		                        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
		                        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
	if (r->cookie)
		MHD_add_response_header(response, "Set-Cookie", r->cookie);
	if (r->encoding)
		MHD_add_response_header(response, "Content-Encoding", r->encoding);
	if (r->page)
		MHD_add_response_header(response, "Vary", "Accept-Encoding");
	if (r->file_name) {
		char disposition[200];
		snprintf(disposition, sizeof disposition, "attachment; filename=\"%.150s\"", r->file_name);
		MHD_add_response_header(response, "Content-Disposition", disposition);
	}
	if (r->foreign)
		add_foreign(response, r);
	if (r->retry_after_s) {
		snprintf(number, sizeof number, "%d", r->retry_after_s);
		MHD_add_response_header(response, "Retry-After", number);
	}
	if (c->refused != ST_OK || atomic_load(&c->http->stopping))
		MHD_add_response_header(response, "Connection", "close");
}

static enum MHD_Result answer(struct call *c)
{
	struct reply *r = &c->x.reply;
	struct MHD_Response *response = NULL;
	if (r->constant) {
		response =
		        MHD_create_response_from_buffer(r->constant_len, (void *)(uintptr_t)r->constant, MHD_RESPMEM_PERSISTENT);
	} else {
		response = MHD_create_response_from_buffer(r->body.len, r->body.data, MHD_RESPMEM_MUST_FREE);
		r->body = (struct buf){0};
	}
	if (!response)
		return MHD_NO;
	add_headers(c, response);
	enum MHD_Result done = MHD_queue_response(c->connection, (unsigned)(r->http ? r->http : 200), response);
	MHD_destroy_response(response);
	return done;
}

/*
 * libmicrohttpd asks for more of a file. What of the page is not yet sent, else sleep until the next one is read; a file that
 * cannot go on is broken off, so that nobody takes a part for the whole.
 */
static ssize_t give_file(void *cls, uint64_t position, char *to, size_t max)
{
	struct call *c = cls;
	struct buf *page = &c->x.reply.body;
	const size_t left = page->len - c->sent, n = left < max ? left : max;
	(void)position;
	if (c->x.outcome != ST_OK)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n) {
		memcpy(to, page->data + c->sent, n);
		c->sent += n;
		return (ssize_t)n;
	}
	if (!c->x.file)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (atomic_load(&c->http->service->stopping))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	buf_clear(page);
	c->sent = 0;
	MHD_suspend_connection(c->connection);
	queue_submit_apart(c->http->service, &c->x); /* files never keep those waiting who ask for a page */
	return 0;
}

static enum MHD_Result answer_file(struct call *c)
{
	struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, FILE_PIECE, give_file, c, NULL);
	if (!response)
		return MHD_NO;
	add_headers(c, response);
	enum MHD_Result done = MHD_queue_response(c->connection, 200, response);
	MHD_destroy_response(response);
	return done;
}

static enum MHD_Result answer_stream(struct call *c)
{
	struct MHD_Response *response = stream_response(c->subscriber);
	if (!response)
		return MHD_NO;
	c->x.reply.content_type = "text/event-stream; charset=utf-8";
	add_headers(c, response);
	enum MHD_Result done = MHD_queue_response(c->connection, 200, response);
	MHD_destroy_response(response);
	return done;
}

/* On whatever thread ended the work. */
static void on_done(struct exchange *x)
{
	struct call *c = x->owner;
	c->finished = true;
	MHD_resume_connection(c->connection);
}

static enum MHD_Result submit(struct call *c)
{
	struct exchange *x = &c->x;
	c->submitted = true;
	set_phase(c, PHASE_BUSY, 0);
	x->owner = c;
	x->done = on_done;
	x->request.over_limit = c->body.over;
	x->request.body = c->body.data ? c->body.data : "";
	x->request.body_len = c->body.len;
	x->request.body_owner = &c->body;
	if (atomic_load(&c->http->service->stopping)) {
		x->faults.arena = &x->arena;
		reply_problem(x, ST_STOPPING);
		return answer(c);
	}
	enum work work = dispatch_begin(x);
	if (work == WORK_DONE)
		return answer(c);
	MHD_suspend_connection(c->connection);
	queue_submit(c->http->service, x, work);
	return MHD_YES;
}

static enum MHD_Result refuse(struct call *c)
{
	c->x.faults.arena = &c->x.arena;
	snprintf(c->x.request_id, sizeof c->x.request_id, "-");
	reply_problem(&c->x, c->refused);
	return answer(c);
}

static enum MHD_Result finish(struct call *c)
{
	if (c->x.next != WORK_STREAM)
		return c->x.file ? answer_file(c) : answer(c);
	c->subscriber = stream_subscribe(c->http->service->hub, &c->x, c->connection);
	return c->subscriber ? answer_stream(c) : MHD_NO;
}

/* Called when the head is whole, for each piece of the body, at its end, and after each resume. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct call *c = *state;
	(void)cls;
	(void)connection;
	(void)url;
	(void)version;
	if (!c->begun) {
		begin_call(c, method);
		return c->refused == ST_TOO_LARGE || c->unreadable ? refuse(c) : MHD_YES;
	}
	if (*upload_size) {
		buf_put(&c->body, upload, *upload_size);
		set_phase(c, PHASE_BODY, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (c->refused != ST_OK)
		return refuse(c);
	if (!c->submitted)
		return submit(c);
	return c->finished ? finish(c) : MHD_YES;
}

/* A listening socket at one address; tells the port it got. -1 with errno. */
static int bind_to(const struct addrinfo *address, uint16_t *port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} bound = {.v6 = {0}};
	socklen_t n = sizeof bound;
	int yes = 1, fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, 1024) != 0 ||
	    getsockname(fd, &bound.any, &n) != 0) {
		close(fd);
		return -1;
	}
	*port = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
	return fd;
}

static int listen_on(const char *host, uint16_t *port, char why[200])
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *list = NULL;
	char service[8];
	snprintf(service, sizeof service, "%u", *port);
	int rc = getaddrinfo(*host ? host : NULL, service, &hints, &list);
	if (rc != 0 || !list) {
		snprintf(why, 200, "%s: %s", host, gai_strerror(rc));
		return -1;
	}
	int fd = bind_to(list, port);
	if (fd < 0)
		snprintf(why, 200, "%s:%u: %s", host, *port, strerror(errno));
	freeaddrinfo(list);
	return fd;
}

/* libmicrohttpd found itself broken: better a clean exit status than a signal. */
static void on_panic(void *cls, const char *file, unsigned line, const char *reason)
{
	(void)cls;
	log_error("http_panic", "%s:%u: %s", file, line, reason ? reason : "");
	_exit(3);
}

enum status http_start(struct service *s, const char *host, uint16_t *port, struct http **out, char why[200])
{
	struct http *h = memory_alloc(sizeof *h);
	int fd = listen_on(host, port, why);
	if (fd < 0) {
		free(h);
		return ST_BUSY;
	}
	h->service = s;
	pthread_mutex_init(&h->lock, NULL);
	MHD_set_panic_func(on_panic, NULL);
	h->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
	                             on_request, h, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
	                             (unsigned)s->config->connections, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
	                             MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
	                             MHD_OPTION_URI_LOG_CALLBACK, on_uri, h, MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
	                             MHD_OPTION_NOTIFY_CONNECTION, on_connection, h, MHD_OPTION_END);
	if (!h->daemon || pthread_create(&h->sweeper, NULL, sweep, h) != 0) {
		snprintf(why, 200, "cannot start the HTTP thread");
		close(fd);
		free(h);
		return ST_BUSY;
	}
	*out = h;
	return ST_OK;
}

void http_stop(struct http *h)
{
	int fd = MHD_quiesce_daemon(h->daemon);
	if (fd >= 0)
		close(fd);
	atomic_store(&h->service->stopping, true);
	stream_stop(h->service->hub);
	for (int64_t end = clock_monotonic_ms() + STOP_MS; atomic_load(&h->active) > 0 && clock_monotonic_ms() < end;)
		usleep(5000);
	atomic_store(&h->stopping, true);
	pthread_join(h->sweeper, NULL);
	MHD_stop_daemon(h->daemon);
	pthread_mutex_destroy(&h->lock);
	free(h);
}
