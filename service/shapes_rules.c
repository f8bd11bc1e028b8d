/* The fields of the bodies that rule what may be bought, from whom and at what price: partners, prices, catalogue, volumes; and
 * of what is owed for it. */
#include "service/shape_fields.h"
#include "warehouse/catalogue/ask.h"
#include "warehouse/catalogue/change.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/exception.h"
#include "warehouse/catalogue/substitute.h"
#include "warehouse/partner/first.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/paper.h"
#include "warehouse/price/claim.h"
#include "warehouse/partner/tick.h"
#include "warehouse/price/filing.h"
#include "warehouse/price/his.h"
#include "warehouse/price/issue.h"
#include "warehouse/price/negotiation.h"
#include "warehouse/settlement/estimate.h"
#include "warehouse/settlement/invoice.h"
#include "warehouse/settlement/month_close.h"
#include "warehouse/settlement/payment.h"
#include "warehouse/settlement/permit.h"
#include "warehouse/settlement/sheet.h"
#include "warehouse/volume/reallocation.h"
#include "warehouse/volume/release.h"
#include "warehouse/volume/report.h"
#include "warehouse/volume/round.h"

#define T struct supplier_in
#define SUPPLIER_MORE                                                                                                     \
	FIELD_TEXT("phone", phone, MAY, 64, "电话"), FIELD_TEXT("credit_code", credit_code, MAY, 18, "统一社会信用代码"), \
	        FIELD_TEXT("contact", contact, MAY, 64, "联系人"),                                                        \
	        FIELD_WORD("business", business, MAY, BUSINESS_WORDS, "经营类别")
static const struct field supplier_new_fields[] = {
        FIELD_TEXT("code", code, MUST, 32, "供应商代码"),
        FIELD_TEXT("name", name, MUST, 100, "名称"),
        FIELD_TEXT("licence_no", licence_no, MUST, 64, "许可证号"),
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

#define T struct tick_new
static const struct field tick_new_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_TEXT("platform_code", platform_code, MAY, 64, "平台编码"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日期"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "截止日期"),
};
SHAPE_OF(tick_new);
#undef T

#define T struct tick_rule_in
static const struct field tick_rule_fields[] = {
        FIELD_INT("asked", asked, MUST, 0, 1, "是否核对"),
        FIELD_YMD("from_ymd", from_ymd, MAY, "起始日期"),
};
SHAPE_OF(tick_rule);
#undef T

#define T struct own_region_in
static const struct field own_region_new_fields[] = {FIELD_TEXT("name", name, MUST, 60, "地区")};
SHAPE_OF(own_region_new);
#undef T

#define PAPER(word, owner, title, of, first, locks, dated, scanned) #word "|"
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
static const struct field price_end_fields[] = {FIELD_YMD("to_ymd", to_ymd, MUST, "截止日"),
                                                FIELD_TEXT("reason", reason, MUST, 200, "截止原因")};
SHAPE_OF(price_end);
#undef T

#define T struct price_withdraw_in
static const struct field price_withdraw_fields[] = {FIELD_TEXT("reason", reason, MUST, 200, "撤回原因")};
SHAPE_OF(price_withdraw);
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
        FIELD_TEXT("single_reason", single_reason, MAY, 200, "单一来源理由"),
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
        FIELD_TEXT("reason", reason, MAY, 200, "低于进价的理由"),
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

#define T struct price_adjustment_step
static const struct field price_adjustment_step_fields[] = {VERSION, NOTE, FIELD_ID("site_id", site_id, MAY, "机构")};
SHAPE_OF(price_adjustment_step);
#undef T

#define T struct price_clause_new
static const struct field price_clause_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),
        FIELD_BOOL("given", given, MUST, "合同约定补差"),
        FIELD_TEXT("source", source, MUST, 200, "合同依据"),
};
SHAPE_OF(price_clause_new);
#undef T

#define T struct price_claim_settle
static const struct field price_claim_settle_fields[] = {VERSION, FIELD_ID("invoice_id", invoice_id, MUST, "补差红字发票"), NOTE};
SHAPE_OF(price_claim_settle);
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

#define T struct permit_new
static const struct field remote_approval_new_fields[] = {
        FIELD_ID("site_id", site_id, MUST, "机构"),
        FIELD_TEXT("paper", paper, MUST, 100, "批准文号"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),
        FIELD_YMD("to_ymd", to_ymd, MUST, "截止日"),
};
SHAPE_OF(remote_approval_new);
static const struct field maker_permit_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_ID("maker_id", maker_id, MUST, "生产企业"),
        FIELD_WORD("reason", reason, MUST, "maker|sales|import", "理由"),
        FIELD_TEXT("paper", paper, MUST, 100, "文件编号"),
        FIELD_YMD("from_ymd", from_ymd, MUST, "起始日"),
        FIELD_YMD("to_ymd", to_ymd, MAY, "截止日"),
};
SHAPE_OF(maker_permit_new);
#undef T

#define T struct estimate_new
static const struct field estimate_new_fields[] = {FIELD_YMD("to_ymd", to_ymd, MUST, "暂估至"),
                                                   FIELD_ID("site_id", site_id, MAY, "机构"), NOTE};
SHAPE_OF(estimate_new);
#undef T

#define T struct payment_choice
static const struct field payment_choice_fields[] = {FIELD_ID("payable_id", payable_id, MUST, "应付")};
SHAPE_OF(payment_choice);
#undef T

#define T struct payment_new
static const struct field payment_new_fields[] = {
        FIELD_ID("supplier_id", supplier_id, MUST, "供应商"),
        FIELD_WORD("channel", channel, MUST, "bank|fund", "付款渠道"),
        FIELD_YMD("until_ymd", until_ymd, MAY, "到期至"),
        FIELD_LIST("payables", payables, payable_count, MAY, 1, LINES_MAX, payment_choice, "只付这些应付"),
        NOTE,
};
SHAPE_OF(payment_new);
#undef T

#define T struct month_close_new
static const struct field month_close_new_fields[] = {
        FIELD_ID("depot_id", depot_id, MUST, "库房"), FIELD_INT("month", month, MUST, 190001, 219912, "月份"),
        FIELD_BOOL("earlier_in_opening", earlier_in_opening, MAY, "从未结账的库房: 更早的收发并入期初"), NOTE};
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

#define T struct control_in
static const struct field catalogue_control_fields[] = {FIELD_YMD("from_ymd", from_ymd, MUST, "目录启用日"),
                                                        FIELD_TEXT("note", note, MAY, 200, "说明")};
SHAPE_OF(catalogue_control);
#undef T

#define T struct new_code
static const struct field code_binding_new_fields[] = {
        FIELD_ID("product_id", product_id, MUST, "品种"),
        FIELD_WORD("kind", kind, MAY, "gtin|national|nhsa|platform|site|trace", "编码种类"),
        FIELD_TEXT("code", code, MUST, 200, "编码"),
        FIELD_INT("units", units, MAY, 1, UNITS_MAX, "每码数量"),
        FIELD_INT("multiplier", multiplier, MAY, 1, 1000000, "乘数 (每码几个包装)"),
        FIELD_INT("divider", divider, MAY, 1, 1000000, "除数 (几个码一个包装)"),
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
        FIELD_WORD("what", what, MUST, "admission|change|stop|replacement|restore", "类型"),
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
static const struct field volume_round_change_fields[] = {VERSION, FIELD_TEXT("name", name, MAY, 100, "批次名称"), ROUND_RULES,
                                                          FIELD_TEXT("reason", reason, MAY, 200, "修改原因")};
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
        FIELD_TEXT("reason", reason, MAY, 200, "修改原因"),
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
