/* 平台报送: what the purchasing platform is told of receipts, invoices and returns, and what it answers. */
#include "core/money.h"
#include "core/xlsx.h"
#include "service/api/documents.h"
#include "service/inputs.h"
#include "service/list_cell.h"
#include "warehouse/intake/cell.h"
#include "warehouse/procurement/platform_message.h"

#include <string.h>

#define ANSWERS_MAX 10000

static const struct list_column columns[] = {
        DOC_HEAD,
        {"kind", L_TEXT, "m.kind", "内容", NULL},
        {"kind_title", L_TEXT, "m.kind", "内容名称", platform_message_kinds},
        {"no", L_INT, "m.no", "序号", NULL},
        {"until_ymd", L_INT, "m.until_ymd", "截至", NULL},
        {"lines", L_INT, "m.line_count", "行数", NULL},
        {"amount", L_FEN, "m.amount_fen", "金额", NULL},
        DOC_TAIL,
};
static const struct list_filter filters[] = {DOC_FILTERS, {"kind", L_TEXT, "m.kind = :f_kind_t"}, NO_FILTER};
static const struct list_path paths[] = {
        DOC_NUMBERED("reference", "platform_message", "JOIN platform_message m ON m.id = d.id"),
        DOC_NUMBERED("number", "platform_message", "JOIN platform_message m ON m.id = d.id"),
        {NULL,
         "app_user u JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = "
         "'platform_message' JOIN document d ON d.id = s.document_id" DOC_JOINS("JOIN platform_message m ON m.id = d.id"),
         {"s.document_id"},
         true,
         NULL}};
const struct list_spec list_platform_messages = {.name = "platform-messages",
                                                 .title = "平台报送",
                                                 .columns = columns,
                                                 .filters = filters,
                                                 .paths = paths,
                                                 .served = doc_served,
                                                 .q_as = doc_q};

/* ---- lines ---- */

#define STATE                                                                                                             \
	"CASE WHEN r.again = 1 THEN 'again' WHEN r.message_id IS NULL THEN 'waiting' WHEN r.difference IS NOT NULL THEN " \
	"r.difference WHEN r.answer IS NOT NULL THEN 'accepted' WHEN md.state = 'made' THEN 'made' ELSE 'unanswered' END"
static const struct word_title state_titles[] = {
        {"again", "已重报"},        {"waiting", "待生成报送"},    {"refused", "平台拒绝"},
        {"units", "平台数量不同"},  {"amount", "平台金额不同"},   {"accepted", "平台已接受"},
        {"made", "已生成, 未报送"}, {"unanswered", "平台未回执"}, {NULL, NULL}};
static const struct list_column line_columns[] = {
        {"id", L_ID, "r.id", "编号", NULL},
        {"kind", L_TEXT, "r.kind", "内容", NULL},
        {"kind_title", L_TEXT, "r.kind", "内容名称", platform_message_kinds},
        {"state", L_TEXT, STATE, "状态", NULL},
        {"state_title", L_TEXT, STATE, "状态名称", state_titles},
        {"message_id", L_ID, "r.message_id", "报送编号", NULL},
        {"message_number", L_TEXT, "md.number", "报送单", NULL},
        {"n", L_INT, "r.n", "行号", NULL},
        {"document_id", L_ID, "r.document_id", "单据编号", NULL},
        {"document_kind", L_TEXT, "dd.kind", "单据种类", NULL},
        {"document_number", L_TEXT, "dd.number", "单据", NULL},
        {"order_number", L_TEXT, "od.number", "订单", NULL},
        {"supplier_name", L_TEXT, "sp.name", "供应商", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"unit_name", L_TEXT, "p.unit_name", "单位", NULL},
        {"pack_name", L_TEXT, "p.pack_name", "包装", NULL},
        {"units_per_pack", L_INT, "r.units_per_pack", "每包装数量", NULL},
        {"lot", L_TEXT, "r.lot", "批号", NULL},
        {"units", L_INT, "r.units", "数量", NULL},
        {"price", L_PRICE, "r.price_e4", "单价", NULL},
        {"amount", L_FEN, "r.amount_fen", "金额", NULL},
        {"paper", L_TEXT, "r.paper", "随货单, 发票号, 拒收或退货原因", NULL},
        {"ymd", L_INT, "r.ymd", "日期", NULL},
        {"answer_reason", L_TEXT, "r.answer_reason", "平台说明", NULL},
        {"platform_units", L_INT_OR_NULL, "r.platform_units", "平台数量", NULL},
        {"platform_amount", L_FEN, "r.platform_fen", "平台金额", NULL},
        {"answered_at_ms", L_INT, "r.answered_at_ms", "回执时间", NULL},
        NO_COLUMN,
};
static const struct list_filter line_filters[] = {
        {"message_id", L_ID, "r.message_id = :f_message_id_id"},
        {"open", L_BOOL, "r.open = :f_open_id"},
        {"kind", L_TEXT, "r.kind = :f_kind_t"},
        NO_FILTER,
};
#define LINE_OF                                                                                                          \
	" JOIN supplier sp ON sp.id = r.supplier_id JOIN product p ON p.id = r.product_id JOIN document dd ON dd.id = "  \
	"r.document_id LEFT JOIN order_line ol ON ol.id = r.order_line_id LEFT JOIN document od ON od.id = ol.order_id " \
	"LEFT JOIN document md ON md.id = r.message_id WHERE us.user_id = :me_id"
static const struct list_rule open_only = {.unless = "0", .few = true};
static const struct list_path line_paths[] = {
        {"message_id",
         "platform_report r JOIN user_site us ON us.user_id = :me_id AND us.site_id = r.site_id" LINE_OF
         " AND r.message_id = :f_message_id_id",
         {"r.n"},
         false,
         NULL},
        {"open",
         "user_site us CROSS JOIN platform_report r ON r.site_id = us.site_id AND r.open = 1" LINE_OF,
         {"r.id"},
         true,
         &open_only},
        {NULL, "user_site us CROSS JOIN platform_report r ON r.site_id = us.site_id" LINE_OF, {"us.site_id", "r.id"}, true, NULL},
};
const struct list_spec list_platform_reports = {.name = "platform-reports",
                                                .title = "平台报送明细",
                                                .columns = line_columns,
                                                .filters = line_filters,
                                                .paths = line_paths};

/* ---- out ---- */

SQL(select_head,
    "SELECT m.kind, m.no, m.until_ymd, b.code, b.name, m.line_count, m.amount_fen FROM platform_message m JOIN document "
    "d ON d.id = m.id JOIN site b ON b.id = d.from_site_id WHERE m.id = :id "
    "/*all sites: the caller has the document*/");
static const struct list_column out_head[] = {
        COLUMN("kind", L_TEXT),       COLUMN("no", L_INT),         COLUMN("until_ymd", L_INT), COLUMN("buyer_code", L_TEXT),
        COLUMN("buyer_name", L_TEXT), COLUMN("line_count", L_INT), COLUMN("amount", L_FEN),    NO_COLUMN,
};
SQL(select_out,
    "SELECT r.n, (SELECT x.platform_order_no FROM platform_line x WHERE x.order_line_id = r.order_line_id ORDER BY x.id DESC "
    "LIMIT "
    "1), od.number, dd.number, p.code, p.name, p.spec, p.maker, p.approval_no, sp.code, sp.name, r.lot, "
    "coalesce(nullif(r.expiry_ymd, 0), (SELECT k.expiry_ymd FROM lot k WHERE k.product_id = r.product_id AND k.lot = r.lot)), "
    "r.units, "
    "r.units_per_pack, p.unit_name, p.pack_name, r.price_e4, r.amount_fen, r.paper, r.ymd FROM platform_report r JOIN supplier "
    "sp "
    "ON sp.id = r.supplier_id JOIN product p ON p.id = r.product_id JOIN document dd ON dd.id = r.document_id LEFT JOIN "
    "order_line "
    "ol ON ol.id = r.order_line_id LEFT JOIN document od ON od.id = ol.order_id WHERE r.message_id = :id ORDER BY r.n "
    "/*all sites: the caller has the document*/");
static const struct list_column out_line[] = {
        COLUMN("n", L_INT),
        COLUMN("platform_order_no", L_TEXT),
        COLUMN("order_number", L_TEXT),
        COLUMN("document_number", L_TEXT),
        COLUMN("product_code", L_TEXT),
        COLUMN("product_name", L_TEXT),
        COLUMN("spec", L_TEXT),
        COLUMN("maker", L_TEXT),
        COLUMN("approval_no", L_TEXT),
        COLUMN("supplier_code", L_TEXT),
        COLUMN("supplier_name", L_TEXT),
        COLUMN("lot", L_TEXT),
        COLUMN("expiry_ymd", L_INT_OR_NULL),
        COLUMN("units", L_INT),
        COLUMN("units_per_pack", L_INT),
        COLUMN("unit_name", L_TEXT),
        COLUMN("pack_name", L_TEXT),
        COLUMN("price", L_PRICE),
        COLUMN("amount", L_FEN),
        COLUMN("paper", L_TEXT),
        COLUMN("ymd", L_INT),
        NO_COLUMN,
};

enum status platform_message_read(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &platform_message_kind, &d);
	if (st != ST_OK)
		return st;
	document_write_json(db, &x->arena, &x->me, &d, &x->o);
	jo_name(&x->o, "message");
	jo_open(&x->o, '{');
	api_one(x, db, out_head, select_head, I64(":id", d.id));
	jo_close(&x->o, '}');
	return ST_OK;
}

enum status platform_message_out(struct exchange *x, struct db *db)
{
	struct doc d;
	enum status st = api_document(x, db, &platform_message_kind, &d);
	if (st != ST_OK)
		return st;
	jo_text(&x->o, "format", "yaocang-platform-1");
	jo_text(&x->o, "number", d.number);
	api_one(x, db, out_head, select_head, I64(":id", d.id));
	api_rows(x, db, "lines", out_line, select_out, I64(":id", d.id));
	return ST_OK;
}

enum status platform_message_xlsx(struct exchange *x, struct db *db)
{
	struct doc d;
	size_t n = 0;
	const char *heads[2 + sizeof out_line / sizeof *out_line] = {"number", "kind"};
	enum status st = api_document(x, db, &platform_message_kind, &d);
	if (st != ST_OK)
		return st;
	for (n = 2; out_line[n - 2].name; n++)
		heads[n] = out_line[n - 2].name;
	struct sheet_out *s = sheet_out_new(&x->reply.body, heads, n);
	SCOPED(rows) head = db_query(db, select_head, I64(":id", d.id));
	SCOPED(rows) r = db_query(db, select_out, I64(":id", d.id));
	for (bool found = rows_next(&head); found && rows_next(&r);) {
		sheet_out_text(s, d.number);
		list_sheet_cell(s, &head, 0, &out_head[0]);
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

/* ---- in ---- */

enum status platform_message_create(struct exchange *x, struct tx *tx)
{
	struct doc d = {0};
	enum status st = platform_message_make(tx, x->in, &d);
	if (st == ST_OK)
		document_write_answer(&d, &x->o);
	return st;
}

enum status platform_message_step(struct exchange *x, struct tx *tx)
{
	const struct step_in *in = x->in;
	return api_step(x, tx, &platform_message_kind, in->version, in->note);
}

enum status platform_report_again_post(struct exchange *x, struct tx *tx)
{
	const struct remark_in *in = x->in;
	int64_t id = 0;
	enum status st = platform_report_again(tx, x->id, in->note, &id);
	return api_written(x, st, id, "waiting");
}

static const char *answer_word(const char *text)
{
	static const char *const words[][2] = {{"accepted", "accepted"}, {"接受", "accepted"}, {"成功", "accepted"},
	                                       {"refused", "refused"},   {"拒绝", "refused"},  {"失败", "refused"}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i][0]) == 0)
			return words[i][1];
	return NULL;
}

static enum status read_row(struct exchange *x, const struct csv_reader *r, struct platform_answer *out)
{
	const char *units = csv_cell(r, csv_column(r, "units")), *amount = csv_cell(r, csv_column(r, "amount"));
	const char *reason = csv_cell(r, csv_column(r, "reason"));
	*out = (struct platform_answer){
	        .row = r->row, .answer = answer_word(csv_cell(r, csv_column(r, "answer"))), .units = INT64_MIN, .fen = INT64_MIN};
	if (r->fault != CSV_FINE)
		return x_fail(x, ST_INVALID_FIELD, "row", r->row, "%s", csv_fault_text(r->fault));
	if (!cell_number(csv_cell(r, csv_column(r, "n")), &out->n) || out->n < 1)
		return x_fail(x, ST_INVALID_FIELD, "n", r->row, "行号不正确");
	if (*units && !cell_number(units, &out->units))
		return x_fail(x, ST_INVALID_FIELD, "units", r->row, "平台数量不正确");
	if (*amount) {
		bool minus = *amount == '-';
		int64_t e4 = 0;
		if (!cell_price(amount + minus, &e4) || e4 % 100)
			return x_fail(x, ST_INVALID_FIELD, "amount", r->row, "平台金额不正确");
		out->fen = (minus ? -e4 : e4) / 100;
	}
	out->reason = *reason ? arena_string(&x->arena, reason) : NULL;
	return ST_OK;
}

/* Row by row; a row that is wrong is told, and then none is taken. */
static enum status take_rows(struct exchange *x, struct tx *tx, const struct doc *d, struct csv_reader *r, int64_t counts[2])
{
	enum status st = ST_OK, first = ST_OK;
	bool more = true;
	while ((st = csv_next(r, &more)) == ST_OK && more) {
		struct platform_answer a;
		bool differs = false;
		if (++counts[0] > ANSWERS_MAX)
			return x_fail(x, ST_TOO_LARGE, NULL, r->row, "一次最多 %d 行", ANSWERS_MAX);
		enum status row = read_row(x, r, &a);
		if (row == ST_OK)
			row = platform_answer_take(tx, d, &a, &differs);
		first = first == ST_OK ? row : first;
		counts[1] += differs;
	}
	return st == ST_OK ? first : st;
}

enum status platform_message_answer(struct exchange *x, struct tx *tx)
{
	struct doc d;
	const char *why = NULL;
	int64_t counts[2] = {0, 0};
	SCOPED(csv_reader) r = {0};
	SCOPED(sheet) file = {.fd = -1};
	enum status st = api_document(x, tx_db(tx), &platform_message_kind, &d);
	if (st == ST_OK)
		st = sheet_from_memory(&file, x->request.body, x->request.body_len, api_folder(x));
	if (st != ST_OK)
		return st;
	if (csv_open(&r, file.source, &why) != ST_OK)
		return x_fail(x, ST_INVALID_FIELD, NULL, 1, "%s", why ? why : "文件不能读");
	if (csv_column(&r, "n") < 0 || csv_column(&r, "answer") < 0)
		return x_fail(x, ST_INVALID_FIELD, "answer", 1, "文件须有 n (行号) 和 answer (接受, 拒绝) 两列");
	st = take_rows(x, tx, &d, &r, counts);
	if (st == ST_OK && counts[0] == 0)
		st = x_fail(x, ST_NO_LINES, "lines", 0, "文件没有一行回执");
	if (st == ST_OK)
		st = platform_answers_end(tx, &d);
	if (st != ST_OK)
		return st;
	document_write_answer(&d, &x->o);
	jo_i64(&x->o, "rows", counts[0]);
	jo_i64(&x->o, "differences", counts[1]);
	return ST_OK;
}
