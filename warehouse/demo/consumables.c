/*
 * A few consumables (医用耗材) with their UDI-DI, two of them implants, and an order of them that is on its way: whoever tries
 * the demo may type or scan "(01)DI(17)…(10)…(21)…" on its receipt. Behind the stories of drugs, which do not know them.
 */
#include "warehouse/catalogue/catalogue.h"

#include "warehouse/catalogue/flag.h"
#include "warehouse/demo/county.h"
#include "warehouse/partner/partner.h"
#include "warehouse/price/price.h"
#include "warehouse/procurement/order.h"

#define PRICE_SOURCE "省级耗材挂网 (演示)"

static const struct consumable {
	const char *code, *name, *spec, *maker, *unit, *pack, *approval, *gtin;
	int64_t per_pack, price_e4, packs;
	bool implant;
} consumables[] = {
        {"HC001", "一次性使用无菌注射器", "5ml×100支/盒", "演示·淮河医械", "支", "盒", "演示-国械注准20263140001",
         "6909900000018", 100, 480000, 20, false},
        {"HC002", "金属接骨螺钉", "3.5mm×20mm", "演示·淮河医械", "枚", "枚", "演示-国械注准20263130002", "6909900000025", 1,
         1260000, 10, true},
        {"HC003", "冠状动脉药物洗脱支架", "3.0mm×18mm", "演示·淮河医械", "套", "套", "演示-国械注准20263130003", "6909900000032",
         1, 7980000, 2, true},
};
#define CONSUMABLES (sizeof consumables / sizeof *consumables)

static enum status put_one(struct tx *tx, const struct county *c, const struct consumable *p, int64_t *id)
{
	bool added = false;
	int32_t from = ymd_add_days(c->options->as_of_ymd, -60);
	const struct new_product in = {
	        .code = p->code,
	        .drug_name = p->name,
	        .form = "",
	        .strength = p->spec,
	        .drug_class = "western",
	        .kind = "consumable",
	        .name = p->name,
	        .spec = p->spec,
	        .maker = p->maker,
	        .unit_name = p->unit,
	        .pack_name = p->pack,
	        .units_per_pack = p->per_pack,
	        .units_per_box = p->per_pack,
	        .units_per_case = p->per_pack,
	        .approval_no = p->approval,
	        .storage = "normal",
	        .traced = p->implant,
	        .warn_days = 180,
	        .gtin = p->gtin,
	        .levels = "county",
	};
	const struct new_price price = {0, p->price_e4, p->per_pack, "listed", from, 0, PRICE_SOURCE};
	enum status st = product_put(tx, &in, id, &added);
	struct new_price mine = price;
	mine.product_id = *id;
	if (st == ST_OK)
		price_put(tx, &mine, &added);
	const struct new_flag flag = {*id, "implant", "yes", from, 0, "高值医用耗材目录 (演示)", 0};
	return st == ST_OK && p->implant ? product_flag_set(tx, &flag) : st;
}

static const struct distributor *who_delivers(const struct county *c)
{
	for (size_t i = 0; i < c->distributor_count; i++)
		if (c->distributors[i].licence_days > 0 && c->distributors[i].mandate_days > 0)
			return &c->distributors[i];
	return NULL;
}

static enum status write(struct tx *tx, void *arg)
{
	static const char *const actions[] = {"submit", "approve", "send"};
	const struct county *c = arg;
	const struct distributor *from = who_delivers(c);
	struct order_line_new lines[CONSUMABLES] = {{0}};
	struct doc d;
	enum status st = ST_OK;
	tx->action = "demo.consumables";
	for (size_t i = 0; i < CONSUMABLES && st == ST_OK; i++) {
		const struct consumable *p = &consumables[i];
		st = put_one(tx, c, p, &lines[i].product_id);
		lines[i].units = p->packs * p->per_pack;
		lines[i].price_e4 = PRICE_LEFT_OUT;
		partner_known(tx, "product", lines[i].product_id, 0);
	}
	if (st != ST_OK || !from)
		return st;
	const struct order_new in = {.supplier_id = from->id,
	                             .note = "演示: 耗材, 收货时扫 UDI",
	                             .buyer_site_id = c->sites[0].id,
	                             .lines = lines,
	                             .line_count = CONSUMABLES};
	st = order_make(tx, &in, &d);
	for (size_t i = 0; i < sizeof actions / sizeof *actions && st == ST_OK; i++)
		st = document_follow(tx, &d, actions[i], NULL);
	return st;
}

enum status county_write_consumables(struct county *c)
{
	return county_run(c, write, c);
}
