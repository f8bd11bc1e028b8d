#include "devices/bus.h"

#include "tests/harness.h"
#include "tests/unit/devices/server.h"

#include <stdio.h>
#include <string.h>

#define PERIOD_MS 300

/* A bus with its queue and everything it has pushed. */
struct bench {
	struct clock clock;
	struct reading_queue *queue;
	struct bus *bus;
	struct reading got[512];
	size_t n;
};

static void start(struct bench *b, const char *url, const struct bus_unit *units, size_t count)
{
	memset(b, 0, sizeof *b);
	b->clock = clock_system();
	b->queue = reading_queue_new(256);
	struct bus_settings s = {url, units, count, &b->clock, b->queue, 7};
	CU_ASSERT_EQUAL_FATAL(bus_start(&s, &b->bus), ST_OK);
}

static void collect(struct bench *b, int64_t for_ms)
{
	int64_t until = clock_monotonic_ms() + for_ms;
	while (clock_monotonic_ms() < until && b->n < 500)
		b->n += reading_queue_take(b->queue, b->got + b->n, 512 - b->n, 20);
}

static void stop(struct bench *b)
{
	bus_stop(b->bus);
	reading_queue_free(b->queue);
}

static size_t count_of(const struct bench *b, int32_t device, enum reading_status status)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		n += b->got[i].device == device && b->got[i].status == status;
	return n;
}

/* The longest time between two good readings of a device. */
static int64_t worst_gap_ms(const struct bench *b, int32_t device)
{
	int64_t last = 0, worst = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (b->got[i].device != device || b->got[i].status != READING_OK)
			continue;
		if (last && b->got[i].at_ms - last > worst)
			worst = b->got[i].at_ms - last;
		last = b->got[i].at_ms;
	}
	return worst;
}

static void readings_carry_device_value_and_wall_time(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct bus_unit units[] = {{1001, 1, PERIOD_MS, &p}, {1002, 2, PERIOD_MS, &p}};
	struct bench b;
	int64_t begun = clock_system().now_ms(&(struct clock){0});
	start(&b, test_server_url(server), units, 2);
	collect(&b, 1000);
	struct bus_counts counts = bus_read_counts(b.bus);
	CU_ASSERT_TRUE(counts.connected && counts.connects == 1 && counts.silent_units == 0);
	stop(&b);
	test_server_stop(server);
	CU_ASSERT_TRUE(count_of(&b, 1001, READING_OK) >= 3 && count_of(&b, 1002, READING_OK) >= 3);
	CU_ASSERT_EQUAL(count_of(&b, 1001, READING_OK) + count_of(&b, 1002, READING_OK), b.n);
	for (size_t i = 0; i < b.n; i++) {
		CU_ASSERT_TRUE(b.got[i].at_ms >= begun && b.got[i].at_ms < begun + 2000);
		CU_ASSERT_TRUE(b.got[i].temp_c100 > 300 && b.got[i].temp_c100 < 700);
		CU_ASSERT_TRUE(b.got[i].rh_c100 >= 5500 && b.got[i].rh_c100 < 5800);
	}
}

/* Three units that do not exist beside a live one: each timeout is half its period, yet none of its beats is lost. */
static void silent_units_do_not_delay_a_live_one(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct bus_unit units[] = {{1, 41, PERIOD_MS, &p}, {2, 42, PERIOD_MS, &p}, {3, 43, PERIOD_MS, &p}, {4, 2, PERIOD_MS, &p}};
	struct bench b;
	start(&b, test_server_url(server), units, 4);
	collect(&b, 4000);
	CU_ASSERT_EQUAL(bus_read_counts(b.bus).silent_units, 3);
	stop(&b);
	test_server_stop(server);
	CU_ASSERT_TRUE(worst_gap_ms(&b, 4) <= PERIOD_MS + p.timeout_ms + 100);
	CU_ASSERT_TRUE(count_of(&b, 4, READING_OK) >= 8);
	for (int32_t device = 1; device <= 3; device++)
		CU_ASSERT_TRUE(count_of(&b, device, READING_SILENT) >= 2 && count_of(&b, device, READING_OK) == 0);
}

static void sentinel_is_a_fault_and_keeps_the_beat(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct bus_unit units[] = {{1, 1, PERIOD_MS, &p}};
	struct bench b;
	test_server_command(server, "fault 1 sentinel 60");
	start(&b, test_server_url(server), units, 1);
	collect(&b, 1000);
	stop(&b);
	test_server_stop(server);
	CU_ASSERT_TRUE(b.n >= 3);
	for (size_t i = 0; i < b.n; i++)
		CU_ASSERT_TRUE(b.got[i].status == READING_FAULT && b.got[i].reason == REASON_SENTINEL && b.got[i].temp_c100 == 0);
}

static void a_line_that_comes_back_is_found_again(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct bus_unit units[] = {{1, 1, PERIOD_MS, &p}};
	struct bench b;
	char url[64];
	snprintf(url, sizeof url, "%s", test_server_url(server));
	start(&b, url, units, 1);
	collect(&b, 500);
	test_server_stop(server);
	collect(&b, 700);
	CU_ASSERT_TRUE(count_of(&b, 1, READING_SILENT) >= 1 && count_of(&b, 1, READING_OK) >= 1);
	CU_ASSERT_EQUAL(b.got[b.n - 1].reason, REASON_NO_CONNECTION);
	s.address = url + strlen("modbus-tcp://");
	server = test_server_start(&s);
	b.n = 0;
	collect(&b, 3500);
	CU_ASSERT_TRUE(count_of(&b, 1, READING_OK) >= 3);
	CU_ASSERT_EQUAL(b.got[b.n - 1].status, READING_OK);
	stop(&b);
	test_server_stop(server);
}

/* Probes after 1, 2, 4 s, but one line in the record a period. */
static void silence_is_told_once_a_period(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	struct bus_unit units[] = {{1, 200, 60000, &p}};
	struct bench b;
	start(&b, test_server_url(server), units, 1);
	collect(&b, 4000);
	CU_ASSERT_TRUE(bus_read_counts(b.bus).requests >= 3);
	CU_ASSERT_EQUAL(b.n, 1);
	CU_ASSERT_EQUAL(b.got[0].reason, REASON_TIMEOUT);
	stop(&b);
	test_server_stop(server);
}

static void bad_settings_are_refused(void)
{
	struct profile p = test_profile();
	struct clock clock = clock_fixed(0);
	struct reading_queue *q = reading_queue_new(4);
	struct bus_unit good = {1, 1, 1000, &p},
	                bad[] = {{1, 0, 1000, &p}, {1, 248, 1000, &p}, {1, 1, 10, &p}, {1, 1, 1000, NULL}};
	struct bus *b = NULL;
	for (size_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(bus_start(&(struct bus_settings){"modbus-tcp://127.0.0.1:502", &bad[i], 1, &clock, q, 1}, &b),
		                ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(bus_start(&(struct bus_settings){"modbus-tcp://localhost:502", &good, 1, &clock, q, 1}, &b),
	                ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(bus_start(&(struct bus_settings){"modbus-tcp://127.0.0.1:502", &good, 0, &clock, q, 1}, &b),
	                ST_INVALID_FIELD);
	CU_ASSERT_PTR_NULL(b);
	bus_stop(NULL);
	reading_queue_free(q);
}

SUITE(bus, {"readings_carry_device_value_and_wall_time", readings_carry_device_value_and_wall_time},
      {"silent_units_do_not_delay_a_live_one", silent_units_do_not_delay_a_live_one},
      {"sentinel_is_a_fault_and_keeps_the_beat", sentinel_is_a_fault_and_keeps_the_beat},
      {"a_line_that_comes_back_is_found_again", a_line_that_comes_back_is_found_again},
      {"silence_is_told_once_a_period", silence_is_told_once_a_period}, {"bad_settings_are_refused", bad_settings_are_refused});
