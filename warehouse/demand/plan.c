#include "warehouse/demand/plan.h"

#include "core/money.h"
#include "core/text.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/demand/plan_inside.h"

#include <string.h>

#define PRODUCTS_A_SLICE 250 /* a slice holds the writer for well below a fifth of a second */
#define UNITS_MAX 1000000000LL

SQL(insert_plan, "INSERT INTO demand_plan (id, ym, filled_id, last_n) VALUES (:id, :ym, 0, 0)");

enum status plan_make(struct tx *tx, const struct doc_kind *kind, const struct plan_new *in, struct doc *out)
{
	int64_t site = in->site_id ? in->site_id : tx->me.root_site_id, centre = site_root(tx_db(tx));
	int64_t ym = in->ym == INT64_MIN ? tx->today_ymd / 100 : in->ym;
	bool of_site = kind == &site_plan_kind;
	if (!me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0, "没有这个机构, 或不在您的管辖范围");
	if (of_site == (site == centre))
		return tx_fail(tx, ST_INVALID_FIELD, "site_id", 0,
		               of_site ? "分院计划由分院提出; 中心请编采购计划" : "采购计划由中心编制; 分院请编分院计划");
	if (!ymd_is_valid(ym * 100 + 1))
		return tx_fail(tx, ST_INVALID_FIELD, "ym", 0, "月份写作 202612");
	const struct doc_head head = {site, of_site ? centre : 0, in->reference, in->note, NULL};
	enum status st = document_make(tx, kind, &head, out);
	db_exec(tx, insert_plan, I64(":id", out->id), I64(":ym", ym));
	tx->action = of_site ? "site_plan.make" : "plan.make";
	return st;
}

bool plan_is_open(const struct doc *d)
{
	return strcmp(d->state, "draft") == 0 || strcmp(d->state, "ordering") == 0;
}

/* ---- lines with their figures ---- */

SQL(find_line, "SELECT id FROM plan_line WHERE plan_id = :plan_id AND product_id = :product_id AND to_site_id = :to_id "
               "/*all sites: the caller has the plan*/");
SQL(next_n, "UPDATE demand_plan SET last_n = last_n + 1 WHERE id = :id RETURNING last_n /*all sites: the caller has the plan*/");
SQL(insert_line,
    "INSERT INTO plan_line (id, plan_id, n, product_id, to_site_id, supplier_id, direct, asked_units, owed_units, stock_units, "
    "transit_units, on_order_units, daily_milli, season_e3, days, long_units, expected_units, round_units, months, "
    "suggest_units, "
    "figured_ymd, units, typed) VALUES (:id, :plan_id, :n, :product_id, :to_id, :supplier_id, 0, 0, 0, 0, 0, 0, 0, 1000, 0, 0, "
    "0, "
    "1, '', 0, 0, 0, 0)");
SQL(set_figures,
    "UPDATE plan_line SET owed_units = :owed, stock_units = :stock, transit_units = :transit, on_order_units = :on_order, "
    "daily_milli = :daily, season_e3 = :season, days = :days, long_units = :long, expected_units = :expected, round_units = "
    ":round, "
    "months = :months_t, suggest_units = :suggest, figured_ymd = :today_ymd WHERE id = :id /*all sites: the caller has the "
    "plan*/");
SQL(drop_depots, "DELETE FROM plan_line_depot WHERE line_id = :id /*all sites: the caller has the plan*/");
SQL(insert_depot,
    "INSERT INTO plan_line_depot (line_id, place_id, used_units, known_units, stock_days, out_days, daily_milli, long_units, "
    "expected_units, stock_units, transit_units, suggest_units) VALUES (:id, :place_id, :used, :known, :stock_days, :out_days, "
    ":daily, :long, :expected, :stock, :transit, :suggest) /*all sites: the caller has the plan*/");
SQL(select_asked, "SELECT asked_units FROM plan_line WHERE id = :id /*all sites: the caller has the plan*/");

/* "0 12 30 …": a curve for the eye. */
static const char *months_text(struct arena *a, const struct demand_use *u)
{
	char *text = arena_string(a, "");
	for (int i = 0; i < DEMAND_MONTHS - 1; i++)
		text = arena_printf(a, "%s%s%lld", text, i ? " " : "", (long long)u->months[i]);
	return text;
}

/* What branches asked to be sent straight to them is suggested as asked: their own plan has looked at their stock. */
static int64_t suggestion_for(const struct doc *d, int64_t to_site_id, const struct demand_figures *f)
{
	return to_site_id != d->from_site_id && f->asked ? demand_round(f->asked, f->round_units) : demand_suggestion(f);
}

static void put_depots(struct tx *tx, int64_t line_id, const struct demand_use *u)
{
	db_exec(tx, drop_depots, I64(":id", line_id));
	for (size_t i = 0; i < u->depot_count; i++) {
		const struct demand_depot *p = &u->depots[i];
		if (!p->units && !p->stock && !p->transit && !p->long_units)
			continue;
		db_exec(tx, insert_depot, I64(":id", line_id), I64(":place_id", p->place_id), I64(":used", p->units),
		        I64(":known", p->known_units), I64(":stock_days", p->stock_days), I64(":out_days", p->out_days),
		        I64(":daily", p->daily_milli), I64(":long", p->long_units), I64(":expected", p->expected),
		        I64(":stock", p->stock), I64(":transit", p->transit), I64(":suggest", p->suggest));
	}
}

static void put_figures(struct tx *tx, const struct doc *d, int64_t line_id, int64_t to_site_id, struct demand_figures *f)
{
	f->asked = db_i64(tx_db(tx), 0, select_asked, I64(":id", line_id));
	db_exec(tx, set_figures, I64(":owed", f->owed), I64(":stock", f->stock), I64(":transit", f->transit),
	        I64(":on_order", f->on_order), I64(":daily", f->use.daily_milli), I64(":season", f->use.season_e3),
	        I64(":days", demand_days(&f->setting)), I64(":long", f->use.long_units), I64(":expected", f->use.expected),
	        I64(":round", f->round_units), TEXT(":months_t", months_text(tx->arena, &f->use)),
	        I64(":suggest", suggestion_for(d, to_site_id, f)), I64(":today_ymd", tx->today_ymd), I64(":id", line_id));
	put_depots(tx, line_id, &f->use);
}

static int64_t add_line(struct tx *tx, const struct doc *d, int64_t product_id, int64_t to_site_id)
{
	int64_t id = tx_new_id(tx), n = db_i64(tx_db(tx), 0, next_n, I64(":id", d->id));
	int64_t supplier = d->kind == &plan_kind ? demand_last_supplier(tx_db(tx), product_id, tx->today_ymd) : 0;
	db_exec(tx, insert_line, I64(":id", id), I64(":plan_id", d->id), I64(":n", n), I64(":product_id", product_id),
	        I64(":to_id", to_site_id), ID(":supplier_id", supplier));
	return id;
}

static int64_t line_of(struct tx *tx, const struct doc *d, int64_t product_id, int64_t to_site_id)
{
	return db_i64(tx_db(tx), 0, find_line, I64(":plan_id", d->id), I64(":product_id", product_id), I64(":to_id", to_site_id));
}

enum status plan_line_at(struct tx *tx, const struct doc *d, int64_t product_id, int64_t to_site_id, int64_t *id)
{
	struct demand_figures f;
	*id = line_of(tx, d, product_id, to_site_id);
	if (*id)
		return ST_OK;
	enum status st = demand_figures_load(tx_db(tx), tx->arena, to_site_id, product_id, tx->today_ymd, &f);
	if (st != ST_OK)
		return st;
	*id = add_line(tx, d, product_id, to_site_id);
	put_figures(tx, d, *id, to_site_id, &f);
	return ST_OK;
}

SQL(add_asked, "UPDATE plan_line SET asked_units = asked_units + :units WHERE id = :id /*all sites: the caller has the plan*/");
SQL(select_kept, "SELECT to_site_id, expected_units, stock_units, transit_units, on_order_units, asked_units, owed_units, "
                 "round_units FROM plan_line WHERE id = :id /*all sites: the caller has the plan*/");
SQL(set_suggestion, "UPDATE plan_line SET suggest_units = :suggest WHERE id = :id /*all sites: the caller has the plan*/");

/* The figures of the line stand; only what is asked has changed. */
void plan_line_ask(struct tx *tx, const struct doc *d, int64_t line_id, int64_t units)
{
	int64_t suggest = 0;
	db_exec(tx, add_asked, I64(":units", units), I64(":id", line_id));
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_kept, I64(":id", line_id));
		if (!rows_next(&r))
			return;
		const struct demand_figures f = {.use = {.expected = col_i64(&r, 1)},
		                                 .stock = col_i64(&r, 2),
		                                 .transit = col_i64(&r, 3),
		                                 .on_order = col_i64(&r, 4),
		                                 .asked = col_i64(&r, 5),
		                                 .owed = col_i64(&r, 6),
		                                 .round_units = col_i64(&r, 7)};
		suggest = suggestion_for(d, col_i64(&r, 0), &f);
	}
	db_exec(tx, set_suggestion, I64(":suggest", suggest), I64(":id", line_id));
}

/* ---- filling ---- */

SQL(select_filled, "SELECT filled_id FROM demand_plan WHERE id = :id /*all sites: the caller has the plan*/");
SQL(set_filled, "UPDATE demand_plan SET filled_id = :filled_id WHERE id = :id /*all sites: the caller has the plan*/");
SQL(select_products, "SELECT id FROM product WHERE id > :after_id AND active = 1 ORDER BY id LIMIT :most");
SQL(count_products, "SELECT count(*) FROM product WHERE id > :after_id AND active = 1");

/* A line for what is used, here or asked for; figures anew on a line that is there. */
static void fill_product(struct tx *tx, const struct doc *d, int64_t product_id, struct plan_slice *out)
{
	struct demand_figures f;
	int64_t site = d->from_site_id;
	if (demand_figures_load(tx_db(tx), tx->arena, site, product_id, tx->today_ymd, &f) != ST_OK)
		return;
	int64_t id = line_of(tx, d, product_id, site);
	if (!id && !f.use.units && !f.use.long_units && !f.stock && !f.owed)
		return;
	id = id ? id : add_line(tx, d, product_id, site);
	put_figures(tx, d, id, site, &f);
	out->done++;
}

enum status plan_fill(struct tx *tx, const struct doc *d, bool begin, struct plan_slice *out)
{
	int64_t ids[PRODUCTS_A_SLICE] = {0};
	size_t n = 0;
	int64_t after = begin ? 0 : db_i64(tx_db(tx), 0, select_filled, I64(":id", d->id));
	*out = (struct plan_slice){0};
	if (strcmp(d->state, "draft") != 0)
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已不是草稿, 不能再取数", d->number);
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_products, I64(":after_id", after), I64(":most", PRODUCTS_A_SLICE));
		while (n < PRODUCTS_A_SLICE && rows_next(&r))
			ids[n++] = col_i64(&r, 0);
	}
	for (size_t i = 0; i < n; i++)
		fill_product(tx, d, ids[i], out);
	if (n)
		out->left = db_i64(tx_db(tx), 0, count_products, I64(":after_id", ids[n - 1]));
	db_exec(tx, set_filled, I64(":filled_id", out->left ? ids[n - 1] : 0), I64(":id", d->id));
	tx->action = "plan.fill";
	tx_changed(tx, d->kind->topic, d->from_site_id, d->to_site_id, d->id);
	return ST_OK;
}

/* ---- typing ---- */

SQL(change_line,
    "UPDATE plan_line SET typed = CASE WHEN :units < 0 THEN typed WHEN :units = suggest_units THEN 0 ELSE 1 END, units = CASE "
    "WHEN "
    ":units < 0 THEN units ELSE :units END, price_e4 = CASE WHEN :forget = 1 THEN NULL "
    "WHEN :price < 0 THEN price_e4 ELSE :price END, supplier_id = CASE WHEN :supplier_id = 0 THEN supplier_id ELSE :supplier_id "
    "END, direct = CASE WHEN :direct < 0 THEN direct ELSE :direct END WHERE id = :id AND plan_id = :plan_id AND order_line_id IS "
    "NULL /*all sites: the caller has the plan*/");

/* The line that is meant: by its id, or by product and receiver. */
static enum status find_or_add(struct tx *tx, const struct doc *d, const struct plan_line_new *in, size_t i, int64_t *id)
{
	struct product p;
	int64_t to = in->to_site_id ? in->to_site_id : d->from_site_id, row = (int64_t)i + 1;
	*id = in->id;
	if (*id)
		return ST_OK;
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "product_id"), row, "没有这个品种");
	if (!p.active)
		return tx_fail(tx, ST_PRODUCT_STOPPED, tx_line_field(tx, i, "product_id"), row, "%s 已停用", p.name);
	if ((d->kind == &site_plan_kind && to != d->from_site_id) || !me_at_site(tx_db(tx), &tx->me, to))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "to_site_id"), row, "没有这个机构, 或不在您的管辖范围");
	return plan_line_at(tx, d, in->product_id, to, id);
}

static enum status change_one(struct tx *tx, const struct doc *d, const struct plan_line_new *in, size_t i)
{
	struct supplier s;
	int64_t id = 0, row = (int64_t)i + 1;
	enum status st = find_or_add(tx, d, in, i, &id);
	if (st != ST_OK)
		return st;
	if (in->supplier_id && (d->kind == &site_plan_kind || supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK))
		return tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "supplier_id"), row, "没有这个供应商");
	int64_t done = db_exec(tx, change_line, I64(":units", in->units), I64(":price", in->price_e4),
	                       I64(":forget", in->price_in_force == 1), I64(":supplier_id", in->supplier_id),
	                       I64(":direct", in->direct), I64(":id", id), I64(":plan_id", d->id));
	return done ? ST_OK : tx_fail(tx, ST_INVALID_FIELD, tx_line_field(tx, i, "id"), row, "计划没有这一行, 或已生成订单");
}

enum status plan_change_lines(struct tx *tx, const struct doc *d, const struct plan_lines_new *in)
{
	enum status first = ST_OK;
	enum permission p = d->kind == &site_plan_kind ? PERM_SITE_PLAN_EDIT : PERM_ORDER_EDIT;
	if (!me_may(&tx->me, p))
		return ST_FORBIDDEN;
	if (!plan_is_open(d))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已提交或已生成订单, 不能修改", d->number);
	for (size_t i = 0; i < in->line_count; i++) {
		enum status st = change_one(tx, d, &in->lines[i], i);
		first = first == ST_OK ? st : first;
	}
	tx->action = "plan.lines";
	tx->ref_id = d->id;
	tx_changed(tx, d->kind->topic, d->from_site_id, d->to_site_id, d->id);
	return first;
}

/* ---- adopting ---- */

/* What somebody typed stays, unless he says otherwise; then, too, where nothing is suggested. */
SQL(adopt_lines,
    "UPDATE plan_line SET units = suggest_units, typed = 0 WHERE plan_id = :id AND order_line_id IS NULL AND units <> "
    "suggest_units AND (typed = 0 OR (:typed_too = 1 AND suggest_units > 0)) /*all sites: the caller has the plan*/");
SQL(count_kept,
    "SELECT count(*) FROM plan_line WHERE plan_id = :id AND order_line_id IS NULL AND typed = 1 AND suggest_units > 0 "
    "/*all sites: the caller has the plan*/");

enum status plan_adopt(struct tx *tx, const struct doc *d, bool typed_too, struct plan_slice *out)
{
	*out = (struct plan_slice){0};
	if (!plan_is_open(d))
		return tx_fail(tx, ST_WRONG_STATE, NULL, 0, "%s 已提交或已生成订单, 不能修改", d->number);
	out->done = db_exec(tx, adopt_lines, I64(":typed_too", typed_too), I64(":id", d->id));
	out->kept = db_i64(tx_db(tx), 0, count_kept, I64(":id", d->id));
	tx->action = "plan.adopt";
	tx->ref_id = d->id;
	tx_changed(tx, d->kind->topic, d->from_site_id, d->to_site_id, d->id);
	return ST_OK;
}

/* ---- states ---- */

SQL(count_lines, "SELECT count(*) FROM plan_line WHERE plan_id = :id AND units > 0 /*all sites: the caller has the plan*/");

static enum status has_lines(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	if (db_i64(tx_db(tx), 0, count_lines, I64(":id", d->id)))
		return ST_OK;
	return tx_fail(tx, ST_NO_LINES, "lines", 0, "计划还没有一行填了数量");
}

/* What the centre sends back is a draft again; what it takes stays taken until its own plan is given up. */
static const struct doc_state site_states[] = {
        {"draft", "草稿", true},     {"submitted", "已提交", true}, {"taken", "已并入采购计划", true},
        {"closed", "已关闭", false}, {NULL, NULL, false},
};
static const struct doc_step site_steps[] = {
        {"draft", "submit", "submitted", "提交", PERM_SITE_PLAN_EDIT, SIDE_FROM, false, has_lines, NULL},
        {"submitted", "return", "draft", "退回修改", PERM_ORDER_EDIT, SIDE_TO, true, NULL, NULL},
        {"submitted", "take", "taken", "并入采购计划", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        {"taken", "release", "submitted", "采购计划已关闭", PERM_NONE, SIDE_ANY, false, NULL, NULL},
        {"draft", "close", "closed", "关闭", PERM_SITE_PLAN_EDIT, SIDE_FROM, true, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind site_plan_kind = {"site_plan", "分院计划", "FJ", "site-plans", site_states, site_steps, "draft", NULL};

SQL(count_to_order, "SELECT count(*) FROM plan_line WHERE plan_id = :id AND units > 0 AND order_line_id IS NULL "
                    "/*all sites: the caller has the plan*/");

static enum status all_ordered(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	return db_i64(tx_db(tx), 0, count_to_order, I64(":id", d->id)) == 0 ? ST_OK : ST_WRONG_STATE;
}

SQL(select_takers, "SELECT DISTINCT s.plan_id FROM plan_line t JOIN plan_line s ON s.taken_line_id = t.id WHERE t.plan_id = :id "
                   "/*all sites: the caller has the plan*/");
SQL(free_lines, "UPDATE plan_line SET taken_line_id = NULL WHERE plan_id = :id /*all sites: the caller has the plan*/");

/* A plan that is given up lets go of the sites' plans that it had taken. */
static enum status let_go(struct tx *tx, struct doc *d, const void *input)
{
	const struct me program = {.id = 0};
	int64_t ids[256];
	size_t n = 0;
	(void)input;
	{
		SCOPED(rows) r = db_query(tx_db(tx), select_takers, I64(":id", d->id));
		while (n < sizeof ids / sizeof *ids && rows_next(&r))
			ids[n++] = col_i64(&r, 0);
	}
	for (size_t i = 0; i < n; i++) {
		struct doc site;
		enum status st = document_load(tx_db(tx), tx->arena, &program, &site_plan_kind, ids[i], &site);
		if (st == ST_OK)
			st = document_follow(tx, &site, "release", NULL);
		if (st != ST_OK)
			return st;
		db_exec(tx, free_lines, I64(":id", ids[i]));
	}
	return ST_OK;
}

static const struct doc_state states[] = {
        {"draft", "草稿", true},
        {"ordering", "部分已生成订单", false},
        {"ordered", "已生成订单", true},
        {"closed", "已关闭", false},
        {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "order", "ordered", "生成订单", PERM_ORDER_EDIT, SIDE_FROM, false, all_ordered, NULL},
        {"draft", "order", "ordering", "生成订单", PERM_ORDER_EDIT, SIDE_FROM, false, NULL, NULL},
        {"ordering", "order", "ordered", "继续生成订单", PERM_ORDER_EDIT, SIDE_FROM, false, all_ordered, NULL},
        {"ordering", "order", "ordering", "继续生成订单", PERM_ORDER_EDIT, SIDE_FROM, false, NULL, NULL},
        {"draft", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, let_go},
        {"ordering", "close", "closed", "关闭", PERM_ORDER_EDIT, SIDE_FROM, true, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
const struct doc_kind plan_kind = {"plan", "采购计划", "JH", "plans", states, steps, "draft", NULL};
