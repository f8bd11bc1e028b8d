/* The gateway from the wire to the store, its small HTTP client, and its command line. */
#include "service/gateway.h"

#include "devices/spool.h"
#include "service/admin.h"
#include "service/command.h"
#include "service/init.h"
#include "service/queue.h"
#include "service/serve.h"
#include "service/session.h"
#include "tests/harness.h"
#include "tests/unit/devices/server.h"
#include "warehouse/demo/demo.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSWORD "gateway key 1"
#define CODE "sxyy"

/* ---- the client ---- */

static void addresses_are_read_or_refused(void)
{
	struct http_target t;
	char why[HTTP_URL_WHY_MAX];
	CU_ASSERT_EQUAL(http_target_parse("http://10.0.0.1:8080", &t, why), ST_OK);
	CU_ASSERT_TRUE(strcmp(t.host, "10.0.0.1") == 0 && strcmp(t.port, "8080") == 0 && t.path[0] == '\0');
	CU_ASSERT_EQUAL(http_target_parse("http://[::1]:80/yc/", &t, why), ST_OK);
	CU_ASSERT_TRUE(strcmp(t.host, "::1") == 0 && strcmp(t.port, "80") == 0 && strcmp(t.path, "/yc") == 0);
	CU_ASSERT_EQUAL(http_target_parse("http://yaocang.lan", &t, why), ST_OK);
	CU_ASSERT_TRUE(strcmp(t.host, "yaocang.lan") == 0 && strcmp(t.port, "80") == 0);
	static const char *const bad[] = {"",          "10.0.0.1:80", "https://a",      "http://",        "http://:80",
	                                  "http://a:", "http://a:0",  "http://a:65536", "http://a:8o",    "http://a b",
	                                  "http://[",  "http://[::1", "http://a:80:81", "http://a\r\nX:", "http://a/\n"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CU_ASSERT_EQUAL(http_target_parse(bad[i], &t, why), ST_INVALID_FIELD);
}

/* A server that says one thing to one visitor, whatever he wants. */
struct parrot {
	int fd;
	const char *words; /* NULL: says nothing until the visitor leaves */
	char heard[4096];
	pthread_t thread;
};

static void *parrot_main(void *arg)
{
	struct parrot *p = arg;
	int fd = accept(p->fd, NULL, NULL);
	size_t n = 0;
	for (ssize_t got = 1; got > 0 && !strstr(p->heard, "\r\n\r\n"); n += (size_t)got)
		got = recv(fd, p->heard + n, sizeof p->heard - 1 - n, 0);
	if (p->words)
		(void)!write(fd, p->words, strlen(p->words));
	else
		(void)!recv(fd, &n, 1, 0);
	close(fd);
	return NULL;
}

static struct http_target parrot_start(struct parrot *p, const char *words)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	struct http_target t = {.host = "127.0.0.1"};
	*p = (struct parrot){.fd = socket(AF_INET, SOCK_STREAM, 0), .words = words};
	CU_ASSERT_FATAL(bind(p->fd, (struct sockaddr *)&at, n) == 0 && listen(p->fd, 1) == 0);
	CU_ASSERT_FATAL(getsockname(p->fd, (struct sockaddr *)&at, &n) == 0);
	snprintf(t.port, sizeof t.port, "%u", ntohs(at.sin_port));
	CU_ASSERT_EQUAL_FATAL(pthread_create(&p->thread, NULL, parrot_main, p), 0);
	return t;
}

static void parrot_stop(struct parrot *p)
{
	pthread_join(p->thread, NULL);
	close(p->fd);
}

static enum status post_to(struct arena *a, const struct http_target *t, int stop_fd, struct http_answer *answer)
{
	const struct http_post what = {.path = "/api/v1/x/session",
	                               .cookie = "c=1",
	                               .key = "k",
	                               .body = "{\"a\":1}",
	                               .body_len = 7,
	                               .timeout_ms = 400,
	                               .stop_fd = stop_fd};
	return http_post(a, t, &what, answer);
}

static void a_whole_answer_is_taken(void)
{
	SCOPED(arena) a = {0};
	struct parrot p;
	struct http_answer answer;
	struct http_target t =
	        parrot_start(&p, "HTTP/1.1 201 Created\r\nset-cookie: yaocang_session=ab; Path=/\r\nContent-Length: 2\r\n\r\n{}");
	CU_ASSERT_EQUAL(post_to(&a, &t, -1, &answer), ST_OK);
	parrot_stop(&p);
	CU_ASSERT_TRUE(answer.status == 201 && answer.body_len == 2 && strcmp(answer.body, "{}") == 0);
	CU_ASSERT_STRING_EQUAL(answer.cookie, "yaocang_session=ab");
	CU_ASSERT_PTR_NOT_NULL(strstr(p.heard, "POST /api/v1/x/session HTTP/1.0\r\n"));
	CU_ASSERT_TRUE(strstr(p.heard, "Idempotency-Key: k\r\n") && strstr(p.heard, "Cookie: c=1\r\n") &&
	               strstr(p.heard, "Content-Length: 7\r\n"));
}

/* What is not whole is no answer: the batch goes again under the same key. */
static void half_an_answer_is_none(void)
{
	static const char *const bad[] = {"",
	                                  "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
	                                  "HTTP/1.1 200 OK\r\n",
	                                  "HTTP/9 200\r\n\r\n",
	                                  "hello\r\n\r\n",
	                                  "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
	                                  "HTTP/1.1 002 \r\n\r\n",
	                                  NULL};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		SCOPED(arena) a = {0};
		struct parrot p;
		struct http_answer answer;
		struct http_target t = parrot_start(&p, bad[i]);
		int64_t begun = clock_monotonic_ms();
		CU_ASSERT_EQUAL(post_to(&a, &t, -1, &answer), ST_STORE_UNAVAILABLE);
		CU_ASSERT_TRUE(clock_monotonic_ms() - begun < 2000);
		parrot_stop(&p);
	}
}

static void a_request_can_be_called_off(void)
{
	SCOPED(arena) a = {0};
	struct parrot p;
	struct http_answer answer;
	int stop[2];
	CU_ASSERT_EQUAL_FATAL(pipe(stop), 0);
	struct http_target t = parrot_start(&p, NULL);
	CU_ASSERT_EQUAL(write(stop[1], "x", 1), 1);
	CU_ASSERT_EQUAL(post_to(&a, &t, stop[0], &answer), ST_STOPPING);
	parrot_stop(&p);
	close(stop[0]);
	close(stop[1]);
	CU_ASSERT_EQUAL(post_to(&a, &t, -1, &answer), ST_STORE_UNAVAILABLE); /* nobody listens any more */
}

/* ---- the whole way ---- */

struct way {
	char data[96], spool[128];
	struct serving *serving;
	uint16_t port;
	struct test_server *probes;
	struct profile profile;
	struct gateway_sensor sensors[4];
	struct gateway_settings settings;
	int stop[2];
	pthread_t thread;
	enum status outcome;
};

static void serve(struct way *w)
{
	char why[FOLDER_WHY_MAX] = "";
	w->serving = calloc(1, sizeof *w->serving);
	config_defaults(&w->serving->config);
	CU_ASSERT_EQUAL_FATAL(serving_start(w->serving, w->data, "127.0.0.1", w->port, why), EXIT_DONE);
	w->port = w->serving->port;
}

static void serve_no_more(struct way *w)
{
	serving_stop(w->serving);
	free(w->serving);
	w->serving = NULL;
}

static void make_county(struct way *w)
{
	SCOPED(arena) a = {0};
	char why[ADMIN_WHY_MAX] = "", init_why[INIT_WHY_MAX] = "";
	const struct init_options o = {
	        .data = w->data, .code = CODE, .name = "测试", .demo = true, .scale_e3 = 1, .seed = 1, .as_of_ymd = 20260101};
	CU_ASSERT_EQUAL_FATAL(init_store(&o, init_why), ST_OK);
	const char *user = arena_printf(&a, "\"name\":\"gw\",\"display\":\"gw\",\"roles\":[\"device\"],\"password_hash\":\"%s\"",
	                                password_hash(&a, PASSWORD));
	CU_ASSERT_EQUAL_FATAL(admin_write(w->data, CODE, "user.add", user, NULL, why), ST_OK);
}

static void *gateway_main(void *arg)
{
	struct way *w = arg;
	char why[GATEWAY_WHY_MAX] = "";
	w->outcome = gateway_run(&w->settings, w->stop[0], why);
	return NULL;
}

static void start_gateway(struct way *w)
{
	struct simulate_settings settings = simulate_defaults(&w->profile);
	settings.units = 4;
	w->probes = test_server_start(&settings);
	w->settings = (struct gateway_settings){.consortium = CODE,
	                                        .user = "gw",
	                                        .password = PASSWORD,
	                                        .spool = w->spool,
	                                        .period_ms = 200,
	                                        .buses = {test_server_url(w->probes)},
	                                        .bus_count = 1,
	                                        .sensors = w->sensors};
	for (; demo_sensors[w->settings.sensor_count].code; w->settings.sensor_count++) {
		const char *code = demo_sensors[w->settings.sensor_count].code;
		w->sensors[w->settings.sensor_count] = (struct gateway_sensor){code, 0, (uint8_t)(w->settings.sensor_count + 1),
		                                                               gateway_device(code), &w->profile};
	}
	snprintf(w->settings.service.host, sizeof w->settings.service.host, "127.0.0.1");
	snprintf(w->settings.service.port, sizeof w->settings.service.port, "%u", w->port);
	CU_ASSERT_EQUAL_FATAL(pipe(w->stop), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&w->thread, NULL, gateway_main, w), 0);
}

static int64_t number(const struct way *w, const char *sql)
{
	SCOPED(arena) a = {0};
	struct db *db = NULL;
	char why[200];
	int64_t v = -1;
	CU_ASSERT_EQUAL_FATAL(db_open(arena_printf(&a, "sqlite:%s/" CODE ".db", w->data), STORE_READ, &db, why), ST_OK);
	struct rows r = db_query_text(db, sql, NULL, 0);
	if (rows_next(&r))
		v = col_i64(&r, 0);
	rows_drop(&r);
	db_close(db);
	return v;
}

/* Waits until the service has so many more readings than now; how many there are. */
static int64_t wait_for_readings(const struct way *w, int64_t more)
{
	int64_t count = number(w, "SELECT count(*) FROM reading"), wanted = count + more;
	for (int i = 0; i < 200 && count < wanted; i++) {
		test_pause(100);
		count = number(w, "SELECT count(*) FROM reading");
	}
	CU_ASSERT_TRUE(count >= wanted);
	return count;
}

static enum status end_sessions(struct tx *tx, void *arg)
{
	(void)arg;
	tx->action = "test";
	return db_script(tx_db(tx), "DELETE FROM session");
}

static void end_all_sessions(struct way *w)
{
	SCOPED(arena) a = {0};
	struct faults faults = {.arena = &a};
	struct write_job job = {.run = end_sessions, .arena = &a, .faults = &faults};
	CU_ASSERT_EQUAL(queue_write(&w->serving->service.stores[0], &job), ST_OK);
}

/* The service is away at first, ends the session, and goes away once more: every reading arrives, and once. */
static void an_absent_service_costs_no_reading(void)
{
	struct way w = {.profile = test_profile()};
	snprintf(w.data, sizeof w.data, "%s/data", test_folder());
	snprintf(w.spool, sizeof w.spool, "%s.spool", w.data);
	make_county(&w);
	serve(&w);
	serve_no_more(&w);
	start_gateway(&w);
	test_pause(1500);
	serve(&w);
	CU_ASSERT_TRUE(wait_for_readings(&w, 30) >= 30);
	end_all_sessions(&w);
	wait_for_readings(&w, 20);
	CU_ASSERT_EQUAL(number(&w, "SELECT count(*) FROM session"), 1);
	serve_no_more(&w);
	test_pause(700);
	serve(&w);
	wait_for_readings(&w, 30);
	CU_ASSERT_EQUAL(write(w.stop[1], "x", 1), 1);
	pthread_join(w.thread, NULL);
	CU_ASSERT_EQUAL(w.outcome, ST_OK);
	serve_no_more(&w);
	test_server_stop(w.probes);
	CU_ASSERT_EQUAL(number(&w, "SELECT (SELECT count(*) FROM reading) - (SELECT seq FROM gateway_cursor)"), 0);
	CU_ASSERT_EQUAL(number(&w, "SELECT count(*) FROM sensor WHERE last_at_ms IS NULL"), 0);
	struct spool *spool = NULL;
	struct spool_counts counts;
	char why[160];
	CU_ASSERT_EQUAL_FATAL(spool_open(w.spool, &(struct spool_limits){0, 0}, &spool, why), ST_OK);
	CU_ASSERT_EQUAL(spool_count(spool, &counts), ST_OK);
	int64_t cursor = number(&w, "SELECT seq FROM gateway_cursor");
	CU_ASSERT_TRUE(counts.dropped == 0 && counts.acknowledged <= cursor && cursor <= counts.last_seq);
	spool_close(spool);
	close(w.stop[0]);
	close(w.stop[1]);
}

/* ---- the command ---- */

/* The command in a child; a signal after so long, 0: none. Its exit status, or -1. */
static int command(int signal_after_ms, const char *const *words, int n)
{
	int how = 0;
	pid_t pid = fork();
	if (pid == 0) {
		int nowhere = open("/dev/null", O_WRONLY);
		char *argv[32] = {0};
		for (int i = 0; i < n; i++)
			argv[i] = strdup(words[i]);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		alarm(20);
		_exit(command_gateway(n, argv));
	}
	if (signal_after_ms) {
		test_pause(signal_after_ms);
		kill(pid, SIGTERM);
	}
	waitpid(pid, &how, 0);
	return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}
#define RUN(after, ...) \
	command(after, (const char *const[]){__VA_ARGS__}, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))

static const char *put_file(const char *folder, const char *name, const char *text)
{
	static char path[160];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static void the_command_says_what_is_wrong(void)
{
	char folder[64], key[160], spool[160];
	snprintf(folder, sizeof folder, "%s", test_folder());
	snprintf(key, sizeof key, "%s", put_file(folder, "key", PASSWORD "\n"));
	snprintf(spool, sizeof spool, "%s/no/spool", folder);
#define SERVICE \
	"gateway", "--service", "http://127.0.0.1:9", "--consortium", "x", "--user", "g", "--key-file", key, "--spool", spool
#define BUS "--bus", "modbus-tcp://127.0.0.1:9"
	CU_ASSERT_EQUAL(RUN(0, "gateway"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, "--sensor", "A=fridge@1"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, BUS, "--sensor", "A=nothing@1"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, BUS, "--sensor", "A=fridge@248"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, BUS, "--sensor", "A=fridge@1", "--sensor", "A=fridge@2"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, BUS, "--sensor", "A=fridge@1", "--sensor", "B=fridge@1"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, BUS, "--sensor", "A=fridge@1", "--period", "0"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, "--bus", "modbus-tcp://probe.lan:9", "--sensor", "A=fridge@1"), EXIT_CANNOT);
	snprintf(spool, sizeof spool, "%s/spool", folder);
	CU_ASSERT_EQUAL(RUN(0, SERVICE, "--bus", "modbus-tcp://probe.lan:9", "--sensor", "A=fridge@1"), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(500, SERVICE, BUS, "--sensor", "A=fridge@1"), EXIT_DONE);
}

static void the_file_names_several_buses(void)
{
	char folder[64], key[160], text[600];
	snprintf(folder, sizeof folder, "%s", test_folder());
	snprintf(key, sizeof key, "%s", put_file(folder, "key", PASSWORD "\n"));
	snprintf(text, sizeof text,
	         "service = http://127.0.0.1:9\nconsortium = x\nuser = g\nkey_file = %s\nspool = %s/spool\nperiod = 30\n"
	         "[bus modbus-tcp://127.0.0.1:9]\nsensor = A=1=fridge@1\nsensor = B=fridge@2\n"
	         "[bus modbus-tcp://127.0.0.1:10]\nsensor = C=fridge@1\n",
	         key, folder);
	CU_ASSERT_EQUAL(RUN(500, "gateway", "--config", put_file(folder, "good", text)), EXIT_DONE);
	CU_ASSERT_EQUAL(RUN(0, "gateway", "--config", put_file(folder, "bad", "color = red\n")), EXIT_USAGE);
	CU_ASSERT_EQUAL(RUN(0, "gateway", "--config", "/nowhere/at/all"), EXIT_USAGE);
}

SUITE(gateway, {"addresses_are_read_or_refused", addresses_are_read_or_refused},
      {"a_whole_answer_is_taken", a_whole_answer_is_taken}, {"half_an_answer_is_none", half_an_answer_is_none},
      {"a_request_can_be_called_off", a_request_can_be_called_off},
      {"an_absent_service_costs_no_reading", an_absent_service_costs_no_reading},
      {"the_command_says_what_is_wrong", the_command_says_what_is_wrong},
      {"the_file_names_several_buses", the_file_names_several_buses});
