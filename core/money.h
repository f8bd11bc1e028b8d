/*
 * Money without floating point. A price is always for one pricing pack (计价包装) in 1/10,000 yuan (`price_e4`) and
 * stands beside its `units_per_pack`; an amount is in fen and is computed once, here, and stored.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The highest price we believe: 10 million yuan a pack. */
#define PRICE_E4_MAX (10000000LL * 10000)

/*
 * units * price_e4 / units_per_pack / 100, rounded half up. False when the product does not fit 63 bits.
 * RULE DESIGN-4-amount
 */
bool amount_fen(int64_t units, int64_t price_e4, int64_t units_per_pack, int64_t *out);
/* Reads "12", "12.5", "12.3456": at most four decimals, not negative, at most PRICE_E4_MAX. */
bool price_parse(const char *s, int64_t *out_e4);
/* "12.50", "12.3456": at least two decimals, no superfluous zeros behind. out has 32 bytes. */
void price_text(int64_t price_e4, char out[32]);
/* "-1234.50" from fen; out has 32 bytes. */
void fen_text(int64_t fen, char out[32]);
