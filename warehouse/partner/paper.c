#include "warehouse/partner/paper.h"

#include "warehouse/partner/mandate.h"

#include "core/clock.h"
#include "core/text.h"

#include <string.h>

const struct paper_kind paper_kinds[PAPER_COUNT] = {
#define PAPER(word, owner, title, first, locks, dated, scanned) {#word, owner, title, first, locks, dated, scanned},
#include "warehouse/partner/paper.def"
#undef PAPER
};

static enum paper find_kind(const char *owner, const char *word)
{
	for (int k = 0; k < PAPER_COUNT; k++)
		if (strcmp(paper_kinds[k].word, word) == 0 && strcmp(paper_kinds[k].owner, owner) == 0)
			return (enum paper)k;
	return PAPER_COUNT;
}

/* ---- how they stand ---- */

SQL(select_states,
    "SELECT q.kind, q.from_ymd, q.until_ymd, q.allowed_at_ms, EXISTS (SELECT 1 FROM attachment a WHERE a.owner_kind = "
    "'qualification' AND a.owner_id = q.id AND a.replaced_at_ms IS NULL) FROM qualification q WHERE q.owner_kind = :kind_t AND "
    "q.owner_id = :id AND q.ended_at_ms IS NULL /*all sites: papers of partners are for all*/");

static void fold(struct paper_state *s, struct rows *r, int32_t ymd)
{
	int64_t from = col_i64(r, 1), until = col_is_null(r, 2) ? 99991231 : col_i64(r, 2);
	bool valid = from <= ymd && !ymd_is_expired((int32_t)until, ymd);
	s->there = true;
	s->scanned = s->scanned || (valid && col_i64(r, 4));
	s->valid = s->valid || valid;
	s->allowed = s->allowed || !col_is_null(r, 3);
	s->until_ymd = until > s->until_ymd ? until : s->until_ymd;
}

void paper_states(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct paper_state out[PAPER_COUNT])
{
	char word[64];
	memset(out, 0, PAPER_COUNT * sizeof *out);
	SCOPED(rows) r = db_query(db, select_states, TEXT(":kind_t", owner_kind), I64(":id", owner_id));
	while (rows_next(&r)) {
		size_t n = 0;
		const char *kind = col_peek(&r, 0, &n);
		memcpy(word, kind, n < sizeof word ? n : 0);
		word[n < sizeof word ? n : 0] = '\0';
		enum paper k = find_kind(owner_kind, word);
		if (k != PAPER_COUNT)
			fold(&out[k], &r, ymd);
	}
}

enum paper paper_lock(const char *owner_kind, const struct paper_state states[PAPER_COUNT])
{
	for (int k = 0; k < PAPER_COUNT; k++)
		if (paper_kinds[k].locks && strcmp(paper_kinds[k].owner, owner_kind) == 0 && states[k].there && !states[k].valid)
			return (enum paper)k;
	return PAPER_COUNT;
}

static const char *lack(const struct paper_kind *kind, const struct paper_state *s)
{
	if (!s->there)
		return "未登记";
	if (!s->valid)
		return "不在有效期内";
	return kind->scanned && !s->scanned ? "没有扫描件" : NULL;
}

/* RULE DOMAIN-12.2-first-purchase: which papers make a file complete is a table, not an opinion. */
const char *paper_missing(struct db *db, struct arena *a, const char *owner_kind, int64_t owner_id, int32_t ymd)
{
	struct paper_state states[PAPER_COUNT];
	SCOPED(buf) b = {0};
	paper_states(db, owner_kind, owner_id, ymd, states);
	for (int k = 0; k < PAPER_COUNT; k++) {
		const struct paper_kind *kind = &paper_kinds[k];
		const char *what = kind->first && strcmp(kind->owner, owner_kind) == 0 ? lack(kind, &states[k]) : NULL;
		if (what)
			buf_printf(&b, "%s%s (%s)", b.len ? "、" : "", kind->title, what);
	}
	return b.len ? arena_copy(a, b.data, b.len) : NULL;
}

void paper_write_json(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct jo *o, const char *name)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(db, owner_kind, owner_id, ymd, states);
	jo_name(o, name);
	jo_open(o, '[');
	for (int k = 0; k < PAPER_COUNT; k++) {
		const struct paper_kind *kind = &paper_kinds[k];
		if (strcmp(kind->owner, owner_kind) != 0)
			continue;
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_text(o, "kind", kind->word);
		jo_text(o, "title", kind->title);
		jo_bool(o, "needed", kind->first);
		jo_bool(o, "locks", kind->locks);
		jo_bool(o, "there", states[k].there);
		jo_bool(o, "valid", states[k].valid);
		jo_bool(o, "scanned", states[k].scanned);
		jo_text(o, "missing", kind->first ? lack(kind, &states[k]) : NULL);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/* ---- writing ---- */

SQL(insert_paper,
    "INSERT INTO qualification (id, owner_kind, owner_id, kind, number, from_ymd, until_ymd, person, region, scope, note, "
    "made_at_ms, made_by) VALUES (:id, :owner_t, :owner_id, :kind_t, :number_t, :from_id, :until_id, :person_t, :region_t, "
    ":scope_t, :note_t, :at_ms, :by_id)");
SQL(end_paper,
    "UPDATE qualification SET ended_at_ms = :at_ms, ended_by = :by_id, end_note = :note_t, replaced_by = :new_id WHERE "
    "id = :id AND ended_at_ms IS NULL");
SQL(select_paper, "SELECT owner_kind, owner_id, kind, ended_at_ms, renewal_no, until_ymd FROM qualification WHERE id = :id");
SQL(sync_licence,
    "UPDATE supplier SET licence_no = q.number, licence_until_ymd = coalesce(q.until_ymd, 99991231) FROM qualification q WHERE "
    "supplier.id = :id AND q.id = (SELECT c.id FROM qualification c WHERE c.owner_kind = 'supplier' AND c.owner_id = :id AND "
    "c.kind "
    "= 'drug_licence' AND c.ended_at_ms IS NULL ORDER BY coalesce(c.until_ymd, 99991231) DESC, c.id DESC LIMIT 1)");

/* The columns on the supplier say what the licence among his papers says. */
static void keep_in_step(struct tx *tx, const char *owner_kind, int64_t owner_id, const char *kind)
{
	if (strcmp(owner_kind, "supplier") == 0 && strcmp(kind, paper_kinds[PAPER_drug_licence].word) == 0)
		db_exec(tx, sync_licence, I64(":id", owner_id));
	tx_changed(tx, "partners", 0, 0, owner_id);
	tx->ref_id = owner_id;
}

struct paper_row {
	const char *owner_kind, *kind, *renewal_no;
	int64_t owner_id, until_ymd;
	bool ended;
};

static enum status load(struct tx *tx, int64_t id, struct paper_row *out)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_paper, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct paper_row){col_text(tx->arena, &r, 0),
	                          col_text(tx->arena, &r, 2),
	                          col_text(tx->arena, &r, 4),
	                          col_i64(&r, 1),
	                          col_i64(&r, 5),
	                          !col_is_null(&r, 3)};
	return ST_OK;
}

SQL(find_supplier, "SELECT id FROM supplier WHERE id = :id");
SQL(find_maker, "SELECT id FROM maker WHERE id = :id");
SQL(find_product, "SELECT id FROM product WHERE id = :id");

static bool owner_exists(struct tx *tx, const char *kind, int64_t id)
{
	static const struct {
		const char *kind;
		const struct sql *find;
	} owners[] = {{"supplier", &find_supplier}, {"maker", &find_maker}, {"product", &find_product}};
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		if (strcmp(owners[i].kind, kind) == 0)
			return db_i64_n(tx_db(tx), 0, owners[i].find, (const struct arg[]){I64(":id", id)}, 1) != 0;
	return false;
}

static enum status check(struct tx *tx, const struct paper_new *in)
{
	enum paper k = find_kind(in->owner_kind, in->kind);
	if (k == PAPER_COUNT)
		return tx_fail(tx, ST_INVALID_FIELD, "kind", 0, "没有这种资质, 或不属于这类对象");
	const struct paper_kind *kind = &paper_kinds[k];
	if (!owner_exists(tx, in->owner_kind, in->owner_id))
		return tx_fail(tx, ST_INVALID_FIELD, "owner_id", 0, "没有这个对象");
	if (kind->dated && !in->until_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "请填写%s的有效期", kind->title);
	if (in->from_ymd && in->until_ymd && in->from_ymd > in->until_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "until_ymd", 0, "有效期早于起始日期");
	if (k == PAPER_mandate && !in->person)
		return tx_fail(tx, ST_INVALID_FIELD, "person", 0, "请填写被授权的销售人员姓名");
	return ST_OK;
}

static enum status end(struct tx *tx, int64_t id, const char *note, int64_t new_id)
{
	return db_exec(tx, end_paper, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", note),
	               ID(":new_id", new_id), I64(":id", id))
	               ? ST_OK
	               : tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该资质已被替换或作废");
}

/* The paper that a new one renews must be the same owner's and of the same kind. */
static enum status replace(struct tx *tx, const struct paper_new *in, int64_t new_id)
{
	struct paper_row old;
	enum status st = load(tx, in->replaces_id, &old);
	if (st != ST_OK || old.owner_id != in->owner_id || strcmp(old.owner_kind, in->owner_kind) != 0 ||
	    strcmp(old.kind, in->kind) != 0)
		return tx_fail(tx, ST_INVALID_FIELD, "replaces_id", 0, "被替换的不是同一对象的同种资质");
	return end(tx, in->replaces_id, NULL, new_id);
}

enum status paper_add(struct tx *tx, const struct paper_new *in, int64_t *id)
{
	enum status st = check(tx, in);
	if (st != ST_OK)
		return st;
	*id = tx_new_id(tx);
	const struct arg row[] = {
	        I64(":id", *id),
	        TEXT(":owner_t", in->owner_kind),
	        I64(":owner_id", in->owner_id),
	        TEXT(":kind_t", in->kind),
	        TEXT(":number_t", in->number),
	        ID(":from_id", in->from_ymd),
	        ID(":until_id", in->until_ymd),
	        TEXT(":person_t", in->person),
	        TEXT(":region_t", in->region),
	        TEXT(":scope_t", in->scope),
	        TEXT(":note_t", in->note),
	        I64(":at_ms", tx->now_ms),
	        I64(":by_id", tx->me.id),
	};
	db_exec_n(tx, &insert_paper, row, sizeof row / sizeof *row);
	st = in->replaces_id ? replace(tx, in, *id) : ST_OK;
	if (st == ST_OK && strcmp(in->kind, paper_kinds[PAPER_mandate].word) == 0)
		st = mandate_goods_put(tx, *id, in->scope);
	keep_in_step(tx, in->owner_kind, in->owner_id, in->kind);
	return st;
}

enum status paper_end(struct tx *tx, int64_t id, const char *note)
{
	struct paper_row p;
	enum status st = load(tx, id, &p);
	if (st != ST_OK)
		return st;
	st = end(tx, id, note, 0);
	keep_in_step(tx, p.owner_kind, p.owner_id, p.kind);
	return st;
}

SQL(set_renewal, "UPDATE qualification SET renewal_no = :number_t, renewal_ymd = :ymd WHERE id = :id");
SQL(set_allowed, "UPDATE qualification SET allowed_at_ms = :at_ms, allowed_by = :by_id, allowed_note = :note_t WHERE id = :id");

static enum status load_registration(struct tx *tx, int64_t id, struct paper_row *p)
{
	enum status st = load(tx, id, p);
	if (st != ST_OK)
		return st;
	if (strcmp(p->kind, paper_kinds[PAPER_registration].word) != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "只有药品注册证有再注册受理");
	return p->ended ? tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该资质已被替换或作废") : ST_OK;
}

enum status paper_renewal(struct tx *tx, int64_t id, const char *number, int64_t ymd)
{
	struct paper_row p;
	enum status st = load_registration(tx, id, &p);
	if (st == ST_OK && ymd > tx->today_ymd)
		st = tx_fail(tx, ST_INVALID_FIELD, "ymd", 0, "受理日期不能晚于今天");
	if (st != ST_OK)
		return st;
	db_exec(tx, set_renewal, TEXT(":number_t", number), I64(":ymd", ymd), I64(":id", id));
	keep_in_step(tx, p.owner_kind, p.owner_id, p.kind);
	return ST_OK;
}

/* RULE GSP-renewal-pending: nobody allows what has not been applied for. */
enum status paper_allow(struct tx *tx, int64_t id, const char *note)
{
	struct paper_row p;
	enum status st = load_registration(tx, id, &p);
	if (st == ST_OK && !p.renewal_no)
		st = tx_fail(tx, ST_WRONG_STATE, NULL, 0, "还没有登记再注册受理号, 不能放行");
	if (st != ST_OK)
		return st;
	db_exec(tx, set_allowed, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", note), I64(":id", id));
	keep_in_step(tx, p.owner_kind, p.owner_id, p.kind);
	return ST_OK;
}

SQL(select_licence,
    "SELECT id, number, until_ymd FROM qualification WHERE owner_kind = 'supplier' AND owner_id = :id AND kind = 'drug_licence' "
    "AND ended_at_ms IS NULL ORDER BY coalesce(until_ymd, 99991231) DESC, id DESC LIMIT 1");

enum status paper_licence(struct tx *tx, int64_t supplier_id, const char *number, int64_t until_ymd)
{
	int64_t id = 0, old = 0;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_licence, I64(":id", supplier_id));
		bool known = rows_next(&r);
		if (known && strcmp(col_text(tx->arena, &r, 1), number) == 0 && col_i64(&r, 2) == until_ymd)
			return ST_OK;
		old = known ? col_i64(&r, 0) : 0;
	}
	const struct paper_new in = {
	        .owner_kind = "supplier",
	        .owner_id = supplier_id,
	        .kind = paper_kinds[PAPER_drug_licence].word,
	        .number = number,
	        .until_ymd = until_ymd,
	        .replaces_id = old,
	};
	return paper_add(tx, &in, &id);
}
