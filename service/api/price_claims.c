/* 补差: what contracts give, and what is claimed from suppliers until a red invoice settles it. */
#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/price/claim.h"

/* ---- clauses ---- */

static const struct list_column clause_columns[] = {
        {"id", L_ID, "c.id", "编号", NULL},
        {"supplier_id", L_ID, "c.supplier_id", "供应商编号", NULL},
        {"supplier_code", L_TEXT, "sp.code", "供应商代码", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"from_ymd", L_INT, "c.from_ymd", "起始日", NULL},
        {"given", L_BOOL, "c.given", "合同约定补差", NULL},
        {"source", L_TEXT, "c.source", "合同依据", NULL},
        {"made_at_ms", L_INT, "c.at_ms", "登记时间", NULL},
        {"made_by", L_TEXT, "u.display_name", "登记人", NULL},
        NO_COLUMN,
};
static const struct list_filter clause_filters[] = {{"supplier_id", L_ID, "+c.supplier_id = :f_supplier_id_id"}, NO_FILTER};
#define CLAUSES "price_clause c JOIN supplier sp ON sp.id = c.supplier_id LEFT JOIN app_user u ON u.id = c.by_user WHERE 1 = 1"
static const struct list_path clause_paths[] = {
        {"supplier_id", CLAUSES " AND c.supplier_id = :f_supplier_id_id", {"c.from_ymd", "c.id"}, true, NULL},
        {NULL, CLAUSES, {"c.id"}, true, NULL},
};
const struct list_spec list_price_clauses = {.name = "price-clauses",
                                             .title = "补差条款",
                                             .columns = clause_columns,
                                             .filters = clause_filters,
                                             .paths = clause_paths};

enum status price_clause_create(struct exchange *x, struct tx *tx)
{
	int64_t id = 0;
	enum status st = price_clause_add(tx, x->in, &id);
	jo_id(&x->o, "id", id);
	return st;
}

/* ---- claims ---- */

static const struct word_title claim_states[] = {
        {"open", "未了结"}, {"settled", "已开红字发票"}, {"waived", "不再补差"}, {NULL, NULL}};
static const struct list_column claim_columns[] = {
        {"id", L_ID, "c.id", "编号", NULL},
        {"adjustment_id", L_ID, "c.adjustment_id", "调价单编号", NULL},
        {"number", L_TEXT, "d.number", "调价单", NULL},
        {"effective_at_ms", L_INT, "a.effective_at_ms", "生效时间", NULL},
        {"supplier_id", L_ID, "c.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"product_id", L_ID, "c.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "品种", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "每包装数量", NULL},
        {"price", L_PRICE, "l.price_e4", "新发药价", NULL},
        {"basis", L_PRICE, "l.basis_e4", "新进价", NULL},
        {"units", L_INT, "c.units", "补差数量", NULL},
        {"amount", L_FEN, "c.amount_fen", "补差金额", NULL},
        {"state", L_TEXT, "c.state", "状态", NULL},
        {"state_title", L_TEXT, "c.state", "状态名称", claim_states},
        {"version", L_INT, "c.version", "版本", NULL},
        {"invoice_id", L_ID, "c.invoice_id", "红字发票编号", NULL},
        {"invoice_no", L_TEXT, "i.invoice_no", "红字发票", NULL},
        {"note", L_TEXT, "c.note", "说明", NULL},
        {"settled_at_ms", L_INT, "c.settled_at_ms", "了结时间", NULL},
        {"settled_by", L_TEXT, "u.display_name", "了结人", NULL},
        NO_COLUMN,
};
static const struct list_filter claim_filters[] = {{"supplier_id", L_ID, "c.supplier_id = :f_supplier_id_id"},
                                                   {"state", L_TEXT, "c.state = :f_state_t"},
                                                   {"adjustment_id", L_ID, "c.adjustment_id = :f_adjustment_id_id"},
                                                   NO_FILTER};
#define CLAIMS                                                                                                                 \
	"supplier_claim c JOIN price_adjustment_line l ON l.id = c.line_id JOIN price_adjustment a ON a.id = c.adjustment_id " \
	"JOIN document d ON d.id = a.id JOIN supplier sp ON sp.id = c.supplier_id JOIN product p ON p.id = c.product_id LEFT " \
	"JOIN invoice i ON i.id = c.invoice_id LEFT JOIN app_user u ON u.id = c.settled_by WHERE EXISTS (SELECT 1 FROM "       \
	"app_user "                                                                                                            \
	"me WHERE me.id = :me_id AND me.root_site_id = d.from_site_id)"
static const struct list_path claim_paths[] = {
        {"adjustment_id", CLAIMS, {"c.id"}, true, NULL},
        {"supplier_id", CLAIMS, {"c.id"}, true, NULL},
        {"state", CLAIMS, {"c.id"}, true, NULL},
        {NULL, CLAIMS, {"c.id"}, true, NULL},
};
const struct list_spec list_price_claims = {
        .name = "price-claims", .title = "调价补差", .columns = claim_columns, .filters = claim_filters, .paths = claim_paths};

static enum status answer(struct exchange *x, const char *state, int64_t version, enum status st)
{
	jo_id(&x->o, "id", x->id);
	jo_null(&x->o, "number");
	jo_text(&x->o, "state", state);
	jo_i64(&x->o, "version", version + 1);
	return st;
}

enum status price_claim_post_settle(struct exchange *x, struct tx *tx)
{
	const struct price_claim_settle *in = x->in;
	enum status st = price_claim_settle(tx, x->id, in);
	return answer(x, "settled", in->version, st);
}

enum status price_claim_post_waive(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	enum status st = price_claim_waive(tx, x->id, in->version, in->note);
	return answer(x, "waived", in->version, st);
}
