/*
 * Exports of pocket temperature loggers: the text files of Berlinger Fridge-tag and Q-tag. Local times in them are taken
 * as business time (UTC+8), because they carry no zone. The signature at the end is not verified. The file is whatever
 * somebody uploaded, so each number is bounded and the first doubtful line refuses the whole file.
 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#define LOGGER_FILE_MAX (16u << 20)
#define LOGGER_DAYS_MAX 400
#define LOGGER_ALARMS_MAX 256
#define LOGGER_RULES 8
/* A value the file does not hold. */
#define LOGGER_NONE INT32_MIN

struct logger_reading {
	int64_t at_ms;
	int32_t temp_c100;
	bool flagged; /* the device marked it as out of limits */
};
/* What the device itself says about a day. */
struct logger_day {
	int32_t ymd;
	int32_t min_c100, max_c100, mean_c100;       /* LOGGER_NONE where missing */
	int32_t low_minutes, high_minutes;           /* outside the limits */
	int32_t low_alarm_minute, high_alarm_minute; /* of the day, when its alarm went off; LOGGER_NONE without */
	int32_t timeout_minutes;                     /* without a sensor */
};
/* Fridge-tag: rule 0 is the low limit, 1 the high one. Q-tag: type 1 low single, 2 high single, 3 low and 4 high cumulative. */
struct logger_rule {
	bool set;
	int32_t type, limit_c100, minutes;
};
struct logger_alarm {
	int32_t rule, minutes;
	int64_t begun_ms, alarmed_ms, ended_ms; /* ended 0: not before the end of the file */
};

struct logger_export {
	char device[64], serial[32];
	int32_t interval_min;             /* between readings; LOGGER_NONE where the file has none */
	int64_t activated_ms, created_ms; /* 0 where missing */
	int32_t mkt_c100, mean_c100;      /* as printed (the device truncates); LOGGER_NONE where missing */
	int32_t mkt_energy_c100;          /* kJ/mol in hundredths; LOGGER_NONE where missing */
	struct logger_rule rules[LOGGER_RULES];
	struct logger_reading *readings; /* rising in time; of the arena */
	size_t reading_count;
	struct logger_day *days; /* newest first, as in the file */
	size_t day_count;
	struct logger_alarm *alarms;
	size_t alarm_count;
};

/* INVALID_FIELD or TOO_LARGE with a Chinese sentence that names the line in why. out lives as long as the arena. */
MUST_CHECK enum status logger_parse(struct arena *a, const char *text, size_t n, struct logger_export *out, char why[160]);
