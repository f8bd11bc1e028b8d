#include "tests/unit/devices/server.h"

#include "core/arena.h"
#include "tests/harness.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct test_server {
	pthread_t thread;
	pthread_mutex_t mutex;
	struct simulator *sim;
	bool stop;
	char url[64];
};

static void *run(void *arg)
{
	struct test_server *s = arg;
	for (bool stop = false; !stop;) {
		pthread_mutex_lock(&s->mutex);
		simulate_step(s->sim, 2, -1);
		stop = s->stop;
		pthread_mutex_unlock(&s->mutex);
		usleep(100);
	}
	return NULL;
}

struct test_server *test_server_start(const struct simulate_settings *settings)
{
	struct test_server *s = memory_alloc(sizeof *s);
	char why[160], address[32];
	*s = (struct test_server){.stop = false};
	CU_ASSERT_EQUAL_FATAL(simulate_open(settings, &s->sim, why), ST_OK);
	simulate_address(s->sim, address);
	snprintf(s->url, sizeof s->url, "modbus-tcp://%s", address);
	pthread_mutex_init(&s->mutex, NULL);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&s->thread, NULL, run, s), 0);
	return s;
}

void test_server_stop(struct test_server *s)
{
	pthread_mutex_lock(&s->mutex);
	s->stop = true;
	pthread_mutex_unlock(&s->mutex);
	pthread_join(s->thread, NULL);
	pthread_mutex_destroy(&s->mutex);
	simulate_close(s->sim);
	free(s);
}

const char *test_server_url(const struct test_server *s)
{
	return s->url;
}

void test_server_command(struct test_server *s, const char *line)
{
	pthread_mutex_lock(&s->mutex);
	enum status st = simulate_command(s->sim, line);
	pthread_mutex_unlock(&s->mutex);
	CU_ASSERT_EQUAL(st, ST_OK);
}

struct profile test_profile(void)
{
	struct profile p;
	char why[160];
	CU_ASSERT_EQUAL_FATAL(profile_load("fridge", &p, why), ST_OK);
	p.timeout_ms = 150;
	return p;
}

void test_pause(int ms)
{
	usleep((useconds_t)ms * 1000);
}
