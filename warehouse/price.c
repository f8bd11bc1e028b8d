#include "warehouse/price.h"

#include "core/money.h"

SQL(end_earlier,
    "UPDATE price SET to_ymd = :until_ymd WHERE product_id = :product_id AND kind = :kind_t AND from_ymd < :from_ymd AND to_ymd "
    "IS NULL");
SQL(insert_price,
    "INSERT INTO price (id, product_id, kind, price_e4, units_per_pack, from_ymd, to_ymd, source, at_ms, by_user) VALUES (:id, "
    ":product_id, :kind_t, :price, :per_pack, :from_ymd, :to_ymd, :source_t, :at_ms, :by_id) ON CONFLICT DO NOTHING");

void price_put(struct tx *tx, const struct new_price *in, bool *added)
{
	int64_t rows = db_exec(tx, insert_price, I64(":id", tx_new_id(tx)), I64(":product_id", in->product_id),
	                       TEXT(":kind_t", in->kind), I64(":price", in->price_e4), I64(":per_pack", in->units_per_pack),
	                       I64(":from_ymd", in->from_ymd), ID(":to_ymd", in->to_ymd), TEXT(":source_t", in->source),
	                       I64(":at_ms", tx->now_ms), ID(":by_id", tx->me.id));
	*added = rows > 0;
	if (rows > 0)
		db_exec(tx, end_earlier, I64(":until_ymd", ymd_add_days(in->from_ymd, -1)), I64(":product_id", in->product_id),
		        TEXT(":kind_t", in->kind), I64(":from_ymd", in->from_ymd));
}

/* The newest listed price that has begun and not ended. */
SQL(select_in_force,
    "SELECT id, price_e4, units_per_pack, from_ymd, kind, source FROM price WHERE product_id = :product_id AND kind = "
    "'listed' AND from_ymd <= :ymd AND (to_ymd IS NULL OR to_ymd >= :ymd) ORDER BY from_ymd DESC, id DESC LIMIT 1");

enum status price_on(struct db *db, struct arena *a, int64_t product_id, int32_t ymd, struct price_in_force *out)
{
	SCOPED(rows) r = db_query(db, select_in_force, I64(":product_id", product_id), I64(":ymd", ymd));
	if (!rows_next(&r))
		return ST_NO_LISTED_PRICE;
	*out = (struct price_in_force){
	        .price_id = col_i64(&r, 0),
	        .ceiling_e4 = col_i64(&r, 1),
	        .units_per_pack = col_i64(&r, 2),
	        .from_ymd = (int32_t)col_i64(&r, 3),
	        .kind = col_text(a, &r, 4),
	        .source = col_text(a, &r, 5),
	};
	return ST_OK;
}

enum status price_check(struct tx *tx, const struct price_in_force *p, int64_t price_e4, int64_t units_per_pack,
                        const char *product_name, const char *field, int64_t row)
{
	char asked[32], ceiling[32];
	__int128 ours = (__int128)price_e4 * p->units_per_pack, most = (__int128)p->ceiling_e4 * units_per_pack;
	if (ours <= most)
		return ST_OK;
	price_text(price_e4, asked);
	price_text(p->ceiling_e4, ceiling);
	return tx_fail(tx, ST_OVER_CEILING, field, row, "%s 单价 %s 元高于现行限价 %s 元 (%s, %d 起执行)", product_name, asked,
	               ceiling, p->source, p->from_ymd);
}
