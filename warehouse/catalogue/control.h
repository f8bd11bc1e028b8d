/*
 * 目录启用日: until then the catalogue is being loaded; from that day on what the committee decides (names, forms, makers,
 * approval numbers, lists, classes) changes by a 目录调整 alone. Set once, by the 总药师. RULE DOMAIN-6-change-control
 */
#pragma once
#include "core/write.h"

/* 0: not set. */
int32_t catalogue_control_from(struct db *db);
bool catalogue_is_controlled(struct db *db, int32_t ymd);
/* ALREADY_EXISTS where it is set, INVALID_FIELD for a day before today or more than a year ahead. */
MUST_CHECK enum status catalogue_control_set(struct tx *tx, int32_t from_ymd, const char *note);
