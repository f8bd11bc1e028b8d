#include "core/search.h"

#include "core/pinyin.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

/* What a run of letters and digits must have to be a code, and a query's run to be taken for one. */
#define CODE_LENGTH 8
#define CODE_DIGITS 4
#define TYPED_LENGTH 4
#define TYPED_DIGITS 3
/* More letters in front are a name (jyec4000s), no code. */
#define CODE_LETTERS 2
/* Codes have pieces of their first 4, 6, 8 … 24 characters. */
#define PREFIX_FIRST 4
#define PREFIX_STEP 2
#define PREFIX_LAST 24
/* a to z, then 0 to 9. */
#define SYMBOLS 36

/* A maximal run of ASCII letters and digits, [begin, end); `letters` stand before its first digit. */
struct run {
	uint16_t begin, end, digits, letters;
};

/* A folded text or word of a query. run_of is the index of a character's run plus one, 0 outside of runs. */
struct view {
	size_t n, run_count;
	uint32_t c[SEARCH_TEXT_MAX];
	uint16_t run_of[SEARCH_TEXT_MAX];
	struct run runs[SEARCH_TEXT_MAX / 2 + 1];
};

struct pieces {
	size_t n;
	int64_t v[SEARCH_PIECES_MAX];
};

/* ---- folding ---- */

static bool is_digit(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x3000 || c == 0xFEFF;
}

static bool is_middle_dot(uint32_t c)
{
	return c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x30FB || c == 0xFF65;
}

static uint32_t fold(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		c -= 0xFEE0;
	if (c >= 'A' && c <= 'Z')
		return c + 0x20;
	if (c == 0xD7)
		return '*'; /* 0.25g×24 is typed 0.25g*24 */
	if (c == 0xB5)
		return 0x3BC; /* the micro sign and mu look alike */
	if ((c >= 0xC0 && c <= 0xDE) || (c >= 0x391 && c <= 0x3A9))
		return c + 0x20;
	return c;
}

static void view_add(struct view *v, uint32_t c)
{
	size_t at = v->n++;
	v->c[at] = c;
	v->run_of[at] = 0;
	if (!is_digit(c) && !is_letter(c))
		return;
	if (!at || !v->run_of[at - 1])
		v->runs[v->run_count++] = (struct run){.begin = (uint16_t)at};
	struct run *run = &v->runs[v->run_count - 1];
	run->end = (uint16_t)(at + 1);
	run->digits = (uint16_t)(run->digits + is_digit(c));
	run->letters = (uint16_t)(run->letters + (run->digits == 0));
	v->run_of[at] = (uint16_t)v->run_count;
}

static void view_text(struct view *v, const char *text)
{
	v->n = v->run_count = 0;
	for (uint32_t c; v->n < SEARCH_TEXT_MAX && (c = utf8_next(&text));)
		if (!is_blank(c) && !is_middle_dot(c))
			view_add(v, fold(c));
}

static const struct run *run_at(const struct view *v, size_t at)
{
	return v->run_of[at] ? &v->runs[v->run_of[at] - 1] : NULL;
}

static bool is_code(const struct run *run)
{
	return run->end - run->begin >= CODE_LENGTH && run->digits >= CODE_DIGITS && run->letters <= CODE_LETTERS;
}

/* Is that run of a query taken for a code or a number? */
static bool is_typed_code(const struct run *run)
{
	return run->end - run->begin >= TYPED_LENGTH && run->digits >= TYPED_DIGITS && run->letters <= CODE_LETTERS;
}

/* H20053089 may also be typed without its letter. */
static bool has_one_letter_before(const struct view *v, const struct run *run)
{
	return run->digits + 1 == run->end - run->begin && is_letter(v->c[run->begin]) && run->digits >= TYPED_DIGITS;
}

static bool begins_run(const struct view *v, const struct run *run, size_t at)
{
	return at == run->begin || (at == run->begin + 1u && has_one_letter_before(v, run));
}

/* The symbols a character may stand for among initials; 0 for what is passed over. */
static uint64_t symbols(uint32_t c)
{
	return is_digit(c) ? 1ull << (26 + (c - '0') % 10) : pinyin_initials(c);
}

/* Codes bound the sequence of initials: nobody spells into them. */
static bool bounds_initials(const struct view *v, size_t at)
{
	const struct run *run = run_at(v, at);
	return run && is_code(run);
}

/* The place of the first character that is no punctuation; 0 where there is none. */
static size_t lead_of(const struct view *v)
{
	for (size_t i = 0; i < v->n; i++)
		if (symbols(v->c[i]) || v->c[i] >= 0x3400)
			return i;
	return 0;
}

/* ---- pieces: tag and code points; a prefix is hashed (FNV-1a). They are stored: never change them. ---- */

static int64_t piece_single(uint32_t c)
{
	return (int64_t)(1ull << 42 | c);
}

static int64_t piece_pair(uint32_t first, uint32_t second)
{
	return (int64_t)(2ull << 42 | (uint64_t)first << 21 | second);
}

static int64_t piece_prefix(const uint32_t *c, size_t n)
{
	uint64_t hash = 0xCBF29CE484222325u;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (c[i] & 0xFF)) * 0x100000001B3u;
	return (int64_t)((hash & ((1ull << 62) - 1)) | 1ull << 62);
}

static void add(struct pieces *p, int64_t piece)
{
	if (p->n < SEARCH_PIECES_MAX)
		p->v[p->n++] = piece;
}

static int by_value(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

static size_t hand_out(struct arena *a, struct pieces *p, int64_t **out)
{
	qsort(p->v, p->n, sizeof *p->v, by_value);
	size_t n = 0;
	for (size_t i = 0; i < p->n; i++)
		if (!n || p->v[n - 1] != p->v[i])
			p->v[n++] = p->v[i];
	*out = arena_array(a, n, sizeof **out);
	if (n)
		memcpy(*out, p->v, n * sizeof **out);
	return n;
}

static void add_prefixes(struct pieces *p, const struct view *v, size_t begin, size_t end)
{
	for (size_t n = PREFIX_FIRST; n <= PREFIX_LAST && n <= end - begin; n += PREFIX_STEP)
		add(p, piece_prefix(v->c + begin, n));
}

/* A code has pairs only as far as a query of few digits, which is not taken for a code, can reach. */
static size_t head_end(const struct view *v, const struct run *run)
{
	size_t digits = 0, i = run->begin;
	for (; i < run->end; i++)
		if ((digits += is_digit(v->c[i])) > TYPED_DIGITS)
			break;
	return i;
}

static void add_pairs(struct pieces *p, const struct view *v)
{
	for (size_t i = 0; i + 1 < v->n; i++) {
		const struct run *run = run_at(v, i);
		bool inside = run && i + 1 < run->end;
		if (!inside || !is_code(run) || i + 1 < head_end(v, run))
			add(p, piece_pair(v->c[i], v->c[i + 1]));
	}
}

static void add_run_prefixes(struct pieces *p, const struct view *v)
{
	for (size_t i = 0; i < v->run_count; i++) {
		const struct run *run = &v->runs[i];
		if (run->digits < TYPED_DIGITS)
			continue;
		add_prefixes(p, v, run->begin, run->end);
		if (has_one_letter_before(v, run))
			add_prefixes(p, v, run->begin + 1u, run->end);
	}
}

static uint32_t symbol_character(size_t symbol)
{
	return (uint32_t)(symbol < 26 ? 'a' + symbol : '0' + symbol - 26);
}

/* Which pairs of symbols stand side by side: seen[first] is the set of seconds. */
static void mark_initials(const struct view *v, uint64_t seen[SYMBOLS])
{
	uint64_t before = 0;
	for (size_t i = 0; i < v->n; i++) {
		bool bound = bounds_initials(v, i);
		uint64_t set = bound ? 0 : symbols(v->c[i]);
		if (!set && !bound)
			continue;
		for (size_t s = 0; s < SYMBOLS; s++)
			if (before >> s & 1)
				seen[s] |= set;
		before = set;
	}
}

static void add_initials(struct pieces *p, const struct view *v)
{
	uint64_t seen[SYMBOLS] = {0};
	mark_initials(v, seen);
	for (size_t first = 0; first < SYMBOLS; first++)
		for (size_t second = 0; second < SYMBOLS; second++)
			if (seen[first] >> second & 1)
				add(p, piece_pair(symbol_character(first), symbol_character(second)));
}

static void add_lead(struct pieces *p, const struct view *v)
{
	size_t lead = lead_of(v);
	add(p, piece_single(v->c[lead]));
	for (size_t s = 0; s < SYMBOLS; s++)
		if (symbols(v->c[lead]) >> s & 1)
			add(p, piece_single(symbol_character(s)));
}

size_t search_pieces(struct arena *a, const char *text, int64_t **out)
{
	struct view v;
	struct pieces p;
	p.n = 0;
	view_text(&v, text);
	if (v.n) {
		add_lead(&p, &v);
		add_pairs(&p, &v);
		add_run_prefixes(&p, &v);
		add_initials(&p, &v);
	}
	return hand_out(a, &p, out);
}

/* ---- the query ---- */

struct query {
	size_t n;
	bool has_long; /* some word has more than one character */
	struct {
		size_t begin, length; /* in c */
	} word[SEARCH_WORDS_MAX];
	uint32_t c[SEARCH_QUERY_MAX];
};

/* False for a query that is empty or longer than we answer. */
static bool query_read(struct query *q, const char *text)
{
	size_t used = 0;
	bool inside = false;
	q->n = 0;
	q->has_long = false;
	for (uint32_t c; (c = utf8_next(&text));) {
		if (is_blank(c))
			inside = false;
		if (is_blank(c) || is_middle_dot(c))
			continue;
		if (used == SEARCH_QUERY_MAX || (!inside && q->n == SEARCH_WORDS_MAX))
			return false;
		if (!inside) {
			q->word[q->n].begin = used;
			q->word[q->n++].length = 0;
		}
		inside = true;
		q->c[used++] = fold(c);
		q->has_long |= ++q->word[q->n - 1].length > 1;
	}
	return q->n;
}

static void view_word(struct view *v, const struct query *q, size_t word)
{
	v->n = v->run_count = 0;
	for (size_t i = 0; i < q->word[word].length; i++)
		view_add(v, q->c[q->word[word].begin + i]);
}

/* Must that word of one character stand at the beginning? The first one must, unless a longer word narrows the search. */
static bool must_lead(const struct query *q, size_t word)
{
	return q->word[word].length == 1 && !q->has_long && word == 0;
}

static void add_typed(struct pieces *p, const struct view *v)
{
	for (size_t i = 0; i + 1 < v->n; i++) {
		const struct run *run = run_at(v, i);
		if (!run || i + 1 == run->end || !is_typed_code(run))
			add(p, piece_pair(v->c[i], v->c[i + 1]));
	}
	for (size_t i = 0; i < v->run_count; i++) {
		const struct run *run = &v->runs[i];
		if (!is_typed_code(run))
			continue;
		size_t length = (size_t)(run->end - run->begin) / PREFIX_STEP * PREFIX_STEP;
		add(p, piece_prefix(v->c + run->begin, length < PREFIX_LAST ? length : PREFIX_LAST));
	}
}

size_t search_query_pieces(struct arena *a, const char *query, int64_t **out)
{
	struct query q;
	struct view word;
	struct pieces p;
	p.n = 0;
	bool readable = query_read(&q, query);
	for (size_t i = 0; readable && i < q.n; i++) {
		view_word(&word, &q, i);
		if (must_lead(&q, i))
			add(&p, piece_single(word.c[0]));
		add_typed(&p, &word);
	}
	return hand_out(a, &p, out);
}

/* ---- verification ---- */

/* May the word stand at that place as far as codes are concerned? */
static bool runs_agree(const struct view *text, size_t at, const struct view *word)
{
	for (size_t i = 0; i < word->run_count; i++) {
		const struct run *typed = &word->runs[i];
		const struct run *found = run_at(text, at + typed->begin);
		if ((is_typed_code(typed) || is_code(found)) && !begins_run(text, found, at + typed->begin))
			return false;
	}
	return true;
}

static bool fragment_at(const struct view *text, size_t at, const struct view *word)
{
	return !memcmp(text->c + at, word->c, word->n * sizeof *word->c) && runs_agree(text, at, word);
}

static bool match_fragment(const struct view *text, const struct view *word, enum search_how *how, struct search_span *where)
{
	for (size_t at = 0; at + word->n <= text->n; at++) {
		if (!fragment_at(text, at, word))
			continue;
		*where = (struct search_span){at, at + word->n};
		const struct run *run = run_at(text, at);
		*how = run && is_code(run) && word->n <= (size_t)(run->end - at) ? SEARCH_CODE : SEARCH_FRAGMENT;
		return true;
	}
	return false;
}

/* What each character of a text may stand for among initials, found out once; and where codes bound the sequence. */
struct sounds {
	uint64_t set[SEARCH_TEXT_MAX];
	bool bound[SEARCH_TEXT_MAX];
};

static void sounds_of(const struct view *text, struct sounds *out)
{
	for (size_t at = 0; at < text->n; at++) {
		out->set[at] = symbols(text->c[at]);
		out->bound[at] = bounds_initials(text, at);
	}
}

/* Do the initials from that place on spell the word? Answers the place behind them, 0 where they do not. */
static size_t initials_at(const struct sounds *text, size_t n, size_t at, const struct sounds *word, size_t letters)
{
	size_t done = 0;
	for (; done < letters && at < n && !text->bound[at]; at++) {
		if (text->set[at] && !(text->set[at] & word->set[done]))
			return 0;
		done += text->set[at] != 0;
	}
	return done == letters ? at : 0;
}

static bool match_initials(const struct view *text, const struct view *word, enum search_how *how, struct search_span *where)
{
	struct sounds sounds, typed;
	const struct run *run = run_at(word, 0);
	if (!run || run->end != word->n || is_typed_code(run))
		return false;
	*how = SEARCH_INITIALS;
	sounds_of(word, &typed);
	sounds_of(text, &sounds);
	for (size_t at = 0; at < text->n; at++) {
		size_t end = (sounds.set[at] & typed.set[0]) ? initials_at(&sounds, text->n, at, &typed, word->n) : 0;
		*where = (struct search_span){at, end};
		if (end)
			return true;
	}
	return false;
}

static bool match_lead(const struct view *text, const struct view *word, enum search_how *how, struct search_span *where)
{
	if (!text->n)
		return false;
	uint32_t lead = text->c[lead_of(text)], c = word->c[0];
	*where = (struct search_span){lead_of(text), lead_of(text) + 1};
	*how = lead == c ? SEARCH_FRAGMENT : SEARCH_INITIALS;
	return lead == c || (run_at(word, 0) && (symbols(lead) & symbols(c)));
}

static bool match_word(const struct view *text, const struct query *q, size_t i, enum search_how *how, struct search_span *where)
{
	struct view word;
	view_word(&word, q, i);
	if (must_lead(q, i))
		return match_lead(text, &word, how, where);
	return match_fragment(text, &word, how, where) || match_initials(text, &word, how, where);
}

/* How and where each word of a query was found best. */
struct findings {
	bool found[SEARCH_WORDS_MAX];
	enum search_how how[SEARCH_WORDS_MAX];
	size_t which[SEARCH_WORDS_MAX];
};

static void look_in(const struct view *text, size_t which, const struct query *q, struct findings *f)
{
	for (size_t i = 0; i < q->n; i++) {
		enum search_how way;
		struct search_span where;
		if (!match_word(text, q, i, &way, &where) || (f->found[i] && f->how[i] <= way))
			continue;
		f->found[i] = true;
		f->how[i] = way;
		f->which[i] = which;
	}
}

bool search_explains(const char *const *texts, size_t n, const char *query, enum search_how *how, size_t *which)
{
	struct query q;
	struct view text;
	struct findings f = {.found = {false}};
	size_t loosest = 0;
	if (!query_read(&q, query))
		return false;
	for (size_t t = 0; t < n; t++) {
		view_text(&text, texts[t] ? texts[t] : "");
		look_in(&text, t, &q, &f);
	}
	for (size_t i = 0; i < q.n; i++) {
		if (!f.found[i])
			return false;
		loosest = f.how[i] > f.how[loosest] ? i : loosest;
	}
	if (how)
		*how = f.how[loosest];
	if (which)
		*which = f.which[loosest];
	return true;
}

bool search_matches_any(const char *const *texts, size_t n, const char *query, enum search_how *how)
{
	return search_explains(texts, n, query, how, NULL);
}

bool search_matches(const char *text, const char *query, enum search_how *how)
{
	return search_matches_any(&text, 1, query, how);
}

/* ---- where ---- */

/* The place in the written text of the folded text's character `at`: blanks and middle dots count again. */
static size_t written_at(const char *text, size_t at)
{
	size_t written = 0, folded = 0;
	for (uint32_t c; (c = utf8_next(&text)); written++) {
		if (is_blank(c) || is_middle_dot(c))
			continue;
		if (folded++ == at)
			break;
	}
	return written;
}

size_t search_spans(const char *text, const char *query, struct search_span out[SEARCH_WORDS_MAX])
{
	struct query q;
	struct view view;
	size_t n = 0;
	view_text(&view, text);
	if (!query_read(&q, query))
		return 0;
	for (size_t i = 0; i < q.n; i++) {
		enum search_how how;
		struct search_span folded;
		if (!match_word(&view, &q, i, &how, &folded))
			continue;
		/* behind the last character, so that blanks behind the word stay outside */
		out[n++] = (struct search_span){written_at(text, folded.begin), written_at(text, folded.end - 1) + 1};
	}
	return n;
}
