/* Prometheus text of the service's counters (GET /metrics). */
#pragma once
#include "service/service.h"

void metrics_write(struct service *s, struct buf *out);
