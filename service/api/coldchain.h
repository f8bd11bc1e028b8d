/*
 * The cold chain joins two wings: readings are judged by devices/coldchain.h, and what it finds becomes alarm rows and, on
 * an excursion that needs action, holds on the lots in that place. An alarm ends only after somebody has said why.
 */
#pragma once
#include "core/write.h"
#include "service/service.h"

/* A gateway's clock may run so far ahead of ours; what claims to be later still is refused by name. */
#define READING_AHEAD_MS (5 * 60000LL)

/*
 * Opens alarms of sensors that have fallen silent altogether. For the writer's idle hook (queue_on_idle): looks each time,
 * writes only when a silence begins, so that a quiet store stays quiet.
 */
void coldchain_tick_store(struct store *store);
