/* yaocang gateway: the process beside the probes; its settings come from words, a file, or both. */
#include "core/log.h"
#include "core/text.h"
#include "devices/profile.h"
#include "service/command.h"
#include "service/folder.h"
#include "service/gateway.h"
#include "service/options.h"
#include "service/session.h"

#include <ini.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_BYTES_MAX ((size_t)256 << 10)
#define PERIOD_MAX_S 3600
#define BUS_PREFIX "bus "

static const char usage_text[] =
        "usage: yaocang gateway --config FILE\n"
        "       yaocang gateway --service URL --consortium CODE --user NAME --key-file FILE --spool FILE [--period S]\n"
        "                       --bus ADDRESS --sensor CODE=PROFILE@UNIT [--sensor ...]\n"
        "  ADDRESS: modbus-tcp://IP:PORT, rtu-tcp://IP:PORT or modbus-rtu:///dev/ttyUSB0,9600,8N1\n"
        "  several buses stand in the file: service, consortium, user, key_file, spool, period as above, then sections\n"
        "  [bus ADDRESS] with lines sensor = CODE=PROFILE@UNIT\n";

/* What was said, word by word; the command line wins over the file. */
struct words {
	const char *config, *service, *consortium, *user, *key_file, *spool, *period, *bus;
	const char **sensors;
	size_t sensor_count;
};
struct reader {
	struct arena *arena;
	struct words *words;
	struct gateway_settings *settings;
	char why[GATEWAY_WHY_MAX];
};

static bool refuse(struct reader *r, const char *what, const char *word)
{
	if (!r->why[0])
		snprintf(r->why, sizeof r->why, "%s %.100s", what, word);
	return false;
}

/* ---- sensors ---- */

static const struct profile *load_profile(struct reader *r, const char *name)
{
	char why[160] = "";
	for (size_t i = 0; i < r->settings->sensor_count; i++)
		if (strcmp(r->settings->sensors[i].profile->name, name) == 0)
			return r->settings->sensors[i].profile;
	struct profile *p = arena_alloc(r->arena, sizeof *p);
	if (profile_load(name, p, why) == ST_OK)
		return p;
	(void)refuse(r, "没有这样的探头型号:", name);
	return NULL;
}

/* Two codes with one number would share their readings. */
static bool is_new(struct reader *r, const struct gateway_sensor *s)
{
	for (size_t i = 0; i < r->settings->sensor_count; i++) {
		const struct gateway_sensor *other = &r->settings->sensors[i];
		if (other->device == s->device)
			return refuse(r, strcmp(other->code, s->code) == 0 ? "探头重复:" : "探头代码与另一代码冲突, 请改一个:",
			              s->code);
		if (other->bus == s->bus && other->unit == s->unit)
			return refuse(r, "同一总线上的单元号重复:", s->code);
	}
	return true;
}

/* "LK-A00-1=fridge@1"; a code may hold '=' and '@', so it is read from its end. */
static bool add_sensor(struct reader *r, const char *text, size_t bus)
{
	struct gateway_settings *s = r->settings;
	char *word = arena_string(r->arena, text), *at = strrchr(word, '@');
	int64_t unit = 0;
	if (at)
		*at = '\0';
	char *equals = strrchr(word, '=');
	if (equals)
		*equals = '\0';
	if (!at || !equals || !*word || utf8_count(word) > 64 || !text_to_i64(at + 1, &unit) || unit < 1 || unit > BUS_UNITS_MAX)
		return refuse(r, "探头应写作 代码=型号@单元号:", text);
	if (s->sensor_count == GATEWAY_SENSORS_MAX)
		return refuse(r, "探头太多:", text);
	struct gateway_sensor one = {word, bus, (uint8_t)unit, gateway_device(word), load_profile(r, equals + 1)};
	if (!one.profile || !is_new(r, &one))
		return false;
	s->sensors[s->sensor_count++] = one;
	return true;
}

static bool add_bus(struct reader *r, const char *address)
{
	if (r->settings->bus_count == GATEWAY_BUSES_MAX)
		return refuse(r, "总线太多:", address);
	r->settings->buses[r->settings->bus_count++] = arena_string(r->arena, address);
	return true;
}

/* ---- the file ---- */

static bool take_word(struct reader *r, const char *name, const char *value)
{
	struct words *w = r->words;
	const struct {
		const char *name;
		const char **to;
	} known[] = {{"service", &w->service},   {"consortium", &w->consortium}, {"user", &w->user},
	             {"key_file", &w->key_file}, {"spool", &w->spool},           {"period", &w->period}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0) {
			if (!*known[i].to)
				*known[i].to = arena_string(r->arena, value);
			return true;
		}
	return refuse(r, "配置文件中不认识的项目", name);
}

/* Called for each line; the section of a bus comes with each of its sensors. */
static int take_line(void *user, const char *section, const char *name, const char *value)
{
	struct reader *r = user;
	struct gateway_settings *s = r->settings;
	if (!*section)
		return take_word(r, name, value);
	if (strncmp(section, BUS_PREFIX, strlen(BUS_PREFIX)) != 0 || strcmp(name, "sensor") != 0)
		return refuse(r, "配置文件中不认识的项目", name);
	const char *address = section + strlen(BUS_PREFIX);
	size_t bus = 0;
	while (bus < s->bus_count && strcmp(s->buses[bus], address) != 0)
		bus++;
	return (bus < s->bus_count || add_bus(r, address)) && add_sensor(r, value, bus);
}

/* The whole file as text of the arena, or NULL. */
static char *read_file(struct arena *a, const char *path, size_t max)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return NULL;
	char *text = arena_alloc(a, max + 2);
	size_t n = fread(text, 1, max + 1, f);
	bool fits = !ferror(f) && n <= max && strlen(text) == n;
	fclose(f);
	return fits ? text : NULL;
}

static bool read_config(struct reader *r)
{
	if (!r->words->config)
		return true;
	const char *text = read_file(r->arena, r->words->config, CONFIG_BYTES_MAX);
	if (!text)
		return refuse(r, "读不到配置文件", r->words->config);
	if (ini_parse_string(text, take_line, r) != 0)
		return refuse(r, "配置文件不正确:", r->words->config);
	return true;
}

/* The first line of the file; who else can read it is told. */
static bool read_key(struct reader *r)
{
	struct stat info;
	char *text = read_file(r->arena, r->words->key_file, 4096);
	if (!text)
		return refuse(r, "读不到密码文件", r->words->key_file);
	text[strcspn(text, "\r\n")] = '\0';
	if (!password_is_acceptable(text))
		return refuse(r, "密码文件的首行应为 8 到 200 字节的密码:", r->words->key_file);
	if (stat(r->words->key_file, &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)))
		log_warn("gateway_key_readable", "%s can be read by other users", r->words->key_file);
	r->settings->password = text;
	return true;
}

static bool read_scalars(struct reader *r)
{
	const struct words *w = r->words;
	struct gateway_settings *s = r->settings;
	int64_t period = 60;
	char why[HTTP_URL_WHY_MAX] = "";
	if (!w->service || !w->consortium || !w->user || !w->key_file || !w->spool)
		return refuse(r, "缺少", "service, consortium, user, key_file 或 spool");
	if (http_target_parse(w->service, &s->service, why) != ST_OK)
		return refuse(r, why, w->service);
	if (!folder_code_is_valid(w->consortium))
		return refuse(r, "医共体代码不正确:", w->consortium);
	/* RULE GSP-附录3-5: each point at least once a minute; a longer period is for places that are no cold chain */
	if (w->period && (!text_to_i64(w->period, &period) || period < 1 || period > PERIOD_MAX_S))
		return refuse(r, "period 应为 1 到 3600 秒:", w->period);
	if (period > 60)
		log_warn("gateway_period_long", "the cold chain wants a reading each minute, not each %lld s", (long long)period);
	s->consortium = w->consortium;
	s->user = w->user;
	s->spool = w->spool;
	s->period_ms = (int32_t)period * 1000;
	return read_key(r);
}

static bool read_settings(struct reader *r)
{
	bool ok = read_config(r);
	size_t bus = r->settings->bus_count;
	if (ok && r->words->bus)
		ok = add_bus(r, r->words->bus);
	if (ok && r->words->sensor_count && !r->words->bus)
		return refuse(r, "--sensor 须与 --bus 同用:", r->words->sensors[0]);
	for (size_t i = 0; i < r->words->sensor_count && ok; i++)
		ok = add_sensor(r, r->words->sensors[i], bus);
	if (ok && r->settings->sensor_count == 0)
		return refuse(r, "没有任何探头", "");
	return ok && read_scalars(r);
}

/* ---- the process ---- */

/* A descriptor that can be read once the process is asked to end; before any thread, so that all of them inherit the mask. */
static int termination(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int run(struct reader *r)
{
	int ended = termination();
	printf("yaocang gateway: %zu sensors on %zu buses\n", r->settings->sensor_count, r->settings->bus_count);
	fflush(stdout);
	enum status st = gateway_run(r->settings, ended, r->why);
	close(ended);
	if (st == ST_OK)
		return EXIT_DONE;
	fprintf(stderr, "yaocang gateway: %s\n", r->why);
	return st == ST_INVALID_FIELD ? EXIT_USAGE : EXIT_CANNOT;
}

int command_gateway(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	struct words w = {.sensors = arena_array(&a, GATEWAY_SENSORS_MAX, sizeof *w.sensors)};
	struct gateway_settings settings = {.sensors = arena_array(&a, GATEWAY_SENSORS_MAX, sizeof *settings.sensors)};
	struct reader r = {.arena = &a, .words = &w, .settings = &settings};
	const struct option_slot slots[] = {
	        {.name = "config", .text = &w.config},
	        {.name = "service", .text = &w.service},
	        {.name = "consortium", .text = &w.consortium},
	        {.name = "user", .text = &w.user},
	        {.name = "key-file", .text = &w.key_file},
	        {.name = "spool", .text = &w.spool},
	        {.name = "period", .text = &w.period},
	        {.name = "bus", .text = &w.bus},
	        {.name = "sensor", .list = w.sensors, .list_count = &w.sensor_count, .list_max = GATEWAY_SENSORS_MAX},
	        {.name = NULL},
	};
	if (!options_read(argc, argv, slots, NULL, 0, NULL)) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	if (!read_settings(&r)) {
		fprintf(stderr, "yaocang gateway: %s\n", r.why);
		return EXIT_USAGE;
	}
	return run(&r);
}
