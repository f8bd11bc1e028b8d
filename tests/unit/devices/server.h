/* The simulator in a thread of its own, for tests that talk to it. */
#pragma once
#include "devices/simulate.h"

struct test_server;
/* settings->address may be NULL: a free port of loopback. */
struct test_server *test_server_start(const struct simulate_settings *settings);
void test_server_stop(struct test_server *s);
/* "modbus-tcp://127.0.0.1:PORT", as long as the server lives. */
const char *test_server_url(const struct test_server *s);
/* Runs one script line between two steps. */
void test_server_command(struct test_server *s, const char *line);
/* The profile "fridge" with a short timeout, so that tests of silence are quick. */
struct profile test_profile(void);
/* Sleeps. */
void test_pause(int ms);
