/*
 * Outcomes. Every function that can fail for a reason outside the program returns enum status; results go to
 * out-parameters. The rows (HTTP status, stable code, Chinese text) stand in core/status.def.
 */
#pragma once
#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define RECORD 1

enum status {
#define STATUS(name, http, code, text, record) ST_##name,
#include "core/status.def"
#undef STATUS
	ST_COUNT
};

/* The HTTP status code of an outcome. */
int status_http(enum status st);
/* The stable code as it stands in problem JSON; never NULL. */
const char *status_code(enum status st);
/* The Chinese sentence for people; never NULL. */
const char *status_text(enum status st);
/* The enum's own name in lower case, for logs; never NULL. */
const char *status_name(enum status st);
/* True where a refused write must leave a row in table refusal. */
bool status_is_recorded(enum status st);
