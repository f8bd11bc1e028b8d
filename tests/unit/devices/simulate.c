#include "devices/simulate.h"

#include "core/clock.h"
#include "tests/harness.h"
#include "tests/unit/devices/server.h"

#include <string.h>

static struct simulator *open_default(struct profile *p, uint8_t units)
{
	struct simulator *sim = NULL;
	char why[160];
	*p = test_profile();
	struct simulate_settings s = simulate_defaults(p);
	s.units = units;
	CU_ASSERT_EQUAL_FATAL(simulate_open(&s, &sim, why), ST_OK);
	return sim;
}

/* The demo's story: unit 1 leaves 2-8 from minute 3 to 7, the others never. */
static void the_story_of_the_curve(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	for (int64_t t = 0; t < 3600000; t += 1000) {
		bool ramp = (t >= 180000 && t < 200000) || (t >= 400000 && t < 420000), out = t >= 200000 && t < 400000;
		int32_t c100 = simulate_curve_c100(&s, 1, t);
		if (!ramp)
			CU_ASSERT_EQUAL_FATAL(c100 > 800, out);
		CU_ASSERT_FATAL(c100 > 200);
		for (uint8_t unit = 2; unit < 10; unit++)
			CU_ASSERT_FATAL(simulate_curve_c100(&s, unit, t) > 200 && simulate_curve_c100(&s, unit, t) < 800);
	}
}

static void answers_like_a_device(void)
{
	struct profile p;
	struct simulator *sim = open_default(&p, 2);
	static const struct {
		const char *what;
		uint8_t in[16];
		size_t n;
		uint8_t out[9];
		size_t out_n;
	} rows[] = {
	        {"unknown unit", {0, 1, 0, 0, 0, 6, 9, 3, 0, 0, 0, 2}, 12, {0}, 0},
	        {"unknown function", {0, 1, 0, 0, 0, 6, 1, 6, 0, 0, 0, 2}, 12, {0, 1, 0, 0, 0, 3, 1, 0x86, 1}, 9},
	        {"outside the map", {0, 1, 0, 0, 0, 6, 1, 3, 0, 1, 0, 2}, 12, {0, 1, 0, 0, 0, 3, 1, 0x83, 2}, 9},
	        {"other function's map", {0, 1, 0, 0, 0, 6, 1, 4, 0, 0, 0, 2}, 12, {0, 1, 0, 0, 0, 3, 1, 0x84, 2}, 9},
	        {"no registers", {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 0}, 12, {0, 1, 0, 0, 0, 3, 1, 0x83, 3}, 9},
	        {"126 registers", {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 126}, 12, {0, 1, 0, 0, 0, 3, 1, 0x83, 3}, 9},
	        {"other protocol", {0, 1, 1, 0, 0, 6, 1, 3, 0, 0, 0, 2}, 12, {0}, 0},
	        {"wrong length", {0, 1, 0, 0, 0, 7, 1, 3, 0, 0, 0, 2}, 12, {0}, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t out[FRAME_MAX] = {0};
		CU_ASSERT_EQUAL(simulate_answer(sim, rows[i].in, rows[i].n, clock_monotonic_ms(), out), rows[i].out_n);
		CU_ASSERT_EQUAL(memcmp(out, rows[i].out, rows[i].out_n), 0);
	}
	simulate_close(sim);
}

static void script_lines(void)
{
	struct profile p;
	struct simulator *sim = open_default(&p, 3);
	static const char *const good[] = {"fault 1 silence 10", "  fault 247 drip 0\n", "at 5 fault 2 stuck 60", "",
	                                   "# a remark",         "fault 1 none 0"};
	static const char *const bad[] = {"fault",
	                                  "fault 0 silence 1",
	                                  "fault 248 silence 1",
	                                  "fault 1 sulk 1",
	                                  "fault 1 silence -1",
	                                  "fault x silence 1",
	                                  "at fault 1 silence 1",
	                                  "at -1 fault 1 silence 1",
	                                  "fault 1 silence"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CU_ASSERT_EQUAL(simulate_command(sim, good[i]), ST_OK);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_EQUAL(simulate_command(sim, bad[i]), ST_INVALID_FIELD);
	simulate_close(sim);
}

static uint16_t temperature_at(struct simulator *sim, int64_t now_ms, size_t *n)
{
	static const uint8_t ask[12] = {0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1};
	uint8_t out[FRAME_MAX] = {0};
	*n = simulate_answer(sim, ask, sizeof ask, now_ms, out);
	return (uint16_t)(out[9] << 8 | out[10]);
}

/* A file of three readings, one before a gap, sixty times as fast; then from its beginning again. */
static void replay_follows_the_file(void)
{
	static const struct coldchain_sample file[] = {{0, 410}, {60000, 420}, {600000, 930}};
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct simulator *sim = NULL;
	char why[160];
	size_t n = 0;
	s.replay = file;
	s.replay_count = 3;
	s.replay_period_s = 60;
	s.speed = 60;
	int64_t begun = clock_monotonic_ms();
	CU_ASSERT_EQUAL_FATAL(simulate_open(&s, &sim, why), ST_OK);
	CU_ASSERT_EQUAL(temperature_at(sim, begun + 500, &n), 410);
	CU_ASSERT_EQUAL(temperature_at(sim, begun + 1500, &n), 420);
	temperature_at(sim, begun + 5000, &n);
	CU_ASSERT_EQUAL(n, 0);
	CU_ASSERT_EQUAL(temperature_at(sim, begun + 10500, &n), 930);
	CU_ASSERT_EQUAL(temperature_at(sim, begun + 11500, &n), 410);
	simulate_close(sim);
}

static void bad_settings_are_refused(void)
{
	struct profile p = test_profile();
	struct simulator *sim = NULL;
	char why[160];
	struct simulate_settings s = simulate_defaults(&p);
	s.address = "localhost:0";
	CU_ASSERT_EQUAL(simulate_open(&s, &sim, why), ST_INVALID_FIELD);
	s.address = "127.0.0.1:70000";
	CU_ASSERT_EQUAL(simulate_open(&s, &sim, why), ST_INVALID_FIELD);
	s = simulate_defaults(&p);
	s.units = 0;
	CU_ASSERT_EQUAL(simulate_open(&s, &sim, why), ST_INVALID_FIELD);
	s = simulate_defaults(&p);
	s.address = "203.0.113.1:502"; /* not an address of this machine */
	CU_ASSERT_EQUAL(simulate_open(&s, &sim, why), ST_STORE_UNAVAILABLE);
}

SUITE(simulate, {"the_story_of_the_curve", the_story_of_the_curve}, {"answers_like_a_device", answers_like_a_device},
      {"script_lines", script_lines}, {"replay_follows_the_file", replay_follows_the_file},
      {"bad_settings_are_refused", bad_settings_are_refused});
