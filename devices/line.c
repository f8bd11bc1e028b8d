#include "devices/line.h"

#include "core/arena.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* libmodbus calls select(): a descriptor of 1024 or more would abort the process. Some room is left for other threads. */
#define FD_LIMIT 1000

struct line {
	struct line_address address;
	modbus_t *ctx; /* NULL until opened */
	int fd;
	uint16_t transaction;
};

static const int32_t bauds[] = {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200};

static bool host_and_port(const char *text, struct line_address *out)
{
	const char *colon = strchr(text, ':');
	int64_t port = 0;
	struct in_addr ip;
	if (!colon || colon == text || (size_t)(colon - text) >= sizeof out->host)
		return false;
	memcpy(out->host, text, (size_t)(colon - text));
	if (inet_pton(AF_INET, out->host, &ip) != 1 || !text_to_i64(colon + 1, &port) || port < 1 || port > 65535)
		return false;
	out->port = (uint16_t)port;
	return true;
}

/* libmodbus takes an unknown speed silently as 9600. */
static bool known_baud(int64_t baud)
{
	for (size_t i = 0; i < sizeof bauds / sizeof *bauds; i++)
		if (bauds[i] == baud)
			return true;
	return false;
}

/* "/dev/ttyUSB0,9600,8N1" */
static bool serial_port(const char *text, struct line_address *out)
{
	char tty[64], parity = 0;
	int baud = 0, stop = 0, used = 0;
	if (sscanf(text, "%63[^,],%7d,8%c%1d%n", tty, &baud, &parity, &stop, &used) != 4 || text[used] != '\0')
		return false;
	if (strncmp(tty, "/dev/", 5) != 0 || strstr(tty, "..") || !known_baud(baud) || !strchr("NEO", parity) || stop < 1 ||
	    stop > 2)
		return false;
	memcpy(out->tty, tty, sizeof tty);
	out->baud = baud;
	out->parity = parity;
	out->stop_bits = stop;
	return true;
}

static const struct {
	const char *scheme;
	enum framing framing;
	bool (*read)(const char *, struct line_address *);
} schemes[] = {
        {"modbus-tcp://", FRAMING_TCP, host_and_port},
        {"rtu-tcp://", FRAMING_RTU_OVER_TCP, host_and_port},
        {"modbus-rtu://", FRAMING_RTU, serial_port},
};

enum status line_address_parse(const char *text, struct line_address *out)
{
	*out = (struct line_address){0};
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = strlen(schemes[i].scheme);
		if (strncmp(text, schemes[i].scheme, n) != 0)
			continue;
		out->framing = schemes[i].framing;
		return schemes[i].read(text + n, out) ? ST_OK : ST_INVALID_FIELD;
	}
	return ST_INVALID_FIELD;
}

struct line *line_new(const struct line_address *address)
{
	struct line *l = memory_alloc(sizeof *l);
	*l = (struct line){.address = *address, .fd = -1};
	return l;
}

static void line_close(struct line *l)
{
	if (!l->ctx)
		return;
	modbus_close(l->ctx);
	modbus_free(l->ctx);
	l->ctx = NULL;
	l->fd = -1;
}

void line_free(struct line *l)
{
	line_close(l);
	free(l);
}

bool line_is_open(const struct line *l)
{
	return l->ctx != NULL;
}

/* A connected socket below FD_LIMIT, or -1. libmodbus's own connect would abort on a high descriptor. */
static int connect_tcp(const struct line_address *a, int64_t timeout_ms)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(a->port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0, on = 1;
	socklen_t size = sizeof error;
	if (fd < 0)
		return -1;
	inet_pton(AF_INET, a->host, &to.sin_addr);
	bool ok = fd < FD_LIMIT;
	if (ok && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		struct pollfd p = {fd, POLLOUT, 0};
		ok = errno == EINPROGRESS && poll(&p, 1, (int)timeout_ms) == 1 &&
		     getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	if (ok)
		return fd;
	close(fd);
	return -1;
}

static bool open_tcp(struct line *l, int64_t timeout_ms)
{
	bool tcp = l->address.framing == FRAMING_TCP;
	int fd = connect_tcp(&l->address, timeout_ms);
	if (fd < 0)
		return false;
	/* The names are never opened: the socket is ours already. */
	l->ctx = tcp ? modbus_new_tcp(l->address.host, l->address.port) : modbus_new_rtu("/dev/null", 9600, 'N', 8, 1);
	if (!l->ctx) {
		close(fd);
		return false;
	}
	modbus_set_socket(l->ctx, fd);
	l->fd = fd;
	return true;
}

static bool open_serial(struct line *l)
{
	const struct line_address *a = &l->address;
	int probe = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (probe >= 0)
		close(probe);
	if (probe < 0 || probe >= FD_LIMIT)
		return false;
	l->ctx = modbus_new_rtu(a->tty, a->baud, a->parity, 8, a->stop_bits);
	if (!l->ctx)
		return false;
	if (modbus_connect(l->ctx) != 0) {
		modbus_free(l->ctx);
		l->ctx = NULL;
		return false;
	}
	l->fd = modbus_get_socket(l->ctx);
	return true;
}

enum reading_reason line_open(struct line *l, int64_t timeout_ms)
{
	if (l->ctx)
		return REASON_NONE;
	if (!(l->address.framing == FRAMING_RTU ? open_serial(l) : open_tcp(l, timeout_ms)))
		return REASON_NO_CONNECTION;
	modbus_set_error_recovery(l->ctx, MODBUS_ERROR_RECOVERY_NONE);
	return REASON_NONE;
}

/* Whatever lies in the receive buffer answers no question of ours. False where the other side has gone. */
static bool drain(struct line *l)
{
	uint8_t old[512];
	if (l->address.framing == FRAMING_RTU)
		return tcflush(l->fd, TCIOFLUSH) == 0;
	for (int i = 0; i < 64; i++) {
		ssize_t n = recv(l->fd, old, sizeof old, MSG_DONTWAIT);
		if (n <= 0)
			return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	}
	return false; /* somebody floods us */
}

bool line_still_open(struct line *l)
{
	if (l->ctx && !drain(l))
		line_close(l);
	return l->ctx != NULL;
}

/* TCP frames are sent here, because raw requests of libmodbus all carry transaction 0. */
static bool send_request(struct line *l, const struct frame_request *q)
{
	uint8_t bytes[12];
	if (l->address.framing == FRAMING_TCP) {
		frame_write_tcp(q, bytes);
		return send(l->fd, bytes, sizeof bytes, MSG_NOSIGNAL) == (ssize_t)sizeof bytes;
	}
	frame_write_rtu(q, bytes);
	return modbus_set_slave(l->ctx, q->unit) == 0 && modbus_send_raw_request(l->ctx, bytes, 6) > 0;
}

static enum reading_reason reason_of_errno(int error)
{
	if (error == ETIMEDOUT)
		return REASON_TIMEOUT;
	bool garbled = error == EMBBADDATA || error == EMBBADCRC || error == EMBBADSLAVE || error == EMBBADEXC;
	return garbled ? REASON_WRONG_ANSWER : REASON_CONNECTION_LOST;
}

static enum reading_reason reason_of_verdict(enum frame_verdict v, uint8_t exception)
{
	if (v == FRAME_OK)
		return REASON_NONE;
	if (v == FRAME_EXCEPTION)
		return exception == 0x0A || exception == 0x0B ? REASON_GATEWAY : REASON_EXCEPTION;
	return REASON_WRONG_ANSWER;
}

/* Byte timeout 0: the whole answer has to come within the response timeout, however slowly it drips. */
static enum reading_reason receive(struct line *l, const struct frame_request *q, int64_t timeout_ms, uint16_t *words)
{
	uint8_t adu[FRAME_MAX], exception = 0;
	modbus_set_response_timeout(l->ctx, (uint32_t)(timeout_ms / 1000), (uint32_t)(timeout_ms % 1000 * 1000));
	modbus_set_byte_timeout(l->ctx, 0, 0);
	int n = modbus_receive_confirmation(l->ctx, adu);
	if (n < 0)
		return reason_of_errno(errno);
	bool tcp = l->address.framing == FRAMING_TCP;
	enum frame_verdict v = tcp ? frame_check_tcp(q, adu, (size_t)n, words, &exception)
	                           : frame_check_rtu(q, adu, (size_t)n, words, &exception);
	return reason_of_verdict(v, exception);
}

/*
 * RTU has no transaction number, so a late answer would be taken for the next one's: after a timeout it gets as long
 * again to arrive, then the line has to be still, which is waited for ten times at most. A serial server would hand a
 * late answer to the next connection too.
 */
static void wait_for_silence(struct line *l, int64_t first_ms)
{
	uint8_t old[256];
	struct pollfd p = {l->fd, POLLIN, 0};
	int64_t wait = first_ms;
	for (int i = 0; i < 10 && poll(&p, 1, (int)wait) == 1; i++) {
		if (read(l->fd, old, sizeof old) <= 0)
			break;
		wait = 50;
	}
}

enum reading_reason line_read(struct line *l, const struct frame_request *request, int64_t timeout_ms, uint16_t *words)
{
	struct frame_request q = *request;
	q.transaction = ++l->transaction;
	enum reading_reason reason = REASON_CONNECTION_LOST;
	if (l->ctx && drain(l) && send_request(l, &q))
		reason = receive(l, &q, timeout_ms, words);
	bool clean = reason == REASON_NONE || reason == REASON_EXCEPTION || reason == REASON_GATEWAY;
	if (clean)
		return reason;
	if (l->ctx && l->address.framing != FRAMING_TCP && reason != REASON_CONNECTION_LOST)
		wait_for_silence(l, reason == REASON_TIMEOUT ? timeout_ms : 50);
	if (l->address.framing != FRAMING_RTU || reason == REASON_CONNECTION_LOST)
		line_close(l);
	return reason;
}
