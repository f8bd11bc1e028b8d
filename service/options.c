#include "service/options.h"

#include <stdio.h>
#include <string.h>

struct reading {
	int argc, at;
	char **argv;
	const struct option_slot *slots;
};

static bool refuse(const struct reading *r, const char *what, const char *word)
{
	fprintf(stderr, "yaocang %s: %s %s\n", r->argv[0], what, word);
	return false;
}

static const struct option_slot *find(const struct option_slot *slots, const char *name, size_t n)
{
	while (slots->name && (strlen(slots->name) != n || memcmp(slots->name, name, n) != 0))
		slots++;
	return slots->name ? slots : NULL;
}

static bool put_value(const struct reading *r, const struct option_slot *s, const char *value)
{
	if (s->list) {
		if (*s->list_count == s->list_max)
			return refuse(r, "选项给得太多:", s->name);
		s->list[(*s->list_count)++] = value;
		return true;
	}
	if (*s->text)
		return refuse(r, "选项重复:", s->name);
	*s->text = value;
	return true;
}

static bool take_option(struct reading *r)
{
	const char *word = r->argv[r->at] + 2, *equals = strchr(word, '=');
	const struct option_slot *s = find(r->slots, word, equals ? (size_t)(equals - word) : strlen(word));
	if (!s)
		return refuse(r, "不认识的选项", r->argv[r->at]);
	if (s->flag) {
		*s->flag = true;
		return equals ? refuse(r, "此选项不带值:", s->name) : true;
	}
	if (equals)
		return put_value(r, s, equals + 1);
	if (r->at + 1 == r->argc)
		return refuse(r, "此选项需要一个值:", r->argv[r->at]);
	return put_value(r, s, r->argv[++r->at]);
}

static bool all_required(const struct reading *r)
{
	for (const struct option_slot *s = r->slots; s->name; s++)
		if (s->required && ((s->text && !*s->text) || (s->list && !*s->list_count) || (s->flag && !*s->flag)))
			return refuse(r, "缺少选项", s->name);
	return true;
}

bool options_read(int argc, char **argv, const struct option_slot *slots, const char **words, size_t words_max,
                  size_t *word_count)
{
	struct reading r = {argc, 1, argv, slots};
	size_t count = 0;
	for (bool only_words = false; r.at < argc; r.at++) {
		const char *word = argv[r.at];
		if (!only_words && strcmp(word, "--") == 0) {
			only_words = true;
		} else if (!only_words && strncmp(word, "--", 2) == 0) {
			if (!take_option(&r))
				return false;
		} else if (count == words_max) {
			return refuse(&r, "多余的参数", word);
		} else {
			words[count++] = word;
		}
	}
	if (word_count)
		*word_count = count;
	return all_required(&r);
}
