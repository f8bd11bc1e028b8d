#include "warehouse/use/bin.h"

#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/flag.h"

#include <string.h>

SQL(select_others,
    "SELECT p.name, " FLAG_ON("p.id",
                              "look_alike") " FROM depot_product k JOIN product p ON p.id = k.product_id WHERE k.place_id = "
                                            ":place_id AND k.bin = :bin_t AND k.product_id <> :product_id ORDER BY k.product_id "
                                            "/*all sites: the depot is checked*/");

/* Is `name` what the mark of another product warns of, with whatever stands before and behind? */
static bool warns_of(const char *mark, const char *name)
{
	return mark && *mark && strstr(name, mark) != NULL;
}

static enum status check_neighbours(struct tx *tx, const struct bin_new *in, const struct product *p)
{
	const char *mark = product_flag_on(tx_db(tx), tx->arena, p->id, "look_alike", tx->today_ymd);
	SCOPED(rows)
	r = db_query(tx_db(tx), select_others, I64(":place_id", in->place_id), TEXT(":bin_t", in->bin), I64(":product_id", p->id),
	             I64(":today_ymd", tx->today_ymd));
	while (rows_next(&r)) {
		const char *other = col_text(tx->arena, &r, 0);
		if (warns_of(mark, other) || warns_of(col_text(tx->arena, &r, 1), p->name))
			return tx_fail(tx, ST_LOOK_ALIKE_TOGETHER, "bin", 0, "货位 %s 放着 %s, 与 %s 听似看似, 请另选货位",
			               in->bin, other, p->name);
	}
	return ST_OK;
}

enum status bin_put(struct tx *tx, const struct bin_new *in)
{
	struct product p;
	int64_t site = depot_site(tx_db(tx), in->place_id);
	tx->action = "bin.put";
	if (!site || !me_at_site(tx_db(tx), &tx->me, site))
		return tx_fail(tx, ST_INVALID_FIELD, "depot_id", 0, "没有这个库房, 或不在您的管辖范围");
	if (product_load(tx_db(tx), tx->arena, in->product_id, &p) != ST_OK)
		return tx_fail(tx, ST_INVALID_FIELD, "product_id", 0, "没有这个品种");
	const bool none = !in->bin || !*in->bin;
	enum status st = none ? ST_OK : check_neighbours(tx, in, &p);
	if (st == ST_OK)
		depot_product_put(tx, in->place_id, p.id, none ? NULL : in->bin);
	return st;
}
