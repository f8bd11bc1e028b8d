#include "core/pinyin.h"

#include "core/text.h"

#include <string.h>

struct spelling {
	uint32_t c;
	char letters[7];
};

struct word {
	const char *text, *letters;
};

#include "core/pinyin_table.inc"

#define FIRST_CHARACTER 0x3400u
#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint32_t bit(char letter)
{
	return 1u << (letter - 'a');
}

/* The row of a character with several readings or outside the dense range, or NULL. */
static const struct spelling *several_find(uint32_t c)
{
	size_t low = 0, high = COUNT(several);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (several[middle].c < c)
			low = middle + 1;
		else
			high = middle;
	}
	return low < COUNT(several) && several[low].c == c ? &several[low] : NULL;
}

/* The letter or digit that a name's Latin or Greek character stands for, or 0. */
static char plain_letter(uint32_t c)
{
	static const char greek[] = "abgdezhqiklmnxoprsstufcpo"; /* U+03B1..U+03C9 */
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0; /* full-width forms stand 0xFEE0 above ASCII */
	if (c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return (char)c;
	if (c == 0xB5)
		return 'm';
	return (char)(c >= 0x3B1 && c <= 0x3C9 ? greek[c - 0x3B1] : 0);
}

static char dense_letter(uint32_t c)
{
	if (c < FIRST_CHARACTER || c - FIRST_CHARACTER >= sizeof first_letters - 1)
		return 0;
	char letter = first_letters[c - FIRST_CHARACTER];
	return (char)(letter == '.' ? 0 : letter);
}

uint32_t pinyin_initials(uint32_t c)
{
	char letter = plain_letter(c);
	if (letter)
		return letter >= 'a' ? bit(letter) : 0;
	const struct spelling *row = several_find(c);
	if (!row) {
		letter = dense_letter(c);
		return letter ? bit(letter) : 0;
	}
	uint32_t set = 0;
	for (const char *p = row->letters; *p; p++)
		set |= bit(*p);
	return set;
}

/* The longest word of medicine at s, or NULL (the table is sorted by length). */
static const struct word *word_at(const char *s)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (!strncmp(s, words[i].text, strlen(words[i].text)))
			return &words[i];
	return NULL;
}

static char usual_letter(uint32_t c)
{
	char letter = plain_letter(c);
	if (!letter)
		letter = dense_letter(c);
	const struct spelling *row = letter ? NULL : several_find(c);
	return (char)(row ? row->letters[0] : letter);
}

char *pinyin_code(struct arena *a, const char *name)
{
	/* Never more letters than bytes: each character has at least one. */
	char *code = arena_alloc(a, strlen(name) + 1), *out = code;
	while (*name) {
		const struct word *word = (unsigned char)*name >= 0xE0 ? word_at(name) : NULL;
		if (word) {
			for (const char *p = word->letters; *p; p++)
				*out++ = *p;
			name += strlen(word->text);
			continue;
		}
		char letter = usual_letter(utf8_next(&name));
		if (letter)
			*out++ = letter;
	}
	return code;
}
