/*
 * Search of short texts (names, makers, specs, codes) by fragment, by pinyin initials and by code, in two steps that
 * together touch few rows: the store keeps the PIECES of each text (numbers, see search_pieces), a query is answered by
 * intersecting the pieces that a hit must have (search_query_pieces), and what is left is verified with search_matches.
 * Guarantee: a text that matches a query has all pieces of that query.
 *
 * What matches, after folding (full-width to half-width, lower case, blanks and middle dots dropped):
 *   fragment  the query stands somewhere in the text;
 *   initials  the query is letters and digits, and each in turn is a possible initial of successive characters (letters
 *             and digits stand for themselves, punctuation is passed over);
 *   code      a run of at least 8 letters and digits with at least 4 digits, at most 2 letters before the first, is a
 *             code: it is found from its first character on, or from the second where the first is its only letter
 *             (H20053089), never in its middle.
 *   A run of the query with at least 4 characters and 3 digits, at most 2 letters before the first, is taken for a code
 *   or a number, which must begin where the text's run begins.
 *   A query of one character finds what begins with it. Words parted by blanks must all match; beside a longer word a
 *   word of one character may stand anywhere.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

/* Only that many characters of a text are searched; the bound of search_pieces. */
#define SEARCH_TEXT_MAX 512
#define SEARCH_PIECES_MAX 3072
/* A query of more characters or words finds nothing. */
#define SEARCH_QUERY_MAX 128
#define SEARCH_WORDS_MAX 16

enum search_how { SEARCH_CODE, SEARCH_FRAGMENT, SEARCH_INITIALS };

/*
 * The pieces of one text: distinct, rising, positive numbers whose making never changes (they are stored). The pieces of
 * a product are the union over its texts. `text` is valid UTF-8. Returns how many, at most SEARCH_PIECES_MAX.
 */
size_t search_pieces(struct arena *a, const char *text, int64_t **out);

/* `query` is valid UTF-8. The pieces that every match of the query has; none where nothing can match (an empty or overlong
 * query). */
size_t search_query_pieces(struct arena *a, const char *query, int64_t **out);

/* Does the text match? *how (may be NULL) tells the way of the loosest word; it is set on a match only. */
bool search_matches(const char *text, const char *query, enum search_how *how);

/* The same where each word of the query may match another one of n texts of one thing; NULL texts are passed over. */
bool search_matches_any(const char *const *texts, size_t n, const char *query, enum search_how *how);

/* The same, and *which (set on a match) is the text that the loosest word was found in: what to show for the hit. */
bool search_explains(const char *const *texts, size_t n, const char *query, enum search_how *how, size_t *which);

/* Characters [begin, end) of a text as it is written. */
struct search_span {
	size_t begin, end;
};
/* Where in this text the words of the query stand that match in it, in the order of the words; how many. */
size_t search_spans(const char *text, const char *query, struct search_span out[SEARCH_WORDS_MAX]);
