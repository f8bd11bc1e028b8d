/* 货位: where each depot keeps what. */
#include "service/api/documents.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/use/bin.h"

static const struct list_column columns[] = {
        {"site_id", L_ID, "q.site_id", "机构编号", NULL},
        {"site_code", L_TEXT, "s.code", "机构代码", NULL},
        {"site_name", L_TEXT, "s.name", "机构", NULL},
        {"depot_id", L_ID, "k.place_id", "库房编号", NULL},
        {"depot_code", L_TEXT, "q.code", "库房代码", NULL},
        {"depot_name", L_TEXT, "q.name", "库房", NULL},
        {"product_id", L_ID, "k.product_id", "品种编号", NULL},
        {"product_code", L_TEXT, "p.code", "品种代码", NULL},
        {"product_name", L_TEXT, "p.name", "通用名", NULL},
        {"spec", L_TEXT, "p.spec", "规格", NULL},
        {"maker", L_TEXT, "p.maker", "生产企业", NULL},
        {"bin", L_TEXT, "k.bin", "货位", NULL},
        {"look_alike", L_TEXT, FLAG_ON("p.id", "look_alike"), "听似看似", NULL},
        NO_COLUMN,
};
static const struct list_filter filters[] = {
        {"product_id", L_ID, "k.product_id = :f_product_id_id"},
        {"depot_id", L_ID, "k.place_id = :f_depot_id_id"},
        {"site_id", L_ID, "q.site_id = :f_site_id_id"},
        {"bin", L_TEXT, "k.bin = :f_bin_t"},
        NO_FILTER,
};
#define JOINS                                                                                                             \
	" JOIN place q ON q.id = k.place_id JOIN site s ON s.id = q.site_id JOIN product p ON p.id = k.product_id WHERE " \
	"me.user_id = :me_id"
static const struct list_path paths[] = {
        {"bin",
         "user_place me CROSS JOIN depot_product k ON k.place_id = me.place_id AND k.bin = :f_bin_t" JOINS,
         {"me.place_id", "k.product_id"},
         false,
         &list_few},
        {"product_id",
         "user_place me CROSS JOIN depot_product k ON k.place_id = me.place_id AND k.product_id = :f_product_id_id" JOINS,
         {"me.place_id"},
         false,
         NULL},
        {NULL,
         "user_place me CROSS JOIN depot_product k ON k.place_id = me.place_id" JOINS,
         {"me.place_id", "k.product_id"},
         false,
         NULL},
};
static const char *const served[] = {"site_id", "depot_id", NULL};
static const char *const bin_q[] = {"bin", NULL};
const struct list_spec list_bins = {
        .name = "bins", .title = "货位", .columns = columns, .filters = filters, .paths = paths, .served = served, .q_as = bin_q};

enum status bin_create(struct exchange *x, struct tx *tx)
{
	const struct bin_new *in = x->in;
	enum status st = bin_put(tx, in);
	if (st != ST_OK)
		return st;
	tx_changed(tx, "stock", depot_site(tx_db(tx), in->place_id), 0, in->product_id);
	return api_written(x, ST_OK, in->product_id, "set");
}
