/* 供应商评分: the months' sums, and the lines behind them. Shares are per mille, and absent where nothing was there to share. */
#include "service/api/documents.h"

#define SHARE(part, whole) "CAST(" part " * 1000 / nullif(" whole ", 0) AS BIGINT)"
static const struct list_column score_columns[] = {
        {"supplier_id", L_ID, "m.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "s.name", "供应商", NULL},
        {"month", L_INT, "m.month", "发送月份", NULL},
        {"lines", L_INT, "m.lines", "订单行数", NULL},
        {"done_lines", L_INT, "m.done_lines", "到齐行数", NULL},
        {"on_time_lines", L_INT, "m.on_time_lines", "按时到齐行数", NULL},
        {"on_time_permille", L_INT_OR_NULL, SHARE("m.on_time_lines", "m.done_lines"), "按时率 ‰", NULL},
        {"ordered", L_FEN, "m.ordered_fen", "订购金额", NULL},
        {"arrived", L_FEN, "m.arrived_fen", "到货金额", NULL},
        {"rejected", L_FEN, "m.rejected_fen", "拒收金额", NULL},
        {"fill_permille", L_INT_OR_NULL, SHARE("(m.arrived_fen - m.rejected_fen)", "m.ordered_fen"), "到货率 ‰", NULL},
        {"reject_permille", L_INT_OR_NULL, SHARE("(m.rejected_fen + m.fault_fen)", "m.arrived_fen"), "不合格率 ‰", NULL},
        {"returned", L_FEN, "m.returned_fen", "验收后退货金额", NULL},
        {"fault", L_FEN, "m.fault_fen", "其中质量、错发、召回", NULL},
        {"at_ceiling", L_FEN, "m.ceiling_fen", "按限价金额", NULL},
        {"price_permille", L_INT_OR_NULL, SHARE("m.ordered_fen", "m.ceiling_fen"), "成交价/限价 ‰", NULL},
        NO_COLUMN,
};
static const struct list_filter score_filters[] = {{"supplier_id", L_ID, "m.supplier_id = :f_supplier_id_id"},
                                                   {"month", L_INT, "m.month = :f_month_id"},
                                                   {"month_from", L_INT, "m.month >= :f_month_from_id"},
                                                   NO_FILTER};
#define MONTHS "supplier_month m JOIN supplier s ON s.id = m.supplier_id WHERE 1 = 1"
static const struct list_path score_paths[] = {
        {"supplier_id", MONTHS, {"m.month"}, true, NULL},
        {NULL, MONTHS, {"m.supplier_id", "m.month"}, false, NULL},
};
const struct list_spec list_supplier_scores = {.name = "supplier-scores",
                                               .title = "供应商评分",
                                               .columns = score_columns,
                                               .filters = score_filters,
                                               .paths = score_paths};

static const struct word_title line_titles[] = {
        {"on_time", "按时到齐"}, {"late", "晚到"}, {"waiting", "未到期"}, {"overdue", "逾期未到齐"}, {NULL, NULL}};
#define LINE_STATE                                                                                                           \
	"CASE WHEN f.done_at_ms <= f.due_at_ms THEN 'on_time' WHEN f.done_at_ms IS NOT NULL THEN 'late' WHEN f.due_at_ms < " \
	":now_ms "                                                                                                           \
	"THEN 'overdue' ELSE 'waiting' END"
static const struct list_column line_columns[] = {
        {"id", L_ID, "f.line_id", "明细行", NULL},
        {"supplier_id", L_ID, "f.supplier_id", "供应商编号", NULL},
        {"month", L_INT, "f.month", "发送月份", NULL},
        {"order_id", L_ID, "f.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "d.number", "订单号", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "包装数量", NULL},
        {"ordered_units", L_INT, "f.ordered_units", "订购数量", NULL},
        {"arrived_units", L_INT, "f.arrived_units", "到货数量", NULL},
        {"rejected_units", L_INT, "f.rejected_units", "拒收数量", NULL},
        {"returned_units", L_INT, "f.returned_units", "验收后退货数量", NULL},
        {"fault_units", L_INT, "f.fault_units", "其中质量、错发、召回", NULL},
        {"amount", L_FEN, "f.ordered_fen", "订购金额", NULL},
        {"at_ceiling", L_FEN, "f.ceiling_fen", "按限价金额", NULL},
        {"due_at_ms", L_INT, "f.due_at_ms", "应到时间", NULL},
        {"done_at_ms", L_INT_OR_NULL, "f.done_at_ms", "到齐时间", NULL},
        {"state", L_TEXT, LINE_STATE, "状态", NULL},
        {"state_title", L_TEXT, LINE_STATE, "状态名称", line_titles},
        NO_COLUMN,
};
static const struct list_filter line_filters[] = {{"supplier_id", L_ID, "+f.supplier_id = :f_supplier_id_id"},
                                                  {"month", L_INT, "+f.month = :f_month_id"},
                                                  {"order_id", L_ID, "f.order_id = :f_order_id_id"},
                                                  NO_FILTER};
/* An order that the user may not see does not show its lines. */
#define LINES                                                                                                                    \
	"supplier_line f JOIN order_line l ON l.id = f.line_id JOIN product p ON p.id = l.product_id JOIN app_user u ON u.id = " \
	":me_id JOIN document_scope sc ON sc.site_id = u.root_site_id AND sc.kind = 'order' AND sc.document_id = f.order_id "    \
	"JOIN "                                                                                                                  \
	"document d ON d.id = f.order_id WHERE 1 = 1"
static const struct list_path line_paths[] = {
        {"supplier_id", LINES " AND f.supplier_id = :f_supplier_id_id", {"f.month", "f.line_id"}, true, NULL},
        {NULL, LINES, {"f.line_id"}, true, NULL},
};
const struct list_spec list_supplier_lines = {.name = "supplier-lines",
                                              .title = "供应商履约明细",
                                              .columns = line_columns,
                                              .filters = line_filters,
                                              .paths = line_paths};
