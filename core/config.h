/*
 * The settings of `yaocang serve`, from a file of `key = value` lines with sections `[consortium CODE]` (docs: README).
 * An unknown key, a key given twice, a value out of bounds: the file is refused with its line, never guessed at.
 *
 *   listen = 127.0.0.1:8080      address and port; [::1]:8080 for IPv6; port 0 takes a free one
 *   data = /var/lib/yaocang      folder of the stores
 *   trusted_proxies = 127.0.0.0/8 ::1    whose X-Forwarded-Proto and -For are believed; "none": nobody's
 *   login_lock_s = 300           how long an account is slow after five wrong passwords, 1 to 86400
 *   readers = 2                  reading threads per store, 1 to 64
 *   connections = 4096           open connections of all clients together, 2000 to 65536
 *   secure_cookies = auto        auto: Secure where the request came by https; always
 *   [consortium CODE]
 *   store = sqlite               what its store stands on: sqlite (DATA/CODE.db), sqlite:PATH or postgres:CONNINFO
 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct sockaddr;

#define CONFIG_PROXIES_MAX 32
#define CONFIG_CONSORTIA_MAX 256
#define CONFIG_WHY_MAX 320

struct config_address {
	char host[64];
	uint16_t port;
};
/* A network: the first bits of an address. IPv4 stands as ::ffff:a.b.c.d. */
struct config_network {
	unsigned char address[16];
	unsigned bits;
};
struct config_consortium {
	const char *code, *store;
};
struct config {
	struct config_address listen; /* host empty where not given */
	const char *data;             /* NULL where not given */
	struct config_network proxies[CONFIG_PROXIES_MAX];
	size_t proxy_count;
	int64_t login_lock_s, readers, connections;
	bool cookies_always_secure;
	struct config_consortium consortia[CONFIG_CONSORTIA_MAX];
	size_t consortium_count;
};

/* What holds without a file: loopback is trusted, lock of 300 s, 2 readers, 4096 connections. */
void config_defaults(struct config *c);
/*
 * Adds the settings of a text to *c; strings are copied into the arena. INVALID_FIELD with a Chinese sentence in why,
 * which names the line, where the text is refused.
 */
MUST_CHECK enum status config_parse(struct arena *a, const char *text, size_t n, struct config *c, char why[CONFIG_WHY_MAX]);
/* The same from a file of at most 64 KiB; NOT_FOUND where it cannot be read. */
MUST_CHECK enum status config_load(struct arena *a, const char *path, struct config *c, char why[CONFIG_WHY_MAX]);
/* Reads "ADDR:PORT" or "[ADDR]:PORT"; the address is numeric or a host name, the port 0 to 65535. */
bool config_parse_address(const char *s, struct config_address *out);
/* True where the peer's address (IPv4 or IPv6) lies in a trusted network. */
bool config_trusts(const struct config *c, const struct sockaddr *peer);
/* What the consortium's store stands on, as written; NULL where the file does not say. */
const char *config_store(const struct config *c, const char *code);
