/* 集采: rounds with their progress, the rows behind it, and how a product stands for the order sheet. */
#include "service/api/volumes.h"

#include "core/money.h"
#include "service/api/documents.h"
#include "warehouse/volume/change.h"
#include "warehouse/volume/progress.h"
#include "warehouse/volume/round.h"
#include "warehouse/volume/rule.h"
#include "warehouse/volume/share.h"

#include <string.h>

static const struct word_title states[] = {{"before", "报量中"}, {"running", "执行中"}, {"over", "已结束"}, {NULL, NULL}};
#define ROUND_STATE "CASE WHEN r.from_ymd > :today_ymd THEN 'before' WHEN r.to_ymd < :today_ymd THEN 'over' ELSE 'running' END"
#define ROUND_COLUMNS                                                                                                            \
	{"id", L_ID, "r.id", "编号", NULL}, {"code", L_TEXT, "r.code", "批次代码", NULL},                                        \
	        {"name", L_TEXT, "r.name", "批次", NULL}, {"state", L_TEXT, ROUND_STATE, "状态", NULL},                          \
	        {"state_title", L_TEXT, ROUND_STATE, "状态名称", states}, {"from_ymd", L_INT, "r.from_ymd", "约定年度起", NULL}, \
	        {"to_ymd", L_INT, "r.to_ymd", "约定年度止", NULL}, {"basis", L_TEXT, "r.basis", "进度口径", NULL},               \
	        {"basis_title", L_TEXT, "r.basis", "进度口径名称", volume_bases},                                                \
	        {"elapsed_pm", L_INT, VOLUME_ELAPSED, "时间进度‰", NULL},                                                        \
	        {"other_pm", L_INT, "r.other_pm", "非中选上限‰", NULL}, {"commit_pm", L_INT, "r.commit_pm", "约定比例‰", NULL},  \
	        {"warn_pm", L_INT, "r.warn_pm", "落后预警‰", NULL},                                                              \
	{                                                                                                                        \
		"version", L_INT, "r.version", "版本", NULL                                                                      \
	}
static const struct list_column round_columns[] = {ROUND_COLUMNS, NO_COLUMN};
static const struct list_filter round_filters[] = {{"code", L_TEXT, "r.code = :f_code_t"}, NO_FILTER};
static const struct list_path round_paths[] = {
        {"code", "volume_round r WHERE 1 = 1", {"r.id"}, true, NULL},
        {NULL, "volume_round r WHERE 1 = 1", {"r.id"}, true, NULL},
};
static const char *const code_q[] = {"code", NULL};
const struct list_spec list_volume_rounds = {.name = "volume-rounds",
                                             .title = "集采批次",
                                             .columns = round_columns,
                                             .filters = round_filters,
                                             .paths = round_paths,
                                             .q_as = code_q};

/* ---- progress by product and site ---- */

#define DONE_PM "(CASE WHEN v.units > 0 THEN " VOLUME_DONE " * 1000 / v.units ELSE 0 END)"
/* What the year will end with if it goes on like this. */
#define PROJECTED "(CASE WHEN " VOLUME_ELAPSED " > 0 THEN " VOLUME_DONE " * 1000 / " VOLUME_ELAPSED " ELSE 0 END)"
#define SHORT "(CASE WHEN " VOLUME_ELAPSED " > 0 AND v.units > " PROJECTED " THEN v.units - " PROJECTED " ELSE 0 END)"
#define ON_ORDER                                                                  \
	"(SELECT CAST(coalesce(sum(" VOLUME_SHARE_DUE(                            \
	        "l",                                                              \
	        "w") "), 0) AS BIGINT) FROM order_line l JOIN order_line_volume " \
	             "w ON w.order_line_id = l.id AND w.site_id = v.site_id WHERE l.product_id = v.product_id AND l.open = 1)"
#define ROLE "coalesce(vp.role, 'non_selected')"
static const struct list_column progress_columns[] = {
        {"round_id", L_ID, "v.round_id", "批次编号", NULL},
        {"round_code", L_TEXT, "r.code", "批次代码", NULL},
        {"round_name", L_TEXT, "r.name", "批次", NULL},
        {"generic_id", L_ID, "v.generic_id", "通用名编号", NULL},
        {"generic", L_TEXT, "g.name", "通用名", NULL},
        {"product_id", L_ID, "v.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        PRODUCT_NAMES,
        PACK_COLUMNS,
        {"role", L_TEXT, ROLE, "中选情况", NULL},
        {"role_title", L_TEXT, ROLE, "中选情况名称", volume_roles},
        {"site_id", L_ID, "v.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"site_code", L_TEXT, "s.code", "机构代码", NULL},
        {"opening_units", L_INT,
         "(SELECT CAST(coalesce(sum(c.units), 0) AS BIGINT) FROM volume_credit c WHERE c.round_id = v.round_id AND c.product_id "
         "= "
         "v.product_id AND c.site_id = v.site_id AND c.kind = 'opening')",
         "启用前已完成", NULL},
        {"committed_units", L_INT, "v.units", "约定采购量", NULL},
        {"received_units", L_INT, "v.received_units", "已入库", NULL},
        {"used_units", L_INT, "v.used_units", "已使用", NULL},
        {"done_units", L_INT, VOLUME_DONE, "已完成", NULL},
        {"done_pm", L_INT, DONE_PM, "完成进度‰", NULL},
        {"elapsed_pm", L_INT, VOLUME_ELAPSED, "时间进度‰", NULL},
        {"on_order_units", L_INT, ON_ORDER, "在订", NULL},
        {"projected_units", L_INT, PROJECTED, "年末预计", NULL},
        {"short_units", L_INT, SHORT, "预计缺口", NULL},
        {"behind", L_BOOL, VOLUME_BEHIND, "进度落后", NULL},
        {"paid_amount", L_FEN, "v.paid_fen", "采购金额", NULL},
        {"listed_amount", L_FEN, "v.listed_fen", "按限价金额", NULL},
        NO_COLUMN,
};
static const struct list_filter progress_filters[] = {
        {"round_id", L_ID, "v.round_id = :f_round_id_id"},
        {"product_id", L_ID, "v.product_id = :f_product_id_id"},
        {"generic_id", L_ID, "v.generic_id = :f_generic_id_id"},
        {"site_id", L_ID, "v.site_id = :f_site_id_id"},
        {"behind", L_BOOL, "CAST(" VOLUME_BEHIND " AS INTEGER) = :f_behind_id"},
        NO_FILTER,
};
#define PROGRESS_JOINS                                                                                           \
	" JOIN volume_round r ON r.id = v.round_id JOIN product p ON p.id = v.product_id JOIN site s ON s.id = " \
	"v.site_id JOIN volume_generic g ON g.id = v.generic_id LEFT JOIN volume_product vp ON vp.product_id = " \
	"v.product_id AND vp.round_id = v.round_id"
#define MINE(t) "EXISTS (SELECT 1 FROM user_site us WHERE us.user_id = :me_id AND us.site_id = " t ".site_id)"
static const struct list_path progress_paths[] = {
        {"round_id", "volume_progress v" PROGRESS_JOINS " WHERE " MINE("v"), {"v.product_id", "v.site_id"}, false, NULL},
        {NULL,
         "user_site us CROSS JOIN volume_progress v ON v.site_id = us.site_id" PROGRESS_JOINS " WHERE us.user_id = :me_id",
         {"us.site_id", "v.round_id", "v.product_id"},
         false,
         NULL},
};
static const char *const progress_served[] = {"site_id", "product_id", NULL};
const struct list_spec list_volume_progress = {.name = "volume-progress",
                                               .title = "集采进度",
                                               .columns = progress_columns,
                                               .filters = progress_filters,
                                               .paths = progress_paths,
                                               .served = progress_served,
                                               .scan = 20000};

/* ---- what a round selected ---- */

static const struct list_column named_columns[] = {
        {"round_id", L_ID, "vp.round_id", "批次编号", NULL},
        {"round_code", L_TEXT, "r.code", "批次代码", NULL},
        {"round_name", L_TEXT, "r.name", "批次", NULL},
        {"product_id", L_ID, "vp.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        PRODUCT_NAMES,
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "vp.units_per_pack", "每包装数量", NULL},
        {"role", L_TEXT, "vp.role", "中选情况", NULL},
        {"role_title", L_TEXT, "vp.role", "中选情况名称", volume_roles},
        {"price", L_PRICE, "vp.price_e4", "中选价", NULL},
        {"generic_id", L_ID, "vp.generic_id", "通用名编号", NULL},
        {"generic", L_TEXT, "g.name", "通用名分组", NULL},
        {"measure_e3", L_INT, "coalesce(m.measure_e3, 1000)", "折算系数 (千分之一)", NULL},
        NO_COLUMN,
};
static const struct list_filter named_filters[] = {
        {"round_id", L_ID, "vp.round_id = :f_round_id_id"},
        {"product_id", L_ID, "vp.product_id = :f_product_id_id"},
        NO_FILTER,
};
#define NAMED                                                                                                                   \
	"volume_product vp CROSS JOIN volume_round r ON r.id = vp.round_id CROSS JOIN product p ON p.id = vp.product_id CROSS " \
	"JOIN drug d ON d.id = p.drug_id CROSS JOIN volume_generic g ON g.id = vp.generic_id LEFT JOIN volume_measure m ON "    \
	"m.generic_id = vp.generic_id AND m.strength = d.strength WHERE 1 = 1"
static const struct list_path named_paths[] = {
        {"product_id", NAMED, {"vp.round_id"}, false, NULL},
        {NULL, NAMED, {"vp.round_id", "vp.product_id"}, false, NULL},
};
static const char *const named_served[] = {"round_id", NULL};
const struct list_spec list_volume_products = {.name = "volume-products",
                                               .title = "集采品种",
                                               .columns = named_columns,
                                               .filters = named_filters,
                                               .paths = named_paths,
                                               .served = named_served};

/* ---- what was changed in a round, and why ---- */

#define WORDS_OF(column)                                                                                                        \
	"CASE " column " WHEN 'selected' THEN '中选' WHEN 'reserve' THEN '备选' WHEN 'non_selected' THEN '非中选' WHEN " \
	"'receipt' THEN '按入库' WHEN 'use' THEN '按使用' ELSE " column " END"
static const struct list_column change_columns[] = {
        {"id", L_ID, "c.id", "编号", NULL},
        {"round_id", L_ID, "c.round_id", "批次编号", NULL},
        {"round_name", L_TEXT, "r.name", "批次", NULL},
        {"product_id", L_ID, "c.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        PRODUCT_NAMES,
        {"what", L_TEXT, "c.what", "项目", NULL},
        {"what_title", L_TEXT, "c.what", "项目名称", volume_change_words},
        {"old_value", L_TEXT, "c.old_value", "原值", NULL},
        {"old_value_title", L_TEXT, WORDS_OF("c.old_value"), "原值名称", NULL},
        {"new_value", L_TEXT, "c.new_value", "新值", NULL},
        {"new_value_title", L_TEXT, WORDS_OF("c.new_value"), "新值名称", NULL},
        {"reason", L_TEXT, "c.reason", "理由", NULL},
        {"made_at_ms", L_INT, "c.at_ms", "修改时间", NULL},
        {"made_by", L_TEXT, "u.display_name", "修改人", NULL},
        NO_COLUMN,
};
static const struct list_filter change_filters[] = {{"round_id", L_ID, "c.round_id = :f_round_id_id"}, NO_FILTER};
#define CHANGES                                                                                                          \
	"volume_change c JOIN volume_round r ON r.id = c.round_id LEFT JOIN product p ON p.id = c.product_id LEFT JOIN " \
	"app_user u ON u.id = c.by_user WHERE 1 = 1"
static const struct list_path change_paths[] = {
        {"round_id", CHANGES, {"c.id"}, true, NULL},
        {NULL, CHANGES, {"c.id"}, true, NULL},
};
const struct list_spec list_volume_changes = {.name = "volume-changes",
                                              .title = "集采批次修改记录",
                                              .columns = change_columns,
                                              .filters = change_filters,
                                              .paths = change_paths};

/* ---- the rows behind a figure ---- */

static const struct word_title credit_kinds[] = {
        {"receipt", "入库"}, {"return", "退货"}, {"use", "使用"}, {"opening", "期初完成量"}, {NULL, NULL}};
#define FACT_COLUMNS(t)                                                                                                       \
	{"id", L_ID, t ".id", "编号", NULL}, {"at_ms", L_INT, t ".at_ms", "时间", NULL},                                      \
	        {"round_id", L_ID, t ".round_id", "批次编号", NULL}, {"product_id", L_ID, t ".product_id", "品种编号", NULL}, \
	        {"product_name", L_TEXT, "p.name", "品种", NULL}, {"spec", L_TEXT, "p.spec", "规格", NULL},                   \
	        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL}, {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},       \
	        {"units_per_pack", L_INT, "p.units_per_pack", "每包装数量", NULL},                                            \
	        {"site_id", L_ID, t ".site_id", "机构编号", NULL}, {"site_name", L_TEXT, "s.name", "机构", NULL},             \
	        {"units", L_INT, t ".units", "数量", NULL}, {"document_id", L_ID, t ".document_id", "单据编号", NULL},        \
	        {"document_kind", L_TEXT, "d.kind", "单据类别", NULL},                                                        \
	{                                                                                                                     \
		"document_number", L_TEXT, "d.number", "单号", NULL                                                           \
	}
static const struct list_column credit_columns[] = {
        FACT_COLUMNS("c"),
        {"kind", L_TEXT, "c.kind", "类别", NULL},
        {"kind_title", L_TEXT, "c.kind", "类别名称", credit_kinds},
        {"amount", L_FEN, "c.amount_fen", "金额", NULL},
        {"listed_amount", L_FEN, "c.listed_fen", "按限价金额", NULL},
        NO_COLUMN,
};
static const struct list_column commitment_columns[] = {FACT_COLUMNS("c"), NO_COLUMN};
static const struct list_filter fact_filters[] = {
        {"round_id", L_ID, "c.round_id = :f_round_id_id"},
        {"product_id", L_ID, "c.product_id = :f_product_id_id"},
        {"site_id", L_ID, "c.site_id = :f_site_id_id"},
        NO_FILTER,
};
#define FACT_JOINS                                                                                                            \
	" CROSS JOIN product p ON p.id = c.product_id CROSS JOIN site s ON s.id = c.site_id CROSS JOIN document d ON d.id = " \
	"c.document_id WHERE "
#define FACT_PATHS(table)                                                                                               \
	{"round_id", table " c" FACT_JOINS MINE("c"), {"c.product_id", "c.site_id", "c.id"}, false, NULL},              \
	{                                                                                                               \
		NULL, table " c" FACT_JOINS MINE("c"), {"c.round_id", "c.product_id", "c.site_id", "c.id"}, false, NULL \
	}
static const struct list_path credit_paths[] = {FACT_PATHS("volume_credit")};
static const struct list_path commitment_paths[] = {FACT_PATHS("volume_commitment")};
static const char *const fact_served[] = {"product_id", "site_id", NULL};
const struct list_spec list_volume_credits = {.name = "volume-credits",
                                              .title = "集采完成明细",
                                              .columns = credit_columns,
                                              .filters = fact_filters,
                                              .paths = credit_paths,
                                              .served = fact_served};
const struct list_spec list_volume_commitments = {.name = "volume-commitments",
                                                  .title = "约定采购量变动",
                                                  .columns = commitment_columns,
                                                  .filters = fact_filters,
                                                  .paths = commitment_paths,
                                                  .served = fact_served};

/* ---- one round ---- */

SQL(select_generics, "SELECT id, name FROM volume_generic WHERE round_id = :round_id ORDER BY name");

/* The share of the non-selected of each generic against the round's limit, over the whole county. */
static void put_generics(struct exchange *x, struct db *db, int64_t round_id)
{
	struct jo *o = &x->o;
	jo_name(o, "generics");
	jo_open(o, '[');
	SCOPED(rows) r = db_query(db, select_generics, I64(":round_id", round_id));
	while (rows_next(&r)) {
		struct volume_share_of s;
		volume_share_of_generic(db, col_i64(&r, 0), 0, &s);
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_id(o, "id", col_i64(&r, 0));
		jo_text(o, "name", col_text(&x->arena, &r, 1));
		jo_i64(o, "share_pm", volume_other_pm(&s));
		jo_i64(o, "selected_measure", s.selected / 1000);
		jo_i64(o, "other_measure", s.other / 1000);
		jo_close(o, '}');
	}
	jo_close(o, ']');
}

/* Products that somebody named, and others of their generics that were bought. */
SQL(select_products,
    "SELECT * FROM (SELECT g.generic_id AS generic_id, p.id AS product_id, p.code, p.name AS name, p.spec, p.maker, p.unit_name, "
    "p.pack_name, p.units_per_pack, vp.role AS role, vp.role AS role_title, vp.price_e4, CAST(coalesce(sum(v.units), 0) AS "
    "BIGINT), CAST(coalesce(sum(v.received_units), 0) AS BIGINT) AS received, CAST(coalesce(sum(v.used_units), 0) AS BIGINT) AS "
    "used, CAST(coalesce(sum(v.paid_fen), 0) AS BIGINT), CAST(coalesce(sum(v.listed_fen), 0) AS BIGINT), count(v.site_id) AS "
    "sites FROM volume_generic n JOIN volume_group g ON g.generic_id = n.id JOIN drug d ON d.name = g.drug_name AND d.form = "
    "g.drug_form JOIN product p ON p.drug_id = d.id LEFT JOIN volume_product vp ON vp.product_id = p.id AND vp.round_id = "
    "n.round_id LEFT JOIN volume_progress v ON v.round_id = n.round_id AND v.product_id = p.id AND " MINE(
            "v") " WHERE n.round_id = :round_id GROUP BY g.generic_id, n.name, p.id, p.code, p.name, p.spec, p.maker, "
                 "p.unit_name, "
                 "p.pack_name, p.units_per_pack, vp.role, vp.price_e4) AS t WHERE t.role IS NOT NULL OR t.received <> 0 OR "
                 "t.used <> 0 ORDER "
                 "BY t.generic_id, t.product_id");
static const struct list_column product_columns[] = {
        COLUMN("generic_id", L_ID),
        COLUMN("product_id", L_ID),
        COLUMN("product_code", L_TEXT),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("role", L_TEXT),
        {"role_title", L_TEXT, NULL, NULL, volume_roles},
        COLUMN("price", L_PRICE),
        COLUMN("committed_units", L_INT),
        COLUMN("received_units", L_INT),
        COLUMN("used_units", L_INT),
        COLUMN("paid_amount", L_FEN),
        COLUMN("listed_amount", L_FEN),
        COLUMN("sites", L_INT),
        NO_COLUMN,
};

/* What a site, or all of them, promised and did, in money at the 中选价. 结余留用 is reckoned from these. */
struct sums {
	int64_t site_id, committed_fen, done_fen, paid_fen, listed_fen, lines, behind;
	const char *site;
};

static void add_row(struct sums *s, struct rows *r)
{
	int64_t committed = 0, done = 0, price = col_i64(r, 6), per_pack = col_i64(r, 7);
	int64_t units = col_i64(r, 2);
	if (per_pack > 0 && amount_fen(units, price, per_pack, &committed))
		s->committed_fen += committed;
	/* what went beyond one drug's volume does not stand for another's */
	int64_t did = col_i64(r, 3) < units ? col_i64(r, 3) : units;
	if (per_pack > 0 && did > 0 && amount_fen(did, price, per_pack, &done))
		s->done_fen += done;
	s->paid_fen += col_i64(r, 4);
	s->listed_fen += col_i64(r, 5);
	s->lines += units > 0;
	s->behind += col_i64(r, 8);
}

static void put_sums(struct jo *o, const struct sums *s)
{
	jo_fen(o, "committed_amount", s->committed_fen);
	jo_fen(o, "done_amount", s->done_fen);
	jo_i64(o, "done_pm", s->committed_fen > 0 ? (int64_t)((__int128)s->done_fen * 1000 / s->committed_fen) : 0);
	jo_fen(o, "paid_amount", s->paid_fen);
	jo_fen(o, "listed_amount", s->listed_fen);
	jo_fen(o, "saved_amount", s->listed_fen - s->paid_fen);
	jo_i64(o, "lines", s->lines);
	jo_i64(o, "behind", s->behind);
}

static void put_site(struct jo *o, const struct sums *s)
{
	if (!s->site_id)
		return;
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_id(o, "site_id", s->site_id);
	jo_text(o, "site_name", s->site);
	put_sums(o, s);
	jo_close(o, '}');
}

SQL(select_sites,
    "SELECT v.site_id, s.name, v.units, " VOLUME_DONE ", v.paid_fen, v.listed_fen, vp.price_e4, vp.units_per_pack, CASE "
    "WHEN " VOLUME_BEHIND
    " THEN 1 ELSE 0 END FROM user_site us JOIN volume_progress v ON v.site_id = us.site_id AND v.round_id = "
    ":round_id JOIN volume_round r ON r.id = v.round_id JOIN site s ON s.id = v.site_id JOIN volume_product vp ON vp.product_id "
    "= v.product_id AND vp.round_id = v.round_id AND vp.role = 'selected' WHERE us.user_id = :me_id ORDER BY v.site_id, "
    "v.product_id");

static void put_sites(struct exchange *x, struct db *db, int64_t round_id)
{
	struct sums all = {0}, site = {0};
	jo_name(&x->o, "sites");
	jo_open(&x->o, '[');
	SCOPED(rows)
	r = db_query(db, select_sites, I64(":round_id", round_id), I64(":me_id", x->me.id), I64(":now_ms", x->now_ms),
	             I64(":today_ymd", x->today_ymd));
	while (rows_next(&r)) {
		if (col_i64(&r, 0) != site.site_id) {
			put_site(&x->o, &site);
			site = (struct sums){.site_id = col_i64(&r, 0), .site = col_text(&x->arena, &r, 1)};
		}
		add_row(&site, &r);
		add_row(&all, &r);
	}
	put_site(&x->o, &site);
	jo_close(&x->o, ']');
	jo_name(&x->o, "total");
	jo_open(&x->o, '{');
	put_sums(&x->o, &all);
	jo_close(&x->o, '}');
}

#define SELECT_ROUND                                                                                                             \
	"SELECT r.id, r.code, r.name, " ROUND_STATE ", " ROUND_STATE ", r.from_ymd, r.to_ymd, r.basis, r.basis, " VOLUME_ELAPSED \
	", r.other_pm, r.commit_pm, r.warn_pm, r.version FROM volume_round r WHERE r.id = :id"
SQL(select_round, SELECT_ROUND);

enum status volume_round_read(struct exchange *x, struct db *db)
{
	if (!api_one(x, db, round_columns, select_round, I64(":id", x->id), I64(":now_ms", x->now_ms),
	             I64(":today_ymd", x->today_ymd)))
		return ST_NOT_FOUND;
	put_generics(x, db, x->id);
	api_rows(x, db, "products", product_columns, select_products, I64(":round_id", x->id), I64(":me_id", x->me.id));
	put_sites(x, db, x->id);
	return ST_OK;
}

/* ---- what a site may report, with its use of the last year ---- */

#define USE                                                                                                              \
	"(SELECT CAST(coalesce(sum(c.units), 0) AS BIGINT) FROM consumption c JOIN place q ON q.id = c.place_id WHERE "  \
	"c.product_id = p.id AND c.month >= :today_ymd / 100 - 100 AND (q.site_id = :site_id OR (:below = 1 AND EXISTS " \
	"(SELECT 1 FROM site_above a WHERE a.site_id = q.site_id AND a.above_id = :site_id))))"
SQL(select_sheet,
    "SELECT * FROM (SELECT n.id AS generic_id, n.name AS generic, p.id AS product_id, p.name AS name, p.spec, p.maker, "
    "p.unit_name, p.pack_name, p.units_per_pack, " ROLE " AS role, " ROLE ", vp.price_e4 AS price, " USE
    " AS used, (SELECT CAST(coalesce(sum(v.units), 0) AS BIGINT) FROM volume_progress v WHERE v.round_id = n.round_id AND "
    "v.product_id = p.id AND v.site_id = :site_id) AS committed, vp.role AS named FROM volume_generic n JOIN volume_group g ON "
    "g.generic_id = n.id JOIN drug d ON d.name = g.drug_name AND d.form = g.drug_form JOIN product p ON p.drug_id = d.id LEFT "
    "JOIN volume_product vp ON vp.product_id = p.id AND vp.round_id = n.round_id WHERE n.round_id = :round_id) AS t WHERE "
    "t.named IS NOT NULL OR t.used > 0 ORDER BY t.generic, CASE t.named WHEN 'selected' THEN 0 ELSE 1 END, t.product_id "
    "/*all sites: the caller checks the site*/");
static const struct list_column sheet_columns[] = {
        COLUMN("generic_id", L_ID),
        COLUMN("generic", L_TEXT),
        COLUMN("product_id", L_ID),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("role", L_TEXT),
        {"role_title", L_TEXT, NULL, NULL, volume_roles},
        COLUMN("price", L_PRICE),
        COLUMN("use_units_year", L_INT),
        COLUMN("committed_units", L_INT),
        NO_COLUMN,
};

enum status volume_sheet_read(struct exchange *x, struct db *db)
{
	struct volume_round round;
	int64_t site = query_i64(x, "site_id", x->me.root_site_id);
	enum status st = volume_round_load(db, &x->arena, x->id, &round);
	if (st != ST_OK || !me_at_site(db, &x->me, site))
		return ST_NOT_FOUND;
	jo_id(&x->o, "round_id", round.id);
	jo_text(&x->o, "round_name", round.name);
	jo_id(&x->o, "site_id", site);
	api_rows(x, db, "rows", sheet_columns, select_sheet, I64(":round_id", x->id), I64(":site_id", site),
	         I64(":below", site != site_root(db)), I64(":today_ymd", x->today_ymd));
	return ST_OK;
}

/* ---- writing a round ---- */

static enum status put_answer(struct exchange *x, int64_t id, int64_t version, enum status st)
{
	if (st != ST_OK)
		return st;
	jo_id(&x->o, "id", id);
	jo_null(&x->o, "number");
	jo_text(&x->o, "state", "open");
	jo_i64(&x->o, "version", version);
	return ST_OK;
}

enum status volume_round_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	enum status st = volume_round_make(tx, x->in, &id);
	return put_answer(x, id, 1, st);
}

enum status volume_round_patch(struct exchange *x, struct tx *tx)
{
	int64_t version = 0;
	enum status st = volume_round_change(tx, x->id, x->in, &version);
	return put_answer(x, x->id, version, st);
}

enum status volume_products_post(struct exchange *x, struct tx *tx)
{
	int64_t version = 0;
	enum status st = volume_products_put(tx, x->id, x->in, &version);
	return put_answer(x, x->id, version, st);
}

/* ---- beside other figures ---- */

static void put_position(struct jo *o, const struct volume_position *p)
{
	jo_id(o, "round_id", p->round_id);
	jo_text(o, "round", p->round);
	jo_id(o, "generic_id", p->generic_id);
	jo_text(o, "generic", p->generic);
	jo_text(o, "role", p->role);
	jo_text(o, "role_title", word_title(volume_roles, p->role));
	jo_i64(o, "committed_units", p->committed_units);
	jo_i64(o, "done_units", p->done_units);
	jo_i64(o, "received_units", p->received_units);
	jo_i64(o, "used_units", p->used_units);
	jo_i64(o, "on_order_units", p->on_order_units);
	jo_i64(o, "owed_units", p->owed_units);
	jo_i64(o, "elapsed_pm", p->elapsed_pm);
	jo_id(o, "selected_id", p->selected_id);
	jo_text(o, "selected_name", p->selected_name);
	jo_text(o, "selected_maker", p->selected_maker);
}

void api_put_volume(struct exchange *x, struct db *db, int64_t product_id, int64_t site_id)
{
	struct volume_position p;
	if (!volume_position(db, &x->arena, product_id, site_id, x->today_ymd, &p)) {
		jo_null(&x->o, "volume");
		return;
	}
	jo_name(&x->o, "volume");
	jo_open(&x->o, '{');
	put_position(&x->o, &p);
	jo_close(&x->o, '}');
}

SQL(select_order_lines, "SELECT id, n, product_id FROM order_line WHERE order_id = :id AND dropped = 0 ORDER BY n "
                        "/*all sites: the caller has the order*/");
SQL(select_shares,
    "SELECT v.site_id, s.name, v.units, v.received_units FROM order_line_volume v JOIN site s ON s.id = v.site_id WHERE "
    "v.order_line_id = :id ORDER BY v.n /*all sites: the caller has the order*/");
static const struct list_column share_columns[] = {COLUMN("site_id", L_ID), COLUMN("site_name", L_TEXT), COLUMN("units", L_INT),
                                                   COLUMN("received_units", L_INT), NO_COLUMN};

void api_put_order_volumes(struct exchange *x, struct db *db, int64_t order_id)
{
	struct jo *o = &x->o;
	jo_name(o, "volumes");
	jo_open(o, '[');
	SCOPED(rows) r = db_query(db, select_order_lines, I64(":id", order_id));
	while (rows_next(&r)) {
		struct volume_position p;
		if (!volume_position(db, &x->arena, col_i64(&r, 2), x->me.root_site_id, x->today_ymd, &p))
			continue;
		jo_name(o, NULL);
		jo_open(o, '{');
		jo_id(o, "line_id", col_i64(&r, 0));
		jo_i64(o, "n", col_i64(&r, 1));
		jo_id(o, "product_id", col_i64(&r, 2));
		put_position(o, &p);
		api_rows(x, db, "shares", share_columns, select_shares, I64(":id", col_i64(&r, 0)));
		jo_close(o, '}');
	}
	jo_close(o, ']');
}
