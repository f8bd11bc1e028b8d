/*
 * Asks an HTTP server on loopback over and over, on N connections that stay open, and says how it fared:
 *
 *   load PORT REQUESTS [--clients N] [--seconds S] [--warmup S] [--rate R] [--count N] [--header "Name: value"]... [--key PREFIX]
 *
 * REQUESTS is a file of lines `METHOD PATH [BODY]`, taken in turn. --key adds an Idempotency-Key of PREFIX and a running
 * number. Without --rate each connection asks again as soon as it was answered; with it requests leave at R a second and
 * a request's time counts from when it should have left. --count ends after so many requests instead of S seconds.
 * Output: one JSON object; times in microseconds, `total` counts the warm-up too, `errors` all that is no 2xx.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000LL
#define HEAD_MAX 8192
#define KEY_DIGITS 12
#define EVENTS_MAX 256

/* A request as it goes out; the key's digits are written over before each use. */
struct template
{
	char *text;
	size_t len, key_at; /* key_at 0: no key */
};

struct client {
	int fd;
	bool busy, head_done;
	int64_t began_ns;
	char head[HEAD_MAX];
	size_t head_len, body_left;
	struct client *next_idle;
};

struct options {
	uint16_t port;
	size_t clients;
	double seconds, warmup, rate;
	int64_t count;
	const char *key;
	char headers[4096];
};

struct load {
	struct options o;
	struct template *templates;
	size_t template_count;
	struct client *clients, *idle;
	int epoll, timer;
	int64_t begin_ns, measure_ns, end_ns, issued, total, errors;
	uint32_t *times; /* of answers in the measured span, in 0.1 us */
	size_t time_count, time_room;
	char first_error[200];
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(3);
}

static void *grown(void *p, size_t n)
{
	void *out = realloc(p, n);
	if (!out)
		die("memory");
	return out;
}

static struct template make_template(const struct options *o, const char *line)
{
	struct template t = {0};
	size_t method = strcspn(line, " "), path = strcspn(line + method + (line[method] == ' '), " \n");
	const char *rest = line + method + 1 + path;
	const char *body = *rest == ' ' ? rest + 1 : "";
	size_t body_len = strcspn(body, "\n"), room = strlen(line) + sizeof o->headers + 512;
	t.text = grown(NULL, room);
	t.len = (size_t)snprintf(t.text, room, "%.*s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s", (int)(method + 1 + path), line,
	                         o->port, o->headers);
	if (o->key) {
		t.len += (size_t)snprintf(t.text + t.len, room - t.len, "Idempotency-Key: %s", o->key);
		t.key_at = t.len;
		t.len += (size_t)snprintf(t.text + t.len, room - t.len, "%0*d\r\n", KEY_DIGITS, 0);
	}
	if (body_len)
		t.len += (size_t)snprintf(t.text + t.len, room - t.len,
		                          "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_len);
	t.len += (size_t)snprintf(t.text + t.len, room - t.len, "\r\n%.*s", (int)body_len, body);
	return t;
}

static void read_requests(struct load *l, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	if (!f)
		die(path);
	while (getline(&line, &room, f) > 1) {
		l->templates = grown(l->templates, (l->template_count + 1) * sizeof *l->templates);
		l->templates[l->template_count++] = make_template(&l->o, line);
	}
	free(line);
	fclose(f);
	if (!l->template_count) {
		fprintf(stderr, "load: %s holds no request\n", path);
		exit(2);
	}
}

static void dial(struct load *l, struct client *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(l->o.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
	int yes = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
		die("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &e) != 0)
		die("epoll");
}

static void rest_client(struct load *l, struct client *c)
{
	c->busy = false;
	c->next_idle = l->idle;
	l->idle = c;
}

static void note_error(struct load *l, const char *what, size_t n)
{
	if (l->errors++ == 0)
		snprintf(l->first_error, sizeof l->first_error, "%.*s", (int)(n < 150 ? n : 150), what);
}

static void note_time(struct load *l, int64_t began_ns, int64_t now)
{
	int64_t tenths = (now - began_ns) / 100;
	if (now < l->measure_ns)
		return;
	if (l->time_count == l->time_room) {
		l->time_room = l->time_room ? 2 * l->time_room : 65536;
		l->times = grown(l->times, l->time_room * sizeof *l->times);
	}
	l->times[l->time_count++] = tenths > (int64_t)UINT32_MAX ? UINT32_MAX : (uint32_t)tenths;
}

static void write_key(struct template *t, int64_t n)
{
	for (size_t i = KEY_DIGITS; i-- > 0; n /= 10)
		t->text[t->key_at + i] = (char)('0' + n % 10);
}

static void hang_up(struct load *l, struct client *c, const char *why)
{
	close(c->fd);
	if (c->busy)
		note_error(l, why, strlen(why));
	dial(l, c);
}

static void ask(struct load *l, struct client *c, int64_t began_ns)
{
	struct template *t = &l->templates[l->issued % (int64_t)l->template_count];
	if (t->key_at)
		write_key(t, l->issued);
	l->issued++;
	c->busy = true;
	c->head_done = false;
	c->head_len = 0;
	c->began_ns = began_ns;
	for (size_t sent = 0; sent < t->len;) {
		ssize_t n = send(c->fd, t->text + sent, t->len - sent, MSG_NOSIGNAL);
		if (n < 0)
			return; /* the server closed: found when its end is read */
		sent += (size_t)n;
	}
}

/* When the next request is due, at a given rate. */
static int64_t due_ns(const struct load *l)
{
	return l->begin_ns + (int64_t)((double)l->issued / l->o.rate * (double)NS);
}

static bool may_ask(const struct load *l)
{
	return l->o.count == 0 || l->issued < l->o.count;
}

/* Gives work to clients that have none. */
static void ask_idle(struct load *l)
{
	int64_t now = now_ns();
	while (l->idle && may_ask(l)) {
		int64_t began = now;
		if (l->o.rate > 0 && (began = due_ns(l)) > now)
			break;
		struct client *c = l->idle;
		l->idle = c->next_idle;
		ask(l, c, began);
	}
	if (l->o.rate > 0 && l->idle) {
		int64_t at = due_ns(l);
		struct itimerspec when = {.it_value = {at / NS, at % NS}};
		timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &when, NULL);
	}
}

static const char *find_header(const char *head, const char *name)
{
	size_t n = strlen(name);
	for (const char *line = strstr(head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
		if (strncasecmp(line + 2, name, n) == 0)
			return line + 2 + n;
	return NULL;
}

/* Takes bytes of an answer; true once it is whole. */
static bool take(struct client *c, const char *bytes, size_t n)
{
	if (c->head_done) {
		c->body_left -= n < c->body_left ? n : c->body_left;
		return c->body_left == 0;
	}
	size_t room = sizeof c->head - 1 - c->head_len, part = n < room ? n : room;
	memcpy(c->head + c->head_len, bytes, part);
	c->head_len += part;
	c->head[c->head_len] = '\0';
	char *end = strstr(c->head, "\r\n\r\n");
	if (!end)
		return false;
	const char *length = find_header(c->head, "Content-Length:");
	size_t body = length ? strtoul(length, NULL, 10) : 0, have = c->head_len - (size_t)(end + 4 - c->head) + (n - part);
	c->head_done = true;
	c->body_left = body > have ? body - have : 0;
	return c->body_left == 0;
}

static void finish(struct load *l, struct client *c)
{
	l->total++;
	if (strncmp(c->head, "HTTP/1.1 2", 10) == 0) {
		note_time(l, c->began_ns, now_ns());
	} else {
		const char *body = strstr(c->head, "\r\n\r\n");
		const char *what = body && body[4] ? body + 4 : c->head;
		note_error(l, what, strcspn(what, "\r\n"));
	}
	rest_client(l, c);
}

static void on_readable(struct load *l, struct client *c)
{
	char bytes[65536];
	ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		bool was_busy = c->busy;
		hang_up(l, c, "the server hung up");
		if (was_busy)
			rest_client(l, c);
	} else if (c->busy && take(c, bytes, (size_t)n)) {
		finish(l, c);
	}
}

static bool over(const struct load *l)
{
	return l->o.count ? l->total + l->errors >= l->o.count : now_ns() >= l->end_ns;
}

static void run(struct load *l)
{
	struct epoll_event events[EVENTS_MAX], tick = {.events = EPOLLIN, .data.ptr = NULL};
	epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->timer, &tick);
	for (size_t i = 0; i < l->o.clients; i++) {
		dial(l, &l->clients[i]);
		rest_client(l, &l->clients[i]);
	}
	l->begin_ns = now_ns();
	l->measure_ns = l->begin_ns + (int64_t)(l->o.warmup * (double)NS);
	l->end_ns = l->measure_ns + (int64_t)(l->o.seconds * (double)NS);
	while (!over(l)) {
		ask_idle(l);
		int n = epoll_wait(l->epoll, events, EVENTS_MAX, 50);
		for (int i = 0; i < n; i++) {
			uint64_t ticks = 0;
			if (events[i].data.ptr)
				on_readable(l, events[i].data.ptr);
			else
				(void)!read(l->timer, &ticks, sizeof ticks);
		}
	}
	if (l->o.count)
		l->end_ns = now_ns();
}

static int compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* In microseconds. */
static double percentile(const struct load *l, double share)
{
	size_t at = (size_t)((double)l->time_count * share);
	return l->time_count ? l->times[at < l->time_count ? at : l->time_count - 1] / 10.0 : 0;
}

static void report(struct load *l)
{
	double span = (double)(l->end_ns - l->measure_ns) / (double)NS;
	if (l->time_count)
		qsort(l->times, l->time_count, sizeof *l->times, compare);
	for (char *p = l->first_error; *p; p++)
		*p = *p == '"' || *p == '\\' || (unsigned char)*p < ' ' || (unsigned char)*p > '~' ? '\'' : *p;
	printf("{\"rate\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"measured\":%zu,\"total\":%lld,\"errors\":%lld,"
	       "\"first_error\":\"%s\"}\n",
	       (double)l->time_count / span, percentile(l, 0.5), percentile(l, 0.99), percentile(l, 1), l->time_count,
	       (long long)l->total, (long long)l->errors, l->first_error);
}

static void add_header(struct options *o, const char *line)
{
	size_t n = strlen(o->headers);
	snprintf(o->headers + n, sizeof o->headers - n, "%s\r\n", line);
}

static bool set_option(struct options *o, const char *name, const char *value)
{
	const struct {
		const char *name;
		double *to;
	} numbers[] = {{"--seconds", &o->seconds}, {"--warmup", &o->warmup}, {"--rate", &o->rate}};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(name, numbers[i].name) == 0) {
			*numbers[i].to = strtod(value, NULL);
			return true;
		}
	if (strcmp(name, "--clients") == 0)
		o->clients = strtoul(value, NULL, 10);
	else if (strcmp(name, "--count") == 0)
		o->count = strtoll(value, NULL, 10);
	else if (strcmp(name, "--key") == 0)
		o->key = value;
	else if (strcmp(name, "--header") == 0)
		add_header(o, value);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct load l = {.o = {.clients = 1, .seconds = 1}};
	bool ok = argc >= 3;
	for (int i = 3; i < argc && ok; i += 2)
		ok = i + 1 < argc && set_option(&l.o, argv[i], argv[i + 1]);
	if (!ok || l.o.clients == 0) {
		fprintf(stderr, "usage: load PORT REQUESTS [--clients N] [--seconds S] [--warmup S] [--rate R] [--count N] "
		                "[--header LINE]... [--key PREFIX]\n");
		return 2;
	}
	l.o.port = (uint16_t)strtoul(argv[1], NULL, 10);
	read_requests(&l, argv[2]);
	l.clients = calloc(l.o.clients, sizeof *l.clients);
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	l.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (!l.clients || l.epoll < 0 || l.timer < 0)
		die("start");
	run(&l);
	report(&l);
	for (size_t i = 0; i < l.template_count; i++)
		free(l.templates[i].text);
	for (size_t i = 0; i < l.o.clients; i++)
		close(l.clients[i].fd);
	free(l.templates);
	free(l.clients);
	free(l.times);
	return 0;
}
