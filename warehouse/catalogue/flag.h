/*
 * What is said of a product from a day on (标识): classes, lists of the authorities, warnings. Each drives a rule; the table
 * in flag.c names it. Of several rows the one that began last counts, as long as it has not ended.
 */
#pragma once
#include "core/word.h"
#include "warehouse/catalogue/catalogue.h"

struct flag_kind {
	const char *name, *title;
	const struct word_title *values; /* what may be said; NULL: a word of one's own */
	const char *rule;                /* what it does, for people */
	bool governed;                   /* the committee's to decide; the others come from lists of the authorities */
};
extern const struct flag_kind flag_kinds[]; /* ends with name NULL */
const struct flag_kind *flag_kind_find(const char *name);

/* SQL of a flag's value in force on :today_ymd, NULL without; product: an expression for the product's id. */
#define FLAG_ON(product, name)                                                                                                 \
	"(SELECT fl.value FROM product_flag fl WHERE fl.product_id = " product " AND fl.flag = '" name                         \
	"' AND fl.from_ymd <= :today_ymd AND (fl.to_ymd IS NULL OR fl.to_ymd >= :today_ymd) ORDER BY fl.from_ymd DESC, fl.id " \
	"DESC "                                                                                                                \
	"LIMIT 1)"

/* The value in force on a day in the arena; NULL where the product has no such flag that day. RULE DOMAIN-12.3-dated-flags */
const char *product_flag_on(struct db *db, struct arena *a, int64_t product_id, const char *flag, int32_t ymd);

struct new_flag {
	int64_t product_id;
	const char *flag, *value; /* value NULL: it ends */
	int32_t from_ymd, to_ymd; /* to 0: open */
	const char *source;       /* the list or decision that says so */
	int64_t document_id;      /* 0: none */
};
/*
 * Writes a flag and its history, its end too; the words are the caller's to check. No row is ever taken away: what holds on
 * from_ymd ends the day before, a value without an end lasts until the next one that is on record begins, and what an end (value
 * NULL) keeps from beginning stays as a row that ended before its first day.
 */
void product_flag_put(struct tx *tx, const struct new_flag *in);
/*
 * The same with every check. INVALID_FIELD for unknown words, dates the wrong way round, a flag that the product cannot bear,
 * days that are spoken for; for a start before today, unless a document decides it, where it would change what is on record. RULE
 * DOMAIN-12.3-flags-not-undone
 */
MUST_CHECK enum status product_flag_set(struct tx *tx, const struct new_flag *in);
/*
 * The same by a person or a file, without a document. A governed flag: FORBIDDEN without the right to decide, and
 * CATALOGUE_CONTROLLED once the catalogue is under change control. RULE DOMAIN-6-change-control
 */
MUST_CHECK enum status product_flag_by_hand(struct tx *tx, const struct new_flag *in);
/* All of its checks, and nothing else. */
MUST_CHECK enum status product_flag_check_hand(struct tx *tx, const struct new_flag *in);
/* The value is one of the flag's; *why says so where it is not. */
bool flag_value_fits(struct arena *a, const struct flag_kind *kind, const char *value, const char **why);
/* Brings the column that shows the controlled class up to the day. Returns how many products changed. */
int64_t product_flag_take_day(struct tx *tx);
