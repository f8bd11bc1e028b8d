/*
 * The fields of every request body. One row: type, name in JSON, member of the struct, required or not, bounds, Chinese
 * title. T is the struct of the shape at hand.
 */
#include "service/inputs.h"
#include "service/session.h"
#include "warehouse/demand/plan.h"
#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/exception.h"
#include "warehouse/catalogue/substitute.h"
#include "warehouse/distribution/discrepancy.h"
#include "warehouse/distribution/request.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/partner/first.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/paper.h"
#include "warehouse/price/filing.h"
#include "warehouse/price/issue.h"
#include "warehouse/price/negotiation.h"
#include "warehouse/procurement/answer.h"
#include "warehouse/procurement/approval.h"
#include "warehouse/procurement/order.h"
#include "warehouse/procurement/receipt.h"
#include "warehouse/settlement/estimate.h"
#include "warehouse/settlement/invoice.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/payment.h"
#include "warehouse/settlement/sheet.h"
#include "warehouse/use/adjustment.h"
#include "warehouse/use/shortage.h"
#include "warehouse/volume/reallocation.h"
#include "warehouse/volume/release.h"
#include "warehouse/volume/report.h"
#include "warehouse/volume/round.h"

#include <stddef.h>

#define MUST true
#define MAY false
#define UNITS_MAX 1000000000LL
#define LINES_MAX 2000
#define MS_MAX 4102444800000LL /* 2100-01-01 */

/* Names and rows carry the struct in T; the compiler checks that a member has the width its type writes. */
#define WIDE(member) (offsetof(T, member) + 0 * sizeof(char[sizeof((T){0}.member) == 8 ? 1 : -1]))
#define SCALAR(json, text, kind, need, member) .name = json, .title = text, .type = kind, .required = need, .offset = WIDE(member)
#define FIELD_ID(json, member, need, text)             \
	{                                              \
		SCALAR(json, text, F_ID, need, member) \
	}
#define FIELD_INT(json, member, need, low, high, text)                           \
	{                                                                        \
		SCALAR(json, text, F_INT, need, member), .min = low, .max = high \
	}
#define FIELD_BOOL(json, member, need, text)             \
	{                                                \
		SCALAR(json, text, F_BOOL, need, member) \
	}
#define FIELD_YMD(json, member, need, text)             \
	{                                               \
		SCALAR(json, text, F_YMD, need, member) \
	}
#define FIELD_BOOL(json, member, need, text)             \
	{                                                \
		SCALAR(json, text, F_BOOL, need, member) \
	}
#define FIELD_PRICE(json, member, need, text)             \
	{                                                 \
		SCALAR(json, text, F_PRICE, need, member) \
	}
#define FIELD_TEXT(json, member, need, high, text)                    \
	{                                                             \
		SCALAR(json, text, F_TEXT, need, member), .max = high \
	}
#define FIELD_NOTE(json, member, need, high, text)                    \
	{                                                             \
		SCALAR(json, text, F_NOTE, need, member), .max = high \
	}
#define FIELD_WORD(json, member, need, list, text)                                 \
	{                                                                          \
		SCALAR(json, text, F_WORD, need, member), .max = 64, .words = list \
	}
#define FIELD_LIST(json, member, counter, need, low, high, of, text)                                              \
	{                                                                                                         \
		SCALAR(json, text, F_LIST, need, member), .min = low, .max = high, .count_offset = WIDE(counter), \
		                                          .items = &shape_##of                                    \
	}
#define FIELD_TEXTS(json, member, counter, need, low, high, text)                                                 \
	{                                                                                                         \
		SCALAR(json, text, F_TEXTS, need, member), .min = low, .max = high, .count_offset = WIDE(counter) \
	}
#define SHAPE_OF(id) const struct shape shape_##id = {#id, sizeof(T), id##_fields, sizeof id##_fields / sizeof *id##_fields}

#define REFERENCE FIELD_TEXT("reference", reference, MAY, 64, "外部单号")
#define NOTE FIELD_NOTE("note", note, MAY, 2000, "备注")
#define VERSION FIELD_INT("version", version, MUST, 1, INT64_MAX - 1, "版本")

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
        FIELD_INT("units_per_code", units_per_code, MUST, 1, 1000000, "每码数量"),
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
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
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
        FIELD_WORD("reason", reason, MUST, "opening|found|return|usage|lost|broken", "登记原因"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, adjustment_line, "明细"),
};
SHAPE_OF(adjustment_new);
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

#define T struct supplier_in
#define SUPPLIER_MORE                                                                                                     \
	FIELD_TEXT("phone", phone, MAY, 64, "电话"), FIELD_TEXT("credit_code", credit_code, MAY, 18, "统一社会信用代码"), \
	        FIELD_TEXT("contact", contact, MAY, 64, "联系人")
static const struct field supplier_new_fields[] = {
        FIELD_TEXT("code", code, MUST, 32, "供应商代码"),
        FIELD_TEXT("name", name, MUST, 100, "名称"),
        FIELD_TEXT("licence_no", licence_no, MUST, 64, "药品经营许可证号"),
        FIELD_YMD("licence_until_ymd", licence_until_ymd, MUST, "许可证有效期至"),
        SUPPLIER_MORE,
};
SHAPE_OF(supplier_new);
static const struct field supplier_change_fields[] = {
        FIELD_TEXT("name", name, MAY, 100, "名称"),
        SUPPLIER_MORE,
        FIELD_INT("active", active, MAY, 0, 1, "在用"),
};
SHAPE_OF(supplier_change);
#undef T

#define T struct maker_in
#define MAKER_MORE \
	FIELD_TEXT("phone", phone, MAY, 64, "电话"), FIELD_TEXT("credit_code", credit_code, MAY, 18, "统一社会信用代码")
static const struct field maker_new_fields[] = {
        FIELD_TEXT("code", code, MAY, 32, "企业代码"),
        FIELD_TEXT("name", name, MUST, 100, "名称"),
        MAKER_MORE,
};
SHAPE_OF(maker_new);
static const struct field maker_change_fields[] = {MAKER_MORE, FIELD_INT("active", active, MAY, 0, 1, "在用")};
SHAPE_OF(maker_change);
#undef T

#define T struct delivery_right_new
static const struct field delivery_right_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"), FIELD_ID("maker_id", maker_id, MUST, "生产企业"),
        FIELD_TEXT("region", region, MAY, 100, "区域"),       FIELD_YMD("from_ymd", from_ymd, MUST, "起始日期"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "截止日期"),
};
SHAPE_OF(delivery_right_new);
#undef T

#define PAPER(word, owner, title, first, locks, dated, scanned) #word "|"
static const char paper_words[] =
#include "warehouse/partner/paper.def"
        "";
#undef PAPER
#define T struct paper_new
static const struct field qualification_new_fields[] = {
        FIELD_WORD("owner_kind", owner_kind, MUST, "supplier|maker|product", "对象类别"),
        FIELD_ID("owner_id", owner_id, MUST, "对象"),
        FIELD_WORD("kind", kind, MUST, paper_words, "资质种类"),
        FIELD_TEXT("number", number, MUST, 100, "证书编号"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日期"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "有效期至"),
        FIELD_TEXT("person", person, MAY, 64, "被授权人"),
        FIELD_TEXT("region", region, MAY, 100, "授权区域"),
        FIELD_TEXT("scope", scope, MAY, 500, "授权品种"),
        NOTE,
        FIELD_ID("replaces_id", replaces_id, MAY, "被替换的资质"),
};
SHAPE_OF(qualification_new);
#undef T

#define T struct end_in
static const struct field end_note_fields[] = {FIELD_NOTE("note", note, MUST, 2000, "原因")};
SHAPE_OF(end_note);
#undef T

#define T struct renewal_in
static const struct field renewal_fields[] = {
        FIELD_TEXT("number", number, MUST, 100, "受理号"),
        FIELD_YMD("ymd", ymd, MUST, "受理日期"),
};
SHAPE_OF(renewal);
#undef T

#define T struct first_supplier_new
static const struct field first_supplier_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        REFERENCE,
        NOTE,
};
SHAPE_OF(first_supplier_new);
#undef T

#define T struct first_product_new
static const struct field first_product_new_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_ID("supplier_id", supplier_id, MAY, "供应商"),
        REFERENCE,
        NOTE,
};
SHAPE_OF(first_product_new);
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

#define T struct price_in
static const struct field price_new_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_WORD("kind", kind, MUST, "listed|agreed|selected|insurance|reference", "种类"),
        FIELD_PRICE("price", price_e4, MUST, "价格"),
        FIELD_INT("units_per_pack", units_per_pack, MAY, 1, 1000000, "计价包装数量"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),
        FIELD_YMD("to_ymd", to_ymd, MAY, "截止日"),
        FIELD_TEXT("source", source, MUST, 200, "依据"),
};
SHAPE_OF(price_new);
#undef T

#define T struct price_end_in
static const struct field price_end_fields[] = {FIELD_YMD("to_ymd", to_ymd, MUST, "截止日")};
SHAPE_OF(price_end);
#undef T

#define T struct price_settings_in
static const struct field price_settings_fields[] = {
        FIELD_INT("decoction_margin_percent", decoction_margin_percent, MUST, 0, DECOCTION_MARGIN_MAX, "饮片加成"),
};
SHAPE_OF(price_settings);
#undef T

#define T struct filing_new
#define FILING_FIELDS                                                                                                        \
	FIELD_ID("product_id", product_id, MUST, "品种"), FIELD_ID("supplier_id", supplier_id, MAY, "供应商"),               \
	        FIELD_WORD("reason", reason, MUST, "shortage|rescue", "事由"), FIELD_PRICE("price", price_e4, MUST, "限价"), \
	        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "限量"), FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),      \
	        FIELD_YMD("to_ymd", to_ymd, MUST, "截止日"), REFERENCE, NOTE
static const struct field filing_new_fields[] = {FILING_FIELDS};
SHAPE_OF(filing_new);
static const struct field filing_change_fields[] = {VERSION, FILING_FIELDS};
SHAPE_OF(filing_change);
#undef T

#define T struct filing_step
static const struct field filing_step_fields[] = {VERSION, NOTE, FIELD_TEXT("filing_no", filing_no, MAY, 64, "备案号")};
SHAPE_OF(filing_step);
#undef T

#define T struct negotiation_member
static const struct field negotiation_member_fields[] = {
        FIELD_TEXT("name", name, MUST, 64, "姓名"),
        FIELD_TEXT("duty", duty, MAY, 64, "职务"),
        FIELD_BOOL("recused", recused, MAY, "回避"),
        FIELD_TEXT("reason", reason, MAY, 200, "回避原因"),
};
SHAPE_OF(negotiation_member);
#undef T

#define T struct negotiation_quote
static const struct field negotiation_quote_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_PRICE("price", price_e4, MUST, "报价"),
        FIELD_BOOL("chosen", chosen, MAY, "选定"),
        FIELD_TEXT("note", note, MAY, 200, "说明"),
};
SHAPE_OF(negotiation_quote);
#undef T

#define T struct negotiation_line
static const struct field negotiation_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_LIST("quotes", quotes, quote_count, MUST, 0, 20, negotiation_quote, "报价"),
};
SHAPE_OF(negotiation_line);
#undef T

#define T struct negotiation_new
#define NEGOTIATION_FIELDS                                                                                                     \
	FIELD_TEXT("alliance", alliance, MAY, 100, "联盟"), FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),                   \
	        FIELD_YMD("to_ymd", to_ymd, MAY, "截止日"), FIELD_NOTE("minutes", minutes, MAY, 10000, "议价纪要"), REFERENCE, \
	        NOTE, FIELD_LIST("members", members, member_count, MUST, 0, 50, negotiation_member, "议价小组"),               \
	        FIELD_LIST("lines", lines, line_count, MUST, 1, 200, negotiation_line, "品种")
static const struct field negotiation_new_fields[] = {NEGOTIATION_FIELDS};
SHAPE_OF(negotiation_new);
static const struct field negotiation_change_fields[] = {VERSION, NEGOTIATION_FIELDS};
SHAPE_OF(negotiation_change);
#undef T

#define T struct price_adjustment_line_new
static const struct field price_adjustment_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_PRICE("price", price_e4, MAY, "发药价"),
        FIELD_BOOL("claim", claim, MAY, "补差"),
        FIELD_ID("supplier_id", supplier_id, MAY, "供应商"),
};
SHAPE_OF(price_adjustment_line);
#undef T

#define T struct price_adjustment_new
#define ADJUSTMENT_FIELDS                                                                           \
	FIELD_INT("effective_at_ms", effective_at_ms, MAY, 0, MS_MAX, "生效时间"), REFERENCE, NOTE, \
	        FIELD_LIST("lines", lines, line_count, MUST, 1, 500, price_adjustment_line, "品种")
static const struct field price_adjustment_new_fields[] = {ADJUSTMENT_FIELDS};
SHAPE_OF(price_adjustment_new);
static const struct field price_adjustment_change_fields[] = {VERSION, ADJUSTMENT_FIELDS};
SHAPE_OF(price_adjustment_change);
#undef T

#define T struct invoice_line_new
static const struct field invoice_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_TEXT("lot", lot, MAY, 64, "批号"),
        FIELD_ID("receipt_line_id", receipt_line_id, MAY, "收货明细行"),
        FIELD_INT("units", units, MUST, 0, UNITS_MAX, "数量"),
        FIELD_PRICE("price", price_e4, MAY, "含税单价"),
        FIELD_INT("units_per_pack", units_per_pack, MAY, 1, 1000000, "计价包装数量"),
        FIELD_PRICE("amount", amount_e4, MAY, "价税合计"),
};
SHAPE_OF(invoice_line);
#undef T

#define T struct invoice_new
#define INVOICE_FIELDS                                                                                                 \
	FIELD_TEXT("invoice_no", invoice_no, MUST, 20, "发票号码"), FIELD_INT("leg", leg, MUST, 1, 3, "票次"),         \
	        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"), FIELD_ID("site_id", site_id, MAY, "购买方机构"), \
	        FIELD_TEXT("issuer", issuer, MAY, 100, "开票方"), FIELD_TEXT("buyer", buyer, MAY, 100, "购买方"),      \
	        FIELD_YMD("issued_ymd", issued_ymd, MUST, "开票日期"), FIELD_PRICE("net", net_e4, MUST, "不含税金额"), \
	        FIELD_PRICE("tax", tax_e4, MUST, "税额"), FIELD_PRICE("gross", gross_e4, MUST, "价税合计"),            \
	        FIELD_ID("red_of_id", red_of_id, MAY, "原发票"),                                                       \
	        FIELD_WORD("red_kind", red_kind, MAY, "correct|return|allowance", "冲红原因"), NOTE,                   \
	        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, invoice_line, "明细")
static const struct field invoice_new_fields[] = {INVOICE_FIELDS};
SHAPE_OF(invoice_new);
static const struct field invoice_change_fields[] = {VERSION, INVOICE_FIELDS};
SHAPE_OF(invoice_change);
#undef T

#define T struct remote_approval_new
static const struct field remote_approval_new_fields[] = {
        FIELD_ID("site_id", site_id, MUST, "机构"),
        FIELD_TEXT("paper", paper, MUST, 100, "批准文号"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),
        FIELD_YMD("to_ymd", to_ymd, MAY, "截止日"),
};
SHAPE_OF(remote_approval_new);
#undef T

#define T struct estimate_new
static const struct field estimate_new_fields[] = {FIELD_YMD("to_ymd", to_ymd, MUST, "暂估至"),
                                                   FIELD_ID("site_id", site_id, MAY, "机构"), NOTE};
SHAPE_OF(estimate_new);
#undef T

#define T struct payment_new
static const struct field payment_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_WORD("channel", channel, MUST, "bank|fund", "付款渠道"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "到期至"),
        NOTE,
};
SHAPE_OF(payment_new);
#undef T

#define T struct month_close_new
static const struct field month_close_new_fields[] = {FIELD_ID("depot_id", depot_id, MUST, "库房"),
                                                      FIELD_INT("month", month, MUST, 190001, 219912, "月份"), NOTE};
SHAPE_OF(month_close_new);
#undef T

#define T struct sheet_new
static const struct field sheet_new_fields[] = {
        FIELD_WORD("kind", kind, MUST, "branch|supplier", "对象"),
        FIELD_ID("site_id", site_id, MAY, "分院"),
        FIELD_ID("supplier_id", supplier_id, MAY, "供应商"),
        FIELD_INT("month", month, MUST, 190001, 219912, "月份"),
        NOTE,
};
SHAPE_OF(sheet_new);
#undef T

#define T struct setting_in
static const struct field setting_fields[] = {
        FIELD_TEXT("name", name, MUST, 32, "设置"),
        FIELD_INT("value", value, MUST, 0, 1000000, "值"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日"),
};
SHAPE_OF(setting);
#undef T

#define T struct flag_in
static const struct field product_flag_fields[] = {
        FIELD_TEXT("flag", flag, MUST, 32, "标识"),       FIELD_TEXT("value", value, MAY, 60, "值"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日期"), FIELD_YMD("to_ymd", to_ymd, MAY, "截止日期"),
        FIELD_TEXT("source", source, MUST, 100, "依据"),
};
SHAPE_OF(product_flag);
#undef T

#define T struct his_item_in
static const struct field his_item_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "机构"),
        FIELD_TEXT("item_code", item_code, MUST, 64, "HIS 药品编码"),
        FIELD_TEXT("item_name", item_name, MAY, 200, "HIS 药品名称"),
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("factor", factor, MUST, 1, 1000000, "换算系数"),
};
SHAPE_OF(his_item_new);
#undef T

#define T struct remark_in
static const struct field remark_fields[] = {FIELD_NOTE("note", note, MAY, 500, "说明")};
SHAPE_OF(remark);
#undef T

#define T struct limit_in
static const struct field catalogue_limit_fields[] = {FIELD_INT("value", value, MUST, 0, 100000, "值")};
SHAPE_OF(catalogue_limit);
#undef T

#define T struct new_code
static const struct field code_binding_new_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_WORD("kind", kind, MAY, "gtin|national|nhsa|platform|site|trace", "编码种类"),
        FIELD_TEXT("code", code, MUST, 200, "编码"),
        FIELD_INT("units", units, MAY, 1, UNITS_MAX, "每码数量"),
};
SHAPE_OF(code_binding_new);
#undef T

#define T struct new_entitlement
static const struct field entitlement_new_fields[] = {
        FIELD_ID("site_id", site_id, MUST, "机构"),
        FIELD_WORD("kind", kind, MUST, "seal_card|toxic|radioactive|precursor|preparation", "许可"),
        FIELD_ID("product_id", product_id, MAY, "制剂"),
        FIELD_TEXT("number", number, MUST, 60, "证号"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "起始日期"),
        FIELD_YMD("to_ymd", to_ymd, MUST, "截止日期"),
        FIELD_INT("units", units, MAY, 1, UNITS_MAX, "限量"),
};
SHAPE_OF(entitlement_new);
#undef T

#define T struct new_substitute
static const struct field substitute_new_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_ID("other_id", other_id, MUST, "替代品种"),
        FIELD_BOOL("both_ways", both_ways, MAY, "可互换"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
        FIELD_INT("other_units", other_units, MUST, 1, UNITS_MAX, "替代数量"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日期"),
        FIELD_YMD("to_ymd", to_ymd, MAY, "截止日期"),
        FIELD_TEXT("decision", decision, MUST, 200, "依据"),
};
SHAPE_OF(substitute_new);
#undef T

#define T struct change_field
static const struct field change_field_fields[] = {
        FIELD_TEXT("field", field, MUST, 40, "项目"),
        FIELD_TEXT("value", value, MAY, 200, "值"),
};
SHAPE_OF(change_field);
#undef T

#define T struct change_new
#define CHANGE_FIELDS_MAX 60
static const struct field catalogue_change_new_fields[] = {
        FIELD_WORD("what", what, MUST, "admission|change|stop|replacement", "类型"),
        FIELD_ID("product_id", product_id, MAY, "品种"),
        FIELD_ID("other_product_id", other_product_id, MAY, "替换为"),
        FIELD_TEXT("applicant", applicant, MUST, 40, "申请人"),
        FIELD_TEXT("reason", reason, MUST, 500, "理由"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "生效日期"),
        REFERENCE,
        NOTE,
        FIELD_LIST("fields", fields, field_count, MAY, 0, CHANGE_FIELDS_MAX, change_field, "内容"),
};
SHAPE_OF(catalogue_change_new);
static const struct field catalogue_change_change_fields[] = {
        VERSION,
        FIELD_TEXT("applicant", applicant, MAY, 40, "申请人"),
        FIELD_TEXT("reason", reason, MAY, 500, "理由"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "生效日期"),
        REFERENCE,
        NOTE,
        FIELD_LIST("fields", fields, field_count, MAY, 0, CHANGE_FIELDS_MAX, change_field, "内容"),
};
SHAPE_OF(catalogue_change_change);
#undef T

#define T struct committee_member
static const struct field committee_member_fields[] = {
        FIELD_TEXT("name", name, MUST, 40, "委员"),
        FIELD_BOOL("recused", recused, MAY, "回避"),
        FIELD_WORD("vote", vote, MAY, "for|against|abstain", "表决"),
        FIELD_TEXT("why", why, MAY, 200, "说明"),
};
SHAPE_OF(committee_member);
#undef T

#define T struct change_step
static const struct field catalogue_change_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_YMD("from_ymd", from_ymd, MAY, "生效日期"),
        FIELD_YMD("meeting_ymd", meeting_ymd, MAY, "会议日期"),
        FIELD_NOTE("minutes", minutes, MAY, 4000, "会议纪要"),
        FIELD_LIST("members", members, member_count, MAY, 0, 60, committee_member, "委员"),
};
SHAPE_OF(catalogue_change_step);
#undef T

#define T struct exception_new
static const struct field exception_new_fields[] = {
        FIELD_ID("site_id", site_id, MAY, "机构"),
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "数量"),
        FIELD_YMD("until_ymd", until_ymd, MUST, "有效期至"),
        FIELD_WORD("cause", cause, MUST, "patient|specialist|emergency", "事由"),
        REFERENCE,
        NOTE,
};
SHAPE_OF(exception_new);
#undef T

#define T struct exception_step
static const struct field exception_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_INT("units", units, MAY, 1, UNITS_MAX, "批准数量"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "有效期至"),
};
SHAPE_OF(exception_step);
#undef T

extern const struct shape *const all_shapes[];
const struct shape *const all_shapes[] = {
#define SHAPE(id) &shape_##id,
#include "service/shapes.list"
#undef SHAPE
        NULL,
};

#define T struct volume_round_new
#define ROUND_RULES                                                           \
	FIELD_WORD("basis", basis, MAY, "receipt|use", "进度口径"),           \
	        FIELD_INT("other_pm", other_pm, MAY, 0, 1000, "非中选上限‰"), \
	        FIELD_INT("commit_pm", commit_pm, MAY, 1, 1000, "约定比例‰"), \
	        FIELD_INT("warn_pm", warn_pm, MAY, 0, 1000, "落后预警‰")
static const struct field volume_round_new_fields[] = {
        FIELD_TEXT("code", code, MUST, 32, "批次代码"),
        FIELD_TEXT("name", name, MUST, 100, "批次名称"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "约定采购年度起始日"),
        FIELD_YMD("to_ymd", to_ymd, MUST, "约定采购年度截止日"),
        ROUND_RULES,
};
SHAPE_OF(volume_round_new);
static const struct field volume_round_change_fields[] = {VERSION, FIELD_TEXT("name", name, MAY, 100, "批次名称"), ROUND_RULES};
SHAPE_OF(volume_round_change);
#undef T

#define T struct volume_product_new
static const struct field volume_product_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_WORD("role", role, MUST, "selected|reserve|non_selected", "中选情况"),
        FIELD_TEXT("generic", generic, MAY, 100, "通用名分组"),
        FIELD_PRICE("price", price_e4, MAY, "中选价"),
        FIELD_INT("measure_e3", measure_e3, MAY, 1, 1000000, "折算系数 (千分之一)"),
};
SHAPE_OF(volume_product);
#undef T
#define T struct volume_products_new
static const struct field volume_products_fields[] = {
        VERSION,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, volume_product, "品种"),
};
SHAPE_OF(volume_products);
#undef T

#define T struct volume_report_line_new
static const struct field volume_report_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 0, UNITS_MAX, "数量"),
        FIELD_TEXT("reason", reason, MAY, 200, "核减原因"),
};
SHAPE_OF(volume_report_line);
#undef T
#define T struct volume_report_new
static const struct field volume_report_new_fields[] = {
        FIELD_ID("round_id", round_id, MUST, "批次"),
        FIELD_ID("site_id", site_id, MAY, "报量机构"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, volume_report_line, "明细"),
};
SHAPE_OF(volume_report_new);
static const struct field volume_report_change_fields[] = {
        VERSION,
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 1, LINES_MAX, volume_report_line, "明细"),
};
SHAPE_OF(volume_report_change);
static const struct field volume_report_step_fields[] = {
        VERSION,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MAY, 0, LINES_MAX, volume_report_line, "核减的明细"),
};
SHAPE_OF(volume_report_step);
#undef T

#define T struct volume_reallocation_line_new
static const struct field volume_reallocation_line_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "调剂数量"),
};
SHAPE_OF(volume_reallocation_line);
#undef T
#define T struct volume_reallocation_new
static const struct field volume_reallocation_new_fields[] = {
        FIELD_ID("round_id", round_id, MUST, "批次"),
        FIELD_ID("from_site_id", from_site_id, MUST, "调出机构"),
        FIELD_ID("to_site_id", to_site_id, MUST, "调入机构"),
        REFERENCE,
        NOTE,
        FIELD_LIST("lines", lines, line_count, MUST, 1, LINES_MAX, volume_reallocation_line, "明细"),
};
SHAPE_OF(volume_reallocation_new);
#undef T

#define T struct volume_release_new
static const struct field volume_release_new_fields[] = {
        FIELD_ID("round_id", round_id, MAY, "批次"),
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_INT("units", units, MUST, 1, UNITS_MAX, "特批数量"),
        FIELD_WORD("reason", reason, MUST, "refused|timeout|clinical", "特批原因"),
        REFERENCE,
        NOTE,
};
SHAPE_OF(volume_release_new);
#undef T
