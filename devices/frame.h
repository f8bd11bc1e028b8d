/*
 * The bytes of a Modbus read: the request we send and the hard look at the answer. Pure; no sockets. libmodbus 3.1.6
 * accepts an answer of another unit, so each field is compared here.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX 260
#define FRAME_REGISTERS_MAX 125

enum frame_function { FRAME_READ_HOLDING = 3, FRAME_READ_INPUT = 4 };

struct frame_request {
	uint16_t transaction; /* TCP only */
	uint8_t unit, function;
	uint16_t address, count; /* registers; count 1..125 */
};

enum frame_verdict {
	FRAME_OK,
	FRAME_EXCEPTION, /* the device says no; its code is in *exception */
	FRAME_SHORT,
	FRAME_WRONG_TRANSACTION,
	FRAME_WRONG_PROTOCOL,
	FRAME_WRONG_LENGTH,
	FRAME_WRONG_UNIT,
	FRAME_WRONG_FUNCTION,
	FRAME_VERDICTS
};

/* The request as Modbus TCP carries it. */
void frame_write_tcp(const struct frame_request *q, uint8_t out[12]);
/* The request without MBAP header and CRC, as libmodbus wants it for RTU. */
void frame_write_rtu(const struct frame_request *q, uint8_t out[6]);
/*
 * Judges the n bytes of one whole answer (RTU: with its two CRC bytes, checked before by libmodbus). On FRAME_OK
 * words[q->count] holds the registers.
 */
enum frame_verdict frame_check_tcp(const struct frame_request *q, const uint8_t *adu, size_t n, uint16_t *words,
                                   uint8_t *exception);
enum frame_verdict frame_check_rtu(const struct frame_request *q, const uint8_t *adu, size_t n, uint16_t *words,
                                   uint8_t *exception);
