/* The whole way of a reading, as the gateway will go it: simulated probe, wire, bus, queue, spool, judge. */
#include "devices/bus.h"
#include "devices/coldchain.h"
#include "devices/spool.h"
#include "tests/harness.h"
#include "tests/unit/devices/server.h"

#include <stdio.h>
#include <string.h>

#define UNITS 3
#define SPEED 20 /* of the simulated world; everything below it is in its seconds */

struct story {
	struct coldchain_settings settings;
	struct coldchain_state states[UNITS + 1];
	unsigned opened[UNITS + 1][COLDCHAIN_KINDS], closed[UNITS + 1][COLDCHAIN_KINDS];
	int32_t peak_c100;
	int64_t cursor;
};

static void note(struct story *s, int32_t device, const struct coldchain_event *events, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		(events[i].opened ? s->opened : s->closed)[device][events[i].kind]++;
		if (events[i].kind == COLDCHAIN_HIGH && !events[i].opened)
			s->peak_c100 = events[i].peak_c100;
	}
}

/* Queue to spool: the gateway's first half. */
static void store(struct reading_queue *q, struct spool *spool, const struct clock *clock)
{
	struct reading batch[32];
	size_t n = reading_queue_take(q, batch, 32, 50);
	CU_ASSERT_EQUAL(spool_append(spool, batch, n, clock_now_ms(clock)), ST_OK);
}

/* Spool to judge: what the service does with a batch before it acknowledges. */
static void judge(struct story *s, struct spool *spool, int64_t now_ms)
{
	struct spool_row rows[32];
	struct coldchain_event events[COLDCHAIN_EVENTS_MAX];
	size_t n = 0;
	CU_ASSERT_EQUAL(spool_read(spool, s->cursor, rows, 32, &n), ST_OK);
	for (size_t i = 0; i < n; i++) {
		int32_t device = rows[i].reading.device;
		CU_ASSERT_EQUAL(rows[i].seq, s->cursor + 1);
		s->cursor = rows[i].seq;
		note(s, device, events, coldchain_feed(&s->settings, &s->states[device], &rows[i].reading, events));
	}
	for (int32_t device = 1; device <= UNITS; device++)
		note(s, device, events, coldchain_tick(&s->settings, &s->states[device], now_ms, events));
	if (n > 0)
		CU_ASSERT_EQUAL(spool_acknowledge(spool, s->cursor), ST_OK);
}

static void begin(struct story *s, int64_t now_ms)
{
	*s = (struct story){.settings = coldchain_defaults()};
	s->settings.period_s = 1;
	s->settings.jump_c100_per_min = 0;
	for (int i = 0; i < COLDCHAIN_LEVELS; i++)
		s->settings.level[i].delay_on_s = s->settings.level[i].delay_off_s = i;
	for (int i = 1; i <= UNITS; i++)
		coldchain_begin(&s->states[i], now_ms);
}

static void run_story(struct story *s, const char *url, const struct profile *p)
{
	struct clock clock = clock_system();
	struct reading_queue *q = reading_queue_new(64);
	struct bus_unit units[] = {{1, 1, 200, p}, {2, 2, 200, p}, {3, 3, 200, p}};
	struct bus *bus = NULL;
	struct spool *spool = NULL;
	char path[128], why[160];
	snprintf(path, sizeof path, "%s/spool.db", test_folder());
	CU_ASSERT_EQUAL_FATAL(spool_open(path, &(struct spool_limits){0, 0}, &spool, why), ST_OK);
	begin(s, clock_now_ms(&clock));
	CU_ASSERT_EQUAL_FATAL(bus_start(&(struct bus_settings){url, units, UNITS, &clock, q, 5}, &bus), ST_OK);
	for (int64_t until = clock_monotonic_ms() + 8000; clock_monotonic_ms() < until;) {
		store(q, spool, &clock);
		judge(s, spool, clock_now_ms(&clock));
	}
	bus_stop(bus);
	struct spool_counts counts;
	CU_ASSERT_EQUAL(spool_count(spool, &counts), ST_OK);
	CU_ASSERT_TRUE(counts.dropped == 0 && counts.waiting == 0 && counts.last_seq > 80);
	CU_ASSERT_EQUAL(reading_queue_dropped(q), 0);
	spool_close(spool);
	reading_queue_free(q);
}

static void one_excursion_one_silence_one_calm(void)
{
	struct profile p = test_profile();
	struct simulate_settings settings = simulate_defaults(&p);
	struct story s;
	settings.speed = SPEED;
	settings.excursion_after_ms = 20000;
	settings.excursion_for_ms = 80000;
	settings.silence_after_ms = 40000;
	settings.silence_for_ms = 50000;
	struct test_server *server = test_server_start(&settings);
	run_story(&s, test_server_url(server), &p);
	test_server_stop(server);
	CU_ASSERT_TRUE(s.opened[1][COLDCHAIN_HIGH] == 2 && s.closed[1][COLDCHAIN_HIGH] == 2); /* warning and action */
	CU_ASSERT_TRUE(s.peak_c100 > 1050 && s.peak_c100 < 1250);
	CU_ASSERT_TRUE(s.opened[3][COLDCHAIN_SILENCE] == 1 && s.closed[3][COLDCHAIN_SILENCE] == 1);
	unsigned others = 0;
	for (int kind = 0; kind < COLDCHAIN_KINDS; kind++)
		others += s.opened[2][kind] + (kind == COLDCHAIN_HIGH ? 0 : s.opened[1][kind]) +
		          (kind == COLDCHAIN_SILENCE ? 0 : s.opened[3][kind]);
	CU_ASSERT_EQUAL(others, 0);
}

SUITE(story, {"one_excursion_one_silence_one_calm", one_excursion_one_silence_one_calm});
