/* Settings of settlement, each with the day from which it holds; what nobody set has the value given here. */
#pragma once
#include "core/write.h"

enum setting {
	SETTING_TOLERANCE_FEN,  /* three-way match: what a line may differ and still match, fen */
	SETTING_PAYMENT_DAYS,   /* RULE DOMAIN-6-payment: days from acceptance */
	SETTING_CLOSE_DAY,      /* 月结日, 1 to 28; the month's book ends on it */
	SETTING_GROWTH_PERCENT, /* watch list: month against the mean of the three before */
	SETTING_FUND_DIRECT,    /* 1: 集采 goods are paid by the insurance fund */
	SETTING_COUNT
};
struct setting_row {
	const char *name, *title;
	int64_t usual, min, max;
};
extern const struct setting_row settings[SETTING_COUNT];
/* False for an unknown name. */
bool setting_find(const char *name, enum setting *out);
/* The value that holds on a day. */
int64_t setting_on(struct db *db, enum setting which, int32_t ymd);
/* INVALID_FIELD for an unknown name, a value out of bounds, or a day before today (the past stays as it was). */
MUST_CHECK enum status setting_put(struct tx *tx, const char *name, int64_t value, int32_t from_ymd);
