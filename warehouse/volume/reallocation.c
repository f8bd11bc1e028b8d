#include "warehouse/volume/reallocation.h"

#include "core/people.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/round.h"

SQL(insert_head, "INSERT INTO volume_reallocation (id, round_id, from_site_id, to_site_id) VALUES (:id, :round_id, :from_id, "
                 ":to_id)");
SQL(insert_line, "INSERT INTO volume_reallocation_line (id, reallocation_id, n, product_id, units) VALUES (:id, :head_id, :n, "
                 ":product_id, :units)");
SQL(select_lines,
    "SELECT h.round_id, h.from_site_id, h.to_site_id, l.product_id, l.units, l.n, p.name FROM volume_reallocation h JOIN "
    "volume_reallocation_line l ON l.reallocation_id = h.id JOIN product p ON p.id = l.product_id WHERE h.id = :id ORDER BY l.n "
    "/*all sites: the caller has the document*/");
SQL(select_free,
    "SELECT units - received_units FROM volume_progress WHERE round_id = :round_id AND product_id = :product_id AND site_id = "
    ":site_id /*all sites: the caller has the document*/");

static enum status check_sites(struct tx *tx, const struct volume_reallocation_new *in)
{
	struct db *db = tx_db(tx);
	if (!me_at_site(db, &tx->me, in->from_site_id))
		return tx_fail(tx, ST_INVALID_FIELD, "from_site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (!me_at_site(db, &tx->me, in->to_site_id) || in->to_site_id == in->from_site_id)
		return tx_fail(tx, ST_INVALID_FIELD, "to_site_id", 0, "请选择另一家您管辖的机构");
	if (!in->note || !*in->note)
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "请填写调剂原因");
	return ST_OK;
}

enum status volume_reallocation_make(struct tx *tx, const struct volume_reallocation_new *in, struct doc *out)
{
	struct volume_round round;
	tx->action = "volume.reallocation";
	if (volume_round_load(tx_db(tx), tx->arena, in->round_id, &round) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "round_id", 0, "没有这个批次");
	enum status st = check_sites(tx, in);
	if (st != ST_OK)
		return st;
	const struct doc_head head = {in->from_site_id, in->to_site_id, in->reference, in->note, NULL};
	st = document_make(tx, &volume_reallocation_kind, &head, out);
	db_exec(tx, insert_head, I64(":id", out->id), I64(":round_id", in->round_id), I64(":from_id", in->from_site_id),
	        I64(":to_id", in->to_site_id));
	for (size_t i = 0; i < in->line_count && st == ST_OK; i++) {
		struct volume_listing l;
		if (!volume_listing_in(tx_db(tx), tx->arena, in->round_id, in->lines[i].product_id, &l))
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1,
			               "该品种不在批次“%s”中", round.name);
		db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":head_id", out->id), I64(":n", (int64_t)i + 1),
		        I64(":product_id", in->lines[i].product_id), I64(":units", in->lines[i].units));
	}
	return st;
}

/* Only what is not done can go: every line is looked at before the first one moves. */
static enum status has_volume(struct tx *tx, const struct doc *d, const void *input)
{
	enum status st = ST_OK;
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r)) {
		int64_t left = db_i64(tx_db(tx), 0, select_free, I64(":round_id", col_i64(&r, 0)),
		                      I64(":product_id", col_i64(&r, 3)), I64(":site_id", col_i64(&r, 1)));
		if (left < col_i64(&r, 4))
			st = tx_fail(tx, ST_WRONG_STATE,
			             arena_printf(tx->arena, "lines[%lld].units", (long long)col_i64(&r, 5) - 1), col_i64(&r, 5),
			             "%s: 调出机构未完成的约定量只剩 %lld, 不能调出 %lld", col_text(tx->arena, &r, 6),
			             (long long)(left > 0 ? left : 0), (long long)col_i64(&r, 4));
	}
	return st;
}

static enum status move(struct tx *tx, struct doc *d, const void *input)
{
	enum status st = ST_OK;
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		int64_t round = col_i64(&r, 0), product = col_i64(&r, 3), units = col_i64(&r, 4);
		st = volume_commit(tx, round, product, col_i64(&r, 1), -units, d->id);
		if (st == ST_OK)
			st = volume_commit(tx, round, product, col_i64(&r, 2), units, d->id);
	}
	return st;
}

static const struct doc_state states[] = {
        {"submitted", "待批准", true},  {"approved", "已批准", true}, {"rejected", "已驳回", false},
        {"cancelled", "已撤销", false}, {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"submitted", "approve", "approved", "批准", PERM_VOLUME_APPROVE, SIDE_ANY, false, has_volume, move},
        {"submitted", "reject", "rejected", "驳回", PERM_VOLUME_APPROVE, SIDE_ANY, true, NULL, NULL},
        {"submitted", "cancel", "cancelled", "撤销", PERM_VOLUME_EDIT, SIDE_ANY, true, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {{"approve", "make"}, {NULL, NULL}};
const struct doc_kind volume_reallocation_kind = {
        "volume_reallocation", "约定量调剂单", "YT", "volume-reallocations", states, steps, "submitted", two_persons};
