#include "warehouse/intake/note.h"

#include "core/people.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/pack.h"
#include "warehouse/procurement/receipt.h"

#include <string.h>

enum { PRODUCT, GTIN, LOT, MADE, EXPIRY, UNITS, PACKS, CODE, PARENT, APPROVAL };
#define UNITS_MAX 1000000000LL
#define ALIASES_MAX 32

static const struct intake_column columns[] = {
        [PRODUCT] = {.name = "product_code", .title = "品种代码", .type = IN_CODE, .need = MAY_LACK, .max = 32},
        [GTIN] = {.name = "gtin", .title = "商品条码", .type = IN_GTIN, .need = MAY_LACK},
        [LOT] = {.name = "lot", .title = "批号", .type = IN_CODE, .need = MAY_LACK, .max = 64},
        [MADE] = {.name = "made_ymd", .title = "生产日期", .type = IN_YMD, .need = MAY_LACK},
        [EXPIRY] = {.name = "expiry_ymd", .title = "有效期至", .type = IN_YMD, .need = MAY_LACK},
        [UNITS] = {.name = "units", .title = "数量 (最小单位)", .type = IN_INT, .need = MAY_LACK, .min = 1, .max = UNITS_MAX},
        [PACKS] = {.name = "packs", .title = "数量 (包装)", .type = IN_INT, .need = MAY_LACK, .min = 1, .max = UNITS_MAX},
        [CODE] = {.name = "trace_code", .title = "追溯码", .type = IN_CODE, .need = MAY_LACK, .max = 200},
        [PARENT] = {.name = "parent_code", .title = "上级追溯码", .type = IN_CODE, .need = MAY_LACK, .max = 200},
        [APPROVAL] = {.name = "approval_no", .title = "批准文号", .type = IN_CODE, .need = MAY_LACK, .max = 40},
        {.name = NULL},
};

/* One lot of one order line: what the note says of it in lines and in outermost codes. */
struct note_lot {
	int64_t order_line_id, lot_id, line_units, code_units, line_rows;
};
/* A case that the note puts something into. */
struct note_parent {
	int64_t id, row;
};

/* A row under way. */
struct work {
	struct intake *in;
	const struct intake_cell *c;
	struct note_report *note;
	struct product product;
	struct pack_key key;
	struct pack parent;
	int64_t row, order_line_id, lot_id, units;
};

SQL(select_line, "SELECT id FROM order_line WHERE order_id = :order_id AND +product_id = :product_id AND dropped = 0 ORDER BY "
                 "open DESC, received_units >= "
                 "units, n LIMIT 1 /*all sites: the caller has the order*/");
SQL(select_lot, "SELECT id FROM lot WHERE product_id = :product_id AND lot = :lot_t");
SQL(select_order_of, "SELECT order_id FROM order_line WHERE id = :id /*all sites: compared with the caller's order*/");
SQL(sum_children,
    "SELECT CAST(coalesce(sum(units), 0) AS BIGINT) FROM pack WHERE parent_id = :id /*all sites: the caller has the order*/");
SQL(select_pack_units, "SELECT units FROM pack WHERE id = :id /*all sites: the caller has the order*/");

/* ---- what a row is about ---- */

static enum status read_code(struct work *w, int column, struct pack_key *key)
{
	struct code code;
	struct tx *tx = w->in->tx;
	const char *text = w->c[column].text;
	code_parse(tx->arena, text, strlen(text), tx->today_ymd / 10000, &code);
	enum status st = pack_key_of(tx_db(tx), tx->arena, &code, key);
	if (st != ST_OK)
		return in_fail(w->in, column, st, "%s: %s", text, status_text(st));
	if (key->prefix && !key->id)
		return in_fail(w->in, column, ST_CODE_UNBOUND, "新的药品标识码 %s, 请先在收货单上绑定到订单行", key->prefix);
	if (!key->product_id)
		return in_fail(w->in, column, ST_CODE_UNKNOWN, "%s: 目录中没有这个条码的品种", text);
	return ST_OK;
}

/* Product code, bar code and trace code must all mean the same product. */
static enum status find_product(struct work *w)
{
	struct db *db = tx_db(w->in->tx);
	const int64_t found[] = {
	        [PRODUCT] = w->c[PRODUCT].text ? product_by_code(db, w->c[PRODUCT].text) : 0,
	        [GTIN] = w->c[GTIN].text ? product_by_gtin(db, w->c[GTIN].text) : 0,
	};
	int64_t id = w->key.product_id;
	for (int column = PRODUCT; column <= GTIN; column++) {
		if (!w->c[column].text)
			continue;
		if (!found[column])
			return in_fail(w->in, column, ST_INVALID_FIELD, "目录中没有 %s", w->c[column].text);
		if (id && found[column] != id)
			return in_fail(w->in, column, ST_INVALID_FIELD, "%s 与本行其他编码不是同一品种", w->c[column].text);
		id = found[column];
	}
	if (!id)
		return in_fail(w->in, PRODUCT, ST_INVALID_FIELD, "请填写品种代码, 商品条码或追溯码");
	return product_load(db, w->in->tx->arena, id, &w->product);
}

/* RULE DOMAIN-12.2-approval-number: what the note names must be what the catalogue holds. */
static enum status check_approval(struct work *w)
{
	const char *ours = w->product.approval_no, *theirs = w->c[APPROVAL].text;
	if (!ours || !theirs || strcmp(ours, theirs) == 0)
		return ST_OK;
	return in_fail(w->in, APPROVAL, ST_INVALID_FIELD, "%s 的批准文号应为 %s, 随货单为 %s", w->product.name, ours, theirs);
}

static enum status find_line(struct work *w)
{
	w->order_line_id =
	        db_i64(tx_db(w->in->tx), 0, select_line, I64(":order_id", w->note->order_id), I64(":product_id", w->product.id));
	return w->order_line_id ? ST_OK : in_fail(w->in, PRODUCT, ST_NOT_ON_ORDER, "订单中没有 %s", w->product.name);
}

static enum status find_lot(struct work *w)
{
	struct tx *tx = w->in->tx;
	const struct intake_cell *c = w->c;
	if (!c[LOT].text && c[CODE].text) {
		w->lot_id = w->parent.lot_id;
		return ST_OK;
	}
	if (!c[LOT].text)
		return in_fail(w->in, LOT, ST_INVALID_FIELD, "请填写批号");
	if (c[EXPIRY].text)
		return lot_ensure(tx, w->product.id, c[LOT].text, (int32_t)c[MADE].value, (int32_t)c[EXPIRY].value, &w->lot_id);
	w->lot_id = db_i64(tx_db(tx), 0, select_lot, I64(":product_id", w->product.id), TEXT(":lot_t", c[LOT].text));
	return w->lot_id ? ST_OK : in_fail(w->in, EXPIRY, ST_INVALID_FIELD, "请填写有效期 (批号 %s 还不认识)", c[LOT].text);
}

static enum status find_units(struct work *w)
{
	const struct intake_cell *c = w->c;
	int64_t packs = c[PACKS].text ? c[PACKS].value * w->product.units_per_pack : 0;
	if (c[UNITS].text && packs && c[UNITS].value != packs)
		return in_fail(w->in, UNITS, ST_INVALID_FIELD, "数量 %lld 与包装数 %lld × %lld 不符", (long long)c[UNITS].value,
		               (long long)c[PACKS].value, (long long)w->product.units_per_pack);
	w->units = c[UNITS].text ? c[UNITS].value : packs ? packs : c[CODE].text ? w->key.units : 0;
	return w->units > 0 ? ST_OK : in_fail(w->in, UNITS, ST_INVALID_FIELD, "请填写数量");
}

/* ---- codes ---- */

/* The case of a code: it stands in this note (perhaps further down) or has been announced before. */
static enum status find_parent(struct work *w)
{
	struct tx *tx = w->in->tx;
	struct pack_key key;
	if (!w->c[PARENT].text)
		return ST_OK;
	enum status st = read_code(w, PARENT, &key);
	if (st != ST_OK)
		return st;
	if (!key.id || pack_load(tx_db(tx), tx->arena, key.id, &w->parent) != ST_OK)
		return in_fail(w->in, PARENT, ST_NOT_FOUND, "没有上级追溯码 %s", w->c[PARENT].text);
	if (key.product_id != w->key.product_id)
		return in_fail(w->in, PARENT, ST_INVALID_FIELD, "上级追溯码 %s 是另一品种", w->c[PARENT].text);
	if (w->key.id == key.id)
		return in_fail(w->in, PARENT, ST_INVALID_FIELD, "追溯码不能是自己的上级");
	return ST_OK;
}

/* A code that the store knows: of this order and the same case it is the same note again; else it is refused. */
static enum status check_known(struct work *w, const struct pack *p)
{
	const char *text = w->c[CODE].text;
	struct tx *tx = w->in->tx;
	int64_t order = p->order_line_id ? db_i64(tx_db(tx), 0, select_order_of, I64(":id", p->order_line_id)) : 0;
	if (strcmp(p->state, "gone") == 0)
		return in_fail(w->in, CODE, ST_CODE_GONE, "追溯码 %s 已出库或已使用", text);
	if (order != w->note->order_id)
		return in_fail(w->in, CODE, strcmp(p->state, "here") == 0 ? ST_CODE_ALREADY_HERE : ST_ALREADY_EXISTS,
		               "追溯码 %s 已在另一单据登记", text);
	if (p->parent_id != w->parent.id || p->units != w->units)
		return in_fail(w->in, CODE, ST_ALREADY_EXISTS, "追溯码 %s 已按另一上级或数量登记", text);
	return ST_OK;
}

/* RULE DOMAIN-12.2-announced: codes come before the goods; a scan finds lot, expiry and what is inside. */
static enum status announce(struct work *w, enum intake_change *change)
{
	struct pack p;
	struct tx *tx = w->in->tx;
	if (w->key.id && pack_load(tx_db(tx), tx->arena, w->key.id, &p) == ST_OK)
		return check_known(w, &p);
	if (w->parent.id && strcmp(w->parent.state, "announced") != 0)
		return in_fail(w->in, PARENT, ST_CODE_ALREADY_HERE, "上级追溯码 %s 已收货, 不能再装入", w->c[PARENT].text);
	const struct new_pack pack = {.key = &w->key,
	                              .parent_id = w->parent.id,
	                              .lot_id = w->lot_id,
	                              .order_line_id = w->order_line_id,
	                              .units = w->units};
	*change = INTAKE_ADDED;
	return pack_announce(tx, &pack);
}

/* ---- tallies ---- */

static void *grown(struct arena *a, void *old, size_t count, size_t *cap, size_t size)
{
	if (count < *cap)
		return old;
	*cap = *cap ? *cap * 2 : 64;
	void *more = arena_array(a, *cap, size);
	if (count)
		memcpy(more, old, count * size);
	return more;
}

static struct note_lot *tally_of(struct work *w)
{
	struct note_report *n = w->note;
	for (size_t i = n->lot_count; i-- > 0;)
		if (n->lots[i].order_line_id == w->order_line_id && n->lots[i].lot_id == w->lot_id)
			return &n->lots[i];
	n->lots = grown(w->in->tx->arena, n->lots, n->lot_count, &n->lot_cap, sizeof *n->lots);
	n->lots[n->lot_count] = (struct note_lot){.order_line_id = w->order_line_id, .lot_id = w->lot_id};
	return &n->lots[n->lot_count++];
}

static void remember_parent(struct work *w)
{
	struct note_report *n = w->note;
	for (size_t i = n->parent_count; i-- > 0;)
		if (n->parents[i].id == w->parent.id)
			return;
	n->parents = grown(w->in->tx->arena, n->parents, n->parent_count, &n->parent_cap, sizeof *n->parents);
	n->parents[n->parent_count++] = (struct note_parent){w->parent.id, w->row};
}

static void tally(struct work *w)
{
	struct note_lot *lot = tally_of(w);
	if (!w->c[CODE].text) {
		lot->line_units += w->units;
		lot->line_rows++;
		return;
	}
	w->note->codes++;
	if (w->parent.id)
		remember_parent(w);
	else
		lot->code_units += w->units;
}

static enum status take(struct intake *in, struct intake_row *row, enum intake_change *change)
{
	struct work w = {.in = in, .c = row->cells, .note = in->context, .row = row->row};
	enum status st = w.c[CODE].text ? read_code(&w, CODE, &w.key) : ST_OK;
	static enum status (*const steps[])(struct work *) = {find_product, check_approval, find_line, find_units};
	for (size_t i = 0; i < sizeof steps / sizeof *steps && st == ST_OK; i++)
		st = steps[i](&w);
	if (st == ST_OK && w.c[CODE].text)
		st = find_parent(&w);
	if (st == ST_OK)
		st = find_lot(&w);
	if (st == ST_OK && w.c[CODE].text)
		st = announce(&w, change);
	else
		*change = INTAKE_LATER;
	if (st == ST_OK)
		tally(&w);
	return st;
}

/* ---- the whole note ---- */

/* RULE DOMAIN-2.2-case-holds-children: a case's units are the sum of what is in it. */
static enum status check_parents(struct intake *in, const struct note_report *n)
{
	struct db *db = tx_db(in->tx);
	enum status st = ST_OK;
	for (size_t i = 0; i < n->parent_count; i++) {
		const struct note_parent *p = &n->parents[i];
		int64_t inside = db_i64(db, 0, sum_children, I64(":id", p->id)),
		        units = db_i64(db, 0, select_pack_units, I64(":id", p->id));
		if (inside == units)
			continue;
		st = ST_IMPORT_REFUSED; /* half a case cannot be kept */
		intake_refuse(in, p->row, columns[PARENT].name, ST_INVALID_FIELD,
		              arena_printf(in->tx->arena, "上级追溯码 %s 装 %lld, 其下合计 %lld",
		                           pack_code(db, in->tx->arena, p->id), (long long)units, (long long)inside));
	}
	return st;
}

SQL(sum_elsewhere, "SELECT CAST(coalesce(sum(rl.units), 0) AS BIGINT) FROM receipt r JOIN receipt_line rl ON rl.receipt_id = "
                   "r.id WHERE r.order_id "
                   "= :order_id AND r.id <> :receipt_id AND rl.order_line_id = :line_id /*all sites: the caller has the order*/");
SQL(set_announced, "UPDATE order_line SET announced_units = :units WHERE id = :line_id AND announced_units <> :units "
                   "/*all sites: the caller has the order*/");

/* What has come before on other receipts, and what this note says; a lot's codes are part of its line. */
static int64_t announced_units(struct intake *in, const struct note_report *n, int64_t line_id)
{
	int64_t units = db_i64(tx_db(in->tx), 0, sum_elsewhere, I64(":order_id", n->order_id), I64(":receipt_id", n->receipt_id),
	                       I64(":line_id", line_id));
	for (size_t i = 0; i < n->lot_count; i++)
		if (n->lots[i].order_line_id == line_id)
			units += n->lots[i].line_units > n->lots[i].code_units ? n->lots[i].line_units : n->lots[i].code_units;
	return units;
}

static int64_t line_rows(const struct note_report *n, int64_t line_id)
{
	int64_t rows = 0;
	for (size_t i = 0; i < n->lot_count; i++)
		rows += n->lots[i].order_line_id == line_id ? n->lots[i].line_rows : 0;
	return rows;
}

static enum status finish(struct intake *in)
{
	struct note_report *n = in->context;
	enum status st = check_parents(in, n);
	for (size_t i = 0; i < n->lot_count; i++) {
		int64_t line = n->lots[i].order_line_id;
		bool first = true;
		for (size_t k = 0; k < i && first; k++)
			first = n->lots[k].order_line_id != line;
		if (!first)
			continue;
		bool changed =
		        db_exec(in->tx, set_announced, I64(":units", announced_units(in, n, line)), I64(":line_id", line)) > 0;
		*(changed ? &in->report->added : &in->report->unchanged) += line_rows(n, line);
	}
	n->lines = (int64_t)n->lot_count;
	return st;
}

const struct intake_kind intake_note = {.name = "delivery-note",
                                        .title = "随货同行单",
                                        .action = "import.note",
                                        .columns = columns,
                                        .foreign = true,
                                        .take = take,
                                        .finish = finish};

SQL(select_receipt, "SELECT order_id, supplier_id FROM receipt WHERE id = :id /*all sites: the caller has the document*/");

/* "field:column,field:column" into aliases; a field nobody knows is refused. */
static enum status read_map(struct tx *tx, const char *map, struct csv_alias *out, size_t *count)
{
	for (*count = 0; *map && *count < ALIASES_MAX; map += *map == ',') {
		size_t n = strcspn(map, ","), field = strcspn(map, ":,");
		if (field == n || field == 0 || field + 1 == n)
			return tx_fail(tx, ST_INVALID_FIELD, "map", 0, "map 应写成 字段:列名,字段:列名");
		out[(*count)++] = (struct csv_alias){arena_copy(tx->arena, map, field),
		                                     arena_copy(tx->arena, map + field + 1, n - field - 1)};
		map += n;
	}
	return ST_OK;
}

static enum status find_aliases(struct tx *tx, const char *map, int64_t supplier_id, struct intake_options *options)
{
	struct csv_alias *aliases = arena_array(tx->arena, ALIASES_MAX, sizeof *aliases);
	enum status st = ST_OK;
	if (map && *map && strcmp(map, "none") != 0)
		st = read_map(tx, map, aliases, &options->alias_count);
	else if (!map || !*map)
		options->alias_count = column_map_load(tx_db(tx), tx->arena, supplier_id, &aliases);
	options->aliases = aliases;
	return st;
}

enum status note_take(struct tx *tx, struct doc *receipt, struct csv_source source, const char *map, bool keep_good,
                      struct note_report *note, struct intake_report *out)
{
	struct intake_options options = {.keep_good = keep_good};
	*note = (struct note_report){.receipt_id = receipt->id};
	if (!me_at_site(tx_db(tx), &tx->me, receipt->to_site_id))
		return ST_FORBIDDEN;
	if (strcmp(receipt->state, "received") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "收货单 %s 已验收, 不能再导入随货同行单", receipt->number);
	SCOPED(rows) r = db_query(tx_db(tx), select_receipt, I64(":id", receipt->id));
	int64_t supplier = rows_next(&r) ? col_i64(&r, 1) : 0;
	note->order_id = supplier ? col_i64(&r, 0) : 0;
	rows_drop(&r);
	enum status st = find_aliases(tx, map, supplier, &options);
	if (st == ST_OK)
		st = intake_run(tx, &intake_note, source, &options, note, out);
	tx->ref_id = receipt->id;
	if (st == ST_OK && out->added)
		document_note(tx, receipt, "note",
		              arena_printf(tx->arena, "随货同行单: %lld 个批号, %lld 个追溯码", (long long)note->lines,
		                           (long long)note->codes));
	return st;
}

/* ---- column maps ---- */

SQL(select_map, "SELECT field, column_name FROM column_map WHERE supplier_id = :supplier_id ORDER BY field");
SQL(drop_map, "DELETE FROM column_map WHERE supplier_id = :supplier_id");
SQL(insert_map,
    "INSERT INTO column_map (supplier_id, field, column_name) VALUES (:supplier_id, :field_t, :column_t) ON CONFLICT DO NOTHING");

size_t column_map_load(struct db *db, struct arena *a, int64_t supplier_id, struct csv_alias **out)
{
	size_t n = 0;
	*out = arena_array(a, ALIASES_MAX, sizeof **out);
	SCOPED(rows) r = db_query(db, select_map, I64(":supplier_id", supplier_id));
	while (n < ALIASES_MAX && rows_next(&r)) {
		(*out)[n].field = col_text(a, &r, 0);
		(*out)[n++].column = col_text(a, &r, 1);
	}
	return n;
}

enum status column_map_save(struct tx *tx, int64_t supplier_id, const struct csv_alias *rows, size_t count)
{
	struct supplier supplier;
	tx->action = "supplier.column_map";
	tx->ref_id = supplier_id;
	if (supplier_load(tx_db(tx), tx->arena, supplier_id, &supplier) != ST_OK)
		return ST_NOT_FOUND;
	db_exec(tx, drop_map, I64(":supplier_id", supplier_id));
	for (size_t i = 0; i < count; i++) {
		int64_t added = db_exec(tx, insert_map, I64(":supplier_id", supplier_id), TEXT(":field_t", rows[i].field),
		                        TEXT(":column_t", rows[i].column));
		if (added == 0)
			return tx_fail(tx, ST_INVALID_FIELD, "columns", (int64_t)i + 1, "字段 %s 出现两次", rows[i].field);
	}
	return ST_OK;
}
