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
 * Opens alarms of sensors that have fallen silent altogether. For the writer's idle hook (queue.h): looks each time,
 * writes only when a silence begins, so that a quiet store stays quiet.
 */
void coldchain_tick_store(struct store *store);

/* SQL of a sensor's state (alias s), shared by its list and the chief pharmacist's board; wants :now_ms.
 * RULE COLDCHAIN-silent-first: who has no fresh value cannot be well, nor ill. A silence is known by age as well, before
 * its alarm is written. */
#define OPEN_ALARM "a.sensor_id = s.id AND a.state IN ('active', 'acknowledged') AND a.returned_at_ms IS NULL"
#define HAS_OPEN(kinds) "EXISTS (SELECT 1 FROM alarm a WHERE " OPEN_ALARM " AND a.kind IN (" kinds "))"
#define IS_OUTSIDE "s.last_c100 > s.high_c100 OR s.last_c100 < s.low_c100"
#define SENSOR_STATE                                                                                                            \
	"CASE WHEN s.last_at_ms < :now_ms - s.silence_s * 1000 OR " HAS_OPEN(                                                   \
	        "'silence'") " THEN 'silent' WHEN s.last_at_ms IS NULL "                                                        \
	                     "THEN 'never' WHEN " HAS_OPEN(                                                                     \
	                             "'excursion_high', 'excursion_low'") " THEN 'alarm' WHEN s.last_status = 'fault' "         \
	                                                                  "OR " HAS_OPEN("'sensor_fault'") " THEN 'fault' "     \
	                                                                                                   "WHEN " IS_OUTSIDE   \
	                                                                                                   " THEN 'warn' ELSE " \
	                                                                                                   "'normal' END"
