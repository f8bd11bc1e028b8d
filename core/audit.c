#include "core/audit.h"

#include "core/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

SQL(insert_event, "INSERT INTO document_event (seq, n, document_id, action, from_state, to_state, version, at_ms, user_id, note) "
                  "VALUES (:seq, :n, :document_id, :action_t, :from_t, :to_t, :version, :at_ms, :user_id, :note_t)");
SQL(insert_move,
    "INSERT INTO stock_move (seq, n, batch_id, units, from_place_id, from_quality, to_place_id, to_quality, "
    "document_id, line_id, reason, at_ms, user_id, reverses_seq, reverses_n) VALUES (:seq, :n, :batch_id, :units, :from_id, "
    ":from_quality_t, :to_id, :to_quality_t, :document_id, :line_id, :reason_t, :at_ms, :user_id, :reverses_seq, :reverses_n)");
SQL(insert_pack_event,
    "INSERT INTO pack_event (seq, n, pack_id, event, from_place_id, to_place_id, units, document_id, at_ms, "
    "user_id) VALUES (:seq, :n, :pack_id, :event_t, :from_id, :to_id, :units, :document_id, :at_ms, :user_id)");
SQL(insert_money,
    "INSERT INTO money_entry (seq, n, site_id, account, supplier_id, other_site_id, amount_fen, document_id, line_id, reason, "
    "ymd, "
    "paper_ymd, late, at_ms, user_id) VALUES (:seq, :n, :site_id, :account_t, :supplier_id, :other_id, :fen, :document_id, "
    ":line_id, :reason_t, :ymd, :paper_ymd, :late, :at_ms, :user_id)");

SQL(read_event, "SELECT seq, n, document_id, action, from_state, to_state, version, at_ms, user_id, note FROM document_event "
                "/*scan: verify*/ /*all sites: verify*/ ORDER BY seq, n");
SQL(read_move,
    "SELECT seq, n, batch_id, units, from_place_id, from_quality, to_place_id, to_quality, document_id, line_id, "
    "reason, at_ms, user_id, reverses_seq, reverses_n FROM stock_move /*scan: verify*/ /*all sites: verify*/ ORDER BY seq, n");
SQL(read_pack_event,
    "SELECT seq, n, pack_id, event, from_place_id, to_place_id, units, document_id, at_ms, user_id FROM pack_event "
    "/*scan: verify*/ /*all sites: verify*/ ORDER BY seq, n");
SQL(read_money, "SELECT seq, n, site_id, account, supplier_id, other_site_id, amount_fen, document_id, line_id, reason, ymd, "
                "paper_ymd, late, "
                "at_ms, user_id FROM money_entry /*scan: verify*/ /*all sites: verify*/ ORDER BY seq, n");

struct sealed_table {
	const char *name;
	const struct sql *insert, *read;
};
static const struct sealed_table tables[SEALED_COUNT] = {
        [SEALED_DOCUMENT_EVENT] = {"document_event", &insert_event, &read_event},
        [SEALED_STOCK_MOVE] = {"stock_move", &insert_move, &read_move},
        [SEALED_PACK_EVENT] = {"pack_event", &insert_pack_event, &read_pack_event},
        [SEALED_MONEY_ENTRY] = {"money_entry", &insert_money, &read_money},
};

/* A value as it goes into a hash: a tag, then eight bytes, or a length and bytes; NULL is the tag alone. */
static void hash_i64(crypto_hash_sha256_state *h, char tag, int64_t v)
{
	unsigned char b[9] = {(unsigned char)tag};
	for (int i = 0; i < 8; i++)
		b[1 + i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	crypto_hash_sha256_update(h, b, sizeof b);
}

static void hash_bytes(crypto_hash_sha256_state *h, char tag, const void *bytes, size_t n)
{
	hash_i64(h, tag, (int64_t)n);
	crypto_hash_sha256_update(h, bytes, n);
}

static void hash_arg(crypto_hash_sha256_state *h, const struct arg *arg)
{
	if (arg->type == ARG_I64)
		hash_i64(h, 'i', arg->i);
	else if (arg->type == ARG_NULL)
		crypto_hash_sha256_update(h, (const unsigned char *)"0", 1);
	else
		hash_bytes(h, arg->type == ARG_TEXT ? 't' : 'b', arg->bytes, arg->n);
}

/* The same bytes as hash_arg, from a stored column. */
static void hash_column(crypto_hash_sha256_state *h, struct rows *r, int i)
{
	size_t n = 0;
	enum col_kind kind = col_kind(r, i);
	if (kind == COL_I64) {
		hash_i64(h, 'i', col_i64(r, i));
	} else if (kind == COL_NULL) {
		crypto_hash_sha256_update(h, (const unsigned char *)"0", 1);
	} else {
		const char *bytes = col_peek(r, i, &n);
		hash_bytes(h, kind == COL_TEXT ? 't' : 'b', bytes, n);
	}
}

int64_t audit_row(struct tx *tx, enum sealed table, const struct arg *args, size_t count)
{
	struct arg all[20];
	crypto_hash_sha256_state *h = &tx->sealed[table];
	assert(count + 2 <= sizeof all / sizeof *all);
	if (tx->sealed_count[table]++ == 0)
		crypto_hash_sha256_init(h);
	all[0] = I64(":seq", tx->seq);
	all[1] = I64(":n", tx->sealed_count[table]);
	memcpy(all + 2, args, count * sizeof *args);
	for (size_t i = 0; i < count + 2; i++)
		hash_arg(h, &all[i]);
	db_exec_n(tx, tables[table].insert, all, count + 2);
	return tx->sealed_count[table];
}

/* The seal over all sealed tables: each table's own hash and row count, in the fixed order of the enum. */
static int64_t seal_rows(crypto_hash_sha256_state sealed[SEALED_COUNT], const int64_t count[SEALED_COUNT],
                         unsigned char out[HASH_BYTES])
{
	crypto_hash_sha256_state all;
	unsigned char one[HASH_BYTES];
	int64_t total = 0;
	crypto_hash_sha256_init(&all);
	for (int t = 0; t < SEALED_COUNT; t++) {
		total += count[t];
		if (count[t] == 0)
			continue;
		crypto_hash_sha256_final(&sealed[t], one);
		hash_i64(&all, 'T', t);
		hash_i64(&all, 'n', count[t]);
		crypto_hash_sha256_update(&all, one, sizeof one);
	}
	crypto_hash_sha256_final(&all, out);
	return total;
}

SQL(insert_audit,
    "INSERT INTO audit (seq, node, at_ms, user_id, action, ref_id, request_id, row_count, rows_hash, seal_version, "
    "previous_hash, hash) VALUES (:seq, :node, :at_ms, :user_id, :action_t, :ref_id, :request_t, :row_count, :rows_b, "
    ":seal_version, :previous_b, :hash_b)");

void audit_append(struct tx *tx, int64_t node, unsigned char head[HASH_BYTES])
{
	unsigned char rows_hash[HASH_BYTES], hash[HASH_BYTES];
	crypto_hash_sha256_state h;
	int64_t total = seal_rows(tx->sealed, tx->sealed_count, rows_hash);
	struct arg args[] = {
	        I64(":seq", tx->seq),
	        I64(":node", node),
	        I64(":at_ms", tx->now_ms),
	        ID(":user_id", tx->me.id),
	        TEXT(":action_t", tx->action ? tx->action : "system"),
	        ID(":ref_id", tx->ref_id),
	        TEXT(":request_t", tx->request_id),
	        I64(":row_count", total),
	        BYTES(":rows_b", rows_hash, HASH_BYTES),
	        I64(":seal_version", SEAL_VERSION),
	        BYTES(":previous_b", head, HASH_BYTES),
	        BYTES(":hash_b", hash, HASH_BYTES),
	};
	const size_t count = sizeof args / sizeof *args;
	crypto_hash_sha256_init(&h);
	for (size_t i = 0; i < count - 1; i++)
		hash_arg(&h, &args[i]);
	crypto_hash_sha256_final(&h, hash);
	db_exec_n(tx, &insert_audit, args, count);
	memcpy(head, hash, HASH_BYTES);
}

SQL(newest_audit, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");

int64_t audit_head(struct db *db, unsigned char head[HASH_BYTES])
{
	size_t n = 0;
	memset(head, 0, HASH_BYTES);
	SCOPED(rows) r = db_query_n(db, &newest_audit, NULL, 0);
	if (!rows_next(&r))
		return 0;
	const char *hash = col_peek(&r, 1, &n);
	if (n == HASH_BYTES)
		memcpy(head, hash, HASH_BYTES);
	return col_i64(&r, 0);
}

SQL(read_audit,
    "SELECT seq, node, at_ms, user_id, action, ref_id, request_id, row_count, rows_hash, seal_version, previous_hash, hash "
    "FROM audit /*scan: verify*/ ORDER BY seq");

/* A sealed table read beside the chain, one write at a time. */
struct cursor {
	struct rows rows;
	bool more;
};

struct verifier {
	verify_report *report;
	void *arg;
	int64_t faults;
	struct cursor cursors[SEALED_COUNT];
};

static void report(struct verifier *v, const char *table, int64_t seq, int64_t n, const char *what)
{
	char row[64];
	snprintf(row, sizeof row, n ? "seq %lld n %lld" : "seq %lld", (long long)seq, (long long)n);
	v->faults++;
	v->report(v->arg, table, row, what);
}

/* Rows that stand before this write's belong to no audit entry. */
static void skip_orphans(struct verifier *v, int t, int64_t seq)
{
	struct cursor *c = &v->cursors[t];
	for (; c->more && col_i64(&c->rows, 0) < seq; c->more = rows_next(&c->rows))
		report(v, tables[t].name, col_i64(&c->rows, 0), col_i64(&c->rows, 1), "row without an audit entry");
}

/* Hashes one write's rows of one table; their n must run from 1 without a hole. */
static void hash_table(struct verifier *v, int t, int64_t seq, crypto_hash_sha256_state *h, int64_t *count)
{
	struct cursor *c = &v->cursors[t];
	skip_orphans(v, t, seq);
	for (*count = 0; c->more && col_i64(&c->rows, 0) == seq; c->more = rows_next(&c->rows)) {
		if (++*count == 1)
			crypto_hash_sha256_init(h);
		if (col_i64(&c->rows, 1) != *count)
			report(v, tables[t].name, seq, *count, "a row is missing before this one");
		for (int i = 0; i < col_count(&c->rows); i++)
			hash_column(h, &c->rows, i);
	}
}

static bool column_is(struct rows *r, int i, const unsigned char *bytes)
{
	size_t n = 0;
	const char *stored = col_peek(r, i, &n);
	return n == HASH_BYTES && memcmp(stored, bytes, HASH_BYTES) == 0;
}

/* Which sealed table's rows of this write are damaged cannot be told from one hash: all that have rows are named. */
static void report_rows(struct verifier *v, int64_t seq, const int64_t count[SEALED_COUNT])
{
	for (int t = 0; t < SEALED_COUNT; t++)
		if (count[t])
			report(v, tables[t].name, seq, 0, "rows differ from their seal");
	report(v, "audit", seq, 0, "the sealed rows of this write differ from the audit entry");
}

static void verify_entry(struct verifier *v, struct rows *r, unsigned char head[HASH_BYTES])
{
	crypto_hash_sha256_state sealed[SEALED_COUNT], h;
	int64_t count[SEALED_COUNT], seq = col_i64(r, 0);
	unsigned char hash[HASH_BYTES];
	for (int t = 0; t < SEALED_COUNT; t++)
		hash_table(v, t, seq, &sealed[t], &count[t]);
	int64_t total = seal_rows(sealed, count, hash);
	if (total != col_i64(r, 7) || !column_is(r, 8, hash))
		report_rows(v, seq, count);
	if (!column_is(r, 10, head))
		report(v, "audit", seq, 0, "does not follow the entry before it");
	crypto_hash_sha256_init(&h);
	for (int i = 0; i < 11; i++)
		hash_column(&h, r, i);
	crypto_hash_sha256_final(&h, hash);
	if (!column_is(r, 11, hash))
		report(v, "audit", seq, 0, "the entry differs from its own hash");
	memcpy(head, hash, HASH_BYTES);
}

int64_t audit_verify(struct db *db, const unsigned char *expected, verify_report *report_to, void *arg)
{
	struct verifier v = {report_to, arg, 0, {{{0}, false}}};
	unsigned char head[HASH_BYTES] = {0};
	bool found = !expected;
	int64_t last = 0;
	for (int t = 0; t < SEALED_COUNT; t++) {
		v.cursors[t].rows = db_query_n(db, tables[t].read, NULL, 0);
		v.cursors[t].more = rows_next(&v.cursors[t].rows);
	}
	SCOPED(rows) r = db_query_n(db, &read_audit, NULL, 0);
	while (rows_next(&r)) {
		int64_t seq = col_i64(&r, 0);
		if (seq != last + 1)
			report(&v, "audit", last + 1, 0, "entry is missing");
		verify_entry(&v, &r, head);
		last = seq;
		if (expected && memcmp(head, expected, HASH_BYTES) == 0)
			found = true;
	}
	for (int t = 0; t < SEALED_COUNT; t++) {
		skip_orphans(&v, t, INT64_MAX);
		rows_drop(&v.cursors[t].rows);
	}
	if (!found)
		report(&v, "audit", last, 0, "the given head is not in the chain: its end was cut or replaced");
	return v.faults;
}
