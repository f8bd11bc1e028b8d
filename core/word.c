#include "core/word.h"

#include <string.h>

const char *word_title(const struct word_title *table, const char *word)
{
	for (; table->word; table++)
		if (strcmp(table->word, word) == 0)
			return table->title;
	return word;
}
