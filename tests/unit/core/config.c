#include "core/config.h"

#include "core/arena.h"

#include "tests/harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static enum status parse(struct arena *a, const char *text, struct config *c, char why[CONFIG_WHY_MAX])
{
	config_defaults(c);
	return config_parse(a, text, strlen(text), c, why);
}

static bool trusts(const struct config *c, const char *address)
{
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
		return config_trusts(c, (const struct sockaddr *)(const void *)&four);
	CU_ASSERT_EQUAL(inet_pton(AF_INET6, address, &six.sin6_addr), 1);
	return config_trusts(c, (const struct sockaddr *)(const void *)&six);
}

static void reads_every_key(void)
{
	SCOPED(arena) a = {0};
	struct config c;
	char why[CONFIG_WHY_MAX];
	static const char text[] = "# 注释\r\nlisten = [::1]:0\r\n  data = /srv/药仓\n\ntrusted_proxies = 10.1.0.0/16, fd00::/9\n"
	                           "login_lock_s=60\nreaders = 4\nconnections = 2000\nsecure_cookies = always\n"
	                           "[consortium A1]\nstore = postgres:host=db dbname=yaocang\n[consortium b-2]\nstore = sqlite";
	CU_ASSERT_EQUAL_FATAL(parse(&a, text, &c, why), ST_OK);
	CU_ASSERT_STRING_EQUAL(c.listen.host, "::1");
	CU_ASSERT_EQUAL(c.listen.port, 0);
	CU_ASSERT_STRING_EQUAL(c.data, "/srv/药仓");
	CU_ASSERT_TRUE(c.login_lock_s == 60 && c.readers == 4 && c.connections == 2000 && c.cookies_always_secure);
	CU_ASSERT_STRING_EQUAL(config_store(&c, "A1"), "postgres:host=db dbname=yaocang");
	CU_ASSERT_STRING_EQUAL(config_store(&c, "b-2"), "sqlite");
	CU_ASSERT_PTR_NULL(config_store(&c, "a1"));
	CU_ASSERT_TRUE(trusts(&c, "10.1.255.1") && trusts(&c, "fd7f::1") && trusts(&c, "::ffff:10.1.0.1"));
	CU_ASSERT_FALSE(trusts(&c, "10.2.0.1") || trusts(&c, "fd80::1") || trusts(&c, "127.0.0.1"));
}

static void without_a_file_loopback_is_trusted(void)
{
	struct config c;
	config_defaults(&c);
	CU_ASSERT_TRUE(c.login_lock_s == 300 && c.readers == 2 && !c.data && !c.listen.host[0] && !c.cookies_always_secure);
	CU_ASSERT_TRUE(trusts(&c, "127.0.0.1") && trusts(&c, "127.9.9.9") && trusts(&c, "::1"));
	CU_ASSERT_FALSE(trusts(&c, "128.0.0.1") || trusts(&c, "::2") || trusts(&c, "10.0.0.1"));
	struct sockaddr local = {.sa_family = AF_UNIX};
	CU_ASSERT_FALSE(config_trusts(&c, &local));
}

static void refuses_with_the_line(void)
{
	SCOPED(arena) a = {0};
	struct config c;
	char why[CONFIG_WHY_MAX];
	static const struct {
		const char *text, *why;
	} cases[] = {
	        {"readers = 2\nreader = 3\n", "第 2 行: 未知的配置项 reader"},
	        {"readers = 2\n\nreaders = 2\n", "第 3 行: readers 重复"},
	        {"readers = 0\n", "第 1 行: readers 应为 1 到 64 的整数"},
	        {"readers = 2x\nconnections = 1\n", "第 1 行: readers 应为 1 到 64 的整数"},
	        {"connections = 1999\n", "第 1 行: connections 应为 2000 到 65536 的整数"},
	        {"secure_cookies = never\n", "第 1 行: secure_cookies 应为 auto 或 always"},
	        {"listen = 8080\n", "第 1 行: listen 应为 地址:端口, 如 127.0.0.1:8080"},
	        {"data =\n", "第 1 行: data 应为数据目录"},
	        {"\nsome words\n", "第 2 行: 应为 名称 = 值"},
	        {"[server]\nreaders = 2\n", "第 2 行: 未知的小节 [server]"},
	        {"[consortium a/b]\nstore = sqlite\n", "第 2 行: 医共体代码 a/b 应为 1 到 32 个字母或数字"},
	        {"[consortium a]\nstore = sqlite\n[consortium a]\nstore = sqlite\n", "第 4 行: a 的 store 重复"},
	        {"[consortium a]\nreaders = 2\n", "第 2 行: 未知的配置项 readers"},
	        {"trusted_proxies = 10.0.0.0/33\n",
	         "第 1 行: trusted_proxies 应为 IP 地址或网段, 以空格分隔 (最多 32 个), 或 none"},
	        {"trusted_proxies = proxy\n", "第 1 行: trusted_proxies 应为 IP 地址或网段, 以空格分隔 (最多 32 个), 或 none"},
	        {"data = \xFF\n", "配置文件应为不超过 64 KiB 的 UTF-8 文本"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CU_ASSERT_EQUAL(parse(&a, cases[i].text, &c, why), ST_INVALID_FIELD);
		CU_ASSERT_STRING_EQUAL(why, cases[i].why);
	}
}

static void long_lines_are_refused_comments_are_not(void)
{
	SCOPED(arena) a = {0};
	struct config c;
	char why[CONFIG_WHY_MAX];
	char *dots = arena_alloc(&a, 5001);
	memset(dots, '.', 5000);
	CU_ASSERT_EQUAL(parse(&a, arena_printf(&a, "# %s\nreaders = 7\n", dots), &c, why), ST_OK);
	CU_ASSERT_EQUAL(c.readers, 7);
	CU_ASSERT_EQUAL(parse(&a, arena_printf(&a, "readers = 7\ndata = %s\n", dots), &c, why), ST_INVALID_FIELD);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, "第 2 行: 行过长"));
	char *proxies = arena_alloc(&a, 200);
	for (int i = 0; i <= CONFIG_PROXIES_MAX; i++)
		memcpy(proxies + 4 * i, "::1 ", 4);
	CU_ASSERT_EQUAL(parse(&a, arena_printf(&a, "trusted_proxies = %s\n", proxies), &c, why), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(parse(&a, "trusted_proxies = none\n", &c, why), ST_OK);
	CU_ASSERT_FALSE(trusts(&c, "127.0.0.1"));
}

static void addresses(void)
{
	struct config_address at;
	CU_ASSERT_TRUE(config_parse_address("0.0.0.0:80", &at) && at.port == 80 && strcmp(at.host, "0.0.0.0") == 0);
	CU_ASSERT_TRUE(config_parse_address("localhost:65535", &at) && at.port == 65535);
	static const char *const bad[] = {"", ":80", "80", "::1:80", "a:65536", "a:-1", "a:", "a:8o", "[]:80", "[::1]", "a:-0"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_FALSE(config_parse_address(bad[i], &at));
}

static void a_file_is_loaded_or_named(void)
{
	SCOPED(arena) a = {0};
	struct config c;
	char why[CONFIG_WHY_MAX];
	const char *path = arena_printf(&a, "%s/yaocang.conf", test_folder());
	config_defaults(&c);
	CU_ASSERT_EQUAL(config_load(&a, path, &c, why), ST_NOT_FOUND);
	CU_ASSERT_PTR_NOT_NULL(strstr(why, path));
	FILE *f = fopen(path, "w");
	CU_ASSERT_FATAL(f && fputs("\xEF\xBB\xBFreaders = 9\n", f) >= 0 && fclose(f) == 0);
	CU_ASSERT_EQUAL(config_load(&a, path, &c, why), ST_OK);
	CU_ASSERT_EQUAL(c.readers, 9);
	f = fopen(path, "w");
	CU_ASSERT_FATAL(f != NULL);
	for (int i = 0; i < 70000; i++)
		fputc('#', f);
	fclose(f);
	CU_ASSERT_EQUAL(config_load(&a, path, &c, why), ST_INVALID_FIELD);
	CU_ASSERT_EQUAL(config_load(&a, test_folder(), &c, why), ST_NOT_FOUND);
}

SUITE(config, {"reads_every_key", reads_every_key}, {"without_a_file_loopback_is_trusted", without_a_file_loopback_is_trusted},
      {"refuses_with_the_line", refuses_with_the_line},
      {"long_lines_are_refused_comments_are_not", long_lines_are_refused_comments_are_not}, {"addresses", addresses},
      {"a_file_is_loaded_or_named", a_file_is_loaded_or_named});
