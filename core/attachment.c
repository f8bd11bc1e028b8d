#include "core/attachment.h"

#include "core/text.h"

#include <string.h>

#define ROWS_MAX 500 /* of one owner shown */

/* ---- what the bytes are ---- */

static bool begins(const unsigned char *p, size_t n, const char *magic, size_t m)
{
	return n >= m && memcmp(p, magic, m) == 0;
}

static bool holds(const unsigned char *p, size_t n, const char *word)
{
	return memmem(p, n, word, strlen(word)) != NULL;
}

/* Text that a person typed: sound UTF-8 without control characters but tab and line ends. */
static bool is_text(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r') || p[i] == 0x7F)
			return false;
	return utf8_valid((const char *)p, n);
}

/* Office files are zips; what kind they are stands in the names of their members. */
static const char *zip_type(const unsigned char *p, size_t n)
{
	static const struct {
		const char *member, *type;
	} kinds[] = {
	        {"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	        {"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	        {"OFD.xml", "application/ofd"},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (holds(p, n, kinds[i].member))
			return kinds[i].type;
	return NULL;
}

const char *attachment_type(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	if (n == 0)
		return NULL;
	if (begins(p, n, "%PDF-", 5))
		return "application/pdf";
	if (begins(p, n, "\x89PNG\r\n\x1a\n", 8))
		return "image/png";
	if (begins(p, n, "\xff\xd8\xff", 3))
		return "image/jpeg";
	if (begins(p, n, "PK\x03\x04", 4))
		return zip_type(p, n);
	return is_text(p, n) ? "text/plain; charset=utf-8" : NULL;
}

/* ---- writing ---- */

SQL(select_content, "SELECT id FROM attachment_content WHERE hash = :hash_b");
SQL(insert_content, "INSERT INTO attachment_content (id, hash, type, bytes) VALUES (:id, :hash_b, :type_t, :bytes)");
SQL(insert_chunk, "INSERT INTO attachment_chunk (content_id, n, data) VALUES (:id, :n, :data_b)");
SQL(insert_attachment, "INSERT INTO attachment (id, owner_kind, owner_id, name, content_id, at_ms, by_user) VALUES (:id, "
                       ":kind_t, :owner_id, :name_t, :content_id, :at_ms, :by_id)");
SQL(select_same,
    "SELECT id FROM attachment WHERE owner_kind = :kind_t AND owner_id = :owner_id AND content_id = :content_id AND name = "
    ":name_t AND replaced_at_ms IS NULL /*all sites: the caller has the owner*/");
SQL(replace, "UPDATE attachment SET replaced_at_ms = :at_ms, replaced_by = :by_id WHERE id = :id AND owner_kind = :kind_t AND "
             "owner_id = :owner_id AND replaced_at_ms IS NULL /*all sites: the caller has the owner*/");

static int64_t content_ensure(struct tx *tx, const struct attachment_new *in, const char *type)
{
	unsigned char hash[HASH_BYTES];
	const unsigned char *p = in->bytes;
	crypto_hash_sha256(hash, p, in->n);
	int64_t id = db_i64(tx_db(tx), 0, select_content, BYTES(":hash_b", hash, sizeof hash));
	if (id)
		return id;
	id = tx_new_id(tx);
	db_exec(tx, insert_content, I64(":id", id), BYTES(":hash_b", hash, sizeof hash), TEXT(":type_t", type),
	        I64(":bytes", (int64_t)in->n));
	for (size_t at = 0, n = 0; at < in->n; at += ATTACHMENT_CHUNK, n++) {
		size_t left = in->n - at;
		db_exec(tx, insert_chunk, I64(":id", id), I64(":n", (int64_t)n),
		        BYTES(":data_b", p + at, left < ATTACHMENT_CHUNK ? left : ATTACHMENT_CHUNK));
	}
	return id;
}

/* A name is one line of text without a path: it becomes the name of a file on somebody's desk. */
static bool name_is_good(const char *name)
{
	size_t characters = 0;
	if (!name || !*name || !utf8_valid(name, strlen(name)))
		return false;
	for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
		if (*p < 0x20 || *p == 0x7F || *p == '/' || *p == '\\')
			return false;
		characters += (*p & 0xC0) != 0x80;
	}
	return characters <= ATTACHMENT_NAME_MAX;
}

static enum status check(struct tx *tx, const struct attachment_new *in, const char **type)
{
	if (!name_is_good(in->name))
		return tx_fail(tx, ST_INVALID_FIELD, "name", 0, "请给出文件名 (1 到 %d 个字, 不含斜杠)", ATTACHMENT_NAME_MAX);
	if (in->n > ATTACHMENT_MAX)
		return tx_fail(tx, ST_TOO_LARGE, "file", 0, "文件超过 %zu MB", ATTACHMENT_MAX >> 20);
	*type = attachment_type(in->bytes, in->n);
	return *type ? ST_OK
	             : tx_fail(tx, ST_WRONG_MEDIA, "file", 0,
	                       "%s 不是可上传的文件: 只收 PDF、PNG、JPEG、XLSX、DOCX、OFD 和纯文本, 且不能为空", in->name);
}

/* RULE DESIGN-attachment-once: the same content is kept once, and a file that took another's place leaves it readable. */
enum status attachment_put(struct tx *tx, const struct attachment_new *in, int64_t *id)
{
	const char *type = NULL;
	enum status st = check(tx, in, &type);
	if (st != ST_OK)
		return st;
	int64_t content = content_ensure(tx, in, type);
	*id = db_i64(tx_db(tx), 0, select_same, TEXT(":kind_t", in->owner_kind), I64(":owner_id", in->owner_id),
	             I64(":content_id", content), TEXT(":name_t", in->name));
	if (*id)
		return ST_OK;
	*id = tx_new_id(tx);
	db_exec(tx, insert_attachment, I64(":id", *id), TEXT(":kind_t", in->owner_kind), I64(":owner_id", in->owner_id),
	        TEXT(":name_t", in->name), I64(":content_id", content), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	if (in->replaces_id && db_exec(tx, replace, I64(":at_ms", tx->now_ms), I64(":by_id", *id), I64(":id", in->replaces_id),
	                               TEXT(":kind_t", in->owner_kind), I64(":owner_id", in->owner_id)) == 0)
		return tx_fail(tx, ST_INVALID_FIELD, "replaces", 0, "没有可替换的这份附件, 请刷新后再试");
	return ST_OK;
}

/* ---- reading ---- */

SQL(select_attachment,
    "SELECT a.owner_kind, a.owner_id, a.name, a.content_id, c.type, c.bytes, a.at_ms, a.replaced_at_ms FROM attachment a JOIN "
    "attachment_content c ON c.id = a.content_id WHERE a.id = :id /*all sites: the caller asks for the owner*/");
SQL(select_chunks, "SELECT data FROM attachment_chunk WHERE content_id = :id ORDER BY n");
SQL(count_owned, "SELECT count(*) FROM attachment WHERE owner_kind = :kind_t AND owner_id = :owner_id AND replaced_at_ms IS NULL "
                 "/*all sites: the caller has the owner*/");
SQL(select_owned,
    "SELECT a.id, a.name, c.type, c.bytes, c.hash, a.at_ms, u.display_name, a.replaced_at_ms, a.replaced_by FROM attachment a "
    "JOIN attachment_content c ON c.id = a.content_id LEFT JOIN app_user u ON u.id = a.by_user WHERE a.owner_kind = :kind_t AND "
    "a.owner_id = :owner_id ORDER BY a.id DESC LIMIT :most /*all sites: the caller has the owner*/");

enum status attachment_load(struct db *db, struct arena *a, int64_t id, struct attachment *out)
{
	SCOPED(rows) r = db_query(db, select_attachment, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct attachment){
	        .id = id,
	        .owner_kind = col_text(a, &r, 0),
	        .owner_id = col_i64(&r, 1),
	        .name = col_text(a, &r, 2),
	        .content_id = col_i64(&r, 3),
	        .type = col_text(a, &r, 4),
	        .bytes = col_i64(&r, 5),
	        .at_ms = col_i64(&r, 6),
	        .replaced_at_ms = col_i64(&r, 7),
	};
	return ST_OK;
}

void attachment_read(struct db *db, int64_t content_id, void (*each)(void *arg, const void *bytes, size_t n), void *arg)
{
	SCOPED(rows) r = db_query(db, select_chunks, I64(":id", content_id));
	while (rows_next(&r)) {
		size_t n = 0;
		const char *bytes = col_peek(&r, 0, &n);
		each(arg, bytes, n);
	}
}

int64_t attachment_count(struct db *db, const char *owner_kind, int64_t owner_id)
{
	return db_i64(db, 0, count_owned, TEXT(":kind_t", owner_kind), I64(":owner_id", owner_id));
}

SQL(select_hash, "SELECT c.hash FROM attachment a JOIN attachment_content c ON c.id = a.content_id WHERE a.id = :id "
                 "/*all sites: the caller has the owner*/");

/* The hash of the row as hex; "" where it is none. */
static char *hash_text(struct arena *a, struct rows *r, int column)
{
	char *hex = arena_alloc(a, 2 * HASH_BYTES + 1);
	size_t n = 0;
	const char *hash = col_peek(r, column, &n);
	if (n == HASH_BYTES)
		hex_encode((const unsigned char *)hash, n, hex);
	return hex;
}

const char *attachment_hash(struct db *db, struct arena *a, int64_t id)
{
	SCOPED(rows) r = db_query(db, select_hash, I64(":id", id));
	return rows_next(&r) ? hash_text(a, &r, 0) : NULL;
}

static void put_row(struct arena *a, struct rows *r, struct jo *o)
{
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_id(o, "id", col_i64(r, 0));
	jo_text(o, "name", col_text(a, r, 1));
	jo_text(o, "type", col_text(a, r, 2));
	jo_i64(o, "bytes", col_i64(r, 3));
	jo_text(o, "sha256", hash_text(a, r, 4));
	jo_i64(o, "at_ms", col_i64(r, 5));
	jo_text(o, "by", col_text(a, r, 6));
	if (col_is_null(r, 7))
		jo_null(o, "replaced_at_ms");
	else
		jo_i64(o, "replaced_at_ms", col_i64(r, 7));
	jo_id(o, "replaced_by", col_i64(r, 8));
	jo_close(o, '}');
}

void attachment_write_json(struct db *db, struct arena *a, const char *owner_kind, int64_t owner_id, struct jo *o,
                           const char *name)
{
	SCOPED(rows)
	r = db_query(db, select_owned, TEXT(":kind_t", owner_kind), I64(":owner_id", owner_id), I64(":most", ROWS_MAX));
	jo_name(o, name);
	jo_open(o, '[');
	while (rows_next(&r))
		put_row(a, &r, o);
	jo_close(o, ']');
}

/* ---- proof ---- */

SQL(select_contents, "SELECT id, hash, bytes FROM attachment_content ORDER BY id /*scan: the whole store is proved*/");
SQL(select_lost,
    "SELECT a.id FROM attachment a LEFT JOIN attachment_content c ON c.id = a.content_id WHERE c.id IS NULL ORDER BY "
    "a.id /*scan: the whole store is proved*/ /*all sites: the whole store is proved*/");

struct proof {
	crypto_hash_sha256_state hash;
	int64_t bytes;
};

static void take_chunk(void *arg, const void *bytes, size_t n)
{
	struct proof *p = arg;
	crypto_hash_sha256_update(&p->hash, bytes, n);
	p->bytes += (int64_t)n;
}

static bool content_is_sound(struct db *db, struct rows *r)
{
	unsigned char hash[HASH_BYTES];
	size_t n = 0;
	struct proof p = {.bytes = 0};
	crypto_hash_sha256_init(&p.hash);
	attachment_read(db, col_i64(r, 0), take_chunk, &p);
	crypto_hash_sha256_final(&p.hash, hash);
	const char *stored = col_peek(r, 1, &n);
	return n == HASH_BYTES && memcmp(stored, hash, HASH_BYTES) == 0 && p.bytes == col_i64(r, 2);
}

/* RULE DESIGN-attachment-proof: what lies there is what was brought. */
void attachment_verify(struct db *db, void (*report)(void *arg, const char *table, const char *row, const char *what), void *arg)
{
	SCOPED(arena) a = {0};
	SCOPED(rows) contents = db_query_n(db, &select_contents, NULL, 0);
	while (rows_next(&contents))
		if (!content_is_sound(db, &contents))
			report(arg, "attachment_content", arena_printf(&a, "%lld", (long long)col_i64(&contents, 0)),
			       "附件内容与其摘要不符");
	SCOPED(rows) lost = db_query_n(db, &select_lost, NULL, 0);
	while (rows_next(&lost))
		report(arg, "attachment", arena_printf(&a, "%lld", (long long)col_i64(&lost, 0)), "附件没有内容");
}
