#include "devices/logger.h"

#include "core/clock.h"
#include "core/text.h"
#include "devices/codec.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 512
/* The shortest line that can hold a reading: tab, date and time, tab, one digit, newline. */
#define READING_MIN_BYTES 20

struct reader {
	struct logger_export *out;
	char section[24]; /* the last line without indent */
	char part[24];    /* the last " Alarm:"-like heading of the section or day */
	int32_t number;   /* the last "N:" heading below part: which rule */
	size_t reading_room;
};

/* One value of "T AL: +2.0, t AL: 60"; false where the key does not stand in the line. */
static bool field(const char *line, const char *key, char out[64])
{
	size_t key_len = strlen(key);
	for (const char *p = line; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
		p += strspn(p, " ");
		if (strncmp(p, key, key_len) != 0 || p[key_len] != ':')
			continue;
		const char *value = p + key_len + 1 + strspn(p + key_len + 1, " ");
		size_t n = strcspn(value, ",");
		if (n >= 64)
			return false;
		memcpy(out, value, n);
		out[n] = '\0';
		return true;
	}
	return false;
}

static bool two_digits(const char *s, int32_t max, int32_t *out)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return false;
	*out = (s[0] - '0') * 10 + (s[1] - '0');
	return *out <= max;
}

/* "10:46" as the minute of a day */
static bool parse_minute(const char *s, int32_t *out)
{
	int32_t hour = 0, minute = 0;
	if (strlen(s) != 5 || s[2] != ':' || !two_digits(s, 23, &hour) || !two_digits(s + 3, 59, &minute))
		return false;
	*out = hour * 60 + minute;
	return true;
}

/* "2022-05-02 10:46" of business time */
static bool parse_instant(const char *s, int64_t *out)
{
	char date[11];
	int32_t ymd = 0, minute = 0;
	if (strlen(s) != 16 || s[4] != '-' || s[7] != '-' || s[10] != ' ' || !parse_minute(s + 11, &minute))
		return false;
	memcpy(date, s, 10);
	date[10] = '\0';
	if (!ymd_parse(date, &ymd))
		return false;
	*out = ymd_begin_ms(ymd) + minute * 60000LL;
	return true;
}

static bool parse_count(const char *s, int32_t max, int32_t *out)
{
	int64_t v = 0;
	if (!text_to_i64(s, &v) || v < 0 || v > max)
		return false;
	*out = (int32_t)v;
	return true;
}

/* The takers below answer false where the key stands in the line with a value that cannot be; a missing key is no error. */
static bool take_c100(const char *line, const char *key, int32_t *out)
{
	char v[64];
	return !field(line, key, v) || c100_parse(v, out);
}

static bool take_count(const char *line, const char *key, int32_t max, int32_t *out)
{
	char v[64];
	return !field(line, key, v) || parse_count(v, max, out);
}

static bool take_minute(const char *line, const char *key, int32_t *out)
{
	char v[64];
	return !field(line, key, v) || parse_minute(v, out);
}

/* An empty instant ("TS E:") means not yet. */
static bool take_instant(const char *line, const char *key, int64_t *out)
{
	char v[64];
	return !field(line, key, v) || v[0] == '\0' || parse_instant(v, out);
}

static bool take_text(const char *line, const char *key, char *out, size_t size)
{
	char v[64];
	if (!field(line, key, v))
		return true;
	size_t n = strlen(v);
	if (n >= size || !utf8_valid(v, n) || text_has_control(v, false))
		return false;
	memcpy(out, v, n + 1);
	return true;
}

/* "3:" alone */
static bool is_number_heading(const char *line, int32_t *out)
{
	char digits[8];
	size_t n = strcspn(line, ":");
	if (n == 0 || n >= sizeof digits || strcmp(line + n, ":") != 0)
		return false;
	memcpy(digits, line, n);
	digits[n] = '\0';
	return parse_count(digits, 9999, out);
}

static bool is_heading(const char *line)
{
	size_t n = strlen(line);
	return n > 1 && line[n - 1] == ':' && !memchr(line, ':', n - 1);
}

static bool take_device(struct reader *r, unsigned indent, const char *line)
{
	(void)indent;
	return take_text(line, "Device", r->out->device, sizeof r->out->device);
}

static bool take_rule(struct reader *r, const char *line)
{
	if (r->number < 0 || r->number >= LOGGER_RULES)
		return false;
	struct logger_rule *rule = &r->out->rules[r->number];
	rule->set = true;
	return take_count(line, "Type", 99, &rule->type) && take_c100(line, "T AL", &rule->limit_c100) &&
	       take_count(line, "t AL", 100000, &rule->minutes);
}

static bool take_conf(struct reader *r, unsigned indent, const char *line)
{
	struct logger_export *o = r->out;
	char unit[64];
	if (indent == 3 && strcmp(r->part, "Alarm:") == 0)
		return take_rule(r, line);
	if (indent != 1)
		return true;
	if (field(line, "Temp unit", unit) && strcmp(unit, "C") != 0)
		return false;
	return take_text(line, "Serial", o->serial, sizeof o->serial) &&
	       take_count(line, "Logging Interval", 1440, &o->interval_min) && take_c100(line, "MKT Energy", &o->mkt_energy_c100);
}

static bool begin_day(struct reader *r)
{
	if (r->out->day_count == LOGGER_DAYS_MAX)
		return false;
	r->out->days[r->out->day_count++] = (struct logger_day){.min_c100 = LOGGER_NONE,
	                                                        .max_c100 = LOGGER_NONE,
	                                                        .mean_c100 = LOGGER_NONE,
	                                                        .low_alarm_minute = LOGGER_NONE,
	                                                        .high_alarm_minute = LOGGER_NONE};
	r->part[0] = '\0';
	return true;
}

static bool take_day_alarm(const struct reader *r, struct logger_day *d, const char *line)
{
	bool high = r->number == 1;
	if (strcmp(r->part, "Alarm:") != 0)
		return true;
	return take_count(line, "t Acc", 1440, high ? &d->high_minutes : &d->low_minutes) &&
	       take_minute(line, "TS A", high ? &d->high_alarm_minute : &d->low_alarm_minute);
}

static bool take_hist(struct reader *r, unsigned indent, const char *line)
{
	struct logger_export *o = r->out;
	int32_t number = 0;
	char date[64];
	if (indent == 1)
		return is_number_heading(line, &number) ? begin_day(r)
		                                        : take_instant(line, "TS Actv", &o->activated_ms) &&
		                                                  take_instant(line, "TS Report Creation", &o->created_ms);
	if (o->day_count == 0)
		return false;
	struct logger_day *d = &o->days[o->day_count - 1];
	if (indent == 4)
		return take_day_alarm(r, d, line);
	if (indent == 3)
		return take_count(line, "t AccST", 1440, &d->timeout_minutes);
	if (field(line, "Date", date) && !ymd_parse(date, &d->ymd))
		return false;
	return take_c100(line, "Min T", &d->min_c100) && take_c100(line, "Max T", &d->max_c100) &&
	       take_c100(line, "Avrg T", &d->mean_c100);
}

static bool take_alarm(struct reader *r, const char *line)
{
	struct logger_export *o = r->out;
	if (o->alarm_count == LOGGER_ALARMS_MAX)
		return false;
	struct logger_alarm *a = &o->alarms[o->alarm_count++];
	*a = (struct logger_alarm){.rule = r->number};
	return take_instant(line, "TS S", &a->begun_ms) && take_count(line, "t A", 1000000, &a->minutes) &&
	       take_instant(line, "TS A", &a->alarmed_ms) && take_instant(line, "TS E", &a->ended_ms);
}

static bool take_result(struct reader *r, unsigned indent, const char *line)
{
	struct logger_export *o = r->out;
	if (indent == 3 && strcmp(r->part, "Alarm:") == 0)
		return take_alarm(r, line);
	return indent != 1 || (take_instant(line, "TS Actv", &o->activated_ms) && take_c100(line, "MKT", &o->mkt_c100) &&
	                       take_c100(line, "Avrg T", &o->mean_c100));
}

/* "\t2022-05-02 10:46\t26.9\tx" */
static bool take_reading(struct reader *r, const char *line)
{
	struct logger_export *o = r->out;
	char at[17], temp[16];
	size_t at_len = strcspn(line + 1, "\t");
	if (at_len != 16 || line[17] != '\t')
		return false;
	memcpy(at, line + 1, 16);
	at[16] = '\0';
	if (strcmp(at, "yyyy-MM-dd hh:mm") == 0)
		return o->reading_count == 0;
	const char *value = line + 18;
	size_t n = strcspn(value, "\t");
	struct logger_reading reading = {0};
	if (n == 0 || n >= sizeof temp || o->reading_count == r->reading_room)
		return false;
	memcpy(temp, value, n);
	temp[n] = '\0';
	reading.flagged = strcmp(value + n, "\tx") == 0;
	if (!parse_instant(at, &reading.at_ms) || !c100_parse(temp, &reading.temp_c100))
		return false;
	if (o->reading_count > 0 && o->readings[o->reading_count - 1].at_ms >= reading.at_ms)
		return false;
	o->readings[o->reading_count++] = reading;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct reader *, unsigned indent, const char *line);
} sections[] = {{"Conf:", take_conf}, {"Hist:", take_hist}, {"Res:", take_result}};

static void note_heading(struct reader *r, const char *line)
{
	int32_t number = 0;
	if (is_number_heading(line, &number))
		r->number = number;
	else if (is_heading(line))
		snprintf(r->part, sizeof r->part, "%.23s", line);
}

/* line: without its end; tabs begin a row of data, spaces tell the depth. */
static bool take_line(struct reader *r, const char *line)
{
	unsigned indent = (unsigned)strspn(line, " ");
	if (line[0] == '\t')
		return strcmp(r->section, "Data:") != 0 || take_reading(r, line);
	line += indent;
	if (indent == 0) {
		snprintf(r->section, sizeof r->section, "%.23s", line);
		r->part[0] = '\0';
		return take_device(r, indent, line);
	}
	note_heading(r, line);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (strcmp(sections[i].name, r->section) == 0)
			return sections[i].take(r, indent, line);
	return true;
}

/* Copies the line at *at without its end and moves on; false where it is too long or holds a NUL. */
static bool next_line(const char **at, const char *end, char out[LINE_MAX_BYTES])
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t n = (size_t)((stop ? stop : end) - *at);
	const char *begin = *at;
	*at = stop ? stop + 1 : end;
	while (n > 0 && begin[n - 1] == '\r')
		n--;
	if (n >= LINE_MAX_BYTES || memchr(begin, '\0', n))
		return false;
	memcpy(out, begin, n);
	out[n] = '\0';
	return true;
}

static void prepare(struct arena *a, size_t n, struct reader *r)
{
	struct logger_export *o = r->out;
	*o = (struct logger_export){
	        .interval_min = LOGGER_NONE, .mkt_c100 = LOGGER_NONE, .mean_c100 = LOGGER_NONE, .mkt_energy_c100 = LOGGER_NONE};
	r->reading_room = n / READING_MIN_BYTES + 1;
	o->readings = arena_array(a, r->reading_room, sizeof *o->readings);
	o->days = arena_array(a, LOGGER_DAYS_MAX, sizeof *o->days);
	o->alarms = arena_array(a, LOGGER_ALARMS_MAX, sizeof *o->alarms);
}

enum status logger_parse(struct arena *a, const char *text, size_t n, struct logger_export *out, char why[160])
{
	struct reader r = {.out = out};
	char line[LINE_MAX_BYTES];
	const char *at = text, *end = text + n;
	why[0] = '\0';
	if (n > LOGGER_FILE_MAX) {
		snprintf(why, 160, "文件超过 %u MB", LOGGER_FILE_MAX >> 20);
		return ST_TOO_LARGE;
	}
	prepare(a, n, &r);
	for (size_t number = 1; at < end; number++)
		if (!next_line(&at, end, line) || (number == 1 && strncmp(line, "Device: ", 8) != 0) || !take_line(&r, line)) {
			snprintf(why, 160, "第 %zu 行无法识别, 不是完整的 Fridge-tag 或 Q-tag 导出文件", number);
			return ST_INVALID_FIELD;
		}
	if (out->device[0] && (out->reading_count > 0 || out->day_count > 0))
		return ST_OK;
	snprintf(why, 160, "文件中没有温度记录");
	return ST_INVALID_FIELD;
}
