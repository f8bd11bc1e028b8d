/*
 * One wire to devices: a Modbus TCP endpoint, a serial port, or a serial port behind a transparent TCP server
 * (RTU over TCP). One request in flight; after any doubt about the stream the connection is closed and made anew,
 * so that an answer which comes too late is never taken for the next one. Belongs to one thread.
 */
#pragma once
#include "core/status.h"
#include "devices/frame.h"
#include "devices/profile.h"
#include "devices/reading.h"

struct line_address {
	enum framing framing;
	char host[16]; /* IPv4 literal */
	uint16_t port;
	char tty[64];
	int32_t baud;
	char parity;
	int32_t stop_bits;
};

/*
 * Reads "modbus-tcp://192.168.1.5:502", "rtu-tcp://192.168.1.5:8899" or "modbus-rtu:///dev/ttyUSB0,9600,8N1".
 * INVALID_FIELD on anything else: names are refused, because looking one up can block for a minute.
 */
MUST_CHECK enum status line_address_parse(const char *text, struct line_address *out);

struct line;
/* Does not connect yet. Never NULL. */
struct line *line_new(const struct line_address *address);
void line_free(struct line *l);
/* True while a connection stands (it may still turn out to be dead). */
bool line_is_open(const struct line *l);
/* The same, after a look whether the other side has hung up meanwhile (many devices close an idle connection). */
bool line_still_open(struct line *l);
/* Connects within timeout_ms where no connection stands. REASON_NONE or REASON_NO_CONNECTION. */
enum reading_reason line_open(struct line *l, int64_t timeout_ms);
/*
 * Reads request->count registers into words. The transaction id is the line's own business. REASON_NONE, TIMEOUT,
 * CONNECTION_LOST, GATEWAY, EXCEPTION or WRONG_ANSWER. With RTU a timeout costs twice timeout_ms.
 */
enum reading_reason line_read(struct line *l, const struct frame_request *request, int64_t timeout_ms, uint16_t *words);
