/* The fields of every request body of the daily work: orders, receipts, distribution, use, people, devices. */
#include "service/shape_fields.h"
#include "service/session.h"
#include "warehouse/demand/long_demand.h"
#include "warehouse/use/bin.h"
#include "warehouse/demand/plan.h"
#include "warehouse/distribution/discrepancy.h"
#include "warehouse/distribution/request.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/procurement/answer.h"
#include "warehouse/procurement/approval.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/platform_message.h"
#include "warehouse/procurement/receipt.h"
#include "warehouse/procurement/supplier_return.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/reversal.h"
#include "warehouse/use/shortage.h"

#define T struct login_in
static const struct field login_fields[] = {
        FIELD_TEXT("user", user, MUST, 64, "用户名"),
        FIELD_TEXT("password", password, MUST, PASSWORD_BYTES_MAX, "密码"),
};
SHAPE_OF(login);
#undef T

#define T struct order_line_new
static const struct field order_line_fields[] = {
        FIELD_ID("id", id, MAY, "明细行"),
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
        FIELD_PRICE("price", price_e4, MAY, "单价"),
        FIELD_ID("to_site_id", to_site_id, MAY, "收货单位"),
        FIELD_ID("owner_site_id", owner_site_id, MAY, "货主"),
        FIELD_ID("payer_site_id", payer_site_id, MAY, "付款单位"),
};
SHAPE_OF(order_line);
#undef T

#define T struct order_new
#define ORDER_TERM                                                             \
	FIELD_WORD("urgency", urgency, MAY, "ordinary|emergency", "紧急程度"), \
	        FIELD_YMD("expected_ymd", expected_ymd, MAY, "约定到货日期")
#define ORDER_PARTIES \
	FIELD_ID("owner_site_id", owner_site_id, MAY, "货主"), FIELD_ID("payer_site_id", payer_site_id, MAY, "付款单位")
static const struct field order_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        REFERENCE,
        NOTE,
        FIELD_ID("buyer_site_id", buyer_site_id, MAY, "采购主体"),
        FIELD_ID("to_site_id", to_site_id, MAY, "收货单位"),
        ORDER_PARTIES,
        ORDER_TERM,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, order_line, "明细"),
};
SHAPE_OF(order_new);
static const struct field order_change_fields[] = {
        VERSION,
        FIELD_ID("supplier_id", supplier_id, MAY, "供应商"),
        REFERENCE,
        NOTE,
        ORDER_PARTIES,
        ORDER_TERM,
        FIELD_LIST("lines", lines, line_count, MAY, 1, LINES_MAX, order_line, "明细"),
};
SHAPE_OF(order_change);
#undef T

#define T struct step_in
static const struct field step_fields[] = {VERSION, NOTE};
SHAPE_OF(step);
#undef T

#define T struct nothing_in
static const struct field nothing_fields[] = {NOTE};
SHAPE_OF(nothing);
#undef T

#define T struct plan_new
static const struct field plan_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "编制单位"),
        FIELD_INT("ym", ym, MAY, 202001, 209912, "月份"),
        REFERENCE,
        NOTE,
};
SHAPE_OF(plan_new);
#undef T

#define T struct plan_line_new
static const struct field plan_line_fields[] = {
        FIELD_ID("id", id, MAY, "明细行"),
        FIELD_ID("product_id", product_id, MAY, "品种"),
        FIELD_ID("to_site_id", to_site_id, MAY, "收货单位"),
        FIELD_ID("supplier_id", supplier_id, MAY, "供应商"),
        FIELD_INT("units", units, MAY, 0, UNITS_MAX, "数量"),
        FIELD_PRICE("price", price_e4, MAY, "单价"),
        {SCALAR("price_in_force", "按现行价", F_BOOL, MAY, price_in_force)},
        FIELD_INT("direct", direct, MAY, 0, 1, "直送"),
};
SHAPE_OF(plan_line);
#undef T

#define T struct plan_lines_new
static const struct field plan_lines_fields[] = {FIELD_LIST("lines", lines, line_count, MUST, 1, 300, plan_line, "明细")};
SHAPE_OF(plan_lines);
#undef T

#define T struct plan_fill_in
static const struct field plan_fill_fields[] = {{SCALAR("begin", "从头取数", F_BOOL, MAY, begin)}};
SHAPE_OF(plan_fill);
#undef T

#define T struct plan_adopt_in
static const struct field plan_adopt_fields[] = {{SCALAR("typed_too", "手填的也按建议", F_BOOL, MAY, typed_too)}};
SHAPE_OF(plan_adopt);
#undef T

#define T struct plan_pasted
static const struct field plan_pasted_row_fields[] = {
        FIELD_TEXT("what", what, MUST, 100, "品种代码或名称"),
        FIELD_INT("packs", packs, MUST, 0, UNITS_MAX, "包装数"),
        FIELD_INT("units", units, MUST, 0, UNITS_MAX, "零头"),
        FIELD_PRICE("price", price_e4, MAY, "单价"),
};
SHAPE_OF(plan_pasted_row);
#undef T

#define T struct plan_paste_new
static const struct field plan_paste_fields[] = {
        FIELD_LIST("rows", rows, row_count, MUST, 1, PLAN_PASTED_MAX, plan_pasted_row, "各行")};
SHAPE_OF(plan_paste);
#undef T

#define T struct bin_new
static const struct field bin_new_fields[] = {
        FIELD_ID("depot_id", place_id, MUST, "库房"),
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_TEXT("bin", bin, MAY, 32, "货位"),
};
SHAPE_OF(bin_new);
#undef T

#define T struct long_demand_new
static const struct field long_demand_new_fields[] = {
        FIELD_ID("depot_id", place_id, MUST, "库房"),
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units_30", units_30, MUST, 1, UNITS_MAX, "每30天用量"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日"),
        FIELD_YMD("until_ymd", until_ymd, MUST, "截止日"),
        FIELD_TEXT("source", source, MUST, 100, "来源"),
        FIELD_TEXT("note", note, MAY, 500, "备注"),
};
SHAPE_OF(long_demand_new);
#undef T

#define T struct long_demand_change
static const struct field long_demand_change_fields[] = {
        FIELD_INT("units_30", units_30, MAY, 1, UNITS_MAX, "每30天用量"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "截止日"),
        FIELD_TEXT("note", note, MAY, 500, "备注"),
};
SHAPE_OF(long_demand_change);
#undef T

#define T struct demand_setting_new
static const struct field demand_setting_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "机构"),
        FIELD_WORD("drug_class", drug_class, MAY, "western|patent|decoction", "类别"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起用日期"),
        FIELD_INT("lead_days", lead_days, MUST, 0, 90, "到货天数"),
        FIELD_INT("safety_days", safety_days, MUST, 0, 180, "安全天数"),
        FIELD_INT("cover_days", cover_days, MUST, 1, 365, "备货天数"),
        FIELD_WORD("round_to", round_to, MAY, "pack|box|case", "取整"),
        FIELD_TEXT("note", note, MAY, 500, "备注"),
};
SHAPE_OF(demand_setting_new);
#undef T

#define T struct approval_limit_new
static const struct field approval_limit_new_fields[] = {
        FIELD_WORD("role", role, MUST, "central_pharmacist|chief_pharmacist", "岗位"),
        FIELD_PRICE("amount", amount_e4, MUST, "限额 (元)"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起用日期"),
};
SHAPE_OF(approval_limit_new);
#undef T

#define T struct order_answer_new
static const struct field order_answer_fields[] = {
        FIELD_ID("line_id", line_id, MAY, "订单行"),
        FIELD_INT("n", n, MAY, 1, LINES_MAX, "行号"),
        FIELD_WORD("answer", answer, MUST, "accepted|refused", "答复"),
        FIELD_TEXT("reason", reason, MAY, 500, "原因"),
        FIELD_INT("units", units, MAY, 1, UNITS_MAX, "可供数量"),
        FIELD_YMD("promised_ymd", promised_ymd, MAY, "承诺到货日期"),
};
SHAPE_OF(order_answer);
#undef T

#define T struct order_answers_new
static const struct field order_answers_fields[] = {
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, order_answer, "答复"),
};
SHAPE_OF(order_answers);
#undef T

#define T struct receipt_line_new
static const struct field receipt_line_fields[] = {
        FIELD_ID("id", id, MAY, "明细行"),
        FIELD_ID("order_line_id", order_line_id, MAY, "订单行"),
        FIELD_TEXT("lot", lot, MAY, 64, "批号"),
        FIELD_YMD("made_ymd", made_ymd, MAY, "生产日期"),
        FIELD_YMD("expiry_ymd", expiry_ymd, MAY, "有效期"),
        FIELD_INT("units", units, MAY, 1, UNITS_MAX, "数量"),
        FIELD_WORD("outcome", outcome, MAY, "accepted|pending|rejected", "验收结论"),
        FIELD_TEXT("approval_no", approval_no, MAY, 64, "批准文号"),
        FIELD_TEXT("appearance", appearance, MAY, 200, "外观"),
        FIELD_TEXT("reason", reason, MAY, 500, "原因"),
        FIELD_TEXT("udi", udi, MAY, 200, "UDI"),
        FIELD_TEXTS("codes", codes, code_count, MAY, 0, 1000, "追溯码"),
};
SHAPE_OF(receipt_line);
#undef T

#define T struct receipt_new
static const struct field receipt_new_fields[] = {
        FIELD_ID("order_id", order_id, MUST, "采购订单"),
        FIELD_ID("site_id", site_id, MAY, "收货单位"),
        FIELD_ID("depot_id", depot_id, MAY, "库房"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 0, LINES_MAX, receipt_line, "明细"),
};
SHAPE_OF(receipt_new);
static const struct field receipt_lines_fields[] = {
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, receipt_line, "明细"),
};
SHAPE_OF(receipt_lines);
#undef T

#define T struct receipt_scan_in
static const struct field receipt_scan_fields[] = {
        FIELD_TEXT("code", code, MUST, 200, "条码"),
        FIELD_ID("order_line_id", order_line_id, MAY, "订单行"),
        FIELD_TEXT("lot", lot, MAY, 64, "批号"),
        FIELD_YMD("expiry_ymd", expiry_ymd, MAY, "有效期"),
};
SHAPE_OF(receipt_scan);
#undef T

#define T struct receipt_binding
static const struct field receipt_binding_fields[] = {
        FIELD_TEXT("code", code, MUST, 200, "条码"),
        FIELD_ID("order_line_id", order_line_id, MUST, "订单行"),
        FIELD_INT("units_per_code", units_per_code, MAY, 1, 1000000, "每码数量"),
        FIELD_INT("multiplier", multiplier, MAY, 1, 1000000, "乘数 (每码几个包装)"),
        FIELD_INT("divider", divider, MAY, 1, 1000000, "除数 (几个码一个包装)"),
};
SHAPE_OF(receipt_binding);
#undef T

#define T struct receipt_inspection
static const struct field receipt_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 0, LINES_MAX, receipt_line, "明细"),
};
SHAPE_OF(receipt_step);
#undef T

#define T struct request_line_new
static const struct field request_line_fields[] = {
        FIELD_ID("id", id, MAY, "明细行"),
        FIELD_ID("product_id", product_id, MAY, "品种"),
        FIELD_INT("units", units, MUST, 0, UNITS_MAX, "数量"),
        FIELD_TEXT("reason", reason, MAY, 500, "原因"),
};
SHAPE_OF(request_line);
#undef T

#define T struct request_new
static const struct field request_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "请领单位"),
        FIELD_ID("depot_id", depot_id, MAY, "库房"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, request_line, "明细"),
};
SHAPE_OF(request_new);
static const struct field request_change_fields[] = {
        VERSION,
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 1, LINES_MAX, request_line, "明细"),
};
SHAPE_OF(request_change);
static const struct field request_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 0, LINES_MAX, request_line, "明细"),
};
SHAPE_OF(request_step);
#undef T

#define T struct shipment_line_new
static const struct field shipment_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
};
SHAPE_OF(shipment_line);
static const struct field shipment_step_line_fields[] = {
        FIELD_ID("allocation_id", allocation_id, MUST, "配货行"),
        FIELD_INT("units", units, MAY, 0, UNITS_MAX, "数量"),
        FIELD_WORD("reason", reason, MAY, "short|damaged|wrong|warm", "差异原因"),
};
SHAPE_OF(shipment_step_line);
#undef T

#define T struct shipment_new
static const struct field shipment_new_fields[] = {
        FIELD_ID("to_site_id", to_site_id, MAY, "接收单位"),
        FIELD_ID("to_depot_id", to_depot_id, MAY, "接收库房"),
        FIELD_ID("from_depot_id", from_depot_id, MAY, "发出库房"),
        FIELD_ID("request_id", request_id, MAY, "请领单"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 1, LINES_MAX, shipment_line, "明细"),
};
SHAPE_OF(shipment_new);
#undef T

#define T struct shipment_step
static const struct field shipment_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_TEXT("seal_no", seal_no, MAY, 64, "封签号"),
        FIELD_LIST("lines", lines, line_count, MAY, 0, LINES_MAX, shipment_step_line, "明细"),
};
SHAPE_OF(shipment_step);
#undef T

#define T struct scan_in
static const struct field scan_fields[] = {FIELD_TEXT("code", code, MUST, 200, "条码")};
SHAPE_OF(scan);
#undef T

#define T struct discrepancy_answer
static const struct field discrepancy_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_WORD("outcome", outcome, MUST, "found|returned|lost", "处理结果"),
};
SHAPE_OF(discrepancy_step);
#undef T

#define T struct adjustment_line_new
static const struct field adjustment_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 0, UNITS_MAX, "数量; 盘点: 实盘数"),
        FIELD_TEXT("lot", lot, MAY, 64, "批号"),
        FIELD_YMD("made_ymd", made_ymd, MAY, "生产日期"),
        FIELD_YMD("expiry_ymd", expiry_ymd, MAY, "有效期"),
};
SHAPE_OF(adjustment_line);
#undef T

#define T struct adjustment_new
static const struct field adjustment_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "机构"),
        FIELD_ID("depot_id", depot_id, MAY, "库房"),
        FIELD_WORD("reason", reason, MUST, "opening|found|return|usage|lost|broken|count", "登记原因"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, adjustment_line, "明细"),
};
SHAPE_OF(adjustment_new);
#undef T

#define T struct adjustment_step
static const struct field adjustment_step_fields[] = {VERSION, NOTE};
SHAPE_OF(adjustment_step);
#undef T

#define T struct shortage_new
static const struct field shortage_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "登记机构"),
        FIELD_ID("product_id", product_id, MAY, "品种"),
        FIELD_TEXT("drug_text", drug_text, MAY, 200, "药名"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
        FIELD_TEXT("unit_name", unit_name, MAY, 16, "单位"),
        FIELD_YMD("needed_ymd", needed_ymd, MAY, "需用日期"),
        FIELD_WORD("urgency", urgency, MAY, "normal|urgent|critical", "紧急程度"),
        FIELD_WORD("reason", reason, MAY, "not_in_list|out_of_stock|supplier_out|new_need", "缺药原因"),
        FIELD_TEXT("patient_name", patient_name, MAY, 64, "患者姓名"),
        FIELD_TEXT("patient_phone", patient_phone, MAY, 32, "联系电话"),
        REFERENCE,
        NOTE,
};
SHAPE_OF(shortage_new);
#undef T

#define T struct shortage_step
static const struct field shortage_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_ID("link_document_id", link_document_id, MAY, "关联单据"),
};
SHAPE_OF(shortage_step);
#undef T

#define T struct hold_in
static const struct field hold_new_fields[] = {
        FIELD_ID("lot_id", lot_id, MUST, "批号"),
        FIELD_ID("place_id", place_id, MAY, "库房"),
        FIELD_TEXT("reason", reason, MUST, 500, "原因"),
};
SHAPE_OF(hold_new);
#undef T

#define T struct import_step_in
static const struct field import_step_fields[] = {NOTE};
SHAPE_OF(import_step);
#undef T

#define T struct hold_release_in
static const struct field hold_release_fields[] = {
        FIELD_NOTE("note", note, MUST, 2000, "解冻依据"),
        FIELD_BOOL("together", together, MAY, "同一报警冻结的一并解除"),
};
SHAPE_OF(hold_release);
#undef T

#define T struct user_in
static const struct field user_new_fields[] = {
        FIELD_TEXT("name", name, MUST, 64, "用户名"),
        FIELD_TEXT("display_name", display_name, MAY, 64, "姓名"),
        FIELD_TEXT("password", password, MUST, PASSWORD_BYTES_MAX, "密码"),
        FIELD_TEXTS("roles", roles, role_count, MUST, 1, 12, "岗位"),
        FIELD_ID("site_id", site_id, MAY, "机构"),
};
SHAPE_OF(user_new);
#undef T

#define T struct site_in
static const struct field site_new_fields[] = {
        FIELD_TEXT("code", code, MUST, 32, "机构代码"),
        FIELD_TEXT("name", name, MUST, 100, "名称"),
        FIELD_WORD("kind", kind, MUST, "township|clinic", "类别"),
        FIELD_ID("parent_id", parent_id, MAY, "上级机构"),
        FIELD_INT("inhabitants", inhabitants, MAY, 0, 10000000, "服务人口"),
};
SHAPE_OF(site_new);
#undef T

#define T struct column_map_row_in
static const struct field column_map_row_fields[] = {
        FIELD_WORD("field", field, MUST,
                   "product_code|gtin|lot|made_ymd|expiry_ymd|units|packs|trace_code|parent_code|approval_no", "字段"),
        FIELD_TEXT("column", column, MUST, 100, "列名"),
};
SHAPE_OF(column_map_row);
#undef T

#define T struct column_map_in
static const struct field column_map_fields[] = {
        FIELD_LIST("columns", columns, column_count, MUST, 1, 32, column_map_row, "列对应"),
};
SHAPE_OF(column_map);
#undef T

#define T struct alarm_acknowledge_in
static const struct field alarm_acknowledge_fields[] = {FIELD_NOTE("cause", cause, MUST, 500, "原因与处理")};
SHAPE_OF(alarm_acknowledge);
#undef T

#define T struct reading_in
static const struct field reading_fields[] = {
        FIELD_TEXT("sensor", sensor, MUST, 64, "测点"),       FIELD_INT("seq", seq, MUST, 1, INT64_MAX - 1, "序号"),
        FIELD_INT("at_ms", at_ms, MUST, 0, MS_MAX, "时间"),   FIELD_INT("temp_c100", temp_c100, MAY, -30000, 30000, "温度"),
        FIELD_INT("rh_c100", rh_c100, MAY, 0, 10000, "湿度"), FIELD_WORD("status", status, MUST, "ok|silent|fault", "状态"),
};
SHAPE_OF(reading);
#undef T

#define T struct readings_in
static const struct field readings_fields[] = {
        FIELD_TEXT("gateway", gateway, MUST, 64, "网关"),
        FIELD_LIST("readings", readings, reading_count, MUST, 1, 1000, reading, "读数"),
};
SHAPE_OF(readings);
#undef T

#define T struct usage_match_in
static const struct field usage_match_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("factor", factor, MUST, 1, 1000000, "换算系数"),
};
SHAPE_OF(usage_match);
#undef T

extern const struct shape *const all_shapes[];
const struct shape *const all_shapes[] = {
#define SHAPE(id) &shape_##id,
#include "service/shapes.list"
#undef SHAPE
        NULL,
};

#define T struct supplier_return_line_new
static const struct field supplier_return_line_fields[] = {
        FIELD_ID("batch_id", batch_id, MUST, "批次"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
        FIELD_WORD("quality", quality, MAY, "released|rejected|returned", "质量状态"),
        FIELD_WORD("reason", reason, MUST, "quality|expiry|wrong|recall|other", "原因"),
        FIELD_TEXT("note", note, MAY, 500, "说明"),
};
SHAPE_OF(supplier_return_line);
#undef T

#define T struct supplier_return_new
static const struct field supplier_return_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_ID("depot_id", depot_id, MAY, "库房"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MUST, 1, 500, supplier_return_line, "明细"),
};
SHAPE_OF(supplier_return_new);
static const struct field supplier_return_change_fields[] = {
        VERSION,
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 1, 500, supplier_return_line, "明细"),
};
SHAPE_OF(supplier_return_change);
#undef T

#define T struct platform_message_new
static const struct field platform_message_new_fields[] = {
        FIELD_WORD("kind", kind, MUST, "receipt|refusal|invoice|return", "内容"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "截至日期"),
        NOTE,
};
SHAPE_OF(platform_message_new);
#undef T
