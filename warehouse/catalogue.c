#include "warehouse/catalogue.h"

#include "core/pairs.h"
#include "core/search.h"
#include "core/text.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/paper.h"
#include "warehouse/partner/partner.h"

#include <string.h>

SQL(select_drug, "SELECT id FROM drug WHERE name = :name_t AND form = :form_t AND strength = :strength_t");
SQL(insert_drug, "INSERT INTO drug (id, name, form, strength, class) VALUES (:id, :name_t, :form_t, :strength_t, :class_t)");
SQL(select_product_code, "SELECT id FROM product WHERE code = :code_t");
SQL(put_product,
    "INSERT INTO product (id, code, drug_id, name, trade_name, spec, maker, unit_name, pack_name, units_per_pack, units_per_box, "
    "units_per_case, approval_no, storage, controlled, traced, active, warn_days, search_text) VALUES (:id, :code_t, :drug_id, "
    ":name_t, "
    ":trade_t, :spec_t, :maker_t, :unit_t, :pack_t, :per_pack, :per_box, :per_case, :approval_t, :storage_t, :controlled_t, "
    ":traced, 1, "
    ":warn_days, :search_t) ON CONFLICT (id) DO UPDATE SET drug_id = excluded.drug_id, name = excluded.name, trade_name = "
    "excluded.trade_name, spec = excluded.spec, maker = excluded.maker, pack_name = excluded.pack_name, approval_no = "
    "excluded.approval_no, storage = excluded.storage, controlled = excluded.controlled, traced = excluded.traced, warn_days = "
    "excluded.warn_days, search_text = excluded.search_text"
    " /*scan: tables that point here, only while a reference is broken*/");
SQL(select_search_text, "SELECT search_text FROM product WHERE id = :id");
SQL(drop_piece, "DELETE FROM product_piece WHERE piece = :piece AND product_id = :product_id");
SQL(insert_piece, "INSERT INTO product_piece (piece, product_id) VALUES (:piece, :product_id) ON CONFLICT DO NOTHING");
SQL(insert_code,
    "INSERT INTO product_code (id, product_id, kind, code, units) VALUES (:id, :product_id, :kind_t, :code_t, :units)");
SQL(drop_codes, "DELETE FROM product_code WHERE product_id = :product_id AND kind IN ('gtin', 'national', 'nhsa')");
SQL(select_gtin, "SELECT product_id FROM product_code WHERE code = :code_t AND kind = 'gtin'");

static int64_t drug_ensure(struct tx *tx, const struct new_product *in)
{
	int64_t id = db_i64(tx_db(tx), 0, select_drug, TEXT(":name_t", in->drug_name), TEXT(":form_t", in->form),
	                    TEXT(":strength_t", in->strength));
	if (id)
		return id;
	id = tx_new_id(tx);
	db_exec(tx, insert_drug, I64(":id", id), TEXT(":name_t", in->drug_name), TEXT(":form_t", in->form),
	        TEXT(":strength_t", in->strength), TEXT(":class_t", in->drug_class));
	return id;
}

/* One line per searchable text; the pieces are the union over the lines. */
static char *search_text(struct arena *a, const struct new_product *in)
{
	const char *const parts[] = {in->name, in->trade_name, in->maker,         in->spec,     in->approval_no,
	                             in->code, in->gtin,       in->national_code, in->nhsa_code};
	SCOPED(buf) b = {0};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i] && *parts[i])
			buf_printf(&b, "%s%s", b.len ? "\n" : "", parts[i]);
	return arena_copy(a, b.data ? b.data : "", b.len);
}

/* Runs a statement for every piece of a product's text. */
static void each_piece(struct tx *tx, const struct sql *what, int64_t id, const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");
		int64_t *pieces = NULL;
		size_t count = search_pieces(tx->arena, arena_copy(tx->arena, text, n), &pieces);
		for (size_t i = 0; i < count; i++)
			db_exec_n(tx, what, (const struct arg[]){I64(":piece", pieces[i]), I64(":product_id", id)}, 2);
		text += n + (text[n] == '\n');
	}
}

/* before: the text that the pieces were made from, NULL for a new product. */
static void put_pieces(struct tx *tx, int64_t id, const char *before, const char *text)
{
	if (before && strcmp(before, text) == 0)
		return;
	each_piece(tx, &drop_piece, id, before);
	each_piece(tx, &insert_piece, id, text);
}

void product_pieces(struct arena *a, const struct new_product *in, int64_t id, struct pairs *out)
{
	for (const char *text = search_text(a, in); *text;) {
		size_t n = strcspn(text, "\n");
		int64_t *pieces = NULL;
		size_t count = search_pieces(a, arena_copy(a, text, n), &pieces);
		for (size_t i = 0; i < count; i++)
			pairs_add(out, pieces[i], id);
		text += n + (text[n] == '\n');
	}
}

void product_pieces_put(struct tx *tx, int64_t piece, int64_t product_id)
{
	db_exec(tx, insert_piece, I64(":piece", piece), I64(":product_id", product_id));
}

void product_pieces_drop(struct tx *tx, int64_t piece, int64_t product_id)
{
	db_exec(tx, drop_piece, I64(":piece", piece), I64(":product_id", product_id));
}

static void put_code(struct tx *tx, int64_t product_id, const char *kind, const char *code, int64_t units)
{
	if (code && *code)
		db_exec(tx, insert_code, I64(":id", tx_new_id(tx)), I64(":product_id", product_id), TEXT(":kind_t", kind),
		        TEXT(":code_t", code), I64(":units", units));
}

static void put_codes(struct tx *tx, int64_t id, const struct new_product *in)
{
	db_exec(tx, drop_codes, I64(":product_id", id));
	put_code(tx, id, "gtin", in->gtin, in->units_per_pack);
	put_code(tx, id, "national", in->national_code, 0);
	put_code(tx, id, "nhsa", in->nhsa_code, 0);
}

enum status product_put(struct tx *tx, const struct new_product *in, int64_t *id, bool *added)
{
	*id = product_by_code(tx_db(tx), in->code);
	*added = *id == 0;
	int64_t other = in->gtin ? product_by_gtin(tx_db(tx), in->gtin) : 0;
	if (other && other != *id)
		return tx_fail(tx, ST_ALREADY_EXISTS, "gtin", 0, "商品条码 %s 已属于另一品种", in->gtin);
	if (*added)
		*id = in->id ? in->id : tx_new_id(tx);
	const char *text = search_text(tx->arena, in);
	const char *before = *added ? NULL : db_text(tx_db(tx), tx->arena, select_search_text, I64(":id", *id));
	db_exec(tx, put_product, I64(":id", *id), TEXT(":code_t", in->code), I64(":drug_id", drug_ensure(tx, in)),
	        TEXT(":name_t", in->name), TEXT(":trade_t", in->trade_name), TEXT(":spec_t", in->spec),
	        TEXT(":maker_t", in->maker), TEXT(":unit_t", in->unit_name), TEXT(":pack_t", in->pack_name),
	        I64(":per_pack", in->units_per_pack), I64(":per_box", in->units_per_box), I64(":per_case", in->units_per_case),
	        TEXT(":approval_t", in->approval_no), TEXT(":storage_t", in->storage), TEXT(":controlled_t", in->controlled),
	        I64(":traced", in->traced), I64(":warn_days", in->warn_days), TEXT(":search_t", text));
	if (!*added || !in->id)
		put_pieces(tx, *id, before, text);
	put_codes(tx, *id, in);
	maker_of_product(tx, *id, in->maker);
	if (*added && partner_opening(tx_db(tx)))
		partner_known(tx, "product", *id, 0);
	return ST_OK;
}

SQL(select_product,
    "SELECT code, name, spec, maker, unit_name, pack_name, units_per_pack, units_per_box, units_per_case, approval_no, storage, "
    "controlled, traced, active, warn_days FROM product WHERE id = :id");

enum status product_load(struct db *db, struct arena *a, int64_t id, struct product *out)
{
	SCOPED(rows) r = db_query(db, select_product, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct product){
	        .id = id,
	        .code = col_text(a, &r, 0),
	        .name = col_text(a, &r, 1),
	        .spec = col_text(a, &r, 2),
	        .maker = col_text(a, &r, 3),
	        .unit_name = col_text(a, &r, 4),
	        .pack_name = col_text(a, &r, 5),
	        .units_per_pack = col_i64(&r, 6),
	        .units_per_box = col_i64(&r, 7),
	        .units_per_case = col_i64(&r, 8),
	        .approval_no = col_text(a, &r, 9),
	        .storage = col_text(a, &r, 10),
	        .controlled = col_text(a, &r, 11),
	        .traced = col_i64(&r, 12),
	        .active = col_i64(&r, 13),
	        .warn_days = col_i64(&r, 14),
	};
	return ST_OK;
}

int64_t product_by_code(struct db *db, const char *code)
{
	return db_i64(db, 0, select_product_code, TEXT(":code_t", code));
}

int64_t product_by_gtin(struct db *db, const char *gtin)
{
	int64_t id = db_i64(db, 0, select_gtin, TEXT(":code_t", gtin));
	/* a GTIN-14 of a single pack is its EAN-13 behind a 0 */
	if (!id && strlen(gtin) == 14 && gtin[0] == '0')
		id = db_i64(db, 0, select_gtin, TEXT(":code_t", gtin + 1));
	return id;
}

SQL(select_supplier_code, "SELECT id FROM supplier WHERE code = :code_t");
SQL(put_supplier,
    "INSERT INTO supplier (id, code, name, licence_no, licence_until_ymd, phone, active) VALUES (:id, :code_t, :name_t, "
    ":licence_t, :until_ymd, :phone_t, 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name, licence_no = "
    "excluded.licence_no, licence_until_ymd = excluded.licence_until_ymd, phone = excluded.phone");
SQL(select_supplier, "SELECT code, name, licence_until_ymd, active FROM supplier WHERE id = :id");

static enum status write_supplier(struct tx *tx, const struct new_supplier *in, int64_t id)
{
	db_exec(tx, put_supplier, I64(":id", id), TEXT(":code_t", in->code), TEXT(":name_t", in->name),
	        TEXT(":licence_t", in->licence_no), I64(":until_ymd", in->licence_until_ymd), TEXT(":phone_t", in->phone));
	return paper_licence(tx, id, in->licence_no, in->licence_until_ymd);
}

enum status supplier_put(struct tx *tx, const struct new_supplier *in, int64_t *id, bool *added)
{
	*id = supplier_by_code(tx_db(tx), in->code);
	*added = *id == 0;
	if (*added)
		*id = tx_new_id(tx);
	if (*added && partner_opening(tx_db(tx)))
		partner_known(tx, "supplier", *id, 0);
	return write_supplier(tx, in, *id);
}

enum status supplier_file(struct tx *tx, const struct new_supplier *in, int64_t *id)
{
	if (supplier_by_code(tx_db(tx), in->code))
		return tx_fail(tx, ST_ALREADY_EXISTS, "code", 0, "编码 %s 已属于另一供应商", in->code);
	*id = tx_new_id(tx);
	return write_supplier(tx, in, *id);
}

enum status supplier_load(struct db *db, struct arena *a, int64_t id, struct supplier *out)
{
	SCOPED(rows) r = db_query(db, select_supplier, I64(":id", id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	*out = (struct supplier){id, col_i64(&r, 3), (int32_t)col_i64(&r, 2), col_text(a, &r, 0), col_text(a, &r, 1)};
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
