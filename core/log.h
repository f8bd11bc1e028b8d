/*
 * One JSON object a line on stderr. Never a password, token, code of a patient's pack or free text of a user:
 * only events, identifiers, numbers and reasons. A line is written with one write(), so lines of threads do not mix.
 */
#pragma once
#include <stdint.h>

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* event: a short name in snake_case; detail: what happened, in one phrase (format as printf). */
void log_line(enum log_level level, const char *event, const char *format, ...) __attribute__((format(printf, 3, 4)));
#define log_info(event, ...) log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_warn(event, ...) log_line(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)
