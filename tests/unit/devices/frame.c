#include "devices/frame.h"

#include "devices/reading.h"
#include "tests/harness.h"

#include <string.h>

static const struct frame_request asked = {0x1234, 7, FRAME_READ_HOLDING, 1, 2};

static void request_bytes(void)
{
	static const uint8_t tcp[12] = {0x12, 0x34, 0, 0, 0, 6, 7, 3, 0, 1, 0, 2};
	uint8_t out[12];
	frame_write_tcp(&asked, out);
	CU_ASSERT_EQUAL(memcmp(out, tcp, 12), 0);
	frame_write_rtu(&asked, out);
	CU_ASSERT_EQUAL(memcmp(out, tcp + 6, 6), 0);
}

/* One byte off in any field of the header, and the answer is not ours. */
static void every_header_field_is_compared(void)
{
	static const uint8_t right[13] = {0x12, 0x34, 0, 0, 0, 7, 7, 3, 4, 0x01, 0x02, 0xFF, 0x9B};
	uint16_t words[2] = {0, 0};
	uint8_t exception = 0;
	CU_ASSERT_EQUAL(frame_check_tcp(&asked, right, sizeof right, words, &exception), FRAME_OK);
	CU_ASSERT_TRUE(words[0] == 0x0102 && words[1] == 0xFF9B);
	static const enum frame_verdict wrong[9] = {FRAME_WRONG_TRANSACTION, FRAME_WRONG_TRANSACTION, FRAME_WRONG_PROTOCOL,
	                                            FRAME_WRONG_PROTOCOL,    FRAME_WRONG_LENGTH,      FRAME_WRONG_LENGTH,
	                                            FRAME_WRONG_UNIT,        FRAME_WRONG_FUNCTION,    FRAME_WRONG_LENGTH};
	for (size_t i = 0; i < 9; i++) {
		uint8_t bent[13];
		memcpy(bent, right, sizeof bent);
		bent[i] ^= 0x01;
		CU_ASSERT_EQUAL(frame_check_tcp(&asked, bent, sizeof bent, words, &exception), wrong[i]);
	}
	for (size_t n = 0; n < sizeof right; n++)
		CU_ASSERT_NOT_EQUAL(frame_check_tcp(&asked, right, n, words, &exception), FRAME_OK);
}

static void exceptions_and_rtu(void)
{
	static const uint8_t no[9] = {0x12, 0x34, 0, 0, 0, 3, 7, 0x83, 11};
	static const uint8_t rtu[9] = {7, 3, 4, 0, 41, 0, 42, 0xAA, 0xBB};
	uint16_t words[2] = {0, 0};
	uint8_t exception = 0;
	CU_ASSERT_EQUAL(frame_check_tcp(&asked, no, sizeof no, words, &exception), FRAME_EXCEPTION);
	CU_ASSERT_EQUAL(exception, 11);
	CU_ASSERT_EQUAL(frame_check_rtu(&asked, rtu, sizeof rtu, words, &exception), FRAME_OK);
	CU_ASSERT_TRUE(words[0] == 41 && words[1] == 42);
	CU_ASSERT_EQUAL(frame_check_rtu(&asked, rtu, 4, words, &exception), FRAME_SHORT);
}

static void full_queue_drops_the_oldest_and_counts(void)
{
	struct reading_queue *q = reading_queue_new(4);
	for (int32_t i = 0; i < 10; i++)
		reading_queue_push(q, &(struct reading){.device = i});
	struct reading out[8];
	CU_ASSERT_EQUAL(reading_queue_dropped(q), 6);
	CU_ASSERT_EQUAL(reading_queue_take(q, out, 3, 0), 3);
	CU_ASSERT_TRUE(out[0].device == 6 && out[2].device == 8);
	CU_ASSERT_EQUAL(reading_queue_take(q, out, 8, 0), 1);
	CU_ASSERT_EQUAL(reading_queue_take(q, out, 8, 20), 0);
	reading_queue_free(q);
}

static void names_go_both_ways(void)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		enum reading_reason reason = REASON_COUNT;
		CU_ASSERT_TRUE(reading_reason_named(reading_reason_name((enum reading_reason)i), &reason) && (int)reason == i);
		CU_ASSERT_EQUAL(reading_status_of(reason) == READING_OK, reason == REASON_NONE);
	}
	enum reading_status status = READING_OK;
	CU_ASSERT_TRUE(reading_status_named("fault", &status) && status == READING_FAULT);
	CU_ASSERT_FALSE(reading_status_named("bad", &status));
}

SUITE(frame, {"request_bytes", request_bytes}, {"every_header_field_is_compared", every_header_field_is_compared},
      {"exceptions_and_rtu", exceptions_and_rtu},
      {"full_queue_drops_the_oldest_and_counts", full_queue_drops_the_oldest_and_counts},
      {"names_go_both_ways", names_go_both_ways});
