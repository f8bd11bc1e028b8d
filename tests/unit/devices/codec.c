#include "devices/codec.h"

#include "tests/harness.h"

#include <string.h>

#define WIDE .low_c100 = -1000000, .high_c100 = 1000000

/* What a register pattern means: the patterns come from IEEE 754 and from makers' papers, not from our encoder. */
static const struct vector {
	const char *what;
	struct codec codec;
	uint16_t words[2];
	int32_t c100;
} vectors[] = {
        {"u16 tenths", {CODEC_U16, CODEC_ABCD, CODEC_SIGN_NONE, -1, WIDE}, {0x0292, 0}, 6580},
        {"s16 tenths below zero", {CODEC_S16, CODEC_ABCD, CODEC_SIGN_TWOS, -1, WIDE}, {0xFF9B, 0}, -1010},
        {"s16 tenths", {CODEC_S16, CODEC_ABCD, CODEC_SIGN_TWOS, -1, WIDE}, {0x0100, 0}, 2560},
        {"s16 bytes swapped", {CODEC_S16, CODEC_BADC, CODEC_SIGN_TWOS, -1, WIDE}, {0x9BFF, 0}, -1010},
        {"sign by offset", {CODEC_U16, CODEC_ABCD, CODEC_SIGN_OFFSET_10000, -1, WIDE}, {10105, 0}, -1050},
        {"offset, plus", {CODEC_U16, CODEC_ABCD, CODEC_SIGN_OFFSET_10000, -1, WIDE}, {253, 0}, 2530},
        {"hi.lo hundredths", {CODEC_HILO, CODEC_ABCD, CODEC_SIGN_NONE, 0, WIDE}, {0x1A20, 0}, 2632},
        {"u32 thousandths", {CODEC_U32, CODEC_ABCD, CODEC_SIGN_NONE, -3, WIDE}, {0x0001, 0x0000}, 6554},
        {"s32 minus one", {CODEC_S32, CODEC_ABCD, CODEC_SIGN_TWOS, -2, WIDE}, {0xFFFF, 0xFFFF}, -1},
        {"s32 CDAB", {CODEC_S32, CODEC_CDAB, CODEC_SIGN_TWOS, -2, WIDE}, {0xFE0C, 0xFFFF}, -500},
        {"float 25.6 ABCD", {CODEC_F32, CODEC_ABCD, CODEC_SIGN_NONE, 0, WIDE}, {0x41CC, 0xCCCD}, 2560},
        {"float 25.6 CDAB", {CODEC_F32, CODEC_CDAB, CODEC_SIGN_NONE, 0, WIDE}, {0xCCCD, 0x41CC}, 2560},
        {"float 25.6 BADC", {CODEC_F32, CODEC_BADC, CODEC_SIGN_NONE, 0, WIDE}, {0xCC41, 0xCDCC}, 2560},
        {"float 25.6 DCBA", {CODEC_F32, CODEC_DCBA, CODEC_SIGN_NONE, 0, WIDE}, {0xCDCC, 0xCC41}, 2560},
        {"float -10.5", {CODEC_F32, CODEC_ABCD, CODEC_SIGN_NONE, 0, WIDE}, {0xC128, 0x0000}, -1050},
        {"whole degrees", {CODEC_S16, CODEC_ABCD, CODEC_SIGN_TWOS, 0, WIDE}, {0xFFFB, 0}, -500},
};

static void golden_vectors_decode(void)
{
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		int32_t c100 = 0;
		CU_ASSERT_EQUAL(codec_decode(&vectors[i].codec, vectors[i].words, &c100), CODEC_OK);
		CU_ASSERT_EQUAL(c100, vectors[i].c100);
	}
}

static void golden_vectors_encode(void)
{
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		uint16_t words[2] = {0, 0};
		if (vectors[i].codec.scale < -2)
			continue; /* a hundredth cannot name the thousandth that was there */
		CU_ASSERT_TRUE(codec_encode(&vectors[i].codec, vectors[i].c100, words));
		CU_ASSERT_EQUAL(memcmp(words, vectors[i].words, codec_words(vectors[i].codec.type) * 2), 0);
	}
}

static void every_tenth_survives_both_ways(void)
{
	for (int order = 0; order < CODEC_ORDERS; order++)
		for (int32_t c100 = -4000; c100 <= 8000; c100 += 10) {
			static const enum codec_type types[] = {CODEC_S16, CODEC_S32, CODEC_F32};
			for (size_t t = 0; t < 3; t++) {
				enum codec_sign sign = types[t] == CODEC_F32 ? CODEC_SIGN_NONE : CODEC_SIGN_TWOS;
				struct codec c = {types[t], (enum codec_order)order, sign, types[t] == CODEC_F32 ? 0 : -1, WIDE};
				uint16_t words[2];
				int32_t back = 0;
				CU_ASSERT_FATAL(codec_encode(&c, c100, words));
				CU_ASSERT_FATAL(codec_decode(&c, words, &back) == CODEC_OK && back == c100);
			}
		}
}

static void sentinels_and_range_are_no_values(void)
{
	struct codec c = {CODEC_S16, CODEC_ABCD, CODEC_SIGN_TWOS, -1, -4000, 8000, {0x7FFF, 0x8000}, 2};
	int32_t c100 = 4242;
	CU_ASSERT_EQUAL(codec_decode(&c, (const uint16_t[]){0x7FFF}, &c100), CODEC_SENTINEL);
	CU_ASSERT_EQUAL(codec_decode(&c, (const uint16_t[]){0x8000}, &c100), CODEC_SENTINEL);
	CU_ASSERT_EQUAL(codec_decode(&c, (const uint16_t[]){801}, &c100), CODEC_OUT_OF_RANGE);
	CU_ASSERT_EQUAL(c100, 4242);
	CU_ASSERT_EQUAL(codec_decode(&c, (const uint16_t[]){800}, &c100), CODEC_OK);
	CU_ASSERT_EQUAL(codec_decode(&c, (const uint16_t[]){(uint16_t)-400}, &c100), CODEC_OK);
	CU_ASSERT_EQUAL(c100, -4000);
}

static void floats_that_are_no_numbers_are_sentinels(void)
{
	struct codec c = {CODEC_F32, CODEC_ABCD, CODEC_SIGN_NONE, 0, WIDE};
	static const uint16_t odd[][2] = {{0x7FC0, 0}, {0x7F80, 0}, {0xFF80, 0}, {0x7F7F, 0xFFFF}};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		int32_t c100 = 7;
		CU_ASSERT_EQUAL(codec_decode(&c, odd[i], &c100), CODEC_SENTINEL);
		CU_ASSERT_EQUAL(c100, 7);
	}
}

static void what_does_not_fit_is_not_encoded(void)
{
	uint16_t words[2];
	CU_ASSERT_FALSE(codec_encode(&(struct codec){CODEC_U16, CODEC_ABCD, CODEC_SIGN_NONE, -1, WIDE}, -10, words));
	CU_ASSERT_FALSE(codec_encode(&(struct codec){CODEC_S16, CODEC_ABCD, CODEC_SIGN_TWOS, -2, WIDE}, 32768, words));
	CU_ASSERT_TRUE(codec_encode(&(struct codec){CODEC_S16, CODEC_ABCD, CODEC_SIGN_TWOS, -2, WIDE}, -32768, words));
	CU_ASSERT_FALSE(codec_encode(&(struct codec){CODEC_HILO, CODEC_ABCD, CODEC_SIGN_NONE, 0, WIDE}, -1, words));
	CU_ASSERT_FALSE(codec_encode(&(struct codec){CODEC_U16, CODEC_ABCD, CODEC_SIGN_OFFSET_10000, -1, WIDE}, 100000, words));
}

static void decimal_text(void)
{
	static const struct {
		const char *text;
		bool ok;
		int32_t c100;
	} rows[] = {
	        {"+26.3", true, 2630},    {"-7.25", true, -725}, {"8", true, 800},  {"-0.5", true, -50}, {"0.05", true, 5},
	        {"99999", true, 9999900}, {"", false, 0},        {"-", false, 0},   {"1.", false, 0},    {".5", false, 0},
	        {"1.234", false, 0},      {"100000", false, 0},  {"1e3", false, 0}, {"--1", false, 0},   {"1 ", false, 0},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int32_t c100 = 0;
		CU_ASSERT_EQUAL(c100_parse(rows[i].text, &c100), rows[i].ok);
		CU_ASSERT_EQUAL(c100, rows[i].c100);
	}
	char text[16];
	c100_text(-5, text);
	CU_ASSERT_STRING_EQUAL(text, "-0.05");
	c100_text(INT32_MIN, text);
	CU_ASSERT_STRING_EQUAL(text, "-21474836.48");
}

SUITE(codec, {"golden_vectors_decode", golden_vectors_decode}, {"golden_vectors_encode", golden_vectors_encode},
      {"every_tenth_survives_both_ways", every_tenth_survives_both_ways},
      {"sentinels_and_range_are_no_values", sentinels_and_range_are_no_values},
      {"floats_that_are_no_numbers_are_sentinels", floats_that_are_no_numbers_are_sentinels},
      {"what_does_not_fit_is_not_encoded", what_does_not_fit_is_not_encoded}, {"decimal_text", decimal_text});
