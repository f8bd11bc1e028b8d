#include "devices/coldchain.h"

#include "core/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(sizeof(struct coldchain_state) == 64 + COLDCHAIN_ALARMS * 32, "no padding: the bytes are kept");

enum { ALARM_SENSOR_FAULT = 4, ALARM_SILENCE = 5 };

static const struct {
	const char *name, *text;
} kinds[COLDCHAIN_KINDS] = {
        [COLDCHAIN_HIGH] = {"high", "温度过高"},
        [COLDCHAIN_LOW] = {"low", "温度过低"},
        [COLDCHAIN_SENSOR_FAULT] = {"sensor_fault", "探头故障"},
        [COLDCHAIN_SILENCE] = {"silence", "数据中断"},
};
static const char *const levels[COLDCHAIN_LEVELS] = {"warn", "action"};
static const char *const causes[CAUSES] = {"", "reading", "stuck", "jump"};

const char *coldchain_kind_name(enum coldchain_kind kind)
{
	return kinds[kind].name;
}

const char *coldchain_kind_text(enum coldchain_kind kind)
{
	return kinds[kind].text;
}

const char *coldchain_level_name(enum coldchain_level level)
{
	return levels[level];
}

const char *coldchain_cause_name(enum coldchain_cause cause)
{
	return causes[cause];
}

/* RULE GSP-附录3-6 */
struct coldchain_settings coldchain_defaults(void)
{
	return (struct coldchain_settings){
	        .level = {[COLDCHAIN_WARN] = {200, 800, 0, 120, 20}, [COLDCHAIN_ACTION] = {200, 800, 300, 300, 20}},
	        .period_s = 60,
	        .fault_delay_s = 60,
	        .stuck_s = 12 * 3600,
	        .jump_c100_per_min = 1000,
	};
}

bool coldchain_settings_valid(const struct coldchain_settings *s, char why[160])
{
	const struct coldchain_limits *warn = &s->level[COLDCHAIN_WARN], *action = &s->level[COLDCHAIN_ACTION];
	why[0] = '\0';
	if (s->period_s < 1 || s->period_s > 86400 || s->fault_delay_s < 0 || s->stuck_s < 0 || s->jump_c100_per_min < 0)
		snprintf(why, 160, "采集周期须为 1 到 86400 秒, 各项时限不能为负");
	for (int i = 0; i < COLDCHAIN_LEVELS; i++) {
		const struct coldchain_limits *l = &s->level[i];
		if (l->low_c100 < -30000 || l->high_c100 > 100000 || l->low_c100 >= l->high_c100)
			snprintf(why, 160, "下限须低于上限");
		else if (l->hysteresis_c100 < 0 || 2LL * l->hysteresis_c100 >= l->high_c100 - l->low_c100)
			snprintf(why, 160, "回差不能为负, 且须小于上下限之差的一半");
		else if (l->delay_on_s < 0 || l->delay_off_s < 0)
			snprintf(why, 160, "延时不能为负");
	}
	if (!why[0] && (action->low_c100 > warn->low_c100 || action->high_c100 < warn->high_c100))
		snprintf(why, 160, "处置限不能比预警限更窄");
	return why[0] == '\0';
}

void coldchain_begin(struct coldchain_state *state, int64_t at_ms)
{
	*state =
	        (struct coldchain_state){.version = COLDCHAIN_VERSION, .begun_ms = at_ms, .last_ms = at_ms, .answered_ms = at_ms};
}

/* Where events of one call go. */
struct out {
	struct coldchain_event *events;
	size_t n;
};

static void emit(struct out *o, struct coldchain_event e)
{
	if (o->n < COLDCHAIN_EVENTS_MAX)
		o->events[o->n++] = e;
}

static struct coldchain_event event_of(const struct coldchain_alarm *a, enum coldchain_kind kind, enum coldchain_level level,
                                       bool opened, int64_t at_ms)
{
	return (struct coldchain_event){.kind = kind,
	                                .level = level,
	                                .opened = opened,
	                                .at_ms = at_ms,
	                                .since_ms = a->since_ms,
	                                .out_ms = a->out_ms,
	                                .peak_c100 = a->peak_c100};
}

/* How long a gap has to be before it is one. RULE COLDCHAIN-gap */
static int64_t gap_ms(int32_t period_s)
{
	return 2000LL * period_s;
}

/* Measured time between two instants: none at all over a gap or when the clock went back. */
static int64_t span_ms(int64_t from_ms, int64_t to_ms, int32_t period_s)
{
	int64_t span = to_ms - from_ms;
	return span > 0 && span <= gap_ms(period_s) ? span : 0;
}

enum motion { MOTION_NONE, MOTION_OPENED, MOTION_CLOSED };

static void begin_outside(struct coldchain_alarm *a, int64_t at_ms, int32_t peak)
{
	*a = (struct coldchain_alarm){.since_ms = at_ms, .peak_c100 = peak, .phase = PHASE_PENDING};
}

/*
 * One step of the state machine normal -> pending -> active -> returning -> normal. out: beyond the limit; calm: inside it
 * by the hysteresis; between the two an open alarm stays open. span: measured time since the reading before.
 */
static enum motion step(struct coldchain_alarm *a, bool out, bool calm, int64_t span, int32_t delay_on_s, int32_t delay_off_s)
{
	if (out)
		a->out_ms += span;
	if (a->phase == PHASE_PENDING) {
		a->phase = !out ? PHASE_NORMAL : a->out_ms >= delay_on_s * 1000LL ? PHASE_ACTIVE : PHASE_PENDING;
		return a->phase == PHASE_ACTIVE ? MOTION_OPENED : MOTION_NONE;
	}
	if (!calm) {
		a->phase = PHASE_ACTIVE;
		return MOTION_NONE;
	}
	a->back_ms = a->phase == PHASE_RETURNING ? a->back_ms + span : 0;
	a->phase = a->back_ms >= delay_off_s * 1000LL ? PHASE_NORMAL : PHASE_RETURNING;
	return a->phase == PHASE_NORMAL ? MOTION_CLOSED : MOTION_NONE;
}

/* RULE COLDCHAIN-strict-limits: exactly on the limit is inside. sign: +1 for the high side, -1 for the low one. */
static void judge_side(struct coldchain_alarm *a, const struct coldchain_limits *l, int sign, enum coldchain_level level,
                       int32_t c100, int64_t at_ms, int64_t span, struct out *o)
{
	int32_t beyond = sign > 0 ? c100 - l->high_c100 : l->low_c100 - c100;
	if (a->phase == PHASE_NORMAL && beyond <= 0)
		return;
	if (a->phase == PHASE_NORMAL) {
		begin_outside(a, at_ms, c100);
		span = 0;
	}
	if (beyond > 0 && sign * c100 > sign * a->peak_c100)
		a->peak_c100 = c100;
	enum motion m = step(a, beyond > 0, beyond <= -l->hysteresis_c100, span, l->delay_on_s, l->delay_off_s);
	if (m != MOTION_NONE)
		emit(o, event_of(a, sign > 0 ? COLDCHAIN_HIGH : COLDCHAIN_LOW, level, m == MOTION_OPENED, at_ms));
}

static void judge_temperature(const struct coldchain_settings *s, struct coldchain_state *state, const struct reading *r,
                              struct out *o)
{
	int64_t span = state->has_value ? span_ms(state->valid_ms, r->at_ms, s->period_s) : 0;
	for (int i = 0; i < COLDCHAIN_LEVELS; i++) {
		enum coldchain_level level = (enum coldchain_level)i;
		judge_side(&state->alarms[2 * i], &s->level[i], 1, level, r->temp_c100, r->at_ms, span, o);
		judge_side(&state->alarms[2 * i + 1], &s->level[i], -1, level, r->temp_c100, r->at_ms, span, o);
	}
}

/* Why the sensor is not to be believed now. A jump is measured over a minute at least, or the resolution alone would be one. */
static enum coldchain_cause cause_of(const struct coldchain_settings *s, const struct coldchain_state *state,
                                     const struct reading *r)
{
	if (r->status == READING_FAULT)
		return CAUSE_READING;
	int64_t span = state->has_value ? span_ms(state->valid_ms, r->at_ms, s->period_s) : 0;
	if (span == 0)
		return CAUSE_NONE;
	int64_t per = span < 60000 ? 60000 : span, change = llabs((int64_t)r->temp_c100 - state->last_c100);
	if (s->jump_c100_per_min > 0 && change * 60000 > s->jump_c100_per_min * per)
		return CAUSE_JUMP;
	bool stuck = s->stuck_s > 0 && change == 0 && r->at_ms - state->unchanged_ms >= s->stuck_s * 1000LL;
	return stuck ? CAUSE_STUCK : CAUSE_NONE;
}

static void emit_fault(struct coldchain_state *state, bool opened, int64_t at_ms, struct out *o)
{
	struct coldchain_event e =
	        event_of(&state->alarms[ALARM_SENSOR_FAULT], COLDCHAIN_SENSOR_FAULT, COLDCHAIN_WARN, opened, at_ms);
	e.peak_c100 = 0;
	e.cause = (enum coldchain_cause)state->cause;
	e.reason = (enum reading_reason)state->reason;
	emit(o, e);
}

/* A jump is over with the next reading, and a stuck value has had its hours: both open at once. */
static void judge_sensor(const struct coldchain_settings *s, struct coldchain_state *state, const struct reading *r,
                         struct out *o)
{
	struct coldchain_alarm *a = &state->alarms[ALARM_SENSOR_FAULT];
	enum coldchain_cause cause = cause_of(s, state, r);
	int64_t span = span_ms(state->answered_ms, r->at_ms, s->period_s);
	if (a->phase == PHASE_NORMAL && cause == CAUSE_NONE)
		return;
	if (a->phase == PHASE_NORMAL) {
		begin_outside(a, r->at_ms, 0);
		span = 0;
	}
	if (cause != CAUSE_NONE) {
		state->cause = (int32_t)cause;
		state->reason = (int32_t)r->reason;
	}
	int32_t delay_on = cause == CAUSE_READING ? s->fault_delay_s : 0;
	enum motion m = step(a, cause != CAUSE_NONE, cause == CAUSE_NONE, span, delay_on, s->fault_delay_s);
	if (m != MOTION_NONE)
		emit_fault(state, m == MOTION_OPENED, r->at_ms, o);
}

static void note_value(const struct coldchain_settings *s, struct coldchain_state *state, const struct reading *r)
{
	bool broken = !state->has_value || span_ms(state->valid_ms, r->at_ms, s->period_s) == 0;
	if (broken || state->last_c100 != r->temp_c100)
		state->unchanged_ms = r->at_ms;
	state->has_value = 1;
	state->last_c100 = r->temp_c100;
	state->valid_ms = r->at_ms;
}

/* Any answer, even a wrong one, ends the silence. */
static void end_silence(struct coldchain_state *state, int64_t at_ms, struct out *o)
{
	struct coldchain_alarm *a = &state->alarms[ALARM_SILENCE];
	if (a->phase != PHASE_ACTIVE)
		return;
	a->phase = PHASE_NORMAL;
	a->out_ms = at_ms - a->since_ms;
	emit(o, event_of(a, COLDCHAIN_SILENCE, COLDCHAIN_WARN, false, at_ms));
}

/* RULE COLDCHAIN-gap: more than two periods without an answer. */
static void watch_silence(const struct coldchain_settings *s, struct coldchain_state *state, int64_t now_ms, struct out *o)
{
	struct coldchain_alarm *a = &state->alarms[ALARM_SILENCE];
	int64_t quiet = now_ms - state->answered_ms;
	if (a->phase == PHASE_ACTIVE || quiet <= gap_ms(s->period_s))
		return;
	*a = (struct coldchain_alarm){.since_ms = state->answered_ms, .out_ms = quiet, .phase = PHASE_ACTIVE};
	emit(o, event_of(a, COLDCHAIN_SILENCE, COLDCHAIN_WARN, true, now_ms));
}

/* The wall clock went back: what was remembered as past would lie in the future and stop all counting. */
static void follow_clock(struct coldchain_state *state, int64_t now_ms)
{
	if (now_ms >= state->last_ms)
		return;
	int64_t back = state->last_ms - now_ms;
	state->clock_steps++;
	state->answered_ms -= back;
	state->unchanged_ms -= back;
	state->alarms[ALARM_SILENCE].since_ms -= back;
}

size_t coldchain_feed(const struct coldchain_settings *s, struct coldchain_state *state, const struct reading *r,
                      struct coldchain_event out[COLDCHAIN_EVENTS_MAX])
{
	struct out o = {out, 0};
	follow_clock(state, r->at_ms);
	watch_silence(s, state, r->at_ms, &o);
	state->last_ms = r->at_ms;
	if (r->status == READING_SILENT)
		return o.n;
	end_silence(state, r->at_ms, &o);
	judge_sensor(s, state, r, &o);
	state->answered_ms = r->at_ms;
	if (r->status == READING_OK) {
		judge_temperature(s, state, r, &o);
		note_value(s, state, r);
	}
	return o.n;
}

size_t coldchain_tick(const struct coldchain_settings *s, struct coldchain_state *state, int64_t now_ms,
                      struct coldchain_event out[COLDCHAIN_EVENTS_MAX])
{
	struct out o = {out, 0};
	follow_clock(state, now_ms);
	watch_silence(s, state, now_ms, &o);
	state->last_ms = now_ms;
	return o.n;
}

int coldchain_worst(const struct coldchain_state *state)
{
	for (int i = 2 * COLDCHAIN_LEVELS - 1; i >= 0; i--)
		if (state->alarms[i].phase == PHASE_ACTIVE || state->alarms[i].phase == PHASE_RETURNING)
			return i / 2;
	return -1;
}

/* RULE GSP-附录3-5-record. A pending excursion is one already: what it was is only known afterwards. */
bool coldchain_record_due(const struct coldchain_settings *s, const struct coldchain_state *state, bool transport,
                          int64_t recorded_ms, int64_t at_ms)
{
	int64_t minutes = transport ? 5 : 30;
	for (int i = 0; i < 2 * COLDCHAIN_LEVELS; i++)
		if (state->alarms[i].phase != PHASE_NORMAL)
			minutes = 2;
	return at_ms < recorded_ms || at_ms + s->period_s * 1000LL > recorded_ms + minutes * 60000;
}

/* The day of an instant, a new one where it is not the last of the list; NULL where the list is full. */
static struct coldchain_day *day_at(struct coldchain_day *days, size_t *n, size_t max, int64_t at_ms)
{
	int32_t ymd = ymd_of_ms(at_ms);
	if (*n > 0 && days[*n - 1].ymd == ymd)
		return &days[*n - 1];
	if (*n == max)
		return NULL;
	days[*n] = (struct coldchain_day){.ymd = ymd, .min_c100 = INT32_MAX, .max_c100 = INT32_MIN};
	return &days[(*n)++];
}

size_t coldchain_days(const struct coldchain_sample *samples, size_t n, int32_t low_c100, int32_t high_c100, int32_t period_s,
                      struct coldchain_day *out, size_t max)
{
	size_t days = 0;
	for (size_t i = 0; i < n; i++) {
		int32_t c100 = samples[i].temp_c100;
		int64_t end = i + 1 < n ? samples[i + 1].at_ms : samples[i].at_ms;
		bool gap = span_ms(samples[i].at_ms, end, period_s) == 0;
		struct coldchain_day *day = day_at(out, &days, max, samples[i].at_ms);
		if (!day)
			return days;
		day->samples++;
		day->min_c100 = c100 < day->min_c100 ? c100 : day->min_c100;
		day->max_c100 = c100 > day->max_c100 ? c100 : day->max_c100;
		for (int64_t at = samples[i].at_ms; at < end; at = ymd_begin_ms(ymd_add_days(day->ymd, 1))) {
			if (!(day = day_at(out, &days, max, at)))
				return days;
			int64_t midnight = ymd_begin_ms(ymd_add_days(day->ymd, 1));
			int64_t part = (end < midnight ? end : midnight) - at;
			*(gap                ? &day->gap_ms
			  : c100 < low_c100  ? &day->low_ms
			  : c100 > high_c100 ? &day->high_ms
			                     : &day->inside_ms) += part;
		}
	}
	return days;
}

struct mkt mkt_begin(double dh_over_r)
{
	return (struct mkt){.dh_over_r = dh_over_r, .top = -INFINITY};
}

/* log-sum-exp: exp(-10000/278) would lose all digits against a warm sample. */
void mkt_add(struct mkt *m, int32_t temp_c100, double weight)
{
	double x = -m->dh_over_r / (temp_c100 / 100.0 + 273.15);
	if (!(weight > 0) || temp_c100 <= -27315)
		return;
	if (x > m->top) {
		m->sum = m->sum * exp(m->top - x);
		m->top = x;
	}
	m->sum += weight * exp(x - m->top);
	m->weight += weight;
}

bool mkt_result(const struct mkt *m, double *celsius)
{
	if (!(m->weight > 0))
		return false;
	*celsius = m->dh_over_r / -(m->top + log(m->sum / m->weight)) - 273.15;
	return true;
}

void mkt_add_samples(struct mkt *m, const struct coldchain_sample *samples, size_t n, int32_t period_s)
{
	for (size_t i = 0; i < n; i++) {
		int64_t span = i + 1 < n ? span_ms(samples[i].at_ms, samples[i + 1].at_ms, period_s) : 0;
		mkt_add(m, samples[i].temp_c100, (double)(span > 0 ? span : period_s * 1000LL));
	}
}
