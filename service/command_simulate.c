/* yaocang simulate: Modbus sensors that misbehave on command, for demo and tests. */
#include "core/text.h"
#include "devices/logger.h"
#include "devices/simulate.h"
#include "service/command.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage_text[] =
        "usage: yaocang simulate --listen ADDR:PORT [--units N] [--profile NAME|FILE] [--speed X]\n"
        "                        [--replay FILE] [--script FILE|-] [--excursion-after S] [--excursion-for S]\n"
        "  a line of a script:   [at SECONDS] fault UNIT KIND SECONDS\n"
        "  KIND: silence late wrong-unit wrong-transaction exception gateway truncated drip reset stuck sentinel none\n";

struct options {
	const char *listen, *profile, *replay, *script;
	int64_t units, speed, excursion_after_s, excursion_for_s;
};

static const struct option option_list[] = {
        {"listen", required_argument, NULL, 'l'},
        {"profile", required_argument, NULL, 'p'},
        {"replay", required_argument, NULL, 'r'},
        {"script", required_argument, NULL, 's'},
        {"units", required_argument, NULL, 'u'},
        {"speed", required_argument, NULL, 'x'},
        {"excursion-after", required_argument, NULL, 'a'},
        {"excursion-for", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
};

static bool read_number(const char *text, int64_t low, int64_t high, int64_t *out)
{
	return text_to_i64(text, out) && *out >= low && *out <= high;
}

static bool take_option(struct options *o, int letter)
{
	const struct {
		int letter;
		const char **text;
		int64_t *number, low, high;
	} slots[] = {
	        {'l', &o->listen, NULL, 0, 0},
	        {'p', &o->profile, NULL, 0, 0},
	        {'r', &o->replay, NULL, 0, 0},
	        {'s', &o->script, NULL, 0, 0},
	        {'u', NULL, &o->units, 1, SIMULATE_UNITS_MAX},
	        {'x', NULL, &o->speed, 1, 100000},
	        {'a', NULL, &o->excursion_after_s, 0, 864000},
	        {'f', NULL, &o->excursion_for_s, 0, 864000},
	};
	for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
		if (slots[i].letter != letter)
			continue;
		if (slots[i].number)
			return read_number(optarg, slots[i].low, slots[i].high, slots[i].number);
		*slots[i].text = optarg;
		return true;
	}
	return false;
}

static bool read_options(int argc, char **argv, struct options *o)
{
	*o = (struct options){.profile = "fridge", .units = 3, .speed = 1, .excursion_after_s = 180, .excursion_for_s = 240};
	optind = 0;
	for (int letter; (letter = getopt_long(argc, argv, "", option_list, NULL)) != -1;)
		if (!take_option(o, letter))
			return false;
	return optind == argc && o->listen;
}

/* The whole file as text of the arena; NULL where it cannot be read or is longer than max. */
static char *read_file(struct arena *a, const char *path, size_t max, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct stat info;
	char *text = NULL;
	if (f && fstat(fileno(f), &info) == 0 && S_ISREG(info.st_mode) && (size_t)info.st_size <= max) {
		text = arena_alloc(a, (size_t)info.st_size + 1);
		*n = fread(text, 1, (size_t)info.st_size, f);
	}
	if (f)
		fclose(f);
	return text;
}

/* A name is one of the program's own profiles, a path is somebody's file. */
static enum status find_profile(struct arena *a, const char *name, struct profile *out, char why[160])
{
	size_t n = 0;
	if (!strchr(name, '/'))
		return profile_load(name, out, why);
	char *text = read_file(a, name, PROFILE_FILE_MAX, &n);
	if (text)
		return profile_parse(text, n, out, why);
	snprintf(why, 160, "cannot read %.100s", name);
	return ST_STORE_UNAVAILABLE;
}

static enum status find_replay(struct arena *a, const char *path, struct simulate_settings *s, char why[160])
{
	size_t n = 0;
	char *text = read_file(a, path, LOGGER_FILE_MAX, &n);
	struct logger_export export;
	if (!text) {
		snprintf(why, 160, "cannot read %.100s", path);
		return ST_STORE_UNAVAILABLE;
	}
	enum status st = logger_parse(a, text, n, &export, why);
	if (st != ST_OK)
		return st;
	if (export.reading_count == 0) {
		snprintf(why, 160, "%.100s holds daily summaries but no readings", path);
		return ST_INVALID_FIELD;
	}
	struct coldchain_sample *samples = arena_array(a, export.reading_count + 1, sizeof *samples);
	for (size_t i = 0; i < export.reading_count; i++)
		samples[i] = (struct coldchain_sample){export.readings[i].at_ms, export.readings[i].temp_c100};
	s->replay = samples;
	s->replay_count = export.reading_count;
	s->replay_period_s = export.interval_min > 0 ? export.interval_min * 60 : 600;
	return ST_OK;
}

/* Script lines as they come; a half line waits for its end. */
struct script {
	int fd;
	char text[1024];
	size_t n;
};

/* -: stdin. Without the option a pipe on stdin is listened to as well, a terminal is not. */
static bool open_script(const char *path, struct script *s)
{
	struct stat info;
	s->fd = -1;
	if (path && strcmp(path, "-") != 0) {
		s->fd = open(path, O_RDONLY | O_CLOEXEC);
		return s->fd >= 0;
	}
	if (path || (fstat(STDIN_FILENO, &info) == 0 && S_ISFIFO(info.st_mode)))
		s->fd = STDIN_FILENO;
	return true;
}

static void run_line(struct simulator *sim, char *line)
{
	line[strcspn(line, "\r")] = '\0';
	if (simulate_command(sim, line) != ST_OK)
		fprintf(stderr, "yaocang simulate: not understood: %.100s\n", line);
}

/* Reads what is there; at the end of the script the last line counts even without its newline. */
static void read_script(struct simulator *sim, struct script *s)
{
	ssize_t got = read(s->fd, s->text + s->n, sizeof s->text - 1 - s->n);
	bool end = got <= 0;
	s->n += end ? 0 : (size_t)got;
	if (end && s->n > 0)
		s->text[s->n++] = '\n';
	char *begin = s->text, *stop;
	while ((stop = memchr(begin, '\n', (size_t)(s->text + s->n - begin)))) {
		*stop = '\0';
		run_line(sim, begin);
		begin = stop + 1;
	}
	s->n = (size_t)(s->text + s->n - begin);
	memmove(s->text, begin, s->n);
	if (s->n == sizeof s->text - 1) /* no line is that long */
		s->n = 0;
	if (end)
		s->fd = -1;
}

/* A descriptor that can be read once the process is asked to end. */
static int termination(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A file or pipe that is always ready (a regular file) is simply read to its end, line by line, between two steps. */
static void serve(struct simulator *sim, struct script *script, int ended)
{
	struct signalfd_siginfo info;
	while (read(ended, &info, sizeof info) < 0)
		if (simulate_step(sim, 100, script->fd))
			read_script(sim, script);
}

static int run(struct arena *a, const struct options *o, char why[160])
{
	struct profile profile;
	struct script script = {.fd = -1};
	struct simulator *sim = NULL;
	char address[32];
	enum status st = find_profile(a, o->profile, &profile, why);
	struct simulate_settings s = simulate_defaults(&profile);
	s.address = o->listen;
	s.units = (uint8_t)o->units;
	s.speed = (int32_t)o->speed;
	s.excursion_after_ms = o->excursion_after_s * 1000;
	s.excursion_for_ms = o->excursion_for_s * 1000;
	if (st == ST_OK && o->replay)
		st = find_replay(a, o->replay, &s, why);
	if (st == ST_OK && !open_script(o->script, &script)) {
		snprintf(why, 160, "cannot read %.100s", o->script);
		st = ST_STORE_UNAVAILABLE;
	}
	int ended = termination();
	if (st == ST_OK)
		st = simulate_open(&s, &sim, why);
	if (st != ST_OK)
		return st == ST_STORE_UNAVAILABLE ? EXIT_CANNOT : EXIT_USAGE;
	simulate_address(sim, address);
	printf("yaocang simulate: modbus-tcp://%s\n", address);
	fflush(stdout);
	serve(sim, &script, ended);
	simulate_close(sim);
	return EXIT_DONE;
}

int command_simulate(int argc, char **argv)
{
	SCOPED(arena) a = {0};
	struct options o;
	char why[160] = "";
	if (!read_options(argc, argv, &o)) {
		fputs(usage_text, stderr);
		return EXIT_USAGE;
	}
	int exit_status = run(&a, &o, why);
	if (exit_status != EXIT_DONE)
		fprintf(stderr, "yaocang simulate: %s\n", why);
	return exit_status;
}
