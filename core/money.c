#include "core/money.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool amount_fen(int64_t units, int64_t price_e4, int64_t units_per_pack, int64_t *out)
{
	__int128 fen_of_pack = (__int128)units * price_e4;
	__int128 divisor = (__int128)units_per_pack * 100;
	if (divisor <= 0 || fen_of_pack < 0)
		return false;
	__int128 fen = (2 * fen_of_pack + divisor) / (2 * divisor);
	*out = (int64_t)fen;
	return fen <= INT64_MAX;
}

bool price_parse(const char *s, int64_t *out_e4)
{
	static const int64_t scale[] = {10000, 1000, 100, 10, 1};
	size_t whole = strspn(s, "0123456789");
	size_t decimals = s[whole] == '.' ? strspn(s + whole + 1, "0123456789") : 0;
	size_t end = whole + (s[whole] == '.' ? 1 + decimals : 0);
	if (whole == 0 || whole > 9 || s[end] || decimals > 4 || (s[whole] == '.' && decimals == 0))
		return false;
	int64_t v = 0;
	for (size_t i = 0; i < end; i++)
		if (s[i] != '.')
			v = v * 10 + (s[i] - '0');
	v *= scale[decimals];
	if (v > PRICE_E4_MAX)
		return false;
	*out_e4 = v;
	return true;
}

void price_text(int64_t price_e4, char out[32])
{
	snprintf(out, 32, "%" PRId64 ".%04" PRId64, price_e4 / 10000, price_e4 % 10000);
	size_t n = strlen(out);
	for (int cut = 0; cut < 2 && out[n - 1] == '0'; cut++)
		out[--n] = '\0';
}

void fen_text(int64_t fen, char out[32])
{
	uint64_t size = fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen;
	snprintf(out, 32, "%s%" PRIu64 ".%02" PRIu64, fen < 0 ? "-" : "", size / 100, size % 100);
}
