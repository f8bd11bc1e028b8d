/*
 * Coupons of North America (AI 8110 and 8112): digits whose parts announce their own lengths. A table of steps describes
 * them, a cursor walks it. Source: North American Coupon Application Guideline, as tested by the GS1 linters.
 */
#include "core/gs1_lint.h"

#include "core/check.h"

#include <string.h>

enum step_kind {
	LENGTHS,  /* one digit out of `allowed`, then base + that many digits; where 9 is allowed but 8 is not, 9 means none */
	FIXED,    /* base digits */
	CHOICE,   /* one digit out of `allowed` */
	DATE_END, /* yymmdd, kept for the comparison */
	DATE_START,
};

struct step {
	enum step_kind kind;
	const char *allowed;
	size_t base;
	enum code_error missing, invalid, truncated;
};

/* A data field behind the fixed part; tag '\0' is always there. Tags rise, each at most once. */
struct field {
	char tag;
	struct step steps[6];
	size_t count;
};

#define REQUIREMENT(nth)                                                                     \
	{LENGTHS,                                                                            \
	 "12345",                                                                            \
	 0,                                                                                  \
	 CE_COUPON_MISSING_##nth##_PURCHASE_REQUIREMENT_VLI,                                 \
	 CE_COUPON_INVALID_##nth##_PURCHASE_REQUIREMENT_LENGTH,                              \
	 CE_COUPON_TRUNCATED_##nth##_PURCHASE_REQUIREMENT},                                  \
	        {CHOICE,                                                                     \
	         "012349",                                                                   \
	         0,                                                                          \
	         CE_COUPON_MISSING_##nth##_PURCHASE_REQUIREMENT_CODE,                        \
	         CE_COUPON_INVALID_##nth##_PURCHASE_REQUIREMENT_CODE,                        \
	         CE_OK},                                                                     \
	{                                                                                    \
		FIXED, "", 3, CE_OK, CE_OK, CE_COUPON_TRUNCATED_##nth##_PURCHASE_FAMILY_CODE \
	}
#define PURCHASE_GCP(nth)                                                                                       \
	{                                                                                                       \
		LENGTHS, "01234569", 6, CE_COUPON_MISSING_##nth##_PURCHASE_GCP_VLI,                             \
		        CE_COUPON_INVALID_##nth##_PURCHASE_GCP_LENGTH, CE_COUPON_TRUNCATED_##nth##_PURCHASE_GCP \
	}

static const struct field coupon[] = {
        {'\0',
         {{LENGTHS, "0123456", 6, CE_COUPON_MISSING_GCP_VLI, CE_COUPON_INVALID_GCP_LENGTH, CE_COUPON_TRUNCATED_GCP},
          {FIXED, "", 6, CE_OK, CE_OK, CE_COUPON_TRUNCATED_OFFER_CODE},
          {LENGTHS, "12345", 0, CE_COUPON_MISSING_SAVE_VALUE_VLI, CE_COUPON_INVALID_SAVE_VALUE_LENGTH,
           CE_COUPON_TRUNCATED_SAVE_VALUE},
          REQUIREMENT(1ST)},
         6},
        {'1',
         {{CHOICE, "0123", 0, CE_COUPON_MISSING_ADDITIONAL_PURCHASE_RULES_CODE, CE_COUPON_INVALID_ADDITIONAL_PURCHASE_RULES_CODE,
           CE_OK},
          REQUIREMENT(2ND),
          PURCHASE_GCP(2ND)},
         5},
        {'2', {REQUIREMENT(3RD), PURCHASE_GCP(3RD)}, 4},
        {'3', {{DATE_END, "", 6, CE_OK, CE_COUPON_INVALID_EXIPIRATION_DATE, CE_COUPON_TOO_SHORT_FOR_EXPIRATION_DATE}}, 1},
        {'4', {{DATE_START, "", 6, CE_OK, CE_COUPON_INVALID_START_DATE, CE_COUPON_TOO_SHORT_FOR_START_DATE}}, 1},
        {'5',
         {{LENGTHS, "0123456789", 6, CE_COUPON_MISSING_SERIAL_NUMBER_VLI, CE_COUPON_INVALID_SERIAL_NUMBER_LENGTH,
           CE_COUPON_TRUNCATED_SERIAL_NUMBER}},
         1},
        {'6',
         {{LENGTHS, "1234567", 6, CE_COUPON_MISSING_RETAILER_GCP_OR_GLN_VLI, CE_COUPON_INVALID_RETAILER_GCP_OR_GLN_LENGTH,
           CE_COUPON_TRUNCATED_RETAILER_GCP_OR_GLN}},
         1},
        {'9',
         {{CHOICE, "01256", 0, CE_COUPON_MISSING_SAVE_VALUE_CODE, CE_COUPON_INVALID_SAVE_VALUE_CODE, CE_OK},
          {CHOICE, "012", 0, CE_COUPON_MISSING_SAVE_VALUE_APPLIES_TO_ITEM, CE_COUPON_INVALID_SAVE_VALUE_APPLIES_TO_ITEM, CE_OK},
          {CHOICE, "0123456789", 0, CE_COUPON_MISSING_STORE_COUPON_FLAG, CE_OK, CE_OK},
          {CHOICE, "01", 0, CE_COUPON_MISSING_DONT_MULTIPLY_FLAG, CE_COUPON_INVALID_DONT_MULTIPLY_FLAG, CE_OK}},
         4},
};

static const struct field positive_offer[] = {
        {'\0',
         {{CHOICE, "01", 0, CE_COUPON_MISSING_FORMAT_CODE, CE_COUPON_INVALID_FORMAT_CODE, CE_OK},
          {LENGTHS, "0123456", 6, CE_COUPON_MISSING_FUNDER_VLI, CE_COUPON_INVALID_FUNDER_LENGTH, CE_COUPON_TRUNCATED_FUNDER},
          {FIXED, "", 6, CE_OK, CE_OK, CE_COUPON_TRUNCATED_OFFER_CODE},
          {LENGTHS, "0123456789", 6, CE_COUPON_MISSING_SERIAL_NUMBER_VLI, CE_COUPON_INVALID_SERIAL_NUMBER_LENGTH,
           CE_COUPON_TRUNCATED_SERIAL_NUMBER}},
         4},
};

struct cursor {
	const char *s;
	size_t n, at;
	int year;
	const char *end_date; /* of field 3, NULL before it */
};

static struct lint blame(const struct cursor *c, enum code_error e, size_t len)
{
	size_t left = c->n - c->at;
	return (struct lint){e, c->at, len < left ? len : left};
}

static struct lint take(struct cursor *c, size_t len, enum code_error truncated)
{
	if (c->n - c->at < len)
		return blame(c, truncated, len);
	c->at += len;
	return (struct lint){CE_OK, 0, 0};
}

/* Reads the digit that chooses; it stays in *digit. */
static struct lint choose(struct cursor *c, const struct step *s, char *digit)
{
	if (c->at == c->n)
		return blame(c, s->missing, 0);
	*digit = c->s[c->at];
	return strchr(s->allowed, *digit) ? take(c, 1, CE_OK) : blame(c, s->invalid, 1);
}

static struct lint take_lengths(struct cursor *c, const struct step *s)
{
	char digit = '0';
	struct lint found = choose(c, s, &digit);
	if (found.error)
		return found;
	bool none = digit == '9' && s->base == 6 && !strchr(s->allowed, '8');
	return none ? found : take(c, s->base + (size_t)(digit - '0'), s->truncated);
}

static struct lint take_date(struct cursor *c, const struct step *s)
{
	struct lint inner = {CE_OK, 0, 0};
	const char *date = c->s + c->at;
	if (c->n - c->at < 6)
		return blame(c, s->truncated, 6);
	if (gs1_lint("yymmdd", 6, date, 6, c->year, &inner) && inner.error)
		return blame(c, s->invalid, 6);
	if (s->kind == DATE_END)
		c->end_date = date;
	else if (c->end_date && memcmp(c->end_date, date, 6) < 0)
		return blame(c, CE_COUPON_EXPIRATION_BEFORE_START, 6);
	c->at += 6;
	return inner;
}

static struct lint take_fixed(struct cursor *c, const struct step *s)
{
	return take(c, s->base, s->truncated);
}

static struct lint take_choice(struct cursor *c, const struct step *s)
{
	char digit = '0';
	return choose(c, s, &digit);
}

static struct lint take_step(struct cursor *c, const struct step *s)
{
	static struct lint (*const takers[])(struct cursor *, const struct step *) = {
	        [LENGTHS] = take_lengths, [FIXED] = take_fixed,     [CHOICE] = take_choice,
	        [DATE_END] = take_date,   [DATE_START] = take_date,
	};
	return takers[s->kind](c, s);
}

static struct lint walk(struct cursor *c, const struct field *fields, size_t count)
{
	struct lint found = {CE_OK, 0, 0};
	if (c->n && !digits_only(c->s, c->n)) {
		while (c->s[c->at] >= '0' && c->s[c->at] <= '9')
			c->at++;
		return blame(c, CE_NON_DIGIT_CHARACTER, 1);
	}
	for (size_t i = 0; i < count; i++) {
		if (fields[i].tag && (c->at == c->n || c->s[c->at] != fields[i].tag))
			continue;
		c->at += fields[i].tag != '\0';
		for (size_t k = 0; k < fields[i].count && !found.error; k++)
			found = take_step(c, &fields[i].steps[k]);
		if (found.error)
			return found;
	}
	return c->at == c->n ? found : blame(c, CE_COUPON_EXCESS_DATA, c->n);
}

struct lint gs1_lint_coupon(const char *s, size_t n, int year)
{
	struct cursor c = {s, n, 0, year, NULL};
	return walk(&c, coupon, sizeof coupon / sizeof *coupon);
}

struct lint gs1_lint_positive_offer(const char *s, size_t n)
{
	struct cursor c = {s, n, 0, 2000, NULL};
	return walk(&c, positive_offer, sizeof positive_offer / sizeof *positive_offer);
}
