/*
 * A small HTTP client: one POST of JSON over plain TCP, with a deadline over the whole of it and a way to be called off.
 * It does not speak TLS: a gateway far from the service reaches it through a local TLS proxy (docs/cold-chain.md).
 */
#pragma once
#include "core/arena.h"
#include "core/status.h"

#define HTTP_URL_WHY_MAX 160

struct http_target {
	char host[256];
	char port[6];
	char path[128]; /* in front of every path, without a slash at its end; mostly "" */
};
/* Reads "http://HOST[:PORT][/path]"; INVALID_FIELD with a Chinese sentence in why otherwise. */
MUST_CHECK enum status http_target_parse(const char *url, struct http_target *out, char why[HTTP_URL_WHY_MAX]);

struct http_post {
	const char *path;   /* "/api/v1/…" */
	const char *cookie; /* NULL or "name=value" */
	const char *key;    /* Idempotency-Key, or NULL */
	const char *body;   /* JSON */
	size_t body_len;
	int64_t timeout_ms;
	int stop_fd; /* calls the request off once it can be read; -1: none */
};
struct http_answer {
	int status;         /* 200 … */
	const char *cookie; /* "name=value" of the first Set-Cookie, or NULL; in the arena, like the body */
	const char *body;
	size_t body_len;
};
/* STORE_UNAVAILABLE: no connection, or it broke off, or no whole answer in time (at most 1 MiB); STOPPING: called off. */
MUST_CHECK enum status http_post(struct arena *a, const struct http_target *to, const struct http_post *what,
                                 struct http_answer *out);
