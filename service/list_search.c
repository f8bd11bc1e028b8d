/* Searching a list: the pieces of the query choose candidates over an index, their texts decide. */
#include "service/list_ask.h"

#include <string.h>

#define COUNTED_FIRST 300 /* rows that tell a rare piece from a common one */
#define COUNTED_MORE 1000 /* where all are common */

int ask_column_count(const struct list_spec *spec)
{
	int n = 0;
	while (spec->columns[n].name)
		n++;
	return n;
}

SQL(count_piece, "SELECT count(*) FROM (SELECT 1 FROM product_piece WHERE piece = :piece LIMIT :most) AS few");
SQL(select_bound,
    "SELECT product_id FROM product_piece WHERE piece = :piece AND product_id > :id ORDER BY product_id LIMIT 1 OFFSET "
    ":most");

/* Brings the piece with the fewest rows to the front; answers how many it has, at most `most`. */
static int64_t put_rarest_first(struct ask *k, struct db *db, size_t pieces, int64_t most)
{
	int64_t least = INT64_MAX;
	for (size_t i = 0; i < k->piece_count && i < pieces && least; i++) {
		int64_t n = db_i64(db, 0, count_piece, I64(":piece", k->pieces[i]), I64(":most", most));
		if (n >= least)
			continue;
		int64_t first = k->pieces[0];
		k->pieces[0] = k->pieces[i];
		k->pieces[i] = first;
		least = n;
	}
	return least;
}

void ask_rarest_first(struct ask *k, struct db *db)
{
	k->all_common = put_rarest_first(k, db, 16, COUNTED_FIRST) == COUNTED_FIRST;
}

void ask_rarest_again(struct ask *k, struct db *db)
{
	if (k->all_common)
		(void)put_rarest_first(k, db, SEARCH_PIECES_ASKED, COUNTED_MORE);
}

bool ask_is_driven(const struct ask *k)
{
	return k->q && k->piece_count && k->path->filter && strcmp(k->path->filter, "q") == 0 && ask_key_count(k->path) == 1;
}

void ask_bound_search(struct ask *k, struct db *db, int64_t most)
{
	const int64_t after = k->has_after ? k->after[0] : 0;
	k->until[0] = db_i64(db, 0, select_bound, I64(":piece", k->pieces[0]), I64(":id", after), I64(":most", most));
	k->has_until = k->until[0] != 0;
}

void ask_put_pieces(struct ask *k, struct buf *sql)
{
	static const char *const names[] = {":piece1", ":piece2", ":piece3", ":piece4", ":piece5"};
	for (size_t i = 1; ask_is_driven(k) && i < k->piece_count && i < SEARCH_PIECES_ASKED; i++) {
		buf_printf(sql, " AND EXISTS (SELECT 1 FROM product_piece e WHERE e.piece = %s AND e.product_id = %s)",
		           names[i - 1], k->path->keys[0]);
		ask_add_arg(k, I64(names[i - 1], k->pieces[i]));
	}
}

void ask_put_matches(struct ask *k, struct buf *sql, const struct match *matches, size_t n)
{
	static const char *const names[MATCHES_AT_ONCE] = {":m0",  ":m1",  ":m2",  ":m3",  ":m4",  ":m5",  ":m6",  ":m7",  ":m8",
	                                                   ":m9",  ":m10", ":m11", ":m12", ":m13", ":m14", ":m15", ":m16", ":m17",
	                                                   ":m18", ":m19", ":m20", ":m21", ":m22", ":m23", ":m24"};
	buf_printf(sql, " AND %s IN (", k->path->keys[0]);
	for (size_t i = 0; i < n; i++) {
		buf_printf(sql, "%s%s", i ? ", " : "", names[i]);
		ask_add_arg(k, I64(names[i], matches[i].key));
	}
	buf_puts(sql, ")");
}

bool ask_text_matches(struct ask *k, char *text, struct found *out)
{
	const char *texts[32];
	size_t n = 0, which = 0;
	while (text && n < sizeof texts / sizeof *texts) {
		texts[n++] = text;
		text = strchr(text, '\n');
		if (text)
			*text++ = '\0';
	}
	bool matches = search_explains(texts, n, k->q, &out->how, &which);
	out->text = matches ? texts[which] : NULL;
	return matches;
}

/* Begin and end of each piece that matched, one after the other. */
static void put_marks(struct jo *o, const char *text, const char *query)
{
	struct search_span spans[SEARCH_WORDS_MAX];
	size_t n = search_spans(text, query, spans);
	jo_name(o, "marks");
	jo_open(o, '[');
	for (size_t i = 0; i < n; i++) {
		jo_i64(o, NULL, (int64_t)spans[i].begin);
		jo_i64(o, NULL, (int64_t)spans[i].end);
	}
	jo_close(o, ']');
}

/*
 * {"field":"name","how":"initials","text":"阿莫西林胶囊","marks":[0,4]}: the column whose text it is, else one of the codes;
 * marks count its characters.
 */
void ask_put_matched(struct ask *k, struct jo *o, struct rows *r, const struct found *found)
{
	static const char *const hows[] = {"code", "fragment", "initials"};
	const char *field = "code";
	int i = 0;
	jo_text(o, "match", found->text ? hows[found->how] : NULL);
	if (!found->text) {
		jo_null(o, "matched");
		return;
	}
	for (const struct list_column *c = k->spec->columns; c->name; c++, i++) {
		size_t n = 0;
		if (c->type == L_TEXT && !c->titles && !col_is_null(r, i) && strcmp(col_peek(r, i, &n), found->text) == 0) {
			field = c->name;
			break;
		}
	}
	jo_name(o, "matched");
	jo_open(o, '{');
	jo_text(o, "field", field);
	jo_text(o, "how", hows[found->how]);
	jo_text(o, "text", found->text);
	put_marks(o, found->text, k->q);
	jo_close(o, '}');
}
