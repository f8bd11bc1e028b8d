/* What a scan anywhere means: the parsed code, and the thing of this store that it names. Reads only. */
#include "service/api/documents.h"
#include "warehouse/catalogue/catalogue.h"
#include "warehouse/pack.h"

#include <string.h>

SQL(select_tote, "SELECT d.id, d.number FROM shipment sh JOIN document d ON d.id = sh.id JOIN app_user u ON u.id = :me_id JOIN "
                 "document_scope s ON "
                 "s.site_id = u.root_site_id AND s.kind = d.kind AND s.document_id = d.id WHERE sh.tote_code = :code_t");
/* A seal on the road; its number may come again in another year. */
SQL(select_seal, "SELECT d.id, d.number FROM shipment sh JOIN document d ON d.id = sh.id AND d.state = 'shipped' JOIN app_user u "
                 "ON u.id = :me_id JOIN document_scope s ON s.site_id = u.root_site_id AND s.kind = d.kind AND s.document_id = "
                 "d.id WHERE sh.seal_no = :code_t ORDER BY d.id DESC LIMIT 1");
SQL(select_number, "SELECT d.id, d.number, d.kind FROM document d JOIN app_user u ON u.id = :me_id JOIN document_scope s ON "
                   "s.site_id = u.root_site_id AND "
                   "s.kind = d.kind AND s.document_id = d.id WHERE d.number = :code_t");
SQL(select_bin, "SELECT dp.place_id, p.name, dp.bin FROM user_place up JOIN depot_product dp ON dp.place_id = up.place_id JOIN "
                "place p ON p.id = "
                "up.place_id WHERE up.user_id = :me_id AND dp.bin = :code_t LIMIT 1 /*scan: own depots' bins*/");
SQL(select_lot_found, "SELECT id, lot FROM lot WHERE product_id = :product_id AND lot = :lot_t");
SQL(select_product_name, "SELECT name FROM product WHERE id = :id");
SQL(select_national, "SELECT product_id FROM product_code WHERE code = :code_t AND kind IN ('national', 'nhsa', 'platform', "
                     "'site') ORDER BY id LIMIT 1");

struct found {
	const char *type, *title, *id_text;
	int64_t id;
};

static bool find_pack(struct exchange *x, struct db *db, const struct code *code, struct found *f)
{
	struct pack_key key;
	struct pack p;
	if (!code->trace_code || pack_key_of(db, &x->arena, code, &key) != ST_OK)
		return false;
	if (key.id && pack_load(db, &x->arena, key.id, &p) == ST_OK)
		*f = (struct found){"pack", db_text(db, &x->arena, select_product_name, I64(":id", p.product_id)), key.code, 0};
	else if (key.product_id)
		*f = (struct found){"product", db_text(db, &x->arena, select_product_name, I64(":id", key.product_id)), NULL,
		                    key.product_id};
	return f->type != NULL;
}

static bool find_product(struct exchange *x, struct db *db, const struct code *code, struct found *f)
{
	int64_t product = code->di ? product_by_di(db, code->di) : db_i64(db, 0, select_national, TEXT(":code_t", code->input));
	if (!product)
		return false;
	if (code->lot) {
		SCOPED(rows) r = db_query(db, select_lot_found, I64(":product_id", product), TEXT(":lot_t", code->lot));
		if (rows_next(&r)) {
			*f = (struct found){"lot", col_text(&x->arena, &r, 1), NULL, col_i64(&r, 0)};
			return true;
		}
	}
	*f = (struct found){"product", db_text(db, &x->arena, select_product_name, I64(":id", product)), NULL, product};
	return true;
}

static bool find_tote(struct exchange *x, struct db *db, const struct sql *by, const char *text, struct found *f)
{
	const struct arg args[] = {I64(":me_id", x->me.id), TEXT(":code_t", text)};
	SCOPED(rows) r = db_query_n(db, by, args, sizeof args / sizeof *args);
	if (!rows_next(&r))
		return false;
	*f = (struct found){"shipment", col_text(&x->arena, &r, 1), NULL, col_i64(&r, 0)};
	return true;
}

static bool find_document(struct exchange *x, struct db *db, const char *text, struct found *f)
{
	if (find_tote(x, db, &select_tote, text, f) || find_tote(x, db, &select_seal, text, f))
		return true;
	SCOPED(rows) r = db_query(db, select_number, I64(":me_id", x->me.id), TEXT(":code_t", text));
	if (!rows_next(&r))
		return false;
	*f = (struct found){col_text(&x->arena, &r, 2), col_text(&x->arena, &r, 1), NULL, col_i64(&r, 0)};
	return true;
}

static bool find_bin(struct exchange *x, struct db *db, const char *text, struct found *f)
{
	SCOPED(rows) r = db_query(db, select_bin, I64(":me_id", x->me.id), TEXT(":code_t", text));
	if (!rows_next(&r))
		return false;
	*f = (struct found){"bin", arena_printf(&x->arena, "%s %s", col_text(&x->arena, &r, 1), col_text(&x->arena, &r, 2)), NULL,
	                    col_i64(&r, 0)};
	return true;
}

const struct query_parameter query_scan[] = {{"code", L_TEXT, true, "扫到的内容"}, {NULL, L_INT, false, NULL}};

enum status scan_read(struct exchange *x, struct db *db)
{
	struct code code;
	struct found f = {0};
	const char *text = query_get(x, "code");
	if (!text || !*text || strlen(text) > CODE_BYTES_MAX)
		return x_fail(x, ST_INVALID_FIELD, "code", 0, "请给出条码");
	code_parse(&x->arena, text, strlen(text), x->today_ymd / 10000, &code);
	if (!find_pack(x, db, &code, &f) && !find_document(x, db, text, &f) && !find_product(x, db, &code, &f))
		(void)find_bin(x, db, text, &f);
	code_write_json(&code, &x->o);
	jo_name(&x->o, "found");
	jo_open(&x->o, '{');
	jo_text(&x->o, "type", f.type);
	if (f.id_text)
		jo_text(&x->o, "id", f.id_text);
	else
		jo_id(&x->o, "id", f.id);
	jo_text(&x->o, "title", f.title);
	jo_close(&x->o, '}');
	return ST_OK;
}
