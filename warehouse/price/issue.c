#include "warehouse/price/issue.h"

#include "core/money.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/claim.h"
#include "warehouse/price/count.h"
#include "warehouse/price/flag.h"
#include "warehouse/price/his.h"
#include "warehouse/price/price.h"

#include <string.h>

#define DUE_AT_ONCE 10 /* adjustments that take effect in one write */

/* ---- what the issue price may be ---- */

SQL(select_margin, "SELECT value FROM price_setting WHERE name = 'decoction_margin_percent'");
SQL(set_margin, "UPDATE price_setting SET value = :value WHERE name = 'decoction_margin_percent'");

SQL(turn_decoctions,
    "INSERT INTO price_turn (on_ymd, product_id) SELECT :today_ymd, i.product_id FROM issue_price i JOIN product p ON p.id = "
    "i.product_id JOIN drug d ON d.id = p.drug_id WHERE d.class = 'decoction' /*scan: a setting of all pieces*/ ON CONFLICT DO "
    "NOTHING");

int64_t price_decoction_margin(struct db *db)
{
	return db_i64_n(db, 0, &select_margin, NULL, 0);
}

enum status price_decoction_margin_set(struct tx *tx, int64_t percent)
{
	tx->action = "price.margin";
	if (percent < 0 || percent > DECOCTION_MARGIN_MAX)
		return tx_fail(tx, ST_INVALID_FIELD, "decoction_margin_percent", 0, "饮片加成应为 0 到 %d 的整数",
		               DECOCTION_MARGIN_MAX);
	db_exec(tx, set_margin, I64(":value", percent));
	db_exec(tx, turn_decoctions, I64(":today_ymd", tx->today_ymd));
	tx_changed(tx, "prices", 0, 0, 0);
	return ST_OK;
}

SQL(select_class, "SELECT d.class FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.id = :id");
SQL(select_last_paid, "SELECT price_e4, units_per_pack FROM price_paid WHERE product_id = :product_id AND return_id IS NULL "
                      "ORDER BY id DESC LIMIT 1 "
                      "/*all sites: one price for all*/");

/* The purchase price of a pack that the issue price follows: what the rule fixes, or what was last paid within it. */
static int64_t basis_of(struct db *db, struct arena *a, const struct product *p, int32_t ymd)
{
	struct price_rule rule;
	enum status st = price_rule_on(db, a, p->id, ymd, &rule);
	int64_t most = st == ST_OK ? price_rule_for(&rule, p->units_per_pack) : 0;
	if (st == ST_OK && rule.exact)
		return most;
	/* an exact price above the ceiling is none: the ceiling is what counts */
	if (st != ST_OK && st != ST_NO_LISTED_PRICE)
		most = price_rule_ceiling(&rule, p->units_per_pack);
	SCOPED(rows) r = db_query(db, select_last_paid, I64(":product_id", p->id));
	if (!rows_next(&r))
		return most;
	int64_t paid = (int64_t)((__int128)col_i64(&r, 0) * p->units_per_pack / col_i64(&r, 1));
	return most && most < paid ? most : paid;
}

static int64_t margin_of(struct db *db, struct arena *a, int64_t product_id)
{
	const char *class = db_text(db, a, select_class, I64(":id", product_id));
	return class && strcmp(class, "decoction") == 0 ? price_decoction_margin(db) : 0;
}

static int64_t limit_of(int64_t basis_e4, int64_t margin)
{
	return (int64_t)((__int128)basis_e4 * (100 + margin) / 100);
}

int64_t price_issue_limit(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, int64_t *units_per_pack)
{
	struct product p;
	if (product_load(db, a, product_id, &p) != ST_OK)
		return 0;
	*units_per_pack = p.units_per_pack;
	return limit_of(basis_of(db, a, &p, ymd), margin_of(db, a, p.id));
}

/* ---- writing ---- */

SQL(insert_head,
    "INSERT INTO price_adjustment (id, effective_at_ms, due, gain_fen, line_count) VALUES (:id, :at_ms, 0, 0, :count)");
SQL(update_head, "UPDATE price_adjustment SET effective_at_ms = :at_ms, line_count = :count WHERE id = :id "
                 "/*all sites: the caller has the document*/");
SQL(insert_line,
    "INSERT INTO price_adjustment_line (id, adjustment_id, n, product_id, price_e4, units_per_pack, basis_e4, margin_percent, "
    "claim, reason, units, gain_fen, claim_units, claim_fen) VALUES (:id, :adjustment_id, :n, :product_id, :price, "
    ":per_pack, :basis, :margin, 0, :reason_t, 0, 0, 0, 0)");
SQL(drop_lines, "DELETE FROM price_adjustment_line WHERE adjustment_id = :id /*all sites: the caller has the document*/");

struct proposed {
	int64_t price_e4, basis_e4, margin;
	const char *reason;
};

/* RULE DOMAIN-12.3-zero-margin */
static enum status check_price(struct tx *tx, const struct product *p, const struct proposed *new, size_t i)
{
	char asked[32], most[32];
	const char *field = tx_line_field(tx, i, "price");
	int64_t basis = new->basis_e4, limit = limit_of(basis, new->margin), row = (int64_t)i + 1;
	if (!basis)
		return tx_fail(tx, ST_NO_LISTED_PRICE, field, row, "%s 没有现行价格, 也没有进价, 不能调价", p->name);
	if (new->price_e4 <= 0)
		return tx_fail(tx, ST_INVALID_FIELD, field, row, "%s 的发药价须大于 0", p->name);
	price_text(new->price_e4, asked);
	price_text(new->price_e4 < basis ? basis : limit, most);
	if (new->price_e4 < basis && (!new->reason || !*new->reason))
		return tx_fail(tx, ST_REASON_MISSING, tx_line_field(tx, i, "reason"), row,
		               "%s 发药价 %s 元低于进价 %s 元, 请写明理由", p->name, asked, most);
	if (new->price_e4 <= limit)
		return ST_OK;
	return tx_fail(tx, ST_OVER_MARGIN, field, row, "%s 发药价 %s 元高于%s %s 元", p->name, asked,
	               new->margin ? "进价加成后" : "进价 (零差率)", most);
}

static enum status write_line(struct tx *tx, int64_t id, const struct price_adjustment_line_new *in, size_t i, int32_t ymd)
{
	struct product p;
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1, "没有这个品种");
	int64_t basis = basis_of(tx_db(tx), tx->arena, &p, ymd), margin = margin_of(tx_db(tx), tx->arena, p.id);
	int64_t price = in->price_e4 == PRICE_FOLLOWS ? limit_of(basis, margin) : in->price_e4;
	const struct proposed new = {price, basis, margin, in->reason};
	enum status st = check_price(tx, &p, &new, i);
	if (st == ST_OK)
		db_exec(tx, insert_line, I64(":id", tx_new_id(tx)), I64(":adjustment_id", id), I64(":n", (int64_t)i + 1),
		        I64(":product_id", p.id), I64(":price", price), I64(":per_pack", p.units_per_pack), I64(":basis", basis),
		        I64(":margin", margin), TEXT(":reason_t", in->reason));
	return st;
}

static enum status write_lines(struct tx *tx, int64_t id, const struct price_adjustment_new *in, int32_t ymd)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < in->line_count && st == ST_OK; i++) {
		for (size_t k = 0; k < i; k++)
			if (in->lines[i].product_id == in->lines[k].product_id)
				return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), (int64_t)i + 1,
				               "与第 %zu 行是同一品种", k + 1);
		st = write_line(tx, id, &in->lines[i], i, ymd);
	}
	return st;
}

static int64_t moment_of(const struct tx *tx, const struct price_adjustment_new *in)
{
	return in->effective_at_ms > tx->now_ms ? in->effective_at_ms : tx->now_ms;
}

enum status price_adjustment_make(struct tx *tx, const struct price_adjustment_new *in, struct doc *out)
{
	int64_t root = site_root(tx_db(tx)), at_ms = moment_of(tx, in);
	const struct doc_head head = {root, root, in->reference, in->note, NULL};
	tx->action = "price_adjustment.make";
	enum status st = document_make(tx, &price_adjustment_kind, &head, out);
	db_exec(tx, insert_head, I64(":id", out->id), I64(":at_ms", at_ms), I64(":count", (int64_t)in->line_count));
	return st == ST_OK ? write_lines(tx, out->id, in, ymd_of_ms(at_ms)) : st;
}

enum status price_adjustment_change(struct tx *tx, struct doc *d, const struct price_adjustment_new *in)
{
	int64_t at_ms = moment_of(tx, in);
	tx->action = "price_adjustment.edit";
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "调价单 %s 已提交, 不能修改", d->number);
	enum status st = document_edit(tx, d, in->version, "edit", NULL);
	if (st != ST_OK)
		return st;
	document_rename(tx, d, in->reference, in->note);
	db_exec(tx, update_head, I64(":at_ms", at_ms), I64(":count", (int64_t)in->line_count), I64(":id", d->id));
	db_exec(tx, drop_lines, I64(":id", d->id));
	return write_lines(tx, d->id, in, ymd_of_ms(at_ms));
}

/* ---- the moment ---- */

SQL(select_lines, "SELECT id, product_id, price_e4, units_per_pack, reason, basis_e4 FROM price_adjustment_line WHERE "
                  "adjustment_id = :id ORDER BY n /*all sites: the caller has the document*/");
SQL(select_moment, "SELECT effective_at_ms FROM price_adjustment WHERE id = :id /*all sites: the caller has the document*/");

/* What was proposed may not hold any more on the day it begins. */
static enum status still_right(struct tx *tx, const struct doc *d, const void *input)
{
	enum status st = ST_OK;
	size_t i = 0;
	(void)input;
	int64_t at_ms = db_i64(tx_db(tx), tx->now_ms, select_moment, I64(":id", d->id));
	int32_t ymd = ymd_of_ms(at_ms > tx->now_ms ? at_ms : tx->now_ms);
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", d->id));
	for (; st == ST_OK && rows_next(&r); i++) {
		struct product p = {0};
		st = product_load(tx_db(tx), tx->arena, col_i64(&r, 1), &p);
		if (st != ST_OK)
			break;
		const struct proposed new = {col_i64(&r, 2), basis_of(tx_db(tx), tx->arena, &p, ymd),
		                             margin_of(tx_db(tx), tx->arena, p.id), col_text(tx->arena, &r, 4)};
		st = check_price(tx, &p, &new, i);
	}
	return st == ST_OK && i == 0 ? tx_fail(tx, ST_NO_LINES, "lines", 0, "调价单没有品种") : st;
}

SQL(set_due, "UPDATE price_adjustment SET due = 1, approve_seq = :seq, effective_at_ms = CASE WHEN effective_at_ms < :now_ms "
             "THEN :now_ms ELSE effective_at_ms END WHERE id = :id /*all sites: the caller has the document*/");
SQL(clear_due, "UPDATE price_adjustment SET due = 0 WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_sites, "SELECT id FROM site ORDER BY id /*scan: all branches are told*/");

/* Every branch is told before the moment comes. */
static enum status schedule(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, set_due, I64(":now_ms", tx->now_ms), I64(":seq", tx->seq), I64(":id", d->id));
	price_his_ask(tx, d->id);
	SCOPED(rows) r = db_query_n(tx_db(tx), &select_sites, NULL, 0);
	while (rows_next(&r))
		document_show_to(tx, d, col_i64(&r, 0));
	return ST_OK;
}

static enum status unschedule(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	db_exec(tx, clear_due, I64(":id", d->id));
	price_his_forget(tx, d->id);
	return ST_OK;
}

SQL(select_due, "SELECT id FROM price_adjustment WHERE due = 1 AND effective_at_ms <= :now_ms ORDER BY effective_at_ms, id LIMIT "
                ":limit /*all sites: the program itself*/");
SQL(set_issue,
    "INSERT INTO issue_price (product_id, price_e4, units_per_pack, since_ms, adjustment_id) VALUES (:product_id, :price, "
    ":per_pack, :at_ms, :id) ON CONFLICT (product_id) DO UPDATE SET price_e4 = excluded.price_e4, units_per_pack = "
    "excluded.units_per_pack, since_ms = excluded.since_ms, adjustment_id = excluded.adjustment_id");
SQL(select_issue, "SELECT price_e4, units_per_pack FROM issue_price WHERE product_id = :product_id");
SQL(set_line, "UPDATE price_adjustment_line SET old_e4 = :old_e4, units = :units, gain_fen = :gain, claim = :claims, "
              "claim_units = :claim_units, claim_fen = :claim WHERE id = :id /*all sites: the program itself*/");
SQL(insert_stock,
    "INSERT INTO price_adjustment_stock (line_id, place_id, adjustment_id, units, old_fen, new_fen, gain_fen) VALUES (:line_id, "
    ":place_id, :adjustment_id, :units, :old, :new, :gain)");
SQL(insert_change, "INSERT INTO issue_change (no, product_id, after_seq, at_ms, seq, price_e4, units_per_pack, line_id) VALUES "
                   "(:no, :product_id, "
                   ":after_seq, :at_ms, :seq, :price, :per_pack, :line_id)");
SQL(set_done, "UPDATE price_adjustment SET due = 0, done_at_ms = :now_ms, gain_fen = :gain WHERE id = :id "
              "/*all sites: the program itself*/");

bool price_adjustment_is_due(struct db *db, int64_t now_ms)
{
	return db_i64(db, 0, select_due, I64(":now_ms", now_ms), I64(":limit", 1)) != 0;
}

SQL(select_moment_of, "SELECT effective_at_ms, coalesce(approve_seq, 0) FROM price_adjustment WHERE id = :id "
                      "/*all sites: the program itself*/");
SQL(select_last_before, "SELECT seq FROM audit WHERE at_ms < :moment_ms ORDER BY seq DESC LIMIT 1");
SQL(select_last_change, "SELECT no, after_seq FROM issue_change ORDER BY no DESC LIMIT 1");

/* The last write that sees the price before: never one before the approval, nor before the change before this one. */
static int64_t last_before(struct db *db, int64_t id)
{
	int64_t seq = 0;
	SCOPED(rows) r = db_query(db, select_moment_of, I64(":id", id));
	if (rows_next(&r)) {
		int64_t before = db_i64(db, 0, select_last_before, I64(":moment_ms", col_i64(&r, 0)));
		seq = before > col_i64(&r, 1) ? before : col_i64(&r, 1);
	}
	SCOPED(rows) last = db_query_n(db, &select_last_change, NULL, 0);
	int64_t changed = rows_next(&last) ? col_i64(&last, 1) : 0;
	return seq > changed ? seq : changed;
}

int64_t price_known_until(struct db *db, int64_t now_ms)
{
	int64_t id = db_i64(db, 0, select_due, I64(":now_ms", now_ms), I64(":limit", 1));
	return id ? last_before(db, id) : INT64_MAX;
}

static int64_t fen(int64_t units, int64_t price_e4, int64_t units_per_pack)
{
	int64_t out = 0;
	return amount_fen(units, price_e4, units_per_pack, &out) ? out : 0;
}

/* Stock is worth the issue price before; until there was one, what its batches cost. */
static int64_t old_worth(const struct price_count_place *p, int64_t old_e4, int64_t per_pack)
{
	return old_e4 >= 0 ? fen(p->units, old_e4, per_pack) : p->cost_fen;
}

struct line {
	int64_t id, product_id, price_e4, units_per_pack, old_e4, basis_e4;
};
struct moment {
	int64_t adjustment_id, at_ms, after_seq;
};

static void set_price(struct tx *tx, const struct moment *m, const struct line *l)
{
	db_exec(tx, set_issue, I64(":product_id", l->product_id), I64(":price", l->price_e4), I64(":per_pack", l->units_per_pack),
	        I64(":at_ms", m->at_ms), I64(":id", m->adjustment_id));
	price_turn_put(tx, l->product_id, tx->today_ymd);
	db_exec(tx, insert_change, I64(":no", 1 + db_i64_n(tx_db(tx), 0, &select_last_change, NULL, 0)),
	        I64(":product_id", l->product_id), I64(":after_seq", m->after_seq), I64(":at_ms", m->at_ms), I64(":seq", tx->seq),
	        I64(":price", l->price_e4), I64(":per_pack", l->units_per_pack), I64(":line_id", l->id));
}

/* 补差 from each supplier whose contract gives it that day; the sums in *all. RULE DOMAIN-12.3-price-claim */
static void claim_dearer(struct tx *tx, const struct moment *m, const struct line *l, const struct price_count *c,
                         struct price_claim *all)
{
	for (size_t i = 0; i < c->dearer_count; i++) {
		const struct price_count_dearer *d = &c->dearer[i];
		const struct price_claim claim = {l->id, m->adjustment_id, d->supplier_id, l->product_id, d->units, d->fen};
		if (!price_clause_on(tx_db(tx), d->supplier_id, ymd_of_ms(m->at_ms)))
			continue;
		price_claim_put(tx, &claim);
		all->units += d->units;
		all->amount_fen += d->fen;
	}
}

/* Counts, books what each place gains or loses, and lets the new price hold; answers the gain. */
static int64_t revalue(struct tx *tx, const struct moment *m, const struct line *l)
{
	struct price_count c = {.product_id = l->product_id,
	                        .after_seq = m->after_seq,
	                        .price_e4 = l->basis_e4,
	                        .units_per_pack = l->units_per_pack};
	int64_t units = 0, gain = 0;
	struct price_claim claimed = {0};
	price_count_stock(tx, &c);
	for (size_t i = 0; i < c.place_count; i++) {
		const struct price_count_place *p = &c.places[i];
		int64_t before = old_worth(p, l->old_e4, l->units_per_pack), now = fen(p->units, l->price_e4, l->units_per_pack);
		db_exec(tx, insert_stock, I64(":line_id", l->id), I64(":place_id", p->place_id),
		        I64(":adjustment_id", m->adjustment_id), I64(":units", p->units), I64(":old", before), I64(":new", now),
		        I64(":gain", now - before));
		units += p->units;
		gain += now - before;
	}
	claim_dearer(tx, m, l, &c, &claimed);
	db_exec(tx, set_line, l->old_e4 >= 0 ? I64(":old_e4", l->old_e4) : ID(":old_e4", 0), I64(":units", units),
	        I64(":gain", gain), I64(":claims", claimed.units > 0), I64(":claim_units", claimed.units),
	        I64(":claim", claimed.amount_fen), I64(":id", l->id));
	set_price(tx, m, l);
	return gain;
}

bool price_issue(struct db *db, int64_t product_id, int64_t *price_e4, int64_t *units_per_pack)
{
	SCOPED(rows) r = db_query(db, select_issue, I64(":product_id", product_id));
	if (!rows_next(&r))
		return false;
	*price_e4 = col_i64(&r, 0);
	*units_per_pack = col_i64(&r, 1);
	return true;
}

static int64_t issue_price_of(struct tx *tx, int64_t product_id, int64_t units_per_pack)
{
	int64_t price = 0, per_pack = 1;
	if (!price_issue(tx_db(tx), product_id, &price, &per_pack))
		return -1;
	return (int64_t)((__int128)price * units_per_pack / per_pack);
}

static enum status take_effect(struct tx *tx, int64_t id)
{
	struct doc d;
	const struct me program = {.id = 0};
	int64_t gain = 0;
	const struct moment m = {id, db_i64(tx_db(tx), tx->now_ms, select_moment, I64(":id", id)), last_before(tx_db(tx), id)};
	enum status st = document_load(tx_db(tx), tx->arena, &program, &price_adjustment_kind, id, &d);
	SCOPED(rows) r = db_query(tx_db(tx), select_lines, I64(":id", id));
	while (st == ST_OK && rows_next(&r)) {
		const struct line l = {.id = col_i64(&r, 0),
		                       .product_id = col_i64(&r, 1),
		                       .price_e4 = col_i64(&r, 2),
		                       .units_per_pack = col_i64(&r, 3),
		                       .old_e4 = issue_price_of(tx, col_i64(&r, 1), col_i64(&r, 3)),
		                       .basis_e4 = col_i64(&r, 5)};
		gain += revalue(tx, &m, &l);
	}
	db_exec(tx, set_done, I64(":now_ms", tx->now_ms), I64(":gain", gain), I64(":id", id));
	tx_changed(tx, "prices", 0, 0, id);
	return st == ST_OK ? document_follow(tx, &d, "take_effect", NULL) : st;
}

enum status price_adjustments_take_effect(struct tx *tx)
{
	int64_t due[DUE_AT_ONCE];
	size_t n = 0;
	enum status st = ST_OK;
	tx->action = "price_adjustment.take_effect";
	SCOPED(rows) r = db_query(tx_db(tx), select_due, I64(":now_ms", tx->now_ms), I64(":limit", DUE_AT_ONCE));
	while (n < DUE_AT_ONCE && rows_next(&r))
		due[n++] = col_i64(&r, 0);
	rows_drop(&r);
	for (size_t i = 0; i < n && st == ST_OK; i++)
		st = take_effect(tx, due[i]);
	return st;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},       {"submitted", "已提交", true},     {"scheduled", "待生效", true},
        {"effective", "已生效", true}, {"confirmed", "HIS 已执行", true}, {"cancelled", "已作废", false},
        {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_PRICE_EDIT, SIDE_ANY, false, still_right, NULL},
        {"submitted", "approve", "scheduled", "批准", PERM_PRICE_DECIDE, SIDE_ANY, false, still_right, schedule},
        {"submitted", "return", "draft", "退回修改", PERM_PRICE_DECIDE, SIDE_ANY, true, NULL, NULL},
        {"scheduled", "take_effect", "effective", "生效", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        {"scheduled", "cancel", "cancelled", "作废", PERM_PRICE_DECIDE, SIDE_ANY, true, NULL, unschedule},
        {"draft", "cancel", "cancelled", "作废", PERM_PRICE_EDIT, SIDE_ANY, true, NULL, NULL},
        {"effective", "confirm", "confirmed", "确认 HIS 已执行", PERM_PRICE_CONFIRM, SIDE_ANY, false, price_his_is_last,
         price_his_confirm},
        {"effective", "confirm", "effective", "确认 HIS 已执行", PERM_PRICE_CONFIRM, SIDE_ANY, false, price_his_may_confirm,
         price_his_confirm},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
static const struct doc_two_persons two_persons[] = {
        {"approve", "make"}, {"approve", "submit"}, {"approve", "edit"}, {NULL, NULL}};
const struct doc_kind price_adjustment_kind = {"price_adjustment", "调价单", "TJ", "price-adjustments", states, steps, "draft",
                                               two_persons};
