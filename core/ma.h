/*
 * UDI labels of the agency MA (中关村工信二维码技术研究院): "MA.156.M0.", six characters of the holder, a stop, eight of the
 * product, in all the 25 of the DI; behind it units of the PI, each a stop, a letter and its text: L lot, S serial, M made, V
 * valid until, E expiry, D sterile lot. Dates have six or eight digits. The way the last character of the DI is reckoned is not
 * published: it is not tested.
 *
 * RULE DOMAIN-12.1-udi-ma, after the agency's published structure of its code.
 */
#pragma once
#include "core/arena.h"
#include "core/code_error.h"

#include <stdbool.h>
#include <stdint.h>

#define MA_DI_CHARS 25

struct ma {
	const char *di;                     /* 25 characters */
	const char *lot, *serial, *sterile; /* NULL: not on the label */
	int32_t made_ymd, expiry_ymd;
};
/* Is it the DI of a label, whole and alone? */
bool ma_is_di(const char *s, size_t n);
/* False for what is no label of MA; else *error says whether it is a good one. year: the current one. */
bool ma_read(struct arena *a, const char *s, size_t n, int year, struct ma *out, enum code_error *error);
