#include "warehouse/partner/paper.h"

#include "warehouse/partner/mandate.h"

#include "core/clock.h"
#include "core/text.h"

#include <string.h>

const struct paper_kind paper_kinds[PAPER_COUNT] = {
#define PAPER(word, owner, title, of, first, locks, dated, scanned) {#word, owner, title, of, first, locks, dated, scanned},
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
    "'qualification' AND a.owner_id = q.id AND a.replaced_at_ms IS NULL), q.ended_at_ms, q.confirmed_at_ms, q.replaced_by FROM "
    "qualification q WHERE q.owner_kind = :kind_t AND q.owner_id = :id /*all sites: papers of partners are for all*/");

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* What is on file: confirmed by quality, in force or over. */
static void fold_confirmed(struct paper_state *s, struct rows *r, bool live, bool holds, int64_t until)
{
	s->on_file = true;
	if (live || !col_is_null(r, 7))
		s->held_ymd = later(s->held_ymd, until);
	if (!live)
		return;
	s->there = true;
	s->valid = s->valid || holds;
	s->allowed = s->allowed || !col_is_null(r, 3);
	s->until_ymd = later(s->until_ymd, until);
}

static void fold(struct paper_state *s, struct rows *r, int32_t ymd)
{
	int64_t from = col_i64(r, 1), until = col_is_null(r, 2) ? 99991231 : col_i64(r, 2);
	bool holds = from <= ymd && !ymd_is_expired((int32_t)until, ymd), live = col_is_null(r, 5);
	if (!col_is_null(r, 6))
		fold_confirmed(s, r, live, holds, until);
	if (!live)
		return;
	s->waiting = s->waiting || (holds && col_is_null(r, 6));
	s->filed = true;
	s->filed_valid = s->filed_valid || holds;
	s->filed_scanned = s->filed_scanned || (holds && col_i64(r, 4));
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

static bool concerns(const struct paper_kind *kind, const char *owner_kind, unsigned bits)
{
	return (kind->of & bits) && strcmp(kind->owner, owner_kind) == 0;
}

/* RULE GSP-licence-void: a kind that was on file once must have a valid paper; voiding the only one opens no door. */
static bool is_locked(enum paper_locks locks, const struct paper_state *s)
{
	return !s->valid && (locks == LOCKS_ALWAYS || (locks != LOCKS_NEVER && s->on_file));
}

enum paper paper_lock(const char *owner_kind, const struct paper_state states[PAPER_COUNT], unsigned bits)
{
	for (int k = 0; k < PAPER_COUNT; k++)
		if (paper_kinds[k].locks != LOCKS_MADE && concerns(&paper_kinds[k], owner_kind, bits) &&
		    is_locked(paper_kinds[k].locks, &states[k]))
			return (enum paper)k;
	return PAPER_COUNT;
}

enum paper paper_registration(const struct paper_state states[PAPER_COUNT], unsigned bits)
{
	for (int k = 0; k < PAPER_COUNT; k++)
		if (paper_kinds[k].locks == LOCKS_MADE && concerns(&paper_kinds[k], "product", bits) &&
		    is_locked(LOCKS_MADE, &states[k]) && !states[k].allowed)
			return (enum paper)k;
	return PAPER_COUNT;
}

const char *paper_trouble(struct arena *a, const struct paper_state *s, int32_t ymd)
{
	const char *waits = s->waiting ? ", 新登记的待质量部门确认" : "";
	if (s->there && s->until_ymd < ymd)
		return arena_printf(a, "已于 %lld 到期%s", (long long)s->until_ymd, waits);
	if (s->there)
		return arena_printf(a, "尚未生效%s", waits);
	return arena_printf(a, "%s%s", s->on_file ? "已作废, 没有有效的" : "没有有效的", waits);
}

static const char *lack(const struct paper_kind *kind, const struct paper_state *s)
{
	if (!s->filed)
		return "未登记";
	if (!s->filed_valid)
		return "不在有效期内";
	return kind->scanned && !s->filed_scanned ? "没有扫描件" : NULL;
}

SQL(select_business, "SELECT business FROM supplier WHERE id = :id");
SQL(select_product_kind, "SELECT kind FROM product WHERE id = :id");
SQL(select_product_maker, "SELECT maker_id FROM product_maker WHERE product_id = :id");
SQL(select_made, "SELECT DISTINCT " GOODS_BIT("p.kind") " FROM product_maker pm JOIN product p ON p.id = pm.product_id WHERE "
                                                        "pm.maker_id = :id");

/* What an owner trades in, is, or makes. */
static unsigned bits_of(struct db *db, const char *owner_kind, int64_t id)
{
	SCOPED(arena) a = {0};
	unsigned bits = 0;
	if (strcmp(owner_kind, "supplier") == 0)
		return business_of(db_text(db, &a, select_business, I64(":id", id)))->trades;
	if (strcmp(owner_kind, "product") == 0)
		return goods_kind_of(db_text(db, &a, select_product_kind, I64(":id", id)))->bit;
	SCOPED(rows) r = db_query(db, select_made, I64(":id", id));
	while (rows_next(&r))
		bits |= (unsigned)col_i64(&r, 0);
	return bits;
}

static void add_missing(struct db *db, const char *owner_kind, int64_t owner_id, unsigned bits, int32_t ymd, struct buf *b)
{
	struct paper_state states[PAPER_COUNT];
	paper_states(db, owner_kind, owner_id, ymd, states);
	for (int k = 0; k < PAPER_COUNT; k++) {
		const struct paper_kind *kind = &paper_kinds[k];
		bool asked = (kind->first & bits) && strcmp(kind->owner, owner_kind) == 0;
		const char *what = asked ? lack(kind, &states[k]) : NULL;
		if (what)
			buf_printf(b, "%s%s%s (%s)", b->len ? "、" : "", strcmp(owner_kind, "maker") == 0 ? "生产企业的" : "",
			           kind->title, what);
	}
}

/*
 * RULE DOMAIN-12.2-first-purchase: which papers make a file complete is a table, not an opinion. RULE DOMAIN-12.2-file-kinds:
 * they follow what the supplier trades in, or what the product is.
 */
const char *paper_missing(struct db *db, struct arena *a, const char *owner_kind, int64_t owner_id, int32_t ymd)
{
	SCOPED(buf) b = {0};
	unsigned bits = bits_of(db, owner_kind, owner_id);
	add_missing(db, owner_kind, owner_id, bits, ymd, &b);
	if (strcmp(owner_kind, "product") == 0)
		add_missing(db, "maker", db_i64(db, 0, select_product_maker, I64(":id", owner_id)), bits, ymd, &b);
	return b.len ? arena_copy(a, b.data, b.len) : NULL;
}

static void write_kind(const struct paper_kind *kind, const struct paper_state *s, bool needed, struct jo *o)
{
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_text(o, "kind", kind->word);
	jo_text(o, "title", kind->title);
	jo_bool(o, "needed", needed);
	jo_bool(o, "locks", kind->locks != LOCKS_NEVER);
	jo_bool(o, "there", s->filed);
	jo_bool(o, "valid", s->valid);
	jo_bool(o, "waiting", s->waiting);
	jo_bool(o, "lost", s->on_file && !s->valid);
	jo_bool(o, "scanned", s->filed_scanned);
	jo_text(o, "missing", needed ? lack(kind, s) : NULL);
	jo_close(o, '}');
}

void paper_write_json(struct db *db, const char *owner_kind, int64_t owner_id, int32_t ymd, struct jo *o, const char *name)
{
	struct paper_state states[PAPER_COUNT];
	unsigned bits = bits_of(db, owner_kind, owner_id);
	paper_states(db, owner_kind, owner_id, ymd, states);
	jo_name(o, name);
	jo_open(o, '[');
	for (int k = 0; k < PAPER_COUNT; k++)
		if (concerns(&paper_kinds[k], owner_kind, bits) || states[k].filed)
			write_kind(&paper_kinds[k], &states[k], (paper_kinds[k].first & bits) != 0, o);
	jo_close(o, ']');
}

/* ---- writing ---- */

SQL(insert_paper,
    "INSERT INTO qualification (id, owner_kind, owner_id, kind, number, from_ymd, until_ymd, person, region, scope, note, "
    "made_at_ms, made_by, confirmed_at_ms, replaces_id) VALUES (:id, :owner_t, :owner_id, :kind_t, :number_t, :from_id, "
    ":until_id, :person_t, :region_t, :scope_t, :note_t, :at_ms, :by_id, :confirmed_id, :replaces_id)");
SQL(end_paper,
    "UPDATE qualification SET ended_at_ms = :at_ms, ended_by = :by_id, end_note = :note_t, replaced_by = :new_id WHERE "
    "id = :id AND ended_at_ms IS NULL");
SQL(select_paper, "SELECT owner_kind, owner_id, kind, ended_at_ms, renewal_no, confirmed_at_ms, replaces_id FROM qualification "
                  "WHERE id = :id");
SQL(sync_licence,
    "UPDATE supplier SET licence_no = q.number, licence_until_ymd = coalesce(q.until_ymd, 99991231) FROM qualification q WHERE "
    "supplier.id = :id AND q.id = (SELECT c.id FROM qualification c WHERE c.owner_kind = 'supplier' AND c.owner_id = :id AND "
    "c.kind = :kind_t AND c.ended_at_ms IS NULL AND c.confirmed_at_ms IS NOT NULL ORDER BY coalesce(c.until_ymd, 99991231) DESC, "
    "c.id DESC LIMIT 1)");

/* What stands there and is no paper of that kind was the licence of another business. */
SQL(clear_licence,
    "UPDATE supplier SET licence_no = '', licence_until_ymd = 0 WHERE id = :id AND NOT EXISTS (SELECT 1 FROM qualification c "
    "WHERE "
    "c.owner_kind = 'supplier' AND c.owner_id = :id AND c.kind = :kind_t AND (c.number = supplier.licence_no OR c.ended_at_ms IS "
    "NULL AND c.confirmed_at_ms IS NOT NULL))");

static const char *licence_kind(struct db *db, struct arena *a, int64_t supplier_id)
{
	return business_of(db_text(db, a, select_business, I64(":id", supplier_id)))->licence;
}

void paper_licence_sync(struct tx *tx, int64_t supplier_id)
{
	const struct arg which[] = {I64(":id", supplier_id), TEXT(":kind_t", licence_kind(tx_db(tx), tx->arena, supplier_id))};
	if (!db_exec_n(tx, &sync_licence, which, sizeof which / sizeof *which))
		db_exec_n(tx, &clear_licence, which, sizeof which / sizeof *which);
}

/* The columns on the supplier say what the licence among his papers says. */
static void keep_in_step(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	if (strcmp(owner_kind, "supplier") == 0)
		paper_licence_sync(tx, owner_id);
	tx_changed(tx, "partners", 0, 0, owner_id);
	tx->ref_id = owner_id;
}

struct paper_row {
	const char *owner_kind, *kind, *renewal_no;
	int64_t owner_id, replaces_id;
	bool ended, confirmed;
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
	                          col_i64(&r, 6),
	                          !col_is_null(&r, 3),
	                          !col_is_null(&r, 5)};
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
static enum status check_replaced(struct tx *tx, const struct paper_new *in, struct paper_row *old)
{
	enum status st = load(tx, in->replaces_id, old);
	if (st != ST_OK || old->owner_id != in->owner_id || strcmp(old->owner_kind, in->owner_kind) != 0 ||
	    strcmp(old->kind, in->kind) != 0)
		return tx_fail(tx, ST_INVALID_FIELD, "replaces_id", 0, "被替换的不是同一对象的同种资质");
	return old->ended ? tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该资质已被替换或作废") : ST_OK;
}

static bool counts_at_once(const struct paper_new *in)
{
	return in->counts || paper_kinds[find_kind(in->owner_kind, in->kind)].locks == LOCKS_NEVER;
}

static void insert(struct tx *tx, const struct paper_new *in, int64_t id, int64_t replaces_id)
{
	const struct arg row[] = {
	        I64(":id", id),
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
	        ID(":confirmed_id", counts_at_once(in) ? tx->now_ms : 0),
	        ID(":replaces_id", replaces_id),
	};
	db_exec_n(tx, &insert_paper, row, sizeof row / sizeof *row);
}

/*
 * RULE GSP-paper-confirmed: a renewal ends the paper before it only once it counts itself; one that begins later leaves it to
 * its own last day. One that renews another which waits takes its place at once: neither counted.
 */
enum status paper_add(struct tx *tx, const struct paper_new *in, int64_t *id)
{
	struct paper_row old = {0};
	enum status st = check(tx, in);
	if (st == ST_OK && in->replaces_id)
		st = check_replaced(tx, in, &old);
	if (st != ST_OK)
		return st;
	bool at_once = in->replaces_id && (!old.confirmed || (counts_at_once(in) && in->from_ymd <= tx->today_ymd));
	*id = tx_new_id(tx);
	insert(tx, in, *id, in->replaces_id && !old.confirmed ? old.replaces_id : in->replaces_id);
	if (at_once)
		st = end(tx, in->replaces_id, NULL, *id);
	if (st == ST_OK && strcmp(in->kind, paper_kinds[PAPER_mandate].word) == 0)
		st = mandate_goods_put(tx, *id, in->scope);
	keep_in_step(tx, in->owner_kind, in->owner_id);
	return st;
}

enum status paper_end(struct tx *tx, int64_t id, const char *note)
{
	struct paper_row p;
	enum status st = load(tx, id, &p);
	if (st != ST_OK)
		return st;
	st = end(tx, id, note, 0);
	keep_in_step(tx, p.owner_kind, p.owner_id);
	return st;
}

SQL(set_renewal, "UPDATE qualification SET renewal_no = :number_t, renewal_ymd = :ymd WHERE id = :id");
SQL(set_allowed, "UPDATE qualification SET allowed_at_ms = :at_ms, allowed_by = :by_id, allowed_note = :note_t WHERE id = :id");

static enum status load_registration(struct tx *tx, int64_t id, struct paper_row *p)
{
	enum status st = load(tx, id, p);
	if (st != ST_OK)
		return st;
	enum paper k = find_kind(p->owner_kind, p->kind);
	if (k == PAPER_COUNT || paper_kinds[k].locks != LOCKS_MADE)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "只有注册证, 批件和备案凭证有再注册受理");
	if (!p->confirmed)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该资质待质量部门确认, 确认后再登记受理");
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
	keep_in_step(tx, p.owner_kind, p.owner_id);
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
	keep_in_step(tx, p.owner_kind, p.owner_id);
	return ST_OK;
}

/* The one that counts, before those that wait. */
SQL(select_licence,
    "SELECT id, number, until_ymd FROM qualification WHERE owner_kind = 'supplier' AND owner_id = :id AND kind = :kind_t AND "
    "ended_at_ms IS NULL ORDER BY CASE WHEN confirmed_at_ms IS NULL THEN 1 ELSE 0 END, coalesce(until_ymd, 99991231) DESC, id "
    "DESC LIMIT 1");
SQL(select_waiting_licence,
    "SELECT 1 FROM qualification WHERE owner_kind = 'supplier' AND owner_id = :id AND ended_at_ms IS NULL AND (kind = :kind_t "
    "AND "
    "confirmed_at_ms IS NULL OR kind <> :kind_t AND kind IN ('drug_licence', 'device_licence', 'pieces_licence', "
    "'preparation_licence')) AND number = :number_t AND until_ymd = :until_ymd LIMIT 1");

bool paper_licence_waits(struct db *db, int64_t supplier_id, const char *number, int64_t until_ymd)
{
	SCOPED(arena) a = {0};
	return db_i64(db, 0, select_waiting_licence, I64(":id", supplier_id), TEXT(":kind_t", licence_kind(db, &a, supplier_id)),
	              TEXT(":number_t", number), I64(":until_ymd", until_ymd)) != 0;
}

enum status paper_licence(struct tx *tx, int64_t supplier_id, const char *number, int64_t until_ymd, bool counts)
{
	const char *kind = licence_kind(tx_db(tx), tx->arena, supplier_id);
	int64_t id = 0, old = 0;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_licence, I64(":id", supplier_id), TEXT(":kind_t", kind));
		bool known = rows_next(&r);
		if (known && strcmp(col_text(tx->arena, &r, 1), number) == 0 &&
		    (col_is_null(&r, 2) ? 99991231 : col_i64(&r, 2)) == until_ymd)
			return ST_OK;
		old = known ? col_i64(&r, 0) : 0;
	}
	if (paper_licence_waits(tx_db(tx), supplier_id, number, until_ymd))
		return ST_OK;
	const struct paper_new in = {
	        .owner_kind = "supplier",
	        .owner_id = supplier_id,
	        .kind = kind,
	        .number = number,
	        .until_ymd = until_ymd,
	        .replaces_id = old,
	        .counts = counts,
	};
	return paper_add(tx, &in, &id);
}
