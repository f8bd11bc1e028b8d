#include "warehouse/volume/report.h"

#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/round.h"

#include <string.h>

SQL(insert_report,
    "INSERT INTO volume_report (id, round_id, site_id, open) VALUES (:id, :round_id, :site_id, :open) ON CONFLICT DO NOTHING");
SQL(select_open,
    "SELECT d.number FROM volume_report r JOIN document d ON d.id = r.id WHERE r.round_id = :round_id AND r.site_id = :site_id "
    "AND r.open = 1 /*all sites: the caller checks the site*/");
SQL(insert_line,
    "INSERT INTO volume_report_line (id, report_id, n, product_id, units, confirmed_units, dropped) VALUES (:id, :report_id, :n, "
    ":product_id, :units, :units, 0)");
SQL(drop_lines, "UPDATE volume_report_line SET dropped = 1 WHERE report_id = :id AND dropped = 0"
                " /*all sites: the caller has the document*/");
SQL(select_head, "SELECT round_id, site_id FROM volume_report WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_lines,
    "SELECT l.id, l.product_id, l.units, l.confirmed_units, p.name FROM volume_report_line l JOIN product p ON p.id = "
    "l.product_id WHERE l.report_id = :id AND l.dropped = 0 ORDER BY l.n /*all sites: the caller has the document*/");
SQL(confirm_line, "UPDATE volume_report_line SET confirmed_units = :units, reason = :reason_t WHERE id = :id"
                  " /*all sites: the caller has the document*/");
SQL(close_report, "UPDATE volume_report SET open = 0 WHERE id = :id /*all sites: the caller has the document*/");

static bool stands_before(const struct volume_report_new *in, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (in->lines[j].product_id == in->lines[i].product_id)
			return true;
	return false;
}

static enum status write_lines(struct tx *tx, const struct doc *d, int64_t round_id, const struct volume_report_new *in)
{
	for (size_t i = 0; i < in->line_count; i++) {
		struct volume_listing l;
		const struct volume_report_line_new *line = &in->lines[i];
		if (!volume_listing_in(tx_db(tx), tx->arena, round_id, line->product_id, &l))
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1,
			               "该品种不在本批次中");
		if (stands_before(in, i))
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1,
			               "同一品种只能报一行");
		if (line->units < 1)
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), (int64_t)i + 1, "数量至少为 1");
		db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":report_id", d->id), I64(":n", (int64_t)i + 1),
		        I64(":product_id", line->product_id), I64(":units", line->units));
	}
	return ST_OK;
}

static enum status make(struct tx *tx, int64_t round_id, int64_t site_id, const struct doc_head *head, struct doc *out)
{
	bool open = !head->state;
	const char *other = db_text(tx_db(tx), tx->arena, select_open, I64(":round_id", round_id), I64(":site_id", site_id));
	if (open && other)
		return tx_fail(tx, ST_ALREADY_EXISTS, "site_id", 0, "该机构在本批次已有未办结的报量单 %s, 请在其中修改", other);
	enum status st = document_make(tx, &volume_report_kind, head, out);
	db_exec(tx, insert_report, I64(":id", out->id), I64(":round_id", round_id), I64(":site_id", site_id), I64(":open", open));
	return st;
}

enum status volume_report_make(struct tx *tx, const struct volume_report_new *in, struct doc *out)
{
	struct volume_round round;
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id;
	tx->action = "volume.report";
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (volume_round_load(tx_db(tx), tx->arena, in->round_id, &round) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "round_id", 0, "没有这个批次");
	if (round.to_ymd < tx->today_ymd)
		return tx_fail(tx, ST_INVALID_FIELD, "round_id", 0, "批次“%s”的约定采购年度已结束, 不能再报量", round.name);
	const struct doc_head head = {site, site_root(tx_db(tx)), in->reference, in->note, NULL};
	enum status st = make(tx, in->round_id, site, &head, out);
	return st == ST_OK ? write_lines(tx, out, in->round_id, in) : st;
}

enum status volume_report_change(struct tx *tx, struct doc *d, const struct volume_report_new *in)
{
	tx->action = "volume.report.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "报量单 %s 已提交, 不能修改", d->number);
	enum status st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	if (!in->lines)
		return ST_OK;
	db_exec(tx, drop_lines, I64(":id", d->id));
	return write_lines(tx, d, db_i64(tx_db(tx), 0, select_head, I64(":id", d->id)), in);
}

enum status volume_report_taken(struct tx *tx, int64_t round_id, int64_t site_id, const char *note, struct doc *out)
{
	const struct doc_head head = {site_id, site_root(tx_db(tx)), NULL, note, "committed"};
	return make(tx, round_id, site_id, &head, out);
}

SQL(count_lines, "SELECT count(*) FROM volume_report_line WHERE report_id = :id /*all sites: the caller has the document*/");

enum status volume_report_taken_line(struct tx *tx, const struct doc *d, int64_t round_id, int64_t site_id, int64_t product_id,
                                     int64_t units)
{
	int64_t n = db_i64(tx_db(tx), 0, count_lines, I64(":id", d->id));
	if (units > 0)
		db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":report_id", d->id), I64(":n", n + 1),
		        I64(":product_id", product_id), I64(":units", units));
	return volume_commit(tx, round_id, product_id, site_id, units, d->id);
}

/* ---- steps ---- */

static enum status has_lines(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	return rows_next(&r) ? ST_OK : tx_fail(tx, ST_NO_LINES, "lines", 0, "报量单没有明细, 不能提交");
}

static enum status confirm_one(struct tx *tx, const struct doc *d, const struct volume_report_line_new *said, size_t i)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r)) {
		if (col_i64(&r, 1) != said->product_id)
			continue;
		if (said->units > col_i64(&r, 2))
			return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "units"), (int64_t)i + 1,
			               "确认数量不能多于上报数量 %lld", (long long)col_i64(&r, 2));
		if (said->units < col_i64(&r, 2) && (!said->reason || !*said->reason))
			return tx_fail(tx, ST_REASON_MISSING, tx_line_field(tx, i, "reason"), (int64_t)i + 1, "核减须填写原因");
		db_exec(tx, confirm_line, I64(":units", said->units), TEXT(":reason_t", said->reason),
		        I64(":id", col_i64(&r, 0)));
		return ST_OK;
	}
	return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1, "报量单没有这个品种");
}

static enum status confirm(struct tx *tx, struct doc *d, const void *input)
{
	const struct volume_report_new *in = input;
	enum status st = ST_OK;
	for (size_t i = 0; i < in->line_count && st == ST_OK; i++)
		st = confirm_one(tx, d, &in->lines[i], i);
	return st;
}

/* A confirmed line on its way to become a commitment. */
struct promise {
	const struct volume_round *round;
	int64_t product_id, units, target_id, target_units;
	const char *name;
};

/* Units of one strength as units of another one, at the round's rate, in whole packs; half a pack counts as one. */
static int64_t agreed_units(const struct promise *p, int64_t measure, int64_t target_measure, int64_t per_pack)
{
	__int128 thousandths = (__int128)p->units * measure * p->round->commit_pm;
	__int128 pack = (__int128)target_measure * 1000 * per_pack;
	return (int64_t)((thousandths * 2 + pack) / (pack * 2)) * per_pack;
}

static enum status find_target(struct tx *tx, struct promise *p)
{
	struct db *db = tx_db(tx);
	struct volume_listing own, target;
	struct product product;
	if (!volume_listing_in(db, tx->arena, p->round->id, p->product_id, &own))
		return tx_fail(tx, ST_INVALID_FIELD, "lines", 0, "%s 不在本批次中", p->name);
	p->target_id = strcmp(own.role, "selected") == 0 ? p->product_id : volume_selected(db, own.generic_id);
	if (!p->target_id)
		return tx_fail(tx, ST_WRONG_STATE, "lines", 0, "%s 还没有中选品种, 不能定约", own.generic);
	enum status st = product_load(db, tx->arena, p->target_id, &product);
	if (st != ST_OK || !volume_listing_in(db, tx->arena, p->round->id, p->target_id, &target))
		return tx_fail(tx, ST_INVALID_FIELD, "lines", 0, "%s 的中选品种不在本批次中", own.generic);
	p->target_units = agreed_units(p, own.measure_e3, target.measure_e3, product.units_per_pack);
	return ST_OK;
}

static enum status all_selected(struct tx *tx, const struct doc *d, const void *input)
{
	struct volume_round round;
	enum status st = volume_round_load(tx_db(tx), tx->arena, db_i64(tx_db(tx), 0, select_head, I64(":id", d->id)), &round);
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (rows_next(&r)) {
		struct promise p = {&round, col_i64(&r, 1), col_i64(&r, 3), 0, 0, col_text(tx->arena, &r, 4)};
		enum status one = st == ST_OK ? find_target(tx, &p) : st;
		st = one;
		if (st != ST_OK)
			return st;
	}
	return st;
}

/* RULE DOMAIN-12.3-volume-report: confirmed 报量 becomes the site's 约定采购量, and nothing else does. */
static enum status commit(struct tx *tx, struct doc *d, const void *input)
{
	struct volume_round round;
	enum status st = volume_round_load(tx_db(tx), tx->arena, db_i64(tx_db(tx), 0, select_head, I64(":id", d->id)), &round);
	(void)input;
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	while (st == ST_OK && rows_next(&r)) {
		struct promise p = {&round, col_i64(&r, 1), col_i64(&r, 3), 0, 0, col_text(tx->arena, &r, 4)};
		st = find_target(tx, &p);
		if (st == ST_OK && p.target_units > 0)
			st = volume_commit(tx, round.id, p.target_id, d->from_site_id, p.target_units, d->id);
	}
	db_exec(tx, close_report, I64(":id", d->id));
	return st;
}

static enum status close(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, close_report, I64(":id", d->id));
	return ST_OK;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},       {"submitted", "已上报", true},  {"confirmed", "已确认", true},
        {"committed", "已定约", true}, {"cancelled", "已撤销", false}, {NULL, NULL, false},
};
#define SITE PERM_VOLUME_REPORT, SIDE_FROM
#define LEAD PERM_VOLUME_CONFIRM, SIDE_TO
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "上报", SITE, false, has_lines, NULL},
        {"submitted", "confirm", "confirmed", "确认", LEAD, false, NULL, confirm},
        {"submitted", "return", "draft", "退回修改", LEAD, true, NULL, NULL},
        {"confirmed", "commit", "committed", "定约", LEAD, false, all_selected, commit},
        {"confirmed", "return", "draft", "退回修改", LEAD, true, NULL, NULL},
        {"draft", "cancel", "cancelled", "撤销", SITE, true, NULL, close},
        {"submitted", "cancel", "cancelled", "撤销", SITE, true, NULL, close},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE GSP-two-persons: whoever reported does not confirm. */
static const struct doc_two_persons two_persons[] = {
        {"confirm", "submit"}, {"confirm", "make"}, {"confirm", "edit"}, {NULL, NULL}};
const struct doc_kind volume_report_kind = {"volume_report", "报量单", "BL",    "volume-reports",
                                            states,          steps,    "draft", two_persons};
