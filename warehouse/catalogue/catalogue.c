#include "warehouse/catalogue/catalogue.h"

#include "warehouse/partner/paper.h"
#include "warehouse/partner/partner.h"

SQL(select_supplier_code, "SELECT id FROM supplier WHERE code = :code_t");
/* What is on file of the licence of one who is known follows his papers alone. */
SQL(put_supplier,
    "INSERT INTO supplier (id, code, name, licence_no, licence_until_ymd, phone, active, business) VALUES (:id, :code_t, "
    ":name_t, "
    "coalesce(:licence_t, ''), :until_ymd, :phone_t, 1, coalesce(:business_t, 'drug')) ON CONFLICT (id) DO UPDATE SET name = "
    "excluded.name, "
    "phone = excluded.phone, business = coalesce(:business_t, supplier.business)");
SQL(select_supplier, "SELECT code, name, licence_until_ymd, active, business FROM supplier WHERE id = :id");

SQL(select_told, "SELECT 1 FROM supplier WHERE id = :id AND licence_no = :licence_t AND licence_until_ymd = :until_ymd");

/* Another 经营类别 with the licence of before tells of no new licence. */
static enum status write_supplier(struct tx *tx, const struct new_supplier *in, int64_t id, bool opening)
{
	bool told = !in->licence_no || db_i64(tx_db(tx), 0, select_told, I64(":id", id), TEXT(":licence_t", in->licence_no),
	                                      I64(":until_ymd", in->licence_until_ymd)) != 0;
	db_exec(tx, put_supplier, I64(":id", id), TEXT(":code_t", in->code), TEXT(":name_t", in->name),
	        TEXT(":licence_t", in->licence_no), I64(":until_ymd", in->licence_until_ymd), TEXT(":phone_t", in->phone),
	        TEXT(":business_t", in->business));
	enum status st = told ? ST_OK : paper_licence(tx, id, in->licence_no, in->licence_until_ymd, opening);
	paper_licence_sync(tx, id);
	return st;
}

enum status supplier_put(struct tx *tx, const struct new_supplier *in, int64_t *id, bool *added)
{
	bool opening = partner_opening(tx_db(tx));
	*id = supplier_by_code(tx_db(tx), in->code);
	*added = *id == 0;
	if (*added)
		*id = tx_new_id(tx);
	if (*added && opening)
		partner_known(tx, "supplier", *id, 0);
	return write_supplier(tx, in, *id, opening);
}

enum status supplier_file(struct tx *tx, const struct new_supplier *in, int64_t *id)
{
	if (supplier_by_code(tx_db(tx), in->code))
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "编码 %s 已属于另一供应商", in->code);
	*id = tx_new_id(tx);
	return write_supplier(tx, in, *id, false);
}

enum status supplier_load(struct db *db, struct arena *a, int64_t id, struct supplier *out)
{
	SCOPED(rows) r = db_query(db, select_supplier, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct supplier){
	        id, col_i64(&r, 3), (int32_t)col_i64(&r, 2), col_text(a, &r, 0), col_text(a, &r, 1), col_text(a, &r, 4)};
	return ST_OK;
}

int64_t supplier_by_code(struct db *db, const char *code)
{
	return db_i64(db, 0, select_supplier_code, TEXT(":code_t", code));
}

SQL(put_depot_product,
    "INSERT INTO depot_product (place_id, product_id, bin) VALUES (:place_id, :product_id, :bin_t) ON CONFLICT "
    "(place_id, product_id) DO UPDATE SET bin = excluded.bin");
SQL(put_consumption,
    "INSERT INTO consumption (product_id, place_id, month, units, days_out) VALUES (:product_id, :place_id, :month, :units, "
    ":days_out) ON CONFLICT (product_id, place_id, month) DO UPDATE SET units = consumption.units + excluded.units, "
    "days_out = consumption.days_out + excluded.days_out");

void depot_product_put(struct tx *tx, int64_t place_id, int64_t product_id, const char *bin)
{
	db_exec(tx, put_depot_product, I64(":place_id", place_id), I64(":product_id", product_id), TEXT(":bin_t", bin));
}

void consumption_add(struct tx *tx, int64_t place_id, int64_t product_id, int64_t month, int64_t units, int64_t days_out)
{
	db_exec(tx, put_consumption, I64(":product_id", product_id), I64(":place_id", place_id), I64(":month", month),
	        I64(":units", units), I64(":days_out", days_out));
}
