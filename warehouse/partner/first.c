#include "warehouse/partner/first.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/partner/confirm.h"
#include "warehouse/partner/paper.h"
#include "warehouse/partner/partner.h"

#include <string.h>

SQL(select_supplier_id, "SELECT supplier_id FROM first_supplier WHERE id = :id /*all sites: the caller has the document*/");
SQL(select_product_id, "SELECT product_id FROM first_product WHERE id = :id /*all sites: the caller has the document*/");

/* What a document is about: "supplier" or "product", and which. */
struct subject {
	const char *kind;
	int64_t id;
};

static struct subject subject_of(struct db *db, const struct doc *d)
{
	bool supplier = d->kind == &first_supplier_kind;
	int64_t id = supplier ? db_i64(db, 0, select_supplier_id, I64(":id", d->id))
	                      : db_i64(db, 0, select_product_id, I64(":id", d->id));
	return (struct subject){supplier ? "supplier" : "product", id};
}

/* RULE DOMAIN-12.2-first-purchase: quality approves a complete file, or none. */
static enum status may_approve(struct tx *tx, const struct doc *d, const void *input)
{
	(void)input;
	const struct subject s = subject_of(tx_db(tx), d);
	const char *missing = paper_missing(tx_db(tx), tx->arena, s.kind, s.id, tx->today_ymd);
	if (missing)
		return tx_fail(tx, ST_PAPERS_MISSING, "papers", 0, "资料不齐, 不能批准: %s", missing);
	return papers_approvable(tx, s.kind, s.id);
}

static enum status approve(struct tx *tx, struct doc *d, const void *input)
{
	(void)input;
	const struct subject s = subject_of(tx_db(tx), d);
	partner_known(tx, s.kind, s.id, d->id);
	papers_approve(tx, s.kind, s.id);
	tx_changed(tx, "partners", 0, 0, s.id);
	return ST_OK;
}

static const struct doc_state states[] = {
        {"draft", "资料准备", true},    {"submitted", "待质量审批", true}, {"approved", "已批准", true},
        {"refused", "不予批准", false}, {"closed", "已撤回", false},       {NULL, NULL, false},
};
static const struct doc_step steps[] = {
        {"draft", "submit", "submitted", "提交审批", PERM_PARTNER_EDIT, SIDE_FROM, false, NULL, NULL},
        {"submitted", "approve", "approved", "批准", PERM_PARTNER_APPROVE, SIDE_FROM, false, may_approve, approve},
        {"submitted", "return", "draft", "退回补充", PERM_PARTNER_APPROVE, SIDE_FROM, true, NULL, NULL},
        {"submitted", "refuse", "refused", "不予批准", PERM_PARTNER_APPROVE, SIDE_FROM, true, NULL, NULL},
        {"draft", "close", "closed", "撤回", PERM_PARTNER_EDIT, SIDE_FROM, false, NULL, NULL},
        {NULL, NULL, NULL, NULL, PERM_NONE, SIDE_ANY, false, NULL, NULL},
};
/* RULE GSP-two-persons: who filed, or handed it in, does not approve. */
static const struct doc_two_persons two_persons[] = {{"approve", "make"}, {"approve", "submit"}, {NULL, NULL}};

const struct doc_kind first_supplier_kind = {"first_supplier", "首营企业审批", "SQ",    "first-suppliers",
                                             states,           steps,          "draft", two_persons};
const struct doc_kind first_product_kind = {"first_product", "首营品种审批", "SP",    "first-products",
                                            states,          steps,          "draft", two_persons};

SQL(open_supplier,
    "SELECT d.number FROM first_supplier f JOIN document d ON d.id = f.id WHERE f.supplier_id = :id AND d.state IN ('draft', "
    "'submitted') /*all sites: one file for all*/");
SQL(open_product,
    "SELECT d.number FROM first_product f JOIN document d ON d.id = f.id WHERE f.product_id = :id AND d.state IN ('draft', "
    "'submitted') /*all sites: one file for all*/");
SQL(insert_supplier, "INSERT INTO first_supplier (id, supplier_id) VALUES (:id, :supplier_id)");
SQL(insert_product, "INSERT INTO first_product (id, product_id, supplier_id) VALUES (:id, :product_id, :supplier_id)");

/* Nothing to decide where it is decided, or being decided. */
static enum status check_open(struct tx *tx, const struct subject *s, const char *name, const struct sql *open, const char *field)
{
	if (partner_is_known(tx_db(tx), s->kind, s->id))
		return tx_fail(tx, ST_ALREADY_EXISTS, field, 0, "%s 已可采购, 不必再做首营审批", name);
	const char *number = db_text_n(tx_db(tx), tx->arena, open, (const struct arg[]){I64(":id", s->id)}, 1);
	return number ? tx_fail(tx, ST_ALREADY_EXISTS, field, 0, "%s 的首营审批 %s 正在办理", name, number) : ST_OK;
}

static enum status make(struct tx *tx, const struct doc_kind *kind, const char *reference, const char *note, struct doc *out)
{
	const struct doc_head head = {tx->me.root_site_id, tx->me.root_site_id, reference, note, NULL};
	tx->action = "first_purchase.make";
	return document_make(tx, kind, &head, out);
}

enum status first_supplier_make(struct tx *tx, const struct first_supplier_new *in, struct doc *out)
{
	struct supplier s;
	if (supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	enum status st = check_open(tx, &(const struct subject){"supplier", s.id}, s.name, &open_supplier, "supplier_id");
	if (st == ST_OK)
		st = make(tx, &first_supplier_kind, in->reference, in->note, out);
	if (st == ST_OK)
		db_exec(tx, insert_supplier, I64(":id", out->id), I64(":supplier_id", in->supplier_id));
	return st;
}

enum status first_product_make(struct tx *tx, const struct first_product_new *in, struct doc *out)
{
	struct product p;
	struct supplier s;
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	if (in->supplier_id && supplier_load(tx_db(tx), tx->arena, in->supplier_id, &s) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "supplier_id", 0, "没有这个供应商");
	enum status st = check_open(tx, &(const struct subject){"product", p.id}, p.name, &open_product, "product_id");
	if (st == ST_OK)
		st = make(tx, &first_product_kind, in->reference, in->note, out);
	if (st == ST_OK)
		db_exec(tx, insert_product, I64(":id", out->id), I64(":product_id", in->product_id),
		        ID(":supplier_id", in->supplier_id));
	return st;
}
