/* 月结: which depot closed which month, the sheets, and the days behind them. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/stock.h"

#define CLOSING(of) "(SELECT CAST(coalesce(sum(" of "), 0) AS BIGINT) FROM month_close_line l WHERE l.close_id = c.id)"
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
        {"closing", L_FEN, CLOSING("l.closing_fen"), "期末进价金额", NULL},
        {"issue_closing", L_FEN, CLOSING("l.issue_closing_fen"), "期末发药价金额", NULL},
        {"difference", L_FEN, CLOSING("l.issue_closing_fen - l.closing_fen"), "期末进销差价", NULL},
        {"issue_price", L_FEN, CLOSING("l.price_fen"), "调价损益", NULL},
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
#define LAST(column) "(SELECT max(x." column ") FROM month_close x WHERE x.place_id = p.id AND x.current = 1)"
/* The close day that held on a month's first day; 25 is what settlement/setting.c says where nobody set one. */
#define CLOSE_DAY(month)                                                                                                 \
	"coalesce((SELECT g.value FROM settle_setting g WHERE g.name = 'close_day' AND g.from_ymd <= " month " * 100 + " \
	"1 ORDER BY g.from_ymd DESC LIMIT 1), 25)"
#define MONTH_BEFORE "(CASE WHEN :p_month % 100 > 1 THEN :p_month - 1 ELSE :p_month - 89 END)"
#define BOOK_AFTER "coalesce(" LAST("to_ymd") ", " MONTH_BEFORE " * 100 + " CLOSE_DAY(MONTH_BEFORE) ")"
#define EARLIER                                                                                                          \
	"(NOT EXISTS (SELECT 1 FROM month_close x WHERE x.place_id = p.id AND x.current = 1) AND EXISTS (SELECT 1 FROM " \
	"depot_day y WHERE y.place_id = p.id AND y.ymd <= " MONTH_BEFORE                                                 \
	" * 100 + " CLOSE_DAY(MONTH_BEFORE) " AND y.reason "                                                             \
	                                    "NOT IN " BOOK_BEGINNINGS "))"
/* Between the close and the one before it; where none is, since the last one. */
#define NEWEST_COUNT                                                                                                             \
	"(SELECT max(n.id) FROM stock_count n WHERE n.place_id = p.id AND n.id > coalesce((SELECT max(x.id) FROM month_close x " \
	"WHERE x.place_id = p.id AND x.current = 1 AND x.to_ymd < coalesce(c.to_ymd, 99999999)), 0) AND n.id < coalesce(c.id, "  \
	"9223372036854775807) AND NOT EXISTS (SELECT 1 FROM document nd WHERE nd.id = n.id AND nd.state = 'reversed'))"
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
        {"last_month", L_INT, LAST("month"), "最近结账月", NULL},
        {"last_to_ymd", L_INT, LAST("to_ymd"), "最近结账至", NULL},
        {"first_ymd", L_INT_OR_NULL, "(SELECT min(y.ymd) FROM depot_day y WHERE y.place_id = p.id)", "账目起始日", NULL},
        {"ends_ymd", L_INT_OR_NULL, ":p_month * 100 + " CLOSE_DAY(":p_month"), "月结日", NULL},
        {"after_ymd", L_INT_OR_NULL, BOOK_AFTER, "从此日之后起算", NULL},
        {"earlier", L_BOOL, EARLIER, "更早的收发将并入期初", NULL},
        {"count_id", L_ID, "k.id", "盘点编号", NULL},
        {"counted_ymd", L_INT, "k.ymd", "最近盘点日", NULL},
        {"counted_lots", L_INT, "k.covered", "已盘批号", NULL},
        {"lots", L_INT, "k.lots", "在库批号", NULL},
        NO_COLUMN,
};
static const struct list_filter state_filters[] = {{"site_id", L_ID, "p.site_id = :f_site_id_id"}, NO_FILTER};
static const char *const state_parameters[] = {"month", NULL};
static const struct list_path state_paths[] = {{NULL,
                                                "user_place up CROSS JOIN place p ON p.id = up.place_id AND p.kind = 'depot' "
                                                "JOIN site s ON s.id = p.site_id LEFT JOIN month_close "
                                                "c ON c.place_id = p.id AND c.month = :p_month AND c.current = 1 LEFT JOIN "
                                                "document d ON d.id = c.id LEFT JOIN stock_count k ON k.id = " NEWEST_COUNT
                                                " WHERE up.user_id = :me_id",
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
        {"opening", "期初"},       {"receive", "收货"},
        {"release", "验收合格"},   {"reject", "验收不合格"},
        {"ship", "发出"},          {"arrive", "签收"},
        {"cancel", "撤销"},        {"found", "盘盈"},
        {"usage", "用药"},         {"lost", "盘亏"},
        {"broken", "破损"},        {"return", "退药"},
        {"returned", "退回"},      {"to_supplier", "退供应商"},
        {"rounding", "尾差"},      {"price", "调价"},
        {"begin", "发药价账启用"}, {NULL, NULL},
};
static const struct list_column day_columns[] = {
        {"depot_id", L_ID, "y.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"ymd", L_INT, "y.ymd", "记账日", NULL},
        {"class", L_TEXT, "y.class", "类别", NULL},
        {"class_title", L_TEXT, "y.class", "类别名称", goods_classes},
        {"reason", L_TEXT, "y.reason", "事由", NULL},
        {"reason_title", L_TEXT, "y.reason", "事由名称", book_reasons},
        {"column", L_TEXT, BOOK_COLUMN, "栏", NULL},
        {"column_title", L_TEXT, BOOK_COLUMN, "栏名称", book_column_titles},
        {"way", L_INT, "y.way", "方向", NULL},
        {"units", L_INT, "y.units", "数量", NULL},
        {"amount", L_FEN, "y.amount_fen", "进价金额", NULL},
        {"issue_amount", L_FEN, "y.issue_fen", "发药价金额", NULL},
        {"lines", L_INT, "y.lines", "笔数", NULL},
        {"late", L_INT, "y.late", "跨月补记笔数", NULL},
        NO_COLUMN,
};
static const struct list_filter day_filters[] = {{"depot_id", L_ID, "y.place_id = :f_depot_id_id"},
                                                 {"from_ymd", L_INT, "y.ymd >= :f_from_ymd_id"},
                                                 {"to_ymd", L_INT, "y.ymd <= :f_to_ymd_id"},
                                                 {"class", L_TEXT, "y.class = :f_class_t"},
                                                 {"reason", L_TEXT, "y.reason = :f_reason_t"},
                                                 {"column", L_TEXT, BOOK_COLUMN " = :f_column_t"},
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
static const char *const day_served[] = {"depot_id", "from_ymd", "to_ymd", "before_ymd", NULL};
const struct list_spec list_depot_days = {.name = "depot-days",
                                          .title = "库房逐日账",
                                          .columns = day_columns,
                                          .filters = day_filters,
                                          .paths = day_paths,
                                          .served = day_served};

/* The lines of these days: what a figure of a sheet opens. */
static const struct list_column line_columns[] = {
        {"depot_id", L_ID, "y.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"ymd", L_INT, "y.ymd", "记账日", NULL},
        {"seq", L_INT, "y.seq", "写入序号", NULL},
        {"n", L_INT, "y.n", "行号", NULL},
        {"way", L_INT, "y.way", "方向", NULL},
        {"class", L_TEXT, "y.class", "类别", NULL},
        {"class_title", L_TEXT, "y.class", "类别名称", goods_classes},
        {"column", L_TEXT, BOOK_COLUMN, "栏", NULL},
        {"column_title", L_TEXT, BOOK_COLUMN, "栏名称", book_column_titles},
        {"reason", L_TEXT, "y.reason", "事由", NULL},
        {"reason_title", L_TEXT, "y.reason", "事由名称", book_reasons},
        {"at_ms", L_INT, "coalesce(m.at_ms, x.at_ms)", "时间", NULL},
        {"document_id", L_ID, "d.id", "单据编号", NULL},
        {"document_kind", L_TEXT, "d.kind", "单据类别", NULL},
        {"document_number", L_TEXT, "d.number", "单号", NULL},
        {"product_id", L_ID, "g.id", "品种编号", NULL},
        {"product_name", L_TEXT, "g.name", "品种", NULL},
        {"spec", L_TEXT, "g.spec", "规格", NULL},
        {"unit_name", L_TEXT, "g.unit_name", "单位", NULL},
        {"lot", L_TEXT, "l.lot", "批号", NULL},
        {"units", L_INT, "y.units", "数量", NULL},
        {"cost_price", L_PRICE, "b.price_e4", "进价", NULL},
        {"units_per_pack", L_INT, "b.units_per_pack", "每包装数量", NULL},
        {"amount", L_FEN, "y.amount_fen", "进价金额", NULL},
        {"rounding", L_FEN, "y.rounding_fen", "进价尾差", NULL},
        {"issue_amount", L_FEN, "y.issue_fen", "发药价金额", NULL},
        {"issue_rounding", L_FEN, "y.issue_rounding_fen", "发药价尾差", NULL},
        {"lines", L_INT, "y.lines", "笔数", NULL},
        {"late", L_BOOL, "y.late > 0", "跨月补记", NULL},
        {"reversal", L_BOOL, "m.reverses_seq IS NOT NULL", "冲销", NULL},
        NO_COLUMN,
};
/* Rounding is not a line but what each line leaves. */
static const struct list_filter line_filters[] = {
        {"depot_id", L_ID, "y.place_id = :f_depot_id_id"},
        {"from_ymd", L_INT, "y.ymd >= :f_from_ymd_id"},
        {"to_ymd", L_INT, "y.ymd <= :f_to_ymd_id"},
        {"before_ymd", L_INT, "y.ymd < :f_before_ymd_id"},
        {"class", L_TEXT, "y.class = :f_class_t"},
        {"reason", L_TEXT, "y.reason = :f_reason_t"},
        {"way", L_INT, "y.way = :f_way_id"},
        {"late", L_BOOL, "CAST(y.late > 0 AS INTEGER) = :f_late_id"},
        {"column", L_TEXT,
         "(" BOOK_COLUMN " = :f_column_t OR (:f_column_t = 'rounding' AND (y.rounding_fen <> 0 OR y.issue_rounding_fen <> 0)))"},
        NO_FILTER,
};
#define LINE_JOINS                                                                                                               \
	" JOIN place p ON p.id = y.place_id LEFT JOIN stock_move m ON m.seq = y.seq AND m.n = y.n AND y.way <> 0 LEFT JOIN "     \
	"issue_change x ON x.no = y.change_no LEFT JOIN price_adjustment_line al ON al.id = x.line_id LEFT JOIN batch b ON "     \
	"b.id = "                                                                                                                \
	"m.batch_id LEFT JOIN lot l ON l.id = b.lot_id LEFT JOIN product g ON g.id = coalesce(b.product_id, x.product_id) LEFT " \
	"JOIN document d ON d.id = coalesce(m.document_id, al.adjustment_id) WHERE "
static const struct list_path line_paths[] = {
        {"depot_id",
         "depot_line y" LINE_JOINS
         "EXISTS (SELECT 1 FROM user_place up WHERE up.user_id = :me_id AND up.place_id = y.place_id) AND y.place_id = "
         ":f_depot_id_id",
         {"y.ymd", "y.seq", "y.n", "y.way"},
         false,
         NULL},
        {NULL,
         "user_place up CROSS JOIN depot_line y ON y.place_id = up.place_id" LINE_JOINS "up.user_id = :me_id",
         {"up.place_id", "y.ymd", "y.seq", "y.n", "y.way"},
         false,
         NULL},
};
const struct list_spec list_depot_lines = {.name = "depot-lines",
                                           .title = "库房逐笔账",
                                           .columns = line_columns,
                                           .filters = line_filters,
                                           .paths = line_paths,
                                           .served = day_served};

/* The lines of the sheets, each with both moneys: a month of the whole county is one table. */
#define BOTH(title, word, column)                                                        \
	{word, L_FEN, "l." column "_fen", title "进价金额", NULL},                       \
	{                                                                                \
		"issue_" word, L_FEN, "l.issue_" column "_fen", title "发药价金额", NULL \
	}
static const struct list_column sheet_columns[] = {
        {"close_id", L_ID, "l.close_id", "月结单编号", NULL},
        {"number", L_TEXT, "d.number", "月结单", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"depot_id", L_ID, "c.place_id", "库房编号", NULL},
        {"depot_name", L_TEXT, "p.name", "库房", NULL},
        {"month", L_INT, "c.month", "月份", NULL},
        {"from_ymd", L_INT, "c.from_ymd", "起始日", NULL},
        {"to_ymd", L_INT, "c.to_ymd", "截止日", NULL},
        {"class", L_TEXT, "l.class", "类别", NULL},
        {"class_title", L_TEXT, "l.class", "类别名称", goods_classes},
        {"opening_units", L_INT, "l.opening_units", "期初数量", NULL},
        {"in_units", L_INT, "l.in_units", "收入数量", NULL},
        {"out_units", L_INT, "l.out_units", "发出数量", NULL},
        {"count_units", L_INT, "l.count_units", "盘盈亏数量", NULL},
        {"loss_units", L_INT, "l.loss_units", "报损数量", NULL},
        {"closing_units", L_INT, "l.closing_units", "期末数量", NULL},
        BOTH("期初", "opening", "opening"),
        BOTH("收入", "in", "in"),
        BOTH("发出", "out", "out"),
        BOTH("盘盈亏", "count", "count"),
        {"issue_price", L_FEN, "l.price_fen", "调价损益", NULL},
        BOTH("报损", "loss", "loss"),
        BOTH("尾差", "rounding", "rounding"),
        BOTH("期末", "closing", "closing"),
        {"difference", L_FEN, "l.issue_closing_fen - l.closing_fen", "期末进销差价", NULL},
        NO_COLUMN,
};
static const struct list_filter sheet_filters[] = {
        {"close_id", L_ID, "l.close_id = :f_close_id_id"}, {"depot_id", L_ID, "c.place_id = :f_depot_id_id"},
        {"month", L_INT, "c.month = :f_month_id"},         {"class", L_TEXT, "l.class = :f_class_t"},
        {"current", L_BOOL, "c.current = :f_current_id"},  NO_FILTER};
#define SHEETS                                                                                                               \
	"app_user u CROSS JOIN document_scope sc ON sc.site_id = u.root_site_id AND sc.kind = 'month_close' CROSS JOIN "     \
	"month_close_line l ON l.close_id = sc.document_id JOIN month_close c ON c.id = l.close_id JOIN document d ON d.id " \
	"= c.id JOIN place p ON p.id = c.place_id JOIN site s ON s.id = p.site_id WHERE u.id = :me_id"
static const struct list_path sheet_paths[] = {
        {"close_id", SHEETS " AND sc.document_id = :f_close_id_id", {"l.no"}, false, NULL},
        {NULL, SHEETS, {"sc.document_id", "l.no"}, true, NULL},
};
const struct list_spec list_month_close_lines = {.name = "month-close-lines",
                                                 .title = "月结明细",
                                                 .columns = sheet_columns,
                                                 .filters = sheet_filters,
                                                 .paths = sheet_paths};

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
    "SELECT class, class, opening_units, opening_fen, issue_opening_fen, in_units, in_fen, issue_in_fen, out_units, out_fen, "
    "issue_out_fen, count_units, count_fen, issue_count_fen, price_fen, loss_units, loss_fen, issue_loss_fen, rounding_fen, "
    "issue_rounding_fen, closing_units, closing_fen, issue_closing_fen, issue_closing_fen - closing_fen FROM month_close_line "
    "WHERE close_id = :id ORDER BY no /*all sites: the caller has the document*/");
#define THREE(word) COLUMN(word "_units", L_INT), COLUMN(word, L_FEN), COLUMN("issue_" word, L_FEN)
static const struct list_column lines[] = {
        COLUMN("class", L_TEXT),
        {"class_title", L_TEXT, NULL, NULL, goods_classes},
        THREE("opening"),
        THREE("in"),
        THREE("out"),
        THREE("count"),
        COLUMN("issue_price", L_FEN),
        THREE("loss"),
        COLUMN("rounding", L_FEN),
        COLUMN("issue_rounding", L_FEN),
        THREE("closing"),
        COLUMN("difference", L_FEN),
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
