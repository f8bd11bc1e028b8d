/*
 * `yaocang demo`: the demo county's two stores, made when they are missing, the service over them, and the simulator and the
 * gateway as children. Ctrl-C or SIGTERM ends them all.
 */
#include "core/log.h"
#include "core/money.h"
#include "service/command.h"
#include "service/init.h"
#include "service/options.h"
#include "service/serve.h"
#include "warehouse/demo/demo.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN_MAX 4
#define ARGS_MAX 40

static const struct {
	const char *code, *name;
} consortia[] = {{"sxyy", "寿县县医院医共体"}, {"sxzy", "寿县中医医院医共体"}};

struct child {
	pid_t pid;
	const char *what;
};

struct demo {
	struct serving serving;
	const char *data, *host;
	const char *excursion_after; /* seconds until a refrigerator warms up; NULL: the simulator's own story */
	int64_t port, scale_e3, seed, consortia;
	int32_t as_of_ymd;
	struct child children[CHILDREN_MAX];
	size_t child_count;
};

static int make_store(const struct demo *d, const char *code, const char *name)
{
	char why[INIT_WHY_MAX] = "";
	if (folder_has_store(d->data, code))
		return EXIT_DONE;
	printf("正在生成演示数据: %s …\n", name);
	fflush(stdout);
	const struct init_options options = {d->data, code, name, true, d->scale_e3, d->seed, d->as_of_ymd};
	if (init_store(&options, why) == ST_OK)
		return EXIT_DONE;
	fprintf(stderr, "demo: %s\n", why);
	return EXIT_CANNOT;
}

/* Accounts are made before anybody serves, under the folder's lock. */
static int make_accounts(const struct demo *d, const char *code)
{
	char why[INIT_WHY_MAX] = "", reason[200] = "", locked[FOLDER_WHY_MAX] = "";
	SCOPED(arena) a = {0};
	struct folder_lock lock = {-1};
	struct clock clock = clock_system();
	struct writer w = {0};
	enum status st = folder_lock_take(d->data, &lock, locked);
	if (st == ST_OK)
		st = writer_open(folder_store_where(&a, d->data, code), false, &clock, &w, reason);
	if (st == ST_OK) {
		st = demo_accounts_make(&w, d->data, why);
		writer_close(&w);
	}
	folder_lock_drop(&lock);
	if (st != ST_OK)
		fprintf(stderr, "demo: %s%s%s\n", locked, reason, why);
	return st == ST_OK ? EXIT_DONE : EXIT_CANNOT;
}

/* Starts ourselves with other words; answers the reading end of its output, or -1. */
static int start_child(struct demo *d, const char *what, const char *const *args)
{
	int out[2];
	sigset_t none;
	if (d->child_count == CHILDREN_MAX || pipe(out) != 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		prctl(PR_SET_PDEATHSIG, SIGTERM); /* never outlive the demo */
		dup2(out[1], STDOUT_FILENO);
		if (!freopen("/dev/null", "r", stdin))
			_exit(127);
		closefrom(3);
		execv(d->serving.service.program, (char *const *)(uintptr_t)args);
		_exit(127);
	}
	close(out[1]);
	if (pid < 0) {
		close(out[0]);
		return -1;
	}
	d->children[d->child_count++] = (struct child){pid, what};
	return out[0];
}

/* The simulator says where it listens: "yaocang simulate: modbus-tcp://ADDR:PORT". */
static bool read_address(int fd, char *out, size_t size)
{
	char line[256];
	size_t n = 0;
	while (n + 1 < sizeof line && read(fd, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	const char *address = strstr(line, "modbus-tcp://");
	if (address)
		snprintf(out, size, "%s", address);
	return address != NULL;
}

/* A gateway per consortium polls the simulator's units and forwards to the service. */
static void start_devices(struct demo *d)
{
	SCOPED(arena) a = {0};
	char bus[128] = "";
	const char *simulate[] = {"yaocang",          "simulate", "--listen",
	                          "127.0.0.1:0",      "--units",  "6",
	                          "--profile",        "fridge",   d->excursion_after ? "--excursion-after" : NULL,
	                          d->excursion_after, NULL};
	int fd = start_child(d, "simulate", simulate);
	if (fd < 0 || !read_address(fd, bus, sizeof bus)) {
		log_warn("demo_simulator", "the simulator did not start");
		return;
	}
	for (size_t c = 0; c < sizeof consortia / sizeof *consortia && (int64_t)c < d->consortia; c++) {
		const char *args[ARGS_MAX] = {"yaocang",      "gateway",
		                              "--service",    arena_printf(&a, "http://127.0.0.1:%u", d->serving.port),
		                              "--consortium", consortia[c].code,
		                              "--user",       DEMO_GATEWAY_ACCOUNT,
		                              "--key-file",   arena_printf(&a, "%s/" DEMO_GATEWAY_KEY, d->data),
		                              "--bus",        bus,
		                              "--spool",      arena_printf(&a, "%s/gateway-%s.spool", d->data, consortia[c].code),
		                              "--period",     "5"};
		size_t n = 16;
		for (const struct demo_sensor *s = demo_sensors; s->code && n + 3 < ARGS_MAX; s++) {
			args[n++] = "--sensor";
			args[n++] = arena_printf(&a, "%s=" DEMO_SENSOR_PROFILE "@%d", s->code, (int)(s - demo_sensors) + 1);
		}
		if (start_child(d, "gateway", args) < 0)
			log_warn("demo_gateway", "the gateway of %s did not start", consortia[c].code);
	}
}

static void stop_children(struct demo *d)
{
	for (size_t i = 0; i < d->child_count; i++)
		if (d->children[i].pid > 0)
			kill(d->children[i].pid, SIGTERM);
	for (size_t i = 0; i < d->child_count; i++)
		if (d->children[i].pid > 0)
			waitpid(d->children[i].pid, NULL, 0);
}

static void reap_children(struct demo *d)
{
	for (size_t i = 0; i < d->child_count; i++) {
		int how = 0;
		if (d->children[i].pid > 0 && waitpid(d->children[i].pid, &how, WNOHANG) == d->children[i].pid) {
			log_warn("demo_child_ended", "%s ended with status %d", d->children[i].what, how);
			d->children[i].pid = 0;
		}
	}
}

static void tell(const struct demo *d)
{
	printf("yaocang: http://%s:%u/\n\n", d->host, d->serving.port);
	printf("演示账号 (密码都是 %s):\n", demo_password);
	for (const struct demo_account *account = demo_accounts; account->name; account++)
		printf("  %-14s %-10s %s\n", account->name, role_title(account->role), account->display_name);
	printf("\n可以先试:\n"
	       "  1. 用中心药师登录“寿县县医院医共体”, 打开“采购”, 输入 amxl 找阿莫西林, 填数量, 生成订单并提交\n"
	       "  2. 用总药师登录审批; 收货员收货, 验收员验收, 保管员入库\n"
	       "  3. 用分院药师登录请领; 中心配货、拣货、发出; 分院扫周转箱签收\n"
	       "  4. “追溯”里输入任一追溯码或批号; “冷链”里看实时曲线, 约 3 分钟后有一次超温报警\n"
	       "按 Ctrl-C 结束。\n");
	fflush(stdout);
}

/* The first two have names of the county; a city has more. */
static int make_consortium(struct demo *d, int64_t i)
{
	SCOPED(arena) a = {0};
	bool named = i < (int64_t)(sizeof consortia / sizeof *consortia);
	const char *code = named ? consortia[i].code : arena_printf(&a, "yz%02lld", (long long)i + 1);
	int done = make_store(d, code, named ? consortia[i].name : arena_printf(&a, "演示第%lld医共体", (long long)i + 1));
	return done == EXIT_DONE ? make_accounts(d, code) : done;
}

static int run(struct demo *d)
{
	char why[FOLDER_WHY_MAX] = "";
	int code = EXIT_DONE;
	if (folder_make(d->data, why) != ST_OK) {
		fprintf(stderr, "demo: %s\n", why);
		return EXIT_CANNOT;
	}
	if (folder_config(&d->serving.arena, d->data, &d->serving.config, why) != ST_OK) {
		fprintf(stderr, "demo: %s\n", why);
		return EXIT_USAGE;
	}
	for (int64_t i = 0; code == EXIT_DONE && i < d->consortia; i++)
		code = make_consortium(d, i);
	if (code != EXIT_DONE)
		return code;
	code = serving_start(&d->serving, d->data, d->host, (uint16_t)d->port, why);
	if (code != EXIT_DONE) {
		fprintf(stderr, "demo: %s\n", why);
		return code;
	}
	tell(d);
	start_devices(d);
	while (serving_wait())
		reap_children(d);
	stop_children(d);
	serving_stop(&d->serving);
	return EXIT_DONE;
}

static bool read_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
	return !text || (text_to_i64(text, out) && *out >= low && *out <= high);
}

int command_demo(int argc, char **argv)
{
	const char *data = NULL, *port = NULL, *host = NULL, *scale = NULL, *seed = NULL, *as_of = NULL, *excursion = NULL,
	           *many = NULL;
	const struct option_slot slots[] = {
	        {.name = "data", .text = &data},
	        {.name = "port", .text = &port},
	        {.name = "host", .text = &host},
	        {.name = "scale", .text = &scale},
	        {.name = "seed", .text = &seed},
	        {.name = "as-of", .text = &as_of},
	        {.name = "excursion-after", .text = &excursion},
	        {.name = "consortia", .text = &many},
	        {.name = NULL},
	};
	size_t words = 0;
	struct clock clock = clock_system();
	struct demo *d = memory_alloc(sizeof *d);
	serving_block_signals();
	config_defaults(&d->serving.config);
	bool right = options_read(argc, argv, slots, NULL, 0, &words);
	*d = (struct demo){.serving = d->serving,
	                   .data = data ? data : "demo-data",
	                   .host = host ? host : "127.0.0.1",
	                   .excursion_after = excursion,
	                   .port = 8080,
	                   .scale_e3 = 1000,
	                   .seed = 1,
	                   .consortia = sizeof consortia / sizeof *consortia,
	                   .as_of_ymd = ymd_of_ms(clock_now_ms(&clock))};
	int64_t scale_e4 = 10000, seconds = 0;
	right = right && read_number(port, 0, 65535, &d->port) && read_number(seed, 0, INT64_MAX, &d->seed) &&
	        read_number(excursion, 1, 864000, &seconds) && read_number(many, 1, 100, &d->consortia) &&
	        (!as_of || ymd_parse(as_of, &d->as_of_ymd)) && (!scale || price_parse(scale, &scale_e4));
	d->scale_e3 = scale_e4 / 10;
	if (!right)
		fprintf(stderr, "demo: yaocang demo [--data 目录] [--port 8080] [--host 127.0.0.1] [--scale 1] [--seed 1] "
		                "[--as-of 20261121] [--excursion-after 180] [--consortia 2]\n");
	int code = right ? run(d) : EXIT_USAGE;
	free(d);
	return code;
}
