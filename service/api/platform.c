/* 平台差异: what the procurement platform says of our orders, and where it is not what we say. */
#include "core/csv.h"
#include "core/money.h"
#include "service/api/documents.h"
#include "warehouse/procurement/platform.h"

#include <string.h>

#define ROWS_MAX 5000

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
	if (r->fault != CSV_FINE)
		return x_fail(x, ST_INVALID_FIELD, "row", r->row, "%s", csv_fault_text(r->fault));
	if (!*out->platform_order_no || strlen(out->platform_order_no) > 100)
		return x_fail(x, ST_INVALID_FIELD, "platform_order_no", r->row, "请填平台订单号");
	if (!*out->product_code || strlen(out->product_code) > 100)
		return x_fail(x, ST_INVALID_FIELD, "product_code", r->row, "请填品种代码或平台编码");
	if (!text_to_i64(packs, &out->packs) || out->packs < 0 || out->packs > 100000000)
		return x_fail(x, ST_INVALID_FIELD, "packs", r->row, "数量 (包装) 不正确");
	if (*price && !price_parse(price, &out->price_e4))
		return x_fail(x, ST_INVALID_FIELD, "price", r->row, "单价不正确");
	return ST_OK;
}

static enum status check_head(struct exchange *x, struct csv_reader *r, struct csv_memory *m)
{
	static const char *const needed[] = {"platform_order_no", "order_number", "product_code", "packs", "state"};
	const char *why = NULL;
	if (csv_open(r, csv_from_memory(m), &why) != ST_OK)
		return x_fail(x, ST_INVALID_FIELD, NULL, 1, "%s", why ? why : "文件不能读");
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (csv_column(r, needed[i]) < 0)
			return x_fail(x, ST_INVALID_FIELD, needed[i], 1, "文件缺少 %s 一列", needed[i]);
	return ST_OK;
}

enum status platform_orders_post(struct exchange *x, struct tx *tx)
{
	int64_t rows = 0, different = 0;
	bool more = true;
	struct csv_memory m = {x->request.body, x->request.body_len, 0};
	SCOPED(csv_reader) r = {0};
	enum status st = check_head(x, &r, &m);
	while (st == ST_OK && (st = csv_next(&r, &more)) == ST_OK && more) {
		struct platform_row row;
		bool differs = false;
		if (++rows > ROWS_MAX)
			return x_fail(x, ST_TOO_LARGE, NULL, r.row, "一次最多 %d 行, 请分日导出", ROWS_MAX);
		st = read_row(x, &r, &row);
		if (st == ST_OK)
			st = platform_take(tx, &row, &differs);
		different += differs;
	}
	if (st != ST_OK)
		return st;
	tx->action = "platform.orders";
	tx_changed(tx, "orders", 0, 0, 0);
	jo_i64(&x->o, "rows", rows);
	jo_i64(&x->o, "differences", different);
	return ST_OK;
}
