/* An order on its way to the supplier (JSON, PDF, XLSX), and what the supplier says to its lines. */
#include "core/csv.h"
#include "core/money.h"
#include "core/xlsx.h"
#include "service/api/documents.h"
#include "service/list_cell.h"
#include "warehouse/intake/cell.h"
#include "warehouse/procurement/answer.h"
#include "warehouse/procurement/order.h"

#include <string.h>

const struct query_parameter query_nothing[] = {{NULL, L_INT, false, NULL}};

/* ---- lines of orders, with the supplier's answer ---- */

#define ANSWER_STATE                                                                                                          \
	"CASE WHEN a.answer IS NOT NULL THEN a.answer WHEN ot.asking = 1 AND ot.answer_due_at_ms < :now_ms THEN 'late' WHEN " \
	"ot.asking = 1 THEN 'waiting' ELSE '' END"
static const struct word_title answer_titles[] = {
        {"accepted", "接受"}, {"refused", "拒绝"}, {"late", "超时未答复"}, {"waiting", "待答复"}, {"", ""}, {NULL, NULL}};
static const struct list_column columns[] = {
        {"id", L_ID, "l.id", "编号", NULL},
        {"order_id", L_ID, "l.order_id", "订单编号", NULL},
        {"order_number", L_TEXT, "d.number", "订单", NULL},
        {"order_state", L_TEXT, "st.title", "订单状态", NULL},
        {"supplier_id", L_ID, "o.supplier_id", "供应商编号", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"n", L_INT, "l.n", "行号", NULL},
        {"product_id", L_ID, "l.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"maker", L_TEXT, "p.maker", "生产企业", NULL},
        {"approval_no", L_TEXT, "p.approval_no", "批准文号", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units", L_INT, "l.units", "数量", NULL},
        {"units_per_pack", L_INT, "l.units_per_pack", "每包装数量", NULL},
        {"price", L_PRICE, "l.price_e4", "单价", NULL},
        {"amount", L_FEN, "l.amount_fen", "金额", NULL},
        {"to_site_id", L_ID, "l.to_site_id", "收货单位编号", NULL},
        {"to_site_name", L_TEXT, "ts.name", "收货单位", NULL},
        {"received_units", L_INT, "l.received_units", "已到", NULL},
        {"due_units", L_INT, "CASE l.open WHEN 1 THEN " ORDER_LINE_DUE("l") " ELSE 0 END", "未到", NULL},
        {"answer", L_TEXT, ANSWER_STATE, "答复", NULL},
        {"answer_title", L_TEXT, ANSWER_STATE, "答复名称", answer_titles},
        {"answer_units", L_INT, "a.units", "可供数量", NULL},
        {"answer_reason", L_TEXT, "a.reason", "拒绝原因", NULL},
        {"promised_ymd", L_INT, "a.promised_ymd", "承诺到货日期", NULL},
        {"on_platform", L_BOOL, "EXISTS (SELECT 1 FROM platform_line x WHERE x.order_line_id = l.id)", "平台有此行", NULL},
        {"off_list", L_BOOL, "l.off_list", "目录外", NULL},
        {"answer_due_at_ms", L_INT, "ot.answer_due_at_ms", "答复期限", NULL},
        {"sent_at_ms", L_INT, "ot.sent_at_ms", "发送时间", NULL},
        NO_COLUMN,
};
static const struct list_filter filters[] = {
        {"order_id", L_ID, "l.order_id = :f_order_id_id"},
        {"unanswered", L_BOOL, "CASE WHEN a.line_id IS NULL AND ot.asking = 1 THEN 1 ELSE 0 END = :f_unanswered_id"},
        {"due", L_BOOL, "CASE WHEN ot.open = 1 THEN 1 ELSE 0 END = :f_due_id"},
        {"off_list", L_BOOL, "l.off_list = :f_off_list_id"},
        NO_FILTER,
};
#define LINES                                                                                                                    \
	" JOIN document_state st ON st.kind = d.kind AND st.state = d.state JOIN purchase_order o ON o.id = d.id JOIN supplier " \
	"sp ON "                                                                                                                 \
	"sp.id = o.supplier_id JOIN order_line l ON l.order_id = o.id AND l.dropped = 0 JOIN product p ON p.id = l.product_id "  \
	"JOIN site ts ON ts.id = l.to_site_id LEFT JOIN order_answer a ON a.line_id = l.id"
static const struct list_rule marked_only = {.unless = "0"};
static const struct list_rule asking_only = {.unless = "0", .few = true};
static const struct list_path paths[] = {
        {"order_id",
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' JOIN document d ON d.id = "
         "s.document_id" LINES
         " LEFT JOIN order_term ot ON ot.order_id = o.id WHERE u.id = :me_id AND s.document_id = :f_order_id_id",
         {"l.n"},
         false,
         NULL},
        {"unanswered",
         "app_user u CROSS JOIN order_term ot JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND "
         "s.document_id = ot.order_id JOIN document d ON d.id = s.document_id" LINES " WHERE u.id = :me_id AND ot.asking = 1",
         {"l.order_id", "l.n"},
         true,
         &asking_only},
        {"due",
         "app_user u CROSS JOIN order_term ot JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND "
         "s.document_id = ot.order_id JOIN document d ON d.id = s.document_id" LINES " WHERE u.id = :me_id AND ot.open = 1",
         {"l.order_id", "l.n"},
         true,
         &asking_only},
        {"off_list",
         "app_user u CROSS JOIN order_line x JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' AND "
         "s.document_id = x.order_id JOIN document d ON d.id = s.document_id" LINES " LEFT JOIN order_term ot ON ot.order_id = "
         "o.id WHERE u.id = :me_id AND x.off_list = 1 AND l.id = x.id",
         {"x.order_id", "x.n"},
         true,
         &marked_only},
        {NULL,
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = 'order' JOIN document d ON d.id = "
         "s.document_id" LINES " LEFT JOIN order_term ot ON ot.order_id = o.id WHERE u.id = :me_id",
         {"s.document_id", "l.n"},
         true,
         NULL},
};
const struct list_spec list_order_lines = {
        .name = "order-lines", .title = "订单明细", .columns = columns, .filters = filters, .paths = paths};

/* ---- out ---- */

SQL(select_out, "SELECT b.code, b.name, sp.code, sp.name, o.amount_fen, ot.urgency, ot.expected_ymd, ot.due_at_ms, "
                "mu.display_name, o.line_count, "
                "(SELECT au.display_name FROM document_event e JOIN app_user au ON au.id = e.user_id WHERE e.document_id = d.id "
                "AND e.action IN "
                "('approve', 'countersign') ORDER BY e.seq DESC LIMIT 1) FROM purchase_order o JOIN document d ON d.id = o.id "
                "JOIN site b ON b.id = "
                "o.buyer_site_id JOIN supplier sp ON sp.id = o.supplier_id LEFT JOIN order_term ot ON ot.order_id = o.id LEFT "
                "JOIN app_user mu ON "
                "mu.id = d.made_by WHERE o.id = :id /*all sites: the caller has the document*/");
SQL(select_out_lines, "SELECT l.id, l.n, p.code, p.name, p.spec, p.maker, p.approval_no, l.units, l.units_per_pack, p.unit_name, "
                      "p.pack_name, l.price_e4, "
                      "l.amount_fen, ts.code, ts.name FROM order_line l JOIN product p ON p.id = l.product_id JOIN site ts ON "
                      "ts.id = l.to_site_id WHERE "
                      "l.order_id = :id AND l.dropped = 0 ORDER BY l.n /*all sites: the caller has the document*/");
static const struct list_column out_line[] = {
        COLUMN("line_id", L_ID),         COLUMN("n", L_INT),
        COLUMN("product_code", L_TEXT),  COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),          COLUMN("maker", L_TEXT),
        COLUMN("approval_no", L_TEXT),   COLUMN("units", L_INT),
        COLUMN("units_per_pack", L_INT), COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),     COLUMN("price", L_PRICE),
        COLUMN("amount", L_FEN),         COLUMN("to_site_code", L_TEXT),
        COLUMN("to_site_name", L_TEXT),  NO_COLUMN,
};
static const struct list_column out_head[] = {
        COLUMN("buyer_code", L_TEXT),    COLUMN("buyer_name", L_TEXT),  COLUMN("supplier_code", L_TEXT),
        COLUMN("supplier_name", L_TEXT), COLUMN("amount", L_FEN),       COLUMN("urgency", L_TEXT),
        COLUMN("expected_ymd", L_INT),   COLUMN("due_at_ms", L_INT),    COLUMN("made_by", L_TEXT),
        COLUMN("line_count", L_INT),     COLUMN("approved_by", L_TEXT), NO_COLUMN,
};

/* Only what was approved leaves the house. */
static enum status load_approved(struct exchange *x, struct db *db, struct doc *d)
{
	enum status st = api_document(x, db, &order_kind, d);
	bool early = st == ST_OK && (strcmp(d->state, "draft") == 0 || strcmp(d->state, "submitted") == 0 ||
	                             strcmp(d->state, "countersigning") == 0);
	return early ? x_fail(x, ST_WRONG_STATE, NULL, 0, "订单 %s 尚未审批, 不能外发", d->number) : st;
}

enum status order_out_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = load_approved(x, db, &d);
	if (st != ST_OK)
		return st;
	jo_text(&x->o, "format", "yaocang-order-1");
	jo_id(&x->o, "id", d.id);
	jo_text(&x->o, "number", d.number);
	jo_text(&x->o, "state", d.state);
	jo_i64(&x->o, "ymd", ymd_of_ms(d.made_at_ms));
	jo_text(&x->o, "note", d.note);
	api_one(x, db, out_head, select_out, I64(":id", d.id));
	api_rows(x, db, "lines", out_line, select_out_lines, I64(":id", d.id));
	return ST_OK;
}

/* The columns of the JSON in one sheet: what the head says stands in front of every line. Its `amount` is order_amount. */
static void put_sheet_head(struct sheet_out *s, const struct doc *d, struct rows *head)
{
	sheet_out_text(s, d->number);
	sheet_out_ymd(s, ymd_of_ms(d->made_at_ms));
	sheet_out_text(s, d->note);
	for (int i = 0; out_head[i].name; i++)
		list_sheet_cell(s, head, i, &out_head[i]);
}

static size_t sheet_heads(const char *heads[])
{
	size_t n = 0;
	heads[n++] = "number";
	heads[n++] = "ymd";
	heads[n++] = "note";
	for (const struct list_column *c = out_head; c->name; c++)
		heads[n++] = strcmp(c->name, "amount") == 0 ? "order_amount" : c->name;
	for (const struct list_column *c = out_line; c->name; c++)
		heads[n++] = c->name;
	return n;
}

enum status order_out_xlsx(struct exchange *x, struct db *db)
{
	struct doc d;
	const char *heads[3 + sizeof out_head / sizeof *out_head + sizeof out_line / sizeof *out_line];
	enum status st = load_approved(x, db, &d);
	if (st != ST_OK)
		return st;
	const size_t n = sheet_heads(heads);
	struct sheet_out *s = sheet_out_new(&x->reply.body, heads, n);
	SCOPED(rows) head = db_query(db, select_out, I64(":id", d.id));
	SCOPED(rows) r = db_query(db, select_out_lines, I64(":id", d.id));
	for (bool found = rows_next(&head); found && rows_next(&r);) {
		put_sheet_head(s, &d, &head);
		for (int i = 0; out_line[i].name; i++)
			list_sheet_cell(s, &r, i, &out_line[i]);
		sheet_out_end_row(s);
	}
	x->reply.content_type = MEDIA_XLSX;
	x->reply.file_name = arena_printf(&x->arena, "%s.xlsx", d.number);
	st = sheet_out_finish(s);
	sheet_out_free(s);
	return st;
}

static void put_out_row(struct exchange *x, struct jo *o, struct rows *r)
{
	struct arena *a = &x->arena;
	char price[32], amount[32];
	int64_t units = col_i64(r, 7), per = col_i64(r, 8);
	price_text(col_i64(r, 11), price);
	fen_text(col_i64(r, 12), amount);
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_text(o, "product", col_text(a, r, 3));
	jo_text(o, "spec", col_text(a, r, 4));
	jo_text(o, "maker", col_text(a, r, 5));
	jo_text(o, "to_site", col_text(a, r, 14));
	jo_text(o, "units", units_text(a, units, per, col_text(a, r, 10), col_text(a, r, 9)));
	jo_text(o, "price", price);
	jo_text(o, "amount", amount);
	jo_close(o, '}');
}

static void put_out_fields(struct exchange *x, struct jo *o, const struct doc *d, struct rows *r)
{
	char date[11], due[20], total[32];
	struct arena *a = &x->arena;
	const char *urgency = col_text(a, r, 5);
	ymd_text(ymd_of_ms(d->made_at_ms), date);
	fen_text(col_i64(r, 4), total);
	jo_text(o, "buyer", col_text(a, r, 1));
	jo_text(o, "supplier", col_text(a, r, 3));
	jo_text(o, "number", d->number);
	jo_text(o, "date", date);
	jo_text(o, "total", total);
	jo_text(o, "urgent", urgency && strcmp(urgency, "emergency") == 0 ? "紧急" : NULL);
	if (!col_is_null(r, 7))
		ms_local_text(col_i64(r, 7), due);
	else if (!col_is_null(r, 6))
		ymd_text((int32_t)col_i64(r, 6), due);
	else
		memcpy(due, "72 小时内", sizeof "72 小时内");
	jo_text(o, "due", due);
	jo_text(o, "made_by", col_text(a, r, 8));
	jo_i64(o, "lines", col_i64(r, 9));
	jo_text(o, "approved_by", col_text(a, r, 10));
	jo_text(o, "note", d->note);
}

enum status order_out_pdf(struct exchange *x, struct db *db)
{
	struct doc d;
	struct jo o;
	enum status st = load_approved(x, db, &d);
	if (st != ST_OK)
		return st;
	st = picture_begin(x, "order", "pdf", &o);
	SCOPED(rows) head = db_query(db, select_out, I64(":id", d.id));
	if (rows_next(&head))
		put_out_fields(x, &o, &d, &head);
	jo_close(&o, '}');
	jo_name(&o, "rows");
	jo_open(&o, '[');
	SCOPED(rows) r = db_query(db, select_out_lines, I64(":id", d.id));
	while (rows_next(&r))
		put_out_row(x, &o, &r);
	jo_close(&o, ']');
	jo_close(&o, '}');
	return st;
}

/* ---- back ---- */

enum status order_answers_post(struct exchange *x, struct tx *tx)
{
	struct doc d;
	enum status st = api_document(x, tx_db(tx), &order_kind, &d);
	if (st == ST_OK)
		st = order_answers_take(tx, &d, x->in, false);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

#define ANSWERS_MAX 2000

/* accepted, 接受, 1 …; NULL for what is no answer. */
static const char *answer_word(const char *text)
{
	static const char *const words[][2] = {{"accepted", "accepted"},
	                                       {"接受", "accepted"},
	                                       {"同意", "accepted"},
	                                       {"refused", "refused"},
	                                       {"拒绝", "refused"}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i][0]) == 0)
			return words[i][1];
	return NULL;
}

static enum status read_row(struct exchange *x, const struct csv_reader *r, struct order_answer_new *out)
{
	const char *units = csv_cell(r, csv_column(r, "units")), *reason = csv_cell(r, csv_column(r, "reason"));
	int64_t n = 0, count = INT64_MIN;
	*out = (struct order_answer_new){
	        .answer = answer_word(csv_cell(r, csv_column(r, "answer"))), .n = INT64_MIN, .units = count};
	if (r->fault != CSV_FINE)
		return x_fail(x, ST_INVALID_FIELD, "row", r->row, "%s", csv_fault_text(r->fault));
	if (!cell_number(csv_cell(r, csv_column(r, "n")), &n) || n < 1)
		return x_fail(x, ST_INVALID_FIELD, "n", r->row, "行号不正确");
	if (!out->answer)
		return x_fail(x, ST_INVALID_FIELD, "answer", r->row, "答复写作 接受 或 拒绝");
	if (*units && (!cell_number(units, &count) || count < 1))
		return x_fail(x, ST_INVALID_FIELD, "units", r->row, "可供数量不正确");
	out->n = n;
	out->units = count;
	out->reason = *reason ? arena_string(&x->arena, reason) : NULL;
	return ST_OK;
}

static enum status read_answers(struct exchange *x, struct csv_reader *r, struct order_answers_new *out)
{
	enum status st = ST_OK;
	bool more = true;
	out->lines = arena_array(&x->arena, ANSWERS_MAX, sizeof *out->lines);
	while (st == ST_OK && (st = csv_next(r, &more)) == ST_OK && more) {
		if (out->line_count == ANSWERS_MAX)
			return x_fail(x, ST_TOO_LARGE, NULL, r->row, "一次最多 %d 行", ANSWERS_MAX);
		st = read_row(x, r, &out->lines[out->line_count++]);
	}
	return st;
}

enum status order_answer_file_post(struct exchange *x, struct tx *tx)
{
	struct doc d;
	const char *why = NULL;
	struct order_answers_new in = {0};
	SCOPED(csv_reader) r = {0};
	SCOPED(sheet) file = {.fd = -1};
	enum status st = api_document(x, tx_db(tx), &order_kind, &d);
	if (st == ST_OK)
		st = sheet_from_memory(&file, x->request.body, x->request.body_len, api_folder(x));
	if (st != ST_OK)
		return st;
	if (csv_open(&r, file.source, &why) != ST_OK)
		return x_fail(x, ST_INVALID_FIELD, NULL, 1, "%s", why ? why : "文件不能读");
	if (csv_column(&r, "n") < 0 || csv_column(&r, "answer") < 0)
		return x_fail(x, ST_INVALID_FIELD, "answer", 1, "文件须有 n (行号) 和 answer (接受, 拒绝) 两列");
	st = read_answers(x, &r, &in);
	if (st == ST_OK && in.line_count == 0)
		st = x_fail(x, ST_NO_LINES, "lines", 0, "文件没有一行答复");
	if (st == ST_OK)
		st = order_answers_take(tx, &d, &in, true);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}
