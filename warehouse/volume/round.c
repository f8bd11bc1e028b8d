#include "warehouse/volume/round.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/price/price.h"
#include "warehouse/volume/change.h"

#include <string.h>

/* What the papers name most often; each round may say otherwise. */
#define OTHER_PM 300
#define COMMIT_PM 800
#define WARN_PM 100
#define YEARS_MAX 4

const struct word_title volume_roles[] = {{"selected", "中选"}, {"reserve", "备选"}, {"non_selected", "非中选"}, {NULL, NULL}};
const struct word_title volume_bases[] = {{"receipt", "按入库"}, {"use", "按使用"}, {NULL, NULL}};

int64_t volume_elapsed_pm(int64_t from_day, int64_t to_day, int64_t day)
{
	if (day < from_day)
		return 0;
	return day >= to_day ? 1000 : (day - from_day + 1) * 1000 / (to_day - from_day + 1);
}

SQL(insert_round,
    "INSERT INTO volume_round (id, code, name, from_ymd, to_ymd, from_day, to_day, basis, other_pm, commit_pm, warn_pm, version, "
    "made_at_ms, made_by) VALUES (:id, :code_t, :name_t, :from_ymd, :to_ymd, :from_day, :to_day, :basis_t, :other, :commit, "
    ":warn, 1, :at_ms, :by_id) ON CONFLICT DO NOTHING");
SQL(update_round, "UPDATE volume_round SET name = :name_t, basis = :basis_t, other_pm = :other, commit_pm = :commit, warn_pm = "
                  ":warn, version = version + 1 WHERE id = :id AND version = :version");
SQL(bump_round, "UPDATE volume_round SET version = version + 1 WHERE id = :id AND version = :version");
SQL(select_round, "SELECT id, from_day, to_day, other_pm, commit_pm, warn_pm, version, from_ymd, to_ymd, code, name, basis FROM "
                  "volume_round WHERE id = :id");
SQL(select_by_code, "SELECT id FROM volume_round WHERE code = :code_t");

static int64_t or_else(int64_t given, int64_t otherwise)
{
	return given == INT64_MIN ? otherwise : given;
}

enum status volume_round_make(struct tx *tx, const struct volume_round_new *in, int64_t *id)
{
	int64_t from = ymd_to_days((int32_t)in->from_ymd), to = ymd_to_days((int32_t)in->to_ymd);
	tx->action = "volume.round";
	if (to < from || to - from > YEARS_MAX * 366)
		return tx_fail(tx, ST_INVALID_FIELD, "to_ymd", 0, "约定采购年度的截止日应在起始日之后, 且不超过 %d 年",
		               YEARS_MAX);
	*id = tx->ref_id = tx_new_id(tx);
	int64_t rows = db_exec(tx, insert_round, I64(":id", *id), TEXT(":code_t", in->code), TEXT(":name_t", in->name),
	                       I64(":from_ymd", in->from_ymd), I64(":to_ymd", in->to_ymd), I64(":from_day", from),
	                       I64(":to_day", to), TEXT(":basis_t", in->basis ? in->basis : "receipt"),
	                       I64(":other", or_else(in->other_pm, OTHER_PM)), I64(":commit", or_else(in->commit_pm, COMMIT_PM)),
	                       I64(":warn", or_else(in->warn_pm, WARN_PM)), I64(":at_ms", tx->now_ms), I64(":by_id", tx->me.id));
	tx_changed(tx, "volume-rounds", 0, 0, *id);
	return rows ? ST_OK : tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "已有代码为 %s 的批次", in->code);
}

enum status volume_round_load(struct db *db, struct arena *a, int64_t id, struct volume_round *out)
{
	SCOPED(rows) r = db_query(db, select_round, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct volume_round){
	        .id = col_i64(&r, 0),
	        .from_day = col_i64(&r, 1),
	        .to_day = col_i64(&r, 2),
	        .other_pm = col_i64(&r, 3),
	        .commit_pm = col_i64(&r, 4),
	        .warn_pm = col_i64(&r, 5),
	        .version = col_i64(&r, 6),
	        .from_ymd = (int32_t)col_i64(&r, 7),
	        .to_ymd = (int32_t)col_i64(&r, 8),
	        .code = col_text(a, &r, 9),
	        .name = col_text(a, &r, 10),
	        .basis = col_text(a, &r, 11),
	};
	return ST_OK;
}

int64_t volume_round_by_code(struct db *db, const char *code)
{
	return db_i64(db, 0, select_by_code, TEXT(":code_t", code));
}

static enum status stale(struct tx *tx)
{
	return tx_fail(tx, ST_STALE_VERSION, "version", 0, "批次已被他人修改, 请刷新后再办理");
}

/* What the rules of a round bind to does not change quietly once it runs. */
static enum status change_rules(struct tx *tx, const struct volume_round *old, const struct volume_round_new *in)
{
	const struct volume_change binding[] = {
	        {.what = "basis", .before = old->basis, .after = in->basis ? in->basis : old->basis},
	        {.what = "other_pm", .before_no = old->other_pm, .after_no = or_else(in->other_pm, old->other_pm)},
	        {.what = "commit_pm", .before_no = old->commit_pm, .after_no = or_else(in->commit_pm, old->commit_pm)},
	};
	const struct volume_change warn = {
	        .what = "warn_pm", .before_no = old->warn_pm, .after_no = or_else(in->warn_pm, old->warn_pm)};
	bool running = old->from_ymd <= tx->today_ymd;
	enum status st = ST_OK;
	for (size_t i = 0; st == ST_OK && i < sizeof binding / sizeof *binding; i++)
		st = volume_change_take(tx, old->id, &binding[i], running, in->reason);
	return st == ST_OK ? volume_change_take(tx, old->id, &warn, false, in->reason) : st;
}

enum status volume_round_change(struct tx *tx, int64_t id, const struct volume_round_new *in, int64_t *version)
{
	struct volume_round old;
	tx->action = "volume.round";
	tx->ref_id = id;
	enum status st = volume_round_load(tx_db(tx), tx->arena, id, &old);
	if (st == ST_OK)
		st = change_rules(tx, &old, in);
	if (st != ST_OK)
		return st;
	int64_t rows =
	        db_exec(tx, update_round, TEXT(":name_t", in->name ? in->name : old.name),
	                TEXT(":basis_t", in->basis ? in->basis : old.basis), I64(":other", or_else(in->other_pm, old.other_pm)),
	                I64(":commit", or_else(in->commit_pm, old.commit_pm)), I64(":warn", or_else(in->warn_pm, old.warn_pm)),
	                I64(":id", id), I64(":version", in->version));
	*version = in->version + 1;
	tx_changed(tx, "volume-rounds", 0, 0, id);
	return rows ? ST_OK : stale(tx);
}

/* ---- products ---- */

SQL(select_generic, "SELECT id FROM volume_generic WHERE round_id = :round_id AND name = :name_t");
SQL(insert_generic, "INSERT INTO volume_generic (id, round_id, name) VALUES (:id, :round_id, :name_t)");
SQL(select_group,
    "SELECT generic_id FROM volume_group WHERE drug_name = :name_t AND drug_form = :form_t AND round_id = :round_id");
SQL(insert_group, "INSERT INTO volume_group (drug_name, drug_form, round_id, generic_id) VALUES (:name_t, :form_t, :round_id, "
                  ":generic_id)");
/* Another round whose days touch those of this one and that has the drug too. */
SQL(select_overlap,
    "SELECT o.name FROM volume_group g JOIN volume_round o ON o.id = g.round_id JOIN volume_round r ON r.id = :round_id WHERE "
    "g.drug_name = :name_t AND g.drug_form = :form_t AND o.id <> r.id AND o.from_ymd <= r.to_ymd AND o.to_ymd >= r.from_ymd "
    "LIMIT 1");
SQL(insert_measure,
    "INSERT INTO volume_measure (generic_id, strength, measure_e3) VALUES (:generic_id, :strength_t, :measure) ON CONFLICT DO "
    "NOTHING");
SQL(update_measure, "UPDATE volume_measure SET measure_e3 = :measure WHERE generic_id = :generic_id AND strength = :strength_t");
SQL(insert_product,
    "INSERT INTO volume_product (product_id, round_id, generic_id, role, price_e4, units_per_pack) VALUES (:product_id, "
    ":round_id, :generic_id, :role_t, :price, :per_pack) ON CONFLICT DO NOTHING");
SQL(update_product, "UPDATE volume_product SET generic_id = :generic_id, role = :role_t, price_e4 = :price, units_per_pack = "
                    ":per_pack WHERE product_id = :product_id AND round_id = :round_id");
SQL(select_drug,
    "SELECT d.name, d.form, d.strength, p.units_per_pack, p.name FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.id = "
    ":id");

#define ALONE SIZE_MAX
/* One product on its way into a round. */
struct entry {
	const struct volume_round *round;
	const struct volume_product_new *in;
	size_t index;       /* in the body; ALONE: not in one */
	const char *reason; /* why a committed generic changes; may be NULL */
	const char *drug, *form, *strength, *product;
	int64_t units_per_pack, generic_id;
};

static enum status entry_fail(struct tx *tx, const struct entry *e, enum status st, const char *field, const char *message)
{
	if (e->index == ALONE)
		return tx_fail(tx, st, field, 0, "%s", message);
	return tx_fail(tx, st, tx_line_field(tx, e->index, field), (int64_t)e->index + 1, "%s", message);
}

static enum status read_entry(struct tx *tx, struct entry *e)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_drug, I64(":id", e->in->product_id));
	if (!rows_next(&r))
		return entry_fail(tx, e, ST_INVALID_FIELD, "product_id", "没有这个品种");
	e->drug = col_text(tx->arena, &r, 0);
	e->form = col_text(tx->arena, &r, 1);
	e->strength = col_text(tx->arena, &r, 2);
	e->units_per_pack = col_i64(&r, 3);
	e->product = col_text(tx->arena, &r, 4);
	if (e->in->price_e4 == 0)
		return entry_fail(tx, e, ST_INVALID_FIELD, "price", "中选价须大于 0");
	if (strcmp(e->in->role, "selected") == 0 && e->in->price_e4 < 0)
		return entry_fail(tx, e, ST_INVALID_FIELD, "price", "中选品种须填写中选价");
	/* who names a price must have the right to, wherever he names it */
	if (e->index != ALONE && e->in->price_e4 > 0 && tx->me.id && !me_may(&tx->me, PERM_PRICE_EDIT))
		return entry_fail(tx, e, ST_FORBIDDEN, "price", "登记中选价须有“维护价格”的权限");
	return ST_OK;
}

static int64_t generic_ensure(struct tx *tx, const struct entry *e)
{
	const char *name =
	        e->in->generic && *e->in->generic ? e->in->generic : arena_printf(tx->arena, "%s (%s)", e->drug, e->form);
	int64_t id = db_i64(tx_db(tx), 0, select_generic, I64(":round_id", e->round->id), TEXT(":name_t", name));
	if (id)
		return id;
	id = tx_new_id(tx);
	db_exec(tx, insert_generic, I64(":id", id), I64(":round_id", e->round->id), TEXT(":name_t", name));
	return id;
}

/* RULE DOMAIN-12.3-volume-one-round: a drug is in one round at a time, so that a purchase counts once. */
static enum status join_group(struct tx *tx, struct entry *e)
{
	struct db *db = tx_db(tx);
	int64_t known =
	        db_i64(db, 0, select_group, TEXT(":name_t", e->drug), TEXT(":form_t", e->form), I64(":round_id", e->round->id));
	if (known && (!e->in->generic || !*e->in->generic)) {
		e->generic_id = known;
		return ST_OK;
	}
	const char *other = db_text(db, tx->arena, select_overlap, I64(":round_id", e->round->id), TEXT(":name_t", e->drug),
	                            TEXT(":form_t", e->form));
	if (other)
		return entry_fail(tx, e, ST_ALREADY_EXISTS, "product_id",
		                  arena_printf(tx->arena, "%s 已在同期的批次“%s”中", e->product, other));
	e->generic_id = generic_ensure(tx, e);
	if (known && known != e->generic_id)
		return entry_fail(tx, e, ST_ALREADY_EXISTS, "generic",
		                  arena_printf(tx->arena, "%s (%s) 在本批次中已归入另一通用名", e->drug, e->form));
	if (!known)
		db_exec(tx, insert_group, TEXT(":name_t", e->drug), TEXT(":form_t", e->form), I64(":round_id", e->round->id),
		        I64(":generic_id", e->generic_id));
	return ST_OK;
}

static void put_measure(struct tx *tx, const struct entry *e)
{
	const struct arg row[] = {I64(":generic_id", e->generic_id), TEXT(":strength_t", e->strength),
	                          I64(":measure", e->in->measure_e3)};
	if (e->in->measure_e3 == INT64_MIN)
		return;
	if (db_exec_n(tx, &insert_measure, row, 3) == 0)
		db_exec_n(tx, &update_measure, row, 3);
}

SQL(select_ended, "SELECT 1 FROM price WHERE product_id = :product_id AND kind = 'selected' AND from_ymd >= :from_ymd AND to_ymd "
                  "< :today_ymd AND to_ymd >= from_ymd LIMIT 1");

SQL(select_outlasting, "SELECT 1 FROM price WHERE id = :id AND (to_ymd IS NULL OR to_ymd > :to_ymd)");

/* The same price may have been told before without an end, or with a later one. */
static enum status end_with_round(struct tx *tx, const struct volume_round *r, int64_t price_id)
{
	if (r->to_ymd < tx->today_ymd ||
	    !db_i64(tx_db(tx), 0, select_outlasting, I64(":id", price_id), I64(":to_ymd", r->to_ymd)))
		return ST_OK;
	return price_fact_end(tx, price_id, r->to_ymd, arena_printf(tx->arena, "集采 %s 约定采购年度止", r->code));
}

/*
 * RULE DOMAIN-12.3-selected-price: the 中选价 is a dated price fact of the whole agreement year, or of what is left of it
 * where one has ended; it ends with the role.
 */
static enum status put_price(struct tx *tx, const struct entry *e)
{
	const struct volume_round *r = e->round;
	int64_t id = 0, product = e->in->product_id;
	if (strcmp(e->in->role, "selected") != 0)
		return price_facts_end_between(tx, product, "selected", r->from_ymd, r->to_ymd,
		                               e->reason ? e->reason : "不再中选");
	bool ended = db_i64(tx_db(tx), 0, select_ended, I64(":product_id", product), I64(":from_ymd", r->from_ymd),
	                    I64(":today_ymd", tx->today_ymd)) &&
	             r->to_ymd >= tx->today_ymd;
	const struct new_price price = {
	        .product_id = product,
	        .price_e4 = e->in->price_e4,
	        .units_per_pack = e->units_per_pack,
	        .kind = "selected",
	        .from_ymd = ended ? tx->today_ymd : r->from_ymd,
	        .to_ymd = r->to_ymd,
	        .source = arena_printf(tx->arena, "集采 %s %s", r->code, r->name),
	};
	enum status st = price_fact_add(tx, &price, &id);
	return st == ST_OK ? end_with_round(tx, r, id) : st;
}

SQL(select_now,
    "SELECT coalesce(vp.role, 'non_selected'), coalesce(m.measure_e3, 1000), vp.role FROM volume_generic n LEFT JOIN "
    "volume_product vp ON "
    "vp.product_id = :product_id AND vp.round_id = n.round_id LEFT JOIN volume_measure m ON m.generic_id = n.id AND m.strength = "
    ":strength_t WHERE n.id = :generic_id");

/* RULE DOMAIN-12.3-volume-rule-change: what a product is in a committed generic does not change quietly. */
static enum status change_product(struct tx *tx, const struct entry *e)
{
	SCOPED(rows)
	r = db_query(tx_db(tx), select_now, I64(":product_id", e->in->product_id), TEXT(":strength_t", e->strength),
	             I64(":generic_id", e->generic_id));
	if (!rows_next(&r))
		return ST_OK;
	int64_t measure = col_i64(&r, 1);
	const struct volume_change changes[] = {
	        {e->in->product_id, "role", col_text(tx->arena, &r, 0), e->in->role, 0, 0},
	        {e->in->product_id, "measure_e3", NULL, NULL, measure, or_else(e->in->measure_e3, measure)},
	};
	bool named = !col_is_null(&r, 2);
	rows_drop(&r);
	bool committed = volume_generic_committed(tx_db(tx), e->generic_id);
	if (!named && !committed)
		return ST_OK;
	enum status st = volume_change_take(tx, e->round->id, &changes[0], committed, e->reason);
	return st == ST_OK ? volume_change_take(tx, e->round->id, &changes[1], committed, e->reason) : st;
}

static enum status put_entry(struct tx *tx, struct entry *e)
{
	enum status st = read_entry(tx, e);
	if (st == ST_OK)
		st = join_group(tx, e);
	if (st == ST_OK)
		st = change_product(tx, e);
	if (st != ST_OK)
		return st;
	const struct arg price = e->in->price_e4 > 0 ? I64(":price", e->in->price_e4) : ID(":price", 0);
	const struct arg row[] = {I64(":product_id", e->in->product_id),
	                          I64(":round_id", e->round->id),
	                          I64(":generic_id", e->generic_id),
	                          TEXT(":role_t", e->in->role),
	                          price,
	                          I64(":per_pack", e->units_per_pack)};
	put_measure(tx, e);
	if (db_exec_n(tx, &insert_product, row, sizeof row / sizeof *row) == 0)
		db_exec_n(tx, &update_product, row, sizeof row / sizeof *row);
	return put_price(tx, e);
}

enum status volume_products_put(struct tx *tx, int64_t round_id, const struct volume_products_new *in, int64_t *version)
{
	struct volume_round round;
	tx->action = "volume.products";
	tx->ref_id = round_id;
	enum status first = volume_round_load(tx_db(tx), tx->arena, round_id, &round);
	if (first == ST_OK && db_exec(tx, bump_round, I64(":id", round_id), I64(":version", in->version)) == 0)
		return stale(tx);
	for (size_t i = 0; first == ST_OK && i < in->line_count; i++) {
		struct entry e = {.round = &round, .in = &in->lines[i], .index = i, .reason = in->reason};
		first = put_entry(tx, &e);
	}
	*version = in->version + 1;
	tx_changed(tx, "volume-rounds", 0, 0, round_id);
	return first;
}

enum status volume_product_put(struct tx *tx, int64_t round_id, const struct volume_product_new *in)
{
	struct volume_round round;
	enum status st = volume_round_load(tx_db(tx), tx->arena, round_id, &round);
	struct entry e = {.round = &round, .in = in, .index = ALONE};
	if (st != ST_OK)
		return st;
	st = put_entry(tx, &e);
	db_exec(tx, bump_round, I64(":id", round_id), I64(":version", round.version));
	tx_changed(tx, "volume-rounds", 0, 0, round_id);
	return st;
}

/* ---- what a product is ---- */

#define LISTING                                                                                                                  \
	"SELECT g.round_id, g.generic_id, coalesce(m.measure_e3, 1000), coalesce(vp.role, 'non_selected'), n.name FROM product " \
	"p JOIN drug d ON d.id = p.drug_id JOIN volume_group g ON g.drug_name = d.name AND g.drug_form = d.form "                \
	"JOIN volume_round r ON r.id = g.round_id JOIN volume_generic n ON n.id = g.generic_id LEFT JOIN volume_measure m ON "   \
	"m.generic_id = g.generic_id AND m.strength = d.strength LEFT JOIN volume_product vp ON vp.product_id = p.id AND "       \
	"vp.round_id = g.round_id WHERE p.id = :product_id"
SQL(select_listing_in, LISTING " AND g.round_id = :round_id");
SQL(select_listing_on, LISTING " AND r.from_ymd <= :ymd AND r.to_ymd >= :ymd ORDER BY r.from_ymd DESC LIMIT 1");
SQL(select_selected, "SELECT product_id FROM volume_product WHERE generic_id = :generic_id AND role = 'selected' ORDER BY "
                     "product_id LIMIT 1");

static bool read_listing(struct arena *a, struct rows *r, struct volume_listing *out)
{
	if (!rows_next(r))
		return false;
	*out = (struct volume_listing){col_i64(r, 0), col_i64(r, 1), col_i64(r, 2), col_text(a, r, 3), col_text(a, r, 4)};
	return true;
}

bool volume_listing_in(struct db *db, struct arena *a, int64_t round_id, int64_t product_id, struct volume_listing *out)
{
	SCOPED(rows) r = db_query(db, select_listing_in, I64(":round_id", round_id), I64(":product_id", product_id));
	return read_listing(a, &r, out);
}

bool volume_listing_on(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct volume_listing *out)
{
	SCOPED(rows) r = db_query(db, select_listing_on, I64(":product_id", product_id), I64(":ymd", ymd));
	return read_listing(a, &r, out);
}

int64_t volume_selected(struct db *db, int64_t generic_id)
{
	return db_i64(db, 0, select_selected, I64(":generic_id", generic_id));
}

SQL(select_price, "SELECT price_e4, units_per_pack FROM volume_product WHERE product_id = :product_id AND round_id = :round_id "
                  "AND price_e4 IS NOT NULL");

bool volume_price(struct db *db, int64_t round_id, int64_t product_id, int64_t *price_e4, int64_t *units_per_pack)
{
	SCOPED(rows) r = db_query(db, select_price, I64(":product_id", product_id), I64(":round_id", round_id));
	if (!rows_next(&r))
		return false;
	*price_e4 = col_i64(&r, 0);
	*units_per_pack = col_i64(&r, 1);
	return true;
}
