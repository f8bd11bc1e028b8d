/*
 * Everything in devices/ that reads bytes from outside: answers of devices, requests to the simulator, number patterns,
 * profiles, logger exports, line addresses, script lines. The first byte says which.
 */
#include "devices/frame.h"
#include "devices/line.h"
#include "devices/logger.h"
#include "devices/simulate.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(const uint8_t *data, size_t n)
{
	const struct frame_request asked = {0x0102, 1, FRAME_READ_HOLDING, 0, 2};
	uint16_t words[FRAME_REGISTERS_MAX];
	uint8_t exception = 0;
	(void)frame_check_tcp(&asked, data, n, words, &exception);
	(void)frame_check_rtu(&asked, data, n, words, &exception);
}

/* The answer to any request passes our own check or is an exception or silence. */
static void request(const uint8_t *data, size_t n)
{
	struct profile p;
	struct simulator *sim = NULL;
	char why[160];
	uint8_t out[FRAME_MAX];
	bool embedded = profile_load("fridge", &p, why) == ST_OK;
	assert(embedded);
	struct simulate_settings s = simulate_defaults(&p);
	if (simulate_open(&s, &sim, why) != ST_OK)
		return;
	size_t len = simulate_answer(sim, data, n, 1000, out);
	assert(len <= FRAME_MAX && (len == 0 || (size_t)(out[4] << 8 | out[5]) == len - 6));
	simulate_close(sim);
}

/* Whatever decodes, encodes again to a number that decodes to the same. */
static void number(const uint8_t *data, size_t n)
{
	if (n < 9)
		return;
	struct codec c = {(enum codec_type)(data[0] % CODEC_TYPES),
	                  (enum codec_order)(data[1] % CODEC_ORDERS),
	                  CODEC_SIGN_NONE,
	                  data[2] % 6 - 4,
	                  -6000,
	                  12500,
	                  {0x7FFF, 0x8000},
	                  2};
	if (c.type == CODEC_S16 || c.type == CODEC_S32)
		c.sign = CODEC_SIGN_TWOS;
	uint16_t words[2], back[2];
	int32_t value = 0, again = 0;
	memcpy(words, data + 3, sizeof words);
	if (codec_decode(&c, words, &value) != CODEC_OK)
		return;
	assert(value >= c.low_c100 && value <= c.high_c100);
	if (codec_encode(&c, value, back) && codec_decode(&c, back, &again) == CODEC_OK)
		assert(again == value);
}

static void profile_file(const uint8_t *data, size_t n)
{
	struct profile p;
	char why[160];
	enum status st = profile_parse((const char *)data, n, &p, why);
	assert((st == ST_OK) == (why[0] == '\0'));
	assert(st != ST_OK || (p.block_count >= 1 && p.blocks[0].count >= 1 && p.blocks[0].count <= 125));
}

static void logger_file(const uint8_t *data, size_t n)
{
	SCOPED(arena) a = {0};
	struct logger_export e;
	char why[160];
	if (logger_parse(&a, (const char *)data, n, &e, why) != ST_OK)
		return;
	for (size_t i = 1; i < e.reading_count; i++)
		assert(e.readings[i - 1].at_ms < e.readings[i].at_ms);
}

static void text(const uint8_t *data, size_t n)
{
	char line[256];
	struct line_address address;
	int32_t c100 = 0;
	n = n < sizeof line - 1 ? n : sizeof line - 1;
	memcpy(line, data, n);
	line[n] = '\0';
	(void)!line_address_parse(line, &address);
	(void)!c100_parse(line, &c100);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const uint8_t *, size_t) = {answer, request, number, profile_file, logger_file, text};
	if (size > 0)
		readers[data[0] % (sizeof readers / sizeof *readers)](data + 1, size - 1);
	return 0;
}
