/* 平台差异: what the procurement platform says of our orders, and where it is not what we say; what is on the road. */
#include "core/clock.h"
#include "core/money.h"
#include "core/xlsx.h"
#include "service/api/documents.h"
#include "warehouse/intake/cell.h"
#include "warehouse/procurement/platform.h"

#include <string.h>

#define ROWS_MAX 5000
#define PACKS_MAX 100000000

static const struct word_title difference_titles[] = {{"unknown_order", "本系统无此订单"},
                                                      {"unknown_line", "订单无此品种"},
                                                      {"units", "数量不同"},
                                                      {"price", "单价不同"},
                                                      {"state", "状态不同"},
                                                      {NULL, NULL}};
static const struct list_column columns[] = {
        {"id", L_ID, "pl.id", "编号", NULL},
        {"platform_order_no", L_TEXT, "pl.platform_order_no", "平台订单号", NULL},
        {"order_number", L_TEXT, "pl.order_number", "本系统订单", NULL},
        {"order_id", L_ID, "pl.order_id", "订单编号", NULL},
        {"order_state", L_TEXT, "st.title", "订单状态", NULL},
        {"product_code", L_TEXT, "pl.product_code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"difference", L_TEXT, "pl.difference", "差异", NULL},
        {"difference_title", L_TEXT, "pl.difference", "差异名称", difference_titles},
        {"platform_state", L_TEXT, "pl.state", "平台状态", NULL},
        {"platform_packs", L_INT, "pl.packs", "平台数量 (包装)", NULL},
        {"our_packs", L_INT_OR_NULL, "l.units / l.units_per_pack", "本系统数量 (包装)", NULL},
        {"platform_price", L_PRICE, "pl.price_e4", "平台单价", NULL},
        {"our_price", L_PRICE, "l.price_e4", "本系统单价", NULL},
        {"at_ms", L_INT, "pl.at_ms", "导入时间", NULL},
        NO_COLUMN,
};
static const struct list_path paths[] = {
        {NULL,
         "app_user u CROSS JOIN platform_line pl JOIN user_site us ON us.user_id = u.id AND us.site_id = pl.site_id LEFT JOIN "
         "document "
         "d ON d.id = pl.order_id LEFT JOIN document_state st ON st.kind = d.kind AND st.state = d.state LEFT JOIN order_line l "
         "ON l.id "
         "= pl.order_line_id LEFT JOIN product p ON p.id = l.product_id WHERE u.id = :me_id AND pl.difference IS NOT NULL",
         {"pl.id"},
         true,
         &list_few},
};
const struct list_spec list_platform_differences = {
        .name = "platform-differences", .title = "平台差异", .columns = columns, .filters = NULL, .paths = paths};

static const char *cell(struct exchange *x, const struct csv_reader *r, const char *name)
{
	return arena_string(&x->arena, csv_cell(r, csv_column(r, name)));
}

static enum status read_row(struct exchange *x, const struct csv_reader *r, struct platform_row *out)
{
	const char *packs = cell(x, r, "packs"), *price = cell(x, r, "price");
	*out = (struct platform_row){.platform_order_no = cell(x, r, "platform_order_no"),
	                             .order_number = cell(x, r, "order_number"),
	                             .product_code = cell(x, r, "product_code"),
	                             .state = cell(x, r, "state"),
	                             .price_e4 = -1,
	                             .row = r->row};
	if (!*out->platform_order_no || strlen(out->platform_order_no) > 100)
		return x_fail(x, ST_INVALID_FIELD, "platform_order_no", r->row, "请填平台订单号");
	if (!*out->product_code || strlen(out->product_code) > 100)
		return x_fail(x, ST_INVALID_FIELD, "product_code", r->row, "请填品种代码或平台编码");
	if (!cell_number(packs, &out->packs) || out->packs < 0 || out->packs > PACKS_MAX)
		return x_fail(x, ST_INVALID_FIELD, "packs", r->row, "数量 (包装) 不正确");
	if (*price && !cell_price(price, &out->price_e4))
		return x_fail(x, ST_INVALID_FIELD, "price", r->row, "单价不正确");
	return ST_OK;
}

static enum status take_order(struct exchange *x, struct tx *tx, const struct csv_reader *r, bool *differs)
{
	struct platform_row row;
	enum status st = read_row(x, r, &row);
	return st == ST_OK ? platform_take(tx, &row, differs) : st;
}

/* As people and spreadsheets write a day; empty: 0. */
static enum status read_day(struct exchange *x, const struct csv_reader *r, const char *name, bool must, int64_t *out)
{
	int32_t ymd = 0;
	const char *text = cell(x, r, name);
	*out = 0;
	if (!*text && !must)
		return ST_OK;
	if (!cell_ymd(text, &ymd))
		return x_fail(x, ST_INVALID_FIELD, name, r->row, "日期不正确");
	*out = ymd;
	return ST_OK;
}

static enum status take_dispatch(struct exchange *x, struct tx *tx, const struct csv_reader *r, bool *differs)
{
	struct platform_dispatch_row row = {.dispatch_no = cell(x, r, "dispatch_no"),
	                                    .order_number = cell(x, r, "order_number"),
	                                    .product_code = cell(x, r, "product_code"),
	                                    .lot = cell(x, r, "lot")};
	const char *const needed[][2] = {{"dispatch_no", row.dispatch_no}, {"product_code", row.product_code}, {"lot", row.lot}};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!*needed[i][1] || strlen(needed[i][1]) > 100)
			return x_fail(x, ST_INVALID_FIELD, needed[i][0], r->row, "请填配送单号, 品种代码和批号");
	if (!cell_number(cell(x, r, "packs"), &row.packs) || row.packs < 1 || row.packs > PACKS_MAX)
		return x_fail(x, ST_INVALID_FIELD, "packs", r->row, "数量 (包装) 不正确");
	enum status st = read_day(x, r, "expiry_ymd", true, &row.expiry_ymd);
	if (st == ST_OK)
		st = read_day(x, r, "made_ymd", false, &row.made_ymd);
	if (st == ST_OK)
		st = read_day(x, r, "sent_ymd", false, &row.sent_ymd);
	return st == ST_OK ? platform_dispatch_take(tx, &row, differs) : st;
}

/* A file of the platform: its columns, and what one row does. */
struct platform_file {
	const char *action;
	const char *needed[8]; /* ends with NULL */
	enum status (*take)(struct exchange *x, struct tx *tx, const struct csv_reader *r, bool *differs);
};

static enum status check_head(struct exchange *x, struct csv_reader *r, struct sheet *file, const struct platform_file *of)
{
	const char *why = NULL;
	enum status st = sheet_from_memory(file, x->request.body, x->request.body_len, api_folder(x));
	if (st != ST_OK)
		return st;
	if (csv_open(r, file->source, &why) != ST_OK)
		return x_fail(x, ST_INVALID_FIELD, NULL, 1, "%s", why ? why : "文件不能读");
	for (const char *const *name = of->needed; *name; name++)
		if (csv_column(r, *name) < 0)
			return x_fail(x, ST_INVALID_FIELD, *name, 1, "文件缺少 %s 一列", *name);
	return ST_OK;
}

/* All rows or none; each that is wrong is told. */
static enum status take_file(struct exchange *x, struct tx *tx, const struct platform_file *of)
{
	int64_t rows = 0, different = 0;
	bool more = true;
	enum status first = ST_OK;
	SCOPED(csv_reader) r = {0};
	SCOPED(sheet) file = {.fd = -1};
	enum status st = check_head(x, &r, &file, of);
	while (st == ST_OK && (st = csv_next(&r, &more)) == ST_OK && more) {
		bool differs = false;
		if (++rows > ROWS_MAX)
			return x_fail(x, ST_TOO_LARGE, NULL, r.row, "一次最多 %d 行, 请分日导出", ROWS_MAX);
		enum status row = r.fault == CSV_FINE ? of->take(x, tx, &r, &differs)
		                                      : x_fail(x, ST_INVALID_FIELD, "row", r.row, "%s", csv_fault_text(r.fault));
		first = first == ST_OK ? row : first;
		different += differs;
	}
	if (st != ST_OK || first != ST_OK)
		return st == ST_OK ? first : st;
	tx->action = of->action;
	tx_changed(tx, "orders", 0, 0, 0);
	jo_i64(&x->o, "rows", rows);
	jo_i64(&x->o, "differences", different);
	return ST_OK;
}

enum status platform_orders_post(struct exchange *x, struct tx *tx)
{
	static const struct platform_file file = {
	        "platform.orders", {"platform_order_no", "order_number", "product_code", "packs", "state", NULL}, take_order};
	return take_file(x, tx, &file);
}

enum status platform_dispatches_post(struct exchange *x, struct tx *tx)
{
	static const struct platform_file file = {
	        "platform.dispatches",
	        {"dispatch_no", "order_number", "product_code", "lot", "expiry_ymd", "packs", NULL},
	        take_dispatch};
	return take_file(x, tx, &file);
}

/* ---- what is on the road ---- */

static const struct word_title dispatch_titles[] = {{"unknown_order", "本系统无此订单"},
                                                    {"unknown_line", "订单无此品种"},
                                                    {"not_sent", "订单未发送"},
                                                    {"over", "多于订购"},
                                                    {NULL, NULL}};
static const struct list_column dispatch_columns[] = {
        {"id", L_ID, "x.id", "编号", NULL},
        {"dispatch_no", L_TEXT, "x.dispatch_no", "配送单号", NULL},
        {"order_number", L_TEXT, "x.order_number", "本系统订单", NULL},
        {"order_id", L_ID, "x.order_id", "订单编号", NULL},
        {"product_code", L_TEXT, "x.product_code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"lot", L_TEXT, "x.lot", "批号", NULL},
        {"made_ymd", L_INT, "x.made_ymd", "生产日期", NULL},
        {"expiry_ymd", L_INT, "x.expiry_ymd", "有效期", NULL},
        {"packs", L_INT, "x.packs", "数量 (包装)", NULL},
        {"our_packs", L_INT_OR_NULL, "l.units / l.units_per_pack", "订购 (包装)", NULL},
        {"sent_ymd", L_INT, "x.sent_ymd", "发货日期", NULL},
        {"difference", L_TEXT, "x.difference", "差异", NULL},
        {"difference_title", L_TEXT, "x.difference", "差异名称", dispatch_titles},
        {"at_ms", L_INT, "x.at_ms", "导入时间", NULL},
        NO_COLUMN,
};
static const struct list_filter dispatch_filters[] = {
        {"different", L_BOOL, "CASE WHEN x.difference IS NOT NULL THEN 1 ELSE 0 END = :f_different_id"},
        {"order_id", L_ID, "x.order_id = :f_order_id_id"},
        NO_FILTER,
};
#define DISPATCH_OF \
	" LEFT JOIN order_line l ON l.id = x.order_line_id LEFT JOIN product p ON p.id = l.product_id WHERE us.user_id = :me_id"
static const struct list_rule different_only = {.unless = "0", .few = true};
static const struct list_path dispatch_paths[] = {
        {"different",
         "user_site us CROSS JOIN platform_dispatch x ON x.site_id = us.site_id AND x.difference IS NOT NULL" DISPATCH_OF,
         {"x.id"},
         true,
         &different_only},
        {"order_id",
         "platform_dispatch x JOIN user_site us ON us.user_id = :me_id AND us.site_id = x.site_id" DISPATCH_OF
         " AND x.order_id = :f_order_id_id",
         {"x.id"},
         false,
         NULL},
        {NULL,
         "user_site us CROSS JOIN platform_dispatch x ON x.site_id = us.site_id" DISPATCH_OF,
         {"us.site_id", "x.id"},
         true,
         NULL},
};
const struct list_spec list_platform_dispatches = {.name = "platform-dispatches",
                                                   .title = "平台配送",
                                                   .columns = dispatch_columns,
                                                   .filters = dispatch_filters,
                                                   .paths = dispatch_paths};
