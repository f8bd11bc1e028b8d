/*
 * Pinyin initials of Chinese characters. A character may have several readings (阿 a and e, 重 c and z), so a search
 * accepts any of them; for display one code is chosen by the readings usual in medicine (阿胶 ej, 重组 cz).
 * The table core/pinyin_table.inc is generated from Unihan by tools/pinyin/generate.py.
 */
#pragma once
#include <stdint.h>

#include "core/arena.h"

/*
 * The set of possible initials of a code point: bit 0 is 'a', bit 25 is 'z'. Letters give themselves in either case,
 * the Greek letters of drug names their Latin likeness (α a, β b, γ g …); everything else, digits too, gives 0.
 */
uint32_t pinyin_initials(uint32_t c);

/*
 * The usual code of a name in lower case, for display and for the field py_code: one initial for each character,
 * letters and digits as they are, all else left out. `name` is valid UTF-8; the result lives in the arena.
 */
char *pinyin_code(struct arena *a, const char *name);
