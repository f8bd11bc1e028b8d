/*
 * The four customs by which a maker derives the labelled expiry date from production date and shelf life. The tracing
 * platform accepts these and flags the rest; a flag is a question to the receiver, not a refusal.
 */
#pragma once
#include <stdint.h>

enum expiry_custom {
	EXPIRY_NO_CUSTOM, /* none of the four: flag it */
	EXPIRY_SAME_DAY,
	EXPIRY_DAY_BEFORE,
	EXPIRY_PREVIOUS_MONTH_END,
	EXPIRY_MONTH_END,
};

/* RULE DOMAIN-10-expiry-customs. produced and labelled are yyyymmdd dates that exist; months is the shelf life, 1-600;
 * anything else answers EXPIRY_NO_CUSTOM. Where two customs meet on one date, the first of the list above is named. */
enum expiry_custom expiry_custom(int32_t produced_ymd, int months, int32_t labelled_ymd);
/* The custom's name for people ("生产日的对应日" …); never NULL. */
const char *expiry_custom_text(enum expiry_custom c);
