#include "warehouse/catalogue/code.h"

#include "core/check.h"
#include "core/code.h"
#include "core/ma.h"
#include "core/text.h"
#include "warehouse/catalogue/history.h"
#include "warehouse/pack.h"

#include <string.h>

#define CODE_MAX 64

const struct word_title code_kind_titles[] = {
        {"gtin", "商品条码 / UDI-DI"}, {"national", "本位码"},  {"nhsa", "医保编码"}, {"platform", "平台编码"},
        {"site", "院内编码"},          {"trace", "药品标识码"}, {NULL, NULL}};

/* ---- shapes ---- RULE DOMAIN-3.1-code-shapes */

static bool is_di(struct arena *a, const char *code)
{
	size_t n = strlen(code);
	(void)a;
	return ma_is_di(code, n) || ((n == 13 || n == 14) && digits_only(code, n) && check_mod10(code, n));
}

static bool is_national(struct arena *a, const char *code)
{
	(void)a;
	return national_verdict(code, strlen(code)) != NATIONAL_NO;
}

static bool is_nhsa(struct arena *a, const char *code)
{
	struct code parsed;
	code_parse(a, code, strlen(code), 2026, &parsed);
	return parsed.valid && parsed.kind == CODE_NHSA;
}

static bool is_text(struct arena *a, const char *code)
{
	(void)a;
	return utf8_count(code) <= CODE_MAX && !text_has_control(code, false);
}

static bool is_prefix(struct arena *a, const char *code)
{
	(void)a;
	return strlen(code) == 7 && digits_only(code, 7) && code[0] == '8';
}

static const struct code_rule {
	const char *kind;
	bool (*fits)(struct arena *a, const char *code);
	bool unique; /* one product only */
} rules[] = {
        {"gtin", is_di, true},       {"national", is_national, false}, {"nhsa", is_nhsa, false},
        {"platform", is_text, true}, {"site", is_text, false},         {"trace", is_prefix, true},
};

static const struct code_rule *rule_of(const char *kind)
{
	for (size_t i = 0; kind && i < sizeof rules / sizeof *rules; i++)
		if (strcmp(rules[i].kind, kind) == 0)
			return &rules[i];
	return NULL;
}

static enum status check_shape(struct tx *tx, const char *kind, const char *field, const char *code)
{
	if (!code || !*code || rule_of(kind)->fits(tx->arena, code))
		return ST_OK;
	return tx_fail(tx, ST_INVALID_FIELD, field, 0, "%s不正确 (位数或校验位不符): %.40s", word_title(code_kind_titles, kind),
	               code);
}

enum status product_codes_check(struct tx *tx, const struct new_product *p)
{
	int64_t other = p->gtin && *p->gtin ? product_by_gtin(tx_db(tx), p->gtin) : 0;
	enum status st = check_shape(tx, "gtin", "gtin", p->gtin);
	if (st == ST_OK)
		st = check_shape(tx, "national", "national_code", p->national_code);
	if (st == ST_OK)
		st = check_shape(tx, "nhsa", "nhsa_code", p->nhsa_code);
	if (st == ST_OK && other && other != product_by_code(tx_db(tx), p->code))
		return tx_fail(tx, ST_ALREADY_EXISTS, "gtin", 0, "商品条码 %s 已属于另一品种", p->gtin);
	return st;
}

/* ---- one person binds ---- */

/* The code as it is kept, and its kind where nobody named one. */
static void normalise(struct tx *tx, const struct new_code *in, const char **kind, const char **code)
{
	static const char *const kinds[CODE_KIND_COUNT] = {
	        [CODE_TRACE] = "trace", [CODE_GTIN] = "gtin",         [CODE_GS1] = "gtin", [CODE_NATIONAL] = "national",
	        [CODE_NHSA] = "nhsa",   [CODE_DIGITAL_LINK] = "gtin", [CODE_MA] = "gtin",
	};
	struct code parsed;
	code_parse(tx->arena, in->code, strlen(in->code), tx->today_ymd / 10000, &parsed);
	*kind = in->kind ? in->kind : parsed.valid && kinds[parsed.kind] ? kinds[parsed.kind] : "site";
	*code = in->code;
	if (strcmp(*kind, "trace") == 0 && parsed.kind == CODE_TRACE)
		*code = parsed.identifier;
	if (strcmp(*kind, "gtin") == 0 && parsed.valid && parsed.di)
		*code = parsed.di[0] == '0' ? parsed.di + 1 : parsed.di;
}

/*
 * RULE DOMAIN-12.2-misread: what has the length of a bar code and no right check digit was misread. It becomes a code of the
 * house only where somebody says that it is one.
 */
static bool looks_misread(const struct new_code *in, const char *kind, const char *code)
{
	size_t n = strlen(code);
	bool length = n == 8 || n == 12 || n == 13 || n == 14;
	return !in->kind && strcmp(kind, "site") == 0 && length && digits_only(code, n) && !check_mod10(code, n);
}

SQL(select_owner, "SELECT product_id FROM product_code WHERE code = :code_t AND kind = :kind_t ORDER BY id LIMIT 1");
SQL(select_own, "SELECT 1 FROM product_code WHERE code = :code_t AND kind = :kind_t AND product_id = :product_id");
SQL(select_prefix_owner, "SELECT product_id FROM trace_prefix WHERE prefix = :code_t");
SQL(select_open, "SELECT 1 FROM code_binding WHERE code = :code_t AND kind = :kind_t AND state = 'open'");
SQL(insert_binding, "INSERT INTO code_binding (id, product_id, kind, code, units, bound_by, bound_at_ms, state) VALUES (:id, "
                    ":product_id, :kind_t, :code_t, :units, :by_id, :at_ms, 'open')");

static enum status check_not_waiting(struct tx *tx, const char *kind, const char *code)
{
	return db_i64(tx_db(tx), 0, select_open, TEXT(":code_t", code), TEXT(":kind_t", kind))
	               ? tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "这个码已有人登记, 正等待另一人确认")
	               : ST_OK;
}

static enum status check_free(struct tx *tx, const struct code_rule *rule, int64_t product_id, const char *code)
{
	struct db *db = tx_db(tx);
	bool trace = strcmp(rule->kind, "trace") == 0;
	int64_t owner = trace ? db_i64(db, 0, select_prefix_owner, TEXT(":code_t", code))
	                      : db_i64(db, 0, select_owner, TEXT(":code_t", code), TEXT(":kind_t", rule->kind));
	bool own = trace ? owner == product_id
	                 : db_i64(db, 0, select_own, TEXT(":code_t", code), TEXT(":kind_t", rule->kind),
	                          I64(":product_id", product_id)) != 0;
	if (own)
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "该品种已有这个%s", word_title(code_kind_titles, rule->kind));
	if (rule->unique && owner)
		return tx_fail(tx, ST_ALREADY_BOUND, "code", 0, "%s %s 已属于另一品种", word_title(code_kind_titles, rule->kind),
		               code);
	return check_not_waiting(tx, rule->kind, code);
}

/* The code as it is kept, its units, and whether both can be. */
static enum status read_code(struct tx *tx, const struct new_code *in, struct listed_code *out)
{
	struct product p;
	*out = (struct listed_code){.product_id = in->product_id};
	normalise(tx, in, &out->kind, &out->code);
	out->unique = rule_of(out->kind)->unique;
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	if (looks_misread(in, out->kind, out->code))
		return tx_fail(tx, ST_INVALID_FIELD, "code", 0,
		               "%.40s 像商品条码但校验位不符, 可能扫错, 请重扫; 确为本院自编码请把种类选为院内编码", out->code);
	enum status st = check_shape(tx, out->kind, "code", out->code);
	if (st == ST_OK)
		st = pack_units_said(tx, p.units_per_pack, in->units, (struct pack_ratio){in->multiplier, in->divider},
		                     &out->units);
	if (st == ST_OK && strcmp(out->kind, "trace") == 0 && !out->units)
		return tx_fail(tx, ST_INVALID_FIELD, "units", 0, "请填写一个追溯码代表多少%s", p.unit_name);
	if (strcmp(out->kind, "gtin") == 0 && !out->units)
		out->units = p.units_per_pack;
	return st;
}

SQL(select_listed, "SELECT units FROM product_code WHERE code = :code_t AND kind = :kind_t AND product_id = :product_id");
#define CONFIRMED_BY_PROGRAM 1 /* a list that nobody signed in brought */

/* What the product's own code, any but a 药品标识码, counts as today; -1: it has no such code. */
static int64_t listed_units(struct tx *tx, const struct listed_code *c)
{
	return db_i64(tx_db(tx), -1, select_listed, TEXT(":code_t", c->code), TEXT(":kind_t", c->kind),
	              I64(":product_id", c->product_id));
}

static int64_t make_waiting(struct tx *tx, const struct listed_code *c)
{
	int64_t id = tx_new_id(tx);
	db_exec(tx, insert_binding, I64(":id", id), I64(":product_id", c->product_id), TEXT(":kind_t", c->kind),
	        TEXT(":code_t", c->code), I64(":units", c->units), I64(":by_id", tx->me.id ? tx->me.id : CONFIRMED_BY_PROGRAM),
	        I64(":at_ms", tx->now_ms));
	return id;
}

enum status code_bind(struct tx *tx, const struct new_code *in, int64_t *id)
{
	struct listed_code c;
	enum status st = read_code(tx, in, &c);
	if (st != ST_OK)
		return st;
	bool told = in->units > 0 || in->multiplier > 0 || in->divider > 0;
	int64_t units = listed_units(tx, &c);
	/* other units of a code that is there already */
	st = told && units >= 0 && units != c.units ? check_not_waiting(tx, c.kind, c.code)
	                                            : check_free(tx, rule_of(c.kind), c.product_id, c.code);
	if (st == ST_OK)
		*id = make_waiting(tx, &c);
	return st;
}

/* ---- a list tells ---- */

SQL(select_prefix_units, "SELECT units FROM trace_prefix WHERE prefix = :code_t AND product_id = :product_id");
SQL(select_waiting_units,
    "SELECT units FROM code_binding WHERE code = :code_t AND kind = :kind_t AND state = 'open' AND product_id = :product_id");

/* The same file again finds its change waiting; anything else that waits for this code must be settled first. */
static enum status check_other_units(struct tx *tx, struct listed_code *c)
{
	int64_t waits = db_i64(tx_db(tx), -1, select_waiting_units, TEXT(":code_t", c->code), TEXT(":kind_t", c->kind),
	                       I64(":product_id", c->product_id));
	c->known = waits == c->units ? CODE_IS_SAME : CODE_HAS_OTHER_UNITS;
	return waits == c->units ? ST_OK : check_not_waiting(tx, c->kind, c->code);
}

enum status code_list_check(struct tx *tx, const struct new_code *in, struct listed_code *out)
{
	struct db *db = tx_db(tx);
	enum status st = read_code(tx, in, out);
	if (st != ST_OK)
		return st;
	bool trace = strcmp(out->kind, "trace") == 0;
	int64_t units =
	        trace ? db_i64(db, -1, select_prefix_units, TEXT(":code_t", out->code), I64(":product_id", out->product_id))
	              : listed_units(tx, out);
	if (units < 0)
		return check_free(tx, rule_of(out->kind), out->product_id, out->code);
	out->known = units == out->units ? CODE_IS_SAME : CODE_HAS_OTHER_UNITS;
	if (out->known == CODE_IS_SAME)
		return ST_OK;
	return trace ? tx_fail(tx, ST_ALREADY_BOUND, "units", 0, "药品标识码 %s 已按每码 %lld 登记, 不能改", out->code,
	                       (long long)units)
	             : check_other_units(tx, out);
}

SQL(insert_listed, "INSERT INTO product_code (id, product_id, kind, code, units, by_user, at_ms) VALUES (:id, :product_id, "
                   ":kind_t, :code_t, :units, :by_id, :at_ms)");

static enum status list_prefix(struct tx *tx, const struct listed_code *in)
{
	struct product p;
	int64_t no = 0;
	enum status st = product_load(tx_db(tx), tx->arena, in->product_id, &p);
	return st == ST_OK ? prefix_bind(tx, in->code, p.id, in->units, pack_level_of(&p, in->units), 0,
	                                 tx->me.id ? tx->me.id : CONFIRMED_BY_PROGRAM, &no)
	                   : st;
}

enum status code_list_put(struct tx *tx, const struct listed_code *in)
{
	if (in->known == CODE_HAS_OTHER_UNITS)
		(void)make_waiting(tx, in);
	if (in->known != CODE_IS_NEW)
		return ST_OK;
	product_history_add(tx, in->product_id, arena_printf(tx->arena, "code.%s", in->kind), NULL, in->code, NULL);
	if (strcmp(in->kind, "trace") == 0)
		return list_prefix(tx, in);
	db_exec(tx, insert_listed, I64(":id", tx_new_id(tx)), I64(":product_id", in->product_id), TEXT(":kind_t", in->kind),
	        TEXT(":code_t", in->code), I64(":units", in->units), ID(":by_id", tx->me.id), I64(":at_ms", tx->now_ms));
	product_text_refresh(tx, in->product_id);
	return ST_OK;
}

/* ---- another confirms ---- */

SQL(select_binding, "SELECT product_id, kind, code, units, bound_by, state FROM code_binding WHERE id = :id");
SQL(close_binding,
    "UPDATE code_binding SET state = :state_t, closed_by = :by_id, closed_at_ms = :at_ms, note = :note_t WHERE id = "
    ":id AND state = 'open'");
SQL(insert_code, "INSERT INTO product_code (id, product_id, kind, code, units, by_user, confirmed_by, at_ms) VALUES (:id, "
                 ":product_id, :kind_t, :code_t, :units, :bound_id, :by_id, :at_ms)");
SQL(set_binder, "UPDATE trace_prefix SET bound_by = :bound_id WHERE no = :no");

struct binding {
	int64_t id, product_id, units, bound_by;
	const char *kind, *code;
};

static enum status load_open(struct tx *tx, int64_t id, struct binding *out)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_binding, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct binding){
	        id, col_i64(&r, 0), col_i64(&r, 3), col_i64(&r, 4), col_text(tx->arena, &r, 1), col_text(tx->arena, &r, 2)};
	if (strcmp(col_text(tx->arena, &r, 5), "open") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "这个绑定已经办结");
	return ST_OK;
}

static void close_it(struct tx *tx, int64_t id, const char *state, const char *note)
{
	db_exec(tx, close_binding, TEXT(":state_t", state), I64(":by_id", tx->me.id), I64(":at_ms", tx->now_ms),
	        TEXT(":note_t", note), I64(":id", id));
}

static enum status put_prefix(struct tx *tx, const struct binding *b)
{
	struct product p;
	int64_t no = 0;
	enum status st = product_load(tx_db(tx), tx->arena, b->product_id, &p);
	if (st == ST_OK)
		st = prefix_bind(tx, b->code, b->product_id, b->units, pack_level_of(&p, b->units), 0, tx->me.id, &no);
	if (st == ST_OK)
		db_exec(tx, set_binder, I64(":bound_id", b->bound_by), I64(":no", no));
	return st;
}

static void put_code(struct tx *tx, const struct binding *b)
{
	db_exec(tx, insert_code, I64(":id", tx_new_id(tx)), I64(":product_id", b->product_id), TEXT(":kind_t", b->kind),
	        TEXT(":code_t", b->code), I64(":units", b->units), I64(":bound_id", b->bound_by), I64(":by_id", tx->me.id),
	        I64(":at_ms", tx->now_ms));
	product_text_refresh(tx, b->product_id);
}

SQL(set_units, "UPDATE product_code SET units = :units, by_user = :bound_id, confirmed_by = :by_id, at_ms = :at_ms WHERE code = "
               ":code_t AND kind = :kind_t AND product_id = :product_id");

/* RULE DOMAIN-12.3-field-history: what a scanned code counts as is not changed quietly. */
static void change_units(struct tx *tx, const struct binding *b, int64_t before)
{
	const struct because because = {"改每码数量, 两人确认", 0, 0};
	product_history_add(tx, b->product_id, arena_printf(tx->arena, "code.%s", b->kind),
	                    arena_printf(tx->arena, "%s × %lld", b->code, (long long)before),
	                    arena_printf(tx->arena, "%s × %lld", b->code, (long long)b->units), &because);
	db_exec(tx, set_units, I64(":units", b->units), I64(":bound_id", b->bound_by), I64(":by_id", tx->me.id),
	        I64(":at_ms", tx->now_ms), TEXT(":code_t", b->code), TEXT(":kind_t", b->kind), I64(":product_id", b->product_id));
}

/* RULE DOMAIN-12.2-code-two-persons: new codes and other units of one alike. */
enum status code_confirm(struct tx *tx, int64_t binding_id)
{
	struct binding b;
	enum status st = load_open(tx, binding_id, &b);
	if (st != ST_OK)
		return st;
	if (b.bound_by == tx->me.id)
		return tx_fail(tx, ST_SAME_PERSON, NULL, 0, "编码绑定须由另一人确认");
	close_it(tx, b.id, "confirmed", NULL);
	int64_t before = listed_units(tx, &(struct listed_code){.product_id = b.product_id, .kind = b.kind, .code = b.code});
	if (before >= 0 && before != b.units) {
		change_units(tx, &b, before);
		return ST_OK;
	}
	st = check_free(tx, rule_of(b.kind), b.product_id, b.code);
	if (st != ST_OK)
		return st;
	const struct because because = {"绑定编码, 两人确认", 0, 0};
	product_history_add(tx, b.product_id, arena_printf(tx->arena, "code.%s", b.kind), NULL, b.code, &because);
	if (strcmp(b.kind, "trace") == 0)
		return put_prefix(tx, &b);
	put_code(tx, &b);
	return ST_OK;
}

enum status code_refuse(struct tx *tx, int64_t binding_id, const char *note)
{
	struct binding b;
	enum status st = load_open(tx, binding_id, &b);
	if (st == ST_OK && (!note || !*note))
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "请填写不确认的原因");
	if (st == ST_OK)
		close_it(tx, b.id, "refused", note);
	return st;
}

SQL(select_code, "SELECT product_id, kind, code FROM product_code WHERE id = :id");
SQL(drop_code, "DELETE FROM product_code WHERE id = :id");

enum status code_end(struct tx *tx, int64_t code_id, const char *note)
{
	SCOPED(rows) r = db_query(tx_db(tx), select_code, I64(":id", code_id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	if (!note || !*note)
		return tx_fail(tx, ST_REASON_MISSING, "note", 0, "请填写停用该编码的原因");
	int64_t product_id = col_i64(&r, 0);
	const char *kind = col_text(tx->arena, &r, 1), *code = col_text(tx->arena, &r, 2);
	rows_drop(&r);
	const struct because because = {note, 0, 0};
	db_exec(tx, drop_code, I64(":id", code_id));
	product_history_add(tx, product_id, arena_printf(tx->arena, "code.%s", kind), code, NULL, &because);
	product_text_refresh(tx, product_id);
	return ST_OK;
}
