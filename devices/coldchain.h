/*
 * The judge of a cold place: readings in, alarms out. Pure: no clock, no store, no stock. Temperatures in 1/100 °C.
 * An excursion, a sensor fault and silence are different things; time that nobody measured (a gap of more than two
 * periods) counts neither as good nor as bad. An alarm that has returned is still to be acknowledged by somebody: that
 * is the caller's record, not the judge's.
 */
#pragma once
#include "core/status.h"
#include "devices/reading.h"

enum coldchain_kind { COLDCHAIN_HIGH, COLDCHAIN_LOW, COLDCHAIN_SENSOR_FAULT, COLDCHAIN_SILENCE, COLDCHAIN_KINDS };
enum coldchain_level { COLDCHAIN_WARN, COLDCHAIN_ACTION, COLDCHAIN_LEVELS };
/* Why a sensor is not believed. */
enum coldchain_cause { CAUSE_NONE, CAUSE_READING, CAUSE_STUCK, CAUSE_JUMP, CAUSES };

struct coldchain_limits {
	int32_t low_c100, high_c100; /* both inside: exactly 2.00 and 8.00 are no excursion. RULE COLDCHAIN-strict-limits */
	int32_t delay_on_s;          /* measured time outside, without a break, before the alarm opens; 0: the first reading */
	int32_t delay_off_s;         /* measured time back inside before it closes; 0: the first reading */
	int32_t hysteresis_c100;     /* how far inside it has to be for that */
};
struct coldchain_settings {
	struct coldchain_limits level[COLDCHAIN_LEVELS];
	int32_t period_s;          /* between two readings as planned */
	int32_t fault_delay_s;     /* a sensor fault opens and closes after this */
	int32_t stuck_s;           /* the same value for so long is a fault; 0: off */
	int32_t jump_c100_per_min; /* a faster change between two readings is a fault; 0: off */
};

enum coldchain_phase { PHASE_NORMAL, PHASE_PENDING, PHASE_ACTIVE, PHASE_RETURNING };
struct coldchain_alarm {
	int64_t since_ms;  /* first reading outside */
	int64_t out_ms;    /* measured time outside since then */
	int64_t back_ms;   /* measured time back inside, while returning */
	int32_t peak_c100; /* the worst reading */
	int32_t phase;     /* enum coldchain_phase */
};
#define COLDCHAIN_ALARMS 6 /* high and low of each level, sensor fault, silence */

/* Plain numbers without pointers: the caller may keep the bytes; version changes when the layout does. */
#define COLDCHAIN_VERSION 1
struct coldchain_state {
	int32_t version;
	int32_t has_value; /* last_c100 was measured */
	int64_t begun_ms;
	int64_t last_ms;      /* newest instant the judge was told of */
	int64_t answered_ms;  /* last answer, right or wrong; at first begun_ms */
	int64_t valid_ms;     /* last valid temperature */
	int64_t unchanged_ms; /* since when it has been the same */
	int32_t last_c100;
	int32_t clock_steps;   /* times the wall clock went back */
	int32_t cause, reason; /* of the open sensor fault */
	struct coldchain_alarm alarms[COLDCHAIN_ALARMS];
};

struct coldchain_event {
	enum coldchain_kind kind;
	enum coldchain_level level; /* COLDCHAIN_WARN for sensor fault and silence */
	bool opened;                /* or closed */
	int64_t at_ms;              /* when it was decided */
	int64_t since_ms;           /* when it began */
	int64_t out_ms;             /* measured time outside; for silence the time without an answer */
	int32_t peak_c100;          /* excursions only */
	enum coldchain_cause cause; /* sensor fault only */
	enum reading_reason reason; /* CAUSE_READING only */
};
/* Room that one call may need. */
#define COLDCHAIN_EVENTS_MAX 8

/* 2-8 °C, read each minute: a warning with the first reading outside (RULE GSP-附录3-6), action after five minutes. */
struct coldchain_settings coldchain_defaults(void);
/* False with a sentence (Chinese, for people) in why where the settings contradict themselves. */
bool coldchain_settings_valid(const struct coldchain_settings *s, char why[160]);
void coldchain_begin(struct coldchain_state *state, int64_t at_ms);
/*
 * Takes the next reading; answers how many events it wrote. A reading older than the last means that the wall clock was
 * set back: it is judged, but no time is counted for it.
 */
size_t coldchain_feed(const struct coldchain_settings *s, struct coldchain_state *state, const struct reading *r,
                      struct coldchain_event out[COLDCHAIN_EVENTS_MAX]);
/* Tells the judge the time where no reading comes, so that silence is noticed. */
size_t coldchain_tick(const struct coldchain_settings *s, struct coldchain_state *state, int64_t now_ms,
                      struct coldchain_event out[COLDCHAIN_EVENTS_MAX]);
/* The worst that is active now: -1 nothing, else an enum coldchain_level; excursions only. */
int coldchain_worst(const struct coldchain_state *state);

/*
 * Whether the reading at at_ms has to be kept for ever: outside the limits a record at least every 2 minutes,
 * else every 5 minutes in transport and every 30 in storage (RULE GSP-附录3-5-record). True as well
 * where waiting for the next reading would be too late. Ask it after coldchain_feed.
 */
bool coldchain_record_due(const struct coldchain_settings *s, const struct coldchain_state *state, bool transport,
                          int64_t recorded_ms, int64_t at_ms);

/* "high", "low", "sensor_fault", "silence"; "warn", "action"; "", "reading", "stuck", "jump". */
const char *coldchain_kind_name(enum coldchain_kind kind);
const char *coldchain_level_name(enum coldchain_level level);
const char *coldchain_cause_name(enum coldchain_cause cause);
/* The kind for people, in Chinese. */
const char *coldchain_kind_text(enum coldchain_kind kind);

/* A measured temperature. */
struct coldchain_sample {
	int64_t at_ms;
	int32_t temp_c100;
};
/* One business day: each sample stands until the next one, unless a gap follows it. */
struct coldchain_day {
	int32_t ymd, samples, min_c100, max_c100;
	int64_t low_ms, high_ms, inside_ms, gap_ms;
};
/* Sums samples (rising in time) by business day into out; answers the days written, at most max. */
size_t coldchain_days(const struct coldchain_sample *samples, size_t n, int32_t low_c100, int32_t high_c100, int32_t period_s,
                      struct coldchain_day *out, size_t max);

/*
 * Mean kinetic temperature; weights in any unit of time, the same for all. Physics, so floating point. It never
 * releases a recorded excursion by itself.
 */
#define MKT_DEFAULT_K 10000.0 /* dH/R: 83.144 kJ/mol over 8.3144 J/(mol K) */
struct mkt {
	double dh_over_r, top, sum, weight;
};
struct mkt mkt_begin(double dh_over_r);
void mkt_add(struct mkt *m, int32_t temp_c100, double weight);
/* °C; false without any weight. */
bool mkt_result(const struct mkt *m, double *celsius);
/* Adds all samples, each weighted with the time to the next; the last one and one before a gap weigh one period. */
void mkt_add_samples(struct mkt *m, const struct coldchain_sample *samples, size_t n, int32_t period_s);
