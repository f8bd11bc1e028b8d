/* What is drawn for a document: the data goes to `yaocang render` in a child process (labels/ knows no store). */
#include "service/api/documents.h"
#include "warehouse/distribution/shipment.h"
#include "warehouse/procurement/receipt.h"

#include <stdio.h>

enum status picture_begin(struct exchange *x, const char *layout, const char *format, struct jo *o)
{
	x->render_layout = layout;
	x->render_format = format;
	buf_clear(&x->render_input);
	*o = (struct jo){&x->render_input, false};
	jo_open(o, '{');
	jo_name(o, "fields");
	jo_open(o, '{');
	return ST_OK;
}

static void put_date(struct jo *o, const char *name, int64_t ymd)
{
	char text[11];
	ymd_text((int32_t)ymd, text);
	jo_text(o, name, text);
}

SQL(select_label, "SELECT fs.name, ts.name, sh.seal_no, sh.tote_code, (SELECT count(*) FROM shipment_line l WHERE l.shipment_id "
                  "= sh.id), (SELECT "
                  "CAST(coalesce(sum(a.picked_units / p.units_per_pack), 0) AS BIGINT) FROM shipment_allocation a JOIN batch b "
                  "ON b.id = a.batch_id JOIN "
                  "product p ON p.id = b.product_id WHERE a.shipment_id = sh.id), (SELECT max(CASE WHEN p.storage = 'cold' THEN "
                  "1 ELSE 0 END) FROM "
                  "shipment_line l JOIN product p ON "
                  "p.id = l.product_id WHERE l.shipment_id = sh.id), u.display_name, tp.name, fp.name FROM shipment sh JOIN "
                  "document d ON d.id = sh.id "
                  "JOIN site fs ON fs.id = d.from_site_id JOIN site ts ON ts.id = d.to_site_id JOIN place tp ON tp.id = "
                  "sh.to_place_id JOIN place fp ON "
                  "fp.id = sh.from_place_id LEFT JOIN app_user u ON u.id = (SELECT e.user_id FROM document_event e WHERE "
                  "e.document_id = d.id AND "
                  "e.action = 'pick' ORDER BY e.seq DESC LIMIT 1) WHERE sh.id = :id /*all sites: the caller has the document*/");

static enum status label(struct exchange *x, struct db *db, const char *format)
{
	struct doc d;
	struct jo o;
	enum status st = api_document(x, db, &shipment_kind, &d);
	if (st != ST_OK)
		return st;
	SCOPED(rows) r = db_query(db, select_label, I64(":id", d.id));
	if (!rows_next(&r))
		return ST_NOT_FOUND;
	st = picture_begin(x, "tote", format, &o);
	const char *seal = col_text(&x->arena, &r, 2), *packer = col_text(&x->arena, &r, 7);
	jo_text(&o, "from_site", col_text(&x->arena, &r, 0));
	jo_text(&o, "to_site", col_text(&x->arena, &r, 1));
	jo_text(&o, "shipment", d.number);
	jo_text(&o, "seal", seal ? seal : "未封");
	jo_text(&o, "tote", col_text(&x->arena, &r, 3));
	jo_i64(&o, "lines", col_i64(&r, 4));
	jo_i64(&o, "packs", col_i64(&r, 5));
	jo_text(&o, "packed_by", packer ? packer : "—");
	jo_text(&o, "cold", col_i64(&r, 6) ? "2–8 ℃" : NULL);
	put_date(&o, "date", x->today_ymd);
	jo_close(&o, '}');
	jo_close(&o, '}');
	return st;
}

enum status shipment_label_png(struct exchange *x, struct db *db)
{
	return label(x, db, "png");
}

enum status shipment_label_pdf(struct exchange *x, struct db *db)
{
	return label(x, db, "pdf");
}

/* "3 盒 + 6 片" */
char *units_text(struct arena *a, int64_t units, int64_t per_pack, const char *pack, const char *unit)
{
	int64_t packs = units / per_pack, rest = units % per_pack;
	if (!rest)
		return arena_printf(a, "%lld %s", (long long)packs, pack);
	return packs ? arena_printf(a, "%lld %s + %lld %s", (long long)packs, pack, (long long)rest, unit)
	             : arena_printf(a, "%lld %s", (long long)rest, unit);
}

SQL(select_picks,
    "SELECT dp.bin, p.name, p.spec, p.maker, l.lot, l.expiry_ymd, a.units, p.units_per_pack, p.pack_name, p.unit_name FROM "
    "shipment_allocation a JOIN shipment sh ON sh.id = a.shipment_id JOIN batch b ON b.id = a.batch_id JOIN lot l ON l.id = "
    "b.lot_id JOIN "
    "product p ON p.id = b.product_id LEFT JOIN depot_product dp ON dp.place_id = sh.from_place_id AND dp.product_id = p.id "
    "WHERE "
    "a.shipment_id = :id ORDER BY coalesce(dp.bin, ''), p.name, l.expiry_ymd /*all sites: the caller has the document*/");

static void put_pick(struct exchange *x, struct jo *o, struct rows *r)
{
	struct arena *a = &x->arena;
	const char *bin = col_text(a, r, 0);
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_text(o, "bin", bin ? bin : "—");
	jo_text(o, "product", col_text(a, r, 1));
	jo_text(o, "spec", col_text(a, r, 2));
	jo_text(o, "maker", col_text(a, r, 3));
	jo_text(o, "lot", col_text(a, r, 4));
	put_date(o, "expiry", col_i64(r, 5));
	jo_text(o, "units", units_text(a, col_i64(r, 6), col_i64(r, 7), col_text(a, r, 8), col_text(a, r, 9)));
	jo_close(o, '}');
}

enum status shipment_picklist(struct exchange *x, struct db *db)
{
	struct doc d;
	struct jo o;
	enum status st = api_document(x, db, &shipment_kind, &d);
	if (st != ST_OK)
		return st;
	st = picture_begin(x, "picklist", "pdf", &o);
	SCOPED(rows) head = db_query(db, select_label, I64(":id", d.id));
	if (rows_next(&head)) {
		jo_text(&o, "to_site", col_text(&x->arena, &head, 1));
		jo_text(&o, "cold", col_i64(&head, 6) ? "2–8 ℃" : NULL);
		jo_text(&o, "depot", col_text(&x->arena, &head, 9));
	}
	jo_text(&o, "shipment", d.number);
	put_date(&o, "date", x->today_ymd);
	jo_close(&o, '}');
	jo_name(&o, "rows");
	jo_open(&o, '[');
	SCOPED(rows) r = db_query(db, select_picks, I64(":id", d.id));
	while (rows_next(&r))
		put_pick(x, &o, &r);
	jo_close(&o, ']');
	jo_close(&o, '}');
	return st;
}

SQL(select_slip,
    "SELECT ts.name, s.name, od.number FROM receipt rc JOIN document d ON d.id = rc.id JOIN site ts ON ts.id = d.to_site_id JOIN "
    "supplier s ON "
    "s.id = rc.supplier_id JOIN document od ON od.id = rc.order_id WHERE rc.id = :id /*all sites: the caller has the document*/");
/* What came beyond the order, and what inspection rejected. */
SQL(select_slip_rows,
    "SELECT p.name, p.spec, p.maker, f.lot, (SELECT l.expiry_ymd FROM lot l WHERE l.product_id = p.id AND l.lot = f.lot), "
    "f.units, "
    "p.units_per_pack, p.pack_name, p.unit_name, f.reason FROM receipt_refused f JOIN order_line ol ON ol.id = f.order_line_id "
    "JOIN "
    "product p ON p.id = ol.product_id WHERE f.receipt_id = :id UNION ALL SELECT p.name, p.spec, p.maker, l.lot, l.expiry_ymd, "
    "rl.units, p.units_per_pack, p.pack_name, p.unit_name, coalesce(rl.reason, '验收不合格') FROM receipt_line rl JOIN batch b "
    "ON b.id "
    "= rl.batch_id JOIN lot l ON l.id = b.lot_id JOIN product p ON p.id = b.product_id WHERE rl.receipt_id = :id AND rl.outcome "
    "= "
    "'rejected' /*all sites: the caller has the document*/");

static void put_refused(struct exchange *x, struct jo *o, struct rows *r)
{
	struct arena *a = &x->arena;
	jo_name(o, NULL);
	jo_open(o, '{');
	jo_text(o, "product", col_text(a, r, 0));
	jo_text(o, "spec", col_text(a, r, 1));
	jo_text(o, "maker", col_text(a, r, 2));
	jo_text(o, "lot", col_text(a, r, 3));
	if (col_is_null(r, 4))
		jo_text(o, "expiry", "—");
	else
		put_date(o, "expiry", col_i64(r, 4));
	jo_text(o, "units", units_text(a, col_i64(r, 5), col_i64(r, 6), col_text(a, r, 7), col_text(a, r, 8)));
	jo_text(o, "reason", col_text(a, r, 9));
	jo_close(o, '}');
}

enum status receipt_refusal(struct exchange *x, struct db *db)
{
	struct doc d;
	struct jo o;
	enum status st = api_document(x, db, &receipt_kind, &d);
	if (st != ST_OK)
		return st;
	st = picture_begin(x, "refusal", "pdf", &o);
	SCOPED(rows) head = db_query(db, select_slip, I64(":id", d.id));
	if (rows_next(&head)) {
		jo_text(&o, "site", col_text(&x->arena, &head, 0));
		jo_text(&o, "supplier", col_text(&x->arena, &head, 1));
		jo_text(&o, "order", col_text(&x->arena, &head, 2));
	}
	jo_text(&o, "number", d.number);
	jo_text(&o, "delivery_note", d.reference);
	put_date(&o, "date", x->today_ymd);
	jo_close(&o, '}');
	jo_name(&o, "rows");
	jo_open(&o, '[');
	SCOPED(rows) r = db_query(db, select_slip_rows, I64(":id", d.id));
	while (rows_next(&r))
		put_refused(x, &o, &r);
	jo_close(&o, ']');
	jo_close(&o, '}');
	return st;
}
