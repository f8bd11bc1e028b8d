#include "core/search.h"

#include "core/pinyin.h"
#include "core/text.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { NO = -1 };

struct expect {
	const char *text, *query;
	int how; /* enum search_how, or NO */
};

static bool contains(const int64_t *sorted, size_t n, int64_t piece)
{
	for (size_t i = 0; i < n; i++)
		if (sorted[i] == piece)
			return true;
	return false;
}

/* Would the store hand that text over as a candidate? */
static bool is_candidate(const char *text, const char *query)
{
	SCOPED(arena) a = {0};
	int64_t *have = NULL, *need = NULL;
	size_t n = search_pieces(&a, text, &have), m = search_query_pieces(&a, query, &need);
	for (size_t i = 0; i < m; i++)
		if (!contains(have, n, need[i]))
			return false;
	return m > 0;
}

static void check(const struct expect *e)
{
	enum search_how how = SEARCH_CODE;
	bool found = search_matches(e->text, e->query, &how);
	bool right = found == (e->how != NO) && (!found || (int)how == e->how) && (!found || is_candidate(e->text, e->query));
	CU_ASSERT_TRUE(right);
	if (!right)
		fprintf(stderr, "  %s ? %s: found %d how %d candidate %d\n", e->text, e->query, found, (int)how,
		        is_candidate(e->text, e->query));
}

static void check_all(const struct expect *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(&rows[i]);
}

static void every_reading_is_found(void)
{
	static const struct expect rows[] = {
	        {"阿胶", "ej", SEARCH_INITIALS},
	        {"阿胶", "aj", SEARCH_INITIALS},
	        {"阿胶", "jj", NO},
	        {"重组人胰岛素注射液", "czryds", SEARCH_INITIALS},
	        {"重组人胰岛素注射液", "zzryds", SEARCH_INITIALS},
	        {"注射用硫酸长春新碱", "ccxj", SEARCH_INITIALS},
	        {"注射用硫酸长春新碱", "zcxj", SEARCH_INITIALS},
	        {"藏红花", "zhh", SEARCH_INITIALS},
	        {"藏红花", "chh", SEARCH_INITIALS},
	        {"人参", "rs", SEARCH_INITIALS},
	        {"人参", "rc", SEARCH_INITIALS},
	        {"蛤蚧", "gj", SEARCH_INITIALS},
	        {"蛤蚧", "hj", SEARCH_INITIALS},
	        {"阿莫西林胶囊", "amxl", SEARCH_INITIALS},
	        {"阿莫西林胶囊", "mxljn", SEARCH_INITIALS},
	        {"复方阿胶浆", "ffejj", SEARCH_INITIALS},
	        {"复方阿胶浆", "ffajj", SEARCH_INITIALS},
	        {"复方阿胶浆", "ffj", NO},
	};
	check_all(rows, COUNT(rows));
}

static void two_characters_are_found(void)
{
	static const struct expect rows[] = {
	        {"盐酸二甲双胍片", "双胍", SEARCH_FRAGMENT},
	        {"盐酸二甲双胍片", "胍片", SEARCH_FRAGMENT},
	        {"盐酸二甲双胍片", "双片", NO},
	        {"盐酸二甲双胍片", "阿司匹林", NO},
	        {"盐酸二甲双胍片", "ejsg", SEARCH_INITIALS},
	        {"盐酸二甲双胍片", "ejsgjn", NO},
	        {"格列美脲片", "双胍", NO},
	};
	check_all(rows, COUNT(rows));
}

static void width_case_and_dots_do_not_matter(void)
{
	static const struct expect rows[] = {
	        {"Ａｍｏｘｉｃｉｌｌｉｎ Capsules", "amoxicillin", SEARCH_FRAGMENT},
	        {"Amoxicillin Capsules", "AMOXICILLIN cap", SEARCH_FRAGMENT},
	        {"Amoxicillin Capsules", "ａｍｏｘｉ", SEARCH_FRAGMENT},
	        {"阿莫西林胶囊", "AMXL", SEARCH_INITIALS},
	        {"阿莫西林胶囊", "Ａｍ", SEARCH_INITIALS},
	        {"0.25g×24粒", "0.25g*24", SEARCH_FRAGMENT},
	        {"０．２５ｇ＊２４粒", "0.25g*24粒", SEARCH_FRAGMENT},
	        {"演示·淮南制药一厂", "演示淮南", SEARCH_FRAGMENT},
	        {"注射用青霉素钠（80万单位）", "(80万", SEARCH_FRAGMENT},
	        {"重组人干扰素α2b注射液", "grsa2b", SEARCH_INITIALS},
	        {"重组人干扰素α2b注射液", "Α2B", SEARCH_FRAGMENT},
	        {"维生素B12片", "wssb12p", SEARCH_INITIALS},
	        {"维生素B12片", "b12", SEARCH_FRAGMENT},
	};
	check_all(rows, COUNT(rows));
}

static void one_character_finds_what_begins_with_it(void)
{
	static const struct expect rows[] = {
	        {"阿胶", "阿", SEARCH_FRAGMENT},
	        {"阿胶", "e", SEARCH_INITIALS},
	        {"阿胶", "A", SEARCH_INITIALS},
	        {"阿胶", "胶", NO},
	        {"阿胶", "j", NO},
	        {"(盐酸)氨溴索", "y", SEARCH_INITIALS},
	        {"Zinc", "z", SEARCH_FRAGMENT},
	        {"胶 囊", "胶", SEARCH_FRAGMENT},
	        {"5%葡萄糖注射液", "5", SEARCH_FRAGMENT},
	};
	check_all(rows, COUNT(rows));
}

static void codes_are_found_from_their_beginning(void)
{
	static const struct expect rows[] = {
	        {"86902551000259", "86902551000259", SEARCH_CODE},
	        {"86902551000259", "8690", SEARCH_CODE},
	        {"86902551000259", "869025510", SEARCH_CODE},
	        {"86902551000259", "869", SEARCH_CODE},
	        {"86902551000259", "02551000", NO},
	        {"86902551000259", "0259", NO},
	        {"86902551000259", "869025510002590", NO},
	        {"国药准字H20053089", "h2005", SEARCH_CODE},
	        {"国药准字H20053089", "20053089", SEARCH_CODE},
	        {"国药准字H20053089", "国药准字h20053089", SEARCH_FRAGMENT},
	        {"国药准字H20053089", "0053", NO},
	        {"国药准字H20053089", "gyzz", SEARCH_INITIALS},
	        {"XJ01CAA040A001010102699", "xj01", SEARCH_CODE},
	        {"XJ01CAA040A001010102699", "XJ01CAA040", SEARCH_CODE},
	        {"XJ01CAA040A001010102699", "a040", NO},
	        {"XJ01CAA040A001010102699", "XJ01CAA040A001010102699", SEARCH_CODE},
	        {"81773220288616423835", "81773220288616423835", SEARCH_CODE},
	        {"81773220288616423835", "81773220288616423836", NO},
	        {"1000ml", "1000ml", SEARCH_FRAGMENT},
	        {"0.9%*250ml", "250ml", SEARCH_FRAGMENT},
	};
	check_all(rows, COUNT(rows));
}

static void words_must_all_match(void)
{
	static const char *const texts[] = {"阿莫西林胶囊", "演示·淮南制药一厂", NULL, "0.25g*24粒"};
	enum search_how how = SEARCH_CODE;
	CU_ASSERT_TRUE(search_matches_any(texts, COUNT(texts), "amxl 淮南 0.25", &how) && how == SEARCH_INITIALS);
	CU_ASSERT_TRUE(search_matches_any(texts, COUNT(texts), "西林　0.25g", &how) && how == SEARCH_FRAGMENT);
	CU_ASSERT_FALSE(search_matches_any(texts, COUNT(texts), "amxl 淮北", &how));
	CU_ASSERT_TRUE(search_matches_any(texts, COUNT(texts), "西林 囊", &how));
	CU_ASSERT_TRUE(search_matches_any(texts, COUNT(texts), "囊 西林", &how));
	CU_ASSERT_FALSE(search_matches_any(texts, COUNT(texts), "囊 粒", &how));
	CU_ASSERT_TRUE(search_matches_any(texts, COUNT(texts), "阿 粒", &how));
}

static void nothing_and_too_much_find_nothing(void)
{
	SCOPED(arena) a = {0};
	int64_t *pieces = NULL;
	SCOPED(buf) many = {0};
	CU_ASSERT_EQUAL(search_pieces(&a, "", &pieces), 0);
	CU_ASSERT_EQUAL(search_query_pieces(&a, " 　·", &pieces), 0);
	CU_ASSERT_FALSE(search_matches("阿胶", "", NULL));
	CU_ASSERT_FALSE(search_matches("", "阿", NULL));
	for (size_t i = 0; i <= SEARCH_QUERY_MAX; i++)
		buf_puts(&many, "胶");
	CU_ASSERT_EQUAL(search_query_pieces(&a, many.data, &pieces), 0);
	CU_ASSERT_FALSE(search_matches(many.data, many.data, NULL));
	CU_ASSERT_TRUE(search_matches(many.data, many.data + 3, NULL));
}

static void pieces_are_bounded_distinct_and_positive(void)
{
	static const char *const worst[] = {"重", "阿参长蛤藏单", "a0001 ", "h20053089,", "abcdefgh12345678", "1a2b3c4d5e"};
	for (size_t w = 0; w < COUNT(worst); w++) {
		SCOPED(arena) a = {0};
		SCOPED(buf) text = {0};
		int64_t *pieces = NULL;
		while (text.len < 4000)
			buf_puts(&text, worst[w]);
		size_t n = search_pieces(&a, text.data, &pieces);
		CU_ASSERT_TRUE_FATAL(n > 0 && n < SEARCH_PIECES_MAX);
		CU_ASSERT_TRUE(pieces[0] > 0);
		for (size_t i = 1; i < n; i++)
			CU_ASSERT_TRUE_FATAL(pieces[i - 1] < pieces[i]);
	}
}

/* Pieces narrow: what is nowhere side by side is no candidate. */
static void pieces_keep_others_away(void)
{
	CU_ASSERT_FALSE(is_candidate("阿莫西林胶囊", "axl"));
	CU_ASSERT_FALSE(is_candidate("阿莫西林胶囊", "阿西"));
	CU_ASSERT_FALSE(is_candidate("药86902551000259", "y8"));
	CU_ASSERT_FALSE(is_candidate("86902551000259", "51"));
	CU_ASSERT_FALSE(is_candidate("86902551000259", "86902551000359"));
	CU_ASSERT_FALSE(is_candidate("阿胶", "胶"));
}

/* They are stored in databases: a change would silently hide products. */
static void pieces_never_change(void)
{
	SCOPED(arena) a = {0};
	int64_t *pieces = NULL;
	CU_ASSERT_EQUAL_FATAL(search_query_pieces(&a, "阿", &pieces), 1);
	CU_ASSERT_EQUAL(pieces[0], 4398046549567);
	CU_ASSERT_EQUAL_FATAL(search_query_pieces(&a, "阿胶", &pieces), 1);
	CU_ASSERT_EQUAL(pieces[0], 8876755812598);
	CU_ASSERT_EQUAL_FATAL(search_query_pieces(&a, "8690", &pieces), 1);
	CU_ASSERT_EQUAL(pieces[0], 8780152567755642586);
}

/* ---- property: what matches is a candidate ---- */

static uint64_t next_random(uint64_t *state)
{
	*state += 0x9E3779B97F4A7C15u;
	uint64_t z = *state;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static const char *const alphabet[] = {"阿", "胶", "重", "组", "长",   "参", "片", "a", "B", "z", "1",
                                       "0",  "8",  "9",  "H",  "（",   "）", "*",  ".", " ", "·", "α",
                                       "０", "Ｈ", "国", "药", "𬭩", "-",  "x",  "2", "3", "7"};

/* Draws from a window of the alphabet, so that some texts are nearly all Chinese and some are codes. */
static void random_text(uint64_t *state, struct buf *out, size_t symbols, size_t length)
{
	size_t first = next_random(state) % (COUNT(alphabet) - symbols + 1);
	for (size_t i = 0; i < length; i++)
		buf_puts(out, alphabet[first + next_random(state) % symbols]);
	if (!out->len)
		buf_puts(out, "阿");
}

static size_t skip_characters(const char *s, size_t n)
{
	const char *at = s;
	while (n-- && *at)
		utf8_next(&at);
	return (size_t)(at - s);
}

/* A piece of the text as it stands, or one possible initial for each of its characters. */
static void random_query(uint64_t *state, const char *text, struct buf *out)
{
	size_t count = utf8_count(text), begin = next_random(state) % count, length = 1 + next_random(state) % 12;
	const char *from = text + skip_characters(text, begin), *to = from + skip_characters(from, length);
	bool as_initials = next_random(state) % 2;
	if (!as_initials) {
		buf_put(out, from, (size_t)(to - from));
		return;
	}
	while (from < to) {
		uint32_t c = utf8_next(&from), set = pinyin_initials(c);
		if (c >= '0' && c <= '9')
			buf_putc(out, (char)c);
		for (uint32_t pick = (uint32_t)next_random(state), i = 0; set && i < 26; i++)
			if (set >> ((pick + i) % 26) & 1) {
				buf_putc(out, (char)('a' + (pick + i) % 26));
				break;
			}
	}
	if (!out->len)
		buf_puts(out, "e");
}

static void what_matches_is_a_candidate(void)
{
	uint64_t state = 20261121;
	int matched = 0;
	for (int round = 0; round < 40000; round++) {
		SCOPED(buf) text = {0};
		SCOPED(buf) query = {0};
		random_text(&state, &text, 2 + next_random(&state) % (COUNT(alphabet) - 1), 1 + next_random(&state) % 30);
		random_query(&state, text.data, &query);
		if (round % 3 == 0)
			random_text(&state, &query, COUNT(alphabet), next_random(&state) % 3);
		if (!search_matches(text.data, query.data, NULL))
			continue;
		matched++;
		if (!is_candidate(text.data, query.data)) {
			fprintf(stderr, "  text %s query %s\n", text.data, query.data);
			CU_FAIL_FATAL("a match that the pieces would hide");
		}
	}
	CU_ASSERT_TRUE(matched > 8000);
}

/* In a text of Chinese characters every fragment and every spelling is found. */
static void every_part_of_a_name_is_found(void)
{
	uint64_t state = 7;
	for (int round = 0; round < 5000; round++) {
		SCOPED(buf) text = {0};
		SCOPED(buf) query = {0};
		for (size_t i = 2 + next_random(&state) % 20; i; i--)
			buf_puts(&text, alphabet[next_random(&state) % 7]);
		random_query(&state, text.data, &query);
		bool one = utf8_count(query.data) == 1;
		CU_ASSERT_TRUE_FATAL(one || search_matches(text.data, query.data, NULL));
	}
}

static void initials_of_characters(void)
{
	CU_ASSERT_EQUAL(pinyin_initials(U'阿'), 1u << 0 | 1u << ('e' - 'a'));
	CU_ASSERT_EQUAL(pinyin_initials(U'片'), 1u << ('p' - 'a'));
	CU_ASSERT_EQUAL(pinyin_initials(U'䗪'), 1u << ('z' - 'a'));
	CU_ASSERT_EQUAL(pinyin_initials(0x2BAC7), 1u << ('e' - 'a'));
	CU_ASSERT_EQUAL(pinyin_initials('A'), 1u);
	CU_ASSERT_EQUAL(pinyin_initials(U'β'), 1u << 1);
	CU_ASSERT_EQUAL(pinyin_initials('7'), 0);
	CU_ASSERT_EQUAL(pinyin_initials(U'。'), 0);
	CU_ASSERT_EQUAL(pinyin_initials(0), 0);
	CU_ASSERT_EQUAL(pinyin_initials(0x10FFFF), 0);
	size_t known = 0;
	for (uint32_t c = 0x4E00; c <= 0x9FA5; c++)
		known += pinyin_initials(c) != 0;
	CU_ASSERT_TRUE(known > 20800);
}

static void code_of_names(void)
{
	static const char *const rows[][2] = {
	        {"阿胶", "ej"},
	        {"复方阿胶浆", "ffejj"},
	        {"重组人胰岛素注射液", "czrydszsy"},
	        {"注射用硫酸长春新碱", "zsylsccxj"},
	        {"藏红花", "zhh"},
	        {"人参", "rs"},
	        {"人参归脾丸", "rsgpw"},
	        {"丹参滴丸", "dsdw"},
	        {"蛤蚧定喘丸", "gjdcw"},
	        {"阿莫西林胶囊", "amxljn"},
	        {"维生素B12片", "wssb12p"},
	        {"重组人干扰素α2b(假单胞菌)", "czrgrsa2bjdbj"},
	        {"Ａ型肉毒毒素", "axrdds"},
	        {"复方甘草片", "ffgcp"},
	        {"枸橼酸铋钾颗粒", "jysbjkl"},
	        {"参苓白术散", "slbzs"},
	        {"", ""},
	};
	SCOPED(arena) a = {0};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_STRING_EQUAL(pinyin_code(&a, rows[i][0]), rows[i][1]);
}

/* Places are those of the text as it is written: blanks, dots and width count. */
static void the_place_is_told(void)
{
	static const struct {
		const char *text, *query;
		size_t n, at[4];
	} rows[] = {
	        {"阿莫西林胶囊", "amxl", 1, {0, 4}},
	        {"阿莫西林胶囊", "西林", 1, {2, 4}},
	        {"注射用 头孢 曲松钠", "tbqs", 1, {4, 9}},
	        {"注射用 头孢 曲松钠", "头孢曲", 1, {4, 8}},
	        {"国药准字H20053089", "20053", 1, {5, 10}},
	        {"6901234567892", "690123", 1, {0, 6}},
	        {"阿莫西林胶囊 0.25g×24粒", "胶囊 0.25G", 2, {4, 6, 7, 12}},
	        {"Ａ型肉毒毒素", "a", 1, {0, 1}},
	        {"维生素(B12)片", "b12p", 1, {4, 9}},
	        {"阿莫西林胶囊", "青霉素", 0, {0}},
	        {"", "a", 0, {0}},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct search_span spans[SEARCH_WORDS_MAX];
		size_t n = search_spans(rows[i].text, rows[i].query, spans);
		CU_ASSERT_EQUAL(n, rows[i].n);
		for (size_t k = 0; k < n; k++) {
			if (spans[k].begin != rows[i].at[2 * k] || spans[k].end != rows[i].at[2 * k + 1])
				printf("  %s in %s: %zu-%zu\n", rows[i].query, rows[i].text, spans[k].begin, spans[k].end);
			CU_ASSERT_EQUAL(spans[k].begin, rows[i].at[2 * k]);
			CU_ASSERT_EQUAL(spans[k].end, rows[i].at[2 * k + 1]);
		}
	}
}

SUITE(search, {"the_place_is_told", the_place_is_told}, {"every_reading_is_found", every_reading_is_found},
      {"two_characters_are_found", two_characters_are_found},
      {"width_case_and_dots_do_not_matter", width_case_and_dots_do_not_matter},
      {"one_character_finds_what_begins_with_it", one_character_finds_what_begins_with_it},
      {"codes_are_found_from_their_beginning", codes_are_found_from_their_beginning},
      {"words_must_all_match", words_must_all_match}, {"nothing_and_too_much_find_nothing", nothing_and_too_much_find_nothing},
      {"pieces_are_bounded_distinct_and_positive", pieces_are_bounded_distinct_and_positive},
      {"pieces_keep_others_away", pieces_keep_others_away}, {"pieces_never_change", pieces_never_change},
      {"what_matches_is_a_candidate", what_matches_is_a_candidate},
      {"every_part_of_a_name_is_found", every_part_of_a_name_is_found}, {"initials_of_characters", initials_of_characters},
      {"code_of_names", code_of_names});
