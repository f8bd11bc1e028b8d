/*
 * Numbers as Modbus devices write them, decoded into hundredths of their unit (`_c100`: 1/100 °C, 1/100 %RH) and back.
 * Own code because libmodbus 3.1.6 writes floats with swapped bytes. Floating point is used for f32 registers only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* hilo: one register, high byte whole units, low byte hundredths (not negative). */
enum codec_type { CODEC_U16, CODEC_S16, CODEC_U32, CODEC_S32, CODEC_F32, CODEC_HILO, CODEC_TYPES };
/* Where the bytes A (highest) to D of a 32-bit number stand on the wire; BADC and DCBA also swap a single register. */
enum codec_order { CODEC_ABCD, CODEC_CDAB, CODEC_BADC, CODEC_DCBA, CODEC_ORDERS };
/* How an integer says minus: not at all, two's complement (what s16 and s32 imply), or raw >= 10000 means -(raw-10000). */
enum codec_sign { CODEC_SIGN_NONE, CODEC_SIGN_TWOS, CODEC_SIGN_OFFSET_10000, CODEC_SIGNS };
enum codec_result { CODEC_OK, CODEC_SENTINEL, CODEC_OUT_OF_RANGE };

#define CODEC_SENTINELS 6

struct codec {
	enum codec_type type;
	enum codec_order order;
	enum codec_sign sign;
	int scale;                           /* value = raw * 10^scale, -6..3 */
	int32_t low_c100, high_c100;         /* what the device can physically report, both inside */
	uint32_t sentinels[CODEC_SENTINELS]; /* raw words that mean "no value", in ABCD order */
	unsigned sentinel_count;
};

/* Registers one number takes: 1 or 2. */
unsigned codec_words(enum codec_type type);
/* Decodes codec_words() registers. *c100 is set for CODEC_OK alone; rounding is half away from zero. NaN is a sentinel. */
enum codec_result codec_decode(const struct codec *c, const uint16_t *words, int32_t *c100);
/* The registers that decode to c100 (or to the nearest step of the scale); false where the type cannot hold it. */
bool codec_encode(const struct codec *c, int32_t c100, uint16_t words[2]);
/* The registers of a raw pattern (a sentinel). */
void codec_encode_raw(const struct codec *c, uint32_t raw, uint16_t words[2]);

/* Names as profiles write them ("s16", "cdab", "offset-10000"); false on an unknown one. */
bool codec_type_named(const char *name, enum codec_type *out);
bool codec_order_named(const char *name, enum codec_order *out);
bool codec_sign_named(const char *name, enum codec_sign *out);

/* Reads "+26.3", "-7", "5.25": at most five digits before and two behind the point. */
bool c100_parse(const char *s, int32_t *out);
/* "-7.20" into out. */
void c100_text(int32_t c100, char out[16]);
