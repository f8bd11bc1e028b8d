/* Rows copied from a spreadsheet: each is taken or refused alone. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demand/plan_inside.h"

#define SAME_NAME_MAX 64
#define UNITS_MAX 1000000000LL

struct pasting {
	struct tx *tx;
	const struct doc *d;
	struct plan_refused *refused;
	size_t refused_count;
	size_t row;
};

static enum status refuse(struct pasting *p, enum status st, const char *message)
{
	p->refused[p->refused_count++] = (struct plan_refused){p->row, st, message};
	return st;
}

SQL(select_named, "SELECT p.id, CAST(EXISTS (SELECT 1 FROM plan_line l WHERE l.plan_id = :plan_id AND l.product_id = p.id) AS "
                  "INTEGER) FROM drug d JOIN product p ON p.drug_id = d.id AND p.name = :name_t AND p.active = 1 WHERE d.name = "
                  ":name_t ORDER BY p.id LIMIT :most /*all sites: the caller has the plan*/");

/* One of several of a name is meant only where one of them alone is on the plan. */
static int64_t find_named(struct pasting *p, const char *name, size_t *named)
{
	int64_t only = 0, on_plan = 0;
	size_t here = 0;
	*named = 0;
	SCOPED(rows)
	r = db_query(tx_db(p->tx), select_named, I64(":plan_id", p->d->id), TEXT(":name_t", name), I64(":most", SAME_NAME_MAX));
	for (; rows_next(&r); ++*named) {
		only = col_i64(&r, 0);
		if (col_i64(&r, 1)) {
			on_plan = only;
			here++;
		}
	}
	return here == 1 ? on_plan : *named == 1 ? only : 0;
}

static enum status find_product(struct pasting *p, const char *what, struct product *out)
{
	struct arena *a = p->tx->arena;
	size_t named = 0;
	int64_t id = product_by_code(tx_db(p->tx), what);
	if (!id)
		id = find_named(p, what, &named);
	if (!id && named)
		return refuse(p, ST_INVALID_FIELD, arena_printf(a, "有 %zu 个品种叫 %s, 请写品种代码", named, what));
	if (!id || product_load(tx_db(p->tx), a, id, out) != ST_OK)
		return refuse(p, ST_INVALID_FIELD, arena_printf(a, "目录中没有代码或名称为 %s 的品种", what));
	return out->active ? ST_OK : refuse(p, ST_PRODUCT_STOPPED, arena_printf(a, "%s 已停用", out->name));
}

SQL(is_ordered, "SELECT 1 FROM plan_line WHERE id = :id AND order_line_id IS NOT NULL /*all sites: the caller has the plan*/");
SQL(take_row, "UPDATE plan_line SET units = :units, typed = CASE WHEN :units = suggest_units THEN 0 ELSE 1 END, price_e4 = CASE "
              "WHEN :price < 0 THEN price_e4 ELSE :price END WHERE id = :id /*all sites: the caller has the plan*/");

static enum status take_row_of(struct pasting *p, const struct plan_pasted *row)
{
	struct product product;
	int64_t line = 0;
	struct tx *tx = p->tx;
	enum status st = find_product(p, row->what, &product);
	if (st != ST_OK)
		return st;
	if (row->packs > UNITS_MAX / product.units_per_pack)
		return refuse(p, ST_INVALID_FIELD, arena_printf(tx->arena, "%s 数量过大", product.name));
	st = plan_line_at(tx, p->d, product.id, p->d->from_site_id, &line);
	if (st != ST_OK)
		return refuse(p, st, "取不到这个品种的用量");
	if (db_i64(tx_db(tx), 0, is_ordered, I64(":id", line)))
		return refuse(p, ST_WRONG_STATE, arena_printf(tx->arena, "%s 已生成订单", product.name));
	db_exec(tx, take_row, I64(":units", row->packs * product.units_per_pack + row->units), I64(":price", row->price_e4),
	        I64(":id", line));
	return ST_OK;
}

enum status plan_paste(struct tx *tx, const struct doc *d, const struct plan_paste_new *in, struct plan_slice *out,
                       struct plan_refused *refused, size_t *refused_count)
{
	struct pasting p = {.tx = tx, .d = d, .refused = refused};
	*out = (struct plan_slice){0};
	if (!plan_is_open(d))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已提交或已生成订单, 不能修改", d->number);
	for (p.row = 0; p.row < in->row_count; p.row++)
		out->done += take_row_of(&p, &in->rows[p.row]) == ST_OK;
	*refused_count = p.refused_count;
	tx->action = "plan.paste";
	tx->ref_id = d->id;
	tx_changed(tx, d->kind->topic, d->from_site_id, d->to_site_id, d->id);
	return ST_OK;
}
