/* The words of a command line: `--name value`, `--name=value`, flags, and what stands between them. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* One option. text: its value (given twice: refused); flag: it has none; list: every value in order. */
struct option_slot {
	const char *name; /* without the dashes */
	const char **text;
	bool *flag;
	const char **list;
	size_t *list_count, list_max;
	bool required;
};

/*
 * Fills the slots (ends with name NULL) and up to words_max other words. False on wrong use, with a Chinese sentence on
 * stderr that begins with the command's name.
 */
bool options_read(int argc, char **argv, const struct option_slot *slots, const char **words, size_t words_max,
                  size_t *word_count);
