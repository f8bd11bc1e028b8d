#include "core/check.h"

#include <string.h>

#define RUN_DOUBTFUL 7 /* equal or cyclic digits in a row that the tracing platform flags */

bool digits_only(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return n > 0;
}

char check_mod10_digit(const char *digits, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (unsigned)(digits[n - 1 - i] - '0') * (i % 2 == 0 ? 3 : 1);
	return (char)('0' + (10 - sum % 10) % 10);
}

bool check_mod10(const char *s, size_t n)
{
	return n >= 2 && digits_only(s, n) && check_mod10_digit(s, n - 1) == s[n - 1];
}

int cset82_value(char c)
{
	static const char set[] = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
	const char *at = c ? strchr(set, c) : NULL;
	return at ? (int)(at - set) : -1;
}

/* Each character counts by its place in CSET 82 times a prime that grows from the right; the sum modulo 1021 is ten bits. */
bool check_pair(const char *s, size_t n, char out[2])
{
	static const unsigned short primes[CHECK_PAIR_TEXT_MAX] = {
	        2,   3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
	        73,  79,  83,  89,  97,  101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173,
	        179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281,
	        283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397, 401, 409,
	        419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509};
	static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	unsigned sum = 0;
	if (n > CHECK_PAIR_TEXT_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		int value = cset82_value(s[n - 1 - i]);
		if (value < 0)
			return false;
		sum += (unsigned)value * primes[i];
	}
	sum %= 1021;
	out[0] = alphabet[sum >> 5];
	out[1] = alphabet[sum & 31];
	return true;
}

bool check_iban(const char *s, size_t n)
{
	unsigned rest = 0;
	for (size_t i = 0; i < n; i++) {
		char c = s[(i + 4) % n];
		bool digit = c >= '0' && c <= '9';
		if (!digit && (c < 'A' || c > 'Z'))
			return false;
		rest = digit ? rest * 10 + (unsigned)(c - '0') : rest * 100 + (unsigned)(c - 'A' + 10);
		rest %= 97;
	}
	return n > 4 && rest == 1;
}

/* The longest run in which each digit is the one before it plus step, modulo 10. */
static unsigned longest_run(const char *s, size_t n, int step)
{
	unsigned run = 1, best = 1;
	for (size_t i = 1; i < n; i++) {
		run = (s[i] - s[i - 1] - step + 20) % 10 == 0 ? run + 1 : 1;
		best = run > best ? run : best;
	}
	return best;
}

/* RULE DOMAIN-1-national-code */
enum national_verdict national_verdict(const char *s, size_t n)
{
	if (n != 14 || memcmp(s, "869", 3) != 0 || !check_mod10(s, n))
		return NATIONAL_NO;
	bool doubtful = longest_run(s, n, 0) >= RUN_DOUBTFUL || longest_run(s, n, 1) >= RUN_DOUBTFUL;
	return doubtful ? NATIONAL_DOUBTFUL : NATIONAL_YES;
}
