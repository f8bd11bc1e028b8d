#include "devices/schedule.h"

#include "tests/harness.h"

#include <string.h>

#define UNITS 40
#define TIMEOUT_MS 1000
#define ANSWER_MS 30

/* A bus in virtual time: which units are dead is the only difference. */
struct run {
	struct schedule_unit units[UNITS];
	struct schedule s;
	int64_t now_ms, dead_ms, worst_late_ms, last_ms[UNITS];
	unsigned attempts[UNITS];
};

static void start(struct run *r, size_t count, int64_t period_ms)
{
	memset(r, 0, sizeof *r);
	r->s = (struct schedule){.units = r->units, .count = count};
	for (size_t i = 0; i < count; i++)
		r->units[i].period_ms = period_ms;
	schedule_start(&r->s, 0, 42);
}

static void attempt(struct run *r, size_t i, bool dead)
{
	int64_t begun = r->now_ms, quiet = begun - r->last_ms[i];
	r->now_ms += dead ? TIMEOUT_MS : ANSWER_MS;
	r->attempts[i]++;
	r->dead_ms += dead ? TIMEOUT_MS : 0;
	if (!dead && r->attempts[i] > 1 && quiet > r->worst_late_ms)
		r->worst_late_ms = quiet;
	r->last_ms[i] = begun;
	schedule_done(&r->s, i, !dead, begun, r->now_ms);
}

/* Units from first_dead on do not answer. */
static void play(struct run *r, size_t first_dead, int64_t until_ms)
{
	size_t unit = 0;
	while (r->now_ms < until_ms) {
		int64_t wait = schedule_next(&r->s, r->now_ms, &unit);
		if (wait > 0)
			r->now_ms += wait;
		else
			attempt(r, unit, unit >= first_dead);
	}
}

static void live_units_keep_their_period(void)
{
	struct run r;
	start(&r, UNITS, 60000);
	play(&r, UNITS, 3600000);
	for (size_t i = 0; i < UNITS; i++)
		CU_ASSERT_TRUE(r.attempts[i] >= 60 && r.attempts[i] <= 61);
	CU_ASSERT_TRUE(r.worst_late_ms <= 60000 + UNITS * ANSWER_MS);
}

/* RULE GSP-附录3-5: every live point within the minute, however many others are dead. */
static void dead_units_do_not_delay_live_ones(void)
{
	struct run r;
	start(&r, UNITS, 60000);
	play(&r, 20, 3600000);
	CU_ASSERT_TRUE(r.worst_late_ms <= 60000 + TIMEOUT_MS + UNITS * ANSWER_MS);
	for (size_t i = 0; i < 20; i++)
		CU_ASSERT_TRUE(r.attempts[i] >= 59);
}

static void probes_take_a_fifth_of_the_bus(void)
{
	struct run r;
	start(&r, UNITS, 1000);
	play(&r, 0, 600000);
	/* the first look at each unit is free, then a fifth, five seconds ahead and one timeout over */
	CU_ASSERT_TRUE(r.dead_ms <= UNITS * TIMEOUT_MS + 600000 / 5 + 5000 + TIMEOUT_MS);
	CU_ASSERT_TRUE(r.dead_ms >= UNITS * TIMEOUT_MS + 60000);
}

static void backoff_doubles_up_to_five_minutes(void)
{
	struct run r;
	start(&r, 1, 60000);
	int64_t expected = 1000;
	for (int i = 0; i < 12; i++) {
		attempt(&r, 0, true);
		int64_t pause = r.units[0].due_ms - r.now_ms;
		CU_ASSERT_TRUE(pause >= expected * 9 / 10 && pause <= expected * 11 / 10);
		expected = expected * 2 < SCHEDULE_BACKOFF_MAX_MS ? expected * 2 : SCHEDULE_BACKOFF_MAX_MS;
	}
	attempt(&r, 0, false);
	CU_ASSERT_TRUE(r.units[0].alive && r.units[0].failures == 0);
	CU_ASSERT_TRUE(r.units[0].due_ms - r.now_ms <= 60000);
}

static void a_live_unit_goes_before_a_silent_one(void)
{
	struct run r;
	size_t unit = 9;
	start(&r, 3, 60000);
	r.units[0] = (struct schedule_unit){10, 60000, 3, false};
	r.units[1] = (struct schedule_unit){20, 60000, 0, false};
	r.units[2] = (struct schedule_unit){30, 60000, 0, true};
	CU_ASSERT_TRUE(schedule_next(&r.s, 40, &unit) == 0 && unit == 2);
	r.units[2].due_ms = 60000;
	CU_ASSERT_TRUE(schedule_next(&r.s, 40, &unit) == 0 && unit == 1); /* not yet asked: one look is free */
	r.units[1].due_ms = 60000;
	CU_ASSERT_TRUE(schedule_next(&r.s, 40, &unit) == 0 && unit == 0);
}

static void a_dead_line_is_nobodys_fault(void)
{
	struct run r;
	start(&r, 2, 5000);
	schedule_skip(&r.s, 0, 100, 1100);
	CU_ASSERT_EQUAL(r.units[0].failures, 0);
	CU_ASSERT_EQUAL(r.units[0].due_ms, 1100);
	schedule_skip(&r.s, 0, 2000, 1100);
	CU_ASSERT_EQUAL(r.units[0].due_ms, 2001);
}

SUITE(schedule, {"live_units_keep_their_period", live_units_keep_their_period},
      {"dead_units_do_not_delay_live_ones", dead_units_do_not_delay_live_ones},
      {"probes_take_a_fifth_of_the_bus", probes_take_a_fifth_of_the_bus},
      {"backoff_doubles_up_to_five_minutes", backoff_doubles_up_to_five_minutes},
      {"a_live_unit_goes_before_a_silent_one", a_live_unit_goes_before_a_silent_one},
      {"a_dead_line_is_nobodys_fault", a_dead_line_is_nobodys_fault});
