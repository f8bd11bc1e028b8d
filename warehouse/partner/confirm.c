#include "warehouse/partner/confirm.h"

#include "core/attachment.h"
#include "core/clock.h"
#include "warehouse/partner/paper.h"

#include <string.h>

#define WAITS "q.ended_at_ms IS NULL AND q.confirmed_at_ms IS NULL"
SQL(select_waiting,
    "SELECT q.owner_kind, q.owner_id, q.made_by, coalesce(q.until_ymd, 99991231), coalesce(q.replaces_id, 0), CASE WHEN " WAITS
    " THEN 1 ELSE 0 END, coalesce(q.from_ymd, 0) FROM qualification q WHERE q.id = :id");
SQL(set_confirmed,
    "UPDATE qualification SET confirmed_at_ms = :at_ms, confirmed_by = :by_id WHERE id = :id AND ended_at_ms IS NULL "
    "AND confirmed_at_ms IS NULL");
SQL(end_replaced, "UPDATE qualification SET ended_at_ms = :at_ms, ended_by = :by_id, replaced_by = :new_id WHERE id = :id AND "
                  "ended_at_ms IS NULL");
SQL(end_refused, "UPDATE qualification SET ended_at_ms = :at_ms, ended_by = :by_id, end_note = :note_t WHERE id = :id");

struct waiting {
	int64_t owner_id, made_by, from_ymd, until_ymd, replaces_id;
	const char *owner_kind;
};

static enum status load(struct tx *tx, int64_t id, struct waiting *w)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_waiting, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*w = (struct waiting){.owner_kind = col_text(tx->arena, &r, 0),
	                      .owner_id = col_i64(&r, 1),
	                      .made_by = col_i64(&r, 2),
	                      .from_ymd = col_i64(&r, 6),
	                      .until_ymd = col_i64(&r, 3),
	                      .replaces_id = col_i64(&r, 4)};
	return col_i64(&r, 5) ? ST_OK : tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该资质不在待确认状态, 请刷新");
}

/* One that begins later leaves the one before it to its own last day. */
static void put(struct tx *tx, int64_t id, int64_t replaces_id, int64_t from_ymd)
{
	db_exec(tx, set_confirmed, I64(":at_ms", tx->now_ms), ID(":by_id", tx->me.id), I64(":id", id));
	if (replaces_id && from_ymd <= tx->today_ymd)
		db_exec(tx, end_replaced, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), I64(":new_id", id),
		        I64(":id", replaces_id));
}

static void tell(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	if (strcmp(owner_kind, "supplier") == 0)
		paper_licence_sync(tx, owner_id);
	tx_changed(tx, "partners", 0, 0, owner_id);
}

/* RULE GSP-paper-confirmed, RULE GSP-two-persons */
static enum status may_confirm(struct tx *tx, int64_t id, const struct waiting *w)
{
	if (w->made_by && w->made_by == tx->me.id)
		return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "这份资质是您登记的, 须由另一人确认");
	if (w->until_ymd < tx->today_ymd)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "该资质已于 %lld 到期, 不能确认", (long long)w->until_ymd);
	if (attachment_count(tx_db(tx), "qualification", id) == 0)
		return tx_fail(tx, ST_PAPERS_MISSING, "scans", 0, "没有扫描件, 不能确认; 请先在该资质下上传扫描件");
	return ST_OK;
}

enum status paper_confirm(struct tx *tx, int64_t id)
{
	struct waiting w;
	enum status st = load(tx, id, &w);
	if (st == ST_OK)
		st = may_confirm(tx, id, &w);
	if (st != ST_OK)
		return st;
	put(tx, id, w.replaces_id, w.from_ymd);
	tell(tx, w.owner_kind, w.owner_id);
	tx->ref_id = id;
	return ST_OK;
}

enum status paper_turn_down(struct tx *tx, int64_t id, const char *note)
{
	struct waiting w;
	enum status st = load(tx, id, &w);
	if (st != ST_OK)
		return st;
	db_exec(tx, end_refused, I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id), TEXT(":note_t", note), I64(":id", id));
	tell(tx, w.owner_kind, w.owner_id);
	tx->ref_id = id;
	return ST_OK;
}

/* ---- the whole file of a first purchase ---- */

SQL(select_own,
    "SELECT 1 FROM qualification q WHERE q.owner_kind = :kind_t AND q.owner_id = :id AND q.made_by = :me_id AND " WAITS
    " LIMIT 1");
SQL(select_file,
    "SELECT q.id, coalesce(q.replaces_id, 0), coalesce(q.from_ymd, 0) FROM qualification q WHERE q.owner_kind = :kind_t AND "
    "q.owner_id = :id AND " WAITS
    " AND EXISTS (SELECT 1 FROM attachment a WHERE a.owner_kind = 'qualification' AND a.owner_id = q.id AND a.replaced_at_ms IS "
    "NULL) ORDER BY q.id /*all sites: papers of partners are for all*/");
SQL(select_maker, "SELECT maker_id FROM product_maker WHERE product_id = :id");

static int64_t maker_of(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	return strcmp(owner_kind, "product") == 0 ? db_i64(tx_db(tx), 0, select_maker, I64(":id", owner_id)) : 0;
}

static bool has_own(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	return db_i64(tx_db(tx), 0, select_own, TEXT(":kind_t", owner_kind), I64(":id", owner_id), I64(":me_id", tx->me.id)) != 0;
}

enum status papers_approvable(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	int64_t maker = maker_of(tx, owner_kind, owner_id);
	if (has_own(tx, owner_kind, owner_id) || (maker && has_own(tx, "maker", maker)))
		return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "资料中有您登记的资质, 须由另一人批准");
	return ST_OK;
}

static void approve_all(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_file, TEXT(":kind_t", owner_kind), I64(":id", owner_id));
	while (rows_next(&r))
		put(tx, col_i64(&r, 0), col_i64(&r, 1), col_i64(&r, 2));
	rows_drop(&r);
	tell(tx, owner_kind, owner_id);
}

void papers_approve(struct tx *tx, const char *owner_kind, int64_t owner_id)
{
	int64_t maker = maker_of(tx, owner_kind, owner_id);
	approve_all(tx, owner_kind, owner_id);
	if (maker)
		approve_all(tx, "maker", maker);
}
