#include "service/http_client.h"

#include "core/clock.h"
#include "core/text.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)1 << 20)

/* A request under way. */
struct call {
	int fd, stop_fd;
	int64_t until_ms; /* monotonic */
};

static void call_drop(struct call *c)
{
	if (c->fd >= 0)
		close(c->fd);
}

static enum status refuse(char why[HTTP_URL_WHY_MAX], const char *text)
{
	snprintf(why, HTTP_URL_WHY_MAX, "%s", text);
	return ST_INVALID_FIELD;
}

/* Copies n bytes that are visible ASCII into a field of size bytes. */
static bool put(char *to, size_t size, const char *from, size_t n)
{
	if (n >= size)
		return false;
	for (size_t i = 0; i < n; i++)
		if (from[i] <= ' ' || from[i] > '~')
			return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

enum status http_target_parse(const char *url, struct http_target *out, char why[HTTP_URL_WHY_MAX])
{
	static const char scheme[] = "http://";
	int64_t port = 80;
	*out = (struct http_target){.port = "80"};
	if (strncmp(url, "https://", 8) == 0)
		return refuse(why, "网关不直接使用 https, 请经本机的 TLS 代理连接 (见 docs/cold-chain.md)");
	if (strncmp(url, scheme, strlen(scheme)) != 0)
		return refuse(why, "服务地址应为 http://主机:端口");
	const char *host = url + strlen(scheme), *path = host + strcspn(host, "/");
	size_t n = (size_t)(path - host), name = strcspn(host, ":/");
	if (host[0] == '[') { /* an IPv6 address holds colons of its own */
		name = strcspn(host, "]");
		if (name >= n || !put(out->host, sizeof out->host, host + 1, name - 1))
			return refuse(why, "服务地址中的主机不正确");
		name++;
	} else if (name == 0 || !put(out->host, sizeof out->host, host, name)) {
		return refuse(why, "服务地址中的主机不正确");
	}
	if (name < n && (host[name] != ':' || !put(out->port, sizeof out->port, host + name + 1, n - name - 1) ||
	                 !text_to_i64(out->port, &port) || port < 1 || port > 65535))
		return refuse(why, "服务地址中的端口不正确");
	n = strlen(path);
	if (!put(out->path, sizeof out->path, path, n > 0 && path[n - 1] == '/' ? n - 1 : n))
		return refuse(why, "服务地址中的路径不正确");
	return ST_OK;
}

/* Waits until the socket is ready for events. */
static enum status wait_for(const struct call *c, short events)
{
	struct pollfd fds[2] = {{.fd = c->fd, .events = events}, {.fd = c->stop_fd, .events = POLLIN}};
	for (;;) {
		int64_t left = c->until_ms - clock_monotonic_ms();
		int n = left > 0 ? poll(fds, 2, (int)left) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n > 0 && fds[1].revents)
			return ST_STOPPING;
		return n > 0 ? ST_OK : ST_STORE_UNAVAILABLE;
	}
}

static enum status connect_one(struct call *c, const struct addrinfo *to)
{
	int error = 0;
	socklen_t n = sizeof error;
	c->fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
	if (c->fd < 0)
		return ST_STORE_UNAVAILABLE;
	if (connect(c->fd, to->ai_addr, to->ai_addrlen) == 0)
		return ST_OK;
	enum status st = errno == EINPROGRESS ? wait_for(c, POLLOUT) : ST_STORE_UNAVAILABLE;
	if (st == ST_OK && (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0 || error != 0))
		st = ST_STORE_UNAVAILABLE;
	return st;
}

static enum status connect_any(struct call *c, const struct http_target *to)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV};
	struct addrinfo *list = NULL;
	enum status st = ST_STORE_UNAVAILABLE;
	if (getaddrinfo(to->host, to->port, &hints, &list) != 0)
		return st;
	for (const struct addrinfo *at = list; at && st == ST_STORE_UNAVAILABLE; at = at->ai_next) {
		call_drop(c);
		c->fd = -1;
		st = connect_one(c, at);
	}
	freeaddrinfo(list);
	return st;
}

static enum status send_all(const struct call *c, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
			continue;
		}
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return ST_STORE_UNAVAILABLE;
		enum status st = wait_for(c, POLLOUT);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* Everything until the other side closes, as HTTP/1.0 has it. */
static enum status receive_all(const struct call *c, struct buf *in)
{
	char piece[16384];
	for (;;) {
		enum status st = wait_for(c, POLLIN);
		if (st != ST_OK)
			return st;
		ssize_t n = recv(c->fd, piece, sizeof piece, 0);
		if (n == 0)
			return ST_OK;
		if (n > 0)
			buf_put(in, piece, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR)
			return ST_STORE_UNAVAILABLE;
		if (in->over)
			return ST_STORE_UNAVAILABLE;
	}
}

/* HTTP/1.0: the answer comes in one piece, never in chunks. */
static void write_request(struct buf *b, const struct http_target *to, const struct http_post *what)
{
	bool colons = strchr(to->host, ':') != NULL;
	buf_printf(b, "POST %s%s HTTP/1.0\r\nHost: %s%s%s", to->path, what->path, colons ? "[" : "", to->host, colons ? "]" : "");
	buf_printf(b, ":%s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n", to->port, what->body_len);
	if (what->cookie)
		buf_printf(b, "Cookie: %s\r\n", what->cookie);
	if (what->key)
		buf_printf(b, "Idempotency-Key: %s\r\n", what->key);
	buf_puts(b, "Connection: close\r\n\r\n");
	buf_put(b, what->body, what->body_len);
}

/* The value of a head line, or NULL; the heads end where their text does. */
static const char *find_head(struct arena *a, const char *heads, const char *name)
{
	size_t n = strlen(name);
	for (const char *p = strchr(heads, '\n'); p; p = strchr(p, '\n')) {
		p++;
		if (strncasecmp(p, name, n) == 0 && p[n] == ':') {
			p += n + 1;
			p += strspn(p, " \t");
			return arena_copy(a, p, strcspn(p, "\r\n"));
		}
	}
	return NULL;
}

/* "HTTP/1.1 200 OK", heads, an empty line, and as many bytes as were promised. */
static enum status read_answer(struct arena *a, const struct buf *in, struct http_answer *out)
{
	char version = '\0';
	int64_t length = 0;
	const char *end = in->data ? strstr(in->data, "\r\n\r\n") : NULL;
	if (!end || sscanf(in->data, "HTTP/1.%c %3d ", &version, &out->status) != 2 || out->status < 100)
		return ST_STORE_UNAVAILABLE;
	const char *heads = arena_copy(a, in->data, (size_t)(end - in->data));
	out->body_len = in->len - (size_t)(end + 4 - in->data);
	out->body = arena_copy(a, end + 4, out->body_len);
	const char *promised = find_head(a, heads, "Content-Length"), *cookie = find_head(a, heads, "Set-Cookie");
	out->cookie = cookie ? arena_copy(a, cookie, strcspn(cookie, ";")) : NULL;
	if (promised && (!text_to_i64(promised, &length) || length < 0 || (size_t)length != out->body_len))
		return ST_STORE_UNAVAILABLE;
	return ST_OK;
}

enum status http_post(struct arena *a, const struct http_target *to, const struct http_post *what, struct http_answer *out)
{
	SCOPED(call) c = {.fd = -1, .stop_fd = what->stop_fd, .until_ms = clock_monotonic_ms() + what->timeout_ms};
	SCOPED(buf) request = {0};
	SCOPED(buf) in = {.max = ANSWER_MAX};
	*out = (struct http_answer){0};
	write_request(&request, to, what);
	enum status st = connect_any(&c, to);
	if (st == ST_OK)
		st = send_all(&c, request.data, request.len);
	if (st == ST_OK)
		st = receive_all(&c, &in);
	return st == ST_OK ? read_answer(a, &in, out) : st;
}
