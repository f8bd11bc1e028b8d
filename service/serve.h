/* The service as a whole: opens the folder's stores, starts the threads, listens; used by `serve` and `demo`. */
#pragma once
#include "service/folder.h"
#include "service/http.h"
#include "service/service.h"

struct admin;
struct serving {
	struct service service;
	struct config config;
	struct arena arena;
	struct folder_lock lock;
	struct http *http;
	struct admin *admin;
	uint16_t port;
};

/*
 * Everything up to answering requests on host:port (port 0 takes a free one; see s->port). On failure the reason is in
 * why and the exit status is the answer; nothing is left open. s->config is filled in by the caller.
 */
int serving_start(struct serving *s, const char *data, const char *host, uint16_t port, char why[FOLDER_WHY_MAX]);
/* Finishes what is taken, then closes everything. */
void serving_stop(struct serving *s);
/* Blocks the ending signals in this and all later threads; serving_wait takes them. */
void serving_block_signals(void);
/* Waits for a signal: false for SIGTERM and SIGINT, true where some child has ended. */
bool serving_wait(void);
