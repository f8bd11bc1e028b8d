/* The socket side: libmicrohttpd with epoll. It parses, queues, suspends and resumes; it never waits for a store. */
#pragma once
#include "service/service.h"

struct http;

/* Listens on host:port (port 0 takes a free one, *port tells it). EXIT-worthy reasons go to why. */
MUST_CHECK enum status http_start(struct service *s, const char *host, uint16_t *port, struct http **out, char why[200]);
/* Takes no new connections, finishes what is under way (at most ten seconds), ends. */
void http_stop(struct http *h);
