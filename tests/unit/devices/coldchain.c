#include "devices/coldchain.h"

#include "core/clock.h"
#include "devices/logger.h"
#include "tests/harness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE 60000LL
#define BEGIN 1700000000000LL

/* The judge under test with everything it has said so far. */
struct bench {
	struct coldchain_settings s;
	struct coldchain_state state;
	struct coldchain_event events[64];
	size_t n;
	int64_t now_ms;
};

static void bench_begin(struct bench *b)
{
	memset(b, 0, sizeof *b);
	b->s = coldchain_defaults();
	b->s.stuck_s = 0;
	b->s.jump_c100_per_min = 0;
	b->now_ms = BEGIN;
	coldchain_begin(&b->state, BEGIN);
}

static void feed_reading(struct bench *b, const struct reading *r)
{
	struct coldchain_event out[COLDCHAIN_EVENTS_MAX];
	size_t n = coldchain_feed(&b->s, &b->state, r, out);
	for (size_t i = 0; i < n && b->n < 64; i++)
		b->events[b->n++] = out[i];
}

static void feed(struct bench *b, int32_t c100, int minutes)
{
	for (int i = 0; i < minutes; i++) {
		b->now_ms += MINUTE;
		feed_reading(b, &(struct reading){.at_ms = b->now_ms, .temp_c100 = c100});
	}
}

static void feed_fault(struct bench *b, enum reading_reason reason, int minutes)
{
	for (int i = 0; i < minutes; i++) {
		b->now_ms += MINUTE;
		feed_reading(b, &(struct reading){.at_ms = b->now_ms, .status = reading_status_of(reason), .reason = reason});
	}
}

static size_t count(const struct bench *b, enum coldchain_kind kind, enum coldchain_level level, bool opened)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		n += b->events[i].kind == kind && b->events[i].level == level && b->events[i].opened == opened;
	return n;
}

static const struct coldchain_event *find(const struct bench *b, enum coldchain_kind kind, enum coldchain_level level,
                                          bool opened)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->events[i].kind == kind && b->events[i].level == level && b->events[i].opened == opened)
			return &b->events[i];
	CU_FAIL("no such event");
	return &b->events[63];
}

/* RULE COLDCHAIN-strict-limits */
static void exactly_on_the_limit_is_inside(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 800, 30);
	feed(&b, 200, 30);
	CU_ASSERT_EQUAL(b.n, 0);
	feed(&b, 199, 1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_LOW, COLDCHAIN_WARN, true), 1);
	feed(&b, 200, 30); /* and it ends a pending one */
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_LOW, COLDCHAIN_ACTION, true), 0);
}

/* RULE GSP-附录3-6: the warning comes with the first reading outside. */
static void warning_at_once_action_after_its_delay(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 500, 3);
	feed(&b, 900, 5);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, true), 1);
	CU_ASSERT_EQUAL(find(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, true)->at_ms, BEGIN + 4 * MINUTE);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, true), 0);
	feed(&b, 1100, 1);
	const struct coldchain_event *e = find(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, true);
	CU_ASSERT_EQUAL(e->at_ms, BEGIN + 9 * MINUTE);
	CU_ASSERT_EQUAL(e->since_ms, BEGIN + 4 * MINUTE);
	CU_ASSERT_EQUAL(e->peak_c100, 1100);
	CU_ASSERT_EQUAL(e->out_ms, 5 * MINUTE);
	CU_ASSERT_EQUAL(coldchain_worst(&b.state), COLDCHAIN_ACTION);
}

static void a_short_door_opening_is_no_action(void)
{
	struct bench b;
	bench_begin(&b);
	for (int i = 0; i < 5; i++) {
		feed(&b, 950, 5);
		feed(&b, 500, 5);
	}
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, true), 0);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, true), 5);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, false), 5);
}

static void closing_needs_hysteresis_and_time(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 900, 1);
	feed(&b, 790, 30); /* inside, but not by 0.20 */
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, false), 0);
	feed(&b, 780, 2);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, false), 0);
	feed(&b, 790, 1); /* back into the band: the time starts again */
	feed(&b, 780, 2);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, false), 0);
	feed(&b, 780, 1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, false), 1);
	CU_ASSERT_EQUAL(coldchain_worst(&b.state), -1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, true), 1);
}

/* RULE COLDCHAIN-gap */
static void unmeasured_time_counts_neither_way(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 900, 3);
	b.now_ms += 120 * MINUTE;
	feed(&b, 900, 2);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, true), 0);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SILENCE, COLDCHAIN_WARN, true), 1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SILENCE, COLDCHAIN_WARN, false), 1);
	feed(&b, 900, 3);
	CU_ASSERT_EQUAL(find(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, true)->out_ms, 5 * MINUTE);
	feed(&b, 500, 2);
	b.now_ms += 120 * MINUTE;
	feed(&b, 500, 1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, false), 0);
}

/* RULE COLDCHAIN-gap */
static void silence_after_two_periods_without_an_answer(void)
{
	struct bench b;
	struct coldchain_event out[COLDCHAIN_EVENTS_MAX];
	bench_begin(&b);
	feed(&b, 500, 5);
	CU_ASSERT_EQUAL(coldchain_tick(&b.s, &b.state, b.now_ms + 2 * MINUTE, out), 0);
	CU_ASSERT_EQUAL_FATAL(coldchain_tick(&b.s, &b.state, b.now_ms + 2 * MINUTE + 1, out), 1);
	CU_ASSERT_TRUE(out[0].kind == COLDCHAIN_SILENCE && out[0].opened && out[0].since_ms == b.now_ms);
	CU_ASSERT_EQUAL(coldchain_tick(&b.s, &b.state, b.now_ms + 30 * MINUTE, out), 0);
	b.now_ms += 30 * MINUTE;
	feed_fault(&b, REASON_TIMEOUT, 1);
	CU_ASSERT_EQUAL(b.n, 0);
	feed(&b, 500, 1);
	CU_ASSERT_EQUAL(find(&b, COLDCHAIN_SILENCE, COLDCHAIN_WARN, false)->out_ms, 32 * MINUTE);
}

static void a_sensor_that_never_answers_is_silent(void)
{
	struct bench b;
	bench_begin(&b);
	feed_fault(&b, REASON_NO_CONNECTION, 10);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SILENCE, COLDCHAIN_WARN, true), 1);
	CU_ASSERT_EQUAL(b.n, 1);
}

static void a_broken_probe_is_a_fault_and_no_silence(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 500, 2);
	feed_fault(&b, REASON_SENTINEL, 1);
	feed(&b, 500, 2); /* one wrong word is not yet a fault */
	CU_ASSERT_EQUAL(b.n, 0);
	feed_fault(&b, REASON_SENTINEL, 10);
	const struct coldchain_event *e = find(&b, COLDCHAIN_SENSOR_FAULT, COLDCHAIN_WARN, true);
	CU_ASSERT_TRUE(e->cause == CAUSE_READING && e->reason == REASON_SENTINEL);
	CU_ASSERT_EQUAL(b.n, 1);
	feed(&b, 500, 3);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SENSOR_FAULT, COLDCHAIN_WARN, false), 1);
	CU_ASSERT_EQUAL(b.n, 2);
}

static void stuck_and_jump_are_sensor_faults(void)
{
	struct bench b;
	bench_begin(&b);
	b.s.stuck_s = 3600;
	b.s.jump_c100_per_min = 300;
	feed(&b, 500, 60);
	CU_ASSERT_EQUAL(b.n, 0);
	feed(&b, 500, 1);
	CU_ASSERT_EQUAL(find(&b, COLDCHAIN_SENSOR_FAULT, COLDCHAIN_WARN, true)->cause, CAUSE_STUCK);
	feed(&b, 510, 3);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SENSOR_FAULT, COLDCHAIN_WARN, false), 1);
	b.n = 0;
	feed(&b, 780, 1);
	CU_ASSERT_EQUAL(b.n, 0);
	feed(&b, 1100, 1);
	CU_ASSERT_EQUAL(find(&b, COLDCHAIN_SENSOR_FAULT, COLDCHAIN_WARN, true)->cause, CAUSE_JUMP);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_WARN, true), 1); /* doubt never hides an excursion */
}

static void a_clock_set_back_does_not_stop_the_judge(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 500, 5);
	b.now_ms -= 24 * 60 * MINUTE;
	feed(&b, 900, 10);
	CU_ASSERT_EQUAL(b.state.clock_steps, 1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, true), 1);
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SILENCE, COLDCHAIN_WARN, true), 0);
	b.now_ms -= 24 * 60 * MINUTE;
	feed_fault(&b, REASON_TIMEOUT, 4); /* silence is noticed as if the clock had stood still for a moment */
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_SILENCE, COLDCHAIN_WARN, true), 1);
}

static void the_bytes_of_the_state_carry_everything(void)
{
	struct bench whole, first, second;
	unsigned char kept[sizeof(struct coldchain_state)];
	bench_begin(&whole);
	bench_begin(&first);
	bench_begin(&second);
	feed(&whole, 900, 8);
	feed(&first, 900, 4);
	memcpy(kept, &first.state, sizeof kept);
	memcpy(&second.state, kept, sizeof kept);
	second.now_ms = first.now_ms;
	feed(&second, 900, 4);
	CU_ASSERT_EQUAL(memcmp(&whole.state, &second.state, sizeof whole.state), 0);
	CU_ASSERT_EQUAL(whole.n, first.n + second.n);
}

/* RULE GSP-附录3-5-record: 30 minutes in storage, 5 in transport, 2 outside the limits. */
static void records_are_dense_enough(void)
{
	struct bench b;
	bench_begin(&b);
	feed(&b, 500, 1);
	int64_t at = b.now_ms;
	CU_ASSERT_FALSE(coldchain_record_due(&b.s, &b.state, false, at, at + 29 * MINUTE));
	CU_ASSERT_TRUE(coldchain_record_due(&b.s, &b.state, false, at, at + 30 * MINUTE));
	CU_ASSERT_TRUE(coldchain_record_due(&b.s, &b.state, false, at, at + 29 * MINUTE + 1));
	CU_ASSERT_FALSE(coldchain_record_due(&b.s, &b.state, true, at, at + 4 * MINUTE));
	CU_ASSERT_TRUE(coldchain_record_due(&b.s, &b.state, true, at, at + 5 * MINUTE));
	feed(&b, 801, 1);
	CU_ASSERT_FALSE(coldchain_record_due(&b.s, &b.state, false, at, at + MINUTE));
	CU_ASSERT_TRUE(coldchain_record_due(&b.s, &b.state, false, at, at + 2 * MINUTE));
	CU_ASSERT_TRUE(coldchain_record_due(&b.s, &b.state, false, at, at - MINUTE)); /* the clock was set back */
}

static void contradictory_settings_are_refused(void)
{
	char why[160];
	struct coldchain_settings s = coldchain_defaults();
	CU_ASSERT_TRUE(coldchain_settings_valid(&s, why));
	s.level[COLDCHAIN_ACTION].high_c100 = 790;
	CU_ASSERT_FALSE(coldchain_settings_valid(&s, why));
	s = coldchain_defaults();
	s.level[COLDCHAIN_WARN].hysteresis_c100 = 300;
	CU_ASSERT_FALSE(coldchain_settings_valid(&s, why));
	s = coldchain_defaults();
	s.period_s = 0;
	CU_ASSERT_FALSE(coldchain_settings_valid(&s, why) || !why[0]);
}

/* One line of the vectors: "2,8<TAB>1,1<TAB>mean<TAB>mkt". */
static void check_mkt_line(char *line)
{
	char *temps = strsep(&line, "\t"), *weights = strsep(&line, "\t");
	strsep(&line, "\t");
	double expected = atof(strsep(&line, "\t")), got = 0;
	struct mkt m = mkt_begin(MKT_DEFAULT_K);
	for (char *t; (t = strsep(&temps, ","));) {
		char *w = strsep(&weights, ",");
		mkt_add(&m, (int32_t)lround(atof(t) * 100), w && *w ? atof(w) : 1);
	}
	CU_ASSERT_TRUE(mkt_result(&m, &got));
	CU_ASSERT_DOUBLE_EQUAL(got, expected, 0.0001);
}

static void mkt_vectors(void)
{
	const char *path = test_data("cn/mkt-vectors.tsv");
	char *text = path ? test_read_file(path) : NULL, *rest = text;
	int lines = 0;
	if (!text) {
		test_skip("no cn/mkt-vectors.tsv");
		return;
	}
	for (char *line; (line = strsep(&rest, "\n"));)
		if ((line[0] >= '0' && line[0] <= '9') || line[0] == '-') {
			check_mkt_line(line);
			lines++;
		}
	CU_ASSERT_TRUE(lines >= 11);
	free(text);
	struct mkt nothing = mkt_begin(MKT_DEFAULT_K);
	double got = 0;
	CU_ASSERT_FALSE(mkt_result(&nothing, &got));
}

/* A real export as samples in the arena; false (after a word) where the data folder is absent. */
static bool load_export(struct arena *a, const char *name, struct logger_export *e, struct coldchain_sample **samples)
{
	char path_name[128], why[160];
	snprintf(path_name, sizeof path_name, "coldchain/berlinger/%s", name);
	const char *path = test_data(path_name);
	char *text = path ? test_read_file(path) : NULL;
	if (!text) {
		test_skip("no coldchain/berlinger");
		return false;
	}
	CU_ASSERT_EQUAL_FATAL(logger_parse(a, text, strlen(text), e, why), ST_OK);
	free(text);
	*samples = arena_array(a, e->reading_count + 1, sizeof **samples);
	for (size_t i = 0; i < e->reading_count; i++)
		(*samples)[i] = (struct coldchain_sample){e->readings[i].at_ms, e->readings[i].temp_c100};
	return true;
}

static const struct logger_day *device_day(const struct logger_export *e, int32_t ymd)
{
	for (size_t i = 0; i < e->day_count; i++)
		if (e->days[i].ymd == ymd)
			return &e->days[i];
	return NULL;
}

/* The oracle nobody here wrote: the device's own minutes outside, day by day. RULE COLDCHAIN-gap */
static void days_agree_with_the_device(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	struct coldchain_sample *samples;
	if (!load_export(&a, "FridgeTag_2L__130500109088_202206081014.txt", &e, &samples))
		return;
	struct coldchain_day days[64];
	size_t n = coldchain_days(samples, e.reading_count, 200, 800, e.interval_min * 60, days, 64);
	int64_t low = 0, high = 0;
	CU_ASSERT_EQUAL_FATAL(n, 38);
	for (size_t i = 0; i < n; i++) {
		const struct logger_day *d = device_day(&e, days[i].ymd);
		CU_ASSERT_PTR_NOT_NULL_FATAL(d);
		CU_ASSERT_TRUE(llabs(days[i].low_ms / MINUTE - d->low_minutes) <= 7);
		CU_ASSERT_TRUE(llabs(days[i].high_ms / MINUTE - d->high_minutes) <= 7);
		CU_ASSERT_TRUE(days[i].low_ms + days[i].high_ms + days[i].inside_ms + days[i].gap_ms <= CLOCK_DAY_MS);
		low += days[i].low_ms / MINUTE;
		high += days[i].high_ms / MINUTE;
	}
	CU_ASSERT_TRUE(llabs(low - 13830) <= 15 && llabs(high - 16150) <= 15);
	CU_ASSERT_EQUAL(days[0].gap_ms, 352 * MINUTE);
}

/* Runs a real export through the judge with one rule at the action level. */
static void replay(struct bench *b, const struct logger_export *e, int32_t delay_s)
{
	bench_begin(b);
	b->s.period_s = e->interval_min * 60;
	b->s.level[COLDCHAIN_ACTION] = (struct coldchain_limits){200, 800, delay_s, 0, 0};
	b->s.level[COLDCHAIN_WARN] = b->s.level[COLDCHAIN_ACTION];
	coldchain_begin(&b->state, e->readings[0].at_ms);
	for (size_t i = 0; i < e->reading_count; i++)
		feed_reading(b, &(struct reading){.at_ms = e->readings[i].at_ms, .temp_c100 = e->readings[i].temp_c100});
}

/* Single-event rules of the Q-tag (30 minutes below 2, above 8); it samples each minute and logs each tenth. */
static void alarms_agree_with_the_q_tag(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	struct coldchain_sample *samples;
	struct bench b;
	if (!load_export(&a, "QTag_CLm_doc_LR__RCPJ00010_02_202211090128.txt", &e, &samples))
		return;
	replay(&b, &e, e.rules[5].minutes * 60);
	CU_ASSERT_EQUAL_FATAL(e.alarm_count, 6);
	static const struct {
		int32_t rule;
		enum coldchain_kind kind;
	} rows[] = {{1, COLDCHAIN_HIGH}, {5, COLDCHAIN_LOW}};
	for (size_t i = 0; i < 2; i++) {
		const struct coldchain_event *ours = find(&b, rows[i].kind, COLDCHAIN_ACTION, true);
		const struct logger_alarm *theirs = e.alarms;
		while (theirs->rule != rows[i].rule)
			theirs++;
		CU_ASSERT_TRUE(llabs(ours->since_ms - theirs->begun_ms) <= 10 * MINUTE);
		CU_ASSERT_TRUE(llabs(ours->at_ms - theirs->alarmed_ms) <= 12 * MINUTE);
	}
	CU_ASSERT_EQUAL(count(&b, COLDCHAIN_HIGH, COLDCHAIN_ACTION, false), 0); /* still warm at the end, as the device says */
}

/* The device truncates: 10.5 and 5.4 are printed. */
static void mkt_agrees_with_the_q_tag(void)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	struct coldchain_sample *samples;
	double celsius = 0;
	if (!load_export(&a, "QTag_CLm_doc_LR__RCPJ00010_02_202211090128.txt", &e, &samples))
		return;
	struct mkt m = mkt_begin(e.mkt_energy_c100 / 100.0 * 1000 / 8.3144);
	mkt_add_samples(&m, samples, e.reading_count, e.interval_min * 60);
	CU_ASSERT_TRUE(mkt_result(&m, &celsius));
	CU_ASSERT_EQUAL((int)(celsius * 10) * 10, e.mkt_c100);
}

SUITE(coldchain, {"exactly_on_the_limit_is_inside", exactly_on_the_limit_is_inside},
      {"warning_at_once_action_after_its_delay", warning_at_once_action_after_its_delay},
      {"a_short_door_opening_is_no_action", a_short_door_opening_is_no_action},
      {"closing_needs_hysteresis_and_time", closing_needs_hysteresis_and_time},
      {"unmeasured_time_counts_neither_way", unmeasured_time_counts_neither_way},
      {"silence_after_two_periods_without_an_answer", silence_after_two_periods_without_an_answer},
      {"a_sensor_that_never_answers_is_silent", a_sensor_that_never_answers_is_silent},
      {"a_broken_probe_is_a_fault_and_no_silence", a_broken_probe_is_a_fault_and_no_silence},
      {"stuck_and_jump_are_sensor_faults", stuck_and_jump_are_sensor_faults},
      {"a_clock_set_back_does_not_stop_the_judge", a_clock_set_back_does_not_stop_the_judge},
      {"the_bytes_of_the_state_carry_everything", the_bytes_of_the_state_carry_everything},
      {"records_are_dense_enough", records_are_dense_enough},
      {"contradictory_settings_are_refused", contradictory_settings_are_refused}, {"mkt_vectors", mkt_vectors},
      {"days_agree_with_the_device", days_agree_with_the_device}, {"alarms_agree_with_the_q_tag", alarms_agree_with_the_q_tag},
      {"mkt_agrees_with_the_q_tag", mkt_agrees_with_the_q_tag});
