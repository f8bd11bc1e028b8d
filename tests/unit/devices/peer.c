/* Both sides of our Modbus against one that nobody here wrote: pymodbus (tests/devices/peer.py). */
#include "devices/bus.h"
#include "tests/harness.h"
#include "tests/unit/devices/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PEER "/usr/bin/python3 tests/devices/peer.py"

/* Runs the peer and reads its first line; answers its exit status. */
static int run_peer(const char *arguments, char line[128])
{
	char command[256];
	snprintf(command, sizeof command, PEER " %s", arguments);
	FILE *f = popen(command, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	line[0] = '\0';
	if (fgets(line, 128, f))
		line[strcspn(line, "\n")] = '\0';
	int how = pclose(f);
	return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

static const char *after_port(const char *url)
{
	return strrchr(url, ':') + 1;
}

static void pymodbus_reads_our_simulator(void)
{
	struct profile p = test_profile();
	struct simulate_settings s = simulate_defaults(&p);
	struct test_server *server = test_server_start(&s);
	char arguments[64], line[128];
	int temperature = 0, humidity = 0;
	snprintf(arguments, sizeof arguments, "read %s 2 3 0 2", after_port(test_server_url(server)));
	if (run_peer(arguments, line) == 77) {
		test_skip("python3-pymodbus is not installed");
		test_server_stop(server);
		return;
	}
	CU_ASSERT_EQUAL(sscanf(line, "%d %d", &temperature, &humidity), 2);
	CU_ASSERT_TRUE(temperature > 300 && temperature < 700 && humidity >= 5500 && humidity < 5800);
	snprintf(arguments, sizeof arguments, "read %s 2 3 5 1", after_port(test_server_url(server)));
	CU_ASSERT_EQUAL(run_peer(arguments, line), 0);
	CU_ASSERT_STRING_EQUAL(line, "exception 2");
	snprintf(arguments, sizeof arguments, "read %s 77 3 0 1", after_port(test_server_url(server)));
	CU_ASSERT_EQUAL(run_peer(arguments, line), 0);
	CU_ASSERT_STRING_EQUAL(line, "silent");
	test_server_stop(server);
}

/* Starts the peer as a server that lives until its stdin (*hold) is closed; its port, or 0. */
static int start_peer(pid_t *pid, int *hold)
{
	int in[2], out[2], port = 0;
	char line[32] = "";
	if (pipe(in) != 0 || pipe(out) != 0)
		return 0;
	*pid = fork();
	if (*pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		for (int fd = 3; fd < 256; fd++)
			close(fd);
		execl("/usr/bin/python3", "python3", "tests/devices/peer.py", "serve", (char *)NULL);
		_exit(77);
	}
	close(in[0]);
	close(out[1]);
	*hold = in[1];
	/* To the end of the line: the peer may write it in two pieces and dies where nobody takes the second. */
	for (size_t n = 0; n < sizeof line - 1 && read(out[0], line + n, 1) == 1 && line[n] != '\n'; n++)
		port = atoi(line);
	close(out[0]);
	return port;
}

/* The newest reading of each device 1..3, once each has said something; at most ten seconds, because Python may be slow. */
static void watch(struct reading_queue *q, struct reading newest[4])
{
	int64_t until = clock_monotonic_ms() + 10000;
	struct reading r;
	while (clock_monotonic_ms() < until && !(newest[1].at_ms && newest[2].at_ms && newest[3].at_ms))
		if (reading_queue_take(q, &r, 1, 50) == 1)
			newest[r.device] = r;
}

static void our_bus_reads_pymodbus(void)
{
	pid_t pid = 0;
	int hold = -1, port = start_peer(&pid, &hold);
	char url[64];
	if (port == 0) {
		int how = 0;
		waitpid(pid, &how, 0);
		CU_ASSERT_TRUE(WIFEXITED(how) && WEXITSTATUS(how) == 77);
		test_skip("python3-pymodbus is not installed");
		return;
	}
	struct profile p = test_profile();
	p.timeout_ms = 1000;
	struct clock clock = clock_system();
	struct reading_queue *q = reading_queue_new(64);
	struct bus_unit units[] = {{1, 1, 300, &p}, {2, 2, 300, &p}, {3, 9, 300, &p}};
	struct reading newest[4] = {0};
	struct bus *b = NULL;
	snprintf(url, sizeof url, "modbus-tcp://127.0.0.1:%d", port);
	CU_ASSERT_EQUAL_FATAL(bus_start(&(struct bus_settings){url, units, 3, &clock, q, 3}, &b), ST_OK);
	watch(q, newest);
	CU_ASSERT_TRUE(newest[1].status == READING_OK && newest[1].temp_c100 == -1234 && newest[1].rh_c100 == 5678);
	CU_ASSERT_TRUE(newest[2].status == READING_FAULT && newest[2].reason == REASON_SENTINEL);
	CU_ASSERT_TRUE(newest[3].status == READING_SILENT && newest[3].reason == REASON_TIMEOUT);
	bus_stop(b);
	reading_queue_free(q);
	close(hold);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

SUITE(peer, {"pymodbus_reads_our_simulator", pymodbus_reads_our_simulator}, {"our_bus_reads_pymodbus", our_bus_reads_pymodbus});
