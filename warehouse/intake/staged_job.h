/* What the engine of staged imports and their list share. */
#pragma once
#include "warehouse/intake/staged.h"

#define REFUSED_KEPT 20000 /* refused rows that the report names */

/* Keeps one line of the report. n: apart from the others of that row and outcome. */
void staged_note(struct tx *tx, int64_t id, const char *outcome, int64_t n, const struct intake_refused *r);
bool staged_stands(const struct staged *s, const char *state);
