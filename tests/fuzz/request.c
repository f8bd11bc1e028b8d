/*
 * Fuzzes what a client's words pass through before anybody knows who he is: method, path, query, cookie, origin, content
 * type, and the body as JSON against the route's shape. Input: six lines, then the body.
 */
#include "service/service.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_LINES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next line of the input, NUL-terminated and without NUL inside; "" at the end. */
static char *take_line(const char **at, const char *end)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t n = (size_t)((stop ? stop : end) - *at);
	char *line = memory_alloc(n + 1);
	memcpy(line, *at, n);
	*at = stop ? stop + 1 : end;
	return line;
}

static const char *or_absent(const char *s)
{
	return *s ? s : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	char *lines[HEAD_LINES];
	struct config config;
	struct store store = {.code = "sxyy", .name = memory_string("sxyy")};
	struct service service = {.config = &config, .clock = clock_fixed(1795200000000), .stores = &store, .store_count = 1};
	config_defaults(&config);
	store.service = &service;
	for (size_t i = 0; i < HEAD_LINES; i++)
		lines[i] = take_line(&at, end);
	struct exchange *x = memory_alloc(sizeof *x);
	x->service = &service;
	x->request = (struct request){
	        .method = (enum method)(lines[0][0] % METHOD_COUNT < 0 ? 0 : lines[0][0] % METHOD_COUNT),
	        .path = lines[1][0] == '/' ? lines[1] : "/",
	        .query = lines[2],
	        .cookie = or_absent(lines[3]),
	        .origin = or_absent(lines[4]),
	        .content_type = or_absent(lines[5]),
	        .host = "127.0.0.1",
	        .key = "k",
	        .body = at,
	        .body_len = (size_t)(end - at),
	};
	(void)dispatch_begin(x);
	exchange_drop(x);
	free(x);
	for (size_t i = 0; i < HEAD_LINES; i++)
		free(lines[i]);
	free(store.name);
	return 0;
}
