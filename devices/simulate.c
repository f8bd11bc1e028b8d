#include "devices/simulate.h"

#include "core/arena.h"
#include "core/clock.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MBAP_BYTES 6
#define LATE_MS 1500
#define DRIP_MS 300
#define PLANS_MAX 64
/* A client that says nothing for so long gives its place to another. */
#define IDLE_CLOSE_MS 300000

struct client {
	int fd; /* -1: free */
	uint8_t in[2 * FRAME_MAX], out[FRAME_MAX];
	size_t in_len, out_len, out_done;
	int64_t send_at_ms, heard_at_ms;
	bool drip;
};
struct unit_fault {
	enum simulate_fault kind;
	int64_t until_ms;
	int32_t stuck_c100;
};
struct plan {
	int64_t at_ms;
	uint8_t unit;
	enum simulate_fault kind;
	int32_t seconds;
};

struct simulator {
	struct simulate_settings settings;
	int listener;
	int64_t begun_ms;
	uint64_t requests;
	struct unit_fault faults[SIMULATE_UNITS_MAX + 1];
	struct plan plans[PLANS_MAX];
	size_t plan_count;
	struct client clients[SIMULATE_CLIENTS_MAX];
};

static const char *const fault_names[SIMULATE_FAULTS] = {
        "none",      "silence", "late",  "wrong-unit", "wrong-transaction", "exception", "gateway",
        "truncated", "drip",    "reset", "stuck",      "sentinel",
};

struct simulate_settings simulate_defaults(const struct profile *profile)
{
	return (struct simulate_settings){.address = "127.0.0.1:0",
	                                  .profile = profile,
	                                  .units = 3,
	                                  .excursion_after_ms = 180000,
	                                  .excursion_for_ms = 240000,
	                                  .silence_after_ms = 300000,
	                                  .silence_for_ms = 60000,
	                                  .speed = 1};
}

static bool parse_address(const char *text, struct sockaddr_in *out)
{
	char host[16];
	int64_t port = 0;
	const char *colon = strrchr(text, ':');
	if (!colon || (size_t)(colon - text) >= sizeof host || !text_to_i64(colon + 1, &port) || port < 0 || port > 65535)
		return false;
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	*out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

static int listen_on(const struct sockaddr_in *at)
{
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, (const struct sockaddr *)at, sizeof *at) == 0 && listen(fd, 64) == 0)
		return fd;
	close(fd);
	return -1;
}

enum status simulate_open(const struct simulate_settings *settings, struct simulator **out, char why[160])
{
	struct sockaddr_in at;
	*out = NULL;
	if (!parse_address(settings->address, &at) || settings->units < 1 || settings->units > SIMULATE_UNITS_MAX ||
	    settings->speed < 1 || settings->speed > 100000 || (settings->replay && settings->replay_count == 0)) {
		snprintf(why, 160, "address, units or speed are not valid");
		return ST_INVALID_FIELD;
	}
	int fd = listen_on(&at);
	if (fd < 0) {
		snprintf(why, 160, "cannot listen on %.64s: %s", settings->address, strerror(errno));
		return ST_STORE_UNAVAILABLE;
	}
	struct simulator *sim = memory_alloc(sizeof *sim);
	*sim = (struct simulator){.settings = *settings, .listener = fd, .begun_ms = clock_monotonic_ms()};
	for (size_t i = 0; i < SIMULATE_CLIENTS_MAX; i++)
		sim->clients[i].fd = -1;
	*out = sim;
	return ST_OK;
}

static void drop_client(struct client *c)
{
	close(c->fd);
	c->fd = -1;
}

void simulate_close(struct simulator *sim)
{
	if (!sim)
		return;
	for (size_t i = 0; i < SIMULATE_CLIENTS_MAX; i++)
		if (sim->clients[i].fd >= 0)
			drop_client(&sim->clients[i]);
	close(sim->listener);
	free(sim);
}

void simulate_address(const struct simulator *sim, char out[32])
{
	struct sockaddr_in at = {0};
	char host[16] = "";
	socklen_t size = sizeof at;
	getsockname(sim->listener, (struct sockaddr *)&at, &size);
	inet_ntop(AF_INET, &at.sin_addr, host, sizeof host);
	snprintf(out, 32, "%s:%u", host, ntohs(at.sin_port));
}

uint64_t simulate_requests(const struct simulator *sim)
{
	return sim->requests;
}

static void begin_fault(struct simulator *sim, uint8_t unit, enum simulate_fault kind, int32_t seconds, int64_t now_ms);

static void run_plans(struct simulator *sim, int64_t now_ms)
{
	for (size_t i = 0; i < sim->plan_count;) {
		struct plan p = sim->plans[i];
		if (p.at_ms > now_ms) {
			i++;
			continue;
		}
		sim->plans[i] = sim->plans[--sim->plan_count];
		begin_fault(sim, p.unit, p.kind, p.seconds, now_ms);
	}
}

static enum simulate_fault fault_now(const struct simulator *sim, uint8_t unit, int64_t now_ms)
{
	const struct unit_fault *f = &sim->faults[unit <= SIMULATE_UNITS_MAX ? unit : 0];
	const struct simulate_settings *s = &sim->settings;
	int64_t since = (now_ms - sim->begun_ms) * s->speed - s->silence_after_ms;
	if (f->kind != SIMULATE_NONE && now_ms < f->until_ms)
		return f->kind;
	return !s->replay && unit == 3 && since >= 0 && since < s->silence_for_ms ? SIMULATE_SILENCE : SIMULATE_NONE;
}

/* The sample that stands at the instant of the file; false within a gap. */
static bool replay_c100(const struct simulate_settings *s, int64_t elapsed_ms, int32_t *out)
{
	int64_t begun = s->replay[0].at_ms, length = s->replay[s->replay_count - 1].at_ms - begun + s->replay_period_s * 1000LL;
	int64_t at = begun + elapsed_ms * s->speed % length;
	size_t low = 0, high = s->replay_count;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		*(s->replay[middle].at_ms <= at ? &low : &high) = middle;
	}
	*out = s->replay[low].temp_c100;
	return at - s->replay[low].at_ms <= 2000LL * s->replay_period_s;
}

/* What a unit measures now; false: it has nothing to say. */
static bool measure(const struct simulator *sim, uint8_t unit, int64_t now_ms, int32_t *c100)
{
	const struct unit_fault *f = &sim->faults[unit];
	if (fault_now(sim, unit, now_ms) == SIMULATE_STUCK) {
		*c100 = f->stuck_c100;
		return true;
	}
	if (sim->settings.replay)
		return replay_c100(&sim->settings, now_ms - sim->begun_ms, c100);
	*c100 = simulate_curve_c100(&sim->settings, unit, now_ms - sim->begun_ms);
	return true;
}

static void begin_fault(struct simulator *sim, uint8_t unit, enum simulate_fault kind, int32_t seconds, int64_t now_ms)
{
	struct unit_fault *f = &sim->faults[unit];
	int32_t c100 = 0;
	f->kind = SIMULATE_NONE;
	measure(sim, unit, now_ms, &c100);
	*f = (struct unit_fault){kind, now_ms + seconds * 1000LL, c100};
}

static bool fault_named(const char *name, enum simulate_fault *out)
{
	for (int i = 0; i < SIMULATE_FAULTS; i++)
		if (strcmp(fault_names[i], name) == 0) {
			*out = (enum simulate_fault)i;
			return true;
		}
	return false;
}

enum status simulate_command(struct simulator *sim, const char *line)
{
	int delay = 0, unit = 0, seconds = 0, used = 0;
	char kind[32] = "";
	enum simulate_fault fault = SIMULATE_NONE;
	if (sscanf(line, " at %6d %n", &delay, &used) < 1)
		used = 0;
	if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#')
		return ST_OK;
	if (sscanf(line + used, " fault %4d %31s %7d", &unit, kind, &seconds) != 3 || !fault_named(kind, &fault))
		return ST_INVALID_FIELD;
	if (unit < 1 || unit > SIMULATE_UNITS_MAX || seconds < 0 || delay < 0 || sim->plan_count == PLANS_MAX)
		return ST_INVALID_FIELD;
	int64_t now = clock_monotonic_ms();
	sim->plans[sim->plan_count++] = (struct plan){now + delay * 1000LL, (uint8_t)unit, fault, seconds};
	run_plans(sim, now);
	return ST_OK;
}

static void put16(uint8_t *out, uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

static uint16_t get16(const uint8_t *in)
{
	return (uint16_t)(in[0] << 8 | in[1]);
}

/* The registers of one point; words has 2. A profile without sentinel gets the lowest pattern there is. */
static bool point_words(const struct simulator *sim, uint8_t unit, enum profile_point_kind kind, int64_t now_ms, uint16_t *words)
{
	const struct codec *c = &sim->settings.profile->points[kind].codec;
	int32_t c100 = 0;
	if (!measure(sim, unit, now_ms, &c100))
		return false;
	if (fault_now(sim, unit, now_ms) == SIMULATE_SENTINEL)
		codec_encode_raw(c, c->sentinel_count ? c->sentinels[0] : 0x8000, words);
	else if (!codec_encode(c, kind == PROFILE_TEMPERATURE ? c100 : 5500 + c100 % 300, words))
		return false;
	return true;
}

/* The value of one register; false: no point of the profile covers it. */
static bool register_at(const struct simulator *sim, uint8_t unit, uint8_t function, unsigned address, int64_t now_ms,
                        uint16_t *out)
{
	for (int i = 0; i < PROFILE_POINTS; i++) {
		const struct profile_point *p = &sim->settings.profile->points[i];
		uint16_t words[2] = {0, 0};
		unsigned offset = address - p->address;
		if (!p->set || p->function != function || address < p->address || offset >= codec_words(p->codec.type))
			continue;
		if (!point_words(sim, unit, (enum profile_point_kind)i, now_ms, words))
			return false;
		*out = words[offset];
		return true;
	}
	return false;
}

static size_t exception(uint8_t *out, uint8_t function, uint8_t code)
{
	put16(out + 4, 3);
	out[7] = function | 0x80;
	out[8] = code;
	return 9;
}

static size_t read_registers(struct simulator *sim, const uint8_t *adu, int64_t now_ms, uint8_t *out)
{
	uint8_t unit = adu[6], function = adu[7];
	unsigned address = get16(adu + 8), count = get16(adu + 10);
	if (count < 1 || count > FRAME_REGISTERS_MAX)
		return exception(out, function, 3);
	for (unsigned i = 0; i < count; i++) {
		uint16_t word = 0;
		if (!register_at(sim, unit, function, address + i, now_ms, &word))
			return exception(out, function, 2);
		put16(out + 9 + 2 * i, word);
	}
	put16(out + 4, (uint16_t)(3 + 2 * count));
	out[7] = function;
	out[8] = (uint8_t)(2 * count);
	return 9 + 2 * count;
}

size_t simulate_answer(struct simulator *sim, const uint8_t *adu, size_t n, int64_t now_ms, uint8_t *out)
{
	int32_t c100 = 0;
	if (n < MBAP_BYTES + 2 || get16(adu + 2) != 0 || get16(adu + 4) != n - MBAP_BYTES)
		return 0;
	if (adu[6] < 1 || adu[6] > sim->settings.units || !measure(sim, adu[6], now_ms, &c100))
		return 0;
	memcpy(out, adu, MBAP_BYTES + 1);
	if (adu[7] != FRAME_READ_HOLDING && adu[7] != FRAME_READ_INPUT)
		return exception(out, adu[7], 1);
	return n == 12 ? read_registers(sim, adu, now_ms, out) : exception(out, adu[7], 3);
}

/* Bends the answer waiting in the client as the unit's fault wants it. */
static void misbehave(struct client *c, enum simulate_fault fault, int64_t now_ms)
{
	static const struct linger at_once = {1, 0};
	uint8_t function = c->out[7] & 0x7F;
	if (fault == SIMULATE_SILENCE)
		c->out_len = 0;
	else if (fault == SIMULATE_LATE)
		c->send_at_ms = now_ms + LATE_MS;
	else if (fault == SIMULATE_WRONG_UNIT)
		c->out[6] = (uint8_t)(c->out[6] + 1);
	else if (fault == SIMULATE_WRONG_TRANSACTION)
		c->out[1] ^= 0x55;
	else if (fault == SIMULATE_EXCEPTION || fault == SIMULATE_GATEWAY)
		c->out_len = exception(c->out, function, fault == SIMULATE_EXCEPTION ? 4 : 11);
	else if (fault == SIMULATE_TRUNCATED)
		c->out_len /= 2;
	else if (fault == SIMULATE_DRIP)
		c->drip = true;
	else if (fault == SIMULATE_RESET) {
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		drop_client(c);
	}
}

/* Takes one whole request off the input; false where there is none yet. A header that cannot be ends the connection. */
static bool serve_request(struct simulator *sim, struct client *c, int64_t now_ms)
{
	if (c->in_len < MBAP_BYTES + 2)
		return false;
	size_t length = MBAP_BYTES + (size_t)get16(c->in + 4);
	if (length > FRAME_MAX || length < MBAP_BYTES + 2) {
		drop_client(c);
		return false;
	}
	if (c->in_len < length)
		return false;
	sim->requests++;
	uint8_t unit = c->in[6];
	c->out_len = simulate_answer(sim, c->in, length, now_ms, c->out);
	c->out_done = 0;
	c->send_at_ms = now_ms;
	c->drip = false;
	c->in_len -= length;
	memmove(c->in, c->in + length, c->in_len);
	if (c->out_len > 0)
		misbehave(c, fault_now(sim, unit, now_ms), now_ms);
	return c->fd >= 0;
}

static void send_part(struct client *c, int64_t now_ms)
{
	size_t n = c->drip ? 1 : c->out_len - c->out_done;
	ssize_t sent = send(c->fd, c->out + c->out_done, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && errno != EAGAIN) {
		drop_client(c);
		return;
	}
	c->out_done += sent > 0 ? (size_t)sent : 0;
	c->send_at_ms = now_ms + (c->drip ? DRIP_MS : 0);
	if (c->out_done == c->out_len)
		c->out_len = c->out_done = 0;
}

/* Reads what came. While an answer waits the next request waits too: real devices do one thing at a time. */
static void receive(struct client *c, int64_t now_ms)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - c->in_len, MSG_DONTWAIT);
	if (n > 0) {
		c->in_len += (size_t)n;
		c->heard_at_ms = now_ms;
	} else if (n == 0 || errno != EAGAIN) {
		drop_client(c);
	}
}

static void serve_client(struct simulator *sim, struct client *c, short ready, int64_t now_ms)
{
	if (ready)
		receive(c, now_ms);
	while (c->fd >= 0) {
		if (c->out_len > 0 && now_ms >= c->send_at_ms)
			send_part(c, now_ms);
		if (c->fd < 0 || c->out_len > 0 || !serve_request(sim, c, now_ms))
			break;
	}
	if (c->fd >= 0 && now_ms - c->heard_at_ms > IDLE_CLOSE_MS)
		drop_client(c);
}

static void accept_client(struct simulator *sim, int64_t now_ms)
{
	int on = 1, fd = accept4(sim->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	for (size_t i = 0; i < SIMULATE_CLIENTS_MAX; i++)
		if (sim->clients[i].fd < 0) {
			sim->clients[i] = (struct client){.fd = fd, .heard_at_ms = now_ms};
			return;
		}
	close(fd);
}

/* Fills the list for poll(); answers how long to sleep until the next late byte is due. */
static int64_t watch(struct simulator *sim, struct pollfd *list, int64_t now_ms, int64_t wait_ms)
{
	for (size_t i = 0; i < SIMULATE_CLIENTS_MAX; i++) {
		const struct client *c = &sim->clients[i];
		bool full = c->in_len == sizeof c->in;
		list[i] = (struct pollfd){c->fd, full ? 0 : POLLIN, 0};
		if (c->fd >= 0 && c->out_len > 0 && c->send_at_ms - now_ms < wait_ms)
			wait_ms = c->send_at_ms > now_ms ? c->send_at_ms - now_ms : 1;
	}
	for (size_t i = 0; i < sim->plan_count; i++)
		if (sim->plans[i].at_ms - now_ms < wait_ms)
			wait_ms = sim->plans[i].at_ms > now_ms ? sim->plans[i].at_ms - now_ms : 1;
	return wait_ms;
}

bool simulate_step(struct simulator *sim, int64_t wait_ms, int more_fd)
{
	struct pollfd list[SIMULATE_CLIENTS_MAX + 2];
	int64_t now = clock_monotonic_ms();
	wait_ms = watch(sim, list, now, wait_ms);
	list[SIMULATE_CLIENTS_MAX] = (struct pollfd){sim->listener, POLLIN, 0};
	list[SIMULATE_CLIENTS_MAX + 1] = (struct pollfd){more_fd, POLLIN, 0};
	if (poll(list, SIMULATE_CLIENTS_MAX + 2, (int)wait_ms) < 0)
		return false;
	now = clock_monotonic_ms();
	run_plans(sim, now);
	for (size_t i = 0; i < SIMULATE_CLIENTS_MAX; i++)
		if (sim->clients[i].fd >= 0)
			serve_client(sim, &sim->clients[i], list[i].revents, now);
	if (list[SIMULATE_CLIENTS_MAX].revents)
		accept_client(sim, now);
	return list[SIMULATE_CLIENTS_MAX + 1].revents != 0;
}
