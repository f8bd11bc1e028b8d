/* Products: how they are put, found and changed, with search pieces, codes and history. */
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/catalogue/code.h"
#include "warehouse/catalogue/field.h"
#include "warehouse/catalogue/flag.h"
#include "warehouse/catalogue/history.h"
#include "warehouse/catalogue/levels.h"
#include "warehouse/partner/maker.h"
#include "warehouse/partner/partner.h"

#include "core/ma.h"
#include "core/pairs.h"
#include "core/search.h"
#include "core/text.h"

#include <string.h>

SQL(select_drug, "SELECT id, class FROM drug WHERE name = :name_t AND form = :form_t AND strength = :strength_t");
SQL(insert_drug, "INSERT INTO drug (id, name, form, strength, class) VALUES (:id, :name_t, :form_t, :strength_t, :class_t)");
SQL(select_product_code, "SELECT id FROM product WHERE code = :code_t");
SQL(put_product,
    "INSERT INTO product (id, code, drug_id, name, trade_name, spec, maker, unit_name, pack_name, units_per_pack, units_per_box, "
    "units_per_case, approval_no, storage, controlled, traced, active, warn_days, search_text, kind, origin, standard) VALUES "
    "(:id, :code_t, :drug_id, :name_t, :trade_t, :spec_t, :maker_t, :unit_t, :pack_t, :per_pack, :per_box, :per_case, "
    ":approval_t, :storage_t, :controlled_t, :traced, 1, :warn_days, :search_t, :kind_t, :origin_t, :standard_t) ON CONFLICT "
    "(id) DO UPDATE SET drug_id = excluded.drug_id, name = excluded.name, trade_name = excluded.trade_name, spec = "
    "excluded.spec, maker = excluded.maker, pack_name = excluded.pack_name, approval_no = excluded.approval_no, storage = "
    "excluded.storage, controlled = excluded.controlled, traced = excluded.traced, warn_days = excluded.warn_days, search_text "
    "= excluded.search_text, kind = excluded.kind, origin = excluded.origin, standard = excluded.standard"
    " /*scan: tables that point here, only while a reference is broken*/");
SQL(select_search_text, "SELECT search_text FROM product WHERE id = :id");
SQL(drop_piece, "DELETE FROM product_piece WHERE piece = :piece AND product_id = :product_id");
SQL(insert_piece, "INSERT INTO product_piece (piece, product_id) VALUES (:piece, :product_id) ON CONFLICT DO NOTHING");
SQL(insert_code,
    "INSERT INTO product_code (id, product_id, kind, code, units) VALUES (:id, :product_id, :kind_t, :code_t, :units)");
SQL(drop_code, "DELETE FROM product_code WHERE product_id = :product_id AND kind = :kind_t AND code = :code_t");
SQL(has_code, "SELECT 1 FROM product_code WHERE code = :code_t AND kind = :kind_t AND product_id = :product_id");
SQL(select_gtin, "SELECT product_id FROM product_code WHERE code = :code_t AND kind = 'gtin'");

SQL(set_class, "UPDATE drug SET class = :class_t WHERE id = :id");
SQL(select_siblings, "SELECT id FROM product WHERE drug_id = :drug_id AND id <> :product_id ORDER BY id");

/* RULE DOMAIN-12.3-drug-class: the class is the drug's; the other products of the drug keep in their history that it changed. */
static void change_class(struct tx *tx, int64_t drug_id, int64_t product_id, const char *before, const struct new_product *in)
{
	db_exec(tx, set_class, TEXT(":class_t", in->drug_class), I64(":id", drug_id));
	SCOPED(rows) r = db_query(tx_db(tx), select_siblings, I64(":drug_id", drug_id), I64(":product_id", product_id));
	while (rows_next(&r))
		product_history_add(tx, col_i64(&r, 0), "drug_class", before, in->drug_class, in->because);
}

/* The drug of these words, with the class that is asked for. */
static int64_t drug_ensure(struct tx *tx, int64_t product_id, const struct new_product *in)
{
	int64_t id = 0;
	SCOPED(rows)
	r = db_query(tx_db(tx), select_drug, TEXT(":name_t", in->drug_name), TEXT(":form_t", in->form),
	             TEXT(":strength_t", in->strength));
	if (rows_next(&r)) {
		id = col_i64(&r, 0);
		const char *class = col_text(tx->arena, &r, 1);
		rows_drop(&r);
		if (strcmp(class, in->drug_class) != 0)
			change_class(tx, id, product_id, class, in);
		return id;
	}
	rows_drop(&r);
	id = tx_new_id(tx);
	db_exec(tx, insert_drug, I64(":id", id), TEXT(":name_t", in->drug_name), TEXT(":form_t", in->form),
	        TEXT(":strength_t", in->strength), TEXT(":class_t", in->drug_class));
	return id;
}

SQL(select_class, "SELECT class FROM drug WHERE name = :name_t AND form = :form_t AND strength = :strength_t");

void product_class_fill(struct db *db, struct arena *a, struct new_product *in)
{
	if (in->drug_class && *in->drug_class)
		return;
	const char *class = db_text(db, a, select_class, TEXT(":name_t", in->drug_name), TEXT(":form_t", in->form),
	                            TEXT(":strength_t", in->strength));
	bool pieces = in->kind && (strcmp(in->kind, "decoction") == 0 || strcmp(in->kind, "granule") == 0);
	in->drug_class = class ? class : pieces ? "decoction" : "western";
}

SQL(select_conflict,
    "SELECT d.class FROM drug d WHERE d.name = :name_t AND d.form = :form_t AND d.strength = :strength_t AND d.class <> :class_t "
    "AND EXISTS (SELECT 1 FROM product p WHERE p.drug_id = d.id AND p.id <> :but_id)");

const char *drug_class_conflict(struct db *db, struct arena *a, const struct new_product *in, int64_t but)
{
	if (!in->drug_class)
		return NULL;
	return db_text(db, a, select_conflict, TEXT(":name_t", in->drug_name), TEXT(":form_t", in->form),
	               TEXT(":strength_t", in->strength), TEXT(":class_t", in->drug_class), I64(":but_id", but));
}

SQL(select_codes, "SELECT code FROM product_code WHERE product_id = :id ORDER BY id");

/* One line per searchable text; the pieces are the union over the lines. */
static char *own_text(struct arena *a, const struct new_product *in)
{
	const char *const parts[] = {in->name, in->trade_name, in->maker,         in->spec,     in->approval_no,
	                             in->code, in->gtin,       in->national_code, in->nhsa_code};
	SCOPED(buf) b = {0};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i] && *parts[i])
			buf_printf(&b, "%s%s", b.len ? "\n" : "", parts[i]);
	return arena_copy(a, b.data ? b.data : "", b.len);
}

/* The same with every further code that the store has for the product. */
static char *search_text(struct db *db, struct arena *a, int64_t id, const struct new_product *in)
{
	SCOPED(buf) b = {0};
	buf_puts(&b, own_text(a, in));
	SCOPED(rows) r = db_query(db, select_codes, I64(":id", id));
	while (rows_next(&r)) {
		const char *code = col_text(a, &r, 0);
		if (!strstr(b.data, code))
			buf_printf(&b, "\n%s", code);
	}
	return arena_copy(a, b.data, b.len);
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
	for (const char *text = own_text(a, in); *text;) {
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

/* One code of a kind becomes another; further codes of the kind stay as they are. */
static void put_code(struct tx *tx, int64_t product_id, const char *kind, const char *before, const char *code, int64_t units)
{
	if (strcmp(before ? before : "", code ? code : "") == 0)
		return;
	if (before)
		db_exec(tx, drop_code, I64(":product_id", product_id), TEXT(":kind_t", kind), TEXT(":code_t", before));
	if (code && *code &&
	    !db_i64(tx_db(tx), 0, has_code, TEXT(":code_t", code), TEXT(":kind_t", kind), I64(":product_id", product_id)))
		db_exec(tx, insert_code, I64(":id", tx_new_id(tx)), I64(":product_id", product_id), TEXT(":kind_t", kind),
		        TEXT(":code_t", code), I64(":units", units));
}

static void put_codes(struct tx *tx, int64_t id, const struct new_product *before, const struct new_product *in)
{
	put_code(tx, id, "gtin", before->gtin, in->gtin, in->units_per_pack);
	put_code(tx, id, "national", before->national_code, in->national_code, 0);
	put_code(tx, id, "nhsa", before->nhsa_code, in->nhsa_code, 0);
}

/* RULE DOMAIN-12.3-field-history: every field that changes leaves who, when, why and from which day. */
static void put_history(struct tx *tx, int64_t id, const struct new_product *before, const struct new_product *in)
{
	for (const struct product_field *f = product_fields; f->name; f++)
		product_history_add(tx, id, f->name, product_field_get(tx->arena, f, before), product_field_get(tx->arena, f, in),
		                    in->because);
}

/* The controlled class is a dated flag; the column shows the one of today. */
static void put_controlled(struct tx *tx, int64_t id, const struct new_product *before, const struct new_product *in)
{
	const char *was = before->controlled ? before->controlled : "", *is = in->controlled ? in->controlled : "";
	if (strcmp(was, is) == 0)
		return;
	int32_t from = in->because && in->because->from_ymd ? in->because->from_ymd : tx->today_ymd;
	const struct new_flag flag = {id,
	                              "controlled",
	                              *is ? is : NULL,
	                              from,
	                              0,
	                              in->because ? in->because->why : "导入",
	                              in->because ? in->because->document_id : 0};
	product_flag_put(tx, &flag);
}

static void write_product(struct tx *tx, int64_t id, const struct new_product *in, const char *text)
{
	db_exec(tx, put_product, I64(":id", id), TEXT(":code_t", in->code), I64(":drug_id", drug_ensure(tx, id, in)),
	        TEXT(":name_t", in->name), TEXT(":trade_t", in->trade_name), TEXT(":spec_t", in->spec),
	        TEXT(":maker_t", in->maker), TEXT(":unit_t", in->unit_name), TEXT(":pack_t", in->pack_name),
	        I64(":per_pack", in->units_per_pack), I64(":per_box", in->units_per_box), I64(":per_case", in->units_per_case),
	        TEXT(":approval_t", in->approval_no), TEXT(":storage_t", in->storage), TEXT(":controlled_t", in->controlled),
	        I64(":traced", in->traced), I64(":warn_days", in->warn_days), TEXT(":search_t", text), TEXT(":kind_t", in->kind),
	        TEXT(":origin_t", in->origin), TEXT(":standard_t", in->standard));
}

/* What only a new product gets. */
static void begin_product(struct tx *tx, int64_t id, const struct new_product *in)
{
	const struct new_product none = {0};
	put_codes(tx, id, &none, in);
	level_list_open(tx, id, in->levels, in->because);
	if (partner_opening(tx_db(tx)))
		partner_known(tx, "product", id, 0);
}

enum status product_put(struct tx *tx, const struct new_product *given, int64_t *id, bool *added)
{
	struct new_product before = {0}, in = *given;
	*id = product_by_code(tx_db(tx), in.code);
	*added = *id == 0;
	int64_t other = in.gtin ? product_by_gtin(tx_db(tx), in.gtin) : 0;
	if (other && other != *id)
		return tx_fail(tx, ST_ALREADY_EXISTS, "gtin", 0, "商品条码 %s 已属于另一品种", in.gtin);
	enum status st = *added ? ST_OK : product_stored(tx_db(tx), tx->arena, *id, &before);
	product_class_fill(tx_db(tx), tx->arena, &in);
	if (!in.kind)
		in.kind = before.kind ? before.kind : product_kind_of_class(in.drug_class);
	if (st == ST_OK)
		st = product_kind_check(tx, &in, in.because != NULL);
	if (st != ST_OK)
		return st;
	const char *old_text = *added ? NULL : db_text(tx_db(tx), tx->arena, select_search_text, I64(":id", *id));
	if (!*added)
		put_codes(tx, *id, &before, &in);
	const char *text = search_text(tx_db(tx), tx->arena, *id, &in);
	if (*added)
		*id = in.id ? in.id : tx_new_id(tx);
	write_product(tx, *id, &in, text);
	if (!*added || !in.id)
		put_pieces(tx, *id, old_text, text);
	put_controlled(tx, *id, &before, &in);
	maker_of_product(tx, *id, in.maker);
	if (*added)
		begin_product(tx, *id, &in);
	else
		put_history(tx, *id, &before, &in);
	return ST_OK;
}

#define A_CODE(kind) "(SELECT min(c.code) FROM product_code c WHERE c.product_id = p.id AND c.kind = '" kind "')"
SQL(select_stored,
    "SELECT p.code, d.name, d.form, d.strength, d.class, p.kind, p.origin, p.standard, p.name, p.trade_name, p.spec, p.maker, "
    "p.unit_name, p.pack_name, p.approval_no, p.storage, p.controlled, " A_CODE("gtin") ", " A_CODE("national") ", " A_CODE(
            "nhsa") ", p.units_per_pack, p.units_per_box, p.units_per_case, p.traced, p.warn_days FROM product p JOIN drug d ON "
                    "d.id = p.drug_id WHERE p.id = :id");

enum status product_stored(struct db *db, struct arena *a, int64_t id, struct new_product *out)
{
	SCOPED(rows) r = db_query(db, select_stored, I64(":id", id));
	*out = (struct new_product){0};
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	const char **const texts[] = {
	        &out->code,    &out->drug_name,  &out->form,      &out->strength,      &out->drug_class,
	        &out->kind,    &out->origin,     &out->standard,  &out->name,          &out->trade_name,
	        &out->spec,    &out->maker,      &out->unit_name, &out->pack_name,     &out->approval_no,
	        &out->storage, &out->controlled, &out->gtin,      &out->national_code, &out->nhsa_code,
	};
	int64_t *const numbers[] = {&out->units_per_pack, &out->units_per_box, &out->units_per_case, &out->traced,
	                            &out->warn_days};
	int i = 0;
	for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
		*texts[t] = col_text(a, &r, i++);
	for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
		*numbers[n] = col_i64(&r, i++);
	return ST_OK;
}

SQL(set_text, "UPDATE product SET search_text = :text_t WHERE id = :id");

void product_text_refresh(struct tx *tx, int64_t product_id)
{
	struct new_product p;
	const char *before = db_text(tx_db(tx), tx->arena, select_search_text, I64(":id", product_id));
	if (product_stored(tx_db(tx), tx->arena, product_id, &p) != ST_OK)
		return;
	const char *text = search_text(tx_db(tx), tx->arena, product_id, &p);
	db_exec(tx, set_text, TEXT(":text_t", text), I64(":id", product_id));
	put_pieces(tx, product_id, before, text);
}

SQL(set_active, "UPDATE product SET active = :active WHERE id = :id AND active <> :active");

void product_set_active(struct tx *tx, int64_t id, bool active, const struct because *because)
{
	if (db_exec(tx, set_active, I64(":active", active), I64(":id", id)))
		product_history_add(tx, id, "active", active ? "0" : "1", active ? "1" : "0", because);
}

SQL(select_product, "SELECT p.code, p.name, p.spec, p.maker, p.unit_name, p.pack_name, p.units_per_pack, p.units_per_box, "
                    "p.units_per_case, p.approval_no, p.storage, p.controlled, p.traced, p.active, p.warn_days, p.kind, d.name "
                    "FROM product p JOIN drug d ON d.id = p.drug_id WHERE p.id = :id");

void product_load_ahead(struct db *db, const int64_t *ids, size_t count)
{
	db_ahead(db, select_product, ":id", ids, count, I64(":id", 0));
}

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
	        .kind = col_text(a, &r, 15),
	        .drug_name = col_text(a, &r, 16),
	};
	return ST_OK;
}

int64_t product_by_code(struct db *db, const char *code)
{
	return db_i64(db, 0, select_product_code, TEXT(":code_t", code));
}

int64_t product_by_di(struct db *db, const char *di)
{
	return ma_is_di(di, strlen(di)) ? db_i64(db, 0, select_gtin, TEXT(":code_t", di)) : product_by_gtin(db, di);
}

int64_t product_by_gtin(struct db *db, const char *gtin)
{
	int64_t id = db_i64(db, 0, select_gtin, TEXT(":code_t", gtin));
	/* a GTIN-14 of a single pack is its EAN-13 behind a 0 */
	if (!id && strlen(gtin) == 14 && gtin[0] == '0')
		id = db_i64(db, 0, select_gtin, TEXT(":code_t", gtin + 1));
	return id;
}
