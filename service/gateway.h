/*
 * The gateway: asks the probes of its buses, keeps what they say in a spool on disk and forwards it in batches. The service
 * may be away for days; a reading leaves the spool only after the service has said that it is on its disk.
 */
#pragma once
#include "devices/bus.h"
#include "service/http_client.h"

#define GATEWAY_BUSES_MAX 32
#define GATEWAY_SENSORS_MAX 1000
#define GATEWAY_WHY_MAX 200

struct gateway_sensor {
	const char *code;
	size_t bus;
	uint8_t unit;
	/* A number made from the code, so that what waits in the spool keeps its sensor when the settings change. */
	int32_t device;
	const struct profile *profile;
};
struct gateway_settings {
	struct http_target service;
	const char *consortium, *user, *password, *spool;
	int32_t period_ms; /* of each probe */
	const char *buses[GATEWAY_BUSES_MAX];
	size_t bus_count;
	struct gateway_sensor *sensors;
	size_t sensor_count;
};

int32_t gateway_device(const char *code);
/*
 * Runs until stop_fd can be read; OK then, with everything measured on disk. INVALID_FIELD: a bus is not to be had as it is
 * written; STORE_UNAVAILABLE: the spool cannot be opened. why: one sentence.
 */
MUST_CHECK enum status gateway_run(const struct gateway_settings *s, int stop_fd, char why[GATEWAY_WHY_MAX]);
