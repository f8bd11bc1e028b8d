/* 月结: which depot closed which month, the sheets, and the days behind them. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/stock.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"depot_id", L_ID, "c.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"site_id", L_ID, "p.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s2.name", "机构", NULL},
        {"month", L_INT, "c.month", "月份", NULL},
        {"from_ymd", L_INT, "c.from_ymd", "起始日", NULL},
        {"to_ymd", L_INT, "c.to_ymd", "截止日", NULL},
        {"late_lines", L_INT, "c.late_lines", "跨月补记笔数", NULL},
        {"closing", L_FEN,
         "(SELECT CAST(coalesce(sum(l.closing_fen), 0) AS BIGINT) FROM month_close_line l WHERE l.close_id = c.id)", "期末金额",
         NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {
        DOC_FILTERS, {"depot_id", L_ID, "c.place_id = :f_depot_id_id"}, {"month", L_INT, "c.month = :f_month_id"}, NO_FILTER};
#define MORE "JOIN month_close c ON c.id = d.id JOIN place p ON p.id = c.place_id JOIN site s2 ON s2.id = p.site_id"
static const struct list_path paths[] = {DOC_PATHS("month_close", MORE)};
const struct list_spec list_month_closes = {.name = "month-closes",
                                            .title = "月结单",
                                            .columns = columns,
                                            .filters = filters,
                                            .paths = paths,
                                            .served = doc_served,
                                            .q_as = doc_q};

/* Every depot with its state in a month: who has not closed stands here too. */
static const struct list_column state_columns[] = {
        {"depot_id", L_ID, "p.id", "库房编号", NULL},
        {"depot_code", L_TEXT, "p.code", "库房代码", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"site_id", L_ID, "p.site_id", "机构编号", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"close_id", L_ID, "c.id", "月结单编号", NULL},
        {"close_number", L_TEXT, "d.number", "月结单", NULL},
        {"closed", L_BOOL, "c.id IS NOT NULL", "已结账", NULL},
        {"to_ymd", L_INT, "c.to_ymd", "截止日", NULL},
        {"late_lines", L_INT, "c.late_lines", "跨月补记笔数", NULL},
        {"last_month", L_INT, "(SELECT max(x.month) FROM month_close x WHERE x.place_id = p.id AND x.current = 1)", "最近结账月",
         NULL},
        NO_COLUMN,
};
static const struct list_filter state_filters[] = {{"site_id", L_ID, "p.site_id = :f_site_id_id"}, NO_FILTER};
static const char *const state_parameters[] = {"month", NULL};
static const struct list_path state_paths[] = {{NULL,
                                                "user_place up CROSS JOIN place p ON p.id = up.place_id AND p.kind = 'depot' "
                                                "JOIN site s ON s.id = p.site_id LEFT JOIN month_close "
                                                "c ON c.place_id = p.id AND c.month = :p_month AND c.current = 1 LEFT JOIN "
                                                "document d ON d.id = c.id WHERE up.user_id = :me_id",
                                                {"up.place_id"},
                                                false,
                                                NULL}};
const struct list_spec list_month_states = {.name = "month-states",
                                            .title = "月结情况",
                                            .columns = state_columns,
                                            .filters = state_filters,
                                            .paths = state_paths,
                                            .parameters = state_parameters};

/* The days of a depot's book: what a figure of a sheet is made of. */
static const struct word_title book_reasons[] = {
        {"opening", "期初"}, {"receive", "收货"}, {"release", "验收合格"}, {"reject", "验收不合格"},    {"ship", "发出"},
        {"arrive", "签收"},  {"cancel", "撤销"},  {"found", "盘盈"},       {"usage", "用药"},           {"lost", "盘亏"},
        {"broken", "破损"},  {"return", "退药"},  {"returned", "退回"},    {"to_supplier", "退供应商"}, {"rounding", "尾差"},
        {"price", "调价"},   {NULL, NULL},
};
static const struct list_column day_columns[] = {
        {"depot_id", L_ID, "y.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"ymd", L_INT, "y.ymd", "记账日", NULL},
        {"class", L_TEXT, "y.class", "类别", NULL},
        {"class_title", L_TEXT, "y.class", "类别名称", goods_classes},
        {"reason", L_TEXT, "y.reason", "事由", NULL},
        {"reason_title", L_TEXT, "y.reason", "事由名称", book_reasons},
        {"way", L_INT, "y.way", "方向", NULL},
        {"units", L_INT, "y.units", "数量", NULL},
        {"amount", L_FEN, "y.amount_fen", "金额", NULL},
        {"lines", L_INT, "y.lines", "笔数", NULL},
        {"late", L_INT, "y.late", "跨月补记笔数", NULL},
        NO_COLUMN,
};
static const struct list_filter day_filters[] = {{"depot_id", L_ID, "y.place_id = :f_depot_id_id"},
                                                 {"from_ymd", L_INT, "y.ymd >= :f_from_ymd_id"},
                                                 {"to_ymd", L_INT, "y.ymd <= :f_to_ymd_id"},
                                                 NO_FILTER};
#define DAYS " JOIN place p ON p.id = y.place_id WHERE "
static const struct list_path day_paths[] = {
        {"depot_id",
         "depot_day y" DAYS
         "EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND up.place_id = y.place_id) AND y.place_id = "
         ":f_depot_id_id",
         {"y.ymd", "y.id"},
         false,
         NULL},
        {NULL,
         "user_place up CROSS JOIN depot_day y ON y.place_id = up.place_id" DAYS "up.user_id = :me_id",
         {"up.place_id", "y.ymd", "y.id"},
         false,
         NULL},
};
static const char *const day_served[] = {"depot_id", "from_ymd", "to_ymd", NULL};
const struct list_spec list_depot_days = {.name = "depot-days",
                                          .title = "库房逐日账",
                                          .columns = day_columns,
                                          .filters = day_filters,
                                          .paths = day_paths,
                                          .served = day_served};

SQL(select_head,
    "SELECT c.place_id, p.name, p.site_id, s.name, c.month, c.from_ymd, c.to_ymd, c.late_lines, c.current FROM month_close c "
    "JOIN place "
    "p ON p.id = c.place_id JOIN site s ON s.id = p.site_id WHERE c.id = :id /*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("depot_id", L_ID),  COLUMN("depot_name", L_TEXT),
        COLUMN("site_id", L_ID),   COLUMN("site_name", L_TEXT),
        COLUMN("month", L_INT),    COLUMN("from_ymd", L_INT),
        COLUMN("to_ymd", L_INT),   COLUMN("late_lines", L_INT),
        COLUMN("current", L_BOOL), NO_COLUMN,
};
SQL(select_lines,
    "SELECT class, class, opening_units, opening_fen, in_units, in_fen, out_units, out_fen, count_units, count_fen, loss_units, "
    "loss_fen, price_fen, rounding_fen, closing_units, closing_fen FROM month_close_line WHERE close_id = :id ORDER BY class "
    "/*all sites: the caller has the document*/");
static const struct list_column lines[] = {
        COLUMN("class", L_TEXT),
        {"class_title", L_TEXT, NULL, NULL, goods_classes},
        COLUMN("opening_units", L_INT),
        COLUMN("opening", L_FEN),
        COLUMN("in_units", L_INT),
        COLUMN("in", L_FEN),
        COLUMN("out_units", L_INT),
        COLUMN("out", L_FEN),
        COLUMN("count_units", L_INT),
        COLUMN("count", L_FEN),
        COLUMN("loss_units", L_INT),
        COLUMN("loss", L_FEN),
        COLUMN("price", L_FEN),
        COLUMN("rounding", L_FEN),
        COLUMN("closing_units", L_INT),
        COLUMN("closing", L_FEN),
        NO_COLUMN,
};

enum status month_close_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &month_close_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", lines, select_lines, I64(":id", d.id));
	return ST_OK;
}

enum status month_close_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = month_close_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status month_close_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &month_close_kind, in->version, in->note);
}
