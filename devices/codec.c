#include "devices/codec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* The integer types; f32 has its own way. */
static const struct {
	const char *name;
	unsigned words;
	int64_t low, high; /* of the raw number, before any sign mode */
} types[CODEC_TYPES] = {
        [CODEC_U16] = {"u16", 1, 0, UINT16_MAX}, [CODEC_S16] = {"s16", 1, INT16_MIN, INT16_MAX},
        [CODEC_U32] = {"u32", 2, 0, UINT32_MAX}, [CODEC_S32] = {"s32", 2, INT32_MIN, INT32_MAX},
        [CODEC_F32] = {"f32", 2, 0, 0},          [CODEC_HILO] = {"hilo", 1, 0, UINT16_MAX},
};
static const char *const orders[CODEC_ORDERS] = {"abcd", "cdab", "badc", "dcba"};
static const char *const signs[CODEC_SIGNS] = {"none", "twos", "offset-10000"};

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000};

unsigned codec_words(enum codec_type type)
{
	return types[type].words;
}

static uint16_t swap_bytes(uint16_t w)
{
	return (uint16_t)(w << 8 | w >> 8);
}

/* Both directions: each order is its own inverse. */
static void reorder(const struct codec *c, uint16_t words[2])
{
	if (c->order == CODEC_BADC || c->order == CODEC_DCBA) {
		words[0] = swap_bytes(words[0]);
		words[1] = swap_bytes(words[1]);
	}
	if (codec_words(c->type) == 2 && (c->order == CODEC_CDAB || c->order == CODEC_DCBA)) {
		uint16_t first = words[0];
		words[0] = words[1];
		words[1] = first;
	}
}

static uint32_t raw_of(const struct codec *c, const uint16_t *words)
{
	bool two = codec_words(c->type) == 2;
	uint16_t w[2] = {words[0], two ? words[1] : 0};
	reorder(c, w);
	return two ? (uint32_t)w[0] << 16 | w[1] : w[0];
}

void codec_encode_raw(const struct codec *c, uint32_t raw, uint16_t words[2])
{
	bool two = codec_words(c->type) == 2;
	words[0] = (uint16_t)(two ? raw >> 16 : raw & 0xFFFF);
	words[1] = (uint16_t)(two ? raw & 0xFFFF : 0);
	reorder(c, words);
}

static bool is_sentinel(const struct codec *c, uint32_t raw)
{
	for (unsigned i = 0; i < c->sentinel_count; i++)
		if (c->sentinels[i] == raw)
			return true;
	return false;
}

static int64_t round_div(int64_t a, int64_t b)
{
	return (a < 0 ? a - b / 2 : a + b / 2) / b;
}

/* value * 10^power; |value| < 2^33 and power <= 5 keep it inside 63 bits. */
static int64_t shift_decimal(int64_t value, int power)
{
	return power >= 0 ? value * powers[power] : round_div(value, powers[-power]);
}

static int64_t signed_of(const struct codec *c, uint32_t raw)
{
	if (c->type == CODEC_HILO)
		return (int64_t)(raw >> 8) * 100 + (raw & 0xFF);
	if (c->sign == CODEC_SIGN_OFFSET_10000 && raw >= 10000)
		return -((int64_t)raw - 10000);
	if (c->sign != CODEC_SIGN_TWOS)
		return raw;
	return codec_words(c->type) == 1 ? (int16_t)(uint16_t)raw : (int32_t)raw;
}

/* False for NaN, infinity and what no sensor of ours measures. */
static bool float_c100(const struct codec *c, uint32_t raw, int64_t *out)
{
	float f = 0;
	memcpy(&f, &raw, sizeof f);
	double v = (double)f * pow(10, c->scale + 2);
	if (!isfinite(v) || fabs(v) > 1e12)
		return false;
	*out = llround(v);
	return true;
}

enum codec_result codec_decode(const struct codec *c, const uint16_t *words, int32_t *c100)
{
	uint32_t raw = raw_of(c, words);
	int64_t value = 0;
	if (is_sentinel(c, raw) || (c->type == CODEC_F32 && !float_c100(c, raw, &value)))
		return CODEC_SENTINEL;
	if (c->type == CODEC_HILO)
		value = signed_of(c, raw);
	else if (c->type != CODEC_F32)
		value = shift_decimal(signed_of(c, raw), c->scale + 2);
	if (value < c->low_c100 || value > c->high_c100)
		return CODEC_OUT_OF_RANGE;
	*c100 = (int32_t)value;
	return CODEC_OK;
}

static bool encode_integer(const struct codec *c, int32_t c100, uint32_t *raw)
{
	int64_t value = shift_decimal(c100, -(c->scale + 2));
	bool offset = c->sign == CODEC_SIGN_OFFSET_10000;
	if (offset && (value <= -10000 || value >= 10000))
		return false;
	if (offset && value < 0)
		value = 10000 - value;
	if (value < types[c->type].low || value > types[c->type].high)
		return false;
	*raw = (uint32_t)value;
	return true;
}

bool codec_encode(const struct codec *c, int32_t c100, uint16_t words[2])
{
	uint32_t raw = 0;
	if (c->type == CODEC_F32) {
		float f = (float)((double)c100 / pow(10, c->scale + 2));
		memcpy(&raw, &f, sizeof raw);
	} else if (c->type == CODEC_HILO) {
		if (c100 < 0 || c100 > 25599)
			return false;
		raw = (uint32_t)(c100 / 100) << 8 | (uint32_t)(c100 % 100);
	} else if (!encode_integer(c, c100, &raw)) {
		return false;
	}
	codec_encode_raw(c, raw, words);
	return true;
}

static bool find_name(const char *const *names, unsigned count, const char *name, unsigned *out)
{
	for (unsigned i = 0; i < count; i++)
		if (strcasecmp(names[i], name) == 0) {
			*out = i;
			return true;
		}
	return false;
}

bool codec_type_named(const char *name, enum codec_type *out)
{
	const char *names[CODEC_TYPES];
	unsigned i = 0;
	for (; i < CODEC_TYPES; i++)
		names[i] = types[i].name;
	if (!find_name(names, CODEC_TYPES, name, &i))
		return false;
	*out = (enum codec_type)i;
	return true;
}

bool codec_order_named(const char *name, enum codec_order *out)
{
	unsigned i = 0;
	if (!find_name(orders, CODEC_ORDERS, name, &i))
		return false;
	*out = (enum codec_order)i;
	return true;
}

bool codec_sign_named(const char *name, enum codec_sign *out)
{
	unsigned i = 0;
	if (!find_name(signs, CODEC_SIGNS, name, &i))
		return false;
	*out = (enum codec_sign)i;
	return true;
}

/* Reads 1..max digits at *s. */
static bool read_digits(const char **s, unsigned max, int32_t *out, unsigned *count)
{
	*count = 0;
	*out = 0;
	for (; **s >= '0' && **s <= '9'; (*s)++) {
		if (++*count > max)
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return *count > 0;
}

bool c100_parse(const char *s, int32_t *out)
{
	bool minus = *s == '-';
	int32_t whole = 0, part = 0;
	unsigned digits = 0;
	s += *s == '-' || *s == '+';
	if (!read_digits(&s, 5, &whole, &digits))
		return false;
	digits = 2;
	if (*s == '.') {
		s++;
		if (!read_digits(&s, 2, &part, &digits))
			return false;
	}
	if (*s)
		return false;
	int32_t value = whole * 100 + (digits == 1 ? part * 10 : part);
	*out = minus ? -value : value;
	return true;
}

void c100_text(int32_t c100, char out[16])
{
	uint32_t size = c100 < 0 ? 0u - (uint32_t)c100 : (uint32_t)c100;
	snprintf(out, 16, "%s%u.%02u", c100 < 0 ? "-" : "", size / 100, size % 100);
}
