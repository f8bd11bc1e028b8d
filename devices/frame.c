#include "devices/frame.h"

#define MBAP_BYTES 6u /* transaction, protocol, length; the unit belongs to what the length counts */

static void put16(uint8_t *out, uint16_t v)
{
	out[0] = (uint8_t)(v >> 8);
	out[1] = (uint8_t)v;
}

static uint16_t get16(const uint8_t *in)
{
	return (uint16_t)(in[0] << 8 | in[1]);
}

void frame_write_rtu(const struct frame_request *q, uint8_t out[6])
{
	out[0] = q->unit;
	out[1] = q->function;
	put16(out + 2, q->address);
	put16(out + 4, q->count);
}

void frame_write_tcp(const struct frame_request *q, uint8_t out[12])
{
	put16(out, q->transaction);
	put16(out + 2, 0);
	put16(out + 4, 6);
	frame_write_rtu(q, out + MBAP_BYTES);
}

/* body: unit, function, then data; n bytes without CRC. */
static enum frame_verdict check_body(const struct frame_request *q, const uint8_t *body, size_t n, uint16_t *words,
                                     uint8_t *exception)
{
	if (n < 3)
		return FRAME_SHORT;
	if (body[0] != q->unit)
		return FRAME_WRONG_UNIT;
	if (body[1] == (q->function | 0x80)) {
		*exception = body[2];
		return n == 3 ? FRAME_EXCEPTION : FRAME_WRONG_LENGTH;
	}
	if (body[1] != q->function)
		return FRAME_WRONG_FUNCTION;
	if (body[2] != q->count * 2u || n != 3u + q->count * 2u)
		return FRAME_WRONG_LENGTH;
	for (unsigned i = 0; i < q->count; i++)
		words[i] = get16(body + 3 + 2 * i);
	return FRAME_OK;
}

enum frame_verdict frame_check_tcp(const struct frame_request *q, const uint8_t *adu, size_t n, uint16_t *words,
                                   uint8_t *exception)
{
	if (n < MBAP_BYTES + 3)
		return FRAME_SHORT;
	if (get16(adu) != q->transaction)
		return FRAME_WRONG_TRANSACTION;
	if (get16(adu + 2) != 0)
		return FRAME_WRONG_PROTOCOL;
	if (get16(adu + 4) != n - MBAP_BYTES)
		return FRAME_WRONG_LENGTH;
	return check_body(q, adu + MBAP_BYTES, n - MBAP_BYTES, words, exception);
}

enum frame_verdict frame_check_rtu(const struct frame_request *q, const uint8_t *adu, size_t n, uint16_t *words,
                                   uint8_t *exception)
{
	return n < 5 ? FRAME_SHORT : check_body(q, adu, n - 2, words, exception);
}
