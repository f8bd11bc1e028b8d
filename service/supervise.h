/*
 * /api/v1/-/…: one person's view over several consortia. He has an account in each of them, by the same name and
 * password; a session opened here stands in every store where both fit, under one token, and each store decides by
 * itself what he may see. A store that is late or down is named in the answer; the others' rows come without it.
 */
#pragma once
#include "service/fan.h"

/* True where rest (behind the dash) is asked of the stores; x->fan then says what. */
bool supervise_find(struct exchange *x, const char *rest);
/* Asks them; calls x->done() in the end. */
void supervise_send(struct exchange *x);
