/*
 * Many rows of arguments in one execution. What a statement costs across the wire is mostly its own: a message, a plan brought
 * to life, an answer. So rows that are added one behind the other become `INSERT … SELECT … FROM unnest($1, $2 …)`, and a
 * question that is known to be asked for many values becomes the same question LATERAL to such an unnest.
 */
#include "core/dialect.h"
#include "core/store_postgres.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVED (-2)

/* An array as it goes over the wire: dimensions, whether there are NULLs, type, then of its one dimension length and lowest
 * index. */
struct array_head {
	uint32_t dimensions, has_null, type, length, lowest;
};

static const struct {
	Oid type, array;
	const char *name;
} kinds[] = {
        {OID_INT8, OID_INT8_ARRAY, "bigint[]"}, {OID_TEXT, OID_TEXT_ARRAY, "text[]"}, {OID_BYTEA, OID_BYTEA_ARRAY, "bytea[]"}};

static size_t kind_of_parameter(const char *name)
{
	size_t i = 0;
	while (kinds[i].type != pg_type_of(name))
		i++;
	return i;
}

/* ---- words ---- */

/* Copies a text up to its end (NULL: all of it); $n becomes the column that holds the parameter. */
static void put_with_columns(struct buf *out, const char *s, const char *end)
{
	while (*s && s != end) {
		size_t quoted = sql_quoted(s);
		if (*s == '$' && !quoted)
			buf_puts(out, "a.p");
		else
			buf_put(out, s, quoted ? quoted : 1);
		s += quoted ? quoted : 1;
	}
}

static void put_unnest(struct buf *out, const struct pg_words *w)
{
	for (size_t i = 0; i < w->count; i++)
		buf_printf(out, "%s$%zu::%s", i ? ", " : "unnest(", i + 1, kinds[kind_of_parameter(w->names[i])].name);
	buf_puts(out, ")");
}

static void put_columns(struct buf *out, const struct pg_words *w)
{
	for (size_t i = 0; i < w->count; i++)
		buf_printf(out, "%sp%zu", i ? ", " : " (", i + 1);
}

/* INSERT INTO t (…) VALUES (…) [ON CONFLICT DO NOTHING]; what changes a row that is there could meet it twice. */
static bool put_insert(struct buf *out, const struct pg_words *w)
{
	static const char values[] = " VALUES (", nothing[] = "ON CONFLICT DO NOTHING";
	const char *at = strstr(w->text, values), *conflict = strstr(w->text, "ON CONFLICT");
	if (!at || strncmp(w->text, "INSERT INTO ", 12) != 0 || strstr(w->text, "SELECT") || strstr(w->text, "RETURNING") ||
	    (conflict && strncmp(conflict, nothing, sizeof nothing - 1) != 0))
		return false;
	const char *end = conflict ? conflict : w->text + strlen(w->text);
	while (end > at && *end != ')')
		end--;
	buf_put(out, w->text, (size_t)(at - w->text));
	buf_puts(out, " SELECT ");
	put_with_columns(out, at + sizeof values - 1, end);
	buf_puts(out, " FROM ");
	put_unnest(out, w);
	buf_puts(out, " AS a");
	put_columns(out, w);
	buf_printf(out, ")%s", conflict ? " WHERE true ON CONFLICT DO NOTHING" : "");
	return true;
}

static bool put_question(struct buf *out, const struct pg_words *w)
{
	if (strncmp(w->text, "SELECT", 6) != 0)
		return false;
	buf_puts(out, "SELECT q.*, a.n FROM ");
	put_unnest(out, w);
	buf_puts(out, " WITH ORDINALITY AS a");
	put_columns(out, w);
	buf_puts(out, ", n) CROSS JOIN LATERAL (");
	put_with_columns(out, w->text, NULL);
	buf_puts(out, ") AS q");
	return true;
}

void pg_many_init(struct pg_stmt *s)
{
	SCOPED(buf) out = {0};
	const struct pg_words *w = &s->words;
	if (w->count == 0 || !(PQnfields(s->shape) > 0 ? put_question(&out, w) : put_insert(&out, w)))
		return;
	s->many.text = arena_string(&s->arena, out.data);
	s->many.columns = arena_array(&s->arena, w->count, sizeof *s->many.columns);
}

/* ---- rows ---- */

static void forget_answers(struct pg_many *m)
{
	PQclear(m->kept);
	free(m->first);
	free(m->next);
	m->kept = NULL;
	m->first = m->next = NULL;
}

void pg_many_clear(struct pg_stmt *s)
{
	struct pg_many *m = &s->many;
	for (size_t i = 0; m->columns && i < s->words.count; i++)
		buf_clear(&m->columns[i]);
	buf_clear(&m->offsets);
	m->count = m->bytes = 0;
	forget_answers(m);
}

void pg_many_drop(struct pg_stmt *s)
{
	struct pg_many *m = &s->many;
	if (m->name[0] && PQstatus(s->pg->conn) == CONNECTION_OK)
		buf_printf(&s->pg->dead, "DEALLOCATE %s;", m->name);
	for (size_t i = 0; m->columns && i < s->words.count; i++)
		buf_drop(&m->columns[i]);
	buf_drop(&m->offsets);
	forget_answers(m);
}

static void put_value(struct buf *column, const char *value, int length)
{
	uint32_t n = htobe32(value ? (uint32_t)length : UINT32_MAX);
	buf_put(column, &n, sizeof n);
	if (value)
		buf_put(column, value, (size_t)length);
}

void pg_many_add(struct pg_stmt *s)
{
	static const struct array_head head;
	struct pg_many *m = &s->many;
	if (m->kept)
		pg_many_clear(s);
	for (size_t i = 0; i < s->words.count; i++) {
		struct buf *column = &m->columns[i];
		column->max = m->offsets.max = SIZE_MAX;
		if (column->len == 0)
			buf_put(column, &head, sizeof head);
		buf_put(&m->offsets, &column->len, sizeof column->len);
		put_value(column, s->values[i], s->lengths[i]);
		m->bytes += s->values[i] ? (size_t)s->lengths[i] : 0;
	}
	m->count++;
}

static const char *value_at(const struct pg_stmt *s, size_t row, size_t i, int *length)
{
	size_t at = 0;
	uint32_t n = 0;
	memcpy(&at, s->many.offsets.data + (row * s->words.count + i) * sizeof at, sizeof at);
	const char *p = s->many.columns[i].data + at;
	memcpy(&n, p, sizeof n);
	*length = (int)be32toh(n);
	return *length < 0 ? NULL : p + sizeof n;
}

static bool prepare(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	struct pg *p = s->pg;
	Oid *types = arena_array(&a, s->words.count, sizeof *types);
	if (s->many.name[0])
		return true;
	for (size_t i = 0; i < s->words.count; i++)
		types[i] = kinds[kind_of_parameter(s->words.names[i])].array;
	if (!pg_drain(p))
		return false;
	snprintf(s->many.name, sizeof s->many.name, "m%u", p->next++);
	bool sent = PQsendPrepare(p->conn, s->many.name, s->many.text, (int)s->words.count, types) == 1;
	PGresult *res = sent ? pg_answer(p) : NULL;
	bool ok = pg_is_good(res);
	if (!ok) {
		pg_keep_error(p, res);
		s->many.name[0] = '\0';
	}
	PQclear(res);
	return ok;
}

static bool send_all(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	const char **values = arena_array(&a, s->words.count, sizeof *values);
	int *lengths = arena_array(&a, s->words.count, sizeof *lengths);
	for (size_t i = 0; i < s->words.count; i++) {
		const struct buf *column = &s->many.columns[i];
		Oid type = kinds[kind_of_parameter(s->words.names[i])].type;
		const struct array_head head = {htobe32(1), htobe32(1), htobe32(type), htobe32((uint32_t)s->many.count),
		                                htobe32(1)};
		memcpy(column->data, &head, sizeof head);
		values[i] = column->data;
		lengths[i] = (int)column->len;
		s->formats[i] = 1;
	}
	return pg_send(s, s->many.name, values, lengths);
}

/* One row goes as it came. */
static bool send_one(struct pg_stmt *s)
{
	SCOPED(arena) a = {0};
	const char **values = arena_array(&a, s->words.count, sizeof *values);
	int *lengths = arena_array(&a, s->words.count, sizeof *lengths);
	for (size_t i = 0; i < s->words.count; i++)
		values[i] = value_at(s, 0, i, &lengths[i]);
	return pg_send(s, s->name, values, lengths);
}

bool pg_flush(struct pg *p)
{
	struct pg_stmt *s = p->adding;
	if (!s)
		return true;
	p->adding = NULL;
	bool ok = s->many.count == 1 || prepare(s);
	if (ok) {
		pg_begin_queue(p);
		ok = s->many.count == 1 ? send_one(s) : send_all(s);
	}
	p->queued += ok;
	pg_many_clear(s);
	return ok;
}

/* ---- answers ---- */

static int number_of_row(const PGresult *res, int row)
{
	uint64_t n = 0;
	memcpy(&n, PQgetvalue(res, row, PQnfields(res) - 1), sizeof n);
	return (int)be64toh(n) - 1;
}

/* Strings the answers of each row together, in their order. */
static void keep_answers(struct pg_stmt *s, PGresult *res)
{
	struct pg_many *m = &s->many;
	int count = PQntuples(res);
	m->kept = res;
	m->stage = s->pg->stage;
	m->at = 0;
	m->first = memory_alloc(m->count * sizeof *m->first);
	m->next = memory_alloc(((size_t)count + 1) * sizeof *m->next);
	for (size_t i = 0; i < m->count; i++)
		m->first[i] = -1;
	for (int i = count; i-- > 0;) {
		int row = number_of_row(res, i);
		m->next[i] = m->first[row];
		m->first[row] = i;
	}
}

bool pg_many_ask(struct pg_stmt *s)
{
	struct pg *p = s->pg;
	PGresult *res = NULL;
	bool ok = prepare(s) && pg_flush(p) && send_all(s);
	if (ok && p->piped)
		ok = pg_collect(p, &res);
	else if (ok)
		res = pg_answer(p);
	if (ok && !pg_is_good(res)) {
		pg_keep_error(p, res);
		ok = false;
	}
	if (ok) {
		keep_answers(s, res);
		return true;
	}
	PQclear(res);
	pg_many_clear(s);
	return false;
}

static bool row_is_bound(const struct pg_stmt *s, size_t row)
{
	for (size_t i = 0; i < s->words.count; i++) {
		int length = 0;
		const char *value = value_at(s, row, i, &length);
		if (!value != !s->values[i] ||
		    (value && (length != s->lengths[i] || memcmp(value, s->values[i], (size_t)length) != 0)))
			return false;
	}
	return true;
}

bool pg_many_find(struct pg_stmt *s, int *row)
{
	struct pg_many *m = &s->many;
	if (!m->kept || m->stage != s->pg->stage)
		return false;
	for (size_t i = 0; i < m->count; i++) {
		size_t at = (m->at + i) % m->count;
		if (m->first[at] == SERVED || !row_is_bound(s, at))
			continue;
		*row = m->first[at];
		m->first[at] = SERVED;
		m->at = at + 1;
		return true;
	}
	return false;
}
