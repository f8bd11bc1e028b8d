/* yaocang simulate as a process: its first line, its script, its end, its exit status. */
#include "service/command.h"

#include "core/clock.h"
#include "devices/line.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command in a child; in and out are its stdin and stdout. */
struct child {
	pid_t pid;
	int in, out;
};

static struct child start(int argc, const char *const *argv)
{
	int in[2], out[2];
	char *words[16] = {0};
	CU_ASSERT_FATAL(pipe(in) == 0 && pipe(out) == 0);
	for (int i = 0; i < argc; i++)
		words[i] = strdup(argv[i]);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		close(in[1]);
		close(out[0]);
		alarm(30);
		_exit(command_simulate(argc, words));
	}
	close(in[0]);
	close(out[1]);
	for (int i = 0; i < argc; i++)
		free(words[i]);
	return (struct child){pid, in[1], out[0]};
}
#define START(...) start((int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)), (const char *const[]){__VA_ARGS__})

static int finish(struct child *c)
{
	int how = 0;
	waitpid(c->pid, &how, 0);
	close(c->in);
	close(c->out);
	return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* The address of the first line, "modbus-tcp://...", or "". */
static void first_line(const struct child *c, char url[64])
{
	char line[128] = "";
	size_t n = 0;
	while (n < sizeof line - 1 && read(c->out, line + n, 1) == 1 && line[n] != '\n')
		n++;
	line[n] = '\0';
	url[0] = '\0';
	CU_ASSERT_EQUAL(sscanf(line, "yaocang simulate: %63s", url), 1);
}

static enum reading_reason ask(const char *url, uint8_t unit, uint16_t *word)
{
	struct line_address a;
	CU_ASSERT_EQUAL_FATAL(line_address_parse(url, &a), ST_OK);
	struct line *l = line_new(&a);
	enum reading_reason reason = line_open(l, 500);
	struct frame_request q = {0, unit, FRAME_READ_HOLDING, 0, 1};
	if (reason == REASON_NONE)
		reason = line_read(l, &q, 200, word);
	line_free(l);
	return reason;
}

static void serves_obeys_and_ends(void)
{
	struct child c = START("simulate", "--listen", "127.0.0.1:0", "--units", "5", "--script", "-");
	char url[64];
	uint16_t word = 0;
	first_line(&c, url);
	CU_ASSERT_EQUAL(ask(url, 5, &word), REASON_NONE);
	CU_ASSERT_TRUE(word > 300 && word < 800);
	CU_ASSERT_EQUAL(ask(url, 6, &word), REASON_TIMEOUT);
	CU_ASSERT_EQUAL(write(c.in, "nonsense\nfault 5 exception 60\n", 30), 30);
	usleep(300000);
	CU_ASSERT_EQUAL(ask(url, 5, &word), REASON_EXCEPTION);
	CU_ASSERT_EQUAL(kill(c.pid, SIGTERM), 0);
	CU_ASSERT_EQUAL(finish(&c), EXIT_DONE);
}

static void a_script_file_is_obeyed(void)
{
	char path[128], url[64];
	uint16_t word = 0;
	snprintf(path, sizeof path, "%s/script", test_folder());
	FILE *f = fopen(path, "w");
	fputs("# first\nfault 1 sentinel 60\nat 600 fault 2 reset 5\nfault 2 gateway 60", f);
	fclose(f);
	struct child c = START("simulate", "--listen", "127.0.0.1:0", "--script", path);
	first_line(&c, url);
	usleep(300000);
	CU_ASSERT_EQUAL(ask(url, 1, &word), REASON_NONE);
	CU_ASSERT_EQUAL(word, 0x7FFF);
	CU_ASSERT_EQUAL(ask(url, 2, &word), REASON_GATEWAY);
	kill(c.pid, SIGTERM);
	CU_ASSERT_EQUAL(finish(&c), EXIT_DONE);
}

static void plays_a_logger_export(void)
{
	const char *data = test_data("coldchain/berlinger/FridgeTag_2L__test.txt");
	char path[256], url[64];
	uint16_t word = 0;
	if (!data) {
		test_skip("no coldchain/berlinger");
		return;
	}
	snprintf(path, sizeof path, "%s", data);
	struct child c = START("simulate", "--listen", "127.0.0.1:0", "--replay", path);
	first_line(&c, url);
	CU_ASSERT_EQUAL(ask(url, 1, &word), REASON_NONE);
	CU_ASSERT_EQUAL(word, 2630); /* the first reading of the file */
	kill(c.pid, SIGTERM);
	CU_ASSERT_EQUAL(finish(&c), EXIT_DONE);
}

static void exit_status_tells_why(void)
{
	struct child busy = START("simulate", "--listen", "127.0.0.1:0");
	char url[64];
	first_line(&busy, url);
	struct child taken = START("simulate", "--listen", url + strlen("modbus-tcp://"));
	CU_ASSERT_EQUAL(finish(&taken), EXIT_CANNOT);
	kill(busy.pid, SIGTERM);
	CU_ASSERT_EQUAL(finish(&busy), EXIT_DONE);
	struct child wrong[] = {START("simulate"), START("simulate", "--listen", "here"),
	                        START("simulate", "--listen", "127.0.0.1:0", "more"),
	                        START("simulate", "--listen", "127.0.0.1:0", "--units", "248"),
	                        START("simulate", "--listen", "127.0.0.1:0", "--profile", "no-such")};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CU_ASSERT_EQUAL(finish(&wrong[i]), EXIT_USAGE);
	struct child missing = START("simulate", "--listen", "127.0.0.1:0", "--replay", "/no/such/file");
	CU_ASSERT_EQUAL(finish(&missing), EXIT_CANNOT);
}

SUITE(simulate_command, {"serves_obeys_and_ends", serves_obeys_and_ends}, {"a_script_file_is_obeyed", a_script_file_is_obeyed},
      {"plays_a_logger_export", plays_a_logger_export}, {"exit_status_tells_why", exit_status_tells_why});
