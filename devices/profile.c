#include "devices/profile.h"

#include "core/embed.h"
#include "core/text.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* inih cuts lines at 200 bytes and would read the rest as another line. */
#define LINE_MAX_BYTES 190

struct reader {
	struct profile *p;
	int32_t base;                               /* what the file's addresses count from: 0 or 1 */
	uint32_t seen_device, seen[PROFILE_POINTS]; /* one bit for each key */
	bool sign_given[PROFILE_POINTS];
	int32_t count[PROFILE_POINTS]; /* registers, as the file says */
	char *why;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct reader *r, const char *format, ...)
{
	va_list args;
	if (r->why[0])
		return 0;
	va_start(args, format);
	vsnprintf(r->why, 160, format, args);
	va_end(args);
	return 0;
}

static bool read_number(const char *text, int64_t low, int64_t high, int32_t *out)
{
	int64_t v = 0;
	if (!text_to_i64(text, &v) || v < low || v > high)
		return false;
	*out = (int32_t)v;
	return true;
}

static bool read_text(const char *text, char *out, size_t size)
{
	size_t n = strlen(text);
	if (n == 0 || n >= size || !utf8_valid(text, n) || text_has_control(text, false))
		return false;
	memcpy(out, text, n + 1);
	return true;
}

static bool set_name(struct reader *r, const char *v)
{
	return v[strspn(v, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0' && read_text(v, r->p->name, sizeof r->p->name);
}

static bool set_title(struct reader *r, const char *v)
{
	return read_text(v, r->p->title, sizeof r->p->title);
}

static bool set_source(struct reader *r, const char *v)
{
	return read_text(v, r->p->source, sizeof r->p->source);
}

static bool set_verified(struct reader *r, const char *v)
{
	r->p->verified = strcmp(v, "yes") == 0;
	return r->p->verified || strcmp(v, "no") == 0;
}

static bool set_framing(struct reader *r, const char *v)
{
	static const char *const names[FRAMINGS] = {"tcp", "rtu", "rtu-over-tcp"};
	for (unsigned i = 0; i < FRAMINGS; i++)
		if (strcmp(names[i], v) == 0) {
			r->p->framing = (enum framing)i;
			return true;
		}
	return false;
}

static bool set_baud(struct reader *r, const char *v)
{
	return read_number(v, 1200, 115200, &r->p->baud);
}

static bool set_parity(struct reader *r, const char *v)
{
	r->p->parity = v[0];
	return strlen(v) == 1 && strchr("NEO", v[0]);
}

static bool set_unit(struct reader *r, const char *v)
{
	return read_number(v, 1, 247, &r->p->unit);
}

static bool set_base(struct reader *r, const char *v)
{
	return read_number(v, 0, 1, &r->base);
}

static bool set_gap(struct reader *r, const char *v)
{
	return read_number(v, 0, 5000, &r->p->gap_ms);
}

static bool set_timeout(struct reader *r, const char *v)
{
	return read_number(v, 50, 10000, &r->p->timeout_ms);
}

static bool set_max_registers(struct reader *r, const char *v)
{
	return read_number(v, 1, 125, &r->p->max_registers);
}

static bool point_function(struct reader *r, unsigned i, const char *v)
{
	int32_t n = 0;
	bool ok = read_number(v, 3, 4, &n);
	r->p->points[i].function = (uint8_t)n;
	return ok;
}

static bool point_address(struct reader *r, unsigned i, const char *v)
{
	char *end = NULL;
	unsigned long n = strtoul(v, &end, 0); /* maps are printed in both bases: 0x0031 or 49 */
	r->p->points[i].address = (uint16_t)n;
	return v[0] >= '0' && v[0] <= '9' && *end == '\0' && n <= UINT16_MAX;
}

static bool point_count(struct reader *r, unsigned i, const char *v)
{
	return read_number(v, 1, 2, &r->count[i]);
}

static bool point_type(struct reader *r, unsigned i, const char *v)
{
	return codec_type_named(v, &r->p->points[i].codec.type);
}

static bool point_order(struct reader *r, unsigned i, const char *v)
{
	return codec_order_named(v, &r->p->points[i].codec.order);
}

static bool point_sign(struct reader *r, unsigned i, const char *v)
{
	r->sign_given[i] = true;
	return codec_sign_named(v, &r->p->points[i].codec.sign);
}

static bool point_scale(struct reader *r, unsigned i, const char *v)
{
	int32_t n = 0;
	bool ok = read_number(v, -6, 3, &n);
	r->p->points[i].codec.scale = n;
	return ok;
}

static bool point_unit(struct reader *r, unsigned i, const char *v)
{
	static const char *const units[PROFILE_POINTS] = {"C", "%RH"};
	(void)r;
	return strcmp(v, units[i]) == 0;
}

static bool point_low(struct reader *r, unsigned i, const char *v)
{
	return c100_parse(v, &r->p->points[i].codec.low_c100);
}

static bool point_high(struct reader *r, unsigned i, const char *v)
{
	return c100_parse(v, &r->p->points[i].codec.high_c100);
}

static bool point_sentinels(struct reader *r, unsigned i, const char *v)
{
	struct codec *c = &r->p->points[i].codec;
	while (*v) {
		char *end = NULL;
		unsigned long n = strtoul(v, &end, 16);
		if (strncmp(v, "0x", 2) != 0 || end == v + 2 || (*end && *end != ' ') || n > UINT32_MAX ||
		    c->sentinel_count == CODEC_SENTINELS)
			return false;
		c->sentinels[c->sentinel_count++] = (uint32_t)n;
		v = end + strspn(end, " ");
	}
	return c->sentinel_count > 0;
}

static const struct device_key {
	const char *name;
	bool (*set)(struct reader *, const char *);
	bool required;
} device_keys[] = {
        {"name", set_name, true},         {"title", set_title, true},        {"source", set_source, true},
        {"verified", set_verified, true}, {"framing", set_framing, true},    {"baud", set_baud, false},
        {"parity", set_parity, false},    {"unit", set_unit, true},          {"base", set_base, true},
        {"gap_ms", set_gap, true},        {"timeout_ms", set_timeout, true}, {"max_registers", set_max_registers, true},
};
static const struct point_key {
	const char *name;
	bool (*set)(struct reader *, unsigned, const char *);
	bool required;
} point_keys[] = {
        {"function", point_function, true},
        {"address", point_address, true},
        {"count", point_count, true},
        {"type", point_type, true},
        {"order", point_order, false},
        {"sign", point_sign, false},
        {"scale", point_scale, true},
        {"unit", point_unit, true},
        {"low", point_low, true},
        {"high", point_high, true},
        {"sentinels", point_sentinels, false},
};
#define DEVICE_KEYS (sizeof device_keys / sizeof *device_keys)
#define POINT_KEYS (sizeof point_keys / sizeof *point_keys)
static const char *const point_sections[PROFILE_POINTS] = {"temperature", "humidity"};

/* Notes that key number i was met; false the second time. */
static bool first_time(uint32_t *seen, size_t i)
{
	bool first = !(*seen >> i & 1);
	*seen |= 1u << i;
	return first;
}

static int take_device(struct reader *r, const char *key, const char *value)
{
	for (size_t i = 0; i < DEVICE_KEYS; i++)
		if (strcmp(device_keys[i].name, key) == 0) {
			if (!first_time(&r->seen_device, i))
				return refuse(r, "[device] %.40s stands twice", key);
			return device_keys[i].set(r, value) ? 1 : refuse(r, "[device] %.40s = %.60s is not valid", key, value);
		}
	return refuse(r, "[device] %.40s is unknown", key);
}

static int take_point(struct reader *r, unsigned point, const char *key, const char *value)
{
	const char *section = point_sections[point];
	r->p->points[point].set = true;
	for (size_t i = 0; i < POINT_KEYS; i++)
		if (strcmp(point_keys[i].name, key) == 0) {
			if (!first_time(&r->seen[point], i))
				return refuse(r, "[%s] %.40s stands twice", section, key);
			return point_keys[i].set(r, point, value)
			               ? 1
			               : refuse(r, "[%s] %.40s = %.60s is not valid", section, key, value);
		}
	return refuse(r, "[%s] %.40s is unknown", section, key);
}

static int take(void *arg, const char *section, const char *key, const char *value)
{
	struct reader *r = arg;
	if (strcmp(section, "device") == 0)
		return take_device(r, key, value);
	for (unsigned i = 0; i < PROFILE_POINTS; i++)
		if (strcmp(section, point_sections[i]) == 0)
			return take_point(r, i, key, value);
	return refuse(r, "section [%.40s] is unknown", section);
}

static bool all_given(struct reader *r)
{
	for (size_t i = 0; i < DEVICE_KEYS; i++)
		if (device_keys[i].required && !(r->seen_device >> i & 1))
			return refuse(r, "[device] %s is missing", device_keys[i].name);
	for (unsigned p = 0; p < PROFILE_POINTS; p++)
		for (size_t i = 0; r->p->points[p].set && i < POINT_KEYS; i++)
			if (point_keys[i].required && !(r->seen[p] >> i & 1))
				return refuse(r, "[%s] %s is missing", point_sections[p], point_keys[i].name);
	return r->p->points[PROFILE_TEMPERATURE].set ? true : refuse(r, "[temperature] is missing");
}

/* Count and sign follow from the type: two's complement belongs to the signed types and only to them; offset-10000 to u16. */
static bool type_fits(struct reader *r, unsigned point)
{
	struct codec *c = &r->p->points[point].codec;
	if (r->count[point] != (int32_t)codec_words(c->type))
		return refuse(r, "[%s] count does not fit the type", point_sections[point]);
	bool is_signed = c->type == CODEC_S16 || c->type == CODEC_S32;
	if (!r->sign_given[point])
		c->sign = is_signed ? CODEC_SIGN_TWOS : CODEC_SIGN_NONE;
	if (is_signed != (c->sign == CODEC_SIGN_TWOS) || (c->sign == CODEC_SIGN_OFFSET_10000 && c->type != CODEC_U16))
		return refuse(r, "[%s] sign does not fit the type", point_sections[point]);
	if (c->low_c100 >= c->high_c100)
		return refuse(r, "[%s] low is not below high", point_sections[point]);
	return true;
}

/* RTU needs its line speed; addresses of 1-based papers are moved to the wire's. */
static bool settle(struct reader *r)
{
	struct profile *p = r->p;
	if (p->framing != FRAMING_TCP && (p->baud == 0 || p->parity == 0))
		return refuse(r, "[device] baud and parity are missing");
	for (unsigned i = 0; i < PROFILE_POINTS; i++) {
		struct profile_point *q = &p->points[i];
		if (!q->set)
			continue;
		if (q->address < r->base || q->address - r->base + (int)codec_words(q->codec.type) > 65536)
			return refuse(r, "[%s] address is outside the map", point_sections[i]);
		if ((int32_t)codec_words(q->codec.type) > p->max_registers)
			return refuse(r, "[%s] type needs more registers than the device gives at once", point_sections[i]);
		q->address = (uint16_t)(q->address - r->base);
		if (!type_fits(r, i))
			return false;
	}
	return true;
}

static struct profile_block block_of(const struct profile_point *q)
{
	return (struct profile_block){q->function, q->address, (uint16_t)codec_words(q->codec.type)};
}

/* One request for both points where they lie close enough and a device gives that many registers at once. */
static void plan_blocks(struct profile *p)
{
	p->blocks[0] = block_of(&p->points[PROFILE_TEMPERATURE]);
	p->block_count = 1;
	if (!p->points[PROFILE_HUMIDITY].set)
		return;
	struct profile_block a = p->blocks[0], b = block_of(&p->points[PROFILE_HUMIDITY]);
	int first = a.address < b.address ? a.address : b.address;
	int end_a = a.address + a.count, end_b = b.address + b.count;
	int count = (end_a > end_b ? end_a : end_b) - first;
	if (a.function == b.function && count <= p->max_registers)
		p->blocks[0] = (struct profile_block){a.function, (uint16_t)first, (uint16_t)count};
	else
		p->blocks[p->block_count++] = b;
}

static bool lines_fit(struct reader *r, const char *text, size_t n)
{
	size_t line = 0;
	if (n > PROFILE_FILE_MAX || !utf8_valid(text, n))
		return refuse(r, "the file is too long or not UTF-8 text");
	for (size_t i = 0; i < n; i++) {
		line = text[i] == '\n' ? 0 : line + 1;
		if (line > LINE_MAX_BYTES)
			return refuse(r, "a line is longer than %d bytes", LINE_MAX_BYTES);
	}
	return true;
}

enum status profile_parse(const char *text, size_t n, struct profile *out, char why[160])
{
	struct reader r = {.p = out, .why = why};
	*out = (struct profile){0};
	why[0] = '\0';
	if (!lines_fit(&r, text, n))
		return ST_INVALID_FIELD;
	char copy[PROFILE_FILE_MAX + 1];
	memcpy(copy, text, n);
	copy[n] = '\0';
	int bad_line = ini_parse_string(copy, take, &r);
	if (bad_line)
		refuse(&r, "line %d cannot be read", bad_line);
	if (why[0] || !all_given(&r) || !settle(&r))
		return ST_INVALID_FIELD;
	plan_blocks(out);
	return ST_OK;
}

enum status profile_load(const char *name, struct profile *out, char why[160])
{
	char path[96];
	snprintf(path, sizeof path, "devices/profiles/%.48s.ini", name);
	const struct embedded *file = embed_find(path);
	if (file)
		return profile_parse(file->begin, (size_t)(file->end - file->begin), out, why);
	snprintf(why, 160, "there is no profile %.48s", name);
	return ST_NOT_FOUND;
}
