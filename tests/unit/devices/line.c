#include "devices/line.h"

#include "core/clock.h"
#include "tests/harness.h"
#include "tests/unit/devices/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static void addresses(void)
{
	struct line_address a;
	CU_ASSERT_EQUAL(line_address_parse("modbus-tcp://192.168.1.5:502", &a), ST_OK);
	CU_ASSERT_TRUE(a.framing == FRAMING_TCP && a.port == 502 && strcmp(a.host, "192.168.1.5") == 0);
	CU_ASSERT_EQUAL(line_address_parse("rtu-tcp://10.0.0.1:8899", &a), ST_OK);
	CU_ASSERT_EQUAL(a.framing, FRAMING_RTU_OVER_TCP);
	CU_ASSERT_EQUAL(line_address_parse("modbus-rtu:///dev/ttyUSB0,4800,8E1", &a), ST_OK);
	CU_ASSERT_TRUE(a.baud == 4800 && a.parity == 'E' && a.stop_bits == 1 && strcmp(a.tty, "/dev/ttyUSB0") == 0);
	static const char *const bad[] = {"",
	                                  "192.168.1.5:502",
	                                  "modbus-tcp://fridge.local:502",
	                                  "modbus-tcp://1.2.3:502",
	                                  "modbus-tcp://1.2.3.4",
	                                  "modbus-tcp://1.2.3.4:0",
	                                  "modbus-tcp://1.2.3.4:65536",
	                                  "modbus-tcp://1.2.3.4:502/",
	                                  "modbus-rtu:///etc/passwd,9600,8N1",
	                                  "modbus-rtu:///dev/../etc/passwd,9600,8N1",
	                                  "modbus-rtu:///dev/ttyS0,12345,8N1",
	                                  "modbus-rtu:///dev/ttyS0,9600,8X1",
	                                  "modbus-rtu:///dev/ttyS0,9600,8N3",
	                                  "modbus-rtu:///dev/ttyS0,9600,8N1x",
	                                  "modbus-rtu:///dev/ttyS0"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_EQUAL(line_address_parse(bad[i], &a), ST_INVALID_FIELD);
}

static struct line *connect_to(const char *url)
{
	struct line_address a;
	CU_ASSERT_EQUAL_FATAL(line_address_parse(url, &a), ST_OK);
	struct line *l = line_new(&a);
	CU_ASSERT_EQUAL(line_open(l, 500), REASON_NONE);
	return l;
}

/* Temperature is near 4.5, humidity near 55: one is never taken for the other. */
static enum reading_reason read_one(struct line *l, uint8_t unit, uint16_t address, uint16_t *word)
{
	struct frame_request q = {0, unit, FRAME_READ_HOLDING, address, 1};
	*word = 0;
	return line_open(l, 500) == REASON_NONE ? line_read(l, &q, 150, word) : REASON_NO_CONNECTION;
}

/* Whatever a device does, the reason is right and the next answers are the next answers. */
static void every_fault_has_its_reason_and_an_end(void)
{
	static const struct {
		const char *kind;
		enum reading_reason reason;
	} rows[] = {
	        {"silence", REASON_TIMEOUT},         {"late", REASON_TIMEOUT},
	        {"wrong-unit", REASON_WRONG_ANSWER}, {"wrong-transaction", REASON_WRONG_ANSWER},
	        {"exception", REASON_EXCEPTION},     {"gateway", REASON_GATEWAY},
	        {"truncated", REASON_TIMEOUT},       {"drip", REASON_TIMEOUT},
	        {"reset", REASON_CONNECTION_LOST},
	};
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct line *l = connect_to(test_server_url(server));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char command[64];
		uint16_t word = 0;
		snprintf(command, sizeof command, "fault 2 %s 60", rows[i].kind);
		test_server_command(server, command);
		int64_t begun = clock_monotonic_ms();
		enum reading_reason reason = read_one(l, 2, 0, &word);
		if (reason != rows[i].reason)
			printf("  %s: %s\n", rows[i].kind, reading_reason_name(reason));
		CU_ASSERT_EQUAL(reason, rows[i].reason);
		CU_ASSERT_TRUE(clock_monotonic_ms() - begun < 600); /* no fault holds the bus longer than the timeout and a bit */
		test_server_command(server, "fault 2 none 0");
		CU_ASSERT_TRUE(read_one(l, 2, 1, &word) == REASON_NONE && word > 5000);
		CU_ASSERT_TRUE(read_one(l, 2, 0, &word) == REASON_NONE && word < 1000);
	}
	line_free(l);
	test_server_stop(server);
}

static void a_closed_connection_is_noticed_before_it_is_used(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct line *l = connect_to(test_server_url(server));
	uint16_t word = 0;
	CU_ASSERT_EQUAL(read_one(l, 1, 0, &word), REASON_NONE);
	CU_ASSERT_TRUE(line_still_open(l));
	test_server_stop(server);
	CU_ASSERT_FALSE(line_still_open(l));
	CU_ASSERT_EQUAL(line_open(l, 200), REASON_NO_CONNECTION);
	line_free(l);
}

/* libmodbus would abort the process from 1024 on. */
static void high_descriptors_are_refused(void)
{
	struct rlimit limit;
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max < 1200 ? limit.rlim_max : 1200;
	setrlimit(RLIMIT_NOFILE, &limit);
	struct test_server *server = test_server_start(&s);
	struct line_address a;
	CU_ASSERT_EQUAL_FATAL(line_address_parse(test_server_url(server), &a), ST_OK);
	struct line *l = line_new(&a);
	int first = open("/dev/null", O_RDONLY), last = first;
	while (last >= 0 && last < 1030)
		last = open("/dev/null", O_RDONLY);
	CU_ASSERT_EQUAL(last, 1030);
	CU_ASSERT_EQUAL(line_open(l, 500), REASON_NO_CONNECTION);
	for (int fd = first; fd <= last; fd++)
		close(fd);
	CU_ASSERT_EQUAL(line_open(l, 500), REASON_NONE);
	line_free(l);
	test_server_stop(server);
}

static uint16_t crc16(const uint8_t *bytes, size_t n)
{
	uint16_t crc = 0xFFFF;
	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
	}
	return crc;
}

/* A serial slave that answers `count` requests of one register with unit * 256 + address, as itself or as another unit. */
struct slave {
	int fd;
	int count;
	bool as_other;
	int late_ms; /* before the first answer only */
};

static void *run_slave(void *arg)
{
	struct slave *s = arg;
	for (int i = 0; i < s->count; i++) {
		uint8_t q[8], out[7];
		for (size_t got = 0; got < 8;) {
			ssize_t n = read(s->fd, q + got, 8 - got);
			if (n <= 0)
				return NULL;
			got += (size_t)n;
		}
		if (crc16(q, 8) != 0) /* a frame with its own CRC behind sums to zero */
			return NULL;
		memcpy(out, (uint8_t[]){s->as_other ? 99 : q[0], q[1], 2, q[0], q[3]}, 5);
		usleep((useconds_t)(i == 0 ? s->late_ms : 0) * 1000);
		uint16_t crc = crc16(out, 5);
		out[5] = (uint8_t)crc;
		out[6] = (uint8_t)(crc >> 8);
		if (write(s->fd, out, 7) != 7)
			return NULL;
	}
	return NULL;
}

static void serial_line(void)
{
	int master = -1, tty = -1;
	char name[64], url[128];
	struct termios raw;
	pthread_t thread;
	if (openpty(&master, &tty, name, NULL, NULL) != 0) {
		test_skip("no pseudo terminal");
		return;
	}
	tcgetattr(tty, &raw);
	cfmakeraw(&raw);
	tcsetattr(tty, TCSANOW, &raw);
	snprintf(url, sizeof url, "modbus-rtu://%s,9600,8N1", name);
	struct slave s = {master, 2, false, 0};
	pthread_create(&thread, NULL, run_slave, &s);
	struct line *l = connect_to(url);
	uint16_t word = 0;
	CU_ASSERT_EQUAL(read_one(l, 5, 1, &word), REASON_NONE);
	CU_ASSERT_EQUAL(word, 5 * 256 + 1);
	CU_ASSERT_EQUAL(read_one(l, 17, 9, &word), REASON_NONE);
	CU_ASSERT_EQUAL(word, 17 * 256 + 9);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(read_one(l, 5, 1, &word), REASON_TIMEOUT);
	s = (struct slave){master, 1, true, 0};
	tcflush(master, TCIOFLUSH);
	pthread_create(&thread, NULL, run_slave, &s);
	CU_ASSERT_EQUAL(read_one(l, 5, 1, &word), REASON_WRONG_ANSWER);
	pthread_join(thread, NULL);
	s = (struct slave){master, 2, false, 250};
	pthread_create(&thread, NULL, run_slave, &s);
	CU_ASSERT_EQUAL(read_one(l, 5, 1, &word), REASON_TIMEOUT);
	CU_ASSERT_EQUAL(read_one(l, 5, 2, &word), REASON_NONE);
	CU_ASSERT_EQUAL(word, 5 * 256 + 2); /* not the late 5 * 256 + 1 */
	pthread_join(thread, NULL);
	line_free(l);
	close(master);
	close(tty);
}

/* Accepts one connection and is a serial slave behind it. */
static void *run_serial_server(void *arg)
{
	struct slave *s = arg;
	int listener = s->fd;
	s->fd = accept(listener, NULL, NULL);
	run_slave(s);
	close(s->fd);
	close(listener);
	return NULL;
}

static void serial_frames_over_tcp(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof at;
	struct slave s = {socket(AF_INET, SOCK_STREAM, 0), 3, false, 0};
	pthread_t thread;
	char url[64];
	uint16_t word = 0;
	CU_ASSERT_FATAL(bind(s.fd, (struct sockaddr *)&at, size) == 0 && listen(s.fd, 1) == 0);
	getsockname(s.fd, (struct sockaddr *)&at, &size);
	snprintf(url, sizeof url, "rtu-tcp://127.0.0.1:%u", ntohs(at.sin_port));
	pthread_create(&thread, NULL, run_serial_server, &s);
	struct line *l = connect_to(url);
	for (uint8_t unit = 1; unit <= 3; unit++) {
		CU_ASSERT_EQUAL(read_one(l, unit, 7, &word), REASON_NONE);
		CU_ASSERT_EQUAL(word, unit * 256 + 7);
	}
	pthread_join(thread, NULL);
	CU_ASSERT_FALSE(line_still_open(l));
	line_free(l);
}

SUITE(line, {"addresses", addresses}, {"every_fault_has_its_reason_and_an_end", every_fault_has_its_reason_and_an_end},
      {"a_closed_connection_is_noticed_before_it_is_used", a_closed_connection_is_noticed_before_it_is_used},
      {"high_descriptors_are_refused", high_descriptors_are_refused}, {"serial_line", serial_line},
      {"serial_frames_over_tcp", serial_frames_over_tcp});
