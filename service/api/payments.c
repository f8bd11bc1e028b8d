#include "service/api/documents.h"
#include "service/inputs.h"
#include "warehouse/settlement/payment.h"

static const struct list_column columns[] = {
        DOC_HEAD,
        {"supplier_id", L_ID, "p.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"channel", L_TEXT, "p.channel", "付款渠道", NULL},
        {"channel_title", L_TEXT, "p.channel", "付款渠道名称", payment_channels},
        {"until_ymd", L_INT, "p.until_ymd", "到期至", NULL},
        {"amount", L_FEN, "p.amount_fen", "金额", NULL},
        {"lines", L_INT, "p.line_count", "行数", NULL},
        {"paid_ymd", L_INT_OR_NULL, "p.paid_ymd", "付款日", NULL},
        {"returned_ymd", L_INT_OR_NULL, "p.returned_ymd", "退票日", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"supplier_id", L_ID, "p.supplier_id = :f_supplier_id_id"}, NO_FILTER};
static const struct list_path paths[] = {
        DOC_PATHS("payment", "JOIN payment p ON p.id = d.id JOIN supplier sp ON sp.id = p.supplier_id")};
const struct list_spec list_payments = {.name = "payments",
                                        .title = "付款单",
                                        .columns = columns,
                                        .filters = filters,
                                        .paths = paths,
                                        .served = doc_served,
                                        .q_as = doc_q};

SQL(select_head, "SELECT p.supplier_id, sp.name, p.payer_site_id, s.name, p.channel, p.channel, p.until_ymd, p.amount_fen, "
                 "p.paid_ymd, p.returned_ymd FROM payment p "
                 "JOIN supplier sp ON sp.id = p.supplier_id JOIN site s ON s.id = p.payer_site_id WHERE p.id = :id "
                 "/*all sites: the caller has the document*/");
static const struct list_column head[] = {
        COLUMN("supplier_id", L_ID),
        COLUMN("supplier_name", L_TEXT),
        COLUMN("payer_site_id", L_ID),
        COLUMN("payer_site_name", L_TEXT),
        COLUMN("channel", L_TEXT),
        {"channel_title", L_TEXT, NULL, NULL, payment_channels},
        COLUMN("until_ymd", L_INT),
        COLUMN("amount", L_FEN),
        COLUMN("paid_ymd", L_INT_OR_NULL),
        COLUMN("returned_ymd", L_INT_OR_NULL),
        NO_COLUMN,
};
/* What one line pays for: the receipt, its product, and the invoices behind it. */
SQL(select_lines,
    "SELECT l.id, l.payable_id, y.receipt_id, rd.number, ps.name, pr.name, pr.spec, y.due_ymd, y.invoiced_fen, l.amount_fen, "
    "(SELECT "
    "max(i.invoice_no) FROM invoice_match m JOIN invoice i ON i.id = m.invoice_id WHERE m.payable_id = y.id AND m.leg = 2) FROM "
    "payment_line l JOIN payable y ON y.id = l.payable_id JOIN document rd ON rd.id = y.receipt_id JOIN site ps ON ps.id = "
    "y.site_id "
    "JOIN product pr ON pr.id = y.product_id WHERE l.payment_id = :id ORDER BY l.id /*all sites: the caller has the document*/");
static const struct list_column lines[] = {
        COLUMN("id", L_ID),           COLUMN("payable_id", L_ID),
        COLUMN("receipt_id", L_ID),   COLUMN("receipt_number", L_TEXT),
        COLUMN("site_name", L_TEXT),  COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),       COLUMN("due_ymd", L_INT),
        COLUMN("invoiced", L_FEN),    COLUMN("amount", L_FEN),
        COLUMN("invoice_no", L_TEXT), NO_COLUMN,
};

enum status payment_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &payment_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	api_one(x, db, head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", lines, select_lines, I64(":id", d.id));
	return ST_OK;
}

enum status payment_create(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = payment_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status payment_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &payment_kind, in->version, in->note);
}
