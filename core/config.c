#include "core/config.h"

#include "core/arena.h"
#include "core/text.h"

#include <arpa/inet.h>
#include <ini.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX ((size_t)64 << 10)

/* A file on its way through inih, which calls back for each line that it wants and each pair that it found. */
struct reading {
	struct arena *arena;
	struct config *config;
	const char *at, *end;
	int line;
	uint32_t seen; /* bit i: keys[i] has been given */
	char *why;     /* filled by the first thing that is wrong */
};

struct key {
	const char *name;
	bool (*set)(struct reading *r, const char *value);
	const char *wanted; /* what a value must be, for people */
};

static void refuse(struct reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void refuse(struct reading *r, const char *format, ...)
{
	if (r->why[0])
		return;
	int n = snprintf(r->why, CONFIG_WHY_MAX, "第 %d 行: ", r->line);
	va_list args;
	va_start(args, format);
	vsnprintf(r->why + n, CONFIG_WHY_MAX - (size_t)n, format, args);
	va_end(args);
}

static bool set_integer(const char *value, int64_t low, int64_t high, int64_t *out)
{
	return text_to_i64(value, out) && *out >= low && *out <= high;
}

static bool set_listen(struct reading *r, const char *value)
{
	return config_parse_address(value, &r->config->listen);
}

static bool set_data(struct reading *r, const char *value)
{
	r->config->data = arena_string(r->arena, value);
	return value[0] != '\0';
}

static bool set_login_lock(struct reading *r, const char *value)
{
	return set_integer(value, 1, 86400, &r->config->login_lock_s);
}

static bool set_readers(struct reading *r, const char *value)
{
	return set_integer(value, 1, 64, &r->config->readers);
}

static bool set_connections(struct reading *r, const char *value)
{
	return set_integer(value, 2000, 65536, &r->config->connections);
}

static bool set_secure_cookies(struct reading *r, const char *value)
{
	r->config->cookies_always_secure = strcmp(value, "always") == 0;
	return r->config->cookies_always_secure || strcmp(value, "auto") == 0;
}

/* IPv4 addresses live in ::ffff:0:0/96, so that one comparison serves both families. */
static void map_ipv4(const void *four, unsigned char out[16])
{
	memset(out, 0, 10);
	memset(out + 10, 0xFF, 2);
	memcpy(out + 12, four, 4);
}

/* Reads "10.0.0.0/8", "::1" and the like. */
static bool parse_network(const char *s, struct config_network *out)
{
	char address[64];
	unsigned char four[4];
	size_t n = strcspn(s, "/");
	int64_t bits = -1;
	if (n >= sizeof address || (s[n] && !set_integer(s + n + 1, 0, 128, &bits)))
		return false;
	memcpy(address, s, n);
	address[n] = '\0';
	bool is_four = inet_pton(AF_INET, address, four) == 1;
	if (is_four)
		map_ipv4(four, out->address);
	else if (inet_pton(AF_INET6, address, out->address) != 1)
		return false;
	int64_t whole = is_four ? 32 : 128;
	if (bits > whole)
		return false;
	out->bits = (unsigned)((bits < 0 ? whole : bits) + (is_four ? 96 : 0));
	return true;
}

static bool set_proxies(struct reading *r, const char *value)
{
	struct config *c = r->config;
	c->proxy_count = 0;
	if (strcmp(value, "none") == 0)
		return true;
	char *words = arena_string(r->arena, value), *rest = NULL;
	for (char *word = strtok_r(words, " ,\t", &rest); word; word = strtok_r(NULL, " ,\t", &rest))
		if (c->proxy_count == CONFIG_PROXIES_MAX || !parse_network(word, &c->proxies[c->proxy_count++]))
			return false;
	return c->proxy_count > 0;
}

static const struct key keys[] = {
        {"listen", set_listen, "应为 地址:端口, 如 127.0.0.1:8080"},
        {"data", set_data, "应为数据目录"},
        {"trusted_proxies", set_proxies, "应为 IP 地址或网段, 以空格分隔 (最多 32 个), 或 none"},
        {"login_lock_s", set_login_lock, "应为 1 到 86400 的整数 (秒)"},
        {"readers", set_readers, "应为 1 到 64 的整数"},
        {"connections", set_connections, "应为 2000 到 65536 的整数"},
        {"secure_cookies", set_secure_cookies, "应为 auto 或 always"},
};

static void set_key(struct reading *r, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (r->seen & (1U << i))
			refuse(r, "%.60s 重复", name);
		else if (!keys[i].set(r, value))
			refuse(r, "%.60s %s", name, keys[i].wanted);
		r->seen |= 1U << i;
		return;
	}
	refuse(r, "未知的配置项 %.60s", name);
}

/* "sqlite", "sqlite:PATH" or "postgres:CONNINFO". */
static bool is_store(const char *s)
{
	return strcmp(s, "sqlite") == 0 || (strncmp(s, "sqlite:", 7) == 0 && s[7]) || (strncmp(s, "postgres:", 9) == 0 && s[9]);
}

/* A code is part of addresses and file names. */
static bool is_code(const char *s)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t n = strlen(s);
	return n >= 1 && n <= 32 && s[0] != '-' && strspn(s, letters) == n;
}

static void set_consortium(struct reading *r, const char *code, const char *name, const char *value)
{
	struct config *c = r->config;
	if (!is_code(code))
		refuse(r, "医共体代码 %.60s 应为 1 到 32 个字母或数字", code);
	else if (strcmp(name, "store") != 0)
		refuse(r, "未知的配置项 %.60s", name);
	else if (config_store(c, code))
		refuse(r, "%.60s 的 store 重复", code);
	else if (!is_store(value))
		refuse(r, "store 应为 sqlite, sqlite:文件 或 postgres:连接串");
	else if (c->consortium_count == CONFIG_CONSORTIA_MAX)
		refuse(r, "医共体过多 (最多 %d 个)", CONFIG_CONSORTIA_MAX);
	else
		c->consortia[c->consortium_count++] =
		        (struct config_consortium){arena_string(r->arena, code), arena_string(r->arena, value)};
}

/* inih found a pair. Answers 1: go on, the first refusal stands in why. */
static int take_pair(void *user, const char *section, const char *name, const char *value)
{
	static const char prefix[] = "consortium ";
	struct reading *r = user;
	if (!section[0])
		set_key(r, name, value);
	else if (strncmp(section, prefix, sizeof prefix - 1) == 0)
		set_consortium(r, section + sizeof prefix - 1, name, value);
	else
		refuse(r, "未知的小节 [%.60s]", section);
	return 1;
}

/* Gives inih one line; a line beyond its buffer would be cut in two, so it is refused, unless it is a comment. */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *r = stream;
	if (r->at == r->end)
		return NULL;
	const char *end_of_line = memchr(r->at, '\n', (size_t)(r->end - r->at));
	const char *next = end_of_line ? end_of_line + 1 : r->end;
	size_t n = (size_t)(next - r->at), blank = strspn(r->at, " \t");
	r->line++;
	if (r->at[blank] == '#' || r->at[blank] == ';') {
		n = 0;
	} else if (n >= (size_t)size) {
		refuse(r, "行过长 (最多 %d 字节)", size - 1);
		n = 0;
	}
	/* inih takes a line with blanks in front for the rest of the value before; here blanks mean nothing. */
	blank = blank < n ? blank : n;
	memcpy(line, r->at + blank, n - blank);
	line[n - blank] = '\0';
	r->at = next;
	return line;
}

void config_defaults(struct config *c)
{
	*c = (struct config){.login_lock_s = 300, .readers = 2, .connections = 4096};
	c->proxy_count = parse_network("127.0.0.0/8", &c->proxies[0]) + parse_network("::1", &c->proxies[1]);
}

enum status config_parse(struct arena *a, const char *text, size_t n, struct config *c, char why[CONFIG_WHY_MAX])
{
	why[0] = '\0';
	struct reading r = {.arena = a, .config = c, .why = why};
	if (n > FILE_MAX || !utf8_valid(text, n)) {
		snprintf(why, CONFIG_WHY_MAX, "配置文件应为不超过 64 KiB 的 UTF-8 文本");
		return ST_INVALID_FIELD;
	}
	r.at = arena_copy(a, text, n);
	r.end = r.at + n;
	int wrong_line = ini_parse_stream(next_line, &r, take_pair, &r);
	if (wrong_line > 0 && !why[0]) {
		r.line = wrong_line;
		refuse(&r, "应为 名称 = 值");
	}
	return why[0] || wrong_line ? ST_INVALID_FIELD : ST_OK;
}

enum status config_load(struct arena *a, const char *path, struct config *c, char why[CONFIG_WHY_MAX])
{
	char *text = arena_alloc(a, FILE_MAX + 1);
	FILE *f = fopen(path, "rbe");
	size_t n = f ? fread(text, 1, FILE_MAX + 1, f) : 0;
	bool readable = f && !ferror(f);
	if (f)
		fclose(f);
	if (!readable) {
		snprintf(why, CONFIG_WHY_MAX, "无法读取配置文件 %.200s", path);
		return ST_NOT_FOUND;
	}
	return config_parse(a, text, n, c, why);
}

bool config_parse_address(const char *s, struct config_address *out)
{
	const char *colon = strrchr(s, ':');
	int64_t port;
	if (!colon || !set_integer(colon + 1, 0, 65535, &port) || colon[1] == '-')
		return false;
	size_t n = (size_t)(colon - s);
	bool bracketed = n > 2 && s[0] == '[' && s[n - 1] == ']';
	if (bracketed) {
		s++;
		n -= 2;
	}
	if (n == 0 || n >= sizeof out->host || (!bracketed && strcspn(s, ":[]") < n))
		return false;
	memcpy(out->host, s, n);
	out->host[n] = '\0';
	out->port = (uint16_t)port;
	return true;
}

static bool network_holds(const struct config_network *net, const unsigned char address[16])
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;
	unsigned mask = rest ? 0xFFU << (8 - rest) & 0xFFU : 0;
	return memcmp(net->address, address, whole) == 0 && (!rest || ((net->address[whole] ^ address[whole]) & mask) == 0);
}

bool config_trusts(const struct config *c, const struct sockaddr *peer)
{
	unsigned char address[16];
	if (peer->sa_family == AF_INET)
		map_ipv4(&((const struct sockaddr_in *)(const void *)peer)->sin_addr, address);
	else if (peer->sa_family == AF_INET6)
		memcpy(address, &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr, sizeof address);
	else
		return false;
	for (size_t i = 0; i < c->proxy_count; i++)
		if (network_holds(&c->proxies[i], address))
			return true;
	return false;
}

const char *config_store(const struct config *c, const char *code)
{
	for (size_t i = 0; i < c->consortium_count; i++)
		if (strcmp(c->consortia[i].code, code) == 0)
			return c->consortia[i].store;
	return NULL;
}
