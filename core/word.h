/* A word of the program (in tables, in JSON) and what people call it. A table of them ends with word NULL. */
#pragma once

struct word_title {
	const char *word, *title;
};

/* The title of a word; the word itself where the table has none. */
const char *word_title(const struct word_title *table, const char *word);
